//! Who gets which mail: `email.routes`.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::attached_records::{attached, lines};
use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::{Mail, Run, World};

/// A world with three rules, 1 to 3, and these routes.
fn routed(routes: Value) -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "level": "critical",
        "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "event", "name": "Suspended", "filter_value": "agent.suspend"}));
    world.rule(json!({"type": "event", "name": "Cloned", "level": "info",
        "filter_value": "agent.clone_detected"}));
    world.set("email.routes", routes);
    world
}

/// Whom each mail of a run went to, and what it says it tells: in the mails' order.
fn told(run: &Run) -> Vec<(String, String)> {
    run.mails.iter().map(|mail| (mail.to.join(" "), mail.subject())).collect()
}

/// The mail that went to exactly these.
fn mail_to<'r>(run: &'r Run, to: &[&str]) -> &'r Mail {
    let mut mails = run.mails.iter().filter(|mail| mail.to == to);
    let mail = mails.next().unwrap_or_else(|| panic!("none to {to:?}: {:?}", told(run)));
    assert!(mails.next().is_none(), "more than one to {to:?}: {:?}", told(run));
    mail
}

/// The mail's text without its line breaks.
fn words(mail: &Mail) -> String {
    mail.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

const SOC: &str = "soc@example.net";
const NET: &str = "netops@example.net";
const DB: &str = "dba@example.net";
const PAGER: &str = "pager@example.net";

/// A port where nothing listens.
fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn each_set_of_people_gets_one_mail_with_what_is_for_them_and_reads_what_others_got() {
    let mut world = routed(json!([
        {"rules": [1], "to": [NET]},
        {"rules": [2], "to": [DB], "only": true},
        {"levels": ["critical"], "to": [PAGER, NET]}
    ]));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.event(agent_suspend("db-02").at("10:06"));
    world.pce.event(clone_detected("db-03").at("10:07"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts"), run.number("mails")), (0, 3, 3), "{run:?}");
    let soc = mail_to(&run, &[SOC]);
    assert!(soc.subject().contains("2 alerts"), "{}", soc.subject());
    assert!(soc.text().contains("Tampering") && soc.text().contains("Cloned"));
    let others = format!("Sent to {DB} only, not in this mail (1): Suspended");
    assert!(words(soc).contains(&others), "{}", words(soc));
    let net = mail_to(&run, &[NET, PAGER]);
    assert!(net.subject().contains("CRITICAL: Tampering (1)"), "{}", net.subject());
    assert_eq!(net.header("X-Illumio-Monitor-Level"), "critical");
    assert!(words(net).contains(&format!("Sent to {SOC} only, not in this mail (1): Cloned")));
    let db = mail_to(&run, &[DB]);
    assert_eq!(db.header("To"), format!("<{DB}>"));
    assert_eq!(db.header("X-Illumio-Monitor-Level"), "warning");
    assert!(db.subject().contains("Suspended (1)"), "{}", db.subject());
    assert!(!db.text().contains("db-01") && !db.text().contains("db-03"), "{}", db.text());
    let mut ids: Vec<_> = run.mails.iter().map(|mail| mail.header("Message-ID")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(world.run_at("10:20").mails.len(), 0);
}

#[test]
fn an_alert_that_no_route_takes_and_what_is_about_the_monitor_go_to_the_recipients() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    world.set("settings.daily_report", json!("10:00"));
    world.pce.event(agent_tampering("db-01").at("09:35"));
    world.pce.event(clone_detected("db-03").at("09:36"));
    let run = world.run_at("09:40");
    assert!(mail_to(&run, &[NET]).subject().contains("Tampering"));
    assert!(mail_to(&run, &[SOC]).subject().contains("Cloned"));

    // A reset is a notice, and the daily report is no alert.
    let reset = world.run(&["run", "--reset-state"]);
    assert!(mail_to(&reset, &[SOC]).subject().contains("starts afresh"), "{:?}", told(&reset));
    assert!(!mail_to(&reset, &[NET]).subject().contains("starts afresh"), "{:?}", told(&reset));
    let report = world.run_at("10:10");
    assert_eq!(mail_to(&report, &[SOC]).header("X-Illumio-Monitor-Kind"), "daily");
    assert_eq!(report.mails.len(), 1, "{:?}", told(&report));
}

#[test]
fn the_end_of_a_condition_goes_to_those_who_were_told_its_begin_as_a_reply_to_their_mail() {
    let mut world = routed(json!([
        {"levels": ["critical"], "to": [PAGER]},
        {"conditions": ["pce"], "to": [NET], "only": true}
    ]));
    world.run_at("10:00");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:06");
    world.pce.fault(Fault::status(503).retry_after(0));
    let begins = world.run_at("10:10");
    assert!(mail_to(&begins, &[PAGER, NET]).subject().contains("PCE unreachable"));
    assert_eq!(begins.mails.len(), 1, "{:?}", told(&begins));
    let begin = mail_to(&begins, &[PAGER, NET]).header("Message-ID");
    world.pce.heal();

    let ends = world.run_at("10:20");

    let end = mail_to(&ends, &[PAGER, NET]);
    assert!(end.subject().contains("PCE reachable again"), "{}", end.subject());
    assert_eq!(end.header("In-Reply-To"), begin);
    assert_eq!(ends.mails.len(), 1, "{:?}", told(&ends));
    assert_eq!(world.config()["state"]["conditions"], json!({}));
}

#[test]
fn the_end_finds_those_who_were_told_where_the_routes_have_changed_since() {
    let mut world = routed(json!([{"conditions": ["unreachable"], "to": [NET], "only": true}]));
    world.run_at("10:00");
    world.pce.fault(Fault::status(503).retry_after(0));
    mail_to(&world.run_at("10:10"), &[NET]);
    world.set(
        "email.routes",
        json!([{"rules": [1], "to": [NET]}, {"levels": ["info"], "to": [DB]}]),
    );
    world.pce.heal();
    let ends = world.run_at("10:20");
    assert_eq!(mail_to(&ends, &[NET]).subject(), ends.mail().subject());

    world.pce.fault(Fault::status(503).retry_after(0));
    mail_to(&world.run_at("10:30"), &[SOC]);
    world.set("email.routes", json!([{"conditions": ["pce"], "to": [NET], "only": true}]));
    world.pce.heal();
    assert_eq!(world.run_at("10:40").mail().to, [SOC]);
}

#[test]
fn whom_the_server_refuses_keeps_no_other_from_his_mail_and_his_goes_to_the_recipients() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    let refuse = format!("RCPT TO:<{NET}>");
    world.mail_server(Options::default().say(&refuse, "550 5.1.1 no such user"));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.event(clone_detected("db-03").at("10:06"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("mails"), run.number("pending")), (78, 2, 0), "{run:?}");
    assert!(run.mails.iter().all(|mail| mail.to == [SOC]), "{:?}", told(&run));
    let subjects: Vec<String> = run.mails.iter().map(Mail::subject).collect();
    assert!(subjects[0].contains("Cloned") && subjects[1].contains("Tampering"), "{subjects:?}");
    let next = world.run_at("10:20");
    assert_eq!((next.code, next.mails.len()), (0, 1), "{next:?}");
    let notice = words(next.mail());
    assert!(
        notice.contains("goes to email.recipients instead") && notice.contains(NET),
        "{notice}"
    );
    assert_eq!(world.run_at("10:30").mails.len(), 0);
}

#[test]
fn an_outage_that_is_for_a_dead_address_alone_is_told_to_the_recipients_at_once() {
    let mut world = routed(json!([{"conditions": ["pce"], "to": [NET], "only": true}]));
    let refuse = format!("RCPT TO:<{NET}>");
    world.mail_server(Options::default().say(&refuse, "550 5.1.1 no such user"));
    world.pce.fault(Fault::status(503).retry_after(0));
    let run = world.run_at("10:10");
    assert_eq!((run.mails.len(), run.number("pending")), (1, 0), "{run:?}");
    assert_eq!(run.mail().to, [SOC]);
}

#[test]
fn two_spellings_of_an_address_are_one_person() {
    let mut world = routed(json!([{"rules": [1], "to": [SOC.to_uppercase()]}]));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let run = world.run_at("10:10");
    assert_eq!((run.mails.len(), run.mail().to.len()), (1, 1), "{run:?}");
}

#[test]
fn where_the_server_takes_no_mail_at_all_what_was_made_for_some_stays_theirs() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    world.mail_server(Options::default().times(
        "RCPT",
        4,
        Action::Say("554 5.7.1 Relay access denied\r\n".into()),
    ));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    assert_eq!(world.run_at("10:10").number("pending"), 1);
    assert_eq!(world.run_at("10:20").number("pending"), 1);
    mail_to(&world.run_at("10:30"), &[NET]);
}

#[test]
fn a_routed_mail_that_waits_goes_to_those_it_was_made_for_as_far_as_the_config_has_them() {
    let mut world = routed(json!([
        {"rules": [1], "to": [NET, DB], "only": true},
        {"rules": [2], "to": [PAGER], "only": true}
    ]));
    world.set("smtp.port", json!(dead_port()));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.event(agent_suspend("db-02").at("10:06"));
    world.pce.event(clone_detected("db-03").at("10:07"));
    let waits = world.run_at("10:10");
    assert_eq!((waits.code, waits.number("pending")), (75, 3), "{waits:?}");

    // The recipients are others now, one team has moved, and one is gone.
    world.set("email.recipients", json!(["new-soc@example.net"]));
    world.set("email.routes", json!([{"rules": [3], "to": [NET]}]));
    world.set("smtp.port", json!(world.mailbox.port()));
    let run = world.run_at("10:20");

    assert_eq!((run.code, run.number("pending")), (0, 0), "{run:?}");
    let subject = |to: &str, what: &str| {
        let mut of = run.mails.iter().filter(|mail| mail.to == [to]);
        assert!(of.any(|mail| mail.subject().contains(what)), "{to} {what}: {:?}", told(&run));
    };
    subject(NET, "Tampering");
    subject("new-soc@example.net", "Cloned");
    subject("new-soc@example.net", "Suspended");
    assert_eq!(run.mails.len(), 3);
}

#[test]
fn mail_that_waits_merges_by_those_it_is_for_and_loses_no_line() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    world.set("smtp.port", json!(dead_port()));
    for minute in 10..40 {
        world
            .pce
            .event(agent_tampering(&format!("db-{minute}")).at(format!("10:{minute}:00").as_str()));
        if minute % 10 == 0 {
            world.pce.event(
                clone_detected(&format!("x-{minute}")).at(format!("10:{minute}:05").as_str()),
            );
        }
        world.run_at(format!("10:{minute}:30").as_str());
    }
    let waiting = world.config()["state"]["outbox"]["mails"].clone();
    assert_eq!(waiting.as_array().unwrap().len(), 20);
    world.set("smtp.port", json!(world.mailbox.port()));

    let run = world.run_at("10:41");

    let lines = |to: &str, what: &str| -> usize {
        let mails = run.mails.iter().filter(|mail| mail.to == [to]);
        let told = |mail: &Mail| match mail.subject() {
            subject if subject.contains("waited") => words(mail).matches(what).count(),
            subject => usize::from(subject.contains(what)),
        };
        mails.map(told).sum()
    };
    assert_eq!(
        (lines(NET, "Tampering (1)"), lines(SOC, "Cloned (1)")),
        (30, 3),
        "{:?}",
        told(&run)
    );
    assert_eq!((lines(NET, "Cloned (1)"), lines(SOC, "Tampering (1)")), (0, 0));
    // Who has few mails has them whole.
    let whole =
        run.mails.iter().filter(|mail| mail.to == [SOC] && mail.subject().contains("Cloned"));
    assert_eq!(whole.count(), 3);
}

