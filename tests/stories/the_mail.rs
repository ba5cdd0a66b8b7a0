//! The mail as its reader gets it: headers, parts, and nothing that bites.

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Mail, World};

fn watched() -> World {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering", "level": "critical"}));
    world
}

/// The first mail of a world with this event in it.
fn mail_of(world: &mut World, event: EventRecord) -> Mail {
    world.pce.event(event.at("10:05"));
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    run.mail().clone()
}

/// The raw record in a text part: from its first brace on, white space apart.
fn first_snapshot(text: &str) -> &str {
    let (_, rest) = text.split_once("\n Record 1").unwrap();
    let (_, record) = rest.split_once('\n').unwrap();
    let end = record.find("\n}").unwrap();
    &record[..end + 2]
}

/// Without the white space that is no part of a string.
fn squeezed(json: &str) -> String {
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for letter in json.chars() {
        if inside {
            inside = letter != '"' || escaped;
            escaped = letter == '\\' && !escaped;
        } else if letter.is_whitespace() {
            continue;
        } else {
            inside = letter == '"';
        }
        out.push(letter);
    }
    out
}

#[test]
fn it_is_text_and_html_with_the_headers_that_mail_filters_go_by() {
    let mut world = watched();
    let mail = mail_of(&mut world, agent_tampering("db-01"));

    let kind = mail.header("Content-Type");
    assert!(kind.starts_with("multipart/alternative"), "{kind}");
    let raw = String::from_utf8(mail.raw.clone()).unwrap();
    let text = raw.find("Content-Type: text/plain; charset=utf-8").unwrap();
    let html = raw.find("Content-Type: text/html; charset=utf-8").unwrap();
    assert!(text < html, "the best part comes last");
    for (name, value) in [
        ("From", "<illumio-monitor@example.net>"),
        ("To", "<soc@example.net>"),
        ("Date", "Mon, 3 Aug 2026 10:10:00 +0000"),
        ("MIME-Version", "1.0"),
        ("Importance", "high"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Illumio-Monitor-Level", "critical"),
        ("X-Illumio-Monitor-Kind", "alert"),
        ("X-Illumio-Monitor-Site", "test"),
    ] {
        assert_eq!(mail.header(name), value, "{name}");
    }
    let id = mail.header("Message-ID");
    assert!(id.starts_with('<') && id.ends_with("@example.net>"), "{id}");
    assert_eq!(mail.subject(), "[Illumio Monitor] [test] CRITICAL: Tampering (1): db-01");
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998));
    assert_eq!(mail.from, "illumio-monitor@example.net");
}

#[test]
fn an_alert_says_what_it_means_what_to_do_when_and_from_where() {
    let mut world = World::new();
    world.set("settings.timezone", json!("Asia/Taipei"));
    world.rule(json!({
        "type": "event", "name": "Log-ins fail", "filter_value": "user.login_failed",
        "threshold_type": "count", "threshold_count": 2, "threshold_window": 10,
        "desc": "Someone tries passwords.", "rec": "Lock the account."
    }));
    world.pce.event(login_failed("eve", "203.0.113.9").at("10:01"));
    world.pce.event(login_failed("eve", "203.0.113.9").at("10:08"));
    let run = world.run_at("10:10");
    let mail = run.mail();
    assert_eq!(mail.header("X-Illumio-Monitor-Level"), "warning");
    assert!(!mail.subject().contains("CRITICAL"), "{}", mail.subject());
    for body in [mail.text(), mail.html()] {
        for part in [
            "Log-ins fail",
            "Someone tries passwords.",
            "Lock the account.",
            "threshold 2 in 10 min",
            "2026-08-03 18:01 +08:00",
            "2026-08-03 18:08 +08:00",
            "user.sign_in",
            "eve",
            "203.0.113.9",
        ] {
            assert!(body.contains(part), "{part}: {body}");
        }
    }
}

