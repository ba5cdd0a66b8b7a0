//! A rule on one screen, to be looked over and changed before it is saved.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields::{self, Field};
use super::list;
use super::strict::Keys;
use super::trying::try_it;
use crate::commands::rules::sentence;
use crate::lang::{Lang, menu as say, menu_rules as words};
use crate::screen::columns::{pad, width};

/// The rule as the user wants it saved; `Stop::Back` where he does not.
pub fn form(menu: &mut Menu<'_>, title: &str, mut rule: Keys) -> Result<Keys, Stop> {
    loop {
        menu.console.screen(title);
        tell(menu, &rule);
        let all = fields::of(&rule);
        show(menu, &all, &rule);
        let further = fields::further(&rule);
        let most = all.len() + usize::from(!further.is_empty());
        more_row(menu, most, &further);
        let lang = menu.console.lang;
        let help = words::help_form(lang);
        let chosen = menu.console.choice(&say::prompt(lang, words::form_choice(lang)), &help)?;
        let number = chosen.parse::<usize>();
        match (chosen.as_str(), number) {
            ("", _) => match problems(menu, &rule).first() {
                None => return Ok(rule),
                Some(problem) => not_so(menu, problem)?,
            },
            ("0" | "-1" | "<", _) => return Err(Stop::Back),
            ("t" | "T", _) => match problems(menu, &rule).first() {
                None => try_it(menu, &rule)?,
                Some(problem) => not_so(menu, problem)?,
            },
            (_, Ok(number)) if number <= most => {
                menu.console.fine();
                match all.get(number - 1) {
                    Some(field) => change(menu, field, &mut rule)?,
                    None => change_further(menu, &further, &mut rule)?,
                }
            }
            _ => not_so(menu, &say::want_choice(lang, most))?,
        }
    }
}

fn not_so(menu: &mut Menu<'_>, wrong: &str) -> Result<(), Stop> {
    match menu.console.person() {
        true => menu.console.notice(Style::Bad, wrong),
        false => menu.console.wrong(wrong)?,
    }
    Ok(())
}

/// What the rule does, in a sentence, or all that is wrong with it.
pub fn tell(menu: &Menu<'_>, rule: &Keys) {
    let problems = problems(menu, rule);
    if problems.is_empty() {
        let told = sentence(&Value::Object(rule.clone()), menu.console.lang);
        menu.console.show(Style::Plain, &told);
    }
    for problem in problems {
        menu.console.show(Style::Bad, &problem);
    }
    menu.console.show(Style::Plain, "");
}

/// A new rule has no id until it is saved.
fn problems(menu: &Menu<'_>, rule: &Keys) -> Vec<String> {
    let mut rule = rule.clone();
    rule.entry("id").or_insert(0.into());
    menu.reader().whole_rule(&rule)
}

/// Names what else there is to ask for, as far as the line has room.
fn more_row(menu: &Menu<'_>, number: usize, further: &[&Field]) {
    let lang = menu.console.lang;
    if !further.is_empty() {
        let labels: Vec<String> = further.iter().map(|field| (field.label)(lang)).collect();
        let text = words::further_keys(lang, labels.join(&words::comma(lang)));
        menu.console.row(Style::Faint, &format!("{number:>3}  {text}"));
    }
}

/// Asks which of them, and for its value.
fn change_further(menu: &mut Menu<'_>, further: &[&Field], rule: &mut Keys) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let rows = further.iter().zip(1..);
    let rows: Vec<String> =
        rows.map(|(field, number)| format!("{number:>3}  {}", (field.label)(lang))).collect();
    let title = words::further(lang);
    match list::choose(menu, &title, "", &rows, &say::choice(lang)) {
        Err(Stop::Back) => Ok(()),
        Err(leave) => Err(leave),
        Ok(typed) => {
            let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            match number.and_then(|at| further.get(at)) {
                Some(field) => change(menu, field, rule),
                None => not_so(menu, &say::want_choice(lang, further.len())),
            }
        }
    }
}

/// Asks for one field anew; who goes back there comes back to the form.
fn change(menu: &mut Menu<'_>, field: &Field, rule: &mut Keys) -> Result<(), Stop> {
    menu.console.show(Style::Plain, "");
    let before = rule.clone();
    let changed = menu.in_turn(|menu| {
        let mut rule = before.clone();
        field.ask(menu, &mut rule).map(|()| rule)
    });
    match changed {
        Ok(changed) => *rule = changed,
        Err(Stop::Back) => {}
        Err(leave) => return Err(leave),
    }
    Ok(())
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
    let kind = kind(rule, lang);
    match rule.get("id") {
        Some(id) => words::rule_title(lang, kind, fields::plain(id)),
        None => words::new_rule(lang, kind),
    }
}

/// What kind of rule it is, in words.
pub fn kind(rule: &Keys, lang: Lang) -> String {
    match rule.get("type").and_then(Value::as_str) {
        Some("traffic") => words::traffic_rule(lang),
        Some("workload") => words::workload_rule(lang),
        _ => words::event_rule(lang),
    }
}
