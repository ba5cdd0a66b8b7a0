//! The line for a crontab, exactly for this program and its file: what the guide shows
//! and the doctor misses.

use std::path::Path;

use crate::store;

/// A run every ten minutes of the program at `program` on the file at `config`. What
/// fails goes to standard error, which cron mails.
pub fn cron_line(program: &Path, config: &Path) -> String {
    let config = match at_home(program, config) {
        true => String::new(),
        false => format!(" -c {}", quoted(&resolved(config))),
    };
    format!("*/10 * * * * {}{config} run >/dev/null", quoted(program))
}

/// Whether `config` is where the program looks by itself, without an environment, as
/// cron starts it.
pub fn at_home(program: &Path, config: &Path) -> bool {
    store::is_found_by_itself(config, program)
}

fn resolved(config: &Path) -> std::path::PathBuf {
    store::resolve(config).unwrap_or_else(|_| config.to_owned())
}

/// A path as the shell reads it, behind cron, to which `%` ends the command [crontab(5)].
fn quoted(path: &Path) -> String {
    store::as_typed(path).replace('%', r"\%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_in_the_crontab_as_the_shell_reads_it() {
        assert_eq!(quoted(Path::new("/opt/illumio-monitor/x_1")), "/opt/illumio-monitor/x_1");
        assert_eq!(quoted(Path::new("/opt/my 5%'s")), r"'/opt/my 5\%'\''s'");
    }

    #[test]
    fn the_file_is_named_where_the_program_would_look_elsewhere() {
        let program = Path::new("/opt/m/illumio-monitor");
        assert_eq!(
            cron_line(program, Path::new("/opt/m/illumio_api_config.json")),
            "*/10 * * * * /opt/m/illumio-monitor run >/dev/null"
        );
        assert_eq!(
            cron_line(program, Path::new("/srv/m.json")),
            "*/10 * * * * /opt/m/illumio-monitor -c /srv/m.json run >/dev/null"
        );
    }
}
