//! What a rule asks for that nothing may ever be: a type that nobody knows, a severity
//! that its events do not have, a label that the PCE has not, a port of a protocol without
//! ports.
//!
//! A doubt is worth a remark and no more. The catalogue is what the guide documents, and a
//! PCE sends types beyond it; its last hours are not all that it will ever send.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue;
use super::matching::{alternatives, is_named};
use super::near::meant;
use super::{Filter, Label, Rule};
use crate::pce::vocabulary::{Heard, LabelHeard};

/// Protocols that have no ports [IANA "Assigned Internet Protocol Numbers"; their RFCs]:
/// ICMP, IGMP, IP in IP, IPv6 in IP, GRE, ESP, AH, ICMPv6, OSPF, PIM, VRRP.
const WITHOUT_PORTS: [u8; 11] = [1, 2, 4, 41, 47, 50, 51, 58, 89, 103, 112];

/// So many events of a type say something of its severities.
const ENOUGH: u64 = 10;

/// Something that a rule asks for and that may never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody knows an event type of this name, or with this in it.
    Type {
        /// As the rule has it, one alternative.
        wanted: String,
        /// The known type that it is the most like, if any is.
        near: Option<String>,
        /// Whether the PCE's last hours were looked at, too.
        heard: bool,
        /// Whether the rule asks for other types, too, which there are.
        part: bool,
    },
    /// None of the events of the last hours that the rule asks for by their full names had
    /// one of these severities.
    Severity(Unlike),
    /// The PCE has no such label.
    Label {
        /// As the rule has it: `role=wbe`.
        wanted: String,
        /// The one with that key that it is the most like.
        near: Option<String>,
        /// Whether another value will do as well, and may be there.
        part: bool,
    },
    /// Ports are asked for, of a protocol that has none.
    Ports(u8),
}

/// What the rule asks for, and what there was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// What the rule asks for.
    pub wanted: Vec<String>,
    /// What the events had.
    pub found: Vec<String>,
    /// How many events there were.
    pub count: u64,
}

/// The doubts about a rule, by what the guide says and by what was heard of the PCE.
pub fn doubts(rule: &Rule, heard: &Heard) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    match &rule.filter {
        Filter::Event(filter) => {
            doubts.extend(unknown_types(&filter.filter_value, heard));
            doubts.extend(unlike(&filter.filter_value, &filter.severity, heard));
        }
        Filter::Traffic(filter) => {
            let proto = filter.proto.filter(|proto| WITHOUT_PORTS.contains(proto));
            doubts.extend(proto.filter(|_| !filter.ports.is_empty()).map(Doubt::Ports));
        }
        Filter::Workload(_) => {}
    }
    let labels = labels_of(rule);
    doubts.extend(labels.flat_map(|label| unknown_labels(label, heard)));
    doubts
}

/// The labels that a rule asks for, as they are asked of the PCE. One that it leaves out and
/// that there is not leaves out nothing, and keeps no alert back.
pub fn labels_wanted(rule: &Rule) -> BTreeSet<(String, String)> {
    let each = |label: &Label| {
        let values: Vec<String> = label.values().map(str::to_owned).collect();
        let key = label.key.clone();
        values.into_iter().map(move |value| (key.clone(), value))
    };
    labels_of(rule).flat_map(each).collect()
}

/// Whether the PCE's last hours could tell more of a rule than the guide does.
pub fn asks_for_types(rule: &Rule) -> bool {
    let Filter::Event(filter) = &rule.filter else { return false };
    !filter.severity.is_empty()
        || !unknown_types(&filter.filter_value, &Heard::default()).is_empty()
}

fn labels_of(rule: &Rule) -> impl Iterator<Item = &Label> {
    let lists = match &rule.filter {
        Filter::Traffic(filter) => vec![&filter.src_label, &filter.dst_label],
        Filter::Workload(filter) => vec![&filter.label],
        Filter::Event(_) => Vec::new(),
    };
    lists.into_iter().flatten()
}

fn unknown_types(filter: &str, heard: &Heard) -> Vec<Doubt> {
    let known = known_types(heard);
    let is_known = |wanted: &&str| known.iter().any(|name| is_named(wanted, name));
    let part = alternatives(filter).any(|wanted| is_known(&wanted));
    let doubt = |wanted: &str| {
        let plain: String = wanted.chars().filter(|letter| !"*?".contains(*letter)).collect();
        let near = meant(&plain, &known).map(str::to_owned);
        Doubt::Type { wanted: wanted.to_owned(), near, heard: heard.types.is_some(), part }
    };
    alternatives(filter).filter(|wanted| !is_known(wanted)).map(doubt).collect()
}

