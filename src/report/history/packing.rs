//! The history as one text: seconds since the entry before, short numbers, short texts.

use jiff::Timestamp;

use super::{About, BYTES, Became, ENTRIES, Entry, InMail, Told};
use crate::packed::{Packer, Unpacker};
use crate::report::receiver::ReceiverKey;
use crate::report::{Condition, Phase};
use crate::rules::Level;

/// The packing; another one would be another number.
const PACKING: u64 = 1;

const LEVELS: [Level; 3] = [Level::Info, Level::Warning, Level::Critical];
pub(super) const PHASES: [Phase; 3] = [Phase::Begins, Phase::Lasts, Phase::Ended];

/// The text of the newest entries that have room.
pub(super) fn packed(mut entries: Vec<Entry>) -> String {
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

pub(super) fn unpacked(text: &str) -> Option<Vec<Entry>> {
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
            pack_about(packer, *about);
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
            let about = unpack_about(unpacker)?;
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

/// The number of what it is about, and which rule or receiver. A number stays what it is:
/// files that hold it are read for ever.
fn pack_about(packer: &mut Packer, about: About) {
    let number = match about {
        About::Rule(_) | About::Watched(Condition::Rule(_)) => 0,
        About::Watched(Condition::Unreachable) => 1,
        About::Watched(Condition::Credentials) => 2,
        About::Watched(Condition::Health) => 3,
        About::Watched(Condition::Events) => 4,
        About::Watched(Condition::Traffic) => 5,
        About::Watched(Condition::Workloads) => 6,
        About::Watched(Condition::Configuration) => 7,
        About::Watched(Condition::Delivery) => 8,
        About::Watched(Condition::KeyExpires) => 9,
        About::Watched(Condition::CertificateExpires) => 10,
        About::Watched(Condition::Archive) => 11,
        About::Watched(Condition::IpLists) => 12,
        About::Watched(Condition::Forward(_)) => 13,
    };
    packer.number(number);
    match about {
        About::Rule(rule) => signed(packer, rule),
        About::Watched(Condition::Rule(key)) => signed(packer, key.id()),
        About::Watched(Condition::Forward(receiver)) => {
            packer.bytes(&receiver.number().to_be_bytes());
        }
        About::Watched(_) => {}
    }
}

fn unpack_about(unpacker: &mut Unpacker) -> Option<About> {
    let watched = match unpacker.number()? {
        0 => return unsigned(unpacker).map(About::Rule),
        1 => Condition::Unreachable,
        2 => Condition::Credentials,
        3 => Condition::Health,
        4 => Condition::Events,
        5 => Condition::Traffic,
        6 => Condition::Workloads,
        7 => Condition::Configuration,
        8 => Condition::Delivery,
        9 => Condition::KeyExpires,
        10 => Condition::CertificateExpires,
        11 => Condition::Archive,
        12 => Condition::IpLists,
        13 => Condition::Forward(ReceiverKey::numbered(u64::from_be_bytes(unpacker.bytes()?))),
        _ => return None,
    };
    Some(About::Watched(watched))
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
