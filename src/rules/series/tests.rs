#![allow(clippy::unwrap_used)]

use jiff::{SignedDuration, Timestamp};

use super::row::{second, time};
use super::*;
use crate::pce::record::Flow;
use crate::rules::minutes::Minute;

/// 2026-08-03T00:00:00Z
const DAY: u32 = 1_785_715_200;

fn at(minute: i64) -> Timestamp {
    time((i64::from(DAY) + minute * 60) as u32)
}

fn minute(minute: i64) -> Minute {
    i64::from(DAY) / 60 + minute
}

/// A row of the destination's VEN, its times in minutes of the day.
fn row(name: u64, first: i64, last: i64, count: u32) -> Row {
    Row {
        name: Name(name << 24 | name),
        outbound: false,
        ven: 1,
        count,
        first: second(at(first)),
        last: second(at(last)),
        early: 0,
        legacy: None,
    }
}

fn outbound(row: Row) -> Row {
    Row { outbound: true, ven: 2, ..row }
}

/// The same talkers, called otherwise.
fn renamed(row: Row) -> Row {
    Row { name: Name(row.name.0 ^ 0x55), ..row }
}

/// What is known, and when traffic was last fetched completely.
#[derive(Default)]
struct Monitor {
    known: Known,
    complete: Option<i64>,
    /// How far the next fetch reaches back, where that is not 30 minutes.
    reach: Option<i64>,
    legacy: Legacy,
    regrouped: bool,
}

impl Monitor {
    /// A complete fetch of one answer, and what each of its rows added; what is known
    /// goes through the file before and after.
    fn fetch(&mut self, now: i64, rows: &[Row]) -> Vec<Growth> {
        let growths = self.part(true, rows);
        self.known.end_fetch();
        self.complete = Some(now);
        growths
    }

    fn bounds(&mut self, whole: bool) -> Bounds {
        let reach = self.reach.take().unwrap_or(30);
        Bounds {
            from: at(self.complete.unwrap_or(0) - reach),
            complete: self.complete.map(at),
            overlap: SignedDuration::from_mins(30),
            whole,
        }
    }

    /// Which of the rows can only be told of at the answer's end. Nothing is remembered.
    fn waits(&mut self, rows: &[Row]) -> Vec<bool> {
        let bounds = self.bounds(true);
        let mut answer = self.known.answer(&self.legacy, &bounds);
        rows.iter().map(|row| answer.take(row).is_none()).collect()
    }

    fn part(&mut self, whole: bool, rows: &[Row]) -> Vec<Growth> {
        let bounds = self.bounds(whole);
        let mut answer = self.known.answer(&self.legacy, &bounds);
        let mut growths: Vec<Option<Growth>> = rows.iter().map(|row| answer.take(row)).collect();
        let waiting = rows.iter().zip(&growths);
        let waiting: Vec<Row> =
            waiting.filter(|(_, growth)| growth.is_none()).map(|(row, _)| *row).collect();
        let mut settled = answer.settle(&waiting, true).into_iter();
        for growth in growths.iter_mut().filter(|growth| growth.is_none()) {
            *growth = settled.next();
        }
        self.regrouped = answer.regrouped;
        let known = answer.finish();
        let text = serde_json::to_string(&known).unwrap();
        self.known = serde_json::from_str(&text).unwrap();
        assert_eq!(self.known.len(), known.len());
        growths.into_iter().map(Option::unwrap).collect()
    }

    fn counts(&mut self, now: i64, rows: &[Row]) -> Vec<u64> {
        let growths = self.fetch(now, rows);
        growths.into_iter().map(|growth| growth.count).collect()
    }

    fn when(&mut self, now: i64, row: Row) -> (i64, i64, Option<i64>) {
        let when = self.fetch(now, &[row])[0].when;
        let of_day = |one: Minute| one - minute(0);
        (of_day(when.first), of_day(when.last), when.since.map(of_day))
    }
}

// How much: rows that continue a series.

#[test]
fn a_row_adds_what_it_has_grown_by() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.counts(730, &[row(1, 0, 720, 500)]), [500]);
    assert_eq!(monitor.counts(740, &[row(1, 0, 735, 530)]), [30]);
    assert_eq!(monitor.counts(750, &[row(1, 0, 735, 530)]), [0]);
}

#[test]
fn a_beginning_that_jitters_is_the_same_beginning() {
    let mut monitor = Monitor::default();
    monitor.counts(730, &[row(1, 5, 720, 500)]);
    let mut later = row(1, 5, 735, 530);
    later.first += 2;
    assert_eq!(monitor.counts(740, &[later]), [30]);
    later.first -= 4;
    assert_eq!(monitor.counts(750, &[Row { count: 545, ..later }]), [15]);
}

#[test]
fn two_rows_of_one_name_are_two_series_in_whatever_order() {
    // The pair of a real PCE: they begin nine seconds apart.
    let pair = |one: u32, other: u32| {
        let mut second = row(1, 4, 439, other);
        second.first += 9;
        [row(1, 4, 700, one), second]
    };
    let mut monitor = Monitor::default();
    assert_eq!(monitor.counts(710, &pair(478, 86)), [478, 86]);
    let mut grown = pair(480, 90);
    assert_eq!(monitor.counts(720, &grown), [2, 4]);
    grown.reverse();
    assert_eq!(monitor.counts(730, &grown), [0, 0]);
    grown[0].count += 500;
    assert_eq!(monitor.counts(740, &grown), [500, 0]);
}

#[test]
fn rows_of_one_name_and_one_beginning_add_what_they_grew_together() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 4, 700, 10), row(1, 4, 700, 300)]);
    let grown = monitor.counts(720, &[row(1, 4, 710, 305), row(1, 4, 710, 40)]);
    assert_eq!(grown.iter().sum::<u64>(), 35);
}

#[test]
fn the_same_row_in_several_parts_of_a_fetch_is_one() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.part(false, &[row(1, 4, 700, 10)])[0].count, 10);
    assert_eq!(monitor.part(false, &[row(1, 4, 700, 10)])[0].count, 0);
}

#[test]
fn a_row_grows_in_full_while_another_of_its_name_rests() {
    let mut monitor = Monitor::default();
    monitor.fetch(690, &[row(1, 4, 670, 500), row(1, 8, 680, 86)]);
    monitor.complete = Some(716);
    assert_eq!(monitor.counts(717, &[row(1, 4, 715, 700)]), [200]);
    let both = [row(1, 4, 715, 700), row(1, 8, 720, 106)];
    assert_eq!(monitor.counts(727, &both), [0, 20]);
}

