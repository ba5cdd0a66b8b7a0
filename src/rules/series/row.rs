//! A row as far as counting goes, and what it is known by.

use std::hash::Hasher;
#[expect(
    deprecated,
    reason = "SipHash 2-4 by contract, which `DefaultHasher` does not promise: its hashes stand in the state"
)]
use std::hash::SipHasher;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::pce::record::{Flow, Number, Text};

/// So many of a name's 64 bits say what the row is called beside who talks to whom.
const REST_BITS: u32 = 24;

/// What names are hashed with, so that nobody can make up two rows of one hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashKey(
    #[serde(with = "crate::packed::as_text")] u64,
    #[serde(with = "crate::packed::as_text")] u64,
);

/// What a row is called: everything that tells it from others but its times, and which
/// end reported it. 40 bits of who talks to whom (addresses, port, protocol), 24 of the
/// rest (workloads, names, process, user, network, decisions, state, ICMP).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(pub(super) u64);

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub name: Name,
    /// True: the source's VEN reported it. Where nobody says, the destination's did.
    pub outbound: bool,
    /// A hash of the VEN that reported it.
    pub ven: u64,
    /// `num_connections`, up to some four thousand million; 1 where it is absent.
    pub count: u32,
    /// `first_detected`, in seconds since 1970 up to 2106.
    pub first: u32,
    /// `last_detected`, not before `first`.
    pub last: u32,
    /// By how many seconds `last` lies in the future: a VEN's clock is its own.
    pub early: u32,
    /// What version 1 knew it by; worked out only where its table is there.
    pub legacy: Option<u64>,
}

impl HashKey {
    /// Two halves of one random number.
    pub fn of(random: u64) -> Self {
        Self(random, random.rotate_left(32) ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// The hash of some bytes.
    #[expect(deprecated, reason = "see above")]
    pub fn of_bytes(self, bytes: &[u8]) -> u64 {
        let mut hasher = SipHasher::new_with_keys(self.0, self.1);
        hasher.write(bytes);
        hasher.finish()
    }

    #[expect(deprecated, reason = "see above")]
    fn hash(self, texts: &[&Text<'_>], numbers: &[Number]) -> u64 {
        let mut hasher = SipHasher::new_with_keys(self.0, self.1);
        for text in texts {
            // Each with its length before it, so that no two lists read the same.
            let text = text.as_str().as_bytes();
            hasher.write(&(text.len() as u32).to_le_bytes());
            hasher.write(text);
        }
        for number in numbers {
            let (given, number) = (number.0.is_some(), number.0.unwrap_or_default());
            hasher.write(&[u8::from(given)]);
            hasher.write(&number.to_le_bytes());
        }
        hasher.finish()
    }
}

impl Name {
    /// Who talks to whom, on which port and protocol.
    pub(super) fn talkers(self) -> u64 {
        self.0 >> REST_BITS
    }

    /// The first name of those talkers.
    pub(super) fn first_of(talkers: u64) -> Self {
        Self(talkers << REST_BITS)
    }

    fn of(flow: &Flow<'_>, key: HashKey) -> Self {
        let (src, dst, service) = (&flow.src, &flow.dst, &flow.service);
        let talkers = key.hash(&[&src.ip, &dst.ip], &[service.port, service.proto]);
        let texts = [
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
        let rest = key.hash(&texts, &[flow.icmp_type, flow.icmp_code]);
        Self((talkers >> REST_BITS << REST_BITS) | (rest >> (64 - REST_BITS)))
    }
}

impl Row {
    /// Reads a row. A time that is absent is the other one, or `now`.
    pub fn of(flow: &Flow<'_>, key: HashKey, now: Timestamp) -> Self {
        let range = &flow.timestamp_range;
        let first = range.first_detected.timestamp();
        let last = range.last_detected.timestamp().or(first).unwrap_or(now);
        let (first, last) = (second(first.unwrap_or(last)), second(last));
        let outbound = flow.flow_direction.as_str() == "outbound";
        let reporter = if outbound { &flow.src } else { &flow.dst };
        let reporter = match reporter.workload.href.filled() {
            Some(_) => &reporter.workload.href,
            None => &reporter.ip,
        };
        Self {
            name: Name::of(flow, key),
            outbound,
            ven: key.hash(&[reporter], &[]),
            count: bounded(flow.num_connections.0.unwrap_or(1)),
            first: first.min(last),
            last,
            early: last.saturating_sub(second(now).saturating_add(1)),
            legacy: None,
        }
    }

    /// When it was first seen, not in the future.
    pub fn begins(&self) -> Timestamp {
        time(self.first.min(self.last - self.early))
    }

    /// When it was last seen, not in the future.
    pub fn ends(&self) -> Timestamp {
        time(self.last - self.early)
    }
}

/// The network's place in the API, or its name where that is absent.
pub(super) fn network<'f, 'a>(flow: &'f Flow<'a>) -> &'f Text<'a> {
    match flow.network.href.filled() {
        Some(_) => &flow.network.href,
        None => &flow.network.name,
    }
}

/// Seconds since 1970; what lies before or beyond 2106 is the range's end.
pub(super) fn second(time: Timestamp) -> u32 {
    u32::try_from(time.as_second().max(0)).unwrap_or(u32::MAX)
}

pub(super) fn bounded(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn time(second: u32) -> Timestamp {
    Timestamp::from_second(second.into()).unwrap_or(Timestamp::MAX)
}
