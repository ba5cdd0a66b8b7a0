//! The addresses of an IP list: ranges in order, none of which meets another.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::packed::{Packer, Unpacker};
use crate::pce::record::IpRange;

/// From the first to the last, both included.
pub(super) type Span = (u128, u128);

/// The highest IPv4 address.
const LAST_V4: u128 = u32::MAX as u128;

/// IPv4 addresses and IPv6 addresses, each as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    pub(super) v4: Vec<Span>,
    pub(super) v6: Vec<Span>,
}

/// A span, and whether it is IPv6's.
type Read = (bool, Span);

impl Ranges {
    /// What the entries come to, and how many of them are no range.
    pub fn of(entries: &[IpRange<'_>]) -> (Self, usize) {
        let (mut taken, mut out, mut odd) = (Self::default(), Self::default(), 0);
        for entry in entries {
            match span(entry.from_ip.as_str(), entry.to_ip.as_str()) {
                Some(span) if entry.exclusion.0 == Some(true) => out.push(span),
                Some(span) => taken.push(span),
                None => odd += 1,
            }
        }
        let less = |taken, out| less(&joined(taken), &joined(out));
        (Self { v4: less(taken.v4, out.v4), v6: less(taken.v6, out.v6) }, odd)
    }

    fn push(&mut self, (is_v6, span): Read) {
        if is_v6 { &mut self.v6 } else { &mut self.v4 }.push(span);
    }

    /// The same with the other's.
    pub(super) fn add(&mut self, other: &Self) {
        let both = |own: &mut Vec<Span>, other: &[Span]| {
            let all = own.iter().chain(other).copied().collect();
            *own = joined(all);
        };
        both(&mut self.v4, &other.v4);
        both(&mut self.v6, &other.v6);
    }

    /// How many ranges.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// True where no address is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An address as a number, and whether it is IPv6's. An IPv4 address in IPv6's clothes
/// is that IPv4 address.
pub(super) fn number(ip: IpAddr) -> (bool, u128) {
    match ip.to_canonical() {
        IpAddr::V4(ip) => (false, ip.to_bits().into()),
        IpAddr::V6(ip) => (true, ip.to_bits()),
    }
}

/// `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1` to `10.0.0.9`: the first and the last. None
/// where it is no range, where the families differ, and where the last comes first.
fn span(from: &str, to: &str) -> Option<Read> {
    let (is_v6, (first, last)) = net(from)?;
    if to.trim().is_empty() {
        return Some((is_v6, (first, last)));
    }
    let (is_v6_too, (_, last)) = net(to)?;
    (is_v6 == is_v6_too && first <= last).then_some((is_v6, (first, last)))
}

/// An address, or all of a network; without the zone that a link-local one may name.
fn net(text: &str) -> Option<Read> {
    let text = text.trim();
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.split('%').next()?.parse().ok()?;
    let Some(length) = length else {
        let (is_v6, number) = number(address);
        return Some((is_v6, (number, number)));
    };
    let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length = is_number.then(|| length.parse().ok()).flatten()?;
    let net = IpNet::new(address, length).ok()?;
    let (first, last) = (net.network(), net.broadcast());
    Some(match (first, last) {
        (IpAddr::V6(first), IpAddr::V6(last)) if !is_mapped(first) || !is_mapped(last) => {
            (true, (first.to_bits(), last.to_bits()))
        }
        (first, last) => {
            let (is_v6, first) = number(first);
            (is_v6, (first, number(last).1))
        }
    })
}

fn is_mapped(ip: Ipv6Addr) -> bool {
    ip.to_ipv4_mapped().is_some()
}

/// In order, and what meets as one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for (first, last) in spans {
        match joined.last_mut() {
            Some((_, before)) if first <= before.saturating_add(1) => *before = last.max(*before),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// The spans without what lies in those of `out`; both are in order.
fn less(spans: &[Span], out: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    for (first, last) in spans {
        let mut next = Some(*first);
        let begin = out.partition_point(|(_, end)| end < first);
        for (from, to) in out.iter().skip(begin).take_while(|(from, _)| from <= last) {
            let Some(at) = next else { break };
            if *from > at {
                left.push((at, from - 1));
            }
            next = to.checked_add(1).filter(|next| next <= last);
        }
        left.extend(next.map(|next| (next, *last)));
    }
    left
}

impl Serialize for Ranges {
    /// IPv4's as the distance from the end before, and the length; IPv6's as they are.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut packer = Packer::with_capacity(self.v4.len() * 6 + self.v6.len() * 32 + 6);
        packer.number(self.v4.len() as u64);
        let mut end = 0;
        for (first, last) in &self.v4 {
            for step in [first - end, last - first] {
                packer.number(u64::try_from(step).unwrap_or(u64::MAX));
            }
            end = *last;
        }
        for address in self.v6.iter().flat_map(|(first, last)| [first, last]) {
            packer.bytes(&address.to_be_bytes());
        }
        serializer.serialize_str(&packer.finish())
    }
}

impl<'de> Deserialize<'de> for Ranges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unpack(&text).ok_or_else(|| serde::de::Error::custom("the ranges are cut or damaged"))
    }
}

fn unpack(text: &str) -> Option<Ranges> {
    let mut packed = Unpacker::new(text)?;
    let mut ranges = Ranges::default();
    let mut end = 0u128;
    for _ in 0..packed.number()? {
        let first = end.checked_add(packed.number()?.into())?;
        end = first.checked_add(packed.number()?.into())?;
        ranges.v4.push((first, end));
    }
    while !packed.is_done() {
        let (first, last) = (packed.bytes()?, packed.bytes()?);
        ranges.v6.push((u128::from_be_bytes(first), u128::from_be_bytes(last)));
    }
    let in_order = |spans: &[Span]| {
        spans.iter().all(|(first, last)| first <= last)
            && spans.windows(2).all(|two| matches!(two, [(_, end), (next, _)] if end < next))
    };
    (end <= LAST_V4 && in_order(&ranges.v4) && in_order(&ranges.v6)).then_some(ranges)
}
