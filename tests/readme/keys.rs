//! The keys' words (`dist/manual/keys.txt`) against what the strict reader asks for, the
//! tables of the manual and the entries of man page 5 that are made of both, and there the
//! best practices, which are made of the rules.
//!
//! `ILLUMIO_MONITOR_KEYS=write cargo test --test readme keys` writes them anew.

use illumio_monitor::config::{self, Key, Kind};
use illumio_monitor::lang::{Lang, grouped};
use illumio_monitor::rules::best_practices::Set;
use serde_json::Value;

use crate::{CHAPTERS, chapter, code, root, text};

const WORDS: &str = "dist/manual/keys.txt";
const PAGE: &str = "dist/man/illumio-monitor.json.5";

/// The keys beside those of the sections and rules: each a section, or a list of its own.
const SECTIONS: [&str; 4] = ["rules", "pauses", "forward", "state"];

/// A row of a table: keys that are told together, and their words.
#[derive(Default)]
struct Row {
    keys: Vec<String>,
    default: Option<[String; 2]>,
    words: [String; 2],
    man: Option<String>,
}

struct Table {
    name: String,
    rows: Vec<Row>,
}

fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in text(WORDS).lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            tables.push(Table { name: name.to_owned(), rows: Vec::new() });
            continue;
        }
        let rows = &mut tables.last_mut().expect("a table before the first key").rows;
        let Some(words) = line.strip_prefix("    ") else {
            let keys = line.split(", ").map(str::to_owned).collect();
            rows.push(Row { keys, ..Row::default() });
            continue;
        };
        let row = rows.last_mut().expect("a key before its words");
        let (what, words) = words.split_once(':').expect("what the words are");
        let words = words.trim().to_owned();
        match what {
            "en" => row.words[0] = words,
            "zh" => row.words[1] = words,
            "man" => row.man = Some(words),
            "default" => {
                let (english, chinese) = words.split_once(" / ").expect("both languages");
                row.default = Some([english, chinese].map(str::to_owned));
            }
            other => panic!("{WORDS}: {other}"),
        }
    }
    tables
}

/// As the documents call it: that of a rule bare.
fn shown(key: &Key) -> String {
    match key.section {
        "rules" => key.name.to_owned(),
        _ => key.path(),
    }
}

fn key(path: &str) -> Option<&'static Key> {
    config::keys().iter().find(|key| shown(key) == path)
}

/// `1–600`; none where any number will do, or each means another thing.
fn range(key: &Key) -> Option<String> {
    let Kind::Number(range) = &key.kind else { return None };
    let [from, to] = [range.start(), range.end()].map(|bound| u64::try_from(*bound).ok());
    Some(format!("{}–{}", grouped(from?), grouped(to?)))
}

/// A value as a person would write it into the file.
fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.parse::<f64>().is_ok() => format!("`\"{text}\"`"),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

impl Row {
    fn holding(&self, lang: usize) -> String {
        let holds = key(&self.keys[0]).map_or(&Value::Null, |key| &key.holds);
        match (&self.default, holds) {
            (Some(words), _) => words[lang].clone(),
            (None, Value::Null) => String::new(),
            (None, holds) if holds == "off" => ["off", "停用"][lang].to_owned(),
            (None, holds) => value(holds),
        }
    }

    /// `| key | default | required; range; words |`
    fn in_manual(&self, lang: usize, with_default: bool) -> String {
        let first = key(&self.keys[0]);
        let required = first.filter(|key| key.required).map(|_| ["required", "必填"][lang]);
        let facts = [required.map(str::to_owned), first.and_then(range)];
        let words = Some(self.words[lang].clone()).filter(|words| !words.is_empty());
        let told: Vec<String> = facts.into_iter().flatten().chain(words).collect();
        let keys: Vec<String> = self.keys.iter().map(|key| format!("`{key}`")).collect();
        let keys = keys.join([", ", "、"][lang]);
        let told = told.join(["; ", "；"][lang]).replace('|', "\\|");
        let row = match with_default {
            true => format!("| {keys} | {} | {told} |\n", self.holding(lang)),
            false => format!("| {keys} | {told} |\n"),
        };
        row.replace("|  |", "| |")
    }

