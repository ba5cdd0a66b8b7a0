//! Which records a rule matches, and which condition keeps it from matching the others.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::explain::{EventMiss, FlowMiss, Side};
use super::{Decision, EventCount, EventFilter, FieldChange, Label, PortRange, TrafficFilter};
use crate::pce::glance::Depth;
use crate::pce::ip_lists::Table;
use crate::pce::record::{Delta, End, Event, Flow, Members, Named, Raw, Text, Thing, Workload};

impl EventFilter {
    /// Whether the event is one of those the rule asks for: by its type or by
    /// that of one of its notifications, and by severity and status.
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.miss(event).is_none()
    }

    /// The first condition that the event does not meet; none where the rule matches.
    pub fn miss<'m>(&'m self, event: &'m Event<'m>) -> Option<EventMiss<'m>> {
        let notifications =
            event.notifications.0.iter().map(|notification| &notification.notification_type);
        let named = std::iter::once(&event.event_type)
            .chain(notifications)
            .filter_map(Text::filled)
            .any(|name| self.names(name));
        if !named {
            let wanted = &self.filter_value;
            return Some(EventMiss::Name { wanted });
        }
        if !allows(&self.severity, &event.severity) {
            let (wanted, found) = (&self.severity, event.severity.filled());
            return Some(EventMiss::Severity { wanted, found });
        }
        if !allows(&self.status, &event.status) {
            let (wanted, found) = (&self.status, event.status.filled());
            return Some(EventMiss::Status { wanted, found });
        }
        self.misses_who(event).or_else(|| self.leaves_out(event))
    }

    /// Who, from where, what and how changed.
    fn misses_who<'m>(&'m self, event: &Event<'_>) -> Option<EventMiss<'m>> {
        if !self.user.is_empty() && named(&self.user, users(event)).is_none() {
            return Some(EventMiss::User { wanted: &self.user });
        }
        if !self.source_ip.is_empty() {
            let found = address(&event.action.src_ip);
            if around(&self.source_ip, found).is_none() {
                return Some(EventMiss::SourceIp { wanted: &self.source_ip, found });
            }
        }
        if !self.workload.is_empty() && named(&self.workload, workloads(event)).is_none() {
            return Some(EventMiss::Workload { wanted: &self.workload });
        }
        let change = self.change.as_ref()?;
        let objects = &event.resource_changes.0;
        let has = objects.iter().any(|object| change.is_of(&object.changes));
        (!has).then_some(EventMiss::Change { field: &change.field })
    }

    /// What the event has and the rule leaves out.
    fn leaves_out<'m>(&'m self, event: &Event<'_>) -> Option<EventMiss<'m>> {
        if !self.not_user.is_empty()
            && let Some(pattern) = named(&self.not_user, users(event))
        {
            return Some(EventMiss::LeftOut { key: "not_user", pattern });
        }
        if !self.not_workload.is_empty()
            && let Some(pattern) = all_named(&self.not_workload, &objects(event))
        {
            return Some(EventMiss::LeftOut { key: "not_workload", pattern });
        }
        if !self.not_source_ip.is_empty()
            && let Some(net) = around(&self.not_source_ip, address(&event.action.src_ip))
        {
            return Some(EventMiss::LeftOutByAddress { net });
        }
        None
    }

    /// How much one matching event counts; at least 1.
    pub fn weight(&self, event: &Event<'_>) -> u64 {
        match self.count_by {
            EventCount::Objects => objects(event).len().max(1) as u64,
            _ => 1,
        }
    }

    fn names(&self, name: &str) -> bool {
        alternatives(&self.filter_value).any(|value| is_named(value, name))
    }
}

/// What a rule's `filter_value` asks for.
pub(super) fn alternatives(filter: &str) -> impl Iterator<Item = &str> {
    filter.split('|').map(str::trim).filter(|value| !value.is_empty())
}

