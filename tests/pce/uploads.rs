//! What the PCE has been told: uploads, one for each flow, reporting end and summary.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::connection::{Connection, Endpoint, Report};
use super::state::hash;
use super::vens::Vens;

/// What one VEN tells of one flow in one summary. Where VENs do not sum up, each
/// connection is an upload of its own.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The newest connection in it; where others differ (labels), it tells.
    pub flow: Arc<Connection>,
    /// True: the source's VEN tells it.
    pub outbound: bool,
    /// The instant that rows show.
    pub stamp: Timestamp,
    /// From then on rows contain it.
    pub recorded: Timestamp,
    /// How many connections.
    pub times: u64,
    /// When they were made, and how many then; in their order.
    pub connections: Vec<(Timestamp, u64)>,
}

impl Upload {
    /// What it is called, but for time and reporting end.
    pub fn name(&self) -> String {
        name(&self.flow).to_string()
    }
}

/// The uploads of what differs in nothing but time, by their stamps.
#[derive(Clone, Debug)]
pub struct Series {
    /// A number that belongs to it.
    pub number: u64,
    /// In the order of their stamps.
    pub uploads: Vec<Upload>,
}

/// All uploads, whether shown already or not.
#[derive(Default)]
pub struct Uploads(BTreeMap<String, Series>);

impl Uploads {
    /// Takes in what the VENs tell of a connection.
    pub fn add(&mut self, connection: &Connection, vens: Option<&Vens>) {
        let flow = Arc::new(connection.clone());
        for report in &connection.reports {
            let key = series_key(connection, report.outbound);
            let number = hash(&key);
            let series = self.0.entry(key).or_insert(Series { number, uploads: Vec::new() });
            series.add(upload(&flow, *report, vens), vens.is_some());
        }
    }

    /// All of them are lost.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The series.
    pub fn series(&self) -> impl Iterator<Item = &Series> {
        self.0.values()
    }
}

impl Series {
    fn add(&mut self, upload: Upload, into_summaries: bool) {
        let place = self.uploads.partition_point(|known| known.stamp <= upload.stamp);
        let before = place.checked_sub(1).map(|at| &mut self.uploads[at]);
        match before {
            Some(summary) if into_summaries && summary.stamp == upload.stamp => {
                if upload.flow.at >= summary.flow.at {
                    summary.flow = upload.flow;
                }
                summary.recorded = summary.recorded.max(upload.recorded);
                summary.times += upload.times;
                summary.connections.extend(upload.connections);
                summary.connections.sort();
            }
            _ => self.uploads.insert(place, upload),
        }
    }
}

/// A connection as an upload of its own, or as a part of its VEN's summary.
fn upload(flow: &Arc<Connection>, report: Report, vens: Option<&Vens>) -> Upload {
    let (stamp, recorded) = match vens {
        None => (flow.at, report.recorded),
        Some(vens) => {
            let ven = flow.reporter(report.outbound).name();
            let stamp = vens.stamp(&ven, flow.at);
            (stamp, vens.shown(&ven, stamp).max(report.recorded))
        }
    };
    Upload {
        flow: Arc::clone(flow),
        outbound: report.outbound,
        stamp,
        recorded,
        times: flow.times,
        connections: vec![(flow.at, flow.times)],
    }
}

/// All that tells a flow's rows from another's, but for their reporting end.
fn name(flow: &Connection) -> Value {
    let end = |endpoint: &Endpoint| json!([endpoint.address(), endpoint.href(), endpoint.dns()]);
    json!([
        end(&flow.source),
        end(&flow.destination),
        flow.service,
        flow.others["icmp_type"],
        flow.others["icmp_code"],
        flow.others["network"]["href"],
        flow.others["boundary_decision"],
        flow.decision,
        flow.state,
    ])
}

fn series_key(flow: &Connection, outbound: bool) -> String {
    let mut key = name(flow);
    if let Some(parts) = key.as_array_mut() {
        parts.push(outbound.into());
        // Rare; without it the number of an ordinary series is what it always was.
        if flow.is_special() {
            parts.push(json!([flow.lane, flow.region, flow.said]));
        }
    }
    key.to_string()
}
