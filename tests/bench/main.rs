//! What a poll costs: `make bench`.
//!
//! Every figure but those of the parts is that of a whole process, by the operating system's own account:
//! CPU seconds, the highest resident memory, the wall's clock. The simulated PCE
//! runs in a process of its own. What is compared is run in turns, since a machine
//! that is shared is not the same from one minute to the next.
//!
//! This one program plays all parts: the table, the stopwatch around one process,
//! the PCE, and the floor that reading is held against.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "floor.rs"]
mod floor;
#[path = "growth.rs"]
mod growth;
#[path = "parts.rs"]
mod parts;
#[path = "../pce/mod.rs"]
mod pce;
#[allow(dead_code)]
#[path = "../samples/mod.rs"]
mod samples;
#[path = "site.rs"]
mod site;
#[path = "stopwatch.rs"]
mod stopwatch;
#[path = "table.rs"]
mod table;
#[path = "works.rs"]
mod works;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["stopwatch", program, arguments @ ..] => stopwatch::time(program, arguments),
        ["pce", events, flows, rows, workloads] => site::serve(events, flows, rows, workloads),
        ["floor", config] => floor::read(config),
        only => works::all(only),
    }
}
