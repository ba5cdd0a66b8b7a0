//! Reports as a site might get them.

mod nine;
mod reports;

use illumio_monitor::config::check_rule;
use illumio_monitor::lang::Lang;
use illumio_monitor::report::group::Rest;
use illumio_monitor::report::{
    About, Alert, AlertGroups, Beside, Change, Condition, ConditionNews, Counted, End, Examples,
    GroupRow, InOneGo, Kind, Object, Phase, Ranking, Record, Report, Service, Source, Subject,
    Talker,
};
use illumio_monitor::rules::groups::Value;
use illumio_monitor::rules::{Level, Measure, Rule, Threshold};
use jiff::Timestamp;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A rule as it stands in a config.
pub fn rule(json: &str) -> Option<Box<Rule>> {
    Some(Box::new(check_rule(json, "rule").unwrap()))
}

pub fn empty(kind: Kind) -> Report {
    Report {
        kind,
        site: "Taipei DC1".to_owned(),
        pce_url: "https://pce.example.com:8443".to_owned(),
        org_id: "1".to_owned(),
        made_at: at("2026-11-22T10:20:30Z"),
        conditions: Vec::new(),
        alerts: Vec::new(),
        notices: Vec::new(),
        footer: Vec::new(),
        daily: None,
    }
}

/// As a complete cycle writes it.
fn footer(lang: Lang) -> Vec<String> {
    let lines = match lang {
        Lang::En => [
            "Events: complete up to 2026-11-22 18:20:30 +08:00, 12 new.",
            "Traffic: complete up to 2026-11-22 18:20:30 +08:00, 834 rows read.",
            "Next run due about 18:30 +08:00 (this one came 10 min after the last).",
            "Host: monitor-01",
            "Config: /var/lib/illumio-monitor/illumio_api_config.json",
        ],
        Lang::ZhTw => [
            "事件：完整擷取至 2026-11-22 18:20:30 +08:00，新增 12 筆。",
            "流量：完整擷取至 2026-11-22 18:20:30 +08:00，共讀取 834 列。",
            "下次執行約在 18:30 +08:00（本次與前次相隔 10 分鐘）。",
            "主機：monitor-01",
            "設定檔：/var/lib/illumio-monitor/illumio_api_config.json",
        ],
    };
    lines.map(str::to_owned).to_vec()
}

pub fn condition(condition: Condition, phase: Phase, level: Level, detail: &str) -> ConditionNews {
    ConditionNews {
        detail: detail.into(),
        ..ConditionNews::new(condition, phase, at("2026-11-22T08:10:00Z"), level)
    }
}

fn minute(at: Timestamp) -> i64 {
    at.as_second() / 60
}

pub fn counted<T>(what: T, count: u64) -> Counted<T> {
    Counted { what, count }
}

