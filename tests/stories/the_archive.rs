//! `settings.archive_dir`: each new event and each grown row of traffic is one line,
//! once, whatever is fetched again; and no archive ever costs an alert.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::{SmallDisk, World};

fn archiving() -> World {
    let world = World::new();
    world.set("settings.archive_dir", json!("logs/pce"));
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic", "name": "Blocked", "port": 445}));
    world
}

fn path(world: &World, name: &str) -> PathBuf {
    world.folder().join("logs/pce").join(name)
}

fn lines(world: &World, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path(world, name)).unwrap_or_default();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn counts(world: &World) -> (usize, usize) {
    let [events, flows] = ["events.jsonl", "flows.jsonl"].map(|name| lines(world, name).len());
    (events, flows)
}

fn mode(path: PathBuf) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// What the folder holds beside the archive itself.
fn left_over(world: &World) -> Vec<String> {
    let all = std::fs::read_dir(world.folder().join("logs/pce")).unwrap();
    let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".pending")).collect()
}

/// An event that no rule wants, of about so many kilobytes.
fn large(name: &str, kilobytes: usize) -> EventRecord {
    login_failed(name, "10.1.1.1").with("note", json!("x".repeat(kilobytes * 1024)))
}

#[test]
fn each_event_and_each_growth_of_a_row_is_one_line_though_fetches_overlap() {
    let mut world = archiving();
    world.pce.event(agent_tampering("db-01").at("09:55"));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.event(login_failed("eve", "10.1.1.1").at("10:05"));
    for port in [445, 80] {
        let blocked = blocked("10.0.0.9", "10.0.0.1", port);
        world.pce.connection(blocked.at("10:05"));
    }
    assert_eq!(world.run_at("10:10").code, 0);
    assert_eq!(counts(&world), (2, 1));

    // Nothing new; then one more connection of the row.
    assert_eq!(world.run_at("10:20").code, 0);
    assert_eq!(counts(&world), (2, 1));
    let again = blocked("10.0.0.9", "10.0.0.1", 445).at("10:25");
    world.pce.connection(again.times(4));
    assert_eq!(world.run_at("10:30").code, 0);

    let events = lines(&world, "events.jsonl");
    let types: Vec<&Value> = events.iter().map(|event| &event["event_type"]).collect();
    assert_eq!(types, ["agent.tampering", "user.sign_in"]);
    let flows = lines(&world, "flows.jsonl");
    let grown: Vec<&Value> = flows.iter().map(|flow| &flow["num_connections"]).collect();
    assert_eq!(grown, [1, 5]);
    assert_eq!(flows[1]["service"]["port"], 445);
    assert_eq!(left_over(&world), Vec::<String>::new());
}

#[test]
fn folder_and_files_are_made_for_the_group_to_read_whatever_the_umask() {
    let mut world = archiving();
    world.pce.set_now("10:00");
    world.pce.event(agent_tampering("db-01").at("09:55"));
    let plain = world.command(&["run"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 077; exec \"$@\"", "sh"]);
    shell.arg(plain.get_program()).args(plain.get_args());
    assert!(shell.stdout(Stdio::null()).status().unwrap().success());

    assert_eq!(mode(path(&world, "")), 0o750);
    assert_eq!(mode(path(&world, "events.jsonl")), 0o640);
    // What the administrator gave stays.
    let closed = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path(&world, "events.jsonl"), closed).unwrap();
    world.pce.event(agent_tampering("db-02").at("10:05"));
    assert_eq!(world.run_at("10:10").code, 0);
    assert_eq!(mode(path(&world, "events.jsonl")), 0o600);
    assert_eq!(counts(&world), (2, 0));
}

#[test]
fn a_record_in_many_lines_becomes_one_with_every_byte_of_its_values() {
    let mut world = archiving();
    world.run_at("10:00");
    let record = "{\r\n  \"href\": \"/orgs/1/events/7\",\n  \"timestamp\": \"2026-08-03T10:05:00.000Z\",\n  \"event_type\": \"a.b\", \"odd\": 1.50E+2, \"name\": \"\\u00e9\\n\" \n}";
    let answer = Fault::answer(200, "application/json", format!("[{record}]"));
    world.pce.fault(answer.on("/events").times(1));

    assert_eq!(world.run_at("10:10").code, 0);

    let text = std::fs::read_to_string(path(&world, "events.jsonl")).unwrap();
    let line = record.replace(['\r', '\n'], " ");
    assert_eq!(text, line + "\n");
}

