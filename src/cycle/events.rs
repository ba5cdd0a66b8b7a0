//! The cycle's events: from the position less the overlap, to now.

use jiff::{SignedDuration, Timestamp};

use super::{Code, Cycle, back, is_over, just_after, notice};
use crate::archive::{Batch, Kind};
use crate::lang::{cycle as say, grouped};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::events::{Fetched, fetch};
use crate::pce::record::Event;
use crate::pce::seen::{MAX_SEEN, SeenEvents};
use crate::report::Condition;
use crate::report::budget::{self, Copies};
use crate::report::records::{Collector, Records};
use crate::report::tally::Tally;
use crate::rules::{EventFilter, Filter, keyed};

/// A long backlog is read in slices of this length, each moving the position.
const SLICE: SignedDuration = SignedDuration::from_hours(6);

/// How often what was recorded late is looked for.
const LATE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How often it is told that more events came than are remembered.
const TOLD_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// In how many cycles after an outage it is looked for in any case.
const LATE_AFTER_OUTAGE: u32 = 3;

impl Cycle<'_> {
    /// Where a plain fetch begins.
    pub(super) fn events_from(&self, now: Timestamp) -> Timestamp {
        let overlap = self.config.settings.event_overlap_minutes.into();
        match self.state.events.position {
            // What was before the very first fetch is told already, or nobody's
            // news; a first fetch that lies ahead was dated by a wrong clock.
            Some(position) => {
                let position = position.min(now);
                let first = self.state.events.since.filter(|first| *first <= position);
                back(position, overlap).max(first.unwrap_or(Timestamp::MIN))
            }
            // A first fetch that failed is made up for.
            None => {
                let first = self.first_from(now);
                self.state.events.since.map_or(first, |since| since.min(first))
            }
        }
    }

    /// Reads what is new, slice by slice, oldest first; false where the PCE refuses
    /// the key, which ends the cycle's requests.
    pub(super) fn read_events(&mut self, client: &mut Client) -> bool {
        let now = self.now();
        let mut skipped = self.events_beyond_reach(now);
        let mut begin = skipped.map_or_else(|| self.reach_of_events(now), |(_, until)| until);
        let mut problem = None;
        let mut moved = false;
        while begin < now {
            let end = begin.checked_add(SLICE).unwrap_or(now);
            let (end, to) = if end >= now { (now, just_after(now)) } else { (end, end) };
            if let Err(error) = self.read_slice(client, begin, to) {
                problem = Some(error);
                break;
            }
            let position =
                self.state.events.position.map_or(end, |position| position.min(now).max(end));
            if let Some((from, until)) = skipped.take() {
                self.state.events.since = Some(until);
                let (from, until) = (self.local(from), self.local(until));
                self.notices.push(notice::events_skipped(self.lang, from, until));
            }
            moved |= self.state.events.position != Some(position);
            self.state.events.position = Some(position);
            self.state.events.fetched_at = Some(self.start.now);
            begin = end;
        }
        let accepted = !matches!(problem, Some(Error::Credentials { .. }));
        self.conclude_events(problem, moved, now);
        accepted
    }

    /// The span that is skipped, where the backlog is too long. It is told once
    /// something behind it was read: a fetch that fails skips nothing yet.
    fn events_beyond_reach(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let from = self.events_from(now);
        // What lies behind the position was read already: only the overlap is lost.
        let unread = self.state.events.position.unwrap_or(from);
        let hours = self.config.settings.max_event_catch_up_hours;
        let longest = back(now, i64::from(hours) * 60);
        (unread < longest).then_some((unread, longest))
    }

    /// Where this fetch begins: further back now and then, never before the first
    /// fetch of all.
    fn reach_of_events(&mut self, now: Timestamp) -> Timestamp {
        let from = self.events_from(now);
        let settings = &self.config.settings;
        let memory = &mut self.state.events;
        let due = memory.late_at.is_none_or(|at| is_over(at, LATE_EVERY, now));
        if settings.late_reach_hours == 0 || !(due || memory.look_late > 0) {
            return from;
        }
        memory.late_at = Some(now);
        memory.look_late = memory.look_late.saturating_sub(1);
        let position = memory.position.unwrap_or(now).min(now);
        back(position, i64::from(settings.late_reach_hours) * 60)
            .max(memory.since.unwrap_or(from))
            .min(from)
    }

    /// One slice, counted as a whole or not at all.
    fn read_slice(
        &mut self,
        client: &mut Client,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), Error> {
        budget::keep_to_bound(&mut self.state.rules);
        let mut tries = 1;
        let (attempt, cut) = loop {
            let mut attempt = Attempt::of(self);
            match fetch(client, from, to, &mut |event, raw| attempt.count(event, raw)) {
                Ok(Fetched { cut }) => break (attempt, cut),
                Err(Error::Broken { .. }) if client.may_try_again(&mut tries) => {}
                Err(error) => return Err(error),
            }
        };
        let Attempt { seen, tallies, new, unreadable, records, archive, .. } = attempt;
        let tallies = tallies.counted();
        self.state.seen = seen;
        self.state.rules.extend(tallies);
        self.keep_records(records);
        self.keep_batch(Kind::Events, archive);
        self.figures.events += new;
        if unreadable > 0 {
            self.notices.push(notice::events_unreadable(self.lang, unreadable));
        }
        // What lies behind the position was told when it was first read.
        let told = self.state.events.position;
        for second in cut.into_iter().filter(|second| told.is_none_or(|told| *second >= told)) {
            let second = self.local(second);
            self.notices.push(notice::events_cut(self.lang, second));
        }
        Ok(())
    }

    fn conclude_events(&mut self, problem: Option<Error>, moved: bool, now: Timestamp) {
        let reach = i64::from(self.config.settings.late_reach_hours) * 60;
        let overlap = i64::from(self.config.settings.event_overlap_minutes);
        if let Some(position) = self.seen_up_to.0 {
            // By a clock that runs ahead of all records nothing is let go.
            let newest = self.state.seen.newest();
            let position = newest.map_or(position, |newest| newest.min(position));
            // A minute more than a fetch reaches back, for the split at whole seconds.
            self.state.seen.forget_before(back(position, reach.max(overlap) + 1));
        }
        if let Some(first_kept) = self.state.seen.keep_to(MAX_SEEN) {
            self.forget_events_before(first_kept);
        }
        match problem {
            None => self.events_are_complete(now),
            Some(error) => self.events_are_incomplete(&error, moved),
        }
    }

    /// What is forgotten must not be fetched again, which is told once a day: a site
    /// that has so many events has them in every cycle.
    fn forget_events_before(&mut self, first_kept: Timestamp) {
        let now = self.now();
        let memory = &mut self.state.events;
        let since = memory.since.map_or(first_kept, |since| since.max(first_kept));
        memory.since = Some(since);
        if memory.forgot_at.is_none_or(|at| is_over(at, TOLD_EVERY, now)) {
            memory.forgot_at = Some(now);
            let since = self.local(since);
            let bound = grouped(MAX_SEEN as u64);
            self.notices.push(notice::events_forgotten(self.lang, bound, since));
        }
    }

    fn events_are_complete(&mut self, now: Timestamp) {
        if self.state.events.failures > 0 {
            self.state.events.look_late = LATE_AFTER_OUTAGE;
        }
        self.state.events.failures = 0;
        self.key_accepted = true;
        self.watch_fetch(Condition::Events, 0, None);
        self.seen.push(say::events_complete(
            self.lang,
            self.local(now),
            grouped(self.figures.events),
        ));
    }

    fn events_are_incomplete(&mut self, error: &Error, moved: bool) {
        self.state.events.failures =
            if moved { 1 } else { self.state.events.failures.saturating_add(1) };
        let position = self.state.events.position;
        let position = position.map_or_else(|| "–".to_owned(), |position| self.local(position));
        let detail = say::events_incomplete(self.lang, error.text(self.lang), position);
        self.refused_or_retried(error);
        let failures = self.state.events.failures;
        self.watch_fetch(Condition::Events, failures, Some(detail.clone()));
        self.problems.push(detail.clone());
        self.seen.push(detail);
    }

    /// A 401 in the middle of a cycle is one too.
    pub(super) fn refused_or_retried(&mut self, error: &Error) {
        match error {
            Error::Credentials { .. } => {
                let problem = (crate::rules::Level::Critical, error.text(self.lang));
                self.watch(Condition::Credentials, Some(problem));
                self.key_accepted = false;
                self.code.worsen(Code::Config);
            }
            _ => self.code.worsen(Code::Retry),
        }
    }
}