    /// The entry of the man page.
    fn in_page(&self) -> String {
        let names: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        let head = match &names[..] {
            [one] => format!(".TP\n.B {one}\n"),
            several => format!(".TP\n.BR {}\n", several.join(" \", \" ")),
        };
        let first = key(&self.keys[0]);
        let default = Some(self.holding(0)).filter(|default| !default.is_empty());
        let mut facts: Vec<String> = first.and_then(range).into_iter().collect();
        let bare = if facts.is_empty() { "default: " } else { "default " };
        facts.extend(default.map(|default| format!("{bare}{default}")));
        let required = first.filter(|key| key.required).map(|_| "required".to_owned());
        let words = self.man.as_ref().unwrap_or(&self.words[0]).clone();
        let told = [Some(words), Some(facts.join(", ")), required];
        let sentences = told.into_iter().flatten().filter(|told| !told.is_empty());
        let sentences: Vec<String> = sentences.map(|told| sentence(&told)).collect();
        head + &filled(&roff(&sentences.join(" ")))
    }
}

/// With a capital and a full stop.
fn sentence(words: &str) -> String {
    let first = words.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = words.split_at(first);
    format!("{}{}.", first.to_uppercase(), rest.trim_end_matches('.'))
}

/// Markdown as roff: code is bold, and of a link its text is left.
fn roff(markdown: &str) -> String {
    let mut links = markdown.split('[');
    let mut bare = links.next().unwrap_or_default().to_owned();
    for piece in links {
        match piece.split_once("](").and_then(|(text, rest)| Some((text, rest.split_once(')')?))) {
            Some((text, (_, rest))) => bare += &format!("{text}{rest}"),
            None => bare += &format!("[{piece}"),
        }
    }
    let bare =
        bare.replace('\\', "\\e").replace('-', "\\-").replace('–', "\\(en").replace('…', "...");
    let pieces = bare.split('`').enumerate();
    pieces
        .map(
            |(nth, piece)| if nth % 2 == 1 { format!("\\fB{piece}\\fR") } else { piece.to_owned() },
        )
        .collect()
}

/// In lines of at most 90 letters, none of which roff takes for a request.
fn filled(words: &str) -> String {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().expect("a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + word.len() < 90 {
            line.push_str(&format!(" {word}"));
        } else {
            let guard = if word.starts_with(['.', '\'']) { "\\&" } else { "" };
            lines.push(format!("{guard}{word}"));
        }
    }
    lines.join("\n") + "\n"
}

/// `document` with each block between `begin` NAME and `end` made by `make`, and the names.
fn with_blocks(
    document: &str,
    [begin, rest_of_line, end]: [&str; 3],
    make: impl Fn(&str) -> String,
) -> (String, Vec<String>) {
    let mut pieces = document.split(begin);
    let (mut made, mut names) = (pieces.next().unwrap_or_default().to_owned(), Vec::new());
    for piece in pieces {
        let (name, after) = piece.split_once(rest_of_line).expect("a name");
        let (_, after) = after.split_once(end).unwrap_or_else(|| panic!("{name} has no end"));
        made += &format!("{begin}{name}{rest_of_line}{}{end}{after}", make(name));
        names.push(name.to_owned());
    }
    (made, names)
}

/// Holds a document against what it should be, or writes it.
fn compare(name: &str, made: &str) {
    if std::env::var_os("ILLUMIO_MONITOR_KEYS").is_some_and(|word| word == "write") {
        std::fs::write(root().join(name), made).unwrap();
    }
    let stands = text(name);
    let differs = stands.lines().zip(made.lines()).find(|(stands, made)| stands != made);
    assert!(stands == made, "{name} is not made of {WORDS}: {differs:?}");
}

