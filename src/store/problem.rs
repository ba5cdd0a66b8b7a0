//! What can be wrong with the file, and the room's one error.

use std::cell::{Cell, RefCell};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::beside::Planted;
use super::owner::Stranger;
use crate::lang::config as words;
use crate::lang::{Both, Lang};
use crate::net::secret::Secrets;
use crate::system::ordinary::NotOrdinary;
use crate::system::users;

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
    pub(super) fn same_sentence(&self, other: &Self) -> bool {
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

/// What failed in this room, and where.
#[derive(Debug)]
pub enum Error {
    /// There is no such file.
    NotFound {
        /// The config file.
        path: PathBuf,
    },
    /// The system refuses to read it.
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is not UTF-8.
    NotText {
        /// The file.
        path: PathBuf,
        /// The line that holds the first odd byte.
        line: usize,
    },
    /// It is a device, a pipe or a socket: reading it might never end.
    NotAFile {
        /// What is no file.
        path: PathBuf,
    },
    /// It is not JSON.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in letters.
        column: usize,
        /// What the parser said.
        message: String,
    },
    /// It is JSON, but no object.
    NotAnObject {
        /// The file.
        path: PathBuf,
    },
    /// It is JSON, and something in it is wrong.
    Invalid {
        /// The file.
        path: PathBuf,
        /// At least one.
        problems: Vec<Problem>,
        /// How many further ones there are.
        more: usize,
    },
    /// A newer version of the program wrote the state.
    NewerState {
        /// The file.
        path: PathBuf,
        /// The state's version.
        version: u64,
    },
    /// Another cycle is under way.
    Running {
        /// The lock file.
        path: PathBuf,
        /// The other run's process id and start, if they can be read.
        holder: Option<(u32, Timestamp)>,
    },
    /// Someone else has held the file's lock for too long.
    Busy {
        /// The lock file.
        path: PathBuf,
    },
    /// It could not be written; what stood there stands.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// What was written into the folder may not outlast a power cut.
    Sync {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Someone else put it there.
    Planted {
        /// It.
        path: PathBuf,
        /// What it is.
        what: Planted,
    },
    /// Someone else could put another file in its place, and root does not act on such
    /// a file.
    Stranger {
        /// The config.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
        /// Who could.
        who: Stranger,
    },
}

impl Error {
    /// True where no later run can do better without a person: exit 78.
    /// False for 75, where the next run tries again.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Running { .. } | Self::Busy { .. } => false,
            Self::Write { error, .. } | Self::Sync { error, .. } => matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ),
            _ => true,
        }
    }

    /// What failed, where, and what to do: one line for each problem.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Invalid { path, problems, more } => invalid(path, problems, *more, lang),
            other => vec![other.line(lang)],
        }
    }

    fn line(&self, lang: Lang) -> String {
        match self {
            Self::NotFound { path } => words::not_found(lang, path.display()),
            Self::Read { path, error } => {
                words::cannot_read(lang, path.display(), reason(error, lang))
            }
            Self::NotText { path, line } => words::not_text(lang, path.display(), line),
            Self::NotAFile { path } => words::not_a_file(lang, path.display()),
            Self::NotAnObject { path } => words::not_an_object(lang, path.display()),
            Self::Syntax { path, line, column, message } => {
                words::syntax(lang, path.display(), line, column, syntax_reason(message, lang))
            }
            Self::Invalid { path, problems, more } => {
                invalid(path, problems, *more, lang).join("\n")
            }
            Self::NewerState { path, version } => words::newer_state(lang, path.display(), version),
            Self::Running { path, holder } => match holder {
                Some((pid, since)) => {
                    words::running(lang, path.display(), pid, format!("{since:.0}"))
                }
                None => words::running_unknown(lang, path.display()),
            },
            Self::Busy { path } => words::busy(lang, path.display()),
            Self::Write { path, error } => {
                words::cannot_write(lang, path.display(), reason(error, lang))
            }
            Self::Sync { path, error } => {
                words::cannot_sync(lang, path.display(), reason(error, lang))
            }
            Self::Planted { path, what } => words::planted(lang, path.display(), what.text(lang)),
            Self::Stranger { path, folder, who } => words::stranger(
                lang,
                path.display(),
                folder.display(),
                who.text(lang),
                who.cure(path, folder),
            ),
        }
    }
}

impl Planted {
    /// What it is, for a sentence.
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::Link => words::planted_link(lang),
            Self::NotOrdinary => words::planted_odd(lang),
            Self::SecondName => words::planted_second_name(lang),
            Self::Owner(uid) => words::planted_owner(lang, users::name(uid)),
        }
    }
}

fn invalid(path: &Path, problems: &[Problem], more: usize, lang: Lang) -> Vec<String> {
    let mut lines: Vec<String> = problems
        .iter()
        .map(|problem| words::in_file(lang, path.display(), problem.text(lang)))
        .collect();
    if more > 0 {
        lines.push(words::more_problems(lang, path.display(), more));
    }
    lines
}

/// The system's reason in the user's language, where it is a common one.
pub(super) fn reason(error: &io::Error, lang: Lang) -> String {
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

/// What the parser said, in our words. Its own words stay where they are new to us.
fn syntax_reason(message: &str, lang: Lang) -> String {
    type Sentence = fn(Lang) -> String;
    const KNOWN: &[(&str, Sentence)] = &[
        ("EOF while parsing", words::syntax_end),
        ("trailing comma", words::syntax_trailing_comma),
        ("expected `:`", words::syntax_colon),
        ("expected `,` or `}`", words::syntax_comma_brace),
        ("expected `,` or `]`", words::syntax_comma_bracket),
        ("key must be a string", words::syntax_key),
        ("expected value", words::syntax_value),
        ("expected ident", words::syntax_value),
        ("control character", words::syntax_control),
        ("invalid escape", words::syntax_escape),
        ("surrogate", words::syntax_escape),
        ("unexpected end of hex", words::syntax_escape),
        ("invalid unicode", words::syntax_escape),
        ("invalid number", words::syntax_number),
        ("number out of range", words::syntax_number),
        ("trailing characters", words::syntax_trailing),
        ("recursion limit", words::syntax_depth),
    ];
    KNOWN
        .iter()
        .find(|(part, _)| message.contains(part))
        .map_or_else(|| message.to_owned(), |(_, sentence)| sentence(lang))
}
