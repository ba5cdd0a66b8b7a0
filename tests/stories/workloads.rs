//! Rules of type workload: told when workloads begin to be so, when more of them are, and
//! when they are back.

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

fn watched(rule: Value) -> World {
    let world = World::new();
    let mut whole = json!({"type": "workload", "name": "VENs offline", "state": "offline"});
    whole.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
    world.rule(whole);
    world.set("settings.workload_minutes", json!(10));
    world
}

/// The mail's text without its line breaks.
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

#[test]
fn what_goes_offline_is_told_with_its_labels_and_last_heartbeat_and_when_it_is_back() {
    let mut world = watched(json!({"level": "critical"}));
    world.pce.workloads(hosts("web", 5));
    quiet(&world.run_at("10:00"));
    let mut list = hosts("web", 5);
    for nth in 0..3 {
        list[nth] = list[nth].clone().offline("08:55");
    }
    world.pce.workloads(list);

    let begins = world.run_at("10:10");

    told(
        &begins,
        "CRITICAL: VENs offline (3)",
        &[
            "3 of 5 managed workloads are offline.",
            "web-1",
            "role=Web, env=Prod",
            "offline · since 08-03 10:10 · last heartbeat 08-03 08:55",
        ],
    );
    for time in ["10:20", "10:30", "10:50"] {
        quiet(&world.run_at(time));
    }
    world.pce.workloads(hosts("web", 5));
    let ends = world.run_at("10:57");
    told(
        &ends,
        "VENs offline: over",
        &["3 of 3 back, the longest after 47 min.", "for 47 min", "Closes the mail"],
    );
    assert!(!ends.mail().subject().contains("CRITICAL"));
    assert_eq!(ends.mail().header("In-Reply-To"), begins.mail().header("Message-ID"));
    quiet(&world.run_at("11:10"));
}
