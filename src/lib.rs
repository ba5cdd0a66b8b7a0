//! illumio-monitor: one run is one poll of an Illumio PCE, told by mail.
//!
//! A run is a straight line, and the rooms stand in its order:
//! fetch ([`pce`]) → analyze ([`rules`]) → aggregate ([`report`]) → alert ([`mail`]),
//! and hand on ([`forward`]).
//! [`cycle`] tells the whole story. [`store`] keeps the one JSON file, which a person
//! changes by the [`menu`] or by the [`commands`], and [`config`] reads what they wrote in
//! it. [`lang`] holds the sentences that a person reads.
//!
//! Who knows whom is drawn in CONTRIBUTING.md, from the `use` lines; no room knows one
//! that knows it. Only `pce`, `mail` and `forward` open sockets to others, by way of
//! [`net`]; [`host`] writes to the host's own. Time and randomness are arguments: only
//! `main` and `cycle` look at a clock.

// What prints by itself dies of a closed stream; `screen::terminal` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod archive;
pub mod commands;
pub mod config;
pub mod cycle;
pub mod exit;
pub mod forward;
pub mod host;
pub mod lang;
pub mod mail;
pub mod menu;
pub mod net;
pub mod packed;
pub mod pce;
pub mod report;
pub mod rules;
pub mod screen;
pub mod store;
pub mod system;
