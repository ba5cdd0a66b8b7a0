//! The program in root's hands: with other people's files, in other people's folders. These
//! stories need root, and say that they skip where they are told by someone else.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::pce::*;
use crate::world::{Run, World, run_to_its_end};

/// A user whom no host knows.
const STRANGER: u32 = 4321;

/// Whether these stories can be told; that they can't is said.
fn root() -> bool {
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    if !root {
        eprintln!("skipped: only root can give files to others");
    }
    root
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Gives the config and its folder, or one of them, to that user.
fn give(path: &Path, uid: u32) {
    chown(path, Some(uid), Some(uid)).unwrap();
}

/// What stands in a file, whose it is, and its mode.
fn about(path: &Path) -> (String, u32, u32) {
    let found = fs::metadata(path).unwrap();
    let text = fs::read_to_string(path).unwrap();
    (text, found.uid(), found.mode() & 0o777)
}

/// A file of root's alone, out of the world's folder.
fn precious(folder: &Path) -> PathBuf {
    let file = folder.join("precious");
    fs::write(&file, "root's alone").unwrap();
    chmod(&file, 0o600);
    file
}

fn cannot_become_another(run: &Run) -> bool {
    let so = run.stderr.contains("can't be executed again");
    if so {
        eprintln!("skipped: this root may not become another user: {run:?}");
    }
    so
}

const COMMANDS: [&[&str]; 4] = [
    &["run"],
    &["rules", "disable", "1"],
    &["test-mail"],
    &["rules", "add", r#"{"type":"event","name":"x","filter_value":"x"}"#],
];

/// With a rule, so that there is something to do.
fn world() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

#[test]
fn a_link_that_someone_planted_beside_his_own_config_is_not_followed_by_root() {
    if !root() {
        return;
    }
    let away = tempfile::tempdir().unwrap();
    let target = precious(away.path());
    let new = away.path().join("new");
    // In his own folder, and in one of root's where everyone may put things, as /tmp.
    for (owner, mode) in [(STRANGER, 0o755), (0, 0o1777)] {
        for arguments in COMMANDS.iter().chain(&[&["check"][..]]) {
            for end in [".run.lock", ".lock", ".last"] {
                let mut world = world();
                let planted = world.folder().join(format!("illumio_api_config.json{end}"));
                give(world.folder(), owner);
                chmod(world.folder(), mode);
                give(&world.config_path(), STRANGER);
                symlink(&target, &planted).unwrap();
                let before = about(&target);

                let run = world.run(arguments);

                if cannot_become_another(&run) {
                    return;
                }
                assert_eq!(about(&target), before, "{end} {arguments:?} {run:?}");
                let told = format!("{}{}", run.stdout, run.stderr);
                if arguments[0] == "run" || arguments[0] == "check" {
                    assert_eq!(run.code, 78, "{end} {arguments:?} {run:?}");
                    assert!(told.contains("is a link"), "{end} {arguments:?} {run:?}");
                }
                fs::remove_file(&planted).unwrap();
                symlink(&new, &planted).unwrap();
                world.run(arguments);
                assert!(!new.exists(), "{end} {arguments:?}");
            }
        }
    }
}

#[test]
fn roots_config_in_a_folder_that_others_may_write_is_refused_and_nothing_is_touched() {
    if !root() {
        return;
    }
    let away = tempfile::tempdir().unwrap();
    let target = precious(away.path());
    type Opening = fn(&Path);
    let openings: [(&str, Opening); 3] = [
        ("chown 4321", |folder| give(folder, STRANGER)),
        ("chmod o-w", |folder| chmod(folder, 0o777)),
        ("chmod g-w", |folder| {
            // `nobody` is in it.
            chown(folder, None, Some(65534)).unwrap();
            chmod(folder, 0o775);
        }),
    ];
    for (cure, open) in openings {
        for arguments in COMMANDS {
            let mut world = world();
            open(world.folder());
            symlink(&target, world.folder().join("illumio_api_config.json.run.lock")).unwrap();
            let before = (about(&target), about(&world.config_path()));
            let run = world.run(arguments);
            assert_eq!(run.code, 78, "{cure} {arguments:?} {run:?}");
            assert!(run.stderr.contains("root does not use"), "{run:?}");
            assert!(run.stderr.contains(cure), "{run:?}");
            assert_eq!((about(&target), about(&world.config_path())), before);
            assert!(world.pce.requests().is_empty(), "{arguments:?}");

            let check = world.run(&["check"]);
            assert_eq!(check.code, 78, "{check:?}");
            assert!(check.stdout.contains(cure), "{check:?}");
            assert!(world.pce.requests().is_empty(), "root's rights read nothing");
        }
    }
    // Where nobody takes another's file away, as in /tmp, root's config is root's.
    let mut world = world();
    chmod(world.folder(), 0o1777);
    let run = world.run_at("10:00");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
}

#[test]
fn another_users_config_in_roots_folder_does_not_make_root_read_its_secret_file() {
    if !root() {
        return;
    }
    for mode in [0o755, 0o1777] {
        let mut world = world();
        let secret = world.folder().join("secret");
        fs::write(&secret, world.pce.secret()).unwrap();
        chmod(&secret, 0o600);
        world.edit(|config| {
            config["api"].as_object_mut().unwrap().remove("secret");
            config["api"]["secret_file"] = json!(secret);
        });
        give(&world.config_path(), STRANGER);
        chmod(world.folder(), mode);
        for arguments in [&["run"][..], &["check"]] {
            let run = world.run(arguments);
            if cannot_become_another(&run) {
                return;
            }
            assert_eq!(run.code, 78, "{mode:o} {run:?}");
            assert!(world.pce.requests().is_empty(), "{mode:o} {run:?}");
        }
    }
}

#[test]
fn a_link_of_someone_elses_to_a_config_of_roots_is_none_to_act_on() {
    if !root() {
        return;
    }
    let world = world();
    let away = tempfile::tempdir().unwrap();
    let link = away.path().join("config.json");
    symlink(world.config_path(), &link).unwrap();
    std::os::unix::fs::lchown(&link, Some(STRANGER), Some(STRANGER)).unwrap();
    let mut command = Command::new(world.command(&[]).get_program());
    command.env_clear().env("LANG", "C.UTF-8");
    command.arg("run").arg("--config").arg(&link);

    let run = run_to_its_end(command);

    assert_eq!(run.code, 78, "{run:?}");
    assert!(world.pce.requests().is_empty());
}

/// This world's command, run where the host knows a user `monitor` (the stranger, at
/// home in /home/monitor, also in group 5555) and whoever else `users` and `groups` say;
/// `None` where this root may not arrange it, which is told.
fn on_a_host_with(
    world: &World,
    (users, groups): (&str, &str),
    arguments: &[&str],
) -> Option<Command> {
    let away = world.folder().join("etc");
    fs::create_dir_all(&away).unwrap();
    let known = "root:x:0:0::/root:/bin/sh\nmonitor:x:4321:4321::/home/monitor:/bin/sh\n";
    fs::write(away.join("passwd"), format!("{known}{users}")).unwrap();
    let known = "root:x:0:\nmonitor:x:4321:\nkeys:x:5555:monitor\n";
    let groups = match groups {
        "" => known.to_owned(),
        own => known.replace("monitor:x:4321:\n", own),
    };
    fs::write(away.join("group"), groups).unwrap();
    let plain = world.command(arguments);
    let script = "mount --bind \"$1/passwd\" /etc/passwd && mount --bind \"$1/group\" /etc/group \
        && shift && exec \"$@\"";
    let host = |rest: &[&std::ffi::OsStr]| {
        let mut host = Command::new("unshare");
        host.args(["-m", "sh", "-c", script, "sh"]).arg(&away);
        host.args(rest).env_clear();
        for (name, value) in plain.get_envs() {
            host.env(name, value.unwrap_or_default());
        }
        host
    };
    if !host(&["true".as_ref()]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: this root may not have an /etc of its own");
        return None;
    }
    let whole: Vec<_> = std::iter::once(plain.get_program()).chain(plain.get_args()).collect();
    Some(host(&whole))
}

/// Waits until the PCE is asked, and hands over the run at work.
fn at_work(mut command: Command, world: &World) -> Child {
    let mut run =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begin = std::time::Instant::now();
    while world.pce.requests().is_empty() {
        assert!(run.try_wait().unwrap().is_none(), "the run has ended");
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not come so far");
        std::thread::sleep(Duration::from_millis(5));
    }
    run
}

#[test]
fn root_goes_on_in_the_owners_groups_with_the_owners_environment_and_none_of_its_own() {
    if !root() {
        return;
    }
    let world = world();
    world.pce.fault(Fault::hang(Duration::from_secs(3)));
    // The secret is one that only the further group lets him read.
    let secret = world.folder().join("secret");
    fs::write(&secret, world.pce.secret()).unwrap();
    world.edit(|config| {
        config["api"].as_object_mut().unwrap().remove("secret");
        config["api"]["secret_file"] = json!(secret);
    });
    chown(&secret, Some(0), Some(5555)).unwrap();
    chmod(&secret, 0o640);
    give(world.folder(), STRANGER);
    give(&world.config_path(), STRANGER);
    let Some(mut command) = on_a_host_with(&world, ("", ""), &["run"]) else {
        return;
    };
    command.env("AWS_SECRET_ACCESS_KEY", "root's own").env("HOME", "/root");
    command.env("HTTPS_PROXY", "http://root:password@127.0.0.1:9");
    command.env("LC_ALL", "C.UTF-8");

    let mut run = at_work(command, &world);
    let process = PathBuf::from(format!("/proc/{}", run.id()));
    let environment = fs::read(process.join("environ")).unwrap();
    let status = fs::read_to_string(process.join("status")).unwrap();
    run.kill().unwrap();
    run.wait().unwrap();

    let environment = String::from_utf8(environment).unwrap();
    let set: Vec<&str> = environment.split('\0').collect();
    for own in ["HOME=/home/monitor", "USER=monitor", "LOGNAME=monitor", "LC_ALL=C.UTF-8"] {
        assert!(set.contains(&own), "{own}: {set:?}");
    }
    assert!(!environment.contains("root's own"), "{set:?}");
    assert!(!environment.contains("password"), "{set:?}");
    let line = |start| status.lines().find(|line| line.starts_with(start)).unwrap();
    let numbers = |start| -> Vec<u32> {
        let words = line(start).split_whitespace().skip(1);
        words.map(|word| word.parse().unwrap()).collect()
    };
    assert_eq!(numbers("Uid:"), [4321; 4]);
    assert_eq!(numbers("Gid:"), [4321; 4]);
    assert!(numbers("Groups:").contains(&5555), "{}", line("Groups:"));
    assert!(!numbers("Groups:").contains(&0), "{}", line("Groups:"));
}

/// What `check` says of a secret file of root's in the service's group, with this mode.
fn checked(mode: u32, users: &str, group: &str) -> Option<Run> {
    let world = world();
    let secret = world.folder().join("secret");
    fs::write(&secret, world.pce.secret()).unwrap();
    world.edit(|config| {
        config["api"].as_object_mut().unwrap().remove("secret");
        config["api"]["secret_file"] = json!(secret);
    });
    give(world.folder(), STRANGER);
    give(&world.config_path(), STRANGER);
    chown(&secret, Some(0), Some(STRANGER)).unwrap();
    chmod(&secret, mode);
    let command = on_a_host_with(&world, (users, group), &["check"])?;
    let run = run_to_its_end(command);
    (!cannot_become_another(&run)).then_some(run)
}

#[test]
fn a_secret_file_is_judged_by_who_can_read_it_and_the_advice_leaves_the_service_running() {
    if !root() {
        return;
    }
    const ALICE: &str = "alice:x:1000:1000::/home/alice:/bin/sh\n";
    // As security.md recommends it: root's, for a group with the service alone in it.
    let Some(fine) = checked(0o640, ALICE, "") else {
        return;
    };
    assert!(!fine.stdout.contains("holds secrets"), "{fine:?}");
    assert!(fine.stdout.contains("accepts the API key"), "{fine:?}");

    let bob = "bob:x:1001:4321::/home/bob:/bin/sh\n";
    for (users, group, who) in
        [(ALICE, "monitor:x:4321:alice\n", "alice"), (bob, "monitor:x:4321:\n", "bob")]
    {
        let told = checked(0o640, users, group).unwrap();
        let named = format!("in the group monitor: {who}");
        assert!(told.stdout.contains(&named), "{told:?}");
        assert!(told.stdout.contains("chown monitor "), "{told:?}");
    }

    let world_may = checked(0o644, ALICE, "").unwrap();
    assert!(world_may.stdout.contains("others may read it (mode 644)"), "{world_may:?}");
    assert!(world_may.stdout.contains("chmod o-rwx "), "{world_may:?}");
}

#[test]
fn in_someone_elses_archive_folder_root_writes_through_no_link_and_to_no_second_name() {
    if !root() {
        return;
    }
    type Plant = fn(&Path, &Path);
    let plants: [(&str, Plant); 4] = [
        ("events.jsonl", |name, target| symlink(target, name).unwrap()),
        ("events.jsonl", |name, target| fs::hard_link(target, name).unwrap()),
        (".lock", |name, target| symlink(target, name).unwrap()),
        (".lock", |name, target| fs::hard_link(target, name).unwrap()),
    ];
    for (name, plant) in plants {
        let mut world = world();
        let archive = world.folder().join("archive");
        fs::create_dir(&archive).unwrap();
        give(&archive, STRANGER);
        world.set("settings.archive_dir", json!(archive));
        let target = precious(world.folder());
        let before = about(&target);
        plant(&archive.join(name), &target);
        world.pce.event(agent_tampering("db-01").at("10:05"));

        let run = world.run_at("10:10");

        assert_eq!(about(&target), before, "{name} {run:?}");
        assert_eq!((run.code, run.number("alerts")), (75, 1), "{name} {run:?}");
    }
}
