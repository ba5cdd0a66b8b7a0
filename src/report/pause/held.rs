//! What pauses hold back, until it is told: counts, not records.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Pause, Pauses};
use crate::lang::Both;
use crate::report::group::Rest;
use crate::report::{Condition, ConditionNews};
use crate::rules::minutes::{Minute, minute_of};
use crate::rules::{Level, Rule};

/// So many rules, and so many conditions, are told of one pause.
const OF_A_PAUSE: usize = 100;

/// So many alerts of a rule are told by name.
const NAMED: usize = 20;

/// A name is kept to so many bytes.
const NAME_BYTES: usize = 256;

/// What comes late is told with the next mail, or after so long.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// For so long is remembered when a pause was told.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whose is what was held by a pause that is in the config no more.
pub const NOBODYS: i64 = 0;

/// What all pauses hold back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeldBack {
    /// By the pause's id, or [`NOBODYS`].
    pauses: BTreeMap<i64, Held>,
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
    /// What the pause was for, when it last held something.
    pub why: String,
    /// By the rule's id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<i64, HeldRule>,
    /// What began and ended while it was held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<HeldCondition>,
    /// What there was no room for: of so many rules and conditions, so many matches.
    pub beyond: Rest,
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

/// A condition that began and ended while it was held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldCondition {
    /// Which.
    pub condition: Condition,
    /// A rule's name; the user's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How bad it was.
    pub level: Level,
    /// Its begin.
    pub since: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// What was said of it.
    pub detail: Both,
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

    /// Holds back what a rule had to tell at that minute.
    pub fn hold(&mut self, pause: Option<&Pause>, rule: &Rule, held: HeldCount, now: Minute) {
        let of = self.pause(pause);
        if of.rules.len() >= OF_A_PAUSE && !of.rules.contains_key(&rule.id) {
            of.beyond.groups += 1;
            of.beyond.count = of.beyond.count.saturating_add(held.count);
            return;
        }
        let one = of.rules.entry(rule.id).or_insert_with(|| HeldRule {
            name: cut(&rule.name),
            level: rule.level,
            count: 0,
            at_least: false,
            first: held.first,
            last: held.last,
            alerts: Vec::new(),
            more_alerts: 0,
        });
        one.add(held, rule, now);
    }

    /// Holds back a condition that ended, and whose begin nobody was told.
    pub fn hold_condition(&mut self, pause: Option<&Pause>, news: &ConditionNews, now: Timestamp) {
        let of = self.pause(pause);
        if of.conditions.len() >= OF_A_PAUSE {
            of.beyond.groups += 1;
            return;
        }
        of.conditions.push(HeldCondition {
            condition: news.condition,
            rule: news.rule.as_ref().map(|rule| cut(&rule.name)),
            level: news.level,
            since: news.since.min(now),
            until: now,
            detail: news.detail.clone(),
        });
    }

    /// What is to be told now: of pauses that are over. With a mail that goes out anyway
    /// all of it, else what has waited for what comes late.
    pub fn take_due(
        &mut self,
        pauses: &Pauses<'_>,
        now: Timestamp,
        with_mail: bool,
    ) -> Vec<(i64, Held)> {
        self.told.retain(|_, told| now.duration_since(*told) <= REMEMBERED && *told <= now);
        let told = &self.told;
        let is_due = |id: &i64| {
            let is_late = told.get(id).is_some_and(|told| now.duration_since(*told) < LATE);
            let has_waited = !is_late && pauses.has_settled(*id, now);
            !pauses.holds_now(*id, now) && (with_mail || has_waited)
        };
        let due: Vec<i64> = self.pauses.keys().copied().filter(is_due).collect();
        self.told.extend(due.iter().map(|id| (*id, now)));
        due.into_iter().filter_map(|id| Some((id, self.pauses.remove(&id)?))).collect()
    }

    fn pause(&mut self, pause: Option<&Pause>) -> &mut Held {
        let held = self.pauses.entry(pause.map_or(NOBODYS, |pause| pause.id)).or_default();
        if let Some(pause) = pause {
            held.why = cut(&pause.why);
        }
        held
    }
}

impl Held {
    fn total(&self) -> u64 {
        let rules = self.rules.values().map(|rule| rule.count);
        let matches = rules.fold(self.beyond.count, u64::saturating_add);
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
