//! Pieces of a config on their own, as a person gives them before they are in a file.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::env::Env;
use super::node::{Document, Node, doubles, find};
use super::problem::{Problem, Problems, shown};
use super::rule;
use super::sections::{self, Surroundings};
use crate::rules::Rule;

/// Reads one rule's JSON as strictly as the file's, but for its id, which may be
/// missing. The problems name its keys behind `path`.
pub fn check_rule(json: &str, path: &str) -> Result<Rule, Vec<Problem>> {
    checked(&with_id(json), path, false)
}

/// The same of a rule that is new: what is worth a remark in one that was always there
/// is a mistake in it.
pub fn check_new_rule(json: &str, path: &str) -> Result<Rule, Vec<Problem>> {
    checked(&with_id(json), path, true)
}

/// The same as strictly as the file's.
pub fn check_whole_rule(json: &str, path: &str) -> Result<Rule, Vec<Problem>> {
    checked(&serde_json::from_str(json).unwrap_or(Node::Null), path, false)
}

/// The place of a key that stands twice, behind `path`, wherever it is.
pub fn doubled_key(json: &str, path: &str) -> Option<String> {
    doubled(&serde_json::from_str(json).ok()?, path)
}

fn doubled(node: &Node, path: &str) -> Option<String> {
    match node {
        Node::Object(keys) => {
            let twice = doubles(keys).next().map(|key| format!("{path}.{}", shown(key)));
            let mut within =
                keys.iter().map(|(key, node)| (format!("{path}.{}", shown(key)), node));
            twice.or_else(|| within.find_map(|(path, node)| doubled(node, &path)))
        }
        Node::List(list) => {
            let mut each = list.iter().enumerate();
            each.find_map(|(at, node)| doubled(node, &format!("{path}[{at}]")))
        }
        _ => None,
    }
}

fn with_id(json: &str) -> Node {
    let mut node = serde_json::from_str(json).unwrap_or(Node::Null);
    if let Node::Object(keys) = &mut node
        && find(keys, "id").is_none_or(|id| matches!(id, Node::Null))
    {
        keys.retain(|(key, _)| key != "id");
        keys.push(("id".to_owned(), Node::Number(0.into())));
    }
    node
}

/// `is_new`: what is worth a remark counts, too.
fn checked(rule: &Node, path: &str, is_new: bool) -> Result<Rule, Vec<Problem>> {
    let problems = Problems::default();
    let read = rule::read(rule, path, &problems, is_new.then_some(&problems));
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
    let around = Surroundings { env, folder, remembered: None };
    let mut found = sections::read(&document, &around).err().unwrap_or_default().0;
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
