//! Records that wait for their receivers.
//!
//! A record is put here in the same save that moves the positions and keeps the mail, and
//! leaves once each receiver that takes it has it. It is kept once, whoever takes it, and
//! packed: a day's backlog of a busy site takes little of the state.

use std::collections::{BTreeMap, BTreeSet};

use flate2::Compression;
use jiff::{SignedDuration, Timestamp};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Receiver, Record};
use crate::lang::Both;
use crate::packed;

/// The most records that wait, of all receivers together.
pub const RECORDS: usize = 20_000;

/// The most bytes of them and of the names of those they are for, as JSON.
pub const BYTES: usize = 8 * 1024 * 1024;

/// How long a record is tried.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The most bytes of one record, as JSON.
const LONGEST: usize = 16 * 1024;

/// What is unpacked takes no more; more is damage.
const UNPACKED: u64 = 4 * BYTES as u64;

/// What is remembered from run to run of handing on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Forward {
    /// The records that wait, oldest first.
    #[serde(skip_serializing_if = "Backlog::is_empty")]
    backlog: Backlog,
    /// The receivers that did not take what was handed on to them last, and why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub failing: BTreeMap<String, Both>,
    /// The receivers that did not close a connection last when all was sent.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) stay_open: BTreeSet<String>,
    /// How many records were dropped for each receiver, which no mail has told yet.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    untold: BTreeMap<String, u64>,
    /// When a mail last told of some.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_at: Option<Timestamp>,
}

impl Forward {
    /// True where there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many records wait.
    pub fn waiting(&self) -> usize {
        self.backlog.0.len()
    }

    /// Those that wait for that receiver, oldest first.
    pub fn waiting_for(&self, name: &str) -> Vec<&Queued> {
        self.backlog.0.iter().filter(|queued| queued.is_for(name)).collect()
    }

    /// Keeps records for those who take them, within the bounds: the oldest give way.
    pub fn put(&mut self, records: Vec<Record>, receivers: &[Receiver]) {
        for record in records {
            let takers = receivers.iter().filter(|receiver| receiver.takes(&record));
            let to: Vec<String> = takers.map(|receiver| receiver.name.clone()).collect();
            if !to.is_empty() {
                self.backlog.0.push(Queued::new(&record.within(LONGEST), to));
            }
        }
        let mut bytes: usize = self.backlog.0.iter().map(Queued::size).sum();
        let mut number = self.backlog.0.len();
        let mut over = 0;
        for queued in &self.backlog.0 {
            if number <= RECORDS && bytes <= BYTES {
                break;
            }
            (number, bytes, over) = (number - 1, bytes - queued.size(), over + 1);
        }
        self.drop_first(over);
    }

    /// Drops what is too old.
    pub fn expire(&mut self, now: Timestamp) {
        let is_old = |queued: &Queued| now.duration_since(queued.made_at) > LIFETIME;
        let old = self.backlog.0.iter().take_while(|queued| is_old(queued)).count();
        self.drop_first(old);
    }

    fn drop_first(&mut self, number: usize) {
        for name in self.backlog.0.drain(..number).flat_map(|queued| queued.to) {
            *self.untold.entry(name).or_default() += 1;
        }
    }

    /// The first `served` of those that wait for the receiver are there.
    pub fn serve(&mut self, name: &str, served: usize) {
        let theirs = self.backlog.0.iter_mut().filter(|queued| queued.is_for(name));
        theirs.take(served).for_each(|queued| queued.to.retain(|to| to != name));
        self.backlog.0.retain(|queued| !queued.to.is_empty());
    }

    /// Takes note whether the receiver keeps connections open that we ended.
    pub fn note_stays_open(&mut self, name: &str, stays_open: bool) {
        if stays_open {
            self.stay_open.insert(name.to_owned());
        } else {
            self.stay_open.remove(name);
        }
    }

    /// Lets go of what waits for receivers that are none any more: for each how many.
    pub fn keep_only(&mut self, receivers: &[Receiver]) -> BTreeMap<String, u64> {
        let names: BTreeSet<&str> = receivers.iter().map(|one| one.name.as_str()).collect();
        let mut gone = BTreeMap::new();
        for queued in &mut self.backlog.0 {
            queued.to.retain(|to| {
                let stays = names.contains(to.as_str());
                if !stays {
                    *gone.entry(to.clone()).or_default() += 1;
                }
                stays
            });
        }
        self.backlog.0.retain(|queued| !queued.to.is_empty());
        self.failing.retain(|name, _| names.contains(name.as_str()));
        self.stay_open.retain(|name| names.contains(name.as_str()));
        gone
    }