pub fn event_alert(lang: Lang) -> Alert {
    let (name, desc, rec) = match lang {
        Lang::En => (
            "Agent tampered",
            "Somebody changed the firewall rules that the VEN had set on the workload.",
            "Ask the workload's owner. If nobody did it on purpose, isolate the host and look at its logins.",
        ),
        Lang::ZhTw => (
            "偵測到 Agent 遭竄改",
            "有人變更了 VEN 在 workload 上設定的防火牆規則。",
            "請向該主機負責人確認。若非預期變更，請隔離主機並檢查登入紀錄。",
        ),
    };
    let first = at("2026-11-22T10:05:00Z");
    let last = at("2026-11-22T10:14:00Z");
    Alert {
        rule_id: 1,
        rule_name: name.to_owned(),
        level: Level::Critical,
        desc: desc.to_owned(),
        rec: rec.to_owned(),
        technique: String::new(),
        threshold: Threshold::Immediate,
        rule: rule(r#"{"type": "event", "name": "It", "filter_value": "agent.tampering"}"#),
        count: 3,
        measure: Measure::Matches,
        groups: None,
        at_least: false,
        first,
        last,
        in_one_go: None,
        in_doubt: None,
        timeline: vec![(minute(first), 2), (minute(last), 1)],
        subject: Subject::Events {
            sources: ranked(
                vec![
                    counted(
                        source("agent.tampering", "agent", "db-01.corp.example", "10.9.0.4"),
                        2,
                    ),
                    counted(
                        source("agent.tampering", "agent", "web-07.corp.example", "10.9.0.17"),
                        1,
                    ),
                ],
                0,
            ),
            objects: ranked(
                vec![
                    counted(object("db-01.corp.example", DB_01), 2),
                    counted(Object::from("web-07.corp.example"), 1),
                ],
                0,
            ),
            changes: ranking(vec![(change("workload", "", "online: true → false"), 2)], 0),
        },
        snapshot: vec![record(first, 1, EVENT), record(last, 1, EVENT)],
    }
}

fn source(event_type: &str, kind: &str, name: &str, ip: &str) -> Source {
    Source {
        event_type: event_type.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        ip: ip.to_owned(),
        severity: "err".to_owned(),
        status: "success".to_owned(),
    }
}

pub fn record(at: Timestamp, counted: u64, raw: &str) -> Record {
    Record { at, counted, raw: raw.to_owned(), cut: false }
}

/// Of a VEN that was cut off for three hours, and then reported all at once.
pub fn backlog_alert(lang: Lang) -> Alert {
    let by = at("2026-11-22T10:18:00Z");
    let reported = (0..10).map(|ago| (minute(by) - 9 + ago, 120));
    Alert {
        count: 1_200,
        first: at("2026-11-22T10:09:00Z"),
        last: by,
        in_one_go: Some(InOneGo { count: 1_200, since: at("2026-11-22T07:11:00Z"), by }),
        timeline: reported.collect(),
        ..traffic_alert(lang)
    }
}

pub fn traffic_alert(lang: Lang) -> Alert {
    let (name, desc, rec) = match lang {
        Lang::En => (
            "Blocked SMB into the database zone",
            "Hosts outside the zone try to reach file shares that the policy does not allow.",
            "Find the process on the busiest source.\nIf it is wanted, write a rule; if it is not, isolate the source.",
        ),
        Lang::ZhTw => (
            "資料庫區 SMB 遭封鎖",
            "區外主機嘗試連線政策未允許的檔案共享。",
            "請先查明最頻繁來源上的行程。\n若為必要連線，請新增規則；否則請隔離來源主機。",
        ),
    };
    let first = at("2026-11-22T09:42:00Z");
    let last = at("2026-11-22T10:18:00Z");
    let wave = [3, 4, 2, 0, 0, 5, 9, 14, 22, 31, 18, 12, 7, 4, 2, 1, 0, 0, 3, 6, 11, 2];
    let timeline: Vec<(i64, u64)> = (minute(first)..=minute(last))
        .zip(wave.into_iter().cycle())
        .filter(|(_, count)| *count > 0)
        .collect();
    Alert {
        rule_id: 11,
        rule_name: name.to_owned(),
        level: Level::Warning,
        desc: desc.to_owned(),
        rec: rec.to_owned(),
        technique: String::new(),
        threshold: Threshold::Count { count: 100, window: 30 },
        rule: rule(
            r#"{"type": "traffic", "name": "It", "pd": 2, "port": 445, "proto": "tcp",
            "dst_label": "app=Database", "ex_src_ip": "10.1.9.0/24", "threshold_count": 100,
            "threshold_window": 30, "cooldown_minutes": 240}"#,
        ),
        count: 1284,
        measure: Measure::Connections,
        groups: None,
        at_least: false,
        first,
        last,
        in_one_go: None,
        in_doubt: None,
        timeline,
        subject: Subject::Traffic {
            talkers: ranked(
                vec![
                    counted(
                        known(talker(
                            "web-01.corp.example",
                            "10.1.2.3",
                            "db-01.corp.example",
                            "10.9.0.4",
                            Some(445),
                            Some(6),
                        )),
                        812,
                    ),
                    counted(
                        talker(
                            "web-02.corp.example",
                            "10.1.2.4",
                            "db-01.corp.example",
                            "10.9.0.4",
                            Some(445),
                            Some(6),
                        ),
                        231,
                    ),
                    counted(
                        talker(
                            "",
                            "192.168.77.20",
                            "files.partner.example",
                            "203.0.113.9",
                            Some(445),
                            Some(6),
                        ),
                        118,
                    ),
                    counted(
                        talker("jump-03", "10.1.8.8", "", "2001:db8:0:42::1c", Some(53), Some(17)),
                        64,
                    ),
                    counted(talker("", "10.20.30.40", "db-02", "10.9.0.5", None, Some(1)), 31),
                    counted(talker("", "10.20.30.41", "db-02", "10.9.0.5", None, Some(1)), 28),
                ],
                11,
            ),
            sources: ranking(
                vec![
                    (
                        end(
                            "web-01.corp.example",
                            "10.1.2.3",
                            "role=web, app=shop, env=prod",
                            WEB_01,
                        ),
                        812,
                    ),
                    (
                        end("web-02.corp.example", "10.1.2.4", "role=web, app=shop, env=prod", ""),
                        231,
                    ),
                    (end("", "192.168.77.20", "", ""), 118),
                    (end("jump-03", "10.1.8.8", "role=jump, loc=臺北", ""), 64),
                    (end("", "10.20.30.40", "", ""), 31),
                ],
                9,
            ),
            destinations: ranking(
                vec![
                    (
                        end("db-01.corp.example", "10.9.0.4", "role=db, app=shop, env=prod", DB_01),
                        1_043,
                    ),
                    (end("files.partner.example", "203.0.113.9", "", ""), 118),
                    (end("", "2001:db8:0:42::1c", "", ""), 64),
                    (end("db-02", "10.9.0.5", "role=db, env=prod", ""), 59),
                ],
                0,
            ),
            services: ranking(
                vec![
                    (service(Some(445), Some(6), "smbclient"), 1_161),
                    (service(Some(53), Some(17), ""), 64),
                    (service(None, Some(1), ""), 59),
                ],
                0,
            ),
        },
        snapshot: vec![record(first, 3, FLOW), record(last, 128, FLOW)],
    }
}

