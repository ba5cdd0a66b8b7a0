//! One conversation with the PCE: requests, retries, and the PCE's clock.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use ureq::http::Response;
use ureq::{Agent, Body, RequestBuilder};

use super::clock::Clock;
use super::connect::KeptLine;
use super::error::{Break, Error, Problem, ProxyProblem};
use super::mend::mended;
use super::stream::StreamError;
use super::{Settings, connect, page};
use crate::net::AddressBook;
use crate::net::certificate::Certificate;
use crate::net::secret::Secrets;
use crate::net::tls::{self, Shown};
use crate::screen::visible::one_line;

/// How often a GET is tried.
const TRIES: u32 = 3;

/// The wait before a second try; it doubles for the third.
const BACKOFF: Duration = Duration::from_millis(500);

/// The wait after a 429 that names none [REST 25.2: 500 requests a minute].
const RATE_LIMIT_WAIT: Duration = Duration::from_secs(10);

/// What a JSON answer other than a download may have at most.
const ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// So much of a place on the PCE's own host is shown.
const MOST_PLACE: usize = 60;

/// How a gzip stream begins [RFC 1952].
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How much is read of the body of an error, and of one that does not matter.
const ERROR_BYTES: u64 = 8 * 1024;

/// A conversation with one PCE, over one connection where the PCE keeps it open.
pub struct Client {
    agent: Agent,
    line: Arc<KeptLine>,
    base: String,
    org: String,
    authorization: String,
    /// What no message may show, whoever echoes it.
    secrets: Secrets,
    deadline: Instant,
    clock: Clock,
    /// Whether only failing answers have told the time so far.
    clock_is_a_proxys: bool,
    /// How often a GET is tried.
    tries: u32,
    /// How many requests were made, those that failed too.
    requests: u32,
    certificate: Arc<OnceLock<Certificate>>,
}

/// A status that more patience may mend.
fn transient(status: u16) -> bool {
    status == 429 || (500..=599).contains(&status)
}

impl Client {
    /// A client that gives up at `deadline`. Nothing is connected yet. `book` is what
    /// earlier runs knew of names; what this one learns goes there.
    ///
    /// # Errors
    /// [`Error::Tls`] for an unusable CA file or proxy.
    pub fn new(
        settings: &Settings,
        clock: Clock,
        deadline: Instant,
        book: &AddressBook,
    ) -> Result<Self, Error> {
        let certificate = Arc::default();
        let agent = connect::agent(settings, Arc::clone(&certificate), book).map_err(Error::Tls)?;
        let client = Self::with_agent(settings, agent, clock, deadline);
        Ok(Self { certificate, ..client })
    }