#[test]
fn a_run_that_is_killed_between_two_mails_leaves_each_told_once() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    let slow = Action::Pause(3_000, Box::new(Action::Say("250 2.1.5 ok\r\n".into())));
    world.mail_server(Options::default().times(&format!("RCPT TO:<{NET}>"), 1, slow));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.event(clone_detected("db-03").at("10:06"));
    world.pce.set_now("10:10");
    let heard = format!("RCPT TO:<{NET}>");
    let mut run = world.run_until(|world| world.mailbox.heard(&heard));
    run.kill().unwrap();
    run.wait().unwrap();

    let next = world.run_at("10:20");

    assert_eq!((next.code, next.number("alerts")), (0, 0), "{next:?}");
    mail_to(&next, &[NET]);
    assert_eq!(world.run_at("10:30").mails.len(), 0);
    // The first was taken before the kill, and nobody could save that: it comes again as itself.
    let all = world.mailbox.all();
    let ids = |to: &str| -> Vec<String> {
        let mut ids: Vec<String> = all
            .iter()
            .filter(|mail| mail.to == [to])
            .map(|mail| mail.header("Message-ID"))
            .collect();
        ids.dedup();
        ids
    };
    assert_eq!((ids(SOC).len(), ids(NET).len()), (1, 1));
}

