//! Looking back: what was told, and what became of it.

use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::{Run, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "level": "critical",
        "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "event", "name": "Failed log-ins", "threshold_type": "count",
        "threshold_count": 2, "threshold_window": 60, "cooldown_minutes": 60,
        "per": "user", "filter_value": "user.login_failed"}));
    world
}

/// A port where nothing listens.
fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The entries of `history --json`.
fn entries(world: &mut World, options: &[&str]) -> Vec<Value> {
    let run = world.run(&[&["history", "--json"], options].concat());
    assert_eq!(run.code, 0, "{run:?}");
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(said["version"], 1);
    said["entries"].as_array().unwrap().clone()
}

/// What each entry is and what became of it in its mails.
fn told(world: &mut World) -> Vec<(String, String)> {
    let word = |mail: &Value| {
        let merged = if mail["merged"] == true { "merged " } else { "" };
        format!("{merged}{}", mail["became"].as_str().unwrap())
    };
    let one = |entry: Value| {
        let mails: Vec<String> = entry["mails"].as_array().unwrap().iter().map(word).collect();
        (entry["what"].as_str().unwrap().to_owned(), mails.join(", "))
    };
    entries(world, &[]).into_iter().map(one).collect()
}

fn lines(run: &Run) -> Vec<&str> {
    run.stdout.lines().collect()
}

#[test]
fn alerts_conditions_and_notices_stand_in_a_table_in_local_time_the_newest_last() {
    let mut world = watched();
    world.set("settings.timezone", json!("Asia/Taipei"));
    assert_eq!(world.run(&["history"]).stdout.trim(), "Nothing has been reported yet.");
    world.run_at("10:00");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    for (minute, user) in [(1, "ann"), (2, "ann"), (3, "ann"), (4, "bob"), (5, "bob")] {
        let at = format!("10:0{minute}");
        world.pce.event(login_failed(user, "10.0.0.9").at(at.as_str()));
    }
    world.run_at("10:10");
    world.pce.fault(Fault::status(503).retry_after(0));
    world.run_at("10:20");
    world.pce.heal();
    world.run_at("10:30");

    let run = world.run(&["history"]);

    let rows = lines(&run);
    assert_eq!((run.code, rows.len()), (0, 5), "{run:?}");
    assert!(rows[0].starts_with("reported at"), "{run:?}");
    let row = |at: usize, parts: &[&str]| {
        for part in parts {
            assert!(rows[at].contains(part), "{part}: {}", rows[at]);
        }
    };
    row(1, &["08-03 18:10 ", "critical", "1 Tampering", "18:05", "db-01", "delivered"]);
    row(2, &["warning", "2 Failed log-ins", "5", "18:01 – 18:05", "ann +1", "delivered"]);
    row(3, &["08-03 18:20 ", "critical", "PCE unreachable", "delivered"]);
    row(4, &["08-03 18:30 ", "info", "PCE reachable again", "delivered"]);
    let chinese = world.run(&["history", "--lang", "zh-TW"]).stdout;
    assert!(chinese.contains("通知時間") && chinese.contains("PCE 無法連線"), "{chinese}");
    assert!(chinese.contains("已送達"), "{chinese}");

    let json = entries(&mut world, &[]);
    assert_eq!(json[1]["kind"], "alert");
    assert_eq!(json[1]["rule"], 2);
    assert_eq!((&json[1]["count"], &json[1]["groups"]), (&json!(5), &json!(2)));
    assert_eq!(json[1]["first"], "2026-08-03T10:01:00Z");
    assert_eq!(json[2]["condition"], "unreachable");
    assert_eq!(json[2]["phase"], "begins");
    assert_eq!(json[3]["phase"], "ended");
}

