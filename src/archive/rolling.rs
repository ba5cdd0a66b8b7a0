//! A file that grows by whole lines and rolls over: `.1` is the newest of the old.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::own;

/// A file rolls over before it has more bytes than this, unless one line alone has.
pub const MAX_FILE: u64 = 10 * 1024 * 1024;

/// How many old files are kept.
pub const KEPT: u64 = 5;

/// Mode of a file that is made; who may read it is then its owner's to change.
const MODE: u32 = 0o640;

/// So much is written at once.
const CHUNK: usize = 1 << 20;

/// Appends the lines that stand in `pending` from `done` on, and sees that they are
/// on the disk.
///
/// # Errors
/// With how far it came; what stands in the archive is exactly that much.
pub(super) fn append(path: &Path, pending: &Path, done: u64) -> Result<(), (u64, io::Error)> {
    let mut appender = Appender { done, ..Appender::open(path).map_err(|error| (done, error))? };
    appender.take_all(pending).map_err(|error| (appender.done, error))
}

/// Appends these lines, each with its end, and sees that they are on the disk.
///
/// # Errors
/// What stands in the file then is whole lines, the first of these or none.
pub(super) fn append_each(path: &Path, lines: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let mut appender = Appender::open(path)?;
    for mut line in lines {
        appender.take(&mut line)?;
    }
    appender.finish()
}

/// The last whole line, of the newest file that has one.
///
/// # Errors
/// Where a file can't be read.
pub(super) fn last_line(path: &Path) -> io::Result<Option<Vec<u8>>> {
    for path in [path.to_owned(), old(path, 1)] {
        let file = match own::open(&path, OpenOptions::new().read(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened?,
        };
        let end = whole_lines(&file, file.metadata()?.len())?;
        if end > 0 {
            let start = whole_lines(&file, end - 1)?;
            let mut line = vec![0; usize::try_from(end - start).unwrap_or(0)];
            file.read_exact_at(&mut line, start)?;
            return Ok(Some(line));
        }
    }
    Ok(None)
}

struct Appender<'p> {
    path: &'p Path,
    file: File,
    /// What the file has; whole lines.
    length: u64,
    /// Lines that are not written yet.
    chunk: Vec<u8>,
    done: u64,
}

impl<'p> Appender<'p> {
    fn open(path: &'p Path) -> io::Result<Self> {
        let file = own::open_or_create(path, MODE)?;
        let length = whole_lines(&file, file.metadata()?.len())?;
        file.set_len(length)?;
        Ok(Self { path, file, length, chunk: Vec::new(), done: 0 })
    }

    fn take_all(&mut self, pending: &Path) -> io::Result<()> {
        let mut lines = own::open(pending, OpenOptions::new().read(true))?;
        lines.seek(SeekFrom::Start(self.done))?;
        let mut lines = BufReader::new(lines);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            self.take(&mut line)?;
        }
        self.finish()
    }

    /// Takes a line, which is empty then.
    fn take(&mut self, line: &mut Vec<u8>) -> io::Result<()> {
        let full = self.length + (self.chunk.len() + line.len()) as u64;
        if full > MAX_FILE && full > line.len() as u64 {
            self.write()?;
            self.roll_over()?;
        }
        self.chunk.append(line);
        if self.chunk.len() >= CHUNK {
            self.write()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.write()?;
        self.file.sync_all()
    }

    /// Writes the chunk, or leaves the file as it was.
    fn write(&mut self) -> io::Result<()> {
        if let Err(error) = self.file.write_all(&self.chunk) {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += self.chunk.len() as u64;
        self.done += self.chunk.len() as u64;
        self.chunk.clear();
        Ok(())
    }

    fn roll_over(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        for number in (1..KEPT).rev() {
            rename(&old(self.path, number), &old(self.path, number + 1))?;
        }
        rename(self.path, &old(self.path, 1))?;
        self.file = own::open_or_create(self.path, MODE)?;
        self.length = 0;
        Ok(())
    }
}

/// The file and those that rolled over, the oldest first.
pub(super) fn files(path: &Path) -> impl Iterator<Item = PathBuf> {
    let rolled = (1..=KEPT).rev().map(|number| old(path, number));
    rolled.chain(std::iter::once(path.to_owned()))
}

/// `events.jsonl.3`.
fn old(path: &Path, number: u64) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{number}"));
    name.into()
}

/// One that is not there, after a crash in the middle of it, is none to move.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

/// The length up to `end` without a last line that a crash has cut.
fn whole_lines(file: &File, mut end: u64) -> io::Result<u64> {
    let mut block = [0; 4096];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        let part = block.split_at_mut(usize::try_from(end - start).unwrap_or(0)).0;
        file.read_exact_at(part, start)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
