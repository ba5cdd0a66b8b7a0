//! The oracle against sums by hand.

use serde_json::{Value, json};

use crate::oracle::{Cycle, Oracle, Told, minute};
use crate::pce::*;
use crate::world::completed;

fn tampering(threshold: u64, window: u64, cooldown: Value) -> Vec<Value> {
    let mut rule = json!({
        "id": 1, "type": "event", "filter_value": "tampering", "threshold_type": "count",
        "threshold_count": threshold, "threshold_window": window
    });
    if !cooldown.is_null() {
        rule["cooldown_minutes"] = cooldown;
    }
    vec![rule]
}

fn port_22() -> Vec<Value> {
    vec![completed(json!({"type": "traffic", "port": 22}), 1)]
}

/// `count first–last` of each alert, as minutes of the day.
fn words(told: &[Told]) -> Vec<String> {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    let line = |told: &Told| format!("{} {}-{}", told.count, clock(told.first), clock(told.last));
    told.iter().map(line).collect()
}

/// The alerts of undisturbed cycles at these times.
fn told(oracle: &mut Oracle, pce: &Pce, rules: &[Value], times: &[&str]) -> Vec<Vec<String>> {
    let cycle = |time: &&str| words(&oracle.cycle_at(pce, rules, at(time)));
    times.iter().map(cycle).collect()
}

#[test]
fn an_event_counts_once_at_its_own_time() {
    let pce = Pce::start();
    pce.event(agent_tampering("db-01").at("10:03").recorded("10:12"));
    let mut oracle = Oracle::new();
    let rules = vec![completed(json!({"type": "event", "filter_value": "tampering"}), 1)];
    let told = told(&mut oracle, &pce, &rules, &["10:10", "10:20", "10:30"]);
    assert_eq!(told, [vec![], vec!["1 10:03-10:03".to_owned()], vec![]]);
    assert_eq!(oracle.matches(1).into_iter().collect::<Vec<_>>(), [(minute(at("10:03")), 1)]);
}

#[test]
fn an_event_beyond_the_overlap_is_not_seen_and_a_failed_fetch_loses_none() {
    let pce = Pce::start();
    pce.event(agent_tampering("db-01").at("09:40").recorded("10:12"));
    pce.event(agent_tampering("db-02").at("10:15"));
    let rules = vec![completed(json!({"type": "event", "filter_value": "tampering"}), 1)];
    let mut oracle = Oracle::new();
    assert!(oracle.cycle_at(&pce, &rules, at("10:10")).is_empty());
    let failed = Cycle { now: at("10:20"), events_from: None, traffic_from: None };
    assert!(oracle.cycle(&pce, &rules, failed).is_empty());
    assert_eq!(words(&oracle.cycle_at(&pce, &rules, at("10:40"))), ["1 10:15-10:15"]);
    assert_eq!(oracle.total(1), 1);
}

#[test]
fn an_alert_takes_all_windows_that_are_full_and_leaves_the_rest() {
    let pce = Pce::start();
    // Full windows: 10:01–10:05, 10:03–10:07, 10:05–10:09. 10:20 is alone.
    for time in ["10:01", "10:03", "10:05", "10:07", "10:09", "10:20"] {
        pce.event(agent_tampering("db-01").at(time));
    }
    let mut oracle = Oracle::new();
    let rules = tampering(3, 5, json!(0));
    oracle.cycle_at(&pce, &rules, at("10:00"));
    let told = told(&mut oracle, &pce, &rules, &["10:20", "10:30"]);
    assert_eq!(told, [vec!["5 10:01-10:09".to_owned()], vec![]]);
}

#[test]
fn a_window_is_whole_minutes() {
    let pce = Pce::start();
    pce.event(agent_tampering("db-01").at("10:00:59"));
    pce.event(agent_tampering("db-01").at("10:05:00"));
    let mut oracle = Oracle::new();
    assert!(oracle.cycle_at(&pce, &tampering(2, 5, json!(0)), at("10:05")).is_empty());
    let mut oracle = Oracle::new();
    assert_eq!(oracle.cycle_at(&pce, &tampering(2, 6, json!(0)), at("10:05")).len(), 1);
}

#[test]
fn matches_gather_during_the_cooldown_and_are_told_in_the_first_cycle_after_it() {
    let pce = Pce::start();
    for time in ["10:01", "10:02", "10:11", "10:12"] {
        pce.event(agent_tampering("db-01").at(time));
    }
    let mut oracle = Oracle::new();
    // The window, 30, is the cooldown where none is given.
    let rules = tampering(2, 30, Value::Null);
    let times = ["10:05", "10:15", "10:34", "10:35", "10:45"];
    let told = told(&mut oracle, &pce, &rules, &times);
    let first = vec!["2 10:01-10:02".to_owned()];
    let second = vec!["2 10:11-10:12".to_owned()];
    assert_eq!(told, [first, vec![], vec![], second, vec![]]);
}

