//! The versions that the config had before, kept in `<file>.last` under a key of its own.
//!
//! Each is held as what differs from the one after it, so that ten take little more than
//! one; the state is no part of them. A program of before passes the key over, as it does
//! every key that begins with `_`, and drops it with its next save.
//!
//! The key stands last in `.last` and nowhere else: without it the file is what was
//! written, byte for byte.

use flate2::Compression;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::layout;
use super::load::unmarked;
use super::splice::Frame;
use crate::packed;

/// So many versions are kept before the one that holds.
pub(super) const MOST: usize = 10;

/// They take no more than this, in bytes as packed; beyond it the oldest go.
pub(super) const MOST_PACKED: usize = 96 * 1024;

/// So much is unpacked at most.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;

/// The key's name.
const NAME: &str = "_config_versions";

/// How the key begins, with all that stands before the value's text.
const KEY: &str = "\"_config_versions\":\"";

/// Who changed the config, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The user's name; `None` where nobody knows.
    pub name: Option<String>,
    /// What did it.
    pub way: Way,
}

/// What changed the config.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// The menu.
    #[serde(rename = "menu")]
    Menu,
    /// A command, as it is typed: `rules set`.
    #[serde(rename = "command")]
    Command(String),
    /// Another program, such as an editor: the file was found changed.
    #[default]
    #[serde(rename = "hand")]
    Hand,
}

/// A change of the config, and what stood there before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    number: u64,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    #[serde(default)]
    by: Way,
    /// So many bytes are as in the version after it, from the begin …
    begin: usize,
    /// … and from the end on …
    end: usize,
    /// … and this stood between them.
    was: String,
}

/// A change, with the frames before and after it.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub number: u64,
    pub at: Timestamp,
    pub author: Author,
    pub before: Frame,
    pub after: Frame,
}

/// The versions as they stand in the file: the sum of the one that holds, and the packed
/// changes that led to it. Empty before the first change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Versions(String);

impl Versions {
    /// Takes them out of the text of `.last`, which then is as it was written.
    pub fn taken_from(text: &mut String) -> Self {
        let Some((range, packed)) = place_in(text.as_bytes()) else {
            return Self::default();
        };
        let packed = String::from_utf8_lossy(&text.as_bytes()[packed]).into_owned();
        text.replace_range(range, "");
        Self(packed)
    }

    /// The same, where only the end of the file is known.
    pub fn in_tail(tail: &[u8]) -> Self {
        let packed = place_in(tail).and_then(|(_, packed)| tail.get(packed));
        Self(packed.map(|packed| String::from_utf8_lossy(packed).into_owned()).unwrap_or_default())
    }

    /// Whether the change that led to `now` took too much room to be kept.
    pub fn were_too_large(&self, now: &Frame) -> bool {
        self.sum() == Some(now.sum()) && self.kept().is_some_and(|kept| kept.is_empty())
    }

