//! What the mail says, and that it says it within its bounds, whatever comes in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod samples;

use std::collections::HashSet;

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::compose::{
    Composed, HTML_MAX, LINE_MAX, Look, SUBJECT_MAX, TEXT_MAX, compose,
};
use illumio_monitor::report::{
    Alert, Condition, Counted, Kind, Phase, Record, Report, Subject, snapshot,
};
use illumio_monitor::rules::Level;
use jiff::tz::{TimeZone, offset};
use samples::{at, condition, counted, empty, event_alert, record, talker, traffic_alert};

const LANGS: [Lang; 2] = [Lang::En, Lang::ZhTw];

fn mail(report: &Report, lang: Lang) -> Composed {
    let zone = TimeZone::fixed(offset(8));
    let look = Look {
        lang,
        zone: &zone,
        raw_snapshot: true,
    };
    compose(report, &look)
}

fn with(alerts: Vec<Alert>) -> Report {
    Report {
        alerts,
        ..empty(Kind::Alert)
    }
}

/// What a reader of the HTML sees: no markup, entities as characters.
fn seen(html: &str) -> String {
    let body = html.split_once("</div>").unwrap().1;
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    for (entity, character) in entities {
        text = text.replace(entity, character);
    }
    text
}

/// Without any white space, so that wrapping makes no difference.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

// The subject.

#[test]
fn the_subject_says_how_bad_what_how_much_and_where() {
    let report = with(vec![event_alert(Lang::En)]);
    assert_eq!(
        mail(&report, Lang::En).subject,
        "[Illumio Monitor] CRITICAL: Agent tampered (3): db-01.corp.example +1 · Taipei DC1"
    );
    let report = with(vec![traffic_alert(Lang::En), event_alert(Lang::En)]);
    assert_eq!(
        mail(&report, Lang::En).subject,
        "[Illumio Monitor] CRITICAL: 2 alerts: Agent tampered (3) · \
         Blocked SMB into the database z… (1,284) · Taipei DC1"
    );
}

#[test]
fn the_end_of_something_critical_is_not_critical() {
    let mut report = empty(Kind::Condition);
    report.conditions = vec![condition(
        Condition::Unreachable,
        Phase::Ended,
        Level::Critical,
        "",
    )];
    let told = mail(&report, Lang::En);
    assert_eq!(
        told.subject,
        "[Illumio Monitor] PCE reachable again (2 h 10 min) · Taipei DC1"
    );
    assert!(
        told.text
            .contains("The PCE was unreachable for 2 h 10 min.")
    );
    assert!(!told.html.contains("CRITICAL"));
}

#[test]
fn a_long_subject_is_cut_and_keeps_the_site() {
    let mut alert = event_alert(Lang::En);
    alert.rule_name = "漢\r\nBcc: x@example.com ".repeat(500);
    let mut report = with(vec![alert.clone(), alert]);
    report.site = "Kaohsiung\u{7}".to_owned();
    for lang in LANGS {
        let subject = mail(&report, lang).subject;
        assert!(subject.chars().count() <= SUBJECT_MAX);
        assert!(!subject.chars().any(char::is_control), "{subject}");
        assert!(subject.ends_with("· Kaohsiung\\u0007"), "{subject}");
    }
}

// What is told.

#[test]
fn both_parts_tell_the_same_facts() {
    let facts = [
        (
            "event",
            vec![
                "agent.tampering",
                "db-01.corp.example",
                "10.9.0.4",
                "2026-11-22 18:05 +08:00",
                "2026-11-22 18:14 +08:00",
            ],
        ),
        (
            "traffic",
            vec![
                "web-01.corp.example (10.1.2.3) → db-01.corp.example (10.9.0.4) 445/TCP",
                "53/UDP",
                "db-02 (10.9.0.5) ICMP",
                "812",
                "1,284",
                "17:42",
            ],
        ),
        (
            "mixed",
            vec![
                "≥ 20,391",
                "disk 97 % full",
                "illumio_api_config.json.last",
                "app-05.corp.example",
                "195",
            ],
        ),
        (
            "begins",
            vec![
                "connection refused",
                "2026-11-22 16:10 +08:00",
                "https://pce.example.com:8443",
                "curl -v",
            ],
        ),
        ("notice", vec!["2026-11-21 18:20 +08:00"]),
        ("test", vec!["Taipei DC1", env!("CARGO_PKG_VERSION")]),
    ];
    for lang in LANGS {
        let reports = samples::gallery(lang);
        for (name, facts) in &facts {
            let report = &reports.iter().find(|(found, _)| found == name).unwrap().1;
            let told = mail(report, lang);
            let (text, html) = (squeezed(&told.text), squeezed(&seen(&told.html)));
            for fact in facts {
                assert!(text.contains(&squeezed(fact)), "{name}, text: {fact}");
                assert!(html.contains(&squeezed(fact)), "{name}, HTML: {fact}");
            }
        }
    }
}

