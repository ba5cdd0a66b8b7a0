//! What a rule's untold matches looked like: a little of it, kept until they are told.
//!
//! Each thing is kept with its own counts per minute, so that an alert can show
//! just what belongs to the minutes it tells. Everything here is bounded.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::budget::Share;
use super::things::Weigh;
use super::{Change, Counted, End, Object, Ranking, Record, Service, Source, Talker};
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::{Minute, Minutes, minute_of};

/// How many different talkers, sources or objects are kept between runs.
const KEPT: usize = 20;

/// How many are told apart while records come in.
const GATHERED: usize = 4_096;

/// The same for the ends of flows and for services: they repeat more than talkers do.
const SIDES_GATHERED: usize = 1_024;

/// In so many minutes at most one row is counted for its talker: the last of each
/// part of its growth, so that an alert that tells a part of it is right to a sixteenth.
const TALKER_POINTS: usize = 16;

/// The same for its ends and its service: they are three to one talker, and the rank
/// matters more than the minute.
const SIDE_POINTS: usize = 6;

/// How many records are kept, the earliest.
const RECORDS: usize = 2;

/// How much of one record is kept, in bytes.
const RECORD_BYTES: usize = 32 * 1024;

/// What untold matches looked like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Events: who did it.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub sources: Table<Source>,
    /// Events: to what.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub objects: Table<Object>,
    /// Events: what they did to what.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub changes: Table<Change>,
    /// Traffic: who talked to whom.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub talkers: Table<Talker>,
    /// Traffic: who talked, to whomever.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub senders: Table<End>,
    /// Traffic: who was talked to.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub receivers: Table<End>,
    /// Traffic: by what.
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub services: Table<Service>,
    /// The earliest records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
}

/// What a row of traffic shows: made once, for all rules that match it.
pub struct Sight<'f> {
    facts: &'f FlowFacts<'f>,
    talker: Talker,
    from: End,
    to: End,
    service: Service,
}

impl<'f> Sight<'f> {
    /// Of a row; whatever does not tell one thing from another is left to where it is kept.
    pub fn of(facts: &'f FlowFacts<'f>) -> Self {
        Self {
            facts,
            talker: Talker::bare(facts),
            from: End::bare(&facts.flow.src),
            to: End::bare(&facts.flow.dst),
            service: Service::bare(facts),
        }
    }
}

/// Things, each with its counts per minute; the less frequent ones give way.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T: Eq + Hash> {
    rows: HashMap<T, Minutes>,
    /// How many different things gave way, in the minute of their last count.
    more: Minutes,
}

impl Evidence {
    /// Keeps the record if it is one of the two earliest; how many bytes that takes.
    pub fn keep_record(&mut self, at: jiff::Timestamp, counted: u64, raw: &[u8]) -> usize {
        let place = self.records.partition_point(|record| record.at <= at);
        if place >= RECORDS {
            return 0;
        }
        let raw = String::from_utf8_lossy(raw);
        let mut record = Record {
            at,
            counted,
            raw: raw[..raw.floor_char_boundary(RECORD_BYTES)].to_owned(),
            cut: false,
        };
        record.cut = record.raw.len() < raw.len();
        let weight = record_weight(&record);
        self.records.insert(place, record);
        self.records.truncate(RECORDS);
        weight
    }

    /// Adds a row of traffic, which grew as `counts` says; how many bytes that may take.
    pub fn add_flow(&mut self, sight: &Sight<'_>, counts: &Minutes) -> usize {
        let fine = counts.folded(TALKER_POINTS);
        let coarse = fine.folded(SIDE_POINTS);
        let Sight { facts, talker, from, to, service } = sight;
        let (src, dst) = (&facts.flow.src, &facts.flow.dst);
        let (talkers, sides) = (GATHERED, SIDES_GATHERED);
        self.talkers.add_within(talkers, talker, &fine, || Talker::of(facts))
            + self.senders.add_within(sides, from, &coarse, || End::of(src))
            + self.receivers.add_within(sides, to, &coarse, || End::of(dst))
            + self.services.add_within(sides, service, &coarse, || Service::of(facts))
    }

