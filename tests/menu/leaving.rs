//! Ctrl-C, the end of input, and terminals that can do little.

use illumio_monitor::lang::{Lang, menu as say, menu_rules, menu_settings as words};
use serde_json::json;

use super::terminal::Terminal;
use crate::pce::{Fault, agent_tampering};
use crate::world::World;

const EN: Lang = Lang::En;

/// Answers that lead through every question of the menu.
const WAYS: &[&[&str]] = &[
    &["1", "2", "1", "2", "7", "20", "1", "Name", "3", "err"],
    &["1", "our.own", "y", "1", "1", "Name"],
    &[
        "2", "1", "443", "tcp", "a=b", "c=d", "::1", "::2", "y", "1", "a=b", "c=d", "::1", "::2",
        "2", "5", "5", "2", "N", "1", "X",
    ],
    &["3", "1", "1", "1", "Other"],
    &["3", "1", "3"],
    &["3", "1-2", "3"],
    &["4", "1", "https://other.example.com", "2", "api_2", "secret-2"],
    &["4", "2", "x@example.net", "y@example.net"],
    &["4", "4"],
    &["4", "6", "127.0.0.1", "2525", "2", "/ca.pem", "me"],
    &["4", "7"],
    &["4", "9"],
    &["5"],
    &["8"],
];

#[test]
fn ctrl_c_at_every_question_leaves_with_0_and_the_file_as_it_was() {
    let world = World::new();
    for name in ["One", "Two"] {
        world.rule(json!({"type": "event", "name": name, "filter_value": "agent.tampering"}));
    }
    let before = std::fs::read(world.config_path()).unwrap();
    for way in WAYS {
        for steps in 0..=way.len() {
            // The last answer of some ways would save.
            let saves = way[0] == "4" && steps == way.len() && matches!(way[1], "1" | "2");
            if saves {
                continue;
            }
            let mut person = Terminal::menu(&world, EN, 24, 80);
            for answer in &way[..steps] {
                person.asked_anything();
                person.keys(&format!("{answer}\r"));
            }
            person.asked_anything();
            person.keys("half typed\u{3}");
            let (code, written) = person.left();
            assert_eq!(code, 0, "{way:?} {steps}: {written}");
            let after = std::fs::read(world.config_path()).unwrap();
            assert_eq!(after, before, "{way:?} {steps}: {written}");
        }
    }
}

#[test]
fn ctrl_c_in_the_guide_leaves_with_0_and_no_file() {
    let world = World::new();
    std::fs::remove_file(world.config_path()).unwrap();
    let answers = ["https://pce.example.com", "1", "api_1"];
    for steps in 0..=answers.len() {
        let mut person = Terminal::menu(&world, EN, 24, 80);
        for answer in &answers[..steps] {
            person.asked_anything();
            person.keys(&format!("{answer}\r"));
        }
        person.asked_anything();
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        assert!(!world.config_path().exists());
    }
}

#[test]
fn ctrl_c_while_the_menu_works_leaves_with_0_and_the_file_whole() {
    let patience = std::time::Duration::from_secs(60);
    for (way, shown) in [
        (&["7"][..], say::running(EN)),
        (&["8", "3"], say::asking_pce(EN)),
        (&["4", "1", "", "2", "", ""], say::trying_pce(EN)),
    ] {
        let world = World::new();
        world.pce.fault(Fault::hang(patience));
        let mut person = Terminal::menu(&world, EN, 24, 80);
        for answer in way {
            person.asked_anything();
            person.keys(&format!("{answer}\r"));
        }
        person.shows(shown.trim_end_matches('…'));
        let before = std::fs::read(world.config_path()).unwrap();
        person.interrupts();
        let (code, written) = person.left();
        assert_eq!(code, 0, "{way:?}: {written}");
        assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
        // What was answered is not saved before it was tried.
        assert_ne!(world.config()["api"]["org_id"], "2", "{written}");
    }
}

