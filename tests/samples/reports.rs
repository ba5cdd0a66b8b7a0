//! Mails that tell no alert: what ends, what is about to expire, what was lost, the day.

use std::collections::BTreeMap;

use illumio_monitor::config::check_rule;
use illumio_monitor::cycle::notice::Happened;
use illumio_monitor::lang::Lang;
use illumio_monitor::lang::forward as words;
use illumio_monitor::lang::reports;
use illumio_monitor::mail::outbox::{Lost, Reader, words as outbox};
use illumio_monitor::report::daily::{Active, Daily, Day, Gap, Holding, RuleDay};
use illumio_monitor::report::pause::held::{HeldBack, HeldCount};
use illumio_monitor::report::pause::{Pause, Paused, Pauses, When};
use illumio_monitor::report::standing::{Below, Rows, WorkloadRow, Workloads};
use illumio_monitor::report::{
    Alert, BeginMail, Condition, ConditionNews, Expiry, Kind, Notice, Phase, ReceiverKey, Record,
    Report, RuleNews, Stands,
};
use illumio_monitor::rules::minutes::minute_of;
use illumio_monitor::rules::{Level, WorkloadState};
use illumio_monitor::store::Note;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{at, condition, empty, event_alert, traffic_alert};

/// Each by a name for its file.
pub fn kinds(lang: Lang) -> Vec<(&'static str, Report)> {
    vec![
        ("ended", ended(lang)),
        ("lasts", lasts(lang)),
        ("key-30-days", expiry(Condition::KeyExpires, 30, Level::Info)),
        ("certificate-7-days", expiry(Condition::CertificateExpires, 7, Level::Warning)),
        ("certificate-1-day", expiry(Condition::CertificateExpires, 1, Level::Critical)),
        ("key-expired", expiry(Condition::KeyExpires, -1, Level::Critical)),
        ("certificate-renewed", renewed(lang)),
        ("workloads", workloads(lang, Phase::Begins)),
        ("workloads-more", workloads(lang, Phase::Lasts)),
        ("workloads-ended", workloads(lang, Phase::Ended)),
        ("workloads-at-once", at_once(lang)),
        ("below", below(lang, Phase::Begins)),
        ("below-ended", below(lang, Phase::Ended)),
        ("receiver-down", receiver(lang, Phase::Begins)),
        ("receiver-up", receiver(lang, Phase::Ended)),
        ("notice-gap", notices([gap(lang)])),
        (
            "notice-skipped",
            notices([told(lang, &Happened::EventsSkipped { from: from(), until: until() })]),
        ),
        (
            "notice-cut",
            notices([
                told(lang, &Happened::EventsCut(from())),
                told(lang, &Happened::EventsUnreadable(3)),
            ]),
        ),
        ("notice-rolled-back", notices([rolled_back(lang)])),
        ("notice-undeliverable", notices([undeliverable(lang)])),
        ("notice-held-back", notices([held_back(lang)])),
        (
            "notice-records-dropped",
            notices([told(
                lang,
                &Happened::RecordsDropped { receiver: "siem".to_owned(), records: 1_204 },
            )]),
        ),
        ("daily", daily(day(), Vec::new())),
        ("daily-trouble", trouble()),
        ("daily-first", daily(first_day(), Vec::new())),
        ("attached", attached(lang)),
        ("many", many(lang)),
    ]
}

fn from() -> Timestamp {
    at("2026-11-19T20:10:00Z")
}

fn until() -> Timestamp {
    at("2026-11-21T01:20:00Z")
}

/// What the mail says of it in Taipei.
fn told(lang: Lang, happened: &Happened) -> Notice {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    happened.notice(&Reader { lang, zone })
}

fn begin_mail(lang: Lang) -> BeginMail {
    let subject = match lang {
        Lang::En => "[Illumio Monitor] [Taipei DC1] CRITICAL: PCE unreachable",
        Lang::ZhTw => "[Illumio Monitor] [Taipei DC1] CRITICAL：PCE 無法連線",
    };
    BeginMail {
        message_id: "1795335000000.00000000000000ff@example.com".to_owned(),
        subject: subject.to_owned(),
        made_at: at("2026-11-22T08:10:00Z"),
    }
}

fn of(news: ConditionNews) -> Report {
    Report { conditions: vec![news], ..empty(Kind::Condition) }
}

fn ended(lang: Lang) -> Report {
    let refused = "connect to pce.example.com:8443 (10.0.0.5): connection refused";
    of(ConditionNews {
        told_by: Some(begin_mail(lang)),
        caught_up: Some(41),
        ..condition(Condition::Unreachable, Phase::Ended, Level::Info, refused)
    })
}

