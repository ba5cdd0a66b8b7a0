//! VENs, and what becomes of what they see: a VEN sums up every ten minutes or so,
//! stamps the summary and sends it, and some time later the PCE shows it.

use jiff::{SignedDuration, Timestamp};

use super::state::{hash, mixed};

/// How all VENs of a PCE report.
#[derive(Clone, Debug)]
pub struct Vens {
    /// Seconds between two summaries of one VEN: 600 [guide], or 589 as in the sample
    /// of Illumio's own guide. Each VEN has a phase of its own.
    pub period: i64,
    /// What lies between a summary's stamp and the moment the PCE shows it.
    pub lag: Lag,
    /// From when to when no VEN reaches the PCE. What they summed up meanwhile is shown
    /// at the end, all at once, each summary with its own stamp.
    pub cut_off: Option<(Timestamp, Timestamp)>,
    /// Phases and lags follow from it.
    pub seed: u64,
}

/// Seconds from a summary's stamp until the PCE shows it.
#[derive(Clone, Copy, Debug)]
pub enum Lag {
    /// Always so many.
    Fixed(i64),
    /// Between these, each summary its own; none is shown before an earlier one.
    InOrder(i64, i64),
    /// Between these, each summary its own; a later one may be shown first.
    OutOfOrder(i64, i64),
}

impl Default for Vens {
    fn default() -> Self {
        Self { period: 600, lag: Lag::Fixed(60), cut_off: None, seed: 0 }
    }
}

impl Vens {
    /// The stamp of the summary that this VEN sees an instant in: its end.
    pub fn stamp(&self, ven: &str, instant: Timestamp) -> Timestamp {
        let since = instant - SignedDuration::from_secs(self.phase(ven));
        let begun = since.as_second() + i64::from(since.subsec_nanosecond() > 0);
        self.nth_stamp(ven, (begun + self.period - 1).div_euclid(self.period))
    }

    /// When the PCE shows the summary with this stamp.
    pub fn shown(&self, ven: &str, stamp: Timestamp) -> Timestamp {
        let nth = (stamp.as_second() - self.phase(ven)).div_euclid(self.period);
        let shown = match self.lag {
            Lag::InOrder(_, most) => {
                let overtaken = 0..=most / self.period;
                let each = overtaken.map(|back| self.alone(ven, nth - back));
                each.max().unwrap_or(stamp)
            }
            _ => self.alone(ven, nth),
        };
        match self.cut_off {
            Some((from, until)) if from <= stamp && stamp < until => shown.max(until),
            _ => shown,
        }
    }

    /// When a summary would be shown if there were no other.
    fn alone(&self, ven: &str, nth: i64) -> Timestamp {
        let lag = match self.lag {
            Lag::Fixed(seconds) => seconds,
            Lag::InOrder(least, most) | Lag::OutOfOrder(least, most) => {
                let dice = mixed(hash(ven) ^ mixed(nth as u64 ^ self.seed));
                least + (dice % (most - least + 1) as u64) as i64
            }
        };
        self.nth_stamp(ven, nth) + SignedDuration::from_secs(lag)
    }

    fn nth_stamp(&self, ven: &str, nth: i64) -> Timestamp {
        Timestamp::from_second(self.phase(ven) + nth * self.period).unwrap()
    }

    fn phase(&self, ven: &str) -> i64 {
        (mixed(hash(ven) ^ self.seed) % self.period as u64) as i64
    }
}
