//! Groups that were seen before, for rules that tell of new ones only.
//!
//! Of each there is a hash of 48 bits and the day of its last sight, in 8 bytes. By the
//! hash alone a new group is taken for a known one with odds of one in 1.4 × 10⁹ where
//! 200,000 are known; its key is drawn at random, so nobody can make up such a group.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Newness;
use super::groups::{Named, Value};
use super::minutes::{Minute, time_of};
use super::series::HashKey;
use crate::packed::{ByHash, Packer, Unpacker};

/// So many are known at most, of all rules; beyond it the longest unseen go first.
pub const MAX_KNOWN: usize = 200_000;

/// So many sights gather before they are put in order.
const GATHERED: usize = 16_384;

/// So many that were new while a rule learns are told by name.
const TOLD: usize = 5;

/// The most days that a rule can ask for; however many it does now, it may ask for them later.
const MOST_DAYS: u16 = 90;

/// The bits that say the day.
const DAY_BITS: u32 = 16;

/// The groups that one rule knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    key: HashKey,
    /// Since when the rule learns.
    pub since: Timestamp,
    seen: Seen,
    /// What was new while it learns, and is not told yet.
    #[serde(skip_serializing_if = "News::is_empty")]
    pub news: News,
    /// How many were forgotten to keep to the bound, and nobody was told yet.
    pub forgotten: u64,
}

/// What was new while a rule learns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// How many groups.
    pub count: u64,
    /// The first few.
    pub first: Vec<Vec<Value>>,
}

/// Hashes, each with the day of its last sight.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    /// In order: the hash, and in its lowest bits the day.
    settled: Vec<u64>,
    /// What came since.
    fresh: HashMap<u64, u16, ByHash>,
    /// How many were forgotten for want of room since that was last asked.
    gone: u64,
    /// So many are known at most while a fetch is read, or as many as were before it.
    room: usize,
}

impl Known {
    /// None yet. `random` is what hashes are made with.
    pub fn new(random: u64, since: Timestamp) -> Self {
        Self { key: HashKey::of(random), since, ..Self::default() }
    }

    /// Takes note of a group seen in this minute; true where the rule may tell it for a new
    /// one: it has learnt enough, and had not seen it for so many days.
    pub fn is_new(&mut self, group: &Named, minute: Minute, newness: Newness) -> bool {
        let day = day_of(minute);
        let before = self.seen.note(self.key.of_bytes(group.identity()), day);
        let within = u64::from(newness.within_days);
        let is_new = before.is_none_or(|before| u64::from(day.saturating_sub(before)) > within);
        if is_new && self.learns_until(newness) > time_of(minute) {
            self.news.add(&group.values);
            return false;
        }
        is_new
    }

    /// The day on which a group was last seen, from 1970 on, as far as that is known.
    pub fn last_seen(&self, group: &Named) -> Option<u16> {
        self.seen.last(self.key.of_bytes(group.identity()) >> DAY_BITS)
    }

    /// Takes note of a group that was seen in this minute, and tells nothing of it.
    pub fn learn(&mut self, group: &Named, minute: Minute) {
        self.seen.note(self.key.of_bytes(group.identity()), day_of(minute));
    }

    /// Lets go of what it knows of a group, which is a new one then.
    pub fn unlearn(&mut self, group: &Named) {
        self.seen.unlearn(self.key.of_bytes(group.identity()));
    }

    /// It has seen everything since then, at the latest.
    pub fn learnt_since(&mut self, time: Timestamp) {
        self.since = self.since.min(time);
    }

    /// When it has learnt enough.
    pub fn learns_until(&self, newness: Newness) -> Timestamp {
        let days = SignedDuration::from_hours(24 * i64::from(newness.learn_days));
        self.since.checked_add(days).unwrap_or(Timestamp::MAX)
    }

    /// Keeps to a share of [`MAX_KNOWN`] while a fetch is read: one of so many rules that
    /// know groups.
    pub fn share_with(&mut self, rules: usize) {
        self.seen.room = self.seen.settled.len().max(MAX_KNOWN / rules.max(1));
    }

    /// How many groups it knows.
    pub fn len(&self) -> usize {
        let settled = |hash: &u64| self.seen.place(*hash).is_ok();
        self.seen.settled.len() + self.seen.fresh.keys().filter(|hash| !settled(hash)).count()
    }

    /// True where it knows none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets groups that are new by whatever rule: by more days than can be asked for.
    pub fn settle(&mut self, now: Minute) {
        self.seen.settle();
        let first = day_of(now).saturating_sub(MOST_DAYS);
        self.seen.settled.retain(|one| day_in(*one) >= first);
    }

    /// What it takes on the heap, in bytes as estimated.
    pub fn weight(&self) -> usize {
        self.seen.settled.capacity() * 8 + self.seen.fresh.capacity() * 20
    }
}

