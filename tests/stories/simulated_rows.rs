//! Rows as the simulated PCE makes them of connections, against sums by hand.

use serde_json::Value;

use crate::pce::*;

/// `first–last count direction`, sorted, of the rows seen at `now` for a window.
fn rows(pce: &Pce, now: &str, from: &str, to: &str) -> Vec<String> {
    let mut lines: Vec<String> = pce
        .rows(at(now), at(from), at(to))
        .iter()
        .map(line)
        .collect();
    lines.sort();
    lines
}

fn line(row: &Value) -> String {
    let time = |name: &str| row["timestamp_range"][name].as_str().unwrap()[8..19].replace('T', " ");
    let direction = row["flow_direction"].as_str().unwrap();
    let (first, last) = (time("first_detected"), time("last_detected"));
    format!("{first} - {last} {} {direction}", row["num_connections"])
}

#[test]
fn a_row_is_cumulative_for_the_day_and_not_clipped() {
    let pce = Pce::start();
    for (time, times) in [("08:00", 400), ("09:59", 3), ("10:04", 2)] {
        pce.connection(blocked("web-01", "db-01", 22).at(time).times(times));
    }
    let first = ["03 08:00:00 - 03 09:59:00 403 inbound"];
    assert_eq!(rows(&pce, "10:00", "09:50", "10:00"), first);
    let grown = ["03 08:00:00 - 03 10:04:00 405 inbound"];
    assert_eq!(rows(&pce, "10:10", "10:00", "10:10"), grown);
    // A window between two connections is overlapped all the same.
    assert_eq!(rows(&pce, "10:10", "08:30", "09:00"), grown);
    assert!(rows(&pce, "10:10", "10:05", "10:10").is_empty());
}

#[test]
fn a_clipping_pce_counts_what_lies_in_the_window() {
    let pce = Pce::start();
    pce.counting(Counting {
        clipped: true,
        ..Counting::default()
    });
    for (time, times) in [("08:00", 400), ("09:55", 3), ("09:59", 2), ("10:04", 2)] {
        pce.connection(blocked("web-01", "db-01", 22).at(time).times(times));
    }
    let clipped = ["03 09:55:00 - 03 09:59:00 5 inbound"];
    assert_eq!(rows(&pce, "10:10", "09:50", "10:00"), clipped);
}

#[test]
fn what_is_recorded_late_is_counted_late() {
    let pce = Pce::start();
    pce.connection(blocked("web-01", "db-01", 22).at("09:00").times(5));
    pce.connection(
        blocked("web-01", "db-01", 22)
            .at("09:30")
            .times(7)
            .recorded("12:30"),
    );
    assert_eq!(
        rows(&pce, "12:29", "08:00", "13:00"),
        ["03 09:00:00 - 03 09:00:00 5 inbound"]
    );
    assert_eq!(
        rows(&pce, "12:30", "08:00", "13:00"),
        ["03 09:00:00 - 03 09:30:00 12 inbound"]
    );
}

#[test]
fn both_ends_report_rows_that_differ_in_direction_alone() {
    let pce = Pce::start();
    pce.connection(
        blocked("web-01", "db-01", 22)
            .at("09:00")
            .times(5)
            .seen_by_both(),
    );
    let later = blocked("web-01", "db-01", 22).at("09:05").times(2);
    pce.connection(later.seen_by_source().other_end_recorded("09:40"));
    let early = [
        "03 09:00:00 - 03 09:00:00 5 inbound",
        "03 09:00:00 - 03 09:05:00 7 outbound",
    ];
    assert_eq!(rows(&pce, "09:10", "09:00", "09:10"), early);
    let late = [
        "03 09:00:00 - 03 09:05:00 7 inbound",
        "03 09:00:00 - 03 09:05:00 7 outbound",
    ];
    assert_eq!(rows(&pce, "09:40", "09:00", "09:10"), late);
}

