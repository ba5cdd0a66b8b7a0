//! Names by the host's own resolver.

use std::io;
use std::net::IpAddr;

use super::resolve::Until;
use crate::system::getent;

/// No more addresses are taken from it.
const MOST_ADDRESSES: usize = 16;

/// The addresses in `database`: `ahosts`, or `ahostsv4` for IPv4 alone.
///
/// # Errors
/// `InvalidInput` for what can't be a host's name, `NotFound` where it finds nothing
/// or is not there itself, `TimedOut` at the deadline, at which it is killed.
pub(super) fn addresses(database: &str, name: &str, until: &Until) -> io::Result<Vec<IpAddr>> {
    if !is_plausible(name) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let printed = getent::ask(database, name, || until.is_over())?;
    Ok(parse(&printed))
}

/// What can be a name of a host: nothing that would be read as an option, as a
/// pattern or as a path.
fn is_plausible(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(fits);
    name.len() <= 253 && !name.starts_with('-') && name.split('.').all(is_label)
}

/// `192.0.2.1 STREAM pce.example.com`: an address and a kind of socket; each address
/// once. What is none, an address with a zone among it, is passed by.
fn parse(printed: &[u8]) -> Vec<IpAddr> {
    let text = String::from_utf8_lossy(printed);
    let mut found = Vec::new();
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        let address = words.next().and_then(|word| word.parse().ok());
        if let (Some(address), Some("STREAM")) = (address, words.next())
            && !found.contains(&address)
            && found.len() < MOST_ADDRESSES
        {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn only_what_can_be_a_hosts_name_is_asked_for() {
        let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(61));
        for name in ["pce", "pce.dc1", "_x.a-b.example.com.", "10", &longest] {
            assert!(is_plausible(name), "{name}");
        }
        let too_long = format!("{longest}c");
        let label = "a".repeat(64);
        for name in [
            "", ".", "-x", "a b", "a..b", ".a", "a/b", "a;b", "pcé", "a\n", "a%b", "::1",
            &too_long, &label,
        ] {
            assert!(!is_plausible(name), "{name:?}");
        }
    }

    #[test]
    fn each_address_is_taken_once_and_nothing_else() {
        let printed = b"192.0.2.1       STREAM pce.example.com\n192.0.2.1       DGRAM  \n\
            192.0.2.1       RAW    \n2001:db8::1     STREAM \nfe80::1%eth0 STREAM\n\
            2001:db8::1     STREAM again\nSTREAM 192.0.2.9\n\xff\xfe STREAM\n192.0.2.8\n\n";
        let wanted: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
        assert_eq!(parse(printed), wanted);
        let many: String =
            (0..999).map(|n| format!("10.0.{}.{} STREAM\n", n / 250, n % 250)).collect();
        assert_eq!(parse(many.as_bytes()).len(), MOST_ADDRESSES);
    }

    #[test]
    fn the_hosts_resolver_answers_or_says_why_not_in_time() {
        let until = |time| Until { deadline: Instant::now() + time, over: AtomicBool::new(false) };
        let found = addresses("ahostsv4", "localhost", &until(Duration::from_secs(10)));
        if let Ok(found) = found {
            assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
        }
        let late = addresses("ahosts", "host.invalid", &until(Duration::ZERO));
        let kinds = [io::ErrorKind::TimedOut, io::ErrorKind::NotFound];
        assert!(late.is_err_and(|error| kinds.contains(&error.kind())));
    }
}
