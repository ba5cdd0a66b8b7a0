//! A file is replaced whole or not at all, and nobody else ever reads it. One that is
//! a mount of its own can't be replaced; it is written in place, once `<file>.last`
//! holds the same: see [`interrupted`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::beside;
use super::error::Error;
use super::load::{read_bytes, read_last};
use super::locate::beside;
use super::mount::is_mount;
use super::owner::folder_of;
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
///
/// A `path` that is a mount of its own is written in place, after `<path>.last`, which
/// is the net for a crash on the way.
pub(super) fn replace(
    path: &Path,
    text: &str,
    last: &Pieces<'_>,
    config: &Path,
) -> Result<Option<Remark>, Error> {
    replace_with(path, &[text, "", ""], config, Net::Last(last))
}

/// The same of `.last` itself.
pub(super) fn replace_last(
    last: &Path,
    pieces: &Pieces<'_>,
    config: &Path,
) -> Result<Option<Remark>, Error> {
    replace_with(last, pieces, config, Net::Last(pieces))
}

/// The same, and `<path>.last` stays: `text` is not valid, and no mail goes out by it.
/// A crash in the middle of writing a mount in place then is a person's to mend.
pub(super) fn replace_alone(
    path: &Path,
    text: &str,
    config: &Path,
) -> Result<Option<Remark>, Error> {
    replace_with(path, &[text, "", ""], config, Net::None)
}

/// A text in pieces, so that a large one need not be copied.
pub(super) type Pieces<'t> = [&'t str; 3];

/// What a file that is written in place is mended from.
#[derive(Clone, Copy)]
enum Net<'t> {
    /// What `.last` is to hold.
    Last(&'t Pieces<'t>),
    None,
}

fn replace_with(
    path: &Path,
    pieces: &Pieces<'_>,
    config: &Path,
    net: Net<'_>,
) -> Result<Option<Remark>, Error> {
    let temporary = beside(path, ".tmp");
    let took_it = write_new(&temporary, pieces, config)
        .and_then(|()| take_the_name(&temporary, path, config, net))
        .map_err(|error| {
            // Best effort: what is left over is cleared away by the next save.
            let _ = fs::remove_file(&temporary);
            not_written(path, error)
        })?;
    let synced = sync_folder(path)
        .err()
        .map(|error| Error::Sync { path: folder_of(path).to_owned(), error });
    let in_place = match took_it {
        Took::TheName => None,
        Took::TheNet => {
            let text = pieces.concat();
            match write_in_place(path, text.as_bytes()) {
                // Where it could not be put back it is what the net holds, for who reads it.
                Err(failed) if interrupted(path).as_ref() == Some(&text) => Some(failed),
                written => written.map(|()| None)?,
            }
        }
    };
    Ok(in_place.or(synced).map(|failed| Remark { path: path.to_owned(), failed }))
}

fn not_written(path: &Path, error: io::Error) -> Error {
    Error::Write { path: path.to_owned(), error }
}

/// What became of the temporary file.
enum Took {
    /// The file itself.
    TheName,
    /// The net, or nothing; the file is still to be written.
    TheNet,
}

/// The temporary file becomes `path`; where `path` is a mount of its own, it becomes the
/// net.
fn take_the_name(temporary: &Path, path: &Path, config: &Path, net: Net<'_>) -> io::Result<Took> {
    match fs::rename(temporary, path) {
        Err(error) if is_of_a_mount(&error) => {}
        renamed => return renamed.map(|()| Took::TheName),
    }
    match net {
        Net::Last(last) => {
            write_new(temporary, last, config)?;
            fs::rename(temporary, beside(path, ".last"))?;
        }
        Net::None => fs::remove_file(temporary)?,
    }
    Ok(Took::TheNet)
}

/// A mount can't be replaced by a name [rename(2)].
fn is_of_a_mount(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::ResourceBusy, io::ErrorKind::CrossesDevices];
    kinds.contains(&error.kind())
}

/// What is written to is what was looked at: no link, and an ordinary file. If that
/// fails, what was there before is put back, as far as that goes.
fn write_in_place(path: &Path, text: &[u8]) -> Result<(), Error> {
    let failed = |error| not_written(path, error);
    let mut file = beside::open(path, path, OpenOptions::new().read(true).write(true))?;
    let mut before = Vec::new();
    file.read_to_end(&mut before).map_err(failed)?;
    let same = before.iter().zip(text).take_while(|(old, new)| old == new);
    let stays = same.count();
    write_behind(&mut file, stays, text).map_err(|error| {
        let _ = write_behind(&mut file, stays, &before);
        failed(error)
    })
}

/// Cut to what stays, then written on: at every moment the file is the beginning of
/// `text`, which is no valid JSON until its last brace, and so is never taken for what
/// it is not.
fn write_behind(file: &mut File, stays: usize, text: &[u8]) -> io::Result<()> {
    file.set_len(stays as u64)?;
    file.seek(io::SeekFrom::End(0))?;
    file.write_all(text.get(stays..).unwrap_or_default())?;
    file.sync_all()
}

/// What a file that is a mount of its own was to become, where writing it in place was
/// interrupted: then it is the beginning of `<file>.last` and no more; a crash may leave
/// zeros where the rest was to stand. `None`: it is what somebody made of it.
pub(super) fn interrupted(path: &Path) -> Option<String> {
    let bytes = read_bytes(path).ok().filter(|_| is_mount(path))?;
    let last = read_last(&beside(path, ".last"), path).ok()?.text;
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let begun = bytes.get(..bytes.len() - zeros)?;
    let is_beginning = !begun.is_empty() && last.as_bytes().starts_with(begun);
    is_beginning.then_some(last)
}

fn write_new(temporary: &Path, pieces: &Pieces<'_>, config: &Path) -> io::Result<()> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = beside::create(temporary, config)?;
    pieces.iter().try_for_each(|piece| file.write_all(piece.as_bytes()))?;
    file.sync_all()
}

/// A rename is safe once the folder that holds the names is.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}
