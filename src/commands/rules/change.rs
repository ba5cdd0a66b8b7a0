//! `add`, `set`, `enable`, `disable`, `remove`: each one edit of the file.

use serde_json::{Value, json};

use super::{Call, Changed, Refusal, Said, edit, id_of, ids, input, name_of};
use crate::commands::cli;
use crate::commands::doubts::of_changed;
use crate::lang::{Lang, config as config_words, rules as words};
use crate::store::Draft;

/// Adds one rule, or several at once: all or none.
pub fn add(call: &Call<'_>, lang: Lang, command: &cli::RulesAdd) -> Result<Said, Refusal> {
    let given = input::rules(call, command.source.as_deref(), words::no_input, lang)?;
    let edited = edit(call, (lang, "rules add"), |draft| {
        let ids: Vec<i64> = given.iter().map(|rule| draft.add_rule(rule)).collect();
        Ok((ids, draft.rules()))
    })?;
    let (ids, rules) = &edited.result;
    let added = rules.iter().filter(|rule| id_of(rule).is_some_and(|id| ids.contains(&id)));
    let rules: Vec<Value> = added.cloned().collect();
    let done = Changed {
        lines: rules.iter().map(|rule| told(words::added, rule, lang)).collect(),
        more: json!({"added": ids}),
        doubts: of_changed(call, &rules, lang),
        rules,
    };
    Ok(done.said(edited, lang, command.json))
}

/// Sets keys of one rule, or of several alike.
pub fn set(call: &Call<'_>, lang: Lang, command: &cli::RulesSet) -> Result<Said, Refusal> {
    let pairs: Vec<(String, Option<Value>)> = command
        .pairs
        .iter()
        .map(|argument| input::pair(argument, lang))
        .collect::<Result<_, _>>()?;
    if pairs.is_empty() {
        return Err(Refusal::usage(words::no_pairs(lang)));
    }
    let twice = pairs
        .iter()
        .enumerate()
        .find(|(at, (key, _))| pairs.iter().take(*at).any(|(before, _)| before == key));
    if let Some((_, (key, _))) = twice {
        let sentence = config_words::at(lang, key, config_words::double_key(lang));
        return Err(Refusal::usage(sentence));
    }
    let arguments = std::slice::from_ref(&command.ids);
    let edited = edit(call, (lang, "rules set"), |draft| {
        each(draft, arguments, lang, |draft, at, rule| {
            for (key, value) in &pairs {
                if value.is_some() || rule.get(key).is_some() {
                    draft.set_in_rule(at, key, value.as_ref());
                }
            }
        })
    })?;
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let lines = edited.changes.iter().map(|change| {
        words::changed(lang, &change.what, shown(&change.before), shown(&change.after))
    });
    let rules = edited.result.clone();
    let doubts = of_changed(call, &rules, lang);
    let done = Changed { lines: lines.collect(), rules, more: Value::Null, doubts };
    Ok(done.said(edited, lang, command.json))
}

/// Turns rules on or off.
pub fn switch(
    call: &Call<'_>,
    lang: Lang,
    (arguments, as_json): (&[String], bool),
    on: bool,
) -> Result<Said, Refusal> {
    let name = if on { "rules enable" } else { "rules disable" };
    let edited = edit(call, (lang, name), |draft| {
        each(draft, arguments, lang, |draft, at, rule| {
            // On is the default, and needs no key.
            if rule["enabled"] != on && !(on && rule["enabled"].is_null()) {
                draft.set_in_rule(at, "enabled", Some(&on.into()));
            }
        })
    })?;
    let sentence: fn(Lang, String, String) -> String = match on {
        true => words::enabled,
        false => words::disabled,
    };
    let done = Changed {
        lines: edited.result.iter().map(|rule| told(sentence, rule, lang)).collect(),
        rules: edited.result.clone(),
        more: Value::Null,
        doubts: Vec::new(),
    };
    Ok(done.said(edited, lang, as_json))
}

/// Removes rules.
pub fn remove(call: &Call<'_>, lang: Lang, command: &cli::RulesRemove) -> Result<Said, Refusal> {
    let edited = edit(call, (lang, "rules remove"), |draft| {
        let rules = draft.rules();
        let places = ids::places(&rules, &command.ids, lang)?;
        places.iter().rev().for_each(|at| draft.remove_rule(*at));
        Ok(places.iter().filter_map(|at| rules.get(*at).cloned()).collect::<Vec<_>>())
    })?;
    let done = Changed {
        lines: edited.result.iter().map(|rule| told(words::removed, rule, lang)).collect(),
        rules: edited.result.clone(),
        more: Value::Null,
        doubts: Vec::new(),
    };
    Ok(done.said(edited, lang, command.json))
}

/// Does something to each of the named rules, and returns them as they are then.
fn each(
    draft: &mut Draft,
    arguments: &[String],
    lang: Lang,
    change: impl Fn(&mut Draft, usize, &Value),
) -> Result<Vec<Value>, Refusal> {
    let rules = draft.rules();
    let places = ids::places(&rules, arguments, lang)?;
    for at in &places {
        if let Some(rule) = rules.get(*at) {
            change(draft, *at, rule);
        }
    }
    let rules = draft.rules();
    Ok(places.iter().filter_map(|at| rules.get(*at).cloned()).collect())
}

fn told(sentence: fn(Lang, String, String) -> String, rule: &Value, lang: Lang) -> String {
    sentence(lang, rule["id"].to_string(), name_of(rule).to_owned())
}
