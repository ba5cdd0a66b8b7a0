//! The addresses of a name. Opens no socket.
//!
//! A static program has a resolver of its own, which knows neither the host's
//! `nsswitch.conf` nor every oddity of name servers. So a name that it does not find
//! is asked of the host, as every other program there would ask; and what nobody finds
//! any more is taken from memory, where TLS will prove that it is the right one.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::getent;

/// An answer that has not come by then is asked for in the next way too: a name server
/// that never answers for one record must not use up the time for the others.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// At least one, in the order of whoever found them.
    pub addresses: Vec<SocketAddr>,
    /// Who found them.
    pub by: By,
}

/// Who found a name's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// It is an address, or `localhost`: nobody was asked.
    Nobody,
    /// This program's own resolver.
    Ourselves,
    /// The host's resolver, where our own did not find them.
    TheHost,
    /// Nobody: what served the name before is taken; see [`AddressBook::used`].
    Memory,
}

/// Every address of the host, within `patience`.
///
/// # Errors
/// What our own resolver says where the host's finds none either; `TimedOut`.
pub fn look_up(host: &str, port: u16, patience: Duration) -> io::Result<Found> {
    let host = bare(host);
    let (addresses, by) = match without_asking(host) {
        Some(known) => (known, By::Nobody),
        None => ask(host, patience)?,
    };
    let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, port));
    Ok(Found { addresses: addresses.collect(), by })
}

/// A host without the brackets of an IPv6 address.
pub fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// What is an address itself, or this very host [RFC 6761, 6.3].
pub(super) fn without_asking(host: &str) -> Option<Vec<IpAddr>> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Some(vec![ip]);
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let this_host = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    name.eq_ignore_ascii_case("localhost").then(|| this_host.to_vec())
}

/// Asks for a name's addresses, as long as an answer is of use.
type Way = fn(&str, &Until) -> io::Result<Vec<IpAddr>>;

/// The ways to ask, in their order. The last one wants IPv4 alone: it has its answer
/// where nobody ever answers for IPv6.
const WAYS: [(By, Way); 3] = [
    (By::Ourselves, |host, _| own_resolver(host)),
    (By::TheHost, |host, until| getent::addresses("ahosts", host, until)),
    (By::TheHost, |host, until| getent::addresses("ahostsv4", host, until)),
];

/// How long an answer is of use.
pub(super) struct Until {
    /// No longer.
    pub(super) deadline: Instant,
    /// True once there is one, or nobody waits any more.
    pub(super) over: AtomicBool,
}

impl Until {
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed) || Instant::now() >= self.deadline
    }
}

/// Asks in one way after the other, the next as soon as one fails or takes too long;
/// the first addresses count. A way that can't be interrupted has a thread of its
/// own, which is left alone.
fn ask(host: &str, patience: Duration) -> io::Result<(Vec<IpAddr>, By)> {
    let until =
        Arc::new(Until { deadline: Instant::now() + patience, over: AtomicBool::new(false) });
    let found = ask_each(host, &until);
    until.over.store(true, Ordering::Relaxed);
    found
}

fn ask_each(host: &str, until: &Arc<Until>) -> io::Result<(Vec<IpAddr>, By)> {
    let (send, answers) = mpsc::channel();
    let mut ways = WAYS.into_iter();
    let mut under_way = 0_u32;
    let mut failed = None;
    loop {
        let mut wait = until.deadline.saturating_duration_since(Instant::now());
        if let Some((by, way)) = ways.next() {
            let (host, until, send) = (host.to_owned(), Arc::clone(until), send.clone());
            // Nobody listens any more where it took too long.
            thread::spawn(move || drop(send.send((by, way(&host, &until)))));
            under_way += 1;
            wait = wait.min(PATIENCE);
        } else if under_way == 0 {
            break;
        }
        match answers.recv_timeout(wait) {
            Ok((by, Ok(addresses))) if !addresses.is_empty() => return Ok((addresses, by)),
            Ok((_, answer)) => {
                under_way -= 1;
                failed = failed.or(answer.err());
            }
            Err(RecvTimeoutError::Timeout) if Instant::now() < until.deadline => {}
            Err(_) => break,
        }
    }
    Err(failed.unwrap_or_else(|| io::ErrorKind::TimedOut.into()))
}

fn own_resolver(host: &str) -> io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = Vec::new();
    for address in (host, 0).to_socket_addrs()? {
        if !found.contains(&address.ip()) {
            found.push(address.ip());
        }
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_localhost_are_known_without_asking() {
        for (host, addresses) in [
            ("192.0.2.7", vec!["192.0.2.7:25"]),
            ("[2001:db8::1]", vec!["[2001:db8::1]:25"]),
            ("localhost", vec!["127.0.0.1:25", "[::1]:25"]),
            ("LocalHost.", vec!["127.0.0.1:25", "[::1]:25"]),
        ] {
            let found = look_up(host, 25, Duration::ZERO).unwrap();
            let addresses: Vec<SocketAddr> =
                addresses.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!((found.addresses, found.by), (addresses, By::Nobody));
        }
    }

    #[test]
    fn a_name_that_nobody_knows_fails_with_a_reason_and_in_time() {
        let begin = Instant::now();
        for host in ["no such name", "-x.invalid", "", "a..b"] {
            assert!(look_up(host, 25, Duration::from_secs(3)).is_err(), "{host}");
        }
        assert!(begin.elapsed() < Duration::from_secs(14));
    }
}
