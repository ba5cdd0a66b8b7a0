//! JSON read strictly: what a typing error would hide is found and named.
//!
//! `serde_json::Value` forgets that a key stood twice; this tree keeps every
//! key in the file's order. A [`Section`] then takes the known keys out of an
//! object, and a [`Problems`] gathers whatever is wrong with the key's path.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use super::problem::{Problems, shown};
use crate::lang::config as words;

/// Any JSON value, with an object's keys as they stand, doubles too.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// The whole file: every top-level key, and `state` unread.
pub(super) struct Document<'t> {
    /// All but `state`, in the file's order.
    pub sections: Vec<(String, Node)>,
    /// The text of `state`'s value, a part of what was read.
    pub state: Option<&'t str>,
}

/// Reads a file's text; a byte order mark before it is the caller's to take off.
pub(super) fn parse(text: &str) -> Result<Document<'_>, serde_json::Error> {
    serde_json::from_str(text)
}

impl Document<'_> {
    /// The value of a top-level key.
    pub fn section(&self, key: &str) -> Option<&Node> {
        find(&self.sections, key)
    }
}

/// An object's known keys.
pub(super) struct Section<'a> {
    path: String,
    entries: &'a [(String, Node)],
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    /// Opens the object at `path`, and tells keys that stand twice or are not
    /// in `known`. Keys that start with `_` are the user's. Absent reads as empty.
    pub fn open(
        node: Option<&'a Node>,
        path: impl Into<String>,
        known: &[&'static str],
        problems: &'a Problems,
    ) -> Self {
        let path = path.into();
        let entries: &[(String, Node)] = match node {
            None | Some(Node::Null) => &[],
            Some(Node::Object(entries)) => entries,
            Some(other) => {
                problems.add(&path, |lang| {
                    words::want_object(lang, other.kind().word(lang))
                });
                &[]
            }
        };
        let section = Self {
            path,
            entries,
            problems,
        };
        for (key, _) in entries.iter().filter(|(key, _)| !key.starts_with('_')) {
            if !known.contains(&key.as_str()) {
                let near = nearest(key, known);
                section.wrong(key, |lang| words::unknown_key(lang, near));
            }
        }
        section.tell_doubles();
        section
    }

    fn tell_doubles(&self) {
        for key in doubles(self.entries) {
            self.wrong(key, words::double_key);
        }
    }

    /// The value; `null` counts as not given.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        find(self.entries, key).filter(|node| !matches!(node, Node::Null))
    }

    /// A text as it stands.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        match self.get(key)? {
            Node::Text(text) => Some(text),
            other => self.wrong_kind(key, other, words::want_text),
        }
    }

    /// A text without the white space around it; blank counts as not given.
    pub fn trimmed(&self, key: &str) -> Option<&'a str> {
        self.text(key)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// `true` or `false`.
    pub fn bool(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Node::Bool(value) => Some(*value),
            other => self.wrong_kind(key, other, words::want_bool),
        }
    }

    /// A whole number in `min..=max`.
    pub fn int(&self, key: &str, min: i64, max: i64) -> Option<i64> {
        match self.get(key)? {
            Node::Number(number) if number.as_f64().is_some_and(|value| value.fract() != 0.0) => {
                self.wrong(key, |lang| words::want_whole(lang, number));
                None
            }
            Node::Number(number) => match number.as_i64() {
                Some(value) if (min..=max).contains(&value) => Some(value),
                _ => {
                    self.wrong(key, |lang| {
                        words::out_of_range(lang, number, grouped(min), grouped(max))
                    });
                    None
                }
            },
            other => self.wrong_kind(key, other, words::want_number),
        }
    }

    /// The same for unsigned bounds, which is all but the rules' ids.
    pub fn uint(&self, key: &str, min: u32, max: u32) -> Option<u32> {
        let value = self.int(key, min.into(), max.into())?;
        u32::try_from(value).ok()
    }

    /// One of a few words.
    pub fn word<T: Copy>(&self, key: &str, known: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = known.iter().find(|(word, _)| *word == text.trim());
        if found.is_none() {
            self.not_one_of(key, text, known.iter().map(|(word, _)| *word));
        }
        found.map(|(_, value)| *value)
    }

    /// Tells that `text` is none of the `known` words.
    pub fn not_one_of(&self, key: &str, text: &str, known: impl IntoIterator<Item = &'static str>) {
        let known: Vec<_> = known
            .into_iter()
            .map(|word| format!("\"{word}\""))
            .collect();
        let known = known.join(", ");
        self.wrong(key, |lang| words::not_one_of(lang, shown(text), &known));
    }

    /// The parts of a list, or of one text with commas; empty parts are left
    /// out. A list's texts may hold commas. Numbers read as their text.
    pub fn items(&self, key: &str) -> Vec<Cow<'a, str>> {
        match self.get(key) {
            None => Vec::new(),
            Some(Node::List(list)) => list
                .iter()
                .enumerate()
                .filter_map(|(at, node)| self.item(&format!("{key}[{at}]"), node))
                .filter(|text| !text.is_empty())
                .collect(),
            Some(Node::Text(text)) => text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(Cow::Borrowed)
                .collect(),
            Some(Node::Number(number)) => vec![Cow::Owned(number.to_string())],
            Some(other) => {
                self.wrong_kind::<()>(key, other, words::want_list);
                Vec::new()
            }
        }
    }

    fn item(&self, key: &str, node: &'a Node) -> Option<Cow<'a, str>> {
        match node {
            Node::Text(text) => Some(Cow::Borrowed(text.trim())),
            Node::Number(number) => Some(Cow::Owned(number.to_string())),
            other => self.wrong_kind(key, other, words::want_text),
        }
    }

    /// Tells what is wrong with `key`; an index may follow the key.
    pub fn wrong(&self, key: &str, sentence: impl Fn(crate::lang::Lang) -> String) {
        self.problems.add(&self.path_of(key), sentence);
    }

    /// Tells that `key` has to be given, for example as `example`.
    pub fn missing(&self, key: &str, example: &str) {
        self.wrong(key, |lang| words::missing(lang, example));
    }

    /// The path of one of the section's keys.
    pub fn path_of(&self, key: &str) -> String {
        format!("{}.{}", self.path, shown(key))
    }

    fn wrong_kind<T>(
        &self,
        key: &str,
        found: &Node,
        sentence: fn(crate::lang::Lang, String) -> String,
    ) -> Option<T> {
        self.wrong(key, |lang| sentence(lang, found.kind().word(lang)));
        None
    }
}

