//! A bad night: nine alerts in one mail, among them a heartbeat check that names twelve hosts
//! in one record, as the PCE writes it.

use illumio_monitor::lang::Lang;
use illumio_monitor::report::{Alert, Kind, Object, Report, Subject};
use illumio_monitor::rules::{Level, Measure};

use super::{EVENT, empty, event_alert, object, ranking, record, sweep_alert, traffic_alert};

/// Three critical, four warnings, two that are merely worth knowing.
pub fn nine(lang: Lang) -> Report {
    let names = match lang {
        Lang::En => [
            "Heartbeat missed",
            "Agent clone detected",
            "Log-in failed",
            "API request failed",
            "Rule set changed",
            "Policy provisioned",
            "Potentially blocked",
        ],
        Lang::ZhTw => [
            "心跳遺失",
            "偵測到 Agent 複製",
            "登入失敗",
            "API 請求失敗",
            "規則集已變更",
            "政策已佈署",
            "可能遭封鎖的流量",
        ],
    };
    let event = |id: i64, name: &str, level: Level, who: &str| {
        let mut alert = event_alert(lang);
        (alert.rule_id, alert.rule_name, alert.level) = (id, name.to_owned(), level);
        if let Subject::Events { objects, .. } = &mut alert.subject {
            *objects = ranking(vec![(Object::from(who), 1)], 0);
        }
        alert
    };
    let potentially = Alert {
        rule_id: 12,
        rule_name: names[6].to_owned(),
        level: Level::Info,
        ..traffic_alert(lang)
    };
    let alerts = vec![
        heartbeats(lang, names[0]),
        Alert { rule_id: 20, ..sweep_alert(lang) },
        event_alert(lang),
        traffic_alert(lang),
        event(3, names[1], Level::Warning, "img-golden-01.corp.example"),
        event(5, names[2], Level::Warning, "ann@example.com"),
        event(6, names[3], Level::Warning, "192.168.77.20"),
        event(7, names[4], Level::Info, "bob@example.com"),
        potentially,
    ];
    Report { alerts, ..empty(Kind::Alert) }
}

/// The VENs of a rack that did not call.
fn heartbeats(lang: Lang, name: &str) -> Alert {
    let hosts: Vec<String> = (1..=12).map(|nth| format!("app-{nth:02}.corp.example")).collect();
    let objects = hosts.iter().map(|host| (object(host, ""), 1)).collect();
    let mut alert = event_alert(lang);
    let raw = check_record(&hosts);
    alert.snapshot = vec![record(alert.first, 12, &raw), record(alert.last, 12, &raw)];
    alert.subject = Subject::Events {
        sources: Default::default(),
        objects: ranking(objects, 0),
        changes: Default::default(),
    };
    let rule_name = name.to_owned();
    Alert { rule_id: 4, rule_name, count: 12, measure: Measure::Workloads, ..alert }
}

/// One event of the check, with a notification for each host.
fn check_record(hosts: &[String]) -> String {
    let told = |(nth, host): (usize, &String)| {
        format!(
            r#"{{"uuid":"5b7c3a52-0f3e-4a6f-9c66-7a5a8d5b2f{nth:02}","notification_type":"agent.missed_heartbeats","info":{{"agent":{{"href":"/orgs/1/agents/{}","hostname":"{host}"}}}}}}"#,
            1_000 + nth
        )
    };
    let told: Vec<String> = hosts.iter().enumerate().map(told).collect();
    let (head, _) = EVENT.split_once("\"notifications\":[").unwrap_or((EVENT, ""));
    let head = head.replace("agent.tampering", "system_task.agent_missed_heartbeats_check");
    format!("{head}\"notifications\":[{}],\"version\":2}}", told.join(","))
}
