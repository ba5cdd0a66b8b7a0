//! The two kernel locks. They are let go when the process ends, however it
//! ends; the files stay, since a lock on a removed file would guard nothing. The run
//! lock's file also tells of runs that did not come to their end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::beside;
use super::error::Error;
use super::locate::beside;

/// How long a save waits for another one's read–change–replace.
const PATIENCE: Duration = Duration::from_secs(5);

/// Held for a whole cycle.
#[derive(Debug)]
pub struct RunLock {
    file: File,
    logbook: Logbook,
}

/// Takes `<file>.run.lock`, or says at once who holds it. `config` is the
/// resolved path; `now` is what a second run is told as this one's start.
/// Taken before the file is opened, so that no run reads a state that another
/// is about to replace.
pub fn lock_run(config: &Path, now: Timestamp) -> Result<RunLock, Error> {
    take(config, now, false)
}

/// The same for a run, which is marked as begun until [`RunLock::end`].
pub fn begin_run(config: &Path, now: Timestamp) -> Result<RunLock, Error> {
    take(config, now, true)
}

/// When the runs began that did not come to their end and are not told yet, as far
/// as the lock's file says so; oldest first. Takes no lock.
pub fn died_runs(config: &Path) -> Vec<Timestamp> {
    let path = beside(config, ".run.lock");
    let Ok(mut file) = beside::open(&path, config, OpenOptions::new().read(true)) else {
        return Vec::new();
    };
    let logbook = Logbook::read(&mut file);
    let at_work = logbook.holder.is_some_and(|(pid, _)| is_alive(pid));
    if at_work { logbook.died } else { logbook.buried().died }
}

impl RunLock {
    /// When the runs before this one began that did not come to their end, oldest first.
    pub fn died(&self) -> &[Timestamp] {
        &self.logbook.died
    }

    /// The run came to its end. `told`: those that did not need no more be told.
    pub fn end(mut self, told: bool) {
        self.logbook.under_way = false;
        if told {
            self.logbook.died.clear();
        }
        // What could not be written is told once more.
        let _ = self.logbook.write(&mut self.file);
    }
}

fn take(config: &Path, now: Timestamp, under_way: bool) -> Result<RunLock, Error> {
    let path = beside(config, ".run.lock");
    let mut file = open(&path, config)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Running { holder: Logbook::read(&mut file).holder, path });
        }
        Err(TryLockError::Error(error)) => return Err(Error::Write { path, error }),
    }
    let logbook = Logbook {
        holder: Some((std::process::id(), now)),
        under_way,
        died: Logbook::read(&mut file).buried().died,
    };
    match logbook.write(&mut file) {
        Ok(()) => Ok(RunLock { file, logbook }),
        Err(error) => Err(Error::Write { path, error }),
    }
}

/// What stands in the run lock's file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Logbook {
    /// Who held it last, and since when.
    holder: Option<(u32, Timestamp)>,
    /// True for a run that has begun and not ended.
    under_way: bool,
    /// The begins of runs that did not come to their end.
    died: Vec<Timestamp>,
}

/// So many runs that died are remembered; of more the newest.
const DIED: usize = 10;

impl Logbook {
    /// What is no such line is passed over.
    fn read(file: &mut File) -> Self {
        let mut text = String::new();
        let read = file.rewind().and_then(|()| file.take(2_000).read_to_string(&mut text));
        let mut logbook = Self::default();
        if read.is_err() {
            return logbook;
        }
        for (nth, line) in text.lines().enumerate() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["died", since] => logbook.died.extend(since.parse::<Timestamp>()),
                [pid, since, ref mark @ ..] if nth == 0 => {
                    logbook.holder = pid.parse().ok().zip(since.parse().ok());
                    logbook.under_way = *mark == ["run"];
                }
                _ => {}
            }
        }
        logbook
    }

    /// The same once nobody holds the lock: a run that was under way has died.
    fn buried(mut self) -> Self {
        if let (true, Some((_, since))) = (self.under_way, self.holder) {
            self.died.push(since);
        }
        self.under_way = false;
        let more = self.died.len().saturating_sub(DIED);
        self.died.drain(..more);
        self
    }

    /// In one write over what stands there: a crash leaves the one or the other.
    fn write(&self, file: &mut File) -> std::io::Result<()> {
        let mut text = String::new();
        if let Some((pid, since)) = self.holder {
            let mark = if self.under_way { " run" } else { "" };
            text = format!("{pid} {since:.3}{mark}\n");
        }
        for since in &self.died {
            text += &format!("died {since:.3}\n");
        }
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        file.set_len(text.len() as u64)
    }
}

/// Whether there is such a process; true where nobody may tell.
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Held around one read–change–replace: `<file>.lock`.
pub(super) struct SaveLock {
    _file: File,
}

/// Takes `<file>.lock`, and waits for it for a while.
pub(super) fn lock_save(config: &Path) -> Result<SaveLock, Error> {
    let path = beside(config, ".lock");
    let file = open(&path, config)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(SaveLock { _file: file }),
            Err(TryLockError::Error(error)) => return Err(Error::Write { path, error }),
            Err(TryLockError::WouldBlock) if begin.elapsed() >= PATIENCE => {
                return Err(Error::Busy { path });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn open(path: &Path, config: &Path) -> Result<File, Error> {
    let failed = |error| Error::Write { path: path.to_owned(), error };
    match beside::create(path, config) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut options = OpenOptions::new();
            let there = beside::open(path, config, options.read(true).write(true));
            there.map_err(|error| match error {
                Error::Read { error, .. } => failed(error),
                other => other,
            })
        }
        made => made.map_err(failed),
    }
}
