//! What is to be said of the certificate that a server showed.

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use crate::lang::{Lang, check as say, parted};
use crate::net::certificate::Certificate;
use crate::net::secret::Secrets;
use crate::net::tls::words as tls_words;
use crate::net::tls::{Problem, Shown};

/// A certificate that ends within this time is worth a remark.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The certificate that was put down, read, with nothing secret in it.
pub fn shown(shown: &Shown, secrets: &Secrets) -> Option<Certificate> {
    let read = shown.take().as_deref().and_then(Certificate::read);
    read.map(|certificate| certificate.without(secrets))
}

/// Whose it is, who issued it, from when until when, and its fingerprint.
pub fn details(certificate: &Certificate, lang: Lang) -> Vec<String> {
    vec![
        say::certificate(
            lang,
            &certificate.subject,
            &certificate.issuer,
            day(certificate.not_before),
            day(certificate.not_after),
        ),
        format!("SHA-256 {}", certificate.fingerprint),
    ]
}

/// TLS came about, and this certificate was taken.
pub fn accepted(
    probe: &'static str,
    server: &str,
    certificate: &Certificate,
    now: Timestamp,
    lang: Lang,
) -> Finding {
    let left = certificate.not_after.duration_since(now);
    let days = left.as_hours() / 24;
    let what = say::tls_works(lang, server, day(certificate.not_after), days);
    let finding = if left < SOON {
        Finding::remark(probe, what, say::renew_soon(lang))
    } else {
        Finding::good(probe, what)
    };
    finding.with(details(certificate, lang))
}

/// TLS did not come about. With the certificate at hand the cause is told more
/// closely than the library does.
pub fn refused(
    probe: &'static str,
    server: &str,
    problem: &Problem,
    certificate: Option<&Certificate>,
    lang: Lang,
) -> Finding {
    let clause = clause(problem, certificate, lang);
    let (cause, remedy) = parted(&clause);
    let what = say::tls_fails(lang, server, cause);
    let fix = remedy.unwrap_or_else(|| say::look_at_server(lang));
    let details = certificate.map(|shown| details(shown, lang));
    Finding::broken(probe, what, fix).with(details.unwrap_or_default())
}

fn clause(problem: &Problem, certificate: Option<&Certificate>, lang: Lang) -> String {
    let Some(shown) = certificate else {
        return problem.text(lang);
    };
    match problem {
        // Whatever else is wrong with it: this one can't be used at all.
        _ if shown.p521 => tls_words::p521(lang),
        Problem::UnknownIssuer if shown.self_issued => tls_words::self_signed(lang),
        Problem::WrongName(_) if shown.names.is_empty() => tls_words::no_name(lang),
        Problem::WrongName(_) => tls_words::wrong_name(lang, shown.names.join(", ")),
        other => other.text(lang),
    }
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
