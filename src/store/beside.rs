//! What stands beside the config: the locks, `.last`, the temporary file. Whoever may
//! write in the folder can put something else under these names: a link, a second
//! name of another file. Nothing is read through that, nothing written, nothing given
//! away.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use rustix::fs::OFlags;

use super::error::Error;
use super::locate::beside;
use crate::system::ordinary::{assert_ordinary, flags};
use crate::system::users;

/// Mode of what is made here.
const MODE: u32 = 0o600;

/// What stands beside a config, by the end of its name.
const ENDS: [&str; 4] = [".last", ".run.lock", ".lock", ".tmp"];

/// What is not as this program puts it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// A link.
    Link,
    /// A device, a pipe or a socket.
    NotOrdinary,
    /// A file that has another name, too.
    SecondName,
    /// It belongs to this user, who is neither the config's owner nor root.
    Owner(u32),
}

/// All that someone else put beside `config` (resolved).
pub fn planted_beside(config: &Path) -> Vec<Error> {
    let paths = ENDS.iter().map(|end| beside(config, end));
    paths
        .filter_map(|path| {
            let about = fs::symlink_metadata(&path).ok()?;
            let what = planted(&about, config)?;
            Some(Error::Planted { path, what })
        })
        .collect()
}

/// Opens what is there already, to read or to write it.
pub(super) fn open(path: &Path, config: &Path, options: &mut OpenOptions) -> Result<File, Error> {
    // Looked at first, since merely opening some devices does something; and again
    // once it is open and can't be another any more.
    assert_own(path, config, fs::symlink_metadata(path))?;
    let file = options
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY))
        .open(path)
        .map_err(|error| Error::Read { path: path.to_owned(), error })?;
    assert_own(path, config, file.metadata())?;
    Ok(file)
}

/// Makes a new file, for its owner alone. Fails where something is there already, a
/// link too.
pub(super) fn create(path: &Path, config: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(MODE).open(path)?;
    give_to_owner_of(config, &file);
    Ok(file)
}

fn assert_own(path: &Path, config: &Path, about: io::Result<Metadata>) -> Result<(), Error> {
    let at = || path.to_owned();
    let read = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path: at() },
        _ => Error::Read { path: at(), error },
    };
    let about = about.map_err(read)?;
    if let Some(what) = planted(&about, config) {
        return Err(Error::Planted { path: at(), what });
    }
    assert_ordinary(&about).map_err(read)
}

/// A folder does no harm: nothing can be read or written through it.
fn planted(about: &Metadata, config: &Path) -> Option<Planted> {
    let owner = fs::metadata(config).ok().map(|config| config.uid());
    let own = [Some(0), Some(users::effective()), owner];
    if about.is_symlink() {
        Some(Planted::Link)
    } else if about.is_dir() {
        None
    } else if assert_ordinary(about).is_err() {
        Some(Planted::NotOrdinary)
    } else if about.nlink() > 1 {
        Some(Planted::SecondName)
    } else if !own.contains(&Some(about.uid())) {
        Some(Planted::Owner(about.uid()))
    } else {
        None
    }
}

/// What root has just made beside another user's config must be that user's, or the
/// service would be locked out. Only root can do it, and only root needs it.
fn give_to_owner_of(config: &Path, file: &File) {
    let (Ok(wanted), Ok(found)) = (fs::metadata(config), file.metadata()) else {
        return;
    };
    if found.uid() == 0 && (wanted.uid(), wanted.gid()) != (found.uid(), found.gid()) {
        let _ = fchown(file, Some(wanted.uid()), Some(wanted.gid()));
    }
}
