//! A new event rule: chosen from the catalogue of the PCE's event types, found by a
//! part of its name or of what it means, or typed freely.

use super::Menu;
use super::console::{Stop, Style};
use super::fields::{LEVEL, NAME, TRIGGER};
use super::list;
use super::strict::Keys;
use super::traffic_rule::save_new;
use crate::lang::{menu as say, menu_rules as words};
use crate::rules::catalogue::{self, Category, EventType};
use crate::screen::table::table;

/// What a rule begins with.
struct Begin {
    filter: String,
    name: String,
    desc: String,
    rec: String,
}

/// Asks for the rule and saves it; who goes back from the first question chooses again.
pub fn add(menu: &mut Menu<'_>) -> Result<(), Stop> {
    loop {
        let begin = which(menu)?;
        match menu.in_turn(|menu| ask(menu, &begin)) {
            Err(Stop::Back) if menu.console.person() => {}
            rule => return save_new(menu, rule?),
        }
    }
}

fn ask(menu: &mut Menu<'_>, begin: &Begin) -> Result<Keys, Stop> {
    let mut rule = Keys::new();
    rule.insert("type".to_owned(), "event".into());
    for (key, text) in [
        ("filter_value", &begin.filter),
        ("name", &begin.name),
        ("desc", &begin.desc),
        ("rec", &begin.rec),
    ] {
        if !text.is_empty() {
            rule.insert(key.to_owned(), text.as_str().into());
        }
    }
    rule.insert("threshold_type".to_owned(), "immediate".into());
    TRIGGER.ask(menu, &mut rule)?;
    LEVEL.ask(menu, &mut rule)?;
    NAME.ask(menu, &mut rule)?;
    Ok(rule)
}

/// Asks for a category, or for what is searched, until an event type is chosen.
fn which(menu: &mut Menu<'_>) -> Result<Begin, Stop> {
    let lang = menu.console.lang;
    loop {
        menu.console.screen(&words::new_rule(lang, words::event_rule(lang)));
        menu.console.show(Style::Faint, &words::how_to_find(lang));
        row(menu, 1, &words::recommended(lang), recommended().len());
        for (at, category) in Category::ALL.iter().enumerate() {
            let count = of(*category).len();
            row(menu, at + 2, category.name(lang), count);
        }
        menu.console.row(Style::Plain, &format!("  0  {}", say::back(lang)));
        let prompt = say::prompt(lang, words::find_choice(lang));
        let typed = menu.console.choice(&prompt, &words::how_to_find(lang))?;
        let found = match typed.as_str() {
            "" | "0" | "-1" | "<" => return Err(Stop::Back),
            typed => found(menu, typed),
        };
        match found {
            Ok(Some(begin)) => return Ok(begin),
            Ok(None) | Err(Stop::Back) => {}
            Err(leave) => return Err(leave),
        }
    }
}

fn row(menu: &Menu<'_>, number: usize, name: &str, count: usize) {
    let text = words::group(menu.console.lang, name, count);
    let text = format!("  {number}  {text}");
    menu.console.row(Style::Plain, &text);
}

fn recommended() -> Vec<&'static EventType> {
    let all = catalogue::all().iter();
    all.filter(|one| one.recommended).collect()
}

fn of(category: Category) -> Vec<&'static EventType> {
    let all = catalogue::all().iter();
    all.filter(|one| one.category == category).collect()
}

