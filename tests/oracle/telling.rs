//! When matches become an alert.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Minute;

/// One alert that must be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The rule's id.
    pub rule: i64,
    /// Which of those that the rule counts apart; empty where it counts none so.
    pub group: String,
    /// How many matches it takes.
    pub count: u64,
    /// The first minute in which it takes one.
    pub first: Minute,
    /// The last.
    pub last: Minute,
    /// Whether it says that the time is not known.
    pub in_one_go: bool,
}

/// One rule's matches.
#[derive(Default)]
pub struct Tally {
    /// All that there ever were.
    pub ever: BTreeMap<Minute, u64>,
    untold: BTreeMap<Minute, u64>,
    /// Different ones, for a rule that counts these.
    different: BTreeMap<Minute, BTreeSet<String>>,
    last_alert: Option<Minute>,
}

impl Tally {
    /// Adds matches.
    pub fn add(&mut self, minute: Minute, count: u64) {
        if count > 0 {
            *self.ever.entry(minute).or_default() += count;
            *self.untold.entry(minute).or_default() += count;
        }
    }

    /// Adds different ones.
    pub fn add_different(&mut self, minute: Minute, ones: Vec<String>) {
        if !ones.is_empty() {
            self.different.entry(minute).or_default().extend(ones);
            *self.untold.entry(minute).or_default() += 1;
        }
    }

    /// What the rule tells in a cycle at `now`; that is then told.
    pub fn tell(&mut self, rule: &Value, now: Minute) -> Option<Told> {
        let count = rule["threshold_type"] == "count";
        let window = rule["threshold_window"].as_i64().unwrap_or(10);
        let cooldown = rule["cooldown_minutes"].as_i64();
        let cooldown = cooldown.unwrap_or(if count { window } else { 0 });
        if self.last_alert.is_some_and(|last| now < last + cooldown) {
            return None;
        }
        let minutes: BTreeSet<Minute> = if count {
            let threshold = rule["threshold_count"].as_u64().unwrap_or(1);
            self.in_full_windows(window, threshold)
        } else {
            self.untold.keys().copied().collect()
        };
        let (first, last) = (*minutes.first()?, *minutes.last()?);
        let taken = minutes.iter().filter_map(|minute| self.untold.remove(minute));
        let matches: u64 = taken.sum();
        let ones = minutes.iter().filter_map(|minute| self.different.remove(minute));
        let ones: BTreeSet<String> = ones.flatten().collect();
        let count = if ones.is_empty() { matches } else { ones.len() as u64 };
        self.last_alert = Some(now);
        let group = rule["_group"].as_str().unwrap_or_default().to_owned();
        Some(Told { rule: super::id(rule), group, count, first, last, in_one_go: false })
    }

    /// The minutes of all windows that hold enough. A window that begins in a minute
    /// without a match holds no more than the one that begins at its first match.
    fn in_full_windows(&self, window: i64, threshold: u64) -> BTreeSet<Minute> {
        let mut minutes = BTreeSet::new();
        for begin in self.untold.keys() {
            let within = || self.untold.range(begin..&(begin + window));
            let ones = self.different.range(begin..&(begin + window));
            let ones: BTreeSet<&String> = ones.flat_map(|(_, ones)| ones).collect();
            let matches = within().map(|(_, count)| count).sum::<u64>();
            if (if ones.is_empty() { matches } else { ones.len() as u64 }) >= threshold {
                minutes.extend(within().map(|(minute, _)| *minute));
            }
        }
        minutes
    }
}
