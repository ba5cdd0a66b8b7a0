//! `check`, the doctor: what it finds, and that it changes nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

/// A world in which all is well: a rule, a cron line, a run that saw everything.
pub fn healthy_world() -> World {
    let mut world = World::new();
    in_good_order(&mut world);
    world
}

/// The same of any world.
pub fn in_good_order(world: &mut World) {
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    crontab(world, "*/10 * * * * /opt/illumio-monitor/illumio-monitor run >/dev/null");
    world.pce.run_clock(SignedDuration::ZERO);
}

/// From now on this is what `crontab -l` prints.
pub fn crontab(world: &mut World, lines: &str) {
    let bin = world.folder().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::write(world.folder().join("crontab.txt"), format!("{lines}\n")).unwrap();
    let program = bin.join("crontab");
    let file = world.folder().join("crontab.txt");
    let script = format!("#!/bin/sh\n[ \"$1\" = -l ] && exec cat '{}'\n", file.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    world.environment("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
}

/// What `check --json` found, by probe: result and what.
pub fn findings(run: &Run) -> Vec<(String, String, Value)> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["exit_code"], json!(run.code), "{run:?}");
    let list = report["findings"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.into_iter().map(|one| (text(&one["probe"]), text(&one["result"]), one)).collect()
}

/// The one finding of a probe.
pub fn finding(run: &Run, probe: &str) -> (String, Value) {
    let mut found = findings(run);
    found.retain(|(name, ..)| name == probe);
    assert_eq!(found.len(), 1, "{probe}: {run:?}");
    let (_, result, finding) = found.remove(0);
    (result, finding)
}

/// Everything in the folder with its bytes and modes.
fn snapshot(folder: &Path) -> Vec<(String, u32, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let mode = path.metadata().unwrap().permissions().mode();
            let bytes = std::fs::read(&path).unwrap();
            (path.display().to_string(), mode, bytes)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn where_all_is_well_every_line_says_so_and_nothing_changes() {
    let mut world = healthy_world();
    assert_eq!(world.run(&["run"]).code, 0);
    let before = snapshot(world.folder());
    world.pce.forget_requests();

    let run = world.run(&["check"]);

    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for part in [
        "is valid; rules on: 1, off: 0",
        "trust store contains",
        "The PCE 25.2.40-4047 accepts the API key",
        "The key belongs to org 1",
        "The PCE's health is normal",
        "The key may read events",
        "The key may read traffic",
        "clocks of the PCE and of this host agree",
        "The mail server accepts mail from illumio-monitor@example.net",
        "accepts mail to soc@example.net (nothing was sent)",
        "A run starts every 10 min (crontab -l:1)",
        "last complete run 0 min ago",
    ] {
        let line = run.stdout.lines().find(|line| line.contains(part));
        assert!(line.is_some_and(|line| line.starts_with('✓')), "{part}: {run:?}");
    }
    assert!(!run.stdout.contains(['✗', '!']), "{run:?}");
    assert_eq!(snapshot(world.folder()), before);
    assert!(run.mails.is_empty());
    let words = world.mailbox.transcript();
    assert!(!words.iter().any(|word| word.starts_with("C: DATA")), "{words:?}");
    assert!(world.pce.requests().iter().all(|seen| seen.method == "GET"));
    let secret = world.pce.secret();
    assert!(!run.stdout.contains(&secret));
}

#[test]
fn every_failure_has_its_fix_below_it_and_the_worst_is_the_exit_code() {
    let mut world = healthy_world();
    world.pce.down();
    let run = world.run(&["check"]);
    assert_eq!(run.code, 75, "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    let place = lines.iter().position(|line| line.starts_with("✗ No connection to 127.0.0.1"));
    let place = place.unwrap_or_else(|| panic!("{run:?}"));
    assert!(lines[place].contains("refused"), "{run:?}");
    assert!(lines[place + 1].starts_with("  → Check the port in api.url"), "{run:?}");

    world.set("smtp.port", json!(9));
    world.set("smtp.user", json!("monitor"));
    world.set("smtp.password", json!("secret of the mail"));
    world.pce.up();
    world.pce.set_credentials("api_1", "another");
    let run = world.run(&["check", "--json"]);
    assert_eq!(run.code, 78, "{run:?}");
    for (_, result, finding) in findings(&run) {
        assert!(result != "failed" || finding["fix"].is_string(), "{finding}");
    }
    assert_eq!(finding(&run, "pce.credentials").0, "failed");
    assert_eq!(finding(&run, "mail.connect").0, "failed");
    assert!(!run.stdout.contains("secret of the mail"));
}

#[test]
fn a_broken_config_is_told_with_all_its_places_and_no_server_is_asked() {
    let mut world = healthy_world();
    world.set("api.url", json!("pce.example.net"));
    world.set("smtp.tls", json!("sometimes"));
    world.set("settings.langage", json!("en"));

    let run = world.run(&["check"]);

    assert_eq!(run.code, 78, "{run:?}");
    for place in ["api.url", "smtp.tls", "settings.langage"] {
        let told = run.stdout.lines().any(|line| line.starts_with('✗') && line.contains(place));
        assert!(told, "{place}: {run:?}");
    }
    assert!(world.pce.requests().is_empty());
    std::fs::remove_file(world.config_path()).unwrap();
    let run = world.run(&["check"]);
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stdout.contains("there is no such file"), "{run:?}");
    assert_eq!(world.run(&["check", "--fast"]).code, 64);
}

#[test]
fn what_a_key_may_not_read_is_told_apart() {
    let refused = |world: &mut World, paths: &[&str]| {
        world.pce.heal();
        for path in paths {
            world.pce.fault(Fault::status(403).on(path));
        }
        world.run(&["check", "--json"])
    };
    let mut world = healthy_world();

    let run = refused(&mut world, &["/events"]);
    assert_eq!(run.code, 78, "{run:?}");
    let (result, events) = finding(&run, "pce.events");
    assert_eq!(result, "failed");
    assert!(events["fix"].as_str().unwrap().contains("Global Viewer"), "{events}");
    assert_eq!(finding(&run, "pce.traffic").0, "ok");
    assert_eq!(finding(&run, "pce.org").0, "ok");

    // Without a traffic rule its traffic is not needed; health never is.
    let run = refused(&mut world, &["/async_queries", "/health"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(finding(&run, "pce.traffic").0, "remark");
    assert_eq!(finding(&run, "pce.health").0, "remark");

    world.rule(json!({"type": "traffic", "pd": 2}));
    let run = refused(&mut world, &["/async_queries"]);
    assert_eq!((run.code, finding(&run, "pce.traffic").0.as_str()), (78, "failed"));

    world.pce.heal();
    world.set("api.org_id", json!(7));
    let run = world.run(&["check", "--json"]);
    assert_eq!(run.code, 78, "{run:?}");
    let (result, org) = finding(&run, "pce.org");
    assert_eq!(result, "failed");
    assert!(org["fix"].as_str().unwrap().contains("api.org_id"), "{org}");
    assert_eq!(finding(&run, "pce.credentials").0, "ok");
}

#[test]
fn a_refused_key_is_tried_once_and_no_other_request_follows() {
    let mut world = healthy_world();
    world.set("api.secret", json!("wrong"));

    let run = world.run(&["check", "--json"]);

    assert_eq!((run.code, finding(&run, "pce.credentials").0.as_str()), (78, "failed"));
    assert_eq!(world.pce.requests().len(), 1);
    assert_eq!(finding(&run, "mail.connect").0, "ok", "the mail server is tried all the same");
}

#[test]
fn clocks_that_differ_and_an_ill_pce_are_remarks() {
    let mut world = healthy_world();
    world.pce.run_clock(SignedDuration::from_mins(-7));
    world.pce.health_status("warning", "disk 96 %");

    let run = world.run(&["check", "--json"]);

    assert_eq!(run.code, 0, "{run:?}");
    let (result, clock) = finding(&run, "pce.clock");
    assert_eq!(result, "remark");
    assert!(clock["what"].as_str().unwrap().contains("s behind this host"), "{clock}");
    let (result, health) = finding(&run, "pce.health");
    assert_eq!(result, "remark");
    assert!(health["details"][0].as_str().unwrap().contains("disk 96 %"), "{health}");
}

#[test]
fn names_without_an_address_and_silent_pces_are_told() {
    let mut world = healthy_world();
    world.set("api.url", json!("https://pce.invalid:8443"));
    let run = world.run(&["check", "--json"]);
    let (result, dns) = finding(&run, "pce.dns");
    assert_eq!((run.code, result.as_str()), (75, "failed"), "{run:?}");
    assert!(dns["fix"].as_str().unwrap().contains("/etc/resolv.conf"), "{dns}");

    let mut world = healthy_world();
    world.set("api.timeout_seconds", json!(1));
    world.pce.welcome(Welcome::Hang(Duration::from_secs(20)));
    let run = world.run(&["check", "--json"]);
    assert_eq!(run.code, 75, "{run:?}");
    assert_eq!(finding(&run, "pce.tcp").0, "ok");
    assert_eq!(finding(&run, "pce.answer").0, "failed");
}

#[test]
fn what_came_from_this_shell_is_marked_and_a_proxy_is_named_without_its_password() {
    let mut world = healthy_world();
    let secret = world.pce.secret();
    world.edit(|config| drop(config["api"].as_object_mut().unwrap().remove("secret")));
    world.environment("ILLUMIO_API_SECRET", &secret);

    let run = world.run(&["check", "--json"]);

    assert_eq!(run.code, 0, "{run:?}");
    let (result, marked) = finding(&run, "environment");
    assert_eq!(result, "remark");
    assert!(marked["what"].as_str().unwrap().contains("$ILLUMIO_API_SECRET"), "{marked}");
    assert!(!run.stdout.contains(&secret));

    world.set("api.url", json!("https://pce.example.net:8443"));
    world.edit(|config| drop(config["api"].as_object_mut().unwrap().remove("proxy")));
    world.environment("HTTPS_PROXY", "http://me:pa55word@127.0.0.1:9");
    let run = world.run(&["check", "--json"]);
    let (_, proxy) = finding(&run, "pce.proxy");
    let what = proxy["what"].as_str().unwrap();
    assert!(what.contains("127.0.0.1:9") && what.contains("HTTPS_PROXY"), "{what}");
    let (result, tcp) = finding(&run, "pce.tcp");
    assert_eq!(result, "failed");
    assert!(tcp["fix"].as_str().unwrap().contains("HTTPS_PROXY"), "{tcp}");
    assert!(run.stdout.contains("$HTTPS_PROXY comes from this shell"), "{run:?}");
    assert!(!run.stdout.contains("pa55word"));
}

#[test]
fn a_file_that_others_may_read_or_replace_is_told_with_the_command_that_mends_it() {
    let mut world = healthy_world();
    let path = world.config_path();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let run = world.run(&["check", "--json"]);
    let (result, told) = finding(&run, "permissions");
    assert_eq!((run.code, result.as_str()), (78, "failed"), "{run:?}");
    let fix = told["fix"].as_str().unwrap();
    assert_eq!(fix, format!("Run: chmod 600 {}", path.display()));

    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::set_permissions(world.folder(), PermissionsExt::from_mode(0o777)).unwrap();
    let run = world.run(&["check", "--json"]);
    let (result, told) = finding(&run, "permissions");
    assert_eq!((run.code, result.as_str()), (78, "failed"), "{run:?}");
    assert!(told["fix"].as_str().unwrap().contains("chmod o-w"), "{told}");
}

#[test]
fn check_works_while_a_run_is_under_way() {
    let mut world = healthy_world();
    world.pce.fault(Fault::hang(Duration::from_secs(60)).on("/health").times(1));
    let lock = world.folder().join("illumio_api_config.json.run.lock");
    let mut child = world.run_until(World::asks_the_pce);

    let run = world.run(&["check"]);
    let second = world.run(&["run"]);

    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lock.exists());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(second.code, 75, "the run did hold its lock: {second:?}");
}

#[test]
fn the_old_tool_beside_it_and_a_missing_cron_line_are_told() {
    let mut world = healthy_world();
    let old = "*/5 * * * * python3 /opt/illumio/illumio_monitor.py";
    crontab(&mut world, &format!("# monitor\n{old}"));

    let run = world.run(&["check"]);

    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stdout.contains("✗ Nothing was found that starts the runs"), "{run:?}");
    let binary = world.command(&[]).get_program().to_owned();
    let program = Path::new(&binary).file_name().unwrap().to_str().unwrap().to_owned();
    assert!(
        run.stdout.contains(&format!(
            "{program} -c {} run >/dev/null",
            world.config_path().canonicalize().unwrap().display()
        )),
        "{run:?}"
    );
    assert!(run.stdout.contains("! The Python tool is still started (crontab -l:2)"), "{run:?}");
    assert!(run.stdout.contains(&format!("→ Remove this line: {old}")), "{run:?}");
}

#[test]
fn a_setting_that_does_nothing_any_more_is_a_remark_and_no_run_speaks_of_it() {
    for (lang, fix) in [("en", "Remove the key."), ("zh-TW", "請移除此鍵。")] {
        let mut world = healthy_world();
        world.set("settings.language", json!(lang));
        world.set("settings.traffic_counts", json!("cumulative"));
        let run = world.run(&["run"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");

        let run = world.run(&["check", "--json"]);

        assert_eq!(run.code, 0, "{run:?}");
        let mut found = findings(&run);
        found.retain(|(probe, result, _)| probe == "config" && result == "remark");
        let [(.., remark)] = found.as_slice() else {
            panic!("{run:?}");
        };
        let what = remark["what"].as_str().unwrap();
        assert!(what.contains("settings.traffic_counts"), "{what}");
        assert_eq!(remark["fix"], fix);
    }
}
