//! The baseline as one text in the file, some 20 bytes a row.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Baseline, End, RowKey, Seen};
use crate::packed::{Packer, Unpacker};

impl Serialize for Baseline {
    /// In the order of the keys, each the key, the two ends' counts, how long
    /// before the newest row it was last seen, and how long before that each end
    /// saw it first (plus one; 0 where that end never reported it).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<(&RowKey, &Seen)> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        let newest = rows
            .iter()
            .map(|(_, seen)| seen.last)
            .max()
            .unwrap_or_default()
            .max(0);
        let mut packer = Packer::with_capacity(rows.len() * 20 + 10);
        packer.number(newest.unsigned_abs());
        for (key, seen) in rows {
            packer.hash(key.0);
            packer.number(newest.abs_diff(seen.last));
            for end in [seen.inbound, seen.outbound] {
                packer.number(end.map_or(0, |end| seen.last.abs_diff(end.first) + 1));
                if let Some(end) = end {
                    packer.number(end.count);
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
        let inbound = unpack_end(&mut unpacker, last)?;
        let outbound = unpack_end(&mut unpacker, last)?;
        baseline.rows.insert(
            key,
            Seen {
                inbound,
                outbound,
                last,
                before: Some(last),
            },
        );
    }
    Some(baseline)
}

/// `None` where the table is damaged; `Some(None)` for an end that never reported.
fn unpack_end(unpacker: &mut Unpacker, last: i64) -> Option<Option<End>> {
    let Some(before) = unpacker.number()?.checked_sub(1) else {
        return Some(None);
    };
    let first = last.checked_sub(i64::try_from(before).ok()?)?;
    Some(Some(End {
        count: unpacker.number()?,
        first,
    }))
}
