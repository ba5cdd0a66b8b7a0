//! By how much rows have grown, and over which minutes that lies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Minute, minute};

/// What rows stood at when they were last seen.
#[derive(Default)]
pub struct Baseline(BTreeMap<String, Known>);

struct Known {
    count: u64,
    last: Timestamp,
}

/// One row's growth since it was last seen; at least 1.
pub struct Growth {
    /// One of the two ends' rows.
    pub row: Value,
    /// Who talks to whom, whatever the state and the day.
    pub flow: String,
    pub count: u64,
    pub first: Minute,
    pub last: Minute,
}

impl Growth {
    /// The growth spread evenly over its minutes; the last one never goes without.
    pub fn spread(&self) -> Vec<(Minute, u64)> {
        let minutes = (self.last - self.first + 1) as u64;
        let until = |n: u64| (u128::from(n) * u128::from(self.count) / u128::from(minutes)) as u64;
        let share = |n: u64| (self.first + n as i64, until(n + 1) - until(n));
        (0..minutes)
            .map(share)
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

impl Baseline {
    /// Takes in the rows of a complete fetch that reached back to `from`, the one
    /// before it having been at `position`.
    pub fn grow(
        &mut self,
        rows: Vec<Value>,
        from: Timestamp,
        position: Option<Timestamp>,
    ) -> Vec<Growth> {
        let mut growths = Vec::new();
        for (key, row) in both_ends_as_one(rows) {
            let (first, last) = (time(&row, "first_detected"), time(&row, "last_detected"));
            let count = row["num_connections"].as_u64().unwrap();
            let (grown, begin) = match self.0.get(&key) {
                Some(known) => (
                    count.saturating_sub(known.count),
                    position.map_or(known.last, |position| position.max(known.last)),
                ),
                None if first >= from => (count, first),
                None => (1, last),
            };
            if grown > 0 {
                growths.push(Growth {
                    flow: flow(&row),
                    row,
                    count: grown,
                    first: minute(begin).min(minute(last)),
                    last: minute(last),
                });
            }
            let known = self.0.entry(key).or_insert(Known { count, last });
            // The end that counted more may be out of reach of a later fetch.
            known.count = known.count.max(count);
            known.last = known.last.max(last);
        }
        growths
    }
}

/// Rows by what they are known by; of two ends' reports the larger count, and the
/// longer time.
fn both_ends_as_one(rows: Vec<Value>) -> BTreeMap<String, Value> {
    let mut merged: BTreeMap<String, Value> = BTreeMap::new();
    for row in rows {
        let Some(other) = merged.get_mut(&key(&row)) else {
            merged.insert(key(&row), row);
            continue;
        };
        let count = |row: &Value| row["num_connections"].as_u64();
        if count(&row) > count(other) {
            other["num_connections"] = row["num_connections"].clone();
        }
        let (mine, theirs) = (&row["timestamp_range"], other["timestamp_range"].clone());
        // RFC 3339 in UTC sorts as text.
        let text = |range: &Value, name: &str| range[name].as_str().unwrap().to_owned();
        let first = text(mine, "first_detected").min(text(&theirs, "first_detected"));
        let last = text(mine, "last_detected").max(text(&theirs, "last_detected"));
        other["timestamp_range"] = json!({"first_detected": first, "last_detected": last});
    }
    merged
}

/// What a row is known by: contract 4.4, "A row".
fn key(row: &Value) -> String {
    let date = &row["timestamp_range"]["first_detected"].as_str().unwrap()[..10];
    json!([
        flow(row),
        row["icmp_type"],
        row["icmp_code"],
        row["network"]["href"],
        row["policy_decision"],
        row["boundary_decision"],
        row["state"],
        date
    ])
    .to_string()
}

fn flow(row: &Value) -> String {
    let end = |end: &Value| json!([end["ip"], end["workload"]["href"], end["fqdn"]]);
    json!([end(&row["src"]), end(&row["dst"]), row["service"]]).to_string()
}

fn time(row: &Value, name: &str) -> Timestamp {
    let text = row["timestamp_range"][name].as_str().unwrap();
    text.parse().unwrap()
}
