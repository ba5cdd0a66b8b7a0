//! How right the counts are on every PCE that was seen or can be thought of: what was
//! told against what the PCE came to show, with the real binary, poll by poll.
//!
//! `cargo test` lives through some hours of each; `make counting` through a day and
//! prints the table. `ILLUMIO_MONITOR_HOURS` says how many; `ILLUMIO_MONITOR_KINDS`
//! picks those whose name contains one of its words, parted by commas.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod mailbox;
mod pce;
mod world;

mod counting {
    pub mod kinds;
    pub mod lab;
    pub mod life;
    pub mod outcome;
    pub mod site;
}

use std::collections::VecDeque;
use std::sync::Mutex;

use counting::kinds::{self, Kind};
use counting::outcome::{self, Outcome};

/// Worlds that live side by side.
const AT_ONCE: usize = 2;

#[test]
fn on_every_pce_what_is_told_is_what_it_came_to_show() {
    let hours = std::env::var("ILLUMIO_MONITOR_HOURS").ok();
    let hours = hours.map(|hours| hours.parse().unwrap());
    let kinds: Vec<Kind> = kinds::all().into_iter().filter(is_asked_for).collect();
    println!("{}", outcome::head());
    let outcomes = all(kinds, hours);
    println!("{}", outcome::table(&outcomes));
    let wrong: Vec<String> = outcomes.iter().flat_map(Outcome::faults).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn is_asked_for(kind: &Kind) -> bool {
    let words = std::env::var("ILLUMIO_MONITOR_KINDS").unwrap_or_default();
    let mut words = words.split(',');
    words.any(|word| kind.name.contains(word.trim()))
}

/// What came of each kind, in their order.
fn all(kinds: Vec<Kind>, hours: Option<i64>) -> Vec<Outcome> {
    let waiting: Mutex<VecDeque<(usize, Kind)>> =
        Mutex::new(kinds.into_iter().enumerate().collect());
    let done = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap().pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((place, kind)) = next() {
                    let outcome = counting::life::live(&kind, hours.unwrap_or(kind.hours));
                    println!("{}", outcome.line());
                    done.lock().unwrap().push((place, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
