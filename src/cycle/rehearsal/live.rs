//! What the PCE has for a try: the events and the traffic of the last hours, asked for as
//! a run asks for them.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::replay::{Kept, Records, Time};
use super::runs::Runs;
use super::{Read, Source, failed, hours_before};
use crate::commands::said::Said;
use crate::cycle::filing::Filing;
use crate::cycle::ip_lists;
use crate::cycle::poll::{Desk, Positions, Reading};
use crate::cycle::site::{Site, just_after};
use crate::cycle::traffic::Failure;
use crate::cycle::workloads::{self, Failure as ListFailure};
use crate::exit::Code;
use crate::lang::{Lang, counts, cycle as cycle_says, grouped, standing, tried as say};
use crate::net::AddressBook;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::error::Error;
use crate::pce::events::fetch;
use crate::pce::glance::Depth;
use crate::pce::health::{health_and_mode, noop};
use crate::pce::ip_lists::Table;
use crate::pce::record::{Event, Flow};
use crate::pce::traffic::{
    Done, MAX_ROWS, NotDone, Part, Patience, Rows, delete, download_all, post, wait_for,
};
use crate::report::standing::Workloads;
use crate::rules::matching::FlowFacts;
use crate::rules::series::{Answer, Bounds, Growth, HashKey, Known, Legacy, Row};
use crate::rules::{EventFilter, Filter, Rule, Threshold, TrafficFilter, decisions};
use crate::store::state::State;

/// So many bytes of records that match are kept; what is beyond is told as a number.
const MOST_KEPT: usize = 24 * 1024 * 1024;

/// So many queries are posted at most, as in a run.
const MOST_QUERIES: usize = 40;

/// Events are asked for in slices of this length.
const SLICE: SignedDuration = SignedDuration::from_hours(6);

/// Reads the last hours.
pub(super) fn read(
    site: &Site<'_>,
    state: &State,
    rule: &Rule,
    runs: &Runs,
    hours: u32,
) -> Result<Read, Said> {
    let lang = site.lang();
    let book = AddressBook::new(state.addresses.clone(), site.call.now);
    let mut client = client(site, state, &book)?;
    noop(&mut client).map_err(|error| pce(&error, lang))?;
    let now = client.clock().now();
    let from = hours_before(now, hours);
    let (lists, mut unknown) = lists(site, &mut client)?;
    let mut kept = Keeping { runs, now, kept: Vec::new(), weight: 0, read: 0, left_out: 0 };
    match &rule.filter {
        Filter::Event(filter) => {
            let events = events(&mut client, filter, (from, now), &mut kept);
            unknown
                .extend(events.map_err(|error| pce(&error, lang))?.then(|| say::events_cut(lang)));
        }
        Filter::Traffic(filter) => {
            let found = traffic(site, &mut client, (filter, &lists), (from, now), &mut kept);
            let silent = found.map_err(|failure| match &failure {
                Failure::Pce(error) => pce(error, lang),
                failure => failed(false, vec![say::traffic_unread(lang, failure.text(lang))]),
            })?;
            unknown.push(say::no_minutes_within_a_row(lang));
            unknown.extend(silent);
        }
        // It is looked at as it is.
        Filter::Workload(_) => {}
    }
    let Keeping { mut kept, read, left_out, .. } = kept;
    if left_out > 0 {
        unknown.push(say::left_out(lang, grouped(left_out)));
    }
    kept.sort_by_key(|kept| kept.run);
    let (of, records) = (Source::Pce, Records::Kept(kept));
    let time = Time { since: from, from, until: now, ends_now: true };
    Ok(Read { of, records, lists, time, read, unknown })
}

/// How workloads are now, and when that is.
pub(super) fn workloads(
    site: &Site<'_>,
    state: &State,
    rule: &Rule,
) -> Result<(Workloads, Timestamp), Said> {
    let lang = site.lang();
    let book = AddressBook::new(state.addresses.clone(), site.call.now);
    let mut client = client(site, state, &book)?;
    let (_, listen_only) = health_and_mode(&mut client).map_err(|error| pce(&error, lang))?;
    // For how long they have been so is known only to the runs.
    let count = match rule.threshold {
        Threshold::Standing { count, .. } => count,
        _ => 1,
    };
    let rule = Rule { threshold: Threshold::Standing { count, minutes: 0 }, ..rule.clone() };
    let mut config = site.config.clone();
    config.rules = vec![rule];
    let site = Site { config, path: site.path.clone(), call: site.call, began: site.began };
    let (mut fresh, mut filing) = (State::default(), Filing::default());
    let clock = *client.clock();
    let mut desk = desk(&site, &mut fresh, &mut filing, clock);
    let read = workloads::read(&mut desk, &mut client, listen_only);
    if let Reading::Incomplete(list) = &read.reading {
        let code = match &list.error {
            ListFailure::Pce(Error::Credentials { .. }) => Code::Config,
            _ => Code::Retry,
        };
        let problems = vec![standing::workloads_incomplete(lang, list.error.text(lang), "–")];
        return Err(Said { problems, exit: code.exit(), ..Said::default() });
    }
    let told = read.judged.into_iter().next().and_then(workloads::OfRule::into_told);
    Ok((told.unwrap_or_default(), clock.now()))
}

