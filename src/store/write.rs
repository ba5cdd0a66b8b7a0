//! A file is replaced whole or not at all, and nobody else ever reads it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::beside;
use super::locate::beside;
use super::owner::folder_of;
use super::problem::Error;
use crate::lang::Lang;
use crate::lang::config as words;

/// The file is replaced, and only what makes that safer failed.
#[derive(Debug)]
pub struct Remark {
    /// The file that is replaced.
    pub path: PathBuf,
    /// What failed.
    pub failed: Error,
}

impl Remark {
    /// What is done, what is not, and why.
    pub fn text(&self, lang: Lang) -> String {
        let failed = self.failed.lines(lang).join(" ");
        words::saved_but(lang, self.path.display(), failed)
    }
}

/// Replaces `path` by `text`: a temporary file beside it, mode 0600, on the
/// disk before it takes the name. The owner of `config` becomes its owner.
/// The caller holds the save lock, so a temporary file that is there already
/// was left by a crash. A remark where it is replaced and a power cut may undo that.
pub(super) fn replace(path: &Path, text: &str, config: &Path) -> Result<Option<Remark>, Error> {
    let temporary = beside(path, ".tmp");
    let failed = |error| Error::Write {
        path: path.to_owned(),
        error,
    };
    let replaced = write_new(&temporary, text, config).and_then(|()| fs::rename(&temporary, path));
    replaced.map_err(|error| {
        // Best effort: what is left over is cleared away by the next save.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })?;
    let synced = sync_folder(path).err();
    Ok(synced.map(|error| Remark {
        path: path.to_owned(),
        failed: Error::Sync {
            path: folder_of(path).to_owned(),
            error,
        },
    }))
}

fn write_new(temporary: &Path, text: &str, config: &Path) -> io::Result<()> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = beside::create(temporary, config)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A rename is safe once the folder that holds the names is.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}
