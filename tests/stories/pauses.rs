//! Pauses: what happens in them is held, and told when they are over.

use jiff::civil::{Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

/// A rule on tampering, as the best practices have it.
fn tampering(world: &World) -> i64 {
    world.rule(json!({
        "type": "event", "name": "Tampered", "filter_value": "agent.tampering",
        "level": "critical"
    }))
}

/// Blocked traffic of each source by itself: 5 connections in 10 minutes.
fn blocked(world: &World) -> i64 {
    world.rule(json!({
        "type": "traffic", "name": "Blocked", "per": "source",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 10
    }))
}

fn pause(world: &World, pause: Value) {
    world.edit(|config| config["pauses"] = json!([pause]));
}

/// From 02:00 to 06:00 on the day of all stories.
fn night(world: &World, rules: Value) {
    let (from, until) = ("2026-08-03 02:00", "2026-08-03 06:00");
    let one = json!({"id": 1, "rules": rules, "from": from, "until": until, "why": "CHG-123"});
    pause(world, one);
}

fn words(run: &Run) -> String {
    run.mail().text().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quiet(run: &Run) {
    assert_eq!((run.code, run.mails.len()), (0, 0), "{run:?}");
}

/// Every ten minutes from one time to another, with nothing to tell.
fn quiet_between(world: &mut World, from: &str, to: &str) {
    world.run_every(10, from, to).iter().for_each(quiet);
}

fn says(run: &Run, parts: &[&str]) {
    assert_eq!((run.code, run.mails.len()), (0, 1), "{run:?}");
    let text = words(run);
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn says_nothing_of(run: &Run, parts: &[&str]) {
    let text = words(run);
    for part in parts {
        assert!(!text.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_happens_in_a_pause_is_told_on_one_card_after_it() {
    let mut world = World::new();
    let id = tampering(&world);
    night(&world, json!([id]));
    quiet(&world.run_at("01:50"));
    world.pce.events([
        agent_tampering("db-01").at("02:10"),
        agent_tampering("db-01").at("02:11"),
        agent_tampering("web-07").at("05:30"),
    ]);
    quiet_between(&mut world, "02:00", "06:10");
    let told = world.run_at("06:15");
    let subject = told.mail().subject();
    assert!(subject.contains("Held back during CHG-123, 2026-08-03 02:00 – 06:00"), "{subject}");
    says(
        &told,
        &[
            "Rule 1 Tampered: 3 matches, 2026-08-03 02:10 – 05:30",
            "2026-08-03 02:10 db-01 (1 match)",
            "2026-08-03 02:11 db-01 (1 match)",
            "2026-08-03 05:30 web-07 (1 match)",
        ],
    );
    quiet(&world.run_at("06:30"));
}

#[test]
fn what_happened_outside_is_told_as_ever_and_takes_the_card_along_once_the_pause_is_over() {
    let mut world = World::new();
    let id = tampering(&world);
    night(&world, json!([id]));
    quiet(&world.run_at("01:40"));
    world
        .pce
        .events([agent_tampering("before").at("01:59"), agent_tampering("within").at("02:00")]);
    let told = world.run_at("02:10");
    says(&told, &["before"]);
    says_nothing_of(&told, &["within", "Held back"]);
    world.pce.event(agent_tampering("after").at("06:00"));
    says(
        &world.run_at("06:01"),
        &["after", "Held back during CHG-123", "2026-08-03 02:00 within (1 match)"],
    );
    quiet(&world.run_at("06:30"));
}

#[test]
fn what_comes_late_goes_by_its_own_time() {
    let mut world = World::new();
    let id = tampering(&world);
    night(&world, json!([id]));
    world.set("settings.late_reach_hours", json!(26));
    quiet_between(&mut world, "02:50", "07:00");
    world.pce.events([
        agent_tampering("within").at("03:00").recorded("07:05"),
        agent_tampering("after").at("06:00").recorded("07:05"),
    ]);
    let told: Vec<Run> = world.run_every(10, "07:10", "07:50");
    let told: Vec<&Run> = told.iter().filter(|run| !run.mails.is_empty()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    says(told[0], &["after", "Held back during CHG-123", "03:00 within (1 match)"]);
    // What comes later still waits for the next mail, or for an hour.
    world.pce.event(agent_tampering("late").at("04:00").recorded("07:51"));
    let told: Vec<Run> = world.run_every(10, "08:00", "10:00");
    let told: Vec<&Run> = told.iter().filter(|run| !run.mails.is_empty()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    says(told[0], &["04:00 late (1 match)"]);
}

#[test]
fn a_pause_that_is_ended_is_told_with_the_next_run_and_holds_nothing_more() {
    let mut world = World::new();
    let id = tampering(&world);
    quiet(&world.run_at("02:00"));
    let paused = world.run(&["pause", &id.to_string(), "--until", "06:00", "--why", "CHG-123"]);
    assert_eq!(paused.code, 0, "{paused:?}");
    assert!(
        paused.stdout.contains("rule 1; from 2026-08-03 02:00 until 2026-08-03 06:00; CHG-123")
    );
    world.pce.event(agent_tampering("within").at("02:10"));
    quiet(&world.run_at("02:20"));
    let list = world.run(&["pause", "list"]);
    assert!(list.stdout.contains("in effect; 1 match held back"), "{list:?}");
    let ended = world.run(&["pause", "end", "1"]);
    assert!(ended.stdout.contains("Pause 1 ends now. Held back: 1"), "{ended:?}");
    world.pce.event(agent_tampering("outside").at("02:30"));
    says(
        &world.run_at("02:36"),
        &["outside", "Held back during CHG-123", "02:10 within (1 match)"],
    );
    assert!(world.run(&["pause", "list"]).stdout.contains("; over"));
    assert!(world.run(&["pause", "end", "1"]).stdout.contains("is already over"));
}

#[test]
fn one_that_is_taken_out_of_the_file_is_told_all_the_same() {
    let mut world = World::new();
    let id = tampering(&world);
    night(&world, json!([id]));
    quiet(&world.run_at("02:00"));
    world.pce.event(agent_tampering("within").at("02:10"));
    quiet(&world.run_at("02:20"));
    world.edit(|config| drop(config.as_object_mut().unwrap().remove("pauses")));
    says(&world.run_at("02:30"), &["Held back during CHG-123", "02:10 within (1 match)"]);
}

#[test]
fn a_pause_that_is_made_after_the_fact_holds_what_waited_for_its_cooldown() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "event", "name": "Tampered", "filter_value": "agent.tampering",
        "cooldown_minutes": 60
    }));
    world.pce.event(agent_tampering("first").at("01:50"));
    says(&world.run_at("02:00"), &["first"]);
    world.pce.event(agent_tampering("waits").at("02:10"));
    quiet(&world.run_at("02:20"));
    night(&world, json!([id]));
    quiet(&world.run_at("03:10"));
    says(&world.run_at("06:20"), &["Rule 1 Tampered: 1 match, 2026-08-03 02:10"]);
}

#[test]
fn what_is_held_starts_no_cooldown_for_what_comes_after() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "event", "name": "Tampered", "filter_value": "agent.tampering",
        "level": "critical", "cooldown_minutes": 240
    }));
    night(&world, json!([id]));
    world.pce.events([agent_tampering("db-01").at("05:40"), agent_tampering("db-01").at("05:55")]);
    quiet(&world.run_at("05:45"));
    quiet(&world.run_at("05:57"));
    world.pce.event(agent_tampering("after").at("06:05"));
    // Of the two one would have been an alert, and the other within its cooldown.
    says(&world.run_at("06:10"), &["after", "05:40 – 05:55 db-01 (2 matches)"]);
}

