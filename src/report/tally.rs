//! What one rule keeps between runs, and how its matches become an alert.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::evidence::{Evidence, KEPT, KEPT_OF_A_GROUP, Sight};
use super::group::{Aside, Group, GroupRank, Groups, Holds, Rest, Told, is_nothing};
use super::pause::held::HeldCount;
use super::standing::below::Expected;
use super::{Alert, AlertGroups, Change, Examples, GroupRow, Object, Ranking, Source, Subject};
use crate::pce::record::Event;
use crate::rules::different::One;
use crate::rules::engine::Counter;
use crate::rules::groups::{Named, Value};
use crate::rules::known::Known;
use crate::rules::lumps::Lump;
use crate::rules::matching::objects;
use crate::rules::minutes::{Minute, Minutes, minute_of, time_of};
use crate::rules::series::{Growth, Of, Row, When};
use crate::rules::{
    EventCount, EventFilter, EventPer, Filter, FlowCount, Newness, Rule, Threshold, TrafficFilter,
};

/// So many groups are told by name.
const GROUPS_TOLD: usize = 5;

/// One event is counted for so many groups; it may name tens of thousands of workloads.
const GROUPS_OF_AN_EVENT: usize = 10_000;

/// So many of these keep it, too, as it was received.
const RECORDS_OF_AN_EVENT: usize = 20;

/// So many of what a group's matches looked like are told with each but the worst.
const EXAMPLES: usize = 5;

/// What one rule keeps between runs: its untold matches and a little evidence.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Stored")]
pub struct Tally {
    /// Since when the rule has been looking. What began before is only seen, not counted in full.
    pub since: Option<Timestamp>,
    /// Rows last seen before this may have grown while no rule looked at them; to
    /// this rule they are new.
    pub unknown_before: Option<Timestamp>,
    /// True for a rule that looks at traffic.
    pub of_traffic: bool,
    /// All its matches, where it counts nothing apart.
    pub all: Group,
    /// Those of each group, where it does.
    pub groups: Groups,
    /// How many groups were let go for want of room, and nobody was told yet.
    pub groups_gone: u64,
    /// Of these, those that were due, and how much they counted: told as a number.
    pub due_gone: Rest,
    /// The rule's threshold, to know which are due. Not kept.
    pub threshold: Option<Threshold>,
    /// When a notice last told of groups that were let go or forgotten.
    pub gone_told: Option<Timestamp>,
    /// The groups it knows, where it tells of new ones only.
    pub known: Option<Box<Known>>,
    /// For a rule that says how many there should be at least.
    pub expected: Option<Box<Expected>>,
}

/// A tally as it stands in the file: what is counted as one stands in it by itself, as it
/// did before there were groups.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    since: Option<Timestamp>,
    unknown_before: Option<Timestamp>,
    of_traffic: bool,
    counter: Counter,
    evidence: Option<Box<Evidence>>,
    at_least: bool,
    aside: Aside,
    groups: Groups,
    groups_gone: u64,
    due_gone: Rest,
    gone_told: Option<Timestamp>,
    known: Option<Box<Known>>,
    expected: Option<Box<Expected>>,
}

/// A VEN tells of traffic every ten minutes \[Administration 25.2\], and what it tells is
/// to be seen some minutes later: so late it is looked for in any case.
pub const LATEST: i64 = 15;

impl Tally {
    /// When it last alerted, to the minute; of its groups, the last one.
    pub fn last_alerted(&self) -> Option<Timestamp> {
        let groups = self.groups.iter().map(|group| group.counter.alerted);
        let all = groups.chain([self.all.counter.alerted]).flatten();
        all.max().map(time_of)
    }

    /// Counts an event that the rule matched; how many bytes more that may take, `None`
    /// where it did not count.
    pub fn count_event(
        &mut self,
        newness: Option<Newness>,
        filter: &EventFilter,
        event: &Event<'_>,
        at: Timestamp,
        raw: &[u8],
    ) -> Option<usize> {
        self.count_held_event(newness, filter, event, (at, None), raw)
    }

