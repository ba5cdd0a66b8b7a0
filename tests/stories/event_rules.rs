//! What event rules match, how they count, and when they alert.

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

/// A rule that tells each event with such a name.
fn event_rule(name: &str, filter: &str) -> Value {
    json!({"type": "event", "name": name, "filter_value": filter})
}

/// A rule that tells three tamperings within ten minutes.
fn three_in_ten(cooldown: u64) -> Value {
    json!({
        "type": "event", "name": "Tampering", "filter_value": "agent.tampering",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 10,
        "cooldown_minutes": cooldown
    })
}

/// What a quiet run leaves.
fn assert_quiet(run: &Run) {
    assert_eq!((run.code, run.number("alerts")), (0, 0), "{run:?}");
    assert!(run.mails.is_empty(), "{}", run.mails[0].text());
}

/// That this run told one alert, so named and with this count.
fn assert_told(run: &Run, name: &str, count: u64) {
    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    let subject = run.mail().subject();
    assert!(subject.contains(&format!("{name} ({count})")), "{subject}");
}

#[test]
fn a_rule_names_a_part_of_a_type_or_of_a_notifications_type_or_a_glob_over_all_of_it() {
    let mut world = World::new();
    let matching = [
        ("a part", "tamper"),
        ("a type", "agent.tampering"),
        ("a glob", "agent.*"),
        ("one letter", "agent.tamperin?"),
        ("either of two", "rule_set.create | agent.tampering"),
        ("either of two globs", "x*|*tampering"),
        ("a notification", "oob_policy"),
        ("a notification's glob", "workload.oob_*"),
        ("everything", "*"),
    ];
    let other = [
        ("another type", "agent.suspend"),
        ("a glob over a part", "tamper*"),
        ("a glob over another part", "*tamper"),
        ("other letters' case", "Agent.Tampering"),
        ("one letter too many", "agent.tampering?"),
    ];
    for (name, filter) in matching.iter().chain(&other) {
        world.rule(event_rule(&format!("<{name}>"), filter));
    }
    world.pce.event(agent_tampering("db-01").at("10:03"));

    let run = world.run_at("10:10");

    assert_eq!(run.number("alerts"), matching.len() as u64, "{run:?}");
    let text = run.mail().text();
    for (name, _) in matching {
        assert!(text.contains(&format!("<{name}>")), "{name}: {text}");
    }
    for (name, _) in other {
        assert!(!text.contains(&format!("<{name}>")), "{name}: {text}");
    }
}

#[test]
fn severity_and_status_narrow_a_rule_and_none_stands_for_null() {
    let mut world = World::new();
    for (name, severity, status) in [
        ("all of it", json!([]), json!([])),
        ("errors", json!(["err"]), json!([])),
        ("errors and news", json!(["err", "info"]), json!([])),
        ("failures", json!([]), json!(["failure"])),
        ("without status", json!([]), json!(["none"])),
        ("either", json!([]), json!(["none", "failure"])),
        ("news that failed", json!(["info"]), json!("failure")),
    ] {
        let mut rule = event_rule(name, "*");
        (rule["severity"], rule["status"]) = (severity, status);
        world.rule(rule);
    }
    // err and success; info and null; info and failure.
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.event(session_ended("admin").at("10:03"));
    world.pce.event(login_failed("eve", "203.0.113.9").at("10:03"));

    let run = world.run_at("10:10");

    assert_eq!(run.number("alerts"), 7, "{run:?}");
    let text = run.mail().text();
    for expected in [
        "all of it (3)",
        "errors (1)",
        "errors and news (3)",
        "failures (1)",
        "without status (1)",
        "either (2)",
        "news that failed (1)",
    ] {
        let (name, count) = expected.split_once(" (").unwrap();
        let count = count.trim_end_matches(')');
        let mut summary = text.lines().skip_while(|line| *line != "Summary");
        let line = summary.find(|line| line.contains(&format!("  {name} · ")));
        let line = line.unwrap_or_else(|| panic!("{name}: {text}"));
        assert!(line.split_whitespace().any(|word| word == count), "{expected}: {text}");
    }
}

