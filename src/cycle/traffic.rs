//! The cycle's traffic: one query, or its parts; posted early, polled late.

mod asked;
mod download;
mod failure;
mod plan;
pub(super) mod replay;
mod unknown;

use jiff::SignedDuration;

use self::asked::Budget;
use self::download::{Download, Downloading};
pub(super) use self::failure::{Failure, may_pass};
pub(super) use self::plan::plain_from;
use super::notice::Happened;
use super::poll::{Desk, Incomplete, Reading};
use super::site::back;
use crate::lang::cycle as say;
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::traffic::{
    self as queries, Done, Fetch, Flaw, MAX_ROWS as MOST_ROWS, NotDone, Part, Patience,
    TrafficMemory, download_all, post, wait_for,
};
use crate::report::budget;
use crate::report::tally::Tally;
use crate::rules::decisions;
use crate::rules::series::{KEPT_SECONDS, Known, Legacy, MAX_SERIES};

/// So many members that did not answer, and flaws of one fetch, are kept in the state.
const MOST_KEPT: usize = 20;

/// In how many cycles after an outage what was reported late is looked for in any case.
const LATE_AFTER_OUTAGE: u32 = 3;

/// What came of posting the query; it is not tried again in this cycle.
pub(super) struct Posted {
    result: Result<(), Error>,
    asked: Budget,
}

/// What was read of the traffic.
pub(super) struct TrafficRead {
    pub reading: Reading<Failure>,
    pub rows: u64,
    pub flaws: Vec<Flaw>,
}

impl Posted {
    /// Whether the PCE refused the key.
    pub fn is_refused(&self) -> bool {
        matches!(self.result, Err(Error::Credentials { .. }))
    }
}

/// Posts the query, so that the PCE computes while the events are read; `None` where no
/// rule asks for traffic.
pub(super) fn begin(desk: &mut Desk<'_, '_>, client: &mut Client) -> Option<Posted> {
    let is_wanted = decisions(&desk.site.config.rules).is_some();
    let mut fetching = Fetching::new(desk, client, Budget::default());
    let result = fetching.begin();
    is_wanted.then_some(Posted { result, asked: fetching.asked })
}

/// Reads every part of the fetch; then, where the fetch was an old one, what
/// came since.
pub(super) fn read(desk: &mut Desk<'_, '_>, client: &mut Client, posted: Posted) -> TrafficRead {
    let began = desk.now();
    let mut fetching = Fetching::new(desk, client, posted.asked);
    fetching.asked.begin(fetching.client);
    let mut outcome = fetching.read_fetch(posted.result);
    let is_old = |position| began.duration_since(position) > SignedDuration::from_mins(1);
    if outcome.is_ok() && fetching.desk.state.traffic.position.is_some_and(is_old) {
        let posted = fetching.begin();
        outcome = fetching.read_fetch(posted);
    }
    fetching.settle_series();
    let reading = fetching.conclude(outcome);
    TrafficRead { reading, rows: fetching.rows, flaws: fetching.flaws }
}

/// One cycle's traffic under way.
struct Fetching<'f, 'r, 'a> {
    desk: &'f mut Desk<'r, 'a>,
    client: &'f mut Client,
    /// What of its bounds it has used up.
    asked: Budget,
    rows: u64,
    flaws: Vec<Flaw>,
    /// Whether more rows matched than can be remembered while they are read.
    overflowed: bool,
    /// Whether it is told that the PCE regrouped its rows.
    regrouped: bool,
}

impl<'f, 'r, 'a> Fetching<'f, 'r, 'a> {
    fn new(desk: &'f mut Desk<'r, 'a>, client: &'f mut Client, asked: Budget) -> Self {
        let (overflowed, regrouped) = (false, false);
        Self { desk, client, asked, rows: 0, flaws: Vec::new(), overflowed, regrouped }
    }

    fn fetch(&mut self) -> Option<&mut Fetch> {
        self.desk.state.traffic.fetch.as_mut()
    }

    /// Goes on with the fetch that is under way, or begins one.
    fn begin(&mut self) -> Result<(), Error> {
        let Some(decisions) = decisions(&self.desk.site.config.rules) else {
            self.drop_fetch();
            // Without a rule that looks at traffic nothing of it is remembered.
            let state = &mut self.desk.state;
            state.traffic = TrafficMemory::default();
            (state.series, state.baseline) = (Known::default(), Legacy::default());
            return Ok(());
        };
        let wanted: Vec<String> =
            decisions.iter().map(|decision| decision.wire().to_owned()).collect();
        let is_past = |fetch: &mut Fetch| {
            fetch.decisions != wanted || fetch.parts.iter().any(|part| part.is_slot)
        };
        if self.fetch().is_some_and(is_past) {
            self.drop_fetch();
        }
        if self.fetch().is_none() {
            plan::begin_fetch(self.desk, wanted);
        }
        self.post_first().map(drop)
    }

