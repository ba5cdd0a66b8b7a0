//! A rule in a few words, for lists: what it matches, and when it alerts.

use super::{
    Decision, EventCount, EventFilter, EventPer, FieldChange, Filter, FlowPer, Label, Measure,
    PortRange, Rule, Threshold, TrafficFilter, WorkloadFilter, WorkloadState, protocol,
};
use crate::lang::{Lang, counts, listed, listed_by, rules as words, standing};

/// What the rule matches, as one line.
pub fn matches(rule: &Rule, lang: Lang) -> String {
    let parts = match &rule.filter {
        Filter::Event(filter) => event(filter, lang),
        Filter::Traffic(filter) => traffic(filter, lang),
        Filter::Workload(filter) => workload(filter, lang),
    };
    parts.join(&words::between(lang))
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

fn workload(filter: &WorkloadFilter, lang: Lang) -> Vec<String> {
    let mut parts = vec![states(&filter.state, lang)];
    let mut list = |names: Vec<String>, words: fn(Lang, String) -> String| {
        parts.extend((!names.is_empty()).then(|| words(lang, names.join(", "))));
    };
    list(
        filter.label.iter().map(|label| format!("{}={}", label.key, label.value)).collect(),
        words::label,
    );
    list(filter.host.clone(), words::host);
    list(filter.os.clone(), words::os);
    list(filter.not_host.clone(), words::not_host);
    parts
}

fn event(filter: &EventFilter, lang: Lang) -> Vec<String> {
    let mut parts = vec![match filter.filter_value.as_str() {
        "*" => words::any_event(lang),
        value => value.to_owned(),
    }];
    if !filter.severity.is_empty() {
        parts.push(words::severity(lang, listed(lang, &filter.severity)));
    }
    if !filter.status.is_empty() {
        parts.push(words::status(lang, listed(lang, &filter.status)));
    }
    let mut list = |names: Vec<String>, words: fn(Lang, String) -> String| {
        parts.extend((!names.is_empty()).then(|| words(lang, listed(lang, &names))));
    };
    let nets = |nets: &[ipnet::IpNet]| nets.iter().map(net).collect();
    list(filter.user.clone(), words::user);
    list(nets(&filter.source_ip), words::source_ip);
    list(filter.workload.clone(), words::workload);
    list(filter.not_user.clone(), words::not_user);
    list(nets(&filter.not_source_ip), words::not_source_ip);
    list(filter.not_workload.clone(), words::not_workload);
    parts.extend(filter.change.as_ref().map(|change| changed(change, lang)));
    parts
}

/// `enforcement_mode: full → any`.
fn changed(change: &FieldChange, lang: Lang) -> String {
    let values = |values: &[String]| match values {
        [] => words::any_value(lang),
        values => several_values(lang, values),
    };
    words::changed_field(lang, &change.field, values(&change.from), values(&change.to))
}

/// As they stand in the rule: either of them.
fn several_values(lang: Lang, values: &[String]) -> String {
    let shown = values.iter().map(|value| match value.is_empty() {
        true => "\"\"",
        false => value.as_str(),
    });
    let shown: Vec<&str> = shown.collect();
    listed_by(lang, &shown, "|")
}

fn traffic(filter: &TrafficFilter, lang: Lang) -> Vec<String> {
    let mut parts = vec![decisions(&filter.decisions, lang)];
    if !filter.ports.is_empty() {
        parts.push(words::port(lang, ports(&filter.ports, lang)));
    }
    if let Some(proto) = filter.proto {
        let name = protocol::name(proto).map(str::to_ascii_lowercase);
        parts.push(name.unwrap_or_else(|| words::proto(lang, proto)));
    }
    let mut list = |names: &[String], words: fn(Lang, String) -> String| {
        parts.extend((!names.is_empty()).then(|| words(lang, listed(lang, names))));
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
        (
            words::from(lang, end(&filter.src_label, &filter.src_ip, lang)),
            filter.src_label.len() + filter.src_ip.len(),
        ),
        (
            words::to(lang, end(&filter.dst_label, &filter.dst_ip, lang)),
            filter.dst_label.len() + filter.dst_ip.len(),
        ),
    ];
    parts.extend(ends.into_iter().filter(|(_, named)| *named > 0).map(|(text, _)| text));
    parts.extend(left_out(filter, lang));
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

fn left_out(filter: &TrafficFilter, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    if !filter.ex_ports.is_empty() {
        parts.push(words::port(lang, ports(&filter.ex_ports, lang)));
    }
    if !filter.ex_src_label.is_empty() {
        parts.push(words::from(lang, end(&filter.ex_src_label, &[], lang)));
    }
    if !filter.ex_src_ip.is_empty() {
        parts.push(words::from(lang, end(&[], &filter.ex_src_ip, lang)));
    }
    if !filter.ex_dst_label.is_empty() {
        parts.push(words::to(lang, end(&filter.ex_dst_label, &[], lang)));
    }
    if !filter.ex_dst_ip.is_empty() {
        parts.push(words::to(lang, end(&[], &filter.ex_dst_ip, lang)));
    }
    parts.into_iter().map(|part| words::not(lang, part)).collect()
}

fn decisions(decisions: &[Decision], lang: Lang) -> String {
    let told = decisions.iter().map(|decision| match decision {
        Decision::Allowed => words::allowed(lang),
        Decision::PotentiallyBlocked => words::potentially_blocked(lang),
        Decision::Blocked => words::blocked(lang),
        Decision::Unknown => words::unknown(lang),
    });
    match decisions {
        [] => words::any_decision(lang),
        _ => listed(lang, &told.collect::<Vec<_>>()),
    }
}

fn ports(ranges: &[PortRange], lang: Lang) -> String {
    let range = |range: &PortRange| match range.from == range.to {
        true => range.from.to_string(),
        false => format!("{}-{}", range.from, range.to),
    };
    listed(lang, &ranges.iter().map(range).collect::<Vec<_>>())
}

/// Labels that must all be there, addresses of which one must be.
fn end(labels: &[Label], nets: &[ipnet::IpNet], lang: Lang) -> String {
    let labels = labels.iter().map(|label| format!("{}={}", label.key, label.value));
    listed(lang, &labels.chain(nets.iter().map(net)).collect::<Vec<_>>())
}

/// A single address without its length.
fn net(net: &ipnet::IpNet) -> String {
    match net.prefix_len() == net.max_prefix_len() {
        true => net.addr().to_string(),
        false => net.to_string(),
    }
}
