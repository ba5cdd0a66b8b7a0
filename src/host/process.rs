//! This process: where its program lies, whom it runs as, what it begins with, and chance. Knows
//! the store's owner and the terminal.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ring::rand::{SecureRandom, SystemRandom};
use rustix::fs::Mode;
use signal_hook::consts::SIGXFSZ;

use crate::lang::{Lang, cycle as say};
use crate::screen::terminal;
use crate::store;
use crate::system::users;

/// A write beyond the user's limit for files (`ulimit -f`) fails as one on a full disk
/// does, instead of ending the process [setrlimit(2), `RLIMIT_FSIZE`].
pub fn survive_file_limit() {
    // What the flag says is of no use: the write itself fails. Where it can't be set,
    // the limit ends the process, as it would without it.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Where this program lies; as it was called where there is no `/proc` to say so.
pub fn executable() -> PathBuf {
    let called = || std::env::args_os().next().map(PathBuf::from);
    std::env::current_exe().unwrap_or_else(|_| called().unwrap_or_default())
}

/// For the Message-ID; its time makes it unique even without chance.
pub fn random() -> u64 {
    let mut bytes = [0; 8];
    let _ = SystemRandom::new().fill(&mut bytes);
    u64::from_ne_bytes(bytes)
}

/// What is made gets the mode that is asked for, 0600 to 0750, whatever the mask was: one
/// of 0777 would make files that their own owner can't open again.
pub fn settle_umask() {
    rustix::process::umask(Mode::RWXO | Mode::WGRP);
}

/// How root starts.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The config's path as it was given.
    pub config: &'a Path,
    /// This program.
    pub executable: &'a Path,
    /// The language of what is said.
    pub lang: Lang,
    /// Whether it only looks; that it may do in a place that is not safe.
    pub looks: bool,
    /// Whether it need not say whom it goes on as: cron would mail that each time.
    pub quiet: bool,
}

/// Root goes on as the owner of the config, so that it never locks the service out of
/// its own files, nor acts by root's rights on what someone else wrote: then this does
/// not come back. `parting` is done before, while it still is root.
///
/// # Errors
/// Finished lines: root does not act on such a file, or the program could not be
/// executed again as its owner.
pub fn go_on_as_owner(start: Start<'_>, parting: impl FnOnce()) -> Result<(), Vec<String>> {
    let Start { config, lang, .. } = start;
    if users::effective() != 0 {
        return Ok(());
    }
    let resolved = store::resolve(config).unwrap_or_else(|_| config.to_owned());
    if !start.looks {
        store::assert_no_stranger(config, &resolved).map_err(|error| error.lines(lang))?;
    }
    let Some(owner) = store::other_owner(&resolved, 0) else {
        return Ok(());
    };
    if !start.quiet {
        terminal::complain(&[owner.text(lang)]);
    }
    parting();
    let error = owner.execute_again(start.executable, std::env::args_os().skip(1));
    Err(vec![say::cannot_go_on_as_owner(lang, error)])
}
