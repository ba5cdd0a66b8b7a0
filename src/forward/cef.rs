//! A record as a line of ArcSight's Common Event Format ["Implementing ArcSight Common
//! Event Format", version 25]: a header with bars, then `key=value` pairs.

use std::net::IpAddr;

use super::record::{Kind, Record, Source, Talker};
use crate::report::Phase;
use crate::rules::Level;

/// Who reports: this program, and not the PCE that it watches.
const PRODUCT: &str = "illumio-monitor";

/// The longest name in a header, in characters.
const NAME: usize = 512;

/// The longest value of a key, in characters.
fn longest(key: &str) -> usize {
    match key {
        "proto" => 31,
        "externalId" => 40,
        "act" | "outcome" => 63,
        _ => 1_023,
    }
}

/// The most that `cnt` can say: it is a signed number of 32 bits.
const MOST: u64 = i32::MAX as u64;

/// The line, without a line feed.
pub fn line(record: &Record, version: &str) -> String {
    let class = match (record.kind, record.rule_id) {
        (_, Some(id)) => format!("rule-{id}"),
        (Kind::Condition, None) => format!("condition-{}", record.condition),
        (Kind::Notice, None) => format!("notice-{}", record.notice),
        (Kind::Alert, None) => "alert".to_owned(),
    };
    let head = [PRODUCT, PRODUCT, version, &class, &record.name];
    let head: Vec<String> = head.iter().map(|field| in_header(field)).collect();
    let mut extension = Extension::default();
    extension.all_of(record);
    format!("CEF:0|{}|{}|{}", head.join("|"), severity(record.level), extension.0)
}

/// 0–10 as CEF has it: 9 is very high, 6 medium, 3 low.
fn severity(level: Level) -> u8 {
    match level {
        Level::Critical => 9,
        Level::Warning => 6,
        Level::Info => 3,
    }
}

