//! What is said of a pause, in a line.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use super::{Pause, Paused, When};
use crate::lang::{Lang, counts, listed, pauses as words};
use crate::report::Condition;

/// How it is with a pause at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds, up to then.
    Holds(Timestamp),
    /// It has not begun.
    Comes,
    /// It comes again.
    Waits,
    /// It is over for good.
    Over,
}

impl Pause {
    /// How it is with it.
    pub fn state(&self, now: Timestamp, zone: &TimeZone) -> State {
        if let Some(until) = self.holds_until(now, zone) {
            return State::Holds(until);
        }
        match self.ends() {
            Some(ends) if ends <= now => State::Over,
            _ if self.begins().is_some_and(|begins| begins > now) => State::Comes,
            _ => State::Waits,
        }
    }

    /// `3  rule 7, 9; until 2026-11-30 06:00; CHG-123 (by amy); in effect, …`; `held`: how
    /// much it holds back.
    pub fn line(&self, now: Timestamp, zone: &TimeZone, held: u64, lang: Lang) -> String {
        let state = match self.state(now, zone) {
            // Where it holds once, its end stands in its time.
            State::Holds(_) if matches!(self.when, When::Once { .. }) => words::holds(lang),
            State::Holds(until) => words::holds_now(lang, local(until, zone)),
            State::Comes => words::comes(lang),
            State::Waits => words::waits(lang),
            State::Over => words::is_over(lang),
        };
        let by = if self.by.is_empty() { String::new() } else { words::by(lang, &self.by) };
        let why = format!("{}{by}", self.why);
        let line = words::line(lang, self.id, self.what(lang), self.time(zone, lang), why, state);
        match held {
            0 => line,
            held => {
                let held = words::held_now(lang, counts::matches(lang, held));
                format!("{line}{}{held}", lang.semicolon())
            }
        }
    }

    /// `rule 7, 9, only src_ip_in=10.0.0.1; conditions unreachable`
    fn what(&self, lang: Lang) -> String {
        let rules = match &self.rules {
            Paused::All => Some(words::of_all_rules(lang)),
            Paused::These(ids) if ids.is_empty() => None,
            Paused::These(ids) if ids.len() == 1 => Some(words::of_rule(lang, listed(lang, ids))),
            Paused::These(ids) => Some(words::of_rules(lang, listed(lang, ids))),
        };
        let only = self.only.as_ref().map(|only| words::only(lang, &only.text));
        let all = Condition::OF_PCE.iter().all(|one| self.conditions.contains(one));
        let is_named = |one: &&Condition| !all || !Condition::OF_PCE.contains(one);
        let named = self.conditions.iter().filter(is_named).map(|one| one.word());
        let names: Vec<&str> = all.then_some(Condition::PCE).into_iter().chain(named).collect();
        let conditions =
            (!names.is_empty()).then(|| words::of_conditions(lang, listed(lang, &names)));
        rules.into_iter().chain(only).chain(conditions).collect::<Vec<_>>().join(lang.semicolon())
    }

    fn time(&self, zone: &TimeZone, lang: Lang) -> String {
        match &self.when {
            When::Once { from: None, until } => words::until(lang, local(*until, zone)),
            When::Once { from: Some(from), until } => {
                words::from_until(lang, local(*from, zone), local(*until, zone))
            }
            When::Weekly { days, from, until, ends, .. } => {
                let every = words::weekly(lang, weekly(days, *from, *until));
                let ends = ends.map(|ends| words::until(lang, local(ends, zone)));
                let parts: Vec<String> = std::iter::once(every).chain(ends).collect();
                parts.join(lang.semicolon())
            }
        }
    }
}

/// `Sat, Sun 02:00-04:00`, as the config has it.
fn weekly(days: &[Weekday], from: Time, until: Time) -> String {
    let name = |day: &Weekday| match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    let days = match days.len() {
        7 => "daily".to_owned(),
        _ => days.iter().map(name).collect::<Vec<_>>().join(","),
    };
    format!("{days} {}-{}", from.strftime("%H:%M"), until.strftime("%H:%M"))
}

fn local(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
