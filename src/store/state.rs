//! The program's own part of the file: what one run has to know of the last.
//!
//! Every part is read on its own, and sealed by a sum. One that is damaged is taken
//! from `<file>.last` where that is of the same save; else it starts afresh alone, and
//! is named; the others keep what they know.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::layout;
use super::seal::{self, Sums};
use crate::forward::Forward;
use crate::lang::{Both, Lang};
use crate::mail::outbox::{Outbox, Unconfirmed, Waiting};
use crate::net::Addresses;
use crate::pce::events::EventMemory;
use crate::pce::ip_lists::IpLists;
use crate::pce::seen::SeenEvents;
use crate::pce::traffic::TrafficMemory;
use crate::report::daily::{Day, Gap};
use crate::report::history::History;
use crate::report::pause::held::HeldBack;
use crate::report::standing::workloads::WorkloadMemory;
use crate::report::tally::Tally;
use crate::report::{BeginMail, Condition, ToldIn};
use crate::rules::Level;
use crate::rules::series::{Known, Legacy};
use crate::screen::visible::visible;

/// The version this program writes. It reads this one and lower ones.
pub const VERSION: u64 = 2;

/// All that is kept between runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// Of the state's shape.
    pub version: u64,
    /// Grows by one with every save, so that an older copy is known as one.
    pub generation: u64,
    /// The generation that the file itself was left at, as long as it is not valid and
    /// `.last` goes on alone: a file of that one is no older copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_left_at: Option<u64>,
    /// The generation that the file itself had when it was found not to be valid, 0 without
    /// a state: lower than the one that it was left at where an editor was open over a run.
    /// `None` where nobody can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_broken_at: Option<u64>,
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
    /// What rows of traffic are remembered as.
    pub series: Known,
    /// The same, as version 1 kept it; gone a day after the change.
    #[serde(skip_serializing_if = "Legacy::is_empty")]
    pub baseline: Legacy,
    /// Untold matches by the rule's id and fingerprint.
    pub rules: BTreeMap<String, Tally>,
    /// What is remembered of workloads, for the rules that ask how they are.
    #[serde(skip_serializing_if = "WorkloadMemory::is_empty")]
    pub workloads: WorkloadMemory,
    /// The conditions that hold.
    pub conditions: BTreeMap<Condition, Held>,
    /// What pauses hold back.
    #[serde(skip_serializing_if = "HeldBack::is_empty")]
    pub held: HeldBack,
    /// When runs began, to know the usual time between two.
    pub rhythm: Rhythm,
    /// Runs that did not come to their end.
    #[serde(skip_serializing_if = "Died::is_empty")]
    pub died: Died,
    /// What the runs since the last daily report came to.
    pub day: Day,
    /// The local day on which a mail last told what is worth knowing about the setup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks_told: Option<Date>,
    /// The token of the records that this state counts, for the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// The addresses of the PCE's IP lists that rules name.
    #[serde(skip_serializing_if = "IpLists::is_empty")]
    pub ip_lists: IpLists,
    /// The addresses that served names over verified TLS.
    #[serde(skip_serializing_if = "Addresses::is_empty")]
    pub addresses: Addresses,
    /// What was told, and what became of it.
    #[serde(skip_serializing_if = "History::is_empty")]
    pub history: History,
    /// Mails that wait.
    pub outbox: Outbox,
    /// What waits to be handed on to other programs.
    #[serde(skip_serializing_if = "Forward::is_empty")]
    pub forward: Forward,
}

impl State {
    /// The PCE's clock less the host's, as far as it is known.
    pub fn clock_offset(&self) -> SignedDuration {
        SignedDuration::from_secs(self.clock_offset_seconds.unwrap_or_default())
    }

