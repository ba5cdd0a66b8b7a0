//! `email` and `smtp`: who writes to whom, and through which server.

use super::address::{is_host_name, is_loopback, mail_address};
use super::credential::{Around, MAIL_PASSWORD, file};
use super::node::{Document, Node};
use super::problem::{Problems, shown};
use super::strict::Section;
use crate::lang::config as words;
use crate::mail;
use crate::secret::Secret;

/// The keys of `email`.
pub(super) const EMAIL_KEYS: &[&str] =
    &["sender", "envelope_sender", "recipients", "raw_snapshot", "attach_records", "thread"];

/// The keys of `smtp`.
pub(super) const SMTP_KEYS: &[&str] = &[
    "host",
    "port",
    "tls",
    "user",
    "password",
    "password_file",
    "ca_file",
    "timeout_seconds",
    "enable_tls",
    "enable_auth",
];

/// Reads both sections.
pub(super) fn read(
    document: &Document<'_>,
    around: &Around<'_>,
    problems: &Problems,
) -> mail::Settings {
    let email = Section::open(document.section("email"), "email", EMAIL_KEYS, problems);
    let sender = email.trimmed("sender");
    if let Some(text) = sender.filter(|text| mail_address(text).is_none()) {
        email.wrong("sender", |lang| words::bad_address(lang, shown(text)));
    }
    let envelope_sender = email.trimmed("envelope_sender").and_then(|text| {
        let address = mail_address(text);
        if address.is_none() {
            email.wrong("envelope_sender", |lang| words::bad_address(lang, shown(text)));
        }
        address
    });
    mail::Settings {
        sender: sender.unwrap_or("illumio-monitor@localhost").to_owned(),
        envelope_sender: envelope_sender.map(str::to_owned),
        recipients: recipients(&email),
        raw_snapshot: email.bool("raw_snapshot").unwrap_or(true),
        attach_records: email.bool("attach_records").unwrap_or(false),
        thread: email.bool("thread").unwrap_or(false),
        smtp: smtp(document, around, problems),
    }
}

/// Bare addresses, each once; the name of `Name <address>` is left away.
fn recipients(email: &Section<'_>) -> Vec<String> {
    const EXAMPLE: &str = "[\"soc@example.com\"]";
    let mut list: Vec<String> = Vec::new();
    let items = email.items("recipients");
    for text in &items {
        match mail_address(text) {
            Some(address) if list.iter().any(|known| known == address) => {}
            Some(address) => list.push(address.to_owned()),
            None => email.wrong("recipients", |lang| words::bad_address(lang, shown(text))),
        }
    }
    if items.is_empty() {
        match email.get("recipients") {
            None => email.missing("recipients", EXAMPLE),
            Some(Node::List(list)) if !list.iter().all(|node| matches!(node, Node::Text(_))) => {}
            Some(Node::List(_) | Node::Text(_)) => {
                email.wrong("recipients", |lang| words::no_recipients(lang, EXAMPLE));
            }
            Some(_) => {}
        }
    }
    list
}

fn smtp(document: &Document<'_>, around: &Around<'_>, problems: &Problems) -> mail::Smtp {
    let smtp = Section::open(document.section("smtp"), "smtp", SMTP_KEYS, problems);
    let host = smtp.trimmed("host").unwrap_or("localhost");
    if !is_host_name(host) && host.parse::<std::net::IpAddr>().is_err() {
        smtp.wrong("host", |lang| words::bad_host(lang, shown(host)));
    }
    let port = smtp.int("port", 1, 65_535).unwrap_or(25);
    let tls = tls(&smtp);
    let login = login(&smtp, around, problems);
    if login.is_some() && !tls.is_verified() && !is_loopback(host) {
        smtp.wrong("tls", words::login_in_clear);
    }
    mail::Smtp {
        host: host.to_owned(),
        port: u16::try_from(port).unwrap_or(25),
        tls,
        login,
        ca_file: file(&smtp, "ca_file", around),
        timeout: smtp.seconds("timeout_seconds", 600, 30),
        others: Default::default(),
    }
}

/// `enable_tls` is the later Python versions': they meant STARTTLS by it.
fn tls(smtp: &Section<'_>) -> mail::Tls {
    let python = smtp.bool("enable_tls").unwrap_or(false);
    let written = smtp.word("tls", &mail::Tls::ALL.map(|tls| (tls.word(), tls)));
    match (written, python) {
        (Some(tls), _) => tls,
        (None, true) => mail::Tls::Starttls,
        (None, false) => mail::Tls::default(),
    }
}

/// `enable_auth: false` is the later Python versions' way to log in nowhere
/// with a user and a password left in the file.
fn login(smtp: &Section<'_>, around: &Around<'_>, problems: &Problems) -> Option<(String, Secret)> {
    let enabled = smtp.bool("enable_auth");
    let user = smtp.trimmed("user");
    let user = match (enabled, user) {
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
    let password = MAIL_PASSWORD.require(smtp, around, problems);
    Some((user.to_owned(), password))
}