    /// Posts the query of the fetch's first part, unless it is posted; false where this
    /// cycle may post no more.
    fn post_first(&mut self) -> Result<bool, Error> {
        let fetch = self.desk.state.traffic.fetch.as_mut();
        match fetch.and_then(|fetch| fetch.parts.first_mut()) {
            Some(part) if part.href.is_none() => {
                let may_post = self.asked.one_more(self.client);
                if may_post {
                    post(self.client, part)?;
                }
                Ok(may_post)
            }
            _ => Ok(true),
        }
    }

    /// Reads the fetch's parts, one after the other.
    fn read_fetch(&mut self, posted: Result<(), Error>) -> Result<(), Failure> {
        posted.map_err(Failure::of)?;
        loop {
            let may_go_on = self.post_first().map_err(Failure::of)?;
            let parts = self.fetch().map(|fetch| fetch.parts.as_slice()).unwrap_or_default();
            let (first, left) = (parts.first().cloned(), parts.len());
            match first {
                None => return self.finish_fetch(),
                Some(_) if !may_go_on => {
                    return Err(Failure::Left { posted: self.asked.queries(), left });
                }
                Some(part) => self.read_part(&part)?,
            }
        }
    }

    /// Moves the position, and tells what lies between it and where the fetch began.
    /// Where somebody did not answer it stays, so that nothing of theirs is passed by.
    fn finish_fetch(&mut self) -> Result<(), Failure> {
        let (state, host) = (&mut *self.desk.state, self.desk.site.call.now);
        let Some(fetch) = state.traffic.fetch.take() else {
            return Ok(());
        };
        self.flaws.extend(fetch.flaws);
        if !fetch.silent.is_empty() {
            return Err(Failure::Silent(fetch.silent));
        }
        state.series.end_fetch();
        state.traffic.position = Some(fetch.until);
        state.traffic.fetched_at = Some(host);
        if let (Some(from), Some(until)) = (fetch.complete, fetch.skipped_to) {
            let members = state.traffic.waits_for.clone();
            self.desk.happened.push(Happened::TrafficSkipped { from, until, members });
        }
        Ok(())
    }

    /// Waits for one part and counts it, or splits it where it is too large.
    fn read_part(&mut self, part: &Part) -> Result<(), Failure> {
        let href = part.href.clone().unwrap_or_default();
        let Done { rows, cut, silent } = self.wait_for(part)?;
        let mut parts = if cut { part.split() } else { None };
        if parts.is_none() {
            let came = self.count_part(part, &href, rows)?;
            let is_full = came >= MOST_ROWS;
            // Counted already where the PCE did not say that there are so many.
            parts = part.split().filter(|_| is_full && !cut);
            if is_full && parts.is_none() {
                self.find_flaw(Flaw::Cut { rows: came, from: part.from, to: part.to });
            }
            self.find_silent(silent);
        }
        queries::delete(self.client, &href);
        if let Some(fetch) = self.fetch() {
            fetch.parts.splice(..1, parts.unwrap_or_default());
        }
        Ok(())
    }

    /// Puts down what is wrong with a part that is read, until all of them are.
    fn find_flaw(&mut self, flaw: Flaw) {
        if let Some(fetch) = self.fetch() {
            note(&mut fetch.flaws, flaw);
        }
    }

    /// Puts down who did not answer for a part that is read.
    fn find_silent(&mut self, members: Vec<String>) {
        if let Some(fetch) = self.fetch() {
            members.into_iter().for_each(|member| note(&mut fetch.silent, member));
        }
    }

    /// Waits until the query is done.
    fn wait_for(&mut self, part: &Part) -> Result<Done, Failure> {
        let site = self.desk.site;
        let patience = Patience {
            time: site.config.pce.query_timeout,
            may_ask: &|client| self.asked.may_ask(client),
            computes: &|seconds| (site.call.screen.progress)(&say::computing(site.lang(), seconds)),
        };
        wait_for(self.client, part, &patience).map_err(|error| match error {
            NotDone::Pce(error) => Failure::of(error),
            NotDone::GivenUp(word) => Failure::Query(word),
            NotDone::TooSlow => Failure::TooSlow(patience.time),
            NotDone::Unfinished(age) => Failure::Unfinished(age.as_mins().max(0)),
        })
    }

