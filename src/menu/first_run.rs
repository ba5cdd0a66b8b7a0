//! The first run: a guide from nothing to a monitor that runs, in five steps. A step is
//! saved whole or not at all; who leaves keeps the steps that are done, and the next start
//! goes on.

use super::Menu;
use super::console::{Stop, Style};
use super::{crontab, daily, practices, settings, smtp};
use crate::config;
use crate::lang::menu_settings as say;
use crate::store;

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

/// One step after the other; who goes back from the first question of a step comes to the
/// step before, and from the first step out of the guide. Each step saves at its end.
fn guide(menu: &mut Menu<'_>) -> Result<(), Stop> {
    type Step = fn(&mut Menu<'_>) -> Result<(), Stop>;
    const STEPS: [Step; 5] = [pce, mail, rules, report, cron];
    let mut at: usize = 0;
    while let Some(step) = STEPS.get(at) {
        match (step(menu), at.checked_sub(1)) {
            (Ok(()), _) => at += 1,
            (Err(Stop::Back), Some(before)) => at = before,
            (left, _) => return left,
        }
    }
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
    step(menu, 1, &say::guide_pce(lang), &say::guide_which_key(lang));
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
    step(menu, 2, &say::guide_mail(lang), &say::guide_mail_how(lang));
    let mut other = false;
    loop {
        settings::mail(menu, true)?;
        menu.console.tell_notices();
        match server(menu, other) {
            Ok(()) => {}
            // Back to those who write and read.
            Err(Stop::Back) => continue,
            Err(leave) => return Err(leave),
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

/// Whether the mail goes through another server, and through which.
fn server(menu: &mut Menu<'_>, other: bool) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let server = smtp::shown(&menu.file(), &menu.holds(), lang);
    menu.in_turn(|menu| {
        match menu.console.yes(&say::guide_other_server(lang, &server), other)? {
            true => smtp::smtp(menu).map(drop),
            false => Ok(()),
        }
    })?;
    menu.console.tell_notices();
    Ok(())
}

fn rules(menu: &mut Menu<'_>) -> Result<(), Stop> {
    step(menu, 3, &say::guide_rules(menu.console.lang), "");
    practices::offer(menu)?;
    menu.console.tell_notices();
    Ok(())
}

fn report(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    step(menu, 4, &say::guide_daily(lang), &say::guide_daily_why(lang));
    daily::ask(menu).map(drop)
}

/// What starts the runs, and what comes then.
fn cron(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    step(menu, 5, &say::guide_cron(lang), "");
    crontab::offer(menu)?;
    menu.console.show(Style::Plain, &say::guide_cron_then(lang));
    Ok(())
}
