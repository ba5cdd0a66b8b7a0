//! `forward`: each alert, condition and notice is one object for other programs too, by
//! whichever way they hear it.

use serde_json::{Value, json};

use super::check::{findings, healthy_world};
use crate::certificate::{Wish, signed_by_ca};
use crate::pce::*;
use crate::siem::{Manner, Siem, object};
use crate::world::World;

pub fn handing_on_to(receivers: Value) -> World {
    let world = World::new();
    world.set("forward", receivers);
    world.rule(json!({
        "type": "event", "name": "Tampering", "level": "critical",
        "filter_value": "agent.tampering", "rec": "Look at the host.",
        "technique": "T1562.001 Disable or Modify Tools"
    }));
    world
}

pub fn by_tcp(siem: &Siem) -> Value {
    json!({"name": "siem", "via": "syslog", "url": format!("tcp://127.0.0.1:{}", siem.port())})
}

/// One alert that is told at this time.
pub fn tampered(world: &mut World, host: &str, time: &str) {
    world.pce.event(agent_tampering(host).at(time));
}

pub fn lines_of(world: &World, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(world.folder().join("out").join(name)).unwrap_or_default();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_alert_is_one_object_with_what_its_mail_tells() {
    let siem = Siem::tcp(Manner::Octets);
    let mut world = handing_on_to(json!([by_tcp(&siem)]));
    world.rule(json!({
        "type": "traffic", "name": "Blocked", "port": 445, "per": "source",
        "threshold_type": "count", "threshold_count": 2, "threshold_window": 10
    }));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    for source in ["10.0.0.8", "10.0.0.9"] {
        world.pce.connection(blocked(source, "10.0.0.1", 445).at("10:05").times(3));
    }

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("forwarded")), (0, 2), "{run:?}");
    let messages = siem.messages(2);
    assert!(messages[0].starts_with("<130>1 2026-08-03T10:10:"), "{messages:?}");
    assert!(messages[0].contains(" illumio-monitor ") && messages[0].contains(" alert - {"));
    assert!(messages.iter().all(|message| !message.contains(r#":"""#)), "{messages:?}");
    let [event, flows] = [&messages[0], &messages[1]].map(|message| object(message));
    let mail = run.mail();
    assert_eq!(format!("<{}>", event["message_id"].as_str().unwrap()), mail.header("Message-ID"));
    assert_eq!(event["kind"], "alert");
    assert_eq!((&event["rule_id"], &event["rule_name"]), (&json!(1), &json!("Tampering")));
    assert_eq!((&event["level"], &event["count"]), (&json!("critical"), &json!(1)));
    assert_eq!(event["technique"], "T1562.001 Disable or Modify Tools");
    assert_eq!(
        (&event["first"], &event["last"]),
        (&json!("2026-08-03T10:05:00Z"), &event["first"])
    );
    assert_eq!(event["objects"][0]["name"], "db-01");
    assert_eq!(event["sources"][0]["event_type"], "agent.tampering");
    assert_eq!((&event["site"], &event["org"]), (&json!("test"), &json!("1")));
    assert_eq!(event["pce"], json!(world.pce.url()));
    assert_eq!(
        (&event["text"], &event["advice"]),
        (&json!("Tampering (1): db-01"), &json!("Look at the host."))
    );
    assert_eq!((&flows["threshold"], &flows["window_minutes"]), (&json!(2), &json!(10)));
    assert_eq!(
        (&flows["counted"], flows["groups"].as_array().unwrap().len()),
        (&json!("connections"), 2)
    );
    let talker = &flows["talkers"][0];
    assert_eq!(
        (&talker["dst_ip"], &talker["port"], &talker["proto"]),
        (&json!("10.0.0.1"), &json!(445), &json!("TCP"))
    );
    assert_ne!(event["id"], flows["id"]);
    // Once, and nothing is left of it.
    let quiet = world.run_at("10:20");
    assert_eq!((quiet.code, quiet.number("forwarded")), (0, 0), "{quiet:?}");
    siem.messages(2);
    assert!(world.config()["state"].get("forward").is_none());
}

#[test]
fn a_condition_is_told_at_its_begin_and_its_end_and_a_notice_once() {
    let siem = Siem::tcp(Manner::Octets);
    let mut world = handing_on_to(json!([by_tcp(&siem)]));
    assert_eq!(world.run_at("10:00").code, 0);
    world.pce.fault(Fault::answer(503, "text/plain", "no").on("/").times(1_000));
    assert_eq!(world.run_at("10:10").code, 75);
    world.pce.heal();
    assert_eq!(world.run_at("10:20").code, 0);
    let later = world.run_at("14:20");
    assert_eq!(later.number("forwarded"), 1, "{later:?}");

    let objects = siem.objects(3);
    let told = |at: usize, key: &str| objects[at][key].clone();
    assert_eq!(
        [told(0, "kind"), told(0, "phase"), told(0, "condition")],
        ["condition", "begins", "unreachable"]
    );
    assert_eq!([told(0, "level"), told(0, "name")], ["critical", "PCE unreachable"]);
    assert_eq!([told(1, "phase"), told(1, "level")], ["ended", "info"]);
    assert_eq!(told(0, "first"), told(1, "first"));
    assert!(told(1, "last").as_str().unwrap().starts_with("2026-08-03T10:20:"), "{objects:#?}");
    assert_eq!([told(2, "kind"), told(2, "notice")], ["notice", "gap"]);
}

#[test]
fn each_way_and_each_body_tells_the_same() {
    let (udp, lines) = (Siem::udp(), Siem::tcp(Manner::Lines));
    let (certificate, ca) = signed_by_ca(&Wish::default());
    let tls = Siem::tcp(Manner::Tls(certificate.server()));
    let mut world = handing_on_to(json!([]));
    std::fs::write(world.folder().join("siem-ca.pem"), ca).unwrap();
    let path = |name: &str| world.folder().join(name);
    let (local, stream) = (Siem::local(&path("log")), Siem::local_stream(&path("stream")));
    let unix = |name: &str| format!("unix://{}", path(name).display());
    let receivers = json!([
        {"name": "udp", "via": "syslog", "url": format!("udp://localhost:{}", udp.port())},
        {"name": "lines", "via": "syslog", "url": format!("tcp://127.0.0.1:{}", lines.port()),
         "framing": "newline", "body": "cef", "facility": "local7"},
        {"name": "tls", "via": "syslog", "url": format!("tls://localhost:{}", tls.port()),
         "ca_file": "siem-ca.pem"},
        {"name": "local", "via": "syslog", "url": unix("log"), "facility": "user"},
        {"name": "stream", "via": "syslog", "url": unix("stream")},
        {"name": "file", "via": "file", "path": "out"},
        {"name": "cef", "via": "file", "path": "out", "body": "cef"}
    ]);
    world.set("forward", receivers);
    assert_eq!(world.run_at("10:00").code, 0);
    for host in ["db-01", "db-02"] {
        tampered(&mut world, host, "10:05");
    }
    world.rule(json!({"type": "event", "name": "a|b=c", "filter_value": "agent.*"}));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("forwarded")), (0, 14), "{run:?}");
    let told = lines_of(&world, "alerts.jsonl");
    assert_eq!(told.len(), 2, "{told:#?}");
    for siem in [&udp, &tls, &local, &stream] {
        assert_eq!(siem.objects(2), told);
    }
    assert!(local.messages(2)[0].starts_with("<10>1 "));
    let cef = std::fs::read_to_string(world.folder().join("out/alerts.cef")).unwrap();
    let by_line = lines.messages(2);
    for (message, line) in by_line.iter().zip(cef.lines()) {
        assert!(message.ends_with(line), "{message}");
    }
    assert!(by_line[0].starts_with("<186>1 "), "{by_line:?}");
    assert!(by_line[0].contains(" - CEF:0|illumio-monitor|illumio-monitor|"), "{by_line:?}");
    assert!(
        by_line.iter().any(|line| line.contains("|rule-2|a\\|b=c|6|externalId=")),
        "{by_line:?}"
    );
}

