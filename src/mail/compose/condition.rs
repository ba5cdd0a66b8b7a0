//! The words for each watched condition.

use super::show;
use crate::lang::{Lang, mail as words};
use crate::report::{Condition, ConditionNews, Phase};

use Condition::{Configuration, Credentials, Delivery, Events, Health, Traffic, Unreachable};

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
    };
    name(lang)
}

/// What it means; for an ended one how long it was, up to `now`.
pub(super) fn meaning(lang: Lang, news: &ConditionNews, now: jiff::Timestamp) -> String {
    if news.phase == Phase::Ended {
        let time = show::duration(lang, news.since, now);
        return match news.condition {
            Unreachable => words::unreachable_was(lang, time),
            Credentials => words::credentials_was(lang, time),
            Health => words::health_was(lang, time),
            Events => words::events_was(lang, time),
            Traffic => words::traffic_was(lang, time),
            Configuration => words::configuration_was(lang, time),
            Delivery => words::delivery_was(lang, time),
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
    }
}

/// What to do.
pub(super) fn advice(lang: Lang, news: &ConditionNews) -> String {
    if news.phase == Phase::Ended {
        return match news.condition {
            Delivery => words::healed_delivery_do(lang),
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
    }
}
