//! Why a handshake failed.

use std::io;

use rustls::Error as RustlsError;
use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

use crate::net::secret::Secrets;
use crate::screen::visible::visible;

/// Why a handshake failed, in the terms of what the user can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nobody trusted has signed the certificate, or it is a self-signed one
    /// that `ca_file` doesn't name.
    UnknownIssuer,
    /// The certificate is for these names; none where it says none.
    WrongName(Vec<String>),
    /// The certificate's time is over.
    Expired,
    /// The certificate's time has not begun, or this host's clock is wrong.
    NotYetValid,
    /// The server knows no TLS that is new enough.
    TooOld,
    /// The server and this program have no cipher, curve or kind of key in common.
    NothingInCommon,
    /// What answers there does not speak TLS.
    NotTls,
    /// Anything else, in the library's words.
    Other(String),
}

impl Problem {
    /// The same with nothing secret in what the other side said.
    pub fn without(self, secrets: &Secrets) -> Self {
        match self {
            Self::WrongName(names) => {
                Self::WrongName(names.iter().map(|name| secrets.hide(name)).collect())
            }
            Self::Other(text) => Self::Other(secrets.hide(&text)),
            other => other,
        }
    }
}

/// The TLS failure inside an I/O error; `None` where it is something else.
pub fn problem(error: &io::Error) -> Option<Problem> {
    let error = error.get_ref()?.downcast_ref::<RustlsError>()?;
    Some(match error {
        RustlsError::InvalidCertificate(certificate) => refused(certificate, error),
        RustlsError::AlertReceived(AlertDescription::ProtocolVersion)
        | RustlsError::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => Problem::TooOld,
        RustlsError::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        )
        | RustlsError::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon,
        ) => Problem::NothingInCommon,
        RustlsError::InvalidMessage(InvalidMessage::InvalidContentType) => Problem::NotTls,
        _ => Problem::Other(error.to_string()),
    })
}

/// Why a certificate is refused.
fn refused(certificate: &CertificateError, error: &RustlsError) -> Problem {
    match certificate {
        CertificateError::UnknownIssuer => Problem::UnknownIssuer,
        CertificateError::NotValidForName => Problem::WrongName(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            Problem::WrongName(names(presented))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Problem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Problem::NotYetValid
        }
        CertificateError::Other(other) if is_ca_as_server(other) => Problem::UnknownIssuer,
        _ => Problem::Other(error.to_string()),
    }
}

/// webpki's verdict on a self-signed certificate that says CA:TRUE, as many
/// appliances make themselves one. rustls hands it on without a name of its own.
fn is_ca_as_server(error: &rustls::OtherError) -> bool {
    error.0.to_string() == "CaUsedAsEndEntity"
}

/// So many names of a certificate are shown.
const MOST_NAMES: usize = 10;

/// The hosts among webpki's `DnsName("pce.example.com")` and `IpAddress(192.0.2.1)`.
fn names(presented: &[String]) -> Vec<String> {
    let inner = |name: &String| {
        let rest = name.strip_prefix("DnsName(\"");
        let dns = rest.and_then(|rest| rest.strip_suffix("\")"));
        let rest = name.strip_prefix("IpAddress(");
        let found = dns.or_else(|| rest.and_then(|rest| rest.strip_suffix(')')))?;
        Some(visible(found))
    };
    let mut names: Vec<String> = presented.iter().filter_map(inner).collect();
    if names.len() > MOST_NAMES {
        names.truncate(MOST_NAMES);
        names.push("…".to_owned());
    }
    names
}