fn client(site: &Site<'_>, state: &State, book: &AddressBook) -> Result<Client, Said> {
    let clock = Clock::of_host(site.call.now, state.clock_offset());
    let client = Client::new(&site.config.pce, clock, site.deadline(), book);
    client.map_err(|error| pce(&error, site.lang()))
}

fn desk<'r, 'a>(
    site: &'r Site<'a>,
    state: &'r mut State,
    filing: &'r mut Filing,
    clock: Clock,
) -> Desk<'r, 'a> {
    let (let_go_by, lists) = (Positions::default(), Table::default());
    let pauses = site.pauses();
    Desk { site, state, filing, clock, let_go_by, lists, pauses, happened: Vec::new() }
}

/// The IP lists that the rule names, and what of them is not known.
fn lists(site: &Site<'_>, client: &mut Client) -> Result<(Table, Vec<String>), Said> {
    let (mut fresh, mut filing) = (State::default(), Filing::default());
    let mut desk = desk(site, &mut fresh, &mut filing, *client.clock());
    let seen = ip_lists::read(&mut desk, client);
    match seen.refusal() {
        Some(error) => Err(pce(error, site.lang())),
        None => Ok((desk.lists, seen.lines(site, site.lang()))),
    }
}

/// What the PCE or the network says.
fn pce(error: &Error, lang: Lang) -> Said {
    failed(matches!(error, Error::Credentials { .. }), vec![error.text(lang)])
}

/// What matches, up to a bound.
struct Keeping<'r> {
    runs: &'r Runs,
    now: Timestamp,
    kept: Vec<Kept>,
    weight: usize,
    read: u64,
    left_out: u64,
}

impl Keeping<'_> {
    fn keep(&mut self, at: Timestamp, raw: &[u8], growth: Option<(Row, Growth)>) {
        self.weight += raw.len() + size_of::<Kept>();
        if self.weight > MOST_KEPT {
            self.left_out += 1;
            return;
        }
        let run = self.runs.seeing(at).min(self.now);
        self.kept.push(Kept { run, raw: raw.into(), growth });
    }

    /// How far it has come, to go back to where a download breaks off.
    fn place(&self) -> (usize, usize, u64, u64) {
        (self.kept.len(), self.weight, self.read, self.left_out)
    }

    fn go_back(&mut self, (kept, weight, read, left_out): (usize, usize, u64, u64)) {
        self.kept.truncate(kept);
        (self.weight, self.read, self.left_out) = (weight, read, left_out);
    }
}

/// The events of that time, slice by slice; whether the PCE has more of a second than it
/// hands out.
fn events(
    client: &mut Client,
    filter: &EventFilter,
    (from, now): (Timestamp, Timestamp),
    keeping: &mut Keeping<'_>,
) -> Result<bool, Error> {
    let (mut begin, mut is_cut) = (from, false);
    while begin < now {
        let end = begin.checked_add(SLICE).unwrap_or(now).min(now);
        let to = if end == now { just_after(now) } else { end };
        let (mut tries, place) = (1, keeping.place());
        let fetched = loop {
            let mut take = |event: Option<&Event<'_>>, raw: &[u8]| {
                keeping.read += 1;
                let Some(event) = event else { return };
                let own = event.timestamp.timestamp().or(event.time.timestamp());
                if filter.matches(event) {
                    keeping.keep(own.unwrap_or(now).min(now), raw, None);
                }
            };
            match fetch(client, begin, to, &mut take) {
                Err(Error::Broken { .. }) if client.may_try_again(&mut tries) => {
                    keeping.go_back(place);
                }
                fetched => break fetched?,
            }
        };
        is_cut |= !fetched.cut.is_empty();
        begin = end;
    }
    Ok(is_cut)
}

/// The rows of that time; what of them the PCE does not have.
fn traffic(
    site: &Site<'_>,
    client: &mut Client,
    (filter, lists): (&TrafficFilter, &Table),
    (from, now): (Timestamp, Timestamp),
    keeping: &mut Keeping<'_>,
) -> Result<Vec<String>, Failure> {
    let lang = site.lang();
    let asked = decisions(&site.config.rules).unwrap_or_default();
    let asked: Vec<String> = asked.iter().map(|one| one.wire().to_owned()).collect();
    let mut left = VecDeque::from([Part::whole(from, just_after(now), &asked)]);
    let mut gathering = Gathered { known: Known::new(site.call.random), lines: Vec::new() };
    let mut posted = 0;
    while let Some(mut part) = left.pop_front() {
        if posted == MOST_QUERIES {
            gathering.lines.push(say::queries_left(lang, posted, left.len() + 1));
            break;
        }
        posted += 1;
        post(client, &mut part).map_err(Failure::Pce)?;
        let query = Query { site, part: &part, filter, lists, since: from, now };
        let read = query.read(client, keeping, &mut gathering);
        delete(client, part.href.as_deref().unwrap_or_default());
        for part in read?.into_iter().flatten().rev() {
            left.push_front(part);
        }
    }
    Ok(gathering.lines)
}

