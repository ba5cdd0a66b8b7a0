//! The versions of the config that `.last` keeps, and how one is taken back.

use std::time::{Duration, SystemTime};

use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::store::{
    self, Author, Error, Undone, Version, Way, edit, read_config, too_large_to_keep, versions,
};
use serde_json::{Value, json};

use crate::helpers::{PYTHON, Place, at, minimal};

fn alice(way: Way) -> Author {
    Author { name: Some("alice".into()), way }
}

fn set(place: &Place, clock: &str, section: &str, key: &str, value: Value) {
    let author = alice(Way::Menu);
    edit(&place.file, &Env::default(), at(clock), &author, |draft| draft.set(section, key, &value))
        .unwrap();
}

fn all(place: &Place) -> Vec<Version> {
    versions(&place.file, &Env::default()).unwrap()
}

/// Takes the change of this number back.
fn undo(place: &Place, number: u64) -> bool {
    let list = all(place);
    let version = list.iter().find(|version| version.number == number).unwrap();
    take_back(place, version, false).unwrap().is_some()
}

fn take_back(place: &Place, version: &Version, anyway: bool) -> Result<Option<Undone>, Error> {
    let author = alice(Way::Command("config undo".into()));
    store::undo(&place.file, &Env::default(), (at("12:00"), &author), (version, anyway))
}

/// What the change of this number changed: `api.secret`.
fn what(version: &Version) -> Vec<&str> {
    version.changes.iter().flatten().map(|change| change.what.as_str()).collect()
}

fn run(place: &Place) {
    let mut opened = place.open();
    opened.state.clock_offset_seconds = Some(7);
    opened.store.save(&mut opened.state).unwrap();
}

/// The file's text without what a run writes.
fn config_of(text: &str) -> Value {
    let mut file: Value = serde_json::from_str(text).unwrap();
    file.as_object_mut().unwrap().remove("state");
    file
}

#[test]
fn a_change_is_kept_with_who_when_and_by_what_and_is_taken_back_byte_for_byte() {
    let odd = "{\r\n\t\"api\":{\"url\":\"https://pce.example.com\",  \"key\":\"api_1\",\"secret\":\"old-secret-1\"},\r\n\
        \"email\":{\"recipients\":\"soc@example.com\"},\r\n\"settings\":{\"site_name\":\"監\"},\r\n\"state\": {\"generation\" : 4}  ,\"own\": 1.50 }\r\n";
    let place = Place::with(odd);
    let before = {
        run(&place);
        place.text()
    };

    set(&place, "10:00", "api", "secret", json!("new-secret-2"));
    set(&place, "10:05", "settings", "site_name", json!("監視"));

    let list = all(&place);
    let numbers: Vec<u64> = list.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!((list[1].at, &list[1].author), (at("10:00"), &alice(Way::Menu)));
    let what = &list[1].changes.as_ref().unwrap()[0];
    assert_eq!(what.what, "api.secret");
    assert_eq!((what.before.as_deref(), what.after.as_deref()), (Some("***"), Some("***")));

    // A run in between changes the state, and that stays.
    run(&place);
    let state = |text: &str| serde_json::from_str::<Value>(text).unwrap()["state"].clone();
    let (wanted, of_now) = (config_of(&before), state(&place.text()));
    assert!(undo(&place, 1));
    assert_eq!(config_of(&place.text()), wanted);
    assert_eq!(state(&place.text()), of_now, "the state is the one of now");
    let around = |text: &str| {
        let (head, rest) = text.split_once("\"state\": ").unwrap();
        (head.to_owned(), rest.rsplit_once("}  ,").unwrap().1.to_owned())
    };
    assert_eq!(around(&place.text()), around(&before), "byte for byte");
    assert_eq!(place.last(), place.text());

    // And that is a change as any other.
    let list = all(&place);
    assert_eq!((list.len(), list[0].number), (3, 3));
    assert_eq!(list[0].author.way, Way::Command("config undo".into()));
    assert!(undo(&place, 3));
    assert_eq!(config_of(&place.text())["api"]["secret"], "new-secret-2");
}

