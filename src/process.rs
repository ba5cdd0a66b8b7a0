//! This process: where its program lies, whom it runs as, and chance. Knows the
//! store's owner and the terminal.

use std::io;
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};

use crate::lang::Lang;
use crate::store;
use crate::terminal;

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

/// Root goes on as the owner of the config's folder, so that it never locks the
/// service out of its own files: then this does not come back. `parting` is done
/// before, while it still is root.
///
/// # Errors
/// Where the program could not be executed again as that user.
pub fn go_on_as_owner(
    config: &Path,
    executable: &Path,
    lang: Lang,
    parting: impl FnOnce(),
) -> io::Result<()> {
    let resolved = store::resolve(config).unwrap_or_else(|_| config.to_owned());
    let owner = store::effective_uid().and_then(|euid| store::other_owner(&resolved, euid));
    let Some(owner) = owner else { return Ok(()) };
    terminal::complain(&[owner.text(lang)]);
    parting();
    Err(owner.execute_again(executable, std::env::args_os().skip(1)))
}
