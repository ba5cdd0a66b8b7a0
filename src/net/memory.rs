//! The addresses that served names, for the day on which no name server answers. Only
//! what TLS has verified is remembered, and only where TLS will verify it again.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resolve::{By, Found, bare, look_up, without_asking};

/// So many are remembered: the PCE or its proxy, the mail server, ten receivers, and what
/// some of these were called before.
const MOST: usize = 14;

/// What is remembered of names, by `host:port`.
pub type Addresses = BTreeMap<String, Served>;

/// The address that served a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The last one that did.
    pub address: IpAddr,
    /// When it last did, by the host's clock.
    pub at: Timestamp,
}

/// A name that could not be looked up, and what was used in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromMemory {
    /// The name.
    pub host: String,
    /// What was remembered of it.
    pub served: Served,
    /// Why it could not be looked up, in the system's words.
    pub reason: String,
}

/// What one run knows of names. Clones share it.
#[derive(Clone, Debug)]
pub struct AddressBook {
    now: Timestamp,
    pages: Arc<Mutex<Pages>>,
}

#[derive(Debug, Default)]
struct Pages {
    addresses: Addresses,
    used: Vec<FromMemory>,
}

impl AddressBook {
    /// With what the last run knew. `now` is the host's time.
    pub fn new(addresses: Addresses, now: Timestamp) -> Self {
        let mut pages = Pages { addresses, used: Vec::new() };
        pages.keep_within_bounds();
        Self { now, pages: Arc::new(Mutex::new(pages)) }
    }

    /// One that knows nothing, and whose knowledge goes nowhere.
    pub fn empty() -> Self {
        Self::new(Addresses::new(), Timestamp::UNIX_EPOCH)
    }

    /// Every address of the host, within `patience`. Where nobody finds one and the
    /// connection is going to be `verified`, the one that is remembered.
    ///
    /// # Errors
    /// As [`look_up`].
    pub fn look_up(
        &self,
        host: &str,
        port: u16,
        patience: Duration,
        verified: bool,
    ) -> io::Result<Found> {
        let error = match look_up(host, port, patience) {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        let mut pages = self.pages();
        let known = pages.addresses.get(&key(host, port)).cloned();
        let Some(served) = known.filter(|_| verified) else {
            return Err(error);
        };
        let address = SocketAddr::new(served.address, port);
        if !pages.used.iter().any(|used| used.host == host) {
            pages.used.push(FromMemory {
                host: host.to_owned(),
                served,
                reason: error.to_string(),
            });
        }
        Ok(Found { addresses: vec![address], by: By::Memory })
    }

    /// This address has served the name over verified TLS.
    pub fn served(&self, host: &str, address: SocketAddr) {
        // What needs no lookup needs no memory.
        if without_asking(bare(host)).is_some() {
            return;
        }
        let served = Served { address: address.ip(), at: self.now };
        let mut pages = self.pages();
        pages.addresses.insert(key(host, address.port()), served);
        pages.keep_within_bounds();
    }

    /// All that is remembered now.
    pub fn addresses(&self) -> Addresses {
        self.pages().addresses.clone()
    }

    /// What was taken from memory so far.
    pub fn used(&self) -> Vec<FromMemory> {
        self.pages().used.clone()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// The one that was not used for the longest time goes.
    fn keep_within_bounds(&mut self) {
        while self.addresses.len() > MOST {
            let oldest = self.addresses.iter().min_by_key(|(_, served)| served.at);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            self.addresses.remove(&oldest);
        }
    }
}

fn key(host: &str, port: u16) -> String {
    format!("{}:{port}", host.to_ascii_lowercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NOWHERE: &str = "pce.invalid";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_served_a_name_stands_in_where_no_lookup_finds_it_and_tls_verifies() {
        let before = AddressBook::new(Addresses::new(), at(1_000));
        before.served(NOWHERE, address("192.0.2.7:8443"));
        let book = AddressBook::new(before.addresses(), at(2_000));
        let patience = Duration::from_secs(1);
        assert!(book.look_up(NOWHERE, 8443, patience, false).is_err());
        assert!(book.look_up(NOWHERE, 443, patience, true).is_err());
        assert_eq!(book.used(), []);
        let found = book.look_up(NOWHERE, 8443, patience, true).unwrap();
        assert_eq!(found.addresses, [address("192.0.2.7:8443")]);
        assert_eq!(found.by, By::Memory);
        book.look_up(NOWHERE, 8443, patience, true).unwrap();
        let used = book.used();
        assert_eq!(used.len(), 1, "{used:?}");
        assert_eq!((used[0].host.as_str(), used[0].served.at), (NOWHERE, at(1_000)));
    }

    #[test]
    fn the_memory_is_bounded_and_the_oldest_goes() {
        let mut addresses = Addresses::new();
        for second in 10..10 + MOST as i64 + 5 {
            let book = AddressBook::new(addresses, at(second));
            book.served(&format!("pce-{second}.example"), address("192.0.2.7:443"));
            book.served("localhost", address("127.0.0.1:443"));
            book.served("[2001:db8::1]", address("[2001:db8::1]:443"));
            addresses = book.addresses();
        }
        let kept: Vec<&str> = addresses.keys().map(String::as_str).collect();
        let wanted = (15..15 + MOST).map(|second| format!("pce-{second}.example:443"));
        assert_eq!(kept, wanted.collect::<Vec<_>>());
    }
}
