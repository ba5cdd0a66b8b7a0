//! The interactive menu.

pub mod columns;
pub mod inspect;