#[test]
fn a_receiver_gets_what_it_asks_for() {
    let mut world = handing_on_to(json!([
        {"name": "critical", "via": "file", "path": "out", "levels": ["critical"]},
        {"name": "rule", "via": "file", "path": "out", "body": "cef", "rules": [2]}
    ]));
    world.rule(json!({"type": "event", "name": "Log-in", "filter_value": "user.sign_in"}));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    world.pce.event(login_failed("eve", "10.1.1.1").at("10:05"));
    world.pce.fault(Fault::answer(503, "text/plain", "no").on("/health").times(1_000));

    world.run_at("10:10");

    let told = lines_of(&world, "alerts.jsonl");
    assert!(!told.is_empty() && told.iter().all(|one| one["level"] == "critical"), "{told:#?}");
    world.pce.heal();
    world.run_at("10:20");
    let cef = std::fs::read_to_string(world.folder().join("out/alerts.cef")).unwrap();
    assert_eq!(cef.lines().count(), 1, "{cef}");
    assert!(cef.contains("|rule-2|Log-in|") && cef.contains(" suser=eve"), "{cef}");
}

#[test]
fn what_a_pause_held_comes_after_it_one_by_one_to_those_who_ask_for_it() {
    let mut world = handing_on_to(json!([
        {"name": "critical", "via": "file", "path": "critical", "levels": ["critical"]},
        {"name": "rule", "via": "file", "path": "rule", "rules": [2]},
        {"name": "all", "via": "file", "path": "out"}
    ]));
    world.rule(json!({"type": "event", "name": "Log-in", "filter_value": "user.sign_in"}));
    let pause = json!({
        "id": 1, "rules": [1, 2], "from": "2026-08-03 02:00", "until": "2026-08-03 06:00",
        "why": "CHG-123"
    });
    world.edit(|config| config["pauses"] = json!([pause]));
    assert_eq!(world.run_at("01:50").code, 0);
    tampered(&mut world, "db-01", "02:10");
    tampered(&mut world, "db-02", "05:30");
    world.pce.event(login_failed("eve", "10.1.1.1").at("03:00"));
    world.run_every(30, "02:00", "06:10").iter().for_each(|run| assert_eq!(run.code, 0));

    let run = world.run_at("06:15");

    assert_eq!((run.code, run.mails.len(), run.number("forwarded")), (0, 1, 4), "{run:?}");
    let told = lines_of(&world, "alerts.jsonl");
    let of = |name: &str| lines_of(&world, &format!("../{name}/alerts.jsonl"));
    assert_eq!([of("critical"), of("rule")].concat(), told);
    let [tampering, log_in] = [&told[0], &told[1]];
    assert_eq!((&tampering["kind"], &tampering["notice"]), (&json!("notice"), &json!("held_back")));
    assert_eq!((&tampering["rule_id"], &tampering["rule_name"]), (&json!(1), &json!("Tampering")));
    assert_eq!((&tampering["level"], &tampering["count"]), (&json!("critical"), &json!(2)));
    assert_eq!(
        (&tampering["first"], &tampering["last"]),
        (&json!("2026-08-03T02:10:00Z"), &json!("2026-08-03T05:30:00Z"))
    );
    let text = tampering["text"].as_str().unwrap();
    assert!(text.contains("Rule 1 Tampering: 2 matches") && text.contains("db-02"), "{text}");
    assert!(!text.contains("Log-in"), "{text}");
    assert_eq!((&log_in["level"], &log_in["count"]), (&json!("warning"), &json!(1)));
    assert_ne!(tampering["id"], log_in["id"]);
}