fn receiver(lang: Lang, phase: Phase) -> Report {
    let said = words::failed(lang, "siem", "tcp://siem.example.com:601", words::timeout(lang));
    let level = if phase == Phase::Ended { Level::Info } else { Level::Warning };
    of(condition(Condition::Forward(ReceiverKey::of("siem")), phase, level, &said))
}

fn lasts(lang: Lang) -> Report {
    let refused = "connect to pce.example.com:8443 (10.0.0.5): connection refused";
    of(ConditionNews {
        told_by: Some(begin_mail(lang)),
        ..condition(Condition::Unreachable, Phase::Lasts, Level::Critical, refused)
    })
}

fn expiry(what: Condition, days: i64, level: Level) -> Report {
    let made_at = empty(Kind::Condition).made_at;
    let expires =
        Expiry { at: made_at + jiff::SignedDuration::from_hours(24 * days), days, over: days < 0 };
    of(ConditionNews { expires: Some(expires), ..condition(what, Phase::Begins, level, "") })
}

fn row(name: &str, since: &str, lasted: Option<u32>) -> WorkloadRow {
    WorkloadRow {
        name: name.to_owned(),
        href: "/orgs/1/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04".to_owned(),
        labels: "role=Web, app=Shop, env=Production".to_owned(),
        states: lasted.map_or_else(|| vec![WorkloadState::Offline], |_| Vec::new()),
        since: at(since),
        lasted,
        heartbeat: Some(at("2026-11-22T07:02:00Z")),
    }
}

fn rows(top: Vec<WorkloadRow>) -> Rows {
    Rows { count: top.len() as u64, top }
}

fn of_rule(lang: Lang, phase: Phase, level: Level, detail: [&str; 2], stands: Stands) -> Report {
    let (name, desc, rec) = match (&stands, lang) {
        (Stands::Workloads(_), Lang::En) => (
            "Servers offline",
            "The PCE has not heard of these servers' VENs for an hour.",
            "See whether the host runs and reaches the PCE.",
        ),
        (Stands::Workloads(_), Lang::ZhTw) => (
            "伺服器離線",
            "PCE 已超過一小時未收到這些伺服器的 VEN 心跳。",
            "請確認主機是否運作並可連線至 PCE。",
        ),
        (Stands::Below(_), Lang::En) => ("Backup calls no more", "", ""),
        (Stands::Below(_), Lang::ZhTw) => ("備份不再連線", "", ""),
    };
    let key: Condition = serde_json::from_str("\"rule:40-00000000000000ff\"").unwrap();
    let [en, zh] = detail;
    of(ConditionNews {
        told_by: (phase != Phase::Begins).then(|| begin_mail(lang)),
        rule: Some(Box::new(RuleNews {
            id: 40,
            name: name.to_owned(),
            desc: desc.to_owned(),
            rec: rec.to_owned(),
            technique: String::new(),
            rule: None,
            stands,
        })),
        ..condition(key, phase, level, if lang == Lang::En { en } else { zh })
    })
}

fn workloads(lang: Lang, phase: Phase) -> Report {
    let all = Workloads {
        states: vec![WorkloadState::Offline],
        wanted: 1,
        managed: 340,
        ..Workloads::default()
    };
    let first = || vec![row("web-01", "2026-11-22T08:10:00Z", None)];
    let back = || rows(vec![row("db-01", "2026-11-22T08:10:00Z", Some(47))]);
    let (detail, told) = match phase {
        Phase::Begins => (
            ["2 of 340 managed workloads are offline.", "340 個受管理的 workload 中有 2 個離線。"],
            Workloads {
                count: 2,
                joined: rows(vec![row("db-01", "2026-11-22T08:10:00Z", None), first().remove(0)]),
                ..all
            },
        ),
        Phase::Lasts => (
            ["2 of 340 managed workloads are offline.", "340 個受管理的 workload 中有 2 個離線。"],
            Workloads {
                count: 2,
                joined: rows(vec![row("web-07", "2026-11-22T10:20:00Z", None)]),
                still: rows(first()),
                back: back(),
                ..all
            },
        ),
        Phase::Ended => (
            [
                "3 of 3 back, the longest after 2 h 10 min.",
                "3 個中已有 3 個恢復，最久歷時 2 小時 10 分鐘。",
            ],
            Workloads { total: 3, over: 3, longest: 130, back: back(), ..all },
        ),
    };
    let level = if phase == Phase::Ended { Level::Info } else { Level::Critical };
    of_rule(lang, phase, level, detail, Stands::Workloads(told))
}

