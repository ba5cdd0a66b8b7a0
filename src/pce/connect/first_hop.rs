//! The name and the socket of the first connection: the PCE's, or its proxy's.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout, TcpConnector};

use super::{Hop, KeptLine};
use crate::net::AddressBook;
use crate::pce::error::ProxyFault;

/// So many addresses of a name are tried.
const MOST_ADDRESSES: usize = 16;

/// Looks the first hop's name up once and keeps the answer: ureq asks for every
/// request, even on a connection that is open. A cycle talks to one host and is over
/// within minutes; the next one asks anew.
#[derive(Debug)]
pub(super) struct OneLookup {
    hop: Hop,
    book: AddressBook,
    /// Whether TLS will prove that an address is the right one.
    verified: bool,
    known: Mutex<Option<ResolvedSocketAddrs>>,
}

impl OneLookup {
    pub(super) fn new(hop: Hop, book: AddressBook, verified: bool) -> Self {
        Self { hop, book, verified, known: Mutex::default() }
    }
}

impl Resolver for OneLookup {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(addresses) = &*known {
            return Ok(addresses.clone());
        }
        let Hop { host, port, .. } = &self.hop;
        let found =
            self.book.look_up(host, *port, *timeout.after, self.verified).map_err(|error| {
                match error.kind() {
                    _ if self.hop.proxy => failed(&self.hop, ProxyFault::NoAddress),
                    io::ErrorKind::TimedOut => ureq::Error::Timeout(timeout.reason),
                    _ => ureq::Error::HostNotFound,
                }
            })?;
        let mut addresses = self.empty();
        found
            .addresses
            .into_iter()
            .take(MOST_ADDRESSES)
            .for_each(|address| addresses.push(address));
        *known = Some(addresses.clone());
        Ok(addresses)
    }
}

/// Opens the socket, to one address after the other.
#[derive(Debug)]
pub(super) struct FirstHop {
    tcp: TcpConnector,
    hop: Hop,
    line: Arc<KeptLine>,
}

type Socket = <TcpConnector as Connector>::Out;

impl FirstHop {
    pub(super) fn new(hop: Hop, line: Arc<KeptLine>) -> Self {
        Self { tcp: TcpConnector::default(), hop, line }
    }

    /// The first address that takes the connection. Each but the last has half of the
    /// time that is left, so that none keeps the next one from its try.
    fn connect_any(&self, details: &ConnectionDetails) -> Result<Option<Socket>, ureq::Error> {
        let deadline = Instant::now() + *details.timeout.after;
        let mut last = ureq::Error::HostNotFound;
        for (index, address) in details.addrs.iter().enumerate() {
            let left = deadline.saturating_duration_since(Instant::now());
            let is_last = index + 1 == details.addrs.len();
            let share = if is_last { left } else { left / 2 };
            match self.connect_one(details, *address, share) {
                Ok(socket) => {
                    self.line.connected(*address);
                    return Ok(socket);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn connect_one(
        &self,
        details: &ConnectionDetails,
        address: SocketAddr,
        time: Duration,
    ) -> Result<Option<Socket>, ureq::Error> {
        let mut addrs = details.resolver.empty();
        addrs.push(address);
        // A timeout of zero is none to the socket.
        let after = time.max(Duration::from_millis(10)).into();
        let alone = ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: NextTimeout { after, ..details.timeout },
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        };
        self.tcp.connect(&alone, None::<()>)
    }

    /// Where this is a proxy, it is named as one.
    fn failed(&self, error: ureq::Error) -> ureq::Error {
        if !self.hop.proxy {
            return error;
        }
        let fault = match error {
            ureq::Error::Timeout(_) => ProxyFault::Timeout,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                ProxyFault::Refused
            }
            ureq::Error::Io(error) => ProxyFault::Network(error.to_string()),
            error => ProxyFault::Network(error.to_string()),
        };
        failed(&self.hop, fault)
    }
}

impl Connector for FirstHop {
    type Out = Socket;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        self.connect_any(details).map_err(|error| self.failed(error))
    }
}

fn failed(hop: &Hop, fault: ProxyFault) -> ureq::Error {
    ureq::Error::Io(io::Error::other(hop.problem(fault)))
}
