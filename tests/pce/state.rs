//! All that the simulated PCE knows, and what it remembers of its clients.

use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::bulk::Bulk;
use super::counting::Counting;
use super::event_records::EventRecord;
use super::events::Stored;
use super::fault::Fault;
use super::http::{Request, Response};
use super::jobs::Jobs;
use super::labels::LabelAccess;
use super::listen::Welcome;
use super::regions::Region;
use super::time::{Clock, at, http_date};
use super::uploads::Uploads;
use super::vens::Vens;
use super::workloads::Workloads;

/// The state, shared by the threads of all connections.
#[derive(Default)]
pub struct Shared(Mutex<State>);

impl Shared {
    /// Takes it; a test that panicked elsewhere does not matter here.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

/// What the PCE knows.
pub struct State {
    /// The org's number.
    pub org: String,
    /// The API key's name.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// What it takes for now, and tells in `Date`.
    pub clock: Clock,
    /// The event log, in the order it was filled.
    pub events: Vec<Stored>,
    /// Some PCEs cap a page of events without a word.
    pub events_cap: Option<usize>,
    /// The most rows that it finds for one query, whatever is asked for.
    pub rows_cap: Option<usize>,
    /// How many matches it claims for each row that it finds.
    pub matches_a_row: f64,
    /// The labels, by key and value.
    pub labels: Vec<(String, String)>,
    /// Who may read them, and how.
    pub label_access: LabelAccess,
    /// The provisioned IP lists.
    pub ip_lists: Vec<Value>,
    /// Whether the key may not read them.
    pub hides_ip_lists: bool,
    /// So many of them are handed out, whatever is asked for.
    pub ip_lists_cap: Option<usize>,
    /// No more of them may be asked for.
    pub ip_lists_page: Option<usize>,
    /// Everything that VENs have told or will tell, recorded or not.
    pub uploads: Uploads,
    /// How VENs sum up; `None`: each connection is told by itself.
    pub vens: Option<Vens>,
    /// How rows are made of it.
    pub counting: Counting,
    /// Those of a supercluster; none without one.
    pub regions: Vec<Region>,
    /// Synthetic rows in place of connections.
    pub bulk: Option<Bulk>,
    /// Traffic queries.
    pub jobs: Jobs,
    /// Workloads, and how their list is handed out.
    pub workloads: Workloads,
    /// What `/api/v2/health` answers.
    pub health: Value,
    /// Whether bodies are compressed for those who accept it.
    pub gzip: bool,
    /// Requests that are answered in one minute of its clock [REST 25.2]; then 429.
    pub requests_a_minute: usize,
    /// Whether it writes down whom it refused, as real ones do.
    pub logs_refusals: bool,
    /// What new connections meet.
    pub welcome: Welcome,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// What was asked.
    pub seen: Vec<Seen>,
    numbers: u64,
    this_minute: (i64, usize),
}

impl Default for State {
    fn default() -> Self {
        Self {
            org: "1".into(),
            key: "api_1a2b3c4d5e6f7a8b9".into(),
            secret: "simulated-secret-7Yq2".into(),
            clock: Clock::Fixed(at("10:00")),
            events: Vec::new(),
            events_cap: None,
            rows_cap: None,
            matches_a_row: 1.0,
            labels: Vec::new(),
            label_access: LabelAccess::default(),
            ip_lists: Vec::new(),
            hides_ip_lists: false,
            ip_lists_cap: None,
            ip_lists_page: None,
            uploads: Uploads::default(),
            vens: None,
            counting: Counting::default(),
            regions: Vec::new(),
            bulk: None,
            jobs: Jobs::default(),
            workloads: Workloads::default(),
            health: healthy(),
            gzip: true,
            requests_a_minute: 500,
            logs_refusals: false,
            welcome: Welcome::default(),
            faults: Vec::new(),
            seen: Vec::new(),
            numbers: 0,
            this_minute: (0, 0),
        }
    }
}

/// A request that the PCE got, for a test to look at. The secret is not in it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `GET` …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// As it came, encoded.
    pub query: String,
    /// Names in lower case, without `authorization`.
    pub headers: Vec<(String, String)>,
    /// As it came.
    pub body: Vec<u8>,
    /// The PCE's time.
    pub at: Timestamp,
    /// Which connection it came on, counted from 0.
    pub connection: usize,
}

