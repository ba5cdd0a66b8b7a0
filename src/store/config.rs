//! The config, section by section: contract 2 with its defaults and ranges.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::address::{Base, UrlFault, is_host_name, is_loopback, mail_address};
use super::credential::{Around, Places};
use super::locate::Env;
use super::problem::{Problem, Problems, shown};
use super::strict::{Document, Node, Section, distance, doubles, nearest};
use super::{Config, Settings, TrafficCounts, rule};
use crate::lang::Lang;
use crate::lang::config as words;
use crate::mail;
use crate::pce::{self, Proxy};
use crate::secret::Secret;

const SECTIONS: &[&str] = &["api", "email", "smtp", "settings", "rules", "state"];

/// Where the file is, and what surrounds it.
pub(super) struct Place<'a> {
    /// The environment.
    pub env: &'a Env,
    /// The file's folder.
    pub folder: &'a Path,
    /// The language that the state remembers from the first save.
    pub remembered: Option<Lang>,
}

/// Reads the whole config, or tells all that is wrong with it.
pub(super) fn read(
    document: &Document<'_>,
    place: &Place<'_>,
) -> Result<Config, (Vec<Problem>, usize)> {
    let problems = Problems::default();
    let remarks = Problems::default();
    let around = Around {
        env: place.env,
        folder: place.folder,
        warnings: &|sentence| remarks.add("", sentence),
    };
    top_level(document, &problems, &remarks);
    let pce = api(document, &around, &problems);
    let mail = mail_settings(document, &around, &problems);
    let settings = settings(document, place, &pce, &problems);
    let rules = rule::read_all(document.section("rules"), &problems, &remarks);
    let (found, more) = problems.done();
    if !found.is_empty() {
        return Err((found, more));
    }
    let language = settings.language;
    let (remarks, _) = remarks.done();
    Ok(Config {
        pce,
        mail,
        settings,
        rules,
        warnings: remarks.iter().map(|one| one.text(language)).collect(),
    })
}

/// Keys that stand twice, and sections whose name looks like a slip of the pen.
fn top_level(document: &Document<'_>, problems: &Problems, remarks: &Problems) {
    for key in doubles(&document.sections) {
        if SECTIONS.contains(&key) {
            problems.add(key, words::double_key);
        }
    }
    let twice_state = document.state.is_some() && document.section("state").is_some();
    if twice_state {
        problems.add("state", words::double_key);
    }
    let unknown = |key: &str| !key.starts_with('_') && !SECTIONS.contains(&key);
    for (key, _) in document.sections.iter().filter(|(key, _)| unknown(key)) {
        let near = nearest(&key.to_lowercase(), SECTIONS);
        if distance(&key.to_lowercase(), near) <= 2 {
            remarks.add(&shown(key), |lang| words::odd_section(lang, near));
        }
    }
}

fn api(document: &Document<'_>, around: &Around<'_>, problems: &Problems) -> pce::Settings {
    const KNOWN: &[&str] = &[
        "url",
        "org_id",
        "key",
        "secret",
        "secret_file",
        "key_expires",
        "verify_ssl",
        "ca_file",
        "proxy",
        "timeout_seconds",
        "query_timeout_seconds",
    ];
    const SECRET: Places = Places {
        variable: "ILLUMIO_API_SECRET",
        credential: "api_secret",
        file_key: "secret_file",
        key: "secret",
    };
    let api = Section::open(document.section("api"), "api", KNOWN, problems);
    let url = pce_url(&api);
    let org_id = org_id(&api);
    let key = api_key(&api, around.env);
    let secret = required_secret(&SECRET, &api, around, problems);
    pce::Settings {
        url,
        org_id,
        key,
        secret,
        key_expires: key_expires(&api),
        verify_tls: api.bool("verify_ssl").unwrap_or(true),
        ca_file: file(&api, "ca_file", around.folder),
        proxy: proxy(&api),
        timeout: seconds(&api, "timeout_seconds", 600, 30),
        query_timeout: seconds(&api, "query_timeout_seconds", 86_400, 1800),
    }
}

