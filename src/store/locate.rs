//! Where the one file is.

use std::io;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::load::assert_file;
use crate::config::Env;

/// The file's name where only its folder is known; the Python tool's.
pub const FILE_NAME: &str = "illumio_api_config.json";

/// What the program is called by.
const NAME: &str = "illumio-monitor";

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

/// Whether `config` is where the program at `executable` looks by itself, without an
/// environment, as cron starts it and as another's shell may.
pub fn is_found_by_itself(config: &Path, executable: &Path) -> bool {
    let resolved = |path: &Path| resolve(path).unwrap_or_else(|_| path.to_owned());
    resolved(config) == resolved(&locate(None, &Env::default(), executable))
}

/// What is typed at this host to call the program on this config: `illumio-monitor`, or
/// `illumio-monitor -c /srv/pce2.json` where it would look elsewhere by itself.
pub fn command(config: &Path, executable: &Path) -> String {
    match is_found_by_itself(config, executable) {
        true => NAME.to_owned(),
        false => format!("{NAME} -c {}", as_typed(config)),
    }
}

/// A path as the shell reads it.
pub fn as_typed(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
    match text.bytes().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_the_file_where_the_program_would_look_elsewhere() {
        let program = Path::new("/opt/m/illumio-monitor");
        let typed = |config: &str| command(Path::new(config), program);
        assert_eq!(typed("/opt/m/illumio_api_config.json"), "illumio-monitor");
        assert_eq!(typed("/srv/pce2.json"), "illumio-monitor -c /srv/pce2.json");
        assert_eq!(typed("/srv/my pce's.json"), r"illumio-monitor -c '/srv/my pce'\''s.json'");
        let installed = command(Path::new(SYSTEM_FILE), Path::new("/usr/bin/illumio-monitor"));
        assert_eq!(installed, "illumio-monitor");
    }
}
