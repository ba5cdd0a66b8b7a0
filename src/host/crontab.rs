//! This host's crontabs and units as files: which there are, and what stands in them,
//! as far as this user may read them. Knows no room.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold a crontab in each file, and whether its lines name a user
/// [crontab(5): cronie, Debian's cron].
const FOLDERS: [(&str, bool); 3] =
    [("etc/cron.d", true), ("var/spool/cron", false), ("var/spool/cron/crontabs", false)];

/// What an editor or a package manager leaves beside a file; cron passes it by.
const LEFT_BEHIND: [&str; 8] =
    ["bak", "old", "orig", "rpmsave", "rpmorig", "rpmnew", "dpkg-old", "dpkg-dist"];

/// A crontab or unit that is larger is none.
const LARGEST: u64 = 1 << 20;

/// The crontabs below `root` (`/`), the system's own and those of the users, and
/// whether a user stands before the command in their lines.
pub fn crontabs(root: &Path) -> Vec<(PathBuf, bool)> {
    let mut files = vec![(root.join("etc/crontab"), true)];
    for (folder, with_user) in FOLDERS {
        let found = files_in(&root.join(folder)).into_iter();
        files.extend(found.map(|file| (file, with_user)));
    }
    files
}

/// What lies in a folder, by name, without what was left behind beside it.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| !is_left_behind(path));
    files.sort();
    files
}

/// A file's text; nothing where it may not be read, or is none of these files.
pub fn read(file: &Path) -> Option<String> {
    let about = fs::metadata(file).ok()?;
    if !about.is_file() || about.len() > LARGEST {
        return None;
    }
    let bytes = fs::read(file).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_left_behind(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let end = path.extension().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.ends_with('~') || LEFT_BEHIND.contains(&end.as_ref())
}
