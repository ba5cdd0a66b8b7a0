//! The one file on a full disk, in a folder that cannot be written to, put back by
//! editors and backups, or damaged: it stays whole, and no alert is lost.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, SmallDisk, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic", "name": "Blocked"}));
    world
}

fn text(world: &World) -> String {
    std::fs::read_to_string(world.config_path()).unwrap()
}

fn write(world: &World, text: &str) {
    std::fs::write(world.config_path(), text).unwrap();
}

fn last(world: &World) -> String {
    let last = world.folder().join("illumio_api_config.json.last");
    std::fs::read_to_string(last).unwrap()
}

/// Which hosts are told, in how many mails.
fn mails_naming(world: &World, host: &str) -> usize {
    let mails = world.mailbox.all();
    mails.iter().filter(|mail| mail.text().contains(host)).count()
}

/// A run that can write no file of more than half a kilobyte: as on a full disk, a
/// write breaks off.
fn run_on_a_full_disk(world: &World) -> Run {
    let plain = world.command(&["run"]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"])
        .arg(plain.get_program())
        .args(plain.get_args())
        .env_clear()
        .current_dir(world.folder());
    for (name, value) in plain.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    let output = shell.stdin(Stdio::null()).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        took: std::time::Duration::ZERO,
        mails: Vec::new(),
    }
}

#[test]
fn a_full_disk_costs_no_alert_and_leaves_the_file_whole() {
    let mut world = watched();
    world.run_at("10:00");
    let before = (text(&world), last(&world));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.set_now("10:10");

    let full = run_on_a_full_disk(&world);

    assert!(matches!(full.code, 75 | 78), "{full:?}");
    assert!(full.stderr.contains("cannot be written"), "{full:?}");
    assert!(full.stderr.contains("illumio_api_config.json"), "{full:?}");
    assert_eq!((text(&world), last(&world)), before);
    assert!(!world.folder().join("illumio_api_config.json.tmp").exists());

    let space = world.run_at("10:20");
    assert_eq!((space.code, space.number("alerts")), (0, 1), "{space:?}");
    assert_eq!(world.run_at("10:30").code, 0);
    assert_eq!(mails_naming(&world, "db-01"), 1);
}

#[test]
fn a_disk_that_stays_full_sends_nothing_twice_and_loses_nothing() {
    let mut world = watched();
    let Some(disk) = SmallDisk::under(&world, 256) else {
        return;
    };
    assert_eq!(world.run_at("10:00").code, 0);
    let before = (text(&world), last(&world));
    disk.leave(0);
    for (host, happened, time) in
        [("db-01", "10:05", "10:10"), ("db-02", "10:15", "10:20"), ("db-03", "10:25", "10:30")]
    {
        world.pce.event(agent_tampering(host).at(happened));
        let run = world.run_at(time);
        assert_eq!((run.code, run.mails.len()), (75, 0), "{run:?}");
        assert!(run.stderr.contains("cannot be written"), "{run:?}");
        assert!(run.stderr.contains("illumio_api_config.json"), "{run:?}");
        assert_eq!((text(&world), last(&world)), before, "{time}");
    }
    disk.clear();

    let space = world.run_at("10:40");

    assert_eq!((space.code, space.number("events")), (0, 3), "{space:?}");
    assert_eq!(world.run_at("10:50").mails.len(), 0);
    for host in ["db-01", "db-02", "db-03"] {
        assert_eq!(mails_naming(&world, host), 1, "{host}");
    }
}

#[test]
fn where_the_copy_alone_cannot_be_written_the_mail_goes_out_once_and_that_is_said() {
    let mut world = watched();
    world.run_at("10:00");
    let copy = world.folder().join("illumio_api_config.json.last");
    // A folder in the place of its temporary file.
    let hindrance = world.folder().join("illumio_api_config.json.last.tmp");
    std::fs::create_dir(&hindrance).unwrap();
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts"), run.mails.len()), (75, 1, 1), "{run:?}");
    assert_eq!(run.stderr.matches("the change is saved").count(), 1, "{run:?}");
    assert!(run.stderr.contains(&copy.display().to_string()), "{run:?}");
    std::fs::remove_dir(&hindrance).unwrap();
    let next = world.run_at("10:20");
    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
    assert_eq!(text(&world), last(&world));
}

