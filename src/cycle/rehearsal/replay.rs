//! The rule's life: run by run, what each would have read is counted and judged by what
//! the cycle counts and judges with.

use std::path::PathBuf;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use super::runs::Runs;
use crate::archive::{self, Kind, Lines};
use crate::cycle::conditions::Standing;
use crate::cycle::filing::Filing;
use crate::cycle::poll::{Desk, Poll, Positions, Reading};
use crate::cycle::site::Site;
use crate::cycle::{below, events, tallies, traffic};
use crate::pce::clock::Clock;
use crate::pce::ip_lists::Table;
use crate::pce::record::{Event, Flow};
use crate::report::Alert;
use crate::report::pause::held::HeldBack;
use crate::rules::matching::FlowFacts;
use crate::rules::series::{Growth, Row};
use crate::rules::{Filter, Rule};
use crate::store::state::State;

/// So many bytes of records that match are kept to be counted again.
const MOST_AGAIN: usize = 16 * 1024 * 1024;

/// So many bytes of one run's records are held at a time.
const AT_A_TIME: usize = 4 * 1024 * 1024;

/// What the runs would have told.
#[derive(Default)]
pub(super) struct Life {
    /// Each alert, and the run that would have told it; in short.
    pub alerts: Vec<(Timestamp, Alert)>,
    /// Where the rule is a condition: when it would have begun and ended.
    pub spells: Vec<Spell>,
    /// Records that were read.
    pub records: u64,
    /// Those that match.
    pub matching: u64,
    /// Whether pauses held some of it back.
    pub is_paused: bool,
}

/// A time in which a condition would have held.
pub(super) struct Spell {
    /// The run that would have told its begin.
    pub from: Timestamp,
    /// The one that would have told its end; `None`: it holds still.
    pub until: Option<Timestamp>,
    /// How many came when it began.
    pub came: String,
}

/// Records in the order in which runs saw them.
pub(super) enum Records {
    /// They are read anew each time.
    Archive { folder: PathBuf, kind: Kind },
    /// They are at hand: those that match.
    Kept(Vec<Kept>),
}

/// The time that is tried.
#[derive(Clone, Copy)]
pub(super) struct Time {
    /// Rows that began before count as 1 at first.
    pub since: Timestamp,
    /// The first record may be then.
    pub from: Timestamp,
    pub until: Timestamp,
    /// Whether there is a run at its very end.
    pub ends_now: bool,
}

/// A record that matches.
#[derive(Clone)]
pub(super) struct Kept {
    /// The run that sees it.
    pub run: Timestamp,
    pub raw: Rc<[u8]>,
    /// By how much a row has grown, where that is known.
    pub growth: Option<(Row, Growth)>,
}

/// Lives through the records, from the first run that can see what is `from` then, to the
/// last one by `until`. What of a row lies before `since` nobody knows.
///
/// # Errors
/// Where the archive can't be read.
pub(super) fn replay(
    site: &Site<'_>,
    lists: &Table,
    records: &mut Records,
    runs: &Runs,
    Time { since, from, until, ends_now }: Time,
) -> Result<Life, archive::Error> {
    let Some(rule) = site.config.rules.first() else { return Ok(Life::default()) };
    let lists = lists.clone();
    let mut living = Living { site, lists, state: State::default(), life: Life::default() };
    let mut reader = Reader::of(rule, records, runs, until)?;
    let mut run = runs.seeing(from);
    living.begin(since, runs.before(run));
    while run <= until {
        living.live(run, rule, &mut reader)?;
        run = runs.after(run);
    }
    if ends_now {
        living.live(until, rule, &mut reader)?;
    }
    let mut life = living.life;
    (life.records, life.matching) = (reader.read, reader.matching);
    life.is_paused = living.state.held != HeldBack::default();
    if let Some(again) = reader.again {
        *records = Records::Kept(again);
    }
    Ok(life)
}

/// The rule, between two runs.
struct Living<'s, 'a> {
    site: &'s Site<'a>,
    lists: Table,
    state: State,
    life: Life,
}

impl Living<'_, '_> {
    /// The run before the first one, which saw nothing.
    fn begin(&mut self, since: Timestamp, run: Timestamp) {
        tallies::adopt_rules(self.site, &mut self.state, run);
        for tally in self.state.rules.values_mut() {
            tally.since = Some(since);
        }
        (self.state.events.position, self.state.traffic.position) = (Some(run), Some(run));
    }

    /// One run.
    fn live(
        &mut self,
        now: Timestamp,
        rule: &Rule,
        reader: &mut Reader<'_>,
    ) -> Result<(), archive::Error> {
        let clock = Clock::of_host(now, SignedDuration::ZERO);
        let (site, state) = (self.site, &mut self.state);
        tallies::adopt_rules(site, state, now);
        let let_go_by =
            Positions { events: state.events.position, traffic: state.traffic.position };
        let (mut filing, happened) = (Filing::default(), Vec::new());
        let lists = std::mem::take(&mut self.lists);
        let filing = &mut filing;
        let pauses = site.pauses();
        let mut desk = Desk { site, state, filing, clock, let_go_by, lists, pauses, happened };
        loop {
            let some = reader.some(now, &desk.lists)?;
            if some.is_empty() {
                break;
            }
            count(&mut desk, rule, &some);
        }
        self.lists = desk.lists;
        (self.state.events.position, self.state.traffic.position) = (Some(now), Some(now));
        for mut alert in tallies::judge(site, &mut self.state, let_go_by, now) {
            alert.keep_in_short();
            self.life.alerts.push((now, alert));
        }
        self.watch(clock, now);
        Ok(())
    }