pub fn talker(
    src_name: &str,
    src_ip: &str,
    dst_name: &str,
    dst_ip: &str,
    port: Option<u16>,
    proto: Option<u8>,
) -> Talker {
    Talker {
        src_name: src_name.to_owned(),
        src_ip: src_ip.to_owned(),
        dst_name: dst_name.to_owned(),
        dst_ip: dst_ip.to_owned(),
        port,
        proto,
        decision: "blocked".to_owned(),
        about: Beside::default(),
    }
}

/// With what the PCE tells of managed workloads at both ends.
fn known(mut talker: Talker) -> Talker {
    talker.about = Beside(About {
        src_labels: "role=web, app=shop, env=prod".to_owned(),
        dst_labels: "role=db, app=shop, env=prod".to_owned(),
        process: "smbclient".to_owned(),
        direction: "outbound".to_owned(),
    });
    talker
}

pub fn object(name: &str, href: &str) -> Object {
    Object { href: Beside(href.to_owned()), ..Object::from(name) }
}

pub fn change(kind: &str, name: &str, fields: &str) -> Change {
    Change {
        kind: kind.to_owned(),
        name: name.to_owned(),
        action: "update".to_owned(),
        fields: fields.to_owned(),
    }
}

pub fn end(name: &str, ip: &str, labels: &str, href: &str) -> End {
    End {
        name: name.to_owned(),
        ip: ip.to_owned(),
        labels: Beside(labels.to_owned()),
        href: Beside(href.to_owned()),
    }
}

pub fn service(port: Option<u16>, proto: Option<u8>, process: &str) -> Service {
    Service { port, proto, process: Beside(process.to_owned()) }
}

pub fn ranking<T>(top: Vec<(T, u64)>, more: u64) -> Ranking<T> {
    let top = top.into_iter().map(|(what, count)| counted(what, count));
    ranked(top.collect(), more)
}

fn ranked<T>(top: Vec<Counted<T>>, more: u64) -> Ranking<T> {
    Ranking { top, more, at_least: false }
}