#[test]
fn a_window_that_lies_half_in_a_pause_is_told_with_it_and_no_alert_comes_of_the_rest() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "event", "name": "Log-ins", "filter_value": "user.sign_in", "per": "user",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 10
    }));
    night(&world, json!([id]));
    quiet(&world.run_at("01:50"));
    for second in 0..3 {
        world.pce.event(login_failed("eve", "10.0.0.9").at(format!("01:58:{second:02}").as_str()));
    }
    for second in 0..4 {
        world.pce.event(login_failed("eve", "10.0.0.9").at(format!("02:03:{second:02}").as_str()));
    }
    quiet_between(&mut world, "02:00", "06:10");
    let told = world.run_at("06:20");
    says(&told, &["Rule 1 Log-ins: 4 matches, 2026-08-03 02:03"]);
    // By itself the rest is enough for nothing; five of it are.
    world.pce.events((0..5).map(|_| login_failed("eve", "10.0.0.9").at("06:25")));
    says(&world.run_at("06:30"), &["eve", "5 matches"]);
}

#[test]
fn of_a_rule_that_counts_each_by_itself_only_what_is_named_is_held() {
    let mut world = World::new();
    let id = blocked(&world);
    quiet(&world.run_at("02:00"));
    let scanner = world.run(&[
        "pause",
        &id.to_string(),
        "--src",
        "scanner",
        "--until",
        "+8h",
        "--why",
        "scan",
    ]);
    assert_eq!(scanner.code, 0, "{scanner:?}");
    assert!(scanner.stdout.contains("only src_host=scanner"), "{scanner:?}");
    for host in ["scanner", "intruder"] {
        world.pce.connection(crate::pce::blocked(host, "db-01", 445).at("02:10").times(9));
    }
    let told = world.run_at("02:30");
    says(&told, &["intruder"]);
    says_nothing_of(&told, &["scanner", "Held back"]);
    let after = world.run_at("10:20");
    says(&after, &["Held back during scan", "Rule 1 Blocked: 9 connections"]);
    says_nothing_of(&after, &["intruder"]);
}

