#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::pce::record::Flow;
use crate::report::evidence::Sight;
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::time_of;
use crate::rules::series::HashKey;
use crate::rules::{EventCount, FlowPer, Level, Measure};

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
        technique: String::new(),
        note: String::new(),
        filter,
        threshold,
        cooldown_minutes: 0,
        newness: None,
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
    tally.count_row(None, filter, &sight, &row, growth, raw.as_bytes());
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
    assert_eq!(tally.all.counter.untold.total(), 5);
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
    tally.settle(&rule, minute_of(at(0)), Some(minute_of(at(10))));
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
    tally.count_event(None, &filter, &serde_json::from_str(raw).unwrap(), at(3), raw.as_bytes());
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
        tally.count_row(None, &filter, &sight, &row, growth, raw.as_bytes());
    }
    tally.settle(&rule, minute_of(at(0)), Some(minute_of(at(10))));
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
    let mut tally: Tally = serde_json::from_str(old).unwrap();
    let (objects, _) = tally.all.evidence().0.objects.most_frequent(5);
    assert_eq!((objects[0].what.name.as_str(), objects[0].count), ("db-01", 2));
    let (talkers, _) = tally.all.evidence().0.talkers.most_frequent(5);
    assert_eq!(talkers[0].what.port, Some(445));
}

#[test]
fn a_tally_comes_back_from_the_file_as_it_went() {
    let filter = flows_of(FlowCount::Flows);
    let mut tally = Tally { since: Some(at(-5)), ..Tally::default() };
    grow(&mut tally, &filter, "10.0.0.1", 100, 3);
    grow(&mut tally, &filter, "10.0.0.2", 1, 5);
    tally.all.counter.alerted = Some(minute_of(at(1)));
    let json = serde_json::to_string(&tally).unwrap();
    let again: Tally = serde_json::from_str(&json).unwrap();
    assert_eq!(again, tally);
    // What is told along with a thing is no part of what it is known by.
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
}

/// A row between these hosts and to this port, which grew by one.
fn talk(
    tally: &mut Tally,
    newness: Option<Newness>,
    filter: &TrafficFilter,
    (from, to, port): (&str, &str, u16),
    minute: i64,
) {
    let raw = format!(
        r#"{{"src":{{"ip":"{from}"}},"dst":{{"ip":"{to}"}},"service":{{"port":{port},"proto":6}}}}"#
    );
    let flow: Flow = serde_json::from_str(&raw).unwrap();
    let row = Row::of(&flow, HashKey::default(), at(minute));
    let facts = FlowFacts::of(&flow);
    tally.count_row(newness, filter, &Sight::of(&facts), &row, grown(1, minute), raw.as_bytes());
}

/// The groups that an alert tells, each with its count.
fn told(alert: &Alert) -> Vec<(String, u64)> {
    let rows = alert.groups.iter().flat_map(|groups| &groups.rows);
    rows.map(|row| (crate::rules::groups::shown(&row.values), row.count)).collect()
}

fn apart(per: &[FlowPer], count_by: FlowCount) -> TrafficFilter {
    TrafficFilter { per: per.to_vec(), count_by, ..Default::default() }
}

#[test]
fn a_noisy_source_does_not_keep_another_silent() {
    let filter = apart(&[FlowPer::Source], FlowCount::Connections);
    let mut rule = rule(Filter::Traffic(filter.clone()), Threshold::Count { count: 3, window: 10 });
    rule.cooldown_minutes = 240;
    let mut tally = Tally::default();
    let blocked = |tally: &mut Tally, from: &str, minute: i64| {
        (0..4).for_each(|_| talk(tally, None, &filter, (from, "10.9.0.1", 445), minute));
    };
    blocked(&mut tally, "10.0.0.1", 0);
    let alert = tally.alert(&rule, minute_of(at(1))).unwrap();
    assert_eq!(told(&alert), [("10.0.0.1".to_owned(), 4)]);
    blocked(&mut tally, "10.0.0.1", 5);
    blocked(&mut tally, "10.0.0.2", 5);
    talk(&mut tally, None, &filter, ("10.0.0.3", "10.9.0.1", 445), 5);
    tally.settle(&rule, minute_of(at(0)), Some(minute_of(at(6))));
    let alert = tally.alert(&rule, minute_of(at(6))).unwrap();
    assert_eq!(
        told(&alert),
        [("10.0.0.2".to_owned(), 4)],
        "the first one rests, too few of the third"
    );
    let alert = tally.alert(&rule, minute_of(at(241))).unwrap();
    assert_eq!(told(&alert), [("10.0.0.1".to_owned(), 4)], "what came meanwhile");
}

