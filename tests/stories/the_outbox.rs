//! Mail that waits: saved with the positions before it is sent, and sent until the
//! server has it.

use std::net::TcpListener;

use jiff::SignedDuration;
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
    assert_eq!((first.number("alerts"), first.number("mails"), first.number("pending")), (1, 0, 1));
    assert!(first.stderr.contains("Mail server 127.0.0.1"), "{first:?}");
    assert_eq!(world.config()["state"]["last_run"]["outcome"], "retry");
    let second = world.run_at("10:20");
    assert_eq!(
        (second.code, second.number("alerts"), second.number("pending")),
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
    assert!(mail.subject().contains("Tampering (1)"), "{}", mail.subject());
    assert_eq!(mail.header("Message-ID"), format!("<{}>", waiting.as_str().unwrap()));
    assert!(mail.text().contains("created at 2026-08-03 10:10"), "{}", mail.text());
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
        (second.code, second.number("mails"), second.number("pending")),
        (0, 1, 0),
        "{second:?}"
    );
    let mails = world.mailbox.all();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
}

/// How often each Message-ID arrived, in the order of the first arrival.
fn copies(world: &World) -> Vec<(String, usize)> {
    let mut copies: Vec<(String, usize)> = Vec::new();
    for mail in world.mailbox.all() {
        let id = mail.header("Message-ID");
        match copies.iter_mut().find(|(known, _)| *known == id) {
            Some((_, times)) => *times += 1,
            None => copies.push((id, 1)),
        }
    }
    copies
}

#[test]
fn a_server_that_never_confirms_gets_few_copies_of_each_mail_and_the_rest_is_said() {
    let mut world = tampered();
    world.mail_server(Options::default().at("END", Action::TakeAndDrop));
    let mut runs = world.run_every(10, "10:10", "11:00");
    world.pce.event(agent_tampering("db-02").at("11:05"));
    runs.extend(world.run_every(10, "11:10", "12:00"));
    // Two, one in the next run since the server answers well before, one after an hour.
    let times = |world: &World| -> Vec<usize> {
        let copies = copies(world);
        copies.iter().map(|(_, times)| *times).collect()
    };
    assert_eq!(times(&world), [4, 3]);
    for run in &runs[2..] {
        assert_eq!(run.code, 75, "{run:?}");
    }
    let quiet = runs.last().unwrap();
    assert_eq!((quiet.number("pending"), quiet.mails.len()), (2, 0));
    assert!(quiet.stderr.contains("never confirmed"), "{quiet:?}");
    assert_eq!(world.config()["state"]["last_run"]["outcome"], "retry");

    // Then every four hours.
    let runs = world.run_every(60, "13:00", "23:00");
    let more: usize = runs.iter().map(|run| run.mails.len()).sum();
    assert!((3..=6).contains(&more), "{more}: {runs:?}");
    assert_eq!(copies(&world).len(), 2, "the same Message-IDs");

    // Where a person is needed that is said, all the same.
    world.pce.set_credentials("api_other", "another");
    let refused = world.run_at("23:10");
    assert_eq!(refused.code, 78, "{refused:?}");
}

#[test]
fn what_was_never_confirmed_comes_again_in_the_next_run_in_which_the_server_is_well() {
    let mut world = tampered();
    world.mail_server(Options::default().at("END", Action::Drop));
    let bad = world.run_every(10, "10:10", "10:20");
    assert_eq!(bad[1].number("pending"), 1, "{bad:?}");
    let waiting = &world.config()["state"]["outbox"]["unconfirmed"]["mails"][0];
    let id = format!("<{}>", waiting["message_id"].as_str().unwrap());

    // One that greets and then answers no command is not well.
    world.mail_server(Options::default().say("RSET", "421 4.3.2 going down"));
    let ill = world.run_at("10:30");
    assert_eq!((ill.code, ill.mails.len()), (75, 0), "{ill:?}");

    world.mail_server(Options::default());
    let run = world.run_at("10:40");

    assert_eq!((run.code, run.number("mails"), run.number("pending")), (0, 1, 0), "{run:?}");
    assert_eq!(run.mail().header("Message-ID"), id);
    assert!(run.mail().text().contains("never confirmed"));
    assert_eq!(world.run_at("10:50").mails.len(), 0);
}

