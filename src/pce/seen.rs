//! Which events were counted already: fetches overlap, and nothing is told twice.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::record::Event;
use crate::packed::{ByHash, Packer, Unpacker, hash};

/// How many events are remembered at most; beyond it the oldest go first.
pub const MAX_SEEN: usize = 300_000;

/// The events that fetches may bring again, by a hash, each with its second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeenEvents(HashMap<u64, i64, ByHash>);

impl SeenEvents {
    /// Remembers the event; true where it was not known. An event is known by its
    /// `href`, one without by its bytes.
    pub fn insert(&mut self, event: &Event<'_>, raw: &[u8], at: Timestamp) -> bool {
        let identity = event.href.filled().map_or(raw, str::as_bytes);
        self.0.insert(hash(identity), at.as_second()).is_none()
    }

    /// Forgets events from before `time`, which no fetch reaches any more.
    pub fn forget_before(&mut self, time: Timestamp) {
        self.0.retain(|_, second| *second >= time.as_second());
    }

    /// The time of the newest event.
    pub fn newest(&self) -> Option<Timestamp> {
        let newest = self.0.values().max()?;
        Timestamp::from_second(*newest).ok()
    }

    /// Keeps to the bound; what had to be forgotten lies before the returned time.
    pub fn keep_to(&mut self, bound: usize) -> Option<Timestamp> {
        let excess = self.0.len().checked_sub(bound).filter(|excess| *excess > 0)?;
        let mut seconds: Vec<i64> = self.0.values().copied().collect();
        seconds.sort_unstable();
        let first_kept = Timestamp::from_second(seconds[excess - 1].saturating_add(1)).ok()?;
        self.forget_before(first_kept);
        Some(first_kept)
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for SeenEvents {
    /// Newest first, each the hash and how many seconds it is older than the one before.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seen: Vec<(i64, u64)> =
            self.0.iter().map(|(hash, second)| (*second, *hash)).collect();
        seen.sort_unstable_by(|a, b| b.cmp(a));
        let mut packer = Packer::with_capacity(seen.len() * 10 + 10);
        let mut before = seen.first().map_or(0, |(second, _)| (*second).max(0));
        packer.number(before.unsigned_abs());
        for (second, hash) in seen {
            packer.hash(hash);
            packer.number(before.abs_diff(second));
            before = second;
        }
        serializer.serialize_str(&packer.finish())
    }
}

impl<'de> Deserialize<'de> for SeenEvents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unpack(&text)
            .ok_or_else(|| serde::de::Error::custom("the table of seen events is cut or damaged"))
    }
}

fn unpack(text: &str) -> Option<SeenEvents> {
    let mut unpacker = Unpacker::new(text)?;
    let mut seen = SeenEvents::default();
    if unpacker.is_done() {
        return Some(seen);
    }
    seen.0.reserve(unpacker.left() / 9);
    let mut second = i64::try_from(unpacker.number()?).ok()?;
    while !unpacker.is_done() {
        let hash = unpacker.hash()?;
        second = second.checked_sub(i64::try_from(unpacker.number()?).ok()?)?;
        seen.0.insert(hash, second);
    }
    Some(seen)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_785_715_200 + second).unwrap()
    }

    fn saw(seen: &mut SeenEvents, json: &str, second: i64) -> bool {
        seen.insert(&serde_json::from_str(json).unwrap(), json.as_bytes(), at(second))
    }

    #[test]
    fn an_event_is_new_once_by_its_href_or_by_its_bytes() {
        let mut seen = SeenEvents::default();
        assert!(saw(&mut seen, r#"{"href":"/orgs/1/events/a"}"#, 1));
        assert!(!saw(&mut seen, r#"{"href":"/orgs/1/events/a","status":null}"#, 1));
        assert!(saw(&mut seen, r#"{"event_type":"x"}"#, 2));
        assert!(saw(&mut seen, r#"{"event_type":"y"}"#, 2));
        assert!(!saw(&mut seen, r#"{"event_type":"x"}"#, 2));
    }

    #[test]
    fn what_was_seen_survives_the_file() {
        let mut seen = SeenEvents::default();
        for n in 0..2_000 {
            saw(&mut seen, &format!("{{\"href\":\"/e/{n}\"}}"), n % 700);
        }
        let json = serde_json::to_string(&seen).unwrap();
        assert_eq!(serde_json::from_str::<SeenEvents>(&json).unwrap(), seen);
        assert!(json.len() < 2_000 * 13, "{}", json.len());
        assert!(serde_json::from_str::<SeenEvents>("\"AAAA\"").is_err());
        assert!(serde_json::from_str::<SeenEvents>("\"\"").unwrap().is_empty());
    }

    #[test]
    fn beyond_the_bound_the_oldest_are_forgotten_and_it_says_up_to_when() {
        let mut seen = SeenEvents::default();
        for n in 0..10 {
            saw(&mut seen, &format!("{{\"href\":\"/e/{n}\"}}"), n);
        }
        assert_eq!(seen.keep_to(10), None);
        assert_eq!(seen.keep_to(4), Some(at(6)));
        assert_eq!(seen.len(), 4);
        assert!(!saw(&mut seen, r#"{"href":"/e/6"}"#, 6));
    }
}
