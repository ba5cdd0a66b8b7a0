//! The arguments become a command, or what is wrong with them.

use argh::FromArgs;

use super::Cli;
use super::usage::usage_of;
use crate::lang::{Lang, help};

/// Options that stand before or after the command; `true`: a value follows.
pub(super) const GLOBAL: [(&str, &str, bool); 4] = [
    ("--config", "-c", true),
    ("--lang", "--lang", true),
    ("--version", "-V", false),
    ("--help", "-h", false),
];

/// What the command line comes to.
#[derive(Debug)]
pub enum Parsed {
    /// Do this.
    Do(Box<Cli>),
    /// Print this and leave with 0.
    Help(String),
    /// Print this, which ends with the usage, on standard error and leave with
    /// [`USAGE`](crate::exit::USAGE).
    Wrong(String),
}

/// Reads the arguments, without the program's name. `ours` is the language of help
/// and errors where `--lang` names none.
pub fn parse(arguments: &[String], ours: Lang) -> Parsed {
    let sorted = global_first(arguments);
    let words: Vec<&str> = sorted.iter().map(String::as_str).collect();
    let asked = words
        .iter()
        .position(|word| *word == "--lang")
        .and_then(|place| words.get(place + 1))
        .and_then(|tag| Lang::from_tag(tag));
    let lang = asked.unwrap_or(ours);
    match Cli::from_args(&["illumio-monitor"], &words) {
        Ok(cli) => Parsed::Do(Box::new(cli)),
        Err(exit) if exit.status.is_ok() => Parsed::Help(match lang {
            Lang::En => exit.output,
            Lang::ZhTw => usage_of(&words, lang),
        }),
        Err(exit) => Parsed::Wrong(format!(
            "{}\n\n{}",
            help::wrong(lang, exit.output.trim_end()),
            usage_of(&words, lang)
        )),
    }
}

/// argh takes options only where their command stands, and no `--key=value`. So
/// such a word is parted, and the global options move to the front; `--help`
/// stays with its command.
fn global_first(arguments: &[String]) -> Vec<String> {
    let mut parted = arguments.iter().flat_map(|argument| part(argument));
    let (mut front, mut rest) = (Vec::new(), Vec::new());
    let mut without_value = None;
    while let Some(word) = parted.next() {
        match GLOBAL.iter().find(|(long, short, _)| word == *long || word == *short) {
            Some(("--help", ..)) => rest.push("--help".to_owned()),
            Some((long, _, false)) => front.push((*long).to_owned()),
            Some((long, _, true)) => match parted.next() {
                Some(value) => front.extend([(*long).to_owned(), value]),
                None => without_value = Some((*long).to_owned()),
            },
            None => rest.push(word),
        }
    }
    let rest = with_own_archive(rest);
    // With nothing behind it argh says what is missing, and takes no command for it.
    if without_value.is_none() {
        front.extend(rest);
    }
    front.extend(without_value);
    front
}

/// `try --archive` with nothing behind it is the config's own archive: an empty name.
fn with_own_archive(words: Vec<String>) -> Vec<String> {
    if words.get(1).is_none_or(|word| word != "try") {
        return words;
    }
    let mut out = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let is_bare = word == "--archive" && words.peek().is_none_or(|next| next.starts_with("--"));
        out.push(word);
        out.extend(is_bare.then(String::new));
    }
    out
}

/// To argh `-` is an option; it is standard input's short name.
fn part(argument: &str) -> Vec<String> {
    if argument == "-" {
        return vec!["/dev/stdin".to_owned()];
    }
    match argument.split_once('=') {
        Some((key, value)) if key.starts_with("--") => vec![key.to_owned(), value.to_owned()],
        _ => vec![argument.to_owned()],
    }
}