    /// Downloads a part and counts it, as a whole or not at all; how many rows came.
    fn count_part(&mut self, part: &Part, href: &str, promised: u64) -> Result<u64, Failure> {
        budget::keep_to_bound(&mut self.desk.state.rules);
        let fresh = || Downloading::of(self.desk, part);
        let downloaded = download_all(self.client, href, promised, fresh);
        let (downloading, came) = downloaded.map_err(Failure::of)?;
        if came.rows < promised {
            return Err(Failure::Short { promised, came: came.rows });
        }
        let download = downloading.end();
        self.rows += came.rows;
        self.commit(download);
        if came.unreadable > 0 {
            self.find_flaw(Flaw::Unreadable { rows: came.unreadable });
        }
        Ok(came.rows)
    }

    fn commit(&mut self, download: Download) {
        self.overflowed |= download.overflowed;
        self.desk.take(download.counted);
        self.desk.state.series = download.known;
        let told = &mut self.desk.state.traffic.told_decisions;
        let unknown = download.unknown.not_told(told);
        self.desk.happened.extend(unknown.map(Happened::UnknownDecisions));
        if download.regrouped && !self.regrouped {
            self.regrouped = true;
            self.desk.happened.push(Happened::TrafficRegrouped);
        }
    }

    /// Lets the fetch go; its queries are deleted.
    fn drop_fetch(&mut self) {
        let fetch = self.desk.state.traffic.fetch.take();
        for href in fetch.into_iter().flat_map(|fetch| fetch.parts).filter_map(|part| part.href) {
            queries::delete(self.client, &href);
        }
    }

    /// Forgets series that no fetch can return, and keeps to the bound.
    fn settle_series(&mut self) {
        let settings = &self.desk.site.config.settings;
        let overlap = i64::from(settings.traffic_overlap_minutes);
        let reach = overlap.max(i64::from(settings.late_reach_hours) * 60);
        let now = self.desk.now();
        let state = &mut *self.desk.state;
        if let Some(position) = self.desk.let_go_by.traffic {
            let oldest = back(position, reach.max(KEPT_SECONDS / 60));
            state.series.forget_before(oldest);
            state.baseline.forget_before(oldest);
        }
        if state.series.keep_to(MAX_SERIES) | self.overflowed {
            plan::forget_since(state, state.traffic.position.unwrap_or(now));
            state.rules.values_mut().for_each(Tally::mark_at_least);
            self.flaws.push(Flaw::Forgotten { bound: MAX_SERIES as u64 });
        }
    }

    /// Takes note of how it ended: whether the next cycle goes on with the same query,
    /// and who is still waited for.
    fn conclude(&mut self, outcome: Result<(), Failure>) -> Reading<Failure> {
        let Err(error) = outcome else {
            let memory = &mut self.desk.state.traffic;
            if memory.failures > 0 {
                memory.look_late = LATE_AFTER_OUTAGE;
            }
            memory.failures = 0;
            memory.waits_for.clear();
            return Reading::Complete(memory.position.unwrap_or_default());
        };
        if !self.leaves_the_fetch(&error) {
            self.drop_fetch();
        }
        let memory = &mut self.desk.state.traffic;
        if let Failure::Silent(members) = &error {
            members.iter().for_each(|member| note(&mut memory.waits_for, member.clone()));
        }
        // A refused key is a condition of its own.
        if !error.is_refusal() {
            memory.failures = memory.failures.saturating_add(1);
        }
        let (position, failures) = (memory.position, memory.failures);
        Reading::Incomplete(Incomplete { error, position, failures })
    }

    /// Whether the fetch is left as it is: where time ran out or there is none any more, and
    /// where its query was posted, what failed may pass, and its own time is not over.
    fn leaves_the_fetch(&mut self, failure: &Failure) -> bool {
        let passes = match failure {
            Failure::Unfinished(_) | Failure::OutOfTime | Failure::Left { .. } => return true,
            // There is none any more; or none is asked for with this key.
            Failure::Silent(_) | Failure::Pce(Error::Credentials { .. }) => return true,
            Failure::Query(_) | Failure::TooSlow(_) | Failure::Short { .. } => false,
            Failure::Pce(error) => failure::may_pass(error),
        };
        let patience = self.desk.site.config.pce.query_timeout;
        let timeout = SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX);
        let now = self.desk.now();
        let part = self.fetch().and_then(|fetch| fetch.parts.first());
        let posted_at = part.and_then(|part| part.href.as_ref().and(part.posted_at));
        passes && posted_at.is_some_and(|posted| now.duration_since(posted) < timeout)
    }
}

/// Adds to a list that keeps each thing once, and not too many.
fn note<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if list.len() < MOST_KEPT && !list.contains(&one) {
        list.push(one);
    }
}
