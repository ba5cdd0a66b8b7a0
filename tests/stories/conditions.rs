//! Watched conditions: told when they begin, again while they last, when they end.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

/// The PCE's front end answers, and nothing stands behind it.
fn broken() -> Fault {
    Fault::status(503).retry_after(0)
}

/// The mail's text without its line breaks.
fn words(run: &Run) -> String {
    let text = run.mail().text();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_mailed(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    let subject = run.mail().subject();
    for part in parts {
        assert!(subject.contains(part), "{part}: {subject}");
    }
}

fn assert_no_mail(run: &Run, code: i32) {
    assert_eq!((run.code, run.mails.len()), (code, 0), "{run:?}");
}

#[test]
fn an_unreachable_pce_is_told_at_once_again_after_hours_and_when_it_is_back() {
    let mut world = watched();
    assert_no_mail(&world.run_at("10:00"), 0);
    world.pce.fault(broken());

    let begins = world.run_at("10:10");
    assert_mailed(&begins, 75, &["CRITICAL", "PCE unreachable"]);
    assert!(begins.stdout.contains(" retry "), "{begins:?}");
    assert!(begins.stderr.contains("503"), "{begins:?}");
    assert!(words(&begins).contains("503"));
    assert_eq!(begins.mail().header("X-Illumio-Monitor-Level"), "critical");
    assert_eq!(begins.mail().header("X-Illumio-Monitor-Kind"), "condition");
    world.pce.event(agent_tampering("db-01").at("10:15"));
    assert_no_mail(&world.run_at("10:20"), 75);
    assert_no_mail(&world.run_at("14:09"), 75);
    let lasts = world.run_at("14:10");
    assert_mailed(&lasts, 75, &["CRITICAL", "PCE still unreachable"]);
    assert!(words(&lasts).contains("2026-08-03 10:10 +00:00"));
    assert_no_mail(&world.run_at("18:09"), 75);
    world.pce.heal();
    let ends = world.run_at("18:20");

    // What happened meanwhile comes in the same mail.
    assert_mailed(&ends, 0, &["PCE reachable again (8 h 10 min)", "Tampering (1)"]);
    assert_no_mail(&world.run_at("18:30"), 0);
}

#[test]
fn the_reminder_comes_as_often_as_the_config_says() {
    let mut world = watched();
    world.set("settings.reminder_hours", json!(1));
    world.pce.fault(broken());
    let mails =
        world.run_every(30, "10:00", "12:00").iter().map(|run| run.mails.len()).collect::<Vec<_>>();
    assert_eq!(mails, [1, 0, 1, 0, 1]);
}

#[test]
fn where_nothing_listens_nothing_more_is_tried() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.forget_requests();
    world.pce.fault(Fault::hang(std::time::Duration::from_millis(1)));
    let run = world.run_at("10:10");
    assert_mailed(&run, 75, &["CRITICAL", "PCE unreachable"]);
    let paths: Vec<String> = world.pce.requests().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/api/v2/health"; 3]);

    world.pce.heal();
    world.pce.down();
    let run = world.run(&["run"]);
    assert_no_mail(&run, 75);
    assert!(run.stderr.contains("refused"), "{run:?}");
}

#[test]
fn refused_credentials_are_not_a_pce_that_is_down() {
    for health_check in [true, false] {
        let mut world = watched();
        world.set("settings.enable_health_check", json!(health_check));
        world.run_at("10:00");
        let (key, secret) = (world.pce.key(), world.pce.secret());
        world.pce.set_credentials("api_other", "another");
        world.pce.forget_requests();

        let begins = world.run_at("10:10");

        assert_mailed(&begins, 78, &["CRITICAL", "PCE refuses the API key"]);
        assert!(!begins.mail().subject().contains("unreachable"));
        assert!(begins.stdout.contains(" config "), "{begins:?}");
        assert!(begins.stderr.contains("api.secret"), "{begins:?}");
        assert_eq!(world.pce.requests().len(), 1, "nothing more is asked");
        assert_no_mail(&world.run_at("10:20"), 78);
        assert_mailed(&world.run_at("14:10"), 78, &["still refuses the API key"]);
        world.pce.set_credentials(&key, &secret);
        assert_mailed(&world.run_at("14:20"), 0, &["API key accepted again (4 h 10 min)"]);
    }
}

#[test]
fn a_key_refused_behind_the_events_is_told_once_however_often_it_is() {
    let mut world = watched();
    world.rule(json!({"type": "traffic", "name": "Blocked"}));
    world.run_at("10:00");
    let polled = Fault::status(401).method("GET").on("/async_queries");
    world.pce.fault(polled);
    let begins = world.run_at("10:10");
    assert_mailed(&begins, 78, &["CRITICAL", "PCE refuses the API key"]);
    for time in ["10:15", "10:20"] {
        assert_no_mail(&world.run_at(time), 78);
    }
    world.pce.heal();
    assert_mailed(&world.run_at("10:30"), 0, &["API key accepted again (20 min)"]);
}

#[test]
fn what_no_rule_wants_any_more_is_no_condition_though_the_key_is_refused_meanwhile() {
    let mut world = watched();
    world.rule(json!({"id": 2, "type": "traffic", "name": "Blocked"}));
    world.run_at("10:00");
    world.pce.fault(broken().on("/async_queries"));
    assert_no_mail(&world.run_at("10:10"), 75);
    assert_mailed(&world.run_at("10:20"), 75, &["Traffic not read completely"]);
    world.pce.heal();
    assert_eq!(world.run(&["rules", "disable", "2"]).code, 0);

    world.pce.fault(Fault::status(401).on("/events"));
    let run = world.run_at("10:30");

    assert_eq!(run.code, 78, "{run:?}");
    assert_eq!(world.config()["state"]["conditions"].get("traffic"), None);
    assert!(words(&run).contains("Traffic read completely again"), "{}", words(&run));
}

