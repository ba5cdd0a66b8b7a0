//! A run on a terminal answers a person, one behind a pipe a program.

use illumio_monitor::lang::{Lang, menu as say};
use serde_json::json;

use super::pipes::piped;
use super::terminal::Terminal;
use crate::pce::*;
use crate::world::World;

fn with_news() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampered", "filter_value": "agent.tampering",
        "level": "critical"}));
    world.rule(json!({"type": "event", "name": "Suspended", "filter_value": "agent.suspend"}));
    world.set("settings.timezone", json!("Asia/Taipei"));
    world.pce.set_now("10:10");
    world
}

fn happen(world: &World) {
    world.pce.events([agent_tampering("db-01").at("10:05"), agent_suspend("db-02").at("10:06")]);
}

#[test]
fn a_run_that_sends_but_the_daily_report_says_so() {
    let mut world = with_news();
    world.set("settings.daily_report", json!("08:30"));
    world.run(&["run"]);
    world.pce.set_now("2026-08-04T00:40:00Z");
    let person = Terminal::start(world.command(&["run"]), 24, 80);
    let (code, written) = person.left();
    assert!(code == 0 && written.contains("Also reported: Daily report."), "{written}");
    assert!(!written.contains("Nothing new"), "{written}");
}

#[test]
fn entry_7_and_run_name_the_alerts_in_the_users_language_and_time() {
    for (lang, says) in [
        (Lang::En, ["2026-08-03 18:10:", "Alerts: Tampered (critical), Suspended (warning)."]),
        (Lang::ZhTw, ["2026-08-03 18:10:", "警示：Tampered（嚴重）、Suspended（警告）。"]),
    ] {
        let mut world = with_news();
        world.run(&["run"]);
        happen(&world);
        let mut person = Terminal::menu(&world, lang, 24, 80);
        person.answer(&say::choice(lang), "7");
        let screen = person.asked(say::pause(lang).trim());
        for part in says {
            assert!(screen.contains(part), "{part}: {screen}");
        }
        assert!(!screen.contains("alerts=2"), "{screen}");
        person.fits();
        person.answer(say::pause(lang).trim(), "").answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);

        let mut world = with_news();
        world.run(&["run"]);
        happen(&world);
        let command = world.command(&["--lang", lang.tag(), "run"]);
        let person = Terminal::start(command, 24, 80);
        person.shows(says[1]);
        let (code, written) = person.left();
        assert_eq!(code, 0);
        for part in says {
            assert!(written.contains(part), "{part}: {written}");
        }
        assert!(!written.contains("alerts=2"), "{written}");
    }
}

#[test]
fn a_pipe_gets_the_machines_line() {
    let mut world = with_news();
    world.run(&["run"]);
    happen(&world);
    let run = piped(&world, "7\n");
    let line = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(line.starts_with("2026-08-03T10:10:") && line.contains(" ok "), "{line}");
    assert!(line.contains(" alerts=2 ") && line.lines().count() == 1, "{line}");
}

#[test]
fn what_holds_is_named_and_a_quiet_run_says_that_there_is_nothing() {
    let mut world = with_news();
    world.run(&["run"]);
    let run = |world: &World, shows: &str| {
        let person = Terminal::start(world.command(&["run"]), 24, 80);
        person.shows(shows);
        person.left()
    };
    let (code, written) = run(&world, "Nothing new to report.");
    assert_eq!(code, 0, "{written}");
    assert!(!written.contains("Active now"), "{written}");
    world.pce.down();
    world.run(&["run"]);
    world.run(&["run"]);
    let (code, written) = run(&world, "the next run retries it");
    assert!(code == 75 && written.contains("Active now: PCE unreachable."), "{written}");
    let status = world.run(&["status"]);
    assert!(status.stdout.contains("; now: PCE unreachable"), "{status:?}");
}
