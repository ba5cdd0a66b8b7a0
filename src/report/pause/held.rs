//! What pauses hold back, until it is told: counts, not records.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Pause, Pauses};
use crate::lang::Both;
use crate::report::{Condition, ConditionNews, Phase, Stands};
use crate::rules::minutes::{Minute, minute_of};
use crate::rules::{Level, Measure, Rule};

/// So many rules, and so many conditions, are told of one pause.
const OF_A_PAUSE: usize = 1_000;

/// So many alerts of a rule, and so many workloads of a condition, are told by name.
const NAMED: usize = 20;

/// For so many minutes after its end more of a pause's time may come: what is held is told
/// then, or with the first mail after its end.
const SETTLES: i64 = 15;

/// A name is kept to so many bytes.
const NAME_BYTES: usize = 256;

/// What comes late is told with the next mail, or after so long.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// For so long is remembered when a pause was told.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What all pauses hold back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeldBack {
    /// By the pause's id.
    pauses: BTreeMap<i64, Held>,
    /// What was held by one whose id is another's now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Held>,
    /// When what a pause held was last told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    told: BTreeMap<i64, Timestamp>,
    /// When it was last told that a pause holds everything for long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_told: Option<Timestamp>,
}

/// What one pause holds back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Held {
    /// What the pause was for.
    pub why: String,
    /// What tells it from another of its id.
    mark: u64,
    /// By the rule's id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<i64, HeldRule>,
    /// What was not well while it was held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<HeldCondition>,
    /// So many matches of rules there was no room for.
    pub beyond: u64,
}

/// What a rule had to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldRule {
    /// The rule's name; the user's text.
    pub name: String,
    /// How bad it is.
    pub level: Level,
    /// How many matches.
    pub count: u64,
    /// What of them is counted.
    #[serde(default)]
    pub measure: Measure,
    /// True where that is a lower bound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// The first.
    pub first: Minute,
    /// The last.
    pub last: Minute,
    /// Of critical rules, what would have been an alert each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<HeldAlert>,
    /// So many more than these.
    #[serde(default)]
    pub more_alerts: u64,
}

/// What would have been an alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldAlert {
    /// What it was about: a group, a workload, the busiest flow; may be empty.
    pub who: String,
    /// How many matches.
    pub count: u64,
    /// The first.
    pub first: Minute,
    /// The last.
    pub last: Minute,
    /// When it would have come.
    pub at: Minute,
}

/// A condition as it was while it was held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldCondition {
    /// Which.
    pub condition: Condition,
    /// A rule's name; the user's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How bad it was at worst.
    pub level: Level,
    /// What was said of it then.
    pub detail: Both,
    /// Since when it was so and nobody was told.
    pub since: Timestamp,
    /// When it was last so, or over.
    pub until: Timestamp,
    /// Whether it was over.
    pub over: bool,
    /// How many workloads were as the rule says, and nobody was told.
    #[serde(default)]
    pub count: u64,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// Matches that are due, and held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCount {
    /// What they are about; may be empty.
    pub who: String,
    /// How many.
    pub count: u64,
    /// True where that is a lower bound.
    pub at_least: bool,
    /// The first.
    pub first: Minute,
    /// The last.
    pub last: Minute,
}

impl HeldBack {
    /// True where nothing is held, nor was lately.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many matches and conditions that pause holds back now.
    pub fn of(&self, id: i64) -> u64 {
        self.pauses.get(&id).map_or(0, Held::total)
    }

    /// The highest id of a pause that holds something back, or did lately.
    pub fn highest_id(&self) -> i64 {
        self.pauses.keys().chain(self.told.keys()).copied().max().unwrap_or_default()
    }

    /// Holds back what a rule had to tell at that minute.
    pub fn hold(&mut self, pause: &Pause, rule: &Rule, held: HeldCount, now: Minute) {
        let of = self.pause(pause);
        if of.rules.len() >= OF_A_PAUSE && !of.rules.contains_key(&rule.id) {
            of.beyond = of.beyond.saturating_add(held.count);
            return;
        }
        let one = of.rules.entry(rule.id).or_insert_with(|| HeldRule {
            name: cut(&rule.name),
            level: rule.level,
            count: 0,
            measure: rule.filter.measure(),
            at_least: false,
            first: held.first,
            last: held.last,
            alerts: Vec::new(),
            more_alerts: 0,
        });
        one.add(held, rule, now);
    }

    /// Holds back how a condition is now.
    pub fn hold_condition(&mut self, pause: &Pause, news: &ConditionNews, now: Timestamp) {
        let conditions = &mut self.pause(pause).conditions;
        let is_it = |one: &HeldCondition| one.condition == news.condition && !one.over;
        let known = conditions.iter().position(is_it);
        if known.is_none() && conditions.len() < OF_A_PAUSE {
            conditions.push(HeldCondition::of(news, now));
        }
        let one = match known {
            Some(place) => conditions.get_mut(place),
            None => conditions.last_mut(),
        };
        one.into_iter().for_each(|one| one.note(news, now));
    }

