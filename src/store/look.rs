//! The file for those who only look at it, and pieces of it on their own. No lock,
//! nothing written, and an invalid file is shown as far as it can be read.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::config::{self, Place};
use super::credential::secrets_in;
use super::env::Env;
use super::error::Error;
use super::file::refuse_newer;
use super::load::{document, read_text, unmarked};
use super::locate::resolve;
use super::node::{Document, Node, find};
use super::owner::assert_no_stranger;
use super::problem::{Problem, Problems};
use super::{Config, rule, state};
use crate::lang::Lang;
use crate::net::secret::Secrets;
use crate::rules::Rule;
use crate::system::users;

/// The file as it stands.
#[derive(Debug)]
pub struct Look {
    /// The rules, word for word, the user's own keys too.
    pub rules: Vec<Value>,
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
    let document = document(&path, &text)?;
    let head = state::head(document.state);
    refuse_newer(&path, &head)?;
    let place =
        Place { env, folder: path.parent().unwrap_or(Path::new("")), remembered: head.language() };
    let (holds, problems, _) = config::what_holds(&document, &place);
    Ok(Look { rules: rules(&text), holds, problems })
}

/// What holds by the file at `path`; the defaults where there is none that can be read.
pub fn what_holds(path: &Path, env: &Env) -> Config {
    let nothing = || {
        let folder = path.parent().unwrap_or(Path::new(""));
        let place = Place { env, folder, remembered: None };
        let document = Document { sections: Vec::new(), state: None };
        config::what_holds(&document, &place).0
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

/// Reads one rule's JSON as strictly as the file's, but for its id, which may be
/// missing. The problems name its keys behind `path`.
pub fn check_rule(json: &str, path: &str) -> Result<Rule, Vec<Problem>> {
    let mut node = serde_json::from_str(json).unwrap_or(Node::Null);
    if let Node::Object(keys) = &mut node
        && find(keys, "id").is_none_or(|id| matches!(id, Node::Null))
    {
        keys.retain(|(key, _)| key != "id");
        keys.push(("id".to_owned(), Node::Number(0.into())));
    }
    checked(&node, path)
}

/// The same as strictly as the file's.
pub fn check_whole_rule(json: &str, path: &str) -> Result<Rule, Vec<Problem>> {
    checked(&serde_json::from_str(json).unwrap_or(Node::Null), path)
}

fn checked(rule: &Node, path: &str) -> Result<Rule, Vec<Problem>> {
    let problems = Problems::default();
    let read = rule::read(rule, path, &problems);
    let (found, _) = problems.done();
    read.filter(|_| found.is_empty()).ok_or(found)
}

/// What is wrong with some keys of a section, as if nothing else stood in the file;
/// keys that are missing aside. `folder` is the file's, for the files it names.
pub fn check_section(section: &str, keys: &Value, env: &Env, folder: &Path) -> Vec<Problem> {
    let Ok(node) = Node::deserialize(keys) else {
        return Vec::new();
    };
    let document = Document { sections: vec![(section.to_owned(), node)], state: None };
    let place = Place { env, folder, remembered: None };
    let mut found = config::read(&document, &place).err().unwrap_or_default().0;
    let given = |problem: &Problem| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(|(key, _)| format!("{section}.{key}"))
            .any(|path| problem.path == path || problem.path.starts_with(&format!("{path}[")))
    };
    // What a log-in asks of `smtp.tls` is told there, given or not.
    let beside = |problem: &Problem| problem.path == "smtp.tls";
    found.retain(|problem| given(problem) || beside(problem));
    found
}

fn rules(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(unmarked(text)).unwrap_or_default();
    file["rules"].as_array().cloned().unwrap_or_default()
}
