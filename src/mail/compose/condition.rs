//! The words for each watched condition.

use super::{Look, expiry, rule_news, show};
use crate::lang::conditions::{self as words, Words};
use crate::lang::{Lang, counts, forward, mail, reports};
use crate::report::{Condition, ConditionNews, Phase, Stands};

/// A subject is named with at most so many characters.
const SUBJECT_MAX: usize = 150;

/// `None` for what expires and for what a rule tells, which have words of their own.
fn words(condition: Condition) -> Option<&'static Words> {
    Some(match condition {
        Condition::Unreachable => &words::UNREACHABLE,
        Condition::Credentials => &words::CREDENTIALS,
        Condition::Health => &words::HEALTH,
        Condition::Events => &words::EVENTS,
        Condition::Traffic => &words::TRAFFIC,
        Condition::Configuration => &words::CONFIGURATION,
        Condition::Delivery => &words::DELIVERY,
        Condition::Archive => &words::ARCHIVE,
        Condition::IpLists => &words::IP_LISTS,
        Condition::Workloads => &words::WORKLOADS,
        Condition::Forward(_) => &words::FORWARD,
        Condition::KeyExpires | Condition::CertificateExpires | Condition::Rule(_) => return None,
    })
}

/// `PCE unreachable`, `PCE still unreachable`, `PCE reachable again`.
pub(super) fn title(lang: Lang, news: &ConditionNews) -> String {
    if let Some(rule) = &news.rule {
        return rule_news::title(lang, news.phase, rule);
    }
    let Some(words) = words(news.condition) else {
        return expiry::title(lang, news);
    };
    if let Some(receiver) = &news.receiver {
        return match news.phase {
            Phase::Begins => forward::begins(lang, receiver),
            Phase::Lasts => forward::lasts(lang, receiver),
            Phase::Ended => forward::ended(lang, receiver),
        };
    }
    let name = match news.phase {
        Phase::Begins => words.begins,
        Phase::Lasts => words.lasts,
        Phase::Ended => words.ended,
    };
    name.text(lang).to_owned()
}

/// The first workload that it is about, and how many others there are; `None` for what is
/// about no workload.
pub(super) fn place(news: &ConditionNews) -> Option<String> {
    let Stands::Workloads(told) = &news.rule.as_ref()?.stands else { return None };
    let all = [&told.joined, &told.still, &told.back];
    let rows = match news.phase {
        Phase::Ended => &told.back,
        Phase::Begins | Phase::Lasts => all.into_iter().find(|rows| rows.count > 0)?,
    };
    let first = show::cut(rows.top.first()?.name.trim(), 40);
    Some(show::with_others(first, rows.count.saturating_sub(1)))
}

/// What it means; for an ended one how long it was, up to `now`.
pub(super) fn meaning(lang: Lang, news: &ConditionNews, now: jiff::Timestamp) -> String {
    if let Some(rule) = &news.rule {
        return rule_news::meaning(lang, news.phase, rule);
    }
    let Some(words) = words(news.condition) else {
        return expiry::meaning(lang, news);
    };
    if news.phase != Phase::Ended {
        return words.means.text(lang).to_owned();
    }
    let was = words.was(lang, &show::duration(lang, news.since, now));
    match caught_up(lang, news) {
        Some(caught_up) => reports::was_and(lang, was.trim_end_matches(['.', '。']), caught_up),
        None => was,
    }
}

/// `41 events caught up`.
fn caught_up(lang: Lang, news: &ConditionNews) -> Option<String> {
    let count = news.caught_up?;
    Some(match (news.condition, count) {
        (Condition::Traffic, _) => counts::rows_caught_up(lang, count),
        (_, 0) => reports::nothing_to_catch_up(lang),
        _ => counts::events_caught_up(lang, count),
    })
}

/// Its times, each with its label, and the mail that told its begin.
pub(super) fn times(
    news: &ConditionNews,
    look: &Look,
    now: jiff::Timestamp,
) -> Vec<(String, String)> {
    let lang = look.lang;
    let since = show::moment(news.since, look.zone);
    let mut times = vec![match (&news.expires, news.phase) {
        (Some(expires), _) => (reports::expires(lang), show::moment(expires.at, look.zone)),
        (None, Phase::Begins) => (mail::since(lang), since),
        (None, Phase::Lasts) => {
            let lasted = show::duration(lang, news.since, now);
            (mail::since(lang), mail::lasting_since(lang, since, lasted))
        }
        (None, Phase::Ended) => (mail::period(lang), show::span(news.since, now, look.zone)),
    }];
    times.extend(news.rule.as_ref().and_then(|rule| rule_news::times(rule, look)));
    if let Some(mail) = news.told_by.as_ref().filter(|mail| !mail.subject.is_empty()) {
        let label = match news.phase {
            Phase::Ended => reports::closes(lang),
            Phase::Begins | Phase::Lasts => reports::first_told(lang),
        };
        let subject = show::cut(&mail.subject, SUBJECT_MAX);
        let made_at = show::moment(mail.made_at, look.zone);
        times.push((label, reports::mail_of(lang, subject, made_at)));
    }
    times
}

/// What to do.
pub(super) fn advice(lang: Lang, news: &ConditionNews) -> String {
    if let Some(rule) = &news.rule {
        return rule_news::advice(lang, news.phase, rule);
    }
    let Some(words) = words(news.condition) else {
        return expiry::advice(lang, news);
    };
    let advice = match news.phase {
        Phase::Begins | Phase::Lasts => words.advice,
        Phase::Ended => words.advice_at_its_end,
    };
    advice.text(lang).to_owned()
}
