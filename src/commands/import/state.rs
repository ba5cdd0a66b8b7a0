//! The Python tool's state: up to when it had read, and what it had counted.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Ids, Import};
use crate::lang::import as words;
use crate::report::group::Group;
use crate::report::tally::Tally;
use crate::rules::engine::Counter;
use crate::rules::minutes::minute_of;
use crate::rules::{Filter, Rule, Threshold, keyed};
use crate::store::{self, Error, StateUse};

/// The Python tool asked for traffic up to five minutes ago.
const TRAFFIC_DELAY: SignedDuration = SignedDuration::from_mins(5);

impl Import<'_> {
    /// Imports a state into the config's, where that has no position yet.
    pub(super) fn take_state(&mut self, file: &Path, state: &Value) {
        if self.other_pce {
            return self.nothing(file, words::of_other_pce(self.lang));
        }
        let Some(read_until) = state["last_check"].as_str().and_then(time) else {
            return self.nothing(file, words::no_position(self.lang));
        };
        if let Err(error) = self.save_state(file, state, read_until) {
            self.fails(&error);
        }
    }

    fn nothing(&mut self, file: &Path, reason: String) {
        let line = words::nothing_taken(self.lang, reason);
        self.tell(file, line);
    }

    /// Under the run's lock: no cycle may hold the state that is changed here.
    fn save_state(&mut self, file: &Path, old: &Value, until: Timestamp) -> Result<(), Error> {
        let path = store::resolve(self.call.config)?;
        let _lock = store::lock_run(&path, self.call.now)?;
        let opened = match store::open(&path, self.call.env, StateUse::Keep) {
            Ok(opened) => opened,
            Err(unopened) => {
                let reasons = unopened.error.lines(self.lang).join("; ");
                let line = words::after_mending(self.lang, reasons);
                let line = words::of_file(self.lang, file.display(), line);
                self.refuse::<()>(line);
                return Ok(());
            }
        };
        let (mut store, mut state) = (opened.store, opened.state);
        if state.events.position.is_some() || state.traffic.position.is_some() {
            self.nothing(file, words::has_position(self.lang));
            return Ok(());
        }
        let traffic = until.checked_sub(TRAFFIC_DELAY).unwrap_or(until);
        state.events.position = Some(until);
        state.events.since = Some(until);
        state.traffic.position = Some(traffic);
        let reads_traffic = opened
            .config
            .rules
            .iter()
            .any(|rule| rule.enabled && matches!(rule.filter, Filter::Traffic(_)));
        self.tell(
            file,
            match reads_traffic {
                true => words::position_both(self.lang, until, traffic),
                false => words::position(self.lang, until),
            },
        );
        for (key, rule) in keyed(&opened.config.rules) {
            let since = match rule.filter {
                Filter::Event(_) => until,
                Filter::Traffic(_) => traffic,
                Filter::Workload(_) => continue,
            };
            let tally = Tally {
                since: Some(since),
                all: Group { counter: self.counted(file, old, rule), ..Group::default() },
                ..Tally::default()
            };
            state.rules.insert(key, tally);
        }
        self.name_lost_history(file, old, &opened.config.rules);
        match store.save(&mut state)? {
            store::Saved::Both => Ok(()),
            store::Saved::But(remark) => {
                self.said.problems.push(remark.text(self.lang));
                Ok(())
            }
            store::Saved::LastOnly(error) => Err(error),
        }
    }

    /// What a rule of ours counts of the history of the rule that it was.
    fn counted(&mut self, file: &Path, old: &Value, rule: &Rule) -> Counter {
        let Some(id) = self.rules.before(rule.id) else {
            return Counter::default();
        };
        let history = history(old, id);
        let (Threshold::Count { count, window }, false) = (rule.threshold, history.is_empty())
        else {
            return Counter::default();
        };
        if matches!(rule.filter, Filter::Traffic(_)) {
            self.tell(file, words::traffic_history(self.lang, rule.id));
            return Counter::default();
        }
        let told = old["alert_history"][id.to_string()].as_str().and_then(time);
        let counter = untold(&history, told, count, window.into());
        let matches = counter.untold.total();
        if matches > 0 {
            self.tell(file, words::counts(self.lang, matches, rule.id));
        }
        counter
    }

    fn name_lost_history(&mut self, file: &Path, old: &Value, rules: &[Rule]) {
        let ids = old["history"].as_object().into_iter().flatten();
        let ids: Vec<i64> = ids.filter_map(|(id, _)| id.parse().ok()).collect();
        for id in ids.into_iter().filter(|id| !history(old, *id).is_empty()) {
            let here = |rule: &Rule| self.rules.before(rule.id) == Some(id);
            if self.rules.shared.contains(&id) {
                self.tell(file, words::shared_history(self.lang, id));
            } else if !rules.iter().any(here) {
                self.tell(file, words::lost_history(self.lang, id));
            }
        }
    }
}

