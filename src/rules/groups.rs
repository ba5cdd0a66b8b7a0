//! Groups that a rule counts apart, each by itself: which of them a record belongs to.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::matching::{FlowFacts, objects, users};
use super::{EventPer, FlowPer, protocol};
use crate::pce::record::{End, Event, Thing};

/// The longest text of a value, in bytes.
const TEXT: usize = 256;

/// What the records of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// They do not say.
    None,
    /// A user, an address, a type of event, a label's value.
    Text(String),
    /// An end of flows, or what events are about.
    Host {
        /// What it is called; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// Its address; empty for events.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        ip: String,
        /// Its place in the API; empty for none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        href: String,
    },
    /// What flows used.
    Port {
        /// The port.
        port: u16,
        /// The IANA protocol number; absent where the rows have none.
        proto: Option<u8>,
    },
}

/// What a group is called, in a line.
pub fn shown(values: &[Value]) -> String {
    values.iter().map(Value::shown).collect::<Vec<_>>().join(" · ")
}

/// A group: the values that its records have, in the order of the rule's `per`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What tells it from others.
    identity: Vec<u8>,
    /// Its hash; of this process alone, so that nobody can make up two groups of one hash.
    pub hash: u64,
    /// What it is called.
    pub values: Vec<Value>,
}

impl Named {
    /// The group of these values.
    pub fn of(values: Vec<Value>) -> Self {
        static OF_THIS_PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let mut identity = Vec::with_capacity(64);
        values.iter().for_each(|value| value.identify(&mut identity));
        Self { hash: OF_THIS_PROCESS.hash_one(&identity), identity, values }
    }

    /// What tells it from others, in every process.
    pub fn identity(&self) -> &[u8] {
        &self.identity
    }

    /// The groups that an event belongs to: as many as it names workloads, where the rule
    /// counts these apart.
    pub fn all_of_event(per: &[EventPer], event: &Event<'_>) -> Vec<Self> {
        let mut all = vec![Vec::new()];
        for one in per {
            let values = one.values(event);
            let each = |start: &Vec<Value>| {
                let start = start.clone();
                values
                    .iter()
                    .map(move |value| [start.as_slice(), std::slice::from_ref(value)].concat())
            };
            all = all.iter().flat_map(each).collect();
        }
        all.into_iter().map(Self::of).collect()
    }

    /// The group that a row belongs to.
    pub fn of_row(per: &[FlowPer], facts: &FlowFacts<'_>) -> Self {
        Self::of(per.iter().map(|one| one.value(facts)).collect())
    }
}

impl Value {
    /// Adds what tells it from others. A host is known by its place in the API, and without
    /// one by its address: names come and go with the row.
    pub fn identify(&self, out: &mut Vec<u8>) {
        let (kind, text) = match self {
            Self::None => (0, ""),
            Self::Text(text) => (1, text.as_str()),
            Self::Host { href, .. } if !href.is_empty() => (2, href.as_str()),
            Self::Host { ip, .. } if !ip.is_empty() => (3, ip.as_str()),
            Self::Host { name, .. } => (4, name.as_str()),
            Self::Port { port, proto } => {
                let [high, low] = port.to_be_bytes();
                return out.extend([5, high, low, u8::from(proto.is_some()), proto.unwrap_or(0)]);
            }
        };
        // With its length before it, so that no two lists read the same.
        out.push(kind);
        out.extend_from_slice(&(text.len() as u32).to_be_bytes());
        out.extend_from_slice(text.as_bytes());
    }

    /// `web-01 (10.0.0.4)`, `445/TCP`, `Ann`; `–` where the records do not say.
    pub fn shown(&self) -> String {
        match self {
            Self::None => "–".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Host { name, ip, href } => match (name.as_str(), ip.as_str()) {
                ("", "") => href.clone(),
                ("", ip) => ip.to_owned(),
                (name, ip) if ip.is_empty() || name == ip => name.to_owned(),
                (name, ip) => format!("{name} ({ip})"),
            },
            Self::Port { port, proto } => match proto.and_then(protocol::name) {
                Some(name) => format!("{port}/{name}"),
                None => port.to_string(),
            },
        }
    }

