//! Changes to JSON's text that leave alone what they do not mean: the other
//! values' bytes, their order, the line breaks and the indents.
//!
//! Every function takes the text of one value, an object or a list, and gives
//! it back changed. Text that is neither comes back as it was.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use serde_json::value::RawValue;

/// How far a new line is indented for each level, where the file shows nothing else.
const INDENT: &str = "    ";

/// What JSON counts as white space [RFC 8259 2].
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// The values of an object with their keys, or of a list with none, each as it
/// stands, in the text's order.
pub(super) fn parts(text: &str) -> Vec<(Option<String>, &str)> {
    entries(text)
        .into_iter()
        .filter_map(|entry| Some((entry.key, text.get(entry.value)?)))
        .collect()
}

/// The value of the first such key, as it stands.
pub(super) fn value_of<'t>(object: &'t str, key: &str) -> Option<&'t str> {
    parts(object).into_iter().find(|(name, _)| name.as_deref() == Some(key)).map(|(_, value)| value)
}

/// `object` with `key` set to `value`: in its place, or as the last key, but
/// before the key `before` where there is one.
pub(super) fn with_key(object: &str, key: &str, value: &str, before: &str, level: usize) -> String {
    let entries = entries(object);
    let at = |name: &str| entries.iter().position(|e| e.key.as_deref() == Some(name));
    if let Some(entry) = at(key).and_then(|at| entries.get(at)) {
        return spliced(object, entry.value.clone(), value);
    }
    let key = format!("{}: {value}", Value::from(key));
    let at = at(before).unwrap_or(entries.len());
    inserted(object, &entries, at, &key, level)
}

/// `list` with `value` as its last element.
pub(super) fn with_element(list: &str, value: &str, level: usize) -> String {
    let entries = entries(list);
    inserted(list, &entries, entries.len(), value, level)
}

/// `text` with the value at `at` replaced.
pub(super) fn with_value_at(text: &str, at: usize, value: &str) -> String {
    match entries(text).into_iter().nth(at) {
        Some(entry) => spliced(text, entry.value, value),
        None => text.to_owned(),
    }
}

/// `object` without each such key.
pub(super) fn without_key(object: &str, key: &str) -> String {
    let mut text = object.to_owned();
    while let Some(at) = entries(&text).iter().position(|entry| entry.key.as_deref() == Some(key)) {
        text = without(&text, at);
    }
    text
}

/// `text` without its entry at `at`, counted from 0.
pub(super) fn without(text: &str, at: usize) -> String {
    let entries = entries(text);
    let Some(entry) = entries.get(at) else {
        return text.to_owned();
    };
    let before = at.checked_sub(1).and_then(|before| entries.get(before));
    let range = match (before, entries.get(at + 1)) {
        (Some(before), _) => before.value.end..entry.value.end,
        (None, Some(next)) => entry.begin..next.begin,
        // The last one takes the white space around it along.
        (None, None) => 1..text.len().saturating_sub(1),
    };
    spliced(text, range, "")
}

/// `object` with its keys renamed where `names` has a new one.
pub(super) fn with_keys_renamed(object: &str, names: &BTreeMap<String, String>) -> String {
    let mut text = object.to_owned();
    // From the end, so that the places before stay true.
    for entry in entries(object).into_iter().rev() {
        let Some(name) = entry.key.and_then(|key| names.get(&key)) else {
            continue;
        };
        let key = format!("{}: ", Value::from(name.as_str()));
        text = spliced(&text, entry.begin..entry.value.start, &key);
    }
    text
}

