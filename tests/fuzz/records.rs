//! The record reader, and the counting of whatever it reads.

use std::io::{self, Read};

use illumio_monitor::pce::glance::{Depth, glance};
use illumio_monitor::pce::record::{Event, Flow};
use illumio_monitor::pce::seen::SeenEvents;
use illumio_monitor::pce::stream::{RecordType, Records};
use illumio_monitor::report::evidence::Sight;
use illumio_monitor::report::snapshot;
use illumio_monitor::report::tally::Tally;
use illumio_monitor::rules::matching::FlowFacts;
use illumio_monitor::rules::minutes::minute_of;
use illumio_monitor::rules::series::{Bounds, Known, Legacy, Row};
use illumio_monitor::rules::{
    EventCount, EventFilter, EventPer, Filter, FlowCount, FlowPer, Level, Rule, Threshold,
    TrafficFilter,
};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::drive::fuzz;
use crate::json::{Damage, any_value, damage, damaged, entry, object, odd_string, of, scalar};
use crate::page;

const KEYS: &[&str] = &[
    "href", "name", "hostname", "workload", "agent", "ip", "labels", "key", "value", "x",
    "username", "info", "resource", "src", "service", "port",
];

fn time() -> BoxedStrategy<String> {
    prop_oneof![
        4 => (0..7_200i64).prop_map(|second| format!("\"{}\"", at(second))),
        1 => of(&[
            "\"2026-11-22T10:00:60Z\"", "\"2026-11-22T10:00:00.123456+08:00\"",
            "\"0001-01-01T00:00:00Z\"", "\"-009999-01-02T00:00:00Z\"", "\"9999-12-30T22:00:00Z\"",
            "\"1969-12-31T23:59:59Z\"", "\"2026-11-22\"", "\" 2026-11-22T10:00:00Z \"", "\"now\"",
            "\"2030-01-01T00:00:00Z\"",
        ]),
    ]
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    odd_string().boxed()
}

fn thing() -> BoxedStrategy<String> {
    object(vec![
        entry("href", of(&["\"/orgs/1/workloads/a\"", "\"/orgs/1/agents/7\""]), KEYS),
        entry("name", text(), KEYS),
        entry("hostname", text(), KEYS),
        entry("username", text(), KEYS),
        entry("supplied_username", text(), KEYS),
    ])
}

fn named() -> BoxedStrategy<String> {
    object(
        ["workload", "agent", "ven", "user", "system"].map(|key| entry(key, thing(), KEYS)).into(),
    )
}

fn list(of_what: BoxedStrategy<String>) -> BoxedStrategy<String> {
    vec(of_what, 0..4).prop_map(|all| format!("[{}]", all.join(","))).boxed()
}

fn event() -> BoxedStrategy<String> {
    let change = object(vec![entry("resource", named(), KEYS), entry("changes", scalar(), KEYS)]);
    let notification = object(vec![
        entry("notification_type", of(&["\"user.login_failed\"", "\"agent.missed\""]), KEYS),
        entry("info", named(), KEYS),
    ]);
    object(vec![
        entry("href", (0..40u8).prop_map(|n| format!("\"/orgs/1/events/{n}\"")), KEYS),
        entry("timestamp", time(), KEYS),
        entry("event_type", of(&["\"agent.tampering\"", "\"user.sign_in\"", "\"\""]), KEYS),
        entry("severity", of(&["\"err\"", "\"info\"", "null"]), KEYS),
        entry("status", of(&["\"success\"", "\"failure\"", "null"]), KEYS),
        entry("created_by", named(), KEYS),
        entry("action", object(vec![entry("src_ip", text(), KEYS)]), KEYS),
        entry("resource_changes", list(change), KEYS),
        entry("notifications", list(notification), KEYS),
        entry("version", scalar(), KEYS),
    ])
}

