//! What a person gets to read when the file is wrong: one clear line each, with the
//! file, the place, and what to write instead. The file stays as it is.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pce::Tls;
use crate::world::{Run, World};

/// A world that could run but for the mistake to come, with one rule.
fn fine() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

/// The run's only complaint; nothing else happened.
fn complaint(world: &mut World) -> String {
    let before = std::fs::read(world.config_path()).ok();
    let run = world.run(&["run"]);
    assert_refused(&run, world);
    assert_eq!(std::fs::read(world.config_path()).ok(), before, "it is touched");
    run.stderr.trim_end().to_owned()
}

fn assert_refused(run: &Run, world: &World) {
    assert_eq!((run.code, run.mails.len()), (78, 0), "{run:?}");
    assert!(run.stdout.contains(" config events=0"), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    let file = world.config_path();
    assert!(run.stderr.contains(file.to_str().unwrap()), "{run:?}");
    assert!(world.pce.requests().is_empty());
}

fn assert_says(complaint: &str, parts: &[&str]) {
    for part in parts {
        assert!(complaint.contains(part), "{part}: {complaint}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named_with_where_to_say_so() {
    let mut world = fine();
    std::fs::remove_file(world.config_path()).unwrap();
    let complaint = complaint(&mut world);
    assert_says(&complaint, &["no such file", "--config", "ILLUMIO_MONITOR_CONFIG"]);
    assert!(!world.config_path().exists(), "none is made");
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let mut world = fine();
    let locked = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(world.config_path(), locked).unwrap();
    // Root reads it all the same.
    if std::fs::read(world.config_path()).is_err() {
        let run = world.run(&["run"]);
        assert_refused(&run, &world);
        assert_says(&run.stderr, &["cannot be read", "permission denied"]);
    }
    std::fs::remove_file(world.config_path()).unwrap();
    std::fs::create_dir(world.config_path()).unwrap();
    let run = world.run(&["run"]);
    assert_refused(&run, &world);
    assert_says(&run.stderr, &["cannot be read", "it is a folder"]);
}

fn make_a_pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[test]
fn a_pipe_a_socket_or_a_device_in_the_files_place_is_told_at_once() {
    let mut world = fine();
    let path = world.config_path();
    std::fs::remove_file(&path).unwrap();
    let beside = |world: &World| std::fs::read_dir(world.folder()).unwrap().count();
    let before = beside(&world);
    let pipe: fn(&Path) = make_a_pipe;
    let socket: fn(&Path) = |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap());
    let device: fn(&Path) = |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    for (put, named) in
        [(pipe, path.to_str().unwrap()), (socket, path.to_str().unwrap()), (device, "/dev/zero")]
    {
        put(&path);
        let run = world.run(&["run"]);
        assert_eq!((run.code, run.stderr.lines().count()), (78, 1), "{run:?}");
        assert!(run.took < Duration::from_secs(10), "{run:?}");
        assert_says(&run.stderr, &[named, "device, a pipe or a socket", "--config"]);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(beside(&world), before, "nothing is put beside it");
    }
}

#[test]
fn a_pipe_in_the_last_copys_place_is_told_and_hangs_nothing() {
    let mut world = fine();
    make_a_pipe(&world.folder().join("illumio_api_config.json.last"));
    let run = world.run_at("10:10");
    assert_eq!(run.code, 78, "{run:?}");
    assert_says(&run.stderr, &[".last", "a device, a pipe or a socket", "remove it"]);
    assert!(run.took < Duration::from_secs(20), "{run:?}");
}

#[test]
fn json_that_does_not_parse_is_told_with_line_and_column() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"", &["line 1, column 1", "ends too early"]),
        (b"{\n  \"api\": {\n    \"key\": \"a\",\n  }\n}\n", &["line 4, column 3", "comma"]),
        (b"{\n  \"api\": {}\n  \"email\": {}\n}\n", &["line 3, column 3", "comma"]),
        (b"{\"api\": {\"key\" \"a\"}}\n", &["line 1, column 16", "colon"]),
        (b"{\"api\": {\"key\": 'a'}}\n", &["line 1, column 17", "double quotes"]),
        (b"{\"api\": {\"key\": \"a\n\"}}", &["line 1, column 19", "control character"]),
        (b"{\"api\": {\"key\": \"C:\\dir\"}}", &["line 1", "backslash"]),
        (b"{\"api\": {}", &["line 1", "ends too early"]),
        (b"{}{}", &["line 1, column 3", "remove it"]),
        (b"[]\n", &["not an object", "\"api\""]),
        (b"{\n\"api\": \"\xff\"}\n", &["line 2", "UTF-8"]),
        ("{\"名稱\": \"竄改\" \"x\": 1}\n".as_bytes(), &["line 1, column 13", "comma"]),
    ];
    for (text, parts) in cases {
        let mut world = fine();
        std::fs::write(world.config_path(), text).unwrap();
        let complaint = complaint(&mut world);
        assert_says(&complaint, parts);
    }
}