/// Eight alerts of all levels, a condition and two notices.
fn mixed(lang: Lang) -> Report {
    let mut report = empty(Kind::Alert);
    report.conditions = vec![condition(
        Condition::Health,
        Phase::Begins,
        Level::Critical,
        "health: error; node pce-db1: disk 97 % full, replication lag 412 s",
    )];
    let named = |alert: Alert, name: &str, level, count| Alert {
        rule_name: name.to_owned(),
        level,
        count,
        ..alert
    };
    let (event, traffic) = (event_alert(lang), traffic_alert(lang));
    let names = match lang {
        Lang::En => [
            "Agent clone detected",
            "Heartbeat missed",
            "Log-in failed",
            "API request failed",
            "Potentially blocked",
            "Policy provisioned",
        ],
        Lang::ZhTw => [
            "偵測到 Agent 複製",
            "心跳遺失",
            "登入失敗",
            "API 請求失敗",
            "可能遭封鎖的流量",
            "政策已佈署",
        ],
    };
    report.alerts = vec![
        event.clone(),
        named(event.clone(), names[0], Level::Critical, 1),
        traffic.clone(),
        named(event.clone(), names[1], Level::Warning, 200),
        named(event.clone(), names[2], Level::Warning, 57),
        named(event.clone(), names[3], Level::Warning, 12),
        named(traffic, names[4], Level::Info, 20391),
        named(event, names[5], Level::Info, 1),
    ];
    if let Subject::Events { objects, .. } = &mut report.alerts[3].subject {
        let twelve =
            (1..=12).map(|n| (Object::from(format!("app-{n:02}.corp.example").as_str()), 1));
        *objects = ranking(twelve.collect(), 188);
    }
    report.alerts[6].at_least = true;
    report.notices = reports::two_notices(lang);
    report
}

/// Thirty alerts with names that are too long, and with markup and hidden characters in them.
fn hostile(lang: Lang) -> Report {
    let mut alert = traffic_alert(lang);
    let long = "very-long-host-name-without-any-blank.".repeat(30);
    alert.rule_name = format!("<b>{long}\u{202e}");
    alert.desc = "<script>alert('&')</script>\u{0}".repeat(40);
    if let Subject::Traffic { talkers, .. } = &mut alert.subject {
        talkers.top = vec![
            counted(talker(&long, "10.0.0.1", &long, "10.0.0.2", Some(443), Some(6)), u64::MAX),
            counted(
                talker("\u{202e}gnp.exe", "10.0.0.1", "<i>", "10.0.0.2", Some(443), Some(6)),
                9,
            ),
        ];
    }
    alert.snapshot = vec![record(alert.first, 1, "{\"cut\": [\"at the en")];
    Report { alerts: vec![alert; 30], ..empty(Kind::Alert) }
}

/// Every kind of mail, by a name for its file.
/// Of a rule that counts each source by itself.
pub fn sweep_alert(lang: Lang) -> Alert {
    let (name, desc, rec) = match lang {
        Lang::En => (
            "One source to many hosts",
            "One host tries others, one after the other, on ports that hosts are administered through.",
            "Find out at once what runs on the source and who is logged in there.",
        ),
        Lang::ZhTw => (
            "單一來源連往許多主機",
            "同一台主機在管理用連接埠上接連嘗試連往其他主機。",
            "請立即查明來源主機上執行的程式與登入者。",
        ),
    };
    let host = |name: &str, ip: &str| Value::Host {
        name: name.to_owned(),
        ip: ip.to_owned(),
        href: String::new(),
    };
    let (first, last) = (at("2026-11-22T09:48:00Z"), at("2026-11-22T09:57:00Z"));
    let row = |source: Value, ip: &str, count: u64| GroupRow {
        examples: Examples::Talkers(
            ["10.9.0.4", "10.9.0.5", "10.9.0.6"]
                .map(|to| counted(talker("", ip, "", to, Some(445), Some(6)), 1))
                .into(),
        ),
        values: vec![source],
        count,
        at_least: false,
        first,
        last,
    };
    Alert {
        rule_name: name.to_owned(),
        level: Level::Critical,
        desc: desc.to_owned(),
        rec: rec.to_owned(),
        threshold: Threshold::Count { count: 5, window: 10 },
        rule: rule(
            r#"{"type": "traffic", "name": "It", "pd": [2, 1],
            "port": "22,135,445,3389,5985-5986", "per": "source", "count_by": "destinations",
            "threshold_count": 5, "threshold_window": 10, "cooldown_minutes": 240}"#,
        ),
        groups: Some(AlertGroups {
            rows: vec![
                row(host("ws-0417.corp.example", "10.4.1.7"), "10.4.1.7", 212),
                row(host("", "192.168.77.20"), "192.168.77.20", 9),
            ],
            more: Rest::default(),
            gone: 0,
        }),
        count: 212,
        measure: Measure::Destinations,
        first,
        last,
        timeline: (minute(first)..=minute(last))
            .zip([3, 11, 24, 31, 40, 38, 29, 18, 12, 6])
            .collect(),
        ..traffic_alert(lang)
    }
}