/// So many that it is rather the PCE; more than are shown.
fn at_once(lang: Lang) -> Report {
    let top = (1..=30).map(|nth| row(&format!("web-{nth:02}"), "2026-11-22T10:20:00Z", None));
    let told = Workloads {
        states: vec![WorkloadState::Offline],
        wanted: 1,
        managed: 340,
        count: 212,
        joined: Rows { top: top.collect(), count: 212 },
        look_at_pce: true,
        ..Workloads::default()
    };
    let detail =
        ["212 of 340 managed workloads are offline.", "340 個受管理的 workload 中有 212 個離線。"];
    of_rule(lang, Phase::Begins, Level::Critical, detail, Stands::Workloads(told))
}

fn below(lang: Lang, phase: Phase) -> Report {
    let begins = phase == Phase::Begins;
    let (detail, came) = match begins {
        true => (
            [
                "2 connections in the 60 min up to 2026-11-22 17:50:00 +08:00; the rule wants 5 at least.",
                "截至 2026-11-22 17:50:00 +08:00 的 60 分鐘內只有 2 次連線，規則要求至少 5。",
            ],
            2,
        ),
        false => (
            [
                "6 connections in 60 min; the rule wants 5 at least.",
                "60 分鐘內有 6 次連線，已達規則要求的 5。",
            ],
            6,
        ),
    };
    let raw = r#"{"src":{"ip":"10.1.2.3"},"dst":{"ip":"10.9.0.4"},"service":{"port":10050,"proto":6},"num_connections":2}"#;
    let told = Below {
        wanted: 5,
        window: 60,
        until: at("2026-11-22T09:50:00Z"),
        came,
        amount: "".into(),
        last: Some(at("2026-11-22T09:12:00Z")),
        since: at("2026-11-20T00:00:00Z"),
        record: begins.then(|| Record {
            at: at("2026-11-22T09:12:00Z"),
            counted: 1,
            raw: raw.to_owned(),
            cut: false,
        }),
    };
    let level = if begins { Level::Warning } else { Level::Info };
    of_rule(lang, phase, level, detail, Stands::Below(told))
}

fn renewed(lang: Lang) -> Report {
    let told = match lang {
        Lang::En => "[Illumio Monitor] [Taipei DC1] PCE certificate expires in 30 days",
        Lang::ZhTw => "[Illumio Monitor] [Taipei DC1] PCE 憑證將於 30 天後到期",
    };
    of(ConditionNews {
        expires: Some(Expiry { at: at("2027-12-15T03:00:00Z"), days: 388, over: false }),
        told_by: Some(BeginMail { subject: told.to_owned(), ..begin_mail(lang) }),
        ..condition(Condition::CertificateExpires, Phase::Ended, Level::Info, "")
    })
}

/// What a night of maintenance held: agents that were offline, and one that was tampered with.
fn held_back(lang: Lang) -> Notice {
    let zone = TimeZone::UTC;
    let night = Pause {
        id: 3,
        rules: Paused::All,
        only: None,
        conditions: vec![Condition::Health],
        when: When::Once {
            from: Some(at("2026-11-21T18:00:00Z")),
            until: at("2026-11-21T22:00:00Z"),
        },
        why: "CHG-123".to_owned(),
        by: "amy".to_owned(),
    };
    let mut held = HeldBack::default();
    let mut hold = |rule: Value, who: &str, count: u64, times: [&str; 2]| {
        let rule = check_rule(&rule.to_string(), "rule").unwrap();
        let [first, last] = times.map(|time| minute_of(at(&format!("2026-11-21T{time}:00Z"))));
        let who = who.to_owned();
        let count = HeldCount { who, count, at_least: false, first, last };
        held.hold(&night, &rule, count, last + 5);
    };
    let (tampered, offline) = match lang {
        Lang::En => ("VEN tampered with", "VEN offline"),
        Lang::ZhTw => ("VEN 遭竄改", "VEN 離線"),
    };
    let rule = |id: i64, name: &str, level: &str, value: &str| json!({"id": id, "type": "event", "name": name, "level": level, "filter_value": value});
    let tampering = rule(1, tampered, "critical", "agent.tampering");
    hold(tampering.clone(), "db-01", 2, ["19:12", "19:14"]);
    hold(tampering, "web-07", 1, ["20:40", "20:40"]);
    hold(rule(5, offline, "warning", "agent_offline"), "", 14, ["18:20", "21:10"]);
    let news = condition(Condition::Health, Phase::Begins, Level::Warning, "core0: stopped");
    held.hold_condition(&night, &ConditionNews { held: true, ..news }, at("2026-11-21T19:00:00Z"));
    let all = [night.clone()];
    let due = held.take_due(&Pauses::of(&all, &zone), at("2026-11-21T23:00:00Z"), true);
    let (_, held) = due.into_iter().next().unwrap();
    told(lang, &Happened::HeldBack(Some(Box::new(night)), Box::new(held)))
}

