//! Different things per minute, for rules that count these and not their matches: flows,
//! sources, destinations, ports, users, workloads.
//!
//! One that is seen in several minutes stands in each of them, since any of
//! these may be what fills a window; within one window it counts once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::groups::Value;
use super::minutes::{Minute, Minutes};
use crate::packed::hash;
use crate::pce::record::{Flow, Number, Text};

/// What tells one of them from others: a hash that stands in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct One(#[serde(with = "crate::packed::as_text")] u64);

impl One {
    /// The flow of a row: who talks to whom, on which port and protocol; whatever the
    /// state, the day and the processes of their rows. Its hash stays as it is.
    pub fn flow(flow: &Flow<'_>) -> Self {
        let (src, dst) = (&flow.src, &flow.dst);
        let texts =
            [&src.ip, &dst.ip, &src.workload.href, &dst.workload.href, &src.fqdn, &dst.fqdn];
        Self(hash_of(&texts, &[flow.service.port, flow.service.proto], 0))
    }

    /// A source, a port, a user; `None` for what the record does not say.
    pub fn of(value: &Value) -> Option<Self> {
        let mut identity = Vec::with_capacity(64);
        value.identify(&mut identity);
        (*value != Value::None).then(|| Self(hash(&identity)))
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

/// What one in a minute takes in memory, and more or less in the file.
const ONE_BYTES: usize = 24;

/// What the first of them takes beside that.
const FIRST_BYTES: usize = 176;

/// Which were seen in which minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Different(BTreeSet<(Minute, One)>);

impl Different {
    /// Adds one to a minute; says whether it is new there.
    pub fn add(&mut self, minute: Minute, one: One) -> bool {
        self.0.insert((minute, one))
    }

    /// Adds all of another's.
    pub fn merge(&mut self, other: &Self) {
        self.0.extend(other.0.iter().copied());
    }

    /// Takes out those of these minutes.
    pub fn split_off(&mut self, these: &Minutes) -> Self {
        let (taken, left) =
            std::mem::take(&mut self.0).into_iter().partition(|(minute, _)| these.holds(*minute));
        self.0 = left;
        Self(taken)
    }

    /// The minutes of all windows (minutes) that hold so many different ones.
    pub fn within(&self, wanted: u64, window: u32) -> BTreeSet<Minute> {
        let mut due = BTreeSet::new();
        if (self.len() as u64) < wanted {
            return due;
        }
        let mut times: HashMap<One, usize> = HashMap::new();
        let mut left = self.0.iter().peekable();
        let mut of_minute = self.0.iter().peekable();
        while let Some((right, one)) = of_minute.next() {
            *times.entry(*one).or_insert(0) += 1;
            if of_minute.peek().is_some_and(|(minute, _)| minute == right) {
                continue;
            }
            let outside =
                |(minute, _): &&(Minute, One)| right.saturating_sub(*minute) >= i64::from(window);
            while let Some((_, gone)) = left.next_if(outside) {
                if let Some(n) = times.get_mut(gone) {
                    *n -= 1;
                    if *n == 0 {
                        times.remove(gone);
                    }
                }
            }
            if times.len() as u64 >= wanted
                && let Some((first, _)) = left.peek()
            {
                // What a window before it held is in already.
                let from = due.last().map_or(*first, |last: &Minute| (*first).max(last + 1));
                if from <= *right {
                    due.extend(self.of_minutes(from, *right).map(|(minute, _)| *minute));
                }
            }
        }
        due
    }

    /// The most different ones that a window (minutes) holds, of the minutes that fit.
    pub fn most_within(&self, fits: impl Fn(Minute) -> bool, window: u32) -> u64 {
        let fitting = || self.0.iter().filter(|(minute, _)| fits(*minute));
        let (mut times, mut most): (HashMap<One, usize>, _) = (HashMap::new(), 0);
        let mut left = fitting().peekable();
        for (right, one) in fitting() {
            *times.entry(*one).or_insert(0) += 1;
            let outside = |(minute, _): &&(Minute, One)| {
                right.saturating_sub(*minute) >= i64::from(window.max(1))
            };
            while let Some((_, gone)) = left.next_if(outside) {
                if let Some(n) = times.get_mut(gone) {
                    *n -= 1;
                    if *n == 0 {
                        times.remove(gone);
                    }
                }
            }
            most = most.max(times.len() as u64);
        }
        most
    }

    fn of_minutes(&self, first: Minute, last: Minute) -> impl Iterator<Item = &(Minute, One)> {
        self.0.range((first, One(0))..=(last, One(u64::MAX)))
    }

    /// Takes out those of these minutes; how many different ones they are.
    pub fn take(&mut self, told: &Minutes) -> u64 {
        if self.0.is_empty() {
            return 0;
        }
        let (taken, left) =
            std::mem::take(&mut self.0).into_iter().partition(|(minute, _)| told.holds(*minute));
        self.0 = left;
        let taken: BTreeSet<(Minute, One)> = taken;
        taken.into_iter().map(|(_, one)| one).collect::<BTreeSet<One>>().len() as u64
    }

    /// Keeps only what lies in minutes that are still untold.
    pub fn keep(&mut self, untold: &Minutes) {
        self.0.retain(|(minute, _)| untold.holds(*minute));
    }

    /// Keeps to the bound, the oldest minutes go first; true where some had to.
    pub fn keep_to(&mut self, bound: usize) -> bool {
        let excess = self.len().saturating_sub(bound);
        if excess == 0 {
            return false;
        }
        match self.0.iter().nth(excess).copied() {
            Some(first_kept) => self.0 = self.0.split_off(&first_kept),
            None => self.0.clear(),
        }
        true
    }

    /// The first minute that has one.
    pub fn first(&self) -> Option<Minute> {
        self.0.first().map(|(minute, _)| *minute)
    }

    /// What they take on the heap, in bytes: about so much for each.
    pub fn weight(&self) -> usize {
        if self.is_empty() { 0 } else { FIRST_BYTES + self.len() * ONE_BYTES }
    }

    /// How many different ones there are, in whatever minute.
    pub fn count(&self) -> u64 {
        match self.0.len() {
            few @ 0..=1 => few as u64,
            _ => self.0.iter().map(|(_, one)| one).collect::<HashSet<&One>>().len() as u64,
        }
    }

    /// How many entries are kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Different {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut by_minute: BTreeMap<Minute, Vec<One>> = BTreeMap::new();
        self.0.iter().for_each(|(minute, one)| by_minute.entry(*minute).or_default().push(*one));
        by_minute.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Different {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_minute = BTreeMap::<Minute, Vec<One>>::deserialize(deserializer)?;
        let each = by_minute.into_iter();
        Ok(Self(
            each.flat_map(|(minute, ones)| ones.into_iter().map(move |one| (minute, one)))
                .collect(),
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn flows(grown: &[(Minute, u64)]) -> Different {
        let mut flows = Different::default();
        for (minute, flow) in grown {
            flows.add(*minute, One(*flow));
        }
        flows
    }

    fn within(flows: &Different, wanted: u64, window: u32) -> Vec<Minute> {
        flows.within(wanted, window).into_iter().collect()
    }

    #[test]
    fn a_hash_stands_in_the_file_as_text_and_is_read_as_the_number_it_was() {
        let key = One(u64::MAX - 7);
        let text = serde_json::to_string(&key).unwrap_or_default();
        assert_eq!(text, "\"fffffffffffffff8\"");
        for text in [text.as_str(), "18446744073709551608"] {
            assert!(serde_json::from_str::<One>(text).is_ok_and(|read| read == key));
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
        assert!(!flows.is_empty() && Different::default().is_empty());
        assert_eq!(flows.weight(), FIRST_BYTES + 3 * ONE_BYTES);
        let mut untold = Minutes::default();
        untold.add(101, 1);
        flows.keep(&untold);
        assert_eq!(
            (flows.first(), flows.len(), flows.weight()),
            (Some(101), 1, FIRST_BYTES + ONE_BYTES)
        );
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

    fn key_of(row: &str) -> One {
        let flow: Flow<'_> = serde_json::from_str(row).unwrap();
        One::flow(&flow)
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
