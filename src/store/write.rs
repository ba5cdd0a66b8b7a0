//! A file is replaced whole or not at all, and nobody else ever reads it. One that is
//! a mount of its own can't be replaced; it is written in place, once `<file>.last`
//! holds the same: see [`interrupted`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use super::locate::beside;
use super::mount::is_mount;
use super::problem::Error;

/// Replaces `path` by `text`: a temporary file beside it, mode 0600, on the
/// disk before it takes the name. The owner of `config` becomes its owner.
/// The caller holds the save lock, so a temporary file that is there already
/// was left by a crash.
///
/// A `path` that is a mount of its own is written in place, after `<path>.last`, which
/// is the net for a crash on the way.
pub(super) fn replace(path: &Path, text: &str, config: &Path) -> Result<(), Error> {
    replace_with(path, text, config, Net::Last)
}

/// The same, and `<path>.last` stays: `text` is not valid, and no mail goes out by it.
/// A crash in the middle of writing a mount in place then is a person's to mend.
pub(super) fn replace_alone(path: &Path, text: &str, config: &Path) -> Result<(), Error> {
    replace_with(path, text, config, Net::None)
}

/// What a file that is written in place is mended from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Net {
    Last,
    None,
}

fn replace_with(path: &Path, text: &str, config: &Path, net: Net) -> Result<(), Error> {
    let temporary = beside(path, ".tmp");
    let failed = |error| Error::Write {
        path: path.to_owned(),
        error,
    };
    let replaced = write_new(&temporary, text, config)
        .and_then(|()| take_the_name(&temporary, path, text, net))
        .and_then(|()| sync_folder(path));
    replaced.map_err(|error| {
        // Best effort: what is left over is cleared away by the next save.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

/// The temporary file becomes `path`; where `path` is a mount of its own, it becomes the
/// net, and then its text is written to `path` itself.
fn take_the_name(temporary: &Path, path: &Path, text: &str, net: Net) -> io::Result<()> {
    match fs::rename(temporary, path) {
        Err(error) if is_of_a_mount(&error) => {}
        renamed => return renamed,
    }
    match net {
        Net::Last => fs::rename(temporary, beside(path, ".last"))?,
        Net::None => fs::remove_file(temporary)?,
    }
    sync_folder(path)?;
    write_in_place(path, text.as_bytes())
}

/// A mount can't be replaced by a name [rename(2)].
fn is_of_a_mount(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::ResourceBusy, io::ErrorKind::CrossesDevices];
    kinds.contains(&error.kind())
}

/// Cut to what stays, then written on: at every moment the file is the beginning of
/// `text`, which is no valid JSON until its last brace, and so is never taken for what
/// it is not.
fn write_in_place(path: &Path, text: &[u8]) -> io::Result<()> {
    let before = fs::read(path)?;
    let same = before.iter().zip(text).take_while(|(old, new)| old == new);
    let stays = same.count();
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.set_len(stays as u64)?;
    file.seek(io::SeekFrom::End(0))?;
    file.write_all(text.get(stays..).unwrap_or_default())?;
    file.sync_all()
}

/// What a file that is a mount of its own was to become, where writing it in place was
/// interrupted: then it is the beginning of `<file>.last` and no more; a crash may leave
/// zeros where the rest was to stand. `None`: it is what somebody made of it.
pub(super) fn interrupted(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok().filter(|_| is_mount(path))?;
    let last = fs::read_to_string(beside(path, ".last")).ok()?;
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let begun = bytes.get(..bytes.len() - zeros)?;
    let is_beginning = !begun.is_empty() && last.as_bytes().starts_with(begun);
    is_beginning.then_some(last)
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
