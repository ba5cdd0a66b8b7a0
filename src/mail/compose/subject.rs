//! The shortest forms: the subject, and one line for each thing told.

use super::item::{Item, items, tag};
use super::palette::Tone;
use super::{LINE_MAX, Look, SUBJECT_MAX, condition, lists, show, view_alert};
use crate::lang::{Lang, counts, mail as words};
use crate::report::{
    Alert, ConditionNews, Kind, Notice, Phase, Ranking, Report, Source, Subject, Talker,
};
use crate::rules::Level;

/// The site's name takes at most so many characters of the subject.
const SITE_MAX: usize = 40;
/// So many rules are named; the others are in their count.
const NAMES: usize = 3;

/// `[Illumio Monitor] [Taipei] CRITICAL: PCE unreachable`: what it is and where come first,
/// so that a list of mails from many sites can be read.
pub(super) fn subject(site: &str, level: Level, what: &str, lang: Lang) -> String {
    let what = match level {
        Level::Critical => words::critical_subject(lang, what),
        Level::Warning | Level::Info => what.to_owned(),
    };
    let site = show::cut(site.trim(), SITE_MAX);
    let start = match site.is_empty() {
        true => "[Illumio Monitor] ".to_owned(),
        false => format!("[Illumio Monitor] [{site}] "),
    };
    let room = SUBJECT_MAX - start.chars().count();
    start + &show::cut(&what, room)
}

/// What happened, in a line: what holds before what is over, the worst first; of one level
/// conditions, then alerts, then notices.
pub(super) fn what(report: &Report, lang: Lang) -> String {
    let mut parts: Vec<(Tone, String)> = Vec::new();
    let mut alerts: Vec<&Alert> = Vec::new();
    let mut unnamed: Vec<Tone> = Vec::new();
    for item in items(report) {
        match item {
            Item::Condition(_) if parts.len() >= NAMES => unnamed.push(item.tone()),
            Item::Condition(news) => parts.push((item.tone(), title(news, report, lang))),
            Item::Alert(alert) => alerts.push(alert),
        }
    }
    if let Some(tone) = unnamed.first() {
        parts.push((*tone, format!("+{}", unnamed.len())));
    }
    let told = match alerts.as_slice() {
        [] => None,
        [alert] => Some((alert.level, single(alert, lang))),
        [worst, ..] => Some((worst.level, several_alerts(&alerts, lang))),
    };
    parts.extend(told.map(|(level, text)| (level.into(), text)));
    let noticed = match report.notices.as_slice() {
        [] => None,
        [alone] => Some(show::cut(alone.title.trim(), 100)),
        several if parts.is_empty() => Some(several_notices(several, lang)),
        several => Some(counts::notices(lang, several.len() as u64)),
    };
    parts.extend(noticed.map(|text| (Level::Warning.into(), text)));
    parts.sort_by_key(|(tone, _)| std::cmp::Reverse(*tone as u8));
    let mut parts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
    if report.kind == Kind::Test {
        parts.insert(0, words::test_mail(lang));
    }
    if parts.is_empty() {
        parts.push(words::nothing(lang));
    }
    parts.join(" · ")
}

/// `PCE unreachable`; `PCE reachable again (2 h 10 min)`.
fn title(news: &ConditionNews, report: &Report, lang: Lang) -> String {
    let title = condition::title(lang, news);
    match news.phase {
        Phase::Ended if news.expires.is_none() => {
            words::counted(lang, title, show::duration(lang, news.since, report.made_at))
        }
        Phase::Begins | Phase::Lasts | Phase::Ended => title,
    }
}

/// `Agent tampered (3): db-01`.
pub(super) fn single(alert: &Alert, lang: Lang) -> String {
    let named = name_and_count(alert, lang, 60);
    match place(alert, lang) {
        Some(place) => words::named(lang, named, place),
        None => named,
    }
}

/// `8 alerts: Agent tampered (3) · Blocked traffic (128) · +6`.
fn several_alerts(alerts: &[&Alert], lang: Lang) -> String {
    let mut names: Vec<String> =
        alerts.iter().take(NAMES).map(|alert| name_and_count(alert, lang, 32)).collect();
    if alerts.len() > NAMES {
        names.push(format!("+{}", alerts.len() - NAMES));
    }
    words::named(lang, counts::alerts(lang, alerts.len() as u64), names.join(" · "))
}

