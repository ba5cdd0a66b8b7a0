//! The cycle's traffic: one query, or its parts; posted early, polled late.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Code, Cycle, Tallies, back, is_over, just_after, keyed};
use crate::lang::cycle as say;
use crate::pce::client::{Client, Error};
use crate::pce::record::Flow;
use crate::pce::traffic::{
    Downloaded, Fetch, Part, Progress, TrafficMemory, download, post, progress,
};
use crate::report::Condition;
use crate::rules::growth::{Baseline, MAX_ROWS, Row};
use crate::rules::matching::FlowFacts;
use crate::rules::{Decision, Filter, Level, TrafficFilter};
use crate::store::TrafficCounts;

/// How often what was reported late is looked for: a VEN keeps its summaries for
/// 24 hours while it can't reach the PCE [pce-api 3.6].
const LATE_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// In how many cycles after an outage it is looked for in any case.
const LATE_AFTER_OUTAGE: u32 = 3;

/// The first poll of a query; each wait is half as long again as the one before.
const FIRST_POLL: Duration = Duration::from_millis(100);

/// The longest wait between polls.
const SLOWEST_POLL: Duration = Duration::from_secs(5);

/// How often a download that has fewer rows than promised is tried: `completed`
/// may come before its rows do [pce-api 3.3].
const DOWNLOADS: u32 = 3;

/// How long a slot is where the PCE clips rows to the query, in seconds.
const SLOT: i64 = 600;

/// Why a part could not be read.
enum Failure {
    /// The PCE or the network.
    Pce(Error),
    /// The PCE gave the query up, by this word.
    Query(String),
    /// It took longer than `api.query_timeout_seconds`.
    TooSlow,
    /// Still computing when the cycle's time was over; the next cycle polls on.
    Unfinished,
    /// Fewer rows came than were promised.
    Short { promised: u64, came: u64 },
    /// Members of a supercluster that did not answer.
    Silent(String),
    /// Rows turned out to be clipped to the query; read again in slots.
    Clipped,
}

