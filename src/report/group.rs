//! What is counted as one: the matches of a rule, or those of one of its groups.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::InOneGo;
use super::budget::Share;
use super::evidence::{Evidence, KEPT_OF_A_GROUP};
use super::pause::held::HeldCount;
use crate::packed::ByHash;
use crate::rules::engine::Counter;
use crate::rules::groups::{Named, Value, shown};
use crate::rules::minutes::{Minute, Minutes, time_of};
use crate::rules::{Rule, Threshold};

/// How many different things of one group are kept between runs, each in each minute in
/// which it was seen.
const MAX_DIFFERENT: usize = 50_000;

/// What pauses set aside, by their ids. Boxed, since hardly one of 200,000 groups has any.
#[allow(clippy::box_collection, reason = "a pointer where a map would take three")]
pub type Aside = Option<Box<BTreeMap<i64, Group>>>;

/// Untold matches, and what they looked like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// What they have in common; empty for a rule that counts nothing apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    /// The untold matches.
    pub counter: Counter,
    /// What they looked like.
    #[serde(skip_serializing_if = "is_nothing")]
    pub evidence: Option<Box<Evidence>>,
    /// True where a bound was reached, so that the next alert says "at least".
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// Untold matches that a pause holds by what they are, set aside by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aside: Aside,
    /// For a rule that tells of new groups only: up to when this one is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_until: Option<Minute>,
}

/// Whether there is nothing of it to keep.
pub fn is_nothing(evidence: &Option<Box<Evidence>>) -> bool {
    evidence.as_ref().is_none_or(|evidence| evidence.is_empty())
}

/// Which minutes the pauses of a rule hold.
pub trait Holds {
    /// The pause that holds all of a minute.
    fn all(&self, minute: Minute) -> Option<i64>;

    /// Whether the pause that set something aside holds that minute now.
    fn still(&self, pause: i64, minute: Minute) -> bool;
}

/// Which group gives way first: the least. Of those that count alike the one that was seen
/// longest ago, of those that rest the one that alerted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupRank {
    /// Too few so far.
    Counts(u64, Option<Minute>),
    /// Nothing since it alerted.
    Rests(Minute),
    /// To be told with this run's end.
    Due(u64, Option<Minute>),
}

/// What is told of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What its matches have in common.
    pub values: Vec<Value>,
    /// How many matches, or different things.
    pub count: u64,
    /// True where the count is a lower bound.
    pub at_least: bool,
    /// The first match, to the minute.
    pub first: Timestamp,
    /// The last match, to the minute.
    pub last: Timestamp,
    /// What of it was reported in one go.
    pub in_one_go: Option<InOneGo>,
    /// Counts of so many minutes were merged, and it may be due for that alone.
    pub in_doubt: Option<u64>,
    /// The counts, minute by minute.
    pub minutes: Minutes,
    /// What the matches looked like.
    pub evidence: Evidence,
}

impl Group {
    /// What its matches looked like, to add to; how many bytes more that may take.
    pub fn evidence(&mut self) -> (&mut Evidence, usize) {
        let more = if self.evidence.is_none() { size_of::<Evidence>() + 16 } else { 0 };
        (self.evidence.get_or_insert_default(), more)
    }

    /// Where matches are counted that this pause holds, or none does.
    pub fn lane(&mut self, pause: Option<i64>) -> &mut Self {
        match pause {
            None => self,
            Some(id) => self.aside.get_or_insert_default().entry(id).or_default(),
        }
    }

    /// What is due and held back, by the pause's id, taken out of the count; before what is
    /// told is taken. What a pause no longer holds counts as all else.
    pub fn take_held(&mut self, rule: &Rule, pauses: &dyn Holds) -> Vec<(i64, HeldCount)> {
        self.give_back(pauses);
        let own = self.counter.untold.iter().any(|(minute, _)| pauses.all(minute).is_some());
        if self.aside.is_none() && !own {
            return Vec::new();
        }
        let mut joint = self.counter.clone();
        let asides = self.aside.iter().flat_map(|aside| aside.values());
        asides.for_each(|aside| joint.absorb(&aside.counter));
        let due = joint.qualifying(rule.threshold);
        let mut by_pause: BTreeMap<i64, Minutes> = BTreeMap::new();
        for (minute, count) in due.iter().filter(|(minute, _)| self.counter.untold.holds(*minute)) {
            if let Some(id) = pauses.all(minute) {
                by_pause.entry(id).or_default().add(minute, count);
            }
        }
        let mut taken = Vec::new();
        for (id, minutes) in by_pause {
            taken.extend(self.take_out(&minutes).map(|held| (id, held)));
        }
        let mut asides = self.aside.take().unwrap_or_default();
        for (id, aside) in asides.iter_mut() {
            taken.extend(aside.take_out(&due).map(|held| (*id, held)));
        }
        asides.retain(|_, aside| !aside.counter.untold.is_empty());
        self.aside = (!asides.is_empty()).then_some(asides);
        if !self.values.is_empty() {
            let who = shown(&self.values);
            taken.iter_mut().for_each(|(_, held)| held.who.clone_from(&who));
        }
        taken
    }

