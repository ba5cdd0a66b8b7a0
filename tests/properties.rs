//! However a stream of records is cut into fetches (overlapping, repeating, in any
//! order, late), the same matches come out of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use illumio_monitor::pce::record::{Event, Flow};
use illumio_monitor::pce::seen::SeenEvents;
use illumio_monitor::report::evidence::Sight;
use illumio_monitor::report::tally::Tally;
use illumio_monitor::rules::candidates::Candidates;
use illumio_monitor::rules::engine::Counter;
use illumio_monitor::rules::matching::FlowFacts;
use illumio_monitor::rules::minutes::{Minutes, minute_of};
use illumio_monitor::rules::series::{Bounds, Growth, Known, Legacy, Row};
use illumio_monitor::rules::{EventFilter, Label, PortRange, Threshold, TrafficFilter};
use jiff::Timestamp;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::json;

const DAY: i64 = 1_785_715_200;
const HOURS: i64 = 8 * 3_600;
const OVERLAP: i64 = 1_800;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(DAY + second).unwrap()
}

/// Times of cycles, the last one after everything is recorded.
fn cycles() -> impl Strategy<Value = Vec<i64>> {
    btree_set(1..HOURS, 0..12).prop_map(|times| {
        let mut times: Vec<i64> = times.into_iter().collect();
        times.push(HOURS + OVERLAP);
        times
    })
}

/// As it is after a run and before the next.
fn through_the_file<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// Happened then, recorded so much later, within the overlap.
type Happened = (i64, i64);

/// What an event rule has counted after cycles at these times.
fn events_counted(events: &[Happened], cycles: &[i64], repeats: usize) -> Minutes {
    let filter = EventFilter::default();
    let (mut seen, mut tally) = (SeenEvents::default(), Tally::default());
    let mut from = 0;
    for (nth, now) in cycles.iter().enumerate() {
        let fetched =
            |(_, (at, late)): &(usize, &Happened)| (from..=*now).contains(at) && at + late <= *now;
        let mut page: Vec<_> = events.iter().enumerate().filter(fetched).collect();
        let turn = nth % page.len().max(1);
        page.rotate_left(turn);
        for (place, (second, _)) in page.iter().cycle().take(page.len() * repeats) {
            let raw = format!(r#"{{"href":"/orgs/1/events/{place}"}}"#);
            let event: Event = serde_json::from_str(&raw).unwrap();
            if seen.insert(&event, raw.as_bytes(), at(*second)) {
                tally.count_event(None, &filter, &event, at(*second), raw.as_bytes());
            }
        }
        from = now - OVERLAP;
        seen.forget_before(at(from));
        (seen, tally) = (through_the_file(&seen), through_the_file(&tally));
    }
    tally.all.counter.untold
}

/// One flow: its connections' times, each with how late either end's report is.
type Talk = Vec<(i64, i64, i64)>;

/// A row as the PCE has it at `now`, for one end.
fn row(flow: usize, talk: &Talk, outbound: bool, now: i64) -> Option<(String, i64)> {
    let late = |one: &(i64, i64, i64)| if outbound { one.1 } else { one.2 };
    let known = talk.iter().filter(|one| one.0 + late(one) <= now);
    let known: Vec<i64> = known.map(|one| one.0).collect();
    let (first, last) = (known.iter().min()?, known.iter().max()?);
    let direction = if outbound { "outbound" } else { "inbound" };
    let json = format!(
        r#"{{"src":{{"ip":"10.0.0.{flow}"}},"flow_direction":"{direction}","num_connections":{},
        "timestamp_range":{{"first_detected":"{}","last_detected":"{}"}}}}"#,
        known.len(),
        at(*first),
        at(*last),
    );
    Some((json, *last))
}

