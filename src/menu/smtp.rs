//! The mail server: host, port, TLS and login, tried together and saved together.

use serde_json::Value;

use super::Menu;
use super::attempt::{Tried, save_tried};
use super::console::{Stop, Style};
use super::probe::{self, Side};
use super::question::{NOTHING, Question};
use super::setting::{Changes, Setting, ask, ask_secret, holds_with, setting};
use super::strict::Keys;
use super::turns::ask_in_turn;
use crate::config::Config;
use crate::lang::menu_rules::nothing;
use crate::lang::{Lang, menu_settings as words};
use crate::mail::Tls;

const HOST: Setting = setting("smtp.host", words::host, words::host_hint);
const PORT: Setting = setting("smtp.port", words::port, words::port_hint);
const TLS: Setting = setting("smtp.tls", words::tls, nothing);
const PASSWORD: Setting = setting("smtp.password", words::password, words::secret_hint);
const CA_FILE: Setting = setting("smtp.ca_file", words::ca_file, words::smtp_ca_hint);

/// The probe that fails where the login is refused.
const LOGIN: &str = "mail.login";

/// Asks, tries, saves.
pub fn entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let mut changes = Changes::new();
    ask_in_turn(menu, &mut changes, ask_all)?;
    if changes.is_empty() {
        // Who keeps all of it wants to see whether it works.
        let _ = probe::mail(menu);
        return menu.console.pause();
    }
    save_tried(menu, Side::Mail, changes, &|menu, failed, changes| match failed {
        LOGIN => ask_in_turn(menu, changes, ask_login),
        _ => ask_in_turn(menu, changes, ask_all),
    })
}

/// Tries the mail server with the changes. Where it refuses the login, a person is asked
/// for that alone, and it is tried again, until Enter keeps what was typed.
///
/// # Errors
/// Beside the user's leaving, the name of the probe that failed.
pub fn mail_works(
    menu: &mut Menu<'_>,
    changes: &mut Changes,
    tried: &mut Tried,
) -> Result<Result<(), &'static str>, Stop> {
    loop {
        let result = tried.try_it(menu, Side::Mail, changes);
        if result != Err(LOGIN) {
            return Ok(result);
        }
        menu.console.show(Style::Plain, &words::login_again(menu.console.lang));
        let before = changes.clone();
        ask_login(menu, changes)?;
        if *changes == before {
            return Ok(result);
        }
    }
}

/// Asks for host, port, TLS and login.
pub fn ask_all(menu: &mut Menu<'_>, changes: &mut Changes) -> Result<(), Stop> {
    ask(menu, &HOST, false, changes)?;
    ask(menu, &PORT, false, changes)?;
    let held = holds_with(menu, changes).mail.smtp.tls;
    let tls = ask_tls(menu, held)?;
    if tls != held {
        changes.push(("smtp", "tls", Some(tls.word().into())));
    }
    if tls.is_verified() {
        ask(menu, &CA_FILE, false, changes)?;
    }
    ask_login(menu, changes)
}

fn ask_login(menu: &mut Menu<'_>, changes: &mut Changes) -> Result<(), Stop> {
    match ask_user(menu, changes)? {
        UserAnswer::Kept(false) => {}
        UserAnswer::Kept(true) => ask_secret(menu, &PASSWORD, false, changes)?,
        UserAnswer::New(name) => {
            changes.push(("smtp", "user", Some(name.into())));
            changes.push(("smtp", "enable_auth", None));
            ask_secret(menu, &PASSWORD, false, changes)?;
        }
        UserAnswer::None => {
            for key in ["user", "password", "password_file", "enable_auth"] {
                changes.push(("smtp", key, None));
            }
        }
    }
    Ok(())
}

fn ask_tls(menu: &mut Menu<'_>, holds: Tls) -> Result<Tls, Stop> {
    let lang = menu.console.lang;
    let choices = Tls::ALL.map(|tls| match tls {
        Tls::Opportunistic => words::tls_opportunistic(lang),
        Tls::Starttls => words::tls_starttls(lang),
        Tls::Implicit => words::tls_implicit(lang),
        Tls::None => words::tls_none(lang),
    });
    let at = Tls::ALL.iter().position(|tls| *tls == holds);
    let chosen = menu.console.choose(&words::tls(lang), &choices, at)?;
    Ok(chosen.and_then(|at| Tls::ALL.get(at)).copied().unwrap_or(holds))
}

enum UserAnswer {
    /// As it stands; true: there is one.
    Kept(bool),
    New(String),
    None,
}

/// Asks for the user; the strict reader says where a login would go in the clear.
fn ask_user(menu: &mut Menu<'_>, changes: &Changes) -> Result<UserAnswer, Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let mut smtp: Keys = menu.file()["smtp"].as_object().cloned().unwrap_or_default();
    for (_, key, value) in changes {
        match value {
            Some(value) => smtp.insert((*key).to_owned(), value.clone()),
            None => smtp.remove(*key),
        };
    }
    smtp.remove("enable_auth");
    let now = holds_with(menu, changes).mail.smtp.login.map(|(user, _)| user);
    let question = Question {
        label: words::user(lang),
        hint: words::user_hint(lang),
        now,
        required: false,
        unseen: false,
    };
    let kept = question.now.clone();
    let keys = ["user", "tls"];
    let answer = menu.console.ask(&question, |typed| {
        if typed == NOTHING {
            return Ok(None);
        }
        smtp.insert("user".to_owned(), typed.into());
        smtp.insert("password".to_owned(), "unknown".into());
        reader.section("smtp", &smtp, &keys).map(|()| Some(typed.to_owned()))
    })?;
    match (answer, kept) {
        (Some(Some(name)), _) => Ok(UserAnswer::New(name)),
        (Some(None), _) => Ok(UserAnswer::None),
        (None, kept) => Ok(UserAnswer::Kept(kept.is_some())),
    }
}

/// `localhost:25, starttls, monitor`
pub fn shown(file: &Value, holds: &Config, lang: Lang) -> String {
    let server = format!("{}:{}", HOST.at(file, holds), PORT.at(file, holds));
    let tls = TLS.at(file, holds);
    match &holds.mail.smtp.login {
        None => words::smtp_is(lang, server, tls),
        Some((user, _)) => words::smtp_login_is(lang, server, tls, user),
    }
}
