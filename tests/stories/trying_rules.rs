//! `rules try`.
