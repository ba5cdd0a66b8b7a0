//! Counts per minute: the one shape in which matches are kept until they are told.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A minute since 1970-01-01 00:00 UTC.
pub type Minute = i64;

/// A count is spread over so many minutes at most: 31 days. A row whose times lie
/// further apart is odd, and must not fill the memory.
const WIDEST: i64 = 31 * 24 * 60;

/// The minute that a time lies in.
pub fn minute_of(at: jiff::Timestamp) -> Minute {
    at.as_second().div_euclid(60)
}

/// The time at which a minute begins; the ends of time for what no calendar holds.
pub fn time_of(minute: Minute) -> jiff::Timestamp {
    let end = if minute < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    minute
        .checked_mul(60)
        .and_then(|second| jiff::Timestamp::from_second(second).ok())
        .unwrap_or(end)
}

/// How many in which minute. Minutes without a count are absent.
///
/// In JSON one flat list: the first minute and its count, then for each further
/// one the distance from the one before and its count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minutes(
    /// In the order of the minutes: there are few, or they come in order.
    Vec<(Minute, u64)>,
);

impl Minutes {
    /// Adds `count` to `minute`; nothing for 0.
    pub fn add(&mut self, minute: Minute, count: u64) {
        if count > 0 {
            match self.place(minute) {
                Ok(place) => raise(&mut self.0[place].1, count),
                Err(place) => self.0.insert(place, (minute, count)),
            }
        }
    }

    /// Where the minute stands, or would.
    fn place(&self, minute: Minute) -> Result<usize, usize> {
        match self.0.last() {
            // Most come in order.
            Some((last, _)) if *last < minute => Err(self.0.len()),
            _ => self.0.binary_search_by_key(&minute, |(minute, _)| *minute),
        }
    }

    /// Adds `count`, spread evenly over the minutes from `first` to `last`, both
    /// included, and at most `WIDEST`; all to `last` where that is the earlier one.
    /// No count is lost to rounding.
    pub fn spread(&mut self, first: Minute, last: Minute, count: u64) {
        let first = first.clamp(last.saturating_sub(WIDEST - 1), last);
        // At most WIDEST.
        let width = last.abs_diff(first) + 1;
        if count < width {
            // Fewer than the minutes: one each, so that no minute is walked in vain.
            for nth in 1..=count {
                let offset = (nth * width).div_ceil(count) - 1;
                self.add(first.saturating_add_unsigned(offset), 1);
            }
            return;
        }
        self.0.reserve(usize::try_from(width).unwrap_or_default());
        let (each, over) = (count / width, count % width);
        let mut owed = 0;
        for minute in first..=last {
            owed += over;
            let one_more = owed >= width;
            if one_more {
                owed -= width;
            }
            self.add(minute, each + u64::from(one_more));
        }
    }

    /// Adds all of another's.
    pub fn merge(&mut self, other: &Self) {
        let Some(first) = other.first() else { return };
        let mut at = self.place(first).unwrap_or_else(|place| place);
        let mut absent = Vec::new();
        for (minute, count) in other.iter() {
            let rest = &self.0[at..];
            at += rest.iter().take_while(|(own, _)| *own < minute).count();
            match self.0.get_mut(at) {
                Some((own, sum)) if *own == minute => raise(sum, count),
                _ => absent.push((minute, count)),
            }
        }
        if !absent.is_empty() {
            let in_order = self.last().is_none_or(|last| last < absent[0].0);
            self.0.append(&mut absent);
            if !in_order {
                self.0.sort_by_key(|(minute, _)| *minute);
            }
        }
    }

    /// The same sum in at most `most` of its minutes: neighbours are counted in the
    /// last one of them.
    pub fn folded(&self, most: usize) -> Self {
        let group = self.0.len().div_ceil(most.max(1)).max(1);
        let mut folded = Self(Vec::with_capacity(self.0.len().div_ceil(group)));
        let mut sum: u64 = 0;
        for (at, (minute, count)) in self.iter().enumerate() {
            sum = sum.saturating_add(count);
            if (at + 1) % group == 0 || at + 1 == self.0.len() {
                folded.add(minute, std::mem::take(&mut sum));
            }
        }
        folded
    }

