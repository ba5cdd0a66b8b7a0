//! The twelve rules that everybody should begin with, a second set for those who look for
//! attackers, and what a file lacks of them.
//!
//! The twelve are those of the Python tool, as JSON as it stands in the file, since that is
//! what they are compared with and written to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::security_practices;
use crate::lang::{Lang, best_practices as words};

/// Minutes between two mails about traffic that is merely blocked.
const TRAFFIC_COOLDOWN: u32 = 240;

/// DHCP, NetBIOS, SSDP, mDNS and LLMNR [IANA]: what a local network always says.
pub(super) const CHATTER: &str = "67,68,137,138,1900,5353,5355";

/// Multicast of both families [RFC 5771, RFC 4291] and the limited broadcast [RFC 919].
pub(super) const TO_MANY: [&str; 3] = ["224.0.0.0/4", "ff00::/8", "255.255.255.255"];

/// What a user may have changed on a rule that still is the best practice.
const USERS_OWN: [&str; 3] = ["id", "enabled", "note"];

/// What the Python tool wrote and nobody reads: its only key, and the numbers
/// that it gave to `immediate` rules too.
const IDLE: [&str; 3] = ["filter_key", "threshold_count", "threshold_window"];

/// Whole event types that say what the Python tool's fragments say.
const WHOLE: [(&str, &str); 2] = [
    ("system_task.agent_missed_heartbeats_check", "agent_missed_heartbeats"),
    ("system_task.agent_offline_check", "agent_offline_check"),
];

/// What narrows a rule to less than its name or its decision: it is another rule then.
const NARROWING: [&str; 19] = [
    "severity",
    "status",
    "source_ip",
    "workload",
    "change",
    "user",
    "port",
    "proto",
    "src_label",
    "dst_label",
    "src_ip_in",
    "dst_ip_in",
    "process",
    "src_host",
    "dst_host",
    "src_list",
    "dst_list",
    "src_managed",
    "dst_managed",
];

/// What makes a rule of the second set what it is; how it is narrowed is the user's.
const SHAPE: [&str; 4] = ["per", "count_by", "filter_value", "state"];

/// What a user may leave out of a best practice, which stays left out.
const EXCEPTIONS: [&str; 8] = [
    "not_source_ip",
    "not_workload",
    "not_user",
    "not_process",
    "not_src_host",
    "not_dst_host",
    "not_src_list",
    "not_dst_list",
];

/// The twelve rules with the ids 1 to 12, their texts in this language.
pub fn best_practices(lang: Lang) -> Vec<Value> {
    let events = EVENTS.iter().map(|practice| practice.rule(lang));
    let traffic = TRAFFIC.iter().map(|practice| practice.rule(lang));
    events.chain(traffic).zip(1..).map(|(rule, id)| with_id(rule, id)).collect()
}

fn with_id(mut rule: Value, id: i64) -> Value {
    rule["id"] = Value::from(id);
    rule
}

/// Which best practices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// The twelve to begin with.
    First,
    /// Who attacks, and how wide.
    Security,
}

