//! What was told, and what became of it: for whoever looks back.
//!
//! Entries are packed into one text, oldest first: of each the time (seconds since the one
//! before), what it tells, and the mails it went into, known by a hash of their
//! Message-ID. Where there are too many, the oldest go.

mod packing;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::packing::{packed, unpacked};
use super::pause::held::HeldCount;
use super::{Alert, Condition, ConditionNews, Notice, Phase, Report, Subject};
use crate::packed::hash;
use crate::rules::groups::shown;
use crate::rules::minutes::time_of;
use crate::rules::{Level, Rule};

/// So many entries are kept.
pub const ENTRIES: usize = 2_000;

/// They take at most so many bytes of the file.
pub const BYTES: usize = 200_000;

/// A text is at most so many bytes; with that, as many entries fit.
const TEXT: usize = 44;

/// An entry names at most so many mails.
const MAILS: usize = 60;

/// The last [`ENTRIES`] things told, packed. One that can't be unpacked is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(String);

/// One thing that was told, or held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When the run told it, to the second.
    pub at: Timestamp,
    /// How bad; the end of something is `Info`.
    pub level: Level,
    /// What.
    pub told: Told,
    /// The mails that tell it; none for what was held back.
    pub mails: Vec<InMail>,
}

/// What was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An alert.
    Alert {
        /// The rule's id.
        rule: i64,
        /// How many matches, of all groups.
        count: u64,
        /// True where that is a lower bound.
        at_least: bool,
        /// The first match, to the minute.
        first: Timestamp,
        /// The last one.
        last: Timestamp,
        /// The worst group, else the first object, the first source or the busiest talker;
        /// cut, may be empty.
        worst: String,
        /// How many groups; 0 for a rule that counts nothing apart.
        groups: u64,
    },
    /// A condition.
    Condition {
        /// Which.
        about: About,
        /// Whether it began, lasted or ended.
        phase: Phase,
    },
    /// A notice: its title, cut.
    Notice(String),
}

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What a rule asks for: its id.
    Rule(i64),
    /// What is watched beside the rules.
    Watched(Condition),
}

/// A mail that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InMail {
    /// Of its Message-ID: 40 bits.
    pub hash: u64,
    /// Whether its lines are in another mail now, which this then names.
    pub merged: bool,
    /// What became of it.
    pub became: Became,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It waits.
    Waits,
    /// The server took it then.
    Delivered(Timestamp),
    /// It was given up then.
    GivenUp(Timestamp),
}

/// Entries while they are changed.
pub struct Open(Vec<Entry>);

impl History {
    /// True where nothing was told yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        unpacked(&self.0).unwrap_or_default()
    }

    /// Unpacks, has it changed, and packs again.
    pub fn change(&mut self, change: impl FnOnce(&mut Open)) {
        let mut open = Open(self.entries());
        change(&mut open);
        self.0 = packed(open.0);
    }

    /// When each rule last alerted, or told how it is with what it asks for; of what was
    /// told, not of what was held back.
    pub fn last_told(&self) -> BTreeMap<i64, Timestamp> {
        let told = self.entries().into_iter().filter(|entry| !entry.mails.is_empty());
        let ids = told.filter_map(|entry| Some((entry.rule()?, entry.at)));
        ids.collect()
    }
}

impl Open {
    /// Adds what a run tells, or holds back.
    pub fn tell(&mut self, told: Vec<Entry>) {
        self.0.extend(told);
    }

    /// The server took that mail.
    pub fn delivered(&mut self, message_id: &str, at: Timestamp) {
        self.mails(message_id).for_each(|mail| mail.became = Became::Delivered(at));
    }

    /// That mail was given up.
    pub fn given_up(&mut self, message_id: &str, at: Timestamp) {
        self.mails(message_id).for_each(|mail| mail.became = Became::GivenUp(at));
    }

    /// What that mail tells is in another one now.
    pub fn merged(&mut self, message_id: &str, into: &str) {
        let into = short(into);
        self.mails(message_id).for_each(|mail| (mail.hash, mail.merged) = (into, true));
    }

    fn mails(&mut self, message_id: &str) -> impl Iterator<Item = &mut InMail> {
        let known = short(message_id);
        let mails = self.0.iter_mut().flat_map(|entry| &mut entry.mails);
        mails.filter(move |mail| mail.hash == known && mail.became == Became::Waits)
    }
}

