//! `cargo run --example simulated-pce -- [--port N] [--tls] [--rows N] [--ahead SECONDS]
//! [--requests N] [--seconds N]`: the simulated PCE by itself, with a realistic hour behind
//! it, so that other clients can talk to it. Its clock runs with the host's, so much ahead
//! of it; it answers so many requests a minute (500).
//!
//! The first line on standard output is `URL KEY SECRET`; with `--tls`, the CA's
//! PEM follows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "mod.rs"]
mod pce;

use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use pce::*;

fn main() {
    let options: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| -> Option<u64> {
        let place = options.iter().position(|option| option == name)?;
        options.get(place + 1)?.parse().ok()
    };
    let tls =
        if options.iter().any(|option| option == "--tls") { Tls::PrivateCa } else { Tls::Off };
    let port = number("--port").unwrap_or(0);
    let pce = Pce::with(tls, &format!("127.0.0.1:{port}"));
    let ahead = number("--ahead").unwrap_or(0);
    pce.run_clock(SignedDuration::from_secs(ahead as i64));
    a_realistic_hour(&pce, pce.now());
    if let Some(rows) = number("--rows") {
        pce.bulk(rows);
    }
    if let Some(requests) = number("--requests") {
        pce.answer_a_minute(requests as usize);
    }
    println!("{} {} {}", pce.url(), pce.key(), pce.secret());
    if let Some(pem) = pce.trust_pem() {
        println!("{pem}");
    }
    // Ends by itself, so that a forgotten one does not stay for ever.
    thread::sleep(Duration::from_secs(number("--seconds").unwrap_or(3_600)));
}