#[test]
fn a_rule_that_counts_different_ones_counts_each_once_in_its_window() {
    let filter = apart(&[FlowPer::Source, FlowPer::Destination], FlowCount::Ports);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Count { count: 5, window: 10 });
    let mut tally = Tally::default();
    for nth in 0..400 {
        talk(&mut tally, None, &filter, ("10.0.0.1", "10.9.0.1", 443), nth % 10);
        talk(&mut tally, None, &filter, ("10.0.0.2", "10.9.0.1", 1 + (nth % 4) as u16), nth % 10);
    }
    assert!(tally.alert(&rule, minute_of(at(10))).is_none(), "one port, and four");
    talk(&mut tally, None, &filter, ("10.0.0.2", "10.9.0.1", 5), 9);
    let alert = tally.alert(&rule, minute_of(at(10))).unwrap();
    assert_eq!(told(&alert), [("10.0.0.2 · 10.9.0.1".to_owned(), 5)]);
    assert_eq!((alert.count, alert.measure), (5, Measure::Ports));
}

#[test]
fn the_worst_groups_are_told_by_name_and_the_others_in_number() {
    let filter = apart(&[FlowPer::Source], FlowCount::Destinations);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    let mut tally = Tally::default();
    for source in 1..=30 {
        for to in 1..=source {
            let ends = (format!("10.0.0.{source}"), format!("10.9.0.{to}"));
            talk(&mut tally, None, &filter, (&ends.0, &ends.1, 445), 0);
        }
    }
    let alert = tally.alert(&rule, minute_of(at(1))).unwrap();
    let counts: Vec<u64> = told(&alert).into_iter().map(|(_, count)| count).collect();
    assert_eq!(counts, [30, 29, 28, 27, 26]);
    let groups = alert.groups.as_ref().unwrap();
    assert_eq!((groups.more.groups, alert.total()), (25, 465));
    let Examples::Talkers(examples) = &groups.rows[0].examples else { panic!("no talkers") };
    assert_eq!(examples.len(), 5);
    let Subject::Traffic { talkers, .. } = &alert.subject else { panic!("no traffic") };
    assert!(talkers.top.iter().all(|talker| talker.what.src_ip == "10.0.0.30"), "of the worst");
    assert!(tally.alert(&rule, minute_of(at(2))).is_none(), "and all of them are told");
}

#[test]
fn what_a_record_does_not_say_is_a_group_of_its_own_and_no_different_one() {
    let mut tally = Tally::default();
    let filter = apart(&[FlowPer::User], FlowCount::Ports);
    let rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    talk(&mut tally, None, &filter, ("10.0.0.1", "10.9.0.1", 0), 0);
    assert!(tally.alert(&rule, minute_of(at(1))).is_none(), "no port is no different port");
    talk(&mut tally, None, &filter, ("10.0.0.1", "10.9.0.1", 22), 0);
    let alert = tally.alert(&rule, minute_of(at(1))).unwrap();
    assert_eq!(told(&alert), [("–".to_owned(), 1)]);
}

