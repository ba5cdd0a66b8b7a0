//! The menu's debug view: what the PCE returns, which rule matches it, and why not.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

use illumio_monitor::commands::inspect::{Inspection, View, inspect};
use illumio_monitor::config::{Config, Env};
use illumio_monitor::lang::Lang;
use illumio_monitor::pce::error::Error;
use illumio_monitor::store::state::State;
use illumio_monitor::store::{self, StateUse, read_config};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::pce::*;
use crate::world::World;

const TERMINAL: View = View { columns: 80, ascii: false };

/// The world's config as the program reads it.
fn config(world: &World) -> Config {
    let path = world.config_path();
    let text = std::fs::read_to_string(&path).unwrap();
    read_config(&path, &text, &Env::of(&[])).unwrap()
}

/// What the runs keep.
fn state(world: &World) -> State {
    store::open(&world.config_path(), &Env::of(&[]), StateUse::Keep).unwrap().state
}

fn look<'a>(world: &World, config: &'a Config, lang: Lang, how_many: usize) -> Inspection<'a> {
    let state = Box::leak(Box::new(state(world)));
    inspect(config, &state.rules, lang, world.now(), (how_many, None), &|_| {}).unwrap()
}

fn printed(inspection: &Inspection<'_>) -> String {
    let mut out = Vec::new();
    inspection.write(&mut out, TERMINAL).unwrap();
    String::from_utf8(out).unwrap()
}

fn raw(inspection: &Inspection<'_>, number: usize) -> String {
    let mut out = Vec::new();
    inspection.write_raw(number, &mut out, TERMINAL).unwrap();
    String::from_utf8(out).unwrap()
}

/// What the debug view shows on a terminal so wide that no line is wrapped.
fn shown(world: &World, how_many: usize) -> String {
    let config = config(world);
    let mut out = Vec::new();
    let inspection = look(world, &config, Lang::En, how_many);
    let wide = View { columns: 400, ..TERMINAL };
    inspection.write(&mut out, wide).unwrap();
    String::from_utf8(out).unwrap()
}

fn assert_says(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line:?} is not in:\n{text}");
    }
}

#[test]
fn each_event_is_shown_with_the_rules_that_match_it_and_why_the_others_do_not() {
    let world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "Tampered"}));
    world.rule(json!({"type": "event", "filter_value": "agent.*", "name": "Quiet agents",
        "severity": ["info", "warning"]}));
    world.rule(json!({"type": "event", "filter_value": "oob_policy", "status": "failure"}));
    world.rule(json!({"type": "event", "filter_value": "user.login_failed", "name": "Log-in"}));
    world.rule(json!({"type": "event", "filter_value": "agent", "enabled": false}));
    world.pce.event(agent_tampering("db-01").at("09:58"));
    let text = shown(&world, 5);
    assert_says(
        &text,
        &[
            "Events: the latest 1 of 1,",
            "1. 2026-08-03 09:58:00 · agent.tampering · severity err · status success",
            "notifications: workload.oob_policy_changes",
            "by agent db-01",
            "✓ 1 Tampered\n",
            "✗ 2 Quiet agents: severity err is not in info, warning\n",
            "✗ 3 rule 3: status success is not in failure\n",
            "✗ not the event type of: 4 (user.login_failed)\n",
            "1 Tampered: 1 match; it alerts on every match\n",
            "4 Log-in: no match\n",
            "Disabled rules were not tried: 1.",
        ],
    );
}

