//! The PCE's certificate: a private CA's, as on-prem PCEs have it, or a bad one.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// How the PCE speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Plain HTTP, which the monitor allows to loopback only.
    #[default]
    Off,
    /// A certificate of a private CA, for `localhost` and 127.0.0.1.
    PrivateCa,
    /// The private CA's, for `pce.example.test` and `pce.dc1`.
    Named,
    /// Its own certificate, for `localhost` and 127.0.0.1.
    SelfSigned,
    /// The private CA's, but for `pce.example.net`.
    WrongName,
    /// The private CA's, but no longer valid since 2020.
    Expired,
    /// The private CA's, from one midnight (UTC) to another: year, month, day.
    Between((i32, u8, u8), (i32, u8, u8)),
}

/// A server's TLS configuration and what a client has to trust, as PEM.
pub struct Certificate {
    /// For rustls.
    pub config: Arc<ServerConfig>,
    /// The CA, or the self-signed certificate itself.
    pub trust_pem: String,
}

/// Makes a certificate; `None` for [`Tls::Off`].
pub fn make(tls: Tls) -> Option<Certificate> {
    let names = match tls {
        Tls::Off => return None,
        Tls::WrongName => vec!["pce.example.net".to_owned()],
        Tls::Named => vec!["pce.example.test".to_owned(), "pce.dc1".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Simulated PCE");
    if tls == Tls::Expired {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    }
    if let Tls::Between(from, until) = tls {
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
    }
    let (chain, trust_pem) = if tls == Tls::SelfSigned {
        let certificate = params.self_signed(&key).unwrap();
        (certificate.der().clone(), certificate.pem())
    } else {
        let ca = authority();
        let certificate = params.signed_by(&key, &ca).unwrap();
        (certificate.der().clone(), ca.pem())
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Some(Certificate { config: server(chain, key), trust_pem })
}

/// One that another program made: trusted is the certificate itself.
pub fn of_pem(certificate: &str, key: &str) -> Certificate {
    let chain = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    Certificate { config: server(chain, key), trust_pem: certificate.to_owned() }
}

fn server(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Simulated private CA");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
