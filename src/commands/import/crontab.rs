//! The Python tool in this host's crontabs, as far as they can be read.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::host::crontab::{crontabs, read};
use crate::lang::{Lang, import as words};

/// By these names it was started: the scripts of its versions, and its package.
const OLD_TOOL: [&str; 4] =
    ["illumio_monitor.py", "illumio_api_monitor.py", "monitor_wrapper.py", "-m illumio_monitor"];

/// A line that starts the Python tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronLine {
    /// The crontab.
    pub file: PathBuf,
    /// The line's number, from 1.
    pub number: usize,
    /// The line, as it stands.
    pub line: String,
}

impl CronLine {
    /// Where it stands and what to do; the line itself as it stands.
    pub fn text(&self, lang: Lang) -> String {
        words::in_crontab(lang, self.file.display(), self.number, &self.line)
    }

    /// Whether the file is for its owner and group alone.
    pub fn is_hidden(&self) -> bool {
        let about = std::fs::metadata(&self.file);
        about.is_ok_and(|about| about.mode() & 0o004 == 0)
    }
}

/// The lines that start the Python tool in the crontabs below `root` (`/`): the
/// system's own and those of the users. What may not be read is passed by.
pub fn old_tool_in_crontabs(root: &Path) -> Vec<CronLine> {
    let files = crontabs(root).into_iter();
    files.flat_map(|(file, _)| lines(&file)).collect()
}

fn lines(file: &Path) -> Vec<CronLine> {
    let text = read(file).unwrap_or_default();
    let numbered = text.lines().zip(1..);
    numbered
        .filter(|(line, _)| starts_the_old_tool(line))
        .map(|(line, number)| CronLine {
            file: file.to_owned(),
            number,
            line: line.trim().to_owned(),
        })
        .collect()
}

/// Whether a line of a crontab starts the Python tool.
pub fn starts_the_old_tool(line: &str) -> bool {
    !line.trim_start().starts_with('#') && OLD_TOOL.iter().any(|name| line.contains(name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_old_tool_is_found_in_every_crontab_and_nothing_else_is() {
        let root = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert_eq!(old_tool_in_crontabs(root.path()), []);
        let old = "*/10 * * * * root cd /opt/x && echo \"7\" | python3 illumio_monitor.py";
        put("etc/crontab", &format!("SHELL=/bin/sh\n{old}\n# {old}\n"));
        put("etc/cron.d/illumio", "0 * * * * m /usr/bin/python3 -m illumio_monitor run\n");
        put("etc/cron.d/illumio.rpmsave", old);
        put("etc/cron.d/.placeholder", old);
        put("etc/cron.d/ours", "*/10 * * * * m /usr/bin/illumio-monitor run\n");
        put("var/spool/cron/alice", "\n\n  */5 * * * * echo 8 | ./monitor_wrapper.py\r\n");
        put("var/spool/cron/crontabs/bob", &format!("\u{fffd}\n{old}"));

        let found = old_tool_in_crontabs(root.path());

        let told: Vec<(String, usize)> = found
            .iter()
            .map(|line| {
                let file = line.file.strip_prefix(root.path()).unwrap();
                (file.display().to_string(), line.number)
            })
            .collect();
        let expected = [
            ("etc/crontab", 2),
            ("etc/cron.d/illumio", 1),
            ("var/spool/cron/alice", 3),
            ("var/spool/cron/crontabs/bob", 2),
        ];
        assert_eq!(told, expected.map(|(file, line)| (file.to_owned(), line)));
        assert!(!found[0].is_hidden());
        let text = found[0].text(Lang::En);
        assert!(text.contains("line 2") && text.ends_with(old), "{text}");
        let alone = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&found[2].file, alone).unwrap();
        assert!(found[2].is_hidden());
        assert_eq!(found[0].line, old);
        assert_eq!(found[2].line, "*/5 * * * * echo 8 | ./monitor_wrapper.py");
    }
}
