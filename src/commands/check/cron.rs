//! When cron and systemd start something: their notations, and the longest time
//! between two starts.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// So many days are looked at: a job of every month starts twice within them.
const DAYS: i64 = 70;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When something starts. A day fits where its month fits and, of day and weekday,
/// either where both are limited, as crontab(5) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Option<Vec<u32>>,
    months: Vec<u32>,
    weekdays: Option<Vec<u32>>,
}

impl Schedule {
    /// The first fields of a line in a crontab, and what follows them. `@reboot` is
    /// no schedule.
    pub fn of_cron(line: &str) -> Option<(Self, &str)> {
        let (first, rest) = word(line)?;
        if let Some(name) = first.strip_prefix('@') {
            let fields = match name {
                "hourly" => "0 * * * *",
                "daily" | "midnight" => "0 0 * * *",
                "weekly" => "0 0 * * 0",
                "monthly" => "0 0 1 * *",
                "yearly" | "annually" => "0 0 1 1 *",
                _ => return None,
            };
            return Some((Self::of_cron(fields)?.0, rest));
        }
        let (hours, rest) = word(rest)?;
        let (days, rest) = word(rest)?;
        let (months, rest) = word(rest)?;
        let (weekdays, rest) = word(rest).unwrap_or((rest, ""));
        let limited = |text: &str, numbers| (!text.starts_with('*')).then_some(numbers);
        let mut seven = numbers(weekdays, 0, 7, &WEEKDAYS)?;
        // Sunday is 0 and 7.
        seven.iter_mut().for_each(|day| *day %= 7);
        let schedule = Self {
            minutes: numbers(first, 0, 59, &[])?,
            hours: numbers(hours, 0, 23, &[])?,
            days: limited(days, numbers(days, 1, 31, &[])?),
            months: numbers(months, 1, 12, &MONTHS)?,
            weekdays: limited(weekdays, seven),
        };
        Some((schedule, rest))
    }

    /// An `OnCalendar=` of systemd.time(7), as far as it names times of every day.
    pub fn of_calendar(text: &str) -> Option<Self> {
        let of_cron = |fields: &str| Self::of_cron(fields).map(|(schedule, _)| schedule);
        match text {
            "minutely" => return of_cron("* * * * *"),
            "hourly" => return of_cron("0 * * * *"),
            "daily" => return of_cron("0 0 * * *"),
            "weekly" => return of_cron("0 0 * * 1"),
            _ => {}
        }
        let time = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [time] | ["*-*-*", time] => *time,
            _ => return None,
        };
        let mut parts = time.split(':');
        let (hours, minutes) = (parts.next()?, parts.next()?);
        let in_cron = |text: &str, most: u32| {
            let list = text.split(',').map(|part| {
                let part = part.replace("..", "-");
                match part.split_once('/') {
                    Some((first, step)) if first != "*" && !first.contains('-') => {
                        format!("{first}-{most}/{step}")
                    }
                    _ => part,
                }
            });
            list.collect::<Vec<_>>().join(",")
        };
        of_cron(&format!("{} {} * * *", in_cron(minutes, 59), in_cron(hours, 23)))
    }

    /// The longest time between two starts, in minutes; `None` where it hardly
    /// ever starts.
    pub fn longest_gap(&self) -> Option<u32> {
        let first = date(2026, 1, 1);
        let days =
            (0..DAYS).filter(|day| first.checked_add(day.days()).is_ok_and(|day| self.fits(day)));
        let starts = days.flat_map(|day| {
            let hours = self.hours.iter();
            hours.flat_map(move |hour| {
                let minutes = self.minutes.iter();
                minutes.map(move |minute| day * 1_440 + i64::from(hour * 60 + minute))
            })
        });
        let starts: Vec<i64> = starts.collect();
        let gaps = starts.iter().zip(starts.iter().skip(1));
        let longest = gaps.map(|(one, next)| next - one).max()?;
        u32::try_from(longest).ok()
    }

    fn fits(&self, day: Date) -> bool {
        let number = |number: i8| u32::try_from(number).unwrap_or_default();
        if !self.months.contains(&number(day.month())) {
            return false;
        }
        let in_days = |days: &Vec<u32>| days.contains(&number(day.day()));
        let weekday = match day.weekday() {
            Weekday::Sunday => 0,
            other => number(other.to_monday_one_offset()),
        };
        let in_weekdays = |days: &Vec<u32>| days.contains(&weekday);
        match (&self.days, &self.weekdays) {
            (None, None) => true,
            (Some(days), None) => in_days(days),
            (None, Some(days)) => in_weekdays(days),
            (Some(days), Some(weekdays)) => in_days(days) || in_weekdays(weekdays),
        }
    }
}

