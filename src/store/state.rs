//! The program's own part of the file: what one run has to know of the last.
//!
//! Every part is read on its own. One that is damaged starts afresh alone, and
//! is named; the others keep what they know.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::lang::Lang;
use crate::mail::outbox::Outbox;
use crate::pce::events::EventMemory;
use crate::pce::seen::SeenEvents;
use crate::pce::traffic::TrafficMemory;
use crate::report::daily::{Day, Gap};
use crate::report::tally::Tally;
use crate::report::{BeginMail, Condition};
use crate::rules::Level;
use crate::rules::growth::Baseline;

/// The version this program writes. It reads this one and lower ones.
pub const VERSION: u64 = 1;

/// All that is kept between runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// Of the state's shape.
    pub version: u64,
    /// Grows by one with every save, so that an older copy is known as one.
    pub generation: u64,
    /// The PCE and org it belongs to; empty before the first run.
    pub target: Target,
    /// The language settled at the first save, for a config that names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The PCE's clock less the host's, when last seen; `None` before that.
    pub clock_offset_seconds: Option<i64>,
    /// What was known before the clock last jumped, until the new one has held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_jump: Option<BeforeJump>,
    /// The last run that came to its end.
    pub last_run: Option<LastRun>,
    /// The events' position.
    pub events: EventMemory,
    /// The events that were counted already.
    pub seen: SeenEvents,
    /// The traffic's position and an open fetch.
    pub traffic: TrafficMemory,
    /// What the traffic's rows counted when they were last seen.
    pub baseline: Baseline,
    /// Untold matches by the rule's id and fingerprint.
    pub rules: BTreeMap<String, Tally>,
    /// The conditions that hold.
    pub conditions: BTreeMap<Condition, Held>,
    /// When runs began, to know the usual time between two.
    pub rhythm: Rhythm,
    /// Runs that did not come to their end.
    #[serde(skip_serializing_if = "Died::is_empty")]
    pub died: Died,
    /// What the runs since the last daily report came to.
    pub day: Day,
    /// The token of the records that this state counts, for the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// Mails that wait.
    pub outbox: Outbox,
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: VERSION,
            generation: 0,
            target: Target::default(),
            language: None,
            clock_offset_seconds: None,
            before_jump: None,
            last_run: None,
            events: EventMemory::default(),
            seen: SeenEvents::default(),
            traffic: TrafficMemory::default(),
            baseline: Baseline::default(),
            rules: BTreeMap::new(),
            conditions: BTreeMap::new(),
            rhythm: Rhythm::default(),
            died: Died::default(),
            day: Day::default(),
            archive: None,
            outbox: Outbox::default(),
        }
    }
}

/// Whose state it is: a PCE and an org.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// `https://pce.example.com:8443`, always with the port that is used.
    pub server: String,
    /// The org's number, as text.
    pub org: String,
}

impl Target {
    /// True before the first run.
    pub fn is_empty(&self) -> bool {
        self.server.is_empty()
    }
}

/// The positions of before a jump of the clock. If the new clock turns out to be the
/// wrong one, what was read by it is read again from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeJump {
    /// The events' position.
    pub events: Option<Timestamp>,
    /// The traffic's.
    pub traffic: Option<Timestamp>,
    /// When it jumped, by the new clock.
    pub jumped_at: Timestamp,
    /// For how long the new clock has held: seconds that the host's saw pass too.
    pub held_seconds: i64,
    /// When that was last reckoned, by the new clock.
    pub reckoned_at: Timestamp,
    /// The same by the host's.
    pub host_at: Timestamp,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastRun {
    /// Its end.
    pub at: Timestamp,
    /// The word of the run's line: `ok`, `retry`, `config`.
    pub outcome: String,
    /// The end of the last run that saw everything.
    pub complete_at: Option<Timestamp>,
}

/// A condition that holds, and what was told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Its begin.
    pub since: Timestamp,
    /// When it was last told; absent where it is not told yet.
    pub told_at: Option<Timestamp>,
    /// How bad it was when it was last seen.
    #[serde(default)]
    pub level: Level,
    /// What was said of it.
    pub detail: String,
    /// The Message-ID of the mail that told its begin.
    pub message_id: Option<String>,
    /// That mail as a later one names it; absent as long as there is none, and in
    /// a state of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin_mail: Option<BeginMail>,
    /// For what is about to expire: when, and which warning was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<ToldExpiry>,
}

impl Held {
    /// The mail that told its begin; without a subject where a state of before that
    /// was kept knows no more than its Message-ID.
    pub fn told_by(&self) -> Option<BeginMail> {
        let known = || {
            Some(BeginMail {
                message_id: self.message_id.clone()?,
                subject: String::new(),
                made_at: self.since,
            })
        };
        self.begin_mail.clone().or_else(known)
    }
}

