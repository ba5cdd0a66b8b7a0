//! `why`: how far a rule has counted, until when it is silent, and what it misses.

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::World;

fn https() -> Value {
    json!({
        "type": "traffic", "name": "HTTPS", "port": 443, "per": "source",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 60,
        "cooldown_minutes": 60
    })
}

/// A run at 10:00 and one at 10:10, by which one source alerted and another has two.
fn at_work() -> World {
    let mut world = World::new();
    world.rule(https());
    world.run_at("10:00");
    world.pce.connection(blocked("10.0.0.9", "10.0.0.1", 443).at("10:04").times(3));
    world.pce.connection(blocked("10.0.0.8", "10.0.0.1", 443).at("10:04").times(2));
    world.pce.connection(blocked("10.0.0.7", "10.0.0.1", 8443).at("10:05"));
    assert_eq!(world.run_at("10:10").mails.len(), 1);
    world.pce.set_now("10:12");
    world
}

#[test]
fn it_tells_how_far_each_group_has_come_until_when_it_is_silent_and_the_nearest_miss() {
    let mut world = at_work();
    let before = std::fs::read(world.config_path()).unwrap();

    let why = world.run(&["why", "1"]);

    assert_eq!((why.code, why.stderr.as_str()), (0, ""), "{why:?}");
    let said = &why.stdout;
    let of = |group: &str| {
        let line = said.lines().find(|line| line.trim_start().starts_with(group));
        line.unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    let eight = of("10.0.0.8:");
    assert!(eight.contains("2 of 3 connections since 2026-08-03 "), "{said}");
    assert!(eight.contains("no alert that it remembers"), "{said}");
    let nine = of("10.0.0.9:");
    assert!(nine.contains("silent until 2026-08-03 11:10 (cooldown)"), "{said}");
    assert!(nine.contains("last alerted 2026-08-03 10:10"), "{said}");
    assert!(said.contains("2 of 3 rows match."), "{said}");
    assert!(said.contains("✗ 1 HTTPS: port 8443 is not in 443"), "{said}");
    assert_eq!(said.matches("✓ 1 HTTPS").count(), 2, "{said}");
    assert_eq!(world.pce.queries_kept(), 0);
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
}

#[test]
fn a_script_gets_the_same_as_json() {
    let mut world = at_work();
    let why = world.run(&["why", "1", "--json"]);
    let value: Value = serde_json::from_str(&why.stdout).unwrap();
    let groups = value["counted"]["groups"].as_array().unwrap();
    assert_eq!(groups[0]["values"], json!(["10.0.0.8"]));
    assert_eq!((&groups[0]["count"], &value["counted"]["threshold"]), (&json!(2), &json!(3)));
    assert_eq!(groups[1]["silent_until"], "2026-08-03T11:10:00Z");
    let shown = value["records"]["shown"].as_array().unwrap();
    let misses: Vec<&Value> = shown.iter().map(|record| &record["misses"]).collect();
    assert_eq!(misses, [&Value::Null, &Value::Null, &json!("port 8443 is not in 443")]);
    assert_eq!(shown[2]["record"]["service"]["port"], 8443);
}

#[test]
fn it_looks_around_a_time_and_those_that_match_come_first() {
    let mut world = World::new();
    world.rule(json!({
        "type": "event", "name": "Warned", "filter_value": "user.sign_in", "severity": ["warning"]
    }));
    for (time, severity) in [("04:01", "warning"), ("04:20", "err"), ("08:30", "warning")] {
        let event = login_failed("eve@example.com", "10.1.1.1").at(time);
        world.pce.event(event.with("severity", json!(severity)));
    }
    world.pce.event(agent_tampering("db-01").at("04:10"));
    world.run_at("10:00");

    let why = world.run(&["why", "1", "--at", "04:10"]);

    assert_eq!(why.code, 0, "{why:?}");
    let said = &why.stdout;
    assert!(
        said.contains("Events 2026-08-03 03:40 to 2026-08-03 04:40 +00:00: 1 of 3 match."),
        "{said}"
    );
    let order: Vec<&str> =
        said.lines().filter_map(|line| line.get(..3).filter(|head| head.ends_with(". "))).collect();
    assert_eq!(order, ["1. ", "2. "], "of another type is not nearly: {said}");
    let (first, second) = said.split_once("2. ").unwrap();
    assert!(first.contains("✓ 1 Warned"), "{said}");
    assert!(second.contains("✗ 1 Warned: severity err is not in warning"), "{said}");
    for time in ["25:00", "soon", "2027-01-01"] {
        let wrong = world.run(&["why", "1", "--at", time]);
        assert_eq!(wrong.code, 64, "{wrong:?}");
    }
}

#[test]
fn it_looks_at_one_event_by_its_href() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.rule(https());
    world.pce.event(login_failed("eve@example.com", "10.1.1.1").at("04:01"));
    world.run_at("10:00");
    let href = world.pce.log()[0].json["href"].as_str().unwrap().to_owned();

    let why = world.run(&["why", "1", "--event", &href]);

    assert_eq!(why.code, 0, "{why:?}");
    assert!(why.stdout.contains("user.sign_in"), "{why:?}");
    assert!(why.stdout.contains("✗ 1 Tampering: event type is not agent.tampering"), "{why:?}");
    let none = world.run(&["why", "1", "--at", "04:00"]);
    assert!(none.stdout.contains("none of 1 is of the rule's event type"), "{none:?}");
    for (rule, href) in [("1", "/orgs/1/events/none"), ("1", "/orgs/1/labels/7"), ("2", &*href)] {
        let wrong = world.run(&["why", rule, "--event", href]);
        assert_eq!(wrong.code, 64, "{wrong:?}");
    }
    assert_eq!(world.run(&["why", "9"]).code, 64);
    assert_eq!(world.run(&["why", "nine"]).code, 64);
    assert_eq!(world.run(&["why", "1", "--at", "04:00", "--event", &href]).code, 64);
}

