//! Ctrl-C while the menu works: a cycle, a connection test. At a question it is a key
//! like others, which `typing` reads; while nobody reads keys, it is a signal.

use std::io;
use std::process;
use std::thread;

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

use crate::screen::terminal::put_error;

/// From now on Ctrl-C leaves the program at once, with 0 and the terminal as it is
/// now. What is under way ends as by a crash: the file stays whole, and the next
/// cycle takes up what this one began.
pub fn leave_on_ctrl_c() {
    let before = tcgetattr(io::stdin()).ok();
    // Without a handler Ctrl-C still ends the program, by the signal.
    let Ok(mut signals) = Signals::new([SIGINT]) else {
        return;
    };
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            if let Some(before) = &before {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            }
            // The shell's prompt begins on a line of its own.
            put_error("\n");
            process::exit(0);
        }
    });
}