/// What the parts that were read came to.
struct Gathered {
    known: Known,
    lines: Vec<String>,
}

/// A query that is posted.
struct Query<'q, 'a> {
    site: &'q Site<'a>,
    part: &'q Part,
    filter: &'q TrafficFilter,
    lists: &'q Table,
    since: Timestamp,
    now: Timestamp,
}

impl Query<'_, '_> {
    /// Reads it, or gives the parts to read in its place.
    fn read(
        &self,
        client: &mut Client,
        keeping: &mut Keeping<'_>,
        gathered: &mut Gathered,
    ) -> Result<Option<Vec<Part>>, Failure> {
        let lang = self.site.lang();
        let Done { rows, cut, silent } = self.wait_for(client)?;
        if cut && let Some(parts) = self.part.split() {
            return Ok(Some(parts));
        }
        let href = self.part.href.clone().unwrap_or_default();
        let place = keeping.place();
        let legacy = Legacy::default();
        let keeping = std::cell::RefCell::new(keeping);
        let fresh = || {
            keeping.borrow_mut().go_back(place);
            let (key, waiting) = (gathered.known.key(), Vec::new());
            let answer = gathered.known.answer(&legacy, &self.bounds());
            Gathering { query: self, answer, key, keeping: &keeping, waiting }
        };
        let (gathering, came) = download_all(client, &href, rows, fresh).map_err(Failure::Pce)?;
        let known = gathering.end();
        keeping.borrow_mut().read += came.rows;
        gathered.known = known;
        if came.rows < rows {
            return Err(Failure::Short { promised: rows, came: came.rows });
        }
        if !silent.is_empty() {
            gathered.lines.push(cycle_says::query_silent(lang, silent.join(", ")));
        }
        if came.rows >= MAX_ROWS {
            let (from, to) = (self.site.local(self.part.from), self.site.local(self.part.to));
            let rows = counts::rows(lang, came.rows);
            gathered.lines.push(cycle_says::traffic_cut(lang, rows, from, to));
        }
        Ok(None)
    }

    fn wait_for(&self, client: &mut Client) -> Result<Done, Failure> {
        let lang = self.site.lang();
        let patience = Patience {
            time: self.site.config.pce.query_timeout,
            may_ask: &|_| true,
            computes: &|seconds| {
                (self.site.call.screen.progress)(&cycle_says::computing(lang, seconds))
            },
        };
        wait_for(client, self.part, &patience).map_err(|error| match error {
            NotDone::Pce(error) => Failure::Pce(error),
            NotDone::GivenUp(word) => Failure::Query(word),
            NotDone::TooSlow => Failure::TooSlow(patience.time),
            NotDone::Unfinished(_) => Failure::OutOfTime,
        })
    }

    /// As of a first fetch.
    fn bounds(&self) -> Bounds {
        let overlap = self.site.config.settings.traffic_overlap_minutes.into();
        Bounds {
            from: self.since,
            complete: None,
            overlap: SignedDuration::from_mins(overlap),
            whole: false,
        }
    }
}

/// Rows with their growth, as they come.
struct Gathering<'g, 'k, 'q, 'a> {
    query: &'g Query<'q, 'a>,
    answer: Answer<'g>,
    key: HashKey,
    keeping: &'g std::cell::RefCell<&'g mut Keeping<'k>>,
    /// Rows of which only the answer's end can tell what they are.
    waiting: Vec<(Row, Box<[u8]>)>,
}

impl Gathering<'_, '_, '_, '_> {
    fn keep(&self, row: &Row, growth: Growth, raw: &[u8]) {
        if growth.count > 0 {
            let at = row.ends().min(self.query.now);
            self.keeping.borrow_mut().keep(at, raw, Some((*row, growth)));
        }
    }

    /// All rows have come.
    fn end(mut self) -> Known {
        let waiting = std::mem::take(&mut self.waiting);
        let rows: Vec<Row> = waiting.iter().map(|(row, _)| *row).collect();
        let growths = self.answer.settle(&rows, true);
        for ((row, raw), growth) in waiting.iter().zip(growths) {
            self.keep(row, growth, raw);
        }
        self.answer.finish()
    }
}

impl Rows for Gathering<'_, '_, '_, '_> {
    fn depth(&self) -> Depth {
        self.query.filter.depth()
    }

    fn wants(&mut self, row: &Flow<'_>) -> bool {
        let asked = self.query.part.decision();
        let facts = FlowFacts::of_answer_to(row, asked).with_lists(self.query.lists);
        self.query.filter.matches(&facts)
    }

    fn take(&mut self, flow: &Flow<'_>, raw: &[u8], asked: bool) {
        if !asked && !self.wants(flow) {
            return;
        }
        let row = Row::of(flow, self.key, self.query.now);
        match self.answer.take(&row) {
            Some(growth) => self.keep(&row, growth, raw),
            None => self.waiting.push((row, raw.into())),
        }
    }
}
