//! The line that is typed: its keys as each terminal sends them, what is shown of it, help,
//! and the way back.

use illumio_monitor::lang::{Lang, menu as say, menu_rules, menu_settings as words};
use serde_json::json;

use super::terminal::{SCREENS, Terminal};
use crate::world::World;

const EN: Lang = Lang::En;

/// Settings, site name.
fn at_the_site(world: &World, rows: u16, columns: u16) -> Terminal {
    let mut person = Terminal::menu(world, EN, rows, columns);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "11");
    person.asked(&words::site(EN));
    person
}

#[test]
fn a_line_is_edited_with_the_keys_of_every_terminal() {
    // Home and End, left and right of xterm in both modes, tmux and screen, the Linux
    // console, PuTTY and rxvt; and those of a shell.
    let homes = ["\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x01"];
    let ends = ["\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x05"];
    let lefts = ["\x1b[D", "\x1bOD", "\x02", "\x1b[D", "\x1bOD"];
    let rights = ["\x1b[C", "\x1bOC", "\x06", "\x1b[C", "\x1bOC"];
    let world = World::new();
    let mut person = at_the_site(&world, 24, 80);
    for at in 0..homes.len() {
        let (home, end, left, right) = (homes[at], ends[at], lefts[at], rights[at]);
        // 機X房 → 台北機房 2, by way of each key.
        person.keys(&format!(
            "機X房{left}\x7f{home}北{home}台{end} 2{left}{left}{right}{left}{left}{right}\x1b[3~{end}"
        ));
        person.shows("台北機房2");
        person.keys("\r");
        person.asked(&say::choice(EN));
        person.fits();
        assert_eq!(world.config()["settings"]["site_name"], "台北機房2", "{at}");
        person.answer(&say::choice(EN), "11");
        person.asked(&words::site(EN));
    }
    // What the cursor stands on is kept or cut: Ctrl-K, Ctrl-U, Ctrl-W, by words.
    person.keys("one two 三 four\x1b[1;5D\x0b\x17\x1bb\x15\x05x\r");
    person.asked(&say::choice(EN));
    assert_eq!(world.config()["settings"]["site_name"], "two x");
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

#[test]
fn escape_alone_a_paste_and_keys_of_no_use_leave_nothing_behind() {
    let world = World::new();
    let mut person = at_the_site(&world, 24, 80);
    person.keys("a\x1b");
    std::thread::sleep(std::time::Duration::from_millis(250));
    person.keys("[b\x1b[200~pasted\r\nin two\x03\r\n\x1b[201~\x1b[[A\x1b[15~\x1b[Z\x1b[?62;c\tc");
    person.shows("a[bpasted in twoc");
    person.keys("\r");
    person.asked(&say::choice(EN));
    assert_eq!(world.config()["settings"]["site_name"], "a[bpasted in twoc");
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_large_paste_is_taken_at_once() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "1");
    person.asked(&words::url(EN));
    let begin = std::time::Instant::now();
    for _ in 0..60 {
        person.keys(&"x".repeat(1_000));
    }
    person.keys("\x15https://pce.example.com\r");
    person.asked(&words::org(EN));
    assert!(begin.elapsed() < std::time::Duration::from_secs(10), "{:?}", begin.elapsed());
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_line_is_longer_than_its_room_in_narrow_terminals_too() {
    for columns in [30, 40, 80] {
        let world = World::new();
        let mut person = at_the_site(&world, 24, columns);
        let name = "名".repeat(60);
        person.keys(&format!("{name}末"));
        person.shows("名末");
        person.keys("\x1b[H始");
        person.shows("始名");
        person.keys("\x1b[F了");
        person.shows("末了");
        person.keys("\r");
        person.asked(&say::choice(EN));
        assert_eq!(world.config()["settings"]["site_name"], format!("始{name}末了"));
        person.keys("\u{3}");
        let (code, written) = person.left();
        assert_eq!(code, 0);
        // Each redrawing went back over no more than the row has.
        let most = written.split(|c| c != '\u{8}').map(str::len).max().unwrap();
        assert!(most < columns.into(), "{most} of {columns}");
    }
}

#[test]
fn the_arrow_up_brings_earlier_answers_back_and_never_a_secret() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 40, 120);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "11");
    person.answer(&words::site(EN), "Taipei DC").answer(&say::choice(EN), "1");
    person.answer(&words::url(EN), "htps://pce.example.com");
    // The wrong one is mended where it is wrong.
    person.asked(&words::url(EN));
    person.keys("\x1b[A\x01\x06\x06t\r");
    person.answer(&words::org(EN), "1").answer(&words::key(EN), "api_1");
    person.asked(&words::secret(EN));
    person.keys("\x1b[Ahidden-secret-77");
    person.shows("(16 characters)");
    person.keys("\x1b[D\x1b[H\x7f\x7f\x7f");
    person.shows("(13 characters)");
    person.keys("\x15");
    person.keys("hidden-secret-77");
    person.shows("(16 characters)");
    person.keys("<\x7f\r");
    person.asked_anything_or(say::pause(EN).trim());
    person.keys("\u{3}");
    let (_, written) = person.left();
    assert!(!written.contains("hidden-secret"), "{written}");

    let mut person = Terminal::menu(&world, EN, 40, 120);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "2");
    person.answer(&words::sender(EN), "first@example.net");
    person.answer(&words::recipients(EN), "second@example.net");
    person.answer(&say::choice(EN), "11");
    person.asked(&words::site(EN));
    person.keys("begun\x1b[A");
    person.shows(": second@");
    person.keys("\x1b[A\x1b[A\x1b[A");
    person.shows(": first@");
    person.keys("\x1b[B\x1b[B\x1b[B");
    person.shows(": begun");
    person.keys("\x1b[A\x1b[A\x1b[A\x7f\x7f\x7fcom\r");
    person.asked(&say::choice(EN));
    assert_eq!(world.config()["settings"]["site_name"], "first@example.com");
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_question_mark_is_helped_everywhere_and_asked_again() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        world.rule(json!({"type": "event", "name": "One", "filter_value": "agent.tampering"}));
        let mut person = Terminal::menu(&world, lang, rows, columns);
        let helped = |person: &mut Terminal, prompt: &str, typed: &str, help: &str| {
            person.answer(prompt, typed);
            let screen = person.asked(prompt);
            let flat: String = screen.split_whitespace().collect();
            let start: String = help.chars().filter(|c| !c.is_whitespace()).take(20).collect();
            assert!(flat.contains(&start), "{prompt} {help}: {screen}");
            person.fits();
        };
        helped(&mut person, &say::choice(lang), "?", &say::help_main(lang));
        person.answer(&say::choice(lang), "3");
        helped(&mut person, &menu_rules::which_rules(lang), "？", &menu_rules::help_rules(lang));
        person.answer(&menu_rules::which_rules(lang), "1").answer("1 ", "1");
        helped(&mut person, &menu_rules::form_choice(lang), "?", &menu_rules::help_form(lang));
        person.answer(&menu_rules::form_choice(lang), "1");
        helped(&mut person, &menu_rules::name(lang), "?", &say::help_question(lang));
        person.answer(&menu_rules::name(lang), "<").answer(&menu_rules::form_choice(lang), "<");
        person.answer(&menu_rules::which_rules(lang), "1").answer("1 ", "3");
        helped(&mut person, &menu_rules::delete_this(lang), "?", &say::help_yes(lang));
        person.answer(&menu_rules::delete_this(lang), "n");
        person.answer(&menu_rules::which_rules(lang), "<").answer(&say::choice(lang), "4");
        helped(&mut person, &say::choice(lang), "?", &say::help_choice(lang));
        person.answer(&say::choice(lang), "1");
        person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang)]);
        helped(&mut person, &words::secret(lang), "?", &say::help_secret(lang));
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        assert_eq!(world.config()["rules"][0]["name"], "One");
    }
}