#[test]
fn the_count_stands_against_threshold_and_window() {
    let report = with(vec![traffic_alert(Lang::En)]);
    let sentence = "1,284 connections in 37 minutes (threshold 100 in 30 minutes)";
    assert!(mail(&report, Lang::En).text.contains(sentence));
    assert!(mail(&report, Lang::En).html.contains(sentence));
    let zh = with(vec![traffic_alert(Lang::ZhTw)]);
    let sentence = "37 分鐘內 1,284 次連線（門檻：30 分鐘內 100）";
    assert!(mail(&zh, Lang::ZhTw).text.contains(sentence));
}

#[test]
fn five_objects_are_named_and_the_others_counted() {
    let mut alert = event_alert(Lang::En);
    alert.subject = Subject::Events {
        sources: Vec::new(),
        objects: (0..8).map(|n| counted(format!("host-{n}"), 1)).collect(),
        more_objects: 192,
    };
    let told = mail(&with(vec![alert]), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(part.contains("host-4") && !part.contains("host-5"));
        assert!(part.contains("and 195 more"));
    }
}

#[test]
fn a_flow_without_port_or_name_is_told_by_what_it_has() {
    let mut alert = traffic_alert(Lang::En);
    alert.subject = Subject::Traffic {
        talkers: vec![
            counted(talker("", "10.0.0.1", "", "10.0.0.2", None, Some(58)), 3),
            counted(talker("", "10.0.0.1", "", "10.0.0.2", None, Some(47)), 2),
            counted(talker("", "10.0.0.1", "", "", Some(22), None), 1),
        ],
        more_talkers: 0,
        count_by: illumio_monitor::rules::FlowCount::Flows,
    };
    let text = mail(&with(vec![alert]), Lang::En).text;
    assert!(text.contains("10.0.0.1 → 10.0.0.2 ICMPv6\n"), "{text}");
    assert!(text.contains("10.0.0.1 → 10.0.0.2 protocol 47\n"), "{text}");
    assert!(text.contains("10.0.0.1 → (no address) 22\n"), "{text}");
    assert!(text.contains("1,284 flows in"), "{text}");
}

#[test]
fn the_counted_part_is_told_apart_from_the_days_total() {
    let told = mail(&with(vec![traffic_alert(Lang::En)]), Lang::En);
    let sentence = "128 counted in this alert, of num_connections 3120";
    assert!(told.text.contains(sentence));
    assert!(told.html.contains(sentence));
}

#[test]
fn the_snapshot_can_be_turned_off() {
    let report = with(vec![traffic_alert(Lang::En)]);
    let zone = TimeZone::UTC;
    let look = Look {
        lang: Lang::En,
        zone: &zone,
        raw_snapshot: false,
    };
    let told = compose(&report, &look);
    for part in [&told.text, &told.html] {
        assert!(!part.contains("smbclient"));
        assert!(!part.contains("left out"));
    }
}

#[test]
fn a_long_timeline_is_folded_to_sixty_bars() {
    let mut alert = traffic_alert(Lang::En);
    alert.first = at("2026-11-15T10:00:00Z");
    let first = alert.first.as_second() / 60;
    alert.timeline = (0..10_080).map(|minute| (first + minute, 1)).collect();
    let told = mail(&with(vec![alert]), Lang::En);
    let line = told.text.lines().find(|line| line.contains('█')).unwrap();
    let bars = line.chars().filter(|c| ('▁'..='█').contains(c)).count();
    assert!((40..=60).contains(&bars), "{bars} bars: {line}");
    assert!(told.html.contains(";line-height:36px"));
    assert!(told.text.contains("one bar = 4 h"), "{}", told.text);
}

