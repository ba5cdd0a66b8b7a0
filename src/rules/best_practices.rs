//! The twelve rules that everybody should begin with, a second set for those who look for
//! attackers, and what a file lacks of them.
//!
//! The twelve are those of the Python tool, as JSON as it stands in the file, since that is
//! what they are compared with and written to.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::{protocol, security_practices};
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
const EXCEPTIONS: [&str; 11] = [
    "ex_src_label",
    "ex_dst_label",
    "ex_src_ip",
    "not_source_ip",
    "not_workload",
    "not_user",
    "not_process",
    "not_src_host",
    "not_dst_host",
    "not_src_list",
    "not_dst_list",
];

/// What a user may leave out of one beside what it leaves out itself.
const FURTHER: [&str; 2] = ["ex_port", "ex_dst_ip"];

/// A person's words, which are compared as they stand.
const PROSE: [&str; 4] = ["name", "desc", "rec", "technique"];

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
    /// and what it would become. Its id, its `enabled`, its `note`, what it leaves out
    /// and the keys that start with `_` stay as they are.
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

/// Those that are older forms of some of the twelve, which count all sources together, so
/// that a noisy one hides the others.
pub fn older(rules: &[Value]) -> Vec<&Value> {
    let of_now = best_practices(Lang::En);
    let is_older = |rule: &&Value| {
        let now = of_now.iter().find(|practice| is_about_the_same(rule, practice));
        now.is_some_and(|practice| is_given(practice, "per") && !is_given(rule, "per"))
    };
    rules.iter().filter(is_older).collect()
}

/// Rules of the Python tool's that are on and say no level, about what the best practices
/// call critical: it had no levels, and no subject would ever say CRITICAL. Its mark is the
/// key `filter_key`; who writes a rule today may mean a warning.
pub fn without_level(rules: &[Value]) -> Vec<&Value> {
    let of_now = best_practices(Lang::En);
    let is_critical = |rule: &Value| {
        let now = of_now.iter().find(|practice| is_about_the_same(rule, practice));
        now.is_some_and(|practice| practice["level"] == CRITICAL)
    };
    let is_its = |rule: &Value| rule.get("filter_key").is_some() && rule["enabled"] != false;
    let open = rules.iter().filter(|rule| is_its(rule) && !is_given(rule, "level"));
    open.filter(|rule| is_critical(rule)).collect()
}

/// The level of [`without_level`]'s rules among the best practices.
pub const CRITICAL: &str = "critical";

/// One of the twelve that counts nothing apart, which some do by now, is the same still.
fn is_about_the_same(rule: &Value, practice: &Value) -> bool {
    if rule["type"] != practice["type"] {
        return false;
    }
    if NARROWING.iter().any(|key| is_given(rule, key)) || is_given(rule, "new_within_days") {
        return false;
    }
    if is_given(rule, "per") && said(rule, "per") != said(practice, "per") {
        return false;
    }
    if rule["type"] == "traffic" && rule["count_by"].as_str().is_some_and(|by| !is_plain(by)) {
        return false;
    }
    match rule["type"] == "event" {
        true => event_filter(rule) == event_filter(practice),
        false => said(rule, "pd") == said(practice, "pd"),
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
        && SHAPE.iter().all(|key| said(rule, key) == said(practice, key))
}

fn event_filter(rule: &Value) -> Option<&str> {
    let value = rule["filter_value"].as_str()?.trim();
    let fragment = WHOLE.iter().find(|(whole, _)| *whole == value);
    Some(fragment.map_or(value, |(_, fragment)| fragment))
}

fn says_the_same(rule: &Value, practice: &Value) -> bool {
    let at_once = practice["threshold_type"] == "immediate";
    let counts = |key: &str| {
        !is_the_users(key) && !(IDLE.contains(&key) && (at_once || key == "filter_key"))
    };
    let of_both = [rule, practice].into_iter().filter_map(Value::as_object);
    let keys: BTreeSet<&String> = of_both.flat_map(|members| members.keys()).collect();
    keys.into_iter().filter(|key| counts(key)).all(|key| match FURTHER.contains(&key.as_str()) {
        true => {
            let own = parts(key, &rule[key]);
            parts(key, &practice[key]).iter().all(|part| is_in(part, &own))
        }
        false => said(rule, key) == said(practice, key),
    })
}

/// The practice in the rule's place.
fn replaced(rule: &Value, mut practice: Value) -> Value {
    for (key, value) in rule.as_object().into_iter().flatten() {
        if is_the_users(key) {
            practice[key] = value.clone();
        } else if FURTHER.contains(&key.as_str()) && is_given(rule, key) {
            practice[key] = both(key, &practice[key], value);
        }
    }
    if !is_given(rule, "id") {
        remove(&mut practice, "id");
    }
    practice
}

fn is_the_users(key: &str) -> bool {
    USERS_OWN.contains(&key) || EXCEPTIONS.contains(&key) || key.starts_with('_')
}

/// What the practice leaves out and what the user does, in the practice's form.
fn both(key: &str, practices: &Value, users: &Value) -> Value {
    let mut all = parts(key, practices);
    for part in parts(key, users) {
        if !is_in(&part, &all) {
            all.push(part);
        }
    }
    match practices {
        Value::Null => users.clone(),
        Value::String(_) => all.join(",").into(),
        _ => all.into(),
    }
}

/// Whether one of these is this port, range, address or network, or holds all of it.
fn is_in(part: &str, all: &[String]) -> bool {
    let holds = |one: &String| {
        let ports = ports(one).zip(ports(part));
        let nets = net(one).zip(net(part));
        one == part
            || ports.is_some_and(|(one, part)| one.0 <= part.0 && part.1 <= one.1)
            || nets.is_some_and(|(one, part)| one.contains(&part))
    };
    all.iter().any(holds)
}

fn ports(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

fn net(text: &str) -> Option<IpNet> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    Some(address.or_else(|_| text.parse()).ok()?.trunc())
}

fn is_given(rule: &Value, key: &str) -> bool {
    said(rule, key).is_some()
}

/// What a rule says by this key, in one form for all in which it can stand in the file: a
/// single value is a list of one, so is a text a list of its parts, and the order of a list
/// means nothing. `None` where it says nothing.
fn said(rule: &Value, key: &str) -> Option<Value> {
    match rule.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if PROSE.contains(&key) => Some(text.trim().into()),
        Some(Value::Object(members)) => {
            let each = members.iter().map(|(key, value)| (key.clone(), in_order(key, value)));
            Some(each.collect::<serde_json::Map<_, _>>().into())
        }
        Some(value) => Some(in_order(key, value)),
    }
    .filter(|said| *said != json!("") && *said != json!([]))
}