/// Whether an event type of this name is one that an alternative asks for.
pub(super) fn is_named(value: &str, name: &str) -> bool {
    match value.bytes().any(|byte| matches!(byte, b'*' | b'?')) {
        true => glob(value, name),
        false => name.contains(value),
    }
}

impl FieldChange {
    fn is_of(&self, changes: &Members<'_, Delta<'_>>) -> bool {
        let allows = |wanted: &[String], value: &Raw<'_>| {
            wanted.is_empty() || wanted.iter().any(|wanted| is_value(wanted, value))
        };
        changes.0.iter().any(|(field, delta)| {
            *field == self.field
                && allows(&self.from, &delta.before)
                && allows(&self.to, &delta.after)
        })
    }
}

/// A value as it stands; `>100` is any number above.
fn is_value(wanted: &str, value: &Raw<'_>) -> bool {
    let bound = wanted.strip_prefix('>').and_then(|bound| bound.trim().parse::<f64>().ok());
    match bound {
        Some(bound) => number(value).is_some_and(|number| number > bound),
        None => *wanted == value.plain(),
    }
}

/// A number, or that of an object which says how many there are in all: so came
/// `workloads_affected` in either form [seen on 25.2.40].
fn number(value: &Raw<'_>) -> Option<f64> {
    #[derive(serde::Deserialize)]
    struct InAll {
        total_affected: f64,
    }
    let text = value.0.trim();
    let plain = text.parse().ok();
    plain.or_else(|| serde_json::from_str::<InAll>(text).ok().map(|all| all.total_affected))
}

/// The first of the patterns that is one of these names.
pub(super) fn named<'p>(patterns: &'p [String], names: Vec<&str>) -> Option<&'p str> {
    let is_one = |pattern: &&'p String| names.iter().any(|name| glob(pattern, name));
    patterns.iter().find(is_one).map(String::as_str)
}

/// Who did it; of a log-in that failed, who tried to [seen on 25.2.40].
pub(super) fn users<'e>(event: &'e Event<'e>) -> Vec<&'e str> {
    let infos = event.notifications.0.iter().map(|notification| &notification.info);
    let named = std::iter::once(&event.created_by).chain(infos).flat_map(|named| &named.0);
    let users = named.filter(|(kind, _)| matches!(kind.as_ref(), "user" | "associated_user"));
    users.map(|(_, user)| user.label()).collect()
}

fn workloads<'e>(event: &'e Event<'e>) -> Vec<&'e str> {
    objects(event).into_iter().flat_map(names).collect()
}

/// A workload's host name and its name.
fn names<'e>(thing: &'e Thing<'e>) -> Vec<&'e str> {
    match filled(&[&thing.hostname, &thing.name]) {
        none if none.is_empty() => vec![thing.label()],
        names => names,
    }
}

/// The pattern that the first thing meets, where each of them meets one: an event about a
/// thing that is not left out is not, either.
fn all_named<'p>(patterns: &'p [String], things: &[&Thing<'_>]) -> Option<&'p str> {
    let met: Option<Vec<&str>> = things.iter().map(|thing| named(patterns, names(thing))).collect();
    met?.first().copied()
}

/// The distinct workloads that an event names, in the event's order; where it names none, the agents (VENs), its own one last.
pub fn objects<'e>(event: &'e Event<'e>) -> Vec<&'e Thing<'e>> {
    let resources = event.resource_changes.0.iter().map(|change| &change.resource);
    let infos = event.notifications.0.iter().map(|notification| &notification.info);
    let named: Vec<&'e Named<'e>> = resources.chain(infos).collect();
    let of_kind = |kinds: &[&str], sources: &[&'e Named<'e>]| {
        let mut seen = BTreeSet::new();
        let things = sources
            .iter()
            .flat_map(|source| &source.0)
            .filter(|(kind, _)| kinds.contains(&kind.as_ref()));
        things
            .filter(|(_, thing)| !thing.label().is_empty())
            .filter(|(_, thing)| seen.insert(thing.href.filled().unwrap_or(thing.label())))
            .map(|(_, thing)| thing)
            .collect::<Vec<_>>()
    };
    let workloads = of_kind(&["workload"], &named);
    if !workloads.is_empty() {
        return workloads;
    }
    let agents = of_kind(&["agent", "ven"], &named);
    if !agents.is_empty() {
        return agents;
    }
    let own = of_kind(&["agent"], &[&event.created_by]);
    if own.is_empty() { of_kind(&["ven"], &[&event.created_by]) } else { own }
}

