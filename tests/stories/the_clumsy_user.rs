//! What someone reads who is new to it, tired, or both.

use serde_json::json;

use crate::pce::login_failed;
use crate::world::World;

#[test]
fn a_failed_log_in_names_the_user_that_was_tried() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "user.login_failed"}));
    world.pce.event(login_failed("administrator", "203.0.113.77").at("10:03"));

    let run = world.run_at("10:10");

    let text = run.mail().text();
    assert!(text.contains("user administrator (203.0.113.77)"), "{text}");
}

#[test]
fn a_pce_that_is_down_is_named_by_its_url() {
    let mut world = World::new();
    world.set("api.url", json!("https://127.0.0.1:9"));

    let run = world.run(&["run"]);

    assert_eq!(run.code, 75, "{run:?}");
    assert!(run.stderr.contains("https://127.0.0.1:9/api/v2/"), "{run:?}");
}

#[test]
fn a_mail_server_that_is_down_is_told_once_with_what_to_check() {
    let mut world = World::new();
    world.set("api.url", json!("https://127.0.0.1:9"));
    world.set("smtp.port", json!(9));
    world.run(&["run"]);

    let run = world.run(&["run"]);

    assert_eq!((run.code, run.number("pending")), (75, 1), "{run:?}");
    let told = run.stderr.matches("smtp.port").count();
    assert_eq!(told, 1, "{run:?}");
}

#[test]
fn a_wrong_command_line_gets_64_the_reason_and_the_usage() {
    let mut world = World::new();
    for arguments in [&["fly"][..], &["run", "--lgo", "syslog"], &["run", "--lang"]] {
        let run = world.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (64, ""), "{run:?}");
        assert!(run.stderr.contains("Usage: illumio-monitor"), "{run:?}");
    }
}
