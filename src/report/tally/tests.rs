#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::report::evidence::Sight;
use crate::rules::matching::FlowFacts;
use crate::rules::series::HashKey;
use crate::rules::{EventCount, Level};

fn at(minute: i64) -> Timestamp {
    time_of(29_000_000 + minute)
}

fn rule(filter: Filter, threshold: Threshold) -> Rule {
    Rule {
        id: 7,
        name: "a rule".into(),
        enabled: true,
        level: Level::Warning,
        desc: String::new(),
        rec: String::new(),
        note: String::new(),
        filter,
        threshold,
        cooldown_minutes: 0,
    }
}

fn flows_of(count_by: FlowCount) -> TrafficFilter {
    TrafficFilter { count_by, ..Default::default() }
}

/// A row as the PCE sends it, and what it grew by.
fn grow(tally: &mut Tally, filter: &TrafficFilter, host: &str, count: u64, minute: i64) {
    let raw = format!(r#"{{"src":{{"ip":"{host}"}},"num_connections":{count}}}"#);
    let flow: Flow = serde_json::from_str(&raw).unwrap();
    let row = Row::of(&flow, HashKey::default(), at(minute));
    let growth = grown(count, minute);
    let facts = FlowFacts::of(&flow);
    let sight = Sight::of(&facts);
    tally.count_row(filter, &flow, &sight, &row, growth, raw.as_bytes());
}

/// So much in one minute.
fn grown(count: u64, minute: i64) -> Growth {
    let (minute, since) = (minute_of(at(minute)), None);
    Growth { count, when: When { first: minute, last: minute, since }, of: Of::Known(0) }
}

#[test]
fn an_alert_shows_the_talkers_of_the_minutes_it_tells() {
    let filter = flows_of(FlowCount::Connections);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Count { count: 10, window: 10 });
    let mut tally = Tally::default();
    grow(&mut tally, &filter, "10.0.0.1", 5, 0);
    grow(&mut tally, &filter, "10.0.0.1", 1, 60);
    grow(&mut tally, &filter, "10.0.0.2", 9, 61);
    let alert = tally.alert(&rule, minute_of(at(65))).unwrap();
    let Subject::Traffic { talkers, .. } = &alert.subject else { panic!("no traffic") };
    let told: Vec<_> =
        talkers.top.iter().map(|talker| (talker.what.src_ip.as_str(), talker.count)).collect();
    assert_eq!((told, talkers.more), (vec![("10.0.0.2", 9), ("10.0.0.1", 1)], 0));
    assert_eq!((alert.count, alert.first, alert.last), (10, at(60), at(61)));
    assert_eq!(alert.snapshot.len(), 1, "the other early record belongs to what is still untold");
    assert_eq!(tally.counter.untold.total(), 5);
}

#[test]
fn a_rule_that_counts_flows_counts_a_growing_one_once() {
    let filter = flows_of(FlowCount::Flows);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Count { count: 2, window: 60 });
    let mut tally = Tally::default();
    for minute in 0..5 {
        grow(&mut tally, &filter, "10.0.0.1", 100, minute);
    }
    assert!(tally.alert(&rule, minute_of(at(5))).is_none());
    grow(&mut tally, &filter, "10.0.0.2", 1, 5);
    assert_eq!(tally.alert(&rule, minute_of(at(6))).unwrap().count, 2);
    grow(&mut tally, &filter, "10.0.0.1", 1, 7);
    assert!(tally.alert(&rule, minute_of(at(8))).is_none());
}

#[test]
fn what_many_talkers_did_is_bounded_and_the_rest_is_counted() {
    let filter = flows_of(FlowCount::Connections);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    let mut tally = Tally::default();
    for n in 0..10_000u32 {
        let host = std::net::Ipv4Addr::from(0x0a00_0000 + n).to_string();
        grow(&mut tally, &filter, &host, if n == 5_000 { 50 } else { 1 }, i64::from(n % 10));
    }
    tally.settle(rule.threshold, minute_of(at(0)));
    assert!(serde_json::to_string(&tally).unwrap().len() < 10_000);
    let alert = tally.alert(&rule, minute_of(at(10))).unwrap();
    let Subject::Traffic { talkers, .. } = &alert.subject else { panic!("no traffic") };
    assert_eq!((alert.count, talkers.top[0].count), (10_049, 50));
    assert_eq!(talkers.top.len() as u64 + talkers.more, 10_000);
}

