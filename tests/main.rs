//! The stories: what the binary does against a simulated PCE and a real SMTP
//! conversation. One binary, so that the rooms of the tests are compiled once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod mailbox;
mod oracle;
mod pce;
mod world;

mod stories {
    mod beside;
    mod client;
    mod illumio_py;
    mod random_worlds;
    mod simulated_pce;
    mod simulated_rows;
    mod the_cycle;
    mod the_oracle;
    mod the_world;
    mod traffic_clipped;
    mod traffic_counting;
    mod traffic_queries;
    mod traffic_rules;
}
