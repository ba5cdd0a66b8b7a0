//! The cycle's events: from the position less the overlap, to now.

use jiff::{SignedDuration, Timestamp};

use super::notice::Happened;
use super::poll::{Desk, Incomplete, Reading};
use super::site::{Site, back, is_over, just_after};
use super::tallies;
use super::trial::{Counted, Tallied, Trial};
use crate::archive::Kind;
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::events::{EventMemory, Fetched, fetch};
use crate::pce::record::Event;
use crate::pce::seen::{MAX_SEEN, SeenEvents};
use crate::report::budget;
use crate::report::pause::Pauses;
use crate::rules::minutes::minute_of;
use crate::rules::{EventFilter, Filter};
use crate::store::state::State;

/// A long backlog is read in slices of this length, each moving the position.
const SLICE: SignedDuration = SignedDuration::from_hours(6);

/// How often what was recorded late is looked for.
const LATE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How often it is told that more events came than are remembered.
const TOLD_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// In how many cycles after an outage it is looked for in any case.
const LATE_AFTER_OUTAGE: u32 = 3;

/// Reads what is new, slice by slice, oldest first; how far that came, and how many
/// events are new.
pub(super) fn read(desk: &mut Desk<'_, '_>, client: &mut Client) -> (Reading<Error>, u64) {
    let now = desk.now();
    let mut skipped = beyond_reach(desk.site, desk.state, now);
    let mut begin = skipped.map_or_else(|| reach(desk.site, desk.state, now), |(_, until)| until);
    let (mut new, mut moved, mut failed) = (0, false, None);
    while begin < now {
        let end = begin.checked_add(SLICE).unwrap_or(now);
        let (end, to) = if end >= now { (now, just_after(now)) } else { (end, end) };
        match read_slice(desk, client, begin, to) {
            Ok(came) => new += came,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        let memory = &mut desk.state.events;
        let position = memory.position.map_or(end, |position| position.min(now).max(end));
        if let Some((from, until)) = skipped.take() {
            memory.since = Some(until);
            desk.happened.push(Happened::EventsSkipped { from, until });
        }
        moved |= memory.position != Some(position);
        memory.position = Some(position);
        memory.fetched_at = Some(desk.site.call.now);
        begin = end;
    }
    let_go(desk);
    (conclude(&mut desk.state.events, failed, moved, now), new)
}

/// Where a plain fetch begins.
pub(super) fn plain_from(site: &Site<'_>, state: &State, now: Timestamp) -> Timestamp {
    let overlap = site.config.settings.event_overlap_minutes.into();
    match state.events.position {
        // What was before the very first fetch is told already, or nobody's
        // news; a first fetch that lies ahead was dated by a wrong clock.
        Some(position) => {
            let position = position.min(now);
            let first = state.events.since.filter(|first| *first <= position);
            back(position, overlap).max(first.unwrap_or(Timestamp::MIN))
        }
        // A first fetch that failed is made up for.
        None => {
            let first = tallies::first_from(&site.config.rules, now);
            state.events.since.map_or(first, |since| since.min(first))
        }
    }
}

/// The span that is skipped, where the backlog is too long. It is told once
/// something behind it was read: a fetch that fails skips nothing yet.
fn beyond_reach(site: &Site<'_>, state: &State, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let from = plain_from(site, state, now);
    // What lies behind the position was read already: only the overlap is lost.
    let unread = state.events.position.unwrap_or(from);
    let hours = site.config.settings.max_event_catch_up_hours;
    let longest = back(now, i64::from(hours) * 60);
    (unread < longest).then_some((unread, longest))
}

/// Where this fetch begins: further back now and then, never before the first
/// fetch of all.
fn reach(site: &Site<'_>, state: &mut State, now: Timestamp) -> Timestamp {
    let from = plain_from(site, state, now);
    let hours = site.config.settings.late_reach_hours;
    let memory = &mut state.events;
    let due = memory.late_at.is_none_or(|at| is_over(at, LATE_EVERY, now));
    if hours == 0 || !(due || memory.look_late > 0) {
        return from;
    }
    memory.late_at = Some(now);
    memory.look_late = memory.look_late.saturating_sub(1);
    let position = memory.position.unwrap_or(now).min(now);
    back(position, i64::from(hours) * 60).max(memory.since.unwrap_or(from)).min(from)
}

/// One slice, counted as a whole or not at all; how many of its events are new.
fn read_slice(
    desk: &mut Desk<'_, '_>,
    client: &mut Client,
    from: Timestamp,
    to: Timestamp,
) -> Result<u64, Error> {
    budget::keep_to_bound(&mut desk.state.rules);
    let mut tries = 1;
    let (slice, cut) = loop {
        let mut slice = Slice::of(desk);
        match fetch(client, from, to, &mut |event, raw| slice.take(event, raw)) {
            Ok(Fetched { cut }) => break (slice, cut),
            Err(Error::Broken { .. }) if client.may_try_again(&mut tries) => {}
            Err(error) => return Err(error),
        }
    };
    let Slice { trial, seen, new, unreadable, .. } = slice;
    let counted = trial.counted();
    keep(desk, counted, seen);
    if unreadable > 0 {
        desk.happened.push(Happened::EventsUnreadable(unreadable));
    }
    // What lies behind the position was told when it was first read.
    let told = desk.state.events.position;
    let untold = cut.into_iter().filter(|second| told.is_none_or(|told| *second >= told));
    desk.happened.extend(untold.map(Happened::EventsCut));
    Ok(new)
}

/// What a slice came to holds from now on.
fn keep(desk: &mut Desk<'_, '_>, counted: Tallied, seen: SeenEvents) {
    desk.state.seen = seen;
    desk.take(counted);
}

/// Counts events that were read before, as a run at this time would that reads them now:
/// `each` hands them over.
pub(super) fn replay(desk: &mut Desk<'_, '_>, each: impl FnOnce(&mut dyn FnMut(&[u8]))) {
    budget::keep_to_bound(&mut desk.state.rules);
    let mut slice = Slice::of(desk);
    each(&mut |raw| slice.take(serde_json::from_slice(raw).ok().as_ref(), raw));
    let Slice { trial, seen, .. } = slice;
    let counted = trial.counted();
    keep(desk, counted, seen);
    desk.state.events.position = Some(desk.now());
    let_go(desk);
}

/// Forgets the events that no fetch can bring again, and keeps to the bound.
fn let_go(desk: &mut Desk<'_, '_>) {
    let settings = &desk.site.config.settings;
    let reach = i64::from(settings.late_reach_hours) * 60;
    let overlap = i64::from(settings.event_overlap_minutes);
    let seen = &mut desk.state.seen;
    if let Some(position) = desk.let_go_by.events {
        // By a clock that runs ahead of all records nothing is let go.
        let newest = seen.newest();
        let position = newest.map_or(position, |newest| newest.min(position));
        // A minute more than a fetch reaches back, for the split at whole seconds.
        seen.forget_before(back(position, reach.max(overlap) + 1));
    }
    if let Some(first_kept) = seen.keep_to(MAX_SEEN) {
        forget_before(desk, first_kept);
    }
}

/// What is forgotten must not be fetched again, which is told once a day: a site
/// that has so many events has them in every cycle.
fn forget_before(desk: &mut Desk<'_, '_>, first_kept: Timestamp) {
    let now = desk.now();
    let memory = &mut desk.state.events;
    let since = memory.since.map_or(first_kept, |since| since.max(first_kept));
    memory.since = Some(since);
    if memory.forgot_at.is_none_or(|at| is_over(at, TOLD_EVERY, now)) {
        memory.forgot_at = Some(now);
        desk.happened.push(Happened::EventsForgotten { since });
    }
}

/// Takes note of how it ended. `moved`: something of it was read.
fn conclude(
    memory: &mut EventMemory,
    failed: Option<Error>,
    moved: bool,
    now: Timestamp,
) -> Reading<Error> {
    let Some(error) = failed else {
        if memory.failures > 0 {
            memory.look_late = LATE_AFTER_OUTAGE;
        }
        memory.failures = 0;
        return Reading::Complete(now);
    };
    memory.failures = if moved { 1 } else { memory.failures.saturating_add(1) };
    let (position, failures) = (memory.position, memory.failures);
    Reading::Incomplete(Incomplete { error, position, failures })
}

/// One slice, counted on copies until it is known to be complete.
struct Slice<'c> {
    trial: Trial<'c, EventFilter>,
    pauses: &'c Pauses<'c>,
    seen: SeenEvents,
    now: Timestamp,
    new: u64,
    unreadable: u64,
}