#[test]
fn states_processes_and_icmp_types_make_rows_of_their_own() {
    let pce = Pce::start();
    let base = || blocked("web-01", "db-01", 22).at("09:00");
    pce.connections([
        base(),
        base().state("timed out"),
        base().process("sshd"),
        base().user("root"),
        base().udp(),
        base().icmp(8, 0),
        base().icmp(3, 1),
        blocked("web-01", workload("db-01").fqdn("db.example.net"), 22).at("09:00"),
    ]);
    assert_eq!(rows(&pce, "09:10", "08:50", "09:10").len(), 8);
    // A new label changes the row's text, not the row.
    pce.connection(blocked(workload("web-01").label("app", "商店"), "db-01", 22).at("09:06"));
    let rows = pce.rows(at("09:10"), at("08:50"), at("09:10"));
    assert_eq!(rows.len(), 8);
    let grown = rows.iter().find(|row| row["num_connections"] == 2).unwrap();
    assert_eq!(grown["src"]["workload"]["labels"][0]["value"], "商店");
}

#[test]
fn a_day_closes_up_to_four_minutes_late() {
    let pce = Pce::start();
    pce.counting(Counting {
        midnight: Midnight::After(240),
        ..Counting::default()
    });
    for (time, times) in [("23:50", 4), ("+1d 00:03", 2), ("+1d 00:05", 1)] {
        pce.connection(blocked("web-01", "db-01", 22).at(time).times(times));
    }
    let days = [
        "03 23:50:00 - 04 00:03:00 6 inbound",
        "04 00:05:00 - 04 00:05:00 1 inbound",
    ];
    assert_eq!(rows(&pce, "+1d 00:10", "23:40", "+1d 00:10"), days);

    pce.counting(Counting {
        midnight: Midnight::OnTime,
        ..Counting::default()
    });
    let on_time = [
        "03 23:50:00 - 03 23:50:00 4 inbound",
        "04 00:03:00 - 04 00:05:00 3 inbound",
    ];
    assert_eq!(rows(&pce, "+1d 00:10", "23:40", "+1d 00:10"), on_time);
}

#[test]
fn a_row_never_begins_on_the_wrong_day() {
    // Given a day's own part that is recorded after what fell into it past midnight.
    let pce = Pce::start();
    pce.counting(Counting {
        midnight: Midnight::After(240),
        ..Counting::default()
    });
    pce.connection(
        blocked("web-01", "db-01", 22)
            .at("23:50")
            .recorded("+1d 00:30"),
    );
    pce.connection(blocked("web-01", "db-01", 22).at("+1d 00:03"));
    assert!(rows(&pce, "+1d 00:10", "23:40", "+1d 00:10").is_empty());
    let whole = ["03 23:50:00 - 04 00:03:00 2 inbound"];
    assert_eq!(rows(&pce, "+1d 00:30", "23:40", "+1d 00:10"), whole);
}

#[test]
fn the_order_of_rows_is_shuffled_but_repeats_with_its_seed() {
    let pce = Pce::start();
    pce.connections((1..40).map(|port| blocked("web-01", "db-01", port)));
    let ports = |seed, now: &str| -> Vec<u64> {
        pce.counting(Counting {
            seed,
            ..Counting::default()
        });
        let rows = pce.rows(at(now), at("09:00"), at("11:00"));
        rows.iter()
            .map(|row| row["service"]["port"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(ports(1, "10:00"), ports(1, "10:00"));
    assert_ne!(ports(1, "10:00"), ports(2, "10:00"));
    assert_ne!(ports(1, "10:00"), ports(1, "10:10"));
}

#[test]
fn odd_records_keep_their_oddity() {
    let pce = Pce::start();
    let odd = blocked(kubernetes_workload("結帳"), address("203.0.113.9"), 443)
        .service_field("port", Value::from("All"))
        .field("boundary_decision", Value::Null);
    pce.connection(odd);
    let rows = pce.rows(at("10:00"), at("09:00"), at("10:00"));
    let row = &rows[0];
    assert_eq!(row["service"]["port"], "All");
    assert!(row["boundary_decision"].is_null() && row.get("boundary_decision").is_some());
    assert_eq!(row["src"]["workload"]["name"], "結帳");
    assert!(
        row["src"]["workload"]["href"]
            .as_str()
            .unwrap()
            .contains("/kubernetes_workloads/")
    );
    assert!(row["dst"]["ip_lists"].is_array() && row["dst"].get("workload").is_none());
    assert_eq!(row["flow_direction"], "outbound");
}
