//! One download, counted as a whole or not at all.

use jiff::Timestamp;

use super::Failure;
use super::unknown::UnknownDecisions;
use crate::archive::{Batch, Kind};
use crate::cycle::{Cycle, Tallies};
use crate::pce::client::Client;
use crate::pce::record::Flow;
use crate::pce::traffic::{Downloaded, Part, Rows, download};
use crate::report::records::{Collector, Records};
use crate::rules::candidates::Candidates;
use crate::rules::growth::{Baseline, MAX_ROWS, Row};
use crate::rules::matching::FlowFacts;
use crate::rules::{Decision, Filter, TrafficFilter, keyed};

/// One download, counted on copies until it is known to be complete.
pub(super) struct Attempt<'c> {
    /// Each rule's id, its key and what it matches.
    rules: Vec<(i64, String, &'c TrafficFilter)>,
    candidates: Candidates,
    /// Whether one of them compares labels.
    labels: bool,
    /// The rules that match the row in hand, by their place.
    matching: Vec<usize>,
    pub(super) baseline: Baseline,
    pub(super) tallies: Tallies,
    /// Where the records are to be attached.
    pub(super) records: Option<Collector>,
    /// Where they are archived.
    pub(super) archive: Option<Batch>,
    now: Timestamp,
    complete: Option<Timestamp>,
    /// The one decision that was asked for, which every row of the answer then has.
    asked: Option<Decision>,
    /// The decisions of rows that name none that is known.
    pub(super) unknown: UnknownDecisions,
    /// Whether so many rows matched that some had to be forgotten meanwhile.
    pub(super) overflowed: bool,
}

impl<'c> Attempt<'c> {
    pub(super) fn of(cycle: &'c Cycle<'_>, part: &Part) -> Self {
        let rules = keyed(&cycle.config.rules)
            .into_iter()
            .filter_map(|(key, rule)| match &rule.filter {
                Filter::Traffic(filter) => Some((rule.id, key, filter)),
                Filter::Event(_) => None,
            });
        let rules: Vec<_> = rules.collect();
        Self {
            candidates: Candidates::of(rules.iter().map(|(_, _, filter)| *filter)),
            labels: rules.iter().any(|(_, _, filter)| filter.compares_labels()),
            matching: Vec::new(),
            overflowed: false,
            rules,
            baseline: cycle.state.baseline.clone(),
            tallies: cycle.state.rules.clone(),
            records: cycle.records.as_ref().map(Records::collector),
            archive: cycle.archive_batch(Kind::Flows),
            now: cycle.now(),
            complete: cycle
                .state
                .traffic
                .fetch
                .as_ref()
                .and_then(|fetch| fetch.complete),
            asked: part.decision(),
            unknown: UnknownDecisions::default(),
        }
    }

    pub(super) fn read(&mut self, client: &mut Client, href: &str) -> Result<Downloaded, Failure> {
        download(client, href, self).map_err(Failure::of)
    }

    /// Finds the rules that match the row.
    fn find_matching(&mut self, facts: &FlowFacts<'_>) {
        let rules = &self.rules;
        self.candidates.find(facts, &mut self.matching);
        self.matching.retain(|place| {
            rules
                .get(*place)
                .is_some_and(|(_, _, filter)| filter.matches(facts))
        });
    }
}

impl Rows for Attempt<'_> {
    fn compares_labels(&self) -> bool {
        self.labels
    }

    fn wants(&mut self, row: &Flow<'_>) -> bool {
        let facts = FlowFacts::of_answer_to(row, self.asked);
        self.unknown.note(&facts);
        self.find_matching(&facts);
        !self.matching.is_empty()
    }

    /// Counts one row.
    fn take(&mut self, flow: &Flow<'_>, raw: &[u8]) {
        let facts = FlowFacts::of_answer_to(flow, self.asked);
        self.unknown.note(&facts);
        self.find_matching(&facts);
        if self.matching.is_empty() {
            return;
        }
        let row = Row::of(flow, self.now, None);
        let growth = self.baseline.grow(&row, self.complete);
        // The longest unseen go, which a later part of the fetch hardly brings again.
        if self.baseline.len() > 2 * MAX_ROWS {
            self.overflowed |= self.baseline.keep_to(MAX_ROWS);
        }
        if let Some(archive) = self.archive.as_mut().filter(|_| growth.count() > 0) {
            archive.add(raw);
        }
        let rules = &self.rules;
        // What stays are the rules that counted the row.
        self.matching.retain(|place| {
            let Some((_, key, filter)) = rules.get(*place) else {
                return false;
            };
            let tally = self.tallies.get_mut(key);
            tally.is_some_and(|tally| tally.count_row(filter, &facts, &row, growth, raw))
        });
        if let Some(records) = self.records.as_mut()
            && !self.matching.is_empty()
        {
            let counted = self.matching.iter().filter_map(|place| rules.get(*place));
            let ids: Vec<i64> = counted.map(|(id, ..)| *id).collect();
            records.add(&ids, raw);
        }
    }
}
