//! TLS as both the PCE and the mail server get it: one place that decides whom to trust.
//!
//! Trusted are the system's store and what stands in a `ca_file`: CAs, or the
//! server's own self-signed certificate. The system's store is read only when a
//! server shows a certificate that `ca_file` does not answer for. Knows files
//! of certificates and rustls; knows neither HTTP nor SMTP.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore};
use rustls::{Error as RustlsError, SignatureScheme};

/// Whom to trust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// False: any certificate will do. The server must still hold its key.
    pub verify: bool,
    /// PEM, in addition to the system's store. Not read where `verify` is false.
    pub ca_file: Option<PathBuf>,
}

/// What keeps a TLS connection from being set up at all.
#[derive(Debug)]
pub enum TlsError {
    /// `ca_file` can't be read.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// `ca_file` holds no certificate in PEM form.
    Empty {
        /// The file.
        file: PathBuf,
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
    let looking = Looking {
        verifier: verifier(trust, &provider)?,
        shown: Arc::clone(shown),
    };
    with_verifier(provider, Arc::new(looking))
}

/// How many certificates the system's store holds.
pub fn system_store_size() -> usize {
    system_store().len()
}

/// The certificates in a `ca_file`, in DER.
///
/// # Errors
/// One that can't be read, is empty or damaged.
pub fn read_ca_file(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    Own::read(file).map(|own| own.certificates)
}

fn verifier(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    if !trust.verify {
        return Ok(Arc::new(AnyCertificate(Arc::clone(provider))));
    }
    let own = match &trust.ca_file {
        Some(file) => Own::read(file)?,
        None => Own::default(),
    };
    Ok(Arc::new(Verifier {
        own,
        provider: Arc::clone(provider),
    }))
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

/// The system's store, read once. Empty where there is none: then nobody is
/// known by it, which the handshake's error tells.
fn system_store() -> &'static RootCertStore {
    static STORE: OnceLock<RootCertStore> = OnceLock::new();
    STORE.get_or_init(|| {
        let mut store = RootCertStore::empty();
        // Old stores hold a few certificates that webpki can't read; the others count.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store
    })
}

/// What stands in `ca_file`: each certificate as a CA, and as itself.
#[derive(Debug)]
struct Own {
    certificates: Vec<CertificateDer<'static>>,
    store: RootCertStore,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            certificates: Vec::new(),
            store: RootCertStore::empty(),
        }
    }
}

impl Own {
    fn read(file: &Path) -> Result<Self, TlsError> {
        let pem = std::fs::read(file).map_err(|error| TlsError::Unreadable {
            file: file.to_owned(),
            error,
        })?;
        let mut own = Self::default();
        for (index, certificate) in CertificateDer::pem_slice_iter(&pem).enumerate() {
            let damaged = || TlsError::Damaged {
                file: file.to_owned(),
                number: index + 1,
            };
            let certificate = certificate.map_err(|_| damaged())?;
            own.store.add(certificate.clone()).map_err(|_| damaged())?;
            own.certificates.push(certificate);
        }
        if own.certificates.is_empty() {
            return Err(TlsError::Empty {
                file: file.to_owned(),
            });
        }
        Ok(own)
    }

    /// True where the user named this very certificate.
    fn names(&self, certificate: &CertificateDer<'_>) -> bool {
        self.certificates
            .iter()
            .any(|own| own.as_ref() == certificate.as_ref())
    }
}

/// Checks a server's certificate against `ca_file`, then against the system.
#[derive(Debug)]
struct Verifier {
    own: Own,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    /// That a chain of trust leads to the certificate, today.
    fn check_chain(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), RustlsError> {
        let parsed = ParsedCertificate::try_from(leaf)?;
        let signed_by = |store: &RootCertStore| {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                store,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )
        };
        let by_own = signed_by(&self.own.store);
        if self.own.names(leaf) {
            return dates_only(by_own);
        }
        match by_own {
            // A signature that doesn't fit is another CA's of the same name.
            Err(RustlsError::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::BadSignature,
            )) => signed_by(system_store()),
            other => other,
        }
    }
}

/// What is left of the verdict on a certificate that the user named himself.
///
/// webpki looks at the dates before anything else, so a verdict on something
/// else (a CA used as a server, an issuer that is not in the file) means that
/// the dates are fine.
fn dates_only(verdict: Result<(), RustlsError>) -> Result<(), RustlsError> {
    use CertificateError::{
        BadEncoding, BadSignature, Expired, ExpiredContext, NotValidYet, NotValidYetContext,
    };
    match verdict {
        Err(RustlsError::InvalidCertificate(
            error @ (BadEncoding
            | BadSignature
            | Expired
            | ExpiredContext { .. }
            | NotValidYet
            | NotValidYetContext { .. }),
        )) => Err(error.into()),
        _ => Ok(()),
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, RustlsError> {
        self.check_chain(leaf, intermediates, now)?;
        verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        tls12_signature(&self.provider, message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        tls13_signature(&self.provider, message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Takes any certificate whose key the server proves to hold.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, RustlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        tls12_signature(&self.0, message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        tls13_signature(&self.0, message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The certificate that a server has shown.
#[derive(Debug, Default)]
pub struct Shown(Mutex<Option<Vec<u8>>>);

impl Shown {
    /// The one that was shown last, in DER.
    pub fn take(&self) -> Option<Vec<u8>> {
        self.slot().take()
    }

    fn slot(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts down what it sees, and leaves the verdict to another.
#[derive(Debug)]
struct Looking {
    verifier: Arc<dyn ServerCertVerifier>,
    shown: Arc<Shown>,
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, RustlsError> {
        *self.shown.slot() = Some(leaf.to_vec());
        self.verifier
            .verify_server_cert(leaf, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.verifier
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.verifier
            .verify_tls13_signature(message, certificate, signature)
    }

    /// One more than can be verified, and last: a server that has nothing else
    /// shows its certificate then, where it would hang up without a word.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.verifier.supported_verify_schemes();
        schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
        schemes
    }
}

fn tls12_signature(
    provider: &CryptoProvider,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, RustlsError> {
    crypto::verify_tls12_signature(
        message,
        certificate,
        signature,
        &provider.signature_verification_algorithms,
    )
}

fn tls13_signature(
    provider: &CryptoProvider,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, RustlsError> {
    crypto::verify_tls13_signature(
        message,
        certificate,
        signature,
        &provider.signature_verification_algorithms,
    )
}

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
            Problem::WrongName(presented.clone())
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
