//! Names and addresses, as both the way to the PCE and the one to the mail server
//! need them. Opens no socket, and knows no room.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Every address of the host, in the system's order.
///
/// The system's resolver can't be interrupted, so it gets a thread of its own,
/// which is left alone if it takes too long.
///
/// # Errors
/// What the resolver says; `TimedOut` after `patience`.
pub fn resolve(host: &str, port: u16, patience: Duration) -> io::Result<Vec<SocketAddr>> {
    let host = bare(host).to_owned();
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let (send, answer) = mpsc::channel();
    thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs();
        // Nobody listens any more where it took too long.
        let _ = send.send(found.map(Iterator::collect));
    });
    answer
        .recv_timeout(patience)
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// A host without the brackets of an IPv6 address.
pub fn bare(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}
