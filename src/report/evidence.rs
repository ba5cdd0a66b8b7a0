//! What a rule's untold matches looked like: a little of it, kept until they are told.
//!
//! Each thing is kept with its own counts per minute, so that an alert can show
//! just what belongs to the minutes it tells. Everything here is bounded.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::budget::Share;
use super::things::Thing;
use super::{Change, Counted, End, Object, Ranking, Record, Service, Source, Talker};
use crate::packed::ByHash;
use crate::rules::different::One;
use crate::rules::groups::{Named, Value};
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::{Minute, Minutes, minute_of};
use crate::rules::{FlowCount, FlowPer};

/// How many different talkers, sources or objects are kept between runs.
pub const KEPT: usize = 20;

/// The same for each group of a rule that counts some apart: there are many.
pub const KEPT_OF_A_GROUP: usize = 8;

/// How many are told apart while records come in.
const GATHERED: usize = 4_096;

/// The same for the ends of flows and for services: they repeat more than talkers do.
const SIDES_GATHERED: usize = 1_024;

/// The same for the talkers of a group.
const OF_GROUP_GATHERED: usize = 256;

/// However small the rules' share is, so many are told apart in one fetch.
const LEAST_ROOM: usize = 8;

/// In so many minutes at most one row is counted for its talker: the last of each
/// part of its growth, so that an alert that tells a part of it is right to a sixteenth.
const TALKER_POINTS: usize = 16;

/// The same for its ends and its service: they are three to one talker, and the rank
/// matters more than the minute.
const SIDE_POINTS: usize = 6;

/// So many are named where one line has to do.
const NAMED: usize = 3;

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

/// What a row of traffic shows, by its identities: made once, for all rules that match it.
pub struct Sight<'f> {
    facts: &'f FlowFacts<'f>,
    talker: u64,
    from: u64,
    to: u64,
    service: u64,
    /// The groups that rules have asked for.
    groups: RefCell<Vec<(Vec<FlowPer>, Rc<Named>)>>,
    /// The different things that rules have asked for.
    ones: RefCell<Vec<(FlowCount, Option<One>)>>,
}

impl<'f> Sight<'f> {
    /// Of a row.
    pub fn of(facts: &'f FlowFacts<'f>) -> Self {
        Self {
            facts,
            talker: Talker::identity_of(facts),
            from: End::identity_of(&facts.flow.src),
            to: End::identity_of(&facts.flow.dst),
            service: Service::identity_of(facts),
            groups: RefCell::default(),
            ones: RefCell::default(),
        }
    }

    /// The group that the row belongs to.
    pub fn group(&self, per: &[FlowPer]) -> Rc<Named> {
        let mut known = self.groups.borrow_mut();
        if let Some((_, named)) = known.iter().find(|(known, _)| known == per) {
            return Rc::clone(named);
        }
        let named = Rc::new(Named::of_row(per, self.facts));
        known.push((per.to_vec(), Rc::clone(&named)));
        named
    }

    /// The thing of this kind that the row adds; `None` where it does not say, and for
    /// connections.
    pub fn one(&self, of: FlowCount) -> Option<One> {
        let mut known = self.ones.borrow_mut();
        if let Some((_, one)) = known.iter().find(|(known, _)| *known == of) {
            return *one;
        }
        let one = match of {
            FlowCount::Connections => None,
            FlowCount::Flows => Some(One::flow(self.facts.flow)),
            FlowCount::Sources => One::of(&Value::end(&self.facts.flow.src)),
            FlowCount::Destinations => One::of(&Value::end(&self.facts.flow.dst)),
            FlowCount::Ports => One::of(&Value::port(self.facts)),
            FlowCount::Users => One::of(&Value::user(self.facts)),
        };
        known.push((of, one));
        one
    }
}

/// Things, each with its counts per minute; the less frequent ones give way.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T> {
    /// By their identity.
    rows: HashMap<u64, Kept<T>, ByHash>,
    /// How many different things gave way, in the minute of their last count.
    more: Minutes,
    /// What counts less than this ranks behind those that stayed when others gave way. It
    /// is counted, but not made: that costs more than all the rest.
    least: u64,
    /// How many are told apart at most, where the rules' share is small: else the table
    /// would fill and be emptied over and over.
    room: usize,
}

/// A thing with its counts.
#[derive(Clone, Debug, PartialEq)]
struct Kept<T> {
    /// None where it counts less than [`Table::least`].
    what: Option<T>,
    counts: Minutes,
}

