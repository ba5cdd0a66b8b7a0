//! `list`, `show` and `describe`: they read the file, and write nothing.

use serde_json::{Value, json};

use super::{Call, Code, Refusal, Said, id_of, ids, name_of};
use crate::commands::history::LastAlerted;
use crate::commands::learning::{learning, line};
use crate::config::{check_rule, place_of_key};
use crate::lang::{Lang, history, menu_rules as menu_words, rules as words};
use crate::rules::{Level, describe};
use crate::screen::columns::wrap;
use crate::screen::table::{table, table_that_gives};
use crate::store::{self, Look, StateUse};

/// The key by which a list tells when a rule last alerted; no key of the file.
pub(super) const LAST_ALERTED: &str = "_last_alerted";

/// All rules in a table.
pub fn list(call: &Call<'_>, lang: Lang, as_json: bool) -> Result<Said, Refusal> {
    let look = look(call)?;
    let lines = match (as_json, look.rules.is_empty()) {
        (true, _) => {
            let told = LastAlerted::read(call);
            let rules = look.rules.iter().cloned().map(|rule| with_last_alerted(rule, &told));
            vec![Value::from_iter(rules).to_string()]
        }
        (false, true) => vec![words::none(lang)],
        (false, false) => {
            let told = LastAlerted::read(call);
            let table = rows(&look.rules, &told, lang, call.screen.width);
            table.into_iter().chain(learners(call, lang)).collect()
        }
    };
    Ok(said(lines, &look, lang))
}

/// The rule with when it last told something. The key is one of the user's: what `list`
/// prints can be added again.
fn with_last_alerted(mut rule: Value, told: &LastAlerted) -> Value {
    let at = id_of(&rule).and_then(|id| told.utc(id));
    if let (Some(at), Some(keys)) = (at, rule.as_object_mut()) {
        keys.insert(LAST_ALERTED.to_owned(), at.into());
    }
    rule
}

/// The rules that learn, a line each; where the file can't be read, who lists them has
/// told so.
fn learners(call: &Call<'_>, lang: Lang) -> Vec<String> {
    let Ok(opened) = store::open(call.config, call.env, StateUse::Keep) else {
        return Vec::new();
    };
    learning(&opened, call.now).iter().map(|rule| line(rule, lang)).collect()
}

/// Some rules with all their keys.
pub fn show(
    call: &Call<'_>,
    lang: Lang,
    arguments: &[String],
    as_json: bool,
) -> Result<Said, Refusal> {
    let look = look(call)?;
    let places = ids::places(&look.rules, arguments, lang)?;
    let rules: Vec<&Value> = places.iter().filter_map(|at| look.rules.get(*at)).collect();
    let lines = match (as_json, rules.as_slice()) {
        (true, [one]) if ids::is_one(arguments) => vec![one.to_string()],
        (true, rules) => vec![Value::from_iter(rules.iter().copied().cloned()).to_string()],
        (false, rules) => {
            let cards: Vec<Vec<String>> = rules.iter().map(|rule| card(rule)).collect();
            cards.join(&String::new())
        }
    };
    Ok(said(lines, &look, lang))
}

/// Some rules, or all, each as one sentence below its id and name.
pub fn describe(
    call: &Call<'_>,
    lang: Lang,
    arguments: &[String],
    as_json: bool,
) -> Result<Said, Refusal> {
    let look = look(call)?;
    let is_all = matches!(arguments, []) || matches!(arguments, [all] if all == "all");
    let places = match is_all {
        true => (0..look.rules.len()).collect(),
        false => ids::places(&look.rules, arguments, lang)?,
    };
    let told = places.iter().filter_map(|at| look.rules.get(*at));
    let told: Vec<(&Value, String)> = told.map(|rule| (rule, sentence(rule, lang))).collect();
    let lines = match (as_json, told.is_empty()) {
        (true, _) => {
            let one = |(rule, sentence): &(&Value, String)| json!({"id": rule["id"], "name": rule["name"], "sentence": sentence});
            vec![Value::from_iter(told.iter().map(one)).to_string()]
        }
        (false, true) => vec![words::none(lang)],
        (false, false) => {
            let one = |(rule, sentence): &(&Value, String)| {
                let head = format!("{}  {}", rule["id"], name_of(rule));
                let sentence = format!("    {sentence}");
                let wrapped = match call.screen.width {
                    Some(width) => wrap(&sentence, width, 4),
                    None => vec![sentence],
                };
                [vec![head], wrapped].concat()
            };
            told.iter().flat_map(one).collect()
        }
    };
    Ok(said(lines, &look, lang))
}