#[test]
fn what_the_state_says_is_told_also_where_the_pce_is_not_reached() {
    let mut world = at_work();
    world.pce.down();
    let why = world.run(&["why", "1"]);
    assert_eq!(why.code, 75, "{why:?}");
    assert!(why.stdout.contains("2 of 3 connections since"), "{why:?}");
    assert!(why.stderr.contains("The PCE could not be read"), "{why:?}");
    world.pce.up();
    world.pce.fault(Fault::status(401));
    assert_eq!(world.run(&["why", "1"]).code, 78);
}

#[test]
fn a_rule_that_is_off_or_never_ran_says_so() {
    let mut world = World::new();
    let mut rule = https();
    world.rule(rule.clone());
    rule["enabled"] = json!(false);
    world.rule(rule);
    let never = world.run(&["why", "1"]);
    assert!(never.stdout.contains("No run has evaluated this rule yet."), "{never:?}");
    let off = world.run(&["why", "2"]);
    assert!(off.stdout.contains("It is off"), "{off:?}");
}

#[test]
fn a_pause_that_holds_is_told_with_its_end_and_a_try_says_what_it_leaves_out() {
    let mut world = at_work();
    world.pce.set_now("10:20");
    let (from, until) = ("2026-08-03 10:00", "2026-08-04");
    let pause = world.run(&["pause", "1", "--from", from, "--until", until, "--why", "CHG-7"]);
    assert_eq!(pause.code, 0, "{pause:?}");
    let why = world.run(&["why", "1"]);
    let says = "paused until 2026-08-04 00:00 (pause 1: CHG-7)";
    assert!(why.stdout.contains(says), "{why:?}");
    let until = |world: &mut World| -> Value {
        let why = world.run(&["why", "1", "--json"]);
        serde_json::from_str::<Value>(&why.stdout).unwrap()["counted"]["paused_until"].clone()
    };
    assert_eq!(until(&mut world), "2026-08-04T00:00:00Z");
    let tried = world.run(&["rules", "try", "1"]);
    assert!(tried.stdout.contains("It would not have alerted."), "{tried:?}");
    assert!(tried.stdout.contains("pauses of the config"), "{tried:?}");
}

#[test]
fn a_pause_of_some_of_it_says_of_what_and_one_of_other_records_is_left_out() {
    let mut world = at_work();
    world.edit(|config| {
        let pause = |id: u64, only: Value| {
            json!({"id": id, "rules": "all", "why": "CHG-8", "match": only,
                "from": "2026-08-03 09:00", "until": "2026-08-04 00:00"})
        };
        config["pauses"] = json!([
            pause(1, json!({"src_ip_in": ["10.0.0.0/8"]})),
            pause(2, json!({"filter_value": "user.*"})),
        ]);
    });
    let why = world.run(&["why", "1"]);
    let says = "paused until 2026-08-04 00:00 (pause 1: CHG-8), only src_ip_in=10.0.0.0/8";
    assert!(why.stdout.contains(says), "{why:?}");
    assert!(!why.stdout.contains("pause 2"), "{why:?}");
    let json: Value = serde_json::from_str(&world.run(&["why", "1", "--json"]).stdout).unwrap();
    assert_eq!(json["counted"]["paused_until"], Value::Null);
}
