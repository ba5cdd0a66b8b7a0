//! How the file is opened, locked and written.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::time::Duration;

use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::store::{
    Author, Error, Saved, StateUse, Stranger, edit, lock_run, open, other_owner, stranger,
};
use illumio_monitor::system::users::effective;

use crate::helpers::{PYTHON, Place, at, minimal};

/// What stands in the file around `state`'s value.
fn around_state(text: &str) -> (String, String) {
    let (before, rest) = text.split_once("\"state\": ").unwrap();
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
    values.next().unwrap().unwrap();
    let end = values.byte_offset();
    (before.to_owned(), rest[end..].to_owned())
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_first_save_adds_the_state_as_the_last_key_on_one_line() {
    let place = Place::with(PYTHON);
    let mut opened = place.open();

    opened.store.save(&mut opened.state).unwrap();

    let text = place.text();
    let (before, after) = around_state(&text);
    assert_eq!(before, format!("{},\n    ", PYTHON.strip_suffix("\n}").unwrap()));
    assert_eq!(after, "\n}");
    assert_eq!(text.lines().count(), PYTHON.lines().count() + 1);
    assert_eq!(place.last(), text);
}

#[test]
fn a_save_leaves_every_byte_outside_of_state_as_it_was() {
    let odd = "\u{feff}{\r\n\t\"_note\" :  \"\\u76e3\\u63a7 \\/ // no comment\" ,\r\n\
        \"api\":{\"url\":\"https://pce.example.com\",  \"key\":\"api_1\",\"secret\":\"\\u0073\"},\r\n\
        \"state\": {\"generation\" : 4 ,\r\n \"outbox\":{}}  ,\r\n\
        \"own\": [1.50, 1E3, -0, {\"state\": {}}],\r\n\r\n\
        \"email\":{\"recipients\":\"a@b.c\"}  }\r\n\r\n";
    let place = Place::with(odd);
    let mut opened = place.open();

    opened.store.save(&mut opened.state).unwrap();
    opened.state.clock_offset_seconds = Some(-3);
    opened.store.save(&mut opened.state).unwrap();

    assert_eq!(around_state(&place.text()), around_state(odd));
    let again = place.open();
    assert_eq!(again.state.generation, 6);
    assert_eq!(again.state.clock_offset_seconds, Some(-3));
}

#[test]
fn files_of_every_shape_take_a_state() {
    let body = minimal("");
    let body = body.strip_prefix('{').unwrap();
    for text in [
        format!("{{{body}"),
        format!("{{{body}\n"),
        format!("\u{feff}{{ {body}"),
        format!("{{\r\n    {body}\r\n"),
        format!("\n\n{{\n\n\n  {}\n}}", body.strip_suffix('}').unwrap()),
    ] {
        let place = Place::with(&text);
        let mut opened = place.open();
        opened.store.save(&mut opened.state).unwrap();

        let saved = place.text();
        assert_eq!(place.open().state.generation, 1, "{saved}");
        // Without what was put in, it is the file of before.
        let (before, after) = around_state(&saved);
        let before = before.trim_end().strip_suffix(',').unwrap();
        assert_eq!(format!("{before}{after}"), text);
        assert_eq!(saved.contains('\r'), text.contains('\r'));
    }
}

#[test]
fn what_was_opened_shows_no_secret() {
    let place = Place::with(&minimal(""));
    let env = illumio_monitor::config::Env::of(&[("ILLUMIO_API_SECRET", "hunter2")]);
    let opened = illumio_monitor::store::open(&place.file, &env, Default::default()).unwrap();

    assert_eq!(opened.config.pce.secret.reveal(), "hunter2");
    let shown = format!("{opened:?} {env:?}");
    assert!(!shown.contains("s3cr3t") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn an_edit_made_during_a_run_survives_its_save() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();

    let edited = minimal(r#", "_note": "edited meanwhile""#);
    place.write(&edited);
    opened.store.save(&mut opened.state).unwrap();

    assert!(place.text().contains("edited meanwhile"));
    assert!(place.last().contains("edited meanwhile"));
}

#[test]
fn two_savers_take_turns_and_lose_nothing() {
    let place = Place::with(&minimal(""));
    let openeds: Vec<_> = (0..4).map(|_| place.open()).collect();

    std::thread::scope(|scope| {
        for mut opened in openeds {
            scope.spawn(move || {
                for _ in 0..10 {
                    opened.store.save(&mut opened.state).unwrap();
                }
            });
        }
    });

    let opened = place.open();
    assert_eq!(opened.state.generation, 40);
    assert!(opened.notes.is_empty(), "{:?}", opened.notes);
    assert_eq!(place.text(), place.last());
}

#[test]
fn a_save_waits_for_another_one() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    let lock = std::fs::File::create(place.beside(".lock")).unwrap();
    lock.lock().unwrap();
    let (send, released) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        send.send(()).unwrap();
        drop(lock);
    });

    opened.store.save(&mut opened.state).unwrap();

    assert_eq!(released.try_recv(), Ok(()), "it did not wait");
    assert_eq!(place.open().state.generation, 1);
}