#[test]
fn what_an_editor_wrote_is_found_by_the_next_run_or_the_next_change() {
    for by_run in [true, false] {
        let place = Place::with(&minimal(""));
        run(&place);
        let by_hand = place.text().replace("soc@example.com", "other@example.com");
        place.write(&by_hand);
        let written = at("09:30");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(written.as_second() as u64);
        std::fs::File::options().write(true).open(&place.file).unwrap().set_modified(time).unwrap();

        // It is told before anybody kept it.
        let list = all(&place);
        assert_eq!((list.len(), list[0].author.clone()), (1, Author::default()));
        assert_eq!(list[0].at, written);
        match by_run {
            true => run(&place),
            false => set(&place, "10:00", "settings", "site_name", json!("x")),
        }

        let list = all(&place);
        let hand = list.last().unwrap();
        assert_eq!((list.len(), hand.number), (if by_run { 1 } else { 2 }, 1));
        assert_eq!((hand.at, &hand.author.way), (written, &Way::Hand), "{by_run}");
        assert_eq!(what(hand), ["email.recipients"]);
        assert!(undo(&place, 1));
        assert_eq!(config_of(&place.text())["email"]["recipients"], json!(["soc@example.com"]));
    }
}

#[test]
fn an_editor_that_saves_while_a_run_is_under_way_is_found_too() {
    let place = Place::with(&minimal(""));
    run(&place);
    let mut opened = place.open();
    opened.store.save(&mut opened.state).unwrap();

    place.write(&place.text().replace("soc@", "ops@"));
    opened.store.save(&mut opened.state).unwrap();
    opened.store.save(&mut opened.state).unwrap();

    let list = all(&place);
    assert_eq!((list.len(), &list[0].author.way), (1, &Way::Hand));
    assert_eq!(what(&list[0]), ["email.recipients"]);
}

#[test]
fn a_change_that_is_made_while_a_run_is_under_way_is_not_lost_by_its_save() {
    let place = Place::with(&minimal(""));
    run(&place);
    let mut opened = place.open();

    set(&place, "10:00", "settings", "site_name", json!("north"));
    opened.store.save(&mut opened.state).unwrap();

    let list = all(&place);
    assert_eq!((list.len(), &list[0].author.way), (1, &Way::Menu), "and is nobody else's");
    assert!(place.last().contains("north"));
}

#[test]
fn ten_are_kept_and_their_size_is_bounded() {
    let place = Place::with(PYTHON);
    run(&place);
    let quiet = place.whole_last().len();
    for nth in 0..25 {
        set(&place, "10:00", "settings", "site_name", json!(format!("site {nth}")));
    }
    let list = all(&place);
    let numbers: Vec<u64> = list.iter().map(|version| version.number).collect();
    assert_eq!(numbers, (16..=25).rev().collect::<Vec<_>>());
    let grown = place.whole_last().len() - quiet;
    assert!(grown < 1_500, "{grown} bytes for ten small changes");

    // One that no compressor makes smaller: the oldest go before the file grows.
    let mut seed = 7_u64;
    let mut noise = |length: usize| -> String {
        let letter = |_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + ((seed >> 33) % 90) as u8)
        };
        (0..length).map(letter).collect()
    };
    for nth in 0..10 {
        let rules = json!({"_noise": nth, "text": noise(40_000)});
        edit(&place.file, &Env::default(), at("11:00"), &Author::default(), |draft| {
            draft.set("own", "noise", &rules);
        })
        .unwrap();
    }
    let grown = place.whole_last().len() - place.last().len();
    assert!((30_000..100_000).contains(&grown), "{grown}");
    assert!(!all(&place).is_empty() && all(&place).len() < 5);
}

