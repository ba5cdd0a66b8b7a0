//! The guide's last step: what starts the runs. Shows the line for the crontab, exactly for
//! this program and this file, and adds it where the user wants that. What starts the runs
//! already is left alone: two of them would only get in each other's way.

use std::path::Path;

use super::Menu;
use super::console::{Stop, Style};
use crate::commands::check::{Place, Started, started};
use crate::config::reason;
use crate::host::cron_line::cron_line;
use crate::host::crontab::{self, NotAdded};
use crate::lang::{Lang, menu_settings as say};
use crate::screen::visible::one_line;

/// So much is shown of what `crontab` said.
const MOST_SAID: usize = 200;

/// Has the program run every ten minutes, or says how.
pub fn offer(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let (program, config) = (menu.call.program, menu.call.config);
    let found = started(Place { root: Path::new("/"), own: true, program, config });
    let already = match &found {
        Some(Started::By(place)) => Some(say::guide_cron_already(lang, place)),
        Some(Started::ByOwn(line)) => Some(say::guide_cron_own_already(lang, line)),
        Some(Started::Perhaps { .. }) | None => None,
    };
    if let Some(already) = already {
        menu.console.show(Style::Good, &already);
        return Ok(());
    }
    let line = cron_line(program, config);
    if !crontab::is_here() {
        menu.console.show(Style::Plain, &say::guide_cron_none_here(lang));
        // Behind the five fields that say when.
        as_it_stands(menu, line.splitn(6, ' ').last().unwrap_or_default());
        return Ok(());
    }
    menu.console.show(Style::Plain, &say::guide_cron_line(lang));
    as_it_stands(menu, &line);
    let mut add_it = true;
    if let Some(Started::Perhaps { place, line }) = found {
        menu.console.show(Style::Bad, &say::guide_cron_perhaps(lang, place));
        as_it_stands(menu, &line);
        add_it = false;
    }
    let user = crontab::owner();
    match menu.console.yes(&say::guide_cron_add(lang, &user), add_it)? {
        true => add(menu, &line, &user),
        false => menu.console.show(Style::Plain, &say::guide_cron_how(lang, &user)),
    }
    Ok(())
}

/// As it has to stand in the crontab: one line, however long.
fn as_it_stands(menu: &Menu<'_>, line: &str) {
    menu.console.show(Style::Plain, "");
    menu.console.raw(line);
    menu.console.show(Style::Plain, "");
}

fn add(menu: &Menu<'_>, line: &str, user: &str) {
    let lang = menu.console.lang;
    match crontab::add(line) {
        Ok(()) => menu.console.show(Style::Good, &say::guide_cron_added(lang, user)),
        Err(error) => {
            menu.console.show(Style::Bad, &say::guide_cron_not_added(lang, why(&error, lang)));
            menu.console.show(Style::Plain, &say::guide_cron_refused(lang, user));
        }
    }
}

fn why(error: &NotAdded, lang: Lang) -> String {
    match error {
        NotAdded::NoProgram => say::guide_cron_none_here(lang),
        NotAdded::Refused(said) => one_line(said, MOST_SAID),
        NotAdded::Failed(error) => reason(error, lang),
        NotAdded::Gone => say::guide_cron_gone(lang),
    }
}
