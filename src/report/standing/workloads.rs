//! Which workloads are as a rule says, since when, and what of that was told: what is
//! remembered from list to list, and what a new list makes of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Rows, WorkloadRow, Workloads};
use crate::packed::{Packer, Unpacker, hash};
use crate::pce::record::Host;
use crate::report::things;
use crate::rules::WorkloadFilter;
use crate::rules::minutes::{Minute, time_of};
use crate::rules::workloads::Verdict;

/// So many rows of a kind stand in a mail.
pub const SHOWN: usize = 30;

/// So many workloads are remembered, of all rules together.
const MOST_KEPT: usize = 40_000;

/// A rule is let remember so many in any case.
const LEAST_KEPT: usize = 100;

/// More than so many in a hundred at once, and so many at least, are rather the PCE's
/// fault than theirs.
const PER_CENT: u64 = 30;
const AT_LEAST: u64 = 10;

/// What is remembered from list to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkloadMemory {
    /// When the last whole list was read.
    pub read_at: Option<Timestamp>,
    /// How many lists in a row were not whole.
    pub failures: u32,
    /// Whether the last one was too long for one answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_long: bool,
    /// By the rules' keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, Watched>,
}

impl WorkloadMemory {
    /// True before the first list.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is remembered for one rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watched {
    /// The workloads, each under its identity's hash.
    seen: Table,
    /// Minutes for which the longest of those was so that are so no more.
    #[serde(skip_serializing_if = "is_zero")]
    longest: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One workload that is so, or was while the condition held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// Since when it was seen so.
    since: Minute,
    /// Whether a mail has told that it is.
    told: bool,
    /// Whether mails had told an earlier time of it and its end, in the same condition.
    again: bool,
    /// For how many minutes it was so, once it is no more …
    lasted: Option<u32>,
    /// … and whether a mail has told that.
    closed: bool,
}

/// In JSON a text: see [`crate::packed`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Table(BTreeMap<u64, Entry>);

impl From<Table> for String {
    fn from(Table(entries): Table) -> Self {
        let mut packer = Packer::with_capacity(entries.len() * 13);
        for (key, entry) in entries {
            packer.hash(key);
            let flags = [entry.told, entry.again, entry.closed, entry.lasted.is_some()];
            let flags = flags.into_iter().fold(0, |bits, flag| bits << 1 | u64::from(flag));
            packer.number(entry.since.max(0).unsigned_abs() << 4 | flags);
            if let Some(lasted) = entry.lasted {
                packer.number(lasted.into());
            }
        }
        packer.finish()
    }
}

impl TryFrom<String> for Table {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        const DAMAGED: &str = "a damaged table of workloads";
        let mut table = Unpacker::new(&text).ok_or(DAMAGED)?;
        let mut entries = BTreeMap::new();
        while !table.is_done() {
            let mut read = || {
                let (key, number) = (table.hash()?, table.number()?);
                let has = |bit: u64| number >> bit & 1 == 1;
                let lasted = match has(0) {
                    true => Some(u32::try_from(table.number()?).ok()?),
                    false => None,
                };
                let since = Minute::try_from(number >> 4).ok()?;
                let (told, again, closed) = (has(3), has(2), has(1));
                Some((key, Entry { since, told, again, lasted, closed }))
            };
            let (key, entry) = read().ok_or(DAMAGED)?;
            entries.insert(key, entry);
        }
        Ok(Self(entries))
    }
}

/// How many workloads each of so many rules remembers.
pub fn room(rules: usize) -> usize {
    (MOST_KEPT / rules.max(1)).max(LEAST_KEPT)
}

/// One rule that looks at a list.
pub struct Judge<'r> {
    filter: &'r WorkloadFilter,
    known: &'r Watched,
    /// A workload counts once it was so for so many minutes.
    window: u32,
    now: Minute,
    listen_only: bool,
    room: usize,
    seen: BTreeSet<u64>,
    next: Watched,
    told: Workloads,
    /// The keys of those that no mail has told yet.
    joined: Vec<u64>,
    /// Of those that joined, in how many it may be the PCE's fault.
    suspicious: u64,
}

