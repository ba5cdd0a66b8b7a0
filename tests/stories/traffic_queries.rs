//! The query behind the counts: posted early, polled late, slow, failing, too large,
//! and far behind.

use serde_json::{Value, json};

use super::beside::{Beside, words};
use super::client::{Client, query};
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
    assert!(from.starts_with("2026-08-03T09:40:00"), "the position less 30 minutes: {from}");
    assert!(to.starts_with("2026-08-03T10:20:01"), "now and a second: {to}");
}

#[test]
fn a_query_that_works_for_several_polls_is_waited_for() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.world.pce.next_query(Fate::completes().after_polls(4));
    assert_eq!(beside.tells("10:10"), ["rule 1: 10, 09:52-10:09"]);
    assert_eq!(beside.world.pce.requests_to("POST", QUERIES).len(), 1);
}

#[test]
fn a_query_that_takes_a_quarter_of_an_hour_is_polled_on_by_the_next_cycles() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.set("settings.cycle_deadline_seconds", json!(1));
    steady(&beside);
    beside.world.pce.next_query(Fate::completes().after_minutes(15));
    for when in ["10:10", "10:20"] {
        let run = beside.world.run_at(when);
        assert_eq!((run.code, run.told().len()), (75, 0), "{run:?}");
        assert_eq!(beside.world.pce.requests_to("POST", QUERIES).len(), 1, "{when}");
        let position = &beside.world.config()["state"]["traffic"]["position"];
        assert_eq!(*position, Value::Null, "{when}");
    }
    beside.world.pce.forget_requests();
    beside.world.set("settings.cycle_deadline_seconds", json!(60));
    let run = beside.world.run_at("10:30");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["rule 1: 30, 10:20-10:29"]);
    let posted = beside.world.pce.requests_to("POST", QUERIES);
    assert_eq!(posted.len(), 1, "for what came since, after the old one");
    assert_eq!(beside.world.pce.queries_kept(), 0);
    assert_eq!(words(&beside.world.run_at("10:40").told()), ["rule 1: 10, 10:30-10:39"]);
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
        assert_eq!(beside.tells("10:10"), ["rule 1: 10, 09:52-10:09"]);
        let before = beside.world.config()["state"]["traffic"]["position"].clone();
        for when in ["10:20", "10:30", "12:00"] {
            beside.world.pce.next_query(fate.clone());
            let run = beside.world.run_at(when);
            assert_eq!((run.code, run.told().len()), (75, 0), "{fate:?} {run:?}");
            assert_eq!(beside.world.config()["state"]["traffic"]["position"], before);
        }
        assert_eq!(beside.tells("12:10"), ["rule 1: 120, 12:00-12:09"], "{fate:?}");
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
    assert_eq!(words(&run.told()), ["rule 1: 5, 09:44-09:52"]);
}

#[test]
fn a_query_completed_before_its_rows_exist_is_downloaded_again() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.world.pce.next_query(Fate::completes().empty_at_first(1));
    assert_eq!(beside.tells("10:10"), ["rule 1: 10, 09:52-10:09"]);
}

#[test]
fn rows_that_never_come_move_no_position() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.world.pce.next_query(Fate::completes().empty_at_first(99));
    let run = beside.world.run_at("10:10");
    assert_eq!((run.code, run.told().len()), (75, 0));
    assert_eq!(words(&beside.world.run_at("10:20").told()), ["rule 1: 20, 10:10-10:19"]);
}

#[test]
fn what_does_not_fit_one_query_is_split_and_each_row_counts_once() {
    let mut beside =
        Beside::with(&[every_match(), json!({"type": "traffic", "pd": -1, "count_by": "flows"})]);
    let pce = &beside.world.pce;
    pce.cap_rows_at(12);
    for nth in 0..60u16 {
        let host = format!("10.1.0.{nth}");
        let make = if nth % 3 == 0 { allowed } else { blocked };
        pce.connection(
            make(host.as_str(), "db-01", [22, 80, 443, 3_389, 8_443, 50_000][usize::from(nth % 6)])
                .at("10:05")
                .times(u64::from(nth) + 1),
        );
    }
    for nth in 0..9 {
        pce.connection(
            blocked(format!("10.2.0.{nth}").as_str(), "db-01", 0).icmp(8, 0).at("10:06"),
        );
    }
    let told = beside.tells("10:10");
    let blocked: u64 = (0..60).filter(|nth| nth % 3 != 0).map(|nth| nth + 1).sum::<u64>() + 9;
    assert_eq!(told, [format!("rule 1: {blocked}, 09:56-10:06"), "rule 2: 69, 10:05-10:06".into()]);
    assert_eq!(beside.world.pce.queries_kept(), 0);
    assert_eq!(beside.tells("10:20").len(), 0);
}