fn known_types(heard: &Heard) -> Vec<&str> {
    let documented = catalogue::all().iter().map(|one| one.name);
    let seen = heard.types.iter().flat_map(BTreeMap::keys).map(String::as_str);
    documented.chain(seen).collect()
}

/// Where there were enough events of these types, and none had a severity that is asked for.
/// Nobody documents severities and a day is not for ever, so nothing is said of a rule that
/// leaves open which types it means.
fn unlike(filter: &str, wanted: &[String], heard: &Heard) -> Option<Doubt> {
    let types = heard.types.as_ref().filter(|_| !wanted.is_empty())?;
    let known = known_types(heard);
    let is_exact = |one: &str| {
        known.contains(&one) && known.iter().all(|name| *name == one || !is_named(one, name))
    };
    if filter.is_empty() || !alternatives(filter).all(is_exact) {
        return None;
    }
    let (mut count, mut found) = (0, BTreeSet::new());
    for traits in alternatives(filter).filter_map(|name| types.get(name)) {
        count += traits.count;
        found.extend(traits.severities.iter().cloned());
    }
    if count < ENOUGH || wanted.iter().any(|word| found.contains(word)) {
        return None;
    }
    let found = found.into_iter().collect();
    Some(Doubt::Severity(Unlike { wanted: wanted.to_vec(), found, count }))
}

