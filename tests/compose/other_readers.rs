//! Another program reads our messages: Python's `email` and `html.parser`.

use std::fs;
use std::process::Command;

use illumio_monitor::mail::compose::Composed;
use illumio_monitor::mail::{self as room, mime};
use illumio_monitor::report::Report;
use serde_json::Value;

use crate::size::filled;
use crate::{LANGS, mail, samples};

fn message(report: &Report, told: &Composed) -> String {
    let settings = room::Settings {
        sender: "Illumio 監控 <monitor@corp.example>".to_owned(),
        envelope_sender: None,
        recipients: vec!["soc@corp.example".to_owned()],
        routes: Vec::new(),
        raw_snapshot: true,
        attach_records: false,
        thread: false,
        smtp: room::Smtp {
            host: "localhost".to_owned(),
            port: 25,
            tls: room::Tls::None,
            login: None,
            ca_file: None,
            timeout: std::time::Duration::from_secs(1),
            others: Default::default(),
        },
    };
    let parts = mime::Parts {
        message_id: &mime::message_id(report.made_at, 7, &settings.sender),
        to: &settings.recipients,
        made_at: report.made_at,
        subject: &told.subject,
        text: &told.text,
        html: &told.html,
        level: report.level(),
        kind: report.kind,
        site: &report.site,
        thread: &mime::Thread::default(),
        attachment: None,
    };
    mime::message(&settings, &parts)
}

/// What Python reads of each.
fn read(messages: &[String]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> =
        (0..messages.len()).map(|n| folder.path().join(format!("{n}.eml"))).collect();
    for (file, message) in files.iter().zip(messages) {
        fs::write(file, message).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compose/read_mail.py");
    let output = Command::new("python3").arg(script).args(&files).output();
    let output = output.expect("python3 is needed for this test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let read: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), messages.len(), "{errors}");
    read
}

#[test]
fn another_program_reads_every_kind_of_mail_as_it_was_written() {
    const EVIL: &str =
        "<b onload='x'>&amp;\"\u{202e}\0\u{1b}[31m\r\nBcc: eve@example.net\r\n\r\n.漢字";
    let mut mails = Vec::new();
    for lang in LANGS {
        for (_, report) in samples::gallery(lang) {
            mails.push((mail(&report, lang), report));
        }
        let report = filled(EVIL, 3);
        mails.push((mail(&report, lang), report));
    }
    let messages: Vec<String> = mails.iter().map(|(told, report)| message(report, told)).collect();

    for ((told, report), read) in mails.iter().zip(read(&messages)) {
        let name = &told.subject;
        assert_eq!(read["wrong"], Value::Array(Vec::new()), "{name}");
        assert_eq!(read["subject"], told.subject.as_str());
        assert_eq!(read["from"], "monitor@corp.example", "{name}");
        assert_eq!(read["date"], "2026-11-22T10:20:30+00:00", "{name}");
        let id = read["message_id"].as_str().unwrap();
        assert!(id.ends_with("@corp.example>"), "aligned with From: {id}");
        let importance = ["low", "normal", "high"][report.level() as usize];
        assert_eq!(read["importance"], importance, "{name}");
        assert_eq!(
            read["parts"],
            serde_json::json!(["multipart/alternative", "text/plain", "text/html"])
        );
        let same = |part: &str, sent: &str| {
            assert_eq!(read[part].as_str().unwrap().trim_end(), sent.trim_end());
        };
        same("text", &told.text);
        same("html", &told.html);
        let seen = read["seen"].as_str().unwrap();
        assert!(!seen.contains("&amp;amp;") && !seen.contains("&lt;"), "{name}");
        for link in read["links"].as_array().unwrap() {
            let console = "https://pce.example.com:8443/#/workloads/";
            let link = link.as_str().unwrap();
            assert!(link.starts_with(console) || link.starts_with('#'), "{link}");
        }
    }
}

#[test]
fn both_parts_say_the_same_words() {
    for lang in LANGS {
        for (name, report) in samples::gallery(lang) {
            let told = mail(&report, lang);
            let message = message(&report, &told);
            let seen = read(&[message]).remove(0)["seen"].as_str().unwrap().to_owned();
            // Wrapped lines, bars and columns aside, every word of one is in the other.
            let words = |text: &str| -> Vec<String> {
                let marks = |c: char| c.is_whitespace() || "[]={}()（）：:`".contains(c);
                let words = text.split(marks).filter(|word| word.is_ascii());
                let told = words.filter(|word| word.chars().any(char::is_alphanumeric));
                told.filter(|word| !word.starts_with("//pce") && word.len() < 40)
                    .map(str::to_owned)
                    .collect()
            };
            let squeezed: String = seen.split_whitespace().collect();
            for word in words(&told.text) {
                assert!(squeezed.contains(&word), "{name}: {word}: {seen}");
            }
        }
    }
}
