#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::Timestamp;

use super::*;
use crate::pce::record::{Event, Flow};
use crate::report::Subject;
use crate::report::evidence::{Evidence, Sight};
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::{minute_of, time_of};
use crate::rules::series::{Growth, HashKey, Of, Row, When};
use crate::rules::{
    EventFilter, Filter, FlowCount, FlowPer, Level, Newness, Rule, Threshold, TrafficFilter,
};

const MINUTE: i64 = 29_000_000;

fn at(minute: i64) -> Timestamp {
    time_of(MINUTE + minute)
}

fn rules_named(names: &[&str]) -> Tallies {
    let fresh = |name: &&str| ((*name).to_owned(), Tally::default());
    names.iter().map(fresh).collect()
}

/// A row from a host, which grew by so much in one minute.
fn count(copies: &mut Copies<'_>, rule: &str, count_by: FlowCount, host: u32, many: u64, at: i64) {
    let host = std::net::Ipv4Addr::from(0x0a00_0000 + host);
    let raw = format!(r#"{{"src":{{"ip":"{host}"}},"dst":{{"ip":"192.0.2.1"}}}}"#);
    let flow: Flow = serde_json::from_str(&raw).unwrap();
    let row = Row::of(&flow, HashKey::default(), time_of(MINUTE + at));
    let minute = MINUTE + at;
    let growth = Growth {
        count: many,
        when: When { first: minute, last: minute, since: None },
        of: Of::Known(0),
    };
    let filter = TrafficFilter { count_by, ..Default::default() };
    let facts = FlowFacts::of(&flow);
    let sight = Sight::of(&facts);
    let counted = copies
        .count(rule, |tally| tally.count_row(None, &filter, &sight, &row, growth, raw.as_bytes()));
    assert!(counted);
}

fn evidence_of(tally: &Tally) -> Evidence {
    tally.all.evidence.as_deref().cloned().unwrap_or_default()
}

fn weight_of(tallies: &Tallies) -> usize {
    tallies.values().map(Tally::weight).sum()
}

/// What a rule on traffic has to tell.
fn alert_of(tally: &mut Tally, count_by: FlowCount) -> crate::report::Alert {
    alert_at(tally, count_by, Threshold::Immediate)
}

fn alert_at(tally: &mut Tally, count_by: FlowCount, threshold: Threshold) -> crate::report::Alert {
    let filter = TrafficFilter { count_by, ..Default::default() };
    tally.alert(&rule(Filter::Traffic(filter), threshold), minute_of(at(2_000))).unwrap()
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

#[test]
fn many_rules_with_many_talkers_stay_within_the_budget_and_lose_no_count() {
    let names: Vec<String> = (0..16).map(|nth| format!("rule {nth}")).collect();
    let known = rules_named(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut copies = Copies::of(&known, 0);
    for host in 0..3_000 {
        for name in &names {
            let many = if host == 7 { 500 } else { 1 };
            count(&mut copies, name, FlowCount::Connections, host, many, i64::from(host % 50));
        }
    }
    let mut counted = copies.counted();
    assert!(weight_of(&counted) <= OF_A_FETCH);
    let mut gave_way = 0;
    for tally in counted.values_mut() {
        let alert = alert_of(tally, FlowCount::Connections);
        let Subject::Traffic { talkers, .. } = &alert.subject else { panic!("no traffic") };
        assert_eq!((alert.count, alert.at_least), (3_499, false));
        assert_eq!(talkers.top[0].count, 500);
        gave_way += u32::from(talkers.at_least);
        assert_eq!(talkers.top.len() as u64 + talkers.more, 3_000);
        assert_eq!(alert.snapshot.len(), 2);
    }
    assert!(gave_way > 0);
}

#[test]
fn where_room_is_taken_elsewhere_there_is_less() {
    let known = rules_named(&["one"]);
    let kept = |elsewhere: usize| {
        let mut copies = Copies::of(&known, elsewhere);
        for host in 0..4_000 {
            count(&mut copies, "one", FlowCount::Connections, host, 1, 0);
        }
        weight_of(&copies.counted())
    };
    assert!(kept(0) > OF_A_FETCH / 8);
    assert!(kept(OF_A_FETCH - 1) <= OF_A_FETCH / 8);
}

#[test]
fn a_few_rules_with_many_talkers_lose_none() {
    let known = rules_named(&["one", "two"]);
    let mut copies = Copies::of(&known, 0);
    for host in 0..4_000 {
        for name in ["one", "two"] {
            count(&mut copies, name, FlowCount::Connections, host, 1, 0);
        }
    }
    for tally in copies.counted().values() {
        assert!(!evidence_of(tally).talkers.ranking().at_least);
    }
}

#[test]
fn the_rules_that_matched_least_give_way_first() {
    let known = rules_named(&["busy", "calm", "rare"]);
    let mut copies = Copies::of(&known, 0);
    for (name, many) in [("busy", 1_000), ("calm", 10), ("rare", 1)] {
        for host in 0..1_000 {
            count(&mut copies, name, FlowCount::Connections, host, many, 0);
        }
    }
    let mut counted = copies.counted();
    let whole = counted["busy"].weight();
    let gave_way = |tallies: &Tallies, name: &str| -> bool {
        evidence_of(&tallies[name]).talkers.ranking().at_least
    };
    lighten(&mut counted, whole * 2, whole * 2, &mut Steps::default());
    assert!(!gave_way(&counted, "busy") && gave_way(&counted, "rare"));
    // Down to what the counts take by themselves.
    lighten(&mut counted, 200, 200, &mut Steps::default());
    for (name, many) in [("busy", 1_000_000), ("calm", 10_000), ("rare", 1_000)] {
        let tally = &counted[name];
        assert_eq!(tally.all.counter.untold.total(), many, "{name}");
        assert!(evidence_of(tally).talkers.ranking().top.is_empty(), "{name}");
        assert!(gave_way(&counted, name), "{name}");
    }
    assert!(weight_of(&counted) < 3 * (200 + size_of::<Evidence>()));
}

#[test]
fn counts_of_many_minutes_become_coarser_and_stay_whole() {
    let known = rules_named(&["all day"]);
    let mut copies = Copies::of(&known, 0);
    for minute in 0..1_440 {
        count(&mut copies, "all day", FlowCount::Connections, 1, 2, minute);
    }
    let mut counted = copies.counted();
    let fine = counted["all day"].all.counter.weight();
    lighten(&mut counted, fine / 2, fine / 2, &mut Steps::default());
    let tally = counted.get_mut("all day").unwrap();
    assert!(tally.weight() <= fine / 2);
    let alert = alert_of(tally, FlowCount::Connections);
    assert_eq!((alert.count, alert.last), (2_880, at(1_439)));
    assert!(alert.timeline.len() <= 1_440 / 2);
    let Subject::Traffic { talkers, .. } = &alert.subject else { panic!("no traffic") };
    assert_eq!(talkers.top[0].count, 2_880, "the talker goes along");
}

#[test]
fn an_alert_that_may_be_due_for_merged_counts_alone_says_so() {
    let known = rules_named(&["sparse"]);
    for (window, doubt) in [(30, Some(128)), (200, None)] {
        let mut copies = Copies::of(&known, 0);
        // One in 20 minutes: never ten in half an hour, and ten in any 200 minutes.
        for minute in (0..10_000).step_by(20) {
            count(&mut copies, "sparse", FlowCount::Connections, 1, 1, minute);
        }
        let mut counted = copies.counted();
        let tally = counted.get_mut("sparse").unwrap();
        // In two steps, as memory runs short.
        for span in [32, 128] {
            tally.all.keep_counts(1, span);
        }
        let threshold = Threshold::Count { count: 6, window };
        let alert = alert_at(tally, FlowCount::Connections, threshold);
        assert_eq!(alert.in_doubt, doubt, "{window}");
    }
    assert!(COUNTS.windows(2).all(|pair| pair[1].1 % pair[0].1 == 0), "spans do not overlap");
}

#[test]
fn flows_that_gave_way_are_told_as_at_least() {
    let known = rules_named(&["flows"]);
    let mut copies = Copies::of(&known, 0);
    for host in 0..20_000 {
        let minute = i64::from(host / 1_000);
        count(&mut copies, "flows", FlowCount::Flows, host, 1, minute);
    }
    let mut counted = copies.counted();
    lighten(&mut counted, 400_000, 400_000, &mut Steps::default());
    assert!(weight_of(&counted) <= 400_000);
    let tally = counted.get_mut("flows").unwrap();
    let alert = alert_of(tally, FlowCount::Flows);
    assert_eq!((alert.count, alert.at_least), (12_000, true));
    assert_eq!(alert.first, at(8), "the oldest go");
}

#[test]
fn events_keep_to_the_same_budget() {
    let names: Vec<String> = (0..10).map(|nth| format!("rule {nth}")).collect();
    let known = rules_named(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut copies = Copies::of(&known, 0);
    let long = "x".repeat(200);
    for nth in 0..4_000 {
        let raw = format!(
            r#"{{"event_type":"{long}","created_by":{{"user":{{"username":"{long}{nth}"}}}}}}"#
        );
        let event: Event = serde_json::from_str(&raw).unwrap();
        for rule in &names {
            copies.count(rule, |tally| {
                let filter = EventFilter::default();
                tally.count_event(None, &filter, &event, at(nth % 100), raw.as_bytes())
            });
        }
    }
    let counted = copies.counted();
    assert!(weight_of(&counted) <= OF_A_FETCH);
    for tally in counted.values() {
        assert_eq!(tally.all.counter.untold.total(), 4_000);
    }
}

#[test]
fn what_was_known_is_untouched_until_the_fetch_is_complete() {
    let known = rules_named(&["one", "two"]);
    let mut copies = Copies::of(&known, 0);
    count(&mut copies, "one", FlowCount::Connections, 1, 1, 0);
    assert!(!copies.count("two", |_| None));
    assert!(!copies.count("nobody's", |_| Some(0)));
    let counted = copies.counted();
    assert_eq!(counted["one"].all.counter.untold.total(), 1);
    assert_eq!(known, rules_named(&["one", "two"]));
}

#[test]
fn a_flood_of_sources_pushes_no_scanner_out() {
    let per = vec![FlowPer::Source];
    let filter = TrafficFilter { per, count_by: FlowCount::Destinations, ..Default::default() };
    let known = rules_named(&["scan"]);
    let mut copies = Copies::of(&known, 0);
    let mut heaviest = 0;
    for nth in 0..100_000_u32 {
        // One in a thousand is the scanner's.
        let (from, to) = if nth % 1_000 == 0 { (0, nth / 1_000) } else { (nth, 0) };
        let [from, to] = [0x0a00_0000 + from, 0xac10_0000 + to].map(std::net::Ipv4Addr::from);
        let raw = format!(r#"{{"src":{{"ip":"{from}"}},"dst":{{"ip":"{to}"}}}}"#);
        let flow: Flow = serde_json::from_str(&raw).unwrap();
        let row = Row::of(&flow, HashKey::default(), at(0));
        let minute = MINUTE + i64::from(nth % 10);
        let when = When { first: minute, last: minute, since: None };
        let growth = Growth { count: 1, when, of: Of::Known(0) };
        let facts = FlowFacts::of(&flow);
        copies.count("scan", |tally| {
            tally.count_row(None, &filter, &Sight::of(&facts), &row, growth, raw.as_bytes())
        });
        if nth % 5_000 == 0 {
            heaviest = heaviest.max(weight_of(&copies.copies));
        }
    }
    assert!(heaviest <= OF_A_FETCH, "{heaviest}");
    let mut tallies = copies.counted();
    keep_to_bound(&mut tallies);
    assert!(weight_of(&tallies) <= KEPT);
    let tally = tallies.get_mut("scan").unwrap();
    assert!(tally.groups_gone > 0, "not all of them have room");
    let scan = rule(Filter::Traffic(filter), Threshold::Count { count: 20, window: 10 });
    let alert = tally.alert(&scan, minute_of(at(2_000))).unwrap();
    let groups = alert.groups.as_ref().unwrap();
    assert_eq!((groups.rows.len(), groups.more.groups), (1, 0));
    assert_eq!((alert.count, groups.gone > 0), (100, true), "the scanner lost nothing");
}

/// A connection from a host to another, for a rule that counts each source by itself.
fn reach(tally: &mut Tally, newness: Option<Newness>, from: u32, to: u32, minute: i64) {
    let [from, to] = [0x0a00_0000 + from, 0xac10_0000 + to].map(std::net::Ipv4Addr::from);
    let raw = format!(r#"{{"src":{{"ip":"{from}"}},"dst":{{"ip":"{to}"}}}}"#);
    let flow: Flow = serde_json::from_str(&raw).unwrap();
    let row = Row::of(&flow, HashKey::default(), at(minute));
    let minute = MINUTE + minute;
    let when = When { first: minute, last: minute, since: None };
    let growth = Growth { count: 1, when, of: Of::Known(0) };
    let facts = FlowFacts::of(&flow);
    let sight = Sight::of(&facts);
    tally.count_row(newness, &each_source(), &sight, &row, growth, raw.as_bytes());
}

fn each_source() -> TrafficFilter {
    let count_by = FlowCount::Destinations;
    TrafficFilter { per: vec![FlowPer::Source], count_by, ..Default::default() }
}

fn asks(threshold: Threshold, cooldown_minutes: u32) -> Rule {
    Rule { cooldown_minutes, ..rule(Filter::Traffic(each_source()), threshold) }
}

fn of(threshold: Threshold) -> Tally {
    Tally { threshold: Some(threshold), ..Tally::default() }
}

#[test]
fn thousands_that_rest_leave_room_for_those_that_count() {
    let mut noisy = of(Threshold::Immediate);
    (0..10_000).for_each(|host| reach(&mut noisy, None, host, 0, 0));
    noisy.alert(&asks(Threshold::Immediate, 240), MINUTE + 1).unwrap();
    noisy.settle(&asks(Threshold::Immediate, 240), MINUTE, Some(MINUTE + 1));
    let five = Threshold::Count { count: 5, window: 10 };
    let mut sweep = of(five);
    (0..4).for_each(|to| reach(&mut sweep, None, 7, to, 0));
    let mut tallies: Tallies =
        [("noisy".to_owned(), noisy), ("sweep".to_owned(), sweep)].into_iter().collect();
    keep_to_bound(&mut tallies);
    assert!(tallies["noisy"].groups.len() > 2_000, "{}", tallies["noisy"].groups.len());
    let sweep = tallies.get_mut("sweep").unwrap();
    reach(sweep, None, 7, 4, 1);
    assert_eq!(sweep.alert(&asks(five, 0), MINUTE + 2).unwrap().count, 5);
}

#[test]
fn those_that_are_due_are_told_in_number_where_there_is_no_room_for_them() {
    for hosts in [10_000_u32, 30_000] {
        let mut tally = of(Threshold::Immediate);
        (0..hosts).for_each(|host| reach(&mut tally, None, host, 0, 0));
        let mut tallies: Tallies = [("all".to_owned(), tally)].into_iter().collect();
        // Between the parts of a fetch, and once more.
        (0..2).for_each(|_| keep_to_bound(&mut tallies));
        let json = serde_json::to_string(&tallies["all"]).unwrap();
        let mut tally: Tally = serde_json::from_str(&json).unwrap();
        let alert = tally.alert(&asks(Threshold::Immediate, 0), MINUTE + 1).unwrap();
        let groups = alert.groups.as_ref().unwrap();
        let told = groups.rows.len() as u64 + groups.more.groups;
        assert_eq!((groups.rows.len(), told), (5, u64::from(hosts)));
    }
}

#[test]
fn a_new_group_that_had_to_go_is_a_new_one_again() {
    let newness = Some(Newness { within_days: 30, learn_days: 0, window: 60 });
    let five = Threshold::Count { count: 5, window: 60 };
    let known = Some(Box::new(crate::rules::known::Known::new(7, at(-1))));
    let mut tally = Tally { known, ..of(five) };
    (0..20_000).for_each(|host| reach(&mut tally, newness, host, 0, 0));
    let mut tallies: Tallies = [("new".to_owned(), tally)].into_iter().collect();
    keep_to_bound(&mut tallies);
    let tally = tallies.get_mut("new").unwrap();
    assert!(tally.groups_gone > 10_000, "{}", tally.groups_gone);
    for host in 0..200 {
        (1..6).for_each(|to| reach(tally, newness, host, to, 1));
    }
    let alert = tally.alert(&asks(five, 0), MINUTE + 2).unwrap();
    let groups = alert.groups.as_ref().unwrap();
    assert_eq!(groups.rows.len() as u64 + groups.more.groups, 200);
}

#[test]
fn what_rules_count_that_count_nothing_apart_leaves_groups_their_half() {
    let mut tallies = rules_named(&["a", "b", "c"]);
    for tally in tallies.values_mut() {
        for nth in 0..45_000_u64 {
            let one = serde_json::from_value(nth.into()).unwrap();
            tally.all.counter.add_one(MINUTE + (nth % 50) as i64, one);
        }
    }
    let five = Threshold::Count { count: 5, window: 10 };
    let mut sweep = of(five);
    (0..1_000).for_each(|host| reach(&mut sweep, None, host, 0, 0));
    tallies.insert("sweep".to_owned(), sweep);
    keep_to_bound(&mut tallies);
    assert_eq!(tallies["sweep"].groups.len(), 1_000);
}
