//! The API secret and the mail password appear nowhere but where they belong, even
//! if a server throws them back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::mailbox::Options;
use crate::pce::*;
use crate::world::{Run, World};

pub(super) const PASSWORD: &str = "mail-Pa55word-9x";

/// A world that logs in at the mail server, and all that must stay secret in it.
pub(super) fn with_secrets(script: Options) -> (World, Vec<String>) {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.mail_server(Options { login: Some(("monitor".into(), PASSWORD.into())), ..script });
    world.set("smtp.user", json!("monitor"));
    world.set("smtp.password", json!(PASSWORD));
    let secret = world.pce.secret();
    let basic = BASE64_STANDARD.encode(format!("{}:{secret}", world.pce.key()));
    let plain = BASE64_STANDARD.encode(format!("\0monitor\0{PASSWORD}"));
    let login = BASE64_STANDARD.encode(PASSWORD);
    let secrets = vec![secret, basic, PASSWORD.to_owned(), plain, login];
    (world, secrets)
}

/// What the state's part of a file of this world holds.
fn state(world: &World, name: &str) -> String {
    let text = std::fs::read_to_string(world.folder().join(name)).unwrap_or_default();
    let state = text.split_once("\"state\":");
    state.map_or(String::new(), |(_, state)| state.to_owned())
}

/// In no output, no mail, no state of this world, not even with blanks in between.
pub(super) fn assert_silent(world: &World, run: &Run, secrets: &[String]) {
    let mut places = vec![
        ("stdout", run.stdout.clone()),
        ("stderr", run.stderr.clone()),
        ("state", state(world, "illumio_api_config.json")),
        ("state of .last", state(world, "illumio_api_config.json.last")),
    ];
    for mail in world.mailbox.all() {
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        places.extend([("mail", raw), ("text", mail.text()), ("html", mail.html())]);
        places.push(("subject", mail.subject()));
    }
    for (place, text) in places {
        let joined: String = text.split_whitespace().collect();
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {place}: {text}");
            assert!(!joined.contains(secret), "{secret} in {place}: {text}");
        }
    }
}

/// Every form in which a server throws these back, each on a line of its own, then
/// broken over several lines, then where a cut would go through it.
fn thrown_back(secrets: &[String]) -> Vec<Vec<String>> {
    let percent =
        |text: &String| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let whole: Vec<String> =
        secrets.iter().chain(&secrets.iter().map(percent).collect::<Vec<_>>()).cloned().collect();
    let broken = secrets.iter().flat_map(|secret| {
        let (one, other) = secret.split_at(secret.len() / 2);
        [one.to_owned(), other.to_owned()]
    });
    let cut = format!("{}{}", "x".repeat(200 - 12), secrets[0]);
    let mut all = vec![whole, broken.collect(), vec![cut]];
    all.extend(secrets.iter().map(|secret| vec![format!("{}{secret}", "y".repeat(193))]));
    all
}

#[test]
fn a_proxy_that_throws_the_request_back_does_not_make_them_public() {
    let (mut world, secrets) = with_secrets(Options::default());
    world.run_at("10:00");
    let echo =
        format!("GET /api/v2/health\r\nAuthorization: Basic {}\r\n{}", secrets[1], secrets[0]);
    for (nth, status) in [200, 400, 401, 403, 500, 502].into_iter().enumerate() {
        for kind in ["text/html", "application/json"] {
            let body = match kind {
                "text/html" => echo.clone(),
                _ => json!([{"token": "odd", "message": echo}]).to_string(),
            };
            world.pce.fault(Fault::answer(status, kind, body).times(3));
            let run = world.run_at(at("10:10") + jiff::SignedDuration::from_hours(5 * nth as i64));
            world.pce.heal();
            assert_silent(&world, &run, &secrets);
        }
    }
}

#[test]
fn an_answer_that_is_none_does_not_make_them_public_wherever_it_is_read() {
    let (mut world, mut secrets) = with_secrets(Options::default());
    // So that there are slashes in the base64.
    secrets[0] = "simulated??????secret-7Yq2".to_owned();
    world.pce.set_credentials("api_1", &secrets[0]);
    world.set("api.key", json!("api_1"));
    world.set("api.secret", json!(secrets[0]));
    secrets[1] = BASE64_STANDARD.encode(format!("api_1:{}", secrets[0]));
    assert!(secrets[1].contains('/'), "{}", secrets[1]);
    world.rule(json!({"type": "traffic", "name": "Blocked"}));
    world.pce.connection(blocked("web-01", "db-01", 445));
    world.run_at("10:00");
    // Short, and with its slashes escaped, as some libraries write them.
    let echo = format!("{} {}", secrets[0], secrets[1]);
    let escaped = echo.replace('/', "\\/");
    let message = format!("[{{\"token\":\"odd\",\"message\":\"{escaped}\"}}]");
    // Where an answer is cut for a message, the cut goes through a secret.
    let cut = format!("{}{}", "x ".repeat(33), secrets[0]);
    secrets.push(secrets[0][..12].to_owned());
    let mut hour = 10;
    for path in ["/health", "/events", "/async_queries", "/download"] {
        for (status, body) in [(200, &echo), (400, &message), (200, &cut)] {
            let answer = Fault::answer(status, "application/json", body.clone());
            world.pce.fault(answer.on(path));
            hour += 1;
            let run = world.run_at(at("00:00") + jiff::SignedDuration::from_hours(hour));
            world.pce.heal();
            assert_ne!(run.code, 0, "{path} {status}: {run:?}");
            assert_silent(&world, &run, &secrets);
        }
    }
}

