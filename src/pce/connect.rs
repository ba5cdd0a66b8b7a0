//! The way to the PCE: names, TCP, proxy, TLS and timeouts of one HTTP agent.
//!
//! All of the way is ours: ureq's own takes no proxy's 2xx but 200 for a yes, doesn't
//! say which of two hosts failed, and can't trust a self-signed certificate by itself
//! ([`crate::net::tls`]).

mod first_hop;
mod no_proxy;
mod security;
mod tunnel;
mod watched;

use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use ureq::Agent;
use ureq::http::Uri;
use ureq::unversioned::transport::Connector;

use self::first_hop::{FirstHop, OneLookup};
pub use self::no_proxy::VARIABLES as PROXY_VARIABLES;
use self::no_proxy::from_environment;
use self::security::{Security, Verified};
use self::tunnel::Tunnel;
pub use self::watched::KeptLine;
use self::watched::Watch;
use super::error::{ProxyFault, ProxyProblem};
use super::{Proxy, Settings};
use crate::net::certificate::Certificate;
use crate::net::tls::{self, Shown, TlsError, Trust};
use crate::net::{AddressBook, bare};

/// An agent for `settings`, and the line that it holds: one connection, kept open
/// between requests.
///
/// `settings.timeout` bounds the name's resolution, the connection (proxy and
/// TLS included), the wait for a response's head, and each single read and
/// write. A response as a whole has no bound: a download may take minutes while
/// bytes flow. No status is an error, no redirect is followed, and only
/// `https://` is spoken, but for a PCE whose own URL is `http://` (which the
/// configuration allows on loopback alone).
///
/// Errors: an unusable `ca_file` or proxy, found here and not at the first request.
/// `certificate` takes the first certificate that the PCE proved to hold; `book` the
/// address that led to it.
pub fn agent(
    settings: &Settings,
    certificate: Arc<OnceLock<Certificate>>,
    book: &AddressBook,
) -> Result<(Agent, Arc<KeptLine>), TlsError> {
    let tls = tls::client_config(&trust(settings))?;
    with_tls(settings, tls, certificate, book)
}

/// The same, and every certificate that the PCE shows is put down in `shown`.
pub fn looking_agent(
    settings: &Settings,
    shown: &Arc<Shown>,
    book: &AddressBook,
) -> Result<(Agent, Arc<KeptLine>), TlsError> {
    let tls = tls::looking_client_config(&trust(settings), shown)?;
    with_tls(settings, tls, Arc::default(), book)
}

fn trust(settings: &Settings) -> Trust {
    Trust { verify: settings.verify_tls, ca_file: settings.ca_file.clone() }
}

fn with_tls(
    settings: &Settings,
    tls: Arc<ClientConfig>,
    certificate: Arc<OnceLock<Certificate>>,
    book: &AddressBook,
) -> Result<(Agent, Arc<KeptLine>), TlsError> {
    let plain = settings.url.starts_with("http://");
    let timeout = Some(settings.timeout);
    let config = Agent::config_builder()
        .user_agent(concat!("illumio-monitor/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .https_only(!plain)
        .proxy(None)
        .max_idle_connections(1)
        .max_idle_connections_per_host(1)
        .timeout_resolve(timeout)
        .timeout_connect(timeout)
        .timeout_recv_response(timeout)
        .timeout_per_read(timeout)
        .timeout_per_write(timeout)
        .build();
    let hop = first_hop(settings)?;
    let proxy = proxy(settings)?.map(|(_, proxy)| proxy);
    let line = Arc::new(KeptLine::default());
    let lookup = OneLookup::new(hop.clone(), book.clone(), settings.verify_tls && !plain);
    let to_proxy = proxy.as_ref().map(|proxy| (&hop, proxy));
    let to_pce = Verified {
        certificate,
        line: Arc::clone(&line),
        hop: hop.clone(),
        book: settings.verify_tls.then(|| book.clone()),
    };
    let connector =
        ().chain(FirstHop::new(hop.clone(), Arc::clone(&line)))
            .chain(Security::of_proxy(&tls, to_proxy))
            .chain(Tunnel::new(to_proxy))
            .chain(Security::of_pce(&tls, to_pce))
            .chain(Watch(Arc::clone(&line)));
    Ok((Agent::with_parts(config, connector, lookup), line))
}

/// Where the first connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// True where this is a proxy.
    pub proxy: bool,
    /// The variable that names the proxy; `None`: `api.proxy`, or no proxy.
    pub variable: Option<&'static str>,
}

impl Hop {
    /// `host:port`, as it is shown: without a proxy's user and password.
    pub fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// What failed here is the proxy's.
    fn problem(&self, fault: ProxyFault) -> ProxyProblem {
        ProxyProblem { place: self.place(), source: self.variable.unwrap_or("api.proxy"), fault }
    }
}

/// The PCE itself, or the proxy before it.
///
/// # Errors
/// A proxy that is not usable.
pub fn first_hop(settings: &Settings) -> Result<Hop, TlsError> {
    if let Some((variable, proxy)) = proxy(settings)? {
        return Ok(Hop {
            host: bare(proxy.host()).to_owned(),
            port: proxy.port(),
            proxy: true,
            variable,
        });
    }
    let (host, port) = of_url(&settings.url);
    Ok(Hop { host, port, proxy: false, variable: None })
}

/// The host, without brackets, and the port that is used.
fn of_url(url: &str) -> (String, u16) {
    let uri = url.parse::<Uri>().unwrap_or_default();
    let plain = uri.scheme_str() == Some("http");
    let port = uri.port_u16().unwrap_or(if plain { 80 } else { 443 });
    (uri.host().map(bare).unwrap_or_default().to_owned(), port)
}

/// A proxy, and the variable it came from.
type Found = (Option<&'static str>, ureq::Proxy);

/// The proxy to take; a PCE on `http://` is on loopback, where none belongs
/// unless the user names it.
fn proxy(settings: &Settings) -> Result<Option<Found>, TlsError> {
    let (variable, url) = match &settings.proxy {
        Proxy::Direct => return Ok(None),
        Proxy::Url(url) => (None, url.reveal().to_owned()),
        Proxy::Environment if settings.url.starts_with("http://") => return Ok(None),
        Proxy::Environment => {
            let read = |name: &str| std::env::var(name).ok();
            let (host, port) = of_url(&settings.url);
            match from_environment(read, &host, port) {
                Some((name, url)) => (Some(name), url),
                None => return Ok(None),
            }
        }
    };
    match ureq::Proxy::new(url.trim()) {
        Ok(proxy) if speaks_http(&proxy) => Ok(Some((variable, proxy))),
        _ => Err(TlsError::Proxy { variable }),
    }
}

/// Without ureq's SOCKS feature such a proxy would silently be left out.
fn speaks_http(proxy: &ureq::Proxy) -> bool {
    use ureq::ProxyProtocol::{Http, Https};
    matches!(proxy.protocol(), Http | Https) && !proxy.host().is_empty()
}