#[test]
fn what_no_splitting_makes_fit_is_said() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.pce.cap_rows_at(1);
    for host in ["web-01", "web-02"] {
        beside.world.pce.connection(blocked(host, "db-01", 445).at("10:05"));
    }
    let run = beside.world.run_at("10:10");
    assert_eq!((run.code, run.told()[0].count), (0, 1), "{run:?}");
    let text = run.mail().text().replace('\n', " ");
    assert!(text.contains("only 200,000 rows could be read"), "{text}");
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
    beside.world.pce.connection(blocked("web-02", "db-01", 22).at("11:30").times(77));
    beside.world.pce.connection(blocked("web-03", "db-01", 22).at("16:30").times(5));
    beside.tells("10:10");
    let run = beside.world.run_at("17:10");
    let text = run.mail().text();
    let text: Vec<&str> = text.split_whitespace().collect();
    let skipped =
        "Traffic from 2026-08-03 10:10:00 +00:00 to 2026-08-03 15:10:00 +00:00 was skipped";
    assert!(text.join(" ").contains(skipped), "{text:?}");
    // The steady flow's growth lies between the last complete fetch and now.
    assert_eq!(words(&run.told()), ["rule 1: 425, 16:22-17:09"]);
    let again = beside.world.run_at("17:20");
    assert_eq!(words(&again.told()), ["rule 1: 10, 17:10-17:19"]);
    assert!(!again.mail().text().contains("skipped"));
}

#[test]
fn top_talkers_are_the_five_busiest_and_the_days_total_is_told_apart() {
    let mut beside = Beside::with(&[every_match()]);
    beside.world.set("email.raw_snapshot", json!(true));
    let pce = &beside.world.pce;
    pce.connections(blocked("web-00", "db-01", 445).at("00:00:30").every(86, 400));
    pce.connections(blocked("web-00", "db-01", 445).at("10:05").every(1, 9));
    beside.tells("09:58");
    for nth in 1..=7 {
        let host = format!("web-{nth:02}");
        beside
            .world
            .pce
            .connection(blocked(host.as_str(), "db-01", 445).at("10:04").times(nth * 10));
    }
    beside.tells("10:10");
    let text = beside.world.mailbox.last().text();
    let talkers = text.split("Top Talkers").nth(1).unwrap().split("\n\n").next().unwrap();
    let busiest: Vec<_> = talkers.lines().filter(|line| line.contains('→')).collect();
    let counts = busiest.iter().map(|line| line.trim().split(' ').next().unwrap());
    assert_eq!(counts.collect::<Vec<_>>(), ["70", "60", "50", "40", "30"]);
    assert!(busiest[0].contains("web-07 (10.") && busiest[0].contains("445/TCP"), "{talkers}");
    assert!(talkers.contains("and 3 more"), "{talkers}");
    assert!(text.contains(" counted in this alert, of num_connections "), "{text}");
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
    assert!(why.contains("complete up to 2026-08-03 10:10:00 +00:00"), "{why}");
    beside.world.pce.heal();

    let run = beside.world.run_at("+1d 12:10");

    // A row of the skipped time that has grown since still says by how much.
    assert_eq!(words(&run.told()), ["rule 1: 1430, 23:50-09:59"], "{run:?}");
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
        let on = if path.is_empty() { "/async_queries/" } else { path };
        beside.world.pce.fault(fault.clone().method("GET").on(on));
        let broken = beside.world.run_at("10:20");
        assert_eq!((broken.code, broken.told().len()), (75, 0), "{broken:?}");
        beside.world.pce.heal();
        beside.world.pce.every_query(Fate::completes().after_polls(0));

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
        let told: Vec<u64> = run.told().iter().map(|told| told.count).collect();
        assert_eq!(told, [70], "{run:?}");
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
    assert!(run.code == 75 && run.stderr.contains("broke off"), "{run:?}");
    beside.world.pce.heal();
    let run = beside.world.run_at("10:20");
    assert_eq!(words(&run.told()), ["rule 1: 20, 09:52-10:19"], "{run:?}");
}