#[test]
fn one_question_back_keeps_every_answer() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let before = std::fs::read(world.config_path()).unwrap();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "2").answer(&say::choice(lang), "2");
        person.answer(&menu_rules::port(lang), "443").answer(&menu_rules::proto(lang), "tcp");
        person.answer(&menu_rules::src_label(lang), "role=Web");
        // Three back, by either sign, one of them mended, and on with Enter.
        person.answer(&menu_rules::dst_label(lang), "<");
        let screen = person.asked(&menu_rules::src_label(lang));
        assert!(screen.contains("[role=Web]"), "{screen}");
        person.answer(&menu_rules::src_label(lang), "-1");
        person.answer(&menu_rules::proto(lang), "＜");
        person.answer(&menu_rules::port(lang), "8443");
        person.enter(&[&menu_rules::proto(lang), &menu_rules::src_label(lang)]);
        person.enter(&[&menu_rules::dst_label(lang), &menu_rules::src_ip(lang)]);
        person.enter(&[&menu_rules::dst_ip(lang)]);
        person.asked(&menu_rules::leave_some_out(lang));
        person.fits();
        person.keys("y\r");
        person.answer(&menu_rules::ex_port(lang), "80");
        // Back over the question that led here, and another way on.
        person.answer(&menu_rules::ex_src_label(lang), "<").answer(&menu_rules::ex_port(lang), "<");
        person.asked(&menu_rules::leave_some_out(lang));
        person.keys("n\r");
        person.answer(&say::choice(lang), "2");
        person.answer(&menu_rules::count(lang), "7").answer(&menu_rules::window(lang), "<");
        person.answer(&menu_rules::count(lang), "<").answer(&say::choice(lang), "");
        let screen = person.asked(&menu_rules::count(lang));
        assert!(screen.contains("[7]"), "{screen}");
        person.enter(&[&menu_rules::count(lang), &menu_rules::window(lang)]);
        person.enter(&[&say::choice(lang), &menu_rules::name(lang)]);
        person.fits();
        assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
        person.answer(&menu_rules::form_choice(lang), "");
        person.answer(&say::choice(lang), "2");
        // From the first question back to the menu.
        person.answer(&say::choice(lang), "<").answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
        let rule = &world.config()["rules"][0];
        let kept = ["pd", "port", "proto", "src_label", "ex_port", "threshold_count"];
        assert_eq!(
            kept.map(|key| rule[key].clone()),
            [json!(1), json!(8443), json!("tcp"), json!("role=Web"), json!(null), json!(7)],
            "{rule}"
        );
    }
}

