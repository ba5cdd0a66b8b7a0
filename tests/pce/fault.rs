//! What can go wrong on the way between the PCE and its client, on demand.

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;

use super::http::{Response, gzip, head};
use super::time::{When, http_date};

/// Where the log-in page lies.
pub const LOGIN_PATH: &str = "/login";

/// What lies there.
pub const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Log in</title></head>\
    <body><form method=\"post\"><input name=\"user\"><input type=\"password\" name=\"password\">\
    </form></body></html>";

/// A fault, and the requests that meet it. Made by one of the constructors, then
/// narrowed; without narrowing it meets every request.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: Kind,
    method: Option<String>,
    path: String,
    spared: usize,
    left: usize,
    met: usize,
}

#[derive(Clone, Debug)]
enum Kind {
    Status {
        status: u16,
        content_type: String,
        body: Vec<u8>,
        headers: Vec<(String, String)>,
        date: Option<Timestamp>,
    },
    Hang(Duration),
    HangMidBody(Duration),
    Trickle(Duration),
    Cut,
    CutMidBody,
    HalfBody,
    HalfGzip,
    WrongLength(i64),
    Date(Option<Timestamp>),
}

/// What is left to do with the connection after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The next request may come.
    KeepAlive,
    /// Nothing more is said.
    Close,
    /// Nothing more is said, and the client learns of it only so much later.
    HangThenClose(Duration),
}

impl Fault {
    /// Another status than 200, with the PCE's kind of error body.
    pub fn status(status: u16) -> Self {
        let body = format!(r#"[{{"token":"fault_{status}","message":"injected {status}"}}]"#);
        Self::answer(status, "application/json", body)
    }

    /// This answer instead of the PCE's.
    pub fn answer(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Kind::Status {
            status,
            content_type: content_type.into(),
            body: body.into(),
            headers: Vec::new(),
            date: None,
        })
    }

    /// A proxy's page, with status 200.
    pub fn html() -> Self {
        let page = "<html><body><h1>Web filter</h1>Please log in.</body></html>";
        Self::answer(200, "text/html; charset=utf-8", page)
    }

    /// A single sign-on's page, with status 200.
    pub fn login_page() -> Self {
        Self::answer(200, "text/html; charset=utf-8", LOGIN_PAGE)
    }

    /// Sent on to the page at [`LOGIN_PATH`], which is there.
    pub fn redirect_to_login() -> Self {
        Self::answer(302, "text/html", "").header("Location", LOGIN_PATH)
    }

    /// A member of a supercluster: traffic queries go to the leader, so it refuses the
    /// POST with this status, 405 or 403.
    pub fn member_refuses(status: u16) -> Self {
        let (token, message) = match status {
            405 => ("method_not_allowed", "Method not allowed"),
            _ => ("forbidden_error", "Not allowed on a supercluster member"),
        };
        let body = serde_json::json!([{"token": token, "message": message}]);
        Self::answer(status, "application/json", body.to_string())
            .method("POST")
            .on("/async_queries$")
    }

    /// Bytes that are neither JSON nor UTF-8, said to be JSON.
    pub fn junk() -> Self {
        let bytes: Vec<u8> = (0..2_000u32).map(|n| (n * 167 + 13) as u8).collect();
        Self::answer(200, "application/json", bytes)
    }

    /// Accepts the request and is silent for so long; then the connection closes.
    pub fn hang(time: Duration) -> Self {
        Self::new(Kind::Hang(time))
    }

    /// Sends the head and half of the body, is silent for so long, then closes.
    pub fn hang_mid_body(time: Duration) -> Self {
        Self::new(Kind::HangMidBody(time))
    }

    /// Sends the body byte by byte, each so long after the one before.
    pub fn trickle(pause: Duration) -> Self {
        Self::new(Kind::Trickle(pause))
    }

    /// Closes the connection without a byte.
    pub fn cut() -> Self {
        Self::new(Kind::Cut)
    }

    /// Promises the whole body, sends half of it and closes.
    pub fn cut_mid_body() -> Self {
        Self::new(Kind::CutMidBody)
    }

    /// Half of the body, whose `Content-Length` fits the half: broken JSON.
    pub fn half_body() -> Self {
        Self::new(Kind::HalfBody)
    }

    /// Half of a gzip stream, whose `Content-Length` fits the half.
    pub fn half_gzip() -> Self {
        Self::new(Kind::HalfGzip)
    }

    /// A `Content-Length` that is off by so much; the connection closes.
    pub fn wrong_length(by: i64) -> Self {
        Self::new(Kind::WrongLength(by))
    }

