//! Wrong clocks: nothing is lost, and nothing is told twice.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::pce::{Fault, agent_tampering, at, blocked};
use crate::world::World;

fn world_with_a_told_event() -> World {
    let mut world = World::new();
    world.rule(
        json!({"type": "event", "filter_value": "agent.tampering", "name": "Agent tampered"}),
    );
    world.pce.event(agent_tampering("db-01").at("10:03"));
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    world
}

#[test]
fn one_date_that_is_hours_ahead_loses_and_repeats_nothing() {
    let mut world = world_with_a_told_event();
    world.pce.event(agent_tampering("db-02").at("10:15"));
    world.pce.fault(Fault::date("15:20"));
    let ahead = world.run_at("10:20");
    assert_eq!((ahead.code, ahead.number("alerts")), (0, 1), "{ahead:?}");

    world.pce.heal();
    world.pce.event(agent_tampering("db-03").at("10:25"));
    let doubted = world.run_at("10:30");
    assert_eq!(
        (doubted.code, doubted.number("events"), doubted.mails.len()),
        (75, 0, 0),
        "{doubted:?}"
    );

    let confirmed = world.run_at("10:31");
    assert_eq!(
        (confirmed.code, confirmed.number("events"), confirmed.number("alerts")),
        (0, 1, 1),
        "{confirmed:?}"
    );
    assert!(confirmed.mail().text().contains("db-03"));
}

#[test]
fn one_date_that_is_hours_behind_loses_and_repeats_nothing() {
    let mut world = world_with_a_told_event();
    world.pce.fault(Fault::date("05:20"));
    let behind = world.run_at("10:20");
    assert_eq!(
        (behind.code, behind.number("events"), behind.mails.len()),
        (75, 0, 0),
        "{behind:?}"
    );

    world.pce.heal();
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let right = world.run_at("10:30");
    assert_eq!(
        (right.code, right.number("events"), right.number("alerts")),
        (0, 1, 1),
        "{right:?}"
    );
}

#[test]
fn a_pce_whose_clock_was_set_back_is_followed_from_the_second_cycle_on() {
    let mut world = world_with_a_told_event();
    assert_eq!(world.run_at("08:00").code, 75);
    world.pce.event(agent_tampering("db-02").at("08:00"));
    let followed = world.run_at("08:01");
    assert_eq!((followed.code, followed.number("alerts")), (0, 1), "{followed:?}");
    world.pce.event(agent_tampering("db-03").at("08:05"));
    let after = world.run_at("08:10");
    assert_eq!(
        (after.code, after.number("events"), after.number("alerts")),
        (0, 1, 1),
        "{after:?}"
    );
}

#[test]
fn a_failing_proxys_clock_is_not_the_pces() {
    for hours in [-5, 5] {
        let mut world = World::new();
        world.rule(
            json!({"type": "event", "filter_value": "agent.tampering", "name": "Agent tampered"}),
        );
        world.pce.event(agent_tampering("db-01").at("10:05"));
        let wrong = at("10:10") + SignedDuration::from_hours(hours);
        let page = Fault::answer(502, "text/html", "<html>Bad gateway</html>");
        world.pce.fault(page.retry_after(0).dated(wrong).times(1));

        let run = world.run_at("10:10");

        assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
        assert!(run.stdout.starts_with("2026-08-03T10:10"), "{run:?}");
        let position = &world.config()["state"]["events"]["position"];
        assert!(position.as_str().unwrap().starts_with("2026-08-03T10:10"));
        world.pce.event(agent_tampering("db-02").at("10:15"));
        let next = world.run_at("10:20");
        assert_eq!((next.code, next.number("alerts")), (0, 1), "{next:?}");
    }
}

#[test]
fn a_first_run_that_saw_no_clock_of_the_pces_is_reckoned_in_it_later() {
    for hours in [-5, 5] {
        let mut world = World::new();
        world.rule(
            json!({"type": "event", "filter_value": "agent.tampering", "name": "Agent tampered"}),
        );
        world.pce.run_clock(SignedDuration::from_hours(hours));
        world.pce.fault(Fault::cut());
        assert_eq!(world.run(&["run"]).code, 75);
        // As if that had been an hour ago.
        world.edit(|file| {
            let since = &mut file["state"]["events"]["since"];
            let first: Timestamp = since.as_str().unwrap().parse().unwrap();
            *since = json!(first - SignedDuration::from_mins(60));
        });
        let now = world.now();
        let before_it = now - SignedDuration::from_mins(120);
        let after_it = now - SignedDuration::from_mins(30);
        world.pce.event(agent_tampering("db-01").at(before_it));
        world.pce.event(agent_tampering("db-02").at(after_it));

        world.pce.heal();
        let run = world.run(&["run"]);

        assert_eq!(
            (run.code, run.number("events"), run.number("alerts")),
            (0, 1, 1),
            "{hours} h: {run:?}"
        );
        assert!(!run.stderr.contains("clock was"), "{hours} h: {run:?}");
    }
}

/// Runs by a clock that is `hours` ahead, at these times of the right one.
fn runs_ahead(world: &mut World, hours: i64, times: &[&str]) {
    for time in times {
        let ahead = at(time) + SignedDuration::from_hours(hours);
        world.pce.set_now(*time);
        world.pce.fault(Fault::date(ahead));
        world.run(&["run"]);
        world.pce.heal();
    }
}

/// What the right clock's runs until then told of these hosts, with the whole story.
fn told(world: &World, host: &str) -> usize {
    let mails = world.mailbox.all();
    mails.iter().filter(|mail| mail.text().contains(host)).count()
}

