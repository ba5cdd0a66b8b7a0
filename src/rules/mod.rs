//! ANALYZE: what a rule is, which records it matches, and when it alerts.
//!
//! Knows the records of [`crate::pce`], but no file, no socket and no clock.

pub mod best_practices;
pub mod candidates;
pub mod catalogue;
pub mod describe;
pub mod different;
pub mod doubts;
pub mod engine;
pub mod explain;
pub mod groups;
mod key;
pub mod known;
pub mod lumps;
pub mod matching;
pub mod minutes;
pub mod near;
pub mod protocol;
pub mod security_practices;
pub mod series;
pub mod workloads;

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use serde::{Serialize, Serializer};

pub use self::key::RuleKey;
pub use self::workloads::{WorkloadFilter, WorkloadState};
pub use crate::pce::Decision;

/// One rule, checked: whatever stands here is within its bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Unique but for files of the Python tool, which wrote duplicates.
    pub id: i64,
    /// What the user calls it.
    pub name: String,
    /// A rule that is off matches nothing and keeps nothing.
    pub enabled: bool,
    /// How bad an alert of it is.
    pub level: Level,
    /// What it means, as told in the mail; may be empty.
    pub desc: String,
    /// What to do, as told in the mail; may be empty.
    pub rec: String,
    /// What an attacker would be after, as MITRE ATT&CK calls it; may be empty.
    pub technique: String,
    /// The user's own remark, told nowhere but in listings.
    pub note: String,
    /// What it matches.
    pub filter: Filter,
    /// When its matches become an alert.
    pub threshold: Threshold,
    /// Minutes after an alert in which matches gather untold; 0–10,080.
    pub cooldown_minutes: u32,
    /// For a rule that tells of new groups only: what is new.
    pub newness: Option<Newness>,
}

/// Which groups a rule takes for new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newness {
    /// Those that it has not seen for so many days; 1–90.
    pub within_days: u32,
    /// So many days at first it only learns; 0–90.
    pub learn_days: u32,
    /// For so many minutes after its first match a group is a new one: the rule's window.
    pub window: u32,
}

/// What a rule matches.
#[derive(Serialize, Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there are few, each kept once")]
pub enum Filter {
    /// Records of the PCE's event log.
    Event(EventFilter),
    /// Rows of traffic.
    Traffic(TrafficFilter),
    /// Workloads as they are now.
    Workload(WorkloadFilter),
}

/// What a rule of type `event` asks for.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct EventFilter {
    /// Alternatives by `|`; each a part of the name, or a glob over the whole
    /// name where it has `*` or `?`.
    #[serde(skip_serializing_if = "is_default")]
    pub filter_value: String,
    /// Any of these severities; empty: any at all. `none` stands for null.
    #[serde(skip_serializing_if = "is_default")]
    pub severity: Vec<String>,
    /// Any of these statuses; empty: any at all. `none` stands for null.
    #[serde(skip_serializing_if = "is_default")]
    pub status: Vec<String>,
    /// Any of these users, by globs over the whole name: who did it, or tried to log in.
    #[serde(skip_serializing_if = "is_default")]
    pub user: Vec<String>,
    /// From any of these addresses.
    #[serde(skip_serializing_if = "is_default")]
    pub source_ip: Vec<IpNet>,
    /// About any of these workloads or agents, by globs over the whole name.
    #[serde(skip_serializing_if = "is_default")]
    pub workload: Vec<String>,
    /// One of the objects that it changed was changed like this.
    #[serde(skip_serializing_if = "is_default")]
    pub change: Option<FieldChange>,
    /// Leaves out an event of one of these users.
    #[serde(skip_serializing_if = "is_default")]
    pub not_user: Vec<String>,
    /// Leaves out an event from one of these addresses.
    #[serde(skip_serializing_if = "is_default")]
    pub not_source_ip: Vec<IpNet>,
    /// Leaves out an event about one of these workloads or agents.
    #[serde(skip_serializing_if = "is_default")]
    pub not_workload: Vec<String>,
    /// What one event counts as.
    #[serde(skip_serializing_if = "is_default")]
    pub count_by: EventCount,
    /// What it counts apart; empty: nothing, at most two.
    #[serde(skip_serializing_if = "is_default")]
    pub per: Vec<EventPer>,
}

/// What a rule of type `event` can count apart.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventPer {
    /// Who did it, or tried to log in.
    User,
    /// Where it came from.
    SourceIp,
    /// Each workload or agent that it names.
    Workload,
    /// What kind of event it is.
    EventType,
}

/// A field that an event changed: from what, to what.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldChange {
    /// `enforcement_mode`, as the PCE calls it.
    pub field: String,
    /// Any of these values, as [`crate::pce::record::Raw::plain`] has them, or any number
    /// above (`>100`); empty: any.
    #[serde(skip_serializing_if = "is_default")]
    pub from: Vec<String>,
    /// The same after the change.
    #[serde(skip_serializing_if = "is_default")]
    pub to: Vec<String>,
}

