//! Which records a rule matches.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::{Decision, EventCount, EventFilter, Label, PortRange, TrafficFilter};
use crate::pce::record::{Event, Flow, Named, Text, Thing, Workload};

impl EventFilter {
    /// Whether the event is one of those the rule asks for: by its type or by
    /// that of one of its notifications, and by severity and status.
    pub fn matches(&self, event: &Event<'_>) -> bool {
        let notifications = event
            .notifications
            .0
            .iter()
            .map(|notification| &notification.notification_type);
        std::iter::once(&event.event_type)
            .chain(notifications)
            .filter_map(Text::filled)
            .any(|name| self.names(name))
            && allows(&self.severity, &event.severity)
            && allows(&self.status, &event.status)
    }

    /// How much one matching event counts; at least 1.
    pub fn weight(&self, event: &Event<'_>) -> u64 {
        match self.count_by {
            EventCount::Events => 1,
            EventCount::Objects => objects(event).len().max(1) as u64,
        }
    }

    fn names(&self, name: &str) -> bool {
        self.filter_value
            .split('|')
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .any(|value| {
                if value.contains(['*', '?']) {
                    glob(value, name)
                } else {
                    name.contains(value)
                }
            })
    }
}

/// The distinct workloads that an event names, in the event's order; where it names none, the agents (VENs), its own one last.
pub fn objects<'e>(event: &'e Event<'e>) -> Vec<&'e Thing<'e>> {
    let resources = event
        .resource_changes
        .0
        .iter()
        .map(|change| &change.resource);
    let infos = event
        .notifications
        .0
        .iter()
        .map(|notification| &notification.info);
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
    if own.is_empty() {
        of_kind(&["ven"], &[&event.created_by])
    } else {
        own
    }
}

/// What of a row the filters compare, worked out once for all rules.
pub struct FlowFacts<'f> {
    /// The row itself.
    pub flow: &'f Flow<'f>,
    /// The policy decision, from its word or its number.
    pub decision: Option<Decision>,
    /// `service.port`; 0 (as ICMP rows have it) is no port.
    pub port: Option<u16>,
    /// `service.proto`
    pub proto: Option<u8>,
    src_ip: Option<IpAddr>,
    dst_ip: Option<IpAddr>,
}

impl<'f> FlowFacts<'f> {
    /// The facts of a row.
    pub fn of(flow: &'f Flow<'f>) -> Self {
        let by_number = || {
            flow.pd
                .0
                .and_then(|number| Decision::ALL.get(usize::try_from(number).ok()?).copied())
        };
        Self {
            flow,
            decision: Decision::from_wire(flow.policy_decision.as_str()).or_else(by_number),
            port: flow
                .service
                .port
                .0
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port != 0),
            proto: flow
                .service
                .proto
                .0
                .and_then(|proto| u8::try_from(proto).ok()),
            src_ip: address(&flow.src.ip),
            dst_ip: address(&flow.dst.ip),
        }
    }
}

impl TrafficFilter {
    /// Whether the row is one of those the rule asks for.
    pub fn matches(&self, facts: &FlowFacts<'_>) -> bool {
        let (src, dst) = (&facts.flow.src.workload, &facts.flow.dst.workload);
        self.decision
            .is_none_or(|decision| facts.decision == Some(decision))
            && (self.ports.is_empty() || in_ports(&self.ports, facts.port))
            && self.proto.is_none_or(|proto| facts.proto == Some(proto))
            && bears_all(src, &self.src_label)
            && bears_all(dst, &self.dst_label)
            && (self.src_ip.is_empty() || in_nets(&self.src_ip, facts.src_ip))
            && (self.dst_ip.is_empty() || in_nets(&self.dst_ip, facts.dst_ip))
            && !self.leaves_out(facts)
    }

    fn leaves_out(&self, facts: &FlowFacts<'_>) -> bool {
        let (src, dst) = (&facts.flow.src.workload, &facts.flow.dst.workload);
        in_ports(&self.ex_ports, facts.port)
            || (!self.ex_src_label.is_empty() && bears_all(src, &self.ex_src_label))
            || (!self.ex_dst_label.is_empty() && bears_all(dst, &self.ex_dst_label))
            || in_nets(&self.ex_src_ip, facts.src_ip)
            || in_nets(&self.ex_dst_ip, facts.dst_ip)
    }
}

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
    text.as_str()
        .parse::<IpAddr>()
        .ok()
        .map(|ip| ip.to_canonical())
}

fn in_ports(ranges: &[PortRange], port: Option<u16>) -> bool {
    port.is_some_and(|port| {
        ranges
            .iter()
            .any(|range| (range.from..=range.to).contains(&port))
    })
}

