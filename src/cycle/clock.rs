//! The cycle's clock against what earlier cycles knew: one wrong `Date`, or a host
//! that was set, must neither lose nor repeat anything.

use jiff::{SignedDuration, Timestamp};

use super::poll::Positions;
use super::site::Site;
use crate::pce::clock::Clock;
use crate::store::state::{BeforeJump, State};

/// A clock that jumps by more is told.
const JUMP: SignedDuration = SignedDuration::from_mins(5);

/// A position that lies ahead of the clock by less is a matter of seconds that the
/// PCE's `Date` does not show.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// A clock that jumps by more has to hold anew.
pub(super) const FAR: SignedDuration = SignedDuration::from_hours(2);

/// A clock has held once a day has passed by it …
const HOLD_HOURS: i64 = 24;

/// … and so much more than any fetch reaches back.
const MARGIN_HOURS: i64 = 2;

/// What the new clock says passed counts as the host's clock says, or up to this: a
/// host that was set back must not keep a clock in doubt for ever.
const STEP: SignedDuration = SignedDuration::from_hours(1);

/// What became of the clock since the last run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClockNews {
    /// It jumped: so many seconds it was ahead of the host's, and now is.
    pub jump: Option<(i64, i64)>,
    /// It stands, at this time, before what was read already: nothing is due by it.
    pub doubted: Option<Timestamp>,
    /// It had run ahead: all from here on is read once more.
    pub back_to: Option<Timestamp>,
}

impl ClockNews {
    pub fn is_doubted(&self) -> bool {
        self.doubted.is_some()
    }
}

/// Takes note of the PCE's clock, and says whether it can be gone by.
///
/// A position in the future means that this clock or that of the cycle before
/// is wrong. Until a second cycle has confirmed the clock nothing is fetched;
/// then the position is reckoned anew from the time that has passed since.
///
/// A clock that jumped ahead can't be told from one that was set right. So it is
/// gone by, and until it has held for more than a day the positions of before it
/// are kept, and nothing is let go that a fetch from there brings again. If it
/// jumps back, all is read again from there.
pub(super) fn judge(site: &Site<'_>, state: &mut State, clock: &Clock) -> ClockNews {
    let now = clock.now();
    let mut verdict = ClockNews { jump: jump(state, clock), ..ClockNews::default() };
    let jumped = verdict.jump.map(|(before, after)| SignedDuration::from_secs(after - before));
    let was_doubtful = state.before_jump.is_some();
    reckon_how_long_it_held(site, state, clock, jumped);
    let_go_of_late_looks_ahead(state, now);
    if !is_ahead(state, now) {
        if was_doubtful && jumped.is_some_and(|jump| jump.is_negative()) {
            verdict.back_to = go_back_before_the_jump(state, now);
        }
        return verdict;
    }
    if jumped.is_some() {
        verdict.doubted = Some(now);
        return verdict;
    }
    reckon_positions(state, now, site.call.now);
    verdict.back_to = go_back_before_the_jump(state, now);
    for tally in state.rules.values_mut() {
        tally.began_by(now);
    }
    verdict
}

/// The positions that what is remembered may be let go by.
pub(super) fn positions_to_let_go_by(state: &State) -> Positions {
    let (events, traffic) = (state.events.position, state.traffic.position);
    match state.before_jump {
        None => Positions { events, traffic },
        Some(before) => Positions {
            events: earlier(events, before.events),
            traffic: earlier(traffic, before.traffic),
        },
    }
}

/// Until the PCE's clock was seen the host's had to serve. What was noted by it
/// is reckoned in the PCE's time, once.
pub(super) fn reckon_first_times(state: &mut State, clock: &Clock) {
    if !clock.is_from_pce() || state.clock_offset_seconds.is_some() {
        return;
    }
    let offset = clock.offset();
    state.clock_offset_seconds = Some(offset.as_secs());
    let reckoned = |time: Timestamp| time.checked_add(offset).unwrap_or(time);
    if state.events.position.is_none() {
        state.events.since = state.events.since.map(reckoned);
    }
    if state.events.position.is_none() && state.traffic.position.is_none() {
        for tally in state.rules.values_mut() {
            tally.since = tally.since.map(reckoned);
            tally.known.iter_mut().for_each(|known| known.since = reckoned(known.since));
        }
    }
}