// Rows that the PCE files otherwise.

#[test]
fn a_new_day_or_hour_is_a_new_series() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 0, 700, 500)]);
    assert_eq!(monitor.counts(730, &[row(1, 0, 719, 510), row(1, 721, 728, 7)]), [10, 7]);
}

#[test]
fn a_row_that_is_clipped_to_the_query_adds_its_share_since_it_was_last_seen() {
    let mut monitor = Monitor::default();
    // 70 in each summary; the query reaches back 30 minutes.
    assert_eq!(monitor.counts(30, &[row(1, 5, 25, 210)]), [210]);
    for now in (40..400).step_by(10) {
        let clipped = row(1, now - 25, now - 5, 210);
        assert_eq!(monitor.counts(now, &[clipped]), [70], "{now}");
    }
    assert_eq!(monitor.known.len(), 2, "but the earliest, what a row replaces is not kept");
    // A look far back is clipped to its own beginning.
    monitor.reach = Some(26 * 60);
    let far = row(1, 395 - 26 * 60, 395, 10_990);
    assert_eq!(monitor.counts(400, &[far]), [70]);
}

#[test]
fn a_burst_in_a_clipped_row_adds_at_least_what_it_has_more() {
    let mut monitor = Monitor::default();
    monitor.fetch(30, &[row(1, 5, 25, 3)]);
    assert_eq!(monitor.counts(40, &[row(1, 15, 35, 107)]), [104]);
    let later = [row(1, 25, 45, 107), row(1, 35, 55, 107), row(1, 45, 65, 3)];
    let told: u64 = (0..3).map(|n| monitor.counts(50 + n * 10, &[later[n as usize]])[0]).sum();
    assert!(told <= 5, "and it is told once: {told}");
}

#[test]
fn days_merged_over_what_the_query_touches_count_once() {
    let mut monitor = Monitor::default();
    monitor.fetch(1_440, &[row(1, 5, 1_435, 1_000)]);
    // Until half past midnight the query touches yesterday, then today alone.
    assert_eq!(monitor.counts(1_450, &[row(1, 5, 1_445, 1_007)]), [7]);
    assert_eq!(monitor.counts(1_460, &[row(1, 5, 1_455, 1_014)]), [7]);
    assert_eq!(monitor.counts(1_480, &[row(1, 1_445, 1_475, 28)]), [14]);
    assert_eq!(monitor.counts(1_490, &[row(1, 1_445, 1_485, 35)]), [7]);
    // A look far back touches both days again.
    monitor.reach = Some(26 * 60);
    assert_eq!(monitor.counts(1_500, &[row(1, 5, 1_495, 1_042)]), [7]);
    let narrow = monitor.counts(1_510, &[row(1, 1_445, 1_505, 49)]);
    assert!((6..=8).contains(&narrow[0]), "{narrow:?}");
}

#[test]
fn a_day_that_is_cut_into_hours_adds_only_what_is_new() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 5, 705, 710)]);
    let hours = [row(1, 605, 655, 60), row(1, 665, 715, 60), row(1, 545, 595, 60)];
    assert_eq!(monitor.counts(720, &hours), [0, 10, 0]);
}

#[test]
fn a_first_summary_that_comes_late_adds_what_is_in_it() {
    let mut monitor = Monitor::default();
    monitor.fetch(500, &[]);
    monitor.fetch(510, &[row(1, 505, 505, 70)]);
    let growth = monitor.fetch(520, &[row(1, 495, 505, 140)])[0];
    let when = (growth.when.first, growth.when.last);
    assert_eq!((growth.count, when), (70, (minute(486), minute(495))));
    assert_eq!(monitor.counts(530, &[row(1, 495, 525, 210)]), [70]);
}

#[test]
fn a_counter_that_begins_anew_adds_what_it_stands_at() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 5, 705, 710)]);
    assert_eq!(monitor.counts(720, &[row(1, 5, 715, 12)]), [12]);
    assert_eq!(monitor.counts(730, &[row(1, 5, 725, 20)]), [8]);
}

#[test]
fn a_count_that_was_taken_back_a_little_adds_nothing_and_grows_from_there() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 5, 705, 710)]);
    assert_eq!(monitor.counts(720, &[row(1, 5, 715, 600)]), [0]);
    assert_eq!(monitor.counts(730, &[row(1, 5, 725, 605)]), [5]);
}

#[test]
fn a_row_that_gets_another_name_adds_the_difference() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 5, 705, 710), row(2, 5, 705, 300)]);
    let named = renamed(row(1, 5, 715, 717));
    assert_eq!(monitor.counts(720, &[named, row(2, 5, 715, 300)]), [7, 0]);
    assert_eq!(monitor.counts(730, &[Row { count: 720, ..named }]), [3], "and goes on under it");
}

#[test]
fn a_second_row_of_the_same_talkers_is_new_while_the_first_is_there() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 700, 705, 710)]);
    let other = renamed(row(1, 700, 715, 900));
    assert_eq!(monitor.counts(720, &[other, row(1, 700, 715, 711)]), [900, 1]);
}

// The two ends of a flow.

#[test]
fn of_the_two_ends_reports_the_larger_counts() {
    let mut monitor = Monitor::default();
    let both = |source: u32, destination: u32, last: i64| {
        [outbound(row(1, 3, last, source)), row(1, 5, last + 2, destination)]
    };
    assert_eq!(monitor.counts(20, &both(100, 103, 10)), [100, 3]);
    assert_eq!(monitor.counts(30, &both(150, 150, 20)), [47, 0]);
    assert_eq!(monitor.counts(40, &both(150, 160, 30)), [0, 10]);
    assert_eq!(monitor.counts(50, &both(170, 165, 40)), [10, 0]);
}

#[test]
fn several_rows_of_both_ends_count_once_each_in_whatever_order() {
    let rows =
        |first: i64| [row(1, first, first + 20, 34), outbound(row(1, first, first + 20, 34))];
    let ([one, its_other], [two, of_two]) = (rows(10), rows(100));
    for order in [
        [one, two, its_other, of_two],
        [its_other, of_two, one, two],
        [one, its_other, two, of_two],
    ] {
        let mut monitor = Monitor::default();
        assert_eq!(monitor.counts(130, &order).iter().sum::<u64>(), 68);
    }
}