    /// One that tries everything once, and puts down in `shown` which certificate
    /// the PCE shows.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn looking(
        settings: &Settings,
        clock: Clock,
        deadline: Instant,
        shown: &Arc<Shown>,
        book: &AddressBook,
    ) -> Result<Self, Error> {
        let agent = connect::looking_agent(settings, shown, book).map_err(Error::Tls)?;
        let client = Self::with_agent(settings, agent, clock, deadline);
        Ok(Self { tries: 1, ..client })
    }

    fn with_agent(
        settings: &Settings,
        (agent, line): (Agent, Arc<KeptLine>),
        clock: Clock,
        deadline: Instant,
    ) -> Self {
        let pair = format!("{}:{}", settings.key, settings.secret.reveal());
        Self {
            agent,
            line,
            certificate: Arc::default(),
            base: format!("{}/api/v2", settings.url),
            org: settings.org_id.clone(),
            authorization: format!("Basic {}", STANDARD.encode(&pair)),
            secrets: settings.secrets(),
            deadline,
            clock,
            clock_is_a_proxys: false,
            tries: TRIES,
            requests: 0,
        }
    }

    /// How many requests were made so far, every try of each.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// The clock: the PCE's from the first answer on.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The PCE's certificate; `None` without TLS, and as long as no
    /// connection came about.
    pub fn certificate(&self) -> Option<Certificate> {
        self.certificate.get().cloned()
    }

    /// The path of something that belongs to the org.
    pub fn in_org(&self, rest: &str) -> String {
        format!("/orgs/{}{rest}", self.org)
    }

    /// GETs `path` (below `/api/v2`, query included), tried three times.
    ///
    /// # Errors
    /// The last try's, also where the cycle's time leaves no room for another; a
    /// 401, 403, 404, 406 at once.
    pub fn get(&mut self, path: &str) -> Result<Response<Body>, Error> {
        self.get_with(path, None)
    }

    /// The same of a collection that the PCE is asked to put together as a job of its
    /// own: `202` with the job's place, if it does [REST 25.2, "Asynchronous GET"].
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn get_as_job(&mut self, path: &str) -> Result<Response<Body>, Error> {
        self.get_with(path, Some("respond-async"))
    }

    fn get_with(&mut self, path: &str, prefer: Option<&str>) -> Result<Response<Body>, Error> {
        let (mut backoff, mut tries) = (BACKOFF, 1);
        loop {
            let (wait, failed) = match self.try_get(path, prefer) {
                Ok(response) if transient(response.status().as_u16()) => {
                    let wait = retry_after(&response).unwrap_or(patience(&response, backoff));
                    (wait, self.checked(path, response))
                }
                Ok(response) => return self.checked(path, response),
                Err(error @ Error::Unreachable { .. }) => (backoff, Err(error)),
                Err(error) => return Err(error),
            };
            if tries >= self.tries || self.wait(wait).is_err() {
                return failed;
            }
            (backoff, tries) = (backoff * 2, tries + 1);
        }
    }

    /// GETs what has no contents that matter: that it is answered is what counts. A
    /// log-in page is no answer.
    ///
    /// # Errors
    /// As [`Client::get`]; [`Error::LogInPage`].
    pub fn get_nothing(&mut self, path: &str) -> Result<(), Error> {
        let mut response = self.get(path)?;
        let text = beginning(&mut response);
        match self.log_in_page(path, &String::from_utf8_lossy(&text)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// GETs a JSON document; one that breaks off is asked for again.
    ///
    /// # Errors
    /// As [`Client::get`]; [`Error::Odd`] for what is not such a document.
    pub fn get_json<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Error> {
        let mut tries = 1;
        loop {
            let response = self.get(path)?;
            let answer = self.read_json(path, response);
            if !matches!(answer, Err(Error::Broken { .. })) || !self.may_try_again(&mut tries) {
                return answer;
            }
        }
    }

    /// Whether an answer that broke off may be asked for once more; waits before it.
    pub fn may_try_again(&self, tries: &mut u32) -> bool {
        let wait = BACKOFF * *tries;
        *tries += 1;
        *tries <= self.tries && self.wait(wait).is_ok()
    }

    /// POSTs a JSON document and reads the answer, tried again only after a 429 and
    /// where a kept connection was closed before an answer: after anything else the PCE
    /// may have done what it was asked for.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn post_json<T: DeserializeOwned>(&mut self, path: &str, body: &[u8]) -> Result<T, Error> {
        for tries_left in (0..TRIES).rev() {
            self.in_time()?;
            let answer = self.on_an_open_line(|client| {
                let request = client.agent.post(format!("{}{path}", client.base));
                client.signed(request).header("Content-Type", "application/json").send(body)
            });
            let response = answer.map_err(|error| self.unreachable(path, error))?;
            self.learn_time(&response);
            let again = response.status().as_u16() == 429 && tries_left > 0;
            if again && self.wait(retry_after(&response).unwrap_or(RATE_LIMIT_WAIT)).is_ok() {
                continue;
            }
            return self.read_json(path, self.checked(path, response)?);
        }
        Err(Error::Deadline)
    }

    /// DELETEs, once; that it failed is of no consequence.
    pub fn delete(&mut self, path: &str) {
        if self.in_time().is_ok() {
            self.requests += 1;
            let _ = self.signed(self.agent.delete(format!("{}{path}", self.base))).call();
        }
    }

    /// Sleeps, unless the deadline comes first.
    ///
    /// # Errors
    /// [`Error::Deadline`], without sleeping.
    pub fn wait(&self, time: Duration) -> Result<(), Error> {
        if Instant::now() + time >= self.deadline {
            return Err(Error::Deadline);
        }
        std::thread::sleep(time);
        Ok(())
    }

    /// # Errors
    /// [`Error::Deadline`] once the cycle's time is over.
    pub fn in_time(&self) -> Result<(), Error> {
        if Instant::now() >= self.deadline { Err(Error::Deadline) } else { Ok(()) }
    }

    /// The bound of a request as a whole, its body included: an answer that trickles
    /// would keep each single read within its timeout and never end.
    fn time_left(&self) -> Option<Duration> {
        Some(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// With the whole URL: which host was meant is the first question then.
    fn unreachable(&self, path: &str, error: ureq::Error) -> Error {
        let problem = match error {
            ureq::Error::HostNotFound => Problem::NoSuchHost,
            ureq::Error::Timeout(_) => Problem::Timeout,
            ureq::Error::Io(error) => match (ProxyProblem::inside(&error), tls::problem(&error)) {
                (Some(problem), _) => Problem::Proxy(problem.without(&self.secrets)),
                (_, Some(problem)) => Problem::Tls(problem.without(&self.secrets)),
                _ if error.kind() == std::io::ErrorKind::TimedOut => Problem::Timeout,
                _ => Problem::Network(self.clean(&error.to_string())),
            },
            error => Problem::Network(self.clean(&error.to_string())),
        };
        Error::Unreachable { path: format!("{}{}", self.base, self.shown_path(path)), problem }
    }

    fn try_get(&mut self, path: &str, prefer: Option<&str>) -> Result<Response<Body>, Error> {
        self.in_time()?;
        let send = |client: &Self| {
            let request = client.signed(client.agent.get(format!("{}{path}", client.base)));
            match prefer {
                Some(prefer) => request.header("Prefer", prefer).call(),
                None => request.call(),
            }
        };
        let answer = match self.tries {
            1 => self.on_an_open_line(send),
            // It is tried again in any case.
            _ => self.counted(send),
        };
        let response = answer.map_err(|error| self.unreachable(path, error))?;
        self.learn_time(&response);
        Ok(response)
    }

    /// A request with what each one has.
    fn signed<Any>(&self, request: RequestBuilder<Any>) -> RequestBuilder<Any> {
        let request = request.config().timeout_global(self.time_left()).build();
        // Without the second a download comes as CSV [seen on 25.2.40].
        request.header("Authorization", &self.authorization).header("Accept", "application/json")
    }

    /// Sends a request, and once more where the connection was kept from an earlier one
    /// and turns out to be closed: balancers close what is idle, and the request that
    /// meets it was never read. Not where the other side is only silent: then it may
    /// be at work.
    fn on_an_open_line(
        &mut self,
        send: impl Fn(&Self) -> Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, ureq::Error> {
        match self.counted(&send) {
            Err(ureq::Error::Io(error))
                if was_closed(&error) && self.line.was_kept_and_is_silent() =>
            {
                self.counted(&send)
            }
            answer => answer,
        }
    }

    fn counted<T>(&mut self, send: impl Fn(&Self) -> T) -> T {
        self.requests += 1;
        send(self)
    }

    /// The first answer tells the time. A 5xx may be a proxy's, and its clock wrong:
    /// what it tells holds until another answer comes.
    fn learn_time(&mut self, response: &Response<Body>) {
        if (!self.clock.is_from_pce() || self.clock_is_a_proxys)
            && let Some(date) = response.headers().get("date").and_then(|date| date.to_str().ok())
        {
            self.clock.learn(date);
            self.clock_is_a_proxys = response.status().is_server_error();
        }
    }

    fn checked(&self, path: &str, mut response: Response<Body>) -> Result<Response<Body>, Error> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if let Some(error) = self.redirect(path, &response) {
            return Err(error);
        }
        let text = beginning(&mut response);
        let said = explanation(&text, |text| self.clean(text));
        let path = self.shown_path(path);
        Err(match status.as_u16() {
            401 => Error::Credentials { path, said },
            status => Error::Status { path, status, said },
        })
    }

    /// What a redirect says; none where it is no redirect, or leads nowhere.
    fn redirect(&self, path: &str, response: &Response<Body>) -> Option<Error> {
        let status = response.status();
        let location = response.headers().get("location")?;
        let location = self.clean(&String::from_utf8_lossy(location.as_bytes()));
        status.is_redirection().then(|| Error::Redirect {
            path: self.shown_path(path),
            status: status.as_u16(),
            to: page::host_of(&location).unwrap_or_else(|| {
                let own = page::host_of(&self.base).unwrap_or_default();
                let place = location.split(['?', '#']).next().unwrap_or_default();
                format!("{own}/{}", one_line(place.trim_start_matches('/'), MOST_PLACE))
            }),
        })
    }

    /// What a log-in page in the API's place says; none where it is none.
    fn log_in_page(&self, path: &str, text: &str) -> Option<Error> {
        page::is_log_in(text).then(|| Error::LogInPage {
            path: self.shown_path(path),
            begins: opening(&self.clean(text)),
            to: page::leads_to(&self.clean(text)),
        })
    }

    /// What it means that an answer is none of the API's.
    fn odd(&self, path: &str, text: &str) -> Error {
        self.log_in_page(path, text).unwrap_or_else(|| Error::Odd {
            path: self.shown_path(path),
            problem: opening(&self.clean(text)),
        })
    }

    /// A body to its end, however long. One that is packed without saying so is
    /// unpacked: downloads come as gzip, too [seen on 25.2.40].
    ///
    /// # Errors
    /// [`Error::Broken`] where not even its beginning can be read.
    pub fn long_body<'r>(
        &self,
        path: &str,
        response: &'r mut Response<Body>,
    ) -> Result<Box<dyn Read + 'r>, Error> {
        let mut reader = response.body_mut().with_config().limit(u64::MAX).reader();
        let mut magic = Vec::with_capacity(GZIP.len());
        let begun = (&mut reader).take(GZIP.len() as u64).read_to_end(&mut magic);
        begun.map_err(|error| self.broke_off(self.shown_path(path), &error))?;
        let packed = magic == GZIP;
        let whole = io::Cursor::new(magic).chain(reader);
        Ok(if packed { Box::new(GzDecoder::new(whole)) } else { Box::new(whole) })
    }

    /// What a stream's end means for the request behind it.
    pub fn broken(&self, path: &str, error: StreamError) -> Error {
        match error {
            StreamError::Read(error) => self.broke_off(self.shown_path(path), &error),
            StreamError::Truncated => {
                Error::Broken { path: self.shown_path(path), problem: Break::TooEarly }
            }
            StreamError::NotAnArray(first) => self.odd(path, &first),
        }
    }

    fn read_json<T: DeserializeOwned>(
        &self,
        path: &str,
        mut response: Response<Body>,
    ) -> Result<T, Error> {
        let mut text = Vec::new();
        let mut reader = response.body_mut().with_config().limit(ANSWER_BYTES).reader();
        let read = reader.read_to_end(&mut text);
        read.map_err(|error| self.broke_off(self.shown_path(path), &error))?;
        let document = serde_json::from_slice(&text);
        let mend = || serde_json::from_str(&mended(&String::from_utf8_lossy(&text))).ok();
        document.or_else(|error| mend().ok_or(error)).map_err(|error| {
            if error.is_eof() && !text.is_empty() {
                let (path, problem) = (self.shown_path(path), Break::TooEarly);
                return Error::Broken { path, problem };
            }
            self.odd(path, &String::from_utf8_lossy(&text))
        })
    }

    /// A body that could not be read on; the cycle's end is nobody's fault.
    fn broke_off(&self, path: String, error: &io::Error) -> Error {
        match self.in_time() {
            Err(deadline) => deadline,
            Ok(()) => {
                Error::Broken { path, problem: Break::Network(self.clean(&error.to_string())) }
            }
        }
    }

    /// What a server said, fit for a message: some proxies' pages show the request's
    /// headers. Comes before any cut, which would leave half a secret unknown.
    pub fn clean(&self, text: &str) -> String {
        self.secrets.hide(text)
    }

    /// The path for a message; one that the PCE gave may hold anything.
    fn shown_path(&self, path: &str) -> String {
        self.clean(path.split('?').next().unwrap_or_default())
    }
}

