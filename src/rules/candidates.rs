//! Which of many traffic rules are worth asking about a row.
//!
//! Each rule is filed under one of the things it asks for: a port, a label, a
//! network; the one that the fewest rules share. A row then brings up the rules
//! that are filed under what the row has, and only these are held against it, so
//! that a thousand rules cost little more than a dozen. The rules themselves decide:
//! a candidate too many costs time, and nothing else.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use super::matching::FlowFacts;
use super::{Label, PortRange, TrafficFilter};
use crate::packed::ByHash;
use crate::pce::record::Workload;

/// A rule that asks for more ports than this is not filed under its ports.
const MOST_PORTS: usize = 64;

/// The rules of one download, by their place in the list.
#[derive(Debug, Default)]
pub struct Candidates {
    filed: HashMap<u64, Vec<usize>, ByHash>,
    /// Rules that ask for none of the things that a rule can be filed under.
    always: Vec<usize>,
    /// Of what rows have, what is worth looking up.
    asked: Lookups,
}

/// What some rule is filed under.
#[derive(Debug, Default)]
struct Lookups {
    ports: bool,
    src_labels: BTreeSet<String>,
    dst_labels: BTreeSet<String>,
    /// Prefix lengths of networks, with whether they are IPv6's.
    src_prefixes: BTreeSet<(bool, u8)>,
    dst_prefixes: BTreeSet<(bool, u8)>,
}

/// One thing that a rule asks for and a row has.
#[derive(Clone, Copy, Debug)]
enum Slot<'k> {
    Port(u16),
    SrcLabel(&'k str, &'k str),
    DstLabel(&'k str, &'k str),
    Src(IpNet),
    Dst(IpNet),
}

impl Candidates {
    /// Files the rules, known by their place in `filters`.
    pub fn of<'f>(filters: impl Iterator<Item = &'f TrafficFilter> + Clone) -> Self {
        let mut sharers: HashMap<u64, usize> = HashMap::new();
        for key in filters.clone().flat_map(choices).flatten() {
            *sharers.entry(key.hash()).or_default() += 1;
        }
        let crowd = |keys: &Vec<Slot<'_>>| -> usize {
            keys.iter().filter_map(|key| sharers.get(&key.hash())).sum()
        };
        let mut candidates = Self::default();
        for (place, filter) in filters.enumerate() {
            match choices(filter).into_iter().min_by_key(crowd) {
                Some(keys) => candidates.file(place, &keys),
                None => candidates.always.push(place),
            }
        }
        candidates
    }

    fn file(&mut self, place: usize, keys: &[Slot<'_>]) {
        for key in keys {
            self.asked.add(key);
            let filed = self.filed.entry(key.hash()).or_default();
            if filed.last() != Some(&place) {
                filed.push(place);
            }
        }
    }

    /// Puts the places of the rules that may match the row into `found`, in order
    /// and each once.
    pub fn find(&self, facts: &FlowFacts<'_>, found: &mut Vec<usize>) {
        found.clear();
        found.extend_from_slice(&self.always);
        if !self.filed.is_empty() {
            self.asked.keys_of(facts, &mut |key| {
                found.extend(self.filed.get(&key.hash()).into_iter().flatten());
            });
            found.sort_unstable();
            found.dedup();
        }
    }
}

/// The ways in which a rule can be filed: under every key of one of these lists,
/// since a row that the rule matches has at least one of them.
fn choices(filter: &TrafficFilter) -> Vec<Vec<Slot<'_>>> {
    let mut choices = Vec::new();
    let ports = |range: &PortRange| range.from..=range.to;
    if filter.ports.iter().map(|range| ports(range).len()).sum::<usize>() <= MOST_PORTS {
        choices.push(filter.ports.iter().flat_map(ports).map(Slot::Port).collect());
    }
    // All of the labels are asked for, so any one of them will do, with each of its values.
    choices.extend(filter.src_label.iter().map(|label| label_keys(label, Slot::SrcLabel)));
    choices.extend(filter.dst_label.iter().map(|label| label_keys(label, Slot::DstLabel)));
    choices.push(filter.src_ip.iter().map(|net| Slot::Src(net.trunc())).collect());
    choices.push(filter.dst_ip.iter().map(|net| Slot::Dst(net.trunc())).collect());
    choices.retain(|keys: &Vec<Slot<'_>>| !keys.is_empty());
    choices
}

