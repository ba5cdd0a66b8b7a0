//! The certificate that a server has shown, also where it is refused.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error as RustlsError, SignatureScheme};

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
pub(super) struct Looking {
    verifier: Arc<dyn ServerCertVerifier>,
    shown: Arc<Shown>,
}

impl Looking {
    pub(super) fn new(verifier: Arc<dyn ServerCertVerifier>, shown: &Arc<Shown>) -> Self {
        Self { verifier, shown: Arc::clone(shown) }
    }
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
        self.verifier.verify_server_cert(leaf, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    /// One more than can be verified, and last: a server that has nothing else
    /// shows its certificate then, where it would hang up without a word.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.verifier.supported_verify_schemes();
        schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
        schemes
    }
}
