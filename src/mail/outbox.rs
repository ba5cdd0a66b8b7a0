//! Mails that wait for delivery.
//!
//! A mail is put here in the same save that moves the positions, and leaves when
//! the server has answered the end of DATA with 250. It is kept as its text and
//! HTML, not as finished bytes: what is sent is made with the settings of the
//! day, and can say that it comes late. Its Message-ID stays.

mod bounds;
mod fate;
mod rescue;
mod sent;
mod unconfirmed;
mod whom;
pub mod words;

use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Settings;
use super::mime::{self, Attachment, Parts, Thread};
use super::smtp::{self, Delivery, Refused, Session, SmtpError};
use crate::lang::Lang;
use crate::mail::page::Page;
use crate::net::AddressBook;
use crate::report::Kind;
use crate::rules::Level;
pub use fate::Fate;
pub use sent::{Failure, Lost, Sent};
pub use unconfirmed::{Asked, Unconfirmed};
use words as say;

/// The most mails that wait; more are merged, those for the same people. There may be more
/// where they are for more kinds of people than this.
pub const MAILS: usize = 20;
/// The most bytes of text, HTML and attachments that wait; beyond it attachments go
/// first, then details.
pub const BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of HTML that a merged mail grows to.
const MERGED_BYTES: usize = 50_000;
/// How long a mail is tried.
const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A mail that leaves later than this says since when it waited.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// Mails that are made and not yet accepted by the server, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outbox {
    /// The waiting mails.
    pub mails: Vec<Waiting>,
    /// Mails that the server took twice and never confirmed.
    #[serde(skip_serializing_if = "Unconfirmed::is_empty")]
    pub unconfirmed: Unconfirmed,
    /// What came to nothing for good, for the next mail to tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Lost>,
    /// What became of mails since it was last asked; not kept.
    #[serde(skip)]
    pub fates: Vec<Fate>,
}

/// One mail that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Without `<>`; from [`mime::message_id`].
    pub message_id: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Any text.
    pub subject: String,
    /// The worst of what it tells.
    pub level: Level,
    /// What kind of mail.
    pub kind: Kind,
    /// Whose PCE.
    pub site: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Each alert, condition and notice in one line (rule, count, times): what
    /// stays of the mail when there is no room for more.
    pub lines: Vec<String>,
    /// Whom it was made for; empty: the recipients of the day's settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Recipients who have it, or were refused for good. The others of the day's
    /// settings are still to be served.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served: Vec<String>,
    /// True where the server may have it although it never said so: it is sent
    /// once more as it is, and never merged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_doubt: bool,
    /// True where that has happened a second time: a third copy is one too many.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
    /// How often it was sent again since, to learn whether the server confirms now.
    #[serde(default, skip_serializing_if = "Asked::is_nothing")]
    pub asked: Asked,
    /// True where it tells of nothing but mail. Whom such a one does not reach is
    /// not told: that mail would bring about the next, for ever.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub about_mail: bool,
    /// The mails it belongs to.
    #[serde(default, skip_serializing_if = "Thread::is_empty")]
    pub thread: Thread,
    /// What comes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// Why nothing comes with it any more; said in the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detached: Option<Detached>,
}

/// Why what was attached to a mail does not come with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detached {
    /// Too much mail waits.
    ByTheBound,
    /// The mail server takes no mail of that size.
    ByTheServer,
    /// The finished sentence that a state of before kept.
    #[serde(untagged)]
    Said(String),
}

/// For whom sentences and times are written.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The language of mails.
    pub lang: Lang,
    /// The zone that mails show times in.
    pub zone: TimeZone,
}

impl Outbox {
    /// Tries each mail in its order, over one session, until all are through,
    /// the line breaks, or `deadline` has passed. `book` is what earlier runs knew of
    /// names; what this one learns goes there.
    pub fn deliver(
        &mut self,
        settings: &Settings,
        reader: &Reader,
        now: Timestamp,
        deadline: Instant,
        book: &AddressBook,
    ) -> Sent {
        let mut sent = Sent::default();
        // Nobody may be left to be served where the recipients have changed since.
        let done = take_done(&mut self.mails, settings);
        self.fates.extend(done);
        let recall = self.unconfirmed.is_due(now);
        if (self.mails.is_empty() && !recall) || settings.recipients.is_empty() {
            return sent;
        }
        let session = match Session::open(&settings.smtp, deadline, book) {
            Ok(session) => session,
            Err(error) => {
                sent.fails(Failure::Failed(error));
                return sent;
            }
        };
        let (untold, fates, refused) = Default::default();
        let mut round =
            Round { session, settings, reader, now, alive: true, sent, untold, fates, refused };
        round.send_each(&mut self.mails);
        let (twice, waiting) =
            std::mem::take(&mut self.mails).into_iter().partition(|mail| mail.unconfirmed);
        self.mails = waiting;
        // Before those that only now are among them: their turn is the next run's.
        round.recall(&mut self.unconfirmed.mails);
        self.fates.append(&mut round.fates);
        self.fates.extend(self.unconfirmed.take_in(twice, reader, now));
        round.hand_over(&mut self.mails);
        self.untold.append(&mut round.untold);
        round.session.quit();
        round.sent
    }

