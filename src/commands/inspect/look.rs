//! The last events and flows as the PCE returns them, and what all that was read
//! comes to for each rule. Asks the PCE; changes nothing there but for a query of
//! its own, which it deletes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::lang::{Lang, cycle as cycle_says, inspect as say};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::ip_lists::Table;
use crate::pce::record::{Event, Flow};
use crate::pce::seen::SeenEvents;
use crate::pce::traffic::{
    NotDone, Part, Patience, Rows, delete, download_all, post_for, wait_for,
};
use crate::report::tally::Tally;
use crate::rules::explain::EventMiss;
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::{Minutes, minute_of};
use crate::rules::{Decision, Filter, Measure, Rule, Threshold, decisions};

/// How far is looked back for events until enough are found, in minutes: the
/// longest window of a rule first, within these bounds, then the further ones.
const EVENT_REACHES: [u32; 4] = [60, 360, 1_440, 10_080];

/// The longest window that is looked back over at once.
const LONGEST_FIRST: u32 = 1_440;

/// The same for flows. A VEN tells of them every ten minutes [Administration 25.2].
const FLOW_REACHES: [u32; 2] = [60, 1_440];

/// So many rows are asked for at most, whichever the PCE takes for the first.
pub const MOST_ROWS: u64 = 500;

/// How long reading events may take, and reading flows.
pub const TIME: Duration = Duration::from_secs(120);

/// How long the PCE may compute the query: less than [`TIME`], so that some is left
/// to delete it.
const PATIENCE: Duration = Duration::from_secs(90);

/// So many minutes before and after a time are looked at.
const AROUND: u32 = 30;

/// A time to look around.
#[derive(Clone, Copy)]
pub struct Around {
    /// The records nearest to it are kept; absent: the latest.
    pub at: Option<Timestamp>,
    /// From here …
    pub from: Timestamp,
    /// … to here.
    pub to: Timestamp,
}

impl Around {
    /// Half an hour before and after, `now` being the PCE's time.
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        let to = at.checked_add(SignedDuration::from_mins(AROUND.into())).unwrap_or(at);
        Self { at: Some(at), from: back(at, AROUND), to: to.min(just_after(now)).max(at) }
    }

    /// The last hour.
    pub fn last_hour(now: Timestamp) -> Self {
        Self { at: None, from: back(now, 60), to: just_after(now) }
    }
}

/// One record, and when it was.
#[derive(Clone)]
pub struct Seen {
    /// Those with less come first.
    place: (u8, i64),
    /// An event's own time; when a flow was last seen.
    pub at: Timestamp,
    /// As received.
    pub raw: Vec<u8>,
}

/// What was read of one kind.
#[derive(Clone)]
pub struct Read {
    /// From here …
    pub from: Timestamp,
    /// … to here.
    pub to: Timestamp,
    /// How many records.
    pub count: u64,
    /// The latest of them, the very latest first.
    pub latest: Vec<Seen>,
    /// Whether these are the nearest to a time.
    pub near: bool,
    /// True where the PCE has more than were asked for.
    pub more: bool,
    /// Flows: the decisions asked for; empty for all.
    pub decisions: Vec<Decision>,
    /// By the place of the rule in the config.
    pub counts: Vec<Count>,
}

/// What a rule matched of all that was read.
#[derive(Clone, Default)]
pub struct Count {
    /// Events: what each matching one counts.
    pub minutes: Minutes,
    /// How many records match.
    pub records: u64,
    /// Flows: the sum of their day's connections.
    pub connections: u64,
    /// Events, for a rule that counts apart or different things: what each group comes to.
    pub tally: Tally,
}

/// Why nothing was read.
pub enum Unread {
    /// The PCE or the network.
    Pce(Error),
    /// The PCE gave the query up, by this word.
    Query(String),
    /// It took longer than [`PATIENCE`].
    TooSlow,
    /// Members of a supercluster that did not answer.
    Silent(String),
}

/// What is looked at, and with which rules.
pub struct Look<'a> {
    /// All rules; those that are off count nothing.
    pub rules: &'a [Rule],
    /// How many of the latest records are kept.
    pub how_many: usize,
    /// Only this time is looked at.
    pub around: Option<Around>,
    /// Those that this rule matches are kept, and those that it nearly does.
    pub of: Option<&'a Rule>,
    /// So many rows are asked for.
    pub most_rows: u64,
    /// Which of the IP lists that rules name an address is in.
    pub lists: &'a Table,
    /// Told while the PCE computes.
    pub progress: &'a dyn Fn(&str),
    /// In which language.
    pub lang: Lang,
}

