//! README, manual and the documents beside it, and the man page of the file, against the
//! program: keys, defaults, ranges, commands and options are what the strict reader and
//! the help know, examples are valid, links lead somewhere, and each document says the
//! same in both languages, in the same order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "readme/keys.rs"]
mod keys;
#[path = "readme/rooms.rs"]
mod rooms;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use illumio_monitor::commands::cli::{self, Parsed};
use illumio_monitor::config::{Env, check_rule};
use illumio_monitor::lang::Lang;
use illumio_monitor::rules::best_practices::Set;
use illumio_monitor::store::{FILE_NAME, read_config};
use serde_json::{Value, json};

const LANGS: [Lang; 2] = [Lang::En, Lang::ZhTw];

/// The manual, in the order in which the README lists it.
const CHAPTERS: [&str; 12] = [
    "install",
    "python-tool",
    "menu",
    "commands",
    "configuration",
    "rules",
    "pauses",
    "mail",
    "forward",
    "counting",
    "troubleshooting",
    "operation",
];

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
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A document by its name without language and `.md`.
fn document(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{name}.md"),
        Lang::ZhTw => format!("{name}.zh-TW.md"),
    }
}

fn chapter(name: &str, lang: Lang) -> String {
    document(&format!("dist/manual/{name}"), lang)
}

/// All documents for users, README first.
fn documents(lang: Lang) -> Vec<String> {
    let others = ["dist/postfix-relay", "dist/security"].map(|name| document(name, lang));
    let chapters = CHAPTERS.map(|name| chapter(name, lang));
    std::iter::once(document("README", lang)).chain(chapters).chain(others).collect()
}

/// What all of them say.
fn all(lang: Lang) -> String {
    documents(lang).iter().map(|name| text(name)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_best_practices_against_attackers_stand_in_the_manual() {
    for lang in LANGS {
        let name = chapter("rules", lang);
        let text = text(&name);
        for rule in Set::Security.rules(lang) {
            let (rule_name, technique) = (&rule["name"], rule["technique"].as_str());
            let begins = format!("| {} | ", rule_name.as_str().unwrap());
            let ends = format!(" | {} |", technique.unwrap());
            let mut rows = text.lines();
            let told = rows.any(|line| line.starts_with(&begins) && line.ends_with(&ends));
            assert!(told, "{name}: no row for {rule_name} with {technique:?}");
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
fn each_document_has_the_same_headings_tables_and_blocks_in_both_languages() {
    let levels =
        |text: &str| -> Vec<usize> { headings(text).into_iter().map(|(level, _)| level).collect() };
    let table = |text: &str| -> Vec<usize> {
        let rows = prose(text).map(|line| cells(line).len());
        rows.filter(|count| *count > 0).collect()
    };
    let blocks = |text: &str| text.matches("\n```").count();
    let mut seen = 0;
    for (name, chinese) in documents(Lang::En).iter().zip(documents(Lang::ZhTw)) {
        let [english, chinese] = [text(name), text(&chinese)];
        assert_eq!(levels(&english), levels(&chinese), "{name}");
        assert_eq!(levels(&english).iter().filter(|level| **level == 1).count(), 1, "{name}");
        assert_eq!(table(&english), table(&chinese), "{name}");
        assert_eq!(blocks(&english), blocks(&chinese), "{name}");
        assert_eq!(json_blocks(&english).len(), json_blocks(&chinese).len(), "{name}");
        seen += levels(&english).len();
    }
    assert!(seen > 60, "{seen} headings were found");
}

#[test]
fn the_readme_leads_to_each_document_in_their_order_and_is_read_in_two_minutes() {
    for lang in LANGS {
        let name = document("README", lang);
        let text = text(&name);
        assert!(text.lines().count() <= 150, "{name} is long");
        let rows = text.lines().filter(|line| line.starts_with("| ["));
        let targets = rows.map(|row| row.split("](").nth(1).unwrap().split(')').next().unwrap());
        let targets: Vec<&str> = targets.collect();
        assert_eq!(targets, documents(lang)[1..], "{name}");
    }
    let mut shipped: Vec<String> = std::fs::read_dir(root().join("dist/manual"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("dist/manual/{name}"))
        .collect();
    shipped.sort();
    let mut known: Vec<String> =
        LANGS.into_iter().flat_map(|lang| CHAPTERS.map(|name| chapter(name, lang))).collect();
    known.sort();
    assert_eq!(shipped, known, "no chapter is forgotten");
}

#[test]
fn the_quick_start_is_two_commands() {
    let text = text("README.md");
    let start = text.split("## Quick start\n").nth(1).unwrap();
    assert!(start.starts_with("\n    make demo\n    make test\n\n"));
}

#[test]
fn every_command_and_option_of_the_help_stands_in_both() {
    for lang in LANGS {
        let (name, text) = (lang.tag(), all(lang));
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
    for lang in LANGS {
        let (name, mut seen) = (lang.tag(), 0);
        for line in all(lang).lines() {
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
    let documents = LANGS.map(|lang| (lang.tag(), all(lang)));
    for (name, text) in documents.into_iter().chain([("contributing", text("CONTRIBUTING.md"))]) {
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
    let mut password = tempfile::NamedTempFile::new().unwrap();
    password.write_all(b"correct horse").unwrap();
    for lang in LANGS {
        let (name, text) = (lang.tag(), all(lang));
        let blocks = json_blocks(&text);
        assert!(blocks.len() >= 10, "{name}: {} were found", blocks.len());
        for block in blocks {
            let value: Value =
                serde_json::from_str(block).unwrap_or_else(|e| panic!("{block}: {e}"));
            if value.get("type").is_some() {
                let rule = check_rule(block, "rule");
                assert!(rule.is_ok(), "{name}: {rule:?}");
            } else if value.get("api").is_some() {
                read(&value);
            } else {
                // A section by itself, in a config that has what every one needs, and a file
                // for the one that it names.
                let mut whole = filled_example();
                whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
                if let Some(file) = whole.pointer_mut("/smtp/password_file") {
                    *file = json!(password.path());
                }
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
    let names = LANGS.into_iter().flat_map(documents).chain(["CONTRIBUTING.md".to_owned()]);
    let mut seen = 0;
    for name in names {
        let text = text(&name);
        let lines: Vec<&str> = prose(&text).filter(|line| !line.starts_with("    ")).collect();
        let joined = lines.join("\n");
        let links = joined.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for link in links {
            let (to, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = match to {
                "" => root().join(&name),
                to => root().join(&name).parent().unwrap().join(to),
            };
            assert!(to.exists(), "{name}: {link}");
            assert!(
                anchor.is_empty() || anchors(&to).iter().any(|one| one == anchor),
                "{name}: {link}"
            );
            // Who reads Chinese goes on in Chinese.
            let chinese = name.ends_with("zh-TW.md") && !name.starts_with("README");
            assert!(
                !chinese || link.contains(".zh-TW.md") || link.starts_with('#'),
                "{name}: {link}"
            );
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} links were found");
}

fn anchors(document: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(document).unwrap();
    headings(&text).into_iter().map(|(_, text)| anchor(text)).collect()
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
    for name in LANGS.map(|lang| chapter("troubleshooting", lang)) {
        let text = text(&name);
        let rows: Vec<Vec<String>> = text.lines().map(cells).filter(|row| row.len() == 2).collect();
        assert!(rows.len() > 15, "{name}");
        for row in rows.iter().skip(2) {
            let said = rooms.iter().any(|room| room.contains(&row[0]));
            assert!(said, "{name}: nothing says \"{}\"", row[0]);
        }
    }
}
