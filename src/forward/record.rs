//! One record: an alert, a condition or a notice as plain facts for another program.
//!
//! What stands here is a promise to whoever reads it: a field keeps its name and its
//! meaning, new ones may join. The README's table names them all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::report::{
    Alert, AlertGroups, Condition, ConditionNews, Counted, RuleNews, Stands, Subject, things,
};
use crate::rules::groups::Value;
use crate::rules::{Level, Measure, Threshold, protocol};

/// So many things of a kind are named: talkers, sources, objects, changes.
const NAMED: usize = 5;

/// So many groups.
const GROUPS: usize = 20;

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

/// One object. Absent is what there is nothing to say of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The same as often as it is sent, and no other's.
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
    pub site: String,
    /// The PCE's URL.
    pub pce: String,
    /// The org.
    pub org: String,
    /// The Message-ID of the mail that tells it, without `<>`.
    pub message_id: String,
    /// What happened, in a sentence.
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
    /// The source's name; may be empty.
    pub src_name: String,
    /// The source's address.
    pub src_ip: String,
    /// The destination's name; may be empty.
    pub dst_name: String,
    /// The destination's address.
    pub dst_ip: String,
    /// The port; absent for ICMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `TCP`, or the protocol's number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub proto: String,
    /// `blocked` …
    pub decision: String,
    /// How often.
    pub count: u64,
}

/// Where events came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// `agent.tampering` …
    pub event_type: String,
    /// `user`, `agent`, `system` …; may be empty.
    pub kind: String,
    /// Who; may be empty.
    pub name: String,
    /// From where; may be empty.
    pub ip: String,
    /// `success`, `failure`; may be empty.
    pub status: String,
    /// How often.
    pub count: u64,
}

