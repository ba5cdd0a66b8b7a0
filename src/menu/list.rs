//! A list that may be longer than the screen.

use super::Menu;
use super::console::{Stop, Style};
use crate::lang::{Lang, menu as say};

/// What is shown, and what is asked below it.
pub struct List<'a> {
    /// Above it.
    pub title: &'a str,
    /// Above the rows; may be empty.
    pub head: &'a str,
    /// One line each.
    pub rows: &'a [String],
    /// The question.
    pub prompt: &'a str,
    /// What `?` tells.
    pub help: &'a str,
}

/// Shows the rows, screen by screen, and returns what was typed below one of them.
/// Enter shows the next rows, and goes back behind the last; `<` shows those before, and
/// goes back before the first; `0` and `-1` go back.
pub fn choose(
    menu: &mut Menu<'_>,
    title: &str,
    head: &str,
    rows: &[String],
    prompt: &str,
) -> Result<String, Stop> {
    let help = say::help_list(menu.console.lang);
    List { title, head, rows, prompt, help: &help }.choose(menu, &mut 0)
}

impl List<'_> {
    /// The same, from this row on; afterwards the first row that was shown last.
    pub fn choose(&self, menu: &mut Menu<'_>, from: &mut usize) -> Result<String, Stop> {
        loop {
            // Title, head, what is more, the prompt, and a line to spare for a notice.
            let room = menu.console.rows().saturating_sub(6).max(5);
            *from = if *from < self.rows.len() { *from } else { 0 };
            let until = self.rows.len().min(*from + room);
            menu.console.screen(self.title);
            if !self.head.is_empty() {
                menu.console.row(Style::Faint, self.head);
            }
            for row in self.rows.iter().take(until).skip(*from) {
                menu.console.row(Style::Plain, row);
            }
            let more = self.rows.len() - until;
            if let Some(text) = further(*from, more, menu.console.lang) {
                menu.console.row(Style::Faint, &text);
            }
            let prompt = say::prompt(menu.console.lang, self.prompt);
            let typed = menu.console.choice(&prompt, self.help)?;
            match typed.as_str() {
                "" if more > 0 && menu.console.person() => *from = until,
                "<" if *from > 0 && menu.console.person() => *from = from.saturating_sub(room),
                "<" if menu.console.person() => return Err(Stop::Back),
                "" | "0" | "-1" => return Err(Stop::Back),
                _ => return Ok(typed),
            }
        }
    }
}

/// What stands before and behind the rows that are shown.
fn further(before: usize, behind: usize, lang: Lang) -> Option<String> {
    match (before, behind) {
        (0, 0) => None,
        (0, behind) => Some(say::more_rows(lang, behind)),
        (before, 0) => Some(say::rows_before(lang, before)),
        (before, behind) => Some(say::rows_around(lang, before, behind)),
    }
}
