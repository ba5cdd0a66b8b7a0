//! illumio-monitor: one run is one poll of an Illumio PCE, told by mail.
//!
//! A run is a straight line, and the rooms stand in its order:
//! fetch ([`pce`]) → analyze ([`rules`]) → aggregate ([`report`]) → alert ([`mail`]).
//! [`cycle`] tells the whole story and knows every room; [`store`] keeps the one
//! JSON file, which a person changes by [`rule_command`] and [`import`]; [`lang`]
//! holds every sentence that a person reads. Time and randomness are arguments:
//! only `main` and `cycle` look at a clock.

pub mod archive;
pub mod certificate;
pub mod check;
pub mod cli;
pub mod cycle;
pub mod import;
pub mod lang;
pub mod log;
pub mod mail;
pub mod menu;
pub mod net;
pub mod packed;
pub mod pce;
pub mod report;
pub mod rule_command;
pub mod rules;
pub mod secret;
pub mod status;
pub mod store;
pub mod table;
pub mod tls;
pub mod visible;