/// What a rule does; that it is not valid, where it is not.
pub fn sentence(rule: &Value, lang: Lang) -> String {
    let checked = check_rule(&rule.to_string(), "rule");
    checked.map_or_else(|_| words::invalid(lang), |rule| describe::sentence(&rule, lang))
}

/// The rules as a table of `width` columns; when each last alerted, where one did. That is
/// never cut: half a time tells nothing.
pub fn rows(rules: &[Value], told: &LastAlerted, lang: Lang, width: Option<usize>) -> Vec<String> {
    let mut headings = vec![
        words::col_id(lang),
        words::col_on(lang),
        words::col_level(lang),
        words::col_name(lang),
        words::col_alerts(lang),
        words::col_matches(lang),
    ];
    let mut rows: Vec<Vec<String>> = rules.iter().map(|rule| row(rule, lang)).collect();
    if told.is_empty() {
        return table(&headings, &rows, width);
    }
    let place = headings.len() - 1;
    headings.insert(place, history::col_last_alerted(lang));
    for (row, rule) in rows.iter_mut().zip(rules) {
        let at = id_of(rule).map(|id| match width {
            Some(_) => told.short(id),
            None => told.local(id),
        });
        row.insert(place, at.unwrap_or_default());
    }
    table_that_gives(&headings, &rows, width, |at| at != place)
}

fn row(rule: &Value, lang: Lang) -> Vec<String> {
    let id = id_of(rule).map_or_else(|| rule["id"].to_string(), |id| id.to_string());
    let Ok(checked) = check_rule(&rule.to_string(), "rule") else {
        let empty = String::new();
        let name = name_of(rule).to_owned();
        return vec![id, empty.clone(), empty.clone(), name, empty, words::invalid(lang)];
    };
    let on = match checked.enabled {
        true => words::on(lang),
        false => words::off(lang),
    };
    vec![
        id,
        on,
        level(checked.level, lang),
        checked.name.clone(),
        describe::alerts(&checked, lang),
        describe::matches(&checked, lang),
    ]
}

/// As the menu and the mails call it.
fn level(level: Level, lang: Lang) -> String {
    match level {
        Level::Critical => menu_words::critical(lang),
        Level::Warning => menu_words::warning(lang),
        Level::Info => menu_words::info(lang),
    }
}

/// `key  value`, in the order in which the program writes them.
fn card(rule: &Value) -> Vec<String> {
    let mut keys: Vec<(&String, &Value)> = rule.as_object().into_iter().flatten().collect();
    keys.sort_by_key(|(key, _)| place_of_key(key));
    let rows: Vec<Vec<String>> = keys
        .into_iter()
        .map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            vec![key.clone(), text]
        })
        .collect();
    table(&[], &rows, None).into_iter().skip(1).collect()
}

fn look(call: &Call<'_>) -> Result<Look, Refusal> {
    store::look(call.config, call.env).map_err(Refusal::File)
}

/// The file's problems are told beside what could be read.
fn said(lines: Vec<String>, look: &Look, lang: Lang) -> Said {
    Said {
        lines,
        problems: look.problems.iter().map(|problem| problem.text(lang)).collect(),
        exit: match look.problems.is_empty() {
            true => 0,
            false => Code::Config.exit(),
        },
        ..Said::default()
    }
}
