//! How much traffic rows have grown.
//!
//! A row of a traffic query counts its connections since the start of its UTC day,
//! whatever the query's window [pce-api 3.5]. So what a row adds is what it has
//! grown by since it was last seen, and that has to be remembered: a packed table
//! of some 20 bytes a row, kept as long as a fetch can still return the row.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::minutes::{Minute, minute_of};
use crate::pce::record::{Flow, Text};

/// How many rows are remembered at most; beyond it the longest unseen go first.
pub const MAX_ROWS: usize = 400_000;

/// What identifies a row: a hash of all that contract 4.4 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowKey(pub u64);

/// Which end reported a row. The two ends' rows are one flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// The destination's VEN, or nobody says.
    Inbound,
    /// The source's VEN.
    Outbound,
}

/// One row, as far as counting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What identifies it.
    pub key: RowKey,
    /// Which end reported it.
    pub reporter: Reporter,
    /// Its count so far in its day.
    pub count: u64,
    /// When it was first seen in its day.
    pub first: Timestamp,
    /// When it was last seen.
    pub last: Timestamp,
}

/// What the rows seen so far counted when they were last seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    rows: HashMap<RowKey, Seen>,
}

/// What is remembered of one row; times in seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    inbound: u64,
    outbound: u64,
    first: i64,
    last: i64,
}

/// How much a row has grown, and in which minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It was seen before. So much more, between these minutes.
    Known {
        /// May be 0.
        count: u64,
        /// The first minute of the growth.
        from: Minute,
        /// The last one.
        to: Minute,
    },
    /// It was never seen. All of its count, if it began inside the covered time.
    New {
        /// Its whole count, at least 1.
        count: u64,
        /// The minute in which it was first seen.
        from: Minute,
        /// The minute in which it was last seen.
        to: Minute,
    },
}

impl Row {
    /// Reads a row. A time that is absent is the other one, or `now`; a count that
    /// is absent is 1.
    pub fn of(flow: &Flow<'_>, now: Timestamp) -> Self {
        let range = &flow.timestamp_range;
        let (first, last) = (
            range.first_detected.timestamp(),
            range.last_detected.timestamp(),
        );
        let last = last.or(first).unwrap_or(now);
        let first = first.unwrap_or(last).min(last);
        let outbound = flow.flow_direction.as_str() == "outbound";
        Self {
            key: RowKey::of(flow, first),
            reporter: if outbound {
                Reporter::Outbound
            } else {
                Reporter::Inbound
            },
            count: flow.num_connections.0.unwrap_or(1),
            first,
            last,
        }
    }
}

impl RowKey {
    /// The key of contract 4.4: everything but the direction, and the UTC date.
    fn of(flow: &Flow<'_>, first: Timestamp) -> Self {
        let (service, src, dst) = (&flow.service, &flow.src, &flow.dst);
        let number = |number: crate::pce::record::Number| {
            number
                .0
                .map(|number| number.to_string())
                .unwrap_or_default()
        };
        let text = |text: &Text<'_>| text.as_str().to_owned();
        let parts = [
            text(&src.ip),
            text(&dst.ip),
            text(&src.workload.href),
            text(&dst.workload.href),
            text(&src.fqdn),
            text(&dst.fqdn),
            number(service.port),
            number(service.proto),
            text(&service.process_name),
            text(&service.windows_service_name),
            text(&service.user_name),
            number(flow.icmp_type),
            number(flow.icmp_code),
            flow.network
                .href
                .filled()
                .unwrap_or(flow.network.name.as_str())
                .to_owned(),
            text(&flow.policy_decision),
            text(&flow.boundary_decision),
            text(&flow.state),
            first.as_second().div_euclid(86_400).to_string(),
        ];
        let mut hash = [0; 8];
        hash.copy_from_slice(&digest(&SHA256, parts.join("\0").as_bytes()).as_ref()[..8]);
        Self(u64::from_be_bytes(hash))
    }
}

impl Baseline {
    /// Remembers the row and says how much it has grown. `complete` is the end of
    /// the last complete fetch: growth since then cannot lie before it.
    pub fn grow(&mut self, row: &Row, complete: Option<Timestamp>) -> Growth {
        let to = minute_of(row.last);
        let Some(seen) = self.rows.get_mut(&row.key) else {
            self.rows.insert(row.key, Seen::new(row));
            return Growth::New {
                count: row.count.max(1),
                from: minute_of(row.first),
                to,
            };
        };
        let (before, last) = (seen.count(), seen.last);
        seen.update(row);
        let after = complete.map_or(last, |complete| complete.as_second().max(last));
        Growth::Known {
            count: seen.count().saturating_sub(before),
            from: after.div_euclid(60).min(to),
            to,
        }
    }

