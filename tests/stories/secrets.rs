//! The API secret and the mail password appear nowhere but where they belong, even
//! if a server throws them back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::mailbox::Options;
use crate::pce::*;
use crate::world::{Run, World};

const PASSWORD: &str = "mail-Pa55word-9x";

/// A world that logs in at the mail server, and all that must stay secret in it.
fn with_secrets(script: Options) -> (World, Vec<String>) {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.mail_server(Options {
        login: Some(("monitor".into(), PASSWORD.into())),
        ..script
    });
    world.set("smtp.user", json!("monitor"));
    world.set("smtp.password", json!(PASSWORD));
    let secret = world.pce.secret();
    let basic = BASE64_STANDARD.encode(format!("{}:{secret}", world.pce.key()));
    let plain = BASE64_STANDARD.encode(format!("\0monitor\0{PASSWORD}"));
    let login = BASE64_STANDARD.encode(PASSWORD);
    let secrets = vec![secret, basic, PASSWORD.to_owned(), plain, login];
    (world, secrets)
}

/// In no output, no mail, no state of this world.
fn assert_silent(world: &World, run: &Run, secrets: &[String]) {
    let state = |name: &str| {
        let text = std::fs::read_to_string(world.folder().join(name)).unwrap_or_default();
        let state = text.split_once("\"state\":");
        state.map_or(String::new(), |(_, state)| state.to_owned())
    };
    let mut places = vec![
        ("stdout", run.stdout.clone()),
        ("stderr", run.stderr.clone()),
        ("state", state("illumio_api_config.json")),
        ("state of .last", state("illumio_api_config.json.last")),
    ];
    for mail in world.mailbox.all() {
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        places.extend([("mail", raw), ("text", mail.text()), ("html", mail.html())]);
    }
    for (place, text) in places {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {place}: {text}");
        }
    }
}

#[test]
fn a_proxy_that_throws_the_request_back_does_not_make_them_public() {
    let (mut world, secrets) = with_secrets(Options::default());
    world.run_at("10:00");
    let echo = format!(
        "GET /api/v2/health\r\nAuthorization: Basic {}\r\n{}",
        secrets[1], secrets[0]
    );
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
