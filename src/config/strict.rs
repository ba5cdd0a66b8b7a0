//! Takes the known keys out of an object, and tells whatever is wrong with
//! them by the key's path: a slip of the pen must not go unseen.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::Value;

use super::key::{Key, Keys, Kind};
use super::node::{Node, doubles, find};
use super::problem::{Problems, shown};
use crate::lang::Lang;
use crate::lang::config as words;
use crate::rules::near::nearest;

/// An object whose keys are asked for, one by one. What is in it and was never asked for
/// is unknown; that is told when the section is let go.
pub(super) struct Section<'a> {
    name: &'static str,
    path: String,
    entries: &'a [(String, Node)],
    asked: RefCell<Vec<&'static str>>,
    keys: Option<&'a RefCell<Keys>>,
    problems: &'a Problems,
    /// Where what is worth a remark goes; nowhere, unless somebody asks for it.
    remarks: Option<&'a Problems>,
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries.iter().filter(|(key, _)| !key.starts_with('_')) {
            if !asked.contains(&key.as_str()) {
                let near = nearest(key, &asked);
                self.wrong(key, |lang| words::unknown_key(lang, near));
            }
        }
        doubles(self.entries).for_each(|key| self.wrong(key, words::double_key));
    }
}

impl<'a> Section<'a> {
    /// Opens the object at `path`. Keys that start with `_` are the user's. Absent reads
    /// as empty. What is asked for is noted in `keys`, under `name`.
    pub fn open(
        node: Option<&'a Node>,
        name: &'static str,
        path: impl Into<String>,
        problems: &'a Problems,
        keys: Option<&'a RefCell<Keys>>,
    ) -> Self {
        let path = path.into();
        let entries: &[(String, Node)] = match node {
            None | Some(Node::Null) => &[],
            Some(Node::Object(entries)) => entries,
            Some(other) => {
                problems.add(&path, |lang| words::want_object(lang, other.kind(lang)));
                &[]
            }
        };
        Self { name, path, entries, asked: RefCell::default(), keys, problems, remarks: None }
    }

    /// The same with a place for remarks.
    pub fn remarking(mut self, remarks: Option<&'a Problems>) -> Self {
        self.remarks = remarks;
        self
    }

