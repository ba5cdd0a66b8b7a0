//! What a rule keeps that says how many there should be at least.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::report::Record;

/// Of the last record so many bytes are kept.
const RECORD_BYTES: usize = 4_096;

/// What such a rule keeps beside its counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Expected {
    /// From there on all that matches was counted; nothing is judged before.
    pub covered: Option<Timestamp>,
    /// The last record that matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Record>,
}

impl Expected {
    /// Nothing before is known.
    pub fn from(covered: Timestamp) -> Self {
        Self { covered: Some(covered), last: None }
    }

    /// Takes note of a record that matched.
    pub fn see(&mut self, at: Timestamp, counted: u64, raw: &[u8]) {
        if self.last.as_ref().is_some_and(|last| last.at > at) {
            return;
        }
        let text = String::from_utf8_lossy(raw);
        let end = text.floor_char_boundary(RECORD_BYTES);
        let cut = end < text.len();
        let raw = text.get(..end).unwrap_or_default().to_owned();
        self.last = Some(Record { at, counted, raw, cut });
    }

    /// What happened before was not counted, or not all of it.
    pub fn uncover(&mut self, until: Timestamp) {
        self.covered = Some(self.covered.map_or(until, |covered| covered.max(until)));
    }

    /// What it takes on the heap, in bytes as estimated.
    pub fn weight(&self) -> usize {
        self.last.as_ref().map_or(0, |last| last.raw.len() + size_of::<Record>())
    }
}
