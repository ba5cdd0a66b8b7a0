//! A rule in a few words, for lists: what it matches, and when it alerts.

mod sentence;

pub use sentence::sentence;

use super::{
    Decision, EventCount, EventFilter, EventPer, FieldChange, Filter, FlowPer, Label, Measure,
    PortRange, Rule, Threshold, TrafficFilter, WorkloadFilter, WorkloadState, protocol,
};
use crate::lang::{Lang, counts, listed, rules as words, standing};

/// What the rule matches, as one line.
pub fn matches(rule: &Rule, lang: Lang) -> String {
    let join = Join { any: commas, all: commas };
    let parts = match &rule.filter {
        Filter::Event(filter) => {
            let kind = match filter.filter_value.as_str() {
                "*" => words::any_event(lang),
                value => value.to_owned(),
            };
            [vec![kind], event(filter, join, lang)].concat()
        }
        Filter::Traffic(filter) => {
            let mut parts = vec![decisions(&filter.decisions, lang)];
            if !filter.ports.is_empty() {
                parts.push(words::port(lang, commas(&ports(&filter.ports), lang)));
            }
            parts.extend(filter.proto.map(|proto| proto_name(proto, lang).to_ascii_lowercase()));
            [parts, traffic(filter, join, lang)].concat()
        }
        Filter::Workload(filter) => {
            [vec![states(&filter.state, lang)], workload(filter, join, lang)].concat()
        }
    };
    parts.join(&words::between(lang))
}

/// How several values of one key are listed.
#[derive(Clone, Copy)]
struct Join {
    /// Any of them is enough.
    any: fn(&[String], Lang) -> String,
    /// All of them are needed.
    all: fn(&[String], Lang) -> String,
}

fn commas(list: &[String], lang: Lang) -> String {
    listed(lang, list)
}

/// When its matches become an alert.
pub fn alerts(rule: &Rule, lang: Lang) -> String {
    let mut told = vec![threshold(rule, lang)];
    let apart: Vec<String> = match &rule.filter {
        Filter::Event(filter) => filter.per.iter().map(|per| event_per(*per, lang)).collect(),
        Filter::Traffic(filter) => filter.per.iter().map(|per| flow_per(per, lang)).collect(),
        Filter::Workload(_) => Vec::new(),
    };
    match (apart.is_empty(), rule.newness) {
        (true, _) => {}
        (false, None) => told.push(words::per(lang, apart.join(&words::and(lang)))),
        (false, Some(newness)) => {
            let days = newness.within_days;
            told.push(words::per_new(lang, apart.join(&words::and(lang)), days));
        }
    }
    told.join(&words::comma(lang))
}

fn threshold(rule: &Rule, lang: Lang) -> String {
    let (count, window) = match rule.threshold {
        Threshold::Immediate => return words::each(lang),
        Threshold::Count { count, window } => (count, window),
        Threshold::Below { count, window } => {
            let amount = measured(rule.filter.measure(), count, lang);
            return words::below(lang, amount, window);
        }
        Threshold::Standing { count, minutes: 0 } => return counts::workloads(lang, count),
        Threshold::Standing { count, minutes } => {
            return words::standing(lang, counts::workloads(lang, count), minutes);
        }
    };
    let is_objects = |filter: &EventFilter| filter.count_by == EventCount::Objects;
    match (rule.filter.measure(), &rule.filter) {
        (Measure::Matches, Filter::Event(filter)) if is_objects(filter) => {
            words::objects(lang, count, window)
        }
        (Measure::Matches, _) => words::events(lang, count, window),
        (Measure::Connections, _) => words::connections(lang, count, window),
        (Measure::Flows, _) => words::flows(lang, count, window),
        (different, _) => words::different(lang, measured(different, count, lang), window),
    }
}

/// `5 destinations`
pub fn measured(measure: Measure, count: u64, lang: Lang) -> String {
    let words = match measure {
        Measure::Matches => counts::matches,
        Measure::Connections => counts::connections,
        Measure::Flows => counts::flows,
        Measure::Sources => counts::sources,
        Measure::Destinations => counts::destinations,
        Measure::Ports => counts::ports,
        Measure::Users => counts::users,
        Measure::Workloads => counts::workloads,
    };
    words(lang, count)
}

