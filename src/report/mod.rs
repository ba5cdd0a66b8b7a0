//! AGGREGATE: what an alert is made of, and what one mail is made of.
//!
//! Plain data between the rules that count and the mail that tells. Knows the
//! rules' words; knows nothing of files, sockets or HTML.

pub mod budget;
mod changes;
pub mod daily;
pub mod evidence;
pub mod group;
pub mod history;
pub mod pause;
mod receiver;
pub mod records;
pub mod snapshot;
pub mod standing;
pub mod tally;
pub mod things;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::daily::Daily;
use crate::lang::Both;
use crate::rules::groups::Value;
use crate::rules::{Level, Measure, Rule, RuleKey, Threshold};

pub use receiver::ReceiverKey;
pub use standing::{RuleNews, Stands};
pub use things::{About, Beside, Change, End, Object, Service, Source, Talker};

/// One rule that has something to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The rule's id.
    pub rule_id: i64,
    /// The rule's name; the user's text.
    pub rule_name: String,
    /// How bad.
    pub level: Level,
    /// What it means; the user's text, may be empty.
    pub desc: String,
    /// What to do; the user's text, may be empty.
    pub rec: String,
    /// What an attacker would be after; the user's text, may be empty.
    pub technique: String,
    /// What was asked for.
    pub threshold: Threshold,
    /// All that was asked for, to be told in a sentence; absent where it is told in short.
    pub rule: Option<Box<Rule>>,
    /// For a rule that counts some apart: each group that is due. What is told below is of
    /// the worst.
    pub groups: Option<AlertGroups>,
    /// How many matches it tells.
    pub count: u64,
    /// What of them is counted.
    pub measure: Measure,
    /// True where a bound was reached, so that `count` is a lower bound.
    pub at_least: bool,
    /// The first match, to the minute.
    pub first: Timestamp,
    /// The last match, to the minute.
    pub last: Timestamp,
    /// What of it was reported in one go, so that its time is not known.
    pub in_one_go: Option<InOneGo>,
    /// Counts of so many minutes were merged to save room, and it may be for that alone
    /// that the threshold is met.
    pub in_doubt: Option<u64>,
    /// How the count spreads over the minutes, oldest first: minutes since 1970 and counts.
    pub timeline: Vec<(i64, u64)>,
    /// What was matched.
    pub subject: Subject,
    /// The two earliest records, as received.
    pub snapshot: Vec<Record>,
}

impl Alert {
    /// How many matches all that it tells of come to.
    pub fn total(&self) -> u64 {
        let Some(groups) = &self.groups else { return self.count };
        let rows = groups.rows.iter().map(|row| row.count);
        rows.fold(groups.more.count, u64::saturating_add)
    }

    /// Lets go of what takes more than a line to tell.
    pub fn keep_in_short(&mut self) {
        (self.desc, self.rec) = (String::new(), String::new());
        self.rule = None;
        self.timeline = Vec::new();
        self.snapshot = Vec::new();
        for row in self.groups.iter_mut().flat_map(|groups| &mut groups.rows) {
            row.examples = Examples::Talkers(Vec::new());
        }
        self.subject = match self.subject {
            Subject::Events { .. } => Subject::Events {
                sources: Ranking::default(),
                objects: Ranking::default(),
                changes: Ranking::default(),
            },
            Subject::Traffic { .. } => Subject::Traffic {
                talkers: Ranking::default(),
                sources: Ranking::default(),
                destinations: Ranking::default(),
                services: Ranking::default(),
            },
        };
    }
}

/// The groups that are due in one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertGroups {
    /// The worst first; a few.
    pub rows: Vec<GroupRow>,
    /// What is due beyond these.
    pub more: group::Rest,
    /// So many groups were let go for want of room since the rule last alerted, those that
    /// counted least.
    pub gone: u64,
}

/// A group that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// What its matches have in common, in the order of the rule's `per`.
    pub values: Vec<Value>,
    /// How many matches, or different things.
    pub count: u64,
    /// True where the count is a lower bound.
    pub at_least: bool,
    /// The first match, to the minute.
    pub first: Timestamp,
    /// The last match, to the minute.
    pub last: Timestamp,
    /// What its matches looked like.
    pub examples: Examples,
}

