//! A new traffic rule: which flows, from how many on, and what it is called.

use serde_json::{Value, json};

use super::Menu;
use super::console::{Stop, Style};
use super::doubts;
use super::fields::{EXCEPT, LEVEL, NAME, TRAFFIC, TRIGGER};
use super::form;
use super::strict::Keys;
use crate::lang::{Lang, menu_rules as say};

/// Asks for the rule and saves it.
pub fn add(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let rule = menu.in_turn(ask)?;
    save_new(menu, rule)
}

fn ask(menu: &mut Menu<'_>) -> Result<Keys, Stop> {
    let lang = menu.console.lang;
    menu.console.screen(&say::new_rule(lang, say::traffic_rule(lang)));
    menu.console.show(Style::Faint, &say::how_to_answer(lang));
    let mut rule = Keys::new();
    rule.insert("type".to_owned(), "traffic".into());
    for field in &TRAFFIC {
        field.ask(menu, &mut rule)?;
    }
    if menu.console.yes(&say::leave_some_out(lang), false)? {
        for field in &EXCEPT {
            field.ask(menu, &mut rule)?;
        }
    }
    rule.insert("threshold_type".to_owned(), "count".into());
    TRIGGER.ask(menu, &mut rule)?;
    LEVEL.ask(menu, &mut rule)?;
    rule.insert("name".to_owned(), default_name(&rule, lang).into());
    NAME.ask(menu, &mut rule)?;
    rule.insert("desc".to_owned(), say::traffic_desc(lang).into());
    rule.insert("rec".to_owned(), say::traffic_rec(lang).into());
    Ok(rule)
}

/// Lets the user look over a new rule, and saves it.
pub fn save_new(menu: &mut Menu<'_>, rule: Keys) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let title = form::title(menu, &rule);
    let rule = form::form(menu, &title, rule)?;
    let name = rule.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let rule = Value::Object(rule);
    if let Some(id) = menu.save(|draft| draft.add_rule(&rule)) {
        menu.console.notice(Style::Good, &say::rule_added(lang, id, name));
        doubts::tell(menu, &rule);
    }
    Ok(())
}

/// What the Python tool called such a rule: the decision, and what narrows it.
fn default_name(rule: &Keys, lang: Lang) -> String {
    let any = json!(-1);
    let mut name = match rule.get("pd").unwrap_or(&any).as_i64() {
        Some(0) => say::name_allowed(lang),
        Some(1) => say::name_potential(lang),
        Some(2) => say::name_blocked(lang),
        Some(3) => say::name_unknown(lang),
        _ => say::name_any(lang),
    };
    // The decision is told already.
    for field in TRAFFIC.iter().skip(1) {
        if let Some(value) = rule.get(field.key) {
            let value = super::fields::plain(value);
            name.push_str(&say::name_part(lang, (field.label)(lang), value));
        }
    }
    name
}
