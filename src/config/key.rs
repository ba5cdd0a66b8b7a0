//! The keys of the file, as the strict reader asks for them. Whoever else deals with
//! keys goes by what it asked: a key is known where it is read, and nowhere else.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use super::env::Env;
use super::node::Document;
use super::problem::Problems;
use super::rule;
use super::sections::{Surroundings, what_holds};

/// One key, and what the strict reader makes of it.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// `api`; that of a rule's keys is `rules`.
    pub section: &'static str,
    /// `url`
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// Whether a file, or a rule, that has nothing misses it; known of [`keys`] alone.
    pub required: bool,
    /// Whether it is a secret, or may hold one.
    pub secret: bool,
    /// The key that names a file with the value in it: `secret_file`.
    pub file: Option<&'static str>,
    /// What holds, as it would stand there; null where that is nothing, or told elsewhere.
    pub holds: Value,
}

/// What may stand at a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Any text, or one that the reader looks into.
    #[default]
    Text,
    /// The path of a file with certificates.
    CaFile,
    /// `true`, `false`.
    Bool,
    /// A whole number within bounds.
    Number(RangeInclusive<i64>),
    /// A number, or its text.
    Either,
    /// One of these.
    Word(Vec<&'static str>),
    /// Several, in a list; a text with commas does, too.
    List,
    /// Several, in a text with commas; a list does, too, or a number.
    Commas,
    /// An object with keys of its own.
    Object,
    /// Several of these, in a list.
    Objects,
}

impl Key {
    /// `api.url`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }
}

/// The keys that were asked for, each once.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// That key.
    pub fn get(&self, section: &str, name: &str) -> Option<&Key> {
        self.0.iter().find(|key| (key.section, key.name) == (section, name))
    }

    /// The key at `api.url`.
    pub fn at(&self, path: &str) -> Option<&Key> {
        path.split_once('.').and_then(|(section, name)| self.get(section, name))
    }

    /// A section's, in the order in which they are asked for.
    pub fn of<'k>(&'k self, section: &str) -> impl Iterator<Item = &'k Key> {
        self.0.iter().filter(move |key| key.section == section)
    }

    /// All of them, section by section.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }

    /// Notes that a key is asked for: behind the one that was noted last, where a reader
    /// of two kinds of rules comes upon the keys of the second.
    pub(super) fn note(&mut self, after: Option<&str>, key: Key) {
        if self.get(key.section, key.name).is_some() {
            return;
        }
        let place =
            |name| self.0.iter().position(|one| (one.section, one.name) == (key.section, name));
        let at = after.and_then(place).map_or(self.0.len(), |at| at + 1);
        self.0.insert(at, key);
    }

    /// Adds to what is known of a key.
    pub(super) fn mark(&mut self, section: &str, name: &str, mark: impl FnOnce(&mut Key)) {
        let found = self.0.iter_mut().find(|key| (key.section, key.name) == (section, name));
        found.map(mark).unwrap_or_default();
    }
}

/// All keys that there are, with what holds where a file says nothing: what the strict
/// reader asks of an empty one.
pub fn keys() -> &'static Keys {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| {
        let env = Env::default();
        let around = Surroundings { env: &env, folder: Path::new(""), remembered: None };
        let document = Document { sections: Vec::new(), state: None };
        let (config, mut missing, _) = what_holds(&document, &around);
        let (keys, problems) = (RefCell::new(config.keys), Problems::default());
        rule::note_all(&keys, &problems);
        missing.extend(problems.done().0);
        let mut keys = keys.into_inner();
        for key in &mut keys.0 {
            key.required = missing.iter().any(|problem| problem.path == key.path());
        }
        keys
    });
    &KEYS
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn a_key_is_known_by_being_asked_for() {
        let hours = keys().at("settings.reminder_hours");
        assert!(hours.is_some_and(|key| key.holds == 4 && !key.required));
        let url = keys().get("api", "url");
        assert!(url.is_some_and(|key| key.required && key.holds.is_null()));
        assert!(keys().at("settings.traffic_counts").is_none(), "it does nothing any more");
    }

    #[test]
    fn a_rules_keys_stand_as_a_person_reads_them() {
        let names: Vec<_> = keys().of("rules").map(|key| key.name).collect();
        let head = ["id", "type", "name", "enabled", "level", "desc", "rec", "technique"];
        assert_eq!(names.get(..8), Some(&head[..]));
        assert_eq!(names.get(9..11), Some(&["filter_key", "filter_value"][..]));
        let place = |name| names.iter().position(|one| *one == name);
        assert!(place("not_workload") < place("pd"), "the event's come before the traffic's");
        assert_eq!(names.last(), Some(&"learn_days"));
    }
}
