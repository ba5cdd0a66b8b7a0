//! The words for each watched condition.

use super::{Look, expiry, show};
use crate::lang::{Lang, archive, mail as words, reports};
use crate::report::{Condition, ConditionNews, Phase};

use Condition::{
    Archive, CertificateExpires, Configuration, Credentials, Delivery, Events, Health, KeyExpires,
    Traffic, Unreachable,
};

/// A subject is named with at most so many characters.
const SUBJECT_MAX: usize = 150;

/// `PCE unreachable`, `PCE still unreachable`, `PCE reachable again`.
pub(super) fn title(lang: Lang, news: &ConditionNews) -> String {
    let name = match (news.condition, news.phase) {
        (Unreachable, Phase::Begins) => words::unreachable_begins,
        (Unreachable, Phase::Lasts) => words::unreachable_lasts,
        (Unreachable, Phase::Ended) => words::unreachable_ended,
        (Credentials, Phase::Begins) => words::credentials_begins,
        (Credentials, Phase::Lasts) => words::credentials_lasts,
        (Credentials, Phase::Ended) => words::credentials_ended,
        (Health, Phase::Begins) => words::health_begins,
        (Health, Phase::Lasts) => words::health_lasts,
        (Health, Phase::Ended) => words::health_ended,
        (Events, Phase::Begins) => words::events_begins,
        (Events, Phase::Lasts) => words::events_lasts,
        (Events, Phase::Ended) => words::events_ended,
        (Traffic, Phase::Begins) => words::traffic_begins,
        (Traffic, Phase::Lasts) => words::traffic_lasts,
        (Traffic, Phase::Ended) => words::traffic_ended,
        (Configuration, Phase::Begins) => words::configuration_begins,
        (Configuration, Phase::Lasts) => words::configuration_lasts,
        (Configuration, Phase::Ended) => words::configuration_ended,
        (Delivery, Phase::Begins) => words::delivery_begins,
        (Delivery, Phase::Lasts) => words::delivery_lasts,
        (Delivery, Phase::Ended) => words::delivery_ended,
        (Archive, Phase::Begins) => archive::begins,
        (Archive, Phase::Lasts) => archive::lasts,
        (Archive, Phase::Ended) => archive::ended,
        (KeyExpires | CertificateExpires, _) => return expiry::title(lang, news),
    };
    name(lang)
}

/// What it means; for an ended one how long it was, up to `now`.
pub(super) fn meaning(lang: Lang, news: &ConditionNews, now: jiff::Timestamp) -> String {
    if news.phase == Phase::Ended {
        let time = show::duration(lang, news.since, now);
        let was = match news.condition {
            Unreachable => words::unreachable_was(lang, time),
            Credentials => words::credentials_was(lang, time),
            Health => words::health_was(lang, time),
            Events => words::events_was(lang, time),
            Traffic => words::traffic_was(lang, time),
            Configuration => words::configuration_was(lang, time),
            Delivery => words::delivery_was(lang, time),
            Archive => archive::was(lang, time),
            KeyExpires | CertificateExpires => return expiry::meaning(lang, news),
        };
        return match caught_up(lang, news) {
            Some(caught_up) => reports::was_and(lang, was.trim_end_matches(['.', '。']), caught_up),
            None => was,
        };
    }
    match news.condition {
        Unreachable => words::unreachable_means(lang),
        Credentials => words::credentials_means(lang),
        Health => words::health_means(lang),
        Events => words::events_means(lang),
        Traffic => words::traffic_means(lang),
        Configuration => words::configuration_means(lang),
        Delivery => words::delivery_means(lang),
        Archive => archive::means(lang),
        KeyExpires | CertificateExpires => expiry::meaning(lang, news),
    }
}

/// `41 events caught up`.
fn caught_up(lang: Lang, news: &ConditionNews) -> Option<String> {
    let count = news.caught_up?;
    let shown = show::grouped(count);
    Some(match (news.condition, count) {
        (Traffic, 1) => reports::row_caught_up(lang),
        (Traffic, _) => reports::rows_caught_up(lang, shown),
        (_, 0) => reports::nothing_to_catch_up(lang),
        (_, 1) => reports::event_caught_up(lang),
        _ => reports::events_caught_up(lang, shown),
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
        (None, Phase::Begins) => (words::since(lang), since),
        (None, Phase::Lasts) => {
            let lasted = show::duration(lang, news.since, now);
            (words::since(lang), words::lasting_since(lang, since, lasted))
        }
        (None, Phase::Ended) => (words::period(lang), show::span(news.since, now, look.zone)),
    }];
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
    if news.phase == Phase::Ended {
        return match news.condition {
            Delivery => words::healed_delivery_do(lang),
            Archive => archive::ended_do(lang),
            KeyExpires | CertificateExpires => expiry::advice(lang, news),
            _ => words::healed_do(lang),
        };
    }
    match news.condition {
        Unreachable => words::unreachable_do(lang),
        Credentials => words::credentials_do(lang),
        Health => words::health_do(lang),
        Events => words::events_do(lang),
        Traffic => words::traffic_do(lang),
        Configuration => words::configuration_do(lang),
        Delivery => words::delivery_do(lang),
        Archive => archive::what_to_do(lang),
        KeyExpires | CertificateExpires => expiry::advice(lang, news),
    }
}