#[test]
fn one_question_back_from_an_event_rules_first_chooses_the_event_again() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 40, 120);
    person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "9");
    person.answer(&menu_rules::find_choice(EN), "agent.tampering");
    person.answer(&menu_rules::type_choice(EN), "1");
    person.answer(&say::choice(EN), "2");
    person.answer(&menu_rules::count(EN), "-1").answer(&say::choice(EN), "<");
    person.asked(&menu_rules::find_choice(EN));
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_secret_is_kept_on_the_way_back_shown_by_its_length_and_saved_as_it_was_typed() {
    for lang in [Lang::En, Lang::ZhTw] {
        let world = World::new();
        std::fs::remove_file(world.config_path()).unwrap();
        let mut person = Terminal::menu(&world, lang, 40, 120);
        person.answer(&words::url(lang), &world.pce.url()).answer(&words::org(lang), "");
        person.answer(&words::key(lang), "api_1");
        // The keyboard's blanks go; full-width letters and blanks are nobody's but the user's.
        person.answer(&words::secret(lang), " Ｓecret，１　x　 ");
        person.shows(&say::letters(lang, 11));
        person.answer(&words::expires(lang), "<");
        let screen = person.asked(&words::secret(lang));
        assert!(screen.contains(&format!("[{}]", say::letters_before(lang, 11))), "{screen}");
        person.enter(&[&words::secret(lang), &words::expires(lang)]);
        // Whoever does not type it again keeps it.
        person.answer(&words::guide_again(lang), "n");
        person.asked(&words::sender(lang));
        person.keys("\u{3}");
        let (code, written) = person.left();
        assert_eq!(code, 0);
        assert!(!written.contains("ecret，"), "{written}");
        assert_eq!(world.config()["api"]["secret"], "Ｓecret，１　x　");
    }
}