#[test]
fn a_rule_for_events_that_goes_costs_no_traffic_rule_a_connection() {
    let other = json!({"type": "event", "filter_value": "user.*", "name": "Users"});
    let mut beside = Beside::with(&[every_match(), other]);
    steady(&beside);
    beside.tells_at(&["10:10", "10:20", "10:30", "10:40"]);
    beside.world.edit(|file| file["rules"].as_array_mut().unwrap().truncate(1));
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
    beside.world.set("settings.cycle_deadline_seconds", json!(1));
    steady(&beside);
    beside.tells("10:10");
    beside.world.pce.next_query(Fate::completes().after_minutes(25));
    assert_eq!(beside.world.run_at("10:20").code, 75);
    let mut rule = beside.world.config()["rules"][0].clone();
    rule["id"] = json!(2);
    rule["name"] = json!("port");
    rule["port"] = json!(445);
    beside.world.edit(|file| file["rules"].as_array_mut().unwrap().push(rule));
    assert_eq!(beside.world.run_at("10:30").code, 75);
    assert_eq!(kept(&beside), 1);
    beside.world.edit(|file| drop(file["rules"].as_array_mut().unwrap().remove(0)));
    assert_eq!(beside.world.run_at("10:40").code, 75);
    let run = beside.world.run_at("10:50");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["port: 40, 10:40-10:49"]);
    assert_eq!(kept(&beside), 0);
}

#[test]
fn more_matches_than_rows_are_no_reason_to_ask_again() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    beside.world.pce.claim_matches_a_row(1.63);
    for (when, told) in [("10:10", "rule 1: 10, 09:52-10:09"), ("10:20", "rule 1: 10, 10:10-10:19")]
    {
        beside.world.pce.forget_requests();
        assert_eq!(beside.tells(when), [told]);
        let posted = beside.world.pce.requests_to("POST", QUERIES);
        assert_eq!(posted.len(), 1, "{when}");
    }
}

/// Connections to so many ports, which a PCE with a cap of one row makes many queries of.
fn to_many_ports(beside: &Beside, ports: u16) {
    for nth in 0..ports {
        let one = blocked("web-01", "db-01", 1 + nth * 700);
        beside.world.pce.connection(one.at("10:05"));
    }
}

#[test]
fn a_cycle_posts_forty_queries_at_most_and_the_next_goes_on_with_the_rest() {
    let mut beside = Beside::with(&[every_match()]);
    to_many_ports(&beside, 90);
    beside.world.pce.cap_rows_at(1);
    let (mut told, mut mails) = (Vec::new(), Vec::new());
    for when in ["10:10", "10:20", "10:30"] {
        beside.world.pce.forget_requests();
        let run = beside.world.run_at(when);
        assert_eq!(run.code, 75, "{when}: {run:?}");
        assert!(run.stderr.contains("40 queries posted, parts left: "), "{run:?}");
        let requests = beside.world.pce.requests();
        assert!(requests.len() <= 200, "{when}: {}", requests.len());
        let posted = beside.world.pce.requests_to("POST", QUERIES).len();
        assert_eq!(posted, 40, "{when}");
        let traffic = &beside.world.config()["state"]["traffic"];
        assert_eq!(traffic["position"], Value::Null, "{when}");
        told.push(run.told().iter().map(|told| told.count).sum::<u64>());
        mails.extend(run.mails.iter().map(|mail| mail.subject()));
    }
    assert!(told.iter().all(|count| *count > 0), "each part counts at once: {told:?}");
    let incomplete = mails.iter().filter(|subject| subject.contains("Traffic not read completely"));
    assert_eq!(incomplete.count(), 1, "after two in a row: {mails:?}");

    beside.world.pce.cap_rows_at(200_000);
    let run = beside.world.run_at("10:40");

    assert_eq!(run.code, 0, "{run:?}");
    told.push(run.told().iter().map(|told| told.count).sum());
    assert_eq!(told.iter().sum::<u64>(), 90, "{told:?}");
    assert_eq!(beside.world.pce.queries_kept(), 0);
    assert!(run.mail().text().contains("Traffic"), "{run:?}");
    assert_eq!(beside.tells("10:50").len(), 0);
}

