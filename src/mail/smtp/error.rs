//! What can go wrong between us and the mail server.

use std::fmt;
use std::io;

use super::reply::Reply;
use crate::lang::Lang;
use crate::net::tls::{Problem, TlsError};

/// A session or a mail that came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct SmtpError {
    /// Host and port.
    pub server: String,
    /// Where in the conversation.
    pub step: Step,
    /// What happened.
    pub cause: Cause,
    /// True where the whole message was sent and no answer came: the server may
    /// have it. Only the same Message-ID again is then right.
    pub in_doubt: bool,
}

/// The steps of a conversation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding the host's addresses.
    Resolve,
    /// The connection.
    Connect,
    /// The server's first words.
    Greeting,
    /// EHLO or HELO.
    Hello,
    /// STARTTLS, and the handshake.
    Tls,
    /// AUTH.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Recipient,
    /// DATA.
    Data,
    /// The message itself.
    Content,
    /// The answer to the message.
    End,
    /// RSET.
    Reset,
}

/// What happened at a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The server said no.
    Reply(Reply),
    /// The network said no: the system's words.
    Network(String),
    /// Nothing came within the timeout, or the deadline has passed.
    Timeout,
    /// The server hung up.
    Closed,
    /// The name has no address.
    NoAddress,
    /// The handshake failed.
    Tls(Problem),
    /// TLS can't be set up on our side.
    Setup(TlsError),
    /// TLS needs a host name that can stand in a certificate.
    HostName,
    /// Longer than an answer may be.
    TooLong,
    /// What talks there is no mail server.
    NotSmtp,
    /// STARTTLS is required and not offered.
    NoStarttls,
    /// Neither AUTH PLAIN nor LOGIN is offered.
    NoAuth,
    /// The login would be sent unprotected.
    LoginInTheClear,
    /// The sender is no address.
    Address(String),
    /// An address isn't ASCII and the server takes only those (no SMTPUTF8).
    NoUtf8,
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        if let Some(problem) = crate::net::tls::problem(&error) {
            return Self::Tls(problem);
        }
        match error.kind() {
            // A read timeout is WouldBlock on Unix, a connect timeout TimedOut.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Timeout,
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Network(error.to_string()),
        }
    }
}

impl SmtpError {
    pub(super) fn new(server: &str, step: Step, cause: Cause) -> Self {
        Self { server: server.to_owned(), step, cause, in_doubt: false }
    }

    /// True where a person is needed: the same again will fail the same way.
    pub fn permanent(&self) -> bool {
        match &self.cause {
            Cause::Reply(reply) => reply.is_permanent(),
            Cause::Tls(Problem::Other(_) | Problem::NotTls) => false,
            Cause::Tls(_)
            | Cause::Setup(_)
            | Cause::HostName
            | Cause::NoStarttls
            | Cause::NoAuth
            | Cause::LoginInTheClear
            | Cause::Address(_)
            | Cause::NoUtf8 => true,
            Cause::Network(_)
            | Cause::Timeout
            | Cause::Closed
            | Cause::NoAddress
            | Cause::TooLong
            | Cause::NotSmtp => false,
        }
    }

    /// True where the message is larger than the server takes: 552 [RFC 5321 4.2.3],
    /// or any code with 5.2.3 or 5.3.4 [RFC 3463 3.3, 3.4].
    pub fn too_large(&self) -> bool {
        match &self.cause {
            Cause::Reply(reply) => {
                let says = |code: &str| reply.text.starts_with(code);
                reply.code == 552 || says("5.2.3") || says("5.3.4")
            }
            _ => false,
        }
    }

    /// True where the server is still there and would take another mail: it
    /// answered, and not with 421, which means that it leaves.
    pub fn alive(&self) -> bool {
        match &self.cause {
            Cause::Reply(reply) => reply.code != 421,
            Cause::Address(_) | Cause::NoUtf8 => true,
            _ => false,
        }
    }
}

impl fmt::Display for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for SmtpError {}
