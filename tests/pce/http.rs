//! As much of HTTP/1.1 as a server needs that must also be able to break it.

use std::io::{self, BufRead, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Bodies of requests are bounded; the real PCE's limit is not known.
const LONGEST_REQUEST_BODY: u64 = 16 * 1024 * 1024;

/// Names and values, in their order.
pub type Headers = Vec<(String, String)>;

/// One request, as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET` …
    pub method: String,
    /// Without the query, percent-encoding left as it is.
    pub path: String,
    /// What follows the `?`, as it came; empty without one.
    pub query: String,
    /// Names in lower case.
    pub headers: Headers,
    /// Empty where none was sent.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The query's parameters in their order, decoded as forms are: `+` is a blank.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (form_decoded(name), form_decoded(value))
            })
            .collect()
    }

    /// Reads the next request; `None` where the client has closed the connection.
    pub fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::Error::other("no request line"));
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        request.read_headers(from)?;
        request.read_body(from)?;
        Ok(Some(request))
    }

    fn read_headers(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        loop {
            let mut line = String::new();
            if from.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some((name, value)) = line.split_once(':') else {
                return Ok(());
            };
            let pair = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
            self.headers.push(pair);
        }
    }

    fn read_body(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        if self.header("transfer-encoding") == Some("chunked") {
            return self.read_chunks(from);
        }
        let length = self.header("content-length").unwrap_or("0");
        let length: u64 = length.parse().map_err(io::Error::other)?;
        let length = length.min(LONGEST_REQUEST_BODY);
        from.take(length).read_to_end(&mut self.body)?;
        Ok(())
    }

    fn read_chunks(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        loop {
            let mut size = String::new();
            from.read_line(&mut size)?;
            let size = u64::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
            from.take(size.min(LONGEST_REQUEST_BODY)).read_to_end(&mut self.body)?;
            from.read_line(&mut String::new())?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// Percent-encoding and `+` resolved.
fn form_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let hex: String = bytes.by_ref().take(2).map(char::from).collect();
                out.push(u8::from_str_radix(&hex, 16).unwrap_or(b'?'));
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes a body of unknown length.
pub type Streamer = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

/// What follows the head of a response.
pub enum Body {
    /// Known in full, sent with its length.
    Bytes(Vec<u8>),
    /// Made while it is sent, in chunks.
    Stream(Streamer),
}

/// One response, before it is compressed, broken and sent.
pub struct Response {
    /// `200` …
    pub status: u16,
    /// In the order they are sent; length and encoding are added on the way out.
    pub headers: Headers,
    /// What follows.
    pub body: Body,
}

impl Response {
    /// A response without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Bytes(Vec::new()) }
    }

    /// A response with this body.
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let mut response = Self::empty(status).with("Content-Type", content_type);
        response.body = Body::Bytes(body);
        response
    }

    /// JSON.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string().into_bytes())
    }

    /// One header more.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    /// Whether it has this header.
    pub fn has(&self, name: &str) -> bool {
        let mut names = self.headers.iter().map(|(known, _)| known);
        names.any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Replaces a header, or drops it.
    pub fn replace(&mut self, name: &str, value: Option<String>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if let Some(value) = value {
            self.headers.push((name.into(), value));
        }
    }

    /// The whole body, for those who want to break it.
    pub fn into_bytes(self) -> io::Result<(u16, Headers, Vec<u8>)> {
        let bytes = match self.body {
            Body::Bytes(bytes) => bytes,
            Body::Stream(stream) => {
                let mut bytes = Vec::new();
                stream(&mut bytes)?;
                bytes
            }
        };
        Ok((self.status, self.headers, bytes))
    }

    /// The same, its body compressed.
    pub fn gzipped(self) -> io::Result<Self> {
        let body = match self.body {
            Body::Bytes(bytes) => Body::Bytes(gzip(&bytes)?),
            Body::Stream(stream) => Body::Stream(Box::new(move |out| {
                let mut encoder = GzEncoder::new(out, Compression::fast());
                stream(&mut encoder)?;
                encoder.finish().map(drop)
            })),
        };
        let response = Self { body, ..self };
        Ok(response.with("Content-Encoding", "gzip"))
    }

    /// Sends all of it.
    pub fn send(self, to: &mut dyn Write) -> io::Result<()> {
        match self.body {
            Body::Bytes(bytes) => {
                let length = Some(bytes.len());
                to.write_all(&head(self.status, &self.headers, length))?;
                to.write_all(&bytes)?;
            }
            Body::Stream(stream) => {
                to.write_all(&head(self.status, &self.headers, None))?;
                let mut chunks = Chunks { to: &mut *to, waiting: Vec::new() };
                stream(&mut chunks)?;
                chunks.flush()?;
                to.write_all(b"0\r\n\r\n")?;
            }
        }
        to.flush()
    }
}

/// The bytes of a compressed body.
pub fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Status line and headers; chunked where no length is known.
pub fn head(status: u16, headers: &[(String, String)], length: Option<usize>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &match length {
        // RFC 9110: a 204 carries no Content-Length.
        Some(0) if status == 204 => "\r\n".to_owned(),
        Some(length) => format!("Content-Length: {length}\r\n\r\n"),
        None => "Transfer-Encoding: chunked\r\n\r\n".to_owned(),
    };
    head.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        302 => "Found",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// Collects small writes into chunks.
struct Chunks<'a> {
    to: &'a mut dyn Write,
    waiting: Vec<u8>,
}

impl Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > 32 * 1024 {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            write!(self.to, "{:x}\r\n", self.waiting.len())?;
            self.to.write_all(&self.waiting)?;
            self.to.write_all(b"\r\n")?;
            self.waiting.clear();
        }
        Ok(())
    }
}