#[test]
fn one_heartbeat_check_of_200_workloads_counts_200_objects_and_names_five() {
    let mut world = World::new();
    let names: Vec<String> = (0..200).map(|n| format!("host-{n:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut rule = event_rule("Heartbeats missed", "agent.missed_heartbeats");
    rule["count_by"] = json!("objects");
    rule["threshold_type"] = json!("count");
    (rule["threshold_count"], rule["threshold_window"]) = (json!(200), json!(10));
    world.rule(rule);
    world.pce.event(missed_heartbeats(&names).at("10:03"));

    let run = world.run_at("10:10");

    assert_told(&run, "Heartbeats missed", 200);
    let text = run.mail().text();
    assert!(text.contains("and 195 more"), "{text}");
    let objects = text.split("Workloads and agents").nth(1).unwrap();
    let objects = objects.split("Raw snapshot").next().unwrap();
    assert_eq!(objects.matches("host-").count(), 5, "{objects}");
    assert!(run.mail().html().contains("and 195 more"));
}

#[test]
fn a_disabled_rule_is_silent_and_two_rules_tell_the_same_event_in_one_mail() {
    let mut world = World::new();
    world.rule(event_rule("First", "agent.tampering"));
    world.rule(event_rule("Second", "agent.*"));
    let mut off = event_rule("Asleep", "*");
    off["enabled"] = json!(false);
    world.rule(off);
    world.pce.event(agent_tampering("db-01").at("10:03"));

    let run = world.run_at("10:10");

    assert_eq!((run.number("events"), run.number("alerts")), (1, 2));
    let text = run.mail().text();
    assert!(text.contains("First") && text.contains("Second"), "{text}");
    assert!(!text.contains("Asleep"), "{text}");
}

#[test]
fn a_count_rule_alerts_when_one_window_holds_enough_however_the_cycles_cut_it() {
    let mut world = World::new();
    world.rule(three_in_ten(0));
    for time in ["09:58", "10:04", "10:09", "10:13"] {
        world.pce.event(agent_tampering("db-01").at(time));
    }
    // 09:58, 10:04 and 10:09 lie in no window of ten minutes.
    assert_quiet(&world.run_at("10:05"));
    assert_quiet(&world.run_at("10:10"));

    let run = world.run_at("10:15");

    // 10:04, 10:09 and 10:13 do.
    assert_told(&run, "Tampering", 3);
    let text = run.mail().text();
    assert!(text.contains("10:04") && text.contains("10:13"), "{text}");
    assert!(text.contains("threshold 3 in 10 min"), "{text}");
    assert!(!text.contains("09:58"), "{text}");
    world.pce.event(agent_tampering("db-01").at("10:14"));
    assert_quiet(&world.run_at("10:20"));
}

#[test]
fn a_window_is_so_many_minutes_and_not_one_more() {
    for (last, alerts) in [("10:09:59", 1), ("10:10:00", 0)] {
        let mut world = World::new();
        world.rule(three_in_ten(0));
        for time in ["10:00:59", "10:05", last] {
            world.pce.event(agent_tampering("db-01").at(time));
        }
        let run = world.run_at("10:10");
        assert_eq!(run.number("alerts"), alerts, "{last}: {run:?}");
    }
}

#[test]
fn matches_gather_during_the_cooldown_and_the_first_cycle_after_it_tells_them() {
    let mut world = World::new();
    world.rule(three_in_ten(30));
    let tamper = |world: &World, times: [&str; 3]| {
        for time in times {
            world.pce.event(agent_tampering("db-01").at(time));
        }
    };
    tamper(&world, ["10:01", "10:02", "10:03"]);
    assert_told(&world.run_at("10:05"), "Tampering", 3);
    tamper(&world, ["10:11", "10:12", "10:13"]);
    assert_quiet(&world.run_at("10:15"));
    assert_quiet(&world.run_at("10:30"));

    // Nothing new has come; the cooldown is over to the minute.
    let run = world.run_at("10:35");

    assert_eq!(run.number("events"), 0, "{run:?}");
    assert_told(&run, "Tampering", 3);
    assert!(run.mail().text().contains("10:11"), "{}", run.mail().text());
    assert_quiet(&world.run_at("11:10"));
}

#[test]
fn a_count_rules_cooldown_is_its_window_where_none_is_given() {
    let mut world = World::new();
    let mut rule = three_in_ten(0);
    rule["cooldown_minutes"] = Value::Null;
    (rule["threshold_count"], rule["threshold_window"]) = (json!(1), json!(20));
    world.rule(rule);
    for time in ["10:01", "10:06", "10:12"] {
        world.pce.event(agent_tampering("db-01").at(time));
    }
    let told = ["10:05", "10:10", "10:15", "10:24", "10:25"].map(|time| {
        let run = world.run_at(time);
        run.number("alerts")
    });
    assert_eq!(told, [1, 0, 0, 0, 1]);
}

#[test]
fn an_immediate_rule_with_a_cooldown_gathers_too() {
    let mut world = World::new();
    let mut rule = event_rule("Tampering", "agent.tampering");
    rule["cooldown_minutes"] = json!(60);
    world.rule(rule);
    world.pce.event(agent_tampering("db-01").at("10:01"));
    assert_told(&world.run_at("10:05"), "Tampering", 1);
    world.pce.event(agent_tampering("db-02").at("10:06"));
    world.pce.event(agent_tampering("db-03").at("10:40"));
    assert_quiet(&world.run_at("10:10"));
    assert_quiet(&world.run_at("11:04"));
    assert_told(&world.run_at("11:05"), "Tampering", 2);
}

#[test]
fn a_rule_whose_filter_was_changed_counts_afresh() {
    let mut world = World::new();
    world.rule(three_in_ten(0));
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.event(agent_tampering("db-01").at("10:04"));
    assert_quiet(&world.run_at("10:05"));

    world.edit(|config| config["rules"][0]["filter_value"] = json!("agent.tamper"));
    world.pce.event(agent_tampering("db-01").at("10:06"));
    assert_quiet(&world.run_at("10:07"));
    world.pce.event(agent_tampering("db-01").at("10:08"));
    world.pce.event(agent_tampering("db-01").at("10:09"));
    assert_told(&world.run_at("10:10"), "Tampering", 3);
}

#[test]
fn a_rule_whose_text_threshold_or_level_was_changed_counts_on() {
    let mut world = World::new();
    world.rule(three_in_ten(0));
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.event(agent_tampering("db-01").at("10:04"));
    assert_quiet(&world.run_at("10:05"));

    world.edit(|config| {
        let rule = &mut config["rules"][0];
        rule["name"] = json!("Someone tampers");
        (rule["desc"], rule["rec"]) = (json!("It means this."), json!("Do that."));
        (rule["threshold_count"], rule["level"]) = (json!(2), json!("critical"));
    });
    let run = world.run_at("10:07");

    assert_told(&run, "Someone tampers", 2);
    let (subject, text) = (run.mail().subject(), run.mail().text());
    assert!(subject.contains("CRITICAL"), "{subject}");
    assert!(text.contains("It means this.") && text.contains("Do that."), "{text}");
}

#[test]
fn rules_with_the_same_id_all_run_and_that_is_said() {
    let mut world = World::new();
    for name in ["One", "Other"] {
        let mut rule = event_rule(name, "agent.tampering");
        rule["id"] = json!(7);
        world.rule(rule);
    }
    world.pce.event(agent_tampering("db-01").at("10:03"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts")), (0, 2), "{run:?}");
    assert_eq!(run.stderr, "");
    assert!(world.run(&["check"]).stdout.contains("rules[1].id"));
    assert_eq!(world.config()["rules"][1]["id"], 7);
}

#[test]
fn a_rule_may_ask_who_did_it_from_where_and_what_was_changed_from_what_to_what() {
    let mut world = World::new();
    let lowered = json!({"field": "enabled", "from": "true", "to": "false"});
    let rules = [
        ("change", json!({"change": lowered}), true),
        ("other way", json!({"change": {"field": "enabled", "to": "true"}}), false),
        ("user", json!({"user": "ann@*"}), true),
        ("other user", json!({"user": ["bob@*", "eve"]}), false),
        ("from", json!({"source_ip": "203.0.113.0/24"}), true),
        ("from elsewhere", json!({"not_source_ip": ["203.0.113.0/24"]}), false),
        ("but", json!({"change": lowered, "not_user": "ann@corp.example"}), false),
    ];
    for (id, (name, filter, _)) in rules.iter().enumerate() {
        let mut rule = event_rule(&format!("<{name}>"), "rule_set.update");
        rule["id"] = json!(id + 1);
        rule.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        world.rule(rule);
    }
    world.pce.event(rule_set_update("ann@corp.example", "Web").at("10:03"));

    let run = world.run_at("10:10");

    let text = run.mail().text();
    for (name, _, is_told) in &rules {
        assert_eq!(text.contains(&format!("<{name}>")), *is_told, "{name}: {text}");
    }
    let list = world.run(&["rules", "list"]).stdout;
    assert!(list.contains("with enabled changed from true to false"), "{list}");
    let only =
        ["rules", "add", r#"{"type":"event","name":"x","filter_value":"y","change":{"to":"1"}}"#];
    let refused = world.run(&only);
    assert_eq!(refused.code, 64, "{refused:?}");
    assert!(refused.stderr.contains("change.field"), "{refused:?}");
    let set = world.run(&["rules", "set", "3", r#"change={"field":"enabled","form":"x"}"#]);
    assert!(set.code == 64 && set.stderr.contains("change.form"), "{set:?}");
    let set =
        world.run(&["rules", "set", "3", r#"change={"field":"enabled"}"#, "source_ip=10.0.0.9"]);
    assert_eq!(set.code, 0, "{set:?}");
    let rule = &world.config()["rules"][2];
    assert_eq!(rule["change"], json!({"field": "enabled"}));
    assert_eq!(rule["source_ip"], "10.0.0.9");
}