/// A field of the header: bars and backslashes escaped, on one line.
fn in_header(text: &str) -> String {
    let mut out = String::new();
    for letter in text.trim().chars().take(NAME) {
        match letter {
            '\\' | '|' => out.extend(['\\', letter]),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// The pairs behind the header.
#[derive(Default)]
struct Extension(String);

impl Extension {
    fn all_of(&mut self, record: &Record) {
        self.add("externalId", &record.id);
        self.add("rt", &record.time.as_millisecond().to_string());
        self.add("cat", kind(record.kind));
        self.some("start", record.first.map(|time| time.as_millisecond()));
        self.some("end", record.last.map(|time| time.as_millisecond()));
        self.some("cnt", record.count.map(|count| count.min(MOST)));
        if let Some(talker) = record.talkers.first() {
            self.talker(talker);
        } else if let Some(source) = record.sources.first() {
            self.source(source);
        }
        self.labelled("cs1", "pce", &record.pce);
        self.labelled("cs2", "group", &record.group_names());
        self.labelled("cs3", "phase", record.phase.map_or("", Phase::word));
        self.labelled("cs4", "messageId", &record.message_id);
        self.labelled("cs5", "technique", &record.technique);
        let objects: Vec<&str> = record.objects.iter().map(|object| object.name.as_str()).collect();
        self.labelled("cs6", "objects", &objects.join(", "));
        self.number("cn1", "threshold", record.threshold);
        self.number("cn2", "windowMinutes", record.window_minutes.map(u64::from));
        self.number("cn3", "shortened", record.shortened.then_some(1));
        self.labelled("flexString1", "site", &record.site);
        self.labelled("flexString2", "org", &record.org);
        let text = [&record.text, &record.meaning];
        let text: Vec<&str> =
            text.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        self.add("msg", &text.join("\n"));
    }

    fn talker(&mut self, talker: &Talker) {
        self.address("src", ("c6a2", "Source IPv6 Address"), &talker.src_ip);
        self.add("shost", &talker.src_name);
        self.address("dst", ("c6a3", "Destination IPv6 Address"), &talker.dst_ip);
        self.add("dhost", &talker.dst_name);
        self.some("dpt", talker.port);
        self.add("proto", &talker.proto);
        self.add("act", &talker.decision);
    }

    fn source(&mut self, source: &Source) {
        self.address("src", ("c6a2", "Source IPv6 Address"), &source.ip);
        let key = if source.kind == "user" { "suser" } else { "shost" };
        self.add(key, &source.name);
        self.add("act", &source.event_type);
        self.add("outcome", &source.status);
    }

    /// `src` is for IPv4 alone.
    fn address(&mut self, key: &str, (v6, label): (&str, &str), text: &str) {
        match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => self.add(key, &ip.to_string()),
            Ok(IpAddr::V6(ip)) => self.labelled(v6, label, &ip.to_string()),
            Err(_) => {}
        }
    }

    fn some(&mut self, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.add(key, &value.to_string());
        }
    }

    fn number(&mut self, key: &str, label: &str, value: Option<u64>) {
        self.labelled(key, label, &value.map(|value| value.to_string()).unwrap_or_default());
    }

    /// A value under one of the keys that everyone may use, with what it is.
    fn labelled(&mut self, key: &str, label: &str, value: &str) {
        if !value.is_empty() {
            self.add(&format!("{key}Label"), label);
            self.add(key, value);
        }
    }

    /// Nothing where there is no value.
    fn add(&mut self, key: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(key);
        self.0.push('=');
        let longest = longest(key);
        let is_cut = value.chars().nth(longest).is_some();
        let shown = value.chars().take(longest - usize::from(is_cut));
        for letter in shown.chain(is_cut.then_some('…')) {
            match letter {
                '\\' | '=' => self.0.extend(['\\', letter]),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                control if control.is_control() => self.0.push(' '),
                other => self.0.push(other),
            }
        }
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Alert => "alert",
        Kind::Condition => "condition",
        Kind::Notice => "notice",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            id: "1.2.0".into(),
            time: "2026-11-22T10:20:30.5Z".parse().unwrap(),
            level: Level::Critical,
            name: "a|b\\c\nd".into(),
            rule_id: Some(7),
            text: "x=1\\2\r\n3|4\u{1b}[0m".into(),
            ..Record::default()
        }
    }

    #[test]
    fn bars_and_backslashes_are_escaped_in_the_header_equals_and_line_ends_behind_it() {
        let line = line(&record(), "1.0|\\");
        assert_eq!(
            line,
            "CEF:0|illumio-monitor|illumio-monitor|1.0\\|\\\\|rule-7|a\\|b\\\\c d|9|\
             externalId=1.2.0 rt=1795342830500 cat=alert msg=x\\=1\\\\2\\r\\n3|4 [0m"
        );
    }

    #[test]
    fn the_busiest_flow_is_its_source_and_destination_each_address_under_its_own_kind() {
        let talker = |src_ip: &str, dst_ip: &str| Talker {
            src_name: "web 01".into(),
            src_ip: src_ip.into(),
            dst_ip: dst_ip.into(),
            port: Some(445),
            proto: "TCP".into(),
            decision: "blocked".into(),
            ..Talker::default()
        };
        let told = |talker| line(&Record { talkers: vec![talker], ..record() }, "1");
        let v4 = told(talker("10.0.0.9", "10.0.0.1"));
        assert!(
            v4.contains(" src=10.0.0.9 shost=web 01 dst=10.0.0.1 dpt=445 proto=TCP act=blocked "),
            "{v4}"
        );
        let v6 = told(talker("2001:db8::9", "no address"));
        assert!(v6.contains(" c6a2Label=Source IPv6 Address c6a2=2001:db8::9 shost="), "{v6}");
        assert!(!v6.contains(" dst=") && !v6.contains(" src="), "{v6}");
    }

    #[test]
    fn the_class_says_what_it_is_and_the_severity_how_bad() {
        let class = |record: Record| {
            let line = line(&record, "1");
            let fields: Vec<&str> = line.split('|').collect();
            (fields[4].to_owned(), fields[6].to_owned())
        };
        let condition = Record {
            kind: Kind::Condition,
            condition: "unreachable".into(),
            level: Level::Info,
            ..Record::default()
        };
        let notice = Record { kind: Kind::Notice, notice: "gap".into(), ..Record::default() };
        assert_eq!(class(condition), ("condition-unreachable".into(), "3".into()));
        assert_eq!(class(notice), ("notice-gap".into(), "6".into()));
    }
}
