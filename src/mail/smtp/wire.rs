//! The line to the mail server: a socket, later TLS, with a limit on every wait.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::error::Cause;
use super::reply::{self, Reply};
use crate::net::bare;
use crate::net::tls;

/// How long is looked for what came unasked.
const A_GLANCE: Duration = Duration::from_millis(1);

/// A socket that waits at most `timeout` for each read and write, and not
/// beyond `deadline` for all of them.
struct Timed {
    stream: TcpStream,
    timeout: Duration,
    deadline: Instant,
}

/// How long one step may take now.
pub fn within(timeout: Duration, deadline: Instant) -> Duration {
    timeout.min(deadline.saturating_duration_since(Instant::now()))
}

impl Timed {
    /// The socket refuses a timeout of zero, and so does the deadline.
    fn patience(&self) -> io::Result<Option<Duration>> {
        let patience = within(self.timeout, self.deadline);
        if patience.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(Some(patience))
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.patience()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.patience()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// In the clear or inside TLS. `Gone` stands only while one becomes the other,
/// and after a handshake that failed.
enum Line {
    Clear(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
    Gone,
}

/// The line, and what was received on it and not yet read.
pub struct Wire {
    line: Line,
    received: Vec<u8>,
    own: Option<IpAddr>,
    peer: IpAddr,
}

impl Wire {
    pub fn connect(
        address: SocketAddr,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Self, Cause> {
        let patience = within(timeout, deadline);
        if patience.is_zero() {
            return Err(Cause::Timeout);
        }
        let stream = TcpStream::connect_timeout(&address, patience)?;
        // Commands are small and each waits for its answer.
        stream.set_nodelay(true)?;
        Ok(Self {
            own: stream.local_addr().ok().map(|own| own.ip().to_canonical()),
            peer: address.ip().to_canonical(),
            received: Vec::new(),
            line: Line::Clear(Timed { stream, timeout, deadline }),
        })
    }

    /// From here on inside TLS. Whatever the server sent ahead in the clear is
    /// thrown away: anyone on the way could have put it there.
    pub fn encrypt(&mut self, config: Arc<ClientConfig>, host: &str) -> Result<(), Cause> {
        self.received.clear();
        let Line::Clear(mut timed) = std::mem::replace(&mut self.line, Line::Gone) else {
            return Err(Cause::Closed);
        };
        let name = ServerName::try_from(bare(host).to_owned()).map_err(|_| Cause::HostName)?;
        let mut connection = ClientConnection::new(config, name)
            .map_err(|error| Cause::Tls(tls::Problem::Other(error.to_string())))?;
        while connection.is_handshaking() {
            connection.complete_io(&mut timed)?;
        }
        self.line = Line::Tls(Box::new(StreamOwned::new(connection, timed)));
        Ok(())
    }

    /// How long each read and write may take from here on.
    pub fn set_timeout(&mut self, timeout: Duration) {
        match &mut self.line {
            Line::Clear(timed) => timed.timeout = timeout,
            Line::Tls(stream) => stream.sock.timeout = timeout,
            Line::Gone => {}
        }
    }

    fn timeout(&self) -> Duration {
        match &self.line {
            Line::Clear(timed) => timed.timeout,
            Line::Tls(stream) => stream.sock.timeout,
            Line::Gone => Duration::ZERO,
        }
    }

    pub fn is_tls(&self) -> bool {
        matches!(self.line, Line::Tls(_))
    }

    pub fn is_loopback(&self) -> bool {
        self.peer.is_loopback()
    }

    /// What we call ourselves in EHLO: the host's name if it has a domain, else
    /// our address, which is what RFC 5321, 4.1.4 wants then.
    pub fn own_name(&self) -> String {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let name = name.trim();
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if name.contains('.') && name.len() <= 253 && name.split('.').all(is_label) {
            return name.to_owned();
        }
        match self.own {
            Some(IpAddr::V4(ip)) => format!("[{ip}]"),
            Some(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
            None => "localhost".to_owned(),
        }
    }

    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        let line: &mut dyn Write = match &mut self.line {
            Line::Clear(line) => line,
            Line::Tls(line) => line,
            Line::Gone => return Err(Cause::Closed),
        };
        line.write_all(bytes)?;
        line.flush()?;
        Ok(())
    }

    /// Lets go of what the server said unasked: it must not be taken for the answer
    /// to what is said next. Only a 421 stays, by which a server takes its leave.
    pub fn forget_unasked(&mut self) {
        let timeout = self.timeout();
        self.set_timeout(A_GLANCE);
        while self.received.len() <= reply::LIMIT && self.receive().is_ok() {}
        self.set_timeout(timeout);
        if !self.received.starts_with(b"421") {
            self.received.clear();
        }
    }

    /// The next whole answer.
    pub fn reply(&mut self) -> Result<Reply, Cause> {
        let mut answer = Vec::new();
        loop {
            while let Some(end) = self.received.iter().position(|byte| *byte == b'\n') {
                answer.extend(self.received.drain(..=end));
                if answer.len() > reply::LIMIT {
                    return Err(Cause::TooLong);
                }
                if reply::is_complete(&answer).ok_or(Cause::NotSmtp)? {
                    return Reply::parse(&answer).ok_or(Cause::NotSmtp);
                }
            }
            if self.received.len() > reply::LIMIT {
                return Err(Cause::TooLong);
            }
            self.receive()?;
        }
    }

    fn receive(&mut self) -> Result<(), Cause> {
        let mut buffer = [0; 1024];
        let line: &mut dyn Read = match &mut self.line {
            Line::Clear(line) => line,
            Line::Tls(line) => line,
            Line::Gone => return Err(Cause::Closed),
        };
        let amount = match line.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        };
        if amount == 0 {
            return Err(Cause::Closed);
        }
        self.received.extend_from_slice(buffer.get(..amount).unwrap_or_default());
        Ok(())
    }

    /// Closes the line as TLS wants it, and the socket's sending half.
    pub fn close(&mut self) {
        // There is nothing left to lose on this line.
        let timed = match &mut self.line {
            Line::Clear(timed) => timed,
            Line::Tls(stream) => {
                stream.conn.send_close_notify();
                let _ = stream.flush();
                &mut stream.sock
            }
            Line::Gone => return,
        };
        let _ = timed.stream.shutdown(Shutdown::Write);
    }
}
