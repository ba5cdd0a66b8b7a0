//! The tables of keys in both READMEs, and man page 5, against what the strict reader
//! asks for: each key, its default, its range, its words, and whether it is required.
//!
//! `ILLUMIO_MONITOR_KEYS=write cargo test --test readme keys` writes an entry of the man
//! page for each key that has none, from the README's row.

use illumio_monitor::config::{self, Key, Kind};
use illumio_monitor::lang::grouped;
use serde_json::{Value, json};

use crate::{READMES, root, rows, text};

const PAGE: &str = "dist/man/illumio-monitor.json.5";

/// As the documents call it: that of a rule bare.
fn shown(key: &Key) -> String {
    match key.section {
        "rules" => key.name.to_owned(),
        _ => key.path(),
    }
}

/// `1–600`, with `dash` between; none where any number will do, or each means another thing.
fn range(key: &Key, dash: &str) -> Option<String> {
    let Kind::Number(range) = &key.kind else { return None };
    let [from, to] = [range.start(), range.end()].map(|bound| u64::try_from(*bound).ok());
    Some(format!("{}{dash}{}", grouped(from?), grouped(to?)))
}

/// What a row must say of a key beside its default.
fn facts(key: &Key, required: &str) -> Vec<String> {
    let mut facts: Vec<String> = range(key, "–").into_iter().collect();
    if let Kind::Word(words) = &key.kind {
        facts.extend(words.iter().map(|word| format!("`{word}`")));
    }
    if key.required {
        facts.push(required.to_owned());
    }
    facts
}

#[test]
fn the_tables_tell_each_key_as_the_strict_reader_has_it_and_no_other() {
    for (name, (required, off)) in READMES.iter().zip([("required", "off"), ("必填", "停用")]) {
        let rows = rows(&text(name));
        for key in config::keys().iter() {
            let path = shown(key);
            let told = rows.iter().filter(|(keys, _)| keys.contains(&path));
            let told: Vec<&Vec<String>> = told.map(|(_, cells)| cells).collect();
            let first = told.first().unwrap_or_else(|| panic!("{name}: no row for {path}"));
            let all = told.iter().map(|cells| cells.join(" ")).collect::<String>();
            for fact in facts(key, required) {
                assert!(all.contains(&fact), "{name}: {path} is {fact}: {all}");
            }
            let default = first.first().filter(|_| first.len() == 2).and_then(|cell| literal(cell));
            match first.first() {
                Some(cell) if key.holds == "off" => assert_eq!(cell, off, "{name}: {path}"),
                _ => assert_eq!(default.unwrap_or_default(), key.holds, "{name}: {path}"),
            }
        }
        let of_sections = ["api.", "email.", "smtp.", "settings."];
        let shown = rows.iter().flat_map(|(keys, _)| keys);
        let odd = shown
            .filter(|key| of_sections.iter().any(|section| key.starts_with(section)))
            .find(|key| config::keys().at(key).is_none());
        assert_eq!(odd, None, "{name} tells of a key which nobody reads");
    }
}

/// A default as it would stand in the file: a number, or one piece of code.
fn literal(cell: &str) -> Option<Value> {
    if let Ok(number) = cell.parse::<u32>() {
        return Some(json!(number));
    }
    let code = cell.strip_prefix('`')?.strip_suffix('`')?;
    (!code.contains('`')).then(|| serde_json::from_str(code).unwrap_or(json!(code)))
}

#[test]
fn the_man_page_tells_each_key_as_the_strict_reader_has_it() {
    let mut page = text(PAGE);
    let mut before: Option<&Key> = None;
    for key in config::keys().iter() {
        let path = shown(key);
        let wants_writing =
            std::env::var_os("ILLUMIO_MONITOR_KEYS").is_some_and(|word| word == "write");
        if entry(&page, &path).is_none() && wants_writing {
            let last = before.filter(|last| last.section == key.section).map(shown);
            let at = last.and_then(|last| entry(&page, &last)).expect("a key before it");
            page.insert_str(at.end, &written(key));
            std::fs::write(root().join(PAGE), &page).unwrap();
        }
        let found = entry(&page, &path).unwrap_or_else(|| panic!("{PAGE} does not tell of {path}"));
        let told = plain(&page[found]);
        let mut facts: Vec<String> = range(key, "–").into_iter().collect();
        if key.required {
            facts.push("Required.".to_owned());
        }
        for fact in facts {
            assert!(told.contains(&fact), "{PAGE}: {path} is {fact}: {told}");
        }
        let holds = key.holds.as_str().map_or_else(|| key.holds.to_string(), str::to_owned);
        let forms = ["default ", "Default: "].map(|form| format!("{form}{holds}"));
        let stands = forms.iter().any(|form| told.replace('"', "").contains(form));
        let stands = stands || told.contains(&format!("{holds} (default)"));
        assert!(key.holds.is_null() || stands, "{PAGE}: {path} is {holds}: {told}");
        before = Some(key);
    }
}

/// Where the page's entry of that key stands.
fn entry(page: &str, key: &str) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    for part in page.split_inclusive("\n.TP\n") {
        let begin = at;
        at += part.len();
        let end = ["\n.TP\n", "\n.S"].iter().filter_map(|end| part.find(end)).min();
        let head = part.lines().next().unwrap_or_default();
        let names = head.strip_prefix(".BR ").or(head.strip_prefix(".B ")).unwrap_or_default();
        if names.split([' ', ',', '"']).any(|name| name == key) {
            return Some(begin..begin + end.unwrap_or(part.len()) + 1);
        }
    }
    None
}

/// A piece of the page without its requests, on one line.
fn plain(roff: &str) -> String {
    let bare = roff.lines().map(|line| {
        let requests = [".BR ", ".B ", ".IR ", ".I "];
        requests.iter().find_map(|request| line.strip_prefix(request)).unwrap_or(line)
    });
    let joined = bare.collect::<Vec<_>>().join(" ").replace('"', "").replace("\\(en", "–");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A new entry, from the row of the English README.
fn written(key: &Key) -> String {
    let path = shown(key);
    let rows = rows(&text(READMES[0]));
    let (_, cells) = rows.iter().find(|(keys, _)| keys.contains(&path)).expect("a row");
    let range = range(key, "–").unwrap_or_default();
    let sentence = cells.last().map_or("", |cell| cell.trim_start_matches(&*range));
    let mut sentence = sentence.trim_start_matches("; ").replace('–', "\\(en");
    while sentence.contains('`') {
        sentence = sentence.replacen('`', "\\fB", 1).replacen('`', "\\fR", 1);
    }
    let first = sentence.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = sentence.split_at(first);
    let default = match &key.holds {
        Value::Null => String::new(),
        holds => format!(", default {holds}"),
    };
    let range = range.replace('–', "\\(en");
    let range = if range.is_empty() { range } else { format!("; {range}") };
    format!(".TP\n.B {path}\n{}{rest}{range}{default}.\n", first.to_uppercase())
}