    /// The address of a host, where it has one.
    pub fn host_ip(&self) -> Option<&str> {
        match self {
            Self::Host { ip, .. } if !ip.is_empty() => Some(ip),
            _ => None,
        }
    }

    /// What an event is about: its name and its place in the API.
    pub fn as_object(&self) -> Option<(String, String)> {
        match self {
            Self::Host { name, href, ip } if ip.is_empty() => Some((name.clone(), href.clone())),
            _ => None,
        }
    }

    fn text(text: &str) -> Self {
        match text {
            "" => Self::None,
            text => Self::Text(bounded(text)),
        }
    }

    /// An end of a flow; none where it has neither a place nor an address.
    pub fn end(end: &End<'_>) -> Self {
        let (ip, href) = (bounded(end.ip.as_str()), bounded(end.workload.href.as_str()));
        match (ip.is_empty(), href.is_empty()) {
            (true, true) => Self::None,
            _ => Self::Host { name: bounded(end.name()), ip, href },
        }
    }

    /// A workload or an agent that an event names.
    pub fn object(thing: &Thing<'_>) -> Self {
        let (name, href) = (bounded(thing.label()), bounded(thing.href.as_str()));
        Self::Host { name, ip: String::new(), href }
    }

    /// The port of a flow; none for ICMP and for rows without one.
    pub fn port(facts: &FlowFacts<'_>) -> Self {
        facts.port.map_or(Self::None, |port| Self::Port { port, proto: facts.proto })
    }

    /// The user at the reporter's side.
    pub fn user(facts: &FlowFacts<'_>) -> Self {
        Self::text(facts.flow.service.user_name.as_str())
    }

    /// Who did it, or tried to log in.
    pub fn who(event: &Event<'_>) -> Self {
        Self::text(users(event).into_iter().find(|user| !user.is_empty()).unwrap_or_default())
    }

    /// Where it came from.
    pub fn source_ip(event: &Event<'_>) -> Self {
        Self::text(event.action.src_ip.as_str())
    }

    fn label(end: &End<'_>, key: &str) -> Self {
        let labels = &end.workload.labels.0;
        let label = labels.iter().find(|label| label.key.as_str() == key);
        Self::text(label.map(|label| label.value.as_str()).unwrap_or_default())
    }

    /// What it takes on the heap, in bytes as estimated.
    pub fn heap(&self) -> usize {
        let of = |text: &String| match text.capacity() {
            0 => 0,
            bytes => bytes.next_multiple_of(16) + 16,
        };
        match self {
            Self::None | Self::Port { .. } => 0,
            Self::Text(text) => of(text),
            Self::Host { name, ip, href } => of(name) + of(ip) + of(href),
        }
    }
}

impl EventPer {
    fn values(self, event: &Event<'_>) -> Vec<Value> {
        match self {
            Self::User => vec![Value::who(event)],
            Self::SourceIp => vec![Value::source_ip(event)],
            Self::EventType => vec![Value::text(event.event_type.as_str())],
            Self::Workload => match objects(event) {
                none if none.is_empty() => vec![Value::None],
                objects => objects.into_iter().map(Value::object).collect(),
            },
        }
    }
}

impl FlowPer {
    fn value(&self, facts: &FlowFacts<'_>) -> Value {
        let flow = facts.flow;
        match self {
            Self::Source => Value::end(&flow.src),
            Self::Destination => Value::end(&flow.dst),
            Self::Port => Value::port(facts),
            Self::User => Value::user(facts),
            Self::SourceLabel(key) => Value::label(&flow.src, key),
            Self::DestinationLabel(key) => Value::label(&flow.dst, key),
        }
    }
}

fn bounded(text: &str) -> String {
    text[..text.floor_char_boundary(TEXT)].to_owned()
}
