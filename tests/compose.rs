//! What the mail says, and that it says it within its bounds, whatever comes in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "compose/golden.rs"]
mod golden;
#[path = "compose/other_readers.rs"]
mod other_readers;
#[path = "compose/raw.rs"]
mod raw;
mod samples;
#[path = "compose/size.rs"]
mod size;

use std::collections::HashSet;

use illumio_monitor::lang::{Lang, counts};
use illumio_monitor::mail::compose::{Composed, LINE_MAX, Look, SUBJECT_MAX, compose};
use illumio_monitor::report::daily::{Active, Holding};
use illumio_monitor::report::{
    Alert, Condition, Kind, Notice, Object, Phase, Ranking, Report, Source, Subject,
};
use illumio_monitor::rules::Level;
use jiff::tz::{TimeZone, offset};
use samples::{at, condition, empty, event_alert, ranking, talker, traffic_alert};
use size::{filled, nasty};

const LANGS: [Lang; 2] = [Lang::En, Lang::ZhTw];

fn mail(report: &Report, lang: Lang) -> Composed {
    let zone = TimeZone::fixed(offset(8));
    let look = Look { lang, zone: &zone, raw_snapshot: true, command: "illumio-monitor" };
    compose(report, &look)
}

fn with(alerts: Vec<Alert>) -> Report {
    Report { alerts, ..empty(Kind::Alert) }
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
        ("<wbr>", ""),
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
fn the_subject_says_what_expires_when_and_how_the_day_was() {
    for (name, en, zh) in [
        (
            "key-30-days",
            "[Illumio Monitor] [Taipei DC1] API key expires in 30 days",
            "[Illumio Monitor] [Taipei DC1] API 金鑰將於 30 天後到期",
        ),
        (
            "certificate-1-day",
            "[Illumio Monitor] [Taipei DC1] CRITICAL: PCE certificate expires tomorrow",
            "[Illumio Monitor] [Taipei DC1] CRITICAL：PCE 憑證明天到期",
        ),
        (
            "certificate-renewed",
            "[Illumio Monitor] [Taipei DC1] PCE certificate renewed",
            "[Illumio Monitor] [Taipei DC1] PCE 憑證已更新",
        ),
        (
            "daily",
            "[Illumio Monitor] [Taipei DC1] Daily report: 144 runs, none failed, 31 alerts",
            "[Illumio Monitor] [Taipei DC1] 每日報告：執行 144 次，無失敗，31 則警示",
        ),
    ] {
        for (lang, subject) in [(Lang::En, en), (Lang::ZhTw, zh)] {
            let reports = samples::gallery(lang);
            let report = &reports.iter().find(|(found, _)| *found == name).unwrap().1;
            assert_eq!(mail(report, lang).subject, subject);
        }
    }
}

#[test]
fn the_subject_says_how_bad_what_how_much_and_where() {
    let report = with(vec![event_alert(Lang::En)]);
    assert_eq!(
        mail(&report, Lang::En).subject,
        "[Illumio Monitor] [Taipei DC1] CRITICAL: Agent tampered (3): db-01.corp.example +1"
    );
    let report = with(vec![traffic_alert(Lang::En), event_alert(Lang::En)]);
    assert_eq!(
        mail(&report, Lang::En).subject,
        "[Illumio Monitor] [Taipei DC1] CRITICAL: 2 alerts: Agent tampered (3) · \
         Blocked SMB into the database z… (1,284)"
    );
}

#[test]
fn what_holds_stands_in_the_subject_before_what_is_over() {
    let mut report = with(vec![event_alert(Lang::En)]);
    report.conditions = vec![
        condition(Condition::Unreachable, Phase::Ended, Level::Critical, ""),
        condition(Condition::Traffic, Phase::Begins, Level::Warning, ""),
    ];
    assert_eq!(
        mail(&report, Lang::En).subject,
        "[Illumio Monitor] [Taipei DC1] CRITICAL: Agent tampered (3): db-01.corp.example +1 · \
         Traffic not read completely · PCE reachable again (2 h 10 min)"
    );
}

fn samples_notice() -> Vec<Notice> {
    vec![Notice { title: "Skipped".to_owned(), text: String::new(), advice: String::new() }]
}

#[test]
fn the_heading_of_several_counts_them_and_does_not_name_them_again() {
    for (lang, heading) in [
        (Lang::En, "1 critical · 2 warnings · 1 notice · 1 resolved"),
        (Lang::ZhTw, "1 項嚴重 · 2 項警告 · 1 則通知 · 1 項已恢復"),
    ] {
        let mut report = with(vec![event_alert(lang), traffic_alert(lang)]);
        report.conditions = vec![
            condition(Condition::Unreachable, Phase::Ended, Level::Critical, ""),
            condition(Condition::Traffic, Phase::Begins, Level::Warning, ""),
        ];
        report.notices = samples_notice();
        let told = mail(&report, lang);
        let (first, _) = told.text.split_once("\n\n").unwrap();
        assert!(first.ends_with(heading) && !first.contains('\n'), "{first}");
        assert!(told.html.contains(&format!("<b>{heading}</b>")), "{}", told.html);
    }
}

#[test]
fn the_heading_of_one_is_its_name_and_its_advice_stands_once() {
    for lang in LANGS {
        let alert = event_alert(lang);
        let (name, advice) = (alert.rule_name.clone(), squeezed(&alert.rec));
        let told = mail(&with(vec![alert]), lang);
        let first = told.text.lines().next().unwrap();
        assert!(first.ends_with(&format!(" · {name}")), "{first}");
        for part in [&told.text, &seen(&told.html)] {
            assert_eq!(squeezed(part).matches(&advice).count(), 1, "{part}");
        }
    }
}

#[test]
fn of_several_alerts_each_advice_stands_once_in_its_own_card() {
    let told = mail(&with(vec![event_alert(Lang::En), traffic_alert(Lang::En)]), Lang::En);
    let advice = squeezed(&event_alert(Lang::En).rec);
    let text = squeezed(&told.text);
    assert_eq!(text.matches(&advice).count(), 1, "{}", told.text);
    let summary = text.find("Summary").unwrap();
    assert!(summary < text.find(&advice).unwrap(), "{}", told.text);
}

#[test]
fn the_summary_says_who_and_has_the_notices_too() {
    let mut alert = event_alert(Lang::En);
    let mut failed = event_alert(Lang::En);
    failed.rule_name = "Log-in failed".to_owned();
    if let Subject::Events { objects, .. } = &mut failed.subject {
        *objects = Ranking::default();
    }
    if let Subject::Events { objects, .. } = &mut alert.subject {
        *objects = ranking(vec![(Object::from("db-01"), 3)], 0);
    }
    let mut report = with(vec![alert, failed, traffic_alert(Lang::En)]);
    report.notices = samples_notice();
    let told = mail(&report, Lang::En);
    let (_, after) = told.text.split_once("\nSummary\n").unwrap();
    let (summary, _) = after.split_once("\n\n").unwrap();
    let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    for row in [
        "CRITICAL 3 11-22 18:05 – 18:14 Agent tampered · db-01 CRITICAL",
        "Log-in failed · db-01.corp.example +1",
        "Blocked SMB into the database zone · web-01.corp.example → db-01.corp.example 445 +16",
        "NOTICE Skipped",
    ] {
        assert!(summary.contains(row), "{row}: {summary}");
    }
    let html = squeezed(&seen(&told.html));
    assert!(html.contains("Agenttampered·db-0111-2218:05–18:143"), "{html}");
}

#[test]
fn who_did_it_counts_people_and_names_the_system_only_where_it_is_alone() {
    let source = |kind: &str, name: &str, ip: &str, event_type: &str| Source {
        event_type: event_type.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        ip: ip.to_owned(),
        ..Source::default()
    };
    let system = || source("system", "", "", "system_task.prune");
    let ann = |event_type: &str| source("user", "ann@example.com", "10.0.0.7", event_type);
    let nameless = || source("user", "/users/1", "10.0.0.9", "user.login");
    let many = |n: usize| (0..n).map(|n| source("user", &format!("u{n}"), "", "user.login"));
    for (top, more, who, in_chinese) in [
        (vec![ann("in"), ann("failed"), ann("out")], 0, "ann@example.com", "ann@example.com"),
        (vec![system(), ann("in")], 0, "ann@example.com +1", "ann@example.com +1"),
        (vec![system()], 0, "system", "系統"),
        (vec![nameless()], 0, "10.0.0.9", "10.0.0.9"),
        (vec![source("user", "/users/1", "", "user.login")], 0, "/users/1", "/users/1"),
        (vec![system(), nameless(), ann("in"), ann("out")], 0, "10.0.0.9 +2", "10.0.0.9 +2"),
        (many(20).collect(), 5, "u0 +19 or more", "u0 +19 以上"),
        (vec![ann("in"), ann("out")], 5, "ann@example.com", "ann@example.com"),
    ] {
        for (lang, who) in [(Lang::En, who), (Lang::ZhTw, in_chinese)] {
            let mut alert = event_alert(lang);
            alert.rule_name = "User".to_owned();
            alert.subject = Subject::Events {
                sources: ranking(top.iter().map(|one| (one.clone(), 1)).collect(), more),
                objects: Ranking::default(),
                changes: Ranking::default(),
            };
            let subject = mail(&with(vec![alert]), lang).subject;
            let (_, told) = subject.split_once("(3)").or(subject.split_once("（3）")).unwrap();
            assert_eq!(told.trim_start_matches([':', '：', ' ']), who, "{subject}");
        }
    }
}

// The records.

#[test]
fn the_records_of_several_stand_behind_the_last_and_links_lead_there_and_back() {
    for lang in LANGS {
        let reports = samples::gallery(lang);
        let report = &reports.iter().find(|(name, _)| *name == "nine").unwrap().1;
        let told = mail(report, lang);
        for part in [&told.text, &told.html] {
            let first_record = part.find("/orgs/1/events/").unwrap();
            for alert in &report.alerts {
                let change = format!("rules set {} KEY=VALUE", alert.rule_id);
                assert!(part.find(&change).unwrap() < first_record, "{change}: {part}");
            }
        }
        let mut links = 0;
        for link in told.html.split("href=\"#").skip(1) {
            let (place, _) = link.split_once('"').unwrap();
            let there = format!("<a id=\"{place}\" name=\"{place}\"></a>");
            assert_eq!(told.html.matches(&there).count(), 1, "{place}");
            links += 1;
        }
        assert_eq!(links, 2 * report.alerts.len());
    }
}

#[test]
fn of_nine_alerts_each_has_its_first_record_and_its_handle() {
    for lang in LANGS {
        let reports = samples::gallery(lang);
        let report = &reports.iter().find(|(name, _)| *name == "nine").unwrap().1;
        let told = mail(report, lang);
        let record = match lang {
            Lang::En => "Record 1 · ",
            Lang::ZhTw => "紀錄 1 · ",
        };
        for part in [&told.text, &told.html] {
            assert_eq!(part.matches(record).count(), report.alerts.len(), "{part}");
            for alert in &report.alerts {
                assert!(part.contains(&format!("illumio-monitor pause {} ", alert.rule_id)));
            }
        }
    }
}

#[test]
fn what_there_is_no_room_for_is_said_the_commands_among_it() {
    for lang in LANGS {
        let reports = samples::gallery(lang);
        let report = &reports.iter().find(|(name, _)| *name == "nine").unwrap().1;
        let one = report.alerts[2].clone();
        let desc = "說明 ".repeat(100);
        let many = (1..=20).map(|id| Alert { rule_id: id, desc: desc.clone(), ..one.clone() });
        let told = mail(&with(many.collect()), lang);
        let cards = told.text.matches(&"=".repeat(78)).count();
        let handles = told.text.matches(" KEY=VALUE").count();
        let said = match lang {
            Lang::En => "the commands for the rule",
            Lang::ZhTw => "變更規則的命令",
        };
        let without = squeezed(&told.text).matches(&squeezed(said)).count();
        assert!(without > 0 && handles + without >= cards - 1, "{handles} {without} {cards}");
    }
}

#[test]
fn a_command_in_a_sentence_is_not_broken_over_two_lines() {
    let mut alert = event_alert(Lang::En);
    let command = "illumio-monitor -c /srv/pce2/illumio_api_config.json check";
    alert.rec = format!("Something long enough to come near to the end, then run `{command}`.");
    let told = mail(&with(vec![alert]), Lang::En);
    assert!(told.text.lines().any(|line| line.contains(command)), "{}", told.text);
}

#[test]
fn the_records_of_one_alert_stand_in_its_card() {
    let told = mail(&with(vec![event_alert(Lang::En)]), Lang::En);
    assert!(!told.html.contains("href=\"#") && !told.text.contains("Raw snapshot: below"));
    assert!(told.text.contains("agent.firewall_tampering"));
}

// What can be done.

#[test]
fn a_handle_names_rule_threshold_unit_and_window_and_the_config_where_it_has_to() {
    let zone = TimeZone::fixed(offset(8));
    for (lang, fact) in [
        (Lang::En, "Rule 11 · threshold 100 connections in 30 minutes · next alert no earlier"),
        (Lang::ZhTw, "規則 11 · 門檻：30 分鐘內 100 次連線 · 最早於 11-22 22:20"),
    ] {
        for command in ["illumio-monitor", "illumio-monitor -c /srv/pce2/illumio_api_config.json"] {
            let look = Look { lang, zone: &zone, raw_snapshot: true, command };
            let mut report = with(vec![traffic_alert(lang)]);
            report.conditions =
                vec![condition(Condition::Events, Phase::Begins, Level::Warning, "")];
            let told = compose(&report, &look);
            assert!(told.text.contains(fact), "{}", told.text);
            for part in [&told.text, &told.html] {
                for typed in ["pause 11 --until +8h --why TEXT", "rules set 11 KEY=VALUE", "check"]
                {
                    let typed = squeezed(&format!("{command} {typed}"));
                    assert!(squeezed(part).contains(&typed), "{typed}: {part}");
                }
            }
        }
    }
}

#[test]
fn the_end_of_something_critical_is_not_critical() {
    let mut report = empty(Kind::Condition);
    report.conditions = vec![condition(Condition::Unreachable, Phase::Ended, Level::Critical, "")];
    let told = mail(&report, Lang::En);
    assert_eq!(told.subject, "[Illumio Monitor] [Taipei DC1] PCE reachable again (2 h 10 min)");
    assert!(told.text.contains("The PCE was unreachable for 2 h 10 min."));
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
        assert!(subject.starts_with("[Illumio Monitor] [Kaohsiung\\u0007] "), "{subject}");
    }
}

