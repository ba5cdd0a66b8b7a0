//! What an alert counts beside its matches: sources, objects and changes of events;
//! talkers, ends and services of traffic. Each is made of a record, and bounded.
//!
//! Every text here is the PCE's and may hold anything.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::changes;
use crate::pce::record::{self, Event, Text, Thing};
use crate::rules::matching::FlowFacts;

/// The longest text, in bytes.
const TEXT: usize = 256;

/// The longest list of labels, and the longest href, in bytes.
const LABELS: usize = 160;

/// The longest name of a process, in bytes.
const PROCESS: usize = 60;

/// What is told along with a thing, and does not tell it from others: things that
/// differ in this alone are one, and the first one's is kept.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Beside<T>(pub T);

/// Where an event came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// `agent.tampering` …; empty where the record has none.
    pub event_type: String,
    /// `user`, `agent`, `ven`, `system`, `container_cluster` …; empty where unknown.
    pub kind: String,
    /// The user's name or the agent's host name, else its href; empty for the system.
    pub name: String,
    /// The address the request came from; empty where unknown.
    pub ip: String,
    /// The PCE's own severity, shown as data; empty for null.
    pub severity: String,
    /// `success`, `failure`; empty for null.
    pub status: String,
}

/// A workload or an agent that an event names.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "StoredObject")]
pub struct Object {
    /// Its name, else its href.
    pub name: String,
    /// Its place in the API; empty for none.
    #[serde(skip_serializing_if = "Beside::is_empty")]
    pub href: Beside<String>,
}

/// What an event did to one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Change {
    /// `workload`, `rule_set` …
    pub kind: String,
    /// Its name, else its href; empty for workloads and agents, which are
    /// [`Object`]s: many of them change alike.
    pub name: String,
    /// `create`, `update`, `delete`; empty where the record does not say.
    pub action: String,
    /// `online: true → false`, in short; may be empty.
    pub fields: String,
}

/// Both ends of a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Talker {
    /// The source's workload name, host name or, for neither, empty.
    pub src_name: String,
    /// The source's address.
    pub src_ip: String,
    /// The destination's workload name, host name, fqdn or, for none of them, empty.
    pub dst_name: String,
    /// The destination's address.
    pub dst_ip: String,
    /// The port; absent for ICMP and for rows without one.
    pub port: Option<u16>,
    /// The IANA protocol number; absent where the row has none.
    pub proto: Option<u8>,
    /// `blocked`, `potentially_blocked` …, as the PCE says it.
    pub decision: String,
    /// What else its first row told.
    #[serde(default, skip_serializing_if = "Beside::is_empty")]
    pub about: Beside<About>,
}

/// What a row tells of a flow beside who talks to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The source's labels, `role=web, env=prod`; may be empty.
    pub src_labels: String,
    /// The destination's.
    pub dst_labels: String,
    /// The process or the Windows service at the reporter's side; may be empty.
    pub process: String,
    /// `inbound`, `outbound`, or what the PCE says; may be empty.
    pub direction: String,
}

/// One end of flows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct End {
    /// The workload's name, host name or fqdn; may be empty.
    pub name: String,
    /// Its address.
    pub ip: String,
    /// Its labels, `role=web, env=prod`; may be empty.
    #[serde(default, skip_serializing_if = "Beside::is_empty")]
    pub labels: Beside<String>,
    /// The workload's place in the API; empty for none.
    #[serde(default, skip_serializing_if = "Beside::is_empty")]
    pub href: Beside<String>,
}

/// What flows used.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Service {
    /// The port; absent for ICMP and for rows without one.
    pub port: Option<u16>,
    /// The IANA protocol number; absent where the row has none.
    pub proto: Option<u8>,
    /// The process or the Windows service of its first row.
    #[serde(default, skip_serializing_if = "Beside::is_empty")]
    pub process: Beside<String>,
}

