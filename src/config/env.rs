//! The environment. Nothing here reads the process's by itself: it comes in as an [`Env`].

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crate::lang::Lang;

/// Environment variables, as given. An empty one counts as not set.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, OsString>);

/// The names alone: a value may be a secret.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Env {
    /// The process's own.
    pub fn of_process() -> Self {
        let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
        Self(std::env::vars_os().filter_map(named).collect())
    }

    /// These and no others.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let owned = pairs.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value)));
        Self(owned.collect())
    }

    /// A variable that is set, not empty, and text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.to_str()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// A variable that is set and not empty, as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.0.get(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value))
    }

    /// The locale that messages are asked for in, by POSIX's order.
    pub fn locale(&self) -> Option<&str> {
        ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| self.text(name))
    }

    /// The language of what is shown on the screen, of every command: the one that
    /// was asked for with `--lang`; English where the screen can't show Chinese; else
    /// the config's, if there is one, else the locale's.
    pub fn screen_language(&self, asked: Option<Lang>, config: Option<Lang>) -> Lang {
        let by_locale = || self.locale().and_then(Lang::from_tag);
        match asked {
            Some(lang) => lang,
            None if !self.shows_unicode() => Lang::En,
            None => config.or_else(by_locale).unwrap_or_default(),
        }
    }

    /// Whether the screen shows more than ASCII: the locale is one of UTF-8, and the
    /// terminal is not the Linux console, whose font has but a few hundred letters.
    pub fn shows_unicode(&self) -> bool {
        let charset = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| self.text(name))
            .and_then(|locale| locale.split('@').next()?.split_once('.'))
            .map(|(_, charset)| charset.replace('-', "").to_ascii_lowercase());
        charset.as_deref() == Some("utf8") && self.text("TERM") != Some("linux")
    }
}
