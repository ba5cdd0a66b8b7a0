//! The cycle's traffic: one query, or its parts; posted early, polled late.

mod attempt;
mod plan;

use std::time::Duration;

use jiff::SignedDuration;

use self::attempt::{Attempt, Counted};
use super::{Code, Cycle, back, notice};
use crate::archive::Kind;
use crate::lang::{cycle as say, grouped};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::traffic::{DOWNLOADS, Downloaded, Part, Progress, TrafficMemory, post, progress};
use crate::report::Condition;
use crate::rules::Level;
use crate::rules::series::{KEPT_SECONDS, Known, Legacy, MAX_SERIES};

/// In how many cycles after an outage it is looked for in any case.
const LATE_AFTER_OUTAGE: u32 = 3;

/// The first poll of a query; each wait is half as long again as the one before.
const FIRST_POLL: Duration = Duration::from_millis(100);

/// The longest wait between polls.
const SLOWEST_POLL: Duration = Duration::from_secs(5);

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
    /// Posts the query, so that the PCE computes while the events are read.
    ///
    /// # Errors
    /// The POST's; it is not tried again in this cycle.
    pub(super) fn begin_traffic(&mut self, client: &mut Client) -> Result<(), Error> {
        let Some(decisions) = self.decisions() else {
            self.drop_fetch(client);
            self.state.traffic = TrafficMemory::default();
            self.forget_series();
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
        let is_old = |position| began.duration_since(position) > SignedDuration::from_mins(1);
        if outcome.is_ok() && self.state.traffic.position.is_some_and(is_old) {
            let posted = self.begin_traffic(client);
            outcome = self.read_fetch(client, posted);
        }
        self.conclude_traffic(client, outcome);
    }

    /// Reads the fetch; in slots and from the start where its rows turn out to be clipped.
    fn read_fetch(
        &mut self,
        client: &mut Client,
        posted: Result<(), Error>,
    ) -> Result<(), Failure> {
        posted.map_err(Failure::of)?;
        let outcome = self.read_parts(client);
        if !matches!(outcome, Err(Failure::Clipped)) {
            return outcome;
        }
        self.switch_to_slots(client);
        self.begin_traffic(client).map_err(Failure::of)?;
        self.read_parts(client)
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
                .push(notice::traffic_skipped(self.lang, from, until));
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
                let rows = say::rows(self.lang, rows);
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
        let mut tries = 1;
        loop {
            let mut attempt = Attempt::of(self, part);
            let came = match attempt.read(client, href) {
                Ok(downloaded) if downloaded.rows >= promised => {
                    let counted = attempt.counted();
                    self.commit(counted, downloaded);
                    return Ok(());
                }
                Ok(downloaded) => downloaded.rows,
                Err(Failure::Pce(Error::Broken { .. })) if client.may_try_again(&mut tries) => {
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if tries >= DOWNLOADS {
                return Err(Failure::Short { promised, came });
            }
            let wait = Duration::from_secs(1 << tries);
            client.wait(wait).map_err(Failure::of)?;
            tries += 1;
        }
    }

    fn commit(&mut self, counted: Counted, downloaded: Downloaded) {
        self.series_overflowed |= counted.overflowed;
        self.keep_records(counted.records);
        self.keep_batch(Kind::Flows, counted.archive);
        self.state.series = counted.known;
        self.state.rules = counted.tallies;
        self.figures.flows += downloaded.rows;
        if counted.regrouped && !self.rows_regrouped {
            self.rows_regrouped = true;
            self.notices.push(notice::traffic_regrouped(self.lang));
        }
        if downloaded.unreadable > 0 {
            let rows = say::rows(self.lang, downloaded.unreadable);
            self.flaws.push(say::flows_unreadable(self.lang, rows));
        }
    }

    fn conclude_traffic(&mut self, client: &mut Client, outcome: Result<(), Failure>) {
        self.settle_series();
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
        let rows = say::rows(self.lang, self.figures.flows);
        self.seen
            .push(say::traffic_complete(self.lang, until, rows));
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
        if matches!(error, Error::Credentials { .. }) {
            return;
        }
        if !self.may_poll_on(error) {
            self.drop_fetch(client);
        }
        self.fails_again(detail);
    }

    /// Whether the next cycle asks for the same query's rows: it was posted, what
    /// failed may pass, and its own time is not over.
    fn may_poll_on(&self, error: &Error) -> bool {
        let passes = match error {
            Error::Unreachable { .. } | Error::Broken { .. } | Error::Odd { .. } => true,
            Error::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        };
        let fetch = self.state.traffic.fetch.as_ref();
        let part = fetch.and_then(|fetch| fetch.parts.first());
        let posted_at = part.and_then(|part| part.href.as_ref().and(part.posted_at));
        let timeout = i64::try_from(self.config.pce.query_timeout.as_secs()).unwrap_or(i64::MAX);
        let young = |posted| self.now().duration_since(posted).as_secs() < timeout;
        passes && posted_at.is_some_and(young)
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
        self.forget_series();
        self.forget_since(from);
        self.notices.push(notice::traffic_clipped(self.lang));
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

    /// Without a rule that looks at traffic nothing of it is remembered.
    fn forget_series(&mut self) {
        (self.state.series, self.state.baseline) = (Known::default(), Legacy::default());
    }

    /// Forgets series that no fetch can return, and keeps to the bound.
    fn settle_series(&mut self) {
        let settings = &self.config.settings;
        let overlap = i64::from(settings.traffic_overlap_minutes);
        let reach = overlap.max(i64::from(settings.late_reach_hours) * 60);
        if let Some(position) = self.seen_up_to.1 {
            let oldest = back(position, reach.max(KEPT_SECONDS / 60));
            self.state.series.forget_before(oldest);
            self.state.baseline.forget_before(oldest);
        }
        if self.state.series.keep_to(MAX_SERIES) | self.series_overflowed {
            let known_from = self.state.traffic.position.unwrap_or_else(|| self.now());
            self.forget_since(known_from);
            for tally in self.state.rules.values_mut() {
                tally.at_least = true;
            }
            let bound = grouped(MAX_SERIES as u64);
            self.flaws.push(say::series_full(self.lang, bound));
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
            Failure::Short { promised, came } => {
                say::query_short(self.lang, say::rows(self.lang, *promised), grouped(*came))
            }
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