/// Keeps to the bound, all rules' together.
pub fn keep_to_bound<'k>(all: impl Iterator<Item = &'k mut Known>) {
    let mut all: Vec<&mut Known> = all.collect();
    let mut seen: BTreeMap<u16, usize> = BTreeMap::new();
    let mut excess = 0usize;
    for known in &mut all {
        known.seen.settle();
        known.forgotten += std::mem::take(&mut known.seen.gone);
        excess += known.seen.settled.len();
        known.seen.settled.iter().for_each(|one| *seen.entry(day_in(*one)).or_default() += 1);
    }
    excess = excess.saturating_sub(MAX_KNOWN);
    for (day, many) in seen {
        if excess == 0 {
            break;
        }
        let mut gone = excess.min(many);
        excess -= gone;
        for known in &mut all {
            let before = known.seen.settled.len();
            known.seen.settled.retain(|one| {
                let goes = day_in(*one) == day && gone > 0;
                gone -= usize::from(goes);
                !goes
            });
            known.forgotten += (before - known.seen.settled.len()) as u64;
        }
    }
}

impl News {
    fn add(&mut self, values: &[Value]) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(values.to_vec());
        }
    }

    /// True where nothing was.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Seen {
    /// The day it was last seen before, if it was.
    fn note(&mut self, hash: u64, day: u16) -> Option<u16> {
        let hash = hash >> DAY_BITS;
        let before = self.last(hash);
        if before.is_none_or(|before| before < day) {
            self.fresh.insert(hash, day);
            let room = if self.room == 0 { MAX_KNOWN } else { self.room };
            if self.fresh.len() > GATHERED.min(room) {
                self.settle();
                self.keep_to(room);
            }
        }
        before
    }

    fn last(&self, hash: u64) -> Option<u16> {
        let settled = self.place(hash).ok().map(|place| day_in(self.settled[place]));
        self.fresh.get(&hash).copied().max(settled)
    }

    fn unlearn(&mut self, hash: u64) {
        let hash = hash >> DAY_BITS;
        self.fresh.remove(&hash);
        if let Ok(place) = self.place(hash) {
            // A day that no rule asks about.
            self.settled[place] = hash << DAY_BITS;
        }
    }

    fn place(&self, hash: u64) -> Result<usize, usize> {
        self.settled.binary_search_by_key(&hash, |one| one >> DAY_BITS)
    }

    fn settle(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        let fresh = std::mem::take(&mut self.fresh);
        self.settled.extend(fresh.into_iter().map(|(hash, day)| hash << DAY_BITS | u64::from(day)));
        self.settled.sort_unstable();
        // Of one hash the latest day stands last, and stays.
        self.settled.dedup_by(|later, kept| {
            let same = *later >> DAY_BITS == *kept >> DAY_BITS;
            if same {
                *kept = *later;
            }
            same
        });
        self.settled.shrink_to_fit();
    }

    fn keep_to(&mut self, bound: usize) {
        let excess = self.settled.len().saturating_sub(bound);
        if excess == 0 {
            return;
        }
        let mut days: Vec<u16> = self.settled.iter().map(|one| day_in(*one)).collect();
        let (_, last_out, _) = days.select_nth_unstable(excess - 1);
        let last_out = *last_out;
        let older = self.settled.iter().filter(|one| day_in(**one) < last_out).count();
        let mut of_that_day = excess - older;
        self.settled.retain(|one| {
            let day = day_in(*one);
            let goes = day < last_out || (day == last_out && of_that_day > 0);
            of_that_day -= usize::from(goes && day == last_out);
            !goes
        });
        self.gone += excess as u64;
    }
}

/// A day since 1970, up to 2149.
fn day_of(minute: Minute) -> u16 {
    u16::try_from(minute.div_euclid(24 * 60).max(0)).unwrap_or(u16::MAX)
}

