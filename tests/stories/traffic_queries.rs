//! The query behind the counts: posted early, polled late, slow, failing, too large,
//! and far behind.

use serde_json::{Value, json};

use super::beside::{Beside, words};
use crate::pce::*;

const QUERIES: &str = "/traffic_flows/async_queries";

fn every_match() -> Value {
    json!({"type": "traffic"})
}

fn to_the_database() -> Connection {
    blocked("web-01", "db-01", 445)
}

/// Steady traffic of a day, one connection a minute from 10:00 on.
fn steady(beside: &Beside) {
    let one = to_the_database().at("10:00:30");
    beside.world.pce.connections(one.every(60, 1_440));
}

#[test]
fn the_query_is_posted_before_the_events_are_read_and_deleted_in_the_end() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.world.pce.forget_requests();
    beside.tells("10:10");
    let requests = beside.world.pce.requests().into_iter();
    let words = requests.map(|seen| {
        let end = seen.path.rsplit('/').next().unwrap();
        let uuid = end.len() == 36;
        format!("{} {}", seen.method, if uuid { "query" } else { end })
    });
    let words: Vec<_> = words.collect();
    let story = [
        "GET health",
        "POST async_queries",
        "GET events",
        "GET query",
        "GET download",
        "DELETE query",
    ];
    assert_eq!(words, story);
    assert_eq!(beside.world.pce.queries_kept(), 0);
}

#[test]
fn the_body_asks_for_all_there_is_at_most() {
    let mut beside = Beside::with(&[every_match()]);
    beside.tells("10:10");
    beside.tells("10:20");
    let body = beside.world.pce.requests_to("POST", QUERIES)[1].json();
    assert_eq!(body["max_results"], 200_000);
    let from = body["start_date"].as_str().unwrap();
    let to = body["end_date"].as_str().unwrap();
    assert!(
        from.starts_with("2026-08-03T09:40:00"),
        "the position less 30 minutes: {from}"
    );
    assert!(
        to.starts_with("2026-08-03T10:20:01"),
        "now and a second: {to}"
    );
}

#[test]
fn a_query_that_works_for_several_polls_is_waited_for() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside
        .world
        .pce
        .next_query(Fate::completes().after_polls(4));
    assert_eq!(beside.tells("10:10"), ["rule 1: 10, 10:00-10:09"]);
    assert_eq!(beside.world.pce.requests_to("POST", QUERIES).len(), 1);
}

#[test]
fn a_query_that_takes_a_quarter_of_an_hour_is_polled_on_by_the_next_cycles() {
    let mut beside = Beside::with(&[every_match()]);
    beside
        .world
        .set("settings.cycle_deadline_seconds", json!(1));
    steady(&beside);
    beside
        .world
        .pce
        .next_query(Fate::completes().after_minutes(15));
    for when in ["10:10", "10:20"] {
        let run = beside.world.run_at(when);
        assert_eq!((run.code, run.told().len()), (75, 0), "{run:?}");
        assert_eq!(
            beside.world.pce.requests_to("POST", QUERIES).len(),
            1,
            "{when}"
        );
        let position = &beside.world.config()["state"]["traffic"]["position"];
        assert_eq!(*position, Value::Null, "{when}");
    }
    beside.world.pce.forget_requests();
    let run = beside.world.run_at("10:30");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["rule 1: 30, 10:00-10:29"]);
    let posted = beside.world.pce.requests_to("POST", QUERIES);
    assert_eq!(posted.len(), 1, "for what came since, after the old one");
    assert_eq!(beside.world.pce.queries_kept(), 0);
    assert_eq!(
        words(&beside.world.run_at("10:40").told()),
        ["rule 1: 10, 10:30-10:39"]
    );
}

