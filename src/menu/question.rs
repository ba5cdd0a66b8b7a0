//! Questions: each shows its example and what Enter takes, and is asked again until
//! the answer is right. `?` helps; `<` and `-1`, as in the Python tool, go one question
//! back.

use super::console::{Console, Stop, Style, holds_password};
use crate::commands::typed::narrow;
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
        let label = &question.label;
        if let Some(answer) = self.turns.again(label)
            && let Ok(value) = taken(&answer, &mut check)
        {
            self.turns.answered(label, &answer);
            return Ok(value);
        }
        self.turns.asks();
        let before = self.turns.before(label);
        let prompt = self.prompt(question, before.as_deref());
        loop {
            let typed = match question.unseen {
                true => self.secret(&prompt)?,
                false => self.typed_line(&prompt)?,
            };
            let typed = match narrow(&typed).as_ref() {
                "?" if self.person() => {
                    self.help(question, before.is_some());
                    continue;
                }
                "-1" => return Err(self.back()),
                "<" if self.person() => return Err(self.back()),
                NOTHING => NOTHING.to_owned(),
                _ => typed,
            };
            let answer = match (typed.is_empty(), &before) {
                (true, Some(before)) => before.clone(),
                _ => typed,
            };
            if answer.is_empty() && question.now.is_none() && question.required {
                return Err(self.back());
            }
            match taken(&answer, &mut check) {
                Ok(value) => {
                    self.fine();
                    self.turns.answered(label, &answer);
                    return Ok(value);
                }
                Err(reason) => self.wrong(&say::wrong(self.lang, label, reason))?,
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
        let most = choices.len();
        let place = |typed: &str| {
            let number = typed.parse::<usize>().ok().filter(|number| *number <= most);
            number.and_then(|number| number.checked_sub(1))
        };
        if let Some(at) = self.turns.again(label).and_then(|answer| place(&answer)) {
            self.turns.answered(label, &(at + 1).to_string());
            return Ok(Some(at));
        }
        self.turns.asks();
        let now = self.turns.before(label).and_then(|answer| place(&answer)).or(now);
        self.show(Style::Plain, "");
        self.show(Style::Title, label);
        for (at, choice) in choices.iter().enumerate() {
            self.show(Style::Plain, &format!("  {}  {choice}", at + 1));
        }
        let lang = self.lang;
        let choice = say::choice(lang);
        let prompt = match now {
            Some(at) => say::prompt_now(lang, choice, at + 1),
            None => say::prompt(lang, choice),
        };
        loop {
            let typed = self.answer(&prompt)?;
            let chosen = match typed.as_str() {
                "" => Some(now.ok_or(Stop::Back)?),
                "0" | "-1" | "<" => return Err(self.back()),
                typed => place(typed),
            };
            match chosen {
                Some(at) => {
                    self.fine();
                    self.turns.answered(label, &(at + 1).to_string());
                    return Ok(Some(at));
                }
                None => self.wrong(&say::want_choice(lang, most))?,
            }
        }
    }

    /// Yes or no.
    pub fn yes(&mut self, label: &str, default: bool) -> Result<bool, Stop> {
        const YES: &str = "y";
        if let Some(answer) = self.turns.again(label) {
            self.turns.answered(label, &answer);
            return Ok(answer == YES);
        }
        self.turns.asks();
        let lang = self.lang;
        let default = self.turns.before(label).map_or(default, |answer| answer == YES);
        let choice = if default { "Y/n" } else { "y/N" };
        let mut prompt = say::prompt_now(lang, label, choice);
        if columns::width(&prompt) + 12 > self.columns() {
            self.show(Style::Plain, label);
            prompt = say::prompt_now(lang, "", choice).trim_start().to_owned();
        }
        let help = say::help_yes(lang);
        let yes = loop {
            match self.choice(&prompt, &help)?.to_lowercase().as_str() {
                "" => break default,
                "y" | "yes" | "是" => break true,
                "n" | "no" | "否" => break false,
                "-1" | "<" => return Err(self.back()),
                _ => self.wrong(&say::want_yes(lang))?,
            }
        };
        self.turns.answered(label, if yes { YES } else { "n" });
        Ok(yes)
    }

    /// A person goes one question back; a script leaves what it began.
    fn back(&mut self) -> Stop {
        match self.person() {
            true => self.turns.back(),
            false => Stop::Back,
        }
    }

    /// What a question is about, and how it is answered.
    fn help(&self, question: &Question, answered: bool) {
        if !question.hint.is_empty() {
            self.show(Style::Faint, &format!("  {}", question.hint));
        }
        let help = match (question.unseen, question.required && question.now.is_none() && !answered)
        {
            (true, _) => say::help_secret(self.lang),
            (false, true) => say::help_required(self.lang),
            (false, false) => say::help_question(self.lang),
        };
        help.lines().for_each(|line| self.show(Style::Faint, &format!("  {line}")));
    }

    /// The line that waits for the answer. What Enter takes stands in it, or above
    /// it where it is long.
    fn prompt(&self, question: &Question, before: Option<&str>) -> String {
        let room = self.columns() / 2;
        if !question.hint.is_empty() {
            self.show(Style::Faint, &format!("  {}", question.hint));
        }
        let before = before.filter(|before| !before.is_empty()).map(|before| {
            match question.unseen || holds_password(before) {
                true => say::letters_before(self.lang, before.chars().count()),
                false => before.to_owned(),
            }
        });
        match before.as_ref().or(question.now.as_ref()) {
            Some(now) if columns::width(&question.label) + columns::width(now) + 5 > room => {
                self.show(Style::Faint, &format!("  {}", say::at_present(self.lang, now)));
                say::prompt_now(self.lang, &question.label, "…")
            }
            Some(now) => say::prompt_now(self.lang, &question.label, now),
            None => say::prompt(self.lang, &question.label),
        }
    }
}

/// What an answer comes to; `None` for Enter.
fn taken<T>(
    answer: &str,
    check: &mut impl FnMut(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    match answer {
        "" => Ok(None),
        typed => check(typed).map(Some),
    }
}
