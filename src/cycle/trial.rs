//! One download, counted on copies until it is known to be complete.

use super::filing::Collected;
use super::poll::Desk;
use crate::archive::Kind;
use crate::report::budget::{Copies, Tallies};
use crate::report::pause::OfRule;
use crate::report::tally::Tally;
use crate::rules::{Filter, Rule, keyed};

/// The rules that look at one kind of records, and what they count of one download.
pub(super) struct Trial<'c, F> {
    /// Each rule, its key and what it matches.
    pub rules: Vec<(&'c Rule, String, &'c F)>,
    /// The pauses of each.
    paused: Vec<OfRule>,
    tallies: Copies<'c>,
    collected: Collected,
}

/// What a record that counted came to.
pub(super) struct Counted {
    /// How many bytes more that may take.
    pub more: usize,
    /// Whether a pause holds it, so that no mail of this run shows it.
    pub held: bool,
}

/// What a download came to.
pub(super) struct Tallied {
    tallies: Tallies,
    collected: Collected,
}

impl<'c, F> Trial<'c, F> {
    /// None counted yet. `filter_of` picks the rules; `elsewhere` is what of the room is
    /// taken already, in bytes.
    pub fn of(
        desk: &'c Desk<'_, '_>,
        kind: Kind,
        filter_of: impl Fn(&'c Filter) -> Option<&'c F>,
        elsewhere: usize,
    ) -> Self {
        let rules = keyed(&desk.site.config.rules).into_iter();
        let rules = rules.filter_map(|(key, rule)| Some((rule, key, filter_of(&rule.filter)?)));
        let rules: Vec<_> = rules.collect();
        Self {
            paused: rules.iter().map(|(rule, ..)| desk.pauses.of_rule(rule)).collect(),
            rules,
            tallies: Copies::of(&desk.state.rules, elsewhere),
            collected: desk.filing.collected(kind),
        }
    }

    /// Has the rules at these places count a record; those that did not are let go.
    pub fn count(
        &mut self,
        places: &mut Vec<usize>,
        raw: &[u8],
        mut count: impl FnMut(&Rule, OfRule, &F, &mut Tally) -> Option<Counted>,
    ) {
        let mut held = Vec::new();
        places.retain(|place| match self.rules.get(*place) {
            Some((rule, key, filter)) => {
                let paused = self.paused.get(*place).copied().unwrap_or_default();
                self.tallies.count(key, |tally| {
                    let counted = count(rule, paused, filter, tally)?;
                    if counted.held {
                        held.push(*place);
                    }
                    Some(counted.more)
                })
            }
            None => false,
        });
        if !places.is_empty() && self.collected.attaches() {
            let told = places.iter().filter(|place| !held.contains(place));
            let counted = told.filter_map(|place| self.rules.get(*place));
            let ids: Vec<i64> = counted.map(|(rule, ..)| rule.id).collect();
            if !ids.is_empty() {
                self.collected.attach(&ids, raw);
            }
        }
    }

    /// Has a record archived.
    pub fn archive(&mut self, raw: &[u8]) {
        self.collected.archive(raw);
    }

    /// What it came to.
    pub fn counted(self) -> Tallied {
        Tallied { tallies: self.tallies.counted(), collected: self.collected }
    }
}

impl Desk<'_, '_> {
    /// The download was complete: what it came to is what holds from now on.
    pub fn take(&mut self, counted: Tallied) {
        self.state.rules.extend(counted.tallies);
        self.filing.keep(counted.collected);
    }
}
