//! The two kernel locks. They are let go when the process ends, however it
//! ends; the files stay, since a lock on a removed file would guard nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::beside;
use super::locate::beside;
use super::problem::Error;

/// How long a save waits for another one's read–change–replace.
const PATIENCE: Duration = Duration::from_secs(5);

/// Held for a whole cycle.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// Takes `<file>.run.lock`, or says at once who holds it. `config` is the
/// resolved path; `now` is what a second run is told as this one's start.
/// Taken before the file is opened, so that no run reads a state that another
/// is about to replace.
pub fn lock_run(config: &Path, now: Timestamp) -> Result<RunLock, Error> {
    let path = beside(config, ".run.lock");
    let mut file = open(&path, config)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Running {
                holder: holder(&mut file),
                path,
            });
        }
        Err(TryLockError::Error(error)) => return Err(Error::Write { path, error }),
    }
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{} {now:.0}", std::process::id()));
    match written {
        Ok(()) => Ok(RunLock { _file: file }),
        Err(error) => Err(Error::Write { path, error }),
    }
}

/// The pid and start that the other run wrote.
fn holder(file: &mut File) -> Option<(u32, Timestamp)> {
    let mut text = String::new();
    file.take(100).read_to_string(&mut text).ok()?;
    let (pid, since) = text.trim().split_once(' ')?;
    Some((pid.parse().ok()?, since.parse().ok()?))
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
    let failed = |error| Error::Write {
        path: path.to_owned(),
        error,
    };
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