/// `2 notices: Events skipped · No run for 1 d 5 h`.
fn several_notices(notices: &[Notice], lang: Lang) -> String {
    let first = notices.iter().take(NAMES);
    let mut names: Vec<String> = first.map(|notice| show::cut(notice.title.trim(), 40)).collect();
    if notices.len() > NAMES {
        names.push(format!("+{}", notices.len() - NAMES));
    }
    let count = counts::notices(lang, notices.len() as u64);
    words::named(lang, count, names.join(" · "))
}

fn name_and_count(alert: &Alert, lang: Lang, max: usize) -> String {
    words::counted(lang, show::cut(alert.rule_name.trim(), max), count(alert, lang))
}

/// `128`, or `≥ 128` where a bound was reached.
pub(super) fn count(alert: &Alert, lang: Lang) -> String {
    let number = show::grouped(alert.count);
    if alert.at_least { words::at_least_short(lang, number) } else { number }
}

/// Who it is: the worst group, else the object, the source or the busiest flow, and how many
/// others there are.
pub(super) fn place(alert: &Alert, lang: Lang) -> Option<String> {
    if let Some(groups) = &alert.groups {
        let worst = show::cut(&view_alert::group_name(groups.rows.first()?, lang), 60);
        let others = groups.more.groups + groups.rows.len() as u64 - 1;
        return Some(show::with_others(worst, others));
    }
    let (first, others) = match &alert.subject {
        Subject::Events { sources, objects, .. } => match objects.top.first() {
            Some(first) => (show::cut(&first.what.name, 40), more(objects)),
            None => return source(sources, lang),
        },
        Subject::Traffic { talkers, .. } => (ends(&talkers.top.first()?.what), more(talkers)),
    };
    Some(show::with_others(first, others))
}

/// Who did it: people first, each counted once; the system, where there is nobody else.
fn source(sources: &Ranking<Source>, lang: Lang) -> Option<String> {
    let people = sources.people();
    let nameless = sources.top.iter().map(|one| &one.what).find(|source| source.who().is_empty());
    let first = match (people.first(), nameless) {
        (Some(first), _) => show::cut(first, 40),
        (None, Some(source)) => lists::kind(&source.kind, lang),
        (None, None) => return None,
    };
    let others = (people.len() + usize::from(nameless.is_some()) - 1) as u64;
    match (others, sources.more) {
        _ if first.is_empty() => None,
        // What is not in the list may be by the same ones.
        (1.., 1..) => Some(words::others_or_more(lang, first, show::grouped(others))),
        _ => Some(show::with_others(first, others)),
    }
}

/// How many there are beside the first.
fn more<T>(all: &Ranking<T>) -> u64 {
    all.more.saturating_add(all.top.len().saturating_sub(1) as u64)
}

fn ends(talker: &Talker) -> String {
    let end = |name: &str, ip: &str| show::cut(if name.is_empty() { ip } else { name }, 28);
    let to = end(&talker.dst_name, &talker.dst_ip);
    let from = end(&talker.src_name, &talker.src_ip);
    match talker.port {
        Some(port) => format!("{from} → {to} {port}"),
        None => format!("{from} → {to}"),
    }
}

/// One line each: conditions and alerts in the mail's order, then notices.
pub(super) fn lines(report: &Report, look: &Look) -> Vec<String> {
    let lang = look.lang;
    let line = |item: Item| match item {
        Item::Condition(news) => {
            let when = match news.phase {
                Phase::Ended => show::span(news.since, report.made_at, look.zone),
                Phase::Begins | Phase::Lasts => show::moment(news.since, look.zone),
            };
            format!("{}, {when}: {}", condition::title(lang, news), news.detail.text(lang))
        }
        Item::Alert(alert) => format!(
            "{}, {}",
            name_and_count(alert, lang, 100),
            show::span(alert.first, alert.last, look.zone)
        ),
    };
    let items = items(report)
        .into_iter()
        .map(|item| show::cut(&format!("[{}] {}", tag(lang, item.tone()), line(item)), LINE_MAX));
    let notices = report.notices.iter().map(|notice| show::cut(&notice.text, LINE_MAX));
    items.chain(notices).collect()
}