impl Evidence {
    /// What it is about, in a few words: the objects that events name most, else their
    /// sources; the busiest flows. Empty where there is none.
    pub fn who(&self) -> String {
        let said = |names: Vec<String>, more: u64| match (names.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(names.join(", ")),
            (false, more) => Some(format!("{} +{more}", names.join(", "))),
        };
        let (objects, more) = self.objects.most_frequent(NAMED);
        let objects = said(objects.into_iter().map(|one| one.what.name).collect(), more);
        let sources = self.sources.ranking();
        let people = sources.people();
        let more = people.len().saturating_sub(NAMED) as u64;
        let people = people.into_iter().take(NAMED).map(str::to_owned).collect();
        let sources = said(people, more);
        let (talkers, more) = self.talkers.most_frequent(NAMED);
        let talkers = said(talkers.into_iter().map(|one| one.what.shown()).collect(), more);
        objects.or(sources).or(talkers).unwrap_or_default()
    }

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
        let Sight { facts, talker, from, to, service, .. } = *sight;
        let (src, dst) = (&facts.flow.src, &facts.flow.dst);
        let (talkers, sides) = (GATHERED, SIDES_GATHERED);
        self.talkers.add_within(talkers, talker, &fine, || Talker::of(facts))
            + self.senders.add_within(sides, from, &coarse, || End::of(src))
            + self.receivers.add_within(sides, to, &coarse, || End::of(dst))
            + self.services.add_within(sides, service, &coarse, || Service::of(facts))
    }

    /// The same for a group: its talkers alone, and not so many.
    pub fn add_flow_of_group(&mut self, sight: &Sight<'_>, counts: &Minutes) -> usize {
        let fine = counts.folded(SIDE_POINTS);
        let facts = sight.facts;
        self.talkers.add_within(OF_GROUP_GATHERED, sight.talker, &fine, || Talker::of(facts))
    }

    /// True where there is nothing.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && (self.sources.is_empty() && self.objects.is_empty() && self.changes.is_empty())
            && (self.talkers.is_empty() && self.senders.is_empty())
            && (self.receivers.is_empty() && self.services.is_empty())
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
        self.take_by(told, |record| within(told, minute_of(record.at)))
    }

    /// The same where others between these minutes are told elsewhere.
    pub fn take_of(&mut self, these: &Minutes) -> Self {
        self.take_by(these, |record| these.holds(minute_of(record.at)))
    }

    /// Adds all of another's.
    pub fn absorb(&mut self, other: Self) {
        self.sources.absorb(&other.sources);
        self.objects.absorb(&other.objects);
        self.changes.absorb(&other.changes);
        self.talkers.absorb(&other.talkers);
        self.senders.absorb(&other.senders);
        self.receivers.absorb(&other.receivers);
        self.services.absorb(&other.services);
        self.records.extend(other.records);
        self.records.sort_by_key(|record| record.at);
        self.records.truncate(RECORDS);
    }

    fn take_by(&mut self, told: &Minutes, is_told: impl Fn(&Record) -> bool) -> Self {
        let records = std::mem::take(&mut self.records);
        let (taken, kept) = records.into_iter().partition(is_told);
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
    pub fn settle(&mut self, untold: &Minutes, most: usize) {
        let Some(first) = untold.first() else {
            *self = Self::default();
            return;
        };
        self.records.retain(|record| minute_of(record.at) >= first);
        self.sources.settle(first, most);
        self.objects.settle(first, most);
        self.changes.settle(first, most);
        self.talkers.settle(first, most);
        self.senders.settle(first, most);
        self.receivers.settle(first, most);
        self.services.settle(first, most);
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

impl<T: Thing> Table<T> {
    /// Adds the counts of one match; how many bytes that may take.
    pub fn add(&mut self, what: &T, counts: &Minutes) -> usize {
        self.add_within(GATHERED, what.identity(), counts, || what.clone())
    }

    /// `make` makes the thing of this identity, where it is needed.
    fn add_within(
        &mut self,
        gathered: usize,
        identity: u64,
        counts: &Minutes,
        make: impl FnOnce() -> T,
    ) -> usize {
        let least = self.least;
        if let Some(kept) = self.rows.get_mut(&identity) {
            let before = kept.weight();
            kept.counts.merge(counts);
            if kept.what.is_none() && kept.counts.total() >= least {
                kept.what = Some(make());
            }
            return kept.weight() - before;
        }
        let what = (counts.total() >= least).then(make);
        let kept = Kept { what, counts: counts.clone() };
        // A table begins with room for three, and one that grows has up to twice the room
        // that it fills; an eighth is free.
        let rows = if self.rows.is_empty() { 24 } else { 16 };
        let more = Self::ROW * rows / 7 + kept.weight();
        self.rows.insert(identity, kept);
        let gathered = gathered.min(self.room);
        if self.rows.len() > gathered {
            self.give_way(gathered / 2);
        }
        more
    }

    fn absorb(&mut self, other: &Self) {
        for (what, counts) in other.made() {
            self.add(what, counts);
        }
        self.more.merge(&other.more);
    }

    /// A place in the table, with the byte that says whether it is taken.
    const ROW: usize = size_of::<(u64, Kept<T>)>() + 1;

    fn weight(&self) -> usize {
        let heaps: usize = self.rows.values().map(Kept::weight).sum();
        // One place in eight stays free, and a table that is full doubles [hashbrown].
        let places = (self.rows.capacity() * 8 / 7).max(self.rows.len() * 16 / 7);
        places * Self::ROW + heaps + self.more.weight()
    }

    fn keep_to(&mut self, share: &Share) {
        self.give_way(share.things);
        self.room = self.room.min(2 * share.things).max(LEAST_ROOM);
        self.rows.shrink_to_fit();
        for kept in self.rows.values_mut() {
            kept.counts.coarsen(share.minutes);
        }
        self.more.coarsen(share.minutes);
    }

    fn align(&mut self, untold: &Minutes) {
        for kept in self.rows.values_mut() {
            kept.counts.align(untold);
        }
        self.more.align(untold);
    }

    /// The most frequent first, and how many further ones there are.
    pub fn most_frequent(&self, most: usize) -> (Vec<Counted<T>>, u64) {
        let mut made: Vec<(&T, u64)> =
            self.made().map(|(what, counts)| (what, counts.total())).collect();
        made.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        made.truncate(most);
        let more = (self.rows.len() - made.len()) as u64 + self.more.total();
        let shown = made.into_iter().map(|(what, count)| Counted { what: what.clone(), count });
        (shown.collect(), more)
    }

    fn made(&self) -> impl Iterator<Item = (&T, &Minutes)> {
        self.rows.values().filter_map(|kept| Some((kept.what.as_ref()?, &kept.counts)))
    }

    /// The most frequent ones that are kept, and how many further ones there are.
    pub fn ranking(&self) -> Ranking<T> {
        let (top, more) = self.most_frequent(KEPT);
        Ranking { top, more, at_least: !self.more.is_empty() }
    }

    fn take(&mut self, told: &Minutes) -> Self {
        let mut taken = Self { more: self.more.take_minutes_of(told), ..Self::default() };
        for (identity, kept) in &mut self.rows {
            let counts = kept.counts.take_minutes_of(told);
            if !counts.is_empty() {
                taken.rows.insert(*identity, Kept { what: kept.what.clone(), counts });
            }
        }
        self.rows.retain(|_, kept| !kept.counts.is_empty());
        taken
    }

    fn settle(&mut self, first: Minute, most: usize) {
        for kept in self.rows.values_mut() {
            kept.counts.forget_before(first);
        }
        self.rows.retain(|_, kept| !kept.counts.is_empty());
        self.more.forget_before(first);
        self.give_way(most);
        self.keep(|kept| kept.what.is_some());
        (self.least, self.room) = (0, usize::MAX);
        self.rows.shrink_to_fit();
    }

    /// Keeps the `most` most frequent; of the others only how many they were.
    fn give_way(&mut self, most: usize) {
        if self.rows.len() <= most {
            return;
        }
        let mut ranks: Vec<Rank<T>> = self.rows.values().map(Kept::rank).collect();
        let (_, first_out, _) = ranks.select_nth_unstable(most);
        let (Reverse(total), unmade, what) = *first_out;
        let what = what.cloned();
        self.keep(|kept| kept.rank() < (Reverse(total), unmade, what.as_ref()));
        self.least = self.least.max(total);
    }

    fn keep(&mut self, stays: impl Fn(&Kept<T>) -> bool) {
        let more = &mut self.more;
        self.rows.retain(|_, kept| {
            let stays = stays(kept);
            if !stays {
                more.add(kept.counts.last().unwrap_or_default(), 1);
            }
            stays
        });
    }
}

/// The most frequent is the least; of those that count the same, in their own order, what
/// was not made comes last.
type Rank<'t, T> = (Reverse<u64>, bool, Option<&'t T>);

impl<T: Thing> Kept<T> {
    fn rank(&self) -> Rank<'_, T> {
        (Reverse(self.counts.total()), self.what.is_none(), self.what.as_ref())
    }

    fn weight(&self) -> usize {
        self.what.as_ref().map_or(0, T::heap) + self.counts.weight()
    }
}

impl<T> Table<T> {
    /// True where nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.more.is_empty()
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: HashMap::default(), more: Minutes::default(), least: 0, room: usize::MAX }
    }
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
struct Stored<T> {
    rows: Vec<(T, Minutes)>,
    #[serde(default, skip_serializing_if = "Minutes::is_empty")]
    more: Minutes,
}

impl<T: Serialize + Thing> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<(T, Minutes)> =
            self.made().map(|(what, counts)| (what.clone(), counts.clone())).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        Stored { rows, more: self.more.clone() }.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Thing> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let kept =
            |(what, counts): (T, Minutes)| (what.identity(), Kept { what: Some(what), counts });
        Ok(Self {
            rows: stored.rows.into_iter().map(kept).collect(),
            more: stored.more,
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests;