/// How long the server wants us to stay away: seconds, or a date by its own clock.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let value = header("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    let until = parser.parse_timestamp(value).ok()?;
    let now = parser.parse_timestamp(header("date")?).ok()?;
    Duration::try_from(until.duration_since(now)).ok()
}

/// The beginning of an answer's body; what can't be read of it is not worth an error.
fn beginning(response: &mut Response<Body>) -> Vec<u8> {
    let mut text = Vec::new();
    let reader = response.body_mut().as_reader();
    let _ = reader.take(ERROR_BYTES).read_to_end(&mut text);
    text
}

fn patience(response: &Response<Body>, backoff: Duration) -> Duration {
    if response.status().as_u16() == 429 { RATE_LIMIT_WAIT } else { backoff }
}

/// The other side has hung up.
fn was_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
    )
}

/// What the PCE's error array says, or how another body begins, once
/// `hide` has taken out what must not be seen.
fn explanation(text: &[u8], hide: impl Fn(&str) -> String) -> String {
    #[derive(serde::Deserialize)]
    struct Said {
        #[serde(default)]
        token: String,
        #[serde(default)]
        message: String,
    }
    let said =
        serde_json::from_slice::<Vec<Said>>(text).ok().and_then(|list| list.into_iter().next());
    match said {
        Some(said) => opening(&hide(&format!("{}: {}", said.token, said.message))),
        None => opening(&hide(&String::from_utf8_lossy(text))),
    }
}

/// The beginning of a text, fit for a message.
fn opening(text: &str) -> String {
    let printable: String =
        text.chars().take(400).map(|c| if c.is_control() { ' ' } else { c }).collect();
    printable.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_errors_explanation_is_the_pces_or_the_bodys_beginning() {
        let said = explanation(
            br#"[{"token":"invalid_timestamp","message":"Timestamp\nis naive"}]"#,
            str::to_owned,
        );
        assert_eq!(said, "invalid_timestamp: Timestamp is naive");
        assert_eq!(explanation(b"<html>\n  <b>Proxy</b>", str::to_owned), "<html> <b>Proxy</b>");
        assert!(explanation("x".repeat(5_000).as_bytes(), str::to_owned).len() <= 200);
    }
}