    /// The same of an event that a pause may hold by what it is: then it is set aside.
    pub fn count_held_event(
        &mut self,
        newness: Option<Newness>,
        filter: &EventFilter,
        event: &Event<'_>,
        (at, pause): (Timestamp, Option<i64>),
        raw: &[u8],
    ) -> Option<usize> {
        let minute = minute_of(at);
        if let Some(expected) = &mut self.expected {
            // What such a rule has to tell is what did not come.
            expected.see(at, 1, raw);
            let counter = &mut self.all.counter;
            return count_of(counter, filter, event, minute).map(|(_, _, more)| more);
        }
        let room = if pause.is_some() { size_of::<Group>() } else { 0 };
        let add = |group: &mut Group, raw: &[u8]| {
            let added = add_event(group.lane(pause), filter, event, (minute, at), raw);
            added.map(|more| more + room)
        };
        if filter.per.is_empty() {
            return add(&mut self.all, raw);
        }
        if different(filter.count_by, event).is_some_and(|ones| ones.is_empty()) {
            return None;
        }
        let all = Named::all_of_event(&filter.per, event);
        self.groups_gone += all.len().saturating_sub(GROUPS_OF_AN_EVENT) as u64;
        let mut more = None;
        for (nth, named) in all.iter().take(GROUPS_OF_AN_EVENT).enumerate() {
            let Some((group, room)) = self.group(newness, named, minute) else { continue };
            // One event of a thousand workloads is not kept a thousand times.
            let raw = if nth < RECORDS_OF_AN_EVENT { raw } else { &[] };
            if let Some(added) = add(group, raw) {
                more = Some(more.unwrap_or(0) + room + added);
            }
        }
        more
    }

    /// Counts a row that the rule matched. A row never seen counts in full where
    /// it began after the rule did, as 1 where it was only seen after that, and
    /// not at all where it was over by then. How many bytes more it may take; `None` where
    /// it did not count.
    pub fn count_row(
        &mut self,
        newness: Option<Newness>,
        filter: &TrafficFilter,
        sight: &Sight,
        row: &Row,
        growth: Growth,
        raw: &[u8],
    ) -> Option<usize> {
        self.count_held_row((newness, filter), sight, (row, growth), None, raw)
    }

    /// The same of a row that a pause may hold by what it is, in some minutes: what of it
    /// lies in these is set aside.
    pub fn count_held_row(
        &mut self,
        (newness, filter): (Option<Newness>, &TrafficFilter),
        sight: &Sight,
        (row, growth): (&Row, Growth),
        held: Option<&dyn Fn(Minute) -> Option<i64>>,
        raw: &[u8],
    ) -> Option<usize> {
        let (count, when) = self.counted(row, growth);
        if count == 0 {
            return None;
        }
        let one = match filter.count_by {
            FlowCount::Connections => None,
            // What a row does not say is no different one.
            of => Some(sight.one(of)?),
        };
        // What is counted once is told in the minute in which it was last seen to grow.
        let when = if one.is_some() { when.at_its_end() } else { when };
        let mut counts = Minutes::default();
        counts.spread(when.first, when.last, count);
        if let Some(expected) = &mut self.expected {
            expected.see(row.ends(), count, raw);
            return Some(add(&mut self.all.counter, &counts, one.as_slice()));
        }
        let is_apart = !filter.per.is_empty();
        let (group, mut more) = match is_apart {
            true => self.group(newness, &sight.group(&filter.per), when.last)?,
            false => (&mut self.all, 0),
        };
        let grown = Grown { sight, when, one, is_apart, ends: row.ends(), raw };
        let Some(held) = held else { return Some(more + grown.add_to(group, counts)) };
        let mut lanes: BTreeMap<Option<i64>, Minutes> = BTreeMap::new();
        for (minute, count) in counts.iter() {
            lanes.entry(held(minute)).or_default().add(minute, count);
        }
        for (pause, counts) in lanes {
            more += size_of::<Group>() + grown.add_to(group.lane(pause), counts);
        }
        Some(more)
    }