    /// The PCE's time at a time of the host's.
    pub fn pce_time(&self, host: Timestamp) -> Timestamp {
        host.checked_add(self.clock_offset()).unwrap_or(host)
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: VERSION,
            generation: 0,
            file_left_at: None,
            file_broken_at: None,
            target: Target::default(),
            language: None,
            clock_offset_seconds: None,
            before_jump: None,
            last_run: None,
            events: EventMemory::default(),
            seen: SeenEvents::default(),
            traffic: TrafficMemory::default(),
            series: Known::default(),
            baseline: Legacy::default(),
            rules: BTreeMap::new(),
            workloads: WorkloadMemory::default(),
            conditions: BTreeMap::new(),
            held: HeldBack::default(),
            rhythm: Rhythm::default(),
            died: Died::default(),
            day: Day::default(),
            remarks_told: None,
            archive: None,
            ip_lists: IpLists::default(),
            addresses: Addresses::new(),
            history: History::default(),
            outbox: Outbox::default(),
            forward: Forward::default(),
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
    /// What is said of it.
    pub detail: Both,
    /// The Message-ID of the mail that told its begin.
    pub message_id: Option<String>,
    /// That mail as a later one names it; absent as long as there is none, and in
    /// a state of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin_mail: Option<BeginMail>,
    /// Who was told of it first by which mail, where not all are told the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_in: Vec<ToldIn>,
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
    /// The generation that the file was left at, where `.last` went on alone.
    file_left_at: Option<u64>,
    /// The generation that was in it then.
    file_broken_at: Option<u64>,
    language: Option<String>,
}

impl Head {
    /// The language that the first save settled.
    pub fn language(&self) -> Option<Lang> {
        self.language.as_deref().and_then(Lang::from_tag)
    }

    /// Whether a file whose state has this head is the one that this state went on from
    /// alone, the file having become invalid; any other with a lower generation is an
    /// older copy.
    pub fn went_on_alone_from(&self, file: &Self) -> bool {
        let generation = file.generation.unwrap_or(0);
        let is_left = |left| generation >= left || self.file_broken_at == Some(generation);
        self.file_left_at.is_some_and(is_left)
    }
}

/// Keys of the state that earlier versions wrote and this one has no use for. One that
/// is retired goes from [`PARTS`] to here, or the first run after that calls it damage.
/// Keys within a part are passed over by themselves.
const RETIRED: &[&str] = &[];

/// Keys of the state that are no part of [`State`].
const ASIDE: &[&str] = &["version", seal::KEY];

/// What reading a state came to.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    /// What it says.
    pub state: State,
    /// What was damaged, and could not be had elsewhere.
    pub damaged: Vec<String>,
    /// What was damaged, and was taken from the file as it was last written.
    pub restored: Vec<String>,
}

/// A part of the file's text for each key of `state`.
type RawParts<'t> = BTreeMap<String, &'t RawValue>;

fn parts(text: &str) -> Option<RawParts<'_>> {
    serde_json::from_str(text).ok()
}

/// A state's parts, and the sums that say whether each is as it was written.
struct Sealed<'t> {
    parts: RawParts<'t>,
    /// `None` in a state of before there were any.
    sums: Option<Sums>,
}

impl<'t> Sealed<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let parts = parts(text)?;
        let sums = parts.get(seal::KEY);
        let sums = sums.and_then(|sums| serde_json::from_str(sums.get()).ok());
        Some(Self { parts, sums })
    }

    /// False where the part is not what was written, or is missing though it was.
    fn is_whole(&self, name: &str) -> bool {
        let Some(sums) = &self.sums else { return true };
        let sum = self.parts.get(name).map(|part| seal::sum(part.get()));
        sum.map(Option::unwrap_or_default).as_ref() == sums.get(name)
    }

    /// The part's value: `Ok(None)` where the part is absent, `Err` where it can't be read.
    fn value<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ()> {
        match self.parts.get(name) {
            None => Ok(None),
            Some(raw) => serde_json::from_str(raw.get()).map(Some).map_err(|_| ()),
        }
    }

    /// The same of a part that is as it was written.
    fn sound<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ()> {
        match self.is_whole(name) {
            true => self.value(name),
            false => Err(()),
        }
    }

    /// Whether version 1 took the PCE for one that clips rows to the query: what it knew
    /// them by is of no use then.
    fn says_clipped(&self) -> bool {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Before {
            clipped: Option<Timestamp>,
        }
        let before = self.value::<Before>("traffic").ok().flatten();
        before.is_some_and(|before| before.clipped.is_some())
    }

    /// Keys that nobody knows.
    fn unknown(&self) -> impl Iterator<Item = &String> {
        let known =
            |key: &str| ASIDE.contains(&key) || RETIRED.contains(&key) || PARTS.contains(&key);
        self.parts.keys().filter(move |key| !known(key))
    }
}

/// Reads the version, the generation and the language alone.
pub(super) fn head(text: Option<&str>) -> Head {
    text.and_then(Sealed::of).map(|sealed| head_of(&sealed)).unwrap_or_default()
}

/// Reads alone whose state it is; nobody's where that can't be read.
pub(super) fn target(text: Option<&str>) -> Target {
    let sealed = text.and_then(Sealed::of);
    sealed.and_then(|sealed| sealed.value("target").ok().flatten()).unwrap_or_default()
}

