//! Rows as the simulated PCE makes them of connections, against sums by hand.

use jiff::Timestamp;
use serde_json::Value;

use crate::pce::*;

/// `first–last count direction`, sorted, of the rows seen at `now` for a window.
fn rows(pce: &Pce, now: &str, from: &str, to: &str) -> Vec<String> {
    let mut lines: Vec<String> = pce.rows(at(now), at(from), at(to)).iter().map(line).collect();
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
    pce.counting(Counting { clipped: true, ..Counting::default() });
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
    pce.connection(blocked("web-01", "db-01", 22).at("09:30").times(7).recorded("12:30"));
    assert_eq!(rows(&pce, "12:29", "08:00", "13:00"), ["03 09:00:00 - 03 09:00:00 5 inbound"]);
    assert_eq!(rows(&pce, "12:30", "08:00", "13:00"), ["03 09:00:00 - 03 09:30:00 12 inbound"]);
}

#[test]
fn both_ends_report_rows_that_differ_in_direction_alone() {
    let pce = Pce::start();
    pce.connection(blocked("web-01", "db-01", 22).at("09:00").times(5).seen_by_both());
    let later = blocked("web-01", "db-01", 22).at("09:05").times(2);
    pce.connection(later.seen_by_source().other_end_recorded("09:40"));
    let early = ["03 09:00:00 - 03 09:00:00 5 inbound", "03 09:00:00 - 03 09:05:00 7 outbound"];
    assert_eq!(rows(&pce, "09:10", "09:00", "09:10"), early);
    let late = ["03 09:00:00 - 03 09:05:00 7 inbound", "03 09:00:00 - 03 09:05:00 7 outbound"];
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
    pce.counting(Counting { midnight: Midnight::After(240), ..Counting::default() });
    for (time, times) in [("23:50", 4), ("+1d 00:03", 2), ("+1d 00:05", 1)] {
        pce.connection(blocked("web-01", "db-01", 22).at(time).times(times));
    }
    let days = ["03 23:50:00 - 04 00:03:00 6 inbound", "04 00:05:00 - 04 00:05:00 1 inbound"];
    assert_eq!(rows(&pce, "+1d 00:10", "23:40", "+1d 00:10"), days);

    pce.counting(Counting { midnight: Midnight::OnTime, ..Counting::default() });
    let on_time = ["03 23:50:00 - 03 23:50:00 4 inbound", "04 00:03:00 - 04 00:05:00 3 inbound"];
    assert_eq!(rows(&pce, "+1d 00:10", "23:40", "+1d 00:10"), on_time);
}

#[test]
fn a_row_never_begins_on_the_wrong_day() {
    // Given a day's own part that is recorded after what fell into it past midnight.
    let pce = Pce::start();
    pce.counting(Counting { midnight: Midnight::After(240), ..Counting::default() });
    pce.connection(blocked("web-01", "db-01", 22).at("23:50").recorded("+1d 00:30"));
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
        pce.counting(Counting { seed, ..Counting::default() });
        let rows = pce.rows(at(now), at("09:00"), at("11:00"));
        rows.iter().map(|row| row["service"]["port"].as_u64().unwrap()).collect()
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
    assert!(row["src"]["workload"]["href"].as_str().unwrap().contains("/kubernetes_workloads/"));
    assert!(row["dst"]["ip_lists"].is_array() && row["dst"].get("workload").is_none());
    assert_eq!(row["flow_direction"], "outbound");
}

/// Two uploads of an hour ago, and one of now.
fn three(pce: &Pce) {
    for (time, times) in [("09:04", 6), ("09:14", 10), ("10:04", 2)] {
        pce.connection(blocked("192.168.7.7", "db-01", 22).at(time).times(times));
    }
}

fn counted(counting: Counting) -> Pce {
    let pce = Pce::start();
    pce.counting(counting);
    pce
}

#[test]
fn rows_end_with_the_hour_with_each_upload_or_never() {
    let rows_of = |cut| {
        let pce = counted(Counting { cut, ..Counting::default() });
        three(&pce);
        rows(&pce, "10:10", "08:00", "11:00")
    };
    let hours = ["03 09:04:00 - 03 09:14:00 16 inbound", "03 10:04:00 - 03 10:04:00 2 inbound"];
    assert_eq!(rows_of(Cut::Hour), hours);
    let uploads = [
        "03 09:04:00 - 03 09:04:00 6 inbound",
        "03 09:14:00 - 03 09:14:00 10 inbound",
        "03 10:04:00 - 03 10:04:00 2 inbound",
    ];
    assert_eq!(rows_of(Cut::Upload), uploads);
    let one = ["03 09:04:00 - 03 10:04:00 18 inbound"];
    assert_eq!(rows_of(Cut::Never), one);
}

