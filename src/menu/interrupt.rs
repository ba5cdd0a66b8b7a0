//! Signals while someone sits at the menu: the terminal is left as it was found.
//!
//! Ctrl-C at a question is a key like others, which `typing` reads; while nobody reads keys,
//! it is a signal.

use std::ffi::c_int;
use std::io;
use std::process;
use std::thread;

use rustix::termios::{Action, OptionalActions, tcflow, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::typing::BRACKETS_OFF;
use crate::screen::terminal::{put, put_error};

/// From now on Ctrl-C leaves the program at once, with 0; what else would end it still
/// does, as that signal. In both cases the terminal is as it is now. What is under way
/// ends as by a crash: the file stays whole, and the next cycle takes up what this one
/// began. `brackets`: the terminal knows control sequences.
pub fn leave_as_found(brackets: bool) {
    let before = tcgetattr(io::stdin()).ok();
    // Without a handler each still ends the program.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT]) else {
        return;
    };
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Output that was stopped by Ctrl-S would hold up what is written here.
            let _ = tcflow(io::stdin(), Action::OOn);
            if brackets {
                put(BRACKETS_OFF);
            }
            if let Some(before) = &before {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            }
            // The shell's prompt begins on a line of its own.
            put_error("\n");
            end(signal);
        }
    });
}

fn end(signal: c_int) {
    if signal != SIGINT {
        // Does not return where the signal ends a process.
        let _ = emulate_default_handler(signal);
    }
    process::exit(0);
}