#[test]
fn times_are_local_with_the_offset_of_their_own_moment() {
    // Berlin's clocks go back at 2026-10-25 01:00 UTC.
    let mut world = World::new();
    world.set("settings.timezone", json!("Europe/Berlin"));
    world.rule(
        json!({"type": "event", "name": "Log-ins fail", "filter_value": "user.login_failed"}),
    );
    let night = at("2026-10-25T01:03:00Z");
    for minutes in [-5, 1] {
        let when = night + jiff::SignedDuration::from_mins(minutes - 2);
        world.pce.event(login_failed("eve", "203.0.113.9").at(when));
    }
    let run = world.run_at(night);
    let text = run.mail().text();
    for time in ["2026-10-25 02:56 +02:00", "2026-10-25 02:02 +01:00"] {
        assert!(text.contains(time), "{time}: {text}");
    }
}

#[test]
fn a_timestamp_counts_at_its_moment_however_it_is_written() {
    let mut world = watched();
    let event = |number: u8, time: &str| {
        format!(
            r#"{{"href":"/orgs/1/events/{number}","event_type":"agent.tampering","timestamp":"{time}"}}"#
        )
    };
    let written = [
        "2026-08-03T10:02:00Z",
        "2026-08-03T18:03:00.123456+08:00",
        "2026-08-03T05:04:00.123456789-05:00",
        "2026-08-03T10:05:60Z",
        " 2026-08-03T10:06:00.1Z ",
        "2026-08-03 10:07:00Z",
    ];
    let events: Vec<String> = (0..).zip(written).map(|(n, time)| event(n, time)).collect();
    let body = format!("[{}]", events.join(","));
    let answer = Fault::answer(200, "application/json", body);
    world.pce.fault(answer.on("/events").times(1));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.number("events")), (0, 6), "{run:?}");
    let told = &run.told()[0];
    let minute = |time: &str| at(time).as_second() / 60;
    assert_eq!(told.count, 6);
    assert_eq!((told.first, told.last), (minute("10:02"), minute("10:07")));
}

#[test]
fn in_chinese_the_subject_is_encoded_and_reads_as_it_was_written() {
    let mut world = World::new();
    world.set("settings.language", json!("zh-TW"));
    world.set("settings.site_name", json!("台北機房"));
    world.rule(json!({"type": "event", "name": "Agent 遭竄改", "filter_value": "agent.tampering", "level": "critical"}));
    let mail = mail_of(&mut world, agent_tampering("db-01"));

    let raw = mail.header("Subject");
    assert!(raw.is_ascii() && raw.starts_with("=?utf-8?"), "{raw}");
    assert_eq!(mail.subject(), "[Illumio Monitor] [台北機房] CRITICAL：Agent 遭竄改（1）：db-01");
    assert!(mail.header("X-Illumio-Monitor-Site").is_ascii());
    for body in [mail.text(), mail.html()] {
        assert!(body.contains("原始紀錄") && body.contains("台北機房"), "{body}");
        assert!(!body.contains("Raw snapshot"), "{body}");
    }
    let zh = world.run(&["--lang", "en", "run", "--reset-state"]);
    assert!(zh.mail().text().contains("Raw snapshot"), "--lang goes before the config's");
}

#[test]
fn nothing_that_the_pce_sends_becomes_html_or_a_header() {
    let mut world = watched();
    let evil = "<img src=x onerror=alert(1)>\r\nBcc: eve@example.net\r\n\r\n</pre><script>\u{202e}\u{1b}[31m\u{0}&amp;";
    let agent = json!({"agent": {"href": evil, "hostname": evil}, "user": {"username": evil}});
    let event = agent_tampering("db-01")
        .with("created_by", agent)
        .with("severity", json!(evil))
        .with("status", json!(evil))
        .with("event_type", json!(format!("agent.tampering{evil}")))
        .with("pce_fqdn", json!(evil))
        .with("action", json!({"src_ip": evil, "api_endpoint": evil}))
        .with(evil, json!(evil));
    let mail = mail_of(&mut world, event);

    let html = mail.html();
    assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
    assert!(html.contains("&lt;img src=x"), "{html}");
    assert!(!html.contains('\u{1b}') && !html.contains('\u{202e}') && !html.contains('\0'));
    let text = mail.text();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{0}'), "{text:?}");
    assert_eq!(mail.header("Bcc"), "");
    assert_eq!(mail.to, ["soc@example.net"]);
    // A line of quoted-printable may be broken anywhere, softly.
    let raw = String::from_utf8_lossy(&mail.raw).replace("=\r\n", "");
    assert!(!raw.contains("\r\nBcc:"), "{raw}");
    assert!(!mail.subject().contains(['\r', '\n', '\u{1b}', '\u{202e}']), "{:?}", mail.subject());
}