#[test]
fn every_condition_has_words_for_each_phase() {
    let all = [
        Condition::Unreachable,
        Condition::Credentials,
        Condition::Health,
        Condition::Events,
        Condition::Traffic,
        Condition::Configuration,
        Condition::Delivery,
    ];
    let mut subjects = HashSet::new();
    for lang in LANGS {
        for which in all {
            for phase in [Phase::Begins, Phase::Lasts, Phase::Ended] {
                let mut report = empty(Kind::Condition);
                report.conditions = vec![condition(which, phase, Level::Critical, "said so")];
                let told = mail(&report, lang);
                assert!(told.text.contains("said so") && told.html.contains("said so"));
                let critical = told.subject.contains("CRITICAL");
                assert_eq!(critical, phase != Phase::Ended, "{}", told.subject);
                assert!(subjects.insert(told.subject));
            }
        }
    }
}

#[test]
fn the_worst_comes_first() {
    let mut mild = event_alert(Lang::En);
    mild.level = Level::Info;
    mild.rule_name = "Mild".to_owned();
    let mut report = with(vec![mild, event_alert(Lang::En)]);
    report.conditions = vec![
        condition(Condition::Events, Phase::Ended, Level::Warning, ""),
        condition(Condition::Traffic, Phase::Begins, Level::Warning, ""),
    ];
    let lines = mail(&report, Lang::En).lines;
    let starts = [
        "[CRITICAL] Agent",
        "[WARNING] Traffic",
        "[INFO] Mild",
        "[RESOLVED] Events",
    ];
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_line_has_rule_count_and_times() {
    let mut report = with(vec![traffic_alert(Lang::En)]);
    report.notices = vec!["Skipped. ".repeat(100)];
    let lines = mail(&report, Lang::En).lines;
    assert_eq!(
        lines.first().unwrap(),
        "[WARNING] Blocked SMB into the database zone (1,284), 2026-11-22 17:42 – 18:18 +08:00"
    );
    assert_eq!(lines.get(1).unwrap().chars().count(), LINE_MAX);
}

// The form.

#[test]
fn the_text_keeps_to_78_columns() {
    let zone = TimeZone::fixed(offset(8));
    for lang in LANGS {
        let look = Look {
            lang,
            zone: &zone,
            raw_snapshot: false,
        };
        let mut reports = samples::gallery(lang);
        reports.push(("nasty", with(vec![nasty('漢', 5_000), nasty('x', 5_000)])));
        for (name, report) in reports {
            for line in compose(&report, &look).text.lines() {
                let columns: usize = line
                    .chars()
                    .map(|c| if c >= '\u{2e80}' { 2 } else { 1 })
                    .sum();
                assert!(columns <= 78, "{name}: {columns} columns: {line}");
            }
        }
    }
}

#[test]
fn the_html_is_well_formed_and_refers_to_nothing() {
    for lang in LANGS {
        let mut reports = samples::gallery(lang);
        reports.push(("nasty", with(vec![nasty('<', 3_000), nasty('"', 3_000)])));
        for (name, report) in reports {
            let html = mail(&report, lang).html;
            balanced(&html).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            for outside in [
                "<img", "<script", "<link", "src=", "href=", "url(", "@import", "<a ",
            ] {
                assert!(!html.contains(outside), "{name}: {outside}");
            }
            assert!(html.contains(&format!("<html lang=\"{}\">", lang.tag())));
        }
    }
}

/// Every element that opens closes, in order.
fn balanced(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').ok_or(format!("no end: {part}"))?;
        let name = tag.split_whitespace().next().unwrap_or_default();
        match name.strip_prefix('/') {
            _ if name.starts_with('!') || ["meta", "br"].contains(&name) => {}
            Some(name) if open.pop() == Some(name) => {}
            Some(name) => return Err(format!("/{name} closes nothing; open: {open:?}")),
            None => open.push(name),
        }
        if tag.matches('"').count() % 2 == 1 {
            return Err(format!("quotes: {tag}"));
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("open: {open:?}"))
    }
}