impl Entry {
    /// What a report tells: its conditions, alerts and notices in their order, in no mail
    /// yet.
    pub fn all_of(report: &Report) -> Vec<Self> {
        let conditions = report.conditions.iter().map(of_condition);
        let alerts = report.alerts.iter().map(of_alert);
        let notices = report.notices.iter().map(of_notice);
        let all = conditions.chain(alerts).chain(notices);
        let entry = |(level, told)| Self { at: report.made_at, level, told, mails: Vec::new() };
        all.map(entry).collect()
    }

    /// What a pause holds of a rule: it would have been an alert.
    pub fn held(at: Timestamp, rule: &Rule, held: &HeldCount) -> Self {
        let told = Told::Alert {
            rule: rule.id,
            count: held.count,
            at_least: held.at_least,
            first: time_of(held.first),
            last: time_of(held.last),
            worst: cut(&held.who),
            groups: 0,
        };
        Self { at, level: rule.level, told, mails: Vec::new() }
    }

    /// What a pause holds of a condition.
    pub fn held_condition(at: Timestamp, news: &ConditionNews) -> Self {
        let (_, told) = of_condition(news);
        Self { at, level: news.level, told, mails: Vec::new() }
    }

    /// Takes note of a mail that tells it.
    pub fn is_in(&mut self, message_id: &str) {
        if self.mails.len() < MAILS {
            self.mails.push(InMail::of(message_id));
        }
    }

    /// The rule that it is of.
    pub fn rule(&self) -> Option<i64> {
        match self.told {
            Told::Alert { rule, .. } => Some(rule),
            Told::Condition { about: About::Rule(rule), .. } => Some(rule),
            Told::Condition { .. } | Told::Notice(_) => None,
        }
    }
}

impl InMail {
    fn of(message_id: &str) -> Self {
        Self { hash: short(message_id), merged: false, became: Became::Waits }
    }
}

fn of_condition(news: &ConditionNews) -> (Level, Told) {
    let about = match news.condition {
        Condition::Rule(key) => About::Rule(key.id()),
        watched => About::Watched(watched),
    };
    let level = if news.phase == Phase::Ended { Level::Info } else { news.level };
    (level, Told::Condition { about, phase: news.phase })
}

fn of_notice(notice: &Notice) -> (Level, Told) {
    (Level::Warning, Told::Notice(cut(notice.title.trim())))
}

fn of_alert(alert: &Alert) -> (Level, Told) {
    let rows = alert.groups.iter().flat_map(|groups| &groups.rows);
    let first = rows.clone().map(|row| row.first).chain([alert.first]).min();
    let last = rows.map(|row| row.last).chain([alert.last]).max();
    let told = Told::Alert {
        rule: alert.rule_id,
        count: alert.total(),
        at_least: alert.at_least,
        first: first.unwrap_or(alert.first),
        last: last.unwrap_or(alert.last),
        worst: cut(&worst(alert)),
        groups: alert
            .groups
            .as_ref()
            .map_or(0, |groups| groups.rows.len() as u64 + groups.more.groups),
    };
    (alert.level, told)
}

fn worst(alert: &Alert) -> String {
    if let Some(groups) = &alert.groups {
        return groups.rows.first().map(|row| shown(&row.values)).unwrap_or_default();
    }
    let end = |name: &str, ip: &str| if name.is_empty() { ip.to_owned() } else { name.to_owned() };
    match &alert.subject {
        Subject::Events { objects, sources, .. } => {
            let object = objects.top.first().map(|one| one.what.name.clone());
            let source = || sources.top.first().map(|one| one.what.name.clone());
            object.or_else(source).unwrap_or_default()
        }
        Subject::Traffic { talkers, .. } => {
            let Some(talker) = talkers.top.first().map(|one| &one.what) else {
                return String::new();
            };
            let port = talker.port.map(|port| format!(" {port}")).unwrap_or_default();
            let (src, dst) = (&talker.src_name, &talker.dst_name);
            format!("{} → {}{port}", end(src, &talker.src_ip), end(dst, &talker.dst_ip))
        }
    }
}

/// What a mail is known by: enough to tell thousands apart.
fn short(message_id: &str) -> u64 {
    hash(message_id.as_bytes()) >> 24
}

/// At most [`TEXT`] bytes of it.
fn cut(text: &str) -> String {
    if text.len() <= TEXT {
        return text.to_owned();
    }
    let room = TEXT - '…'.len_utf8();
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