    /// True where a known row begins later in its day than it once did: rows that
    /// do so are clipped to the query.
    pub fn begins_later(&self, row: &Row) -> bool {
        self.rows
            .get(&row.key)
            .is_some_and(|seen| row.first.as_second() > seen.first)
    }

    /// Forgets rows last seen before `time`: no fetch returns them any more.
    pub fn forget_before(&mut self, time: Timestamp) {
        self.rows.retain(|_, seen| seen.last >= time.as_second());
    }

    /// Keeps to the bound; true where rows had to be forgotten for it.
    pub fn keep_to(&mut self, bound: usize) -> bool {
        let excess = self.rows.len().saturating_sub(bound);
        if excess == 0 {
            return false;
        }
        let mut oldest: Vec<(i64, RowKey)> = self
            .rows
            .iter()
            .map(|(key, seen)| (seen.last, *key))
            .collect();
        oldest.sort_unstable();
        for (_, key) in &oldest[..excess] {
            self.rows.remove(key);
        }
        true
    }

    /// How many rows are remembered.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Seen {
    fn new(row: &Row) -> Self {
        let mut seen = Self {
            first: row.first.as_second(),
            last: row.last.as_second(),
            ..Self::default()
        };
        seen.update(row);
        seen
    }

    /// The flow's count: the larger of what its two ends say.
    fn count(&self) -> u64 {
        self.inbound.max(self.outbound)
    }

    fn update(&mut self, row: &Row) {
        match row.reporter {
            Reporter::Inbound => self.inbound = row.count,
            Reporter::Outbound => self.outbound = row.count,
        }
        self.first = self.first.min(row.first.as_second());
        self.last = self.last.max(row.last.as_second());
    }
}

impl Serialize for Baseline {
    /// One text: base64 over the rows in the order of their keys, each the key
    /// (8 bytes) and four variable-length numbers.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<(&RowKey, &Seen)> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        let newest = rows
            .iter()
            .map(|(_, seen)| seen.last)
            .max()
            .unwrap_or_default()
            .max(0);
        let mut packed = Vec::with_capacity(rows.len() * 20 + 10);
        push_number(&mut packed, newest.unsigned_abs());
        for (key, seen) in rows {
            packed.extend_from_slice(&key.0.to_be_bytes());
            push_number(&mut packed, seen.inbound);
            push_number(&mut packed, seen.outbound);
            push_number(&mut packed, newest.abs_diff(seen.last));
            push_number(&mut packed, seen.last.abs_diff(seen.first));
        }
        serializer.serialize_str(&STANDARD_NO_PAD.encode(packed))
    }
}

impl<'de> Deserialize<'de> for Baseline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let packed = STANDARD_NO_PAD
            .decode(text)
            .map_err(serde::de::Error::custom)?;
        unpack(&packed).ok_or_else(|| serde::de::Error::custom("the baseline is cut or damaged"))
    }
}

