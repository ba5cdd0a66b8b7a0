//! The second set of best practices: what an attacker does, and what a busy site does.

use illumio_monitor::lang::Lang;
use illumio_monitor::rules::best_practices::{Set, older, plan};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

fn load(world: &mut World, arguments: &[&str]) -> Run {
    let run = world.run(&[&["rules", "load-best-practices"], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    run
}

/// A world with the second set, whose rules have learnt already.
fn secured() -> World {
    let mut world = World::new();
    load(&mut world, &["--set", "security"]);
    world.edit(|config| {
        for rule in config["rules"].as_array_mut().unwrap() {
            if rule.get("new_within_days").is_some() {
                rule["learn_days"] = json!(0);
            }
        }
    });
    world.set("email.raw_snapshot", json!(false));
    world.pce.every_query(Fate::completes().after_polls(0));
    world
}

fn names(run: &Run) -> Vec<String> {
    let mut names: Vec<String> = run.told().into_iter().map(|told| told.rule).collect();
    names.sort();
    names
}

fn many(count: u64, one: impl Fn(u64) -> Connection) -> Vec<Connection> {
    (0..count).map(one).collect()
}

fn minute(nth: u64) -> jiff::Timestamp {
    at("10:01") + SignedDuration::from_mins((nth % 8) as i64)
}

fn changed(event_type: &str, field: &str, before: Value, after: Value) -> EventRecord {
    EventRecord::new(
        event_type,
        json!({"resource_changes": [{
            "resource": {"workload": {"href": "/orgs/1/workloads/7", "hostname": "db-01"}},
            "changes": {field: {"before": before, "after": after}}, "change_type": "update"
        }]}),
    )
}

fn logged_in(user: &str, source: &str) -> EventRecord {
    EventRecord::new(
        "user.create_session",
        json!({
            "action": {"src_ip": source},
            "notifications": [{
                "notification_type": "user.pce_session_created",
                "info": {"user": {"href": "/users/11", "username": user}}
            }]
        }),
    )
}

#[test]
fn each_rule_on_traffic_tells_what_it_is_for() {
    let cases: [(&str, Vec<Connection>); 4] = [
        (
            "One source to many hosts",
            many(5, |nth| {
                blocked("10.0.0.66", format!("10.9.0.{nth}").as_str(), 445).at(minute(nth))
            }),
        ),
        (
            "Port scan",
            many(20, |nth| {
                potentially_blocked("10.0.0.66", "10.9.0.1", 8_000 + nth as u16).at(minute(nth))
            }),
        ),
        (
            "Many sources on one destination",
            many(50, |nth| {
                blocked(format!("10.0.7.{nth}").as_str(), "10.9.0.1", 8_080).at(minute(nth))
            }),
        ),
        ("New source at the databases", vec![blocked("10.0.0.66", "db-01", 5_432).at("10:03")]),
    ];
    for (name, connections) in cases {
        let mut world = secured();
        world.pce.connections(connections);
        let run = world.run_at("10:10");
        assert_eq!(names(&run), [name], "{}", run.mails[0].text());
    }
}

#[test]
fn each_rule_on_events_tells_what_it_is_for() {
    let plain = |event_type: &str| EventRecord::new(event_type, json!({}));
    let notified = |kind: &str| {
        EventRecord::new("agent.update", json!({"notifications": [{"notification_type": kind}]}))
    };
    let cases: [(&str, Vec<EventRecord>); 9] = [
        ("Login from a new address", vec![logged_in("ann@example.com", "203.0.113.9")]),
        ("Password guessing", (0..5).map(|_| login_failed("ann", "203.0.113.9")).collect()),
        (
            "Enforcement lowered",
            vec![changed("workloads.update", "enforcement_mode", json!("full"), json!("idle"))],
        ),
        ("VEN deactivated or unpaired", vec![plain("workloads.unpair")]),
        ("Policy not applied", vec![notified("agent.policy_deploy_failed")]),
        ("API key or service account created", vec![plain("service_account.create")]),
        ("Access settings changed", vec![plain("saml_config.update")]),
        ("Deny rule or boundary changed", vec![plain("deny_rule.delete")]),
        ("Policy for many workloads", vec![policy_provisioned("ann", 101)]),
    ];
    for (name, events) in cases {
        let mut world = secured();
        world.pce.events(events.into_iter().map(|event| event.at("10:03")));
        let run = world.run_at("10:10");
        assert_eq!(names(&run), [name], "{run:?}");
        assert!(run.mails[0].text().contains("MITRE ATT&CK: T1"), "{}", run.mails[0].text());
    }
}

#[test]
fn vens_that_are_offline_for_an_hour_are_told_and_when_they_are_back() {
    let mut world = secured();
    let up = || (1..=20).map(|nth| host(&format!("web-{nth}"))).collect::<Vec<_>>();
    let mut down = up();
    down[0] = down[0].clone().offline("09:55");
    world.pce.workloads(down);
    for when in ["10:00", "10:30", "10:55"] {
        assert_eq!(world.run_at(when).mails.len(), 0, "{when}");
    }
    let begins = world.run_at("11:05");
    assert!(begins.mail().subject().contains("VENs offline now (1)"), "{begins:?}");
    let text = begins.mail().text();
    assert!(text.contains("MITRE ATT&CK: T1562.001") && text.contains("Rule: Workloads"), "{text}");
    world.pce.workloads(up());
    let ends = world.run_at("11:40");
    assert!(ends.mail().text().contains("web-1"), "{}", ends.mail().text());
}

#[test]
fn what_is_less_than_that_is_not_told() {
    let mut world = secured();
    world.pce.connections(many(4, |nth| {
        blocked("10.0.0.66", format!("10.9.0.{nth}").as_str(), 445).at(minute(nth))
    }));
    world.pce.connections(many(30, |nth| {
        allowed("10.0.0.67", format!("10.9.0.{nth}").as_str(), 445).at(minute(nth))
    }));
    world.pce.events([
        changed("workloads.update", "enforcement_mode", json!("idle"), json!("full")).at("10:03"),
        changed("workloads.update", "description", json!("full"), json!("idle")).at("10:03"),
        policy_provisioned("ann", 100).at("10:03"),
        EventRecord::new("ldap_config.verify_connection", json!({})).at("10:03"),
        EventRecord::new("agent.update", json!({})).at("10:04"),
    ]);
    let total = json!({"total_affected": 99});
    world
        .pce
        .event(changed("sec_policy.create", "workloads_affected", Value::Null, total).at("10:04"));
    let run = world.run_at("10:10");
    assert_eq!(names(&run), Vec::<String>::new(), "{run:?}");
}

#[test]
fn either_form_of_the_workloads_that_a_policy_affects_is_read() {
    for after in [json!(101), json!({"total_affected": 101}), json!(101.0)] {
        let mut world = secured();
        let event = changed("sec_policy.create", "workloads_affected", Value::Null, after.clone());
        world.pce.event(event.at("10:03"));
        assert_eq!(names(&world.run_at("10:10")), ["Policy for many workloads"], "{after}");
    }
}

#[test]
fn the_second_set_comes_beside_the_first_and_once() {
    let mut world = World::new();
    load(&mut world, &[]);
    let first = world.config()["rules"].as_array().unwrap().len();
    load(&mut world, &["--set", "security"]);
    let both = world.config()["rules"].as_array().unwrap().clone();
    assert_eq!((first, both.len()), (12, 12 + Set::Security.rules(Lang::En).len()));
    load(&mut world, &["--set", "security"]);
    load(&mut world, &[]);
    assert_eq!(world.config()["rules"].as_array().unwrap(), &both);
    // How such a rule is narrowed is the user's, and makes no further one missing.
    world.edit(|config| config["rules"][12]["port"] = json!("22"));
    let rules = world.config()["rules"].as_array().unwrap().clone();
    let plan = plan(&rules, Set::Security, Lang::En);
    assert_eq!((plan.missing.len(), plan.differing.len()), (0, 1));
    let odd = world.run(&["rules", "load-best-practices", "--set", "third"]);
    assert_eq!(odd.code, 64, "{odd:?}");
}

#[test]
fn a_file_with_the_older_two_is_told_what_they_hide() {
    let mut world = World::new();
    load(&mut world, &[]);
    world.edit(|config| {
        for rule in config["rules"].as_array_mut().unwrap() {
            rule.as_object_mut().unwrap().remove("per");
        }
    });
    let rules = world.config()["rules"].as_array().unwrap().clone();
    assert_eq!(older(&rules).len(), 2);
    let check = world.run(&["check"]);
    assert_eq!(check.stdout.matches("a noisy one hides the others").count(), 2, "{check:?}");
    load(&mut world, &["--replace"]);
    let check = world.run(&["check"]);
    assert!(!check.stdout.contains("a noisy one"), "{check:?}");
    assert_eq!(world.config()["rules"][10]["per"], "source");
}

/// A week on a site of many hosts: an office that is always blocked somewhere, a scanner
/// and a backup, patch night, and then a sweep and an intruder.
#[test]
fn a_busy_week_is_at_most_three_mails_a_day_and_the_attack_is_told_at_once() {
    let mut world = World::new();
    load(&mut world, &["--set", "security"]);
    world.edit(|config| {
        for rule in config["rules"].as_array_mut().unwrap() {
            if rule["type"] == "traffic" {
                rule["not_src_host"] = json!("scanner-*, backup-*");
            }
        }
    });
    world.set("email.raw_snapshot", json!(false));
    world.pce.every_query(Fate::completes().after_polls(0));
    let host = |nth: u64| format!("10.{}.{}.{}", 1 + nth / 62_500, nth / 250 % 250, 1 + nth % 250);
    let scanner = || workload("scanner-01").ip("10.7.0.1");
    let backup = || workload("backup-01").ip("10.7.0.2");
    let mut told: Vec<(u64, Run)> = Vec::new();
    for hour in 0..7 * 24_u64 {
        let (day, of_day) = (hour / 24, hour % 24);
        let begin = at("00:00") + SignedDuration::from_hours(hour as i64);
        let when = |minute: u64| begin + SignedDuration::from_mins(minute as i64);
        let mut connections = Vec::new();
        // A thousand hosts; some of them are blocked each hour, at one or two others.
        for nth in 0..40 {
            let from = host((hour * 37 + nth * 25) % 1_000);
            let to = host(1_000 + (hour * 11 + nth * 7) % 300);
            let port = [443, 8_080, 9_100, 631, 123, 161][(nth % 6) as usize];
            connections.push(blocked(from.as_str(), to.as_str(), port).at(when(nth % 50)));
        }
        // A few reach for a management port by mistake.
        for nth in 0..4 {
            let from = host((hour * 13 + nth * 250) % 1_000);
            connections.push(
                potentially_blocked(from.as_str(), host(1_000 + nth).as_str(), 3_389).at(when(nth)),
            );
        }
        if of_day == 2 {
            connections.extend(many(120, |nth| {
                potentially_blocked(backup(), host(nth).as_str(), 445).at(when(nth % 50))
            }));
        }
        if of_day == 3 && day % 3 == 0 {
            connections.extend(many(150, |nth| {
                blocked(scanner(), host(nth % 30).as_str(), 1 + (nth * 7) as u16).at(when(nth % 50))
            }));
        }
        // Patch night: every host asks the update server, which has moved.
        if day == 2 && of_day == 22 {
            connections.extend(many(49, |nth| {
                blocked(host(nth * 20).as_str(), "10.200.0.1", 8_530).at(when(nth % 50))
            }));
        }
        if day == 5 && of_day == 4 {
            connections.extend(many(200, |nth| {
                blocked("10.1.3.77", host(nth * 3).as_str(), 445).at(when(nth % 50))
            }));
        }
        if day == 6 && of_day == 1 {
            connections.extend(many(6, |nth| {
                potentially_blocked("10.1.2.99", host(400 + nth).as_str(), 22).at(when(10 * nth))
            }));
            connections
                .push(potentially_blocked("10.1.2.99", host(1_000).as_str(), 5_432).at(when(55)));
        }
        if of_day == 9 {
            world.pce.event(logged_in("ann@example.com", "10.7.7.7").at(when(5)));
        }
        if of_day == 14 && day == 3 {
            world.pce.event(policy_provisioned("ann", 400).at(when(5)));
        }
        world.pce.connections(connections);
        let run = world.run_at(begin + SignedDuration::from_mins(60));
        assert_eq!(run.code, 0, "{run:?}");
        told.push((hour, run));
    }
    let of_hour = |hour: u64| names(&told.iter().find(|(it, _)| *it == hour).unwrap().1);
    assert_eq!(of_hour(5 * 24 + 4), ["One source to many hosts"]);
    assert_eq!(of_hour(6 * 24 + 1), ["One source to many hosts"], "while databases are learnt");
    for day in 0..7 {
        let of_day = told.iter().filter(|(hour, _)| hour / 24 == day);
        let mails: Vec<String> = of_day
            .flat_map(|(_, run)| &run.mails)
            .map(|mail| mail.text().lines().next().unwrap_or_default().to_owned())
            .collect();
        assert!(mails.len() <= 3, "day {day}: {mails:#?}");
    }
    let all: usize = told.iter().map(|(_, run)| run.mails.len()).sum();
    assert!((3..=8).contains(&all), "{all} mails in a week");
}
