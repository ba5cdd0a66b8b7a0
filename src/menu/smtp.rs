//! The mail server: host, port, TLS and login, saved together and tried at once.

use serde_json::Value;

use super::Menu;
use super::console::Stop;
use super::probe;
use super::question::{NOTHING, Question};
use super::setting::{Changes, Setting, apply, ask, ask_secret, setting};
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

/// Asks, saves, tries.
pub fn entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    if smtp(menu)? {
        let _ = probe::mail(menu);
        return menu.console.pause();
    }
    Ok(())
}

/// Asks for the mail server and saves it; true where something was saved.
pub fn smtp(menu: &mut Menu<'_>) -> Result<bool, Stop> {
    let mut changes = Changes::new();
    ask_in_turn(menu, &mut changes, ask_all)?;
    Ok(apply(menu, changes))
}

fn ask_all(menu: &mut Menu<'_>, changes: &mut Changes) -> Result<(), Stop> {
    ask(menu, &HOST, false, changes)?;
    ask(menu, &PORT, false, changes)?;
    let tls = ask_tls(menu)?;
    changes.push(("smtp", "tls", Some(tls.word().into())));
    if tls.is_verified() {
        ask(menu, &CA_FILE, false, changes)?;
    }
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

fn ask_tls(menu: &mut Menu<'_>) -> Result<Tls, Stop> {
    let lang = menu.console.lang;
    let holds = menu.holds().mail.smtp.tls;
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
    let now = menu.holds().mail.smtp.login.map(|(user, _)| user);
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
