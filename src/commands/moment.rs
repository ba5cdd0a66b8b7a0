//! Times as a person types them.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::config;

/// `06:00`, the next one; `+8h`, `+30m`, `+2d`; `2026-11-30`, `2026-11-30 06:00` on the
/// zone's clock; RFC 3339. `None` for anything else.
pub fn coming(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(ahead) = text.strip_prefix('+') {
        return now.checked_add(span(ahead)?).ok();
    }
    match config::clock_time(text) {
        Some(time) => next(time, now, zone),
        None => config::moment(text, zone),
    }
}

/// `8h`, `30m`, `2d`.
fn span(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let number: u32 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let minutes = match unit.to_ascii_lowercase() {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return None,
    };
    Some(SignedDuration::from_mins(i64::from(number) * minutes))
}

/// The first such time after now.
fn next(time: Time, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    let on = |date: jiff::civil::Date| {
        let at = date.to_datetime(time);
        zone.to_ambiguous_timestamp(at).compatible().ok()
    };
    on(today).filter(|at| *at > now).or_else(|| on(today.checked_add(1.day()).ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_next_one_on_the_clock_or_so_long_from_now() {
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        let now = "2026-11-29T18:30:00Z".parse().unwrap();
        let read = |text| coming(text, now, &zone).map(|time: Timestamp| time.to_string());
        for (text, time) in [
            ("06:00", "2026-11-29T22:00:00Z"),
            ("2:00", "2026-11-30T18:00:00Z"),
            ("+8h", "2026-11-30T02:30:00Z"),
            ("+90m", "2026-11-29T20:00:00Z"),
            ("+2d", "2026-12-01T18:30:00Z"),
            ("2026-12-01", "2026-11-30T16:00:00Z"),
            ("2026-12-01 06:00", "2026-11-30T22:00:00Z"),
            ("2026-12-01T06:00", "2026-11-30T22:00:00Z"),
            ("2026-12-01T06:00:00+01:00", "2026-12-01T05:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
        for text in ["", "6", "25:00", "06:60", "+8", "+h", "8h", "tomorrow", "2026-13-01", "1e9"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
