//! Who sits in front of the menu: a person at a terminal, or a script behind a pipe.
//!
//! A person is shown menus and questions, in colour where the terminal has it. A
//! script is shown results alone, and what was wrong goes to standard error.

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Stdin};

use super::turns::Turns;
use super::typing::{self, Echo, Typed};
use crate::commands::typed::narrow;
use crate::config::Env;
use crate::lang::{Lang, menu as say};
use crate::net::secret::Secrets;
use crate::screen::columns;
use crate::screen::terminal;
use crate::screen::visible::{in_ascii, visible};

/// A script gives at most so many lines, so that `yes | illumio-monitor` ends.
const MOST_LINES: u32 = 1_000;

/// A script that is wrong so often in a row is left.
const MOST_WRONG: u32 = 10;

/// So many answers come back with the arrow up.
const MOST_ANSWERS: usize = 100;

/// Prose wider than this is hard to read.
const WIDEST: usize = 100;

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The user goes back, to the menu before.
    Back,
    /// The user goes one question back, among those that belong together.
    Again,
    /// The user leaves the program.
    Leave(Leave),
}

/// How a menu is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// By its entry 0, or the input ended.
    End,
    /// By Ctrl-C.
    Interrupt,
    /// A script gave one wrong answer after the other.
    Astray,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As any other.
    Plain,
    /// A title.
    Title,
    /// What matters less: examples, hints.
    Faint,
    /// Something is well.
    Good,
    /// Something is wrong.
    Bad,
}

/// The two streams, and who is at their other end.
pub struct Console {
    /// The language of all that is said here.
    pub lang: Lang,
    /// What is shown nowhere.
    pub secrets: Secrets,
    /// The answers to the questions that belong together.
    pub turns: Turns,
    /// Someone types.
    person: bool,
    /// Colour, and a screen that is cleared.
    styled: bool,
    /// The terminal shows no letters beyond ASCII.
    ascii: bool,
    input: BufReader<Stdin>,
    lines_left: u32,
    wrong: u32,
    /// What was typed before, the newest last; no secret.
    answers: Vec<String>,
    /// Told when the next menu is drawn, since that clears the screen.
    notices: Vec<(Style, String)>,
}