fn label_keys<'k>(label: &'k Label, key: fn(&'k str, &'k str) -> Slot<'k>) -> Vec<Slot<'k>> {
    label.values().map(|value| key(&label.key, value)).collect()
}

impl Lookups {
    fn add(&mut self, key: &Slot<'_>) {
        let prefix = |net: &IpNet| (net.addr().is_ipv6(), net.prefix_len());
        match key {
            Slot::Port(_) => self.ports = true,
            Slot::SrcLabel(key, _) => {
                self.src_labels.insert((*key).to_owned());
            }
            Slot::DstLabel(key, _) => {
                self.dst_labels.insert((*key).to_owned());
            }
            Slot::Src(net) => {
                self.src_prefixes.insert(prefix(net));
            }
            Slot::Dst(net) => {
                self.dst_prefixes.insert(prefix(net));
            }
        }
    }

    /// Hands over each key of the row that some rule may be filed under.
    fn keys_of(&self, facts: &FlowFacts<'_>, take: &mut dyn FnMut(Slot<'_>)) {
        if self.ports {
            facts.port.map(Slot::Port).into_iter().for_each(&mut *take);
        }
        let (src, dst) = (&facts.flow.src.workload, &facts.flow.dst.workload);
        labels_of(src, &self.src_labels, &mut |key, value| take(Slot::SrcLabel(key, value)));
        labels_of(dst, &self.dst_labels, &mut |key, value| take(Slot::DstLabel(key, value)));
        nets_of(facts.src_ip, &self.src_prefixes, &mut |net| take(Slot::Src(net)));
        nets_of(facts.dst_ip, &self.dst_prefixes, &mut |net| take(Slot::Dst(net)));
    }
}

fn labels_of(workload: &Workload<'_>, keys: &BTreeSet<String>, take: &mut dyn FnMut(&str, &str)) {
    if keys.is_empty() {
        return;
    }
    for label in &workload.labels.0 {
        if keys.contains(label.key.as_str()) {
            take(label.key.as_str(), label.value.as_str());
        }
    }
}

/// The networks around an address, of these prefix lengths.
fn nets_of(ip: Option<IpAddr>, prefixes: &BTreeSet<(bool, u8)>, take: &mut dyn FnMut(IpNet)) {
    let Some(ip) = ip else { return };
    for (is_ipv6, length) in prefixes {
        if *is_ipv6 == ip.is_ipv6()
            && let Ok(net) = IpNet::new(ip, *length)
        {
            take(net.trunc());
        }
    }
}

impl Slot<'_> {
    /// Two keys with one hash are one key here.
    fn hash(&self) -> u64 {
        let hash = Fnv::default();
        match self {
            Self::Port(port) => hash.part(1, &port.to_be_bytes()),
            Self::SrcLabel(key, value) => hash.part(2, key.as_bytes()).part(2, value.as_bytes()),
            Self::DstLabel(key, value) => hash.part(3, key.as_bytes()).part(3, value.as_bytes()),
            Self::Src(net) => hash.net(4, net),
            Self::Dst(net) => hash.net(5, net),
        }
        .0
    }
}

/// FNV-1a: short keys, and nothing to be gained by making two of them collide.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn part(self, kind: u8, bytes: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(bytes.iter().fold(step(self.0, &kind), step))
    }

    fn net(self, kind: u8, net: &IpNet) -> Self {
        let hash = self.part(kind, &[net.prefix_len()]);
        match net {
            IpNet::V4(net) => hash.part(kind, &net.addr().octets()),
            IpNet::V6(net) => hash.part(kind, &net.addr().octets()),
        }
    }
}
