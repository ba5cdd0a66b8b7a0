//! The test vocabulary itself: what a story may rely on.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::world::World;

#[test]
fn the_file_is_a_whole_config_and_an_edit_keeps_everything_else() {
    let world = World::new();
    world.edit(|config| config["state"] = json!({"version": 1, "deep": {"list": [1, 2]}}));
    let first = world.rule(json!({"type": "traffic", "port": 22}));
    let second = world.rule(json!({"type": "event", "filter_value": "agent", "name": "篡改"}));
    world.set("settings.language", json!("zh-TW"));

    assert_eq!((first, second), (1, 2));
    let config = world.config();
    assert_eq!(config["api"]["url"], world.pce.url());
    assert_eq!(config["rules"][0]["pd"], 2);
    assert_eq!(config["rules"][1]["name"], "篡改");
    assert_eq!(config["settings"]["language"], "zh-TW");
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    let last_line = text.lines().rev().nth(1).unwrap();
    assert_eq!(last_line, r#"  "state": {"deep":{"list":[1,2]},"version":1}"#);
}

#[test]
fn a_mail_is_read_as_its_reader_sees_it() {
    let world = World::new();
    let mut line = TcpStream::connect(("127.0.0.1", world.mailbox.port())).unwrap();
    let message = concat!(
        "EHLO test\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n",
        "Subject: =?UTF-8?B?5ZGK6K2m?=\r\nX-Illumio-Monitor-Level: critical\r\n",
        "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n",
        "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nplain\r\n..dots\r\n",
        "--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>bold</b>\r\n--x--\r\n",
        ".\r\nQUIT\r\n"
    );
    line.write_all(message.as_bytes()).unwrap();
    line.read_to_string(&mut String::new()).unwrap();

    let mail = world.mailbox.last();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("a@example.net", &["b@example.net".to_owned()][..])
    );
    assert_eq!(mail.subject(), "告警");
    assert_eq!(mail.header("X-Illumio-Monitor-Level"), "critical");
    assert_eq!(mail.text().trim_end(), "plain\n.dots");
    assert_eq!(mail.html().trim_end(), "<b>bold</b>");
}

#[test]
fn a_run_is_the_real_binary_with_the_pces_clock() {
    let mut world = World::new();
    let run = world.run_at("10:10");
    assert_eq!(world.now().to_string(), "2026-08-03T10:10:00Z");
    assert!(run.code >= 0, "{run:?}");
}
