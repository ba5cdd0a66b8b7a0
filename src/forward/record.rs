//! One record: an alert, a condition or a notice as plain facts for another program.
//!
//! What stands here is a promise to whoever reads it: a field keeps its name and its
//! meaning, new ones may join. The manual's table names them all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::report::Phase;
use crate::rules::Level;

/// The longest text, in characters.
const TEXT: usize = 2_000;

/// What a record tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A rule that alerted.
    #[default]
    Alert,
    /// A condition that began, lasts or ended.
    Condition,
    /// What was lost, skipped or begun afresh.
    Notice,
}

/// One object. Absent is what there is nothing to say of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The same as often as it is sent, and no other's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it tells of.
    pub kind: Kind,
    /// Of a condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// When it was told: the PCE's time.
    pub time: Timestamp,
    /// How bad; `info` for a condition that ended.
    pub level: Level,
    /// What it is called: the rule's name, or the condition's or the notice's title in the
    /// language of mails.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The rule's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<i64>,
    /// The rule's name; the user's text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rule_name: String,
    /// Which condition: `unreachable`, `health`, `rule` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Which notice: `events_skipped` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notice: String,
    /// The rule's MITRE ATT&CK technique.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub technique: String,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// True where that is a lower bound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// What is counted: `matches`, `connections`, `flows`, `sources` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub counted: String,
    /// So many were asked for …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u64>,
    /// … within so many minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_minutes: Option<u32>,
    /// The first match, to the minute; a condition's begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// The last match, to the minute; a condition's end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// The groups that are due, the worst first. Where there are any, the count, the times
    /// and the things below are the worst one's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// So many more are due.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_groups: u64,
    /// Who talked to whom, the busiest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub talkers: Vec<Talker>,
    /// Where events came from, the most frequent first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// The workloads and agents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Object>,
    /// So many more.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_objects: u64,
    /// What was changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// `settings.site_name`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// The PCE's URL.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pce: String,
    /// The org.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub org: String,
    /// The Message-ID of the mail that tells it, without `<>`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// What happened, in a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What it means.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub meaning: String,
    /// What to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub advice: String,
    /// True where something was left out, so that it fits.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shortened: bool,
}

/// A group that a rule counts apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// What it is called, a text for each of the rule's `per`.
    pub values: Vec<String>,
    /// How many.
    pub count: u64,
    /// True where that is a lower bound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// The first match, to the minute.
    pub first: Timestamp,
    /// The last match, to the minute.
    pub last: Timestamp,
}

/// Both ends of flows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Talker {
    /// The source's name; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub src_name: String,
    /// The source's address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub src_ip: String,
    /// The destination's name; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dst_name: String,
    /// The destination's address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dst_ip: String,
    /// The port; absent for ICMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `TCP`, or the protocol's number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub proto: String,
    /// `blocked` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub decision: String,
    /// How often.
    pub count: u64,
}

/// Where events came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// `agent.tampering` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event_type: String,
    /// `user`, `agent`, `system` …; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Who; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// From where; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ip: String,
    /// `success`, `failure`; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// How often.
    pub count: u64,
}

/// A workload or an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    /// What it is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its place in the API.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub href: String,
    /// How often.
    pub count: u64,
}

/// What an event did to a resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// `rule_set` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// What it is called; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// `create`, `update`, `delete`; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// `online: true → false`; absent where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fields: String,
    /// How often.
    pub count: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What all records of one run have in common.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The time of the report.
    pub time: Timestamp,
    /// `settings.site_name`.
    pub site: &'a str,
    /// The PCE's URL.
    pub pce: &'a str,
    /// The org.
    pub org: &'a str,
}

/// A thing told in words.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// What it is called.
    pub name: String,
    /// What happened.
    pub text: String,
    /// What it means; may be empty.
    pub meaning: String,
    /// What to do; may be empty.
    pub advice: String,
}

impl Record {
    /// A record of no mail yet, with nothing in it but what is common and the words.
    pub fn new(head: &Head<'_>, kind: Kind, level: Level, words: Words) -> Self {
        Self {
            kind,
            time: to_the_millisecond(head.time),
            level,
            name: bounded(&words.name),
            site: head.site.to_owned(),
            pce: head.pce.to_owned(),
            org: head.org.to_owned(),
            text: bounded(&words.text),
            meaning: bounded(&words.meaning),
            advice: bounded(&words.advice),
            ..Self::default()
        }
    }

    /// As the `nth` one of its run, told by the mail of that Message-ID, which has no `<>`.
    pub fn told_by(mut self, message_id: &str, nth: usize) -> Self {
        let unique = message_id.split('@').next().unwrap_or_default();
        (self.id, self.message_id) = (format!("{unique}.{nth}"), message_id.to_owned());
        self
    }

    /// The record in at most so many bytes of JSON where that can be: what takes most and
    /// says least goes first, and it says so.
    pub fn within(mut self, bytes: usize) -> Self {
        const STEPS: [fn(&mut Record); 6] = [
            |record| record.meaning.clear(),
            |record| record.changes.clear(),
            |record| record.advice.clear(),
            |record| {
                record.more_groups += record.groups.len().saturating_sub(3) as u64;
                record.groups.truncate(3);
                record.more_objects += record.objects.len().saturating_sub(1) as u64;
                record.objects.truncate(1);
                record.talkers.truncate(1);
                record.sources.truncate(1);
            },
            |record| {
                for text in [&mut record.text, &mut record.name, &mut record.rule_name] {
                    *text = cut(text, 160);
                }
            },
            |record| {
                record.more_groups += record.groups.len() as u64;
                record.more_objects += record.objects.len() as u64;
                record.groups.clear();
                record.objects.clear();
                record.talkers.clear();
                record.sources.clear();
                record.technique = cut(&record.technique, 80);
            },
        ];
        for step in STEPS {
            if self.json().len() <= bytes {
                break;
            }
            step(&mut self);
            self.shortened = true;
        }
        self
    }

    /// The same with each of its texts changed.
    pub fn map(self, change: &dyn Fn(&str) -> String) -> Self {
        let mut value = serde_json::to_value(&self).unwrap_or_default();
        map_texts(&mut value, change);
        serde_json::from_value(value).unwrap_or(self)
    }

    /// The object on one line.
    pub fn json(&self) -> String {
        // Plain data of texts and numbers has no reason not to become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What its groups are called, in a line.
    pub fn group_names(&self) -> String {
        let names = self.groups.iter().map(|group| group.values.join(" · "));
        names.collect::<Vec<_>>().join(", ")
    }
}

fn map_texts(value: &mut Json, change: &dyn Fn(&str) -> String) {
    match value {
        Json::String(text) => *text = change(text),
        Json::Array(list) => list.iter_mut().for_each(|one| map_texts(one, change)),
        Json::Object(keys) => keys.values_mut().for_each(|one| map_texts(one, change)),
        _ => {}
    }
}

/// More than that is of no use, and some readers take no more.
pub(super) fn to_the_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

pub(super) fn bounded(text: &str) -> String {
    cut(text.trim(), TEXT)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
