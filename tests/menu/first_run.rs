//! From nothing to a monitor that runs.

use illumio_monitor::lang::{Lang, menu as say, menu_rules, menu_settings as words};
use serde_json::json;

use super::terminal::{SCREENS, Terminal};
use crate::world::World;

/// Whose crontab it is.
fn user() -> String {
    let id = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_guide_leads_from_nothing_to_a_run() {
    for (lang, rows, columns) in SCREENS {
        let mut world = World::new();
        std::fs::remove_file(world.config_path()).unwrap();
        let (url, key, secret) = (world.pce.url(), world.pce.key(), world.pce.secret());
        let port = world.mailbox.port().to_string();
        let mut person = Terminal::menu(&world, lang, rows, columns);

        person.answer(&words::url(lang), "pce.example.com");
        person.shows("https://pce.example.com");
        person.answer(&words::url(lang), &url);
        person.answer(&words::org(lang), "one").answer(&words::org(lang), "");
        person.answer(&words::key(lang), &key);
        person.answer(&words::secret(lang), &format!("{secret}-wrong"));
        person.answer(&words::expires(lang), "2027-31-01");
        person.answer(&words::expires(lang), "2027-01-31");
        person.answer(&words::guide_again(lang), "");
        person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang)]);
        person.answer(&words::secret(lang), &secret);
        person.answer(&words::expires(lang), "");
        person.answer(&words::sender(lang), "monitor@example.net");
        // Who is a question ahead types a recipient.
        person.answer(&words::sender_name(lang), "soc@example.net");
        person.shows(&words::name_is_address(lang)[..12]);
        person.answer(&words::sender_name(lang), "");
        person.fits();
        person.answer(&words::recipients(lang), "nobody at all");
        person.answer(&words::recipients(lang), "soc@example.net,night@example.net");
        // The question may stand on a line of its own.
        person.shows("localhost:25");
        person.keys("y\r");
        person.answer(&words::host(lang), "127.0.0.1");
        person.answer(&words::port(lang), &port);
        person.answer(&say::choice(lang), "4");
        person.answer(&words::user(lang), "");
        person.fits();
        person.answer(&words::guide_test_mail(lang), "");
        person.answer(&menu_rules::practices_add(lang, 12), "");
        person.answer(&words::daily(lang), "25:00").answer(&words::daily(lang), "8:30");
        person.shows("*/10 * * * * /");
        person.answer(&words::guide_cron_add(lang, user()), "");
        person.shows(&words::guide_cron_added(lang, user()));
        person.answer(say::pause(lang).trim(), "");
        let menu = person.asked(&say::choice(lang));
        assert!(menu.contains(&say::rules_are(lang, 12, 12)), "{menu}");
        person.fits();
        person.answer(&say::choice(lang), "0");
        let (code, written) = person.left();

        assert_eq!(code, 0, "{written}");
        assert!(!written.contains(&secret), "{written}");
        assert_eq!(world.mailbox.count(), 1);
        let config = world.config();
        assert_eq!(
            config["api"],
            json!({"url": url, "key": key, "secret": secret, "key_expires": "2027-01-31"})
        );
        assert_eq!(config["settings"]["daily_report"], "8:30");
        assert_eq!(config["email"]["sender"], "Illumio Monitor <monitor@example.net>");
        world.set("api.proxy", json!("none"));
        let run = world.run_at("10:10");
        assert_eq!(run.code, 0, "{run:?}");
    }
}

#[test]
fn the_guide_asks_for_the_ca_where_the_certificate_is_not_trusted() {
    for (lang, rows, columns) in SCREENS {
        let world = World::with_tls(crate::pce::Tls::PrivateCa);
        std::fs::remove_file(world.config_path()).unwrap();
        let ca = world.config_path().with_file_name("ca.pem");
        std::fs::write(&ca, world.pce.trust_pem().unwrap()).unwrap();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&words::url(lang), &world.pce.url());
        person.answer(&words::org(lang), "");
        person.answer(&words::key(lang), &world.pce.key());
        person.answer(&words::secret(lang), &world.pce.secret());
        person.answer(&words::expires(lang), "");
        // A file that is none is told at once; the right one may stand by its name
        // beside the config.
        person.answer(&words::ca_file(lang), "/nowhere.pem");
        person.shows("/nowhere.pem");
        person.answer(&words::ca_file(lang), "ca.pem");
        let screen = person.asked(&words::sender(lang));
        assert!(screen.contains(&words::guide_mail(lang)), "{screen}");
        person.fits();
        assert_eq!(world.config()["api"]["ca_file"], "ca.pem");
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
    }
}