    /// How many were dropped for each receiver, to be told now: once in `hours` at most,
    /// or `with_others`, where a mail goes out anyway.
    pub fn take_untold(
        &mut self,
        now: Timestamp,
        hours: u32,
        with_others: bool,
    ) -> BTreeMap<String, u64> {
        let pause = SignedDuration::from_hours(hours.into());
        let is_due = |told: Timestamp| now.duration_since(told.min(now)) >= pause;
        if self.untold.is_empty() || !(with_others || self.told_at.is_none_or(is_due)) {
            return BTreeMap::new();
        }
        self.told_at = Some(now);
        std::mem::take(&mut self.untold)
    }
}

/// A record that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The record's.
    pub id: String,
    /// When it was made.
    made_at: Timestamp,
    /// The names of those who do not have it yet.
    to: Vec<String>,
    /// The record as JSON.
    json: String,
}

impl Queued {
    /// A record for these.
    pub(super) fn new(record: &Record, to: Vec<String>) -> Self {
        Self { id: record.id.clone(), made_at: record.time, to, json: record.json() }
    }

    /// The record.
    pub fn record(&self) -> Record {
        // It was written, or read, as one.
        serde_json::from_str(&self.json).unwrap_or_default()
    }

    fn is_for(&self, name: &str) -> bool {
        self.to.iter().any(|to| to == name)
    }

    /// The bytes of the record and of the names, as they stand in its line.
    fn size(&self) -> usize {
        let escaped = |name: &String| name.matches(['"', '\\']).count();
        let names = self.to.iter().map(|name| name.len() + escaped(name) + 3);
        self.json.len() + names.sum::<usize>()
    }
}

/// In the state a text: each record and its receivers on a line, deflated, in base64.
#[derive(Clone, Debug, Default, PartialEq)]
struct Backlog(Vec<Queued>);

impl Backlog {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn packed(&self) -> std::io::Result<String> {
        packed::deflated(Compression::fast(), |packer| {
            self.0.iter().try_for_each(|queued| {
                let to = serde_json::to_string(&queued.to)?;
                writeln!(packer, "{{\"to\":{to},\"record\":{}}}", queued.json)
            })
        })
    }

    fn unpacked(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Line<'l> {
            to: Vec<String>,
            #[serde(borrow)]
            record: &'l RawValue,
        }
        let lines = packed::inflated(text, UNPACKED)?;
        let read = |line| {
            let Line { to, record } = serde_json::from_str::<Line<'_>>(line).ok()?;
            let known: Record = serde_json::from_str(record.get()).ok()?;
            let json = record.get().to_owned();
            Some(Queued { id: known.id, made_at: known.time, to, json })
        };
        lines.lines().map(read).collect::<Option<Vec<_>>>().map(Self)
    }
}

impl Serialize for Backlog {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let packed = self.packed().map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&packed)
    }
}