#[test]
fn a_save_that_waits_in_vain_says_so_and_changes_nothing() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    let lock = std::fs::File::create(place.beside(".lock")).unwrap();
    lock.lock().unwrap();
    let begin = std::time::Instant::now();

    let error = opened.store.save(&mut opened.state).unwrap_err();

    assert!(matches!(error, Error::Busy { .. }) && !error.needs_a_person(), "{error:?}");
    assert!(begin.elapsed() >= Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_eq!(place.text(), minimal(""));
}

#[test]
fn what_is_written_is_for_the_owner_alone() {
    let place = Place::with(&minimal(""));
    std::fs::set_permissions(&place.file, PermissionsExt::from_mode(0o644)).unwrap();
    let mut opened = place.open();
    assert_eq!(opened.notes.len(), 1);
    assert!(opened.notes[0].text(Lang::En).contains("644"));
    assert!(!opened.notes[0].is_loss());

    let _run = lock_run(opened.store.path(), at("10:00")).unwrap();
    opened.store.save(&mut opened.state).unwrap();

    for suffix in ["", ".last", ".lock", ".run.lock"] {
        assert_eq!(mode(&place.beside(suffix)), 0o600, "{suffix}");
    }
    assert!(place.open().notes.is_empty());
}

#[test]
fn a_config_behind_a_link_is_written_where_it_is() {
    let place = Place::with(&minimal(""));
    let other = tempfile::tempdir().unwrap();
    let link = other.path().join("link.json");
    symlink(&place.file, &link).unwrap();

    let path = illumio_monitor::store::resolve(&link).unwrap();
    let _run = lock_run(&path, at("10:00")).unwrap();
    let env = Default::default();
    let mut opened = illumio_monitor::store::open(&link, &env, Default::default()).unwrap();
    opened.store.save(&mut opened.state).unwrap();

    assert!(link.is_symlink());
    assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1);
    assert!(place.beside(".run.lock").exists());
    assert!(place.beside(".last").exists());
    assert_eq!(place.open().state.generation, 1);
}

#[test]
fn a_second_run_is_told_who_holds_the_lock_and_since_when() {
    let place = Place::with(&minimal(""));
    let first = lock_run(&place.file, at("10:20")).unwrap();

    let error = lock_run(&place.file, at("10:25")).unwrap_err();

    assert!(!error.needs_a_person());
    let Error::Running { holder, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*holder, Some((std::process::id(), at("10:20"))));
    assert!(error.lines(Lang::En)[0].contains("since 2026-11-22T10:20:00Z"));

    drop(first);
    lock_run(&place.file, at("10:30")).unwrap();
    assert!(place.beside(".run.lock").exists());
}

#[test]
fn what_a_crash_left_over_is_no_hindrance() {
    let place = Place::with(&minimal(""));
    std::fs::write(place.beside(".tmp"), "half a fi").unwrap();
    let mut opened = place.open();

    opened.store.save(&mut opened.state).unwrap();

    assert!(!place.beside(".tmp").exists());
    assert_eq!(place.open().state.generation, 1);
}

#[test]
fn a_save_that_fails_leaves_the_file_as_it_was() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    std::fs::create_dir(place.beside(".tmp")).unwrap();

    let error = opened.store.save(&mut opened.state).unwrap_err();

    let line = &error.lines(Lang::En)[0];
    assert!(line.contains("config.json: cannot be written"), "{line}");
    assert!(line.contains("it is a folder"), "{line}");
    assert_eq!(place.text(), minimal(""));
    assert!(!place.beside(".last").exists());
}

#[test]
fn a_lock_that_cannot_be_taken_is_one_that_cannot_be_written() {
    for suffix in [".lock", ".run.lock"] {
        let place = Place::with(&minimal(""));
        let mut opened = place.open();
        std::fs::create_dir(place.beside(suffix)).unwrap();
        let error = match suffix {
            ".lock" => opened.store.save(&mut opened.state).unwrap_err(),
            _ => lock_run(&place.file, at("10:00")).unwrap_err(),
        };
        let line = &error.lines(Lang::En)[0];
        assert!(line.contains(&format!("config.json{suffix}: cannot be written")), "{line}");
    }
}

