//! Settings: the three entries of the Python tool under their numbers, then the rest.
//! An entry asks all its questions first and saves once; who goes back has changed
//! nothing.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::setting::{Changes, Key, apply, ask, ask_secret, key, masked, nothing, now, one};
use super::{probe, smtp};
use crate::columns::{pad, width};
use crate::lang::{Lang, menu as say, menu_settings as words};
use crate::store;

const URL: Key = key("api", "url", words::url, words::url_hint, nothing);
const ORG: Key =
    key("api", "org_id", words::org, words::org_hint, |config| config.pce.org_id.clone());
const API_KEY: Key = key("api", "key", words::key, words::key_hint, nothing);
const SECRET: Key = key("api", "secret", words::secret, words::secret_hint, nothing);
const SENDER: Key =
    key("email", "sender", words::sender, words::sender_hint, |config| config.mail.sender.clone());
const RECIPIENTS: Key =
    key("email", "recipients", words::recipients, words::recipients_hint, nothing);
const CA_FILE: Key = key("api", "ca_file", words::ca_file, words::ca_file_hint, nothing);
const PROXY: Key = key("api", "proxy", words::proxy, words::proxy_hint, nothing);
const ZONE: Key = key("settings", "timezone", words::zone, words::zone_hint, nothing);
/// When the daily report goes out.
pub const DAILY: Key =
    key("settings", "daily_report", words::daily, words::daily_hint, |_| "off".to_owned());
const EXPIRES: Key = key("api", "key_expires", words::expires, words::expires_hint, nothing);
const SITE: Key = key("settings", "site_name", words::site, words::site_hint, nothing);

/// The probe that fails where the PCE's certificate is not trusted.
const CERTIFICATE: &str = "pce.tls";

/// Shows the settings and changes them, until the user goes back.
pub fn settings(menu: &mut Menu<'_>) -> Result<(), Stop> {
    type Entry = fn(&mut Menu<'_>) -> Result<(), Stop>;
    const ENTRIES: [Entry; 11] = [
        pce_entry,
        mail_entry,
        toggle_tls,
        |menu| then_pce(menu, &CA_FILE),
        |menu| then_pce(menu, &PROXY),
        smtp::entry,
        language,
        |menu| one(menu, &ZONE).map(drop),
        |menu| one(menu, &DAILY).map(drop),
        |menu| one(menu, &EXPIRES).map(drop),
        |menu| one(menu, &SITE).map(drop),
    ];
    loop {
        let lang = menu.console.lang;
        show(menu);
        let prompt = say::prompt(lang, say::choice(lang));
        let typed = menu.console.answer(&prompt)?;
        if matches!(typed.as_str(), "" | "0" | "-1") {
            return Ok(());
        }
        let number = typed.parse::<usize>().ok();
        let Some(entry) = number.and_then(|number| ENTRIES.get(number.checked_sub(1)?)) else {
            menu.not_there(ENTRIES.len())?;
            continue;
        };
        menu.console.fine();
        match entry(menu) {
            Ok(()) | Err(Stop::Back) => {}
            leave => return leave,
        }
    }
}

/// The entries with what is set, the secret aside.
fn show(menu: &mut Menu<'_>) {
    let lang = menu.console.lang;
    menu.console.screen(&say::settings(lang));
    let file = menu.file();
    let holds = menu.holds();
    let at = |key: &Key| {
        let text = now(&file, key).unwrap_or_else(|| (key.holds)(&holds));
        if text.is_empty() { words::not_set(lang) } else { text }
    };
    let configured = configured_language(menu);
    let proxy = masked(&file["api"]["proxy"]).unwrap_or_else(|| words::proxy_by_env(lang));
    let entries = [
        ("PCE".to_owned(), words::pce_is(lang, at(&URL), at(&ORG), at(&API_KEY))),
        (words::mail(lang), format!("{} → {}", at(&SENDER), at(&RECIPIENTS))),
        (
            words::verify(lang),
            if holds.pce.verify_tls { words::on(lang) } else { words::off(lang) },
        ),
        (words::ca_file(lang), at(&CA_FILE)),
        (words::proxy(lang), proxy),
        (words::smtp(lang), smtp::shown(&file, &holds, lang)),
        (words::language(lang), words::language_name(configured)),
        (words::zone(lang), now(&file, &ZONE).unwrap_or_else(|| words::zone_system(lang))),
        (words::daily(lang), at(&DAILY)),
        (words::expires(lang), at(&EXPIRES)),
        (words::site(lang), now(&file, &SITE).unwrap_or_else(|| words::site_host(lang))),
    ];
    let widest = entries.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    for (at, (label, value)) in entries.iter().enumerate() {
        let row = format!("{:>3}  {}  {value}", at + 1, pad(label, widest));
        menu.console.row(Style::Plain, &row);
    }
    menu.console.row(Style::Plain, &format!("  0  {}", say::back(lang)));
    menu.console.row(Style::Plain, "");
}

/// URL, org, key and secret, and the test of them.
fn pce_entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    if pce(menu, false)? {
        try_pce(menu)?;
        return menu.console.pause();
    }
    Ok(())
}

