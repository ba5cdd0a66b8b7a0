//! What a mail says of pauses: what one held back, and that one holds everything.

use jiff::Timestamp;

use crate::lang::{counts, grouped, mail as mail_words, pauses as words};
use crate::mail::compose::name_of;
use crate::mail::outbox::Reader;
use crate::report::Notice;
use crate::report::pause::held::{Held, HeldAlert, HeldCondition, HeldRule};
use crate::report::pause::{Pause, When};
use crate::rules::describe::measured;
use crate::rules::minutes::{Minute, time_of};

/// The lines take so many characters at most; what is left is told in number.
const LINES_MAX: usize = 3_600;

/// What of a text of its own the lines of a rule take, in characters.
const PART_MAX: usize = 1_900;

/// One thing that a pause held back, by itself.
pub enum Part<'h> {
    /// Of the rule with that id.
    Rule(i64, &'h HeldRule),
    /// A condition.
    Condition(&'h HeldCondition),
    /// So many matches of rules there was no room for.
    Beyond(u64),
}

impl<'h> Part<'h> {
    /// All that is held: rules by their ids, conditions, the rest.
    pub fn all_of(held: &'h Held) -> impl Iterator<Item = Self> {
        let rules = held.rules.iter().map(|(id, rule)| Self::Rule(*id, rule));
        let conditions = held.conditions.iter().map(Self::Condition);
        let beyond = (held.beyond > 0).then_some(Self::Beyond(held.beyond));
        rules.chain(conditions).chain(beyond)
    }

    /// What a pause's card says of it.
    pub fn text(&self, reader: &Reader) -> String {
        match self {
            Self::Rule(id, rule) => {
                let line = of_rule(*id, rule, reader);
                let mut room = PART_MAX.saturating_sub(line.chars().count());
                let mut told = Told { line, rule, alerts: Vec::new(), more: rule.more_alerts };
                told.add_alerts(reader, &mut room);
                told.lines(reader).collect::<Vec<_>>().join("\n")
            }
            Self::Condition(held) => of_condition(held, reader),
            Self::Beyond(count) => words::held_beyond(reader.lang, grouped(*count)),
        }
    }
}

/// What a pause held back; `pause`: as it stands in the config now.
pub(super) fn notice(pause: Option<&Pause>, held: &Held, reader: &Reader) -> Notice {
    let lang = reader.lang;
    let title = words::held_back(lang, &held.why, pause_span(pause, held, reader));
    let mut rules: Vec<(&i64, &HeldRule)> = held.rules.iter().collect();
    rules.sort_by_key(|(id, rule)| (std::cmp::Reverse((rule.level, rule.count)), **id));
    let mut room = LINES_MAX;
    let mut left_out = (0u64, held.beyond);
    // Each rule and condition has room before any alert has.
    let mut told: Vec<Told<'_>> = Vec::new();
    for (id, rule) in rules {
        let line = of_rule(*id, rule, reader);
        match fits(&line, &mut room) {
            true => told.push(Told { line, rule, alerts: Vec::new(), more: rule.more_alerts }),
            false => left_out = (left_out.0 + 1, left_out.1.saturating_add(rule.count)),
        }
    }
    let conditions = held.conditions.iter().map(|one| of_condition(one, reader));
    let conditions: Vec<String> = conditions
        .filter(|line| {
            let fits = fits(line, &mut room);
            left_out.0 += u64::from(!fits);
            fits
        })
        .collect();
    told.iter_mut().for_each(|told| told.add_alerts(reader, &mut room));
    let mut lines: Vec<String> = told.into_iter().flat_map(|told| told.lines(reader)).collect();
    lines.extend(conditions);
    match left_out {
        (0, 0) => {}
        (0, count) => lines.push(words::held_beyond(lang, grouped(count))),
        (rules, count) => lines.push(words::held_more(lang, grouped(rules), grouped(count))),
    }
    Notice { title, text: lines.join("\n"), advice: words::held_back_do(lang) }
}

/// Whether there is room for a line, which it then takes.
fn fits(line: &str, room: &mut usize) -> bool {
    let takes = line.chars().count() + 1;
    let fits = takes <= *room;
    if fits {
        *room -= takes;
    }
    fits
}

/// A rule with what would have been an alert each.
struct Told<'h> {
    line: String,
    rule: &'h HeldRule,
    alerts: Vec<String>,
    more: u64,
}

impl Told<'_> {
    fn add_alerts(&mut self, reader: &Reader, room: &mut usize) {
        for alert in &self.rule.alerts {
            let line = of_alert(self.rule, alert, reader);
            match fits(&line, room) {
                true => self.alerts.push(line),
                false => self.more += 1,
            }
        }
    }

    fn lines(self, reader: &Reader) -> impl Iterator<Item = String> {
        let more =
            (self.more > 0).then(|| words::more_held_alerts(reader.lang, grouped(self.more)));
        std::iter::once(self.line).chain(self.alerts).chain(more)
    }
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
        When::Once { from, until } => Some((from?, until)),
        When::Weekly { .. } => None,
    });
    let seen = || held.span().map(|(first, last)| (time_of(first), time_of(last)));
    own.or_else(seen).map(|(from, until)| span(from, until, reader)).unwrap_or_default()
}

/// `Rule 7 VEN offline: 14 matches, 2026-11-30 02:10 – 03:05`
fn of_rule(id: i64, rule: &HeldRule, reader: &Reader) -> String {
    let lang = reader.lang;
    let count = measured(rule.measure, rule.count, lang);
    let count = if rule.at_least { mail_words::at_least(lang, count) } else { count };
    words::held_rule(lang, id, &rule.name, count, minutes(rule.first, rule.last, reader))
}

fn of_alert(rule: &HeldRule, alert: &HeldAlert, reader: &Reader) -> String {
    let lang = reader.lang;
    let when = minutes(alert.first, alert.last, reader);
    let count = measured(rule.measure, alert.count, lang);
    match alert.who.as_str() {
        "" => words::held_alert_alone(lang, when, count),
        who => words::held_alert(lang, when, who, count),
    }
}

/// `PCE health is not normal, 02:10 – 02:50: two nodes are down`
fn of_condition(held: &HeldCondition, reader: &Reader) -> String {
    let lang = reader.lang;
    let name = || name_of(held.condition, held.since, lang);
    let what = held.rule.clone().unwrap_or_else(name);
    let at = span(held.since, held.until, reader);
    let said = match held.names.as_slice() {
        [] => held.detail.text(lang).lines().next().unwrap_or_default().to_owned(),
        names => {
            let more = held.count.saturating_sub(names.len() as u64);
            let more = if more > 0 { format!(" +{}", grouped(more)) } else { String::new() };
            format!("{}, {}{more}", counts::workloads(lang, held.count), names.join(", "))
        }
    };
    match held.over {
        true => words::held_condition(lang, what, at, said),
        false => words::held_condition_lasts(lang, what, at, said),
    }
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