#[test]
fn a_query_that_comes_to_nothing_moves_no_position_and_the_next_brings_all_once() {
    let fates = [
        Fate::fails(),
        Fate::status("cancelled"),
        Fate::status("canceled"),
        Fate::status("nobody_knows_this_word"),
        Fate::vanishes(),
    ];
    for fate in fates {
        let mut beside = Beside::with(&[every_match()]);
        steady(&beside);
        assert_eq!(beside.tells("10:10"), ["rule 1: 10, 10:00-10:09"]);
        let before = beside.world.config()["state"]["traffic"]["position"].clone();
        for when in ["10:20", "10:30", "12:00"] {
            beside.world.pce.next_query(fate.clone());
            let run = beside.world.run_at(when);
            assert_eq!((run.code, run.told().len()), (75, 0), "{fate:?} {run:?}");
            assert_eq!(
                beside.world.config()["state"]["traffic"]["position"],
                before
            );
        }
        assert_eq!(
            beside.tells("12:10"),
            ["rule 1: 120, 10:10-12:09"],
            "{fate:?}"
        );
    }
}

#[test]
fn a_first_query_that_failed_is_made_up_for() {
    let mut beside = Beside::with(&[every_match()]);
    let pce = &beside.world.pce;
    pce.connection(blocked("web-02", "db-01", 22).at("09:52").times(5));
    pce.next_query(Fate::fails());
    assert_eq!(beside.world.run_at("10:00").code, 75);
    let run = beside.world.run_at("10:10");
    assert_eq!(words(&run.told()), ["rule 1: 5, 09:52-09:52"]);
}

#[test]
fn a_query_completed_before_its_rows_exist_is_downloaded_again() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside
        .world
        .pce
        .next_query(Fate::completes().empty_at_first(1));
    assert_eq!(beside.tells("10:10"), ["rule 1: 10, 10:00-10:09"]);
}

#[test]
fn rows_that_never_come_move_no_position() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside
        .world
        .pce
        .next_query(Fate::completes().empty_at_first(99));
    let run = beside.world.run_at("10:10");
    assert_eq!((run.code, run.told().len()), (75, 0));
    assert_eq!(
        words(&beside.world.run_at("10:20").told()),
        ["rule 1: 20, 10:00-10:19"]
    );
}

#[test]
fn what_does_not_fit_one_query_is_split_and_each_row_counts_once() {
    let mut beside = Beside::with(&[
        every_match(),
        json!({"type": "traffic", "pd": -1, "count_by": "flows"}),
    ]);
    let pce = &beside.world.pce;
    pce.cap_rows_at(12);
    for nth in 0..60u16 {
        let host = format!("10.1.0.{nth}");
        let make = if nth % 3 == 0 { allowed } else { blocked };
        pce.connection(
            make(
                host.as_str(),
                "db-01",
                [22, 80, 443, 3_389, 8_443, 50_000][usize::from(nth % 6)],
            )
            .at("10:05")
            .times(u64::from(nth) + 1),
        );
    }
    for nth in 0..9 {
        pce.connection(
            blocked(format!("10.2.0.{nth}").as_str(), "db-01", 0)
                .icmp(8, 0)
                .at("10:06"),
        );
    }
    let told = beside.tells("10:10");
    let blocked: u64 = (0..60)
        .filter(|nth| nth % 3 != 0)
        .map(|nth| nth + 1)
        .sum::<u64>()
        + 9;
    assert_eq!(
        told,
        [
            format!("rule 1: {blocked}, 10:05-10:06"),
            "rule 2: 69, 10:05-10:06".into()
        ]
    );
    assert_eq!(beside.world.pce.queries_kept(), 0);
    assert_eq!(beside.tells("10:20").len(), 0);
}

#[test]
fn what_no_splitting_makes_fit_is_said() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.cap_rows_at(1);
    for host in ["web-01", "web-02"] {
        beside
            .world
            .pce
            .connection(blocked(host, "db-01", 445).at("10:05"));
    }
    let run = beside.world.run_at("10:10");
    assert_eq!((run.code, run.told()[0].count), (0, 1), "{run:?}");
    let text = run.mail().text().replace('\n', " ");
    assert!(text.contains("only 1 row could be read"), "{text}");
}

#[test]
fn a_backlog_of_twenty_hours_is_counted_in_full() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.tells("10:10");
    assert_eq!(beside.tells("+1d 06:10").len(), 1);
    assert_eq!(beside.oracle.total(1), 1_210);
    assert_eq!(beside.tells("+1d 06:20"), ["rule 1: 10, 06:10-06:19"]);
}

