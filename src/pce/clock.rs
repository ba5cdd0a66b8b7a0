//! The PCE's clock: the `Date` of its first answer and the time elapsed since.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// The PCE's clock, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    base: Timestamp,
    read_at: Instant,
    host: Timestamp,
    from_pce: bool,
}

impl Clock {
    /// The host's clock, corrected by what is known of the PCE's.
    pub fn of_host(now: Timestamp, offset: SignedDuration) -> Self {
        let base = now.checked_add(offset).unwrap_or(now);
        Self { base, read_at: Instant::now(), host: now, from_pce: false }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.base.checked_add(self.read_at.elapsed()).unwrap_or(self.base)
    }

    /// By how much the PCE's clock is ahead of the host's.
    pub fn offset(&self) -> SignedDuration {
        self.base.duration_since(self.host)
    }

    /// True once an answer has told the PCE's time.
    pub fn is_from_pce(&self) -> bool {
        self.from_pce
    }

    pub(super) fn learn(&mut self, date: &str) {
        let Ok(zoned) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date) else {
            return;
        };
        let elapsed = self.read_at.elapsed();
        self.host = self.host.checked_add(elapsed).unwrap_or(self.host);
        *self = Self { base: zoned, read_at: Instant::now(), host: self.host, from_pce: true };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_the_pces_from_its_first_answer_on() {
        let host: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut clock = Clock::of_host(host, SignedDuration::from_hours(-2));
        assert_eq!(
            clock.now().duration_since(host).as_hours(),
            -1,
            "two hours less some nanoseconds"
        );
        clock.learn("Sun, 22 Nov 2026 11:30:00 GMT");
        assert!(clock.is_from_pce());
        assert_eq!(clock.offset().as_mins(), 89, "the host's clock went on meanwhile");
        assert!(clock.now() >= "2026-11-22T11:30:00Z".parse().unwrap());
    }

    #[test]
    fn an_unreadable_date_leaves_the_clock_alone() {
        let host: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut clock = Clock::of_host(host, SignedDuration::ZERO);
        for date in ["", "yesterday", "Sun, 32 Nov 2026 11:30:00 GMT"] {
            clock.learn(date);
            assert!(!clock.is_from_pce(), "{date}");
        }
    }
}
