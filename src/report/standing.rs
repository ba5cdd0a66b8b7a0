//! What rules have to tell that say how it is, not what happened: what a condition of
//! theirs is made of.

pub mod below;
pub mod workloads;

use jiff::Timestamp;

use crate::lang::Both;
use crate::rules::{Rule, WorkloadState};

/// What a rule has to tell of its condition.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleNews {
    /// The rule's id.
    pub id: i64,
    /// The rule's name; the user's text.
    pub name: String,
    /// What it means; the user's text, may be empty.
    pub desc: String,
    /// What to do; the user's text, may be empty.
    pub rec: String,
    /// What an attacker would be after; the user's text, may be empty.
    pub technique: String,
    /// The rule, for the sentence on what it asks for.
    pub rule: Option<Box<Rule>>,
    /// How it is.
    pub stands: Stands,
}

/// How it is with what a rule asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Stands {
    /// Workloads are as the rule says, or were.
    Workloads(Workloads),
    /// Fewer records than there should be, or as many again.
    Below(Below),
}

/// The workloads that are as a rule says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workloads {
    /// What the rule asks for.
    pub states: Vec<WorkloadState>,
    /// From how many on it does.
    pub wanted: u64,
    /// How many the PCE manages.
    pub managed: u64,
    /// How many are so now, long enough.
    pub count: u64,
    /// Those of them that no mail has told yet.
    pub joined: Rows,
    /// Those that one has.
    pub still: Rows,
    /// Those that were told and are so no more, which no mail has told yet.
    pub back: Rows,
    /// So many more of them are on the list no more, or the rule does not ask about them
    /// any more.
    pub gone: u64,
    /// How many different ones were so since the condition began …
    pub total: u64,
    /// … and of these, how many are so no more.
    pub over: u64,
    /// Minutes for which the longest of these was so.
    pub longest: u32,
    /// So many more are so than are remembered: of them nothing is told but their number.
    pub beyond: u64,
    /// So many came at once that it is rather the PCE than they.
    pub look_at_pce: bool,
}

/// The first of some workloads, and how many there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The longest so first, a bounded few.
    pub top: Vec<WorkloadRow>,
    /// All.
    pub count: u64,
}

/// One workload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkloadRow {
    /// What a person calls it.
    pub name: String,
    /// Its place in the API.
    pub href: String,
    /// `role=web, env=prod`; may be empty.
    pub labels: String,
    /// In which of the rule's states it is; empty where it is in none, or the PCE does not
    /// say so now.
    pub states: Vec<WorkloadState>,
    /// Since when, as far as was seen.
    pub since: Timestamp,
    /// For so many minutes, for one that is so no more.
    pub lasted: Option<u32>,
    /// When its VEN was last heard of.
    pub heartbeat: Option<Timestamp>,
}

/// Fewer records than there should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Below {
    /// Fewer than so many …
    pub wanted: u64,
    /// … within so many minutes …
    pub window: u32,
    /// … up to then: what came later may still be on its way.
    pub until: Timestamp,
    /// So many came …
    pub came: u64,
    /// … with the noun for what the rule counts.
    pub amount: Both,
    /// When the last one that matched was, as far as is remembered.
    pub last: Option<Timestamp>,
    /// Since when there has been a look for them.
    pub since: Timestamp,
    /// That last one.
    pub record: Option<super::Record>,
}

impl RuleNews {
    /// What this rule has to tell.
    pub fn of(rule: &Rule, stands: Stands) -> Self {
        Self {
            id: rule.id,
            name: rule.name.clone(),
            desc: rule.desc.clone(),
            rec: rule.rec.clone(),
            technique: rule.technique.clone(),
            rule: Some(Box::new(rule.clone())),
            stands,
        }
    }
}
