//! Asynchronous traffic queries: posted, polled, downloaded, deleted.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::api::{error, invalid, method_not_allowed, not_found};
use super::bulk::Bulk;
use super::http::{Body, Request, Response};
use super::query::Query;
use super::state::State;
use super::time::seconds;
use super::{regions, rows};

/// What stands for rows that a capped PCE would have in place of these: no rule asks
/// for it.
const NOBODYS_ROW: &str = r#"{"policy_decision":"allowed","service":{"port":9}}"#;

/// All queries of the PCE, and what becomes of new ones.
#[derive(Default)]
pub struct Jobs {
    /// What becomes of a query, unless something is said about the next ones.
    pub usual: Fate,
    /// What becomes of the next ones.
    pub next: VecDeque<Fate>,
    list: Vec<Job>,
}

/// What becomes of a query.
#[derive(Clone, Debug)]
pub struct Fate {
    polls: usize,
    time: SignedDuration,
    end: End,
    empty_downloads: usize,
}

#[derive(Clone, Debug)]
enum End {
    Completed,
    Status(String),
    Never,
    Vanished,
}

impl Default for Fate {
    fn default() -> Self {
        Self::completes()
    }
}

impl Fate {
    /// It is done at the second poll, unless said otherwise.
    pub fn completes() -> Self {
        Self::ends(End::Completed)
    }

    /// It ends as `failed`.
    pub fn fails() -> Self {
        Self::status("failed")
    }

    /// It ends with this word: `cancelled`, `canceled`, one nobody knows.
    pub fn status(word: &str) -> Self {
        Self::ends(End::Status(word.into()))
    }

    /// It is `working` for ever.
    pub fn never_ends() -> Self {
        Self::ends(End::Never)
    }

    /// It is gone: 404.
    pub fn vanishes() -> Self {
        Self::ends(End::Vanished)
    }

    fn ends(end: End) -> Self {
        Self { polls: 1, time: SignedDuration::ZERO, end, empty_downloads: 0 }
    }

    /// Its end is seen only after so many polls that find it queued or working.
    pub fn after_polls(mut self, polls: usize) -> Self {
        self.polls = polls;
        self
    }

    /// Its end is seen only so many minutes of the PCE's clock after the POST.
    pub fn after_minutes(mut self, minutes: i64) -> Self {
        self.time = SignedDuration::from_mins(minutes);
        self
    }

    /// Completed before its rows exist: so many downloads find an empty list.
    pub fn empty_at_first(mut self, downloads: usize) -> Self {
        self.empty_downloads = downloads;
        self
    }
}

struct Job {
    uuid: String,
    body: Value,
    query: Query,
    created: Timestamp,
    updated: Timestamp,
    fate: Fate,
    polls: usize,
    downloads: usize,
    status: String,
    result: Option<Result>,
}

/// What a completed query found.
struct Result {
    /// `matches_count`.
    matched: usize,
    /// `flows_count`.
    found: usize,
    rows: Rows,
    /// What each region of a supercluster says.
    regions: Option<Value>,
}

#[derive(Clone)]
enum Rows {
    Made(Arc<Vec<Value>>),
    Bulk(Bulk, Timestamp),
}

/// `…/traffic_flows/async_queries…`; `path` is what follows.
pub fn answer(state: &mut State, request: &Request, path: &[&str]) -> Response {
    match (request.method.as_str(), path) {
        ("POST", []) => create(state, request),
        ("GET", []) => list(state),
        ("GET", [uuid]) => poll(state, uuid),
        ("PUT", [uuid]) => cancel(state, uuid),
        ("DELETE", [uuid]) => delete(state, uuid),
        ("GET", [uuid, "download"]) => download(state, request, uuid),
        (_, [] | [_] | [_, "download"]) => method_not_allowed(),
        _ => not_found(),
    }
}

fn create(state: &mut State, request: &Request) -> Response {
    let content = request.header("content-type").unwrap_or("");
    if !content.starts_with("application/json") {
        return error(406, "invalid_content_type", "Content-Type: application/json");
    }
    if !request.query.is_empty() {
        return invalid("unknown parameter");
    }
    let mut query = match Query::read(&request.body) {
        Ok(query) => query,
        Err(details) => return invalid(&details),
    };
    query.most = query.most.min(state.rows_cap.unwrap_or(usize::MAX));
    let now = state.now();
    let job = Job {
        uuid: state.uuid(),
        body: serde_json::from_slice(&request.body).unwrap_or_default(),
        query,
        created: now,
        updated: now,
        fate: state.jobs.next.pop_front().unwrap_or(state.jobs.usual.clone()),
        polls: 0,
        downloads: 0,
        status: "queued".into(),
        result: None,
    };
    let response = Response::json(202, &job.json(&state.org));
    let response = response.with("Content-Location", &job.uuid);
    state.jobs.list.push(job);
    response
}

fn list(state: &State) -> Response {
    let jobs = state.jobs.list.iter();
    let all: Vec<Value> = jobs.map(|job| job.json(&state.org)).collect();
    Response::json(200, &all.into())
}

