//! One bit of the state is another: from a bad disk, bad memory, a careless script.

use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::mail::mime::Thread;
use illumio_monitor::mail::outbox::{Asked, Waiting};
use illumio_monitor::report::{Condition, Kind};
use illumio_monitor::rules::Level;
use illumio_monitor::store::state::{Held, State};
use illumio_monitor::store::{Opened, StateUse, open};

use crate::helpers::{Place, at, minimal};

fn waiting(number: usize) -> Waiting {
    Waiting {
        message_id: format!("{number}@example.com"),
        made_at: at("09:30"),
        subject: format!("[Illumio Monitor] mail {number}"),
        level: Level::Critical,
        kind: Kind::Alert,
        site: "pce".to_owned(),
        text: format!("details of {number}"),
        html: format!("<p>details of {number}</p>"),
        lines: vec![format!("rule {number}: 12 matches")],
        to: Vec::new(),
        served: Vec::new(),
        in_doubt: false,
        unconfirmed: false,
        asked: Asked::default(),
        about_mail: false,
        thread: Thread::default(),
        attachment: None,
        detached: None,
    }
}

/// A file with something in each part that matters.
fn saved() -> (Place, State) {
    let place = Place::with(&minimal(""));
    let mut opened = place.open();
    let state = &mut opened.state;
    state.clock_offset_seconds = Some(12);
    state.events.position = Some(at("10:00"));
    state.events.since = Some(at("08:00"));
    state.traffic.position = Some(at("10:00"));
    let event = serde_json::from_str(r#"{"href":"/orgs/1/events/1"}"#).unwrap();
    state.seen.insert(&event, b"{}", at("09:59"));
    state.rules.insert("1:ab".to_owned(), Default::default());
    state.outbox.mails = vec![waiting(1), waiting(2), waiting(3)];
    let held = Held {
        since: at("09:00"),
        told_at: Some(at("09:05")),
        level: Level::Critical,
        detail: "down".into(),
        message_id: None,
        begin_mail: None,
        told_in: Vec::new(),
        expiry: None,
    };
    state.conditions.insert(Condition::Health, held);
    opened.store.save(&mut opened.state).unwrap();
    (place, opened.state)
}

/// The bits of the state's value, in an order without one.
fn bits(text: &str, count: usize) -> Vec<(usize, u8)> {
    let begin = text.find("\"state\":").unwrap() + "\"state\":".len();
    let length = text.trim_end().len() - 1 - begin;
    let places = (0..count).map(|n| n * 7_919 % (length * 8));
    places.map(|bit| (begin + bit / 8, 1 << (bit % 8))).collect()
}

fn flipped(text: &str, (at, bit): (usize, u8)) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] ^= bit;
    bytes
}

fn around(bytes: &[u8], at: usize) -> String {
    let end = bytes.len().min(at + 20);
    String::from_utf8_lossy(&bytes[at.saturating_sub(30)..end]).into_owned()
}

fn assert_told(opened: &Opened, what: &str) {
    let told: Vec<String> =
        opened.notes.iter().filter(|note| note.is_loss()).map(|note| note.text(Lang::En)).collect();
    assert!(!told.is_empty(), "{what}");
}

#[test]
fn of_a_thousand_flipped_bits_none_costs_a_word_of_the_state() {
    let (place, state) = saved();
    let good = place.text();
    let mut restored = 0;
    for bit in bits(&good, 1_000) {
        let bad = flipped(&good, bit);
        std::fs::write(&place.file, &bad).unwrap();
        let what = around(&bad, bit.0);
        match open(&place.file, &Env::default(), StateUse::Keep) {
            Ok(opened) => {
                assert_eq!(opened.state, state, "{what}");
                assert!(opened.damaged.is_empty(), "{what}: {:?}", opened.damaged);
                if !opened.notes.is_empty() {
                    assert_told(&opened, &what);
                    restored += 1;
                }
            }
            Err(unopened) => assert!(!unopened.error.lines(Lang::En).is_empty()),
        }
    }
    assert!(restored > 400, "{restored}");
}

