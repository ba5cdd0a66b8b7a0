//! Which span of traffic to ask for, and in which parts.

use jiff::{SignedDuration, Timestamp};

use crate::cycle::poll::Desk;
use crate::cycle::site::{Site, back, is_over, just_after};
use crate::cycle::tallies;
use crate::pce::traffic::{Fetch, Part};
use crate::rules::{Filter, keyed};
use crate::store::state::State;

/// How often what was reported late is looked for: a VEN keeps its summaries for
/// 24 hours while it can't reach the PCE [Administration 25.2].
const LATE_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// How long a PCE keeps traffic at most, in minutes: 90 days [Administration 25.2].
const KEPT: i64 = 90 * 24 * 60;

/// Plans a fetch of all that is new.
pub(super) fn begin_fetch(desk: &mut Desk<'_, '_>, decisions: Vec<String>) {
    let now = desk.now();
    let complete = desk.state.traffic.position;
    let from = reach(desk.site, desk.state, now).max(back(now, KEPT));
    let skipped_to = complete.is_some_and(|at| at < from).then_some(from);
    let parts = vec![Part::whole(from, just_after(now), &decisions)];
    desk.state.series.draw_key(desk.site.call.random);
    desk.state.traffic.fetch = Some(Fetch {
        until: now,
        complete,
        skipped_to,
        decisions,
        parts,
        silent: Vec::new(),
        flaws: Vec::new(),
    });
}

/// Where a plain fetch begins.
pub(in crate::cycle) fn plain_from(site: &Site<'_>, state: &State, now: Timestamp) -> Timestamp {
    let overlap = site.config.settings.traffic_overlap_minutes.into();
    match state.traffic.position {
        Some(position) => back(position.min(now), overlap),
        // A first fetch that failed is made up for.
        None => {
            let first = tallies::first_from(&site.config.rules, now);
            let since = rules_look_since(site, state).unwrap_or(first);
            let longest = i64::from(site.config.settings.max_catch_up_hours) * 60;
            first.min(since.max(back(now, longest)))
        }
    }
}

/// Where this fetch begins: further back now and then, and not beyond the
/// longest backlog.
fn reach(site: &Site<'_>, state: &mut State, now: Timestamp) -> Timestamp {
    let from = plain_from(site, state, now);
    let settings = &site.config.settings;
    let longest = back(now, i64::from(settings.max_catch_up_hours) * 60);
    if state.traffic.position.is_some_and(|at| at < longest) {
        forget_since(state, longest);
        return longest;
    }
    let memory = &mut state.traffic;
    let first = memory.position.is_none();
    let due = memory.late_at.is_none_or(|at| is_over(at, LATE_EVERY, now));
    if due {
        memory.late_at = Some(now);
    }
    if first || settings.late_reach_hours == 0 || !(due || memory.look_late > 0) {
        return from;
    }
    memory.look_late = memory.look_late.saturating_sub(1);
    let position = memory.position.unwrap_or(now).min(now);
    let late = back(position, i64::from(settings.late_reach_hours) * 60);
    late.max(rules_look_since(site, state).unwrap_or(late)).min(from)
}

/// Since when the traffic rules look: the one that has looked longest.
fn rules_look_since(site: &Site<'_>, state: &State) -> Option<Timestamp> {
    let rules = keyed(&site.config.rules).into_iter();
    let keys = rules.filter(|(_, rule)| matches!(rule.filter, Filter::Traffic(_)));
    keys.filter_map(|(key, _)| state.rules.get(&key)?.since).min()
}

/// What was seen before `time` is not known any more: rows that began before
/// it are only counted from now on.
pub(super) fn forget_since(state: &mut State, time: Timestamp) {
    for tally in state.rules.values_mut() {
        tally.since = Some(tally.since.map_or(time, |since| since.max(time)));
    }
}