    /// The keys that stand there and were not asked for; not the user's own.
    pub fn not_asked(&self) -> Vec<&'a str> {
        let asked = self.asked.borrow();
        let keys = self.entries.iter().map(|(key, _)| key.as_str());
        keys.filter(|key| !key.starts_with('_') && !asked.contains(key)).collect()
    }

    /// What was asked for so far.
    pub fn all_asked(&self) -> Vec<&'static str> {
        self.asked.borrow().clone()
    }

    /// Notes that there is such a key, of that kind.
    pub fn note(&self, key: &'static str, kind: impl FnOnce() -> Kind) {
        let mut asked = self.asked.borrow_mut();
        if let Some(keys) = self.keys {
            let (section, kind) = (self.name, kind());
            let new = Key { section, name: key, kind, ..Key::default() };
            keys.borrow_mut().note(asked.last().copied(), new);
        }
        asked.push(key);
    }

    /// The value, of a key of that kind; `null` counts as not given.
    fn ask(&self, key: &'static str, kind: impl FnOnce() -> Kind) -> Option<&'a Node> {
        self.note(key, kind);
        self.get(key)
    }

    /// True where there is something at a key that means nothing any more.
    pub fn has_obsolete(&self, key: &'static str) -> bool {
        self.asked.borrow_mut().push(key);
        self.get(key).is_some()
    }

    fn mark(&self, key: &str, mark: impl FnOnce(&mut Key)) {
        if let Some(keys) = self.keys {
            keys.borrow_mut().mark(self.name, key, mark);
        }
    }

    /// Notes that a key's value may be a secret, and which key names a file with it.
    pub fn keeps_secret(&self, key: &str, file: Option<&'static str>) {
        self.mark(key, |key| (key.secret, key.file) = (true, file));
    }

    /// Notes what holds, as it would stand in the file.
    pub fn holds(&self, key: &str, value: impl Into<Value>) {
        self.mark(key, |key| key.holds = value.into());
    }

    /// The value of a key that is asked for elsewhere; `null` counts as not given.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        find(self.entries, key).filter(|node| !matches!(node, Node::Null))
    }

    /// A text as it stands.
    pub fn text(&self, key: &'static str) -> Option<&'a str> {
        self.text_of(key, || Kind::Text)
    }

    fn text_of(&self, key: &'static str, kind: impl FnOnce() -> Kind) -> Option<&'a str> {
        match self.ask(key, kind)? {
            Node::Text(text) => Some(text),
            other => self.wrong_kind(key, other, words::want_text),
        }
    }

    /// The path of a file with certificates.
    pub fn ca_file(&self, key: &'static str) -> Option<&'a str> {
        self.text_of(key, || Kind::CaFile).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number or a text, trimmed, as a text; blank counts as not given.
    pub fn either(
        &self,
        key: &'static str,
        sentence: fn(Lang, String) -> String,
    ) -> Option<Cow<'a, str>> {
        let text = match self.ask(key, || Kind::Either)? {
            Node::Number(number) => Cow::Owned(number.to_string()),
            Node::Text(text) => Cow::Borrowed(text.trim()),
            other => return self.wrong_kind(key, other, sentence),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// A text without the white space around it; blank counts as not given.
    pub fn trimmed(&self, key: &'static str) -> Option<&'a str> {
        self.text(key).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The same of a text without which nothing works.
    pub fn needed(&self, key: &'static str, example: &str) -> Option<&'a str> {
        let text = self.trimmed(key);
        if text.is_none() && !self.has_other_type(key) {
            self.missing(key, example);
        }
        text
    }

    /// True where the value is there and no text, which [`Self::text`] has told.
    pub fn has_other_type(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| !matches!(node, Node::Text(_)))
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        match self.ask(key, || Kind::Bool)? {
            Node::Bool(value) => Some(*value),
            other => self.wrong_kind(key, other, words::want_bool),
        }
    }

    /// The same with a default.
    pub fn bool(&self, key: &'static str, default: bool) -> bool {
        let value = self.flag(key).unwrap_or(default);
        self.holds(key, value);
        value
    }

    /// A whole number in `range`.
    pub fn int(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let node = self.ask(key, || Kind::Number(range.clone()))?;
        self.number_of(key, node, &range)
    }

    /// One such number, or several in a list; `sentence` says so of what is neither.
    pub fn ints(
        &self,
        key: &'static str,
        range: RangeInclusive<i64>,
        sentence: fn(Lang, String) -> String,
    ) -> Vec<i64> {
        match self.ask(key, || Kind::Number(range.clone())) {
            None => Vec::new(),
            Some(Node::List(list)) => {
                let each = list.iter().enumerate();
                let read = |(at, node)| self.number_of(&format!("{key}[{at}]"), node, &range);
                each.filter_map(read).collect()
            }
            Some(node @ Node::Number(_)) => self.number_of(key, node, &range).into_iter().collect(),
            Some(other) => {
                self.wrong_kind::<()>(key, other, sentence);
                Vec::new()
            }
        }
    }

    fn number_of(&self, key: &str, node: &Node, range: &RangeInclusive<i64>) -> Option<i64> {
        match node {
            Node::Number(number) if number.as_f64().is_some_and(|value| value.fract() != 0.0) => {
                self.wrong(key, |lang| words::want_whole(lang, number));
                None
            }
            Node::Number(number) => match number.as_i64() {
                Some(value) if range.contains(&value) => Some(value),
                _ => {
                    let (min, max) = (grouped(*range.start()), grouped(*range.end()));
                    self.wrong(key, |lang| words::out_of_range(lang, number, &min, &max));
                    None
                }
            },
            other => self.wrong_kind(key, other, words::want_number),
        }
    }

    /// The same for unsigned bounds, which is all but the rules' ids.
    pub fn uint(&self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.int(key, i64::from(*range.start())..=i64::from(*range.end()))?;
        u32::try_from(value).ok()
    }

    /// The same with a default.
    pub fn number(&self, key: &'static str, range: RangeInclusive<u32>, default: u32) -> u32 {
        let value = self.uint(key, range).unwrap_or(default);
        self.holds(key, value);
        value
    }

    /// Seconds from 1 to `max`.
    pub fn seconds(&self, key: &'static str, max: u32, default: u32) -> Duration {
        Duration::from_secs(self.number(key, 1..=max, default).into())
    }

    /// One of a few words.
    pub fn word<T: Copy>(&self, key: &'static str, known: &[(&'static str, T)]) -> Option<T> {
        let words = || known.iter().map(|(word, _)| *word);
        let text = self.text_of(key, || Kind::Word(words().collect()))?;
        let found = known.iter().find(|(word, _)| *word == text.trim());
        if found.is_none() {
            self.not_one_of(key, text, words());
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
    pub fn items(&self, key: &'static str, kind: Kind) -> Vec<Cow<'a, str>> {
        match self.ask(key, || kind) {
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

    /// The object at `key`, if there is one. Its keys are not noted: they are the object's.
    pub fn section(&self, key: &'static str) -> Option<Section<'a>> {
        match self.ask(key, || Kind::Object)? {
            node @ Node::Object(_) => {
                Some(Section::open(Some(node), self.name, self.path_of(key), self.problems, None))
            }
            other => self.wrong_kind(key, other, words::want_object),
        }
    }

    /// The objects in the list at `key`, at most `most` of them. Their keys are not noted:
    /// they are the objects'.
    pub fn sections(&self, key: &'static str, most: usize) -> Vec<Section<'a>> {
        let list = match self.ask(key, || Kind::Objects) {
            None => return Vec::new(),
            Some(Node::List(list)) => list,
            Some(other) => {
                self.wrong_kind::<()>(key, other, words::want_objects);
                return Vec::new();
            }
        };
        if list.len() > most {
            self.wrong(key, |lang| words::too_many(lang, list.len(), most));
        }
        let open = |(at, node): (usize, &'a Node)| match node {
            Node::Object(_) => {
                let path = self.path_of(&format!("{key}[{at}]"));
                Some(Section::open(Some(node), self.name, path, self.problems, None))
            }
            other => self.wrong_kind(&format!("{key}[{at}]"), other, words::want_object),
        };
        list.iter().take(most).enumerate().filter_map(open).collect()
    }

    /// Values as a record's text has them: `true`, `null`, `7`, a text; several by `|` or in
    /// a list.
    pub fn values(&self, key: &'static str) -> Vec<String> {
        self.note(key, || Kind::Text);
        let mut values = Vec::new();
        match find(self.entries, key) {
            None => return values,
            Some(Node::List(list)) => {
                list.iter().for_each(|one| self.add_values(key, one, &mut values))
            }
            Some(one) => self.add_values(key, one, &mut values),
        }
        if values.is_empty() {
            self.wrong(key, words::empty_names);
        }
        values
    }

    fn add_values(&self, key: &str, node: &Node, values: &mut Vec<String>) {
        match node {
            Node::Null => values.push("null".to_owned()),
            Node::Bool(value) => values.push(value.to_string()),
            Node::Number(number) => values.push(number.to_string()),
            Node::Text(text) if text.split('|').any(|value| value.trim().is_empty()) => {
                self.wrong(key, words::empty_names);
                values.push(String::new());
            }
            Node::Text(text) => values.extend(text.split('|').map(|value| value.trim().to_owned())),
            other => drop(self.wrong_kind::<()>(key, other, words::want_text)),
        }
    }

    /// Tells what is wrong with `key`; an index may follow the key.
    pub fn wrong(&self, key: &str, sentence: impl Fn(Lang) -> String) {
        self.problems.add(&self.path_of(key), sentence);
    }

    /// Tells what was found wrong by somebody who looked at the same.
    pub fn adopt(&self, problems: Problems) {
        for problem in problems.done().0 {
            self.problems.add(&problem.path, |lang| problem.sentence(lang));
        }
    }

    /// Tells what is no mistake and yet not what it looks like.
    pub fn remark(&self, key: &str, sentence: impl Fn(Lang) -> String) {
        if let Some(remarks) = self.remarks {
            remarks.add(&self.path_of(key), sentence);
        }
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
        self.wrong(key, |lang| sentence(lang, found.kind(lang)));
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
