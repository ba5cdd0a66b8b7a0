//! The mail server: host, port, TLS and login, saved together and tried at once.

use serde_json::Value;

use super::Menu;
use super::console::Stop;
use super::fields::plain;
use super::probe;
use super::question::{NOTHING, Question};
use super::setting::{Changes, Key, apply, ask, ask_secret};
use super::strict::Keys;
use crate::lang::{Lang, menu_settings as words};

const HOST: Key = Key {
    section: "smtp",
    key: "host",
    label: words::host,
    hint: words::host_hint,
    usual: "localhost",
};
const PORT: Key =
    Key { section: "smtp", key: "port", label: words::port, hint: words::port_hint, usual: "25" };
const PASSWORD: Key = Key {
    section: "smtp",
    key: "password",
    label: words::password,
    hint: words::secret_hint,
    usual: "",
};
const CA_FILE: Key = Key {
    section: "smtp",
    key: "ca_file",
    label: words::ca_file,
    hint: words::smtp_ca_hint,
    usual: "",
};

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
    ask(menu, &HOST, false, &mut changes)?;
    ask(menu, &PORT, false, &mut changes)?;
    let tls = ask_tls(menu)?;
    changes.push(("smtp", "tls", Some(tls.into())));
    let verified = matches!(tls, "starttls" | "implicit");
    if verified {
        ask(menu, &CA_FILE, false, &mut changes)?;
    }
    let user = ask_user(menu, &changes)?;
    match user {
        User::Kept(false) => {}
        User::Kept(true) => ask_secret(menu, &PASSWORD, false, &mut changes)?,
        User::New(name) => {
            changes.push(("smtp", "user", Some(name.into())));
            changes.push(("smtp", "enable_auth", None));
            ask_secret(menu, &PASSWORD, false, &mut changes)?;
        }
        User::None => {
            for key in ["user", "password", "password_file", "enable_auth"] {
                changes.push(("smtp", key, None));
            }
        }
    }
    if changes.iter().any(|(_, key, value)| *key == "password" && value.is_some()) {
        changes.push(("smtp", "password_file", None));
    }
    Ok(apply(menu, changes))
}

fn ask_tls(menu: &mut Menu<'_>) -> Result<&'static str, Stop> {
    const MODES: [&str; 4] = ["opportunistic", "starttls", "implicit", "none"];
    let lang = menu.console.lang;
    let smtp = &menu.file()["smtp"];
    let now = match smtp["tls"].as_str() {
        Some(mode) => mode.to_owned(),
        None if smtp["enable_tls"] == Value::Bool(true) => "starttls".to_owned(),
        None => "opportunistic".to_owned(),
    };
    let choices = [
        words::tls_opportunistic(lang),
        words::tls_starttls(lang),
        words::tls_implicit(lang),
        words::tls_none(lang),
    ];
    let at = MODES.iter().position(|mode| *mode == now).unwrap_or(0);
    let chosen = menu.console.choose(&words::tls(lang), &choices, Some(at))?;
    Ok(chosen.and_then(|at| MODES.get(at)).copied().unwrap_or("opportunistic"))
}

enum User {
    /// As it stands; true: there is one.
    Kept(bool),
    New(String),
    None,
}

/// Asks for the user; the strict reader says where a login would go in the clear.
fn ask_user(menu: &mut Menu<'_>, changes: &Changes) -> Result<User, Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let mut smtp: Keys = menu.file()["smtp"].as_object().cloned().unwrap_or_default();
    for (_, key, value) in changes {
        match value {
            Some(value) => smtp.insert((*key).to_owned(), value.clone()),
            None => smtp.remove(*key),
        };
    }
    smtp.remove("enable_auth");
    let now = Some(plain(&smtp.get("user").cloned().unwrap_or_default()));
    let question = Question {
        label: words::user(lang),
        hint: words::user_hint(lang),
        now: now.filter(|now| !now.is_empty()),
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
        (Some(Some(name)), _) => Ok(User::New(name)),
        (Some(None), _) => Ok(User::None),
        (None, kept) => Ok(User::Kept(kept.is_some())),
    }
}

/// `localhost:25, starttls, monitor`
pub fn shown(file: &Value, lang: Lang) -> String {
    let smtp = &file["smtp"];
    let or = |key: &str, usual: &str| match plain(&smtp[key]) {
        text if text.is_empty() => usual.to_owned(),
        text => text,
    };
    let server = format!("{}:{}", or("host", "localhost"), or("port", "25"));
    let user = plain(&smtp["user"]);
    match user.is_empty() {
        true => words::smtp_is(lang, server, or("tls", "opportunistic")),
        false => words::smtp_login_is(lang, server, or("tls", "opportunistic"), user),
    }
}
