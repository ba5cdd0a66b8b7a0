//! What an edit changed, for the record that syslog keeps of it.

use serde_json::Value;

use super::layout;
use super::load::unmarked;
use crate::config::keys;
use crate::net::secret::Secrets;

/// What stands for a value that nobody may see.
const MASKED: &str = "***";

/// One difference between the file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key's path, `settings.timezone`; a rule or a pause goes by its id:
    /// `rule 12`, `rule 12: threshold_count`.
    pub what: String,
    /// The JSON that stood there, secrets masked; `None`: nothing did.
    pub before: Option<String>,
    /// The JSON that stands there now, in the same way.
    pub after: Option<String>,
}

impl Change {
    /// Takes secrets out of it that stand where none belongs.
    pub fn hide(&mut self, secrets: &Secrets) {
        let values = [&mut self.before, &mut self.after].into_iter().flatten();
        for text in values.chain([&mut self.what]) {
            *text = secrets.hide(text);
        }
    }
}

/// All differences between two texts of the file, but for the state. Empty only where both
/// say the same.
pub(super) fn changes(before: &str, after: &str) -> Vec<Change> {
    let (before, after) = (sections(before), sections(after));
    let differing = names(&before, &after).into_iter().filter_map(|name| {
        let (old, new) = (of(&before, &name), of(&after, &name));
        (old != new).then(|| in_section(&name, old, new))
    });
    differing.flatten().collect()
}

/// The differences of a section that is not the same.
fn in_section(name: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<Change> {
    let list = LISTS.iter().find(|list| list.section == name);
    let found = match list.filter(|_| [old, new].into_iter().flatten().all(Value::is_array)) {
        Some(list) => in_list(list, old, new),
        None if [old, new].into_iter().flatten().all(Value::is_object) => {
            in_object(fields(old), fields(new), &|key| format!("{name}.{key}"), shown)
        }
        None => Vec::new(),
    };
    if !found.is_empty() {
        return found;
    }
    // The order of a list, an object that has become a text, an empty section.
    let whole = |value: Option<&Value>| Some(whole(list, value?));
    vec![Change { what: name.to_owned(), before: whole(old), after: whole(new) }]
}

/// A section as a whole: of a list the ids alone, of what nobody knows nothing.
fn whole(list: Option<&List>, value: &Value) -> String {
    let keys = |list: &List, values: &Vec<Value>| {
        values.iter().map(|one| one.get(list.by).cloned().unwrap_or_default()).collect::<Value>()
    };
    match (list, value) {
        (Some(list), Value::Array(values)) => keys(list, values).to_string(),
        (_, Value::Object(object)) if object.is_empty() => value.to_string(),
        _ => MASKED.to_owned(),
    }
}

/// A section that is a list.
struct List {
    section: &'static str,
    /// What one of them is called.
    noun: &'static str,
    /// The key that tells one from the others.
    by: &'static str,
    /// The keys whose values may be shown; empty where that is all of them.
    open: &'static [&'static str],
}

const LISTS: [List; 3] = [
    List { section: "rules", noun: "rule", by: "id", open: &[] },
    List { section: "pauses", noun: "pause", by: "id", open: &[] },
    List {
        section: "forward",
        noun: "forward",
        by: "name",
        open: &[
            "name", "via", "body", "levels", "rules", "path", "url", "framing", "facility",
            "ca_file",
        ],
    },
];

impl List {
    fn is_open(&self, key: &str) -> bool {
        self.open.is_empty() || self.open.contains(&key)
    }

    /// An element as it may be shown.
    fn shown(&self, element: &Value) -> String {
        let mut element = element.clone();
        for (key, value) in element.as_object_mut().into_iter().flatten() {
            if !self.is_open(key) {
                *value = MASKED.into();
            }
        }
        element.to_string()
    }

    fn name_of(&self, element: &Value) -> String {
        let key = element.get(self.by).unwrap_or(&Value::Null);
        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        format!("{} {key}", self.noun)
    }
}

type Fields = Vec<(String, Value)>;

fn sections(text: &str) -> Fields {
    let mut sections = fields_of(unmarked(text).trim());
    sections.retain(|(name, _)| name != "state");
    sections
}

fn fields_of(text: &str) -> Fields {
    layout::parts(text)
        .into_iter()
        .filter_map(|(key, value)| Some((key?, serde_json::from_str(value).ok()?)))
        .collect()
}

fn fields(value: Option<&Value>) -> Fields {
    let object = value.and_then(Value::as_object).into_iter().flatten();
    object.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn of<'a>(fields: &'a Fields, name: &str) -> Option<&'a Value> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The keys of both, each once.
fn names(before: &Fields, after: &Fields) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in before.iter().chain(after) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn in_object(
    before: Fields,
    after: Fields,
    path: &dyn Fn(&str) -> String,
    shown: impl Fn(&str, &Value) -> String,
) -> Vec<Change> {
    names(&before, &after)
        .iter()
        .map(|key| (path(key), of(&before, key), of(&after, key)))
        .filter(|(_, before, after)| before != after)
        .map(|(path, before, after)| Change {
            before: before.map(|value| shown(&path, value)),
            after: after.map(|value| shown(&path, value)),
            what: path,
        })
        .collect()
}

/// Elements are held against each other by what tells them apart; of several alike, in
/// order.
fn in_list(list: &List, before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let of = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut new: Vec<Option<Value>> = of(after).into_iter().map(Some).collect();
    let mut found = Vec::new();
    for old in of(before) {
        let same = |new: &&mut Option<Value>| {
            new.as_ref().is_some_and(|new| new.get(list.by) == old.get(list.by))
        };
        let name = list.name_of(&old);
        match new.iter_mut().find(same).and_then(Option::take) {
            Some(new) => {
                let path = |key: &str| format!("{name}: {key}");
                let shown = |path: &str, value: &Value| {
                    let key = path.rsplit_once(": ").map_or(path, |(_, key)| key);
                    if list.is_open(key) { value.to_string() } else { MASKED.to_owned() }
                };
                found.extend(in_object(fields(Some(&old)), fields(Some(&new)), &path, shown));
            }
            None => {
                let before = Some(list.shown(&old));
                found.push(Change { what: name, before, after: None });
            }
        }
    }
    let added = new.into_iter().flatten().map(|new| Change {
        what: list.name_of(&new),
        before: None,
        after: Some(list.shown(&new)),
    });
    found.extend(added);
    found
}

/// What nobody reads may be anything: a secret under a key with a slip in it, or the one of
/// before, put aside.
fn shown(path: &str, value: &Value) -> String {
    match keys().at(path).is_some_and(|key| !key.secret) {
        true => value.to_string(),
        false => MASKED.to_owned(),
    }
}
