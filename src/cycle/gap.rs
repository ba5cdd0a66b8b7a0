//! The times without a run: how long is usual, what is longer, who tells it.

use jiff::Timestamp;

use super::site::{Site, back};
use crate::report::daily::Gap;
use crate::rules::minutes::minute_of;
use crate::store::state::{Rhythm, State};

/// So many begins of runs are kept, to know the usual time between two.
const BEGINS: usize = 17;

/// Runs that are further apart, in minutes, are no regular ones.
const LONGEST_REGULAR: i64 = 60;

/// So many gaps wait to be told; of more the oldest are let go.
const UNTOLD: usize = 5;

/// A gap is longer than so many minutes, and than [`INTERVALS`] times what is usual.
const LEAST: i64 = 60;

/// See [`LEAST`].
const INTERVALS: i64 = 3;

/// Takes note of this run, and has a good one tell the gaps before it: one that
/// can't see yet could not say what became of the data.
pub(super) fn mind(site: &Site<'_>, state: &mut State, now: Timestamp, is_good: bool) -> Vec<Gap> {
    // In whole minutes: the PCE's clock has its seconds' fractions cut off.
    let minutes = i64::try_from(site.began.elapsed().as_secs() / 60).unwrap_or(0);
    let began = back(now, minutes);
    let last_end = state.rhythm.ended.replace(now);
    if let Some(from) = last_end.filter(|end| *end < began) {
        let gap = Gap { from, until: began };
        state.day.add_gap(gap);
        state.rhythm.judge(gap);
    }
    state.rhythm.note(began);
    match is_good {
        true => std::mem::take(&mut state.rhythm.untold),
        false => Vec::new(),
    }
}

impl Rhythm {
    /// Keeps a time without a run to be told, if it is unusually long.
    fn judge(&mut self, gap: Gap) {
        let Some(usual) = self.usual() else { return };
        if gap.minutes() > usual.saturating_mul(INTERVALS).max(LEAST) {
            self.untold.push(gap);
            let more = self.untold.len().saturating_sub(UNTOLD);
            self.untold.drain(..more);
        }
    }

    /// Takes note of a run. Those that lie in the future by this clock are let go.
    fn note(&mut self, began: Timestamp) {
        self.begins.retain(|begin| *begin <= began);
        self.begins.push(began);
        let more = self.begins.len().saturating_sub(BEGINS);
        self.begins.drain(..more);
    }

    /// The usual minutes between two runs that come regularly.
    pub(super) fn regular(&self) -> Option<i64> {
        self.usual().filter(|minutes| (1..=LONGEST_REGULAR).contains(minutes))
    }

    /// The usual minutes between two runs: the upper quartile, since runs by hand
    /// make many short ones and a gap makes one long one. `None` before the second run.
    pub(super) fn usual(&self) -> Option<i64> {
        let pairs = self.begins.windows(2);
        let intervals = pairs.filter_map(|pair| match pair {
            [one, next] => Some(minute_of(*next) - minute_of(*one)),
            _ => None,
        });
        let mut intervals: Vec<i64> = intervals.collect();
        intervals.sort_unstable();
        // Of so many intervals the longest alone is never the usual one, but where
        // it is the only one.
        let at = intervals.len().saturating_sub(1) * 3 / 4;
        intervals.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    /// Runs that begin at these minutes and take no time; the gaps they would tell.
    fn gaps(begins: impl IntoIterator<Item = i64>) -> Vec<(i64, i64)> {
        let mut rhythm = Rhythm::default();
        let mut last = None;
        for begin in begins {
            if let Some(from) = last.filter(|last| *last < at(begin)) {
                rhythm.judge(Gap { from, until: at(begin) });
            }
            rhythm.note(at(begin));
            last = Some(at(begin));
        }
        let minutes = |gap: &Gap| (gap.from.as_second() / 60, gap.until.as_second() / 60);
        rhythm.untold.iter().map(minutes).collect()
    }

    fn every(minutes: usize, to: i64) -> Vec<i64> {
        (0..=to).step_by(minutes).collect()
    }

    #[test]
    fn a_gap_is_longer_than_an_hour_and_than_three_intervals() {
        let then = |minutes, to, next| gaps(every(minutes, to).into_iter().chain([next]));
        assert_eq!(then(10, 100, 160), []);
        assert_eq!(then(10, 100, 161), [(100, 161)]);
        assert_eq!(then(60, 600, 780), []);
        assert_eq!(then(60, 600, 781), [(600, 781)]);
        assert_eq!(then(1_440, 14_400, 18_720), []);
    }

    #[test]
    fn runs_by_hand_do_not_make_the_next_ordinary_one_late() {
        let daily = every(1_440, 20 * 1_440);
        let by_hand = (1..=4).map(|minute| 20 * 1_440 + minute);
        let next = 21 * 1_440;
        assert_eq!(gaps(daily.into_iter().chain(by_hand).chain([next])), []);
    }

    #[test]
    fn a_gap_does_not_become_what_is_usual() {
        let runs = every(10, 200).into_iter();
        let runs = runs.chain((1_000..=1_100).step_by(10));
        assert_eq!(gaps(runs.chain([1_500])), [(200, 1_000), (1_100, 1_500)]);
    }

    #[test]
    fn before_anything_is_usual_nothing_is_a_gap() {
        assert_eq!(gaps([0, 5_000]), []);
        assert_eq!(gaps([0, 10, 5_000]), [(10, 5_000)]);
    }

    #[test]
    fn a_clock_set_back_is_no_gap_and_what_is_kept_is_bounded() {
        assert_eq!(gaps([0, 10, 20, 5, 15, 25]), []);
        let wild = (0..100).map(|n| n * n * n * 100);
        assert!(gaps(wild).len() <= UNTOLD);
        let mut rhythm = Rhythm::default();
        (0..100).for_each(|minute| rhythm.note(at(minute)));
        assert_eq!(rhythm.begins.len(), BEGINS);
    }
}
