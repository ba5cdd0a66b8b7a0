//! What rules that tell how it is must tell: by going over the whole history anew in each
//! cycle, with nothing remembered but what the mails said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

/// What a cycle must tell of a rule's condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Nothing.
    Nothing,
    /// That it begins.
    Begins,
    /// That there is more of it.
    More,
    /// That it lasts.
    Reminds,
    /// That it is over.
    Ends,
}

/// Minutes since 1970.
fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// A condition as the reader knows it: whether it holds, and when it was last told.
#[derive(Default)]
struct Held(Option<Timestamp>);

impl Held {
    fn tells(&mut self, holds: bool, is_more: bool, reminder: i64, now: Timestamp) -> Tells {
        let tells = match (self.0, holds) {
            (None, false) => return Tells::Nothing,
            (None, true) => Tells::Begins,
            (Some(_), false) => {
                self.0 = None;
                return Tells::Ends;
            }
            (Some(_), true) if is_more => Tells::More,
            (Some(told), true) if minute(now) - minute(told) >= reminder => Tells::Reminds,
            (Some(_), true) => return Tells::Nothing,
        };
        self.0 = Some(now);
        tells
    }
}

/// A rule on workloads: what it asks, as far as the oracle has to know.
pub struct OfWorkloads {
    /// From how many on.
    pub wanted: usize,
    /// Each for how many minutes.
    pub window: i64,
    /// Minutes between reminders.
    pub reminder: i64,
    /// Each whole list: when, and how each workload that the rule asks about is by it;
    /// `None`: it does not say.
    lists: Vec<(Timestamp, BTreeMap<String, Option<bool>>)>,
    /// Whom the reader takes for so, by the mails.
    believed: BTreeSet<String>,
    /// Whom any mail of this condition named.
    named: BTreeSet<String>,
    held: Held,
}

/// What must stand in a mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Mailed {
    pub tells: Tells,
    pub joined: BTreeSet<String>,
    pub back: BTreeSet<String>,
    pub still: BTreeSet<String>,
    /// How many of how many are back; for an end.
    pub over: Option<(usize, usize)>,
}

impl OfWorkloads {
    pub fn new(wanted: usize, window: i64, reminder: i64) -> Self {
        Self {
            wanted,
            window,
            reminder,
            lists: Vec::new(),
            believed: BTreeSet::new(),
            named: BTreeSet::new(),
            held: Held::default(),
        }
    }

    /// How it was known to be last: one that a list does not have is not so.
    fn last_known(&self, name: &str) -> bool {
        let said = self.lists.iter().rev().map(|(_, list)| match list.get(name) {
            None => Some(false),
            Some(said) => *said,
        });
        said.flatten().next().unwrap_or(false)
    }

    /// Since which list it has been so, with no list between that says otherwise.
    fn since(&self, name: &str) -> Option<Timestamp> {
        let mut since = None;
        for (at, list) in self.lists.iter().rev() {
            match list.get(name) {
                None | Some(Some(false)) => break,
                Some(Some(true)) => since = Some(*at),
                Some(None) => {}
            }
        }
        since
    }

    fn is_long_enough(&self, name: &str, now: Timestamp) -> bool {
        let says_so =
            self.lists.last().is_some_and(|(_, list)| list.get(name) == Some(&Some(true)));
        let since = self.since(name);
        says_so && since.is_some_and(|since| minute(now) - minute(since) >= self.window)
    }

    /// What a cycle must tell that read this whole list.
    pub fn cycle(&mut self, now: Timestamp, list: BTreeMap<String, Option<bool>>) -> Mailed {
        self.lists.push((now, list));
        let all: BTreeSet<String> =
            self.lists.iter().flat_map(|(_, list)| list.keys().cloned()).collect();
        let is_new = |name: &&String| !self.believed.contains(*name);
        let joined: BTreeSet<String> = all
            .iter()
            .filter(is_new)
            .filter(|name| self.is_long_enough(name, now))
            .cloned()
            .collect();
        let (still, back): (BTreeSet<String>, BTreeSet<String>) =
            self.believed.iter().cloned().partition(|name| self.last_known(name));
        let holds = joined.len() + still.len() >= self.wanted;
        let tells = self.held.tells(holds, !joined.is_empty(), self.reminder, now);
        let mut over = None;
        match tells {
            Tells::Nothing => {}
            Tells::Ends => {
                let named = self.named.iter().chain(&joined).collect::<BTreeSet<_>>();
                let left = named.iter().filter(|name| !self.last_known(name)).count();
                over = Some((left, named.len()));
                self.believed.clear();
                self.named.clear();
            }
            Tells::Begins | Tells::More | Tells::Reminds => {
                self.believed = still.union(&joined).cloned().collect();
                self.named.extend(joined.iter().cloned());
            }
        }
        Mailed { tells, joined, back, still, over }
    }
}

/// A rule that says how many there should be at least.
pub struct OfBelow {
    pub wanted: usize,
    pub window: i64,
    /// Minutes in which more may come.
    pub allowance: i64,
    pub reminder: i64,
    /// What was read, by its own time.
    read: BTreeSet<(Timestamp, usize)>,
    position: Option<Timestamp>,
    first: Option<Timestamp>,
    held: Held,
}

impl OfBelow {
    pub fn new(wanted: usize, window: i64, allowance: i64, reminder: i64) -> Self {
        let (read, position, first) = (BTreeSet::new(), None, None);
        Self { wanted, window, allowance, reminder, read, position, first, held: Held::default() }
    }

    /// What a cycle must tell that reads all that is recorded by now, each with its own
    /// time, the time at which it is to be seen and its number; `longest` is the longest
    /// window of any rule, in minutes: so far the first run looks back.
    pub fn cycle(
        &mut self,
        now: Timestamp,
        records: &[(Timestamp, Timestamp, usize)],
        longest: i64,
        is_whole: bool,
    ) -> Tells {
        let back = |at: Timestamp, minutes: i64| at - SignedDuration::from_mins(minutes);
        // What was before the rule is nobody's news, whether the first run fails or not.
        let first = *self.first.get_or_insert(back(now, longest.max(10)));
        if !is_whole {
            return Tells::Nothing;
        }
        let from = self.position.map_or(first, |position| back(position, 10).max(first));
        let seen = records.iter().filter(|(at, recorded, _)| *recorded <= now && *at >= from);
        self.read.extend(seen.map(|(at, _, number)| (*at, *number)));
        self.position = Some(now);
        let end = minute(now) - self.allowance;
        let fullest = (end..=minute(now)).map(|last| {
            let within = |at: Timestamp| minute(at) > last - self.window && minute(at) <= last;
            self.read.iter().filter(|(at, _)| within(*at)).count()
        });
        let came = fullest.max().unwrap_or(0);
        let is_covered = minute(first) <= end - self.window;
        if came < self.wanted && !is_covered {
            return Tells::Nothing;
        }
        self.held.tells(came < self.wanted, false, self.reminder, now)
    }
}
