//! A connection to a syslog server: TCP, TCP with TLS, or a stream of this host; every wait
//! is bounded.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::sockopt::set_socket_linger;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::failure::Cause;
use super::{STEP, Server};
use crate::net::bare;
use crate::net::tls::{self, Problem};

/// How long a server is looked at that may be about to hang up.
const A_GLANCE: Duration = Duration::from_millis(100);

/// How long until a listener is asked again that takes no connection just now.
const A_WHILE: Duration = Duration::from_millis(20);

/// How long a server may take to hang up once it has all.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long one may that is known to keep connections open.
const SHORT_FAREWELL: Duration = Duration::from_secs(1);

/// How long a close waits for what the other host has not taken; whole seconds [socket(7)].
const LINGER: Duration = Duration::from_secs(1);

/// A socket that waits no longer than [`STEP`] for a read or a write, nor beyond the
/// deadline.
struct Timed {
    socket: Socket,
    deadline: Instant,
    step: Duration,
}

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// How long one step may take now.
///
/// # Errors
/// `TimedOut` where the deadline has passed.
pub(super) fn within(step: Duration, deadline: Instant) -> io::Result<Duration> {
    let left = step.min(deadline.saturating_duration_since(Instant::now()));
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

impl Timed {
    fn arm(&self) -> io::Result<()> {
        let left = Some(within(self.step, self.deadline)?);
        match &self.socket {
            Socket::Tcp(socket) => {
                socket.set_read_timeout(left)?;
                socket.set_write_timeout(left)
            }
            Socket::Unix(socket) => {
                socket.set_read_timeout(left)?;
                socket.set_write_timeout(left)
            }
        }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.arm()?;
        match &mut self.socket {
            Socket::Tcp(socket) => socket.read(buffer),
            Socket::Unix(socket) => socket.read(buffer),
        }
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.arm()?;
        match &mut self.socket {
            Socket::Tcp(socket) => socket.write(bytes),
            Socket::Unix(socket) => socket.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In the clear or inside TLS.
enum Line {
    Clear(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

/// How much of its time a server gets to hang up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// As anyone.
    Usual,
    /// As one that did not hang up before.
    Little,
}

/// How a connection came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The server has read all, and hung up.
    Closed,
    /// Its host has taken all; the server did not hang up.
    StaysOpen,
}

/// A connection that is open.
pub(super) struct Connection(Line);

impl Connection {
    pub fn tcp(address: SocketAddr, deadline: Instant) -> Result<Self, Cause> {
        let socket = TcpStream::connect_timeout(&address, within(STEP, deadline)?)?;
        socket.set_nodelay(true)?;
        Ok(Self::clear(Socket::Tcp(socket), deadline))
    }

    pub fn unix(path: &Path, deadline: Instant) -> Result<Self, Cause> {
        Ok(Self::clear(Socket::Unix(unix_stream(path, deadline)?), deadline))
    }

    fn clear(socket: Socket, deadline: Instant) -> Self {
        Self(Line::Clear(Timed { socket, deadline, step: STEP }))
    }

    /// From here on inside TLS.
    pub fn encrypted(self, config: &Arc<ClientConfig>, server: &Server) -> Result<Self, Cause> {
        let Line::Clear(mut timed) = self.0 else { return Ok(self) };
        let other = |text: String| Cause::Tls(Problem::Other(text));
        let name = ServerName::try_from(bare(&server.host).to_owned());
        let name = name.map_err(|error| other(error.to_string()))?;
        let mut connection = ClientConnection::new(Arc::clone(config), name)
            .map_err(|error| other(error.to_string()))?;
        while connection.is_handshaking() {
            let (read, written) = connection.complete_io(&mut timed)?;
            if read == 0 && written == 0 {
                return Err(Cause::Closed);
            }
        }
        Ok(Self(Line::Tls(Box::new(StreamOwned::new(connection, timed)))))
    }

    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        let line: &mut dyn Write = match &mut self.0 {
            Line::Clear(line) => line,
            Line::Tls(line) => line,
        };
        line.write_all(bytes)?;
        line.flush()?;
        Ok(())
    }

    /// Ends the connection, and waits for `patience` until the server has ended it too: what
    /// was sent has been read then, which is as near to a receipt as syslog comes. One that
    /// hung up before it was asked to has not read it all.
    pub fn finish(mut self, patience: Patience) -> Result<End, Cause> {
        if self.ended(A_GLANCE)? {
            return Err(Cause::Closed);
        }
        let timed = match &mut self.0 {
            Line::Clear(timed) => timed,
            Line::Tls(stream) => {
                stream.conn.send_close_notify();
                stream.flush()?;
                &mut stream.sock
            }
        };
        let closed = match &timed.socket {
            Socket::Tcp(socket) => socket.shutdown(Shutdown::Write),
            Socket::Unix(socket) => socket.shutdown(Shutdown::Write),
        };
        closed?;
        let farewell = match patience {
            Patience::Usual => FAREWELL,
            Patience::Little => SHORT_FAREWELL,
        };
        match self.ended(farewell)? {
            true => Ok(End::Closed),
            // It had no time.
            false if self.is_over() => Err(Cause::Timeout),
            false if self.let_go() => Ok(End::StaysOpen),
            false => Err(Cause::Timeout),
        }
    }

    fn is_over(&self) -> bool {
        let timed = match &self.0 {
            Line::Clear(timed) => timed,
            Line::Tls(stream) => &stream.sock,
        };
        timed.deadline <= Instant::now()
    }

    /// Lets go of the connection; whether the other host has taken all that was sent. What
    /// goes over a socket of this host is there at once.
    fn let_go(self) -> bool {
        let timed = match self.0 {
            Line::Clear(timed) => timed,
            Line::Tls(stream) => stream.into_parts().1,
        };
        let Socket::Tcp(socket) = timed.socket else { return true };
        // A close waits so long for the other host's word, if that is still to come.
        if set_socket_linger(&socket, Some(LINGER)).is_err() {
            return false;
        }
        let begin = Instant::now();
        drop(socket);
        begin.elapsed() < LINGER / 2
    }

    /// Whether the server hangs up within the time; what it says meanwhile is of no use.
    fn ended(&mut self, time: Duration) -> Result<bool, Cause> {
        let until = Instant::now() + time;
        let mut buffer = [0; 512];
        while let Ok(left) = within(time, until) {
            let line: &mut dyn Read = match &mut self.0 {
                Line::Clear(timed) => {
                    timed.step = left;
                    timed
                }
                Line::Tls(stream) => {
                    stream.sock.step = left;
                    stream
                }
            };
            match line.read(&mut buffer) {
                Ok(0) => return Ok(true),
                Ok(_) => {}
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(false),
                    io::ErrorKind::Interrupted => {}
                    // TLS without a farewell is one all the same.
                    io::ErrorKind::UnexpectedEof => return Ok(true),
                    _ => return Err(error.into()),
                },
            }
        }
        Ok(false)
    }
}

/// Opens a stream of this host. A listener that accepts nothing any more would keep a
/// blocking connect for ever.
fn unix_stream(path: &Path, deadline: Instant) -> io::Result<UnixStream> {
    let until = Instant::now() + within(STEP, deadline)?;
    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    loop {
        match connect(&socket, &address) {
            Ok(()) => break,
            Err(Errno::AGAIN | Errno::INTR) => thread::sleep(within(A_WHILE, until)?),
            Err(error) => return Err(error.into()),
        }
    }
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// A client's side of TLS, for several connections.
pub(super) fn client(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Cause> {
    let trust = tls::Trust { verify: true, ca_file: ca_file.map(Path::to_owned) };
    tls::client_config(&trust).map_err(Cause::Setup)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// How it ends for a server that accepts, and neither reads nor hangs up.
    fn end(bytes: usize, time: Duration) -> Result<End, Cause> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut connection = Connection::tcp(address, Instant::now() + time)?;
        let _accepted = listener.accept().unwrap();
        connection.send(&vec![b'x'; bytes])?;
        connection.finish(Patience::Little)
    }

    #[test]
    fn what_the_other_host_has_taken_is_known_from_what_it_has_not() {
        const LONG: Duration = Duration::from_secs(20);
        assert_eq!(end(1_000, LONG), Ok(End::StaysOpen));
        assert_eq!(end(16 * 1024 * 1024, LONG), Err(Cause::Timeout));
        // Written, and beyond what the other side has room for.
        assert_eq!(end(1024 * 1024, LONG), Err(Cause::Timeout));
        // Its time was over before that of the one who waits for it.
        assert_eq!(end(1_000, Duration::from_millis(500)), Err(Cause::Timeout));
    }
}