    /// `text`, a JSON object, with them as its last key, in three pieces.
    pub fn put_into<'t>(&self, text: &'t str, written: &'t mut String) -> [&'t str; 3] {
        let body = text.trim_end().strip_suffix('}').map(str::trim_end);
        let Some(body) = body.filter(|_| !self.0.is_empty()) else {
            return [text, "", ""];
        };
        let comma = if body.ends_with('{') { "" } else { "," };
        *written = [comma, KEY, &self.0, "\""].concat();
        let (body, rest) = text.split_at(body.len());
        [body, written, rest]
    }

    /// The sum of the frame that holds by these; `None` where there are none.
    pub fn sum(&self) -> Option<u64> {
        let (sum, _) = self.0.split_once('.')?;
        u64::from_str_radix(sum, 16).ok()
    }

    /// Takes note that `author` made `after` of `before`.
    pub fn note(&mut self, before: &Frame, after: &Frame, at: Timestamp, author: &Author) {
        self.note_within(MOST_PACKED, (before, after), (at, author));
    }

    /// The same for one that is only looked at: however large it is.
    pub fn note_for_a_look(&mut self, before: &Frame, after: &Frame, at: Timestamp) {
        self.note_within(usize::MAX, (before, after), (at, &Author::default()));
    }

    fn note_within(
        &mut self,
        most: usize,
        (before, after): (&Frame, &Frame),
        (at, author): (Timestamp, &Author),
    ) {
        let (was, is) = (before.text(), after.text());
        if was == is {
            return;
        }
        // Whatever led to another version than that does not lead here.
        let follows = self.sum() == Some(before.sum());
        let mut kept = self.kept().filter(|_| follows).unwrap_or_default();
        let number = self.kept().unwrap_or_default().last().map_or(1, |last| last.number + 1);
        let (begin, end) = alike(&was, &is);
        let was = was.get(begin..was.len() - end).unwrap_or_default().to_owned();
        let Author { name: who, way: by } = author.clone();
        kept.push(Kept { number, at, who, by, begin, end, was });
        let excess = kept.len().saturating_sub(MOST);
        kept.drain(..excess);
        loop {
            let packed = packed(&kept).unwrap_or_default();
            if packed.len() <= most || kept.is_empty() {
                self.0 = format!("{:016x}.{packed}", after.sum());
                return;
            }
            kept.remove(0);
        }
    }

    /// When the last change was.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.kept()?.last().map(|last| last.at)
    }

    /// The changes, the last one first, back from `now`, the frame that holds.
    pub fn steps(&self, now: &Frame) -> Vec<Step> {
        if self.sum() != Some(now.sum()) {
            return Vec::new();
        }
        let mut after = now.clone();
        let mut steps = Vec::new();
        for kept in self.kept().unwrap_or_default().into_iter().rev() {
            let Some(before) = kept.before(&after.text()) else { break };
            let author = Author { name: kept.who, way: kept.by };
            let (number, at) = (kept.number, kept.at);
            steps.push(Step { number, at, author, before: before.clone(), after });
            after = before;
        }
        steps
    }

    fn kept(&self) -> Option<Vec<Kept>> {
        let (_, packed) = self.0.split_once('.')?;
        serde_json::from_str(&packed::inflated(packed, MOST_UNPACKED)?).ok()
    }
}

impl Kept {
    /// The version before, from the text of the one after.
    fn before(&self, after: &str) -> Option<Frame> {
        let begin = after.get(..self.begin)?;
        let end = after.get(after.len().checked_sub(self.end)?..)?;
        Frame::of_text(&[begin, &self.was, end].concat())
    }
}

/// A config's text without the key, which stands there where somebody made `.last` the
/// config: the secrets of before would go along with it for ever.
pub(super) fn without_versions(mut text: String) -> String {
    if !text.contains(NAME) {
        return text;
    }
    Versions::taken_from(&mut text);
    let body = unmarked(&text).trim();
    match layout::value_of(body, NAME).is_some() {
        // An editor has laid it out anew.
        true => text.replacen(body, &layout::without_key(body, NAME), 1),
        false => text,
    }
}

/// So many bytes are the same at the begin of both, and so many at the end.
fn alike(one: &str, other: &str) -> (usize, usize) {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other);
    let begin = one.floor_char_boundary(same.count());
    let (one, other) = (one.get(begin..).unwrap_or(one), other.get(begin..).unwrap_or(other));
    let same = one.bytes().rev().zip(other.bytes().rev()).take_while(|(one, other)| one == other);
    let end = one.len() - one.ceil_char_boundary(one.len() - same.count());
    (begin, end)
}

fn packed(kept: &[Kept]) -> std::io::Result<String> {
    let json = serde_json::to_string(kept)?;
    packed::deflated(Compression::default(), |packer| packer.write_all(json.as_bytes()))
}

type Range = std::ops::Range<usize>;

/// Where the key stands with the comma before it, and where its value.
fn place_in(text: &[u8]) -> Option<(Range, Range)> {
    let trimmed = text.trim_ascii_end().strip_suffix(b"}")?.trim_ascii_end();
    let value = trimmed.strip_suffix(b"\"")?;
    // It has no quote in it, being base64.
    let begin = value.iter().rposition(|byte| *byte == b'"')? + 1;
    let key = value.get(..begin)?.strip_suffix(KEY.as_bytes())?;
    let from = match key.strip_suffix(b",") {
        Some(before) => before.len(),
        None => key.len(),
    };
    Some((from..trimmed.len(), begin..value.len()))
}
