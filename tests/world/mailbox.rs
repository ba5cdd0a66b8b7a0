//! The smallest SMTP receiver that serves: it takes every mail.
//!
//! Stands in for `tests/mailbox/`, behind the same names.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What can be chosen.
#[derive(Default)]
pub struct Options {
    /// What `SIZE` offers; without it, 25 MiB. It is not enforced.
    pub size: Option<usize>,
}

/// One mail as it came.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

/// A listening receiver.
pub struct Mailbox {
    port: u16,
    mails: Arc<Mutex<Vec<Received>>>,
}

impl Mailbox {
    pub fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails: Arc<Mutex<Vec<Received>>> = Arc::default();
        let inside = Arc::clone(&mails);
        let size = options.size.unwrap_or(26_214_400);
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let mails = Arc::clone(&inside);
                thread::spawn(move || converse(socket, &mails, size));
            }
        });
        Self { port, mails }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn mails(&self) -> Vec<Received> {
        self.mails.lock().unwrap().clone()
    }
}

fn converse(socket: TcpStream, mails: &Mutex<Vec<Received>>, size: usize) -> io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut out = socket.try_clone()?;
    let mut lines = BufReader::new(socket);
    let mut mail = Received::default();
    out.write_all(b"220 mailbox.example.net ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let upper = line.to_ascii_uppercase();
        let offers = format!("250-mailbox.example.net\r\n250-8BITMIME\r\n250 SIZE {size}\r\n");
        let reply: &[u8] = if upper.starts_with("EHLO") {
            offers.as_bytes()
        } else if upper.starts_with("MAIL FROM:") {
            mail.from = address(&line);
            b"250 2.1.0 ok\r\n"
        } else if upper.starts_with("RCPT TO:") {
            mail.to.push(address(&line));
            b"250 2.1.5 ok\r\n"
        } else if upper.starts_with("DATA") {
            out.write_all(b"354 go on\r\n")?;
            mail.data = data(&mut lines)?;
            mails.lock().unwrap().push(std::mem::take(&mut mail));
            b"250 2.0.0 taken\r\n"
        } else if upper.starts_with("QUIT") {
            return out.write_all(b"221 2.0.0 bye\r\n");
        } else {
            b"250 ok\r\n"
        };
        out.write_all(reply)?;
    }
}

fn data(lines: &mut impl BufRead) -> io::Result<String> {
    let mut data = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(String::from_utf8_lossy(&data).into_owned());
        }
        let stuffed = usize::from(line.starts_with(b"."));
        data.extend_from_slice(&line[stuffed..]);
    }
}

fn address(line: &str) -> String {
    let inside = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}