fn flow() -> BoxedStrategy<String> {
    let end = || {
        let label = object(vec![
            entry("key", of(&["\"app\"", "\"role\""]), KEYS),
            entry("value", text(), KEYS),
        ]);
        let workload = object(vec![
            entry("href", of(&["\"/orgs/1/workloads/a\"", "\"/orgs/1/workloads/b\""]), KEYS),
            entry("name", text(), KEYS),
            entry("hostname", text(), KEYS),
            entry("managed", of(&["true", "false", "null", "1", "\"true\"", "[]"]), KEYS),
            entry("labels", list(label), KEYS),
        ]);
        object(vec![
            entry(
                "ip",
                of(&["\"10.0.0.1\"", "\"10.0.0.2\"", "\"fe80::1%eth0\"", "\"::ffff:10.0.0.1\""]),
                KEYS,
            ),
            entry("fqdn", text(), KEYS),
            entry("workload", workload, KEYS),
        ])
    };
    let service = object(vec![
        entry("port", of(&["443", "0", "\"22\"", "65535"]), KEYS),
        entry("proto", of(&["6", "17", "1", "\"6\""]), KEYS),
        entry("process_name", text(), KEYS),
    ]);
    object(vec![
        entry("src", end(), KEYS),
        entry("dst", end(), KEYS),
        entry("service", service, KEYS),
        entry(
            "num_connections",
            prop_oneof![scalar().boxed(), of(&["1", "12", "4000000000", "1000000000"])],
            KEYS,
        ),
        entry(
            "policy_decision",
            of(&["\"blocked\"", "\"allowed\"", "\"potentially_blocked\""]),
            KEYS,
        ),
        entry("pd", scalar(), KEYS),
        entry("flow_direction", of(&["\"inbound\"", "\"outbound\"", "null"]), KEYS),
        entry("state", of(&["\"active\"", "\"closed\""]), KEYS),
        entry(
            "timestamp_range",
            object(vec![
                entry("first_detected", time(), KEYS),
                entry("last_detected", time(), KEYS),
            ]),
            KEYS,
        ),
        entry("icmp_type", scalar(), KEYS),
        entry("network", thing(), KEYS),
    ])
}

/// Hands out so many bytes at a time.
struct Slowly<'a>(&'a [u8], usize);

impl Read for Slowly<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

struct Flows;

impl RecordType for Flows {
    type Record<'a> = Flow<'a>;
}

struct Events;

impl RecordType for Events {
    type Record<'a> = Event<'a>;
}

/// What a reader made of a body: each record and its bytes, and how it ended.
fn all<K: RecordType>(body: &[u8], step: usize) -> (Vec<(String, Vec<u8>)>, String)
where
    for<'a> K::Record<'a>: std::fmt::Debug,
{
    let mut records = Records::new(Slowly(body, step));
    let mut found = Vec::new();
    loop {
        let more = records.next_record::<K>(&mut |record, bytes| {
            found.push((format!("{record:?}"), bytes.to_vec()));
        });
        match more {
            Ok(true) => assert!(found.len() <= body.len(), "the reader does not move"),
            Ok(false) => return (found, "whole".to_owned()),
            Err(error) => return (found, format!("{error:?}")),
        }
    }
}

fn body(records: &[String], space: &str) -> Vec<u8> {
    let between = format!("{space},{space}");
    format!("{space}[{space}{}{space}]{space}", records.join(&between)).into_bytes()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_341_600 + second).unwrap()
}

fn bodies(
    of_what: BoxedStrategy<String>,
) -> impl Strategy<Value = (Vec<String>, &'static str, Vec<Damage>, usize)> {
    let record = prop_oneof![12 => of_what, 1 => any_value(KEYS)];
    let hurt = prop_oneof![Just(Vec::new()), vec(damage(), 1..4).boxed()];
    (vec(record, 0..8), prop_oneof![Just(""), Just(" \r\n\t")], hurt, 1..60usize)
}

fn reads<K: RecordType>(
    records: &[String],
    space: &str,
    hurt: &[Damage],
    step: usize,
) -> Result<Vec<u8>, TestCaseError>
where
    for<'a> K::Record<'a>: std::fmt::Debug,
{
    let bytes = damaged(body(records, space), hurt);
    let (found, end) = all::<K>(&bytes, usize::MAX);
    let (slowly, slow_end) = all::<K>(&bytes, step);
    for ((one, raw), (other, slow_raw)) in found.iter().zip(&slowly) {
        let [raw, slow_raw] = [raw, slow_raw].map(|raw| String::from_utf8_lossy(raw));
        prop_assert_eq!(raw, slow_raw, "in steps of {}", step);
        prop_assert_eq!(one, other, "in steps of {}", step);
    }
    prop_assert_eq!((found.len(), &end), (slowly.len(), &slow_end), "in steps of {}", step);
    if hurt.is_empty() {
        prop_assert_eq!(end, "whole");
        let raw: Vec<&[u8]> = found.iter().map(|(_, raw)| raw.as_slice()).collect();
        let sent: Vec<&[u8]> = records.iter().map(String::as_bytes).collect();
        prop_assert_eq!(raw, sent);
        for (record, raw) in &found {
            prop_assert!(record != "None", "unreadable: {}", String::from_utf8_lossy(raw));
        }
    }
    for (_, raw) in &found {
        let raw = String::from_utf8_lossy(raw);
        let laid_out = snapshot::indent(&raw, step);
        prop_assert_eq!(bare(&laid_out), bare(&raw));
    }
    Ok(bytes)
}