#[test]
fn a_change_too_large_to_be_kept_is_told_as_such() {
    let place = Place::with(&minimal(""));
    run(&place);
    assert!(!too_large_to_keep(&place.file), "none was made");
    set(&place, "10:00", "settings", "site_name", json!("north"));
    let mut seed = 7_u64;
    let mut letter = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'0' + ((seed >> 33) % 75) as u8)
    };
    let noise: String = (0..200_000).map(|_| letter()).filter(|one| *one != '\\').collect();
    set(&place, "10:01", "settings", "_noise", json!(noise));
    assert_eq!(all(&place).len(), 2, "what came, and what it took the place of, is small");
    set(&place, "10:02", "settings", "_noise", json!(""));
    assert!(all(&place).is_empty() && too_large_to_keep(&place.file));
    set(&place, "10:03", "settings", "site_name", json!("south"));
    assert_eq!(all(&place).len(), 1);
    assert!(!too_large_to_keep(&place.file));

    // By hand it is not kept yet, and can be taken back as long as it is not.
    let good = place.text();
    place.write(&noise);
    let last = &all(&place)[0];
    assert!(last.loses, "and that it is lost is said before");
    assert!(!take_back(&place, last, false).unwrap().unwrap().kept);
    assert_eq!(place.text(), good);
}

#[test]
fn a_program_of_before_reads_last_with_the_versions_in_it() {
    let place = Place::with(&minimal(""));
    run(&place);
    assert_eq!(place.whole_last(), place.text(), "as ever, until something is changed");
    set(&place, "10:00", "settings", "site_name", json!("north"));

    // It reads JSON with a key of its user's own: one that begins with `_`.
    let whole = place.whole_last();
    let last: Value = serde_json::from_str(&whole).unwrap();
    assert!(last["_config_versions"].is_string());
    let config = read_config(&place.file, &whole, &Env::default()).unwrap();
    assert_eq!((config.settings.site_name.as_str(), config.warnings.len()), ("north", 0));
    // And its next save is one without them.
    std::fs::write(place.beside(".last"), place.text()).unwrap();
    assert!(all(&place).is_empty());
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("south"));
    assert_eq!(all(&place).len(), 1);
}

#[test]
fn versions_that_are_damaged_are_none_and_the_state_beside_them_is_whole() {
    let place = Place::with(&minimal(""));
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("north"));
    let whole = place.whole_last();
    let at_value = whole.find("_config_versions").unwrap() + "_config_versions\":\"".len();
    for damage in ["", "zz", "0123456789abcdef.", "0123456789abcdef.????", "\u{fffd}"] {
        let end = whole[at_value..].find('"').unwrap() + at_value;
        let damaged = format!("{}{damage}{}", &whole[..at_value], &whole[end..]);
        std::fs::write(place.beside(".last"), damaged).unwrap();
        assert!(all(&place).is_empty(), "{damage}");
        // The file itself is lost, and comes back from there.
        assert_eq!(place.open().state.clock_offset_seconds, Some(7), "{damage}");
        run(&place);
        set(&place, "10:01", "settings", "site_name", json!(format!("{damage}x")));
        assert!(!all(&place).is_empty(), "it begins anew");
        set(&place, "10:02", "settings", "site_name", json!("north"));
    }
}

