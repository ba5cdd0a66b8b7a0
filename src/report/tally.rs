//! What one rule keeps between runs, and how its matches become an alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Sight};
use super::{Alert, Change, InOneGo, Object, Source, Subject};
use crate::pce::record::{Event, Flow};
use crate::rules::engine::Counter;
use crate::rules::flows::{FLOW_BYTES, FlowKey};
use crate::rules::lumps::Lump;
use crate::rules::matching::objects;
use crate::rules::minutes::{Minute, Minutes, minute_of, time_of};
use crate::rules::series::{Growth, Of, Row, When};
use crate::rules::{EventFilter, Filter, FlowCount, Rule, Threshold, TrafficFilter};

/// How many of the "different flows" of one rule are kept between runs, each in
/// each minute in which it grew.
const MAX_FLOWS: usize = 50_000;

/// What one rule keeps between runs: its untold matches and a little evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Since when the rule has been looking. What began before is only seen, not counted in full.
    pub since: Option<Timestamp>,
    /// Rows last seen before this may have grown while no rule looked at them; to
    /// this rule they are new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_before: Option<Timestamp>,
    /// True for a rule that looks at traffic.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub of_traffic: bool,
    /// Its untold matches.
    pub counter: Counter,
    /// What they looked like.
    pub evidence: Evidence,
    /// True where a bound was reached, so that the next alert says "at least".
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

impl Tally {
    /// Counts an event that the rule matched; how many bytes more that may take.
    pub fn count_event(
        &mut self,
        filter: &EventFilter,
        event: &Event<'_>,
        at: Timestamp,
        raw: &[u8],
    ) -> usize {
        let weight = filter.weight(event);
        let mut counts = Minutes::default();
        counts.add(minute_of(at), weight);
        let before = self.counter.untold.weight();
        self.counter.untold.merge(&counts);
        let mut more = self.counter.untold.weight() - before;
        more += self.evidence.sources.add(&Source::of(event), &counts);
        let mut once = Minutes::default();
        once.add(minute_of(at), 1);
        for object in objects(event) {
            more += self.evidence.objects.add(&Object::of(object), &once);
        }
        for change in Change::all_of(event) {
            more += self.evidence.changes.add(&change, &once);
        }
        more + self.evidence.keep_record(at, weight, raw)
    }

    /// Counts a row that the rule matched. A row never seen counts in full where
    /// it began after the rule did, as 1 where it was only seen after that, and
    /// not at all where it was over by then. How many bytes more it may take; `None` where
    /// it did not count.
    pub fn count_row(
        &mut self,
        filter: &TrafficFilter,
        flow: &Flow<'_>,
        sight: &Sight,
        row: &Row,
        growth: Growth,
        raw: &[u8],
    ) -> Option<usize> {
        let (count, when) = self.counted(row, growth);
        if count == 0 {
            return None;
        }
        // A flow is told in the minute in which it was last seen to grow.
        let when = match filter.count_by {
            FlowCount::Connections => when,
            FlowCount::Flows => when.at_its_end(),
        };
        let mut counts = Minutes::default();
        counts.spread(when.first, when.last, count);
        let mut more = self.evidence.add_flow(sight, &counts);
        more += self.evidence.keep_record(row.ends(), count, raw);
        let before = self.counter.untold.weight();
        match filter.count_by {
            FlowCount::Connections => self.counter.untold.merge(&counts),
            FlowCount::Flows => {
                let flow = FlowKey::of(flow);
                more += usize::from(self.counter.add_flow(when.last, flow)) * FLOW_BYTES;
            }
        }
        more += self.counter.untold.weight() - before;
        if let Some(since) = when.since {
            let by = when.last;
            self.counter.lumps.add(Lump { since, by, count });
        }
        Some(more)
    }

    /// What of the growth this rule counts, and when.
    fn counted(&self, row: &Row, growth: Growth) -> (u64, When) {
        let Growth { count, when, of } = growth;
        let at_its_end = when.at_its_end();
        match of {
            Of::Known(seen) if self.is_unknown(seen) && !self.covers(row) => {
                (count.min(1), at_its_end)
            }
            Of::Known(_) => (count, when),
            Of::New { within: true, .. } if self.covers(row) => (count, when),
            Of::New { .. } if self.since.is_some_and(|since| row.ends() < since) => (0, at_its_end),
            Of::New { again, .. } => (count.min(1).min(u64::from(!again)), at_its_end),
        }
    }

    /// Whether all that the row counts lies in the time that the rule looks at.
    fn covers(&self, row: &Row) -> bool {
        self.since.is_none_or(|since| row.begins() >= since)
    }

    fn is_unknown(&self, seen: u32) -> bool {
        self.unknown_before.is_some_and(|time| i64::from(seen) <= time.as_second())
    }

    /// The alert that is due, its matches taken out of the count.
    pub fn alert(&mut self, rule: &Rule, now: Minute) -> Option<Alert> {
        let in_doubt = self.counter.in_doubt(rule.threshold);
        let told = self.counter.due(rule.threshold, rule.cooldown_minutes, now)?;
        let flows = self.counter.flows.take(&told);
        let lump = self.counter.take_lump(&told);
        let evidence = self.evidence.take(&told);
        let first = told.first().unwrap_or(now);
        let last = told.last().unwrap_or(now);
        Some(Alert {
            rule_id: rule.id,
            rule_name: rule.name.clone(),
            level: rule.level,
            desc: rule.desc.clone(),
            rec: rule.rec.clone(),
            threshold: rule.threshold,
            count: if flows > 0 { flows } else { told.total() },
            at_least: std::mem::take(&mut self.at_least),
            first: time_of(first),
            last: time_of(last),
            in_one_go: lump.map(|lump| InOneGo {
                count: lump.count,
                since: time_of(lump.since),
                by: time_of(lump.by),
            }),
            in_doubt: in_doubt.map(i64::unsigned_abs),
            timeline: told.iter().collect(),
            subject: subject(&rule.filter, &evidence),
            snapshot: evidence.records,
        })
    }

    /// Forgets what can no longer be told; `earliest` is the first minute that a
    /// further match can lie in.
    pub fn settle(&mut self, threshold: Threshold, earliest: Minute) {
        let window = match threshold {
            Threshold::Immediate => 0,
            Threshold::Count { window, .. } => i64::from(window),
        };
        self.counter.trim(threshold, earliest.saturating_sub(window));
        self.at_least |= self.counter.flows.keep_to(MAX_FLOWS);
        self.evidence.settle(&self.counter.untold);
    }

    /// Keeps to so many flows, or to one count for so many minutes; what the matches
    /// looked like goes along.
    pub fn keep_counts(&mut self, flows: usize, minutes: i64) {
        self.at_least |= self.counter.keep_to(flows, minutes);
        self.evidence.align(&self.counter.untold);
    }

    /// What it takes on the heap, in bytes as estimated.
    pub fn weight(&self) -> usize {
        self.counter.weight() + self.evidence.weight()
    }
}

fn subject(filter: &Filter, evidence: &Evidence) -> Subject {
    match filter {
        Filter::Event(_) => Subject::Events {
            sources: evidence.sources.ranking(),
            objects: evidence.objects.ranking(),
            changes: evidence.changes.ranking(),
        },
        Filter::Traffic(filter) => Subject::Traffic {
            talkers: evidence.talkers.ranking(),
            sources: evidence.senders.ranking(),
            destinations: evidence.receivers.ranking(),
            services: evidence.services.ranking(),
            count_by: filter.count_by,
        },
    }
}

#[cfg(test)]
mod tests;
