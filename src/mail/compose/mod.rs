//! What a mail says: a report becomes a subject, a text part and an HTML part.
//!
//! A straight line: `view` puts the report into words, each bounded and made
//! harmless; `text` and `html` lay the same words out; `fit` decides how much of
//! them the mail has room for. Knows reports and languages; no clock, no socket,
//! no MIME.

mod condition;
mod console;
mod daily;
mod detail;
mod expiry;
mod fit;
mod html;
mod item;
mod lists;
mod palette;
mod part;
mod rule_news;
mod services;
mod show;
mod subject;
mod text;
mod view;
mod view_alert;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::lang::Lang;
use crate::report::{Alert, Condition, ConditionNews, Report};
use crate::rules::Level;

/// The HTML part is at most so many bytes, whatever is reported.
pub const HTML_MAX: usize = 100_000;

/// The text part is at most so many bytes, whatever is reported.
pub const TEXT_MAX: usize = 48_000;

/// Both parts together are at most so many bytes when each is written in the
/// shorter of quoted-printable and base64. All three bounds hold with CRLF line ends.
pub const ENCODED_MAX: usize = 150_000;

/// So many conditions and alerts get a card; the others a line of the summary.
pub const CARDS: usize = 20;

/// The subject is at most so many characters.
pub const SUBJECT_MAX: usize = 150;

/// A line of [`Composed::lines`] is at most so many characters.
pub const LINE_MAX: usize = 200;

/// How the reader wants it.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The language.
    pub lang: Lang,
    /// The zone that times are shown in, with their offset.
    pub zone: &'a TimeZone,
    /// False: no raw records.
    pub raw_snapshot: bool,
    /// What is typed to call this program on this config, such as `illumio-monitor` or
    /// `illumio-monitor -c FILE`.
    pub command: &'a str,
}

/// A mail's content, not yet a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Without control characters; at most [`SUBJECT_MAX`] characters.
    pub subject: String,
    /// Plain text with LF line ends, at most [`TEXT_MAX`] bytes. Its lines are
    /// at most 78 columns wide, but for raw records, links and commands, which are not
    /// broken.
    pub text: String,
    /// A whole HTML document, at most [`HTML_MAX`] bytes, that loads nothing from
    /// outside and links to nothing but the PCE's console.
    pub html: String,
    /// For each condition, alert and notice one line with rule, count and
    /// times: what is never dropped. At most [`LINE_MAX`] characters each.
    pub lines: Vec<String>,
}

/// Puts `report` into words. The same report and look give the same mail.
pub fn compose(report: &Report, look: &Look) -> Composed {
    let view = match &report.daily {
        Some(daily) => daily::view(report, daily, look),
        None => view::view(report, look),
    };
    let (text, html) = fit::fit(&view);
    Composed { subject: view.subject, text, html, lines: view.lines }
}

/// `[Illumio Monitor] [Taipei] CRITICAL: …`, at most [`SUBJECT_MAX`] characters.
pub(super) fn subject_of(site: &str, level: Level, what: &str, lang: Lang) -> String {
    subject::subject(site, level, what, lang)
}

/// What a condition is called when it begins.
pub fn name_of(condition: Condition, since: Timestamp, lang: Lang) -> String {
    daily::holds(condition, since, lang)
}

/// A condition in words: what it is called, what it means and what to do, at `now`.
pub fn condition_in_words(news: &ConditionNews, lang: Lang, now: Timestamp) -> [String; 3] {
    [
        condition::title(lang, news),
        condition::meaning(lang, news, now),
        condition::advice(lang, news),
    ]
}

/// `Agent tampered (3): db-01`
pub fn alert_in_a_line(alert: &Alert, lang: Lang) -> String {
    subject::single(alert, lang)
}

/// `PCE still unreachable`: what there is to say of a condition, in a few words.
pub fn condition_name(lang: Lang, news: &ConditionNews) -> String {
    condition::title(lang, news)
}

/// `2 h 10 min`, as mails have it: between the minutes of two times.
pub fn duration(lang: Lang, from: Timestamp, until: Timestamp) -> String {
    show::duration(lang, from, until)
}
