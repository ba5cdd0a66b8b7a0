//! `config history` and `config undo`: what was changed in the config, by whom, and back.

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

fn history(world: &mut World) -> Vec<Value> {
    let run = world.run(&["config", "history", "--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!((run.code, &report["version"]), (0, &json!(1)));
    report["changes"].as_array().unwrap().clone()
}

fn undo(world: &mut World, arguments: &[&str]) -> Run {
    world.run(&[&["config", "undo"], arguments].concat())
}

/// The config without the state.
fn config(world: &World) -> Value {
    let mut config = world.config();
    config.as_object_mut().unwrap().remove("state");
    config
}

fn with_a_rule() -> World {
    let mut world = World::new();
    world.environment("SUDO_USER", "alice");
    world.rule(json!({"type": "event", "name": "Tampered", "filter_value": "agent.tampering",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 60}));
    world.run_at("10:00");
    world
}

#[test]
fn each_change_is_listed_with_who_when_by_what_and_what() {
    let mut world = with_a_rule();
    assert_eq!(history(&mut world), Vec::<Value>::new());
    let run = world.run(&["config", "history"]);
    assert!(run.stdout.contains("No change of the config is on record yet"), "{run:?}");

    world.run(&["rules", "set", "1", "threshold_count=2", "level=critical"]);
    world.set("api.secret", json!("rotated-by-hand-77"));
    world.run_at("10:10");
    world.run(&["rules", "disable", "1"]);

    let list = history(&mut world);
    let by: Vec<&Value> = list.iter().map(|one| &one["by"]).collect();
    assert_eq!(by, [&json!("rules set"), &json!("hand"), &json!("rules disable")]);
    let numbers: Vec<&Value> = list.iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [&json!(1), &json!(2), &json!(3)]);
    assert!(list[0]["user"].is_string() && list[1]["user"].is_null(), "{list:?}");
    assert_eq!(
        list[0]["changes"][0],
        json!({"what": "rule 1: threshold_count", "before": 3, "after": 2})
    );
    assert_eq!(list[1]["changes"][0]["before"], "***");

    for (lang, by_hand) in [("en", "by hand"), ("zh-TW", "手動編輯")] {
        let run = world.run(&["--lang", lang, "config", "history"]);
        assert!(run.stdout.contains(by_hand) && run.stdout.contains("3 → 2"), "{run:?}");
        assert!(!run.stdout.contains("rotated-by-hand-77"), "{run:?}");
        assert!(!run.stdout.contains(&world.pce.secret()), "{run:?}");
    }
}

#[test]
fn undo_brings_the_version_before_back_and_can_be_undone_itself() {
    let mut world = with_a_rule();
    let before = config(&world);
    world.run(&["rules", "set", "1", "threshold_count=2"]);
    let after = config(&world);

    let run = undo(&mut world, &["--yes"]);
    assert!(run.code == 0 && run.stdout.contains("threshold_count: 2 → 3"), "{run:?}");
    assert_eq!(config(&world), before);
    assert_eq!(undo(&mut world, &["--yes"]).code, 0);
    assert_eq!(config(&world), after, "and back");
    assert_eq!(undo(&mut world, &["1", "--yes"]).code, 0);
    assert_eq!(config(&world), before);
    let by: Vec<Value> = history(&mut world).iter().map(|one| one["by"].clone()).collect();
    assert_eq!(by, ["rules set", "config undo", "config undo", "config undo"]);
}

#[test]
fn what_the_monitor_remembers_survives_an_undo() {
    let mut world = with_a_rule();
    world.pce.events([agent_tampering("db-01").at("10:05"), agent_tampering("db-02").at("10:06")]);
    assert_eq!(world.run_at("10:10").mails.len(), 0, "two of three");
    world.run(&["rules", "set", "1", "rec=Call the SOC"]);
    undo(&mut world, &["--yes"]);
    world.pce.event(agent_tampering("db-03").at("10:15"));
    let run = world.run_at("10:20");
    assert_eq!(run.mails.len(), 1, "the third one alerts: {run:?}");
    assert_eq!(world.run_at("10:30").mails.len(), 0, "and is told once");
}

#[test]
fn a_script_has_to_say_yes_and_a_wrong_number_is_told() {
    let mut world = with_a_rule();
    let nothing = undo(&mut world, &["--yes"]);
    assert!(nothing.code == 64 && nothing.stderr.contains("No change"), "{nothing:?}");
    world.run(&["rules", "set", "1", "threshold_count=2"]);
    let before = std::fs::read(world.config_path()).unwrap();
    for (arguments, says) in
        [(&[][..], "--yes"), (&["9", "--yes"], "no change 9"), (&["x", "--yes"], "\"x\"")]
    {
        let run = undo(&mut world, arguments);
        assert!(run.code == 64 && run.stderr.contains(says), "{run:?}");
        assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
    }
}

#[test]
fn a_hand_edit_with_a_slip_in_it_is_undone_and_is_on_record() {
    let mut world = with_a_rule();
    world.run(&["rules", "set", "1", "threshold_count=2"]);
    let good = config(&world);
    world.edit(|config| config["smtp"]["prt"] = json!("hours of work"));
    let worked = config(&world);
    let run = undo(&mut world, &["--yes"]);
    assert!(run.code == 0 && run.stdout.contains("takes it back"), "{run:?}");
    assert_eq!(config(&world), good);
    assert_eq!(history(&mut world).len(), 3);

    // Back to it, with its fault, nobody goes who was not shown that.
    let run = undo(&mut world, &["--yes"]);
    assert!(run.code == 64 && run.stderr.contains("smtp.prt"), "{run:?}");
    assert!(run.stderr.contains("on a terminal"), "{run:?}");
    assert_eq!(config(&world), good);
    assert_ne!(worked, good);
}

#[test]
fn a_file_that_is_no_json_any_more_is_put_back() {
    let mut world = with_a_rule();
    world.run(&["rules", "set", "1", "threshold_count=2"]);
    let good = config(&world);
    std::fs::write(world.config_path(), "{ \"api\": {\"secret\": \"hush-1\", ").unwrap();
    let asked = undo(&mut world, &[]);
    assert!(asked.code == 64 && asked.stderr.contains("not valid JSON"), "{asked:?}");
    let run = undo(&mut world, &["--yes"]);
    assert!(run.code == 0 && !run.stdout.contains("hush-1"), "{run:?}");
    assert_eq!(config(&world), good);
    let list = world.run(&["config", "history"]);
    assert!(list.code == 0 && !list.stdout.contains("hush-1"), "{list:?}");
    assert_eq!(history(&mut world).len(), 3);
    assert_eq!(world.run_at("10:10").code, 0);
}

#[test]
fn going_back_to_the_pce_of_before_says_that_the_runs_since_cost_its_positions() {
    let mut world = with_a_rule();
    world.set("api.org_id", json!("2"));
    let before = undo(&mut world, &[]);
    assert!(!before.stderr.contains("starts afresh"), "no run came between: {before:?}");
    world.run_at("10:10");
    let after = undo(&mut world, &[]);
    assert!(after.stderr.contains("starts afresh"), "{after:?}");
}

#[test]
fn a_quiet_run_writes_no_more_for_the_versions() {
    let mut world = with_a_rule();
    world.run(&["rules", "set", "1", "threshold_count=2"]);
    let versions = |world: &World| {
        let last = format!("{}.last", world.config_path().display());
        let text = std::fs::read_to_string(last).unwrap();
        let (_, rest) = text.split_once("\"_config_versions\":\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let before = versions(&world);
    assert!(before.len() < 400, "{} bytes", before.len());
    world.run_at("10:10");
    assert_eq!(versions(&world), before, "the same bytes");
}