/// What of a row the filters compare, worked out once for all rules.
pub struct FlowFacts<'f> {
    /// The row itself.
    pub flow: &'f Flow<'f>,
    /// The policy decision, from its word or its number, else from what was asked.
    pub decision: Option<Decision>,
    /// `service.port`; 0 (as ICMP rows have it) is no port.
    pub port: Option<u16>,
    /// `service.proto`
    pub proto: Option<u8>,
    /// `src.ip`
    pub src_ip: Option<IpAddr>,
    /// `dst.ip`
    pub dst_ip: Option<IpAddr>,
    /// The IP lists that the source's address is in, of those that rules name.
    pub src_lists: &'f [String],
    /// The same of the destination's.
    pub dst_lists: &'f [String],
}

impl<'f> FlowFacts<'f> {
    /// The facts of a row by itself.
    pub fn of(flow: &'f Flow<'f>) -> Self {
        Self::of_answer_to(flow, None)
    }

    /// The facts of a row that answers a query for exactly one decision: where the row
    /// names none that is known, it is that one.
    pub fn of_answer_to(flow: &'f Flow<'f>, asked: Option<Decision>) -> Self {
        let by_number = || {
            flow.pd.0.and_then(|number| Decision::ALL.get(usize::try_from(number).ok()?).copied())
        };
        Self {
            flow,
            decision: Decision::from_wire(flow.policy_decision.as_str())
                .or_else(by_number)
                .or(asked),
            port: flow
                .service
                .port
                .0
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port != 0),
            proto: flow.service.proto.0.and_then(|proto| u8::try_from(proto).ok()),
            src_ip: address(&flow.src.ip),
            dst_ip: address(&flow.dst.ip),
            src_lists: &[],
            dst_lists: &[],
        }
    }

    /// The same, where these are the addresses of IP lists.
    pub fn with_lists(self, lists: &'f Table) -> Self {
        if lists.is_empty() {
            return self;
        }
        let around = |ip: Option<IpAddr>| ip.map(|ip| lists.around(ip)).unwrap_or_default();
        Self { src_lists: around(self.src_ip), dst_lists: around(self.dst_ip), ..self }
    }

    /// The source's and the destination's.
    fn workloads(&self) -> [&Workload<'f>; 2] {
        [&self.flow.src.workload, &self.flow.dst.workload]
    }

    /// The source's and the destination's.
    fn lists(&self) -> [&'f [String]; 2] {
        [self.src_lists, self.dst_lists]
    }

    /// The source's and the destination's.
    fn addresses(&self) -> [Option<IpAddr>; 2] {
        [self.src_ip, self.dst_ip]
    }
}

/// The names of one kind that a row has.
type NamesOf = for<'f> fn(&'f Flow<'f>) -> Vec<&'f str>;

impl TrafficFilter {
    /// How much of a row it looks at.
    pub fn depth(&self) -> Depth {
        let names = [&self.process, &self.user, &self.src_host, &self.dst_host];
        let not = [&self.not_process, &self.not_user, &self.not_src_host, &self.not_dst_host];
        let labels = [&self.src_label, &self.dst_label, &self.ex_src_label, &self.ex_dst_label];
        let managed = self.src_managed.or(self.dst_managed).is_some();
        if managed || names.into_iter().chain(not).any(|names| !names.is_empty()) {
            Depth::Whole
        } else if labels.iter().any(|labels| !labels.is_empty()) {
            Depth::Labels
        } else {
            Depth::Rules
        }
    }

