//! The rules, key by key, with their defaults and ranges.

use std::borrow::Cow;

use ipnet::IpNet;

use super::node::Node;
use super::problem::{Problems, shown};
use super::strict::Section;
use crate::lang::Lang;
use crate::lang::config as words;
use crate::rules::{
    Decision, EventCount, EventFilter, Filter, FlowCount, Label, Level, PortRange, Rule, Threshold,
    TrafficFilter, protocol,
};

const COMMON: &[&str] = &[
    "id",
    "type",
    "name",
    "enabled",
    "level",
    "desc",
    "rec",
    "note",
    "threshold_type",
    "threshold_count",
    "threshold_window",
    "cooldown_minutes",
    "count_by",
];

/// `filter_key` is the Python tool's, which never read it either.
const EVENT: &[&str] = &["filter_key", "filter_value", "severity", "status"];

const TRAFFIC: &[&str] = &[
    "pd",
    "port",
    "proto",
    "src_label",
    "dst_label",
    "src_ip_in",
    "dst_ip_in",
    "ex_port",
    "ex_src_label",
    "ex_dst_label",
    "ex_src_ip",
    "ex_dst_ip",
];

/// syslog's, and the longer words that the PCE's papers use beside them.
const SEVERITIES: &[&str] = &[
    "emerg", "alert", "crit", "critical", "err", "error", "warning", "notice", "info", "debug",
    "none",
];

const STATUSES: &[&str] = &["success", "failure", "none"];

/// The longest window and cooldown: a week of minutes.
const WEEK: u32 = 10_080;

/// The keys that one kind of rule or the other has, each once.
pub(super) fn keys() -> Vec<&'static str> {
    [COMMON, EVENT, TRAFFIC].concat()
}

/// Where a rule's key stands when the program writes the rule: in the order in
/// which a person reads it. The user's own keys come last.
pub fn place_of_key(key: &str) -> usize {
    const HEAD: &[&str] = &["id", "type", "name", "enabled", "level", "desc", "rec", "note"];
    let known = [HEAD, EVENT, TRAFFIC, COMMON].concat();
    known.iter().position(|one| *one == key).unwrap_or(known.len())
}

/// Reads `rules`; ids that stand twice run, and are told as a remark.
pub(super) fn read_all(node: Option<&Node>, problems: &Problems, remarks: &Problems) -> Vec<Rule> {
    let list = match node {
        None | Some(Node::Null) => return Vec::new(),
        Some(Node::List(list)) => list,
        Some(other) => {
            problems.add("rules", |lang| words::want_rules(lang, other.kind().word(lang)));
            return Vec::new();
        }
    };
    let mut rules: Vec<Rule> = Vec::new();
    for (at, node) in list.iter().enumerate() {
        let path = format!("rules[{at}]");
        let Some(rule) = read(node, &path, problems) else {
            continue;
        };
        if rules.iter().any(|other| other.id == rule.id) {
            remarks.add(&format!("{path}.id"), |lang| words::double_id(lang, rule.id));
        }
        rules.push(rule);
    }
    rules
}

/// Reads one rule; a rule with something wrong may come out with a default in
/// its place, and the problems say so.
pub(super) fn read(node: &Node, path: &str, problems: &Problems) -> Option<Rule> {
    let kind = rule_type(node, path, problems)?;
    let own = match kind {
        RuleType::Event => EVENT,
        RuleType::Traffic => TRAFFIC,
    };
    let known = [COMMON, own].concat();
    let rule = Section::open(Some(node), path, &known, problems);
    let id = rule.int("id", i64::MIN, i64::MAX);
    if rule.get("id").is_none() {
        rule.missing("id", "1");
    }
    let name = rule.trimmed("name");
    if name.is_none() && !rule.has_other_type("name") {
        rule.missing("name", "\"Agent tampering\"");
    }
    let filter = match kind {
        RuleType::Event => Filter::Event(event(&rule)),
        RuleType::Traffic => Filter::Traffic(traffic(&rule)),
    };
    let threshold = threshold(&rule);
    let cooldown = rule.uint("cooldown_minutes", 0, WEEK);
    let text = |key| rule.text(key).unwrap_or_default().to_owned();
    Some(Rule {
        id: id.unwrap_or_default(),
        name: name.unwrap_or_default().to_owned(),
        enabled: rule.bool("enabled").unwrap_or(true),
        level: level(&rule),
        desc: text("desc"),
        rec: text("rec"),
        note: text("note"),
        filter,
        threshold,
        cooldown_minutes: cooldown.unwrap_or(match threshold {
            Threshold::Immediate => 0,
            Threshold::Count { window, .. } => window,
        }),
    })
}

#[derive(Clone, Copy)]
enum RuleType {
    Event,
    Traffic,
}

/// The type comes first: it says which other keys there may be.
fn rule_type(node: &Node, path: &str, problems: &Problems) -> Option<RuleType> {
    let Node::Object(entries) = node else {
        problems.add(path, |lang| words::want_object(lang, node.kind().word(lang)));
        return None;
    };
    let found = entries.iter().find(|(key, _)| key == "type");
    let at = format!("{path}.type");
    match found.map(|(_, node)| node) {
        Some(Node::Text(text)) => match text.as_str() {
            "event" => Some(RuleType::Event),
            "traffic" => Some(RuleType::Traffic),
            other => {
                problems.add(&at, |lang| words::unknown_type(lang, shown(other)));
                None
            }
        },
        None | Some(Node::Null) => {
            problems.add(&at, |lang| words::missing(lang, "\"event\", \"traffic\""));
            None
        }
        Some(other) => {
            problems.add(&at, |lang| words::want_text(lang, other.kind().word(lang)));
            None
        }
    }
}