    /// Adds a mail, and keeps within the bounds what they cover.
    pub fn push(&mut self, mail: Waiting, reader: &Reader) {
        self.mails.push(mail);
        self.merge(reader);
        self.shorten(reader);
    }

    /// What there is to tell of mail that came to nothing; told once.
    pub fn take_untold(&mut self) -> Vec<Lost> {
        std::mem::take(&mut self.untold)
    }

    /// What became of mails since this was last asked.
    pub fn take_fates(&mut self) -> Vec<Fate> {
        std::mem::take(&mut self.fates)
    }

    /// Gives up on mails older than 30 days: each becomes one line in the next.
    pub fn expire(&mut self, now: Timestamp) {
        let old = |mail: &Waiting| now.duration_since(mail.made_at) > LIFETIME;
        let all = self.mails.iter().chain(&self.unconfirmed.mails);
        for mail in all.filter(|mail| old(mail)) {
            let subject = mail.subject.clone();
            self.untold.push(Lost::GivenUp { subject, made_at: mail.made_at });
            self.fates.push(Fate::GivenUp(mail.message_id.clone()));
        }
        self.mails.retain(|mail| !old(mail));
        self.unconfirmed.mails.retain(|mail| !old(mail));
    }

    /// The mails that still wait for the server's word, as the failure that they are.
    pub fn doubt(&self) -> Option<Failure> {
        let mails = self.unconfirmed.mails.len();
        (mails > 0).then_some(Failure::Unconfirmed(mails))
    }

    /// How many mails wait, for the server or for its word.
    pub fn waiting(&self) -> usize {
        self.mails.len() + self.unconfirmed.mails.len()
    }
}

/// One attempt at several mails, over one session.
struct Round<'a> {
    session: Session,
    settings: &'a Settings,
    reader: &'a Reader,
    now: Timestamp,
    /// Whether the session is of any more use.
    alive: bool,
    sent: Sent,
    untold: Vec<Lost>,
    fates: Vec<Fate>,
    /// Mails made for certain people all of whom were refused for good, by their
    /// Message-IDs.
    refused: Vec<(String, Vec<Refused>)>,
}

impl Round<'_> {
    /// Sends mails in their order until the line breaks; those that are through leave.
    fn send_each(&mut self, mails: &mut Vec<Waiting>) {
        self.send_those(mails, |_| true);
    }

    fn send_those(&mut self, mails: &mut Vec<Waiting>, which: impl Fn(&Waiting) -> bool) {
        for mail in mails.iter_mut().filter(|mail| which(mail)) {
            if !self.alive {
                break;
            }
            self.send(mail);
        }
        self.fates.extend(take_done(mails, self.settings));
    }

    /// A server that takes mail for others and none for these people will not do so tomorrow:
    /// what was made for them goes to the recipients, at once, and that is told.
    fn hand_over(&mut self, mails: &mut Vec<Waiting>) {
        let refused = std::mem::take(&mut self.refused);
        if refused.is_empty() || !(self.sent.delivered > 0 || self.takes_mail_for_recipients()) {
            return;
        }
        let mut handed = Vec::new();
        for (id, refused) in refused {
            let Some(mail) = mails.iter_mut().find(|mail| mail.message_id == id) else {
                continue;
            };
            mail.to.clear();
            let subject = || mail.subject.clone();
            let lost = refused.into_iter();
            let lost = lost.map(|refused| Lost::HandedOver { subject: subject(), refused });
            self.untold.extend(lost);
            handed.push(id);
        }
        self.send_those(mails, |mail| handed.contains(&mail.message_id));
    }

    /// Where no other mail shows it: whether the server takes any at all. What is about to be
    /// told may be why there is no other.
    fn takes_mail_for_recipients(&mut self) -> bool {
        if !self.alive {
            return false;
        }
        let from = smtp::sender(self.settings);
        match self.session.try_envelope(from, &self.settings.recipients) {
            Ok(answers) => answers.iter().any(|(_, refused)| refused.is_none()),
            Err(error) => {
                self.alive = error.alive() && self.session.reset().is_ok();
                false
            }
        }
    }

    /// Sends what was never confirmed once more: all of it where the server confirmed
    /// another mail, else what is due, if the server answers a command properly.
    fn recall(&mut self, mails: &mut Vec<Waiting>) {
        let (now, confirms) = (self.now, self.sent.delivered > 0);
        let is_due = |mail: &Waiting| confirms || mail.asked.is_due(now);
        if !self.alive || !mails.iter().any(is_due) {
            return;
        }
        match self.session.reset() {
            Ok(()) => self.send_those(mails, is_due),
            Err(error) => {
                self.alive = false;
                self.sent.fails(Failure::Failed(error));
            }
        }
    }

    fn send(&mut self, mail: &mut Waiting) {
        if mail.unconfirmed {
            mail.asked.note(self.now);
        }
        let message = mail.message(self.settings, self.reader, self.now);
        let to = mail.pending(self.settings);
        let from = smtp::sender(self.settings);
        match self.session.send(from, &to, message.as_bytes()) {
            Ok(delivery) => {
                if mail.is_refused_by_all(&delivery) {
                    self.refused.push((mail.message_id.clone(), delivery.refused.clone()));
                }
                self.untold.extend(mail.settle(&delivery));
                self.sent.add(delivery.into());
            }
            Err(mut error) => {
                self.alive = error.alive() && self.session.reset().is_ok();
                if error.in_doubt && mail.in_doubt {
                    mail.unconfirmed = true;
                    error.in_doubt = false;
                }
                mail.in_doubt |= error.in_doubt;
                mail.detach_where_too_large(&error);
                self.sent.fails(Failure::Failed(error));
            }
        }
    }
}

