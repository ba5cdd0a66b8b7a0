//! What an alert counts beside its matches: sources, objects and changes of events;
//! talkers, ends and services of traffic. Each is made of a record, and bounded.
//!
//! Every text here is the PCE's and may hold anything.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Ranking, changes};
use crate::pce::record::{self, Event, Text};
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "StoredObject")]
pub struct Object {
    /// Its name, else its href.
    pub name: String,
    /// Its place in the API; empty for none.
    #[serde(skip_serializing_if = "Beside::is_empty")]
    pub href: Beside<String>,
}

/// What an event did to one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Source {
    /// Its name, else its address, else its href; empty for the system.
    pub fn who(&self) -> &str {
        let has_name = !self.name.is_empty() && !self.name.starts_with('/');
        if has_name || self.ip.is_empty() { &self.name } else { &self.ip }
    }
}

impl Ranking<Source> {
    /// Who they are, each once however much they did, the most frequent first; the system,
    /// which has no name, is not among them.
    pub fn people(&self) -> Vec<&str> {
        let mut people = Vec::new();
        for who in self.top.iter().map(|one| one.what.who()) {
            if !who.is_empty() && !people.contains(&who) {
                people.push(who);
            }
        }
        people
    }
}

impl Talker {
    /// `web-01 → 10.0.0.5 443`.
    pub fn shown(&self) -> String {
        fn end<'t>(name: &'t str, ip: &'t str) -> &'t str {
            if name.is_empty() { ip } else { name }
        }
        let port = self.port.map(|port| format!(" {port}")).unwrap_or_default();
        let (from, to) = (end(&self.src_name, &self.src_ip), end(&self.dst_name, &self.dst_ip));
        format!("{from} → {to}{port}")
    }
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
fn tried<'e>(event: &'e Event<'e>) -> Option<&'e record::Thing<'e>> {
    let notifications = event.notifications.0.iter();
    let infos = notifications.flat_map(|notification| &notification.info.0);
    infos.map(|(_, thing)| thing).find(|thing| {
        let named = thing.username.filled();
        named.or(thing.supplied_username.filled()).is_some()
    })
}

impl Object {
    /// The object by what a person calls it.
    pub fn of(thing: &record::Thing<'_>) -> Self {
        Self { name: bounded(thing.label(), TEXT), href: Beside(whole(&thing.href)) }
    }
}

impl Object {
    /// The object of that name, at that place in the API.
    pub fn named(name: String, href: String) -> Self {
        Self { name, href: Beside(href) }
    }
}

impl From<&str> for Object {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), href: Beside::default() }
    }
}

impl Change {
    /// What the event did, resource by resource; without one that is after as it was before.
    pub fn all_of<'e>(event: &'e Event<'e>) -> impl Iterator<Item = Self> + 'e {
        event.resource_changes.0.iter().filter_map(|change| {
            let (kind, thing) = change.resource.0.first()?;
            let fields = changes::in_short(&change.changes)?;
            let is_object = matches!(kind.as_ref(), "workload" | "agent" | "ven");
            Some(Self {
                kind: bounded(kind, TEXT),
                name: bounded(if is_object { "" } else { thing.label() }, TEXT),
                action: bounded(change.change_type.as_str(), TEXT),
                fields,
            })
        })
    }
}

impl Talker {
    /// Who talks to whom in this row.
    pub fn of(facts: &FlowFacts<'_>) -> Self {
        let flow = facts.flow;
        Self {
            src_name: bounded(flow.src.name(), TEXT),
            src_ip: bounded(flow.src.ip.as_str(), TEXT),
            dst_name: bounded(flow.dst.name(), TEXT),
            dst_ip: bounded(flow.dst.ip.as_str(), TEXT),
            port: facts.port,
            proto: facts.proto,
            decision: bounded(decision(facts), TEXT),
            about: Beside(About {
                src_labels: labels(&flow.src),
                dst_labels: labels(&flow.dst),
                process: process(&flow.service),
                direction: bounded(flow.flow_direction.as_str(), PROCESS),
            }),
        }
    }

    /// The identity of that talker, without it.
    pub fn identity_of(facts: &FlowFacts<'_>) -> u64 {
        let (src, dst) = (&facts.flow.src, &facts.flow.dst);
        let ends = [src.name(), src.ip.as_str(), dst.name(), dst.ip.as_str()];
        identity(ends.into_iter().chain([decision(facts)]), [facts.port, widened(facts.proto)])
    }
}

/// The word for the policy decision, else what the PCE says.
fn decision<'f>(facts: &'f FlowFacts<'_>) -> &'f str {
    facts.decision.map_or(facts.flow.policy_decision.as_str(), |decision| decision.wire())
}

impl End {
    /// An end of a flow.
    pub fn of(end: &record::End<'_>) -> Self {
        Self {
            name: bounded(end.name(), TEXT),
            ip: bounded(end.ip.as_str(), TEXT),
            labels: Beside(labels(end)),
            href: Beside(whole(&end.workload.href)),
        }
    }