impl Cycle<'_> {
    /// Where a plain fetch begins.
    pub(super) fn traffic_from(&self, now: Timestamp) -> Timestamp {
        let overlap = self.config.settings.traffic_overlap_minutes.into();
        match self.state.traffic.position {
            Some(position) => back(position.min(now), overlap),
            // A first fetch that failed is made up for.
            None => {
                let first = self.first_from(now);
                let since = self.traffic_since().unwrap_or(first);
                let longest = i64::from(self.config.settings.max_catch_up_hours) * 60;
                first.min(since.max(back(now, longest)))
            }
        }
    }

    /// Since when the traffic rules look: the one that has looked longest.
    fn traffic_since(&self) -> Option<Timestamp> {
        let rules = keyed(&self.config.rules).into_iter();
        let keys = rules.filter(|(_, rule)| matches!(rule.filter, Filter::Traffic(_)));
        keys.filter_map(|(key, _)| self.state.rules.get(&key)?.since)
            .min()
    }

    /// Posts the query, so that the PCE computes while the events are read.
    ///
    /// # Errors
    /// The POST's; it is not tried again in this cycle.
    pub(super) fn begin_traffic(&mut self, client: &mut Client) -> Result<(), Error> {
        let Some(decisions) = self.decisions() else {
            self.drop_fetch(client);
            self.state.traffic = TrafficMemory::default();
            self.state.baseline = Baseline::default();
            self.watch(Condition::Traffic, None);
            return Ok(());
        };
        let wanted: Vec<String> = decisions
            .iter()
            .map(|decision| decision.wire().to_owned())
            .collect();
        let under_way = self.state.traffic.fetch.as_ref();
        if under_way.is_some_and(|fetch| fetch.decisions != wanted) {
            self.drop_fetch(client);
        }
        if self.state.traffic.fetch.is_none() {
            self.plan_fetch(wanted);
        }
        let fetch = self.state.traffic.fetch.as_mut();
        match fetch.and_then(|fetch| fetch.parts.first_mut()) {
            Some(part) if part.href.is_none() => post(client, part),
            _ => Ok(()),
        }
    }

    /// Reads every part of the fetch; then, where the fetch was an old one, what
    /// came since.
    pub(super) fn read_traffic(&mut self, client: &mut Client, posted: Result<(), Error>) {
        if self.decisions().is_none() {
            return;
        }
        let began = self.now();
        let mut outcome = self.read_fetch(client, posted);
        if matches!(outcome, Err(Failure::Clipped)) {
            self.switch_to_slots(client);
            let posted = self.begin_traffic(client);
            outcome = self.read_fetch(client, posted);
        }
        let is_old = |position| began.duration_since(position) > SignedDuration::from_mins(1);
        if outcome.is_ok() && self.state.traffic.position.is_some_and(is_old) {
            let posted = self.begin_traffic(client);
            outcome = self.read_fetch(client, posted);
        }
        self.conclude_traffic(client, outcome);
    }

    fn read_fetch(
        &mut self,
        client: &mut Client,
        posted: Result<(), Error>,
    ) -> Result<(), Failure> {
        posted.map_err(Failure::of)?;
        self.read_parts(client)
    }

    /// The decisions that the enabled traffic rules ask for, empty for all of
    /// them; `None` without such a rule.
    fn decisions(&self) -> Option<Vec<Decision>> {
        let enabled = self.config.rules.iter().filter(|rule| rule.enabled);
        let mut asked: Vec<Option<Decision>> = enabled
            .filter_map(|rule| match &rule.filter {
                Filter::Traffic(filter) => Some(filter.decision),
                Filter::Event(_) => None,
            })
            .collect();
        asked.sort();
        asked.dedup();
        (!asked.is_empty()).then(|| {
            asked
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .unwrap_or_default()
        })
    }

    fn plan_fetch(&mut self, decisions: Vec<String>) {
        let now = self.now();
        let complete = self.state.traffic.position;
        let from = self.reach_of_traffic(now);
        let skipped_to = complete.is_some_and(|at| at < from).then_some(from);
        let to = just_after(now);
        let parts = if self.is_clipped() {
            slots(
                self.state
                    .traffic
                    .clipped
                    .map_or(from, |clipped| from.max(clipped)),
                to,
                &decisions,
            )
        } else {
            vec![Part::whole(from, to, &decisions)]
        };
        self.state.baseline.begin_fetch();
        self.state.traffic.fetch = Some(Fetch {
            until: now,
            complete,
            skipped_to,
            decisions,
            parts,
        });
    }

    fn is_clipped(&self) -> bool {
        match self.config.settings.traffic_counts {
            TrafficCounts::Auto => self.state.traffic.clipped.is_some(),
            TrafficCounts::Cumulative => false,
            TrafficCounts::Clipped => true,
        }
    }

    /// Where this fetch begins: further back now and then, and not beyond the
    /// longest backlog.
    fn reach_of_traffic(&mut self, now: Timestamp) -> Timestamp {
        let from = self.traffic_from(now);
        let settings = &self.config.settings;
        let longest = back(now, i64::from(settings.max_catch_up_hours) * 60);
        if self.state.traffic.position.is_some_and(|at| at < longest) {
            self.forget_since(longest);
            return longest;
        }
        let memory = &mut self.state.traffic;
        let first = memory.position.is_none();
        let due = memory.late_at.is_none_or(|at| is_over(at, LATE_EVERY, now));
        if due {
            memory.late_at = Some(now);
        }
        if first || settings.late_reach_hours == 0 || !(due || memory.look_late > 0) {
            return from;
        }
        memory.look_late = memory.look_late.saturating_sub(1);
        let late = back(
            memory.position.unwrap_or(now).min(now),
            i64::from(settings.late_reach_hours) * 60,
        );
        let since = self.traffic_since();
        late.max(since.unwrap_or(late)).min(from)
    }

    /// What was seen before `time` is not known any more: rows that began before
    /// it are only counted from now on.
    fn forget_since(&mut self, time: Timestamp) {
        for tally in self.state.rules.values_mut() {
            tally.since = Some(tally.since.map_or(time, |since| since.max(time)));
        }
    }

    fn read_parts(&mut self, client: &mut Client) -> Result<(), Failure> {
        loop {
            let Some(fetch) = self.state.traffic.fetch.as_mut() else {
                return Ok(());
            };
            let Some(part) = fetch.parts.first_mut() else {
                self.finish_fetch();
                return Ok(());
            };
            if part.href.is_none() {
                post(client, part).map_err(Failure::of)?;
            }
            let part = part.clone();
            self.read_part(client, &part)?;
        }
    }

    /// Moves the position, and tells what lies between it and where the fetch began.
    fn finish_fetch(&mut self) {
        let Some(fetch) = self.state.traffic.fetch.take() else {
            return;
        };
        self.state.traffic.position = Some(fetch.until);
        self.state.traffic.fetched_at = Some(self.start.now);
        if let (Some(from), Some(until)) = (fetch.complete, fetch.skipped_to) {
            let (from, until) = (self.local(from), self.local(until));
            self.notices
                .push(say::traffic_skipped(self.lang, from, until));
        }
    }

    /// Waits for one part and counts it, or splits it where it is too large.
    fn read_part(&mut self, client: &mut Client, part: &Part) -> Result<(), Failure> {
        let href = part.href.clone().unwrap_or_default();
        let (rows, cut) = self.wait_for(client, part, &href)?;
        let parts = if cut { part.split() } else { None };
        let Some(parts) = parts else {
            if cut {
                let (from, to) = (self.local(part.from), self.local(part.to));
                self.flaws.push(say::traffic_cut(self.lang, rows, from, to));
            }
            self.count_part(client, part, &href, rows)?;
            client.delete(&href);
            self.replace_first_part(Vec::new());
            return Ok(());
        };
        client.delete(&href);
        self.replace_first_part(parts);
        Ok(())
    }

    fn replace_first_part(&mut self, parts: Vec<Part>) {
        if let Some(fetch) = self.state.traffic.fetch.as_mut() {
            fetch.parts.splice(..1, parts);
        }
    }

    /// Polls until the query is done: quickly at first, then slower.
    fn wait_for(
        &self,
        client: &mut Client,
        part: &Part,
        href: &str,
    ) -> Result<(u64, bool), Failure> {
        let timeout =
            SignedDuration::try_from(self.config.pce.query_timeout).unwrap_or(SignedDuration::MAX);
        let mut wait = FIRST_POLL;
        loop {
            match progress(client, href).map_err(Failure::of)? {
                Progress::Completed { silent, .. } if !silent.is_empty() => {
                    return Err(Failure::Silent(silent.join(", ")));
                }
                Progress::Completed { rows, cut, .. } => return Ok((rows, cut)),
                Progress::Failed(word) => return Err(Failure::Query(word)),
                Progress::Gone => return Err(Failure::Query("404".to_owned())),
                Progress::Running => {}
            }
            let age = part
                .posted_at
                .map(|posted| client.clock().now().duration_since(posted));
            if age.is_some_and(|age| age > timeout) {
                return Err(Failure::TooSlow);
            }
            if wait > Duration::from_secs(1) {
                (self.start.progress)(&say::computing(
                    self.lang,
                    age.unwrap_or_default().as_secs(),
                ));
            }
            client.wait(wait).map_err(|_| Failure::Unfinished)?;
            wait = (wait + wait / 2).min(SLOWEST_POLL);
        }
    }

    /// Downloads a part and counts it, as a whole or not at all.
    fn count_part(
        &mut self,
        client: &mut Client,
        part: &Part,
        href: &str,
        promised: u64,
    ) -> Result<(), Failure> {
        let (mut came, mut tries) = (0, 1);
        for nth in 0..DOWNLOADS {
            if nth > 0 && tries == 1 {
                client
                    .wait(Duration::from_secs(1 << nth))
                    .map_err(Failure::of)?;
            }
            let mut attempt = Attempt::of(self, part);
            let downloaded = match attempt.read(client, href) {
                Err(Failure::Pce(Error::Broken { .. })) if client.may_try_again(&mut tries) => {
                    continue;
                }
                outcome => outcome?,
            };
            came = downloaded.rows;
            if came >= promised {
                self.commit(attempt.baseline, attempt.tallies, downloaded);
                return Ok(());
            }
        }
        Err(Failure::Short { promised, came })
    }

    fn commit(&mut self, baseline: Baseline, tallies: Tallies, downloaded: Downloaded) {
        self.state.baseline = baseline;
        self.state.rules = tallies;
        self.figures.flows += downloaded.rows;
        if downloaded.unreadable > 0 {
            self.flaws
                .push(say::flows_unreadable(self.lang, downloaded.unreadable));
        }
    }

    fn conclude_traffic(&mut self, client: &mut Client, outcome: Result<(), Failure>) {
        self.settle_baseline();
        match outcome {
            Ok(()) => self.traffic_is_complete(),
            Err(failure) => self.traffic_is_incomplete(client, &failure),
        }
    }

    fn traffic_is_complete(&mut self) {
        if self.state.traffic.failures > 0 {
            self.state.traffic.look_late = LATE_AFTER_OUTAGE;
        }
        self.state.traffic.failures = 0;
        let flaws = std::mem::take(&mut self.flaws);
        let problem = (!flaws.is_empty()).then(|| (Level::Warning, flaws.join("\n")));
        self.watch(Condition::Traffic, problem);
        let until = self.local(self.state.traffic.position.unwrap_or_default());
        self.seen
            .push(say::traffic_complete(self.lang, until, self.figures.flows));
    }

    fn traffic_is_incomplete(&mut self, client: &mut Client, failure: &Failure) {
        let position = self
            .state
            .traffic
            .position
            .map(|position| self.local(position));
        let position = position.unwrap_or_else(|| "–".to_owned());
        let detail = say::traffic_incomplete(self.lang, self.text_of(failure), position);
        match failure {
            // The query stays on the PCE, and the next cycle polls it first.
            Failure::Unfinished => self.code.worsen(Code::Retry),
            Failure::Pce(error) => {
                self.refused_or_retried(error);
                self.traffic_failed(client, error, &detail);
            }
            _ => {
                self.code.worsen(Code::Retry);
                self.drop_fetch(client);
                self.fails_again(&detail);
            }
        }
        self.problems.push(detail.clone());
        self.seen.push(detail);
    }

    /// A refused key is a condition of its own, and ends the cycle's requests.
    fn traffic_failed(&mut self, client: &mut Client, error: &Error, detail: &str) {
        if !matches!(error, Error::Credentials { .. }) {
            self.drop_fetch(client);
            self.fails_again(detail);
        }
    }

    fn fails_again(&mut self, detail: &str) {
        self.state.traffic.failures = self.state.traffic.failures.saturating_add(1);
        let failures = self.state.traffic.failures;
        self.watch_fetch(Condition::Traffic, failures, Some(detail.to_owned()));
    }

    /// From now on queries run over fixed slots, which stand in the row's key.
    fn switch_to_slots(&mut self, client: &mut Client) {
        self.drop_fetch(client);
        let from = self.state.traffic.position.unwrap_or_else(|| self.now());
        self.state.traffic.clipped = Some(from);
        self.state.baseline = Baseline::default();
        self.forget_since(from);
        self.notices.push(say::traffic_clipped(self.lang));
    }

    fn drop_fetch(&mut self, client: &mut Client) {
        let fetch = self.state.traffic.fetch.take();
        for href in fetch
            .into_iter()
            .flat_map(|fetch| fetch.parts)
            .filter_map(|part| part.href)
        {
            client.delete(&href);
        }
    }

    /// Forgets rows that no fetch can return, and keeps to the bound.
    fn settle_baseline(&mut self) {
        let settings = &self.config.settings;
        let overlap = i64::from(settings.traffic_overlap_minutes);
        let reach = overlap.max(i64::from(settings.late_reach_hours) * 60);
        let Some(position) = self.seen_up_to.1 else {
            return;
        };
        self.state.baseline.forget_before(back(position, reach));
        if self.state.baseline.keep_to(MAX_ROWS) {
            self.forget_since(self.state.traffic.position.unwrap_or(position));
            for tally in self.state.rules.values_mut() {
                tally.at_least = true;
            }
            self.flaws.push(say::baseline_full(self.lang, MAX_ROWS));
        }
    }

    fn text_of(&self, failure: &Failure) -> String {
        match failure {
            Failure::Pce(error) => error.text(self.lang),
            Failure::Query(word) => say::query_failed(self.lang, word),
            Failure::TooSlow => {
                say::query_too_slow(self.lang, self.config.pce.query_timeout.as_secs())
            }
            Failure::Unfinished => say::query_unfinished(self.lang),
            Failure::Short { promised, came } => say::query_short(self.lang, promised, came),
            Failure::Silent(members) => say::query_silent(self.lang, members),
            Failure::Clipped => say::traffic_clipped(self.lang),
        }
    }
}