#[test]
fn each_flow_is_shown_with_the_rules_that_match_it_and_why_the_others_do_not() {
    let world = World::new();
    world.rule(json!({"type": "traffic", "pd": 2, "name": "Blocked"}));
    for fields in [
        json!({"pd": 0}),
        json!({"pd": 2, "port": "80,8000-8100"}),
        json!({"pd": 2, "proto": "udp"}),
        json!({"pd": 2, "src_label": "env=prod"}),
        json!({"pd": 2, "src_ip_in": "172.16.0.0/12"}),
        json!({"pd": 2, "ex_dst_ip": "224.0.0.0/4"}),
        json!({"pd": 2, "ex_src_label": ["env=test"]}),
        json!({"pd": 2, "ex_port": "440-450"}),
    ] {
        let mut rule = fields;
        rule["type"] = json!("traffic");
        world.rule(rule);
    }
    let web = workload("web").label("env", "test").ip("10.1.0.2");
    world.pce.connection(blocked(web, "224.0.0.251", 443).at("09:55").times(7));
    let text = shown(&world, 5);
    assert_says(
        &text,
        &[
            "Flows: the latest 1 of 1 rows,",
            "Queried, as the enabled rules need: allowed, blocked.",
            "web (10.1.0.2) → 224.0.0.251 443/tcp · blocked\n",
            "connections 7 in its day,",
            "source labels: env=test\n",
            "✓ 1 Blocked\n",
            "✗ 2 rule 2: decision is blocked, the rule wants allowed\n",
            "✗ 3 rule 3: port 443 is not in 80, 8000-8100\n",
            "✗ 4 rule 4: protocol is tcp, the rule wants udp\n",
            "✗ 5 rule 5: label env=prod is not on the source\n",
            "✗ 6 rule 6: source 10.1.0.2 is not in 172.16.0.0/12\n",
            "✗ 7 rule 7: excluded by ex_dst_ip 224.0.0.0/4\n",
            "✗ 8 rule 8: excluded by ex_src_label env=test\n",
            "✗ 9 rule 9: excluded by ex_port 440-450\n",
            "1 Blocked: rows: 1, connections in their day: 7; it alerts on every row that grew",
        ],
    );
}

#[test]
fn a_count_rule_is_told_against_its_threshold_over_all_that_was_read() {
    let world = World::new();
    let count = |value: &str, wanted: u32, window: u32| {
        world.rule(json!({"type": "event", "filter_value": value, "threshold_type": "count",
            "threshold_count": wanted, "threshold_window": window}));
    };
    count("user.login_failed", 3, 10);
    count("user.login_failed", 4, 10);
    count("user.login_failed", 5, 300);
    for minute in ["06:00", "09:31", "09:33", "09:40"] {
        world.pce.event(login_failed("eve", "10.0.0.9").at(minute));
    }
    world.rule(json!({"type": "traffic", "threshold_type": "count", "threshold_count": 10,
        "threshold_window": 20}));
    world.pce.connection(blocked("10.1.0.2", "10.1.0.3", 22).at("09:50").times(40));
    let text = shown(&world, 1);
    assert_says(
        &text,
        &[
            "Events: the latest 1 of 4,",
            "1. 2026-08-03 09:40:00",
            "1 rule 1: 4 matches, 3 of them within 10 min: the threshold of 3 is reached\n",
            "2 rule 2: 4 matches, at most 3 within 10 min; the threshold is 4\n",
            "3 rule 3: 4 matches, at most 4 within 300 min; the threshold is 5\n",
            "4 rule 4: rows: 1, connections in their day: 40; the threshold is 10 new connections",
        ],
    );
}

#[test]
fn where_little_happened_it_looks_back_further_and_shows_the_latest_first() {
    let world = World::new();
    for hour in ["2026-07-30T04:00:00Z", "2026-08-02T21:00:00Z", "2026-08-03T03:00:00Z"] {
        world.pce.event(agent_suspend(&hour[8..10]).at(hour));
    }
    let config = config(&world);
    let two = look(&world, &config, Lang::En, 2);
    assert_eq!(two.records(), 2);
    let text = printed(&two);
    let (first, second) = (text.find("1. 2026-08-03 03").unwrap(), text.find("2. 2026-08-02 21"));
    assert!(first < second.unwrap(), "{text}");
    assert_eq!(look(&world, &config, Lang::En, 20).records(), 3);
}

#[test]
fn it_changes_nothing_and_leaves_nothing_on_the_pce() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic"}));
    world.run_at("09:00");
    world.pce.set_now("10:00");
    world.pce.event(agent_tampering("db-01").at("09:58"));
    world.pce.connection(blocked("10.1.0.2", "10.1.0.3", 22).at("09:50"));
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(world.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = files();
    let lock =
        std::fs::File::open(world.folder().join("illumio_api_config.json.run.lock")).unwrap();
    lock.lock().unwrap();

    let text = shown(&world, 5);

    assert_says(&text, &["✓ 1 rule 1", "✓ 2 rule 2"]);
    assert_eq!(files(), before);
    assert_eq!(world.mailbox.count(), 0);
    assert_eq!(world.pce.queries_kept(), 0);
    drop(lock);
    let run = world.run_at("10:01");
    assert_eq!(run.number("alerts"), 2, "still to be told: {run:?}");
}