fn in_nets(nets: &[IpNet], ip: Option<IpAddr>) -> bool {
    ip.is_some_and(|ip| nets.iter().any(|net| net.contains(&ip)))
}

fn bears_all(workload: &Workload<'_>, labels: &[Label]) -> bool {
    labels.iter().all(|label| {
        workload
            .labels
            .0
            .iter()
            .any(|own| own.key.as_str() == label.key && own.value.as_str() == label.value)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn event_rule(value: &str) -> EventFilter {
        EventFilter {
            filter_value: value.to_owned(),
            ..EventFilter::default()
        }
    }

    fn matches_event(filter: &EventFilter, json: &str) -> bool {
        filter.matches(&serde_json::from_str(json).unwrap())
    }

    fn matches_flow(filter: &TrafficFilter, json: &str) -> bool {
        filter.matches(&FlowFacts::of(&serde_json::from_str(json).unwrap()))
    }

    #[test]
    fn an_event_matches_by_a_part_of_its_type_or_of_a_notifications() {
        let check = r#"{"event_type":"system_task.agent_offline_check","notifications":[]}"#;
        assert!(matches_event(&event_rule("agent_offline_check"), check));
        assert!(!matches_event(&event_rule("agent.offline"), check));
        let login = r#"{"event_type":"user.sign_in","notifications":[{"notification_type":"user.login_failed"}]}"#;
        assert!(matches_event(&event_rule("user.login_failed"), login));
        assert!(matches_event(&event_rule("nothing | user.sign"), login));
        assert!(!matches_event(&event_rule("|"), r#"{"event_type":""}"#));
    }

    #[test]
    fn a_glob_speaks_of_the_whole_name() {
        let of = |name: &str| format!("{{\"event_type\":\"{name}\"}}");
        assert!(matches_event(
            &event_rule("sec_rule.*"),
            &of("sec_rule.create")
        ));
        assert!(!matches_event(
            &event_rule("rule.*"),
            &of("sec_rule.create")
        ));
        assert!(matches_event(
            &event_rule("*rule?.d*e"),
            &of("sec_rules.delete")
        ));
        assert!(!matches_event(&event_rule("user.?"), &of("user.")));
        assert!(matches_event(&event_rule("a*b*c|x"), &of("aXbYbZc")));
    }

    #[test]
    fn severity_and_status_narrow_and_none_stands_for_null() {
        let mut filter = event_rule("agent.");
        filter.severity = vec!["err".into(), "none".into()];
        assert!(matches_event(
            &filter,
            r#"{"event_type":"agent.tampering","severity":"err"}"#
        ));
        assert!(matches_event(
            &filter,
            r#"{"event_type":"agent.tampering","severity":null}"#
        ));
        assert!(!matches_event(
            &filter,
            r#"{"event_type":"agent.tampering","severity":"info"}"#
        ));
        filter.status = vec!["failure".into()];
        assert!(!matches_event(
            &filter,
            r#"{"event_type":"agent.tampering","severity":"err","status":null}"#
        ));
    }

    #[test]
    fn an_event_counts_as_many_objects_as_it_names() {
        let mut filter = event_rule("heartbeats");
        filter.count_by = EventCount::Objects;
        let change = |n: u32| {
            format!(r#"{{"resource":{{"workload":{{"href":"/w/{n}","hostname":"host-{n}"}}}}}}"#)
        };
        let text = format!(
            r#"{{"created_by":{{"system":{{}}}},"resource_changes":[{},{},{}],"notifications":[{{"info":{{"agent":{{"href":"/a/9"}}}}}}]}}"#,
            change(1),
            change(2),
            change(1)
        );
        let names = |event: &Event<'_>| -> Vec<String> {
            let objects = objects(event).into_iter();
            objects.map(|thing| thing.label().to_owned()).collect()
        };
        let event: Event = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (filter.weight(&event), names(&event)),
            (2, vec!["host-1".to_owned(), "host-2".to_owned()])
        );
        let event: Event = serde_json::from_str(
            r#"{"created_by":{"agent":{"hostname":"db"},"ven":{"href":"/v/1"}}}"#,
        )
        .unwrap();
        assert_eq!(
            (filter.weight(&event), names(&event)),
            (1, vec!["db".to_owned()])
        );
        assert_eq!(filter.weight(&Event::default()), 1);
    }

    const ROW: &str = r#"{"src":{"ip":"10.1.2.3","workload":{"labels":[{"key":"app","value":"web"},{"key":"env","value":"prod"}]}},
        "dst":{"ip":"::ffff:10.9.0.4","workload":{"labels":[{"key":"role","value":"db"}]}},
        "service":{"port":445,"proto":6},"policy_decision":"blocked"}"#;

    /// A filter that the row matches, and the same asking for something else.
    fn pairs() -> Vec<(&'static str, TrafficFilter, TrafficFilter)> {
        let ports = |from, to| vec![PortRange { from, to }];
        let label = |key: &str, value: &str| {
            vec![Label {
                key: key.into(),
                value: value.into(),
            }]
        };
        let net = |text: &str| vec![text.parse::<IpNet>().unwrap()];
        let with = |change: &dyn Fn(&mut TrafficFilter)| {
            let mut filter = TrafficFilter::default();
            change(&mut filter);
            filter
        };
        vec![
            (
                "decision",
                with(&|f| f.decision = Some(Decision::Blocked)),
                with(&|f| f.decision = Some(Decision::Allowed)),
            ),
            (
                "port",
                with(&|f| f.ports = ports(440, 450)),
                with(&|f| f.ports = ports(446, 450)),
            ),
            (
                "proto",
                with(&|f| f.proto = Some(6)),
                with(&|f| f.proto = Some(17)),
            ),
            (
                "src_label",
                with(&|f| f.src_label = label("app", "web")),
                with(&|f| f.src_label = label("app", "Web")),
            ),
            (
                "dst_label",
                with(&|f| f.dst_label = label("role", "db")),
                with(&|f| f.dst_label = label("app", "web")),
            ),
            (
                "src_ip",
                with(&|f| f.src_ip = net("10.1.0.0/16")),
                with(&|f| f.src_ip = net("10.2.0.0/16")),
            ),
            (
                "dst_ip",
                with(&|f| f.dst_ip = net("10.9.0.4/32")),
                with(&|f| f.dst_ip = net("fe80::/10")),
            ),
            (
                "ex_port",
                with(&|f| f.ex_ports = ports(1, 444)),
                with(&|f| f.ex_ports = ports(445, 445)),
            ),
            (
                "ex_src_label",
                with(&|f| f.ex_src_label = label("app", "x")),
                with(&|f| f.ex_src_label = label("env", "prod")),
            ),
            (
                "ex_dst_label",
                with(&|f| f.ex_dst_label = label("role", "x")),
                with(&|f| f.ex_dst_label = label("role", "db")),
            ),
            (
                "ex_src_ip",
                with(&|f| f.ex_src_ip = net("10.1.2.4/32")),
                with(&|f| f.ex_src_ip = net("10.0.0.0/8")),
            ),
            (
                "ex_dst_ip",
                with(&|f| f.ex_dst_ip = net("10.1.0.0/16")),
                with(&|f| f.ex_dst_ip = net("10.9.0.0/24")),
            ),
        ]
    }

    #[test]
    fn each_field_of_a_traffic_rule_asks_for_its_own() {
        for (field, yes, no) in pairs() {
            assert!(matches_flow(&yes, ROW), "{field}");
            assert!(!matches_flow(&no, ROW), "{field}");
        }
        assert!(
            matches_flow(&TrafficFilter::default(), "{}"),
            "a rule that asks for nothing matches any row"
        );
    }

    #[test]
    fn several_labels_mean_all_of_them() {
        let label = |key: &str, value: &str| Label {
            key: key.into(),
            value: value.into(),
        };
        let mut filter = TrafficFilter {
            src_label: vec![label("app", "web"), label("env", "prod")],
            ..Default::default()
        };
        assert!(matches_flow(&filter, ROW));
        filter.src_label.push(label("loc", "tp"));
        assert!(!matches_flow(&filter, ROW));
    }

    #[test]
    fn a_row_without_a_port_matches_no_port_and_no_ex_port() {
        let all = vec![PortRange {
            from: 1,
            to: u16::MAX,
        }];
        for row in [
            r#"{"service":{"proto":1}}"#,
            r#"{"service":{"port":0,"proto":1}}"#,
            r#"{"service":{"port":70000}}"#,
            "{}",
        ] {
            assert!(!matches_flow(
                &TrafficFilter {
                    ports: all.clone(),
                    ..Default::default()
                },
                row
            ));
            assert!(matches_flow(
                &TrafficFilter {
                    ex_ports: all.clone(),
                    ..Default::default()
                },
                row
            ));
        }
    }

    #[test]
    fn a_decision_may_come_as_a_number() {
        let filter = TrafficFilter {
            decision: Some(Decision::Blocked),
            ..Default::default()
        };
        assert!(matches_flow(&filter, r#"{"pd":2}"#));
        assert!(!matches_flow(&filter, r#"{"pd":9}"#));
    }
}