/// The keys that stand more than once, each told once; not the user's own.
pub(super) fn doubles(entries: &[(String, Node)]) -> impl Iterator<Item = &str> {
    entries.iter().enumerate().filter_map(|(at, (key, _))| {
        let before = entries.iter().take(at).filter(|(k, _)| k == key).count();
        (before == 1 && !key.starts_with('_')).then_some(key.as_str())
    })
}

fn find<'a>(entries: &'a [(String, Node)], key: &str) -> Option<&'a Node> {
    entries
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, node)| node)
}

/// The known word that takes the fewest changes of a letter to come from `word`.
pub(super) fn nearest(word: &str, known: &[&'static str]) -> &'static str {
    known
        .iter()
        .copied()
        .min_by_key(|candidate| distance(word, candidate))
        .unwrap_or_default()
}

/// How many letters have to be added, dropped, changed or swapped with their neighbour.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    // A key has no use for more letters; the bound keeps the work small.
    for (row, letter) in a.chars().take(100).enumerate() {
        let mut line = vec![row + 1];
        for (at, other) in b.iter().enumerate() {
            let get = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&last, at) + usize::from(letter != *other))
                .min(get(&last, at + 1) + 1)
                .min(get(&line, at) + 1);
            let swapped = at > 0 && previous == Some(*other) && b.get(at - 1) == Some(&letter);
            if swapped {
                best = best.min(get(&before_last, at - 1) + 1);
            }
            line.push(best);
        }
        previous = Some(letter);
        before_last = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or_default()
}

/// A number with its thousands apart: `1,000,000`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Node {
    /// What kind of value it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::List(_) => Kind::List,
            Self::Object(_) => Kind::Object,
        }
    }
}

/// The kinds of JSON values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    List,
    Object,
}

impl Kind {
    /// Its name in a sentence.
    pub fn word(self, lang: crate::lang::Lang) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool => words::kind_bool(lang),
            Self::Number => words::kind_number(lang),
            Self::Text => words::kind_text(lang),
            Self::List => words::kind_list(lang),
            Self::Object => words::kind_object(lang),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = seq.next_element()? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }
}

impl<'de> Deserialize<'de> for Document<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut document = Document {
            sections: Vec::new(),
            state: None,
        };
        while let Some(key) = map.next_key::<String>()? {
            // A second `state` lands among the sections, where it is told.
            if key == "state" && document.state.is_none() {
                document.state = Some(map.next_value::<&'de RawValue>()?.get());
            } else {
                document.sections.push((key, map.next_value()?));
            }
        }
        Ok(document)
    }
}
