//! How much traffic has grown, whatever the PCE takes for a row.
//!
//! A row says "so many connections between first_detected and last_detected", and no
//! source promises more: rows were seen cut by UTC day and not clipped to the query
//! [capture of a PCE 25.2.40], merged over the days that a query touches, several of one
//! name in one answer. So no calendar stands here, and no mode. What one row is
//! remembered as is a *series*; the rows of an answer are held against the series that
//! are known as a set, and what a row adds is its growth, with the time in which that
//! happened.
//!
//! The door is [`Known::answer`]: rows go in one by one, growth comes out, at once or at
//! the answer's end, and [`Answer::finish`] is what is known from then on.

mod answer;
mod legacy;
mod packing;
mod row;
mod settle;
mod when;

use std::collections::HashMap;

pub use self::answer::{Answer, Bounds};
pub use self::legacy::Legacy;
pub use self::row::{HashKey, Name, Row};
pub use self::when::When;
use crate::packed::ByHash;

/// How many series are remembered at most; beyond it the longest unseen go first.
pub const MAX_SERIES: usize = 400_000;

/// Of so many reporting VENs it is remembered when they were last heard of.
const MAX_VENS: usize = 50_000;

/// How long a series is remembered after it was last seen, in seconds: a row of a day
/// can come back as long as the day lasts, and a VEN that can't reach the PCE keeps its
/// summaries for 24 hours [Administration 25.2].
pub const KEPT_SECONDS: i64 = 26 * 3_600;

/// All series that are remembered, by what their rows are called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// In the order of [`Series::place`].
    series: Vec<Series>,
    /// When each reporting VEN was last heard of.
    vens: HashMap<u64, Heard, ByHash>,
    /// What names are hashed with; drawn once.
    key: HashKey,
    /// What began before this second was counted by an earlier version, which kept no
    /// more of it; 0: nothing was.
    counted_before: u32,
}

/// What one row is remembered as: 32 bytes, of which hundreds of thousands are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Series {
    name: Name,
    /// Its `num_connections` when it was last seen.
    count: u32,
    /// Its `first_detected`, in seconds since 1970.
    first: u32,
    /// Its `last_detected`.
    last: u32,
    /// How many of its connections the other end of the flow has not reported.
    ahead: u32,
    /// How many were told of it that its shares did not hold, as a burst was certain.
    over: u32,
    /// Which end reports it: the source's VEN, or the destination's.
    outbound: bool,
    /// Whether it is all that was told of rows that are cut anew by each query, from the
    /// first of them on. A query that reaches further back may bring just that.
    whole: bool,
    /// Whether the answer in hand has it. Not kept.
    met: bool,
    /// Whether the answer in hand replaced it. Not kept.
    gone: bool,
}

/// When a VEN's newest summary was stamped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard {
    /// As the last complete fetch knew it.
    before: u32,
    /// As this one does.
    now: u32,
    /// The stamp of a summary that came after a later one; 0: none did of late.
    astray: u32,
}

/// By how much a row has grown since it was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// So many connections that nobody has counted yet; those that the flow's other end
    /// has reported are. May be 0.
    pub count: u64,
    /// When that was.
    pub when: When,
    /// Whether the traffic was known.
    pub of: Of,
}

/// Whose growth it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A series that was last seen at this second since 1970.
    Known(u32),
    /// A row never seen.
    New {
        /// Whether it began in the time of which every series is remembered. If not, it
        /// may be one that was forgotten.
        within: bool,
        /// True where the flow's other end has reported some of it.
        again: bool,
    },
}

impl Series {
    /// What the series are ordered by.
    fn place(&self) -> (Name, bool, u32) {
        (self.name, self.outbound, self.first)
    }
}

impl Known {
    /// None yet; names will be hashed with these numbers, which should be random, so
    /// that nobody can make up two rows that are taken for one.
    pub fn new(random: u64) -> Self {
        Self { key: HashKey::of(random), ..Self::default() }
    }

    /// Draws the key, if there is none yet.
    pub fn draw_key(&mut self, random: u64) {
        if self.key == HashKey::default() {
            self.key = HashKey::of(random);
        }
    }

    /// What names are hashed with.
    pub fn key(&self) -> HashKey {
        self.key
    }

    /// A fetch is complete: from now on rows of another one come in.
    pub fn end_fetch(&mut self) {
        for heard in self.vens.values_mut() {
            heard.before = heard.now;
        }
    }

    /// Says that what began before `time` was counted, though nothing of it is known:
    /// its rows are only learnt.
    pub fn all_was_counted_before(&mut self, time: jiff::Timestamp) {
        self.counted_before = row::second(time);
    }

    /// Forgets series that were last seen before `time`.
    pub fn forget_before(&mut self, time: jiff::Timestamp) {
        let second = row::second(time);
        self.series.retain(|series| series.last >= second);
        self.vens.retain(|_, heard| heard.now >= second);
        for heard in self.vens.values_mut() {
            if heard.astray < second {
                heard.astray = 0;
            }
        }
        if self.counted_before < second {
            self.counted_before = 0;
        }
    }

    /// Keeps to the bound; true where series had to be forgotten for it.
    pub fn keep_to(&mut self, bound: usize) -> bool {
        if self.vens.len() > MAX_VENS {
            // Without it less is known of when something happened, and nothing is lost.
            self.vens.clear();
        }
        keep_newest(&mut self.series, bound)
    }

    /// What those beyond the bound take while an answer's rows are held against them, in
    /// bytes: they are there twice then, and a third time where they are put in order.
    pub fn excess(&self) -> usize {
        3 * self.series.len().saturating_sub(MAX_SERIES) * size_of::<Series>()
    }

    /// How many series are remembered.
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }
}

/// Keeps the `bound` that were seen last, in their order; true where others went.
fn keep_newest(series: &mut Vec<Series>, bound: usize) -> bool {
    let Some(excess) = series.len().checked_sub(bound).filter(|excess| *excess > 0) else {
        return false;
    };
    let mut seen: Vec<u32> = series.iter().map(|series| series.last).collect();
    let (_, oldest_kept, _) = seen.select_nth_unstable(excess);
    let oldest_kept = *oldest_kept;
    // Of those last seen in that very second only so many may stay.
    let newer = series.iter().filter(|one| one.last > oldest_kept).count();
    let mut room = bound - newer;
    series.retain(|one| {
        let stays = one.last > oldest_kept || (one.last == oldest_kept && room > 0);
        room -= usize::from(stays && one.last == oldest_kept);
        stays
    });
    series.shrink_to_fit();
    true
}

#[cfg(test)]
mod tests;
