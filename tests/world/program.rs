//! The real binary, run to its end within bounded time.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::mail::Mail;

/// No run of a test lasts longer.
const LONGEST_RUN: Duration = Duration::from_secs(120);

/// What a run of the binary left.
pub struct Run {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    /// The mails that arrived meanwhile.
    pub mails: Vec<Mail>,
}

impl Run {
    /// A number of the run's line: `run.number("alerts")`.
    pub fn number(&self, name: &str) -> u64 {
        let mut pairs = self.stdout.split_whitespace();
        let found = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let found = found.unwrap_or_else(|| panic!("no {name}= in {self:?}"));
        found.parse().unwrap()
    }

    /// The one mail of this run.
    pub fn mail(&self) -> &Mail {
        assert_eq!(self.mails.len(), 1, "not one mail: {self:?}");
        &self.mails[0]
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr, .. } = self;
        let mails = self.mails.len();
        write!(out, "code {code}, {mails} mails\n{stdout}{stderr}")
    }
}

/// The binary under test, with a clean environment: `ILLUMIO_MONITOR_BIN`, else
/// what cargo built.
pub fn command(folder: &Path) -> Command {
    let built = option_env!("CARGO_BIN_EXE_illumio-monitor").unwrap_or("illumio-monitor");
    let binary = std::env::var("ILLUMIO_MONITOR_BIN").unwrap_or(built.into());
    let mut command = Command::new(binary);
    command.env_clear().current_dir(folder);
    command.env("PATH", "/usr/bin:/bin").env("HOME", folder);
    command.env("LANG", "C.UTF-8").env("TZ", "UTC");
    command
}

/// Runs it; a run that does not end is ended.
pub fn run(mut command: Command) -> Run {
    let begin = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = collect(child.stdout.take().unwrap());
    let stderr = collect(child.stderr.take().unwrap());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > LONGEST_RUN {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the run did not end within {LONGEST_RUN:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    Run {
        code: status.code().unwrap_or(-1),
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
        took: begin.elapsed(),
        mails: Vec::new(),
    }
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
