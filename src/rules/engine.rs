//! The counting engine: matches with the minutes in which they happened in, alerts out.
//!
//! It knows no PCE, no clock and no file. Events feed it with ones, traffic with
//! growth; both at the records' own time. Where that is not known, it says so. What it keeps are *untold* matches: an
//! alert takes its matches out of the count, so that nothing is told twice, and
//! whatever is not told stays as long as it can still become part of an alert.

use serde::{Deserialize, Serialize};

use super::Threshold;
use super::different::{Different, One};
use super::lumps::{Lump, Lumps};
use super::minutes::{Minute, Minutes};

/// What one rule counts: its untold matches, and when it last alerted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counter {
    /// The untold matches.
    pub untold: Minutes,
    /// For a rule that counts different things: those of each untold minute.
    #[serde(rename = "flows", skip_serializing_if = "Different::is_empty")]
    pub different: Different,
    /// Those of which it is not known when they happened.
    #[serde(skip_serializing_if = "Lumps::is_empty")]
    pub lumps: Lumps,
    /// The minute of the last alert, for the cooldown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alerted: Option<Minute>,
    /// Which untold counts were merged to save room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
}

/// Counts that were merged: those of a span of minutes stand in the last of them that
/// had any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// So many minutes; spans begin at its multiples.
    pub span: i64,
    /// The last minute of which counts may be others'.
    pub by: Minute,
}

impl Counter {
    /// Adds one that was seen in this minute; one that was seen in it before is in already.
    /// True where it was not.
    pub fn add_one(&mut self, minute: Minute, one: One) -> bool {
        let is_new = self.different.add(minute, one);
        if is_new {
            self.untold.add(minute, 1);
        }
        is_new
    }

    /// The matches that are to be told now, taken out of the count; `None` where
    /// the threshold is not met or the cooldown (minutes) still runs.
    ///
    /// `Count` tells every minute that lies in some window holding the threshold.
    /// The cooldown is over when its minutes have passed on the clock's minute
    /// hand, so that a cron job's seconds of jitter cost no cycle.
    pub fn due(&mut self, threshold: Threshold, cooldown: u32, now: Minute) -> Option<Minutes> {
        // A time in the future (a clock set back) reads as now.
        self.alerted = self.alerted.map(|alerted| alerted.min(now));
        if self.alerted.is_some_and(|alerted| now < alerted.saturating_add(i64::from(cooldown))) {
            return None;
        }
        let due = self.qualifying(threshold);
        if due.is_empty() {
            return None;
        }
        self.alerted = Some(now);
        Some(self.untold.take_minutes_of(&due))
    }

    /// Takes out what lies in these minutes: how many matches, or different things.
    pub fn take_out(&mut self, these: &Minutes) -> (u64, Minutes) {
        let minutes = self.untold.take_minutes_of(these);
        self.lumps.take(&minutes);
        match self.different.take(&minutes) {
            0 => (minutes.total(), minutes),
            different => (different, minutes),
        }
    }

    /// Takes out what lies in these minutes, to be counted elsewhere.
    pub fn split_off(&mut self, these: &Minutes) -> Self {
        let mut other = Self { untold: self.untold.take_minutes_of(these), ..Self::default() };
        other.different = self.different.split_off(these);
        if let Some(lump) = self.lumps.take(these) {
            other.lumps.add(lump);
        }
        other
    }

    /// Adds all of another's.
    pub fn absorb(&mut self, other: &Self) {
        self.untold.merge(&other.untold);
        self.different.merge(&other.different);
        other.lumps.iter().for_each(|lump| self.lumps.add(lump));
    }

    /// Whether the untold matches meet the threshold, but for the cooldown.
    pub fn is_due(&self, threshold: Threshold) -> bool {
        !self.qualifying(threshold).is_empty()
    }