/// Without the white space between tokens.
fn bare(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let kept = quoted || !c.is_ascii_whitespace();
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            kept
        })
        .collect()
}

fn rule(filter: Filter, threshold: Threshold) -> Rule {
    Rule {
        id: 7,
        name: "a rule".into(),
        enabled: true,
        level: Level::Warning,
        desc: String::new(),
        rec: String::new(),
        technique: String::new(),
        note: String::new(),
        filter,
        threshold,
        cooldown_minutes: 0,
        newness: None,
    }
}

/// A rule that tells every match.
pub fn any_rule() -> Rule {
    rule(Filter::Event(EventFilter::default()), Threshold::Immediate)
}

const FLOW_COUNTS: [FlowCount; 6] = [
    FlowCount::Connections,
    FlowCount::Flows,
    FlowCount::Sources,
    FlowCount::Destinations,
    FlowCount::Ports,
    FlowCount::Users,
];

const EVENT_COUNTS: [EventCount; 5] = [
    EventCount::Events,
    EventCount::Objects,
    EventCount::Users,
    EventCount::Sources,
    EventCount::Workloads,
];

const COUNTS: [Threshold; 2] = [Threshold::Immediate, Threshold::Count { count: 3, window: 10 }];

/// As it is in the file, and back.
fn through_the_file<T>(value: &T) -> T
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap();
    assert_eq!(&back, value);
    back
}

/// The alert that is due is a mail that holds; what stays is bounded.
fn tell(mut tally: Tally, rule: &Rule, now: Timestamp) -> Result<(), TestCaseError> {
    tally.settle(rule, minute_of(now) - 120, Some(minute_of(now)));
    let mut tally = through_the_file(&tally);
    if let Some(alert) = tally.alert(rule, minute_of(now)) {
        prop_assert!(alert.count > 0 && alert.first <= alert.last);
        page::holds(&page::report(vec![alert]))?;
    }
    let size = serde_json::to_string(&tally).unwrap().len();
    prop_assert!(size < 2_000_000, "{} bytes of state", size);
    Ok(())
}

#[test]
fn whatever_rows_come_are_read_and_counted() {
    let cases = (bodies(flow()), select(FLOW_COUNTS.to_vec()), any::<u8>(), any::<bool>());
    fuzz("records: flows", &cases, |((records, space, hurt, step), count_by, apart, whole)| {
        let bytes = reads::<Flows>(&records, space, &hurt, step)?;
        let all = [
            FlowPer::Source,
            FlowPer::Destination,
            FlowPer::Port,
            FlowPer::User,
            FlowPer::SourceLabel("role".to_owned()),
            FlowPer::DestinationLabel("app".to_owned()),
        ];
        let bits = all.into_iter().enumerate().filter(|(bit, _)| apart >> bit & 1 == 1);
        let per = bits.map(|(_, per)| per).take(2).collect();
        let filter = TrafficFilter { count_by, per, ..TrafficFilter::default() };
        let (mut known, legacy) = (Known::new(7), Legacy::default());
        let mut tally = Tally { since: Some(at(0)), ..Tally::default() };
        let mut position = None;
        // A second fetch reads the rows again, changed.
        for (now, body) in [(at(3_600), bytes.clone()), (at(7_200), body(&grown(&records), space))]
        {
            let bounds = Bounds {
                from: at(0),
                complete: position,
                overlap: jiff::SignedDuration::from_mins(30),
                whole,
            };
            let key = known.key();
            let mut answer = known.answer(&legacy, &bounds);
            let mut waiting = Vec::new();
            let mut reader = Records::new(body.as_slice());
            let mut count = |flow: Option<&Flow<'_>>, raw: &[u8]| {
                let Some(flow) = flow else { return };
                let facts = FlowFacts::of(flow);
                let row = Row::of(flow, key, now);
                match answer.take(&row) {
                    Some(growth) if filter.matches(&facts) => {
                        let sight = Sight::of(&facts);
                        tally.count_row(None, &filter, &sight, &row, growth, raw);
                    }
                    Some(_) => {}
                    None => waiting.push(row),
                }
            };
            while matches!(reader.next_record::<Flows>(&mut count), Ok(true)) {}
            assert_eq!(answer.settle(&waiting, true).len(), waiting.len());
            known = answer.finish();
            known.end_fetch();
            known.forget_before(now - jiff::SignedDuration::from_hours(1));
            let text = serde_json::to_string(&known).unwrap();
            known = serde_json::from_str(&text).unwrap();
            position = Some(now);
        }
        for threshold in COUNTS {
            tell(tally.clone(), &rule(Filter::Traffic(filter.clone()), threshold), at(7_260))?;
        }
        Ok(())
    });
}

