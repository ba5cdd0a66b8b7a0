//! FETCH: what one poll of the PCE saw, and what it could not see.

use jiff::Timestamp;

use super::filing::Filing;
use super::ip_lists::{self, ListsSeen};
use super::notice::Happened;
use super::site::Site;
use super::traffic::{Failure, Posted};
use super::{clock, events, tallies, traffic, workloads};
use crate::net::certificate::Certificate;
use crate::net::{AddressBook, FromMemory};
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::error::Error;
use crate::pce::health::{Health, health_and_mode, noop};
use crate::pce::ip_lists::Table;
use crate::pce::traffic::Flaw;
use crate::report::pause::Pauses;
use crate::store::state::State;

/// What a poll saw.
pub(super) struct Poll {
    /// The host's clock, and from the PCE's first answer on its own.
    pub clock: Clock,
    pub greeting: Greeting,
    /// When that came: conditions begin and last from there, however long the fetch takes.
    pub seen_at: Timestamp,
    /// What became of the clock since the last run.
    pub verdict: clock::ClockNews,
    /// The PCE's, once it was seen.
    pub certificate: Option<Certificate>,
    pub events: Reading<Error>,
    /// Events that are new.
    pub new_events: u64,
    /// What is known of the IP lists that rules name; nothing where it was not asked.
    pub ip_lists: Option<ListsSeen>,
    pub traffic: Reading<Failure>,
    /// Rows of traffic that were read.
    pub rows: u64,
    /// What is wrong with the traffic that was read.
    pub flaws: Vec<Flaw>,
    /// Whether the PCE marks no workload as offline now.
    pub listen_only: bool,
    /// How far the list of workloads was read.
    pub workloads: Reading<workloads::Failure>,
    /// What that came to, rule by rule.
    pub judged: Vec<workloads::OfRule>,
    /// What was lost, skipped or cut.
    pub happened: Vec<Happened>,
    /// The positions that what is remembered is let go by.
    pub let_go_by: Positions,
}

/// What came of the first request.
pub(super) enum Greeting {
    /// There was none.
    NotTried,
    /// The settings allow none.
    Impossible(Error),
    /// The PCE was not reached, or refused the key; with the addresses that were taken
    /// from memory, which may be old ones.
    Failed(Error, Vec<FromMemory>),
    /// It is there.
    Reached(Health),
}

/// How far something was read.
pub(super) enum Reading<E> {
    /// The run did not come so far.
    NotTried,
    /// No rule asks for it.
    NotWanted,
    /// Whole, up to then.
    Complete(Timestamp),
    /// Not to its end.
    Incomplete(Incomplete<E>),
}

/// Why something was not read to its end.
pub(super) struct Incomplete<E> {
    pub error: E,
    /// Up to where it is complete; `None` before the first time.
    pub position: Option<Timestamp>,
    /// For the how manyth time in a row.
    pub failures: u32,
}

/// The positions of events and traffic before this run moved them, or older ones: a
/// wrong clock may have moved them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Positions {
    pub events: Option<Timestamp>,
    pub traffic: Option<Timestamp>,
}

/// Where events and traffic are read: what that goes by, and what it changes.
pub(super) struct Desk<'r, 'a> {
    pub site: &'r Site<'a>,
    pub state: &'r mut State,
    /// Where the records go.
    pub filing: &'r mut Filing,
    pub clock: Clock,
    pub let_go_by: Positions,
    /// Which of the IP lists that rules name an address is in.
    pub lists: Table,
    pub pauses: Pauses<'r>,
    pub happened: Vec<Happened>,
}

impl Desk<'_, '_> {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Poll {
    /// Nothing is seen yet.
    pub fn before(clock: Clock) -> Self {
        Self {
            clock,
            greeting: Greeting::NotTried,
            seen_at: clock.now(),
            verdict: clock::ClockNews::default(),
            certificate: None,
            events: Reading::NotTried,
            new_events: 0,
            ip_lists: None,
            traffic: Reading::NotTried,
            rows: 0,
            flaws: Vec::new(),
            listen_only: false,
            workloads: Reading::NotTried,
            judged: Vec::new(),
            happened: Vec::new(),
            let_go_by: Positions::default(),
        }
    }

