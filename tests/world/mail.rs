//! Mails as their reader sees them.

use std::ops::Deref;

use mail_parser::MessageParser;

use crate::mailbox::{Mailbox, Options, Received};

/// A mail that arrived, read by a MIME parser that is not the monitor's.
#[derive(Clone, Debug)]
pub struct Mail {
    /// `MAIL FROM`.
    pub from: String,
    /// `RCPT TO`, those that were accepted.
    pub to: Vec<String>,
    /// The message as it came over the line, dots unstuffed.
    pub raw: Vec<u8>,
}

impl Mail {
    fn of(received: Received) -> Self {
        let Received { from, to, data, .. } = received;
        Self { from, to, raw: data.into_bytes() }
    }

    /// The subject, decoded.
    pub fn subject(&self) -> String {
        self.read(|message| message.subject().map(str::to_owned))
    }

    /// A header's text as it stands in the message, unfolded ends trimmed; empty
    /// without it.
    pub fn header(&self, name: &str) -> String {
        self.read(|message| message.header_raw(name.to_owned()).map(|raw| raw.trim().to_owned()))
    }

    /// The text part, its lines ended by `\n`.
    pub fn text(&self) -> String {
        self.read(|message| Some(message.body_text(0)?.replace("\r\n", "\n")))
    }

    /// The HTML part, its lines ended by `\n`.
    pub fn html(&self) -> String {
        self.read(|message| Some(message.body_html(0)?.replace("\r\n", "\n")))
    }

    fn read(&self, what: impl Fn(&mail_parser::Message) -> Option<String>) -> String {
        let message = MessageParser::default().parse(&self.raw);
        message.and_then(|message| what(&message)).unwrap_or_default()
    }
}

/// The mailbox with what arrived in it.
pub struct Mails(Mailbox);

impl Deref for Mails {
    type Target = Mailbox;

    fn deref(&self) -> &Mailbox {
        &self.0
    }
}

impl Mails {
    /// An SMTP server on a free port that takes everything.
    pub fn start() -> Self {
        Self::behaving(Options::default())
    }

    /// One that does as it is told.
    pub fn behaving(options: Options) -> Self {
        Self(Mailbox::start(options))
    }

    /// All mails, in the order they arrived.
    pub fn all(&self) -> Vec<Mail> {
        self.0.mails().into_iter().map(Mail::of).collect()
    }

    /// How many arrived.
    pub fn count(&self) -> usize {
        self.0.mails().len()
    }

    /// The newest.
    pub fn last(&self) -> Mail {
        self.all().pop().expect("no mail has arrived")
    }
}