#[test]
fn where_the_copy_alone_cannot_be_written_the_file_is_saved_and_why_is_said() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    std::fs::create_dir(place.beside(".last")).unwrap();

    let saved = opened.store.save(&mut opened.state).unwrap();

    let Saved::But(remark) = saved else {
        panic!("{saved:?}");
    };
    let text = remark.text(Lang::En);
    for part in [
        "config.json: the change is saved",
        "config.json.last: cannot be written",
        "it is a folder",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(place.text().contains("\"generation\":1"), "{}", place.text());
    assert!(!place.beside(".last.tmp").exists());
}

#[test]
fn a_file_that_ends_too_early_is_left_to_a_person() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    opened.store.save(&mut opened.state).unwrap();
    let whole = place.text();
    // The beginning of its copy, and no mount that is written in place.
    place.write(&whole[..whole.len() - 3]);
    assert!(place.unopened().error.needs_a_person());
}

#[test]
fn a_file_that_is_not_valid_is_not_touched_and_mails_go_through_the_last_one() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    opened.store.save(&mut opened.state).unwrap();

    for broken in ["{ \"api\": ", &minimal(r#", "settings": {"x": 1}"#)] {
        place.write(broken);
        let unopened = place.unopened();
        assert!(unopened.error.needs_a_person());
        let mut last = *unopened.last.unwrap();
        assert_eq!(last.config.mail.recipients, ["soc@example.com"]);
        last.state.clock_offset_seconds = Some(14);
        let saved = last.store.save(&mut last.state).unwrap();

        assert!(matches!(saved, Saved::LastOnly(_)));
        assert_eq!(place.text(), broken);
    }

    // Mended: what was saved meanwhile is still known.
    place.write(&minimal(r#", "_note": "mended""#));
    let mut opened = place.open();
    assert_eq!(opened.state.clock_offset_seconds, Some(14));
    assert!(opened.notes[0].text(Lang::En).contains("save number 3"));
    let saved = opened.store.save(&mut opened.state).unwrap();
    assert!(matches!(saved, Saved::Both));
    assert!(place.last().contains("mended"));
}

#[test]
fn a_file_that_breaks_during_a_run_is_not_touched_by_its_save() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    place.write("{ \"api\": {\"url\" ");

    let saved = opened.store.save(&mut opened.state).unwrap();

    assert!(matches!(saved, Saved::LastOnly(Error::Syntax { .. })));
    assert_eq!(place.text(), "{ \"api\": {\"url\" ");
    assert_eq!(place.unopened().last.unwrap().state.generation, 1);
}

#[test]
fn a_file_that_is_gone_or_unreadable_is_told() {
    let place = Place::with(&minimal(""));
    std::fs::remove_file(&place.file).unwrap();
    let unopened = place.unopened();
    assert!(unopened.error.needs_a_person());
    assert!(unopened.error.lines(Lang::En)[0].contains("there is no such file"));
    assert!(unopened.last.is_none());

    std::fs::create_dir(&place.file).unwrap();
    assert!(place.unopened().error.lines(Lang::En)[0].contains("it is a folder"));

    std::fs::remove_dir(&place.file).unwrap();
    std::fs::write(&place.file, b"{\n\"api\": \"\xff\"}").unwrap();
    let line = &place.unopened().error.lines(Lang::En)[0];
    assert!(line.contains("line 2 is not UTF-8"), "{line}");
}

#[test]
fn what_root_saves_keeps_its_group() {
    let place = Place::with(&minimal(""));
    if effective() == 0 {
        chown(&place.file, None, Some(4322)).unwrap();
    }
    let owner = |path: &Path| {
        let found = std::fs::metadata(path).unwrap();
        (found.uid(), found.gid())
    };
    let before = owner(&place.file);
    let mut opened = place.open();

    let _run = lock_run(opened.store.path(), at("10:00")).unwrap();
    opened.store.save(&mut opened.state).unwrap();

    for suffix in ["", ".last", ".lock", ".run.lock"] {
        assert_eq!(owner(&place.beside(suffix)), before, "{suffix}");
    }
}

#[test]
fn root_goes_on_as_the_owner_of_the_file_whosever_the_folder_is() {
    let place = Place::with(&minimal(""));
    let folder = place.folder.path();
    assert_eq!(effective(), std::fs::metadata(&place.file).unwrap().uid());
    // Only root can give a file away; for others it is theirs already.
    if effective() == 0 {
        assert_eq!(other_owner(&place.file, 0), None);
        chown(folder, Some(4321), Some(4321)).unwrap();
        assert_eq!(other_owner(&place.file, 0), None, "a file of root's is root's");
        chown(&place.file, Some(4323), Some(0)).unwrap();
    }
    let found = std::fs::metadata(&place.file).unwrap();

    let owner = other_owner(&place.file, 0).unwrap();

    assert_eq!(owner.uid, found.uid());
    assert_ne!(owner.gid, 0, "whom nobody knows gets no group of root's");
    assert_eq!(other_owner(&place.file, owner.uid), None);
    // Where there is no file yet, it will be its folder's owner's.
    std::fs::remove_file(&place.file).unwrap();
    let owner = other_owner(&place.file, 0).unwrap();
    assert_eq!(owner.uid, std::fs::metadata(folder).unwrap().uid());
}

/// Puts something under a name beside the config.
type Plant = fn(&Path, &Path);

const PLANTS: [(&str, Plant); 4] = [
    ("is a link", |name, target| symlink(target, name).unwrap()),
    ("is a link", |name, _| symlink("nowhere", name).unwrap()),
    ("has another name", |name, target| {
        std::fs::hard_link(target, name).unwrap();
    }),
    ("a pipe", |name, _| {
        let made = std::process::Command::new("mkfifo").arg(name).status();
        assert!(made.unwrap().success());
    }),
];

#[test]
fn what_was_planted_beside_the_file_is_neither_read_nor_written_nor_given_away() {
    for suffix in [".lock", ".run.lock", ".last"] {
        for (what, plant) in PLANTS {
            let place = Place::with(&minimal(""));
            let target = place.folder.path().join("target");
            std::fs::write(&target, "precious").unwrap();
            std::fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).unwrap();
            plant(&place.beside(suffix), &target);
            let before = place.text();

            let opened = open(&place.file, &Env::default(), StateUse::Keep);
            let error = match opened {
                Err(unopened) => unopened.error,
                Ok(mut opened) => match lock_run(&place.file, at("10:00")) {
                    Err(error) => error,
                    Ok(_lock) => opened.store.save(&mut opened.state).unwrap_err(),
                },
            };
            let edited =
                edit(&place.file, &Env::default(), at("10:00"), &Author::default(), |draft| {
                    draft.set("settings", "site_name", &"x".into());
                });

            let line = error.lines(Lang::En).join("\n");
            assert!(error.needs_a_person(), "{suffix} {line}");
            assert!(line.contains(what) && line.contains(suffix), "{suffix} {line}");
            // A run's lock that can't be had hinders no edit that renumbers nothing.
            assert!(edited.is_err() || suffix == ".run.lock", "{suffix}");
            assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
            assert_eq!(mode(&target), 0o640);
            assert!(!place.folder.path().join("nowhere").exists());
            assert!(edited.is_ok() || place.text() == before, "{suffix}");
        }
    }
}