#[test]
fn an_event_counts_for_each_workload_that_it_names() {
    let filter = EventFilter { per: vec![EventPer::Workload], ..Default::default() };
    let rule = rule(Filter::Event(filter.clone()), Threshold::Count { count: 2, window: 10 });
    let event = |hosts: &[&str]| {
        let changes: Vec<String> = hosts
            .iter()
            .map(|host| {
                format!(
                    r#"{{"resource":{{"workload":{{"href":"/w/{host}","hostname":"{host}"}}}}}}"#
                )
            })
            .collect();
        format!(r#"{{"event_type":"offline","resource_changes":[{}]}}"#, changes.join(","))
    };
    let mut tally = Tally::default();
    for (hosts, minute) in [(&["a", "b", "c"][..], 0), (&["b"], 1)] {
        let raw = event(hosts);
        let read = serde_json::from_str(&raw).unwrap();
        tally.count_event(None, &filter, &read, at(minute), raw.as_bytes());
    }
    let alert = tally.alert(&rule, minute_of(at(2))).unwrap();
    assert_eq!(told(&alert), [("b".to_owned(), 2)]);
}

#[test]
fn a_new_group_counts_for_its_window_and_a_known_one_never() {
    let filter = apart(&[FlowPer::Source], FlowCount::Connections);
    let newness = Some(Newness { within_days: 30, learn_days: 1, window: 10 });
    let mut rule = rule(Filter::Traffic(filter.clone()), Threshold::Count { count: 3, window: 10 });
    rule.newness = newness;
    let mut tally = Tally { known: Some(Box::new(Known::new(7, at(-1_440)))), ..Tally::default() };
    let seen = |tally: &mut Tally, from: &str, minutes: &[i64]| {
        for minute in minutes {
            talk(tally, newness, &filter, (from, "10.9.0.1", 445), *minute);
        }
    };
    seen(&mut tally, "10.0.0.1", &[-1_400, -1_400, -1_400]);
    assert!(tally.groups.is_empty(), "it learns");
    seen(&mut tally, "10.0.0.1", &[0, 1, 2]);
    seen(&mut tally, "10.0.0.2", &[3, 4, 5, 20]);
    seen(&mut tally, "10.0.0.3", &[3, 30, 31, 32]);
    let alert = tally.alert(&rule, minute_of(at(40))).unwrap();
    assert_eq!(told(&alert), [("10.0.0.2".to_owned(), 3)]);
    let again: Tally = serde_json::from_str(&serde_json::to_string(&tally).unwrap()).unwrap();
    assert_eq!(again.known.unwrap().len(), 3);
}

#[test]
fn groups_come_back_from_the_file_as_they_went() {
    let filter = apart(&[FlowPer::Source, FlowPer::Port], FlowCount::Destinations);
    let mut tally = Tally::default();
    for nth in 0..50_u16 {
        let to = format!("10.9.0.{}", nth % 7);
        talk(&mut tally, None, &filter, ("10.0.0.1", &to, 440 + nth % 5), i64::from(nth));
    }
    let json = serde_json::to_string(&tally).unwrap();
    let again: Tally = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
    assert_eq!((again.groups.len(), again), (5, tally));
}

#[test]
fn a_group_that_told_and_rests_no_more_is_let_go() {
    let filter = apart(&[FlowPer::Source], FlowCount::Connections);
    let mut rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    rule.cooldown_minutes = 30;
    let mut tally = Tally::default();
    talk(&mut tally, None, &filter, ("10.0.0.1", "10.9.0.1", 445), 0);
    tally.alert(&rule, minute_of(at(1))).unwrap();
    for (minute, left) in [(10, 1), (30, 1), (31, 0)] {
        tally.settle(&rule, minute_of(at(0)), Some(minute_of(at(minute))));
        assert_eq!(tally.groups.len(), left, "after {minute} minutes");
    }
}

#[test]
fn by_a_clock_that_is_doubted_nothing_that_is_known_is_let_go() {
    let filter = apart(&[FlowPer::Source], FlowCount::Connections);
    let newness = Some(Newness { within_days: 30, learn_days: 0, window: 10 });
    let mut rule = rule(Filter::Traffic(filter.clone()), Threshold::Immediate);
    (rule.newness, rule.cooldown_minutes) = (newness, 30);
    let mut tally = Tally { known: Some(Box::new(Known::new(7, at(-10)))), ..Tally::default() };
    talk(&mut tally, newness, &filter, ("10.0.0.1", "10.9.0.1", 445), 0);
    tally.alert(&rule, minute_of(at(1))).unwrap();
    tally.settle(&rule, minute_of(at(0)), None);
    assert_eq!((tally.groups.len(), tally.known.as_ref().unwrap().len()), (1, 1));
    tally.settle(&rule, minute_of(at(0)), Some(minute_of(at(200 * 1_440))));
    assert_eq!((tally.groups.len(), tally.known.unwrap().len()), (0, 0));
}

#[test]
fn an_event_about_thousands_of_workloads_costs_no_more_than_it_has() {
    let filter = EventFilter { per: vec![EventPer::Workload], ..Default::default() };
    let rule = rule(Filter::Event(filter.clone()), Threshold::Immediate);
    let changes: Vec<String> = (0..3_000)
        .map(|nth| {
            format!(
                r#"{{"resource":{{"workload":{{"href":"/w/{nth}","hostname":"host-{nth}"}}}},"changes":{{"online":{{"before":true,"after":false}}}},"change_type":"update"}}"#
            )
        })
        .collect();
    let raw = format!(r#"{{"event_type":"offline","resource_changes":[{}]}}"#, changes.join(","));
    let event = serde_json::from_str(&raw).unwrap();
    let mut tally = Tally::default();
    let more = tally.count_event(None, &filter, &event, at(0), raw.as_bytes()).unwrap();
    let weight = tally.weight();
    assert!(weight < 24 * 1024 * 1024 && more > weight / 2, "{weight} {more}");
    let alert = tally.alert(&rule, minute_of(at(1))).unwrap();
    let Subject::Events { objects, .. } = &alert.subject else { panic!("no events") };
    assert_eq!((objects.top.len(), alert.total()), (1, 3_000));
    // What counts nothing makes no group.
    let filter = EventFilter {
        per: vec![EventPer::User],
        count_by: EventCount::Workloads,
        ..Default::default()
    };
    let raw = r#"{"event_type":"x","created_by":{"user":{"username":"ann"}}}"#;
    let event = serde_json::from_str(raw).unwrap();
    assert_eq!(tally.count_event(None, &filter, &event, at(0), raw.as_bytes()), None);
    tally.settle(&rule, minute_of(at(0)), Some(minute_of(at(10))));
    assert!(tally.groups.is_empty());
}
