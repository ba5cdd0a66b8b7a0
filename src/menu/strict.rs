//! A typed value, held against the strict reader before anything is saved: the same
//! sentence for the same mistake, in the menu as in a run.

use std::path::Path;

use serde_json::{Map, Value};

use crate::config::{self, Env, Kind, Problem};
use crate::lang::{Lang, config as words, menu as menu_words};
use crate::net::tls;
use crate::store;

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
    /// What would be wrong with these keys of a section. What the environment brings goes
    /// before the file, so it is left out: what is typed has to be right by itself.
    pub fn section(self, section: &str, values: &Keys, keys: &[&str]) -> Result<(), String> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let values = Value::Object(values.clone());
        let found = config::check_section(section, &values, &Env::default(), folder);
        self.verdict(&found, section, keys)
    }

    /// What would be wrong with a file of certificates at this path.
    pub fn ca_file(self, typed: &str) -> Result<(), String> {
        let path = store::resolve(self.path).unwrap_or_else(|_| self.path.to_owned());
        let folder = path.parent().unwrap_or(Path::new("."));
        let read = tls::read_ca_file(&folder.join(typed));
        read.map(drop).map_err(|error| error.text(self.lang))
    }

    /// What would be wrong with this key of a rule.
    pub fn rule(self, rule: &Keys, key: &str) -> Result<(), String> {
        self.verdict(&wrong_in(rule), "rule", &[key])
    }

    /// All that is wrong with a rule.
    pub fn whole_rule(self, rule: &Keys) -> Vec<String> {
        wrong_in(rule)
            .iter()
            .filter_map(|problem| {
                let key = problem.path.strip_prefix("rule.")?;
                Some(words::at(self.lang, key, problem.sentence(self.lang)))
            })
            .collect()
    }

    fn verdict(self, found: &[Problem], place: &str, keys: &[&str]) -> Result<(), String> {
        let asked = |problem: &&Problem| {
            let path = problem.path.strip_prefix(place);
            let key = path.and_then(|path| path.strip_prefix('.'));
            key.is_some_and(|key| keys.contains(&key))
        };
        match found.iter().find(asked) {
            Some(problem) => Err(problem.sentence(self.lang)),
            None => Ok(()),
        }
    }
}

fn wrong_in(rule: &Keys) -> Vec<Problem> {
    let rule = Value::Object(rule.clone()).to_string();
    config::check_whole_rule(&rule, "rule").err().unwrap_or_default()
}

/// What was typed, as it stands in the file. What is none of its kind stays text, and the
/// strict reader says what is wrong with it.
pub fn typed_value(kind: &Kind, typed: &str, lang: Lang) -> Result<Value, String> {
    let number = typed.parse::<i64>().map(Value::from);
    if matches!(kind, Kind::Commas | Kind::List) && typed.starts_with('[') {
        let list: Result<Vec<Value>, _> = serde_json::from_str(typed);
        return list.map(Value::from).map_err(|_| words::open_list(lang, typed));
    }
    Ok(match kind {
        Kind::Number(_) => number.map_err(|_| menu_words::want_number(lang))?,
        Kind::Commas => number.unwrap_or_else(|_| typed.into()),
        Kind::List => {
            let parts = typed.split([',', '，', '、', ';', '；']).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(Value::from).collect()
        }
        Kind::Object | Kind::Objects => {
            serde_json::from_str(typed).unwrap_or_else(|_| typed.into())
        }
        _ => typed.into(),
    })
}
