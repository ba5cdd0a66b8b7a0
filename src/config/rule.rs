//! The rules, key by key, with their defaults and ranges.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use ipnet::IpNet;

use super::key::{Keys, Kind, keys};
use super::node::Node;
use super::problem::{Problems, shown};
use super::strict::Section;
use crate::lang::config as words;
use crate::lang::{Lang, listed};
use crate::rules::{
    Decision, EventCount, EventFilter, EventPer, FieldChange, Filter, FlowCount, FlowPer, Label,
    Level, Newness, PortRange, Rule, Threshold, TrafficFilter, WorkloadFilter, WorkloadState,
    protocol,
};

/// syslog's, and the longer words that the PCE's papers use beside them.
const SEVERITIES: &[&str] = &[
    "emerg", "alert", "crit", "critical", "err", "error", "warning", "notice", "info", "debug",
    "none",
];

const STATUSES: &[&str] = &["success", "failure", "none"];

const EVENT_COUNTS: [(&str, EventCount); 5] = [
    ("events", EventCount::Events),
    ("objects", EventCount::Objects),
    ("users", EventCount::Users),
    ("sources", EventCount::Sources),
    ("workloads", EventCount::Workloads),
];

const FLOW_COUNTS: [(&str, FlowCount); 6] = [
    ("connections", FlowCount::Connections),
    ("flows", FlowCount::Flows),
    ("sources", FlowCount::Sources),
    ("destinations", FlowCount::Destinations),
    ("ports", FlowCount::Ports),
    ("users", FlowCount::Users),
];

const EVENT_PERS: [(&str, EventPer); 4] = [
    ("user", EventPer::User),
    ("source_ip", EventPer::SourceIp),
    ("workload", EventPer::Workload),
    ("event_type", EventPer::EventType),
];

const FLOW_PERS: [(&str, FlowPer); 4] = [
    ("source", FlowPer::Source),
    ("destination", FlowPer::Destination),
    ("port", FlowPer::Port),
    ("user", FlowPer::User),
];

/// Both with a label's key behind it.
const LABEL_PERS: [OfLabel<FlowPer>; 2] =
    [("source_label:", FlowPer::SourceLabel), ("destination_label:", FlowPer::DestinationLabel)];

