//! Rules that count some apart: who, how wide, and for the first time.

use serde_json::{Value, json};

use super::beside::Beside;
use crate::pce::*;
use crate::world::{Run, World};

fn quiet(rules: &[Value]) -> World {
    Beside::with(rules).world
}

/// Five and more hosts on administration ports, each source by itself.
fn sweep() -> Value {
    json!({
        "type": "traffic", "pd": -1, "port": "22,445,3389", "name": "sweep", "level": "critical",
        "per": "source", "count_by": "destinations",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 10,
        "cooldown_minutes": 240,
    })
}

/// So many hosts are asked by this one, within a few minutes.
fn sweeps(from: &str, hosts: u64, when: &str) -> Vec<Connection> {
    let to = |nth: u64| format!("10.9.{}.{}", nth / 250, 1 + nth % 250);
    let begin = at(when);
    let one = |nth: u64| {
        let at = begin + jiff::SignedDuration::from_secs((nth % 200) as i64);
        blocked(from, to(nth).as_str(), 445).at(at)
    };
    (0..hosts).map(one).collect()
}

/// The lines of the mail's list of groups.
fn groups(run: &Run) -> String {
    let text = run.mails.iter().map(|mail| mail.text()).collect::<String>();
    let list = text.split("Each by itself\n").nth(1).unwrap_or_default();
    list.split("\n\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_noisy_printer_does_not_hide_an_attack_that_spreads() {
    let mut world = quiet(&[sweep()]);
    world.pce.connections(sweeps("10.0.0.9", 12, "10:01"));
    let printer = world.run_at("10:10");
    assert!(groups(&printer).contains("10.0.0.9"), "{}", printer.mails[0].text());
    world.pce.connections(sweeps("10.0.0.9", 12, "10:11"));
    world.pce.connections(sweeps("10.0.0.66", 200, "10:12"));
    let attack = world.run_at("10:20");
    println!("{}", attack.mails[0].text());
    println!("{}", attack.mails[0].header("Subject"));
    let told = groups(&attack);
    assert!(told.contains("10.0.0.66") && !told.contains("10.0.0.9 "), "{told}");
    assert!(told.contains("200"), "{told}");
    assert_eq!(world.run_at("10:30").mails.len(), 0, "both rest");
}

/// A source that was never blocked at a database before.
fn newcomer() -> Value {
    json!({
        "type": "traffic", "pd": 2, "port": "5432", "name": "newcomer",
        "per": "source", "new_within_days": 30, "learn_days": 1,
    })
}

#[test]
fn a_source_that_is_new_is_told_and_one_that_is_known_is_not() {
    let mut world = quiet(&[newcomer()]);
    world.set("settings.daily_report", json!("08:00"));
    let asks = |from: &str, when: &str| blocked(from, "db-01", 5432).at(when);
    world.pce.connections([asks("10.0.0.1", "10:01"), asks("10.0.0.2", "10:02")]);
    let first = world.run_at("10:10");
    assert!(first.told().is_empty(), "it learns");
    let report = first.mails[0].text();
    assert!(report.contains("new: 10.0.0.2 · 10.0.0.1\n"), "{report}");
    let listed = world.run(&["rules", "list"]);
    assert!(listed.stdout.contains("newcomer: learning, 1 day to go, 2 known"), "{listed:?}");
    let checked = world.run(&["check"]);
    assert!(checked.stdout.contains("learning, 1 day to go, 2 known"), "{checked:?}");
    world.pce.connections([asks("10.0.0.1", "+1d 07:55"), asks("10.0.0.3", "+1d 07:56")]);
    let report = world.run_at("+1d 08:01");
    let text = report.mails[0].text();
    assert!(text.contains("learning, 1 day to go, 3 known"), "{text}");
    assert!(text.contains("new: 10.0.0.3\n"), "what came since: {text}");
    world.pce.connections([
        asks("10.0.0.1", "+1d 11:00"),
        asks("10.0.0.4", "+1d 11:01"),
        asks("10.0.0.4", "+1d 11:02"),
    ]);
    let told = world.run_at("+1d 11:10");
    assert!(groups(&told).contains("10.0.0.4"), "{told:?}");
    assert!(!groups(&told).contains("10.0.0.1"), "{told:?}");
    world.pce.connections([asks("10.0.0.4", "+1d 11:12")]);
    assert_eq!(world.run_at("+1d 11:20").mails.len(), 0, "now it is known");
}

#[test]
fn a_rule_learns_from_the_archive_what_others_matched() {
    let every = json!({"type": "traffic", "pd": 2, "name": "all", "enabled": true});
    let mut world = quiet(&[every]);
    let archive = world.folder().join("archive");
    world.set("settings.archive_dir", json!(archive));
    for (nth, from) in ["10.0.0.1", "10.0.0.2", "10.0.0.3"].into_iter().enumerate() {
        let when = at("10:01") + jiff::SignedDuration::from_mins(nth as i64);
        world.pce.connection(blocked(from, "db-01", 5432).at(when));
    }
    world.pce.connection(blocked("10.0.0.9", "db-01", 22).at("10:05"));
    world.run_at("10:10");
    world.rule(newcomer());
    let learnt = world.run(&["rules", "learn", "2"]);
    assert_eq!(learnt.code, 0, "{learnt:?}");
    let says = "2 newcomer: learning, 1 day to go, 3 known, from 3 matching records";
    assert!(learnt.stdout.contains(says), "{learnt:?}");
    for from in ["10.0.0.2", "10.0.0.4"] {
        world.pce.connection(blocked(from, "db-01", 5432).at("+1d 10:30"));
    }
    let told = world.run_at("+1d 10:40");
    let told = groups(&told);
    assert!(told.contains("10.0.0.4") && !told.contains("10.0.0.2"), "{told}");
}

/// What the state has of the rule that learns.
fn newcomers(world: &World) -> Value {
    let tallies = world.config()["state"]["rules"].clone();
    let mut tallies = tallies.as_object().unwrap().values();
    tallies.find(|tally| tally.get("known").is_some()).unwrap().clone()
}

/// Whether a time of the state is that of the command just done.
fn is_of_now(time: &Value, world: &World) -> bool {
    let time: jiff::Timestamp = time.as_str().unwrap().parse().unwrap();
    time.duration_since(world.now()).abs() < jiff::SignedDuration::from_mins(5)
}

/// A world whose archive has these connections, by a rule that matches all that is blocked.
fn archived(connections: impl IntoIterator<Item = Connection>) -> World {
    let mut world = quiet(&[json!({"type": "traffic", "pd": 2, "name": "all"})]);
    let archive = world.folder().join("archive");
    world.set("settings.archive_dir", json!(archive));
    world.pce.connections(connections);
    world.run_at("10:10");
    world
}

#[test]
fn an_archive_without_a_match_leaves_the_learning_as_it_was_and_says_so() {
    for lang in ["en", "zh-TW"] {
        let mut world = archived([blocked("10.0.0.9", "db-01", 22).at("10:05")]);
        world.run_at("+2d 10:00");
        world.rule(newcomer());
        // The other's record is older by now than this rule has to learn.
        world.run_at("+2d 10:10");
        let (begun, file) = (newcomers(&world), std::fs::read(world.config_path()).unwrap());
        let learnt = world.run(&["--lang", lang, "rules", "learn", "2"]);
        assert_eq!((learnt.code, learnt.stderr.as_str()), (0, ""), "{learnt:?}");
        let says = match lang {
            "en" => "2 newcomer: nothing learnt: no record of the archive matches",
            _ => "封存中沒有符合的紀錄",
        };
        assert!(learnt.stdout.contains(says), "{learnt:?}");
        assert_eq!(newcomers(&world), begun);
        assert_eq!(std::fs::read(world.config_path()).unwrap(), file, "nothing was saved");
        let listed = world.run(&["rules", "list"]);
        assert!(listed.stdout.contains("newcomer: learning, 1 day to go"), "{listed:?}");
    }
}

#[test]
fn a_rule_has_learnt_since_its_own_first_record_and_not_since_anothers() {
    let mut world = archived([
        blocked("10.0.0.9", "db-01", 22).at("10:05"),
        blocked("10.0.0.1", "db-01", 5432).at("+2d 22:00"),
    ]);
    world.run_at("+2d 22:10");
    world.run_at("+3d 10:00");
    world.rule(newcomer());
    world.run_at("+3d 10:10");
    let learnt = world.run(&["rules", "learn", "2"]);
    let says = "learning, 1 day to go, 1 known, from 1 matching records";
    assert!(learnt.stdout.contains(says), "{learnt:?}");
    let tally = newcomers(&world);
    assert_eq!(tally["known"]["since"], json!(at("+2d 22:00").to_string()));
}

#[test]
fn a_record_of_the_future_is_learnt_as_one_of_now() {
    let mut world = archived([blocked("10.0.0.1", "db-01", 5432).at("10:05")]);
    world.rule(newcomer());
    let flows = world.folder().join("archive/flows.jsonl");
    let text = std::fs::read_to_string(&flows).unwrap();
    let later = |when: &str| {
        let day = |when: &str| at(when).to_string()[..10].to_owned();
        text.replace(&day("10:05"), &day(when)).replace("10.0.0.1", "10.0.0.2")
    };
    std::fs::write(&flows, later("+60d 10:05")).unwrap();
    let learnt = world.run(&["rules", "learn", "2"]);
    assert!(learnt.stdout.contains("1 known, from 1 matching records"), "{learnt:?}");
    let tally = newcomers(&world);
    assert!(is_of_now(&tally["known"]["since"], &world), "{tally}");
    // Thirty days after now it is forgotten, and not thirty after its own day.
    world.pce.connection(blocked("10.0.0.2", "db-01", 5432).at("+40d 10:01"));
    let told = world.run_at("+40d 10:10");
    assert!(groups(&told).contains("10.0.0.2"), "{told:?}");
}

#[test]
fn a_rule_that_never_ran_begins_as_a_run_would_have_it_begin() {
    let mut world = archived([blocked("10.0.0.1", "db-01", 5432).at("10:05")]);
    let let_go = at("09:00").to_string();
    world.edit(|config| config["state"]["traffic"]["let_go"] = json!(let_go));
    world.rule(newcomer());
    let learnt = world.run(&["rules", "learn", "2"]);
    assert_eq!(learnt.code, 0, "{learnt:?}");
    let tally = newcomers(&world);
    assert_eq!(tally["unknown_before"], json!(let_go), "{tally}");
    assert!(is_of_now(&tally["since"], &world), "{tally}");
}

#[test]
fn what_a_run_has_to_tell_by_mail_is_not_learnt_over() {
    let mut world = archived([blocked("10.0.0.1", "db-01", 5432).at("10:05")]);
    world.rule(newcomer());
    world.edit(|config| config["api"]["org_id"] = json!("7"));
    let before = std::fs::read(world.config_path()).unwrap();
    let learnt = world.run(&["rules", "learn", "2"]);
    assert_eq!((learnt.code, learnt.stdout.as_str()), (78, ""), "{learnt:?}");
    assert!(learnt.stderr.contains("the state belongs to"), "{learnt:?}");
    assert!(learnt.stderr.contains("learn after that run"), "{learnt:?}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
    let run = world.run_at("10:20");
    let told = |mail: &crate::world::Mail| mail.text().contains("the state belongs to");
    assert!(run.mails.iter().any(told), "{run:?}");
    assert_eq!(world.run(&["rules", "learn", "2"]).code, 0);
}

#[test]
fn a_file_that_others_may_read_is_learnt_from_and_told() {
    use std::os::unix::fs::PermissionsExt;
    let mut world = archived([blocked("10.0.0.1", "db-01", 5432).at("10:05")]);
    world.rule(newcomer());
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(world.config_path(), readable).unwrap();
    let learnt = world.run(&["rules", "learn", "2"]);
    assert_eq!(learnt.code, 0, "{learnt:?}");
    assert!(learnt.stdout.contains("1 known"), "{learnt:?}");
    assert!(learnt.stderr.contains("illumio_api_config.json"), "{learnt:?}");
}

#[test]
fn what_cannot_be_learnt_is_said() {
    let mut world = quiet(&[json!({"type": "traffic", "pd": 2}), newcomer()]);
    for (arguments, code, says) in [
        (&["rules", "learn", "2"][..], 64, "settings.archive_dir"),
        (&["rules", "learn", "1", "--archive", "/tmp"], 64, "no new_within_days"),
        (&["rules", "learn", "7", "--archive", "/tmp"], 64, "no rule 7"),
        (&["rules", "learn", "2", "--archive", "/nowhere"], 64, "/nowhere/flows.jsonl"),
    ] {
        let run = world.run(arguments);
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
    }
}

/// The rows of the manual's table of what rules can see, each as a rule.
fn shown_in_the_manual() -> Vec<(String, Value)> {
    let chapter = concat!(env!("CARGO_MANIFEST_DIR"), "/dist/manual/rules.md");
    let chapter = std::fs::read_to_string(chapter).unwrap();
    let table = chapter.split("## Who and how wide").nth(1).unwrap().split("```json").next();
    let rows =
        table.unwrap().lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = rows.filter_map(|row| row.split_once(" | `"));
    rows.map(|(sees, keys)| {
        let keys = keys.trim_end_matches('`');
        let mut rule: Value = serde_json::from_str(&format!("{{{keys}}}")).unwrap();
        let is_event = rule.get("filter_value").is_some();
        rule["type"] = json!(if is_event { "event" } else { "traffic" });
        if !is_event {
            rule["pd"] = json!(2);
        }
        match rule.get("new_within_days") {
            Some(_) => rule["learn_days"] = json!(0),
            None => {
                rule["threshold_type"] = json!("count");
                (rule["threshold_count"], rule["threshold_window"]) = (json!(5), json!(10));
            }
        }
        (sees.to_owned(), rule)
    })
    .collect()
}

#[test]
fn each_rule_of_the_manuals_table_sees_what_the_table_says() {
    let when = |nth: u64| at("10:01") + jiff::SignedDuration::from_secs(20 * nth as i64);
    let talk = |from: &str, to: &str, port: u64, nth| blocked(from, to, port as u16).at(when(nth));
    let each = |one: &dyn Fn(u64) -> Connection| (0..5).map(one).collect::<Vec<_>>();
    let failures = |user: &dyn Fn(u64) -> String| {
        let one = |nth| login_failed(&user(nth), "203.0.113.9").at(when(nth));
        (0..5).map(one).collect::<Vec<_>>()
    };
    let login = EventRecord::new(
        "user.sign_in",
        json!({
            "action": {"src_ip": "203.0.113.9"},
            "created_by": {"user": {"href": "/users/1", "username": "ann"}}
        }),
    );
    let alike = |nth: u64| format!("10.9.0.{nth}");
    let cases: [(Vec<Connection>, Vec<EventRecord>, &str); 8] = [
        (each(&|nth| talk("10.0.0.66", "10.9.0.1", 80, nth)), vec![], "10.0.0.66"),
        (each(&|nth| talk("10.0.0.66", "10.9.0.1", 80 + nth, nth)), vec![], "10.0.0.66 · 10.9.0.1"),
        (each(&|nth| talk("10.0.0.66", &alike(nth), 445, nth)), vec![], "10.0.0.66"),
        (each(&|nth| talk(&alike(nth), "10.9.7.7", 80, nth)), vec![], "10.9.7.7"),
        (vec![talk("10.0.0.66", "10.9.0.1", 5432, 0)], vec![], "10.0.0.66"),
        (vec![], failures(&|_| "ann".to_owned()), "ann"),
        (vec![], failures(&|nth| format!("user{nth}")), "203.0.113.9"),
        (vec![], vec![login.at("10:03")], "ann · 203.0.113.9"),
    ];
    let rules = shown_in_the_manual();
    assert_eq!(rules.len(), cases.len(), "{rules:?}");
    for ((sees, rule), (connections, events, group)) in rules.into_iter().zip(cases) {
        // One case less is not enough, where there is a threshold.
        for spared in [0, 1] {
            let mut world = quiet(std::slice::from_ref(&rule));
            world.pce.connections(connections.iter().skip(spared).cloned());
            world.pce.events(events.iter().skip(spared).cloned());
            let run = world.run_at("10:10");
            let told: Vec<String> =
                run.told().iter().flat_map(|told| &told.groups).map(|it| it.name.clone()).collect();
            let expected: &[&str] = if spared == 0 { &[group] } else { &[] };
            assert_eq!(told, expected, "{sees}: {run:?}");
        }
    }
}

#[test]
fn a_rule_that_goes_by_an_ip_list_learns_what_the_list_holds_and_no_more() {
    let listed = json!({"type": "traffic", "pd": 2, "name": "lab", "src_list": "Lab"});
    let every = json!({"type": "traffic", "pd": 2, "name": "all"});
    let mut world = quiet(&[every, listed]);
    world.pce.ip_lists([ip_list(7, "Lab", json!([{"from_ip": "192.168.7.0/24"}]))]);
    world.set("settings.archive_dir", json!(world.folder().join("archive")));
    for from in ["192.168.7.7", "10.0.0.2", "10.0.0.3"] {
        world.pce.connection(blocked(from, "db-01", 5432).at("10:03"));
    }
    world.run_at("10:10");
    let with = |key: &str| {
        let mut rule = newcomer();
        rule[key] = json!("Lab");
        rule
    };
    world.rule(with("src_list"));
    world.rule(with("not_src_list"));

    let learnt = world.run(&["rules", "learn", "3,4"]);

    assert_eq!(learnt.code, 0, "{learnt:?}");
    for says in ["1 known, from 1 matching", "2 known, from 2 matching"] {
        assert!(learnt.stdout.contains(says), "{says}: {learnt:?}");
    }
}