fn pce_url(api: &Section<'_>) -> String {
    const EXAMPLE: &str = "\"https://pce.example.com:8443\"";
    let Some(text) = api.trimmed("url") else {
        if !given_otherwise(api, "url") {
            api.missing("url", EXAMPLE);
        }
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
    let text = match api.get("org_id") {
        None => return "1".to_owned(),
        Some(Node::Number(number)) => number.to_string(),
        Some(_) => match api.text("org_id") {
            Some(text) if text.trim().is_empty() => return "1".to_owned(),
            Some(text) => text.trim().to_owned(),
            None => return String::new(),
        },
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        api.wrong("org_id", |lang| words::org_digits(lang, shown(&text)));
    }
    text
}

fn api_key(api: &Section<'_>, env: &Env) -> String {
    let written = api.trimmed("key");
    let key = env.text("ILLUMIO_API_KEY").or(written).unwrap_or_default();
    if key.is_empty() && !given_otherwise(api, "key") {
        api.missing("key", "\"api_1234567890abcdef\" ($ILLUMIO_API_KEY)");
    }
    // In HTTP Basic a colon ends the user's name [RFC 7617 2].
    if key.contains(|letter: char| letter.is_control() || letter == ':') {
        api.wrong("key", words::key_letters);
    }
    key.to_owned()
}

/// True where the key is there with another type, which has been told.
fn given_otherwise(section: &Section<'_>, key: &str) -> bool {
    matches!(section.get(key), Some(node) if !matches!(node, Node::Text(_)))
}

/// A secret without which nothing works. Where it could not be read, that has been told.
fn required_secret(
    places: &Places,
    section: &Section<'_>,
    around: &Around<'_>,
    problems: &Problems,
) -> Secret {
    let told = problems.count();
    let secret = places.read(section, around);
    if secret.is_none() && problems.count() == told {
        section.wrong(places.key, |lang| {
            words::secret_missing(
                lang,
                section.path_of(places.key),
                section.path_of(places.file_key),
                places.variable,
                places.credential,
            )
        });
    }
    secret.unwrap_or_default()
}

fn key_expires(api: &Section<'_>) -> Option<Date> {
    let text = api.trimmed("key_expires")?;
    let date = text
        .parse()
        .ok()
        .filter(|_| text.len() == "2027-01-31".len());
    if date.is_none() {
        api.wrong("key_expires", |lang| words::bad_date(lang, shown(text)));
    }
    date
}

fn proxy(api: &Section<'_>) -> Proxy {
    let Some(text) = api.trimmed("proxy") else {
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

fn mail_settings(
    document: &Document<'_>,
    around: &Around<'_>,
    problems: &Problems,
) -> mail::Settings {
    const KNOWN: &[&str] = &["sender", "envelope_sender", "recipients", "raw_snapshot"];
    let email = Section::open(document.section("email"), "email", KNOWN, problems);
    let sender = email.trimmed("sender");
    if let Some(text) = sender.filter(|text| mail_address(text).is_none()) {
        email.wrong("sender", |lang| words::bad_address(lang, shown(text)));
    }
    let envelope_sender = email.trimmed("envelope_sender").and_then(|text| {
        let address = mail_address(text);
        if address.is_none() {
            email.wrong("envelope_sender", |lang| {
                words::bad_address(lang, shown(text))
            });
        }
        address
    });
    mail::Settings {
        sender: sender.unwrap_or("illumio-monitor@localhost").to_owned(),
        envelope_sender: envelope_sender.map(str::to_owned),
        recipients: recipients(&email),
        raw_snapshot: email.bool("raw_snapshot").unwrap_or(true),
        smtp: smtp(document, around, problems),
    }
}

/// Bare addresses, each once; the name of `Name <address>` is left away.
fn recipients(email: &Section<'_>) -> Vec<String> {
    const EXAMPLE: &str = "[\"soc@example.com\"]";
    let mut list: Vec<String> = Vec::new();
    let items = email.items("recipients");
    for text in &items {
        match mail_address(text) {
            Some(address) if list.iter().any(|known| known == address) => {}
            Some(address) => list.push(address.to_owned()),
            None => email.wrong("recipients", |lang| words::bad_address(lang, shown(text))),
        }
    }
    if items.is_empty() {
        match email.get("recipients") {
            None => email.missing("recipients", EXAMPLE),
            Some(Node::List(list)) if !list.iter().all(|node| matches!(node, Node::Text(_))) => {}
            Some(Node::List(_) | Node::Text(_)) => {
                email.wrong("recipients", |lang| words::no_recipients(lang, EXAMPLE));
            }
            Some(_) => {}
        }
    }
    list
}

fn smtp(document: &Document<'_>, around: &Around<'_>, problems: &Problems) -> mail::Smtp {
    const KNOWN: &[&str] = &[
        "host",
        "port",
        "tls",
        "user",
        "password",
        "password_file",
        "ca_file",
        "timeout_seconds",
        "enable_tls",
        "enable_auth",
    ];
    let smtp = Section::open(document.section("smtp"), "smtp", KNOWN, problems);
    let host = smtp.trimmed("host").unwrap_or("localhost");
    if !is_host_name(host) && host.parse::<std::net::IpAddr>().is_err() {
        smtp.wrong("host", |lang| words::bad_host(lang, shown(host)));
    }
    let port = smtp.int("port", 1, 65_535).unwrap_or(25);
    let tls = tls(&smtp);
    let login = login(&smtp, around, problems);
    let verified = matches!(tls, mail::Tls::Starttls | mail::Tls::Implicit);
    if login.is_some() && !verified && !is_loopback(host) {
        smtp.wrong("tls", words::login_in_clear);
    }
    mail::Smtp {
        host: host.to_owned(),
        port: u16::try_from(port).unwrap_or(25),
        tls,
        login,
        ca_file: file(&smtp, "ca_file", around.folder),
        timeout: seconds(&smtp, "timeout_seconds", 600, 30),
    }
}

/// `enable_tls` is the later Python versions': they meant STARTTLS by it.
fn tls(smtp: &Section<'_>) -> mail::Tls {
    let python = smtp.bool("enable_tls").unwrap_or(false);
    let written = smtp.word(
        "tls",
        &[
            ("none", mail::Tls::None),
            ("opportunistic", mail::Tls::Opportunistic),
            ("starttls", mail::Tls::Starttls),
            ("implicit", mail::Tls::Implicit),
        ],
    );
    match (written, python) {
        (Some(tls), _) => tls,
        (None, true) => mail::Tls::Starttls,
        (None, false) => mail::Tls::default(),
    }
}

/// `enable_auth: false` is the later Python versions' way to log in nowhere
/// with a user and a password left in the file.
fn login(smtp: &Section<'_>, around: &Around<'_>, problems: &Problems) -> Option<(String, Secret)> {
    const PASSWORD: Places = Places {
        variable: "ILLUMIO_SMTP_PASSWORD",
        credential: "smtp_password",
        file_key: "password_file",
        key: "password",
    };
    let enabled = smtp.bool("enable_auth");
    let user = smtp.trimmed("user");
    let user = match (enabled, user) {
        (Some(false), _) | (None, None) => return None,
        (Some(true), None) => {
            smtp.missing("user", "\"monitor\"");
            return None;
        }
        (_, Some(user)) => user,
    };
    if user.chars().any(char::is_control) {
        smtp.wrong("user", words::secret_control);
    }
    let password = required_secret(&PASSWORD, smtp, around, problems);
    Some((user.to_owned(), password))
}

fn settings(
    document: &Document<'_>,
    place: &Place<'_>,
    pce: &pce::Settings,
    problems: &Problems,
) -> Settings {
    const KNOWN: &[&str] = &[
        "language",
        "timezone",
        "site_name",
        "enable_health_check",
        "reminder_hours",
        "daily_report",
        "event_overlap_minutes",
        "traffic_overlap_minutes",
        "late_reach_hours",
        "max_catch_up_hours",
        "max_event_catch_up_hours",
        "cycle_deadline_seconds",
        "traffic_counts",
    ];
    let section = Section::open(document.section("settings"), "settings", KNOWN, problems);
    let number = |key, min, max, default| section.uint(key, min, max).unwrap_or(default);
    let counts = section.word(
        "traffic_counts",
        &[
            ("auto", TrafficCounts::Auto),
            ("cumulative", TrafficCounts::Cumulative),
            ("clipped", TrafficCounts::Clipped),
        ],
    );
    Settings {
        language: language(&section, document, place),
        timezone: timezone(&section),
        site_name: site_name(&section, pce),
        enable_health_check: section.bool("enable_health_check").unwrap_or(true),
        reminder_hours: number("reminder_hours", 1, 168, 4),
        daily_report: daily_report(&section),
        event_overlap_minutes: number("event_overlap_minutes", 0, 1440, 10),
        traffic_overlap_minutes: number("traffic_overlap_minutes", 0, 1440, 30),
        late_reach_hours: number("late_reach_hours", 0, 168, 26),
        max_catch_up_hours: number("max_catch_up_hours", 1, 2160, 24),
        max_event_catch_up_hours: number("max_event_catch_up_hours", 1, 8760, 720),
        cycle_deadline_seconds: number("cycle_deadline_seconds", 1, 86_400, 420),
        traffic_counts: counts.unwrap_or_default(),
    }
}

/// What the file says, else what the first save settled, else what the kind of
/// file tells, else the locale's.
fn language(section: &Section<'_>, document: &Document<'_>, place: &Place<'_>) -> Lang {
    if let Some(text) = section.trimmed("language") {
        let lang = Lang::from_tag(text);
        if lang.is_none() {
            section.not_one_of("language", text, ["en", "zh-TW"]);
        }
        return lang.unwrap_or_default();
    }
    let by_locale = || place.env.locale().and_then(Lang::from_tag);
    place
        .remembered
        .or_else(|| from_python(document).then_some(Lang::ZhTw))
        .or_else(by_locale)
        .unwrap_or_default()
}

/// True for a file of the Python tool that we have never written to. That tool
/// knew neither `settings` nor `smtp`, and gave each event rule a `filter_key`.
fn from_python(document: &Document<'_>) -> bool {
    let has = |key| document.section(key).is_some();
    let filter_key = match document.section("rules") {
        Some(Node::List(rules)) => rules.iter().any(|rule| match rule {
            Node::Object(keys) => keys.iter().any(|(key, _)| key == "filter_key"),
            _ => false,
        }),
        _ => false,
    };
    document.state.is_none() && !has("settings") && (!has("smtp") || filter_key)
}

fn timezone(section: &Section<'_>) -> TimeZone {
    let Some(name) = section.trimmed("timezone") else {
        return TimeZone::try_system().unwrap_or(TimeZone::UTC);
    };
    TimeZone::get(name).unwrap_or_else(|_| {
        section.wrong("timezone", |lang| words::bad_zone(lang, shown(name)));
        TimeZone::UTC
    })
}

fn site_name(section: &Section<'_>, pce: &pce::Settings) -> String {
    let Some(text) = section.trimmed("site_name") else {
        return Base::parse(&pce.url)
            .map(|base| base.host)
            .unwrap_or_default();
    };
    if text.chars().any(char::is_control) || text.chars().count() > 100 {
        section.wrong("site_name", words::bad_site_name);
    }
    text.to_owned()
}

fn daily_report(section: &Section<'_>) -> Option<Time> {
    let text = section
        .trimmed("daily_report")
        .filter(|text| *text != "off")?;
    let time = clock_time(text);
    if time.is_none() {
        section.wrong("daily_report", |lang| words::bad_time(lang, shown(text)));
    }
    time
}

/// `08:30`, `8:30`.
fn clock_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let fine = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i8>().ok().filter(|_| fine)
    };
    Time::new(number(hour, 1..=2)?, number(minute, 2..=2)?, 0, 0).ok()
}

/// A file's path; a relative one starts at the config's folder.
fn file(section: &Section<'_>, key: &str, folder: &Path) -> Option<PathBuf> {
    section.trimmed(key).map(|path| folder.join(path))
}

fn seconds(section: &Section<'_>, key: &str, max: u32, default: u32) -> Duration {
    let seconds = section.uint(key, 1, max).unwrap_or(default);
    Duration::from_secs(seconds.into())
}