impl Failure {
    /// The cycle's time being over leaves the query as it is.
    fn of(error: Error) -> Self {
        match error {
            Error::Deadline => Self::Unfinished,
            error => Self::Pce(error),
        }
    }
}

/// One download, counted on copies until it is known to be complete.
struct Attempt<'c> {
    rules: Vec<(String, &'c TrafficFilter)>,
    baseline: Baseline,
    tallies: Tallies,
    now: Timestamp,
    complete: Option<Timestamp>,
    slot: Option<Timestamp>,
    /// Whether rows that turn out to be clipped end the attempt.
    watch_clipping: bool,
}

impl<'c> Attempt<'c> {
    fn of(cycle: &'c Cycle<'_>, part: &Part) -> Self {
        let rules = keyed(&cycle.config.rules)
            .into_iter()
            .filter_map(|(key, rule)| match &rule.filter {
                Filter::Traffic(filter) => Some((key, filter)),
                Filter::Event(_) => None,
            });
        Self {
            rules: rules.collect(),
            baseline: cycle.state.baseline.clone(),
            tallies: cycle.state.rules.clone(),
            now: cycle.now(),
            complete: cycle
                .state
                .traffic
                .fetch
                .as_ref()
                .and_then(|fetch| fetch.complete),
            slot: part.slot,
            watch_clipping: cycle.config.settings.traffic_counts == TrafficCounts::Auto
                && part.slot.is_none(),
        }
    }

