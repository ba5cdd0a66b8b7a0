//! Settings: the three entries of the Python tool under their numbers, then the rest.
//! An entry asks all its questions first, tries the answers where there is a test, and
//! saves once; who goes back has changed nothing.

use serde_json::Value;

use super::Menu;
use super::attempt::{Tried, save_tried};
use super::console::{Stop, Style};
use super::probe::Side;
use super::setting::{Changes, Setting, apply, ask, ask_secret, one, setting};
use super::turns::ask_in_turn;
use super::{daily, sender, smtp, versions};
use crate::lang::{Lang, menu as say, menu_settings as words, versions as version_words};
use crate::screen::columns::{pad, width};
use crate::store;

const URL: Setting = setting("api.url", words::url, words::url_hint);
const ORG: Setting = setting("api.org_id", words::org, words::org_hint);
const API_KEY: Setting = setting("api.key", words::key, words::key_hint);
const SECRET: Setting = setting("api.secret", words::secret, words::secret_hint);
const SENDER: Setting = setting("email.sender", words::sender, words::sender_hint);
const RECIPIENTS: Setting = setting("email.recipients", words::recipients, words::recipients_hint);
const CA_FILE: Setting = setting("api.ca_file", words::ca_file, words::ca_file_hint);
const PROXY: Setting = setting("api.proxy", words::proxy, words::proxy_hint);
/// The zone that times are shown in.
pub const ZONE: Setting = setting("settings.timezone", words::zone, words::zone_hint);
/// When the daily report goes out.
pub const DAILY: Setting = setting("settings.daily_report", words::daily, words::daily_hint);
const EXPIRES: Setting = setting("api.key_expires", words::expires, words::expires_hint);
const SITE: Setting = setting("settings.site_name", words::site, words::site_hint);

/// The probe that fails where the PCE's certificate is not trusted.
const CERTIFICATE: &str = "pce.tls";
/// The one that fails where it refuses the key.
const CREDENTIALS: &str = "pce.credentials";

