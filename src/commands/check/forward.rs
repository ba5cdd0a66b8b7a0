//! The receivers of `forward`: whether each could be handed something. Nothing is sent.

use std::thread;
use std::time::{Duration, Instant};

use super::finding::Finding;
use crate::forward::{Address, Failure, Receiver, Way, try_out};
use crate::lang::{Lang, forward as say, parted};
use crate::net::AddressBook;

/// All of them take no longer.
const LONGEST: Duration = Duration::from_secs(15);

/// Tries each receiver. `book` is what the runs know of names. Takes 15 seconds at most.
pub fn check_forward(receivers: &[Receiver], book: &AddressBook, lang: Lang) -> Vec<Finding> {
    let deadline = Instant::now() + LONGEST;
    thread::scope(|scope| {
        let tries = receivers.iter().map(|receiver| {
            let work = move || try_out(receiver, book, deadline);
            (receiver, scope.spawn(work))
        });
        let tries: Vec<_> = tries.collect();
        let found = tries
            .into_iter()
            .filter_map(|(receiver, work)| Some(finding(receiver, work.join().ok()?, lang)));
        found.collect()
    })
}

fn finding(receiver: &Receiver, tried: Result<(), Failure>, lang: Lang) -> Finding {
    const PROBE: &str = "forward";
    let (name, place) = (&receiver.name, receiver.place());
    match (tried, &receiver.way) {
        (Err(failure), _) => {
            let said = failure.said(lang);
            let (what, fix) = parted(&said);
            let fix = fix.unwrap_or_else(|| say::fails_fix(lang));
            Finding::retry(PROBE, what.to_owned(), fix)
        }
        (Ok(()), Way::File(_)) => Finding::good(PROBE, say::writable(lang, name, place)),
        (Ok(()), Way::Syslog { to: Address::Udp(_), .. }) => {
            let what = say::aimed(lang, name, place);
            Finding::good(PROBE, what).with([say::no_receipt(lang), say::aimed_fix(lang)])
        }
        (Ok(()), Way::Syslog { .. }) => {
            Finding::good(PROBE, say::reached(lang, name, place)).with([say::no_receipt(lang)])
        }
    }
}