#[test]
fn what_could_not_be_split_is_still_said_once_all_of_the_fetch_is_read() {
    let mut beside = Beside::with(&[every_match()]);
    for host in ["web-02", "web-03"] {
        let one = blocked(host, "db-01", 0).icmp(8, 0);
        beside.world.pce.connection(one.at("10:05"));
    }
    to_many_ports(&beside, 60);
    beside.world.pce.cap_rows_at(1);
    let run = beside.world.run_at("10:10");
    assert_eq!(run.code, 75, "{run:?}");
    beside.world.pce.cap_rows_at(200_000);
    let run = beside.world.run_at("10:20");
    let text = run.mail().text().replace('\n', " ");
    assert!(text.contains("only 200,000 rows could be read"), "{text}");
}

#[test]
fn a_query_that_is_never_done_is_a_condition_after_two_cycles_and_says_what_to_do() {
    for (lang, said) in [
        ("en", "still computes the traffic query that was posted 10 min ago"),
        ("zh-TW", "仍在計算 10 分鐘前送出的流量查詢"),
    ] {
        let mut beside = Beside::with(&[every_match()]);
        let world = &mut beside.world;
        world.set("settings.language", json!(lang));
        world.set("settings.cycle_deadline_seconds", json!(1));
        world.pce.every_query(Fate::never_ends());
        let run = world.run_at("10:10");
        assert_eq!((run.code, run.mails.len()), (75, 0), "{run:?}");
        let run = world.run_at("10:20");
        assert_eq!(run.code, 75, "{run:?}");
        let text: String = run.mail().text().split('\n').collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = |text: &str| text.replace(' ', "");
        assert!(plain(&text).contains(&plain(said)), "{text}");
        assert!(text.contains("Explorer"), "{text}");
        let hrefs = world.pce.requests_to("GET", "/async_queries/");
        assert!(hrefs.iter().all(|seen| seen.path == hrefs[0].path), "one query, polled on");
        world.pce.every_query(Fate::completes().after_polls(0));
        world.set("settings.cycle_deadline_seconds", json!(60));
        world.set("api.query_timeout_seconds", json!(600));
        let run = world.run_at("10:50");
        assert_eq!(run.code, 75, "given up: {run:?}");
        let run = world.run_at("11:00");
        assert_eq!((run.code, run.mails.len()), (0, 1), "over: {run:?}");
    }
}

#[test]
fn a_silent_region_is_named_the_others_count_and_nothing_of_it_is_passed_by() {
    let mut beside = Beside::with(&[every_match()]);
    let world = &mut beside.world;
    let (here, there) = ("pce-a.example.net", "pce-b.example.net");
    world.pce.regions([Region::of(here), Region::of(there)]);
    assert_eq!(world.run_at("10:00").code, 0);
    let position = world.config()["state"]["traffic"]["position"].clone();
    world.pce.connection(to_the_database().at("10:05").times(3));
    let far = blocked("web-09", "db-09", 22).in_region(1);
    world.pce.connection(far.at("10:06").times(7));
    world.pce.regions([Region::of(here), Region::of(there).silent()]);

    let run = world.run_at("10:10");

    assert_eq!(run.code, 75, "{run:?}");
    assert_eq!(words(&run.told()), ["rule 1: 3, 09:59-10:05"], "{run:?}");
    assert!(run.stderr.contains(there) && !run.stderr.contains(here), "{run:?}");
    let mail = run.mail();
    assert!(mail.subject().contains("Traffic not read completely"), "{}", mail.subject());
    assert!(mail.text().contains(there), "{}", mail.text());
    assert_eq!(world.config()["state"]["traffic"]["position"], position);
    assert_eq!(world.pce.queries_kept(), 0);
    let quiet = world.run_at("11:00");
    assert_eq!((quiet.code, quiet.mails.len()), (75, 0), "told already: {quiet:?}");
    world.pce.regions([Region::of(here), Region::of(there)]);
    let run = world.run_at("11:10");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["rule 1: 7, 09:58-10:06"], "{run:?}");
}

#[test]
fn of_a_region_that_is_silent_for_too_long_it_is_said_what_was_skipped_of_it_alone() {
    let mut beside = Beside::with(&[every_match()]);
    let world = &mut beside.world;
    world.set("settings.max_catch_up_hours", json!(2));
    let far = || Region::of("pce-b.example.net");
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.regions([Region::of("pce-a.example.net"), far().silent()]);
    for when in ["10:10", "11:10", "12:10", "13:10"] {
        assert_eq!(world.run_at(when).code, 75, "{when}");
    }
    world.pce.regions([Region::of("pce-a.example.net"), far()]);

    let run = world.run_at("13:20");

    assert_eq!(run.code, 0, "{run:?}");
    let text = run.mail().text();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let skipped = "Traffic of pce-b.example.net from 2026-08-03 10:00:00 +00:00 to \
                   2026-08-03 11:20:00 +00:00 was skipped";
    assert!(text.contains(skipped), "{text}");
}

