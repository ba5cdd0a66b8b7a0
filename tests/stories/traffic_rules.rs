//! Every field of a traffic rule, through the whole binary.

use serde_json::{Value, json};

use super::beside::Beside;
use crate::pce::*;
use crate::world::World;

/// Nine flows, each with its own power of two connections, so that a rule's count
/// says which of them it matched.
fn flows() -> Vec<Connection> {
    let web = |env: &str, ip: &str| workload(env).label("role", "web").label("env", env).ip(ip);
    let (prod, test) = (web("prod", "10.1.0.1"), web("test", "10.1.0.2"));
    let db = || workload("db").label("app", "shop").ip("10.9.0.4");
    let flows = [
        blocked(prod.clone(), db(), 443),
        blocked(test, db(), 8_050).process("backup").user("svc"),
        blocked("192.168.7.7", db(), 53).udp(),
        blocked(prod.clone(), unmanaged_workload("printer").ip("10.9.0.9"), 0).icmp(8, 0),
        potentially_blocked(prod.clone(), db(), 443),
        allowed(prod.clone(), db(), 443),
        undecided(prod.clone(), db(), 443),
        blocked("2001:db8::7", "2001:db8:1::1", 443),
        blocked(prod, db(), 0).service_field("port", Value::Null).service_field("proto", json!(47)),
    ];
    let numbered = flows.into_iter().enumerate();
    numbered.map(|(nth, flow)| flow.at("10:05").times(1 << nth)).collect()
}

