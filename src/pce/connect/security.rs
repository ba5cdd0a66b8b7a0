//! TLS around a connection: to the PCE, and to a proxy whose URL is `https://`.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};

use super::{Hop, KeptLine};
use crate::net::certificate::Certificate;
use crate::net::{AddressBook, bare};
use crate::pce::error::ProxyFault;

/// Puts TLS around a connection where the way asks for it.
#[derive(Debug)]
pub(super) struct Security {
    tls: Arc<ClientConfig>,
    with: With,
}

#[derive(Debug)]
enum With {
    /// A proxy; `None` where there is none, or one without TLS.
    Proxy(Option<Hop>),
    /// The PCE, where its URL is `https://`.
    Pce(Verified),
}

/// What is learned once the PCE has shown who it is.
#[derive(Debug)]
pub(super) struct Verified {
    /// Takes the first certificate.
    pub certificate: Arc<OnceLock<Certificate>>,
    /// Where the connection leads.
    pub line: Arc<KeptLine>,
    /// What the first connection's host is called.
    pub hop: Hop,
    /// Takes the address; `None` where nothing is verified.
    pub book: Option<AddressBook>,
}

impl Security {
    pub(super) fn of_proxy(tls: &Arc<ClientConfig>, proxy: Option<(&Hop, &ureq::Proxy)>) -> Self {
        let secure = proxy.filter(|(_, proxy)| proxy.protocol() == ureq::ProxyProtocol::Https);
        Self { tls: Arc::clone(tls), with: With::Proxy(secure.map(|(hop, _)| hop.clone())) }
    }

    pub(super) fn of_pce(tls: &Arc<ClientConfig>, verified: Verified) -> Self {
        Self { tls: Arc::clone(tls), with: With::Pce(verified) }
    }
}

impl<In: Transport> Connector<In> for Security {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        let secured = match &self.with {
            With::Proxy(None) => return Ok(Some(Either::A(transport))),
            With::Pce(_) if !details.needs_tls() => return Ok(Some(Either::A(transport))),
            With::Proxy(Some(hop)) => {
                let secured = handshake(&self.tls, details, transport.boxed(), &hop.host);
                secured.map_err(|error| {
                    let problem = hop.problem(ProxyFault::of(&error));
                    io::Error::other(problem)
                })?
            }
            With::Pce(verified) => {
                let host = details.uri.host().map(bare).unwrap_or_default();
                let secured = handshake(&self.tls, details, transport.boxed(), host)?;
                verified.learn(&secured);
                secured
            }
        };
        Ok(Some(Either::B(secured)))
    }
}

impl Verified {
    fn learn(&self, secured: &TlsTransport) {
        let shown = secured.stream.conn.peer_certificates();
        let leaf = shown.and_then(<[_]>::first);
        if let Some(read) = leaf.and_then(|leaf| Certificate::read(leaf)) {
            // A later connection of this cycle shows the same one.
            let _ = self.certificate.set(read);
        }
        if let (Some(book), Some(peer)) = (&self.book, self.line.peer()) {
            book.served(&self.hop.host, peer);
        }
    }
}

fn handshake(
    tls: &Arc<ClientConfig>,
    details: &ConnectionDetails,
    transport: Box<dyn Transport>,
    host: &str,
) -> io::Result<TlsTransport> {
    let name = ServerName::try_from(host)
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?
        .to_owned();
    let mut connection = ClientConnection::new(Arc::clone(tls), name).map_err(io::Error::other)?;
    let mut wire = TransportAdapter::new(transport, Arc::clone(&details.current_time));
    wire.set_timeout(details.timeout);
    connection.complete_io(&mut wire)?;
    let config = details.config;
    Ok(TlsTransport {
        buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
        stream: StreamOwned::new(connection, wire),
    })
}

/// A connection inside TLS.
pub(super) struct TlsTransport {
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
