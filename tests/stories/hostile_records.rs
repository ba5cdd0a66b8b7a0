//! Records as no honest PCE writes them: huge, deep, no UTF-8, full of what acts on
//! terminals, headers and HTML. A run ends well, tells the rest, and passes none of
//! it on raw.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Mail, Run, World, completed};

/// Breaks out of lines, headers, HTML, terminals, and the direction of writing.
const EVIL: &str = "</pre><script>x</script>\"'\r\nBcc: eve@example.net\r\n\r\n\u{0}\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}\u{2066}\u{200f}\u{2028}\u{feff}\u{e0041}=?utf-8?q?x?=";

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic", "name": "Blocked"}));
    world
}

/// What a terminal or a reader must never get.
fn acts(letter: char) -> bool {
    let hidden = matches!(
        letter,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    );
    hidden || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}

fn assert_tame(place: &str, text: &str) {
    let found = text.char_indices().find(|(_, letter)| acts(*letter));
    if let Some((at, letter)) = found {
        let around: String = text[..at].chars().rev().take(60).collect();
        let around: String = around.chars().rev().collect();
        panic!("{place} has {letter:?} behind {around:?}");
    }
}

fn assert_harmless(run: &Run) {
    assert_tame("stdout", &run.stdout);
    assert_tame("stderr", &run.stderr);
    for mail in &run.mails {
        assert_mail_harmless(mail);
    }
}

fn assert_mail_harmless(mail: &Mail) {
    let raw = String::from_utf8(mail.raw.clone()).expect("a mail is UTF-8");
    let (headers, _) = raw.split_once("\r\n\r\n").unwrap();
    assert!(headers.is_ascii(), "{headers}");
    assert_tame("the headers", &headers.replace("\r\n", "\n"));
    assert_eq!(mail.header("Bcc"), "");
    assert_eq!(mail.to, ["soc@example.net"]);
    assert_tame("the subject", &mail.subject());
    assert!(!mail.subject().contains('\n'), "{:?}", mail.subject());
    assert_tame("the text", &mail.text());
    assert_tame("the HTML", &mail.html());
    assert!(!mail.html().contains("<script"), "{}", mail.html());
}

/// Every text in it, names of members too, but for those that say what it is.
fn poisoned(value: &Value, spared: &[&str]) -> Value {
    match value {
        Value::String(text) => json!(format!("{text}{EVIL}")),
        Value::Array(list) => list.iter().map(|one| poisoned(one, spared)).collect(),
        Value::Object(members) => {
            let mut poor: serde_json::Map<String, Value> = members
                .iter()
                .map(|(name, value)| match spared.contains(&name.as_str()) {
                    true => (name.clone(), value.clone()),
                    false => (name.clone(), poisoned(value, spared)),
                })
                .collect();
            poor.insert(EVIL.to_owned(), json!(EVIL));
            Value::Object(poor)
        }
        other => other.clone(),
    }
}

/// The PCE's next answer to a request for events, byte for byte.
fn answer_events(world: &World, body: impl Into<Vec<u8>>) {
    let answer = Fault::answer(200, "application/json", body);
    world.pce.fault(answer.on("/events").times(1));
}

/// A tampering as JSON, with this as one more member.
fn tampering(host: &str, time: &str, more: &str) -> String {
    format!(
        r#"{{"href":"/orgs/1/events/{host}","timestamp":"2026-08-03T{time}:00.000Z","event_type":"agent.tampering","created_by":{{"agent":{{"href":"/orgs/1/agents/1","hostname":"{host}"}}}},"severity":"err","status":"success","notifications":[],"odd":{more}}}"#
    )
}

#[test]
fn no_text_of_an_event_reaches_a_header_html_or_a_terminal_raw() {
    let mut world = watched();
    world.run_at("10:00");
    let events =
        [agent_tampering("db-01"), login_failed("root", "203.0.113.7"), offline_check(&["a", "b"])];
    world.rule(json!({"type": "event", "name": "All", "filter_value": "*", "count_by": "objects"}));
    let bodies: Vec<Value> = (events.into_iter().enumerate())
        .map(|(nth, event)| {
            let stored = event.at("10:05").stored(format!("/orgs/1/events/{nth}"));
            poisoned(&stored.json, &["timestamp", "href"])
        })
        .collect();
    answer_events(&world, json!(bodies).to_string());

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("events")), (0, 3), "{run:?}");
    assert!(run.mail().text().contains("db-01"), "{}", run.mail().text());
    assert_harmless(&run);
}

