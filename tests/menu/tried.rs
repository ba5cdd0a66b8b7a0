//! What is typed is tried before it takes the place of what works.

use illumio_monitor::lang::{Lang, menu as say, menu_settings as words, versions};
use serde_json::json;

use super::pipes::piped;
use super::terminal::{SCREENS, Terminal};
use crate::certificate::{Wish, self_signed};
use crate::mailbox::Options;
use crate::world::World;

const EN: Lang = Lang::En;

/// What the file and `.last` hold.
fn files(world: &World) -> (Vec<u8>, Vec<u8>) {
    let last = format!("{}.last", world.config_path().display());
    (std::fs::read(world.config_path()).unwrap(), std::fs::read(last).unwrap())
}

#[test]
fn a_wrong_secret_is_in_no_file_unless_the_user_says_so() {
    for (lang, rows, columns) in SCREENS {
        let mut world = World::new();
        world.run(&["run"]);
        let before = files(&world);
        let secret = world.config()["api"]["secret"].clone();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        let choice = say::choice(lang);
        let type_secret = |person: &mut Terminal, typed: &str| {
            person.enter(&[&words::url(lang), &words::org(lang), &words::key(lang)]);
            person.answer(&words::secret(lang), typed);
        };

        // The user keeps the old values, by Enter.
        person.answer(&choice, "4").answer(&choice, "1");
        type_secret(&mut person, "not-the-secret");
        person.shows("401");
        person.shows(&words::keep_old(lang));
        person.fits();
        assert_eq!(files(&world), before, "nothing is saved before it is tried");
        person.answer(&choice, "");
        person.shows(&words::kept_old(lang));
        assert_eq!(files(&world), before);

        // He types again: the key is kept by Enter, and the secret is the right one.
        person.answer(&choice, "1");
        type_secret(&mut person, "not-the-secret");
        person.answer(&choice, "3").enter(&[&words::key(lang)]);
        assert_eq!(files(&world), before);
        person.answer(&words::secret(lang), secret.as_str().unwrap());
        person.answer(say::pause(lang).trim(), "");
        assert_eq!(world.config()["api"]["secret"], secret);

        // He knows better, and can go back.
        person.answer(&choice, "1");
        type_secret(&mut person, "for-a-key-of-tomorrow");
        person.answer(&choice, "2").asked(&choice);
        assert_eq!(world.config()["api"]["secret"], "for-a-key-of-tomorrow");
        person.answer(&choice, "12");
        let screen = person.asked(&versions::which(lang));
        assert!(screen.contains(&versions::secret_changed(lang, "api.secret")), "{screen}");
        person.answer(&versions::which(lang), "1").answer(&versions::ask(lang), "y");
        let done: String = versions::done_here(lang, 1).chars().take(12).collect();
        person.shows(&done);
        person.fits();
        assert_eq!(world.config()["api"]["secret"], secret);
        person.answer(&choice, "0").answer(&choice, "0");
        let (_, written) = person.left();
        for hidden in ["not-the-secret", "for-a-key-of-tomorrow", secret.as_str().unwrap()] {
            assert!(!written.contains(hidden), "{hidden}");
        }
    }
}

#[test]
fn a_proxy_that_leads_nowhere_is_not_saved_by_who_goes_back() {
    let mut world = World::new();
    world.run(&["run"]);
    let before = files(&world);
    let mut person = Terminal::menu(&world, EN, 40, 120);
    let choice = say::choice(EN);
    person.answer(&choice, "4").answer(&choice, "5");
    person.answer(&words::proxy(EN), "http://127.0.0.1:1");
    person.shows(&words::does_not_work(EN));
    // Back from typing again leads to the same choice, and loses nothing.
    person.answer(&choice, "3").answer(&words::proxy(EN), "-1");
    person.shows(&words::keep_old(EN));
    assert_eq!(files(&world), before);
    person.answer(&choice, "-1").answer(&choice, "0").answer(&choice, "0");
    assert_eq!(person.left().0, 0);
    assert_eq!(files(&world), before);
}

