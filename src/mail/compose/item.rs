//! What a mail tells, in the order in which it does.

use super::palette::Tone;
use crate::lang::{Lang, mail as words};
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
