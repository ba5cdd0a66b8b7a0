//! The first run: a guide from nothing to a monitor that runs, in five steps. A step is
//! saved whole or not at all; who leaves keeps the steps that are done, and the next start
//! offers to go on with the one after them, which the file names until the last is done.

use super::Menu;
use super::attempt::Tried;
use super::console::{Stop, Style};
use super::setting::{Changes, apply, file_with, holds_with};
use super::{crontab, daily, practices, settings, smtp};
use crate::config;
use crate::lang::menu_settings as say;
use crate::store::{self, Look};

/// What the guide asks in one go, and saves.
type Step = fn(&mut Menu<'_>) -> Result<(), Stop>;

const STEPS: [Step; 5] = [pce, mail, rules, report, cron];

/// The key that names the step that is next.
const NEXT: (&str, &str) = ("settings", "guide_step");

/// Leads a person through the setup where there is none, and offers to go on with one
/// that was left.
pub fn offer(menu: &mut Menu<'_>) -> Result<(), Stop> {
    if !menu.console.person() {
        return Ok(());
    }
    let lang = menu.console.lang;
    let mut first = 0;
    match store::look(menu.call.config, menu.call.env) {
        Err(store::Error::NotFound { .. }) => {}
        Ok(look) => {
            let Some(step) = left_at(menu, &look) else { return Ok(()) };
            first = step;
            menu.console.screen(&say::guide_title(lang));
            if !menu.console.yes(&say::guide_go_on(lang), true)? {
                forget(menu);
                return Ok(());
            }
        }
        Err(_) => return Ok(()),
    }
    menu.console.screen(&say::guide_title(lang));
    let path = menu.call.config.display().to_string();
    if first == 0 {
        menu.console.show(Style::Plain, &say::guide_welcome(lang, path));
    }
    let left = guide(menu, first);
    if left == Err(Stop::Back) {
        menu.console.notice(Style::Plain, &say::guide_left(lang));
    }
    left
}

/// The step, from 0, with which an unfinished setup goes on.
fn left_at(menu: &Menu<'_>, look: &Look) -> Option<usize> {
    let missing = |section| {
        let mut paths = look.problems.iter().map(|one| &one.path);
        paths.any(|path| path.starts_with(section) && is_missing(menu, path))
    };
    let next = usize::try_from(look.holds.settings.guide_step).unwrap_or(0).checked_sub(1);
    match (missing("api."), next) {
        (true, _) => Some(0),
        (false, Some(step)) => Some(step),
        (false, None) => missing("").then_some(0),
    }
}

/// Nothing is left to do, or nobody wants to.
fn forget(menu: &mut Menu<'_>) {
    if menu.file()[NEXT.0].get(NEXT.1).is_some() {
        menu.save(|draft| draft.unset(NEXT.0, NEXT.1));
    }
}

/// Saves what a step asked for, with the step that is next.
fn done(menu: &mut Menu<'_>, mut changes: Changes, next: usize) {
    let value = next.into();
    match changes.is_empty() {
        true => drop(menu.save(|draft| draft.set(NEXT.0, NEXT.1, &value))),
        false => {
            changes.push((NEXT.0, NEXT.1, Some(value)));
            apply(menu, changes);
        }
    }
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
fn guide(menu: &mut Menu<'_>, first: usize) -> Result<(), Stop> {
    let mut at = first;
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
    let mut tried = Tried::default();
    let changes = menu.in_turn(|menu| {
        let mut changes = Changes::new();
        loop {
            settings::ask_pce(menu, true, &mut changes)?;
            let works = settings::pce_works(menu, &mut changes, &mut tried)?;
            if works || !menu.console.yes(&say::guide_again(lang), true)? {
                return Ok(changes);
            }
        }
    })?;
    done(menu, changes, 2);
    Ok(())
}

/// Sender, recipients and the mail server until they work, and a mail to see.
fn mail(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    step(menu, 2, &say::guide_mail(lang), &say::guide_mail_how(lang));
    let mut tried = Tried::default();
    let (changes, test) = menu.in_turn(|menu| {
        let (mut changes, mut other) = (Changes::new(), false);
        loop {
            settings::ask_mail(menu, true, &mut changes)?;
            server(menu, other, &mut changes)?;
            let Err(failed) = smtp::mail_works(menu, &mut changes, &mut tried)? else {
                let test = menu.console.yes(&say::guide_test_mail(lang), true)?;
                return Ok((changes, test));
            };
            if !menu.console.yes(&say::guide_again(lang), true)? {
                return Ok((changes, false));
            }
            // An address that is refused is no reason for another server.
            other = !matches!(failed, "mail.from" | "mail.recipient");
        }
    })?;
    done(menu, changes, 3);
    menu.console.tell_notices();
    if test {
        menu.tell_test_mail();
    }
    Ok(())
}

/// Whether the mail goes through another server, and through which.
fn server(menu: &mut Menu<'_>, other: bool, changes: &mut Changes) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let server = smtp::shown(&file_with(menu, changes), &holds_with(menu, changes), lang);
    match menu.console.yes(&say::guide_other_server(lang, &server), other)? {
        true => smtp::ask_all(menu, changes),
        false => Ok(()),
    }
}

fn rules(menu: &mut Menu<'_>) -> Result<(), Stop> {
    step(menu, 3, &say::guide_rules(menu.console.lang), "");
    practices::offer(menu)?;
    done(menu, Changes::new(), 4);
    menu.console.tell_notices();
    Ok(())
}

fn report(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    step(menu, 4, &say::guide_daily(lang), &say::guide_daily_why(lang));
    let mut changes = Changes::new();
    daily::ask_time(menu, &mut changes)?;
    done(menu, changes, 5);
    Ok(())
}

/// What starts the runs, and what comes then.
fn cron(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    step(menu, 5, &say::guide_cron(lang), "");
    crontab::offer(menu)?;
    forget(menu);
    menu.console.show(Style::Plain, &say::guide_cron_then(lang));
    Ok(())
}