#[test]
fn a_folder_that_cannot_be_written_to_costs_no_alert_and_is_told() {
    let mut world = watched();
    world.run_at("10:00");
    let folder = world.folder().to_owned();
    // Root writes everywhere; but for another user's folder it becomes that user.
    let root = std::fs::metadata(&folder).unwrap().uid() == 0;
    if root {
        let all = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for path in all.chain([folder.clone()]) {
            chown(path, Some(4321), Some(4321)).unwrap();
        }
    }
    let mode = |mode| {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o555);
    let before = text(&world);
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let refused = world.run_at("10:10");
    mode(0o755);

    if root && refused.stderr.contains("cannot go on as") {
        eprintln!("skipped: this root may not become another user: {refused:?}");
        return;
    }
    assert!(matches!(refused.code, 75 | 78), "{refused:?}");
    assert!(refused.stderr.contains("cannot be written"), "{refused:?}");
    assert_eq!(text(&world), before);
    let mended = world.run_at("10:20");
    assert_eq!((mended.code, mended.number("alerts")), (0, 1), "{mended:?}");
    assert_eq!(world.run_at("10:30").code, 0);
    assert_eq!(mails_naming(&world, "db-01"), 1);
}

#[test]
fn an_editors_save_of_an_hour_old_copy_brings_its_edit_and_no_old_state() {
    let mut world = watched();
    world.run_at("10:00");
    let opened = text(&world);
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.connection(blocked("web-01", "db-02", 445).at("10:06").times(7));
    let runs = world.run_every(10, "10:10", "11:00");
    assert_eq!(runs.iter().map(|run| run.number("alerts")).sum::<u64>(), 2);

    write(&world, &opened.replace("\"site_name\": \"test\"", "\"site_name\": \"edited\""));
    world.pce.event(agent_tampering("db-09").at("11:05"));
    let run = world.run_at("11:10");

    assert_eq!((run.code, run.number("events"), run.number("alerts")), (0, 1, 1), "{run:?}");
    assert!(run.stderr.contains("is older than"), "{run:?}");
    assert!(run.mail().subject().contains("edited"));
    world.run_every(10, "11:20", "11:40");
    assert_eq!((mails_naming(&world, "db-01"), mails_naming(&world, "db-09")), (1, 1));
    assert_eq!(mails_naming(&world, "web-01"), 1);
}

#[test]
fn last_nights_backup_sends_no_mail_again_that_was_delivered_since() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let port = world.config()["smtp"]["port"].clone();
    world.set("smtp.port", json!(9));
    assert_eq!(world.run_at("10:10").number("pending"), 1);
    world.set("smtp.port", port);
    // The mail was waiting when the backup was made, and is delivered after it.
    let backup = text(&world);
    assert_eq!(world.run_at("10:20").number("mails"), 1);
    world.run_every(60, "11:20", "23:20");

    write(&world, &backup);
    let restored = world.run_at("23:30");

    assert_eq!((restored.code, restored.number("pending")), (0, 0), "{restored:?}");
    assert!(restored.stderr.contains("is older than"), "{restored:?}");
    assert_eq!(mails_naming(&world, "db-01"), 1);
}

#[test]
fn a_backup_without_its_last_copy_goes_on_from_then_and_loses_nothing() {
    let mut world = watched();
    world.run_at("10:00");
    let backup = text(&world);
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:10");
    // Another host: the one file alone was brought there.
    write(&world, &backup);
    std::fs::remove_file(world.folder().join("illumio_api_config.json.last")).unwrap();
    world.pce.event(agent_tampering("db-02").at("10:15"));

    let run = world.run_at("10:20");

    assert_eq!((run.code, run.number("events")), (0, 2), "{run:?}");
    assert_eq!(mails_naming(&world, "db-02"), 1);
}

#[test]
fn whichever_part_of_the_state_is_damaged_the_run_goes_on_and_says_so() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:10");
    let state = world.config()["state"].as_object().unwrap().clone();
    let damages = [json!("\u{0}rubbish"), json!(-1), json!([[]]), Value::Null];
    let mut minute = 20;
    let mut told = 0;
    for part in state.keys().filter(|part| *part != "version") {
        for damage in &damages {
            world.edit(|config| config["state"][part] = damage.clone());
            let host = format!("after-{part}-{minute}");
            let when = at("10:00") + jiff::SignedDuration::from_mins(minute);
            world.pce.event(agent_tampering(&host).at(when));
            let run = world.run_at(when + jiff::SignedDuration::from_mins(1));
            assert_eq!(run.code, 0, "{part} {damage}: {run:?}");
            assert_eq!(mails_naming(&world, &host), 1, "{part} {damage}: {run:?}");
            told += u64::from(run.stderr.contains(part.as_str()));
            let next = world.run_at(when + jiff::SignedDuration::from_mins(2));
            assert_eq!((next.code, next.stderr.as_str()), (0, ""), "{part} {damage}");
            minute += 5;
        }
    }
    assert!(told > 0);
}