/// How far the PCE's clock was ahead of the host's in the last run and is now, in
/// seconds, where the difference is worth telling.
fn jump(state: &mut State, clock: &Clock) -> Option<(i64, i64)> {
    if !clock.is_from_pce() {
        return None;
    }
    let offset = clock.offset();
    let before = state.clock_offset_seconds.replace(offset.as_secs())?;
    let jump = offset - SignedDuration::from_secs(before);
    (jump.abs() > JUMP).then_some((before, offset.as_secs()))
}

fn is_ahead(state: &State, now: Timestamp) -> bool {
    let positions = [state.events.position, state.traffic.position];
    let mut known = positions.iter().flatten();
    known.any(|position| position.duration_since(now) > AHEAD)
}

/// Each position that lies ahead becomes that of the time that passed since its
/// fetch, as the host saw it.
fn reckon_positions(state: &mut State, now: Timestamp, host: Timestamp) {
    let is_ahead = |position: Option<Timestamp>| {
        position.is_some_and(|position| position.duration_since(now) > AHEAD)
    };
    let reckoned = |fetched_at: Option<Timestamp>| {
        let passed =
            fetched_at.map_or(SignedDuration::ZERO, |fetched_at| host.duration_since(fetched_at));
        now.checked_sub(passed.max(SignedDuration::ZERO)).unwrap_or(now)
    };
    if is_ahead(state.events.position) {
        state.events.position = Some(reckoned(state.events.fetched_at));
    }
    if is_ahead(state.traffic.position) {
        state.traffic.position = Some(reckoned(state.traffic.fetched_at));
        state.traffic.fetch = None;
    }
}

/// What was read by a clock that proved wrong is read again, from where is given back.
fn go_back_before_the_jump(state: &mut State, now: Timestamp) -> Option<Timestamp> {
    let before = state.before_jump?;
    let to = positions_to_let_go_by(state);
    if to == (Positions { events: state.events.position, traffic: state.traffic.position }) {
        return None;
    }
    state.events.position = to.events;
    if to.traffic != state.traffic.position {
        state.traffic.position = to.traffic;
        state.traffic.fetch = None;
    }
    // Rules that were told to pass over a backlog count it after all.
    if let Some(traffic) = before.traffic {
        let passing = state.rules.values_mut();
        passing
            .filter(|tally| tally.of_traffic)
            .for_each(|tally| tally.since = tally.since.map(|since| since.min(traffic)));
    }
    Some(earlier(to.events, to.traffic).unwrap_or(now))
}

/// Keeps the positions of before a jump until the clock has held.
fn reckon_how_long_it_held(
    site: &Site<'_>,
    state: &mut State,
    clock: &Clock,
    jump: Option<SignedDuration>,
) {
    if !clock.is_from_pce() {
        return;
    }
    let (now, host) = (clock.now(), site.call.now);
    if let Some(before) = &mut state.before_jump {
        let seen = host.duration_since(before.host_at).max(STEP);
        let step = now.duration_since(before.reckoned_at).min(seen);
        before.held_seconds += step.max(SignedDuration::ZERO).as_secs();
        (before.reckoned_at, before.host_at) = (now, host);
        if jump.is_some_and(|jump| jump.abs() > FAR) {
            (before.jumped_at, before.held_seconds) = (now, 0);
        }
    }
    if state.before_jump.is_some_and(|before| has_held(site, state, &before)) {
        state.before_jump = None;
    }
    if jump.is_some() && state.before_jump.is_none() {
        state.before_jump = Some(BeforeJump {
            events: state.events.position,
            traffic: state.traffic.position,
            jumped_at: now,
            held_seconds: 0,
            reckoned_at: now,
            host_at: host,
        });
    }
}

/// Whether the clock has held long enough, and the records agree with it: one of
/// them was made by it.
fn has_held(site: &Site<'_>, state: &State, before: &BeforeJump) -> bool {
    let reach = i64::from(site.config.settings.late_reach_hours);
    let hours = reach.max(HOLD_HOURS) + MARGIN_HOURS;
    let newest = state.seen.newest();
    before.held_seconds > hours * 3_600 && newest.is_none_or(|newest| newest >= before.jumped_at)
}

/// A look at what was recorded late that lies ahead would never be due.
fn let_go_of_late_looks_ahead(state: &mut State, now: Timestamp) {
    let has_been = |at: &Timestamp| at.duration_since(now) <= AHEAD;
    state.events.late_at = state.events.late_at.filter(has_been);
    state.traffic.late_at = state.traffic.late_at.filter(has_been);
}

/// The earlier of two positions, where both are known; else the first.
fn earlier(position: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    position.map(|position| other.map_or(position, |other| other.min(position)))
}
