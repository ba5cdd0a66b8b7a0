//! An alert in words: the count, who and where, when, and the raw records.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::console::Console;
use super::item::tag;
use super::palette::Tone;
use super::view::{Card, Handle, List, NAME_MAX, PROSE_MAX, RawRecord, Timeline};
use super::{Look, lists, show};
use crate::lang::{Lang, mail as words};
use crate::report::{Alert, GroupRow, InOneGo, Record, Report, RuleNews, Subject, snapshot};
use crate::rules::describe::{self, measured};
use crate::rules::{Measure, Rule, Threshold};

/// So many bars at most; minutes are folded together where there are more.
const BARS: u64 = 60;
/// The same where many alerts share a mail.
const FEW_BARS: u64 = 30;
/// More alerts than that are many.
const MANY: usize = 3;
/// Characters of a record that are shown.
pub(super) const RAW_MAX: usize = 6_000;
/// Characters of the sentence on the rule.
const RULE_MAX: usize = 500;
/// Columns that a record is laid out for.
pub(super) const RAW_COLUMNS: usize = 76;

/// The whole alert; what of it is shown is for `fit` to decide.
pub(super) fn card(alert: &Alert, report: &Report, look: &Look) -> Card {
    let (lang, console) = (look.lang, &Console::of(&report.pce_url));
    let crowded = report.alerts.len() > MANY;
    let tone = Tone::from(alert.level);
    let title = show::clip(lang, alert.rule_name.trim(), NAME_MAX);
    Card {
        lead: lead(alert, lang),
        rule: sentence(alert.rule.as_deref(), lang),
        times: times(alert, look),
        meaning: show::clip_lines(lang, alert.desc.trim(), PROSE_MAX),
        advice: show::clip_lines(lang, alert.rec.trim(), PROSE_MAX),
        lists: all_lists(alert, console, crowded, look),
        timeline: timeline(alert, if crowded { FEW_BARS } else { BARS }, look),
        handle: Some(handle(alert, report.made_at, look)),
        raw: raw(alert, look),
        ..Card::new(tone, tag(lang, tone), title)
    }
}

/// Which rule, what it waits for, when it can be told again, and what is typed.
fn handle(alert: &Alert, told: Timestamp, look: &Look) -> Handle {
    let lang = look.lang;
    let again = alert.rule.as_ref().map(|rule| {
        let minutes = i64::from(rule.cooldown_minutes);
        let again = told.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(told);
        let again = show::clock(again, look.zone, true);
        match (minutes, alert.groups.is_some()) {
            (0, _) => words::again_at_once(lang),
            (_, false) => words::again_from(lang, again),
            (_, true) => words::again_each_from(lang, again),
        }
    });
    let waits_for = waits_for(alert.threshold, alert.measure, lang);
    Handle {
        facts: std::iter::once(words::rule_waits_for(lang, alert.rule_id, waits_for))
            .chain(again)
            .collect(),
        commands: commands(alert.rule_id, look),
    }
}

/// The same of a rule that tells how it is.
pub(super) fn handle_of(news: &RuleNews, look: &Look) -> Handle {
    let (id, lang) = (news.id, look.lang);
    let rule = news.rule.as_deref();
    let fact = match rule {
        Some(rule) => {
            let waits_for = waits_for(rule.threshold, rule.filter.measure(), lang);
            words::rule_waits_for(lang, id, waits_for)
        }
        None => words::rule_id(lang, id),
    };
    Handle { facts: vec![fact], commands: commands(id, look) }
}

/// `threshold 100 connections in 30 minutes`
fn waits_for(threshold: Threshold, measure: Measure, lang: Lang) -> String {
    let window = |minutes: u32| show::window(lang, minutes.into());
    match threshold {
        Threshold::Immediate => words::each_match(lang),
        Threshold::Count { count, window: minutes } => {
            words::threshold(lang, measured(measure, count, lang), window(minutes))
        }
        Threshold::Below { count, window: minutes } => {
            words::threshold_below(lang, measured(measure, count, lang), window(minutes))
        }
        Threshold::Standing { count, minutes: 0 } => {
            words::threshold_from(lang, measured(measure, count, lang))
        }
        Threshold::Standing { count, minutes } => {
            words::threshold_standing(lang, measured(measure, count, lang), window(minutes))
        }
    }
}

