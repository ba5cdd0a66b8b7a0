//! This host's crontabs and units as files: which there are, and what stands in them,
//! as far as this user may read them. And the user's own, to which a line can be added.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::cron_line::with_user;
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

/// What `crontab -l` says of a user who has none [vixie-cron, cronie, dcron; busybox].
const HAS_NONE: [&str; 2] = ["no crontab for", "No such file or directory"];

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

/// Where a line was added.
#[derive(Debug, PartialEq, Eq)]
pub enum Added {
    /// To this user's crontab.
    Own,
    /// To a file of cron's folder, with root before the command.
    File,
}

/// Adds a line to this user's crontab; root's to `file`, a crontab of the system, on a host
/// that has cron and no `crontab` program.
///
/// # Errors
/// Why it was not added.
pub fn add(line: &str, file: &Path) -> Result<Added, NotAdded> {
    match add_to_own(line) {
        Ok(()) => Ok(Added::Own),
        Err(NotAdded::NoProgram)
            if users::effective() == 0 && file.parent().is_some_and(Path::is_dir) =>
        {
            add_to_file(file, &with_user(line, "root")).map(|()| Added::File)
        }
        Err(error) => Err(error),
    }
}

/// Adds a line to this user's crontab through `crontab` itself, as who edits it does; what
/// stands there stays as it is, byte for byte. A line that is there already is not added.
///
/// # Errors
/// Why it was not. One that can't be read is not written: it would be lost.
fn add_to_own(line: &str) -> Result<(), NotAdded> {
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

/// Adds a line, with its user, to a file of its own in cron's folder, for a host without
/// the `crontab` program. cron takes a file only whole and of mode 0644.
///
/// # Errors
/// Why it was not.
fn add_to_file(file: &Path, line: &str) -> Result<(), NotAdded> {
    let mut text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(NotAdded::Failed(error)),
    };
    if has(&text, line) {
        return Ok(());
    }
    push(&mut text, line);
    // cron passes a name with a dot by.
    let mut name = OsStr::new(".").to_owned();
    name.push(file.file_name().unwrap_or_default());
    let unfinished = file.with_file_name(name);
    let written = fs::write(&unfinished, text)
        .and_then(|()| fs::set_permissions(&unfinished, Permissions::from_mode(0o644)))
        .and_then(|()| fs::rename(&unfinished, file));
    written.map_err(NotAdded::Failed)
}

/// This user's crontab as it stands; nothing where he has none.
fn own() -> Result<Vec<u8>, NotAdded> {
    let output = crontab(&["-l"], &[])?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = said(&output);
    match HAS_NONE.iter().any(|none| said.contains(none)) {
        true => Ok(Vec::new()),
        false => Err(NotAdded::Refused(said)),
    }
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_added_to_a_file_once_and_what_stands_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("illumio-monitor-guide");
        let text = || fs::read_to_string(&file).unwrap();
        for _ in 0..2 {
            add_to_file(&file, "*/10 * * * * root /opt/m run").unwrap();
            assert_eq!(text(), "*/10 * * * * root /opt/m run\n");
        }
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o644);
        fs::write(&file, "# mine, without an end").unwrap();
        add_to_file(&file, "@daily root x").unwrap();
        assert_eq!(text(), "# mine, without an end\n@daily root x\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let nowhere = add_to_file(&folder.path().join("none/there"), "x");
        assert!(matches!(nowhere, Err(NotAdded::Failed(_))), "{nowhere:?}");
    }
}