/// Shows the settings and changes them, until the user goes back.
pub fn settings(menu: &mut Menu<'_>) -> Result<(), Stop> {
    type Entry = fn(&mut Menu<'_>) -> Result<(), Stop>;
    const ENTRIES: [Entry; 12] = [
        pce_entry,
        mail_entry,
        toggle_tls,
        |menu| on_the_way(menu, &CA_FILE),
        |menu| on_the_way(menu, &PROXY),
        smtp::entry,
        language,
        |menu| one(menu, &ZONE).map(drop),
        daily::entry,
        |menu| one(menu, &EXPIRES).map(drop),
        |menu| one(menu, &SITE).map(drop),
        versions::entry,
    ];
    loop {
        let lang = menu.console.lang;
        show(menu);
        let prompt = say::prompt(lang, say::choice(lang));
        let typed = menu.console.answer(&prompt)?;
        if matches!(typed.as_str(), "" | "0" | "-1" | "<") {
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
    let or = |setting: &Setting, words: fn(Lang) -> String| match setting.at(&file, &holds) {
        text if text.is_empty() => words(lang),
        text => text,
    };
    let at = |setting: &Setting| or(setting, words::not_set);
    let daily = match at(&DAILY) {
        text if text == "off" => words::daily_off(lang),
        text => text,
    };
    let routes = match holds.mail.routes.len() {
        0 => String::new(),
        routes => words::routes(lang, routes),
    };
    let configured = configured_language(menu);
    let entries = [
        ("PCE".to_owned(), words::pce_is(lang, at(&URL), at(&ORG), at(&API_KEY))),
        (words::mail(lang), format!("{} → {}{routes}", at(&SENDER), at(&RECIPIENTS))),
        (
            words::verify(lang),
            if holds.pce.verify_tls { words::on(lang) } else { words::off(lang) },
        ),
        (words::ca_file(lang), at(&CA_FILE)),
        (words::proxy(lang), or(&PROXY, words::proxy_by_env)),
        (words::smtp(lang), smtp::shown(&file, &holds, lang)),
        (words::language(lang), words::language_name(configured)),
        (words::zone(lang), or(&ZONE, words::zone_system)),
        (words::daily(lang), daily),
        (words::expires(lang), at(&EXPIRES)),
        (words::site(lang), or(&SITE, words::site_host)),
        (version_words::entry(lang), versions::shown(menu, lang)),
    ];
    let widest = entries.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    for (at, (label, value)) in entries.iter().enumerate() {
        let row = format!("{:>3}  {}  {value}", at + 1, pad(label, widest));
        menu.console.row(Style::Plain, &row);
    }
    menu.console.row(Style::Plain, &format!("  0  {}", say::back(lang)));
    menu.console.row(Style::Plain, "");
}

/// URL, org, key and secret, saved once they work.
fn pce_entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let mut changes = Changes::new();
    ask_pce(menu, false, &mut changes)?;
    save_tried(menu, Side::Pce, changes, &pce_again)
}

/// Where the certificate is not trusted it is the CA file that is asked for, where the key
/// is refused that and its secret.
fn pce_again(menu: &mut Menu<'_>, failed: &str, changes: &mut Changes) -> Result<(), Stop> {
    match failed {
        CERTIFICATE => ask(menu, &CA_FILE, false, changes),
        CREDENTIALS => ask_in_turn(menu, changes, |menu, changes| {
            ask(menu, &API_KEY, false, changes)?;
            ask_secret(menu, &SECRET, false, changes)
        }),
        _ => ask_pce(menu, false, changes),
    }
}

/// Tries the PCE with the changes. Where this host does not trust its certificate, asks for
/// the CA file and tries again, until it is given no more; true where nothing failed.
pub fn pce_works(
    menu: &mut Menu<'_>,
    changes: &mut Changes,
    tried: &mut Tried,
) -> Result<bool, Stop> {
    loop {
        let result = tried.try_it(menu, Side::Pce, changes);
        if result != Err(CERTIFICATE) {
            return Ok(result.is_ok());
        }
        let before = changes.len();
        ask(menu, &CA_FILE, false, changes)?;
        if changes.len() == before {
            return Ok(false);
        }
    }
}

/// Asks for the PCE's four values in the Python tool's order. `all`: the guide's way, no
/// value is skipped, and the day on which the key expires is asked for, too.
pub fn ask_pce(menu: &mut Menu<'_>, all: bool, changes: &mut Changes) -> Result<(), Stop> {
    ask_in_turn(menu, changes, |menu, changes| {
        for setting in [&URL, &ORG, &API_KEY] {
            ask(menu, setting, all, changes)?;
        }
        ask_secret(menu, &SECRET, all, changes)?;
        match all {
            true => ask(menu, &EXPIRES, false, changes),
            false => Ok(()),
        }
    })
}

fn mail_entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let mut changes = Changes::new();
    ask_mail(menu, false, &mut changes)?;
    apply(menu, changes);
    Ok(())
}

/// Asks for sender and recipients. `all`: the guide's way, with a name for the sender.
pub fn ask_mail(menu: &mut Menu<'_>, all: bool, changes: &mut Changes) -> Result<(), Stop> {
    ask_in_turn(menu, changes, |menu, changes| {
        ask(menu, &SENDER, all, changes)?;
        if all {
            sender::offer_name(menu, &SENDER, changes)?;
        }
        ask(menu, &RECIPIENTS, all, changes)
    })
}

/// Off at once, as in the Python tool; on once it works, since a certificate that this host
/// does not trust would keep every run from the PCE.
fn toggle_tls(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    if menu.file()["api"]["verify_ssl"] != false {
        if menu.save(|draft| draft.set("api", "verify_ssl", &Value::Bool(false))).is_some() {
            menu.console.notice(Style::Bad, &words::verify_off(lang));
        }
        return Ok(());
    }
    let changes = vec![("api", "verify_ssl", Some(Value::Bool(true)))];
    save_tried(menu, Side::Pce, changes, &pce_again)?;
    if menu.holds().pce.verify_tls {
        menu.console.notice(Style::Good, &words::verify_on(lang));
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
    let look = store::look(menu.call.config, menu.call.env);
    look.map_or(menu.console.lang, |look| look.holds.settings.language)
}

/// One setting on the way to the PCE, saved once that works.
fn on_the_way(menu: &mut Menu<'_>, setting: &'static Setting) -> Result<(), Stop> {
    let mut changes = Changes::new();
    ask(menu, setting, false, &mut changes)?;
    let again =
        |menu: &mut Menu<'_>, _: &str, changes: &mut Changes| ask(menu, setting, false, changes);
    save_tried(menu, Side::Pce, changes, &again)
}
