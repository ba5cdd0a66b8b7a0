//! A list that may be longer than the screen.

use super::Menu;
use super::console::{Stop, Style};
use crate::lang::menu as say;

/// Shows the rows, screen by screen, and returns what was typed below one of them.
/// Enter shows the next rows, and goes back behind the last; `0` and `-1` go back.
pub fn choose(
    menu: &mut Menu<'_>,
    title: &str,
    head: &str,
    rows: &[String],
    prompt: &str,
) -> Result<String, Stop> {
    let mut from = 0;
    loop {
        // Title, head, what is more, the prompt, and a line to spare for a notice.
        let room = menu.console.rows().saturating_sub(6).max(5);
        let until = rows.len().min(from + room);
        menu.console.screen(title);
        if !head.is_empty() {
            menu.console.row(Style::Faint, head);
        }
        for row in rows.iter().take(until).skip(from) {
            menu.console.row(Style::Plain, row);
        }
        let more = until < rows.len();
        if more {
            let text = say::more_rows(menu.console.lang, rows.len() - until);
            menu.console.row(Style::Faint, &text);
        }
        let typed = menu.console.answer(&say::prompt(menu.console.lang, prompt))?;
        match typed.as_str() {
            "" if more && menu.console.person() => from = until,
            "" | "0" | "-1" => return Err(Stop::Back),
            _ => return Ok(typed),
        }
    }
}
