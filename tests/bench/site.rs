//! A site to poll: a simulated PCE in a process of its own, and a folder with a
//! config for it.

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::pce::{Pce, Tls, agent_tampering, blocked, hosts, session_ended};

/// A forgotten PCE ends by itself.
const LIFETIME: Duration = Duration::from_secs(1_800);

/// Plays the PCE: TLS, gzip, so many events and flows of the last ten minutes, or so
/// many rows of one day; so many workloads, 3 % of them offline.
pub fn serve(events: &str, flows: &str, rows: &str, workloads: &str) {
    let pce = Pce::start_tls(Tls::PrivateCa);
    pce.run_clock(SignedDuration::ZERO);
    let now = Timestamp::now();
    let spread = |at: u64, of: u64| now - SignedDuration::from_millis((at * 540_000 / of) as i64);
    let number = |text: &str| -> u64 { text.parse().unwrap() };
    let events = number(events);
    pce.events((0..events).map(|at| {
        let event = match at % 2 {
            0 => session_ended("operator"),
            _ => agent_tampering(&format!("host-{at}")),
        };
        event.at(spread(at, events))
    }));
    let flows = number(flows);
    for at in 0..flows {
        let source = format!("10.1.{}.{}", at / 250, at % 250);
        pce.connection(blocked(source.as_str(), "10.9.0.4", 445).at(spread(at, flows)));
    }
    if number(rows) > 0 {
        pce.bulk(number(rows));
    }
    let hosts = hosts("a-server-with-a-name", number(workloads) as usize).into_iter();
    pce.workloads(hosts.enumerate().map(|(at, host)| match at % 33 {
        0 => host.offline(now),
        _ => host,
    }));
    println!("{} {} {}", pce.url(), pce.key(), pce.secret());
    println!("{}", pce.trust_pem().unwrap());
    println!("ready");
    thread::sleep(LIFETIME);
}

/// A PCE in its own process, with a config that polls it.
pub struct Site {
    folder: tempfile::TempDir,
    pce: Child,
    config: Value,
}

impl Site {
    /// A PCE with so many events, flows and rows, and no rules yet.
    pub fn with(events: u64, flows: u64, rows: u64) -> Self {
        Self::with_workloads(events, flows, rows, 0)
    }

    /// The same, and so many workloads.
    pub fn with_workloads(events: u64, flows: u64, rows: u64, workloads: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut pce = Command::new(std::env::current_exe().unwrap())
            .arg("pce")
            .args([events, flows, rows, workloads].map(|number| number.to_string()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(pce.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let mut words = first.split(' ');
        let [url, key, secret] = [(); 3].map(|()| words.next().unwrap().to_owned());
        let pem: Vec<String> =
            lines.map(Result::unwrap).take_while(|line| line != "ready").collect();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, pem.join("\n")).unwrap();
        let config = json!({
            "api": {"url": url, "key": key, "secret": secret, "ca_file": ca_file, "proxy": "none"},
            "email": {"recipients": ["soc@example.com"]},
            // Nobody listens there: what mail costs is not what is measured.
            "smtp": {"host": "127.0.0.1", "port": 9},
            "settings": {"language": "en", "timezone": "UTC"},
            "rules": [],
        });
        Self { folder, pce, config }
    }

    /// From now on these are the rules, and nothing was polled yet.
    pub fn rules(&mut self, rules: Vec<Value>) {
        self.config["rules"] = json!(rules);
    }

    /// The config, without a state: the next run is the first one.
    pub fn fresh(&self) -> PathBuf {
        let file = self.file();
        for ending in ["", ".last"] {
            let path = file.with_file_name(format!("config.json{ending}"));
            let _ = std::fs::remove_file(path);
        }
        std::fs::write(&file, self.config.to_string()).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        file
    }

    /// The config as the last run left it.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("config.json")
    }

    /// Its size in bytes.
    pub fn file_size(&self) -> u64 {
        std::fs::metadata(self.file()).unwrap().len()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.pce.kill();
        let _ = self.pce.wait();
    }
}

/// Twelve rules that a site may have, half of them on traffic; none of the rows that
/// [`serve`] makes matches them.
pub fn twelve_rules() -> Vec<Value> {
    let events = [
        "agent.clone",
        "agent.suspend",
        "user.login_failed",
        "rule_set",
        "sec_policy",
        "lost_agent",
    ];
    let events = events.iter().enumerate().map(|(at, value)| {
        json!({"id": at + 1, "type": "event", "name": format!("events {at}"), "filter_value": value})
    });
    events.chain(traffic_rules(6)).collect()
}

/// So many traffic rules of the kinds that sites write, which no row matches.
pub fn traffic_rules(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|at| {
        let mut rule = json!({
            "id": 1_000 + at, "type": "traffic", "name": format!("traffic {at}"),
            "pd": ([2, 1, -1][at % 3]),
            // A day, so that a first run asks for all the rows there are.
            "threshold_type": "count", "threshold_count": 10, "threshold_window": 1_440,
        });
        let (key, value) = match at % 5 {
            0 => ("port", json!(64_000 + at % 1_500)),
            1 => ("src_label", json!(format!("app=Absent {at}"))),
            2 => ("dst_ip_in", json!([format!("192.168.{}.{}/32", at / 250, at % 250)])),
            3 => ("src_ip_in", json!([format!("192.0.{}.0/24", at % 250), "198.51.100.0/24"])),
            _ => ("port", json!(format!("{},{}-{}", 63_000 + at % 1_000, 65_500, 65_535))),
        };
        rule[key] = value;
        rule
    })
}

/// A rule that every row matches and that never alerts.
pub fn every_row() -> Value {
    json!({
        "id": 1, "type": "traffic", "name": "every row", "pd": -1,
        "threshold_type": "count", "threshold_count": 1_000_000_000, "threshold_window": 1_440,
    })
}

/// So many rules, of which each matches the rows of one network of `prefix` bits: /19 is
/// 8,192 of them, /28 is 16. Every second one alerts, every fourth counts flows.
pub fn rules_of_networks(count: u32, prefix: u32) -> Vec<Value> {
    let size = 1 << (32 - prefix);
    let networks = (200_000 / size).max(1);
    let rule = |at: u32| {
        let network = Ipv4Addr::from(0x0a00_0000 + at % networks * size);
        json!({
            "id": at + 1, "type": "traffic", "name": format!("network {at}"), "pd": -1,
            "src_ip_in": [format!("{network}/{prefix}")],
            "count_by": if at % 4 < 3 { "connections" } else { "flows" },
            "threshold_type": "count", "threshold_window": 1_440,
            "threshold_count": if at.is_multiple_of(2) { 10 } else { 1_000_000_000 },
        })
    };
    (0..count).map(rule).collect()
}
