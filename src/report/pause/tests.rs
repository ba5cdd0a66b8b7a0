#![allow(clippy::unwrap_used)]

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn pause(rules: Paused, when: When) -> Pause {
    Pause {
        id: 1,
        rules,
        only: None,
        conditions: vec![Condition::Unreachable],
        when,
        why: "CHG-123".to_owned(),
        by: String::new(),
    }
}

fn sundays(from: &str, until: &str) -> When {
    When::Weekly {
        days: vec![Weekday::Sunday],
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        begins: None,
        ends: None,
    }
}

/// How many minutes between two times a pause holds.
fn held(pause: &Pause, from: &str, until: &str) -> usize {
    let minutes = minute_of(at(from))..minute_of(at(until));
    minutes.filter(|minute| pause.holds(*minute, &berlin())).count()
}

#[test]
fn one_with_an_end_holds_from_its_first_minute_up_to_its_last() {
    let when =
        When::Once { from: Some(at("2026-11-30T02:00:30Z")), until: at("2026-11-30T06:00:00Z") };
    let pause = pause(Paused::These(vec![7]), when);
    let holds = |text| pause.holds(minute_of(at(text)), &TimeZone::UTC);
    assert!(!holds("2026-11-30T01:59:59Z"));
    assert!(holds("2026-11-30T02:00:00Z") && holds("2026-11-30T05:59:59Z"));
    assert!(!holds("2026-11-30T06:00:00Z"));
    assert!(pause.is_for(7) && !pause.is_for(8));
}

#[test]
fn a_weekly_one_goes_by_the_clock_on_the_wall_in_each_season() {
    let night = pause(Paused::All, sundays("02:00", "04:00"));
    // In winter 02:00 is 01:00 UTC, in summer 00:00.
    assert_eq!(held(&night, "2026-01-18T01:00:00Z", "2026-01-18T03:00:00Z"), 120);
    assert_eq!(held(&night, "2026-07-05T00:00:00Z", "2026-07-05T02:00:00Z"), 120);
    assert_eq!(held(&night, "2026-01-12T00:00:00Z", "2026-01-19T00:00:00Z"), 120);
}

#[test]
fn an_hour_that_is_left_out_is_not_held_and_one_that_comes_twice_is_held_twice() {
    let night = pause(Paused::All, sundays("02:00", "04:00"));
    assert_eq!(held(&night, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 60);
    assert_eq!(held(&night, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 180);
}

#[test]
fn one_that_ends_on_the_next_day_belongs_to_the_day_on_which_it_begins() {
    let night = pause(Paused::All, sundays("22:00", "06:00"));
    let holds = |text| night.holds(minute_of(at(text)), &TimeZone::UTC);
    assert!(holds("2026-11-29T22:00:00Z") && holds("2026-11-30T05:59:00Z"));
    assert!(!holds("2026-11-29T05:00:00Z"), "that is Saturday's night");
    assert!(!holds("2026-11-30T22:00:00Z"));
}

#[test]
fn until_when_it_holds_is_known_while_it_does() {
    let night = pause(Paused::All, sundays("22:00", "06:00"));
    let now = at("2026-11-29T23:10:00Z");
    assert_eq!(night.holds_until(now, &TimeZone::UTC), Some(at("2026-11-30T06:00:00Z")));
    assert_eq!(night.holds_until(at("2026-11-30T06:00:00Z"), &TimeZone::UTC), None);
}

#[test]
fn of_several_the_first_that_is_for_the_rule_and_holds_the_minute_is_named() {
    let zone = TimeZone::UTC;
    let once = |from: &str, until: &str| When::Once { from: Some(at(from)), until: at(until) };
    let mut all = vec![
        pause(Paused::These(vec![9]), once("2026-11-30T02:00:00Z", "2026-11-30T06:00:00Z")),
        pause(Paused::All, once("2026-11-30T04:00:00Z", "2026-11-30T08:00:00Z")),
    ];
    all[1].id = 2;
    let pauses = Pauses::of(&all, &zone);
    let both = OfRule { all: 3, some: 0 };
    let which = |text| pauses.which(Matching(both.all), minute_of(at(text)));
    assert_eq!(which("2026-11-30T01:00:00Z"), None);
    assert_eq!(which("2026-11-30T05:00:00Z"), Some(1));
    assert_eq!(which("2026-11-30T07:00:00Z"), Some(2));
    assert!(pauses.hold_all(both, minute_of(at("2026-11-30T07:00:00Z"))));
    assert!(!pauses.hold_all(OfRule { all: 1, some: 0 }, minute_of(at("2026-11-30T07:00:00Z"))));
}

#[test]
fn a_hundred_pauses_have_a_bit_each() {
    let zone = TimeZone::UTC;
    let when =
        When::Once { from: Some(at("2026-11-30T02:00:00Z")), until: at("2026-11-30T06:00:00Z") };
    let all: Vec<Pause> =
        (0..MOST).map(|nth| pause(Paused::These(vec![nth as i64]), when.clone())).collect();
    let pauses = Pauses::of(&all, &zone);
    let last = OfRule { all: 1 << (MOST - 1), some: 0 };
    assert!(pauses.hold_all(last, minute_of(at("2026-11-30T03:00:00Z"))));
}
