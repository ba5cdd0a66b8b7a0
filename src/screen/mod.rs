//! Text on a terminal, and in a pipe: made harmless, measured, put in columns, printed.

pub mod columns;
pub mod table;
pub mod terminal;
pub mod visible;