#[test]
fn a_download_that_fails_archives_nothing_and_its_repeat_each_record_once() {
    let mut world = archiving();
    world.run_at("10:00");
    for n in 0..50 {
        world.pce.event(agent_tampering(&format!("db-{n}")).at("10:05"));
        let row = blocked(address(&format!("10.0.1.{n}")), address("10.0.0.1"), 445);
        world.pce.connection(row.at("10:05"));
    }
    for path in ["/events", "/download"] {
        world.pce.fault(Fault::half_body().on(path).times(100));
    }
    let failed = world.run_at("10:10");
    assert_eq!(failed.code, 75, "{failed:?}");
    assert_eq!(counts(&world), (0, 0));

    // Now the first try of each fails, and the second one of the same run does not.
    world.pce.heal();
    for path in ["/events", "/download"] {
        world.pce.fault(Fault::half_body().on(path).times(1));
    }
    let mended = world.run_at("10:20");
    assert_eq!(mended.code, 0, "{mended:?}");
    assert_eq!(counts(&world), (50, 50));
    assert_eq!(left_over(&world), Vec::<String>::new());
}

#[test]
fn a_file_rolls_over_at_ten_megabytes_and_five_are_kept() {
    let mut world = archiving();
    world.run_at("10:00");
    let almost = format!("\"{}\"\n", "x".repeat(10 * 1024 * 1024 - 100));
    std::fs::write(path(&world, "events.jsonl"), &almost).unwrap();
    for old in 1..=5 {
        let name = format!("events.jsonl.{old}");
        std::fs::write(path(&world, &name), format!("{old}\n")).unwrap();
    }
    world.pce.event(agent_tampering("db-01").at("10:05"));

    assert_eq!(world.run_at("10:10").code, 0);

    assert_eq!(counts(&world), (1, 0));
    let read = |old| std::fs::read_to_string(path(&world, &format!("events.jsonl.{old}")));
    assert_eq!(read(1).unwrap(), almost);
    let moved: Vec<String> = (2..=5).map(|old| read(old).unwrap()).collect();
    assert_eq!(moved, ["1\n", "2\n", "3\n", "4\n"]);
    assert!(read(6).is_err());
    assert_eq!(mode(path(&world, "events.jsonl")), 0o640);
}

#[test]
fn a_full_disk_costs_no_alert_is_mailed_once_and_what_was_kept_is_filed_later() {
    let mut world = archiving();
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.event(large("first", 40).at("10:05"));
    assert_eq!(world.run_at("10:10").code, 0);
    world.pce.event(large("second", 20).at("10:15"));
    world.pce.event(agent_tampering("db-01").at("10:15"));

    // Room for the pending file, and none behind the archive's 40 KB.
    let full = world.run_with_files_up_to(48, "10:20");
    assert_eq!((full.code, full.number("alerts")), (75, 1), "{full:?}");
    assert!(full.stderr.contains("events.jsonl cannot be written"), "{full:?}");
    assert_eq!(world.config()["state"]["last_run"]["outcome"], "retry");
    assert!(full.mail().text().contains("db-01"));
    assert_eq!(counts(&world), (1, 0));
    let told = world.run_with_files_up_to(48, "10:30");
    assert_eq!(told.code, 75, "{told:?}");
    assert!(told.mail().subject().contains("Records not archived"), "{told:?}");
    assert_eq!(told.mail().header("X-Illumio-Monitor-Level"), "warning");
    let quiet = world.run_with_files_up_to(48, "10:40");
    assert_eq!((quiet.code, quiet.mails.len()), (75, 0), "{quiet:?}");

    let space = world.run_at("10:50");
    assert_eq!(space.code, 0, "{space:?}");
    assert!(space.mail().subject().contains("archived again"), "{space:?}");
    assert_eq!(counts(&world), (3, 0));
    assert_eq!(world.run_at("11:00").mails.len(), 0);
    assert_eq!(counts(&world), (3, 0));
}