#[test]
fn objects_are_counted_where_a_rule_says_so() {
    let pce = Pce::start();
    pce.event(missed_heartbeats(&["a", "b", "b", "c"]).at("10:03"));
    pce.event(offline_check(&["a", "b"]).at("10:04"));
    pce.event(session_ended("admin").at("10:05"));
    let rule = |id, filter: &str, by: &str| {
        let rule = json!({"type": "event", "filter_value": filter, "count_by": by});
        completed(rule, id)
    };
    let rules = [
        rule(1, "heartbeat", "objects"),
        rule(2, "agent_*_check", "objects"),
        rule(3, "system_task.*|user.pce_session_*", "objects"),
        rule(4, "*", "events"),
        rule(5, "agent_?ffline", "events"),
    ];
    let mut oracle = Oracle::new();
    oracle.cycle_at(&pce, &rules, at("10:10"));
    let totals: Vec<u64> = (1..=5).map(|id| oracle.total(id)).collect();
    assert_eq!(totals, [3, 0, 6, 3, 0]);
}

/// What rule 1 must have counted after each of these cycles, and what it may have.
fn counted(pce: &Pce, rules: &[Value], times: &[&str]) -> Vec<(u64, u64)> {
    let mut oracle = Oracle::new();
    let after = |time: &&str| {
        oracle.cycle_at(pce, rules, at(time));
        let bounds = oracle.bounds(1);
        (bounds.least, bounds.most)
    };
    times.iter().map(after).collect()
}

#[test]
fn what_began_before_the_first_fetch_counts_as_one_and_then_by_its_growth() {
    let pce = Pce::start();
    let flow = |time: &str, times| blocked("web-01", "db-01", 22).at(time).times(times);
    pce.connections([flow("03:00", 400), flow("09:58", 100), flow("11:05", 7)]);
    let counted = counted(&pce, &port_22(), &["10:00", "10:10", "11:10", "11:20"]);
    // Of the 100, nothing but that there are some can be known.
    assert_eq!(counted, [(1, 100), (1, 100), (7, 107), (7, 107)]);
}

#[test]
fn what_began_inside_the_fetch_counts_in_full() {
    let pce = Pce::start();
    let flow = |time: &str, times| blocked("web-01", "db-01", 22).at(time).times(times);
    pce.connections([flow("09:52", 4), flow("09:54", 1)]);
    assert_eq!(counted(&pce, &port_22(), &["10:00"]), [(5, 5)]);
}

#[test]
fn of_two_ends_the_larger_counts_also_where_one_is_late_or_out_of_reach() {
    let pce = Pce::start();
    let flow = || blocked("web-01", "db-01", 22);
    let late = flow().at("10:01").times(7).seen_by_destination();
    pce.connection(flow().at("10:01").times(10).seen_by_source());
    pce.connection(late.recorded("10:15"));
    pce.connection(flow().at("10:42").times(1).seen_by_destination());
    let times = ["10:00", "10:10", "10:20", "10:40", "10:50"];
    let counted = counted(&pce, &port_22(), &times);
    assert_eq!(counted, [(0, 0), (10, 10), (10, 10), (10, 10), (10, 10)]);
}

#[test]
fn what_is_out_of_a_fetchs_reach_may_be_shown_and_need_not_be() {
    let pce = Pce::start();
    let flow = |time: &str, times| blocked("web-01", "db-01", 22).at(time).times(times);
    pce.connections([flow("10:01", 5), flow("10:05", 9).recorded("12:05")]);
    let times = ["10:00", "10:10", "12:00", "12:10"];
    let counted = counted(&pce, &port_22(), &times);
    assert_eq!(counted, [(0, 0), (5, 5), (5, 5), (5, 14)]);
}

#[test]
fn a_sum_that_is_off_and_silence_about_what_is_owed_are_wrong() {
    let pce = Pce::start();
    pce.connection(blocked("web-01", "db-01", 22).at("10:05").times(30));
    let judged = |count: Option<u64>| {
        let mut oracle = Oracle::new();
        oracle.cycle_at(&pce, &port_22(), at("10:00"));
        oracle.cycle_at(&pce, &port_22(), at("10:10"));
        let told: Vec<Told> = count.into_iter().map(told_at_10_05).collect();
        oracle.judge(&port_22(), at("10:10"), &told)
    };
    assert!(judged(Some(30)).is_empty());
    assert_eq!(judged(Some(31)), ["\"rule 1\": 31 told in all, not 30 to 30"]);
    assert_eq!(judged(Some(29)), ["\"rule 1\": 29 told in all, not 30 to 30"]);
    assert_eq!(judged(None), ["\"rule 1\": silent about 30"]);
}

