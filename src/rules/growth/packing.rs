//! The baseline as one text in the file, some 20 bytes a row.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Baseline, Reporter, RowKey, Second, Seen};
use crate::packed::{Packer, Unpacker};

impl Serialize for Baseline {
    /// In the order of the keys, each the key, the two ends' counts, how long
    /// before the newest row it was last seen, and how long before that each end
    /// saw it first (plus one; 0 where that end never reported it).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<(&RowKey, &Seen)> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        let newest = rows.iter().map(|(_, seen)| seen.last()).max();
        let newest = newest.unwrap_or_default();
        let mut packer = Packer::with_capacity(rows.len() * 20 + 10);
        packer.number(newest.unsigned_abs());
        for (key, seen) in rows {
            packer.hash(key.0);
            packer.number(newest.abs_diff(seen.last()));
            for end in Reporter::ALL {
                let first = seen.first(end);
                packer.number(first.map_or(0, |first| seen.last().abs_diff(first) + 1));
                if first.is_some() {
                    packer.number(seen.counts[end.place()]);
                }
            }
        }
        serializer.serialize_str(&packer.finish())
    }
}

impl<'de> Deserialize<'de> for Baseline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unpack(&text).ok_or_else(|| serde::de::Error::custom("the baseline is cut or damaged"))
    }
}

fn unpack(text: &str) -> Option<Baseline> {
    let mut unpacker = Unpacker::new(text)?;
    let mut baseline = Baseline::default();
    if unpacker.is_done() {
        return Some(baseline);
    }
    baseline.rows.reserve(unpacker.left() / 16);
    let newest = i64::try_from(unpacker.number()?).ok()?;
    while !unpacker.is_done() {
        let key = RowKey(unpacker.hash()?);
        let last = newest.checked_sub(i64::try_from(unpacker.number()?).ok()?)?;
        let mut seen = Seen {
            counts: [0; 2],
            firsts: [Second::NONE; 2],
            last: Second::of(last),
            before: Second::of(last),
        };
        for end in Reporter::ALL.map(Reporter::place) {
            // 0 for an end that never reported.
            if let Some(before) = unpacker.number()?.checked_sub(1) {
                let first = last.checked_sub(i64::try_from(before).ok()?)?;
                seen.firsts[end] = Second::of(first);
                seen.counts[end] = unpacker.number()?;
            }
        }
        baseline.rows.insert(key, seen);
    }
    Some(baseline)
}