#[test]
fn in_both_languages_no_line_is_wider_than_the_terminal_and_nothing_is_hidden() {
    let world = World::new();
    let long = "規則名稱很長的規則".repeat(6);
    let value = ["agent.suspend"; 12].join("|");
    world.rule(json!({"type": "event", "filter_value": value, "name": long}));
    world.rule(json!({"type": "traffic", "port": "1-2,3,4,5,6,7,8,9", "name": long}));
    world.pce.event(
        agent_tampering("db\u{1b}[2J\u{202e}-01\n✓ 9 forged")
            .at("09:58")
            .with("severity", json!("err\u{1b}]0;x\u{7}")),
    );
    let web = workload("web\u{1b}[31m").label("app", &"很長的標籤".repeat(20)).ip("10.1.0.2");
    world.pce.connection(blocked(web, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", 443).at("09:55"));
    let config = config(&world);
    for lang in [Lang::En, Lang::ZhTw] {
        let inspection = look(&world, &config, lang, 5);
        let text = printed(&inspection) + &raw(&inspection, 1) + &raw(&inspection, 2);
        for line in text.lines() {
            assert!(line.width() <= 80, "{}: {line}", line.width());
            assert!(!line.trim_start().starts_with("✓ 9 forged"), "{line}");
        }
        let hidden =
            text.chars().find(|c| *c != '\n' && illumio_monitor::screen::visible::hidden(*c));
        assert_eq!(hidden, None, "{text}");
        assert!(text.contains("\\u001b"), "{text}");
    }
    let zh = printed(&look(&world, &config, Lang::ZhTw, 5));
    assert_says(&zh, &["不會寄信", "事件：", "流量：", "類型不符：", "各規則於讀取範圍內的結果"]);
    assert!(zh.contains("連接埠 443 不在"), "{zh}");
}

#[test]
fn a_record_is_shown_raw_as_the_pce_sent_it() {
    let world = World::new();
    world.pce.event(agent_tampering("db-01").at("09:58").with("odd", json!({"n": 7.5})));
    world.pce.connection(blocked("10.1.0.2", "10.1.0.3", 22).at("09:50"));
    let config = config(&world);
    let inspection = look(&world, &config, Lang::En, 5);
    let event = raw(&inspection, 1);
    assert!(event.starts_with("\nRecord 1, as the PCE sent it:\n{"), "{event}");
    assert_says(&event, &["\"event_type\": \"agent.tampering\"", "\"odd\": {\"n\": 7.5}"]);
    assert_says(&raw(&inspection, 2), &["\"num_connections\": 1", "\"10.1.0.3\""]);
    assert_eq!((raw(&inspection, 0), raw(&inspection, 3)), (String::new(), String::new()));
}

#[test]
fn a_terminal_without_our_marks_gets_marks_of_ascii() {
    let world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "event", "filter_value": "user.login"}));
    world.pce.event(agent_tampering("db-01").at("09:58"));
    world.pce.connection(blocked("10.1.0.2", "10.1.0.3", 22).at("09:50"));
    let config = config(&world);
    let mut out = Vec::new();
    let plain = View { ascii: true, ..TERMINAL };
    let inspection = look(&world, &config, Lang::En, 5);
    inspection.write(&mut out, plain).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.is_ascii(), "{text}");
    assert_says(
        &text,
        &["   + 1 rule 1", "   x not the event type of: 2 (user.login)", "10.1.0.2 -> 10.1.0.3"],
    );
}

