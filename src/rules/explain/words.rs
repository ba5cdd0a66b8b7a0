//! Why a rule does not match a record, in the words of the rule's fields.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{EventMiss, FlowMiss, Side};
use crate::lang::{Lang, listed, mail, texts};
use crate::rules::{Decision, Label, PortRange, protocol};

texts! {
    other_name(wanted) { en: "event type is not {wanted}", zh: "事件類型不是 {wanted}" }
    severity_not_in(found, wanted) {
        en: "severity {found} is not in {wanted}",
        zh: "severity 為 {found}，不在 {wanted} 之內"
    }
    status_not_in(found, wanted) {
        en: "status {found} is not in {wanted}",
        zh: "status 為 {found}，不在 {wanted} 之內"
    }
    no_such_user(wanted) {
        en: "no user of it is one of {wanted}",
        zh: "其中沒有 {wanted} 的使用者"
    }
    source_ip_not_in(found, wanted) {
        en: "it came from {found}, which is not in {wanted}",
        zh: "來自 {found}，不在 {wanted} 之內"
    }
    no_source_ip(wanted) {
        en: "it has no source address, the rule wants {wanted}",
        zh: "沒有來源位址，規則要求 {wanted}"
    }
    no_such_workload(wanted) {
        en: "no workload or agent of it is one of {wanted}",
        zh: "其中沒有 {wanted} 的 workload 或 agent"
    }
    not_changed_so(field) {
        en: "{field} is not changed as the rule wants",
        zh: "{field} 並非規則所要求的變更"
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
    no_such_name(key, wanted) {
        en: "its {key} is none of {wanted}",
        zh: "{key} 不在 {wanted} 之內"
    }
    in_no_list(side, wanted) {
        en: "the {side} is in no IP list called {wanted}",
        zh: "{side}不在 IP 清單 {wanted} 之內"
    }
    is_managed(side) { en: "the {side} is a managed workload", zh: "{side}是受管理的 workload" }
    is_not_managed(side) { en: "the {side} is not a managed workload", zh: "{side}不是受管理的 workload" }
    excluded(field, value) { en: "excluded by {field} {value}", zh: "由 {field} {value} 排除" }
    source() { en: "source", zh: "來源" }
    destination() { en: "destination", zh: "目的端" }
    proto_number(number) { en: "number {number}", zh: "{number} 號協定" }
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
            Self::User { wanted } => no_such_user(lang, listed(lang, wanted)),
            Self::SourceIp { wanted, found } => {
                let wanted = listed(lang, wanted);
                match found {
                    Some(found) => source_ip_not_in(lang, found, wanted),
                    None => no_source_ip(lang, wanted),
                }
            }
            Self::Workload { wanted } => no_such_workload(lang, listed(lang, wanted)),
            Self::Change { field } => not_changed_so(lang, field),
            Self::LeftOut { key, pattern } => excluded(lang, key, pattern),
            Self::LeftOutByAddress { net } => excluded(lang, "not_source_ip", net),
        }
    }
}

