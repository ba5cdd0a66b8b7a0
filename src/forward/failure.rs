//! Why records do not come to a receiver.

use std::io;

use super::Receiver;
use crate::lang::{Lang, forward as words};
use crate::net::secret::Secrets;
use crate::net::tls::{self, Problem, TlsError};

/// A receiver that does not take what is handed on to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What the user calls it.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// What happened.
    pub cause: Cause,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The name can't be looked up: the system's words.
    Name(String),
    /// The network said no: the system's words.
    System(String),
    /// It is there, but not for this program's user: the system's words.
    Denied(String),
    /// The file can't be written: the system's words.
    File(String),
    /// Nothing went within the time.
    Timeout,
    /// It hung up before it had all.
    Closed,
    /// It did not hang up when it had all.
    StaysOpen,
    /// The handshake failed.
    Tls(Problem),
    /// TLS can't be set up on our side.
    Setup(TlsError),
    /// Another config's run writes to the folder.
    Busy,
}

impl Failure {
    pub(super) fn new(receiver: &Receiver, cause: Cause) -> Self {
        Self { name: receiver.name.clone(), place: receiver.place(), cause }
    }

    /// A finished sentence: which receiver, where, what happened.
    pub fn text(&self, lang: Lang) -> String {
        words::failed(lang, &self.name, &self.place, self.cause.text(lang))
    }

    /// Which receiver, where, what happened; without what becomes of its records.
    pub fn said(&self, lang: Lang) -> String {
        words::fails(lang, &self.name, &self.place, self.cause.text(lang))
    }

    /// The same with nothing secret in what the other side said.
    pub fn without(mut self, secrets: &Secrets) -> Self {
        if let Cause::Tls(problem) = self.cause {
            self.cause = Cause::Tls(problem.without(secrets));
        }
        self
    }
}

impl Cause {
    /// A clause without a full stop.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Name(said) => words::name(lang, said),
            Self::System(said) => words::system(lang, said),
            Self::Denied(said) => words::denied(lang, said),
            Self::File(said) => words::file(lang, said),
            Self::Timeout => words::timeout(lang),
            Self::Closed => words::closed(lang),
            Self::StaysOpen => words::stays_open(lang),
            Self::Tls(problem) => problem.text(lang),
            Self::Setup(error) => error.text(lang).trim_end_matches(['.', '。']).to_owned(),
            Self::Busy => words::busy(lang),
        }
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        if let Some(problem) = tls::problem(&error) {
            return Self::Tls(problem);
        }
        match error.kind() {
            // A read timeout is WouldBlock on Unix, a connect timeout TimedOut.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Timeout,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => Self::Closed,
            io::ErrorKind::PermissionDenied => Self::Denied(error.to_string()),
            _ => Self::System(error.to_string()),
        }
    }
}