#[test]
fn what_is_known_is_learnt_in_a_pause_too() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "traffic", "name": "New source", "per": "source", "new_within_days": 30,
        "learn_days": 0
    }));
    quiet(&world.run_at("01:50"));
    night(&world, json!([id]));
    world.pce.connection(crate::pce::blocked("web-01", "db-01", 445).at("02:10").times(2));
    quiet(&world.run_at("02:30"));
    says(&world.run_at("06:20"), &["Rule 1 New source: 2 connections"]);
    world.pce.connection(crate::pce::blocked("web-01", "db-02", 445).at("07:10").times(2));
    quiet(&world.run_at("07:30"));
}

#[test]
fn a_condition_that_lasts_when_its_pause_is_over_begins_then_and_one_that_ended_is_on_the_card() {
    let mut world = World::new();
    pause(
        &world,
        json!({
            "id": 4, "conditions": ["pce"], "from": "2026-08-03T02:00Z",
            "until": "2026-08-03T04:00Z", "why": "upgrade"
        }),
    );
    quiet(&world.run_at("01:50"));
    world.pce.health_status("warning", "one node is down");
    for time in ["02:10", "02:20"] {
        quiet(&world.run_at(time));
    }
    world.pce.health_status("normal", "");
    quiet(&world.run_at("02:50"));
    world.pce.health_status("critical", "two nodes are down");
    quiet(&world.run_at("03:50"));
    let told = world.run_at("04:00");
    says(&told, &["two nodes are down", "Since: 2026-08-03 03:50", "2026-08-03 02:10 – 02:50"]);
    assert!(told.mail().subject().contains("CRITICAL"), "{}", told.mail().subject());
    world.pce.health_status("normal", "");
    says(&world.run_at("04:10"), &["Closes the mail"]);
}

#[test]
fn what_began_before_a_pause_is_not_reminded_of_in_it_and_its_end_is_told_at_once() {
    let mut world = World::new();
    world.set("settings.reminder_hours", json!(1));
    pause(
        &world,
        json!({
            "id": 4, "conditions": ["health"], "from": "2026-08-03 02:00",
            "until": "2026-08-03 04:00", "why": "upgrade"
        }),
    );
    world.pce.health_status("warning", "one node is down");
    says(&world.run_at("01:50"), &["one node is down"]);
    quiet_between(&mut world, "02:00", "03:20");
    world.pce.health_status("normal", "");
    says(&world.run_at("03:30"), &["Closes the mail"]);
}

#[test]
fn a_rule_on_workloads_is_paused_by_its_id() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "workload", "name": "Offline", "state": "offline", "threshold_window": 0
    }));
    world.set("settings.workload_minutes", json!(5));
    world.pce.workloads([host("db-01"), host("db-02")]);
    quiet(&world.run_at("01:50"));
    night(&world, json!([id]));
    quiet_between(&mut world, "02:00", "02:20");
    world.pce.workloads([host("db-01").offline("02:25"), host("db-02")]);
    quiet_between(&mut world, "02:30", "03:20");
    world.pce.workloads([host("db-01"), host("db-02")]);
    quiet_between(&mut world, "03:30", "05:40");
    world.pce.workloads([host("db-01"), host("db-02").offline("05:45")]);
    quiet(&world.run_at("05:50"));
    let told = world.run_at("06:00");
    says(&told, &["db-02 role", "Offline, 2026-08-03 02:30 – 03:30, over: 1 workload, db-01"]);
    says_nothing_of(&told, &["db-01 role"]);
}

#[test]
fn a_pause_of_everything_for_more_than_a_day_is_told_every_day() {
    let mut world = World::new();
    tampering(&world);
    pause(
        &world,
        json!({
            "id": 1, "rules": "all", "from": "2026-08-03 02:00", "until": "2026-08-06 02:00",
            "why": "move", "by": "amy"
        }),
    );
    quiet(&world.run_at("01:50"));
    says(&world.run_at("02:00"), &["All rules paused until 2026-08-06 02:00", "move (by amy)"]);
    for run in world.run_every(60, "03:00", "2026-08-04T01:00:00Z") {
        quiet(&run);
    }
    says(&world.run_at("2026-08-04T02:00:00Z"), &["pause end 1"]);
}