#[test]
fn a_refused_recipient_is_typed_again_without_another_server() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let refusing = crate::mailbox::Options::default();
        world.mailbox.behave(refusing.say("RCPT TO:<typo@", "550 5.1.1 no such user"));
        world.set_whole(json!({
            "api": {"url": world.pce.url(), "key": world.pce.key(), "secret": world.pce.secret()},
            "smtp": {"host": "127.0.0.1", "port": world.mailbox.port(), "tls": "none"},
        }));
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&words::guide_go_on(lang), "");
        person.enter(&[
            &words::url(lang),
            &words::org(lang),
            &words::key(lang),
            &words::secret(lang),
            &words::expires(lang),
            &words::sender(lang),
            &words::sender_name(lang),
        ]);
        person.answer(&words::recipients(lang), "typo@example.net");
        person.asked_anything();
        person.keys("\r");
        person.answer(&words::guide_again(lang), "");
        person.enter(&[&words::sender(lang)]);
        person.answer(&words::recipients(lang), "soc@example.net");
        person.asked_anything();
        person.keys("\r");
        person.fits();
        person.answer(&words::guide_test_mail(lang), "n");
        person.asked(&menu_rules::practices_add(lang, 12));
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        let recipients = &world.config()["email"]["recipients"];
        assert_eq!(recipients, &json!(["soc@example.net"]));
    }
}

#[test]
fn the_crontab_line_runs_this_program_on_this_file() {
    let world = World::new();
    std::fs::remove_file(world.config_path()).unwrap();
    let lang = illumio_monitor::lang::Lang::En;
    world.set_whole(json!({
        "api": {"url": world.pce.url(), "key": world.pce.key()},
        "email": {"recipients": ["soc@example.net"]},
        "smtp": {"host": "127.0.0.1", "port": world.mailbox.port(), "tls": "none"},
    }));
    // Wide enough that the line stands on one row.
    let mut person = Terminal::menu(&world, lang, 60, 300);
    // A setup that was left is gone on with.
    person.answer(&words::guide_go_on(lang), "");
    person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang)]);
    person.answer(&words::secret(lang), &world.pce.secret());
    person.enter(&[&words::expires(lang), &words::sender(lang), &words::sender_name(lang)]);
    person.enter(&[&words::recipients(lang)]);
    person.answer("Mail server is", "").answer(&words::guide_test_mail(lang), "n");
    person.answer(&menu_rules::practices_add(lang, 12), "n");
    person.answer(&words::daily(lang), "");
    person.answer(&words::guide_cron_add(lang, user()), "n");
    let screen = person.asked(say::pause(lang).trim());
    assert!(screen.contains("crontab -e"), "{screen}");
    assert!(!world.folder().join("crontab.txt").exists());
    let line = screen.lines().find(|line| line.starts_with("*/10 ")).unwrap();
    let command = line.strip_prefix("*/10 * * * * ").unwrap();
    let file = world.config_path();
    assert!(command.contains(&format!(" -c {} run ", file.display())), "{line}");

    let status =
        std::process::Command::new("sh").args(["-c", command]).env_clear().status().unwrap();
    assert_eq!(status.code(), Some(0), "{line}");
    assert!(world.config().get("state").is_some());
}

