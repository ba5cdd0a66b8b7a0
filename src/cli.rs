//! The commands and their help. The shells' completions are made from these
//! definitions (`dist/completions/`); an `arg_name` is `FILE` or the values with `|`.

use std::path::PathBuf;

use argh::{ArgsInfo, FromArgs};

use crate::lang::{Lang, help};
use crate::status::MAX_AGE_MINUTES;

/// The exit code for a wrong command line, from sysexits.h.
pub const USAGE: u8 = 64;

/// Options that stand before or after the command; `true`: a value follows.
const GLOBAL: [(&str, &str, bool); 4] = [
    ("--config", "-c", true),
    ("--lang", "--lang", true),
    ("--version", "-V", false),
    ("--help", "-h", false),
];

/// Mail when an Illumio PCE has something to tell: events, blocked traffic, health.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(note = "Without a command: the interactive menu.")]
pub struct Cli {
    /// the config file; else $ILLUMIO_MONITOR_CONFIG, else illumio_api_config.json
    /// beside the program
    #[argh(option, short = 'c', arg_name = "FILE")]
    pub config: Option<PathBuf>,

    /// language of messages
    #[argh(option, arg_name = "en|zh-TW")]
    pub lang: Option<String>,

    /// print the version
    #[argh(switch, short = 'V')]
    pub version: bool,

    /// what to do
    #[argh(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand)]
pub enum Command {
    /// One poll cycle.
    Run(Run),
    /// The doctor.
    Check(Check),
    /// A test mail.
    TestMail(TestMail),
    /// One line for a watchdog.
    Status(Status),
    /// The rules.
    Rules(Rules),
    /// The Python tool's files.
    Import(Import),
}

/// One poll cycle: fetch what is new, match the rules, mail what there is to tell.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "run",
    note = "Exit codes: 0 done, 75 something failed and the next run retries it, 78 a person is needed."
)]
pub struct Run {
    /// where the run's line goes; else to stdout
    #[argh(option, default = "Log::Stdout", arg_name = "stdout|syslog|journal")]
    pub log: Log,

    /// start afresh: forget positions and counts, keep the waiting mail
    #[argh(switch)]
    pub reset_state: bool,
}

/// Send a test mail to the configured recipients.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "test-mail")]
pub struct TestMail {}

/// List and change the rules, for scripts.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "rules")]
pub struct Rules {
    /// what to do with them
    #[argh(subcommand)]
    pub command: RulesCommand,
}

/// What to do with the rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand)]
pub enum RulesCommand {
    /// A table of all.
    List(RulesList),
    /// Some with all their keys.
    Show(RulesShow),
    /// New ones.
    Add(RulesAdd),
    /// Some keys of some rules.
    Set(RulesSet),
    /// On.
    Enable(RulesEnable),
    /// Off.
    Disable(RulesDisable),
    /// Gone.
    Remove(RulesRemove),
    /// The twelve to begin with.
    LoadBestPractices(RulesLoadBestPractices),
}

/// List the rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "list")]
pub struct RulesList {
    /// print the rules as a JSON array
    #[argh(switch)]
    pub json: bool,
}

/// Show rules with all their keys.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "show")]
pub struct RulesShow {
    /// print JSON: an object for one id, an array for several
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Add a rule, or several from an array. An id is given where none is.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "add",
    example = "{command_name} '{{\"type\": \"event\", \"name\": \"Tampering\", \"filter_value\": \"agent.tampering\"}}'"
)]
pub struct RulesAdd {
    /// print JSON: the rules as added, their ids, the changes
    #[argh(switch)]
    pub json: bool,

    /// the rule's JSON, or a file with it; - or nothing: standard input
    #[argh(positional, arg_name = "RULE")]
    pub source: Option<String>,
}

/// Set keys of a rule, or of several. A value is JSON or text; an empty one removes the key.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "set",
    example = "{command_name} 12 threshold_count=20 level=critical port=80,443 note="
)]
pub struct RulesSet {
    /// print JSON: the rules as they are now, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: String,

    /// what to set
    #[argh(positional, arg_name = "KEY=VALUE")]
    pub pairs: Vec<String>,
}

