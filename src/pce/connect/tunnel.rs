//! The proxy's CONNECT [RFC 9110, 9.3.6].

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport, TransportAdapter,
};

use super::Hop;
use crate::net::bare;
use crate::pce::error::ProxyFault;

/// The head of an answer is no longer.
const LONGEST_HEAD: usize = 16 * 1024;

/// Asks the proxy, if there is one, to let the connection through to the PCE.
#[derive(Debug)]
pub(super) struct Tunnel {
    proxy: Option<(Hop, Login)>,
}

/// What the proxy gets as `Proxy-Authorization`; a secret.
struct Login(Option<String>);

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login")
    }
}

impl Tunnel {
    pub(super) fn new(proxy: Option<(&Hop, &ureq::Proxy)>) -> Self {
        let login = |proxy: &ureq::Proxy| {
            let (user, password) = (proxy.username(), proxy.password());
            let pair = format!("{}:{}", user.unwrap_or_default(), password.unwrap_or_default());
            (user.is_some() || password.is_some()).then(|| STANDARD.encode(pair))
        };
        Self { proxy: proxy.map(|(hop, proxy)| (hop.clone(), Login(login(proxy)))) }
    }
}

impl<In: Transport> Connector<In> for Tunnel {
    type Out = Either<In, Through>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        let Some((hop, login)) = &self.proxy else {
            return Ok(Some(Either::A(transport)));
        };
        let through = ask(details, transport.boxed(), login).map_err(|fault| {
            let problem = io::Error::other(hop.problem(fault));
            ureq::Error::Io(problem)
        })?;
        Ok(Some(Either::B(through)))
    }
}

/// Asks, and reads the answer's head; what follows it is the PCE's.
fn ask(
    details: &ConnectionDetails,
    transport: Box<dyn Transport>,
    login: &Login,
) -> Result<Through, ProxyFault> {
    let uri = details.uri;
    let plain = uri.scheme_str() == Some("http");
    let port = uri.port_u16().unwrap_or(if plain { 80 } else { 443 });
    let target = format!("{}:{port}", uri.host().unwrap_or_default());
    let mut request = format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: illumio-monitor/{}\r\n",
        env!("CARGO_PKG_VERSION")
    );
    if let Login(Some(login)) = login {
        request += &format!("Proxy-Authorization: Basic {login}\r\n");
    }
    request += "\r\n";
    let mut wire = TransportAdapter::new(transport, std::sync::Arc::clone(&details.current_time));
    wire.set_timeout(details.timeout);
    let sent = wire.write_all(request.as_bytes()).and_then(|()| wire.flush());
    sent.map_err(|error| ProxyFault::of(&error))?;
    let mut through = Through(wire.into_inner());
    let status = through.status(details.timeout)?;
    match status {
        200..=299 => Ok(through),
        407 => Err(ProxyFault::Login { given: login.0.is_some() }),
        status => Err(ProxyFault::Status {
            status,
            target: format!("{}:{port}", uri.host().map(bare).unwrap_or_default()),
        }),
    }
}

/// The connection beyond the proxy. It has no TLS of its own, even where the way to the
/// proxy has.
#[derive(Debug)]
pub(super) struct Through(Box<dyn Transport>);

impl Through {
    /// Reads the answer's head and takes it off the line.
    fn status(&mut self, timeout: NextTimeout) -> Result<u16, ProxyFault> {
        loop {
            let input = self.0.buffers().input();
            if let Some(end) = end_of_head(input) {
                let status = status_of(input).ok_or(ProxyFault::NotHttp);
                self.0.buffers().input_consume(end);
                return status;
            }
            if input.len() > LONGEST_HEAD {
                return Err(ProxyFault::NotHttp);
            }
            match self.0.await_input(timeout) {
                Ok(true) => {}
                Ok(false) => return Err(ProxyFault::Closed),
                Err(ureq::Error::Timeout(_)) => return Err(ProxyFault::Timeout),
                Err(ureq::Error::Io(error)) => return Err(ProxyFault::of(&error)),
                Err(error) => return Err(ProxyFault::Network(error.to_string())),
            }
        }
    }
}

/// Behind the empty line, in whatever line ends.
fn end_of_head(input: &[u8]) -> Option<usize> {
    let ends: [&[u8]; 2] = [b"\r\n\r\n", b"\n\n"];
    let found = ends.iter().filter_map(|end| {
        let mut windows = input.windows(end.len());
        Some(windows.position(|window| window == *end)? + end.len())
    });
    found.min()
}

/// `HTTP/1.1 200 Connection established`
fn status_of(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.")?;
    let digits = std::str::from_utf8(rest.get(2..5)?).ok()?;
    digits.parse().ok().filter(|_| rest.get(1) == Some(&b' '))
}

impl Transport for Through {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answers_head_ends_at_the_empty_line_and_begins_with_its_status() {
        for (head, end, status) in [
            ("HTTP/1.1 200 OK\r\n\r\nrest", Some(19), Some(200)),
            ("HTTP/1.0 200\r\nVia: x\r\n\r\n", Some(24), Some(200)),
            ("HTTP/1.1 407 Login\n\n", Some(20), Some(407)),
            ("HTTP/1.1 204", None, Some(204)),
            ("HTTP/2 200 OK\r\n\r\n", Some(17), None),
            ("220 mail ESMTP\r\n\r\n", Some(18), None),
            ("", None, None),
        ] {
            assert_eq!(end_of_head(head.as_bytes()), end, "{head:?}");
            assert_eq!(status_of(head.as_bytes()), status, "{head:?}");
        }
    }
}
