//! Receivers that are down, hang, break off, or are full; runs that are killed: no record is
//! lost, none comes twice but with the same id, and no mail waits for any of it.

use std::collections::BTreeSet;
use std::time::Duration;

use illumio_monitor::forward::queue::RECORDS;
use illumio_monitor::forward::{Body, Forward, Receiver, Record, Way};
use serde_json::{Value, json};

use super::handing_on::{by_tcp, handing_on_to, lines_of, tampered};
use crate::mailbox::{Action, Options};
use crate::siem::{Manner, Siem};
use crate::world::World;

fn text<'v>(object: &'v Value, key: &str) -> &'v str {
    object[key].as_str().unwrap_or_default()
}

fn hosts(objects: &[Value]) -> Vec<&str> {
    let alerts = objects.iter().filter(|object| object["kind"] == "alert");
    alerts.map(|object| object["objects"][0]["name"].as_str().unwrap()).collect()
}

fn all_differ(objects: &[Value]) -> bool {
    let ids: BTreeSet<&str> = objects.iter().map(|object| text(object, "id")).collect();
    ids.len() == objects.len()
}

#[test]
fn a_receiver_that_was_down_for_a_day_gets_all_of_it_once_and_in_order() {
    let siem = Siem::tcp(Manner::Octets);
    let mut world = handing_on_to(json!([
        by_tcp(&siem), {"name": "file", "via": "file", "path": "out"}
    ]));
    assert_eq!(world.run_at("00:00").code, 0);
    let port = siem.port();
    drop(siem);
    for hour in 1..=23 {
        tampered(&mut world, &format!("db-{hour:02}"), &format!("{hour:02}:05"));
        let down = world.run_at(format!("{hour:02}:10").as_str());
        assert_eq!(down.code, 75, "{down:?}");
        assert!(down.stderr.contains("Receiver siem (tcp://127.0.0.1:"), "{down:?}");
        assert_eq!(down.mails.len(), 1, "{down:?}");
        let told = down.mail().text().contains("not forwarded");
        // At its begin, and every four hours.
        assert_eq!(told, hour >= 2 && (hour - 2) % 4 == 0, "{hour}: {}", down.mail().text());
    }

    let siem = Siem::tcp_at(port, Manner::Octets);
    let up = world.run_at("23:20");
    assert_eq!(up.code, 0, "{up:?}");
    let over = world.run_at("23:30");
    assert!(over.mail().subject().contains("forwarded again to siem"), "{over:?}");

    let filed = lines_of(&world, "alerts.jsonl");
    let told = siem.objects(filed.len());
    assert_eq!(told, filed);
    let wanted: Vec<String> = (1..=23).map(|hour| format!("db-{hour:02}")).collect();
    assert_eq!(hosts(&told), wanted);
    assert!(all_differ(&told));
    let quiet = world.run_at("23:40");
    assert_eq!((quiet.code, quiet.mails.len(), quiet.number("forwarded")), (0, 0, 0), "{quiet:?}");
}

