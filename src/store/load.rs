//! A file's bytes become a config, and the text of its state.

use std::io::Read;
use std::path::Path;

use super::Config;
use super::config::{self, Place};
use super::locate::Env;
use super::problem::Error;
use super::state;
use super::strict::{self, Document};

/// A byte order mark: Windows editors write it, JSON has no place for it.
pub(super) const MARK: &str = "\u{feff}";

/// The config in `text`, which stands (or would stand) at `path`.
pub fn read_config(path: &Path, text: &str, env: &Env) -> Result<Config, Error> {
    let document = document(path, text)?;
    let head = state::head(document.state);
    config(path, &document, env, head.language())
}

/// The file's text.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let at = || path.to_owned();
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

/// The JSON in `text`, without a byte order mark.
pub(super) fn document<'t>(path: &Path, text: &'t str) -> Result<Document<'t>, Error> {
    let body = text.strip_prefix(MARK).unwrap_or(text);
    strict::parse(body).map_err(|error| {
        let path = path.to_owned();
        if error.is_data() {
            return Error::NotAnObject { path };
        }
        Error::Syntax {
            path,
            line: error.line(),
            column: error.column(),
            message: error.to_string(),
        }
    })
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
    config::read(document, &place).map_err(|(problems, more)| Error::Invalid {
        path: path.to_owned(),
        problems,
        more,
    })
}
