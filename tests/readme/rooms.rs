//! The picture of the rooms in CONTRIBUTING.md against the `use` lines: who knows whom,
//! and that no room is known by one that it knows.
//!
//! `ILLUMIO_MONITOR_ROOMS=write cargo test --test readme rooms` draws it anew, for a
//! person to look at the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{root, text};

/// Each room, with those it knows.
type Rooms = BTreeMap<String, BTreeSet<String>>;

const FILE: &str = "CONTRIBUTING.md";
const BEGIN: &str = "```rooms\n";
const END: &str = "```\n";

#[test]
fn the_picture_of_the_rooms_is_what_the_code_says() {
    let drawn = drawn(&rooms());
    let before = text(FILE);
    let (head, rest) = before.split_once(BEGIN).expect("a block ```rooms");
    let (block, tail) = rest.split_once(END).unwrap();
    if std::env::var_os("ILLUMIO_MONITOR_ROOMS").is_some_and(|word| word == "write") {
        fs::write(root().join(FILE), format!("{head}{BEGIN}{drawn}{END}{tail}")).unwrap();
    } else {
        assert!(block == drawn, "{FILE} shows other rooms than there are; now they are:\n{drawn}");
    }
}

#[test]
fn no_room_is_known_by_one_that_it_knows() {
    let rooms = rooms();
    for room in rooms.keys() {
        let mut known = BTreeSet::new();
        let mut next: Vec<&str> = vec![room];
        while let Some(one) = next.pop() {
            for other in rooms.get(one).into_iter().flatten() {
                assert_ne!(other, room, "{room} is known by {one}, and knows it");
                if known.insert(other.as_str()) {
                    next.push(other);
                }
            }
        }
    }
}

#[test]
fn a_room_is_seen_wherever_code_names_it() {
    let code = "use crate::lang::{Lang, mail as m};\nuse crate::{root, pce::Flow,\n tls::{self, a::b}};\n// crate::no\nfn f() { crate::exit::Code::Ok }\n#[cfg(test)]\nmod tests { use crate::later; }";
    let found: Vec<String> = named(code).into_iter().collect();
    assert_eq!(found, ["exit", "lang", "pce", "root", "tls"]);
}

/// A line for each room, from the roof to the ground.
fn drawn(rooms: &Rooms) -> String {
    let mut lines: Vec<(usize, String)> = rooms
        .iter()
        .map(|(room, knows)| {
            let knows: Vec<&str> = knows.iter().map(String::as_str).collect();
            (floor(room, rooms), format!("{room:<13}→ {}", knows.join(" ")).trim_end().to_owned())
        })
        .collect();
    lines.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let arrows: usize = rooms.values().map(BTreeSet::len).sum();
    let lines: String = lines.iter().map(|(floor, line)| format!("{floor:>2}  {line}\n")).collect();
    format!("{lines}    {} rooms, {arrows} arrows\n", rooms.len())
}

/// One above the highest that it knows.
fn floor(room: &str, rooms: &Rooms) -> usize {
    let knows = rooms.get(room).into_iter().flatten();
    knows.map(|other| floor(other, rooms) + 1).max().unwrap_or(0)
}

fn rooms() -> Rooms {
    let src = root().join("src");
    let lib = fs::read_to_string(src.join("lib.rs")).unwrap();
    let declared = lib.lines().filter_map(|line| {
        let name = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?;
        name.strip_suffix(';')
    });
    let declared: BTreeSet<String> = declared.map(str::to_owned).collect();
    assert!(declared.len() > 10, "the rooms are declared in lib.rs");
    let mut rooms = Rooms::new();
    for file in files(&src) {
        let path = file.strip_prefix(&src).unwrap();
        let room = Path::new(path.iter().next().unwrap()).file_stem().unwrap();
        let room = room.to_str().unwrap().to_owned();
        let is_test = path.iter().any(|part| part == "tests.rs" || part == "tests");
        if room == "lib" || is_test {
            continue;
        }
        let mut knows = named(&fs::read_to_string(&file).unwrap());
        knows.retain(|other| declared.contains(other) && *other != room);
        rooms.entry(room).or_default().extend(knows);
    }
    rooms
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// What code names behind `crate::`, but for its comments and its tests.
fn named(code: &str) -> BTreeSet<String> {
    let code = code.split_once("#[cfg(test)]\nmod ").map_or(code, |(code, _)| code);
    let code: Vec<&str> =
        code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let behind = ["crate::", "illumio_monitor::"].map(|name| code.split(name).skip(1));
    behind.into_iter().flatten().flat_map(first_names).collect()
}

/// The name that a path begins with, or those of a list in braces.
fn first_names(path: &str) -> Vec<String> {
    let Some(list) = path.strip_prefix('{') else {
        return vec![path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()];
    };
    let (mut depth, mut names, mut name) = (0, Vec::new(), String::new());
    for letter in list.chars() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            letter if depth == 0 => name.push(letter),
            _ => {}
        }
    }
    names.push(name);
    let first = |name: &String| name.trim().split("::").next().unwrap_or_default().to_owned();
    names.iter().map(first).collect()
}