/// Asserts what each rule counts; 0: it does not alert.
fn assert_counts(cases: &[(Value, u64)]) {
    let rules: Vec<Value> = cases
        .iter()
        .map(|(fields, _)| {
            let mut rule = fields.clone();
            rule["type"] = json!("traffic");
            rule
        })
        .collect();
    let mut beside = Beside::with(&rules);
    beside.world.pce.connections(flows());
    let told = beside.tells("10:10");
    let expected = cases.iter().zip(1..).filter(|((_, count), _)| *count > 0);
    let expected = expected.map(|((_, count), id)| format!("rule {id}: {count}"));
    let told = told.iter().map(|told| told.split(',').next().unwrap().to_owned());
    assert_eq!(told.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{cases:?}");
}

#[test]
fn a_rule_matches_its_policy_decision() {
    assert_counts(&[
        (json!({"pd": 2}), 399),
        (json!({"pd": 1}), 16),
        (json!({"pd": 0}), 32),
        (json!({"pd": 3}), 64),
        (json!({"pd": -1}), 511),
        (json!({"pd": [0, 2]}), 431),
        (json!({"pd": [-1]}), 511),
    ]);
}

#[test]
fn the_query_asks_for_the_decisions_that_the_rules_need() {
    let asked = |decisions: Value| {
        let decisions = decisions.as_array().unwrap();
        let rules: Vec<Value> =
            decisions.iter().map(|pd| json!({"type": "traffic", "pd": pd})).collect();
        let mut beside = Beside::with(&rules);
        beside.tells("10:10");
        let posted = beside.world.pce.requests_to("POST", "/traffic_flows/async_queries");
        assert_eq!(posted.len(), 1, "one query for all rules");
        posted[0].json()["policy_decisions"].clone()
    };
    assert_eq!(asked(json!([2])), json!(["blocked"]));
    assert_eq!(asked(json!([2, 2, 0])), json!(["allowed", "blocked"]));
    assert_eq!(asked(json!([3, 1])), json!(["potentially_blocked", "unknown"]));
    assert_eq!(asked(json!([[2, 1], 0])), json!(["allowed", "potentially_blocked", "blocked"]));
    assert_eq!(asked(json!([2, -1])), json!([]), "any: all of them");
    assert_eq!(asked(json!([2, [-1]])), json!([]), "any: all of them");
}

#[test]
fn a_rule_matches_ports_and_protocols_and_a_row_without_a_port_matches_no_port() {
    assert_counts(&[
        (json!({"port": 443}), 129),
        (json!({"port": "443, 8000-8100"}), 131),
        (json!({"port": "1-65535"}), 135),
        (json!({"proto": "tcp"}), 131),
        (json!({"proto": "udp"}), 4),
        (json!({"proto": "icmp"}), 8),
        (json!({"proto": 47}), 256),
        (json!({"port": 443, "proto": "udp"}), 0),
        (json!({"ex_port": "443,53"}), 266),
        (json!({"ex_port": "1-65535"}), 264),
    ]);
}

#[test]
fn several_labels_mean_all_of_them_and_case_counts() {
    assert_counts(&[
        (json!({"src_label": "role=web"}), 267),
        (json!({"src_label": "role=web,env=prod"}), 265),
        (json!({"src_label": ["role=web", "env=test"]}), 2),
        (json!({"src_label": "role=Web"}), 0),
        (json!({"src_label": "role=db|web"}), 267),
        (json!({"dst_label": "app=shop"}), 263),
        (json!({"ex_src_label": "env=prod"}), 134),
        (json!({"ex_src_label": "role=web,env=test"}), 397),
        (json!({"ex_dst_label": ["app=shop"]}), 136),
    ]);
}

#[test]
fn addresses_and_networks_of_both_families_match_either_end() {
    assert_counts(&[
        (json!({"src_ip_in": "10.1.0.0/24"}), 267),
        (json!({"src_ip_in": ["2001:db8::/32", "192.168.7.7"]}), 132),
        (json!({"dst_ip_in": "10.9.0.9"}), 8),
        (json!({"dst_ip_in": "10.9.0.0/16,2001:db8:1::/48"}), 399),
        (json!({"ex_src_ip": "10.1.0.1"}), 134),
        (json!({"ex_src_ip": "0.0.0.0/0"}), 128),
        (json!({"ex_dst_ip": "10.9.0.0/16"}), 128),
        (json!({"src_ip_in": "10.0.0.0/8", "ex_dst_ip": "10.9.0.9", "port": "1-1023"}), 1),
    ]);
}

#[test]
fn flows_are_counted_once_whatever_their_connections() {
    assert_counts(&[
        (json!({"count_by": "flows"}), 6),
        (json!({"count_by": "flows", "port": "443,53"}), 3),
        (json!({"count_by": "flows", "pd": -1}), 6),
        (json!({"count_by": "connections", "port": 53}), 4),
    ]);
}

#[test]
fn the_talkers_of_a_rule_that_counts_flows_are_ranked_by_connections_and_that_is_said() {
    let mut world = World::new();
    world.rule(json!({"type": "traffic", "count_by": "flows"}));
    for (host, times) in [("web-01", 3), ("web-02", 40)] {
        let connection = blocked(host, "db-01", 445).at("10:05");
        world.pce.connection(connection.times(times));
    }

    let run = world.run_at("10:10");

    let text = run.mail().text().to_owned();
    assert!(text.contains("2 flows"), "{text}");
    let (_, talkers) = text.split_once("Top Talkers, by connections").unwrap();
    let mut lines = talkers.lines().map(str::trim_start);
    assert!(lines.any(|line| line.starts_with("40  web-02")), "{text}");
    assert!(lines.any(|line| line.starts_with("3  web-01")), "{text}");
}

#[test]
fn processes_users_and_hosts_match_by_patterns_and_an_end_is_managed_or_not() {
    assert_counts(&[
        (json!({"process": "back*"}), 2),
        (json!({"not_process": ["backup"]}), 397),
        (json!({"user": "root,svc"}), 2),
        (json!({"not_user": "svc"}), 397),
        (json!({"src_host": "prod"}), 265),
        (json!({"src_host": "t?st, nobody"}), 2),
        (json!({"src_host": "pro"}), 0),
        (json!({"dst_host": "db"}), 263),
        (json!({"not_src_host": "prod"}), 134),
        (json!({"not_dst_host": "d*"}), 136),
        (json!({"src_managed": false}), 132),
        (json!({"dst_managed": true}), 263),
        (json!({"src_managed": true, "dst_managed": false}), 8),
    ]);
}
