//! `status`: one line for Nagios or Zabbix.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::World;

/// A world on the host's own time.
fn world() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.pce.run_clock(SignedDuration::ZERO);
    world
}

/// Makes the last run so many minutes older.
fn age(world: &World, keys: &[&str], minutes: i64) {
    world.edit(|config| {
        for key in keys {
            let at = &mut config["state"]["last_run"][*key];
            let time: Timestamp = at.as_str().unwrap().parse().unwrap();
            *at = json!(time.checked_sub(SignedDuration::from_mins(minutes)).unwrap());
        }
        // Newer than `.last`, which else goes before.
        let generation = config["state"]["generation"].as_u64().unwrap();
        config["state"]["generation"] = json!(generation + 1);
    });
}

#[test]
fn it_is_well_while_the_last_complete_run_is_recent() {
    let mut world = world();
    let run = world.run(&["status"]);
    assert_eq!((run.code, run.stderr.as_str()), (75, ""), "{run:?}");
    assert!(run.stdout.starts_with("retry no run yet"), "{run:?}");

    world.run(&["run"]);
    let before = std::fs::read(world.config_path()).unwrap();
    world.pce.forget_requests();
    let run = world.run(&["status"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "ok last complete run 0 min ago\n"));
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
    assert!(world.pce.requests().is_empty());

    age(&world, &["at", "complete_at"], 20);
    assert_eq!(world.run(&["status"]).code, 0);
    let run = world.run(&["status", "--max-age=15"]);
    assert_eq!(run.code, 75, "{run:?}");
    assert!(run.stdout.contains("last run 20 min ago") && run.stdout.contains("cron"), "{run:?}");
    age(&world, &["at", "complete_at"], 20);
    assert_eq!(world.run(&["status"]).code, 75, "40 minutes are too old");
    assert_eq!(world.run(&["status", "--max-age", "60"]).code, 0);
    assert_eq!(world.run(&["status", "--max-age", "soon"]).code, 64);
}

#[test]
fn runs_that_do_not_see_everything_are_told_with_the_reason() {
    let mut world = world();
    world.run(&["run"]);
    world.pce.down();
    world.set("smtp.port", json!(9));
    world.run(&["run"]);
    age(&world, &["complete_at"], 45);

    let run = world.run(&["status"]);

    assert_eq!(run.code, 75, "{run:?}");
    assert!(
        run.stdout.starts_with(
            "retry last complete run 45 min ago; the last run, 0 min ago, ended with retry"
        ),
        "{run:?}"
    );
    assert!(run.stdout.contains("mails waiting: 1"), "{run:?}");
    assert!(run.stdout.contains("The PCE does not answer"), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1);

    let run = world.run(&["status", "--json"]);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((told["exit_code"].as_i64(), told["mails_waiting"].as_i64()), (Some(75), Some(1)));
    assert_eq!(
        (told["last_outcome"].as_str(), told["last_complete_minutes"].as_i64()),
        (Some("retry"), Some(45))
    );
    let holding = told["conditions"].to_string();
    assert!(holding.contains("Mail server 127.0.0.1"), "{holding}");

    world.pce.up();
    world.set("api.secret", json!("wrong"));
    world.run(&["run"]);
    age(&world, &["complete_at"], 0);
    let run = world.run(&["status"]);
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stdout.contains("refuses the API key"), "{run:?}");
}

#[test]
fn a_config_that_is_no_use_is_78_with_its_place_on_one_line() {
    let mut world = world();
    world.run(&["run"]);
    world.set("settings.reminder_hours", json!(0));
    world.set("api.url", json!(""));
    let run = world.run(&["status"]);
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stdout.starts_with("config ") && run.stdout.contains("api.url"), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn no_bar_stands_on_the_line_where_figures_would_begin() {
    let mut world = World::new();
    world.set("settings.a|b", json!(1));
    let run = world.run(&["status"]);
    assert!(run.code == 78 && run.stdout.contains("settings.a/b"), "{run:?}");
    assert!(!run.stdout.contains('|'), "{run:?}");
}
