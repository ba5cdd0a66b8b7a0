//! One poll cycle of an undisturbed host.

use jiff::SignedDuration;
use serde_json::json;

use crate::pce::{Fault, agent_tampering, blocked};
use crate::world::World;

#[test]
fn a_tampered_agent_is_told_in_one_mail_and_once() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering", "name": "Agent tampered", "level": "critical"}));
    world.pce.event(agent_tampering("db-01").at("10:03"));

    let run = world.run_at("10:10");

    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        (run.number("events"), run.number("alerts"), run.number("mails"), run.number("pending")),
        (1, 1, 1, 0)
    );
    let mail = run.mail();
    assert!(
        mail.subject().contains("CRITICAL") && mail.subject().contains("Agent tampered"),
        "{}",
        mail.subject()
    );
    assert!(mail.text().contains("db-01") && mail.html().contains("db-01"));

    let again = world.run_at("10:20");
    assert_eq!(
        (again.code, again.number("events"), again.number("alerts"), again.mails.len()),
        (0, 0, 0, 0),
        "{again:?}"
    );
}

#[test]
fn blocked_traffic_is_counted_by_what_it_grew() {
    let mut world = World::new();
    world.rule(json!({"type": "traffic", "name": "Blocked", "threshold_type": "count", "threshold_count": 20, "threshold_window": 10, "cooldown_minutes": 0}));
    world.pce.connections(blocked("10.0.0.5", "10.9.0.4", 445).at("10:05").every(10, 25));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    assert!(run.mail().text().contains("25"), "{}", run.mail().text());
    let again = world.run_at("10:20");
    assert_eq!((again.code, again.mails.len()), (0, 0), "{again:?}");
}

#[test]
fn what_happens_while_the_first_runs_do_not_reach_the_pce_is_told_by_the_first_that_does() {
    let mut world = World::new();
    world.rule(
        json!({"type": "event", "filter_value": "agent.tampering", "name": "Agent tampered"}),
    );
    world.pce.fault(Fault::status(503).retry_after(0));
    assert_eq!(world.run_at("10:00").code, 75);
    world.pce.event(agent_tampering("db-01").at("10:15"));
    assert_eq!(world.run_at("10:30").code, 75);

    world.pce.heal();
    let run = world.run_at("11:00");

    assert_eq!((run.code, run.number("events"), run.number("alerts")), (0, 1, 1), "{run:?}");
    assert!(!run.stderr.contains("clock was 0 s"), "{run:?}");
}

#[test]
fn kinds_of_rules_may_come_and_go() {
    let mut world = World::new();
    let event =
        json!({"type": "event", "filter_value": "agent.tampering", "name": "Agent tampered"});
    let traffic = json!({"type": "traffic", "pd": 2, "name": "Blocked"});
    let none = world.run_at("10:00");
    assert_eq!((none.code, none.mails.len()), (0, 0), "{none:?}");

    world.rule(traffic);
    world.pce.connection(blocked("10.0.0.9", "10.0.0.1", 445).at("10:05"));
    let only_traffic = world.run_at("10:10");
    assert_eq!((only_traffic.code, only_traffic.number("alerts")), (0, 1), "{only_traffic:?}");

    world.edit(|file| file["rules"] = json!([]));
    world.rule(event);
    world.pce.event(agent_tampering("db-01").at("10:15"));
    let only_events = world.run_at("10:20");
    assert_eq!((only_events.code, only_events.number("alerts")), (0, 1), "{only_events:?}");
    world.edit(|file| {
        let rule = file["rules"][0].clone();
        file["rules"] = json!([rule.clone(), rule]);
    });
    world.pce.event(agent_tampering("db-02").at("10:25"));
    let twins = world.run_at("10:30");
    assert_eq!((twins.code, twins.number("alerts")), (0, 2), "{twins:?}");
}

#[test]
fn what_no_fetch_can_bring_again_is_forgotten() {
    // On the host's own time: by a clock that has jumped nothing is let go.
    let mut world = World::new();
    world.pce.run_clock(SignedDuration::ZERO);
    world.rule(json!({
        "type": "event", "filter_value": "agent.tampering", "threshold_type": "count",
        "threshold_count": 900, "threshold_window": 600
    }));
    let now = world.now();
    for n in 0..100 {
        let hours_ago = now - SignedDuration::from_hours(4);
        world.pce.event(agent_tampering(&format!("db-{n}")).at(hours_ago));
    }
    world.pce.event(agent_tampering("newest").at(now - SignedDuration::from_secs(30)));
    let kept = |world: &World| world.config()["state"]["seen"].to_string().len();
    assert_eq!(world.run(&["run"]).number("events"), 101);
    let all = kept(&world);

    let again = world.run(&["run"]);

    assert_eq!((again.code, again.number("events")), (0, 0), "{again:?}");
    assert!(kept(&world) * 3 < all, "{} of {all}", kept(&world));
    assert_eq!(world.run(&["run"]).number("events"), 0);
}