    /// Where what is [due](Self::due) may be so for merged counts alone, since no window
    /// is certain to hold the threshold: of how many minutes they were merged.
    pub fn in_doubt(&self, threshold: Threshold) -> Option<i64> {
        let Merged { span, by } = self.merged?;
        let Threshold::Count { count, window } = threshold else { return None };
        let earliest = |minute: Minute| match minute > by {
            true => minute,
            false => minute.div_euclid(span.max(1)) * span,
        };
        self.within(count, window, earliest).is_empty().then_some(span)
    }

    /// Forgets what lies before `minute` and can no longer become part of an
    /// alert: no further match can come that early, and no window holds enough.
    pub fn trim(&mut self, threshold: Threshold, minute: Minute) {
        let first = self.untold.first();
        self.merged = self.merged.filter(|merged| first.is_some_and(|first| first <= merged.by));
        if self.untold.first().is_none_or(|first| first >= minute) {
            return;
        }
        let mut due = self.qualifying(threshold);
        self.untold.forget_before(minute);
        due.take_minutes_of(&self.untold);
        self.untold.merge(&due);
        self.different.keep(&self.untold);
        self.lumps.keep(&self.untold);
    }

    /// What of the matches that are told happened at a time that is not known; it is
    /// taken out as they were.
    pub fn take_lump(&mut self, told: &Minutes) -> Option<Lump> {
        self.lumps.take(told)
    }

    /// Keeps to so many different ones, the oldest go first; for a rule that counts none, to one
    /// count for so many minutes: a multiple of what it was before, so that spans do not
    /// overlap. True where something had to go.
    pub fn keep_to(&mut self, most: usize, minutes: i64) -> bool {
        if let Some(first) = self.different.first() {
            let forgets = self.different.keep_to(most);
            if forgets {
                self.untold.forget_before(self.different.first().unwrap_or(first));
            }
            return forgets;
        }
        if self.untold.coarsen(minutes) {
            let span = self.merged.map_or(minutes, |merged| merged.span.max(minutes));
            self.merged = self.untold.last().map(|by| Merged { span, by });
        }
        self.lumps.align(&self.untold);
        false
    }

    /// What it takes on the heap, in bytes as estimated.
    pub fn weight(&self) -> usize {
        self.untold.weight() + self.different.weight()
    }

    /// The most matches that a window (minutes) holds of those after one minute and up to
    /// another.
    pub fn most_between(&self, after: Minute, until: Minute, window: u32) -> u64 {
        let within = |minute: Minute| minute > after && minute <= until;
        match self.different.is_empty() {
            true => self.untold.only(within).most_within(window),
            false => self.different.most_within(within, window),
        }
    }

    /// The untold matches in the minutes of all windows that hold the threshold.
    pub fn qualifying(&self, threshold: Threshold) -> Minutes {
        let (wanted, window) = match threshold {
            Threshold::Count { count, window } => (count, window),
            Threshold::Immediate | Threshold::Standing { .. } => return self.untold.clone(),
            // They are counted, and not told.
            Threshold::Below { .. } => return Minutes::default(),
        };
        if !self.different.is_empty() {
            let due = self.different.within(wanted, window);
            return self.untold.only(|minute| due.contains(&minute));
        }
        self.within(wanted, window, |minute| minute)
    }

