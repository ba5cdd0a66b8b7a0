//! Reads the catalogue's text; how it is written stands at its head.

use std::collections::BTreeMap;

use super::{Bearer, Category, EventType, Words};
use crate::lang::Lang;

/// What was read so far.
#[derive(Default)]
struct BlockReader {
    category: Option<Category>,
    /// What to do, by the name that types refer to.
    advice: BTreeMap<&'static str, Words>,
    types: Vec<EventType>,
}

/// All types, in the order of the text; or the line whose block can't be read.
pub(super) fn read(text: &'static str) -> Result<Vec<EventType>, String> {
    let mut reader = BlockReader::default();
    let lines = text.lines().zip(1..);
    let mut lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#')).peekable();
    while let Some((head, number)) = lines.next() {
        let mut said = Vec::new();
        while let Some((line, _)) = lines.next_if(|(line, _)| line.starts_with(' ')) {
            said.push(line.trim());
        }
        reader.block(head, &said).ok_or_else(|| format!("line {number}: {head}"))?;
    }
    Ok(reader.types)
}

impl BlockReader {
    /// A line that begins at the margin, and what is indented below it.
    fn block(&mut self, head: &'static str, said: &[&'static str]) -> Option<()> {
        if let Some(title) = head.strip_prefix("== ") {
            let named = Category::ALL.into_iter().find(|one| one.name(Lang::En) == title)?;
            self.category = Some(named);
            said.is_empty().then_some(())
        } else if let Some(name) = head.strip_prefix('@') {
            let words = said.try_into().ok()?;
            self.advice.insert(name, words).is_none().then_some(())
        } else {
            self.types(head, said)
        }
    }

    fn types(&mut self, head: &'static str, said: &[&'static str]) -> Option<()> {
        let (mut bearer, mut recommended, mut shared) = (Bearer::Event, false, None);
        let mut marks = head.split(' ');
        let names = spelled_out(marks.next()?);
        for mark in marks {
            match mark {
                "notification" => bearer = Bearer::Notification,
                "both" => bearer = Bearer::Both,
                "recommended" => recommended = true,
                _ => shared = Some(*self.advice.get(mark.strip_prefix('@')?)?),
            }
        }
        let (en, zh, advice) = match (said, shared) {
            (&[en, zh], Some(advice)) => (en, zh, advice),
            (&[en, zh, first, second], None) => (en, zh, [first, second]),
            _ => return None,
        };
        let (en, zh) = (spelled_out(en), spelled_out(zh));
        let category = self.category?;
        if en.len() != names.len() || zh.len() != names.len() {
            return None;
        }
        for ((name, en), zh) in names.into_iter().zip(en).zip(zh) {
            let meaning = [en, zh];
            self.types.push(EventType { name, category, recommended, bearer, meaning, advice });
        }
        Some(())
    }
}

/// `a.{b,c}` is `a.b` and `a.c`. They are made once, and stay as long as the text does.
fn spelled_out(text: &'static str) -> Vec<&'static str> {
    let Some((before, rest)) = text.split_once('{') else { return vec![text] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![text] };
    let inside = inside.split(',');
    inside.map(|one| &*format!("{before}{one}{after}").leak()).collect()
}
