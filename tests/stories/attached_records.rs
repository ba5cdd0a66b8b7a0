//! `email.attach_records`: all that matched in a cycle, as a file with the mail.

use std::io::Read;
use std::net::TcpListener;

use flate2::read::MultiGzDecoder;
use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};

use crate::mailbox::Options;
use crate::pce::*;
use crate::world::{Mail, World};

fn attaching() -> World {
    let world = World::new();
    world.set("email.attach_records", json!(true));
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

/// The attached file's bytes, if there is one.
pub(super) fn attached(mail: &Mail) -> Option<Vec<u8>> {
    let message = MessageParser::default().parse(&mail.raw).unwrap();
    let part = message.attachment(0)?;
    assert_eq!(part.attachment_name(), Some("alerts.jsonl.gz"));
    assert_eq!(part.content_type().unwrap().subtype(), Some("gzip"));
    Some(part.contents().to_vec())
}

pub(super) fn lines(file: &[u8]) -> Vec<Value> {
    let mut text = String::new();
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let lines = text.lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn all_records_that_matched_in_the_cycle_come_with_the_mail() {
    let mut world = attaching();
    world.rule(json!({"type": "event", "name": "All of agents", "filter_value": "agent.*"}));
    world.rule(json!({"type": "traffic", "name": "Blocked", "port": 445}));
    for n in 0..7 {
        let host = format!("db-{n:02}");
        world.pce.event(agent_tampering(&host).at("10:05"));
    }
    world.pce.event(login_failed("eve", "10.1.1.1").at("10:06"));
    world.pce.connection(blocked("10.0.0.9", "10.0.0.1", 445).at("10:05"));
    world.pce.connection(blocked("10.0.0.9", "10.0.0.1", 80).at("10:05"));

    let run = world.run_at("10:10");

    let mail = run.mail();
    assert!(mail.header("Content-Type").starts_with("multipart/mixed"));
    let records = lines(&attached(mail).unwrap());
    assert_eq!(records.len(), 8);
    let events: Vec<&Value> =
        records.iter().filter(|line| line["rules"] == json!([1, 2])).collect();
    assert_eq!(events.len(), 7);
    assert_eq!(events[0]["record"]["event_type"], json!("agent.tampering"));
    let flows: Vec<&Value> = records.iter().filter(|line| line["rules"] == json!([3])).collect();
    assert_eq!(flows.len(), 1);
    assert_eq!(flows[0]["record"]["service"]["port"], json!(445));
    assert!(mail.text().contains("Attached: alerts.jsonl.gz"), "{}", mail.text());
    // What is fetched again, and known, does not come again.
    assert_eq!(world.run_at("10:20").mails.len(), 0);
    world.pce.event(agent_tampering("db-99").at("10:25"));
    let next = world.run_at("10:30");
    assert_eq!(lines(&attached(next.mail()).unwrap()).len(), 1);
}

#[test]
fn a_cut_attachment_stays_within_a_megabyte_and_says_so() {
    let mut world = attaching();
    // Nothing in them repeats, so that they hardly pack.
    let mut state = 7_u64;
    for n in 0..120 {
        let noise: String = (0..16_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + ((state >> 33) % 26) as u8)
            })
            .collect();
        let mut record = agent_tampering(&format!("db-{n}")).at("10:05");
        record = record.with("note", json!(noise));
        world.pce.event(record);
    }

    let run = world.run_at("10:10");

    let mail = run.mail();
    let file = attached(mail).unwrap();
    assert!((800_000..=1_000_000).contains(&file.len()), "{}", file.len());
    let kept = lines(&file).len();
    let said = mail.text().split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = format!(
        "the first {kept} of the records that matched in this run; {} more were left out",
        120 - kept
    );
    assert!(said.contains(&sentence), "{sentence}: {said}");
}

#[test]
fn nothing_is_attached_unless_asked_for_or_without_an_alert() {
    let mut world = attaching();
    world.rule(json!({"type": "event", "name": "Many", "filter_value": "user.login_failed",
        "threshold_type": "count", "threshold_count": 3, "threshold_window": 10}));
    world.pce.event(login_failed("eve", "10.1.1.1").at("10:05"));
    world.pce.health_status("warning", "Disk is 91% full");
    let condition = world.run_at("10:10");
    assert_eq!(attached(condition.mail()), None);
    world.set("email.attach_records", json!(false));
    world.pce.event(agent_tampering("db-01").at("10:15"));
    let off = world.run_at("10:20");
    assert_eq!(attached(off.mail()), None);
    assert!(off.mail().header("Content-Type").starts_with("multipart/alternative"));
}

#[test]
fn many_waiting_attachments_keep_the_outbox_within_its_bound_and_cost_no_alert() {
    let mut world = attaching();
    let port = world.config()["smtp"]["port"].clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = listener.local_addr().unwrap().port();
    drop(listener);
    world.set("smtp.port", json!(dead));
    let mut state = 11_u64;
    for (n, time) in ["10:05", "10:15", "10:25", "10:35"].into_iter().enumerate() {
        for part in 0..60 {
            let noise: String = (0..30_000)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    char::from(b'a' + ((state >> 33) % 26) as u8)
                })
                .collect();
            let record = agent_tampering(&format!("db-{n}-{part}")).at(time);
            world.pce.event(record.with("note", json!(noise)));
        }
        let run = world.run_at(at(time) + jiff::SignedDuration::from_mins(5));
        assert_eq!(run.number("pending"), n as u64 + 1, "{run:?}");
    }
    let waiting = world.config()["state"]["outbox"].to_string().len();
    assert!(waiting < 5 * 1024 * 1024, "{waiting}");

    world.set("smtp.port", port);
    let run = world.run_at("10:50");

    assert_eq!((run.code, run.mails.len()), (0, 4), "{run:?}");
    let with: Vec<bool> = run.mails.iter().map(|mail| attached(mail).is_some()).collect();
    assert_eq!(with, [false, true, true, true]);
    assert!(run.mails[0].text().contains("attached records were removed"));
    assert!(run.mails.iter().all(|mail| mail.subject().contains("Tampering (60)")));
}

#[test]
fn a_server_that_takes_no_mail_of_that_size_gets_it_without() {
    let mut world = attaching();
    world.mail_server(Options::default().times(
        "END",
        1,
        crate::mailbox::Action::Say("552 5.3.4 message too big\r\n".into()),
    ));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let refused = world.run_at("10:10");
    assert_eq!((refused.code, refused.number("pending")), (78, 1), "{refused:?}");

    let run = world.run_at("10:20");

    assert_eq!((run.code, run.number("pending")), (0, 0), "{run:?}");
    assert_eq!(attached(run.mail()), None);
    assert!(run.mail().text().contains("accepts no mail of that size"), "{}", run.mail().text());
}