    /// The group that a match of this minute is counted in, and how many bytes more it may
    /// take; `None` where the rule tells of new ones only, and it is none.
    fn group(
        &mut self,
        newness: Option<Newness>,
        named: &Named,
        minute: Minute,
    ) -> Option<(&mut Group, usize)> {
        let Some((known, newness)) = self.known.as_mut().zip(newness) else {
            return Some(self.groups.of(named, self.groups_gone > 0));
        };
        let is_new = known.is_new(named, minute, newness);
        let until = self.groups.get(named).and_then(|group| group.new_until);
        // Late ones before it are of the same group that was new; a clock that is a year
        // ahead makes none new for a year.
        let window = i64::from(newness.window);
        let is_within =
            |until: Minute| minute < until && minute >= until.saturating_sub(2 * window);
        if !is_new && !until.is_some_and(is_within) {
            return None;
        }
        let (group, more) = self.groups.of(named, self.groups_gone > 0);
        if is_new {
            group.new_until = Some(minute.saturating_add(newness.window.into()));
        }
        Some((group, more))
    }

    /// It began to look then at the latest: by a clock that ran ahead it seemed later.
    pub fn began_by(&mut self, time: Timestamp) {
        self.since = self.since.map(|since| since.min(time));
        self.known.iter_mut().for_each(|known| known.since = known.since.min(time));
    }

    /// Has it keep what such a threshold needs; all that matches is counted from `covered`
    /// on, unless that is known already.
    pub fn expect(&mut self, threshold: Threshold, covered: Timestamp) {
        self.expected = match threshold {
            Threshold::Below { .. } => {
                let new = || Box::new(Expected::from(covered));
                Some(self.expected.take().unwrap_or_else(new))
            }
            _ => None,
        };
    }

    /// What of the growth this rule counts, and when.
    fn counted(&self, row: &Row, growth: Growth) -> (u64, When) {
        let Growth { count, when, of } = growth;
        let at_its_end = when.at_its_end();
        match of {
            Of::Known(seen) if self.is_unknown(seen) && !self.covers(row) => {
                (count.min(1), at_its_end)
            }
            Of::Known(_) => (count, when),
            Of::New { within: true, .. } if self.covers(row) => (count, when),
            Of::New { .. } if self.since.is_some_and(|since| row.ends() < since) => (0, at_its_end),
            Of::New { again, .. } => (count.min(1).min(u64::from(!again)), at_its_end),
        }
    }

    /// Whether all that the row counts lies in the time that the rule looks at.
    fn covers(&self, row: &Row) -> bool {
        self.since.is_none_or(|since| row.begins() >= since)
    }

    fn is_unknown(&self, seen: u32) -> bool {
        self.unknown_before.is_some_and(|time| i64::from(seen) <= time.as_second())
    }

    /// What is due and held back, by the pause's id, taken out of the count; before the alert
    /// is.
    pub fn take_held(&mut self, rule: &Rule, pauses: &dyn Holds) -> Vec<(i64, HeldCount)> {
        self.counted_as_one().flat_map(|group| group.take_held(rule, pauses)).collect()
    }

    /// Whether some matches are set aside.
    pub fn has_aside(&self) -> bool {
        self.all.aside.is_some() || self.groups.iter().any(|group| group.aside.is_some())
    }