#[test]
fn a_wrong_value_is_told_with_its_keys_path_and_what_to_write() {
    let long = "x".repeat(5_000);
    let cases: &[(&str, Value, &[&str])] = &[
        ("settings.langage", json!("en"), &["settings.langage", "unknown key", "\"language\""]),
        ("smtp.prot", json!(25), &["smtp.prot", "\"port\""]),
        ("api.verify-ssl", json!(true), &["api.verify-ssl", "\"verify_ssl\""]),
        ("rules.0.treshold_count", json!(3), &["rule 1: treshold_count", "\"threshold_count\""]),
        (
            "rules.0.type",
            json!("flow"),
            &["rule 1: type", "\"flow\"", "\"event\", \"traffic\" or \"workload\""],
        ),
        ("rules.0.type", json!(null), &["rule 1: type", "is missing", "\"event\""]),
        ("rules.0", json!("all"), &["rules[0]", "object"]),
        ("rules", json!({}), &["rules", "a list of rules"]),
        (
            "email.recipients",
            json!([]),
            &["email.recipients", "nobody would get the mail", "soc@example.com"],
        ),
        ("email.recipients", json!(""), &["email.recipients", "nobody would get the mail"]),
        (
            "email.recipients",
            json!(["so c@example.net"]),
            &["email.recipients", "so c@example.net", "not a mail address"],
        ),
        (
            "api.url",
            json!("pce.example.com:8443"),
            &["api.url", "no scheme", "\"https://pce.example.com:8443\""],
        ),
        (
            "api.url",
            json!("http://pce.example.com:8443"),
            &["api.url", "unencrypted", "\"https://pce.example.com:8443\""],
        ),
        ("api.url", json!("ftp://pce.example.com"), &["api.url", "https://"]),
        (
            "api.url",
            json!("https://pce.example.com:8443/api/v2"),
            &["api.url", "\"https://pce.example.com:8443\""],
        ),
        ("api.key", json!(null), &["api.key", "is missing"]),
        (
            "api.timeout_seconds",
            json!(0),
            &["api.timeout_seconds", "0 is out of range", "from 1 to"],
        ),
        ("settings.reminder_hours", json!("4"), &["settings.reminder_hours", "number"]),
        (
            "settings.timezone",
            json!("Asia/Taipeh"),
            &["settings.timezone", "Asia/Taipeh", "Asia/Taipei"],
        ),
        ("settings.daily_report", json!("25:00"), &["settings.daily_report", "08:30"]),
        ("smtp.tls", json!("ssl"), &["smtp.tls", "\"ssl\"", "implicit"]),
        ("smtp.port", json!(70_000), &["smtp.port", "70000", "65,535"]),
        ("rules.0.threshold_type", json!("count"), &["rule 1: threshold_", "is missing"]),
        ("rules.0.level", json!("fatal"), &["rule 1: level", "\"fatal\"", "critical"]),
        ("rules.0.cooldown_minutes", json!(10_081), &["rule 1: cooldown_minutes", "10,080"]),
        ("rules.0.severity", json!(["error!"]), &["rule 1: severity", "error!"]),
        (
            "rules.0.filter_value",
            json!("agent.tampering|"),
            &["rule 1: filter_value", "every event"],
        ),
        ("settings.site_name", json!(long), &["settings.site_name", "at most 100"]),
    ];
    for (path, value, parts) in cases {
        let mut world = fine();
        world.edit(|config| {
            let place =
                path.split('.').fold(&mut *config, |place, key| match key.parse::<usize>() {
                    Ok(index) => &mut place[index],
                    Err(_) => &mut place[key],
                });
            *place = value.clone();
            if value == "count" {
                config["rules"][0]["threshold_window"] = json!(10);
            }
        });
        let complaint = complaint(&mut world);
        assert_says(&complaint, parts);
        assert!(complaint.len() < 600, "{complaint}");
    }
}

