//! One line typed at a terminal.
//!
//! The terminal's own line editing knows neither letters of two columns nor a
//! Ctrl-C that only ends the menu, so the few keys a line needs are read here.
//! The terminal is as it was again as soon as the line is done. Of control
//! sequences only the backspace is used: every terminal knows it.

use std::io::{self, BufRead, BufReader, Read};

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::screen::columns;
use crate::screen::terminal::put;
use crate::screen::visible::hidden;

/// A line has at most so many bytes; more is let go.
pub const LONGEST: usize = 64 * 1024;

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

/// Asks by `prompt`, reads a line from the terminal on standard input and shows it as
/// it grows, in at most so many columns. What is `unseen` is not shown at all.
pub fn read_line<R: Read>(
    input: &mut BufReader<R>,
    prompt: &str,
    columns: usize,
    unseen: bool,
) -> io::Result<Typed> {
    // Before the prompt: who answers at once finds the terminal ready.
    let _raw = RawMode::begin()?;
    put(prompt);
    let mut line = InputLine {
        text: String::new(),
        shown: 0,
        columns: if unseen { 0 } else { columns.max(10) },
    };
    let typed = line.read(input);
    put("\n");
    typed
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

struct InputLine {
    text: String,
    /// The columns that the shown part takes.
    shown: usize,
    /// The columns there are; 0: nothing is shown.
    columns: usize,
}

impl InputLine {
    fn read<R: Read>(&mut self, input: &mut BufReader<R>) -> io::Result<Typed> {
        loop {
            let Some(byte) = next(input)? else {
                return Ok(Typed::End);
            };
            match byte {
                b'\n' | b'\r' => return Ok(Typed::Line(std::mem::take(&mut self.text))),
                0x03 => return Ok(Typed::Interrupt),
                0x04 if self.text.is_empty() => return Ok(Typed::End),
                0x08 | 0x7f => drop(self.text.pop()),
                // Ctrl-U takes the line back, Ctrl-W its last word.
                0x15 => self.text.clear(),
                0x17 => {
                    let kept = self.text.trim_end();
                    let kept = kept.rfind(' ').map_or(0, |at| at + 1);
                    self.text.truncate(kept);
                }
                0x1b => skip_sequence(input),
                byte if byte >= 0x20 => self.push(byte, input)?,
                _ => {}
            }
            self.show();
        }
    }

    /// Appends the letter that begins with this byte.
    fn push<R: Read>(&mut self, first: u8, input: &mut BufReader<R>) -> io::Result<()> {
        let more = match first {
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            _ => 0,
        };
        let mut bytes = vec![first];
        while bytes.len() <= more {
            match next(input)? {
                Some(byte) => bytes.push(byte),
                None => break,
            }
        }
        if let Ok(letter) = std::str::from_utf8(&bytes)
            && !letter.chars().any(hidden)
            && self.text.len() < LONGEST
        {
            self.text.push_str(letter);
        }
        Ok(())
    }

    /// Shows the line's end in the columns there are, over what was shown.
    fn show(&mut self) {
        if self.columns == 0 {
            return;
        }
        let view = columns::fit_end(&self.text, self.columns);
        let width = columns::width(&view);
        let rest = self.shown.saturating_sub(width);
        let back = |count: usize| "\u{8}".repeat(count);
        put(&format!("{}{view}{}{}", back(self.shown), " ".repeat(rest), back(rest)));
        self.shown = width;
    }
}

fn next<R: Read>(input: &mut BufReader<R>) -> io::Result<Option<u8>> {
    loop {
        match input.fill_buf() {
            Ok(bytes) => {
                let first = bytes.first().copied();
                input.consume(usize::from(first.is_some()));
                return Ok(first);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The terminal was closed.
            Err(error) if error.raw_os_error() == Some(5) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// An arrow or function key comes as one piece behind the escape [ECMA-48 5.4].
fn skip_sequence<R: Read>(input: &mut BufReader<R>) {
    let ends = |byte: &u8| (0x40..=0x7e).contains(byte);
    let skip = match input.buffer() {
        [b'[', rest @ ..] => 2 + rest.iter().position(ends).unwrap_or(rest.len()),
        [b'O', ..] => 2,
        _ => 0,
    };
    input.consume(skip.min(input.buffer().len()));
}
