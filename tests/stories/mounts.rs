//! The config as a mount of one file, as containers and `BindPaths=` have it; as root
//! alone, in a mount namespace.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::check::{findings, in_good_order};
use crate::pce::*;
use crate::world::names::{may_mount, traced, with_mounts};
use crate::world::{Run, World};

/// The file that is mounted, outside of the config's folder.
fn outside(world: &World) -> PathBuf {
    world.folder().join("outside").join("real.json")
}

/// A world whose config lies elsewhere, and is to be mounted where it was.
fn mounted() -> Option<World> {
    if !may_mount() {
        return None;
    }
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    let outside = outside(&world);
    std::fs::create_dir(outside.parent().unwrap()).unwrap();
    std::fs::copy(world.config_path(), &outside).unwrap();
    std::fs::write(world.config_path(), "").unwrap();
    Some(world)
}

fn run(world: &mut World, arguments: &[&str], options: &str) -> Run {
    let (outside, config) = (outside(world), world.config_path());
    let command = world.command(arguments);
    let command = with_mounts(&command, &[(&outside, &config)], options);
    world.run_command(command)
}

fn run_at(world: &mut World, when: &str) -> Run {
    world.pce.set_now(when);
    run(world, &["run"], "")
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn last(world: &World) -> PathBuf {
    world.folder().join("illumio_api_config.json.last")
}

#[test]
fn a_config_that_is_a_mount_of_its_own_is_saved_in_place() {
    let Some(mut world) = mounted() else { return };
    let outside = outside(&world);
    for (number, minute) in (1..).zip(["10:10", "10:20", "10:30"]) {
        world.pce.event(agent_tampering(&format!("db-{number}")).at(minute));

        let run = run_at(&mut world, minute);

        assert_eq!((run.code, run.number("pending")), (0, 0), "{run:?}");
        assert_eq!((run.number("alerts"), run.mails.len()), (1, 1), "{run:?}");
        let saved = std::fs::read(&outside).unwrap();
        assert_eq!(saved, std::fs::read(last(&world)).unwrap());
    }
    let added = run(&mut world, &["rules", "disable", "1"], "");
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(read(&outside)["rules"][0]["enabled"], json!(false));
    let left: Vec<_> = std::fs::read_dir(world.folder()).unwrap().flatten().collect();
    let left = left.iter().map(|entry| entry.file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().ends_with(".tmp")));
}

#[test]
fn a_save_in_place_that_a_crash_interrupted_is_mended_from_the_copy() {
    let Some(mut world) = mounted() else { return };
    world.pce.event(agent_tampering("db-1").at("10:05"));
    assert_eq!(run_at(&mut world, "10:10").number("alerts"), 1);
    let outside = outside(&world);
    let whole = std::fs::read(&outside).unwrap();
    let state = whole.windows(7).position(|word| word == b"\"state\"").unwrap();
    for (minute, length, zeros) in [
        ("10:20", whole.len() - 3, 0),
        ("10:30", state + 20, 0),
        ("10:40", state + 9, 400),
        ("10:50", 1, 0),
    ] {
        // As a crash leaves it: the beginning of what was to be written.
        let whole = std::fs::read(last(&world)).unwrap();
        let torn = [&whole[..length], &vec![0; zeros]].concat();
        std::fs::write(&outside, torn).unwrap();

        let run = run_at(&mut world, minute);

        // Nothing is told twice, and nothing is wrong any more.
        assert_eq!((run.code, run.mails.len()), (0, 0), "{length}: {run:?}");
        assert_eq!(std::fs::read(&outside).unwrap(), std::fs::read(last(&world)).unwrap());
    }
    // An empty one is the beginning of anything: nobody began to write it.
    std::fs::write(&outside, "").unwrap();
    let run = run_at(&mut world, "10:55");
    assert_eq!((run.code, std::fs::metadata(&outside).unwrap().len()), (78, 0), "{run:?}");
    // What somebody made of it is his.
    let edited = String::from_utf8(whole).unwrap().replacen("{", "{,", 1);
    std::fs::write(&outside, &edited).unwrap();
    let run = run_at(&mut world, "11:00");
    assert_eq!(run.code, 78, "{run:?}");
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), edited);
}