/// A word, and what it means with a label's key behind it.
type OfLabel<T> = (&'static str, fn(String) -> T);

/// What of a set each group has but one of.
const ONE_OF_EACH: [(&str, &str); 7] = [
    ("user", "users"),
    ("source_ip", "sources"),
    ("workload", "workloads"),
    ("workload", "objects"),
    ("source", "sources"),
    ("destination", "destinations"),
    ("port", "ports"),
];

/// For a rule that tells of new groups: how many days it learns, where it does not say.
const LEARN_DAYS: u32 = 7;

/// The longest window and cooldown: a week of minutes.
const WEEK: u32 = 10_080;

/// Where a rule's key stands when the program writes the rule: in the order in which it
/// is asked for. The user's own keys come last.
pub fn place_of_key(key: &str) -> usize {
    place_in("rules", key)
}

/// The same of a key of another section's.
pub fn place_in(section: &str, key: &str) -> usize {
    keys().of(section).position(|one| one.name == key).unwrap_or(usize::MAX)
}

/// Notes the keys of both kinds of rules, and tells what a rule without any misses.
pub(super) fn note_all(keys: &RefCell<Keys>, problems: &Problems) {
    rule_type(&Node::Object(Vec::new()), "rules", problems);
    for (_, kind) in TYPES {
        read_as(kind, &Section::open(None, "rules", "rules", problems, Some(keys)));
    }
}

/// Reads `rules`; ids that stand twice run, and are told as a remark.
pub(super) fn read_all(node: Option<&Node>, problems: &Problems, remarks: &Problems) -> Vec<Rule> {
    let list = match node {
        None | Some(Node::Null) => return Vec::new(),
        Some(Node::List(list)) => list,
        Some(other) => {
            problems.add("rules", |lang| words::want_rules(lang, other.kind(lang)));
            return Vec::new();
        }
    };
    let mut rules: Vec<Rule> = Vec::new();
    for (at, node) in list.iter().enumerate() {
        let path = format!("rules[{at}]");
        let Some(rule) = read(node, &path, problems, Some(remarks)) else {
            continue;
        };
        if rules.iter().any(|other| other.id == rule.id) {
            remarks.add(&format!("{path}.id"), |lang| words::double_id(lang, rule.id));
        }
        rules.push(rule);
    }
    problems.know_by_id("rules", list);
    remarks.know_by_id("rules", list);
    rules
}

/// Reads one rule; a rule with something wrong may come out with a default in
/// its place, and the problems say so. What was always taken and asks for nothing goes
/// to the remarks.
pub(super) fn read(
    node: &Node,
    path: &str,
    problems: &Problems,
    remarks: Option<&Problems>,
) -> Option<Rule> {
    let kind = rule_type(node, path, problems)?;
    let rule = Section::open(Some(node), "rules", path, problems, None).remarking(remarks);
    let read = read_as(kind, &rule);
    tell_misplaced(&rule);
    Some(read)
}

/// A key that is one of the other type's is told as such: no other word is meant.
fn tell_misplaced(rule: &Section<'_>) {
    let unknown = rule.not_asked();
    if unknown.is_empty() {
        return;
    }
    let problems = Problems::default();
    let keys_of = |kind| {
        let nothing = Section::open(None, "rules", "rules", &problems, None);
        read_as(kind, &nothing);
        nothing.all_asked()
    };
    let others = TYPES.map(|(word, kind)| (word, keys_of(kind)));
    for key in unknown {
        let known = |keys: &[&'static str]| keys.iter().copied().find(|known| *known == key);
        let types = others.iter().filter(|(_, keys)| known(keys).is_some());
        let types: Vec<String> = types.map(|(word, _)| format!("\"{word}\"")).collect();
        if let Some(known) = others.iter().find_map(|(_, keys)| known(keys)) {
            rule.wrong(key, |lang| words::other_types_key(lang, listed(lang, &types)));
            rule.note(known, || Kind::Text);
        }
    }
}

/// Asks for the keys in the order in which a person reads them.
fn read_as(kind: RuleType, rule: &Section<'_>) -> Rule {
    let text = |key| rule.text(key).unwrap_or_default().to_owned();
    let id = id(rule);
    rule.note("type", || Kind::Word(TYPES.map(|(word, _)| word).to_vec()));
    let mut read = Rule {
        id,
        name: rule.needed("name", "\"Agent tampering\"").unwrap_or_default().to_owned(),
        enabled: rule.bool("enabled", true),
        level: level(rule),
        desc: text("desc"),
        rec: text("rec"),
        technique: text("technique"),
        note: text("note"),
        filter: match kind {
            RuleType::Event => Filter::Event(event(rule)),
            RuleType::Traffic => Filter::Traffic(traffic(rule)),
            RuleType::Workload => Filter::Workload(workload(rule)),
        },
        threshold: match kind {
            RuleType::Event | RuleType::Traffic => threshold(rule),
            RuleType::Workload => standing(rule),
        },
        cooldown_minutes: 0,
        newness: None,
    };
    let cooldown = rule.uint("cooldown_minutes", 0..=WEEK);
    read.cooldown_minutes = cooldown.unwrap_or(match read.threshold {
        Threshold::Count { window, .. } => window,
        // Of a condition it is when it is told again.
        Threshold::Immediate | Threshold::Below { .. } | Threshold::Standing { .. } => 0,
    });
    match &mut read.filter {
        Filter::Event(event) => {
            event.count_by = count_by(rule, EVENT_COUNTS);
            event.per = per(rule, &EVENT_PERS, &[]);
        }
        Filter::Traffic(traffic) => {
            traffic.count_by = count_by(rule, FLOW_COUNTS);
            traffic.per = per(rule, &FLOW_PERS, &LABEL_PERS);
        }
        // They ask for none of these.
        Filter::Workload(_) => return read,
    }
    if matches!(read.threshold, Threshold::Below { .. }) && rule.get("per").is_some() {
        rule.wrong("per", words::per_with_below);
    }
    read.newness = newness(rule, read.threshold);
    read
}

#[derive(Clone, Copy)]
enum RuleType {
    Event,
    Traffic,
    Workload,
}

const TYPES: [(&str, RuleType); 3] =
    [("workload", RuleType::Workload), ("traffic", RuleType::Traffic), ("event", RuleType::Event)];

/// The type comes first: it says which other keys there may be.
fn rule_type(node: &Node, path: &str, problems: &Problems) -> Option<RuleType> {
    let Node::Object(entries) = node else {
        problems.add(path, |lang| words::want_object(lang, node.kind(lang)));
        return None;
    };
    let found = entries.iter().find(|(key, _)| key == "type");
    let at = format!("{path}.type");
    match found.map(|(_, node)| node) {
        Some(Node::Text(text)) => {
            let found = TYPES.into_iter().find(|(word, _)| word == text);
            if found.is_none() {
                problems.add(&at, |lang| words::unknown_type(lang, shown(text)));
            }
            found.map(|(_, kind)| kind)
        }
        None | Some(Node::Null) => {
            problems.add(&at, |lang| words::missing(lang, "\"event\", \"traffic\", \"workload\""));
            None
        }
        Some(other) => {
            problems.add(&at, |lang| words::want_text(lang, other.kind(lang)));
            None
        }
    }
}

fn id(rule: &Section<'_>) -> i64 {
    let id = rule.int("id", i64::MIN..=i64::MAX);
    if rule.get("id").is_none() {
        rule.missing("id", "1");
    }
    id.unwrap_or_default()
}

fn level(rule: &Section<'_>) -> Level {
    let known = [Level::Critical, Level::Warning, Level::Info].map(|level| (level.word(), level));
    let level = rule.word("level", &known).unwrap_or_default();
    rule.holds("level", level.word());
    level
}

/// The Python tool always wrote all three keys, the numbers with `immediate`
/// too. Without a type, a count says that counting is meant.
fn threshold(rule: &Section<'_>) -> Threshold {
    let kinds =
        [("immediate", Telling::Immediate), ("count", Telling::Count), ("below", Telling::Below)];
    let kind = rule.word("threshold_type", &kinds);
    let count = rule.uint("threshold_count", 1..=1_000_000_000);
    let window = rule.uint("threshold_window", 1..=WEEK);
    let given = |key| rule.get(key).is_some();
    let typed = given("threshold_type");
    let untyped = match !typed && given("threshold_count") {
        true => Telling::Count,
        false => Telling::Immediate,
    };
    let kind = kind.unwrap_or(untyped);
    if kind == Telling::Immediate {
        return Threshold::Immediate;
    }
    for (key, example) in [("threshold_count", "10"), ("threshold_window", "10")] {
        if !given(key) {
            rule.missing(key, example);
        }
    }
    let (count, window) = (count.unwrap_or(1).into(), window.unwrap_or(1));
    match kind {
        Telling::Below => Threshold::Below { count, window },
        _ => Threshold::Count { count, window },
    }
}

/// What a `threshold_type` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    Immediate,
    Count,
    Below,
}

/// From how many workloads on, each for how many minutes.
fn standing(rule: &Section<'_>) -> Threshold {
    let count = rule.uint("threshold_count", 1..=1_000_000_000).unwrap_or(1);
    // As the others have it; for these, 0 is at once.
    rule.note("threshold_window", || Kind::Number(1..=WEEK.into()));
    let minutes = rule.uint("threshold_window", 0..=WEEK).unwrap_or(0);
    Threshold::Standing { count: count.into(), minutes }
}

fn workload(rule: &Section<'_>) -> WorkloadFilter {
    let known: Vec<&'static str> = WorkloadState::ALL.iter().map(|(word, _)| *word).collect();
    let words = rule.items("state", Kind::Commas);
    let is_empty = matches!(rule.get("state"), None | Some(Node::List(_) | Node::Text(_)));
    if words.is_empty() && is_empty {
        rule.missing("state", "\"offline\"");
    }
    let mut state: Vec<WorkloadState> = Vec::new();
    for text in &words {
        match WorkloadState::ALL.iter().find(|(word, _)| word == text) {
            None => rule.not_one_of("state", text, known.iter().copied()),
            Some((_, one)) if !state.contains(one) => state.push(*one),
            Some(_) => {}
        }
    }
    WorkloadFilter {
        state,
        label: labels(rule, "label"),
        host: names(rule, "host"),
        os: names(rule, "os"),
        not_host: names(rule, "not_host"),
    }
}

/// What of events a pause is for: a rule's filter keys, none of which is needed.
pub(super) fn event_match(keys: &Section<'_>) -> EventFilter {
    let value = filter_value(keys);
    // Every type there is.
    let value = if value.is_empty() { "*".to_owned() } else { value };
    EventFilter { filter_value: value, ..event_but_value(keys) }
}

/// The same of traffic.
pub(super) fn traffic_match(keys: &Section<'_>) -> TrafficFilter {
    TrafficFilter { decisions: decisions(keys), ..traffic_but_decisions(keys) }
}

/// `filter_key` is the Python tool's, which never read it either.
fn event(rule: &Section<'_>) -> EventFilter {
    rule.note("filter_key", || Kind::Text);
    let filter_value = filter_value(rule);
    if rule.get("filter_value").is_none() {
        rule.missing("filter_value", "\"agent.tampering\"");
    }
    EventFilter { filter_value, ..event_but_value(rule) }
}

fn event_but_value(rule: &Section<'_>) -> EventFilter {
    EventFilter {
        filter_value: String::new(),
        severity: words_of(rule, "severity", SEVERITIES),
        status: words_of(rule, "status", STATUSES),
        source_ip: some_addresses(rule, "source_ip"),
        workload: names(rule, "workload"),
        change: change(rule),
        not_source_ip: some_addresses(rule, "not_source_ip"),
        not_workload: names(rule, "not_workload"),
        // Traffic rules have these, too, and in their order they stand there.
        user: names(rule, "user"),
        not_user: names(rule, "not_user"),
        count_by: EventCount::default(),
        per: Vec::new(),
    }
}

/// Globs over whole names. An empty list would ask for nothing, and look as if it did.
fn names(rule: &Section<'_>, key: &'static str) -> Vec<String> {
    some_names(rule, key, &['|', '，', '、'])
}

/// The names of IP lists, which may be anything: in a list each stands as it is, and a
/// text is parted by commas and `|`.
fn list_names(rule: &Section<'_>, key: &'static str) -> Vec<String> {
    let is_text = matches!(rule.get(key), Some(Node::Text(_)));
    some_names(rule, key, if is_text { &['|'] } else { &[] })
}

/// At least one, where the key is given; parted by these, too.
fn some_names(rule: &Section<'_>, key: &'static str, parted_by: &[char]) -> Vec<String> {
    let items = rule.items(key, Kind::Commas);
    let each = items.iter().flat_map(|text| text.split(parted_by)).map(str::trim);
    let names: Vec<String> = each.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.is_empty() && matches!(rule.get(key), Some(Node::List(_) | Node::Text(_))) {
        rule.wrong(key, words::empty_names);
    }
    names
}

fn change(rule: &Section<'_>) -> Option<FieldChange> {
    let change = rule.section("change")?;
    Some(FieldChange {
        field: change.needed("field", "\"enforcement_mode\"").unwrap_or_default().to_owned(),
        from: change.values("from"),
        to: change.values("to"),
    })
}

fn count_by<T: Copy + Default, const N: usize>(
    rule: &Section<'_>,
    known: [(&'static str, T); N],
) -> T {
    rule.word("count_by", &known).unwrap_or_default()
}

/// What is counted apart: words, and where there are `labels`, words with a label's key
/// behind them.
fn per<T: Clone>(rule: &Section<'_>, known: &[(&'static str, T)], labels: &[OfLabel<T>]) -> Vec<T> {
    const KEY: &str = "per";
    let items = rule.items(KEY, Kind::Commas);
    let read = |text: &Cow<'_, str>| {
        let word = known.iter().find(|(word, _)| *word == text.as_ref());
        let label = labels.iter().find_map(|(word, of)| {
            let key = text.strip_prefix(word)?.trim();
            (!key.is_empty()).then(|| of(key.to_owned()))
        });
        let found = word.map(|(_, value)| value.clone()).or(label);
        if found.is_none() {
            let words = known.iter().map(|(word, _)| *word);
            rule.not_one_of(KEY, text, words.chain(labels.iter().map(|(word, _)| *word)));
        }
        found
    };
    let per: Vec<T> = items.iter().filter_map(read).collect();
    if items.len() > 2 {
        rule.wrong(KEY, words::per_three);
    }
    if items.first().is_some_and(|first| items.get(1) == Some(first)) {
        rule.wrong(KEY, words::per_twice);
    }
    if items.is_empty() && rule.get(KEY).is_some() {
        rule.wrong(KEY, words::per_empty);
    }
    let counted = match rule.get("count_by") {
        Some(Node::Text(text)) => text.trim(),
        _ => "",
    };
    let is_one = |(one, set): &(&str, &str)| *set == counted && items.iter().any(|it| it == one);
    if let Some((one, set)) = ONE_OF_EACH.iter().find(|pair| is_one(pair)) {
        rule.wrong("count_by", |lang| words::one_of_each(lang, set, one));
    }
    per
}

