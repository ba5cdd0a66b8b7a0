//! The certificates that are trusted: those of `ca_file`, and those of the system.

use std::path::Path;
use std::sync::OnceLock;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::TlsError;
use crate::ordinary;

/// A `ca_file` is not longer; the system's own bundle has a quarter of a mebibyte.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What stands in `ca_file`: each certificate as a CA, and as itself.
#[derive(Debug)]
pub(super) struct Own {
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
    /// Reads the file.
    pub(super) fn read(file: &Path) -> Result<Self, TlsError> {
        let pem = ordinary::read(file, LONGEST).map_err(|error| TlsError::Unreadable {
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

    pub(super) fn into_certificates(self) -> Vec<CertificateDer<'static>> {
        self.certificates
    }

    /// Every certificate, as a CA.
    pub(super) fn store(&self) -> &RootCertStore {
        &self.store
    }

    /// True where the user named this very certificate.
    pub(super) fn names(&self, certificate: &CertificateDer<'_>) -> bool {
        self.certificates
            .iter()
            .any(|own| own.as_ref() == certificate.as_ref())
    }
}

/// The system's store, read once. Empty where there is none: then nobody is
/// known by it, which the handshake's error tells.
pub(super) fn system_store() -> &'static RootCertStore {
    static STORE: OnceLock<RootCertStore> = OnceLock::new();
    STORE.get_or_init(|| {
        let mut store = RootCertStore::empty();
        // Old stores hold a few certificates that webpki can't read; the others count.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store
    })
}
