//! The one JSON file: what is read from it, and how it is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "store/config.rs"]
mod config;
#[path = "store/dying.rs"]
mod dying;
#[path = "store/editing.rs"]
mod editing;
#[path = "store/email.rs"]
mod email;
#[path = "store/flipped.rs"]
mod flipped;
#[path = "store/helpers.rs"]
mod helpers;
#[path = "store/rules.rs"]
mod rules;
#[path = "store/saving.rs"]
mod saving;
#[path = "store/state.rs"]
mod state;
#[path = "store/versions.rs"]
mod versions;
