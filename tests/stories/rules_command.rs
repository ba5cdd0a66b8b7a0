//! `rules`: the menu's work, done by a script.

use std::io::Write;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::names::traced;
use crate::world::{World, run_to_its_end};

/// A world with two rules.
fn two() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic", "name": "封鎖的連線", "pd": 2, "port": "80,443",
        "threshold_type": "count", "threshold_count": 10, "threshold_window": 10}));
    world
}

/// The binary with something on its standard input.
fn piped(world: &World, arguments: &[&str], input: &str) -> Output {
    let mut command = world.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who refuses its arguments does not read on.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn list_is_a_table_for_a_person_and_json_for_a_script() {
    let mut world = two();
    let run = world.run(&["rules", "list"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{run:?}");
    assert!(lines[0].starts_with("id  on  level    name"), "{run:?}");
    assert!(lines[2].contains("  10 in 10 min  "), "{run:?}");
    assert!(lines[2].ends_with("blocked; port 80, 443"), "{run:?}");
    assert!(!run.stdout.contains('\u{1b}'));
    let chinese = world.run(&["rules", "list", "--lang", "zh-TW"]).stdout;
    let first = chinese.lines().nth(1).unwrap();
    let words = ["是", "警告", "每筆符合"];
    assert!(words.iter().all(|word| first.contains(word)), "{chinese}");

    let run = world.run(&["rules", "list", "--json"]);
    assert_eq!(json_of(&run.stdout), world.config()["rules"]);
}

#[test]
fn show_gives_one_rule_as_an_object_and_several_as_a_list() {
    let mut world = two();
    let run = world.run(&["rules", "show", "2"]);
    assert!(run.stdout.starts_with("id                2\ntype              traffic\n"), "{run:?}");
    let one = world.run(&["rules", "show", "2", "--json"]);
    assert_eq!(json_of(&one.stdout), world.config()["rules"][1]);
    for ids in ["1,2", "1-9"] {
        let both = world.run(&["rules", "show", ids, "--json"]);
        assert_eq!(json_of(&both.stdout), world.config()["rules"]);
    }
}

#[test]
fn add_takes_a_rule_or_several_from_an_argument_a_file_or_standard_input() {
    let mut world = World::new();
    let rule =
        |name: &str| json!({"type": "event", "name": name, "filter_value": "agent.*"}).to_string();
    let run = world.run(&["rules", "add", &rule("one")]);
    assert_eq!(run.stdout, "rule 1 added: one\n", "{run:?}");

    let file = world.folder().join("two.json");
    std::fs::write(&file, format!("\u{feff}[{}, {}]", rule("two"), rule("three"))).unwrap();
    let run = world.run(&["rules", "add", file.to_str().unwrap(), "--json"]);
    assert_eq!(json_of(&run.stdout)["added"], json!([2, 3]), "{run:?}");

    for (arguments, name) in [(&["rules", "add", "-"][..], "four"), (&["rules", "add"], "five")] {
        let output = piped(&world, arguments, &rule(name));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let config = world.config();
    let rules = config["rules"].as_array().unwrap();
    let names: Vec<&str> = rules.iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["one", "two", "three", "four", "five"]);
    assert_eq!(rules[4]["id"], 5);

    // What list prints, add reads; ids that are taken are given anew.
    let listed = world.run(&["rules", "list", "--json"]).stdout;
    let output = piped(&world, &["rules", "add", "-", "--json"], &listed);
    let said = json_of(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(said["added"], json!([6, 7, 8, 9, 10]));
}

#[test]
fn what_is_wrong_with_a_rule_is_told_by_its_path_and_nothing_is_added() {
    let mut world = two();
    let before = std::fs::read(world.config_path()).unwrap();
    let cases = [
        ("{\"type\": \"event\", \"name\": \"x\", \"filter_valu\": \"y\"}", "rule.filter_valu:"),
        (
            "[{\"type\": \"event\", \"name\": \"x\", \"filter_value\": \"y\"}, {\"type\": \"traffic\", \
          \"name\": \"x\", \"pd\": 2, \"port\": 99999}]",
            "rules[1].port:",
        ),
        ("{\"type\": \"bandwidth\", \"name\": \"x\"}", "rule.type:"),
        (
            "{\"type\": \"event\", \"name\": \"x\", \"name\": \"y\", \"filter_value\": \"z\"}",
            "rule.name:",
        ),
        ("[1]", "rules[0]:"),
        ("[]", "holds no rule"),
        ("{\"type\":", "not JSON"),
        ("no-such-file.json", "no-such-file.json: cannot be read"),
    ];
    for (given, said) in cases {
        let run = world.run(&["rules", "add", given]);
        assert_eq!((run.code, run.stdout.as_str()), (64, ""), "{given}: {run:?}");
        assert!(run.stderr.contains(said), "{given}: {run:?}");
    }
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
}

#[test]
fn set_changes_keys_and_leaves_every_other_byte() {
    let mut world = two();
    let before = std::fs::read_to_string(world.config_path()).unwrap();

    let run = world.run(&[
        "rules",
        "set",
        "1",
        "name=404",
        "level=critical",
        "enabled=false",
        "severity=[\"err\"]",
        "_own=7",
    ]);

    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(run.stdout.contains("rule 1: name: \"Tampering\" → \"404\"\n"), "{run:?}");
    let rule = world.config()["rules"][0].clone();
    assert_eq!((&rule["name"], &rule["level"]), (&json!("404"), &json!("critical")));
    assert_eq!((&rule["enabled"], &rule["_own"]), (&json!(false), &json!(7)));
    assert_eq!(rule["severity"], json!(["err"]));

    let run = world.run(&[
        "rules",
        "set",
        "1",
        "name=Tampering",
        "level=",
        "enabled=",
        "severity=",
        "_own=",
        "note=",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(std::fs::read_to_string(world.config_path()).unwrap(), before);
    let nothing = world.run(&["rules", "set", "1", "name=Tampering"]);
    assert_eq!(nothing.stdout, "nothing to change\n");
}

#[test]
fn a_wrong_value_or_id_is_64_and_changes_nothing() {
    let mut world = two();
    let before = std::fs::read(world.config_path()).unwrap();
    let cases: [(&[&str], &str); 14] = [
        (&["set", "1", "threshold_count=many"], "rule 1: threshold_count"),
        (&["set", "2", "port=http"], "rule 2: port"),
        (&["set", "2", "pd="], "rule 2: pd"),
        (&["set", "1", "colour=red"], "rule 1: colour"),
        (&["set", "1", "id=9"], "id stays"),
        (&["set", "1", "name"], "no key=value"),
        (&["set", "1"], "nothing to set"),
        (&["set", "7", "name=x"], "there is no rule 7"),
        (&["enable", "1,9"], "there is no rule 9"),
        (&["disable", "x"], "\"x\" is no rule's id"),
        (&["disable", "3-1"], "\"3-1\" is no rule's id"),
        (&["remove"], "at least one rule"),
        (&["remove", "5-9"], "there is no rule 5-9"),
        (&["show", "3"], "there is no rule 3"),
    ];
    for (arguments, said) in cases {
        let run = world.run(&[&["rules"], arguments].concat());
        assert_eq!((run.code, run.stdout.as_str()), (64, ""), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {run:?}");
    }
    for arguments in [&["rules"][..], &["rules", "fly"], &["rules", "list", "1"]] {
        let run = world.run(arguments);
        assert_eq!(run.code, 64, "{run:?}");
        assert!(run.stderr.contains("Usage: illumio-monitor"), "{run:?}");
    }
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
}

#[test]
fn several_rules_are_turned_off_and_on_and_removed_by_their_ids() {
    let mut world = World::new();
    for _ in 0..6 {
        world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    }
    world.pce.event(agent_tampering("db-01").at("10:03"));
    let run = world.run(&["rules", "disable", "1,3-5"]);
    assert_eq!(run.stdout.lines().count(), 4, "{run:?}");
    let run = world.run_at("10:10");
    let names: Vec<String> = run.told().into_iter().map(|told| told.rule).collect();
    assert_eq!(names, ["rule 2", "rule 6"]);

    let run = world.run(&["rules", "enable", "3", "4", "--json"]);
    assert_eq!(json_of(&run.stdout)["rules"][1]["enabled"], true, "{run:?}");
    let run = world.run(&["rules", "remove", "1-2,5"]);
    assert_eq!(run.stdout.lines().next(), Some("rule 1 removed: rule 1"), "{run:?}");

    let config = world.config();
    let rules = config["rules"].as_array().unwrap();
    let ids: Vec<i64> = rules.iter().map(|rule| rule["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [3, 4, 6]);
    // The state went through all of it, and the next run goes on from it.
    assert!(config["state"]["generation"].as_u64().unwrap() > 0);
    let run = world.run_at("10:20");
    assert_eq!((run.code, run.number("events")), (0, 0), "{run:?}");
}

#[test]
fn a_rule_edited_between_two_runs_counts_on_and_a_changed_filter_counts_afresh() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering",
        "threshold_type": "count", "threshold_count": 5, "threshold_window": 60}));
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.event(agent_tampering("db-01").at("10:04"));
    assert_eq!(world.run_at("10:10").number("alerts"), 0);

    assert_eq!(world.run(&["rules", "set", "1", "threshold_count=3"]).code, 0);
    world.pce.event(agent_tampering("db-01").at("10:12"));
    let run = world.run_at("10:20");
    assert_eq!(run.told()[0].count, 3, "{run:?}");

    world.pce.event(agent_tampering("db-01").at("11:32"));
    world.pce.event(agent_tampering("db-01").at("11:33"));
    assert_eq!(world.run_at("11:40").number("alerts"), 0);
    assert_eq!(world.run(&["rules", "set", "1", "filter_value=agent.tamper"]).code, 0);
    world.pce.event(agent_tampering("db-01").at("11:45"));
    assert_eq!(world.run_at("11:50").number("alerts"), 0);
}

#[test]
fn a_change_made_while_a_run_is_under_way_survives_it_and_so_does_its_state() {
    let mut world = two();
    world.pce.event(agent_tampering("db-01").at("10:03"));
    world.pce.set_now("10:10");
    let silence = Fault::hang(Duration::from_millis(1_500));
    world.pce.fault(silence.on("/health").times(1));
    let mut running = world.run_until(World::asks_the_pce);

    let output = piped(&world, &["rules", "set", "2", "threshold_count=99"], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(running.try_wait().unwrap().is_none(), "the run was over too soon");
    assert_eq!(running.wait().unwrap().code(), Some(0));

    let config = world.config();
    assert_eq!(config["rules"][1]["threshold_count"], 99);
    let last = world.folder().join("illumio_api_config.json.last");
    let last = json_of(&std::fs::read_to_string(last).unwrap());
    assert_eq!(last["rules"][1]["threshold_count"], 99);
    assert_eq!(world.mailbox.count(), 1);
    world.pce.heal();
    let run = world.run_at("10:20");
    assert_eq!((run.code, run.number("events")), (0, 0), "{run:?}");
    assert!(!run.stderr.contains("state"), "nothing was rolled back: {run:?}");
}

#[test]
fn ids_that_stand_twice_are_renumbered_by_the_next_change_and_that_is_said() {
    let mut world = World::new();
    for name in ["one", "two"] {
        world.rule(json!({"id": 7, "type": "event", "name": name, "filter_value": "agent.*"}));
    }
    let listed = world.run(&["rules", "list"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    assert_eq!(world.config()["rules"][1]["id"], 7);

    let run = world.run(&["rules", "disable", "7"]);

    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.contains("the id 7 stood twice; one of its rules has the id 8 now"),
        "{run:?}"
    );
    assert_eq!(world.config()["rules"][1]["id"], 8);
}

#[test]
fn a_file_that_cannot_be_used_is_78_and_one_with_an_error_elsewhere_can_be_mended() {
    let mut world = two();
    let path = world.config_path();
    world.set("settings.reminder_hours", json!(0));
    let listed = world.run(&["rules", "list"]);
    assert_eq!(listed.code, 78, "{listed:?}");
    assert!(listed.stdout.contains("Tampering"), "{listed:?}");
    assert!(listed.stderr.contains("settings.reminder_hours"), "{listed:?}");
    let set = world.run(&["rules", "set", "1", "level=info"]);
    assert_eq!(set.code, 78, "{set:?}");
    assert_eq!(world.config()["rules"][0]["level"], "info");

    std::fs::write(&path, "{\"rules\": [").unwrap();
    for arguments in [&["rules", "list"][..], &["rules", "remove", "1"]] {
        let run = world.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (78, ""), "{run:?}");
        assert!(run.stderr.contains("line 1"), "{run:?}");
    }
    std::fs::remove_file(&path).unwrap();
    let run = world.run(&["rules", "list"]);
    assert_eq!(run.code, 78, "{run:?}");
}

#[test]
fn the_words_are_the_configured_languages() {
    let mut world = two();
    world.set("settings.language", json!("zh-TW"));
    let run = world.run(&["rules", "list"]);
    assert!(run.stdout.contains("10 分鐘 10 次"), "{run:?}");
    let run = world.run(&["rules", "show", "9"]);
    assert!(run.stderr.contains("沒有規則 9"), "{run:?}");
    let run = world.run(&["--lang=en", "rules", "show", "9"]);
    assert!(run.stderr.contains("there is no rule 9"), "{run:?}");
}

#[test]
fn what_stands_in_a_rule_acts_on_no_terminal() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "a\u{1b}[2J\u{202e}b", "filter_value": "x\u{7}"}));
    for arguments in [&["rules", "list"][..], &["rules", "show", "1"], &["rules", "disable", "1"]] {
        let run = world.run(arguments);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{run:?}");
    }
}

#[test]
fn a_rule_that_does_not_come_is_asked_for() {
    let world = two();
    for input in ["", "\n"] {
        let out = piped(&world, &["rules", "add"], input);
        let told = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(64), "{told}");
        assert!(told.starts_with("give the rule as JSON"), "{told}");
    }
}

/// How many rules of that name there are.
fn named(world: &World, name: &str) -> usize {
    let config = world.config();
    let rules = config["rules"].as_array().unwrap().iter();
    rules.filter(|rule| rule["name"] == name).count()
}

const NEW: [&str; 3] =
    ["rules", "add", r#"{"type": "event", "name": "New", "filter_value": "user.login"}"#];

#[test]
fn a_change_that_is_in_is_told_as_one_though_its_copy_failed() {
    let mut world = two();
    // Nothing can take this name.
    let last = world.folder().join("illumio_api_config.json.last");
    std::fs::create_dir_all(last.join("in the way")).unwrap();

    let run = world.run(&NEW);

    assert_eq!(named(&world, "New"), 1, "{run:?}");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("New"), "{run:?}");
    assert!(run.stderr.contains("need not be made again"), "{run:?}");
    assert!(run.stderr.contains(".last"), "{run:?}");
    assert!(!run.stderr.contains("nothing was"), "{run:?}");

    // A run's state is in, too: its mail goes, and that is told.
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.run_at("10:00");
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.mails.len()), (75, 1), "{run:?}");
    assert!(run.stderr.contains(".last"), "{run:?}");
    assert_eq!(world.run_at("10:20").mails.len(), 0);
}

