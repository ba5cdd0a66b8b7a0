//! The first run: a guide from nothing to a monitor that runs, in five steps. It can
//! be left at each question; what was answered stays, and the next start goes on.

use std::path::Path;

use super::Menu;
use super::console::{Stop, Style};
use super::settings::{self, DAILY};
use super::{practices, setting, smtp};
use crate::config;
use crate::host::cron_line::{at_home, cron_line};
use crate::lang::menu_settings as say;
use crate::store;

/// What the package brings [dist/]; it runs the program without a crontab's help.
const PACKAGE_CRON: &str = "/etc/cron.d/illumio-monitor";

/// Leads a person through the setup where there is none, and offers to go on with one
/// that was left.
pub fn offer(menu: &mut Menu<'_>) -> Result<(), Stop> {
    if !menu.console.person() {
        return Ok(());
    }
    let lang = menu.console.lang;
    match store::look(menu.call.config, menu.call.env) {
        Err(store::Error::NotFound { .. }) => {}
        Ok(look) if look.problems.iter().any(|one| is_missing(menu, &one.path)) => {
            menu.console.screen(&say::guide_title(lang));
            if !menu.console.yes(&say::guide_go_on(lang), true)? {
                return Ok(());
            }
        }
        _ => return Ok(()),
    }
    menu.console.screen(&say::guide_title(lang));
    let path = menu.call.config.display().to_string();
    menu.console.show(Style::Plain, &say::guide_welcome(lang, path));
    let left = guide(menu);
    if left == Err(Stop::Back) {
        menu.console.notice(Style::Plain, &say::guide_left(lang));
    }
    left
}

/// Whether the key is one without which no cycle runs, and the file has nothing there.
fn is_missing(menu: &Menu<'_>, path: &str) -> bool {
    let file = menu.file();
    let value = path.split('.').fold(&file, |value, key| &value[key]);
    let needed = config::keys().at(path).is_some_and(|key| key.required);
    needed && super::fields::plain(value).is_empty()
}

fn guide(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    step(menu, 1, &say::guide_pce(lang), &say::guide_which_key(lang));
    pce(menu)?;
    step(menu, 2, &say::guide_mail(lang), &say::guide_mail_how(lang));
    mail(menu)?;
    step(menu, 3, &say::guide_rules(lang), "");
    practices::offer(menu)?;
    menu.console.tell_notices();
    step(menu, 4, &say::guide_daily(lang), &say::guide_daily_why(lang));
    setting::one(menu, &DAILY)?;
    step(menu, 5, &say::guide_cron(lang), "");
    cron(menu);
    menu.console.pause()
}

fn step(menu: &mut Menu<'_>, number: usize, title: &str, text: &str) {
    menu.console.tell_notices();
    menu.console.show(Style::Plain, "");
    menu.console.show(Style::Title, &format!("{number}/5  {title}"));
    if !text.is_empty() {
        menu.console.show(Style::Plain, text);
    }
}

/// URL, org and key until they work, or the user goes on without.
fn pce(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    loop {
        settings::pce(menu, true)?;
        menu.console.tell_notices();
        if settings::try_pce(menu)? || !menu.console.yes(&say::guide_again(lang), true)? {
            return Ok(());
        }
    }
}

/// Sender, recipients and the mail server until they work, and a mail to see.
fn mail(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let mut other = false;
    loop {
        settings::mail(menu, true)?;
        menu.console.tell_notices();
        let server = smtp::shown(&menu.file(), &menu.holds(), lang);
        let question = say::guide_other_server(lang, server);
        if menu.console.yes(&question, other)? {
            smtp::smtp(menu)?;
            menu.console.tell_notices();
        }
        let Err(failed) = smtp::try_mail(menu)? else {
            break;
        };
        if !menu.console.yes(&say::guide_again(lang), true)? {
            return Ok(());
        }
        // An address that is refused is no reason for another server.
        other = !matches!(failed, "mail.from" | "mail.recipient");
    }
    if menu.console.yes(&say::guide_test_mail(lang), true)? {
        menu.tell_test_mail();
    }
    Ok(())
}

/// The line for the crontab, exactly for this program and this file.
fn cron(menu: &Menu<'_>) {
    let lang = menu.console.lang;
    let (program, config) = (menu.call.program, menu.call.config);
    if at_home(program, config) && Path::new(PACKAGE_CRON).exists() {
        let text = say::guide_cron_package(lang, PACKAGE_CRON);
        return menu.console.show(Style::Good, &text);
    }
    menu.console.show(Style::Plain, &say::guide_cron_how(lang));
    menu.console.show(Style::Plain, "");
    // As it has to stand in the crontab: one line, however long.
    menu.console.raw(&cron_line(program, config));
    menu.console.show(Style::Plain, "");
    menu.console.show(Style::Plain, &say::guide_cron_then(lang));
}