#[test]
fn what_holds_stands_in_check_status_and_the_daily_report() {
    let mut world = World::new();
    world.set("settings.daily_report", json!("03:00"));
    let id = tampering(&world);
    night(&world, json!([id]));
    quiet(&world.run_at("02:40"));
    world.pce.event(agent_tampering("within").at("02:45"));
    quiet(&world.run_at("02:50"));
    let line = "1 rule 1; from 2026-08-03 02:00 until 2026-08-03 06:00; CHG-123; \
                in effect; 1 match held back";
    says(&world.run_at("03:00"), &[line]);
    let check = world.run(&["check"]);
    let told = check.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(line), "{told}");
    let status = world.run(&["status"]);
    assert!(status.stdout.contains("pauses in effect: 1"), "{status:?}");
    let json: Value = serde_json::from_str(&world.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(json["pauses"][0]["id"], 1, "{json}");
}

#[test]
fn the_state_starts_afresh_and_what_is_held_is_told_all_the_same() {
    let mut world = World::new();
    let id = tampering(&world);
    night(&world, json!([id]));
    world.pce.event(agent_tampering("within").at("02:10"));
    quiet(&world.run_at("02:20"));
    world.pce.set_now("06:20");
    let reset = world.run(&["run", "--reset-state"]);
    let mails: Vec<String> = reset.mails.iter().map(|mail| mail.text()).collect();
    assert!(mails.iter().any(|text| text.contains("Held back during CHG-123")), "{mails:?}");
}

