//! Entry 8: the debug view, and any of its records raw. A script gets the view alone.

use std::io;

use super::Menu;
use super::console::{Stop, Style};
use super::inspect::{Inspection, MOST, USUAL, View, inspect};
use super::question::Question;
use crate::lang::{inspect as words, menu as say};
use crate::store::{self, Config, StateUse};

/// Shows what the PCE returns, then the records that are asked for.
pub fn debug(menu: &mut Menu<'_>) -> Result<(), Stop> {
    menu.console.screen(&say::debug(menu.console.lang));
    let Some(config) = config(menu) else {
        return menu.console.pause();
    };
    let how_many = match menu.console.person() {
        true => how_many(menu)?,
        false => USUAL,
    };
    let start = menu.start();
    let looked = inspect(&config, menu.console.lang, start.now, how_many, start.progress);
    match looked {
        Ok(inspection) => {
            // A terminal or a pipe that is gone has nobody to be told of it.
            let _ = inspection.write(&mut io::stdout(), view(menu));
            show_raw(menu, &inspection)
        }
        Err(error) => {
            menu.console.fault(&error.text(menu.console.lang));
            menu.console.pause()
        }
    }
}

/// The config as it stands; none where it can't be used, which is told.
fn config(menu: &Menu<'_>) -> Option<Config> {
    match store::open(menu.place.config, menu.place.env, StateUse::Keep) {
        Ok(opened) => Some(opened.config),
        Err(unopened) => {
            for line in unopened.error.lines(menu.console.lang) {
                menu.console.fault(&line);
            }
            None
        }
    }
}

fn how_many(menu: &mut Menu<'_>) -> Result<usize, Stop> {
    let lang = menu.console.lang;
    let question = Question {
        label: words::how_many(lang),
        hint: String::new(),
        now: Some(USUAL.to_string()),
        required: false,
    };
    let chosen = menu.console.ask(&question, |typed| match typed.parse() {
        Ok(number) if (1..=MOST).contains(&number) => Ok(number),
        _ => Err(words::want_number(lang, MOST)),
    })?;
    Ok(chosen.unwrap_or(USUAL))
}

/// Shows a person the records asked for by their numbers, until none is.
fn show_raw(menu: &mut Menu<'_>, inspection: &Inspection<'_>) -> Result<(), Stop> {
    let (lang, most) = (menu.console.lang, inspection.records());
    if most == 0 || !menu.console.person() {
        return menu.console.pause();
    }
    let question = Question {
        label: words::which_raw(lang, most),
        hint: String::new(),
        now: None,
        required: true,
    };
    loop {
        menu.console.show(Style::Plain, "");
        let number = menu.console.ask(&question, |typed| match typed.parse() {
            Ok(0) => Ok(0),
            Ok(number) if number <= most => Ok(number),
            _ => Err(words::want_number(lang, most)),
        })?;
        match number {
            None | Some(0) => return Ok(()),
            Some(number) => {
                let _ = inspection.write_raw(number, &mut io::stdout(), view(menu));
            }
        }
    }
}

fn view(menu: &Menu<'_>) -> View {
    View {
        columns: match menu.console.person() {
            true => menu.console.columns(),
            false => View::default().columns,
        },
        ascii: menu.console.ascii(),
    }
}