#[test]
fn days_can_be_those_of_another_zone_and_rows_can_go_on_for_ever() {
    let of = |cut| {
        let pce = counted(Counting { cut, midnight: Midnight::OnTime, ..Counting::default() });
        let seen = |time: &str| blocked("web-01", "db-01", 22).at(time);
        pce.connections([seen("15:50"), seen("16:10"), seen("+1d 00:10")]);
        rows(&pce, "+1d 01:00", "15:00", "+1d 01:00")
    };
    let ahead = ["03 15:50:00 - 03 15:50:00 1 inbound", "03 16:10:00 - 04 00:10:00 2 inbound"];
    assert_eq!(of(Cut::Day(8)), ahead);
    assert_eq!(of(Cut::Never), ["03 15:50:00 - 04 00:10:00 3 inbound"]);
}

#[test]
fn merged_days_are_those_that_the_query_touches() {
    let pce = counted(Counting { merged: true, ..Counting::default() });
    let seen = |time: &str, times| blocked("web-01", "db-01", 22).at(time).times(times);
    pce.connections([seen("09:00", 100), seen("23:50", 5), seen("+1d 00:02", 3)]);
    let both = ["03 09:00:00 - 04 00:02:00 108 inbound"];
    assert_eq!(rows(&pce, "+1d 00:10", "23:40", "+1d 00:10"), both);
    let today = ["04 00:02:00 - 04 00:02:00 3 inbound"];
    assert_eq!(rows(&pce, "+1d 00:31", "+1d 00:01", "+1d 00:31"), today);
}

#[test]
fn rows_of_one_name_stand_side_by_side() {
    let pce = counted(Counting { lanes: 2, ..Counting::default() });
    three(&pce);
    let two = ["03 09:04:00 - 03 10:04:00 15 inbound", "03 09:04:09 - 03 09:14:09 3 inbound"];
    assert_eq!(rows(&pce, "10:10", "08:00", "11:00"), two);

    let pce = Pce::start();
    let redis = |time: &str, times| allowed("web-01", "db-01", 6379).at(time).times(times);
    pce.connections([redis("09:04:35", 478), redis("09:04:44", 86).lane(1)]);
    let rows = pce.rows(at("10:00"), at("09:00"), at("10:00"));
    let named = |row: &Value| {
        let mut row = row.clone();
        for own in ["num_connections", "timestamp_range", "seq_id"] {
            row.as_object_mut().unwrap().remove(own);
        }
        row
    };
    assert_eq!(rows.len(), 2);
    assert_eq!(named(&rows[0]), named(&rows[1]));
}

#[test]
fn a_beginning_jitters_from_answer_to_answer_and_nothing_else_does() {
    let pce = counted(Counting { jitter: 2, ..Counting::default() });
    three(&pce);
    let looks = (10..40).map(|minute| rows(&pce, &format!("10:{minute}"), "09:00", "11:00"));
    let mut looks: Vec<String> = looks.flatten().collect();
    assert!(looks.iter().all(|row| row.ends_with("03 10:04:00 18 inbound")));
    looks.sort();
    looks.dedup();
    assert_eq!(looks.len(), 5, "{looks:?}");
    assert!(looks[0].starts_with("03 09:03:58") && looks[4].starts_with("03 09:04:02"));
}

#[test]
fn counters_begin_anew_and_the_row_keeps_its_beginning_or_not() {
    let after = |keeps_beginning| {
        let restart = Restart { at: at("09:30"), keeps_beginning };
        let pce = counted(Counting { restarts: vec![restart], ..Counting::default() });
        three(&pce);
        let before = ["03 09:04:00 - 03 09:14:00 16 inbound"];
        assert_eq!(rows(&pce, "09:29", "08:00", "11:00"), before);
        rows(&pce, "10:10", "08:00", "11:00")
    };
    assert_eq!(after(false), ["03 10:04:00 - 03 10:04:00 2 inbound"]);
    assert_eq!(after(true), ["03 09:04:00 - 03 10:04:00 2 inbound"]);
}

#[test]
fn a_row_gets_its_names_late_and_goes_on_as_the_same_row() {
    let database = Endpoint::from("db-01").address().to_owned();
    let later =
        |from, address: &str, name| LaterName { from: at(from), address: address.to_owned(), name };
    let pce = counted(Counting {
        names: vec![
            later("10:00", &database, Name::Fqdn("db.example.net".into())),
            later("10:05", "192.168.7.7", Name::Workload("web-07".into())),
            later("10:10", &database, Name::Process("postgres".into())),
        ],
        ..Counting::default()
    });
    three(&pce);
    let row = |now: &str| pce.rows(at(now), at("09:00"), at("11:00")).remove(0);
    let early = row("09:59");
    assert!(early["dst"]["fqdn"].is_null() && early["src"]["workload"].is_null());
    assert_eq!(row("10:00")["dst"]["fqdn"], "db.example.net");
    let late = row("10:10");
    assert_eq!(late["src"]["workload"]["name"], "web-07");
    assert_eq!(late["src"]["ip"], "192.168.7.7");
    assert_eq!(late["service"]["process_name"], "postgres");
    assert_eq!(late["num_connections"], 18);
    assert_eq!(
        late["timestamp_range"]["first_detected"],
        early["timestamp_range"]["first_detected"]
    );
}

