//! The two READMEs, and the man page of the file, against the program: keys,
//! defaults, ranges, commands and options are what the strict reader and the help
//! know, examples are valid, links lead somewhere, and both READMEs say the same in
//! the same order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "readme/keys.rs"]
mod keys;
#[path = "readme/rooms.rs"]
mod rooms;

use std::collections::BTreeSet;
use std::path::Path;

use illumio_monitor::commands::cli::{self, Parsed};
use illumio_monitor::config::{Env, check_rule};
use illumio_monitor::lang::Lang;
use illumio_monitor::rules::best_practices::Set;
use illumio_monitor::store::{FILE_NAME, read_config};
use serde_json::{Value, json};

const READMES: [&str; 2] = ["README.md", "README.zh-TW.md"];

/// The commands that stand in a block of code, as the program is called there.
const CALLS: [&str; 3] = [
    "illumio-monitor ",
    "./illumio-monitor ",
    "*/10 * * * * /opt/illumio-monitor/illumio-monitor ",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn the_best_practices_against_attackers_stand_in_the_papers() {
    for (name, lang) in READMES.into_iter().zip([Lang::En, Lang::ZhTw]) {
        let text = text(name);
        for rule in Set::Security.rules(lang) {
            let (rule_name, technique) = (&rule["name"], rule["technique"].as_str());
            let begins = format!("| {} | ", rule_name.as_str().unwrap());
            let ends = format!(" | {} |", technique.unwrap());
            let mut rows = text.lines();
            let told = rows.any(|line| line.starts_with(&begins) && line.ends_with(&ends));
            assert!(told, "{name}: no row for {rule_name} with {technique:?}");
        }
    }
    let page = text("dist/man/illumio-monitor.json.5").replace('\\', "");
    let page: Vec<&str> = page.split_whitespace().collect();
    let page = page.join(" ");
    for rule in Set::Security.rules(Lang::En) {
        for key in ["name", "desc", "rec", "technique"] {
            assert!(page.contains(rule[key].as_str().unwrap()), "the man page: {}", rule[key]);
        }
    }
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// Each heading's level and text.
fn headings(text: &str) -> Vec<(usize, &str)> {
    let lines = prose(text).filter(|line| line.starts_with('#'));
    lines
        .map(|line| {
            let bare = line.trim_start_matches('#');
            (line.len() - bare.len(), bare.trim())
        })
        .collect()
}

/// The cells of a table's row; empty for another line.
fn cells(line: &str) -> Vec<String> {
    let Some(row) = line.strip_prefix('|').and_then(|row| row.trim_end().strip_suffix('|')) else {
        return Vec::new();
    };
    let row = row.replace("\\|", "\u{0}");
    let cells = row.split('|').map(|cell| cell.trim().replace('\u{0}', "|"));
    cells.collect()
}

/// What stands between backticks.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the config's tables: the keys of the first cell, and the other cells.
fn rows(text: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let lines = prose(text).map(cells).filter(|cells| cells.len() >= 2);
    lines
        .map(|cells| {
            let keys = code(&cells[0]).into_iter().map(str::to_owned).collect();
            (keys, cells[1..].to_vec())
        })
        .collect()
}

/// The fenced blocks of JSON.
fn json_blocks(text: &str) -> Vec<&str> {
    let blocks = text.split("```json\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap()).collect()
}

/// What the strict reader makes of a config, all of it.
fn read(config: &Value) {
    let env = Env::of(&[]);
    let config = read_config(&root().join(FILE_NAME), &config.to_string(), &env);
    config.unwrap_or_else(|error| panic!("{:?}", error.lines(Lang::En)));
}

#[test]
fn both_documents_have_the_same_headings_tables_and_blocks() {
    let [english, chinese] = READMES.map(text);
    let levels =
        |text: &str| -> Vec<usize> { headings(text).into_iter().map(|(level, _)| level).collect() };
    assert_eq!(levels(&english), levels(&chinese));
    assert!(levels(&english).len() > 20);
    let table = |text: &str| -> Vec<usize> {
        let rows = prose(text).map(|line| cells(line).len());
        rows.filter(|count| *count > 0).collect()
    };
    assert_eq!(table(&english), table(&chinese));
    let blocks = |text: &str| text.matches("\n```").count();
    assert_eq!(blocks(&english), blocks(&chinese));
    assert_eq!(json_blocks(&english).len(), json_blocks(&chinese).len());
}

#[test]
fn the_quick_start_is_two_commands() {
    let text = text("README.md");
    let start = text.split("## Quick start\n").nth(1).unwrap();
    assert!(start.starts_with("\n    make demo\n    make test\n\n"));
}

#[test]
fn every_command_and_option_of_the_help_stands_in_both() {
    for name in READMES {
        let text = text(name);
        let mut left: Vec<Vec<String>> = vec![Vec::new()];
        let mut seen = 0;
        while let Some(path) = left.pop() {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let (commands, options) = named(&cli::help_of(&names, Lang::En));
            let call = ["illumio-monitor", &names.join(" ")].join(" ");
            let lines = text.lines().filter(|line| {
                let rest = line.strip_prefix("    ").and_then(|line| line.strip_prefix(&call));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '[']))
            });
            let lines: Vec<&str> = lines.collect();
            for option in options.iter().filter(|option| *option != "--help") {
                let stands = match names.is_empty() {
                    true => text.contains(option.as_str()),
                    false => lines.iter().any(|line| line.contains(option.as_str())),
                };
                assert!(stands, "{name}: {call} {option}");
            }
            assert!(!lines.is_empty() || !commands.is_empty(), "{name}: {call}");
            left.extend(commands.into_iter().map(|command| [path.clone(), vec![command]].concat()));
            seen += 1;
        }
        assert!(seen > 12, "{seen} commands were found");
    }
}

