//! A file's bytes become a config, and the text of its state.

use std::io::Read;
use std::path::Path;

use super::Config;
use super::config::{self, Place};
use super::locate::Env;
use super::node::{self, Document};
use super::problem::Error;
use super::state;
use super::write::interrupted;
use crate::lang::config as words;

/// A byte order mark: Windows editors write it, JSON has no place for it.
pub(super) const MARK: &str = "\u{feff}";

/// The config in `text`, which stands (or would stand) at `path`.
pub fn read_config(path: &Path, text: &str, env: &Env) -> Result<Config, Error> {
    let document = document(path, text)?;
    let head = state::head(document.state);
    config(path, &document, env, head.language())
}

/// Whether `path` is what can be read to an end: opening a pipe would wait for ever.
/// What can't be looked at says so when it is opened.
pub(super) fn assert_file(path: &Path) -> Result<(), Error> {
    let at = || path.to_owned();
    match std::fs::metadata(path).map(|found| found.file_type()) {
        Ok(found) if found.is_dir() => Err(Error::Read {
            path: at(),
            error: std::io::ErrorKind::IsADirectory.into(),
        }),
        Ok(found) if !found.is_file() => Err(Error::NotAFile { path: at() }),
        _ => Ok(()),
    }
}

/// The file's text.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let at = || path.to_owned();
    assert_file(path)?;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound { path: at() },
        _ => Error::Read { path: at(), error },
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().iter().take(valid);
        Error::NotText {
            path: at(),
            line: 1 + before.filter(|byte| **byte == b'\n').count(),
        }
    })
}

/// The config file's text; of one that was being written in place when a crash came,
/// what it was to become.
pub(super) fn read_whole(path: &Path) -> Result<String, Error> {
    let read = read_text(path);
    let is_whole = match &read {
        Ok(text) => document(path, text).is_ok(),
        Err(error) => !matches!(error, Error::NotText { .. }),
    };
    if is_whole {
        return read;
    }
    interrupted(path).map_or(read, Ok)
}

/// The JSON in `text`, without a byte order mark.
pub(super) fn document<'t>(path: &Path, text: &'t str) -> Result<Document<'t>, Error> {
    let body = text.strip_prefix(MARK).unwrap_or(text);
    node::parse(body).map_err(|error| {
        let path = path.to_owned();
        if error.is_data() {
            return Error::NotAnObject { path };
        }
        let (line, column) = place_of(body, error.line(), error.column());
        Error::Syntax {
            path,
            line,
            column,
            message: error.to_string(),
        }
    })
}

/// The parser counts bytes, and stands at column 0 of the next line after a
/// line break that it stumbled over; an editor counts letters from 1.
fn place_of(text: &str, line: usize, column: usize) -> (usize, usize) {
    let letters = |line: usize, bytes: usize| {
        let text = text.split('\n').nth(line.saturating_sub(1));
        let bytes = text.unwrap_or_default().bytes().take(bytes);
        // Every letter has one byte that is no continuation.
        bytes.filter(|byte| byte & 0xC0 != 0x80).count()
    };
    match column {
        0 if line > 1 => (line - 1, letters(line - 1, usize::MAX) + 1),
        _ => (line, letters(line, column).max(1)),
    }
}

/// The config in a document.
pub(super) fn config(
    path: &Path,
    document: &Document<'_>,
    env: &Env,
    remembered: Option<crate::lang::Lang>,
) -> Result<Config, Error> {
    let place = Place {
        env,
        folder: path.parent().unwrap_or(Path::new("")),
        remembered,
    };
    let mut config = config::read(document, &place).map_err(|(problems, more)| Error::Invalid {
        path: path.to_owned(),
        problems,
        more,
    })?;
    for warning in &mut config.warnings {
        *warning = words::in_file(config.settings.language, path.display(), &*warning);
    }
    Ok(config)
}