/// A time span of systemd.time(7) in minutes, rounded up: `10min`, `1h 30min`, `600`.
pub fn span_minutes(text: &str) -> Option<u32> {
    let mut seconds = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let after = after.trim_start();
        let letters =
            after.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(letters)?;
        let factor: u32 = match unit {
            "" | "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        seconds += number.parse::<u32>().ok()?.checked_mul(factor)?;
        rest = after.trim_start();
    }
    (seconds > 0).then(|| seconds.div_ceil(60))
}

/// The first word, and what follows it.
pub fn word(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    (!word.is_empty()).then(|| (word, rest.trim_start()))
}

/// `*`, `*/10`, `5`, `1-5`, `0-30/10`, names, and lists of them; sorted.
fn numbers(field: &str, least: u32, most: u32, names: &[&str]) -> Option<Vec<u32>> {
    let number = |text: &str| {
        let named = names.iter().position(|name| text.eq_ignore_ascii_case(name));
        match named {
            Some(place) => u32::try_from(place).ok().map(|place| place + least),
            None => text.parse().ok(),
        }
    };
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok()?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            None => (number(range)?, number(range)?),
        };
        if from < least || to > most || from > to || step == 0 {
            return None;
        }
        found.extend((from..=to).step_by(step));
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_time_between_two_starts_is_reckoned_from_a_cron_line() {
        for (line, gap) in [
            ("*/10 * * * * x", Some(10)),
            ("* * * * * x", Some(1)),
            ("0,15,40 * * * * x", Some(25)),
            ("*/7 * * * * x", Some(7)),
            ("3-59/10 8-18 * * 1-5 x", Some(61 * 60 + 10)),
            ("30 6 * * mon x", Some(7 * 1_440)),
            ("0 0 1 * 1 x", Some(7 * 1_440)),
            ("0 0 1 * * x", Some(31 * 1_440)),
            ("@hourly x", Some(60)),
            ("0 0 24 12 * x", None),
        ] {
            let (schedule, rest) = Schedule::of_cron(line).unwrap();
            assert_eq!(rest, "x");
            assert_eq!(schedule.longest_gap(), gap, "{line}");
        }
        for line in ["@reboot x", "PATH=/bin", "61 * * * * x", "*/0 * * * * x", ""] {
            assert_eq!(Schedule::of_cron(line), None, "{line}");
        }
    }

    #[test]
    fn a_timers_calendar_and_spans_are_understood() {
        for (text, gap) in [
            ("*:0/10", Some(10)),
            ("*:00/05:00", Some(5)),
            ("*-*-* *:0,30:00", Some(30)),
            ("*-*-* 06..18:0/15", Some(11 * 60 + 15)),
            ("hourly", Some(60)),
            ("02:30", Some(1_440)),
            ("Mon..Fri *:0/10", None),
        ] {
            let schedule = Schedule::of_calendar(text);
            let found = schedule.and_then(|schedule| schedule.longest_gap());
            assert_eq!(found, gap, "{text}");
        }
        for (text, minutes) in [
            ("10min", Some(10)),
            ("600", Some(10)),
            ("1h 30min", Some(90)),
            ("90 seconds", Some(2)),
            ("5 fortnights", None),
            ("", None),
        ] {
            assert_eq!(span_minutes(text), minutes, "{text}");
        }
    }
}
