//! Different flows per minute, for rules that count flows and not connections.
//!
//! A flow that grows in several minutes stands in each of them, since any of
//! these may be what fills a window; within one window it counts once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::minutes::{Minute, Minutes};
use crate::packed::hash;
use crate::pce::record::{Flow, Number, Text};

/// What tells flows apart: who talks to whom, on which port and protocol; whatever the
/// state, the day and the processes of their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FlowKey(#[serde(with = "crate::packed::as_text")] u64);

impl FlowKey {
    /// The flow of a row. Its hash stands in the state, so it stays as it is.
    pub fn of(flow: &Flow<'_>) -> Self {
        let (src, dst) = (&flow.src, &flow.dst);
        let texts =
            [&src.ip, &dst.ip, &src.workload.href, &dst.workload.href, &src.fqdn, &dst.fqdn];
        Self(hash_of(&texts, &[flow.service.port, flow.service.proto], 0))
    }
}

/// As version 1 hashed texts, numbers and a day; such hashes stand in states.
pub(super) fn hash_of(texts: &[&Text<'_>], numbers: &[Number], day: i64) -> u64 {
    let mut parts = Vec::with_capacity(512);
    for text in texts {
        // Each with its length before it, so that no two lists read the same.
        let text = text.as_str().as_bytes();
        parts.extend_from_slice(&text.len().to_be_bytes());
        parts.extend_from_slice(text);
    }
    for number in numbers {
        let (given, number) = (number.0.is_some(), number.0.unwrap_or_default());
        parts.push(u8::from(given));
        parts.extend_from_slice(&number.to_be_bytes());
    }
    parts.extend_from_slice(&day.to_be_bytes());
    hash(&parts)
}

/// What a flow in a minute takes in memory, and more or less in the file.
pub const FLOW_BYTES: usize = 24;

/// Which flows grew in which minute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flows(BTreeMap<Minute, BTreeSet<FlowKey>>);

impl Flows {
    /// Adds a flow to a minute; says whether it is new there.
    pub fn add(&mut self, minute: Minute, flow: FlowKey) -> bool {
        self.0.entry(minute).or_default().insert(flow)
    }

    /// The minutes of all windows (minutes) that hold so many different flows.
    pub fn within(&self, wanted: u64, window: u32) -> BTreeSet<Minute> {
        let minutes: Vec<(Minute, &BTreeSet<FlowKey>)> =
            self.0.iter().map(|(minute, flows)| (*minute, flows)).collect();
        let mut times: HashMap<FlowKey, usize> = HashMap::new();
        let mut due = BTreeSet::new();
        let mut left = minutes.iter().peekable();
        for (right, flows) in &minutes {
            for flow in *flows {
                *times.entry(*flow).or_insert(0) += 1;
            }
            let outside =
                |(minute, _): &&(Minute, _)| right.saturating_sub(*minute) >= i64::from(window);
            while let Some((_, gone)) = left.next_if(outside) {
                for flow in *gone {
                    if let Some(n) = times.get_mut(flow) {
                        *n -= 1;
                        if *n == 0 {
                            times.remove(flow);
                        }
                    }
                }
            }
            if times.len() as u64 >= wanted
                && let Some((first, _)) = left.peek()
            {
                due.extend(self.0.range(first..=right).map(|(minute, _)| *minute));
            }
        }
        due
    }

    /// Takes out the flows of these minutes; how many different ones they are.
    pub fn take(&mut self, told: &Minutes) -> u64 {
        let taken: BTreeSet<FlowKey> =
            told.iter().filter_map(|(minute, _)| self.0.remove(&minute)).flatten().collect();
        taken.len() as u64
    }

    /// Keeps only what lies in minutes that are still untold.
    pub fn keep(&mut self, untold: &Minutes) {
        self.0.retain(|minute, _| untold.holds(*minute));
    }

    /// Keeps to the bound, the oldest minutes go first; true where some had to.
    pub fn keep_to(&mut self, bound: usize) -> bool {
        let mut excess = self.len().saturating_sub(bound);
        let forgets = excess > 0;
        while excess > 0
            && let Some(mut oldest) = self.0.first_entry()
        {
            let flows = oldest.get_mut();
            match flows.iter().nth(excess).copied() {
                None => excess -= oldest.remove().len(),
                Some(first_kept) => {
                    *flows = flows.split_off(&first_kept);
                    excess = 0;
                }
            }
        }
        forgets
    }

    /// The first minute that has a flow.
    pub fn first(&self) -> Option<Minute> {
        self.0.keys().next().copied()
    }

    /// What they take on the heap, in bytes: about so much for each.
    pub fn weight(&self) -> usize {
        self.len() * FLOW_BYTES
    }

    /// How many entries are kept.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn flows(grown: &[(Minute, u64)]) -> Flows {
        let mut flows = Flows::default();
        for (minute, flow) in grown {
            flows.add(*minute, FlowKey(*flow));
        }
        flows
    }

    fn within(flows: &Flows, wanted: u64, window: u32) -> Vec<Minute> {
        flows.within(wanted, window).into_iter().collect()
    }

    #[test]
    fn a_hash_stands_in_the_file_as_text_and_is_read_as_the_number_it_was() {
        let key = FlowKey(u64::MAX - 7);
        let text = serde_json::to_string(&key).unwrap_or_default();
        assert_eq!(text, "\"fffffffffffffff8\"");
        for text in [text.as_str(), "18446744073709551608"] {
            assert!(serde_json::from_str::<FlowKey>(text).is_ok_and(|read| read == key));
        }
    }

    #[test]
    fn a_flow_counts_once_in_a_window_and_in_every_window() {
        let flows = flows(&[(100, 1), (101, 2), (104, 1), (115, 1), (116, 1)]);
        assert_eq!(within(&flows, 2, 10), [100, 101, 104]);
        assert_eq!(within(&flows, 2, 4), [100, 101, 104]);
        assert_eq!(within(&flows, 2, 2), [100, 101]);
        assert!(within(&flows, 3, 100).is_empty());
    }

    #[test]
    fn what_is_told_is_as_many_as_there_are_different_ones() {
        let mut flows = flows(&[(100, 1), (101, 2), (104, 1), (115, 1)]);
        let mut told = Minutes::default();
        for minute in [100, 101, 104] {
            told.add(minute, 1);
        }
        assert_eq!((flows.take(&told), flows.len()), (2, 1));
    }

    #[test]
    fn minutes_that_are_not_untold_any_more_keep_no_flow() {
        let mut flows = flows(&[(100, 1), (101, 2), (104, 1)]);
        assert!(!flows.is_empty() && Flows::default().is_empty());
        assert_eq!(flows.weight(), 3 * FLOW_BYTES);
        let mut untold = Minutes::default();
        untold.add(101, 1);
        flows.keep(&untold);
        assert_eq!((flows.first(), flows.len(), flows.weight()), (Some(101), 1, FLOW_BYTES));
    }

    #[test]
    fn of_the_minute_that_the_bound_cuts_as_many_stay_as_there_is_room_for() {
        for (bound, first, forgets) in
            [(5, 100, false), (4, 100, true), (3, 101, true), (1, 101, true)]
        {
            let mut flows = flows(&[(100, 1), (100, 2), (101, 1), (101, 2), (101, 3)]);
            assert_eq!(flows.keep_to(bound), forgets, "{bound}");
            assert_eq!((flows.len(), flows.first()), (bound, Some(first)));
        }
    }

    const ROW: &str = r#"{"src":{"ip":"10.0.0.1","fqdn":"a.example.com","workload":{"href":"/w/1"}},
        "dst":{"ip":"10.0.0.2","fqdn":"b.example.com","workload":{"href":"/w/2"}},
        "service":{"port":443,"proto":6,"process_name":"nginx"},"state":"active"}"#;

    fn key_of(row: &str) -> FlowKey {
        let flow: Flow<'_> = serde_json::from_str(row).unwrap();
        FlowKey::of(&flow)
    }

    #[test]
    fn a_flow_is_in_the_file_what_it_was_in_earlier_versions() {
        assert_eq!(serde_json::to_string(&key_of(ROW)).unwrap(), "\"265405a35d21fdbd\"");
    }

    #[test]
    fn flows_are_told_apart_by_who_talks_to_whom_on_what_and_by_nothing_else() {
        let key = key_of(ROW);
        for (from, to) in [
            ("10.0.0.1", "10.0.0.3"),
            ("10.0.0.2", "10.0.0.3"),
            ("a.example", "c.example"),
            ("b.example", "c.example"),
            ("/w/1", "/w/3"),
            ("/w/2", "/w/3"),
            ("443", "444"),
            ("\"proto\":6", "\"proto\":17"),
            ("\"proto\":6", "\"proto\":null"),
        ] {
            assert_ne!(key_of(&ROW.replace(from, to)), key, "{from} -> {to}");
        }
        for (from, to) in [("nginx", "curl"), ("active", "closed")] {
            assert_eq!(key_of(&ROW.replace(from, to)), key, "{from} -> {to}");
        }
        // What is the end of one text is not the beginning of the next.
        let shifted = ROW.replace("10.0.0.1\"", "10.0.0.11\"").replace("10.0.0.2", "0.0.0.2");
        assert_ne!(key_of(&shifted), key);
    }
}
