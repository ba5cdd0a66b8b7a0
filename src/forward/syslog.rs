//! Records on their way to a syslog server: by the local socket, UDP, TCP or TLS.
//!
//! No way gives a receipt. By a stream at most [`BATCH`] bytes go over one connection,
//! which is then closed: what the server has read to that end counts as served, and what
//! broke off before comes again. So does what went to a server that does not close its
//! side; of one that is known for that, what its host has taken counts as served.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rustls::ClientConfig;

use super::connection::{Connection, End, Patience, client, within};
use super::failure::Cause;
use super::line::{Syslog, framed};
use super::queue::Queued;
use super::{Address, Framing, STEP, Server, Went};
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
/// the next is not. `stays_open`: whether the server is known to keep connections open.
pub(super) fn send(
    to: &Address,
    writer: &Syslog<'_>,
    records: &[&Queued],
    book: &AddressBook,
    deadline: Instant,
    stays_open: bool,
) -> Went {
    let over = |framing, open: &dyn Fn() -> Result<Connection, Cause>| {
        stream(open, framing, (writer, records), deadline, stays_open)
    };
    match to {
        Address::Unix(path) => match datagrams_to(path) {
            Ok(Some(socket)) => {
                let send = |message: &[u8]| socket.send(message);
                volley(send, writer, records, MESSAGE, deadline)
            }
            Ok(None) => over(Framing::Newline, &|| Connection::unix(path, deadline)),
            Err(cause) => Went::none(cause),
        },
        Address::Udp(server) => match udp(server, book, deadline) {
            Ok(socket) => {
                let send = |message: &[u8]| socket.send(message);
                volley(send, writer, records, DATAGRAM, deadline)
            }
            Err(cause) => Went::none(cause),
        },
        Address::Tcp(server, framing) => over(*framing, &|| connect(server, None, book, deadline)),
        Address::Tls(server, framing, ca_file) => match client(ca_file.as_deref()) {
            Err(cause) => Went::none(cause),
            Ok(tls) => over(*framing, &|| connect(server, Some(&tls), book, deadline)),
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
) -> Went {
    let mut went = Went::default();
    for queued in records {
        if went.served > 0 && went.served % VOLLEY == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        if Instant::now() >= deadline {
            break;
        }
        let message = writer.message(&queued.record(), longest);
        // A port where nobody listens is told of at the next datagram, if at all.
        if let Err(error) = send(message.as_bytes()) {
            went.cause = Some(error.into());
            break;
        }
        went.served += 1;
    }
    went
}

/// The records over as many connections as it takes.
fn stream(
    open: &dyn Fn() -> Result<Connection, Cause>,
    framing: Framing,
    (writer, records): (&Syslog<'_>, &[&Queued]),
    deadline: Instant,
    stays_open: bool,
) -> Went {
    let patience = if stays_open { Patience::Little } else { Patience::Usual };
    let mut went = Went::default();
    while let Some(rest) = records.get(went.served..).filter(|rest| !rest.is_empty()) {
        let is_over = || went.served > 0 && Instant::now() >= deadline;
        if is_over() {
            break;
        }
        let (bytes, taken) = batch(rest, writer, framing);
        let sent = open().and_then(|mut connection| {
            connection.send(&bytes)?;
            connection.finish(patience)
        });
        if let Ok(end) = sent {
            went.stays_open = Some(end == End::StaysOpen);
        }
        match sent {
            Ok(End::StaysOpen) if !stays_open => {
                went.cause = Some(Cause::StaysOpen);
                break;
            }
            Ok(_) => went.served += taken,
            // That was our time, and not what the server takes.
            Err(Cause::Timeout) if is_over() => break,
            Err(cause) => {
                went.cause = Some(cause);
                break;
            }
        }
    }
    went
}

/// What goes over one connection, and how many records that is.
fn batch(records: &[&Queued], writer: &Syslog<'_>, framing: Framing) -> (Vec<u8>, usize) {
    let (mut bytes, mut taken) = (Vec::new(), 0);
    for queued in records {
        let message = framed(writer.message(&queued.record(), MESSAGE), framing);
        if taken > 0 && bytes.len() + message.len() > BATCH {
            break;
        }
        bytes.extend(message);
        taken += 1;
    }
    (bytes, taken)
}