/// A new value as it is written into the file, `level` levels deep: an object's
/// keys one to a line, in `order`; lists of plain values on one line.
pub(super) fn written(value: &Value, level: usize, order: &dyn Fn(&str) -> usize) -> String {
    let line = |level: usize| format!("\n{}", INDENT.repeat(level));
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut keys: Vec<(&String, &Value)> = map.iter().collect();
            keys.sort_by_key(|(key, _)| order(key));
            let keys: Vec<String> = keys
                .into_iter()
                .map(|(key, value)| {
                    let value = written(value, level + 1, order);
                    format!("{}{}: {value}", line(level + 1), Value::from(key.as_str()))
                })
                .collect();
            format!("{{{}{}}}", keys.join(","), line(level))
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            let elements: Vec<String> = list
                .iter()
                .map(|value| line(level + 1) + &written(value, level + 1, order))
                .collect();
            format!("[{}{}]", elements.join(","), line(level))
        }
        Value::Array(list) => {
            let elements: Vec<String> = list.iter().map(Value::to_string).collect();
            format!("[{}]", elements.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// One entry of an object or a list, by its place in the text.
struct Member {
    key: Option<String>,
    /// Where the key begins, or the value where there is none.
    begin: usize,
    value: Range<usize>,
}

fn entries(text: &str) -> Vec<Member> {
    let values = match text.get(..1) {
        Some("{") => keyed_values(text),
        Some("[") => serde_json::from_str::<Vec<&RawValue>>(text)
            .map(|list| list.into_iter().map(|value| (None, value)).collect()),
        _ => Ok(Vec::new()),
    };
    let mut end = 1;
    let mut entries = Vec::new();
    for (key, raw) in values.unwrap_or_default() {
        // The value is a part of `text`, so its place is known by its address.
        let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let value = start..start + raw.get().len();
        let begin = match key {
            Some(_) => end + text.get(end..start).map_or(0, space_and_comma),
            None => start,
        };
        end = value.end;
        entries.push(Member { key, begin, value });
    }
    entries
}

/// How much of `text` is white space with at most one comma in it.
fn space_and_comma(text: &str) -> usize {
    let rest = text.trim_start_matches(SPACE);
    let rest = rest.strip_prefix(',').unwrap_or(rest);
    text.len() - rest.trim_start_matches(SPACE).len()
}

type Keyed<'t> = Vec<(Option<String>, &'t RawValue)>;

/// With each key, also one that stands twice.
fn keyed_values(text: &str) -> Result<Keyed<'_>, serde_json::Error> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Keyed<'de>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some((key, value)) = map.next_entry()? {
                entries.push((Some(key), value));
            }
            Ok(entries)
        }
    }
    serde::Deserializer::deserialize_map(&mut serde_json::Deserializer::from_str(text), Visitor)
}

/// Puts an entry before the one at `at`, or after the last.
fn inserted(text: &str, entries: &[Member], at: usize, entry: &str, level: usize) -> String {
    let before = at.checked_sub(1).and_then(|before| entries.get(before));
    match (before, entries.get(at)) {
        (_, Some(next)) => {
            let space = space_before(text, next).to_owned();
            spliced(text, next.begin..next.begin, &format!("{entry},{space}"))
        }
        (Some(last), None) => {
            let space = space_before(text, last).to_owned();
            let end = last.value.end;
            spliced(text, end..end, &format!(",{space}{entry}"))
        }
        (None, None) => {
            let line = |level: usize| format!("\n{}", INDENT.repeat(level));
            let inner = 1..text.len().saturating_sub(1);
            spliced(text, inner, &[&line(level + 1), entry, &line(level)].concat())
        }
    }
}

/// The white space before an entry: how the file sets its entries apart.
fn space_before<'t>(text: &'t str, entry: &Member) -> &'t str {
    let before = text.get(..entry.begin).unwrap_or_default();
    let kept = before.trim_end_matches(SPACE).len();
    let space = before.get(kept..).unwrap_or_default();
    // A blank line before it is not worth repeating.
    match space.rfind('\n') {
        Some(at) if at > 0 && space.as_bytes().get(at - 1) == Some(&b'\r') => {
            space.get(at - 1..).unwrap_or_default()
        }
        Some(at) => space.get(at..).unwrap_or_default(),
        None if space.is_empty() => " ",
        None => space,
    }
}

fn spliced(text: &str, range: Range<usize>, new: &str) -> String {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    [before, new, after].concat()
}
