//! The daily report in words: figures, and what a person should look at.

use jiff::Timestamp;

use super::item::tag;
use super::palette::Tone;
use super::view::{Card, Entry, List, ListKind, NAME_MAX, View, footer};
use super::{LINE_MAX, Look, condition, show, subject};
use crate::lang::{
    Lang, counts, mail as mail_words, pauses as pause_words, reports as words, standing,
};
use crate::report::daily::{Active, Daily, Holding, Learning, RuleDay};
use crate::report::{Condition, ConditionNews, Phase, Report};
use crate::rules::{Level, groups};

/// So many rules are named.
const TOP: usize = 5;

/// So many conditions are.
const ACTIVE: usize = 20;

/// `Daily report: PCE unreachable +1 · 144 runs, none failed, 3 alerts`.
fn what(daily: &Daily, lang: Lang) -> String {
    let figures =
        words::daily_figures(lang, runs(daily, lang), failed(daily, lang), alerts(daily, lang));
    let active = daily.worst_first();
    let worst = active
        .first()
        .map(|worst| show::with_others(show::cut(&name(worst, lang), 60), active.len() as u64 - 1));
    let told: Vec<String> = worst.into_iter().chain([figures]).collect();
    mail_words::named(lang, words::daily(lang), told.join(" · "))
}

/// What it is called; of a rule that misses something, that it does, since its name may
/// read as its opposite.
fn name(active: &Active, lang: Lang) -> String {
    match &active.what {
        Holding::Condition(condition) => holds(*condition, active.since, lang),
        Holding::Rule { name, is_too_few } => {
            let name = show::clip(lang, name.trim(), NAME_MAX);
            if *is_too_few { standing::still_too_few(lang, name) } else { name }
        }
    }
}

/// The report in one line.
fn line(report: &Report, daily: &Daily, look: &Look) -> String {
    let tag = tag(look.lang, daily.level().into());
    let at = show::moment(report.made_at, look.zone);
    show::cut(&format!("[{tag}] {at}: {}", what(daily, look.lang)), LINE_MAX)
}

/// The whole mail: what holds, large, then the figures.
pub(super) fn view(report: &Report, daily: &Daily, look: &Look) -> View {
    let lang = look.lang;
    let tone: Tone = daily.level().into();
    let act = match daily.level() {
        Level::Info => String::new(),
        Level::Warning | Level::Critical => show::typed(&words::daily_do(lang), look),
    };
    let active = daily.worst_first();
    let active_card = active_card(&active, report, look);
    let figures_card = figures_card(report, daily, look);
    // The head counts what the first card names: nothing stands between them.
    let (act, advice) = match active_card {
        Some(_) => (String::new(), act),
        None => (act, String::new()),
    };
    let headline = match active.len() {
        0 => words::nothing_active(lang),
        count => counts::active(lang, count as u64),
    };
    let subject = what(daily, lang);
    let mut footer = footer(report, look);
    footer.insert(0, words::silence(lang, show::clip(lang, &daily.due, 20)));
    View {
        lang,
        tone,
        tag: tag(lang, tone),
        site: show::clip(lang, report.site.trim(), 80),
        subject: subject::subject(&report.site, report.level(), &subject, lang),
        lines: [vec![line(report, daily, look)], subject::lines(report, look)].concat(),
        headline,
        act,
        body: None,
        summary: Vec::new(),
        cards: active_card.into_iter().chain([Card { advice, ..figures_card }]).collect(),
        beyond: 0,
        notices: Vec::new(),
        footer,
    }
}

/// What holds now, each with since when, for how long and how bad; in the worst one's colour.
fn active_card(active: &[&Active], report: &Report, look: &Look) -> Option<Card> {
    let lang = look.lang;
    let tone: Tone = active.first()?.level.into();
    let entry = |active: &&Active| {
        let lasted = show::duration(lang, active.since, report.made_at);
        let since = words::active_since(lang, show::moment(active.since, look.zone), lasted);
        Entry {
            what: vec![name(active, lang)],
            notes: vec![format!("{since} · {}", tag(lang, active.level.into()))],
            link: None,
            count: String::new(),
            percent: 100,
        }
    };
    let list = List {
        title: String::new(),
        kind: ListKind::Large,
        entries: active.iter().take(ACTIVE).map(entry).collect(),
        more: active.len().checked_sub(ACTIVE + 1).map(|more| mail_words::and_more(lang, more + 1)),
    };
    Some(Card { lists: vec![list], ..Card::new(tone, tag(lang, tone), String::new()) })
}

fn figures_card(report: &Report, daily: &Daily, look: &Look) -> Card {
    let lang = look.lang;
    let tone = Tone::Info;
    Card {
        times: times(report, daily, look),
        lists: std::iter::once(figures(daily, look))
            .chain(top_rules(daily, lang))
            .chain(learning(daily, lang))
            .collect(),
        ..Card::new(tone, tag(lang, tone), String::new())
    }
}

/// The period, and the pauses.
fn times(report: &Report, daily: &Daily, look: &Look) -> Vec<(String, String)> {
    let lang = look.lang;
    let mut times = Vec::new();
    if let Some(since) = daily.day.since {
        // A clock may have been set back.
        let since = since.min(report.made_at);
        let period = show::span(since, report.made_at, look.zone);
        times.push((mail_words::period(lang), period));
    }
    for (pause, held) in &daily.pauses {
        let line = pause.line(report.made_at, look.zone, *held, lang);
        times.push((pause_words::pause(lang), show::clip(lang, &line, NAME_MAX)));
    }
    times
}

