//! Times as a person types them: to come, past, or so long ago; a day as `2026-11-30`, or as
//! [`typed::day`] has it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::typed;
use crate::config::{clock_time, moment};

/// `06:00`, the next one; `+8h`, `+30m`, `+2d`; `2026-11-30`, `2026-11-30 06:00` on the
/// zone's clock; RFC 3339. `None` for anything else.
pub fn coming(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = typed::day(text);
    let text = text.trim();
    if let Some(ahead) = text.strip_prefix('+') {
        return now.checked_add(span(ahead)?).ok();
    }
    let today = zone.to_datetime(now).date();
    match clock_time(text) {
        Some(time) => {
            let on = |date: Date| zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible();
            let today_at = on(today).ok().filter(|at| *at > now);
            today_at.or_else(|| on(today.checked_add(1.day()).ok()?).ok())
        }
        None => moment(text, zone),
    }
}

/// `02:10`, the last one; a date, a local time or RFC 3339 as [`coming`] has them. `None` for
/// anything else, and for what is still to come.
pub fn past(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = typed::day(text);
    let text = text.trim();
    let today = zone.to_datetime(now).date();
    let at = match clock_time(text) {
        Some(time) => {
            let on = |date: Date| zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible();
            let today_at = on(today).ok().filter(|at| *at <= now);
            today_at.or_else(|| on(today.checked_sub(1.day()).ok()?).ok())
        }
        None => moment(text, zone),
    };
    at.filter(|at| *at <= now)
}

/// So long before now, `30m`, `24h`, `7d`, `2w`; else as [`past`] has it, to come or not.
pub fn since(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = typed::day(text);
    let text = text.trim();
    match span(text) {
        Some(back) => Some(now.checked_sub(back).unwrap_or(Timestamp::MIN)),
        None => past(text, now, zone).or_else(|| moment(text, zone)),
    }
}

/// `30m`, `8h`, `2d`, `2w`.
fn span(text: &str) -> Option<SignedDuration> {
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
    Some(SignedDuration::from_mins(number.saturating_mul(minutes)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    type Read = fn(&str, Timestamp, &TimeZone) -> Option<Timestamp>;

    /// By a clock that shows 02:30 on 30 November, eight hours ahead of UTC.
    fn assert_reads(read: Read, right: &[(&str, &str)], wrong: &[&str]) {
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        let now = "2026-11-29T18:30:00Z".parse().unwrap();
        let read = |text| read(text, now, &zone).map(|time| time.to_string());
        for (text, time) in right {
            assert_eq!(read(text).as_deref(), Some(*time), "{text}");
        }
        for text in wrong {
            assert_eq!(read(text), None, "{text}");
        }
    }

    const NO_TIMES: [&str; 8] = ["", "6", "25:00", "06:60", "+8", "yesterday", "2026-13-01", "٣h"];

    #[test]
    fn a_time_to_come_is_the_next_one_on_the_clock_or_so_long_from_now() {
        let right = [
            ("06:00", "2026-11-29T22:00:00Z"),
            ("2:00", "2026-11-30T18:00:00Z"),
            ("+8h", "2026-11-30T02:30:00Z"),
            ("+90m", "2026-11-29T20:00:00Z"),
            ("+2d", "2026-12-01T18:30:00Z"),
            ("2026-12-01", "2026-11-30T16:00:00Z"),
            ("2026-12-01 06:00", "2026-11-30T22:00:00Z"),
            ("2026/12/1 06:00", "2026-11-30T22:00:00Z"),
            ("２０２６／１２／１", "2026-11-30T16:00:00Z"),
            ("０６：００", "2026-11-29T22:00:00Z"),
            ("＋８ｈ", "2026-11-30T02:30:00Z"),
            ("2026-12-01T06:00", "2026-11-30T22:00:00Z"),
            ("2026-12-01T06:00:00+01:00", "2026-12-01T05:00:00Z"),
        ];
        assert_reads(coming, &right, &[&NO_TIMES[..], &["8h", "+h", "1e9"]].concat());
    }

    #[test]
    fn a_past_time_is_the_last_one_on_the_clock_or_a_day_and_time_that_has_been() {
        let right = [
            ("02:10", "2026-11-29T18:10:00Z"),
            ("2:40", "2026-11-28T18:40:00Z"),
            ("2026-11-29", "2026-11-28T16:00:00Z"),
            ("2026-11-29 02:10", "2026-11-28T18:10:00Z"),
            ("2026年11月29日 02:10", "2026-11-28T18:10:00Z"),
            ("2026-11-29T02:10:05+01:00", "2026-11-29T01:10:05Z"),
        ];
        assert_reads(past, &right, &[&NO_TIMES[..], &["2026-12-01", "24h"]].concat());
    }

    #[test]
    fn since_a_time_is_so_long_ago_or_since_a_past_one() {
        let right = [
            ("30m", "2026-11-29T18:00:00Z"),
            ("24h", "2026-11-28T18:30:00Z"),
            (" 7d ", "2026-11-22T18:30:00Z"),
            ("2w", "2026-11-15T18:30:00Z"),
            ("02:10", "2026-11-29T18:10:00Z"),
            ("2026-11-22", "2026-11-21T16:00:00Z"),
            ("2026/11/22", "2026-11-21T16:00:00Z"),
            ("2026-11-22T08:30:00+02:00", "2026-11-22T06:30:00Z"),
        ];
        assert_reads(since, &right, &[&NO_TIMES[..], &["-1h", "1.5h", "24 h", "h"]].concat());
        let ever = since("99999999999999999d", Timestamp::UNIX_EPOCH, &TimeZone::UTC).unwrap();
        assert_eq!(ever, Timestamp::MIN);
    }
}
