//! What a person changes by the menu, by `rules` or by `import`.

use std::path::Path;

use illumio_monitor::config::Env;
use illumio_monitor::report::tally::Tally;
use illumio_monitor::rules::keyed;
use illumio_monitor::store::{Author, Draft, Edited, Error, edit, lock_run};
use serde_json::{Value, json};

use crate::helpers::{PYTHON, Place, at, minimal};

fn change<T>(place: &Place, change: impl FnOnce(&mut Draft) -> T) -> Result<Edited<T>, Error> {
    edit(&place.file, &Env::default(), at("10:00"), &Author::default(), change)
}

fn json_of(place: &Place) -> Value {
    serde_json::from_str(&place.text()).unwrap()
}

#[test]
fn a_change_leaves_every_other_byte_as_it_was() {
    let odd = "\u{feff}{\r\n\t\"_note\" :  \"\\u76e3\\u63a7 \\/\" ,\r\n\
        \"api\":{\"url\":\"https://pce.example.com\",  \"key\":\"api_1\",\"secret\":\"\\u0073\"},\r\n\
        \"own\": [1.50, 1E3, -0, {\"state\": {}}],\r\n\r\n\
        \"email\":{\r\n\t\t\"recipients\":\"a@b.c\"  }\r\n\
        , \"state\": {\"generation\" : 4 ,\r\n \"outbox\":{}}  }\r\n\r\n";
    let place = Place::with(odd);

    change(&place, |draft| {
        draft.set("email", "sender", &json!("m@example.com"));
        draft.set("api", "url", &json!("https://other.example.com"));
    })
    .unwrap();

    let wanted = odd
        .replace("pce.example.com", "other.example.com")
        .replace("\"a@b.c\"  }", "\"a@b.c\",\r\n\t\t\"sender\": \"m@example.com\"  }");
    assert_eq!(place.text(), wanted);
    assert_eq!(place.last(), wanted);
}

#[test]
fn a_missing_file_is_made_and_reads_well() {
    let place = Place::with("");
    std::fs::remove_file(&place.file).unwrap();

    let edited = change(&place, |draft| {
        draft.set("api", "url", &json!("https://pce.example.com:8443"));
        draft.set("api", "key", &json!("api_1"));
        draft.set("api", "secret", &json!("s3cr3t"));
        draft.set("email", "recipients", &json!(["soc@example.com", "ops@example.com"]));
        draft.add_rule(
            &json!({"filter_value": "agent.tampering", "name": "Tampered", "type": "event"}),
        )
    });

    let edited = edited.unwrap();
    assert_eq!(edited.result, 1);
    assert_eq!(edited.problems, []);
    let wanted = r#"{
    "api": {
        "url": "https://pce.example.com:8443",
        "key": "api_1",
        "secret": "s3cr3t"
    },
    "email": {
        "recipients": ["soc@example.com", "ops@example.com"]
    },
    "rules": [
        {
            "id": 1,
            "type": "event",
            "name": "Tampered",
            "filter_value": "agent.tampering"
        }
    ]
}
"#;
    assert_eq!(place.text(), wanted);
    assert_eq!(place.last(), wanted);
    assert_eq!(place.open().config.rules.len(), 1);
}