#[test]
fn nothing_foreign_enters_unescaped() {
    const EVIL: &str = "<b onload='x'>&amp;\"\u{202e}\u{2066}\0\u{1b}[31m\u{200b}\r\n.\u{feff}";
    let report = filled(EVIL, 3);
    for lang in LANGS {
        let told = mail(&report, lang);
        assert!(!told.html.contains("<b onload"));
        assert!(!told.html.contains("onload='"));
        assert!(
            told.html
                .contains("&lt;b onload=&#39;x&#39;&gt;&amp;amp;&quot;\\u202e\\u2066\\u0000")
        );
        assert!(
            told.text
                .contains("<b onload='x'>&amp;\"\\u202e\\u2066\\u0000\\u001b[31m\\u200b")
        );
        let all = [&told.subject, &told.text, &told.html].map(String::as_str);
        let lines = told.lines.iter().map(String::as_str);
        for part in all.into_iter().chain(lines) {
            let hidden = |c: char| {
                (c.is_control() && c != '\n' && c != '\t')
                    || "\u{202e}\u{2066}\u{200b}\u{feff}".contains(c)
            };
            assert!(!part.contains(hidden), "{part}");
        }
        balanced(&told.html).unwrap();
    }
}

// The size.

/// A report with `text` wherever the PCE or the user may put a text.
fn filled(text: &str, alerts: usize) -> Report {
    let mut alert = event_alert(Lang::En);
    alert.rule_name = text.to_owned();
    alert.desc = text.to_owned();
    alert.rec = text.to_owned();
    alert.snapshot = vec![record(alert.first, 1, text); 2];
    if let Subject::Events {
        sources,
        objects,
        more_objects,
    } = &mut alert.subject
    {
        for source in sources.iter_mut() {
            source.what.event_type = text.to_owned();
            source.what.kind = text.to_owned();
            source.what.name = text.to_owned();
            source.what.ip = text.to_owned();
            source.what.severity = text.to_owned();
            source.what.status = text.to_owned();
        }
        *objects = vec![counted(text.to_owned(), u64::MAX); 7];
        *more_objects = u64::MAX;
    }
    let mut traffic = traffic_alert(Lang::En);
    traffic.rule_name = text.to_owned();
    traffic.count = u64::MAX;
    traffic.snapshot = vec![record(traffic.first, u64::MAX, text)];
    if let Subject::Traffic { talkers, .. } = &mut traffic.subject {
        let mut wide = talker(text, text, text, text, Some(65535), Some(255));
        wide.decision = text.to_owned();
        *talkers = vec![
            Counted {
                what: wide,
                count: u64::MAX
            };
            6
        ];
    }
    let mut report = with([alert, traffic].into_iter().cycle().take(alerts).collect());
    report.site = text.to_owned();
    report.pce_url = text.to_owned();
    report.org_id = text.to_owned();
    report.notices = vec![text.to_owned(); alerts];
    report.footer = vec![text.to_owned(); alerts];
    report.conditions =
        vec![condition(Condition::Health, Phase::Begins, Level::Critical, text); alerts];
    report
}

fn nasty(fill: char, length: usize) -> Alert {
    let text: String = std::iter::repeat_n(fill, length).collect();
    filled(&text, 1).alerts.remove(0)
}

fn assert_bounded(report: &Report, what: &str) {
    // 57 bytes become a line of 76 characters and its end.
    let base64 = |bytes: usize| bytes.div_ceil(57) * 78;
    for lang in LANGS {
        let told = mail(report, lang);
        let crlf = |part: &str| part.replace('\n', "\r\n").len();
        let (html, text) = (crlf(&told.html), crlf(&told.text));
        assert!(html <= HTML_MAX, "{what}: {html} bytes of HTML");
        assert!(text <= TEXT_MAX, "{what}: {text} bytes of text");
        assert!(base64(html) + base64(text) <= 150_000, "{what}");
        assert!(told.subject.chars().count() <= SUBJECT_MAX, "{what}");
        for line in &told.lines {
            assert!(line.chars().count() <= LINE_MAX, "{what}: {line}");
        }
        balanced(&told.html).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
        assert!(told.html.ends_with("</html>\n"), "{what}");
    }
}

