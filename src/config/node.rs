//! JSON as it stands in the file.
//!
//! `serde_json::Value` forgets that a key stood twice; this tree keeps every
//! key in the file's order.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use crate::lang::Lang;
use crate::lang::config as words;

/// Any JSON value, with an object's keys as they stand, doubles too.
#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// The whole file: every top-level key, and `state` unread. For those who only want to
/// know where `state` stands the sections may be [`serde::de::IgnoredAny`].
pub(crate) struct Document<'t, S = Node> {
    /// All but `state`, in the file's order.
    pub sections: Vec<(String, S)>,
    /// The text of `state`'s value, a part of what was read.
    pub state: Option<&'t str>,
}

/// Reads a file's text; a byte order mark before it is the caller's to take off.
pub(crate) fn parse<'t, S: Deserialize<'t>>(
    text: &'t str,
) -> Result<Document<'t, S>, serde_json::Error> {
    serde_json::from_str(text)
}

impl Document<'_> {
    /// The value of a top-level key.
    pub fn section(&self, key: &str) -> Option<&Node> {
        find(&self.sections, key)
    }
}

/// The keys that stand more than once, each told once; not the user's own.
pub(super) fn doubles(entries: &[(String, Node)]) -> impl Iterator<Item = &str> {
    entries.iter().enumerate().filter_map(|(at, (key, _))| {
        let before = entries.iter().take(at).filter(|(k, _)| k == key).count();
        (before == 1 && !key.starts_with('_')).then_some(key.as_str())
    })
}

/// The value of the first such key.
pub(super) fn find<'a>(entries: &'a [(String, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
}

impl Node {
    /// A plain value as text, and several with commas.
    pub fn plain(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(list) => list.iter().map(Self::plain).collect::<Vec<_>>().join(","),
            Self::Object(_) => "{…}".to_owned(),
        }
    }

    /// The `id` of an object, where it has a whole number for one.
    pub fn id(&self) -> Option<i64> {
        let Self::Object(entries) = self else { return None };
        match find(entries, "id") {
            Some(Self::Number(number)) => number.as_i64(),
            _ => None,
        }
    }

    /// What kind of value it is, for a sentence.
    pub fn kind(&self, lang: Lang) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(_) => words::kind_bool(lang),
            Self::Number(_) => words::kind_number(lang),
            Self::Text(_) => words::kind_text(lang),
            Self::List(_) => words::kind_list(lang),
            Self::Object(_) => words::kind_object(lang),
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

impl<'de, S: Deserialize<'de>> Deserialize<'de> for Document<'de, S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(DocumentVisitor(PhantomData))
    }
}

struct DocumentVisitor<S>(PhantomData<S>);

impl<'de, S: Deserialize<'de>> Visitor<'de> for DocumentVisitor<S> {
    type Value = Document<'de, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut document = Document { sections: Vec::new(), state: None };
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