impl Set {
    /// Both, with the words that they are asked for by.
    pub const ALL: [(&'static str, Self); 2] =
        [("first", Self::First), ("security", Self::Security)];

    /// The rules, with the ids that they have where these are free.
    pub fn rules(self, lang: Lang) -> Vec<Value> {
        match self {
            Self::First => best_practices(lang),
            Self::Security => {
                let rules = security_practices::rules(lang).into_iter().zip(SECURITY_IDS..);
                rules.map(|(rule, id)| with_id(rule, id)).collect()
            }
        }
    }
}

/// The second set's ids begin here.
const SECURITY_IDS: i64 = 101;

/// What loading the best practices into a file would do.
#[derive(Debug)]
pub struct Plan {
    /// To add; with an id where that id is free, else without one.
    pub missing: Vec<Value>,
    /// To replace, where the user agrees: the rule's place among the file's rules,
    /// and what it would become. Its id, its `enabled`, its `note` and the keys
    /// that start with `_` stay as they are.
    pub differing: Vec<(usize, Value)>,
    /// So many stand there already, word for word.
    pub present: usize,
}

/// Compares the file's rules, as they stand, with the best practices. A rule is one
/// of them by what it matches; its texts, level and threshold may differ.
pub fn plan(rules: &[Value], set: Set, lang: Lang) -> Plan {
    let mut plan = Plan { missing: Vec::new(), differing: Vec::new(), present: 0 };
    let mut taken: BTreeSet<i64> = rules.iter().filter_map(|rule| rule["id"].as_i64()).collect();
    for mut practice in set.rules(lang) {
        let alike: Vec<(usize, &Value)> = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| match set {
                Set::First => is_about_the_same(rule, &practice),
                Set::Security => is_of_one_shape(rule, &practice),
            })
            .collect();
        if alike.iter().any(|(_, rule)| says_the_same(rule, &practice)) {
            plan.present += 1;
        } else if let Some((index, rule)) = alike.first() {
            plan.differing.push((*index, replaced(rule, practice)));
        } else {
            if !practice["id"].as_i64().is_some_and(|id| taken.insert(id)) {
                remove(&mut practice, "id");
            }
            plan.missing.push(practice);
        }
    }
    plan
}

type Sentence = fn(Lang) -> String;

struct EventPractice {
    texts: [Sentence; 3],
    filter_value: &'static str,
    level: &'static str,
    /// How many objects or events in ten minutes; `None`: each alerts at once.
    count: Option<u32>,
    by_objects: bool,
}

/// The Python tool's filters, in its order. `agent_missed_heartbeats` and
/// `agent_offline_check` are parts of `system_task.…` types, `user.login_failed`
/// is a notification of `user.sign_in`, `rule_set` is in `rule_sets.delete` too
/// [REST 25.2, "List of Event Types", "Notification Messages"].
const EVENTS: [EventPractice; 10] = [
    EventPractice::at_once(
        "agent.tampering",
        "critical",
        [words::tampering_name, words::tampering_desc, words::tampering_rec],
    ),
    EventPractice::at_once(
        "agent.clone_detected",
        "critical",
        [words::clone_name, words::clone_desc, words::clone_rec],
    ),
    EventPractice::at_once(
        "agent.suspend",
        "critical",
        [words::suspended_name, words::suspended_desc, words::suspended_rec],
    ),
    EventPractice {
        count: Some(3),
        by_objects: true,
        ..EventPractice::at_once(
            "agent_missed_heartbeats",
            "warning",
            [words::heartbeats_name, words::heartbeats_desc, words::heartbeats_rec],
        )
    },
    EventPractice::at_once(
        "agent_offline_check",
        "critical",
        [words::offline_name, words::offline_desc, words::offline_rec],
    ),
    EventPractice::at_once(
        "lost_agent.found",
        "info",
        [words::lost_name, words::lost_desc, words::lost_rec],
    ),
    EventPractice {
        count: Some(3),
        ..EventPractice::at_once(
            "user.login_failed",
            "warning",
            [words::login_name, words::login_desc, words::login_rec],
        )
    },
    EventPractice::at_once(
        "request.authentication_failed",
        "warning",
        [words::api_name, words::api_desc, words::api_rec],
    ),
    EventPractice::at_once(
        "rule_set",
        "info",
        [words::ruleset_name, words::ruleset_desc, words::ruleset_rec],
    ),
    EventPractice::at_once(
        "request.internal_server_error",
        "info",
        [words::internal_name, words::internal_desc, words::internal_rec],
    ),
];

impl EventPractice {
    const fn at_once(
        filter_value: &'static str,
        level: &'static str,
        texts: [Sentence; 3],
    ) -> Self {
        Self { texts, filter_value, level, count: None, by_objects: false }
    }

