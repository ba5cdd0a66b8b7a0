//! The commands that are no run and no menu: each does one thing and says what it did.

pub mod call;
pub mod check;
pub mod cli;
pub mod doubts;
pub mod history;
pub mod import;
pub mod inspect;
pub mod learning;
pub mod moment;
pub mod named;
pub mod pause;
pub mod rules;
pub mod said;
pub mod status;
pub mod typed;
pub mod versions;
pub mod why;