#[test]
fn an_end_that_reports_hours_later_adds_nothing() {
    let mut monitor = Monitor::default();
    for (now, count) in [(20, 10), (30, 20), (40, 30)] {
        monitor.fetch(now, &[outbound(row(1, 5, now - 5, count))]);
    }
    let late = row(1, 7, 37, 30);
    assert_eq!(monitor.counts(600, &[late]), [0]);
}

#[test]
fn an_end_that_takes_over_from_the_other_counts_in_full() {
    let mut monitor = Monitor::default();
    for (now, count) in [(20, 10), (30, 20), (40, 300)] {
        monitor.fetch(now, &[outbound(row(1, 5, now - 5, count))]);
    }
    assert_eq!(monitor.counts(100, &[row(1, 75, 95, 40)]), [40]);
}

// What only looks new.

#[test]
fn what_only_looks_new_is_no_storm_from_bookkeeping() {
    let mut monitor = Monitor::default();
    let old: Vec<Row> = (1..=200).map(|name| row(name, 5, 705, 100)).collect();
    monitor.fetch(710, &old);
    // Other names, other beginnings, long before the last fetch.
    let regrouped: Vec<Row> = old
        .iter()
        .map(|one| renamed(Row { first: one.first + 9_000, last: one.last + 600, ..*one }))
        .collect();
    let counts = monitor.counts(720, &regrouped);
    assert!(monitor.regrouped && counts.iter().all(|count| *count == 1));
    let grown: Vec<Row> =
        regrouped.iter().map(|one| Row { count: one.count + 7, ..*one }).collect();
    assert!(monitor.counts(730, &grown).iter().all(|count| *count == 7));
    assert!(!monitor.regrouped);
}

#[test]
fn what_a_ven_had_not_reported_is_no_bookkeeping() {
    let mut monitor = Monitor::default();
    let known: Vec<Row> = (1..=20).map(|name| row(name, 5, 695, 700)).collect();
    monitor.fetch(700, &known);
    monitor.fetch(880, &[]);
    // After three hours all of it, in rows of an hour.
    let hours = (1..=20).flat_map(|name| [705, 765, 825].map(|at| row(name, at, at + 50, 420)));
    let counts = monitor.counts(890, &hours.collect::<Vec<_>>());
    assert_eq!(counts.iter().sum::<u64>(), 25_200);
}

#[test]
fn a_row_that_reaches_far_back_is_no_storm() {
    let mut monitor = Monitor::default();
    let fine: Vec<Row> = (1..=200).map(|name| row(name, 840, 845, 70)).collect();
    monitor.fetch(850, &fine);
    let coarse: Vec<Row> = (1..=200).map(|name| row(name, 5, 855, 670)).collect();
    let counts = monitor.counts(860, &coarse);
    assert!(monitor.regrouped && counts.iter().all(|count| *count == 1));
}

#[test]
fn an_odd_row_of_all_times_is_counted_and_ends_no_run() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 700, 705, 10)]);
    let odd = Row {
        first: 599,
        last: u32::MAX,
        early: u32::MAX - second(at(720)),
        ..row(1, 700, 705, 50)
    };
    assert!(monitor.counts(720, &[odd])[0] <= 50);
}

#[test]
fn hosts_that_were_never_heard_of_are_no_bookkeeping() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 5, 705, 100)]);
    // A VEN that was cut off reports a scan of three hours ago.
    let scan: Vec<Row> = (1_000..3_000).map(|name| row(name, 500, 500, 1)).collect();
    let counts = monitor.counts(720, &scan);
    assert!(!monitor.regrouped);
    assert_eq!(counts.iter().sum::<u64>(), 2_000);
}

#[test]
fn what_began_before_all_that_is_remembered_may_be_known() {
    let mut monitor = Monitor::default();
    monitor.fetch(4_000, &[row(1, 3_900, 3_990, 5)]);
    let growths = monitor.fetch(4_010, &[row(2, 100, 4_000, 700), row(3, 3_000, 4_000, 7)]);
    let within = |of: Of| matches!(of, Of::New { within: true, .. });
    assert!(!within(growths[0].of) && within(growths[1].of));
}

// When.

#[test]
fn ten_minutes_are_ten_marks() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.when(700, row(1, 700, 700, 70)), (691, 700, None));
    assert_eq!(monitor.when(710, row(1, 700, 710, 140)), (701, 710, None));
    let mut late = row(1, 700, 721, 210);
    assert_eq!(monitor.when(721, late), (712, 721, None), "a little late");
    (late.last, late.count) = (second(at(740)), 300);
    assert_eq!(monitor.when(741, late), (722, 740, None), "two summaries");
}

#[test]
fn growth_of_hours_counts_at_their_end_and_says_since_when_it_may_have_happened() {
    let mut monitor = Monitor::default();
    monitor.when(700, row(1, 700, 700, 70));
    assert_eq!(monitor.when(890, row(1, 700, 880, 1_330)), (871, 880, Some(700)));
    assert_eq!(
        monitor.when(900, row(1, 700, 880, 1_400)),
        (871, 880, Some(690)),
        "a late summary among them"
    );
    assert_eq!(
        monitor.when(910, row(1, 700, 890, 1_500)),
        (881, 890, Some(855)),
        "of a VEN whose summaries overtake each other nothing is certain"
    );
    assert_eq!(
        monitor.when(905, row(3, 901, 904, 25)),
        (895, 904, None),
        "the stamps of connections"
    );
    assert_eq!(monitor.when(910, row(2, 800, 900, 50)), (891, 900, Some(790)));
}

#[test]
fn what_was_heard_of_a_ven_tells_when_a_quiet_flow_grew() {
    let mut monitor = Monitor::default();
    monitor.fetch(700, &[row(1, 500, 690, 70), row(2, 500, 500, 1)]);
    assert_eq!(monitor.when(710, row(2, 500, 700, 9)), (691, 700, None));
}

#[test]
fn a_clock_ahead_of_ours_is_its_own() {
    let raw = r#"{"num_connections":4,"timestamp_range":
        {"first_detected":"2026-08-03T11:40:00Z","last_detected":"2026-08-03T12:40:00Z"}}"#;
    let flow: Flow = serde_json::from_str(raw).unwrap();
    let row = Row::of(&flow, HashKey::default(), at(720));
    assert_eq!(row.ends(), at(720) + SignedDuration::from_secs(1));
    let mut monitor = Monitor::default();
    let first = monitor.fetch(720, &[row])[0].when.last;
    assert_eq!(first, minute(720));
    let later = Row { count: 9, last: row.last + 600, early: row.early, ..row };
    let when = monitor.fetch(730, &[later])[0].when;
    assert_eq!((when.first, when.last), (minute(721), minute(730)));
}

