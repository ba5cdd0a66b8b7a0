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

/// All differences between two texts of the file, but for the state.
pub(super) fn changes(before: &str, after: &str) -> Vec<Change> {
    let (before, after) = (sections(before), sections(after));
    let mut found = Vec::new();
    for name in names(&before, &after) {
        let (old, new) = (of(&before, &name), of(&after, &name));
        let lists = [("rules", "rule"), ("pauses", "pause")];
        if let Some((_, noun)) = lists.iter().find(|(list, _)| *list == name) {
            found.extend(in_list(noun, old, new));
        } else {
            let path = |key: &str| format!("{name}.{key}");
            found.extend(in_object(fields(old), fields(new), &path));
        }
    }
    found
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

fn in_object(before: Fields, after: Fields, path: &dyn Fn(&str) -> String) -> Vec<Change> {
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

/// Rules and pauses are held against each other by id; of several with one id, in order.
fn in_list(noun: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut new: Vec<Option<Value>> = list(after).into_iter().map(Some).collect();
    let mut found = Vec::new();
    for old in list(before) {
        let same = |new: &&mut Option<Value>| {
            new.as_ref().is_some_and(|new| new.get("id") == old.get("id"))
        };
        let name = name_of(noun, &old);
        match new.iter_mut().find(same).and_then(Option::take) {
            Some(new) => {
                let path = |key: &str| format!("{name}: {key}");
                found.extend(in_object(fields(Some(&old)), fields(Some(&new)), &path));
            }
            None => found.push(Change { what: name, before: Some(old.to_string()), after: None }),
        }
    }
    let added = new.into_iter().flatten().map(|rule| Change {
        what: name_of(noun, &rule),
        before: None,
        after: Some(rule.to_string()),
    });
    found.extend(added);
    found
}

fn name_of(noun: &str, element: &Value) -> String {
    let id = element.get("id").unwrap_or(&Value::Null);
    format!("{noun} {id}")
}

fn shown(path: &str, value: &Value) -> String {
    match keys().at(path).is_some_and(|key| key.secret) {
        true => MASKED.to_owned(),
        false => value.to_string(),
    }
}
