//! A rule as one sentence, in both languages.

use serde_json::{Value, json};

use crate::world::World;

/// What `rules describe` says of a rule, in both languages.
fn described(rule: Value) -> (String, String) {
    let mut world = World::new();
    world.rule(rule);
    let said = |world: &mut World, lang: &str| {
        let run = world.run(&["rules", "describe", "--json", "--lang", lang]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
        let told: Value = serde_json::from_str(&run.stdout).unwrap();
        told[0]["sentence"].as_str().unwrap().to_owned()
    };
    (said(&mut world, "en"), said(&mut world, "zh-TW"))
}

fn says(rule: Value, en: &str, zh: &str) {
    let told = described(rule);
    assert_eq!((told.0.as_str(), told.1.as_str()), (en, zh));
}

/// A rule of traffic with a threshold, and what more it has.
fn traffic(more: Value) -> Value {
    let mut rule = json!({"type": "traffic", "name": "It", "pd": 2, "threshold_type": "count",
        "threshold_count": 5, "threshold_window": 10, "cooldown_minutes": 0});
    for (key, value) in more.as_object().unwrap() {
        rule[key] = value.clone();
    }
    rule
}

fn event(more: Value) -> Value {
    let mut rule = json!({"type": "event", "name": "It", "filter_value": "agent.tampering"});
    for (key, value) in more.as_object().unwrap() {
        rule[key] = value.clone();
    }
    rule
}

#[test]
fn a_sweep_is_told_by_source_and_the_others_go_on_being_watched() {
    says(
        traffic(json!({"port": "22,445,3389", "per": "source", "count_by": "destinations",
            "cooldown_minutes": 240})),
        "Blocked traffic to port 22, 445 or 3389: alerts when one source reaches 5 destinations \
         within 10 minutes; then rests for 240 minutes (each source by itself).",
        "已封鎖的流量（連接埠 22、445 或 3389）：同一來源在 10 分鐘內連往 5 個目的時發出警示，\
         之後靜默 240 分鐘（各來源分別計算）。",
    );
}

#[test]
fn each_thing_that_is_counted_has_its_verb() {
    for (more, en, zh) in [
        (
            json!({}),
            "alerts at 5 connections within 10 minutes.",
            "10 分鐘內達 5 次連線時發出警示。",
        ),
        (
            json!({"count_by": "flows"}),
            "alerts at 5 flows within 10 minutes.",
            "10 分鐘內達 5 條流量時發出警示。",
        ),
        (
            json!({"per": "source"}),
            "alerts when one source makes 5 connections within 10 minutes.",
            "同一來源在 10 分鐘內發起 5 次連線時發出警示。",
        ),
        (
            json!({"per": "destination"}),
            "alerts when one destination receives 5 connections within 10 minutes.",
            "同一目的在 10 分鐘內收到 5 次連線時發出警示。",
        ),
        (
            json!({"per": "destination", "count_by": "sources"}),
            "alerts when one destination is reached by 5 sources within 10 minutes.",
            "同一目的在 10 分鐘內有 5 個來源連入時發出警示。",
        ),
        (
            json!({"per": "destination", "count_by": "ports"}),
            "alerts when one destination is reached on 5 ports within 10 minutes.",
            "同一目的在 10 分鐘內有 5 個連接埠遭連入時發出警示。",
        ),
        (
            json!({"per": ["source", "destination"], "count_by": "ports"}),
            "alerts when one pair of source and destination uses 5 ports within 10 minutes.",
            "同一組來源與目的在 10 分鐘內使用 5 個連接埠時發出警示。",
        ),
        (
            json!({"per": "source_label:app", "count_by": "destinations"}),
            "alerts when one value of the source label app reaches 5 destinations within 10 minutes.",
            "同一來源標籤 app 在 10 分鐘內連往 5 個目的時發出警示。",
        ),
        (
            json!({"per": "port", "count_by": "users"}),
            "alerts when one port has 5 users within 10 minutes.",
            "同一連接埠在 10 分鐘內達 5 位使用者時發出警示。",
        ),
        (
            json!({"threshold_window": 1440, "per": ["source", "port"], "cooldown_minutes": 2880}),
            "alerts when one pair of source and port has 5 connections within 1 day; then rests \
             for 2 days (each pair by itself).",
            "同一組來源與連接埠在 1 天內達 5 次連線時發出警示，之後靜默 2 天（各組分別計算）。",
        ),
    ] {
        let (english, chinese) = (format!("Blocked traffic: {en}"), format!("已封鎖的流量：{zh}"));
        says(traffic(more), &english, &chinese);
    }
}

#[test]
fn what_is_asked_for_and_what_is_left_out_stand_before_the_colon() {
    says(
        traffic(json!({"pd": [2, 1, 3], "proto": "tcp", "port": "8000-8100",
            "src_label": "role=Web|App,env=Prod", "src_ip_in": "10.0.0.0/8,10.1.2.3",
            "process": "sshd,*bash", "user": "ann", "dst_host": "db-*", "src_managed": true,
            "ex_port": "8080", "ex_dst_ip": "10.9.9.9", "not_process": "curl"})),
        "Blocked, potentially blocked or undecided TCP traffic to port 8000-8100, by process sshd \
         or *bash, by user ann, to db-*, not by process curl, from managed workloads, \
         from role=Web|App and env=Prod and 10.0.0.0/8 or 10.1.2.3, not port 8080, \
         not to 10.9.9.9: alerts at 5 connections within 10 minutes.",
        "已封鎖、可能遭封鎖或決策不明的 TCP 流量（連接埠 8000-8100；行程 sshd 或 *bash；使用者 ann；\
         目的 db-*；排除行程 curl；來源 受管理的 workload；來源 role=Web|App 與 env=Prod 與 \
         10.0.0.0/8 或 10.1.2.3；排除連接埠 8080；排除目的 10.9.9.9）：10 分鐘內達 5 次連線時發出警示。",
    );
}

#[test]
fn without_a_threshold_each_match_alerts() {
    says(
        event(json!({})),
        "Events of type agent.tampering: each one alerts at once.",
        "類型為 agent.tampering 的事件：每筆立即發出警示。",
    );
    says(
        json!({"type": "traffic", "name": "It", "pd": -1, "proto": 1, "cooldown_minutes": 60}),
        "All ICMP traffic: every new connection alerts at once; then rests for 60 minutes.",
        "所有 ICMP 流量：一有新連線立即發出警示，之後靜默 60 分鐘。",
    );
}

#[test]
fn a_condition_says_from_when_on_it_holds_and_that_its_end_is_told() {
    says(
        json!({"type": "workload", "name": "It", "state": ["offline", "suspended"],
            "label": "role=Web", "host": "web-*", "threshold_window": 30, "threshold_count": 2,
            "cooldown_minutes": 240}),
        "Workloads that are offline or suspended with label role=Web, on host web-*: alerts from \
         2 workloads on, each so for 30 minutes; then reminds after 240 minutes, and reports when it \
         is over.",
        "離線或已暫停的 workload（標籤 role=Web；主機 web-*）：達 2 個 workload 且各持續 30 分鐘時發出警示，\
         之後每 240 分鐘提醒一次，結束時通知。",
    );
    says(
        event(json!({"filter_value": "sec_policy.create", "threshold_type": "below",
            "threshold_count": 1, "threshold_window": 1440, "cooldown_minutes": 0})),
        "Events of type sec_policy.create: alerts when there are fewer than 1 event within 1 day; \
         then reports when it is over.",
        "類型為 sec_policy.create 的事件：1 天內少於 1 筆時發出警示，結束時通知。",
    );
}

#[test]
fn every_event_is_all_events() {
    says(
        event(json!({"filter_value": "*", "severity": "err"})),
        "All events of severity err: each one alerts at once.",
        "所有事件（嚴重性 err）：每筆立即發出警示。",
    );
}

#[test]
fn events_are_by_someone_from_somewhere_about_something() {
    says(
        event(json!({"filter_value": "user.login_failed|user.sign_in", "status": "failure",
            "per": "user", "threshold_type": "count", "threshold_count": 5,
            "threshold_window": 10, "cooldown_minutes": 10})),
        "Events of type user.login_failed or user.sign_in with status failure: alerts at 5 events \
         by one user within 10 minutes; then rests for 10 minutes (each user by itself).",
        "類型為 user.login_failed 或 user.sign_in 的事件（狀態 failure）：同一使用者在 10 分鐘內達 \
         5 筆時發出警示，之後靜默 10 分鐘（各使用者分別計算）。",
    );
    says(
        event(json!({"filter_value": "rule_set", "per": ["user", "source_ip"],
            "count_by": "workloads", "threshold_type": "count", "threshold_count": 3, "threshold_window": 60,
            "cooldown_minutes": 0, "not_user": "svc-*"})),
        "Events with rule_set in their type not by user svc-*: alerts at 3 workloads by one user \
         from one source address within 60 minutes.",
        "類型含 rule_set 的事件（排除使用者 svc-*）：同一組使用者與來源位址在 60 分鐘內達 \
         3 個 workload 時發出警示。",
    );
    says(
        event(
            json!({"filter_value": "workload.*", "count_by": "objects", "threshold_type": "count", "threshold_count": 3,
            "threshold_window": 60, "cooldown_minutes": 0,
            "change": {"field": "enforcement_mode", "from": "full", "to": ["idle", "selective"]}}),
        ),
        "Events of type workload.* with enforcement_mode changed from full to idle or selective: \
         alerts at 3 objects within 60 minutes.",
        "類型為 workload.* 的事件（enforcement_mode 由 full 變更為 idle 或 selective）：60 分鐘內達 \
         3 個物件時發出警示。",
    );
}

#[test]
fn what_is_new_is_said_with_what_it_takes_to_learn_it() {
    says(
        traffic(json!({"pd": 0, "port": "1433,3306", "per": ["source", "port"],
            "new_within_days": 30, "threshold_type": "immediate", "threshold_count": null,
            "threshold_window": null, "cooldown_minutes": 60})),
        "Allowed traffic to port 1433 or 3306: alerts as soon as a new pair of source and port \
         turns up; then rests for 60 minutes (each pair by itself); new is what was not seen for \
         30 days, and for the first 7 days it only learns.",
        "已允許的流量（連接埠 1433 或 3306）：一出現新的來源與連接埠組合立即發出警示，\
         之後靜默 60 分鐘（各組分別計算）；30 天內未出現者視為新的，最初 7 天僅學習，不發出警示。",
    );
    says(
        event(json!({"filter_value": "user.sign_in", "per": "source_ip", "new_within_days": 1,
            "learn_days": 0})),
        "Events of type user.sign_in: alerts as soon as there is one from a new source address; \
         new is what was not seen for 1 day.",
        "類型為 user.sign_in 的事件：一出現新的來源位址立即發出警示；1 天內未出現者視為新的。",
    );
}

#[test]
fn a_long_list_is_cut_and_counted() {
    let ports: Vec<String> = (1..=20).map(|port| port.to_string()).collect();
    says(
        traffic(json!({"port": ports.join(",")})),
        "Blocked traffic to port 1, 2, 3, 4, 5, 6, 7, 8 or 12 more: alerts at 5 connections \
         within 10 minutes.",
        "已封鎖的流量（連接埠 1、2、3、4、5、6、7、8 等 20 個）：10 分鐘內達 5 次連線時發出警示。",
    );
}

#[test]
fn rules_are_described_by_id_or_all_and_a_wrong_one_is_said_to_be_wrong() {
    let mut world = World::new();
    world.rule(event(json!({"name": "Tampering"})));
    world.rule(traffic(json!({"name": "Blocked"})));
    let run = world.run(&["rules", "describe"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_eq!(
        run.stdout,
        "1  Tampering\n    Events of type agent.tampering: each one alerts at once.\n\
         2  Blocked\n    Blocked traffic: alerts at 5 connections within 10 minutes.\n"
    );
    assert_eq!(world.run(&["rules", "describe", "all"]).stdout, run.stdout);
    let one = world.run(&["rules", "describe", "2"]);
    assert!(run.stdout.ends_with(&one.stdout) && one.stdout.lines().count() == 2, "{one:?}");
    let none = world.run(&["rules", "describe", "9"]);
    assert_eq!(none.code, 64, "{none:?}");

    world.rule(json!({"type": "event", "name": "Odd"}));
    let run = world.run(&["rules", "describe", "--json"]);
    assert_eq!(run.code, 78, "{run:?}");
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(told[2]["sentence"], "(not valid)", "{told}");
}
