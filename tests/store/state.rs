//! What the state knows after it was opened, and what it lets go.

use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::pce::traffic::Flaw;
use illumio_monitor::report::Condition;
use illumio_monitor::rules::Level;
use illumio_monitor::store::state::{Held, LastRun, State};
use illumio_monitor::store::{Error, Note, StateUse, open};

use crate::helpers::{PYTHON, Place, at, minimal};

fn with_state(state: &str) -> String {
    minimal(&format!(r#", "state": {state}"#))
}

/// A state with something in each part that this test knows.
fn fill(state: &mut State) {
    state.clock_offset_seconds = Some(12);
    state.last_run =
        Some(LastRun { at: at("10:00"), outcome: "ok".to_owned(), complete_at: Some(at("10:00")) });
    state.rules.insert("1:ab".to_owned(), Default::default());
    state.conditions.insert(
        Condition::Health,
        Held {
            since: at("09:00"),
            told_at: Some(at("09:05")),
            level: Level::Critical,
            detail: "叢集異常".into(),
            message_id: None,
            begin_mail: None,
            told_in: Vec::new(),
            expiry: None,
        },
    );
}

fn saved_and_filled() -> Place {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    fill(&mut opened.state);
    opened.store.save(&mut opened.state).unwrap();
    place
}

#[test]
fn what_was_saved_is_known_again() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    fill(&mut opened.state);
    opened.store.save(&mut opened.state).unwrap();

    let again = place.open();

    assert_eq!(again.state, opened.state);
    assert_eq!(again.state.generation, 1);
    assert!(again.notes.is_empty());
}

#[test]
fn what_a_state_of_before_kept_as_a_sentence_is_said_as_it_stands() {
    let (flaw, detail) = ("Only 200,000 rows could be read.", "The PCE does not answer.");
    let place = Place::with(&with_state(&format!(
        r#"{{"version": 2, "generation": 3,
            "traffic": {{"fetch": {{"until": "2026-11-22T10:00:00Z", "decisions": [],
                "parts": [], "flaws": ["{flaw}"]}}}},
            "conditions": {{"unreachable": {{"since": "2026-11-22T09:00:00Z", "told_at": null,
                "detail": "{detail}", "message_id": null}}}}}}"#
    )));

    let state = place.open().state;

    let fetch = state.traffic.fetch.unwrap();
    assert_eq!(fetch.flaws, [Flaw::Said(flaw.to_owned())]);
    let held = &state.conditions[&Condition::Unreachable];
    assert_eq!(held.detail.text(Lang::ZhTw), detail);
}

