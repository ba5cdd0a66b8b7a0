//! The one file: what a run changes in it, and whose state it is.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn last(world: &World) -> std::path::PathBuf {
    world.folder().join("illumio_api_config.json.last")
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().mode() & 0o777
}

/// The text before `"state":` and behind its line.
fn around_state(text: &str) -> (String, String) {
    let (before, rest) = text.split_once("\"state\":").unwrap();
    let (_, behind) = rest.split_once('\n').unwrap();
    (before.to_owned(), behind.to_owned())
}

#[test]
fn a_run_changes_the_bytes_of_state_and_no_other() {
    let mut world = watched();
    world.edit(|config| {
        config["_remark"] = json!("mine");
        config["inventory"] = json!({"deep": [1, 2.50, {"x": null}]});
        config["rules"][0]["desc"] = json!("竄改 é \u{1f6a8}");
    });
    // As a person writes it: other indents, escapes, numbers, and a last line.
    let odd = text(&world.config_path())
        .replace("  \"_remark\"", "\t \"_remark\"")
        .replace("2.5", "2.50E+0")
        .replace("竄改", "\\u7ac4改")
        .replace("\n  \"inventory\"", "\r\n\r\n  \"inventory\"");
    std::fs::write(world.config_path(), &odd).unwrap();

    assert_eq!(world.run_at("10:00").code, 0);
    let first = text(&world.config_path());
    let body = odd.trim_end().trim_end_matches('}').trim_end();
    assert!(first.starts_with(body), "{first}");
    let (before, behind) = around_state(&first);
    assert_eq!(behind, "}\n");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    assert_eq!(world.run_at("10:10").code, 0);

    let second = text(&world.config_path());
    assert_ne!(first, second);
    assert_eq!(around_state(&second), (before, behind));
    let keys: Vec<String> = world.config().as_object().unwrap().keys().cloned().collect();
    assert!(keys.contains(&"state".to_owned()));
    assert_eq!(world.config()["inventory"]["deep"][1], 2.5);
}

#[test]
fn the_file_and_its_last_copy_are_the_owners_alone_and_equal() {
    let mut world = watched();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(world.config_path(), open).unwrap();

    let first = world.run_at("10:00");
    let second = world.run_at("10:04");

    assert_eq!((first.stderr.as_str(), second.stderr.as_str()), ("", ""));
    assert_eq!((mode(&world.config_path()), mode(&last(&world))), (0o600, 0o600));
    assert_eq!(text(&world.config_path()), text(&last(&world)));
    let others: Vec<String> = std::fs::read_dir(world.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".lock") && !name.ends_with(".last"))
        .collect();
    assert_eq!(others, ["illumio_api_config.json"], "no temporary file stays");
}

#[test]
fn a_file_behind_a_link_is_replaced_and_the_link_stays() {
    let mut world = watched();
    let target = world.folder().join("real").join("monitor.json");
    std::fs::create_dir(target.parent().unwrap()).unwrap();
    std::fs::rename(world.config_path(), &target).unwrap();
    symlink(&target, world.config_path()).unwrap();

    assert_eq!(world.run_at("10:00").code, 0);

    assert!(world.config_path().symlink_metadata().unwrap().is_symlink());
    assert!(text(&target).contains("\"state\":"));
    for name in ["monitor.json.last", "monitor.json.run.lock"] {
        assert!(target.with_file_name(name).exists(), "{name}");
    }
}

#[test]
fn a_second_run_says_who_holds_the_lock_and_leaves_everything_alone() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.fault(Fault::hang(Duration::from_secs(3)).on("/health").times(1));
    world.pce.forget_requests();
    let mut first = world.run_until(World::asks_the_pce);
    let before = text(&world.config_path());

    let second = world.run(&["run"]);

    assert_eq!(second.code, 75, "{second:?}");
    assert!(second.stderr.contains(&first.id().to_string()), "{second:?}");
    assert!(second.stderr.contains(".run.lock"), "{second:?}");
    assert_eq!(second.stderr.trim().lines().count(), 1, "{second:?}");
    assert_eq!(text(&world.config_path()), before);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(world.run_at("10:10").code, 0);
}