#[test]
fn records_that_find_no_room_at_all_are_counted_and_told() {
    let mut world = archiving();
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.event(large("first", 200).at("10:05"));
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let full = world.run_with_files_up_to(48, "10:10");

    assert_eq!((full.code, full.number("alerts")), (75, 1), "{full:?}");
    assert!(full.stderr.contains("not archived: 2."), "{full:?}");
    let mail = full.mail().text();
    assert!(mail.contains("db-01") && mail.contains("Records not archived"), "{mail}");
    // A run without a record does not show that it is well again.
    let quiet = world.run_at("10:20");
    assert_eq!((quiet.code, quiet.mails.len()), (0, 0), "{quiet:?}");
    world.pce.event(login_failed("eve", "10.1.1.1").at("10:25"));
    let again = world.run_at("10:30");
    assert!(again.mail().subject().contains("archived again"), "{again:?}");
    assert_eq!(counts(&world), (1, 0));
    assert_eq!(left_over(&world), Vec::<String>::new());
}

#[test]
fn an_archive_that_takes_the_last_space_makes_way_for_the_state_and_the_alert() {
    let mut world = archiving();
    let Some(disk) = SmallDisk::under(&world, 512) else {
        return;
    };
    assert_eq!(world.run_at("10:00").code, 0);
    disk.leave(64);
    world.pce.event(large("eve", 55).at("10:05"));
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let tight = world.run_at("10:10");

    assert_eq!((tight.code, tight.number("alerts")), (75, 1), "{tight:?}");
    assert!(tight.mail().text().contains("db-01"), "{tight:?}");
    assert!(tight.stderr.contains("dropped to free space"), "{tight:?}");
    assert_eq!(left_over(&world), Vec::<String>::new());
    let next = world.run_at("10:20");
    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
}

#[test]
fn where_letting_the_records_go_saves_no_state_either_nothing_is_mailed_and_all_comes_later() {
    let mut world = archiving();
    assert_eq!(world.run_at("10:00").code, 0);
    // A folder in the place of the temporary file: no save comes to its end.
    let hindrance = world.folder().join("illumio_api_config.json.tmp");
    std::fs::create_dir(&hindrance).unwrap();
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let unsaved = world.run_at("10:10");

    assert_ne!(unsaved.code, 0, "{unsaved:?}");
    assert_eq!(unsaved.mails.len(), 0, "{unsaved:?}");
    assert!(unsaved.stderr.contains("dropped to free space"), "{unsaved:?}");
    assert_eq!((counts(&world), left_over(&world)), ((0, 0), Vec::new()));
    std::fs::remove_dir(&hindrance).unwrap();
    let next = world.run_at("10:20");
    assert_eq!((next.code, next.number("alerts"), next.mails.len()), (0, 1, 1), "{next:?}");
    assert_eq!(counts(&world), (1, 0));
}

#[test]
fn the_mail_goes_before_the_archive_and_a_run_killed_between_files_its_records_later() {
    let mut world = archiving();
    assert_eq!(world.run_at("10:00").code, 0);
    let slow = Action::Pause(3_000, Box::new(Action::Say("354 now\r\n".into())));
    world.mail_server(Options::default().times("DATA", 1, slow));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.set_now("10:10");
    let mut run = world.run_until(World::sends_a_mail);
    let filed = counts(&world);
    run.kill().unwrap();
    run.wait().unwrap();

    assert_eq!(filed, (0, 0));
    let next = world.run_at("10:20");
    assert_eq!((next.number("alerts"), next.mails.len()), (0, 1), "{next:?}");
    assert_eq!((counts(&world), left_over(&world)), ((1, 0), Vec::new()));
}

