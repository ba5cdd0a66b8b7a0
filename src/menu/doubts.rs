//! What is doubtful about a rule that was just saved, as a remark below the next title.

use serde_json::Value;

use super::Menu;
use super::console::Style;
use crate::commands::doubts::of_saved;

/// Says what `rule`, as it was saved, asks for that may never be. A script is told what
/// needs no PCE.
pub fn tell(menu: &mut Menu<'_>, rule: &Value) {
    let (config, now) = (menu.holds(), (menu.again)().now);
    let ask = menu.console.person().then_some((&config, now));
    for text in of_saved(rule, ask, menu.console.lang) {
        match menu.console.person() {
            true => menu.console.notice(Style::Title, &format!("! {text}")),
            false => menu.console.fault(&text),
        }
    }
}