/// One slice, counted on copies until it is known to be complete.
struct Attempt<'c> {
    /// Each rule's id, its key and what it matches.
    rules: Vec<(i64, String, &'c EventFilter)>,
    seen: SeenEvents,
    tallies: Copies<'c>,
    now: Timestamp,
    new: u64,
    unreadable: u64,
    /// Where the records are to be attached.
    records: Option<Collector>,
    /// Where they are archived.
    archive: Option<Batch>,
}

impl<'c> Attempt<'c> {
    fn of(cycle: &'c Cycle<'_>) -> Self {
        let rules = keyed(&cycle.config.rules).into_iter();
        let rules = rules.filter_map(|(key, rule)| match &rule.filter {
            Filter::Event(filter) => Some((rule.id, key, filter)),
            Filter::Traffic(_) => None,
        });
        Self {
            rules: rules.collect(),
            seen: cycle.state.seen.clone(),
            tallies: Copies::of(&cycle.state.rules, 0),
            now: cycle.now(),
            new: 0,
            unreadable: 0,
            records: cycle.records.as_ref().map(Records::collector),
            archive: cycle.archive_batch(Kind::Events),
        }
    }

    /// Counts an event that is new, at its own time.
    fn count(&mut self, event: Option<&Event<'_>>, raw: &[u8]) {
        let nothing = Event::default();
        let known = event.unwrap_or(&nothing);
        let own = known.timestamp.timestamp().or(known.time.timestamp());
        let at = own.unwrap_or(self.now).min(just_after(self.now));
        if !self.seen.insert(known, raw, at) {
            return;
        }
        self.new += 1;
        self.unreadable += u64::from(event.is_none());
        if let Some(archive) = self.archive.as_mut().filter(|_| event.is_some()) {
            archive.add(raw);
        }
        let mut counted_by = Vec::new();
        for (id, key, filter) in &self.rules {
            let count = |tally: &mut Tally| Some(tally.count_event(filter, known, at, raw));
            if filter.matches(known) && self.tallies.count(key, count) {
                counted_by.push(*id);
            }
        }
        if let Some(records) = self.records.as_mut().filter(|_| !counted_by.is_empty()) {
            records.add(&counted_by, raw);
        }
    }
}