#[test]
fn a_state_of_before_there_were_routes_sends_its_mail_to_the_recipients() {
    let mut world = routed(json!([]));
    world.set("smtp.port", json!(dead_port()));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:10");
    assert!(world.config()["state"]["outbox"]["mails"][0].get("to").is_none());
    world.set("email.routes", json!([{"rules": [1], "to": [NET], "only": true}]));
    world.set("smtp.port", json!(world.mailbox.port()));
    assert_eq!(world.run_at("10:20").mail().to, [SOC]);
}

#[test]
fn what_is_attached_are_the_records_of_the_rules_in_that_mail() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    world.set("email.attach_records", json!(true));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.event(clone_detected("db-03").at("10:06"));
    let run = world.run_at("10:10");
    for (to, rule, event_type) in [(NET, 1, "agent.tampering"), (SOC, 3, "agent.clone_detected")] {
        let mail = mail_to(&run, &[to]);
        let text = words(mail);
        assert!(text.contains("the records that matched in this run (1)"), "{text}");
        let records = lines(&attached(mail).unwrap());
        let [record] = records.as_slice() else { panic!("{records:?}") };
        assert_eq!(
            (&record["rules"], &record["record"]["event_type"]),
            (&json!([rule]), &json!(event_type))
        );
    }
}

