//! The way to the PCE: TLS, proxy and timeouts of one HTTP agent.
//!
//! ureq brings TCP and the proxy's CONNECT. TLS is ours, because ureq's own
//! can't trust a self-signed certificate by itself ([`crate::tls`]).

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout,
    TcpConnector, Transport, TransportAdapter,
};

use super::{Proxy, Settings};
use crate::certificate::Certificate;
use crate::net::bare;
use crate::tls::{self, Shown, TlsError, Trust};

/// An agent for `settings`: one connection, kept open between requests.
///
/// `settings.timeout` bounds the name's resolution, the connection (proxy and
/// TLS included), the wait for a response's head, and each single read and
/// write. A response as a whole has no bound: a download may take minutes while
/// bytes flow. No status is an error, no redirect is followed, and only
/// `https://` is spoken, but for a PCE whose own URL is `http://` (which the
/// configuration allows on loopback alone).
///
/// Errors: an unusable `ca_file` or proxy, found here and not at the first request.
/// `certificate` takes the first certificate that the PCE proved to hold.
pub fn agent(
    settings: &Settings,
    certificate: Arc<OnceLock<Certificate>>,
) -> Result<Agent, TlsError> {
    let tls = tls::client_config(&trust(settings))?;
    with_tls(settings, TlsConnector { tls, certificate })
}

/// The same, and every certificate that the PCE shows is put down in `shown`.
pub fn looking_agent(settings: &Settings, shown: &Arc<Shown>) -> Result<Agent, TlsError> {
    let tls = tls::looking_client_config(&trust(settings), shown)?;
    let certificate = Arc::default();
    with_tls(settings, TlsConnector { tls, certificate })
}

fn trust(settings: &Settings) -> Trust {
    Trust {
        verify: settings.verify_tls,
        ca_file: settings.ca_file.clone(),
    }
}