#[test]
fn no_secret_of_any_version_is_told() {
    let place = Place::with(&minimal(r#", "rules": []"#));
    run(&place);
    set(&place, "10:00", "api", "secret", json!("the-second-secret"));
    edit(&place.file, &Env::default(), at("10:01"), &Author::default(), |draft| {
        draft.add_rule(&json!({"type": "event", "name": "the-second-secret", "filter_value": "x"}))
    })
    .unwrap();
    set(&place, "10:02", "api", "secret", json!("the-third-secret"));

    for version in all(&place) {
        for change in [&version.changes, &version.undoing].into_iter().flatten().flatten() {
            let told = format!("{change:?}");
            assert!(!told.contains("-secret") && !told.contains("s3cr3t"), "{told}");
        }
    }
}

#[test]
fn a_version_that_was_read_beside_another_file_is_not_taken_back() {
    let place = Place::with(&minimal(""));
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("north"));
    let seen = all(&place);
    set(&place, "10:01", "settings", "site_name", json!("south"));

    assert!(take_back(&place, &seen[0], true).unwrap().is_none());
    assert!(place.text().contains("south"));
}

#[test]
fn a_hand_edit_with_a_slip_in_it_is_taken_back_and_not_lost() {
    let place = Place::with(&minimal(r#", "settings": {}"#));
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("one"));
    set(&place, "10:01", "settings", "site_name", json!("two"));
    let good = config_of(&place.text());
    let edited = place.text().replace("\"two\"", "\"two\", \"site\": \"many hours of work\"");
    place.write(&edited);

    let undone = take_back(&place, &all(&place)[0], false).unwrap().unwrap();

    assert!(undone.kept && undone.fault.is_none(), "{undone:?}");
    assert_eq!(config_of(&place.text()), good);
    let list = all(&place);
    let by: Vec<(u64, &Way)> = list.iter().map(|one| (one.number, &one.author.way)).collect();
    let undo = Way::Command("config undo".into());
    assert_eq!(by, [(4, &undo), (3, &Way::Hand), (2, &Way::Menu), (1, &Way::Menu)]);

    // What it was is there, and comes back only where somebody wants it with its fault.
    let refused = take_back(&place, &list[0], false).unwrap_err();
    assert!(refused.lines(Lang::En).join("\n").contains("settings.site"), "{refused:?}");
    assert_eq!(config_of(&place.text()), good);
    let undone = take_back(&place, &list[0], true).unwrap().unwrap();
    assert!(matches!(undone.fault, Some(Error::Invalid { .. })), "{undone:?}");
    assert_eq!(config_of(&place.text()), config_of(&edited));
    // And goes away again.
    assert!(take_back(&place, &all(&place)[0], false).unwrap().unwrap().kept);
    assert_eq!(config_of(&place.text()), good);
}

#[test]
fn a_text_that_is_no_json_any_more_is_taken_back_and_is_on_record_itself() {
    let place = Place::with(&minimal(""));
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("north"));
    let good = place.text();
    let broken = format!("{{ \"hours\": \"of work\", {}", &good[1..good.len() / 2]);
    place.write(&broken);

    let list = all(&place);
    assert_eq!((list.len(), list[0].number, &list[0].author.way), (2, 2, &Way::Hand));
    assert!(list[0].changes.is_none() && list[0].undoing.is_none(), "it can't be compared");
    let undone = take_back(&place, &list[0], false).unwrap().unwrap();
    assert!(undone.kept && undone.fault.is_none(), "{undone:?}");
    assert_eq!(place.text(), good, "with the state");

    assert!(take_back(&place, &all(&place)[0], false).is_err());
    let undone = take_back(&place, &all(&place)[0], true).unwrap().unwrap();
    assert!(matches!(undone.fault, Some(Error::Syntax { .. })), "{undone:?}");
    assert_eq!(place.text(), broken, "byte for byte");
    // Without `.last` there is nothing to put there, and that is said.
    std::fs::remove_file(place.beside(".last")).unwrap();
    assert!(matches!(versions(&place.file, &Env::default()), Err(Error::Syntax { .. })));
}

#[test]
fn an_id_that_stands_twice_does_not_hinder_an_undo() {
    let place = Place::with(&minimal(r#", "rules": []"#));
    run(&place);
    for name in ["one", "two"] {
        let rule = json!({"type": "event", "name": name, "filter_value": "agent.tampering"});
        edit(&place.file, &Env::default(), at("10:00"), &Author::default(), |draft| {
            draft.add_rule(&rule)
        })
        .unwrap();
    }
    let good = config_of(&place.text());
    place.write(&place.text().replace("\"id\": 2", "\"id\": 1"));
    assert_ne!(config_of(&place.text()), good);

    assert!(undo(&place, 3));
    assert_eq!(config_of(&place.text()), good);
}

#[test]
fn every_part_of_the_file_that_changes_is_told() {
    let place = Place::with(&minimal(
        r#", "rules": [{"id": 1, "type": "event", "name": "A",
        "filter_value": "x"}, {"id": 2, "type": "event", "name": "B", "filter_value": "y"}]"#,
    ));
    run(&place);
    let before = place.text();
    let siem =
        r#""forward": [{"name": "siem", "via": "file", "path": "/tmp/x", "_key": "hush-1"}]"#;
    let text = |json: &Option<String>| json.clone().unwrap_or_default();
    for (from, to, told, after) in [
        (", \"rules\"", format!(", {siem}, \"rules\""), "forward siem", "\"siem\""),
        (", \"rules\"", ", \"_note\": \"hush-2\", \"rules\"".into(), "_note", "***"),
        (", \"rules\"", ", \"pauses\": [], \"rules\"".into(), "pauses", "[]"),
        ("\"secret\"", "\"secrett\": \"hush-3\", \"secret\"".into(), "api.secrett", "***"),
        ("\"smtp\": {}", "\"smtp\": {\"passwd\": \"hush-4\"}".into(), "smtp.passwd", "***"),
        ("\"id\": 1, ", "\"id\": 3, ".into(), "rule 1", ""),
    ] {
        place.write(&before.replacen(from, &to, 1));
        let list = all(&place);
        assert_eq!(what(&list[0])[0], told);
        let change = &list[0].changes.as_ref().unwrap()[0];
        assert!(text(&change.after).contains(after), "{change:?}");
        let all_told = format!("{:?}{:?}", list[0].changes, list[0].undoing);
        assert!(!all_told.contains("hush-"), "{all_told}");
    }
    // The same rules in another order.
    let mut file: Value = serde_json::from_str(&before).unwrap();
    file["rules"].as_array_mut().unwrap().reverse();
    place.write(&file.to_string());
    let list = all(&place);
    let change = &list[0].changes.as_ref().unwrap()[0];
    assert_eq!((change.what.as_str(), text(&change.after)), ("rules", "[2,1]".into()));
    // And nothing but the layout.
    place.write(&before.replace(", \"rules\"", " ,\n\"rules\""));
    assert_eq!(all(&place)[0].changes.as_deref(), Some(&[][..]));
}

#[test]
fn an_undo_to_another_pce_says_what_the_runs_since_cost() {
    let place = Place::with(&minimal(""));
    run(&place);
    place.write(&place.text().replacen("https://pce.", "https://other.", 1));
    assert!(!all(&place)[0].forgets, "no run came between");
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("north"));
    let list = all(&place);
    assert_eq!([list[0].forgets, list[1].forgets], [false, true]);
}