impl Source {
    /// Who did it: the first of `created_by` that has a name; for a log-in that
    /// failed the name that was tried.
    pub fn of(event: &Event<'_>) -> Self {
        let by = event
            .created_by
            .0
            .iter()
            .find(|(_, thing)| !thing.label().is_empty())
            .or(event.created_by.0.first());
        let name = by.map(|(_, thing)| thing.label()).filter(|name| !name.is_empty());
        // The PCE itself tells of a log-in that failed; the name is a user's all the same.
        let (kind, name) = match (name, tried(event)) {
            (None, Some(user)) => ("user", user.label()),
            (name, _) => {
                let kind = by.map(|(kind, _)| kind.as_ref());
                (kind.unwrap_or_default(), name.unwrap_or_default())
            }
        };
        Self {
            event_type: bounded(event.event_type.as_str(), TEXT),
            kind: bounded(kind, TEXT),
            name: bounded(name, TEXT),
            ip: bounded(event.action.src_ip.as_str(), TEXT),
            severity: bounded(event.severity.as_str(), TEXT),
            status: bounded(event.status.as_str(), TEXT),
        }
    }
}

/// Whoever somebody tried to log in as.
fn tried<'e>(event: &'e Event<'e>) -> Option<&'e Thing<'e>> {
    let notifications = event.notifications.0.iter();
    let infos = notifications.flat_map(|notification| &notification.info.0);
    infos.map(|(_, thing)| thing).find(|thing| {
        let named = thing.username.filled();
        named.or(thing.supplied_username.filled()).is_some()
    })
}

impl Object {
    /// The object by what a person calls it.
    pub fn of(thing: &Thing<'_>) -> Self {
        Self { name: bounded(thing.label(), TEXT), href: Beside(whole(&thing.href)) }
    }
}

impl From<&str> for Object {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), href: Beside::default() }
    }
}

impl Change {
    /// What the event did, resource by resource.
    pub fn all_of<'e>(event: &'e Event<'e>) -> impl Iterator<Item = Self> + 'e {
        event.resource_changes.0.iter().filter_map(|change| {
            let (kind, thing) = change.resource.0.first()?;
            let is_object = matches!(kind.as_ref(), "workload" | "agent" | "ven");
            Some(Self {
                kind: bounded(kind, TEXT),
                name: bounded(if is_object { "" } else { thing.label() }, TEXT),
                action: bounded(change.change_type.as_str(), TEXT),
                fields: changes::in_short(&change.changes),
            })
        })
    }
}

impl Talker {
    /// Who talks to whom in this row.
    pub fn of(facts: &FlowFacts<'_>) -> Self {
        let flow = facts.flow;
        Self {
            about: Beside(About {
                src_labels: labels(&flow.src),
                dst_labels: labels(&flow.dst),
                process: process(&flow.service),
                direction: bounded(flow.flow_direction.as_str(), PROCESS),
            }),
            ..Self::bare(facts)
        }
    }

    /// The same without what else the row tells, which is read only where it is shown.
    pub fn bare(facts: &FlowFacts<'_>) -> Self {
        let flow = facts.flow;
        let word = facts.decision.map(|decision| decision.wire());
        Self {
            src_name: bounded(flow.src.name(), TEXT),
            src_ip: bounded(flow.src.ip.as_str(), TEXT),
            dst_name: bounded(flow.dst.name(), TEXT),
            dst_ip: bounded(flow.dst.ip.as_str(), TEXT),
            port: facts.port,
            proto: facts.proto,
            decision: bounded(word.unwrap_or(flow.policy_decision.as_str()), TEXT),
            about: Beside::default(),
        }
    }
}

impl End {
    /// An end of a flow.
    pub fn of(end: &record::End<'_>) -> Self {
        Self {
            labels: Beside(labels(end)),
            href: Beside(whole(&end.workload.href)),
            ..Self::bare(end)
        }
    }

    /// The same by its name and address alone.
    pub fn bare(end: &record::End<'_>) -> Self {
        Self {
            name: bounded(end.name(), TEXT),
            ip: bounded(end.ip.as_str(), TEXT),
            ..Self::default()
        }
    }
}