#[test]
fn an_invalid_file_is_mailed_through_the_last_one_again_after_hours_and_once_mended() {
    let mut world = watched();
    world.run_at("10:00");
    let good = text(&world.config_path());
    let bad = good.replacen("\"recipients\"", "\"recipents\"", 1);
    std::fs::write(world.config_path(), &bad).unwrap();
    world.pce.forget_requests();

    let begins = world.run(&["run"]);
    assert_eq!((begins.code, begins.mails.len()), (78, 1), "{begins:?}");
    assert!(begins.mail().subject().contains("CRITICAL"), "{}", begins.mail().subject());
    assert!(begins.mail().subject().contains("Config file unusable"));
    for told in [&begins.stderr, &begins.mail().text().replace("\n  ", " ")] {
        assert!(told.contains("email.recipents") && told.contains("\"recipients\""), "{told}");
    }
    let again = world.run(&["run"]);
    assert_eq!((again.code, again.mails.len()), (78, 0), "{again:?}");
    assert_eq!(text(&world.config_path()), bad, "not a byte is touched");
    assert!(world.pce.requests().is_empty(), "no cycle runs");

    // Four hours later, as far as what is remembered goes.
    let older = text(&last(&world))
        .replace(&format!("\"since\":\"{}", &told_day(&world)), "\"since\":\"2020-01-01");
    let older =
        older.replace(&format!("\"told_at\":\"{}", &told_day(&world)), "\"told_at\":\"2020-01-01");
    std::fs::write(last(&world), older).unwrap();
    let lasts = world.run(&["run"]);
    assert_eq!((lasts.code, lasts.mails.len()), (78, 1), "{lasts:?}");
    assert!(lasts.mail().subject().contains("still unusable"), "{}", lasts.mail().subject());
    assert_eq!(world.run(&["run"]).mails.len(), 0);

    std::fs::write(world.config_path(), &good).unwrap();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let ends = world.run_at("10:10");
    assert_eq!((ends.code, ends.mails.len()), (0, 1), "{ends:?}");
    let subject = ends.mail().subject();
    assert!(
        subject.contains("Config file usable again") && subject.contains("Tampering (1)"),
        "{subject}"
    );
    assert!(ends.mail().text().contains("1 event caught up"), "{}", ends.mail().text());
    assert_nothing_put_back(&ends);
    assert_eq!(world.run_at("10:20").mails.len(), 0);
}

#[test]
fn an_older_copy_that_mends_an_invalid_file_is_told_as_one() {
    let mut world = watched();
    world.run_at("10:00");
    let backup = text(&world.config_path());
    world.run_at("10:10");
    let bad = text(&world.config_path()).replacen("\"recipients\"", "\"recipents\"", 1);
    std::fs::write(world.config_path(), &bad).unwrap();
    assert_eq!(world.run(&["run"]).code, 78);
    assert_eq!(world.run(&["run"]).code, 78);

    std::fs::write(world.config_path(), &backup).unwrap();
    let ends = world.run_at("10:20");

    assert!(ends.mail().subject().contains("Config file usable again"), "{ends:?}");
    assert!(ends.mail().text().contains("older copy"), "{}", ends.mail().text());
    assert_eq!(world.run_at("10:30").mails.len(), 0);
}

#[test]
fn an_older_copy_is_told_as_one_also_after_an_undo_mended_the_file_before() {
    let mut world = watched();
    world.run_at("10:00");
    world.run_at("10:10");
    let backup = text(&world.config_path());
    breaks(&world);
    assert_eq!(world.run(&["run"]).code, 78);
    assert_eq!(world.run(&["run"]).code, 78);
    let undone = world.run(&["config", "undo", "--yes"]);
    assert_eq!(undone.code, 0, "{undone:?}");

    // It breaks again, and someone puts back the copy of before all that.
    breaks(&world);
    assert_eq!(world.run(&["run"]).code, 78);
    std::fs::write(world.config_path(), &backup).unwrap();
    let ends = world.run_at("10:20");

    assert!(ends.mail().subject().contains("Config file usable again"), "{ends:?}");
    assert!(ends.mail().text().contains("older copy"), "{}", ends.mail().text());
    assert_eq!(world.run_at("10:30").mails.len(), 0);
}

