//! `rules try`: what a rule would have told, by what the PCE has of the last hours.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::pce::*;
use crate::stories::hostile_records::peak_megabytes;
use crate::world::{Run, World};

/// A world at 12:00 with a state, and one rule that is off.
fn quiet(rule: Value) -> World {
    let mut world = World::new();
    world.pce.every_query(Fate::completes().after_polls(1));
    let mut rule = rule;
    rule["enabled"] = json!(false);
    world.rule(rule);
    for time in ["11:40", "11:50", "12:00"] {
        assert_eq!(world.run_at(time).code, 0);
    }
    world.pce.set_now("12:03");
    world.pce.forget_requests();
    world
}

fn tried(world: &mut World, arguments: &[&str]) -> Value {
    let run = world.run(&[&["rules", "try", "--json"], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

fn told(world: &mut World, arguments: &[&str]) -> String {
    let run = world.run(&[&["rules", "try"], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    run.stdout
}

fn logins() -> Value {
    json!({
        "type": "event", "name": "Log-ins", "filter_value": "user.sign_in", "per": "user",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 30,
        "cooldown_minutes": 60
    })
}

#[test]
fn an_event_rule_is_tried_run_by_run_on_the_hours_that_are_asked_for() {
    let mut world = quiet(logins());
    for (who, times) in [
        ("eve@example.com", ["09:01", "09:05", "09:09"]),
        ("eve@example.com", ["09:21", "09:22", "09:23"]),
        ("ann@example.com", ["10:10", "10:44", "11:30"]),
        ("bob@example.com", ["07:01", "07:02", "07:03"]),
    ] {
        for time in times {
            world.pce.event(login_failed(who, "10.1.1.1").at(time));
        }
    }
    let before = std::fs::read(world.config_path()).unwrap();

    let said = told(&mut world, &["1", "--hours", "4"]);

    let alerts: Vec<&str> = said.lines().filter(|line| line.starts_with("  ")).collect();
    // At 09:30 the cooldown runs, at 10:10 it is over.
    assert_eq!(
        alerts,
        [
            "  2026-08-03 09:10  eve@example.com (3 matches)  [2026-08-03 09:01 to 2026-08-03 09:09]",
            "  2026-08-03 10:10  eve@example.com (3 matches)  [2026-08-03 09:21 to 2026-08-03 09:23]",
        ],
        "{said}"
    );
    let head = "1 Log-ins: tried on the PCE, 2026-08-03 08:03 to 2026-08-03 12:03 +00:00\n9 of 9 events match; a run every 10 min\nIt would have alerted 2 times:\n";
    assert!(said.starts_with(head), "{said}");
    assert!(said.contains("at most one alert in 24 hours the threshold would be 4."), "{said}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
}

#[test]
fn a_traffic_rule_of_the_command_line_is_tried_and_its_query_is_deleted() {
    let mut world = quiet(logins());
    for port in 1..=23 {
        world.pce.connection(blocked("10.0.1.4", "10.0.0.1", port).at("09:01"));
    }
    for port in 1..=9 {
        world.pce.connection(blocked("10.0.1.5", "10.0.0.1", port).at("10:31"));
    }
    world.pce.connection(blocked("10.0.1.6", "10.0.0.1", 445).at("10:31").times(900));
    let rule = json!({
        "type": "traffic", "name": "Sweep", "pd": 2, "per": "source", "count_by": "ports",
        "threshold_type": "count", "threshold_count": 8, "threshold_window": 10
    });
    let files = |world: &World| {
        let last = world.config_path().with_extension("json.last");
        [std::fs::read(world.config_path()).unwrap(), std::fs::read(last).unwrap()]
    };
    let before = files(&world);
    // A run that is at it is not waited for.
    let lock = world.folder().join("illumio_api_config.json.run.lock");
    let lock = std::fs::File::open(lock).unwrap();
    lock.lock().unwrap();

    let value = tried(&mut world, &[&rule.to_string(), "--hours", "6"]);

    let alerts: Vec<Value> = value["alerts"].as_array().unwrap().clone();
    let short = |alert: &Value| {
        (alert["at"].clone(), alert["groups"][0]["values"][0].clone(), alert["count"].clone())
    };
    let alerts: Vec<_> = alerts.iter().map(short).collect();
    assert_eq!(
        alerts,
        [
            (json!("2026-08-03T09:10:00Z"), json!("10.0.1.4"), json!(23)),
            (json!("2026-08-03T10:40:00Z"), json!("10.0.1.5"), json!(9)),
        ],
        "{value}"
    );
    assert_eq!(value["threshold_for_one_a_day"], 10);
    assert_eq!((&value["records"], &value["matching"]), (&json!(33), &json!(33)));
    assert!(value["notes"].to_string().contains("without its minutes"), "{value}");
    assert_eq!(world.pce.queries_kept(), 0);
    assert_eq!(world.pce.requests_to("DELETE", "/async_queries").len(), 1);
    assert_eq!(files(&world), before);
    assert_eq!(world.mailbox.count(), 0);
}

#[test]
fn a_row_that_began_before_the_time_tried_counts_as_one() {
    let mut world = quiet(json!({"type": "traffic", "name": "SMB", "port": 445}));
    for time in ["07:01", "11:01"] {
        world.pce.connection(blocked("10.0.1.4", "10.0.0.1", 445).at(time).times(500));
    }
    let count = |hours: &str, world: &mut World| {
        tried(world, &["1", "--hours", hours])["alerts"][0]["count"].clone()
    };
    assert_eq!(count("6", &mut world), 1_000);
    assert_eq!(count("2", &mut world), 1);
}

#[test]
fn how_often_a_rule_without_a_threshold_would_tell_is_said_by_the_day() {
    let mut world = quiet(json!({"type": "event", "name": "T", "filter_value": "agent.tampering"}));
    for hour in 10..=11 {
        for minute in 1..=25 {
            world.pce.event(agent_tampering("db-01").at(format!("{hour}:{minute:02}").as_str()));
        }
    }
    let said = told(&mut world, &["1"]);
    assert!(said.contains("It would have alerted 6 times:"), "{said}");
    assert!(said.contains("Each match alerts: 50.0 a day over 1 day."), "{said}");
}

#[test]
fn of_many_alerts_twenty_are_listed_and_all_with_all() {
    let mut world = quiet(json!({"type": "event", "name": "T", "filter_value": "agent.tampering"}));
    for hour in 6..=11 {
        for ten in 0..=5 {
            world.pce.event(agent_tampering("db-01").at(format!("{hour:02}:{ten}5").as_str()));
        }
    }
    let listed = |said: &str| said.lines().filter(|line| line.starts_with("  2026")).count();
    let said = told(&mut world, &["1"]);
    assert_eq!(listed(&said), 20, "{said}");
    assert!(said.contains("  and 16 more; --all lists them"), "{said}");
    assert_eq!(listed(&told(&mut world, &["1", "--all"])), 36);
}

#[test]
fn a_rule_for_what_is_missing_tells_when_its_condition_would_have_begun_and_ended() {
    let rule = json!({
        "type": "event", "name": "Sessions", "filter_value": "user.pce_session_terminated",
        "threshold_type": "below", "threshold_count": 1, "threshold_window": 60
    });
    let mut world = quiet(rule);
    for time in ["08:10", "08:50", "10:50", "11:20"] {
        world.pce.event(session_ended("ann").at(time));
    }
    let value = tried(&mut world, &["1", "--hours", "4"]);
    let spell = &value["conditions"][0];
    assert_eq!(value["conditions"].as_array().unwrap().len(), 1, "{value}");
    assert_eq!(spell["from"], "2026-08-03T10:00:00Z");
    assert_eq!(spell["until"], "2026-08-03T10:50:00Z");
    assert_eq!(value["alert_count"], 0);
}

#[test]
fn a_rule_for_workloads_is_held_against_the_list_of_this_moment() {
    let mut world = quiet(json!({"type": "workload", "name": "Offline", "state": "offline"}));
    let offline = |name: &str| host(name).set("online", json!(false));
    world.pce.workloads([offline("w-1"), offline("w-2"), host("w-3")]);

    let said = told(&mut world, &["1"]);

    let is_so = "2 of 3 managed workloads are in that state now; the rule would report it.";
    assert!(said.contains(is_so) && said.contains("w-2"), "{said}");
    let archive = world.run(&["rules", "try", "1", "--archive"]);
    assert_eq!(archive.code, 64, "{archive:?}");
    assert!(archive.stderr.contains("The archive has no workloads"), "{archive:?}");
}

#[test]
fn what_a_rule_for_new_ones_had_to_learn_first_is_said() {
    let rule = json!({
        "type": "traffic", "name": "New", "pd": 2, "per": "source", "new_within_days": 14
    });
    let mut world = quiet(rule);
    world.pce.connection(blocked("10.0.1.4", "10.0.0.1", 445).at("11:01"));
    let said = told(&mut world, &["1"]);
    assert!(said.contains("It would not have alerted."), "{said}");
    assert!(said.contains("as if it had started learning at the start"), "{said}");
}

#[test]
fn a_rule_comes_from_a_file_or_standard_input_too_and_is_checked_as_one_that_is_added() {
    let mut world = quiet(logins());
    let file = world.folder().join("rule.json");
    std::fs::write(&file, logins().to_string()).unwrap();
    told(&mut world, &[file.to_str().unwrap()]);
    let mut command = world.command(&["rules", "try", "-"]);
    command.stdin(std::fs::File::open(&file).unwrap()).stdout(Stdio::piped());
    let piped = command.output().unwrap();
    assert!(String::from_utf8_lossy(&piped.stdout).contains("would not have alerted"), "{piped:?}");

    let wrong = |arguments: &[&str], says: &str, world: &mut World| {
        let run = world.run(&[&["rules", "try"], arguments].concat());
        assert_eq!((run.code, run.stdout.as_str()), (64, ""), "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
    };
    wrong(&["7"], "no rule", &mut world);
    wrong(&[r#"{"type":"event","name":"x"}"#], "filter_value", &mut world);
    wrong(&[r#"{"type":"event","name":"x","filter_value":"a","porrt":1}"#], "porrt", &mut world);
    wrong(&["[]"], "no rule", &mut world);
    wrong(&["1", "--hours", "0"], "1 to 2160", &mut world);
    wrong(&["1", "--hours", "4", "--archive"], "give one of them", &mut world);
    wrong(&["1", "--archive"], "archive", &mut world);
    wrong(&["1", "--archive", "nowhere"], "nowhere", &mut world);
    wrong(&["1", "--archive", "nowhere"], "No such file or directory", &mut world);
    wrong(&[], "for example: rules try 12 --archive", &mut world);
    wrong(&["--archive", "11"], "for example: rules try 12 --archive", &mut world);
}

#[test]
fn an_archive_begins_at_its_first_record_by_time_and_what_began_before_counts_as_one() {
    let mut rule = json!({"type": "traffic", "name": "SMB", "pd": 2, "port": 445, "per": "source",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 60});
    let mut world = quiet(rule.clone());
    let row = |source: &str, first: &str, last: &str| {
        json!({"src": {"ip": source}, "dst": {"ip": "10.9.0.1"}, "num_connections": 50,
            "service": {"port": 445, "proto": 6}, "policy_decision": "blocked",
            "timestamp_range": {"first_detected": first, "last_detected": last}})
    };
    let folder = world.folder().join("archive");
    std::fs::create_dir(&folder).unwrap();
    let archive = |rows: &[Value]| {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(folder.join("flows.jsonl"), lines).unwrap();
    };
    // As a first run files them: in the PCE's order.
    let late = row("10.0.0.1", "2026-08-03T11:41:00Z", "2026-08-03T11:45:00Z");
    let early = row("10.0.0.2", "2026-08-03T10:52:00Z", "2026-08-03T10:55:00Z");
    let older = row("10.0.0.3", "2026-08-03T04:10:00Z", "2026-08-03T11:02:00Z");
    archive(&[late.clone(), early.clone()]);
    let folder = folder.to_str().unwrap().to_owned();

    let value = tried(&mut world, &["1", "--archive", &folder]);

    assert_eq!(value["from"], "2026-08-03T10:55:00Z");
    let groups = |value: &Value| {
        let groups = value["alerts"][0]["groups"].as_array().unwrap();
        let of = |group: &Value| (group["values"][0].clone(), group["count"].clone());
        let mut groups: Vec<(Value, Value)> = groups.iter().map(of).collect();
        groups.sort_by_key(|(name, _)| name.to_string());
        groups
    };
    let both = [(json!("10.0.0.1"), json!(50)), (json!("10.0.0.2"), json!(50))];
    assert_eq!(groups(&value), both, "{value}");
    assert!(!value["notes"].to_string().contains("count as 1"), "{value}");

    archive(&[late, older, early]);
    let value = tried(&mut world, &["1", "--archive", &folder]);
    assert_eq!(groups(&value), both, "{value}");
    assert!(value["notes"].to_string().contains("count as 1"), "{value}");

    // Only what the rule matches is of interest.
    rule["src_ip_in"] = json!("10.0.0.1,10.0.0.2");
    let value = tried(&mut world, &[&rule.to_string(), "--archive", &folder]);
    assert!(!value["notes"].to_string().contains("count as 1"), "{value}");
}

#[test]
fn what_keeps_the_pce_from_being_read_is_said_with_the_code_of_a_run() {
    let mut world = quiet(logins());
    let code = |world: &mut World| -> (i32, Run) {
        let run = world.run(&["rules", "try", "1"]);
        (run.code, run)
    };
    world.pce.fault(Fault::status(503).retry_after(0).on("/events"));
    let (unread, run) = code(&mut world);
    assert_eq!((unread, run.stdout.as_str()), (75, ""), "{run:?}");
    world.pce.heal();
    world.pce.fault(Fault::status(401));
    let (refused, run) = code(&mut world);
    assert_eq!(refused, 78, "{run:?}");
    world.pce.heal();
    world.pce.next_query(Fate::fails());
    let rule = json!({"type": "traffic", "name": "SMB", "pd": 2, "port": 445}).to_string();
    let run = world.run(&["rules", "try", &rule]);
    assert_eq!(run.code, 75, "{run:?}");
    assert!(run.stderr.contains("Traffic could not be read"), "{run:?}");
    assert_eq!(world.pce.requests_to("DELETE", "/async_queries").len(), 1);
    world.edit(|config| config["api"]["url"] = json!("ftp://x"));
    assert_eq!(code(&mut world).0, 78);
}

#[test]
fn in_chinese_it_says_the_same() {
    let mut world = quiet(logins());
    for time in ["11:01", "11:02", "11:03"] {
        world.pce.event(login_failed("eve@example.com", "10.1.1.1").at(time));
    }
    let said = told(&mut world, &["1", "--lang", "zh-TW"]);
    assert!(said.contains("會發出 1 則警示："), "{said}");
    assert!(said.contains("eve@example.com（3 筆）"), "{said}");
}

#[test]
fn whatever_matches_a_try_takes_no_more_room_than_a_run_and_says_what_it_left_out() {
    let world = quiet(logins());
    world.pce.every_query(Fate::completes().after_polls(0));
    world.pce.bulk(200_000);
    world.pce.gzip(false);
    let rule = json!({
        "type": "traffic", "name": "All", "pd": -1, "per": "source",
        "threshold_type": "immediate"
    });
    let said = world.folder().join("said");
    let mut child = world
        .command(&["rules", "try", &rule.to_string(), "--json"])
        .stdout(std::fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = peak_megabytes(child.id()).max(most);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(status.success());
    let value: Value = serde_json::from_str(&std::fs::read_to_string(said).unwrap()).unwrap();
    assert_eq!(value["records"], 200_000);
    assert!(value["notes"].to_string().contains("than could be kept"), "{value}");
    assert!(most > 0 && most <= 72, "{most} MB");
}
