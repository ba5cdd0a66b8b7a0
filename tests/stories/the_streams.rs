//! Standard output and standard error that are closed, full, or not read to their end;
//! and limits that a shell may have set.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::pce::*;
use crate::world::{World, run_to_its_end};

/// This world's command behind a shell that does something first.
fn behind(world: &World, first: &str, arguments: &[&str]) -> Command {
    let plain = world.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{first} exec \"$@\""), "sh"]);
    shell.arg(plain.get_program()).args(plain.get_args());
    shell.env_clear().current_dir(world.folder());
    for (name, value) in plain.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell
}

/// What prints, and with which exit code.
const PRINTING: [(&[&str], i32); 8] = [
    (&["--help"], 0),
    (&["--version"], 0),
    (&["run", "--help"], 0),
    (&["fly"], 64),
    (&["--lang", "fr", "run"], 64),
    (&["rules", "list"], 0),
    (&["run"], 0),
    (&["check"], 0),
];

#[test]
fn streams_that_are_closed_or_full_end_nothing_early_and_change_no_exit_code() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.run_at("10:00");
    for (arguments, code) in PRINTING {
        for streams in
            [">&-", "2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full"]
        {
            let command = behind(&world, &format!("exec {streams};"), arguments);
            let run = run_to_its_end(command);
            // The check has remarks here and there; what counts is that it ends.
            let fine = run.code == code || (arguments == ["check"] && run.code > 0);
            assert!(fine, "{arguments:?} {streams}: {run:?}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_ends_nothing_early_and_changes_no_exit_code() {
    let mut world = World::new();
    world.run_at("10:00");
    for (arguments, code) in PRINTING.iter().filter(|(arguments, _)| arguments != &["check"]) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = world.command(arguments);
        command.stdin(Stdio::null());
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        assert_eq!(command.status().unwrap().code(), Some(*code), "{arguments:?}");
    }
    // The menu, without a config and with nobody to ask.
    fs::remove_file(world.config_path()).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut menu = world.command(&[]);
    menu.stdin(Stdio::null()).stdout(Stdio::null()).stderr(writer);
    assert_eq!(menu.status().unwrap().code(), Some(78));
}

#[test]
fn a_limit_on_the_size_of_files_is_told_as_a_full_disk_is() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.run_at("10:00");
    let before = fs::read_to_string(world.config_path()).unwrap();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.set_now("10:10");

    let limited = run_to_its_end(behind(&world, "ulimit -f 1;", &["run"]));

    assert_eq!(limited.code, 75, "{limited:?}");
    assert!(limited.stderr.contains("ulimit -f"), "{limited:?}");
    assert_eq!(fs::read_to_string(world.config_path()).unwrap(), before);
    let edit = behind(&world, "ulimit -f 0;", &["rules", "disable", "1"]);
    let edit = run_to_its_end(edit);
    assert_eq!(edit.code, 75, "{edit:?}");
    assert_eq!(world.run_at("10:20").number("alerts"), 1);
}

#[test]
fn a_mask_that_takes_every_right_away_makes_no_file_that_its_owner_cannot_open() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    let archive = world.folder().join("archive/of/records");
    world.set("settings.archive_dir", json!(archive));
    world.pce.event(agent_tampering("db-01").at("09:55"));
    for mask in ["777", "000"] {
        world.pce.set_now("10:00");
        let run = run_to_its_end(behind(&world, &format!("umask {mask};"), &["run"]));
        assert_eq!(run.code, 0, "{run:?}");
        let mode = |path: &std::path::Path| {
            let found = fs::metadata(path).unwrap();
            found.permissions().mode() & 0o777
        };
        for end in ["", ".last", ".lock", ".run.lock"] {
            let file = world.folder().join(format!("illumio_api_config.json{end}"));
            assert_eq!(mode(&file), 0o600, "{mask} {end}");
        }
        assert_eq!(mode(&archive), 0o750);
        assert_eq!(mode(archive.parent().unwrap()), 0o750);
        assert_eq!(mode(&archive.join(".lock")), 0o600);
        assert_eq!(mode(&archive.join("events.jsonl")), 0o640);
        fs::remove_dir_all(world.folder().join("archive")).unwrap();
        world.run(&["run", "--reset-state"]);
        fs::remove_dir_all(world.folder().join("archive")).unwrap();
        for end in [".last", ".lock", ".run.lock"] {
            let file = world.folder().join(format!("illumio_api_config.json{end}"));
            fs::remove_file(file).unwrap();
        }
        world.edit(|config| drop(config.as_object_mut().unwrap().remove("state")));
    }
}