#[test]
fn a_change_that_brings_a_problem_is_refused_and_nothing_is_written() {
    let place = Place::with(&minimal(""));
    let before = place.text();

    let refused = change(&place, |draft| draft.set("smtp", "port", &json!(0)));

    let Err(Error::Invalid { problems, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(problems[0].path, "smtp.port");
    assert_eq!(place.text(), before);
    assert!(!place.beside(".last").exists());
}

#[test]
fn a_broken_file_is_mended_step_by_step() {
    let broken = r#"{"api": {"url": "https://pce.example.com", "key": "k", "secret": "s"},
        "email": {"recipients": "a@b.c"}, "smtp": {"port": 0, "tls": "never"},
        "rules": [{"id": 1, "type": "what"}, {"id": 2, "type": "which"}]}"#;
    let place = Place::with(broken);

    let first = change(&place, |draft| draft.unset("smtp", "port")).unwrap();
    assert_eq!(first.problems.len(), 3);
    assert!(!place.beside(".last").exists(), "a broken file is nothing to mail through");

    change(&place, |draft| draft.remove_rule(0)).unwrap();
    change(&place, |draft| draft.remove_rule(0)).unwrap();
    let last = change(&place, |draft| draft.set("smtp", "tls", &json!("none"))).unwrap();

    assert_eq!(last.problems, []);
    assert_eq!(json_of(&place)["rules"], json!([]));
    assert_eq!(place.last(), place.text());
}

#[test]
fn a_text_that_is_no_json_is_not_touched() {
    for text in ["{\"api\": ", "[]", ""] {
        let place = Place::with(text);

        assert!(change(&place, |draft| draft.set("api", "url", &json!("x"))).is_err());

        assert_eq!(place.text(), text);
    }
}

#[test]
fn ids_that_stand_twice_are_renumbered_and_keep_their_counts() {
    let place = Place::with(&PYTHON.replace(": \"traffic\"", ": \"event\"").replace(
        "\"pd\": 2,\n            \"port\": 3306,\n            \"src_label\": null,\n            \"dst_label\": \"role=DB\",",
        "\"filter_value\": \"agent_missed_heartbeats\",",
    ));
    let mut opened = place.open();
    let keys: Vec<String> = keyed(&opened.config.rules).into_iter().map(|(key, _)| key).collect();
    for (key, count) in keys.iter().zip([3, 4]) {
        let tally = Tally { unknown_before: Some(at(&format!("0{count}:00"))), ..Tally::default() };
        opened.state.rules.insert(key.clone(), tally);
    }
    opened.store.save(&mut opened.state).unwrap();

    let edited = change(&place, |draft| draft.set("api", "org_id", &json!("7"))).unwrap();
    assert_eq!(edited.renumbered, [], "an edit that changes nothing is no save");

    let edited = change(&place, |draft| draft.set("settings", "site_name", &json!("HQ"))).unwrap();

    assert_eq!(edited.renumbered, [(1771200000, 1771200001)]);
    let again = place.open();
    assert_eq!((again.damaged.len(), again.notes.len()), (0, 0), "{:?}", again.notes);
    assert_eq!(again.config.warnings, Vec::<String>::new());
    let counts: Vec<_> = keyed(&again.config.rules)
        .into_iter()
        .map(|(key, _)| again.state.rules[&key].unknown_before.unwrap().to_string())
        .collect();
    assert_eq!(counts, ["2026-11-22T03:00:00Z", "2026-11-22T04:00:00Z"]);
    let what: Vec<&str> = edited.changes.iter().map(|change| &*change.what).collect();
    assert!(what.contains(&"settings.site_name"), "{what:?}");
}

#[test]
fn ids_stay_while_a_run_counts_by_them() {
    let place = Place::with(PYTHON);
    let run = lock_run(&place.file, at("09:59")).unwrap();

    let edited = change(&place, |draft| draft.set("api", "org_id", &json!("8"))).unwrap();
    assert_eq!(edited.renumbered, []);
    drop(run);

    let edited = change(&place, |draft| draft.set("api", "org_id", &json!("7"))).unwrap();
    assert_eq!(edited.renumbered.len(), 1);
}

#[test]
fn an_edit_and_a_runs_save_both_survive() {
    let place = Place::with(&minimal(""));
    let mut run = place.open();
    run.store.save(&mut run.state).unwrap();

    change(&place, |draft| draft.set("settings", "site_name", &json!("HQ"))).unwrap();
    run.state.clock_offset_seconds = Some(7);
    run.store.save(&mut run.state).unwrap();
    change(&place, |draft| draft.set("settings", "reminder_hours", &json!(2))).unwrap();

    let opened = place.open();
    assert_eq!(opened.config.settings.site_name, "HQ");
    assert_eq!(opened.config.settings.reminder_hours, 2);
    assert_eq!(opened.state.clock_offset_seconds, Some(7));
    assert!(opened.notes.is_empty());
}

#[test]
fn a_state_that_only_last_still_has_comes_back_with_the_edit() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    opened.state.clock_offset_seconds = Some(7);
    opened.store.save(&mut opened.state).unwrap();
    std::fs::write(&place.file, minimal("")).unwrap();

    change(&place, |draft| draft.set("settings", "site_name", &json!("HQ"))).unwrap();

    assert_eq!(place.open().state.clock_offset_seconds, Some(7));
}

#[test]
fn a_rule_is_changed_in_its_place_and_keeps_what_is_the_users() {
    let rules = r#", "rules": [
        {"id": 1, "type": "event", "_ticket": 12.50, "name": "a", "filter_value": "x"},
        {"id": 2, "type": "event", "name": "b", "filter_value": "y", "threshold_type": "immediate"}
    ]"#;
    let place = Place::with(&minimal(rules));

    change(&place, |draft| {
        draft.set_in_rule(0, "name", Some(&json!("改名")));
        draft.set_in_rule(0, "level", Some(&json!("critical")));
        draft.set_in_rule(1, "threshold_type", None);
        assert_eq!(
            draft.add_rule(&json!({"id": 2, "type": "event", "name": "c", "filter_value": "z"})),
            3
        );
        draft.remove_rule(2);
    })
    .unwrap();

    let wanted = rules
        .replace(
            "\"a\", \"filter_value\": \"x\"",
            "\"改名\", \"filter_value\": \"x\", \"level\": \"critical\"",
        )
        .replace(", \"threshold_type\": \"immediate\"", "");
    assert_eq!(place.text(), minimal(&wanted));
}

