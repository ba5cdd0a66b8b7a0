//! A mail server on loopback for tests: it takes mail as a strict server does,
//! remembers every word, and fails where the test wants it to.
//!
//! Strict means: a line that ends in LF alone, or is longer than 1,000 bytes,
//! or a command out of its order or grammar is refused.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use illumio_monitor::mail::{Settings, Smtp, Tls};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How the server is to behave.
#[derive(Clone, Default)]
pub struct Options {
    /// On `::1`; else on `127.0.0.1`.
    pub ipv6: bool,
    /// Offers STARTTLS.
    pub starttls: Option<Arc<ServerConfig>>,
    /// TLS from the first byte.
    pub implicit: Option<Arc<ServerConfig>>,
    /// Says nothing for ten seconds where a TLS handshake should begin.
    pub hangs_in_tls: bool,
    /// Wants a login by this user and password.
    pub login: Option<(String, String)>,
    /// The AUTH mechanisms offered; empty: `PLAIN LOGIN`.
    pub mechanisms: String,
    /// Offers SIZE with this limit, and keeps it.
    pub size: Option<usize>,
    /// Further lines of the answer to EHLO.
    pub offers: Vec<String>,
    /// Doesn't know EHLO.
    pub only_helo: bool,
    /// What is otherwise than usual; the first that matches is taken.
    pub script: Vec<Turn>,
}

/// Something unusual at some point.
#[derive(Clone)]
pub struct Turn {
    /// The beginning of the client's line; also `GREETING`, and `END` for the final dot.
    pub at: String,
    /// How many times it happens.
    pub times: usize,
    /// What happens.
    pub action: Action,
}

#[derive(Clone)]
pub enum Action {
    /// Sends this instead of its own answer, byte for byte. After 2xx and 3xx
    /// the server goes on as after its own.
    Say(String),
    /// The same, a byte every 100 ms.
    Trickle(String),
    /// Waits so many milliseconds, then does the other.
    Pause(u64, Box<Action>),
    /// Says nothing for ten seconds.
    Hang,
    /// Closes the connection.
    Drop,
    /// Takes the mail, then closes the connection without an answer.
    TakeAndDrop,
}

impl Options {
    /// Adds a turn that happens each time.
    pub fn at(self, at: &str, action: Action) -> Self {
        self.times(at, usize::MAX, action)
    }

    /// Adds a turn that happens some times.
    pub fn times(mut self, at: &str, times: usize, action: Action) -> Self {
        self.script.push(Turn { at: at.to_owned(), times, action });
        self
    }

    /// Adds an answer.
    pub fn say(self, at: &str, answer: &str) -> Self {
        self.at(at, Action::Say(format!("{answer}\r\n")))
    }
}

/// A mail as it was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Without dot-stuffing.
    pub data: String,
    pub over_tls: bool,
    pub logged_in: bool,
}

#[derive(Default)]
struct Book {
    mails: Vec<Received>,
    transcript: Vec<String>,
    connections: usize,
}

/// The server; it ends with the test's process.
pub struct Mailbox {
    port: u16,
    book: Arc<Mutex<Book>>,
    script: Arc<Mutex<Vec<Turn>>>,
}

impl Mailbox {
    pub fn start(options: Options) -> Self {
        let address = if options.ipv6 { "[::1]:0" } else { "127.0.0.1:0" };
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let book = Arc::new(Mutex::new(Book::default()));
        let kept = Arc::clone(&book);
        let script = Arc::new(Mutex::new(options.script.clone()));
        let played = Arc::clone(&script);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (options, book) = (options.clone(), Arc::clone(&book));
                let script = Arc::clone(&played);
                thread::spawn(move || {
                    book.lock().unwrap().connections += 1;
                    // The client may leave at any point; that ends it.
                    let _ = Talk::new(stream, options, script, book).and_then(Talk::run);
                });
            }
        });
        Self { port, book: kept, script }
    }

    /// From now on this is what is otherwise than usual, and nothing else.
    pub fn behave(&self, options: Options) {
        *self.script.lock().unwrap() = options.script;
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn mails(&self) -> Vec<Received> {
        self.book.lock().unwrap().mails.clone()
    }

    /// `C: ` and `S: ` lines, and `TLS` where a handshake was done.
    pub fn transcript(&self) -> Vec<String> {
        self.book.lock().unwrap().transcript.clone()
    }

    pub fn connections(&self) -> usize {
        self.book.lock().unwrap().connections
    }

    /// Whether the client said a line that starts like this.
    pub fn heard(&self, start: &str) -> bool {
        let line = format!("C: {start}");
        self.transcript().iter().any(|said| said.starts_with(&line))
    }
}

