//! What must be told: computed from the simulated PCE's own records, the rules' JSON
//! and the times of the cycles, and from nothing of the monitor.
//!
//! It keeps everything in plain maps and trims nothing; it is meant to be obviously
//! right, not small. It is written for PCEs whose rows are cumulative.

#![allow(dead_code, missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod growth;
mod matching;
mod telling;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::pce::Pce;
use growth::Baseline;
use telling::Tally;
pub use telling::Told;

/// A minute since 1970, UTC.
pub type Minute = i64;

/// One cycle: its time, and from when on each fetch that was complete reached.
#[derive(Clone, Copy, Debug)]
pub struct Cycle {
    pub now: Timestamp,
    /// `None`: events were not fetched, or not completely.
    pub events_from: Option<Timestamp>,
    /// `None`: traffic was not fetched, or not completely.
    pub traffic_from: Option<Timestamp>,
}

/// All that a perfect monitor would remember.
pub struct Oracle {
    /// `settings.event_overlap_minutes`.
    pub event_overlap: i64,
    /// `settings.traffic_overlap_minutes`.
    pub traffic_overlap: i64,
    events_position: Option<Timestamp>,
    traffic_position: Option<Timestamp>,
    known_events: BTreeSet<String>,
    baseline: Baseline,
    rules: BTreeMap<i64, Tally>,
    /// From when on each traffic rule has looked.
    since: BTreeMap<i64, Timestamp>,
}

impl Oracle {
    /// Before the first run, with the settings' defaults.
    pub fn new() -> Self {
        Self {
            event_overlap: 10,
            traffic_overlap: 30,
            events_position: None,
            traffic_position: None,
            known_events: BTreeSet::new(),
            baseline: Baseline::default(),
            rules: BTreeMap::new(),
            since: BTreeMap::new(),
        }
    }

    /// An undisturbed cycle: both fetches reach back over their overlap, the first
    /// ones over the longest window of a rule that is on, at least ten minutes.
    pub fn undisturbed(&self, now: Timestamp, rules: &[Value]) -> Cycle {
        let enabled = rules.iter().filter(|rule| rule["enabled"] != false);
        let windows = enabled.filter_map(|rule| rule["threshold_window"].as_i64());
        let first = now - SignedDuration::from_mins(windows.max().unwrap_or(10).max(10));
        let from = |position: Option<Timestamp>, overlap| {
            Some(position.map_or(first, |at| at - SignedDuration::from_mins(overlap)))
        };
        Cycle {
            now,
            events_from: from(self.events_position, self.event_overlap),
            traffic_from: from(self.traffic_position, self.traffic_overlap),
        }
    }

    /// Lives through one cycle and says what it tells, in the rules' order.
    pub fn cycle(&mut self, pce: &Pce, rules: &[Value], cycle: Cycle) -> Vec<Told> {
        let enabled: Vec<&Value> = rules
            .iter()
            .filter(|rule| rule["enabled"] != false)
            .collect();
        if let Some(from) = cycle.events_from {
            self.events(pce, &enabled, cycle.now, from);
            self.events_position = Some(cycle.now);
        }
        if let Some(from) = cycle.traffic_from {
            self.traffic(pce, &enabled, cycle.now, from);
            self.traffic_position = Some(cycle.now);
        }
        let told = enabled.iter().filter_map(|rule| {
            let tally = self.rules.entry(id(rule)).or_default();
            tally.tell(rule, minute(cycle.now))
        });
        told.collect()
    }

    /// An undisturbed cycle, lived through.
    pub fn cycle_at(&mut self, pce: &Pce, rules: &[Value], now: Timestamp) -> Vec<Told> {
        let cycle = self.undisturbed(now, rules);
        self.cycle(pce, rules, cycle)
    }

    /// The rule's filter was changed, or it was removed or disabled: it counts afresh.
    pub fn forget(&mut self, rule: i64) {
        self.rules.remove(&rule);
        self.since.remove(&rule);
    }

    /// All matches that the rule ever had, told or not.
    pub fn total(&self, rule: i64) -> u64 {
        self.matches(rule).values().sum()
    }

    /// The same by minute.
    pub fn matches(&self, rule: i64) -> BTreeMap<Minute, u64> {
        let tally = self.rules.get(&rule);
        tally.map(|tally| tally.ever.clone()).unwrap_or_default()
    }

    fn events(&mut self, pce: &Pce, rules: &[&Value], now: Timestamp, from: Timestamp) {
        let until = now + SignedDuration::from_secs(1);
        for event in pce.log() {
            let fetched = event.recorded <= now && (from..=until).contains(&event.at);
            let name = event.json["href"].as_str().map(str::to_owned);
            let name = name.unwrap_or_else(|| event.json.to_string());
            if !fetched || !self.known_events.insert(name) {
                continue;
            }
            for rule in rules {
                let count = matching::event(rule, &event.json);
                let tally = self.rules.entry(id(rule)).or_default();
                tally.add(minute(event.at), count, None);
            }
        }
    }

    fn traffic(&mut self, pce: &Pce, rules: &[&Value], now: Timestamp, from: Timestamp) {
        let rules: Vec<_> = rules
            .iter()
            .filter(|rule| rule["type"] == "traffic")
            .collect();
        if rules.is_empty() {
            return self.baseline = Baseline::default();
        }
        for rule in &rules {
            self.since.entry(id(rule)).or_insert(from);
        }
        let rows = pce.rows(now, from, now + SignedDuration::from_secs(1));
        let (rows, others): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| rules.iter().any(|rule| matching::traffic(rule, row)));
        self.baseline.forget(&others);
        for growth in self.baseline.grow(rows, self.traffic_position) {
            for rule in &rules {
                if !matching::traffic(rule, &growth.row) {
                    continue;
                }
                let Some(growth) = growth.since(self.since[&id(rule)]) else {
                    continue;
                };
                let tally = self.rules.entry(id(rule)).or_default();
                if rule["count_by"] == "flows" {
                    tally.add(growth.last, 1, Some(&growth.flow));
                } else {
                    for (minute, count) in growth.spread() {
                        tally.add(minute, count, None);
                    }
                }
            }
        }
    }
}

/// The minute that an instant lies in.
pub fn minute(instant: Timestamp) -> Minute {
    instant.as_second().div_euclid(60)
}

fn id(rule: &Value) -> i64 {
    rule["id"].as_i64().unwrap()
}