    /// What was set aside for a pause that no longer holds it goes back.
    fn give_back(&mut self, pauses: &dyn Holds) {
        let Some(mut asides) = self.aside.take() else { return };
        for (id, aside) in asides.iter_mut() {
            let gone = aside.counter.untold.only(|minute| !pauses.still(*id, minute));
            if gone.is_empty() {
                continue;
            }
            self.counter.absorb(&aside.counter.split_off(&gone));
            self.at_least |= aside.at_least;
            if let Some(evidence) = &mut aside.evidence {
                self.evidence.get_or_insert_default().absorb(evidence.take_of(&gone));
            }
        }
        asides.retain(|_, aside| !aside.counter.untold.is_empty());
        self.aside = (!asides.is_empty()).then_some(asides);
    }

    /// Takes out what lies in these minutes, with what it looked like.
    fn take_out(&mut self, minutes: &Minutes) -> Option<HeldCount> {
        let (count, minutes) = self.counter.take_out(minutes);
        let evidence = self.evidence.as_mut().map(|evidence| evidence.take_of(&minutes));
        Some(HeldCount {
            who: evidence.map(|evidence| evidence.who()).unwrap_or_default(),
            count,
            at_least: self.at_least,
            first: minutes.first()?,
            last: minutes.last()?,
        })
    }

    /// What is due, taken out of the count.
    pub fn take(&mut self, rule: &Rule, now: Minute) -> Option<Told> {
        let in_doubt = self.counter.in_doubt(rule.threshold);
        let minutes = self.counter.due(rule.threshold, rule.cooldown_minutes, now)?;
        let different = self.counter.different.take(&minutes);
        let lump = self.counter.take_lump(&minutes);
        let evidence = self.evidence.as_mut().map(|evidence| evidence.take(&minutes));
        Some(Told {
            values: self.values.clone(),
            count: if different > 0 { different } else { minutes.total() },
            at_least: std::mem::take(&mut self.at_least),
            first: time_of(minutes.first().unwrap_or(now)),
            last: time_of(minutes.last().unwrap_or(now)),
            in_one_go: lump.map(|lump| InOneGo {
                count: lump.count,
                since: time_of(lump.since),
                by: time_of(lump.by),
            }),
            in_doubt: in_doubt.map(i64::unsigned_abs),
            evidence: evidence.unwrap_or_default(),
            minutes,
        })
    }

    /// Forgets what lies before `first` and can no longer be told, and keeps to the bounds.
    pub fn settle(&mut self, threshold: Threshold, first: Minute, kept: usize) {
        self.counter.trim(threshold, first);
        self.at_least |= self.counter.different.keep_to(MAX_DIFFERENT);
        if let Some(asides) = &mut self.aside {
            asides.values_mut().for_each(|aside| aside.settle(threshold, first, kept));
            asides.retain(|_, aside| !aside.counter.untold.is_empty());
        }
        self.aside = self.aside.take().filter(|asides| !asides.is_empty());
        if let Some(evidence) = &mut self.evidence {
            evidence.settle(&self.counter.untold, kept);
            if evidence.is_empty() {
                self.evidence = None;
            }
        }
    }

    /// Keeps to so many different things, or to one count for so many minutes; what the
    /// matches looked like goes along.
    pub fn keep_counts(&mut self, different: usize, minutes: i64) {
        self.at_least |= self.counter.keep_to(different, minutes);
        self.asides_mut().for_each(|aside| aside.keep_counts(different, minutes));
        if let Some(evidence) = &mut self.evidence {
            evidence.align(&self.counter.untold);
        }
    }

    /// Keeps no more of what its matches looked like than this share.
    pub fn keep_evidence(&mut self, share: &Share) {
        self.asides_mut().for_each(|aside| aside.keep_evidence(share));
        if let Some(evidence) = &mut self.evidence {
            evidence.keep_to(share);
            // Of one of thousands not even the room for it is kept.
            let is_one_of_many = share.things == 0 && !self.values.is_empty();
            if is_one_of_many || evidence.is_empty() {
                self.evidence = None;
            }
        }
    }

    /// What its counts take on the heap, in bytes as estimated.
    pub fn counts_weight(&self) -> usize {
        let asides = self.asides().map(|aside| size_of::<Self>() + aside.counts_weight());
        self.counter.weight() + asides.sum::<usize>()
    }

    /// The same of what its matches looked like.
    pub fn evidence_weight(&self) -> usize {
        let own = self.evidence.as_ref();
        let own = own.map_or(0, |evidence| size_of::<Evidence>() + evidence.weight());
        own + self.asides().map(Self::evidence_weight).sum::<usize>()
    }

    fn asides(&self) -> impl Iterator<Item = &Self> {
        self.aside.iter().flat_map(|asides| asides.values())
    }