pub fn gallery(lang: Lang) -> Vec<(&'static str, Report)> {
    let unreachable = |phase, level, detail: &str| {
        let mut report = empty(Kind::Condition);
        report.conditions = vec![condition(Condition::Unreachable, phase, level, detail)];
        report
    };
    let refused =
        "connect to pce.example.com:8443 (10.0.0.5): connection refused, 3 attempts in 14 s";
    let mut event = empty(Kind::Alert);
    event.alerts = vec![event_alert(lang)];
    let mut traffic = empty(Kind::Alert);
    traffic.alerts = vec![traffic_alert(lang)];
    let mut sweep = empty(Kind::Alert);
    sweep.alerts = vec![sweep_alert(lang)];
    let mut backlog = empty(Kind::Alert);
    backlog.alerts = vec![backlog_alert(lang)];
    let mut all = vec![
        ("event", event),
        ("traffic", traffic),
        ("sweep", sweep),
        ("backlog", backlog),
        ("mixed", mixed(lang)),
        ("nine", nine::nine(lang)),
        ("begins", unreachable(Phase::Begins, Level::Critical, refused)),
        ("test", empty(Kind::Test)),
        ("hostile", hostile(lang)),
    ];
    all.extend(reports::kinds(lang));
    for (name, report) in &mut all {
        report.footer.extend(footer(lang));
        match *name {
            "begins" | "lasts" => {
                let unread = match lang {
                    Lang::En => "Events and traffic: not read in this run.",
                    Lang::ZhTw => "事件與流量：本次執行未讀取。",
                };
                report.footer.splice(..2, [unread.to_owned()]);
            }
            "test" => drop(report.footer.drain(..4)),
            _ => {}
        }
    }
    all
}

const WEB_01: &str = "/orgs/1/workloads/1f0a7e0c-52e1-4be8-9d52-66e4c1b9a7d3";
const DB_01: &str = "/orgs/1/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04";

pub const EVENT: &str = r#"{"href":"/orgs/1/events/7c1d8a3e-1b0f-4c55-9a33-0a4a4be0d7a1","timestamp":"2026-11-22T10:05:11.402Z","pce_fqdn":"pce.example.com","created_by":{"agent":{"href":"/orgs/1/agents/1042","hostname":"db-01.corp.example"}},"event_type":"agent.tampering","status":"success","severity":"err","action":{"uuid":"0f2e6d0c-7b1c-4b44-8f8a-6cb7a8a3f001","src_ip":"10.9.0.4","api_method":"POST","http_status_code":204,"api_endpoint":"/api/v6/orgs/1/agents/1042/events"},"resource_changes":[],"notifications":[{"uuid":"5b7c3a52-0f3e-4a6f-9c66-7a5a8d5b2f10","notification_type":"agent.firewall_tampering","info":{"tampering_revert_succeeded":true,"beginning_timestamp":"2026-11-22T10:04:58Z","num_events":1}}],"version":2}"#;

const FLOW: &str = r#"{"src":{"ip":"10.1.2.3","workload":{"href":"/orgs/1/workloads/1f0a7e0c-52e1-4be8-9d52-66e4c1b9a7d3","name":"web-01","hostname":"web-01.corp.example","os_type":"linux","labels":[{"href":"/orgs/1/labels/7","key":"role","value":"web"},{"href":"/orgs/1/labels/9","key":"env","value":"prod"}]}},"dst":{"ip":"10.9.0.4","workload":{"href":"/orgs/1/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04","name":"db-01","hostname":"db-01.corp.example"}},"service":{"port":445,"proto":6,"process_name":"smbclient"},"num_connections":3120,"state":"closed","timestamp_range":{"first_detected":"2026-11-22T00:03:10Z","last_detected":"2026-11-22T09:42:44Z"},"policy_decision":"blocked","flow_direction":"outbound","dst_bi":1.20e4}"#;