    /// The alert that is due, its matches taken out of the count.
    pub fn alert(&mut self, rule: &Rule, now: Minute) -> Option<Alert> {
        if let Threshold::Below { .. } = rule.threshold {
            return None;
        }
        let (mut told, mut rest) = self.groups.take(rule, now, GROUPS_TOLD);
        if !told.is_empty() {
            let gone = std::mem::take(&mut self.due_gone);
            rest.groups += gone.groups;
            rest.count = rest.count.saturating_add(gone.count);
            self.groups_gone = self.groups_gone.saturating_sub(gone.groups);
        }
        told.extend(self.all.take(rule, now));
        let worst = told.first()?;
        let groups = (!worst.values.is_empty()).then(|| AlertGroups {
            rows: told.iter().map(|told| row(&rule.filter, told)).collect(),
            more: rest,
            gone: std::mem::take(&mut self.groups_gone),
        });
        let worst = told.swap_remove(0);
        Some(Alert {
            rule_id: rule.id,
            rule_name: rule.name.clone(),
            level: rule.level,
            desc: rule.desc.clone(),
            rec: rule.rec.clone(),
            technique: rule.technique.clone(),
            threshold: rule.threshold,
            rule: Some(Box::new(rule.clone())),
            groups,
            count: worst.count,
            measure: rule.filter.measure(),
            at_least: worst.at_least,
            first: worst.first,
            last: worst.last,
            in_one_go: worst.in_one_go,
            in_doubt: worst.in_doubt,
            timeline: worst.minutes.iter().collect(),
            subject: subject(&rule.filter, &worst.evidence),
            snapshot: worst.evidence.records,
        })
    }

    /// Forgets what can no longer be told; `earliest` is the first minute that a
    /// further match can lie in.
    /// Known groups, and those that rest, are let go by the time up to which all is read
    /// for certain; where that is not known, none.
    pub fn settle(&mut self, rule: &Rule, earliest: Minute, by: Option<Minute>) {
        let window = match rule.threshold {
            Threshold::Immediate | Threshold::Standing { .. } => 0,
            Threshold::Count { window, .. } => i64::from(window),
            Threshold::Below { window, .. } => i64::from(window) + LATEST,
        };
        let first = earliest.saturating_sub(window);
        if let Some(expected) = &mut self.expected {
            // A longer window than that has to wait.
            expected.uncover(time_of(first.max(0)));
        }
        self.all.settle(rule.threshold, first, KEPT);
        self.groups.settle(rule, first, by);
        if let Some((known, by)) = self.known.as_mut().zip(by) {
            known.settle(by);
        }
    }

    /// All that is counted as one.
    pub fn counted_as_one(&mut self) -> impl Iterator<Item = &mut Group> {
        std::iter::once(&mut self.all).chain(self.groups.iter_mut())
    }

    /// Says that a bound was reached, so that what is told next may be more.
    pub fn mark_at_least(&mut self) {
        self.counted_as_one().for_each(|group| group.at_least = true);
    }

    /// How many groups were let go, and how many that it knew were forgotten, which a notice
    /// has to tell: `None` for none, and as long as the last one told is not `over`.
    pub fn gone_untold(
        &mut self,
        now: Timestamp,
        over: impl Fn(Timestamp) -> bool,
    ) -> Option<(u64, u64)> {
        let known = self.known.as_mut().map_or(0, |known| known.forgotten);
        if (self.groups_gone, known) == (0, 0) || self.gone_told.is_some_and(|told| !over(told)) {
            return None;
        }
        self.gone_told = Some(now);
        self.known.iter_mut().for_each(|known| known.forgotten = 0);
        Some((std::mem::take(&mut self.groups_gone), known))
    }

    /// Each group with its place among those that may have to give way.
    pub fn ranks(&self) -> impl Iterator<Item = (GroupRank, u64, usize)> {
        let threshold = self.threshold;
        let weight = |group: &Group| group.overhead() + group.counts_weight();
        let groups = self.groups.by_hash();
        groups.map(move |(hash, group)| (group.rank(threshold), hash, weight(group)))
    }

    /// Lets go of these groups. Of those that were due their number is kept, and one that was
    /// new is a new one again when it comes back.
    pub fn let_go(&mut self, hashes: &[(GroupRank, u64)]) {
        for (rank, hash) in hashes {
            let Some(group) = self.groups.remove(*hash) else { continue };
            self.groups_gone += 1;
            if let GroupRank::Due(count, _) = rank {
                self.due_gone.groups += 1;
                self.due_gone.count = self.due_gone.count.saturating_add(*count);
            } else if let Some(known) = self.known.as_mut().filter(|_| group.new_until.is_some()) {
                known.unlearn(&Named::of(group.values));
            }
        }
        self.groups.shrink();
    }