#[test]
fn an_edit_in_place_for_which_the_disk_is_too_full_leaves_the_file_as_it_was() {
    let Some(mut world) = mounted() else { return };
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    let (outside, config) = (outside(&world), world.config_path());
    let folder = outside.parent().unwrap().to_owned();
    let rule = |name: &str| {
        json!({"type": "event", "name": name, "filter_value": "agent.tampering"}).to_string()
    };
    // A disk with room for what is there, and a page more.
    let whole = std::fs::read(&outside).unwrap();
    let size = (whole.len() as u64).next_multiple_of(4096) + 4096;
    let on_the_disk = |arguments: &[&str], then: &str| {
        let inner = with_mounts(&world.command(arguments), &[(&outside, &config)], "");
        let script = format!(
            "cp real.json ../kept.json && mount -t tmpfs -o size={size} none . && \
             cp ../kept.json {0} && cd .. && \"$0\" \"$@\" && code=$? || code=$?; \
             cp {0} {then}; exit $code",
            outside.display()
        );
        let mut full = std::process::Command::new("unshare");
        full.args(["--mount", "sh", "-c", &script]);
        full.arg(inner.get_program()).args(inner.get_args());
        full.current_dir(&folder).env("LANG", "C.UTF-8");
        full.output().unwrap()
    };
    let after = world.folder().join("after.json");

    let long = rule(&"x".repeat(20_000));
    let added = on_the_disk(&["rules", "add", &long], after.to_str().unwrap());

    let told = String::from_utf8_lossy(&added.stderr).into_owned();
    assert_ne!(added.status.code(), Some(0), "{told}");
    assert!(told.contains("disk is full") && told.contains("stays as it was"), "{told}");
    assert_eq!(std::fs::read(&after).unwrap(), whole);
    // A short one has room.
    let added = on_the_disk(&["rules", "add", &rule("x")], after.to_str().unwrap());
    assert_eq!(added.status.code(), Some(0), "{added:?}");
    assert_eq!(read(&after)["rules"].as_array().unwrap().len(), 2);
}

#[test]
fn where_the_disk_is_too_full_even_for_what_was_there_the_copy_is_what_counts() {
    let Some(mut world) = mounted() else { return };
    let outside = outside(&world);
    let mut long = read(&outside);
    long["rules"][0]["desc"] = json!("x".repeat(8_000));
    std::fs::write(&outside, long.to_string()).unwrap();
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    world.pce.event(agent_tampering("db-1").at("10:15"));
    world.pce.set_now("10:20");
    // A disk of one page: the beginning is there, and zeros without a place of their own,
    // as a crash leaves them.
    let inner = with_mounts(&world.command(&["run"]), &[(&outside, &world.config_path())], "");
    let script = format!(
        "head -c 1000 real.json >../begun.json && mount -t tmpfs -o size=4096 none . && cd . && \
         cp ../begun.json {0} && truncate -s 9000 {0} && cd .. && \"$0\" \"$@\" && code=$? || code=$?; \
         cp {0} after.json; exit $code",
        outside.display()
    );
    let mut full = std::process::Command::new("unshare");
    full.args(["--mount", "sh", "-c", &script]);
    full.arg(inner.get_program()).args(inner.get_args());
    full.current_dir(outside.parent().unwrap()).env("LANG", "C.UTF-8");

    let run = world.run_command(full);

    assert_eq!((run.code, run.number("alerts"), run.mails.len()), (75, 1, 1), "{run:?}");
    assert!(run.stderr.contains("the change is saved") && run.stderr.contains("full"), "{run:?}");
    let after = std::fs::read(world.folder().join("after.json")).unwrap();
    // It begins as the copy does, and where it was to go on are zeros.
    let zeros = after.iter().rev().take_while(|byte| **byte == 0).count();
    let begun = &after[..after.len() - zeros];
    assert!(begun.len() < 4_096 && std::fs::read(last(&world)).unwrap().starts_with(begun));
    // The next one has room, and goes on from the copy.
    std::fs::write(&outside, after).unwrap();
    let next = run_at(&mut world, "10:30");
    assert_eq!((next.code, next.number("alerts"), next.mails.len()), (0, 0, 0), "{next:?}");
    assert_eq!(std::fs::read(&outside).unwrap(), std::fs::read(last(&world)).unwrap());
}

/// A run in which a system call on the mounted file fails or kills.
fn run_tampered(world: &mut World, when: &str, tampering: &str) -> Option<Run> {
    world.pce.set_now(when);
    let (outside, config) = (outside(world), world.config_path());
    let command = traced(&world.command(&["run"]), &["-P", config.to_str()?, "-e", tampering])?;
    Some(world.run_command(with_mounts(&command, &[(&outside, &config)], "")))
}

#[test]
fn a_run_that_is_killed_while_it_writes_in_place_leaves_the_beginning_of_the_copy() {
    let Some(mut world) = mounted() else { return };
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    world.pce.event(agent_tampering("db-1").at("10:15"));
    let Some(killed) = run_tampered(&mut world, "10:20", "inject=write:signal=KILL:when=1") else {
        return;
    };
    assert_eq!(killed.mails.len(), 0, "{killed:?}");
    let torn = std::fs::read(outside(&world)).unwrap();
    assert!(!torn.is_empty() && std::fs::read(last(&world)).unwrap().starts_with(&torn));

    let next = run_at(&mut world, "10:30");

    assert_eq!((next.code, next.number("alerts"), next.mails.len()), (0, 0, 1), "{next:?}");
    assert_eq!(std::fs::read(outside(&world)).unwrap(), std::fs::read(last(&world)).unwrap());
}

