//! What VENs see: connections, told in the words of a test.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::state::{mixed, uuid};
use super::time::{When, at};

/// One end of a connection: a workload, or just an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    ip: String,
    workload: Option<Value>,
    ip_lists: Vec<Value>,
    fqdn: Option<String>,
}

/// A managed workload; name, href and a 10.x address follow from the hostname.
pub fn workload(hostname: &str) -> Endpoint {
    let number = named(hostname);
    Endpoint {
        ip: format!("10.{}.{}.{}", number >> 56, (number >> 48) as u8, number as u8 | 1),
        workload: Some(json!({
            "href": format!("/orgs/1/workloads/{}", uuid(number)),
            "name": hostname, "hostname": hostname, "managed": true, "endpoint": false,
            "enforcement_mode": "full", "os_type": "linux", "labels": []
        })),
        ip_lists: Vec::new(),
        fqdn: None,
    }
}

/// A Kubernetes workload: its own kind of href, and no hostname.
pub fn kubernetes_workload(name: &str) -> Endpoint {
    let mut endpoint = workload(name);
    let href = format!("/orgs/1/kubernetes_workloads/{}", uuid(named(name)));
    endpoint = endpoint.workload_field("href", href.into());
    endpoint = endpoint.workload_field("hostname", Value::Null);
    endpoint.workload_field("os_type", "unknown".into())
}

/// A workload without a VEN: an href as any other's, and `managed` false [seen on 25.2.40].
pub fn unmanaged_workload(name: &str) -> Endpoint {
    workload(name).workload_field("managed", false.into())
}

/// An address that belongs to no workload, but to an IP list.
pub fn address(ip: &str) -> Endpoint {
    Endpoint {
        ip: ip.into(),
        workload: None,
        ip_lists: vec![json!({
            "href": "/orgs/1/sec_policy/draft/ip_lists/1",
            "name": "Any (0.0.0.0/0 and ::/0)", "size": 4_294_967_296_u64
        })],
        fqdn: None,
    }
}

impl From<&str> for Endpoint {
    fn from(name: &str) -> Self {
        match name.parse::<std::net::IpAddr>() {
            Ok(_) => address(name),
            Err(_) => workload(name),
        }
    }
}

impl Endpoint {
    /// With this address.
    pub fn ip(mut self, ip: &str) -> Self {
        self.ip = ip.into();
        self
    }

    /// With a label; any dimension.
    pub fn label(mut self, key: &str, value: &str) -> Self {
        if let Some(workload) = &mut self.workload
            && let Some(labels) = workload["labels"].as_array_mut()
        {
            let href = format!("/orgs/1/labels/{}", named(&format!("{key}={value}")) % 900 + 1);
            labels.push(json!({"href": href, "key": key, "value": value}));
        }
        self
    }

    /// A member of the workload replaced or added.
    pub fn workload_field(mut self, name: &str, value: Value) -> Self {
        if let Some(workload) = &mut self.workload {
            workload[name] = value;
        }
        self
    }

    /// In this IP list too.
    pub fn ip_list(mut self, number: u32, name: &str) -> Self {
        let href = format!("/orgs/1/sec_policy/draft/ip_lists/{number}");
        self.ip_lists.push(json!({"href": href, "name": name, "size": 256}));
        self
    }

    /// Known by this name in DNS; for destinations.
    pub fn fqdn(mut self, fqdn: &str) -> Self {
        self.fqdn = Some(fqdn.into());
        self
    }

    /// The workload's href.
    pub fn href(&self) -> Option<String> {
        let href = self.workload.as_ref()?["href"].as_str()?;
        Some(href.to_owned())
    }

    /// By what its VEN is known here: the workload's href, else the address.
    pub fn name(&self) -> String {
        self.href().unwrap_or_else(|| self.ip.clone())
    }

    /// Its name in DNS.
    pub fn dns(&self) -> Option<&str> {
        self.fqdn.as_deref()
    }

    /// The same address, of this workload.
    pub fn belongs_to(self, hostname: &str) -> Self {
        let fqdn = self.fqdn;
        Self { fqdn, ..workload(hostname).ip(&self.ip) }
    }

