//! `import`: an installation of the Python tool becomes one of ours.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

/// The Python tool's config for the world's PCE and mailbox, with these rules.
fn python(world: &World, rules: &[Value]) -> Value {
    json!({
        "api": {
            "url": world.pce.url(), "org_id": "1",
            "key": world.pce.key(), "secret": world.pce.secret(), "verify_ssl": true
        },
        "email": {"sender": "illumio-monitor@localhost", "recipients": ["soc@example.net"]},
        "rules": rules
    })
}

/// As the Python tool wrote an event rule.
fn counted(id: i64, filter: &str) -> Value {
    json!({
        "id": id, "type": "event", "name": format!("規則 {id}"), "filter_key": "event_type",
        "filter_value": filter, "desc": "說明", "rec": "建議",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 60
    })
}

fn write(world: &World, name: &str, value: &Value) -> PathBuf {
    let path = world.folder().join(name);
    std::fs::write(&path, serde_json::to_string_pretty(value).unwrap()).unwrap();
    path
}

fn import(world: &mut World, files: &[(&str, Value)]) -> Run {
    let paths: Vec<PathBuf> = files.iter().map(|(name, value)| write(world, name, value)).collect();
    let paths = paths.iter().map(|path| path.to_str().unwrap());
    let arguments: Vec<&str> = ["--lang", "en", "import"].into_iter().chain(paths).collect();
    world.run(&arguments)
}

/// A world whose config is not there yet but for what no Python tool knows: the
/// mail server's port, and no proxy.
fn fresh() -> World {
    let world = World::new();
    world.edit(|config| {
        let (smtp, mut settings) = (config["smtp"].clone(), config["settings"].clone());
        settings.as_object_mut().unwrap().remove("site_name");
        *config = json!({"api": {"proxy": "none"}, "smtp": smtp, "settings": settings});
    });
    world
}

fn history(id: i64, entries: &[(&str, u64)]) -> Value {
    let entries: Vec<Value> = entries
        .iter()
        .map(|(time, count)| json!({"t": format!("2026-08-03T{time}:00Z"), "c": count}))
        .collect();
    json!({"last_check": "2026-08-03T10:00:00Z", "history": {id.to_string(): entries}})
}