#[test]
fn a_signal_ends_the_menu_as_ever_and_leaves_the_terminal_as_it_was() {
    use rustix::process::Signal;
    for (signal, number) in [(Signal::TERM, 15), (Signal::HUP, 1), (Signal::QUIT, 3)] {
        let world = World::new();
        let person = Terminal::menu(&world, EN, 24, 80);
        person.asked(&say::choice(EN));
        person.signals(signal);
        person.writes("\x1b[?2004l");
        let (code, written) = person.left();
        assert_eq!(code, -number, "{written}");
        assert!(written.contains("\x1b[?2004h"), "{written}");
    }
}

#[test]
fn the_end_of_input_leaves_with_the_last_cycles_exit_code() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.asked(&say::choice(EN));
    person.keys("\u{4}");
    assert_eq!(person.left().0, 0);

    world.pce.fault(Fault::status(503).retry_after(0));
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "7");
    let screen = person.asked(say::pause(EN).trim());
    assert!(screen.contains("503") && screen.contains("the next run retries it"), "{screen}");
    person.fits();
    person.answer(say::pause(EN).trim(), "");
    let screen = person.asked(&say::choice(EN));
    assert!(screen.contains(&say::run_retry(EN)), "{screen}");
    person.keys("\u{4}");
    assert_eq!(person.left().0, 75);
}

#[test]
fn a_line_is_edited_with_the_usual_keys() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "11");
    person.asked(&words::site(EN));
    // Function keys do nothing, Ctrl-U and Ctrl-W take back, backspace a whole letter.
    person.keys("wrong\u{15}台北機\u{1b}[6~\u{1b}OP房間\u{7f} more\u{17}\u{7f}\r");
    person.asked(&say::choice(EN));
    person.fits();
    assert_eq!(world.config()["settings"]["site_name"], "台北機房");
    // What is longer than the line has room for shows its end, on that one line.
    person.answer(&say::choice(EN), "11");
    person.asked(&words::site(EN));
    let long = "名".repeat(90);
    person.keys(&long);
    person.shows("…名");
    person.fits();
    person.keys("\r");
    person.asked(&say::choice(EN));
    person.fits();
    assert_eq!(world.config()["settings"]["site_name"], long.as_str());
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

#[test]
fn without_colour_the_menu_is_plain_text() {
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let world = World::new();
        let mut command = world.command(&[]);
        command.env("TERM", "xterm").env(name, value);
        let mut person = Terminal::start(command, 24, 80);
        person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "9");
        person.answer(&words::daily(EN), "x").answer(&words::daily(EN), "07:00");
        person.answer(&say::choice(EN), "").answer(&say::choice(EN), "3");
        person.shows(menu_rules::no_rules(EN).split(':').next().unwrap());
        person.answer(&say::choice(EN), "0");
        let (code, written) = person.left();
        assert_eq!((code, written.contains('\u{1b}')), (0, false), "{written:?}");
    }
}

#[test]
fn the_debug_view_comes_screen_by_screen() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.pce.event(crate::pce::agent_tampering("db-01").at("10:03"));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.set_now("10:10");
    let before = std::fs::read(world.config_path()).unwrap();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "8");
    person.answer(&say::how_many(EN), "0").answer(&say::how_many(EN), "3");
    person.shows("agent.tampering");
    person.fits();
    let mut screen = person.asked_anything_or(say::pause_or_skip(EN).trim());
    while screen {
        person.keys("\r");
        screen = person.asked_anything_or(say::pause_or_skip(EN).trim());
    }
    person.keys("1\r");
    person.asked_anything_or(say::pause_or_skip(EN).trim());
    person.keys("\u{3}");
    let (code, written) = person.left();
    assert_eq!((code, written.contains("db-01")), (0, true), "{written}");
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
    assert_eq!(world.mailbox.count(), 0);
}

#[test]
fn the_debug_view_looks_around_a_time_that_is_typed_in_place_of_a_number() {
    let world = World::new();
    world.pce.event(agent_tampering("db-01").at("04:10"));
    world.pce.event(agent_tampering("db-02").at("08:30"));
    world.pce.set_now("10:00");
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "8");
    person.answer(&say::how_many(EN), "soon").answer(&say::how_many(EN), "2026-08-03 04:05");
    person.shows("Events: the closest 1 of 1, 2026-08-03 03:35 to 2026-08-03 04:35");
    person.shows("db-01");
}
