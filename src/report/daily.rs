//! What a day came to: counted run by run, told once a day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::pause::Pause;
use super::{Alert, Condition};
use crate::lang::{Lang, counts, reports as words};
use crate::rules::known::{Known, News};
use crate::rules::minutes::minute_of;
use crate::rules::{Level, Rule};

/// The most rules that are told apart; what further ones told is in the totals.
const RULES: usize = 100;

/// A rule's name is kept to so many bytes.
const NAME_BYTES: usize = 256;

/// What the runs since the last daily report came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Day {
    /// The local day whose report was told last.
    pub told: Option<Date>,
    /// Since when is counted.
    pub since: Option<Timestamp>,
    /// Runs that came to their end.
    pub runs: u64,
    /// Those of them that failed: exit code 75 or 78.
    pub failed: u64,
    /// New events.
    pub events: u64,
    /// Rows of traffic read.
    pub flows: u64,
    /// Alerts told.
    pub alerts: u64,
    /// Mails delivered.
    pub mails: u64,
    /// The longest time without a run.
    pub longest: Option<Gap>,
    /// What each rule told, by its id.
    pub rules: BTreeMap<i64, RuleDay>,
}

/// What one rule told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDay {
    /// The rule's name; the user's text.
    pub name: String,
    /// Alerts.
    pub alerts: u64,
    /// The matches in them.
    pub matches: u64,
}

/// A time without a run: from one's end to the next one's begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

/// All that the daily mail tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Daily {
    /// When the report is due, `08:30`; for the sentence on what silence means.
    pub due: String,
    /// What was counted, this run included.
    pub day: Day,
    /// How many enabled rules there are.
    pub rules: usize,
    /// Mails that wait for delivery, and since when the oldest does.
    pub waiting: Option<(usize, Timestamp)>,
    /// What holds.
    pub active: Vec<Active>,
    /// The pauses that hold now, and how much each holds back.
    pub pauses: Vec<(Pause, u64)>,
    /// Up to when events were read completely.
    pub events_until: Option<Timestamp>,
    /// The same for traffic; `None` too where no rule asks for it.
    pub traffic_until: Option<Timestamp>,
    /// The rules that learn what is known, before they tell what is new.
    pub learning: Vec<Learning>,
}

/// A condition that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Active {
    /// What it is.
    pub what: Holding,
    /// How bad it was when it was last seen.
    pub level: Level,
    /// Its begin.
    pub since: Timestamp,
}

/// What can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Holding {
    /// What every site is watched for.
    Condition(Condition),
    /// What a rule of the user's asks for.
    Rule {
        /// The rule's name; the user's text.
        name: String,
        /// Whether it asks for what should come, and does not.
        is_too_few: bool,
    },
}

/// A rule that learns.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// The rule's id.
    pub rule_id: i64,
    /// The rule's name; the user's text.
    pub name: String,
    /// Whole days until it has learnt enough; 0: it has.
    pub days: i64,
    /// How many groups it knows.
    pub known: usize,
    /// What was new to it since that was last told.
    pub news: News,
}

impl Learning {
    /// What is to be said of a rule; `None` where it has learnt, and nothing waits to be told.
    pub fn of(rule: &Rule, known: &Known, now: Timestamp) -> Option<Self> {
        Self::at(rule, known, now).filter(|one| one.days > 0 || !one.news.is_empty())
    }

    /// How it is with a rule, also where it has learnt; `None` for one that never does.
    pub fn at(rule: &Rule, known: &Known, now: Timestamp) -> Option<Self> {
        let until = known.learns_until(rule.newness?);
        let hours = (until.duration_since(now).as_mins() + 59) / 60;
        let days = if until <= now { 0 } else { (hours + 23) / 24 };
        Some(Self {
            rule_id: rule.id,
            name: rule.name.clone(),
            days,
            known: known.len(),
            news: known.news.clone(),
        })
    }
}

impl Learning {
    /// `learning, 3 days to go, 4,211 known`
    pub fn text(&self, lang: Lang) -> String {
        let known = counts::known(lang, self.known as u64);
        match u64::try_from(self.days).unwrap_or_default() {
            0 => words::learnt(lang, known),
            days => words::learns(lang, counts::days(lang, days), known),
        }
    }
}

impl Daily {
    /// The worst that holds; a warning at least where a run failed or mail waits.
    pub fn level(&self) -> Level {
        let has_failed = self.day.failed > 0 || self.waiting.is_some();
        let own = if has_failed { Level::Warning } else { Level::Info };
        self.active.iter().map(|active| active.level).chain([own]).max().unwrap_or(own)
    }

    /// What holds, the worst first, then what has held longest.
    pub fn worst_first(&self) -> Vec<&Active> {
        let mut active: Vec<&Active> = self.active.iter().collect();
        active.sort_by_key(|active| (std::cmp::Reverse(active.level), active.since));
        active
    }
}

impl Day {
    /// Adds what an alert tells.
    pub fn add_alert(&mut self, alert: &Alert) {
        self.alerts += 1;
        if self.rules.len() >= RULES && !self.rules.contains_key(&alert.rule_id) {
            return;
        }
        let rule = self.rules.entry(alert.rule_id).or_default();
        let end = alert.rule_name.floor_char_boundary(NAME_BYTES);
        alert.rule_name[..end].clone_into(&mut rule.name);
        rule.alerts += 1;
        rule.matches = rule.matches.saturating_add(alert.total());
    }

    /// Keeps the longer of two times without a run, to the minute.
    pub fn add_gap(&mut self, gap: Gap) {
        let longer = |longest: Gap| gap.minutes() > longest.minutes();
        if self.longest.is_none_or(longer) {
            self.longest = Some(gap);
        }
    }

    /// The rules that told most, by alerts, then by matches.
    pub fn top_rules(&self, count: usize) -> Vec<&RuleDay> {
        let mut rules: Vec<&RuleDay> = self.rules.values().collect();
        rules.sort_by_key(|rule| std::cmp::Reverse((rule.alerts, rule.matches)));
        rules.truncate(count);
        rules
    }
}

impl Gap {
    /// How long it was, in minutes by the clock's minute hand: a cron job's seconds
    /// of jitter make no other number.
    pub fn minutes(&self) -> i64 {
        minute_of(self.until) - minute_of(self.from)
    }
}
