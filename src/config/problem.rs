//! What can be wrong with what stands in the file.

use std::cell::{Cell, RefCell};
use std::io;

use super::node::Node;
use crate::lang::config as words;
use crate::lang::{Both, Lang};
use crate::net::secret::Secrets;
use crate::system::ordinary::NotOrdinary;

/// So many problems of one file are told; the rest is a number.
const MOST_PROBLEMS: usize = 20;

/// A sentence about one place in the file, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key's path: `rules[3].threshold_count`; empty for the file as a whole.
    pub path: String,
    /// How a person knows what stands there: a rule or a pause by its id.
    known_as: Option<KnownAs>,
    said: Both,
}

/// An element of a list, by its id: what the file and the menu show of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KnownAs {
    section: &'static str,
    id: i64,
    /// What of it the problem is about; empty for all of it.
    key: String,
}

impl Problem {
    /// Puts the sentence down in both languages.
    pub fn new(path: impl Into<String>, sentence: impl Fn(Lang) -> String) -> Self {
        Self { path: path.into(), known_as: None, said: Both::of(sentence) }
    }

    /// Takes secrets out of it, and out of the key's path.
    pub(super) fn hide(&mut self, secrets: &Secrets) {
        self.path = secrets.hide(&self.path);
        if let Some(known_as) = &mut self.known_as {
            known_as.key = secrets.hide(&known_as.key);
        }
        self.said = self.said.map(|text| secrets.hide(text));
    }

    /// Whether the other says the same, of this place or another.
    pub(crate) fn same_sentence(&self, other: &Self) -> bool {
        self.said == other.said
    }

    /// The sentence alone, for where the place is plain.
    pub fn sentence(&self, lang: Lang) -> String {
        self.said.text(lang).to_owned()
    }

    /// The path and the sentence.
    pub fn text(&self, lang: Lang) -> String {
        let sentence = self.said.text(lang);
        if self.path.is_empty() {
            return sentence.to_owned();
        }
        words::at(lang, self.place(lang), sentence)
    }

    /// The place as a person knows it: `rule 12: threshold_count`.
    fn place(&self, lang: Lang) -> String {
        let Some(KnownAs { section, id, key }) = &self.known_as else {
            return self.path.clone();
        };
        let element = match *section {
            "rules" => words::rule_at(lang, id),
            _ => words::pause_at(lang, id),
        };
        match key.is_empty() {
            true => element,
            false => words::at(lang, element, key),
        }
    }

    /// Has what stands at a place in a list go by its id.
    fn know(&mut self, section: &'static str, ids: &[Option<i64>]) {
        let rest = self.path.strip_prefix(section).and_then(|rest| rest.strip_prefix('['));
        let Some((at, key)) = rest.and_then(|rest| rest.split_once(']')) else { return };
        let id = at.parse::<usize>().ok().and_then(|at| *ids.get(at)?);
        let key = key.strip_prefix('.').unwrap_or(key).to_owned();
        self.known_as = id.map(|id| KnownAs { section, id, key }).or(self.known_as.take());
    }
}

/// Gathers problems while a file is read, so that all are told at once.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: RefCell<Vec<Problem>>,
    more: Cell<usize>,
}

impl Problems {
    /// Adds one; beyond the bound it is only counted.
    pub fn add(&self, path: &str, sentence: impl Fn(Lang) -> String) {
        let mut list = self.list.borrow_mut();
        if list.len() < MOST_PROBLEMS {
            list.push(Problem::new(path, sentence));
        } else {
            self.more.set(self.more.get() + 1);
        }
    }

    /// Has the elements of a list go by their ids in what was found. `list` is the list as
    /// it stands; one without an id of its own keeps its place.
    pub fn know_by_id(&self, section: &'static str, list: &[Node]) {
        let ids: Vec<Option<i64>> = list.iter().map(Node::id).collect();
        let once = |id: &i64| ids.iter().flatten().filter(|other| *other == id).count() == 1;
        let ids: Vec<Option<i64>> = ids.iter().map(|id| id.filter(once)).collect();
        self.list.borrow_mut().iter_mut().for_each(|problem| problem.know(section, &ids));
    }

    /// How many there are, told or only counted.
    pub fn count(&self) -> usize {
        self.list.borrow().len() + self.more.get()
    }

    /// The problems, and how many further ones were only counted.
    pub fn done(self) -> (Vec<Problem>, usize) {
        (self.list.into_inner(), self.more.get())
    }
}

/// A piece of the file as it may be shown: short, and nothing in it that a
/// terminal would act upon.
pub(super) fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect::<String>();
    if out.len() < text.len() {
        out.push('…');
    }
    out.chars()
        .map(|letter| match letter {
            '"' | '\\' | '\'' => letter.to_string(),
            other => other.escape_debug().to_string(),
        })
        .collect()
}

/// The system's reason in the user's language, where it is a common one.
pub(crate) fn reason(error: &io::Error, lang: Lang) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => words::reason_not_found(lang),
        io::ErrorKind::PermissionDenied => words::reason_permission(lang),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => words::reason_full(lang),
        io::ErrorKind::ReadOnlyFilesystem => words::reason_read_only(lang),
        io::ErrorKind::IsADirectory => words::reason_folder(lang),
        io::ErrorKind::FileTooLarge => words::reason_limit(lang),
        _ if NotOrdinary::is(error) => words::reason_not_ordinary(lang),
        _ => error.to_string(),
    }
}