/// All that is read of a row, and its bytes.
fn read_of(row: Option<&Flow<'_>>, raw: &[u8]) -> (Option<String>, Vec<u8>) {
    (row.map(|row| format!("{row:?}")), raw.to_vec())
}

/// What rules compare of it.
fn compared(row: &Flow<'_>) -> String {
    let facts = FlowFacts::of(row);
    let labels = [&row.src, &row.dst].map(|end| &end.workload.labels);
    let numbers = (facts.decision, facts.port, facts.proto);
    format!("{numbers:?} {:?} {:?} {labels:?}", facts.src_ip, facts.dst_ip)
}

#[test]
fn a_glance_tells_of_a_row_what_the_parser_reads() {
    fuzz("records: a glance", &bodies(flow()), |(records, space, hurt, step)| {
        let bytes = damaged(body(&records, space), &hurt);
        let mut parsed = Vec::new();
        let mut reader = Records::new(Slowly(&bytes, step));
        let parsed_end = loop {
            let mut keep = |row: Option<&Flow<'_>>, raw: &[u8]| parsed.push(read_of(row, raw));
            match reader.next_record::<Flows>(&mut keep) {
                Ok(true) => {}
                end => break format!("{end:?}"),
            }
        };

        let (mut glanced, mut at_a_glance) = (Vec::new(), Vec::new());
        let mut reader = Records::new(Slowly(&bytes, step));
        let glanced_end = loop {
            let passed = reader.pass(|window| {
                let (row, end) = glance(window, Depth::Whole)?;
                at_a_glance.push(glanced.len());
                glanced.push(read_of(Some(&row), &window[..end]));
                let (less, same_end) = glance(window, Depth::Labels)?;
                assert_eq!((compared(&less), same_end), (compared(&row), end));
                Some(end)
            });
            let mut keep = |row: Option<&Flow<'_>>, raw: &[u8]| glanced.push(read_of(row, raw));
            match passed {
                Ok(true) => continue,
                Ok(false) => {}
                end => break format!("{end:?}"),
            }
            match reader.next_record::<Flows>(&mut keep) {
                Ok(true) => {}
                end => break format!("{end:?}"),
            }
        };

        for place in at_a_glance {
            prop_assert_eq!(Some(&glanced[place]), parsed.get(place));
        }
        prop_assert_eq!((glanced, glanced_end), (parsed, parsed_end));
        Ok(())
    });
}

/// The same rows, later and larger.
fn grown(records: &[String]) -> Vec<String> {
    records
        .iter()
        .map(|record| record.replace("\"num_connections\": 1", "\"num_connections\": 900000"))
        .collect()
}

#[test]
fn whatever_events_come_are_read_and_counted() {
    let cases = (bodies(event()), select(EVENT_COUNTS.to_vec()), any::<u8>());
    fuzz("records: events", &cases, |((records, space, hurt, step), count_by, apart)| {
        let bytes = reads::<Events>(&records, space, &hurt, step)?;
        let all = [EventPer::User, EventPer::SourceIp, EventPer::Workload, EventPer::EventType];
        let bits = all.into_iter().enumerate().filter(|(bit, _)| apart >> bit & 1 == 1);
        let per = bits.map(|(_, per)| per).take(2).collect();
        let filter = EventFilter {
            filter_value: "agent.* | sign_in|".into(),
            count_by,
            per,
            ..EventFilter::default()
        };
        let (mut seen, mut tally, now) = (SeenEvents::default(), Tally::default(), at(7_200));
        for fetch in 0..2 {
            let mut reader = Records::new(bytes.as_slice());
            let mut again = 0;
            let mut count = |event: Option<&Event<'_>>, raw: &[u8]| {
                let nothing = Event::default();
                let event = event.unwrap_or(&nothing);
                // As the cycle does: no event lies in the future.
                let when = event.timestamp.timestamp().unwrap_or(now).min(now);
                if !seen.insert(event, raw, when) {
                    return;
                }
                again += 1;
                if filter.matches(event) {
                    tally.count_event(None, &filter, event, when, raw);
                }
            };
            while matches!(reader.next_record::<Events>(&mut count), Ok(true)) {}
            prop_assert!(fetch == 0 || again == 0, "an event is new twice");
            seen = through_the_file(&seen);
        }
        for threshold in COUNTS {
            tell(tally.clone(), &rule(Filter::Event(filter.clone()), threshold), now)?;
        }
        Ok(())
    });
}
