#![allow(clippy::unwrap_used)]

use super::*;
use crate::pce::ip_lists::{IpLists, Ranges};
use crate::pce::record::IpList;
use crate::rules::{Filter, Level, Rule, Threshold};

fn event_rule(value: &str) -> EventFilter {
    EventFilter { filter_value: value.to_owned(), ..EventFilter::default() }
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
    assert!(matches_event(&event_rule("sec_rule.*"), &of("sec_rule.create")));
    assert!(!matches_event(&event_rule("rule.*"), &of("sec_rule.create")));
    assert!(matches_event(&event_rule("*rule?.d*e"), &of("sec_rules.delete")));
    assert!(!matches_event(&event_rule("user.?"), &of("user.")));
    assert!(matches_event(&event_rule("a*b*c|x"), &of("aXbYbZc")));
}

#[test]
fn severity_and_status_narrow_and_none_stands_for_null() {
    let mut filter = event_rule("agent.");
    filter.severity = vec!["err".into(), "none".into()];
    assert!(matches_event(&filter, r#"{"event_type":"agent.tampering","severity":"err"}"#));
    assert!(matches_event(&filter, r#"{"event_type":"agent.tampering","severity":null}"#));
    assert!(!matches_event(&filter, r#"{"event_type":"agent.tampering","severity":"info"}"#));
    filter.status = vec!["failure".into()];
    assert!(!matches_event(
        &filter,
        r#"{"event_type":"agent.tampering","severity":"err","status":null}"#
    ));
}

const UPDATE: &str = r#"{"event_type":"workload.update","created_by":{"user":{"username":"ann@corp"}},
    "action":{"src_ip":"10.1.2.3"},"resource_changes":[
    {"resource":{"workload":{"href":"/w/1","hostname":"web-01"}},
     "changes":{"enforcement_mode":{"before":"full","after":"idle"},"online":{"before":null,"after":true}}},
    {"resource":{"workload":{"href":"/w/2","hostname":"web-02"}},
     "changes":{"enforcement_mode":{"before":"idle","after":"full"}}}]}"#;

#[test]
fn who_from_where_and_about_whom_narrow_and_leave_out() {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let nets = |nets: &[&str]| nets.iter().map(|net| net.parse().unwrap()).collect::<Vec<_>>();
    type Set = fn(&mut EventFilter, Vec<String>);
    let by_name: [(Set, Set, &[&str], &[&str]); 2] = [
        (
            |filter, names| filter.user = names,
            |filter, names| filter.not_user = names,
            &["bob", "ann@*"],
            &["ann", "*@other", "Ann@corp"],
        ),
        (
            |filter, names| filter.workload = names,
            |filter, names| filter.not_workload = names,
            &["web-01", "web-02"],
            &["web", "db-*", "/w/1"],
        ),
    ];
    for (wants, leaves_out, met, unmet) in by_name {
        for (names, is_met) in [(met, true), (unmet, false)] {
            let (mut one, mut other) = (event_rule("update"), event_rule("update"));
            wants(&mut one, list(names));
            leaves_out(&mut other, list(names));
            assert_eq!(matches_event(&one, UPDATE), is_met, "{names:?}");
            assert_eq!(matches_event(&other, UPDATE), !is_met, "{names:?}");
        }
    }
    for (net, is_met) in [("10.0.0.0/8", true), ("10.1.2.3/32", true), ("192.0.2.0/24", false)] {
        let source_ip = EventFilter { source_ip: nets(&[net]), ..event_rule("update") };
        let not = EventFilter { not_source_ip: nets(&[net]), ..event_rule("update") };
        assert_eq!(matches_event(&source_ip, UPDATE), is_met, "{net}");
        assert_eq!(matches_event(&not, UPDATE), !is_met, "{net}");
    }
    // An event about one more workload than those is not left out.
    let one = EventFilter { not_workload: list(&["web-01"]), ..event_rule("update") };
    assert!(matches_event(&one, UPDATE));
    // What names nobody and comes from nowhere is left out by nothing, and is nobody's.
    let bare = r#"{"event_type":"workload.update"}"#;
    let not = EventFilter {
        not_user: list(&["*"]),
        not_source_ip: nets(&["0.0.0.0/0"]),
        ..event_rule("update")
    };
    assert!(matches_event(&not, bare));
    let anyone = EventFilter { user: list(&["*"]), ..event_rule("update") };
    assert!(!matches_event(&anyone, bare));
}

#[test]
fn who_failed_to_log_in_is_the_name_that_was_typed() {
    let failed = r#"{"event_type":"user.sign_in","created_by":{"system":{}},"notifications":[
        {"notification_type":"user.login_failed","info":{"associated_user":{"supplied_username":"root"}}}]}"#;
    let by = |user: &str| EventFilter { user: vec![user.to_owned()], ..event_rule("sign_in") };
    assert!(matches_event(&by("root"), failed) && !matches_event(&by("ann"), failed));
}

#[test]
fn a_change_holds_within_one_object() {
    let change = |field: &str, from: &[&str], to: &[&str]| EventFilter {
        change: Some(FieldChange {
            field: field.to_owned(),
            from: from.iter().map(|value| (*value).to_owned()).collect(),
            to: to.iter().map(|value| (*value).to_owned()).collect(),
        }),
        ..event_rule("update")
    };
    for (field, from, to, is_met) in [
        ("enforcement_mode", &["full"][..], &["idle"][..], true),
        ("enforcement_mode", &["selective", "full"], &["visibility_only", "idle"], true),
        ("enforcement_mode", &["idle"], &["idle"], false),
        ("enforcement_mode", &[], &["selective"], false),
        ("enforcement_mode", &[], &[], true),
        ("online", &["null"], &["true"], true),
        ("online", &["full"], &[], false),
        ("Online", &[], &[], false),
        ("description", &[], &[], false),
    ] {
        let rule = change(field, from, to);
        assert_eq!(matches_event(&rule, UPDATE), is_met, "{field} {from:?} {to:?}");
    }
    assert!(!matches_event(&change("online", &[], &[]), r#"{"event_type":"workload.update"}"#));
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
    let event: Event =
        serde_json::from_str(r#"{"created_by":{"agent":{"hostname":"db"},"ven":{"href":"/v/1"}}}"#)
            .unwrap();
    assert_eq!((filter.weight(&event), names(&event)), (1, vec!["db".to_owned()]));
    assert_eq!(filter.weight(&Event::default()), 1);
}

const ROW: &str = r#"{"src":{"ip":"10.1.2.3","workload":{"labels":[{"key":"app","value":"web"},{"key":"env","value":"prod"}]}},
    "dst":{"ip":"::ffff:10.9.0.4","workload":{"labels":[{"key":"role","value":"db"}]}},
    "service":{"port":445,"proto":6},"policy_decision":"blocked"}"#;

/// A filter that the row matches, and the same asking for something else.
fn pairs() -> Vec<(&'static str, TrafficFilter, TrafficFilter)> {
    let ports = |from, to| vec![PortRange { from, to }];
    let label = |key: &str, value: &str| vec![Label { key: key.into(), value: value.into() }];
    let net = |text: &str| vec![text.parse::<IpNet>().unwrap()];
    let with = |change: &dyn Fn(&mut TrafficFilter)| {
        let mut filter = TrafficFilter::default();
        change(&mut filter);
        filter
    };
    vec![
        (
            "decision",
            with(&|f| f.decisions = vec![Decision::Allowed, Decision::Blocked]),
            with(&|f| f.decisions = vec![Decision::Allowed]),
        ),
        ("port", with(&|f| f.ports = ports(440, 450)), with(&|f| f.ports = ports(446, 450))),
        ("proto", with(&|f| f.proto = Some(6)), with(&|f| f.proto = Some(17))),
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
        ("ex_port", with(&|f| f.ex_ports = ports(1, 444)), with(&|f| f.ex_ports = ports(445, 445))),
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
fn processes_users_hosts_and_what_is_managed_narrow_and_leave_out() {
    const NAMED: &str = r#"{"src":{"ip":"10.1.2.3","workload":{"href":"/w/1","hostname":"web-01","name":"Web one"}},
        "dst":{"ip":"203.0.113.9","fqdn":"cdn.example.net"},"service":{"port":443,"process_name":"curl","user_name":"www"}}"#;
    type Set = fn(&mut TrafficFilter, Vec<String>);
    let by_name: [(Set, Set, &str, &str); 4] = [
        (|f, names| f.process = names, |f, names| f.not_process = names, "c?rl", "cur"),
        (|f, names| f.user = names, |f, names| f.not_user = names, "www", "root"),
        (|f, names| f.src_host = names, |f, names| f.not_src_host = names, "Web*", "db-*"),
        (|f, names| f.dst_host = names, |f, names| f.not_dst_host = names, "*.net", "cdn"),
    ];
    for (wants, leaves_out, met, unmet) in by_name {
        for (name, is_met) in [(met, true), (unmet, false)] {
            let (mut one, mut other) = (TrafficFilter::default(), TrafficFilter::default());
            wants(&mut one, vec!["x".to_owned(), name.to_owned()]);
            leaves_out(&mut other, vec![name.to_owned()]);
            assert_eq!(matches_flow(&one, NAMED), is_met, "{name}");
            assert_eq!(matches_flow(&other, NAMED), !is_met, "{name}");
            assert!(!matches_flow(&one, "{}") && matches_flow(&other, "{}"), "{name}");
            // What a glance at less than the whole row would not see.
            assert_eq!((one.depth(), other.depth()), (Depth::Whole, Depth::Whole));
        }
    }
    for (src_managed, dst_managed, is_met) in [
        (Some(true), None, true),
        (None, Some(false), true),
        (Some(true), Some(false), true),
        (Some(false), None, false),
        (None, Some(true), false),
    ] {
        // One without a VEN has an href, too.
        let without = NAMED.replace(r#""href":"/w/1","#, r#""href":"/w/1","managed":false,"#);
        let source = TrafficFilter { src_managed, ..TrafficFilter::default() };
        let is_unmanaged = src_managed.is_none_or(|managed| !managed);
        assert_eq!(matches_flow(&source, &without), is_unmanaged, "{src_managed:?}");
        let filter = TrafficFilter { src_managed, dst_managed, ..TrafficFilter::default() };
        assert_eq!(matches_flow(&filter, NAMED), is_met, "{src_managed:?} {dst_managed:?}");
    }
}

#[test]
fn several_values_of_a_label_mean_any_of_them() {
    let flow: Flow<'_> = serde_json::from_str(ROW).unwrap();
    let facts = FlowFacts::of(&flow);
    let asks = |value: &str| {
        let src_label = vec![Label { key: "app".into(), value: value.into() }];
        TrafficFilter { src_label, ..TrafficFilter::default() }.matches(&facts)
    };
    let leaves_out = |value: &str| {
        let ex_src_label = vec![Label { key: "app".into(), value: value.into() }];
        !TrafficFilter { ex_src_label, ..TrafficFilter::default() }.matches(&facts)
    };
    for value in ["web", "web|db", "db | web", "db||web"] {
        assert!(asks(value) && leaves_out(value), "{value}");
    }
    for value in ["db|cache", "we|b", "|", "web-1|web-2"] {
        assert!(!asks(value) && !leaves_out(value), "{value}");
    }
    let odd = ROW.replace("\"web\"", "\"a|b\"");
    let flow: Flow<'_> = serde_json::from_str(&odd).unwrap();
    let src_label = vec![Label { key: "app".into(), value: "a|b".into() }];
    let filter = TrafficFilter { src_label, ..TrafficFilter::default() };
    assert!(filter.matches(&FlowFacts::of(&flow)), "a value that is called so");
}

#[test]
fn several_labels_mean_all_of_them() {
    let label = |key: &str, value: &str| Label { key: key.into(), value: value.into() };
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
    let all = vec![PortRange { from: 1, to: u16::MAX }];
    for row in [
        r#"{"service":{"proto":1}}"#,
        r#"{"service":{"port":0,"proto":1}}"#,
        r#"{"service":{"port":70000}}"#,
        "{}",
    ] {
        assert!(!matches_flow(&TrafficFilter { ports: all.clone(), ..Default::default() }, row));
        assert!(matches_flow(&TrafficFilter { ex_ports: all.clone(), ..Default::default() }, row));
    }
}

#[test]
fn a_decision_may_come_as_a_number() {
    let filter = TrafficFilter { decisions: vec![Decision::Blocked], ..Default::default() };
    assert!(matches_flow(&filter, r#"{"pd":2}"#));
    assert!(!matches_flow(&filter, r#"{"pd":9}"#));
}

#[test]
fn a_decision_that_is_not_known_is_the_one_that_was_asked_for() {
    let blocked = TrafficFilter { decisions: vec![Decision::Blocked], ..Default::default() };
    let any = TrafficFilter::default();
    let decided = |row: &str, asked| {
        let flow = serde_json::from_str(row).unwrap();
        let facts = FlowFacts::of_answer_to(&flow, asked);
        (blocked.matches(&facts), any.matches(&facts))
    };
    for row in [r#"{"policy_decision":"new"}"#, r#"{"pd":9}"#, "{}"] {
        assert_eq!(decided(row, Some(Decision::Blocked)), (true, true), "{row}");
        assert_eq!(decided(row, Some(Decision::Allowed)), (false, true), "{row}");
        assert_eq!(decided(row, None), (false, true), "{row}");
    }
    // What a row itself says goes before what was asked for.
    let allowed = r#"{"policy_decision":"allowed"}"#;
    assert_eq!(decided(allowed, Some(Decision::Blocked)), (false, true));
}

#[test]
fn ip_lists_are_gone_by_where_their_addresses_are_known() {
    let ranges = |text: &str| {
        let list: IpList<'_> = serde_json::from_str(text).unwrap();
        Ranges::of(&list.ip_ranges.0).0
    };
    let known = [
        ("Any", r#"{"ip_ranges":[{"from_ip":"0.0.0.0/0"}]}"#),
        ("Lab", r#"{"ip_ranges":[{"from_ip":"10.1.0.0/16"}]}"#),
    ];
    let known = known.map(|(name, text)| (name.to_owned(), ranges(text))).into();
    let lists = IpLists { known, ..IpLists::default() };
    let table = lists.table();
    let flow = r#"{"src":{"ip":"10.1.0.7"},"dst":{"ip":"2001:db8::1"}}"#;
    let flow: Flow<'_> = serde_json::from_str(flow).unwrap();
    let facts = FlowFacts::of(&flow).with_lists(&table);
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (names, from, to) in [
        (list(&["Lab"]), true, false),
        (list(&["Gone", "Any"]), true, false),
        (list(&["Gone", "lab"]), false, false),
    ] {
        let src = TrafficFilter { src_list: names.clone(), ..TrafficFilter::default() };
        let dst = TrafficFilter { dst_list: names.clone(), ..TrafficFilter::default() };
        let not_src = TrafficFilter { not_src_list: names.clone(), ..TrafficFilter::default() };
        let not_dst = TrafficFilter { not_dst_list: names.clone(), ..TrafficFilter::default() };
        assert_eq!((src.matches(&facts), dst.matches(&facts)), (from, to), "{names:?}");
        assert_eq!((not_src.matches(&facts), not_dst.matches(&facts)), (!from, !to), "{names:?}");
    }
    let filter = TrafficFilter { src_list: list(&["Lab"]), ..TrafficFilter::default() };
    assert!(!filter.matches(&FlowFacts::of(&flow)), "nothing is known of it");
    let off = |filter| Rule { enabled: false, ..rule(Filter::Traffic(filter)) };
    let rules = [
        rule(Filter::Traffic(filter.clone())),
        off(TrafficFilter { dst_list: list(&["Off"]), ..filter }),
    ];
    assert_eq!(super::super::ip_lists(&rules), [("Lab".to_owned(), vec![1])].into());
}

fn rule(filter: Filter) -> Rule {
    Rule {
        id: 1,
        name: "rule 1".to_owned(),
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