// The daily report.

#[test]
fn the_daily_report_begins_with_what_is_active_and_since_when() {
    for (lang, subject, heading, since) in [
        (
            Lang::En,
            "[Taipei DC1] CRITICAL: Daily report: PCE unreachable +1 · 144 runs",
            "2 active conditions",
            "PCE unreachable\n  since 2026-11-22 16:10 +08:00, for 2 h 10 min · CRITICAL\n",
        ),
        (
            Lang::ZhTw,
            "[Taipei DC1] CRITICAL：每日報告：PCE 無法連線 +1 · 執行 144 次",
            "2 項異常進行中",
            "PCE 無法連線\n  自 2026-11-22 16:10 +08:00 起，已持續 2 小時 10 分鐘 · 嚴重\n",
        ),
    ] {
        let reports = samples::gallery(lang);
        let report = &reports.iter().find(|(name, _)| *name == "daily-trouble").unwrap().1;
        let told = mail(report, lang);
        assert!(told.subject.contains(subject), "{}", told.subject);
        assert!(told.text.lines().next().unwrap().ends_with(heading), "{}", told.text);
        let active = told.text.find(since).unwrap_or_else(|| panic!("{}", told.text));
        assert!(active < told.text.find("144").unwrap(), "{}", told.text);
        assert!(told.html.contains("<b style=\"font-size:17px\">PCE"), "{}", told.html);
    }
}

