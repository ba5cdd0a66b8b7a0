//! One download, counted as a whole or not at all.

use jiff::{SignedDuration, Timestamp};

use super::Failure;
use super::unknown::UnknownDecisions;
use crate::archive::{Batch, Kind};
use crate::cycle::Cycle;
use crate::pce::client::Client;
use crate::pce::record::Flow;
use crate::pce::traffic::{Downloaded, Part, Rows, download};
use crate::report::budget::{Copies, Tallies};
use crate::report::evidence::Sight;
use crate::report::records::{Collector, Records};
use crate::rules::candidates::Candidates;
use crate::rules::matching::FlowFacts;
use crate::rules::series::{Answer, Bounds, Growth, HashKey, Known, Legacy, Row};
use crate::rules::{Decision, Filter, TrafficFilter, keyed};

/// Rows that wait for the answer's end take so many bytes at most; beyond, what came
/// until then has to do.
const WAITING_BYTES: usize = 6 * 1024 * 1024;

/// One download, counted on copies until it is known to be complete.
pub(super) struct Attempt<'c> {
    counting: Counting<'c>,
    answer: Answer<'c>,
    legacy: &'c Legacy,
    key: HashKey,
    /// Rows of which only the answer's end can tell what they are, with their bytes.
    waiting: Vec<(Row, Box<[u8]>)>,
    waiting_bytes: usize,
    now: Timestamp,
    /// The one decision that was asked for, which every row of the answer then has.
    asked: Option<Decision>,
    /// The decisions of rows that name none that is known.
    unknown: UnknownDecisions,
}

/// What an attempt came to.
pub(super) struct Counted {
    pub(super) known: Known,
    pub(super) tallies: Tallies,
    /// Where the records are to be attached.
    pub(super) records: Option<Collector>,
    /// Where they are archived.
    pub(super) archive: Option<Batch>,
    /// Whether so many rows matched that some had to be forgotten meanwhile.
    pub(super) overflowed: bool,
    /// Whether the PCE regrouped its rows.
    pub(super) regrouped: bool,
    /// The decisions of rows that name none that is known.
    pub(super) unknown: UnknownDecisions,
}

/// The rules, and what they count.
struct Counting<'c> {
    /// Each rule's id, its key and what it matches.
    rules: Vec<(i64, String, &'c TrafficFilter)>,
    candidates: Candidates,
    /// Whether one of them compares labels.
    labels: bool,
    /// The rules that match the row in hand, by their place.
    matching: Vec<usize>,
    tallies: Copies<'c>,
    records: Option<Collector>,
    archive: Option<Batch>,
}

