use jiff::Timestamp;

use super::*;
use crate::mail::{Smtp, Tls};
use crate::report::{Alert, Condition, Notice, Ranking, Subject};
use crate::rules::{Level, Measure, Threshold};

fn at() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn mail(recipients: &[&str], routes: Vec<Route>) -> Settings {
    Settings {
        sender: "monitor@example.com".to_owned(),
        envelope_sender: None,
        recipients: people(recipients),
        routes,
        raw_snapshot: true,
        attach_records: false,
        thread: false,
        smtp: Smtp {
            host: "127.0.0.1".to_owned(),
            port: 25,
            tls: Tls::None,
            login: None,
            ca_file: None,
            timeout: std::time::Duration::from_secs(1),
            others: Default::default(),
        },
    }
}

fn people(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn to(names: &[&str]) -> Route {
    Route { to: people(names), ..Route::default() }
}

fn alert(rule_id: i64, level: Level) -> Alert {
    Alert {
        rule_id,
        rule_name: format!("rule {rule_id}"),
        level,
        desc: String::new(),
        rec: String::new(),
        technique: String::new(),
        threshold: Threshold::Immediate,
        rule: None,
        groups: None,
        count: 1,
        measure: Measure::Matches,
        at_least: false,
        first: at(),
        last: at(),
        in_one_go: None,
        in_doubt: None,
        timeline: Vec::new(),
        subject: Subject::Events {
            sources: Ranking::default(),
            objects: Ranking::default(),
            changes: Ranking::default(),
        },
        snapshot: Vec::new(),
    }
}

fn news(condition: Condition, phase: Phase, level: Level) -> ConditionNews {
    ConditionNews { detail: "down".into(), ..ConditionNews::new(condition, phase, at(), level) }
}

fn notice(title: &str) -> Notice {
    Notice { title: title.to_owned(), text: String::new(), advice: String::new() }
}

fn telling(alerts: Vec<Alert>, conditions: Vec<ConditionNews>, notices: &[&str]) -> Telling {
    let report = Report {
        kind: Kind::Alert,
        site: "test".to_owned(),
        pce_url: String::new(),
        org_id: "1".to_owned(),
        made_at: at(),
        conditions,
        alerts,
        notices: notices.iter().map(|title| notice(title)).collect(),
        footer: Vec::new(),
        daily: None,
    };
    Telling { report, notices_by: Vec::new(), notices_about_mail: 0 }
}

/// Each share's people (`-` for the recipients) and what it tells.
fn told(telling: &Telling, mail: &Settings) -> Vec<String> {
    let share = |share: Share| {
        let report = share.report(&mut telling.report.clone(), true, mail);
        let conditions = report.conditions.iter().map(|news| format!("{:?}", news.condition));
        let alerts = report.alerts.iter().map(|alert| alert.rule_id.to_string());
        let notices = report.notices.iter().map(|notice| notice.title.clone());
        let to = if share.to.is_empty() { "-".to_owned() } else { share.to.join("+") };
        let all: Vec<String> = conditions.chain(alerts).chain(notices).collect();
        format!("{to}: {}", all.join(" "))
    };
    split(telling, mail, Lang::En).into_iter().map(share).collect()
}

#[test]
fn without_routes_the_recipients_get_all_in_one_mail() {
    let all = telling(
        vec![alert(1, Level::Critical), alert(2, Level::Info)],
        vec![news(Condition::Health, Phase::Begins, Level::Critical)],
        &["lost"],
    );
    assert_eq!(told(&all, &mail(&["soc", "boss"], vec![])), ["-: Health 1 2 lost"]);
}

#[test]
fn each_route_that_takes_an_alert_gets_it_and_the_recipients_unless_one_says_only() {
    let routes = vec![
        Route { rules: vec![1], ..to(&["net"]) },
        Route { rules: vec![2], only: true, ..to(&["db"]) },
        Route { levels: vec![Level::Critical], ..to(&["pager"]) },
    ];
    let all = telling(
        vec![alert(1, Level::Critical), alert(2, Level::Critical), alert(3, Level::Info)],
        vec![],
        &["lost"],
    );
    let shares = ["-: 1 3 lost", "net: 1", "db: 2", "pager: 1 2"];
    assert_eq!(told(&all, &mail(&["soc"], routes)), shares);
}

#[test]
fn those_who_get_the_same_share_a_mail_and_a_recipient_who_gets_more_has_his_own() {
    let routes = vec![
        Route { rules: vec![1], only: true, ..to(&["net", "boss"]) },
        Route { rules: vec![1], ..to(&["net", "db"]) },
    ];
    let all = telling(vec![alert(1, Level::Info), alert(2, Level::Info)], vec![], &[]);
    let shares = ["soc: 2", "boss: 1 2", "net+db: 1"];
    assert_eq!(told(&all, &mail(&["soc", "boss"], routes)), shares);
}

#[test]
fn what_others_got_is_said_in_few_lines() {
    let routes = vec![
        Route { rules: (1..=9).collect(), only: true, ..to(&["net"]) },
        Route { rules: vec![10], only: true, ..to(&["db"]) },
    ];
    let alerts = (1..=10).map(|id| alert(id, Level::Info)).collect();
    let settings = mail(&["soc"], routes);
    let all = telling(alerts, vec![], &["lost"]);
    let shares = split(&all, &settings, Lang::En);
    let lines = &shares[0].elsewhere;
    assert_eq!(
        *lines,
        [
            "Sent to net only, not in this mail (9): rule 1, rule 2, rule 3, rule 4, +5",
            "Sent to db only, not in this mail (1): rule 10",
        ]
    );
    let lines = &shares[1].elsewhere;
    assert_eq!(
        *lines,
        [
            "Sent to db only, not in this mail (1): rule 10",
            "Sent to soc only, not in this mail (1): lost",
        ]
    );
}

fn begin(id: &str) -> BeginMail {
    BeginMail { message_id: id.to_owned(), subject: String::new(), made_at: at() }
}

fn told_in(names: &[&str], id: &str) -> ToldIn {
    ToldIn { to: people(names), mail: begin(id) }
}

#[test]
fn the_end_goes_to_those_who_were_told_the_begin_and_refers_to_their_mail() {
    let routes = vec![Route { levels: vec![Level::Critical], only: true, ..to(&["pager"]) }];
    let settings = mail(&["soc"], routes);
    let told_of_it = vec![told_in(&["pager"], "1@x"), told_in(&["soc"], "2@x")];
    let over = ConditionNews {
        told_by: Some(begin("1@x")),
        told_in: told_of_it,
        ..news(Condition::Unreachable, Phase::Ended, Level::Info)
    };
    let all = telling(vec![], vec![over], &[]);
    assert_eq!(told(&all, &settings), ["-: Unreachable", "pager: Unreachable"]);
    let ids = split(&all, &settings, Lang::En).into_iter().map(|share| {
        share.report(&mut all.report.clone(), false, &settings).conditions[0]
            .told_by
            .clone()
            .unwrap()
            .message_id
    });
    assert_eq!(ids.collect::<Vec<_>>(), ["2@x", "1@x"]);
}

#[test]
fn what_gets_worse_goes_to_those_of_the_new_level_and_still_to_those_who_were_told() {
    let routes = vec![
        Route { levels: vec![Level::Critical], only: true, ..to(&["pager"]) },
        Route { levels: vec![Level::Warning], only: true, ..to(&["net"]) },
    ];
    let settings = mail(&["soc"], routes);
    let worse = ConditionNews {
        told_in: vec![told_in(&["net"], "1@x")],
        ..news(Condition::Health, Phase::Lasts, Level::Critical)
    };
    let all = telling(vec![], vec![worse], &[]);
    assert_eq!(told(&all, &settings), ["pager: Health", "net: Health"]);
}

#[test]
fn a_begin_told_before_there_were_routes_was_told_to_the_recipients() {
    let routes = vec![Route { levels: vec![Level::Critical], only: true, ..to(&["pager"]) }];
    let over = ConditionNews {
        told_by: Some(begin("1@x")),
        ..news(Condition::Unreachable, Phase::Ended, Level::Info)
    };
    let all = telling(vec![], vec![over], &[]);
    assert_eq!(told(&all, &mail(&["soc"], routes)), ["-: Unreachable"]);
}

#[test]
fn where_nobody_who_was_told_is_left_the_recipients_hear_of_the_end() {
    let over = ConditionNews {
        told_in: vec![told_in(&["gone"], "1@x")],
        ..news(Condition::Unreachable, Phase::Ended, Level::Info)
    };
    let all = telling(vec![], vec![over], &[]);
    assert_eq!(told(&all, &mail(&["soc"], vec![])), ["-: Unreachable"]);
}

#[test]
fn a_mail_is_about_mail_by_what_is_in_it_and_not_by_what_others_get() {
    let routes = vec![Route { only: true, ..to(&["net"]) }];
    let all = Telling {
        notices_about_mail: 1,
        ..telling(vec![alert(1, Level::Info)], vec![], &["undelivered"])
    };
    let about: Vec<bool> = split(&all, &mail(&["soc"], routes), Lang::En)
        .iter()
        .map(|share| share.about_mail)
        .collect();
    assert_eq!(about, [true, false]);
}
