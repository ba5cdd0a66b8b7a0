//! How much traffic rows have grown.
//!
//! A row of a traffic query counts its connections since the start of its UTC day,
//! whatever the query's window [seen on 25.2.40]. So what a row adds is what it has
//! grown by since it was last seen, and that has to be remembered: a packed table
//! of some 20 bytes a row, kept as long as a fetch can still return the row.

mod packing;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::minutes::{Minute, minute_of};
use crate::packed::{ByHash, hash};
use crate::pce::record::{Flow, Number, Text};

/// How many rows are remembered at most; beyond it the longest unseen go first.
pub const MAX_ROWS: usize = 400_000;

/// What identifies a row: a hash of all that tells it from others.
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
    rows: HashMap<RowKey, Seen, ByHash>,
}

/// What is remembered of one row: 32 bytes, of which hundreds of thousands are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    /// What each end counted, by [`Reporter::place`]; 0 for one that never reported.
    counts: [u64; 2],
    /// When each end saw it first; none for one that never reported.
    firsts: [Second; 2],
    last: Second,
    /// `last` as it was when this fetch began; none where the row is new in it.
    /// Not kept in the file: what is read from there was seen before.
    before: Second,
}

/// A second since 1970, up to 2106, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Second(u32);

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

impl Reporter {
    const ALL: [Self; 2] = [Self::Inbound, Self::Outbound];

    /// Where its part of [`Seen`] stands.
    fn place(self) -> usize {
        match self {
            Self::Inbound => 0,
            Self::Outbound => 1,
        }
    }
}

impl Second {
    const NONE: Self = Self(u32::MAX);

    /// A time out of its range is the range's end.
    fn of(second: i64) -> Self {
        let bounded = second.clamp(0, i64::from(u32::MAX) - 1);
        Self(u32::try_from(bounded).unwrap_or_default())
    }

    fn get(self) -> Option<i64> {
        (self != Self::NONE).then_some(i64::from(self.0))
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

    /// What a row is known by: everything but the direction, and the UTC date.
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
            seen.before = seen.last;
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
        let Some(last) = seen.before.get() else {
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
            .and_then(|seen| seen.first(row.reporter));
        known.is_some() && Second::of(row.first.as_second()).get() > known
    }

    /// Forgets rows that no fetch from `time` on can return: last seen before it, and
    /// of a UTC day that was over by then, so that they can't grow any more.
    pub fn forget_before(&mut self, time: Timestamp) {
        self.rows
            .retain(|_, seen| seen.last().max(seen.day_ends()) >= time.as_second());
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
            .map(|(key, seen)| (seen.last(), *key))
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

/// How long after midnight a row of the day before may still end [seen on 25.2.40: 00:04:03].
const DAY_GRACE: i64 = 600;

impl Seen {
    fn new(row: &Row) -> Self {
        let mut seen = Self {
            counts: [0; 2],
            firsts: [Second::NONE; 2],
            last: Second::of(row.last.as_second()),
            before: Second::NONE,
        };
        seen.update(row);
        seen
    }

    /// The flow's count: the larger of what its two ends say.
    fn count(&self) -> u64 {
        self.counts[0].max(self.counts[1])
    }

    /// When that end saw it first; none if it never reported.
    fn first(&self, reporter: Reporter) -> Option<i64> {
        self.firsts[reporter.place()].get()
    }

    fn last(&self) -> i64 {
        i64::from(self.last.0)
    }

    /// When the UTC day of the row is over.
    fn day_ends(&self) -> i64 {
        let firsts = self.firsts.iter().filter_map(|first| first.get());
        let first = firsts.min().unwrap_or(self.last());
        (first.div_euclid(86_400) + 1) * 86_400 + DAY_GRACE
    }

    fn update(&mut self, row: &Row) {
        let place = row.reporter.place();
        let first = row.first.as_second();
        let earliest = self
            .first(row.reporter)
            .map_or(first, |known| known.min(first));
        self.counts[place] = row.count;
        self.firsts[place] = Second::of(earliest);
        self.last = Second::of(self.last().max(row.last.as_second()));
    }
}

#[cfg(test)]
mod tests;