#[test]
fn no_text_of_a_flow_reaches_a_header_html_or_a_terminal_raw() {
    let mut world = watched();
    world.run_at("10:00");
    let flow = blocked("web-01", address("192.0.2.7").fqdn("files.example"), 445)
        .process("svchost")
        .user("root");
    world.pce.connection(flow.at("10:05"));
    let (from, to) = (at("09:30"), at("10:10"));
    let rows = world.pce.rows(to, from, to);
    let spared = ["ip", "first_detected", "last_detected", "policy_decision"];
    let rows: Vec<Value> = rows.iter().map(|row| poisoned(row, &spared)).collect();
    let answer = Fault::answer(200, "application/json", json!(rows).to_string());
    world.pce.fault(answer.on("/download"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    assert!(run.mail().html().contains("web-01"));
    assert_harmless(&run);
}

#[test]
fn no_text_of_the_config_reaches_a_header_html_or_a_terminal_raw() {
    let mut world = World::new();
    for field in ["name", "desc", "rec", "note"] {
        let mut rule = json!({"type": "event", "filter_value": "agent.tampering"});
        rule[field] = json!(EVIL);
        world.rule(rule);
    }
    world.pce.event(agent_tampering("db-01").at("10:05"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("alerts")), (0, 4), "{run:?}");
    assert_harmless(&run);

    // A site's name goes into each subject: it is refused.
    world.set("settings.site_name", json!(EVIL));
    let refused = world.run_at("10:20");
    assert_eq!(refused.code, 78, "{refused:?}");
    assert_harmless(&refused);
}

#[test]
fn an_event_nested_ten_thousand_deep_costs_no_other() {
    let mut world = watched();
    world.run_at("10:00");
    let (open, close) = ("[{\"x\":".repeat(5_000), "}]".repeat(5_000));
    let body = [
        tampering("first", "10:03", "1"),
        tampering("deep", "10:04", &format!("{open}0{close}")),
        tampering("last", "10:05", "1"),
    ];
    answer_events(&world, format!("[{}]", body.join(",")));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("events")), (0, 3), "{run:?}");
    let text = run.mail().text();
    assert!(text.contains("first") && text.contains("last"), "{text}");
    assert_harmless(&run);
}

#[test]
fn a_flow_nested_ten_thousand_deep_costs_no_other() {
    let mut world = watched();
    world.run_at("10:00");
    let flow = |from: &str| blocked(from, "db-01", 445).at("10:05").times(9);
    world.pce.connections([flow("web-01"), flow("web-02")]);
    let (from, to) = (at("09:30"), at("10:10"));
    let rows = json!(world.pce.rows(to, from, to)).to_string();
    let deep = format!("\"deep\":{}{},", "[".repeat(10_000), "]".repeat(10_000));
    let rows = rows.replacen("[{", &format!("[{{{deep}"), 1);
    let answer = Fault::answer(200, "application/json", rows);
    world.pce.fault(answer.on("/download"));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("flows")), (0, 2), "{run:?}");
    let text = run.mail().text();
    assert!(text.contains("web-01") && text.contains("web-02"), "{text}");
}

#[test]
fn a_config_nested_ten_thousand_deep_is_refused_in_one_line() {
    let mut world = watched();
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    let deep = format!("{{\"_mine\": {}{},", "[".repeat(10_000), "]".repeat(10_000));
    let text = text.replacen('{', &deep, 1);
    std::fs::write(world.config_path(), &text).unwrap();

    let run = world.run_at("10:10");

    assert_eq!(run.code, 78, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.contains("line 1"), "{run:?}");
    assert!(run.stderr.len() < 600, "{run:?}");
    assert_eq!(std::fs::read_to_string(world.config_path()).unwrap(), text);
}

