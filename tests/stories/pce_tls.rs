//! TLS to the PCE, through the binary, and the secret that goes over it.

use base64::Engine;
use serde_json::json;

use crate::pce::*;
use crate::world::{Mail, Run, World};

/// A world over HTTPS with something to tell.
fn tampered(tls: Tls) -> World {
    let world = World::with_tls(tls);
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world
}

fn assert_unreachable(run: &Run, world: &World, reason: &str) {
    assert_eq!(run.code, 75, "{run:?}");
    assert!(run.stderr.contains(reason), "{run:?}");
    assert!(run.mail().subject().contains("PCE unreachable"), "{}", run.mail().subject());
    let text = run.mail().text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(reason), "{text}");
    assert!(world.pce.requests().is_empty(), "the key goes to nobody else");
}

#[test]
fn a_private_ca_and_a_self_signed_certificate_are_trusted_where_the_config_names_them() {
    for tls in [Tls::PrivateCa, Tls::SelfSigned] {
        let mut world = tampered(tls);
        let run = world.run_at("10:10");
        assert_eq!((run.code, run.number("alerts")), (0, 1), "{tls:?}: {run:?}");
        assert!(!run.stderr.contains("verify_ssl"), "{run:?}");
    }
}

#[test]
fn whoever_is_not_the_pce_gets_no_request_and_the_reason_is_told() {
    let mut world = tampered(Tls::PrivateCa);
    world.edit(|config| drop(config["api"].as_object_mut().unwrap().remove("ca_file")));
    assert_unreachable(&world.run_at("10:10"), &world, "ca_file");
    for (tls, reason) in [(Tls::WrongName, "pce.example.net"), (Tls::Expired, "has expired")] {
        let mut world = tampered(tls);
        assert_unreachable(&world.run_at("10:10"), &world, reason);
    }
}

#[test]
fn with_verify_ssl_false_any_certificate_will_do_and_the_mail_says_so() {
    for tls in [Tls::PrivateCa, Tls::SelfSigned, Tls::WrongName, Tls::Expired] {
        let mut world = tampered(tls);
        world.set("api.verify_ssl", json!(false));
        for (time, alerts) in [("10:10", 1), ("10:14", 0)] {
            let run = world.run_at(time);
            assert_eq!((run.code, run.number("alerts")), (0, alerts), "{tls:?}: {run:?}");
            assert_eq!(run.stderr, "");
            let told = |mail: &Mail| mail.text().contains("api.verify_ssl is false");
            assert!(run.mails.iter().all(told), "{run:?}");
        }
    }
}

#[test]
fn a_ca_file_that_is_none_needs_a_person_and_is_named() {
    for (content, reason) in [(None, "cannot be read"), (Some("no PEM"), "contains no certificate")]
    {
        let mut world = tampered(Tls::PrivateCa);
        let file = world.folder().join("ca.pem");
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        world.set("api.ca_file", json!(file));
        let run = world.run_at("10:10");
        assert_eq!(run.code, 78, "{run:?}");
        assert!(run.stderr.contains(reason) && run.stderr.contains("ca.pem"), "{run:?}");
    }
}

#[test]
fn the_secret_appears_in_no_output_mail_or_state() {
    let mut world = tampered(Tls::PrivateCa);
    let secret = "5ecr3t-of-the-key-0123456789abcdef";
    world.pce.set_credentials("api_1234", secret);
    world.set("api.key", json!("api_1234"));
    world.set("api.secret", json!(secret));
    // The same in the header's own encoding.
    let basic = base64::prelude::BASE64_STANDARD.encode(format!("api_1234:{secret}"));
    let basic = basic.as_str();
    let mut runs = vec![world.run_at("10:10")];
    world.pce.set_credentials("api_1234", "another");
    runs.push(world.run_at("10:20"));
    world.pce.fault(
        Fault::answer(500, "text/plain", format!("you sent {secret} and {basic}")).retry_after(0),
    );
    world.set("settings.reminder_hours", json!(1));
    runs.push(world.run_at("12:20"));
    world.pce.heal();
    let echo = format!("<pre>Authorization: Basic {basic}</pre>");
    world.pce.fault(Fault::answer(200, "text/html", echo));
    runs.push(world.run_at("14:20"));
    runs.push(world.run(&["test-mail"]));
    let good = std::fs::read_to_string(world.config_path()).unwrap();
    std::fs::write(world.config_path(), good.replacen("\"secret\"", "\"secrets\"", 1)).unwrap();
    runs.push(world.run(&["run"]));
    std::fs::write(world.config_path(), good.replacen("\"secret\":", "\"secret\"", 1)).unwrap();
    runs.push(world.run(&["run"]));
    std::fs::write(world.config_path(), &good).unwrap();

    assert!(runs.iter().map(|run| run.mails.len()).sum::<usize>() >= 4, "{runs:?}");
    for run in &runs {
        for shown in [&run.stdout, &run.stderr] {
            assert!(!shown.contains(secret) && !shown.contains(basic), "{shown}");
        }
        for mail in &run.mails {
            let all =
                format!("{}{}{}", String::from_utf8_lossy(&mail.raw), mail.text(), mail.html());
            assert!(!all.contains(secret) && !all.contains(basic), "{all}");
        }
    }
    let state = world.config()["state"].to_string();
    assert!(!state.contains(secret) && !state.contains(basic));
}

#[test]
fn key_and_secret_may_come_from_the_environment_a_file_or_systemd() {
    let mut world = tampered(Tls::Off);
    let secret = world.pce.secret();
    world.edit(|config| {
        let api = config["api"].as_object_mut().unwrap();
        api.remove("secret");
    });
    assert_eq!(world.run_at("10:10").code, 78);
    let file = world.folder().join("secret");
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    world.set("api.secret_file", json!(file));
    assert_eq!(world.run_at("10:10").code, 0);
    world.edit(|config| drop(config["api"].as_object_mut().unwrap().remove("secret_file")));
    let credentials = world.folder().join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    std::fs::write(credentials.join("api_secret"), &secret).unwrap();
    world.environment("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap());
    assert_eq!(world.run_at("10:20").code, 0);
    std::fs::remove_dir_all(&credentials).unwrap();
    world.environment("ILLUMIO_API_SECRET", &secret);
    let run = world.run_at("10:30");
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_ca_file_that_becomes_unusable_is_mailed_as_the_config_that_it_belongs_to() {
    let mut world = tampered(Tls::PrivateCa);
    assert_eq!(world.run_at("10:10").code, 0);
    let ca_file = world.folder().join("pce-ca.pem");
    let good = std::fs::read(&ca_file).unwrap();
    std::fs::write(&ca_file, "no certificate").unwrap();

    let begins = world.run_at("10:20");

    assert_eq!(begins.code, 78, "{begins:?}");
    assert!(begins.mail().subject().contains("Config file unusable"), "{begins:?}");
    assert!(begins.mail().text().contains("pce-ca.pem"), "{}", begins.mail().text());
    assert_eq!(world.run_at("10:30").mails.len(), 0);
    std::fs::write(&ca_file, good).unwrap();
    let ends = world.run_at("10:40");
    assert!(ends.mail().subject().contains("Config file usable again"), "{ends:?}");
}
