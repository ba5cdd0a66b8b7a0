//! A terminal with a person in front of it, who types and reads the screen.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use illumio_monitor::lang::Lang;
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};

use crate::world::World;

/// What a person waits for comes sooner.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a question ends with.
const ENDS: [char; 3] = [':', '：', ' '];

/// The screens that the menu is tried on.
pub const SCREENS: [(Lang, u16, u16); 4] =
    [(Lang::En, 24, 80), (Lang::ZhTw, 24, 80), (Lang::En, 40, 120), (Lang::ZhTw, 40, 120)];

pub struct Terminal {
    child: Child,
    master: File,
    /// Kept open to see how the terminal is left.
    slave: OwnedFd,
    before: String,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// How much had been written when the last key was typed.
    typed_at: usize,
}

struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// The menu on the world's file, in a UTF-8 terminal of this size.
    pub fn menu(world: &World, lang: Lang, rows: u16, columns: u16) -> Self {
        let mut command = world.command(&["--lang", lang.tag()]);
        command.env("TERM", "xterm-256color").env("PATH", with_a_crontab(world.folder()));
        Self::start(command, rows, columns)
    }

    pub fn start(mut command: Command, rows: u16, columns: u16) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(&name, flags, Mode::empty()).unwrap();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).unwrap();
        let end = || slave.try_clone().unwrap();
        command.stdin(end()).stdout(end()).stderr(end());
        let before = modes(&slave);
        let child = command.spawn().unwrap();
        // The command holds ends of its own.
        drop(command);
        let master = File::from(master);
        let seen = Seen { screen: vt100::Parser::new(rows, columns, 0), bytes: Vec::new() };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        watch(master.try_clone().unwrap(), Arc::clone(&seen));
        Self { child, master, slave, before, seen, typed_at: 0 }
    }

    /// Ctrl-C where nobody reads keys: the terminal makes a signal of it.
    pub fn interrupts(&self) {
        self.signals(Signal::INT);
    }

    /// Another process sends it a signal.
    pub fn signals(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Waits until the program asks this, and types the answer and Enter.
    pub fn answer(&mut self, prompt: &str, answer: &str) -> &mut Self {
        self.asked(prompt);
        self.keys(&format!("{answer}\r"));
        self
    }

    /// Presses Enter at each of these.
    pub fn enter(&mut self, prompts: &[&str]) -> &mut Self {
        for prompt in prompts {
            self.answer(prompt, "");
        }
        self
    }

    /// Types these keys.
    pub fn keys(&mut self, keys: &str) {
        let typed_at = self.lock().bytes.len();
        self.typed_at = typed_at;
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the cursor stands behind this question.
    pub fn asked(&self, prompt: &str) -> String {
        self.wait(&format!("the question {prompt:?}"), |seen, line| {
            let start = prompt.trim_end_matches(ENDS);
            self.went_on(seen)
                && line.starts_with(start)
                && (line.ends_with(ENDS) || line.ends_with(start))
        })
    }

    /// Waits until anything is asked.
    pub fn asked_anything(&self) -> String {
        self.wait("any question", |seen, line| self.went_on(seen) && line.ends_with(ENDS))
    }

    /// Waits until anything is asked, or this; true where it was this.
    pub fn asked_anything_or(&self, pause: &str) -> bool {
        let pausing = std::cell::Cell::new(false);
        self.wait("any question", |seen, line| {
            pausing.set(line.ends_with(pause));
            self.went_on(seen) && (pausing.get() || line.ends_with(ENDS))
        });
        pausing.get()
    }

    /// Enter was taken: what is typed may look like a question itself, as `https:`.
    fn went_on(&self, seen: &Seen) -> bool {
        seen.bytes[self.typed_at..].contains(&b'\n')
    }

    /// Waits until this stands on the screen.
    pub fn shows(&self, text: &str) -> String {
        self.wait(&format!("{text:?}"), |seen, _| {
            let flat: String = seen.screen.screen().contents();
            flat.contains(text)
        })
    }

    /// Waits until this was written, whether or not it is seen.
    pub fn writes(&self, text: &str) {
        self.wait(&format!("{text:?}"), |seen, _| {
            seen.bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
        });
    }

    fn wait(&self, what: &str, found: impl Fn(&Seen, &str) -> bool) -> String {
        let begin = Instant::now();
        let mut seen = self.lock();
        loop {
            let screen = seen.screen.screen();
            let (row, _) = screen.cursor_position();
            let (_, columns) = screen.size();
            let line = screen.rows(0, columns).nth(row.into()).unwrap_or_default();
            let contents = screen.contents();
            if found(&seen, line.trim_end()) {
                return contents;
            }
            let left = PATIENCE.checked_sub(begin.elapsed());
            let left = left.unwrap_or_else(|| panic!("{what} does not come:\n{contents}"));
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// No line was longer than the terminal is wide.
    pub fn fits(&self) -> &Self {
        let seen = self.lock();
        let screen = seen.screen.screen();
        let (rows, _) = screen.size();
        let wrapped = (0..rows).find(|row| screen.row_wrapped(*row));
        assert_eq!(wrapped, None, "{}", screen.contents());
        self
    }

    /// Everything that was ever written to the terminal.
    pub fn written(&self) -> String {
        String::from_utf8_lossy(&self.lock().bytes).into_owned()
    }

    /// Waits for the program's end: its exit code, or the signal that ended it, below 0. The
    /// terminal is as it was.
    pub fn left(mut self) -> (i32, String) {
        let begin = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().or(status.signal().map(|signal| -signal)).unwrap();
            }
            assert!(begin.elapsed() < PATIENCE, "{}", self.written());
            thread::sleep(Duration::from_millis(2));
        };
        assert_eq!(modes(&self.slave), self.before);
        let written = self.written();
        (code, written)
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.0.lock().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A `PATH` on which `crontab` keeps the user's in `crontab.txt`, and says what the ones of
/// Debian and cronie say where there is none, or where `cron.deny` has the user. Nobody's
/// real one is ever touched.
fn with_a_crontab(folder: &Path) -> String {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let program = bin.join("crontab");
    let script = format!(
        "#!/bin/sh\ncd '{}' || exit 2\n\
         [ -e cron.deny ] && {{ echo 'You (soc) are not allowed to use this program (crontab)' >&2; exit 1; }}\n\
         case $1 in\n\
         -l) [ -e crontab.txt ] || {{ echo 'no crontab for soc' >&2; exit 1; }}; cat crontab.txt ;;\n\
         -) cat >crontab.txt ;;\n\
         *) exit 2 ;;\n\
         esac\n",
        folder.display()
    );
    if !program.exists() {
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    }
    format!("{}:/usr/bin:/bin", bin.display())
}

fn modes(terminal: &OwnedFd) -> String {
    let modes = tcgetattr(terminal).unwrap();
    format!("{:?} {:?}", modes.input_modes, modes.local_modes)
}

fn watch(mut from: File, seen: Arc<(Mutex<Seen>, Condvar)>) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let mut all = seen.0.lock().unwrap();
            all.screen.process(&buffer[..length]);
            all.bytes.extend(&buffer[..length]);
            seen.1.notify_all();
        }
    });
}
