//! A typed value, held against the strict reader before anything is saved: the same
//! sentence for the same mistake, in the menu as in a run.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::lang::{Lang, config as words};
use crate::store::{self, Env, Error, Problem};
use crate::tls;

/// A section or a rule while its keys are asked for.
pub type Keys = Map<String, Value>;

/// What reads strictly: the config file's place, and the language of its sentences.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The config file; what it names by a relative path starts at its folder.
    pub path: &'a Path,
    /// The user's.
    pub lang: Lang,
}

impl Reader<'_> {
    /// What would be wrong with these keys of a section.
    pub fn section(self, section: &str, values: &Keys, keys: &[&str]) -> Result<(), String> {
        self.verdict(&json!({ section: values }), section, keys)
    }

    /// What would be wrong with a file of certificates at this path.
    pub fn ca_file(self, typed: &str) -> Result<(), String> {
        let path = store::resolve(self.path).unwrap_or_else(|_| self.path.to_owned());
        let folder = path.parent().unwrap_or(Path::new("."));
        let read = tls::read_ca_file(&folder.join(typed));
        read.map(drop).map_err(|error| error.text(self.lang))
    }

    /// What would be wrong with these keys of a rule.
    pub fn rule(self, rule: &Keys, keys: &[&str]) -> Result<(), String> {
        self.verdict(&json!({ "rules": [rule] }), "rules[0]", keys)
    }

    /// All that is wrong with a rule.
    pub fn whole_rule(self, rule: &Keys) -> Vec<String> {
        self.problems(&json!({ "rules": [rule] }))
            .iter()
            .filter_map(|problem| {
                let key = problem.path.strip_prefix("rules[0].")?;
                Some(words::at(self.lang, key, problem.sentence(self.lang)))
            })
            .collect()
    }

    /// What the environment brings goes before the file, so it is left out: what is
    /// typed has to be right by itself.
    fn problems(self, config: &Value) -> Vec<Problem> {
        match store::read_config(self.path, &config.to_string(), &Env::default()) {
            Err(Error::Invalid { problems, .. }) => problems,
            _ => Vec::new(),
        }
    }

    fn verdict(self, config: &Value, place: &str, keys: &[&str]) -> Result<(), String> {
        let asked = |problem: &&Problem| {
            let path = problem.path.strip_prefix(place);
            let key = path.and_then(|path| path.strip_prefix('.'));
            key.is_some_and(|key| keys.contains(&key))
        };
        match self.problems(config).iter().find(asked) {
            Some(problem) => Err(problem.sentence(self.lang)),
            None => Ok(()),
        }
    }
}
