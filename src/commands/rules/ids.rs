//! `12`, `1,3-5`: which rules are meant.

use std::str::FromStr;

use serde_json::Value;

use super::{Refusal, id_of};
use crate::commands::typed;
use crate::lang::{Lang, rules as words};

/// The places of the rules with these ids, in the file's order, each once. Ids that
/// no rule has are told; within a range they may be missing.
pub fn places(rules: &[Value], arguments: &[String], lang: Lang) -> Result<Vec<usize>, Refusal> {
    let ranges = ranges(arguments, lang)?;
    for (from, to) in &ranges {
        let known = |rule: &Value| id_of(rule).is_some_and(|id| (*from..=*to).contains(&id));
        if !rules.iter().any(known) {
            let id = match from == to {
                true => from.to_string(),
                false => format!("{from}-{to}"),
            };
            return Err(Refusal::usage(words::no_such_rule(lang, id)));
        }
    }
    let meant = |rule: &Value| {
        id_of(rule).is_some_and(|id| ranges.iter().any(|(from, to)| (*from..=*to).contains(&id)))
    };
    let places = rules.iter().enumerate().filter(|(_, rule)| meant(rule));
    Ok(places.map(|(at, _)| at).collect())
}

/// True where one rule alone is named, and not a list or a range.
pub fn is_one(arguments: &[String]) -> bool {
    matches!(arguments, [one] if one.trim().parse::<i64>().is_ok())
}

fn ranges(arguments: &[String], lang: Lang) -> Result<Vec<(i64, i64)>, Refusal> {
    let arguments: Vec<_> = arguments.iter().map(|argument| typed::narrow(argument)).collect();
    let parts = arguments.iter().flat_map(|argument| argument.split([',', '、', ';']));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    let ranges: Vec<(i64, i64)> = parts
        .map(|part| range(part).ok_or_else(|| Refusal::usage(words::bad_ids(lang, part))))
        .collect::<Result<_, _>>()?;
    match ranges.is_empty() {
        true => Err(Refusal::usage(words::no_ids(lang))),
        false => Ok(ranges),
    }
}

/// `3`, `3-5`: the first and the last.
pub fn range<N: FromStr + Copy + PartialOrd>(part: &str) -> Option<(N, N)> {
    if let Ok(number) = part.trim().parse() {
        return Some((number, number));
    }
    let (from, to) = part.split_once('-')?;
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to).then_some((from, to))
}