#[test]
fn what_a_receiver_hung_up_on_comes_again() {
    let siem = Siem::tcp(Manner::HangsUp);
    let mut world = handing_on_to(json!([by_tcp(&siem)]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    let cut = world.run_at("10:10");
    assert_eq!((cut.code, cut.number("forwarded")), (75, 0), "{cut:?}");
    assert!(cut.stderr.contains("closed the connection before it had everything"), "{cut:?}");
    let status: Value = serde_json::from_str(&world.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status["records_waiting"], 1);

    let port = siem.port();
    drop(siem);
    let siem = Siem::tcp_at(port, Manner::Octets);
    // `--reset-state` keeps what waits, as it keeps mail.
    world.pce.set_now("10:20");
    let next = world.run(&["run", "--reset-state"]);
    assert_eq!(next.code, 0, "{next:?}");
    let told = siem.objects(usize::try_from(next.number("forwarded")).unwrap());
    assert_eq!(hosts(&told)[0], "db-01");
    assert!(all_differ(&told));
}

#[test]
fn a_receiver_that_reads_nothing_delays_no_mail_and_no_other_receiver() {
    let (hanging, siem) = (Siem::tcp(Manner::NeverReads), Siem::tcp(Manner::Octets));
    let url = |scheme: &str| format!("{scheme}://127.0.0.1:{}", hanging.port());
    let mut world = handing_on_to(json!([
        {"name": "in TLS", "via": "syslog", "url": url("tls")},
        {"name": "in the clear", "via": "syslog", "url": url("tcp")},
        by_tcp(&siem)
    ]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    world.pce.set_now("10:10");

    let mut run = world.run_until(|world| world.mailbox.count() == 1);
    siem.objects(1);
    assert!(run.try_wait().unwrap().is_none(), "it still waits for the other");
    let begin = std::time::Instant::now();
    assert_eq!(run.wait().unwrap().code(), Some(75));
    assert!(begin.elapsed() < Duration::from_secs(20));

    let next = world.run_at("10:20");
    assert!(next.took < Duration::from_secs(20), "{next:?}");
    // However its lines are broken.
    let text = next.mail().text().split_whitespace().collect::<Vec<_>>().join(" ");
    let said = [
        "it did not accept the data in time",
        "did not close the connection after everything was sent",
        "Alerts not forwarded to in TLS",
        "Alerts not forwarded to in the clear",
    ];
    assert!(said.iter().all(|said| text.contains(said)), "{text}");
}

#[test]
fn a_socket_of_this_host_whose_daemon_is_stopped_holds_up_no_run_and_no_check() {
    let mut world = handing_on_to(json!([]));
    let path = world.folder().join("log");
    let stopped = Siem::stopped_stream(&path);
    let url = format!("unix://{}", path.display());
    world.set("forward", json!([{"name": "siem", "via": "syslog", "url": url}]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");

    for time in ["10:10", "10:20"] {
        let run = world.run_at(time);
        assert_eq!((run.code, run.number("forwarded")), (75, 0), "{run:?}");
        assert!(run.took < Duration::from_secs(15), "{run:?}");
    }
    let check = world.run(&["check"]);
    assert!(check.stdout.contains(&format!("receiver siem ({url})")), "{check:?}");
    assert!(check.took < Duration::from_secs(25), "{check:?}");
    drop(stopped);
}

#[test]
fn a_receiver_that_never_closes_is_told_of_once_and_gets_the_first_records_twice_at_most() {
    let siem = Siem::tcp(Manner::StaysOpen);
    let mut world = handing_on_to(json!([by_tcp(&siem)]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    let first = world.run_at("10:10");
    assert_eq!((first.code, first.number("forwarded")), (75, 0), "{first:?}");
    assert!(first.stderr.contains("did not close the connection"), "{first:?}");
    tampered(&mut world, "db-02", "10:15");
    let second = world.run_at("10:20");
    assert_eq!((second.code, second.number("forwarded")), (0, 3), "{second:?}");
    tampered(&mut world, "db-03", "10:25");
    let third = world.run_at("10:30");
    assert_eq!((third.code, third.number("forwarded")), (0, 2), "{third:?}");

    let told = siem.objects(6);
    assert_eq!(hosts(&told), ["db-01", "db-01", "db-02", "db-03"]);
    assert_eq!(told[0], told[1]);
    let quiet = world.run_at("10:40");
    assert_eq!((quiet.code, quiet.mails.len()), (0, 0), "{quiet:?}");
}

#[test]
fn a_run_that_is_killed_before_it_hands_on_has_lost_nothing() {
    let siem = Siem::tcp(Manner::Octets);
    let mut world = handing_on_to(json!([
        by_tcp(&siem), {"name": "file", "via": "file", "path": "out"}
    ]));
    assert_eq!(world.run_at("10:00").code, 0);
    let slow = Action::Pause(3_000, Box::new(Action::Say("354 now\r\n".into())));
    world.mail_server(Options::default().times("DATA", 1, slow));
    tampered(&mut world, "db-01", "10:05");
    world.pce.set_now("10:10");
    let mut run = world.run_until(World::sends_a_mail);
    siem.messages(0);
    run.kill().unwrap();
    run.wait().unwrap();
    let saved = [".last", ""].map(|end| {
        let path = format!("{}{end}", world.config_path().display());
        (path.clone(), std::fs::read(path).unwrap())
    });

    let next = world.run_at("10:20");
    assert_eq!((next.mails.len(), next.number("forwarded")), (1, 2), "{next:?}");
    let told = siem.objects(1);
    assert_eq!((hosts(&told), &told), (vec!["db-01"], &lines_of(&world, "alerts.jsonl")));
    assert_eq!(format!("<{}>", text(&told[0], "message_id")), next.mail().header("Message-ID"),);

    // And one that was killed once it had handed on, before it could save that.
    saved.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    tampered(&mut world, "db-02", "10:25");
    let again = world.run_at("10:30");
    assert_eq!(again.code, 0, "{again:?}");
    let twice = siem.objects(3);
    assert_eq!(twice[0], twice[1]);
    let filed = lines_of(&world, "alerts.jsonl");
    assert_eq!((hosts(&filed), all_differ(&filed)), (vec!["db-01", "db-02"], true));
}

#[test]
fn a_file_has_whole_lines_each_once_after_a_torn_one_a_full_disk_and_a_roll_over() {
    let mut world = handing_on_to(json!([{"name": "file", "via": "file", "path": "out"}]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    assert_eq!(world.run_at("10:10").code, 0);
    let path = world.folder().join("out/alerts.jsonl");
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{}", &whole[..whole.len() / 2])).unwrap();
    tampered(&mut world, "db-02", "10:15");
    assert_eq!(world.run_at("10:20").code, 0);
    assert_eq!(hosts(&lines_of(&world, "alerts.jsonl")), ["db-01", "db-02"]);

    // Almost full: there is no room for another line.
    let filler = format!("\"{}\"\n", "x".repeat(64 * 1024 - 100));
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{filler}{before}")).unwrap();
    tampered(&mut world, "db-03", "10:25");
    let full = world.run_with_files_up_to(64, "10:30");
    assert_eq!(full.code, 75, "{full:?}");
    assert!(full.stderr.contains("out/alerts.jsonl)"), "{full:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{filler}{before}"));
    let told = world.run_at("10:40");
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.mail().subject().contains("not forwarded to "), "{told:?}");

    let size = 10 * 1024 * 1024 - 100;
    let last = lines_of(&world, "alerts.jsonl").pop().unwrap();
    let almost = format!("\"{}\"\n{last}\n", "x".repeat(size - last.to_string().len()));
    std::fs::write(&path, &almost).unwrap();
    tampered(&mut world, "db-04", "10:45");
    assert_eq!(world.run_at("10:50").code, 0);
    let rolled = std::fs::read_to_string(world.folder().join("out/alerts.jsonl.1")).unwrap();
    assert_eq!(rolled, almost);
    assert_eq!(hosts(&lines_of(&world, "alerts.jsonl")), ["db-04"]);
}

/// A queue of so many records for `siem`.
fn queue_of(records: usize) -> Value {
    let receiver = Receiver {
        name: "siem".to_owned(),
        way: Way::File("out".into()),
        body: Body::Json,
        levels: Vec::new(),
        rules: Vec::new(),
    };
    let record = |nth| Record {
        id: format!("1.a.{nth}"),
        time: "2026-08-03T09:00:00Z".parse().unwrap(),
        ..Record::default()
    };
    let mut queue = Forward::default();
    queue.put((0..records).map(record).collect(), &[receiver]);
    serde_json::to_value(queue).unwrap()
}

#[test]
fn beyond_twenty_thousand_the_oldest_go_and_a_mail_says_how_many() {
    let mut world = handing_on_to(json!([
        {"name": "siem", "via": "syslog", "url": "tcp://127.0.0.1:1"}
    ]));
    assert_eq!(world.run_at("10:00").code, 0);
    world.edit(|config| config["state"]["forward"] = queue_of(RECORDS));
    tampered(&mut world, "db-01", "10:05");
    let full = world.run_at("10:10");
    assert_eq!(full.code, 75, "{full:?}");
    let size = world.config()["state"]["forward"].to_string().len();
    assert!(size < 1_000_000, "{size}");

    let told = world.run_at("10:20");
    let mail = told.mail().text();
    assert!(mail.contains("Records for siem dropped") && mail.contains("1 of them"), "{mail}");
    // That it fails is a record, that some are dropped is none: one more goes, told later.
    let quiet = world.run_at("10:30");
    assert_eq!(quiet.mails.len(), 0, "{quiet:?}");

    let siem = Siem::tcp(Manner::Octets);
    world.set("forward", json!([by_tcp(&siem)]));
    let up = world.run_at("10:40");
    assert_eq!((up.code, up.number("forwarded")), (0, RECORDS as u64), "{up:?}");
    let objects = siem.objects(RECORDS);
    assert_eq!(text(&objects[0], "id"), "1.a.2");
    assert_eq!(hosts(&objects[RECORDS - 2..]), ["db-01"]);
    assert!(all_differ(&objects));
}

#[test]
fn a_receiver_that_is_taken_away_is_let_go_with_what_waited_for_it() {
    let mut world = handing_on_to(json!([
        {"name": "siem", "via": "syslog", "url": "tcp://127.0.0.1:1"}
    ]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    assert_eq!(world.run_at("10:10").code, 75);
    assert_eq!(world.run_at("10:20").mails.len(), 1);

    world.set("forward", json!([]));
    let gone = world.run_at("10:30");

    assert_eq!(gone.code, 0, "{gone:?}");
    let mail = gone.mail().text();
    assert!(mail.contains("Records for siem discarded") && mail.contains("2 records"), "{mail}");
    assert_eq!(world.run_at("10:40").mails.len(), 0);
    assert_eq!(world.config()["state"]["conditions"], json!({}));
    assert!(world.config()["state"].get("forward").is_none());
}
