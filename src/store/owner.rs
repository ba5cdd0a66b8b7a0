//! Whose file it is. Root's lock and config files would lock the service's own
//! user out, so root goes on as the owner of the file's folder.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::lang::Lang;
use crate::lang::config as words;

/// A user and group by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user; never 0.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

/// The user this process acts as [proc(5): `/proc/self` belongs to the effective user].
pub fn effective_uid() -> Option<u32> {
    Some(std::fs::metadata("/proc/self").ok()?.uid())
}

/// The one to go on as: for root, the owner of the folder of `config` (resolved
/// if it exists), where that is someone else. `None`: go on as it is.
pub fn other_owner(config: &Path, euid: u32) -> Option<Owner> {
    if euid != 0 {
        return None;
    }
    let folder = config
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let found = std::fs::metadata(folder).ok()?;
    let owner = Owner {
        uid: found.uid(),
        gid: found.gid(),
    };
    (owner.uid != 0).then_some(owner)
}

impl Owner {
    /// The one line that says so, for standard error.
    pub fn text(self, lang: Lang) -> String {
        words::goes_on_as(lang, self.uid, self.gid)
    }

    /// Executes the program again as this user and group, without root's
    /// further groups. Comes back only where that failed.
    pub fn execute_again(
        self,
        executable: &Path,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> io::Error {
        Command::new(executable)
            .args(arguments)
            .gid(self.gid)
            .uid(self.uid)
            .exec()
    }
}