#[test]
fn the_daily_report_names_the_worst_first_then_what_has_held_longest() {
    let held = |what, level, since: &str| Active { what, level, since: since.parse().unwrap() };
    let rule = |name: &str, is_too_few| Holding::Rule { name: name.to_owned(), is_too_few };
    let key = Holding::Condition(Condition::KeyExpires);
    let archive = Holding::Condition(Condition::Archive);
    let active = vec![
        held(key, Level::Warning, "2026-11-22T09:00:00Z"),
        held(archive, Level::Warning, "2026-11-22T08:00:00Z"),
        held(rule("VENs offline", false), Level::Info, "2026-11-20T08:00:00Z"),
        held(rule("Nightly backup must come", true), Level::Critical, "2026-11-22T10:00:00Z"),
    ];
    for (lang, subject, order) in [
        (
            Lang::En,
            "CRITICAL: Daily report: Nightly backup must come: still too few +3 · ",
            [
                "[CRITICAL]",
                "4 active conditions",
                "Nightly backup must come: still too few\n",
                "· CRITICAL\n",
                "Records not archived\n",
                "· WARNING\n",
                "API key is about to expire\n",
                "VENs offline\n",
                "· INFO\n",
                "What to do: ",
                "Figures\n",
            ],
        ),
        (
            Lang::ZhTw,
            "CRITICAL：每日報告：Nightly backup must come：仍不足 +3 · ",
            [
                "[嚴重]",
                "4 項異常進行中",
                "Nightly backup must come：仍不足\n",
                "· 嚴重\n",
                "紀錄",
                "· 警告\n",
                "API 金鑰",
                "VENs offline\n",
                "· 資訊\n",
                "建議處理：",
                "統計\n",
            ],
        ),
    ] {
        let reports = samples::gallery(lang);
        let mut report = reports.into_iter().find(|(name, _)| *name == "daily").unwrap().1;
        report.daily.as_mut().unwrap().active.clone_from(&active);

        let told = mail(&report, lang);

        assert_eq!(report.level(), Level::Critical);
        assert!(told.subject.contains(subject), "{}", told.subject);
        let (mut rest, mut seen) = (told.text.as_str(), String::new());
        for part in order {
            let (before, after) = rest
                .split_once(part)
                .unwrap_or_else(|| panic!("{part} after {seen}: {}", told.text));
            seen.push_str(before);
            rest = after;
        }
    }
}

