//! Which span of traffic to ask for, and in which parts.

use jiff::{SignedDuration, Timestamp};

use crate::cycle::{Cycle, back, is_over, just_after};
use crate::pce::traffic::{Fetch, Part};
use crate::rules::{Decision, Filter, keyed};

/// How often what was reported late is looked for: a VEN keeps its summaries for
/// 24 hours while it can't reach the PCE [Administration 25.2].
const LATE_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// How long a PCE keeps traffic at most, in minutes: 90 days [Administration 25.2].
const KEPT: i64 = 90 * 24 * 60;

impl Cycle<'_> {
    /// Where a plain fetch begins.
    pub(in crate::cycle) fn traffic_from(&self, now: Timestamp) -> Timestamp {
        let overlap = self.config.settings.traffic_overlap_minutes.into();
        match self.state.traffic.position {
            Some(position) => back(position.min(now), overlap),
            // A first fetch that failed is made up for.
            None => {
                let first = self.first_from(now);
                let since = self.traffic_since().unwrap_or(first);
                let longest = i64::from(self.config.settings.max_catch_up_hours) * 60;
                first.min(since.max(back(now, longest)))
            }
        }
    }

    /// Since when the traffic rules look: the one that has looked longest.
    fn traffic_since(&self) -> Option<Timestamp> {
        let rules = keyed(&self.config.rules).into_iter();
        let keys = rules.filter(|(_, rule)| matches!(rule.filter, Filter::Traffic(_)));
        keys.filter_map(|(key, _)| self.state.rules.get(&key)?.since).min()
    }

    /// The decisions that the enabled traffic rules ask for, empty for all of
    /// them; `None` without such a rule.
    pub(super) fn decisions(&self) -> Option<Vec<Decision>> {
        crate::rules::decisions(&self.config.rules)
    }

    pub(super) fn plan_fetch(&mut self, decisions: Vec<String>) {
        let now = self.now();
        let complete = self.state.traffic.position;
        let from = self.reach_of_traffic(now).max(back(now, KEPT));
        let skipped_to = complete.is_some_and(|at| at < from).then_some(from);
        let parts = vec![Part::whole(from, just_after(now), &decisions)];
        self.state.series.draw_key(self.start.random);
        self.state.traffic.fetch = Some(Fetch {
            until: now,
            complete,
            skipped_to,
            decisions,
            parts,
            silent: Vec::new(),
            flaws: Vec::new(),
        });
    }

    /// Where this fetch begins: further back now and then, and not beyond the
    /// longest backlog.
    fn reach_of_traffic(&mut self, now: Timestamp) -> Timestamp {
        let from = self.traffic_from(now);
        let settings = &self.config.settings;
        let longest = back(now, i64::from(settings.max_catch_up_hours) * 60);
        if self.state.traffic.position.is_some_and(|at| at < longest) {
            self.forget_since(longest);
            return longest;
        }
        let memory = &mut self.state.traffic;
        let first = memory.position.is_none();
        let due = memory.late_at.is_none_or(|at| is_over(at, LATE_EVERY, now));
        if due {
            memory.late_at = Some(now);
        }
        if first || settings.late_reach_hours == 0 || !(due || memory.look_late > 0) {
            return from;
        }
        memory.look_late = memory.look_late.saturating_sub(1);
        let late = back(
            memory.position.unwrap_or(now).min(now),
            i64::from(settings.late_reach_hours) * 60,
        );
        let since = self.traffic_since();
        late.max(since.unwrap_or(late)).min(from)
    }

    /// What was seen before `time` is not known any more: rows that began before
    /// it are only counted from now on.
    pub(super) fn forget_since(&mut self, time: Timestamp) {
        for tally in self.state.rules.values_mut() {
            tally.since = Some(tally.since.map_or(time, |since| since.max(time)));
        }
    }
}