impl Waiting {
    /// Whether it was made for certain people, and none of them will ever be served.
    fn is_refused_by_all(&self, delivery: &Delivery) -> bool {
        !self.to.is_empty()
            && self.served.is_empty()
            && delivery.accepted.is_empty()
            && delivery.refused.iter().all(Refused::for_good)
    }

    /// Notes who is served. One refused for good is, if another has been
    /// accepted, now or before: he is lost to this mail. If none was, everyone waits, and
    /// so does he who was refused for something that is not his.
    fn settle(&mut self, delivery: &Delivery) -> Vec<Lost> {
        self.served.extend(delivery.accepted.iter().cloned());
        self.in_doubt &= delivery.accepted.is_empty();
        if self.served.is_empty() {
            return Vec::new();
        }
        let dropped = delivery.refused.iter().filter(|refused| refused.for_good());
        self.served.extend(dropped.clone().map(|refused| refused.recipient.clone()));
        if self.about_mail {
            return Vec::new();
        }
        let lost = |refused: &Refused| Lost::Recipient {
            subject: self.subject.clone(),
            refused: refused.clone(),
        };
        dropped.map(lost).collect()
    }

    /// The message as it goes out now.
    fn message(&self, settings: &Settings, reader: &Reader, now: Timestamp) -> String {
        let late = now.duration_since(self.made_at) > LATE;
        let made_at = || reader.time(self.made_at);
        let note = if self.unconfirmed {
            Some(say::unconfirmed(reader.lang, made_at()))
        } else {
            late.then(|| say::late(reader.lang, made_at()))
        };
        let (mut text, mut html) = (self.text.clone(), self.html.clone());
        // The last one put there stands first.
        let detached = self.detached.as_ref().map(|why| why.text(reader.lang));
        for note in detached.into_iter().chain(note) {
            text = format!("{note}\n\n{text}");
            html = with_note(&html, &note);
        }
        mime::message(
            settings,
            &Parts {
                message_id: &self.message_id,
                to: &self.recipients(settings),
                made_at: self.made_at,
                subject: &self.subject,
                text: &text,
                html: &html,
                level: self.level,
                kind: self.kind,
                site: &self.site,
                thread: &self.thread,
                attachment: self.attachment.as_ref(),
            },
        )
    }

    /// A server that takes no mail of this size gets it without what is attached,
    /// from the next run on.
    fn detach_where_too_large(&mut self, error: &SmtpError) {
        if error.too_large() && self.attachment.take().is_some() {
            self.detached = Some(Detached::ByTheServer);
        }
    }

    /// True where nobody has it or may have it.
    fn is_untouched(&self) -> bool {
        !self.in_doubt && self.served.is_empty()
    }
}

impl Reader {
    /// Local time with its offset, to the minute.
    pub fn time(&self, at: Timestamp) -> String {
        self.written(at, "%Y-%m-%d %H:%M %:z")
    }

    /// The same to the second.
    pub fn second(&self, at: Timestamp) -> String {
        self.written(at, "%Y-%m-%d %H:%M:%S %:z")
    }

    fn written(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned(self.zone.clone()).strftime(format).to_string()
    }
}

/// Takes out the mails that everyone has; what became of them.
fn take_done(mails: &mut Vec<Waiting>, settings: &Settings) -> Vec<Fate> {
    let (done, left): (Vec<_>, Vec<_>) =
        std::mem::take(mails).into_iter().partition(|mail| mail.is_done(settings));
    *mails = left;
    done.into_iter().map(|mail| Fate::Delivered(mail.message_id)).collect()
}

/// The page with a paragraph at its beginning: after `<body …>`, else before all.
fn with_note(html: &str, note: &str) -> String {
    let body = html.find("<body").unwrap_or(0);
    let after = html
        .get(body..)
        .filter(|rest| rest.starts_with("<body"))
        .and_then(|rest| rest.find('>'))
        .map_or(0, |end| body + end + 1);
    let (head, rest) = html.split_at_checked(after).unwrap_or(("", html));
    let mut page = Page::default();
    let note = page.lit("<p><strong>").text(note).lit("</strong></p>").finish();
    format!("{head}{note}{rest}")
}