    /// The identity of that end, without it.
    pub fn identity_of(end: &record::End<'_>) -> u64 {
        identity([end.name(), end.ip.as_str()], [])
    }
}

impl Service {
    /// What the flow used.
    pub fn of(facts: &FlowFacts<'_>) -> Self {
        let process = Beside(process(&facts.flow.service));
        Self { port: facts.port, proto: facts.proto, process }
    }

    /// The identity of that service, without it.
    pub fn identity_of(facts: &FlowFacts<'_>) -> u64 {
        identity([], [facts.port, widened(facts.proto)])
    }
}

/// `role=web, env=prod`, in the PCE's order.
fn labels(end: &record::End<'_>) -> String {
    labels_of(&end.workload.labels.0)
}

/// The same of a list of them.
pub(super) fn labels_of(labels: &[record::LabelOf<'_>]) -> String {
    let mut out = String::new();
    for label in labels {
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
pub(super) fn whole(href: &Text<'_>) -> String {
    let href = href.as_str();
    if href.len() > LABELS {
        return String::new();
    }
    href.to_owned()
}

/// A name, kept to a length that a mail can show.
pub(super) fn bounded_name(name: &str) -> String {
    bounded(name, TEXT)
}

/// A text kept to a length that a mail can show.
fn bounded(text: &str, most: usize) -> String {
    cut(text, most).to_owned()
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
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

/// What is counted, beside its matches.
pub trait Thing: Clone + Ord {
    /// A hash of what tells it from others; of this process alone, so that nobody can make
    /// up two things of one hash.
    fn identity(&self) -> u64;

    /// What it takes on the heap, in bytes as estimated.
    fn heap(&self) -> usize;
}

/// The hash of a thing's texts, as far as they are kept, and numbers.
fn identity<'t, const N: usize>(
    texts: impl IntoIterator<Item = &'t str>,
    numbers: [Option<u16>; N],
) -> u64 {
    static OF_THIS_PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let mut hasher = OF_THIS_PROCESS.build_hasher();
    for text in texts {
        hasher.write(cut(text, TEXT).as_bytes());
        // Stands in no UTF-8, so that no two lists read the same.
        hasher.write_u8(0xff);
    }
    for number in numbers {
        hasher.write_u32(number.map_or(0, |number| u32::from(number) + 1));
    }
    hasher.finish()
}

fn widened(proto: Option<u8>) -> Option<u16> {
    proto.map(u16::from)
}

/// An allocator gives blocks of 16 bytes, and needs some for itself.
fn heap_of<'t>(texts: impl IntoIterator<Item = &'t String>) -> usize {
    let filled = texts.into_iter().filter(|text| text.capacity() > 0);
    filled.map(|text| text.capacity().next_multiple_of(16) + 16).sum()
}

impl Thing for Source {
    fn identity(&self) -> u64 {
        identity(
            [&self.event_type, &self.kind, &self.name, &self.ip, &self.severity, &self.status]
                .map(String::as_str),
            [],
        )
    }

    fn heap(&self) -> usize {
        let who = [&self.event_type, &self.kind, &self.name];
        heap_of(who) + heap_of([&self.ip, &self.severity, &self.status])
    }
}

impl Thing for Object {
    fn identity(&self) -> u64 {
        identity([self.name.as_str()], [])
    }

    fn heap(&self) -> usize {
        heap_of([&self.name, &self.href.0])
    }
}

impl Thing for Change {
    fn identity(&self) -> u64 {
        identity([&self.kind, &self.name, &self.action, &self.fields].map(String::as_str), [])
    }

    fn heap(&self) -> usize {
        heap_of([&self.kind, &self.name, &self.action, &self.fields])
    }
}

impl Thing for Talker {
    fn identity(&self) -> u64 {
        let ends = [&self.src_name, &self.src_ip, &self.dst_name, &self.dst_ip];
        let texts = ends.into_iter().chain([&self.decision]).map(String::as_str);
        identity(texts, [self.port, widened(self.proto)])
    }

    fn heap(&self) -> usize {
        let ends = [&self.src_name, &self.src_ip, &self.dst_name, &self.dst_ip];
        let about = &self.about.0;
        let labels = [&about.src_labels, &about.dst_labels];
        heap_of(ends)
            + heap_of(labels)
            + heap_of([&self.decision, &about.process, &about.direction])
    }
}

impl Thing for End {
    fn identity(&self) -> u64 {
        identity([&self.name, &self.ip].map(String::as_str), [])
    }

    fn heap(&self) -> usize {
        heap_of([&self.name, &self.ip, &self.labels.0, &self.href.0])
    }
}

impl Thing for Service {
    fn identity(&self) -> u64 {
        identity([], [self.port, widened(self.proto)])
    }

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

#[cfg(test)]
mod tests;
