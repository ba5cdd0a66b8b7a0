//! What this program is on its host: a process, a line in a crontab, lines in a log.

pub mod cron_line;
pub mod crontab;
pub mod log;
pub mod process;