/// What a traffic rule has counted after cycles at these times, the last of which
/// reaches back over everything.
fn connections_counted(talks: &[Talk], cycles: &[i64], repeats: usize) -> u64 {
    let filter = TrafficFilter::default();
    let mut known = Known::new(7);
    let mut tally = Tally { since: Some(at(0)), ..Tally::default() };
    let mut position = None;
    for (nth, now) in cycles.iter().enumerate() {
        let last_one = nth + 1 == cycles.len();
        let from = position.map_or(0, |position| position - OVERLAP);
        let mut rows: Vec<String> = Vec::new();
        for (flow, talk) in talks.iter().enumerate() {
            let ends = [true, false].map(|outbound| row(flow, talk, outbound, *now));
            let ends = ends.into_iter().flatten();
            rows.extend(ends.filter(|(_, last)| last_one || *last >= from).map(|end| end.0));
        }
        let turn = nth % rows.len().max(1);
        rows.rotate_left(turn);
        let bounds = Bounds {
            from: at(from),
            complete: position.map(at),
            overlap: jiff::SignedDuration::from_secs(OVERLAP),
            whole: repeats == 1,
        };
        // The parts of a fetch may bring a row again.
        for _ in 0..repeats {
            let growths = read(&mut known, &bounds, &rows, *now);
            for (raw, (row, growth)) in rows.iter().zip(growths) {
                let flow: Flow = serde_json::from_str(raw).unwrap();
                let facts = FlowFacts::of(&flow);
                let sight = Sight::of(&facts);
                tally.count_row(None, &filter, &sight, &row, growth, raw.as_bytes());
            }
        }
        known.end_fetch();
        position = Some(*now);
        (known, tally) = (through_the_file(&known), through_the_file(&tally));
    }
    tally.all.counter.untold.total()
}

/// What the rows of one answer add.
fn read(known: &mut Known, bounds: &Bounds, rows: &[String], now: i64) -> Vec<(Row, Growth)> {
    let (key, legacy) = (known.key(), Legacy::default());
    let rows: Vec<Row> =
        rows.iter().map(|raw| Row::of(&serde_json::from_str(raw).unwrap(), key, at(now))).collect();
    let mut answer = known.answer(&legacy, bounds);
    let mut growths: Vec<_> = rows.iter().map(|row| (*row, answer.take(row))).collect();
    let open = growths.iter().filter(|(_, growth)| growth.is_none());
    let open: Vec<Row> = open.map(|(row, _)| *row).collect();
    let mut settled = answer.settle(&open, true).into_iter();
    for (_, growth) in growths.iter_mut().filter(|(_, growth)| growth.is_none()) {
        *growth = settled.next();
    }
    *known = answer.finish();
    growths.into_iter().map(|(row, growth)| (row, growth.unwrap())).collect()
}

/// A VEN sends its summaries in their order.
fn talk() -> impl Strategy<Value = Talk> {
    vec((0..HOURS, 0..OVERLAP, 0..OVERLAP), 1..40).prop_map(|mut talk| {
        talk.sort_unstable();
        let (mut source, mut destination) = (0, 0);
        for (at, of_source, of_destination) in &mut talk {
            source = source.max(*at + *of_source);
            destination = destination.max(*at + *of_destination);
            (*of_source, *of_destination) = (source - *at, destination - *at);
        }
        talk
    })
}

/// Traffic rules and rows over few values, so that many match.
fn filter() -> impl Strategy<Value = TrafficFilter> {
    let net = prop_oneof![
        Just("10.0.0.0/8"),
        Just("10.1.0.0/16"),
        Just("10.1.2.3/32"),
        Just("10.1.2.9/16"),
        Just("2001:db8::/32"),
        Just("0.0.0.0/0"),
        Just("::/0"),
    ];
    let nets = vec(net.prop_map(|net| net.parse().unwrap()), 0..3);
    let label = ("a|b", "x|y|x\\|y|z\\|x").prop_map(|(key, value)| Label { key, value });
    let labels = vec(label, 0..3);
    let range = (1u16..6, 0u16..200).prop_map(|(from, more)| PortRange { from, to: from + more });
    (vec(range, 0..3), labels.clone(), labels, nets.clone(), nets).prop_map(
        |(ports, src_label, dst_label, src_ip, dst_ip)| TrafficFilter {
            ports,
            src_label,
            dst_label,
            src_ip,
            dst_ip,
            ..TrafficFilter::default()
        },
    )
}

