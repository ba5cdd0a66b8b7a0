//! The terminal, or the pipe, at this process's streams: how large it is, whether
//! someone sits there, and lines of which nothing acts on it. All that is printed goes
//! through here: a stream that is closed or full is no reason to fail. Knows no room.

use std::io::{self, IsTerminal, Write};

use rustix::termios::{Winsize, tcgetwinsize};

use crate::screen::visible::visible;

/// The columns of the terminal on standard output; `None` where there is none, or
/// where it does not say.
pub fn columns() -> Option<usize> {
    size(|size| size.ws_col)
}

/// Its rows, likewise.
pub fn rows() -> Option<usize> {
    size(|size| size.ws_row)
}

fn size(of: impl Fn(Winsize) -> u16) -> Option<usize> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(of(size))).filter(|size| *size > 0)
}

/// Whether someone sits there to be asked.
pub fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Prints results on standard output.
pub fn print(lines: &[String]) {
    for line in lines {
        put(&format!("{}\n", visible(line)));
    }
}

/// Prints what is wrong on standard error; a text of several lines as they are.
pub fn complain(problems: &[String]) {
    for line in problems.iter().flat_map(|problem| problem.lines()) {
        put_error(&format!("{}\n", visible(line)));
    }
}

/// Writes on standard output, as it is and at once.
pub fn put(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes on standard error, as it is.
pub fn put_error(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Shows what it is about, and takes `y` alone for yes.
pub fn ask(lines: &[String], question: &str) -> bool {
    print(lines);
    put(question);
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "ｙ" | "Ｙ" | "yes" | "是")
}

/// Takes the line away that [`progress`] left.
pub fn end_progress() {
    if io::stdout().is_terminal() {
        put("\r\x1b[K");
    }
}

/// Shows, on a terminal alone, that the PCE is still at work; the next line
/// overwrites it.
pub fn progress(text: &str) {
    if io::stdout().is_terminal() {
        put(&format!("\r{text}\r"));
    }
}
