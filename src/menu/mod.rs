//! The interactive menu.

pub mod columns;
