//! The menu, as a person uses it: the real binary in a pseudo-terminal, its screen
//! read by a terminal emulator; and as a script uses it, behind a pipe.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod certificate;
mod mailbox;
mod pce;
mod world;

#[path = "menu"]
mod stories {
    mod first_run;
    mod leaving;
    pub mod pipes;
    mod ran;
    mod rules;
    mod settings;
    pub mod terminal;
    mod tried;
    mod typing;
    mod wide;
}