#[test]
fn several_mistakes_are_told_at_once_a_line_each_in_the_language_asked_for() {
    let mut world = fine();
    world.set("api.url", json!("pce.example.com"));
    world.set("email.recipients", json!([]));
    world.set("settings.langage", json!("en"));
    let english = world.run(&["run"]);
    assert_eq!((english.code, english.stderr.lines().count()), (78, 3), "{english:?}");
    let chinese = world.run(&["--lang", "zh-TW", "run"]);
    assert_eq!((chinese.code, chinese.stderr.lines().count()), (78, 3), "{chinese:?}");
    assert_says(&chinese.stderr, &["沒有任何收件者", "網址缺少通訊協定", "「language」"]);
    for line in chinese.stderr.lines() {
        assert!(line.contains("illumio_api_config.json"), "{line}");
    }
}

#[test]
fn a_mistake_never_acts_on_the_terminal_nor_shows_a_secret() {
    let mut world = fine();
    world.set("api.\u{1b}[31mkey", json!("\u{1b}]0;title\u{7}"));
    world.set("settings.language", json!("\u{1b}[2J"));
    world.set("api.secret", json!("5ecr3t\nsecond line"));
    let run = world.run(&["run"]);
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stderr.contains("api.secret"), "{run:?}");
    assert!(!run.stderr.contains(['\u{1b}', '\u{7}']), "{:?}", run.stderr);
    assert!(!run.stderr.contains("5ecr3t"), "{run:?}");
}

#[test]
fn sections_and_keys_of_the_users_own_are_left_alone() {
    let mut world = fine();
    world.edit(|config| {
        config["_comment"] = json!(["anything"]);
        config["inventory"] = json!({"owner": "SOC"});
        config["api"]["_old_key"] = json!("api_0");
        config["rules"][0]["_ticket"] = json!(4711);
    });
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    // A section that looks like a slip of the pen is pointed out, and kept.
    world.edit(|config| config["setings"] = json!({"language": "en"}));
    let run = world.run_at("10:12");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let check = world.run(&["check"]);
    assert_says(&check.stdout, &["setings", "\"settings\""]);
}

#[test]
fn a_file_of_the_python_tool_runs_as_it_is_and_writes_chinese() {
    let mut world = World::new();
    let config = json!({
        "api": {"url": world.pce.url(), "org_id": "1", "key": world.pce.key(), "secret": world.pce.secret(), "verify_ssl": true},
        "email": {"sender": "illumio-monitor@localhost", "recipients": ["soc@example.net"]},
        "smtp": {"host": "127.0.0.1", "port": world.mailbox.port(), "user": "", "password": "", "enable_auth": false, "enable_tls": false},
        "rules": [{
            "id": 1_700_000_000, "type": "event", "name": "Agent 竄改", "filter_key": "event_type",
            "filter_value": "agent.tampering", "desc": "防火牆遭變更", "rec": "請調查",
            "threshold_type": "immediate", "threshold_count": 1, "threshold_window": 10
        }]
    });
    std::fs::write(world.config_path(), config.to_string()).unwrap();
    world.pce.event(crate::pce::agent_tampering("db-01").at("10:05"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    let text = run.mail().text();
    assert_says(&text, &["防火牆遭變更", "請調查", "原始紀錄"]);
}

#[test]
fn a_pipe_a_socket_or_a_device_where_a_file_should_be_is_refused_at_once() {
    let mut world = World::with_tls(Tls::PrivateCa);
    let pipe = world.folder().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let socket = world.folder().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let healthy = world.config();
    for odd in [pipe, socket, "/dev/zero".into(), "/dev/tty".into()] {
        for key in ["api.secret_file", "api.ca_file", "smtp.password_file", "smtp.ca_file"] {
            world.set_whole(healthy.clone());
            match key {
                "api.secret_file" => world.edit(|config| {
                    config["api"].as_object_mut().unwrap().remove("secret");
                }),
                "smtp.password_file" => world.set("smtp.user", json!("monitor")),
                "smtp.ca_file" => world.set("smtp.tls", json!("starttls")),
                _ => {}
            }
            world.set(key, json!(odd));
            for command in ["run", "check"] {
                let run = world.run(&[command]);
                let told = format!("{}{}", run.stdout, run.stderr);
                // Without a mail to send no run needs to trust a mail server.
                let needed = key != "smtp.ca_file" || command == "check";
                assert!(run.took.as_secs() < 20, "{key} {odd:?} {command}: {run:?}");
                if needed {
                    assert_eq!(run.code, 78, "{key} {odd:?} {command}: {run:?}");
                    assert!(told.contains("a device, a pipe or a socket"), "{key}: {run:?}");
                }
            }
        }
    }
}