#[test]
fn a_decision_that_is_not_known_is_the_one_that_was_asked_for() {
    let mut beside = Beside::with(&[every_match()]);
    let odd = to_the_database().said_to_be("blocked_by_something_new");
    beside.world.pce.connection(odd.at("10:05").times(4));
    let run = beside.world.run_at("10:10");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["rule 1: 4, 09:58-10:05"], "{run:?}");
    assert!(!run.mail().text().contains("not known"), "{run:?}");
}

#[test]
fn among_several_decisions_one_that_is_not_known_counts_for_any_and_is_told_once() {
    let any = json!({"type": "traffic", "pd": -1});
    let mut beside = Beside::with(&[every_match(), any]);
    let world = &mut beside.world;
    let odd = to_the_database().said_to_be("blocked\nby\u{1b}[1msomething new");
    world.pce.connection(odd.clone().at("10:05").times(4));
    let run = world.run_at("10:10");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(words(&run.told()), ["rule 2: 4, 09:58-10:05"], "{run:?}");
    let told = |run: &crate::world::Run| {
        let texts = run.mails.iter().map(|mail| mail.text().replace('\n', " "));
        texts.filter(|text| text.contains("policy decision that is not known")).count()
    };
    assert_eq!(told(&run), 1, "{run:?}");
    world.pce.connection(odd.at("10:15").times(2));
    let run = world.run_at("10:20");
    assert_eq!(run.told()[0].count, 2, "{run:?}");
    assert_eq!(told(&run), 0, "told once: {run:?}");
    let another = to_the_database().said_to_be("frobbed");
    world.pce.connection(another.at("10:25"));
    let run = world.run_at("10:30");
    assert_eq!(told(&run), 1, "another word: {run:?}");
    assert!(run.mail().text().contains("frobbed"), "{run:?}");
}

#[test]
fn what_no_rule_counts_of_a_decision_that_is_not_known_is_told_too() {
    let other = json!({"type": "traffic", "pd": 1});
    let mut beside = Beside::with(&[every_match(), other]);
    let odd = to_the_database().said_to_be("frobbed");
    beside.world.pce.connection(odd.at("10:05"));
    let run = beside.world.run_at("10:10");
    assert_eq!((run.code, run.told().len()), (0, 0), "{run:?}");
    assert!(run.mail().text().contains("frobbed"), "{run:?}");
}

/// A query that somebody else has posted.
fn a_query(beside: &Beside) -> String {
    let posted =
        Client::of(&beside.world.pce).post("/orgs/1/traffic_flows/async_queries", &query());
    posted.json()["href"].as_str().unwrap().to_owned()
}

#[test]
fn what_a_pce_names_as_the_querys_place_is_never_touched_unless_it_is_a_query_of_ours() {
    let foreign = [
        "/orgs/1/users/5",
        "/orgs/2/traffic_flows/async_queries/1b2c",
        "/orgs/1/traffic_flows/async_queries/",
        "/orgs/1/traffic_flows/async_queries/../../users/5",
        "/orgs/1/traffic_flows/async_queries/1b2c?x=/users/5",
        "https://elsewhere.example.net/orgs/1/users/5",
        "//elsewhere.example.net/orgs/1/traffic_flows/async_queries/1b2c",
        "evil\u{1b}[2J\nsecond line",
    ];
    for href in foreign {
        let mut beside = Beside::with(&[every_match()]);
        let body = json!({"status": "queued", "href": href}).to_string();
        let answer = Fault::answer(202, "application/json", body);
        beside.world.pce.fault(answer.method("POST").on("async_queries$"));
        let run = beside.world.run_at("10:10");
        assert_eq!(run.code, 75, "{href}: {run:?}");
        assert!(run.stderr.contains("not a query or job of this org"), "{href}: {run:?}");
        assert!(!run.stderr.contains('\u{1b}'), "{href}: {run:?}");
        let requests = beside.world.pce.requests();
        let paths = requests.iter().map(|seen| format!("{} {}", seen.method, seen.path));
        let others = paths.filter(|path| {
            !["/health", "/events", "async_queries"].iter().any(|known| path.ends_with(known))
        });
        assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new(), "{href}");
    }
}

