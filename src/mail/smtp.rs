//! One conversation with the mail server: greeting, TLS, AUTH, then mails.
//!
//! Blocking, over `wire`; [`reply`] reads what the server says. Every step is
//! bounded by the settings' timeout and the whole by the caller's deadline. What
//! a server says is data from a stranger: bounded, and cleaned before it is shown.

pub mod envelope;
pub mod error;
mod objection;
pub mod reply;
mod wire;
pub mod words;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::ClientConfig;
use serde::{Deserialize, Serialize};
use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN, EXT_8BIT_MIME, EXT_AUTH, EXT_SIZE};
use smtp_proto::{EXT_SMTP_UTF8, EXT_START_TLS};

use super::{Settings, Smtp, Tls};
use crate::net::AddressBook;
use crate::net::secret::Secrets;
use crate::net::tls::{self, Shown, Trust};
pub use error::{Cause, SmtpError, Step};
pub use objection::Objection;
use reply::{Capabilities, Reply};
use wire::Wire;

/// What became of one mail.
#[derive(Debug, Default)]
pub struct Delivery {
    /// For whom the server took the mail: it answered the end of DATA with 250.
    pub accepted: Vec<String>,
    /// Whom it refused at RCPT. If it refused everyone, nothing was sent.
    pub refused: Vec<Refused>,
    /// What the user should know of how it went.
    pub notes: Vec<Note>,
}

/// A recipient whom the server would not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Host and port.
    pub server: String,
    /// The address as it was given.
    pub recipient: String,
    /// True for 5xx: trying again is no use.
    pub permanent: bool,
    /// What the server objects to.
    pub objection: Objection,
    /// What the server said.
    pub reply: Reply,
}

impl Refused {
    /// True where this recipient will never be served, whatever is done elsewhere.
    pub fn for_good(&self) -> bool {
        self.permanent && self.objection == Objection::Recipient
    }
}

/// Something that went otherwise than the settings wish, and yet went.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// STARTTLS was offered and failed (`opportunistic`); the mail went in the clear.
    SentInTheClear {
        /// Host and port.
        server: String,
        /// What failed.
        cause: Cause,
    },
}

/// Opens a session, sends one mail to all of `to`, and leaves.
///
/// `message` is a whole mail in any line ends; it goes out in CRLF and
/// dot-stuffed. Returns as soon as `deadline` has passed, whatever the server does.
/// `book` is what earlier runs knew of names; what this one learns goes there.
pub fn deliver(
    settings: &Settings,
    to: &[String],
    message: &[u8],
    deadline: Instant,
    book: &AddressBook,
) -> Result<Delivery, SmtpError> {
    let mut session = Session::open(&settings.smtp, deadline, book)?;
    let delivery = session.send(sender(settings), to, message);
    session.quit();
    delivery
}

/// The envelope's sender: `envelope_sender`, else the address in `sender`.
pub fn sender(settings: &Settings) -> &str {
    match &settings.envelope_sender {
        Some(sender) => sender.trim(),
        None => envelope::mailbox(&settings.sender).1,
    }
}

/// A server that has greeted us, is secured as the settings ask, and knows us.
pub struct Session {
    wire: Wire,
    offers: Capabilities,
    notes: Vec<Note>,
    banner: String,
    timeout: Duration,
    /// How the server is called in errors.
    server: String,
    /// Where it is.
    address: SocketAddr,
    /// What no message may show, at whatever step the server throws it back.
    secrets: Secrets,
}

/// How many timeouts the answer to the message may take: a server that filters
/// before it accepts is slow here, and giving up on it too early means sending
/// the same mail again and again. RFC 5321, 4.5.3.2.6 asks for even more.
const PATIENCE_AT_END: u32 = 4;

impl Session {
    /// Connects to the first address of the host that answers, secures the line
    /// and logs in. `book` is what earlier runs knew of names; what this one learns goes
    /// there.
    pub fn open(smtp: &Smtp, deadline: Instant, book: &AddressBook) -> Result<Self, SmtpError> {
        let patience = wire::within(smtp.timeout, deadline);
        let verified = trust(smtp).verify;
        let found = book
            .look_up(&smtp.host, smtp.port, patience, verified)
            .map_err(|error| SmtpError::new(&named(smtp), Step::Resolve, unresolved(error)))?;
        let session = Self::open_any(smtp, &found.addresses, deadline)?;
        if verified {
            book.served(&smtp.host, session.address);
        }
        Ok(session)
    }

