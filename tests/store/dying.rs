//! Runs that did not come to their end, as the run lock's file tells of them.

use std::process::{Command, Stdio};
use std::time::Duration;

use illumio_monitor::store::{RunLock, begin_run, died_runs, lock_run};
use jiff::Timestamp;

use crate::helpers::*;

/// As a run that began then and was killed leaves the file.
fn killed(place: &Place, began: &str) {
    let mut process = Command::new("/bin/true").stdout(Stdio::null()).spawn().unwrap();
    process.wait().unwrap();
    write(place, &format!("{} 2026-11-22T{began}:00.000Z run\n", process.id()));
}

/// A run that begins. A child that another test starts at this moment holds the lock of the
/// one before until it becomes another program.
fn begun(place: &Place, now: Timestamp) -> RunLock {
    let begins = || begin_run(&place.file, now);
    let again = (0..100).find_map(|_| {
        begins().ok().or_else(|| {
            std::thread::sleep(Duration::from_millis(10));
            None
        })
    });
    again.unwrap_or_else(|| begins().unwrap())
}

fn write(place: &Place, text: &str) {
    std::fs::write(place.beside(".run.lock"), text).unwrap();
}

fn text(place: &Place) -> String {
    std::fs::read_to_string(place.beside(".run.lock")).unwrap()
}

fn all_at(clocks: &[&str]) -> Vec<Timestamp> {
    clocks.iter().map(|clock| at(clock)).collect()
}

#[test]
fn where_no_run_ever_began_none_died() {
    let place = Place::with(&minimal(""));
    assert_eq!(died_runs(&place.file), []);
    assert_eq!(begun(&place, at("10:00")).died(), []);
}

#[test]
fn one_that_was_killed_is_known_until_a_run_that_told_it_ends() {
    let place = Place::with(&minimal(""));
    killed(&place, "10:00");
    assert_eq!(died_runs(&place.file), all_at(&["10:00"]));

    let untold = begun(&place, at("10:10"));
    assert_eq!(untold.died(), all_at(&["10:00"]));
    untold.end(false);
    assert_eq!(died_runs(&place.file), all_at(&["10:00"]), "nobody was told");

    begun(&place, at("10:20")).end(true);
    assert_eq!(died_runs(&place.file), []);
    let pid = std::process::id();
    assert_eq!(text(&place), format!("{pid} 2026-11-22T10:20:00.000Z\n"), "and no more is left");
    assert_eq!(begun(&place, at("10:30")).died(), []);
}

#[test]
fn one_that_is_at_work_has_not_died() {
    let place = Place::with(&minimal(""));
    killed(&place, "10:00");
    let _at_work = begun(&place, at("10:10"));
    assert_eq!(died_runs(&place.file), all_at(&["10:00"]), "but the one before it");
}

#[test]
fn what_takes_the_lock_and_is_no_run_neither_dies_nor_wipes_the_mark_away() {
    let place = Place::with(&minimal(""));
    killed(&place, "10:00");
    drop(lock_run(&place.file, at("10:10")).unwrap());
    drop(lock_run(&place.file, at("10:20")).unwrap());
    assert_eq!(died_runs(&place.file), all_at(&["10:00"]));
}

#[test]
fn of_runs_that_died_in_a_row_the_newest_ten_are_remembered() {
    let place = Place::with(&minimal(""));
    for minute in 10..22 {
        drop(begun(&place, at(&format!("10:{minute}"))));
    }
    let next = begun(&place, at("10:30"));
    let newest: Vec<Timestamp> = (12..22).map(|minute| at(&format!("10:{minute}"))).collect();
    assert_eq!(next.died(), newest);
}

#[test]
fn a_line_that_is_none_of_ours_is_passed_over() {
    let place = Place::with(&minimal(""));
    killed(&place, "10:00");
    let first = text(&place);
    write(&place, &format!("hello\ndied yesterday\ndied 2026-11-22T09:00:00Z\n{first}"));
    assert_eq!(died_runs(&place.file), all_at(&["09:00"]), "a holder is the first line");
    write(&place, &first.replace(" run", " walk"));
    assert_eq!(died_runs(&place.file), []);
}