/// A workload or an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    /// What it is called.
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
    pub kind: String,
    /// What it is called; may be empty.
    pub name: String,
    /// `create`, `update`, `delete`; may be empty.
    pub action: String,
    /// `online: true → false`; may be empty.
    pub fields: String,
    /// How often.
    pub count: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What all records of one mail have in common.
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
    /// Without `<>`.
    pub message_id: &'a str,
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
    /// A record of a mail, with nothing in it but what is common and the words.
    pub fn new(head: &Head<'_>, kind: Kind, level: Level, words: Words) -> Self {
        Self {
            kind,
            time: to_the_millisecond(head.time),
            level,
            name: bounded(&words.name),
            site: head.site.to_owned(),
            pce: head.pce.to_owned(),
            org: head.org.to_owned(),
            message_id: head.message_id.to_owned(),
            text: bounded(&words.text),
            meaning: bounded(&words.meaning),
            advice: bounded(&words.advice),
            ..Self::default()
        }
    }

    /// With the id of the `nth` one of its mail.
    pub fn numbered(mut self, nth: usize) -> Self {
        let unique = self.message_id.split('@').next().unwrap_or_default();
        self.id = format!("{unique}.{nth}");
        self
    }

    /// With what an alert counted.
    pub fn of_alert(mut self, alert: &Alert) -> Self {
        self.of_rule(alert.rule_id, &alert.rule_name, &alert.technique);
        self.count = Some(alert.count);
        self.at_least = alert.at_least;
        self.counted = word_of(alert.measure).to_owned();
        (self.threshold, self.window_minutes) = asked(alert.threshold);
        (self.first, self.last) = (Some(alert.first), Some(alert.last));
        if let Some(groups) = &alert.groups {
            self.with_groups(groups);
        }
        match &alert.subject {
            Subject::Events { sources, objects, changes } => {
                self.sources = named(&sources.top, source);
                self.objects = named(&objects.top, object);
                self.more_objects = objects.more + objects.top.len().saturating_sub(NAMED) as u64;
                self.changes = named(&changes.top, change);
            }
            Subject::Traffic { talkers, .. } => self.talkers = named(&talkers.top, talker),
        }
        self
    }

    fn with_groups(&mut self, groups: &AlertGroups) {
        let rows = groups.rows.iter().take(GROUPS);
        let left = groups.rows.len().saturating_sub(GROUPS) as u64;
        self.groups = rows
            .map(|row| Group {
                values: row.values.iter().map(Value::shown).collect(),
                count: row.count,
                at_least: row.at_least,
                first: row.first,
                last: row.last,
            })
            .collect();
        self.more_groups = groups.more.groups + left;
    }

    /// With what is known of a condition. `now` is when it is told.
    pub fn of_condition(mut self, news: &ConditionNews, now: Timestamp) -> Self {
        let phase = match news.phase {
            crate::report::Phase::Begins => Phase::Begins,
            crate::report::Phase::Lasts => Phase::Lasts,
            crate::report::Phase::Ended => Phase::Ended,
        };
        self.phase = Some(phase);
        self.condition = condition_word(news.condition);
        self.first = Some(to_the_millisecond(news.since));
        self.last = (phase == Phase::Ended).then_some(to_the_millisecond(now));
        self.count = news.caught_up;
        if let Some(rule) = &news.rule {
            self.of_rule_news(rule);
        }
        self
    }

    fn of_rule_news(&mut self, news: &RuleNews) {
        self.of_rule(news.id, &news.name, &news.technique);
        if let Some(rule) = &news.rule {
            (self.threshold, self.window_minutes) = asked(rule.threshold);
        }
        match &news.stands {
            Stands::Workloads(workloads) => {
                self.count = Some(workloads.count);
                self.counted = word_of(Measure::Workloads).to_owned();
                let told = [&workloads.joined, &workloads.still, &workloads.back];
                let all = told.iter().map(|rows| rows.count).sum::<u64>();
                let rows = told.iter().flat_map(|rows| &rows.top).take(NAMED);
                self.objects = rows
                    .map(|row| Object { name: row.name.clone(), href: row.href.clone(), count: 1 })
                    .collect();
                self.more_objects = all.saturating_sub(self.objects.len() as u64);
            }
            Stands::Below(below) => {
                self.count = Some(below.came);
                self.counted = word_of(Measure::Matches).to_owned();
            }
        }
    }

    fn of_rule(&mut self, id: i64, name: &str, technique: &str) {
        self.rule_id = Some(id);
        self.rule_name = bounded(name);
        self.technique = bounded(technique);
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

fn asked(threshold: Threshold) -> (Option<u64>, Option<u32>) {
    match threshold {
        Threshold::Immediate => (None, None),
        Threshold::Count { count, window } | Threshold::Below { count, window } => {
            (Some(count), Some(window))
        }
        Threshold::Standing { count, minutes } => (Some(count), Some(minutes)),
    }
}

/// As the state has it; of a rule and of a receiver without which one.
fn condition_word(condition: Condition) -> String {
    match condition {
        Condition::Rule(_) => "rule".to_owned(),
        other => other.word().to_owned(),
    }
}

fn word_of(measure: Measure) -> &'static str {
    match measure {
        Measure::Matches => "matches",
        Measure::Connections => "connections",
        Measure::Flows => "flows",
        Measure::Sources => "sources",
        Measure::Destinations => "destinations",
        Measure::Ports => "ports",
        Measure::Users => "users",
        Measure::Workloads => "workloads",
    }
}

fn named<T, R>(top: &[Counted<T>], told: fn(&T, u64) -> R) -> Vec<R> {
    top.iter().take(NAMED).map(|one| told(&one.what, one.count)).collect()
}

fn talker(talker: &things::Talker, count: u64) -> Talker {
    let name = |number| protocol::name(number).map_or_else(|| number.to_string(), str::to_owned);
    Talker {
        src_name: talker.src_name.clone(),
        src_ip: talker.src_ip.clone(),
        dst_name: talker.dst_name.clone(),
        dst_ip: talker.dst_ip.clone(),
        port: talker.port,
        proto: talker.proto.map(name).unwrap_or_default(),
        decision: talker.decision.clone(),
        count,
    }
}

fn source(source: &things::Source, count: u64) -> Source {
    Source {
        event_type: source.event_type.clone(),
        kind: source.kind.clone(),
        name: source.name.clone(),
        ip: source.ip.clone(),
        status: source.status.clone(),
        count,
    }
}

fn object(object: &things::Object, count: u64) -> Object {
    Object { name: object.name.clone(), href: object.href.0.clone(), count }
}

fn change(change: &things::Change, count: u64) -> Change {
    Change {
        kind: change.kind.clone(),
        name: change.name.clone(),
        action: change.action.clone(),
        fields: change.fields.clone(),
        count,
    }
}

/// More than that is of no use, and some readers take no more.
fn to_the_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

fn bounded(text: &str) -> String {
    cut(text.trim(), TEXT)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
