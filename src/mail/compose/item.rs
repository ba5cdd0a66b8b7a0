//! What a mail tells, in the order in which it does.

use super::palette::Tone;
use crate::lang::{Lang, counts, mail as words};
use crate::report::{Alert, ConditionNews, Phase, Report};

/// A condition or an alert.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Condition(&'a ConditionNews),
    Alert(&'a Alert),
}

impl Item<'_> {
    pub(super) fn tone(self) -> Tone {
        match self {
            Item::Condition(news) if news.phase == Phase::Ended => Tone::Good,
            Item::Condition(news) => news.level.into(),
            Item::Alert(alert) => alert.level.into(),
        }
    }
}

/// How many of each kind there are: `3 critical · 4 warnings · 2 info · 1 notice · 1 resolved`.
pub(super) fn tally(report: &Report, lang: Lang) -> String {
    let items = items(report);
    let of = |tone: Tone| items.iter().filter(|item| item.tone() == tone).count();
    let counted = [
        (of(Tone::Critical), words::critical_ones(lang, of(Tone::Critical))),
        (of(Tone::Warning), counts::warnings(lang, of(Tone::Warning) as u64)),
        (of(Tone::Info), words::info_ones(lang, of(Tone::Info))),
        (report.notices.len(), counts::notices(lang, report.notices.len() as u64)),
        (of(Tone::Good), words::resolved_ones(lang, of(Tone::Good))),
    ];
    let told = counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words);
    told.collect::<Vec<_>>().join(" · ")
}

/// Conditions and alerts, the worst first; of the same level the conditions
/// first, since they say how far the alerts can be trusted.
pub(super) fn items(report: &Report) -> Vec<Item<'_>> {
    let conditions = report.conditions.iter().map(Item::Condition);
    let alerts = report.alerts.iter().map(Item::Alert);
    let mut items: Vec<Item> = conditions.chain(alerts).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.tone() as u8));
    items
}

/// The word for how bad it is.
pub(super) fn tag(lang: Lang, tone: Tone) -> String {
    match tone {
        Tone::Good => words::resolved(lang),
        Tone::Info => words::info(lang),
        Tone::Warning => words::warning(lang),
        Tone::Critical => words::critical(lang),
    }
}