#[test]
fn last_made_the_config_brings_no_secrets_of_before_along() {
    let place = Place::with(&minimal(""));
    run(&place);
    set(&place, "10:00", "api", "secret", json!("new-secret-2"));
    let relaid: Value = serde_json::from_str(&place.whole_last()).unwrap();
    for copied in [place.whole_last(), serde_json::to_string_pretty(&relaid).unwrap()] {
        place.write(&copied);
        run(&place);
        assert!(!place.text().contains("_config_versions"), "{}", place.text());
        assert_eq!(place.whole_last().matches("_config_versions").count(), 1);
        assert!(all(&place).iter().any(|version| what(version) == ["api.secret"]));
    }
}

#[test]
fn a_last_that_cannot_be_read_is_no_empty_list() {
    let place = Place::with(&minimal(""));
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("north"));
    std::fs::remove_file(place.beside(".last")).unwrap();
    assert!(all(&place).is_empty(), "it is not there");
    std::fs::create_dir(place.beside(".last")).unwrap();
    let error = versions(&place.file, &Env::default()).unwrap_err();
    assert!(error.lines(Lang::En)[0].contains("config.json.last"), "{error:?}");
}

#[test]
fn last_stays_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(&minimal(""));
    run(&place);
    set(&place, "10:00", "settings", "site_name", json!("north"));
    run(&place);
    let about = std::fs::metadata(place.beside(".last")).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
}