#[test]
fn check_and_test_mail_try_everyone_who_may_get_one() {
    let mut world = routed(json!([{"rules": [1, 77], "to": [NET, SOC]}]));
    let refuse = format!("RCPT TO:<{NET}>");
    world.mail_server(Options::default().say(&refuse, "550 5.1.1 no such user"));
    world.run_at("10:00");

    let check = world.run(&["check"]);
    let takes = check.stdout.lines().find(|line| line.contains("accepts mail to"));
    assert!(takes.is_some_and(|line| line.contains(SOC) && !line.contains(NET)), "{check:?}");
    let refuses = check.stdout.lines().find(|line| line.contains("550 5.1.1"));
    assert!(refuses.is_some_and(|line| line.contains(NET)), "{check:?}");
    assert!(
        check.stdout.contains("email.routes[0].rules: there is no rule with the id 77"),
        "{check:?}"
    );
    assert_eq!(check.code, 78);
    // A run has nothing to say of a rule that is not there.
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.mails.len()), (0, 0), "{run:?}");

    let sent = world.run(&["test-mail"]);
    assert_eq!(sent.mail().to, [SOC]);
    assert!(sent.stdout.contains(SOC) && sent.stderr.contains(NET), "{sent:?}");
}

#[test]
fn what_is_wrong_with_a_route_is_told_with_its_place_and_a_remedy() {
    for (route, place, says) in [
        (json!({"levels": ["critical"]}), "email.routes[0].to", "is missing"),
        (json!({"to": []}), "email.routes[0].to", "nobody would get"),
        (json!({"to": ["a b"]}), "email.routes[0].to", "a b"),
        (json!({"to": [NET], "levels": ["high"]}), "email.routes[0].levels", "\"critical\""),
        (json!({"to": [NET], "levels": []}), "email.routes[0].levels", "name at least one"),
        (json!({"to": [NET], "rules": ["VEN"]}), "email.routes[0].rules[0]", "number"),
        (json!({"to": [NET], "rules": "VEN"}), "email.routes[0].rules", "[7, 9]"),
        (json!({"to": [NET], "conditions": ["delivery"]}), "email.routes[0].conditions", "itself"),
        (json!({"to": [NET], "conditions": ["pc"]}), "email.routes[0].conditions", "\"pce\""),
        (json!({"to": [NET], "level": ["info"]}), "email.routes[0].level", "levels"),
        (json!({"to": [NET], "only": "yes"}), "email.routes[0].only", "true"),
        (json!([NET]), "email.routes[0]", "object"),
    ] {
        let mut world = routed(json!([route]));
        let run = world.run_at("10:00");
        assert_eq!(run.code, 78, "{route}: {run:?}");
        assert!(run.stderr.contains(place) && run.stderr.contains(says), "{route}: {run:?}");
    }
    let mut world = routed(json!({"to": [NET]}));
    assert!(world.run_at("10:00").stderr.contains("email.routes: a list of objects"));
    let many: Vec<Value> = (0..51).map(|_| json!({"to": [NET]})).collect();
    let mut world = routed(json!(many));
    assert!(world.run_at("10:00").stderr.contains("50"));
}

#[test]
fn what_a_pause_held_goes_to_those_who_would_have_been_told_without_it() {
    let mut world = routed(json!([{"rules": [1], "to": [NET], "only": true}]));
    world.edit(|config| {
        config["pauses"] = json!([{"id": 1, "rules": "all", "why": "CHG-123",
            "from": "2026-08-03 02:00", "until": "2026-08-03 06:00"}]);
    });
    world.run_at("01:50");
    world.pce.event(agent_tampering("db-01").at("02:10"));
    world.pce.event(clone_detected("db-03").at("02:11"));
    assert_eq!(world.run_at("02:20").mails.len(), 0);

    let run = world.run_at("06:30");

    for (to, told, not) in
        [(NET, "Rule 1 Tampering", "Cloned:"), (SOC, "Rule 3 Cloned", "Tampering:")]
    {
        let text = words(mail_to(&run, &[to]));
        assert!(text.contains("Held back during CHG-123") && text.contains(told), "{text}");
        assert!(!text.contains(not), "{text}");
    }
    assert_eq!(run.mails.len(), 2, "{:?}", told(&run));
}
