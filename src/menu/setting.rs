//! A setting as a person sees it: what it is called, how it is asked for, and how it
//! is saved.

use std::path::Path;

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields::plain;
use super::question::{NOTHING, Question};
use super::strict::{Keys, typed_value};
use crate::commands::typed::meant;
use crate::config::{self, Config, Key, Kind};
use crate::lang::{Lang, menu as say, menu_settings as words};
use crate::store::{self, Draft, Error, Look};

/// A key of a section that a question sets, in words.
pub struct Setting {
    /// `api.url`
    pub path: &'static str,
    /// What it is called.
    pub label: fn(Lang) -> String,
    /// An example.
    pub hint: fn(Lang) -> String,
}

/// One by its parts.
pub const fn setting(
    path: &'static str,
    label: fn(Lang) -> String,
    hint: fn(Lang) -> String,
) -> Setting {
    Setting { path, label, hint }
}

impl Setting {
    /// What the strict reader knows of it.
    fn key(&self) -> Key {
        let known = config::keys().at(self.path);
        debug_assert!(known.is_some(), "nobody reads {}", self.path);
        known.cloned().unwrap_or_default()
    }

    /// What the file says, else what holds without that; empty where nothing does.
    pub fn at(&self, file: &Value, holds: &Config) -> String {
        self.now(file).unwrap_or_else(|| {
            holds.keys.at(self.path).map(|key| plain(&key.holds)).unwrap_or_default()
        })
    }

    /// What the file says, as a person may read it.
    pub fn now(&self, file: &Value) -> Option<String> {
        let key = self.key();
        let text = plain(&file[key.section][key.name]);
        let text = if key.secret { masked(text) } else { text };
        Some(text).filter(|text| !text.is_empty())
    }
}

/// A proxy's URL may hold a password.
fn masked(text: String) -> String {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://***@{host}"),
        _ => text,
    }
}

/// What is asked for is put down here, and saved at the end.
pub type Changes = Vec<(&'static str, &'static str, Option<Value>)>;

/// Asks for one value and saves it; true where it changed.
pub fn one(menu: &mut Menu<'_>, setting: &Setting) -> Result<bool, Stop> {
    let mut changes = Changes::new();
    ask(menu, setting, false, &mut changes)?;
    Ok(apply(menu, changes))
}

/// Asks for a value; Enter leaves it, `-` takes it away.
pub fn ask(
    menu: &mut Menu<'_>,
    setting: &Setting,
    all: bool,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let (key, file) = (setting.key(), file_with(menu, changes));
    let label = (setting.label)(lang);
    // What was answered before the user went back can be taken out again, too.
    let is_set = setting.now(&file).is_some() || menu.console.turns.before(&label).is_some();
    let removable = is_set && !key.required;
    let hint = match removable {
        true => say::hint_removes(lang, (setting.hint)(lang)),
        false => (setting.hint)(lang),
    };
    let now = Some(setting.at(&file, &holds_with(menu, changes))).filter(|now| !now.is_empty());
    let question = Question { label, hint, now, required: all, unseen: false };
    let home = menu.call.env.text("HOME").map(Path::new);
    let answer = menu.console.ask(&question, |typed| {
        let typed = &meant(&key, typed, home);
        if removable && typed == NOTHING {
            return Ok(None);
        }
        let value = typed_value(&key.kind, typed, lang)?;
        if key.kind == Kind::CaFile {
            reader.ca_file(typed)?;
        }
        let values = Keys::from_iter([(key.name.to_owned(), value.clone())]);
        reader.section(key.section, &values, &[key.name])?;
        Ok(Some(value))
    })?;
    if let Some(value) = answer {
        if let (true, Some(Value::String(url))) = (key.secret, &value) {
            menu.console.hide_too(|secrets| secrets.add_url(url));
        }
        changes.push((key.section, key.name, value));
    }
    Ok(())
}

/// Asks for a secret, typed unseen. A file named for it would go before it, so that
/// goes.
pub fn ask_secret(
    menu: &mut Menu<'_>,
    setting: &Setting,
    all: bool,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let (key, file) = (setting.key(), file_with(menu, changes));
    let is_set = |name: &str| !plain(&file[key.section][name]).is_empty();
    let set = is_set(key.name) || key.file.is_some_and(is_set);
    let question = Question {
        label: (setting.label)(lang),
        hint: (setting.hint)(lang),
        now: set.then(|| words::secret_set(lang)),
        required: all,
        unseen: true,
    };
    let answer = menu.console.ask(&question, |typed| {
        let values = Keys::from_iter([(key.name.to_owned(), typed.into())]);
        reader.section(key.section, &values, &[key.name])?;
        Ok(typed.to_owned())
    })?;
    if let Some(secret) = answer {
        // What the other side throws back is shown no more than what is saved.
        menu.console.hide_too(|secrets| secrets.add(&secret));
        changes.push((key.section, key.name, Some(secret.into())));
        changes.extend(key.file.map(|file| (key.section, file, None)));
    }
    Ok(())
}

/// Saves the changes together; true where something was saved.
pub fn apply(menu: &mut Menu<'_>, changes: Changes) -> bool {
    let lang = menu.console.lang;
    if changes.is_empty() {
        return false;
    }
    let saved = menu.save(|draft| put(draft, &changes));
    if saved.is_some() {
        menu.console.notice(Style::Good, &say::saved(lang));
    }
    saved.is_some()
}

/// Makes the changes in the file, in their order.
fn put(draft: &mut Draft, changes: &Changes) {
    for (section, key, value) in changes {
        match value {
            Some(value) => draft.set(section, key, value),
            None => draft.unset(section, key),
        }
    }
}

/// The file with the changes made, which nothing has saved yet.
///
/// # Errors
/// Where it can't be read.
pub fn look_with(menu: &Menu<'_>, changes: &Changes) -> Result<Look, Error> {
    store::look_with(menu.call.config, menu.call.env, |draft| put(draft, changes))
}

/// What would hold with them.
pub fn holds_with(menu: &Menu<'_>, changes: &Changes) -> Config {
    look_with(menu, changes).map_or_else(|_| menu.holds(), |look| look.holds)
}

/// The file's JSON with them, for showing what is set.
pub fn file_with(menu: &Menu<'_>, changes: &Changes) -> Value {
    let mut file = menu.file();
    for (section, key, value) in changes {
        file[section][key] = value.clone().unwrap_or_default();
    }
    file
}
