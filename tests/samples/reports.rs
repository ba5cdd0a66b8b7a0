//! Mails that tell no alert: what ends, what is about to expire, what was lost, the day.

use std::collections::BTreeMap;

use illumio_monitor::cycle::notice::Happened;
use illumio_monitor::lang::Lang;
use illumio_monitor::lang::reports;
use illumio_monitor::mail::outbox::{Lost, Reader, words as outbox};
use illumio_monitor::report::daily::{Daily, Day, Gap, RuleDay};
use illumio_monitor::report::{
    Alert, BeginMail, Condition, ConditionNews, Expiry, Kind, Notice, Phase, Report,
};
use illumio_monitor::rules::Level;
use illumio_monitor::store::Note;

use jiff::Timestamp;
use jiff::tz::TimeZone;

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
        Lang::En => "[Illumio Monitor] CRITICAL: PCE unreachable · Taipei DC1",
        Lang::ZhTw => "[Illumio Monitor] CRITICAL：PCE 無法連線 · Taipei DC1",
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

fn renewed(lang: Lang) -> Report {
    let told = match lang {
        Lang::En => "[Illumio Monitor] PCE certificate expires in 30 days · Taipei DC1",
        Lang::ZhTw => "[Illumio Monitor] PCE 憑證將於 30 天後到期 · Taipei DC1",
    };
    of(ConditionNews {
        expires: Some(Expiry { at: at("2027-12-15T03:00:00Z"), days: 388, over: false }),
        told_by: Some(BeginMail { subject: told.to_owned(), ..begin_mail(lang) }),
        ..condition(Condition::CertificateExpires, Phase::Ended, Level::Info, "")
    })
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
    let subject = "[Illumio Monitor] Agent tampered (3): db-01.corp.example +1 · Taipei DC1";
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

fn daily(day: Day, conditions: Vec<Condition>) -> Report {
    let since = at("2026-11-22T08:10:00Z");
    let daily = Daily {
        due: "18:20".to_owned(),
        day,
        rules: 13,
        waiting: None,
        conditions: conditions.into_iter().map(|held| (held, since)).collect(),
        standing: Vec::new(),
        events_until: Some(at("2026-11-22T10:20:00Z")),
        traffic_until: Some(at("2026-11-22T10:20:00Z")),
        learning: Vec::new(),
    };
    Report { daily: Some(daily), ..empty(Kind::Daily) }
}

fn trouble() -> Report {
    let day = Day { failed: 13, ..day() };
    let mut report = daily(day, vec![Condition::Unreachable, Condition::CertificateExpires]);
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
