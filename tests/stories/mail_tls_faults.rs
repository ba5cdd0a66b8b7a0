//! TLS with the mail server that fails: told, and where the settings allow it the
//! mail goes in the clear; where they don't, it waits.

use std::sync::Arc;

use rustls::ServerConfig;
use serde_json::{Value, json};

use super::mail_faults::{Case, all_suffer, figures, watched};
use crate::certificate::{Wish, self_signed, signed_by_ca};
use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::Folder;

fn loopback() -> Wish<'static> {
    Wish { name: "127.0.0.1", ..Wish::default() }
}

/// A certificate whose key is another one's: every handshake fails.
fn broken() -> Arc<ServerConfig> {
    let mut broken = self_signed(&loopback());
    broken.key = self_signed(&loopback()).key;
    broken.server()
}

#[test]
fn an_opportunistic_handshake_that_fails_is_told_and_the_mail_goes_in_the_clear() {
    let offering =
        || Options { starttls: Some(self_signed(&loopback()).server()), ..Options::default() };
    let cases = [
        ("a wrong key", Options { starttls: Some(broken()), ..Options::default() }),
        ("a hang in the handshake", Options { hangs_in_tls: true, ..offering() }),
        ("a hang before it", offering().at("STARTTLS", Action::Hang)),
        ("a closed line", offering().at("STARTTLS", Action::Drop)),
        ("a refusal", offering().say("STARTTLS", "454 4.7.0 TLS not available")),
    ];
    std::thread::scope(|scope| {
        for (what, options) in cases {
            scope.spawn(move || goes_in_the_clear(what, options));
        }
    });
}

fn goes_in_the_clear(what: &str, options: Options) {
    let mut world = watched();
    world.set("smtp.tls", json!("opportunistic"));
    world.set("smtp.timeout_seconds", json!(1));
    world.mail_server(options);
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let run = world.run_at("10:10");

    assert_eq!(figures(&run), (0, 1, 0), "{what}: {run:?}");
    assert!(run.mail().subject().contains("db-01"), "{what}: {run:?}");
    assert!(!world.mailbox.mails()[0].over_tls, "{what}");
    let server = format!("127.0.0.1:{}", world.mailbox.port());
    let told =
        run.stderr.lines().filter(|line| line.contains("STARTTLS") && line.contains(&server));
    let told: Vec<&str> = told.collect();
    assert_eq!(told.len(), 1, "{what}: {run:?}");
    assert!(told[0].contains("mail was sent unencrypted"), "{what}: {run:?}");
    let quiet = world.run_at("10:20");
    assert_eq!(figures(&quiet), (0, 0, 0), "{what}: {quiet:?}");
}

#[test]
fn a_refused_recipient_is_the_reason_and_not_the_starttls_that_broke_before() {
    let refused = "550 5.1.1 nobody here by that name";
    for tls in ["none", "opportunistic"] {
        let mut world = watched();
        world.set("smtp.tls", json!(tls));
        let server = Options { starttls: Some(broken()), ..Options::default() };
        world.mail_server(server.say("RCPT", refused));
        world.pce.event(agent_tampering("db-01").at("10:05"));

        let run = world.run_at("10:10");

        assert_eq!(figures(&run), (78, 0, 1), "{tls}: {run:?}");
        assert_eq!(
            run.stderr.contains("mail was sent unencrypted"),
            tls == "opportunistic",
            "{run:?}"
        );
        assert!(run.stderr.contains(refused), "{tls}: {run:?}");
        let held = world.config()["state"]["conditions"]["delivery"].to_string();
        let status = world.run(&["status", "--json"]).stdout;
        let status: Value = serde_json::from_str(&status).unwrap();
        for told in [held, status["conditions"].to_string()] {
            assert!(told.contains(refused) && !told.contains("STARTTLS"), "{tls}: {told}");
        }
    }
}

#[test]
fn implicit_tls_that_fails_keeps_the_mail_waiting() {
    let (good, ca) = signed_by_ca(&loopback());
    let folder = Folder::new();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, ca).unwrap();
    let implicit =
        |server: Arc<ServerConfig>| Options { implicit: Some(server), ..Options::default() };
    let (stranger, _) = signed_by_ca(&loopback());
    let (wrong_name, _) = signed_by_ca(&Wish { name: "other.example.net", ..Wish::default() });
    let (expired, _) = signed_by_ca(&Wish { years: (2001, 2002), ..loopback() });
    let hangs = Options { hangs_in_tls: true, ..implicit(good.server()) };
    let cases = [
        ("a server without TLS", Options::default(), 75, "TLS"),
        ("a stranger's CA", implicit(stranger.server()), 78, "in ca_file"),
        ("another name", implicit(wrong_name.server()), 78, "TLS"),
        ("an old certificate", implicit(expired.server()), 78, "TLS"),
        ("a wrong key", implicit(broken()), 78, "TLS"),
        ("a hang in the handshake", hangs, 75, "no answer in time"),
        (
            "a hang behind the handshake",
            implicit(good.server()).at("GREETING", Action::Hang),
            75,
            "no answer in time",
        ),
        (
            "a closed line behind the handshake",
            implicit(good.server()).at("GREETING", Action::Drop),
            75,
            "closed the connection",
        ),
    ];
    all_suffer(cases.map(|(what, options, code, says)| Case {
        smtp: json!({"tls": "implicit", "ca_file": ca_file}),
        ..Case::new("465", what, options, code, &[says])
    }));
}
