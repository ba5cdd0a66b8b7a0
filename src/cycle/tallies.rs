//! What the rules keep from cycle to cycle, and what it makes them tell.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::notice::Happened;
use super::poll::Positions;
use super::site::{Site, back, is_over};
use super::{events, pauses, traffic};
use crate::mail::compose::CARDS;
use crate::report::Alert;
use crate::report::budget;
use crate::report::daily::Learning;
use crate::report::tally::Tally;
use crate::rules::known::{self, Known, News};
use crate::rules::minutes::{Minute, minute_of};
use crate::rules::{Filter, Rule, Threshold, keyed};
use crate::store::state::State;

/// The least that the first run looks back.
const FIRST_REACH_MINUTES: u32 = 10;

/// So many rules that had to let groups go are told in one run.
const GONE_TOLD: usize = 5;

/// How often is told that a rule had to let groups go.
const GONE_TOLD_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Every enabled rule gets a tally, the one it had where its filter is the
/// same; what belongs to no rule any more is let go.
pub(super) fn adopt_rules(site: &Site<'_>, state: &mut State, now: Timestamp) {
    let events = events::plain_from(site, state, now);
    let traffic = traffic::plain_from(site, state, now);
    state.events.since.get_or_insert(events);
    let never_read = state.traffic.position.is_none();
    let mut known = std::mem::take(&mut state.rules);
    let mut adopted = BTreeMap::new();
    for (key, rule) in keyed(&site.config.rules) {
        let since = match rule.filter {
            Filter::Event(_) => events,
            Filter::Traffic(_) => traffic,
            // These count nothing.
            Filter::Workload(_) => continue,
        };
        let fresh = || Tally {
            since: Some(since),
            unknown_before: state.traffic.let_go,
            ..Tally::default()
        };
        // What a rule has to have counted to be sure that nothing came.
        let covered = match (known.contains_key(&key), &rule.filter) {
            // What was read already is not read again for it.
            (false, Filter::Event(_)) => state.events.position.map_or(since, |at| at.max(since)),
            _ => now,
        };
        let (mut tally, looked_since) = match known.remove(&key) {
            Some(tally) => (tally, now),
            None => (fresh(), since),
        };
        let begin = || Some(Box::new(Known::new(site.call.random, looked_since)));
        tally.known = rule.newness.and_then(|_| tally.known.or_else(begin));
        tally.of_traffic = matches!(rule.filter, Filter::Traffic(_));
        tally.expect(rule.threshold, covered);
        tally.threshold = Some(rule.threshold);
        if never_read {
            // Set by the host's clock alone, it may lie in the future.
            tally.began_by(since);
        }
        adopted.insert(key, tally);
    }
    let learners = adopted.values().filter(|tally| tally.known.is_some()).count();
    let learnt = adopted.values_mut().filter_map(|tally| tally.known.as_mut());
    learnt.for_each(|groups| groups.share_with(learners));
    state.rules = adopted;
    if known.values().any(|tally| tally.of_traffic) {
        state.traffic.let_go = Some(now);
    }
}

/// Where a first fetch begins: the longest window of an enabled rule ago.
pub(super) fn first_from(rules: &[Rule], now: Timestamp) -> Timestamp {
    let enabled = rules.iter().filter(|rule| rule.enabled);
    let windows = enabled.map(|rule| match rule.threshold {
        Threshold::Immediate | Threshold::Standing { .. } => 0,
        Threshold::Count { window, .. } | Threshold::Below { window, .. } => window,
    });
    back(now, windows.max().unwrap_or_default().max(FIRST_REACH_MINUTES).into())
}

/// AGGREGATE: what the rules have to tell now, the worst first.
pub(super) fn judge(
    site: &Site<'_>,
    state: &mut State,
    let_go_by: Positions,
    now: Timestamp,
) -> Vec<Alert> {
    let settings = &site.config.settings;
    let reach = i64::from(settings.late_reach_hours) * 60;
    let earliest = |position: Option<Timestamp>, overlap: u32| {
        position.map(|position| minute_of(position) - reach.max(overlap.into()))
    };
    let earliest_event = earliest(let_go_by.events, settings.event_overlap_minutes);
    let earliest_row = earliest(let_go_by.traffic, settings.traffic_overlap_minutes);
    let mut rules = keyed(&site.config.rules);
    rules.sort_by_key(|(_, rule)| Reverse(rule.level));
    let (mut alerts, mut held) = (Vec::new(), Vec::new());
    let pauses = site.pauses();
    for (key, rule) in rules {
        let Some(tally) = state.rules.get_mut(&key) else {
            continue;
        };
        held.extend(pauses::hold(&pauses, &mut state.held, rule, tally, now));
        let mut alert = tally.alert(rule, minute_of(now));
        if alerts.len() >= CARDS {
            // Thousands of alerts must not keep what no mail has room for.
            alert.iter_mut().for_each(Alert::keep_in_short);
        }
        alerts.extend(alert);
        let (earliest, by) = match rule.filter {
            Filter::Event(_) => (earliest_event, let_go_by.events),
            Filter::Traffic(_) => (earliest_row, let_go_by.traffic),
            Filter::Workload(_) => (None, None),
        };
        tally.settle(rule, earliest.unwrap_or(Minute::MIN), by.map(minute_of));
    }
    if !held.is_empty() {
        state.history.change(|open| open.tell(held));
    }
    budget::keep_to_bound(&mut state.rules);
    known::keep_to_bound(state.rules.values_mut().filter_map(|tally| tally.known.as_deref_mut()));
    alerts
}

/// What the rules learn, for the day's report; what was new to them is told with it.
pub(super) fn learning(site: &Site<'_>, state: &mut State, now: Timestamp) -> Vec<Learning> {
    let mut all = Vec::new();
    for (key, rule) in keyed(&site.config.rules) {
        let known = state.rules.get_mut(&key).and_then(|tally| tally.known.as_deref_mut());
        let Some(known) = known else { continue };
        all.extend(Learning::of(rule, known, now));
        known.news = News::default();
    }
    all
}

/// Groups that rules let go or forgot for want of room, and no alert has told of.
pub(super) fn groups_gone(site: &Site<'_>, state: &mut State, now: Timestamp) -> Vec<Happened> {
    let mut gone = Vec::new();
    for (key, rule) in keyed(&site.config.rules) {
        let tally = state.rules.get_mut(&key);
        let over = |told| is_over(told, GONE_TOLD_EVERY, now);
        if let Some((groups, known)) = tally.and_then(|tally| tally.gone_untold(now, over)) {
            gone.push(Happened::GroupsGone { rule: rule.name.clone(), groups, known });
            if gone.len() >= GONE_TOLD {
                break; // The others with the next run.
            }
        }
    }
    gone
}