    /// What it takes on the heap but for the groups that it knows, in bytes as estimated.
    pub fn weight(&self) -> usize {
        let of = |group: &Group| group.counts_weight() + group.evidence_weight();
        let expected = self.expected.as_ref().map_or(0, |expected| expected.weight());
        expected
            + of(&self.all)
            + self.groups.iter().map(of).sum::<usize>()
            + self.groups.overhead()
    }

    /// What those take.
    pub fn known_weight(&self) -> usize {
        self.known.as_ref().map_or(0, |known| known.weight())
    }
}

/// The growth of a row, as a rule counts it.
struct Grown<'g> {
    sight: &'g Sight<'g>,
    when: When,
    one: Option<One>,
    is_apart: bool,
    ends: Timestamp,
    raw: &'g [u8],
}

impl Grown<'_> {
    /// Adds what of it lies in these minutes; how many bytes more that may take.
    fn add_to(&self, group: &mut Group, counts: Minutes) -> usize {
        let count = counts.total();
        let (evidence, mut more) = group.evidence();
        more += match self.is_apart {
            true => evidence.add_flow_of_group(self.sight, &counts),
            false => evidence.add_flow(self.sight, &counts),
        };
        more += evidence.keep_record(self.ends, count, self.raw);
        more += add(&mut group.counter, &counts, self.one.as_slice());
        if let (Some(since), Some(by)) = (self.when.since, counts.last()) {
            group.counter.lumps.add(Lump { since, by, count });
        }
        more
    }
}

/// Adds an event to what is counted as one.
fn add_event(
    group: &mut Group,
    filter: &EventFilter,
    event: &Event<'_>,
    (minute, at): (Minute, Timestamp),
    raw: &[u8],
) -> Option<usize> {
    let (weight, counts, mut more) = count_of(&mut group.counter, filter, event, minute)?;
    let mut once = Minutes::default();
    once.add(minute, 1);
    // Of a group for a workload it is known what the event is about.
    let own = group.values.iter().find_map(Value::as_object);
    let (evidence, room) = group.evidence();
    more += room;
    more += evidence.sources.add(&Source::of(event), &counts);
    let is_of_a_workload = filter.per.contains(&EventPer::Workload);
    match own {
        Some((name, href)) if is_of_a_workload => {
            more += evidence.objects.add(&Object::named(name, href), &once);
        }
        _ => {
            for object in objects(event) {
                more += evidence.objects.add(&Object::of(object), &once);
            }
        }
    }
    let most = if is_of_a_workload { KEPT_OF_A_GROUP } else { usize::MAX };
    for change in Change::all_of(event).take(most) {
        more += evidence.changes.add(&change, &once);
    }
    if raw.is_empty() {
        return Some(more);
    }
    Some(more + evidence.keep_record(at, weight, raw))
}

/// Counts an event: as how much, when, and how many bytes more that may take; `None` where
/// it does not count.
fn count_of(
    counter: &mut Counter,
    filter: &EventFilter,
    event: &Event<'_>,
    minute: Minute,
) -> Option<(u64, Minutes, usize)> {
    let ones = different(filter.count_by, event);
    if ones.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    // One that is counted for each of its workloads counts once for each.
    let weight = match filter.per.contains(&EventPer::Workload) {
        true => 1,
        false => filter.weight(event),
    };
    let mut counts = Minutes::default();
    counts.add(minute, weight);
    let more = add(counter, &counts, ones.as_deref().unwrap_or_default());
    Some((weight, counts, more))
}

/// The different things that an event adds; `None` where the rule counts no such.
fn different(count_by: EventCount, event: &Event<'_>) -> Option<Vec<One>> {
    let values = match count_by {
        EventCount::Events | EventCount::Objects => return None,
        EventCount::Users => vec![Value::who(event)],
        EventCount::Sources => vec![Value::source_ip(event)],
        EventCount::Workloads => objects(event).into_iter().map(Value::object).collect(),
    };
    Some(values.iter().filter_map(One::of).collect())
}