impl Look<'_> {
    /// The last events.
    ///
    /// # Errors
    /// Whatever keeps them from being read.
    pub fn events(&self, client: &mut Client) -> Result<Read, Unread> {
        let now = client.clock().now();
        let mut read = self.nothing_yet(now);
        let mut seen = SeenEvents::default();
        let longest = self.longest_window();
        let further = EVENT_REACHES.into_iter().filter(|reach| *reach > longest);
        let reaches = std::iter::once(longest).chain(further).map(|reach| back(now, reach));
        let reaches: Vec<Timestamp> = match self.around {
            Some(around) => vec![around.from],
            None => reaches.collect(),
        };
        for from in reaches {
            let to = read.from;
            let mut take = |event: Option<&Event<'_>>, raw: &[u8]| {
                let nothing = Event::default();
                let event = event.unwrap_or(&nothing);
                let own = event.timestamp.timestamp().or(event.time.timestamp());
                let at = own.unwrap_or(now);
                if seen.insert(event, raw, at) {
                    match self.nearness(event) {
                        Some(nearness) => {
                            let place = self.place(nearness, at, at);
                            read.keep(place, at, raw, self.how_many);
                        }
                        None => read.count += 1,
                    }
                    self.count_event(event, at, raw, &mut read.counts);
                }
            };
            crate::pce::events::fetch(client, from, to, &mut take).map_err(Unread::Pce)?;
            read.from = from;
            if read.latest.len() >= self.how_many {
                break;
            }
        }
        Ok(read)
    }

    /// The last flows of the decisions that the rules ask for; of all, where no
    /// rule looks at flows.
    ///
    /// # Errors
    /// Whatever keeps them from being read.
    pub fn flows(&self, client: &mut Client) -> Result<Read, Unread> {
        let now = client.clock().now();
        let mut read = self.nothing_yet(now);
        let reaches = match self.around {
            Some(around) => vec![around.from],
            None => FLOW_REACHES.map(|reach| back(now, reach)).to_vec(),
        };
        for from in reaches {
            read = self.nothing_yet(now);
            read.from = from;
            read.decisions = decisions(self.rules).unwrap_or_default();
            let words = read.decisions.iter().map(|one| one.wire().to_owned());
            let mut part = Part::whole(read.from, read.to, &words.collect::<Vec<_>>());
            post_for(client, &mut part, self.most_rows).map_err(Unread::Pce)?;
            let outcome = self.read_query(client, &part, &read);
            delete(client, part.href.as_deref().unwrap_or_default());
            read = outcome?;
            if read.latest.len() >= self.how_many {
                break;
            }
        }
        Ok(read)
    }

    /// The same of one event that was asked for by itself.
    pub fn alone(&self, event: Seen) -> Read {
        let mut read = self.nothing_yet(event.at);
        (read.from, read.to, read.count) = (event.at, event.at, 1);
        if let Ok(known) = serde_json::from_slice::<Event<'_>>(&event.raw) {
            self.count_event(&known, event.at, &event.raw, &mut read.counts);
        }
        read.latest = vec![event];
        read
    }

    fn read_query(&self, client: &mut Client, part: &Part, empty: &Read) -> Result<Read, Unread> {
        let patience = Patience {
            time: PATIENCE,
            may_ask: &|_| true,
            computes: &|seconds| {
                (self.progress)(&cycle_says::computing(self.lang, seconds));
            },
        };
        let done = wait_for(client, part, &patience).map_err(Unread::of)?;
        if !done.silent.is_empty() {
            return Err(Unread::Silent(done.silent.join(", ")));
        }
        let href = part.href.as_deref().unwrap_or_default();
        let fresh = || EveryRow { look: self, read: empty.clone() };
        let (rows, _) = download_all(client, href, done.rows, fresh).map_err(Unread::Pce)?;
        Ok(Read { more: done.cut || done.rows >= self.most_rows, ..rows.read })
    }

    fn nothing_yet(&self, now: Timestamp) -> Read {
        let to = self.around.map_or_else(|| just_after(now), |around| around.to);
        Read {
            from: to,
            to,
            count: 0,
            latest: Vec::new(),
            near: self.around.is_some_and(|around| around.at.is_some()),
            more: false,
            decisions: Vec::new(),
            counts: vec![Count::default(); self.rules.len()],
        }
    }

    /// Where a record stands among those that are kept: the nearer to the rule and to the
    /// time, the sooner.
    fn place(&self, nearness: u8, first: Timestamp, last: Timestamp) -> (u8, i64) {
        let apart = |one: Timestamp, other: Timestamp| one.duration_since(other).abs();
        let distance = match self.around.and_then(|around| around.at) {
            None => -last.as_microsecond(),
            Some(at) if first <= at && at <= last => 0,
            Some(at) => apart(first, at).min(apart(last, at)).as_micros() as i64,
        };
        (u8::MAX - nearness, distance)
    }

    /// How near the rule comes to the event; 0 where none is asked about, `None` where it
    /// is of another type.
    fn nearness(&self, event: &Event<'_>) -> Option<u8> {
        match self.of.map(|rule| &rule.filter) {
            Some(Filter::Event(filter)) => match filter.miss(event) {
                Some(EventMiss::Name { .. }) => None,
                miss => Some(miss.map_or(u8::MAX, |miss| miss.met())),
            },
            _ => Some(0),
        }
    }

    /// The same of a row.
    fn nearness_of_flow(&self, facts: &FlowFacts<'_>) -> u8 {
        match self.of.map(|rule| &rule.filter) {
            Some(Filter::Traffic(filter)) => filter.miss(facts).map_or(u8::MAX, |miss| miss.met()),
            _ => 0,
        }
    }

    /// In minutes, so that a count rule's window is looked at as a whole.
    fn longest_window(&self) -> u32 {
        let enabled = self.rules.iter().filter(|rule| rule.enabled);
        let windows = enabled.filter_map(|rule| match (&rule.filter, rule.threshold) {
            (
                Filter::Event(_),
                Threshold::Count { window, .. } | Threshold::Below { window, .. },
            ) => Some(window),
            _ => None,
        });
        let longest = windows.max().unwrap_or(0);
        longest.clamp(EVENT_REACHES[0], LONGEST_FIRST)
    }

    fn count_event(&self, event: &Event<'_>, at: Timestamp, raw: &[u8], counts: &mut [Count]) {
        for (rule, count) in self.rules.iter().zip(counts) {
            if let Filter::Event(filter) = &rule.filter
                && rule.enabled
                && filter.matches(event)
            {
                count.records += 1;
                count.minutes.add(minute_of(at), filter.weight(event));
                if rule.filter.is_apart() || rule.filter.measure() != Measure::Matches {
                    count.tally.count_event(None, filter, event, at, raw);
                }
            }
        }
    }

    fn count_flow(&self, flow: &Flow<'_>, asked: Option<Decision>, counts: &mut [Count]) {
        let facts = FlowFacts::of_answer_to(flow, asked).with_lists(self.lists);
        for (rule, count) in self.rules.iter().zip(counts) {
            if let Filter::Traffic(filter) = &rule.filter
                && rule.enabled
                && filter.matches(&facts)
            {
                count.records += 1;
                let connections = flow.num_connections.0.unwrap_or(1);
                count.connections = count.connections.saturating_add(connections);
            }
        }
    }
}

