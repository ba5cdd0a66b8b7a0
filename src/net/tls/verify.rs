//! The verdict on a server's certificate.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error as RustlsError};
use rustls::{RootCertStore, SignatureScheme};

use super::own::{Own, system_store};

/// Who may show a certificate.
#[derive(Debug)]
pub(super) enum Trusted {
    /// Any server that proves to hold the certificate's key.
    Anyone,
    /// A server that `ca_file` answers for, or the system's store.
    Known(Own),
}

/// Checks a server's certificate.
#[derive(Debug)]
pub(super) struct Verifier {
    trusted: Trusted,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(super) fn new(trusted: Trusted, provider: &Arc<CryptoProvider>) -> Self {
        Self { trusted, provider: Arc::clone(provider) }
    }

    /// That a chain of trust leads to the certificate, today.
    fn check_chain(
        &self,
        own: &Own,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), RustlsError> {
        let parsed = ParsedCertificate::try_from(leaf)?;
        let signed_by_any = |store: &RootCertStore| {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                store,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )
        };
        let signed_by = |store: &RootCertStore| match signed_by_any(store) {
            Err(error) if gave_up(&error) => signed_by_some(store, signed_by_any),
            verdict => verdict,
        };
        let by_own = signed_by(own.store());
        if own.names(leaf) {
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

/// webpki tries a bounded number of CAs of the issuer's name, against chains that are
/// made to keep it busy. rustls hands that on without a name of its own.
fn gave_up(error: &RustlsError) -> bool {
    let RustlsError::InvalidCertificate(CertificateError::Other(other)) = error else {
        return false;
    };
    other.0.to_string() == "MaximumSignatureChecksExceeded"
}

/// So many CAs at a time are within webpki's bound.
const AT_A_TIME: usize = 32;

/// Asks of a few CAs at a time: those of a store are the user's, however many have one
/// name.
fn signed_by_some(
    store: &RootCertStore,
    signed_by_any: impl Fn(&RootCertStore) -> Result<(), RustlsError>,
) -> Result<(), RustlsError> {
    let mut verdict = Err(CertificateError::UnknownIssuer.into());
    for few in store.roots.chunks(AT_A_TIME) {
        verdict = signed_by_any(&RootCertStore { roots: few.to_vec() });
        let another_ca = matches!(
            verdict,
            Err(RustlsError::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::BadSignature,
            ))
        );
        if !another_ca {
            break;
        }
    }
    verdict
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
        if let Trusted::Known(own) = &self.trusted {
            self.check_chain(own, leaf, intermediates, now)?;
            verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