    /// The same sum in fewer minutes: those of one span of `span` minutes are counted in
    /// the last of them that has a count. True where some moved.
    pub fn coarsen(&mut self, span: i64) -> bool {
        let before = self.0.len();
        let of = |minute: Minute| minute.div_euclid(span.max(1));
        self.0.dedup_by(|later, kept| {
            let same = of(later.0) == of(kept.0);
            if same {
                raise(&mut kept.1, later.1);
                kept.0 = later.0;
            }
            same
        });
        self.0.shrink_to_fit();
        self.0.len() < before
    }

    /// The same sum in the minutes of another: each count goes to the first of these that
    /// is not earlier than it, or else to the last.
    pub fn align(&mut self, to: &Self) {
        for (minute, _) in &mut self.0 {
            *minute = to.at_or_after(*minute).unwrap_or(*minute);
        }
        self.coarsen(1);
    }

    /// The first minute with a count that is not earlier than this one, or else the last.
    pub fn at_or_after(&self, minute: Minute) -> Option<Minute> {
        let place = self.0.partition_point(|(own, _)| *own < minute);
        self.0.get(place).or(self.0.last()).map(|(own, _)| *own)
    }

    /// What it takes on the heap, in bytes.
    pub fn weight(&self) -> usize {
        self.0.capacity() * size_of::<(Minute, u64)>()
    }

    /// Takes `count` out of `minute`, if it holds that many; says whether it did.
    pub fn take_from(&mut self, minute: Minute, count: u64) -> bool {
        let Ok(place) = self.place(minute) else {
            return false;
        };
        let sum = &mut self.0[place].1;
        if *sum < count {
            return false;
        }
        *sum -= count;
        if *sum == 0 {
            self.0.remove(place);
        }
        true
    }

    /// Takes out, and returns, what lies in the minutes of `others`.
    pub fn take_minutes_of(&mut self, others: &Self) -> Self {
        let (taken, kept) =
            std::mem::take(&mut self.0).into_iter().partition(|(minute, _)| others.holds(*minute));
        self.0 = kept;
        Self(taken)
    }

    /// A copy with the minutes that fit.
    pub fn only(&self, fits: impl Fn(Minute) -> bool) -> Self {
        Self(self.iter().filter(|(minute, _)| fits(*minute)).collect())
    }

    /// Whether `minute` has a count.
    pub fn holds(&self, minute: Minute) -> bool {
        self.place(minute).is_ok()
    }

    /// What lies before `minute` is forgotten.
    pub fn forget_before(&mut self, minute: Minute) {
        let before = self.0.partition_point(|(own, _)| *own < minute);
        self.0.drain(..before);
    }

    /// All minutes and counts, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Minute, u64)> + '_ {
        self.0.iter().copied()
    }

    /// The first minute that has a count.
    pub fn first(&self) -> Option<Minute> {
        self.0.first().map(|(minute, _)| *minute)
    }

    /// The last minute that has a count.
    pub fn last(&self) -> Option<Minute> {
        self.0.last().map(|(minute, _)| *minute)
    }

    /// The sum of all.
    pub fn total(&self) -> u64 {
        sum_of(&self.0)
    }

    /// The most that any `window` minutes in a row hold.
    pub fn most_within(&self, window: u32) -> u64 {
        let window = i64::from(window.max(1));
        let (mut left, mut sum) = (0, 0u128);
        let sums = self.0.iter().map(|(last, count)| {
            sum += u128::from(*count);
            while last.saturating_sub(self.0[left].0) >= window {
                sum -= u128::from(self.0[left].1);
                left += 1;
            }
            sum
        });
        let most = sums.max().unwrap_or(0);
        u64::try_from(most).unwrap_or(u64::MAX)
    }

    /// True where nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn raise(sum: &mut u64, count: u64) {
    *sum = sum.saturating_add(count);
}