fn unknown_labels(label: &Label, heard: &Heard) -> Vec<Doubt> {
    let of = |value: &str| heard.labels.get(&(label.key.clone(), value.to_owned()));
    // What is called so, with the bar in it, is one label.
    if of(&label.value).is_some_and(|heard| *heard == LabelHeard::There) {
        return Vec::new();
    }
    let single = || label.values().filter(|value| !value.contains('|'));
    let is_absent = |value: &str| matches!(of(value), Some(LabelHeard::Absent(_)));
    let part = !single().all(is_absent);
    let doubt = |value: &str| {
        let Some(LabelHeard::Absent(values)) = of(value) else { return None };
        let known: Vec<&str> = values.iter().map(String::as_str).collect();
        let near = meant(value, &known).map(|near| format!("{}={near}", label.key));
        Some(Doubt::Label { wanted: format!("{}={value}", label.key), near, part })
    };
    single().filter_map(doubt).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::pce::vocabulary::Traits;
    use crate::rules::{EventFilter, Level, PortRange, Threshold, TrafficFilter};

    fn rule(filter: Filter) -> Rule {
        Rule {
            id: 1,
            name: "A rule".into(),
            enabled: true,
            level: Level::Warning,
            desc: String::new(),
            rec: String::new(),
            technique: String::new(),
            note: String::new(),
            filter,
            threshold: Threshold::Immediate,
            cooldown_minutes: 0,
            newness: None,
        }
    }

    fn event(filter_value: &str) -> Rule {
        rule(Filter::Event(EventFilter { filter_value: filter_value.into(), ..Default::default() }))
    }

    fn heard(types: &[(&str, &str)]) -> Heard {
        let mut all: BTreeMap<String, Traits> = BTreeMap::new();
        for (name, severity) in types {
            let traits = all.entry((*name).to_owned()).or_default();
            traits.count += 1;
            traits.severities.insert((*severity).to_owned());
        }
        Heard { types: Some(all), ..Heard::default() }
    }

    #[test]
    fn a_type_that_nobody_documents_is_doubted_and_the_nearest_is_named() {
        let nobody = Heard::default();
        for fine in ["agent.tampering", "tamper", "agent.*", "*.delete", "user.login_fai?ed", "*"] {
            assert_eq!(doubts(&event(fine), &nobody), [], "{fine}");
        }
        let found = doubts(&event("agent.tampering| agent.tampred "), &nobody);
        let wanted = Doubt::Type {
            wanted: "agent.tampred".into(),
            near: Some("agent.tampering".into()),
            heard: false,
            part: true,
        };
        assert_eq!(found, [wanted]);
        assert!(matches!(
            &doubts(&event("agnt.*"), &nobody)[..],
            [Doubt::Type { part: false, .. }]
        ));
        let found = doubts(&event("something.else.entirely.unlike"), &nobody);
        assert!(matches!(&found[..], [Doubt::Type { near: None, .. }]), "{found:?}");
    }

    #[test]
    fn a_type_that_the_pce_sent_is_one_whatever_the_documents_say() {
        let heard = heard(&[("cloud.newest_type", "info")]);
        assert_eq!(doubts(&event("cloud.newest_type"), &heard), []);
        let found = doubts(&event("cloud.newest_typ|cloud.newst_type"), &heard);
        let near = Some("cloud.newest_type".into());
        let wanted = "cloud.newst_type".into();
        assert_eq!(found, [Doubt::Type { wanted, near, heard: true, part: true }]);
    }

    #[test]
    fn a_severity_is_doubted_only_of_types_by_their_full_names_that_came_often_with_others() {
        let filter = |filter_value: &str, severity: &str| {
            rule(Filter::Event(EventFilter {
                filter_value: filter_value.into(),
                severity: vec![severity.into()],
                status: vec!["no such status".into()],
                ..Default::default()
            }))
        };
        let of = |name: &'static str, severity: &'static str, count: usize| {
            std::iter::repeat_n((name, severity), count)
        };
        let all: Vec<_> = of("user.sign_in", "info", 9)
            .chain(of("user.sign_in", "err", 1))
            .chain(of("agent.tampering", "err", 9))
            .chain(of("user.login", "info", 20))
            .collect();
        let heard = heard(&all);
        assert_eq!(doubts(&filter("user.sign_in", "err"), &heard), []);
        // The papers' longer word, which this PCE does not use.
        let unlike = Unlike {
            wanted: vec!["error".into()],
            found: vec!["err".into(), "info".into()],
            count: 10,
        };
        let found = doubts(&filter("user.sign_in", "error"), &heard);
        assert_eq!(found, [Doubt::Severity(unlike)]);
        // Too few of them; and `user.login` means others that begin so, too.
        for open in ["agent.tampering", "*", "user.*", "", "user.login", "user.sign_in|user.*"] {
            assert_eq!(doubts(&filter(open, "crit"), &heard), [], "{open}");
        }
        assert_eq!(doubts(&filter("user.sign_in", "crit"), &Heard::default()), []);
    }

    #[test]
    fn a_port_of_a_protocol_without_ports_is_doubted() {
        let traffic = |proto| {
            rule(Filter::Traffic(TrafficFilter {
                ports: vec![PortRange { from: 443, to: 443 }],
                proto,
                ..Default::default()
            }))
        };
        let heard = Heard::default();
        assert_eq!(doubts(&traffic(Some(1)), &heard), [Doubt::Ports(1)]);
        for fine in [None, Some(6), Some(17), Some(132), Some(250)] {
            assert_eq!(doubts(&traffic(fine), &heard), []);
        }
    }

    #[test]
    fn a_label_is_doubted_only_where_the_pce_said_that_it_has_none() {
        let label = |value: &str| Label { key: "role".into(), value: value.into() };
        let traffic = |value: &str| {
            let filter = TrafficFilter { src_label: vec![label(value)], ..Default::default() };
            rule(Filter::Traffic(filter))
        };
        let absent = || LabelHeard::Absent(vec!["web".into(), "db".into()]);
        let of = |value: &str, said| (("role".to_owned(), value.to_owned()), said);
        let heard = Heard {
            labels: BTreeMap::from([
                of("web", LabelHeard::There),
                of("wbe", absent()),
                of("web|wbe", absent()),
                of("a|b", LabelHeard::There),
                of("a", absent()),
                of("b", absent()),
                of("cut", LabelHeard::Unknown),
            ]),
            ..Heard::default()
        };
        for fine in ["web", "a|b", "cut", "never asked"] {
            assert_eq!(doubts(&traffic(fine), &heard), [], "{fine}");
        }
        let wbe =
            |part| Doubt::Label { wanted: "role=wbe".into(), near: Some("role=web".into()), part };
        assert_eq!(doubts(&traffic("wbe"), &heard), [wbe(false)]);
        // A part of it is there, or may be, and the rule alerts.
        for some in ["web|wbe", "wbe|cut", "wbe|never asked"] {
            assert_eq!(doubts(&traffic(some), &heard), [wbe(true)], "{some}");
        }
        let found = doubts(&traffic("a|wbe"), &heard);
        assert!(
            matches!(
                &found[..],
                [Doubt::Label { part: false, .. }, Doubt::Label { part: false, .. }]
            ),
            "{found:?}"
        );
    }

    #[test]
    fn a_label_that_is_left_out_and_is_not_there_keeps_nothing_back() {
        let label = Label { key: "role".into(), value: "wbe".into() };
        let filter = TrafficFilter {
            ex_src_label: vec![label.clone()],
            ex_dst_label: vec![label],
            ..Default::default()
        };
        let rule = rule(Filter::Traffic(filter));
        let absent = LabelHeard::Absent(Vec::new());
        let labels = BTreeMap::from([(("role".to_owned(), "wbe".to_owned()), absent)]);
        assert_eq!(doubts(&rule, &Heard { labels, ..Heard::default() }), []);
        assert!(labels_wanted(&rule).is_empty(), "nor is it asked for");
    }
}
