//! The cycle's clock against what earlier cycles knew: one wrong `Date`, or a host
//! that was set, must neither lose nor repeat anything.

use jiff::{SignedDuration, Timestamp};

use super::{Code, Cycle};
use crate::lang::cycle as say;

/// A clock that jumps by more is told.
const JUMP: SignedDuration = SignedDuration::from_mins(5);

/// A position that lies ahead of the clock by less is a matter of seconds that the
/// PCE's `Date` does not show.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

impl Cycle<'_> {
    /// Takes note of the PCE's clock, and says whether it can be gone by.
    ///
    /// A position in the future means that this clock or that of the cycle before
    /// is wrong. Until a second cycle has confirmed the clock nothing is fetched;
    /// then the position is reckoned anew from the time that has passed since.
    pub(super) fn clock_holds(&mut self) -> bool {
        let jumped = self.tell_clock();
        self.clock_jumped = jumped;
        let (now, host) = (self.now(), self.start.now);
        let traffic = &self.state.traffic;
        let ahead = |position: Option<Timestamp>| {
            position.is_some_and(|position| position.duration_since(now) > AHEAD)
        };
        if !ahead(self.state.events.position) && !ahead(traffic.position) {
            return true;
        }
        if jumped {
            self.code.worsen(Code::Retry);
            self.problems
                .push(say::clock_doubted(self.lang, self.local(now)));
            return false;
        }
        let reckoned = |fetched_at: Option<Timestamp>| {
            let passed = fetched_at.map_or(SignedDuration::ZERO, |fetched_at| {
                host.duration_since(fetched_at)
            });
            now.checked_sub(passed.max(SignedDuration::ZERO))
                .unwrap_or(now)
        };
        if ahead(self.state.events.position) {
            self.state.events.position = Some(reckoned(self.state.events.fetched_at));
        }
        if ahead(self.state.traffic.position) {
            self.state.traffic.position = Some(reckoned(self.state.traffic.fetched_at));
            self.state.traffic.fetch = None;
        }
        for tally in self.state.rules.values_mut() {
            tally.since = tally.since.map(|since| since.min(now));
        }
        true
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

    /// Whether the PCE's clock jumped against the host's since the last run.
    fn tell_clock(&mut self) -> bool {
        if !self.clock.is_from_pce() {
            return false;
        }
        let offset = self.clock.offset();
        let before = self.state.clock_offset_seconds.replace(offset.as_secs());
        let Some(before) = before else { return false };
        let jumped = (offset - SignedDuration::from_secs(before)).abs() > JUMP;
        if jumped {
            let sentence = say::clock_jumped(self.lang, before, offset.as_secs());
            self.problems.push(sentence);
        }
        jumped
    }
}
