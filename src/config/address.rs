//! Addresses as the config writes them: the PCE's URL, a proxy's, and mail.

use std::net::IpAddr;

/// A server's URL: scheme, host and port, and nothing after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// `https` or `http`.
    pub scheme: &'static str,
    /// In small letters; an IPv6 address in its brackets.
    pub host: String,
    /// As written.
    pub port: Option<u16>,
}

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// No `https://`.
    NoScheme,
    /// A scheme other than `https` and `http`.
    OtherScheme,
    /// `user:password@`.
    UserInfo,
    /// A path, query or fragment after the host.
    Path,
    /// The host is missing or has letters that no host has.
    Host,
    /// The port is not 1–65535.
    Port,
}

impl Base {
    /// Reads `https://host:port`, with or without a slash at the end.
    pub fn parse(text: &str) -> Result<Self, UrlFault> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlFault::NoScheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "http" => "http",
            _ => return Err(UrlFault::OtherScheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        if authority.contains('@') {
            return Err(UrlFault::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        if !tail.chars().all(|letter| letter == '/') {
            return Err(UrlFault::Path);
        }
        Ok(Self { scheme, host, port })
    }

    /// Scheme, host and the port as written.
    pub fn url(&self) -> String {
        match self.port {
            Some(port) => format!("{}://{}:{port}", self.scheme, self.host),
            None => format!("{}://{}", self.scheme, self.host),
        }
    }

    /// Scheme, host and the port that is used: two ways to write one server are equal here.
    pub fn effective(&self) -> String {
        let default = if self.scheme == "https" { 443 } else { 80 };
        let port = self.port.unwrap_or(default);
        format!("{}://{}:{port}", self.scheme, self.host)
    }
}

fn split_port(authority: &str) -> Result<(String, Option<u16>), UrlFault> {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((address, rest)) => {
            let address: std::net::Ipv6Addr = address.parse().map_err(|_| UrlFault::Host)?;
            let port = match rest {
                "" => None,
                rest => Some(rest.strip_prefix(':').ok_or(UrlFault::Host)?),
            };
            (format!("[{address}]"), port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host_name(host)?, Some(port)),
            None => (host_name(authority)?, None),
        },
    };
    let port = port.map(|port| match port.parse::<u16>() {
        Ok(number) if number > 0 && port.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => Err(UrlFault::Port),
    });
    Ok((host, port.transpose()?))
}

fn host_name(text: &str) -> Result<String, UrlFault> {
    if is_host_name(text) { Ok(text.to_ascii_lowercase()) } else { Err(UrlFault::Host) }
}

/// Letters, digits, dots, hyphens and underscores, starting and ending well.
pub fn is_host_name(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(fine)
        && !text.starts_with(['.', '-'])
        && !text.contains("..")
}

/// This host itself: `localhost` or a loopback address, with or without brackets.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The bare address in `address` or `Name <address>`; `None` where it is none.
pub fn mail_address(text: &str) -> Option<&str> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return None;
    }
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>')?.trim(),
        None => text,
    };
    is_mail_address(address).then_some(address)
}

/// `user@host`, or the name of a local user, which the mail server completes.
fn is_mail_address(text: &str) -> bool {
    let (user, host) = match text.rsplit_once('@') {
        Some((user, host)) => (user, Some(host)),
        None => (text, None),
    };
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let user_fine = !user.is_empty()
        && user.len() <= 64
        && user.bytes().all(atom)
        && !user.starts_with(['.', '-'])
        && !user.ends_with('.');
    let host_fine = host.is_none_or(|host| is_host_name(host) || is_address_literal(host));
    user_fine && host_fine
}

/// `[192.0.2.1]`, `[IPv6:2001:db8::1]`: RFC 5321 4.1.3.
fn is_address_literal(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| {
        let bare = inner.strip_prefix("IPv6:").unwrap_or(inner);
        bare.parse::<IpAddr>().is_ok()
    })
}
