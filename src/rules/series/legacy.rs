//! What version 1 of the state knew: rows by a hash of their names and their UTC date,
//! with what each end counted. It serves for rows of that time, is written as it was
//! read, and is gone 26 hours after the change.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::row::network;
use super::{Row, Series};
use crate::packed::{ByHash, Packer, Unpacker};
use crate::pce::record::Flow;
use crate::rules::different::hash_of;

/// The table of version 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Legacy {
    rows: HashMap<u64, Old, ByHash>,
}

/// What was remembered of a row: the destination's end, then the source's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Old {
    last: u32,
    /// When each end saw it first, and its count; none for one that never reported.
    ends: [Option<(u32, u64)>; 2],
}

impl Legacy {
    /// True where nothing of it is left.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What was last seen before `time` is let go.
    pub fn forget_before(&mut self, time: jiff::Timestamp) {
        let second = super::row::second(time);
        self.rows.retain(|_, old| old.last >= second);
    }

    /// The row with what it was known by.
    pub fn recognize(&self, row: Row, flow: &Flow<'_>) -> Row {
        let legacy = (!self.is_empty()).then(|| key_of(flow));
        Row { legacy, ..row }
    }

    /// The series that the row was. An end that had not reported stands where it is now:
    /// what it counts was told by the other.
    pub(super) fn series(&self, row: &Row) -> Option<Series> {
        // Of the date alone: what began after it was last seen is another row of that day.
        let old = self.rows.get(&row.legacy?);
        let old = old.filter(|old| row.first <= old.last)?;
        let (first, count) =
            old.ends[usize::from(row.outbound)].unwrap_or((row.first, row.count.into()));
        Some(Series {
            name: row.name,
            count: super::row::bounded(count),
            first,
            last: old.last,
            ahead: 0,
            over: 0,
            outbound: row.outbound,
            whole: false,
            met: true,
            gone: false,
        })
    }
}

/// What version 1 knew a row by: everything but the direction, and the date.
fn key_of(flow: &Flow<'_>) -> u64 {
    let (src, dst, service) = (&flow.src, &flow.dst, &flow.service);
    let range = &flow.timestamp_range;
    let (first, last) = (range.first_detected.timestamp(), range.last_detected.timestamp());
    let day = first.or(last).map_or(0, |time| time.as_second().div_euclid(86_400));
    let texts = [
        &src.ip,
        &dst.ip,
        &src.workload.href,
        &dst.workload.href,
        &src.fqdn,
        &dst.fqdn,
        &service.process_name,
        &service.windows_service_name,
        &service.user_name,
        network(flow),
        &flow.policy_decision,
        &flow.boundary_decision,
        &flow.state,
    ];
    let numbers = [service.port, service.proto, flow.icmp_type, flow.icmp_code];
    hash_of(&texts, &numbers, day)
}

impl Serialize for Legacy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<(&u64, &Old)> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        let newest = rows.iter().map(|(_, old)| old.last).max().unwrap_or_default();
        let mut packer = Packer::with_capacity(rows.len() * 20 + 10);
        packer.number(newest.into());
        for (key, old) in rows {
            packer.hash(*key);
            packer.number((newest - old.last).into());
            for end in old.ends {
                packer.number(end.map_or(0, |(first, _)| u64::from(old.last.abs_diff(first)) + 1));
                if let Some((_, count)) = end {
                    packer.number(count);
                }
            }
        }
        serializer.serialize_str(&packer.finish())
    }
}

impl<'de> Deserialize<'de> for Legacy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unpack(&text).ok_or_else(|| serde::de::Error::custom("the baseline is cut or damaged"))
    }
}

fn unpack(text: &str) -> Option<Legacy> {
    let mut unpacker = Unpacker::new(text)?;
    let mut legacy = Legacy::default();
    if unpacker.is_done() {
        return Some(legacy);
    }
    legacy.rows.reserve(unpacker.left() / 16);
    let newest = u32::try_from(unpacker.number()?).ok()?;
    while !unpacker.is_done() {
        let key = unpacker.hash()?;
        let last = newest.checked_sub(u32::try_from(unpacker.number()?).ok()?)?;
        let mut ends = [None; 2];
        for end in &mut ends {
            // 0 for an end that never reported.
            if let Some(before) = unpacker.number()?.checked_sub(1) {
                let first = last.checked_sub(u32::try_from(before).ok()?)?;
                *end = Some((first, unpacker.number()?));
            }
        }
        legacy.rows.insert(key, Old { last, ends });
    }
    Some(legacy)
}
