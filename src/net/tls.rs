//! TLS as the PCE, the mail server and receivers get it: one place that decides whom to trust.
//!
//! Trusted are the system's store and what stands in a `ca_file`: CAs, or the
//! server's own self-signed certificate. The system's store is read only when a
//! server shows a certificate that `ca_file` does not answer for. Knows files
//! of certificates and rustls; knows neither HTTP nor SMTP.

mod own;
mod pem;
mod problem;
mod shown;
mod verify;
pub mod words;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, Error as RustlsError};

use self::own::{Own, system_store};
use self::shown::Looking;
use self::verify::{Trusted, Verifier};

pub use problem::{Problem, problem};
pub use shown::Shown;

/// Whom to trust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// False: any certificate will do. The server must still hold its key.
    pub verify: bool,
    /// PEM, in addition to the system's store. Not read where `verify` is false.
    pub ca_file: Option<PathBuf>,
}

/// What keeps a TLS connection from being set up at all.
#[derive(Clone, Debug, PartialEq)]
pub enum TlsError {
    /// `ca_file` can't be read.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        said: String,
    },
    /// `ca_file` holds no certificate in PEM form.
    Empty {
        /// The file.
        file: PathBuf,
        /// What it holds instead: the labels of its PEM blocks.
        passed_by: Vec<String>,
    },
    /// A certificate in `ca_file` is damaged.
    Damaged {
        /// The file.
        file: PathBuf,
        /// Which one in the file, from 1.
        number: usize,
    },
    /// The proxy's URL is not usable: not an `http://` or `https://` URL with a
    /// host. The URL itself isn't told, for it may hold a password.
    Proxy {
        /// The variable it came from; `None`: `api.proxy`.
        variable: Option<&'static str>,
    },
    /// The TLS library refuses its own defaults; not known to happen.
    Library(RustlsError),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(crate::lang::Lang::En))
    }
}

impl std::error::Error for TlsError {}

/// A client's side of TLS 1.2 and 1.3 that trusts as `trust` says.
///
/// Reads `ca_file` now, the system's store when a handshake needs it. A host
/// without a system store is fine; its servers are then unknown unless
/// `ca_file` names them.
pub fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(crypto::ring::default_provider());
    let verifier = verifier(trust, &provider)?;
    with_verifier(provider, verifier)
}

/// The same, and the certificate that a server shows is put down in `shown`, also
/// where it is refused. A server with a P-521 key can show its own then, too, and
/// is refused thereafter.
pub fn looking_client_config(
    trust: &Trust,
    shown: &Arc<Shown>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(crypto::ring::default_provider());
    let looking = Looking::new(verifier(trust, &provider)?, shown);
    with_verifier(provider, Arc::new(looking))
}

/// How many certificates the system's store holds.
pub fn system_store_size() -> usize {
    system_store().len()
}

/// The certificates in a `ca_file`, in DER, and the labels of those PEM blocks that
/// hold none and are not read.
///
/// # Errors
/// One that can't be read, is empty or damaged.
pub fn read_ca_file(file: &Path) -> Result<(Vec<CertificateDer<'static>>, Vec<String>), TlsError> {
    Own::read(file).map(Own::into_parts)
}

fn verifier(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    let trusted = match &trust.ca_file {
        _ if !trust.verify => Trusted::Anyone,
        Some(file) => Trusted::Known(Own::read(file)?),
        None => Trusted::Known(Own::default()),
    };
    Ok(Arc::new(Verifier::new(trusted, provider)))
}

fn with_verifier(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Library)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
