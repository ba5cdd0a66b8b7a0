//! The connection tests that follow a change: the doctor's own probes.

use super::Menu;
use super::console::Style;
use crate::commands::check::{Finding, Mark, Needs, check_mail, check_pce};
use crate::config::Config;
use crate::lang::menu as say;
use crate::net::AddressBook;
use crate::store::{self, Error, Look};

/// Tries the PCE as the file has it now. The rest of the file may still be missing:
/// this comes before the mail is set up.
///
/// # Errors
/// The name of the probe that failed.
pub fn pce(menu: &Menu<'_>) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    menu.console.show(Style::Faint, &say::trying_pce(lang));
    let now = (menu.again)().now;
    let book = AddressBook::empty();
    tell(menu, &["api"], |config| check_pce(&config.pce, Needs::default(), &book, now, lang))
}

/// Tries the mail server up to where a mail would be sent.
///
/// # Errors
/// The name of the probe that failed.
pub fn mail(menu: &Menu<'_>) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    menu.console.show(Style::Faint, &say::trying_mail(lang));
    let now = (menu.again)().now;
    let book = AddressBook::empty();
    tell(menu, &["email", "smtp"], |config| check_mail(&config.mail, &book, now, lang))
}

/// What the probes of these sections find, or what is wrong with them.
fn tell(
    menu: &Menu<'_>,
    sections: &[&str],
    probe: impl Fn(&Config) -> Vec<Finding>,
) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    match read(menu, sections) {
        Ok(config) => {
            let findings = probe(&config);
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

fn read(menu: &Menu<'_>, sections: &[&str]) -> Result<Config, Error> {
    let Look { holds, mut problems, .. } = store::look(menu.call.config, menu.call.env)?;
    problems
        .retain(|one| sections.iter().any(|section| one.path.split('.').next() == Some(section)));
    if problems.is_empty() {
        return Ok(holds);
    }
    let path = store::resolve(menu.call.config)?;
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