#[test]
fn a_state_that_is_missing_or_older_than_the_last_one_is_taken_from_there() {
    let place = saved_and_filled();
    let first = place.text();
    let mut opened = place.open();
    opened.state.clock_offset_seconds = Some(99);
    opened.store.save(&mut opened.state).unwrap();

    for (text, words) in [
        (first.as_str(), "save number 1"),
        (&minimal(r#", "_note": "a template""#), "has no state"),
        (&with_state("null"), "has no state"),
        (&with_state("{}"), "has no state"),
    ] {
        place.write(text);
        let opened = place.open();
        assert_eq!(opened.state.clock_offset_seconds, Some(99));
        assert_eq!(opened.state.generation, 2);
        assert!(opened.damaged.is_empty());
        assert!(opened.notes[0].is_loss());
        let told = opened.notes[0].text(Lang::En);
        assert!(told.contains(words) && told.contains("save number 2"), "{told}");
    }
}

#[test]
fn a_state_from_the_last_file_is_saved_with_a_higher_generation() {
    let place = saved_and_filled();
    place.write(&minimal(""));
    let mut opened = place.open();

    opened.store.save(&mut opened.state).unwrap();

    let again = place.open();
    assert_eq!(again.state.generation, 2);
    assert_eq!(again.state.clock_offset_seconds, Some(12));
    assert!(again.notes.is_empty());
}

#[test]
fn a_damaged_part_starts_afresh_alone() {
    let place = saved_and_filled();
    std::fs::remove_file(place.beside(".last")).unwrap();
    let good = place.text();
    for (part, odd) in [
        ("events", r#""events":"x""#),
        ("traffic", r#""traffic":7"#),
        ("outbox", r#""outbox":"x""#),
    ] {
        let start = good.find(&format!("\"{part}\":{{")).unwrap();
        let end = end_of_value(&good, start + part.len() + 3);
        place.write(&format!("{}{odd}{}", &good[..start], &good[end..]));

        let opened = place.open();

        assert_eq!(opened.damaged, [part]);
        assert!(opened.notes[0].text(Lang::En).ends_with(part));
        assert_eq!(opened.state.clock_offset_seconds, Some(12));
        assert_eq!(opened.state.conditions.len(), 1);
        assert_eq!(opened.state.rules.len(), 1);
    }
}

fn end_of_value(text: &str, from: usize) -> usize {
    let mut values =
        serde_json::Deserializer::from_str(&text[from..]).into_iter::<serde_json::Value>();
    values.next().unwrap().unwrap();
    from + values.byte_offset()
}

#[test]
fn one_damaged_entry_costs_no_other() {
    let held =
        r#"{"since": "2026-11-22T09:00:00Z", "told_at": null, "detail": "", "message_id": null}"#;
    let place = Place::with(&with_state(&format!(
        r#"{{"version": 1, "generation": 3,
        "conditions": {{"health": {held}, "events": {{"since": "yesterday"}}, "moon": {held}}},
        "rules": {{"1:ab": {{}}, "2:cd": 5}}, "clock_offset_seconds": "x"}}"#
    )));

    let opened = place.open();

    assert_eq!(opened.damaged, ["clock_offset_seconds", "rules", "conditions"]);
    let conditions: Vec<_> = opened.state.conditions.keys().copied().collect();
    assert_eq!(conditions, [Condition::Health]);
    assert!(opened.state.rules.contains_key("1:ab"));
    assert_eq!(opened.state.rules.len(), 1);
}

#[test]
fn a_state_that_is_none_at_all_is_told_and_starts_afresh() {
    let place = Place::with(&with_state("[1, 2]"));
    let opened = place.open();
    assert_eq!(opened.damaged, ["state"]);
    assert_eq!(opened.state.generation, 0);
}

#[test]
fn a_newer_versions_state_is_not_touched() {
    let text = with_state(r#"{"version": 3, "generation": 9, "events": {"new": true}}"#);
    let place = Place::with(&text);

    let unopened = place.unopened();

    assert!(unopened.error.needs_a_person());
    assert!(unopened.error.lines(Lang::En)[0].contains("version 3"));
    assert!(unopened.last.is_none());
    assert_eq!(place.text(), text);
}

#[test]
fn a_newer_versions_state_written_during_a_run_is_not_touched() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    let text = with_state(r#"{"version": 3, "generation": 9}"#);
    place.write(&text);

    let error = opened.store.save(&mut opened.state).unwrap_err();

    assert!(matches!(error, Error::NewerState { version: 3, .. }));
    assert_eq!(place.text(), text);
}

#[test]
fn a_reset_starts_afresh_and_gets_past_a_newer_version() {
    for place in
        [saved_and_filled(), Place::with(&with_state(r#"{"version": 3, "generation": 1}"#))]
    {
        let mut opened = open(&place.file, &Env::default(), StateUse::Reset).unwrap();
        assert_eq!(opened.notes, [Note::Reset]);
        assert_eq!(opened.state.last_run, None);
        assert!(opened.state.conditions.is_empty());

        opened.store.save(&mut opened.state).unwrap();

        let again = place.open();
        assert_eq!(again.state.generation, 2);
        assert!(again.notes.is_empty());
    }
}

#[test]
fn another_pce_or_org_starts_afresh() {
    for (was, now) in [
        ("https://pce.example.com", "https://pce2.example.com"),
        ("https://pce.example.com", "https://pce.example.com:8443"),
        (r#""key": "api_1""#, r#""key": "api_1", "org_id": 2"#),
    ] {
        let place = saved_and_filled();
        place.write(&place.text().replacen(was, now, 1));

        let opened = place.open();

        let [note @ Note::OtherTarget { .. }] = &opened.notes[..] else {
            panic!("{:?}", opened.notes);
        };
        assert!(note.text(Lang::En).contains("pce.example.com:443, org 1"));
        assert!(opened.state.conditions.is_empty());
        assert!(opened.state.rules.is_empty());
        assert_eq!(opened.state.clock_offset_seconds, None);
        assert_eq!(opened.state.generation, 1);
    }
}

#[test]
fn another_way_to_write_the_same_pce_changes_nothing() {
    let place = saved_and_filled();
    let text = place.text();
    place.write(&text.replacen("https://pce.example.com", "https://PCE.example.com:443/", 1));

    let opened = place.open();

    assert!(opened.notes.is_empty());
    assert_eq!(opened.state.clock_offset_seconds, Some(12));
}

#[test]
fn the_language_of_the_first_save_stays_whatever_crons_locale_is() {
    let place = Place::with(PYTHON);
    let shell = Env::of(&[("LANG", "en_US.UTF-8")]);
    let language = || {
        let opened = open(&place.file, &shell, StateUse::Keep).unwrap();
        opened.config.settings.language
    };
    assert_eq!(language(), Lang::ZhTw);

    let mut opened = place.open();
    opened.store.save(&mut opened.state).unwrap();

    assert_eq!(language(), Lang::ZhTw);
}

#[test]
fn a_large_state_is_opened_and_saved_without_delay() {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    for id in 0..40_000 {
        let key = format!("{id}:0123456789abcdef0123456789abcdef");
        opened.state.rules.insert(key, Default::default());
    }
    opened.store.save(&mut opened.state).unwrap();
    assert!(place.text().len() > 1_500_000);

    let begin = std::time::Instant::now();
    let mut opened = place.open();
    opened.store.save(&mut opened.state).unwrap();

    // A debug build on a busy host; a quadratic way would take minutes.
    let took = begin.elapsed();
    assert!(took.as_secs() < 20, "{took:?}");
    assert_eq!(opened.state.rules.len(), 40_000);
}

#[test]
fn a_damaged_target_is_told_with_nothing_hidden() {
    let place = Place::with(&with_state(
        r#"{"version": 1, "target": {"server": "https://a\u202e:443", "org": "1\u0007"}}"#,
    ));
    let opened = place.open();
    let told = opened.notes[0].text(Lang::En);
    assert!(told.contains("https://a\\u202e:443"), "{told}");
    assert!(!told.chars().any(illumio_monitor::screen::visible::hidden));
}