/// A few of a group's matches, the most frequent first.
#[derive(Clone, Debug, PartialEq)]
pub enum Examples {
    /// Of events.
    Sources(Vec<Counted<Source>>),
    /// Of traffic.
    Talkers(Vec<Counted<Talker>>),
}

/// Matches of which nobody knows when they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InOneGo {
    /// How many.
    pub count: u64,
    /// They may have happened since then, to the minute …
    pub since: Timestamp,
    /// … and were reported by then.
    pub by: Timestamp,
}

/// What an alert's matches were.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Events: who did what to which objects.
    Events {
        /// The event types and their sources.
        sources: Ranking<Source>,
        /// Workloads and agents.
        objects: Ranking<Object>,
        /// What was changed.
        changes: Ranking<Change>,
    },
    /// Traffic: who talked to whom.
    Traffic {
        /// Top talkers, the busiest first: by connections, whatever the rule counts,
        /// since a talker is hardly more than one flow.
        talkers: Ranking<Talker>,
        /// The busiest sources, whomever they talk to.
        sources: Ranking<End>,
        /// The busiest destinations.
        destinations: Ranking<End>,
        /// The busiest services.
        services: Ranking<Service>,
    },
}

/// A thing and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted<T> {
    /// The thing.
    pub what: T,
    /// How often.
    pub count: u64,
}

/// The most frequent ones of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking<T> {
    /// The most frequent first.
    pub top: Vec<Counted<T>>,
    /// How many further ones are not in `top`.
    pub more: u64,
    /// True where some gave way to others: one that came again was counted from there
    /// on, so counts are lower bounds, and `more` is a guess.
    pub at_least: bool,
}

impl<T> Default for Ranking<T> {
    fn default() -> Self {
        Self { top: Vec::new(), more: 0, at_least: false }
    }
}

/// A record as the PCE sent it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its own time: an event's timestamp, a row's last_detected.
    pub at: Timestamp,
    /// How much of it was counted; a row's own `num_connections` is all that it has.
    pub counted: u64,
    /// The JSON text, every byte as received; cut where it was longer than the bound.
    pub raw: String,
    /// True where `raw` was cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// What was lost, skipped or begun afresh: told once, in finished sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened, in a few words without a full stop.
    pub title: String,
    /// What exactly: times, names, reasons.
    pub text: String,
    /// What to do.
    pub advice: String,
}

/// All that one mail tells. What the mail room renders.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What kind of mail, for `X-Illumio-Monitor-Kind`.
    pub kind: Kind,
    /// `settings.site_name`, or the PCE's host.
    pub site: String,
    /// The PCE's URL, without credentials.
    pub pce_url: String,
    /// The org.
    pub org_id: String,
    /// When it was made, on the cycle's clock.
    pub made_at: Timestamp,
    /// Conditions that began, last or ended; the worst first.
    pub conditions: Vec<ConditionNews>,
    /// Alerts; the worst first.
    pub alerts: Vec<Alert>,
    /// What was lost, skipped, cut or reset.
    pub notices: Vec<Notice>,
    /// Finished sentences on what this run did see, for the footer.
    pub footer: Vec<String>,
    /// The daily report; such a mail tells nothing else.
    pub daily: Option<Daily>,
}

/// What kind of mail a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// At least one alert.
    Alert,
    /// A condition or a notice, and no alert.
    Condition,
    /// The daily report.
    Daily,
    /// A test mail.
    Test,
}

/// What the monitor watches beside the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The PCE does not answer.
    Unreachable,
    /// The PCE refuses the key.
    Credentials,
    /// The PCE says that it is not normal.
    Health,
    /// Events could not be read completely.
    Events,
    /// Traffic could not be read completely.
    Traffic,
    /// The list of workloads could not be read completely.
    Workloads,
    /// The config file is unreadable or wrong.
    Configuration,
    /// Mail is not delivered.
    Delivery,
    /// The API key is about to expire, or has.
    KeyExpires,
    /// The PCE's TLS certificate is about to expire, or has.
    CertificateExpires,
    /// Records can't be archived.
    Archive,
    /// IP lists that rules name are not known.
    IpLists,
    /// A receiver of `forward` does not take what is handed on to it.
    #[serde(untagged)]
    Forward(ReceiverKey),
    /// What a rule asks for is so: for rules that tell how it is, not what happened.
    #[serde(untagged)]
    Rule(RuleKey),
}