#[test]
fn bytes_that_are_no_text_cost_no_other_event() {
    let mut world = watched();
    world.run_at("10:00");
    let mut body = format!("[{},", tampering("first", "10:03", "1")).into_bytes();
    let odd = tampering("bad", "10:04", "\"##\"");
    let bytes = odd.into_bytes();
    let split = bytes.iter().position(|byte| *byte == b'#').unwrap();
    body.extend(&bytes[..split]);
    body.extend(b"\xff\xc0\xaf\xed\xa0\x80\xf5");
    body.extend(&bytes[split + 2..]);
    body.extend(format!(",{}]", tampering("last", "10:05", r#""\ud800 \u0000""#)).bytes());
    answer_events(&world, body);

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("events")), (0, 3), "{run:?}");
    let text = run.mail().text();
    assert!(text.contains("first") && text.contains("last"), "{text}");
    assert_harmless(&run);
}

#[test]
fn an_event_of_fifty_megabytes_is_told_within_bounded_memory() {
    let mut world = watched();
    world.run_at("10:00");
    let big = format!("\"{}\"", "long ".repeat(10_000_000));
    let body = [
        tampering("first", "10:03", "1"),
        tampering("big", "10:04", &big),
        tampering("last", "10:05", "1"),
    ];
    answer_events(&world, format!("[{}]", body.join(",")));
    world.pce.set_now("10:10");

    let most = peak_of_a_run(&world, "events=3");

    let mail = world.mailbox.last();
    assert!(mail.text().contains("first") && mail.text().contains("last"));
    assert!(mail.raw.len() < 155_000, "{}", mail.raw.len());
    assert!(most > 0 && most < 80, "{most} MB");
    let state = world.config()["state"].to_string().len();
    assert!(state < 300_000, "{state} bytes of state");
    let next = world.run_at("10:20");
    assert_eq!((next.code, next.mails.len()), (0, 0), "{next:?}");
}

#[test]
fn a_flow_of_fifty_megabytes_is_told_and_costs_no_other() {
    let mut world = watched();
    world.run_at("10:00");
    let flow = |from: &str| blocked(from, "db-01", 445).at("10:05").times(9);
    world.pce.connections([flow("web-01"), flow("web-02")]);
    let (from, to) = (at("09:30"), at("10:10"));
    let mut rows = world.pce.rows(to, from, to);
    rows[0]["odd"] = json!(vec!["long "; 7_000_000]);
    let answer = Fault::answer(200, "application/json", json!(rows).to_string());
    world.pce.fault(answer.on("/download"));
    world.pce.set_now("10:10");

    let most = peak_of_a_run(&world, "flows=2");

    let text = world.mailbox.last().text();
    assert!(text.contains("9 connections"), "{text}");
    let told = text.replace("\n  ", " ");
    assert!(told.contains("1 row of traffic could not be read"), "{text}");
    assert!(most > 0 && most < 80, "{most} MB");
}

#[test]
fn two_thousand_rules_that_all_match_long_records_cost_no_more_than_a_few() {
    let mut world = watched();
    world.edit(|config| {
        let rule = |id| completed(json!({"type": "traffic", "port": "445"}), id);
        config["rules"] = (1..=2_000).map(rule).collect();
    });
    world.run_at("10:00");
    let from_host = |nth: i64| blocked(format!("web-0{nth}").as_str(), "db-01", 445);
    let flows = (1..=9).map(|nth| from_host(nth).at("10:05").times(nth as u64));
    world.pce.connections(flows);
    let (from, to) = (at("09:30"), at("10:10"));
    let mut rows = world.pce.rows(to, from, to);
    for row in &mut rows {
        row["odd"] = json!("long ".repeat(6_000));
    }
    let answer = Fault::answer(200, "application/json", json!(rows).to_string());
    world.pce.fault(answer.on("/download"));
    world.pce.set_now("10:10");

    let most = peak_of_a_run(&world, "alerts=2000");

    let text = world.mailbox.last().text();
    assert!(text.contains("45 connections"), "{text}");
    assert!(most > 0 && most < 72, "{most} MB");
    let state = world.config()["state"].to_string();
    assert!(state.len() < 12 << 20, "{} bytes", state.len());
}

/// Runs it to a good end, its line with this in it; the most megabytes it held.
fn peak_of_a_run(world: &World, expected: &str) -> u64 {
    let said = world.folder().join("said");
    let mut run = world
        .command(&["run"])
        .stdout(std::fs::File::create(&said).unwrap())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    let mut most = 0;
    let status = loop {
        most = peak_megabytes(run.id()).max(most);
        if let Some(status) = run.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > Duration::from_secs(90) {
            run.kill().unwrap();
            run.wait().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let said = std::fs::read_to_string(said).unwrap();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains(expected), "{said}");
    most
}

/// The most memory that a process has held so far; 0 once it is gone.
pub fn peak_megabytes(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or(0, |kilobytes| kilobytes.parse::<u64>().unwrap() / 1_024)
}

#[test]
fn what_the_pce_answers_to_errors_is_tame_on_the_terminal() {
    let mut world = watched();
    world.run_at("10:00");
    for status in [200, 302, 400, 401, 403, 406, 418, 451] {
        let body = json!([{"token": EVIL, "message": EVIL}]).to_string();
        let kind = "application/json";
        world.pce.fault(Fault::answer(status, kind, body));
        let later = at("10:10") + SignedDuration::from_mins(i64::from(status));
        let run = world.run_at(later);
        world.pce.heal();
        assert_ne!(run.code, 0, "{status}: {run:?}");
        assert_harmless(&run);
    }
}