#[test]
fn the_manuals_tables_of_keys_are_made_of_the_keys() {
    let tables = tables();
    for (lang, nth) in [(Lang::En, 0), (Lang::ZhTw, 1)] {
        let mut seen = Vec::new();
        for name in CHAPTERS.map(|name| chapter(name, lang)) {
            let markers = ["<!-- keys: ", " -->\n", "<!-- /keys -->"];
            let (made, names) = with_blocks(&text(&name), markers, |name| {
                let table = tables.iter().find(|table| table.name == name).expect("a table");
                let with_default = table.rows.iter().any(|row| !row.holding(nth).is_empty());
                let head = match (with_default, nth) {
                    (true, 0) => "| key | default | |\n|---|---|---|\n",
                    (false, 0) => "| key | |\n|---|---|\n",
                    (true, _) => "| 鍵 | 預設 | |\n|---|---|---|\n",
                    (false, _) => "| 鍵 | |\n|---|---|\n",
                };
                let rows = table.rows.iter().map(|row| row.in_manual(nth, with_default));
                std::iter::once(head.to_owned()).chain(rows).collect()
            });
            compare(&name, &made);
            seen.extend(names);
        }
        let wanted: Vec<&str> = tables.iter().map(|table| &*table.name).collect();
        assert_eq!(seen, wanted, "in {lang:?} each table stands once");
    }
}

#[test]
fn the_man_page_is_made_of_each_key_and_of_the_best_practices_against_attackers() {
    let tables = tables();
    let (made, seen) = with_blocks(&text(PAGE), [".\\\" keys: ", "\n", ".\\\" /keys"], |name| {
        let table = tables.iter().find(|table| table.name == name);
        let of_section = |row: &&Row| row.keys[0].starts_with(&format!("{name}."));
        let rows: Vec<&Row> = match table {
            Some(table) => table.rows.iter().collect(),
            None => tables.iter().flat_map(|table| &table.rows).filter(of_section).collect(),
        };
        rows.iter().map(|row| row.in_page()).collect()
    });
    let wanted = [
        "api", "email", "smtp", "settings", "forward", "rules", "event", "traffic", "workload",
        "pauses",
    ];
    assert_eq!(seen, wanted);
    let practice = |rule: &Value| {
        let [name, desc, rec, technique] = ["name", "desc", "rec", "technique"]
            .map(|key| roff(rule[key].as_str().expect("each of them has it")));
        let told = filled(&format!("{desc} {rec}"));
        format!(".TP\n.B {name}\n{told}.br\nMITRE ATT&CK: {technique}.\n")
    };
    let rules = Set::Security.rules(Lang::En);
    let marks = [".\\\" practices: ", "\n", ".\\\" /practices"];
    let (made, seen) = with_blocks(&made, marks, |_| rules.iter().map(practice).collect());
    assert_eq!(seen, ["security"]);
    compare(PAGE, &made);
}

#[test]
fn each_key_has_its_words_and_no_other_has_some() {
    let tables = tables();
    let rows: Vec<&Row> = tables.iter().flat_map(|table| &table.rows).collect();
    for key in config::keys().iter() {
        let path = shown(key);
        let told: Vec<&&Row> = rows.iter().filter(|row| row.keys.contains(&path)).collect();
        assert!(!told.is_empty(), "{WORDS} has no words for {path}");
        let Kind::Word(values) = &key.kind else { continue };
        for (nth, value) in (0..2).flat_map(|nth| values.iter().map(move |value| (nth, value))) {
            let named = told.iter().any(|row| code(&row.words[nth]).contains(value));
            assert!(named, "{WORDS}: {path} may be {value}");
        }
    }
    for path in rows.iter().flat_map(|row| &row.keys) {
        let known = key(path).is_some() || SECTIONS.contains(&path.as_str());
        assert!(known, "{WORDS} tells of {path}, which nobody reads");
    }
    for row in rows {
        let silent = row.words.iter().filter(|words| words.is_empty()).count();
        assert_ne!(silent, 1, "{WORDS}: {:?} has words in one language alone", row.keys);
    }
}
