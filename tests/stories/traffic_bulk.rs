//! More rows than one query can bring: a real download, split by decision and by
//! ports, read to its end, each row counted once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::World;

const ROWS: u64 = 205_000;

/// What this PCE finds for one query, so that decisions alone do not split enough.
const CAP: usize = 90_000;

#[test]
fn more_than_200_000_rows_come_in_parts_and_each_counts_once() {
    let mut world = World::new();
    world.set("email.raw_snapshot", json!(false));
    world.rule(json!({"type": "traffic", "name": "All", "pd": -1}));
    world.pce.every_query(Fate::completes().after_polls(0));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.bulk(ROWS);
    world.pce.cap_rows_at(CAP);
    world.pce.gzip(false);
    world.pce.forget_requests();

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("flows")), (0, ROWS), "{run:?}");
    // What began before the rule looked counts as one, and what was over by then not;
    // it looked from some milliseconds behind the minute on.
    let since = at("09:50");
    let expected: u64 = Bulk::new(ROWS, at("10:00"))
        .counts(at("10:10"))
        .filter(|(_, last, _)| *last > since)
        .map(|(first, _, count)| if first > since { count } else { 1 })
        .sum();
    assert_eq!(run.told()[0].count, expected, "{run:?}");
    assert!(!run.mail().text().contains("could be read"), "{run:?}");
    let posted = world.pce.requests_to("POST", "async_queries");
    let bodies: Vec<Value> = posted.iter().map(|seen| seen.json()).collect();
    let split_by = |key: &str| {
        let all: BTreeSet<String> = bodies.iter().map(|body| body[key].to_string()).collect();
        all.len() > 1
    };
    assert!(split_by("services"));
    let whatever = "those whose decision has no name are asked for, too";
    assert!(!split_by("policy_decisions"), "{whatever}");
    let downloads = world.pce.requests_to("GET", "/download").len();
    assert!(downloads < posted.len(), "what does not fit is not read twice");
    assert_eq!(world.pce.queries_kept(), 0);
}