/// Which groups are new; it has to be said what a group is.
fn newness(rule: &Section<'_>, threshold: Threshold) -> Option<Newness> {
    let within_days = rule.uint("new_within_days", 1..=90);
    let learn_days = rule.number("learn_days", 0..=90, LEARN_DAYS);
    let given = |key| rule.get(key).is_some();
    if given("new_within_days") && !given("per") {
        rule.wrong("new_within_days", words::new_without_per);
    }
    if given("learn_days") && !given("new_within_days") {
        rule.wrong("learn_days", words::learn_without_new);
    }
    let window = match threshold {
        Threshold::Immediate | Threshold::Standing { .. } => 1,
        Threshold::Count { window, .. } | Threshold::Below { window, .. } => window,
    };
    within_days.map(|within_days| Newness { within_days, learn_days, window })
}

/// An empty alternative would be a part of every name, and so match every event.
fn filter_value(rule: &Section<'_>) -> String {
    const KEY: &str = "filter_value";
    let text = rule.text(KEY);
    let Some(text) = text else {
        return String::new();
    };
    if text.split('|').any(|part| part.trim().is_empty()) {
        rule.wrong(KEY, words::empty_filter);
    }
    let parts: Vec<_> = text.split('|').map(str::trim).collect();
    parts.join("|")
}

