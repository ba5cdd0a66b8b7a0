//! Pauses: times in which some rules and conditions are not told. What happens in them is
//! counted and learnt as ever, and told when they are over.
//!
//! Which minutes a pause holds goes by the config of the moment and the records' own time;
//! nothing of a pause is kept with what is counted, so that one that is shortened is
//! shortened at once.

pub mod held;
pub mod words;

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use self::held::HeldBack;
use super::Condition;
use super::group::Holds;
use crate::packed::hash;
use crate::pce::glance::Depth;
use crate::pce::record::Event;
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::{Minute, minute_of, time_of};
use crate::rules::{EventFilter, Filter, Rule, TrafficFilter};

/// The most pauses of a config.
pub const MOST: usize = 100;

/// The longest that one lasts at a stretch, in days.
pub const LONGEST_DAYS: i64 = 90;

/// No weekly one holds for so many minutes at a stretch: a week, and a change of the clock.
const LONGEST_WEEKLY: i64 = 8 * 24 * 60;

/// So many minutes are remembered with the pauses that hold them.
const REMEMBERED: usize = 10_000;

/// Some rules and conditions that are not told for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Pause {
    /// Its id, unlike any other's.
    pub id: i64,
    /// Which rules.
    pub rules: Paused,
    /// Only of what matches this.
    pub only: Option<Only>,
    /// Which conditions, beside those of the rules.
    pub conditions: Vec<Condition>,
    /// When.
    pub when: When,
    /// What for; the user's text.
    pub why: String,
    /// Who asked for it; the user's text, may be empty.
    pub by: String,
}

/// Which rules a pause is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paused {
    /// All of them.
    All,
    /// Those with these ids; maybe none.
    These(Vec<i64>),
}

/// What a record has to match to be held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Only {
    /// As it stands in the config, in a line.
    pub text: String,
    /// Of events; `None`: no event does.
    pub events: Option<EventFilter>,
    /// Of traffic.
    pub traffic: Option<TrafficFilter>,
}

/// When a pause holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// From one time up to another.
    Once {
        /// Its begin; `None`: [`LONGEST_DAYS`] before its end.
        from: Option<Timestamp>,
        /// Its end, which is no part of it.
        until: Timestamp,
    },
    /// Every week on these days, by the clock on the wall: an hour that a change of the
    /// clock repeats is held twice, and one that it leaves out is not.
    Weekly {
        /// The days on which it begins.
        days: Vec<Weekday>,
        /// Its begin.
        from: Time,
        /// Its end; where it is not later than the begin, that of the next day.
        until: Time,
        /// Never before that; `None`: ever since.
        begins: Option<Timestamp>,
        /// No more after that; `None`: for ever.
        ends: Option<Timestamp>,
    },
}

impl Pause {
    /// Whether it is for that rule.
    pub fn is_for(&self, rule: i64) -> bool {
        match &self.rules {
            Paused::All => true,
            Paused::These(ids) => ids.contains(&rule),
        }
    }

    /// Whether it holds that minute.
    pub fn holds(&self, minute: Minute, zone: &TimeZone) -> bool {
        self.when.holds(minute, &OnTheWall::of(minute, zone))
    }

    /// Whether it holds everything that can be held at this time, of all rules.
    pub fn is_of_all(&self) -> bool {
        self.rules == Paused::All && self.only.is_none()
    }

    /// Its begin, where the config names one.
    pub fn begins(&self) -> Option<Timestamp> {
        match &self.when {
            When::Once { from, .. } => *from,
            When::Weekly { begins, .. } => *begins,
        }
    }

    /// When it is over for good; `None` for one that comes again and again.
    pub fn ends(&self) -> Option<Timestamp> {
        match &self.when {
            When::Once { until, .. } => Some(*until),
            When::Weekly { ends, .. } => *ends,
        }
    }

    /// Up to when it holds what happens now; `None` where it does not.
    pub fn holds_until(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let minute = minute_of(now);
        self.holds(minute, zone).then(|| time_of(self.end_of(minute, zone)))
    }