fn sum_of(counts: &[(Minute, u64)]) -> u64 {
    counts.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut before = 0;
        let flat = self.iter().flat_map(|(minute, count)| {
            let distance = minute.saturating_sub(before);
            before = minute;
            [i128::from(distance), i128::from(count)]
        });
        serializer.collect_seq(flat)
    }
}

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let flat = Vec::<i128>::deserialize(deserializer)?;
        let mut minutes = Self::default();
        let mut minute: Minute = 0;
        for pair in flat.chunks(2) {
            let [distance, count] = *pair else {
                return Err(serde::de::Error::custom("a minute without its count"));
            };
            let bad = |_| serde::de::Error::custom("a minute or a count beyond its bounds");
            minute = minute.saturating_add(i64::try_from(distance).map_err(bad)?);
            minutes.add(minute, u64::try_from(count).map_err(bad)?);
        }
        Ok(minutes)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// As they would stand, one beside the other.
    fn minutes(counts: &[(Minute, u64)]) -> Minutes {
        Minutes(counts.to_vec())
    }

    #[test]
    fn growth_is_spread_evenly_and_none_is_lost() {
        for (first, last, count) in [
            (10, 19, 100),
            (10, 19, 7),
            (10, 10, 5),
            (0, 2, 10),
            (5, 1_445, 3),
            (0, 0, 0),
            (9, 4, 6),
        ] {
            let mut minutes = Minutes::default();
            minutes.spread(first, last, count);
            assert_eq!(minutes.total(), count);
            let counts: Vec<u64> = minutes.iter().map(|(_, count)| count).collect();
            if let (Some(most), Some(least)) = (counts.iter().max(), counts.iter().min()) {
                assert!(most - least <= 1, "{counts:?}");
                assert_eq!(minutes.last(), Some(last));
            }
        }
    }

    #[test]
    fn a_count_over_ages_is_told_in_the_last_month() {
        for count in [2_000_000_000, u64::MAX] {
            let mut minutes = Minutes::default();
            minutes.spread(-5_000_000_000, 29_000_000, count);
            assert_eq!((minutes.total(), minutes.last()), (count, Some(29_000_000)));
            assert_eq!(minutes.iter().count(), 44_640);
        }
    }

    #[test]
    fn folded_minutes_keep_their_sum_and_their_last_minute() {
        for (first, last, count) in [(0, 0, 1), (0, 7, 8), (0, 8, 9), (3, 1_442, 900)] {
            let mut minutes = Minutes::default();
            minutes.spread(first, last, count);
            let folded = minutes.folded(8);
            assert_eq!(folded.total(), count);
            assert_eq!(folded.last(), minutes.last());
            assert!(folded.iter().count() <= 8);
            assert!(folded.iter().all(|(minute, _)| minutes.holds(minute)));
        }
        assert!(Minutes::default().folded(8).is_empty());
        let six = minutes(&[(1, 1), (2, 2), (5, 3), (7, 4), (8, 5), (9, 6)]);
        assert_eq!(six.folded(3), minutes(&[(2, 3), (7, 7), (9, 11)]));
        assert_eq!(six.folded(4), six.folded(3), "groups are of one size");
        assert_eq!(six.folded(0), minutes(&[(9, 21)]));
    }

    #[test]
    fn a_count_of_nothing_is_no_minute() {
        let mut none = Minutes::default();
        none.add(7, 0);
        assert!(none.is_empty());
    }

    #[test]
    fn a_few_of_a_long_time_take_little_room() {
        let mut few = Minutes::default();
        few.spread(0, 40_000, 3);
        assert_eq!(few, minutes(&[(13_333, 1), (26_667, 1), (40_000, 1)]));
        assert!(few.weight() < 1_000, "{}", few.weight());
    }

    #[test]
    fn what_minutes_weigh_is_the_room_that_they_take() {
        let mut many = Minutes::default();
        assert_eq!(many.weight(), 0);
        many.spread(1, 1_000, 5_000);
        assert!((16_000..64_000).contains(&many.weight()), "{}", many.weight());
        many.coarsen(100);
        assert!(many.weight() < 1_000, "and no more once there are few: {}", many.weight());
    }

    #[test]
    fn merged_counts_stand_in_order_and_those_of_one_minute_as_one() {
        let own = [(1, 1), (3, 2), (5, 4), (7, 8)];
        for (other, both) in [
            (
                &[(2, 10), (3, 20), (6, 30), (7, 40), (9, 50)][..],
                &[(1, 1), (2, 10), (3, 22), (5, 4), (6, 30), (7, 48), (9, 50)][..],
            ),
            (&[(0, 9), (7, 1)], &[(0, 9), (1, 1), (3, 2), (5, 4), (7, 9)]),
            (&[(8, 1), (9, 2)], &[(1, 1), (3, 2), (5, 4), (7, 8), (8, 1), (9, 2)]),
            (&[(3, 1), (4, 1), (5, 1)], &[(1, 1), (3, 3), (4, 1), (5, 5), (7, 8)]),
            (&[], &own),
        ] {
            let mut merged = minutes(&own);
            merged.merge(&minutes(other));
            assert_eq!(merged, minutes(both), "with {other:?}");
            let mut turned = minutes(other);
            turned.merge(&minutes(&own));
            assert_eq!(turned, minutes(both), "{other:?} with ours");
        }
    }

    #[test]
    fn counts_of_one_span_stand_in_the_last_minute_of_it_that_has_any() {
        let mut counts = minutes(&[(-1, 1), (0, 2), (9, 3), (10, 4), (25, 5)]);
        assert!(counts.coarsen(10));
        assert_eq!(counts, minutes(&[(-1, 1), (9, 5), (10, 4), (25, 5)]));
        assert!(!counts.coarsen(10), "nothing moves any more");
    }

    #[test]
    fn another_sums_minutes_take_what_is_not_later_than_they() {
        let to = minutes(&[(10, 1), (20, 1)]);
        let expected =
            [(9, Some(10)), (10, Some(10)), (11, Some(20)), (20, Some(20)), (21, Some(20))];
        for (minute, found) in expected {
            assert_eq!(to.at_or_after(minute), found, "{minute}");
        }
        assert_eq!(Minutes::default().at_or_after(7), None);

        let mut counts = minutes(&[(3, 1), (10, 2), (11, 4), (19, 8), (20, 16), (30, 32)]);
        counts.align(&to);
        assert_eq!(counts, minutes(&[(10, 3), (20, 60)]));
        let before = counts.clone();
        counts.align(&Minutes::default());
        assert_eq!(counts, before, "where there is none, all stay");
    }

    #[test]
    fn as_many_as_a_minute_holds_are_taken_out_of_it_and_no_more() {
        let mut counts = minutes(&[(10, 5), (20, 3)]);
        assert!(!counts.take_from(11, 1), "nothing is there");
        assert!(!counts.take_from(10, 6), "too few are there");
        assert_eq!(counts, minutes(&[(10, 5), (20, 3)]));
        assert!(counts.take_from(10, 2));
        assert_eq!(counts, minutes(&[(10, 3), (20, 3)]));
        assert!(counts.take_from(10, 3));
        assert_eq!(counts, minutes(&[(20, 3)]), "one without a count is absent");
    }

    #[test]
    fn of_a_copy_and_of_what_is_taken_out_the_minutes_say_which() {
        let all = minutes(&[(10, 5), (20, 3), (30, 1)]);
        assert_eq!(all.only(|minute| minute != 20), minutes(&[(10, 5), (30, 1)]));
        let mut rest = all.clone();
        assert_eq!(rest.take_minutes_of(&minutes(&[(9, 1), (20, 9)])), minutes(&[(20, 3)]));
        assert_eq!(rest, minutes(&[(10, 5), (30, 1)]));
        rest.forget_before(10);
        assert_eq!((rest.first(), rest.last()), (Some(10), Some(30)));
        rest.forget_before(11);
        assert_eq!(rest, minutes(&[(30, 1)]));
    }

    #[test]
    fn minutes_come_back_from_json_as_they_went() {
        let mut minutes = Minutes::default();
        minutes.spread(29_000_000, 29_000_300, 77);
        minutes.add(29_000_301, u64::MAX);
        let json = serde_json::to_string(&minutes).unwrap();
        assert_eq!(serde_json::from_str::<Minutes>(&json).unwrap(), minutes);
        assert!(serde_json::from_str::<Minutes>("[1]").is_err());
        assert!(serde_json::from_str::<Minutes>("[1,-1]").is_err());
    }

    #[test]
    fn the_fullest_window_is_the_one_that_the_threshold_is_held_against() {
        let mut counter = crate::rules::engine::Counter::default();
        for (minute, count) in [(100, 2), (104, 1), (105, 4), (109, 1), (200, 5)] {
            counter.untold.add(minute, count);
        }
        for (window, most) in [(0, 5), (1, 5), (2, 5), (5, 5), (6, 7), (10, 8), (101, 13)] {
            assert_eq!(counter.untold.most_within(window), most, "{window}");
            let threshold = |count| crate::rules::Threshold::Count { count, window: window.max(1) };
            assert!(counter.clone().due(threshold(most), 0, 300).is_some());
            assert!(counter.clone().due(threshold(most + 1), 0, 300).is_none());
        }
        assert_eq!(Minutes::default().most_within(10), 0);
    }

    #[test]
    fn a_minute_begins_where_its_time_says() {
        assert_eq!(minute_of(time_of(29_000_000)), 29_000_000);
        assert_eq!(minute_of(time_of(-1)), -1);
        assert_eq!(time_of(i64::MAX), jiff::Timestamp::MAX);
        assert_eq!(time_of(i64::MIN), jiff::Timestamp::MIN);
    }
}
