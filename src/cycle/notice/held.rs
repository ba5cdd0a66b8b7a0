//! What a mail says of pauses: what one held back, and that one holds everything.

use jiff::Timestamp;

use crate::lang::{counts, grouped, mail as mail_words, pauses as words};
use crate::mail::compose::name_of;
use crate::mail::outbox::Reader;
use crate::report::Notice;
use crate::report::pause::held::{Held, HeldCondition, HeldRule};
use crate::report::pause::{Pause, When};
use crate::rules::Level;
use crate::rules::minutes::{Minute, time_of};

/// What a pause held back; `pause`: as it stands in the config now.
pub(super) fn notice(pause: Option<&Pause>, held: &Held, reader: &Reader) -> Notice {
    let lang = reader.lang;
    let span = pause_span(pause, held, reader);
    let title = match held.why.as_str() {
        "" => words::held_back_by_gone(lang, span),
        why => words::held_back(lang, why, span),
    };
    let mut lines = Vec::new();
    let mut rules: Vec<(&i64, &HeldRule)> = held.rules.iter().collect();
    rules.sort_by_key(|(id, rule)| (std::cmp::Reverse((rule.level, rule.count)), **id));
    rules.into_iter().for_each(|(id, rule)| lines.extend(of_rule(*id, rule, reader)));
    lines.extend(held.conditions.iter().map(|one| of_condition(one, reader)));
    if held.beyond.groups > 0 {
        let (rules, count) = (grouped(held.beyond.groups), grouped(held.beyond.count));
        lines.push(words::held_beyond(lang, rules, count));
    }
    Notice { title, text: lines.join("\n"), advice: words::held_back_do(lang) }
}

/// That a pause holds everything for more than a day.
pub(super) fn all_paused(pause: &Pause, reader: &Reader) -> Notice {
    let lang = reader.lang;
    let until = pause.ends().map(|ends| reader.time(ends)).unwrap_or_default();
    let by = match pause.by.as_str() {
        "" => String::new(),
        by => words::by(lang, by),
    };
    Notice {
        title: words::all_paused(lang, &until),
        text: words::all_paused_text(lang, &pause.why, by, &until),
        advice: words::all_paused_do(lang, pause.id),
    }
}

/// The pause's own time, where it has but one; else from the first to the last that it held.
fn pause_span(pause: Option<&Pause>, held: &Held, reader: &Reader) -> String {
    let own = pause.and_then(|pause| match pause.when {
        When::Once { from, until } => Some((from, until)),
        When::Weekly { .. } => None,
    });
    let seen = || held.span().map(|(first, last)| (time_of(first), time_of(last)));
    own.or_else(seen).map(|(from, until)| span(from, until, reader)).unwrap_or_default()
}

/// `Rule 7 VEN offline: 14 matches, 2026-11-30 02:10 – 03:05`, and of a critical one each
/// alert.
fn of_rule(id: i64, rule: &HeldRule, reader: &Reader) -> Vec<String> {
    let lang = reader.lang;
    let count = match rule.at_least {
        true => mail_words::at_least_short(lang, counts::matches(lang, rule.count)),
        false => counts::matches(lang, rule.count),
    };
    let at = minutes(rule.first, rule.last, reader);
    let mut lines = vec![words::held_rule(lang, id, &rule.name, count, at)];
    for alert in rule.alerts.iter().filter(|_| rule.level == Level::Critical) {
        let (when, count) = (minutes(alert.first, alert.last, reader), grouped(alert.count));
        lines.push(match alert.who.as_str() {
            "" => words::held_alert_alone(lang, when, count),
            who => words::held_alert(lang, when, who, count),
        });
    }
    if rule.more_alerts > 0 {
        lines.push(words::more_held_alerts(lang, grouped(rule.more_alerts)));
    }
    lines
}

fn of_condition(held: &HeldCondition, reader: &Reader) -> String {
    let name = || name_of(held.condition, held.since, reader.lang);
    let what = held.rule.clone().unwrap_or_else(name);
    words::held_condition(reader.lang, what, span(held.since, held.until, reader))
}

fn minutes(first: Minute, last: Minute, reader: &Reader) -> String {
    span(time_of(first), time_of(last), reader)
}

/// `2026-11-30 02:10 – 03:05`; the day once where it is the same, and one time alone where
/// both are.
fn span(from: Timestamp, until: Timestamp, reader: &Reader) -> String {
    let written =
        |time: Timestamp, format| time.to_zoned(reader.zone.clone()).strftime(format).to_string();
    const WHOLE: &str = "%Y-%m-%d %H:%M";
    let (first, last) = (written(from, WHOLE), written(until, WHOLE));
    if first == last {
        return first;
    }
    let is_same_day = written(from, "%F") == written(until, "%F");
    let last = if is_same_day { written(until, "%H:%M") } else { last };
    format!("{first} – {last}")
}