/// The minute that a list is read in, and what the PCE says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Now.
    pub now: Minute,
    /// The PCE marks nothing as offline.
    pub listen_only: bool,
    /// So many workloads the rule may remember.
    pub room: usize,
}

impl<'r> Judge<'r> {
    /// Nothing is seen yet.
    pub fn new(
        filter: &'r WorkloadFilter,
        (wanted, window): (u64, u32),
        known: &'r Watched,
        moment: Moment,
    ) -> Self {
        let told = Workloads { states: filter.state.clone(), wanted, ..Workloads::default() };
        Self {
            filter,
            known,
            window,
            now: moment.now,
            listen_only: moment.listen_only,
            room: moment.room,
            seen: BTreeSet::new(),
            next: Watched { longest: known.longest, ..Watched::default() },
            told,
            joined: Vec::new(),
            suspicious: 0,
        }
    }

    /// Takes one workload of the list, known by the hash of its identity.
    pub fn see(&mut self, host: &Host<'_>, key: u64) {
        let verdict = self.filter.verdict(host, self.listen_only);
        let known = self.known.seen.0.get(&key).copied();
        if verdict == Verdict::NotAsked && known.is_none() {
            return;
        }
        // One that stands twice on the list is one.
        if !self.seen.insert(key) {
            return;
        }
        match (verdict, known) {
            (Verdict::Is(states), known) => {
                let known = known.map(|known| Entry { since: known.since.min(self.now), ..known });
                let entry = match known {
                    Some(known) if known.lasted.is_none() => known,
                    // As far as anybody was told it has been so all the time.
                    Some(known) if !known.closed => Entry { lasted: None, ..known },
                    other => {
                        let again = other.is_some();
                        let (told, closed) = (false, again);
                        Entry { since: self.now, told, again, lasted: None, closed }
                    }
                };
                self.is(host, key, entry, states);
            }
            (Verdict::Unknown, Some(known)) => match known.lasted {
                None if known.told => self.is(host, key, known, Vec::new()),
                // What nobody can say is so does not count.
                _ => drop(self.keep(key, known)),
            },
            (Verdict::IsNot, Some(known)) => {
                if let Some(over) = self.over(key, known)
                    && !over.closed
                {
                    self.told.back.add(row(host, &over, Vec::new()));
                }
            }
            (Verdict::NotAsked, Some(known)) => self.gone(key, known),
            (_, None) => {}
        }
    }

    /// It is so: told with the others once it was long enough.
    fn is(
        &mut self,
        host: &Host<'_>,
        key: u64,
        entry: Entry,
        states: Vec<crate::rules::WorkloadState>,
    ) {
        if !self.keep(key, entry) {
            self.told.beyond += 1;
            return;
        }
        if entry.told {
            self.told.still.add(row(host, &entry, states));
        } else if self.now - entry.since >= i64::from(self.window) {
            self.suspicious += u64::from(states.iter().any(|state| state.may_be_the_pces()));
            self.joined.push(key);
            self.told.joined.add(row(host, &entry, states));
        }
    }

    /// It is so no more; what is remembered of that, if a mail had told that it was.
    fn over(&mut self, key: u64, known: Entry) -> Option<Entry> {
        if !known.told && !known.again {
            return None;
        }
        let lasted = (self.now - known.since).max(0);
        let lasted = known.lasted.or(u32::try_from(lasted).ok());
        let over = Entry { lasted, told: true, ..known };
        self.next.longest = self.next.longest.max(lasted.unwrap_or_default());
        self.keep(key, over);
        Some(over)
    }

    /// The list has it no more, or the rule does not ask about it any more.
    fn gone(&mut self, key: u64, known: Entry) {
        if self.over(key, known).is_some_and(|over| !over.closed) {
            self.told.gone += 1;
        }
    }