/// What was told of something that is about to expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldExpiry {
    /// When it expires.
    pub at: Timestamp,
    /// The last warning: so many days before; 0 is the end itself.
    pub days: i64,
}

/// When runs began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// The last runs' begins, oldest first; a bounded few.
    pub begins: Vec<Timestamp>,
    /// The end of the last one that a clock to go by saw.
    pub ended: Option<Timestamp>,
    /// Times without a run that no good run has told yet; a bounded few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Gap>,
}

/// The begins of runs that did not come to their end; a bounded few.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Died {
    /// Those of which no mail has told yet, oldest first.
    pub untold: Vec<Timestamp>,
    /// Those of which one has, as long as the run lock still names them.
    pub told: Vec<Timestamp>,
}

impl Died {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this run is known to have died.
    pub fn knows(&self, begun: Timestamp) -> bool {
        self.untold.contains(&begun) || self.told.contains(&begun)
    }
}

/// What can be known of a state without reading its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// 0 where it can't be read.
    pub version: u64,
    /// `None` where there is no state, or no generation in it.
    pub generation: Option<u64>,
    language: Option<String>,
}

impl Head {
    /// The language that the first save settled.
    pub fn language(&self) -> Option<Lang> {
        self.language.as_deref().and_then(Lang::from_tag)
    }
}

/// A part of the file's text for each key of `state`.
type Parts<'t> = BTreeMap<String, &'t RawValue>;

fn parts(text: &str) -> Option<Parts<'_>> {
    serde_json::from_str(text).ok()
}

/// A part's value: `Ok(None)` where the part is absent, `Err` where it is damaged.
fn part<T: DeserializeOwned>(parts: &Parts<'_>, name: &str) -> Result<Option<T>, ()> {
    match parts.get(name) {
        None => Ok(None),
        Some(raw) => serde_json::from_str(raw.get()).map(Some).map_err(|_| ()),
    }
}

/// Reads the version, the generation and the language alone.
pub(super) fn head(text: Option<&str>) -> Head {
    text.and_then(parts)
        .map(|parts| head_of(&parts))
        .unwrap_or_default()
}

fn head_of(parts: &Parts<'_>) -> Head {
    Head {
        version: part(parts, "version").ok().flatten().unwrap_or(0),
        generation: part(parts, "generation").ok().flatten(),
        language: part(parts, "language").ok().flatten(),
    }
}

/// Reads a state part by part; the names of the damaged parts come with it.
/// A version newer than ours is the caller's to refuse, by [`head`], before.
pub(super) fn read(text: &str) -> (State, Vec<&'static str>) {
    if text == "null" {
        return (State::default(), Vec::new());
    }
    let Some(parts) = parts(text) else {
        return (State::default(), vec!["state"]);
    };
    let mut reader = Reader {
        parts,
        damaged: Vec::new(),
    };
    let state = State {
        version: VERSION,
        generation: reader.take("generation"),
        target: reader.take("target"),
        language: reader.take("language"),
        clock_offset_seconds: reader.take("clock_offset_seconds"),
        before_jump: reader.take("before_jump"),
        last_run: reader.take("last_run"),
        events: reader.take("events"),
        seen: reader.take("seen"),
        traffic: reader.take("traffic"),
        baseline: reader.take("baseline"),
        rules: reader.take_each("rules", Ok::<_, ()>),
        conditions: reader.take_each("conditions", |key| {
            Condition::deserialize(serde_json::Value::String(key))
        }),
        rhythm: reader.take("rhythm"),
        died: reader.take("died"),
        day: reader.take("day"),
        archive: reader.take("archive"),
        outbox: reader.take("outbox"),
    };
    (state, reader.damaged)
}

struct Reader<'t> {
    parts: Parts<'t>,
    damaged: Vec<&'static str>,
}

impl Reader<'_> {
    fn take<T: DeserializeOwned + Default>(&mut self, name: &'static str) -> T {
        part(&self.parts, name)
            .unwrap_or_else(|()| {
                self.damaged.push(name);
                None
            })
            .unwrap_or_default()
    }

    /// A part whose entries are read one by one, each damaged one left out.
    fn take_each<K: Ord, V: DeserializeOwned, E>(
        &mut self,
        name: &'static str,
        key_of: impl Fn(String) -> Result<K, E>,
    ) -> BTreeMap<K, V> {
        let Some(raw) = self.parts.get(name) else {
            return BTreeMap::new();
        };
        let Ok(entries) = serde_json::from_str::<Parts<'_>>(raw.get()) else {
            self.damaged.push(name);
            return BTreeMap::new();
        };
        let all = entries.len();
        let read: BTreeMap<K, V> = entries
            .into_iter()
            .filter_map(|(key, raw)| {
                let value = serde_json::from_str(raw.get()).ok()?;
                Some((key_of(key).ok()?, value))
            })
            .collect();
        if read.len() < all {
            self.damaged.push(name);
        }
        read
    }
}
