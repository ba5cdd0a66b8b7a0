//! A state as a crash, an editor or a bad disk may leave it.

use std::fs;
use std::path::PathBuf;

use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::mail::mime::Thread;
use illumio_monitor::mail::outbox::{Asked, Detached, Lost, Outbox, Waiting};
use illumio_monitor::pce::record::Event;
use illumio_monitor::report::tally::Tally;
use illumio_monitor::report::{BeginMail, Condition, Kind};
use illumio_monitor::rules::series::{Bounds, Known, Legacy, Row};
use illumio_monitor::rules::{EventFilter, Level};
use illumio_monitor::store::state::{Held, State};
use illumio_monitor::store::{Opened, Saved, StateUse, open};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::drive::fuzz;
use crate::json::{Damage, any_value, damage, damaged};

const CONFIG: &str = r#"{"api": {"url": "https://pce.example.com", "key": "k", "secret": "s3cr3t"},
 "email": {"recipients": ["soc@example.com"]}, "smtp": {}, "rules": []"#;

const KEYS: &[&str] = &[
    "position",
    "counter",
    "untold",
    "evidence",
    "since",
    "mails",
    "lines",
    "fetch",
    "parts",
    "generation",
    "told_at",
    "x",
];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_341_600 + second).unwrap()
}

/// A state with something in each of its parts.
fn full() -> State {
    let mut state = State { generation: 7, clock_offset_seconds: Some(3), ..State::default() };
    state.events.position = Some(at(0));
    let event: Event<'_> = serde_json::from_str(
        r#"{"href":"/orgs/1/events/1","event_type":"a.b","created_by":{"user":{"username":"eve"}}}"#,
    )
    .unwrap();
    state.seen.insert(&event, b"{}", at(0));
    let flow = r#"{"src":{"ip":"10.0.0.1"},"dst":{"ip":"10.0.0.2"},"num_connections":3}"#;
    let flow = serde_json::from_str(flow).unwrap();
    let known = Known::new(7);
    let row = Row::of(&flow, known.key(), at(0));
    let bounds = Bounds {
        from: at(0),
        complete: None,
        overlap: jiff::SignedDuration::from_mins(30),
        whole: true,
    };
    let legacy = Legacy::default();
    let mut answer = known.answer(&legacy, &bounds);
    answer.take(&row);
    state.series = answer.finish();
    let mut tally = Tally::default();
    tally.count_event(None, &EventFilter::default(), &event, at(0), b"{\"a\":1}");
    state.rules.insert("1-0000000000000000".to_owned(), tally);
    let held = Held {
        since: at(0),
        told_at: Some(at(1)),
        level: Level::Critical,
        detail: "down".into(),
        message_id: None,
        begin_mail: Some(BeginMail {
            message_id: "1@example.com".to_owned(),
            subject: "down".to_owned(),
            made_at: at(0),
        }),
        told_in: Vec::new(),
        expiry: None,
    };
    state.conditions.insert(Condition::Unreachable, held);
    state.outbox = Outbox {
        mails: vec![waiting()],
        untold: vec![Lost::Said("one".to_owned())],
        ..Outbox::default()
    };
    state
}

fn waiting() -> Waiting {
    Waiting {
        message_id: "1@example.com".to_owned(),
        made_at: at(0),
        subject: "Tampering".to_owned(),
        level: Level::Warning,
        kind: Kind::Alert,
        site: "pce".to_owned(),
        text: "text".to_owned(),
        html: "<p>text</p>".to_owned(),
        lines: vec!["line".to_owned()],
        to: Vec::new(),
        served: Vec::new(),
        in_doubt: false,
        unconfirmed: false,
        asked: Asked::default(),
        about_mail: false,
        thread: Thread::default(),
        attachment: None,
        detached: Some(Detached::ByTheServer),
    }
}

/// What is done to it: a part replaced by anything, or its bytes hurt.
#[derive(Clone, Debug)]
enum Harm {
    Part(Index, String),
    Bytes(Vec<Damage>),
}

fn harm() -> impl Strategy<Value = Harm> {
    let wrong = prop_oneof![
        any_value(KEYS),
        select(vec!["[]", "{}", "null", "\"\"", "-1", "1e400", "\"AAAA\"", "[[1,2],[3]]",])
            .prop_map(str::to_owned),
    ];
    prop_oneof![
        (any::<Index>(), wrong).prop_map(|(part, value)| Harm::Part(part, value)),
        vec(damage(), 1..4).prop_map(Harm::Bytes),
    ]
}

fn harmed(state: &str, harm: &Harm) -> Vec<u8> {
    match harm {
        Harm::Bytes(all) => damaged(state.as_bytes().to_vec(), all),
        Harm::Part(part, value) => {
            let parts: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(state).unwrap();
            let named: Vec<&String> = parts.keys().collect();
            let hurt = *part.get(&named);
            let parts = parts.iter().map(|(name, whole)| match name == hurt {
                true => format!("\"{name}\":{value}"),
                false => format!("\"{name}\":{whole}"),
            });
            format!("{{{}}}", parts.collect::<Vec<_>>().join(",")).into_bytes()
        }
    }
}

struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Place {
    fn file(&self) -> PathBuf {
        self.0.join("config.json")
    }

    fn open(&self) -> Result<Opened, String> {
        let opened = open(&self.file(), &Env::default(), StateUse::Keep);
        opened.map_err(|unopened| unopened.error.lines(Lang::En).join("\n"))
    }
}

/// A file that can be read is used, saved, and then whole; one that can't is told.
fn survives(place: &Place, harm: &Harm, state: &str) -> Result<(), TestCaseError> {
    let mut text = format!("{CONFIG}, \"state\": ").into_bytes();
    text.extend(harmed(state, harm));
    text.extend(b"}\n");
    fs::write(place.file(), &text).unwrap();
    let _ = fs::remove_file(place.0.join("config.json.last"));
    let mut opened = match place.open() {
        Ok(opened) => opened,
        Err(told) => {
            prop_assert!(!told.is_empty() && !told.contains("s3cr3t"), "{}", told);
            prop_assert_eq!(fs::read(place.file()).unwrap(), text);
            return Ok(());
        }
    };
    for note in &opened.notes {
        for lang in [Lang::En, Lang::ZhTw] {
            let said = note.text(lang);
            prop_assert!(!said.chars().any(illumio_monitor::screen::visible::hidden));
        }
    }
    for (key, tally) in &mut opened.state.rules {
        let rule = crate::records::any_rule();
        tally.settle(&rule, 0, Some(0));
        if let Some(alert) = tally.alert(&rule, i64::MAX / 120) {
            prop_assert!(alert.count > 0, "{}", key);
        }
    }
    let saved = opened.store.save(&mut opened.state);
    prop_assert!(matches!(saved, Ok(Saved::Both)), "{:?}", saved);
    let again = place.open().unwrap();
    prop_assert!(again.damaged.is_empty(), "{:?}", again.damaged);
    let undamaged = serde_json::to_string(&opened.state).unwrap();
    prop_assert_eq!(serde_json::to_string(&again.state).unwrap(), undamaged);
    Ok(())
}

#[test]
fn whatever_is_left_of_a_state_the_file_is_read_and_saved_whole_again() {
    let folder = std::env::temp_dir().join(format!("monitor-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let place = Place(folder);
    let state = serde_json::to_string(&full()).unwrap();
    fuzz("state", &harm(), |harm| survives(&place, &harm, &state));
}
