//! A realistic hour of a middling site: some noise, an attack, an outage.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;

/// Fills the PCE with what happened in the hour before `now`.
pub fn a_realistic_hour(pce: &Pce, now: Timestamp) {
    let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
    pce.events(noise(now));
    pce.events([
        agent_tampering("db-01").at(ago(14)),
        agent_tampering("db-01").at(ago(9)),
        rule_set_update("wang.lijuan@example.net", "電子商務 | 正式環境").at(ago(31)),
        policy_provisioned("wang.lijuan@example.net", 214).at(ago(29)),
        offline_check(&["erp-01", "erp-02", "erp-03", "備份主機-01"]).at(ago(5)),
        clone_detected("vdi-golden").at(ago(43)),
    ]);
    pce.events((0..7).map(|n| {
        login_failed("administrator", "203.0.113.77")
            .at(now - SignedDuration::from_secs(400 - 31 * n))
    }));
    pce.connections(port_scan(ago(12)));
    pce.connections(daily_life(now));
}

/// A jump host tries one port after the other on the database.
fn port_scan(begin: Timestamp) -> Vec<Connection> {
    let jump = workload("jump-01")
        .label("role", "Jump")
        .label("env", "Production");
    let database = database();
    let ports = [
        22, 135, 139, 445, 1433, 1521, 3306, 3389, 5432, 5985, 6379, 27017,
    ];
    let tries = |(n, port): (usize, &u16)| {
        blocked(jump.clone(), database.clone(), *port)
            .at(begin + SignedDuration::from_secs(9 * n as i64))
            .times(3 + n as u64 % 4)
            .process("sshd")
            .user("root")
    };
    ports.iter().enumerate().map(tries).collect()
}

/// What is blocked and allowed all the time.
fn daily_life(now: Timestamp) -> Vec<Connection> {
    let begin = now - SignedDuration::from_mins(55);
    let web = workload("web-01")
        .label("role", "Web")
        .label("app", "Shop")
        .label("env", "Production");
    let pod = kubernetes_workload("結帳服務")
        .label("app", "Shop")
        .label("os", "Talos");
    let office = address("192.168.20.30").ip_list(112, "LAN-192.168.20.0/24");
    let update = address("203.0.113.9").fqdn("updates.example.org");
    [
        allowed(web.clone(), database(), 5432)
            .seen_by_both()
            .state("active")
            .every(60, 55),
        blocked(office, web.clone(), 3389)
            .field("boundary_decision", Value::Null)
            .every(120, 27),
        potentially_blocked(pod, database(), 5432)
            .state("snapshot")
            .every(300, 11),
        potentially_blocked(web.clone(), update, 443)
            .process("apt")
            .every(700, 4),
        blocked("2001:db8::77", web.clone(), 22)
            .state("timed out")
            .every(240, 13),
        blocked(web.clone(), database(), 0).icmp(8, 0).every(30, 20),
        undecided("10.9.9.9", web, 137)
            .udp()
            .field("transmission", json!("broadcast"))
            .every(90, 30),
    ]
    .into_iter()
    .flatten()
    .map(|connection| {
        connection.later(SignedDuration::from_secs(
            begin.as_second() - at("10:00").as_second(),
        ))
    })
    .collect()
}

fn database() -> Endpoint {
    workload("db-01")
        .label("role", "DB")
        .label("app", "Shop")
        .label("env", "Production")
        .label("loc", "臺北")
}

/// Sessions, and types that no list knows.
fn noise(now: Timestamp) -> Vec<EventRecord> {
    let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
    let sessions = (0..12).map(|n| session_ended("admin@example.net").at(ago(5 * n)));
    let odd = [
        EventRecord::new("label_dimension.update", json!({"resource_changes": null})).at(ago(22)),
        EventRecord::new(
            "system_task.vacuum_deactivated_agent",
            json!({"version": 2}),
        )
        .at(ago(50)),
        EventRecord::new(
            "user.verify_mfa",
            json!({"created_by": null, "action": null}),
        )
        .at(ago(37)),
    ];
    sessions.chain(odd).collect()
}
