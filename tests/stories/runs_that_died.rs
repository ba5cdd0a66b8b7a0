//! Runs that were killed: the next one tells of each, once.

use std::process::Child;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pce::{Fault, agent_tampering};
use crate::world::World;

fn quiet() -> World {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    assert_eq!(world.run_at("10:00").code, 0);
    world
}

/// A run that was under way when it was killed.
fn killed_at(world: &World, time: &str) {
    world.pce.set_now(time);
    world.pce.forget_requests();
    world.pce.fault(Fault::hang(Duration::from_secs(3)).times(1));
    let mut run: Child = world.run_until(World::asks_the_pce);
    run.kill().unwrap();
    run.wait().unwrap();
    world.pce.heal();
}

fn status(world: &mut World) -> Value {
    serde_json::from_str(&world.run(&["status", "--json", "--max-age", "9999999"]).stdout).unwrap()
}

#[test]
fn one_is_told_by_the_next_run_and_in_the_next_mail_and_no_more() {
    let mut world = quiet();
    killed_at(&world, "10:10");
    let known = status(&mut world);
    assert_eq!(known["died_runs"].as_array().unwrap().len(), 1, "{known}");
    let line = known["line"].as_str().unwrap();
    assert!(line.contains("did not finish"), "{line}");

    let next = world.run_at("10:20");

    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
    assert_eq!(next.stderr.matches("did not come to its end").count(), 1, "{next:?}");
    let quiet = world.run_at("10:30");
    assert!(!quiet.stderr.contains("did not come to its end"), "{quiet:?}");
    let checked = world.run(&["check"]);
    assert!(checked.stdout.contains("did not come to its end"), "{checked:?}");
    world.pce.event(agent_tampering("db-01").at("10:35"));
    let told = world.run_at("10:40");
    for text in [told.mail().text(), told.mail().html()] {
        assert_eq!(text.matches("did not come to its end").count(), 1, "{text}");
    }
    world.pce.event(agent_tampering("db-02").at("10:45"));
    let after = world.run_at("10:50");
    assert!(!after.mail().text().contains("did not come to its end"));
    assert_eq!(status(&mut world)["died_runs"], json!([]));
}

#[test]
fn two_in_a_row_are_a_mail_of_its_own_once() {
    let mut world = quiet();
    killed_at(&world, "10:10");
    killed_at(&world, "10:20");

    let next = world.run_at("10:30");

    let text = next.mail().text();
    assert_eq!(text.matches("did not come to its end").count(), 2, "{text}");
    assert!(text.contains("Runs are cut short"), "{text}");
    assert_eq!(world.run_at("10:40").mails.len(), 0);
}

#[test]
fn the_mail_of_two_in_a_row_says_which_though_the_daily_report_is_due_with_it() {
    let mut world = quiet();
    world.set("settings.daily_report", json!("10:25"));
    killed_at(&world, "10:10");
    killed_at(&world, "10:20");

    let next = world.run_at("10:30");

    let [notice, daily] = next.mails.as_slice() else { panic!("{next:?}") };
    let text = notice.text();
    assert_eq!(text.matches("did not come to its end").count(), 2, "{text}");
    assert_eq!(daily.header("X-Illumio-Monitor-Kind"), "daily");
    assert!(!daily.text().contains("did not come to its end"), "told once: {}", daily.text());
}

#[test]
fn one_that_was_told_is_not_told_again_though_the_run_that_told_it_died_too() {
    let mut world = quiet();
    killed_at(&world, "10:10");
    world.pce.event(agent_tampering("db-01").at("10:15"));
    world.pce.set_now("10:20");
    let slow = crate::mailbox::Action::Pause(
        3_000,
        Box::new(crate::mailbox::Action::Say("354 now\r\n".into())),
    );
    world.mail_server(crate::mailbox::Options::default().times("DATA", 1, slow));
    let mut run = world.run_until(World::sends_a_mail);
    run.kill().unwrap();
    run.wait().unwrap();

    let next = world.run_at("10:30");

    // The mail that waits tells of the first, the new one of the second.
    let texts: Vec<String> = next.mails.iter().map(|mail| mail.text()).collect();
    assert_eq!(texts.len(), 2, "{next:?}");
    for text in &texts {
        assert_eq!(text.matches("did not come to its end").count(), 1, "{text}");
    }
}