#[test]
fn health_and_error_texts_of_the_pce_are_escaped_too() {
    let mut world = watched();
    world.pce.health_status("critical", "<img src=x>\u{1b}[2J\r\nBcc: eve@example.net");
    let run = world.run_at("10:10");
    assert!(!run.mail().html().contains("<img src=x"));
    assert!(!run.mail().text().contains('\u{1b}'));
    world.pce.fault(Fault::answer(
        401,
        "application/json",
        "[{\"token\":\"x\",\"message\":\"\\u001b[31m<img src=x>\"}]",
    ));
    let refused = world.run_at("10:20");
    assert!(!refused.stderr.contains('\u{1b}'), "{:?}", refused.stderr);
    assert!(!refused.mail().html().contains("<img src=x"));
}

#[test]
fn the_raw_snapshot_is_what_the_pce_sent_but_for_white_space() {
    let mut world = watched();
    let event = agent_tampering("db-01")
        .with("_numbers", json!([1, -0.0, 1.50, 1e30, 18_446_744_073_709_551_615_u64]))
        .with("_text", json!("a  b\t\"quoted\" \\ / <b>&amp;</b> 篡改 \u{1f6a8} "))
        .with("_empty", json!({"list": [], "object": {}, "null": null}));
    let mail = mail_of(&mut world, event);

    let sent = world.pce.log()[0].json.to_string();
    let text = mail.text();
    let shown = squeezed(first_snapshot(&text));
    assert_eq!(shown, squeezed(&sent));
    assert_eq!(
        serde_json::from_str::<Value>(first_snapshot(&text)).unwrap(),
        world.pce.log()[0].json
    );
}

#[test]
fn the_snapshots_numbers_escapes_and_key_order_stay_as_they_were_written() {
    let mut world = watched();
    let record = r#"{"timestamp":"2026-08-03T10:05:00.000Z","event_type":"agent.tampering","href":"/orgs/1/events/a","zz":1.0,"n":12345678901234567890123.4500,"e":1E+2,"aa":"\u7bE1\/\u0041","zz":2}"#;
    world.pce.fault(Fault::answer(200, "application/json", format!("[{record}]")).on("/events"));
    let run = world.run_at("10:10");
    let text = run.mail().text();
    assert_eq!(squeezed(first_snapshot(&text)), record, "{text}");
}

#[test]
fn without_the_raw_snapshot_no_record_leaves_the_host() {
    let mut world = watched();
    world.set("email.raw_snapshot", json!(false));
    let mail = mail_of(&mut world, agent_tampering("db-01"));
    for body in [mail.text(), mail.html()] {
        assert!(!body.contains("num_reverts") && !body.contains("Raw snapshot"), "{body}");
        assert!(body.contains("db-01"), "{body}");
    }
}

#[test]
fn several_recipients_get_one_mail_with_all_their_names() {
    let mut world = watched();
    world.set("email.recipients", json!("soc@example.net, noc@example.net,ciso@example.net"));
    world.set("email.sender", json!("Illumio 監控 <monitor@example.net>"));
    world.set("email.envelope_sender", json!("bounces@example.net"));
    let mail = mail_of(&mut world, agent_tampering("db-01"));
    assert_eq!(mail.from, "bounces@example.net");
    assert_eq!(mail.to, ["soc@example.net", "noc@example.net", "ciso@example.net"]);
    for to in ["soc@", "noc@", "ciso@"] {
        assert!(mail.header("To").contains(to), "{}", mail.header("To"));
    }
    let from = mail.header("From");
    assert!(from.is_ascii() && from.contains("<monitor@example.net>"), "{from}");
}