/// Tries the PCE. Where this host does not trust its certificate, asks for the CA file
/// and tries again, until it is given no more; true where nothing failed.
pub fn try_pce(menu: &mut Menu<'_>) -> Result<bool, Stop> {
    loop {
        match probe::pce(menu) {
            Err(CERTIFICATE) if one(menu, &CA_FILE)? => menu.console.tell_notices(),
            tried => return Ok(tried.is_ok()),
        }
    }
}

/// Asks for the PCE's four values in the Python tool's order, and saves them; false
/// where nothing changed. `all`: the guide's way, no value is skipped, and who goes back
/// keeps what he answered.
pub fn pce(menu: &mut Menu<'_>, all: bool) -> Result<bool, Stop> {
    let mut changes = Changes::new();
    let answered = ask_pce(menu, all, &mut changes);
    if !all || answered != Err(Stop::Back) {
        answered?;
    }
    if changes.iter().any(|(_, key, _)| *key == "secret") {
        // The file named there would go before what was typed.
        changes.push(("api", "secret_file", None));
    }
    let saved = apply(menu, changes);
    answered.map(|()| saved)
}

fn ask_pce(menu: &mut Menu<'_>, all: bool, changes: &mut Changes) -> Result<(), Stop> {
    for key in [&URL, &ORG, &API_KEY] {
        ask(menu, key, all, changes)?;
    }
    ask_secret(menu, &SECRET, all, changes)?;
    match all {
        true => ask(menu, &EXPIRES, false, changes),
        false => Ok(()),
    }
}

fn mail_entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    mail(menu, false).map(drop)
}

/// Asks for sender and recipients, and saves them.
pub fn mail(menu: &mut Menu<'_>, all: bool) -> Result<bool, Stop> {
    let mut changes = Changes::new();
    for key in [&SENDER, &RECIPIENTS] {
        ask(menu, key, all, &mut changes)?;
    }
    Ok(apply(menu, changes))
}

/// At once, as in the Python tool.
fn toggle_tls(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let verified = menu.save(|draft| {
        let verified = draft.value("api", "verify_ssl") == Some(Value::Bool(false));
        draft.set("api", "verify_ssl", &Value::Bool(verified));
        verified
    });
    match verified {
        Some(true) => menu.console.notice(Style::Good, &words::verify_on(lang)),
        Some(false) => menu.console.notice(Style::Bad, &words::verify_off(lang)),
        None => {}
    }
    Ok(())
}

fn language(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let names = ["English".to_owned(), "繁體中文".to_owned()];
    // What the mails are written in; the screen may have been asked for another one.
    let now = usize::from(configured_language(menu) == Lang::ZhTw);
    let label = words::language(lang);
    let chosen = menu.console.choose(&label, &names, Some(now))?;
    if chosen == Some(now) {
        return Ok(());
    }
    let tag = if chosen == Some(1) { "zh-TW" } else { "en" };
    let saved = menu.save(|draft| draft.set("settings", "language", &tag.into()));
    menu.follow_language();
    if saved.is_some() {
        let text = say::saved(menu.console.lang);
        menu.console.notice(Style::Good, &text);
    }
    Ok(())
}

fn configured_language(menu: &Menu<'_>) -> Lang {
    let look = store::look(menu.place.config, menu.place.env);
    look.map_or(menu.console.lang, |look| look.holds.settings.language)
}

fn then_pce(menu: &mut Menu<'_>, key: &Key) -> Result<(), Stop> {
    if one(menu, key)? {
        try_pce(menu)?;
        return menu.console.pause();
    }
    Ok(())
}
