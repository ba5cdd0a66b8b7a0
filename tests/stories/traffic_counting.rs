//! What counts and how much: rows that are cumulative for their day, reported by
//! one end or both, late or not at all.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::beside::{Beside, words};
use crate::pce::*;

fn every_match() -> Value {
    json!({"type": "traffic"})
}

fn at_least(count: u64, window: u64) -> Value {
    json!({"type": "traffic", "threshold_type": "count", "threshold_count": count, "threshold_window": window})
}

fn to_the_database() -> Connection {
    blocked("web-01", "db-01", 445)
}

#[test]
fn at_first_sight_what_began_before_counts_as_one_and_what_began_inside_in_full() {
    let mut beside = Beside::with(&[every_match()]);
    // 500 since midnight, the newest a few minutes ago.
    let since_midnight = to_the_database().at("00:00:30").every(86, 500);
    beside.world.pce.connections(since_midnight);
    beside.world.pce.connections(blocked("web-02", "db-01", 22).at("11:52").times(30).every(60, 2));
    let told = beside.tells("11:58");
    assert_eq!(told, ["rule 1: 61, 11:44-11:55"], "1 and 2 times 30");
}

#[test]
fn both_ends_of_what_began_before_count_as_one_together() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.connections(to_the_database().seen_by_both().at("00:00:30").every(86, 500));
    beside.world.pce.connections(to_the_database().seen_by_source().at("11:55").every(1, 20));
    assert_eq!(beside.tells("11:58").len(), 1);
    let first = beside.world.mailbox.last().told();
    assert_eq!(first[0].count, 1, "the source's lead of 20 is no growth");
}

#[test]
fn a_flow_counts_by_what_it_grows_from_cycle_to_cycle() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.connections(to_the_database().at("10:01").every(60, 59));
    let times = ["10:10", "10:20", "10:30", "10:40", "10:50", "11:00", "11:10"];
    let told = beside.tells_at(&times);
    assert_eq!(told.len(), 6, "and nothing once it has stopped: {told:?}");
    assert_eq!(beside.oracle.total(1), 59);
}

#[test]
fn rows_that_did_not_change_tell_nothing() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.connections(to_the_database().at("10:05").every(1, 40));
    assert_eq!(beside.tells("10:10"), ["rule 1: 40, 09:56-10:05"]);
    let none: [&str; 0] = [];
    assert_eq!(beside.tells_at(&["10:20", "10:30", "10:31"]), none);
    assert_eq!(beside.world.mailbox.count(), 1);
}

#[test]
fn both_ends_report_and_the_larger_count_is_told() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.connections(to_the_database().seen_by_both().at("10:05").every(1, 30));
    beside.world.pce.connections(to_the_database().seen_by_destination().at("10:05").every(2, 15));
    assert_eq!(beside.tells("10:10"), ["rule 1: 45, 09:56-10:05"]);
}

#[test]
fn the_other_ends_report_in_a_later_cycle_adds_nothing() {
    let mut beside = Beside::with(&[every_match()]);
    let seen = to_the_database().seen_by_source().at("10:05").times(30);
    beside.world.pce.connection(seen.other_end_recorded("10:17"));
    let told = beside.tells_at(&["10:10", "10:20", "10:30"]);
    assert_eq!(told, ["rule 1: 30, 09:56-10:05"]);
}

#[test]
fn a_flow_in_several_states_is_several_rows_but_one_flow() {
    let flows = json!({"type": "traffic", "count_by": "flows"});
    let mut beside = Beside::with(&[every_match(), flows]);
    for (nth, state) in ["active", "timed out", "closed"].into_iter().enumerate() {
        let one = to_the_database().state(state).at("10:05");
        beside.world.pce.connection(one.times(1 << nth));
    }
    let told = beside.tells("10:10");
    assert_eq!(told, ["rule 1: 7, 09:58-10:05", "rule 2: 1, 10:05-10:05"]);
}