/// A monitor's settings for the server at this port.
pub fn settings(port: u16) -> Settings {
    Settings {
        sender: "Monitor <monitor@example.com>".into(),
        envelope_sender: None,
        recipients: vec!["a@example.com".into(), "b@example.com".into()],
        routes: Vec::new(),
        raw_snapshot: true,
        attach_records: false,
        thread: false,
        smtp: Smtp {
            host: "127.0.0.1".into(),
            port,
            tls: Tls::None,
            login: None,
            ca_file: None,
            timeout: Duration::from_secs(2),
            others: Default::default(),
        },
    }
}

/// A server with these options, and settings that lead to it.
pub fn meet(options: Options) -> (Mailbox, Settings) {
    let mailbox = Mailbox::start(options);
    let settings = settings(mailbox.port());
    (mailbox, settings)
}

enum Line {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

struct Talk {
    line: Line,
    buffer: Vec<u8>,
    options: Options,
    script: Arc<Mutex<Vec<Turn>>>,
    book: Arc<Mutex<Book>>,
    greeted: bool,
    logged_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// What a scripted turn leaves to do.
enum Next {
    /// Answer as usual.
    Usual,
    /// It is answered; go on as after a yes.
    Yes,
    /// It is answered; nothing changes.
    No,
    /// Go on as after a yes, then close without an answer.
    Silent,
}

fn closed<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionAborted.into())
}

impl Talk {
    fn new(
        stream: TcpStream,
        options: Options,
        script: Arc<Mutex<Vec<Turn>>>,
        book: Arc<Mutex<Book>>,
    ) -> io::Result<Self> {
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut talk = Self {
            line: Line::Clear(stream),
            buffer: Vec::new(),
            script,
            book,
            greeted: false,
            logged_in: false,
            from: None,
            to: Vec::new(),
            options,
        };
        if let Some(config) = talk.options.implicit.clone() {
            talk.encrypt(config)?;
        }
        Ok(talk)
    }

    fn run(mut self) -> io::Result<()> {
        if matches!(self.turn("GREETING")?, Next::Usual) {
            self.say("220 mailbox.test ESMTP")?;
        }
        while let Some(line) = self.read_line()? {
            let line = match line {
                Ok(line) => line,
                Err(complaint) => {
                    self.say(complaint)?;
                    continue;
                }
            };
            self.note(format!("C: {line}"));
            let next = self.turn(&line)?;
            self.obey(&line, next)?;
        }
        Ok(())
    }

