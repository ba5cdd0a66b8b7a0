//! What was told, and what became of it: for whoever looks back.
//!
//! Entries are packed into one text, oldest first: of each the time (seconds since the one
//! before), what it tells, and the mails it went into, known by a hash of their
//! Message-ID. Where there are too many, the oldest go.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Alert, Condition, ConditionNews, Notice, Phase, Report, Subject};
use crate::packed::{Packer, Unpacker, hash};
use crate::rules::Level;
use crate::rules::groups::shown;

/// So many entries are kept.
pub const ENTRIES: usize = 2_000;

/// They take at most so many bytes of the file.
pub const BYTES: usize = 200_000;

/// A text is at most so many bytes; with that, as many entries fit.
const TEXT: usize = 44;

/// An entry names at most so many mails.
const MAILS: usize = 60;

/// The packing; another one would be another number.
const PACKING: u64 = 1;

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
        /// The worst group, else the first object or the busiest talker; cut, may be empty.
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
    /// Adds what a run tells, and into which mails (by their Message-IDs) each of it went:
    /// for each of the report's conditions, alerts and notices, in their order.
    pub fn tell(&mut self, report: &Report, mails: &[Vec<String>]) {
        let conditions = report.conditions.iter().map(of_condition);
        let alerts = report.alerts.iter().map(of_alert);
        let notices = report.notices.iter().map(of_notice);
        let all = conditions.chain(alerts).chain(notices);
        let mut mails = mails.iter();
        self.0.extend(all.map(|(level, told)| Entry {
            at: report.made_at,
            level,
            told,
            mails: mails.next().into_iter().flatten().take(MAILS).map(InMail::of).collect(),
        }));
    }

    /// Adds alerts that are held back, and go into no mail yet.
    pub fn held(&mut self, at: Timestamp, alerts: &[Alert]) {
        let held = alerts.iter().map(of_alert);
        self.0.extend(held.map(|(level, told)| Entry { at, level, told, mails: Vec::new() }));
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
    fn of(message_id: &String) -> Self {
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
        Subject::Events { objects, .. } => {
            objects.top.first().map(|one| one.what.name.clone()).unwrap_or_default()
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

/// Conditions by their number in the file: only ever added to, at the end.
const WATCHED: [Condition; 12] = [
    Condition::Unreachable,
    Condition::Credentials,
    Condition::Health,
    Condition::Events,
    Condition::Traffic,
    Condition::Workloads,
    Condition::Configuration,
    Condition::Delivery,
    Condition::KeyExpires,
    Condition::CertificateExpires,
    Condition::Archive,
    Condition::IpLists,
];

const LEVELS: [Level; 3] = [Level::Info, Level::Warning, Level::Critical];
const PHASES: [Phase; 3] = [Phase::Begins, Phase::Lasts, Phase::Ended];

/// The text of the newest entries that have room.
fn packed(mut entries: Vec<Entry>) -> String {
    loop {
        entries.drain(..entries.len().saturating_sub(ENTRIES));
        if entries.is_empty() {
            return String::new();
        }
        let mut packer = Packer::default();
        packer.number(PACKING);
        let mut before = 0;
        for entry in &entries {
            before = pack(&mut packer, entry, before);
        }
        let text = packer.finish();
        if text.len() <= BYTES {
            return text;
        }
        entries.drain(..entries.len().div_ceil(20));
    }
}

fn unpacked(text: &str) -> Option<Vec<Entry>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let mut unpacker = Unpacker::new(text)?;
    if unpacker.number()? != PACKING {
        return None;
    }
    let (mut entries, mut before) = (Vec::new(), 0);
    while !unpacker.is_done() {
        let entry = unpack(&mut unpacker, before)?;
        before = entry.at.as_second();
        entries.push(entry);
    }
    Some(entries)
}

/// Returns its time, for the next one.
fn pack(packer: &mut Packer, entry: &Entry, before: i64) -> i64 {
    let at = entry.at.as_second();
    signed(packer, at - before);
    packer.number(place(&LEVELS, &entry.level));
    match &entry.told {
        Told::Alert { rule, count, at_least, first, last, worst, groups } => {
            packer.number(u64::from(*at_least));
            signed(packer, *rule);
            packer.number(*count);
            signed(packer, at - first.as_second());
            signed(packer, last.as_second() - first.as_second());
            text(packer, worst);
            packer.number(*groups);
        }
        Told::Condition { about, phase } => {
            packer.number(2 + place(&PHASES, phase));
            match about {
                About::Watched(condition) => packer.number(1 + place(&WATCHED, condition)),
                About::Rule(rule) => {
                    packer.number(0);
                    signed(packer, *rule);
                }
            }
        }
        Told::Notice(title) => {
            packer.number(5);
            text(packer, title);
        }
    }
    packer.number(entry.mails.len() as u64);
    for mail in &entry.mails {
        let [_, _, _, hash @ ..] = mail.hash.to_be_bytes();
        packer.bytes(&hash);
        let (became, then) = match mail.became {
            Became::Waits => (0, at),
            Became::Delivered(then) => (1, then.as_second()),
            Became::GivenUp(then) => (2, then.as_second()),
        };
        packer.number(2 * became + u64::from(mail.merged));
        signed(packer, then - at);
    }
    at
}

fn unpack(unpacker: &mut Unpacker, before: i64) -> Option<Entry> {
    let time = |second: i64| Timestamp::from_second(second).ok();
    let at = before.checked_add(unsigned(unpacker)?)?;
    let level = *of(&LEVELS, unpacker.number()?)?;
    let told = match unpacker.number()? {
        kind @ (0 | 1) => {
            let (rule, count) = (unsigned(unpacker)?, unpacker.number()?);
            let first = at.checked_sub(unsigned(unpacker)?)?;
            let last = first.checked_add(unsigned(unpacker)?)?;
            Told::Alert {
                rule,
                count,
                at_least: kind == 1,
                first: time(first)?,
                last: time(last)?,
                worst: read_text(unpacker)?,
                groups: unpacker.number()?,
            }
        }
        kind @ 2..=4 => {
            let about = match unpacker.number()? {
                0 => About::Rule(unsigned(unpacker)?),
                watched => About::Watched(*of(&WATCHED, watched - 1)?),
            };
            Told::Condition { about, phase: *of(&PHASES, kind - 2)? }
        }
        5 => Told::Notice(read_text(unpacker)?),
        _ => return None,
    };
    let mut mails = Vec::new();
    for _ in 0..unpacker.number()?.min(unpacker.left() as u64) {
        let [a, b, c, d, e] = unpacker.bytes()?;
        let (hash, kind) = (u64::from_be_bytes([0, 0, 0, a, b, c, d, e]), unpacker.number()?);
        let then = time(at.checked_add(unsigned(unpacker)?)?)?;
        let became = match kind / 2 {
            0 => Became::Waits,
            1 => Became::Delivered(then),
            2 => Became::GivenUp(then),
            _ => return None,
        };
        mails.push(InMail { hash, merged: kind % 2 == 1, became });
    }
    Some(Entry { at: time(at)?, level, told, mails })
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u64 {
    all.iter().position(|known| known == one).unwrap_or_default() as u64
}

fn of<T>(all: &[T], place: u64) -> Option<&T> {
    all.get(usize::try_from(place).ok()?)
}

/// Small numbers of both signs are short.
fn signed(packer: &mut Packer, number: i64) {
    packer.number(((number << 1) ^ (number >> 63)) as u64);
}

fn unsigned(unpacker: &mut Unpacker) -> Option<i64> {
    let number = unpacker.number()?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

fn text(packer: &mut Packer, text: &str) {
    packer.number(text.len() as u64);
    packer.bytes(text.as_bytes());
}

fn read_text(unpacker: &mut Unpacker) -> Option<String> {
    let length = usize::try_from(unpacker.number()?).ok()?;
    if length > unpacker.left() {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..length).map(|_| Some(unpacker.bytes::<1>()?[0])).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_785_715_200 + second).unwrap()
    }

    fn alert(rule: i64, second: i64, worst: &str) -> Entry {
        Entry {
            at: at(second),
            level: Level::Critical,
            told: Told::Alert {
                rule,
                count: 123_456,
                at_least: rule % 2 == 0,
                first: at(second - 86_400),
                last: at(second - 60),
                worst: cut(worst),
                groups: 4_321,
            },
            mails: vec![InMail::of(&format!("{second}@example.com"))],
        }
    }

    fn condition(about: About, phase: Phase, second: i64) -> Entry {
        let told = Told::Condition { about, phase };
        Entry { at: at(second), level: Level::Warning, told, mails: Vec::new() }
    }

    fn of_entries(entries: Vec<Entry>) -> History {
        History(packed(entries))
    }

    #[test]
    fn what_is_unpacked_is_what_was_packed_whatever_the_clock_did() {
        let merged = InMail { hash: (1 << 40) - 1, merged: true, became: Became::GivenUp(at(900)) };
        let delivered = InMail { hash: 0, merged: false, became: Became::Delivered(at(10)) };
        let notice = |title: &str, second| Entry {
            told: Told::Notice(title.to_owned()),
            mails: vec![merged, delivered],
            ..condition(About::Rule(1), Phase::Begins, second)
        };
        let mut all = vec![
            alert(i64::MIN, 0, "10.0.0.4 → db-01 445"),
            alert(i64::MAX, -3_600, "防火牆"),
            notice("", 30),
            condition(About::Rule(-7), Phase::Ended, 31),
        ];
        let phases = PHASES.iter().cycle();
        all.extend(
            WATCHED
                .iter()
                .zip(phases)
                .map(|(watched, phase)| condition(About::Watched(*watched), *phase, 40)),
        );
        assert_eq!(of_entries(all.clone()).entries(), all);
        assert!(of_entries(Vec::new()).is_empty());
    }

    #[test]
    fn two_thousand_entries_with_long_texts_have_room_and_the_oldest_go() {
        let long = "10.20.30.40 (very-long-host-name.prod.example.com) · 445/TCP · 防火牆";
        let entries: Vec<Entry> = (0..2_500)
            .map(|number| {
                let mut entry = alert(1_000 + number, number * 601, long);
                entry.mails[0].became = Became::Delivered(at(number * 601 + 2_592_000));
                entry
            })
            .collect();
        let history = of_entries(entries.clone());
        assert!(history.0.len() <= BYTES, "{}", history.0.len());
        assert!(history.entries() == entries[500..], "{}", history.entries().len());
    }

    #[test]
    fn where_each_went_into_many_mails_the_bound_holds_all_the_same() {
        let mail = |number: i64| InMail::of(&format!("{number}@example.com"));
        let entries = (0..2_000).map(|number| Entry {
            mails: (0..50).map(mail).collect(),
            ..alert(1, number * 600, "10.0.0.4")
        });
        let history = of_entries(entries.collect());
        assert!(history.0.len() <= BYTES && history.0.len() > BYTES / 10 * 8);
        assert_eq!(history.entries().last().unwrap().at, at(1_999 * 600));
    }

    #[test]
    fn what_became_of_a_mail_is_known_by_its_message_id_also_where_it_was_merged() {
        let mut history = of_entries(vec![alert(1, 1, ""), alert(2, 2, ""), alert(3, 3, "")]);
        history.change(|open| {
            open.merged("2@example.com", "1@example.com");
            open.delivered("1@example.com", at(60));
            open.given_up("3@example.com", at(90));
            open.delivered("3@example.com", at(100));
            open.delivered("unknown@example.com", at(100));
        });
        let mails = history.entries().into_iter().map(|entry| entry.mails[0]);
        let became: Vec<_> = mails.map(|mail| (mail.merged, mail.became)).collect();
        let delivered = Became::Delivered(at(60));
        let expected = [(false, delivered), (true, delivered), (false, Became::GivenUp(at(90)))];
        assert_eq!(became, expected);
    }

    #[test]
    fn the_last_time_is_that_of_what_was_told_and_not_of_what_was_held() {
        let held = Entry { mails: Vec::new(), ..alert(7, 500, "") };
        let history = of_entries(vec![alert(7, 100, ""), alert(7, 200, ""), held]);
        assert_eq!(history.last_told(), BTreeMap::from([(7, at(200))]));
    }

    #[test]
    fn a_text_that_is_no_packed_history_is_an_empty_one() {
        let whole = of_entries(vec![alert(1, 1, "db-01")]).0;
        for text in ["?", "AA", &whole[..whole.len() - 4]] {
            let history: History = serde_json::from_value(text.into()).unwrap();
            assert_eq!(history.entries(), []);
        }
    }
}
