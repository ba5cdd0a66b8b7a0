//! Certificates for servers on loopback, made anew for each test.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// A certificate, the chain it is sent with, and the key.
pub struct Certificate {
    pub pem: String,
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// What a certificate says of itself.
pub struct Wish<'a> {
    pub name: &'a str,
    pub is_ca: bool,
    pub years: (i32, i32),
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Self { name: "localhost", is_ca: false, years: (2020, 2090) }
    }
}

fn params(wish: &Wish) -> CertificateParams {
    let mut params = CertificateParams::new(vec![wish.name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, format!("test of {}", wish.name));
    params.is_ca =
        if wish.is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
    params.not_before = date_time_ymd(wish.years.0, 1, 1);
    params.not_after = date_time_ymd(wish.years.1, 1, 1);
    params
}

fn der(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}

/// Signed by itself.
pub fn self_signed(wish: &Wish) -> Certificate {
    let key = KeyPair::generate().unwrap();
    let certificate = params(wish).self_signed(&key).unwrap();
    Certificate { pem: certificate.pem(), chain: vec![certificate.der().clone()], key: der(&key) }
}

/// Signed by an intermediate of a CA; the CA's PEM comes second.
pub fn signed_by_ca(wish: &Wish) -> (Certificate, String) {
    let ca = |name| params(&Wish { name, is_ca: true, ..Wish::default() });
    let root_key = KeyPair::generate().unwrap();
    let root = ca("Root").self_signed(&root_key).unwrap();
    let root_issuer = Issuer::new(ca("Root"), root_key);
    let middle_key = KeyPair::generate().unwrap();
    let middle = ca("Middle").signed_by(&middle_key, &root_issuer).unwrap();
    let middle_issuer = Issuer::new(ca("Middle"), middle_key);
    let key = KeyPair::generate().unwrap();
    let leaf = params(wish).signed_by(&key, &middle_issuer).unwrap();
    let certificate = Certificate {
        pem: leaf.pem(),
        chain: vec![leaf.der().clone(), middle.der().clone()],
        key: der(&key),
    };
    (certificate, root.pem())
}

/// Another CA of the name that [`signed_by_ca`]'s has.
pub fn root_ca() -> String {
    let params = params(&Wish { name: "Root", is_ca: true, ..Wish::default() });
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

impl Certificate {
    /// What a TLS server that shows this certificate runs on. It takes the key
    /// as it is, even if it belongs to another certificate.
    pub fn server(&self) -> Arc<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let key = provider.key_provider.load_private_key(self.key.clone_key()).unwrap();
        let shown = Shown(Arc::new(CertifiedKey::new(self.chain.clone(), key)));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        Arc::new(config)
    }
}

#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A file that goes with the test.
pub struct File(pub PathBuf);

impl File {
    pub fn new(content: &[u8]) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "illumio-monitor-test-{}-{}.pem",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
