//! One download of a part's rows, counted as a whole or not at all.

use jiff::{SignedDuration, Timestamp};

use super::unknown::UnknownDecisions;
use crate::archive::Kind;
use crate::cycle::poll::Desk;
use crate::cycle::trial::{Counted, Tallied, Trial};
use crate::pce::glance::Depth;
use crate::pce::ip_lists::Table;
use crate::pce::record::Flow;
use crate::pce::traffic::{Part, Rows};
use crate::report::evidence::Sight;
use crate::report::pause::Pauses;
use crate::rules::candidates::Candidates;
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::Minute;
use crate::rules::series::{Answer, Bounds, Growth, HashKey, Known, Legacy, Row};
use crate::rules::{Decision, Filter, TrafficFilter};

/// Rows that wait for the answer's end take so many bytes at most; beyond, what came
/// until then has to do.
const WAITING_BYTES: usize = 6 * 1024 * 1024;

/// One download under way.
pub(super) struct Downloading<'c> {
    counting: Counting<'c>,
    answer: Answer<'c>,
    legacy: &'c Legacy,
    /// Which of the IP lists that rules name an address is in.
    lists: &'c Table,
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

/// What a download came to.
pub(super) struct Download {
    pub(super) known: Known,
    pub(super) counted: Tallied,
    /// Whether so many rows matched that some had to be forgotten meanwhile.
    pub(super) overflowed: bool,
    /// Whether the PCE regrouped its rows.
    pub(super) regrouped: bool,
    /// The decisions of rows that name none that is known.
    pub(super) unknown: UnknownDecisions,
}

/// The rules, and what they count.
struct Counting<'c> {
    trial: Trial<'c, TrafficFilter>,
    pauses: &'c Pauses<'c>,
    candidates: Candidates,
    /// How much of a row they look at.
    depth: Depth,
    /// The rules that match the row in hand, by their place.
    matching: Vec<usize>,
}

impl<'c> Downloading<'c> {
    pub(super) fn of(desk: &'c Desk<'_, '_>, part: &Part) -> Self {
        let filter_of = |filter: &'c Filter| match filter {
            Filter::Traffic(filter) => Some(filter),
            Filter::Event(_) | Filter::Workload(_) => None,
        };
        let (known, legacy) = (&desk.state.series, &desk.state.baseline);
        let trial = Trial::of(desk, Kind::Flows, filter_of, known.excess());
        let depths = trial.rules.iter().map(|(_, _, filter)| filter.depth());
        let depths = depths.chain(desk.pauses.depth());
        Self {
            counting: Counting {
                pauses: &desk.pauses,
                candidates: Candidates::of(trial.rules.iter().map(|(_, _, filter)| *filter)),
                depth: depths.max().unwrap_or(Depth::Rules),
                matching: Vec::new(),
                trial,
            },
            answer: known.answer(legacy, &bounds(desk, part)),
            legacy,
            lists: &desk.lists,
            key: known.key(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            now: desk.now(),
            asked: part.decision(),
            unknown: UnknownDecisions::default(),
        }
    }

    /// All rows have come.
    pub(super) fn end(mut self) -> Download {
        self.settle(true);
        let Self { counting, answer, unknown, .. } = self;
        Download {
            overflowed: answer.overflowed,
            regrouped: answer.regrouped,
            known: answer.finish(),
            counted: counting.trial.counted(),
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
            self.count_kept(row, growth, &raw);
        }
    }

    /// Counts the growth of a row that was read before.
    pub(super) fn count_kept(&mut self, row: &Row, growth: Growth, raw: &[u8]) {
        if let Ok(flow) = serde_json::from_slice::<Flow<'_>>(raw) {
            let facts = FlowFacts::of_answer_to(&flow, self.asked).with_lists(self.lists);
            self.counting.find_matching(&facts);
            self.counting.count(&facts, row, growth, raw);
        }
    }

    /// Says that only rows that grew come: series of other names are as they were.
    pub(super) fn brings_what_grew(&mut self) {
        self.answer.brings_what_grew();
    }
}

/// What is known of the time that the part's rows are of.
fn bounds(desk: &Desk<'_, '_>, part: &Part) -> Bounds {
    let fetch = desk.state.traffic.fetch.as_ref();
    let overlap = desk.site.config.settings.traffic_overlap_minutes.into();
    Bounds {
        from: part.from,
        complete: fetch.and_then(|fetch| fetch.complete),
        overlap: SignedDuration::from_mins(overlap),
        whole: fetch.is_some_and(|fetch| part.is_whole(&fetch.decisions)),
    }
}

impl Counting<'_> {
    /// Finds the rules that match the row; true where there is one.
    fn find_matching(&mut self, facts: &FlowFacts<'_>) -> bool {
        let rules = &self.trial.rules;
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
        self.trial.archive(raw);
        let sight = Sight::of(facts);
        let pauses = self.pauses;
        self.trial.count(&mut self.matching, raw, |rule, paused, filter, tally| {
            let its = pauses.of_row(paused, facts);
            let which = |minute| pauses.which(its, minute);
            let held: Option<&dyn Fn(Minute) -> Option<i64>> =
                if its.is_none() { None } else { Some(&which) };
            let last = growth.when.last;
            let is_held = which(last).is_some() || pauses.hold_all(paused, last);
            let rule = (rule.newness, filter);
            let more = tally.count_held_row(rule, &sight, (row, growth), held, raw)?;
            Some(Counted { more, held: is_held })
        });
    }
}

impl Rows for Downloading<'_> {
    fn depth(&self) -> Depth {
        self.counting.depth
    }

    fn wants(&mut self, row: &Flow<'_>) -> bool {
        let facts = FlowFacts::of_answer_to(row, self.asked).with_lists(self.lists);
        self.unknown.note(&facts);
        self.counting.find_matching(&facts)
    }

    /// Counts one row, or has it wait.
    fn take(&mut self, flow: &Flow<'_>, raw: &[u8], asked: bool) {
        let facts = FlowFacts::of_answer_to(flow, self.asked).with_lists(self.lists);
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