impl Condition {
    /// The word for all of [`Self::OF_PCE`], where a config names conditions.
    pub const PCE: &str = "pce";

    /// What of the PCE is watched.
    pub const OF_PCE: [Self; 7] = [
        Self::Unreachable,
        Self::Credentials,
        Self::Health,
        Self::Events,
        Self::Traffic,
        Self::Workloads,
        Self::IpLists,
    ];

    /// Its word, as the state and the config have it; of a receiver without which one, and
    /// empty for a rule's.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Credentials => "credentials",
            Self::Health => "health",
            Self::Events => "events",
            Self::Traffic => "traffic",
            Self::Workloads => "workloads",
            Self::Configuration => "configuration",
            Self::Delivery => "delivery",
            Self::KeyExpires => "key_expires",
            Self::CertificateExpires => "certificate_expires",
            Self::Archive => "archive",
            Self::IpLists => "ip_lists",
            Self::Forward(_) => "forward",
            Self::Rule(_) => "",
        }
    }
}

/// What there is to say of a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionNews {
    /// Which.
    pub condition: Condition,
    /// Whether it began, still lasts, or ended.
    pub phase: Phase,
    /// Since when it holds (or held).
    pub since: Timestamp,
    /// What the PCE, the network or the file said: a finished sentence.
    pub detail: Both,
    /// How bad while it lasts.
    pub level: Level,
    /// The mail that told its begin; not for the begin itself.
    pub told_by: Option<BeginMail>,
    /// Who was told of it first by which mail, where not all are told the same; else empty.
    pub told_in: Vec<ToldIn>,
    /// At its end: how many events (rows of traffic, for traffic) were read that
    /// had been missed.
    pub caught_up: Option<u64>,
    /// What is about to expire, when; at its end when it expires now.
    pub expires: Option<Expiry>,
    /// For [`Condition::Rule`]: which rule, and what it has to tell.
    pub rule: Option<Box<RuleNews>>,
    /// For [`Condition::Forward`]: what the user calls the receiver.
    pub receiver: Option<String>,
    /// A pause holds it, or held it until its end: for the pause's card, and not to be told
    /// by itself.
    pub held: bool,
}

/// The mail that told a condition's begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginMail {
    /// Without `<>`.
    pub message_id: String,
    /// As it stood in the mail.
    pub subject: String,
    /// When the mail was made.
    pub made_at: Timestamp,
}

/// Who was told of a condition first by which mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldIn {
    /// Their addresses.
    pub to: Vec<String>,
    /// The mail.
    pub mail: BeginMail,
}

/// The end of something's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The end.
    pub at: Timestamp,
    /// Whole days until then, by the reader's calendar: 0 is today.
    pub days: i64,
    /// True where the time is over.
    pub over: bool,
}

/// Where in its life a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is new.
    Begins,
    /// It is told again.
    Lasts,
    /// It is over.
    Ended,
}

impl Phase {
    /// Its word, for other programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Begins => "begins",
            Self::Lasts => "lasts",
            Self::Ended => "ended",
        }
    }
}

impl ConditionNews {
    /// With nothing to say but that.
    pub fn new(condition: Condition, phase: Phase, since: Timestamp, level: Level) -> Self {
        Self {
            condition,
            phase,
            since,
            detail: Both::default(),
            level,
            told_by: None,
            told_in: Vec::new(),
            caught_up: None,
            expires: None,
            rule: None,
            receiver: None,
            held: false,
        }
    }
}

impl Report {
    /// The worst of what it tells; an end of something bad is `Info`.
    pub fn level(&self) -> Level {
        let conditions = self.conditions.iter().map(|news| match news.phase {
            Phase::Ended => Level::Info,
            Phase::Begins | Phase::Lasts => news.level,
        });
        let alerts = self.alerts.iter().map(|alert| alert.level);
        let notices = self.notices.iter().map(|_| Level::Warning);
        conditions
            .chain(alerts)
            .chain(notices)
            .chain(self.daily.iter().map(Daily::level))
            .max()
            .unwrap_or(Level::Info)
    }
}
