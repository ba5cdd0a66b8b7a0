//! ALERT: the message (text and HTML), the SMTP session and the outbox. Knows the
//! report and the rules' words, and nothing of files.

pub mod compose;
mod links;
pub mod mime;
pub mod outbox;
mod page;
mod route;
pub mod smtp;

use std::path::PathBuf;
use std::time::Duration;

use crate::net::secret::{Secret, Secrets};

pub use route::Route;

/// Who writes to whom, and through which server: what stands in `email` and `smtp`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `From:`; an address, or `Name <address>`.
    pub sender: String,
    /// `MAIL FROM`, where it differs from the sender.
    pub envelope_sender: Option<String>,
    /// At least one address.
    pub recipients: Vec<String>,
    /// Who gets what beside them, or in their place; at most 50.
    pub routes: Vec<Route>,
    /// False: no raw records in the mail.
    pub raw_snapshot: bool,
    /// True: the records that matched are attached.
    pub attach_records: bool,
    /// True: mails of one rule stay in one thread a day.
    pub thread: bool,
    /// The mail server.
    pub smtp: Smtp,
}

/// The mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// A name or an address; every address of a name is tried.
    pub host: String,
    /// 25, 465, 587 …
    pub port: u16,
    /// How the line is secured.
    pub tls: Tls,
    /// The AUTH user and password.
    pub login: Option<(String, Secret)>,
    /// PEM, in addition to the system's trust store.
    pub ca_file: Option<PathBuf>,
    /// Each connect, each read, each write.
    pub timeout: Duration,
    /// The config's other secrets: a server may say any of them.
    pub others: Secrets,
}

impl Smtp {
    /// What goes over the line and must not come back into a message.
    pub fn secrets(&self) -> Secrets {
        let mut secrets = self.others.clone();
        if let Some((user, password)) = &self.login {
            secrets.add_login(user, password);
        }
        secrets
    }
}

/// How the line to the mail server is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Never.
    None,
    /// STARTTLS if offered, with any certificate; in the clear if that fails.
    #[default]
    Opportunistic,
    /// STARTTLS, required and verified.
    Starttls,
    /// TLS from the first byte, verified.
    Implicit,
}

impl Tls {
    /// All of them, the usual one first.
    pub const ALL: [Self; 4] = [Self::Opportunistic, Self::Starttls, Self::Implicit, Self::None];

    /// The word in the config.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Opportunistic => "opportunistic",
            Self::Starttls => "starttls",
            Self::Implicit => "implicit",
        }
    }

    /// True where the server has to show a certificate that this host trusts.
    pub fn is_verified(self) -> bool {
        matches!(self, Self::Starttls | Self::Implicit)
    }
}
