//! Where the one file is.

use std::io;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::load::assert_file;
use crate::config::Env;

/// The file's name where only its folder is known; the Python tool's.
pub const FILE_NAME: &str = "illumio_api_config.json";

/// Where an installed program keeps its file.
const SYSTEM_FILE: &str = "/var/lib/illumio-monitor/illumio_api_config.json";

/// An executable in one of these was installed by a package or by root.
const SYSTEM_FOLDERS: &[&str] = &[
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/libexec",
    "/usr/lib/illumio-monitor",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/libexec",
];

/// The config file's path: `--config`, else `$ILLUMIO_MONITOR_CONFIG`, else
/// beside the executable, or the system's place for an installed one.
pub fn locate(option: Option<&Path>, env: &Env, executable: &Path) -> PathBuf {
    if let Some(path) = option {
        return path.to_owned();
    }
    if let Some(path) = env.path("ILLUMIO_MONITOR_CONFIG") {
        return path;
    }
    match executable.parent() {
        Some(folder) if SYSTEM_FOLDERS.iter().any(|known| folder == Path::new(known)) => {
            PathBuf::from(SYSTEM_FILE)
        }
        Some(folder) => folder.join(FILE_NAME),
        None => PathBuf::from(FILE_NAME),
    }
}

/// The file behind all links. Locks and temporary files stand beside it, so
/// that two paths to one file are one installation; beside a device or a pipe
/// nothing is put.
pub fn resolve(path: &Path) -> Result<PathBuf, Error> {
    let path = behind_links(path)?;
    assert_file(&path)?;
    Ok(path)
}

/// A file or a folder behind all links.
pub(super) fn behind_links(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path: path.to_owned() },
        _ => Error::Read { path: path.to_owned(), error },
    })
}

/// `path` with `suffix` after its last letter: `config.json` → `config.json.last`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
