//! A mail's text and HTML made into a message: headers, parts, encodings.
//!
//! All of it is 7-bit ASCII, but for an address that isn't; no line is longer
//! than 998 bytes. What comes from outside can't start a header of its own.

use encodify::base64::MIME;
use encodify::qp::BODY;
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;
use serde::{Deserialize, Serialize};

use super::Settings;
use super::smtp::envelope::{is_address, mailbox};
use crate::report::Kind;
use crate::rules::Level;
use crate::screen::visible::one_line;

/// What a message is made of. Text and HTML say the same.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Without `<>`; from [`message_id`].
    pub message_id: &'a str,
    /// The addresses of the `To:`.
    pub to: &'a [String],
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
    /// The mails it belongs to.
    pub thread: &'a Thread,
    /// What comes with it.
    pub attachment: Option<&'a Attachment>,
}

/// The mails that a mail belongs to, by their Message-IDs without `<>`. What is no
/// Message-ID is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thread {
    /// `In-Reply-To`: the mail that this one goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// `References`: the thread's root first, the mail it goes on from last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// A file that comes with a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name; ASCII.
    pub name: String,
    /// Its content, gzip, in base64 without line breaks.
    pub base64: String,
}

impl Thread {
    /// True where the mail stands alone.
    pub fn is_empty(&self) -> bool {
        self.in_reply_to.is_none() && self.references.is_empty()
    }
}

/// The finished message, with the sender of the settings.
///
/// Each part goes in quoted-printable or base64, whichever is shorter, so it
/// takes at most 78 bytes for 57 decoded: 100,000 bytes of HTML become at most
/// 136,880, which leaves 13,120 of a mail's 150,000 for the text. A line
/// end counts as two bytes, CRLF; [`decoded_len`] and [`encoded_len`] tell exactly.
pub fn message(settings: &Settings, parts: &Parts) -> String {
    let (name, address) = mailbox(&settings.sender);
    let to = parts.to.iter().filter(|to| is_address(to));
    let to = to.map(|to| Address::new_address(None::<&str>, to.as_str())).collect();
    let mut builder = MessageBuilder::new()
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
        .body(body(parts));
    let in_reply_to = ids(parts.thread.in_reply_to.iter());
    if !in_reply_to.is_empty() {
        builder = builder.in_reply_to(MessageId::from(in_reply_to));
    }
    let references = ids(parts.thread.references.iter());
    if !references.is_empty() {
        builder = builder.references(MessageId::from(references));
    }
    let mut out = Vec::new();
    builder.serialize(&mut out);
    // mail-builder writes what it was given, which was text.
    String::from_utf8_lossy(&out).into_owned()
}

/// Text and HTML, and around them what is attached.
fn body<'a>(parts: &Parts<'a>) -> MimePart<'a> {
    let body = MimePart::new(
        "multipart/alternative",
        vec![
            part("text/plain; charset=utf-8", parts.text),
            part("text/html; charset=utf-8", parts.html),
        ],
    );
    match parts.attachment {
        None => body,
        Some(file) => MimePart::new("multipart/mixed", vec![body, attached(file)]),
    }
}

fn attached(file: &Attachment) -> MimePart<'_> {
    let name: String = file.name.chars().filter(is_of_a_name).collect();
    let mut lines = String::with_capacity(file.base64.len() + file.base64.len() / 38);
    let letters = file.base64.bytes().filter(|byte| is_of_base64(*byte));
    for (at, letter) in letters.enumerate() {
        if at > 0 && at.is_multiple_of(76) {
            lines.push_str("\r\n");
        }
        lines.push(char::from(letter));
    }
    lines.push_str("\r\n");
    let file = format!("attachment; filename=\"{name}\"");
    MimePart::raw(lines.into_bytes())
        .header("Content-Type", Raw::new("application/gzip"))
        .header("Content-Disposition", Raw::new(file))
        .transfer_encoding("base64")
}

fn is_of_a_name(letter: &char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')
}

fn is_of_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Those that can stand in a header as Message-IDs.
fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let fits = |id: &&str| {
        id.contains('@')
            && id.len() <= 250
            && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()\"\\,;:[]".contains(&byte))
    };
    ids.map(String::as_str).filter(fits).collect()
}

/// A new Message-ID, without `<>`: the time, 64 random bits, and the sender's domain.
pub fn message_id(made_at: Timestamp, random: u64, sender: &str) -> String {
    let unique = format!("{}.{random:016x}", made_at.as_millisecond());
    id_of(&unique, sender)
}

/// `unique` at the sender's domain, as a Message-ID without `<>`.
pub fn id_of(unique: &str, sender: &str) -> String {
    let domain = mailbox(sender).1.rsplit_once('@').map(|(_, domain)| domain);
    let fits = |domain: &&str| {
        !domain.is_empty()
            && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
    };
    let domain = domain.filter(fits).unwrap_or("illumio-monitor.invalid");
    format!("{unique}@{domain}")
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
    one_line(text, 500)
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
        Kind::Daily => "daily",
        Kind::Test => "test",
    }
}
