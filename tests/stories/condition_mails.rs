//! How the mails of one story hang together: a reminder and an end go on from the
//! mail that told the begin; with `email.thread` a rule's mails stay together.

use serde_json::json;

use crate::pce::*;
use crate::world::{Mail, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering", "level": "critical"}));
    world.rule(
        json!({"type": "event", "name": "Log-in failed", "filter_value": "user.login_failed"}),
    );
    world
}

fn words(mail: &Mail) -> String {
    let text = mail.text();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_end_names_the_mail_it_closes() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.fault(Fault::status(503).retry_after(0));
    let begin = world.run_at("10:10");
    assert_eq!(begin.mail().header("In-Reply-To"), "");
    for minute in 0..41 {
        let time = format!("11:{minute:02}");
        world.pce.event(session_ended("ann").at(time.as_str()));
    }
    let reminder = world.run_at("14:10");
    world.pce.heal();

    let end = world.run_at("14:20");

    let id = begin.mail().header("Message-ID");
    for later in [reminder.mail(), end.mail()] {
        assert_eq!(later.header("In-Reply-To"), id);
        assert_eq!(later.header("References"), id);
    }
    let text = words(end.mail());
    for part in [
        "The PCE was unreachable for 4 h 10 min; 41 events caught up.",
        "Closes the mail: “[Illumio Monitor] [test] CRITICAL: PCE unreachable” of 2026-08-03 10:10 +00:00",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        words(reminder.mail())
            .contains("First reported in: “[Illumio Monitor] [test] CRITICAL: PCE unreachable”"),
        "{}",
        words(reminder.mail())
    );
    // The next outage is another story.
    world.pce.fault(Fault::status(503).retry_after(0));
    let next = world.run_at("15:00");
    assert_eq!(next.mail().header("In-Reply-To"), "");
}

#[test]
fn what_was_caught_up_is_said_only_where_it_was() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.fault(Fault::status(503).retry_after(0));
    world.run_at("10:10");
    world.pce.heal();
    world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
    let half = world.run_at("10:20");
    let text = words(half.mail());
    assert!(text.contains("The PCE was unreachable for 10 min."), "{text}");
    assert!(!text.contains("events caught up"), "{text}");
}

/// A fault, what makes it, what mends it, and what its end says.
struct Held {
    fault: &'static str,
    begin: fn(&World),
    end: fn(&World),
    says: &'static str,
}

#[test]
fn the_end_of_what_held_up_events_or_traffic_says_how_much_was_caught_up() {
    fn fails(world: &World, path: &str) {
        world.pce.fault(Fault::status(500).retry_after(0).on(path));
    }
    let held = [
        Held {
            fault: "traffic",
            begin: |world| fails(world, "/async_queries"),
            end: |world| world.pce.heal(),
            says: "1 row of traffic read",
        },
        Held {
            fault: "events",
            begin: |world| fails(world, "/events"),
            end: |world| world.pce.heal(),
            says: "2 events caught up",
        },
        Held {
            fault: "key",
            begin: |world| world.set("api.secret", json!("another")),
            end: |world| world.set("api.secret", json!(world.pce.secret())),
            says: "2 events caught up",
        },
    ];
    for Held { fault, begin, end, says } in held {
        let mut world = watched();
        world.rule(json!({"type": "traffic", "name": "Blocked", "port": 445}));
        world.run_at("10:00");
        begin(&world);
        world.run_at("10:10");
        world.pce.event(agent_tampering("db-01").at("10:12"));
        world.pce.event(agent_tampering("db-02").at("10:13"));
        world.pce.connection(blocked("web-01", "db-01", 445).at("10:14"));
        world.run_at("10:20");
        end(&world);

        let run = world.run_at("10:30");

        assert_eq!(run.code, 0, "{fault}: {run:?}");
        let text = words(run.mail());
        assert!(text.contains(says), "{fault}: {text}");
    }
}

