//! A new rule on how workloads are: in which state, which of them, from how many on.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields::{self, LEVEL, NAME, WORKLOAD};
use super::strict::Keys;
use super::traffic_rule::save_new;
use crate::config::check_rule;
use crate::lang::{Lang, menu_rules as say};
use crate::rules::{Filter, describe};

/// Asks for the rule and saves it.
pub fn add(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let rule = menu.in_turn(ask)?;
    save_new(menu, rule)
}

fn ask(menu: &mut Menu<'_>) -> Result<Keys, Stop> {
    let lang = menu.console.lang;
    menu.console.screen(&say::new_rule(lang, say::workload_rule(lang)));
    menu.console.show(Style::Faint, &say::how_to_answer(lang));
    let mut rule = Keys::new();
    rule.insert("type".to_owned(), "workload".into());
    for field in &WORKLOAD {
        field.ask(menu, &mut rule)?;
    }
    LEVEL.ask(menu, &mut rule)?;
    rule.insert("name".to_owned(), default_name(&rule, lang).into());
    NAME.ask(menu, &mut rule)?;
    Ok(rule)
}

/// The states, in words.
fn default_name(rule: &Keys, lang: Lang) -> String {
    let mut whole = rule.clone();
    whole.insert("id".to_owned(), 1.into());
    whole.insert("name".to_owned(), "1".into());
    let checked = check_rule(&Value::Object(whole).to_string(), "rule");
    let states = match checked.map(|rule| rule.filter) {
        Ok(Filter::Workload(filter)) => describe::states(&filter.state, lang),
        _ => rule.get("state").map(fields::plain).unwrap_or_default(),
    };
    say::standing_name(lang, states)
}