fn with_tls(settings: &Settings, tls: TlsConnector) -> Result<Agent, TlsError> {
    let plain = settings.url.starts_with("http://");
    let timeout = Some(settings.timeout);
    let config = Agent::config_builder()
        .user_agent(concat!("illumio-monitor/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .https_only(!plain)
        .proxy(proxy(settings)?.map(|(_, proxy)| proxy))
        .max_idle_connections(1)
        .max_idle_connections_per_host(1)
        .timeout_resolve(timeout)
        .timeout_connect(timeout)
        .timeout_recv_response(timeout)
        .timeout_per_read(timeout)
        .timeout_per_write(timeout)
        .build();
    let connector =
        ().chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default())
            .chain(tls);
    Ok(Agent::with_parts(config, connector, OneLookup::default()))
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
    let uri = settings.url.parse::<Uri>().unwrap_or_default();
    let usual = if uri.scheme_str() == Some("http") {
        80
    } else {
        443
    };
    Ok(Hop {
        host: uri.host().map(bare).unwrap_or_default().to_owned(),
        port: uri.port_u16().unwrap_or(usual),
        proxy: false,
        variable: None,
    })
}

/// A proxy, and the variable it came from.
type Found = (Option<&'static str>, ureq::Proxy);

/// The proxy to take; a PCE on `http://` is on loopback, where none belongs
/// unless the user names it.
fn proxy(settings: &Settings) -> Result<Option<Found>, TlsError> {
    let host = settings.url.parse::<ureq::http::Uri>();
    let host = host.as_ref().ok().and_then(|uri| uri.host());
    let (variable, url) = match &settings.proxy {
        Proxy::Direct => return Ok(None),
        Proxy::Url(url) => (None, url.reveal().to_owned()),
        Proxy::Environment if settings.url.starts_with("http://") => return Ok(None),
        Proxy::Environment => {
            let read = |name: &str| std::env::var(name).ok();
            match from_environment(read, host.unwrap_or_default()) {
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

/// The proxy for an `https://` URL as curl reads it from the environment: lower
/// case first, the scheme's own before the general one, `NO_PROXY` over both.
fn from_environment(
    read: impl Fn(&str) -> Option<String>,
    host: &str,
) -> Option<(&'static str, String)> {
    let set = |name: &str| read(name).filter(|value| !value.trim().is_empty());
    let no_proxy = set("no_proxy").or_else(|| set("NO_PROXY"));
    if no_proxy.is_some_and(|list| leaves_out(&list, host)) {
        return None;
    }
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        .into_iter()
        .find_map(|name| set(name).map(|url| (name, url)))
}

/// Whether a `NO_PROXY` list names the host: itself, or a domain it is in.
fn leaves_out(list: &str, host: &str) -> bool {
    let host = bare(host).to_ascii_lowercase();
    list.split([',', ' ']).any(|entry| {
        let entry = bare(entry.trim_start_matches("*.").trim_start_matches('.'));
        let entry = entry.to_ascii_lowercase();
        entry == "*"
            || !entry.is_empty()
                && (host == entry
                    || host
                        .strip_suffix(&entry)
                        .is_some_and(|rest| rest.ends_with('.')))
    })
}

/// Looks a name up once and keeps the answer: ureq asks for every request, even
/// on a connection that is open, and each time in a thread of its own. A cycle
/// talks to one host and is over within minutes; the next one asks anew.
#[derive(Debug, Default)]
struct OneLookup {
    resolver: DefaultResolver,
    known: Mutex<Option<(String, ResolvedSocketAddrs)>>,
}

impl Resolver for OneLookup {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let place = format!("{:?} {:?}", uri.scheme(), uri.authority());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, addresses)) = &*known
            && *known == place
        {
            return Ok(addresses.clone());
        }
        let addresses = self.resolver.resolve(uri, config, timeout)?;
        *known = Some((place, addresses.clone()));
        Ok(addresses)
    }
}

/// Puts TLS around a connection where the URL asks for it.
#[derive(Debug)]
struct TlsConnector {
    tls: Arc<ClientConfig>,
    certificate: Arc<OnceLock<Certificate>>,
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().map(bare).unwrap_or_default();
        let name = ServerName::try_from(host)
            .map_err(|_| ureq::Error::BadUri(details.uri.to_string()))?
            .to_owned();
        let mut connection =
            ClientConnection::new(Arc::clone(&self.tls), name).map_err(std::io::Error::other)?;
        let mut wire = TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        wire.set_timeout(details.timeout);
        connection.complete_io(&mut wire)?;
        let leaf = connection.peer_certificates().and_then(<[_]>::first);
        if let Some(read) = leaf.and_then(|leaf| Certificate::read(leaf)) {
            // A later connection of this cycle shows the same one.
            let _ = self.certificate.set(read);
        }
        let config = details.config;
        Ok(Some(Either::B(TlsTransport {
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            stream: StreamOwned::new(connection, wire),
        })))
    }
}

/// A connection inside TLS.
struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        use std::io::Write;
        self.stream.sock.set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        self.stream.flush()?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        use std::io::Read;
        self.stream.sock.set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl std::fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(host: &str, environment: &[(&str, &str)]) -> Option<(&'static str, String)> {
        let read = |name: &str| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        from_environment(read, host)
    }

    #[test]
    fn the_proxy_for_https_comes_before_the_general_one() {
        let found = proxy_for(
            "pce.example.com",
            &[("ALL_PROXY", "http://a:1"), ("HTTPS_PROXY", "http://b:2")],
        );
        assert_eq!(found, Some(("HTTPS_PROXY", "http://b:2".to_owned())));
    }

    #[test]
    fn a_proxy_for_http_alone_is_not_taken() {
        assert_eq!(
            proxy_for("pce.example.com", &[("HTTP_PROXY", "http://a:1")]),
            None
        );
    }

    #[test]
    fn no_proxy_names_hosts_domains_and_everything() {
        for (list, host, left_out) in [
            ("pce.example.com", "pce.example.com", true),
            ("localhost, .example.com", "pce.example.com", true),
            ("example.com", "PCE.Example.com", true),
            ("*.example.com", "pce.example.com", true),
            ("*", "pce.example.com", true),
            ("[2001:db8::1]", "2001:db8::1", true),
            ("ple.com", "pce.example.com", false),
            ("", "pce.example.com", false),
            (",,", "pce.example.com", false),
        ] {
            let environment = [("NO_PROXY", list), ("HTTPS_PROXY", "http://a:1")];
            let found = proxy_for(host, &environment);
            assert_eq!(found.is_none(), left_out, "{list:?} for {host:?}");
        }
    }
}
