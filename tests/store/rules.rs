//! What a rule is read to, and what is refused.

use illumio_monitor::rules::{
    Decision, EventCount, EventFilter, EventPer, FieldChange, Filter, FlowCount, FlowPer, Label,
    Level, Newness, PortRange, Rule, Threshold, TrafficFilter,
};

use crate::helpers::{minimal, one_wrong, read};

const EVENT: &str = r#""id": 1, "type": "event", "name": "n""#;
const TRAFFIC: &str = r#""id": 1, "type": "traffic", "name": "n""#;

fn file(rule: &str) -> String {
    minimal(&format!(r#", "rules": [{{{rule}}}]"#))
}

fn rule(body: &str) -> Rule {
    read(&file(body)).rules.remove(0)
}

fn event(more: &str) -> EventFilter {
    match rule(&format!("{EVENT}, {more}")).filter {
        Filter::Event(filter) => filter,
        _ => panic!("an event rule"),
    }
}

fn traffic(more: &str) -> TrafficFilter {
    match rule(&format!(r#"{TRAFFIC}, "pd": 2, {more}"#)).filter {
        Filter::Traffic(filter) => filter,
        _ => panic!("a traffic rule"),
    }
}

fn wrong_event(more: &str, parts: &[&str]) {
    one_wrong(&file(&format!(r#"{EVENT}, "filter_value": "x", {more}"#)), parts);
}

fn wrong_traffic(more: &str, parts: &[&str]) {
    one_wrong(&file(&format!(r#"{TRAFFIC}, "pd": 2, {more}"#)), parts);
}

fn label(key: &str, value: &str) -> Label {
    Label { key: key.to_owned(), value: value.to_owned() }
}

#[test]
fn a_short_rule_has_the_defaults() {
    let rule = rule(&format!(r#"{EVENT}, "filter_value": "agent.tampering""#));

    assert!(rule.enabled);
    assert_eq!(rule.level, Level::Warning);
    assert_eq!(rule.threshold, Threshold::Immediate);
    assert_eq!(rule.cooldown_minutes, 0);
    assert_eq!(rule.desc, "");
    assert_eq!(
        rule.filter,
        Filter::Event(EventFilter {
            filter_value: "agent.tampering".to_owned(),
            ..EventFilter::default()
        })
    );
}

#[test]
fn a_count_without_a_type_means_counting_and_cools_down_for_its_window() {
    let rule = rule(&format!(
        r#"{EVENT}, "filter_value": "x", "threshold_count": 5, "threshold_window": 60"#
    ));

    let count = Threshold::Count { count: 5, window: 60 };
    assert_eq!(rule.threshold, count);
    assert_eq!(rule.cooldown_minutes, 60);
}

#[test]
fn immediate_stays_so_beside_the_numbers_that_the_python_tool_writes() {
    let rule = rule(&format!(
        r#"{EVENT}, "filter_value": "x", "threshold_type": "immediate",
        "threshold_count": 1, "threshold_window": 10"#
    ));

    assert_eq!(rule.threshold, Threshold::Immediate);
    assert_eq!(rule.cooldown_minutes, 0);
}

#[test]
fn all_of_an_event_rules_fields_are_read() {
    let text = r#""filter_value": "user.* | agent.suspend", "severity": ["err", "none"],
        "status": "failure, none", "count_by": "objects", "per": ["user", "event_type"], "user": "ann@*, bob",
        "source_ip": ["10.1.2.3/8", "192.0.2.7"], "workload": "web-?",
        "change": {"field": "enforcement_mode", "from": "full | selective"},
        "not_user": "eve", "not_source_ip": "198.51.100.0/24", "not_workload": ["db-*"]"#;
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let nets = |nets: &[&str]| nets.iter().map(|net| net.parse().unwrap()).collect();
    assert_eq!(
        event(text),
        EventFilter {
            filter_value: "user.*|agent.suspend".to_owned(),
            severity: vec!["err".to_owned(), "none".to_owned()],
            status: vec!["failure".to_owned(), "none".to_owned()],
            user: list(&["ann@*", "bob"]),
            source_ip: nets(&["10.0.0.0/8", "192.0.2.7/32"]),
            workload: list(&["web-?"]),
            change: Some(FieldChange {
                field: "enforcement_mode".to_owned(),
                from: list(&["full", "selective"]),
                to: Vec::new(),
            }),
            not_user: list(&["eve"]),
            not_source_ip: nets(&["198.51.100.0/24"]),
            not_workload: list(&["db-*"]),
            count_by: EventCount::Objects,
            per: vec![EventPer::User, EventPer::EventType],
        }
    );
}

#[test]
fn all_of_a_traffic_rules_fields_are_read() {
    let filter = traffic(
        r#""port": "80, 8000-8100", "proto": "TCP", "src_label": "role=Web,env=Prod",
        "dst_label": ["loc=Taipei, Neihu"], "src_ip_in": "10.1.2.3/8, 2001:db8::1",
        "dst_ip_in": ["192.0.2.1"], "ex_port": 5353, "ex_src_label": "app=A=B",
        "ex_dst_label": null, "ex_src_ip": "", "ex_dst_ip": "224.0.0.0/4,ff00::/8",
        "process": "ssh*", "user": ["root"], "src_host": "web-*", "dst_host": "db-01,db-02",
        "src_managed": true, "dst_managed": false, "not_process": "backup",
        "not_user": "scanner", "not_src_host": "jump-*", "not_dst_host": ["ntp"],
        "src_list": "Office | Branches, Lab", "dst_list": ["A, B | C"],
        "not_src_list": ["Scanners"], "not_dst_list": "Any",
        "count_by": "flows", "per": "source, destination_label:app""#,
    );

    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let nets = |list: &[&str]| list.iter().map(|net| net.parse().unwrap()).collect();
    let expected = TrafficFilter {
        decisions: vec![Decision::Blocked],
        ports: vec![PortRange { from: 80, to: 80 }, PortRange { from: 8000, to: 8100 }],
        proto: Some(6),
        src_label: vec![label("role", "Web"), label("env", "Prod")],
        dst_label: vec![label("loc", "Taipei, Neihu")],
        src_ip: nets(&["10.0.0.0/8", "2001:db8::1/128"]),
        dst_ip: nets(&["192.0.2.1/32"]),
        process: list(&["ssh*"]),
        user: list(&["root"]),
        src_host: list(&["web-*"]),
        dst_host: list(&["db-01", "db-02"]),
        src_managed: Some(true),
        dst_managed: Some(false),
        not_process: list(&["backup"]),
        not_user: list(&["scanner"]),
        not_src_host: list(&["jump-*"]),
        not_dst_host: list(&["ntp"]),
        src_list: list(&["Office", "Branches", "Lab"]),
        dst_list: list(&["A, B | C"]),
        not_src_list: list(&["Scanners"]),
        not_dst_list: list(&["Any"]),
        ex_ports: vec![PortRange { from: 5353, to: 5353 }],
        ex_src_label: vec![label("app", "A=B")],
        ex_dst_label: vec![],
        ex_src_ip: vec![],
        ex_dst_ip: nets(&["224.0.0.0/4", "ff00::/8"]),
        count_by: FlowCount::Flows,
        per: vec![FlowPer::Source, FlowPer::DestinationLabel("app".to_owned())],
    };
    assert_eq!(filter, expected);
}

#[test]
fn a_rule_of_new_groups_says_for_how_long_it_learns() {
    let newness = |more: &str| {
        let rule = format!(r#""type": "traffic", "pd": 2, "per": "source", {more}"#);
        self::rule(&format!(r#""id": 1, "name": "a", {rule}"#)).newness
    };
    let new = |within_days, learn_days, window| Some(Newness { within_days, learn_days, window });
    assert_eq!(newness(r#""new_within_days": 30"#), new(30, 7, 1));
    assert_eq!(newness(r#""new_within_days": 1, "learn_days": 0"#), new(1, 0, 1));
    let counts = r#""threshold_count": 3, "threshold_window": 20"#;
    assert_eq!(newness(&format!(r#""new_within_days": 2, {counts}"#)), new(2, 7, 20));
}

#[test]
fn what_is_counted_apart_and_what_is_counted_have_to_make_sense_together() {
    for (more, says) in [
        (r#""per": ["source", "port", "user"]"#, &["rule 1: per", "at most two"][..]),
        (r#""per": ["source", "source"]"#, &["rule 1: per", "twice"]),
        (r#""per": "sources""#, &["rule 1: per", "\"source_label:\""]),
        (r#""per": "source_label:""#, &["rule 1: per", "\"source_label:\""]),
        (r#""per": []"#, &["rule 1: per", "remove the key"]),
        (r#""per": "source", "count_by": "sources""#, &["rule 1: count_by", "only one of"]),
        (r#""per": "port,user", "count_by": "ports""#, &["rule 1: count_by", "\"port\""]),
        (r#""new_within_days": 30"#, &["rule 1: new_within_days", "\"per\""]),
        (r#""per": "user", "learn_days": 3"#, &["rule 1: learn_days", "new_within_days"]),
        (r#""per": "user", "new_within_days": 91"#, &["rule 1: new_within_days", "90"]),
    ] {
        wrong_traffic(more, says);
    }
    for (more, says) in [
        (r#""per": "source""#, &["rule 1: per", "\"source_ip\""][..]),
        (r#""per": "workload", "count_by": "workloads""#, &["rule 1: count_by", "only one of"]),
        (r#""per": "source_ip", "count_by": "sources""#, &["rule 1: count_by", "\"source_ip\""]),
    ] {
        wrong_event(more, says);
    }
}

#[test]
fn what_asks_for_nothing_where_a_key_stands_is_told() {
    for more in [r#""source_ip": []"#, r#""not_source_ip": "","#, r#""source_ip": [" "]"#] {
        wrong_event(more.trim_end_matches(','), &["set no condition", "remove the key"]);
    }
    for more in [r#""src_list": []"#, r#""not_dst_list": "|""#] {
        wrong_traffic(more, &["set no condition", "remove the key"]);
    }
    for more in [r#""user": []"#, r#""workload": " , ""#, r#""not_user": [""]"#] {
        wrong_event(more, &["set no condition", "remove the key"]);
    }
    wrong_event(r#""change": "full""#, &["rule 1: change", "an object", "not a text"]);
    wrong_event(r#""change": {"field": "x", "to": "a|"}"#, &["rule 1: change.to", "|"]);
    wrong_event(r#""change": {"field": "x", "to": []}"#, &["rule 1: change.to", "no condition"]);
    wrong_event(r#""change": {"field": "x", "To": "a"}"#, &["rule 1: change.To", "unknown"]);
    for label in ["role=Web|", "role=|", "role=Web|role=App"] {
        wrong_traffic(&format!(r#""src_label": "{label}""#), &["rule 1: src_label", label]);
    }
}

#[test]
fn a_change_reads_values_as_they_are_and_names_are_apart_at_each_kind_of_comma() {
    let change = |more: &str| {
        event(&format!(r#""filter_value": "x", "change": {{"field": "f", {more}}}"#))
            .change
            .unwrap()
    };
    let read = change(r#""from": [null, true, 7, "a | b"], "to": null"#);
    assert_eq!(read.from, ["null", "true", "7", "a", "b"]);
    assert_eq!(read.to, ["null"]);
    let read = event(r#""filter_value": "x", "user": "a，b、c|d, e""#);
    assert_eq!(read.user, ["a", "b", "c", "d", "e"]);
}

#[test]
fn each_policy_decision_has_its_number() {
    let decision = |pd: &str| match rule(&format!(r#"{TRAFFIC}, "pd": {pd}"#)).filter {
        Filter::Traffic(filter) => filter.decisions,
        _ => panic!("a traffic rule"),
    };
    assert_eq!(decision("2"), [Decision::Blocked]);
    assert_eq!(decision("1"), [Decision::PotentiallyBlocked]);
    assert_eq!(decision("0"), [Decision::Allowed]);
    assert_eq!(decision("3"), [Decision::Unknown]);
    assert_eq!(decision("-1"), []);
    assert_eq!(decision("[2, 1, 2]"), [Decision::PotentiallyBlocked, Decision::Blocked]);
    assert_eq!(decision("[-1]"), []);
    for (pd, words) in [
        ("[2, -1]", ["rule 1: pd", "-1 is any decision and must be the only one"]),
        ("\"1\"", ["rule 1: pd", "or several as [1, 2]"]),
        ("\"1,2\"", ["rule 1: pd", "or several as [1, 2]"]),
        ("[\"1\"]", ["rule 1: pd[0]", "a number without quotes"]),
    ] {
        one_wrong(&file(&format!(r#"{TRAFFIC}, "pd": {pd}"#)), &words);
    }
    one_wrong(&file(&format!(r#"{TRAFFIC}, "pd": [2, 5]"#)), &["rule 1: pd[1]", "from -1 to 3"]);
    one_wrong(&file(&format!(r#"{TRAFFIC}, "pd": []"#)), &["rule 1: pd", "2 for blocked"]);
    one_wrong(&file(&format!(r#"{TRAFFIC}, "pd": [2, "x"]"#)), &["rule 1: pd[1]", "number"]);
    one_wrong(&file(&format!(r#"{TRAFFIC}, "pd": 4"#)), &["rule 1: pd", "from -1 to 3"]);
    one_wrong(&file(TRAFFIC), &["rule 1: pd", "missing", "2 for blocked"]);
}

#[test]
fn a_protocol_is_a_name_or_a_number() {
    assert_eq!(traffic(r#""proto": "udp""#).proto, Some(17));
    assert_eq!(traffic(r#""proto": "icmp""#).proto, Some(1));
    assert_eq!(traffic(r#""proto": 47"#).proto, Some(47));
    assert_eq!(traffic(r#""proto": "6""#).proto, Some(6));
    assert_eq!(traffic(r#""proto": null"#).proto, None);
    for odd in [r#""tpc""#, "256", "-1"] {
        wrong_traffic(&format!(r#""proto": {odd}"#), &["rule 1: proto", "0 to 255"]);
    }
    wrong_traffic(r#""proto": true"#, &["rule 1: proto", "number"]);
}

#[test]
fn a_type_that_is_unknown_is_told_with_the_known_ones() {
    one_wrong(
        &file(r#""id": 1, "type": "bandwidth", "name": "n", "anything": 1"#),
        &["rule 1: type", "bandwidth", "\"event\"", "\"traffic\""],
    );
    one_wrong(&file(r#""id": 1, "name": "n""#), &["rule 1: type", "missing"]);
    one_wrong(&minimal(r#", "rules": [7]"#), &["rules[0]", "object"]);
}

#[test]
fn a_key_of_the_other_type_or_with_a_slip_is_told() {
    wrong_event(r#""treshold_type": "count""#, &["rule 1: treshold_type", "\"threshold_type\""]);
    wrong_traffic(r#""dst_ip": "10.0.0.1""#, &["rule 1: dst_ip", "\"dst_ip_in\""]);
    wrong_event(r#""port": 22"#, &["rule 1: port"]);
}

#[test]
fn what_a_rule_must_have_is_told_where_it_is_missing() {
    one_wrong(&file(r#""type": "event", "name": "n", "filter_value": "x""#), &["rules[0].id"]);
    one_wrong(&file(r#""id": 1, "type": "event", "filter_value": "x""#), &["rule 1: name"]);
    one_wrong(&file(EVENT), &["rule 1: filter_value", "missing"]);
    wrong_event(
        r#""threshold_type": "count", "threshold_count": 3"#,
        &["rule 1: threshold_window", "missing"],
    );
    wrong_event(
        r#""threshold_type": "count", "threshold_window": 3"#,
        &["rule 1: threshold_count", "missing"],
    );
}

#[test]
fn a_filter_that_would_match_every_event_is_refused_unless_it_says_so() {
    for empty in ["", "  ", "agent.tampering|", "|", "a||b"] {
        one_wrong(
            &file(&format!(r#"{EVENT}, "filter_value": "{empty}""#)),
            &["rule 1: filter_value", "every event"],
        );
    }
    assert_eq!(event(r#""filter_value": "*""#).filter_value, "*");
}

#[test]
fn a_rules_numbers_have_their_ranges() {
    for (key, below, above, range) in [
        ("threshold_count", "0", "1000000001", "from 1 to 1,000,000,000"),
        ("threshold_window", "0", "10081", "from 1 to 10,080"),
        ("cooldown_minutes", "-1", "10081", "from 0 to 10,080"),
    ] {
        let place = format!("rule 1: {key}");
        let immediate = r#""threshold_type": "immediate""#;
        for odd in [below, above] {
            let text = format!(r#"{immediate}, "{key}": {odd}"#);
            wrong_event(&text, &[&place, odd, range]);
        }
    }
    one_wrong(
        &file(r#""id": 1.5, "type": "event", "name": "n", "filter_value": "x""#),
        &["rules[0].id", "whole"],
    );
}

#[test]
fn a_rules_words_are_told_with_the_known_ones() {
    wrong_event(r#""level": "high""#, &["rule 1: level", "\"critical\""]);
    wrong_event(r#""threshold_type": "cnt""#, &["rule 1: threshold_type", "\"count\""]);
    wrong_event(r#""count_by": "flows""#, &["rule 1: count_by", "\"objects\""]);
    wrong_traffic(r#""count_by": "objects""#, &["rule 1: count_by", "\"flows\""]);
    wrong_event(r#""severity": "eror""#, &["rule 1: severity", "eror", "\"err\""]);
    wrong_event(r#""status": ["failed"]"#, &["rule 1: status", "failed", "\"failure\""]);
}

#[test]
fn ports_labels_and_addresses_are_checked() {
    for odd in [r#""http""#, r#""90-80""#, "0", "65536", "[70000]", r#""80-""#] {
        wrong_traffic(&format!(r#""port": {odd}"#), &["rule 1: port", "8000-8100"]);
        wrong_traffic(&format!(r#""ex_port": {odd}"#), &["rule 1: ex_port"]);
    }
    for odd in ["Web", "role=", "=Web", "role=Web,Prod"] {
        for key in ["src_label", "dst_label", "ex_src_label", "ex_dst_label"] {
            let place = format!("rule 1: {key}");
            wrong_traffic(&format!(r#""{key}": "{odd}""#), &[&place, "role=Web"]);
        }
    }
    for odd in ["10.0.0.256", "10.0.0.0/33", "db-servers", "10.0.0.1-10.0.0.9"] {
        for key in ["src_ip_in", "dst_ip_in", "ex_src_ip", "ex_dst_ip"] {
            let place = format!("rule 1: {key}");
            wrong_traffic(&format!(r#""{key}": "{odd}""#), &[&place, odd, "10.0.0.0/8"]);
        }
    }
}

#[test]
fn odd_letters_in_the_file_reach_no_terminal() {
    wrong_event(r#""\u001b[31m": 1"#, &["rule 1: \\u{1b}[31m"]);
    wrong_event(r#""level": "\u001b[31m""#, &["\\u{1b}[31m"]);
}
