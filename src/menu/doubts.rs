//! What is doubtful about a rule that was just saved, as a remark below the next title.

use std::time::Duration;

use serde_json::Value;

use super::Menu;
use super::console::Style;
use crate::commands::doubts::hear;
use crate::config::check_rule;
use crate::lang::doubts as words;
use crate::net::AddressBook;
use crate::pce::vocabulary::Heard;
use crate::rules::doubts::doubts;

/// A person waits no longer for what the PCE could tell.
const PATIENCE: Duration = Duration::from_secs(8);

/// Says what `rule`, as it was saved, asks for that may never be. A script is told what
/// needs no PCE.
pub fn tell(menu: &mut Menu<'_>, rule: &Value) {
    let lang = menu.console.lang;
    let Ok(rule) = check_rule(&rule.to_string(), "rule") else { return };
    let heard = match menu.console.person() {
        true => {
            let (config, now) = (menu.holds(), (menu.again)().now);
            hear(&[&rule], &config.pce, &AddressBook::empty(), (now, PATIENCE))
        }
        false => Heard::default(),
    };
    for doubt in doubts(&rule, &heard) {
        let text = words::this_rule(lang, doubt.text(lang));
        match menu.console.person() {
            true => menu.console.notice(Style::Title, &format!("! {text}")),
            false => menu.console.fault(&text),
        }
    }
}
