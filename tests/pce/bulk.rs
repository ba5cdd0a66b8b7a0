//! Very many rows, made while they are sent: for measurements, and for what lies
//! beyond the cap of one query.

use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::query::Query;
use super::state::{mixed, uuid};
use super::time::{DAY_SECONDS, seconds};

/// So many rows of one busy day; the same number makes the same rows, and their
/// counters grow with the PCE's clock.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    rows: u64,
    /// All of them began before it, on its day.
    begun: Timestamp,
}

/// What the filters of a query look at, cheap to make.
struct Line {
    number: u64,
    decision: &'static str,
    port: u16,
    proto: u8,
    first: Timestamp,
    last: Timestamp,
}

impl Bulk {
    /// So many rows, which began before this time.
    pub fn new(rows: u64, begun: Timestamp) -> Self {
        Self { rows, begun }
    }

    /// How many of them the query asks for.
    pub fn count(self, query: &Query, now: Timestamp) -> usize {
        self.lines(query, now).count()
    }

    /// Writes those that the query gets, as a JSON array.
    pub fn write(self, query: &Query, now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
        write_all(self.lines(query, now).take(query.most), out)
    }

    /// All of them as a JSON array: for those who read without a PCE.
    pub fn json(self, now: Timestamp) -> Vec<u8> {
        let lines = (0..self.rows).map(|number| Line::new(number, self.begun, now));
        let mut array = Vec::new();
        write_all(lines, &mut array).unwrap();
        array
    }

    /// When each row begins and ends, and its count: for those who reckon along.
    pub fn counts(self, now: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp, u64)> {
        let lines = (0..self.rows).map(move |number| Line::new(number, self.begun, now));
        lines.map(|line| (line.first, line.last, line.count()))
    }

    fn lines(self, query: &Query, now: Timestamp) -> impl Iterator<Item = Line> {
        let lines = (0..self.rows).map(move |number| Line::new(number, self.begun, now));
        let all_services = query.asks_for_all_services();
        lines.filter(move |line| {
            let service = || json!({"port": line.port, "proto": line.proto});
            line.last >= query.from
                && line.first <= query.to
                && query.asks_for_decision(line.decision)
                && (all_services || query.asks_for_service(line.decision, &service()))
        })
    }
}

fn write_all(lines: impl Iterator<Item = Line>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (place, line) in lines.enumerate() {
        if place > 0 {
            out.write_all(b",")?;
        }
        line.write(out)?;
    }
    out.write_all(b"]")
}

impl Line {
    /// Begun some time on that day, as rows of a day do; last seen within the last 25
    /// minutes.
    fn new(number: u64, begun: Timestamp, now: Timestamp) -> Self {
        let dice = mixed(number);
        let today = begun.as_second().rem_euclid(DAY_SECONDS);
        let since_last = (dice % 1_500) as i64;
        let since_first = since_last + (dice >> 20) as i64 % 36_000;
        let first = begun - SignedDuration::from_secs(since_first.min(today));
        let last = now - SignedDuration::from_secs(since_last);
        let ports = [22, 80, 135, 443, 445, 1433, 3306, 3389, 5432, 6379, 8080, 9200];
        let port = match dice >> 60 {
            0..12 => ports[(dice >> 40) as usize % ports.len()],
            _ => 1024 + ((dice >> 40) % 60_000) as u16,
        };
        Self {
            number,
            decision: ["blocked", "blocked", "potentially_blocked"][(dice >> 8) as usize % 3],
            port,
            proto: if (dice >> 16).is_multiple_of(8) { 17 } else { 6 },
            first,
            last: last.max(first),
        }
    }

    fn count(&self) -> u64 {
        let lasted = self.last.as_second() - self.first.as_second();
        1 + mixed(self.number) % 5 + lasted as u64 / 300
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { number, port, .. } = self;
        let count = self.count();
        let [_, a, b, c] = (*number as u32).to_be_bytes();
        let host = number % 997;
        let (source, network) = (uuid(number % 997), "27058b12-718b-4538-8cb9-e59169fa75ed");
        write!(
            out,
            concat!(
                r#"{{"src":{{"ip":"10.{a}.{b}.{c}","workload":{{"href":"/orgs/1/workloads/{source}","name":"app-{host}","#,
                r#""hostname":"app-{host}.example.net","managed":true,"endpoint":false,"enforcement_mode":"full","os_type":"linux","#,
                r#""labels":[{{"href":"/orgs/1/labels/26","key":"app","value":"Shop {host}"}},{{"href":"/orgs/1/labels/15","key":"env","value":"Production"}},"#,
                r#"{{"href":"/orgs/1/labels/145","key":"loc","value":"臺北"}}]}}}},"#,
                r#""dst":{{"ip":"172.16.{b}.{c}","ip_lists":[{{"href":"/orgs/1/sec_policy/draft/ip_lists/112","name":"LAN-172.16.0.0/16","size":65536}}]}},"#,
                r#""service":{{"port":{port},"proto":{proto},"process_name":"svc-{host}"}},"#,
                r#""network":{{"href":"/orgs/1/networks/{network}","name":"Corporate"}},"caps":["write"],"state":"closed","#,
                r#""dst_bi":{host},"dst_bo":0,"num_connections":{count},"policy_decision":"{decision}","boundary_decision":null,"#,
                r#""flow_direction":"outbound","client_type":"server","icmp_type":0,"icmp_code":0,"#,
                r#""timestamp_range":{{"first_detected":"{first}","last_detected":"{last}"}}}}"#
            ),
            a = a,
            b = b,
            c = c,
            source = source,
            host = host,
            port = port,
            proto = self.proto,
            network = network,
            count = count,
            decision = self.decision,
            first = seconds(self.first),
            last = seconds(self.last),
        )
    }
}