    /// Whether the row is one of those the rule asks for.
    pub fn matches(&self, facts: &FlowFacts<'_>) -> bool {
        self.miss(facts).is_none()
    }

    /// The first condition that the row does not meet; none where the rule matches.
    pub fn miss<'m>(&'m self, facts: &FlowFacts<'_>) -> Option<FlowMiss<'m>> {
        self.lacks(facts).or_else(|| self.leaves_out(facts))
    }

    /// What the rule asks for and the row does not have.
    fn lacks<'m>(&'m self, facts: &FlowFacts<'_>) -> Option<FlowMiss<'m>> {
        let found = facts.decision;
        let is_wanted = |decision| self.decisions.contains(&decision);
        if !self.decisions.is_empty() && !found.is_some_and(is_wanted) {
            return Some(FlowMiss::Decision { wanted: &self.decisions, found });
        }
        if !self.ports.is_empty() && within(&self.ports, facts.port).is_none() {
            let (wanted, found) = (&self.ports, facts.port);
            return Some(FlowMiss::Port { wanted, found });
        }
        if let Some(wanted) = self.proto
            && facts.proto != Some(wanted)
        {
            let found = facts.proto;
            return Some(FlowMiss::Proto { wanted, found });
        }
        let labels = [&self.src_label, &self.dst_label];
        for ((side, labels), end) in SIDES.into_iter().zip(labels).zip(facts.workloads()) {
            if let Some(wanted) = missing(end, labels) {
                return Some(FlowMiss::Label { side, wanted });
            }
        }
        let nets = [&self.src_ip, &self.dst_ip];
        for ((side, wanted), found) in SIDES.into_iter().zip(nets).zip(facts.addresses()) {
            if !wanted.is_empty() && around(wanted, found).is_none() {
                return Some(FlowMiss::Address { side, wanted, found });
            }
        }
        let lists = [&self.src_list, &self.dst_list];
        for ((side, wanted), found) in SIDES.into_iter().zip(lists).zip(facts.lists()) {
            if !wanted.is_empty() && one_of(wanted, found).is_none() {
                return Some(FlowMiss::List { side, wanted });
            }
        }
        self.lacks_names(facts)
    }

    /// What it asks for of processes, users and hosts.
    fn lacks_names<'m>(&'m self, facts: &FlowFacts<'_>) -> Option<FlowMiss<'m>> {
        let asked: [(_, &[String], NamesOf); 4] = [
            ("process", &self.process, processes),
            ("user", &self.user, user),
            ("src_host", &self.src_host, source_hosts),
            ("dst_host", &self.dst_host, destination_hosts),
        ];
        for (key, wanted, of) in asked {
            if !wanted.is_empty() && named(wanted, of(facts.flow)).is_none() {
                return Some(FlowMiss::Name { key, wanted });
            }
        }
        let managed = [self.src_managed, self.dst_managed];
        for ((side, wanted), end) in SIDES.into_iter().zip(managed).zip(facts.workloads()) {
            if let Some(wanted) = wanted
                && wanted != end.is_managed()
            {
                return Some(FlowMiss::Managed { side, wanted });
            }
        }
        None
    }

