//! The daily report in words: figures, and what a person should look at.

use super::palette::Tone;
use super::view::{Card, Entry, List, Row, View, footer, tag};
use super::{LINE_MAX, Look, condition, show};
use crate::lang::{Lang, reports as words};
use crate::report::daily::{Daily, RuleDay};
use crate::report::{Condition, ConditionNews, Phase, Report};
use crate::rules::Level;

/// So many rules are named.
const TOP: usize = 5;

impl Daily {
    /// A warning where a run failed, mail waits or a condition holds.
    pub fn level(&self) -> Level {
        if self.day.failed > 0 || self.waiting.is_some() || !self.conditions.is_empty() {
            Level::Warning
        } else {
            Level::Info
        }
    }
}

/// `Daily report: 144 runs, none failed, 3 alerts`.
pub(super) fn what(daily: &Daily, lang: Lang) -> String {
    words::daily_headline(
        lang,
        runs(daily, lang),
        failed(daily, lang),
        alerts(daily, lang),
    )
}

/// The report in one line.
pub(super) fn line(report: &Report, daily: &Daily, look: &Look) -> String {
    let tag = tag(look.lang, daily.level().into());
    let at = show::moment(report.made_at, look.zone);
    show::cut(
        &format!("[{tag}] {at}: {}", what(daily, look.lang)),
        LINE_MAX,
    )
}

/// The whole mail: its figures are one card.
pub(super) fn view(report: &Report, daily: &Daily, look: &Look) -> View {
    let lang = look.lang;
    let tone: Tone = daily.level().into();
    let act = match daily.level() {
        Level::Info => String::new(),
        Level::Warning | Level::Critical => words::daily_do(lang),
    };
    View {
        lang,
        tone,
        tag: tag(lang, tone),
        site: show::clip(lang, report.site.trim(), 80),
        headline: what(daily, lang),
        act,
        body: Some(words::silence(lang, &daily.due)),
        // Shown where there are several; there is but this one.
        summary: vec![Row {
            tone,
            tag: tag(lang, tone),
            title: words::daily(lang),
            count: String::new(),
            when: show::clock(report.made_at, look.zone, true),
            matches: 0,
        }],
        cards: vec![card(report, daily, tone, look)],
        notices: Vec::new(),
        footer: footer(report, look),
    }
}

fn card(report: &Report, daily: &Daily, tone: Tone, look: &Look) -> Card {
    let lang = look.lang;
    Card {
        tone,
        tag: tag(lang, tone),
        title: String::new(),
        lead: String::new(),
        times: figures(report, daily, look),
        meaning: String::new(),
        said: String::new(),
        advice: String::new(),
        lists: top_rules(daily, lang).into_iter().collect(),
        timeline: None,
        raw: Vec::new(),
    }
}

fn figures(report: &Report, daily: &Daily, look: &Look) -> Vec<(String, String)> {
    let (lang, day) = (look.lang, &daily.day);
    let mut figures = Vec::new();
    let mut tell = |label: String, value: String| figures.push((label, value));
    if let Some(since) = day.since {
        let period = show::span(since, report.made_at, look.zone);
        tell(crate::lang::mail::period(lang), period);
    }
    let all = words::runs_and_failed(lang, runs(daily, lang), failed(daily, lang));
    tell(words::runs(lang), all);
    if let Some(gap) = day.longest {
        let time = show::duration(lang, gap.from, gap.until);
        let clock = |at| show::clock(at, look.zone, true);
        let gap = words::gap_short(lang, time, clock(gap.from), clock(gap.until));
        tell(words::longest_gap(lang), gap);
    }
    let until = |what, at: Option<jiff::Timestamp>| match at {
        Some(at) => words::complete_to(lang, what, show::moment(at, look.zone)),
        None => what,
    };
    let events = words::events_new(lang, show::grouped(day.events));
    tell(words::events(lang), until(events, daily.events_until));
    let rows = words::rows_read(lang, show::grouped(day.flows));
    tell(words::traffic(lang), until(rows, daily.traffic_until));
    tell(words::alerts(lang), alerts_of(daily, lang));
    let mails = words::mails_delivered(lang, show::grouped(day.mails));
    tell(words::mails(lang), mails);
    let waiting = daily.waiting.map(|(count, since)| {
        let since = show::moment(since, look.zone);
        words::waiting_mails(lang, show::grouped(count as u64), since)
    });
    let waiting = waiting.unwrap_or_else(|| words::waiting_none(lang));
    tell(words::waiting(lang), waiting);
    for (condition, since) in &daily.conditions {
        let since_when = show::moment(*since, look.zone);
        let what = holds(*condition, *since, lang);
        tell(
            words::holds(lang),
            words::holds_since(lang, what, since_when),
        );
    }
    figures
}

/// What the condition's first mail called it.
fn holds(condition: Condition, since: jiff::Timestamp, lang: Lang) -> String {
    let news = ConditionNews {
        condition,
        phase: Phase::Begins,
        since,
        detail: String::new(),
        level: Level::Warning,
        told_by: None,
        caught_up: None,
        expires: None,
    };
    condition::title(lang, &news)
}

fn runs(daily: &Daily, lang: Lang) -> String {
    match daily.day.runs {
        1 => words::runs_one(lang),
        runs => words::runs_many(lang, show::grouped(runs)),
    }
}

fn failed(daily: &Daily, lang: Lang) -> String {
    match daily.day.failed {
        0 => words::failed_none(lang),
        failed => words::failed_some(lang, show::grouped(failed)),
    }
}

fn alerts(daily: &Daily, lang: Lang) -> String {
    match daily.day.alerts {
        0 => words::alerts_none(lang),
        1 => words::alerts_one(lang),
        alerts => words::alerts_many(lang, show::grouped(alerts)),
    }
}

fn alerts_of(daily: &Daily, lang: Lang) -> String {
    let alerts = alerts(daily, lang);
    match (daily.rules, daily.day.alerts) {
        (0, _) => words::no_rules(lang, alerts),
        (_, 0) => alerts,
        // A rule that told something may be gone by now.
        (rules, _) => {
            let told = daily.day.rules.len();
            words::alerts_of(lang, alerts, told, rules.max(told))
        }
    }
}

fn top_rules(daily: &Daily, lang: Lang) -> Option<List> {
    let top = daily.day.top_rules(TOP);
    let most = top.first()?.alerts;
    let more = daily.day.rules.len() - top.len();
    Some(List {
        title: words::top_rules(lang),
        entries: top
            .into_iter()
            .map(|rule| entry(rule, most, lang))
            .collect(),
        more: (more > 0).then(|| crate::lang::mail::and_more(lang, more)),
    })
}

fn entry(rule: &RuleDay, most: u64, lang: Lang) -> Entry {
    let percent = rule.alerts.saturating_mul(100) / most.max(1);
    Entry {
        what: show::cut(rule.name.trim(), 80),
        note: match rule.matches {
            1 => words::matches_one(lang),
            matches => words::matches_many(lang, show::grouped(matches)),
        },
        count: show::grouped(rule.alerts),
        percent: u8::try_from(percent.clamp(1, 100)).unwrap_or(100),
    }
}