    /// The first minute after this one that it does not hold.
    fn end_of(&self, minute: Minute, zone: &TimeZone) -> Minute {
        match &self.when {
            When::Once { until, .. } => {
                let end = minute_of(*until);
                end.max(minute + 1)
            }
            When::Weekly { .. } => {
                let after = minute + 1..minute + LONGEST_WEEKLY;
                after.clone().find(|minute| !self.holds(*minute, zone)).unwrap_or(after.end)
            }
        }
    }

    /// What tells it from another that has its id: what for, and from when on.
    pub fn mark(&self) -> u64 {
        let begins = match &self.when {
            When::Once { from, .. } => format!("{from:?}"),
            When::Weekly { days, from, until, .. } => format!("{days:?} {from} {until}"),
        };
        hash(format!("{} {begins}", self.why).as_bytes())
    }

    /// Whether it holds everything for more than a day at a stretch.
    pub fn is_long(&self) -> bool {
        match &self.when {
            When::Once { from, until } => {
                let is_long = |from| until.duration_since(from) > SignedDuration::from_hours(24);
                self.is_of_all() && from.is_none_or(is_long)
            }
            When::Weekly { .. } => false,
        }
    }
}

/// A minute as the clock on the wall shows it.
struct OnTheWall {
    day: Weekday,
    time: Time,
}

impl OnTheWall {
    fn of(minute: Minute, zone: &TimeZone) -> Self {
        let at = zone.to_datetime(time_of(minute));
        Self { day: at.weekday(), time: at.time() }
    }
}

impl When {
    fn holds(&self, minute: Minute, wall: &OnTheWall) -> bool {
        match self {
            Self::Once { from, until } => {
                let first = match from {
                    Some(from) => minute_of(*from),
                    None => minute_of(*until) - LONGEST_DAYS * 24 * 60,
                };
                first <= minute && time_of(minute) < *until
            }
            Self::Weekly { days, from, until, begins, ends } => {
                let time = time_of(minute);
                let (day, at) = (wall.day, wall.time);
                let is_of = |day: Weekday| days.contains(&day);
                let is_within = match from < until {
                    true => is_of(day) && *from <= at && at < *until,
                    false => (is_of(day) && *from <= at) || (is_of(day.previous()) && at < *until),
                };
                is_within
                    && begins.is_none_or(|begins| minute_of(begins) <= minute)
                    && ends.is_none_or(|ends| time < ends)
            }
        }
    }
}

/// The pauses of a config, by the clock of its reader.
pub struct Pauses<'a> {
    all: &'a [Pause],
    zone: &'a TimeZone,
    /// Which pauses hold a minute, one bit each.
    known: RefCell<HashMap<Minute, u128>>,
}

/// Some pauses, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matching(u128);

impl Matching {
    /// True where it is none.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// The pauses of one rule, among all.
pub struct RulePauses<'p> {
    /// All of them.
    pub pauses: &'p Pauses<'p>,
    /// The rule's.
    pub of: OfRule,
}

impl Holds for RulePauses<'_> {
    fn all(&self, minute: Minute) -> Option<i64> {
        self.pauses.which(Matching(self.of.all), minute)
    }

    fn still(&self, pause: i64, minute: Minute) -> bool {
        let place = self.pauses.all.iter().position(|one| one.id == pause);
        place.is_some_and(|nth| self.pauses.holding(minute) & self.of.some & (1 << nth) != 0)
    }
}

/// A rule's pauses, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfRule {
    /// Those that hold all that it matches.
    all: u128,
    /// Those that hold some of it.
    some: u128,
}

impl OfRule {
    /// True where it has none.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl<'a> Pauses<'a> {
    /// The first [`MOST`] of these.
    pub fn of(all: &'a [Pause], zone: &'a TimeZone) -> Self {
        let all = all.get(..MOST).unwrap_or(all);
        Self { all, zone, known: RefCell::default() }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &'a Pause> {
        self.all.iter()
    }

    /// Those that hold at this time, and how much each holds back.
    pub fn that_hold(&self, held: &HeldBack, now: Timestamp) -> Vec<(Pause, u64)> {
        let holding = self.all.iter().filter(|pause| pause.holds(minute_of(now), self.zone));
        holding.map(|pause| (pause.clone(), held.of(pause.id))).collect()
    }