    fn asides_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        self.aside.iter_mut().flat_map(|asides| asides.values_mut())
    }

    /// Nothing waits to be told, and no cooldown runs.
    fn is_over(&self, cooldown: u32, now: Minute) -> bool {
        let rests = |alerted: Minute| now < alerted.saturating_add(cooldown.into());
        self.counter.untold.is_empty()
            && self.aside.is_none()
            && !self.counter.alerted.is_some_and(rests)
            && self.new_until.is_none_or(|until| until <= now)
    }

    /// Its place among those that may have to give way, where that is the rule's threshold.
    pub fn rank(&self, threshold: Option<Threshold>) -> GroupRank {
        let untold = &self.counter.untold;
        let (rests, waits) = (self.counter.alerted, !untold.is_empty() || self.aside.is_some());
        let different = self.counter.different.count();
        let count = if different > 0 { different } else { untold.total() };
        let aside = self.asides().map(|aside| aside.counter.untold.total());
        let count = aside.fold(count, u64::saturating_add);
        let is_due = |threshold| self.counter.is_due(threshold);
        match rests {
            Some(alerted) if !waits => GroupRank::Rests(alerted),
            None if waits && threshold.is_some_and(is_due) => GroupRank::Due(count, untold.last()),
            _ => GroupRank::Counts(count, untold.last()),
        }
    }

    /// What it takes in a table of groups, beside what it keeps, in bytes as estimated.
    pub fn overhead(&self) -> usize {
        // Twice the room where the table has just grown.
        let values: usize = self.values.iter().map(Value::heap).sum();
        2 * size_of::<(u64, Self)>() + self.values.capacity() * size_of::<Value>() + values
    }
}

/// The groups that a rule counts apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// By the hash of [`Named`].
    all: HashMap<u64, Group, ByHash>,
}

impl Groups {
    /// That group.
    pub fn get(&self, named: &Named) -> Option<&Group> {
        self.all.get(&named.hash)
    }

    /// That group, new where there is none yet; how many bytes more that may take. Where
    /// some were let go, a new one may be one of these: it counts at least so much.
    pub fn of(&mut self, named: &Named, some_are_gone: bool) -> (&mut Group, usize) {
        let mut more = 0;
        let group = self.all.entry(named.hash).or_insert_with(|| {
            let at_least = some_are_gone;
            let group = Group { values: named.values.clone(), at_least, ..Group::default() };
            more = group.overhead();
            group
        });
        (group, more)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.all.values()
    }

    /// All of them, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.all.values_mut()
    }

    /// What is due of each, taken out of the counts: the `shown` worst, and how many more
    /// groups and matches there are.
    pub fn take(&mut self, rule: &Rule, now: Minute, shown: usize) -> (Vec<Told>, Rest) {
        let mut worst: Vec<Told> = Vec::new();
        let mut rest = Rest::default();
        for group in self.all.values_mut() {
            let Some(told) = group.take(rule, now) else { continue };
            rest.groups += 1;
            rest.count = rest.count.saturating_add(told.count);
            worst.push(told);
            if worst.len() > 4 * shown {
                keep_worst(&mut worst, shown);
            }
        }
        keep_worst(&mut worst, shown);
        rest.groups -= worst.len() as u64;
        let told = worst.iter().fold(0u64, |sum, told| sum.saturating_add(told.count));
        rest.count = rest.count.saturating_sub(told);
        (worst, rest)
    }

    /// Has each forget what it can, and lets go of those that were over by then.
    pub fn settle(&mut self, rule: &Rule, first: Minute, by: Option<Minute>) {
        self.all.retain(|_, group| {
            group.settle(rule.threshold, first, KEPT_OF_A_GROUP);
            !by.is_some_and(|by| group.is_over(rule.cooldown_minutes, by))
        });
        self.all.shrink_to_fit();
    }

    /// All of them, by their hashes.
    pub fn by_hash(&self) -> impl Iterator<Item = (u64, &Group)> {
        self.all.iter().map(|(hash, group)| (*hash, group))
    }

    /// Lets go of that one.
    pub fn remove(&mut self, hash: u64) -> Option<Group> {
        self.all.remove(&hash)
    }

    /// Gives back the room of those that are gone.
    pub fn shrink(&mut self) {
        self.all.shrink_to_fit();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What they take in the table, beside what each keeps.
    pub fn overhead(&self) -> usize {
        self.all.values().map(Group::overhead).sum()
    }
}

/// What is due beyond what is told by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// How many groups.
    pub groups: u64,
    /// How many matches.
    pub count: u64,
}

fn keep_worst(told: &mut Vec<Told>, most: usize) {
    told.sort_by(|a, b| {
        b.count.cmp(&a.count).then(a.first.cmp(&b.first)).then_with(|| a.values.cmp(&b.values))
    });
    told.truncate(most);
}

impl Serialize for Groups {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut groups: Vec<&Group> = self.all.values().collect();
        groups.sort_by(|a, b| a.values.cmp(&b.values));
        let mut list = serializer.serialize_seq(Some(groups.len()))?;
        for group in groups {
            list.serialize_element(group)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Groups {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let groups = Vec::<Group>::deserialize(deserializer)?;
        let named = |group: Group| (Named::of(group.values.clone()).hash, group);
        Ok(Self { all: groups.into_iter().map(named).collect() })
    }
}
