//! Times in tests: short words for instants of one day, and the PCE's own formats.

use jiff::{SignedDuration, Timestamp};

/// The day that every short time word lies on; a Monday.
pub const DAY: &str = "2026-08-03";

/// Seconds of a UTC day.
pub const DAY_SECONDS: i64 = 86_400;

/// What can stand where a test says when: a word for [`at`], or an instant.
pub trait When {
    /// The instant.
    fn instant(self) -> Timestamp;
}

impl When for &str {
    fn instant(self) -> Timestamp {
        at(self)
    }
}

impl When for Timestamp {
    fn instant(self) -> Timestamp {
        self
    }
}

/// The instant that `word` names: `10:03`, `10:03:20.5`, `+1d 00:02`, `-9d 10:00`
/// (UTC, relative to [`DAY`]), or a whole RFC 3339 timestamp.
///
/// # Panics
/// On any other word: a test's mistake.
pub fn at(word: &str) -> Timestamp {
    if word.contains('T') {
        return word.parse().unwrap();
    }
    let (days, clock) = match word.split_once("d ") {
        Some((days, clock)) => (days.parse::<i64>().unwrap(), clock),
        None => (0, word),
    };
    let seconds = if clock.matches(':').count() == 1 { ":00" } else { "" };
    let day: Timestamp = format!("{DAY}T{clock}{seconds}Z").parse().unwrap();
    day + SignedDuration::from_hours(24 * days)
}

/// A timestamp as the PCE demands it in a query: RFC 3339 with an offset. `None`
/// for a naive one, a bare date, or anything else.
pub fn strict(text: &str) -> Option<Timestamp> {
    text.contains('T').then(|| text.parse::<Timestamp>().ok()).flatten()
}

/// As events carry it: milliseconds and `Z`.
pub fn millis(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// As rows of traffic and queries carry it: whole seconds and `Z`.
pub fn seconds(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As the `Date` header carries it.
pub fn http_date(instant: Timestamp) -> String {
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The PCE's clock: standing still where a test set it, or running.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// Always this instant, until it is set again.
    Fixed(Timestamp),
    /// The host's clock and so much more.
    Running(SignedDuration),
}

impl Clock {
    /// What the PCE takes for now.
    pub fn now(self) -> Timestamp {
        match self {
            Self::Fixed(instant) => instant,
            Self::Running(offset) => Timestamp::now() + offset,
        }
    }
}
