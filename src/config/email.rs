//! `email` and `smtp`: who writes to whom, and through which server.

use super::address::{is_host_name, is_loopback, mail_address};
use super::credential::{MAIL_PASSWORD, ca_file};
use super::key::Kind;
use super::node::Node;
use super::problem::shown;
use super::routes;
use super::sections::Reading;
use super::strict::Section;
use crate::lang::config as words;
use crate::mail;
use crate::net::secret::Secret;

/// Reads both sections.
pub(super) fn read(reading: &Reading<'_>) -> mail::Settings {
    let email = reading.section("email");
    let sender = email.trimmed("sender").unwrap_or("illumio-monitor@localhost");
    email.holds("sender", sender);
    if mail_address(sender).is_none() {
        email.wrong("sender", |lang| words::bad_address(lang, shown(sender)));
    }
    let envelope_sender = email.trimmed("envelope_sender").and_then(|text| {
        let address = mail_address(text);
        if address.is_none() {
            email.wrong("envelope_sender", |lang| words::bad_address(lang, shown(text)));
        }
        address
    });
    let recipients = recipients(&email, "recipients");
    mail::Settings {
        sender: sender.to_owned(),
        envelope_sender: envelope_sender.map(str::to_owned),
        routes: routes::read(&email, &recipients),
        recipients,
        raw_snapshot: email.bool("raw_snapshot", true),
        attach_records: email.bool("attach_records", false),
        thread: email.bool("thread", false),
        smtp: smtp(reading),
    }
}

/// Bare addresses, each once; the name of `Name <address>` is left away.
pub(super) fn recipients(section: &Section<'_>, key: &'static str) -> Vec<String> {
    const EXAMPLE: &str = "[\"soc@example.com\"]";
    let mut list: Vec<String> = Vec::new();
    let items = section.items(key, Kind::List);
    for text in &items {
        match mail_address(text) {
            // Whoever differs in this alone would get each mail twice.
            Some(address) if list.iter().any(|known| known.eq_ignore_ascii_case(address)) => {}
            Some(address) => list.push(address.to_owned()),
            None => section.wrong(key, |lang| words::bad_address(lang, shown(text))),
        }
    }
    if items.is_empty() {
        match section.get(key) {
            None => section.missing(key, EXAMPLE),
            Some(Node::List(list)) if !list.iter().all(|node| matches!(node, Node::Text(_))) => {}
            Some(Node::List(_) | Node::Text(_)) => {
                section.wrong(key, |lang| words::no_recipients(lang, EXAMPLE));
            }
            Some(_) => {}
        }
    }
    list
}

fn smtp(reading: &Reading<'_>) -> mail::Smtp {
    let smtp = reading.section("smtp");
    let host = smtp.trimmed("host").unwrap_or("localhost");
    smtp.holds("host", host);
    if !is_host_name(host) && host.parse::<std::net::IpAddr>().is_err() {
        smtp.wrong("host", |lang| words::bad_host(lang, shown(host)));
    }
    let port = smtp.number("port", 1..=65_535, 25);
    let tls = tls(&smtp);
    let login = login(&smtp, reading);
    if login.is_some() && !tls.is_verified() && !is_loopback(host) {
        smtp.wrong("tls", words::login_in_clear);
    }
    mail::Smtp {
        host: host.to_owned(),
        port: u16::try_from(port).unwrap_or(25),
        tls,
        login,
        ca_file: ca_file(&smtp, reading),
        timeout: smtp.seconds("timeout_seconds", 600, 30),
        others: Default::default(),
    }
}

/// `enable_tls` is the later Python versions': they meant STARTTLS by it.
fn tls(smtp: &Section<'_>) -> mail::Tls {
    let written = smtp.word("tls", &mail::Tls::ALL.map(|tls| (tls.word(), tls)));
    let tls = match (written, smtp.bool("enable_tls", false)) {
        (Some(tls), _) => tls,
        (None, true) => mail::Tls::Starttls,
        (None, false) => mail::Tls::default(),
    };
    smtp.holds("tls", tls.word());
    tls
}

/// `enable_auth: false` is the later Python versions' way to log in nowhere
/// with a user and a password left in the file.
fn login(smtp: &Section<'_>, reading: &Reading<'_>) -> Option<(String, Secret)> {
    let user = smtp.trimmed("user");
    MAIL_PASSWORD.note(smtp);
    let user = match (smtp.flag("enable_auth"), user) {
        (Some(false), _) | (None, None) => return None,
        (Some(true), None) => {
            smtp.missing("user", "\"monitor\"");
            return None;
        }
        (_, Some(user)) => user,
    };
    if user.chars().any(char::is_control) {
        smtp.wrong("user", words::secret_control);
    }
    let password = MAIL_PASSWORD.require(smtp, reading);
    Some((user.to_owned(), password))
}