    /// How a condition is in this run.
    fn watch(&mut self, clock: Clock, now: Timestamp) {
        let mut poll = Poll::before(clock);
        (poll.events, poll.traffic) = (Reading::Complete(now), Reading::Complete(now));
        for (_, standing) in below::found(self.site, &mut self.state, &poll) {
            let Standing::OfRule(standing) = standing else { continue };
            let spell = self.life.spells.last_mut().filter(|spell| spell.until.is_none());
            match spell {
                None if standing.holds => {
                    let came = standing.detail.text(self.site.lang()).to_owned();
                    self.life.spells.push(Spell { from: now, until: None, came });
                }
                Some(spell) if !standing.holds => spell.until = Some(now),
                _ => {}
            }
        }
    }
}

/// Hands over the records that match, those of one run after the other.
struct Reader<'r> {
    of: Of<'r>,
    rule: &'r Rule,
    runs: &'r Runs,
    until: Timestamp,
    read: u64,
    matching: u64,
    /// Those that matched, as long as they are few.
    again: Option<Vec<Kept>>,
    weight: usize,
}

/// Where they come from.
enum Of<'r> {
    Lines {
        lines: Box<Lines>,
        /// The run that saw the last one.
        run: Timestamp,
        /// One that is for a later run.
        next: Option<Kept>,
    },
    Kept(std::slice::Iter<'r, Kept>),
}

impl<'r> Reader<'r> {
    fn of(
        rule: &'r Rule,
        records: &'r Records,
        runs: &'r Runs,
        until: Timestamp,
    ) -> Result<Self, archive::Error> {
        let (of, again) = match records {
            Records::Archive { folder, kind } => {
                let lines = Box::new(archive::lines(folder, *kind)?);
                (Of::Lines { lines, run: Timestamp::MIN, next: None }, Some(Vec::new()))
            }
            Records::Kept(kept) => (Of::Kept(kept.iter()), None),
        };
        Ok(Self { of, rule, runs, until, read: 0, matching: 0, again, weight: 0 })
    }

    /// Some of those that this run sees, no more than can be held at a time; none: that
    /// were all.
    fn some(&mut self, run: Timestamp, lists: &Table) -> Result<Vec<Kept>, archive::Error> {
        let (mut some, mut weight) = (Vec::new(), 0);
        while weight < AT_A_TIME {
            let Some(kept) = self.next(run, lists)? else { break };
            weight += kept.raw.len();
            self.matching += 1;
            self.keep(&kept);
            some.push(kept);
        }
        Ok(some)
    }

    fn next(&mut self, due: Timestamp, lists: &Table) -> Result<Option<Kept>, archive::Error> {
        let (lines, run, next) = match &mut self.of {
            Of::Kept(kept) => {
                let is_due = kept.as_slice().first().is_some_and(|kept| kept.run <= due);
                return Ok(if is_due { kept.next().cloned() } else { None });
            }
            Of::Lines { lines, run, next } => (lines, run, next),
        };
        if next.is_none() {
            *next = loop {
                let Some(line) = lines.next()? else { break None };
                self.read += 1;
                let Some((at, matches)) = look(self.rule, line, lists) else { continue };
                // By a clock that is ahead nothing was seen earlier than it came.
                let seen = at.filter(|at| *at <= self.until).map(|at| self.runs.seeing(at));
                *run = seen.map_or(*run, |seen| seen.max(*run));
                if matches {
                    break Some(Kept { run: *run, raw: line.into(), growth: None });
                }
            };
        }
        Ok(next.take_if(|next| next.run <= due))
    }

    /// Keeps it to be counted again, as long as all of them can be.
    fn keep(&mut self, kept: &Kept) {
        self.weight += kept.raw.len() + size_of::<Kept>();
        match &mut self.again {
            Some(again) if self.weight <= MOST_AGAIN => again.push(kept.clone()),
            again => *again = None,
        }
    }
}

/// When the record was, and whether the rule matches it; `None` for what is no record.
fn look(rule: &Rule, raw: &[u8], lists: &Table) -> Option<(Option<Timestamp>, bool)> {
    match &rule.filter {
        Filter::Event(filter) => {
            let event = serde_json::from_slice::<Event<'_>>(raw).ok()?;
            let at = event.timestamp.timestamp().or(event.time.timestamp());
            Some((at, filter.matches(&event)))
        }
        Filter::Traffic(filter) => {
            let flow = serde_json::from_slice::<Flow<'_>>(raw).ok()?;
            let matches = filter.matches(&FlowFacts::of(&flow).with_lists(lists));
            Some((flow.timestamp_range.last_detected.timestamp(), matches))
        }
        Filter::Workload(_) => None,
    }
}

/// Counts what one run sees.
fn count(desk: &mut Desk<'_, '_>, rule: &Rule, kept: &[Kept]) {
    let rows = || kept.iter().filter_map(|kept| Some((kept, kept.growth.as_ref()?)));
    match rule.filter {
        Filter::Event(_) => {
            events::replay(desk, |take| kept.iter().for_each(|kept| take(&kept.raw)));
        }
        _ if rows().next().is_some() => {
            let rows = rows().map(|(kept, (row, growth))| (row, *growth, &*kept.raw));
            traffic::replay::known(desk, rows);
        }
        _ => traffic::replay::grown(desk, |take| kept.iter().for_each(|kept| take(&kept.raw))),
    }
}