fn in_order(key: &str, value: &Value) -> Value {
    let each = parts(key, value).into_iter().map(|part| match key {
        "proto" => protocol::number(&part).map_or(part, |number| number.to_string()),
        _ => part,
    });
    each.collect::<BTreeSet<String>>().into_iter().collect()
}

/// The parts of a list, or of a text; those of a list may hold commas.
fn parts(key: &str, value: &Value) -> Vec<String> {
    // What a change goes from and to may be null.
    let is_one_of = ["filter_value", "from", "to"].contains(&key);
    let apart = |text: &str, by: char| {
        let parts = text.split(by).map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    match value {
        Value::Null if !is_one_of => Vec::new(),
        Value::Array(several) if is_one_of => {
            several.iter().flat_map(|one| parts(key, one)).collect()
        }
        Value::Array(several) => {
            let text = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            let each = several.iter().map(|one| text(one).trim().to_owned());
            each.filter(|part| !part.is_empty()).collect()
        }
        Value::String(text) => apart(text, if is_one_of { '|' } else { ',' }),
        other => vec![other.to_string()],
    }
}

fn remove(rule: &mut Value, key: &str) {
    if let Some(members) = rule.as_object_mut() {
        members.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: Set) -> Vec<Value> {
        set.rules(Lang::En)
    }

    /// The set, with these keys on the rule at this place.
    fn with(set: Set, place: usize, keys: &Value) -> Vec<Value> {
        let mut rules = of(set);
        for (key, value) in keys.as_object().into_iter().flatten() {
            rules[place][key] = value.clone();
        }
        rules
    }

    #[test]
    fn what_a_user_leaves_out_beside_is_the_best_practice_still_and_stays() {
        let cases = [
            (Set::First, 10, json!({"ex_src_ip": "10.7.0.1", "ex_src_label": "role=Scanner"})),
            (Set::First, 11, json!({"ex_dst_label": ["role=Trap"]})),
            (Set::First, 10, json!({"ex_port": format!("9100,{CHATTER}")})),
            (Set::First, 10, json!({"ex_port": ["67-68", "130-140", 1900, "5353-5355"]})),
            (Set::First, 10, json!({"ex_dst_ip": "224.0.0.0/4, ff00::/8, 255.255.255.255/32"})),
            (Set::First, 10, json!({"ex_dst_ip": ["10.0.0.0/8", "224.0.0.0/3", "ff00::/8"]})),
            (Set::Security, 0, json!({"ex_port": 135, "ex_dst_ip": ["10.7.0.1"]})),
            (Set::Security, 2, json!({"ex_port": format!("{CHATTER},80"), "ex_src_ip": "::1"})),
        ];
        for (set, place, keys) in cases {
            let mut rules = with(set, place, &keys);
            assert_eq!(plan(&rules, set, Lang::En).differing.len(), 0, "{keys}");
            // It differs by something else: that is mended, and these stay.
            rules[place]["level"] = json!("odd");
            let plan_now = plan(&rules, set, Lang::En);
            assert_eq!(plan_now.differing.len(), 1, "{keys}");
            let (at, becomes) = &plan_now.differing[0];
            assert_eq!((*at, &becomes["level"]), (place, &of(set)[place]["level"]));
            for (key, value) in keys.as_object().into_iter().flatten() {
                let now = parts(key, &becomes[key]);
                assert!(parts(key, value).iter().all(|part| is_in(part, &now)), "{becomes}");
                let own = parts(key, &of(set)[place][key]);
                assert!(own.iter().all(|part| is_in(part, &now)), "{becomes}");
                config_like(&becomes[key]);
            }
            rules[place] = becomes.clone();
            let settled = plan(&rules, set, Lang::En);
            assert_eq!((settled.missing.len(), settled.differing.len()), (0, 0), "{becomes}");
        }
    }

    /// A text or a list of texts, numbers aside.
    fn config_like(value: &Value) {
        let is_text = |one: &Value| one.is_string() || one.is_number();
        let is_list = value.as_array().is_some_and(|list| list.iter().all(is_text));
        assert!(is_text(value) || is_list, "{value}");
    }

    #[test]
    fn one_that_leaves_out_less_than_the_practice_gets_what_it_lacks() {
        let keys = json!({"ex_port": "9100, 67-68", "ex_dst_ip": ["10.7.0.1"]});
        let plan_now = plan(&with(Set::First, 10, &keys), Set::First, Lang::En);
        let becomes = &plan_now.differing[0].1;
        assert_eq!(becomes["ex_port"], format!("{CHATTER},9100,67-68"));
        let all = ["224.0.0.0/4", "ff00::/8", "255.255.255.255", "10.7.0.1"];
        assert_eq!(becomes["ex_dst_ip"], json!(all));
    }

    #[test]
    fn the_form_in_which_a_key_stands_makes_no_difference() {
        let types = "sec_policy.create";
        let cases = [
            (Set::First, 10, json!({"per": ["source"], "pd": [2]})),
            (Set::First, 10, json!({"ex_dst_ip": TO_MANY.join(", "), "src_label": ""})),
            (Set::Security, 0, json!({"pd": [1, 2], "per": ["source"], "proto": 6})),
            (Set::Security, 0, json!({"port": ["445", 22, 135, "5985-5986", 3389]})),
            (Set::Security, 0, json!({"proto": "TCP", "threshold_count": "5"})),
            (Set::Security, 1, json!({"per": "destination, source"})),
            (Set::Security, 1, json!({"per": ["destination", "source"]})),
            (Set::Security, 4, json!({"status": "success", "per": "source_ip,user"})),
            (Set::Security, 12, json!({"filter_value": format!(" {types} "), "port": null})),
            (Set::Security, 12, json!({"change": {"to": [">100"], "field": "workloads_affected"}})),
            (Set::Security, 13, json!({"state": "offline"})),
        ];
        for (set, place, keys) in cases {
            let plan = plan(&with(set, place, &keys), set, Lang::En);
            let found = (plan.missing.len(), plan.differing.len(), plan.present);
            assert_eq!(found, (0, 0, of(set).len()), "{keys}: {plan:?}");
        }
    }

    #[test]
    fn what_differs_in_more_than_its_form_is_another_rule_or_differs() {
        let cases = [
            (Set::First, 10, json!({"per": ["source", "port"]}), (1, 0)),
            (Set::First, 10, json!({"pd": [2, 1]}), (1, 0)),
            (Set::Security, 1, json!({"per": ["source"]}), (1, 0)),
            (Set::Security, 13, json!({"state": ["offline", "suspended"]}), (1, 0)),
            (Set::Security, 0, json!({"port": "22"}), (0, 1)),
            (Set::Security, 0, json!({"pd": 2}), (0, 1)),
            (
                Set::Security,
                6,
                json!({"change": {
                "field": "enforcement_mode", "from": "full|selective", "to": null}}),
                (0, 1),
            ),
            (Set::First, 0, json!({"desc": "x, y"}), (0, 1)),
        ];
        for (set, place, keys, expected) in cases {
            let plan = plan(&with(set, place, &keys), set, Lang::En);
            assert_eq!((plan.missing.len(), plan.differing.len()), expected, "{keys}");
        }
    }
}