#[test]
fn counts_of_talkers_that_gave_way_are_told_as_lower_bounds() {
    let filter = flows_of(FlowCount::Connections);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    for (hosts, wanted) in [(1_000, (false, false)), (2_000, (false, true)), (5_000, (true, true))]
    {
        let mut tally = Tally::default();
        for n in 0..hosts {
            let host = std::net::Ipv4Addr::from(0x0a00_0000 + n).to_string();
            grow(&mut tally, &filter, &host, 1, 0);
        }
        let alert = tally.alert(&rule, minute_of(at(10))).unwrap();
        let Subject::Traffic { talkers, sources, destinations, .. } = &alert.subject else {
            panic!("no traffic")
        };
        assert_eq!((talkers.at_least, sources.at_least), wanted, "{hosts}");
        assert!(!destinations.at_least, "all talk to one");
    }
}

#[test]
fn an_event_tells_its_source_and_its_objects() {
    let filter = EventFilter {
        filter_value: "login".into(),
        count_by: EventCount::Events,
        ..Default::default()
    };
    let rule = rule(Filter::Event(filter.clone()), Threshold::Immediate);
    let raw = r#"{"event_type":"user.sign_in","status":"failure","created_by":{"system":{}},"action":{"src_ip":"10.1.1.1"},
        "notifications":[{"notification_type":"user.login_failed","info":{"associated_user":{"supplied_username":"eve"}}}]}"#;
    let mut tally = Tally::default();
    tally.count_event(&filter, &serde_json::from_str(raw).unwrap(), at(3), raw.as_bytes());
    let alert = tally.alert(&rule, minute_of(at(4))).unwrap();
    let Subject::Events { sources, .. } = &alert.subject else { panic!("no events") };
    assert_eq!(
        (sources.top[0].what.kind.as_str(), sources.top[0].what.name.as_str()),
        ("user", "eve")
    );
    assert_eq!(
        (sources.top[0].what.ip.as_str(), alert.snapshot[0].raw.as_str()),
        ("10.1.1.1", raw)
    );
}

#[test]
fn one_source_to_many_destinations_is_the_busiest_however_many_there_are() {
    let filter = flows_of(FlowCount::Connections);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    let mut tally = Tally::default();
    for n in 0..20_000_u32 {
        let (from, to) = if n % 2 == 0 { (7, n) } else { (1_000 + n, n) };
        let raw = format!(
            r#"{{"src":{{"ip":"10.0.0.{from}"}},"dst":{{"ip":"10.1.0.{to}"}},"service":{{"port":{},"proto":6}}}}"#,
            n % 3_000 + 1
        );
        let flow: Flow = serde_json::from_str(&raw).unwrap();
        let growth = grown(1, i64::from(n % 10));
        let row = Row::of(&flow, HashKey::default(), at(9));
        let facts = FlowFacts::of(&flow);
        let sight = Sight::of(&facts);
        tally.count_row(&filter, &flow, &sight, &row, growth, raw.as_bytes());
    }
    tally.settle(rule.threshold, minute_of(at(0)));
    assert!(serde_json::to_string(&tally).unwrap().len() < 20_000);
    let alert = tally.alert(&rule, minute_of(at(10))).unwrap();
    let Subject::Traffic { sources, .. } = &alert.subject else { panic!("no traffic") };
    let busiest = &sources.top[0];
    assert_eq!((busiest.what.ip.as_str(), busiest.count), ("10.0.0.7", 10_000));
}

#[test]
fn a_tally_of_the_first_version_still_reads() {
    let old = r#"{"since":"2026-11-22T10:00:00Z","counter":{"untold":[29000000,2]},"evidence":{
        "sources":{"rows":[[{"event_type":"agent.tampering","kind":"agent","name":"db-01","ip":"","severity":"err","status":""},[29000000,2]]]},
        "objects":{"rows":[["db-01",[29000000,2]]]},
        "talkers":{"rows":[[{"src_name":"","src_ip":"10.0.0.1","dst_name":"","dst_ip":"10.0.0.2","port":445,"proto":6,"decision":"blocked"},[29000000,2]]]}}}"#;
    let tally: Tally = serde_json::from_str(old).unwrap();
    let (objects, _) = tally.evidence.objects.most_frequent(5);
    assert_eq!((objects[0].what.name.as_str(), objects[0].count), ("db-01", 2));
    let (talkers, _) = tally.evidence.talkers.most_frequent(5);
    assert_eq!(talkers[0].what.port, Some(445));
}

#[test]
fn a_tally_comes_back_from_the_file_as_it_went() {
    let filter = flows_of(FlowCount::Flows);
    let mut tally = Tally { since: Some(at(-5)), ..Tally::default() };
    grow(&mut tally, &filter, "10.0.0.1", 100, 3);
    grow(&mut tally, &filter, "10.0.0.2", 1, 5);
    tally.counter.alerted = Some(minute_of(at(1)));
    let json = serde_json::to_string(&tally).unwrap();
    let again: Tally = serde_json::from_str(&json).unwrap();
    assert_eq!(again, tally);
    // What is told along with a thing is no part of what it is known by.
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
}