#[test]
fn where_nobody_wants_traffic_any_more_its_end_says_nothing_of_rows() {
    let mut world = watched();
    let rule = world.rule(json!({"type": "traffic", "name": "Blocked", "port": 445}));
    world.run_at("10:00");
    world.pce.fault(Fault::status(500).retry_after(0).on("/async_queries"));
    world.run_at("10:10");
    assert_eq!(world.run_at("10:20").mails.len(), 1);
    world.pce.heal();
    assert_eq!(world.run(&["rules", "disable", &rule.to_string()]).code, 0);

    let run = world.run_at("10:30");

    let text = words(run.mail());
    assert!(!text.contains("traffic read"), "{text}");
}

#[test]
fn an_outage_whose_backlog_is_read_in_part_says_nothing_of_what_was_caught_up() {
    let mut world = watched();
    world.run_at("10:00");
    world.pce.fault(Fault::status(503).retry_after(0));
    world.run_at("10:10");
    world.pce.heal();
    // The first of the slices comes, the second does not.
    world.pce.fault(Fault::status(500).retry_after(0).on("/events").after(1));
    world.pce.event(agent_tampering("db-01").at("10:15"));

    let half = world.run_at("20:20");

    assert_eq!((half.code, half.number("events")), (75, 1), "{half:?}");
    let text = words(half.mail());
    assert!(text.contains("The PCE was unreachable for 10 h 10 min."), "{text}");
}

#[test]
fn a_file_that_is_mended_while_the_pce_is_away_has_caught_up_with_nothing() {
    let mut world = watched();
    world.run_at("10:00");
    let good = std::fs::read_to_string(world.config_path()).unwrap();
    let bad = good.replacen("\"recipients\"", "\"recipents\"", 1);
    std::fs::write(world.config_path(), bad).unwrap();
    assert_eq!(world.run(&["run"]).mails.len(), 1);
    std::fs::write(world.config_path(), good).unwrap();
    world.pce.fault(Fault::status(503).retry_after(0));

    let run = world.run_at("10:20");

    let text = words(run.mail());
    assert!(text.contains("The config file was unusable for 20 min. Period"), "{text}");
}

#[test]
fn the_end_of_an_outage_that_an_older_version_told_names_its_mail_too() {
    let mut world = watched();
    world.pce.fault(Fault::status(503).retry_after(0));
    let begin = world.run_at("10:10");
    world.edit(|file| {
        let held = file["state"]["conditions"]["unreachable"].as_object_mut();
        assert!(held.unwrap().remove("begin_mail").is_some());
    });
    world.pce.heal();
    let end = world.run_at("10:20");
    assert_eq!(end.mail().header("In-Reply-To"), begin.mail().header("Message-ID"));
    assert!(!words(end.mail()).contains("Closes the mail"));
}

#[test]
fn with_email_thread_the_mails_of_the_worst_rule_stay_together_for_a_day() {
    let mut world = watched();
    world.set("email.thread", json!(true));
    world.set("settings.timezone", json!("Asia/Taipei"));
    let mut told = |time: &str, events: &[EventRecord]| {
        world.pce.events(events.iter().cloned());
        let run = world.run_at(time);
        run.mail().header("References")
    };
    let tampered = |time| agent_tampering("db-01").at(time);
    let failed = |time| login_failed("eve", "10.1.1.1").at(time);

    let first = told("10:10", &[tampered("10:05")]);
    let second = told("10:20", &[tampered("10:15"), failed("10:16")]);
    let other = told("10:30", &[failed("10:25")]);
    // Midnight in Taipei is 16:00 UTC.
    let next_day = told("16:10", &[tampered("16:05")]);

    assert!(first.starts_with("<rule-1.20260803."), "{first}");
    assert_eq!(first, second);
    assert!(other.starts_with("<rule-2.20260803."), "{other}");
    assert!(next_day.starts_with("<rule-1.20260804."), "{next_day}");
}

#[test]
fn without_email_thread_a_mail_with_alerts_stands_alone() {
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let run = world.run_at("10:10");
    assert_eq!(run.mail().header("References"), "");
    assert_eq!(run.mail().header("In-Reply-To"), "");
}