impl<'de> Deserialize<'de> for Backlog {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::unpacked(&text).ok_or_else(|| D::Error::custom("a damaged queue"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::forward::{Body, Way};
    use crate::rules::Level;

    fn receiver(name: &str) -> Receiver {
        Receiver {
            name: name.to_owned(),
            way: Way::File("x".into()),
            body: Body::Json,
            levels: Vec::new(),
            rules: Vec::new(),
        }
    }

    fn record(nth: usize) -> Record {
        Record {
            id: format!("17.ab.{nth}"),
            time: at(60 * nth as i64),
            rule_id: Some(7),
            ..Record::default()
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn ids(queue: &Forward, name: &str) -> Vec<String> {
        queue.waiting_for(name).iter().map(|queued| queued.id.clone()).collect()
    }

    #[test]
    fn each_receiver_has_its_own_order_and_a_record_leaves_when_all_have_it() {
        let mut queue = Forward::default();
        queue.put((0..4).map(record).collect(), &[receiver("a"), receiver("b")]);
        queue.serve("a", 4);
        queue.serve("b", 1);
        assert_eq!((queue.waiting(), ids(&queue, "a").len()), (3, 0));
        assert_eq!(ids(&queue, "b"), ["17.ab.1", "17.ab.2", "17.ab.3"]);
        queue.put(vec![record(9)], &[receiver("a")]);
        assert_eq!(ids(&queue, "a"), ["17.ab.9"]);

        let written = serde_json::to_string(&queue).unwrap();
        assert_eq!(serde_json::from_str::<Forward>(&written).unwrap(), queue);
        let damaged = written.replacen("\"backlog\":\"", "\"backlog\":\"AA", 1);
        assert!(serde_json::from_str::<Forward>(&damaged).is_err());
    }

    #[test]
    fn a_receiver_takes_what_it_asks_for_and_each_end_of_a_condition() {
        use super::super::record::Kind;
        use crate::report::Phase;
        let wants = Receiver { levels: vec![Level::Critical], rules: vec![7], ..receiver("a") };
        let of = |level, rule_id, phase| Record {
            level,
            rule_id,
            phase,
            kind: Kind::Condition,
            ..Record::default()
        };
        assert!(wants.takes(&of(Level::Critical, Some(7), None)));
        assert!(!wants.takes(&of(Level::Warning, Some(7), Some(Phase::Begins))));
        assert!(!wants.takes(&of(Level::Critical, Some(8), None)));
        assert!(!wants.takes(&of(Level::Critical, None, None)));
        assert!(wants.takes(&of(Level::Info, Some(7), Some(Phase::Ended))));
        assert!(receiver("b").takes(&of(Level::Info, None, None)));
    }

    #[test]
    fn beyond_the_bounds_the_oldest_go_and_their_number_is_told_once() {
        let mut queue = Forward::default();
        let both = [receiver("a"), receiver("b")];
        queue.put((0..RECORDS + 1).map(record).collect(), &both);
        assert_eq!((queue.waiting(), ids(&queue, "a")[0].as_str()), (RECORDS, "17.ab.1"));
        let told = queue.take_untold(at(0), 4, false);
        assert_eq!(told, BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)]));
        assert!(queue.take_untold(at(0), 4, true).is_empty());

        queue.serve("b", RECORDS);
        let long = Record { text: "x".repeat(15_000), ..record(0) };
        queue.put(vec![long; 600], &both[..1]);
        let bytes: usize = queue.waiting_for("a").iter().map(|queued| queued.size()).sum();
        assert!(bytes <= BYTES && bytes > BYTES - 20_000, "{bytes}");
        // Not again so soon, unless a mail goes out anyway.
        assert!(queue.take_untold(at(3_600), 4, false).is_empty());
        let told = queue.take_untold(at(4 * 3_600), 4, false);
        assert!(told["a"] > 19_000 && !told.contains_key("b"), "{told:?}");
    }

    #[test]
    fn the_longest_names_of_the_most_receivers_leave_the_queue_readable() {
        let name = |at: usize| format!("{at}{}", "規".repeat(63));
        let receivers: Vec<Receiver> =
            (0..super::super::RECEIVERS).map(|at| receiver(&name(at))).collect();
        let mut queue = Forward::default();
        queue.put((0..RECORDS).map(record).collect(), &receivers);

        let written = serde_json::to_string(&queue).unwrap();
        assert_eq!(serde_json::from_str::<Forward>(&written).unwrap(), queue);
        let lines: usize = queue.backlog.0.iter().map(Queued::size).sum();
        assert!(lines <= BYTES && queue.waiting() > 1_000, "{lines}: {}", queue.waiting());
    }

    #[test]
    fn what_is_too_old_or_a_removed_receivers_is_let_go() {
        let mut queue = Forward::default();
        queue.put(vec![record(0), record(60)], &[receiver("a"), receiver("b")]);
        queue.expire(at(30 * 24 * 3_600 + 60));
        assert_eq!(ids(&queue, "a"), ["17.ab.60"]);
        queue.failing.insert("b".to_owned(), "gone".into());
        queue.note_stays_open("b", true);
        let gone = queue.keep_only(&[receiver("a")]);
        assert_eq!(gone, BTreeMap::from([("b".to_owned(), 1)]));
        assert_eq!((queue.waiting(), queue.failing.len()), (1, 0));
        assert!(queue.stay_open.is_empty());
        queue.keep_only(&[]);
        assert_eq!(queue.waiting(), 0);
    }
}
