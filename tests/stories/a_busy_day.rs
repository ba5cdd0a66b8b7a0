//! A busy day's mails, byte by byte as they were last looked at: whatever makes the
//! monitor faster leaves what it tells as it is.
//!
//! `ILLUMIO_MONITOR_GOLDEN=write cargo test --test stories a_busy_day` writes them
//! anew, for a person to look at the difference.

use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::World;

/// Rules of every kind that compares something, so that rows come to be told by each.
fn rules() -> Vec<Value> {
    let count = |mut rule: Value, count: u64, window: u64| {
        rule["type"] = json!("traffic");
        rule["threshold_type"] = json!("count");
        rule["threshold_count"] = json!(count);
        rule["threshold_window"] = json!(window);
        rule
    };
    vec![
        json!({"type": "event", "filter_value": "agent.*|tampering", "level": "critical"}),
        json!({"type": "event", "filter_value": "rule_set", "count_by": "objects"}),
        count(json!({"name": "Blocked in volume", "pd": 2}), 1_000, 10),
        count(json!({"name": "Any decision", "pd": -1, "cooldown_minutes": 15}), 500, 60),
        count(
            json!({"name": "SMB and RDP", "pd": -1, "port": "135,445,3389", "count_by": "flows"}),
            20,
            30,
        ),
        count(
            json!({"name": "High ports", "pd": 1, "port": "1024-65535", "proto": "tcp", "ex_port": "8080"}),
            50,
            20,
        ),
        count(
            json!({"name": "Shop 7", "pd": -1, "src_label": "app=Shop 7,env=Production"}),
            5,
            1_440,
        ),
        count(
            json!({"name": "Into one net", "pd": -1, "dst_ip_in": ["172.16.3.0/24"], "ex_dst_ip": "172.16.3.7"}),
            5,
            10,
        ),
        count(
            json!({"name": "From one net", "pd": -1, "src_ip_in": "10.0.2.0/25", "ex_src_label": "app=Shop 9"}),
            5,
            10,
        ),
        json!({"type": "traffic", "name": "Databases", "pd": 2, "port": "1433,3306,5432", "src_ip_in": "10.0.0.0/28"}),
        count(json!({"name": "Never", "pd": 0}), 1, 10),
    ]
}

/// What each mail of three cycles says, its text and its HTML, over so many rows.
fn three_cycles_over(rows: u64) -> String {
    let mut world = World::new();
    for rule in rules() {
        world.rule(rule);
    }
    world.pce.every_query(Fate::completes().after_polls(0));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.bulk(rows);
    world.pce.events((0..40).map(|n| {
        let when = at("10:01") + SignedDuration::from_secs(n * 7);
        match n % 4 {
            0 => agent_tampering(&format!("db-{n:02}")).at(when),
            1 => rule_set_update("wang@example.net", "電子商務 | 正式環境").at(when),
            _ => session_ended("operator").at(when),
        }
    }));
    let mut said = String::new();
    for time in ["10:10", "10:20", "10:30"] {
        let run = world.run_at(time);
        assert_eq!((run.code, run.number("flows")), (0, rows), "{run:?}");
        for mail in run.mails {
            // Of the HTML, which says the same, its digest: a difference shows.
            let (text, html) = (plain(&world, &mail.text()), plain(&world, &mail.html()));
            let html = ring::digest::digest(&ring::digest::SHA256, html.as_bytes());
            said += &format!("{time} {}\n\n{text}\n{html:?}\n\n", mail.subject());
        }
    }
    said
}

/// Without what differs from one run of the test to the next.
fn plain(world: &World, text: &str) -> String {
    text.replace(&format!(":{}", world.pce.address().port()), ":8443")
        .replace(world.folder().to_str().unwrap(), "/folder")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[track_caller]
fn reads_as_before(name: &str, now: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/golden");
    let file = folder.join(name);
    if std::env::var_os("ILLUMIO_MONITOR_GOLDEN").is_some_and(|word| word == "write") {
        fs::write(&file, now).unwrap();
    }
    let before = fs::read_to_string(&file).unwrap_or_default();
    let differ = before.lines().zip(now.lines()).find(|(a, b)| a != b);
    assert!(before == now, "{} differs: {differ:#?}", file.display());
}

#[test]
fn what_few_rows_have_to_tell_reads_as_it_did() {
    reads_as_before("a-busy-day.txt", &three_cycles_over(900));
}

#[test]
fn what_more_rows_than_tables_hold_have_to_tell_reads_as_it_did() {
    reads_as_before("a-very-busy-day.txt", &three_cycles_over(12_000));
}