#[test]
fn a_run_that_ends_or_is_at_work_or_a_change_to_the_file_is_none_that_died() {
    let mut world = quiet();
    world.pce.fault(Fault::hang(Duration::from_secs(3)).times(1));
    world.pce.forget_requests();
    let mut run = world.run_until(World::asks_the_pce);
    let meanwhile = world.run(&["run"]);
    assert_eq!(meanwhile.code, 75, "{meanwhile:?}");
    assert!(!meanwhile.stderr.contains("did not come"), "{meanwhile:?}");
    assert_eq!(status(&mut world)["died_runs"], json!([]));
    world.pce.heal();
    run.wait().unwrap();
    assert_eq!(world.run(&["rules", "disable", "1"]).code, 0);
    let next = world.run(&["run"]);
    assert!(!next.stderr.contains("did not come"), "{next:?}");
    // A change that comes first does not wipe the mark away.
    killed_at(&world, "10:30");
    assert_eq!(world.run(&["rules", "enable", "1"]).code, 0);
    let told = world.run_at("10:40");
    assert_eq!(told.stderr.matches("did not come").count(), 1, "{told:?}");
}

#[test]
fn one_that_was_seen_by_a_run_that_could_not_save_is_told_by_the_next_mail() {
    let mut world = quiet();
    killed_at(&world, "10:10");
    // A folder in the place of the temporary file: no save comes to its end.
    let hindrance = world.folder().join("illumio_api_config.json.tmp");
    std::fs::create_dir(&hindrance).unwrap();
    let unsaved = world.run_at("10:20");
    assert!(unsaved.stderr.contains("did not come to its end"), "{unsaved:?}");
    std::fs::remove_dir(&hindrance).unwrap();
    world.pce.event(agent_tampering("db-01").at("10:25"));

    let told = world.run_at("10:30");

    let text = told.mail().text();
    assert_eq!(text.matches("did not come to its end").count(), 1, "{text}");
}

#[test]
fn two_with_a_good_run_between_them_are_none_in_a_row() {
    let mut world = quiet();
    killed_at(&world, "10:10");
    assert_eq!(world.run_at("10:20").code, 0);
    killed_at(&world, "10:30");

    let next = world.run_at("10:40");

    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
    assert_eq!(next.stderr.matches("did not come to its end").count(), 1, "{next:?}");
}

#[test]
fn the_daily_report_tells_of_one_and_the_next_mail_does_not() {
    let mut world = quiet();
    world.set("settings.daily_report", json!("10:30"));
    killed_at(&world, "10:10");
    assert_eq!(world.run_at("10:20").mails.len(), 0);
    let report = world.run_at("10:30").mail().text();
    assert_eq!(report.matches("did not come to its end").count(), 1, "{report}");
    world.pce.event(agent_tampering("db-01").at("10:35"));
    assert!(!world.run_at("10:40").mail().text().contains("did not come to its end"));
}

#[test]
fn one_that_a_run_without_any_config_saw_is_told_by_the_next_that_has_one() {
    let mut world = quiet();
    killed_at(&world, "10:10");
    let good = std::fs::read(world.config_path()).unwrap();
    let last = world.folder().join("illumio_api_config.json.last");
    std::fs::write(world.config_path(), "{").unwrap();
    std::fs::remove_file(last).unwrap();
    let refused = world.run(&["run"]);
    assert_eq!((refused.code, refused.mails.len()), (78, 0), "{refused:?}");
    std::fs::write(world.config_path(), good).unwrap();

    let next = world.run_at("10:20");

    assert_eq!(next.stderr.matches("did not come to its end").count(), 1, "{next:?}");
}