    /// What the row has and the rule leaves out.
    fn leaves_out<'m>(&'m self, facts: &FlowFacts<'_>) -> Option<FlowMiss<'m>> {
        let not: [(_, &[String], NamesOf); 4] = [
            ("not_process", &self.not_process, processes),
            ("not_user", &self.not_user, user),
            ("not_src_host", &self.not_src_host, source_hosts),
            ("not_dst_host", &self.not_dst_host, destination_hosts),
        ];
        for (key, patterns, of) in not {
            if !patterns.is_empty()
                && let Some(pattern) = named(patterns, of(facts.flow))
            {
                return Some(FlowMiss::LeftOutByName { key, pattern });
            }
        }
        let lists = [&self.not_src_list, &self.not_dst_list];
        for ((side, lists), found) in SIDES.into_iter().zip(lists).zip(facts.lists()) {
            if let Some(list) = one_of(lists, found) {
                return Some(FlowMiss::LeftOutByList { side, list });
            }
        }
        if let Some(range) = within(&self.ex_ports, facts.port) {
            return Some(FlowMiss::LeftOutByPort(range));
        }
        let labels = [&self.ex_src_label, &self.ex_dst_label];
        for ((side, labels), end) in SIDES.into_iter().zip(labels).zip(facts.workloads()) {
            if !labels.is_empty() && missing(end, labels).is_none() {
                return Some(FlowMiss::LeftOutByLabels { side, labels });
            }
        }
        let nets = [&self.ex_src_ip, &self.ex_dst_ip];
        for ((side, nets), ip) in SIDES.into_iter().zip(nets).zip(facts.addresses()) {
            if let Some(net) = around(nets, ip) {
                return Some(FlowMiss::LeftOutByAddress { side, net });
            }
        }
        None
    }
}

fn filled<'f>(texts: &[&'f Text<'_>]) -> Vec<&'f str> {
    texts.iter().filter_map(|text| text.filled()).collect()
}

fn processes<'f>(flow: &'f Flow<'f>) -> Vec<&'f str> {
    filled(&[&flow.service.process_name, &flow.service.windows_service_name])
}

fn user<'f>(flow: &'f Flow<'f>) -> Vec<&'f str> {
    filled(&[&flow.service.user_name])
}

fn hosts<'f>(end: &'f End<'_>) -> Vec<&'f str> {
    filled(&[&end.workload.hostname, &end.workload.name, &end.fqdn])
}

fn source_hosts<'f>(flow: &'f Flow<'f>) -> Vec<&'f str> {
    hosts(&flow.src)
}

fn destination_hosts<'f>(flow: &'f Flow<'f>) -> Vec<&'f str> {
    hosts(&flow.dst)
}

/// In the order in which every pair of fields stands.
const SIDES: [Side; 2] = [Side::Source, Side::Destination];

/// An empty list allows anything; `none` stands for null.
fn allows(list: &[String], text: &Text<'_>) -> bool {
    list.is_empty()
        || match text.filled() {
            Some(text) => list.iter().any(|allowed| allowed == text),
            None => list.iter().any(|allowed| allowed == "none"),
        }
}

/// `*` is any text, `?` any one character; both over the whole name.
fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star stands, and how much of the name it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, n));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            p = at + 1;
            n = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

/// An IPv4 address in IPv6's clothes is that IPv4 address.
fn address(text: &Text<'_>) -> Option<IpAddr> {
    text.as_str().parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// The first of the ranges that holds the port.
fn within(ranges: &[PortRange], port: Option<u16>) -> Option<&PortRange> {
    let port = port?;
    ranges.iter().find(|range| (range.from..=range.to).contains(&port))
}

/// The first of the networks that holds the address.
fn around(nets: &[IpNet], ip: Option<IpAddr>) -> Option<&IpNet> {
    let ip = ip?;
    nets.iter().find(|net| net.contains(&ip))
}

/// The first of the names that is one of those found.
fn one_of<'n>(names: &'n [String], found: &[String]) -> Option<&'n str> {
    if found.is_empty() {
        return None;
    }
    names.iter().find(|name| found.contains(name)).map(String::as_str)
}

/// The first of the labels that the workload does not bear.
fn missing<'l>(workload: &Workload<'_>, labels: &'l [Label]) -> Option<&'l Label> {
    let bears = |label: &Label| {
        let mut own = workload.labels.0.iter().filter(|own| own.key.as_str() == label.key);
        own.any(|own| label.values().any(|value| value == own.value.as_str()))
    };
    labels.iter().find(|label| !bears(label))
}
