//! The words on what is about to expire: the API key, the PCE's certificate.

use crate::lang::{Lang, reports as words};
use crate::report::{Condition, ConditionNews, Phase};

/// `API key expires in 7 days`, `PCE certificate has expired`, `API key renewed`.
pub(super) fn title(lang: Lang, news: &ConditionNews) -> String {
    let what = what(lang, news);
    if news.phase == Phase::Ended {
        return words::renewed(lang, what);
    }
    match news.expires {
        Some(expires) if expires.over => words::has_expired(lang, what),
        Some(expires) => match expires.days {
            0 => words::expires_today(lang, what),
            1 => words::expires_tomorrow(lang, what),
            days => words::expires_in(lang, what, days),
        },
        None => words::about_to_expire(lang, what),
    }
}

pub(super) fn meaning(lang: Lang, news: &ConditionNews) -> String {
    match (news.phase, news.condition) {
        (Phase::Ended, _) => words::renewed_means(lang),
        (_, Condition::CertificateExpires) => words::certificate_means(lang),
        _ => words::key_means(lang),
    }
}

pub(super) fn advice(lang: Lang, news: &ConditionNews) -> String {
    match (news.phase, news.condition) {
        (Phase::Ended, _) => words::renewed_do(lang),
        (_, Condition::CertificateExpires) => words::certificate_do(lang),
        _ => words::key_do(lang),
    }
}

fn what(lang: Lang, news: &ConditionNews) -> String {
    match news.condition {
        Condition::CertificateExpires => words::certificate(lang),
        _ => words::key(lang),
    }
}
