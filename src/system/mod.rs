//! What this host has: its users and groups, its name services, its files.

pub mod getent;
pub mod ordinary;
pub mod users;
