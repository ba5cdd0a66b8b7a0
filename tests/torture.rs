//! Cycles with random faults at the PCE and the mail server, `kill -9` at random
//! moments and a file that is put back; plain bookkeeping says what must arrive.
//!
//! `cargo test` lives through a day in all; `make torture` through a week in each of
//! four worlds. `ILLUMIO_MONITOR_CYCLES` and `ILLUMIO_MONITOR_SEED` change that. A
//! seed gives the same faults again; the moment of a kill is the machine's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod mailbox;
mod pce;
mod siem;
mod world;

mod torture {
    pub mod dice;
    pub mod faults;
    pub mod kind;
    pub mod ledger;
    pub mod life;
    pub mod receivers;
}

use std::time::Duration;

use torture::dice::Dice;
use torture::ledger::Table;
use torture::life::Life;

/// Worlds that live side by side.
const WORLDS: u64 = 4;

/// Of each world, unless said otherwise: a day in all.
const CYCLES: usize = 36;

fn number(name: &str) -> Option<u64> {
    Some(std::env::var(name).ok()?.parse().unwrap())
}

/// Lives in all worlds at once; what came of them together.
fn live(life: impl Fn(u64) -> Table + Clone + Send + 'static) -> Table {
    let lives: Vec<_> = (0..WORLDS)
        .map(|nth| {
            let life = life.clone();
            std::thread::spawn(move || life(nth))
        })
        .collect();
    let mut whole = Table::default();
    for life in lives {
        whole.add(life.join().expect("a world came to grief"));
    }
    println!("{whole}");
    whole
}

#[test]
fn whatever_breaks_every_alert_arrives_and_none_twice_without_a_reason() {
    let seed = number("ILLUMIO_MONITOR_SEED").unwrap_or(20_261_122);
    let cycles = number("ILLUMIO_MONITOR_CYCLES").map_or(CYCLES, |cycles| cycles as usize);
    println!("{WORLDS} worlds of {cycles} cycles, ILLUMIO_MONITOR_SEED={seed}");
    let table = live(move |nth| {
        let mut life =
            Life::new(&format!("world {nth}, seed {seed}"), Dice::new(seed, nth), nth % 2 == 1);
        for _ in 0..cycles {
            life.random_cycle();
        }
        life.end()
    });
    table.assert_honest();
}

#[test]
fn killed_two_hundred_times_the_file_stays_whole_and_nothing_is_lost() {
    let table = live(|nth| {
        let mut life = Life::new("many kills", Dice::new(200, nth), nth % 2 == 1);
        let whole_cycle = life.plain_cycle();
        let mut alive = 0;
        while life.crashes() < 200 / WORLDS {
            // Moments in no order, up to somewhat longer than a cycle takes.
            let moment = whole_cycle.mul_f64(f64::from(alive * 73 % 200) / 150.0);
            life.killed_cycle(moment.max(Duration::from_millis(1)));
            alive += 1;
            if alive % 10 == 0 {
                life.plain_cycle();
            }
        }
        life.end()
    });
    table.assert_honest();
    assert_eq!(table.crashes, 200, "{table}");
}
