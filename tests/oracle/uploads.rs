//! What the PCE had come to show, upload by upload.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::pce::{Pce, Upload};

/// By how much a PCE that shows several rows of one name stamps and shows some later.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// One upload, and the first fetches that can and that must have shown it.
pub struct Shown {
    /// Its flow as a row, but for times and counts.
    pub row: Value,
    /// What tells its flow from others, but for the end that reports it.
    pub name: String,
    /// Who talks to whom on which port and protocol.
    pub talkers: String,
    pub outbound: bool,
    pub stamp: Timestamp,
    pub times: u64,
    /// When the connections were made, and how many then.
    pub connections: Vec<(Timestamp, u64)>,
    /// The fetch before which no PCE could show it: by then it was recorded.
    pub may: Timestamp,
    /// The fetch that every PCE shows it to: its stamp lay in the fetch's reach. Others
    /// show it as a part of a row that reaches on.
    pub sure: Option<Timestamp>,
}

/// All uploads that were ever shown, also what the PCE has lost since.
#[derive(Default)]
pub struct History {
    shown: BTreeMap<Key, Shown>,
    /// The complete fetches.
    pub fetches: Vec<Timestamp>,
}

/// Name, end, stamp, moment of recording, count, and which one of equals.
type Key = (String, bool, Timestamp, Timestamp, u64, usize);

impl History {
    /// A complete fetch, from then to now.
    pub fn fetch(&mut self, pce: &Pce, now: Timestamp, from: Timestamp) {
        self.fetches.push(now);
        let mut equals: BTreeMap<Key, usize> = BTreeMap::new();
        for upload in pce.uploads() {
            if upload.recorded > now {
                continue;
            }
            let plain = key(&upload, 0);
            let nth = equals.entry(plain).or_default();
            let key = key(&upload, *nth);
            *nth += 1;
            let known = self.shown.entry(key);
            let shown = known.or_insert_with(|| shown(upload.clone(), now));
            let in_reach = upload.stamp >= from && upload.stamp + SLACK <= now;
            if shown.sure.is_none() && in_reach && upload.recorded + SLACK <= now {
                shown.sure = Some(now);
            }
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Shown> {
        self.shown.values()
    }

    /// The fetch before the last one.
    pub fn before(&self) -> Option<Timestamp> {
        self.fetches.iter().rev().nth(1).copied()
    }
}

fn key(upload: &Upload, nth: usize) -> Key {
    (upload.name(), upload.outbound, upload.stamp, upload.recorded, upload.times, nth)
}

fn shown(upload: Upload, now: Timestamp) -> Shown {
    let row = upload.flow.row(upload.outbound);
    let end = |end: &Value| format!("{} {} {}", end["ip"], end["workload"]["href"], end["fqdn"]);
    let service = &row["service"];
    Shown {
        talkers: format!(
            "{} {} {} {}",
            end(&row["src"]),
            end(&row["dst"]),
            service["port"],
            service["proto"]
        ),
        name: upload.name(),
        row,
        outbound: upload.outbound,
        stamp: upload.stamp,
        times: upload.times,
        connections: upload.connections,
        may: now,
        sure: None,
    }
}
