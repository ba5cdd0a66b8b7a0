//! This host's crontabs and units as files: which there are, and what stands in them,
//! as far as this user may read them. And the user's own, to which a line can be added.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::system::users;

/// Folders that hold a crontab in each file, and whether its lines name a user
/// [crontab(5): cronie, Debian's cron].
const FOLDERS: [(&str, bool); 3] =
    [("etc/cron.d", true), ("var/spool/cron", false), ("var/spool/cron/crontabs", false)];

/// What an editor or a package manager leaves beside a file; cron passes it by.
const LEFT_BEHIND: [&str; 8] =
    ["bak", "old", "orig", "rpmsave", "rpmorig", "rpmnew", "dpkg-old", "dpkg-dist"];

/// A crontab or unit that is larger is none.
const LARGEST: u64 = 1 << 20;

/// Why a line was not added; the crontab is as it was.
#[derive(Debug)]
pub enum NotAdded {
    /// There is no `crontab` here.
    NoProgram,
    /// It refused, in its own words.
    Refused(String),
    /// The system did.
    Failed(io::Error),
    /// It took the line, and does not have it.
    Gone,
}

/// The user to whose crontab a line is added: this process's.
pub fn owner() -> String {
    users::name(users::effective())
}

/// Whether there is a `crontab` at all; without it there is no cron here.
pub fn is_here() -> bool {
    !matches!(own(), Err(NotAdded::NoProgram))
}

/// Adds a line to this user's crontab through `crontab` itself, as who edits it does; what
/// stands there stays as it is, byte for byte. A line that is there already is not added.
///
/// # Errors
/// Why it was not. One that can't be read is not written: it would be lost.
pub fn add(line: &str) -> Result<(), NotAdded> {
    let mut text = own()?;
    if has(&text, line) {
        return Ok(());
    }
    push(&mut text, line);
    let output = crontab(&["-"], &text)?;
    if !output.status.success() {
        return Err(NotAdded::Refused(said(&output)));
    }
    match has(&own()?, line) {
        true => Ok(()),
        false => Err(NotAdded::Gone),
    }
}

/// This user's crontab as it stands; nothing where he has none.
fn own() -> Result<Vec<u8>, NotAdded> {
    let output = crontab(&["-l"], &[])?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = said(&output);
    match has_none(&said) {
        true => Ok(Vec::new()),
        false => Err(NotAdded::Refused(said)),
    }
}

/// Whether `crontab -l` says that the user has none [vixie-cron, cronie, dcron; busybox].
/// Nothing else may be taken for that: what can't be read would be written over.
fn has_none(said: &str) -> bool {
    let said = said.strip_prefix("crontab: ").unwrap_or(said);
    let busybox = said.strip_prefix("can't open '").and_then(|rest| rest.split_once('\''));
    let is_missing = busybox.is_some_and(|(_, why)| why == ": No such file or directory");
    said.lines().count() == 1 && (said.starts_with("no crontab for ") || is_missing)
}

fn crontab(arguments: &[&str], input: &[u8]) -> Result<Output, NotAdded> {
    let mut command = Command::new("crontab");
    command.args(arguments).env("LC_ALL", "C");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => NotAdded::NoProgram,
        _ => NotAdded::Failed(error),
    })?;
    let taken = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input));
    let output = child.wait_with_output().map_err(NotAdded::Failed)?;
    match taken {
        // It has said why it did not read on.
        Err(error) if output.status.success() => Err(NotAdded::Failed(error)),
        _ => Ok(output),
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

fn has(text: &[u8], line: &str) -> bool {
    text.split(|byte| *byte == b'\n').any(|one| one.trim_ascii() == line.as_bytes())
}

fn push(text: &mut Vec<u8>, line: &str) {
    if text.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    text.extend_from_slice(line.as_bytes());
    text.push(b'\n');
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_user_without_a_crontab_has_none() {
        for said in [
            "no crontab for soc",
            "crontab: no crontab for soc",
            "crontab: can't open 'soc': No such file or directory",
        ] {
            assert!(has_none(said), "{said}");
        }
        for said in [
            "/usr/bin/crontab: line 3: /opt/lib/crontab: No such file or directory",
            "crontab: error while loading shared libraries: x: No such file or directory",
            "/var/spool/cron/soc: Permission denied\nno crontab for soc",
            "You (soc) are not allowed to use this program (crontab)",
            "",
        ] {
            assert!(!has_none(said), "{said}");
        }
    }
}