    /// Those of a rule.
    pub fn of_rule(&self, rule: &Rule) -> OfRule {
        let mut of = OfRule::default();
        for (nth, pause) in self.all.iter().enumerate().filter(|(_, one)| one.is_for(rule.id)) {
            let is_its = |only: &Only| match rule.filter {
                Filter::Event(_) => only.events.is_some(),
                Filter::Traffic(_) => only.traffic.is_some(),
                Filter::Workload(_) => false,
            };
            match &pause.only {
                None => of.all |= 1 << nth,
                Some(only) if is_its(only) => of.some |= 1 << nth,
                Some(_) => {}
            }
        }
        of
    }

    /// Those of a rule's pauses that hold an event by what it is, whenever it was.
    pub fn of_event(&self, of: OfRule, event: &Event<'_>) -> Matching {
        self.some(of, |only| only.events.as_ref().is_some_and(|filter| filter.matches(event)))
    }

    /// The same of a row of traffic.
    pub fn of_row(&self, of: OfRule, facts: &FlowFacts<'_>) -> Matching {
        self.some(of, |only| only.traffic.as_ref().is_some_and(|filter| filter.matches(facts)))
    }

    fn some(&self, of: OfRule, is_held: impl Fn(&Only) -> bool) -> Matching {
        let mut found = 0;
        if of.some != 0 {
            for (nth, pause) in self.all.iter().enumerate() {
                let is_its = of.some & (1 << nth) != 0;
                if is_its && pause.only.as_ref().is_some_and(&is_held) {
                    found |= 1 << nth;
                }
            }
        }
        Matching(found)
    }

    /// How much of a row of traffic they look at.
    pub fn depth(&self) -> Option<Depth> {
        let only = self.all.iter().filter_map(|pause| pause.only.as_ref()?.traffic.as_ref());
        only.map(TrafficFilter::depth).max()
    }

    /// The one of these that holds a minute; of several the one that ends first.
    pub fn which(&self, these: Matching, minute: Minute) -> Option<i64> {
        if these.is_none() {
            return None;
        }
        let found = self.holding(minute) & these.0;
        let holding = self.all.iter().enumerate().filter(|(nth, _)| found & (1 << nth) != 0);
        let holding = holding.map(|(_, pause)| pause);
        match found.count_ones() {
            0 => None,
            1 => holding.map(|pause| pause.id).next(),
            _ => holding.min_by_key(|pause| pause.end_of(minute, self.zone)).map(|pause| pause.id),
        }
    }

    /// Whether a rule's pause holds all that it matches in a minute.
    pub fn hold_all(&self, of: OfRule, minute: Minute) -> bool {
        self.which(Matching(of.all), minute).is_some()
    }

    /// That pause, as the config has it.
    pub fn get(&self, id: i64) -> Option<&'a Pause> {
        self.all.iter().find(|pause| pause.id == id)
    }

    /// The first pause that holds that condition in a minute.
    pub fn of_condition(&self, condition: Condition, minute: Minute) -> Option<&'a Pause> {
        let is_its = |pause: &&Pause| match condition {
            Condition::Rule(key) => pause.only.is_none() && pause.is_for(key.id()),
            other => pause.conditions.contains(&other),
        };
        let mut its = self.all.iter().filter(is_its);
        its.find(|pause| pause.holds(minute, self.zone))
    }

    fn holding(&self, minute: Minute) -> u128 {
        let mut known = self.known.borrow_mut();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        *known.entry(minute).or_insert_with(|| {
            let wall = OnTheWall::of(minute, self.zone);
            let holds =
                |(nth, pause): (usize, &Pause)| u128::from(pause.when.holds(minute, &wall)) << nth;
            self.all.iter().enumerate().map(holds).fold(0, |all, one| all | one)
        })
    }

    /// The first minute from this one on that a pause does not hold.
    pub fn free_after(&self, pause: &Pause, minute: Minute) -> Minute {
        match pause.holds(minute, self.zone) {
            true => pause.end_of(minute, self.zone),
            false => minute,
        }
    }

    /// Whether that pause holds now.
    pub fn holds_now(&self, pause: &Pause, now: Timestamp) -> bool {
        pause.holds(minute_of(now), self.zone)
    }
}

#[cfg(test)]
mod tests;
