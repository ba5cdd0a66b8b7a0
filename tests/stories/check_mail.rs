//! `check` and the mail server: each step by its name, up to RCPT and no further.

use serde_json::json;

use super::check::{finding, findings, healthy_world};
use crate::certificate::{self, Wish};
use crate::mailbox::{Action, Options};
use crate::world::World;

fn with_server(options: Options) -> World {
    let mut world = healthy_world();
    world.mail_server(options);
    world
}

/// A certificate for the address that the mail server is on.
fn for_loopback() -> certificate::Certificate {
    certificate::self_signed(&Wish { name: "127.0.0.1", ..Wish::default() })
}

#[test]
fn each_recipient_is_asked_for_and_nothing_is_sent() {
    let mut world = with_server(
        Options::default()
            .say("RCPT TO:<gone@", "550 5.1.1 no such user")
            .say("RCPT TO:<later@", "451 4.7.1 greylisted"),
    );
    let recipients = ["soc@example.net", "gone@example.net", "later@example.net"];
    world.set("email.recipients", json!(recipients));

    let run = world.run(&["check", "--json"]);

    assert_eq!(run.code, 78, "{run:?}");
    let mut told = findings(&run);
    told.retain(|(probe, ..)| probe == "mail.recipient");
    let results: Vec<&str> = told.iter().map(|(_, result, _)| result.as_str()).collect();
    assert_eq!(results, ["ok", "failed", "failed"], "{told:?}");
    assert_eq!(told[1].2["exit_code"], json!(78));
    assert_eq!(told[2].2["exit_code"], json!(75));
    assert!(told[1].2["what"].as_str().unwrap().contains("5.1.1 no such user"), "{told:?}");
    let words = world.mailbox.transcript();
    assert!(words.iter().any(|word| word == "C: RSET"), "{words:?}");
    assert!(!words.iter().any(|word| word.starts_with("C: DATA")), "{words:?}");
    assert_eq!(world.mailbox.count(), 0);
}

#[test]
fn starttls_and_the_login_are_tried_and_the_password_is_never_shown() {
    let shown = for_loopback();
    let options = Options {
        starttls: Some(shown.server()),
        login: Some(("monitor".into(), "pa55word-of-mail".into())),
        ..Options::default()
    };
    let mut world = with_server(options);
    let file = certificate::File::new(shown.pem.as_bytes());
    world.set("smtp.tls", json!("starttls"));
    world.set("smtp.user", json!("monitor"));
    world.set("smtp.password", json!("pa55word-of-mail"));

    let run = world.run(&["check", "--json"]);
    let (result, tls) = finding(&run, "mail.tls");
    assert_eq!((run.code, result.as_str()), (78, "failed"), "{run:?}");
    assert!(tls["what"].as_str().unwrap().contains("self-signed"), "{tls}");
    assert!(tls["details"][1].as_str().unwrap().starts_with("SHA-256 "), "{tls}");

    world.set("smtp.ca_file", json!(file.0));
    let run = world.run(&["check", "--json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(finding(&run, "mail.tls").0, "ok");
    assert_eq!(finding(&run, "mail.login").0, "ok");

    world.set("smtp.password", json!("wrong-pa55word"));
    let run = world.run(&["check", "--json"]);
    let (result, login) = finding(&run, "mail.login");
    assert_eq!((run.code, result.as_str()), (78, "failed"), "{run:?}");
    assert!(login["fix"].as_str().unwrap().contains("smtp.user"), "{login}");
    assert_eq!(finding(&run, "mail.tls").0, "ok", "that went well before");
    assert!(!run.stdout.contains("pa55word"), "{run:?}");
}

#[test]
fn starttls_that_is_not_offered_or_fails_is_told() {
    let mut world = with_server(Options::default());
    world.set("smtp.tls", json!("starttls"));
    let run = world.run(&["check", "--json"]);
    let (result, tls) = finding(&run, "mail.tls");
    assert_eq!((run.code, result.as_str()), (78, "failed"), "{run:?}");
    assert!(tls["what"].as_str().unwrap().contains("no STARTTLS"), "{tls}");

    let options = Options { starttls: Some(for_loopback().server()), ..Options::default() };
    let mut world = with_server(options.say("STARTTLS", "454 4.7.0 not now"));
    world.set("smtp.tls", json!("opportunistic"));
    let run = world.run(&["check", "--json"]);
    let (result, tls) = finding(&run, "mail.tls");
    assert_eq!((run.code, result.as_str()), (0, "remark"), "{run:?}");
    assert!(tls["what"].as_str().unwrap().contains("unencrypted"), "{tls}");
}

#[test]
fn a_greeting_or_a_sender_that_is_refused_and_a_dead_port_are_told_at_their_step() {
    for (options, probe, code, fix) in [
        (Options::default().say("GREETING", "554 5.7.1 go away"), "mail.connect", 78, "log"),
        (Options::default().say("MAIL", "553 5.7.1 not you"), "mail.from", 78, "email.sender"),
        (Options::default().at("EHLO", Action::Drop), "mail.connect", 75, "log"),
    ] {
        let mut world = with_server(options);
        let run = world.run(&["check", "--json"]);
        assert_eq!(run.code, code, "{probe}: {run:?}");
        let failed: Vec<_> =
            findings(&run).into_iter().filter(|(_, result, _)| result == "failed").collect();
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert_eq!(failed[0].0, probe);
        assert!(failed[0].2["fix"].as_str().unwrap().contains(fix), "{failed:?}");
    }
    let mut world = healthy_world();
    world.set("smtp.port", json!(9));
    let run = world.run(&["check", "--json"]);
    let (result, told) = finding(&run, "mail.connect");
    assert_eq!((run.code, result.as_str()), (75, "failed"), "{run:?}");
    assert!(told["fix"].as_str().unwrap().contains("Check smtp.host"), "{told}");
}

#[test]
fn a_sender_whose_domain_nobody_accepts_is_a_remark_unless_all_mail_stays_here() {
    let mut world = healthy_world();
    for (sender, odd) in [
        ("illumio-monitor@localhost", true),
        ("monitor@siem", true),
        ("Monitor <monitor@host.localdomain>", true),
        ("monitor", true),
        ("monitor@example.net", false),
        ("monitor@[192.0.2.7]", false),
    ] {
        world.set("email.sender", json!(sender));
        let run = world.run(&["check", "--json"]);
        let told = findings(&run).into_iter().any(|(probe, ..)| probe == "mail.sender");
        assert_eq!((run.code, told), (0, odd), "{sender}: {run:?}");
    }
    world.set("email.sender", json!("illumio-monitor@localhost"));
    world.set("email.recipients", json!(["root"]));
    let run = world.run(&["check", "--json"]);
    assert!(findings(&run).iter().all(|(probe, ..)| probe != "mail.sender"), "{run:?}");
}
