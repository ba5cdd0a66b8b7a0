//! The cycle's traffic: one query, or its parts; posted early, polled late.

mod asked;
mod attempt;
mod outcome;
mod plan;
mod unknown;

use std::time::Duration;

use jiff::SignedDuration;

pub(super) use self::asked::Asked;
use self::attempt::{Attempt, Counted};
use self::outcome::Failure;
use super::{Cycle, back, notice};
use crate::archive::Kind;
use crate::lang::{cycle as say, grouped};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::traffic::{
    self as queries, DOWNLOADS, Downloaded, Fetch, MAX_ROWS as MOST_ROWS, Part, Progress,
    TrafficMemory, post, progress,
};
use crate::report::Condition;
use crate::report::budget;
use crate::rules::series::{KEPT_SECONDS, Known, Legacy, MAX_SERIES};

/// The first poll of a query; each wait is half as long again as the one before.
const FIRST_POLL: Duration = Duration::from_millis(100);

/// The longest wait between polls.
const SLOWEST_POLL: Duration = Duration::from_secs(5);

/// So many members that did not answer, and flaws of one fetch, are kept in the state.
const MOST_KEPT: usize = 20;

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
        let wanted: Vec<String> =
            decisions.iter().map(|decision| decision.wire().to_owned()).collect();
        let under_way = self.state.traffic.fetch.as_ref();
        let is_past = |fetch: &Fetch| {
            fetch.decisions != wanted || fetch.parts.iter().any(|part| part.is_slot)
        };
        if under_way.is_some_and(is_past) {
            self.drop_fetch(client);
        }
        if self.state.traffic.fetch.is_none() {
            self.plan_fetch(wanted);
        }
        self.post_first(client).map(drop)
    }

    /// Posts the query of the fetch's first part, unless it is posted; false where this
    /// cycle may post no more.
    fn post_first(&mut self, client: &mut Client) -> Result<bool, Error> {
        let fetch = self.state.traffic.fetch.as_mut();
        match fetch.and_then(|fetch| fetch.parts.first_mut()) {
            Some(part) if part.href.is_none() => {
                let may_post = self.asked.one_more(client);
                if may_post {
                    post(client, part)?;
                }
                Ok(may_post)
            }
            _ => Ok(true),
        }
    }

    /// Reads every part of the fetch; then, where the fetch was an old one, what
    /// came since.
    pub(super) fn read_traffic(&mut self, client: &mut Client, posted: Result<(), Error>) {
        if self.decisions().is_none() {
            return;
        }
        let began = self.now();
        self.asked.begin(client);
        let mut outcome = self.read_fetch(client, posted);
        let is_old = |position| began.duration_since(position) > SignedDuration::from_mins(1);
        if outcome.is_ok() && self.state.traffic.position.is_some_and(is_old) {
            let posted = self.begin_traffic(client);
            outcome = self.read_fetch(client, posted);
        }
        self.conclude_traffic(client, outcome);
    }

    /// Reads the fetch's parts, one after the other.
    fn read_fetch(
        &mut self,
        client: &mut Client,
        posted: Result<(), Error>,
    ) -> Result<(), Failure> {
        posted.map_err(Failure::of)?;
        loop {
            let may_go_on = self.post_first(client).map_err(Failure::of)?;
            let parts = self.state.traffic.fetch.iter().flat_map(|fetch| &fetch.parts);
            let (first, left) = (parts.clone().next().cloned(), parts.count());
            match first {
                None => return self.finish_fetch(),
                Some(_) if !may_go_on => return Err(Failure::Left(left)),
                Some(part) => self.read_part(client, &part)?,
            }
        }
    }

    /// Moves the position, and tells what lies between it and where the fetch began.
    /// Where somebody did not answer it stays, so that nothing of theirs is passed by.
    fn finish_fetch(&mut self) -> Result<(), Failure> {
        let Some(fetch) = self.state.traffic.fetch.take() else {
            return Ok(());
        };
        self.flaws.extend(fetch.flaws);
        if !fetch.silent.is_empty() {
            return Err(Failure::Silent(fetch.silent));
        }
        self.state.series.end_fetch();
        self.state.traffic.position = Some(fetch.until);
        self.state.traffic.fetched_at = Some(self.start.now);
        if let (Some(from), Some(until)) = (fetch.complete, fetch.skipped_to) {
            let (from, until) = (self.local(from), self.local(until));
            let silent = self.state.traffic.waits_for.join(", ");
            self.notices.push(if silent.is_empty() {
                notice::traffic_skipped(self.lang, from, until)
            } else {
                notice::traffic_of_members_skipped(self.lang, silent, from, until)
            });
        }
        Ok(())
    }

    /// Waits for one part and counts it, or splits it where it is too large.
    fn read_part(&mut self, client: &mut Client, part: &Part) -> Result<(), Failure> {
        let href = part.href.clone().unwrap_or_default();
        let (rows, cut, silent) = self.wait_for(client, part, &href)?;
        let mut parts = if cut { part.split() } else { None };
        if parts.is_none() {
            let came = self.count_part(client, part, &href, rows)?;
            let is_full = came >= MOST_ROWS;
            // Counted already where the PCE did not say that there are so many.
            parts = part.split().filter(|_| is_full && !cut);
            if is_full && parts.is_none() {
                let (from, to) = (self.local(part.from), self.local(part.to));
                let rows = say::rows(self.lang, came);
                self.find_flaw(say::traffic_cut(self.lang, rows, from, to));
            }
            self.find_silent(silent);
        }
        queries::delete(client, &href);
        self.replace_first_part(parts.unwrap_or_default());
        Ok(())
    }

    /// Puts down what is wrong with a part that is read, until all of them are.
    fn find_flaw(&mut self, flaw: String) {
        if let Some(fetch) = self.state.traffic.fetch.as_mut() {
            note(&mut fetch.flaws, flaw);
        }
    }

    /// Puts down who did not answer for a part that is read.
    fn find_silent(&mut self, members: Vec<String>) {
        if let Some(fetch) = self.state.traffic.fetch.as_mut() {
            for member in members {
                note(&mut fetch.silent, member);
            }
        }
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
    ) -> Result<(u64, bool, Vec<String>), Failure> {
        let timeout =
            SignedDuration::try_from(self.config.pce.query_timeout).unwrap_or(SignedDuration::MAX);
        let mut wait = FIRST_POLL;
        loop {
            match progress(client, href).map_err(Failure::of)? {
                Progress::Completed { rows, cut, silent } => return Ok((rows, cut, silent)),
                Progress::Failed(word) => return Err(Failure::Query(word)),
                Progress::Gone => return Err(Failure::Query("404".to_owned())),
                Progress::Running => {}
            }
            let age = part.posted_at.map(|posted| client.clock().now().duration_since(posted));
            if age.is_some_and(|age| age > timeout) {
                return Err(Failure::TooSlow);
            }
            let age = age.unwrap_or_default();
            let unfinished = || Failure::Unfinished(age.as_mins().max(0));
            if !self.asked.may_ask(client) {
                return Err(unfinished());
            }
            if wait > Duration::from_secs(1) {
                (self.start.progress)(&say::computing(self.lang, age.as_secs()));
            }
            client.wait(wait).map_err(|_| unfinished())?;
            wait = (wait + wait / 2).min(SLOWEST_POLL);
        }
    }

    /// Downloads a part and counts it, as a whole or not at all; how many rows came.
    fn count_part(
        &mut self,
        client: &mut Client,
        part: &Part,
        href: &str,
        promised: u64,
    ) -> Result<u64, Failure> {
        budget::keep_to_bound(&mut self.state.rules);
        let mut tries = 1;
        loop {
            let mut attempt = Attempt::of(self, part);
            let came = match attempt.read(client, href) {
                Ok(downloaded) if downloaded.rows >= promised => {
                    let counted = attempt.counted();
                    self.commit(counted, downloaded);
                    return Ok(downloaded.rows);
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
        self.state.rules.extend(counted.tallies);
        self.tell_unknown_decisions(counted.unknown);
        self.figures.flows += downloaded.rows;
        if counted.regrouped && !self.rows_regrouped {
            self.rows_regrouped = true;
            self.notices.push(notice::traffic_regrouped(self.lang));
        }
        if downloaded.unreadable > 0 {
            let rows = say::rows(self.lang, downloaded.unreadable);
            self.find_flaw(say::flows_unreadable(self.lang, rows));
        }
    }

    /// Lets the fetch go; its queries are deleted.
    fn drop_fetch(&mut self, client: &mut Client) {
        let fetch = self.state.traffic.fetch.take();
        for href in fetch.into_iter().flat_map(|fetch| fetch.parts).filter_map(|part| part.href) {
            queries::delete(client, &href);
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
}

/// Adds to a list that keeps each thing once, and not too many.
fn note(list: &mut Vec<String>, one: String) {
    if list.len() < MOST_KEPT && !list.contains(&one) {
        list.push(one);
    }
}