/// `echo "8" |`
#[test]
fn a_script_gets_the_view_without_a_question() {
    let world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("09:58"));
    let mut child = world
        .command(&[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"8\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_says(&text, &["1. 2026-08-03 09:58:00", "✓ 1 rule 1", "Flows: no row from"]);
    assert_eq!(
        (String::from_utf8(output.stderr).unwrap(), world.mailbox.count()),
        (String::new(), 0)
    );
}

#[test]
fn without_rules_or_records_it_says_so() {
    let world = World::new();
    assert_says(
        &shown(&world, 5),
        &["Events: none from 2026-07-27", "Flows: no row from", "Queried: all decisions."],
    );
    world.pce.event(agent_tampering("db-01").at("09:58"));
    world.pce.connection(allowed("10.1.0.2", "10.1.0.3", 22).at("09:50"));
    assert_says(
        &shown(&world, 5),
        &["(no enabled rule looks at events)", "(no enabled rule looks at flows)"],
    );
}

#[test]
fn a_query_that_fails_is_told_and_deleted_and_the_events_are_shown_all_the_same() {
    let world = World::new();
    world.rule(json!({"type": "traffic"}));
    world.pce.event(agent_tampering("db-01").at("09:58"));
    world.pce.every_query(Fate::fails());
    let text = shown(&world, 5);
    assert_says(
        &text,
        &[
            "1. 2026-08-03 09:58:00",
            "Flows could not be read: the PCE abandoned the traffic query (\"failed\").",
            "1 rule 1: not tried: nothing was read",
        ],
    );
    assert_eq!(world.pce.requests_to("DELETE", "/async_queries").len(), 1);
}

#[test]
fn a_refused_key_is_an_error_and_asked_once() {
    let world = World::new();
    let config = config(&world);
    world.pce.set_credentials("api_other", "other");
    let nothing = BTreeMap::new();
    let refused = inspect(&config, &nothing, Lang::En, world.now(), (5, None), &|_| {});
    assert!(matches!(refused, Err(Error::Credentials { .. })));
    assert_eq!(world.pce.requests().len(), 1);
}

#[test]
fn each_record_says_which_group_it_belongs_to_and_what_it_adds() {
    let world = World::new();
    let counts = |rule: Value| {
        let mut rule = rule;
        rule["threshold_type"] = json!("count");
        rule["threshold_count"] = json!(2);
        rule["threshold_window"] = json!(60);
        world.rule(rule);
    };
    counts(json!({"type": "event", "filter_value": "agent.tampering", "name": "Apart",
        "per": "workload"}));
    counts(json!({"type": "event", "filter_value": "agent.tampering", "name": "Sets",
        "count_by": "workloads"}));
    counts(json!({"type": "traffic", "pd": 2, "name": "Sweep", "per": "source",
        "count_by": "destinations"}));
    counts(json!({"type": "traffic", "pd": 2, "name": "By user", "per": ["source", "port"],
        "count_by": "users"}));
    world.pce.event(agent_tampering("db-01").at("09:50"));
    world.pce.event(agent_tampering("db-01").at("09:55"));
    world.pce.event(agent_tampering("db-02").at("09:58"));
    let web = workload("web").ip("10.1.0.2");
    world.pce.connection(blocked(web, "10.9.9.9", 443).at("09:55"));
    let text = shown(&world, 5);
    assert_says(
        &text,
        &[
            "✓ 1 Apart: group db-01\n",
            "✓ 2 Sets: adds db-01\n",
            "✓ 2 Sets: adds db-02\n",
            "✓ 3 Sweep: group web (10.1.0.2); adds 10.9.9.9\n",
            "✓ 4 By user: group web (10.1.0.2) · 443/TCP; adds nothing, since the record does not contain it\n",
            "1 Apart: 3 matches; the threshold of 2 matches within 60 min is reached by 1 group, the most by db-01: 2 matches\n",
            "2 Sets: 3 matches, 2 workloads: the threshold of 2 workloads within 60 min is reached\n",
            "the threshold is 2 destinations in one group, in flows that grow within 60 min\n",
        ],
    );
}

#[test]
fn for_a_rule_of_what_is_new_each_record_says_whether_its_group_is() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "New",
        "per": "workload", "new_within_days": 30, "learn_days": 0}));
    world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "Learns",
        "per": "workload", "new_within_days": 30, "learn_days": 7}));
    world.pce.event(agent_tampering("db-01").at("09:50"));
    assert_says(
        &shown(&world, 5),
        &["✓ 1 New: group db-01; new, but no run has learned anything yet\n"],
    );
    assert_eq!(world.run_at("10:10").code, 0);
    world.pce.event(agent_tampering("db-01").at("10:15"));
    assert_eq!(world.run_at("10:20").code, 0);
    world.pce.event(agent_tampering("db-02").at("10:25"));
    world.pce.set_now("10:30");
    assert_says(
        &shown(&world, 5),
        &[
            "✓ 1 New: group db-01; known, last seen 2026-08-03\n",
            "✓ 2 Learns: group db-01; known, last seen 2026-08-03\n",
            "✓ 1 New: group db-02; new\n",
            "✓ 2 Learns: group db-02; new, but the rule learns until 2026-08-10\n",
        ],
    );
    let config = config(&world);
    let text = printed(&look(&world, &config, Lang::ZhTw, 5));
    assert_says(&text, &["屬於「db-02」；新出現", "已知，最後出現 2026-08-03"]);
}
