//! Mail that waits: saved with the positions before it is sent, and sent until the
//! server has it.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::World;

fn tampered() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world
}

/// A port where nothing listens.
fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_mail_that_finds_no_server_waits_and_goes_out_once() {
    let mut world = tampered();
    world.set("smtp.port", json!(dead_port()));

    let first = world.run_at("10:10");

    assert_eq!(first.code, 75, "{first:?}");
    assert_eq!(
        (
            first.number("alerts"),
            first.number("mails"),
            first.number("pending")
        ),
        (1, 0, 1)
    );
    assert!(first.stderr.contains("Mail server 127.0.0.1"), "{first:?}");
    let second = world.run_at("10:20");
    assert_eq!(
        (
            second.code,
            second.number("alerts"),
            second.number("pending")
        ),
        (75, 0, 1),
        "{second:?}"
    );
    let waiting = world.config()["state"]["outbox"]["mails"][0]["message_id"].clone();

    world.set("smtp.port", json!(world.mailbox.port()));
    let third = world.run_at("10:30");

    assert_eq!(
        (third.code, third.number("mails"), third.number("pending")),
        (0, 1, 0),
        "{third:?}"
    );
    let mail = third.mail();
    assert!(
        mail.subject().contains("Tampering (1)"),
        "{}",
        mail.subject()
    );
    assert_eq!(
        mail.header("Message-ID"),
        format!("<{}>", waiting.as_str().unwrap())
    );
    assert!(
        mail.text().contains("made at 2026-08-03 10:10"),
        "{}",
        mail.text()
    );
    assert_eq!(world.run_at("10:40").mails.len(), 0);
    assert_eq!(world.mailbox.count(), 1);
}

#[test]
fn a_mail_whose_arrival_is_in_doubt_is_sent_again_with_the_same_message_id() {
    let mut world = tampered();
    world.mail_server(Options::default().times("END", 1, Action::TakeAndDrop));

    let first = world.run_at("10:10");
    assert_eq!(
        (first.code, first.number("mails"), first.number("pending")),
        (75, 0, 1),
        "{first:?}"
    );
    let second = world.run_at("10:20");

    assert_eq!(
        (
            second.code,
            second.number("mails"),
            second.number("pending")
        ),
        (0, 1, 0),
        "{second:?}"
    );
    let mails = world.mailbox.all();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
}

#[test]
fn position_and_mail_are_saved_together_before_the_mail_is_sent() {
    let mut world = tampered();
    let slow = Action::Pause(3_000, Box::new(Action::Say("354 now\r\n".into())));
    world.mail_server(Options::default().times("DATA", 1, slow));
    world.pce.set_now("10:10");
    let mut run = world
        .command(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    while !world.mailbox.heard("DATA") {
        assert!(begin.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(10));
    }

    let state = world.config()["state"].clone();
    run.kill().unwrap();
    run.wait().unwrap();

    assert_eq!(
        state["outbox"]["mails"].as_array().unwrap().len(),
        1,
        "{state}"
    );
    let position = state["events"]["position"].as_str().unwrap();
    assert!(position.starts_with("2026-08-03T10:10:00"), "{position}");
    // The run that was killed there lost nothing and told nothing twice.
    let next = world.run_at("10:20");
    assert_eq!(
        (next.code, next.number("alerts"), next.number("mails")),
        (0, 0, 1),
        "{next:?}"
    );
    assert_eq!(world.run_at("10:30").mails.len(), 0);
}

#[test]
fn each_cycles_mail_waits_by_itself_and_all_go_out_in_their_order() {
    let mut world = tampered();
    world.set("smtp.port", json!(dead_port()));
    world.run_at("10:10");
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let second = world.run_at("10:20");
    assert_eq!(
        (second.code, second.number("pending")),
        (75, 2),
        "{second:?}"
    );
    world.pce.event(agent_tampering("db-03").at("10:25"));
    world.set("smtp.port", json!(world.mailbox.port()));

    let run = world.run_at("10:30");

    assert_eq!(
        (run.code, run.number("mails"), run.number("pending")),
        (0, 3, 0),
        "{run:?}"
    );
    let hosts: Vec<bool> = run
        .mails
        .iter()
        .zip(["db-01", "db-02", "db-03"])
        .map(|(mail, host)| mail.subject().contains(host))
        .collect();
    assert_eq!(hosts, [true; 3]);
}

#[test]
fn a_mail_refused_for_good_stays_needs_a_person_and_costs_no_alert() {
    let mut world = tampered();
    world.mail_server(Options::default().say("MAIL", "550 5.7.1 not from you"));
    let first = world.run_at("10:10");
    assert_eq!((first.code, first.number("pending")), (78, 1), "{first:?}");
    assert!(first.stderr.contains("not from you"), "{first:?}");
    world.mail_server(Options::default());
    let second = world.run_at("10:20");
    assert_eq!((second.code, second.number("mails")), (0, 1), "{second:?}");
}

#[test]
fn one_recipient_refused_for_good_costs_the_others_nothing_and_is_named() {
    let mut world = tampered();
    world.set(
        "email.recipients",
        json!(["gone@example.net", "soc@example.net"]),
    );
    world.mail_server(Options::default().say("RCPT TO:<gone", "550 5.1.1 no such user"));
    let first = world.run_at("10:10");
    assert_eq!(
        (first.code, first.number("mails"), first.number("pending")),
        (78, 1, 0),
        "{first:?}"
    );
    assert_eq!(first.mail().to, ["soc@example.net"]);
    let second = world.run_at("10:20");
    assert!(
        second.mail().text().contains("gone@example.net"),
        "{}",
        second.mail().text()
    );
    // That mail does not reach him either, which is no news.
    for time in ["10:30", "10:40"] {
        let quiet = world.run_at(time);
        assert_eq!((quiet.code, quiet.mails.len()), (0, 0), "{quiet:?}");
    }
    world.pce.event(agent_tampering("db-02").at("10:45"));
    let next = world.run_at("10:50");
    assert_eq!(next.mail().to, ["soc@example.net"]);
    let names_him = world.run_at("11:00");
    assert!(names_him.mail().text().contains("gone@example.net"));
}
