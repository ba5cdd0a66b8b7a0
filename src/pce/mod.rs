//! FETCH: the PCE's REST API, and its records as they are on the wire. Knows no rule,
//! no file and no mail.
//!
//! Sources of what is said of the PCE: \[REST 25.2\] and \[Administration 25.2\],
//! Illumio's guides; \[seen on 25.2.40\], what a PCE of that version did.

pub mod client;
pub mod clock;
pub mod connect;
mod decision;
pub mod error;
pub mod events;
pub mod glance;
pub mod health;
pub mod ip_lists;
pub mod mend;
mod page;
pub mod record;
pub mod seen;
pub mod stream;
pub mod traffic;
pub mod vocabulary;
pub mod workloads;

use std::path::PathBuf;
use std::time::Duration;

use crate::net::secret::{Secret, Secrets};

pub use decision::Decision;

/// Where the PCE is and how to talk to it: what stands in `api`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Scheme, host and port, without a trailing slash or a path.
    pub url: String,
    /// The org's number, as text.
    pub org_id: String,
    /// The API key's name (`api_…`), the user of HTTP Basic.
    pub key: String,
    /// Its secret.
    pub secret: Secret,
    /// When the key expires, if the user said so.
    pub key_expires: Option<jiff::civil::Date>,
    /// False only where the user turned verification off.
    pub verify_tls: bool,
    /// PEM: CAs, or the PCE's own self-signed certificate.
    pub ca_file: Option<PathBuf>,
    /// The way out.
    pub proxy: Proxy,
    /// One connect or one read.
    pub timeout: Duration,
    /// A traffic query as a whole.
    pub query_timeout: Duration,
    /// The config's other secrets: a server may say any of them.
    pub others: Secrets,
}

impl Settings {
    /// What goes over the line and must not come back into a message.
    pub fn secrets(&self) -> Secrets {
        let mut secrets = self.others.clone();
        secrets.add_login(&self.key, &self.secret);
        if let Proxy::Url(url) = &self.proxy {
            secrets.add_url(url.reveal());
        }
        secrets
    }
}

/// The HTTP proxy to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// What the environment says (`HTTPS_PROXY`, `NO_PROXY` …).
    #[default]
    Environment,
    /// None, whatever the environment says.
    Direct,
    /// This URL; it may hold credentials.
    Url(Secret),
}

/// A time as the PCE wants it: UTC, milliseconds, `Z`.
fn wire_time(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// No id of a query or a job is longer.
const LONGEST_ID: usize = 60;

/// The path of the query or job that an answer or the state names, as a path or as a URL:
/// what lies elsewhere than below `home`, or has a place that none has, is not to
/// be asked for, let alone deleted.
fn own_path(home: &str, href: &str) -> Option<String> {
    let path = match href.split_once("://") {
        Some(("http" | "https", rest)) => rest.get(rest.find('/')?..)?,
        _ => href,
    };
    let path = path.strip_prefix("/api/v2").unwrap_or(path);
    let id = path.strip_prefix(home)?.strip_prefix('/')?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_id = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(is_plain);
    is_id.then(|| path.to_owned())
}