#[test]
fn a_step_of_the_guide_is_saved_whole_or_not_at_all() {
    let lang = illumio_monitor::lang::Lang::En;
    let world = World::new();
    std::fs::remove_file(world.config_path()).unwrap();
    let mut person = Terminal::menu(&world, lang, 24, 80);
    person.answer(&words::url(lang), "-1");
    person.answer(&say::choice(lang), "0");
    assert_eq!(person.left().0, 0);
    assert!(!world.config_path().exists());

    // Back from the third question, from the second and from the first.
    let mut person = Terminal::menu(&world, lang, 24, 80);
    person.answer(&words::url(lang), &world.pce.url());
    person.answer(&words::org(lang), "2");
    person.answer(&words::key(lang), "<").answer(&words::org(lang), "-1");
    person.answer(&words::url(lang), "<");
    person.answer(&say::choice(lang), "0");
    assert_eq!(person.left().0, 0);
    assert!(!world.config_path().exists());

    // The step that is done stays, and so does what it asked for when the user comes back.
    let mut person = Terminal::menu(&world, lang, 40, 120);
    person.answer(&words::url(lang), &world.pce.url()).answer(&words::org(lang), "");
    person.answer(&words::key(lang), &world.pce.key());
    person.answer(&words::secret(lang), &world.pce.secret());
    person.answer(&words::expires(lang), "");
    person.answer(&words::sender(lang), "m@example.net");
    person.answer(&words::sender_name(lang), "-");
    person.asked(&words::recipients(lang));
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
    let config = world.config();
    let saved =
        json!({"url": world.pce.url(), "key": world.pce.key(), "secret": world.pce.secret()});
    assert_eq!((&config["api"], config.get("email")), (&saved, None));
    let mut person = Terminal::menu(&world, lang, 40, 120);
    person.answer(&words::guide_go_on(lang), "");
    // It goes on where it was left; from the first question of a step, the step before is
    // asked again.
    person.answer(&words::sender(lang), "<");
    let screen = person.asked(&words::url(lang));
    assert!(screen.contains(&world.pce.url()), "{screen}");
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
}

/// The guide on a file without recipients, up to the question about the mail server.
fn to_the_server(world: &World, lang: Lang) -> Terminal {
    world.set_whole(json!({
        "api": {"url": world.pce.url(), "key": world.pce.key(), "secret": world.pce.secret()},
        "email": {"sender": "Our Monitor <m@example.net>"},
        "smtp": {"host": "127.0.0.1", "port": world.mailbox.port(), "tls": "none"},
    }));
    let mut person = Terminal::menu(world, lang, 40, 120);
    person.answer(&words::guide_go_on(lang), "");
    person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang), &words::secret(lang)]);
    person.enter(&[&words::expires(lang), &words::sender(lang)]);
    person.answer(&words::recipients(lang), "soc@example.net");
    person.shows("127.0.0.1:");
    person
}

#[test]
fn the_guide_goes_on_wherever_it_was_left() {
    let lang = Lang::En;
    let world = World::new();
    let mut person = to_the_server(&world, lang);
    let leave = |mut person: Terminal| {
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
    };
    let again = || {
        let mut person = Terminal::menu(&world, lang, 40, 120);
        person.answer(&words::guide_go_on(lang), "");
        person
    };
    // At the mail server: who writes and reads is not saved without it.
    leave(person);
    assert_eq!(world.config()["email"].get("recipients"), None);
    person = again();
    person.answer(&words::sender(lang), "").answer(&words::recipients(lang), "soc@example.net");
    person.answer("Mail server is", "").answer(&words::guide_test_mail(lang), "n");
    let practices = menu_rules::practices_add(lang, 12);
    person.asked(&practices);
    assert_eq!(world.config()["email"]["recipients"], json!(["soc@example.net"]));
    // At the rules, at the daily report, at the crontab.
    leave(person);
    person = again();
    person.answer(&practices, "");
    person.asked(&words::daily(lang));
    leave(person);
    person = again();
    person.answer(&words::daily(lang), "8:30");
    person.asked(&words::guide_cron_add(lang, user()));
    leave(person);
    person = again();
    person.answer(&words::guide_cron_add(lang, user()), "n").answer(say::pause(lang).trim(), "");
    person.asked(&say::choice(lang));
    leave(person);
    // Once it is done nothing is asked, and the file says nothing of it.
    assert_eq!(world.config()["settings"], json!({"daily_report": "8:30", "timezone": "UTC"}));
    let person = Terminal::menu(&world, lang, 40, 120);
    person.asked(&say::choice(lang));
    leave(person);

    // Who wants no more of it is not asked again.
    world.set("settings.guide_step", json!(4));
    let mut person = Terminal::menu(&world, lang, 40, 120);
    person.answer(&words::guide_go_on(lang), "n");
    person.asked(&say::choice(lang));
    leave(person);
    assert_eq!(world.config()["settings"].get("guide_step"), None);
}