/// What one matching event counts as.
#[derive(Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventCount {
    /// One.
    #[default]
    Events,
    /// As many as the distinct workloads or agents it names, at least one.
    Objects,
    /// One for each different user in the window.
    Users,
    /// One for each different address in the window.
    Sources,
    /// One for each different workload or agent in the window.
    Workloads,
}

/// What a rule of type `traffic` asks for. An empty list asks for nothing.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct TrafficFilter {
    /// Any of these policy decisions; empty (`-1`): any at all.
    #[serde(rename = "decision", skip_serializing_if = "is_default", serialize_with = "as_one")]
    pub decisions: Vec<Decision>,
    /// Any of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ports: Vec<PortRange>,
    /// The IANA number.
    #[serde(skip_serializing_if = "is_default")]
    pub proto: Option<u8>,
    /// All of these.
    #[serde(skip_serializing_if = "is_default")]
    pub src_label: Vec<Label>,
    /// All of these.
    #[serde(skip_serializing_if = "is_default")]
    pub dst_label: Vec<Label>,
    /// Any of these.
    #[serde(skip_serializing_if = "is_default")]
    pub src_ip: Vec<IpNet>,
    /// Any of these.
    #[serde(skip_serializing_if = "is_default")]
    pub dst_ip: Vec<IpNet>,
    /// None of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ex_ports: Vec<PortRange>,
    /// By any of these processes or Windows services, by globs over the whole name.
    #[serde(skip_serializing_if = "is_default")]
    pub process: Vec<String>,
    /// By any of these users, in the same way.
    #[serde(skip_serializing_if = "is_default")]
    pub user: Vec<String>,
    /// From any of these hosts, in the same way.
    #[serde(skip_serializing_if = "is_default")]
    pub src_host: Vec<String>,
    /// To any of these hosts, in the same way.
    #[serde(skip_serializing_if = "is_default")]
    pub dst_host: Vec<String>,
    /// From an address in any of these IP lists of the PCE, by their names.
    #[serde(skip_serializing_if = "is_default")]
    pub src_list: Vec<String>,
    /// To an address in any of these IP lists.
    #[serde(skip_serializing_if = "is_default")]
    pub dst_list: Vec<String>,
    /// Whether the source is a workload that the PCE manages; either, where it says nothing.
    #[serde(skip_serializing_if = "is_default")]
    pub src_managed: Option<bool>,
    /// The same of the destination.
    #[serde(skip_serializing_if = "is_default")]
    pub dst_managed: Option<bool>,
    /// By none of these processes or Windows services.
    #[serde(skip_serializing_if = "is_default")]
    pub not_process: Vec<String>,
    /// By none of these users.
    #[serde(skip_serializing_if = "is_default")]
    pub not_user: Vec<String>,
    /// From none of these hosts.
    #[serde(skip_serializing_if = "is_default")]
    pub not_src_host: Vec<String>,
    /// To none of these hosts.
    #[serde(skip_serializing_if = "is_default")]
    pub not_dst_host: Vec<String>,
    /// From an address in none of these IP lists.
    #[serde(skip_serializing_if = "is_default")]
    pub not_src_list: Vec<String>,
    /// To an address in none of these IP lists.
    #[serde(skip_serializing_if = "is_default")]
    pub not_dst_list: Vec<String>,
    /// Leaves out a flow whose source has all of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ex_src_label: Vec<Label>,
    /// Leaves out a flow whose destination has all of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ex_dst_label: Vec<Label>,
    /// None of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ex_src_ip: Vec<IpNet>,
    /// None of these.
    #[serde(skip_serializing_if = "is_default")]
    pub ex_dst_ip: Vec<IpNet>,
    /// What growth counts as.
    #[serde(skip_serializing_if = "is_default")]
    pub count_by: FlowCount,
    /// What it counts apart; empty: nothing, at most two.
    #[serde(skip_serializing_if = "is_default")]
    pub per: Vec<FlowPer>,
}

/// What a rule of type `traffic` can count apart.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub enum FlowPer {
    /// Who talks: a workload, or an address that is none.
    Source,
    /// Who is talked to.
    Destination,
    /// The port with its protocol.
    Port,
    /// The user at the reporter's side.
    User,
    /// The source's label of this key.
    SourceLabel(String),
    /// The destination's.
    DestinationLabel(String),
}

/// One is known by itself, as it was when a rule had but one.
fn as_one<S: Serializer>(decisions: &[Decision], serializer: S) -> Result<S::Ok, S::Error> {
    match decisions {
        [decision] => decision.serialize(serializer),
        several => several.serialize(serializer),
    }
}

/// What a row that grew counts as.
#[derive(Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowCount {
    /// The connections it grew by.
    #[default]
    Connections,
    /// One for each different flow that grew in the window.
    Flows,
    /// One for each different source of such flows.
    Sources,
    /// One for each different destination.
    Destinations,
    /// One for each different port, with its protocol.
    Ports,
    /// One for each different user.
    Users,
}

/// Ports from the first to the last, both included.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The first.
    pub from: u16,
    /// The last, at least the first.
    pub to: u16,
}

/// `key=value`.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The dimension: role, app, env, loc or the user's own.
    pub key: String,
    /// The value, case-sensitive; `Web|App` is either, or what is called so.
    pub value: String,
}

