//! Why the PCE could not be asked, or its answer not be read. The sentences stand
//! in [`words`].

mod words;

use std::fmt;
use std::io;

use crate::net::secret::Secrets;
use crate::net::tls::{self, TlsError};

/// Why a request came to nothing. `path` is the API's, without its query.
#[derive(Debug)]
pub enum Error {
    /// The agent could not be set up.
    Tls(TlsError),
    /// No answer: name, network, TLS or time. The same for each of several tries.
    Unreachable {
        /// The URL, without its query.
        path: String,
        /// What was wrong.
        problem: Problem,
    },
    /// 401.
    Credentials {
        /// Where.
        path: String,
        /// What the PCE says, if anything.
        said: String,
    },
    /// Any other status that is no success.
    Status {
        /// Where.
        path: String,
        /// The status.
        status: u16,
        /// What the PCE (or a proxy) says, if anything.
        said: String,
    },
    /// A redirect: it is not followed, the key goes nowhere else.
    Redirect {
        /// Where.
        path: String,
        /// The status.
        status: u16,
        /// The host it leads to, with the path where that is the PCE's own host.
        to: String,
    },
    /// A page where people log in, in the API's place.
    LogInPage {
        /// Where.
        path: String,
        /// How it begins.
        begins: String,
        /// The host to which it sends what is typed, where it names one.
        to: Option<String>,
    },
    /// A POST that was refused as a supercluster's member refuses it.
    NotTheLeader {
        /// Where.
        path: String,
        /// The status.
        status: u16,
        /// What the PCE says, if anything.
        said: String,
    },
    /// A query was accepted, and the answer does not say where it is.
    NoHref {
        /// Where.
        path: String,
    },
    /// A query was accepted, and what the answer names is no query of our org.
    ForeignHref {
        /// Where.
        path: String,
        /// What it names, the beginning of it.
        href: String,
    },
    /// An answer that is not what the API promises.
    Odd {
        /// Where.
        path: String,
        /// How it begins, or what is missing.
        problem: String,
    },
    /// The answer broke off.
    Broken {
        /// Where.
        path: String,
        /// How.
        problem: Break,
    },
    /// The cycle's time is over.
    Deadline,
}

/// How an answer broke off.
#[derive(Debug)]
pub enum Break {
    /// The body ended, and its JSON had not.
    TooEarly,
    /// The connection or its encoding, in the system's words.
    Network(String),
}

/// What keeps an answer from coming.
#[derive(Debug)]
pub enum Problem {
    /// The host's name has no address.
    NoSuchHost,
    /// Nothing came in time.
    Timeout,
    /// The certificate, or TLS.
    Tls(tls::Problem),
    /// The network, in the system's words.
    Network(String),
    /// The proxy before the PCE.
    Proxy(ProxyProblem),
}

/// A proxy that does not lead to the PCE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyProblem {
    /// Its host and port; never its user and password.
    pub place: String,
    /// The key or variable that names it.
    pub source: &'static str,
    /// What is wrong with it.
    pub fault: ProxyFault,
}

/// What is wrong with a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// Its name has no address.
    NoAddress,
    /// Nothing listens on its port.
    Refused,
    /// Nothing came in time.
    Timeout,
    /// The network, in the system's words.
    Network(String),
    /// TLS with an `https://` proxy.
    Tls(tls::Problem),
    /// It hung up on the request.
    Closed,
    /// What answers there is no HTTP proxy.
    NotHttp,
    /// 407.
    Login {
        /// Whether it was told a user and password.
        given: bool,
    },
    /// Any other status that is no 2xx.
    Status {
        /// The status.
        status: u16,
        /// The host and port it was asked for.
        target: String,
    },
}

impl ProxyFault {
    pub(super) fn of(error: &io::Error) -> Self {
        if let Some(problem) = tls::problem(error) {
            return Self::Tls(problem);
        }
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Timeout,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Network(error.to_string()),
        }
    }
}

impl ProxyProblem {
    /// The same with nothing secret in what the other side said.
    pub(super) fn without(self, secrets: &Secrets) -> Self {
        let fault = match self.fault {
            ProxyFault::Network(text) => ProxyFault::Network(secrets.hide(&text)),
            ProxyFault::Tls(problem) => ProxyFault::Tls(problem.without(secrets)),
            other => other,
        };
        Self { fault, ..self }
    }

    /// The one inside an I/O error; `None` where it is something else.
    pub(super) fn inside(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().cloned()
    }
}

impl fmt::Display for ProxyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(crate::lang::Lang::En))
    }
}

impl std::error::Error for ProxyProblem {}
