//! The twelve best practices against the records that a PCE writes.

use std::cell::RefCell;
use std::path::Path;

use illumio_monitor::commands::call::{Call, Screen};
use illumio_monitor::commands::cli;
use illumio_monitor::commands::rules::act;
use illumio_monitor::commands::said::Said;
use illumio_monitor::config::{Env, check_rule};
use illumio_monitor::lang::Lang;
use illumio_monitor::rules::best_practices::{Set, best_practices, plan};
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

fn loaded(lang: &str) -> World {
    let mut world = World::new();
    let run = world.run(&["--lang", lang, "rules", "load-best-practices"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    world
}

/// The ids of the rules that a run told, by their names.
fn told(world: &World, run: &Run) -> Vec<i64> {
    let rules = world.config()["rules"].as_array().unwrap().clone();
    let id = |name: &str| {
        let rule = rules.iter().find(|rule| rule["name"] == name);
        rule.unwrap_or_else(|| panic!("{name}"))["id"].as_i64().unwrap()
    };
    let mut ids: Vec<i64> = run.told().iter().map(|told| id(&told.rule)).collect();
    ids.sort();
    ids
}

#[test]
fn each_of_the_ten_event_rules_tells_its_event_and_no_other() {
    let failed_logins = || (0..3).map(|_| login_failed("mallory", "203.0.113.9"));
    let error = || EventRecord::new("request.internal_server_error", json!({"status": "failure"}));
    let cases: [(i64, Vec<EventRecord>); 10] = [
        (1, vec![agent_tampering("db-01")]),
        (2, vec![clone_detected("db-01")]),
        (3, vec![agent_suspend("db-01")]),
        (4, vec![missed_heartbeats(&["a", "b", "c"])]),
        (5, vec![offline_check(&["db-01"])]),
        (6, vec![EventRecord::new("lost_agent.found", json!({}))]),
        (7, failed_logins().collect()),
        (8, vec![authentication_failed("203.0.113.9")]),
        (9, vec![rule_set_update("alice", "Shop")]),
        (10, vec![error()]),
    ];
    for (id, events) in cases {
        let mut world = loaded("en");
        world.pce.events(events.into_iter().map(|event| event.at("10:03")));

        let run = world.run_at("10:10");

        assert_eq!(told(&world, &run), [id], "{run:?}");
    }
}

#[test]
fn what_goes_on_all_day_is_no_best_practices_news() {
    let mut world = loaded("en");
    world.pce.events([
        missed_heartbeats(&["a", "b"]).at("10:03"),
        login_failed("alice", "203.0.113.9").at("10:03"),
        session_ended("alice").at("10:04"),
        policy_provisioned("alice", 20).at("10:05"),
        EventRecord::new("agent.unsuspend", json!({})).at("10:06"),
        EventRecord::new("user.sign_in", json!({})).at("10:06"),
    ]);
    world.pce.connections([allowed("web-01", "db-01", 443).at("10:04").times(50)]);

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts")), (0, 0), "{run:?}");
}

#[test]
fn the_two_traffic_rules_tell_what_is_blocked_and_leave_the_chatter_out() {
    let mut world = loaded("en");
    let chatter = [
        ("db-01", 5353),
        ("224.0.0.252", 5355),
        ("239.255.255.250", 9999),
        ("255.255.255.255", 9999),
        ("ff02::1:3", 9999),
    ];
    for (to, port) in chatter {
        let flow = blocked("web-01", to, port).udp().at("10:03").times(500);
        world.pce.connection(flow);
    }
    for port in [67, 68, 137, 138, 1900] {
        let flow = potentially_blocked("web-01", "db-01", port).udp();
        world.pce.connection(flow.at("10:03").times(500));
    }
    let quiet = world.run_at("10:10");
    assert_eq!(quiet.number("alerts"), 0, "{quiet:?}");

    world.pce.connection(blocked("web-01", "db-01", 22).at("10:12").times(12));
    world.pce.connection(potentially_blocked("web-01", "db-01", 443).at("10:12").times(11));
    let run = world.run_at("10:20");

    assert_eq!(told(&world, &run), [11, 12], "{run:?}");
    let counts: Vec<u64> = run.told().iter().map(|told| told.count).collect();
    assert_eq!(counts, [12, 11]);

    // The cooldown is four hours, and each source's own.
    let again = |from: &str, at: &str| blocked(from, "db-02", 22).at(at).times(30);
    world.pce.connection(again("web-01", "10:22"));
    assert_eq!(world.run_at("10:30").number("alerts"), 0);
    world.pce.connection(again("web-02", "10:32"));
    let other = world.run_at("10:40");
    assert_eq!(told(&world, &other), [11]);
    let run = world.run_at("14:20");
    assert_eq!(told(&world, &run), [11], "{run:?}");
}

#[test]
fn they_stand_in_the_configured_language_with_their_levels_and_ids() {
    let levels = [
        "critical", "critical", "critical", "warning", "critical", "info", "warning", "warning",
        "info", "info", "warning", "info",
    ];
    for lang in ["en", "zh-TW"] {
        let mut world = World::new();
        world.set("settings.language", json!(lang));
        let run = world.run(&["rules", "load-best-practices"]);
        assert_eq!(run.code, 0, "{run:?}");
        let rules = world.config()["rules"].as_array().unwrap().clone();
        let found: Vec<&str> = rules.iter().map(|rule| rule["level"].as_str().unwrap()).collect();
        assert_eq!(found, levels);
        for (rule, id) in rules.iter().zip(1..) {
            assert_eq!(rule["id"], id);
            check_rule(&rule.to_string(), "rule").unwrap();
            for key in ["name", "desc", "rec"] {
                let text = rule[key].as_str().unwrap();
                let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert_eq!(chinese, lang == "zh-TW", "{text}");
            }
        }
    }
}

#[test]
fn loading_again_changes_nothing_and_one_that_is_missing_comes_back_beside_the_users_own() {
    let mut world = loaded("en");
    let before = std::fs::read(world.config_path()).unwrap();
    let run = world.run(&["rules", "load-best-practices"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("12 best practices are here already"), "{run:?}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);

    world.edit(|config| {
        let rules = config["rules"].as_array_mut().unwrap();
        let own = json!({"id": 3, "type": "event", "name": "Mine", "filter_value": "agent.suspend",
            "status": "failure"});
        rules[2] = own;
    });
    let run = world.run(&["rules", "load-best-practices"]);

    assert!(run.stdout.contains("rule 13 added: VEN suspended"), "{run:?}");
    assert_eq!(world.config()["rules"][2]["name"], "Mine");
}

#[test]
fn a_rule_that_differs_is_replaced_only_where_that_was_asked_for() {
    let mut world = loaded("en");
    world.edit(|config| {
        let rule = &mut config["rules"][3];
        (rule["threshold_count"], rule["note"]) = (json!(50), json!("endpoints"));
        (rule["enabled"], rule["_own"]) = (json!(false), json!(1));
        rule["id"] = json!(77);
    });
    let kept = world.run(&["rules", "load-best-practices", "--json"]);
    let said: Value = serde_json::from_str(&kept.stdout).unwrap();
    assert_eq!((&said["kept"], &said["present"]), (&json!([77]), &json!(11)));
    assert_eq!(world.config()["rules"][3]["threshold_count"], 50);

    let replaced = world.run(&["rules", "load-best-practices", "--replace"]);

    assert!(replaced.stdout.contains("rule 77 replaced"), "{replaced:?}");
    let rule = &world.config()["rules"][3];
    assert_eq!((&rule["threshold_count"], &rule["id"]), (&json!(3), &json!(77)));
    assert_eq!(
        (&rule["note"], &rule["enabled"], &rule["_own"]),
        (&json!("endpoints"), &json!(false), &json!(1))
    );
}

#[test]
fn a_person_is_shown_what_differs_and_decides() {
    let world = loaded("en");
    world.edit(|config| config["rules"][3]["threshold_count"] = json!(50));
    let command = |replace| cli::Rules {
        command: cli::RulesCommand::LoadBestPractices(cli::RulesLoadBestPractices {
            set: "first".to_owned(),
            replace,
            json: false,
        }),
    };
    let asked = RefCell::new(Vec::new());
    for (answer, count) in [(false, 50), (true, 3), (true, 3)] {
        let ask = |lines: &[String], question: &str| {
            asked.borrow_mut().push((lines.join("\n"), question.to_owned()));
            answer
        };
        let call = Call {
            config: &world.config_path(),
            env: &Env::of(&[]),
            now: world.now(),
            random: 7,
            lang: Some(Lang::En),
            program: Path::new("illumio-monitor"),
            screen: Screen { progress: &|_| (), width: None, ask: Some(&ask), input: None },
        };
        assert_eq!(act(&call, &command(false), &|_| Said::default()).exit, 0);
        assert_eq!(world.config()["rules"][3]["threshold_count"], count);
    }
    // The third time nothing differed, and nothing was asked.
    assert_eq!(asked.borrow().len(), 2);
    assert!(asked.borrow()[0].0.contains("rule 4 differs"), "{asked:?}");
}

#[test]
fn what_a_user_asks_for_beside_makes_another_rule_and_what_he_leaves_out_stays_left_out() {
    let load = ["rules", "load-best-practices", "--replace"];
    let filters = illumio_monitor::config::keys().of("rules").filter(|key| {
        let own = [
            "id",
            "type",
            "name",
            "enabled",
            "level",
            "desc",
            "rec",
            "note",
            "technique",
            "filter_key",
        ];
        let of_new = ["new_within_days", "learn_days"];
        // No practice asks how workloads are.
        let of_workloads = ["state", "label", "host", "os", "not_host"];
        let of_the_practice = ["filter_value", "pd", "ex_port", "ex_dst_ip", "count_by"];
        !own.contains(&key.name)
            && !of_the_practice.contains(&key.name)
            && !of_workloads.contains(&key.name)
            && !key.name.starts_with("threshold_")
            && key.name != "cooldown_minutes"
            && !of_new.contains(&key.name)
    });
    let names: Vec<&str> = filters.map(|key| key.name).collect();
    assert!(names.contains(&"change") && names.contains(&"not_dst_host"), "{names:?}");
    assert!(names.contains(&"ex_src_ip") && names.contains(&"ex_dst_label"), "{names:?}");
    for name in names {
        let mut tried = 0;
        for place in [0, 11] {
            let mut world = World::new();
            assert_eq!(world.run(&load).code, 0);
            let rule = &world.config()["rules"][place];
            let id = rule["id"].as_i64().unwrap().to_string();
            let value = match name {
                "change" => r#"{"field":"f"}"#,
                "severity" => "err",
                "status" => "failure",
                "proto" => "tcp",
                "port" => "443",
                name if name.ends_with("_managed") => "true",
                name if name.ends_with("_ip") || name.ends_with("_ip_in") => "10.0.0.1",
                name if name.ends_with("_label") => "role=Web",
                "per" if place == 0 => "user",
                "per" => "destination",
                _ => "x",
            };
            if world.run(&["rules", "set", &id, &format!("{name}={value}"), "level=info"]).code != 0
            {
                continue; // A key of the other kind of rules.
            }
            let before = world.config()["rules"][place][name].clone();
            tried += 1;

            assert_eq!(world.run(&load).code, 0);

            assert_eq!(world.config()["rules"][place][name], before, "{name} of rule {id}");
        }
        assert!(tried > 0, "{name} is a key of neither kind of rules");
    }
}

#[test]
fn what_he_leaves_out_beside_the_practices_own_stays_left_out_and_does_not_differ() {
    let load = ["rules", "load-best-practices", "--replace"];
    let mut world = loaded("en");
    world.edit(|config| {
        let rule = &mut config["rules"][10];
        rule["ex_port"] = json!(format!("{},9100", rule["ex_port"].as_str().unwrap()));
        rule["ex_dst_ip"].as_array_mut().unwrap().push(json!("10.7.0.1"));
        rule["per"] = json!(["source"]);
    });
    let run = world.run(&load);
    assert!(run.stdout.contains("12 best practices are here already"), "{run:?}");

    world.edit(|config| {
        let rule = &mut config["rules"][10];
        (rule["level"], rule["ex_port"]) = (json!("info"), json!(9100));
    });
    assert_eq!(world.run(&load).code, 0);

    let rule = world.config()["rules"][10].clone();
    assert_eq!(rule["level"], "warning");
    assert_eq!(rule["ex_port"], "67,68,137,138,1900,5353,5355,9100");
    assert_eq!(rule["ex_dst_ip"].as_array().unwrap().len(), 4);
}

/// The Python tool's own twelve: other names, no level, one id.
fn pythons() -> Vec<Value> {
    let event = |filter: &str, kind: &str| {
        json!({"id": 1_770_000_000, "type": "event", "name": "規則", "filter_key": "event_type",
            "filter_value": filter, "desc": "說明", "rec": "建議",
            "threshold_type": kind, "threshold_count": 3, "threshold_window": 10})
    };
    let ours = best_practices(Lang::ZhTw);
    // The later versions wrote whole types.
    let whole = ["agent.tampering", "system_task.agent_offline_check"].map(|it| {
        json!({
            "id": 1, "type": "event", "name": "x", "filter_value": it, "threshold_type": "immediate"
        })
    });
    assert_eq!(plan(&whole, Set::First, Lang::En).differing.len(), 2);
    let mut rules: Vec<Value> = ours[..10]
        .iter()
        .map(|rule| event(rule["filter_value"].as_str().unwrap(), "immediate"))
        .collect();
    for pd in [2, 1] {
        rules.push(json!({"id": 1_770_000_000, "type": "traffic", "name": "流量", "pd": pd,
            "port": null, "src_label": null, "dst_label": null, "desc": "", "rec": "",
            "threshold_type": "count", "threshold_count": 10, "threshold_window": 10}));
    }
    rules
}

#[test]
fn the_python_tools_twelve_are_known_as_such_and_not_doubled() {
    let mut world = World::new();
    world.edit(|config| config["rules"] = pythons().into());

    let run = world.run(&["rules", "load-best-practices", "--replace"]);

    assert_eq!(run.code, 0, "{run:?}");
    let config = world.config();
    let rules = config["rules"].as_array().unwrap();
    let mut ids: Vec<i64> = rules.iter().map(|rule| rule["id"].as_i64().unwrap()).collect();
    assert_eq!((rules.len(), ids.remove(0)), (12, 1_770_000_000));
    assert_eq!(ids, (1_770_000_001..=1_770_000_011).collect::<Vec<_>>());
    assert_eq!(rules[0]["name"], "VEN tampering");
    assert_eq!(plan(rules, Set::First, Lang::En).present, 12);
}