    /// Keeps no more than this share.
    pub fn keep_to(&mut self, share: &Share) {
        self.records.truncate(share.records);
        self.records.shrink_to_fit();
        for record in &mut self.records {
            let most = record.raw.floor_char_boundary(share.bytes);
            if most < record.raw.len() {
                // A copy: cut where it lies it would leave a gap that no whole one fits in.
                record.raw = record.raw[..most].to_owned();
                record.cut = true;
            }
        }
        self.sources.keep_to(share);
        self.objects.keep_to(share);
        self.changes.keep_to(share);
        self.talkers.keep_to(share);
        self.senders.keep_to(share);
        self.receivers.keep_to(share);
        self.services.keep_to(share);
    }

    /// Moves what was counted along with the rule's own counts.
    pub fn align(&mut self, untold: &Minutes) {
        self.sources.align(untold);
        self.objects.align(untold);
        self.changes.align(untold);
        self.talkers.align(untold);
        self.senders.align(untold);
        self.receivers.align(untold);
        self.services.align(untold);
    }

    /// What it takes on the heap, in bytes as estimated.
    pub fn weight(&self) -> usize {
        self.records.iter().map(record_weight).sum::<usize>()
            + self.sources.weight()
            + self.objects.weight()
            + self.changes.weight()
            + self.talkers.weight()
            + self.senders.weight()
            + self.receivers.weight()
            + self.services.weight()
    }

    /// Takes out what belongs to the minutes that are told.
    pub fn take(&mut self, told: &Minutes) -> Self {
        let records = std::mem::take(&mut self.records);
        let (taken, kept) =
            records.into_iter().partition(|record| within(told, minute_of(record.at)));
        self.records = kept;
        Self {
            sources: self.sources.take(told),
            objects: self.objects.take(told),
            changes: self.changes.take(told),
            talkers: self.talkers.take(told),
            senders: self.senders.take(told),
            receivers: self.receivers.take(told),
            services: self.services.take(told),
            records: taken,
        }
    }

    /// Forgets what is older than every untold match, and keeps to the bounds.
    pub fn settle(&mut self, untold: &Minutes) {
        let Some(first) = untold.first() else {
            *self = Self::default();
            return;
        };
        self.records.retain(|record| minute_of(record.at) >= first);
        self.sources.settle(first);
        self.objects.settle(first);
        self.changes.settle(first);
        self.talkers.settle(first);
        self.senders.settle(first);
        self.receivers.settle(first);
        self.services.settle(first);
    }
}

/// A record's own minute may lie behind the growth that it told of.
fn within(told: &Minutes, minute: Minute) -> bool {
    told.first().is_some_and(|first| first <= minute)
        && told.last().is_some_and(|last| minute <= last)
}

fn record_weight(record: &Record) -> usize {
    size_of::<Record>() + record.raw.capacity()
}

impl<T: Clone + Eq + Hash + Ord + Weigh> Table<T> {
    /// Adds the counts of one match; how many bytes that may take.
    pub fn add(&mut self, what: &T, counts: &Minutes) -> usize {
        self.add_within(GATHERED, what, counts, || what.clone())
    }

    /// `whole` is the thing as it is kept, if it is new.
    fn add_within(
        &mut self,
        gathered: usize,
        what: &T,
        counts: &Minutes,
        whole: impl FnOnce() -> T,
    ) -> usize {
        if let Some(row) = self.rows.get_mut(what) {
            let before = row.weight();
            row.merge(counts);
            return row.weight() - before;
        }
        let (what, counts) = (whole(), counts.clone());
        // A table that grows has up to twice the room that it fills, and an eighth free.
        let more = Self::ROW * 16 / 7 + what.heap() + counts.weight();
        self.rows.insert(what, counts);
        if self.rows.len() > gathered {
            self.give_way(gathered / 2);
        }
        more
    }

    /// A place in the table, with the byte that says whether it is taken.
    const ROW: usize = size_of::<(T, Minutes)>() + 1;