    /// The untold matches in the minutes of all windows (minutes) that hold so many, where
    /// those of a minute may have happened since the `earliest`.
    fn within(&self, wanted: u64, window: u32, earliest: impl Fn(Minute) -> Minute) -> Minutes {
        let entries: Vec<(Minute, u64)> = self.untold.iter().collect();
        let window = i64::from(window.max(1));
        let mut due = Minutes::default();
        let (mut left, mut told, mut sum) = (0, 0, 0u64);
        for right in 0..entries.len() {
            sum = sum.saturating_add(entries[right].1);
            let last = entries[right].0;
            while left <= right && last.saturating_sub(earliest(entries[left].0)) >= window {
                sum = sum.saturating_sub(entries[left].1);
                left += 1;
            }
            if left <= right && sum >= wanted {
                for (minute, count) in &entries[left.max(told)..=right] {
                    due.add(*minute, *count);
                }
                told = right + 1;
            }
        }
        due
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const THREE_IN_TEN: Threshold = Threshold::Count { count: 3, window: 10 };

    fn counter(matches: &[(Minute, u64)]) -> Counter {
        let mut counter = Counter::default();
        for (minute, count) in matches {
            counter.untold.add(*minute, *count);
        }
        counter
    }

    fn minutes(matches: &[(Minute, u64)]) -> Minutes {
        counter(matches).untold
    }

    fn flow(nth: u64) -> One {
        serde_json::from_value(nth.into()).unwrap()
    }

    #[test]
    fn an_immediate_rule_tells_every_match_once() {
        let mut counter = counter(&[(100, 1), (105, 2)]);
        assert_eq!(counter.due(Threshold::Immediate, 0, 110), Some(minutes(&[(100, 1), (105, 2)])));
        assert_eq!(counter.due(Threshold::Immediate, 0, 120), None);
    }

    #[test]
    fn a_count_rule_waits_for_enough_matches_within_its_window() {
        let mut counter = counter(&[(100, 1), (109, 1)]);
        assert_eq!(counter.due(THREE_IN_TEN, 0, 110), None);
        counter.untold.add(110, 1);
        assert_eq!(
            counter.due(THREE_IN_TEN, 0, 120),
            None,
            "100 and 110 lie in no window of ten minutes"
        );
        counter.untold.add(101, 1);
        assert_eq!(
            counter.due(THREE_IN_TEN, 0, 130),
            Some(minutes(&[(100, 1), (101, 1), (109, 1), (110, 1)]))
        );
    }

    #[test]
    fn windows_that_overlap_tell_each_match_once() {
        let mut counter = counter(&[(100, 3), (101, 1), (105, 4), (112, 2)]);
        assert_eq!(
            counter.qualifying(THREE_IN_TEN),
            minutes(&[(100, 3), (101, 1), (105, 4), (112, 2)])
        );
        assert_eq!(counter.due(THREE_IN_TEN, 0, 120).unwrap().total(), 10);
    }

    #[test]
    fn a_flow_counts_once_in_a_minute_and_again_in_the_next() {
        let mut counter = Counter::default();
        assert!(counter.add_one(100, flow(1)));
        assert!(!counter.add_one(100, flow(1)));
        assert!(counter.add_one(100, flow(2)));
        assert!(counter.add_one(101, flow(1)));
        assert_eq!(counter.untold, minutes(&[(100, 2), (101, 1)]));
    }

    #[test]
    fn flows_beyond_the_bound_go_with_the_oldest_minutes_and_that_is_said() {
        let mut counter = Counter::default();
        for minute in 100..105 {
            counter.add_one(minute, flow(1));
        }
        assert!(!counter.keep_to(5, 1));
        assert_eq!(counter.untold.total(), 5);
        assert!(counter.keep_to(3, 1));
        assert_eq!(counter.untold, minutes(&[(102, 1), (103, 1), (104, 1)]));
    }

    #[test]
    fn counts_in_fewer_minutes_take_their_reports_along_and_lose_nothing() {
        let mut counter = counter(&[(100, 2), (103, 5)]);
        counter.lumps.add(Lump { since: 50, by: 100, count: 2 });
        assert!(!counter.keep_to(1, 10));
        assert_eq!(counter.untold.total(), 7);
        let told = counter.due(Threshold::Immediate, 0, 200).unwrap();
        let lump = counter.take_lump(&told).unwrap();
        assert_eq!((lump.since, lump.count), (50, 2));
        assert!(counter.lumps.is_empty());
    }

    #[test]
    fn a_counter_weighs_its_minutes_and_its_flows() {
        let mut both = counter(&[(100, 2)]);
        both.add_one(100, flow(1));
        both.add_one(100, flow(2));
        assert_eq!(both.weight(), both.untold.weight() + both.different.weight());
        assert!(both.different.weight() > 0 && both.untold.weight() > 0);
    }

    #[test]
    fn a_match_outside_every_full_window_stays_untold() {
        let mut counter = counter(&[(50, 2), (100, 3), (130, 1)]);
        assert_eq!(counter.due(THREE_IN_TEN, 0, 140), Some(minutes(&[(100, 3)])));
        assert_eq!(counter.untold, minutes(&[(50, 2), (130, 1)]));
    }

    #[test]
    fn what_was_told_does_not_count_towards_the_next_alert() {
        let mut counter = counter(&[(100, 3)]);
        counter.due(THREE_IN_TEN, 0, 101).unwrap();
        counter.untold.add(101, 2);
        assert_eq!(counter.due(THREE_IN_TEN, 0, 102), None);
    }

    #[test]
    fn matches_gather_during_the_cooldown_and_are_told_after_it() {
        let mut counter = counter(&[(100, 3)]);
        counter.due(THREE_IN_TEN, 10, 101).unwrap();
        counter.untold.add(103, 4);
        assert_eq!(counter.due(THREE_IN_TEN, 10, 110), None);
        assert_eq!(counter.due(THREE_IN_TEN, 10, 111), Some(minutes(&[(103, 4)])));
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_the_cooldown() {
        let mut counter = counter(&[(100, 3)]);
        counter.due(THREE_IN_TEN, 10, 100_000).unwrap();
        counter.untold.add(103, 4);
        assert_eq!(counter.due(THREE_IN_TEN, 10, 105), None);
        assert!(counter.due(THREE_IN_TEN, 10, 115).is_some());
    }

    /// Two matches an hour apart, as they are once counts of an hour are merged.
    fn merged_to_an_hour() -> Counter {
        let mut counter = counter(&[(120, 2), (179, 2)]);
        assert!(!counter.keep_to(1, 60));
        assert_eq!(counter.untold, minutes(&[(179, 4)]));
        counter
    }

    #[test]
    fn what_may_be_due_for_merged_counts_alone_is_told_and_said_to_be_so() {
        let mut counter = merged_to_an_hour();
        assert_eq!(counter.in_doubt(THREE_IN_TEN), Some(60));
        assert_eq!(counter.due(THREE_IN_TEN, 0, 180), Some(minutes(&[(179, 4)])));
        counter.trim(THREE_IN_TEN, 100);
        assert_eq!(counter.merged, None, "what comes is as it is");
    }

    #[test]
    fn merged_counts_are_in_no_doubt_where_a_window_holds_all_their_time() {
        let counter = merged_to_an_hour();
        assert_eq!(counter.in_doubt(Threshold::Immediate), None);
        for (window, doubt) in [(59, Some(60)), (60, None)] {
            let threshold = Threshold::Count { count: 3, window };
            assert_eq!(counter.in_doubt(threshold), doubt, "{window}");
        }
        // Nor where what came later is enough by itself.
        let mut later = counter.clone();
        later.untold.add(200, 2);
        assert_eq!(later.in_doubt(THREE_IN_TEN), Some(60));
        later.untold.add(201, 1);
        assert_eq!(later.in_doubt(THREE_IN_TEN), None);
    }

    #[test]
    fn counts_that_no_other_joined_are_in_no_doubt() {
        let mut counter = counter(&[(120, 3), (190, 1)]);
        counter.keep_to(1, 60);
        assert_eq!((counter.merged, counter.in_doubt(THREE_IN_TEN)), (None, None));
    }

    #[test]
    fn trimming_forgets_only_what_can_no_longer_be_told() {
        let mut counter = counter(&[(10, 2), (50, 3), (91, 1), (100, 2)]);
        counter.trim(THREE_IN_TEN, 95);
        assert_eq!(
            counter.untold,
            minutes(&[(50, 3), (91, 1), (100, 2)]),
            "10 held too few; 50 waits, 91 helps 100"
        );
        counter.trim(Threshold::Immediate, 1_000);
        assert_eq!(counter.untold.total(), 6);
    }

    #[test]
    fn a_window_of_a_week_counts_the_whole_week() {
        let week = Threshold::Count { count: 7, window: 10_080 };
        let mut counter = counter(&(0..7).map(|day| (day * 1_440, 1)).collect::<Vec<_>>());
        assert_eq!(counter.due(week, 0, 9_000).unwrap().total(), 7);
    }
}
