//! Where a run's line and its failures go: the two streams, syslog or the journal;
//! and the record of what was changed in the config. Knows the host's sockets, and of
//! the store what a change is.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use crate::config::Env;
use crate::screen::terminal::{put, put_error};
use crate::screen::visible::visible;
use crate::store::Change;
use crate::system::users;

/// Where the run's line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// Standard output, failures to standard error.
    Stdout,
    /// The local syslog socket.
    Syslog,
    /// systemd's journal.
    Journal,
}

/// The local socket of syslog [RFC 3164 over a datagram].
const SYSLOG: &str = "/dev/log";

/// The journal's native socket [systemd, "Native Journal Protocol"].
const JOURNAL: &str = "/run/systemd/journal/socket";

/// The name that lines are filed under.
const NAME: &str = "illumio-monitor";

/// syslog's facility "daemon", times eight.
const DAEMON: u8 = 24;

/// syslog's facility "auth", times eight.
const AUTH: u8 = 32;

/// syslog's "notice".
const NOTICE: u8 = 5;

/// A value in the record of a change is shown up to so many bytes.
const SHOWN: usize = 800;

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
    let problems: Vec<String> =
        problems.iter().flat_map(|problem| problem.lines()).map(visible).collect();
    let problems = problems.iter().map(String::as_str);
    let mut lines: Vec<(Priority, &str)> =
        problems.map(|problem| (Priority::Error, problem)).collect();
    lines.push((Priority::Info, line));
    let told = match log {
        Log::Stdout => Err(io::Error::from(io::ErrorKind::Unsupported)),
        Log::Syslog => lines.iter().try_for_each(|(priority, text)| to_syslog(*priority, text)),
        Log::Journal if is_journal(&io::stderr()) => {
            Err(io::Error::from(io::ErrorKind::Unsupported))
        }
        Log::Journal => lines.iter().try_for_each(|(priority, text)| to_journal(*priority, text)),
    };
    if told.is_err() {
        to_streams(&lines);
    }
}

/// A stream that ends in the journal gets
/// each line's priority before it [sd-daemon(3)].
fn to_streams(lines: &[(Priority, &str)]) {
    let journals = [is_journal(&io::stderr()), is_journal(&io::stdout())];
    for (priority, text) in lines {
        let number = *priority as u8;
        match priority {
            Priority::Error if journals[0] => put_error(&format!("<{number}>{text}\n")),
            Priority::Error => put_error(&format!("{text}\n")),
            Priority::Info if journals[1] => put(&format!("<{number}>{text}\n")),
            Priority::Info if io::stdout().is_terminal() => put(&format!("\r\x1b[K{text}\n")),
            Priority::Info => put(&format!("{text}\n")),
        }
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
    let message = format!("<{}>{NAME}[{}]: {text}", DAEMON + priority as u8, std::process::id());
    UnixDatagram::unbound()?.send_to(message.as_bytes(), SYSLOG).map(drop)
}

fn to_journal(priority: Priority, text: &str) -> io::Result<()> {
    let message =
        format!("PRIORITY={}\nSYSLOG_IDENTIFIER={NAME}\nMESSAGE={text}\n", priority as u8);
    UnixDatagram::unbound()?.send_to(message.as_bytes(), JOURNAL).map(drop)
}

/// Keeps a record of what a person changed in the config: one `auth.notice` line in
/// syslog for each change, with who, what, before and after; secrets come masked.
/// Silent where nobody listens.
pub fn audit(env: &Env, changes: &[Change]) {
    let _ = audit_to(Path::new(SYSLOG), &user(env), changes);
}

fn audit_to(socket: &Path, user: &str, changes: &[Change]) -> io::Result<()> {
    let sender = UnixDatagram::unbound()?;
    for change in changes {
        let line = format!(
            "<{}>{NAME}[{}]: config changed: user={} what=\"{}\" before={} after={}",
            AUTH + NOTICE,
            std::process::id(),
            visible(user),
            visible(&change.what),
            shown(change.before.as_deref()),
            shown(change.after.as_deref()),
        );
        sender.send_to(line.as_bytes(), socket)?;
    }
    Ok(())
}

fn shown(value: Option<&str>) -> String {
    let text = visible(value.unwrap_or("-"));
    match text.floor_char_boundary(SHOWN) {
        end if end < text.len() => format!("{}…", text.get(..end).unwrap_or_default()),
        _ => text,
    }
}

/// Who logged in, also behind sudo and after going on as the file's owner: the
/// kernel's login user [proc(5), `/proc/self/loginuid`], else what sudo or the shell says.
pub fn user(env: &Env) -> String {
    // The kernel's word for "nobody logged in".
    const UNSET: &str = "4294967295";
    let uid = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
    let by_kernel = Some(uid.trim()).filter(|uid| !uid.is_empty() && *uid != UNSET).map(name_of);
    let by_env = || {
        ["SUDO_USER", "LOGNAME", "USER"].iter().find_map(|name| env.text(name).map(str::to_owned))
    };
    by_kernel.or_else(by_env).unwrap_or_else(|| users::name(users::effective()))
}

/// The user's name [passwd(5)]; the number where it has none here.
fn name_of(uid: &str) -> String {
    uid.parse().map_or_else(|_| uid.to_owned(), users::name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_line_of_auth_notice_with_who_what_before_and_after() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let listener = UnixDatagram::bind(&socket).unwrap();
        let changes = [
            Change {
                what: "rule 12: threshold_count".into(),
                before: Some("3".into()),
                after: Some("5".into()),
            },
            Change {
                what: "rule 13".into(),
                before: None,
                after: Some(format!("\"{}\u{202e}\n\"", "規".repeat(1_000))),
            },
        ];

        audit_to(&socket, "alice", &changes).unwrap();

        let told = || {
            let mut bytes = [0; 9_000];
            let length = listener.recv(&mut bytes).unwrap();
            String::from_utf8(bytes[..length].to_vec()).unwrap()
        };
        let line = told();
        assert!(line.starts_with("<37>illumio-monitor["), "{line}");
        assert!(
            line.ends_with("user=alice what=\"rule 12: threshold_count\" before=3 after=5"),
            "{line}"
        );
        let line = told();
        assert!(line.contains("before=- after=") && line.ends_with('…'), "{line}");
        assert!(line.len() < 1_024 && !line.contains('\n'), "{line}");
    }

    #[test]
    fn nobody_listening_is_no_reason_to_complain() {
        audit(&Env::of(&[("LOGNAME", "alice")]), &[]);
        assert!(audit_to(Path::new("/nowhere/log"), "alice", &[]).is_ok());
    }

    #[test]
    fn a_user_goes_by_name() {
        assert_eq!((name_of("0").as_str(), name_of("no such")), ("root", "no such".into()));
    }
}