#[test]
fn without_a_copy_what_a_flipped_bit_costs_is_told() {
    let (place, state) = saved();
    std::fs::remove_file(place.beside(".last")).unwrap();
    let good = place.text();
    for bit in bits(&good, 1_000) {
        let bad = flipped(&good, bit);
        std::fs::write(&place.file, &bad).unwrap();
        let what = around(&bad, bit.0);
        match open(&place.file, &Env::default(), StateUse::Keep) {
            Ok(opened) if opened.damaged.is_empty() => assert_eq!(opened.state, state, "{what}"),
            Ok(opened) => {
                assert_told(&opened, &what);
                // A mail is never lost with the others.
                assert!(
                    opened.state.outbox.mails.len() >= 2
                        || what.contains("outbox")
                        || what.contains("mails"),
                    "{what}"
                );
            }
            Err(unopened) => assert!(!unopened.error.lines(Lang::En).is_empty()),
        }
    }
}

/// The file without seals, as an older version wrote it, and without its copy.
fn unsealed() -> (Place, String) {
    let (place, _) = saved();
    std::fs::remove_file(place.beside(".last")).unwrap();
    let text = place.text();
    let (before, sums) = text.split_once(",\"sums\":").unwrap();
    let (_, after) = sums.split_once('}').unwrap();
    let text = format!("{before}{after}");
    (place, text)
}

#[test]
fn one_bad_word_in_a_mail_costs_that_word_alone() {
    let (place, text) = unsealed();
    for (was, is, rest) in [
        ("\"subject\":\"[Illumio Monitor] mail 2\"", "\"subject\":7", "details of 2"),
        ("\"subject\":\"[Illumio Monitor] mail 2\"", "\"subjekt\":\"x\"", "details of 2"),
        ("\"message_id\":\"2@example.com\"", "\"message_id\":null", "details of 2"),
        ("\"text\":\"details of 2\"", "\"text\":[]", "rule 2: 12 matches"),
        ("[\"rule 2: 12 matches\"]", "[5]", "details of 2"),
        ("\"lines\":[\"rule 2: 12 matches\"]", "\"lines\":0", "details of 2"),
    ] {
        assert!(text.contains(was), "{was}: {text}");
        place.write(&text.replacen(was, is, 1));
        let opened = place.open();
        assert_eq!(opened.damaged, ["outbox.mails[1]"], "{is}");
        let told = opened.notes[0].text(Lang::En);
        assert!(told.contains("may be lost"), "{told}");
        let mails = &opened.state.outbox.mails;
        assert_eq!(mails.len(), 3, "{is}");
        assert_eq!((&mails[0], &mails[2]), (&waiting(1), &waiting(3)));
        assert!(mails[1].text.contains(rest), "{:?}", mails[1]);
        assert!(!mails[1].subject.is_empty() && !mails[1].message_id.is_empty());
    }
}

#[test]
fn a_mail_of_which_nothing_is_left_is_named_and_costs_no_other() {
    let (place, text) = unsealed();
    let begin = text.find("{\"message_id\":\"2@").unwrap();
    let end = begin + text[begin..].find("},{").unwrap() + 1;
    for nothing in ["5", "{}", "\"x\"", "{\"level\":\"critical\"}"] {
        place.write(&format!("{}{nothing}{}", &text[..begin], &text[end..]));
        let opened = place.open();
        assert_eq!(opened.damaged, ["outbox.mails[1]"]);
        let mails = &opened.state.outbox.mails;
        assert_eq!(mails[..], [waiting(1), waiting(3)]);
    }
}

#[test]
fn a_key_that_nobody_knows_is_damage() {
    let (place, text) = unsealed();
    place.write(&text.replacen("\"events\":", "\"evenus\":", 1));
    let opened = place.open();
    assert_eq!(opened.damaged, ["evenus"]);
    assert!(opened.state.seen.len() == 1 && opened.state.events.position.is_none());

    let (place, _) = saved();
    let sealed = place.text();
    let part = r#""flights":{"a":1}"#;
    let sum = "0123456789abcdef";
    let newer = sealed.replacen("\"events\":", &format!("{part},\"events\":"), 1).replacen(
        "\"sums\":{",
        &format!("\"sums\":{{\"flights\":\"{sum}\","),
        1,
    );
    place.write(&newer);
    // Its sum is wrong: this is damage, and the copy is whole.
    assert!(place.open().damaged.is_empty());
}
