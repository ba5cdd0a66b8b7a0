//! `cargo run --example completions -- DIR`: completions for bash, zsh and fish,
//! made from the command definitions in `src/commands/cli.rs`, so that they never differ
//! from what the program takes.

#![allow(clippy::expect_used, missing_docs)]

mod bash;
mod definitions;
mod fish;
mod zsh;

use std::fs;
use std::path::PathBuf;

use definitions::commands;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.expect("usage: completions DIR");
    fs::create_dir_all(&folder)?;
    let commands = commands();
    fs::write(folder.join("illumio-monitor.bash"), bash::script(&commands))?;
    fs::write(folder.join("_illumio-monitor"), zsh::script(&commands))?;
    fs::write(folder.join("illumio-monitor.fish"), fish::script(&commands))
}