#[test]
fn a_pause_that_says_too_little_or_too_much_is_refused_with_its_place_and_the_remedy() {
    let mut world = World::new();
    tampering(&world);
    let fine = json!({"id": 1, "rules": [1], "until": "2026-08-03 06:00", "why": "x"});
    let cases: [(&str, Value, &str); 17] = [
        ("until", Value::Null, "pause 1: until"),
        ("why", Value::Null, "pause 1: why"),
        ("rules", Value::Null, "pause 1: rules"),
        ("rules", json!("some"), "a list of rule ids"),
        ("until", json!("soon"), "is not a valid time"),
        ("from", json!("2026-08-03 07:00"), "ends before it begins"),
        ("from", json!("2026-01-01"), "longer than 90 days"),
        ("every", json!("Sunday"), "is not a valid weekly time"),
        ("match", json!({}), "pause 1: match: is empty"),
        ("match", json!({"_note": 1}), "pause 1: match: is empty"),
        ("match", json!({"port": []}), "pause 1: match.port"),
        ("match", json!({"port": 443, "filter_value": "agent"}), "mixes filter keys"),
        ("match", json!({"src_list": "Lab"}), "cannot use IP lists"),
        ("rules", json!([]), "pause 1: rules: is empty"),
        ("match", json!({"prt": 443}), "\"port\""),
        ("conditions", json!(["delivery"]), "always reported"),
        ("condition", json!(["pce"]), "conditions"),
    ];
    for (key, value, said) in cases {
        let mut one = fine.clone();
        one[key] = value;
        pause(&world, one);
        let run = world.run_at("02:00");
        assert_eq!(run.code, 78, "{key}: {run:?}");
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    let many: Vec<Value> = (1..=101)
        .map(|id| json!({"id": id, "rules": [1], "until": "2026-08-03 06:00", "why": "x"}))
        .collect();
    world.edit(|config| config["pauses"] = json!(many));
    assert!(world.run_at("02:00").stderr.contains("at most 100"));
}

#[test]
fn the_command_says_what_it_lacks() {
    let mut world = World::new();
    tampering(&world);
    quiet(&world.run_at("02:00"));
    let cases: [(&[&str], &str); 15] = [
        (&["pause", "1", "--until", "+100d", "--why", "x"], "--until: the pause lasts longer"),
        (&["pause", "1", "--every", "Sunday", "--why", "x"], "--every: \"Sunday\""),
        (&["pause", "1", "--match", "port", "--until", "06:00", "--why", "x"], "not KEY=VALUE"),
        (&["pause", "1", "--src", "10.1.1.300", "--until", "06:00", "--why", "x"], "10.1.1.300"),
        (&["pause", "list", "--until", "06:00"], "takes no other arguments"),
        (
            &["pause", "all", "1", "--until", "06:00", "--why", "x"],
            "all already includes every rule",
        ),
        (&["pause", "1", "--src", "web-01", "--until", "06:00", "--why", "x"], "--src"),
        (&["pause"], "name the rules to pause"),
        (&["pause", "1"], "needs an end"),
        (&["pause", "1", "--until", "06:00"], "--why"),
        (&["pause", "9", "--until", "06:00", "--why", "x"], "9"),
        (&["pause", "1", "--until", "soon", "--why", "x"], "\"soon\" is not a valid time"),
        (&["pause", "1", "--until", "2026-08-03 01:00", "--why", "x"], "in the past"),
        (&["pause", "end"], "name the pause to end"),
        (&["pause", "end", "7"], "there is no pause 7"),
    ];
    for (arguments, said) in cases {
        let run = world.run(arguments);
        assert_eq!(run.code, 64, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert!(world.run(&["pause", "list"]).stdout.contains("There are no pauses."));
}

#[test]
fn pauses_that_ended_a_month_ago_leave_the_file_with_the_next_change() {
    let mut world = World::new();
    tampering(&world);
    pause(
        &world,
        json!({"id": 3, "rules": "all", "from": "2026-06-01", "until": "2026-06-02", "why": "old"}),
    );
    quiet(&world.run_at("02:00"));
    world.run(&["pause", "1", "--until", "+1h", "--why", "new"]);
    let pauses = world.config()["pauses"].clone();
    assert_eq!(pauses.as_array().unwrap().len(), 1, "{pauses}");
    assert_eq!((&pauses[0]["id"], &pauses[0]["why"]), (&json!(4), &json!("new")));
}

#[test]
fn what_is_paused_by_what_it_is_takes_nothing_of_the_others_along() {
    let mut world = World::new();
    // Both count in one count: there is no `per`.
    world.rule(json!({
        "type": "traffic", "name": "Blocked", "level": "critical",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 10
    }));
    world.rule(json!({
        "type": "event", "name": "Tampered", "filter_value": "agent.tampering",
        "level": "critical"
    }));
    quiet(&world.run_at("02:00"));
    world.edit(|config| {
        config["pauses"] = json!([
            {"id": 1, "rules": [1], "match": {"src_host": "scanner"}, "why": "scan",
             "from": "2026-08-03 02:00", "until": "2026-08-03 06:00"},
            {"id": 2, "rules": [2], "match": {"workload": "lab-*"}, "why": "lab",
             "from": "2026-08-03 02:00", "until": "2026-08-03 06:00"}
        ]);
    });
    for host in ["scanner", "intruder"] {
        world.pce.connection(crate::pce::blocked(host, "db-01", 445).at("02:10").times(9));
    }
    world.pce.events([agent_tampering("lab-3").at("02:11"), agent_tampering("db-01").at("02:12")]);
    let told = world.run_at("02:30");
    says(&told, &["9 intruder (", "\"hostname\": \"intruder\"", "\"hostname\": \"db-01\""]);
    says_nothing_of(&told, &["scanner", "lab-3"]);
    quiet_between(&mut world, "02:40", "06:10");
    let after = world.run_at("06:20");
    says(
        &after,
        &["Held back during scan", "Held back during lab", "lab-3 (1 match)", "scanner →"],
    );
    says_nothing_of(&after, &["intruder"]);
}

#[test]
fn where_two_pauses_hold_the_one_that_ends_first_tells() {
    let mut world = World::new();
    let id = tampering(&world);
    world.edit(|config| {
        config["pauses"] = json!([
            {"id": 1, "rules": [id], "match": {"workload": "lab-*"}, "why": "lab",
             "from": "2026-08-01", "until": "2026-10-01"},
            {"id": 2, "rules": [id], "why": "tonight",
             "from": "2026-08-03 02:00", "until": "2026-08-03 06:00"}
        ]);
    });
    quiet(&world.run_at("02:50"));
    world.pce.events([agent_tampering("db-01").at("03:00"), agent_tampering("lab-1").at("03:01")]);
    quiet_between(&mut world, "03:10", "06:10");
    let told = world.run_at("06:20");
    says(&told, &["Held back during tonight", "03:00 db-01 (1 match)"]);
    says_nothing_of(&told, &["lab-1"]);
    let list = world.run(&["pause", "list"]);
    assert!(list.stdout.contains("1 match held back"), "{list:?}");
}

#[test]
fn what_a_removed_pause_had_set_aside_counts_as_if_it_had_never_been() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "event", "name": "Log-ins", "filter_value": "user.sign_in",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 60
    }));
    pause(
        &world,
        json!({"id": 1, "rules": [id], "match": {"user": "eve"}, "why": "test",
               "from": "2026-08-03 02:00", "until": "2026-08-03 09:00"}),
    );
    quiet(&world.run_at("02:00"));
    world.pce.events((0..4).map(|_| login_failed("eve", "10.0.0.9").at("02:05")));
    quiet(&world.run_at("02:10"));
    pause(&world, json!({"id": 2, "rules": [99], "until": "2026-08-02", "why": "another"}));
    world.pce.events((0..4).map(|_| login_failed("eve", "10.0.0.9").at("02:15")));
    let told = world.run_at("02:20");
    says(&told, &["8 matches", "eve", "Record 1"]);
    says_nothing_of(&told, &["Held back"]);
}