#[test]
fn a_cycle_with_many_alerts_sends_one_mail_the_worst_first() {
    let mut world = World::new();
    for (name, level) in [("News", "info"), ("Trouble", "warning"), ("Fire", "critical")] {
        world.rule(json!({"type": "event", "name": name, "filter_value": "*", "level": level}));
    }
    world.pce.health_status("warning", "Disk is full");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let run = world.run_at("10:10");
    assert_eq!((run.number("alerts"), run.mails.len()), (3, 1), "{run:?}");
    let text = run.mail().text();
    let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
    assert!(place("Fire") < place("Trouble") && place("Trouble") < place("News"), "{text}");
    assert!(text.contains("Disk is full"), "{text}");
    assert!(run.mail().subject().contains("CRITICAL"), "{}", run.mail().subject());
}

#[test]
fn a_huge_record_leaves_a_mail_within_its_bounds_that_says_what_is_missing() {
    let mut world = watched();
    let names: Vec<String> = (0..9_000).map(|n| format!("<{n:05}>{}", "é".repeat(40))).collect();
    let event = agent_tampering("db-01").with("_names", json!(names));
    let mail = mail_of(&mut world, event);
    assert!(mail.html().len() <= 100_000, "{}", mail.html().len());
    let raw = mail.raw.len();
    assert!(raw <= 155_000, "{raw}");
    assert!(
        mail.text().contains("characters more") || mail.text().contains("left out"),
        "{}",
        mail.text()
    );
}

#[test]
fn an_event_tells_what_it_changed_on_what_and_links_to_it() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Offline", "filter_value": "agent_offline_check"}));

    let mail = mail_of(&mut world, offline_check(&["db-01", "db-02"]));

    let text = mail.text();
    let (_, changed) = text.split_once("What changed\n").unwrap();
    let mut lines = changed.lines().map(str::trim);
    assert_eq!(lines.next(), Some("2  workload"), "{text}");
    assert_eq!(lines.next(), Some("updated · online: true → false"), "{text}");
    // The simulated PCE listens on http, where no console is.
    assert!(!mail.html().contains("href="), "{}", mail.html());
}

#[test]
fn a_rule_set_is_named_with_what_became_of_it() {
    let mut world = World::new();
    world.rule(json!({"type": "event", "name": "Rules", "filter_value": "rule_set.*"}));

    let mail = mail_of(&mut world, rule_set_update("ops@example.net", "Shop"));

    let text = mail.text();
    assert!(text.contains("1  rule_set Shop\n"), "{text}");
    assert!(text.contains("updated · enabled: true → false"), "{text}");
    assert!(text.contains("user ops@example.net"), "{text}");
}

#[test]
fn traffic_tells_labels_services_and_the_busiest_of_both_sides() {
    let mut world = World::new();
    world.rule(json!({"type": "traffic", "pd": 2}));
    for (source, times) in [("web-01", 40), ("web-02", 3)] {
        let source = workload(source).label("app", "Shop");
        let connection = blocked(source, "db-01", 445).process("/usr/bin/smbclient");
        world.pce.connection(connection.at("10:05").times(times));
    }

    let run = world.run_at("10:10");

    let text = run.mail().text().to_owned();
    let (_, sources) = text.split_once("Busiest sources\n").unwrap();
    let (sources, rest) = sources.split_once("Busiest destinations\n").unwrap();
    let (destinations, ports) = rest.split_once("Busiest ports\n").unwrap();
    let begins = |part: &str, start: &str| {
        assert!(part.lines().next().unwrap().trim_start().starts_with(start), "{text}");
    };
    begins(sources, "40  web-01");
    begins(destinations, "43  db-01");
    begins(ports, "43  445/TCP (SMB)");
    assert!(sources.contains("app=Shop"), "{text}");
    assert!(text.contains("blocked · ") && text.contains("process smbclient"), "{text}");
}

#[test]
fn the_footer_says_what_was_not_read_and_when_the_next_run_is_due() {
    let mut world = watched();
    let first = mail_of(&mut world, agent_tampering("db-01"));
    assert!(first.text().contains("Traffic: not read, no traffic rule"), "{}", first.text());
    assert!(!first.text().contains("Next run"), "{}", first.text());
    world.pce.event(agent_tampering("db-02").at("10:15"));

    let second = world.run_at("10:20");

    let text = second.mail().text().to_owned();
    assert!(text.contains("Next run due about 10:30 +00:00"), "{text}");
    assert!(text.contains("Host: ") && text.contains("Config: "), "{text}");
}
