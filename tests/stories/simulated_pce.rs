//! The simulated PCE is as strict as the real one.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, query, query_with};
use crate::pce::*;

const QUERIES: &str = "/orgs/1/traffic_flows/async_queries";

fn hrefs(answer: &super::client::Answer) -> Vec<String> {
    let json = answer.json();
    let events = json.as_array().unwrap().iter();
    events.map(|e| e["timestamp"].as_str().unwrap()[11..16].to_owned()).collect()
}

#[test]
fn a_wrong_secret_is_401_a_wrong_org_403_an_unknown_path_404() {
    let pce = Pce::start();
    let client = Client::of(&pce);

    let refused = Client::with_secret(&pce, "wrong").get("/orgs/1/events");
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()[0]["token"], "authentication_error");
    assert_eq!(client.get("/orgs/7/events").status, 403);
    assert_eq!(client.get("/orgs/1/nothing").status, 404);
    assert_eq!(client.get("/noop").status, 204);
    assert_eq!(client.get("/product_version").json()["version"], "25.2.40");
    assert_eq!(Client::with_secret(&pce, "wrong").get("/node_available").status, 200);
}

#[test]
fn too_many_requests_in_a_minute_are_429_until_the_next() {
    let pce = Pce::start();
    pce.answer_a_minute(2);
    let client = Client::of(&pce);
    let statuses: Vec<u16> = (0..3).map(|_| client.get("/health").status).collect();
    assert_eq!(statuses, [200, 200, 429]);
    assert_eq!(client.get("/health").json()[0]["token"], "too_many_requests_error");
    pce.set_now("10:01");
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn a_refused_client_can_be_seen_in_the_log() {
    let pce = Pce::start();
    pce.log_refusals();
    Client::with_secret(&pce, "wrong").get("/health");
    let events = Client::of(&pce).get("/orgs/1/events").json();
    assert_eq!(events[0]["event_type"], "request.authentication_failed");
}

#[test]
fn the_clock_and_a_request_id_are_in_every_answer() {
    let pce = Pce::start();
    pce.set_now("10:07:30");
    let answer = Client::of(&pce).get("/health");
    assert_eq!(answer.header("date"), "Mon, 03 Aug 2026 10:07:30 GMT");
    assert_eq!(answer.header("x-request-id").len(), 36);
    assert_eq!(answer.json()[0]["status"], "normal");

    pce.health_status("warning", "disk of core0 at 96 %");
    let health = Client::of(&pce).get("/health").json();
    assert_eq!(health[0]["notifications"][0]["message"], "disk of core0 at 96 %");
}

#[test]
fn requests_are_remembered_without_the_secret_and_share_a_connection() {
    let pce = Pce::start();
    let client = Client::of(&pce);
    client.get("/health");
    client.get("/orgs/1/events?max_results=5");

    let seen = pce.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].connection, seen[1].connection);
    assert_eq!(seen[1].query, "max_results=5");
    assert!(seen[1].header("authorization").is_none());
    assert_eq!(seen[1].header("accept"), Some("application/json"));
}

#[test]
fn events_come_newest_first_within_both_bounds() {
    let pce = Pce::start();
    for time in ["09:50", "09:58", "09:52", "09:55"] {
        pce.event(agent_tampering("db-01").at(time));
    }
    let client = Client::of(&pce);

    let all = client.get("/orgs/1/events");
    assert_eq!(hrefs(&all), ["09:58", "09:55", "09:52", "09:50"]);
    let some = client.get(
        "/orgs/1/events?timestamp%5Bgte%5D=2026-08-03T09%3A52%3A00Z&timestamp[lte]=2026-08-03T17:55:00%2B08:00",
    );
    assert_eq!(hrefs(&some), ["09:55", "09:52"]);
    assert_eq!(some.header("x-total-count"), "4");
    assert_eq!(some.header("x-matched-count"), "2");
}

