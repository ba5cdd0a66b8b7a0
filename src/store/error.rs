//! What fails in this room.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::beside::Planted;
use super::owner::Stranger;
use crate::config::{Problem, reason};
use crate::lang::Lang;
use crate::lang::config as words;
use crate::system::users;

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