#[test]
fn beyond_the_longest_backlog_what_is_skipped_is_said_and_counting_goes_on() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.set("settings.max_catch_up_hours", json!(2));
    steady(&beside);
    beside
        .world
        .pce
        .connection(blocked("web-02", "db-01", 22).at("11:30").times(77));
    beside
        .world
        .pce
        .connection(blocked("web-03", "db-01", 22).at("16:30").times(5));
    beside.tells("10:10");
    let run = beside.world.run_at("17:10");
    let text = run.mail().text();
    let text: Vec<&str> = text.split_whitespace().collect();
    let skipped =
        "Traffic from 2026-08-03 10:10:00 +00:00 to 2026-08-03 15:10:00 +00:00 was skipped";
    assert!(text.join(" ").contains(skipped), "{text:?}");
    // The steady flow's growth lies between the last complete fetch and now.
    assert_eq!(words(&run.told()), ["rule 1: 425, 10:10-17:09"]);
    let again = beside.world.run_at("17:20");
    assert_eq!(words(&again.told()), ["rule 1: 10, 17:10-17:19"]);
    assert!(!again.mail().text().contains("skipped"));
}

#[test]
fn top_talkers_are_the_five_busiest_and_the_days_total_is_told_apart() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.set("email.raw_snapshot", json!(true));
    let pce = &beside.world.pce;
    pce.connections(
        blocked("web-00", "db-01", 445)
            .at("00:00:30")
            .every(86, 400),
    );
    pce.connections(blocked("web-00", "db-01", 445).at("10:05").every(1, 9));
    beside.tells("09:58");
    for nth in 1..=7 {
        let host = format!("web-{nth:02}");
        beside.world.pce.connection(
            blocked(host.as_str(), "db-01", 445)
                .at("10:04")
                .times(nth * 10),
        );
    }
    beside.tells("10:10");
    let text = beside.world.mailbox.last().text();
    let talkers = text
        .split("Top Talkers")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let busiest: Vec<_> = talkers.lines().filter(|line| line.contains('→')).collect();
    let counts = busiest
        .iter()
        .map(|line| line.trim().split(' ').next().unwrap());
    assert_eq!(counts.collect::<Vec<_>>(), ["70", "60", "50", "40", "30"]);
    assert!(
        busiest[0].contains("web-07 (10.") && busiest[0].contains("445/TCP"),
        "{talkers}"
    );
    assert!(talkers.contains("and 3 more"), "{talkers}");
    assert!(
        text.contains(" counted in this alert, of num_connections "),
        "{text}"
    );
}

#[test]
fn a_backlog_that_goes_on_growing_is_skipped_and_told_once_it_can_be_read() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.tells("10:10");
    beside.world.pce.every_query(Fate::fails());
    let runs = beside.world.run_every(30, "+1d 09:30", "+1d 12:00");
    let mails = runs.iter().map(|run| run.mails.len());
    assert_eq!(mails.collect::<Vec<_>>(), [0, 1, 0, 0, 0, 0], "{runs:?}");
    let why = &runs.last().unwrap().stderr;
    assert!(
        why.contains("complete up to 2026-08-03 10:10:00 +00:00"),
        "{why}"
    );
    beside.world.pce.heal();

    let run = beside.world.run_at("+1d 12:10");

    // A row of the skipped time that has grown since still says by how much.
    assert_eq!(words(&run.told()), ["rule 1: 1430, 10:10-09:59"], "{run:?}");
    let text = run.mail().text();
    let text: Vec<&str> = text.split_whitespace().collect();
    let skipped =
        "Traffic from 2026-08-03 10:10:00 +00:00 to 2026-08-03 12:10:00 +00:00 was skipped";
    assert!(text.join(" ").contains(skipped), "{text:?}");
}