    /// Asks after the PCE's health. What is told from here on is told at the PCE's
    /// time, a refusal too.
    fn greet(&mut self, client: &mut Client, asks_health: bool, book: &AddressBook) {
        let answer = match asks_health {
            true => health_and_mode(client),
            false => noop(client).map(|()| (Health::NotOffered, false)),
        };
        self.clock = *client.clock();
        self.seen_at = self.clock.now();
        self.certificate = client.certificate();
        self.greeting = match answer {
            Ok((health, listen_only)) => {
                self.listen_only = listen_only;
                Greeting::Reached(health)
            }
            Err(error) => Greeting::Failed(error, book.used()),
        };
    }

    /// Why the PCE refuses the key, if it does, at whatever request.
    pub fn refusal(&self) -> Option<&Error> {
        let greeting = match &self.greeting {
            Greeting::Failed(error, _) => Some(error),
            _ => None,
        };
        let events = self.events.incomplete().map(|events| &events.error);
        let traffic = self.traffic.incomplete().and_then(|traffic| match &traffic.error {
            Failure::Pce(error) => Some(error),
            _ => None,
        });
        let lists = self.ip_lists.as_ref().and_then(ListsSeen::refusal);
        let workloads = self.workloads.incomplete().and_then(|workloads| match &workloads.error {
            workloads::Failure::Pce(error) => Some(error),
            _ => None,
        });
        let refused = |error: &&Error| matches!(error, Error::Credentials { .. });
        [greeting, traffic, events, lists, workloads].into_iter().flatten().find(refused)
    }
}

impl<E> Reading<E> {
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete(_))
    }

    /// Up to where it is whole; `None` where it is not.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Complete(until) => Some(*until),
            _ => None,
        }
    }

    pub fn incomplete(&self) -> Option<&Incomplete<E>> {
        match self {
            Self::Incomplete(incomplete) => Some(incomplete),
            _ => None,
        }
    }
}

/// Reads what is new, through the rules as it comes in. A fetch that fails costs
/// nothing but time: its position stays.
pub(super) fn fetch(
    site: &Site<'_>,
    state: &mut State,
    filing: &mut Filing,
    clock: Clock,
    book: &AddressBook,
) -> Poll {
    let mut poll = Poll::before(clock);
    let mut client = match Client::new(&site.config.pce, clock, site.deadline(), book) {
        Ok(client) => client,
        Err(error) => {
            poll.greeting = Greeting::Impossible(error);
            return poll;
        }
    };
    poll.greet(&mut client, site.config.settings.enable_health_check, book);
    clock::reckon_first_times(state, &poll.clock);
    let reached = matches!(poll.greeting, Greeting::Reached(_));
    if reached {
        poll.verdict = clock::judge(site, state, &poll.clock);
        if poll.verdict.is_doubted() {
            return poll;
        }
    }
    // Also where the PCE was not reached: what happens until it is, is news.
    tallies::adopt_rules(site, state, poll.clock.now());
    if reached {
        poll.let_go_by = clock::positions_to_let_go_by(state);
        read(site, state, filing, &mut client, &mut poll);
    }
    poll
}

/// Posts the traffic's query, so that the PCE computes while the events are read.
fn read(
    site: &Site<'_>,
    state: &mut State,
    filing: &mut Filing,
    client: &mut Client,
    poll: &mut Poll,
) {
    let (clock, let_go_by) = (poll.clock, poll.let_go_by);
    let (lists, happened) = (Table::default(), Vec::new());
    let pauses = site.pauses();
    let mut desk = Desk { site, state, filing, clock, let_go_by, lists, pauses, happened };
    let posted = traffic::begin(&mut desk, client);
    // A refused key ends the cycle's requests: each further one would be an event of
    // its own on the PCE.
    let refused = posted.as_ref().is_some_and(Posted::is_refused);
    if !refused {
        (poll.events, poll.new_events) = events::read(&mut desk, client);
    }
    if !refused && poll.refusal().is_none() {
        poll.ip_lists = Some(ip_lists::read(&mut desk, client));
    }
    match posted {
        None => poll.traffic = Reading::NotWanted,
        Some(posted) if refused || poll.refusal().is_none() => {
            let read = traffic::read(&mut desk, client, posted);
            (poll.traffic, poll.rows, poll.flaws) = (read.reading, read.rows, read.flaws);
        }
        Some(_) => {}
    }
    if poll.refusal().is_none() {
        let read = workloads::read(&mut desk, client, poll.listen_only);
        (poll.workloads, poll.judged) = (read.reading, read.judged);
    }
    poll.happened = desk.happened;
}