fn event_per(per: EventPer, lang: Lang) -> String {
    match per {
        EventPer::User => words::per_user(lang),
        EventPer::SourceIp => words::per_address(lang),
        EventPer::Workload => words::per_workload(lang),
        EventPer::EventType => words::per_event_type(lang),
    }
}

fn flow_per(per: &FlowPer, lang: Lang) -> String {
    match per {
        FlowPer::Source => words::per_source(lang),
        FlowPer::Destination => words::per_destination(lang),
        FlowPer::Port => words::per_port(lang),
        FlowPer::User => words::per_user(lang),
        FlowPer::SourceLabel(key) => words::per_source_label(lang, key),
        FlowPer::DestinationLabel(key) => words::per_destination_label(lang, key),
    }
}

/// `offline or unhealthy`.
pub fn states(states: &[WorkloadState], lang: Lang) -> String {
    let words = states.iter().map(|state| match state {
        WorkloadState::Offline => standing::offline(lang),
        WorkloadState::Unhealthy => standing::unhealthy(lang),
        WorkloadState::Suspended => standing::suspended(lang),
        WorkloadState::PolicyError => standing::policy_error(lang),
        WorkloadState::NotEnforced => standing::not_enforced(lang),
    });
    words.reduce(|one, other| standing::or(lang, one, other)).unwrap_or_default()
}

/// What of a workload is asked for beside how it is.
fn workload(filter: &WorkloadFilter, join: Join, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    let labels = filter.label.iter().map(|label| format!("{}={}", label.key, label.value));
    let labels: Vec<String> = labels.collect();
    parts.extend((!labels.is_empty()).then(|| words::label(lang, (join.all)(&labels, lang))));
    let mut list = |names: &[String], words: fn(Lang, String) -> String| {
        parts.extend((!names.is_empty()).then(|| words(lang, (join.any)(names, lang))));
    };
    list(&filter.host, words::host);
    list(&filter.os, words::os);
    list(&filter.not_host, words::not_host);
    parts
}

/// What of an event is asked for beside its type.
fn event(filter: &EventFilter, join: Join, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    let mut list = |names: &[String], words: fn(Lang, String) -> String| {
        parts.extend((!names.is_empty()).then(|| words(lang, (join.any)(names, lang))));
    };
    list(&filter.severity, words::severity);
    list(&filter.status, words::status);
    list(&filter.user, words::user);
    list(&nets(&filter.source_ip), words::source_ip);
    list(&filter.workload, words::workload);
    list(&filter.not_user, words::not_user);
    list(&nets(&filter.not_source_ip), words::not_source_ip);
    list(&filter.not_workload, words::not_workload);
    parts.extend(filter.change.as_ref().map(|change| changed(change, join, lang)));
    parts
}

/// `enforcement_mode changed from full to idle`.
fn changed(change: &FieldChange, join: Join, lang: Lang) -> String {
    let shown = |value: &String| if value.is_empty() { "\"\"".to_owned() } else { value.clone() };
    let of = |values: &[String]| {
        let values: Vec<String> = values.iter().map(shown).collect();
        (join.any)(&values, lang)
    };
    let field = &change.field;
    match (change.from.as_slice(), change.to.as_slice()) {
        ([], []) => words::changed_at_all(lang, field),
        ([], to) => words::changed_to(lang, field, of(to)),
        (from, []) => words::changed_from(lang, field, of(from)),
        (from, to) => words::changed_from_to(lang, field, of(from), of(to)),
    }
}