#[test]
fn what_was_never_confirmed_comes_again_once_the_server_confirms_a_mail() {
    // A server that loses each mail at its end, for six cycles.
    let mut world = tampered();
    world.set("settings.daily_report", json!("23:00"));
    world.mail_server(Options::default().at("END", Action::Drop));
    let runs = world.run_every(10, "10:10", "11:00");
    assert_eq!(runs.last().unwrap().number("pending"), 1, "{runs:?}");
    assert_eq!(world.mailbox.count(), 0);
    let failed = |world: &World| world.config()["state"]["day"]["failed"].as_u64().unwrap();
    let before = failed(&world);
    assert_eq!(before, runs.iter().filter(|run| run.code != 0).count() as u64, "{runs:?}");

    world.mail_server(Options::default());
    world.pce.event(agent_tampering("db-02").at("11:05"));
    let run = world.run_at("11:10");
    assert_eq!(failed(&world), before, "it ended well");

    assert_eq!((run.code, run.number("mails"), run.number("pending")), (0, 2, 0), "{run:?}");
    let (news, late) = (&run.mails[0], &run.mails[1]);
    assert!(news.subject().contains("db-02"), "{}", news.subject());
    assert!(late.subject().contains("db-01"), "{}", late.subject());
    for text in [late.text(), late.html()] {
        assert!(text.contains("never confirmed"), "{text}");
        assert!(text.contains("db-01"), "{text}");
    }
    let after = world.run_at("11:20");
    assert_eq!((after.code, after.mails.len()), (0, 0), "{after:?}");
}

#[test]
fn what_was_never_confirmed_comes_again_after_hours_though_there_is_no_other_mail() {
    let mut world = tampered();
    world.mail_server(Options::default().at("END", Action::Drop));
    // Also those that come of a sign, at once and after an hour.
    world.run_every(10, "10:10", "11:40");
    world.mail_server(Options::default());
    let early = world.run_every(30, "12:00", "15:00");
    assert!(early.iter().all(|run| (run.code, run.mails.len()) == (75, 0)), "{early:?}");
    let runs = world.run_every(30, "15:30", "16:00");
    let came: Vec<_> = runs.iter().filter(|run| !run.mails.is_empty()).collect();
    assert_eq!((came.len(), came[0].code), (1, 0), "{runs:?}");
    assert!(came[0].mail().text().contains("db-01"));
    assert_eq!(runs.last().unwrap().code, 0, "{runs:?}");
}

#[test]
fn a_mail_that_the_server_dies_of_holds_up_no_other() {
    let mut world = tampered();
    world.mail_server(Options::default().times("END", 2, Action::Drop));
    world.run_at("10:10");
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let run = world.run_at("10:20");
    assert_eq!((run.code, run.number("pending")), (75, 0), "{run:?}");
    let hosts = ["db-01", "db-02"];
    let subjects: Vec<String> = run.mails.iter().map(|mail| mail.subject()).collect();
    for host in hosts {
        let told = subjects.iter().filter(|subject| subject.contains(host));
        assert_eq!(told.count(), 1, "{subjects:?}");
    }
}

#[test]
fn position_and_mail_are_saved_together_before_the_mail_is_sent() {
    let mut world = tampered();
    let slow = Action::Pause(3_000, Box::new(Action::Say("354 now\r\n".into())));
    world.mail_server(Options::default().times("DATA", 1, slow));
    world.pce.set_now("10:10");
    let mut run = world.run_until(World::sends_a_mail);

    let state = world.config()["state"].clone();
    run.kill().unwrap();
    run.wait().unwrap();

    assert_eq!(state["outbox"]["mails"].as_array().unwrap().len(), 1, "{state}");
    let position = state["events"]["position"].as_str().unwrap();
    assert!(position.starts_with("2026-08-03T10:10:00"), "{position}");
    // The run that was killed there lost nothing and told nothing twice.
    let next = world.run_at("10:20");
    assert_eq!((next.code, next.number("alerts"), next.number("mails")), (0, 0, 1), "{next:?}");
    assert_eq!(world.run_at("10:30").mails.len(), 0);
}