// What is kept.

#[test]
fn a_name_tells_rows_apart_but_not_by_their_times_and_reporters() {
    let base = r#"{"src":{"ip":"10.0.0.1"},"dst":{"ip":"10.0.0.2"},"service":{"port":80,"proto":6},"flow_direction":"inbound",
        "state":"active","num_connections":5,"timestamp_range":{"first_detected":"2026-08-03T23:59:00Z","last_detected":"2026-08-04T00:03:00Z"}}"#;
    let read = |text: &str| Row::of(&serde_json::from_str(text).unwrap(), HashKey::of(7), at(0));
    let name = read(base).name;
    let out = read(&base.replace("inbound", "outbound"));
    assert!(out.name == name && out.outbound && out.ven != read(base).ven);
    assert_eq!(read(&base.replace("23:59", "13:59")).name, name);
    let closed = read(&base.replace("active", "closed")).name;
    assert!(closed != name && closed.talkers() == name.talkers());
    for (from, to) in [("10.0.0.1", "10.0.0.3"), ("80", "81"), (":6}", ":17}")] {
        let other = read(&base.replace(from, to)).name;
        assert_ne!(other.talkers(), name.talkers(), "{from} → {to}");
    }
    let other_key = Row::of(&serde_json::from_str(base).unwrap(), HashKey::of(8), at(0));
    assert_ne!(other_key.name, name);
}

#[test]
fn what_is_remembered_survives_the_file_in_some_twenty_bytes_a_series() {
    let mut monitor = Monitor::default();
    let rows: Vec<Row> = (0..5_000u64)
        .map(|n| {
            let name = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 24;
            let row = row(name & 0xff_ffff_ffff, n as i64 / 9, n as i64 / 4, (n * n) as u32);
            if n % 2 == 0 { row } else { outbound(row) }
        })
        .collect();
    monitor.fetch(1_300, &rows);
    let json = serde_json::to_string(&monitor.known).unwrap();
    assert!(json.len() < 5_000 * 25, "{} bytes a series", json.len() / 5_000);
    let read: Known = serde_json::from_str(&json).unwrap();
    assert_eq!(read.series.len(), 5_000);
    for damaged in [
        json.replacen("\"series\":\"", "\"series\":\"A", 1),
        json.replacen("\"vens\":\"", "\"vens\":\"/////", 1),
    ] {
        assert!(serde_json::from_str::<Known>(&damaged).is_err());
    }
}

#[test]
fn beyond_the_bound_the_longest_unseen_are_forgotten() {
    let mut monitor = Monitor::default();
    let rows: Vec<Row> = (1..=10).map(|name| row(name, 0, name as i64, 1)).collect();
    monitor.fetch(20, &rows);
    assert!(!monitor.known.keep_to(10));
    assert!(monitor.known.keep_to(3));
    let growths = monitor.fetch(30, &[row(10, 0, 10, 2), row(7, 0, 7, 2)]);
    assert!(growths[0].is_known() && !growths[1].is_known());
    monitor.known.forget_before(at(10));
    assert_eq!(monitor.known.len(), 1);
}

#[test]
fn any_number_of_rows_of_one_name_is_read_in_time() {
    let mut monitor = Monitor::default();
    let rows: Vec<Row> = (0..20_000).map(|n| row(1, n % 1_000, n % 1_000, 1)).collect();
    for now in [1_000, 1_010] {
        monitor.fetch(now, &rows);
    }
}

#[test]
fn a_name_is_found_wherever_hashes_lie_and_however_many_are_alike() {
    let spread = |nth: u64| nth.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let evenly: Vec<u64> = (0..20_000).map(spread).collect();
    let crowded: Vec<u64> = (0..20_000).map(|nth| (u64::MAX / 3) + nth % 5_000).collect();
    let at_both_ends: Vec<u64> = (0..20_000).map(|nth| spread(nth) >> (nth % 60)).collect();
    for names in [vec![], vec![7], evenly, crowded, at_both_ends] {
        let mut all: Vec<Series> = names.iter().map(|name| series(*name)).collect();
        all.sort_unstable_by_key(Series::place);
        let known = Known { series: all, ..Known::default() };
        let legacy = Legacy::default();
        let bounds =
            Bounds { from: at(0), complete: None, overlap: SignedDuration::ZERO, whole: true };
        let answer = known.answer(&legacy, &bounds);
        let asked = names.iter().step_by(37).flat_map(|name| [*name, name.wrapping_add(1)]);
        for name in asked.chain([0, u64::MAX]) {
            let found = answer.named(Name(name), false);
            let from = known.series.partition_point(|one| one.name < Name(name));
            let upto = known.series.partition_point(|one| one.name <= Name(name));
            assert_eq!(found, from..upto, "{name} among {}", names.len());
            let talkers = Name(name).talkers();
            let from = known.series.partition_point(|one| one.name.talkers() < talkers);
            let upto = known.series.partition_point(|one| one.name.talkers() <= talkers);
            let upto = upto.min(from + answer::NEAREST);
            assert_eq!(answer.talking(talkers), from..upto, "{name} among {}", names.len());
        }
    }
}

fn series(name: u64) -> Series {
    Series {
        name: Name(name),
        count: 1,
        first: 0,
        last: 0,
        ahead: 0,
        over: 0,
        outbound: false,
        whole: false,
        met: false,
        gone: false,
    }
}

#[test]
fn the_key_that_names_are_hashed_with_is_drawn_once() {
    let mut known = Known::default();
    known.draw_key(7);
    let drawn = known.key();
    assert_ne!(drawn, Known::default().key());
    known.draw_key(8);
    assert_eq!(known.key(), drawn);
    assert_eq!(Known::new(7).key(), drawn);
}

#[test]
fn what_is_forgotten_is_what_was_last_seen_before_and_no_more() {
    let mut monitor = Monitor::default();
    monitor.fetch(20, &[row(1, 5, 10, 3), row(2, 5, 12, 3)]);
    monitor.known.forget_before(at(10));
    assert_eq!(monitor.known.len(), 2);
    monitor.known.forget_before(at(12));
    assert_eq!(monitor.known.len(), 1);
    monitor.known.forget_before(at(13));
    assert_eq!(monitor.known.len(), 0);
}

