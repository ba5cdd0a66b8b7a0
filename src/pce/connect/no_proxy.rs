//! The proxy that the environment names, and the hosts it leaves out.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::net::bare;

/// What may name a proxy, the first one that is set.
pub const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The proxy for an `https://` URL as curl reads it from the environment: lower
/// case first, the scheme's own before the general one, `NO_PROXY` over both.
pub(super) fn from_environment(
    read: impl Fn(&str) -> Option<String>,
    host: &str,
    port: u16,
) -> Option<(&'static str, String)> {
    let set = |name: &str| read(name).filter(|value| !value.trim().is_empty());
    let no_proxy = set("no_proxy").or_else(|| set("NO_PROXY"));
    if no_proxy.is_some_and(|list| leaves_out(&list, host, port)) {
        return None;
    }
    VARIABLES.into_iter().find_map(|name| set(name).map(|url| (name, url)))
}

/// Whether a `NO_PROXY` list names the host: itself, a domain or a network that it is
/// in; an entry with a port, on this port alone.
fn leaves_out(list: &str, host: &str, port: u16) -> bool {
    let host = bare(host).trim_end_matches('.').to_ascii_lowercase();
    let entries = list.split(|c: char| c == ',' || c.is_whitespace());
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        let (place, only) = parted(entry);
        only.is_none_or(|only| only == port) && names(place, &host)
    })
}

/// An entry's host, and its port where it has one.
fn parted(entry: &str) -> (&str, Option<u16>) {
    // The last colon of an IPv6 address is none before a port.
    if entry.parse::<IpAddr>().is_ok() || entry.parse::<IpNet>().is_ok() {
        return (entry, None);
    }
    let split = entry.rsplit_once(':');
    match split.and_then(|(place, port)| Some((place, port.parse().ok()?))) {
        Some((place, port)) => (place, Some(port)),
        None => (entry, None),
    }
}

fn names(place: &str, host: &str) -> bool {
    let place = bare(place).trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().map(|ip| ip.to_canonical());
    if let Ok(network) = place.parse::<IpNet>() {
        return address.is_ok_and(|address| network.contains(&address));
    }
    if let Ok(named) = place.parse::<IpAddr>() {
        return address.is_ok_and(|address| named.to_canonical() == address);
    }
    let domain = place.trim_start_matches("*.").trim_start_matches('.');
    domain == "*"
        || !domain.is_empty()
            && (host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(host: &str, environment: &[(&str, &str)]) -> Option<(&'static str, String)> {
        let read = |name: &str| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        from_environment(read, host, 8443)
    }

    #[test]
    fn the_proxy_for_https_comes_before_the_general_one() {
        let found = proxy_for(
            "pce.example.com",
            &[("ALL_PROXY", "http://a:1"), ("HTTPS_PROXY", "http://b:2")],
        );
        assert_eq!(found, Some(("HTTPS_PROXY", "http://b:2".to_owned())));
    }

    #[test]
    fn a_proxy_for_http_alone_is_not_taken() {
        assert_eq!(proxy_for("pce.example.com", &[("HTTP_PROXY", "http://a:1")]), None);
    }

    #[test]
    fn no_proxy_names_hosts_domains_and_everything() {
        for (list, host, left_out) in [
            ("pce.example.com", "pce.example.com", true),
            ("localhost, .example.com", "pce.example.com", true),
            ("example.com", "PCE.Example.com", true),
            ("*.example.com", "pce.example.com", true),
            ("*", "pce.example.com", true),
            ("pce.example.com.", "pce.example.com", true),
            ("other pce.example.com", "pce.example.com", true),
            ("pce.example.com:8443", "pce.example.com", true),
            ("pce.example.com:443", "pce.example.com", false),
            (".example.com:8443", "pce.example.com", true),
            ("*:443", "pce.example.com", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("192.168.0.0/16, 10.1.2.3", "10.1.2.3", true),
            ("10.0.0.0/8:8443", "10.1.2.3", true),
            ("10.0.0.0/8:443", "10.1.2.3", false),
            ("10.1.2.3:8443", "10.1.2.3", true),
            ("10.1.2.3:443", "10.1.2.3", false),
            ("10.2.0.0/16", "10.1.2.3", false),
            ("10.0.0.0/8", "10.example.com", false),
            ("2001:db8::/32", "[2001:db8::1]", true),
            ("2001:db8:0:0::1", "[2001:db8::1]", true),
            ("[2001:db8::1]", "2001:db8::1", true),
            ("[2001:db8::1]:8443", "[2001:db8::1]", true),
            ("[2001:db8::1]:443", "[2001:db8::1]", false),
            ("10.0.0.0/99", "10.1.2.3", false),
            ("ple.com", "pce.example.com", false),
            ("", "pce.example.com", false),
            (",,", "pce.example.com", false),
        ] {
            let environment = [("NO_PROXY", list), ("HTTPS_PROXY", "http://a:1")];
            let found = proxy_for(host, &environment);
            assert_eq!(found.is_none(), left_out, "{list:?} for {host:?}");
        }
    }
}