fn any_row() -> impl Strategy<Value = String> {
    let ip = prop_oneof![
        Just("10.1.2.3"),
        Just("10.9.9.9"),
        Just("::ffff:10.1.0.1"),
        Just("2001:db8::7"),
        Just("none"),
    ];
    let labels = vec(("a|b", "x|y"), 0..3).prop_map(|labels| {
        let labels = labels.iter().map(|(key, value)| json!({"key": key, "value": value}));
        labels.collect::<Vec<_>>()
    });
    (ip.clone(), ip, labels.clone(), labels, 0u16..300).prop_map(
        |(src, dst, of_src, of_dst, port)| {
            let end = |ip, labels| json!({"ip": ip, "workload": {"labels": labels}});
            json!({"src": end(src, of_src), "dst": end(dst, of_dst), "service": {"port": port}})
                .to_string()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn events_count_the_same_however_they_are_fetched(
        events in vec((0..HOURS, 0..OVERLAP), 0..80),
        cycles in cycles(),
        repeats in 1..3usize,
    ) {
        let mut expected = Minutes::default();
        for (second, _) in &events {
            expected.add(minute_of(at(*second)), 1);
        }
        prop_assert_eq!(events_counted(&events, &cycles, repeats), expected);
    }

    #[test]
    fn connections_count_the_same_however_they_are_fetched(
        talks in vec(talk(), 0..8),
        cycles in cycles(),
        repeats in 1..3usize,
    ) {
        let all: usize = talks.iter().map(Vec::len).sum();
        prop_assert_eq!(connections_counted(&talks, &cycles, repeats), all as u64);
    }

    #[test]
    fn every_match_is_told_once_or_still_untold(
        matches in vec((0..600i64, 1..20u64, 0..10usize), 0..60),
        count in 1..60u64,
        window in 1..200u32,
        cooldown in 0..100u32,
    ) {
        let threshold = Threshold::Count { count, window };
        let mut counter = Counter::default();
        let mut told = Minutes::default();
        for cycle in 0..10 {
            for (minute, many, _) in matches.iter().filter(|one| one.2 == cycle) {
                counter.untold.add(*minute, *many);
            }
            let now = 600 + cycle as i64 * 10;
            if let Some(due) = counter.due(threshold, cooldown, now) {
                prop_assert!(due.total() >= count, "no alert below the threshold");
                told.merge(&due);
            }
        }
        told.merge(&counter.untold);
        let mut all = Minutes::default();
        for (minute, many, _) in &matches {
            all.add(*minute, *many);
        }
        prop_assert_eq!(told, all);
    }

    #[test]
    fn nothing_that_fills_a_window_is_left_untold(
        matches in vec((0..300i64, 1..20u64), 0..40),
        count in 1..40u64,
        window in 1..100u32,
    ) {
        let mut counter = Counter::default();
        for (minute, many) in &matches {
            counter.untold.add(*minute, *many);
        }
        counter.due(Threshold::Count { count, window }, 0, 300);
        let left: Vec<_> = counter.untold.iter().collect();
        let begins: BTreeSet<i64> = left.iter().map(|(minute, _)| *minute).collect();
        for begin in begins {
            let within = left.iter().filter(|(minute, _)| (begin..begin + i64::from(window)).contains(minute));
            prop_assert!(within.map(|(_, many)| many).sum::<u64>() < count);
        }
    }

    /// Rules are filed so that few are asked about a row; those that match are among them.
    #[test]
    fn no_rule_that_matches_is_passed_over(filters in vec(filter(), 0..30), row in any_row()) {
        let flow: Flow = serde_json::from_str(&row).unwrap();
        let facts = FlowFacts::of(&flow);
        let mut found = vec![99];
        Candidates::of(filters.iter()).find(&facts, &mut found);

        let matching = (0..filters.len()).filter(|at| filters[*at].matches(&facts));
        for place in matching {
            prop_assert!(found.contains(&place), "{place} is not in {found:?}");
        }
        prop_assert!(found.is_sorted_by(|one, next| one < next), "{found:?}");
    }
}