/// What is to be typed to pause or change a rule.
fn commands(id: i64, look: &Look) -> Vec<(String, String)> {
    let (lang, call) = (look.lang, show::call(look));
    vec![
        (words::to_pause(lang), format!("{call} pause {id} --until +8h --why TEXT")),
        (words::to_change(lang), format!("{call} rules set {id} KEY=VALUE")),
    ]
}

/// The groups first, then what the worst of them looked like.
fn all_lists(alert: &Alert, console: &Console, crowded: bool, look: &Look) -> Vec<List> {
    let groups = alert.groups.iter().map(|groups| lists::groups(groups, look));
    groups.chain(lists::lists(&alert.subject, console, crowded, look.lang)).collect()
}

/// What was asked for, in a sentence.
pub(super) fn sentence(rule: Option<&Rule>, lang: Lang) -> Option<String> {
    Some(show::clip(lang, &describe::sentence(rule?, lang), RULE_MAX))
}

/// What an attacker would be after, with its label.
pub(super) fn technique(text: &str, lang: Lang) -> Option<(String, String)> {
    let text = show::clip(lang, text.trim(), NAME_MAX);
    (!text.is_empty()).then(|| (words::technique(lang), text))
}

/// `12 matches in 10 minutes (threshold 5 in 10 minutes)`.
fn lead(alert: &Alert, lang: Lang) -> String {
    let mut what = measured(alert.measure, alert.count, lang);
    if alert.at_least {
        what = words::at_least(lang, what);
    }
    // What was reported in one go may have happened before it is counted.
    let since = alert.in_one_go.map_or(alert.first, |lump| lump.since);
    let first = alert.first.min(since);
    let seconds = alert.last.as_second().saturating_sub(first.as_second());
    // Times are to the minute: 18:05 to 18:14 are ten minutes.
    let minutes = (seconds.max(0) / 60).unsigned_abs() + 1;
    let told = words::within(lang, what, show::window(lang, minutes));
    let told = match alert.groups.as_ref().and_then(|groups| groups.rows.first()) {
        Some(worst) => words::of_group(lang, group_name(worst, lang), told),
        None => told,
    };
    match alert.threshold {
        Threshold::Immediate => words::against_immediate(lang, told),
        Threshold::Count { count, window } => words::against_count(
            lang,
            told,
            show::grouped(count),
            show::window(lang, window.into()),
        ),
        // These make no alerts.
        Threshold::Below { .. } | Threshold::Standing { .. } => told,
    }
}

/// `printer-7 (10.0.0.9) · 445/TCP`
pub(super) fn group_name(row: &GroupRow, lang: Lang) -> String {
    let values = row.values.iter().map(|value| lists::named(value, lang));
    values.collect::<Vec<_>>().join(" · ")
}

fn times(alert: &Alert, look: &Look) -> Vec<(String, String)> {
    let first = show::moment(alert.first, look.zone);
    let last = show::moment(alert.last, look.zone);
    let mut times = if first == last {
        vec![(words::seen(look.lang), first)]
    } else {
        vec![(words::first_seen(look.lang), first), (words::last_seen(look.lang), last)]
    };
    times.extend(alert.in_one_go.map(|lump| in_one_go(alert, lump, look)));
    times.extend(technique(&alert.technique, look.lang));
    times.extend(alert.in_doubt.and_then(|span| in_doubt(alert, span, look.lang)));
    times
}

/// `to within 1 hour only …; it may be that no 10 minutes held the threshold`.
fn in_doubt(alert: &Alert, span: u64, lang: Lang) -> Option<(String, String)> {
    let Threshold::Count { window, .. } = alert.threshold else {
        return None;
    };
    let (span, window) = (show::window(lang, span), show::window(lang, window.into()));
    Some((words::exactness(lang), words::in_doubt(lang, span, window)))
}