#[test]
fn an_event_is_not_there_before_it_is_recorded() {
    let pce = Pce::start();
    pce.event(agent_tampering("db-01").at("09:50").recorded("10:05"));
    let client = Client::of(&pce);
    assert_eq!(client.get("/orgs/1/events").json(), json!([]));
    pce.set_now("10:05");
    assert_eq!(hrefs(&client.get("/orgs/1/events")), ["09:50"]);
}

#[test]
fn a_page_of_events_has_100_or_what_was_asked_for_up_to_10_000() {
    let pce = Pce::start();
    pce.events((0..10_020).map(|_| session_ended("admin")));
    let client = Client::of(&pce);
    let length = |path: &str| client.get(path).json().as_array().unwrap().len();
    assert_eq!(length("/orgs/1/events"), 100);
    assert_eq!(length("/orgs/1/events?max_results=700"), 700);
    assert_eq!(length("/orgs/1/events?max_results=90000"), 10_000);
    assert_eq!(length("/orgs/1/events?max_results=0"), 0);
    pce.cap_events_at(500);
    assert_eq!(length("/orgs/1/events?max_results=10000"), 500);
}

#[test]
fn events_are_refused_where_the_query_is_not_understood() {
    let pce = Pce::start();
    let client = Client::of(&pce);
    for bad in [
        "timestamp[gte]=2026-08-03T09:52:00",
        "timestamp[gte]=2026-08-03",
        "timestamp[gte]=",
        // An unencoded plus is a blank.
        "timestamp[lte]=2026-08-03T09:52:00+08:00",
        "offset=100",
        "since=2026-08-03T09:52:00Z",
        "max_results=many",
        "severity=terrible",
    ] {
        let answer = client.get(&format!("/orgs/1/events?{bad}"));
        assert_eq!(answer.status, 406, "{bad}");
        assert!(answer.json()[0]["token"].is_string(), "{bad}");
    }
}

