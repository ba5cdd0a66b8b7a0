//! The connection tests of what is typed, before it is saved: the doctor's own probes.

use super::Menu;
use super::console::Style;
use super::setting::{Changes, look_with};
use crate::commands::check::{Finding, Mark, Needs, check_mail, check_pce};
use crate::config::Config;
use crate::lang::menu as say;
use crate::net::AddressBook;
use crate::store::{self, Error, Look};

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The PCE, as far as its own settings go: the rest of the file may still be missing,
    /// since this comes before the mail is set up.
    Pce,
    /// The mail server, up to where a mail would be sent.
    Mail,
}

/// Tries the mail server as the file has it now.
///
/// # Errors
/// The name of the probe that failed.
pub fn mail(menu: &Menu<'_>) -> Result<(), &'static str> {
    try_it(menu, Side::Mail, &Changes::new())
}

/// Tries a side as it would be with the changes, which nothing has saved.
///
/// # Errors
/// The name of the probe that failed.
pub fn try_it(menu: &Menu<'_>, side: Side, changes: &Changes) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    let trying = match side {
        Side::Pce => say::trying_pce(lang),
        Side::Mail => say::trying_mail(lang),
    };
    menu.console.show(Style::Faint, &trying);
    let (now, book) = ((menu.again)().now, AddressBook::empty());
    match read(menu, side, changes) {
        Ok(config) => {
            let findings = match side {
                Side::Pce => check_pce(&config.pce, Needs::default(), &book, now, lang),
                Side::Mail => check_mail(&config.mail, &book, now, lang),
            };
            findings.iter().for_each(|finding| show(menu, finding));
            let failed = findings.iter().find(|finding| !finding.ok());
            failed.map_or(Ok(()), |finding| Err(finding.probe))
        }
        Err(error) => {
            error.lines(lang).iter().for_each(|line| menu.console.fault(line));
            Err("config")
        }
    }
}

fn read(menu: &Menu<'_>, side: Side, changes: &Changes) -> Result<Config, Error> {
    let sections: &[&str] = match side {
        Side::Pce => &["api"],
        Side::Mail => &["email", "smtp"],
    };
    let Look { holds, mut problems, .. } = look_with(menu, changes)?;
    problems
        .retain(|one| sections.iter().any(|section| one.path.split('.').next() == Some(section)));
    if problems.is_empty() {
        return Ok(holds);
    }
    let path = store::resolve(menu.call.config).unwrap_or_else(|_| menu.call.config.to_owned());
    Err(Error::Invalid { path, problems, more: 0 })
}

fn show(menu: &Menu<'_>, finding: &Finding) {
    let style = match finding.mark {
        Mark::Good => Style::Good,
        Mark::Remark => Style::Title,
        Mark::Bad(_) => Style::Bad,
    };
    for (at, line) in finding.lines(menu.console.ascii()).iter().enumerate() {
        let style = if at == 0 { style } else { Style::Plain };
        menu.console.marked(style, line);
    }
}