/// What a number or a word at the first question leads to; `None`: nothing, which
/// was told.
fn found(menu: &mut Menu<'_>, typed: &str) -> Result<Option<Begin>, Stop> {
    let lang = menu.console.lang;
    if let Ok(number) = typed.parse::<usize>() {
        let (types, title) = match number.checked_sub(2).map(|at| Category::ALL.get(at)) {
            None => (recommended(), words::recommended(lang)),
            Some(Some(category)) => (of(*category), category.name(lang).to_owned()),
            Some(None) => {
                let wrong = say::want_choice(lang, Category::ALL.len() + 1);
                return not_found(menu, &wrong);
            }
        };
        return among(menu, types, &title, None);
    }
    if typed.contains(['*', '?', '|']) {
        return freely(menu, typed);
    }
    let types = catalogue::search(typed, lang);
    match types.is_empty() {
        false => among(menu, types, &words::found_for(lang, typed), itself(typed)),
        true => {
            menu.console.show(Style::Plain, &words::not_in_catalogue(lang, typed));
            match menu.console.yes(&words::as_it_stands(lang), true)? {
                true => freely(menu, typed),
                false => Ok(None),
            }
        }
    }
}

fn not_found(menu: &mut Menu<'_>, wrong: &str) -> Result<Option<Begin>, Stop> {
    match menu.console.person() {
        true => menu.console.notice(Style::Bad, wrong),
        false => menu.console.wrong(wrong)?,
    }
    Ok(None)
}

/// What was searched, where it may be a part of an event type: a PCE sends more types
/// than the catalogue knows, so what is found may not be what is meant.
fn itself(typed: &str) -> Option<&str> {
    let fits = typed.is_ascii() && !typed.contains(char::is_whitespace);
    fits.then_some(typed)
}

/// One of these types by its number; every one with `part` in it; or another search.
fn among(
    menu: &mut Menu<'_>,
    types: Vec<&'static EventType>,
    title: &str,
    part: Option<&str>,
) -> Result<Option<Begin>, Stop> {
    let lang = menu.console.lang;
    let width = menu.console.columns();
    let cells = types.iter().enumerate().map(|(at, one)| {
        let mark = if one.recommended { "*" } else { "" };
        vec![
            format!("{:>3}", at + 1),
            mark.to_owned(),
            one.name.to_owned(),
            one.meaning(lang).to_owned(),
        ]
    });
    let rows: Vec<String> = table(&[], &cells.collect::<Vec<_>>(), Some(width));
    let head = match part {
        Some(part) => words::types_head_or(lang, part),
        None => words::types_head(lang),
    };
    let rows = rows.get(1..).unwrap_or_default();
    loop {
        let prompt = words::type_choice(lang);
        let typed = list::choose(menu, title, &head, rows, &prompt)?;
        if let (Some(part), "=") = (part, typed.as_str()) {
            return freely(menu, part);
        }
        let Ok(number) = typed.parse::<usize>() else {
            return found(menu, &typed);
        };
        if let Some(one) = number.checked_sub(1).and_then(|at| types.get(at)) {
            return Ok(Some(chosen(menu, one)));
        }
        not_found(menu, &say::want_choice(lang, types.len()))?;
    }
}

fn chosen(menu: &mut Menu<'_>, one: &EventType) -> Begin {
    let lang = menu.console.lang;
    menu.console.fine();
    menu.console.screen(one.name);
    menu.console.show(Style::Plain, one.meaning(lang));
    menu.console.show(Style::Plain, one.advice(lang));
    Begin {
        filter: one.name.to_owned(),
        name: one.meaning(lang).trim_end_matches(['.', '。']).to_owned(),
        desc: one.meaning(lang).to_owned(),
        rec: one.advice(lang).to_owned(),
    }
}

/// What was typed is the filter, if the strict reader takes it.
fn freely(menu: &mut Menu<'_>, typed: &str) -> Result<Option<Begin>, Stop> {
    let mut rule = Keys::new();
    rule.insert("type".to_owned(), "event".into());
    rule.insert("filter_value".to_owned(), typed.into());
    if let Err(wrong) = menu.reader().rule(&rule, "filter_value") {
        return not_found(menu, &wrong);
    }
    menu.console.fine();
    menu.console.screen(typed);
    Ok(Some(Begin {
        filter: typed.to_owned(),
        name: words::events_like(menu.console.lang, typed),
        desc: String::new(),
        rec: String::new(),
    }))
}
