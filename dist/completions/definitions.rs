//! The program's commands as a flat list, the way completions need them.

use argh::{ArgsInfo, CommandInfoWithArgs, FlagInfo, FlagInfoKind};
use illumio_monitor::commands::cli::Cli;

/// A command, or the program itself.
pub struct Command {
    /// The words that lead to it: none for the program, `["rules", "add"]`.
    pub path: Vec<String>,
    /// What it does, in one line.
    pub about: String,
    /// Its own options, after the program's, which stand with every command.
    pub options: Vec<Opt>,
    /// The commands below it.
    pub commands: Vec<String>,
    /// It takes names of files.
    pub files: bool,
}

/// An option.
#[derive(Clone)]
pub struct Opt {
    /// `--config`
    pub long: String,
    /// `c`, for `-c`
    pub short: Option<char>,
    /// What it does, in one line.
    pub about: String,
    /// What follows it.
    pub value: Value,
}

/// What follows an option.
#[derive(Clone)]
pub enum Value {
    /// Nothing.
    None,
    /// The name of a file.
    File,
    /// One of these.
    OneOf(Vec<String>),
    /// Something that nobody can guess.
    Free,
}

impl Command {
    /// `rules add`; empty for the program.
    pub fn name(&self) -> String {
        self.path.join(" ")
    }

    /// The last word of the name.
    pub fn word(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// True where `self` stands directly below `other`.
    pub fn is_below(&self, other: &Command) -> bool {
        self.path.split_last().is_some_and(|(_, above)| above == other.path)
    }
}

impl Opt {
    /// `-c` and `--config`, as far as there are.
    pub fn words(&self) -> Vec<String> {
        let short = self.short.map(|short| format!("-{short}"));
        short.into_iter().chain([self.long.clone()]).collect()
    }
}

/// The options with a value, each once, whichever command they belong to.
pub fn with_value(commands: &[Command]) -> Vec<&Opt> {
    let mut found: Vec<&Opt> = Vec::new();
    for option in commands.iter().flat_map(|command| &command.options) {
        let known = found.iter().any(|other| other.long == option.long);
        if !known && !matches!(option.value, Value::None) {
            found.push(option);
        }
    }
    found
}

/// The program, and every command below it.
pub fn commands() -> Vec<Command> {
    let mut found = Vec::new();
    gather(&Cli::get_args_info(), Vec::new(), &mut found);
    found
}

fn gather(info: &CommandInfoWithArgs, path: Vec<String>, found: &mut Vec<Command>) {
    let own = info.flags.iter().filter(|flag| !flag.hidden);
    let mut options: Vec<Opt> = own.map(option).collect();
    // The program's options stand before or after the command.
    let global = found.first().map_or(&[][..], |program| &program.options);
    for option in global {
        if options.iter().all(|own| own.long != option.long) {
            options.push(option.clone());
        }
    }
    found.push(Command {
        path: path.clone(),
        about: one_line(info.description),
        options,
        commands: info.commands.iter().map(|below| below.name.into()).collect(),
        files: info
            .positionals
            .iter()
            .any(|one| format!("{} {}", one.name, one.description).contains("file")),
    });
    for below in &info.commands {
        let path = path.iter().cloned().chain([below.name.to_owned()]);
        gather(&below.command, path.collect(), found);
    }
}

fn option(flag: &FlagInfo<'_>) -> Opt {
    Opt {
        long: format!("--{}", flag.long.trim_start_matches('-')),
        short: flag.short,
        about: one_line(flag.description),
        value: match &flag.kind {
            FlagInfoKind::Switch => Value::None,
            FlagInfoKind::Option { arg_name } => value(arg_name),
        },
    }
}

fn value(arg_name: &str) -> Value {
    match arg_name {
        "FILE" => Value::File,
        values if values.contains('|') => {
            Value::OneOf(values.split('|').map(str::to_owned).collect())
        }
        _ => Value::Free,
    }
}

/// Up to the first full stop, colon or semicolon; shells show it in one line.
fn one_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = [". ", ": ", "; "].iter().filter_map(|end| text.find(end));
    let end = end.min().unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}