#[test]
fn mail_that_waited_is_not_sent_again_by_the_run_after_one_that_was_killed_while_it_fetched() {
    let mut world = tampered();
    world.mail_server(Options::default().times("GREETING", 1, Action::Drop));
    let waits = world.run_at("10:10");
    assert_eq!((waits.number("alerts"), waits.number("pending")), (1, 1), "{waits:?}");
    world.pce.forget_requests();
    world.pce.fault(Fault::hang(std::time::Duration::from_secs(3)).times(1));
    world.pce.set_now("10:20");
    let mut run = world.run_until(World::asks_the_pce);
    run.kill().unwrap();
    run.wait().unwrap();
    world.pce.heal();
    assert_eq!(world.mailbox.count(), 1);

    let next = world.run_at("10:30");

    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
}

#[test]
fn mail_that_nobody_took_for_thirty_days_is_given_up_which_the_next_one_says() {
    // On the host's own time: by a clock that has jumped nothing is given up.
    let mut world = World::new();
    world.pce.run_clock(SignedDuration::ZERO);
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at(world.now()));
    world.set("smtp.port", json!(dead_port()));
    assert_eq!(world.run(&["run"]).number("pending"), 1);
    let made_days_ago = |world: &World, days: i64| {
        let made_at = world.now() - SignedDuration::from_hours(24 * days);
        world.edit(|config| {
            config["state"]["outbox"]["mails"][0]["made_at"] = json!(made_at);
            let generation = config["state"]["generation"].as_u64().unwrap();
            config["state"]["generation"] = json!(generation + 1);
        });
    };
    made_days_ago(&world, 29);
    assert_eq!(world.run(&["run"]).number("pending"), 1);
    made_days_ago(&world, 31);
    world.run(&["run"]);
    world.set("smtp.port", json!(world.mailbox.port()));

    let told = world.run(&["run"]);

    let text = told.mail().text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("given up") && text.contains("Tampering (1)"), "{text}");
    assert!(!text.contains("First seen"), "{text}");
}

#[test]
fn each_cycles_mail_waits_by_itself_and_all_go_out_in_their_order() {
    let mut world = tampered();
    world.set("smtp.port", json!(dead_port()));
    world.run_at("10:10");
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let second = world.run_at("10:20");
    assert_eq!((second.code, second.number("pending")), (75, 2), "{second:?}");
    world.pce.event(agent_tampering("db-03").at("10:25"));
    world.set("smtp.port", json!(world.mailbox.port()));

    let run = world.run_at("10:30");

    assert_eq!((run.code, run.number("mails"), run.number("pending")), (0, 3, 0), "{run:?}");
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
fn a_lost_mail_is_told_in_the_language_of_the_mail_that_tells_it() {
    let mut world = tampered();
    world.set("email.recipients", json!(["gone@example.net", "soc@example.net"]));
    world.mail_server(Options::default().say("RCPT TO:<gone", "550 5.1.1 no such user"));
    world.run_at("10:10");
    world.set("settings.language", json!("zh-TW"));
    let told = world.run_at("10:20").mail().text();
    let told: String = told.split_whitespace().collect();
    assert!(told.contains("未能寄給其中一位收件者"), "{told}");
    assert!(told.contains("gone@example.net：郵件伺服器"), "{told}");
}

#[test]
fn one_recipient_refused_for_good_costs_the_others_nothing_and_is_named() {
    let mut world = tampered();
    world.set("email.recipients", json!(["gone@example.net", "soc@example.net"]));
    world.mail_server(Options::default().say("RCPT TO:<gone", "550 5.1.1 no such user"));
    let first = world.run_at("10:10");
    assert_eq!(
        (first.code, first.number("mails"), first.number("pending")),
        (78, 1, 0),
        "{first:?}"
    );
    assert_eq!(first.mail().to, ["soc@example.net"]);
    let second = world.run_at("10:20");
    assert!(second.mail().text().contains("gone@example.net"), "{}", second.mail().text());
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
