//! Files that grow by whole lines and roll over as the archive's do, for what is handed on
//! to other programs. A line that a crash has cut goes with the next one that is written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::{make, own, rolling};

/// Why lines can't be written.
#[derive(Debug)]
pub enum Error {
    /// Another program holds the file's lock.
    Busy,
    /// What the system says.
    System(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// Opens the folder for a file of that name, and makes it where it is missing: nobody else
/// may write there as long as what comes back is held.
///
/// # Errors
/// Where it can't be made or used, or someone else is at it.
pub fn open_folder(folder: &Path, name: &str) -> Result<File, Error> {
    make(folder)?;
    let lock = own::open_or_create(&folder.join(format!(".{name}.lock")), 0o600)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Busy),
        Err(TryLockError::Error(error)) => Err(Error::System(error)),
    }
}

/// The last whole line of the file, or of the one that was rolled over before it.
///
/// # Errors
/// Where it can't be read.
pub fn last(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    Ok(rolling::last_line(path)?)
}

/// Appends these lines, each with its end. When it comes back, they are on the disk, and so
/// is what stood there before.
///
/// # Errors
/// What stands in the file then is whole lines, the first of these or none.
pub fn append(path: &Path, lines: impl IntoIterator<Item = Vec<u8>>) -> Result<(), Error> {
    rolling::append_each(path, lines)?;
    if let Some(folder) = path.parent() {
        // Best effort: without it a power cut may cost the name of a new file.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Whether lines could be appended to a file of that name. Changes nothing: of a folder that
/// is yet to be made the one above it counts.
///
/// # Errors
/// Why not.
pub fn can_append(folder: &Path, name: &str) -> Result<(), Error> {
    let path = folder.join(name);
    if path.exists() {
        own::open(&path, OpenOptions::new().append(true))?;
    }
    let there = folder.ancestors().find(|one| one.exists()).unwrap_or(Path::new("/"));
    if !there.is_dir() {
        return Err(io::Error::from(Errno::NOTDIR).into());
    }
    access(there, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| Error::System(error.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| format!("{text}\n").into_bytes()).collect()
    }

    #[test]
    fn a_line_that_a_crash_has_cut_goes_with_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        append(&path, lines(&["one", "two"])).unwrap();
        std::fs::write(&path, "one\ntwo\nthr").unwrap();
        assert_eq!(last(&path).unwrap().unwrap(), b"two\n");

        append(&path, lines(&["three"])).unwrap();

        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\nthree\n");
        assert_eq!(last(&path).unwrap().unwrap(), b"three\n");
    }

    #[test]
    fn the_last_line_is_the_rolled_over_files_where_the_new_one_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        assert_eq!(last(&path).unwrap(), None);
        std::fs::write(folder.path().join("a.jsonl.1"), format!("{}\n", "x".repeat(9_000)))
            .unwrap();
        std::fs::write(&path, "cut").unwrap();
        assert_eq!(last(&path).unwrap().unwrap().len(), 9_001);
    }

    #[test]
    fn who_only_looks_makes_nothing_and_two_are_not_at_it_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        can_append(&below, "a.jsonl").unwrap();
        assert!(!below.exists());
        let _lock = open_folder(&below, "a.jsonl").unwrap();
        assert!(matches!(open_folder(&below, "a.jsonl"), Err(Error::Busy)));
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(can_append(&folder.path().join("file/x"), "a.jsonl").is_err());
    }
}
