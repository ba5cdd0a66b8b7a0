//! Matches that were reported in one go, of which it is not known when they happened:
//! after a VEN was cut off for hours, or where a PCE was not asked for as long.

use serde::{Deserialize, Serialize};

use super::minutes::{Minute, Minutes};

/// How many are told apart; of more, the oldest become one.
const MOST: usize = 32;

/// Matches of one report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lump {
    /// They may have happened since this minute …
    pub since: Minute,
    /// … and by this one, in whose last ten they are counted.
    pub by: Minute,
    /// How many.
    pub count: u64,
}

/// Those of one rule, in the order of their last minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lumps(Vec<Lump>);

impl Lumps {
    /// Adds a report; those of one minute are one.
    pub fn add(&mut self, lump: Lump) {
        match self.0.binary_search_by_key(&lump.by, |one| one.by) {
            Ok(place) => self.0[place].join(lump),
            Err(place) => self.0.insert(place, lump),
        }
        if self.0.len() > MOST {
            let oldest = self.0.remove(0);
            self.0[0].join(oldest);
        }
    }

    /// Takes out what was counted in minutes that are told, as one.
    pub fn take(&mut self, told: &Minutes) -> Option<Lump> {
        let (taken, left) =
            std::mem::take(&mut self.0).into_iter().partition(|lump| told.holds(lump.by));
        self.0 = left;
        let taken: Vec<Lump> = taken;
        taken.into_iter().reduce(|mut sum, lump| {
            sum.join(lump);
            sum
        })
    }

    /// Keeps only what was counted in minutes that are still untold.
    pub fn keep(&mut self, untold: &Minutes) {
        self.0.retain(|lump| untold.holds(lump.by));
    }

    /// Moves them along with the counts of the minutes they were counted in.
    pub fn align(&mut self, untold: &Minutes) {
        for lump in std::mem::take(&mut self.0) {
            let by = untold.at_or_after(lump.by).unwrap_or(lump.by);
            self.add(Lump { by, ..lump });
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Lump> + '_ {
        self.0.iter().copied()
    }

    /// True where nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Lump {
    fn join(&mut self, other: Self) {
        self.since = self.since.min(other.since);
        self.by = self.by.max(other.by);
        self.count = self.count.saturating_add(other.count);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lumps(all: &[(Minute, Minute, u64)]) -> Lumps {
        let mut lumps = Lumps::default();
        for (since, by, count) in all {
            lumps.add(Lump { since: *since, by: *by, count: *count });
        }
        lumps
    }

    fn told(minutes: &[Minute]) -> Minutes {
        let mut told = Minutes::default();
        for minute in minutes {
            told.add(*minute, 1);
        }
        told
    }

    #[test]
    fn what_is_told_takes_its_reports_along_as_one() {
        let mut lumps = lumps(&[(100, 300, 7), (50, 300, 2), (280, 310, 1), (0, 900, 4)]);
        let taken = lumps.take(&told(&[299, 300, 310])).unwrap();
        assert_eq!((taken.since, taken.by, taken.count), (50, 310, 10));
        assert_eq!(lumps.take(&told(&[300])), None);
        assert_eq!(lumps.take(&told(&[900])).unwrap().count, 4);
    }

    #[test]
    fn reports_whose_minutes_are_gone_are_let_go() {
        let mut lumps = lumps(&[(0, 100, 1), (0, 200, 2)]);
        assert!(!lumps.is_empty());
        lumps.keep(&told(&[200]));
        assert_eq!(lumps.take(&told(&[100, 200])).unwrap().count, 2);
        assert!(lumps.is_empty());
    }

    #[test]
    fn reports_move_to_the_minutes_that_have_their_counts_now() {
        let mut lumps = lumps(&[(10, 100, 1), (20, 103, 2), (30, 300, 4)]);
        lumps.align(&told(&[109, 300]));
        let moved = lumps.take(&told(&[109])).unwrap();
        assert_eq!((moved.since, moved.by, moved.count), (10, 109, 3));
        assert_eq!(lumps.take(&told(&[300])).unwrap().count, 4);
    }

    #[test]
    fn many_reports_stay_few_and_none_is_lost() {
        let many: Vec<_> = (0..200).map(|nth| (nth, nth + 100, 1)).collect();
        let mut lumps = lumps(&many);
        assert_eq!(lumps.0.len(), MOST);
        let all: Vec<Minute> = (100..300).collect();
        assert_eq!(lumps.take(&told(&all)).unwrap().count, 200);
    }
}
