//! What can be wrong with what stands in the file.

use std::cell::{Cell, RefCell};
use std::io;

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
    said: Both,
}

impl Problem {
    /// Puts the sentence down in both languages.
    pub fn new(path: impl Into<String>, sentence: impl Fn(Lang) -> String) -> Self {
        Self { path: path.into(), said: Both::of(sentence) }
    }

    /// Takes secrets out of it, and out of the key's path.
    pub(super) fn hide(&mut self, secrets: &Secrets) {
        self.path = secrets.hide(&self.path);
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
        words::at(lang, &self.path, sentence)
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
