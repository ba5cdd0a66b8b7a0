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
    world.set("settings.workload_minutes", json!(5));
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
    for host in list.iter_mut().take(3) {
        *host = host.clone().offline("08:55");
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

/// These of so many workloads are offline.
fn offline(world: &World, of: usize, which: &[usize]) {
    let list = hosts("web", of).into_iter().enumerate();
    let list = list.map(|(at, host)| match which.contains(&(at + 1)) {
        true => host.offline("08:55"),
        false => host,
    });
    world.pce.workloads(list.collect::<Vec<_>>());
}

#[test]
fn those_that_join_are_told_at_once_and_alone_and_those_that_left_with_the_next_mail() {
    let mut world = watched(json!({"cooldown_minutes": 60}));
    offline(&world, 5, &[1, 2]);
    told(&world.run_at("10:00"), "VENs offline (2)", &["web-1", "web-2"]);
    offline(&world, 5, &[2]);
    quiet(&world.run_at("10:10"));
    offline(&world, 5, &[2, 3]);
    let more = world.run_at("10:20");
    told(
        &more,
        "VENs offline (+1, 2 in all)",
        &["New web-3", "Back web-1", "Reported before web-2"],
    );
    quiet(&world.run_at("10:30"));
    // An hour after the last mail, not after the first.
    quiet(&world.run_at("11:10"));
    let reminds = world.run_at("11:20");
    told(&reminds, "VENs offline: still 2", &["web-2", "web-3"]);
    assert!(!words(&reminds).contains("web-1"), "it was told");
    offline(&world, 5, &[]);
    told(
        &world.run_at("11:30"),
        "VENs offline: over",
        &["3 of 3 back, the longest after 1 h 30 min."],
    );
}

#[test]
fn one_that_was_away_between_two_mails_is_not_told_again() {
    let mut world = watched(json!({}));
    offline(&world, 3, &[1, 2]);
    told(&world.run_at("10:00"), "(2)", &[]);
    offline(&world, 3, &[1]);
    quiet(&world.run_at("10:10"));
    offline(&world, 3, &[1, 2]);
    quiet(&world.run_at("10:20"));
    // Told as back, it is news when it is gone again.
    offline(&world, 3, &[1, 3]);
    told(&world.run_at("10:30"), "(+1, 2 in all)", &["Back web-2"]);
    offline(&world, 3, &[1, 2, 3]);
    told(&world.run_at("10:40"), "(+1, 3 in all)", &["New web-2"]);
    offline(&world, 3, &[]);
    told(&world.run_at("10:50"), "over", &["3 of 3 back"]);
}

#[test]
fn a_window_waits_for_each_and_a_count_for_enough() {
    let mut world = watched(json!({"threshold_window": 30, "threshold_count": 2}));
    offline(&world, 5, &[1, 2]);
    for time in ["10:00", "10:10", "10:20"] {
        quiet(&world.run_at(time));
    }
    // The second begins anew.
    offline(&world, 5, &[1]);
    quiet(&world.run_at("10:25"));
    offline(&world, 5, &[1, 2]);
    quiet(&world.run_at("10:30"));
    quiet(&world.run_at("10:50"));
    told(&world.run_at("11:00"), "(2)", &["since 08-03 10:00", "since 08-03 10:30"]);
    // One is fewer than the rule asks for.
    offline(&world, 5, &[1]);
    told(
        &world.run_at("11:10"),
        "over",
        &[
            "1 of 2 back, the longest after 40 min.",
            "Still offline: 1, and the rule alerts at 2 or more.",
        ],
    );
    offline(&world, 5, &[1, 3]);
    quiet(&world.run_at("11:20"));
    told(&world.run_at("11:50"), "(2)", &["web-1", "web-3"]);
}

#[test]
fn each_state_and_each_filter_is_told_of_those_it_is_about() {
    let sick = json!([{"severity": "error", "type": "tampering_error"}]);
    let list = || {
        vec![
            host("web-1"),
            host("web-2").set("agent.status.agent_health", sick.clone()),
            host("web-3").set("ven.status", json!("suspended")),
            host("web-4").set(
                "agent.status.agent_health_errors.errors",
                json!(["security_policy_refresh_failure"]),
            ),
            host("web-5").set("enforcement_mode", json!("visibility_only")),
            host("db-1")
                .offline("08:00")
                .label("role", "DB")
                .set("os_id", json!("win-x86_64-server")),
            host("db-2").offline("08:00").label("role", "App"),
            host("lab-1").offline("08:00").set("managed", json!(false)),
        ]
    };
    let told: [(Value, &[&str]); 9] = [
        (json!({"state": "unhealthy"}), &["web-2", "web-4"]),
        (json!({"state": "suspended"}), &["web-3"]),
        (json!({"state": "policy_error"}), &["web-4"]),
        (json!({"state": ["not_enforced", "suspended"]}), &["web-3", "web-5"]),
        (json!({"state": "offline"}), &["db-1", "db-2"]),
        (json!({"state": "offline", "label": "role=DB|Web"}), &["db-1"]),
        (json!({"state": "offline", "label": ["role=App", "env=Prod"]}), &["db-2"]),
        (json!({"state": "offline", "os": "win-*"}), &["db-1"]),
        (json!({"state": "offline", "host": "db-*", "not_host": "*-1"}), &["db-2"]),
    ];
    for (rule, expected) in told {
        let mut world = watched(rule.clone());
        world.pce.workloads(list());
        let run = world.run_at("10:00");
        let text = words(&run);
        for name in ["web-1", "web-2", "web-3", "web-4", "web-5", "db-1", "db-2", "lab-1"] {
            assert_eq!(text.contains(name), expected.contains(&name), "{rule} {name}: {text}");
        }
    }
}

#[test]
fn what_the_pce_does_not_say_begins_and_ends_nothing() {
    let mut world = watched(json!({"state": ["offline"]}));
    world.pce.workloads([host("web-1"), host("web-2").without("online")]);
    quiet(&world.run_at("10:00"));
    world.pce.workloads([host("web-1").offline("09:00"), host("web-2").set("online", json!(null))]);
    told(&world.run_at("10:10"), "(1)", &["web-1"]);
    for odd in [json!(null), json!("no"), json!(0), json!({"value": false})] {
        world.pce.workloads([host("web-1").set("online", odd.clone()), host("web-2")]);
        quiet(&world.run_at("10:20"));
        world.pce.forget_requests();
    }
    world.pce.workloads([host("web-1").without("online").without("agent"), host("web-2")]);
    quiet(&world.run_at("10:50"));
    world.pce.workloads([host("web-1"), host("web-2")]);
    told(&world.run_at("11:00"), "over", &["1 of 1 back, the longest after 50 min."]);
}

#[test]
fn a_record_with_a_ven_alone_and_one_without_either_are_read_as_far_as_they_go() {
    let mut world = watched(json!({"state": ["suspended", "unhealthy"]}));
    world.pce.workloads([
        host("web-1").without("agent").set("ven.status", json!("suspended")),
        host("web-2").without("agent").without("ven"),
        host("web-3").without("ven").set("agent.status.status", json!("suspended")),
        host("web-4").set("agent", json!([1, {"status": 7}])).set("ven", json!("x")),
    ]);
    let run = world.run_at("10:00");
    told(&run, "(2)", &["web-1", "web-3", "last heartbeat not known"]);
}

#[test]
fn one_that_the_pce_lists_no_more_is_neither_offline_nor_back() {
    let mut world = watched(json!({}));
    offline(&world, 4, &[1, 2]);
    told(&world.run_at("10:00"), "(2)", &[]);
    let list = hosts("web", 4).into_iter().skip(2);
    world.pce.workloads(list.collect::<Vec<_>>());
    told(
        &world.run_at("10:10"),
        "over",
        &["2 of 2 back", "No longer on the PCE's list, or no longer what the rule asks about: 2."],
    );
}

#[test]
fn of_many_rows_thirty_are_shown_and_how_many_more() {
    let mut world = watched(json!({}));
    offline(&world, 300, &(1..=45).collect::<Vec<_>>());
    let run = world.run_at("10:00");
    told(&run, "VENs offline (45)", &["45 of 300 managed workloads are offline.", "and 15 more"]);
    assert_eq!(run.mail().text().matches("last heartbeat").count(), 30);
}

#[test]
fn more_than_three_in_ten_at_once_is_rather_the_pce() {
    let told_so = "look at the PCE first";
    for (of, which, state, is) in [
        (40, 13, "offline", true),
        (40, 12, "offline", false),
        (20, 9, "offline", false),
        (40, 13, "not_enforced", false),
    ] {
        let mut world = watched(json!({"state": state}));
        let list = hosts("web", of).into_iter().enumerate().map(|(at, host)| match at < which {
            true => host.offline("08:55").set("enforcement_mode", json!("idle")),
            false => host,
        });
        world.pce.workloads(list.collect::<Vec<_>>());
        let run = world.run_at("10:00");
        assert_eq!(words(&run).contains(told_so), is, "{which} of {of} {state}: {}", words(&run));
    }
}

#[test]
fn in_listen_only_mode_offline_is_not_judged_and_other_states_are() {
    let mut world = watched(json!({}));
    world.rule(json!({"type": "workload", "name": "Suspended", "state": "suspended"}));
    offline(&world, 3, &[1]);
    told(&world.run_at("10:00"), "VENs offline (1)", &[]);
    world.pce.listen_only(true);
    world.pce.workloads([
        host("web-1"),
        host("web-2").offline("09:00"),
        host("web-3").set("ven.status", json!("suspended")),
    ]);
    let run = world.run_at("10:10");
    told(&run, "Suspended (1)", &["web-3"]);
    assert!(!run.mail().subject().contains("offline"), "{run:?}");
    world.pce.listen_only(false);
    told(&world.run_at("10:20"), "(+1, 1 in all)", &["New web-2", "Back web-1"]);
}

#[test]
fn an_incomplete_list_begins_and_ends_nothing_and_two_in_a_row_are_a_condition() {
    let spoils: Vec<(Fault, i32, &str)> = vec![
        (Fault::status(403).on("/workloads"), 75, "403"),
        (Fault::status(406).on("/workloads"), 75, "406"),
        (Fault::status(500).retry_after(0).on("/workloads"), 75, "500"),
        (Fault::cut_mid_body().on("/workloads"), 75, "workloads"),
        (Fault::half_body().on("/workloads"), 75, "workloads"),
    ];
    for (fault, code, said) in spoils {
        let mut world = watched(json!({}));
        offline(&world, 3, &[1]);
        told(&world.run_at("10:00"), "VENs offline (1)", &[]);
        offline(&world, 3, &[2, 3]);
        world.pce.fault(fault);
        let once = world.run_at("10:10");
        assert_eq!((once.code, once.mails.len()), (code, 0), "{said} {once:?}");
        assert!(once.stderr.contains(said), "{said}: {once:?}");
        // It is tried again in the next run, whenever that is.
        let twice = world.run_at("10:11");
        assert_eq!(twice.code, code, "{twice:?}");
        assert!(twice.mail().subject().contains("Workloads not read completely"), "{twice:?}");
        let third = world.run_at("10:12");
        assert_eq!(third.mails.len(), 0, "{third:?}");
        world.pce.heal();
        let run = world.run_at("10:13");
        told(&run, "Workloads read completely again", &["New web-2", "web-3", "Back web-1"]);
    }
}

#[test]
fn a_record_that_is_none_makes_the_list_incomplete() {
    for odd in [json!(null), json!(7), json!({}), json!({"hostname": "web-9", "online": false})] {
        let mut world = watched(json!({}));
        let mut list: Vec<Value> = hosts("web", 3).iter().map(|host| host.json("1")).collect();
        list.push(host("web-4").offline("09:00").json("1"));
        list.push(odd.clone());
        world.pce.raw_workloads(list);
        let run = world.run_at("10:00");
        assert_eq!((run.code, run.mails.len()), (75, 0), "{odd} {run:?}");
        assert!(run.stderr.contains("1 of its records"), "{run:?}");
    }
}

#[test]
fn a_refused_key_is_told_as_such() {
    let mut world = watched(json!({}));
    world.pce.fault(Fault::status(401).on("/workloads"));
    let run = world.run_at("10:00");
    assert_eq!(run.code, 78, "{run:?}");
    assert!(run.mail().subject().contains("refuses the API key"), "{run:?}");
}

#[test]
fn a_full_answer_is_asked_for_again_as_a_job_and_the_next_at_once() {
    let fates = [ListFate::done(), ListFate::done().at_a_url(), ListFate::ends("completed")];
    for fate in fates {
        let mut world = watched(json!({}));
        world.pce.every_list(fate.clone());
        // Behind the first 500.
        offline(&world, 700, &[690]);
        told(&world.run_at("10:00"), "(1)", &["1 of 700 managed", "web-690"]);
        let asked = |world: &World| {
            let seen = world.pce.requests_to("GET", "/workloads");
            let seen = seen.iter().filter(|seen| !seen.path.contains("settings"));
            seen.map(|seen| seen.header("prefer").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(asked(&world), [false, true], "{fate:?}");
        assert_eq!(world.pce.list_jobs_kept(), 0, "{fate:?}");
        world.pce.forget_requests();
        quiet(&world.run_at("10:10"));
        assert_eq!(asked(&world), [true], "{fate:?}");
        // A list that became short is asked for plainly again.
        offline(&world, 20, &[]);
        told(&world.run_at("10:20"), "over", &[]);
        world.pce.forget_requests();
        quiet(&world.run_at("10:30"));
        assert_eq!(asked(&world), [false], "{fate:?}");
    }
}

#[test]
fn a_job_that_comes_to_nothing_makes_the_list_incomplete_and_is_deleted() {
    let fates = [
        (ListFate::ends("failed"), "\"failed\""),
        (ListFate::ends("dreaming"), "\"dreaming\""),
        (ListFate::never_ends(), "took longer than"),
        (ListFate::done().elsewhere(), "not a query or job of this org"),
        (ListFate::done().nowhere(), "no href"),
        (ListFate::done().with_result(json!({"href": "/orgs/1/events/1"})), "not a query or job"),
        (ListFate::done().with_result(json!(null)), "not a query or job"),
        (ListFate::done().with_result(json!({"href": 7})), "not a query or job"),
        (ListFate::no_jobs(), "as many as the PCE returns at once"),
    ];
    for (fate, said) in fates {
        let mut world = watched(json!({}));
        world.set("api.query_timeout_seconds", json!(1));
        let keeps = [ListFate::done().elsewhere(), ListFate::done().nowhere()];
        let keeps = keeps.iter().any(|one| format!("{one:?}") == format!("{fate:?}"));
        world.pce.every_list(fate.clone());
        offline(&world, 600, &[1]);
        let run = world.run_at("10:00");
        assert_eq!((run.code, run.mails.len()), (75, 0), "{fate:?} {run:?}");
        assert!(run.stderr.contains(said), "{said}: {run:?}");
        assert_eq!(world.pce.list_jobs_kept(), usize::from(keeps), "{fate:?}");
        world.pce.every_list(ListFate::done());
        told(&world.run_at("10:10"), "(1)", &["1 of 600 managed"]);
    }
}

#[test]
fn the_list_is_read_as_often_as_the_settings_say_and_only_where_a_rule_asks() {
    let mut world = watched(json!({}));
    world.set("settings.workload_minutes", json!(30));
    offline(&world, 3, &[]);
    for _ in world.run_every(10, "10:00", "10:50") {}
    let lists = |world: &World| world.pce.requests_to("GET", "/orgs/1/workloads").len();
    assert_eq!(lists(&world), 2);
    // A new rule does not wait for it.
    world.rule(json!({"type": "workload", "name": "Idle", "state": "not_enforced"}));
    world.run_at("10:55");
    assert_eq!(lists(&world), 3);
    for rule in ["1", "2"] {
        assert_eq!(world.run(&["rules", "disable", rule]).code, 0);
    }
    world.pce.forget_requests();
    world.run_at("12:00");
    assert_eq!(lists(&world), 0);
    assert_eq!(world.config()["state"].get("workloads"), None);
}

#[test]
fn a_rule_that_is_switched_off_ends_without_a_word() {
    let mut world = watched(json!({}));
    offline(&world, 3, &[1]);
    told(&world.run_at("10:00"), "(1)", &[]);
    assert_eq!(world.run(&["rules", "disable", "1"]).code, 0);
    quiet(&world.run_at("10:10"));
    assert_eq!(world.config()["state"]["conditions"], json!({}));
    assert_eq!(world.run(&["rules", "enable", "1"]).code, 0);
    told(&world.run_at("10:20"), "(1)", &["web-1"]);
}

#[test]
fn a_kill_between_the_mail_and_the_save_tells_nothing_twice_and_loses_nothing() {
    let mut world = watched(json!({}));
    offline(&world, 3, &[1]);
    world.pce.set_now("10:00");
    let mut run = world.run_until(World::sends_a_mail);
    run.kill().unwrap();
    run.wait().unwrap();
    let next = world.run_at("10:10");
    let all: Vec<String> = world.mailbox.all().iter().map(|mail| mail.subject()).collect();
    let told = all.iter().filter(|subject| subject.contains("VENs offline (1)")).count();
    assert_eq!(told, 1, "{all:?} {next:?}");
    quiet(&world.run_at("10:20"));
}

#[test]
fn a_pce_that_is_away_begins_and_ends_nothing() {
    let mut world = watched(json!({}));
    offline(&world, 3, &[1]);
    told(&world.run_at("10:00"), "(1)", &[]);
    world.pce.fault(Fault::status(503).retry_after(0));
    for time in ["10:10", "10:20"] {
        let run = world.run_at(time);
        assert!(run.mails.iter().all(|mail| !mail.subject().contains("VENs")), "{run:?}");
    }
    world.pce.heal();
    offline(&world, 3, &[]);
    told(&world.run_at("10:30"), "VENs offline: over", &["1 of 1 back, the longest after 30 min."]);
}

#[test]
fn check_says_how_many_each_rule_would_tell_now() {
    let mut world = watched(json!({}));
    world.rule(json!({"type": "workload", "name": "Suspended", "state": "suspended", "threshold_window": 60}));
    world.rule(
        json!({"type": "workload", "name": "Off", "state": "not_enforced", "enabled": false}),
    );
    world.pce.workloads([
        host("web-1").offline("09:00"),
        host("web-2").without("ven").without("agent"),
        host("web-3").set("ven.status", json!("suspended")),
        host("lab-1").set("managed", json!(false)),
    ]);
    let check = world.run(&["check"]);
    for line in [
        "3 workloads with a VEN",
        "rule 1, VENs offline: 1 now",
        "rule 2, Suspended: 1 now; for 1 the PCE gives no state",
    ] {
        assert!(check.stdout.contains(line), "{line}: {}", check.stdout);
    }
    assert!(!check.stdout.contains("rule 3"), "{}", check.stdout);
    world.pce.fault(Fault::status(403).on("/orgs/1/workloads"));
    let refused = world.run(&["check"]);
    assert!(refused.stdout.contains("the list of workloads cannot be read"), "{}", refused.stdout);
    assert_eq!(refused.code, 78, "{refused:?}");
}

#[test]
fn the_list_of_rules_says_what_they_ask_and_from_when_on_they_tell() {
    let mut world = watched(
        json!({"label": "role=Web|App", "not_host": "lab-*", "threshold_window": 30, "threshold_count": 2}),
    );
    world.rule(json!({
        "type": "event", "name": "Provisioning", "filter_value": "sec_policy.create",
        "threshold_type": "below", "threshold_count": 5, "threshold_window": 60
    }));
    world.rule(json!({
        "type": "traffic", "name": "Backup", "pd": 0,
        "threshold_type": "below", "threshold_count": 1, "threshold_window": 60
    }));
    let listed = world.run(&["rules", "list"]).stdout;
    for part in [
        "2 workloads for 30 min",
        "offline; with label role=Web|App; not on host lab-*",
        "fewer than 5 matches in 60 min",
        "fewer than 1 connection in 60 min",
    ] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
}

#[test]
fn what_is_wrong_with_such_a_rule_is_told_by_its_place() {
    for (change, parts) in [
        (json!({"state": null}), &["rule 1: state", "is missing"][..]),
        (json!({"state": []}), &["rule 1: state", "is missing"]),
        (json!({"state": "asleep"}), &["rule 1: state", "asleep", "not_enforced"]),
        (json!({"state": {"is": "offline"}}), &["rule 1: state"]),
        (json!({"host": ""}), &["rule 1: host", "at least one"]),
        (json!({"label": "Web"}), &["rule 1: label", "role=Web"]),
        (json!({"threshold_window": 20_000}), &["rule 1: threshold_window", "10,080"]),
        (json!({"threshold_count": 0}), &["rule 1: threshold_count"]),
        (json!({"threshold_type": "count"}), &["rule 1: threshold_type"]),
        (json!({"pd": 2}), &["rule 1: pd"]),
        (json!({"type": "event", "filter_value": "x"}), &["rule 1: state"]),
        (json!({"type": "workloads"}), &["rule 1: type", "\"workload\""]),
    ] {
        let mut world = watched(json!({}));
        world.edit(|config| {
            config["rules"][0].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        });
        let run = world.run_at("10:00");
        assert_eq!(run.code, 78, "{change} {run:?}");
        for part in parts {
            assert!(run.stderr.contains(part), "{change} {part}: {}", run.stderr);
        }
    }
    let mut world = watched(json!({}));
    world.edit(|config| {
        let event = json!({"id": 2, "type": "event", "name": "x", "filter_value": "x", "threshold_type": "below"});
        config["rules"].as_array_mut().unwrap().push(event);
    });
    let run = world.run_at("10:00");
    assert!(
        run.stderr.contains("rule 2: threshold_count")
            && run.stderr.contains("rule 2: threshold_window"),
        "{run:?}"
    );
}

#[test]
fn the_daily_report_and_status_say_what_holds() {
    let mut world = watched(json!({}));
    world.set("settings.daily_report", json!("10:30"));
    offline(&world, 3, &[1]);
    world.run_at("10:00");
    let report = world.run_at("10:30");
    let text = words(&report);
    assert!(text.contains("VENs offline since 2026-08-03 10:00"), "{text}");
    let status = world.run(&["status", "--json", "--max-age", "9999999"]).stdout;
    assert!(status.contains("1 of 3 managed workloads is offline."), "{status}");
}

#[test]
fn an_older_state_loads_and_a_damaged_table_begins_anew() {
    let mut world = watched(json!({}));
    offline(&world, 3, &[1]);
    told(&world.run_at("10:00"), "(1)", &[]);
    world.edit(|config| drop(config["state"].as_object_mut().unwrap().remove("workloads")));
    // What was told is not known any more: it is told again, and nothing else.
    let run = world.run_at("10:10");
    assert_eq!(run.code, 0, "{run:?}");
    for odd in [json!("x"), json!({"rules": {"1": {"seen": "AAA"}}})] {
        world.edit(|config| config["state"]["workloads"] = odd.clone());
        let run = world.run_at("10:20");
        assert_eq!(run.code, 0, "{odd} {run:?}");
        assert!(words(&run).contains("damaged"), "{odd} {}", words(&run));
        world.pce.set_now("10:00");
    }
}