#[test]
fn the_querys_place_may_be_a_whole_url() {
    for prefix in ["", "/api/v2", "https://pce.example.net:8443/api/v2", "https://pce.example.net"]
    {
        let mut beside = Beside::with(&[every_match()]);
        steady(&beside);
        beside.world.pce.set_now("10:10");
        let href = format!("{prefix}{}", a_query(&beside));
        let body = json!({"status": "queued", "href": href}).to_string();
        let answer = Fault::answer(202, "application/json", body);
        beside.world.pce.fault(answer.method("POST").on("async_queries$"));
        let run = beside.world.run_at("10:10");
        assert_eq!(words(&run.told()), ["rule 1: 10, 09:52-10:09"], "{prefix}: {run:?}");
        assert_eq!(beside.world.pce.queries_kept(), 0);
    }
}

#[test]
fn a_querys_status_is_told_on_one_line_and_in_short() {
    let mut beside = Beside::with(&[every_match()]);
    let word = format!("bro\nken\u{1b}[2J{}", "x".repeat(3_000));
    beside.world.pce.every_query(Fate::status(&word).after_polls(0));
    let run = beside.world.run_at("10:10");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.len() < 400 && run.stderr.contains("bro ken"), "{run:?}");
    let run = beside.world.run_at("10:20");
    assert!(run.mail().text().len() < 3_000, "{run:?}");
}

#[test]
fn the_pce_is_not_asked_for_more_than_it_keeps() {
    let mut beside = Beside::with(&[every_match()]);
    let world = &mut beside.world;
    world.set("settings.max_catch_up_hours", json!(2_160));
    world.set("settings.late_reach_hours", json!(168));
    assert_eq!(world.run_at("10:00").code, 0);
    for when in ["+89d 20:00", "+179d 12:00"] {
        world.pce.forget_requests();
        let run = world.run_at(when);
        assert_eq!(run.code, 0, "{run:?}");
        let body = world.pce.requests_to("POST", QUERIES)[0].json();
        let from: jiff::Timestamp = body["start_date"].as_str().unwrap().parse().unwrap();
        let days = jiff::SignedDuration::from_hours(90 * 24);
        assert!(at(when).duration_since(from) <= days, "{when}: {from}");
        let text: String = run.mails.iter().map(|mail| mail.text()).collect();
        assert!(!text.contains("was skipped"), "{text}");
    }
}

#[test]
fn what_an_earlier_version_asked_in_slots_is_let_go_without_a_word() {
    let mut beside = Beside::with(&[every_match()]);
    steady(&beside);
    assert_eq!(beside.tells("10:10"), ["rule 1: 10, 09:52-10:09"]);
    let href = a_query(&beside);
    beside.world.edit(|file| {
        let traffic = &mut file["state"]["traffic"];
        traffic["clipped"] = json!("2026-08-03T09:00:00Z");
        traffic["fetch"] = json!({
            "until": "2026-08-03T10:10:00Z", "complete": null, "decisions": ["blocked"],
            "parts": [
                {"from": "2026-08-03T09:40:00Z", "to": "2026-08-03T09:49:59.999Z",
                 "decisions": ["blocked"], "slot": "2026-08-03T09:40:00Z",
                 "href": href, "posted_at": "2026-08-03T10:09:00Z"},
                {"from": "2026-08-03T09:50:00Z", "to": "2026-08-03T09:59:59.999Z",
                 "decisions": ["blocked"], "slot": "2026-08-03T09:50:00Z"},
            ],
        });
    });
    beside.world.set("settings.traffic_counts", json!("clipped"));
    beside.world.pce.forget_requests();

    let run = beside.world.run_at("10:20");

    let said = run.stderr.lines().filter(|line| !line.contains("clock"));
    assert_eq!((run.code, said.count()), (0, 0), "{run:?}");
    assert_eq!(words(&run.told()), ["rule 1: 10, 10:10-10:19"], "{run:?}");
    let deleted = beside.world.pce.requests_to("DELETE", &href);
    assert_eq!(deleted.len(), 1, "its query goes");
    assert!(beside.world.pce.requests_to("GET", &href).is_empty());
    let text = run.mail().text();
    assert!(!text.contains("lost") && !text.contains("state"), "{text}");
    let traffic = &beside.world.config()["state"]["traffic"];
    assert!(traffic.get("clipped").is_none() && traffic["fetch"].is_null(), "{traffic}");
}