#[test]
fn a_condition_begins_when_it_is_seen_however_long_the_run_takes() {
    let mut world = watched();
    world.rule(json!({"type": "traffic", "name": "Blocked"}));
    world.run_at("10:00");
    world.pce.health_status("critical", "Database replica is gone");
    world.pce.fault(Fault::hang(Duration::from_secs(4)).method("POST").times(1));

    let run = world.run_at("10:10");

    assert!(run.mail().subject().contains("PCE health"), "{run:?}");
    let since = &world.config()["state"]["conditions"]["health"]["since"];
    let since: Timestamp = since.as_str().unwrap().parse().unwrap();
    let late = since.duration_since(world.now());
    assert!(late < SignedDuration::from_secs(3), "{since} is {late} after the greeting");
}

#[test]
fn health_is_told_with_its_text_when_it_worsens_and_when_it_is_normal_again() {
    let mut world = watched();
    assert_no_mail(&world.run_at("10:00"), 0);
    world.pce.health_status("warning", "Disk is 91% full");
    let begins = world.run_at("10:10");
    assert_mailed(&begins, 0, &["PCE health is not normal"]);
    assert!(!begins.mail().subject().contains("CRITICAL"));
    assert!(words(&begins).contains("Disk is 91% full"));
    assert!(begins.mail().html().contains("Disk is 91% full"));
    assert_no_mail(&world.run_at("10:20"), 0);

    world.pce.health_status("critical", "Database replica is gone");
    let worse = world.run_at("10:30");
    assert_mailed(&worse, 0, &["CRITICAL", "PCE health"]);
    assert!(words(&worse).contains("Database replica is gone"));
    assert_no_mail(&world.run_at("10:40"), 0);

    // That it is better, but not well, is no news; who asks is told how it is now.
    world.pce.health_status("warning", "Disk is 95% full");
    assert_no_mail(&world.run_at("10:45"), 0);
    let now = world.run(&["status", "--json", "--max-age", "9999999"]).stdout;
    assert!(now.contains("95% full") && !now.contains("replica"), "{now}");

    world.pce.health_status("normal", "");
    let ends = world.run_at("10:50");
    assert_mailed(&ends, 0, &["PCE health is normal again (40 min)"]);
    assert!(words(&ends).contains("not normal for 40 min. Period"), "{}", words(&ends));
    assert_no_mail(&world.run_at("11:00"), 0);
}

#[test]
fn of_a_superclusters_members_the_one_that_is_ill_is_named() {
    let mut world = watched();
    let mut list = healthy();
    let mut other = list[0].clone();
    (other["fqdn"], other["status"]) = (json!("pce-tokyo.example.net"), json!("error"));
    other["notifications"] = Value::Null;
    list.as_array_mut().unwrap().push(other);
    world.pce.set_health(list);
    let run = world.run_at("10:10");
    assert_mailed(&run, 0, &["PCE health is not normal"]);
    assert!(run.mail().text().contains("pce-tokyo.example.net says it is error"));
}

#[test]
fn health_that_is_not_offered_to_this_key_is_no_alarm() {
    for status in [403, 404, 406] {
        let mut world = watched();
        world.pce.fault(Fault::status(status).on("/health"));
        world.pce.event(agent_tampering("db-01").at("10:05"));
        let run = world.run_at("10:10");
        assert_mailed(&run, 0, &["Tampering (1)"]);
        assert!(words(&run).contains("PCE health: not offered"));
        assert_no_mail(&world.run_at("10:20"), 0);
    }
}

#[test]
fn without_the_health_check_the_pces_health_is_not_asked_for() {
    let mut world = watched();
    world.set("settings.enable_health_check", json!(false));
    world.pce.health_status("critical", "Nobody asked");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let run = world.run_at("10:10");
    assert_mailed(&run, 0, &["Tampering (1)"]);
    assert!(world.pce.requests_to("GET", "/health").is_empty());
    // That the PCE is gone is noticed all the same.
    world.pce.fault(broken());
    assert_mailed(&world.run_at("10:20"), 75, &["PCE unreachable"]);
}

#[test]
fn events_that_fail_once_are_an_accident_and_twice_a_condition() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    let once = world.run_at("10:10");
    assert_no_mail(&once, 75);
    assert!(once.stderr.contains("/events"), "{once:?}");
    let twice = world.run_at("10:20");
    assert_mailed(&twice, 75, &["Events not read completely"]);
    assert_no_mail(&world.run_at("10:30"), 75);
    world.pce.heal();
    let ends = world.run_at("10:40");
    assert_mailed(&ends, 0, &["Events read completely again (20 min)", "Tampering (1)"]);
}

#[test]
fn a_key_that_may_not_read_events_is_told_with_what_to_do() {
    let mut world = watched();
    world.pce.fault(Fault::status(403).on("/events"));
    assert_no_mail(&world.run_at("10:00"), 75);
    let run = world.run_at("10:10");
    assert_mailed(&run, 75, &["Events not read completely"]);
    assert!(words(&run).contains("Global Viewer"), "{}", words(&run));
}