#[test]
fn what_a_pause_had_set_aside_of_a_rule_that_it_is_for_no_more_counts_again() {
    let mut world = World::new();
    let rule = json!({
        "type": "event", "name": "Log-ins", "filter_value": "user.sign_in",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 60
    });
    let (id, other) = (world.rule(rule), tampering(&world));
    let eve = |rule: i64| {
        json!({"id": 1, "rules": [rule], "match": {"user": "eve"}, "why": "test",
               "from": "2026-08-03 02:00", "until": "2026-08-03 09:00"})
    };
    pause(&world, eve(id));
    quiet(&world.run_at("02:00"));
    world.pce.events((0..4).map(|_| login_failed("eve", "10.0.0.9").at("02:05")));
    quiet(&world.run_at("02:10"));
    // The same pause, for another rule now.
    pause(&world, eve(other));
    world.pce.events((0..4).map(|_| login_failed("eve", "10.0.0.9").at("02:15")));
    let told = world.run_at("02:20");
    says(&told, &["8 matches", "eve"]);
    says_nothing_of(&told, &["Held back"]);
}

#[test]
fn workloads_that_came_and_went_in_a_pause_are_named_on_its_card() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "workload", "name": "Offline", "state": "offline", "threshold_window": 0,
        "level": "critical"
    }));
    world.set("settings.workload_minutes", json!(5));
    let all = |offline: &[&str], since: &str| {
        let host = |name: &str| match offline.contains(&name) {
            true => host(name).offline(since),
            false => host(name),
        };
        ["web-01", "web-02", "web-03"].map(host)
    };
    world.pce.workloads(all(&["web-01"], "01:45"));
    says(&world.run_at("01:50"), &["web-01"]);
    night(&world, json!([id]));
    quiet(&world.run_at("02:00"));
    world.pce.workloads(all(&["web-01", "web-02", "web-03"], "02:05"));
    quiet_between(&mut world, "02:10", "02:40");
    world.pce.workloads(all(&["web-01"], "01:45"));
    quiet_between(&mut world, "02:50", "05:50");
    // Four hours after its begin it is told again, and takes the card along.
    says(&world.run_at("06:00"), &["Offline, 2026-08-03", "2 workloads, web-02, web-03"]);
}

#[test]
fn a_condition_that_was_told_and_got_worse_in_a_pause_is_on_its_card_at_its_worst() {
    let mut world = World::new();
    world.pce.health_status("warning", "one node is down");
    says(&world.run_at("01:50"), &["one node is down"]);
    pause(
        &world,
        json!({
            "id": 4, "conditions": ["health"], "from": "2026-08-03 02:00",
            "until": "2026-08-03 04:00", "why": "upgrade"
        }),
    );
    quiet(&world.run_at("02:00"));
    world.pce.health_status("critical", "two nodes are down");
    quiet(&world.run_at("02:10"));
    world.pce.health_status("warning", "one node is down");
    quiet_between(&mut world, "02:20", "04:10");
    says(&world.run_at("04:20"), &["Held back during upgrade", "two nodes are down"]);
}

#[test]
fn a_card_has_no_room_for_every_alert_and_names_each_rule_all_the_same() {
    let mut world = World::new();
    for nth in 1..=8 {
        world.rule(json!({
            "type": "event", "name": format!("A rule with a rather long name, no. {nth}"),
            "filter_value": "agent.tampering", "level": "critical", "per": "workload"
        }));
    }
    night(&world, json!("all"));
    quiet(&world.run_at("02:00"));
    world.pce.events((0..16).map(|nth| {
        agent_tampering(&format!("host-with-a-long-name-{nth}.corp.example")).at("02:05")
    }));
    quiet_between(&mut world, "02:10", "06:10");
    let told = world.run_at("06:20");
    for nth in 1..=8 {
        says(&told, &[&format!("no. {nth}: 16 matches")]);
    }
    says(&told, &["more alerts"]);
}