/// `1,330 connections reported in one go at 14:05; may have happened since 11:00`.
fn in_one_go(alert: &Alert, lump: InOneGo, look: &Look) -> (String, String) {
    let what = measured(alert.measure, lump.count.min(alert.count), look.lang);
    let with_day = lump.by.duration_since(lump.since).as_hours() >= 20;
    let clock = |at| show::clock(at, look.zone, with_day);
    (
        words::in_one_go(look.lang),
        words::in_one_go_since(look.lang, what, clock(lump.by), clock(lump.since)),
    )
}

/// `None` where all came in one minute or were only two: first and last time say it.
fn timeline(alert: &Alert, most_bars: u64, look: &Look) -> Option<Timeline> {
    let first = alert.timeline.iter().map(|(minute, _)| *minute).min()?;
    let last = alert.timeline.iter().map(|(minute, _)| *minute).max()?;
    let step = step(first.abs_diff(last), most_bars);
    let begin = first.div_euclid(step);
    let bars = usize::try_from(last.div_euclid(step).abs_diff(begin)).ok()? + 1;
    let mut sums = vec![0_u64; bars];
    for (minute, count) in &alert.timeline {
        let at = usize::try_from(minute.div_euclid(step).abs_diff(begin)).ok()?;
        let sum = sums.get_mut(at)?;
        *sum = sum.saturating_add(*count);
    }
    let most = sums.iter().copied().max()?;
    let peak = i64::try_from(sums.iter().position(|sum| *sum == most)?).ok()?;
    let with_day = first.abs_diff(last) >= 24 * 60;
    let clock = |bar: i64| {
        let second = begin.checked_add(bar)?.checked_mul(step)?.checked_mul(60)?;
        let at = jiff::Timestamp::from_second(second).ok()?;
        Some(show::clock(at, look.zone, with_day))
    };
    let telling = bars > 1 && sums.iter().copied().fold(0, u64::saturating_add) > 2;
    telling.then_some(Timeline {
        from: clock(0)?,
        to: clock(i64::try_from(bars).ok()?)?,
        note: words::timeline_note(
            look.lang,
            show::window(look.lang, step.unsigned_abs()),
            show::grouped(most),
            clock(peak)?,
        ),
        bars: sums,
        most,
    })
}

/// Minutes in a bar: the smallest handy number with which all bars fit.
fn step(minutes: u64, bars: u64) -> i64 {
    let fits = |step: &i64| minutes / step.unsigned_abs() <= bars - 2;
    [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440]
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| i64::try_from(minutes / (bars - 2) + 1).unwrap_or(i64::MAX))
}

fn raw(alert: &Alert, look: &Look) -> Vec<RawRecord> {
    if !look.raw_snapshot {
        return Vec::new();
    }
    let traffic = matches!(alert.subject, Subject::Traffic { .. });
    let record = |(at, record): (usize, &Record)| RawRecord {
        heading: words::record_at(look.lang, at + 1, show::moment(record.at, look.zone)),
        note: counted(record, traffic, look.lang),
        json: show::clip_lines(look.lang, &snapshot::indent(&record.raw, RAW_COLUMNS), RAW_MAX),
    };
    alert.snapshot.iter().take(2).enumerate().map(record).collect()
}

/// How much of a flow was counted, told apart from its record's own total.
fn counted(record: &Record, traffic: bool, lang: Lang) -> String {
    #[derive(Deserialize)]
    struct Total<'a> {
        #[serde(borrow)]
        num_connections: &'a RawValue,
    }
    let mut notes = Vec::new();
    if traffic {
        let count = show::grouped(record.counted);
        notes.push(match serde_json::from_str::<Total>(&record.raw) {
            Ok(row) => {
                let total = show::clip(lang, row.num_connections.get(), 24);
                words::counted_of_total(lang, count, total)
            }
            Err(_) => words::counted_of(lang, count),
        });
    }
    if record.cut {
        notes.push(words::record_cut(lang));
    }
    notes.join(" ")
}