#[test]
fn a_ven_is_forgotten_that_was_last_heard_of_before_and_no_other() {
    let mut known = Known::default();
    for (ven, now, astray) in [(1, 10, 5), (2, 12, 11)] {
        let heard =
            Heard { before: second(at(1)), now: second(at(now)), astray: second(at(astray)) };
        known.vens.insert(ven, heard);
    }
    let astray = |known: &Known, ven| known.vens.get(&ven).map(|heard| heard.astray);
    known.forget_before(at(10));
    assert_eq!((astray(&known, 1), astray(&known, 2)), (Some(0), Some(second(at(11)))));
    known.forget_before(at(11));
    assert_eq!((astray(&known, 1), astray(&known, 2)), (None, Some(second(at(11)))));
    known.forget_before(at(12));
    assert_eq!(astray(&known, 2), Some(0));
}

#[test]
fn of_more_vens_than_the_bound_none_is_remembered_and_no_series_is_lost_by_it() {
    let mut monitor = Monitor::default();
    monitor.fetch(20, &[row(1, 5, 10, 3)]);
    let known = &mut monitor.known;
    known.vens.extend((0..MAX_VENS as u64).map(|ven| (ven, Heard::default())));
    assert!(!known.keep_to(1));
    assert_eq!(known.vens.len(), MAX_VENS);
    known.vens.insert(u64::MAX, Heard::default());
    assert!(!known.keep_to(1));
    assert_eq!((known.vens.len(), known.len()), (0, 1));
}

#[test]
fn those_beyond_the_bound_take_three_times_their_place_while_an_answer_is_read() {
    let mut known = Known { series: vec![series(1); MAX_SERIES], ..Known::default() };
    assert_eq!(known.excess(), 0);
    known.series.extend([series(2); 2]);
    assert_eq!(known.excess(), 3 * 2 * size_of::<Series>());
}

#[test]
fn of_those_last_seen_at_once_only_as_many_stay_as_there_is_room_for() {
    let mut monitor = Monitor::default();
    let lasts = [6, 7, 6, 5, 6, 5];
    let rows: Vec<Row> =
        (1..).zip(lasts).map(|(name, last)| row(name, name as i64 - 60, last, 1)).collect();
    assert!(monitor.known.is_empty());
    monitor.fetch(20, &rows);
    assert!(!monitor.known.is_empty());
    for (bound, newest) in [(5, 1), (3, 1), (2, 1), (1, 1)] {
        assert!(monitor.known.keep_to(bound));
        assert_eq!(monitor.known.len(), bound);
        let lasts: Vec<u32> = monitor.known.series.iter().map(|one| one.last).collect();
        let of = |last| lasts.iter().filter(|one| **one == second(at(last))).count();
        assert_eq!((of(7), of(5)), (newest, bound.saturating_sub(4)));
    }
}

#[test]
fn what_was_counted_before_all_is_forgotten_once_no_row_can_be_of_it() {
    let mut known = Known::default();
    known.all_was_counted_before(at(50));
    known.forget_before(at(50));
    assert_eq!(known.counted_before, second(at(50)));
    known.forget_before(at(51));
    assert_eq!(known.counted_before, 0);
}

// What is told at once, and what waits for the answer's end.

/// One that rested since 200, and another of its name since.
fn two_of_one_name(rests: i64, other: (i64, i64)) -> Monitor {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 4, rests, 100), row(1, other.0, other.1, 50)]);
    monitor
}

#[test]
fn a_row_that_may_be_two_that_were_parted_waits_for_the_second() {
    let grown = row(1, 4, 710, 160);
    let mut monitor = two_of_one_name(200, (300, 700));
    assert_eq!(monitor.waits(&[grown]), [true]);
    let met_before = [row(1, 300, 705, 55), grown];
    assert_eq!(monitor.waits(&met_before), [false, false], "the second came");
    let ends_before_it_begins = row(1, 4, 250, 160);
    assert_eq!(monitor.waits(&[ends_before_it_begins]), [false]);
    assert_eq!(two_of_one_name(700, (300, 700)).waits(&[grown]), [false], "it is not the later");
    assert_eq!(two_of_one_name(705, (300, 700)).waits(&[grown]), [false]);
    assert_eq!(two_of_one_name(200, (300, 600)).waits(&[grown]), [false], "not asked for");
    assert_eq!(two_of_one_name(200, (300, 680)).waits(&[grown]), [true]);
}

#[test]
fn what_continues_the_later_of_two_does_so_at_once() {
    let mut monitor = two_of_one_name(100, (300, 700));
    assert_eq!(monitor.waits(&[row(1, 300, 710, 60)]), [false]);
}

#[test]
fn a_row_that_nothing_known_has_to_do_with_is_new_at_once() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 685, 700, 50)]);
    assert_eq!(monitor.waits(&[row(1, 705, 715, 5)]), [false], "it is of another time");
    let beside = [row(1, 685, 710, 60), row(1, 690, 710, 7)];
    assert_eq!(monitor.waits(&beside), [false, false], "what it overlaps came back");
    assert_eq!(monitor.waits(&beside[1..]), [true]);
}

#[test]
fn a_row_of_known_talkers_waits_where_it_may_be_theirs() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 690, 700, 50)]);
    let other = |first: i64, count: u32| renamed(row(1, first, 712, count));
    assert_eq!(monitor.waits(&[other(690, 60)]), [true]);
    assert_eq!(monitor.waits(&[other(690, 50)]), [true]);
    assert_eq!(monitor.waits(&[other(690, 49)]), [false], "it had more");
    assert_eq!(monitor.waits(&[other(695, 60)]), [false], "it began elsewhere");
    assert_eq!(monitor.waits(&[outbound(other(690, 60))]), [false], "of the other end");
    let both = [row(1, 690, 712, 51), other(690, 60)];
    assert_eq!(monitor.waits(&both), [false, false], "it came back under its own name");
    // What began before the last fetch's overlap had to be seen.
    assert_eq!(monitor.waits(&[other(680, 60)]), [false]);
    assert_eq!(monitor.waits(&[other(679, 60)]), [true]);
    assert_eq!(monitor.waits(&[outbound(other(679, 60))]), [false]);
}