    fn obey(&mut self, line: &str, next: Next) -> io::Result<()> {
        if matches!(next, Next::No) {
            return Ok(());
        }
        let usual = matches!(next, Next::Usual);
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" if self.options.only_helo => "502 not here".to_owned(),
            "EHLO" => self.hello(rest, true),
            "HELO" => self.hello(rest, false),
            "STARTTLS" => return self.starttls(usual),
            "AUTH" => self.auth(rest)?,
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "DATA" => return self.data(usual),
            "RSET" => {
                self.forget();
                "250 forgotten".to_owned()
            }
            "NOOP" => "250 ok".to_owned(),
            "QUIT" => {
                self.say("221 bye")?;
                return closed();
            }
            _ => "500 unknown command".to_owned(),
        };
        if usual { self.say(&answer) } else { Ok(()) }
    }

    fn hello(&mut self, name: &str, extended: bool) -> String {
        if name.is_empty() || name.contains(' ') {
            return "501 say who you are".to_owned();
        }
        self.greeted = true;
        self.forget();
        if !extended {
            return "250 mailbox.test".to_owned();
        }
        let mut lines = vec!["mailbox.test".to_owned(), "PIPELINING".to_owned()];
        if self.options.starttls.is_some() && matches!(self.line, Line::Clear(_)) {
            lines.push("STARTTLS".to_owned());
        }
        if self.options.login.is_some() {
            let offered = match self.options.mechanisms.as_str() {
                "" => "PLAIN LOGIN",
                other => other,
            };
            lines.push(format!("AUTH {offered}"));
        }
        if let Some(size) = self.options.size {
            lines.push(format!("SIZE {size}"));
        }
        lines.extend(self.options.offers.iter().cloned());
        let last = lines.pop().unwrap_or_default();
        let lines: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        format!("{lines}250 {last}")
    }

    fn starttls(&mut self, usual: bool) -> io::Result<()> {
        let Some(config) = self.options.starttls.clone() else {
            return self.say("502 no TLS here");
        };
        if usual {
            self.say("220 go ahead")?;
        }
        self.greeted = false;
        self.encrypt(config)
    }

    fn encrypt(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        let Line::Clear(stream) = &self.line else {
            return closed();
        };
        if self.options.hangs_in_tls {
            thread::sleep(Duration::from_secs(10));
            return closed();
        }
        let mut stream = stream.try_clone()?;
        let mut connection = ServerConnection::new(config).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        self.line = Line::Tls(Box::new(StreamOwned::new(connection, stream)));
        self.note("TLS".to_owned());
        Ok(())
    }

    fn auth(&mut self, rest: &str) -> io::Result<String> {
        let Some((user, password)) = self.options.login.clone() else {
            return Ok("503 no AUTH here".to_owned());
        };
        let given = match rest.split_once(' ') {
            Some(("PLAIN", initial)) => BASE64_STANDARD.decode(initial).unwrap_or_default(),
            None if rest == "LOGIN" => {
                let user = self.prompt("VXNlcm5hbWU6")?;
                let password = self.prompt("UGFzc3dvcmQ6")?;
                [b"\0".as_slice(), &user, b"\0", &password].concat()
            }
            _ => return Ok("504 unknown mechanism".to_owned()),
        };
        self.logged_in = given == format!("\0{user}\0{password}").as_bytes();
        Ok(match self.logged_in {
            true => "235 2.7.0 welcome".to_owned(),
            false => "535 5.7.8 not with that password".to_owned(),
        })
    }

    fn prompt(&mut self, prompt: &str) -> io::Result<Vec<u8>> {
        self.say(&format!("334 {prompt}"))?;
        match self.read_line()? {
            Some(Ok(line)) => Ok(BASE64_STANDARD.decode(line).unwrap_or_default()),
            _ => closed(),
        }
    }

    fn mail(&mut self, rest: &str) -> String {
        if !self.greeted || self.from.is_some() {
            return "503 not now".to_owned();
        }
        if self.options.login.is_some() && !self.logged_in {
            return "530 5.7.0 log in first".to_owned();
        }
        let Some((from, parameters)) = path(rest, "FROM:") else {
            return "501 MAIL FROM:<address>".to_owned();
        };
        for parameter in parameters {
            let size = parameter.strip_prefix("SIZE=").map(str::parse::<usize>);
            match (size, self.options.size) {
                (Some(Ok(size)), Some(limit)) if size > limit => {
                    return "552 5.3.4 too big".to_owned();
                }
                (Some(Ok(_)), Some(_)) => {}
                _ if self.options.offers.contains(&parameter) => {}
                _ => return format!("555 unknown parameter {parameter}"),
            }
        }
        self.from = Some(from);
        "250 2.1.0 sender ok".to_owned()
    }

    fn rcpt(&mut self, rest: &str) -> String {
        match path(rest, "TO:") {
            _ if self.from.is_none() => "503 not now".to_owned(),
            Some((to, parameters)) if !to.is_empty() && parameters.is_empty() => {
                self.to.push(to);
                "250 2.1.5 recipient ok".to_owned()
            }
            _ => "501 RCPT TO:<address>".to_owned(),
        }
    }

    fn data(&mut self, usual: bool) -> io::Result<()> {
        if self.to.is_empty() {
            return self.say("503 nobody to send it to");
        }
        if usual {
            self.say("354 go ahead, end with a dot")?;
        }
        let mut data = String::new();
        let mut complaint = None;
        loop {
            match self.read_line()? {
                None => return closed(),
                Some(Err(wrong)) => complaint = Some(wrong),
                Some(Ok(line)) if line == "." => break,
                Some(Ok(line)) => {
                    data += line.strip_prefix('.').unwrap_or(&line);
                    data += "\r\n";
                }
            }
        }
        self.note("C: END".to_owned());
        if let Some(complaint) = complaint {
            return self.say(complaint);
        }
        let next = self.turn("END")?;
        if !matches!(next, Next::No) {
            let mail = Received {
                from: self.from.clone().unwrap_or_default(),
                to: self.to.clone(),
                data,
                over_tls: matches!(self.line, Line::Tls(_)),
                logged_in: self.logged_in,
            };
            self.book.lock().unwrap().mails.push(mail);
        }
        self.forget();
        match next {
            Next::Usual => self.say("250 2.0.0 taken"),
            Next::Silent => closed(),
            Next::Yes | Next::No => Ok(()),
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    /// Plays the script's turn for this line, if there is one.
    fn turn(&mut self, line: &str) -> io::Result<Next> {
        let action = {
            let mut script = self.script.lock().unwrap();
            let found = script.iter_mut().find(|turn| turn.times > 0 && line.starts_with(&turn.at));
            let Some(turn) = found else {
                return Ok(Next::Usual);
            };
            turn.times -= 1;
            turn.action.clone()
        };
        self.act(action)
    }

    fn act(&mut self, action: Action) -> io::Result<Next> {
        match action {
            Action::Pause(millis, action) => {
                thread::sleep(Duration::from_millis(millis));
                self.act(*action)
            }
            Action::Say(answer) => {
                self.note(format!("S: {}", answer.trim_end()));
                self.write(answer.as_bytes())?;
                Ok(said_yes(&answer))
            }
            Action::Trickle(answer) => {
                for byte in answer.bytes() {
                    self.write(&[byte])?;
                    thread::sleep(Duration::from_millis(100));
                }
                Ok(said_yes(&answer))
            }
            Action::Hang => {
                thread::sleep(Duration::from_secs(10));
                closed()
            }
            Action::Drop => closed(),
            Action::TakeAndDrop => Ok(Next::Silent),
        }
    }

    /// A line without its CRLF, or why it is refused; `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<Result<String, &'static str>>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(Some(match line.strip_suffix(b"\r\n") {
                    None => Err("550 5.6.0 a line ends in CRLF"),
                    Some(text) if text.contains(&b'\r') => Err("550 5.6.0 a lone CR"),
                    Some(_) if line.len() > 1000 => Err("500 5.5.2 line too long"),
                    Some(text) => Ok(String::from_utf8_lossy(text).into_owned()),
                }));
            }
            let mut chunk = [0; 4096];
            let amount = match &mut self.line {
                Line::Clear(stream) => stream.read(&mut chunk)?,
                Line::Tls(stream) => stream.read(&mut chunk)?,
            };
            if amount == 0 {
                return Ok(None);
            }
            self.buffer.extend_from_slice(&chunk[..amount]);
        }
    }

    fn say(&mut self, answer: &str) -> io::Result<()> {
        self.note(format!("S: {answer}"));
        self.write(format!("{answer}\r\n").as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let line: &mut dyn Write = match &mut self.line {
            Line::Clear(stream) => stream,
            Line::Tls(stream) => stream,
        };
        line.write_all(bytes)?;
        line.flush()
    }

    fn note(&self, line: String) {
        self.book.lock().unwrap().transcript.push(line);
    }
}

fn said_yes(answer: &str) -> Next {
    match answer.as_bytes().first() {
        Some(b'2' | b'3') => Next::Yes,
        _ => Next::No,
    }
}

/// The address and the parameters of `FROM:<address> PARAMETER …`.
fn path(rest: &str, key: &str) -> Option<(String, Vec<String>)> {
    let (address, parameters) = rest.strip_prefix(key)?.strip_prefix('<')?.split_once('>')?;
    if address.contains([' ', '<']) || !(parameters.is_empty() || parameters.starts_with(' ')) {
        return None;
    }
    let parameters = parameters.split_whitespace().map(str::to_owned);
    Some((address.to_owned(), parameters.collect()))
}