#[test]
fn a_change_that_is_in_is_told_as_one_though_the_disk_did_not_confirm_the_folder() {
    let world = two();
    // The first fsync is that of the new file, the second that of the folder.
    let Some(command) = traced(&world.command(&NEW), &["-e", "inject=fsync:error=EIO:when=2"])
    else {
        return;
    };
    let output = run_to_its_end(command);
    let told = &output.stderr;
    assert_eq!(named(&world, "New"), 1, "{told}");
    assert_eq!(output.code, 0, "{told}");
    assert!(told.contains("need not be made again"), "{told}");
    assert!(told.contains("a power cut may undo it"), "{told}");
}

#[test]
fn a_change_that_the_disk_did_not_take_is_none_and_the_file_stays_as_it_was() {
    let world = two();
    let before = std::fs::read(world.config_path()).unwrap();
    let Some(command) = traced(&world.command(&NEW), &["-e", "inject=fsync:error=EIO:when=1"])
    else {
        return;
    };
    let refused = run_to_its_end(command);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(refused.stderr.contains("stays as it was"), "{refused:?}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
}

#[test]
fn a_key_of_the_other_type_is_told_as_such_and_no_other_word_is_guessed() {
    let mut world = two();
    for (rule, key, types) in [
        (json!({"type": "event", "name": "x", "filter_value": "x", "port": 1}), "port", "traffic"),
        (json!({"type": "traffic", "name": "x", "pd": 2, "change": {}}), "change", "event"),
    ] {
        let run = world.run(&["rules", "add", &rule.to_string()]);
        let expected = format!("rule.{key}: is a key of rules of type \"{types}\"; ");
        assert_eq!((run.code, run.stderr.lines().count()), (64, 1), "{run:?}");
        assert!(run.stderr.contains(&expected) && !run.stderr.contains("nearest"), "{run:?}");
    }
    let run = world.run(&["rules", "set", "1", "dst_list=Lab"]);
    assert!(run.stderr.contains("rule 1: dst_list: is a key of rules of type \"traffic\""));
}

#[test]
fn a_key_that_stands_twice_is_refused_with_its_place_and_none_of_them_is_taken() {
    let mut world = two();
    let before = world.config();
    let doubled = r#"{"type":"event","name":"x","filter_value":"x","user":"a","user":"b"}"#;
    let within = r#"change={"field":"a","to":1,"to":2}"#;
    let deep = r#"_own=[{"a":{"b":1,"b":2}}]"#;
    for (arguments, place) in [
        (vec!["add", doubled], "rule.user"),
        (vec!["set", "1", within], "change.to"),
        (vec!["set", "1", "user=a", "user=b"], "user"),
        (vec!["set", "1", deep], "_own[0].a.b"),
    ] {
        let run = world.run(&[&["rules"], arguments.as_slice()].concat());
        assert_eq!(run.code, 64, "{run:?}");
        assert!(run.stderr.contains(&format!("{place}: this key occurs twice")), "{run:?}");
    }
    assert_eq!(world.config(), before);
}

#[test]
fn a_list_that_is_not_closed_or_empty_is_no_name() {
    let mut world = two();
    for (pair, words) in [
        ("user=[a", "\"[a\" starts like JSON but is incomplete"),
        ("change={\"field\":", "starts like JSON but is incomplete"),
        ("user=[]", "user: is an empty list and sets no condition"),
    ] {
        let run = world.run(&["rules", "set", "1", pair]);
        assert!(run.code == 64 && run.stderr.contains(words), "{run:?}");
    }
    let run = world.run(&["rules", "set", "1", "desc=[a", "user=[\"[a\", \"b\"]"]);
    assert_eq!(run.code, 0, "a text may begin so, and a name in a list: {run:?}");
    assert_eq!(world.config()["rules"][0]["user"], json!(["[a", "b"]));
}

#[test]
fn an_empty_list_that_was_always_taken_is_a_remark_in_a_file_and_refused_in_a_new_rule() {
    let mut world = two();
    world.edit(|config| {
        config["rules"][1]["src_label"] = json!([]);
        config["rules"][1]["ex_src_ip"] = json!("");
        config["rules"][0]["severity"] = json!([]);
    });
    let run = world.run_at("10:10");
    assert_eq!(run.code, 0, "{run:?}");
    let said = world.run(&["check"]).stdout;
    for path in ["rule 1: severity", "rule 2: src_label"] {
        assert!(
            said.contains(&format!("{path}: is an empty list and sets no condition")),
            "{said}"
        );
    }
    assert!(!said.contains("ex_src_ip"), "an empty text is the Python tool's way: {said}");
    assert!(world.run(&["rules", "list"]).stdout.contains("blocked; port 80, 443"));
    let rule = json!({"type": "traffic", "name": "x", "pd": 2, "port": []});
    let run = world.run(&["rules", "add", &rule.to_string()]);
    assert!(run.code == 64 && run.stderr.contains("rule.port: is an empty list"), "{run:?}");
}

#[test]
fn long_lists_are_cut_in_the_table_and_chinese_ones_are_parted_as_chinese_is() {
    let mut world = two();
    let hosts: Vec<String> = (0..3_000).map(|nth| format!("host-{nth}")).collect();
    world.rule(json!({"type": "traffic", "name": "x", "pd": [1, 2], "src_host": hosts,
        "src_list": ["Office", "Lab"], "not_dst_list": "Any"}));
    let english = world.run(&["rules", "list"]).stdout;
    assert!(english.contains("from host-0, host-1, ") && english.len() < 2_000, "{english}");
    assert!(english.contains("host-7 and 2992 more; from IP list Office, Lab"), "{english}");
    assert!(english.contains("not to IP list Any"), "{english}");
    let chinese = world.run(&["rules", "list", "--lang", "zh-TW"]).stdout;
    for part in [
        "連接埠 80、443",
        "可能遭封鎖、已封鎖",
        "host-7（另有 2992 項）",
        "來源 IP 清單 Office、Lab",
    ] {
        assert!(chinese.contains(part), "{part}: {chinese}");
    }
}
