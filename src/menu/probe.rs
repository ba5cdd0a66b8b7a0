//! The connection tests that follow a change: the doctor's own probes.

use serde_json::{Value, json};

use super::Menu;
use super::console::Style;
use crate::check::{Finding, Mark, Needs, check_mail, check_pce};
use crate::lang::menu as say;
use crate::net::AddressBook;
use crate::store::{self, Config};

/// Tries the PCE as the file has it now. The rest of the file may still be missing:
/// this comes before the mail is set up.
///
/// # Errors
/// The name of the probe that failed.
pub fn pce(menu: &Menu<'_>) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    menu.console.show(Style::Faint, &say::trying_pce(lang));
    let now = menu.start().now;
    let file = menu.file();
    let alone = json!({"api": file["api"], "email": {"recipients": ["root"]}});
    let book = AddressBook::empty();
    tell(menu, &alone, |config| check_pce(&config.pce, Needs::default(), &book, now, lang))
}

/// Tries the mail server up to where a mail would be sent.
///
/// # Errors
/// The name of the probe that failed.
pub fn mail(menu: &Menu<'_>) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    menu.console.show(Style::Faint, &say::trying_mail(lang));
    let now = menu.start().now;
    let file = menu.file();
    let alone = json!({
        "api": {"url": "https://localhost", "key": "none", "secret": "none"},
        "email": file["email"],
        "smtp": file["smtp"],
    });
    let book = AddressBook::empty();
    tell(menu, &alone, |config| check_mail(&config.mail, &book, now, lang))
}

fn tell(
    menu: &Menu<'_>,
    alone: &Value,
    probe: impl Fn(&Config) -> Vec<Finding>,
) -> Result<(), &'static str> {
    let lang = menu.console.lang;
    let path = store::resolve(menu.place.config);
    let path = path.unwrap_or_else(|_| menu.place.config.to_owned());
    match store::read_config(&path, &alone.to_string(), menu.place.env) {
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