/// Runs, events, traffic, alerts, mails, waiting mail, the longest time without a run.
fn figures(daily: &Daily, look: &Look) -> List {
    let (lang, day) = (look.lang, &daily.day);
    let clock = |at| show::clock(at, look.zone, true);
    let until = |at: Option<Timestamp>| {
        let sentence = at.map(|at| words::complete_to(lang, clock(at)));
        sentence.unwrap_or_default()
    };
    let oldest = daily.waiting.map(|(_, oldest)| clock(oldest));
    let waiting = daily.waiting.map_or(0, |(count, _)| count as u64);
    let grouped = show::grouped;
    let mut figures = vec![
        figure(words::runs(lang), grouped(day.runs), failed(daily, lang)),
        figure(words::events(lang), grouped(day.events), until(daily.events_until)),
        figure(words::traffic(lang), grouped(day.flows), until(daily.traffic_until)),
        figure(words::alerts(lang), grouped(day.alerts), alerts_of(daily, lang)),
        figure(words::mails(lang), grouped(day.mails), String::new()),
        figure(
            words::waiting(lang),
            grouped(waiting),
            oldest.map_or_else(String::new, |oldest| words::oldest(lang, oldest)),
        ),
    ];
    if let Some(gap) = day.longest {
        let time = show::duration(lang, gap.from, gap.until);
        let span = format!("{} – {}", clock(gap.from), clock(gap.until));
        figures.push(figure(words::longest_gap(lang), time, span));
    }
    let title = words::figures(lang);
    List { title, kind: ListKind::Words, entries: figures, more: None }
}

/// A figure with a word on it. No bar: they are not of one kind.
fn figure(what: String, count: String, note: String) -> Entry {
    Entry {
        what: vec![what],
        notes: Some(note).filter(|note| !note.is_empty()).into_iter().collect(),
        link: None,
        count,
        percent: 100,
    }
}

/// What the condition's first mail called it.
pub(super) fn holds(condition: Condition, since: Timestamp, lang: Lang) -> String {
    let news = ConditionNews::new(condition, Phase::Begins, since, Level::Warning);
    condition::title(lang, &news)
}

fn runs(daily: &Daily, lang: Lang) -> String {
    counts::runs(lang, daily.day.runs)
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
        alerts => counts::alerts(lang, alerts),
    }
}

/// How many rules they came from; nothing where there were none.
fn alerts_of(daily: &Daily, lang: Lang) -> String {
    match (daily.rules, daily.day.alerts) {
        (0, _) => words::no_rules(lang),
        (_, 0) => String::new(),
        // A rule that told something may be gone by now.
        (rules, _) => {
            let told = daily.day.rules.len();
            words::of_rules(lang, told, rules.max(told))
        }
    }
}

fn top_rules(daily: &Daily, lang: Lang) -> Option<List> {
    let top = daily.day.top_rules(TOP);
    let most = top.first()?.alerts;
    let more = daily.day.rules.len() - top.len();
    Some(List {
        title: words::top_rules(lang),
        kind: ListKind::Words,
        entries: top.into_iter().map(|rule| entry(rule, most, lang)).collect(),
        more: (more > 0).then(|| mail_words::and_more(lang, more)),
    })
}

/// The rules that learn, how much longer, and what was new to them.
fn learning(daily: &Daily, lang: Lang) -> Option<List> {
    let shown = daily.learning.get(..TOP).unwrap_or(&daily.learning);
    let more = daily.learning.len() - shown.len();
    (!shown.is_empty()).then(|| List {
        title: words::learning(lang),
        kind: ListKind::Data,
        entries: shown.iter().map(|rule| learner(rule, lang)).collect(),
        more: (more > 0).then(|| mail_words::and_more(lang, more)),
    })
}

fn learner(rule: &Learning, lang: Lang) -> Entry {
    let news = &rule.news;
    let names = news.first.iter().map(|values| show::clip(lang, &groups::shown(values), 120));
    let names: Vec<String> = names.collect();
    let more = news.count - names.len() as u64;
    let more = (more > 0).then(|| mail_words::and_more(lang, show::grouped(more)));
    let named = names.into_iter().chain(more).collect::<Vec<_>>().join(" · ");
    let new = (news.count > 0).then(|| words::new_today(lang, named));
    Entry {
        what: vec![show::cut(rule.name.trim(), 80)],
        notes: std::iter::once(rule.text(lang)).chain(new).collect(),
        link: None,
        count: show::grouped(news.count),
        percent: 100,
    }
}

fn entry(rule: &RuleDay, most: u64, lang: Lang) -> Entry {
    let percent = rule.alerts.saturating_mul(100) / most.max(1);
    Entry {
        what: vec![show::cut(rule.name.trim(), 80)],
        notes: vec![counts::matches(lang, rule.matches)],
        link: None,
        count: show::grouped(rule.alerts),
        percent: u8::try_from(percent.clamp(1, 100)).unwrap_or(100),
    }
}