#[test]
fn an_editor_that_was_open_over_a_run_and_corrects_its_slip_put_nothing_back() {
    for (right, slip) in [("\"recipients\"", "\"recipents\""), (",\n  \"email\"", "\n  \"email\"")]
    {
        let mut world = watched();
        world.run_at("10:00");
        let in_the_editor = text(&world.config_path());
        world.pce.event(agent_tampering("db-01").at("10:05"));
        assert_eq!(world.run_at("10:10").number("alerts"), 1);
        let bad = in_the_editor.replacen(right, slip, 1);
        assert_ne!(bad, in_the_editor, "{slip}");
        std::fs::write(world.config_path(), bad).unwrap();
        assert_eq!(world.run(&["run"]).code, 78);
        assert_eq!(world.run(&["run"]).code, 78);

        std::fs::write(world.config_path(), &in_the_editor).unwrap();
        let ends = world.run_at("10:20");

        assert_eq!((ends.code, ends.number("alerts"), ends.mails.len()), (0, 0, 1), "{ends:?}");
        assert!(ends.mail().subject().contains("Config file usable again"), "{ends:?}");
        assert_nothing_put_back(&ends);
        assert_eq!(world.run_at("10:30").mails.len(), 0);

        // From then on that text is an older copy.
        std::fs::write(world.config_path(), &in_the_editor).unwrap();
        let copied = world.run_at("10:40");
        assert!(copied.mail().text().contains("older copy"), "{}", copied.mail().text());
    }
}

#[test]
fn a_file_without_a_state_that_is_corrected_put_nothing_back_and_an_older_copy_does() {
    let mut world = watched();
    let template = text(&world.config_path());
    world.run_at("10:00");
    let backup = text(&world.config_path());
    world.pce.event(agent_tampering("db-01").at("10:05"));
    assert_eq!(world.run_at("10:10").number("alerts"), 1);
    // A configuration tool's, which knows no state, with a slip.
    std::fs::write(world.config_path(), &template).unwrap();
    breaks(&world);
    assert_eq!(world.run(&["run"]).code, 78);

    std::fs::write(world.config_path(), &template).unwrap();
    let ends = world.run_at("10:20");
    assert_eq!((ends.code, ends.number("alerts"), ends.mails.len()), (0, 0, 1), "{ends:?}");
    assert_nothing_put_back(&ends);

    std::fs::write(world.config_path(), &template).unwrap();
    breaks(&world);
    assert_eq!(world.run(&["run"]).code, 78);
    std::fs::write(world.config_path(), &backup).unwrap();
    let ends = world.run_at("10:30");
    assert!(ends.mail().text().contains("older copy"), "{}", ends.mail().text());
    assert_eq!(world.run_at("10:40").mails.len(), 0);
}

fn assert_nothing_put_back(run: &Run) {
    let said = format!("{}{}", run.stderr, run.mail().text());
    for false_alarm in ["was put back", "older copy", "has no state", "is used"] {
        assert!(!said.contains(false_alarm), "{false_alarm}: {said}");
    }
}

/// An editor's slip in a file that is valid.
fn breaks(world: &World) {
    let good = text(&world.config_path());
    let bad = good.replacen("\"recipients\"", "\"recipents\"", 1);
    assert_ne!(good, bad);
    std::fs::write(world.config_path(), bad).unwrap();
}

#[test]
fn the_first_save_after_an_invalid_file_is_kept_apart_no_longer() {
    let mut world = watched();
    world.run_at("10:00");
    let good = text(&world.config_path());
    std::fs::write(world.config_path(), format!("{good}}}")).unwrap();
    assert_eq!(world.run(&["run"]).code, 78);
    std::fs::write(world.config_path(), &good).unwrap();
    assert_eq!(world.run_at("10:10").code, 0);

    // Now the same bytes are an older copy.
    std::fs::write(world.config_path(), &good).unwrap();
    let run = world.run_at("10:20");

    assert!(run.mail().text().contains("older copy"), "{}", run.mail().text());
}

#[test]
fn a_run_on_an_invalid_file_mails_all_that_is_wrong_and_was_none_that_saw_everything() {
    let mut world = watched();
    world.run_at("10:00");
    let complete = world.config()["state"]["last_run"]["complete_at"].clone();
    let good = text(&world.config_path());
    let bad = good.replacen("\"recipients\"", "\"recipents\"", 1);
    let bad = bad.replacen("\"site_name\"", "\"sitename\"", 1);
    std::fs::write(world.config_path(), &bad).unwrap();

    let run = world.run(&["run"]);

    let mailed = run.mail().text();
    for wrong in ["recipents", "sitename"] {
        assert!(run.stderr.contains(wrong) && mailed.contains(wrong), "{run:?}{mailed}");
    }
    let known: Value = serde_json::from_str(&text(&last(&world))).unwrap();
    let last_run = &known["state"]["last_run"];
    assert_eq!((&last_run["outcome"], &last_run["complete_at"]), (&json!("config"), &complete));
}

