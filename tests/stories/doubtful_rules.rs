//! Rules that may never alert are told as such: where they are made, and by `check`.

use serde_json::{Value, json};

use super::check::{findings, in_good_order};
use crate::pce::*;
use crate::world::{Run, World};

fn healthy() -> World {
    let mut world = World::new();
    in_good_order(&mut world);
    world
}

/// What `check` doubts, as sentences.
fn doubted(world: &mut World) -> (i32, Vec<String>) {
    let run = world.run(&["check", "--json"]);
    let all = findings(&run).into_iter().filter(|(probe, ..)| probe == "rules.doubts");
    let text = |(_, result, one): (String, String, Value)| {
        assert_eq!(result, "remark", "never a failure: {one}");
        one["what"].as_str().unwrap().to_owned()
    };
    (run.code, all.map(text).collect())
}

fn event(filter: &str) -> Value {
    json!({"type": "event", "name": "A rule", "filter_value": filter})
}

fn add(world: &mut World, rule: &Value) -> Run {
    world.run(&["rules", "add", &rule.to_string()])
}

#[test]
fn a_rule_of_a_type_that_nobody_documents_is_taken_with_a_remark() {
    let mut world = World::new();
    let run = add(&mut world, &event("agent.tampring|agent.suspend"));
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run:?}");
    assert!(run.stderr.contains("agent.tampring") && run.stderr.contains("agent.tampering"));
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    let id = world.config()["rules"][0]["id"].clone();

    let run =
        world.run(&["rules", "set", &id.to_string(), "filter_value=agent.tampering", "--json"]);
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &said["remarks"], run.stderr.as_str()), (0, &json!([]), ""));
    let run = world.run(&["rules", "set", &id.to_string(), "filter_value=agnt.*", "--json"]);
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, said["remarks"].as_array().unwrap().len()), (0, 1));

    let icmp = json!({"type": "traffic", "name": "Ping", "pd": 2, "proto": "icmp", "port": 443});
    let run = add(&mut world, &icmp);
    assert!(run.code == 0 && run.stderr.contains("ICMP has no ports"), "{run:?}");
    let run = world.run(&["--lang", "zh-TW", "rules", "add", &icmp.to_string()]);
    assert!(run.stderr.contains("沒有連接埠"), "{run:?}");
}

#[test]
fn check_asks_the_pces_last_day_before_it_doubts_a_type() {
    let mut world = healthy();
    world.rule(event("cloud.brand_new"));
    world.rule(event("cloud.brand_old"));
    world.pce.event(EventRecord::new("cloud.brand_new", json!({})).at(world.pce.now()));
    let (code, doubts) = doubted(&mut world);
    assert_eq!((code, doubts.len()), (0, 1), "{doubts:?}");
    assert!(doubts[0].contains("in the last 24 hours") && doubts[0].contains("cloud.brand_old"));
    assert!(!doubts[0].contains("\"cloud.brand_new\""), "{doubts:?}");
}

#[test]
fn a_severity_that_a_types_events_did_not_have_is_told_for_what_it_is() {
    let mut world = healthy();
    let now = world.pce.now();
    world.pce.events((0..10).map(|_| login_failed("admin@example.com", "192.0.2.7").at(now)));
    let rule = |filter: &str| json!({"type": "event", "name": "A rule", "filter_value": filter, "severity": "debug"});
    world.rule(rule("user.login_failed|user.sign_in"));
    world.rule(rule("*"));
    let (_, doubts) = doubted(&mut world);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].contains("debug") && doubts[0].contains("they had: "), "{doubts:?}");
    assert!(!doubts[0].contains("never"), "a day is not for ever: {doubts:?}");
}

#[test]
fn a_rule_is_held_against_the_pces_words_when_it_is_saved() {
    let mut world = healthy();
    let label = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    world.pce.labels([("role", "web"), ("role", "db")].map(label));
    let traffic = json!({"type": "traffic", "name": "A rule", "pd": 2, "src_label": "role=wbe"});
    let run = add(&mut world, &traffic);
    assert_eq!((run.code, run.stderr.lines().count()), (0, 1), "{run:?}");
    assert!(run.stderr.contains("no label role=wbe; the nearest is role=web"), "{run:?}");
    let id = world.config()["rules"].as_array().unwrap().last().unwrap()["id"].to_string();
    let run = world.run(&["rules", "set", &id, "src_label=role=web|wbe"]);
    assert!(run.stderr.contains("(A rule) matches nothing"), "{run:?}");
    let left_out = world.run(&["rules", "set", &id, "src_label=", "ex_src_label=role=wbe"]);
    assert_eq!((left_out.code, left_out.stderr.as_str()), (0, ""), "{left_out:?}");
    // What the PCE sends is a type, whoever documents it.
    world.pce.event(EventRecord::new("cloud.brand_new", json!({})).at(world.pce.now()));
    let run = add(&mut world, &event("cloud.brand_new"));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
}

#[test]
fn a_label_is_doubted_where_the_pce_says_that_it_has_none() {
    let mut world = healthy();
    let traffic =
        |label: &str| json!({"type": "traffic", "name": "A rule", "pd": 2, "src_label": label});
    world.rule(traffic("role=web"));
    world.rule(traffic("role=wbe"));
    world.rule(json!({"type": "workload", "name": "Off", "state": "offline", "label": "env=prod"}));
    let label = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    world.pce.labels([("role", "web"), ("role", "db"), ("env", "prod")].map(label));
    let (code, doubts) = doubted(&mut world);
    assert_eq!((code, doubts.len()), (0, 1), "{doubts:?}");
    assert!(doubts[0].contains("no label role=wbe; the nearest is role=web"), "{doubts:?}");

    // A PCE that passes the value over answers with all of the key's.
    world.pce.label_access(LabelAccess::NotByValue);
    assert_eq!(doubted(&mut world).1.len(), 1);
    // Who may not read labels doubts none, and asks once.
    world.pce.label_access(LabelAccess::Hidden);
    let before = world.pce.requests_to("GET", "/labels").len();
    let (code, doubts) = doubted(&mut world);
    assert_eq!((code, doubts.len()), (0, 1), "{doubts:?}");
    assert!(doubts[0].contains("could not be asked") && doubts[0].contains("403"), "{doubts:?}");
    assert_eq!(world.pce.requests_to("GET", "/labels").len(), before + 1);
}

#[test]
fn ten_thousand_labels_are_not_taken_for_a_complete_answer() {
    let mut world = healthy();
    let traffic =
        |label: &str| json!({"type": "traffic", "name": "A rule", "pd": 2, "dst_label": label});
    world.rule(traffic("app=app-9999"));
    world.rule(traffic("app=app-none"));
    let many = || (0..10_000).map(|nth| ("app".to_owned(), format!("app-{nth}")));
    world.pce.labels(many());
    let (_, doubts) = doubted(&mut world);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].contains("app=app-none"), "{doubts:?}");
    // By value it does not say: then nothing can be said of one that was not in the answer.
    world.pce.label_access(LabelAccess::NotByValue);
    assert_eq!(doubted(&mut world), (0, Vec::new()));
}

#[test]
fn where_the_pce_is_not_reached_the_guide_alone_is_asked() {
    let mut world = healthy();
    world.rule(event("agent.tampring"));
    world.set("api.url", json!("http://127.0.0.1:9"));
    let (_, doubts) = doubted(&mut world);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].contains("no documented event type"), "{doubts:?}");
}