#[test]
fn a_window_fills_with_different_flows_even_if_one_of_them_goes_on() {
    let mut rule = at_least(2, 10);
    (rule["count_by"], rule["cooldown_minutes"]) = (json!("flows"), json!(30));
    let mut beside = Beside::with(&[rule]);
    for (from, when) in
        [("a", "10:01"), ("b", "10:02"), ("c", "10:11"), ("d", "10:12"), ("c", "10:25")]
    {
        beside.world.pce.connection(blocked(from, "db-01", 22).at(when));
    }
    let told = beside.tells_at(&["10:05", "10:15", "10:30", "10:35"]);
    // c grew again at 10:25; c and d still filled a window.
    assert_eq!(told, ["rule 1: 2, 10:01-10:02", "rule 1: 2, 10:11-10:12"]);
}

#[test]
fn the_change_of_day_neither_loses_nor_repeats_a_connection() {
    for midnight in [Midnight::OnTime, Midnight::After(240), Midnight::Varied] {
        let mut beside = Beside::with(&[every_match()]);
        beside.world.pce.counting(Counting { midnight, ..Counting::default() });
        for host in ["web-01", "web-02", "web-03"] {
            let steady = blocked(host, "db-01", 445).at("23:41").every(20, 150);
            beside.world.pce.connections(steady);
        }
        let times = [
            "23:40",
            "23:50",
            "+1d 00:00",
            "+1d 00:02",
            "+1d 00:10",
            "+1d 00:20",
            "+1d 00:30",
            "+1d 00:40",
            "+1d 00:50",
        ];
        beside.tells_at(&times);
        assert_eq!(beside.oracle.total(1), 450, "{midnight:?}");
    }
}

#[test]
fn a_counter_that_begins_anew_counts_from_its_new_beginning() {
    let mut beside = Beside::with(&[every_match()]);
    let of = |times: u64, when: &str| to_the_database().at(when).times(times);
    beside.world.pce.connection(of(100, "10:05"));
    assert_eq!(beside.tells("10:10"), ["rule 1: 100, 09:56-10:05"]);
    // The PCE lost what it had: the row is as if it had only just begun.
    beside.world.pce.forget_connections();
    beside.world.pce.connections([of(1, "10:05"), of(3, "10:15")]);
    assert_eq!(beside.tells("10:20"), ["rule 1: 4, 10:08-10:15"]);
    beside.world.pce.connection(of(6, "10:25"));
    assert_eq!(beside.tells("10:30"), ["rule 1: 6, 10:17-10:25"]);
}

#[test]
fn what_a_ven_uploads_late_counts_within_the_overlap() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.connection(to_the_database().at("10:05").times(7).recorded("10:29"));
    let told = beside.tells_at(&["10:00", "10:10", "10:20", "10:30", "10:40"]);
    assert_eq!(told, ["rule 1: 7, 09:57-10:05"]);
}

#[test]
fn what_a_ven_uploads_three_hours_late_is_told_by_the_next_long_reach() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.set("settings.late_reach_hours", json!(26));
    let pce = &beside.world.pce;
    pce.connections(
        to_the_database().at("10:05").every(60, 20).into_iter().map(|one| one.recorded("13:20")),
    );
    let runs = beside.world.run_every(60, "10:00", "17:00");
    let told: Vec<_> = runs.iter().flat_map(|run| words(&run.told())).collect();
    assert_eq!(told, ["rule 1: 20, 10:15-10:24"]);
    let reached = beside.world.pce.requests_to("POST", "async_queries");
    let far = reached.iter().filter(|seen| {
        seen.at >= at("12:00") && seen.json()["start_date"].as_str() < Some("2026-08-03T10")
    });
    let far: Vec<_> = far.map(|seen| seen.at).collect();
    assert_eq!(far, [at("16:00")], "every six hours");
}

#[test]
fn a_rule_added_later_counts_from_then_on() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.connections(to_the_database().at("08:00").every(60, 240));
    beside.world.pce.connections(allowed("web-02", "db-01", 22).at("08:00").every(60, 240));
    beside.tells_at(&["08:05", "08:15", "10:00"]);
    beside.world.rule(json!({"type": "traffic", "pd": -1}));
    let told = beside.tells("10:10");
    assert_eq!(
        told,
        ["rule 1: 10, 10:01-10:10", "rule 2: 11, 10:01-10:10"],
        "10 of one row, and another seen for the first time"
    );
    assert_eq!(beside.tells("10:20")[1], "rule 2: 20, 10:11-10:20");
}

