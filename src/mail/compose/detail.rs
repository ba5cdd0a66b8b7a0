//! How much of a card the mail has room for.

use super::view::{Card, Handle, RawRecord};
use crate::lang::{Lang, listed, mail as words};

/// How much of a card is shown beside what happened, what it means, what to do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Detail {
    /// So many lists, and with the first one the timeline and what was asked for.
    pub lists: usize,
    /// So many raw records.
    pub records: usize,
    /// When it can be told again, and what can be done with the rule.
    pub handle: bool,
}

impl Detail {
    pub(super) fn has_timeline(self) -> bool {
        self.lists > 0
    }

    /// Those of the records that are shown.
    pub(super) fn records(self, card: &Card) -> &[RawRecord] {
        card.raw.get(..self.records).unwrap_or(&card.raw)
    }

    /// The records that stand in the card itself.
    pub(super) fn records_within(self, card: &Card) -> &[RawRecord] {
        match card.records_at {
            None => self.records(card),
            Some(_) => &[],
        }
    }

    /// The number under which the card's records stand behind all cards, where they do.
    pub(super) fn records_at(self, card: &Card) -> Option<usize> {
        card.records_at.filter(|_| !self.records(card).is_empty())
    }

    /// When it can be told again, and what can be done with the rule.
    pub(super) fn handle(self, card: &Card) -> Option<&Handle> {
        card.handle.as_ref().filter(|_| self.handle)
    }

    /// What stands below the count: what was asked for, where there is room for details,
    /// and the times.
    pub(super) fn times(self, card: &Card, lang: Lang) -> Vec<(String, &str)> {
        let rule = card.rule.as_deref().filter(|_| self.lists > 0);
        let rule = rule.map(|sentence| (words::rule(lang), sentence));
        let times = card.times.iter().map(|(label, time)| (label.clone(), time.as_str()));
        rule.into_iter().chain(times).collect()
    }

    /// The sentence on what of `card` is not shown; empty where nothing is missing.
    pub(super) fn left_out(self, card: &Card, lang: Lang) -> String {
        let lists = match self.lists {
            0 if card.lists.is_empty() && card.timeline.is_none() => None,
            0 => Some(words::left_out_details(lang)),
            shown if shown < card.lists.len() => Some(words::left_out_lists(lang)),
            _ => None,
        };
        let records = match (self.records, card.raw.len()) {
            (0, 1..) => Some(words::left_out_snapshot(lang)),
            (1, 2..) => Some(words::left_out_record(lang)),
            _ => None,
        };
        let handle = card.handle.is_some() && !self.handle;
        let handle = handle.then(|| words::left_out_handle(lang));
        let left_out: Vec<String> = [lists, handle, records].into_iter().flatten().collect();
        match left_out.as_slice() {
            [] => String::new(),
            all => words::left_out(lang, listed(lang, all)),
        }
    }
}
