//! The daily report: what each run adds to it, when it is due, what it says.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::letter::{blank_report, letter};
use super::outcome::Figures;
use super::site::Site;
use crate::mail::outbox::Waiting;
use crate::report::daily::{Active, Daily, Day, Holding, Learning};
use crate::report::{Alert, Condition, Kind, Report};
use crate::rules::{Threshold, keyed};
use crate::store::state::State;

/// Adds a run to the day. A report that nobody wants is not counted for.
pub(super) fn count_the_run(
    site: &Site<'_>,
    day: &mut Day,
    figures: &Figures,
    alerts: &[Alert],
    failed: bool,
    now: Timestamp,
) {
    if site.config.settings.daily_report.is_none() {
        *day = Day::default();
        return;
    }
    day.since.get_or_insert(now);
    day.runs += 1;
    day.failed += u64::from(failed);
    day.events += figures.events;
    day.flows += figures.flows;
    day.mails += figures.mails as u64;
    alerts.iter().for_each(|alert| day.add_alert(alert));
}

/// Adds what came of the run's own mail, which had to be saved before it was sent: so many
/// more mails were delivered, and whether the run had failed before it, and after.
pub(super) fn count_own_mail(
    site: &Site<'_>,
    day: &mut Day,
    delivered: usize,
    (before, after): (bool, bool),
) {
    if site.config.settings.daily_report.is_none() {
        return;
    }
    day.mails += delivered as u64;
    // The run that reported stands in the report as what it was until then.
    match (before, after) {
        (false, true) if day.runs > day.failed => day.failed += 1,
        // The server confirmed what it had left open.
        (true, false) => day.failed = day.failed.saturating_sub(1),
        _ => {}
    }
}

/// The day that is over, and its local time, if its report is due; what is told next
/// starts afresh.
pub(super) fn end_the_day(site: &Site<'_>, day: &mut Day, now: Timestamp) -> Option<(Day, Time)> {
    let time = site.config.settings.daily_report?;
    let today = site.day(now);
    // A day in the future was told by a wrong clock; it will be told again.
    day.told = day.told.map(|told| told.min(today));
    let due = due(now, time, &site.zone(), day.told)?;
    let next = Day { told: Some(due), since: Some(now), ..Day::default() };
    Some((std::mem::replace(day, next), time))
}

/// The report. Told of mail is what waited before the run made its own.
pub(super) fn report(
    site: &Site<'_>,
    state: &State,
    ((day, due), learning): ((Day, Time), Vec<Learning>),
    footer: Vec<String>,
    now: Timestamp,
) -> Waiting {
    let oldest = state.outbox.mails.iter().map(|mail| mail.made_at).min();
    let daily = Daily {
        due: due.strftime("%H:%M").to_string(),
        day,
        rules: site.config.rules.iter().filter(|rule| rule.enabled).count(),
        waiting: oldest.map(|oldest| (state.outbox.mails.len(), oldest)),
        active: active(site, state),
        pauses: site.pauses().that_hold(&state.held, now),
        events_until: state.events.position,
        traffic_until: state.traffic.position,
        learning,
    };
    let blank = blank_report(&site.config, Kind::Daily, now);
    let report = Report { footer, daily: Some(daily), ..blank };
    // Another Message-ID than that of the cycle's other mail.
    letter(&report, &site.config, &site.command(), site.call.random.wrapping_add(1))
}

/// What holds; a rule by its name.
fn active(site: &Site<'_>, state: &State) -> Vec<Active> {
    let rules = keyed(&site.config.rules);
    let of = |condition: Condition| {
        let is_its = |key: &str| key.parse().map(Condition::Rule).ok() == Some(condition);
        let rule = || rules.iter().find(|(key, _)| is_its(key)).map(|(_, rule)| rule);
        match condition {
            Condition::Rule(_) => Holding::Rule {
                name: rule().map(|rule| rule.name.clone()).unwrap_or_default(),
                is_too_few: rule()
                    .is_some_and(|rule| matches!(rule.threshold, Threshold::Below { .. })),
            },
            other => Holding::Condition(other),
        }
    };
    let held = state.conditions.iter();
    held.map(|(condition, held)| Active {
        what: of(*condition),
        level: held.level,
        since: held.since,
    })
    .collect()
}

/// The latest day whose report is due and not told; on the first day at all today's
/// alone. A time that a day does not have is the one after it, and of one that it
/// has twice it is the first.
fn due(now: Timestamp, time: Time, zone: &TimeZone, told: Option<Date>) -> Option<Date> {
    let today = now.to_zoned(zone.clone()).date();
    let has_come = |day: Date| {
        day.to_datetime(time).to_zoned(zone.clone()).is_ok_and(|due| due.timestamp() <= now)
    };
    let day = if has_come(today) {
        today
    } else {
        // Nobody knows of a yesterday before the first report.
        told?;
        today.yesterday().ok()?
    };
    told.is_none_or(|told| told < day).then_some(day)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The reports of runs every ten minutes between two times, each as the time it
    /// comes at.
    fn reports(zone: &str, time: &str, from: &str, until: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let time: Time = time.parse().unwrap();
        let (mut now, until): (Timestamp, Timestamp) =
            (from.parse().unwrap(), until.parse().unwrap());
        let first = now.to_zoned(zone.clone()).date();
        let mut told = Some(first);
        let mut came = Vec::new();
        while now < until {
            if let Some(day) = due(now, time, &zone, told) {
                told = Some(day);
                came.push(now.to_zoned(zone.clone()).strftime("%d %H:%M %:z").to_string());
            }
            now += jiff::SignedDuration::from_mins(10);
        }
        came
    }

    #[test]
    fn on_days_of_23_and_25_hours_it_comes_once() {
        // Europe/Berlin: on 29 March 2026 there is no 02:30, on 25 October two of it.
        assert_eq!(
            reports("Europe/Berlin", "02:30", "2026-03-27T12:00:00Z", "2026-03-31T00:00:00Z"),
            ["28 02:30 +01:00", "29 03:30 +02:00", "30 02:30 +02:00"]
        );
        assert_eq!(
            reports("Europe/Berlin", "02:30", "2026-10-23T12:00:00Z", "2026-10-27T00:00:00Z"),
            ["24 02:30 +02:00", "25 02:30 +02:00", "26 02:30 +01:00"]
        );
    }

    #[test]
    fn where_a_midnight_is_missing_that_days_comes_an_hour_later() {
        // Cuba puts its clocks forward at midnight: 8 March 2026 begins at 01:00.
        assert_eq!(
            reports("America/Havana", "00:00", "2026-03-06T12:00:00Z", "2026-03-09T12:00:00Z"),
            ["07 00:00 -05:00", "08 01:00 -04:00", "09 00:00 -04:00"]
        );
    }

    #[test]
    fn a_late_time_of_day_is_told_after_midnight_if_it_was_missed() {
        let zone = TimeZone::UTC;
        let time: Time = "23:55".parse().unwrap();
        let date = |text: &str| text.parse::<Date>().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let told = Some(date("2026-08-01"));
        let now = at("2026-08-03T00:05:00Z");
        assert_eq!(due(now, time, &zone, told), Some(date("2026-08-02")));
        assert_eq!(due(now, time, &zone, Some(date("2026-08-02"))), None);
        assert_eq!(due(now, time, &zone, None), None, "the first day's is to come");
    }
}