#[test]
fn a_rule_that_was_off_does_not_tell_what_grew_meanwhile() {
    let other = json!({"type": "traffic", "port": 22});
    let mut beside = Beside::with(&[every_match(), other]);
    beside.world.pce.connections(to_the_database().at("09:55").every(60, 300));
    beside.tells_at(&["10:00", "10:10"]);
    let switch = |beside: &mut Beside, on: bool| {
        beside.world.edit(|config| config["rules"][0]["enabled"] = json!(on));
        beside.oracle.forget(1);
    };
    switch(&mut beside, false);
    let none: [&str; 0] = [];
    assert_eq!(beside.tells_at(&["10:20", "11:00", "12:00", "13:00"]), none);
    switch(&mut beside, true);
    assert_eq!(beside.tells("13:10"), ["rule 1: 1, 13:10-13:10"]);
    assert_eq!(beside.tells("13:20")[0], "rule 1: 10, 13:11-13:20");
}

#[test]
fn a_window_longer_than_a_day_fills_over_two_days() {
    let mut beside = Beside::with(&[at_least(100, 2_880)]);
    beside.world.pce.connections(to_the_database().at("10:00").every(1_200, 100));
    let mut told = Vec::new();
    for hour in 10..48 {
        told.extend(beside.tells(&format!("+{}d {:02}:00", hour / 24, hour % 24)));
    }
    assert_eq!(told, ["rule 1: 100, 10:00-19:00"]);
}

#[test]
fn during_the_cooldown_matches_gather_and_are_told_in_one() {
    let mut rule = at_least(10, 10);
    rule["cooldown_minutes"] = json!(240);
    let mut beside = Beside::with(&[rule]);
    beside.world.pce.connections(to_the_database().at("10:01").every(30, 640));
    let mut times = Vec::new();
    let mut now = at("10:10");
    while now <= at("18:30") {
        times.push(now.strftime("%H:%M").to_string());
        now += SignedDuration::from_mins(10);
    }
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    let told = beside.tells_at(&times);
    assert_eq!(told.len(), 3, "10:10, 14:10, 18:10: {told:?}");
    assert_eq!(beside.oracle.total(1), 640);
}

#[test]
fn rules_of_the_same_id_each_count_for_themselves() {
    let twice = json!({"type": "traffic", "id": 7, "name": "seven"});
    let mut beside = Beside::with(&[]);
    beside.world.pce.connection(to_the_database().at("10:05").times(9));
    beside.world.rule(twice.clone());
    beside.world.rule(twice);
    let run = beside.world.run_at("10:10");
    assert_eq!(words(&run.told()), ["seven: 9, 09:57-10:05", "seven: 9, 09:57-10:05"]);
    assert_eq!(beside.world.run_at("10:20").told(), []);
}

#[test]
fn a_ven_that_reports_every_ten_minutes_and_a_cron_with_jitter_lose_nothing() {
    let mut beside = Beside::with(&[at_least(50, 10), every_match()]);
    for nth in 0..120i64 {
        let when = at("10:00") + SignedDuration::from_secs(nth * 60 + 7);
        // The VEN's next upload, a few seconds off the full ten minutes.
        let upload = at("10:00") + SignedDuration::from_secs((nth / 10 + 1) * 600 + 13);
        let times = if (40..50).contains(&nth) { 6 } else { 1 };
        beside.world.pce.connection(to_the_database().at(when).times(times).recorded(upload));
    }
    for nth in 0..14i64 {
        let jitter = [2, 58, 0, 31, 12, 13, 14][nth as usize % 7];
        let now = at("10:00") + SignedDuration::from_secs(nth * 600 + jitter);
        beside.tells(&now.to_string());
    }
    assert_eq!(beside.oracle.total(2), 170);
}

#[test]
fn several_rules_count_the_same_row() {
    let rules = [
        every_match(),
        at_least(25, 10),
        json!({"type": "traffic", "port": 445}),
        at_least(26, 10),
    ];
    let mut beside = Beside::with(&rules);
    beside.world.pce.connections(to_the_database().at("10:03").every(6, 25));
    let told = beside.tells("10:10");
    assert_eq!(
        told,
        ["rule 1: 25, 09:56-10:05", "rule 2: 25, 09:56-10:05", "rule 3: 25, 09:56-10:05"]
    );
}