#[test]
fn a_proxys_password_comes_back_in_no_question() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 40, 120);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "5");
    person.asked(&words::proxy(EN));
    person.keys("http://bob:Geheim88@127.0.0.1:9\r");
    person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "11");
    person.asked(&words::site(EN));
    person.keys("\x1b[A\x1b[A\x1b[A");
    let screen = person.shows("Site name");
    assert!(!screen.lines().last().unwrap_or_default().contains("Geheim"), "{screen}");
    person.keys("\x15done\r");
    person.asked(&say::choice(EN));
    assert_eq!(world.config()["settings"]["site_name"], "done");
    person.keys("\u{3}");
    let (_, written) = person.left();
    // It was seen while it was typed, and only then.
    let after = written.rsplit_once("9\r\n").unwrap().1;
    assert!(!after.contains("Geheim"), "{after}");
}

#[test]
fn a_secret_typed_at_a_visible_question_comes_back_no_more_once_it_is_known_as_one() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 40, 120);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "11");
    // Typed where it does not belong, then where it does.
    person.answer(&words::site(EN), "hidden-secret-77").answer(&say::choice(EN), "11");
    person.answer(&words::site(EN), "Taipei").answer(&say::choice(EN), "1");
    person.enter(&[&words::url(EN), &words::org(EN), &words::key(EN)]);
    person.answer(&words::secret(EN), "hidden-secret-77");
    person.answer(&say::choice(EN), "2").answer(&say::choice(EN), "11");
    person.asked(&words::site(EN));
    let before = person.written().len();
    person.keys("\x1b[A");
    person.shows(": Taipei");
    person.keys("\x1b[A\x1b[Ax");
    person.shows(": Taipeix");
    person.keys("\u{3}");
    let (_, written) = person.left();
    assert!(!written[before..].contains("hidden-secret"), "{written}");
}

#[test]
fn a_line_with_pictures_and_joined_letters_stays_in_its_row() {
    for name in ["⚠\u{fe0f}", "👍🏽", "\u{644}\u{627}", "e\u{301}"] {
        let world = World::new();
        let mut person = at_the_site(&world, 24, 40);
        person.keys(&format!("{}A\x1b[HB\x1b[F\x7fC", name.repeat(30)));
        person.shows("C");
        person.keys("\r");
        person.asked(&say::choice(EN));
        person.fits();
        assert_eq!(world.config()["settings"]["site_name"], format!("B{}C", name.repeat(30)));
        person.keys("\u{3}");
        let (_, written) = person.left();
        // The cursor's place is the terminal's own: nothing is counted back.
        assert!(!written.contains('\u{8}'), "{written}");
    }
}

#[test]
fn what_is_typed_ahead_of_a_question_is_not_shown() {
    let world = World::new();
    world.pce.fault(crate::pce::Fault::hang(std::time::Duration::from_secs(2)));
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "7");
    person.shows(say::running(EN).trim_end_matches('…'));
    person.keys("typed-ahead");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!person.written().contains("typed-ahead"), "{}", person.written());
    person.interrupts();
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_terminal_without_wide_signs_is_sent_none() {
    let world = World::new();
    world.set("settings.site_name", json!("x".repeat(70)));
    let mut command = world.command(&["--lang", "en"]);
    command.env("TERM", "xterm").env("LC_ALL", "C");
    let mut person = Terminal::start(command, 24, 50);
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "11");
    person.asked("Site name");
    person.keys(&"y".repeat(60));
    person.shows("~yyy");
    person.fits();
    person.keys("\u{3}");
    let (_, written) = person.left();
    assert!(written.is_ascii(), "{written}");
}

#[test]
fn the_list_of_rules_asks_whole_in_a_narrow_terminal() {
    for lang in [Lang::En, Lang::ZhTw] {
        let world = World::new();
        world.set(
            "rules",
            json!([{"id": 1, "type": "event", "name": "R", "filter_value": "user.*",
            "desc": "", "rec": "", "threshold_type": "immediate", "threshold_count": 1,
            "threshold_window": 10, "cooldown_minutes": 10}]),
        );
        let mut person = Terminal::menu(&world, lang, 24, 40);
        person.answer(&say::choice(lang), "3");
        person.asked(&menu_rules::which_rules_narrow(lang));
        person.fits();
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
    }
}