/// Turn rules on.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "enable")]
pub struct RulesEnable {
    /// print JSON: the rules as they are now, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Turn rules off. What a rule counted is let go by the next run.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "disable")]
pub struct RulesDisable {
    /// print JSON: the rules as they are now, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Remove rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "remove")]
pub struct RulesRemove {
    /// print JSON: the rules that are gone, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Add those of the twelve best practices that are missing. Asks on a terminal
/// before it replaces a rule that differs from its best practice.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "load-best-practices")]
pub struct RulesLoadBestPractices {
    /// replace the rules that differ, without asking
    #[argh(switch)]
    pub replace: bool,

    /// print JSON: what was added, replaced and kept
    #[argh(switch)]
    pub json: bool,
}

/// Take over the Python tool's config and state files. What is in the config
/// already stays as it is.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "import",
    example = "{command_name} illumio_api_config.json illumio_api_state.json"
)]
pub struct Import {
    /// illumio_api_config.json, config.json, illumio_api_state.json, state.json
    #[argh(positional, arg_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Try the config, the PCE, the mail server and what starts the runs; change nothing, send nothing.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "check",
    note = "Exit codes: 0 all is well, 75 something failed that may mend itself, 78 a person is needed."
)]
pub struct Check {
    /// the findings as JSON, for scripts
    #[argh(switch)]
    pub json: bool,
}

/// Tell in one line whether the monitor is at work, for Nagios or Zabbix.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "status",
    note = "Exit codes: 0 the last complete run is recent, else 75 or 78 with the reason."
)]
pub struct Status {
    /// minutes from which the last complete run is too old (default 30)
    #[argh(option, default = "MAX_AGE_MINUTES", arg_name = "MIN")]
    pub max_age: u32,

    /// the same as JSON, for scripts
    #[argh(switch)]
    pub json: bool,
}

/// Where the run's line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// Standard output, failures to standard error.
    Stdout,
    /// The local syslog socket.
    Syslog,
    /// systemd's journal.
    Journal,
}

impl argh::FromArgValue for Log {
    fn from_arg_value(value: &str) -> Result<Self, String> {
        match value {
            "stdout" => Ok(Self::Stdout),
            "syslog" => Ok(Self::Syslog),
            "journal" => Ok(Self::Journal),
            _ => Err("it is stdout, syslog or journal".to_owned()),
        }
    }
}

/// What the command line comes to.
#[derive(Debug)]
pub enum Parsed {
    /// Do this.
    Do(Cli),
    /// Print this and leave with 0.
    Help(String),
    /// Print this, which ends with the usage, on standard error and leave with [`USAGE`].
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
        Ok(cli) => Parsed::Do(cli),
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

/// The usage of the command that was named, or of the program.
fn usage_of(words: &[&str], lang: Lang) -> String {
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
            names.push(word);
            if english(&names).is_none() {
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
    translated
        .map(str::to_owned)
        .or_else(|| english(names))
        .unwrap_or_default()
}

/// What argh makes of the comments above; `None` where there is no such command.
fn english(names: &[&str]) -> Option<String> {
    let words: Vec<&str> = names.iter().copied().chain(["--help"]).collect();
    match Cli::from_args(&["illumio-monitor"], &words) {
        Err(exit) if exit.status.is_ok() => Some(exit.output),
        _ => None,
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
        match GLOBAL
            .iter()
            .find(|(long, short, _)| word == *long || word == *short)
        {
            Some(("--help", ..)) => rest.push("--help".to_owned()),
            Some((long, _, false)) => front.push((*long).to_owned()),
            Some((long, _, true)) => match parted.next() {
                Some(value) => front.extend([(*long).to_owned(), value]),
                None => without_value = Some((*long).to_owned()),
            },
            None => rest.push(word),
        }
    }
    // With nothing behind it argh says what is missing, and takes no command for it.
    if without_value.is_none() {
        front.extend(rest);
    }
    front.extend(without_value);
    front
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

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Cli {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match parse(&words, Lang::En) {
            Parsed::Do(cli) => cli,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        for line in [
            "-c a.json run",
            "run -c a.json",
            "--config=a.json run",
            "run --config=a.json",
            "run --config a.json",
        ] {
            let cli = parsed(line);
            assert_eq!(cli.config, Some("a.json".into()), "{line}");
            assert!(matches!(cli.command, Some(Command::Run(_))), "{line}");
        }
    }

    #[test]
    fn a_commands_options_are_its_own() {
        let cli = parsed("run --log=syslog --reset-state --lang zh-TW");
        let Some(Command::Run(run)) = cli.command else {
            panic!("no run")
        };
        assert_eq!(
            (run.log, run.reset_state, cli.lang.as_deref()),
            (Log::Syslog, true, Some("zh-TW"))
        );
    }

    #[test]
    fn what_is_wrong_is_said_first_and_the_usage_follows() {
        for (line, said) in [
            ("fly", "fly"),
            ("run --config", "--config"),
            ("run --log nowhere", "nowhere"),
        ] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let Parsed::Wrong(text) = parse(&words, Lang::En) else {
                panic!("{line}")
            };
            let first = text.lines().next().unwrap_or_default();
            assert!(first.contains(said), "{text}");
            assert!(text.contains("Usage: illumio-monitor"), "{text}");
        }
    }

    #[test]
    fn a_wrong_word_is_wrong_and_help_is_help() {
        for line in [
            "fly",
            "run --log nowhere",
            "run --unknown",
            "--config",
            "run extra",
            "-x",
        ] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            assert!(
                matches!(parse(&words, Lang::En), Parsed::Wrong(_)),
                "{line}"
            );
        }
        for line in ["--help", "-h", "run --help", "test-mail -h"] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            assert!(matches!(parse(&words, Lang::En), Parsed::Help(_)), "{line}");
        }
        assert!(usage(Lang::En).contains("test-mail"));
    }

