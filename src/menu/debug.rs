//! Entry 8: asks how much is wanted, shows it screen by screen, and shows a record as
//! the PCE sent it where a number is typed.

use jiff::Timestamp;

use super::Menu;
use super::console::{Stop, Style};
use super::question::Question;
use crate::commands::inspect::{Inspection, MOST, USUAL, View, inspect};
use crate::commands::moment::past;
use crate::commands::typed::narrow;
use crate::lang::menu as say;
use crate::screen::terminal;
use crate::store::{self, Opened, StateUse};

/// The columns for a script, which has none.
const SCRIPT_COLUMNS: usize = 120;

/// Shows the PCE's last records and what the rules make of them. A script is not
/// asked how many.
pub fn debug(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    menu.console.screen(&say::debug(lang));
    let opened = match store::open(menu.call.config, menu.call.env, StateUse::Keep) {
        Ok(opened) => opened,
        Err(unopened) => {
            let lines = unopened.error.lines(lang);
            lines.iter().for_each(|line| menu.console.fault(line));
            return menu.console.pause();
        }
    };
    let how_many = match menu.console.person() {
        true => how_many(menu, &opened)?,
        false => (USUAL, None),
    };
    menu.console.show(Style::Faint, &say::asking_pce(lang));
    let now = (menu.again)().now;
    let counted = &opened.state.rules;
    match inspect(&opened.config, counted, lang, now, how_many, &terminal::progress) {
        Ok(inspection) => show(menu, &inspection),
        Err(error) => {
            menu.console.fault(&error.text(lang));
            menu.console.pause()
        }
    }
}

/// How many, or a time to look around.
fn how_many(menu: &mut Menu<'_>, opened: &Opened) -> Result<(usize, Option<Timestamp>), Stop> {
    let lang = menu.console.lang;
    let hint = || say::how_many_hint(lang, MOST);
    let question = Question {
        label: say::how_many(lang),
        hint: hint(),
        now: Some(USUAL.to_string()),
        required: false,
        unseen: false,
    };
    let now = opened.state.pce_time((menu.again)().now);
    let zone = &opened.config.settings.timezone;
    let answer = menu.console.ask(&question, |typed| match narrow(typed).parse() {
        Ok(number) if (1..=MOST).contains(&number) => Ok((number, None)),
        Ok(_) => Err(hint()),
        Err(_) => past(typed, now, zone).map(|at| (USUAL, Some(at))).ok_or_else(hint),
    })?;
    Ok(answer.unwrap_or((USUAL, None)))
}

fn show(menu: &mut Menu<'_>, inspection: &Inspection<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let view = View {
        columns: match menu.console.person() {
            true => menu.console.columns(),
            false => SCRIPT_COLUMNS,
        },
        ascii: menu.console.ascii(),
    };
    let mut text = Vec::new();
    // A Vec takes everything.
    let _ = inspection.write(&mut text, view);
    menu.console.page(&String::from_utf8_lossy(&text))?;
    let most = inspection.records();
    while menu.console.person() && most > 0 {
        let typed = menu.console.answer(&say::prompt(lang, say::which_record(lang, most)))?;
        if matches!(typed.as_str(), "" | "0" | "-1" | "<") {
            return Ok(());
        }
        match typed.parse::<usize>() {
            Ok(number) if (1..=most).contains(&number) => {
                let mut raw = Vec::new();
                let _ = inspection.write_raw(number, &mut raw, view);
                menu.console.page(&String::from_utf8_lossy(&raw))?;
            }
            _ => menu.console.line(Style::Bad, &say::want_choice(lang, most)),
        }
    }
    Ok(())
}