#[test]
fn a_condition_that_a_pause_held_comes_as_bad_as_it_was() {
    let mut world = handing_on_to(json!([
        {"name": "critical", "via": "file", "path": "out", "levels": ["critical"]}
    ]));
    let pause = json!({
        "id": 1, "rules": "all", "conditions": ["pce"],
        "from": "2026-08-03 02:00", "until": "2026-08-03 06:00", "why": "CHG-123"
    });
    world.edit(|config| config["pauses"] = json!([pause]));
    assert_eq!(world.run_at("01:50").code, 0);
    world.pce.fault(Fault::answer(503, "text/plain", "no").on("/").times(1_000));
    assert_eq!(world.run_at("02:10").code, 75);
    world.pce.heal();
    world.run_every(30, "02:30", "06:15").iter().for_each(|run| assert_eq!(run.code, 0));
    world.run_at("06:20");

    let told = lines_of(&world, "alerts.jsonl");
    let held = told.iter().find(|one| one["notice"] == "held_back").unwrap();
    assert_eq!((&held["condition"], &held["level"]), (&json!("unreachable"), &json!("critical")));
    assert!(held["first"].as_str().unwrap().starts_with("2026-08-03T02:10:"), "{held:#}");
}

#[test]
fn a_record_names_the_mail_that_tells_it() {
    let mut world = handing_on_to(json!([{"name": "file", "via": "file", "path": "out"}]));
    world.rule(json!({"type": "event", "name": "Log-in", "filter_value": "user.sign_in"}));
    let to = "dba@example.net";
    world.set("email.routes", json!([{"rules": [1], "to": [to], "only": true}]));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, "db-01", "10:05");
    world.pce.event(login_failed("eve", "10.1.1.1").at("10:06"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.mails.len()), (0, 2), "{run:?}");
    let told = lines_of(&world, "alerts.jsonl");
    for one in &told {
        let id = format!("<{}>", one["message_id"].as_str().unwrap());
        let mut mails = run.mails.iter().filter(|mail| mail.header("Message-ID") == id);
        let mail = mails.next().unwrap_or_else(|| panic!("{id}"));
        assert!(mail.subject().contains(one["rule_name"].as_str().unwrap()), "{one:#}");
        assert_eq!(mail.to == [to], one["rule_id"] == 1);
    }
    assert_eq!(told.len(), 2);
    assert_ne!(told[0]["id"], told[1]["id"]);
}