    fn weight(&self) -> usize {
        let rows = self.rows.iter();
        let heaps: usize = rows.map(|(what, row)| what.heap() + row.weight()).sum();
        // One place in eight stays free, and a table that is full doubles [hashbrown].
        let places = (self.rows.capacity() * 8 / 7).max(self.rows.len() * 16 / 7);
        places * Self::ROW + heaps + self.more.weight()
    }

    fn keep_to(&mut self, share: &Share) {
        self.give_way(share.things);
        self.rows.shrink_to_fit();
        for counts in self.rows.values_mut() {
            counts.coarsen(share.minutes);
        }
        self.more.coarsen(share.minutes);
    }

    fn align(&mut self, untold: &Minutes) {
        for counts in self.rows.values_mut() {
            counts.align(untold);
        }
        self.more.align(untold);
    }

    /// Takes a count out again, where it is still kept.
    pub fn take_from(&mut self, what: &T, minute: Minute, count: u64) {
        if let Some(counts) = self.rows.get_mut(what) {
            counts.take_from(minute, count);
        }
    }

    /// The most frequent first, and how many further ones there are.
    pub fn most_frequent(&self, most: usize) -> (Vec<Counted<T>>, u64) {
        let mut rows: Vec<(&T, u64)> =
            self.rows.iter().map(|(what, counts)| (what, counts.total())).collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let more = rows.len().saturating_sub(most) as u64 + self.more.total();
        let shown =
            rows.into_iter().take(most).map(|(what, count)| Counted { what: what.clone(), count });
        (shown.collect(), more)
    }

    /// The most frequent ones that are kept, and how many further ones there are.
    pub fn ranking(&self) -> Ranking<T> {
        let (top, more) = self.most_frequent(KEPT);
        Ranking { top, more, at_least: !self.more.is_empty() }
    }

    /// True where nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.more.is_empty()
    }

    fn take(&mut self, told: &Minutes) -> Self {
        let mut taken = Self { rows: HashMap::new(), more: self.more.take_minutes_of(told) };
        for (what, counts) in &mut self.rows {
            let of_told = counts.take_minutes_of(told);
            if !of_told.is_empty() {
                taken.rows.insert(what.clone(), of_told);
            }
        }
        self.rows.retain(|_, counts| !counts.is_empty());
        taken
    }

    fn settle(&mut self, first: Minute) {
        for counts in self.rows.values_mut() {
            counts.forget_before(first);
        }
        self.rows.retain(|_, counts| !counts.is_empty());
        self.more.forget_before(first);
        self.give_way(KEPT);
        self.rows.shrink_to_fit();
    }

    /// Keeps the `most` most frequent; of the others only how many they were.
    fn give_way(&mut self, most: usize) {
        if self.rows.len() <= most {
            return;
        }
        let mut ranks: Vec<(Reverse<u64>, &T)> =
            self.rows.iter().map(|(what, counts)| (Reverse(counts.total()), what)).collect();
        let (_, first_out, _) = ranks.select_nth_unstable(most);
        let first_out = (first_out.0, first_out.1.clone());
        let more = &mut self.more;
        self.rows.retain(|what, counts| {
            let stays = (Reverse(counts.total()), what) < (first_out.0, &first_out.1);
            if !stays {
                more.add(counts.last().unwrap_or_default(), 1);
            }
            stays
        });
    }
}

impl<T: Eq + Hash> Default for Table<T> {
    fn default() -> Self {
        Self { rows: HashMap::new(), more: Minutes::default() }
    }
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
struct Stored<T> {
    rows: Vec<(T, Minutes)>,
    #[serde(default, skip_serializing_if = "Minutes::is_empty")]
    more: Minutes,
}

impl<T: Serialize + Eq + Hash + Ord + Clone> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<(T, Minutes)> =
            self.rows.iter().map(|(what, counts)| (what.clone(), counts.clone())).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        Stored { rows, more: self.more.clone() }.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        Ok(Self { rows: stored.rows.into_iter().collect(), more: stored.more })
    }
}
