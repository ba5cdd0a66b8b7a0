//! Rules with `threshold_type` `below`: what should come and does not.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

/// Provisioning is to come once in an hour at least; the rule has been on since 10:00.
fn provisioning(rule: Value) -> World {
    let mut world = World::new();
    let mut whole = json!({
        "type": "event", "name": "Provisioning", "filter_value": "sec_policy.create",
        "threshold_type": "below", "threshold_count": 1, "threshold_window": 60
    });
    whole.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
    world.rule(whole);
    quiet(&world.run_at("10:00"));
    world
}

fn provisioned(time: impl When) -> EventRecord {
    policy_provisioned("ann", 3).at(time)
}

/// The backup server calls its clients five times in an hour at least.
fn backup() -> World {
    let mut world = World::new();
    world.rule(json!({
        "type": "traffic", "name": "Backup", "pd": 0, "port": 10050,
        "threshold_type": "below", "threshold_count": 5, "threshold_window": 60
    }));
    quiet(&world.run_at("10:00"));
    world
}

fn words(run: &Run) -> String {
    let text = run.mail().text();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quiet(run: &Run) {
    assert_eq!((run.code, run.mails.len()), (0, 0), "{run:?}");
}

fn told(run: &Run, subject: &str, parts: &[&str]) {
    assert_eq!(run.code, 0, "{run:?}");
    let found = run.mail().subject();
    assert!(found.contains(subject), "{subject}: {found}");
    let text = words(run);
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn minutes(of: &str, more: i64) -> Timestamp {
    at(of) + SignedDuration::from_mins(more)
}

#[test]
fn what_does_not_come_is_told_once_the_window_is_read_and_when_it_comes_again() {
    let mut world = provisioning(json!({"level": "critical", "cooldown_minutes": 60}));
    world.pce.event(provisioned("10:20"));
    // 11:20 is ten minutes ago: what is later than that may be on its way.
    for time in ["10:30", "11:00", "11:20", "11:29"] {
        quiet(&world.run_at(time));
    }
    let begins = world.run_at("11:30");
    told(
        &begins,
        "CRITICAL: Provisioning: 0 of 1",
        &[
            "0 matches in the 60 min up to 2026-08-03 11:20:00 +00:00; the rule wants 1 at least.",
            "Last one: 2026-08-03 10:20",
            "sec_policy.create",
        ],
    );
    quiet(&world.run_at("11:40"));
    quiet(&world.run_at("12:20"));
    told(&world.run_at("12:30"), "Provisioning: still too few", &["First told in"]);
    world.pce.events([provisioned("12:35"), provisioned("12:36")]);
    let ends = world.run_at("12:40");
    told(
        &ends,
        "Provisioning: enough again (1 h 10 min)",
        &["2 matches in 60 min; the rule wants 1"],
    );
    assert_eq!(ends.mail().header("In-Reply-To"), begins.mail().header("Message-ID"));
    quiet(&world.run_at("12:50"));
}

#[test]
fn a_rule_that_nothing_ever_matched_says_since_when_it_looks() {
    let mut world = provisioning(json!({}));
    // The first run read the window before, too.
    quiet(&world.run_at("10:09"));
    told(&world.run_at("10:10"), "0 of 1", &["none since 2026-08-03 09:00"]);
}

#[test]
fn a_new_rule_on_traffic_looks_for_its_whole_window_first() {
    let mut world = backup();
    for time in ["10:30", "11:00", "11:29"] {
        quiet(&world.run_at(time));
    }
    told(&world.run_at("11:30"), "Backup: 0 of 5", &["0 connections in the 60 min up to"]);
}

#[test]
fn traffic_that_is_reported_late_is_waited_for() {
    let mut world = backup();
    let call =
        |time: &str, recorded: &str| allowed("backup", "db-01", 10050).at(time).recorded(recorded);
    for nth in 0..12 {
        let time = minutes("10:05", 10 * nth);
        // Each is known up to 25 minutes later.
        world.pce.connection(
            allowed("backup", "db-01", 10050)
                .lane(nth as u64)
                .at(time)
                .recorded(time + SignedDuration::from_mins(25)),
        );
    }
    for run in world.run_every(10, "10:10", "12:20") {
        quiet(&run);
    }
    // The last one is of 11:55: the window up to 12:16 has four.
    quiet(&world.run_at("12:40"));
    told(
        &world.run_at("12:46"),
        "Backup: 4 of 5",
        &["4 connections in the 60 min up to 2026-08-03 12:16"],
    );
    // What is later still than that comes too late for the mail and ends it.
    world.pce.connection(call("12:18", "12:50").lane(99));
    told(&world.run_at("12:50"), "Backup: enough again", &["5 connections in 60 min"]);
}

#[test]
fn different_flows_are_counted_as_such() {
    let mut world = World::new();
    world.rule(json!({
        "type": "traffic", "name": "Clients", "pd": 0, "port": 10050, "count_by": "flows",
        "threshold_type": "below", "threshold_count": 3, "threshold_window": 60
    }));
    quiet(&world.run_at("10:00"));
    for nth in 0..9 {
        let client = ["db-01", "db-02", "db-03"][if nth < 3 { nth as usize } else { 0 }];
        world.pce.connection(allowed("backup", client, 10050).at(minutes("10:05", 10 * nth)));
    }
    for run in world.run_every(10, "10:10", "11:40") {
        quiet(&run);
    }
    told(&world.run_at("11:50"), "Clients: 2 of 3", &["2 flows in the 60 min up to"]);
}

#[test]
fn while_the_pce_is_away_nothing_begins_or_ends_and_what_it_missed_counts() {
    let mut world = provisioning(json!({}));
    world.pce.event(provisioned("10:05"));
    quiet(&world.run_at("10:10"));
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    for time in ["10:30", "11:30", "12:30"] {
        let run = world.run_at(time);
        assert!(run.mails.iter().all(|mail| !mail.subject().contains("Provisioning")), "{run:?}");
    }
    world.pce.heal();
    world.pce.event(provisioned("11:55"));
    let run = world.run_at("12:40");
    assert!(!run.mail().subject().contains("Provisioning"), "{run:?}");
    told(&world.run_at("13:06"), "Provisioning: 0 of 1", &[]);
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    world.pce.event(provisioned("13:10"));
    let away = world.run_at("13:15");
    assert_eq!(away.mails.len(), 0, "{away:?}");
    world.pce.heal();
    told(&world.run_at("13:20"), "Provisioning: enough again", &[]);
}

#[test]
fn after_a_time_that_was_skipped_a_whole_window_is_read_first() {
    let mut world = provisioning(json!({}));
    world.set("settings.max_event_catch_up_hours", json!(1));
    world.pce.event(provisioned("10:05"));
    quiet(&world.run_at("10:10"));
    // Skipped up to 11:05.
    let run = world.run_at("12:05");
    assert!(!run.mail().subject().contains("Provisioning"), "{run:?}");
    quiet(&world.run_at("12:14"));
    told(&world.run_at("12:15"), "Provisioning: 0 of 1", &[]);
}

#[test]
fn a_longer_window_waits_until_it_was_read() {
    let mut world = provisioning(json!({}));
    world.pce.event(provisioned("10:05"));
    for run in world.run_every(10, "10:10", "11:10") {
        quiet(&run);
    }
    told(&world.run_at("11:20"), "0 of 1", &[]);
    world.edit(|config| config["rules"][0]["threshold_window"] = json!(600));
    world.pce.event(provisioned("11:25"));
    told(&world.run_at("11:30"), "enough again", &[]);
    for run in world.run_every(60, "12:30", "21:30") {
        quiet(&run);
    }
    told(&world.run_at("21:40"), "0 of 1", &[]);
}

#[test]
fn events_that_are_unreadable_or_cut_may_have_been_it() {
    let mut world = provisioning(json!({}));
    world.pce.event(provisioned("10:05"));
    quiet(&world.run_at("10:10"));
    world.pce.event(
        session_ended("ann").at("11:10").with("padding", json!("x".repeat(9 * 1024 * 1024))),
    );
    let run = world.run_at("11:20");
    assert!(!run.mail().subject().contains("Provisioning"), "{run:?}");
    quiet(&world.run_at("12:20"));
    told(&world.run_at("12:30"), "0 of 1", &[]);
}

#[test]
fn a_clock_that_jumps_ahead_makes_nothing_missing() {
    let mut world = provisioning(json!({}));
    world.pce.run_clock(at("10:00").duration_since(Timestamp::now()));
    world.run(&["run"]);
    world.pce.run_clock(at("16:00").duration_since(Timestamp::now()));
    let run = world.run(&["run"]);
    assert!(run.mails.iter().all(|mail| !mail.subject().contains("Provisioning")), "{run:?}");
}

#[test]
fn a_kill_between_the_mail_and_the_save_tells_it_once() {
    let mut world = provisioning(json!({}));
    world.pce.set_now("10:10");
    let mut run = world.run_until(World::sends_a_mail);
    run.kill().unwrap();
    run.wait().unwrap();
    let next = world.run_at("10:20");
    let all: Vec<String> = world.mailbox.all().iter().map(|mail| mail.subject()).collect();
    let told = all.iter().filter(|subject| subject.contains("Provisioning: 0 of 1")).count();
    assert_eq!(told, 1, "{all:?} {next:?}");
    quiet(&world.run_at("10:30"));
}

#[test]
fn a_rule_that_is_switched_off_or_made_another_ends_without_a_word() {
    let mut world = provisioning(json!({}));
    told(&world.run_at("10:10"), "0 of 1", &[]);
    world.edit(|config| config["rules"][0]["threshold_type"] = json!("count"));
    quiet(&world.run_at("10:20"));
    assert_eq!(world.config()["state"]["conditions"], json!({}));
}

#[test]
fn a_rule_that_is_added_later_does_not_miss_what_was_read_before_it() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.run_at("09:50");
    world.pce.event(provisioned("09:55"));
    quiet(&world.run_at("10:00"));
    world.rule(json!({
        "type": "event", "name": "Provisioning", "filter_value": "sec_policy.create",
        "threshold_type": "below", "threshold_count": 1, "threshold_window": 20
    }));
    for time in ["10:10", "10:20", "10:29"] {
        quiet(&world.run_at(time));
    }
    told(&world.run_at("10:30"), "Provisioning: 0 of 1", &["none since 2026-08-03 10:00"]);
}

#[test]
fn groups_and_what_does_not_come_are_not_told_together() {
    let mut world = provisioning(json!({}));
    world.edit(|config| config["rules"][0]["per"] = json!("user"));
    let run = world.run_at("10:10");
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.stderr.contains("rule 1: per"), "{run:?}");
}