    /// The same, with the host's addresses at hand.
    pub fn open_any(
        smtp: &Smtp,
        addresses: &[SocketAddr],
        deadline: Instant,
    ) -> Result<Self, SmtpError> {
        let tls = tls::client_config(&trust(smtp));
        Self::open_with(smtp, addresses, tls, deadline)
    }

    /// The same, and the certificate that the server shows is put down in `shown`.
    pub fn open_looking(
        smtp: &Smtp,
        addresses: &[SocketAddr],
        shown: &Arc<Shown>,
        deadline: Instant,
    ) -> Result<Self, SmtpError> {
        let tls = tls::looking_client_config(&trust(smtp), shown);
        Self::open_with(smtp, addresses, tls, deadline)
    }

    fn open_with(
        smtp: &Smtp,
        addresses: &[SocketAddr],
        tls: Result<Arc<ClientConfig>, tls::TlsError>,
        deadline: Instant,
    ) -> Result<Self, SmtpError> {
        let server = named(smtp);
        let tls = tls.map_err(|error| SmtpError::new(&server, Step::Tls, Cause::Setup(error)))?;
        let mut last = SmtpError::new(&server, Step::Resolve, Cause::NoAddress);
        for address in addresses {
            match Self::open_at(*address, smtp, &server, &tls, deadline) {
                Ok(session) => return Ok(session),
                Err(error) if error.permanent() => return Err(error),
                Err(error) => last = error,
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        Err(last)
    }

    /// The same, with one address.
    fn open_at(
        address: SocketAddr,
        smtp: &Smtp,
        server: &str,
        tls: &Arc<ClientConfig>,
        deadline: Instant,
    ) -> Result<Self, SmtpError> {
        let connect = || {
            Wire::connect(address, smtp.timeout, deadline)
                .map_err(|cause| SmtpError::new(server, Step::Connect, cause))
        };
        let mut session = Self {
            wire: connect()?,
            offers: Capabilities::default(),
            notes: Vec::new(),
            banner: String::new(),
            timeout: smtp.timeout,
            server: server.to_owned(),
            address,
            secrets: smtp.secrets(),
        };
        if smtp.tls == Tls::Implicit {
            session.handshake(tls, &smtp.host)?;
        }
        session.greet()?;
        match smtp.tls {
            Tls::None | Tls::Implicit => {}
            Tls::Starttls => session.starttls(tls, &smtp.host)?,
            Tls::Opportunistic if !session.offers.has(EXT_START_TLS) => {}
            Tls::Opportunistic => {
                if let Err(error) = session.starttls(tls, &smtp.host) {
                    session.notes.push(Note::SentInTheClear {
                        server: server.to_owned(),
                        cause: error.cause,
                    });
                    session.wire = connect()?;
                    session.greet()?;
                }
            }
        }
        session.log_in(smtp)?;
        Ok(session)
    }

    /// Sends one mail. After an error with `alive` false the session is of no more use.
    pub fn send(
        &mut self,
        from: &str,
        to: &[String],
        message: &[u8],
    ) -> Result<Delivery, SmtpError> {
        let message = envelope::stuffed(message);
        self.command(Step::Mail, &self.mail_command(from, to, &message)?)?;
        let mut delivery = Delivery::default();
        for recipient in to {
            match self.recipient(recipient)? {
                None => delivery.accepted.push(recipient.clone()),
                Some(refused) => delivery.refused.push(refused),
            }
        }
        if delivery.accepted.is_empty() {
            self.reset()?;
        } else {
            self.data(&message)?;
        }
        delivery.notes = std::mem::take(&mut self.notes);
        Ok(delivery)
    }

    /// Asks whether the server would take a mail from `from` to each of `to`, and
    /// takes it back: whom it would refuse, in the order of `to`. Nothing is sent.
    pub fn try_envelope(
        &mut self,
        from: &str,
        to: &[String],
    ) -> Result<Vec<(String, Option<Refused>)>, SmtpError> {
        self.command(Step::Mail, &self.mail_command(from, to, b"")?)?;
        let mut answers = Vec::new();
        for recipient in to {
            answers.push((recipient.clone(), self.recipient(recipient)?));
        }
        self.reset()?;
        Ok(answers)
    }

    /// What the server called itself in its greeting; cleaned for a person's eyes.
    pub fn banner(&self) -> &str {
        &self.banner
    }

    /// What went otherwise than the settings wish.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Ends a transaction that came to nothing, so that the next mail can start.
    pub fn reset(&mut self) -> Result<(), SmtpError> {
        self.command(Step::Reset, "RSET").map(drop)
    }

    /// Says goodbye and doesn't wait for the answer: nothing depends on it.
    pub fn quit(mut self) {
        // A mail that was accepted stays accepted, whatever happens here.
        let _ = self.wire.send(b"QUIT\r\n");
        self.wire.close();
    }

    /// The greeting, then EHLO, or HELO where the server doesn't know EHLO.
    fn greet(&mut self) -> Result<(), SmtpError> {
        let greeting = self.reply(Step::Greeting)?;
        if greeting.code != 220 {
            return Err(self.refusal(Step::Greeting, greeting));
        }
        self.banner = envelope::shown(&greeting.text);
        self.hello()
    }

    fn hello(&mut self) -> Result<(), SmtpError> {
        let name = self.wire.own_name();
        let reply = self.ask(Step::Hello, &format!("EHLO {name}"))?;
        if reply.code == 250 {
            self.offers = Capabilities::from_reply(&reply);
            return Ok(());
        }
        self.offers = Capabilities::default();
        if !reply.is_permanent() {
            return Err(self.refusal(Step::Hello, reply));
        }
        self.command(Step::Hello, &format!("HELO {name}")).map(drop)
    }

    /// STARTTLS and a new EHLO; what was offered in the clear is forgotten.
    fn starttls(&mut self, tls: &Arc<ClientConfig>, host: &str) -> Result<(), SmtpError> {
        if !self.offers.has(EXT_START_TLS) {
            return Err(self.error(Step::Tls, Cause::NoStarttls));
        }
        let reply = self.ask(Step::Tls, "STARTTLS")?;
        if reply.code != 220 {
            return Err(self.refusal(Step::Tls, reply));
        }
        self.handshake(tls, host)?;
        self.hello()
    }

    fn handshake(&mut self, tls: &Arc<ClientConfig>, host: &str) -> Result<(), SmtpError> {
        self.wire.encrypt(Arc::clone(tls), host).map_err(|cause| self.error(Step::Tls, cause))
    }

    /// AUTH, where there is a login: over verified TLS or to loopback, else not at all.
    fn log_in(&mut self, smtp: &Smtp) -> Result<(), SmtpError> {
        let Some((user, password)) = &smtp.login else {
            return Ok(());
        };
        let verified = matches!(smtp.tls, Tls::Starttls | Tls::Implicit) && self.wire.is_tls();
        if !verified && !self.wire.is_loopback() {
            return Err(self.error(Step::Auth, Cause::LoginInTheClear));
        }
        if !self.offers.has(EXT_AUTH) {
            return Err(self.error(Step::Auth, Cause::NoAuth));
        }
        let password = password.reveal();
        let lines = if self.offers.knows(AUTH_PLAIN) {
            let login = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
            vec![format!("AUTH PLAIN {login}")]
        } else if self.offers.knows(AUTH_LOGIN) {
            let encode = |text: &str| BASE64_STANDARD.encode(text);
            vec!["AUTH LOGIN".to_owned(), encode(user), encode(password)]
        } else {
            return Err(self.error(Step::Auth, Cause::NoAuth));
        };
        self.converse(&lines)
    }

    /// One line after the other: 334 asks for the next, 235 ends it well.
    fn converse(&mut self, lines: &[String]) -> Result<(), SmtpError> {
        for (index, line) in lines.iter().enumerate() {
            let last = index + 1 == lines.len();
            let reply = self.ask(Step::Auth, line)?;
            match reply.code {
                235 => return Ok(()),
                334 if !last => {}
                _ => return Err(self.refusal(Step::Auth, reply)),
            }
        }
        Ok(())
    }

    /// `MAIL FROM` with the parameters that this mail needs.
    fn mail_command(&self, from: &str, to: &[String], message: &[u8]) -> Result<String, SmtpError> {
        if !from.is_empty() && !envelope::is_address(from) {
            return Err(self.error(Step::Mail, Cause::Address(envelope::shown(from))));
        }
        let mut command = format!("MAIL FROM:<{from}>");
        if self.offers.has(EXT_SIZE) {
            command += &format!(" SIZE={}", message.len());
        }
        if !message.is_ascii() && self.offers.has(EXT_8BIT_MIME) {
            command += " BODY=8BITMIME";
        }
        if !from.is_ascii() || to.iter().any(|to| !to.is_ascii()) {
            if !self.offers.has(EXT_SMTP_UTF8) {
                return Err(self.error(Step::Mail, Cause::NoUtf8));
            }
            command += " SMTPUTF8";
        }
        Ok(command)
    }

    /// RCPT for one; what the server said if it refused him.
    fn recipient(&mut self, recipient: &str) -> Result<Option<Refused>, SmtpError> {
        let server = self.server.clone();
        let refused = |permanent, reply| {
            Some(Refused {
                server,
                recipient: recipient.to_owned(),
                permanent,
                objection: Objection::of(&reply),
                reply,
            })
        };
        if !envelope::is_address(recipient) {
            return Ok(refused(true, Reply::ours(553, "5.1.3 no address")));
        }
        let reply = self.ask(Step::Recipient, &format!("RCPT TO:<{recipient}>"))?;
        match reply.code {
            421 => Err(self.refusal(Step::Recipient, reply)),
            200..=299 => Ok(None),
            _ => Ok(refused(reply.is_permanent(), reply)),
        }
    }

    /// DATA, the message and its end. Once the last dot is on its way and no
    /// answer comes, nobody knows whether the server has the mail.
    fn data(&mut self, message: &[u8]) -> Result<(), SmtpError> {
        let reply = self.ask(Step::Data, "DATA")?;
        if reply.code != 354 {
            return Err(self.refusal(Step::Data, reply));
        }
        self.wire.send(message).map_err(|cause| self.error(Step::Content, cause))?;
        let in_doubt = |mut error: SmtpError| {
            error.in_doubt = true;
            error
        };
        self.wire.forget_unasked();
        self.wire.send(b".\r\n").map_err(|cause| in_doubt(self.error(Step::End, cause)))?;
        self.wire.set_timeout(self.timeout.saturating_mul(PATIENCE_AT_END));
        let reply = self.reply(Step::End).map_err(in_doubt)?;
        self.wire.set_timeout(self.timeout);
        match reply.code {
            200..=299 => Ok(()),
            _ => Err(self.refusal(Step::End, reply)),
        }
    }

    /// A command that must be answered with 2xx.
    fn command(&mut self, step: Step, line: &str) -> Result<Reply, SmtpError> {
        let reply = self.ask(step, line)?;
        match reply.code {
            200..=299 => Ok(reply),
            _ => Err(self.refusal(step, reply)),
        }
    }

    fn ask(&mut self, step: Step, line: &str) -> Result<Reply, SmtpError> {
        self.wire.forget_unasked();
        self.wire
            .send(format!("{line}\r\n").as_bytes())
            .map_err(|cause| self.error(step, cause))?;
        self.reply(step)
    }

    fn reply(&mut self, step: Step) -> Result<Reply, SmtpError> {
        match self.wire.reply() {
            Ok(reply) => Ok(reply.without(&self.secrets)),
            Err(cause) => Err(self.error(step, cause)),
        }
    }

    fn refusal(&self, step: Step, reply: Reply) -> SmtpError {
        self.error(step, Cause::Reply(reply))
    }

    fn error(&self, step: Step, cause: Cause) -> SmtpError {
        let cause = match cause {
            Cause::Tls(problem) => Cause::Tls(problem.without(&self.secrets)),
            other => other,
        };
        SmtpError::new(&self.server, step, cause)
    }
}

/// How the server is called in errors.
fn named(smtp: &Smtp) -> String {
    format!("{}:{}", smtp.host, smtp.port)
}

/// A name that could not be looked up; only how long it took is of further interest.
fn unresolved(error: io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::TimedOut => Cause::Timeout,
        _ => Cause::NoAddress,
    }
}

/// Verified where the mode says so; `opportunistic` takes any certificate.
fn trust(smtp: &Smtp) -> Trust {
    let verify = smtp.tls.is_verified();
    Trust { verify, ca_file: smtp.ca_file.clone().filter(|_| verify) }
}