    /// The right answer with a wrong `Date`.
    pub fn date(when: impl When) -> Self {
        Self::new(Kind::Date(Some(when.instant())))
    }

    /// The right answer without a `Date`.
    pub fn no_date() -> Self {
        Self::new(Kind::Date(None))
    }

    fn new(kind: Kind) -> Self {
        Self { kind, method: None, path: String::new(), spared: 0, left: usize::MAX, met: 0 }
    }

    /// With this `Retry-After`: seconds or a date, as text.
    pub fn retry_after(self, value: impl ToString) -> Self {
        self.header("Retry-After", &value.to_string())
    }

    /// With this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Status { headers, .. } = &mut self.kind {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// With the clock of whoever answers in the PCE's place.
    pub fn dated(mut self, when: impl When) -> Self {
        if let Kind::Status { date, .. } = &mut self.kind {
            *date = Some(when.instant());
        }
        self
    }

    /// Only for this method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only where the path contains this; `$` at the end asks for the path's end.
    pub fn on(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// Spares the first so many of those requests.
    pub fn after(mut self, spared: usize) -> Self {
        self.spared = spared;
        self
    }

    /// Meets so many requests, then no more.
    pub fn times(mut self, times: usize) -> Self {
        self.left = times;
        self
    }

    /// How many requests met it.
    pub fn met(&self) -> usize {
        self.met
    }

    /// Whether this request meets it; counts down.
    pub fn meets(&mut self, method: &str, path: &str) -> bool {
        let right_path = match self.path.strip_suffix('$') {
            Some(end) => path.ends_with(end),
            None => path.contains(&self.path),
        };
        let right_method = self.method.as_deref().is_none_or(|asked| asked == method);
        if !right_path || !right_method || self.left == 0 {
            return false;
        }
        if self.spared > 0 {
            self.spared -= 1;
            return false;
        }
        self.left -= 1;
        self.met += 1;
        true
    }

    /// True where the PCE itself never sees the request.
    pub fn answers_itself(&self) -> bool {
        matches!(self.kind, Kind::Status { .. } | Kind::Hang(_) | Kind::Cut)
    }

    /// What is sent in the PCE's place, by a fault that answers itself.
    pub fn answer_instead(&self) -> Option<Response> {
        let Kind::Status { status, content_type, body, headers, date } = &self.kind else {
            return None;
        };
        let response = Response::new(*status, content_type, body.clone());
        let with =
            |response: Response, (name, value): &(String, String)| response.with(name, value);
        let response = headers.iter().fold(response, with);
        Some(match date {
            Some(date) => response.with("Date", http_date(*date)),
            None => response,
        })
    }

    /// What becomes of the connection where there is no answer at all.
    pub fn silence(&self) -> After {
        match self.kind {
            Kind::Hang(time) => After::HangThenClose(time),
            _ => After::Close,
        }
    }

    /// Sends `response` broken.
    pub fn send(&self, mut response: Response, to: &mut dyn Write) -> io::Result<After> {
        if let Kind::Date(instant) = self.kind {
            response.replace("Date", instant.map(http_date));
            response.send(to)?;
            return Ok(After::KeepAlive);
        }
        let (status, mut headers, mut body) = response.into_bytes()?;
        let zipped = headers.iter().any(|(_, value)| value == "gzip");
        if matches!(self.kind, Kind::HalfGzip) && !zipped {
            body = gzip(&body)?;
            headers.push(("Content-Encoding".into(), "gzip".into()));
        }
        let half = body.len() / 2;
        let (promised, sent, after) = match self.kind {
            Kind::HangMidBody(time) => (body.len(), half, After::HangThenClose(time)),
            Kind::CutMidBody => (body.len(), half, After::Close),
            Kind::HalfBody | Kind::HalfGzip => (half, half, After::KeepAlive),
            Kind::WrongLength(by) => {
                let wrong = body.len().saturating_add_signed(by as isize);
                (wrong, body.len(), After::Close)
            }
            _ => (body.len(), body.len(), After::KeepAlive),
        };
        to.write_all(&head(status, &headers, Some(promised)))?;
        if let Kind::Trickle(pause) = self.kind {
            for byte in &body {
                to.write_all(&[*byte])?;
                to.flush()?;
                std::thread::sleep(pause);
            }
            return Ok(After::KeepAlive);
        }
        to.write_all(&body[..sent])?;
        to.flush()?;
        Ok(after)
    }
}