#[test]
fn snapshot_rows_of_two_days_meet_in_one_second() {
    let pce = counted(Counting {
        snapshots_meet: true,
        midnight: Midnight::OnTime,
        ..Counting::default()
    });
    let seen = |time: &str| allowed("web-01", "db-01", 22).state("snapshot").at(time);
    pce.connections([seen("23:51:32"), seen("+1d 00:01:32"), seen("+1d 00:11:32")]);
    let days = ["03 23:51:32 - 04 00:01:32 1 inbound", "04 00:01:32 - 04 00:11:32 2 inbound"];
    assert_eq!(rows(&pce, "+1d 00:20", "23:00", "+1d 00:20"), days);
}

/// The stamps of what a VEN summed up, each with when it is shown and its count.
fn uploads(pce: &Pce) -> Vec<(Timestamp, Timestamp, u64)> {
    let uploads = pce.uploads();
    let told = |upload: &Upload| (upload.stamp, upload.recorded, upload.times);
    uploads.iter().map(told).collect()
}

/// A VEN that sees one connection every minute for eight hours.
fn reporting(vens: Vens) -> Pce {
    let pce = Pce::start();
    pce.vens(vens);
    pce.connections(blocked("192.168.7.7", "db-01", 22).at("08:00").every(60, 480));
    pce
}

#[test]
fn vens_sum_up_every_ten_minutes_or_so_each_at_its_own_phase() {
    for period in [600, 589] {
        let pce = reporting(Vens { period, ..Vens::default() });
        let seen = uploads(&pce);
        assert_eq!(seen.iter().map(|(_, _, times)| times).sum::<u64>(), 480);
        for pair in seen.windows(2) {
            assert_eq!(pair[1].0.duration_since(pair[0].0).as_secs(), period);
        }
        let lags = seen.iter().map(|(stamp, shown, _)| shown.duration_since(*stamp));
        assert!(lags.into_iter().all(|lag| lag.as_secs() == 60));
        for upload in pce.uploads() {
            let (first, last) = (upload.connections[0].0, upload.connections.last().unwrap().0);
            assert!(last <= upload.stamp && upload.stamp.duration_since(first).as_secs() < period);
        }
        // Rows show the stamps of summaries, not the times of connections.
        let rows = pce.rows(at("20:00"), at("07:00"), at("20:00"));
        let range = &rows[0]["timestamp_range"];
        assert_eq!(range["first_detected"], seconds(seen[0].0));
        assert_eq!(range["last_detected"], seconds(seen.last().unwrap().0));
    }
    let vens = Vens::default();
    let stamps = ["a", "b", "c"].map(|ven| vens.stamp(ven, at("10:00")));
    assert!(stamps[0] != stamps[1] && stamps[1] != stamps[2]);
}

#[test]
fn a_lag_keeps_the_order_of_summaries_or_does_not() {
    let shown = |lag| {
        let pce = reporting(Vens { lag, ..Vens::default() });
        uploads(&pce)
    };
    let lags = |seen: &[(Timestamp, Timestamp, u64)]| -> Vec<i64> {
        let lags = seen.iter().map(|(stamp, shown, _)| shown.duration_since(*stamp));
        lags.map(|lag| lag.as_secs()).collect()
    };
    let in_order = shown(Lag::InOrder(60, 540));
    assert!(lags(&in_order).iter().all(|lag| (60..=540).contains(lag)));
    assert!(lags(&in_order).iter().any(|lag| *lag != lags(&in_order)[0]));
    assert!(shown(Lag::InOrder(60, 3_000)).is_sorted_by_key(|upload| upload.1));
    assert!(!shown(Lag::OutOfOrder(60, 1_500)).is_sorted_by_key(|upload| upload.1));
}

#[test]
fn a_ven_that_was_cut_off_tells_all_at_once_each_summary_with_its_own_stamp() {
    let pce = reporting(Vens { cut_off: Some((at("10:00"), at("13:00"))), ..Vens::default() });
    let late: Vec<_> = uploads(&pce)
        .into_iter()
        .filter(|(stamp, shown, _)| shown.duration_since(*stamp).as_secs() > 60)
        .collect();
    assert!(late.len() >= 17, "{late:?}");
    assert!(late.iter().all(|(_, shown, _)| *shown == at("13:00")));
    let before = pce.rows(at("12:59"), at("09:00"), at("13:00"))[0]["num_connections"].clone();
    let after = pce.rows(at("13:00"), at("09:00"), at("13:00"))[0]["num_connections"].clone();
    assert!(before.as_u64() < Some(125) && after.as_u64() > Some(285));
}