#[test]
fn one_question_back_crosses_the_parts_of_a_step_and_its_test() {
    let lang = Lang::En;
    let world = World::new();
    let mut person = to_the_server(&world, lang);
    person.answer("Mail server is", "<");
    let screen = person.asked(&words::recipients(lang));
    assert!(screen.contains("soc@example.net"), "{screen}");
    person.answer(&words::recipients(lang), "").answer("Mail server is", "");
    person.answer(&words::guide_test_mail(lang), "<");
    person.answer("Mail server is", "y").answer(&words::host(lang), "<");
    person.answer("Mail server is", "n").asked(&words::guide_test_mail(lang));
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
    assert_eq!(world.config()["email"].get("recipients"), None);
}

#[test]
fn a_refused_login_is_asked_for_alone_until_it_works() {
    for lang in [Lang::En, Lang::ZhTw] {
        let mut world = World::new();
        let login = Some(("monitor".to_owned(), "right-password".to_owned()));
        world.mail_server(crate::mailbox::Options { login, ..Default::default() });
        let mut person = to_the_server(&world, lang);
        person.keys("y\r");
        person.enter(&[&words::host(lang), &words::port(lang), &say::choice(lang)]);
        person.answer(&words::user(lang), "monitor");
        person.answer(&words::password(lang), "wrong-password");
        // One question back, and on again.
        person.answer(&words::user(lang), "").answer(&words::password(lang), "<");
        let screen = person.asked(&words::user(lang));
        assert!(screen.contains(&words::login_again(lang)[..12]), "{screen}");
        person.answer(&words::user(lang), "").answer(&words::password(lang), "wrong-again");
        person.answer(&words::user(lang), "").answer(&words::password(lang), "right-password");
        person.answer(&words::guide_test_mail(lang), "");
        person.asked(&menu_rules::practices_add(lang, 12));
        person.fits();
        person.keys("\u{3}");
        let (_, written) = person.left();
        assert!(!written.contains("right-password") && !written.contains("wrong-"), "{written}");
        assert_eq!(world.config()["smtp"]["password"], "right-password");
        assert_eq!(world.mailbox.mails().len(), 1);
    }
}

/// Through the guide, with Enter wherever that takes what is set, to its last step.
fn to_the_last_step(world: &World, lang: Lang, rows: u16, columns: u16) -> Terminal {
    world.set_whole(json!({
        "api": {"url": world.pce.url(), "key": world.pce.key(), "secret": world.pce.secret()},
        "email": {"sender": "Our Monitor <m@example.net>"},
        "smtp": {"host": "127.0.0.1", "port": world.mailbox.port(), "tls": "none"},
    }));
    let mut person = Terminal::menu(world, lang, rows, columns);
    person.answer(&words::guide_go_on(lang), "");
    person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang), &words::secret(lang)]);
    // A sender with a name is not asked for one.
    person.enter(&[&words::expires(lang), &words::sender(lang)]);
    person.answer(&words::recipients(lang), "soc@example.net");
    person.asked_anything();
    person.keys("\r");
    person.answer(&words::guide_test_mail(lang), "n");
    person.answer(&menu_rules::practices_add(lang, 12), "n");
    person
}

#[test]
fn the_guide_says_which_clock_the_daily_report_goes_by() {
    for (lang, rows, columns) in SCREENS {
        let mut world = World::new();
        world.environment("TZ", "Asia/Taipei");
        let mut person = to_the_last_step(&world, lang, rows, columns);
        let screen = person.asked(&words::daily(lang));
        assert!(screen.contains("Asia/Taipei") && screen.contains("+08:00"), "{screen}");
        person.fits();
        person.answer(&words::daily(lang), "０８：３０");
        person.asked(&words::guide_cron_add(lang, user()));
        assert_eq!(world.config()["settings"]["daily_report"], "08:30");
        // Cron does not know the zone of this shell.
        assert_eq!(world.config()["settings"]["timezone"], "Asia/Taipei");
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
    }
}

