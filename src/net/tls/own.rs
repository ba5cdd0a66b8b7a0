//! The certificates that are trusted: those of `ca_file`, and those of the system.

use std::path::Path;
use std::sync::OnceLock;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use super::{TlsError, pem};
use crate::system::ordinary;

/// A `ca_file` is not longer; the system's own bundle has a quarter of a mebibyte.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What stands in `ca_file`: each certificate as a CA, and as itself.
#[derive(Debug)]
pub(super) struct Own {
    certificates: Vec<CertificateDer<'static>>,
    store: RootCertStore,
    /// The labels of blocks that are no certificates.
    passed_by: Vec<String>,
}

impl Default for Own {
    fn default() -> Self {
        Self { certificates: Vec::new(), store: RootCertStore::empty(), passed_by: Vec::new() }
    }
}

impl Own {
    /// Reads the file.
    pub(super) fn read(file: &Path) -> Result<Self, TlsError> {
        let bytes = ordinary::read(file, LONGEST).map_err(|error| TlsError::Unreadable {
            file: file.to_owned(),
            said: error.to_string(),
        })?;
        let mut own = Self::default();
        let blocks = pem::blocks(&pem::text(&bytes));
        let (certificates, others): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| block.is_certificate());
        for (index, block) in certificates.into_iter().enumerate() {
            let damaged = || TlsError::Damaged { file: file.to_owned(), number: index + 1 };
            let certificate = block.certificate().ok_or_else(damaged)?;
            own.store.add(certificate.clone()).map_err(|_| damaged())?;
            own.certificates.push(certificate);
        }
        for label in others.into_iter().map(|block| block.label) {
            if !own.passed_by.contains(&label) {
                own.passed_by.push(label);
            }
        }
        if own.certificates.is_empty() {
            return Err(TlsError::Empty { file: file.to_owned(), passed_by: own.passed_by });
        }
        Ok(own)
    }

    /// The certificates, and what else stands in the file.
    pub(super) fn into_parts(self) -> (Vec<CertificateDer<'static>>, Vec<String>) {
        (self.certificates, self.passed_by)
    }

    /// Every certificate, as a CA.
    pub(super) fn store(&self) -> &RootCertStore {
        &self.store
    }

    /// True where the user named this very certificate.
    pub(super) fn names(&self, certificate: &CertificateDer<'_>) -> bool {
        self.certificates.iter().any(|own| own.as_ref() == certificate.as_ref())
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