#[test]
fn what_is_too_long_for_a_datagram_is_shortened_and_what_is_secret_is_hidden() {
    let udp = Siem::udp();
    let mut world = handing_on_to(json!([
        {"name": "udp", "via": "syslog", "url": format!("udp://127.0.0.1:{}", udp.port())},
        {"name": "file", "via": "file", "path": "out"}
    ]));
    let secret = world.pce.secret();
    world.edit(|config| config["rules"][0]["desc"] = json!("規則說明。".repeat(600)));
    assert_eq!(world.run_at("10:00").code, 0);
    tampered(&mut world, &format!("db-{secret}"), "10:05");

    assert_eq!(world.run_at("10:10").code, 0);

    let message = udp.messages(1).remove(0);
    assert!(message.len() <= 2_048, "{}", message.len());
    let (short, whole) = (object(&message), lines_of(&world, "alerts.jsonl").remove(0));
    assert_eq!((&short["shortened"], whole.get("shortened")), (&json!(true), None));
    assert_eq!((&short["id"], &short["objects"]), (&whole["id"], &whole["objects"]));
    let history = world.run(&["history", "--json"]).stdout;
    for text in [message, whole.to_string(), history] {
        assert!(text.contains("db-") && !text.contains(&secret), "{text}");
    }
}