/// So many bits are flipped; `ILLUMIO_MONITOR_FLIPS` for more.
const FLIPS: usize = 30;

#[test]
fn a_flipped_bit_of_the_state_loses_nothing_and_repeats_nothing_without_a_word() {
    let flips = std::env::var("ILLUMIO_MONITOR_FLIPS");
    let flips = flips.ok().and_then(|flips| flips.parse().ok());
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic", "name": "Blocked", "port": 445}));
    world.pce.event(agent_tampering("told-01").at("09:57"));
    world.pce.connection(blocked("web-01", "told-02", 445).at("09:58"));
    world.run_at("10:00");
    let port = world.mailbox.port();
    world.set("smtp.port", json!(9));
    world.pce.event(agent_tampering("waits-01").at("10:05"));
    assert_eq!(world.run_at("10:10").number("pending"), 1);
    world.pce.event(agent_tampering("new-01").at("10:15"));
    world.pce.connection(blocked("web-02", "new-02", 445).at("10:16"));
    world.set("smtp.port", json!(port));
    let last = world.folder().join("illumio_api_config.json.last");
    // Both as a save leaves them.
    let good = std::fs::read_to_string(world.config_path()).unwrap();
    std::fs::write(&last, &good).unwrap();
    let begin = good.find("\"state\":").unwrap() + "\"state\":".len();
    let bits = (good.trim_end().len() - 2 - begin) * 8;
    let mut broken = 0;
    for nth in 0..flips.unwrap_or(FLIPS) {
        let bit = nth * 104_729 % bits;
        let mut bytes = good.clone().into_bytes();
        bytes[begin + bit / 8] ^= 1 << (bit % 8);
        let what =
            String::from_utf8_lossy(&bytes[begin + bit / 8 - 8..begin + bit / 8 + 2]).into_owned();
        std::fs::write(world.config_path(), &bytes).unwrap();
        let has_copy = nth % 3 != 0;
        match has_copy {
            true => std::fs::write(&last, &good).unwrap(),
            false => std::fs::remove_file(&last).unwrap_or_default(),
        }

        // Each some minutes later: a PCE answers only so many requests a minute.
        let minutes = SignedDuration::from_mins(nth as i64 % 600);
        let run = world.run_at(at("10:20") + minutes);

        let told = |host: &str| run.mails.iter().filter(|mail| mail.text().contains(host)).count();
        let counts = ["told-01", "told-02", "waits-01", "new-01", "new-02"].map(told);
        let said = run.stderr.contains("damaged") || run.stderr.contains("has no state");
        match run.code {
            // It is no JSON any more: a person is needed, and nothing was touched.
            78 => {
                assert!(run.stderr.contains("illumio_api_config.json: line"), "{what}: {run:?}");
                assert_eq!(std::fs::read(world.config_path()).unwrap(), bytes);
                broken += 1;
            }
            _ if has_copy => assert_eq!(counts, [0, 0, 1, 1, 1], "{what}: {run:?}"),
            _ => assert!(said || counts == [0, 0, 1, 1, 1], "{what}: {counts:?} {run:?}"),
        }
    }
    assert!(broken * 2 < flips.unwrap_or(FLIPS), "{broken}");
}

#[test]
fn a_file_that_breaks_while_a_run_is_at_work_costs_no_alert_and_is_told() {
    let mut world = watched();
    world.run_at("10:00");
    let good = text(&world);
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.set_now("10:10");
    world.pce.forget_requests();
    world.pce.fault(Fault::hang(std::time::Duration::from_millis(1_500)).on("/health").times(1));
    let plain = world.command(&["run"]);
    let mut at_work = plain;
    let at_work = at_work.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !world.asks_the_pce() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let broken = good.replacen("\"recipients\"", "\"recipents\"", 1);
    write(&world, &broken);

    let ended = at_work.wait_with_output().unwrap();

    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(78), "{told}");
    assert_eq!(told.matches("email.recipents").count(), 1, "{told}");
    assert_eq!(text(&world), broken);
    assert_eq!(mails_naming(&world, "db-01"), 1);
    write(&world, &good);
    assert_eq!(world.run_at("10:20").code, 0);
    assert_eq!(mails_naming(&world, "db-01"), 1);
}
