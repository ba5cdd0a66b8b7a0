//! A host's name: its addresses, who found them, and which name server fails.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::dns::{DnsAnswer, DnsVerdict, Fault, Resolv, in_hosts_file};
use super::finding::Finding;
use crate::lang::{Lang, check as say};
use crate::net::{AddressBook, By, Found};

/// A name that something is to be reached by.
pub(super) struct HostName<'a> {
    /// The probe's name.
    pub probe: &'static str,
    /// The key, or the variable, that has it.
    pub key: &'static str,
    /// A name or an address.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// How long a lookup may take.
    pub patience: Duration,
    /// Whether TLS will prove that an address is the right one.
    pub verified: bool,
}

impl HostName<'_> {
    /// Its addresses, none where there is no going on; and what is to be said, nothing
    /// of an address.
    pub(super) fn look(
        &self,
        book: &AddressBook,
        lang: Lang,
    ) -> (Vec<SocketAddr>, Option<Finding>) {
        let found = book.look_up(self.host, self.port, self.patience, self.verified);
        match found {
            Ok(Found { addresses, by }) if by != By::Memory => {
                let finding = self.found(&addresses, by, lang);
                (addresses, finding)
            }
            Ok(Found { addresses, .. }) => {
                let used = book.used();
                let used = used.iter().find(|used| used.host == self.host);
                let at = used.map_or_else(String::new, |used| {
                    used.served.at.strftime("%Y-%m-%d %H:%M UTC").to_string()
                });
                let what = say::name_from_memory(lang, self.host, listed(&addresses), at);
                (addresses, Some(self.asked(what, Finding::remark, lang)))
            }
            Err(error) => {
                let what = say::name_not_found(lang, self.host, format!(" ({error})"));
                (Vec::new(), Some(self.asked(what, Finding::retry, lang)))
            }
        }
    }

    /// With what each name server says.
    fn asked(
        &self,
        what: String,
        finding: fn(&'static str, String, String) -> Finding,
        lang: Lang,
    ) -> Finding {
        let verdict = Resolv::of_host().ask(self.host);
        let details = self.details(&verdict, true, lang);
        finding(self.probe, what, self.fix(&verdict, lang)).with(details)
    }

    fn found(&self, addresses: &[SocketAddr], by: By, lang: Lang) -> Option<Finding> {
        let list = listed(addresses);
        let what = say::name_found(lang, self.host, &list);
        if by == By::Nobody {
            let is_name = self.host.parse::<IpAddr>().is_err();
            return is_name.then(|| Finding::good(self.probe, what));
        }
        if by != By::Ourselves {
            let what = say::name_found_by_host(lang, self.host, list);
            return Some(self.asked(what, Finding::remark, lang));
        }
        if in_hosts_file(self.host) {
            return Some(Finding::good(self.probe, what));
        }
        let verdict = Resolv::of_host().ask(self.host);
        let details = self.details(&verdict, false, lang);
        // Whom the name servers do not know at all, another source does.
        if !verdict.found || details.is_empty() {
            return Some(Finding::good(self.probe, what));
        }
        let fix = self.fix(&verdict, lang);
        Some(Finding::remark(self.probe, what, fix).with(details))
    }

    /// One line for each server that fails. `strictly`: also what our own resolver
    /// copes with.
    fn details(&self, verdict: &DnsVerdict, strictly: bool, lang: Lang) -> Vec<String> {
        let faults = verdict.faults.iter();
        let faults = faults.filter(|fault| strictly || fault.answer != DnsAnswer::Truncated);
        let mut told: Vec<String> =
            faults.map(|fault| sentence(fault, &verdict.name, lang)).collect();
        if strictly && self.is_searched(verdict) {
            told.push(say::dns_searched(lang, &verdict.name));
        }
        told
    }

    /// Found, but not as it is written.
    fn is_searched(&self, verdict: &DnsVerdict) -> bool {
        verdict.found && verdict.name != self.host.trim_end_matches('.')
    }

    fn fix(&self, verdict: &DnsVerdict, lang: Lang) -> String {
        if self.is_searched(verdict) {
            say::dns_search_fix(lang, &verdict.name, self.key)
        } else if verdict.found && !verdict.faults.is_empty() {
            say::dns_fix(lang)
        } else {
            say::name_fix(lang, self.key)
        }
    }
}

fn sentence(fault: &Fault, name: &str, lang: Lang) -> String {
    let server = fault.server;
    let records: Vec<&str> = fault.records.iter().map(|record| record.name()).collect();
    let records = records.join("/");
    match fault.answer {
        DnsAnswer::Code(code) => {
            say::dns_code(lang, server, DnsAnswer::code_name(code), records, name)
        }
        DnsAnswer::NoSuchName => {
            say::dns_code(lang, server, say::dns_nxdomain(lang), records, name)
        }
        DnsAnswer::Truncated => say::dns_truncated(lang, server, records, name),
        DnsAnswer::Nothing => say::dns_nothing(lang, server, records, name),
        DnsAnswer::Empty | DnsAnswer::Found => say::dns_empty(lang, server, records, name),
    }
}

/// Each address once: the resolver names some for each kind of socket.
fn listed(addresses: &[SocketAddr]) -> String {
    let mut list: Vec<String> = Vec::new();
    for address in addresses.iter().map(|address| address.ip().to_string()) {
        if !list.contains(&address) {
            list.push(address);
        }
    }
    list.join(", ")
}
