//! A PCE that clips rows to the query: found out, told once, and counted in slots.

use serde_json::{Value, json};

use super::beside::Beside;
use crate::pce::*;

const TIMES: [&str; 8] = [
    "10:10", "10:20", "10:30", "10:40", "10:50", "11:00", "11:13", "11:30",
];

/// A clipping PCE with steady traffic, one connection a minute from 09:00:30 to 11:15.
fn clipping(settings: &str) -> Beside {
    let beside = Beside::with(&[json!({"type": "traffic"})]);
    beside.world.set("settings.traffic_counts", json!(settings));
    let pce = &beside.world.pce;
    pce.counting(Counting {
        clipped: true,
        ..Counting::default()
    });
    pce.connections(
        blocked("web-01", "db-01", 445)
            .at("09:00:30")
            .every(60, 135),
    );
    beside
}

fn starts(beside: &Beside) -> Vec<Value> {
    let posted = beside.world.pce.requests_to("POST", "async_queries");
    posted
        .iter()
        .map(|seen| seen.json()["start_date"].clone())
        .collect()
}

#[test]
fn clipping_is_found_out_and_told_once_and_counts_are_right_from_then_on() {
    let mut beside = clipping("auto");
    let mut told = Vec::new();
    let mut notices = 0;
    for when in TIMES {
        beside.world.pce.forget_requests();
        let run = beside.world.run_at(when);
        assert_eq!(run.code, 0, "{when} {run:?}");
        notices += run
            .mails
            .iter()
            .filter(|mail| mail.text().contains("clips the rows"))
            .count();
        told.push(run.told().iter().map(|told| told.count).sum::<u64>());
    }
    assert_eq!(notices, 1);
    // The first cycles cannot know; by 10:40 it is known.
    assert_eq!(told[4..], [10, 10, 13, 2], "{told:?}");
    let slots = starts(&beside);
    let on_tens = |start: &Value| start.as_str().unwrap()[15..].starts_with("0:00.000");
    assert!(slots.len() > 3 && slots.iter().all(on_tens), "{slots:?}");
    assert_eq!(beside.world.pce.queries_kept(), 0);
}

#[test]
fn clipping_that_shows_behind_an_older_query_is_no_failure() {
    let beside = &mut Beside::with(&[json!({"type": "traffic"})]);
    let pce = &beside.world.pce;
    pce.counting(Counting {
        clipped: true,
        ..Counting::default()
    });
    pce.connections(
        blocked("web-01", "db-01", 445)
            .at("09:45:30")
            .every(60, 120),
    );
    beside.world.run_at("10:00");
    beside.world.run_at("10:10");
    beside
        .world
        .set("settings.cycle_deadline_seconds", json!(1));
    beside
        .world
        .pce
        .next_query(Fate::completes().after_minutes(15));
    assert_eq!(beside.world.run_at("10:20").code, 75);
    beside
        .world
        .set("settings.cycle_deadline_seconds", json!(60));

    let run = beside.world.run_at("10:40");

    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.mail().text().contains("clips the rows"), "{run:?}");
    let told: Vec<u64> = ["10:50", "11:00"]
        .into_iter()
        .flat_map(|when| beside.world.run_at(when).told())
        .map(|told| told.count)
        .collect();
    assert_eq!(told, [10, 10]);
}

#[test]
fn clipped_from_the_start_counts_every_connection_once() {
    let mut beside = clipping("clipped");
    let mut told = Vec::new();
    for when in TIMES {
        let run = beside.world.run_at(when);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(
            run.mails
                .iter()
                .all(|mail| !mail.text().contains("clips the rows"))
        );
        told.push(run.told().iter().map(|told| told.count).sum::<u64>());
    }
    assert_eq!(told, [10, 10, 10, 10, 10, 10, 13, 2]);
}

#[test]
fn cumulative_is_taken_at_its_word() {
    let mut beside = clipping("cumulative");
    beside.world.pce.counting(Counting::default());
    let told = beside.tells_at(&TIMES);
    assert_eq!(told.len(), 8, "{told:?}");
    let mut beside = clipping("cumulative");
    for when in TIMES {
        beside.world.run_at(when);
    }
    assert_eq!(starts(&beside).len(), TIMES.len(), "no slots");
}
