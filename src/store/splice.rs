//! Puts a state into a file's text and leaves every other byte as it is.

use std::path::Path;

use serde::de::IgnoredAny;

use super::error::Error;
use super::layout;
use super::load::{document, unmarked};
use crate::config::Document;
use crate::packed::hash;

/// What JSON counts as white space [RFC 8259 2].
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// What parts the two halves of a frame.
const PARTED: &str = "\0";

/// A file's text without the value of its top-level `state`: what a run leaves as it is.
/// It is small, whatever the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    before: String,
    after: String,
}

impl Frame {
    /// That of `text`; one that has no `state` gets it as its last key.
    pub fn of(path: &Path, text: &str) -> Result<Self, Error> {
        // The sections are passed over: a run has its memory full when it saves.
        let document: Document<'_, IgnoredAny> = document(path, text)?;
        let (begin, between, end) = match document.state {
            Some(value) => {
                // The value is a part of `text`, so its place is known by its address.
                let begin = (value.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
                (begin, String::new(), begin + value.len())
            }
            None => {
                let body = text.trim_end_matches(SPACE);
                let inner = body.strip_suffix('}').unwrap_or(body);
                let end = inner.trim_end_matches(SPACE).len();
                let comma = if document.sections.is_empty() { "" } else { "," };
                (end, format!("{comma}{}\"state\": ", indent(text)), end)
            }
        };
        let before = text.get(..begin).unwrap_or_default();
        let after = text.get(end..).unwrap_or_default().to_owned();
        Ok(Self { before: [before, &between].concat(), after })
    }

    /// A text that is no JSON object, as a frame without a state; `None` for one that could
    /// not be told from two parts.
    pub fn broken(text: &str) -> Option<Self> {
        let whole = !text.contains(PARTED);
        whole.then(|| Self { before: text.to_owned(), after: String::new() })
    }

    /// Whether it is one of [`Self::broken`]: an object has at least its last bracket behind
    /// the state.
    pub fn is_broken(&self) -> bool {
        self.after.is_empty()
    }

    /// Both parts in one text. What parts them stands in no JSON.
    pub fn text(&self) -> String {
        [&self.before, PARTED, &self.after].concat()
    }

    /// The frame that this is the [`Self::text`] of.
    pub fn of_text(text: &str) -> Option<Self> {
        let (before, after) = text.split_once(PARTED)?;
        Some(Self { before: before.to_owned(), after: after.to_owned() })
    }

    /// One that differs has another sum.
    pub fn sum(&self) -> u64 {
        hash(self.text().as_bytes())
    }

    /// The file's text with this `state`; without that key where there is none. What is
    /// broken stays what it is.
    pub fn with(&self, state: Option<&str>) -> String {
        match state {
            _ if self.is_broken() => self.before.clone(),
            Some(state) => [&self.before, state, &self.after].concat(),
            None => {
                let whole = [&self.before, "{}", &self.after].concat();
                let body = unmarked(&whole).trim_matches(SPACE);
                whole.replacen(body, &layout::without_key(body, "state"), 1)
            }
        }
    }

    /// The file's text with the JSON that `write` adds as its `state`.
    pub fn filled<E>(&self, write: impl FnOnce(&mut String) -> Result<(), E>) -> Result<String, E> {
        let mut text = self.before.clone();
        write(&mut text)?;
        text.push_str(&self.after);
        Ok(text)
    }
}

/// `text` with the value of its top-level `state` replaced by `json`, or with
/// a last key `state` where it has none.
pub(super) fn with_state(path: &Path, text: &str, json: &str) -> Result<String, Error> {
    let Frame { before, after } = Frame::of(path, text)?;
    Ok([&before, json, &after].concat())
}

/// The line break and indent before the file's first key, for the new one.
fn indent(text: &str) -> &str {
    let inner = unmarked(text).trim_start_matches(SPACE);
    let inner = inner.strip_prefix('{').unwrap_or(inner);
    let space = inner.len() - inner.trim_start_matches(SPACE).len();
    let space = inner.get(..space).unwrap_or_default();
    // Blank lines before the first key are not worth repeating.
    let from = match space.rfind('\n') {
        Some(at) if at > 0 && space.as_bytes().get(at - 1) == Some(&b'\r') => at - 1,
        Some(at) => at,
        None => 0,
    };
    space.get(from..).unwrap_or_default()
}
