//! Times that have been, as a person types them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// `02:10`, the last one; `2026-11-29`, `2026-11-29 02:10` on the zone's clock; RFC 3339.
/// `None` for anything else, and for what is still to come.
pub fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let on_the_clock = |at: DateTime| zone.to_ambiguous_timestamp(at).compatible().ok();
    if let Some(time) = clock(text) {
        let today = zone.to_datetime(now).date();
        let on = |date: Date| on_the_clock(date.to_datetime(time));
        let past = on(today).filter(|at| *at <= now);
        return past.or_else(|| on(today.checked_sub(1.day()).ok()?));
    }
    let parsed = text.parse::<Timestamp>().ok();
    let at = parsed.or_else(|| on_the_clock(text.parse::<DateTime>().ok()?));
    at.filter(|at| *at <= now)
}

/// `02:10`, `2:10`.
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=2).contains(&hour.len()) && minute.len() == 2;
    if !fits || !is_number(hour) || !is_number(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_last_one_on_the_clock_or_a_day_and_time_that_has_been() {
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        let now = "2026-11-29T18:30:00Z".parse().unwrap();
        let read = |text| moment(text, now, &zone).map(|time: Timestamp| time.to_string());
        for (text, time) in [
            ("02:10", "2026-11-29T18:10:00Z"),
            ("2:40", "2026-11-28T18:40:00Z"),
            ("2026-11-29", "2026-11-28T16:00:00Z"),
            ("2026-11-29 02:10", "2026-11-28T18:10:00Z"),
            ("2026-11-29T02:10:05+01:00", "2026-11-29T01:10:05Z"),
            ("2026-11-29T02:10:00Z", "2026-11-29T02:10:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
        for text in ["", "2", "25:00", "02:60", "yesterday", "2026-11-31", "2026-12-01"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