#[test]
fn a_folder_that_cannot_be_made_or_is_anothers_costs_no_alert_and_is_mailed_once() {
    let mut world = archiving();
    std::fs::write(world.folder().join("logs"), "a file").unwrap();
    world.pce.event(agent_tampering("db-01").at("09:55"));
    let refused = world.run_at("10:00");
    assert_eq!((refused.code, refused.number("alerts")), (75, 1), "{refused:?}");
    assert!(refused.stderr.contains("logs/pce cannot be used"), "{refused:?}");
    let mail = refused.mail().text();
    assert!(mail.contains("db-01") && mail.contains("Records not archived"), "{mail}");
    let quiet = world.run_at("10:10");
    assert_eq!((quiet.code, quiet.mails.len()), (75, 0), "{quiet:?}");

    std::fs::remove_file(world.folder().join("logs")).unwrap();
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let mended = world.run_at("10:20");
    assert_eq!((mended.code, mended.number("alerts")), (0, 1), "{mended:?}");
    assert_eq!(counts(&world), (1, 0));

    // Another config's run is at it.
    let lock = std::fs::File::open(path(&world, ".lock")).unwrap();
    lock.lock().unwrap();
    let busy = world.run_at("10:30");
    assert_eq!(busy.code, 75, "{busy:?}");
    assert!(busy.stderr.contains("its own folder"), "{busy:?}");
}

#[test]
fn trouble_with_an_archive_that_nobody_wants_any_more_is_over_without_a_word() {
    let mut world = archiving();
    std::fs::write(world.folder().join("logs"), "a file").unwrap();
    assert_eq!(world.run_at("10:00").mails.len(), 1);
    let held = |world: &World| world.config()["state"]["conditions"].to_string();
    assert!(held(&world).contains("archive"), "{}", held(&world));

    world.edit(|config| drop(config["settings"].as_object_mut().unwrap().remove("archive_dir")));
    let run = world.run_at("10:10");

    assert_eq!((run.code, run.mails.len()), (0, 0), "{run:?}");
    assert!(!held(&world).contains("archive"), "{}", held(&world));
}

#[test]
fn after_a_crash_what_the_state_counts_is_filed_and_the_rest_is_fetched_again() {
    let mut world = archiving();
    world.pce.event(agent_tampering("db-01").at("09:55"));
    assert_eq!(world.run_at("10:00").code, 0);
    let whole = std::fs::read_to_string(path(&world, "events.jsonl")).unwrap();
    // Killed while it filed the records of a saved state, in the middle of a line.
    world.edit(|config| config["state"]["archive"] = json!("00aa"));
    std::fs::write(path(&world, "events.jsonl"), whole.clone() + "{\"n\":").unwrap();
    std::fs::write(path(&world, ".events-00aa-8.pending"), "{\"n\":1}\n{\"n\":2}\n").unwrap();
    // And one killed before its state was saved.
    std::fs::write(path(&world, ".flows-00bb-0.pending"), "{\"n\":3}\n").unwrap();

    assert_eq!(world.run_at("10:10").code, 0);

    let text = std::fs::read_to_string(path(&world, "events.jsonl")).unwrap();
    assert_eq!(text, whole + "{\"n\":2}\n");
    assert_eq!(lines(&world, "flows.jsonl").len(), 0);
    assert_eq!(left_over(&world), Vec::<String>::new());
}

#[test]
fn two_hundred_thousand_rows_stay_within_the_archives_bound_and_it_says_so() {
    let mut world = archiving();
    world.set("email.raw_snapshot", json!(false));
    world.rule(json!({"type": "traffic", "name": "All", "pd": -1}));
    world.pce.every_query(Fate::completes().after_polls(0));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.bulk(200_000);
    world.pce.gzip(false);

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("flows")), (0, 200_000), "{run:?}");
    let files = ["", ".1", ".2", ".3", ".4", ".5"].map(|old| format!("flows.jsonl{old}"));
    let mut kept = 0;
    for name in files {
        let file = path(&world, &name);
        assert!(std::fs::metadata(&file).unwrap().len() <= 10 * 1024 * 1024);
        kept += std::fs::read_to_string(&file).unwrap().lines().count();
    }
    assert!(kept > 10_000, "{kept}");
    let text = run.mail().text();
    assert!(text.contains("than the archive keeps"), "{text}");
    assert!(!path(&world, "flows.jsonl.6").exists());
}