#[test]
fn a_query_whose_poll_or_download_fails_is_asked_for_again_and_not_posted_anew() {
    let faults = [
        ("", Fault::status(503).retry_after(0)),
        ("/download", Fault::status(502).retry_after(0)),
        ("/download", Fault::half_body()),
        ("/download", Fault::html()),
    ];
    for (path, fault) in faults {
        let mut beside = Beside::with(&[every_match()]);
        steady(&beside);
        beside.tells("10:10");
        beside.world.pce.forget_requests();
        let on = if path.is_empty() {
            "/async_queries/"
        } else {
            path
        };
        beside.world.pce.fault(fault.clone().method("GET").on(on));
        let broken = beside.world.run_at("10:20");
        assert_eq!((broken.code, broken.told().len()), (75, 0), "{broken:?}");
        beside.world.pce.heal();
        beside
            .world
            .pce
            .every_query(Fate::completes().after_polls(0));

        let run = beside.world.run_at("10:30");

        assert_eq!(words(&run.told()), ["rule 1: 20, 10:10-10:29"], "{run:?}");
        let posted = beside.world.pce.requests_to("POST", QUERIES).len();
        assert_eq!(posted, 2, "the one that failed, and what came since");
        assert_eq!(beside.world.pce.queries_kept(), 0, "{on}");
        // A query that goes on failing is given up once its time is over.
        beside.world.pce.fault(fault.method("GET").on(on));
        for time in ["10:40", "10:50", "11:00", "11:15", "11:30"] {
            assert_eq!(beside.world.run_at(time).code, 75, "{on} {time}");
        }
        let posted = beside.world.pce.requests_to("POST", QUERIES).len();
        assert_eq!(posted, 4, "{on}");
        beside.world.pce.heal();
        let run = beside.world.run_at("11:40");
        assert_eq!(words(&run.told()), ["rule 1: 70, 10:30-11:39"], "{run:?}");
    }
}

#[test]
fn a_download_that_is_short_and_then_breaks_off_is_told_as_broken_off() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    let pce = &beside.world.pce;
    pce.next_query(Fate::completes().empty_at_first(1));
    pce.fault(Fault::half_body().on("/download").after(1));
    let run = beside.world.run_at("10:10");
    assert!(
        run.code == 75 && run.stderr.contains("broke off"),
        "{run:?}"
    );
    beside.world.pce.heal();
    let run = beside.world.run_at("10:20");
    assert_eq!(words(&run.told()), ["rule 1: 20, 10:00-10:19"], "{run:?}");
}

#[test]
fn a_rule_for_events_that_goes_costs_no_traffic_rule_a_connection() {
    let other = json!({"type": "event", "filter_value": "user.*", "name": "Users"});
    let mut beside = Beside::with(&[every_match(), other]);
    steady(&beside);
    beside.tells_at(&["10:10", "10:20", "10:30", "10:40"]);
    beside
        .world
        .edit(|file| file["rules"].as_array_mut().unwrap().truncate(1));
    beside.tells("10:50");
    beside.world.rule(json!({"type": "traffic", "port": 445}));
    let run = beside.world.run_at("11:00");
    assert_eq!(
        words(&run.told()),
        ["rule 1: 10, 10:50-10:59", "rule 2: 10, 10:50-10:59"],
        "{run:?}"
    );
}

#[test]
fn rules_may_come_and_go_while_a_query_is_under_way() {
    let mut beside = Beside::with(&[every_match()]);
    let kept = |beside: &Beside| beside.world.pce.queries_kept();
    beside
        .world
        .set("settings.cycle_deadline_seconds", json!(1));
    steady(&beside);
    beside.tells("10:10");
    beside
        .world
        .pce
        .next_query(Fate::completes().after_minutes(25));
    assert_eq!(beside.world.run_at("10:20").code, 75);
    let mut rule = beside.world.config()["rules"][0].clone();
    rule["id"] = json!(2);
    rule["name"] = json!("port");
    rule["port"] = json!(445);
    beside
        .world
        .edit(|file| file["rules"].as_array_mut().unwrap().push(rule));
    assert_eq!(beside.world.run_at("10:30").code, 75);
    assert_eq!(kept(&beside), 1);
    beside
        .world
        .edit(|file| drop(file["rules"].as_array_mut().unwrap().remove(0)));
    assert_eq!(beside.world.run_at("10:40").code, 75);
    let run = beside.world.run_at("10:50");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["port: 40, 10:10-10:49"]);
    assert_eq!(kept(&beside), 0);
}
