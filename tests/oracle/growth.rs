//! By how much rows have grown, and over which minutes that lies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Minute, minute};

/// What rows stood at when they were last seen.
#[derive(Default)]
pub struct Baseline(BTreeMap<String, Known>);

/// What each end last said of a row, and when the later of them saw it last. An end
/// that is out of reach of a fetch stands at what it said before.
struct Known {
    counts: BTreeMap<String, u64>,
    last: Timestamp,
}

impl Known {
    fn count(&self) -> u64 {
        *self.counts.values().max().unwrap()
    }
}

/// One row's growth since it was last seen; at least 1.
pub struct Growth {
    /// One of the two ends' rows.
    pub row: Value,
    /// Who talks to whom, whatever the state and the day.
    pub flow: String,
    pub count: u64,
    /// For a row never seen: when it began and when it was last seen.
    pub new: Option<(Timestamp, Timestamp)>,
    pub first: Minute,
    pub last: Minute,
}

impl Growth {
    /// As a rule counts it that has looked since then: what began before that counts
    /// as 1, what was over by then not at all.
    pub fn since(&self, since: Timestamp) -> Option<Self> {
        let (count, first) = match self.new {
            Some((_, last)) if last < since => return None,
            Some((first, _)) if first < since => (1, self.last),
            _ => (self.count, self.first),
        };
        let (row, flow) = (self.row.clone(), self.flow.clone());
        Some(Self {
            row,
            flow,
            count,
            new: self.new,
            first,
            last: self.last,
        })
    }

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
    /// Takes in the rows of a complete fetch, the one before it having been at
    /// `position`.
    pub fn grow(&mut self, rows: Vec<Value>, position: Option<Timestamp>) -> Vec<Growth> {
        let mut growths = Vec::new();
        for (key, reports) in both_ends(rows) {
            let first = reports.iter().map(|row| time(row, "first_detected"));
            let last = reports.iter().map(|row| time(row, "last_detected"));
            let (first, last) = (first.min().unwrap(), last.max().unwrap());
            let is_new = !self.0.contains_key(&key);
            let known = self.0.entry(key).or_insert(Known {
                counts: BTreeMap::new(),
                last,
            });
            let counted = if is_new { 0 } else { known.count() };
            for row in &reports {
                let end = row["flow_direction"].to_string();
                known
                    .counts
                    .insert(end, row["num_connections"].as_u64().unwrap());
            }
            let count = known.count().saturating_sub(counted);
            let begin = match position {
                _ if is_new => first,
                Some(position) => position.max(known.last),
                None => known.last,
            };
            known.last = known.last.max(last);
            if count > 0 {
                growths.push(Growth {
                    flow: flow(&reports[0]),
                    row: reports[0].clone(),
                    count,
                    new: is_new.then_some((first, last)),
                    first: minute(begin).min(minute(last)),
                    last: minute(last),
                });
            }
        }
        growths
    }

    /// Rows that no rule looks at are not known any more.
    pub fn forget(&mut self, rows: &[Value]) {
        for row in rows {
            self.0.remove(&key(row));
        }
    }
}

/// The reports of each row, by what it is known by.
fn both_ends(rows: Vec<Value>) -> BTreeMap<String, Vec<Value>> {
    let mut ends: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in rows {
        ends.entry(key(&row)).or_default().push(row);
    }
    ends
}

/// What a row is known by.
fn key(row: &Value) -> String {
    let date = &row["timestamp_range"]["first_detected"].as_str().unwrap()[..10];
    json!([
        ends(row),
        row["service"],
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

/// Who talks to whom on which port and protocol.
fn flow(row: &Value) -> String {
    let service = &row["service"];
    json!([ends(row), service["port"], service["proto"]]).to_string()
}

fn ends(row: &Value) -> Value {
    let end = |end: &Value| json!([end["ip"], end["workload"]["href"], end["fqdn"]]);
    json!([end(&row["src"]), end(&row["dst"])])
}

fn time(row: &Value, name: &str) -> Timestamp {
    let text = row["timestamp_range"][name].as_str().unwrap();
    text.parse().unwrap()
}