#[test]
fn while_the_file_is_invalid_mail_that_waits_is_tried_in_each_run() {
    let mut world = watched();
    world.run_at("10:00");
    let port = world.mailbox.port();
    let mail_server_at = |world: &World, port: u16| {
        let mut known: Value = serde_json::from_str(&text(&last(world))).unwrap();
        known["smtp"]["port"] = json!(port);
        std::fs::write(last(world), known.to_string()).unwrap();
    };
    let bad = text(&world.config_path()).replacen("\"recipients\"", "\"recipents\"", 1);
    std::fs::write(world.config_path(), &bad).unwrap();
    mail_server_at(&world, 9);
    let waits = world.run(&["run"]);
    assert_eq!((waits.code, waits.number("pending"), waits.mails.len()), (78, 1, 0), "{waits:?}");

    mail_server_at(&world, port);
    let run = world.run(&["run"]);

    assert_eq!((run.code, run.number("pending"), run.mails.len()), (78, 0, 1), "{run:?}");
    assert_eq!(world.run(&["run"]).mails.len(), 0);
}

/// The day that the conditions in `.last` were told on.
fn told_day(world: &World) -> String {
    let text = text(&last(world));
    let (_, at) = text.split_once("\"told_at\":\"").unwrap();
    at[..10].to_owned()
}

#[test]
fn a_file_that_was_put_back_goes_on_with_the_last_state_and_says_so() {
    let mut world = watched();
    let template = text(&world.config_path());
    world.pce.event(agent_tampering("db-01").at("10:05"));
    assert_eq!(world.run_at("10:10").number("alerts"), 1);
    // A configuration tool writes the file as it knows it: without a state.
    std::fs::write(world.config_path(), &template).unwrap();

    let run = world.run_at("10:12");

    assert_eq!((run.code, run.number("events"), run.number("alerts")), (0, 0, 0), "{run:?}");
    assert!(run.stderr.contains("has no state"), "{run:?}");
    assert_eq!(world.run_at("10:20").mails.len(), 0);
}

#[test]
fn for_another_pce_or_org_everything_starts_afresh_and_that_is_said() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    assert_eq!(world.run_at("10:10").number("alerts"), 1);
    // The same place, written otherwise.
    world.set("api.url", json!(format!("{}/", world.pce.url().replace("http", "HTTP"))));
    let same = world.run_at("10:12");
    assert_eq!((same.code, same.number("events"), same.mails.len()), (0, 0, 0), "{same:?}");

    world.set("api.org_id", json!(2));
    world.pce.set_org("2");
    let other = world.run_at("10:14");

    assert_eq!(
        (other.code, other.number("events"), other.number("alerts")),
        (0, 1, 1),
        "{other:?}"
    );
    assert!(other.stderr.contains("org 1") && other.stderr.contains("org 2"), "{other:?}");
    assert!(other.mail().text().contains("starts afresh"), "{}", other.mail().text());
    assert_eq!(world.run_at("10:20").mails.len(), 0);
}

#[test]
fn a_reset_state_starts_afresh_once_and_says_so() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    assert_eq!(world.run_at("10:10").number("alerts"), 1);

    let reset = world.run(&["run", "--reset-state"]);

    assert_eq!(
        (reset.code, reset.number("events"), reset.number("alerts")),
        (0, 1, 1),
        "{reset:?}"
    );
    assert!(reset.stderr.contains("the state was reset"), "{reset:?}");
    assert!(reset.mail().text().contains("the state was reset"), "{}", reset.mail().text());
    let after = world.run_at("10:20");
    assert_eq!((after.code, after.mails.len()), (0, 0), "{after:?}");
}

#[test]
fn a_state_of_a_newer_version_is_left_alone() {
    let mut world = watched();
    world.run_at("10:00");
    world.edit(|config| config["state"]["version"] = json!(99));
    let before = text(&world.config_path());
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.mails.len()), (78, 0), "{run:?}");
    assert!(run.stderr.contains("version 99"), "{run:?}");
    assert_eq!(text(&world.config_path()), before);
}

#[test]
fn an_edit_made_during_a_run_survives_it() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.fault(Fault::hang(Duration::from_millis(1_500)).on("/health").times(1));
    world.pce.forget_requests();
    let mut run = world.run_until(World::asks_the_pce);
    let before = world.config()["state"]["generation"].as_u64();

    world.set("settings.site_name", json!("edited"));

    assert_eq!(run.wait().unwrap().code(), Some(0));
    let config = world.config();
    assert_eq!(config["settings"]["site_name"], "edited");
    assert!(config["state"]["generation"].as_u64() > before);
}