fn words_of(rule: &Section<'_>, key: &'static str, known: &'static [&'static str]) -> Vec<String> {
    let items = rule.items(key, Kind::List);
    tell_empty(rule, key);
    for text in &items {
        if !known.contains(&text.as_ref()) {
            rule.not_one_of(key, text, known.iter().copied());
        }
    }
    items.into_iter().map(Cow::into_owned).collect()
}

/// Those of traffic rules that have always taken an empty list.
const LISTS: [&str; 10] = [
    "port",
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

fn traffic(rule: &Section<'_>) -> TrafficFilter {
    let decisions = decisions(rule);
    if rule.get("pd").is_none() {
        rule.wrong("pd", words::pd_missing);
    }
    TrafficFilter { decisions, ..traffic_but_decisions(rule) }
}

fn traffic_but_decisions(rule: &Section<'_>) -> TrafficFilter {
    LISTS.iter().for_each(|key| tell_empty(rule, key));
    TrafficFilter {
        decisions: Vec::new(),
        ports: parts(rule, "port", port_range, words::bad_port),
        proto: proto(rule),
        src_label: labels(rule, "src_label"),
        dst_label: labels(rule, "dst_label"),
        src_ip: addresses(rule, "src_ip_in"),
        dst_ip: addresses(rule, "dst_ip_in"),
        process: names(rule, "process"),
        user: names(rule, "user"),
        src_host: names(rule, "src_host"),
        dst_host: names(rule, "dst_host"),
        src_list: list_names(rule, "src_list"),
        dst_list: list_names(rule, "dst_list"),
        src_managed: rule.flag("src_managed"),
        dst_managed: rule.flag("dst_managed"),
        not_process: names(rule, "not_process"),
        not_user: names(rule, "not_user"),
        not_src_host: names(rule, "not_src_host"),
        not_dst_host: names(rule, "not_dst_host"),
        not_src_list: list_names(rule, "not_src_list"),
        not_dst_list: list_names(rule, "not_dst_list"),
        ex_ports: parts(rule, "ex_port", port_range, words::bad_port),
        ex_src_label: labels(rule, "ex_src_label"),
        ex_dst_label: labels(rule, "ex_dst_label"),
        ex_src_ip: addresses(rule, "ex_src_ip"),
        ex_dst_ip: addresses(rule, "ex_dst_ip"),
        count_by: FlowCount::default(),
        per: Vec::new(),
    }
}

fn decisions(rule: &Section<'_>) -> Vec<Decision> {
    let numbers = rule.ints("pd", -1..=3, words::want_pd);
    match rule.get("pd") {
        None => {}
        Some(Node::List(none)) if none.is_empty() => rule.wrong("pd", words::pd_missing),
        Some(Node::List(several)) if several.len() > 1 && numbers.contains(&-1) => {
            rule.wrong("pd", words::pd_any_and_others);
        }
        Some(_) => {}
    }
    let each = numbers.iter().map(|number| usize::try_from(*number).ok());
    // One that is any makes all of them any.
    let places: Option<BTreeSet<usize>> = each.collect();
    let decisions = places.unwrap_or_default().into_iter();
    decisions.filter_map(|place| Decision::ALL.get(place).copied()).collect()
}

fn proto(rule: &Section<'_>) -> Option<u8> {
    let text = rule.either("proto", words::want_number)?;
    let number = protocol::number(&text);
    if number.is_none() {
        rule.wrong("proto", |lang| words::bad_proto(lang, shown(&text)));
    }
    number
}

fn labels(rule: &Section<'_>, key: &'static str) -> Vec<Label> {
    let label = |text: &str| {
        let (name, value) = text.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let mut others = value.split('|').skip(1);
        let is_odd = others.any(|other| other.trim().is_empty() || other.contains('='));
        (!name.is_empty() && !value.is_empty() && !value.starts_with('|') && !is_odd)
            .then(|| Label { key: name.to_owned(), value: value.to_owned() })
    };
    parts(rule, key, label, words::bad_label)
}

/// At least one, where the key is given.
fn some_addresses(rule: &Section<'_>, key: &'static str) -> Vec<IpNet> {
    let nets = addresses(rule, key);
    let is_empty = match rule.get(key) {
        Some(Node::List(list)) => list.iter().all(is_blank),
        Some(text) => is_blank(text),
        None => false,
    };
    if is_empty {
        rule.wrong(key, words::empty_names);
    }
    nets
}

fn is_blank(node: &Node) -> bool {
    matches!(node, Node::Text(text) if text.split(',').all(|part| part.trim().is_empty()))
}

/// An empty list in a key that has always taken one: it looks as if it asked for
/// something. An empty text is the Python tool's way to ask for nothing.
fn tell_empty(rule: &Section<'_>, key: &'static str) {
    if matches!(rule.get(key), Some(Node::List(list)) if list.iter().all(is_blank)) {
        rule.remark(key, words::empty_list);
    }
}

/// Addresses and networks; bits of the host part are let go.
fn addresses(rule: &Section<'_>, key: &'static str) -> Vec<IpNet> {
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
    key: &'static str,
    read: impl Fn(&str) -> Option<T>,
    sentence: fn(Lang, String) -> String,
) -> Vec<T> {
    let mut list = Vec::new();
    for text in rule.items(key, Kind::Commas) {
        match read(&text) {
            Some(part) => list.push(part),
            None => rule.wrong(key, |lang| sentence(lang, shown(&text))),
        }
    }
    list
}