#[test]
fn whatever_comes_in_the_mail_stays_within_its_bounds() {
    for fill in [
        "&",
        "\"",
        "漢",
        "\u{0}",
        "\u{e0001}",
        "\n",
        " x",
        "😀",
        "[",
        "{\"a\":1}",
    ] {
        for (length, alerts) in [(1, 500), (300, 500), (20_000, 25), (1_000_000, 2)] {
            let text = fill.repeat(length);
            assert_bounded(
                &filled(&text, alerts),
                &format!("{alerts} × {length} × {fill:?}"),
            );
        }
    }
}

#[test]
fn long_texts_say_how_much_is_missing() {
    let told = mail(&with(vec![nasty('x', 1_000_000)]), Lang::En);
    let told_name = "characters more)";
    assert!(told.text.contains(told_name) && told.html.contains(told_name));
    assert!(told.html.contains("(999,880 characters more)"), "rule name");
}

#[test]
fn the_raw_records_go_first_when_room_is_short() {
    let row = format!("{{\"padding\":[{}0]}}", "\"&&&&&&&&&&&&&&&&\",".repeat(100));
    let alert = |n: usize| {
        let mut alert = traffic_alert(Lang::En);
        alert.rule_name = format!("Rule {n}");
        alert.snapshot = vec![record(alert.first, 1, &row); 2];
        alert
    };
    let told = mail(&with((0..6).map(alert).collect()), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(
            part.contains("&amp;&amp;") || part.contains("&&&&"),
            "the worst has its records"
        );
        assert!(part.contains("The raw snapshot was left out to keep this mail small."));
        assert_eq!(
            part.matches("Top Talkers").count(),
            6,
            "no other detail is missing"
        );
    }
}

#[test]
fn of_five_hundred_alerts_the_worst_are_told_and_the_rest_counted() {
    let alert = |n: usize| {
        let mut alert = event_alert(Lang::En);
        alert.rule_name = format!("Rule {n}.");
        alert
    };
    let told = mail(&with((0..500).map(alert).collect()), Lang::En);
    assert_eq!(told.lines.len(), 500);
    for part in [&told.text, &told.html] {
        assert!(part.contains("Rule 19."));
        // In the summary and as a card; the others in the summary only.
        assert_eq!(part.matches("Rule 12.").count(), 2);
        assert_eq!(part.matches("Rule 42.").count(), 1);
        assert!(part.contains("not listed to keep this mail small"));
        assert!(part.contains("are told in the summary only"));
    }
}

// The raw snapshot.

/// The text without the white space between its tokens.
fn bare(json: &str) -> String {
    let mut out = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if quoted || !c.is_ascii_whitespace() {
            out.push(c);
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    out
}

#[test]
fn a_record_keeps_every_byte_but_white_space() {
    let records = [
        r#"{"b":1.20e4,"a":-0.0,"b":12345678901234567890123,"e":1E+400}"#,
        r#"{"s":"a \" b \\","u":"\u00e9\ud800\/","漢":"字 , : { } [ ]"}"#,
        r#"  [ ] "#,
        r#"{"deep":[[[{"x":[1,2,[],{}]}]]],"long":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]}"#,
        "null",
    ];
    for record in records {
        for columns in [0, 10, 40, 76] {
            let laid_out = snapshot::indent(record, columns);
            assert_eq!(bare(&laid_out), bare(record), "{laid_out}");
        }
    }
}

#[test]
fn what_fits_into_a_line_stays_on_it() {
    let laid_out = snapshot::indent(r#"{"a":[1,2],"b":{"c":"dddddddddd","e":null},"f":[]}"#, 32);
    assert_eq!(
        laid_out,
        "{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": \"dddddddddd\",\n    \"e\": null\n  },\n  \"f\": []\n}"
    );
}

#[test]
fn what_is_not_json_is_shown_as_it_is() {
    for text in ["{\"a\": [1,  2", "<html>  502", "{}  {}", ""] {
        assert_eq!(snapshot::indent(text, 76), text);
    }
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    assert_eq!(snapshot::indent(&deep, 76), deep);
}

#[test]
fn a_cut_record_says_so() {
    let mut alert = event_alert(Lang::En);
    alert.snapshot = vec![Record {
        raw: "{\"href\": \"/orgs/1/ev".to_owned(),
        cut: true,
        ..record(alert.first, 1, "")
    }];
    let told = mail(&with(vec![alert]), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(part.contains("The record was longer and was cut when it was read."));
        assert!(part.contains("/orgs/1/ev"));
    }
}