    fn read(&mut self, client: &mut Client, href: &str) -> Result<Downloaded, Failure> {
        let mut clipped = false;
        let downloaded = download(client, href, &mut |flow, raw| {
            clipped |= self.count(flow, raw)
        });
        let downloaded = downloaded.map_err(Failure::of)?;
        if clipped && self.watch_clipping {
            Err(Failure::Clipped)
        } else {
            Ok(downloaded)
        }
    }

    /// Counts one row; true where it shows that rows are clipped.
    fn count(&mut self, flow: &Flow<'_>, raw: &[u8]) -> bool {
        let facts = FlowFacts::of(flow);
        let matching = || {
            self.rules
                .iter()
                .filter(|(_, filter)| filter.matches(&facts))
        };
        if matching().next().is_none() {
            return false;
        }
        let row = Row::of(flow, self.now, self.slot);
        let clipped = self.baseline.begins_later(&row);
        let growth = self.baseline.grow(&row, self.complete);
        for (key, filter) in matching() {
            if let Some(tally) = self.tallies.get_mut(key) {
                tally.count_row(filter, &facts, &row, growth, raw);
            }
        }
        clipped
    }
}

/// Fixed slots of ten minutes that together cover the span; the last one may not
/// be over yet.
fn slots(from: Timestamp, to: Timestamp, decisions: &[String]) -> Vec<Part> {
    let first = from.as_second().div_euclid(SLOT) * SLOT;
    let starts = (first..to.as_second()).step_by(SLOT as usize);
    let parts = starts.filter_map(|start| {
        let slot = Timestamp::from_second(start).ok()?;
        // The PCE's bounds are inclusive; the next slot's first second is not this one's.
        let end = slot
            .checked_add(SignedDuration::from_millis(SLOT * 1_000 - 1))
            .ok()?;
        Some(Part {
            slot: Some(slot),
            ..Part::whole(slot, end.min(to), decisions)
        })
    });
    parts.collect()
}
