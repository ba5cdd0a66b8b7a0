//! One line typed at a terminal.
//!
//! The terminal's own line editing knows neither letters of two columns nor a
//! Ctrl-C that only ends the menu, so the few keys a line needs are read here.
//! Between two lines the terminal shows nothing of what is typed, which may be a secret;
//! it is as it was again when the menu is left. A line is redrawn from its begin, since
//! terminals don't agree on how wide it is: of control signs only the carriage return is
//! needed, which every terminal knows.

use std::io::{self, BufRead, BufReader, Stdin};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::keys::{self, Bytes, Key};
pub use super::line::LONGEST;
use super::line::{Line, View};
use crate::screen::columns;
use crate::screen::terminal::put;

/// The bytes of one key are never further apart, over a slow line neither.
const BETWEEN_BYTES: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// A paste comes between brackets [xterm's ctlseqs: bracketed paste mode].
const BRACKETS_ON: &str = "\x1b[?2004h";
/// It comes as if it was typed.
pub const BRACKETS_OFF: &str = "\x1b[?2004l";

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// A line, without its end.
    Line(String),
    /// Ctrl-D on an empty line, or the terminal is gone.
    End,
    /// Ctrl-C.
    Interrupt,
}

/// What is shown of a line while it is typed.
#[derive(Clone, Copy)]
pub enum Echo<'a> {
    /// The line; the older answers come with the arrow up, the newest last.
    Text(&'a [String]),
    /// How many letters there are, in words, and none of them.
    Count(&'a dyn Fn(usize) -> String),
    /// Nothing.
    Nothing,
}

/// Asks by `prompt`, reads a line from the terminal on standard input and shows it as
/// it grows, in at most so many columns; `cut` stands where there is no room for more.
pub fn read_line(
    input: &mut BufReader<Stdin>,
    prompt: &str,
    columns: usize,
    cut: char,
    echo: Echo<'_>,
) -> io::Result<Typed> {
    // Before the prompt: who answers at once finds the terminal ready.
    let _raw = RawMode::begin()?;
    put(prompt);
    let shown = Shown { prompt, cut, width: 0 };
    let typed = typed(&mut Terminal(input), shown, columns.max(4), echo);
    put("\n");
    typed
}

/// Nothing of what is typed is shown by the terminal itself, and a paste comes between
/// brackets where the terminal knows that. As it was when it is dropped.
pub struct Unseen {
    before: Option<Termios>,
    brackets: bool,
}

impl Unseen {
    /// From now on. `brackets`: the terminal knows control sequences.
    pub fn begin(brackets: bool) -> Self {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(mut unseen) = before.clone() {
            unseen.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
            let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &unseen);
        }
        if brackets {
            put(BRACKETS_ON);
        }
        Self { before, brackets }
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if self.brackets {
            put(BRACKETS_OFF);
        }
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Drain, before);
        }
    }
}

/// Keys come one by one and unseen; as it was when it is dropped.
struct RawMode {
    before: Termios,
}

impl RawMode {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        raw.local_modes -= LocalModes::ISIG | LocalModes::IEXTEN;
        raw.input_modes |= InputModes::ICRNL;
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Drain, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &self.before);
    }
}

fn typed(
    input: &mut Terminal<'_>,
    mut shown: Shown<'_>,
    columns: usize,
    echo: Echo<'_>,
) -> io::Result<Typed> {
    let mut line = Line::default();
    let mut older = Older::new(echo);
    loop {
        // What came at once, as a paste, is shown at once.
        if !input.has_more() {
            shown.show(&line, columns, echo);
        }
        let key = keys::key(input)?;
        if let Some(typed) = ends(&key, &line) {
            shown.show(&line, columns, echo);
            return Ok(typed);
        }
        match key {
            Key::Older => older.back(&mut line),
            Key::Newer => older.on(&mut line),
            // Where nobody sees the cursor, it stays at the end.
            _ if !matches!(echo, Echo::Text(_)) && moves(&key) => {}
            key => line.edit(&key),
        }
    }
}

