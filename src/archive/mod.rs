//! The record archive, `settings.archive_dir`: new events and grown rows of traffic
//! as JSON lines, each once, in `events.jsonl` and `flows.jsonl`.
//!
//! A record is taken in two steps, so that the archive and the state agree. While
//! the cycle runs it goes into a pending file, whose name carries the cycle's token.
//! The state that moves the positions carries the same token, and only once it is
//! saved do the records go into the archive. A pending file that a crash or a full
//! disk left behind is filed by the next run if the state has its token, else
//! removed: its records are fetched again. So nothing is lost, and only a crash
//! while records are filed can repeat some. Knows files and nothing else.

pub mod lines;
mod own;
mod pending;
mod rolling;

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::lang::{Lang, archive as words};

use pending::Pending;
pub use pending::{Batch, MAX_PENDING};
pub use rolling::{KEPT, MAX_FILE};

/// Mode of the folder, where it has to be made.
const FOLDER_MODE: u32 = 0o750;

/// Which records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Events that are new.
    Events,
    /// Rows of traffic that are new or have grown.
    Flows,
}

/// Why records can't be archived.
#[derive(Debug)]
pub enum Error {
    /// The folder can't be made or used.
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file can't be written.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file can't be read.
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another config's run uses the folder.
    Busy {
        /// The folder.
        path: PathBuf,
    },
}

/// The archive of one cycle.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    token: String,
    events: Pending,
    flows: Pending,
    /// Whether records of an earlier run were filed first.
    caught_up: bool,
    /// Held until the cycle is over.
    _lock: File,
}

/// What a cycle's records came to before they are filed.
#[derive(Debug, Default)]
pub struct Sealed {
    /// How many wait to be filed.
    pub kept: u64,
    /// Whether records of an earlier run were filed.
    pub caught_up: bool,
    /// How many could not be written.
    pub lost: u64,
    /// How many found no room within [`MAX_PENDING`].
    pub left_out: u64,
    /// Why some are lost.
    pub error: Option<Error>,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Flows => "flows",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [Self::Events, Self::Flows].into_iter().find(|kind| kind.name() == name)
    }
}

impl Archive {
    /// Opens the archive in `folder`, which is made where it is missing, and files
    /// what an earlier run left. `token` is this cycle's, no other's; `committed` the
    /// one in the state.
    ///
    /// # Errors
    /// Where the folder or what was left in it can't be used: then this cycle
    /// archives nothing.
    pub fn open(folder: &Path, token: &str, committed: Option<&str>) -> Result<Self, Error> {
        make(folder).map_err(|error| Error::Folder { path: folder.to_owned(), error })?;
        let lock = lock(folder)?;
        let caught_up = pending::settle(folder, committed)?;
        Ok(Self {
            caught_up,
            events: Pending::create(folder, Kind::Events, token)?,
            flows: Pending::create(folder, Kind::Flows, token)?,
            folder: folder.to_owned(),
            token: token.to_owned(),
            _lock: lock,
        })
    }

    /// Takes the records of one more fetch, until it is known to be complete. One
    /// batch of a kind at a time; one that is dropped has left nothing.
    pub fn batch(&self, kind: Kind) -> Batch {
        match kind {
            Kind::Events => self.events.batch(),
            Kind::Flows => self.flows.batch(),
        }
    }

    /// Keeps the records of a fetch that was counted.
    pub fn keep(&mut self, kind: Kind, batch: Batch) {
        match kind {
            Kind::Events => self.events.keep(batch),
            Kind::Flows => self.flows.keep(batch),
        }
    }

    /// Puts what is kept onto the disk, to be filed once the state is saved with
    /// this cycle's token.
    pub fn seal(&mut self) -> Sealed {
        let mut sealed = Sealed { caught_up: self.caught_up, ..Sealed::default() };
        for pending in [&mut self.events, &mut self.flows] {
            pending.seal(&mut sealed);
        }
        if sealed.kept > 0 {
            // Best effort: without it a power cut may cost the name of the file.
            let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
        }
        sealed
    }

    /// What the state has to carry for the records to be filed.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Removes what is sealed; how many records that were.
    pub fn discard(self) -> u64 {
        self.events.discard() + self.flows.discard()
    }

    /// Files what is sealed: the state with the token is saved.
    ///
    /// # Errors
    /// What can't be filed stays, and the next [`Archive::open`] tries it again.
    pub fn file(self) -> Result<(), Error> {
        pending::settle(&self.folder, Some(&self.token)).map(|_| ())
    }
}

/// Hands over each line of what is archived of one kind, the oldest first. Takes no lock:
/// a line that is being written is cut, and what is filed meanwhile may be missed.
///
/// # Errors
/// Where the folder has nothing of that kind, or a file can't be read.
pub fn read(folder: &Path, kind: Kind, mut take: impl FnMut(&[u8])) -> Result<(), Error> {
    let mut lines = lines(folder, kind)?;
    while let Some(line) = lines.next()? {
        take(line);
    }
    Ok(())
}

/// The lines of what is archived of one kind, the oldest first, one after the other; see
/// [`read`].
pub struct Lines {
    path: PathBuf,
    /// Those that are not read yet, the oldest last.
    files: Vec<File>,
    reading: Option<BufReader<File>>,
    line: Vec<u8>,
}

/// Opens what is archived of one kind.
///
/// # Errors
/// Where the folder has nothing of that kind, or a file can't be opened.
pub fn lines(folder: &Path, kind: Kind) -> Result<Lines, Error> {
    let path = folder.join(format!("{}.jsonl", kind.name()));
    let failed = |error| Error::Read { path: path.clone(), error };
    let mut files = Vec::new();
    for file in rolling::files(&path) {
        match File::open(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => files.push(opened.map_err(failed)?),
        }
    }
    if files.is_empty() {
        return Err(failed(Errno::NOENT.into()));
    }
    files.reverse();
    Ok(Lines { path, files, reading: None, line: Vec::new() })
}

impl Lines {
    /// The next line; `None` behind the last.
    ///
    /// # Errors
    /// Where the file can't be read.
    #[allow(clippy::should_implement_trait, reason = "a line lives until the next is asked for")]
    pub fn next(&mut self) -> Result<Option<&[u8]>, Error> {
        self.line.clear();
        loop {
            if self.reading.is_none() {
                self.reading = self.files.pop().map(BufReader::new);
            }
            let Some(reading) = &mut self.reading else { return Ok(None) };
            let read = reading.read_until(b'\n', &mut self.line);
            let read = read.map_err(|error| Error::Read { path: self.path.clone(), error })?;
            if read > 0 {
                return Ok(Some(&self.line));
            }
            self.reading = None;
        }
    }
}

/// Makes the folder and those above it; one that is there is left as it is.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(FOLDER_MODE).create(folder)
}

/// Two configs with one folder would remove each other's pending files.
fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(".lock");
    let failed = |error| Error::Write { path: path.clone(), error };
    let file = own::open_or_create(&path, 0o600).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy { path: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

impl Error {
    /// What failed, where, and what to do.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Folder { path, error } => words::folder(lang, path.display(), error),
            Self::Write { path, error } => words::write(lang, path.display(), error),
            Self::Read { path, error } => words::read(lang, path.display(), error),
            Self::Busy { path } => words::busy(lang, path.display()),
        }
    }
}