fn notices<const N: usize>(notices: [Notice; N]) -> Report {
    Report { notices: notices.into(), ..empty(Kind::Condition) }
}

fn rolled_back(lang: Lang) -> Notice {
    let note = Note::StateFromLast {
        path: "/var/lib/illumio-monitor/illumio_api_config.json".into(),
        ours: Some(1204),
        last: 1311,
    };
    told(lang, &Happened::Opened(note))
}

fn gap(lang: Lang) -> Notice {
    told(lang, &Happened::Gap(Gap { from: from(), until: until() }))
}

fn undeliverable(lang: Lang) -> Notice {
    let subject = "[Illumio Monitor] [Taipei DC1] Agent tampered (3): db-01.corp.example +1";
    let refusal = match lang {
        Lang::En => {
            "Mail server mail.example.com:25 refuses gone@example.com: \"550 5.1.1 no such user\"."
        }
        Lang::ZhTw => {
            "郵件伺服器 mail.example.com:25 拒絕收件者 gone@example.com：「550 5.1.1 no such user」。"
        }
    };
    let lost = Lost::Said(outbox::dropped(lang, subject, refusal));
    told(lang, &Happened::MailLost(lost))
}

fn day() -> Day {
    let rules = [
        (1, "Agent tampered", 3, 3),
        (11, "Blocked SMB into the database zone", 14, 18_204),
        (4, "Missed heartbeats", 9, 431),
        (5, "登入失敗次數過多", 2, 64),
        (7, "Policy provisioned", 2, 2),
        (8, "Agent suspended", 1, 1),
    ];
    let rules = rules.map(|(id, name, alerts, matches)| {
        let name = name.to_owned();
        (id, RuleDay { name, alerts, matches })
    });
    Day {
        told: None,
        since: Some(at("2026-11-21T00:30:00Z")),
        runs: 144,
        failed: 0,
        events: 1_204,
        flows: 98_112,
        alerts: 31,
        mails: 24,
        longest: Some(Gap { from: at("2026-11-21T18:00:00Z"), until: at("2026-11-21T18:20:00Z") }),
        rules: BTreeMap::from(rules),
    }
}

fn first_day() -> Day {
    Day { since: Some(at("2026-11-22T10:20:30Z")), runs: 1, ..Day::default() }
}

fn daily(day: Day, conditions: Vec<(Condition, Level)>) -> Report {
    let since = at("2026-11-22T08:10:00Z");
    let daily = Daily {
        due: "18:20".to_owned(),
        day,
        rules: 13,
        waiting: None,
        active: conditions
            .into_iter()
            .map(|(what, level)| Active { what: Holding::Condition(what), level, since })
            .collect(),
        events_until: Some(at("2026-11-22T10:20:00Z")),
        traffic_until: Some(at("2026-11-22T10:20:00Z")),
        pauses: Vec::new(),
        learning: Vec::new(),
    };
    Report { daily: Some(daily), ..empty(Kind::Daily) }
}

fn trouble() -> Report {
    let day = Day { failed: 13, ..day() };
    let mut report = daily(
        day,
        vec![
            (Condition::CertificateExpires, Level::Warning),
            (Condition::Unreachable, Level::Critical),
        ],
    );
    if let Some(daily) = &mut report.daily {
        daily.waiting = Some((2, at("2026-11-22T09:50:00Z")));
        daily.traffic_until = Some(at("2026-11-22T08:00:00Z"));
    }
    report
}

fn attached(lang: Lang) -> Report {
    let line = reports::attached_cut(lang, "alerts.jsonl.gz", "8,211", "402");
    Report { alerts: vec![event_alert(lang)], footer: vec![line], ..empty(Kind::Alert) }
}

/// Five hundred rules alert in one cycle.
fn many(lang: Lang) -> Report {
    let levels = [Level::Info, Level::Warning, Level::Critical];
    let one = |n: usize| {
        let alert = if n.is_multiple_of(4) { traffic_alert(lang) } else { event_alert(lang) };
        Alert {
            rule_name: format!("{} {n}", alert.rule_name),
            level: levels[n % 3],
            count: n as u64 * 7,
            ..alert
        }
    };
    let alerts = (1..=500).map(one).collect();
    Report { alerts, ..empty(Kind::Alert) }
}

/// What a restored backup and a long backlog leave to tell.
pub fn two_notices(lang: Lang) -> Vec<Notice> {
    let (from, until, members) = (from(), until(), Vec::new());
    let skipped = told(lang, &Happened::TrafficSkipped { from, until, members });
    vec![rolled_back(lang), skipped]
}