#[test]
fn changes_are_named_and_secrets_masked() {
    let place = Place::with(&minimal(
        r#", "rules": [{"id": 1, "type": "event", "name": "a", "filter_value": "x"}]"#,
    ));

    let edited = change(&place, |draft| {
        draft.set("api", "secret", &json!("n3w"));
        draft.set_in_rule(0, "name", Some(&json!("b")));
        draft.add_rule(&json!({"type": "event", "name": "c", "filter_value": "z"}));
    })
    .unwrap();

    let told: Vec<_> = edited
        .changes
        .iter()
        .map(|one| (one.what.as_str(), one.before.as_deref(), one.after.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("api.secret", Some("***"), Some("***")),
            ("rule 1: name", Some("\"a\""), Some("\"b\"")),
            ("rule 2", None, Some(r#"{"filter_value":"z","id":2,"name":"c","type":"event"}"#)),
        ]
    );
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let missing = Path::new("/nonexistent-folder/config.json");

    let refused = edit(missing, &Env::default(), at("10:00"), &Author::default(), |_| ());

    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
}

#[test]
fn what_has_nothing_to_change_writes_nothing_and_still_says_what_is_wrong() {
    let place = Place::with(&minimal(r#", "rules": [{"id": 1, "type": "what"}]"#));
    let before = place.text();

    let edited = change(&place, Draft::keep_renumbered).unwrap();

    assert_eq!((edited.problems.len(), edited.changes.len()), (1, 0), "{edited:?}");
    assert_eq!(place.text(), before);

    let place = Place::with(&minimal(""));
    change(&place, Draft::keep_renumbered).unwrap();
    assert!(!place.beside(".last").exists(), "it was written");
}

#[test]
fn one_more_problem_of_a_kind_that_is_there_is_refused() {
    let broken = json!({"type": "what", "name": "a"});
    let place = Place::with(&minimal(r#", "rules": [{"id": 1, "type": "what", "name": "a"}]"#));
    let before = place.text();
    let refused = change(&place, |draft| draft.add_rule(&broken));
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    assert_eq!(place.text(), before);
}

#[test]
fn a_newer_versions_state_is_not_edited_wherever_it_stands() {
    let newer = minimal(r#", "state": {"version": 99, "generation": 9}"#);
    for (file, last) in [(&newer, None), (&minimal(""), Some(&newer))] {
        let place = Place::with(file);
        if let Some(last) = last {
            std::fs::write(place.beside(".last"), last).unwrap();
        }
        let refused = change(&place, |draft| draft.set("settings", "site_name", &json!("HQ")));
        assert!(matches!(refused, Err(Error::NewerState { .. })), "{refused:?}");
        assert_eq!(&place.text(), file);
    }
}

#[test]
fn a_section_that_is_no_object_is_made_anew_and_stands_before_the_state() {
    for section in ["", r#", "settings": 5"#] {
        let place = Place::with(&minimal(&format!(r#"{section}, "state": {{"version": 1}}"#)));

        change(&place, |draft| draft.set("settings", "site_name", &json!("HQ"))).unwrap();

        assert_eq!(json_of(&place)["settings"], json!({"site_name": "HQ"}));
        let at = |key: &str| place.text().find(&format!("\"{key}\"")).unwrap();
        assert!(at("settings") < at("state"), "{}", place.text());
    }
}

#[test]
fn a_new_rule_gets_an_id_that_is_free_and_positive() {
    let rule = |id: i64| json!({"id": id, "type": "event", "name": "a", "filter_value": "x"});
    for (there, given) in [
        (vec![], 1),
        (vec![-5], 1),
        (vec![7, 3], 8),
        (vec![i64::MAX], 1),
        (vec![i64::MAX, 1, 2], 3),
    ] {
        let rules: Vec<Value> = there.iter().map(|id| rule(*id)).collect();
        let place = Place::with(&minimal(&format!(r#", "rules": {}"#, json!(rules))));
        let new = json!({"type": "event", "name": "b", "filter_value": "y"});
        let edited = change(&place, |draft| draft.add_rule(&new)).unwrap();
        assert_eq!(edited.result, given, "{there:?}");
    }
}