impl Label {
    /// The values of which a workload bears one.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let several = self.value.contains('|').then(|| self.value.split('|').map(str::trim));
        let each = several.into_iter().flatten().filter(|value| !value.is_empty());
        std::iter::once(self.value.as_str()).chain(each)
    }
}

/// When matches become an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// One match is enough.
    Immediate,
    /// So many untold matches in some window.
    Count {
        /// 1–10⁹.
        count: u64,
        /// Minutes, 1–10,080.
        window: u32,
    },
    /// A condition: fewer matches than that in the last window.
    Below {
        /// 1–10⁹.
        count: u64,
        /// Minutes, 1–10,080.
        window: u32,
    },
    /// A condition: so many workloads at least, each for so long.
    Standing {
        /// 1–10⁹.
        count: u64,
        /// Minutes, 0–10,080.
        minutes: u32,
    },
}

/// How bad it is; ordered, the worst is the greatest.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Info,
    /// Look at it today.
    #[default]
    Warning,
    /// Look at it now.
    Critical,
}

/// The decisions that the enabled traffic rules ask for, empty for all of them;
/// `None` without such a rule.
pub fn decisions(rules: &[Rule]) -> Option<Vec<Decision>> {
    let enabled = rules.iter().filter(|rule| rule.enabled);
    let asked = enabled.filter_map(|rule| match &rule.filter {
        Filter::Traffic(filter) => Some(filter.decisions.as_slice()),
        Filter::Event(_) | Filter::Workload(_) => None,
    });
    let asked: Vec<&[Decision]> = asked.collect();
    if asked.is_empty() {
        return None;
    }
    if asked.iter().any(|decisions| decisions.is_empty()) {
        return Some(Vec::new());
    }
    let all: BTreeSet<Decision> = asked.concat().into_iter().collect();
    Some(all.into_iter().collect())
}

/// The PCE's IP lists that the enabled rules name, each with the ids of these rules.
pub fn ip_lists(rules: &[Rule]) -> BTreeMap<String, Vec<i64>> {
    let mut lists: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.enabled) {
        let Filter::Traffic(filter) = &rule.filter else { continue };
        for name in filter.ip_lists().flatten() {
            let ids = lists.entry(name.clone()).or_default();
            if ids.last() != Some(&rule.id) {
                ids.push(rule.id);
            }
        }
    }
    lists
}

impl TrafficFilter {
    /// The IP lists that it names, key by key.
    pub fn ip_lists(&self) -> impl Iterator<Item = &Vec<String>> {
        [&self.src_list, &self.dst_list, &self.not_src_list, &self.not_dst_list].into_iter()
    }
}

/// What a rule's count counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Events that match, or the objects that they name.
    #[default]
    Matches,
    /// Connections.
    Connections,
    /// Different flows.
    Flows,
    /// Different sources.
    Sources,
    /// Different destinations.
    Destinations,
    /// Different ports.
    Ports,
    /// Different users.
    Users,
    /// Different workloads.
    Workloads,
}

impl Filter {
    /// What the rule's count counts.
    pub fn measure(&self) -> Measure {
        match self {
            Self::Event(filter) => match filter.count_by {
                EventCount::Events | EventCount::Objects => Measure::Matches,
                EventCount::Users => Measure::Users,
                EventCount::Sources => Measure::Sources,
                EventCount::Workloads => Measure::Workloads,
            },
            Self::Traffic(filter) => match filter.count_by {
                FlowCount::Connections => Measure::Connections,
                FlowCount::Flows => Measure::Flows,
                FlowCount::Sources => Measure::Sources,
                FlowCount::Destinations => Measure::Destinations,
                FlowCount::Ports => Measure::Ports,
                FlowCount::Users => Measure::Users,
            },
            Self::Workload(_) => Measure::Workloads,
        }
    }

    /// Whether it counts some apart.
    pub fn is_apart(&self) -> bool {
        match self {
            Self::Event(filter) => !filter.per.is_empty(),
            Self::Traffic(filter) => !filter.per.is_empty(),
            Self::Workload(_) => false,
        }
    }

    /// What the state knows the filter by: a hash of what it asks for. Fields that
    /// ask for nothing leave no trace, so that new ones change nothing.
    pub fn fingerprint(&self) -> String {
        // Plain data of texts and numbers has no reason not to become JSON.
        let text = serde_json::to_string(self).unwrap_or_default();
        format!("{:016x}", crate::packed::hash(text.as_bytes()))
    }
}

/// The enabled rules, each under the key that the state knows it by: its id and
/// what it matches. Of several alike, each has its own.
pub fn keyed(rules: &[Rule]) -> Vec<(String, &Rule)> {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    let enabled = rules.iter().filter(|rule| rule.enabled);
    let keys = enabled.map(|rule| {
        let key = format!("{}-{}", rule.id, rule.filter.fingerprint());
        let nth = times.entry(key.clone()).or_insert(0);
        *nth += 1;
        (if *nth == 1 { key } else { format!("{key}-{nth}") }, rule)
    });
    keys.collect()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Level {
    /// The word in the config and in the mail's headers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
