//! How much traffic rows have grown.
//!
//! A row of a traffic query counts its connections since the start of its UTC day,
//! whatever the query's window [pce-api 3.5]. So what a row adds is what it has
//! grown by since it was last seen, and that has to be remembered: a packed table
//! of some 20 bytes a row, kept as long as a fetch can still return the row.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::minutes::{Minute, minute_of};
use crate::packed::{Packer, Unpacker, hash};
use crate::pce::record::{Flow, Number, Text};

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
    inbound: Option<End>,
    outbound: Option<End>,
    last: i64,
    /// `last` as it was when this fetch began; none where the row is new in it.
    /// Not kept in the file: what is read from there was seen before.
    before: Option<i64>,
}

/// What one end reported of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    count: u64,
    first: i64,
}

/// How much a row has grown, and in which minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It was seen before. So much more, between these minutes.
    Known {
        /// May be 0.
        count: u64,
        /// When it was last seen before this fetch.
        seen: Option<Timestamp>,
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
        /// True where the flow's other end came in this very fetch: then only what
        /// this row adds, which may be 0.
        again: bool,
    },
}

impl Growth {
    /// By how much.
    pub fn count(self) -> u64 {
        match self {
            Self::Known { count, .. } | Self::New { count, .. } => count,
        }
    }
}

