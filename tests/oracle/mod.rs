//! What must be told: computed from the simulated PCE's own records, the rules' JSON
//! and the times of the cycles, and from nothing of the monitor.
//!
//! Events are exact, alert by alert. Of traffic it knows the connections and which
//! uploads the PCE had come to show, and never a row; so it knows what must be told at
//! least and may be told at most, on every PCE alike.
//!
//! It keeps everything in plain maps and trims nothing; it is meant to be obviously
//! right, not small.

#![allow(dead_code, missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod apart;
mod matching;
pub mod standing;
mod telling;
mod traffic;
mod uploads;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::pce::Pce;
use telling::Tally;
pub use telling::Told;
use traffic::Watch;
pub use traffic::{Allowance, Bounds};
use uploads::History;

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
    /// By the rule's id and the group; an empty one for a rule that counts none apart.
    rules: BTreeMap<(i64, String), Tally>,
    history: History,
    watches: BTreeMap<(i64, String), Watch>,
    /// What is allowed for in sums of traffic.
    pub allowance: Allowance,
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
            rules: BTreeMap::new(),
            history: History::default(),
            watches: BTreeMap::new(),
            allowance: Allowance::NONE,
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

    /// Lives through one cycle and says what its event rules tell, in the rules' order.
    pub fn cycle(&mut self, pce: &Pce, rules: &[Value], cycle: Cycle) -> Vec<Told> {
        let enabled: Vec<&Value> = rules.iter().filter(|rule| rule["enabled"] != false).collect();
        if let Some(from) = cycle.events_from {
            self.events(pce, &enabled, cycle.now, from);
            self.events_position = Some(cycle.now);
        }
        if let Some(from) = cycle.traffic_from {
            self.traffic(pce, &enabled, cycle.now, from);
            self.traffic_position = Some(cycle.now);
        }
        let events = enabled.iter().filter(|rule| rule["type"] == "event");
        let mut told = Vec::new();
        for rule in events {
            let tallies = self.rules.iter_mut().filter(|((of, _), _)| *of == id(rule));
            told.extend(tallies.filter_map(|((_, group), tally)| {
                tally.tell(&of_group(rule, group), minute(cycle.now))
            }));
        }
        told
    }

    /// What is wrong with what the rules told in the cycle just lived through, in words.
    pub fn judge(&mut self, rules: &[Value], now: Timestamp, told: &[Told]) -> Vec<String> {
        let mut faults = Vec::new();
        for rule in rules.iter().filter(|rule| rule["enabled"] != false) {
            for ((_, group), watch) in
                self.watches.iter_mut().filter(|((of, _), _)| *of == id(rule))
            {
                let mut told = told.iter().filter(|told| told.rule == id(rule));
                let told = told.find(|told| told.group == *group);
                let rule = of_group(rule, group);
                let judged = watch.judge(&rule, told, &self.history, now, self.allowance);
                let of = if group.is_empty() { String::new() } else { format!(" {group}") };
                let in_words = |fault| format!("{}{of}: {fault}", rule["name"]);
                faults.extend(judged.into_iter().map(in_words));
            }
            let known = |told: &&Told| self.watches.contains_key(&(id(rule), told.group.clone()));
            let odd = told.iter().filter(|told| told.rule == id(rule) && rule["type"] == "traffic");
            let odd = odd.filter(|told| !known(told));
            faults.extend(
                odd.map(|told| format!("{}: nobody is called {}", rule["name"], told.group)),
            );
        }
        faults
    }

    /// An undisturbed cycle, lived through.
    pub fn cycle_at(&mut self, pce: &Pce, rules: &[Value], now: Timestamp) -> Vec<Told> {
        let cycle = self.undisturbed(now, rules);
        self.cycle(pce, rules, cycle)
    }

    /// The rule's filter was changed, or it was removed or disabled: it counts afresh.
    pub fn forget(&mut self, rule: i64) {
        self.rules.retain(|(of, _), _| *of != rule);
        self.watches.retain(|(of, _), _| *of != rule);
    }

    /// All matches that the rule ever had, told or not; of traffic, at most.
    pub fn total(&self, rule: i64) -> u64 {
        match self.watches.get(&(rule, String::new())) {
            Some(watch) => watch.bounds().most,
            None => self.matches(rule).values().sum(),
        }
    }

    /// What a traffic rule must have counted by now, and what it may.
    pub fn bounds(&self, rule: i64) -> Bounds {
        let watch = self.watches.get(&(rule, String::new()));
        watch.map(Watch::bounds).unwrap_or_default()
    }

    /// An event rule's matches by minute.
    pub fn matches(&self, rule: i64) -> BTreeMap<Minute, u64> {
        let tally = self.rules.get(&(rule, String::new()));
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
                if count == 0 {
                    continue;
                }
                for group in apart::of_event(rule, &event.json) {
                    let tally = self.rules.entry((id(rule), group)).or_default();
                    match apart::different(rule, &event.json) {
                        Some(ones) => tally.add_different(minute(event.at), ones),
                        None => tally.add(minute(event.at), count),
                    }
                }
            }
        }
    }

    fn traffic(&mut self, pce: &Pce, rules: &[&Value], now: Timestamp, from: Timestamp) {
        let rules = rules.iter().filter(|rule| rule["type"] == "traffic");
        let rules: Vec<_> = rules.collect();
        if rules.is_empty() {
            self.history = History::default();
            return self.watches.clear();
        }
        self.history.fetch(pce, now, from);
        for rule in rules {
            let matching = self.history.all().filter(|it| matching::traffic(rule, &it.row));
            let mut groups: BTreeSet<String> =
                matching.map(|it| apart::of_row(rule, &it.row)).collect();
            if apart::is_apart(rule) {
                // The rule began to look when it first looked, whoever comes later.
                groups.insert(RULE.to_owned());
            } else {
                groups = BTreeSet::from([String::new()]);
            }
            let first = self.watches.get(&(id(rule), RULE.to_owned())).map(Watch::begun_alike);
            for group in groups {
                let new = || first.clone().unwrap_or_else(|| Watch::new(&self.history, from, now));
                let watch = self.watches.entry((id(rule), group.clone())).or_insert_with(new);
                watch.looks(&of_group(rule, &group), &self.history);
            }
        }
    }
}

/// The minute that an instant lies in.
pub fn minute(instant: Timestamp) -> Minute {
    instant.as_second().div_euclid(60)
}

/// No group: when the rule itself began to look.
const RULE: &str = "(the rule)";

/// The rule as it is for one group alone.
fn of_group(rule: &Value, group: &str) -> Value {
    let mut rule = rule.clone();
    if apart::is_apart(&rule) {
        rule["_group"] = group.into();
    }
    rule
}

fn id(rule: &Value) -> i64 {
    rule["id"].as_i64().unwrap()
}
