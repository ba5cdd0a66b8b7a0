//! Rules that count some apart: who, how wide, and for the first time.

use serde_json::{Value, json};

use super::beside::Beside;
use crate::pce::*;
use crate::world::{Run, World};

fn quiet(rules: &[Value]) -> World {
    Beside::with(rules).world
}

/// Five and more hosts on administration ports, each source by itself.
fn sweep() -> Value {
    json!({
        "type": "traffic", "pd": -1, "port": "22,445,3389", "name": "sweep", "level": "critical",
        "per": "source", "count_by": "destinations",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 10,
        "cooldown_minutes": 240,
    })
}

/// So many hosts are asked by this one, within a few minutes.
fn sweeps(from: &str, hosts: u64, when: &str) -> Vec<Connection> {
    let to = |nth: u64| format!("10.9.{}.{}", nth / 250, 1 + nth % 250);
    let begin = at(when);
    let one = |nth: u64| {
        let at = begin + jiff::SignedDuration::from_secs((nth % 200) as i64);
        blocked(from, to(nth).as_str(), 445).at(at)
    };
    (0..hosts).map(one).collect()
}

/// The lines of the mail's list of groups.
fn groups(run: &Run) -> String {
    let text = run.mails.iter().map(|mail| mail.text()).collect::<String>();
    let list = text.split("Each by itself\n").nth(1).unwrap_or_default();
    list.split("\n\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_noisy_printer_does_not_hide_an_attack_that_spreads() {
    let mut world = quiet(&[sweep()]);
    world.pce.connections(sweeps("10.0.0.9", 12, "10:01"));
    let printer = world.run_at("10:10");
    assert!(groups(&printer).contains("10.0.0.9"), "{}", printer.mails[0].text());
    world.pce.connections(sweeps("10.0.0.9", 12, "10:11"));
    world.pce.connections(sweeps("10.0.0.66", 200, "10:12"));
    let attack = world.run_at("10:20");
    println!("{}", attack.mails[0].text());
    println!("{}", attack.mails[0].header("Subject"));
    let told = groups(&attack);
    assert!(told.contains("10.0.0.66") && !told.contains("10.0.0.9 "), "{told}");
    assert!(told.contains("200"), "{told}");
    assert_eq!(world.run_at("10:30").mails.len(), 0, "both rest");
}
