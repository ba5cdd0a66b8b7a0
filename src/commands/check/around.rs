//! What surrounds the config: the trust store, and what came from the environment
//! of this shell, which cron will not have.

use super::finding::Finding;
use crate::config::{Config, Env};
use crate::lang::{Lang, check as say};
use crate::net::tls;
use crate::pce::connect::first_hop;

/// The certificates that this host trusts, and those of the `ca_file`s.
pub fn check_trust(config: &Config, lang: Lang) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pce = (config.pce.url.starts_with("https://") && config.pce.verify_tls)
        .then_some(("api.ca_file", config.pce.ca_file.as_deref()));
    let mail = config
        .mail
        .smtp
        .tls
        .is_verified()
        .then_some(("smtp.ca_file", config.mail.smtp.ca_file.as_deref()));
    let needed: Vec<_> = pce.into_iter().chain(mail).collect();
    for (key, file) in &needed {
        let Some(file) = file else { continue };
        findings.push(match tls::read_ca_file(file) {
            Ok((list, passed_by)) => {
                let what = say::ca_file(lang, key, file.display(), list.len());
                if passed_by.is_empty() {
                    Finding::good("trust", what)
                } else {
                    let fix = say::ca_file_passed_by(lang, passed_by.join(", "));
                    Finding::remark("trust", what, fix)
                }
            }
            Err(error) => {
                let what = say::ca_file_unusable(lang, key);
                Finding::broken("trust", what, error.text(lang))
            }
        });
    }
    let size = tls::system_store_size();
    let alone = needed.iter().any(|(_, file)| file.is_none());
    findings.push(match size {
        0 if alone => {
            let (what, fix) = (say::no_trust_store(lang), say::no_trust_store_fix(lang));
            Finding::broken("trust", what, fix)
        }
        _ => Finding::good("trust", say::trust_store(lang, size)),
    });
    findings
}

/// One remark for each value that this shell's environment gave.
pub fn check_environment(config: &Config, env: &Env, lang: Lang) -> Vec<Finding> {
    let login = config.mail.smtp.login.is_some();
    let mut used: Vec<(&'static str, &'static str)> = Vec::new();
    let mut note = |variable: &'static str, key: &'static str, used_here: bool| {
        if used_here && env.text(variable).is_some() {
            used.push((variable, key));
        }
    };
    note("ILLUMIO_MONITOR_CONFIG", "--config", true);
    note("ILLUMIO_API_KEY", "api.key", true);
    note("ILLUMIO_API_SECRET", "api.secret", true);
    note("ILLUMIO_SMTP_PASSWORD", "smtp.password", login);
    note("CREDENTIALS_DIRECTORY", "api.secret_file", true);
    note("SSL_CERT_FILE", "api.ca_file", true);
    note("SSL_CERT_DIR", "api.ca_file", true);
    if let Ok(hop) = first_hop(&config.pce)
        && let Some(variable) = hop.variable
    {
        used.push((variable, "api.proxy"));
    }
    let told = used.into_iter().map(|(variable, key)| {
        let what = say::from_environment(lang, variable);
        Finding::remark("environment", what, say::from_environment_fix(lang, key))
    });
    told.collect()
}
