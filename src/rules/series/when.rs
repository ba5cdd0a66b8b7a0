//! When growth happened, as minutes.
//!
//! A VEN sends a summary about every ten minutes, stamped when it is sent
//! [Administration 25.2; the closed rows of a capture of a PCE 25.2.40 step by it]. So
//! growth lies after the last stamp and up to the new one, and a new row's first count
//! in the ten minutes before its first stamp, too. When we polled says nothing of it.

use crate::rules::minutes::Minute;

/// How long a VEN gathers for a summary, in seconds [Administration 25.2].
pub(super) const SUMMARY_SECONDS: u32 = 600;

/// Up to here it is one summary that was late by a little: its count stands in ten
/// minutes, so that a burst within it meets "in ten minutes".
const ONE_SUMMARY: u32 = 720;

/// Over so many seconds growth is spread at most; beyond, its time is not known.
pub(super) const SPREAD_SECONDS: u32 = 1_500;

/// The minutes of one summary.
const SUMMARY_MINUTES: Minute = 10;

/// The minutes that growth is counted in, first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The first minute.
    pub first: Minute,
    /// The last one, that of the row's `last_detected`.
    pub last: Minute,
    /// Where its time is not known: the minute since which it may have happened. It is
    /// counted as the last ten minutes of that time, so that no burst is missed.
    pub since: Option<Minute>,
}

impl When {
    /// After the one second and up to the other.
    pub(super) fn between(after: u32, upto: u32) -> Self {
        let (first, last) = (minute(after) + 1, minute(upto));
        let width = upto.saturating_sub(after);
        if width > SPREAD_SECONDS {
            return Self::some_time(after, upto);
        }
        let first =
            if width <= ONE_SUMMARY { first.max(last - SUMMARY_MINUTES + 1) } else { first };
        let first = first.min(last);
        let since = None;
        Self { first, last, since }
    }

    /// Of a new row with these stamps.
    pub(super) fn of_new(first: u32, last: u32) -> Self {
        // Closer together than two summaries of one VEN: the stamps are those of single
        // connections, and all of them lie in ten minutes.
        let begun = if last.saturating_sub(first) <= SUMMARY_SECONDS / 2 { last } else { first };
        Self::between(begun.saturating_sub(SUMMARY_SECONDS), last)
    }

    /// Some time after the one second, and by the other.
    pub(super) fn some_time(after: u32, upto: u32) -> Self {
        let last = minute(upto);
        let since = minute(after).min(last);
        Self { first: last - SUMMARY_MINUTES + 1, last, since: Some(since) }
    }

    /// In the last minute alone: what is counted as 1 has no time to be spread over.
    pub fn at_its_end(self) -> Self {
        Self { first: self.last, last: self.last, since: None }
    }
}

fn minute(second: u32) -> Minute {
    Minute::from(second / 60)
}
