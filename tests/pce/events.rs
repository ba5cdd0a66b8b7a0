//! The event log: what it holds, and how it answers.

use jiff::Timestamp;
use serde_json::Value;

use super::api::{error, invalid, not_found};
use super::http::{Request, Response};
use super::state::State;
use super::time::strict;

/// What a query without `max_results` gets [REST 25.2, "Events"].
const DEFAULT_RESULTS: usize = 100;

/// The most that any query gets; there is no paging [REST 25.2, "Events"].
const MOST_RESULTS: usize = 10_000;

const SEVERITIES: [&str; 8] =
    ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// An event in the log.
#[derive(Clone, Debug)]
pub struct Stored {
    /// When it happened.
    pub at: Timestamp,
    /// When the PCE wrote it down; before that, nobody sees it.
    pub recorded: Timestamp,
    /// As it is sent.
    pub json: Value,
}

/// What a query asks for.
#[derive(Default)]
struct Query {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    equal: Vec<(&'static str, String)>,
    created_by: Option<String>,
    most: Option<usize>,
}

/// `GET …/events`.
pub fn list(state: &State, request: &Request) -> Response {
    let query = match Query::read(request) {
        Ok(query) => query,
        Err(refusal) => return refusal,
    };
    let now = state.now();
    let recorded = |event: &&Stored| event.recorded <= now;
    let mut found: Vec<(usize, &Stored)> = state
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| recorded(event) && query.asks_for(event))
        .collect();
    // Newest first; of two in the same instant, the one written last.
    found.sort_by_key(|(place, event)| std::cmp::Reverse((event.at, *place)));
    let most = query.most.unwrap_or(DEFAULT_RESULTS).min(MOST_RESULTS);
    let most = most.min(state.events_cap.unwrap_or(usize::MAX));
    let matched = found.len();
    found.truncate(most);
    let rows: Vec<String> = found.iter().map(|(_, e)| e.json.to_string()).collect();
    let body = format!("[{}]", rows.join(","));
    // X-Total-Count is the whole collection's, whatever was asked for, as observed
    // on other collections of a live PCE; it tells nothing about truncation.
    Response::new(200, "application/json", body.into_bytes())
        .with("X-Total-Count", state.events.iter().filter(recorded).count())
        .with("X-Matched-Count", matched)
}

/// `GET …/events/UUID`.
pub fn one(state: &State, uuid: &str) -> Response {
    let now = state.now();
    let named = |event: &&Stored| {
        let href = event.json["href"].as_str().unwrap_or("");
        href.ends_with(&format!("/{uuid}")) && event.recorded <= now
    };
    match state.events.iter().find(named) {
        Some(event) => Response::json(200, &event.json),
        None => not_found(),
    }
}

impl Query {
    fn read(request: &Request) -> Result<Self, Response> {
        let mut query = Self::default();
        for (name, value) in request.parameters() {
            match name.as_str() {
                "timestamp[gte]" => query.since = Some(timestamp(&name, &value)?),
                "timestamp[lte]" => query.until = Some(timestamp(&name, &value)?),
                "event_type" => query.equal.push(("event_type", value)),
                "severity" if SEVERITIES.contains(&value.as_str()) => {
                    query.equal.push(("severity", value));
                }
                "status" if ["success", "failure"].contains(&value.as_str()) => {
                    query.equal.push(("status", value));
                }
                "created_by" => query.created_by = Some(value),
                "max_results" => {
                    let most = value.parse().map_err(|_| bad_value(&name, &value))?;
                    query.most = Some(most);
                }
                "severity" | "status" => return Err(bad_value(&name, &value)),
                _ => return Err(invalid(&format!("unknown parameter {name:?}"))),
            }
        }
        Ok(query)
    }

    fn asks_for(&self, event: &Stored) -> bool {
        let mut equal = self.equal.iter();
        self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at <= until)
            && equal.all(|(field, value)| event.json[field] == value.as_str())
            && self
                .created_by
                .as_ref()
                .is_none_or(|who| event.json["created_by"].get(who).is_some())
    }
}

fn timestamp(name: &str, value: &str) -> Result<Timestamp, Response> {
    strict(value).ok_or_else(|| {
        let message = format!("Invalid timestamp {value:?} for {name}");
        error(406, "invalid_timestamp", &message)
    })
}

fn bad_value(name: &str, value: &str) -> Response {
    invalid(&format!("invalid value {value:?} for {name:?}"))
}