    /// Its address, as text.
    pub fn address(&self) -> &str {
        &self.ip
    }

    /// Its IP lists, as rows carry them.
    pub fn ip_lists(&self) -> &[Value] {
        &self.ip_lists
    }

    /// Its labels, as rows carry them.
    pub fn labels(&self) -> Vec<Value> {
        let labels = self.workload.as_ref().and_then(|w| w["labels"].as_array());
        labels.cloned().unwrap_or_default()
    }

    /// As rows carry it: a workload or IP lists, never both.
    pub fn json(&self) -> Value {
        let mut json = json!({"ip": self.ip});
        match &self.workload {
            Some(workload) => json["workload"] = workload.clone(),
            None => json["ip_lists"] = self.ip_lists.clone().into(),
        }
        if let Some(fqdn) = &self.fqdn {
            json["fqdn"] = fqdn.as_str().into();
        }
        json
    }
}

/// Which end's VEN reports a connection, and when the PCE has written that down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// True: the source's VEN, an outbound row. False: the destination's, inbound.
    pub outbound: bool,
    /// From then on rows contain it.
    pub recorded: Timestamp,
}

/// Some connections, alike and in the same instant.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Who connects.
    pub source: Endpoint,
    /// To whom.
    pub destination: Endpoint,
    /// `service` as rows carry it.
    pub service: Value,
    /// `policy_decision`.
    pub decision: String,
    /// `state`.
    pub state: String,
    /// Members of the row beside all these, ICMP type and network for example.
    pub others: Value,
    /// When.
    pub at: Timestamp,
    /// How many.
    pub times: u64,
    /// Who tells, and when it is known.
    pub reports: Vec<Report>,
    /// Its place among several rows of one name.
    pub lane: u64,
    /// Its place among the regions of a supercluster.
    pub region: usize,
    /// What its row says in place of the decision by which queries find it.
    pub said: Option<String>,
}

/// A TCP connection that was blocked; a name is a workload, an address is one.
pub fn blocked(from: impl Into<Endpoint>, to: impl Into<Endpoint>, port: u16) -> Connection {
    Connection::new("blocked", from.into(), to.into(), port)
}

/// A TCP connection that would be blocked under enforcement.
pub fn potentially_blocked(
    from: impl Into<Endpoint>,
    to: impl Into<Endpoint>,
    port: u16,
) -> Connection {
    Connection::new("potentially_blocked", from.into(), to.into(), port)
}

/// A TCP connection that was let through.
pub fn allowed(from: impl Into<Endpoint>, to: impl Into<Endpoint>, port: u16) -> Connection {
    Connection::new("allowed", from.into(), to.into(), port)
}

/// A TCP connection that nobody decided about: an idle VEN, Flowlink, an upload.
pub fn undecided(from: impl Into<Endpoint>, to: impl Into<Endpoint>, port: u16) -> Connection {
    Connection::new("unknown", from.into(), to.into(), port)
}

impl Connection {
    fn new(decision: &str, source: Endpoint, destination: Endpoint, port: u16) -> Self {
        let at = at("10:00");
        let outbound = destination.workload.is_none();
        Self {
            source,
            destination,
            service: json!({"port": port, "proto": 6}),
            decision: decision.into(),
            state: "closed".into(),
            others: json!({
                "network": {"href": "/orgs/1/networks/27058b12-718b-4538-8cb9-e59169fa75ed", "name": "Corporate"},
                "caps": [], "dst_bi": 0, "dst_bo": 0, "client_type": "server"
            }),
            at,
            times: 1,
            reports: vec![Report { outbound, recorded: at }],
            lane: 0,
            region: 0,
            said: None,
        }
    }

    /// When it happened, 10:00 without this; recorded at once unless said otherwise
    /// after it.
    pub fn at(mut self, when: impl When) -> Self {
        self.at = when.instant();
        for report in &mut self.reports {
            report.recorded = self.at;
        }
        self
    }

    /// The same so much later, recorded so much later too.
    pub fn later(mut self, by: SignedDuration) -> Self {
        self.at += by;
        for report in &mut self.reports {
            report.recorded += by;
        }
        self
    }