fn unpack(mut packed: &[u8]) -> Option<Baseline> {
    let mut baseline = Baseline::default();
    if packed.is_empty() {
        return Some(baseline);
    }
    let newest = i64::try_from(take_number(&mut packed)?).ok()?;
    baseline.rows.reserve(packed.len() / 16);
    while !packed.is_empty() {
        let (key, rest) = packed.split_first_chunk::<8>()?;
        packed = rest;
        let (inbound, outbound) = (take_number(&mut packed)?, take_number(&mut packed)?);
        let last = newest.checked_sub(i64::try_from(take_number(&mut packed)?).ok()?)?;
        let first = last.checked_sub(i64::try_from(take_number(&mut packed)?).ok()?)?;
        baseline.rows.insert(
            RowKey(u64::from_be_bytes(*key)),
            Seen {
                inbound,
                outbound,
                first,
                last,
            },
        );
    }
    Some(baseline)
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn push_number(packed: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        packed.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

fn take_number(packed: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = packed.split_first()?;
        *packed = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_785_715_200 + minute * 60).unwrap()
    }

    fn minute(minute: i64) -> Minute {
        minute_of(at(minute))
    }

    fn row(key: u64, reporter: Reporter, count: u64, first: i64, last: i64) -> Row {
        Row {
            key: RowKey(key),
            reporter,
            count,
            first: at(first),
            last: at(last),
        }
    }

    use Reporter::{Inbound, Outbound};

    #[test]
    fn a_row_counts_by_what_it_has_grown() {
        let mut baseline = Baseline::default();
        let first = baseline.grow(&row(1, Inbound, 500, 0, 720), None);
        assert_eq!(
            first,
            Growth::New {
                count: 500,
                from: minute(0),
                to: minute(720)
            }
        );
        let second = baseline.grow(&row(1, Inbound, 530, 0, 735), Some(at(725)));
        assert_eq!(
            second,
            Growth::Known {
                count: 30,
                from: minute(725),
                to: minute(735)
            }
        );
        let again = baseline.grow(&row(1, Inbound, 530, 0, 735), Some(at(740)));
        assert_eq!(
            again,
            Growth::Known {
                count: 0,
                from: minute(735),
                to: minute(735)
            }
        );
    }

    #[test]
    fn of_the_two_ends_reports_the_larger_counts() {
        let mut baseline = Baseline::default();
        baseline.grow(&row(1, Outbound, 100, 0, 10), None);
        let other_end = baseline.grow(&row(1, Inbound, 90, 0, 11), None);
        assert!(matches!(other_end, Growth::Known { count: 0, .. }));
        let grown = baseline.grow(&row(1, Inbound, 120, 0, 12), None);
        assert!(matches!(grown, Growth::Known { count: 20, .. }));
        let behind = baseline.grow(&row(1, Outbound, 115, 0, 13), None);
        assert!(matches!(behind, Growth::Known { count: 0, .. }));
    }

    #[test]
    fn a_count_that_shrinks_is_no_growth_and_grows_from_there() {
        let mut baseline = Baseline::default();
        baseline.grow(&row(1, Inbound, 100, 0, 10), None);
        assert!(matches!(
            baseline.grow(&row(1, Inbound, 3, 0, 12), None),
            Growth::Known { count: 0, .. }
        ));
        assert!(matches!(
            baseline.grow(&row(1, Inbound, 20, 0, 14), None),
            Growth::Known { count: 17, .. }
        ));
    }

    #[test]
    fn the_key_tells_flows_apart_but_not_their_reporters() {
        let base = r#"{"src":{"ip":"10.0.0.1"},"dst":{"ip":"10.0.0.2"},"service":{"port":80,"proto":6},"flow_direction":"inbound",
            "state":"active","num_connections":5,"timestamp_range":{"first_detected":"2026-08-03T23:59:00Z","last_detected":"2026-08-04T00:03:00Z"}}"#;
        let read = |text: &str| Row::of(&serde_json::from_str(text).unwrap(), at(0));
        let key = read(base).key;
        assert_eq!(read(&base.replace("inbound", "outbound")).key, key);
        assert_eq!(
            read(&base.replace("23:59:00Z", "01:59:00+00:00")).key,
            key,
            "the same UTC day"
        );
        for (from, to) in [
            ("10.0.0.1", "10.0.0.3"),
            ("80", "81"),
            ("active", "closed"),
            ("2026-08-03T2", "2026-08-02T2"),
        ] {
            assert_ne!(read(&base.replace(from, to)).key, key, "{from} → {to}");
        }
    }

    #[test]
    fn what_is_remembered_survives_the_file() {
        let mut baseline = Baseline::default();
        for n in 0..5_000u64 {
            let key = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            baseline.grow(
                &row(
                    key,
                    if n % 2 == 0 { Inbound } else { Outbound },
                    n * n,
                    n as i64 / 9,
                    n as i64 / 4,
                ),
                None,
            );
        }
        let json = serde_json::to_string(&baseline).unwrap();
        assert_eq!(serde_json::from_str::<Baseline>(&json).unwrap(), baseline);
        assert!(
            json.len() < 5_000 * 27,
            "{} bytes a row",
            json.len() / 5_000
        );
        assert!(
            serde_json::from_str::<Baseline>(&format!("{}\"", &json[..json.len() - 5])).is_err()
        );
        assert!(serde_json::from_str::<Baseline>("\"\"").unwrap().is_empty());
    }

    #[test]
    fn rows_that_no_fetch_returns_are_forgotten_and_the_bound_is_kept() {
        let mut baseline = Baseline::default();
        for n in 0..10 {
            baseline.grow(&row(n, Inbound, 1, 0, n as i64), None);
        }
        baseline.forget_before(at(2));
        assert_eq!(baseline.len(), 8);
        assert!(!baseline.keep_to(8));
        assert!(baseline.keep_to(3));
        assert!(matches!(
            baseline.grow(&row(9, Inbound, 2, 0, 9), None),
            Growth::Known { count: 1, .. }
        ));
        assert!(matches!(
            baseline.grow(&row(6, Inbound, 2, 0, 9), None),
            Growth::New { .. }
        ));
    }
}