fn head_of(sealed: &Sealed<'_>) -> Head {
    // One that is not as it was written is no version at all.
    let version = sealed.sound("version").ok().flatten();
    // A key that was sealed and that we don't know is a newer version's.
    let was_written = |key: &&String| sealed.sums.is_some() && sealed.is_whole(key);
    let newer = sealed.unknown().any(|key| was_written(&key));
    Head {
        version: version.unwrap_or(0).max(if newer { VERSION + 1 } else { 0 }),
        generation: sealed.sound("generation").ok().flatten(),
        file_left_at: sealed.sound("file_left_at").ok().flatten(),
        file_broken_at: sealed.sound("file_broken_at").ok().flatten(),
        language: sealed.value("language").ok().flatten(),
    }
}

/// Adds the state's JSON to a text, as it is written, with its seals.
pub(super) fn write(state: &State, text: &mut String) -> std::io::Result<()> {
    let begin = text.len();
    let mut bytes = std::mem::take(text).into_bytes();
    serde_json::to_writer(&mut bytes, state)?;
    *text = String::from_utf8(bytes).map_err(std::io::Error::other)?;
    Ok(seal::seal(text, begin)?)
}

/// The state's JSON for a file that `.last` no longer goes on without: with neither
/// [`State::file_left_at`] nor [`State::file_broken_at`]. The other parts keep the seals
/// that they have, so that one which is damaged is still found out.
pub(super) fn joined(text: &str) -> String {
    let unmarked = |object: &str| {
        layout::without_key(&layout::without_key(object, "file_left_at"), "file_broken_at")
    };
    let joined = unmarked(text);
    match layout::value_of(&joined, seal::KEY) {
        Some(sums) => layout::with_key(&joined, seal::KEY, &unmarked(sums), "", 1),
        None => joined,
    }
}

/// Reads a state part by part. `last` is the same state as it was written elsewhere:
/// what is damaged here is taken from there.
/// A version newer than ours is the caller's to refuse, by [`head`], before.
pub(super) fn read(text: &str, last: Option<&str>) -> Recovered {
    if text == "null" {
        return Recovered::default();
    }
    let Some(ours) = Sealed::of(text) else {
        return Recovered { damaged: vec!["state".to_owned()], ..Recovered::default() };
    };
    let mut salvage = Salvage {
        ours,
        last: last.and_then(Sealed::of),
        damaged: Vec::new(),
        restored: Vec::new(),
    };
    salvage.judge_keys();
    let last_run: Option<LastRun> = salvage.take("last_run");
    let mut state = State {
        version: VERSION,
        generation: salvage.take("generation"),
        file_left_at: salvage.take("file_left_at"),
        file_broken_at: salvage.take("file_broken_at"),
        target: salvage.take("target"),
        language: salvage.take("language"),
        clock_offset_seconds: salvage.take("clock_offset_seconds"),
        before_jump: salvage.take("before_jump"),
        events: salvage.take_or_begin_anew("events"),
        seen: salvage.take("seen"),
        traffic: salvage.take_or_begin_anew("traffic"),
        series: salvage.take_or_begin_anew("series"),
        baseline: salvage.take_or_begin_anew("baseline"),
        rules: salvage.take_each("rules", Ok::<_, ()>),
        workloads: salvage.take_or_begin_anew("workloads"),
        conditions: salvage
            .take_each("conditions", |key| Condition::deserialize(serde_json::Value::String(key))),
        held: salvage.take("held"),
        rhythm: salvage.take("rhythm"),
        died: salvage.take("died"),
        day: salvage.take("day"),
        remarks_told: salvage.take("remarks_told"),
        archive: salvage.take("archive"),
        ip_lists: salvage.take_or_begin_anew("ip_lists"),
        addresses: salvage.take("addresses"),
        history: salvage.take_or_begin_anew("history"),
        outbox: salvage.take_outbox(last_run.as_ref()),
        forward: salvage.take("forward"),
        last_run,
    };
    if salvage.ours.says_clipped() {
        state.baseline = Legacy::default();
    }
    if salvage.lost("series") || salvage.lost("baseline") || salvage.ours.says_clipped() {
        // What is not known any more is learnt again, and not told as new.
        let position = state.traffic.position.unwrap_or_default();
        state.series.all_was_counted_before(position);
        // At once, and not when a flow is next heard of.
        state.traffic.late_at = None;
    }
    Recovered { state, damaged: salvage.damaged, restored: salvage.restored }
}

