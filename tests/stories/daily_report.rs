//! The daily report: once a day, whatever happens, so that silence means failure.

use std::net::TcpListener;

use serde_json::json;

use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::{Mail, Run, World};

/// A quiet world that reports at half past eight.
fn reporting() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.set("settings.daily_report", json!("08:30"));
    world
}

fn reports(runs: &[Run]) -> Vec<&Mail> {
    let mails = runs.iter().flat_map(|run| &run.mails);
    mails.filter(|mail| mail.header("X-Illumio-Monitor-Kind") == "daily").collect()
}

/// The mail's text without its line breaks.
fn words(mail: &Mail) -> String {
    let text = mail.text();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(mail: &Mail, parts: &[&str]) {
    let text = words(mail);
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_daily_report_comes_once_a_day() {
    let mut world = reporting();
    let before = world.run_every(10, "08:00", "08:20");
    assert_eq!(reports(&before).len(), 0);

    let at_half_past = world.run_at("08:30");

    let mail = at_half_past.mail();
    assert_eq!(
        mail.subject(),
        "[Illumio Monitor] [test] Daily report: 4 runs, none failed, no alerts"
    );
    assert_eq!(mail.header("X-Illumio-Monitor-Kind"), "daily");
    assert_eq!(mail.header("X-Illumio-Monitor-Level"), "info");
    assert_says(mail, &["4 Runs none failed", "0 Mails waiting", "illumio_api_config.json"]);
    let rest_of_the_day = world.run_every(60, "08:40", "23:40");
    assert_eq!(reports(&rest_of_the_day).len(), 0);
    let next = world.run_every(10, "+1d 08:20", "+1d 08:40");
    let told: Vec<usize> = next.iter().map(|run| run.mails.len()).collect();
    assert_eq!(reports(&next).len(), 1, "{told:?}");
    assert_says(
        reports(&next)[0],
        &["Period: 2026-08-03 08:30 – 2026-08-04 08:30 +00:00", "18 Runs none failed"],
    );
}

#[test]
fn a_missed_day_is_reported_by_the_next_run() {
    let mut world = reporting();
    world.run_every(10, "08:10", "08:40");

    let late = world.run_at("+2d 15:00");

    assert_eq!(reports(std::slice::from_ref(&late)).len(), 1, "{late:?}");
    let again = world.run_every(10, "+2d 15:10", "+2d 15:30");
    assert_eq!(reports(&again).len(), 0);
    let next = world.run_at("+3d 08:30");
    assert_eq!(reports(&[next]).len(), 1);
}

#[test]
fn it_counts_what_happened_and_names_the_rules_that_told_most() {
    let mut world = reporting();
    world.rule(json!({"type": "traffic", "name": "Blocked SMB", "port": 445}));
    let off = json!({"type": "event", "filter_value": "user.login", "enabled": false});
    world.rule(off);
    world.run_at("08:30");
    world.pce.event(agent_tampering("db-01").at("08:35"));
    world.run_at("08:40");
    world.pce.event(agent_tampering("db-02").at("08:45"));
    world.pce.connections(blocked("10.0.0.5", "10.9.0.4", 445).at("08:45").every(10, 25));
    world.run_at("09:00");
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    assert_eq!(world.run_at("09:10").code, 75);
    world.pce.heal();
    world.run_every(60, "10:00", "23:00");
    world.run_every(60, "+1d 00:00", "+1d 08:00");

    let run = world.run_at("+1d 08:30");

    let found = reports(std::slice::from_ref(&run));
    let mail = found[0];
    assert!(
        mail.subject().contains("Daily report: 27 runs, 1 failed, 3 alerts"),
        "{}",
        mail.subject()
    );
    assert_eq!(mail.header("X-Illumio-Monitor-Level"), "warning");
    assert_says(
        mail,
        &[
            "2 New events complete up to 08-04 08:30",
            "Rows of traffic read complete up to 08-04 08:30",
            "3 Alerts from 2 of 2 rules",
            "1 h Longest time without a run 08-03 10:00 – 08-03 11:00",
            "3 Mails delivered",
            "2 Tampering 2 matches 1 Blocked SMB 25 matches",
        ],
    );
}

#[test]
fn while_the_pce_is_unreachable_the_report_goes_out_all_the_same() {
    let mut world = reporting();
    world.run_at("08:00");
    world.pce.fault(Fault::status(503).retry_after(0));
    world.run_at("08:20");

    let run = world.run_at("08:30");

    assert_eq!(run.code, 75);
    let mail = run.mail();
    assert!(mail.subject().contains("3 runs, 2 failed"), "{}", mail.subject());
    assert_says(mail, &["PCE unreachable since 2026-08-03 08:20"]);
    assert_eq!(world.run_at("08:40").mails.len(), 0);
}

#[test]
fn it_is_as_bad_as_the_worst_that_holds_and_names_that_first() {
    let mut world = reporting();
    world.set("api.key_expires", json!("2026-08-08"));
    world.rule(json!({
        "type": "event", "name": "Backup must come", "filter_value": "sec_policy.create",
        "threshold_type": "below", "threshold_count": 1, "threshold_window": 60,
        "level": "critical"
    }));
    world.run_every(10, "06:00", "08:20");

    let run = world.run_at("08:30");

    let mail = reports(std::slice::from_ref(&run))[0];
    let subject = "CRITICAL: Daily report: Backup must come: still too few +1 · ";
    assert!(mail.subject().contains(subject), "{}", mail.subject());
    assert_eq!(mail.header("X-Illumio-Monitor-Level"), "critical");
    let text = words(mail);
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(place("[CRITICAL] test · 2 active conditions") < place("Backup must come"));
    assert!(place("· CRITICAL") < place("API key is about to expire"), "{text}");
    assert!(place("API key is about to expire") < place("What to do"), "{text}");
}

#[test]
fn while_the_mail_server_is_down_the_report_waits_and_comes_once() {
    let mut world = reporting();
    world.run_at("08:10");
    let port = world.config()["smtp"]["port"].clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = listener.local_addr().unwrap().port();
    drop(listener);
    world.set("smtp.port", json!(dead));
    world.pce.event(agent_tampering("db-01").at("08:15"));
    assert_eq!(world.run_at("08:20").number("pending"), 1);

    let run = world.run_at("08:30");
    assert_eq!((run.code, run.number("pending")), (75, 2), "{run:?}");
    let waits = world.run_at("08:40");
    assert_eq!((waits.code, waits.number("pending")), (75, 2), "{waits:?}");
    world.set("smtp.port", port);
    let run = world.run_at("08:50");

    assert_eq!((run.code, run.number("mails")), (0, 2), "{run:?}");
    let runs = [run];
    let found = reports(&runs);
    assert_eq!(found.len(), 1);
    assert_says(
        found[0],
        &["This mail was created at 2026-08-03 08:30", "1 Mails waiting the oldest of 08-03 08:20"],
    );
    assert_eq!(world.run_at("09:00").mails.len(), 0);
    // What the report told stands in no other one.
    let next = [world.run_at("+1d 08:30")];
    assert_says(reports(&next)[0], &["0 Alerts", "2 Mails delivered"]);
}

/// A port where nothing listens.
fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn what_came_of_a_runs_own_mail_is_counted_once() {
    let mut world = reporting();
    let port = world.config()["smtp"]["port"].clone();
    let tampered = |world: &World, host: &str, time: &str| {
        world.pce.event(agent_tampering(host).at(time));
    };
    world.run_at("07:50");
    // Two runs whose mail alone fails, one that delivers what waits and its own.
    world.set("smtp.port", json!(dead_port()));
    for (host, happened, time) in [("db-01", "07:55", "08:00"), ("db-02", "08:05", "08:10")] {
        tampered(&world, host, happened);
        assert_eq!(world.run_at(time).code, 75);
    }
    let held = |world: &World| world.config()["state"]["conditions"]["delivery"]["since"].clone();
    assert!(held(&world).to_string().starts_with("\"2026-08-03T08:00"), "{}", held(&world));
    world.set("smtp.port", port.clone());
    tampered(&world, "db-03", "08:15");
    let both = world.run_at("08:20");
    assert_eq!((both.code, both.mails.len()), (0, 3), "{both:?}");
    assert_eq!(held(&world), json!(null));

    let report = [world.run_at("08:30")];
    let mail = reports(&report)[0];
    assert!(mail.subject().contains("5 runs, 2 failed, 3 alerts"), "{}", mail.subject());
    assert_says(mail, &["3 Mails delivered", "0 Mails waiting"]);

    // A report that can't be sent makes no failed run of the next one's.
    world.set("smtp.port", json!(dead_port()));
    for (host, happened, time) in [("db-04", "23:00", "23:10"), ("db-05", "23:15", "23:20")] {
        tampered(&world, host, happened);
        world.run_at(time);
    }
    let waits = world.run_at("+1d 08:30");
    assert_eq!((waits.code, waits.number("pending")), (75, 3), "{waits:?}");
    world.set("smtp.port", port.clone());
    let late = [world.run_at("+1d 08:40")];
    assert_says(reports(&late)[0], &["2 Mails waiting the oldest of 08-03 23:10"]);
    let next = [world.run_at("+2d 08:30")];
    assert!(reports(&next)[0].subject().contains("2 runs, none failed"), "{next:?}");

    // Nor does one that fails by its own mail alone.
    world.set("smtp.port", json!(dead_port()));
    let waits = world.run_at("+3d 08:30");
    assert_eq!((waits.code, waits.number("pending")), (75, 1), "{waits:?}");
    world.set("smtp.port", port);
    world.run_at("+3d 08:40");
    let next = [world.run_at("+4d 08:30")];
    assert!(reports(&next)[0].subject().contains("2 runs, none failed"), "{next:?}");
}

#[test]
fn what_was_while_nobody_wanted_a_report_stands_in_none() {
    let mut world = reporting();
    world.run_at("08:00");
    world.set("settings.daily_report", json!(null));
    world.pce.event(agent_tampering("db-01").at("08:05"));
    assert_eq!(world.run_at("08:10").mails.len(), 1);
    world.set("settings.daily_report", json!("08:30"));
    world.run_at("08:20");

    let report = [world.run_at("08:30")];

    let period = "Period: 2026-08-03 08:20 – 08:30 +00:00";
    assert_says(reports(&report)[0], &[period, "2 Runs none failed", "0 Mails delivered"]);
}

#[test]
fn a_run_that_is_killed_while_the_report_is_on_its_way_has_told_it_once() {
    let mut world = reporting();
    world.run_at("08:20");
    let slow = Action::Pause(3_000, Box::new(Action::Say("354 now\r\n".into())));
    world.mail_server(Options::default().times("DATA", 1, slow));
    world.pce.set_now("08:30");
    let mut run = world.run_until(World::sends_a_mail);
    let state = world.config()["state"].clone();
    run.kill().unwrap();
    run.wait().unwrap();

    assert_eq!(state["outbox"]["mails"].as_array().unwrap().len(), 1);
    assert_eq!(state["day"]["told"], json!("2026-08-03"));
    assert_eq!(state["day"]["runs"], json!(0));
    let next = [world.run_at("08:40"), world.run_at("08:50")];
    let found = reports(&next);
    assert_eq!(found.len(), 1, "{next:?}");
    assert_says(found[0], &["2 Runs none failed"]);
}

#[test]
fn on_the_days_that_have_an_hour_less_or_more_it_comes_once() {
    for (evening, night, morning) in [
        ("2026-03-28T22:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T04:00:00Z"),
        ("2026-10-24T22:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T04:00:00Z"),
    ] {
        let mut world = reporting();
        world.set("settings.timezone", json!("Europe/Berlin"));
        world.set("settings.daily_report", json!("02:30"));
        world.run_at(evening);
        let runs = world.run_every(10, night, morning);
        assert_eq!(reports(&runs).len(), 1, "{night}");
    }
}

#[test]
fn a_wrong_clock_brings_the_report_early_and_never_silences_it() {
    let mut world = reporting();
    world.run_at("08:30");
    world.pce.fault(Fault::date("+400d 12:00"));
    let ahead = world.run_at("12:00");
    assert_eq!(reports(&[ahead]).len(), 1);
    world.pce.heal();
    // The clock is doubted, then confirmed.
    assert_eq!(world.run_at("12:10").code, 75);
    let confirmed = world.run_at("12:11");
    assert_eq!((confirmed.code, reports(&[confirmed]).len()), (0, 0));

    let next = world.run_every(10, "+1d 08:20", "+1d 08:40");

    assert_eq!(reports(&next).len(), 1);
}

#[test]
fn a_clock_that_stands_in_the_past_for_one_run_brings_no_second_report() {
    let mut world = reporting();
    world.run_at("08:20");
    assert_eq!(reports(&[world.run_at("08:30")]).len(), 1);
    world.pce.fault(Fault::date("-300d 12:00"));
    let behind = world.run_at("08:40");
    assert_eq!((behind.code, behind.mails.len()), (75, 0), "{behind:?}");
    world.pce.heal();
    let after = [world.run_at("08:50"), world.run_at("09:00")];
    assert_eq!(reports(&after).len(), 0, "{after:?}");
}

#[test]
fn without_daily_report_there_is_none() {
    let mut world = World::new();
    let runs = world.run_every(60, "08:00", "+1d 10:00");
    assert!(runs.iter().all(|run| run.mails.is_empty()));
    assert_eq!(world.config()["state"]["day"]["runs"], json!(0));
}

#[test]
fn a_reset_brings_no_second_report_of_the_day() {
    let mut world = reporting();
    world.run_at("08:20");
    assert_eq!(reports(&[world.run_at("08:30")]).len(), 1);
    let reset = world.run(&["run", "--reset-state"]);
    assert_eq!(reports(&[reset]).len(), 0);
    assert_eq!(reports(&[world.run_at("08:50")]).len(), 0);
}

#[test]
fn the_report_speaks_the_readers_language() {
    let mut world = reporting();
    world.set("settings.language", json!("zh-TW"));
    world.run_at("08:20");
    let run = world.run_at("08:30");
    assert_eq!(
        run.mail().subject(),
        "[Illumio Monitor] [test] 每日報告：執行 2 次，無失敗，無警示"
    );
}