/// The commands that a help text lists, and the options in it.
fn named(help: &str) -> (Vec<String>, BTreeSet<String>) {
    let after = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = after
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    let words = help.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
    let options = words.filter(|word| word.starts_with("--") && word.len() > 2);
    (commands.collect(), options.map(str::to_owned).collect())
}

#[test]
fn every_command_line_shown_is_one_that_the_program_takes() {
    for name in READMES {
        let mut seen = 0;
        for line in text(name).lines() {
            let Some(call) = CALLS.iter().find_map(|call| line.trim().strip_prefix(call)) else {
                continue;
            };
            // What says how a command is written is no command itself.
            if !line.starts_with("    ") || call.contains(['[', '…']) || call.contains("FILE") {
                continue;
            }
            let call = call.split(" #").next().unwrap();
            let call = call.split(" >").next().unwrap();
            let words: Vec<String> = call.split_whitespace().map(str::to_owned).collect();
            let parsed = cli::parse(&words, Lang::En);
            assert!(matches!(parsed, Parsed::Do(_)), "{name}: {line}");
            seen += 1;
        }
        assert!(seen > 10, "{name}: {seen} calls were found");
    }
}

#[test]
fn every_target_of_make_that_is_named_is_there() {
    let makefile = text("Makefile");
    let letter = |letter: &char| letter.is_ascii_lowercase() || *letter == '-';
    for name in [&READMES[..], &["CONTRIBUTING.md"]].concat() {
        let text = text(name);
        let calls = text.split("`make ").chain(text.split("    make ")).skip(1);
        let named: BTreeSet<String> = calls
            .map(|rest| rest.chars().take_while(letter).collect())
            .filter(|target: &String| !target.is_empty())
            .collect();
        assert!(named.len() > 8, "{name}: {named:?}");
        for target in named {
            let stands = makefile.contains(&format!("\n{target}: "));
            assert!(stands, "{name}: make {target}");
        }
    }
}

#[test]
fn every_config_and_rule_shown_is_valid() {
    for name in READMES {
        let text = text(name);
        let blocks = json_blocks(&text);
        assert!(blocks.len() >= 3, "{name}");
        for block in blocks {
            let value: Value =
                serde_json::from_str(block).unwrap_or_else(|e| panic!("{block}: {e}"));
            if value.get("type").is_some() {
                let rule = check_rule(block, "rule");
                assert!(rule.is_ok(), "{name}: {rule:?}");
            } else if value.get("api").is_some() {
                read(&value);
            } else {
                // A section by itself, in a config that has what every one needs.
                let mut whole = filled_example();
                whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
                read(&whole);
            }
        }
    }
    read(&filled_example());
}

/// The example that is shipped, with a key of its own.
fn filled_example() -> Value {
    let example: Value =
        serde_json::from_str(&text("dist/illumio_api_config.example.json")).unwrap();
    let mut filled = example;
    filled["api"]["key"] = json!("api_1");
    filled["api"]["secret"] = json!("s");
    filled
}

#[test]
fn every_link_leads_somewhere() {
    for name in READMES {
        let text = text(name);
        let anchors: Vec<String> =
            headings(&text).into_iter().map(|(_, text)| anchor(text)).collect();
        let lines: Vec<&str> = prose(&text).filter(|line| !line.starts_with("    ")).collect();
        let joined = lines.join("\n");
        let links = joined.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        let mut seen = 0;
        for link in links {
            let leads = match link.strip_prefix('#') {
                Some(to) => anchors.iter().any(|anchor| anchor == to),
                None => root().join(link).exists(),
            };
            assert!(leads, "{name}: {link}");
            seen += 1;
        }
        assert!(seen > 5, "{name}: {seen} links were found");
    }
}

/// What GitHub makes of a heading: lower case, blanks as hyphens, no punctuation.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase().replace(' ', "-");
    lower.chars().filter(|letter| letter.is_alphanumeric() || *letter == '-').collect()
}

#[test]
fn what_the_troubleshooting_explains_is_what_the_program_says() {
    let words = ["lang/check", "lang/config", "lang/status", "pce/error/words", "net/tls/words"];
    let rooms = words.map(|words| text(&format!("src/{words}.rs")));
    for (name, heading) in READMES.iter().zip(["## Troubleshooting", "## 疑難排解"]) {
        let text = text(name);
        let section = text.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
        let rows: Vec<Vec<String>> =
            section.lines().map(cells).filter(|row| row.len() == 2).collect();
        assert!(rows.len() > 15, "{name}");
        for row in rows.iter().skip(2) {
            let said = rooms.iter().any(|room| room.contains(&row[0]));
            assert!(said, "{name}: nothing says \"{}\"", row[0]);
        }
    }
}
