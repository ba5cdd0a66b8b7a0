//! Ordinary files that a person named: read to their end and never waited for. A pipe
//! that nobody writes to would hold a run up for ever, a device might never end. Knows
//! no room.

use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// It is a device, a pipe or a socket.
#[derive(Debug)]
pub struct NotOrdinary;

impl NotOrdinary {
    /// Whether this is what the error says.
    pub fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

impl fmt::Display for NotOrdinary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device, a pipe or a socket, not an ordinary file")
    }
}

impl std::error::Error for NotOrdinary {}

/// Opens `path` for reading, behind its links.
///
/// # Errors
/// [`NotOrdinary`], a folder, and what the system says.
pub fn open(path: &Path) -> io::Result<File> {
    // Looked at first, since merely opening some devices does something; and again
    // afterwards, since another file may have taken the name.
    assert_ordinary(&fs::metadata(path)?)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY))
        .open(path)?;
    assert_ordinary(&file.metadata()?)?;
    Ok(file)
}

/// The bytes of `path`, at most so many; a longer file is an error.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::other(format!("longer than {most} bytes"))),
        false => Ok(bytes),
    }
}

/// Fails for all but an ordinary file.
pub fn assert_ordinary(about: &Metadata) -> io::Result<()> {
    match about.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        _ => Err(io::Error::other(NotOrdinary)),
    }
}

/// As the standard library wants them.
pub fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}