    /// False where there is no room.
    fn keep(&mut self, key: u64, entry: Entry) -> bool {
        let table = &mut self.next.seen.0;
        // What is known already has its room.
        let has_room = table.len() < self.room || self.known.seen.0.contains_key(&key);
        if has_room {
            table.insert(key, entry);
        }
        has_room
    }

    /// What the whole list comes to. `managed`: how many workloads it has.
    pub fn end(mut self, managed: u64) -> Judged {
        let known = self.known.seen.0.iter();
        let absent: Vec<(u64, Entry)> = known
            .filter(|(key, _)| !self.seen.contains(key))
            .map(|(key, entry)| (*key, *entry))
            .collect();
        for (key, entry) in absent {
            self.gone(key, entry);
        }
        let count_of = |fits: &dyn Fn(&Entry) -> bool| {
            self.next.seen.0.values().filter(|entry| fits(entry)).count() as u64
        };
        let before = count_of(&|entry| entry.told || entry.again);
        let new = self.joined.iter().filter_map(|key| self.next.seen.0.get(key));
        let new = new.filter(|entry| !entry.again).count() as u64;
        let told = Workloads {
            managed,
            count: self.told.joined.count + self.told.still.count,
            total: before + new,
            over: count_of(&|entry| entry.lasted.is_some()),
            longest: self.next.longest,
            look_at_pce: self.suspicious >= AT_LEAST
                && self.suspicious.saturating_mul(100) > managed.saturating_mul(PER_CENT),
            ..self.told
        };
        Judged { told, next: self.next, joined: self.joined }
    }
}

/// What a list comes to for one rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// How it is.
    pub told: Workloads,
    /// What is remembered, as long as nothing of it is told.
    pub next: Watched,
    /// The keys of those that no mail has told yet.
    pub joined: Vec<u64>,
}

impl Workloads {
    /// Whether the rule's condition holds.
    pub fn holds(&self) -> bool {
        self.count >= self.wanted
    }
}

impl Watched {
    /// Takes note that a mail tells all of it: those that joined, and those that are so no
    /// more.
    pub fn told(&mut self, joined: &[u64]) {
        for entry in self.seen.0.values_mut().filter(|entry| entry.lasted.is_some()) {
            entry.closed = true;
        }
        for key in joined {
            if let Some(entry) = self.seen.0.get_mut(key) {
                (entry.told, entry.closed) = (true, false);
            }
        }
    }

    /// The condition is over: what is still so is as if it had not been told.
    pub fn ended(&mut self) {
        self.longest = 0;
        self.seen.0.retain(|_, entry| {
            (entry.told, entry.again, entry.closed) = (false, false, false);
            entry.lasted.is_none()
        });
    }

    /// How many workloads it remembers.
    pub fn len(&self) -> usize {
        self.seen.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.seen.0.is_empty()
    }
}

impl Rows {
    fn add(&mut self, row: WorkloadRow) {
        self.count += 1;
        let place = self.top.partition_point(|known| {
            (known.since, &known.name, &known.href) <= (row.since, &row.name, &row.href)
        });
        if place < SHOWN {
            self.top.insert(place, row);
            self.top.truncate(SHOWN);
        }
    }
}

/// The key of a workload; `None` for one that nothing tells from others.
pub fn key_of(host: &Host<'_>) -> Option<u64> {
    host.identity().map(|identity| hash(identity.as_bytes()))
}

fn row(host: &Host<'_>, entry: &Entry, states: Vec<crate::rules::WorkloadState>) -> WorkloadRow {
    let labels = host.labels.0.as_deref().unwrap_or_default();
    WorkloadRow {
        name: things::bounded_name(host.label()),
        href: things::whole(&host.href),
        labels: things::labels_of(labels),
        states,
        since: time_of(entry.since),
        lasted: entry.lasted,
        heartbeat: host.heartbeat(),
    }
}

#[cfg(test)]
mod tests;
