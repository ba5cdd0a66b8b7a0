//! A time in which nobody ran the monitor: cron was off, the host was down.

use serde_json::json;

use crate::pce::*;
use crate::world::{Run, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

fn words(run: &Run) -> String {
    let text = run.mail().text();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_gap_between_runs_is_told_by_the_first_good_run() {
    let mut world = watched();
    let quiet = world.run_every(10, "10:00", "11:00");
    assert!(quiet.iter().all(|run| run.mails.is_empty()));
    // The first one after it sees nothing yet, and tells what keeps it.
    world.pce.fault(Fault::status(503).retry_after(0));
    let first = world.run_at("16:00");
    assert_eq!(first.code, 75);
    assert!(!words(&first).contains("No run between"));
    world.pce.heal();

    let good = world.run_at("16:10");

    assert_eq!(good.code, 0, "{good:?}");
    assert!(
        words(&good).contains("No run between 2026-08-03 11:00:00 +00:00 and 2026-08-03 16:00:0"),
        "{}",
        words(&good)
    );
    assert_eq!(world.run_at("16:20").mails.len(), 0);
}

#[test]
fn a_run_that_is_late_by_less_than_an_hour_is_no_gap() {
    let mut world = watched();
    world.run_every(10, "10:00", "11:00");
    assert_eq!(world.run_at("12:00").mails.len(), 0);
    assert_eq!(world.run_at("12:10").mails.len(), 0);
    let late = world.run_at("13:11");
    assert!(late.mail().subject().contains("No run for 1 h 1 min"), "{}", late.mail().subject());
}

#[test]
fn where_a_run_comes_every_two_hours_five_are_no_gap_and_seven_are() {
    let mut world = watched();
    let runs = world.run_every(120, "00:00", "12:00");
    assert!(runs.iter().all(|run| run.mails.is_empty()));
    // Somebody tries it out by hand.
    world.run_every(1, "12:01", "12:02");
    assert_eq!(world.run_at("17:00").mails.len(), 0);
    assert_eq!(world.run_at("+1d 00:00").mails.len(), 1);
}

#[test]
fn a_state_of_before_gaps_were_watched_is_read_and_tells_nothing() {
    let mut world = watched();
    world.run_at("10:00");
    world.edit(|file| {
        let state = file["state"].as_object_mut().unwrap();
        assert!(state.remove("rhythm").is_some() && state.remove("day").is_some());
    });
    let next = world.run_at("15:00");
    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
    assert!(!next.stderr.contains("state"), "{next:?}");
}

#[test]
fn of_the_gaps_that_no_good_run_could_tell_the_last_five_are_told() {
    let mut world = watched();
    world.pce.fault(Fault::status(503).retry_after(0));
    world.run_every(10, "-2d 00:00", "-2d 02:40");
    // Seven of four hours, each before some that are as usual.
    for begin in
        ["-2d 07:00", "-2d 12:00", "-2d 17:00", "-2d 22:00", "-1d 03:00", "-1d 08:00", "-1d 13:00"]
    {
        let begin = begin.instant();
        world.run_every(10, begin, begin + jiff::SignedDuration::from_mins(30));
    }
    world.pce.heal();

    let good = world.run_at("-1d 13:40");

    let text = words(&good);
    assert_eq!(text.matches("No run between").count(), 5, "{text}");
    assert!(text.contains("No run between 2026-08-02 08:30:0"), "{text}");
    assert!(!text.contains("No run between 2026-08-01 07:30:0"), "{text}");
}