/// What was typed, where this key ends it.
fn ends(key: &Key, line: &Line) -> Option<Typed> {
    match key {
        Key::Enter => Some(Typed::Line(line.text().to_owned())),
        Key::Interrupt => Some(Typed::Interrupt),
        Key::Gone => Some(Typed::End),
        Key::DeleteOrEnd if line.text().is_empty() => Some(Typed::End),
        _ => None,
    }
}

fn moves(key: &Key) -> bool {
    matches!(key, Key::Left | Key::Right | Key::WordLeft | Key::WordRight | Key::Home | Key::End)
}

/// How many letters will be taken, blanks around them aside; nothing for none.
fn counted(text: &str, words: &dyn Fn(usize) -> String, columns: usize) -> View {
    let text = match text.trim_matches(' ').chars().count() {
        0 => String::new(),
        count => columns::fit(&words(count), columns),
    };
    View { cursor: text.len(), text }
}

/// The answers before this one, and the line that was begun when the first was shown.
struct Older<'a> {
    answers: &'a [String],
    /// So many of them are still older than the one that is shown.
    at: usize,
    begun: String,
}

impl<'a> Older<'a> {
    fn new(echo: Echo<'a>) -> Self {
        let answers = if let Echo::Text(answers) = echo { answers } else { &[] };
        Self { answers, at: answers.len(), begun: String::new() }
    }

    fn back(&mut self, line: &mut Line) {
        if self.at == self.answers.len() {
            self.begun = line.text().to_owned();
        }
        let older = self.at.checked_sub(1);
        if let Some((at, answer)) = older.and_then(|at| Some((at, self.answers.get(at)?))) {
            self.at = at;
            *line = Line::new(answer);
        }
    }

    fn on(&mut self, line: &mut Line) {
        if self.at < self.answers.len() {
            self.at += 1;
            *line = Line::new(self.answers.get(self.at).unwrap_or(&self.begun));
        }
    }
}

/// What the terminal shows of the line, behind the prompt at the row's begin.
struct Shown<'a> {
    prompt: &'a str,
    cut: char,
    width: usize,
}

impl Shown<'_> {
    fn show(&mut self, line: &Line, columns: usize, echo: Echo<'_>) {
        match echo {
            Echo::Text(_) => self.draw(&line.view(columns)),
            Echo::Count(words) => self.draw(&counted(line.text(), words, columns)),
            Echo::Nothing => {}
        }
    }

    /// Writes the view over what was shown; then once more up to the cursor, which so
    /// stands where the terminal itself has that letter.
    fn draw(&mut self, view: &View) {
        let (before, after) = view.text.split_at_checked(view.cursor).unwrap_or((&view.text, ""));
        let shown = |text: &str| text.replace('…', self.cut.encode_utf8(&mut [0; 4]));
        let (before, after) = (shown(before), shown(after));
        let width = columns::width(&view.text);
        let rest = " ".repeat(self.width.saturating_sub(width));
        if self.width > 0 || width > 0 {
            put(&format!("\r{}{before}{after}{rest}", self.prompt));
        }
        if !(after.is_empty() && rest.is_empty()) {
            put(&format!("\r{}{before}", self.prompt));
        }
        self.width = width;
    }
}

/// The terminal on standard input.
struct Terminal<'a>(&'a mut BufReader<Stdin>);

impl Terminal<'_> {
    /// Whether something that was typed was read already.
    fn has_more(&self) -> bool {
        !self.0.buffer().is_empty()
    }
}

impl Bytes for Terminal<'_> {
    fn next(&mut self) -> io::Result<Option<u8>> {
        let first = self.peek()?;
        self.0.consume(usize::from(first.is_some()));
        Ok(first)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.0.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The terminal was closed.
                Err(error) if error.raw_os_error() == Some(5) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    fn more(&mut self) -> bool {
        if self.has_more() {
            return true;
        }
        let stdin = io::stdin();
        let mut one = [PollFd::new(&stdin, PollFlags::IN)];
        poll(&mut one, Some(&BETWEEN_BYTES)).is_ok_and(|ready| ready > 0)
    }
}