impl Console {
    /// Looks who is there.
    pub fn new(lang: Lang, env: &Env) -> Self {
        let person = io::stdin().is_terminal();
        let plain = env.text("NO_COLOR").is_some() || env.text("TERM").unwrap_or("dumb") == "dumb";
        Self {
            lang,
            secrets: Secrets::default(),
            turns: Turns::default(),
            person,
            ascii: !env.shows_unicode(),
            styled: person && io::stdout().is_terminal() && !plain,
            input: BufReader::new(io::stdin()),
            lines_left: MOST_LINES,
            wrong: 0,
            answers: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// True where someone types; false behind a pipe.
    pub fn person(&self) -> bool {
        self.person
    }

    /// True where control sequences may go to the terminal.
    pub fn styled(&self) -> bool {
        self.styled
    }

    /// True where the terminal shows no letters beyond ASCII.
    pub fn ascii(&self) -> bool {
        self.ascii
    }

    /// The terminal's columns; 80 where it does not say.
    pub fn columns(&self) -> usize {
        terminal::columns().map_or(80, |columns| columns.max(40))
    }

    /// The terminal's rows; 24 where it does not say.
    pub fn rows(&self) -> usize {
        terminal::rows().map_or(24, |rows| rows.max(10))
    }

    /// Begins a new screen for a person, with what was to be told there.
    pub fn screen(&mut self, title: &str) {
        if !self.person {
            return;
        }
        match self.styled {
            true => self.put("\x1b[H\x1b[2J"),
            false => self.put("\n"),
        }
        self.show(Style::Title, title);
        self.tell_notices();
    }

    /// Tells now what waits for the next screen.
    pub fn tell_notices(&mut self) {
        for (style, notice) in std::mem::take(&mut self.notices) {
            self.line(style, &notice);
        }
    }

    /// Takes away the line that said what the program is waiting for.
    pub fn clear_progress(&self) {
        if self.styled {
            self.put("\r\x1b[K");
        }
    }

    /// Shows a person one line whole, however long.
    pub fn raw(&self, text: &str) {
        if self.person {
            self.put(&format!("{}\n", visible(text)));
        }
    }

    /// Tells a result at once, good and bad behind their marks.
    pub fn line(&self, style: Style, text: &str) {
        let mark = match style {
            Style::Good => "✓ ",
            Style::Bad => "✗ ",
            _ => "",
        };
        if text.is_empty() {
            return self.marked(style, "");
        }
        for line in text.lines() {
            self.marked(style, &format!("{mark}{line}"));
        }
    }

    /// Tells one line that brings its mark along.
    pub fn marked(&self, style: Style, line: &str) {
        let line = self.shown(line);
        if !self.person {
            return self.put(&format!("{line}\n"));
        }
        let indent = match style {
            Style::Good | Style::Bad => 2,
            _ => line.len() - line.trim_start().len(),
        };
        for part in columns::wrap(&line, self.prose(), indent) {
            self.put(&format!("{}\n", self.styled_text(style, &part)));
        }
    }

    /// Shows a person what a script has no use for: titles, choices, hints.
    pub fn show(&self, style: Style, text: &str) {
        if self.person {
            self.line(style, text);
        }
    }

    /// Shows a person one line, cut to the width.
    pub fn row(&self, style: Style, text: &str) {
        if self.person {
            let text = columns::fit(&self.shown(text), self.columns());
            self.put(&format!("{}\n", self.styled_text(style, &text)));
        }
    }

    /// Tells a result: a script at once, a person below the next title.
    pub fn notice(&mut self, style: Style, text: &str) {
        if self.turns.quiet() {
            return;
        }
        match self.person && self.styled {
            true => self.notices.push((style, text.to_owned())),
            false => self.line(style, text),
        }
    }

    /// Tells that something failed; to a script on standard error.
    pub fn fault(&self, text: &str) {
        if self.person {
            return self.line(Style::Bad, text);
        }
        terminal::complain(&[self.secrets.hide(text)]);
    }

    /// The same, below a person's next title.
    pub fn fault_notice(&mut self, text: &str) {
        match self.person && self.styled {
            true => self.notices.push((Style::Bad, text.to_owned())),
            false => self.fault(text),
        }
    }

    /// Tells at once what is wrong with an answer; a script on standard error. One
    /// that does not stop to be wrong is left.
    pub fn wrong(&mut self, text: &str) -> Result<(), Stop> {
        self.fault(text);
        if self.person {
            return Ok(());
        }
        self.wrong += 1;
        match self.wrong < MOST_WRONG {
            true => Ok(()),
            false => {
                terminal::complain(&[say::astray(self.lang)]);
                Err(Stop::Leave(Leave::Astray))
            }
        }
    }

    /// The next choice, or what to search for: without the blanks around it, and in
    /// ASCII where it was typed in full-width forms. Behind `prompt` for a person, who is
    /// helped as often as he types `?`.
    pub fn answer(&mut self, prompt: &str) -> Result<String, Stop> {
        let help = say::help_choice(self.lang);
        self.choice(prompt, &help)
    }

    /// The same, with a help of its own.
    pub fn choice(&mut self, prompt: &str, help: &str) -> Result<String, Stop> {
        loop {
            let line = self.read_text(prompt)?;
            match narrow(&line).trim() {
                "?" if self.person => self.show(Style::Faint, help),
                typed => {
                    // A number is typed faster than it is found again.
                    if typed.contains(char::is_alphabetic) {
                        self.keep(typed);
                    }
                    return Ok(typed.to_owned());
                }
            }
        }
    }

    /// The next answer as it was typed, without the blanks around it.
    pub fn typed_line(&mut self, prompt: &str) -> Result<String, Stop> {
        let line = self.read_text(prompt)?.trim().to_owned();
        self.keep(&line);
        Ok(line)
    }

    fn read_text(&mut self, prompt: &str) -> Result<String, Stop> {
        let answers = std::mem::take(&mut self.answers);
        let line = self.read(prompt, Echo::Text(&answers));
        self.answers = answers;
        line
    }

    /// An answer that nobody sees while it is typed, but for how long it is.
    pub fn secret(&mut self, prompt: &str) -> Result<String, Stop> {
        let lang = self.lang;
        let count = |letters| say::letters(lang, letters);
        let line = self.read(prompt, Echo::Count(&count))?;
        Ok(line.trim_matches(|c: char| c.is_ascii_whitespace()).to_owned())
    }

    /// From now on these are shown nowhere; an answer that holds one comes back no more.
    pub fn hide(&mut self, secrets: Secrets) {
        self.hide_too(|all| *all = secrets);
    }

    /// The same for what is added to them.
    pub fn hide_too(&mut self, add: impl FnOnce(&mut Secrets)) {
        add(&mut self.secrets);
        let secrets = &self.secrets;
        self.answers.retain(|answer| secrets.hide(answer) == *answer);
    }

    /// Keeps an answer for the arrow up, where it is longer than a sign and no secret.
    fn keep(&mut self, line: &str) {
        let is_new = self.answers.last().is_none_or(|last| last != line);
        let is_secret = holds_password(line) || self.secrets.hide(line) != line;
        if line.chars().nth(1).is_some() && is_new && !is_secret {
            self.answers.push(line.to_owned());
            let most = self.answers.len().saturating_sub(MOST_ANSWERS);
            self.answers.drain(..most);
        }
    }

    /// An answer was fine: what was wrong before no longer counts.
    pub fn fine(&mut self) {
        self.wrong = 0;
    }

    /// Waits until a person has read what the next screen would clear away.
    pub fn pause(&mut self) -> Result<(), Stop> {
        if self.styled {
            self.read(&say::pause(self.lang), Echo::Nothing)?;
        }
        Ok(())
    }

    /// Tells many lines: screen by screen to a person, all at once to a script. They
    /// fit the width already, and nothing in them acts on a terminal.
    pub fn page(&mut self, text: &str) -> Result<(), Stop> {
        let room = self.rows().saturating_sub(2);
        for (at, line) in text.lines().enumerate() {
            if self.person && at > 0 && at % room == 0 {
                let typed = self.read(&say::pause_or_skip(self.lang), Echo::Nothing)?;
                if self.styled {
                    // The pause is no part of the text.
                    self.put("\x1b[1A\r\x1b[K");
                }
                if matches!(narrow(&typed).trim(), "0" | "-1" | "<" | "q") {
                    return Ok(());
                }
            }
            self.put(&format!("{line}\n"));
        }
        Ok(())
    }

    fn read(&mut self, prompt: &str, echo: Echo<'_>) -> Result<String, Stop> {
        if !self.person {
            return self.next_line();
        }
        // The terminal's own width, however narrow: the line must not wrap.
        let columns = terminal::columns().unwrap_or(80);
        let prompt = columns::fit(&self.shown(prompt), columns.saturating_sub(12));
        let prompt = self.in_ascii(&prompt);
        let left = columns.saturating_sub(columns::width(&prompt) + 1);
        let prompt = self.styled_text(Style::Title, &prompt);
        let cut = if self.ascii { '~' } else { '…' };
        match typing::read_line(&mut self.input, &prompt, left, cut, echo) {
            Ok(Typed::Line(line)) => Ok(line),
            Ok(Typed::Interrupt) => Err(Stop::Leave(Leave::Interrupt)),
            Ok(Typed::End) | Err(_) => Err(Stop::Leave(Leave::End)),
        }
    }

    /// A script's next line.
    fn next_line(&mut self) -> Result<String, Stop> {
        if self.lines_left == 0 {
            return Err(Stop::Leave(Leave::Astray));
        }
        self.lines_left -= 1;
        let mut bytes = Vec::new();
        let longest = typing::LONGEST as u64;
        let read = (&mut self.input).take(longest).read_until(b'\n', &mut bytes);
        match read {
            Ok(0) | Err(_) => Err(Stop::Leave(Leave::End)),
            Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    fn prose(&self) -> usize {
        self.columns().min(WIDEST)
    }

    fn styled_text(&self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Plain => return text.to_owned(),
            Style::Title => "1",
            Style::Faint => "2",
            Style::Good => "32",
            Style::Bad => "31",
        };
        match self.styled {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn put(&self, text: &str) {
        if self.turns.quiet() {
            return;
        }
        terminal::put(&self.in_ascii(&self.secrets.hide(text)));
    }

    /// Text with nothing in it that acts on the terminal, or that it can't show. What is
    /// cut or wrapped to its width is so by now.
    fn shown(&self, text: &str) -> String {
        self.in_ascii(&visible(text))
    }

    fn in_ascii(&self, text: &str) -> String {
        if self.ascii { in_ascii(text) } else { text.to_owned() }
    }
}

/// Whether a login may stand in it, as before a proxy's host: `http://monitor:…@proxy`.
pub fn holds_password(text: &str) -> bool {
    narrow(text).rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
}