impl FlowMiss<'_> {
    /// A clause without a full stop: `port 443 is not in 80, 8000-8100`.
    pub fn text(&self, lang: Lang) -> String {
        match *self {
            Self::Decision { wanted, found } => {
                let wanted: Vec<String> =
                    wanted.iter().map(|wanted| decision(lang, *wanted)).collect();
                let wanted = listed(lang, &wanted);
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
            Self::Address { side, wanted, found } => {
                let (side, wanted) = (side.text(lang), listed(lang, wanted));
                match found {
                    Some(found) => address_not_in(lang, side, found, wanted),
                    None => no_address(lang, side, wanted),
                }
            }
            Self::Name { key, wanted } => no_such_name(lang, key, listed(lang, wanted)),
            Self::List { side, wanted } => in_no_list(lang, side.text(lang), listed(lang, wanted)),
            Self::Managed { side, wanted: true } => is_not_managed(lang, side.text(lang)),
            Self::Managed { side, wanted: false } => is_managed(lang, side.text(lang)),
            Self::LeftOutByName { key, pattern } => excluded(lang, key, pattern),
            Self::LeftOutByPort(ports) => excluded(lang, "ex_port", range(ports)),
            Self::LeftOutByList { side, list } => {
                excluded(lang, side.field("not_src_list", "not_dst_list"), list)
            }
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
    protocol::name(number).map_or_else(|| proto_number(lang, number), str::to_ascii_lowercase)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::matching::FlowFacts;
    use crate::rules::{EventFilter, TrafficFilter};

    fn flow_misses(change: impl Fn(&mut TrafficFilter), row: &str) -> [String; 2] {
        let mut filter = TrafficFilter::default();
        change(&mut filter);
        let flow = serde_json::from_str(row).unwrap();
        let facts = FlowFacts::of(&flow);
        let miss = filter.miss(&facts).unwrap();
        assert!(!filter.matches(&facts));
        [miss.text(Lang::En), miss.text(Lang::ZhTw)]
    }

    #[test]
    fn a_flow_without_the_field_is_told_of_as_such() {
        let told = flow_misses(|rule| rule.decisions = vec![Decision::Blocked], "{}");
        assert_eq!(
            told,
            [
                "it has no known decision, the rule wants blocked",
                "沒有可辨識的決策，規則要求「已封鎖」"
            ]
        );
        let ports = vec![PortRange { from: 1, to: 9 }];
        let told = flow_misses(|rule| rule.ports.clone_from(&ports), "{}");
        assert_eq!(told, ["it has no port, the rule wants 1-9", "沒有連接埠，規則要求 1-9"]);
        let told = flow_misses(|rule| rule.proto = Some(47), "{}");
        assert_eq!(
            told,
            ["it has no protocol, the rule wants number 47", "沒有通訊協定，規則要求 47 號協定"]
        );
        let nets = ["fe80::/10".parse().unwrap()];
        let told = flow_misses(|rule| rule.dst_ip = nets.to_vec(), "{}");
        assert_eq!(
            told,
            [
                "the destination has no address, the rule wants fe80::/10",
                "目的端沒有位址，規則要求 fe80::/10"
            ]
        );
    }

    #[test]
    fn of_the_destination_it_says_so_and_of_a_long_list_only_the_first() {
        let row = r#"{"dst":{"ip":"10.9.0.4","workload":{"labels":[{"key":"app","value":"db"}]}}}"#;
        let label = |value: &str| Label { key: "app".into(), value: value.into() };
        let told = flow_misses(|rule| rule.dst_label = vec![label("db"), label("web")], row);
        assert_eq!(told, ["label app=web is not on the destination", "目的端沒有標籤 app=web"]);
        let told = flow_misses(|rule| rule.ex_dst_label = vec![label("db")], row);
        assert_eq!(told, ["excluded by ex_dst_label app=db", "由 ex_dst_label app=db 排除"]);
        let nets: Vec<_> = (11..=20).map(|n| format!("10.{n}.0.0/16").parse().unwrap()).collect();
        let [en, zh] = flow_misses(|rule| rule.dst_ip.clone_from(&nets), row);
        assert!(en.ends_with("10.17.0.0/16, 10.18.0.0/16 and 2 more"), "{en}");
        assert!(zh.contains("（另有 2 項）"), "{zh}");
        let sources = ["10.0.0.0/8".parse().unwrap()];
        let told =
            flow_misses(|rule| rule.ex_src_ip = sources.to_vec(), r#"{"src":{"ip":"10.1.1.1"}}"#);
        assert_eq!(told[0], "excluded by ex_src_ip 10.0.0.0/8");
    }

    #[test]
    fn an_event_without_severity_or_status_has_none() {
        let filter = EventFilter {
            filter_value: "agent".into(),
            severity: vec!["err".into()],
            ..EventFilter::default()
        };
        let event = serde_json::from_str(r#"{"event_type":"agent.suspend","severity":null}"#);
        let event = event.unwrap();
        let miss = filter.miss(&event).unwrap();
        assert_eq!(miss.text(Lang::En), "severity none is not in err");
        assert_eq!(miss.text(Lang::ZhTw), "severity 為 none，不在 err 之內");
    }
}
