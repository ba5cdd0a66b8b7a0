//! HAND ON: alerts, conditions and notices as records for other programs, beside the mail:
//! into files that a log agent reads, or by syslog to a SIEM.
//!
//! A straight line: [`record`] is one such object, [`queue`] holds those that wait, `line`
//! puts one into the words of a receiver (JSON or [`cef`]), and [`file`] or [`syslog`]
//! carries it there. Knows reports and the net's names and TLS; no mail, no state file, no
//! clock.

pub mod cef;
mod connection;
mod facts;
mod failure;
mod file;
mod line;
pub mod queue;
pub mod record;
pub mod syslog;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::net::AddressBook;
use crate::report::Phase;
use crate::rules::Level;

pub use failure::{Cause, Failure};
pub use line::Sender;
pub use queue::{Forward, Queued};
pub use record::Record;

/// So many receivers there may be.
pub const RECEIVERS: usize = 10;

/// One connect, one look-up, one read and one write take no longer.
const STEP: Duration = Duration::from_secs(5);

/// Who gets the records, and how: an entry of `forward`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// What the user calls it; no other has the same.
    pub name: String,
    /// The way there.
    pub way: Way,
    /// What it reads.
    pub body: Body,
    /// Only records of these levels; empty: all.
    pub levels: Vec<Level>,
    /// Only records of the rules with these ids; empty: all, and what no rule tells.
    pub rules: Vec<i64>,
}

/// The way to a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Lines in a file of this folder, which is made where it is missing.
    File(PathBuf),
    /// RFC 5424.
    Syslog {
        /// Where it listens.
        to: Address,
        /// The facility's number, 1 (user) or 16–23 (local0–7).
        facility: u8,
    },
}

/// Where a syslog server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket of this host: datagrams, or a stream where it is one.
    Unix(PathBuf),
    /// One datagram a record.
    Udp(Server),
    /// A stream in the clear.
    Tcp(Server, Framing),
    /// The same in TLS; `ca_file` is trusted in addition to the system's store.
    Tls(Server, Framing, Option<PathBuf>),
}

/// A host and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A name or an address; an IPv6 address in its brackets.
    pub host: String,
    /// 514, 601, 6514 …
    pub port: u16,
}

/// How a record ends in a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Its length in bytes stands before it [RFC 6587 3.4.1, RFC 5425 4.3].
    #[default]
    Octets,
    /// A line feed stands behind it [RFC 6587 3.4.2].
    Newline,
}

/// What a receiver reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// One JSON object, see [`Record`].
    #[default]
    Json,
    /// ArcSight's Common Event Format, version 0.
    Cef,
}

impl Receiver {
    /// Whether it wants the record. The end of a condition is for everyone who may have
    /// been told its begin, whatever its level was.
    pub fn takes(&self, record: &Record) -> bool {
        let level = self.levels.is_empty()
            || self.levels.contains(&record.level)
            || record.phase == Some(Phase::Ended);
        let of_rule = |id| self.rules.contains(&id);
        level && (self.rules.is_empty() || record.rule_id.is_some_and(of_rule))
    }

    /// Where it is, for a sentence: `tls://siem.example.com:6514`, a file's path.
    pub fn place(&self) -> String {
        match &self.way {
            Way::File(folder) => folder.join(self.body.file_name()).display().to_string(),
            Way::Syslog { to, .. } => to.url(),
        }
    }
}

impl Address {
    /// As it stands in the config.
    pub fn url(&self) -> String {
        let (scheme, server) = match self {
            Self::Unix(path) => return format!("unix://{}", path.display()),
            Self::Udp(server) => ("udp", server),
            Self::Tcp(server, _) => ("tcp", server),
            Self::Tls(server, ..) => ("tls", server),
        };
        format!("{scheme}://{}:{}", server.host, server.port)
    }
}

impl Body {
    /// The file that a receiver of that kind has in its folder.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Json => "alerts.jsonl",
            Self::Cef => "alerts.cef",
        }
    }
}

/// What became of the records of one receiver.
#[derive(Debug, Default)]
pub struct Handed {
    /// So many of them, the first ones, are there: they need not be sent again.
    pub served: usize,
    /// Why the others are not; `None` where the time was over and nothing failed.
    pub failure: Option<Failure>,
    /// Whether it keeps connections open that we ended; `None` where that did not show.
    pub stays_open: Option<bool>,
}

/// How far records went, before it is known whose they are.
#[derive(Default)]
struct Went {
    served: usize,
    cause: Option<Cause>,
    stays_open: Option<bool>,
}

impl Went {
    /// Nowhere.
    fn none(cause: Cause) -> Self {
        Self { cause: Some(cause), ..Self::default() }
    }
}

/// Hands on to a receiver what waits for it, in its order, until `deadline`. What is in
/// doubt is not counted as served: it comes again, with the same id.
pub fn hand_on(
    receiver: &Receiver,
    queue: &Forward,
    sender: &Sender,
    book: &AddressBook,
    deadline: Instant,
) -> Handed {
    let records = queue.waiting_for(&receiver.name);
    let went = match &receiver.way {
        Way::File(folder) => {
            let (served, cause) = file::append(folder, receiver.body, &records);
            Went { served, cause, stays_open: None }
        }
        Way::Syslog { to, facility } => {
            let writer = line::Syslog { sender, facility: *facility, body: receiver.body };
            let stays_open = queue.stay_open.contains(&receiver.name);
            syslog::send(to, &writer, &records, book, deadline, stays_open)
        }
    };
    let Went { served, cause, stays_open } = went;
    Handed { served, failure: cause.map(|cause| Failure::new(receiver, cause)), stays_open }
}

/// Tries the way to a receiver, and sends nothing.
///
/// # Errors
/// Why nothing would come there.
pub fn try_out(receiver: &Receiver, book: &AddressBook, deadline: Instant) -> Result<(), Failure> {
    let tried = match &receiver.way {
        Way::File(folder) => file::try_out(folder, receiver.body),
        Way::Syslog { to, .. } => syslog::try_out(to, book, deadline),
    };
    tried.map_err(|cause| Failure::new(receiver, cause))
}
