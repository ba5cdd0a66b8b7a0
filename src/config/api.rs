//! `api`: where the PCE is and how to talk to it.

use jiff::civil::Date;

use super::address::{Base, UrlFault, is_loopback};
use super::credential::{API_SECRET, ca_file};
use super::env::Env;
use super::problem::shown;
use super::sections::Reading;
use super::strict::Section;
use crate::lang::config as words;
use crate::net::secret::Secret;
use crate::pce::{self, Proxy};

/// Reads the section.
pub(super) fn read(reading: &Reading<'_>) -> pce::Settings {
    let api = reading.section("api");
    pce::Settings {
        url: pce_url(&api),
        org_id: org_id(&api),
        key: api_key(&api, reading.around.env),
        secret: API_SECRET.require(&api, reading),
        key_expires: key_expires(&api),
        verify_tls: api.bool("verify_ssl", true),
        ca_file: ca_file(&api, reading),
        proxy: proxy(&api),
        timeout: api.seconds("timeout_seconds", 600, 30),
        query_timeout: api.seconds("query_timeout_seconds", 86_400, 1800),
        others: Default::default(),
    }
}

fn pce_url(api: &Section<'_>) -> String {
    let Some(text) = api.needed("url", "\"https://pce.example.com:8443\"") else {
        return String::new();
    };
    match Base::parse(text) {
        Ok(base) if base.scheme == "http" && !is_loopback(&base.host) => {
            let better = base.url().replacen("http", "https", 1);
            api.wrong("url", |lang| words::url_clear(lang, &better));
            String::new()
        }
        Ok(base) => base.url(),
        Err(fault) => {
            tell_url_fault(api, text, fault);
            String::new()
        }
    }
}

/// The URL itself is shown only where it can't hold a password.
fn tell_url_fault(api: &Section<'_>, text: &str, fault: UrlFault) {
    let without_tail = || {
        let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        shown(&format!("{scheme}://{authority}"))
    };
    let with_scheme = || match text.contains('@') {
        true => "https://pce.example.com:8443".to_owned(),
        false => shown(&format!("https://{}", text.trim_start_matches('/'))),
    };
    api.wrong("url", |lang| match fault {
        UrlFault::NoScheme => words::url_no_scheme(lang, with_scheme()),
        UrlFault::OtherScheme => words::url_other_scheme(lang),
        UrlFault::UserInfo => words::url_user_info(lang),
        UrlFault::Path => words::url_path(lang, without_tail()),
        UrlFault::Host => words::url_host(lang),
        UrlFault::Port => words::url_port(lang),
    });
}

fn org_id(api: &Section<'_>) -> String {
    let text = api.either("org_id", words::want_text).unwrap_or("1".into());
    api.holds("org_id", &*text);
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        api.wrong("org_id", |lang| words::org_digits(lang, shown(&text)));
    }
    text.into_owned()
}

fn api_key(api: &Section<'_>, env: &Env) -> String {
    let written = api.trimmed("key");
    api.keeps_secret("key", None);
    let key = env.text("ILLUMIO_API_KEY").or(written).unwrap_or_default();
    if key.is_empty() && !api.has_other_type("key") {
        api.missing("key", "\"api_1234567890abcdef\" ($ILLUMIO_API_KEY)");
    }
    // In HTTP Basic a colon ends the user's name [RFC 7617 2].
    if key.contains(|letter: char| letter.is_control() || letter == ':') {
        api.wrong("key", words::key_letters);
    }
    key.to_owned()
}

fn key_expires(api: &Section<'_>) -> Option<Date> {
    let text = api.trimmed("key_expires")?;
    let date = text.parse().ok().filter(|_| text.len() == "2027-01-31".len());
    if date.is_none() {
        api.wrong("key_expires", |lang| words::bad_date(lang, shown(text)));
    }
    date
}

fn proxy(api: &Section<'_>) -> Proxy {
    let text = api.trimmed("proxy");
    api.keeps_secret("proxy", None);
    let Some(text) = text else {
        return Proxy::Environment;
    };
    if text == "none" {
        return Proxy::Direct;
    }
    // A proxy's URL may hold a user and a password before the last `@`.
    let bare = match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => text.to_owned(),
    };
    if Base::parse(&bare).is_err() || text.chars().any(char::is_control) {
        api.wrong("proxy", words::bad_proxy);
        return Proxy::Environment;
    }
    Proxy::Url(Secret::new(text))
}