/// What of a flow is asked for beside its decision, port and protocol.
fn traffic(filter: &TrafficFilter, join: Join, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    let mut list = |names: &[String], words: fn(Lang, String) -> String| {
        parts.extend((!names.is_empty()).then(|| words(lang, (join.any)(names, lang))));
    };
    list(&filter.process, words::process);
    list(&filter.user, words::user);
    list(&filter.src_host, words::from);
    list(&filter.dst_host, words::to);
    list(&told_apart(&filter.src_list), words::from_list);
    list(&told_apart(&filter.dst_list), words::to_list);
    list(&filter.not_process, words::not_process);
    list(&filter.not_user, words::not_user);
    list(&filter.not_src_host, words::not_from);
    list(&filter.not_dst_host, words::not_to);
    list(&told_apart(&filter.not_src_list), words::not_from_list);
    list(&told_apart(&filter.not_dst_list), words::not_to_list);
    for (managed, is, is_not) in [
        (
            filter.src_managed,
            words::from(lang, words::managed(lang)),
            words::from(lang, words::unmanaged(lang)),
        ),
        (
            filter.dst_managed,
            words::to(lang, words::managed(lang)),
            words::to(lang, words::unmanaged(lang)),
        ),
    ] {
        parts.extend(managed.map(|managed| if managed { is } else { is_not }));
    }
    let ends = [
        (words::from as fn(Lang, String) -> String, &filter.src_label, &filter.src_ip),
        (words::to, &filter.dst_label, &filter.dst_ip),
    ];
    for (words, labels, addresses) in ends {
        parts.extend(end(labels, addresses, join, lang).map(|end| words(lang, end)));
    }
    parts.extend(left_out(filter, join, lang));
    parts
}

/// Names that a comma in them would part, in quotes.
fn told_apart(names: &[String]) -> Vec<String> {
    let quoted = |name: &String| match name.contains([',', '、', '|']) {
        true => format!("\"{name}\""),
        false => name.clone(),
    };
    names.iter().map(quoted).collect()
}

fn left_out(filter: &TrafficFilter, join: Join, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    if !filter.ex_ports.is_empty() {
        parts.push(words::port(lang, (join.any)(&ports(&filter.ex_ports), lang)));
    }
    parts.extend(end(&filter.ex_src_label, &[], join, lang).map(|end| words::from(lang, end)));
    parts.extend(end(&[], &filter.ex_src_ip, join, lang).map(|end| words::from(lang, end)));
    parts.extend(end(&filter.ex_dst_label, &[], join, lang).map(|end| words::to(lang, end)));
    parts.extend(end(&[], &filter.ex_dst_ip, join, lang).map(|end| words::to(lang, end)));
    parts.into_iter().map(|part| words::not(lang, part)).collect()
}

fn decisions(decisions: &[Decision], lang: Lang) -> String {
    let told = decisions.iter().map(|decision| decided(*decision, lang));
    match decisions {
        [] => words::any_decision(lang),
        _ => listed(lang, &told.collect::<Vec<_>>()),
    }
}

fn decided(decision: Decision, lang: Lang) -> String {
    match decision {
        Decision::Allowed => words::allowed(lang),
        Decision::PotentiallyBlocked => words::potentially_blocked(lang),
        Decision::Blocked => words::blocked(lang),
        Decision::Unknown => words::unknown(lang),
    }
}

fn proto_name(proto: u8, lang: Lang) -> String {
    protocol::name(proto).map_or_else(|| words::proto(lang, proto), str::to_owned)
}

fn ports(ranges: &[PortRange]) -> Vec<String> {
    let range = |range: &PortRange| match range.from == range.to {
        true => range.from.to_string(),
        false => format!("{}-{}", range.from, range.to),
    };
    ranges.iter().map(range).collect()
}

/// Labels that must all be there, addresses of which one must be.
fn end(labels: &[Label], addresses: &[ipnet::IpNet], join: Join, lang: Lang) -> Option<String> {
    let labels = labels.iter().map(|label| format!("{}={}", label.key, label.value));
    let labels: Vec<String> = labels.collect();
    let addresses = nets(addresses);
    match (labels.is_empty(), addresses.is_empty()) {
        (true, true) => None,
        (false, true) => Some((join.all)(&labels, lang)),
        (true, false) => Some((join.any)(&addresses, lang)),
        (false, false) => {
            let both = [(join.all)(&labels, lang), (join.any)(&addresses, lang)];
            Some((join.all)(&both, lang))
        }
    }
}

/// A single address without its length.
fn nets(nets: &[ipnet::IpNet]) -> Vec<String> {
    let net = |net: &ipnet::IpNet| match net.prefix_len() == net.max_prefix_len() {
        true => net.addr().to_string(),
        false => net.to_string(),
    };
    nets.iter().map(net).collect()
}