fn level(rule: &Section<'_>) -> Level {
    let known = [Level::Critical, Level::Warning, Level::Info].map(|level| (level.word(), level));
    rule.word("level", &known).unwrap_or_default()
}

/// The Python tool always wrote all three keys, the numbers with `immediate`
/// too. Without a type, a count says that counting is meant.
fn threshold(rule: &Section<'_>) -> Threshold {
    let counts = rule.word("threshold_type", &[("immediate", false), ("count", true)]);
    let count = rule.uint("threshold_count", 1, 1_000_000_000);
    let window = rule.uint("threshold_window", 1, WEEK);
    let given = |key| rule.get(key).is_some();
    let typed = given("threshold_type");
    if !counts.unwrap_or(!typed && given("threshold_count")) {
        return Threshold::Immediate;
    }
    for (key, example) in [("threshold_count", "10"), ("threshold_window", "10")] {
        if !given(key) {
            rule.missing(key, example);
        }
    }
    Threshold::Count { count: count.unwrap_or(1).into(), window: window.unwrap_or(1) }
}

fn event(rule: &Section<'_>) -> EventFilter {
    let count_by =
        rule.word("count_by", &[("events", EventCount::Events), ("objects", EventCount::Objects)]);
    EventFilter {
        filter_value: filter_value(rule),
        severity: words_of(rule, "severity", SEVERITIES),
        status: words_of(rule, "status", STATUSES),
        count_by: count_by.unwrap_or_default(),
    }
}

/// An empty alternative would be a part of every name, and so match every event.
fn filter_value(rule: &Section<'_>) -> String {
    const KEY: &str = "filter_value";
    if rule.get(KEY).is_none() {
        rule.missing(KEY, "\"agent.tampering\"");
        return String::new();
    }
    let Some(text) = rule.text(KEY) else {
        return String::new();
    };
    if text.split('|').any(|part| part.trim().is_empty()) {
        rule.wrong(KEY, words::empty_filter);
    }
    let parts: Vec<_> = text.split('|').map(str::trim).collect();
    parts.join("|")
}

fn words_of(rule: &Section<'_>, key: &str, known: &'static [&'static str]) -> Vec<String> {
    let items = rule.items(key);
    for text in &items {
        if !known.contains(&text.as_ref()) {
            rule.not_one_of(key, text, known.iter().copied());
        }
    }
    items.into_iter().map(Cow::into_owned).collect()
}

fn traffic(rule: &Section<'_>) -> TrafficFilter {
    let count_by = rule
        .word("count_by", &[("connections", FlowCount::Connections), ("flows", FlowCount::Flows)]);
    TrafficFilter {
        decision: decision(rule),
        ports: parts(rule, "port", port_range, words::bad_port),
        proto: proto(rule),
        src_label: labels(rule, "src_label"),
        dst_label: labels(rule, "dst_label"),
        src_ip: addresses(rule, "src_ip_in"),
        dst_ip: addresses(rule, "dst_ip_in"),
        ex_ports: parts(rule, "ex_port", port_range, words::bad_port),
        ex_src_label: labels(rule, "ex_src_label"),
        ex_dst_label: labels(rule, "ex_dst_label"),
        ex_src_ip: addresses(rule, "ex_src_ip"),
        ex_dst_ip: addresses(rule, "ex_dst_ip"),
        count_by: count_by.unwrap_or_default(),
    }
}

fn decision(rule: &Section<'_>) -> Option<Decision> {
    if rule.get("pd").is_none() {
        rule.wrong("pd", words::pd_missing);
    }
    match rule.int("pd", -1, 3)? {
        0 => Some(Decision::Allowed),
        1 => Some(Decision::PotentiallyBlocked),
        2 => Some(Decision::Blocked),
        3 => Some(Decision::Unknown),
        _ => None,
    }
}

fn proto(rule: &Section<'_>) -> Option<u8> {
    let text = match rule.get("proto")? {
        Node::Number(number) => number.to_string(),
        Node::Text(text) => text.trim().to_owned(),
        _ => return rule.int("proto", 0, 255).and(None),
    };
    if text.is_empty() {
        return None;
    }
    let number = protocol::number(&text);
    if number.is_none() {
        rule.wrong("proto", |lang| words::bad_proto(lang, shown(&text)));
    }
    number
}

fn labels(rule: &Section<'_>, key: &str) -> Vec<Label> {
    let label = |text: &str| {
        let (name, value) = text.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        (!name.is_empty() && !value.is_empty())
            .then(|| Label { key: name.to_owned(), value: value.to_owned() })
    };
    parts(rule, key, label, words::bad_label)
}

/// Addresses and networks; bits of the host part are let go.
fn addresses(rule: &Section<'_>, key: &str) -> Vec<IpNet> {
    let net = |text: &str| {
        let net = match text.parse::<std::net::IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse().ok()?,
        };
        Some(net.trunc())
    };
    parts(rule, key, net, words::bad_ip)
}

/// `443`, `8000-8100`.
fn port_range(text: &str) -> Option<PortRange> {
    let port = |text: &str| {
        let text = text.trim();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|port| digits && *port > 0)
    };
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (port(from)?, port(to)?);
    (from <= to).then_some(PortRange { from, to })
}

/// Each part of a list or of a text with commas, or the sentence on what it should be.
fn parts<T>(
    rule: &Section<'_>,
    key: &str,
    read: impl Fn(&str) -> Option<T>,
    sentence: fn(Lang, String) -> String,
) -> Vec<T> {
    let mut list = Vec::new();
    for text in rule.items(key) {
        match read(&text) {
            Some(part) => list.push(part),
            None => rule.wrong(key, |lang| sentence(lang, shown(&text))),
        }
    }
    list
}