#[test]
fn a_file_in_place_that_the_disk_did_not_take_is_put_back_and_no_mail_goes_out_by_it() {
    let Some(mut world) = mounted() else { return };
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    let before = std::fs::read(outside(&world)).unwrap();
    world.pce.event(agent_tampering("db-1").at("10:15"));
    let Some(refused) = run_tampered(&mut world, "10:20", "inject=fsync:error=EIO:when=1") else {
        return;
    };
    assert_eq!(refused.mails.len(), 0, "{refused:?}");
    assert!(refused.stderr.contains("cannot be written"), "{refused:?}");
    assert_eq!(std::fs::read(outside(&world)).unwrap(), before);
}

#[test]
fn an_edit_that_leaves_the_file_invalid_is_made_in_place_and_the_copy_stays() {
    let Some(mut world) = mounted() else { return };
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    let outside = outside(&world);
    let copy = std::fs::read(last(&world)).unwrap();
    let mut invalid = read(&outside);
    invalid["settings"]["reminder_hours"] = json!(0);
    std::fs::write(&outside, invalid.to_string()).unwrap();

    let edited = run(&mut world, &["rules", "disable", "1"], "");

    assert_eq!(edited.code, 78, "{edited:?}");
    assert_eq!(read(&outside)["rules"][0]["enabled"], json!(false));
    assert_eq!(std::fs::read(last(&world)).unwrap(), copy);
    assert!(!world.folder().join("illumio_api_config.json.tmp").exists());
}

#[test]
fn what_a_stranger_put_in_the_copys_place_mends_nothing() {
    let Some(mut world) = mounted() else { return };
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    let whole = std::fs::read(last(&world)).unwrap();
    let elsewhere = world.folder().join("elsewhere");
    std::fs::rename(last(&world), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, last(&world)).unwrap();
    let torn = &whole[..whole.len() - 3];
    std::fs::write(outside(&world), torn).unwrap();

    let run = run_at(&mut world, "10:20");

    assert_eq!(run.code, 78, "{run:?}");
    assert_eq!(std::fs::read(outside(&world)).unwrap(), torn);
    assert_eq!(std::fs::read(&elsewhere).unwrap(), whole);
}

#[test]
fn check_says_that_the_config_is_a_mount_and_what_that_means() {
    let Some(mut world) = mounted() else { return };
    assert_eq!(run_at(&mut world, "10:10").code, 0);
    let check = run(&mut world, &["check", "--json"], "");
    let text = told(&check, "mount", "remark");
    assert!(text.contains("Mount the folder"), "{text}");
    let mut plain = World::new();
    in_good_order(&mut plain);
    let check = plain.run(&["check", "--json"]);
    assert!(!findings(&check).iter().any(|(probe, ..)| probe == "mount"));
}

#[test]
fn on_a_read_only_mount_the_advice_is_to_mount_it_otherwise() {
    let Some(mut world) = mounted() else { return };
    world.pce.event(agent_tampering("db-1").at("10:05"));
    world.pce.set_now("10:10");
    let saves = run(&mut world, &["run"], "ro");
    assert_eq!(saves.code, 78, "{saves:?}");
    assert!(saves.stderr.contains("read-only"), "{saves:?}");
    let check = run(&mut world, &["check", "--json"], "ro");
    let text = told(&check, "permissions", "failed");
    assert!(text.contains("remount,rw") && !text.contains("chown"), "{text}");
}

#[test]
fn in_a_read_only_folder_with_the_one_file_mounted_it_is_said_that_the_folder_has_to_be() {
    let Some(mut world) = mounted() else { return };
    let (outside, config) = (outside(&world), world.config_path());
    let inner = world.folder().to_owned();
    // The folder first, and read-only; then the file on it, for writing.
    let kept = tempfile(&outside);
    let command = with_mounts(&world.command(&["run"]), &[(&kept, &config)], "");
    let command = with_mounts(&command, &[(&inner, &inner)], "ro");
    world.pce.set_now("10:10");
    let run = world.run_command(command);
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stderr.contains("the folder, not just the file"), "{run:?}");
    let command = with_mounts(&world.command(&["check", "--json"]), &[(&kept, &config)], "");
    let command = with_mounts(&command, &[(&inner, &inner)], "ro");
    let check = world.run_command(command);
    let text = told(&check, "permissions", "failed");
    assert!(text.contains("remount,rw") && !text.contains("chown"), "{text}");
    std::fs::remove_file(kept).unwrap();
}

/// A copy outside of the world's folder.
fn tempfile(of: &Path) -> PathBuf {
    let copy = std::env::temp_dir().join(format!("mounted-{}.json", std::process::id()));
    std::fs::copy(of, &copy).unwrap();
    copy
}

/// All that the findings of a probe with this result say.
fn told(check: &Run, probe: &str, result: &str) -> String {
    let found = findings(check).into_iter();
    let found = found.filter(|(name, how, _)| name == probe && how == result);
    let texts = found.map(|(.., finding)| format!("{}\n{}", finding["what"], finding["fix"]));
    let text = texts.collect::<Vec<_>>().join("\n");
    assert!(!text.is_empty(), "no {probe}: {check:?}");
    text
}
