//! Where a secret comes from. What is set up for this one run goes before what
//! stands in a file: the environment, the systemd credential, the file that the
//! config names, the config itself.

use std::fs::Metadata;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::env::Env;
use super::exposed::Exposed;
use super::key::Kind;
use super::node::{Document, Node, find};
use super::problem::reason;
use super::sections::Reading;
use super::strict::Section;
use crate::lang::config as words;
use crate::net::secret::{Secret, Secrets};
use crate::pce::connect::PROXY_VARIABLES;
use crate::system::ordinary;

/// No key or password is longer.
const LONGEST: u64 = 64 * 1024;

/// The names of one secret in its four places.
pub(super) struct Places {
    /// `$ILLUMIO_API_SECRET`
    pub variable: &'static str,
    /// In `$CREDENTIALS_DIRECTORY`: `api_secret`.
    pub credential: &'static str,
    /// `secret_file`
    pub file_key: &'static str,
    /// `secret`
    pub key: &'static str,
}

/// The API secret's places.
pub(super) const API_SECRET: Places = Places {
    variable: "ILLUMIO_API_SECRET",
    credential: "api_secret",
    file_key: "secret_file",
    key: "secret",
};

/// The mail password's.
pub(super) const MAIL_PASSWORD: Places = Places {
    variable: "ILLUMIO_SMTP_PASSWORD",
    credential: "smtp_password",
    file_key: "password_file",
    key: "password",
};

/// Every secret that a file names or holds, used or not, with whatever else is wrong in
/// it: what no output may show though it was typed into another key.
pub(crate) fn secrets_in(document: &Document<'_>, env: &Env, folder: &Path) -> Secrets {
    let mut secrets = Secrets::default();
    for (section, login, places) in [("api", "key", API_SECRET), ("smtp", "user", MAIL_PASSWORD)] {
        let text = |key: &str| match document.section(section) {
            Some(Node::Object(entries)) => match find(entries, key) {
                Some(Node::Text(text)) => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        };
        let user = text(login).unwrap_or_default().trim();
        let named = text(places.file_key).map(|path| folder.join(path.trim()));
        let files = named.into_iter().chain(places.credential_path(env));
        let in_files = files.filter_map(|path| read_bounded(&path).ok());
        let in_files = in_files.map(|(text, _)| text.trim_end_matches(['\r', '\n']).to_owned());
        let written = text(places.key).into_iter().chain(env.text(places.variable));
        for secret in written.map(str::to_owned).chain(in_files) {
            secrets.add_login(user, &Secret::new(secret));
        }
        if let Some(url) = text("proxy") {
            secrets.add_url(url);
        }
    }
    for url in PROXY_VARIABLES.iter().filter_map(|name| env.text(name)) {
        secrets.add_url(url);
    }
    secrets.among_our_words()
}

impl Places {
    /// Notes both keys, also where nobody needs the secret.
    pub fn note(&self, section: &Section<'_>) {
        section.note(self.key, || Kind::Text);
        section.note(self.file_key, || Kind::Text);
        section.keeps_secret(self.key, Some(self.file_key));
    }

    /// A secret without which nothing works; where there is none, that is told.
    pub fn require(&self, section: &Section<'_>, reading: &Reading<'_>) -> Secret {
        let told = reading.problems.count();
        self.note(section);
        let secret = self.read(section, reading);
        if secret.is_none() && reading.problems.count() == told {
            section.wrong(self.key, |lang| {
                words::secret_missing(
                    lang,
                    section.path_of(self.key),
                    section.path_of(self.file_key),
                    self.variable,
                    self.credential,
                )
            });
        }
        secret.unwrap_or_default()
    }

    /// The secret from the first of its places that has one; empty text is none.
    /// All keys are read in any case, so that a wrong type in one is told.
    fn read(&self, section: &Section<'_>, reading: &Reading<'_>) -> Option<Secret> {
        let written = section.text(self.key).filter(|text| !text.is_empty());
        let file = section.trimmed(self.file_key);
        let env = reading.around.env;
        let found = if let Some(text) = env.text(self.variable) {
            text.to_owned()
        } else if let Some(path) = self.credential_path(env) {
            self.read_file(&path, section, self.key, reading)?
        } else if let Some(path) = file {
            let path = reading.around.folder.join(path);
            self.read_file(&path, section, self.file_key, reading)?
        } else {
            written?.to_owned()
        };
        if found.chars().any(char::is_control) {
            section.wrong(self.key, words::secret_control);
            return None;
        }
        Some(Secret::new(found)).filter(|secret| !secret.is_empty())
    }

    /// The credential's file, where systemd gave one.
    fn credential_path(&self, env: &Env) -> Option<PathBuf> {
        let path = env.path("CREDENTIALS_DIRECTORY")?.join(self.credential);
        path.exists().then_some(path)
    }

    fn read_file(
        &self,
        path: &Path,
        section: &Section<'_>,
        key: &str,
        reading: &Reading<'_>,
    ) -> Option<String> {
        let name = path.display();
        let (text, about) = match read_bounded(path) {
            Ok(found) => found,
            Err(error) => {
                section
                    .wrong(key, |lang| words::secret_unreadable(lang, &name, reason(&error, lang)));
                return None;
            }
        };
        // A credential's mode is systemd's affair.
        let exposed = (key == self.file_key).then(|| Exposed::of(path, &about));
        if let Some(exposed) = exposed.flatten() {
            reading.remarks.add(&section.path_of(key), |lang| exposed.text(lang));
        }
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            section.wrong(key, |lang| words::secret_empty(lang, &name));
            return None;
        }
        Some(text.to_owned())
    }
}

fn read_bounded(path: &Path) -> std::io::Result<(String, Metadata)> {
    let file = ordinary::open(path)?;
    let about = file.metadata()?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok((text, about))
}

/// The file of certificates that a section names; a relative path starts at the config's
/// folder, so that this can be moved and cron's working directory doesn't matter.
pub(super) fn ca_file(section: &Section<'_>, reading: &Reading<'_>) -> Option<PathBuf> {
    section.ca_file("ca_file").map(|path| reading.around.folder.join(path))
}