#[test]
fn the_guide_adds_its_line_to_the_crontab_once_and_leaves_the_rest_as_it_is() {
    for (before, lang) in [(None, Lang::En), (Some("# mine\n@daily x"), Lang::ZhTw)] {
        let world = World::new();
        let file = world.folder().join("crontab.txt");
        if let Some(before) = before {
            std::fs::write(&file, before).unwrap();
        }
        let mut person = to_the_last_step(&world, lang, 40, 300);
        person.answer(&words::daily(lang), "").answer(&words::guide_cron_add(lang, user()), "");
        let screen = person.asked(say::pause(lang).trim());
        assert!(screen.contains(&words::guide_cron_added(lang, user())), "{screen}");
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        let after = std::fs::read_to_string(&file).unwrap();
        let mine: Vec<&str> = before.into_iter().flat_map(str::lines).collect();
        let lines: Vec<&str> = after.lines().collect();
        assert_eq!(lines[..mine.len()], mine);
        assert_eq!(lines.len(), mine.len() + 1, "{after}");
        let config = world.config_path().display().to_string();
        assert!(lines[mine.len()].starts_with("*/10 ") && after.contains(&config), "{after}");

        // Whoever comes again is told that it is there.
        let mut person = to_the_last_step(&world, lang, 40, 300);
        person.answer(&words::daily(lang), "");
        let screen = person.asked(say::pause(lang).trim());
        let own = words::guide_cron_own_already(lang, mine.len() + 1);
        assert!(screen.contains(&own), "{screen}");
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
    }
}

#[test]
fn a_crontab_that_cannot_be_read_is_not_written() {
    for lang in [Lang::En, Lang::ZhTw] {
        let world = World::new();
        let folder = world.folder();
        std::fs::write(folder.join("cron.deny"), "soc").unwrap();
        std::fs::write(folder.join("crontab.txt"), "@daily precious\n").unwrap();
        let mut person = to_the_last_step(&world, lang, 40, 120);
        person.answer(&words::daily(lang), "").answer(&words::guide_cron_add(lang, user()), "y");
        let screen = person.asked(say::pause(lang).trim());
        assert!(screen.contains("not allowed to use this program"), "{screen}");
        // He can't follow the advice to edit it himself.
        assert!(screen.contains("systemd timer"), "{screen}");
        assert!(!screen.contains("crontab -e"), "{screen}");
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        let text = std::fs::read_to_string(folder.join("crontab.txt")).unwrap();
        assert_eq!(text, "@daily precious\n");
    }
}

#[test]
fn without_cron_the_guide_writes_nothing_and_names_the_timer() {
    for lang in [Lang::En, Lang::ZhTw] {
        let world = World::new();
        world.set_whole(json!({
            "api": {"url": world.pce.url(), "key": world.pce.key(), "secret": world.pce.secret()},
            "email": {"sender": "m@example.net", "recipients": ["soc@example.net"]},
            "smtp": {"host": "127.0.0.1", "port": world.mailbox.port(), "tls": "none"},
            "settings": {"guide_step": 5},
        }));
        let mut command = world.command(&["--lang", lang.tag()]);
        command.env("TERM", "xterm").env("PATH", "/nowhere");
        let mut person = Terminal::start(command, 40, 200);
        person.answer(&words::guide_go_on(lang), "");
        let screen = person.asked(say::pause(lang).trim());
        assert!(screen.contains("illumio-monitor.timer"), "{screen}");
        assert!(!screen.contains("*/10"), "{screen}");
        person.fits();
        person.keys("\u{3}");
        assert_eq!(person.left().0, 0);
        assert_eq!(world.config()["settings"].get("guide_step"), None);
    }
}

#[test]
fn a_line_that_may_run_it_already_is_shown_and_none_is_added_by_enter() {
    let lang = Lang::En;
    let world = World::new();
    let file = world.folder().join("crontab.txt");
    let perhaps = "*/5 * * * * $HOME/bin/illumio-monitor run\n";
    std::fs::write(&file, perhaps).unwrap();
    let mut person = to_the_last_step(&world, lang, 40, 300);
    person.answer(&words::daily(lang), "");
    let screen = person.asked(&words::guide_cron_add(lang, user()));
    assert!(screen.contains(perhaps.trim()), "{screen}");
    assert!(screen.contains("crontab -l:1 already runs illumio-monitor, perhaps"), "{screen}");
    person.keys("\r");
    person.asked(say::pause(lang).trim());
    person.keys("\u{3}");
    assert_eq!(person.left().0, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), perhaps);
}
