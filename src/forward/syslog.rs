//! Records on their way to a syslog server: by the local socket, UDP, TCP or TLS.
//!
//! No way gives a receipt. By a stream at most [`BATCH`] bytes go over one connection,
//! which is then closed: what the server has read to that end counts as served, and what
//! broke off before comes again.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rustls::ClientConfig;

use super::connection::{Connection, client, within};
use super::failure::Cause;
use super::line::{Syslog, framed};
use super::queue::Queued;
use super::{Address, Framing, STEP, Server};
use crate::net::AddressBook;

/// The longest datagram by UDP: every receiver should take it [RFC 5426, 3.2].
pub const DATAGRAM: usize = 2_048;

/// The longest message otherwise: what rsyslog takes by itself.
pub const MESSAGE: usize = 8_000;

/// So many bytes at most go over one connection.
pub const BATCH: usize = 512 * 1024;

/// So many datagrams in a row, then a breath: a receiver's buffer holds some hundred.
const VOLLEY: usize = 50;

/// Sends the records in their order until `deadline`; how many of them are there, and why
/// the next is not.
pub(super) fn send(
    to: &Address,
    writer: &Syslog<'_>,
    records: &[&Queued],
    book: &AddressBook,
    deadline: Instant,
) -> (usize, Option<Cause>) {
    match to {
        Address::Unix(path) => match datagrams_to(path) {
            Ok(Some(socket)) => {
                let send = |message: &[u8]| socket.send(message);
                volley(send, writer, records, MESSAGE, deadline)
            }
            Ok(None) => {
                let open = || Connection::unix(path, deadline);
                stream(open, Framing::Newline, writer, records, deadline)
            }
            Err(cause) => (0, Some(cause)),
        },
        Address::Udp(server) => match udp(server, book, deadline) {
            Ok(socket) => {
                let send = |message: &[u8]| socket.send(message);
                volley(send, writer, records, DATAGRAM, deadline)
            }
            Err(cause) => (0, Some(cause)),
        },
        Address::Tcp(server, framing) => {
            let open = || connect(server, None, book, deadline);
            stream(open, *framing, writer, records, deadline)
        }
        Address::Tls(server, framing, ca_file) => match client(ca_file.as_deref()) {
            Err(cause) => (0, Some(cause)),
            Ok(tls) => {
                let open = || connect(server, Some(&tls), book, deadline);
                stream(open, *framing, writer, records, deadline)
            }
        },
    }
}

/// Opens what [`send`] would, and lets it go.
pub(super) fn try_out(to: &Address, book: &AddressBook, deadline: Instant) -> Result<(), Cause> {
    match to {
        Address::Unix(path) => match datagrams_to(path)? {
            Some(_) => Ok(()),
            None => Connection::unix(path, deadline).map(drop),
        },
        Address::Udp(server) => udp(server, book, deadline).map(drop),
        Address::Tcp(server, _) => connect(server, None, book, deadline).map(drop),
        Address::Tls(server, _, ca_file) => {
            let tls = client(ca_file.as_deref())?;
            connect(server, Some(&tls), book, deadline).map(drop)
        }
    }
}

/// `None` where the socket is a stream.
fn datagrams_to(path: &Path) -> Result<Option<UnixDatagram>, Cause> {
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(STEP))?;
    match socket.connect(path) {
        Ok(()) => Ok(Some(socket)),
        Err(error) if error.raw_os_error() == Some(WRONG_TYPE) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// EPROTOTYPE: there is a socket of another type.
const WRONG_TYPE: i32 = rustix::io::Errno::PROTOTYPE.raw_os_error();

fn udp(server: &Server, book: &AddressBook, deadline: Instant) -> Result<UdpSocket, Cause> {
    let mut failed = Cause::Name(String::new());
    for address in addresses(server, false, book, deadline)? {
        let here = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let opened = UdpSocket::bind(here).and_then(|socket| {
            socket.connect(address)?;
            Ok(socket)
        });
        match opened {
            Ok(socket) => return Ok(socket),
            Err(error) => failed = error.into(),
        }
    }
    Err(failed)
}

fn addresses(
    server: &Server,
    verified: bool,
    book: &AddressBook,
    deadline: Instant,
) -> Result<Vec<SocketAddr>, Cause> {
    let patience = within(STEP, deadline)?;
    let found = book.look_up(&server.host, server.port, patience, verified);
    found.map(|found| found.addresses).map_err(|error| Cause::Name(error.to_string()))
}

fn connect(
    server: &Server,
    tls: Option<&Arc<ClientConfig>>,
    book: &AddressBook,
    deadline: Instant,
) -> Result<Connection, Cause> {
    let mut failed = Cause::Name(String::new());
    for address in addresses(server, tls.is_some(), book, deadline)? {
        let opened = Connection::tcp(address, deadline).and_then(|connection| match tls {
            Some(tls) => connection.encrypted(tls, server),
            None => Ok(connection),
        });
        match opened {
            Ok(connection) => {
                if tls.is_some() {
                    book.served(&server.host, address);
                }
                return Ok(connection);
            }
            // Whose certificate is refused is there; another address of his is no better.
            Err(cause @ Cause::Tls(_)) => return Err(cause),
            Err(cause) => failed = cause,
        }
    }
    Err(failed)
}

/// A datagram for each record.
fn volley(
    send: impl Fn(&[u8]) -> std::io::Result<usize>,
    writer: &Syslog<'_>,
    records: &[&Queued],
    longest: usize,
    deadline: Instant,
) -> (usize, Option<Cause>) {
    for (at, queued) in records.iter().enumerate() {
        if at > 0 && at % VOLLEY == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        if Instant::now() >= deadline {
            return (at, None);
        }
        let message = writer.message(&queued.record(), longest);
        // A port where nobody listens is told of at the next datagram, if at all.
        if let Err(error) = send(message.as_bytes()) {
            return (at, Some(error.into()));
        }
    }
    (records.len(), None)
}

/// The records over as many connections as it takes.
fn stream(
    open: impl Fn() -> Result<Connection, Cause>,
    framing: Framing,
    writer: &Syslog<'_>,
    records: &[&Queued],
    deadline: Instant,
) -> (usize, Option<Cause>) {
    let mut served = 0;
    while let Some(rest) = records.get(served..).filter(|rest| !rest.is_empty()) {
        if served > 0 && Instant::now() >= deadline {
            return (served, None);
        }
        let mut bytes = Vec::new();
        let mut taken = 0;
        for queued in rest {
            let message = framed(writer.message(&queued.record(), MESSAGE), framing);
            if taken > 0 && bytes.len() + message.len() > BATCH {
                break;
            }
            bytes.extend(message);
            taken += 1;
        }
        let sent = open().and_then(|mut connection| {
            connection.send(&bytes)?;
            connection.finish()
        });
        match sent {
            Ok(()) => served += taken,
            Err(cause) => return (served, Some(cause)),
        }
    }
    (served, None)
}
