//! Counts per minute: the one shape in which matches are kept until they are told.

use std::collections::BTreeMap;

/// A minute since 1970-01-01 00:00 UTC.
pub type Minute = i64;

/// How many in which minute. Minutes without a count are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minutes(pub BTreeMap<Minute, u64>);

impl Minutes {
    /// Adds `count` to `minute`; nothing for 0.
    pub fn add(&mut self, minute: Minute, count: u64) {
        if count > 0 {
            let sum = self.0.entry(minute).or_insert(0);
            *sum = sum.saturating_add(count);
        }
    }

    /// The sum of all.
    pub fn total(&self) -> u64 {
        self.0
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// True where nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
