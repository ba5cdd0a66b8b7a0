//! Takes the known keys out of an object, and tells whatever is wrong with
//! them by the key's path: a slip of the pen must not go unseen.

use std::borrow::Cow;
use std::time::Duration;

use super::near::nearest;
use super::node::{Node, doubles, find};
use super::problem::{Problems, shown};
use crate::lang::Lang;
use crate::lang::config as words;

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
                problems.add(&path, |lang| words::want_object(lang, other.kind().word(lang)));
                &[]
            }
        };
        let section = Self { path, entries, problems };
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
        self.text(key).map(str::trim).filter(|text| !text.is_empty())
    }

    /// True where the value is there and no text, which [`Self::text`] has told.
    pub fn has_other_type(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| !matches!(node, Node::Text(_)))
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

    /// Seconds from 1 to `max`.
    pub fn seconds(&self, key: &str, max: u32, default: u32) -> Duration {
        Duration::from_secs(self.uint(key, 1, max).unwrap_or(default).into())
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
        let known: Vec<_> = known.into_iter().map(|word| format!("\"{word}\"")).collect();
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
    pub fn wrong(&self, key: &str, sentence: impl Fn(Lang) -> String) {
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
        sentence: fn(Lang, String) -> String,
    ) -> Option<T> {
        self.wrong(key, |lang| sentence(lang, found.kind().word(lang)));
        None
    }
}

/// A number with its thousands apart: `1,000,000`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