impl Service {
    /// What the flow used.
    pub fn of(facts: &FlowFacts<'_>) -> Self {
        Self { process: Beside(process(&facts.flow.service)), ..Self::bare(facts) }
    }

    /// The same by its numbers alone.
    pub fn bare(facts: &FlowFacts<'_>) -> Self {
        Self { port: facts.port, proto: facts.proto, ..Self::default() }
    }
}

/// `role=web, env=prod`, in the PCE's order.
fn labels(end: &record::End<'_>) -> String {
    let mut out = String::new();
    for label in &end.workload.labels.0 {
        let (key, value) = (label.key.as_str(), label.value.as_str());
        let gap = if out.is_empty() { "" } else { ", " };
        if out.len() + gap.len() + key.len() + 1 + value.len() > LABELS {
            out.push_str(gap);
            out.push('…');
            break;
        }
        for part in [gap, key, "=", value] {
            out.push_str(part);
        }
    }
    out
}

/// The Windows service, else the process, without its folder.
fn process(service: &record::Service<'_>) -> String {
    let name =
        service.windows_service_name.filled().or(service.process_name.filled()).unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    bounded(name, PROCESS)
}

/// An href, unless it is longer than any is: half of one leads nowhere.
fn whole(href: &Text<'_>) -> String {
    let href = href.as_str();
    if href.len() > LABELS {
        return String::new();
    }
    href.to_owned()
}

/// A text kept to a length that a mail can show.
fn bounded(text: &str, most: usize) -> String {
    text[..text.floor_char_boundary(most)].to_owned()
}

/// As it stands in the file; a name alone in the first version's.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredObject {
    Name(String),
    Object {
        name: String,
        #[serde(default)]
        href: String,
    },
}

impl From<StoredObject> for Object {
    fn from(stored: StoredObject) -> Self {
        let (name, href) = match stored {
            StoredObject::Name(name) => (name, String::new()),
            StoredObject::Object { name, href } => (name, href),
        };
        Self { name, href: Beside(href) }
    }
}

/// What a thing takes on the heap.
pub trait Weigh {
    /// In bytes, as estimated.
    fn heap(&self) -> usize;
}

/// An allocator gives blocks of 16 bytes, and needs some for itself.
fn heap_of<'t>(texts: impl IntoIterator<Item = &'t String>) -> usize {
    let filled = texts.into_iter().filter(|text| text.capacity() > 0);
    filled.map(|text| text.capacity().next_multiple_of(16) + 16).sum()
}

impl Weigh for Source {
    fn heap(&self) -> usize {
        let who = [&self.event_type, &self.kind, &self.name];
        heap_of(who) + heap_of([&self.ip, &self.severity, &self.status])
    }
}

impl Weigh for Object {
    fn heap(&self) -> usize {
        heap_of([&self.name, &self.href.0])
    }
}

impl Weigh for Change {
    fn heap(&self) -> usize {
        heap_of([&self.kind, &self.name, &self.action, &self.fields])
    }
}

impl Weigh for Talker {
    fn heap(&self) -> usize {
        let ends = [&self.src_name, &self.src_ip, &self.dst_name, &self.dst_ip];
        let about = &self.about.0;
        let labels = [&about.src_labels, &about.dst_labels];
        heap_of(ends)
            + heap_of(labels)
            + heap_of([&self.decision, &about.process, &about.direction])
    }
}

impl Weigh for End {
    fn heap(&self) -> usize {
        heap_of([&self.name, &self.ip, &self.labels.0, &self.href.0])
    }
}

impl Weigh for Service {
    fn heap(&self) -> usize {
        heap_of([&self.process.0])
    }
}

impl<T: Default + PartialEq> Beside<T> {
    /// True where there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.0 == T::default()
    }
}

impl<T> PartialEq for Beside<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Beside<T> {}

impl<T> PartialOrd for Beside<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Beside<T> {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl<T> Hash for Beside<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
mod tests;
