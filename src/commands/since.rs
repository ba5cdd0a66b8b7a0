//! `--since`: how far back a command looks.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The time that `text` means: so long before `now` (`30m`, `24h`, `7d`, `2w`), a date or a
/// local time of `zone` (`2026-11-22`, `2026-11-22 08:00`), or RFC 3339. `None` for anything
/// else.
pub fn since(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    before(text, now)
        .or_else(|| text.parse().ok())
        .or_else(|| local(text.parse::<DateTime>().ok()?, zone))
        .or_else(|| local(text.parse::<Date>().ok()?.at(0, 0, 0, 0), zone))
}

fn before(text: &str, now: Timestamp) -> Option<Timestamp> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 60 * 24,
        "w" => 60 * 24 * 7,
        _ => return None,
    };
    // More than there is time is since ever.
    let number: i64 = number.parse::<i64>().ok()?.min(10_000_000);
    let back = SignedDuration::from_mins(number.saturating_mul(minutes));
    Some(now.checked_sub(back).unwrap_or(Timestamp::MIN))
}

fn local(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(time).compatible().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_so_long_ago_or_a_local_one_or_one_of_the_whole_world() {
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let at = |text: &str| since(text, now, &zone).map(|time| time.to_string());
        for (text, time) in [
            ("30m", "2026-11-22T09:30:00Z"),
            ("24h", "2026-11-21T10:00:00Z"),
            (" 7d ", "2026-11-15T10:00:00Z"),
            ("2w", "2026-11-08T10:00:00Z"),
            ("2026-11-22", "2026-11-21T16:00:00Z"),
            ("2026-11-22 08:30", "2026-11-22T00:30:00Z"),
            ("2026-11-22T08:30", "2026-11-22T00:30:00Z"),
            ("2026-11-22T08:30:00Z", "2026-11-22T08:30:00Z"),
            ("2026-11-22T08:30:00+02:00", "2026-11-22T06:30:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
        assert!(at("99999999999999999d").is_some_and(|time| time.starts_with('-')));
        for text in ["", "h", "-1h", "1.5h", "yesterday", "24", "2026-13-01", "24 h", "٣h"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
