//! The file for those who only look at it. No lock, nothing written, and an invalid
//! file is shown as far as it can be read.

use std::path::Path;

use serde_json::Value;

use super::error::Error;
use super::file::refuse_newer;
use super::load::{document, read_text, unmarked};
use super::locate::resolve;
use super::owner::assert_no_stranger;
use super::state;
use crate::config::{self, Config, Document, Env, Problem, Surroundings, secrets_in};
use crate::lang::Lang;
use crate::net::secret::Secrets;
use crate::system::users;

/// The file as it stands.
#[derive(Debug)]
pub struct Look {
    /// The rules, word for word, the user's own keys too.
    pub rules: Vec<Value>,
    /// The pauses in the same way.
    pub pauses: Vec<Value>,
    /// What holds, as far as the file can be read: a key that is missing or wrong has
    /// its default.
    pub holds: Config,
    /// What is wrong with the file; empty for a valid one.
    pub problems: Vec<Problem>,
}

/// Reads the file at `path`. Fails where it can't be read or is no JSON object, and
/// for a newer version's state.
pub fn look(path: &Path, env: &Env) -> Result<Look, Error> {
    let path = resolve(path)?;
    let text = read_text(&path)?;
    look_at(&path, &text, env)
}

/// The same of `text`, which would stand there.
pub(super) fn look_at(path: &Path, text: &str, env: &Env) -> Result<Look, Error> {
    let document = document(path, text)?;
    let head = state::head(document.state);
    refuse_newer(path, &head)?;
    let around = Surroundings {
        env,
        folder: path.parent().unwrap_or(Path::new("")),
        remembered: head.language(),
    };
    let (holds, problems, _) = config::what_holds(&document, &around);
    Ok(Look { rules: list(text, "rules"), pauses: list(text, "pauses"), holds, problems })
}

/// What holds by the file at `path`; the defaults where there is none that can be read.
pub fn what_holds(path: &Path, env: &Env) -> Config {
    let nothing = || {
        let folder = path.parent().unwrap_or(Path::new(""));
        let around = Surroundings { env, folder, remembered: None };
        let document = Document { sections: Vec::new(), state: None };
        config::what_holds(&document, &around).0
    };
    look(path, env).map_or_else(|_| nothing(), |look| look.holds)
}

/// The language of what a command shows, by the file at `path` as it stands; see
/// [`Env::screen_language`]. `asked` is what the command line asks for.
pub fn screen_language(path: &Path, env: &Env, asked: Option<Lang>) -> Lang {
    let written = look(path, env).ok().map(|look| look.holds.settings.language);
    env.screen_language(asked, written)
}

/// Every secret that the file at `path` names or holds, however much is wrong with the
/// rest of it; none where it is no JSON, and none where root does not act on it: what
/// others may have put there names files that they can't read.
pub fn secrets(path: &Path, env: &Env) -> Secrets {
    let read = |target: &Path| {
        if users::effective() == 0 {
            assert_no_stranger(path, target)?;
        }
        let text = read_text(target)?;
        let folder = target.parent().unwrap_or(Path::new(""));
        Ok::<_, Error>(secrets_in(&document(target, &text)?, env, folder))
    };
    resolve(path).and_then(|target| read(&target)).unwrap_or_default()
}

fn list(text: &str, section: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(unmarked(text)).unwrap_or_default();
    file[section].as_array().cloned().unwrap_or_default()
}
