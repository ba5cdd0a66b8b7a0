//! The config's earlier versions: shown, and taken back.

use super::Menu;
use super::console::{Stop, Style};
use super::list;
use crate::commands::versions::{lines, preview};
use crate::lang::{Lang, versions as words};
use crate::store::{self, Version};

/// How many there are, for the list of settings.
pub fn shown(menu: &Menu<'_>, lang: Lang) -> String {
    match versions(menu).len() {
        0 => words::entry_none(lang),
        1 => words::entry_one(lang),
        more => words::entry_value(lang, more),
    }
}

/// Shows the last changes, and goes back to before the one that is named.
pub fn entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let versions = versions(menu);
    if versions.is_empty() {
        menu.console.notice(Style::Plain, &words::none(lang));
        return Ok(());
    }
    let zone = menu.holds().settings.timezone;
    let rows: Vec<String> = lines(&versions, &zone, lang).concat();
    if !menu.console.person() {
        rows.iter().for_each(|row| menu.console.line(Style::Plain, row));
    }
    let typed = list::choose(menu, &words::entry(lang), "", &rows, &words::which(lang))?;
    let number = typed.parse::<u64>().ok();
    let Some(version) = versions.iter().find(|version| Some(version.number) == number) else {
        let wrong = words::no_such(lang, typed);
        match menu.console.person() {
            true => menu.console.notice(Style::Bad, &wrong),
            false => menu.console.wrong(&wrong)?,
        }
        return Ok(());
    };
    menu.console.fine();
    for line in preview(&versions, version, lang) {
        menu.console.line(Style::Plain, &line);
    }
    if !menu.console.yes(&words::ask(lang), false)? {
        return Ok(());
    }
    match menu.save(|draft| draft.become_version(version)) {
        Some(true) => {
            menu.follow_language();
            menu.console.notice(Style::Good, &words::done_here(lang, version.number));
        }
        Some(false) => menu.console.fault_notice(&words::changed_meanwhile(lang)),
        None => {}
    }
    Ok(())
}

fn versions(menu: &Menu<'_>) -> Vec<Version> {
    store::versions(menu.call.config, menu.call.env).unwrap_or_default()
}
