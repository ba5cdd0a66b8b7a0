//! The config's earlier versions: shown, and taken back.

use super::Menu;
use super::console::{Stop, Style};
use super::list;
use crate::commands::versions::{lines, none, preview};
use crate::host::log;
use crate::lang::{Lang, menu as say, versions as words};
use crate::store::{self, Version, Way};

/// How many there are, for the list of settings.
pub fn shown(menu: &Menu<'_>, lang: Lang) -> String {
    match store::versions(menu.call.config, menu.call.env).map(|versions| versions.len()) {
        Err(_) => words::entry_unreadable(lang),
        Ok(0) => words::entry_none(lang),
        Ok(1) => words::entry_one(lang),
        Ok(more) => words::entry_value(lang, more),
    }
}

/// Shows the last changes, and goes back to before the one that is named.
pub fn entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let versions = match store::versions(menu.call.config, menu.call.env) {
        Ok(versions) => versions,
        Err(error) => {
            error.lines(lang).iter().for_each(|line| menu.console.fault_notice(line));
            return Ok(());
        }
    };
    if versions.is_empty() {
        menu.console.notice(Style::Plain, &none(&menu.call, lang));
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
    for line in preview(&menu.call, &versions, version, lang) {
        menu.console.line(Style::Plain, &line);
    }
    if menu.console.yes(&words::ask(lang), false)? {
        take_back(menu, version);
    }
    Ok(())
}

/// Does it, and says what came of it. A script gets nothing that would be wrong.
fn take_back(menu: &mut Menu<'_>, version: &Version) {
    let (lang, now) = (menu.console.lang, (menu.again)().now);
    let author = menu.call.author(Way::Menu);
    let wanted = (version, menu.console.person());
    let mut undone = match store::undo(menu.call.config, menu.call.env, (now, &author), wanted) {
        Ok(Some(undone)) => undone,
        Ok(None) => return menu.console.fault_notice(&words::changed_meanwhile(lang)),
        Err(error) => {
            error.lines(lang).iter().for_each(|line| menu.console.fault_notice(line));
            return menu.console.fault_notice(&say::nothing_saved(lang));
        }
    };
    menu.console.turns.saved();
    let mut secrets = store::secrets(menu.call.config, menu.call.env);
    secrets.extend(&menu.console.secrets);
    undone.changes.iter_mut().for_each(|change| change.hide(&secrets));
    log::audit(menu.call.env, &undone.changes);
    let faults = undone.fault.iter().flat_map(|fault| fault.lines(lang));
    let remark = undone.remark.iter().map(|remark| remark.text(lang));
    faults.chain(remark).for_each(|line| menu.console.fault_notice(&line));
    menu.follow_language();
    let said = match undone.kept {
        true => words::done_here(menu.console.lang, version.number),
        false => words::done_for_good(menu.console.lang, version.number),
    };
    menu.console.notice(Style::Good, &said);
}