fn day_in(one: u64) -> u16 {
    one as u16
}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut whole = self.clone();
        whole.settle();
        let mut packer = Packer::with_capacity(8 * whole.settled.len());
        whole.settled.iter().for_each(|one| packer.hash(*one));
        serializer.serialize_str(&packer.finish())
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bad = || serde::de::Error::custom("a table of groups that is cut");
        let text = String::deserialize(deserializer)?;
        let mut unpacker = Unpacker::new(&text).ok_or_else(bad)?;
        let mut settled = Vec::with_capacity(unpacker.left() / 8);
        while !unpacker.is_done() {
            settled.push(unpacker.hash().ok_or_else(bad)?);
        }
        settled.sort_unstable();
        Ok(Self { settled, ..Self::default() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const DAY: Minute = 24 * 60;
    const MONTH: Newness = Newness { within_days: 30, learn_days: 7, window: 10 };

    fn host(nth: usize) -> Named {
        Named::of(vec![Value::Text(format!("10.0.{}.{}", nth / 256, nth % 256))])
    }

    fn known(newness: Newness) -> Known {
        Known::new(7, time_of(-i64::from(newness.learn_days) * DAY))
    }

    #[test]
    fn what_was_not_seen_for_so_many_days_is_new_and_then_known() {
        let mut known = known(MONTH);
        for (day, is_new) in [(10, true), (10, false), (12, false), (42, false), (73, true)] {
            assert_eq!(known.is_new(&host(1), day * DAY, MONTH), is_new, "day {day}");
        }
        assert!(known.is_new(&host(2), 73 * DAY, MONTH), "another is another");
        assert!(!known.is_new(&host(2), 70 * DAY, MONTH), "also where it comes late");
    }

    #[test]
    fn for_the_first_days_it_only_learns_and_says_what_was_new() {
        let mut known = Known::new(7, time_of(100 * DAY));
        for nth in 0..8 {
            assert!(!known.is_new(&host(nth), 101 * DAY, MONTH));
            assert!(!known.is_new(&host(nth), 102 * DAY, MONTH));
        }
        assert_eq!((known.news.count, known.news.first.len()), (8, TOLD));
        assert_eq!(known.learns_until(MONTH), time_of(107 * DAY));
        assert!(!known.is_new(&host(0), 107 * DAY, MONTH), "it was learnt");
        assert!(known.is_new(&host(8), 107 * DAY, MONTH));
    }

    #[test]
    fn what_is_new_by_whatever_rule_is_forgotten_and_what_another_asks_for_is_not() {
        let mut known = known(MONTH);
        known.is_new(&host(1), 10 * DAY, MONTH);
        known.is_new(&host(2), 30 * DAY, MONTH);
        known.settle(100 * DAY);
        assert_eq!(known.len(), 2);
        let longer = Newness { within_days: 90, ..MONTH };
        assert!(!known.is_new(&host(2), 100 * DAY, longer), "the rule asks for more days now");
        known.settle(101 * DAY);
        assert_eq!(known.len(), 1);
    }

    #[test]
    fn what_is_unlearnt_is_new() {
        let mut known = known(MONTH);
        for settled in [false, true] {
            known.is_new(&host(1), 20 * DAY, MONTH);
            if settled {
                known.settle(20 * DAY);
            }
            assert!(!known.is_new(&host(1), 20 * DAY, MONTH));
            known.unlearn(&host(1));
            assert!(known.is_new(&host(1), 60 * DAY, MONTH));
            known.unlearn(&host(1));
        }
    }

    #[test]
    fn it_comes_back_from_the_file_as_it_went_and_takes_eight_bytes_a_group() {
        let mut known = known(MONTH);
        for nth in 0..20_000 {
            known.is_new(&host(nth), (10 + nth as i64 % 20) * DAY, MONTH);
        }
        let text = serde_json::to_string(&known).unwrap();
        assert!((213_000..214_000).contains(&text.len()), "{}", text.len());
        let mut read: Known = serde_json::from_str(&text).unwrap();
        assert_eq!(read.len(), 20_000);
        for nth in 0..20_000 {
            assert!(!read.is_new(&host(nth), 31 * DAY, MONTH), "{nth}");
        }
        for cut in ["\"AAAA\"", "\"?\"", "7"] {
            assert!(serde_json::from_str::<Seen>(cut).is_err(), "{cut}");
        }
    }

    #[test]
    fn beyond_the_bound_the_longest_unseen_of_all_rules_go() {
        let (mut one, mut other) = (known(MONTH), known(MONTH));
        for nth in 0..MAX_KNOWN {
            one.is_new(&host(nth), 20 * DAY, MONTH);
        }
        other.is_new(&host(1), 20 * DAY, MONTH);
        other.is_new(&host(2), 19 * DAY, MONTH);
        other.is_new(&host(3), 18 * DAY, MONTH);
        keep_to_bound([&mut one, &mut other].into_iter());
        assert_eq!(one.len() + other.len(), MAX_KNOWN);
        assert_eq!((one.forgotten, other.forgotten), (1, 2), "those of the first days first");
        assert!(other.is_new(&host(2), 21 * DAY, MONTH), "it was forgotten");
    }

    #[test]
    fn a_flood_of_new_ones_within_one_fetch_keeps_to_the_bound_too() {
        let mut known = known(MONTH);
        for nth in 0..3 * MAX_KNOWN {
            let group = Named::of(vec![Value::Text(nth.to_string())]);
            assert!(known.is_new(&group, 20 * DAY, MONTH));
        }
        assert!(known.weight() < 4 * 1024 * 1024, "{}", known.weight());
        keep_to_bound([&mut known].into_iter());
        assert_eq!((known.len(), known.forgotten), (MAX_KNOWN, 2 * MAX_KNOWN as u64));
    }
}