/// The keys of [`State`] that are read one by one.
const PARTS: &[&str] = &[
    "generation",
    "file_left_at",
    "file_broken_at",
    "target",
    "language",
    "clock_offset_seconds",
    "before_jump",
    "last_run",
    "events",
    "seen",
    "traffic",
    "series",
    "baseline",
    "rules",
    "workloads",
    "conditions",
    "held",
    "rhythm",
    "died",
    "day",
    "remarks_told",
    "archive",
    "ip_lists",
    "addresses",
    "history",
    "outbox",
    "forward",
];

/// What can be had of a state, and what of it was damaged.
struct Salvage<'t> {
    ours: Sealed<'t>,
    last: Option<Sealed<'t>>,
    damaged: Vec<String>,
    restored: Vec<String>,
}

impl Salvage<'_> {
    /// A key that nobody knows was another one.
    fn judge_keys(&mut self) {
        let sums = self.ours.parts.contains_key(seal::KEY);
        let broken = (sums && self.ours.sums.is_none()).then(|| seal::KEY.to_owned());
        let unknown = self.ours.unknown().map(|key| visible(key));
        let version = (!self.ours.is_whole("version")).then(|| "version".to_owned());
        let odd: Vec<String> = unknown.chain(broken).chain(version).collect();
        match self.last {
            Some(_) => self.restored.extend(odd),
            None => self.damaged.extend(odd),
        }
    }

    /// The part, or what it was elsewhere, or what can be read of it.
    fn take<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        self.whole(name).unwrap_or_else(|()| {
            self.damaged.push(name.to_owned());
            self.ours.value(name).ok().flatten().unwrap_or_default()
        })
    }

    fn lost(&self, name: &str) -> bool {
        self.damaged.iter().any(|damaged| damaged == name)
    }

    /// The same of a part that is worse than nothing if a letter of it is wrong.
    fn take_or_begin_anew<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        self.whole(name).unwrap_or_else(|()| {
            self.damaged.push(name.to_owned());
            T::default()
        })
    }

    fn whole<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T, ()> {
        if let Ok(value) = self.ours.sound(name) {
            return Ok(value.unwrap_or_default());
        }
        let value = self.last.as_ref().ok_or(())?.sound(name)?;
        self.restored.push(name.to_owned());
        Ok(value.unwrap_or_default())
    }

    /// A part whose entries are read one by one, each damaged one left out.
    fn take_each<K: Ord, V: DeserializeOwned, E>(
        &mut self,
        name: &str,
        key_of: impl Fn(String) -> Result<K, E>,
    ) -> BTreeMap<K, V> {
        let entries = |sealed: &Sealed<'_>| -> Option<(BTreeMap<K, V>, bool)> {
            let Some(raw) = sealed.parts.get(name) else {
                return Some((BTreeMap::new(), sealed.is_whole(name)));
            };
            let entries: RawParts<'_> = serde_json::from_str(raw.get()).ok()?;
            let all = entries.len();
            let read: BTreeMap<K, V> = entries
                .into_iter()
                .filter_map(|(key, raw)| {
                    let value = serde_json::from_str(raw.get()).ok()?;
                    Some((key_of(key).ok()?, value))
                })
                .collect();
            let whole = read.len() == all && sealed.is_whole(name);
            Some((read, whole))
        };
        let ours = entries(&self.ours);
        if let Some((read, true)) = ours {
            return read;
        }
        if let Some((read, true)) = self.last.as_ref().and_then(entries) {
            self.restored.push(name.to_owned());
            return read;
        }
        self.damaged.push(name.to_owned());
        ours.map(|(read, _)| read).unwrap_or_default()
    }

    /// The waiting mails, each on its own, and of a damaged one what is left of it.
    fn take_outbox(&mut self, last_run: Option<&LastRun>) -> Outbox {
        const NAME: &str = "outbox";
        if let Ok(outbox) = self.whole(NAME) {
            return outbox;
        }
        let made_at = last_run.map_or(Timestamp::UNIX_EPOCH, |run| run.at);
        let Ok(Some(parts)) = self.ours.value::<BTreeMap<String, Box<RawValue>>>(NAME) else {
            self.damaged.push(NAME.to_owned());
            return Outbox::default();
        };
        let mut damaged = Vec::new();
        let mut mails_of = |place: &str, text: Option<&str>| -> Vec<Waiting> {
            let Some(text) = text else { return Vec::new() };
            let Ok(records) = serde_json::from_str::<Vec<&RawValue>>(text) else {
                damaged.push(place.to_owned());
                return Vec::new();
            };
            let mails = records.iter().enumerate().filter_map(|(at, record)| {
                if let Ok(mail) = serde_json::from_str(record.get()) {
                    return Some(mail);
                }
                damaged.push(format!("{place}[{at}]"));
                Waiting::rescued(record.get(), made_at)
            });
            mails.collect()
        };
        let of = |name: &str| parts.get(name).map(|part| part.get());
        let mails = mails_of("outbox.mails", of("mails"));
        let inner: BTreeMap<String, Box<RawValue>> =
            of("unconfirmed").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let unconfirmed = inner.get("mails").map(|mails| mails.get());
        let unconfirmed = mails_of("outbox.unconfirmed", unconfirmed);
        let untold: Vec<serde_json::Value> =
            of("untold").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if damaged.is_empty() {
            damaged.push(NAME.to_owned());
        }
        self.damaged.extend(damaged);
        Outbox {
            mails,
            unconfirmed: Unconfirmed { mails: unconfirmed },
            untold: untold.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect(),
            fates: Vec::new(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::net::Served;
    use crate::packed::Packer;

    /// A table of version 1 with one row that nobody reported.
    fn version_1s() -> Legacy {
        let mut packer = Packer::with_capacity(16);
        packer.number(1);
        packer.hash(7);
        for unknown in [0, 0, 0] {
            packer.number(unknown);
        }
        serde_json::from_value(packer.finish().into()).unwrap()
    }

    #[test]
    fn a_key_that_was_written_so_and_that_nobody_knows_is_a_newer_versions() {
        let known = seal::sealed(r#"{"version":1,"generation":3}"#).unwrap();
        assert_eq!(head(Some(&known)).version, 1);
        let newer = seal::sealed(r#"{"version":1,"generation":3,"flights":{}}"#).unwrap();
        assert_eq!(head(Some(&newer)).version, VERSION + 1);
        let damaged = newer.replacen("{}", "{ \"a\":1}", 1);
        assert_eq!(head(Some(&damaged)).version, 1);
    }

    #[test]
    fn a_state_that_joins_the_file_loses_its_marks_and_no_seal_over_damage() {
        let sealed = seal::sealed(
            r#"{"version":2,"generation":5,"file_left_at":2,"file_broken_at":1,"died":{}}"#,
        );
        let sealed = sealed.unwrap();
        let joined_now = joined(&sealed);
        assert!(!joined_now.contains("file_"), "{joined_now}");
        assert_eq!(read(&joined_now, None).damaged, Vec::<String>::new());
        assert_eq!(joined(&joined_now), joined_now);

        let damaged = joined(&sealed.replacen("\"generation\":5", "\"generation\":7", 1));
        assert_eq!(read(&damaged, None).damaged, ["generation"]);
    }

    #[test]
    fn every_key_that_is_written_is_known() {
        let mut state = State {
            language: Some("en".to_owned()),
            archive: Some("a".to_owned()),
            file_left_at: Some(7),
            file_broken_at: Some(6),
            remarks_told: Some(Date::constant(2026, 8, 3)),
            ..State::default()
        };
        let served =
            Served { address: std::net::Ipv4Addr::LOCALHOST.into(), at: Timestamp::UNIX_EPOCH };
        state.addresses.insert("pce.example:443".to_owned(), served);
        state.ip_lists.fail(true, Timestamp::UNIX_EPOCH);
        state.baseline = version_1s();
        state.died.told.push(Timestamp::UNIX_EPOCH);
        state.workloads.failures = 1;
        state.held.all_told = Some(Timestamp::UNIX_EPOCH);
        state.forward.failing.insert("siem".to_owned(), "down".into());
        state.history = serde_json::from_value("AQ".into()).unwrap();
        state.before_jump = Some(BeforeJump {
            events: None,
            traffic: None,
            jumped_at: Timestamp::UNIX_EPOCH,
            held_seconds: 0,
            reckoned_at: Timestamp::UNIX_EPOCH,
            host_at: Timestamp::UNIX_EPOCH,
        });
        let mut written = String::new();
        write(&state, &mut written).unwrap();
        let sealed = Sealed::of(&written).unwrap();
        assert_eq!(sealed.unknown().count(), 0, "{written}");
        assert_eq!(sealed.parts.len(), PARTS.len() + ASIDE.len(), "{written}");
        let read = read(&written, None);
        assert_eq!((read.state, read.damaged), (state, Vec::new()));
    }
}
