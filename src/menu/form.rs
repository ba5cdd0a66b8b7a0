//! A rule on one screen, to be looked over and changed before it is saved.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields::{self, Field};
use super::strict::Keys;
use crate::lang::{menu as say, menu_rules as words};
use crate::screen::columns::{pad, width};

/// The rule as the user wants it saved; `Stop::Back` where he does not.
pub fn form(menu: &mut Menu<'_>, title: &str, mut rule: Keys) -> Result<Keys, Stop> {
    let all = fields::of(&rule);
    loop {
        menu.console.screen(title);
        show(menu, &all, &rule);
        let lang = menu.console.lang;
        let chosen = menu.console.answer(&say::prompt(lang, words::form_choice(lang)))?;
        let number = chosen.parse::<usize>();
        match (chosen.as_str(), number) {
            ("", _) => return Ok(rule),
            ("0" | "-1", _) => return Err(Stop::Back),
            (_, Ok(number)) if number <= all.len() => {
                menu.console.fine();
                change(menu, all.get(number - 1).copied(), &mut rule)?;
            }
            _ => {
                let wrong = say::want_choice(lang, all.len());
                match menu.console.person() {
                    true => menu.console.notice(Style::Bad, &wrong),
                    false => menu.console.wrong(&wrong)?,
                }
            }
        }
    }
}

/// Asks for one field anew; who goes back there comes back to the form.
fn change(menu: &mut Menu<'_>, field: Option<&Field>, rule: &mut Keys) -> Result<(), Stop> {
    let Some(field) = field else { return Ok(()) };
    menu.console.show(Style::Plain, "");
    match field.ask(menu, rule) {
        Err(Stop::Back) => Ok(()),
        other => other,
    }
}

/// The rule's fields, one line each, numbered.
pub fn show(menu: &Menu<'_>, all: &[&Field], rule: &Keys) {
    let lang = menu.console.lang;
    let labels: Vec<String> = all.iter().map(|field| (field.label)(lang)).collect();
    let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    for (at, (field, label)) in all.iter().zip(&labels).enumerate() {
        let value = field.shown(rule, lang);
        let style = match value.is_empty() {
            true => Style::Faint,
            false => Style::Plain,
        };
        menu.console.row(style, &format!("{:>3}  {}  {value}", at + 1, pad(label, widest)));
    }
}

/// The title of a rule's screen.
pub fn title(menu: &Menu<'_>, rule: &Keys) -> String {
    let lang = menu.console.lang;
    let kind = match rule.get("type").and_then(Value::as_str) {
        Some("traffic") => words::traffic_rule(lang),
        Some("workload") => words::workload_rule(lang),
        _ => words::event_rule(lang),
    };
    match rule.get("id") {
        Some(id) => words::rule_title(lang, kind, fields::plain(id)),
        None => words::new_rule(lang, kind),
    }
}
