//! Rows of traffic, made of connections the way a live PCE 25.2 was seen to make
//! them: one row for each flow, state, reporting end and UTC day, its counter
//! cumulative for the day and not clipped to the query.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::connection::{Connection, Report};
use super::state::mixed;
use super::time::{DAY_SECONDS, day_of, seconds};

/// The latest that a day's row was seen to end in the next day: 00:04:03 [capture
/// of a PCE 25.2.40]; whole minutes here.
const LATEST_CLOSE: u64 = 240;

/// How rows are counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counting {
    /// A PCE that clips rows to the query: count and times are of what lies within.
    pub clipped: bool,
    /// When a day's rows end.
    pub midnight: Midnight,
    /// The order of rows follows from it.
    pub seed: u64,
}

/// When a day's rows end. What comes before that goes into yesterday's row, if there
/// is one.
#[derive(Clone, Copy, Debug, Default)]
pub enum Midnight {
    /// At 00:00:00 UTC.
    OnTime,
    /// So many seconds after, for every row.
    After(i64),
    /// Up to four minutes after, differing from row to row.
    #[default]
    Varied,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// `timestamp_range.first_detected`.
    pub first: Timestamp,
    /// `timestamp_range.last_detected`.
    pub last: Timestamp,
    /// `num_connections`.
    pub count: u64,
    /// The newest connection in it; where others differ (labels), it tells.
    pub newest: Connection,
    /// True: the source's VEN reported it.
    pub outbound: bool,
    order: u64,
}

/// All rows that the PCE has at `now` and that overlap the window, shuffled.
pub fn rows(
    connections: &[Connection],
    counting: Counting,
    now: Timestamp,
    window: (Timestamp, Timestamp),
) -> Vec<Row> {
    let mut rows = Vec::new();
    for (key, seen) in by_series(connections) {
        for bucket in buckets(&key, &seen, counting) {
            let mut known = recorded(&bucket, now);
            if counting.clipped {
                known.retain(|c| c.connection.at >= window.0 && c.connection.at <= window.1);
            }
            let Some(row) = summed(&known, mixed(hash(&key) ^ counting.seed)) else {
                continue;
            };
            if row.last >= window.0 && row.first <= window.1 {
                rows.push(row);
            }
        }
    }
    rows.sort_by_key(|row| mixed(row.order ^ now.as_second() as u64 ^ day_of(row.first) as u64));
    rows
}

/// A connection as one end reported it.
#[derive(Clone, Copy)]
struct Seen<'a> {
    connection: &'a Connection,
    report: Report,
}

/// The reports of each series, that is, of what differs in nothing but time.
fn by_series(connections: &[Connection]) -> BTreeMap<String, Vec<Seen<'_>>> {
    let mut series: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for connection in connections {
        for report in &connection.reports {
            let seen = Seen {
                connection,
                report: *report,
            };
            let key = series_key(connection, report.outbound);
            series.entry(key).or_default().push(seen);
        }
    }
    for seen in series.values_mut() {
        seen.sort_by_key(|seen| seen.connection.at);
    }
    series
}

fn series_key(connection: &Connection, outbound: bool) -> String {
    let end = |endpoint: &super::connection::Endpoint| {
        let json = endpoint.json();
        json!([json["ip"], endpoint.href(), json["fqdn"]])
    };
    json!([
        end(&connection.source),
        end(&connection.destination),
        connection.service,
        connection.others["icmp_type"],
        connection.others["icmp_code"],
        connection.others["network"]["href"],
        connection.others["boundary_decision"],
        connection.decision,
        connection.state,
        outbound,
    ])
    .to_string()
}

/// The days' rows of a series, whether recorded already or not.
fn buckets<'a>(key: &str, seen: &[Seen<'a>], counting: Counting) -> Vec<Vec<Seen<'a>>> {
    let close = match counting.midnight {
        Midnight::OnTime => -1,
        Midnight::After(seconds) => seconds,
        Midnight::Varied => (mixed(hash(key)) % (LATEST_CLOSE + 1)) as i64,
    };
    let mut days: BTreeMap<i64, Vec<Seen>> = BTreeMap::new();
    for seen in seen {
        let instant = seen.connection.at;
        let day = day_of(instant);
        let past_midnight = instant.as_second().rem_euclid(DAY_SECONDS);
        let yesterdays = past_midnight <= close && days.contains_key(&(day - 1));
        let day = if yesterdays { day - 1 } else { day };
        days.entry(day).or_default().push(*seen);
    }
    days.into_values().collect()
}

/// What of a day's row is written down at `now`. What fell into it after midnight
/// waits for the day's own part, so that a row never begins on the wrong day.
fn recorded<'a>(bucket: &[Seen<'a>], now: Timestamp) -> Vec<Seen<'a>> {
    let Some(day) = bucket.first().map(|seen| day_of(seen.connection.at)) else {
        return Vec::new();
    };
    let known = |seen: &&Seen| seen.report.recorded <= now;
    let begun = bucket
        .iter()
        .filter(known)
        .any(|seen| day_of(seen.connection.at) == day);
    let known = bucket.iter().filter(known).copied();
    known.filter(|_| begun).collect()
}

fn summed(known: &[Seen], order: u64) -> Option<Row> {
    let (first, newest) = (known.first()?, known.last()?);
    Some(Row {
        first: first.connection.at,
        last: newest.connection.at,
        count: known.iter().map(|seen| seen.connection.times).sum(),
        newest: newest.connection.clone(),
        outbound: newest.report.outbound,
        order,
    })
}

impl Row {
    /// As it is sent; `place` is its place in the answer.
    pub fn json(&self, place: usize) -> Value {
        let newest = &self.newest;
        let mut row = newest.others.clone();
        row["src"] = newest.source.json();
        row["dst"] = newest.destination.json();
        row["service"] = newest.service.clone();
        row["state"] = newest.state.as_str().into();
        let said = newest.said.as_ref().unwrap_or(&newest.decision);
        row["policy_decision"] = said.as_str().into();
        row["flow_direction"] = direction(self.outbound).into();
        row["num_connections"] = self.count.into();
        row["seq_id"] = place.into();
        row["timestamp_range"] = json!({
            "first_detected": seconds(self.first), "last_detected": seconds(self.last)
        });
        row
    }
}

fn direction(outbound: bool) -> &'static str {
    if outbound { "outbound" } else { "inbound" }
}

fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(3, |sum, byte| mixed(sum ^ u64::from(byte)))
}