#[test]
fn a_weekly_pause_whose_times_nearly_touch_is_told_in_the_gap_and_one_without_is_refused() {
    let mut world = World::new();
    let id = tampering(&world);
    let every = |text: &str| json!({"id": 1, "rules": [id], "every": text, "why": "x"});
    pause(&world, every("daily 00:00-23:30"));
    assert_eq!(world.run_at("02:00").code, 78);
    pause(&world, every("daily 01:00-24:00"));
    quiet(&world.run_at("02:00"));
    world.pce.event(agent_tampering("db-01").at("02:05"));
    quiet_between(&mut world, "02:10", "23:50");
    let night = world.run_every(10, "2026-08-04T00:00:00Z", "2026-08-04T00:20:00Z");
    let told: Vec<&Run> = night.iter().filter(|run| !run.mails.is_empty()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    says(told[0], &["02:05 db-01 (1 match)"]);
}

#[test]
fn a_pause_whose_id_is_anothers_now_is_told_at_once_under_its_own_name() {
    let mut world = World::new();
    let id = tampering(&world);
    night(&world, json!([id]));
    quiet(&world.run_at("02:00"));
    world.pce.event(agent_tampering("db-01").at("02:05"));
    quiet(&world.run_at("02:10"));
    pause(
        &world,
        json!({"id": 1, "rules": [id], "from": "2026-08-03 02:15", "until": "2026-08-10",
               "why": "CHG-999"}),
    );
    let told = world.run_at("02:20");
    says(&told, &["Held back during CHG-123", "02:05 db-01 (1 match)"]);
    world.pce.event(agent_tampering("db-02").at("02:25"));
    quiet(&world.run_at("02:30"));
}

#[test]
fn the_records_of_what_is_paused_are_not_attached() {
    let mut world = World::new();
    let id = tampering(&world);
    world.rule(json!({"type": "event", "name": "Suspended", "filter_value": "agent.suspend"}));
    world.set("email.attach_records", json!(true));
    night(&world, json!([id]));
    quiet(&world.run_at("02:00"));
    world.pce.events([agent_tampering("within").at("02:05"), agent_suspend("db-02").at("02:06")]);
    says(&world.run_at("02:10"), &["the records that matched in this run (1)"]);
}

#[test]
fn what_a_count_counts_stands_on_the_card() {
    let mut world = World::new();
    let id = world.rule(json!({
        "type": "traffic", "name": "Port scan", "per": "source", "count_by": "ports",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 10
    }));
    night(&world, json!([id]));
    quiet(&world.run_at("02:00"));
    for port in [22, 445, 3389, 8080] {
        world.pce.connection(crate::pce::blocked("web-01", "db-01", port).at("02:10").times(7));
    }
    quiet_between(&mut world, "02:20", "06:10");
    says(&world.run_at("06:20"), &["Rule 1 Port scan: 4 ports"]);
}

#[test]
fn a_night_is_named_by_its_hours_alone() {
    let mut world = World::new();
    tampering(&world);
    quiet(&world.run_at("03:00"));
    let paused =
        world.run(&["pause", "1", "--from", "22:00", "--until", "06:00", "--why", "night"]);
    let night = "from 2026-08-03 22:00 until 2026-08-04 06:00";
    assert!(paused.stdout.contains(night), "{paused:?}");
}

/// One event, and whether the window of its Sunday holds it.
struct Happening {
    at: Timestamp,
    host: String,
    within: bool,
}

/// Every Sunday of 2026 on Berlin's clock: before, within and after 02:00–04:00.
fn a_year_of_sundays(zone: &TimeZone) -> Vec<Happening> {
    let mut day = date(2026, 1, 4);
    let mut all = Vec::new();
    while day.year() == 2026 {
        assert_eq!(day.weekday(), Weekday::Sunday);
        // Every 20 minutes of real time from 01:00 to 05:00, whatever the clock does.
        let begin = day.at(1, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
        let end = day.at(5, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
        let mut at = begin;
        while at < end {
            let wall = at.to_zoned(zone.clone()).time();
            let within = time(2, 0, 0, 0) <= wall && wall < time(4, 0, 0, 0);
            let host = format!("{}-{}", day.strftime("%m%d"), all.len());
            all.push(Happening { at, host, within });
            at += SignedDuration::from_mins(20);
        }
        day = day.checked_add(7.days()).unwrap();
    }
    all
}

#[test]
fn of_52_weekly_windows_and_both_changes_of_the_clock_nothing_is_told_within_and_all_after() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let mut world = World::new();
    let id = tampering(&world);
    world.set("settings.timezone", json!("Europe/Berlin"));
    pause(&world, json!({"id": 1, "rules": [id], "every": "Sun 02:00-04:00", "why": "patch"}));
    let happened = a_year_of_sundays(&zone);
    world.run_at("2026-01-03T12:00:00Z");
    let mut mails = String::new();
    let mut listen = |run: &Run| {
        assert_eq!(run.code, 0, "{run:?}");
        run.mails.iter().for_each(|mail| mails.push_str(&mail.text()));
    };
    for one in &happened {
        world.pce.event(agent_tampering(&one.host).at(one.at));
        let run = world.run_at(one.at + SignedDuration::from_mins(1));
        assert!(!one.within || run.mails.is_empty(), "told within: {} {run:?}", one.at);
        listen(&run);
    }
    listen(&world.run_at("2026-12-27T12:00:00Z"));
    for Happening { at, host, within } in &happened {
        let told = mails.matches(&format!("\"hostname\": \"{host}\"")).count();
        let held = mails.matches(&format!(" {host} (1 match)")).count();
        assert_eq!((told > 0, held), (!within, usize::from(*within)), "{host} {at}");
    }
    let held = happened.iter().filter(|one| one.within).count();
    assert_eq!(held, 50 * 6 + 3 + 9, "fifty of two hours, one of one, one of three");
}

/// A pause that may be anything: long or short, of before or to come, of all or of some.
fn some_pause(dice: &mut impl FnMut(u64) -> u64, id: u64, now: Timestamp) -> Value {
    let begins = now + SignedDuration::from_mins(dice(90) as i64 - 60);
    let ends = begins + SignedDuration::from_mins(dice(120) as i64 + 1);
    let mut pause = json!({
        "id": id, "from": begins.to_string(), "until": ends.to_string(), "why": format!("CHG-{id}")
    });
    pause["rules"] = if dice(3) == 0 { json!("all") } else { json!([dice(3) + 1]) };
    if dice(3) == 0 {
        pause["match"] = json!({"workload": "*-1"});
    }
    pause
}

#[test]
fn whatever_is_paused_and_taken_back_every_match_is_told_once_as_an_alert_or_on_a_card() {
    let seeds: u64 = std::env::var("ILLUMIO_MONITOR_SEEDS").map_or(4, |text| text.parse().unwrap());
    for seed in 0..seeds {
        let mut turn = seed * 1_000;
        let mut dice = |sides: u64| {
            turn += 1;
            mixed(turn) % sides
        };
        let mut world = World::new();
        let kinds = [
            json!({"level": "critical"}),
            json!({"level": "critical", "cooldown_minutes": 30}),
            json!({"level": "critical", "per": "workload"}),
        ];
        let types = ["agent.tampering", "agent.clone_detected", "agent.suspend"];
        for (more, name) in kinds.iter().zip(types) {
            let mut rule = json!({"type": "event", "name": name, "filter_value": name});
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            world.rule(rule);
        }
        let mut now = at("10:00");
        world.run_at(now);
        let (mut hosts, mut mails) = (Vec::new(), String::new());
        for nth in 0..40 {
            // One of each kind at most, since an alert on a card names three hosts.
            for make in [agent_tampering, clone_detected, agent_suspend] {
                if nth < 30 && dice(2) == 0 {
                    let host = format!("h{seed}-{}-{}", hosts.len(), dice(2));
                    let at = now + SignedDuration::from_secs(dice(540) as i64 + 1);
                    world.pce.event(make(&host).at(at));
                    hosts.push(host);
                }
            }
            let pauses = world.config()["pauses"].as_array().cloned().unwrap_or_default();
            match dice(4) {
                _ if nth >= 30 => world.edit(|config| config["pauses"] = json!([])),
                0 => {
                    let one = some_pause(&mut dice, nth + 1, now);
                    world.edit(|config| config["pauses"] = json!([pauses, vec![one]].concat()));
                }
                1 if !pauses.is_empty() => {
                    let gone = dice(pauses.len() as u64) as usize;
                    world
                        .edit(|config| drop(config["pauses"].as_array_mut().unwrap().remove(gone)));
                }
                _ => {}
            }
            now += SignedDuration::from_mins(10);
            let run = world.run_at(now);
            assert_eq!(run.code, 0, "seed {seed}: {run:?}");
            run.mails.iter().for_each(|mail| mails += &mail.text());
        }
        for host in &hosts {
            // An alert has a line with the host alone; a card one with the count behind.
            let told = mails.lines().any(|line| line.trim() == format!("1  {host}"));
            let is_card = |line: &&str| {
                let (names, count) = line.rsplit_once(" (").unwrap_or_default();
                let mut names = names.split([' ', ',']);
                count.contains("match") && names.any(|name| name == host)
            };
            let cards = mails.lines().filter(is_card).count();
            assert_eq!(usize::from(told) + cards, 1, "seed {seed}: {host} {told} {cards} {mails}");
        }
    }
}

#[test]
fn a_pause_that_would_hold_nothing_says_so() {
    let mut world = World::new();
    tampering(&world);
    world.rule(json!({"type": "traffic", "name": "Blocked", "pd": 2}));
    world.pce.run_clock(jiff::SignedDuration::ZERO);
    let soon = ["pause", "1", "--every", "daily 02:00-04:00", "--until", "+30d", "--why", "x"];
    let run = world.run(&soon);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let today = world.pce.now().to_zoned(jiff::tz::TimeZone::UTC).weekday();
    let after = today.wrapping_add(4);
    let day = format!("{after:?}").get(..3).unwrap().to_owned();
    let every = format!("{day} 02:00-04:00");
    let run = world.run(&["pause", "1", "--every", &every, "--until", "+48h", "--why", "x"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("holds nothing: it ends before its first time comes"), "{run:?}");

    let until = ["--until", "+8h", "--why", "x"];
    let run = world.run(&[&["pause", "1,2", "--match", "port=443"], &until[..]].concat());
    assert!(run.code == 0 && run.stderr.contains("holds nothing of rule 1:"), "{run:?}");
    let run = world.run(&[&["pause", "2", "--match", "port=443"], &until[..]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
}