    /// What is to be told now: of pauses that are over, or in the config no more. With a mail
    /// that goes out anyway all of it, else what has waited for what comes late.
    pub fn take_due(
        &mut self,
        pauses: &Pauses<'_>,
        now: Timestamp,
        with_mail: bool,
    ) -> Vec<(Option<i64>, Held)> {
        self.told.retain(|_, told| now.duration_since(*told) <= REMEMBERED && *told <= now);
        let told = &self.told;
        let is_due = |(id, held): (&i64, &Held)| {
            let Some(pause) = pauses.get(*id).filter(|pause| pause.mark() == held.mark) else {
                return true;
            };
            let is_late = told.get(id).is_some_and(|told| now.duration_since(*told) < LATE);
            let waits = if with_mail { 0 } else { SETTLES };
            let last = held.span().map_or(Minute::MIN, |(_, last)| last);
            let free = pauses.free_after(pause, last);
            free.saturating_add(waits) <= minute_of(now) && (with_mail || !is_late)
        };
        let due: Vec<i64> =
            self.pauses.iter().filter(|one| is_due(*one)).map(|(id, _)| *id).collect();
        self.told.extend(due.iter().map(|id| (*id, now)));
        let gone = std::mem::take(&mut self.gone).into_iter().map(|held| (None, held));
        let due: Vec<_> =
            due.into_iter().filter_map(|id| Some((Some(id), self.pauses.remove(&id)?))).collect();
        gone.chain(due).collect()
    }

    fn pause(&mut self, pause: &Pause) -> &mut Held {
        let mark = pause.mark();
        if self.pauses.get(&pause.id).is_some_and(|held| held.mark != mark) {
            self.gone.extend(self.pauses.remove(&pause.id));
        }
        let new = || Held { why: cut(&pause.why), mark, ..Held::default() };
        self.pauses.entry(pause.id).or_insert_with(new)
    }
}

impl Held {
    /// Of the same pause, with nothing held.
    pub fn without_content(&self) -> Self {
        Self { why: self.why.clone(), mark: self.mark, ..Self::default() }
    }

    fn total(&self) -> u64 {
        let rules = self.rules.values().map(|rule| rule.count);
        let matches = rules.fold(self.beyond, u64::saturating_add);
        matches.saturating_add(self.conditions.len() as u64)
    }

    /// From the first to the last.
    pub fn span(&self) -> Option<(Minute, Minute)> {
        let rules = self.rules.values().map(|rule| (rule.first, rule.last));
        let conditions =
            self.conditions.iter().map(|one| (minute_of(one.since), minute_of(one.until)));
        rules.chain(conditions).reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
    }
}

impl HeldCondition {
    fn of(news: &ConditionNews, now: Timestamp) -> Self {
        // Up to here it was told how it is.
        let since = if news.told_by.is_some() { now } else { news.since.min(now) };
        Self {
            condition: news.condition,
            rule: news.rule.as_ref().map(|rule| cut(&rule.name)),
            level: news.level,
            detail: news.detail.clone(),
            since,
            until: now,
            over: false,
            count: 0,
            names: Vec::new(),
        }
    }

    /// Takes note of how it is now.
    fn note(&mut self, news: &ConditionNews, now: Timestamp) {
        self.until = self.until.max(now);
        if news.phase == Phase::Ended {
            self.over = true;
            return;
        }
        if news.level >= self.level {
            (self.level, self.detail) = (news.level, news.detail.clone());
        }
        if let Some(Stands::Workloads(told)) = news.rule.as_ref().map(|rule| &rule.stands) {
            for row in &told.joined.top {
                if self.names.len() < NAMED && !self.names.contains(&row.name) {
                    self.names.push(row.name.clone());
                }
            }
            self.count = self.count.max(told.joined.count).max(self.names.len() as u64);
        }
    }
}

impl HeldRule {
    fn add(&mut self, held: HeldCount, rule: &Rule, now: Minute) {
        self.count = self.count.saturating_add(held.count);
        self.at_least |= held.at_least;
        self.first = self.first.min(held.first);
        self.last = self.last.max(held.last);
        if rule.level < Level::Critical {
            return;
        }
        let cooldown = i64::from(rule.cooldown_minutes);
        // What the cooldown would have kept back is of the alert before it.
        let is_its = |alert: &HeldAlert| {
            alert.who == held.who && cooldown > 0 && now < alert.at.saturating_add(cooldown)
        };
        if let Some(place) = self.alerts.iter().rposition(is_its) {
            let alert = &mut self.alerts[place];
            alert.count = alert.count.saturating_add(held.count);
            alert.first = alert.first.min(held.first);
            alert.last = alert.last.max(held.last);
        } else if self.alerts.len() < NAMED {
            let HeldCount { who, count, first, last, .. } = held;
            self.alerts.push(HeldAlert { who, count, first, last, at: now });
        } else {
            self.more_alerts += 1;
        }
    }
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(NAME_BYTES)].to_owned()
}
