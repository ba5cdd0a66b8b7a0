//! Sockets and threads: takes connections, reads requests, sends what the API
//! answers, and breaks it where a fault says so.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::api;
use super::fault::After;
use super::http::Request;
use super::state::Shared;

/// A client that says nothing for so long is forgotten.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a new connection meets before any request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Welcome {
    /// A PCE.
    #[default]
    Normal,
    /// A close at once.
    Close,
    /// A reset as soon as a request comes.
    Reset,
    /// Nothing at all, for at most so long.
    Hang(Duration),
    /// Something that is neither HTTP nor TLS.
    Junk,
}

/// A listening PCE; it ends when this is dropped.
pub struct Listener {
    /// Where it listens.
    pub address: SocketAddr,
    running: Arc<Running>,
    acceptor: Option<JoinHandle<()>>,
}

struct Running {
    stopping: AtomicBool,
    sockets: Mutex<Vec<TcpStream>>,
}

impl Listener {
    /// Listens on `address` (port 0: any) and answers from `shared`.
    pub fn start(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        shared: Arc<Shared>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let running =
            Arc::new(Running { stopping: AtomicBool::new(false), sockets: Mutex::new(Vec::new()) });
        let inside = Arc::clone(&running);
        let acceptor = thread::spawn(move || accept(&listener, tls.as_ref(), &shared, &inside));
        Ok(Self { address, running, acceptor: Some(acceptor) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.running.stopping.store(true, Ordering::SeqCst);
        for socket in self.running.sockets.lock().unwrap().iter() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        // Wakes the acceptor, which then sees that it has to stop.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(
    listener: &TcpListener,
    tls: Option<&Arc<ServerConfig>>,
    shared: &Arc<Shared>,
    running: &Arc<Running>,
) {
    for (number, socket) in listener.incoming().enumerate() {
        if running.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(socket) = socket else { continue };
        if shared.lock().welcome == Welcome::Reset {
            // Closing a socket that has unread bytes resets its connection.
            thread::spawn(move || socket.peek(&mut [0]));
            continue;
        }
        if let Ok(copy) = socket.try_clone() {
            running.sockets.lock().unwrap().push(copy);
        }
        let (tls, shared, running) = (tls.cloned(), Arc::clone(shared), Arc::clone(running));
        thread::spawn(move || {
            // A client that goes away is the client's business.
            let _ = converse(socket, tls, &shared, &running, number);
        });
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

fn converse(
    mut socket: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    shared: &Shared,
    running: &Running,
    number: usize,
) -> io::Result<()> {
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.set_nodelay(true)?;
    let closer = socket.try_clone()?;
    // Not in the match itself: that would hold the PCE's lock for as long as it hangs.
    let welcome = shared.lock().welcome;
    match welcome {
        Welcome::Normal | Welcome::Reset => {}
        Welcome::Close => return closer.shutdown(Shutdown::Both),
        Welcome::Hang(time) => {
            wait(time, running);
            return closer.shutdown(Shutdown::Both);
        }
        Welcome::Junk => {
            socket.write_all(b"220 this is no PCE\r\n\x00\xff\xfe")?;
            return closer.shutdown(Shutdown::Both);
        }
    }
    let stream: Box<dyn Stream> = match tls {
        Some(config) => {
            let session = ServerConnection::new(config).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(session, socket))
        }
        None => Box::new(socket),
    };
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream)? {
        let asked_to_close = request.header("connection") == Some("close");
        match answer(&request, shared, stream.get_mut(), number)? {
            After::KeepAlive if !asked_to_close => {}
            After::HangThenClose(time) => {
                wait(time, running);
                break;
            }
            _ => break,
        }
    }
    closer.shutdown(Shutdown::Both)
}

/// Answers one request, well or broken.
fn answer(
    request: &Request,
    shared: &Shared,
    to: &mut dyn Write,
    connection: usize,
) -> io::Result<After> {
    let mut state = shared.lock();
    state.remember(request, connection);
    let fault = state.fault_for(&request.method, &request.path);
    let response = match &fault {
        Some(fault) if fault.answers_itself() => match fault.answer_instead() {
            Some(response) => state.signed(response),
            None => return Ok(fault.silence()),
        },
        _ => {
            let response = api::answer(&mut state, request);
            let response = state.signed(response);
            if state.gzip && accepts_gzip(request) && response.status == 200 {
                response.gzipped()?
            } else {
                response
            }
        }
    };
    // A long body is sent without holding up the other connections.
    drop(state);
    match fault {
        Some(fault) if !fault.answers_itself() => fault.send(response, to),
        _ => response.send(to).map(|()| After::KeepAlive),
    }
}

fn accepts_gzip(request: &Request) -> bool {
    let accepted = request.header("accept-encoding").unwrap_or("");
    accepted.split(',').any(|word| word.trim().starts_with("gzip"))
}

/// Waits, but not beyond the server's own end.
fn wait(time: Duration, running: &Running) {
    let begin = Instant::now();
    while begin.elapsed() < time && !running.stopping.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(10));
    }
}