    /// The commands that a help text lists, and the options with two dashes in it.
    fn named(help: &str) -> (Vec<String>, Vec<String>) {
        let lines = help.lines().map(str::trim_end);
        let after = lines.skip_while(|line| !matches!(*line, "Commands:" | "命令："));
        let commands = after
            .skip(1)
            .take_while(|line| line.starts_with("  "))
            .filter(|line| !line.starts_with("   "))
            .filter_map(|line| line.split_whitespace().next().map(str::to_owned));
        let mut commands: Vec<String> = commands.collect();
        commands.sort();
        let words = help.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
        let options = words.filter(|word| word.starts_with("--") && word.len() > 2);
        let mut options: Vec<String> = options.map(str::to_owned).collect();
        options.sort();
        options.dedup();
        (commands, options)
    }

    #[test]
    fn the_help_of_every_command_names_the_same_in_both_languages() {
        let mut left: Vec<Vec<String>> = vec![Vec::new()];
        let mut seen = 0;
        while let Some(path) = left.pop() {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let (english, chinese) = (help_of(&names, Lang::En), help_of(&names, Lang::ZhTw));
            assert!(chinese.contains("用法："), "{path:?} has no Chinese help");
            let (commands, _) = named(&english);
            assert_eq!(
                named(&english),
                named(&chinese),
                "{path:?}:\n{english}\n{chinese}"
            );
            left.extend(commands.into_iter().map(|command| {
                let mut path = path.clone();
                path.push(command);
                path
            }));
            seen += 1;
        }
        assert!(seen >= 5, "{seen}");
    }

    #[test]
    fn help_and_errors_are_in_the_language_that_is_asked_for() {
        let parsed = |line: &str, ours| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            match parse(&words, ours) {
                Parsed::Help(text) | Parsed::Wrong(text) => text,
                Parsed::Do(cli) => panic!("{line}: {cli:?}"),
            }
        };
        for (line, ours, start) in [
            ("--help", Lang::ZhTw, "用法：illumio-monitor "),
            ("--help --lang en", Lang::ZhTw, "Usage: illumio-monitor "),
            (
                "check -h --lang=zh-TW",
                Lang::En,
                "用法：illumio-monitor check",
            ),
            ("-c a.json run --fast", Lang::ZhTw, "無法辨識的參數：--fast"),
            (
                "run --log nowhere",
                Lang::ZhTw,
                "選項 --log 的值「nowhere」不正確",
            ),
            ("run --log", Lang::ZhTw, "選項 --log 缺少值"),
        ] {
            let text = parsed(line, ours);
            assert!(text.starts_with(start), "{line}: {text}");
        }
    }
}
