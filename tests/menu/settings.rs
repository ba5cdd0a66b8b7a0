//! Settings, changed by hand.

use illumio_monitor::lang::{Lang, menu as say, menu_rules, menu_settings as words};
use serde_json::json;

use super::terminal::{SCREENS, Terminal};
use crate::world::World;

const EN: Lang = Lang::En;

#[test]
fn each_setting_reaches_the_file_and_the_secret_no_screen() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        let choice = say::choice(lang);
        person.answer(&choice, "4").answer(&choice, "13");
        person.shows(&say::want_choice(lang, 12));
        person.fits();
        // The PCE: a new secret, unseen; then the test.
        person.answer(&choice, "1");
        person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang)]);
        person.answer(&words::secret(lang), "not-the-secret");
        person.shows("401");
        person.fits();
        person.answer(&choice, "2").answer(&choice, "2");
        person.answer(&words::sender(lang), "Monitor <monitor@example.net>");
        person.answer(&words::recipients(lang), "a@example.net，b@example.net");
        person.answer(&choice, "3");
        person.shows(&words::verify(lang));
        // On again it is tried first, and the secret does not work.
        person.answer(&choice, "3");
        person.shows(&words::does_not_work(lang));
        assert_eq!(world.config()["api"]["verify_ssl"], false);
        person.answer(&choice, "2");
        // A proxy's password is typed once and shown never again.
        person.answer(&choice, "8").answer(&words::zone(lang), "Asia/Nowhere");
        person.answer(&words::zone(lang), "Asia/Taipei");
        person.answer(&choice, "9").answer(&words::daily(lang), "08:30");
        person.answer(&choice, "10").answer(&words::expires(lang), "2027-01-31");
        person.answer(&choice, "11").answer(&words::site(lang), "台北機房");
        person.asked(&choice);
        person.fits();
        person.answer(&choice, "11").answer(&words::site(lang), "-");
        person.answer(&choice, "").answer(&choice, "0");
        let (code, written) = person.left();
        assert_eq!(code, 0);
        assert!(!written.contains("not-the-secret"), "{written}");
        let config = world.config();
        assert_eq!(config["api"]["secret"], "not-the-secret");
        assert_eq!(
            (&config["api"]["verify_ssl"], &config["api"]["key_expires"]),
            (&json!(true), &json!("2027-01-31"))
        );
        assert_eq!(
            config["email"],
            json!({"sender": "Monitor <monitor@example.net>", "recipients": ["a@example.net", "b@example.net"]})
        );
        assert_eq!(
            config["settings"],
            json!({"language": "en", "timezone": "Asia/Taipei", "late_reach_hours": 0, "daily_report": "08:30"})
        );
    }
}

#[test]
fn the_mail_server_is_tried_as_soon_as_it_is_set() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 40, 120);
    let choice = say::choice(EN);
    person.answer(&choice, "4").answer(&choice, "6");
    person.answer(&words::host(EN), "mail.example.invalid").answer(&words::port(EN), "");
    person.answer(&choice, "1");
    // A login goes over verified TLS only; said at once, and nothing is saved.
    person.answer(&words::user(EN), "monitor");
    person.shows("verified TLS");
    // Question by question back, and out of the entry.
    person.answer(&words::user(EN), "-1").answer(&choice, "<");
    person.answer(&words::port(EN), "<").answer(&words::host(EN), "<").answer(&choice, "6");
    person.enter(&[&words::host(EN), &words::port(EN)]);
    person.answer(&choice, "4").answer(&words::user(EN), "monitor");
    person.answer(&words::password(EN), "pass-1234");
    person.shows(&words::does_not_work(EN));
    person.fits();
    person.answer(&choice, "2").answer(&choice, "6");
    person.enter(&[&words::host(EN), &words::port(EN), &choice]);
    person.answer(&words::user(EN), "-");
    let screen = person.asked(say::pause(EN).trim());
    assert!(screen.contains("soc@example.net"), "{screen}");
    person.answer(say::pause(EN).trim(), "").answer(&choice, "0").answer(&choice, "0");
    let (code, written) = person.left();
    assert_eq!(code, 0);
    assert!(!written.contains("pass-1234"));
    let smtp = &world.config()["smtp"];
    assert_eq!((&smtp["host"], &smtp["tls"]), (&json!("127.0.0.1"), &json!("none")));
    assert!(smtp.get("user").is_none() && smtp.get("password").is_none(), "{smtp}");
    assert_eq!(world.mailbox.count(), 0);
}