#[test]
fn a_burst_in_one_upload_has_to_be_told_and_what_never_was_must_not() {
    let pce = Pce::start();
    let flow = |time: &str, times| blocked("web-01", "db-01", 22).at(time).times(times);
    pce.connections([flow("11:25", 1), flow("11:32", 50)]);
    let judged = |threshold: u64, told: &[Told]| {
        let mut rules = port_22();
        rules[0]["threshold_type"] = json!("count");
        rules[0]["threshold_count"] = json!(threshold);
        let mut oracle = Oracle::new();
        for time in ["10:00", "11:30", "11:40"] {
            oracle.cycle_at(&pce, &rules, at(time));
        }
        oracle.judge(&rules, at("11:40"), told)
    };
    let alert = Told { count: 51, ..told_at_10_05(51) };
    assert!(judged(50, std::slice::from_ref(&alert)).is_empty());
    assert_eq!(judged(50, &[]), ["\"rule 1\": silent about 50 in one upload"]);
    assert!(judged(51, &[]).is_empty(), "no upload holds them");
    let never = Told { count: 60, ..alert };
    let faults = judged(60, std::slice::from_ref(&never));
    assert!(faults[1].ends_with("there never were more than 51 at a time"), "{faults:?}");
    let unknown = Told { count: 51, in_one_go: true, ..never };
    assert_eq!(judged(51, &[unknown]), [""; 0]);
}

fn told_at_10_05(count: u64) -> Told {
    let (first, last) = (minute(at("10:05")), minute(at("10:05")));
    Told { rule: 1, group: String::new(), count, first, last, in_one_go: false }
}

#[test]
fn different_flows_count_once_until_they_are_told() {
    let pce = Pce::start();
    for port in [22, 23, 24] {
        let flow = blocked("web-01", "db-01", port).at("10:01").times(50);
        pce.connections(flow.every(60, 5));
    }
    let rule = json!({
        "type": "traffic", "count_by": "flows", "threshold_type": "count",
        "threshold_count": 3, "threshold_window": 30, "cooldown_minutes": 0
    });
    let rules = [completed(rule, 1)];
    let judged = |count: Option<u64>| {
        let mut oracle = Oracle::new();
        oracle.cycle_at(&pce, &rules, at("10:00"));
        oracle.cycle_at(&pce, &rules, at("10:10"));
        let told: Vec<Told> = count.into_iter().map(told_at_10_05).collect();
        oracle.judge(&rules, at("10:10"), &told)
    };
    assert!(judged(Some(3)).is_empty());
    assert_eq!(judged(Some(4)), ["\"rule 1\": 4 flows, not 0..=3"]);
    assert_eq!(judged(None), ["\"rule 1\": silent about 3 flows"]);
}

#[test]
fn traffic_filters_are_read_plainly() {
    let pce = Pce::start();
    let web = workload("web-01").label("app", "Shop").label("env", "Prod");
    pce.connections([
        blocked(web.clone(), "db-01", 8_050),
        blocked(web.clone(), "10.8.0.9", 53).udp(),
        potentially_blocked("2001:db8::7", web.clone(), 22),
        blocked("192.168.1.5", web, 0).icmp(8, 0),
    ]);
    let count = |filter: Value| {
        let mut rule = json!({"type": "traffic", "pd": -1});
        for (key, value) in filter.as_object().unwrap() {
            rule[key] = value.clone();
        }
        let mut oracle = Oracle::new();
        oracle.cycle_at(&pce, &[completed(rule, 1)], at("10:00"));
        oracle.total(1)
    };
    assert_eq!(count(json!({})), 4);
    assert_eq!(count(json!({"pd": 2})), 3);
    assert_eq!(count(json!({"port": "53,8000-8100"})), 2);
    assert_eq!(count(json!({"ex_port": "0-65535"})), 1);
    assert_eq!(count(json!({"proto": "udp"})), 1);
    assert_eq!(count(json!({"src_label": "app=Shop,env=Prod"})), 2);
    assert_eq!(count(json!({"src_label": ["app=Shop", "env=Test"]})), 0);
    assert_eq!(count(json!({"ex_dst_label": "app=Shop"})), 2);
    assert_eq!(count(json!({"src_ip_in": "2001:db8::/32, 192.168.1.5"})), 2);
    assert_eq!(count(json!({"ex_dst_ip": ["10.8.0.0/16"]})), 3);
}

#[test]
fn however_a_day_is_cut_into_cycles_the_total_of_rows_begun_in_it_is_the_same() {
    for seed in 0..20 {
        let pce = Pce::start();
        pce.counting(Counting { seed, ..Counting::default() });
        let dice = |n: u64, sides: u64| mixed(seed << 32 ^ n) % sides;
        let mut expected = 0;
        for n in 0..200 {
            let times = 1 + dice(n, 9);
            let late = jiff::SignedDuration::from_secs(dice(n + 1_000, 1_500) as i64);
            let at = at("10:01") + jiff::SignedDuration::from_secs(dice(n + 2_000, 10_000) as i64);
            let port = 20 + dice(n + 3_000, 5) as u16;
            pce.connection(
                blocked("web-01", "db-01", port).at(at).times(times).recorded(at + late),
            );
            expected += times;
        }
        let rules = vec![completed(json!({"type": "traffic"}), 1)];
        let mut oracle = Oracle::new();
        let mut now = at("10:00");
        for n in 0.. {
            oracle.cycle_at(&pce, &rules, now);
            if now > at("14:00") {
                break;
            }
            now += jiff::SignedDuration::from_mins(1 + dice(n + 4_000, 29) as i64);
        }
        assert_eq!(oracle.total(1), expected, "seed {seed}");
    }
}
