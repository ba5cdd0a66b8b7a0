//! A record in the words of a receiver: JSON or CEF, in a file's line or behind the header
//! of RFC 5424.

use super::record::{Kind, Record};
use super::{Body, Framing, cef};
use crate::rules::Level;

/// The name that lines are filed under.
const APP: &str = "illumio-monitor";

/// Who sends, as a header has it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// This host's name; empty where it is not known.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The program's version.
    pub version: String,
}

/// The record as the receiver reads it, in one line without its end.
pub(super) fn body(record: &Record, body: Body, version: &str) -> String {
    match body {
        Body::Json => record.json(),
        Body::Cef => cef::line(record, version),
    }
}

/// Writes records as syslog messages.
pub(super) struct Syslog<'a> {
    pub sender: &'a Sender,
    pub facility: u8,
    pub body: Body,
}

impl Syslog<'_> {
    /// The message [RFC 5424, 6], in at most about so many bytes. There is no byte order
    /// mark before the text: most readers of JSON and CEF take it for a part of it.
    pub fn message(&self, record: &Record, bytes: usize) -> String {
        let head = self.head(record);
        let room = bytes.saturating_sub(head.len());
        let mut record = record.clone().within(room);
        let mut text = body(&record, self.body, &self.sender.version);
        // CEF has other names around the same values.
        let mut room = room;
        while text.len() + head.len() > bytes && room > 100 {
            room = room * 3 / 4;
            record = record.within(room);
            text = body(&record, self.body, &self.sender.version);
        }
        head + &text
    }

    fn head(&self, record: &Record) -> String {
        let severity = match record.level {
            Level::Critical => 2,
            Level::Warning => 4,
            Level::Info => 6,
        };
        let kind = match record.kind {
            Kind::Alert => "alert",
            Kind::Condition => "condition",
            Kind::Notice => "notice",
        };
        let time = record.time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let host = host(&self.sender.host);
        let priority = u16::from(self.facility) * 8 + severity;
        format!("<{priority}>1 {time} {host} {APP} {} {kind} - ", self.sender.pid)
    }
}

/// Printable ASCII of at most 255 letters [RFC 5424, 6].
fn host(name: &str) -> String {
    let name: String = name.chars().filter(char::is_ascii_graphic).take(255).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// The message as it goes into a stream.
pub(super) fn framed(message: String, framing: Framing) -> Vec<u8> {
    match framing {
        Framing::Octets => format!("{} {message}", message.len()).into_bytes(),
        Framing::Newline => (message + "\n").into_bytes(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            id: "1.2.0".into(),
            time: "2026-11-22T10:20:30.5Z".parse().unwrap(),
            level: Level::Critical,
            name: "規則".into(),
            text: "two\nlines".into(),
            ..Record::default()
        }
    }

    fn message(host: &str, facility: u8, bytes: usize) -> String {
        let sender = Sender { host: host.into(), pid: 42, version: "1".into() };
        let writer = Syslog { sender: &sender, facility, body: Body::Json };
        writer.message(&record(), bytes)
    }

    #[test]
    fn a_message_has_priority_time_host_program_process_and_kind_before_the_object() {
        let message = message("mon\u{e9}1 .net", 16, 8_000);
        let (head, body) = message.split_at(message.find('{').unwrap());
        assert_eq!(head, "<130>1 2026-11-22T10:20:30.500Z mon1.net illumio-monitor 42 alert - ");
        assert_eq!(serde_json::from_str::<Record>(body).unwrap(), record());
        assert!(self::message("", 1, 8_000).starts_with("<10>1 2026-11-22T10:20:30.500Z - "));
    }

    #[test]
    fn in_a_stream_the_bytes_are_counted_or_the_line_ends() {
        let message = message("h", 16, 8_000);
        assert!(!message.contains('\n'), "{message}");
        let octets = framed(message.clone(), Framing::Octets);
        assert_eq!(octets, format!("{} {message}", message.len()).as_bytes());
        assert_eq!(framed(message.clone(), Framing::Newline), format!("{message}\n").as_bytes());
    }

    #[test]
    fn what_is_too_long_for_a_datagram_is_shortened_and_says_so() {
        let long = Record { text: "規".repeat(2_000), meaning: "m".repeat(2_000), ..record() };
        let sender = Sender { host: "h".into(), pid: 42, version: "1".into() };
        for body in [Body::Json, Body::Cef] {
            let writer = Syslog { sender: &sender, facility: 16, body };
            let message = writer.message(&long, 2_048);
            assert!(message.len() <= 2_048, "{}", message.len());
            let said = ["\"shortened\":true", " cn3Label=shortened cn3=1 "];
            let says = said.iter().any(|said| message.contains(said));
            assert!(says && message.contains("1.2.0"), "{message}");
            assert!(writer.message(&long, 20_000).len() > 3_000);
        }
    }
}
