//! The ways to a mail server, through the binary: TLS, logging in, the test mail.

use serde_json::json;

use crate::certificate::{Wish, self_signed, signed_by_ca};
use crate::mailbox::{Mailbox, Options};
use crate::pce::*;
use crate::world::{Run, World};

/// A world with something to tell, and this mail server.
fn with(options: Options) -> (World, Run) {
    let mut world = ready(options);
    let run = world.run_at("10:10");
    (world, run)
}

fn ready(options: Options) -> World {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.mail_server(options);
    world
}

fn loopback() -> Wish<'static> {
    Wish { name: "127.0.0.1", ..Wish::default() }
}

/// Names the CA in the config.
fn trust(world: &World, pem: &str) {
    let file = world.folder().join("mail-ca.pem");
    std::fs::write(&file, pem).unwrap();
    world.set("smtp.ca_file", json!(file));
}

fn assert_delivered(run: &Run, mailbox: &Mailbox, over_tls: bool) {
    assert_eq!((run.code, run.number("mails"), run.number("pending")), (0, 1, 0), "{run:?}");
    assert_eq!(mailbox.mails()[0].over_tls, over_tls);
}

fn assert_waits(run: &Run, reason: &str) {
    assert_eq!((run.number("mails"), run.number("pending")), (0, 1), "{run:?}");
    assert!([75, 78].contains(&run.code) && run.stderr.contains(reason), "{run:?}");
}

#[test]
fn none_goes_in_the_clear_even_where_starttls_is_offered() {
    let offered =
        Options { starttls: Some(self_signed(&loopback()).server()), ..Options::default() };
    let (world, run) = with(offered);
    assert_delivered(&run, &world.mailbox, false);
    assert!(!world.mailbox.heard("STARTTLS"));
}

#[test]
fn opportunistic_takes_tls_where_it_is_offered_whatever_the_certificate() {
    let offered = Options {
        starttls: Some(
            self_signed(&Wish { name: "other.example.net", ..Wish::default() }).server(),
        ),
        ..Options::default()
    };
    for (options, over_tls) in [(offered, true), (Options::default(), false)] {
        let mut world = ready(options);
        world.set("smtp.tls", json!("opportunistic"));
        assert_delivered(&world.run_at("10:10"), &world.mailbox, over_tls);
    }
}

#[test]
fn starttls_is_required_and_verified() {
    let (certificate, ca) = signed_by_ca(&loopback());
    let offered = Options { starttls: Some(certificate.server()), ..Options::default() };
    let mut world = ready(offered);
    world.set("smtp.tls", json!("starttls"));
    assert_waits(&world.run_at("10:10"), "ca_file");
    trust(&world, &ca);
    let run = world.run_at("10:20");
    assert_delivered(&run, &world.mailbox, true);

    let mut world = ready(Options::default());
    world.set("smtp.tls", json!("starttls"));
    assert_waits(&world.run_at("10:10"), "offers no STARTTLS");
}

#[test]
fn implicit_tls_is_spoken_from_the_first_byte_and_verified() {
    let (certificate, ca) = signed_by_ca(&loopback());
    let mut world = ready(Options { implicit: Some(certificate.server()), ..Options::default() });
    world.set("smtp.tls", json!("implicit"));
    trust(&world, &ca);
    assert_delivered(&world.run_at("10:10"), &world.mailbox, true);
}

#[test]
fn a_password_opens_the_server_and_appears_nowhere_else() {
    let login = Some(("monitor".to_owned(), "smtp-S3cret!".to_owned()));
    let mut world = ready(Options { login: login.clone(), ..Options::default() });
    world.set("smtp.user", json!("monitor"));
    world.set("smtp.password", json!("smtp-Wrong!"));
    let refused = world.run_at("10:10");
    assert_waits(&refused, "535");
    assert_eq!(refused.code, 78, "{refused:?}");
    assert!(!refused.stderr.contains("smtp-Wrong!"), "{refused:?}");
    world.set("smtp.password", json!(null));
    world.environment("ILLUMIO_SMTP_PASSWORD", "smtp-S3cret!");
    let run = world.run_at("10:20");
    assert_delivered(&run, &world.mailbox, false);
    assert!(world.mailbox.mails()[0].logged_in);
    let state = world.config()["state"].to_string();
    for text in [&run.stdout, &run.stderr, &state, &world.mailbox.mails()[0].data] {
        assert!(!text.contains("smtp-S3cret!") && !text.contains("smtp-Wrong!"), "{text}");
    }
}

#[test]
fn a_password_never_goes_unprotected_to_another_host() {
    let mut world = ready(Options::default());
    world.set("smtp.user", json!("monitor"));
    world.set("smtp.password", json!("smtp-S3cret!"));
    world.set("smtp.host", json!("192.0.2.1"));
    for mode in ["none", "opportunistic"] {
        world.set("smtp.tls", json!(mode));
        let run = world.run_at("10:10");
        assert_eq!(run.code, 78, "{run:?}");
        assert!(run.stderr.contains("starttls") && !run.stderr.contains("S3cret"), "{run:?}");
    }
}

#[test]
fn a_server_on_ipv6_is_reached() {
    let mut world = ready(Options { ipv6: true, ..Options::default() });
    world.set("smtp.host", json!("::1"));
    assert_delivered(&world.run_at("10:10"), &world.mailbox, false);
}

#[test]
fn a_test_mail_says_a_line_for_each_recipient_and_changes_nothing() {
    let mut world = World::new();
    world.set("email.recipients", json!(["soc@example.net", "noc@example.net"]));
    let before = std::fs::read(world.config_path()).unwrap();

    let run = world.run(&["test-mail"]);

    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "soc@example.net: accepted by the mail server",
            "noc@example.net: accepted by the mail server"
        ]
    );
    assert_eq!(run.stderr, "");
    assert!(run.mail().subject().contains("Test mail"), "{}", run.mail().subject());
    assert_eq!(run.mail().header("X-Illumio-Monitor-Kind"), "test");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
    assert!(world.pce.requests().is_empty());
    assert!(!world.folder().join("illumio_api_config.json.last").exists());
}

#[test]
fn a_test_mail_tells_each_refusal_and_its_exit_code_whether_it_lasts() {
    for (answer, code) in [("550 5.1.1 no such user", 78), ("450 4.2.1 try later", 75)] {
        let mut world = World::new();
        world.set("email.recipients", json!(["gone@example.net", "soc@example.net"]));
        world.mail_server(Options::default().say("RCPT TO:<gone", answer));
        let run = world.run(&["test-mail"]);
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.stdout.contains("soc@example.net: accepted"), "{run:?}");
        let refusal = run.stderr.lines().next().unwrap();
        assert!(refusal.contains("gone@example.net") && refusal.contains(answer), "{run:?}");
    }
    let mut world = World::new();
    world.set("email.recipients", json!(["a@example.net", "b@example.net"]));
    world.mail_server(Options::default().say("GREETING", "554 5.7.1 go away"));
    let run = world.run(&["test-mail"]);
    assert_eq!((run.code, run.stdout.as_str()), (78, ""), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
    world.set("smtp.port", json!(1));
    assert_eq!(world.run(&["test-mail"]).code, 75);
}

#[test]
fn a_test_mail_comes_in_the_language_asked_for() {
    let mut world = World::new();
    let run = world.run(&["test-mail", "--lang=zh-TW"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("郵件伺服器已接受"), "{run:?}");
    assert!(run.mail().subject().contains("測試郵件"), "{}", run.mail().subject());
}
