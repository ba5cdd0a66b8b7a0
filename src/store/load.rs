//! A file's bytes become a config, and the text of its state.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::beside::{self, Planted};
use super::error::Error;
use super::state;
use super::versions::{MOST_PACKED, Versions, without_versions};
use super::write::interrupted;
use crate::config::{self, Config, Document, Env, Surroundings};
use crate::lang::config as words;
use crate::system::ordinary::{self, NotOrdinary};
use crate::system::users;

/// A byte order mark: Windows editors write it, JSON has no place for it.
pub(super) const MARK: &str = "\u{feff}";

/// The text without such a mark.
pub fn unmarked(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// The config in `text`, which stands (or would stand) at `path`.
pub fn read_config(path: &Path, text: &str, env: &Env) -> Result<Config, Error> {
    let document = document(path, text)?;
    let head = state::head(document.state);
    config(path, &document, env, head.language())
}

/// Whether `path` is what can be read to an end: opening a pipe would wait for ever.
/// What can't be looked at says so when it is opened.
pub(super) fn assert_file(path: &Path) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(found) => ordinary::assert_ordinary(&found).map_err(|error| unreadable(path, error)),
        Err(_) => Ok(()),
    }
}

/// The config's bytes. Root reads no one's but its own: whose it is was looked at when
/// the program started, and another file may have taken its place since.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error| unreadable(path, error);
    let file = ordinary::open(path).map_err(failed)?;
    let owner = file.metadata().map_err(failed)?.uid();
    if users::effective() == 0 && owner != 0 {
        return Err(Error::Planted { path: path.to_owned(), what: Planted::Owner(owner) });
    }
    bytes_of(file, path)
}

/// `<file>.last`.
#[derive(Default)]
pub(super) struct Last {
    /// The file as it was last written.
    pub text: String,
    /// The versions of before.
    pub versions: Versions,
}

/// What stands in `.last`, beside `config`.
pub(super) fn read_last(path: &Path, config: &Path) -> Result<Last, Error> {
    let file = beside::open(path, config, OpenOptions::new().read(true))?;
    let mut text = text_of(bytes_of(file, path)?, path)?;
    let versions = Versions::taken_from(&mut text);
    Ok(Last { text, versions })
}

/// The versions in `.last` alone, which stand at its end: a busy site's state before them
/// takes megabytes.
pub(super) fn read_versions(path: &Path, config: &Path) -> Result<Versions, Error> {
    const TAIL: u64 = MOST_PACKED as u64 + 4 * 1024;
    let read = |error| unreadable(path, error);
    let mut file = beside::open(path, config, OpenOptions::new().read(true))?;
    let length = file.seek(SeekFrom::End(0)).map_err(read)?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).map_err(read)?;
    Ok(Versions::in_tail(&bytes_of(file, path)?))
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    let path = path.to_owned();
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound { path },
        _ if NotOrdinary::is(&error) => Error::NotAFile { path },
        _ => Error::Read { path, error },
    }
}

fn bytes_of(mut file: File, path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match file.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(unreadable(path, error)),
    }
}

fn text_of(bytes: Vec<u8>, path: &Path) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().iter().take(valid);
        Error::NotText {
            path: path.to_owned(),
            line: 1 + before.filter(|byte| **byte == b'\n').count(),
        }
    })
}

/// The config's text; of one that was being written in place when a crash came,
/// what it was to become. Without the versions of before, whose place is in `.last`.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let read = text_of(read_bytes(path)?, path);
    let read = match &read {
        Ok(text) if document::<IgnoredAny>(path, text).is_ok() => read,
        _ => interrupted(path).map_or(read, Ok),
    };
    read.map(without_versions)
}

/// The JSON in `text`, without a byte order mark.
pub(super) fn document<'t, S: Deserialize<'t>>(
    path: &Path,
    text: &'t str,
) -> Result<Document<'t, S>, Error> {
    let body = unmarked(text);
    config::parse(body).map_err(|error| {
        let path = path.to_owned();
        if error.is_data() {
            return Error::NotAnObject { path };
        }
        let (line, column) = place_of(body, error.line(), error.column());
        Error::Syntax { path, line, column, message: error.to_string() }
    })
}

/// The generation of the state in `text`, 0 without a state; also where an editor's slip
/// elsewhere made it no JSON, as long as the state is whole. `None` where nobody can say.
pub(super) fn generation_in(text: &str) -> Option<u64> {
    if let Ok(document) = config::parse::<IgnoredAny>(unmarked(text)) {
        return Some(state::head(document.state).generation.unwrap_or(0));
    }
    let mut values = text.rmatch_indices("\"state\"").filter_map(|(at, key)| {
        let value = text.get(at + key.len()..)?.trim_start().strip_prefix(':')?;
        serde_json::Deserializer::from_str(value).into_iter::<&RawValue>().next()?.ok()
    });
    values.find_map(|value| state::head(Some(value.get())).generation)
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
    let around = Surroundings { env, folder: path.parent().unwrap_or(Path::new("")), remembered };
    let mut config = config::read(document, &around)
        .map_err(|(problems, more)| Error::Invalid { path: path.to_owned(), problems, more })?;
    for warning in config.warnings.iter_mut().chain(&mut config.obsolete) {
        *warning = words::in_file(config.settings.language, path.display(), &*warning);
    }
    Ok(config)
}
