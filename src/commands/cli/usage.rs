//! The help of the program and of each command, in both languages.

use argh::FromArgs;

use super::Cli;
use super::parse::GLOBAL;
use crate::lang::{Lang, help};

/// The usage of the command that was named, or of the program.
pub(super) fn usage_of(words: &[&str], lang: Lang) -> String {
    let named = commands_in(words);
    let names: Vec<&str> = named.iter().map(String::as_str).collect();
    help_of(&names, lang)
}

/// The words that name a command, and a command of it.
fn commands_in(words: &[&str]) -> Vec<String> {
    let mut rest = words.iter();
    let mut named: Vec<String> = Vec::new();
    while let Some(word) = rest.next() {
        let value = GLOBAL.iter().any(|(long, _, value)| *value && word == long);
        if value {
            rest.next();
        } else if !word.starts_with('-') {
            let mut names: Vec<&str> = named.iter().map(String::as_str).collect();
            let shorter = english(&names);
            names.push(word);
            // A word that is no command leaves the help as it is.
            if english(&names).is_none_or(|help| Some(help) == shorter) {
                break;
            }
            named.push((*word).to_owned());
        }
    }
    named
}

/// The usage of the program, as `--help` prints it.
pub fn usage(lang: Lang) -> String {
    help_of(&[], lang)
}

/// The help of a command, named by its words; of the program where there are none.
pub fn help_of(names: &[&str], lang: Lang) -> String {
    let translated = match lang {
        Lang::En => None,
        Lang::ZhTw => help::zh_tw(&names.join(" ")),
    };
    translated.map(str::to_owned).or_else(|| english(names)).unwrap_or_default()
}

/// What argh makes of the comments above; `None` where there is no such command.
fn english(names: &[&str]) -> Option<String> {
    let words: Vec<&str> = names.iter().copied().chain(["--help"]).collect();
    match Cli::from_args(&["illumio-monitor"], &words) {
        Err(exit) if exit.status.is_ok() => Some(exit.output),
        _ => None,
    }
}
