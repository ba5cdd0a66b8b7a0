//! Why the PCE could not be asked, or its answer not be read. The sentences stand
//! in [`crate::lang::pce`].

use crate::tls::{self, TlsError};

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
    /// A query was accepted, and the answer does not say where it is.
    NoHref {
        /// Where.
        path: String,
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
}