#[test]
fn two_that_became_one_row_add_what_it_has_more_than_both_and_may_come_back() {
    let mut monitor = two_of_one_name(200, (300, 700));
    let both = row(1, 4, 710, 160);
    assert_eq!(monitor.counts(720, &[both]), [10]);
    assert_eq!(monitor.counts(730, &[both, row(1, 300, 710, 60)]), [0, 0]);
}

#[test]
fn a_row_is_two_only_where_the_second_was_told_later_and_asked_for() {
    let mut grown = row(1, 4, 710, 160);
    grown.first -= 2;
    for (rests, other, more) in [
        (200, (300, 700), 10),
        (200, (300, 680), 10),
        (200, (300, 679), 60),
        (700, (300, 690), 60),
        (700, (300, 700), 60),
    ] {
        let mut monitor = two_of_one_name(rests, other);
        assert_eq!(monitor.counts(720, &[grown]), [more], "{rests} {other:?}");
    }
}

#[test]
fn of_two_that_it_may_be_a_row_is_one() {
    let mut monitor = Monitor::default();
    let mut other = row(1, 4, 439, 86);
    other.first += 9;
    monitor.fetch(710, &[row(1, 4, 700, 478), other]);
    let mut grown = row(1, 4, 710, 480);
    grown.first += 2;
    assert_eq!(monitor.counts(720, &[grown]), [2]);
}

#[test]
fn where_only_rows_come_that_grew_one_that_did_not_is_not_taken_for_renamed() {
    let other = renamed(row(1, 0, 735, 60));
    let grown = |brings_what_grew: bool| {
        let mut monitor = Monitor::default();
        monitor.counts(730, &[row(1, 0, 720, 50)]);
        let bounds = monitor.bounds(true);
        let mut answer = monitor.known.answer(&monitor.legacy, &bounds);
        if brings_what_grew {
            answer.brings_what_grew();
        }
        assert!(answer.take(&other).is_none());
        answer.settle(&[other], true)[0].count
    };
    assert_eq!((grown(false), grown(true)), (10, 60));
}

#[test]
fn a_series_that_may_still_come_is_not_taken_for_renamed() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 690, 700, 50), row(2, 690, 700, 50)]);
    let named = [1, 2].map(|name| renamed(row(name, 690, 712, 60)));
    let bounds = monitor.bounds(true);
    let mut answer = monitor.known.answer(&monitor.legacy, &bounds);
    let mut settled = |row: Row, at_its_end: bool| {
        assert_eq!(answer.take(&row), None);
        answer.settle(&[row], at_its_end)[0].count
    };
    assert_eq!(settled(named[0], false), 60, "in the middle it is new");
    assert_eq!(settled(named[1], true), 10, "at the end it is the one that is missing");
    assert_eq!(answer.take(&row(1, 690, 712, 55)).map(|growth| growth.count), Some(5));

    assert_eq!(monitor.part(false, &named[..1])[0].count, 60, "nor in a part of the rows");
}

#[test]
fn a_renamed_row_is_of_the_same_end_and_never_less() {
    let mut monitor = Monitor::default();
    let named = |row: Row, as_what: u64| Row { name: Name(row.name.0 ^ as_what), ..row };
    let inbound = row(1, 690, 700, 50);
    monitor.fetch(710, &[inbound, outbound(named(row(1, 690, 700, 20), 0x33))]);
    assert_eq!(monitor.counts(720, &[outbound(renamed(row(1, 690, 712, 60)))]), [40]);

    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 5, 700, 50)]);
    assert_eq!(monitor.counts(720, &[renamed(row(1, 5, 712, 40))]), [40]);
}

#[test]
fn exactly_half_is_a_count_that_was_taken_back() {
    for (count, grown) in [(355, 0), (354, 354)] {
        let mut monitor = Monitor::default();
        monitor.fetch(710, &[row(1, 5, 705, 710)]);
        assert_eq!(monitor.counts(720, &[row(1, 5, 715, count)]), [grown]);
    }
}

// Rows that are cut anew by each query.

#[test]
fn what_a_part_grew_by_is_told_of_the_whole_too() {
    let mut monitor = Monitor::default();
    monitor.fetch(1_460, &[row(1, 5, 1_455, 1_014)]);
    assert_eq!(monitor.counts(1_480, &[row(1, 1_445, 1_475, 28)]), [14]);
    assert_eq!(monitor.counts(1_490, &[row(1, 1_445, 1_485, 1_035)]), [1_007], "a burst");
    let whole = monitor.known.series.iter().find(|one| one.whole).unwrap();
    assert_eq!((whole.count, whole.last), (2_035, second(at(1_485))));
    monitor.reach = Some(26 * 60);
    assert_eq!(monitor.counts(1_500, &[row(1, 5, 1_495, 2_042)]), [7]);
    let part = monitor.known.series.iter().find(|one| !one.whole).unwrap();
    assert_eq!((part.count, part.last), (1_042, second(at(1_495))), "and the other way round");
}

#[test]
fn what_a_row_grew_by_is_not_told_of_others_of_its_name() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 4, 700, 100), row(1, 300, 700, 50)]);
    assert_eq!(monitor.counts(720, &[row(1, 4, 710, 160)]), [60]);
    let other = monitor.known.series.iter().find(|one| one.first == second(at(300))).unwrap();
    assert_eq!((other.count, other.last), (50, second(at(700))));
}

/// A series as it is remembered of [`row`] 1.
fn seen(first: i64, last: i64, count: u32) -> Series {
    let (first, last) = (second(at(first)), second(at(last)));
    Series { first, last, count, ..series(row(1, 0, 0, 0).name.0) }
}

#[test]
fn a_whole_holds_the_connections_of_the_parts_within_its_time_and_no_others() {
    let whole = |first, last, count| Series { whole: true, ..seen(first, last, count) };
    for (known, more) in [
        ([whole(5, 700, 100), seen(650, 700, 30)], 30),
        ([whole(5, 600, 100), seen(610, 700, 20)], 10),
        ([whole(5, 610, 100), seen(610, 700, 20)], 30),
    ] {
        let mut monitor = Monitor { complete: Some(710), ..Monitor::default() };
        monitor.known.series = known.to_vec();
        assert_eq!(monitor.counts(720, &[row(1, -60, 715, 130)]), [more], "{known:?}");
    }
}

#[test]
fn a_series_that_was_not_asked_for_may_come_back_as_it_is() {
    let mut monitor = Monitor { complete: Some(710), ..Monitor::default() };
    let rests = seen(600, 679, 50);
    monitor.known.series = vec![rests];
    assert_eq!(monitor.counts(720, &[row(1, 560, 715, 60)]), [10]);
    assert!(monitor.known.series.contains(&rests));
}