#[test]
fn a_mail_server_that_throws_the_log_in_back_does_not_make_it_public() {
    let script = Options::default();
    let (world, secrets) = with_secrets(Options::default());
    drop(world);
    let (echo, plain) = (&secrets[3], &secrets[2]);
    let script = script.say("AUTH", &format!("535 5.7.8 AUTH PLAIN {echo} {plain}"));
    let (mut world, secrets) = with_secrets(script);
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let refused = world.run_at("10:10");

    assert_eq!(refused.code, 78, "{refused:?}");
    assert!(refused.stderr.contains("535"), "{refused:?}");
    assert_silent(&world, &refused, &secrets);
    // What is told of it when the server takes mail again is no more.
    world.mailbox.behave(Options::default());
    let later = world.run_at("10:20");
    assert_eq!(later.code, 0, "{later:?}");
    assert_silent(&world, &later, &secrets);
    let tested = world.run(&["test-mail"]);
    assert_silent(&world, &tested, &secrets);
}

#[test]
fn a_broken_file_shows_none_of_them_wherever_it_breaks() {
    let (mut world, secrets) = with_secrets(Options::default());
    world.run_at("10:00");
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    let places: Vec<usize> = ["\"secret\"", "\"password\"", &secrets[0], &secrets[2]]
        .iter()
        .map(|what| text.find(*what).unwrap())
        .collect();
    for place in places {
        for at in [place - 2, place, place + 4, place + 12] {
            let broken = format!("{}}}{}", &text[..at], &text[at..]);
            for broken in [broken.as_str(), &text[..at]] {
                std::fs::write(world.config_path(), broken).unwrap();
                let run = world.run(&["run"]);
                assert!(matches!(run.code, 0 | 78), "{run:?}");
                assert_silent(&world, &run, &secrets);
            }
        }
    }
}

#[test]
fn a_mail_server_that_throws_them_back_at_any_step_does_not_make_them_public() {
    let (world, mut secrets) = with_secrets(Options::default());
    drop(world);
    secrets.push(BASE64_STANDARD.encode("monitor"));
    // The beginnings of what a cut would leave.
    let told: Vec<String> = secrets[2..].to_vec();
    let mut silent = secrets.clone();
    silent.push(PASSWORD[..7].to_owned());
    let (mut world, _) = with_secrets(Options::default());
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let mut runs = 0;
    for step in ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END"] {
        for lines in thrown_back(&told) {
            let (last, first) = lines.split_last().unwrap();
            let first: String = first.iter().map(|line| format!("550-5.7.1 {line}\r\n")).collect();
            let script = Options::default().say(step, &format!("{first}550 5.7.1 {last}"));
            let script = match step {
                // Else HELO is tried.
                "EHLO" => script.say("HELO", &format!("550 {last}")),
                _ => script,
            };
            world.mailbox.behave(script);
            runs += 1;
            let run = world.run_at(at("10:00") + jiff::SignedDuration::from_mins(10 * runs));
            assert_eq!(run.code, 78, "{step}: {run:?}");
            assert_silent(&world, &run, &silent);
        }
    }
    for arguments in [["test-mail", "--lang=en"], ["check", "--json"], ["status", "--json"]] {
        let run = world.run(&arguments);
        assert_silent(&world, &run, &silent);
    }
    world.mailbox.behave(Options::default());
    let run = world.run_at(at("10:00") + jiff::SignedDuration::from_mins(10 * (runs + 1)));
    assert!(!run.mails.is_empty(), "{run:?}");
    assert_silent(&world, &run, &silent);
}

