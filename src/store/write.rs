//! A file is replaced whole or not at all, and nobody else ever reads it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use super::locate::beside;
use super::problem::Error;

/// Replaces `path` by `text`: a temporary file beside it, mode 0600, on the
/// disk before it takes the name. The owner of `config` becomes its owner.
/// The caller holds the save lock, so a temporary file that is there already
/// was left by a crash.
pub(super) fn replace(path: &Path, text: &str, config: &Path) -> Result<(), Error> {
    let temporary = beside(path, ".tmp");
    let failed = |error| Error::Write {
        path: path.to_owned(),
        error,
    };
    let replaced = write_new(&temporary, text, config).and_then(|()| {
        fs::rename(&temporary, path)?;
        sync_folder(path)
    });
    replaced.map_err(|error| {
        // Best effort: what is left over is cleared away by the next save.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

fn write_new(temporary: &Path, text: &str, config: &Path) -> io::Result<()> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(temporary)?;
    give_to_owner_of(config, &file);
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A rename is safe once the folder that holds the names is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// What root creates beside another user's config must be that user's, or the
/// service would be locked out. Only root can do it, and only root needs it.
pub(super) fn give_to_owner_of(config: &Path, file: &File) {
    let (Ok(wanted), Ok(found)) = (fs::metadata(config), file.metadata()) else {
        return;
    };
    if found.uid() == 0 && (wanted.uid(), wanted.gid()) != (found.uid(), found.gid()) {
        let _ = fchown(file, Some(wanted.uid()), Some(wanted.gid()));
    }
}
