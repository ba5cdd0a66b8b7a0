//! The JSON that `rules add` is given, and the values of `rules set`.

use serde_json::Value;
use serde_json::value::RawValue;

use super::list::LAST_ALERTED;
use super::{Call, Refusal};
use crate::commands::typed;
use crate::config::{self, Kind};
use crate::lang::{Lang, config as config_words, rules as words};
use crate::store;

/// The rules in an argument (`{…}`, `[…]`), a file, or standard input (`-`, or no
/// argument at all), each checked strictly. `missing` is said where nothing comes.
pub fn rules(
    call: &Call<'_>,
    argument: Option<&str>,
    missing: fn(Lang) -> String,
    lang: Lang,
) -> Result<Vec<Value>, Refusal> {
    let (source, text) = read(call, argument, missing, lang)?;
    let wrong = |problem: &config::Problem| words::told(lang, &source, problem.text(lang));
    let pieces =
        pieces(&text).map_err(|error| Refusal::usage(words::bad_json(lang, &source, error)))?;
    let mut problems = Vec::new();
    for (path, json) in &pieces {
        if let Err(found) = config::check_new_rule(json, path) {
            problems.extend(found.iter().map(wrong));
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::Usage(problems));
    }
    if pieces.is_empty() {
        return Err(Refusal::usage(words::no_rules_in(lang, &source)));
    }
    let parsed = pieces.iter().map(|(_, json)| serde_json::from_str(json));
    let mut rules: Vec<Value> = parsed
        .collect::<Result<_, _>>()
        .map_err(|error| Refusal::usage(words::bad_json(lang, &source, error)))?;
    // A new rule has not alerted yet.
    for keys in rules.iter_mut().filter_map(Value::as_object_mut) {
        keys.retain(|key, _| key != LAST_ALERTED);
    }
    Ok(rules)
}

/// `key=value`: the key, and its value or `None` where it is to go. A value is JSON
/// where it reads as JSON and the key is no text's, else text; full-width signs in it are
/// read as the menu reads them.
pub fn pair(argument: &str, lang: Lang) -> Result<(String, Option<Value>), Refusal> {
    let (key, text) = argument
        .split_once(['=', '＝'])
        .filter(|(key, _)| !key.trim().is_empty())
        .ok_or_else(|| Refusal::usage(words::bad_pair(lang, argument)))?;
    let key = typed::narrow(key);
    let key = key.trim();
    if key == "id" {
        return Err(Refusal::usage(words::id_stays(lang)));
    }
    // A text is one also where it looks like a number.
    let known = config::keys().get("rules", key);
    let is_text = known.is_some_and(|key| key.kind == Kind::Text);
    let text = match known {
        Some(known) => &typed::meant(known, text, None),
        None => text,
    };
    let wrong = |place: &str, sentence| Refusal::usage(config_words::at(lang, place, sentence));
    if let Some(place) = config::doubled_key(text, key).filter(|_| !is_text) {
        return Err(wrong(&place, config_words::double_key(lang)));
    }
    let plain = || Value::from(text);
    let value = match serde_json::from_str::<Value>(text) {
        Ok(Value::String(text)) => Value::from(text),
        Ok(_) if is_text => plain(),
        Ok(Value::Array(list)) if list.is_empty() => {
            return Err(wrong(key, config_words::empty_list(lang)));
        }
        Ok(value) => value,
        Err(_) if !is_text && text.trim_start().starts_with(['[', '{']) => {
            return Err(wrong(key, config_words::open_list(lang, text)));
        }
        Err(_) => plain(),
    };
    let value = Some(value).filter(|value| !text.is_empty() && !value.is_null());
    Ok((key.to_owned(), value))
}

/// What is read, and its name in a sentence.
fn read(
    call: &Call<'_>,
    argument: Option<&str>,
    missing: fn(Lang) -> String,
    lang: Lang,
) -> Result<(String, String), Refusal> {
    let failed = |source: &str, error: std::io::Error| {
        Refusal::usage(words::cannot_read(lang, source, error))
    };
    match argument {
        Some(json) if json.trim_start().starts_with(['{', '[']) => {
            Ok((words::the_argument(lang), json.to_owned()))
        }
        None | Some("-" | "/dev/stdin") => {
            let source = words::standard_input(lang);
            let input = call.screen.input.ok_or_else(|| Refusal::usage(missing(lang)))?;
            let text = input().map_err(|error| failed(&source, error))?;
            match text.trim().is_empty() {
                true => Err(Refusal::usage(missing(lang))),
                false => Ok((source, text)),
            }
        }
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| failed(file, error))?;
            Ok((file.to_owned(), text))
        }
    }
}

/// One rule, or each of a list, with its path in what was given.
fn pieces(text: &str) -> Result<Vec<(String, &str)>, serde_json::Error> {
    let text = store::unmarked(text);
    if text.trim_start().starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(text)?;
        let named = list.into_iter().enumerate();
        return Ok(named.map(|(at, raw)| (format!("rules[{at}]"), raw.get())).collect());
    }
    let one: &RawValue = serde_json::from_str(text)?;
    Ok(vec![("rule".to_owned(), one.get())])
}