/// Adds matches, or each different one in the last of their minutes; how many bytes more
/// that may take.
fn add(counter: &mut Counter, counts: &Minutes, ones: &[One]) -> usize {
    let before = counter.weight();
    if ones.is_empty() {
        counter.untold.merge(counts);
    }
    for one in ones {
        let minute = counts.last().unwrap_or_default();
        counter.add_one(minute, *one);
    }
    counter.weight() - before
}

/// A group as one line of an alert.
fn row(filter: &Filter, told: &Told) -> GroupRow {
    let evidence = &told.evidence;
    GroupRow {
        values: told.values.clone(),
        count: told.count,
        at_least: told.at_least,
        first: told.first,
        last: told.last,
        examples: match filter {
            Filter::Traffic(_) => Examples::Talkers(evidence.talkers.most_frequent(EXAMPLES).0),
            Filter::Event(_) | Filter::Workload(_) => {
                Examples::Sources(evidence.sources.most_frequent(EXAMPLES).0)
            }
        },
    }
}

fn subject(filter: &Filter, evidence: &Evidence) -> Subject {
    match filter {
        Filter::Event(_) => Subject::Events {
            sources: evidence.sources.ranking(),
            objects: evidence.objects.ranking(),
            changes: evidence.changes.ranking(),
        },
        Filter::Traffic(_) => Subject::Traffic {
            talkers: evidence.talkers.ranking(),
            sources: evidence.senders.ranking(),
            destinations: evidence.receivers.ranking(),
            services: evidence.services.ranking(),
        },
        // Such a rule counts nothing.
        Filter::Workload(_) => Subject::Events {
            sources: Ranking::default(),
            objects: Ranking::default(),
            changes: Ranking::default(),
        },
    }
}

impl From<Stored> for Tally {
    fn from(stored: Stored) -> Self {
        let Stored { counter, evidence, at_least, aside, .. } = stored;
        let evidence = evidence.filter(|evidence| !evidence.is_empty());
        Self {
            since: stored.since,
            unknown_before: stored.unknown_before,
            of_traffic: stored.of_traffic,
            all: Group { counter, evidence, at_least, aside, ..Group::default() },
            groups: stored.groups,
            groups_gone: stored.groups_gone,
            due_gone: stored.due_gone,
            threshold: None,
            gone_told: stored.gone_told,
            known: stored.known,
            expected: stored.expected,
        }
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(None)?;
        entries.serialize_entry("since", &self.since)?;
        if let Some(time) = &self.unknown_before {
            entries.serialize_entry("unknown_before", time)?;
        }
        if self.of_traffic {
            entries.serialize_entry("of_traffic", &true)?;
        }
        entries.serialize_entry("counter", &self.all.counter)?;
        if !is_nothing(&self.all.evidence) {
            entries.serialize_entry("evidence", &self.all.evidence)?;
        }
        if self.all.at_least {
            entries.serialize_entry("at_least", &true)?;
        }
        if let Some(aside) = &self.all.aside {
            entries.serialize_entry("aside", aside)?;
        }
        if !self.groups.is_empty() {
            entries.serialize_entry("groups", &self.groups)?;
        }
        if self.groups_gone > 0 {
            entries.serialize_entry("groups_gone", &self.groups_gone)?;
        }
        if self.due_gone != Rest::default() {
            entries.serialize_entry("due_gone", &self.due_gone)?;
        }
        if let Some(time) = &self.gone_told {
            entries.serialize_entry("gone_told", time)?;
        }
        if let Some(known) = &self.known {
            entries.serialize_entry("known", known)?;
        }
        if let Some(expected) = &self.expected {
            entries.serialize_entry("expected", expected)?;
        }
        entries.end()
    }
}

#[cfg(test)]
mod tests;
