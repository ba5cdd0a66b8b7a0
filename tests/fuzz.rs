//! Whatever a stranger sends (a PCE's records, a config, a mail server's replies,
//! texts for a mail): nothing stops the run, and every bound holds.
//!
//! Each target looks for a second or so; with `ILLUMIO_MONITOR_FUZZ_SECONDS=600`
//! (`make fuzz`) for so long. What it found is printed with the seed; the same
//! `ILLUMIO_MONITOR_SEED` finds it again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "fuzz/config.rs"]
mod config;
#[path = "fuzz/drive.rs"]
mod drive;
#[path = "fuzz/json.rs"]
mod json;
#[path = "fuzz/mail.rs"]
mod mail;
#[path = "fuzz/page.rs"]
mod page;
#[path = "fuzz/records.rs"]
mod records;
#[path = "fuzz/smtp.rs"]
mod smtp;
#[path = "fuzz/state.rs"]
mod state;
