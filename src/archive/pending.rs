//! Records that wait until the state that counts them is saved.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::rolling::{self, KEPT, MAX_FILE};
use super::{Error, Kind, Sealed};

/// A cycle's pending file of one kind has at most so many bytes: no more than the
/// archive keeps of them.
pub const MAX_PENDING: u64 = MAX_FILE * (1 + KEPT);

/// `.events-TOKEN-DONE.pending`; so many bytes of it are filed already.
const SUFFIX: &str = ".pending";

/// The pending file of one kind.
#[derive(Debug)]
pub(super) struct Pending {
    path: PathBuf,
    file: File,
    /// What stands in it for good; behind that a batch may be under way.
    length: u64,
    kept: u64,
    lost: u64,
    left_out: u64,
    error: Option<io::Error>,
}

/// The records of one fetch.
#[derive(Debug)]
pub struct Batch {
    /// Where it could be begun.
    out: Option<BufWriter<File>>,
    length: u64,
    records: u64,
    left_out: u64,
    error: Option<io::Error>,
}

impl Pending {
    /// A new, empty one.
    pub(super) fn create(folder: &Path, kind: Kind, token: &str) -> Result<Self, Error> {
        let path = folder.join(name(kind, token, 0));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Ok(file) => {
                Ok(Self { path, file, length: 0, kept: 0, lost: 0, left_out: 0, error: None })
            }
            Err(error) => Err(Error::Write { path, error }),
        }
    }

    /// Begins behind what is kept, over what a dropped batch left there.
    pub(super) fn batch(&self) -> Batch {
        let begun = self.rewind().and_then(|()| self.file.try_clone());
        let (out, error) = match begun {
            Ok(file) => (Some(BufWriter::with_capacity(1 << 16, file)), None),
            Err(error) => (None, Some(error)),
        };
        Batch {
            out,
            length: self.length,
            records: 0,
            // Where one was left out, a later one would stand there as if all were in.
            left_out: self.left_out,
            error,
        }
    }

    fn rewind(&self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        (&self.file).seek(SeekFrom::Start(self.length))?;
        Ok(())
    }

    pub(super) fn keep(&mut self, batch: Batch) {
        let (length, records, left_out) = (batch.length, batch.records, batch.left_out);
        match batch.finish() {
            Ok(()) => {
                self.length = length;
                self.kept += records;
                self.left_out = left_out;
            }
            Err(error) => {
                self.lost += records;
                self.left_out = left_out;
                self.error.get_or_insert(error);
            }
        }
    }

    /// Puts it onto the disk, or away where it is empty.
    pub(super) fn seal(&mut self, sealed: &mut Sealed) {
        if self.kept > 0
            && let Err(error) = self.rewind().and_then(|()| self.file.sync_all())
        {
            self.lost += std::mem::take(&mut self.kept);
            self.error.get_or_insert(error);
        }
        if self.kept == 0 {
            // What stays is removed by the next run: no state has its token.
            let _ = fs::remove_file(&self.path);
        }
        sealed.kept += self.kept;
        sealed.lost += self.lost;
        sealed.left_out += self.left_out;
        if let Some(error) = self.error.take() {
            sealed.error.get_or_insert(Error::Write { path: self.path.clone(), error });
        }
    }

    pub(super) fn discard(self) -> u64 {
        let _ = fs::remove_file(&self.path);
        self.kept
    }
}

impl Batch {
    /// Adds a record as received, its line breaks as blanks: outside of strings they
    /// are only layout, and inside of them JSON has none.
    pub fn add(&mut self, raw: &[u8]) {
        let length = self.length + raw.len() as u64 + 1;
        if self.left_out > 0 || length > MAX_PENDING {
            self.left_out += 1;
            return;
        }
        self.length = length;
        self.records += 1;
        if self.error.is_none() {
            self.error = self.write(raw).err();
        }
    }

    fn write(&mut self, raw: &[u8]) -> io::Result<()> {
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        let mut lines = raw.split(|byte| matches!(byte, b'\n' | b'\r'));
        out.write_all(lines.next().unwrap_or_default())?;
        for line in lines {
            out.write_all(b" ")?;
            out.write_all(line)?;
        }
        out.write_all(b"\n")
    }

    fn finish(mut self) -> io::Result<()> {
        let flushed = match (self.error.take(), &mut self.out) {
            (Some(error), _) => Err(error),
            (None, Some(out)) => out.flush(),
            (None, None) => Ok(()),
        };
        // What could not be written is not tried again by dropping the writer.
        if let Some(out) = self.out {
            let _ = out.into_parts();
        }
        // A batch without a record loses nothing.
        if self.records == 0 { Ok(()) } else { flushed }
    }
}

fn name(kind: Kind, token: &str, done: u64) -> String {
    format!(".{}-{token}-{done}{SUFFIX}", kind.name())
}

/// The kind, the token and how much is filed already.
fn parts(name: &str) -> Option<(Kind, &str, u64)> {
    let name = name.strip_prefix('.')?.strip_suffix(SUFFIX)?;
    let (name, done) = name.rsplit_once('-')?;
    let (kind, token) = name.split_once('-')?;
    Some((Kind::of_name(kind)?, token, done.parse().ok()?))
}

/// Files the pending files of the cycle `committed`, and removes all others; true
/// where there was something to file.
pub(super) fn settle(folder: &Path, committed: Option<&str>) -> Result<bool, Error> {
    let mut filed = false;
    let unreadable = |error| Error::Folder { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some((kind, token, done)) = name.to_str().and_then(parts) else {
            continue;
        };
        let path = entry.path();
        if committed == Some(token) {
            file(folder, &path, kind, token, done)?;
            filed = true;
        }
        fs::remove_file(&path).map_err(|error| Error::Write { path, error })?;
    }
    Ok(filed)
}

/// Files one. Where that breaks off, its new name says how far it came, which takes
/// no space on a full disk.
fn file(folder: &Path, path: &Path, kind: Kind, token: &str, done: u64) -> Result<(), Error> {
    let archive = folder.join(format!("{}.jsonl", kind.name()));
    rolling::append(&archive, path, done).map_err(|(now, error)| {
        if now > done {
            let _ = fs::rename(path, folder.join(name(kind, token, now)));
        }
        Error::Write { path: archive, error }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_in_it_and_how_far_it_is_filed() {
        let made = name(Kind::Flows, "00ff", 4096);
        assert_eq!(parts(&made), Some((Kind::Flows, "00ff", 4096)));
        for other in ["events.jsonl", ".lock", ".events-1.pending", ".x-1-0.pending"] {
            assert_eq!(parts(other), None, "{other}");
        }
    }
}
