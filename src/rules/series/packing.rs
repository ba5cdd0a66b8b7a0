//! What is known as two texts in the file, some 20 bytes a series.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{HashKey, Heard, Known, Name, Series};
use crate::packed::{Packer, Unpacker};

/// As it stands in the file.
#[derive(Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct PackedSeries {
    key: HashKey,
    #[serde(skip_serializing_if = "is_zero")]
    counted_before: u32,
    /// In their order, each as its distance from the one before where that is near.
    series: String,
    vens: String,
}

impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = PackedSeries {
            key: self.key,
            counted_before: self.counted_before,
            series: packed_series(&self.series),
            vens: packed_vens(self),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = PackedSeries::deserialize(deserializer)?;
        let mut known = Self {
            series: unpacked_series(&stored.series).ok_or_else(|| cut("series"))?,
            key: stored.key,
            counted_before: stored.counted_before,
            ..Self::default()
        };
        unpack_vens(&stored.vens, &mut known).ok_or_else(|| cut("VENs"))?;
        Ok(known)
    }
}

fn cut<E: Error>(what: &str) -> E {
    E::custom(format!("the table of {what} is cut or damaged"))
}

/// The newest stamp; then each with how far its talkers are from those before, the rest
/// of its name, how long before the newest it was last seen and by which end, how long
/// it lasted, its count, and how much of that the other end has reported, too.
fn packed_series(series: &[Series]) -> String {
    let newest = series.iter().map(|one| one.last).max().unwrap_or_default();
    let mut packer = Packer::with_capacity(series.len() * 16 + 10);
    packer.number(newest.into());
    let mut talkers = 0;
    for one in series {
        packer.number(one.name.talkers() - talkers);
        talkers = one.name.talkers();
        packer.bytes(&one.name.0.to_be_bytes()[5..]);
        let flags = [one.outbound, one.over > 0, one.whole];
        let flags = flags.iter().rev().fold(0, |sum, flag| sum << 1 | u64::from(*flag));
        packer.number((u64::from(newest - one.last) << 3) | flags);
        packer.number((one.last - one.first).into());
        if one.over > 0 {
            packer.number(one.over.into());
        }
        packer.number(one.count.into());
        packer.number(
            u64::from(one.count.abs_diff(one.ahead)) << 1 | u64::from(one.count < one.ahead),
        );
    }
    packer.finish()
}

fn unpacked_series(text: &str) -> Option<Vec<Series>> {
    let mut unpacker = Unpacker::new(text)?;
    if unpacker.is_done() {
        return Some(Vec::new());
    }
    let newest = u32::try_from(unpacker.number()?).ok()?;
    let mut series: Vec<Series> = Vec::with_capacity(unpacker.left() / 12);
    let mut talkers = 0u64;
    while !unpacker.is_done() {
        talkers = talkers.checked_add(unpacker.number()?)?;
        let name = Name::first_of(talkers).0
            | unpacker.bytes::<3>()?.into_iter().fold(0, |sum, byte| (sum << 8) | u64::from(byte));
        let seen = unpacker.number()?;
        let last = newest.checked_sub(u32::try_from(seen >> 3).ok()?)?;
        let first = last.checked_sub(u32::try_from(unpacker.number()?).ok()?)?;
        let over = if seen & 2 == 0 { 0 } else { unpacker.number()? };
        let count = unpacker.number()?;
        let met = unpacker.number()?;
        let ahead = if met & 1 == 0 {
            count.checked_sub(met >> 1)?
        } else {
            count.checked_add(met >> 1)?
        };
        series.push(Series {
            name: Name(name),
            count: u32::try_from(count).ok()?,
            first,
            last,
            ahead: u32::try_from(ahead).ok()?,
            over: u32::try_from(over).ok()?,
            outbound: seen & 1 == 1,
            whole: seen & 4 != 0,
            met: false,
            gone: false,
        });
    }
    series.is_sorted_by_key(Series::place).then_some(series)
}

/// Each VEN's hash, how long before the newest it was heard of, how long before that the
/// last fetch had heard of it, and what of it came astray.
fn packed_vens(known: &Known) -> String {
    let mut vens: Vec<(&u64, &Heard)> = known.vens.iter().collect();
    vens.sort_unstable_by_key(|(ven, _)| **ven);
    let newest = vens.iter().map(|(_, heard)| heard.now).max().unwrap_or_default();
    let mut packer = Packer::with_capacity(vens.len() * 12 + 10);
    packer.number(newest.into());
    for (ven, heard) in vens {
        packer.hash(*ven);
        packer.number((newest - heard.now).into());
        packer.number((heard.now - heard.before).into());
        packer.number(heard.astray.into());
    }
    packer.finish()
}

fn unpack_vens(text: &str, known: &mut Known) -> Option<()> {
    let mut unpacker = Unpacker::new(text)?;
    if unpacker.is_done() {
        return Some(());
    }
    let newest = u32::try_from(unpacker.number()?).ok()?;
    while !unpacker.is_done() {
        let ven = unpacker.hash()?;
        let now = newest.checked_sub(u32::try_from(unpacker.number()?).ok()?)?;
        let before = now.checked_sub(u32::try_from(unpacker.number()?).ok()?)?;
        let astray = u32::try_from(unpacker.number()?).ok()?;
        let heard = Heard { before, now, astray };
        known.vens.insert(ven, heard);
    }
    Some(())
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
