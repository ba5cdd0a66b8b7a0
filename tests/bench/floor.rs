//! The floor: the same download received, decrypted, inflated, and skipped over by
//! `serde_json`'s `IgnoredAny`, all built as the program is, for size but for the inflater.

use std::path::Path;
use std::time::{Duration, Instant};

use illumio_monitor::config::Env;
use illumio_monitor::net::AddressBook;
use illumio_monitor::pce::client::Client;
use illumio_monitor::pce::clock::Clock;
use illumio_monitor::pce::stream::{RecordType, Records};
use illumio_monitor::pce::traffic::{Part, Patience, post, wait_for};
use illumio_monitor::store::read_config;
use jiff::{SignedDuration, Timestamp};

struct Anything;

impl RecordType for Anything {
    type Record<'a> = serde::de::IgnoredAny;
}

/// Reads one day's rows of the PCE that the config names.
pub fn read(config: &str) {
    let path = Path::new(config);
    let text = std::fs::read_to_string(path).unwrap();
    let config = read_config(path, &text, &Env::default()).unwrap();
    let now = Timestamp::now();
    let deadline = Instant::now() + Duration::from_secs(600);
    let clock = Clock::of_host(now, SignedDuration::ZERO);
    let mut client = Client::new(&config.pce, clock, deadline, &AddressBook::empty()).unwrap();
    let decisions = ["blocked", "potentially_blocked"].map(str::to_owned);
    let mut parts = vec![Part::whole(now - SignedDuration::from_hours(24), now, &decisions)];
    let time = Duration::from_secs(600);
    let patience = Patience { time, may_ask: &|_| true, computes: &|_| {} };
    let mut rows = 0;
    while let Some(mut part) = parts.pop() {
        post(&mut client, &mut part).unwrap();
        let href = part.href.clone().unwrap();
        // What one query can't bring is split, as the monitor does.
        match wait_for(&mut client, &part, &patience).unwrap().cut {
            true => parts.extend(part.split().unwrap()),
            false => rows += skip(&mut client, &href),
        }
        client.delete(&href);
    }
    println!("rows={rows}");
}

/// Reads its rows; how many.
fn skip(client: &mut Client, href: &str) -> u64 {
    let path = format!("{href}/download");
    let mut response = client.get(&path).unwrap();
    let mut records = Records::new(client.long_body(&path, &mut response).unwrap());
    let mut rows = 0;
    while records.next_record::<Anything>(&mut |_, _| rows += 1).unwrap() {}
    rows
}
