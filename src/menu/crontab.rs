//! The guide's last step: what starts the runs. Shows the line for the crontab, exactly for
//! this program and this file, and adds it where the user wants that. What starts the runs
//! already is left alone: two of them would only get in each other's way.

use std::path::Path;

use super::Menu;
use super::console::{Stop, Style};
use crate::commands::check::{Place, started_at};
use crate::config::reason;
use crate::host::cron_line::{at_home, cron_line};
use crate::host::crontab::{self, Added, NotAdded};
use crate::lang::{Lang, menu_settings as say};
use crate::screen::visible::one_line;

/// What the package brings [dist/]; it runs the program without a crontab's help.
const PACKAGE: &str = "/etc/cron.d/illumio-monitor";

/// For root on a host that has cron and no `crontab`.
const OWN_FILE: &str = "/etc/cron.d/illumio-monitor-guide";

/// So much is shown of what `crontab` said.
const MOST_SAID: usize = 200;

/// Has the program run every ten minutes, or says how.
pub fn offer(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let (program, config) = (menu.call.program, menu.call.config);
    let place = Place { root: Path::new("/"), own: true, program, config };
    let packaged = at_home(program, config) && Path::new(PACKAGE).exists();
    if let Some(place) = packaged.then(|| PACKAGE.to_owned()).or_else(|| started_at(place)) {
        menu.console.show(Style::Good, &say::guide_cron_already(lang, place));
        return Ok(());
    }
    let line = cron_line(program, config);
    menu.console.show(Style::Plain, &say::guide_cron_line(lang));
    menu.console.show(Style::Plain, "");
    // As it has to stand in the crontab: one line, however long.
    menu.console.raw(&line);
    menu.console.show(Style::Plain, "");
    match menu.console.yes(&say::guide_cron_add(lang), true)? {
        true => add(menu, &line),
        false => menu.console.show(Style::Plain, &say::guide_cron_how(lang)),
    }
    Ok(())
}

fn add(menu: &Menu<'_>, line: &str) {
    let lang = menu.console.lang;
    let said = match crontab::add(line, Path::new(OWN_FILE)) {
        Ok(Added::Own) => say::guide_cron_added(lang),
        Ok(Added::File) => say::guide_cron_added_file(lang, OWN_FILE),
        Err(error) => {
            menu.console.show(Style::Bad, &say::guide_cron_not_added(lang, why(&error, lang)));
            return menu.console.show(Style::Plain, &say::guide_cron_how(lang));
        }
    };
    menu.console.show(Style::Good, &said);
}

fn why(error: &NotAdded, lang: Lang) -> String {
    match error {
        NotAdded::NoProgram => say::guide_cron_no_program(lang),
        NotAdded::Refused(said) => one_line(said, MOST_SAID),
        NotAdded::Failed(error) => reason(error, lang),
        NotAdded::Gone => say::guide_cron_gone(lang),
    }
}