#[test]
fn check_tries_each_receiver_and_sends_nothing() {
    let mut world = healthy_world();
    let (tcp, udp) = (Siem::tcp(Manner::Octets), Siem::udp());
    let (certificate, _) = signed_by_ca(&Wish::default());
    let tls = Siem::tcp(Manner::Tls(certificate.server()));
    world.set(
        "forward",
        json!([
            {"name": "file", "via": "file", "path": "out"},
            by_tcp(&tcp),
            {"name": "udp", "via": "syslog", "url": format!("udp://127.0.0.1:{}", udp.port())},
            {"name": "stranger", "via": "syslog", "url": format!("tls://localhost:{}", tls.port())},
            {"name": "nobody", "via": "syslog", "url": "tcp://127.0.0.1:1"},
            {"name": "no socket", "via": "syslog", "url": "unix:///nowhere/log"},
            {"name": "no folder", "via": "file", "path": "/dev/null/out"}
        ]),
    );
    assert_eq!(world.run(&["run"]).code, 0);

    let run = world.run(&["check", "--json"]);

    assert_eq!(run.code, 75, "{run:?}");
    let found: Vec<(String, Value)> = findings(&run)
        .into_iter()
        .filter(|(probe, ..)| probe == "forward")
        .map(|(_, result, one)| (result, one))
        .collect();
    let results: Vec<&str> = found.iter().map(|(result, _)| result.as_str()).collect();
    assert_eq!(results, ["ok", "ok", "ok", "failed", "failed", "failed", "failed"], "{found:#?}");
    let says = |at: usize, part: &str| {
        let text = found[at].1.to_string();
        assert!(text.contains(part), "{part}: {text}");
    };
    says(0, "alerts.jsonl can be written");
    says(1, "no receipts");
    says(2, "delivery cannot be confirmed");
    says(3, "not signed by a CA that this host trusts");
    says(4, "refused");
    says(4, "Check url, and whether the receiver listens there");
    says(5, "/nowhere/log");
    says(6, "Not a directory");
    says(6, "Check path, and the permissions of this program's user there");
    assert!(!world.folder().join("out").exists());
    tcp.messages(0);
    udp.messages(0);
}

#[test]
fn a_mistake_in_a_receiver_is_told_with_its_place_and_what_to_write() {
    let mut world = handing_on_to(json!([]));
    let good = json!({"name": "a", "via": "file", "path": "out"});
    for (receivers, says) in [
        (json!({"name": "a"}), vec!["forward", "a list of receivers"]),
        (json!([{"name": "a"}]), vec!["forward[0].via", "\"file\", \"syslog\""]),
        (json!([{"via": "file", "path": "x"}]), vec!["forward[0].name"]),
        (json!([{"name": "a", "via": "mail"}]), vec!["forward[0].via", "\"syslog\""]),
        (json!([{"name": "a", "via": "file"}]), vec!["forward[0].path"]),
        (
            json!([{"name": "a", "via": "syslog", "url": "siem:601"}]),
            vec!["forward[0].url", "tls://siem"],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "url": "udp://b"}]),
            vec!["forward[0].url", "\"via\": \"file\""],
        ),
        (
            json!([{"name": "a", "via": "syslog", "url": "udp://b", "framing": "octets"}]),
            vec!["forward[0].framing", "udp://"],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "levels": ["high"]}]),
            vec!["forward[0].levels", "\"critical\""],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "levels": []}]),
            vec!["forward[0].levels", "empty, and would take nothing"],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "levels": " "}]),
            vec!["forward[0].levels", "empty, and would take nothing"],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "rules": ""}]),
            vec!["forward[0].rules", "empty, and would take nothing"],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "rules": ["one"]}]),
            vec!["forward[0].rules[0]", "number"],
        ),
        (
            json!([{"name": "a", "via": "file", "path": "x", "bodi": "cef"}]),
            vec!["forward[0].bodi", "\"body\""],
        ),
        (
            json!([good, {"name": "a", "via": "file", "path": "y"}]),
            vec!["forward[1].name", "its own"],
        ),
        (
            json!([good, {"name": "b", "via": "file", "path": "out"}]),
            vec!["forward[1].path", "same file"],
        ),
    ] {
        world.set("forward", receivers.clone());
        let run = world.run(&["run"]);
        assert_eq!(run.code, 78, "{receivers}: {run:?}");
        for part in says {
            assert!(run.stderr.contains(part), "{part}: {receivers}: {run:?}");
        }
    }
}