#[test]
fn a_daily_report_of_a_quiet_day_says_that_nothing_is_active() {
    for (lang, heading) in [(Lang::En, "No active conditions"), (Lang::ZhTw, "目前沒有異常")]
    {
        let reports = samples::gallery(lang);
        let report = &reports.iter().find(|(name, _)| *name == "daily").unwrap().1;
        let told = mail(report, lang);
        assert!(told.text.lines().next().unwrap().ends_with(heading), "{}", told.text);
        assert!(told.html.contains(&format!("<b>{heading}</b>")));
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
        ("mixed", vec!["≥ 20,391", "disk 97 % full", "1311", "app-05.corp.example", "195"]),
        (
            "begins",
            vec![
                "connection refused",
                "2026-11-22 16:10 +08:00",
                "https://pce.example.com:8443",
                "illumio-monitor check",
            ],
        ),
        ("ended", vec!["2026-11-22 16:10 +08:00", "PCE", "41", "[Taipei DC1] CRITICAL"]),
        ("lasts", vec!["[Taipei DC1] CRITICAL"]),
        ("key-30-days", vec!["30", "2026-12-22 18:20 +08:00", "api.key_expires"]),
        ("certificate-1-day", vec!["2026-11-23 18:20 +08:00", "api.ca_file"]),
        ("certificate-renewed", vec!["2027-12-15 11:00 +08:00"]),
        ("notice-gap", vec!["2026-11-20 04:10:00 +08:00", "cron"]),
        (
            "daily",
            vec![
                "2026-11-21 08:30 – 2026-11-22 18:20 +08:00",
                "144",
                "1,204",
                "98,112",
                "Blocked SMB into the database zone",
                "18,204",
                "11-22 02:00 – 11-22 02:20",
                "18:20",
            ],
        ),
        ("daily-trouble", vec!["13", "11-22 17:50", "PCE", "2026-11-22 16:10 +08:00"]),
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
fn a_notice_says_in_the_first_lines_what_happened_and_what_to_do() {
    for lang in LANGS {
        for (name, report) in samples::gallery(lang) {
            let [alone] = report.notices.as_slice() else {
                continue;
            };
            let told = mail(&report, lang);
            assert!(told.subject.contains(&alone.title), "{name}");
            let (head, _) = told.text.split_once("\n\n").unwrap();
            let first = head.lines().next().unwrap();
            assert!(first.ends_with(&format!(" · {}", alone.title)), "{first}");
            assert!(squeezed(head).contains(&squeezed(&alone.advice)), "{head}");
            assert!(squeezed(&told.text).contains(&squeezed(&alone.text)));
        }
    }
}

#[test]
fn of_several_notices_each_has_its_title_and_its_advice() {
    for lang in LANGS {
        let reports = samples::gallery(lang);
        for kind in ["mixed", "notice-cut"] {
            let report = &reports.iter().find(|(name, _)| *name == kind).unwrap().1;
            let told = mail(report, lang);
            assert_eq!(report.notices.len(), 2, "{kind}");
            for notice in &report.notices {
                let text = squeezed(&told.text);
                let html = squeezed(&seen(&told.html));
                for said in [&notice.title, &notice.text, &notice.advice] {
                    let said = squeezed(said);
                    assert!(text.contains(&said), "{kind}, text: {said}");
                    // The marks of a command are its type there.
                    let said = said.replace('`', "");
                    assert!(html.contains(&said), "{kind}, HTML: {said}");
                }
            }
        }
    }
}

#[test]
fn a_command_is_set_as_one_and_a_stray_mark_stays() {
    let mut alert = event_alert(Lang::En);
    alert.rec = "Run `a <b>`, then look.".to_owned();
    alert.desc = "A ` alone.".to_owned();
    let html = mail(&with(vec![alert]), Lang::En).html;
    assert!(html.contains("nowrap\">a &lt;b&gt;</code>, then look."));
    assert!(html.contains("A ` alone."));
}

#[test]
fn counts_in_sentences_have_separators() {
    assert_eq!(counts::rows(Lang::En, 98_112), "98,112 rows");
    assert_eq!(counts::rows(Lang::ZhTw, 200_000), "200,000 列");
    assert_eq!(counts::event_records(Lang::En, 1), "1 event record");
    assert_eq!(counts::event_records(Lang::ZhTw, 999), "999 筆事件紀錄");
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
fn an_alert_that_may_be_due_for_merged_counts_alone_says_so() {
    for (lang, sentence) in [
        (
            Lang::En,
            "within 2 h only, since counts were merged to save memory: it may be that no 30 minutes held",
        ),
        (Lang::ZhTw, "時間只精確到 2 小時；實際上可能沒有任何 30 分鐘內達到門檻"),
    ] {
        let certain = traffic_alert(lang);
        let doubtful = Alert { in_doubt: Some(120), ..certain.clone() };
        let told = |alert: Alert| mail(&with(vec![alert]), lang).html;
        assert!(told(doubtful.clone()).contains(sentence), "{}", told(doubtful));
        assert!(!told(certain).contains(sentence));
    }
}

#[test]
fn five_objects_are_named_and_the_others_counted() {
    let mut alert = event_alert(Lang::En);
    alert.subject = Subject::Events {
        sources: Ranking::default(),
        objects: ranking(
            (0..8).map(|n| (Object::from(format!("host-{n}").as_str()), 1)).collect(),
            192,
        ),
        changes: Ranking::default(),
    };
    let told = mail(&with(vec![alert]), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(part.contains("host-4") && !part.contains("host-5"));
        assert!(part.contains("and 195 more"));
    }
}

#[test]
fn where_more_came_than_can_be_told_apart_the_list_says_that_its_counts_are_lower_bounds() {
    for (lang, words) in [(Lang::En, "lower bounds"), (Lang::ZhTw, "僅為下限")] {
        let mut alert = traffic_alert(lang);
        let Subject::Traffic { talkers, .. } = &mut alert.subject else { panic!("no traffic") };
        (talkers.more, talkers.at_least) = (179_000, true);
        let told = mail(&with(vec![alert]), lang);
        for part in [&told.text, &told.html] {
            assert_eq!(part.matches(words).count(), 1, "{part}");
        }
    }
}

#[test]
fn a_flow_without_port_or_name_is_told_by_what_it_has() {
    let mut alert = traffic_alert(Lang::En);
    alert.subject = Subject::Traffic {
        talkers: ranking(
            vec![
                (talker("", "10.0.0.1", "", "10.0.0.2", None, Some(58)), 3),
                (talker("", "10.0.0.1", "", "10.0.0.2", None, Some(47)), 2),
                (talker("", "10.0.0.1", "", "", Some(22), None), 1),
            ],
            0,
        ),
        sources: Ranking::default(),
        destinations: Ranking::default(),
        services: Ranking::default(),
    };
    alert.measure = illumio_monitor::rules::Measure::Flows;
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
    let look =
        Look { lang: Lang::En, zone: &zone, raw_snapshot: false, command: "illumio-monitor" };
    let told = compose(&report, &look);
    for part in [&told.text, &told.html] {
        assert!(!part.contains("dst_bi"));
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
fn two_matches_have_no_timeline_and_three_have_one() {
    let told = |minutes: &[i64]| {
        let mut alert = traffic_alert(Lang::En);
        let first = alert.first.as_second() / 60;
        alert.timeline = minutes.iter().map(|minute| (first + minute, 1)).collect();
        mail(&with(vec![alert]), Lang::En)
    };
    assert!(!told(&[0, 5]).text.contains("Timeline"));
    assert!(told(&[0, 2, 5]).text.contains("Timeline"));
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
        Condition::Archive,
        Condition::IpLists,
    ];
    let mut subjects = HashSet::new();
    for lang in LANGS {
        for which in all {
            for phase in [Phase::Begins, Phase::Lasts, Phase::Ended] {
                let mut report = empty(Kind::Condition);
                report.conditions = vec![condition(which, phase, Level::Critical, "said so")];
                let told = mail(&report, lang);
                // Its reason, and what was to be done about it, end with it.
                for part in [&told.text, &told.html] {
                    assert_eq!(part.contains("said so"), phase != Phase::Ended, "{part}");
                }
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
    let starts = ["[CRITICAL] Agent", "[WARNING] Traffic", "[INFO] Mild", "[RESOLVED] Events"];
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_line_has_rule_count_and_times() {
    let mut report = with(vec![traffic_alert(Lang::En)]);
    report.notices = vec![Notice {
        title: "Skipped".to_owned(),
        text: "Skipped. ".repeat(100),
        advice: String::new(),
    }];
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
        let look = Look { lang, zone: &zone, raw_snapshot: false, command: "illumio-monitor" };
        let mut reports = samples::gallery(lang);
        reports.push(("nasty", with(vec![nasty('漢', 5_000), nasty('x', 5_000)])));
        for (name, report) in reports {
            // A link stays whole, to be copied.
            let text = compose(&report, &look).text;
            let is_link = |line: &&str| line.trim_start().starts_with("https://");
            for line in text.lines().filter(|line| !is_link(line)) {
                let columns: usize =
                    line.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
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
            for outside in ["<img", "<script", "<link", "src=", "url(", "@import"] {
                assert!(!html.contains(outside), "{name}: {outside}");
            }
            for link in html.split("href=\"").skip(1) {
                let console = "https://pce.example.com:8443/#/workloads/";
                assert!(link.starts_with(console) || link.starts_with('#'), "{name}: {link:.80}");
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
            _ if name.starts_with('!') || ["meta", "br", "wbr"].contains(&name) => {}
            Some(name) if open.pop() == Some(name) => {}
            Some(name) => return Err(format!("/{name} closes nothing; open: {open:?}")),
            None => open.push(name),
        }
        if tag.matches('"').count() % 2 == 1 {
            return Err(format!("quotes: {tag}"));
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("open: {open:?}")) }
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
            told.html.contains("&lt;b onload=&#39;x&#39;&gt;&amp;amp;&quot;\\u202e\\u2066\\u0000")
        );
        assert!(told.text.contains("<b onload='x'>&amp;\"\\u202e\\u2066\\u0000\\u001b[31m\\u200b"));
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
