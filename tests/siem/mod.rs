//! Receivers on loopback for tests: what a SIEM's syslog listener hears by UDP, TCP, TLS or
//! a socket of this host, and those that misbehave.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, listen, socket_with,
};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

/// How a listener by TCP behaves.
#[derive(Clone)]
pub enum Manner {
    /// Reads messages with their length before them.
    Octets,
    /// Reads messages of a line each.
    Lines,
    /// The first, in TLS.
    Tls(Arc<ServerConfig>),
    /// Takes the connection and closes it.
    HangsUp,
    /// Takes the connection and reads nothing.
    NeverReads,
    /// Reads all, and never closes its side.
    StaysOpen,
}

/// A listener, until it is dropped.
pub struct Siem {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
}

impl Siem {
    pub fn tcp(manner: Manner) -> Self {
        Self::tcp_at(0, manner)
    }

    /// On that port, where it was before.
    pub fn tcp_at(port: u16, manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let siem = Self::new(listener.local_addr().unwrap().port());
        listener.set_nonblocking(true).unwrap();
        let (heard, over) = (Arc::clone(&siem.heard), Arc::clone(&siem.over));
        thread::spawn(move || {
            let mut held = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let Ok((stream, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(2));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                match &manner {
                    Manner::HangsUp => drop(stream),
                    Manner::NeverReads => held.push(stream),
                    manner => {
                        let (manner, heard) = (manner.clone(), Arc::clone(&heard));
                        thread::spawn(move || hear(stream, &manner, &heard));
                    }
                }
            }
        });
        siem
    }

    pub fn udp() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let siem = Self::new(socket.local_addr().unwrap().port());
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        siem.take(move |buffer| socket.recv(buffer));
        siem
    }

    /// Datagrams on a socket of this host.
    pub fn local(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let siem = Self::new(0);
        siem.take(move |buffer| socket.recv(buffer));
        siem
    }

    /// Lines on a socket of this host that is a stream.
    pub fn local_stream(path: &Path) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let siem = Self::new(0);
        let heard = Arc::clone(&siem.heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let lines = BufReader::new(stream).lines().map_while(Result::ok);
                lines.for_each(|line| heard.lock().unwrap().push(line));
            }
        });
        siem
    }

    /// A socket of this host that takes no connection any more: its queue is full.
    pub fn stopped_stream(path: &Path) -> (OwnedFd, OwnedFd) {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = || socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
        let address = SocketAddrUnix::new(path).unwrap();
        let (listener, client) = (socket(), socket());
        bind(&listener, &address).unwrap();
        listen(&listener, 0).unwrap();
        connect(&client, &address).unwrap();
        assert_eq!(connect(socket(), &address), Err(Errno::AGAIN));
        (listener, client)
    }

    fn new(port: u16) -> Self {
        Self { port, heard: Arc::default(), over: Arc::default() }
    }

    fn take(&self, receive: impl Fn(&mut [u8]) -> std::io::Result<usize> + Send + 'static) {
        let (heard, over) = (Arc::clone(&self.heard), Arc::clone(&self.over));
        thread::spawn(move || {
            let mut buffer = vec![0; 70_000];
            while !over.load(Ordering::Relaxed) {
                if let Ok(length) = receive(&mut buffer) {
                    let text = String::from_utf8(buffer[..length].to_vec()).unwrap();
                    heard.lock().unwrap().push(text);
                }
            }
        });
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it has heard so far.
    pub fn so_far(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// The messages, once there are so many.
    pub fn messages(&self, wanted: usize) -> Vec<String> {
        let begin = Instant::now();
        while self.heard.lock().unwrap().len() < wanted && begin.elapsed().as_secs() < 10 {
            thread::sleep(Duration::from_millis(5));
        }
        let heard = self.heard.lock().unwrap().clone();
        assert_eq!(heard.len(), wanted, "{heard:#?}");
        heard
    }

    /// The objects behind the headers.
    pub fn objects(&self, wanted: usize) -> Vec<Value> {
        self.messages(wanted).iter().map(|message| object(message)).collect()
    }
}

impl Drop for Siem {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Until the port is free.
        thread::sleep(Duration::from_millis(20));
    }
}

/// The object behind a message's header.
pub fn object(message: &str) -> Value {
    let at = message.find('{').unwrap_or_else(|| panic!("{message}"));
    serde_json::from_str(&message[at..]).unwrap_or_else(|error| panic!("{error}: {message}"))
}

fn hear(stream: TcpStream, manner: &Manner, heard: &Mutex<Vec<String>>) {
    match manner {
        Manner::Lines => {
            let lines = BufReader::new(stream).lines().map_while(Result::ok);
            lines.for_each(|line| heard.lock().unwrap().push(line));
        }
        Manner::Tls(config) => {
            let connection = ServerConnection::new(Arc::clone(config)).unwrap();
            counted(StreamOwned::new(connection, stream), heard);
        }
        Manner::StaysOpen => {
            let _open = stream.try_clone().unwrap();
            counted(stream, heard);
            thread::sleep(Duration::from_secs(60));
        }
        _ => counted(stream, heard),
    }
}

/// `123 <130>1 …`
fn counted(stream: impl Read, heard: &Mutex<Vec<String>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = Vec::new();
        match stream.read_until(b' ', &mut length) {
            Ok(read) if read > 0 => {}
            _ => return,
        }
        let length = String::from_utf8(length).unwrap();
        let mut message = vec![0; length.trim().parse().unwrap()];
        if stream.read_exact(&mut message).is_err() {
            return;
        }
        heard.lock().unwrap().push(String::from_utf8(message).unwrap());
    }
}