impl Ids {
    /// The id that a rule of ours had with the Python tool, where it alone had it.
    fn before(&self, ours: i64) -> Option<i64> {
        let id = match self.known {
            true => *self.taken.iter().find(|(_, id)| **id == ours)?.0,
            false => ours,
        };
        (!self.shared.contains(&id)).then_some(id)
    }
}

/// When it matched and how often, oldest first. An older form is the time alone.
fn history(state: &Value, id: i64) -> Vec<(Timestamp, u64)> {
    let entries = state["history"][id.to_string()].as_array();
    let entry = |entry: &Value| match entry {
        Value::String(text) => Some((time(text)?, 1)),
        // The latest versions wrote an entry for each event, by its id.
        entry if entry["event_id"].is_string() => Some((time(entry["t"].as_str()?)?, 1)),
        entry => Some((time(entry["t"].as_str()?)?, entry["c"].as_u64()?)),
    };
    let mut entries: Vec<_> = entries.into_iter().flatten().filter_map(entry).collect();
    entries.sort();
    entries
}

/// The matches that the Python tool has not told, and when it last told some. It
/// alerted in each run whose window held enough, unless a cooldown ran; only the
/// later versions wrote down when (`told`).
fn untold(
    history: &[(Timestamp, u64)],
    told: Option<Timestamp>,
    count: u64,
    window: i64,
) -> Counter {
    let told = told.or_else(|| last_alert(history, count, window));
    let mut counter = Counter { alerted: told.map(minute_of), ..Counter::default() };
    let later = |at: &Timestamp| told.is_none_or(|told| *at > told);
    for (at, count) in history.iter().filter(|(at, _)| later(at)) {
        counter.untold.add(minute_of(*at), *count);
    }
    counter
}

/// The last run in which the window behind it held enough; the window's begin is
/// not in it.
fn last_alert(history: &[(Timestamp, u64)], count: u64, window: i64) -> Option<Timestamp> {
    let window = SignedDuration::from_mins(window);
    let (mut inside, mut sum, mut alert) = (history.iter().peekable(), 0u64, None);
    for (run, matches) in history {
        sum = sum.saturating_add(*matches);
        let over = |(at, _): &&(Timestamp, u64)| run.duration_since(*at) >= window;
        while let Some((_, matches)) = inside.next_if(over) {
            sum = sum.saturating_sub(*matches);
        }
        if sum >= count {
            alert = Some(*run);
        }
    }
    alert
}

/// `2026-08-03T10:00:00Z`; the very first version wrote no zone, and meant UTC.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second((29_000_000 + minute) * 60).unwrap()
    }

    fn left(matches: &[(i64, u64)], told: Option<i64>) -> (u64, Option<i64>) {
        let history: Vec<_> = matches.iter().map(|(minute, count)| (at(*minute), *count)).collect();
        let counter = untold(&history, told.map(at), 3, 10);
        (counter.untold.total(), counter.alerted.map(|minute| minute - 29_000_000))
    }

    #[test]
    fn what_the_old_tool_told_is_not_told_again() {
        assert_eq!(left(&[(0, 1), (5, 1)], None), (2, None));
        assert_eq!(left(&[(0, 1), (5, 2)], None), (0, Some(5)));
        assert_eq!(left(&[(0, 3), (5, 1), (15, 1)], None), (1, Some(5)));
        assert_eq!(left(&[(0, 1), (10, 2)], None), (3, None), "its window is strict");
        assert_eq!(left(&[(0, 3), (5, 1)], Some(0)), (1, Some(0)), "in the cooldown");
    }

    #[test]
    fn both_forms_of_an_entry_are_read_and_others_left_out() {
        let state = serde_json::json!({"history": {"7": [
            {"t": "2026-08-03T10:05:00Z", "c": 2}, "2026-08-03T10:00:00Z", 5, {"t": "x", "c": 1},
            {"t": "2026-08-03T10:06:00"}, {"t": "2026-08-03T10:07:00Z", "event_id": "e1"}
        ]}});
        let counts: Vec<u64> = history(&state, 7).iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [1, 2, 1]);
        assert!(history(&state, 8).is_empty());
    }
}
