//! What lists make of what is remembered: bounds, and how it stands in the file.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::rules::WorkloadState;

const FILTER: fn() -> WorkloadFilter =
    || WorkloadFilter { state: vec![WorkloadState::Offline], ..WorkloadFilter::default() };

/// What a list of so many makes of what is known, of which those before `offline` are.
fn judged(known: &Watched, of: usize, offline: usize, room: usize, now: Minute) -> Judged {
    let filter = FILTER();
    let moment = Moment { now, listen_only: false, room };
    let mut judge = Judge::new(&filter, (1, 0), known, moment);
    for nth in 0..of {
        let record = format!(
            r#"{{"href":"/orgs/1/workloads/{nth:05}","hostname":"web-{nth:05}","online":{}}}"#,
            nth >= offline
        );
        let host: Host<'_> = serde_json::from_str(&record).unwrap();
        judge.see(&host, key_of(&host).unwrap());
    }
    judge.end(of as u64)
}

fn told(judged: Judged) -> Watched {
    let Judged { mut next, joined, .. } = judged;
    next.told(&joined);
    next
}

#[test]
fn what_is_beyond_the_room_is_counted_and_neither_told_twice_nor_in_place_of_others() {
    let first = judged(&Watched::default(), 500, 300, 200, 1_000);
    assert_eq!((first.told.count, first.told.beyond, first.joined.len()), (200, 100, 200));
    assert_eq!((first.told.joined.count, first.told.joined.top.len()), (200, SHOWN));
    let known = told(first);
    let next = judged(&known, 500, 300, 200, 1_010);
    assert_eq!((next.told.joined.count, next.told.still.count, next.told.beyond), (0, 200, 100));
    // Once there is room again, they are told.
    let fewer = judged(&told(next), 500, 50, 200, 1_020);
    assert_eq!((fewer.told.still.count, fewer.told.back.count), (50, 150));
    let again = judged(&told(fewer), 500, 60, 300, 1_030);
    assert_eq!(again.told.joined.count, 10);
}

#[test]
fn it_reads_as_it_was_written_and_takes_seventeen_letters_a_workload() {
    let known = told(judged(&Watched::default(), 1_000, 1_000, 5_000, 29_760_000));
    let over = told(judged(&known, 1_000, 500, 5_000, 29_760_047));
    let written = serde_json::to_string(&over).unwrap();
    assert_eq!(serde_json::from_str::<Watched>(&written).unwrap(), over);
    assert!(written.len() < 1_000 * 19, "{}", written.len());
    for damaged in ["AAAA", "x", "AAAAAAAAAAA"] {
        let damaged = format!(r#"{{"seen":"{damaged}"}}"#);
        assert!(serde_json::from_str::<Watched>(&damaged).is_err(), "{damaged}");
    }
}

#[test]
fn a_clock_that_was_set_back_makes_no_workload_so_in_the_future() {
    let known = told(judged(&Watched::default(), 3, 1, 10, 1_000));
    let earlier = judged(&known, 3, 1, 10, 900);
    assert_eq!(earlier.told.still.top[0].since, time_of(900));
    let over = judged(&told(earlier), 3, 0, 10, 950);
    assert_eq!((over.told.longest, over.told.over, over.told.total), (50, 1, 1));
    assert!(!over.told.holds());
}

#[test]
fn one_that_stands_twice_on_a_list_is_one() {
    let filter = FILTER();
    let moment = Moment { now: 5, listen_only: false, room: 10 };
    let nothing = Watched::default();
    let mut judge = Judge::new(&filter, (1, 0), &nothing, moment);
    for _ in 0..3 {
        let record = r#"{"href":"/orgs/1/workloads/1","hostname":"web-1","online":false}"#;
        let host: Host<'_> = serde_json::from_str(record).unwrap();
        judge.see(&host, key_of(&host).unwrap());
    }
    assert_eq!(judge.end(1).told.joined.count, 1);
}
