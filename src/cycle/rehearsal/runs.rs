//! The moments at which runs would have been: the usual minutes apart, in step with the
//! last one.

use jiff::{SignedDuration, Timestamp};

use crate::store::state::Rhythm;

/// Minutes between two runs, where there were none.
const USUAL_MINUTES: i64 = 10;

/// The moments of runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs {
    /// One of them.
    base: Timestamp,
    /// Minutes between two.
    every: i64,
}

impl Runs {
    /// In the rhythm of the runs that there were; `now` is in step where there were none.
    pub fn of(rhythm: &Rhythm, now: Timestamp) -> Self {
        let base = rhythm.begins.last().copied().unwrap_or(now);
        Self { base, every: rhythm.regular().unwrap_or(USUAL_MINUTES) }
    }

    /// Minutes between two.
    pub fn every(&self) -> i64 {
        self.every
    }

    /// The first run that can see what happens at this time; what happens in its very
    /// second it does see.
    pub fn seeing(&self, time: Timestamp) -> Timestamp {
        let seconds = time.as_second() - self.base.as_second();
        let steps =
            seconds.div_euclid(self.step()) + i64::from(seconds.rem_euclid(self.step()) > 0);
        self.nth(steps)
    }

    /// The run after this one.
    pub fn after(&self, run: Timestamp) -> Timestamp {
        run.checked_add(SignedDuration::from_secs(self.step())).unwrap_or(Timestamp::MAX)
    }

    /// The run before this one.
    pub fn before(&self, run: Timestamp) -> Timestamp {
        run.checked_sub(SignedDuration::from_secs(self.step())).unwrap_or(Timestamp::MIN)
    }

    fn nth(&self, steps: i64) -> Timestamp {
        let seconds = SignedDuration::from_secs(steps.saturating_mul(self.step()));
        self.base.checked_add(seconds).unwrap_or(self.base)
    }

    fn step(&self) -> i64 {
        self.every * 60
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-08-03T{time}Z").parse().unwrap()
    }

    #[test]
    fn runs_go_on_in_the_rhythm_and_in_step_with_the_last_one() {
        let begins = vec![at("09:53:07"), at("09:58:07"), at("10:03:07")];
        let runs = Runs::of(&Rhythm { begins, ..Rhythm::default() }, at("12:00:00"));
        assert_eq!(runs.every(), 5);
        for (time, run) in
            [("08:00:00", "08:03:07"), ("08:03:07.4", "08:03:07"), ("11:03:08", "11:08:07")]
        {
            assert_eq!(runs.seeing(at(time)), at(run), "{time}");
        }
        assert_eq!(runs.after(at("11:03:07")), at("11:08:07"));
    }

    #[test]
    fn without_a_run_they_are_ten_minutes_apart_and_one_is_now() {
        let runs = Runs::of(&Rhythm::default(), at("12:00:00"));
        assert_eq!((runs.every(), runs.seeing(at("11:41:00"))), (10, at("11:50:00")));
    }
}