impl<'c> Attempt<'c> {
    pub(super) fn of(cycle: &'c Cycle<'_>, part: &Part) -> Self {
        let rules =
            keyed(&cycle.config.rules).into_iter().filter_map(|(key, rule)| match &rule.filter {
                Filter::Traffic(filter) => Some((rule.id, key, filter)),
                Filter::Event(_) => None,
            });
        let rules: Vec<_> = rules.collect();
        let fetch = cycle.state.traffic.fetch.as_ref();
        let overlap = cycle.config.settings.traffic_overlap_minutes.into();
        let bounds = Bounds {
            from: part.from,
            complete: fetch.and_then(|fetch| fetch.complete),
            overlap: SignedDuration::from_mins(overlap),
            whole: fetch.is_some_and(|fetch| part.is_whole(&fetch.decisions)),
        };
        let (known, legacy) = (&cycle.state.series, &cycle.state.baseline);
        Self {
            counting: Counting {
                candidates: Candidates::of(rules.iter().map(|(_, _, filter)| *filter)),
                labels: rules.iter().any(|(_, _, filter)| filter.compares_labels()),
                matching: Vec::new(),
                rules,
                tallies: Copies::of(&cycle.state.rules, known.excess()),
                records: cycle.records.as_ref().map(Records::collector),
                archive: cycle.archive_batch(Kind::Flows),
            },
            answer: known.answer(legacy, &bounds),
            legacy,
            key: known.key(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            now: cycle.now(),
            asked: part.decision(),
            unknown: UnknownDecisions::default(),
        }
    }

    /// Downloads the rows; what they come to is there once all have come.
    pub(super) fn read(&mut self, client: &mut Client, href: &str) -> Result<Downloaded, Failure> {
        let downloaded = download(client, href, self).map_err(Failure::of)?;
        self.settle(true);
        Ok(downloaded)
    }

    /// What it came to.
    pub(super) fn counted(self) -> Counted {
        let Self { counting, answer, unknown, .. } = self;
        let (overflowed, regrouped) = (answer.overflowed, answer.regrouped);
        Counted {
            known: answer.finish(),
            tallies: counting.tallies.counted(),
            records: counting.records,
            archive: counting.archive,
            overflowed,
            regrouped,
            unknown,
        }
    }

    /// Counts the rows that wait.
    fn settle(&mut self, at_its_end: bool) {
        self.waiting_bytes = 0;
        let waiting = std::mem::take(&mut self.waiting);
        let (rows, raws): (Vec<Row>, Vec<Box<[u8]>>) = waiting.into_iter().unzip();
        let growths = self.answer.settle(&rows, at_its_end);
        for ((row, growth), raw) in rows.iter().zip(growths).zip(raws) {
            // It was read before.
            if let Ok(flow) = serde_json::from_slice::<Flow<'_>>(&raw) {
                let facts = FlowFacts::of_answer_to(&flow, self.asked);
                self.counting.find_matching(&facts);
                self.counting.count(&facts, row, growth, &raw);
            }
        }
    }
}

impl Counting<'_> {
    /// Finds the rules that match the row; true where there is one.
    fn find_matching(&mut self, facts: &FlowFacts<'_>) -> bool {
        let rules = &self.rules;
        self.candidates.find(facts, &mut self.matching);
        self.matching
            .retain(|place| rules.get(*place).is_some_and(|(_, _, filter)| filter.matches(facts)));
        !self.matching.is_empty()
    }

    /// Counts the growth of a row for the rules that match it.
    fn count(&mut self, facts: &FlowFacts<'_>, row: &Row, growth: Growth, raw: &[u8]) {
        if growth.count == 0 {
            return;
        }
        if let Some(archive) = self.archive.as_mut() {
            archive.add(raw);
        }
        let (rules, sight) = (&self.rules, Sight::of(facts));
        // What stays are the rules that counted the row.
        self.matching.retain(|place| {
            let Some((_, key, filter)) = rules.get(*place) else {
                return false;
            };
            self.tallies
                .count(key, |tally| tally.count_row(filter, facts.flow, &sight, row, growth, raw))
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

impl Rows for Attempt<'_> {
    fn compares_labels(&self) -> bool {
        self.counting.labels
    }

    fn wants(&mut self, row: &Flow<'_>) -> bool {
        let facts = FlowFacts::of_answer_to(row, self.asked);
        self.unknown.note(&facts);
        self.counting.find_matching(&facts)
    }

    /// Counts one row, or has it wait.
    fn take(&mut self, flow: &Flow<'_>, raw: &[u8], asked: bool) {
        let facts = FlowFacts::of_answer_to(flow, self.asked);
        if !asked {
            self.unknown.note(&facts);
            if !self.counting.find_matching(&facts) {
                return;
            }
        }
        let row = self.legacy.recognize(Row::of(flow, self.key, self.now), flow);
        if let Some(growth) = self.answer.take(&row) {
            return self.counting.count(&facts, &row, growth, raw);
        }
        self.waiting.push((row, raw.into()));
        self.waiting_bytes += raw.len() + size_of::<(Row, Box<[u8]>)>();
        if self.waiting_bytes > WAITING_BYTES {
            self.settle(false);
        }
    }
}