fn poll(state: &mut State, uuid: &str) -> Response {
    let now = state.now();
    let Some(place) = state.jobs.place(uuid) else {
        return not_found();
    };
    let job = &mut state.jobs.list[place];
    job.polls += 1;
    if job.is_over(now) {
        match job.fate.end.clone() {
            End::Vanished => {
                state.jobs.list.remove(place);
                return not_found();
            }
            End::Never => job.becomes("working", now),
            End::Status(word) => job.becomes(&word, now),
            End::Completed if job.result.is_none() => {
                let query = job.query.clone();
                let result = run(state, &query);
                let job = &mut state.jobs.list[place];
                job.result = Some(result);
                job.becomes("completed", now);
            }
            End::Completed => {}
        }
    } else if job.polls > 1 || job.fate.polls == 1 {
        job.becomes("working", now);
    }
    Response::json(200, &state.jobs.list[place].json(&state.org))
}

/// Finds the rows, as they are now; while the query ran, they went on growing.
fn run(state: &State, query: &Query) -> Result {
    let now = state.now();
    let claimed = |rows: usize| (rows as f64 * state.matches_a_row).ceil() as usize;
    if let Some(bulk) = state.bulk {
        let rows = bulk.count(query, now);
        return Result {
            matched: claimed(rows),
            found: query.found(rows),
            rows: Rows::Bulk(bulk, now),
            regions: None,
        };
    }
    let window = (query.from, query.to);
    let mut found = rows::rows(&state.uploads, &state.counting, now, window);
    found.retain(|row| query.asks_for(row) && regions::responds(&state.regions, row));
    let matched = claimed(found.len());
    let told = query.found(found.len());
    found.truncate(query.most);
    let json = found.iter().enumerate().map(|(place, row)| row.json(place));
    Result {
        matched,
        found: told,
        rows: Rows::Made(Arc::new(json.collect())),
        regions: regions::report(&state.regions, &found, claimed),
    }
}

fn cancel(state: &mut State, uuid: &str) -> Response {
    let now = state.now();
    let Some(place) = state.jobs.place(uuid) else {
        return not_found();
    };
    let job = &mut state.jobs.list[place];
    job.fate = Fate::status("cancelled").after_polls(job.polls);
    job.becomes("cancel_requested", now);
    Response::json(202, &job.json(&state.org))
}

/// "Delete a completed query": any other is refused.
fn delete(state: &mut State, uuid: &str) -> Response {
    match state.jobs.place(uuid) {
        None => not_found(),
        Some(place) if state.jobs.list[place].result.is_some() => {
            state.jobs.list.remove(place);
            Response::empty(204)
        }
        Some(_) => error(406, "query_not_completed", "The query is not completed"),
    }
}

fn download(state: &mut State, request: &Request, uuid: &str) -> Response {
    let known = |name: &str| name == "include_draft_policy_in_csv";
    if request.parameters().iter().any(|(name, _)| !known(name)) {
        return invalid("unknown parameter");
    }
    let Some(place) = state.jobs.place(uuid) else {
        return not_found();
    };
    let job = &mut state.jobs.list[place];
    let Some(result) = &job.result else {
        return not_found();
    };
    job.downloads += 1;
    let as_json =
        request.header("accept").is_some_and(|accept| accept.contains("application/json"));
    if job.downloads <= job.fate.empty_downloads {
        return Response::new(200, "application/json", b"[]".to_vec());
    }
    match result.rows.clone() {
        _ if !as_json => Response::new(200, "text/csv", result.csv().into_bytes()),
        Rows::Made(rows) => {
            let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
            rows.resize(result.found, NOBODYS_ROW.into());
            let body = format!("[{}]", rows.join(","));
            Response::new(200, "application/json", body.into_bytes())
        }
        Rows::Bulk(bulk, now) => {
            let query = job.query.clone();
            let mut response = Response::new(200, "application/json", Vec::new());
            response.body = Body::Stream(Box::new(move |out| bulk.write(&query, now, out)));
            response
        }
    }
}

impl Jobs {
    fn place(&self, uuid: &str) -> Option<usize> {
        self.list.iter().position(|job| job.uuid == uuid)
    }

    /// How many queries the PCE still keeps.
    pub fn kept(&self) -> usize {
        self.list.len()
    }
}

impl Job {
    fn is_over(&self, now: Timestamp) -> bool {
        self.polls > self.fate.polls && now >= self.created + self.fate.time
    }

    fn becomes(&mut self, status: &str, now: Timestamp) {
        if self.status != status {
            self.status = status.into();
            self.updated = now;
        }
    }

    fn json(&self, org: &str) -> Value {
        let href = format!("/orgs/{org}/traffic_flows/async_queries/{}", self.uuid);
        let mut json = json!({
            "status": self.status, "href": href, "created_by": {"href": "/users/1"},
            "query_parameters": self.body,
            "created_at": seconds(self.created), "updated_at": seconds(self.updated)
        });
        if let Some(result) = &self.result {
            json["matches_count"] = result.matched.into();
            json["flows_count"] = result.found.into();
            if let Some(regions) = &result.regions {
                json["regions"] = regions.clone();
            }
            json["result"] = format!("{href}/download").into();
        }
        json
    }
}

impl Result {
    /// As little of it as shows that it is not JSON.
    fn csv(&self) -> String {
        let mut text = "Source IP,Destination IP,Port,Protocol,Num Flows\n".to_owned();
        if let Rows::Made(rows) = &self.rows {
            for row in rows.iter() {
                text += &format!(
                    "{},{},{},{},{}\n",
                    row["src"]["ip"],
                    row["dst"]["ip"],
                    row["service"]["port"],
                    row["service"]["proto"],
                    row["num_connections"]
                );
            }
        }
        text
    }
}
