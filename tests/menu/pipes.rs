//! A script's choices, behind a pipe: results alone, and the last cycle's exit code.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::pce::*;
use crate::world::World;

pub fn piped(world: &World, input: &str) -> Output {
    feed(world.command(&[]), input)
}

fn feed(mut command: Command, input: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who has read enough closes its end.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn seven_through_a_pipe_is_one_run_with_its_line_and_its_exit_code() {
    let world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.set_now("10:10");

    for input in ["7\n", "7", "7\r\n", "7\n0\n"] {
        let run = piped(&world, input);
        assert_eq!(run.status.code(), Some(0), "{run:?}");
        let out = text(&run.stdout);
        assert!(out.starts_with("2026-08-03T10:10:00Z ok events="), "{out}");
        assert_eq!((out.lines().count(), out.contains('\u{1b}')), (1, false), "{out}");
    }
    assert_eq!(world.mailbox.count(), 1);

    world.pce.fault(Fault::status(503).retry_after(0));
    for input in ["7\n", "7\n0\n", "7\n6\n"] {
        let run = piped(&world, input);
        assert_eq!(run.status.code(), Some(75), "{run:?}");
        assert!(text(&run.stdout).contains(" retry "), "{run:?}");
        assert!(text(&run.stderr).contains("503"), "{run:?}");
    }
}

#[test]
fn a_config_that_needs_a_person_is_78() {
    let world = World::new();
    world.set("email.recipients", json!([]));
    let run = piped(&world, "7\n");
    assert_eq!(run.status.code(), Some(78), "{run:?}");
    assert!(text(&run.stderr).contains("email.recipients"), "{run:?}");
}

#[test]
fn without_a_config_a_script_is_told_what_to_do_and_asked_nothing() {
    let world = World::new();
    std::fs::remove_file(world.config_path()).unwrap();
    for input in ["7\n", "", "4\n1\n"] {
        let run = piped(&world, input);
        assert_eq!((run.status.code(), text(&run.stdout)), (Some(78), String::new()), "{run:?}");
        assert!(text(&run.stderr).contains("on a terminal"), "{run:?}");
    }
    assert!(!world.config_path().exists());
}

#[test]
fn the_other_entries_print_their_results_alone() {
    let world = World::new();
    let mail = piped(&world, "6\n0\n");
    assert_eq!(
        (mail.status.code(), text(&mail.stdout)),
        (Some(0), "✓ soc@example.net: accepted by the mail server\n".to_owned())
    );
    assert_eq!(world.mailbox.count(), 1);

    let practices = piped(&world, "5\n5\n0\n");
    assert_eq!(practices.status.code(), Some(0), "{practices:?}");
    assert_eq!(world.config()["rules"].as_array().unwrap().len(), 12);

    let rules = text(&piped(&world, "3\n0\n0\n").stdout);
    assert_eq!(rules.lines().count(), 12, "{rules}");

    let debug = piped(&world, "8\n");
    assert_eq!((debug.status.code(), text(&debug.stderr)), (Some(0), String::new()));
    assert!(!debug.stdout.is_empty() && !debug.stdout.contains(&0x1b));
}

#[test]
fn settings_come_through_a_pipe_in_the_python_tools_order() {
    let world = World::new();
    world.set("api", json!({"proxy": "none"}));
    let answers = format!(
        "4\n1\n{}\n1\n{}\n{}\n2\nmonitor@example.net\na@example.net, b@example.net\n3\n0\n0\n",
        world.pce.url(),
        world.pce.key(),
        world.pce.secret()
    );
    let run = piped(&world, &answers);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    let config = world.config();
    assert_eq!(
        config["api"],
        json!({"url": world.pce.url(), "org_id": "1", "key": world.pce.key(),
            "secret": world.pce.secret(), "proxy": "none", "verify_ssl": false})
    );
    assert_eq!(config["email"]["recipients"], json!(["a@example.net", "b@example.net"]));
    assert_eq!(config["email"]["sender"], "monitor@example.net");
    assert!(text(&run.stdout).contains("✓ The key may read events"), "{run:?}");
    assert!(!text(&run.stdout).contains(&world.pce.secret()));
}

#[test]
fn a_script_that_is_only_wrong_is_told_and_left() {
    let world = World::new();
    let before = std::fs::read(world.config_path()).unwrap();
    for input in ["99\n", "\n", "yes\n"] {
        let run = piped(&world, &input.repeat(5_000));
        assert_eq!(run.status.code(), Some(64), "{input}: {run:?}");
        let told = text(&run.stderr);
        assert!((10..=20).contains(&told.lines().count()), "{input}: {told}");
    }
    // Going round in circles ends too, though no answer is wrong.
    assert_eq!(piped(&world, &"4\n0\n".repeat(5_000)).status.code(), Some(64));
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);

    let run = piped(&world, "99\n7\n");
    assert!(text(&run.stderr).contains("no such entry"), "{run:?}");
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert!(text(&run.stdout).contains(" ok "), "{run:?}");
}

#[test]
fn input_that_ends_in_the_middle_of_a_question_saves_nothing() {
    let world = World::new();
    let before = std::fs::read(world.config_path()).unwrap();
    for input in [
        "4\n1\nhttps://other.example.com\n",
        "4\n1\nhttps://other.example.com\n1\napi_1\n",
        "1\nagent.tampering\n",
        "1\nagent.tampering\n1\n\n\n",
        "2\n1\n445\n",
        "\n",
        "",
    ] {
        let run = piped(&world, input);
        assert_eq!(run.status.code(), Some(0), "{input}: {run:?}");
        assert_eq!(std::fs::read(world.config_path()).unwrap(), before, "{input}");
    }
}

#[test]
fn options_hold_for_the_menu_too() {
    let world = World::new();
    world.pce.fault(Fault::status(503).retry_after(0));
    let mut command = world.command(&["--lang", "zh-TW"]);
    command.env("LANG", "C.UTF-8");
    let run = feed(command, "99\n7\n");
    assert_eq!(run.status.code(), Some(75), "{run:?}");
    assert!(text(&run.stderr).contains("沒有這個選項"), "{run:?}");
}
