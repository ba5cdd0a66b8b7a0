//! Name servers of this host's own choice: on loopback, port 53, each as odd as it may.
//! They need root, and a mount namespace in which `/etc/resolv.conf` names them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

/// What a name server says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The name is there, and has no such record.
    Empty,
    /// The name is 127.0.0.1.
    Loopback,
    /// An error [RFC 1035, 4.1.1]: 2 SERVFAIL, 3 NXDOMAIN, 4 NOTIMP, 5 REFUSED.
    Code(u8),
    /// Nothing, ever.
    Nothing,
    /// By UDP only that it does not fit; 127.0.0.1 by TCP.
    Truncated,
}

/// A name server. It lives as long as the test's process.
#[derive(Clone, Debug)]
pub struct NameServer {
    /// The one name it knows; of others it says NXDOMAIN.
    pub name: &'static str,
    /// Of A.
    pub a: Says,
    /// Of AAAA.
    pub aaaa: Says,
    /// How long it takes.
    pub after: Duration,
}

impl NameServer {
    /// Knows `name`, and says so of its records.
    pub fn of(name: &'static str, a: Says, aaaa: Says) -> Self {
        let after = Duration::ZERO;
        Self { name, a, aaaa, after }
    }

    /// Starts it; `None` where this user may not, which is told.
    pub fn start(self) -> Option<Ipv4Addr> {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let process = std::process::id().to_be_bytes();
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let address = Ipv4Addr::new(127, process[2] | 1, process[3], number);
        let sockets = UdpSocket::bind((address, 53))
            .and_then(|udp| Ok((udp, TcpListener::bind((address, 53))?)));
        let Ok((udp, tcp)) = sockets else {
            eprintln!("skipped: this user may not be a name server");
            return None;
        };
        let over_tcp = self.clone();
        thread::spawn(move || over_tcp.serve_tcp(&tcp));
        thread::spawn(move || self.serve_udp(&udp));
        Some(address)
    }

    fn serve_udp(&self, socket: &UdpSocket) {
        let mut query = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut query) {
            let answer = self.answer(&query[..length], false);
            let socket = socket.try_clone().unwrap();
            let after = self.after;
            thread::spawn(move || {
                thread::sleep(after);
                answer.map(|answer| socket.send_to(&answer, client))
            });
        }
    }

    fn serve_tcp(&self, listener: &TcpListener) {
        for mut stream in listener.incoming().flatten() {
            let mut length = [0; 2];
            while stream.read_exact(&mut length).is_ok() {
                let mut query = vec![0; u16::from_be_bytes(length).into()];
                if stream.read_exact(&mut query).is_err() {
                    break;
                }
                let Some(answer) = self.answer(&query, true) else {
                    break;
                };
                let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                let _ = stream.write_all(&[&length, answer.as_slice()].concat());
            }
        }
    }

    fn answer(&self, query: &[u8], by_tcp: bool) -> Option<Vec<u8>> {
        let mut name = String::new();
        let mut at = 12;
        while query[at] != 0 {
            let label = &query[at + 1..=at + usize::from(query[at])];
            name += &format!("{}.", String::from_utf8_lossy(label));
            at += 1 + label.len();
        }
        let known = name.trim_end_matches('.').eq_ignore_ascii_case(self.name);
        let says = match (known, query[at + 2]) {
            (false, _) => Says::Code(3),
            (_, 1) => self.a,
            (_, 28) => self.aaaa,
            _ => Says::Empty,
        };
        let (flags, address) = match says {
            Says::Empty => (0x8180_u16, false),
            Says::Loopback => (0x8180, true),
            Says::Truncated if by_tcp => (0x8180, true),
            Says::Truncated => (0x8380, false),
            Says::Code(code) => (0x8180 | u16::from(code), false),
            Says::Nothing => return None,
        };
        let mut answer = query[..at + 5].to_vec();
        answer[2..4].copy_from_slice(&flags.to_be_bytes());
        answer[6..12].copy_from_slice(&[0, address.into(), 0, 0, 0, 0]);
        if address {
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 127, 0, 0, 1]);
        }
        Some(answer)
    }
}

/// Whether this user may change what programs see of the host; that he may not is told.
pub fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["--mount", "true"]).status();
    let may = tried.is_ok_and(|status| status.success());
    if !may {
        eprintln!("skipped: this user may not mount");
    }
    may
}

/// The same command where `/etc/resolv.conf` is this file, and the host asks it.
pub fn with_resolv_conf(command: &Command, resolv_conf: &Path) -> Command {
    let nsswitch = resolv_conf.with_extension("nsswitch");
    std::fs::write(&nsswitch, "hosts: files dns\n").unwrap();
    let mounts = [
        (resolv_conf, Path::new("/etc/resolv.conf")),
        (&nsswitch, Path::new("/etc/nsswitch.conf")),
    ];
    with_mounts(command, &mounts, "")
}

/// The same command where each of these files stands in the place of another.
/// `options` are what the mounts are remounted with; empty: as they are.
pub fn with_mounts(command: &Command, mounts: &[(&Path, &Path)], options: &str) -> Command {
    let mut script = String::new();
    for (file, place) in mounts {
        let (file, place) = (file.display(), place.display());
        script += &format!("mount --bind '{file}' '{place}' && ");
        if !options.is_empty() {
            script += &format!("mount -o remount,bind,{options} '{place}' && ");
        }
    }
    script += "exec \"$0\" \"$@\"";
    let mut inside = Command::new("unshare");
    inside.args(["--mount", "sh", "-c", &script]);
    inside.arg(command.get_program()).args(command.get_args());
    inside.env_clear();
    for (name, value) in command.get_envs() {
        inside.env(name, value.unwrap_or_default());
    }
    if let Some(folder) = command.get_current_dir() {
        inside.current_dir(folder);
    }
    inside
}

/// The same command under strace, which is given these further options; `None` where
/// there is no strace or nothing may be traced, which is told.
pub fn traced(command: &Command, options: &[&str]) -> Option<Command> {
    let tracing = ["-f", "-qq", "-o", "/dev/null"];
    let tried = Command::new("strace").args(tracing).arg("true").stderr(Stdio::null()).status();
    if !tried.is_ok_and(|status| status.success()) {
        eprintln!("skipped: nothing may be traced here, or there is no strace");
        return None;
    }
    let mut traced = Command::new("strace");
    traced.args(tracing).args(options);
    traced.arg(command.get_program()).args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        traced.env(name, value.unwrap_or_default());
    }
    if let Some(folder) = command.get_current_dir() {
        traced.current_dir(folder);
    }
    Some(traced)
}
