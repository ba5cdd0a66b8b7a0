//! A realistic hour of a middling site: an intruder on a workstation, a rack that
//! went dark, and all the noise that is there on any day.
//!
//! Told from the end of the hour backwards: `ago` minutes before `now`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;

/// Fills the PCE with what happened in the hour before `now`.
pub fn a_realistic_hour(pce: &Pce, now: Timestamp) {
    pce.events(intruder(now));
    pce.events(dark_rack(now));
    pce.events(day_to_day(now));
    pce.connections(port_scan(ago(now, 21)));
    pce.connections(lateral_smb(ago(now, 17)));
    pce.connections(daily_traffic(now));
}

fn ago(now: Timestamp, minutes: i64) -> Timestamp {
    now - SignedDuration::from_mins(minutes)
}

/// Guesses the administrator's password, then meddles with the database's firewall.
fn intruder(now: Timestamp) -> Vec<EventRecord> {
    let begin = ago(now, 26);
    let guess = |n: i64| {
        let when = begin + SignedDuration::from_secs(31 * n);
        login_failed("administrator", "192.168.20.77").at(when)
    };
    let tampering = [14, 9].map(|minutes| agent_tampering("db-01").at(ago(now, minutes)));
    (0..7).map(guess).chain(tampering).collect()
}

/// Four hosts of one rack: first silent, then given up.
fn dark_rack(now: Timestamp) -> Vec<EventRecord> {
    let hosts = ["erp-01", "erp-02", "erp-03", "備份主機-01"];
    vec![missed_heartbeats(&hosts).at(ago(now, 22)), offline_check(&hosts).at(ago(now, 6))]
}

/// Sessions that end, a change of policy, and types that no list knows.
fn day_to_day(now: Timestamp) -> Vec<EventRecord> {
    let sessions = (0..12).map(|n| session_ended("admin@example.net").at(ago(now, 5 * n)));
    let others = [
        rule_set_update("wang.lijuan@example.net", "電子商務 | 正式環境").at(ago(now, 31)),
        policy_provisioned("wang.lijuan@example.net", 214).at(ago(now, 29)),
        EventRecord::new("label_dimension.update", json!({"resource_changes": null}))
            .at(ago(now, 22)),
        EventRecord::new("system_task.vacuum_deactivated_agent", json!({"version": 2}))
            .at(ago(now, 50)),
        EventRecord::new("user.verify_mfa", json!({"created_by": null, "action": null}))
            .at(ago(now, 37)),
    ];
    sessions.chain(others).collect()
}

/// A workstation tries one port after the other on the database.
fn port_scan(begin: Timestamp) -> Vec<Connection> {
    let ports = [22, 135, 139, 1433, 1521, 3306, 3389, 5432, 5985, 6379, 8080, 27017];
    let tries = |(n, port): (usize, &u16)| {
        blocked(workstation(), database(), *port)
            .at(begin + SignedDuration::from_secs(9 * n as i64))
            .times(3 + n as u64 % 4)
    };
    ports.iter().enumerate().map(tries).collect()
}

/// The same workstation, once, on the file server.
fn lateral_smb(at: Timestamp) -> Vec<Connection> {
    let files = workload("files-01").label("role", "Files").label("env", "Production");
    vec![blocked(workstation(), files, 445).at(at)]
}

/// What is blocked, allowed and broadcast all the time.
fn daily_traffic(now: Timestamp) -> Vec<Connection> {
    let pod = kubernetes_workload("結帳服務").label("app", "Shop").label("os", "Talos");
    let office = address("192.168.20.30").ip_list(112, "LAN-192.168.20.0/24");
    let update = address("203.0.113.9").fqdn("updates.example.org");
    let broadcast = address("192.168.20.255").ip_list(112, "LAN-192.168.20.0/24");
    let series = [
        allowed(web(), database(), 5432).seen_by_both().state("active").every(60, 55),
        blocked(office, web(), 3389).field("boundary_decision", Value::Null).every(400, 8),
        blocked("2001:db8::77", web(), 22).state("timed out").every(240, 13),
        blocked(web(), database(), 0).icmp(8, 0).every(300, 10),
        potentially_blocked(pod, database(), 5432).state("snapshot").every(300, 11),
        potentially_blocked(web(), update, 443).process("apt").every(700, 4),
        chatter(web(), broadcast, 137).every(30, 110),
        chatter(database(), address("224.0.0.251"), 5353).every(45, 73),
        undecided("10.9.9.9", web(), 8443).every(90, 30),
    ];
    // They are told from 10:00 on; here they begin 55 minutes ago.
    let shift = ago(now, 55).duration_since(at("10:00"));
    let all = series.into_iter().flatten();
    all.map(|connection| connection.later(shift)).collect()
}

/// Name resolution by broadcast and multicast, which policy blocks and nobody minds.
fn chatter(from: Endpoint, to: Endpoint, port: u16) -> Connection {
    blocked(from, to, port).udp().field("transmission", json!("broadcast"))
}

fn workstation() -> Endpoint {
    address("192.168.20.77").ip_list(112, "LAN-192.168.20.0/24")
}

fn web() -> Endpoint {
    workload("web-01").label("role", "Web").label("app", "Shop").label("env", "Production")
}

fn database() -> Endpoint {
    workload("db-01")
        .label("role", "DB")
        .label("app", "Shop")
        .label("env", "Production")
        .label("loc", "臺北")
}
