//! illumio-monitor: one run is one poll of an Illumio PCE, told by mail.
//!
//! A run is a straight line, and the rooms stand in its order:
//! fetch ([`pce`]) → analyze ([`rules`]) → aggregate ([`report`]) → alert ([`mail`]).
//! [`cycle`] tells the whole story. [`store`] keeps the one JSON file, which a person
//! changes by the [`menu`], by [`rule_command`] or by [`import`]; [`check`] and
//! [`status`] only look. [`lang`] holds every sentence that a person reads.
//!
//! Who knows whom is drawn in CONTRIBUTING.md, from the `use` lines; no room knows one
//! that knows it. Only `pce` and `mail` open sockets to others, by way of [`net`] and
//! [`tls`]; [`log`] writes to the host's own. Time and randomness are arguments: only
//! `main` and `cycle` look at a clock.

// What prints by itself dies of a closed stream; `terminal` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod archive;
pub mod certificate;
pub mod check;
pub mod cli;
pub mod columns;
pub mod cron_line;
pub mod crontab;
pub mod cycle;
pub mod exit;
mod getent;
pub mod import;
pub mod lang;
pub mod log;
pub mod mail;
pub mod menu;
pub mod net;
pub mod ordinary;
pub mod packed;
pub mod pce;
pub mod process;
pub mod report;
pub mod rule_command;
pub mod rules;
pub mod said;
pub mod secret;
pub mod status;
pub mod store;
pub mod table;
pub mod terminal;
pub mod tls;
pub mod users;
pub mod visible;