#[test]
fn a_clock_that_is_more_than_a_day_ahead_for_several_runs_repeats_and_loses_nothing() {
    for (hours, late_reach) in [(27, 0), (27, 26), (31 * 24, 26)] {
        let mut world = World::new();
        world.set("settings.late_reach_hours", json!(late_reach));
        world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "A"}));
        world.rule(json!({"type": "traffic", "name": "Blocked", "port": 445}));
        world.pce.event(agent_tampering("early-01").at("09:55"));
        world.run_at("10:00");
        world.pce.event(agent_tampering("before-01").at("10:05"));
        world.pce.connection(blocked("web-01", "before-db", 445).at("10:05"));
        world.run_at("10:10");

        world.pce.event(agent_tampering("during-01").at("10:15"));
        world.pce.connection(blocked("web-02", "during-db", 445).at("10:15"));
        runs_ahead(&mut world, hours, &["10:20", "10:30"]);
        world.pce.event(agent_tampering("during-02").at("10:35"));
        world.pce.connection(blocked("web-03", "unseen-db", 445).at("10:35"));
        runs_ahead(&mut world, hours, &["10:40", "10:50"]);
        world.pce.event(agent_tampering("after-01").at("10:55"));
        world.pce.connection(blocked("web-04", "after-db", 445).at("10:55"));
        world.run_at("11:00");
        for time in ["11:01", "11:10", "11:20", "11:30"] {
            let run = world.run_at(time);
            assert_eq!(run.code, 0, "{hours} h: {run:?}");
        }

        for host in [
            "early-01",
            "before-01",
            "during-01",
            "during-02",
            "after-01",
            "before-db",
            "during-db",
            "unseen-db",
            "after-db",
        ] {
            assert_eq!(told(&world, host), 1, "{hours} h, {late_reach}: {host}");
        }
    }
}

#[test]
fn what_a_wrong_clock_would_give_up_on_waits() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "A"}));
    let port = world.mailbox.port();
    world.set("smtp.port", json!(9));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:10");
    runs_ahead(&mut world, 31 * 24, &["10:20", "10:21", "10:22"]);
    world.set("smtp.port", json!(port));
    world.run_at("10:30");
    assert_eq!(told(&world, "db-01"), 1);
    assert!(!world.mailbox.all().iter().any(|mail| mail.text().contains("given up")));
}

#[test]
fn by_a_clock_that_is_doubted_nothing_is_due_and_nothing_is_over() {
    let mut world = world_with_a_told_event();
    world.set("api.key_expires", json!("2026-08-20"));
    world.set("settings.daily_report", json!("10:50"));
    let told = world.run_at("10:20");
    assert!(told.mail().subject().contains("expires in 17 days"), "{}", told.mail().subject());

    // By this one the key has months to go.
    world.pce.fault(Fault::date("2026-06-24T10:30:00Z"));
    let behind = world.run_at("10:30");
    assert_eq!((behind.code, behind.mails.len()), (75, 0), "{behind:?}");

    // And from then until now nobody ran it for forty days.
    world.pce.heal();
    let right = world.run_at("10:40");
    assert_eq!((right.code, right.mails.len()), (0, 0), "{right:?}");
    let report = world.run_at("10:50").mail().text();
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = "20 min Longest time without a run 08-03 10:20 – 08-03 10:40";
    assert!(report.contains(longest), "{report}");
}

#[test]
fn what_holds_since_a_time_in_the_future_holds_since_now() {
    for mended in [false, true] {
        let mut world = World::new();
        world.pce.health_status("warning", "Disk is 91% full");
        let begins = world.run_at("+30d 10:00");
        assert!(begins.mail().subject().contains("PCE health"), "{begins:?}");
        if mended {
            world.pce.health_status("normal", "");
        }

        let mut runs = vec![world.run_at("10:00"), world.run_at("10:01")];
        runs.extend(world.run_every(60, "11:00", "14:00"));

        // The end at once, or what reminds of it after four hours.
        let mails: Vec<_> = runs.iter().flat_map(|run| &run.mails).collect();
        assert_eq!(mails.len(), 1, "{mended}: {runs:?}");
        assert_eq!(runs[if mended { 0 } else { 5 }].mails.len(), 1, "{runs:?}");
        let text = mails[0].text();
        let mut since =
            text.lines().filter(|line| line.starts_with("Since: ") || line.starts_with("Period: "));
        assert!(since.all(|line| !line.contains("2026-09")), "{text}");
    }
}

#[test]
fn what_was_noted_by_the_hosts_clock_is_reckoned_in_the_pces_once_though_no_fetch_follows() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "A"}));
    world.pce.run_clock(SignedDuration::from_hours(5));
    world.pce.fault(Fault::cut());
    assert_eq!(world.run(&["run"]).code, 75);
    world.edit(|file| {
        let since = &mut file["state"]["events"]["since"];
        let first: Timestamp = since.as_str().unwrap().parse().unwrap();
        *since = json!(first - SignedDuration::from_mins(60));
    });
    world.pce.event(agent_tampering("db-01").at(world.now() - SignedDuration::from_mins(30)));
    world.pce.heal();
    // Each of these shows the PCE's clock, and brings nothing.
    world.pce.fault(Fault::status(401));
    assert_eq!(world.run(&["run"]).code, 78);
    assert_eq!(world.run(&["run"]).code, 78);
    world.pce.heal();

    let run = world.run(&["run"]);

    assert_eq!((run.code, run.number("events"), run.number("alerts")), (0, 1, 1), "{run:?}");
}