impl Seen {
    /// The value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl State {
    /// What the PCE takes for now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A number that was never given before.
    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// A UUID that was never given before, the same in every run of a test.
    pub fn uuid(&mut self) -> String {
        uuid(self.number())
    }

    /// Keeps a request for the test, without its secret.
    pub fn remember(&mut self, request: &Request, connection: usize) {
        let mut headers = request.headers.clone();
        headers.retain(|(name, _)| name != "authorization");
        let seen = Seen {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers,
            body: request.body.clone(),
            at: self.now(),
            connection,
        };
        self.seen.push(seen);
    }

    /// Counts one request more; true where that is too many for this minute.
    pub fn is_too_busy(&mut self) -> bool {
        let minute = self.now().as_second().div_euclid(60);
        if self.this_minute.0 != minute {
            self.this_minute = (minute, 0);
        }
        self.this_minute.1 += 1;
        self.this_minute.1 > self.requests_a_minute
    }

    /// Puts an event into the log.
    pub fn log(&mut self, record: EventRecord) {
        let uuid = self.uuid();
        let href = format!("/orgs/{}/events/{uuid}", self.org);
        self.events.push(record.stored(href));
    }

    /// The first fault that this request meets.
    pub fn fault_for(&mut self, method: &str, path: &str) -> Option<Fault> {
        let mut faults = self.faults.iter_mut();
        faults.find_map(|fault| fault.meets(method, path).then(|| fault.clone()))
    }

    /// With the headers that every answer of the PCE carries.
    pub fn signed(&mut self, response: Response) -> Response {
        let date = http_date(self.now());
        let id = self.uuid();
        let response = response.with("X-Request-Id", id);
        if response.has("Date") {
            return response;
        }
        response.with("Date", date)
    }
}

/// A UUID made of a number; well mixed, so that no order shows.
pub fn uuid(number: u64) -> String {
    let (a, b) = (mixed(number), mixed(number ^ 0x5bd1_e995));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

/// SplitMix64's finishing step: every input bit changes about half of the output's.
pub fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number that belongs to a text.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(3, |sum, byte| mixed(sum ^ u64::from(byte)))
}

/// The health of a PCE that is well: an array, with one member for each PCE.
pub fn healthy() -> Value {
    let node = |hostname: &str, kind: &str, ip: &str| {
        json!({
            "hostname": hostname, "ip_address": ip, "type": kind, "runlevel": 5,
            "uptime_seconds": 2_051_301,
            "cpu": {"status": "normal", "percent": 7},
            "disk": [{"location": "disk", "value": {"status": "normal", "percent": 17}}],
            "memory": {"status": "normal", "percent": 61},
            "services": {"status": "normal", "services": {"running": [
                "agent_service", "collector_service", "ev_service", "web_server"
            ]}},
            "generated_at": "2026-08-03T09:59:52+00:00"
        })
    };
    json!([{
        "status": "normal", "type": "standalone", "fqdn": "pce.example.net",
        "available_seconds": 84_133, "notifications": [], "listen_only_mode_enabled_at": null,
        "nodes": [
            node("core0.example.net", "core", "192.0.2.10"),
            node("data0.example.net", "data0", "192.0.2.12"),
        ],
        "network": {"replication": [{
            "type": "intracluster",
            "details": {"database_name": "agent", "primary_fqdn": "data0.example.net"},
            "value": {"status": "normal", "lag_seconds": 0}
        }]},
        "generated_at": "2026-08-03T09:59:52+00:00"
    }])
}
