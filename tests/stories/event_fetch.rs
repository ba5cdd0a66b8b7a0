//! Which events a cycle fetches: each once, whenever it was recorded, however many.

use illumio_monitor::pce::record::Event;
use illumio_monitor::pce::seen::{MAX_SEEN, SeenEvents};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

/// A world with one rule that tells every tampering.
fn watched() -> World {
    let world = World::new();
    world.rule(tampering());
    world
}

fn tampering() -> Value {
    json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"})
}

/// A rule that is never met, with this window.
fn patient(window: u64) -> Value {
    json!({
        "type": "event", "name": "Patient", "filter_value": "agent.never",
        "threshold_type": "count", "threshold_count": 1000, "threshold_window": window
    })
}

/// New events and told matches of this run, whose alerts are all of one rule.
fn new_and_told(run: &Run) -> (u64, u64) {
    let told = run.mails.iter().filter_map(|mail| {
        let subject = mail.subject().replace(',', "");
        let (_, count) = subject.split_once("Tampering (")?;
        count.split_once(')')?.0.parse::<u64>().ok()
    });
    (run.number("events"), told.sum())
}

/// The bounds of the event queries that were made since they were last looked at.
fn asked(world: &World) -> Vec<(String, String)> {
    let requests = world.pce.requests_to("GET", "/events");
    world.pce.forget_requests();
    let bound = |query: &str, name: &str| {
        let query = query.replace("%5B", "[").replace("%5D", "]").replace("%3A", ":");
        let (_, rest) = query.split_once(&format!("timestamp[{name}]=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    requests.iter().map(|seen| (bound(&seen.query, "gte"), bound(&seen.query, "lte"))).collect()
}

#[test]
fn the_first_run_reaches_back_over_the_longest_window_and_at_least_ten_minutes() {
    for (windows, inside, outside) in
        [(vec![], "09:51", "09:49"), (vec![5], "09:51", "09:49"), (vec![30, 180], "07:01", "06:59")]
    {
        let mut world = watched();
        for window in &windows {
            world.rule(patient(*window));
        }
        // One that is off makes no difference.
        let mut off = patient(5_000);
        off["enabled"] = json!(false);
        world.rule(off);
        world.pce.event(agent_tampering("db-01").at(inside));
        world.pce.event(agent_tampering("db-02").at(outside));
        let run = world.run_at("10:00");
        assert_eq!(new_and_told(&run), (1, 1), "{windows:?}: {run:?}");
    }
}

#[test]
fn a_fetch_reaches_back_over_the_overlap_and_tells_nothing_twice() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:09:59"));
    assert_eq!(new_and_told(&world.run_at("10:10")), (1, 1));
    asked(&world);

    let again = world.run_at("10:15");

    assert_eq!(new_and_told(&again), (0, 0), "{again:?}");
    let (from, _) = asked(&world).remove(0);
    assert!(from.starts_with("2026-08-03T10:00:0"), "{from}");
}

#[test]
fn an_event_recorded_late_within_the_overlap_is_told_once_at_its_own_time() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:02:30").recorded("10:11"));
    assert_eq!(new_and_told(&world.run_at("10:10")), (0, 0));

    let run = world.run_at("10:12");

    assert_eq!(new_and_told(&run), (1, 1), "{run:?}");
    let text = run.mail().text();
    assert!(text.contains("Seen: 2026-08-03 10:02 +00:00"), "{text}");
    assert_eq!(new_and_told(&world.run_at("10:20")), (0, 0));
}

#[test]
fn events_at_the_fetchs_very_edges_are_told_once() {
    let mut world = watched();
    // The first fetch begins at 10:00:00, and some milliseconds that the run took till
    // then; it ends with the second of 10:10:00.
    for time in ["10:00:20.000", "10:10:00.000", "10:10:00.999"] {
        world.pce.event(agent_tampering(time).at(time).recorded("10:10"));
    }
    world.pce.event(agent_tampering("before").at("09:59:59.999"));
    let first = world.run_at("10:10");
    assert_eq!(new_and_told(&first), (3, 3), "{first:?}");
    world.pce.event(agent_tampering("on the minute").at("10:20:00.000"));
    assert_eq!(new_and_told(&world.run_at("10:20")), (1, 1));
    assert_eq!(new_and_told(&world.run_at("10:30")), (0, 0));
}

#[test]
fn events_of_one_instant_and_of_one_type_are_different_events() {
    let mut world = watched();
    for _ in 0..7 {
        world.pce.event(agent_tampering("db-01").at("10:03"));
    }
    assert_eq!(new_and_told(&world.run_at("10:10")), (7, 7));
    assert_eq!(new_and_told(&world.run_at("10:20")), (0, 0));
}

#[test]
fn a_page_that_looks_full_is_split_until_nothing_is_missing() {
    for (amount, cap) in
        [(100, None), (500, None), (1_000, None), (2_300, Some(500)), (321, Some(100))]
    {
        let mut world = watched();
        if let Some(cap) = cap {
            world.pce.cap_events_at(cap);
        }
        let events = (0..amount).map(|n| {
            let at = at("10:00:05") + SignedDuration::from_millis(n * 250);
            agent_tampering("db-01").at(at)
        });
        world.pce.events(events);

        let run = world.run_at("10:10");

        let amount = amount.unsigned_abs();
        assert_eq!(new_and_told(&run), (amount, amount), "{run:?}");
        assert!(asked(&world).len() > 1, "{amount}");
        assert_eq!(new_and_told(&world.run_at("10:15")), (0, 0));
    }
}

#[test]
fn a_storm_of_30_000_events_in_ten_minutes_is_counted_to_the_last() {
    let mut world = watched();
    let events = (0..30_000).map(|n| {
        let at = at("10:00:01") + SignedDuration::from_millis(n * 19);
        agent_tampering("db-01").at(at)
    });
    world.pce.events(events);

    let run = world.run_at("10:10");

    assert_eq!(new_and_told(&run), (30_000, 30_000), "{run:?}");
    assert!(asked(&world).len() >= 4);
    let state = world.config()["state"].to_string().len();
    assert!(state < 800_000, "{state} bytes of state");
    assert_eq!(new_and_told(&world.run_at("10:20")), (0, 0));
}

#[test]
fn a_second_with_more_events_than_the_pce_hands_out_is_said_once() {
    let mut world = watched();
    // 10,000 is what the PCE hands out at most.
    let events = (0..10_400).map(|n| {
        let at = at("10:05") + SignedDuration::from_micros(n * 90);
        agent_tampering("db-01").at(at)
    });
    world.pce.events(events);
    let around = ["10:04:59", "10:05:01"].map(|time| agent_tampering("db-02").at(time));
    world.pce.events(around);

    let run = world.run_at("10:10");

    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(new_and_told(&run), (10_002, 10_002), "{run:?}");
    let text = run.mail().text();
    assert_eq!(text.matches("some of them are missing").count(), 1, "{text}");
    assert!(text.contains("some of them are missing"), "{text}");
    assert!(text.contains("2026-08-03 10:05:00"), "{text}");
    for time in ["10:12", "10:14", "10:20"] {
        let again = world.run_at(time);
        assert!(again.mails.is_empty(), "{time}: {}", again.mails[0].text());
    }
}

#[test]
fn after_twenty_hours_and_after_nine_days_the_backlog_comes_in_slices_oldest_first() {
    for (last, when) in [("10:00", "+1d 06:00"), ("10:00", "+9d 10:00")] {
        let mut world = watched();
        assert_eq!(world.run_at(last).code, 0);
        let hours = (at(when).duration_since(at(last)).as_secs() / 3_600).unsigned_abs();
        for hour in 0..hours {
            let at = at(last) + SignedDuration::from_mins(hour as i64 * 60 + 30);
            world.pce.event(agent_tampering("db-01").at(at));
        }
        asked(&world);

        let run = world.run_at(when);

        assert_eq!(new_and_told(&run), (hours, hours), "{run:?}");
        let asked = asked(&world);
        assert!(asked.len() as u64 >= hours / 6, "{asked:?}");
        assert!(asked.is_sorted(), "{asked:?}");
        assert_eq!(new_and_told(&world.run_at(at(when) + SignedDuration::from_mins(10))), (0, 0));
    }
}

#[test]
fn a_backlog_that_breaks_off_keeps_the_slices_it_has() {
    let mut world = watched();
    assert_eq!(world.run_at("00:00").code, 0);
    for hour in 1..20 {
        world
            .pce
            .event(agent_tampering("db-01").at(at("00:30") + SignedDuration::from_hours(hour)));
    }
    world.pce.fault(Fault::status(500).on("/events").after(2));
    let broken = world.run_at("20:00");
    assert_eq!(broken.code, 75, "{broken:?}");
    let (_, before) = new_and_told(&broken);
    assert!((1..19).contains(&before), "{broken:?}");
    world.pce.heal();
    asked(&world);

    let run = world.run_at("20:10");

    assert_eq!(new_and_told(&run).1, 19 - before, "{run:?}");
    assert!(asked(&world)[0].0.as_str() > "2026-08-03T10:00");
}

#[test]
fn what_lies_beyond_the_longest_backlog_is_skipped_and_that_is_said() {
    let mut world = watched();
    world.set("settings.max_event_catch_up_hours", json!(24));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.event(agent_tampering("skipped").at("11:00"));
    world.pce.event(agent_tampering("fetched").at("+2d 11:00"));

    let run = world.run_at("+3d 10:00");

    assert_eq!(new_and_told(&run), (1, 1), "{run:?}");
    let text = run.mail().text();
    assert!(text.contains("max_event_catch_up_hours"), "{text}");
    // What the first run read is not said to be skipped.
    assert!(text.contains("from 2026-08-03 10:00:00"), "{text}");
    assert!(text.contains("to 2026-08-05 10:00:00"), "{text}");
    let again = world.run_at("+3d 10:10");
    assert!(again.mails.is_empty(), "{}", again.mails[0].text());
}

#[test]
fn a_backlog_that_goes_on_growing_is_skipped_and_told_once_it_can_be_read() {
    let mut world = watched();
    world.set("settings.max_event_catch_up_hours", json!(24));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    let runs = world.run_every(30, "+3d 09:00", "+3d 11:00");
    let mails = runs.iter().map(|run| run.mails.len());
    assert_eq!(mails.collect::<Vec<_>>(), [0, 1, 0, 0, 0], "{runs:?}");
    world.pce.heal();
    world.pce.event(agent_tampering("db-01").at("+2d 12:00"));

    let run = world.run_at("+3d 11:10");

    assert_eq!(new_and_told(&run), (1, 1), "{run:?}");
    let text = run.mail().text();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let skipped =
        "Events from 2026-08-03 10:00:00 +00:00 to 2026-08-05 11:10:00 +00:00 were skipped";
    assert!(text.contains(skipped), "{text}");
}

#[test]
fn a_backlog_just_as_long_as_allowed_skips_nothing_and_says_nothing() {
    let mut world = watched();
    world.set("settings.max_event_catch_up_hours", json!(24));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.event(agent_tampering("db-01").at("10:02"));

    // The position is not beyond the longest backlog; only its overlap is.
    let run = world.run_at("+1d 09:58");

    assert_eq!(new_and_told(&run), (1, 1), "{run:?}");
    let text = run.mail().text();
    assert!(!text.contains("max_event_catch_up_hours"), "{text}");
}

#[test]
fn a_first_fetch_that_fails_is_made_up_for_by_the_next() {
    for late_reach in [0, 26] {
        let mut world = watched();
        world.set("settings.late_reach_hours", json!(late_reach));
        world.pce.event(agent_tampering("db-01").at("09:52"));
        world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
        for time in ["10:00", "10:10"] {
            assert_eq!(world.run_at(time).code, 75);
        }
        world.pce.heal();

        let run = world.run_at("10:20");

        assert_eq!(new_and_told(&run), (1, 1), "{late_reach}: {run:?}");
        assert_eq!(new_and_told(&world.run_at("10:30")), (0, 0));
    }
}

#[test]
fn what_was_recorded_hours_late_is_found_hourly_and_told_once() {
    let mut world = watched();
    world.set("settings.late_reach_hours", json!(26));
    world.run_every(10, "04:00", "10:00");
    world.pce.event(agent_tampering("db-01").at("05:30").recorded("10:01"));
    asked(&world);

    let runs = world.run_every(10, "10:10", "12:10");

    let told: Vec<u64> = runs.iter().map(|run| new_and_told(run).1).collect();
    assert_eq!(told.iter().sum::<u64>(), 1, "{told:?}");
    assert!(told[..6].contains(&1), "{told:?}");
    // No query asks for what was before the very first fetch began.
    let asked = asked(&world);
    let far = asked.iter().filter(|(from, _)| from.as_str() < "2026-08-03T09:00");
    assert_eq!(far.count(), 2, "{asked:?}");
    assert!(asked.iter().all(|(from, _)| from.as_str() >= "2026-08-03T03:50"), "{asked:?}");
}

#[test]
fn what_happened_before_the_first_fetch_is_nobodys_news() {
    let mut world = watched();
    world.set("settings.late_reach_hours", json!(26));
    world.pce.event(agent_tampering("old").at("03:00"));
    for run in world.run_every(30, "10:00", "15:00") {
        assert_eq!(new_and_told(&run), (0, 0), "{run:?}");
    }
}

#[test]
fn odd_events_are_counted_as_far_as_they_can_be_read_and_stop_nothing() {
    let mut world = watched();
    let odd = || agent_tampering("db-01").at("10:03");
    let values = [
        json!(null),
        json!(7),
        json!("text"),
        json!([]),
        json!({}),
        json!([null, 1, "x", {}]),
        json!({"agent": null}),
        json!({"agent": "x"}),
    ];
    let mut amount = 0;
    for field in [
        "created_by",
        "status",
        "severity",
        "action",
        "resource_changes",
        "notifications",
        "pce_fqdn",
        "extra",
    ] {
        world.pce.event(odd().without(field));
        amount += 1;
        for value in &values {
            world.pce.event(odd().with(field, value.clone()));
            amount += 1;
        }
    }
    // Without an href it is known by its bytes.
    world.pce.event(odd().without("href"));
    world.pce.event(odd().with("href", json!(null)).with("extra", json!(1)));
    world.pce.event(odd().with("href", json!(17)).with("extra", json!(2)));
    amount += 3;
    // One that has no type is new, but nothing that the rule asks for.
    world.pce.event(odd().with("event_type", json!(null)));
    world.pce.event(odd().with("event_type", json!(["agent.tampering"])));

    let run = world.run_at("10:10");

    assert_eq!(new_and_told(&run), (amount + 2, amount), "{run:?}");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(new_and_told(&world.run_at("10:15")), (0, 0));
}

#[test]
fn elements_that_are_no_objects_and_times_that_are_none_stop_nothing() {
    let mut world = watched();
    let body = concat!(
        r#"[null, 1, "agent.tampering", [], true, {}, nope,"#,
        r#"{"href":"/orgs/1/events/a","event_type":"agent.tampering","timestamp":"yesterday"},"#,
        r#"{"href":"/orgs/1/events/b","event_type":"agent.tampering","timestamp":null},"#,
        r#"{"href":"/orgs/1/events/c","event_type":"agent.tampering"},"#,
        r#"{"href":"/orgs/1/events/d","event_type":"agent.tampering","timestamp":"2026-08-03T10:03:00.000Z","event_type":"agent.tampering"},"#,
        r#"{"href":"/orgs/1/events/e","event_type":"agent.tampering","timestamp":"2026-08-03T18:04:00+08:00"}]"#
    );
    world.pce.fault(Fault::answer(200, "application/json", body).on("/events"));

    let run = world.run_at("10:10");

    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(new_and_told(&run).1, 5, "{run:?}");
    let text = run.mail().text();
    assert!(text.contains("1 event record could not be read"), "{text}");
    // That is said once, however often they come.
    let again = world.run_at("10:12");
    assert_eq!((again.code, again.mails.len()), (0, 0), "{again:?}");
}

#[test]
fn after_an_outage_the_next_three_cycles_look_far_back() {
    let mut world = watched();
    world.set("settings.late_reach_hours", json!(26));
    world.run_every(20, "06:00", "10:00");
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    assert_eq!(world.run_at("10:10").code, 75);
    world.pce.heal();
    asked(&world);

    let far: Vec<bool> = ["10:20", "10:25", "10:30", "10:35", "10:40"]
        .into_iter()
        .map(|time| {
            world.run_at(time);
            asked(&world)[0].0.as_str() < "2026-08-03T07"
        })
        .collect();

    assert_eq!(far.iter().filter(|far| **far).count(), 3, "{far:?}");
    assert!(!far[4], "{far:?}");
}

#[test]
fn an_event_dated_in_the_future_is_told_once_its_time_has_come() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:25").recorded("10:05"));
    let told: Vec<u64> =
        world.run_every(10, "10:10", "10:50").iter().map(|run| new_and_told(run).1).collect();
    assert_eq!(told, [0, 0, 1, 0, 0]);
}

#[test]
fn more_events_than_can_be_remembered_are_told_once_a_day() {
    let mut world = World::new();
    world.set("settings.late_reach_hours", json!(26));
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    assert_eq!(world.run_at("10:00").code, 0);
    world.edit(|config| {
        let seen = &mut config["state"]["seen"];
        let mut table: SeenEvents = serde_json::from_value(seen.clone()).unwrap();
        for n in 0..MAX_SEEN {
            let second = SignedDuration::from_secs(n as i64 % 200);
            table.insert(&Event::default(), n.to_string().as_bytes(), at("09:55") + second);
        }
        *seen = json!(table);
    });

    world.pce.event(session_ended("operator").at("10:05"));
    let first = world.run_at("10:10");
    world.pce.event(session_ended("operator").at("10:15"));
    let second = world.run_at("10:20");

    assert_eq!((first.code, second.code), (0, 0));
    let text = first.mail().text().replace('\n', " ");
    assert!(text.contains("More than 300,000 events"), "{text}");
    assert!(text.contains("at present those before 2026-08-03 09:55:01"), "{text}");
    assert!(second.mails.is_empty(), "{second:?}");
}