#[test]
fn what_a_part_grew_by_is_not_told_of_a_whole_that_ended_before_it() {
    let mut monitor = Monitor { complete: Some(1_480), ..Monitor::default() };
    let whole = Series { whole: true, ..seen(5, 1_470, 1_028) };
    monitor.known.series = vec![whole, seen(1_445, 1_475, 28)];
    assert_eq!(monitor.counts(1_490, &[row(1, 1_445, 1_485, 35)]), [7]);
    assert!(monitor.known.series.contains(&whole));
}

#[test]
fn of_several_that_one_row_replaces_the_earliest_stays_as_the_whole() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 640, 682, 60), row(1, 685, 700, 60)]);
    assert_eq!(monitor.counts(720, &[row(1, 600, 715, 130)]), [10]);
    let wholes: Vec<u32> =
        monitor.known.series.iter().filter(|one| one.whole).map(|one| one.first).collect();
    assert_eq!((monitor.known.len(), wholes), (2, vec![second(at(640))]));
}

#[test]
fn series_of_one_time_may_hold_the_same_connections_so_that_their_share_is_told() {
    for (apart, told) in [(691, 20), (690, 17)] {
        let mut monitor = Monitor::default();
        monitor.fetch(710, &[row(1, 640, 690, 60), row(1, apart, 700, 60)]);
        assert_eq!(monitor.counts(720, &[row(1, 600, 715, 140)])[0], told, "{apart}");
    }
}

#[test]
fn a_share_is_rounded_to_the_nearest() {
    let mut monitor = Monitor::default();
    monitor.fetch(30, &[row(1, 5, 25, 200)]);
    assert_eq!(monitor.counts(40, &[row(1, 15, 35, 200)]), [67]);
}

#[test]
fn what_a_row_has_more_that_reaches_back_may_have_happened_in_all_its_time() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 600, 700, 10)]);
    let growth = monitor.fetch(720, &[row(1, 550, 715, 40)])[0];
    let when = growth.when;
    assert_eq!((when.first, when.last, when.since), (minute(706), minute(715), Some(minute(540))));
    assert_eq!((growth.count, growth.of), (30, Of::New { within: true, again: false }));
}

// Storms.

#[test]
fn a_storm_from_bookkeeping_is_more_than_a_thousand_and_more_than_half() {
    for (suspect, other, told) in
        [(1_000, 0, 1_000), (1_001, 0, 1), (2_000, 2_000, 2_000), (2_001, 2_000, 1)]
    {
        let mut monitor = Monitor::default();
        monitor.fetch(710, &[row(1, 690, 700, 50)]);
        let rows = [row(9, 700, 712, other.max(1)), renamed(row(1, 500, 712, suspect))];
        let rows = if other > 0 { &rows[..] } else { &rows[1..] };
        let counts = monitor.counts(720, rows);
        assert_eq!(counts[counts.len() - 1], told, "{suspect} beside {other}");
        assert_eq!(monitor.regrouped, told == 1);
    }
}

#[test]
fn what_began_after_the_last_fetch_is_no_bookkeeping_however_much_it_is() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 697, 700, 5)]);
    assert_eq!(monitor.counts(720, &[row(1, 694, 712, 2_005)]), [2_000]);
    assert!(!monitor.regrouped);

    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 681, 700, 5)]);
    assert_eq!(monitor.part(false, &[renamed(row(1, 680, 712, 2_000))])[0].count, 2_000);
    assert!(!monitor.regrouped);
}

#[test]
fn what_was_settled_before_the_end_is_part_of_all_that_the_answer_adds() {
    let mut monitor = Monitor::default();
    monitor.fetch(710, &[row(1, 697, 700, 5), row(2, 690, 700, 50)]);
    let bounds = monitor.bounds(true);
    let mut answer = monitor.known.answer(&monitor.legacy, &bounds);
    let (grown, suspect) = (row(1, 694, 712, 2_005), renamed(row(2, 500, 712, 1_500)));
    assert!(answer.take(&grown).is_none() && answer.take(&suspect).is_none());
    assert_eq!(answer.settle(&[grown], false)[0].count, 2_000);
    assert_eq!(answer.settle(&[suspect], true)[0].count, 1_500);
    assert!(!answer.regrouped);
}

// When, and of which end.

#[test]
fn a_row_without_growth_says_nothing_of_its_vens_summaries() {
    let mut monitor = Monitor::default();
    monitor.when(700, row(1, 700, 700, 70));
    monitor.when(710, row(1, 700, 700, 70));
    assert_eq!(monitor.when(720, row(1, 700, 720, 140)), (701, 720, None));
}

#[test]
fn a_ven_heard_of_at_the_rows_own_time_says_nothing_of_when_it_grew() {
    let mut monitor = Monitor::default();
    monitor.fetch(705, &[row(2, 500, 700, 1), row(1, 500, 690, 70)]);
    assert_eq!(monitor.when(710, row(1, 500, 700, 80)), (691, 700, None));
}

#[test]
fn the_stamps_of_half_a_summary_are_those_of_connections() {
    let of_new = |last: u32| {
        let when = When::of_new(60_000, 60_000 + last);
        (when.first - 1_000, when.last - 1_000, when.since)
    };
    assert_eq!(of_new(300), (-4, 5, None));
    assert_eq!(of_new(301), (-9, 5, None));
    assert_eq!(of_new(600), (-9, 10, None));
}

#[test]
fn growth_is_spread_over_two_summaries_and_a_half_and_no_more() {
    let when = When::between(60_000, 61_500);
    assert_eq!((when.first, when.last, when.since), (1_001, 1_025, None));
    assert_eq!(When::between(60_000, 61_501).since, Some(1_000));
}

#[test]
fn a_late_summary_is_held_against_what_the_other_end_told_of_its_time() {
    let mut monitor = Monitor::default();
    let rows = [outbound(row(1, 5, 40, 30)), row(1, 5, 100, 10)];
    assert_eq!(monitor.counts(110, &rows), [30, 0]);
    assert_eq!(monitor.counts(120, &[row(1, 5, 100, 20)]), [0], "the other end told them");
    assert_eq!(monitor.counts(140, &[row(1, 5, 130, 30)]), [10], "which it can't have later");
}

