//! Whose file it is. Root's lock and config files would lock the service's own
//! user out, and a file that someone else wrote must not be read by root's rights: so
//! root goes on as the owner of the file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Gid, Uid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use super::error::Error;
use crate::lang::Lang;
use crate::lang::config as words;
use crate::system::users::{self, User};

/// The group of a user whom nobody here knows, if his file has none of his number: any
/// other may be one that he is not in [`nogroup` of Debian, `nobody` of RHEL].
const NO_GROUP: u32 = 65534;

/// Where programs are looked for by those who start one.
const PROGRAMS: &str = "/usr/local/bin:/usr/bin:/bin";

/// What root's environment passes on: how and in which language to show things, which
/// file to use, and who stands behind root. All else, and what is secret above all,
/// ends here: the owner may read the environment of his processes.
const PASSED_ON: [&str; 9] = [
    "COLUMNS",
    "ILLUMIO_MONITOR_CONFIG",
    "JOURNAL_STREAM",
    "LANG",
    "LANGUAGE",
    "NO_COLOR",
    "SUDO_USER",
    "TERM",
    "TZ",
];

/// Someone else to go on as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user; never 0.
    pub uid: u32,
    /// His group.
    pub gid: u32,
    /// The groups that he is in beside it.
    pub groups: Vec<u32>,
    /// What the host knows of him.
    user: Option<User>,
}

/// Who but root and the file's owner can put another file in the config's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// The folder is theirs.
    Owner(u32),
    /// These are in the folder's group, which may write in it.
    Members(Vec<String>),
    /// Everyone may write in it.
    Everyone,
}

/// The one to go on as: for root, the owner of `config` (resolved), or of its folder
/// where there is no such file yet; if that is someone else. `None`: go on as it is.
pub fn other_owner(config: &Path, euid: u32) -> Option<Owner> {
    if euid != 0 {
        return None;
    }
    let about = owned(config)?;
    (about.uid() != 0).then(|| Owner::of(&about))
}

/// The file, or its folder where there is no such file.
fn owned(config: &Path) -> Option<Metadata> {
    let about = fs::metadata(config).or_else(|_| fs::metadata(folder_of(config)));
    about.ok()
}

/// Who could have put `config` (resolved) there beside its owner and root. In a folder
/// with the sticky bit nobody takes another's file away.
pub fn stranger(config: &Path) -> Option<Stranger> {
    let folder = fs::metadata(folder_of(config)).ok()?;
    let owner = owned(config)?.uid();
    if ![0, owner].contains(&folder.uid()) {
        return Some(Stranger::Owner(folder.uid()));
    }
    let sticky = folder.mode() & 0o1000 != 0;
    if sticky {
        None
    } else if folder.mode() & 0o002 != 0 {
        Some(Stranger::Everyone)
    } else if folder.mode() & 0o020 != 0 {
        let members = users::others_in(folder.gid(), &[owner]);
        (!members.is_empty()).then_some(Stranger::Members(members))
    } else {
        None
    }
}

/// Root's own rule: a config that a stranger could have put there is none to act on.
/// `named` is its path as it was given.
///
/// # Errors
/// Where that is so, or where the name is a link of someone else's.
pub fn assert_no_stranger(named: &Path, config: &Path) -> Result<(), Error> {
    if let Some(who) = stranger(config) {
        return Err(Error::Stranger {
            path: config.to_owned(),
            folder: folder_of(config).to_owned(),
            who,
        });
    }
    let link = fs::symlink_metadata(named).ok().filter(Metadata::is_symlink);
    let owner = owned(config).map_or(0, |about| about.uid());
    match link {
        Some(link) if ![0, owner].contains(&link.uid()) => Err(Error::Planted {
            path: named.to_owned(),
            what: super::beside::Planted::Owner(link.uid()),
        }),
        _ => Ok(()),
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Owner {
    fn of(about: &Metadata) -> Self {
        let uid = about.uid();
        let user = users::by_uid(uid);
        let own_number = if about.gid() == uid { uid } else { NO_GROUP };
        Self {
            uid,
            gid: user.as_ref().map_or(own_number, |user| user.gid),
            groups: user.as_ref().map(User::further_groups).unwrap_or_default(),
            user,
        }
    }

    /// The one line that says so, for standard error.
    pub fn text(&self, lang: Lang) -> String {
        let unknown = || words::unknown_user(lang, self.uid);
        words::goes_on_as(lang, self.user.as_ref().map_or_else(unknown, |user| user.name.clone()))
    }

    fn name(&self) -> String {
        let known = self.user.as_ref().map(|user| user.name.clone());
        known.unwrap_or_else(|| self.uid.to_string())
    }

    /// Executes the program again as this user, in his groups and with an environment
    /// that is his. Comes back only where that failed.
    ///
    /// Called while the process has one thread: the kernel knows users and groups of
    /// threads, and that of the one that executes a program are the program's. (The
    /// standard library sets no further groups but none, in its stable part.)
    pub fn execute_again(
        &self,
        executable: &Path,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> io::Error {
        let mut again = Command::new(executable);
        again.args(arguments).env_clear().envs(self.environment());
        match self.become_it() {
            Ok(()) => again.exec(),
            Err(error) => error.into(),
        }
    }

    /// The groups first: once it is no longer root, it may not set them.
    fn become_it(&self) -> rustix::io::Result<()> {
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        let groups: Vec<Gid> = self.groups.iter().map(|id| Gid::from_raw(*id)).collect();
        set_thread_groups(&groups)?;
        set_thread_res_gid(gid, gid, gid)?;
        set_thread_res_uid(uid, uid, uid)
    }

    fn environment(&self) -> BTreeMap<OsString, OsString> {
        let passed_on = |name: &OsString| {
            let name = name.to_string_lossy();
            name.starts_with("LC_") || PASSED_ON.contains(&&*name)
        };
        let mut all: BTreeMap<OsString, OsString> =
            std::env::vars_os().filter(|(name, _)| passed_on(name)).collect();
        // Who it was, for the record of what was changed.
        let behind = || std::env::var_os("LOGNAME").unwrap_or_else(|| "root".into());
        all.entry("SUDO_USER".into()).or_insert_with(behind);
        let home = self.user.as_ref().map(|user| user.home.clone());
        let own: [(&str, OsString); 5] = [
            ("HOME", home.unwrap_or_else(|| PathBuf::from("/")).into()),
            ("LOGNAME", self.name().into()),
            ("USER", self.name().into()),
            ("SHELL", "/bin/sh".into()),
            ("PATH", PROGRAMS.into()),
        ];
        all.extend(own.map(|(name, value)| (name.into(), value)));
        all
    }
}

impl Stranger {
    /// Who it is, for a sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Owner(uid) => users::name(*uid),
            Self::Members(names) => {
                let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
                shown.join(", ")
            }
            Self::Everyone => words::everyone(lang),
        }
    }

    /// What ends it; `folder` is the config's.
    pub fn cure(&self, config: &Path, folder: &Path) -> String {
        let (file, place) = (config.display(), folder.display());
        match self {
            // Whose folder it is, his the file should be.
            Self::Owner(uid) => format!("chown {} {file}", users::name(*uid)),
            Self::Members(_) => format!("chmod g-w {place}"),
            Self::Everyone => format!("chmod o-w {place}"),
        }
    }
}
