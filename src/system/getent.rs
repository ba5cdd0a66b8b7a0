//! The host's own name services, nsswitch, sssd and all: `getent`, which is on every
//! RHEL, Debian and Ubuntu. Knows no room.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// Where it lies. Not looked for in `PATH`: what is executed is the system's.
const PLACES: [&str; 2] = ["/usr/bin/getent", "/bin/getent"];

/// No more than this is read of what it prints: a group may have many members.
const MOST_BYTES: u64 = 1024 * 1024;

/// How often is looked whether it has ended.
const GLANCE: Duration = Duration::from_millis(2);

/// What `getent DATABASE KEY` prints [getent(1)]. It is killed as soon as `is_over`.
///
/// # Errors
/// `InvalidInput` for a key that would be read as an option, `NotFound` where it finds
/// nothing or is not there itself, `TimedOut` where it is killed.
pub fn ask(database: &str, key: &str, is_over: impl Fn() -> bool) -> io::Result<Vec<u8>> {
    if key.starts_with('-') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let program = PLACES.iter().find(|place| Path::new(place).exists());
    let program = program.ok_or(io::ErrorKind::NotFound)?;
    let mut child = Command::new(program)
        .args([database, key])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let printed = child.stdout.take().map(collect);
    let status = wait(&mut child, is_over)?;
    let printed = printed.and_then(|printed| printed.join().ok()).transpose()?;
    match status.success() {
        true => Ok(printed.unwrap_or_default()),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

fn collect(stdout: ChildStdout) -> thread::JoinHandle<io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut printed = Vec::new();
        stdout.take(MOST_BYTES).read_to_end(&mut printed)?;
        Ok(printed)
    })
}

fn wait(child: &mut Child, is_over: impl Fn() -> bool) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if is_over() {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(GLANCE);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_would_be_an_option_is_not_asked_for() {
        let refused = ask("passwd", "--version", || false).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn one_that_does_not_end_is_killed() {
        let mut slow = Command::new("sleep").arg("60").spawn().unwrap();
        let begin = Instant::now();
        let waited = wait(&mut slow, || begin.elapsed() > Duration::from_millis(50));
        assert_eq!(waited.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}
