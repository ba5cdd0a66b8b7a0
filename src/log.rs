//! Where a run's line and its failures go: the two streams, syslog or the journal.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;

use crate::cli::Log;
use crate::visible::visible;

/// The local socket of syslog [RFC 3164 over a datagram].
const SYSLOG: &str = "/dev/log";

/// The journal's native socket [systemd, "Native Journal Protocol"].
const JOURNAL: &str = "/run/systemd/journal/socket";

/// The name that lines are filed under.
const NAME: &str = "illumio-monitor";

/// syslog's facility "daemon", times eight.
const DAEMON: u8 = 24;

/// How urgent a line is, as syslog and the journal number it.
#[derive(Clone, Copy)]
enum Priority {
    Error = 3,
    Info = 6,
}

/// Tells the run's line and the failures, one line each. Where the wanted socket
/// is not there, the streams serve. What a server answered stands in some of them:
/// nothing of it acts on a terminal or turns the direction of writing.
pub fn tell(log: Log, line: &str, problems: &[String]) {
    let problems: Vec<String> = problems
        .iter()
        .flat_map(|problem| problem.lines())
        .map(visible)
        .collect();
    let problems = problems.iter().map(String::as_str);
    let mut lines: Vec<(Priority, &str)> =
        problems.map(|problem| (Priority::Error, problem)).collect();
    lines.push((Priority::Info, line));
    let told = match log {
        Log::Stdout => Err(io::Error::from(io::ErrorKind::Unsupported)),
        Log::Syslog => lines
            .iter()
            .try_for_each(|(priority, text)| to_syslog(*priority, text)),
        Log::Journal if is_journal(&io::stderr()) => {
            Err(io::Error::from(io::ErrorKind::Unsupported))
        }
        Log::Journal => lines
            .iter()
            .try_for_each(|(priority, text)| to_journal(*priority, text)),
    };
    if told.is_err() {
        to_streams(&lines);
    }
}

/// Shows, on a terminal alone, that the PCE is still at work; the next line
/// overwrites it.
pub fn progress(text: &str) {
    if io::stdout().is_terminal() {
        let mut out = io::stdout().lock();
        let _ = write!(out, "\r{text}\r");
        let _ = out.flush();
    }
}

/// A closed stream is no reason to fail. A stream that ends in the journal gets
/// each line's priority before it [sd-daemon(3)].
fn to_streams(lines: &[(Priority, &str)]) {
    let journals = [is_journal(&io::stderr()), is_journal(&io::stdout())];
    for (priority, text) in lines {
        let number = *priority as u8;
        let _ = match priority {
            Priority::Error if journals[0] => writeln!(io::stderr(), "<{number}>{text}"),
            Priority::Error => writeln!(io::stderr(), "{text}"),
            Priority::Info if journals[1] => writeln!(io::stdout(), "<{number}>{text}"),
            Priority::Info if io::stdout().is_terminal() => {
                writeln!(io::stdout(), "\r\x1b[K{text}")
            }
            Priority::Info => writeln!(io::stdout(), "{text}"),
        };
    }
}

/// True where systemd connected this stream to the journal: `$JOURNAL_STREAM` then
/// holds its device and inode [systemd.exec(5)]. That way the journal knows the unit
/// of a line even when this process has ended before it looks.
fn is_journal(stream: &impl AsFd) -> bool {
    let here = stream.as_fd().try_clone_to_owned().map(File::from);
    let Ok(here) = here.and_then(|file| file.metadata()) else {
        return false;
    };
    let named = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    named == format!("{}:{}", here.dev(), here.ino())
}

fn to_syslog(priority: Priority, text: &str) -> io::Result<()> {
    let message = format!(
        "<{}>{NAME}[{}]: {text}",
        DAEMON + priority as u8,
        std::process::id()
    );
    UnixDatagram::unbound()?
        .send_to(message.as_bytes(), SYSLOG)
        .map(drop)
}

fn to_journal(priority: Priority, text: &str) -> io::Result<()> {
    let message = format!(
        "PRIORITY={}\nSYSLOG_IDENTIFIER={NAME}\nMESSAGE={text}\n",
        priority as u8
    );
    UnixDatagram::unbound()?
        .send_to(message.as_bytes(), JOURNAL)
        .map(drop)
}