fn for_loopback() -> crate::certificate::Certificate {
    self_signed(&Wish::default())
}

/// A mail server that wants a login over TLS.
fn wanting_a_login(world: &mut World) {
    let tls = for_loopback();
    world.mail_server(Options {
        starttls: Some(tls.server()),
        login: Some(("monitor".into(), "right-password".into())),
        ..Options::default()
    });
    let ca = world.folder().join("mail-ca.pem");
    std::fs::write(&ca, tls.pem).unwrap();
    world.set("smtp.ca_file", json!(ca));
}

#[test]
fn a_refused_smtp_password_asks_for_the_login_again_and_loses_nothing_else() {
    let mut world = World::new();
    wanting_a_login(&mut world);
    let mut person = Terminal::menu(&world, EN, 40, 120);
    let choice = say::choice(EN);
    person.answer(&choice, "4").answer(&choice, "6");
    person.answer(&words::host(EN), "localhost").enter(&[&words::port(EN)]);
    person.answer(&choice, "2").enter(&[&words::ca_file(EN)]);
    person.answer(&words::user(EN), "monitor").answer(&words::password(EN), "wrong-password");
    person.shows("not with that password");
    person.answer(&choice, "3");
    // The user stands there still; only the password is typed.
    person.enter(&[&words::user(EN)]).answer(&words::password(EN), "right-password");
    let screen = person.asked(say::pause(EN).trim());
    assert!(screen.contains("accepts the login"), "{screen}");
    person.answer(say::pause(EN).trim(), "").answer(&choice, "0").answer(&choice, "0");
    let (_, written) = person.left();
    assert!(!written.contains("-password"), "{written}");
    let smtp = &world.config()["smtp"];
    assert_eq!((&smtp["host"], &smtp["tls"]), (&json!("localhost"), &json!("starttls")));
    assert_eq!((&smtp["user"], &smtp["password"]), (&json!("monitor"), &json!("right-password")));
}

#[test]
fn a_scripts_answers_are_saved_and_it_is_told_that_they_do_not_work() {
    let world = World::new();
    let run = piped(&world, "4\n1\n\n\n\nnot-the-secret\n0\n0\n");
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(world.config()["api"]["secret"], "not-the-secret");
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(told.contains("illumio-monitor config undo"), "{told}");
    // And one whose answers work is not.
    let right = format!("4\n1\n\n\n\n{}\n0\n0\n", world.pce.secret());
    let run = piped(&world, &right);
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
}

#[test]
fn a_version_with_a_mistake_in_it_comes_back_only_to_who_was_shown_that() {
    for (lang, rows, columns) in SCREENS {
        let mut world = World::new();
        world.run(&["run"]);
        world.set("settings.site_name", json!("north"));
        world.run(&["run"]);
        world.edit(|config| config["smtp"]["prt"] = json!("hours of work"));
        let mut person = Terminal::menu(&world, lang, rows, columns);
        let choice = say::choice(lang);
        person.answer(&choice, "4").answer(&choice, "12");
        person.answer(&versions::which(lang), "2").answer(&versions::ask(lang), "y");
        person.asked(&choice);
        assert_eq!(world.config()["smtp"]["prt"], json!(null));

        person.answer(&choice, "12").answer(&versions::which(lang), "3");
        let screen = person.asked(&versions::ask(lang));
        assert!(screen.contains("smtp.prt"), "{screen}");
        person.answer(&versions::ask(lang), "").asked(&choice);
        assert_eq!(world.config()["smtp"]["prt"], json!(null), "Enter is no");
        person.answer(&choice, "12").answer(&versions::which(lang), "3");
        person.answer(&versions::ask(lang), "y").asked(&choice);
        assert_eq!(world.config()["smtp"]["prt"], "hours of work");
        person.fits();
        person.answer(&choice, "0").answer(&choice, "0");
    }
}
