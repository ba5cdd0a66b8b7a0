#![allow(clippy::unwrap_used)]

use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_785_715_200 + minute * 60).unwrap()
}

fn minute(minute: i64) -> Minute {
    minute_of(at(minute))
}

fn row(key: u64, reporter: Reporter, count: u64, first: i64, last: i64) -> Row {
    Row {
        key: RowKey(key),
        reporter,
        count,
        first: at(first),
        last: at(last),
    }
}

use Reporter::{Inbound, Outbound};

#[test]
fn a_row_from_the_future_was_seen_now_and_keeps_its_key() {
    let raw = r#"{"num_connections":4000000000,"timestamp_range":
        {"first_detected":"2026-08-03T00:00:00Z","last_detected":"9999-12-30T22:00:00Z"}}"#;
    let flow: Flow = serde_json::from_str(raw).unwrap();
    let now = Row::of(&flow, at(10), None);
    assert_eq!(
        (now.first, now.last.duration_since(at(10)).as_secs()),
        (at(0), 1)
    );
    let raw = raw.replace("2026-08", "2036-08");
    let flow: Flow = serde_json::from_str(&raw).unwrap();
    let rows = [at(10), at(5_000)].map(|now| Row::of(&flow, now, None));
    assert_eq!(rows[0].key, rows[1].key);
    assert!(
        rows.iter()
            .all(|row| row.first <= row.last && row.last < at(5_001))
    );
}

#[test]
fn a_row_counts_by_what_it_has_grown() {
    let mut baseline = Baseline::default();
    let first = baseline.grow(&row(1, Inbound, 500, 0, 720), None);
    assert_eq!(
        first,
        Growth::New {
            count: 500,
            from: minute(0),
            to: minute(720),
            again: false
        }
    );
    baseline.begin_fetch();
    let second = baseline.grow(&row(1, Inbound, 530, 0, 735), Some(at(725)));
    assert_eq!(
        second,
        Growth::Known {
            count: 30,
            seen: Some(at(720)),
            from: minute(725),
            to: minute(735)
        }
    );
    baseline.begin_fetch();
    let again = baseline.grow(&row(1, Inbound, 530, 0, 735), Some(at(740)));
    assert_eq!(
        again,
        Growth::Known {
            count: 0,
            seen: Some(at(735)),
            from: minute(735),
            to: minute(735)
        }
    );
}

#[test]
fn of_the_two_ends_reports_the_larger_counts() {
    let mut baseline = Baseline::default();
    baseline.grow(&row(1, Outbound, 100, 0, 10), None);
    let other_end = baseline.grow(&row(1, Inbound, 103, 0, 11), None);
    assert!(
        matches!(
            other_end,
            Growth::New {
                count: 3,
                again: true,
                ..
            }
        ),
        "new in this fetch as well"
    );
    baseline.begin_fetch();
    let grown = baseline.grow(&row(1, Inbound, 120, 0, 12), None);
    assert!(matches!(grown, Growth::Known { count: 17, .. }));
    let behind = baseline.grow(&row(1, Outbound, 115, 0, 13), None);
    assert!(matches!(behind, Growth::Known { count: 0, .. }));
}

#[test]
fn a_count_that_shrinks_is_no_growth_and_grows_from_there() {
    let mut baseline = Baseline::default();
    baseline.grow(&row(1, Inbound, 100, 0, 10), None);
    baseline.begin_fetch();
    assert!(matches!(
        baseline.grow(&row(1, Inbound, 3, 0, 12), None),
        Growth::Known { count: 0, .. }
    ));
    assert!(matches!(
        baseline.grow(&row(1, Inbound, 20, 0, 14), None),
        Growth::Known { count: 17, .. }
    ));
}

#[test]
fn the_key_tells_flows_apart_but_not_their_reporters() {
    let base = r#"{"src":{"ip":"10.0.0.1"},"dst":{"ip":"10.0.0.2"},"service":{"port":80,"proto":6},"flow_direction":"inbound",
        "state":"active","num_connections":5,"timestamp_range":{"first_detected":"2026-08-03T23:59:00Z","last_detected":"2026-08-04T00:03:00Z"}}"#;
    let read = |text: &str| Row::of(&serde_json::from_str(text).unwrap(), at(0), None);
    let key = read(base).key;
    assert_eq!(read(&base.replace("inbound", "outbound")).key, key);
    assert_eq!(
        read(&base.replace("23:59:00Z", "01:59:00+00:00")).key,
        key,
        "the same UTC day"
    );
    for (from, to) in [
        ("10.0.0.1", "10.0.0.3"),
        ("80", "81"),
        ("active", "closed"),
        ("2026-08-03T2", "2026-08-02T2"),
    ] {
        assert_ne!(read(&base.replace(from, to)).key, key, "{from} → {to}");
    }
}

#[test]
fn what_is_remembered_survives_the_file() {
    let mut baseline = Baseline::default();
    for n in 0..5_000u64 {
        let key = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        baseline.grow(
            &row(
                key,
                if n % 2 == 0 { Inbound } else { Outbound },
                n * n,
                n as i64 / 9,
                n as i64 / 4,
            ),
            None,
        );
    }
    baseline.begin_fetch();
    let json = serde_json::to_string(&baseline).unwrap();
    assert_eq!(serde_json::from_str::<Baseline>(&json).unwrap(), baseline);
    assert!(
        json.len() < 5_000 * 27,
        "{} bytes a row",
        json.len() / 5_000
    );
    assert!(serde_json::from_str::<Baseline>(&format!("{}\"", &json[..json.len() - 5])).is_err());
    assert!(serde_json::from_str::<Baseline>("\"\"").unwrap().is_empty());
}

#[test]
fn a_row_is_kept_as_long_as_its_day_may_bring_it_back() {
    let mut baseline = Baseline::default();
    baseline.grow(&row(1, Inbound, 100, 10, 20), None);
    baseline.begin_fetch();
    baseline.forget_before(at(1_430));
    let grown = baseline.grow(&row(1, Inbound, 105, 10, 1_435), None);
    assert!(
        matches!(grown, Growth::Known { count: 5, .. }),
        "the same day's row, hours later"
    );
    baseline.forget_before(at(1_445));
    assert_eq!(baseline.len(), 1, "it may end a few minutes past midnight");
    baseline.forget_before(at(1_460));
    assert!(baseline.is_empty());
}

#[test]
fn beyond_the_bound_the_longest_unseen_are_forgotten() {
    let mut baseline = Baseline::default();
    for n in 0..10 {
        baseline.grow(&row(n, Inbound, 1, 0, n as i64), None);
    }
    assert!(!baseline.keep_to(10));
    assert!(baseline.keep_to(3));
    baseline.begin_fetch();
    assert!(matches!(
        baseline.grow(&row(9, Inbound, 2, 0, 9), None),
        Growth::Known { count: 1, .. }
    ));
    assert!(matches!(
        baseline.grow(&row(6, Inbound, 2, 0, 9), None),
        Growth::New { .. }
    ));
}

#[test]
fn a_clipped_row_begins_later_than_the_same_end_once_said() {
    let mut baseline = Baseline::default();
    baseline.grow(&row(1, Outbound, 5, 10, 20), None);
    assert!(
        !baseline.begins_later(&row(1, Inbound, 5, 11, 20)),
        "the other end's clock is its own"
    );
    assert!(!baseline.begins_later(&row(1, Outbound, 6, 10, 30)));
    assert!(baseline.begins_later(&row(1, Outbound, 2, 21, 30)));
}
