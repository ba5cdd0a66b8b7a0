//! The archive's files. Its folder may be one that others write in, and what they put
//! under a name of ours, a link or a second name of another file, is not written to.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use crate::system::ordinary::{assert_ordinary, flags};
use crate::system::users;

/// Opens a file to read and to append to it; makes it where there is none.
pub(super) fn open_or_create(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    match options.clone().create_new(true).mode(mode).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open(path, &mut options),
        made => made,
    }
}

/// Opens one that is there.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Looked at first, since merely opening some devices does something; and again
    // once it is open and can't be another any more.
    assert_own(&fs::symlink_metadata(path)?)?;
    let file = options
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY))
        .open(path)?;
    assert_own(&file.metadata()?)?;
    Ok(file)
}

/// A user's backups may give his own files a second name; root's rights reach every
/// file that has one.
fn assert_own(about: &Metadata) -> io::Result<()> {
    if about.is_symlink() {
        return Err(io::Error::other("a link, not a file"));
    }
    if users::effective() == 0 && (about.nlink() > 1 || about.uid() != 0) {
        return Err(io::Error::other("someone else's file, or one with two names"));
    }
    assert_ordinary(about)
}
