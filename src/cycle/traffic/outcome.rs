//! How reading the cycle's traffic ended, and what that means.

use super::note;
use crate::cycle::{Code, Cycle};
use crate::lang::{cycle as say, grouped};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::report::Condition;
use crate::rules::Level;

/// In how many cycles after an outage it is looked for in any case.
const LATE_AFTER_OUTAGE: u32 = 3;

/// Why a part could not be read.
pub(super) enum Failure {
    /// The PCE or the network.
    Pce(Error),
    /// The PCE gave the query up, by this word.
    Query(String),
    /// It took longer than `api.query_timeout_seconds`.
    TooSlow,
    /// Still computing, so many minutes after it was posted, when the cycle's time was
    /// over; the next cycle polls on.
    Unfinished(i64),
    /// The cycle's time was over in the midst of it; the next cycle goes on.
    OutOfTime,
    /// So many parts are left for the next cycle, which has a budget of its own.
    Left(usize),
    /// Fewer rows came than were promised.
    Short { promised: u64, came: u64 },
    /// Members of a supercluster that did not answer.
    Silent(Vec<String>),
}

impl Failure {
    /// The cycle's time being over leaves the query as it is.
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::Deadline => Self::OutOfTime,
            error => Self::Pce(error),
        }
    }
}

impl Cycle<'_> {
    /// Tells that the traffic is complete, or what it lacks and why.
    pub(super) fn conclude_traffic(&mut self, client: &mut Client, outcome: Result<(), Failure>) {
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
        self.state.traffic.waits_for.clear();
        let flaws = std::mem::take(&mut self.flaws);
        let problem = (!flaws.is_empty()).then(|| (Level::Warning, flaws.join("\n")));
        self.watch(Condition::Traffic, problem);
        let until = self.local(self.state.traffic.position.unwrap_or_default());
        let rows = say::rows(self.lang, self.figures.flows);
        self.seen.push(say::traffic_complete(self.lang, until, rows));
    }

    fn traffic_is_incomplete(&mut self, client: &mut Client, failure: &Failure) {
        let position = self.state.traffic.position.map(|position| self.local(position));
        let position = position.unwrap_or_else(|| "–".to_owned());
        let detail = say::traffic_incomplete(self.lang, self.text_of(failure), position);
        let flaws = std::mem::take(&mut self.flaws);
        let detail = std::iter::once(detail).chain(flaws).collect::<Vec<_>>();
        let detail = detail.join("\n");
        match failure {
            // The query stays on the PCE, and the next cycle goes on with it.
            Failure::Unfinished(_) | Failure::OutOfTime | Failure::Left(_) => {
                self.code.worsen(Code::Retry);
                self.fails_again(&detail);
            }
            // Somebody's rows are known to be missing from what was counted.
            Failure::Silent(members) => {
                self.code.worsen(Code::Retry);
                self.wait_for_members(members);
                self.watch(Condition::Traffic, Some((Level::Warning, detail.clone())));
            }
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
        self.problems.extend(detail.lines().map(str::to_owned));
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
            Error::Unreachable { .. }
            | Error::Broken { .. }
            | Error::Odd { .. }
            | Error::Redirect { .. }
            | Error::LogInPage { .. } => true,
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

    fn wait_for_members(&mut self, members: &[String]) {
        let memory = &mut self.state.traffic;
        for member in members {
            note(&mut memory.waits_for, member.clone());
        }
        memory.failures = memory.failures.saturating_add(1);
    }

    fn fails_again(&mut self, detail: &str) {
        self.state.traffic.failures = self.state.traffic.failures.saturating_add(1);
        let failures = self.state.traffic.failures;
        self.watch_fetch(Condition::Traffic, failures, Some(detail.to_owned()));
    }

    fn text_of(&self, failure: &Failure) -> String {
        match failure {
            Failure::Pce(error) => error.text(self.lang),
            Failure::Query(word) => say::query_failed(self.lang, word),
            Failure::TooSlow => {
                say::query_too_slow(self.lang, self.config.pce.query_timeout.as_secs())
            }
            Failure::Unfinished(minutes) => say::query_unfinished(self.lang, minutes),
            Failure::OutOfTime => Error::Deadline.text(self.lang),
            Failure::Left(left) => say::queries_left(self.lang, self.asked.queries(), left),
            Failure::Short { promised, came } => {
                say::query_short(self.lang, say::rows(self.lang, *promised), grouped(*came))
            }
            Failure::Silent(members) => say::query_silent(self.lang, members.join(", ")),
        }
    }
}
