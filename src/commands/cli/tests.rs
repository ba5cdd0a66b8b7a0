#![allow(clippy::panic)]

use super::*;
use crate::lang::Lang;

fn parsed(line: &str) -> Cli {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    match parse(&words, Lang::En) {
        Parsed::Do(cli) => *cli,
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
    let Some(Command::Run(run)) = cli.command else { panic!("no run") };
    assert_eq!((run.log, run.reset_state, cli.lang.as_deref()), (Log::Syslog, true, Some("zh-TW")));
}

#[test]
fn an_archive_without_a_name_is_the_configs_own() {
    let tried = |line: &str| {
        let Some(Command::Rules(Rules { command: RulesCommand::Try(command) })) =
            parsed(line).command
        else {
            panic!("{line}")
        };
        (command.rule, command.archive, command.json)
    };
    let seven = || Some("7".to_owned());
    for line in ["rules try 7 --archive", "rules try 7 --archive --lang en"] {
        assert_eq!(tried(line), (seven(), Some(String::new()), false), "{line}");
    }
    assert_eq!(tried("rules try --archive --json 7"), (seven(), Some(String::new()), true));
    for line in ["rules try 7 --archive logs", "rules try --archive=logs 7"] {
        assert_eq!(tried(line), (seven(), Some("logs".to_owned()), false), "{line}");
    }
}

#[test]
fn what_is_wrong_is_said_first_and_the_usage_follows() {
    for (line, said) in
        [("fly", "fly"), ("run --config", "--config"), ("run --log nowhere", "nowhere")]
    {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let Parsed::Wrong(text) = parse(&words, Lang::En) else { panic!("{line}") };
        let first = text.lines().next().unwrap_or_default();
        assert!(first.contains(said), "{text}");
        assert!(text.contains("Usage: illumio-monitor"), "{text}");
    }
}

#[test]
fn help_is_the_same_in_ones_language_where_more_than_the_command_is_typed() {
    let help = |line: &str| {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match parse(&words, Lang::ZhTw) {
            Parsed::Help(text) => text,
            other => panic!("{line}: {other:?}"),
        }
    };
    for (command, more) in [
        ("why --help", "why 1 --help"),
        ("pause --help", "pause list --help"),
        ("rules set --help", "rules set 12 level=critical --help"),
    ] {
        assert!(help(command).contains("用法"), "{}", help(command));
        assert_eq!(help(more), help(command), "{more}");
    }
    assert_ne!(help("rules --help"), help("rules set --help"));
}

#[test]
fn a_wrong_word_is_wrong_and_help_is_help() {
    for line in ["fly", "run --log nowhere", "run --unknown", "--config", "run extra", "-x"] {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        assert!(matches!(parse(&words, Lang::En), Parsed::Wrong(_)), "{line}");
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
        assert_eq!(named(&english), named(&chinese), "{path:?}:\n{english}\n{chinese}");
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
        ("check -h --lang=zh-TW", Lang::En, "用法：illumio-monitor check"),
        ("-c a.json run --fast", Lang::ZhTw, "無法辨識的參數：--fast"),
        ("run --log nowhere", Lang::ZhTw, "選項 --log 的值「nowhere」不正確"),
        ("run --log", Lang::ZhTw, "選項 --log 缺少值"),
    ] {
        let text = parsed(line, ours);
        assert!(text.starts_with(start), "{line}: {text}");
    }
}
