//! Questions: each shows its example and what Enter takes, and is asked again until
//! the answer is right. `-1` goes back, as in the Python tool.

use super::console::{Console, Stop, Style};
use crate::lang::menu as say;
use crate::screen::columns;

/// What is asked.
pub struct Question {
    /// What it is called: `PCE URL`.
    pub label: String,
    /// An example, or what to write; may be empty.
    pub hint: String,
    /// What Enter takes or keeps, as shown; `None`: nothing is set.
    pub now: Option<String>,
    /// Whether Enter goes back where nothing is set; else it leaves it so.
    pub required: bool,
    /// Whether nobody may see the answer while it is typed.
    pub unseen: bool,
}

/// The sign that takes a value away.
pub const NOTHING: &str = "-";

impl Console {
    /// The answer, read by `check`, or `None` for Enter.
    pub fn ask<T>(
        &mut self,
        question: &Question,
        mut check: impl FnMut(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Stop> {
        let prompt = self.prompt(question);
        loop {
            let answer = match question.unseen {
                true => self.secret(&prompt)?,
                false => self.answer(&prompt)?,
            };
            match answer.as_str() {
                "-1" => return Err(Stop::Back),
                "" if question.now.is_none() && question.required => return Err(Stop::Back),
                "" => return Ok(None),
                typed => match check(typed) {
                    Ok(value) => {
                        self.fine();
                        return Ok(Some(value));
                    }
                    Err(reason) => self.wrong(&say::wrong(self.lang, &question.label, reason))?,
                },
            }
        }
    }

    /// One of some choices by its number, counted from 0; `None` for Enter.
    pub fn choose(
        &mut self,
        label: &str,
        choices: &[String],
        now: Option<usize>,
    ) -> Result<Option<usize>, Stop> {
        self.show(Style::Plain, "");
        self.show(Style::Title, label);
        for (at, choice) in choices.iter().enumerate() {
            self.show(Style::Plain, &format!("  {}  {choice}", at + 1));
        }
        let (lang, most) = (self.lang, choices.len());
        let choice = say::choice(lang);
        let prompt = match now {
            Some(at) => say::prompt_now(lang, choice, at + 1),
            None => say::prompt(lang, choice),
        };
        loop {
            let typed = self.answer(&prompt)?;
            match (typed.as_str(), typed.parse::<usize>()) {
                ("", _) => return now.map(Some).ok_or(Stop::Back),
                ("-1", _) | (_, Ok(0)) => return Err(Stop::Back),
                (_, Ok(number)) if number <= most => {
                    self.fine();
                    return Ok(Some(number - 1));
                }
                _ => self.wrong(&say::want_choice(lang, most))?,
            }
        }
    }

    /// Yes or no.
    pub fn yes(&mut self, label: &str, default: bool) -> Result<bool, Stop> {
        let lang = self.lang;
        let choice = if default { "Y/n" } else { "y/N" };
        let mut prompt = say::prompt_now(lang, label, choice);
        if columns::width(&prompt) + 12 > self.columns() {
            self.show(Style::Plain, label);
            prompt = say::prompt_now(lang, "", choice).trim_start().to_owned();
        }
        loop {
            match self.answer(&prompt)?.to_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" | "是" => return Ok(true),
                "n" | "no" | "否" => return Ok(false),
                "-1" => return Err(Stop::Back),
                _ => self.wrong(&say::want_yes(lang))?,
            }
        }
    }

    /// The line that waits for the answer. What Enter takes stands in it, or above
    /// it where it is long.
    fn prompt(&self, question: &Question) -> String {
        let room = self.columns() / 2;
        if !question.hint.is_empty() {
            self.show(Style::Faint, &format!("  {}", question.hint));
        }
        match &question.now {
            Some(now) if columns::width(&question.label) + columns::width(now) + 5 > room => {
                self.show(Style::Faint, &format!("  {}", say::at_present(self.lang, now)));
                say::prompt_now(self.lang, &question.label, "…")
            }
            Some(now) => say::prompt_now(self.lang, &question.label, now),
            None => say::prompt(self.lang, &question.label),
        }
    }
}