#[test]
fn since_and_rule_narrow_it_and_nothing_is_written() {
    let mut world = watched();
    for (at, run_at) in [("10:05", "10:10"), ("12:05", "12:10"), ("14:05", "14:10")] {
        world.pce.event(agent_tampering(&format!("db-{at}")).at(at));
        world.run_at(run_at);
    }
    let file = std::fs::read(world.config_path()).unwrap();
    for (options, count) in [
        (vec!["--since", "24h"], 3),
        (vec!["--since", "150m"], 2),
        (vec!["--since", "1h", "--rule", "1"], 1),
        (vec!["--since", "2026-08-03T12:10:00Z"], 2),
        (vec!["--since", "2026-08-03 14:00"], 1),
        (vec!["--since", "2026-08-04"], 0),
        (vec!["--rule", "2"], 0),
    ] {
        assert_eq!(entries(&mut world, &options).len(), count, "{options:?}");
    }
    assert_eq!(
        world.run(&["history", "--rule", "2"]).stdout.trim(),
        "Nothing was reported in that time."
    );
    let unknown = world.run(&["history", "--rule", "99"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (64, ""));
    assert!(unknown.stderr.contains("there is no rule 99"), "{unknown:?}");
    let wrong = world.run(&["history", "--since", "yesterday"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (64, ""));
    assert!(wrong.stderr.contains("--since: \"yesterday\" is not a time; write 30m"), "{wrong:?}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), file);
}

#[test]
fn a_mail_that_waited_is_delivered_later_and_one_that_was_merged_with_its_other() {
    let mut world = watched();
    world.set("smtp.port", json!(dead_port()));
    for minute in 10..32 {
        let (at, run_at) = (format!("10:{minute}:00"), format!("10:{minute}:30"));
        world.pce.event(agent_tampering(&format!("db-{minute}")).at(at.as_str()));
        world.run_at(run_at.as_str());
    }
    let waits = told(&mut world);
    assert_eq!(waits.len(), 22);
    assert!(waits.iter().all(|(_, became)| became.ends_with("waits")), "{waits:?}");
    let merged = |told: &[(String, String)]| {
        told.iter().filter(|(_, became)| became.starts_with("merged")).count()
    };
    assert_eq!(merged(&waits), 2);
    world.set("smtp.port", json!(world.mailbox.port()));
    world.run_at("11:00");

    let went = told(&mut world);

    assert!(went.iter().all(|(_, became)| became.ends_with("delivered")), "{went:?}");
    assert_eq!(merged(&went), 2);
    let table = world.run(&["history"]);
    assert!(lines(&table)[1].contains("delivered 10:3"), "{table:?}");
    assert!(table.stdout.contains("merged, delivered 10:3"), "{table:?}");
}

#[test]
fn a_mail_that_was_given_up_after_thirty_days_says_so() {
    // On the host's own time: by a clock that has jumped nothing is given up.
    let mut world = watched();
    world.pce.run_clock(SignedDuration::ZERO);
    world.pce.event(agent_tampering("db-01").at(world.now()));
    world.set("smtp.port", json!(dead_port()));
    world.run(&["run"]);
    let made_at = world.now() - SignedDuration::from_hours(24 * 31);
    world.edit(|config| {
        config["state"]["outbox"]["mails"][0]["made_at"] = json!(made_at);
        let generation = config["state"]["generation"].as_u64().unwrap();
        config["state"]["generation"] = json!(generation + 1);
    });
    world.run(&["run"]);

    let all = told(&mut world);

    assert_eq!(all[0], ("1 Tampering".to_owned(), "given_up".to_owned()));
    assert_eq!((all.len(), all[1].1.as_str()), (2, "waits"), "{all:?}");
    assert!(world.run(&["history"]).stdout.contains("given up"));
}

#[test]
fn after_a_kill_the_history_is_that_of_the_mails() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let slow = Action::Pause(3_000, Box::new(Action::Say("354 now\r\n".into())));
    world.mail_server(Options::default().times("DATA", 1, slow));
    world.pce.set_now("10:10");
    let mut run = world.run_until(World::sends_a_mail);
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(told(&mut world), [("1 Tampering".to_owned(), "waits".to_owned())]);
    world.run_at("10:20");
    assert_eq!(told(&mut world), [("1 Tampering".to_owned(), "delivered".to_owned())]);
}

#[test]
fn what_went_to_several_sets_of_people_says_what_became_of_each_mail() {
    let mut world = watched();
    world.set("email.routes", json!([{"levels": ["critical"], "to": ["pager@example.net"]}]));
    let refuse = "RCPT TO:<pager@example.net>";
    world.mail_server(Options::default().say(refuse, "451 4.7.1 later"));
    world.run_at("10:00");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    for (minute, user) in [(1, "ann"), (2, "ann")] {
        let at = format!("10:0{minute}");
        world.pce.event(login_failed(user, "10.0.0.9").at(at.as_str()));
    }
    world.run_at("10:10");
    let both = ("1 Tampering".to_owned(), "delivered, waits".to_owned());
    let one = ("2 Failed log-ins".to_owned(), "delivered".to_owned());
    assert_eq!(told(&mut world), [both, one]);
    assert!(world.run(&["history"]).stdout.contains("1 of 2 mails delivered"));
}

#[test]
fn the_rule_list_says_when_each_last_alerted_also_where_the_history_has_it_no_more() {
    let mut world = watched();
    assert!(!world.run(&["rules", "list"]).stdout.contains("last alerted"));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:10");
    let list = world.run(&["rules", "list"]);
    assert!(lines(&list)[0].contains("last alerted"), "{list:?}");
    assert!(lines(&list)[1].contains("2026-08-03 10:10"), "{list:?}");
    assert!(!lines(&list)[2].contains("2026-08-03"), "{list:?}");
    let json = |world: &mut World| -> Value {
        serde_json::from_str(&world.run(&["rules", "list", "--json"]).stdout).unwrap()
    };
    let all = json(&mut world);
    assert_eq!(all[0]["_last_alerted"], "2026-08-03T10:10:00Z");
    assert!(all[1].get("_last_alerted").is_none());

    // What it prints can be added; the new rule has not alerted.
    world.run(&["rules", "add", &all[0].to_string()]);
    assert!(json(&mut world)[2].get("_last_alerted").is_none());

    // The menu's list of rules, through a pipe.
    let mut command = world.command(&[]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut menu = command.spawn().unwrap();
    menu.stdin.take().unwrap().write_all(b"3\n0\n0\n").unwrap();
    let shown = String::from_utf8(menu.wait_with_output().unwrap().stdout).unwrap();
    assert!(shown.contains("2026-08-03 10:10"), "{shown}");

    world.edit(|config| {
        config["state"].as_object_mut().unwrap().remove("history");
    });
    assert_eq!(json(&mut world)[0]["_last_alerted"], "2026-08-03T10:10:00Z");

    // A rule that is gone is known by its id.
    world.pce.event(agent_tampering("db-02").at("10:15"));
    world.run_at("10:20");
    world.set("rules", json!([]));
    assert!(world.run(&["history", "--rule", "1"]).stdout.contains("1 (rule deleted)"));
}

#[test]
fn a_damaged_history_starts_afresh_alone() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:10");
    // The same in both files: nothing to restore it from.
    for path in [world.config_path(), world.folder().join("illumio_api_config.json.last")] {
        let text = std::fs::read_to_string(&path).unwrap();
        let at = text.find("\"history\":\"").unwrap() + 20;
        let mut bytes = text.into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        std::fs::write(&path, bytes).unwrap();
    }
    let run = world.run_at("10:20");
    assert_eq!((run.code, run.number("alerts")), (0, 0), "{run:?}");
    assert!(run.mail().text().contains("history"), "{}", run.mail().text());
    let all = told(&mut world);
    assert_eq!(all.len(), 1, "{all:?}");
}

#[test]
fn what_a_pause_holds_is_known_as_held_and_when_it_is_told() {
    let mut world = watched();
    world.edit(|config| {
        config["pauses"] = json!([{"id": 1, "rules": "all", "why": "CHG-123",
            "from": "2026-08-03 02:00", "until": "2026-08-03 06:00"}]);
    });
    world.run_at("01:50");
    world.pce.event(agent_tampering("db-01").at("02:10"));
    world.run_at("02:20");
    let all = entries(&mut world, &["--rule", "1"]);
    assert_eq!((all.len(), &all[0]["held"], &all[0]["worst"]), (1, &json!(true), &json!("db-01")));
    assert!(world.run(&["history"]).stdout.contains("held back"));
    assert!(!world.run(&["rules", "list"]).stdout.contains("last alerted"));
    world.run_at("06:30");
    let table = world.run(&["history"]);
    assert!(lines(&table).last().unwrap().contains("Held back during CHG-123"), "{table:?}");
}
