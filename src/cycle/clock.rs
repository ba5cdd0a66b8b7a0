//! The cycle's clock against what earlier cycles knew: one wrong `Date`, or a host
//! that was set, must neither lose nor repeat anything.

use jiff::{SignedDuration, Timestamp};

use super::{Code, Cycle};
use crate::lang::cycle as say;
use crate::store::state::BeforeJump;

/// A clock that jumps by more is told.
const JUMP: SignedDuration = SignedDuration::from_mins(5);

/// A position that lies ahead of the clock by less is a matter of seconds that the
/// PCE's `Date` does not show.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// A clock that jumps by more has to hold anew.
const FAR: SignedDuration = SignedDuration::from_hours(2);

/// A clock has held once a day has passed by it …
const HOLD_HOURS: i64 = 24;

/// … and so much more than any fetch reaches back.
const MARGIN_HOURS: i64 = 2;

/// What the new clock says passed counts as the host's clock says, or up to this: a
/// host that was set back must not keep a clock in doubt for ever.
const STEP: SignedDuration = SignedDuration::from_hours(1);

impl Cycle<'_> {
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
    pub(super) fn clock_holds(&mut self) -> bool {
        let jump = self.tell_clock();
        let now = self.now();
        let was_doubtful = self.state.before_jump.is_some();
        self.reckon_how_long_it_held(jump);
        self.let_go_of_late_looks_ahead(now);
        if !self.is_ahead(now) {
            if was_doubtful && jump.is_some_and(|jump| jump.is_negative()) {
                self.go_back_before_the_jump(now);
            }
            return true;
        }
        if jump.is_some() {
            self.code.worsen(Code::Retry);
            self.problems.push(say::clock_doubted(self.lang, self.local(now)));
            return false;
        }
        self.reckon_positions(now);
        self.go_back_before_the_jump(now);
        for tally in self.state.rules.values_mut() {
            tally.since = tally.since.map(|since| since.min(now));
        }
        true
    }

    /// The positions that what is remembered may be let go by.
    pub(super) fn positions_to_let_go_by(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let (events, traffic) = (self.state.events.position, self.state.traffic.position);
        match self.state.before_jump {
            None => (events, traffic),
            Some(before) => (earlier(events, before.events), earlier(traffic, before.traffic)),
        }
    }

    fn is_ahead(&self, now: Timestamp) -> bool {
        let positions = [self.state.events.position, self.state.traffic.position];
        let mut known = positions.iter().flatten();
        known.any(|position| position.duration_since(now) > AHEAD)
    }

    /// Each position that lies ahead becomes that of the time that passed since its
    /// fetch, as the host saw it.
    fn reckon_positions(&mut self, now: Timestamp) {
        let host = self.start.now;
        let is_ahead = |position: Option<Timestamp>| {
            position.is_some_and(|position| position.duration_since(now) > AHEAD)
        };
        let reckoned = |fetched_at: Option<Timestamp>| {
            let passed = fetched_at
                .map_or(SignedDuration::ZERO, |fetched_at| host.duration_since(fetched_at));
            now.checked_sub(passed.max(SignedDuration::ZERO)).unwrap_or(now)
        };
        if is_ahead(self.state.events.position) {
            self.state.events.position = Some(reckoned(self.state.events.fetched_at));
        }
        if is_ahead(self.state.traffic.position) {
            self.state.traffic.position = Some(reckoned(self.state.traffic.fetched_at));
            self.state.traffic.fetch = None;
        }
    }

    /// What was read by a clock that proved wrong is read again.
    fn go_back_before_the_jump(&mut self, now: Timestamp) {
        let Some(before) = self.state.before_jump else {
            return;
        };
        let to = self.positions_to_let_go_by();
        if to == (self.state.events.position, self.state.traffic.position) {
            return;
        }
        self.state.events.position = to.0;
        if to.1 != self.state.traffic.position {
            self.state.traffic.position = to.1;
            self.state.traffic.fetch = None;
        }
        // Rules that were told to pass over a backlog count it after all.
        if let Some(traffic) = before.traffic {
            let passing = self.state.rules.values_mut();
            passing
                .filter(|tally| tally.of_traffic)
                .for_each(|tally| tally.since = tally.since.map(|since| since.min(traffic)));
        }
        let from = earlier(to.0, to.1).unwrap_or(now);
        self.problems.push(say::clock_back(self.lang, self.local(from)));
    }

    /// Keeps the positions of before a jump until the clock has held.
    fn reckon_how_long_it_held(&mut self, jump: Option<SignedDuration>) {
        if !self.clock.is_from_pce() {
            return;
        }
        let (now, host) = (self.now(), self.start.now);
        if let Some(before) = &mut self.state.before_jump {
            let seen = host.duration_since(before.host_at).max(STEP);
            let step = now.duration_since(before.reckoned_at).min(seen);
            before.held_seconds += step.max(SignedDuration::ZERO).as_secs();
            (before.reckoned_at, before.host_at) = (now, host);
            if jump.is_some_and(|jump| jump.abs() > FAR) {
                (before.jumped_at, before.held_seconds) = (now, 0);
            }
        }
        if self.state.before_jump.is_some_and(|before| self.has_held(&before)) {
            self.state.before_jump = None;
        }
        if jump.is_some() && self.state.before_jump.is_none() {
            self.state.before_jump = Some(BeforeJump {
                events: self.state.events.position,
                traffic: self.state.traffic.position,
                jumped_at: now,
                held_seconds: 0,
                reckoned_at: now,
                host_at: host,
            });
        }
    }

    /// Whether the clock has held long enough, and the records agree with it: one of
    /// them was made by it.
    fn has_held(&self, before: &BeforeJump) -> bool {
        let reach = i64::from(self.config.settings.late_reach_hours);
        let hours = reach.max(HOLD_HOURS) + MARGIN_HOURS;
        let newest = self.state.seen.newest();
        before.held_seconds > hours * 3_600
            && newest.is_none_or(|newest| newest >= before.jumped_at)
    }

    /// A look at what was recorded late that lies ahead would never be due.
    fn let_go_of_late_looks_ahead(&mut self, now: Timestamp) {
        let has_been = |at: &Timestamp| at.duration_since(now) <= AHEAD;
        let (events, traffic) = (&mut self.state.events, &mut self.state.traffic);
        events.late_at = events.late_at.filter(has_been);
        traffic.late_at = traffic.late_at.filter(has_been);
    }

    /// Until the PCE's clock was seen the host's had to serve. What was noted by it
    /// is reckoned in the PCE's time, once.
    pub(super) fn reckon_first_times(&mut self) {
        if !self.clock.is_from_pce() || self.state.clock_offset_seconds.is_some() {
            return;
        }
        let offset = self.clock.offset();
        self.state.clock_offset_seconds = Some(offset.as_secs());
        let reckoned = |time: Timestamp| time.checked_add(offset).unwrap_or(time);
        if self.state.events.position.is_none() {
            self.state.events.since = self.state.events.since.map(reckoned);
        }
        if self.state.events.position.is_none() && self.state.traffic.position.is_none() {
            for tally in self.state.rules.values_mut() {
                tally.since = tally.since.map(reckoned);
            }
        }
    }

    /// By how much the PCE's clock jumped against the host's since the last run, where
    /// it is worth telling.
    fn tell_clock(&mut self) -> Option<SignedDuration> {
        if !self.clock.is_from_pce() {
            return None;
        }
        let offset = self.clock.offset();
        let before = self.state.clock_offset_seconds.replace(offset.as_secs())?;
        let jump = offset - SignedDuration::from_secs(before);
        if jump.abs() <= JUMP {
            return None;
        }
        let sentence = say::clock_jumped(self.lang, before, offset.as_secs());
        self.problems.push(sentence);
        Some(jump)
    }
}

/// The earlier of two positions, where both are known; else the first.
fn earlier(position: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    position.map(|position| other.map_or(position, |other| other.min(position)))
}
