//! The command line: what scripts and cron rely on.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::pce::*;
use crate::world::{Run, World};

/// The run's line, word by word, as the manual shows it.
fn assert_line(run: &Run, time: &str, word: &str) {
    let line = run.stdout.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n') && !line.contains('\u{1b}'), "{line:?}");
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!(&words[..2], [time, word], "{line}");
    let names = ["events", "flows", "alerts", "mails", "pending", "took"];
    let pairs = words[2..].iter().map(|pair| pair.split_once('=').unwrap());
    let (found, values): (Vec<&str>, Vec<&str>) = pairs.unzip();
    assert_eq!(found[..6], names, "{line}");
    for value in &values[..5] {
        assert!(value.parse::<u64>().is_ok(), "{line}");
    }
    let took = values[5].strip_suffix('s').unwrap();
    assert!(took.split_once('.').is_some_and(|(_, tenths)| tenths.len() == 1), "{line}");
    assert!(took.parse::<f64>().is_ok(), "{line}");
}

#[test]
fn a_run_prints_one_line_and_nothing_else_where_all_is_well() {
    let mut world = World::new();
    let run = world.run_at("10:20:30");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_line(&run, "2026-08-03T10:20:30Z", "ok");
    assert!(
        run.stdout.starts_with(
            "2026-08-03T10:20:30Z ok events=0 flows=0 alerts=0 mails=0 pending=0 took=0."
        ),
        "{run:?}"
    );
}

#[test]
fn the_lines_word_is_the_exit_codes_and_the_worst_counts() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.run_at("10:00");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.fault(Fault::status(500).retry_after(0).on("/health"));
    let retry = world.run_at("10:10");
    assert_eq!(retry.code, 75, "{retry:?}");
    assert_line(&retry, "2026-08-03T10:10:00Z", "retry");
    assert!(retry.stderr.contains("500 at /health"), "{retry:?}");
    world.pce.heal();

    // Mail refused for good and events that fail: 78 is the worse.
    world.mail_server(crate::mailbox::Options::default().say("MAIL", "550 never"));
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    let config = world.run_at("10:20");
    assert_eq!(config.code, 78, "{config:?}");
    assert_line(&config, "2026-08-03T10:20:00Z", "config");
    assert!(config.stderr.contains("/events") && config.stderr.contains("550"), "{config:?}");
}

#[test]
fn the_version_and_the_help_are_asked_for_and_come_on_standard_output() {
    let mut world = World::new();
    for arguments in [["--version"], ["-V"]] {
        let run = world.run(&arguments);
        let version = format!("illumio-monitor {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!((run.code, run.stdout, run.stderr.as_str()), (0, version, ""));
    }
    for arguments in [&["--help"][..], &["-h"], &["run", "--help"], &["test-mail", "-h"]] {
        let run = world.run(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
        assert!(run.stdout.contains("Usage: illumio-monitor"), "{run:?}");
    }
    let help = world.run(&["--help"]).stdout;
    for word in ["run", "test-mail", "--config", "--lang", "--version", "$ILLUMIO_MONITOR_CONFIG"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(world.pce.requests().is_empty());
}

#[test]
fn a_wrong_command_line_is_64_with_the_usage_and_does_nothing() {
    let mut world = World::new();
    let before = std::fs::read(world.config_path()).unwrap();
    let cases: &[&[&str]] = &[
        &["fly"],
        &["run", "--fast"],
        &["run", "--log", "nowhere"],
        &["run", "--log"],
        &["run", "extra"],
        &["run", "test-mail"],
        &["-x"],
        &["--lang", "fr", "run"],
        &["--lang"],
        &["test-mail", "--reset-state"],
    ];
    for arguments in cases {
        let run = world.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (64, ""), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains("Usage: illumio-monitor"), "{arguments:?}: {run:?}");
    }
    assert!(world.pce.requests().is_empty());
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
}

/// The binary with these arguments, without a config named before them.
fn plain(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(world.command(&[]).get_program());
    command.env_clear().env("LANG", "C.UTF-8").env("TZ", "UTC");
    command.current_dir(world.folder()).args(arguments);
    command
}

#[test]
fn global_options_stand_before_or_after_the_command_with_or_without_an_equals_sign() {
    let world = World::new();
    let file = world.config_path();
    let (file, equals) = (file.to_str().unwrap(), format!("--config={}", file.display()));
    let cases: &[&[&str]] = &[
        &["--config", file, "run"],
        &["run", "--config", file],
        &["-c", file, "--lang", "zh-TW", "run", "--log=stdout"],
        &[&equals, "run"],
        &["run", &equals, "--lang=en"],
    ];
    for arguments in cases {
        let output = plain(&world, arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    }
    let output = plain(&world, &["run"]).env("ILLUMIO_MONITOR_CONFIG", file).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // The command line goes before the environment.
    let output = plain(&world, &["-c", "nowhere.json", "run"])
        .env("ILLUMIO_MONITOR_CONFIG", file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78), "{output:?}");
}

#[test]
fn syslog_and_the_journal_take_the_lines_where_they_listen() {
    let mut world = World::new();
    world.set("api.secret", json!("wrong"));
    for (log, socket) in [("syslog", "/dev/log"), ("journal", "/run/systemd/journal/socket")] {
        let run = world.run(&["run", "--log", log]);
        assert_eq!(run.code, 78, "{run:?}");
        if Path::new(socket).exists() {
            assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
        } else {
            // Nothing may be lost where nobody listens.
            assert!(
                run.stdout.contains(" config ") && run.stderr.contains("api.secret"),
                "{run:?}"
            );
        }
    }
}

#[test]
fn on_a_stream_that_ends_in_the_journal_each_line_has_its_priority() {
    let world = World::new();
    world.set("api.secret", json!("wrong"));
    let stream = File::create(world.folder().join("stream")).unwrap();
    let about = stream.metadata().unwrap();
    let named = format!("{}:{}", about.dev(), about.ino());
    for log in ["stdout", "journal"] {
        let (out, err) = (stream.try_clone().unwrap(), stream.try_clone().unwrap());
        let mut command = world.command(&["run", "--log", log]);
        command.env("JOURNAL_STREAM", &named).stdout(out).stderr(err);
        assert_eq!(command.status().unwrap().code(), Some(78));
    }
    let text = fs::read_to_string(world.folder().join("stream")).unwrap();
    let starts: Vec<&str> = text.lines().map(|line| &line[..3]).collect();
    assert_eq!(starts, ["<3>", "<6>", "<3>", "<6>"], "{text}");
}

#[test]
fn messages_follow_the_locale_where_neither_file_nor_command_line_says_otherwise() {
    let mut world = World::new();
    world.edit(|config| drop(config["settings"].as_object_mut().unwrap().remove("language")));
    world.set("email.recipients", json!([]));
    world.environment("LANG", "zh_TW.UTF-8");
    assert!(world.run(&["run"]).stderr.contains("沒有任何收件者"));
    assert!(world.run(&["run", "--lang=en"]).stderr.contains("nobody would get the mail"));
}
