//! Hundreds of rows of the shape that those of a live PCE 25.2.40 have: all states,
//! several of them side by side for one flow, one pair of rows of one name, processes
//! and users, names in DNS, Kubernetes, and counts from one to tens of thousands a day.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::kinds::Kind;
use crate::pce::*;

/// Flows; most have rows in more than one state.
const FLOWS: u64 = 320;

/// How often a flow's connections are told to its VEN, at most.
const STEP: i64 = 300;

/// What VENs see from ten hours before the first poll to the end.
pub fn fill(pce: &Pce, kind: &Kind, end: Timestamp) {
    let before = kind.begin - SignedDuration::from_hours(10);
    for nth in 0..FLOWS {
        let flow = flow(nth);
        for state in states(nth) {
            let begin = before + SignedDuration::from_secs((mixed(nth) % 3_000) as i64);
            evenly(pce, flow.clone().state(state), a_day(nth, state), begin, end);
        }
    }
    // Two rows of one name, one of which came to its end.
    let pair = || allowed("172.16.15.163", "172.16.15.160", 6379);
    let pair = || pair().seen_by_source().state("active").process("redis").user("root");
    evenly(pce, pair(), 478, before, end);
    let soon = kind.begin + SignedDuration::from_mins(50);
    evenly(pce, pair().lane(1), 274, before, soon);
}

/// The states that a flow has rows in.
fn states(nth: u64) -> &'static [&'static str] {
    match nth % 10 {
        0..=3 => &["timed out"],
        4 | 5 => &["snapshot"],
        6 => &["closed"],
        7 => &["active", "timed out"],
        8 => &["active", "closed", "timed out"],
        _ => &["active", "snapshot"],
    }
}

/// Connections in a day [the capture's]: many rows have a few, a few have thousands.
const A_DAY: [u64; 16] = [1, 1, 2, 4, 8, 18, 30, 75, 85, 168, 289, 400, 781, 1_157, 1_500, 8_790];

fn a_day(nth: u64, state: &str) -> u64 {
    let dice = mixed(nth ^ (state.len() as u64) << 32);
    // A snapshot row counts looks, one with each upload.
    let least = if state == "snapshot" { 144 } else { 1 };
    A_DAY[dice as usize % A_DAY.len()].max(least)
}

/// So many a day, evenly, told in steps of at least five minutes.
fn evenly(pce: &Pce, flow: Connection, a_day: u64, begin: Timestamp, end: Timestamp) {
    let step = (86_400 / a_day as i64).max(STEP);
    let steps = end.duration_since(begin).as_secs() / step;
    let until = |nth: i64| (i128::from(nth * step) * i128::from(a_day) / 86_400) as u64;
    let connections = (0..steps).map(|nth| {
        let when = begin + SignedDuration::from_secs(nth * step);
        flow.clone().at(when).times(until(nth + 1) - until(nth))
    });
    pce.connections(connections.filter(|one| one.times > 0));
}

fn flow(nth: u64) -> Connection {
    let source = match nth % 8 {
        0 => address(&format!("192.168.20.{}", nth % 250 + 1)),
        1 => kubernetes_workload(&format!("pod-{}", nth % 23)),
        _ => workload(&format!("app-{}", nth % 41)),
    };
    let destination = match nth % 3 {
        0 => address(&format!("203.0.113.{}", nth % 250 + 1))
            .fqdn(&format!("site-{nth}.example.net")),
        1 => workload(&format!("db-{}", nth % 17)),
        _ if nth.is_multiple_of(8) => workload(&format!("db-{}", nth % 13)),
        _ => address(&format!("172.17.0.{}", nth % 250 + 1)),
    };
    let destination = match nth % 24 {
        0 => workload("gateway"),
        _ => destination,
    };
    let kind = [potentially_blocked, potentially_blocked, potentially_blocked, allowed, blocked];
    let flow = kind[nth as usize % 5](source, destination, (nth % 60_000) as u16 + 20);
    let flow = match nth % 20 {
        0..=3 => flow.udp(),
        4 => flow.icmp(8, 0),
        _ => flow.field("icmp_type", json!(0)).field("icmp_code", json!(0)),
    };
    match nth % 4 {
        0 => flow,
        1 => flow.process("nginx"),
        _ => flow.process("java").user("app"),
    }
}