#[test]
fn an_imported_installation_goes_on_counting_and_tells_nothing_twice() {
    let mut world = fresh();
    let config = python(&world, &[counted(1_771_200_000, "agent.tampering")]);
    let state = history(1_771_200_000, &[("09:40", 1), ("09:50", 1)]);
    // What the Python tool has counted is still in the PCE's log.
    for time in ["09:39", "09:49", "09:55"] {
        world.pce.event(agent_tampering("db-01").at(time));
    }

    let run = import(&mut world, &[("illumio_api_state.json", state), ("old_config.json", config)]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for said in [
        "imported: api.key, api.org_id, api.secret, api.url, api.verify_ssl, email.recipients, email.sender",
        "rule 1771200000 imported: 規則 1771200000",
        "position: events are read from 2026-08-03T10:00:00Z on",
        "2 unreported matches of rule 1771200000 continue to count",
    ] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
}

#[test]
fn the_next_event_after_the_position_completes_the_imported_count() {
    let mut world = fresh();
    let config = python(&world, &[counted(7, "agent.tampering")]);
    import(
        &mut world,
        &[("config.json", config), ("state.json", history(7, &[("09:40", 1), ("09:50", 1)]))],
    );
    world.pce.event(agent_tampering("db-01").at("09:49"));
    let quiet = world.run_at("10:05");
    assert_eq!(
        (quiet.code, quiet.number("events"), quiet.number("alerts")),
        (0, 0, 0),
        "{quiet:?}"
    );

    world.pce.event(agent_tampering("db-01").at("10:06"));
    let run = world.run_at("10:10");

    assert_eq!(run.number("alerts"), 1, "{run:?}");
    assert_eq!(run.told()[0].count, 3, "{run:?}");
    assert_eq!(world.run_at("10:20").number("alerts"), 0);
}

#[test]
fn what_the_python_tool_told_is_out_of_the_count() {
    let mut world = fresh();
    let config = python(&world, &[counted(7, "agent.tampering")]);
    import(
        &mut world,
        &[("c.json", config), ("s.json", history(7, &[("09:30", 2), ("09:40", 1), ("09:50", 1)]))],
    );
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.event(agent_tampering("db-01").at("10:12"));
    assert_eq!(world.run_at("10:20").number("alerts"), 0);
    world.pce.event(agent_tampering("db-01").at("10:22"));
    // It told all four at 09:50; from then on the cooldown is the window's hour.
    assert_eq!(world.run_at("10:49").number("alerts"), 0);
    let run = world.run_at("10:50");
    assert_eq!(run.told()[0].count, 3, "{run:?}");
}

#[test]
fn traffic_goes_on_where_the_python_tool_had_read_up_to() {
    let mut world = fresh();
    let rule = json!({"id": 8, "type": "traffic", "name": "阻擋", "pd": 2, "port": null,
        "src_label": null, "dst_label": null, "desc": "", "rec": "",
        "threshold_type": "immediate", "threshold_count": 1, "threshold_window": 10});
    let config = python(&world, &[rule]);
    world.pce.connection(blocked("web-01", "db-01", 22).at("09:50").times(40));
    world.pce.connection(blocked("web-02", "db-01", 22).at("09:57").times(5));

    let run = import(&mut world, &[("c.json", config), ("s.json", history(8, &[("09:50", 40)]))]);
    assert!(run.stdout.contains("traffic from 2026-08-03T09:55:00Z on"), "{run:?}");

    let run = world.run_at("10:10");
    let told: Vec<u64> = run.told().iter().map(|told| told.count).collect();
    assert_eq!(told, [5], "{run:?}");
}

#[test]
fn the_python_file_in_place_keeps_its_bytes_and_gets_its_ids_repaired() {
    let mut world = World::new();
    let rules =
        [counted(5, "agent.tampering"), counted(5, "agent.suspend"), counted(6, "rule_set")];
    let config = python(&world, &rules);
    let path = world.config_path();
    let text = serde_json::to_string_pretty(&config).unwrap();
    std::fs::write(&path, &text).unwrap();
    let mut state = history(5, &[("09:50", 2)]);
    state["history"]["6"] = json!(["2026-08-03T09:40:00Z", {"t": "2026-08-03T09:50:00Z", "c": 1}]);
    state["history"]["99"] = json!([{"t": "2026-08-03T09:50:00Z", "c": 1}]);
    let state = write(&world, "illumio_api_state.json", &state);

    let files = [path.to_str().unwrap(), state.to_str().unwrap()];
    let run = world.run(&["--lang", "en", "import", files[0], files[1]]);

    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for said in [
        "this is the config itself and works as it is",
        "the id 5 stood twice; one of its rules has the id 7 now",
        "history of id 5 not imported: several rules shared the id",
        "2 unreported matches of rule 6 continue to count",
        "history of id 99 not imported: there is no such rule here",
    ] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    let now = std::fs::read_to_string(&path).unwrap();
    let (before_state, _) = now.split_once(",\n  \"state\"").unwrap();
    let wanted = text.replacen("\"id\": 5", "\"id\": 0", 1).replacen("\"id\": 5", "\"id\": 7", 1);
    let wanted = wanted.replacen("\"id\": 0", "\"id\": 5", 1);
    assert_eq!(before_state, wanted.trim_end_matches(['}', '\n']), "{now}");
    // Mails go on in Chinese, as the Python tool wrote them.
    assert_eq!(world.config()["state"]["language"], "zh-TW");
}

#[test]
fn the_later_versions_config_is_read_and_what_is_not_supported_is_named() {
    let mut world = fresh();
    let rule = |id: i64, more: Value| {
        let mut rule = json!({"id": id, "name": format!("R{id}"), "type": "traffic", "pd": -1,
            "port": 443, "proto": 6, "src_label": null, "src_ip_in": "10.0.0.1", "ex_port": 22,
            "ex_src_label": "role=Scanner", "ex_dst_ip": null, "desc": "", "rec": "",
            "threshold_type": "count", "threshold_count": 10.0, "threshold_window": 10,
            "cooldown_minutes": 30});
        for (key, value) in more.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    let mut config = python(
        &world,
        &[
            rule(1, json!({})),
            rule(2, json!({"type": "bandwidth", "threshold_count": 12.5})),
            rule(3, json!({"type": "volume"})),
            rule(4, json!({"dst_ip_in": "My IP list"})),
            rule(5, json!({"src_label_groups": "Core"})),
        ],
    );
    config["smtp"] = json!({"host": "mail.example.net", "port": 25, "user": "", "password": "",
        "enable_auth": false, "enable_tls": false});
    config["settings"] =
        json!({"enable_health_check": false, "language": "zh_TW", "theme": "dark"});
    config["alerts"] =
        json!({"active": ["mail", "line"], "line_channel_access_token": "t0psecret"});
    config["api"]["profile"] = json!("x");

    let run = import(&mut world, &[("config.json", config)]);

    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for said in [
        "rule 1 imported: R1",
        "rule not imported: R2: rules of type \"bandwidth\" are not supported",
        "rule not imported: R3: rules of type \"volume\" are not supported",
        "rule 4 imported: R4",
        "rule not imported: R5: rule.src_label_groups: unknown key",
        "not imported: settings.theme: unknown key",
        "not imported: api.profile: unknown key",
        "not imported: alerts: line is not supported",
        "not imported, since the config has another value: smtp.host, smtp.port, settings.language",
    ] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    assert!(!run.stdout.contains("t0psecret"), "{run:?}");
    assert!(!run.stdout.contains(&world.pce.secret()), "{run:?}");
    let config = world.config();
    assert_eq!(config["rules"].as_array().unwrap().len(), 2);
    assert_eq!(config["rules"][1]["dst_list"], json!(["My IP list"]));
    assert_eq!(config["rules"][0]["threshold_count"].to_string(), "10");
    assert_eq!(config["settings"]["enable_health_check"], false);
    assert_eq!(world.run_at("10:10").code, 0);
}

#[test]
fn a_log_in_that_would_go_over_the_open_wire_is_left_out_and_named() {
    let mut world = fresh();
    world.edit(|config| drop(config.as_object_mut().unwrap().remove("smtp")));
    let mut config = python(&world, &[]);
    config["smtp"] = json!({"host": "mail.example.net", "user": "monitor", "password": "p4ss",
        "enable_auth": true, "enable_tls": false});
    let run = import(&mut world, &[("config.json", config)]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(
        run.stdout.contains("not imported: smtp.tls: user and password are sent over verified TLS"),
        "{run:?}"
    );
    let smtp = world.config()["smtp"].clone();
    assert_eq!(smtp, json!({"host": "mail.example.net", "enable_tls": false}));
}

#[test]
fn importing_again_or_into_an_installation_in_use_replaces_nothing() {
    let mut world = fresh();
    let config = python(&world, &[counted(1, "agent.tampering"), counted(2, "rule_set")]);
    let state = history(1, &[("09:50", 2)]);
    let files = [("c.json", config), ("s.json", state)];
    import(&mut world, &files);
    let before = std::fs::read(world.config_path()).unwrap();

    let again = import(&mut world, &files);

    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.contains("rule 1 already exists"), "{again:?}");
    assert!(again.stdout.contains("already the same here: api.key"), "{again:?}");
    assert!(again.stdout.contains("has already read this PCE"), "{again:?}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);

    // The user changes his rule; the import brings the other one under a new id.
    world.edit(|config| config["rules"][0]["threshold_count"] = json!(9));
    let run = import(&mut world, &files[..1]);
    assert!(run.stdout.contains("rule 1 imported with the id 3"), "{run:?}");
    let config = world.config();
    assert_eq!(config["rules"][0]["threshold_count"], 9);
    assert_eq!(config["rules"][2]["threshold_count"], 3);
}

#[test]
fn what_belongs_to_another_pce_is_not_mixed_in() {
    let mut world = fresh();
    world.set("api.url", json!("https://other.example.com:8443"));
    let config = python(&world, &[counted(1, "agent.tampering")]);
    let run = import(&mut world, &[("c.json", config), ("s.json", history(1, &[("09:50", 2)]))]);
    assert!(run.stdout.contains("another PCE (https://other.example.com:8443)"), "{run:?}");
    assert!(run.stdout.contains("nothing imported: the state is of another PCE"), "{run:?}");
    assert_eq!(run.code, 78, "its key is still missing: {run:?}");
    assert!(world.config()["api"].get("key").is_none());
    assert_eq!(world.config()["rules"][0]["id"], 1);
}

#[test]
fn a_new_file_is_made_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut world = World::new();
    let config = python(&world, &[counted(1, "agent.tampering")]);
    std::fs::remove_file(world.config_path()).unwrap();
    let run = import(&mut world, &[("old.json", config)]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let mode = std::fs::metadata(world.config_path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(world.config()["rules"][0]["name"], "規則 1");
}

#[test]
fn a_file_that_is_none_of_the_python_tools_is_named_and_the_others_are_taken() {
    let mut world = fresh();
    let config = python(&world, &[counted(1, "agent.tampering")]);
    std::fs::write(world.folder().join("broken.json"), "{\"api\":").unwrap();
    let files = ["broken.json", "nowhere.json", "other.json", "c.json"];
    write(&world, "other.json", &json!({"a": 1}));
    write(&world, "c.json", &config);
    let run = world.run(&[&["--lang", "en", "import"][..], &files].concat());
    assert_eq!(run.code, 78, "{run:?}");
    for said in [
        "broken.json: not JSON",
        "nowhere.json: there is no such file",
        "other.json: neither a config nor a state",
    ] {
        assert!(run.stderr.contains(said), "{said}: {run:?}");
    }
    assert_eq!(world.config()["rules"][0]["id"], 1);

    let run = world.run(&["import"]);
    assert_eq!(run.code, 64, "{run:?}");
    let odd = json!({"last_check": "yesterday", "history": {"1": 5, "x": []}});
    let run = import(&mut world, &[("s.json", odd)]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("nothing imported: last_check is missing"), "{run:?}");
}

#[test]
fn a_state_waits_for_a_valid_config() {
    let mut world = fresh();
    world.edit(|config| config["email"] = json!({"recipients": []}));
    let state = history(1, &[("09:50", 2)]);
    let run = import(&mut world, &[("s.json", state)]);
    assert_eq!(run.code, 78, "{run:?}");
    assert!(
        run.stderr.contains("state not imported, since the config is not valid yet"),
        "{run:?}"
    );
    assert!(world.config().get("state").is_none());
}

#[test]
fn a_state_is_not_put_under_a_run_that_is_under_way() {
    let mut world = fresh();
    let config = python(&world, &[counted(1, "agent.tampering")]);
    import(&mut world, &[("c.json", config)]);
    world.pce.set_now("10:10");
    let silence = Fault::hang(Duration::from_millis(1_500));
    world.pce.fault(silence.on("/health").times(1));
    let mut running = world.run_until(World::asks_the_pce);

    let run = import(&mut world, &[("s.json", history(1, &[("09:50", 2)]))]);

    assert_eq!((run.code, run.stdout.as_str()), (75, ""), "{run:?}");
    assert!(run.stderr.contains("another run"), "{run:?}");
    assert_eq!(running.wait().unwrap().code(), Some(0));
}

#[test]
fn odd_files_are_told_and_never_break_the_program() {
    let time = "2026-08-03T10:00:00Z";
    let odd = [
        json!([]),
        json!({"api": [], "email": 5, "smtp": null, "settings": "x", "rules": {"a": 1}}),
        json!({"rules": [null, 1, "x", [], {}, {"id": {}, "type": 5}, {"type": "volume", "name": 7}]}),
        json!({"rules": [{"id": 1e300, "type": "event", "name": "\u{1b}[2J", "filter_value": "x"}]}),
        json!({"rules": [{"id": i64::MAX, "type": "event", "name": "n", "filter_value": "x"}]}),
        json!({"api": {"url": 5, "key": ["k"], "secret": {"a": 1}}, "alerts": {"active": 7}}),
        json!({"alerts": [], "rules": [], "\u{202e}": 1}),
        json!({"last_check": "9999-12-31T23:59:59Z", "history": []}),
        json!({"last_check": "-009999-01-02T00:00:00Z", "history": {"1": [{"t": 5, "c": -1}]}}),
        json!({"last_check": time, "history": {"1": [{"t": time, "c": u64::MAX}, {"t": time, "c": u64::MAX}]}}),
        json!({"last_check": time, "history": {"1": [time, null, {"t": time}, [time]], "": [time]},
            "alert_history": {"1": 5}}),
    ];
    for value in odd {
        let mut world = fresh();
        let config = python(&world, &[counted(1, "agent.tampering")]);
        import(&mut world, &[("c.json", config)]);

        let run = import(&mut world, &[("odd.json", value.clone())]);

        assert!([0, 78].contains(&run.code), "{value}: {run:?}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains("panicked") && !said.is_empty(), "{value}: {run:?}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{value}: {run:?}");
        let run = world.run_at("10:10");
        assert_eq!(run.code, 0, "{value}: {run:?}");
    }
}

/// As illumio-ops writes them, into a file of their own.
#[test]
fn the_latest_versions_rules_are_put_into_our_keys_and_what_can_not_be_said_is_named() {
    let mut world = fresh();
    let event = |id: i64, more: Value| {
        let mut rule = json!({"id": id, "type": "event", "filter_key": "event_type",
            "filter_value": "agent.tampering", "filter_status": "all", "filter_severity": "all",
            "match_fields": {}, "throttle": "", "name": format!("R{id}"), "desc": "D",
            "rec": "R", "threshold_type": "immediate", "threshold_count": 1,
            "threshold_window": 10, "cooldown_minutes": 30});
        for (key, value) in more.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    let traffic = |id: i64, more: Value| {
        let mut rule = json!({"id": id, "type": "traffic", "name": format!("R{id}"), "pd": 2,
            "port": null, "proto": null, "threshold_type": "count", "threshold_count": 25,
            "threshold_window": 10, "cooldown_minutes": 30, "throttle": ""});
        for (key, value) in more.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    let mut named = event(
        2,
        json!({"name_key": "rule_api_key_change", "desc_key": "x_desc",
        "rec_key": "x_rec", "filter_value": "api_key.create,api_key.delete"}),
    );
    for key in ["name", "desc", "rec"] {
        named.as_object_mut().unwrap().remove(key);
    }
    let rules = json!({"rules": [
        event(1, json!({"filter_value": "user.sign_in,user.login", "filter_status": "failure",
            "throttle": "1/45m", "match_fields": {"created_by.user.username": "svc-.*|ann",
            "action.src_ip": "!10.0.0.1"}})),
        named,
        event(3, json!({"filter_value": "^agent\\.up.*$", "filter_severity": "err|warning",
            "throttle": "2/1h"})),
        event(4, json!({"filter_value": "(agent|ven).x"})),
        event(5, json!({"match_fields": {"pce_fqdn": "p1"}})),
        event(6, json!({"filter_severity": "!info"})),
        json!({"id": 7, "type": "system", "name": "PCE health", "filter_value": "pce_health"}),
        traffic(8, json!({"src_label": "role:Web",
            "src_ip_in": ["10.0.0.0-10.0.0.3", "10.9.0.0/16"]})),
        traffic(9, json!({"any_label": "role=Web"})),
        traffic(10, json!({"src_ip_in": ["Corp-Net", "10.0.0.1"]})),
    ]});
    let config = python(&world, &[]);
    let run = import(&mut world, &[("config.json", config), ("alerts.json", rules)]);

    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for said in [
        "rule 1 imported: R1",
        "rule 1: throttle 1/45m became the cooldown, now 45 minutes",
        "rule 2 imported: Api key change",
        "rule 3 imported: R3",
        "rule 3: throttle 2/1h not imported",
        "rule not imported: R4: filter_value: \"(agent|ven).x\" has no counterpart",
        "rule not imported: R5: match_fields.pce_fqdn: \"p1\" has no counterpart",
        "rule not imported: R6: filter_severity: \"!info\" has no counterpart",
        "rule not imported: PCE health: not needed",
        "rule 8 imported: R8",
        "rule not imported: R9: rule.any_label: unknown key",
        "rule not imported: R10: src_ip_in: ",
        "the later Python versions compared the whole event type",
    ] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    let rules = world.config()["rules"].as_array().unwrap().clone();
    let of = |id: i64| rules.iter().find(|rule| rule["id"] == id).unwrap().clone();
    let picked = |id: i64, keys: &[&str]| {
        let rule = of(id);
        Value::from_iter(keys.iter().map(|key| rule[*key].clone()))
    };
    assert_eq!(
        picked(1, &["filter_value", "status", "user", "not_source_ip", "cooldown_minutes"]),
        json!(["user.sign_in|user.login", ["failure"], ["svc-*", "ann"], ["10.0.0.1"], 45])
    );
    assert_eq!(picked(2, &["filter_value"]), json!(["api_key.create|api_key.delete"]));
    assert!(!of(2)["desc"].as_str().unwrap().is_empty());
    assert_eq!(
        picked(3, &["filter_value", "severity", "cooldown_minutes"]),
        json!(["agent.up*", ["err", "warning"], 30])
    );
    assert_eq!(
        picked(8, &["src_label", "src_ip_in"]),
        json!(["role=Web", ["10.0.0.0/30", "10.9.0.0/16"]])
    );
    assert_eq!(rules.len(), 4);
    assert_eq!(world.run_at("10:10").code, 0);

    // Once more: nothing is taken twice.
    let again = world.folder().join("alerts.json");
    let run = world.run(&["--lang", "en", "import", again.to_str().unwrap()]);
    assert!(run.stdout.contains("rule 8 already exists: R8"), "{run:?}");
    assert_eq!(world.config()["rules"].as_array().unwrap().len(), 4);
}

/// The Python tool's rules on what the best practices call critical, and another.
fn unleveled() -> Vec<Value> {
    let filters = ["agent.tampering", "agent.clone_detected", "agent.suspend", "user.login_failed"];
    filters.iter().zip(1..).map(|(filter, id)| counted(id, filter)).collect()
}

fn levels(world: &World) -> Vec<Value> {
    let config = world.config();
    config["rules"].as_array().unwrap().iter().map(|rule| rule["level"].clone()).collect()
}

#[test]
fn what_had_no_level_gets_it_where_the_user_says_so_and_is_named_where_not() {
    for asked in [false, true] {
        let mut world = World::new();
        let config = python(&world, &unleveled());
        let file = write(&world, "old.json", &config);
        let option: &[&str] = if asked { &["--levels"] } else { &[] };
        let run = world.run(&[&["import"], option, &[file.to_str().unwrap()]].concat());
        assert_eq!(run.code, 0, "{run:?}");
        let critical = json!("critical");
        match asked {
            true => {
                let wanted = [critical.clone(), critical.clone(), critical, Value::Null];
                assert_eq!(levels(&world), wanted, "{run:?}");
                assert!(run.stdout.contains("now critical: rule 1, 2, 3"), "{run:?}");
            }
            false => {
                assert_eq!(levels(&world), vec![Value::Null; 4]);
                let command = "illumio-monitor rules set 1,2,3 level=critical";
                assert!(run.stdout.contains(command), "{run:?}");
                // What it says is what can be done; and check goes on saying it until then.
                let said = |run: &Run| run.stdout.contains(command);
                let check = world.run(&["check"]);
                assert!(said(&check), "{check:?}");
                world.run(&["rules", "set", "1", "level=warning"]);
                let rest = "illumio-monitor rules set 2,3 level=critical";
                assert!(world.run(&["check"]).stdout.contains(rest), "a chosen level is one");
                world.run(&["rules", "set", "2,3", "level=critical"]);
                assert!(!world.run(&["check"]).stdout.contains("level=critical"));
            }
        }
    }
}

#[test]
fn only_what_was_imported_is_made_critical() {
    let mut world = World::new();
    for (name, enabled) in [("Mine", true), ("Mine, off", false)] {
        world.rule(json!({"type": "event", "name": name, "filter_value": "agent.tampering",
            "enabled": enabled, "filter_key": "event_type"}));
    }
    let file = write(&world, "old.json", &python(&world, &[counted(7, "agent.clone_detected")]));
    let run = world.run(&["import", "--levels", file.to_str().unwrap()]);
    assert!(run.stdout.contains("now critical: rule 7\n"), "{run:?}");
    assert_eq!(levels(&world), [Value::Null, Value::Null, json!("critical")]);
}

#[test]
fn a_tampering_of_an_imported_file_says_critical_in_its_subject() {
    let mut world = World::new();
    let mut rule = counted(1, "agent.tampering");
    rule["threshold_type"] = json!("immediate");
    let file = write(&world, "old.json", &python(&world, &[rule]));
    world.run(&["import", "--levels", file.to_str().unwrap()]);
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let run = world.run_at("10:10");
    assert!(run.mail().subject().to_uppercase().contains("CRITICAL"), "{:?}", run.mail().subject());
}