/// Every row of a download, for a look.
struct EveryRow<'l> {
    look: &'l Look<'l>,
    read: Read,
}

impl Rows for EveryRow<'_> {
    fn take(&mut self, flow: &Flow<'_>, raw: &[u8], _asked: bool) {
        let range = &flow.timestamp_range;
        let last = range.last_detected.timestamp();
        let at = last.or(range.first_detected.timestamp());
        let at = at.unwrap_or(self.read.from);
        let asked = self.read.decision();
        let facts = FlowFacts::of_answer_to(flow, asked).with_lists(self.look.lists);
        let nearness = self.look.nearness_of_flow(&facts);
        let first = range.first_detected.timestamp().unwrap_or(at);
        let place = self.look.place(nearness, first, at);
        self.read.keep(place, at, raw, self.look.how_many);
        self.look.count_flow(flow, asked, &mut self.read.counts);
    }
}

impl Seen {
    /// A record that was asked for by itself.
    pub fn alone(at: Timestamp, raw: Vec<u8>) -> Self {
        Self { place: (0, 0), at, raw }
    }
}

impl Read {
    /// The one decision that was asked for, which every flow then has; none where
    /// several were.
    pub fn decision(&self) -> Option<Decision> {
        match self.decisions.as_slice() {
            [decision] => Some(*decision),
            _ => None,
        }
    }

    /// Keeps the record if it is one of the latest.
    fn keep(&mut self, place: (u8, i64), at: Timestamp, raw: &[u8], how_many: usize) {
        self.count += 1;
        let nth = self.latest.partition_point(|kept| kept.place <= place);
        if nth < how_many {
            let raw = raw.to_vec();
            self.latest.insert(nth, Seen { place, at, raw });
            self.latest.truncate(how_many);
        }
    }
}

impl Unread {
    fn of(error: NotDone) -> Self {
        match error {
            NotDone::Pce(error) => Self::Pce(error),
            NotDone::GivenUp(word) => Self::Query(word),
            NotDone::TooSlow | NotDone::Unfinished(_) => Self::TooSlow,
        }
    }

    /// A finished sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Pce(Error::Deadline) => say::too_long(lang, TIME.as_secs()),
            Self::Pce(error) => error.text(lang),
            Self::Query(word) => cycle_says::query_failed(lang, word),
            Self::TooSlow => say::query_too_slow(lang, PATIENCE.as_secs()),
            Self::Silent(members) => say::query_silent(lang, members),
        }
    }
}

fn just_after(time: Timestamp) -> Timestamp {
    time.checked_add(SignedDuration::from_secs(1)).unwrap_or(time)
}

fn back(time: Timestamp, minutes: u32) -> Timestamp {
    let span = SignedDuration::from_mins(minutes.into());
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}
