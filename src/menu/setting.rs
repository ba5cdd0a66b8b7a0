//! A setting as a person sees it: what it is called, how it is asked for, and how it
//! is saved.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields::plain;
use super::question::{NOTHING, Question};
use super::strict::Keys;
use crate::lang::{Lang, menu as say, menu_settings as words};
use crate::store::Config;

/// A key that a question sets.
pub struct Key {
    /// `api`
    pub section: &'static str,
    /// `url`
    pub key: &'static str,
    /// What it is called.
    pub label: fn(Lang) -> String,
    /// An example.
    pub hint: fn(Lang) -> String,
    /// What holds where the file says nothing, as it would stand there; may be empty.
    pub holds: fn(&Config) -> String,
}

/// A key by its parts.
pub const fn key(
    section: &'static str,
    key: &'static str,
    label: fn(Lang) -> String,
    hint: fn(Lang) -> String,
    holds: fn(&Config) -> String,
) -> Key {
    Key { section, key, label, hint, holds }
}

/// For a key without a default.
pub fn nothing(_: &Config) -> String {
    String::new()
}

/// What is asked for is put down here, and saved at the end.
pub type Changes = Vec<(&'static str, &'static str, Option<Value>)>;

/// Asks for one value and saves it; true where it changed.
pub fn one(menu: &mut Menu<'_>, key: &Key) -> Result<bool, Stop> {
    let mut changes = Changes::new();
    ask(menu, key, false, &mut changes)?;
    Ok(apply(menu, changes))
}

/// Asks for a value; Enter leaves it, `-` takes it away.
pub fn ask(menu: &mut Menu<'_>, key: &Key, all: bool, changes: &mut Changes) -> Result<(), Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let file = menu.file();
    let set = now(&file, key);
    let holds = Some((key.holds)(&menu.holds())).filter(|holds| !holds.is_empty());
    let removable = set.is_some() && key.section != "email" && !matches!(key.key, "url" | "key");
    let hint = match removable {
        true => say::hint_removes(lang, (key.hint)(lang)),
        false => (key.hint)(lang),
    };
    let question = Question {
        label: (key.label)(lang),
        hint,
        now: set.or(holds),
        required: all,
        unseen: false,
    };
    let answer = menu.console.ask(&question, |typed| {
        if removable && typed == NOTHING {
            return Ok(None);
        }
        let value = read(key, typed);
        if key.key == "port" && !value.is_number() {
            return Err(say::want_number(lang));
        }
        if key.key == "ca_file" {
            reader.ca_file(typed)?;
        }
        let values = Keys::from_iter([(key.key.to_owned(), value.clone())]);
        reader.section(key.section, &values, &[key.key])?;
        Ok(Some(value))
    })?;
    if let Some(value) = answer {
        changes.push((key.section, key.key, value));
    }
    Ok(())
}

/// Asks for a secret, typed unseen.
pub fn ask_secret(
    menu: &mut Menu<'_>,
    key: &Key,
    all: bool,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let file = menu.file();
    let file_key = format!("{}_file", key.key);
    let set = [key.key, &file_key]
        .iter()
        .any(|key_name| !plain(&file[key.section][*key_name]).is_empty());
    let question = Question {
        label: (key.label)(lang),
        hint: (key.hint)(lang),
        now: set.then(|| words::secret_set(lang)),
        required: all,
        unseen: true,
    };
    let answer = menu.console.ask(&question, |typed| {
        let values = Keys::from_iter([(key.key.to_owned(), typed.into())]);
        reader.section(key.section, &values, &[key.key])?;
        Ok(typed.to_owned())
    })?;
    if let Some(secret) = answer {
        changes.push((key.section, key.key, Some(secret.into())));
    }
    Ok(())
}

/// Saves the changes together; true where something was saved.
pub fn apply(menu: &mut Menu<'_>, changes: Changes) -> bool {
    let lang = menu.console.lang;
    if changes.is_empty() {
        return false;
    }
    let saved = menu.save(|draft| {
        for (section, key, value) in &changes {
            match value {
                Some(value) => draft.set(section, key, value),
                None => draft.unset(section, key),
            }
        }
    });
    if saved.is_some() {
        menu.console.notice(Style::Good, &say::saved(lang));
    }
    saved.is_some()
}

/// What the file says, as a person reads it.
pub fn now(file: &Value, key: &Key) -> Option<String> {
    let value = &file[key.section][key.key];
    match key.key {
        "proxy" => masked(value),
        _ => Some(plain(value)).filter(|text| !text.is_empty()),
    }
}

/// A proxy's URL may hold a password.
pub fn masked(value: &Value) -> Option<String> {
    let text = plain(value);
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => Some(format!("{scheme}://***@{host}")),
        _ => Some(text).filter(|text| !text.is_empty()),
    }
}

/// What was typed, as it stands in the file.
fn read(key: &Key, typed: &str) -> Value {
    match key.key {
        "recipients" => typed
            .split([',', '，', '、', ';', '；'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Value::from)
            .collect(),
        "port" => typed.parse::<i64>().map_or_else(|_| typed.into(), Value::from),
        _ => typed.into(),
    }
}