    /// So many of them.
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// When the PCE writes down what is reported, by whichever end.
    pub fn recorded(mut self, when: impl When) -> Self {
        let recorded = when.instant();
        for report in &mut self.reports {
            report.recorded = recorded;
        }
        self
    }

    /// Reported by the source's VEN alone: an outbound row.
    pub fn seen_by_source(mut self) -> Self {
        self.reports = vec![self.report(true)];
        self
    }

    /// Reported by the destination's VEN alone: an inbound row.
    pub fn seen_by_destination(mut self) -> Self {
        self.reports = vec![self.report(false)];
        self
    }

    /// Reported by both ends.
    pub fn seen_by_both(mut self) -> Self {
        self.reports = vec![self.report(true), self.report(false)];
        self
    }

    /// Reported by the other end too, written down then.
    pub fn other_end_recorded(mut self, when: impl When) -> Self {
        let outbound = !self.reports[0].outbound;
        let recorded = when.instant();
        self.reports.push(Report { outbound, recorded });
        self
    }

    /// In a row of its own beside the others of its name.
    pub fn lane(mut self, lane: u64) -> Self {
        self.lane = lane;
        self
    }

    /// Known to this one of a supercluster's regions, in the order of [`super::Region`]s.
    pub fn in_region(mut self, region: usize) -> Self {
        self.region = region;
        self
    }

    /// Its row says this decision; queries find it by the one that it was made with.
    pub fn said_to_be(mut self, decision: &str) -> Self {
        self.said = Some(decision.into());
        self
    }

    /// Whether a lane, a region or another word sets its row apart.
    pub fn is_special(&self) -> bool {
        self.lane != 0 || self.region != 0 || self.said.is_some()
    }

    /// The end whose VEN reports it.
    pub fn reporter(&self, outbound: bool) -> &Endpoint {
        if outbound { &self.source } else { &self.destination }
    }

    /// Its row, but for times and counts.
    pub fn row(&self, outbound: bool) -> Value {
        let mut row = self.others.clone();
        row["src"] = self.source.json();
        row["dst"] = self.destination.json();
        row["service"] = self.service.clone();
        row["state"] = self.state.as_str().into();
        row["policy_decision"] = self.said.as_ref().unwrap_or(&self.decision).as_str().into();
        row["flow_direction"] = if outbound { "outbound" } else { "inbound" }.into();
        row
    }

    fn report(&self, outbound: bool) -> Report {
        let recorded = self.reports[0].recorded;
        Report { outbound, recorded }
    }

    /// `active`, `closed`, `timed out`, `snapshot`, `new`, `incomplete` …
    pub fn state(mut self, state: &str) -> Self {
        self.state = state.into();
        self
    }

    /// UDP instead of TCP.
    pub fn udp(self) -> Self {
        self.service_field("proto", json!(17))
    }

    /// ICMP: no port.
    pub fn icmp(mut self, kind: u8, code: u8) -> Self {
        self.service = json!({"proto": 1});
        self.field("icmp_type", json!(kind)).field("icmp_code", json!(code))
    }

    /// The process, of the reporting end.
    pub fn process(self, name: &str) -> Self {
        self.service_field("process_name", json!(name))
    }

    /// The user, of the reporting end.
    pub fn user(self, name: &str) -> Self {
        self.service_field("user_name", json!(name))
    }

    /// A member of `service` replaced or added.
    pub fn service_field(mut self, name: &str, value: Value) -> Self {
        self.service[name] = value;
        self
    }

    /// A member of the row replaced or added, be it as odd as it may.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.others[name] = value;
        self
    }

    /// The same `count` times, `gap_seconds` apart, from its own instant on.
    pub fn every(self, gap_seconds: i64, count: i64) -> Vec<Self> {
        let step = |n| SignedDuration::from_secs(gap_seconds * n);
        (0..count).map(|n| self.clone().later(step(n))).collect()
    }
}

/// A number that belongs to a name.
fn named(name: &str) -> u64 {
    name.bytes().fold(1, |sum, byte| mixed(sum ^ u64::from(byte)))
}
