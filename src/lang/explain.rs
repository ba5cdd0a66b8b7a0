//! Why a rule does not match a record, in the words of the rule's fields.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{Lang, mail, texts};
use crate::rules::explain::{EventMiss, FlowMiss, Side};
use crate::rules::{Decision, Label, PortRange};

/// So many of a list are named.
const NAMED: usize = 5;

texts! {
    other_name(wanted) { en: "asks for another type ({wanted})", zh: "類型不符（規則為 {wanted}）" }
    severity_not_in(found, wanted) {
        en: "severity {found} is not in {wanted}",
        zh: "severity 為 {found}，不在 {wanted} 之內"
    }
    status_not_in(found, wanted) {
        en: "status {found} is not in {wanted}",
        zh: "status 為 {found}，不在 {wanted} 之內"
    }
    other_decision(found, wanted) {
        en: "decision is {found}, the rule wants {wanted}",
        zh: "決策為「{found}」，規則要求「{wanted}」"
    }
    no_decision(wanted) {
        en: "it has no known decision, the rule wants {wanted}",
        zh: "沒有可辨識的決策，規則要求「{wanted}」"
    }
    port_not_in(found, wanted) {
        en: "port {found} is not in {wanted}",
        zh: "連接埠 {found} 不在 {wanted} 之內"
    }
    no_port(wanted) {
        en: "it has no port, the rule wants {wanted}",
        zh: "沒有連接埠，規則要求 {wanted}"
    }
    other_proto(found, wanted) {
        en: "protocol is {found}, the rule wants {wanted}",
        zh: "通訊協定為 {found}，規則要求 {wanted}"
    }
    no_proto(wanted) {
        en: "it has no protocol, the rule wants {wanted}",
        zh: "沒有通訊協定，規則要求 {wanted}"
    }
    no_such_label(label, side) {
        en: "label {label} is not on the {side}",
        zh: "{side}沒有標籤 {label}"
    }
    address_not_in(side, found, wanted) {
        en: "{side} {found} is not in {wanted}",
        zh: "{side} {found} 不在 {wanted} 之內"
    }
    no_address(side, wanted) {
        en: "the {side} has no address, the rule wants {wanted}",
        zh: "{side}沒有位址，規則要求 {wanted}"
    }
    excluded(field, value) { en: "excluded by {field} {value}", zh: "由 {field} {value} 排除" }
    and_more(list, count) { en: "{list} and {count} more", zh: "{list}（另有 {count} 項）" }
    source() { en: "source", zh: "來源" }
    destination() { en: "destination", zh: "目的端" }
    proto_number(number) { en: "number {number}", zh: "編號 {number}" }
}

impl EventMiss<'_> {
    /// A clause without a full stop: `severity err is not in warning`.
    pub fn text(&self, lang: Lang) -> String {
        let none = |found: &Option<&str>| found.unwrap_or("none").to_owned();
        match self {
            Self::Name { wanted } => other_name(lang, wanted),
            Self::Severity { wanted, found } => {
                severity_not_in(lang, none(found), listed(lang, wanted))
            }
            Self::Status { wanted, found } => {
                status_not_in(lang, none(found), listed(lang, wanted))
            }
        }
    }
}

impl FlowMiss<'_> {
    /// A clause without a full stop: `port 443 is not in 80,8000-8100`.
    pub fn text(&self, lang: Lang) -> String {
        match *self {
            Self::Decision { wanted, found } => {
                let wanted = decision(lang, wanted);
                match found {
                    Some(found) => other_decision(lang, decision(lang, found), wanted),
                    None => no_decision(lang, wanted),
                }
            }
            Self::Port { wanted, found } => {
                let wanted = listed(lang, &wanted.iter().map(range).collect::<Vec<_>>());
                match found {
                    Some(found) => port_not_in(lang, found, wanted),
                    None => no_port(lang, wanted),
                }
            }
            Self::Proto { wanted, found } => match found {
                Some(found) => other_proto(lang, proto(lang, found), proto(lang, wanted)),
                None => no_proto(lang, proto(lang, wanted)),
            },
            Self::Label { side, wanted } => no_such_label(lang, label(wanted), side.text(lang)),
            Self::Address {
                side,
                wanted,
                found,
            } => {
                let (side, wanted) = (side.text(lang), listed(lang, wanted));
                match found {
                    Some(found) => address_not_in(lang, side, found, wanted),
                    None => no_address(lang, side, wanted),
                }
            }
            Self::LeftOutByPort(ports) => excluded(lang, "ex_port", range(ports)),
            Self::LeftOutByLabels { side, labels } => {
                let labels = listed(lang, &labels.iter().map(label).collect::<Vec<_>>());
                excluded(lang, side.field("ex_src_label", "ex_dst_label"), labels)
            }
            Self::LeftOutByAddress { side, net } => {
                excluded(lang, side.field("ex_src_ip", "ex_dst_ip"), net)
            }
        }
    }
}

impl Side {
    fn text(self, lang: Lang) -> String {
        match self {
            Self::Source => source(lang),
            Self::Destination => destination(lang),
        }
    }

    fn field(self, of_source: &'static str, of_destination: &'static str) -> &'static str {
        match self {
            Self::Source => of_source,
            Self::Destination => of_destination,
        }
    }
}

/// What a person calls a policy decision.
pub fn decision(lang: Lang, decision: Decision) -> String {
    match decision {
        Decision::Allowed => mail::allowed(lang),
        Decision::PotentiallyBlocked => mail::potentially_blocked(lang),
        Decision::Blocked => mail::blocked(lang),
        Decision::Unknown => mail::unknown_decision(lang),
    }
}

/// `tcp`, as the rule's field has it.
pub fn proto(lang: Lang, number: u8) -> String {
    match number {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        other => proto_number(lang, other),
    }
}

fn range(range: &PortRange) -> String {
    if range.from == range.to {
        range.from.to_string()
    } else {
        format!("{}-{}", range.from, range.to)
    }
}

fn label(label: &Label) -> String {
    format!("{}={}", label.key, label.value)
}

/// By commas, as the rule's field has it; of a long list only the first.
fn listed(lang: Lang, values: &[impl ToString]) -> String {
    let named: Vec<String> = values.iter().take(NAMED).map(ToString::to_string).collect();
    let named = named.join(",");
    match values.len().saturating_sub(NAMED) {
        0 => named,
        more => and_more(lang, named, more),
    }
}