impl Row {
    /// Reads a row. A time that is absent is the other one, or `now`; a count that
    /// is absent is 1; no time lies in the future. `slot` stands in the key instead
    /// of the UTC date where the PCE clips rows to the query.
    pub fn of(flow: &Flow<'_>, now: Timestamp, slot: Option<Timestamp>) -> Self {
        let range = &flow.timestamp_range;
        let (first, last) = (
            range.first_detected.timestamp(),
            range.last_detected.timestamp(),
        );
        let last = last.or(first).unwrap_or(now);
        let first = first.unwrap_or(last).min(last);
        // The key keeps the row's own date, which is the same at every look.
        let date = first.as_second().div_euclid(86_400);
        let last = last.min(now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now));
        let first = first.min(last);
        let outbound = flow.flow_direction.as_str() == "outbound";
        Self {
            key: RowKey::of(flow, slot.map_or(date, Timestamp::as_second)),
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
    /// What tells flows apart for a rule that counts them: who talks to whom, on
    /// which port and protocol; whatever its state, its day and its processes.
    pub fn of_talkers(flow: &Flow<'_>) -> Self {
        Self::of_parts(&ends(flow), &[flow.service.port, flow.service.proto], 0)
    }

    /// The key of contract 4.4: everything but the direction, and the UTC date.
    fn of(flow: &Flow<'_>, period: i64) -> Self {
        let (service, network) = (&flow.service, &flow.network);
        let network = if network.href.filled().is_some() {
            &network.href
        } else {
            &network.name
        };
        let [src, dst, src_href, dst_href, src_fqdn, dst_fqdn] = ends(flow);
        let texts = [
            src,
            dst,
            src_href,
            dst_href,
            src_fqdn,
            dst_fqdn,
            &service.process_name,
            &service.windows_service_name,
            &service.user_name,
            network,
            &flow.policy_decision,
            &flow.boundary_decision,
            &flow.state,
        ];
        let numbers = [service.port, service.proto, flow.icmp_type, flow.icmp_code];
        Self::of_parts(&texts, &numbers, period)
    }

    /// Each text has its length before it, so that no two rows read the same. One
    /// buffer, since this is done for every row that matches.
    fn of_parts(texts: &[&Text<'_>], numbers: &[Number], period: i64) -> Self {
        let mut parts = Vec::with_capacity(512);
        for text in texts {
            let text = text.as_str().as_bytes();
            parts.extend_from_slice(&text.len().to_be_bytes());
            parts.extend_from_slice(text);
        }
        for number in numbers {
            let (given, number) = (number.0.is_some(), number.0.unwrap_or_default());
            parts.push(u8::from(given));
            parts.extend_from_slice(&number.to_be_bytes());
        }
        parts.extend_from_slice(&period.to_be_bytes());
        Self(hash(&parts))
    }
}

/// Both ends of a flow.
fn ends<'f, 'a>(flow: &'f Flow<'a>) -> [&'f Text<'a>; 6] {
    let (src, dst) = (&flow.src, &flow.dst);
    [
        &src.ip,
        &dst.ip,
        &src.workload.href,
        &dst.workload.href,
        &src.fqdn,
        &dst.fqdn,
    ]
}

impl Baseline {
    /// From now on rows of another fetch come in.
    pub fn begin_fetch(&mut self) {
        for seen in self.rows.values_mut() {
            seen.before = Some(seen.last);
        }
    }

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
                again: false,
            };
        };
        let counted = seen.count();
        seen.update(row);
        let count = seen.count().saturating_sub(counted);
        let Some(last) = seen.before else {
            return Growth::New {
                count,
                from: minute_of(row.first),
                to,
                again: true,
            };
        };
        let after = complete.map_or(last, |complete| complete.as_second().max(last));
        Growth::Known {
            count,
            seen: Timestamp::from_second(last).ok(),
            from: after.div_euclid(60).min(to),
            to,
        }
    }

    /// True where a known row begins later in its day than the same end once said:
    /// rows that do so are clipped to the query.
    pub fn begins_later(&self, row: &Row) -> bool {
        let known = self
            .rows
            .get(&row.key)
            .and_then(|seen| seen.end(row.reporter));
        known.is_some_and(|end| row.first.as_second() > end.first)
    }

    /// Forgets rows that no fetch from `time` on can return: last seen before it, and
    /// of a UTC day that was over by then, so that they can't grow any more.
    pub fn forget_before(&mut self, time: Timestamp) {
        self.rows
            .retain(|_, seen| seen.last.max(seen.day_ends()) >= time.as_second());
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

/// How long after midnight a row of the day before may still end [pce-api 3.5: 00:04:03].
const DAY_GRACE: i64 = 600;

impl Seen {
    fn new(row: &Row) -> Self {
        let mut seen = Self {
            last: row.last.as_second(),
            ..Self::default()
        };
        seen.update(row);
        seen
    }

    /// The flow's count: the larger of what its two ends say.
    fn count(&self) -> u64 {
        [self.inbound, self.outbound]
            .into_iter()
            .flatten()
            .map(|end| end.count)
            .max()
            .unwrap_or_default()
    }

    fn end(&self, reporter: Reporter) -> Option<End> {
        match reporter {
            Reporter::Inbound => self.inbound,
            Reporter::Outbound => self.outbound,
        }
    }

    /// When the UTC day of the row is over.
    fn day_ends(&self) -> i64 {
        let first = [self.inbound, self.outbound]
            .into_iter()
            .flatten()
            .map(|end| end.first)
            .min();
        (first.unwrap_or(self.last).div_euclid(86_400) + 1) * 86_400 + DAY_GRACE
    }

    fn update(&mut self, row: &Row) {
        let first = row.first.as_second();
        let end = match row.reporter {
            Reporter::Inbound => &mut self.inbound,
            Reporter::Outbound => &mut self.outbound,
        };
        let first = end.map_or(first, |end| end.first.min(first));
        *end = Some(End {
            count: row.count,
            first,
        });
        self.last = self.last.max(row.last.as_second());
    }
}

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
    fn a_row_from_the_future_was_seen_now_and_keeps_its_key() {
        let raw = r#"{"num_connections":4000000000,"timestamp_range":
            {"first_detected":"2026-08-03T00:00:00Z","last_detected":"9999-12-30T22:00:00Z"}}"#;
        let flow: Flow = serde_json::from_str(raw).unwrap();
        let now = Row::of(&flow, at(10), None);
        assert_eq!(
            (now.first, now.last.duration_since(at(10)).as_secs()),
            (at(0), 1)
        );
        let raw = raw.replace("2026-08", "2036-08");
        let flow: Flow = serde_json::from_str(&raw).unwrap();
        let rows = [at(10), at(5_000)].map(|now| Row::of(&flow, now, None));
        assert_eq!(rows[0].key, rows[1].key);
        assert!(
            rows.iter()
                .all(|row| row.first <= row.last && row.last < at(5_001))
        );
    }

    #[test]
    fn a_row_counts_by_what_it_has_grown() {
        let mut baseline = Baseline::default();
        let first = baseline.grow(&row(1, Inbound, 500, 0, 720), None);
        assert_eq!(
            first,
            Growth::New {
                count: 500,
                from: minute(0),
                to: minute(720),
                again: false
            }
        );
        baseline.begin_fetch();
        let second = baseline.grow(&row(1, Inbound, 530, 0, 735), Some(at(725)));
        assert_eq!(
            second,
            Growth::Known {
                count: 30,
                seen: Some(at(720)),
                from: minute(725),
                to: minute(735)
            }
        );
        baseline.begin_fetch();
        let again = baseline.grow(&row(1, Inbound, 530, 0, 735), Some(at(740)));
        assert_eq!(
            again,
            Growth::Known {
                count: 0,
                seen: Some(at(735)),
                from: minute(735),
                to: minute(735)
            }
        );
    }

    #[test]
    fn of_the_two_ends_reports_the_larger_counts() {
        let mut baseline = Baseline::default();
        baseline.grow(&row(1, Outbound, 100, 0, 10), None);
        let other_end = baseline.grow(&row(1, Inbound, 103, 0, 11), None);
        assert!(
            matches!(
                other_end,
                Growth::New {
                    count: 3,
                    again: true,
                    ..
                }
            ),
            "new in this fetch as well"
        );
        baseline.begin_fetch();
        let grown = baseline.grow(&row(1, Inbound, 120, 0, 12), None);
        assert!(matches!(grown, Growth::Known { count: 17, .. }));
        let behind = baseline.grow(&row(1, Outbound, 115, 0, 13), None);
        assert!(matches!(behind, Growth::Known { count: 0, .. }));
    }

    #[test]
    fn a_count_that_shrinks_is_no_growth_and_grows_from_there() {
        let mut baseline = Baseline::default();
        baseline.grow(&row(1, Inbound, 100, 0, 10), None);
        baseline.begin_fetch();
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
        let read = |text: &str| Row::of(&serde_json::from_str(text).unwrap(), at(0), None);
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
        baseline.begin_fetch();
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
    fn a_row_is_kept_as_long_as_its_day_may_bring_it_back() {
        let mut baseline = Baseline::default();
        baseline.grow(&row(1, Inbound, 100, 10, 20), None);
        baseline.begin_fetch();
        baseline.forget_before(at(1_430));
        let grown = baseline.grow(&row(1, Inbound, 105, 10, 1_435), None);
        assert!(
            matches!(grown, Growth::Known { count: 5, .. }),
            "the same day's row, hours later"
        );
        baseline.forget_before(at(1_445));
        assert_eq!(baseline.len(), 1, "it may end a few minutes past midnight");
        baseline.forget_before(at(1_460));
        assert!(baseline.is_empty());
    }

    #[test]
    fn beyond_the_bound_the_longest_unseen_are_forgotten() {
        let mut baseline = Baseline::default();
        for n in 0..10 {
            baseline.grow(&row(n, Inbound, 1, 0, n as i64), None);
        }
        assert!(!baseline.keep_to(10));
        assert!(baseline.keep_to(3));
        baseline.begin_fetch();
        assert!(matches!(
            baseline.grow(&row(9, Inbound, 2, 0, 9), None),
            Growth::Known { count: 1, .. }
        ));
        assert!(matches!(
            baseline.grow(&row(6, Inbound, 2, 0, 9), None),
            Growth::New { .. }
        ));
    }

    #[test]
    fn a_clipped_row_begins_later_than_the_same_end_once_said() {
        let mut baseline = Baseline::default();
        baseline.grow(&row(1, Outbound, 5, 10, 20), None);
        assert!(
            !baseline.begins_later(&row(1, Inbound, 5, 11, 20)),
            "the other end's clock is its own"
        );
        assert!(!baseline.begins_later(&row(1, Outbound, 6, 10, 30)));
        assert!(baseline.begins_later(&row(1, Outbound, 2, 21, 30)));
    }
}