#[test]
fn the_python_tools_keys_show_what_a_run_goes_by() {
    let world = World::new();
    let python = json!({"host": "127.0.0.1", "port": 9, "enable_tls": true,
        "enable_auth": false, "user": "monitor", "password": "pass-1234"});
    world.set("smtp", python);
    let mut person = Terminal::menu(&world, EN, 40, 120);
    let choice = say::choice(EN);
    person.answer(&choice, "4");
    let screen = person.asked(&choice);
    assert!(screen.contains("127.0.0.1:9, TLS starttls, no login"), "{screen}");
    // Enter throughout changes nothing of that.
    person.answer(&choice, "6").enter(&[&words::host(EN), &words::port(EN), &choice]);
    person.enter(&[&words::ca_file(EN), &words::user(EN), say::pause(EN).trim()]);
    person.answer(&choice, "0").answer(&choice, "0");
    assert_eq!(person.left().0, 0);
    let smtp = &world.config()["smtp"];
    assert_eq!((smtp.get("tls"), &smtp["enable_auth"]), (None, &json!(false)));
}

#[test]
fn a_proxys_password_is_not_shown_again() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    let choice = say::choice(EN);
    person.answer(&choice, "4").answer(&choice, "5");
    person.answer(&words::proxy(EN), "http://me:pw-5678@127.0.0.1:1");
    person.answer(&choice, "2");
    let screen = person.asked(&choice);
    assert!(screen.contains("http://***@127.0.0.1:1") && !screen.contains("pw-5678"), "{screen}");
    person.answer(&choice, "0").answer(&choice, "0");
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_broken_config_is_shown_and_mended_in_the_menu() {
    let world = World::new();
    world.set("email.recipients", json!(["not an address"]));
    let mut person = Terminal::menu(&world, EN, 24, 80);
    let screen = person.asked(&say::choice(EN));
    assert!(screen.contains("email.recipients"), "{screen}");
    person.fits();
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "2");
    person.answer(&words::sender(EN), "");
    person.answer(&words::recipients(EN), "soc@example.net");
    person.answer(&say::choice(EN), "0");
    let screen = person.asked(&say::choice(EN));
    assert!(screen.contains(&say::no_mail_waits(EN)), "{screen}");
    person.answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
}

#[test]
fn a_config_with_many_problems_leaves_room_for_the_menu() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let broken =
            json!({"id": 1, "type": "traffic", "name": "x", "pd": 9, "port": "no port at all"});
        world.set("rules", json!(vec![broken; 30]));
        let mut person = Terminal::menu(&world, lang, rows, columns);
        let screen = person.asked(&say::choice(lang));
        // All of them have one id, so they go by their places.
        assert!(screen.contains("rules[0].p"), "{screen}");
        assert!(
            screen.contains("illumio-monitor 0") && screen.contains(&say::exit(lang)),
            "{screen}"
        );
        person.fits();
        // A rule says itself what is wrong with it.
        person.answer(&say::choice(lang), "3");
        person.answer(&menu_rules::which_rules(lang), "1");
        person.shows("✗ pd");
        person.answer("1 ", "");
        person.answer(&menu_rules::which_rules(lang), "0");
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
    }
}

#[test]
fn the_language_is_changed_at_once_and_follows_option_config_and_locale_in_this_order() {
    let world = World::new();
    let start = |arguments: &[&str], pairs: &[(&str, &str)]| {
        let mut command = world.command(arguments);
        command.env("TERM", "xterm").envs(pairs.iter().copied());
        Terminal::start(command, 24, 80)
    };
    let utf8 = [("LANG", "zh_TW.UTF-8")];
    let mut person = start(&[], &utf8);
    // The config says English, which goes before the locale.
    person.answer(&say::choice(EN), "4").answer(&say::choice(EN), "7");
    person.answer(&say::choice(EN), "2");
    person.shows(&say::saved(Lang::ZhTw));
    let zh = say::choice(Lang::ZhTw);
    person.answer(&zh, "0").answer(&zh, "0");
    assert_eq!(person.left().0, 0);
    assert_eq!(world.config()["settings"]["language"], "zh-TW");

    for (arguments, pairs, lang) in [
        (&[][..], [("LANG", "en_US.UTF-8")], Lang::ZhTw),
        (&["--lang", "en"], utf8, EN),
        (&[], [("LANG", "C")], EN),
        (&[], [("TERM", "linux")], EN),
        (&["--lang", "zh-TW"], [("TERM", "linux")], Lang::ZhTw),
    ] {
        let mut person = start(arguments, &pairs);
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0, "{pairs:?}");
    }

    // Enter keeps the mails' language, whatever the screen was asked for.
    let mut person = start(&["--lang", "en"], &utf8);
    person.answer(&say::choice(EN), "4");
    person.answer(&say::choice(EN), "7").enter(&[&say::choice(EN)]);
    person.answer(&say::choice(EN), "0");
    person.answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    assert_eq!(world.config()["settings"]["language"], "zh-TW");
}
