//! Tries a rule on the PCE's last hours, from wherever it is made or changed.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::strict::Keys;
use crate::commands::cli::RulesTry;
use crate::cycle;
use crate::lang::menu as say;

/// Says what the rule would have told of the last 24 hours. Nothing is saved or sent.
pub fn try_it(menu: &mut Menu<'_>, rule: &Keys) -> Result<(), Stop> {
    let lang = menu.console.lang;
    menu.console.show(Style::Faint, &say::asking_pce(lang));
    let rule = Value::Object(rule.clone()).to_string();
    let command =
        RulesTry { hours: None, archive: None, all: false, json: false, rule: Some(rule) };
    let said = cycle::rehearse(&(menu.again)(), &command);
    menu.console.clear_progress();
    for line in &said.lines {
        menu.console.line(Style::Plain, line);
    }
    for problem in &said.problems {
        menu.console.fault(problem);
    }
    menu.console.pause()
}
