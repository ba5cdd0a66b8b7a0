//! Answers from a keyboard for East Asian letters, at a terminal and through a pipe.

use std::io::Write;
use std::process::Stdio;

use illumio_monitor::lang::{Lang, menu as say, menu_rules as words, menu_settings, pauses};
use jiff::{SignedDuration, Zoned};
use serde_json::json;

use super::terminal::{SCREENS, Terminal};
use crate::world::World;

#[test]
fn a_rule_is_made_with_full_width_answers() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "２").answer(&say::choice(lang), "１");
        person.answer(&words::port(lang), "４４３，80、８０００～8100");
        person.answer(&words::proto(lang), "ｔｃｐ");
        person.answer(&words::src_label(lang), "role=Web，env＝正式區Ａ");
        person.answer(&words::dst_label(lang), "　ａｐｐ＝ERP｜CRM；loc=台北");
        person.answer(&words::src_ip(lang), "１０．０．０．０／８，192.168.0.0/16");
        person.answer(&words::dst_ip(lang), "");
        person.asked(&words::leave_some_out(lang));
        person.keys("Ｎ\r");
        person.answer(&say::choice(lang), "２");
        person.answer(&words::count(lang), "５").answer(&words::window(lang), "１０");
        person.answer(&say::choice(lang), "１");
        person.answer(&words::name(lang), "ＥＲＰ，對外：１");
        person.fits();
        person.answer(&words::form_choice(lang), "");
        person.answer(&say::choice(lang), "０");
        assert_eq!(person.left().0, 0);
        let rule = world.config()["rules"][0].clone();
        for (key, value) in [
            ("pd", json!(2)),
            ("port", json!("443,80,8000-8100")),
            ("proto", json!("tcp")),
            ("src_label", json!("role=Web,env=正式區Ａ")),
            ("dst_label", json!("app=ERP|CRM,loc=台北")),
            ("src_ip_in", json!("10.0.0.0/8,192.168.0.0/16")),
            ("threshold_count", json!(5)),
            ("threshold_window", json!(10)),
            ("level", json!("critical")),
            // What the user calls his rule is his.
            ("name", json!("ＥＲＰ，對外：１")),
        ] {
            assert_eq!(rule[key], value, "{key}: {rule}");
        }
    }
}

#[test]
fn settings_take_full_width_answers_days_and_the_home_folder() {
    let lang = Lang::ZhTw;
    let world = World::with_tls(crate::pce::Tls::PrivateCa);
    let ca = world.folder().join("ca.pem");
    std::fs::write(&ca, world.pce.trust_pem().unwrap()).unwrap();
    let mut person = Terminal::menu(&world, lang, 40, 120);
    person.answer(&say::choice(lang), "４").answer(&say::choice(lang), "９");
    person.answer(&menu_settings::daily(lang), "０８：３０");
    person
        .answer(&say::choice(lang), "１０")
        .answer(&menu_settings::expires(lang), "２０２７／１／３１");
    person.answer(&say::choice(lang), "２");
    person.answer(&menu_settings::sender(lang), "監控Ａ <m＠example.net>");
    person.answer(&menu_settings::recipients(lang), "soc＠example.net、night@example.net");
    // HOME is the world's folder.
    person.answer(&say::choice(lang), "4").answer(&menu_settings::ca_file(lang), "～/ca.pem");
    person.answer(say::pause(lang).trim(), "");
    person.answer(&say::choice(lang), "0").answer(&say::choice(lang), "0");
    assert_eq!(person.left().0, 0);
    let config = world.config();
    assert_eq!(config["settings"]["daily_report"], "08:30");
    assert_eq!(config["api"]["key_expires"], "2027-01-31");
    assert_eq!(config["email"]["sender"], "監控Ａ <m@example.net>");
    assert_eq!(config["email"]["recipients"], json!(["soc@example.net", "night@example.net"]));
    assert_eq!(config["api"]["ca_file"], ca.display().to_string());
}

#[test]
fn a_pause_takes_a_day_as_it_is_written_there() {
    let lang = Lang::ZhTw;
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "One", "filter_value": "agent.tampering"}));
    let mut person = Terminal::menu(&world, lang, 24, 80);
    person.answer(&say::choice(lang), "3").answer(&words::which_rules(lang), "１");
    let day = |days: i64| (Zoned::now() + SignedDuration::from_hours(24 * days)).date();
    let (in_a_week, in_two) = (day(7), day(14));
    let wide: String = in_a_week.strftime("%Y／%-m／%-d　０６：００").to_string();
    person.answer("1 ", "４").answer(&pauses::until_label(lang), &wide);
    person.answer(&pauses::why_label(lang), "換版，第１次");
    person.answer(&words::which_rules(lang), "０").answer(&say::choice(lang), "0");
    assert_eq!(person.left().0, 0);
    let pause = world.config()["pauses"][0].clone();
    assert!(pause["until"].as_str().unwrap().starts_with(&format!("{in_a_week}T06:00")), "{pause}");
    assert_eq!(pause["why"], "換版，第１次");
    // The command reads it the same way.
    let until = in_two.strftime("%Y/%-m/%-d").to_string();
    let run = world.run(&["pause", "1", "--until", &until, "--why", "x"]);
    assert_eq!(run.code, 0, "{run:?}");
    let pause = world.config()["pauses"][1].clone();
    assert!(pause["until"].as_str().unwrap().starts_with(&in_two.to_string()), "{pause}");
}

#[test]
fn a_script_may_choose_in_full_width_and_its_other_answers_are_as_before() {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "One", "filter_value": "agent.tampering"}));
    world.pce.set_now("10:10");
    let feed = |input: &str| {
        let mut command = world.command(&[]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    };
    let run = feed("７\n");
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert!(String::from_utf8_lossy(&run.stdout).contains(" ok "), "{run:?}");
    // A script is not helped, and goes back as ever: out of what it began.
    let run = feed("4\n11\n?\n11\n<\n0\n2\n1\n443\n-1\n0\n");
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_eq!(world.config()["settings"]["site_name"], "<");
}

#[test]
fn the_rules_command_reads_full_width_signs_as_the_menu_does() {
    let mut world = World::new();
    world.rule(json!({"type": "traffic", "name": "One", "pd": 2}));
    let run = world.run(&[
        "rules",
        "set",
        "１",
        "src_label＝role=Web，env=Ｐrod",
        "port=４４３、80",
        "threshold_count＝５",
        "threshold_type=count",
        "threshold_window=10",
        "name＝ＥＲＰ，一",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    let rule = world.config()["rules"][0].clone();
    assert_eq!(rule["src_label"], "role=Web,env=Ｐrod", "{rule}");
    assert_eq!((&rule["port"], &rule["threshold_count"]), (&json!("443,80"), &json!(5)), "{rule}");
    assert_eq!(rule["name"], "ＥＲＰ，一");
}
