//! A mail's text and HTML made into a message: headers, parts, encodings.
//!
//! All of it is 7-bit ASCII, but for an address that isn't; no line is longer
//! than 998 bytes. What comes from outside can't start a header of its own.

use encodify::base64::MIME;
use encodify::qp::BODY;
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;

use super::Settings;
use super::smtp::envelope::{is_address, mailbox};
use crate::report::Kind;
use crate::rules::Level;

/// What a message is made of. Text and HTML say the same.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Without `<>`; from [`message_id`].
    pub message_id: &'a str,
    /// The `Date:`.
    pub made_at: Timestamp,
    /// Any text; written as RFC 2047 wants where it isn't ASCII.
    pub subject: &'a str,
    /// `text/plain`, any line ends.
    pub text: &'a str,
    /// `text/html`, any line ends.
    pub html: &'a str,
    /// `X-Illumio-Monitor-Level`.
    pub level: Level,
    /// `X-Illumio-Monitor-Kind`.
    pub kind: Kind,
    /// `X-Illumio-Monitor-Site`.
    pub site: &'a str,
}

/// The finished message, with the sender and recipients of the settings.
///
/// Each part goes in quoted-printable or base64, whichever is shorter, so it
/// takes at most 78 bytes for 57 decoded: 100,000 bytes of HTML become at most
/// 136,880, which leaves 13,120 of the contract's 150,000 for the text. A line
/// end counts as two bytes, CRLF; [`decoded_len`] and [`encoded_len`] tell exactly.
pub fn message(settings: &Settings, parts: &Parts) -> String {
    let (name, address) = mailbox(&settings.sender);
    let to = settings.recipients.iter().filter(|to| is_address(to));
    let to = to
        .map(|to| Address::new_address(None::<&str>, to.as_str()))
        .collect();
    let builder = MessageBuilder::new()
        .from(Address::new_address(name.map(line), line(address)))
        .to(Address::new_list(to))
        .subject(line(parts.subject))
        .date(parts.made_at.as_second())
        .message_id(line(parts.message_id))
        .header("Importance", Raw::new(importance(parts.level)))
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .header("X-Auto-Response-Suppress", Raw::new("All"))
        .header("X-Illumio-Monitor-Level", Raw::new(level(parts.level)))
        .header("X-Illumio-Monitor-Kind", Raw::new(kind(parts.kind)))
        .header("X-Illumio-Monitor-Site", Text::new(line(parts.site)))
        .body(MimePart::new(
            "multipart/alternative",
            vec![
                part("text/plain; charset=utf-8", parts.text),
                part("text/html; charset=utf-8", parts.html),
            ],
        ));
    let mut out = Vec::new();
    builder.serialize(&mut out);
    // mail-builder writes what it was given, which was text.
    String::from_utf8_lossy(&out).into_owned()
}

/// A new Message-ID, without `<>`: the time, 64 random bits, and the sender's domain.
pub fn message_id(made_at: Timestamp, random: u64, sender: &str) -> String {
    let domain = mailbox(sender).1.rsplit_once('@').map(|(_, domain)| domain);
    let fits = |domain: &&str| {
        !domain.is_empty()
            && domain
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
    };
    let domain = domain.filter(fits).unwrap_or("illumio-monitor.invalid");
    format!("{}.{random:016x}@{domain}", made_at.as_millisecond())
}

/// How many bytes a reader's program decodes of a body: its line ends are CRLF.
pub fn decoded_len(body: &str) -> usize {
    canonical(body).len()
}

/// How many bytes a body takes in a message.
pub fn encoded_len(body: &str) -> usize {
    encoded(body).1.len()
}

fn part<'a>(content_type: &'a str, body: &str) -> MimePart<'a> {
    let (encoding, body) = encoded(body);
    MimePart::raw(body.into_bytes())
        .header("Content-Type", Raw::new(content_type))
        .transfer_encoding(encoding)
}

/// The body with CRLF line ends, in the shorter encoding.
fn encoded(body: &str) -> (&'static str, String) {
    let body = canonical(body);
    let base64 = MIME.encode(&body);
    match BODY.encoded_len_within(&body, base64.len()) {
        Some(_) => ("quoted-printable", BODY.encode(&body)),
        None => ("base64", base64),
    }
}

/// The body with CRLF line ends.
fn canonical(body: &str) -> String {
    body.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n")
}

/// Text for a header: one line, without control characters, at most 500 characters.
fn line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(500).collect::<String>().trim().to_owned()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Critical => "critical",
    }
}

/// [RFC 2156, 5.3.4]; what mail programs mark a mail by.
fn importance(level: Level) -> &'static str {
    match level {
        Level::Info => "low",
        Level::Warning => "normal",
        Level::Critical => "high",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Alert => "alert",
        Kind::Condition => "condition",
        Kind::Test => "test",
    }
}