impl<'c> Slice<'c> {
    fn of(desk: &'c Desk<'_, '_>) -> Self {
        let filter_of = |filter: &'c Filter| match filter {
            Filter::Event(filter) => Some(filter),
            Filter::Traffic(_) | Filter::Workload(_) => None,
        };
        Self {
            trial: Trial::of(desk, Kind::Events, filter_of, 0),
            pauses: &desk.pauses,
            seen: desk.state.seen.clone(),
            now: desk.now(),
            new: 0,
            unreadable: 0,
        }
    }

    /// Counts an event that is new, at its own time.
    fn take(&mut self, event: Option<&Event<'_>>, raw: &[u8]) {
        let nothing = Event::default();
        let known = event.unwrap_or(&nothing);
        let own = known.timestamp.timestamp().or(known.time.timestamp());
        let at = own.unwrap_or(self.now).min(just_after(self.now));
        if !self.seen.insert(known, raw, at) {
            return;
        }
        self.new += 1;
        self.unreadable += u64::from(event.is_none());
        if event.is_some() {
            self.trial.archive(raw);
        }
        let rules = self.trial.rules.iter().enumerate();
        let matching = rules.filter(|(_, (_, _, filter))| filter.matches(known));
        let mut places: Vec<usize> = matching.map(|(place, _)| place).collect();
        let pauses = self.pauses;
        self.trial.count(&mut places, raw, |rule, paused, filter, tally| {
            let minute = minute_of(at);
            let pause = pauses.which(pauses.of_event(paused, known), minute);
            let held = pause.is_some() || pauses.hold_all(paused, minute);
            let more = tally.count_held_event(rule.newness, filter, known, (at, pause), raw)?;
            Some(Counted { more, held })
        });
    }
}