    fn rule(&self, lang: Lang) -> Value {
        let [name, desc, rec] = self.texts.map(|text| text(lang));
        let mut rule = json!({
            "type": "event", "name": name, "level": self.level,
            "desc": desc, "rec": rec,
            "filter_value": self.filter_value, "threshold_type": "immediate"
        });
        if let Some(count) = self.count {
            counted(&mut rule, count);
        }
        if self.by_objects {
            rule["count_by"] = "objects".into();
        }
        rule
    }
}

struct TrafficPractice {
    texts: [Sentence; 3],
    pd: u8,
    level: &'static str,
}

const TRAFFIC: [TrafficPractice; 2] = [
    TrafficPractice {
        texts: [words::blocked_name, words::blocked_desc, words::blocked_rec],
        pd: 2,
        level: "warning",
    },
    TrafficPractice {
        texts: [words::potential_name, words::potential_desc, words::potential_rec],
        pd: 1,
        level: "info",
    },
];

impl TrafficPractice {
    fn rule(&self, lang: Lang) -> Value {
        let [name, desc, rec] = self.texts.map(|text| text(lang));
        let mut rule = json!({
            "type": "traffic", "name": name, "level": self.level,
            "desc": desc, "rec": rec,
            "pd": self.pd, "ex_port": CHATTER, "ex_dst_ip": TO_MANY, "per": "source",
            "cooldown_minutes": TRAFFIC_COOLDOWN
        });
        counted(&mut rule, 10);
        rule
    }
}

/// So many in ten minutes.
fn counted(rule: &mut Value, count: u32) {
    rule["threshold_type"] = "count".into();
    rule["threshold_count"] = count.into();
    rule["threshold_window"] = 10.into();
}

/// Whether a rule is the older form of one of the twelve, which counts all sources
/// together, so that a noisy one hides the others.
pub fn is_older(rule: &Value) -> bool {
    let of_now = best_practices(Lang::En);
    let now = of_now.iter().find(|practice| is_about_the_same(rule, practice));
    now.is_some_and(|practice| is_given(practice, "per") && !is_given(rule, "per"))
}

/// One of the twelve that counts nothing apart, which some do by now, is the same still.
fn is_about_the_same(rule: &Value, practice: &Value) -> bool {
    if rule["type"] != practice["type"] {
        return false;
    }
    if NARROWING.iter().any(|key| is_given(rule, key)) || is_given(rule, "new_within_days") {
        return false;
    }
    if is_given(rule, "per") && rule["per"] != practice["per"] {
        return false;
    }
    if rule["type"] == "traffic" && rule["count_by"].as_str().is_some_and(|by| !is_plain(by)) {
        return false;
    }
    match rule["type"] == "event" {
        true => event_filter(rule) == event_filter(practice),
        false => decisions(rule) == decisions(practice),
    }
}

/// Whether it counts connections, or flows.
fn is_plain(count_by: &str) -> bool {
    ["connections", "flows"].contains(&count_by)
}

fn is_of_one_shape(rule: &Value, practice: &Value) -> bool {
    let field = |rule: &Value| rule["change"]["field"].clone();
    let is_new = |rule: &Value| is_given(rule, "new_within_days");
    rule["type"] == practice["type"]
        && is_new(rule) == is_new(practice)
        && field(rule) == field(practice)
        && SHAPE.iter().all(|key| filled(rule.get(key)) == filled(practice.get(key)))
}

/// The numbers of a rule's policy decisions, one or several.
fn decisions(rule: &Value) -> BTreeSet<i64> {
    match &rule["pd"] {
        Value::Array(several) => several.iter().filter_map(Value::as_i64).collect(),
        one => one.as_i64().into_iter().collect(),
    }
}

fn event_filter(rule: &Value) -> Option<&str> {
    let value = rule["filter_value"].as_str()?.trim();
    let fragment = WHOLE.iter().find(|(whole, _)| *whole == value);
    Some(fragment.map_or(value, |(_, fragment)| fragment))
}

fn says_the_same(rule: &Value, practice: &Value) -> bool {
    let (Some(rule), Some(practice)) = (rule.as_object(), practice.as_object()) else {
        return false;
    };
    let at_once = practice.get("threshold_type").is_some_and(|kind| kind == "immediate");
    let counts = |key: &str| {
        !USERS_OWN.contains(&key)
            && !EXCEPTIONS.contains(&key)
            && !key.starts_with('_')
            && !(IDLE.contains(&key) && (at_once || key == "filter_key"))
    };
    let mut keys = rule.keys().chain(practice.keys()).filter(|key| counts(key));
    keys.all(|key| filled(rule.get(key)) == filled(practice.get(key)))
}

/// The practice in the rule's place.
fn replaced(rule: &Value, mut practice: Value) -> Value {
    for (key, value) in rule.as_object().into_iter().flatten() {
        let key = key.as_str();
        if USERS_OWN.contains(&key) || EXCEPTIONS.contains(&key) || key.starts_with('_') {
            practice[key] = value.clone();
        }
    }
    if !is_given(rule, "id") {
        remove(&mut practice, "id");
    }
    practice
}

fn is_given(rule: &Value, key: &str) -> bool {
    match filled(rule.get(key)) {
        None => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    }
}

fn filled(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn remove(rule: &mut Value, key: &str) {
    if let Some(members) = rule.as_object_mut() {
        members.remove(key);
    }
}