#[test]
fn a_query_is_queued_then_working_then_completed_then_deleted() {
    let pce = Pce::start();
    pce.connection(blocked("web-01", "db-01", 5432).at("09:58"));
    pce.next_query(Fate::completes().after_polls(2));
    let client = Client::of(&pce);

    let posted = client.post(QUERIES, &query());
    assert_eq!((posted.status, posted.json()["status"].as_str()), (202, Some("queued")));
    let href = posted.json()["href"].as_str().unwrap().to_owned();
    assert_eq!(client.get(&format!("{href}/download")).status, 404);
    assert_eq!(client.delete(&href).status, 406);

    let states: Vec<String> =
        (0..3).map(|_| client.get(&href).json()["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["queued", "working", "completed"]);
    let state = client.get(&href).json();
    assert_eq!((&state["matches_count"], &state["flows_count"]), (&json!(1), &json!(1)));
    assert_eq!(client.get(QUERIES).json().as_array().unwrap().len(), 1);

    let rows = client.get(state["result"].as_str().unwrap());
    assert_eq!(rows.header("content-type"), "application/json");
    assert_eq!(rows.json()[0]["service"]["port"], 5432);
    let csv = client.csv(state["result"].as_str().unwrap());
    assert_eq!(csv.header("content-type"), "text/csv");

    assert_eq!(client.delete(&href).status, 204);
    assert_eq!(client.get(&href).status, 404);
    assert_eq!(pce.queries_kept(), 0);
}

#[test]
fn a_query_is_refused_where_its_body_is_wrong() {
    let pce = Pce::start();
    let client = Client::of(&pce);
    let actor = |actor| json!({"include": [[actor]], "exclude": []});
    let bodies = [
        query_with("sources", json!(null)),
        query_with("destinations", json!(null)),
        query_with("services", json!(null)),
        query_with("start_date", json!(null)),
        query_with("end_date", json!(null)),
        query_with("policy_decisions", json!(null)),
        query_with("end_date", json!("2026-08-03T10:00:00")),
        query_with("start_date", json!("2026-08-03")),
        query_with("start_date", json!("2026-08-04T00:00:00Z")),
        query_with("max_results", json!(200_001)),
        query_with("policy_decisions", json!(["denied"])),
        query_with("page", json!(1)),
        query_with("sources", json!({"include": []})),
        query_with("sources", actor(json!({"ip_address": {"value": "10.0.0.0/8"}}))),
        query_with("destinations", actor(json!({"transmission": "broadcast"}))),
        query_with("services", json!({"include": [{"port": "80"}], "exclude": []})),
        query_with("services", json!({"include": [{"port": 80, "to_port": 70}], "exclude": []})),
        json!([]),
    ];
    for body in bodies {
        let answer = client.post(QUERIES, &body);
        assert_eq!(answer.status, 406, "{body}");
        assert_eq!(answer.json()[0]["token"], "input_validation_error");
    }
    let fine = query_with("sources", actor(json!({"ip_address": "10.0.0.0/8"})));
    assert_eq!(client.post(QUERIES, &fine).status, 202);
}

#[test]
fn a_query_gets_the_decisions_ports_and_ends_it_asks_for_and_no_more_than_its_cap() {
    let pce = Pce::start();
    pce.connections([
        blocked("web-01", "db-01", 5432),
        blocked("web-01", "db-01", 22),
        potentially_blocked("web-01", "db-01", 5432),
        allowed("web-01", "db-01", 443),
        blocked("10.1.2.3", "db-01", 0).icmp(8, 0),
    ]);
    let client = Client::of(&pce);
    let count = |name, value| client.traffic(&query_with(name, value)).len();
    let services = |include, exclude| json!({"include": include, "exclude": exclude});

    assert_eq!(client.traffic(&query()).len(), 5);
    assert_eq!(count("policy_decisions", json!(["blocked"])), 3);
    let low = json!([{"port": 0, "to_port": 1023, "proto": 6}]);
    assert_eq!(count("services", services(low.clone(), json!([]))), 2);
    // The row without a port is in no range of ports, so no range leaves it out.
    assert_eq!(count("services", services(json!([]), low)), 3);
    let source = json!({"include": [[{"ip_address": "10.1.2.0/24"}]], "exclude": []});
    assert_eq!(count("sources", source), 1);

    let capped = client.post(QUERIES, &query_with("max_results", json!(2)));
    let href = capped.json()["href"].as_str().unwrap().to_owned();
    client.get(&href);
    let state = client.get(&href).json();
    assert_eq!((&state["matches_count"], &state["flows_count"]), (&json!(5), &json!(2)));
}

#[test]
fn queries_fail_are_cancelled_never_end_vanish_or_complete_before_their_rows() {
    let pce = Pce::start();
    pce.connection(blocked("web-01", "db-01", 5432));
    let client = Client::of(&pce);
    let ends_as = |fate: Fate| {
        pce.next_query(fate);
        let href = client.post(QUERIES, &query()).json()["href"].as_str().unwrap().to_owned();
        let states: Vec<_> = (0..4).map(|_| client.get(&href)).collect();
        let last = states.last().unwrap();
        (last.status, last.json()["status"].as_str().unwrap_or("").to_owned(), href)
    };
    assert_eq!(ends_as(Fate::fails()).1, "failed");
    assert_eq!(ends_as(Fate::status("canceled")).1, "canceled");
    assert_eq!(ends_as(Fate::status("paused")).1, "paused");
    assert_eq!(ends_as(Fate::never_ends()).1, "working");
    assert_eq!(ends_as(Fate::vanishes()).0, 404);

    let (_, status, slow) = ends_as(Fate::completes().after_minutes(15));
    assert_eq!(status, "working");
    pce.set_now("10:15");
    assert_eq!(client.get(&slow).json()["status"], "completed");

    let (_, _, early) = ends_as(Fate::completes().empty_at_first(1));
    assert_eq!(client.get(&early).json()["flows_count"], 1);
    assert_eq!(client.get(&format!("{early}/download")).json(), json!([]));
    assert_eq!(client.get(&format!("{early}/download")).json().as_array().unwrap().len(), 1);
}

#[test]
fn a_fault_meets_the_requests_it_is_meant_for() {
    let pce = Pce::start();
    let client = Client::of(&pce);
    pce.fault(Fault::status(503).retry_after(7).on("/events").after(1).times(2));

    let statuses: Vec<u16> = (0..4).map(|_| client.get("/orgs/1/events").status).collect();
    assert_eq!(statuses, [200, 503, 503, 200]);
    assert_eq!(client.get("/health").status, 200);
    assert_eq!(pce.faults_met(), [2]);

    pce.heal();
    pce.fault(Fault::status(429).retry_after(7).method("POST"));
    let refused = client.post(QUERIES, &query());
    assert_eq!((refused.status, refused.header("retry-after")), (429, "7"));
    assert_eq!(refused.json()[0]["token"], "fault_429");
}

#[test]
fn broken_answers_are_broken() {
    let pce = Pce::start();
    pce.events((0..200).map(|_| session_ended("admin")));
    let events = |fault: Option<Fault>| {
        pce.heal();
        fault.into_iter().for_each(|fault| pce.fault(fault));
        Client::of(&pce).try_get("/orgs/1/events")
    };
    let whole = events(None).unwrap().text;

    assert!(events(Some(Fault::cut())).is_err());
    assert!(events(Some(Fault::cut_mid_body())).is_err());
    assert!(events(Some(Fault::half_gzip())).is_err());
    assert!(events(Some(Fault::wrong_length(10))).is_err());
    assert!(events(Some(Fault::html())).unwrap().text.starts_with("<html>"));
    assert_eq!(events(Some(Fault::junk())).unwrap().json(), json!(null));
    pce.gzip(false);
    let half = events(Some(Fault::half_body())).unwrap();
    assert_eq!((half.status, half.text.len()), (200, whole.len() / 2));
    let short = events(Some(Fault::wrong_length(-10))).unwrap();
    assert_eq!(short.text.len(), whole.len() - 10);
    let future = events(Some(Fault::date("+1d 10:00"))).unwrap();
    assert_eq!(future.header("date"), "Tue, 04 Aug 2026 10:00:00 GMT");
    assert_eq!(events(Some(Fault::no_date())).unwrap().header("date"), "");
}

#[test]
fn a_hanging_pce_hangs_for_as_long_as_it_was_told() {
    let pce = Pce::start();
    let hang = Duration::from_millis(300);
    for fault in [Fault::hang(hang), Fault::hang_mid_body(hang)] {
        pce.heal();
        pce.fault(fault);
        let begin = Instant::now();
        assert!(Client::of(&pce).try_get("/health").is_err());
        assert!((hang..Duration::from_secs(3)).contains(&begin.elapsed()));
    }
    for welcome in [Welcome::Close, Welcome::Junk, Welcome::Hang(hang)] {
        pce.heal();
        pce.welcome(welcome);
        assert!(Client::of(&pce).try_get("/health").is_err(), "{welcome:?}");
    }
}

#[test]
fn a_pce_that_is_down_refuses_and_comes_back_on_its_port() {
    let mut pce = Pce::start();
    let client = Client::of(&pce);
    pce.down();
    assert!(client.try_get("/health").is_err());
    pce.up();
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn very_many_rows_come_cut_at_the_cap_and_split_by_port() {
    let pce = Pce::start();
    pce.set_now("18:00");
    pce.bulk(3_000);
    let client = Client::of(&pce);
    let all = client.traffic(&query());
    assert_eq!(all.len(), 3_000);
    assert_eq!(client.traffic(&query_with("max_results", json!(700))).len(), 700);
    let part = |from, to| {
        let range = json!({"include": [{"port": from, "to_port": to}], "exclude": []});
        client.traffic(&query_with("services", range)).len()
    };
    assert_eq!(part(0, 1_023) + part(1_024, 65_535), 3_000);
    let day = all
        .iter()
        .all(|row| row["timestamp_range"]["first_detected"].as_str().unwrap().starts_with(DAY));
    assert!(day);
}

#[test]
fn over_tls_the_certificate_is_good_or_as_bad_as_asked_for() {
    let good = Pce::start_tls(Tls::PrivateCa);
    let client = Client::of(&good);
    assert_eq!(client.get("/health").status, 200);
    assert_eq!(client.get("/health").status, 200);
    assert_eq!(good.requests()[1].connection, 0);
    for bad in [Tls::WrongName, Tls::Expired] {
        let pce = Pce::start_tls(bad);
        assert!(Client::of(&pce).try_get("/health").is_err(), "{bad:?}");
        assert!(pce.requests().is_empty());
    }
    // Whether a self-signed certificate is trusted is the client's affair.
    assert!(Pce::start_tls(Tls::SelfSigned).trust_pem().unwrap().contains("BEGIN"));
}

#[test]
fn more_matches_than_rows_can_be_claimed_and_nothing_is_cut_for_it() {
    let pce = Pce::start();
    pce.claim_matches_a_row(9_021.0 / 5_525.0);
    pce.connections((1..=100).map(|port| blocked("web-01", "db-01", port)));
    let (status, rows) = outcome(&pce, &["blocked"]);
    assert_eq!(status["flows_count"], 100);
    assert_eq!(status["matches_count"], 164);
    assert_eq!(rows.len(), 100);
}

#[test]
fn a_silent_region_is_said_and_its_rows_are_missing() {
    let pce = Pce::start();
    pce.regions([Region::of("leader.example.net"), Region::of("taipei.example.net").silent()]);
    pce.connection(blocked("web-01", "db-01", 22));
    pce.connections((1..4).map(|port| blocked("web-02", "db-02", port).in_region(1)));
    let (status, rows) = outcome(&pce, &[]);
    let regions = json!([
        {"pce_fqdn": "leader.example.net", "responded": true, "flows_count": 1, "matches_count": 1},
        {"pce_fqdn": "taipei.example.net", "responded": false, "flows_count": 0, "matches_count": 0}
    ]);
    assert_eq!(status["regions"], regions);
    assert_eq!((rows.len(), &status["status"]), (1, &json!("completed")));

    pce.regions([Region::of("leader.example.net"), Region::of("taipei.example.net")]);
    assert_eq!(outcome(&pce, &[]).1.len(), 4);
}

#[test]
fn an_answer_to_a_query_for_one_decision_can_say_a_word_nobody_knows() {
    let pce = Pce::start();
    pce.connection(blocked("web-01", "db-01", 22).said_to_be("quarantined"));
    let (_, rows) = outcome(&pce, &["blocked"]);
    assert_eq!(rows[0]["policy_decision"], "quarantined");
    assert!(outcome(&pce, &["allowed"]).1.is_empty());
}

#[test]
fn a_supercluster_member_refuses_the_query_and_answers_everything_else() {
    for status in [405, 403] {
        let pce = Pce::start();
        pce.fault(Fault::member_refuses(status));
        let client = Client::of(&pce);
        let refused = client.post(QUERIES, &query());
        assert_eq!(refused.status, status);
        assert!(refused.json()[0]["token"].is_string() && refused.json()[0]["message"].is_string());
        assert_eq!(client.get(QUERIES).status, 200);
        assert_eq!(client.get("/orgs/1/events").status, 200);
    }
}

#[test]
fn a_log_in_page_comes_in_place_of_an_answer_or_behind_a_redirect() {
    let pce = Pce::start();
    pce.fault(Fault::login_page().on("/health").times(1));
    pce.fault(Fault::redirect_to_login().on("/health").times(2));
    let client = Client::of(&pce);
    let page = client.get("/health");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    // This client follows.
    let followed = client.get("/health");
    assert_eq!(followed.status, 200);
    assert_eq!(followed.text, page.text);
    assert_eq!(pce.requests_to("GET", "/login").len(), 1);
}

/// The status of a query for the day that is completed, and its rows.
fn outcome(pce: &Pce, decisions: &[&str]) -> (serde_json::Value, Vec<serde_json::Value>) {
    pce.every_query(Fate::completes().after_polls(0));
    let client = Client::of(pce);
    let body = query_with("policy_decisions", json!(decisions));
    let href = client.post(QUERIES, &body).json()["href"].as_str().unwrap().to_owned();
    let status = client.get(&href).json();
    let rows = client.get(status["result"].as_str().unwrap()).json();
    (status, rows.as_array().unwrap().clone())
}