#[test]
fn a_link_in_the_place_of_the_temporary_file_is_taken_away_and_not_followed() {
    let place = Place::with(&minimal(""));
    let target = place.folder.path().join("target");
    std::fs::write(&target, "precious").unwrap();
    symlink(&target, place.beside(".tmp")).unwrap();
    let mut opened = place.open();

    opened.store.save(&mut opened.state).unwrap();

    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
    assert!(!place.file.is_symlink());
}

#[test]
fn who_could_put_another_file_in_its_place_is_known() {
    let place = Place::with(&minimal(""));
    let folder = place.folder.path();
    let mode = |mode| std::fs::set_permissions(folder, PermissionsExt::from_mode(mode)).unwrap();
    for safe in [0o700, 0o755, 0o1777] {
        mode(safe);
        assert_eq!(stranger(&place.file), None, "{safe:o}");
    }
    mode(0o777);
    assert_eq!(stranger(&place.file), Some(Stranger::Everyone));
    if effective() != 0 {
        eprintln!("skipped: only root can give a folder away");
        return;
    }
    // A group that nobody knows accuses nobody; `nogroup` has `nobody` in it.
    mode(0o775);
    chown(folder, None, Some(4322)).unwrap();
    assert_eq!(stranger(&place.file), None);
    chown(folder, None, Some(65534)).unwrap();
    let nobody = |who: &Stranger| matches!(who, Stranger::Members(names) if names.contains(&"nobody".to_owned()));
    assert!(stranger(&place.file).as_ref().is_some_and(nobody));
    mode(0o755);
    chown(folder, Some(4321), None).unwrap();
    assert_eq!(stranger(&place.file), Some(Stranger::Owner(4321)));
    chown(&place.file, Some(4321), None).unwrap();
    assert_eq!(stranger(&place.file), None, "both are his");
}