#[test]
fn a_pce_that_has_them_in_what_it_says_of_itself_does_not_make_them_public() {
    let (mut world, secrets) = with_secrets(Options::default());
    world.rule(json!({"type": "traffic", "name": "Blocked"}));
    world.run_at("10:00");
    let (secret, basic) = (&secrets[0], &secrets[1]);
    let echo = format!("{} {secret} {basic}", "z".repeat(180));
    let health = json!([{"status": secret, "fqdn": secret,
        "notifications": [{"status": "warning", "message": echo}, {"token": basic}]}]);
    let job = json!({"href": "/orgs/1/traffic_flows/async_queries/1", "status": secret});
    let regions = json!({"href": "/orgs/1/traffic_flows/async_queries/1", "status": "completed",
        "flows_count": 0, "regions": [{"pce_fqdn": secret, "responded": false}]});
    let href = json!({"href": format!("/orgs/1/traffic_flows/async_queries/{secret}"), "status": "queued"});
    let mut hour = 10;
    for (method, path, body) in [
        ("GET", "/health", health),
        ("GET", "/async_queries", job),
        ("GET", "/async_queries", regions),
        ("POST", "/async_queries", href),
    ] {
        let status = if method == "POST" { 202 } else { 200 };
        let answer = Fault::answer(status, "application/json", body.to_string());
        world.pce.fault(answer.on(path).method(method));
        for _ in 0..2 {
            hour += 1;
            let run = world.run_at(at("00:00") + jiff::SignedDuration::from_hours(hour));
            assert_silent(&world, &run, &secrets);
        }
        for arguments in [["check", "--json"], ["status", "--json"]] {
            let run = world.run(&arguments);
            assert_silent(&world, &run, &secrets);
        }
        world.pce.heal();
    }
}

#[test]
fn one_that_was_typed_where_a_name_belongs_is_shown_nowhere() {
    let (mut world, secrets) = with_secrets(Options::default());
    let typed = secrets[0].clone();
    world.run_at("10:00");
    // Where it makes the file invalid.
    for (key, value) in [
        ("api.org_id", json!(typed)),
        ("settings.timezone", json!(typed)),
        ("smtp.tls", json!(format!("x{typed}"))),
        ("smtp.host", json!(format!("{typed} x"))),
        ("email.recipients", json!([format!("{typed} <x>")])),
        ("settings.daily_report", json!(PASSWORD)),
    ] {
        let before = world.config();
        world.set(key, value);
        for arguments in [
            &["run"][..],
            &["check"],
            &["check", "--json"],
            &["status", "--json"],
            &["rules", "list"],
            &["test-mail"],
        ] {
            let run = world.run(arguments);
            assert_silent(&world, &run, &secrets);
        }
        world.edit(|config| {
            for section in ["api", "smtp", "email", "settings"] {
                config[section] = before[section].clone();
            }
        });
    }
    // Where it does not.
    world.edit(|config| {
        config["settings"]["site_name"] = json!(typed);
        config["settings"]["daily_report"] = json!("10:00");
        config["email"]["sender"] = json!(format!("{typed} <monitor@example.net>"));
        let rule = &mut config["rules"][0];
        for key in ["name", "desc", "rec", "note"] {
            rule[key] = json!(format!("{typed} {PASSWORD}"));
        }
    });
    world.pce.event(agent_tampering(&typed).at("12:05"));
    let told = world.run_at("12:10");
    assert_eq!(told.number("mails"), 2, "{told:?}");
    for arguments in [
        &["check"][..],
        &["check", "--json"],
        &["status"],
        &["rules", "list"],
        &["rules", "list", "--json"],
        &["rules", "show", "1"],
        &["rules", "show", "1", "--json"],
        &["rules", "set", "1", &format!("note={typed}")],
        &["rules", "disable", "1", "--json"],
        &["test-mail"],
    ] {
        let run = world.run(arguments);
        let outputs = [&run.stdout, &run.stderr];
        for (output, secret) in
            outputs.iter().flat_map(|out| secrets.iter().map(move |one| (out, one)))
        {
            assert!(!output.contains(secret), "{secret}: {arguments:?} {run:?}");
        }
    }
    let mut menu = world.command(&[]);
    menu.stdin(std::process::Stdio::piped());
    menu.stdout(std::process::Stdio::piped());
    menu.stderr(std::process::Stdio::piped());
    let mut menu = menu.spawn().unwrap();
    std::io::Write::write_all(&mut menu.stdin.take().unwrap(), b"3\n4\n0\n0\n").unwrap();
    let menu = menu.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&menu.stdout).into_owned();
    assert!(shown.contains("***"), "{shown}");
    assert!(!shown.contains(&typed) && !shown.contains(PASSWORD), "{shown}");
    for mail in world.mailbox.all() {
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        for text in [raw, mail.text(), mail.html(), mail.subject()] {
            assert!(!text.contains(&typed) && !text.contains(PASSWORD), "{text}");
        }
    }
}