#[test]
fn of_a_new_row_it_is_known_whether_the_other_end_told_some_of_it() {
    let mut monitor = Monitor::default();
    let both = [outbound(row(1, 5, 40, 30)), row(1, 5, 40, 33)];
    let growths = monitor.fetch(50, &both);
    let again = |growth: &Growth| matches!(growth.of, Of::New { again: true, .. });
    assert_eq!((growths[0].count, again(&growths[0])), (30, false));
    assert_eq!((growths[1].count, again(&growths[1])), (3, true));
}

#[test]
fn two_new_rows_of_one_name_and_end_are_no_two_ends() {
    let mut monitor = Monitor::default();
    let name = Name(1 << 63 | 7);
    let rows = [row(1, 10, 30, 34), row(1, 15, 35, 34)].map(|row| Row { name, ..row });
    assert_eq!(monitor.counts(40, &rows), [34, 34]);
}

// What is kept, to the last bit.

#[test]
fn what_was_counted_before_by_an_earlier_version_is_only_learnt() {
    let mut monitor = Monitor { known: Known::new(7), ..Monitor::default() };
    let key = monitor.known.key();
    monitor.known.all_was_counted_before(at(600));
    let mut just_before = row(1, 600, 700, 50);
    just_before.first -= 1;
    assert_eq!(monitor.counts(710, &[just_before, row(2, 600, 700, 50)]), [0, 50]);
    assert_eq!(monitor.counts(720, &[row(3, 500, 700, 50)]), [0], "and so by the next run");
    assert_eq!(monitor.known.key(), key);
}

#[test]
fn all_that_is_known_comes_back_from_the_file_as_it_went() {
    let mut known = Known::new(0x0123_4567_89ab_cdef);
    let more = |name: u64, count, ahead, over| Series {
        first: 1_000,
        last: 2_000 + count,
        count,
        ahead,
        over,
        ..series(name)
    };
    known.series = vec![
        more(0x1234_5678_9abc_def0, 7, 3, 0),
        Series { outbound: true, whole: true, ..more(0x1234_5678_9abc_def0, 7, 9, 5) },
        Series { whole: true, ..more(0x1234_5678_9aff_ffff, 8, 8, 0) },
        more(0xffff_ffff_ff80_4020, u32::MAX - 2_000, 0, u32::MAX),
    ];
    known.vens.insert(u64::MAX, Heard { before: 5, now: 9, astray: 3 });
    known.vens.insert(0, Heard { before: 0, now: 4, astray: 0 });
    let through = |known: &Known| {
        let text = serde_json::to_string(known).unwrap();
        (serde_json::from_str::<Known>(&text).unwrap(), text)
    };
    let (read, text) = through(&known);
    assert_eq!(read, known);
    assert!(!text.contains("counted_before"), "{text}");
    known.all_was_counted_before(at(50));
    assert_eq!(through(&known).0, known);
}

#[test]
fn every_bit_of_the_random_number_is_in_both_halves_of_the_key() {
    let halves = |random: u64| -> [String; 2] {
        serde_json::from_value(serde_json::to_value(HashKey::of(random)).unwrap()).unwrap()
    };
    let base = halves(0);
    for bit in 0..64 {
        let other = halves(1 << bit);
        assert!(base[0] != other[0] && base[1] != other[1], "{bit}");
    }
}

#[test]
fn a_name_is_forty_bits_of_the_talkers_and_the_rest_of_all_else() {
    let base =
        r#"{"src":{"ip":"10.0.0.1"},"dst":{"ip":"10.0.0.2"},"service":{"port":80,"proto":6}}"#;
    let name_of =
        |text: &str| Row::of(&serde_json::from_str(text).unwrap(), HashKey::of(7), at(0)).name;
    let name = name_of(base);
    for (from, to) in [
        (r#""10.0.0.1""#, r#""10.0.0.1","workload":{"href":"/w/1"}"#),
        (r#""10.0.0.2""#, r#""10.0.0.2","workload":{"href":"/w/1"}"#),
        (r#""10.0.0.1""#, r#""10.0.0.1","fqdn":"a.example.com""#),
        (r#""10.0.0.2""#, r#""10.0.0.2","fqdn":"a.example.com""#),
        (":6}", r#":6,"process_name":"x"}"#),
        (":6}", r#":6,"windows_service_name":"x"}"#),
        (":6}", r#":6,"user_name":"x"}"#),
        (":6}", r#":6},"network":{"href":"/n/1"}"#),
        (":6}", r#":6},"network":{"name":"Corporate"}"#),
        (":6}", r#":6},"policy_decision":"blocked""#),
        (":6}", r#":6},"boundary_decision":"blocked""#),
        (":6}", r#":6},"state":"active""#),
        (":6}", r#":6},"icmp_type":8"#),
        (":6}", r#":6},"icmp_code":8"#),
    ] {
        let other = name_of(&base.replace(from, to));
        assert!(other != name && other.talkers() == name.talkers(), "{to}");
    }
    let (mut any, mut all) = (0, u64::MAX);
    for port in 1_000..1_100 {
        let talkers = name_of(&base.replace("80", &port.to_string())).talkers();
        (any, all) = (any | talkers, all & talkers);
    }
    assert_eq!((any, all), ((1 << 40) - 1, 0), "each bit is used");
}

#[test]
fn a_row_from_the_future_begins_now() {
    let mut row = row(1, 700, 730, 5);
    row.early = 10 * 60;
    assert_eq!((row.begins(), row.ends()), (at(700), at(720)));
    row.first = second(at(725));
    assert_eq!((row.begins(), row.ends()), (at(720), at(720)));
}

#[test]
fn of_many_of_one_name_a_row_is_held_against_those_around_it() {
    let mut all: Vec<Series> =
        (0..205).map(|nth| Series { first: nth * 10, ..series(7) }).collect();
    all[..5].iter_mut().for_each(|one| one.name = Name(3));
    let known = Known { series: all, ..Known::default() };
    let legacy = Legacy::default();
    let bounds = Monitor::default().bounds(true);
    let answer = known.answer(&legacy, &bounds);
    let named = answer.named(Name(7), false);
    assert_eq!(named, 5..205);
    for (first, near) in [(1_050, 73..137), (1_051, 74..138), (0, 5..69), (9_999, 173..205)] {
        assert_eq!(answer.near(&named, first), near, "{first}");
    }
    assert_eq!(answer.near(&(5..69), 9_999), 5..69, "all of so few");
}
