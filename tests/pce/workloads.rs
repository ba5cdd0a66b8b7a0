//! The list of workloads: what it holds, and how it is handed out.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::{error, invalid, method_not_allowed, not_found};
use super::http::{Request, Response};
use super::state::{State, hash, uuid};
use super::time::{When, millis};

/// The most that one answer has, "by default" [REST 25.2, "Asynchronous GET"].
const MOST_AT_ONCE: usize = 500;

const PARAMETERS: [&str; 8] = [
    "managed",
    "online",
    "enforcement_mode",
    "hostname",
    "name",
    "labels",
    "policy_health",
    "max_results",
];

/// The workloads and the jobs that put lists of them together.
pub struct Workloads {
    /// As they are sent.
    pub list: Vec<Value>,
    /// So many are handed out at once, whatever was asked for.
    pub cap: usize,
    /// What becomes of jobs.
    pub fate: ListFate,
    jobs: Vec<Job>,
}

impl Default for Workloads {
    fn default() -> Self {
        let fate = ListFate::done();
        Self { list: Vec::new(), cap: MOST_AT_ONCE, fate, jobs: Vec::new() }
    }
}

/// What becomes of a job.
#[derive(Clone, Debug)]
pub struct ListFate {
    polls: usize,
    word: Option<String>,
    place: Place,
    result: Value,
}

/// How the answer names the job's place.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Path,
    Url,
    Elsewhere,
    Nowhere,
    /// There are no jobs: the answer is the list.
    NoJobs,
}

impl ListFate {
    /// It is `done` at the second poll.
    pub fn done() -> Self {
        Self::ends("done")
    }

    /// It ends with this word: `failed`, `completed` …
    pub fn ends(word: &str) -> Self {
        Self { polls: 1, word: Some(word.into()), place: Place::Path, result: json!({}) }
    }

    /// It is `running` for ever.
    pub fn never_ends() -> Self {
        Self { word: None, ..Self::done() }
    }

    /// Its place is told as a URL, as the guide's sample has it.
    pub fn at_a_url(self) -> Self {
        Self { place: Place::Url, ..self }
    }

    /// Its place is told as one that is no job's.
    pub fn elsewhere(self) -> Self {
        Self { place: Place::Elsewhere, ..self }
    }

    /// Its place is not told.
    pub fn nowhere(self) -> Self {
        Self { place: Place::Nowhere, ..self }
    }

    /// It makes no jobs: whoever asks for one gets the list at once.
    pub fn no_jobs() -> Self {
        Self { place: Place::NoJobs, ..Self::done() }
    }

    /// It says this of its result, in place of where that is.
    pub fn with_result(self, result: Value) -> Self {
        Self { result, ..self }
    }
}

struct Job {
    uuid: String,
    fate: ListFate,
    polls: usize,
    file: String,
    list: Option<Vec<u8>>,
}

impl Workloads {
    /// How many jobs it still keeps.
    pub fn kept(&self) -> usize {
        self.jobs.len()
    }
}

/// `GET …/workloads`.
pub fn list(state: &mut State, request: &Request) -> Response {
    let parameters = request.parameters();
    if let Some((name, _)) =
        parameters.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str()))
    {
        return invalid(&format!("unknown parameter {name}"));
    }
    let value = |name: &str| {
        parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    };
    let asked = match value("max_results").map(str::parse::<usize>) {
        None => MOST_AT_ONCE,
        Some(Ok(asked)) if asked > 0 => asked,
        Some(_) => return invalid("max_results is a number"),
    };
    let managed = match value("managed") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return invalid("managed is true or false"),
    };
    let fits = |host: &&Value| match (managed, host["managed"].as_bool()) {
        (Some(asked), Some(is)) => asked == is,
        _ => true,
    };
    let found: Vec<&Value> = state.workloads.list.iter().filter(fits).collect();
    let asks_for_a_job = request.header("prefer") == Some("respond-async");
    if asks_for_a_job && state.workloads.fate.place != Place::NoJobs {
        let body = body_of(&found);
        return job_for(state, body);
    }
    let all = state.workloads.list.len();
    let shown = found.len().min(asked).min(state.workloads.cap);
    // The total is that of all workloads, whatever was asked for [seen on 25.2.40].
    Response::new(200, "application/json", body_of(&found[..shown])).with("X-Total-Count", all)
}

fn body_of(hosts: &[&Value]) -> Vec<u8> {
    let rows: Vec<String> = hosts.iter().map(|host| host.to_string()).collect();
    format!("[{}]", rows.join(",")).into_bytes()
}

fn job_for(state: &mut State, list: Vec<u8>) -> Response {
    let (uuid, file) = (state.uuid(), state.uuid());
    let fate = state.workloads.fate.clone();
    let href = format!("/orgs/{}/jobs/{uuid}", state.org);
    let place = match fate.place {
        Place::Url => Some(format!("https://pce.example.net:8443/api/v2{href}")),
        Place::Elsewhere => Some(format!("/orgs/{}/workloads/{uuid}", state.org)),
        Place::Nowhere => None,
        Place::Path | Place::NoJobs => Some(href),
    };
    state.workloads.jobs.push(Job { uuid, fate, polls: 0, file, list: Some(list) });
    let response = Response::empty(202).with("Retry-After", 5);
    match place {
        Some(place) => response.with("Location", place),
        None => response,
    }
}

/// `…/jobs/UUID`.
pub fn job(state: &mut State, request: &Request, uuid: &str) -> Response {
    let org = state.org.clone();
    let jobs = &mut state.workloads.jobs;
    let Some(place) = jobs.iter().position(|job| job.uuid == uuid) else {
        return not_found();
    };
    match request.method.as_str() {
        "GET" => {
            let job = &mut jobs[place];
            job.polls += 1;
            let status = match &job.fate.word {
                _ if job.polls <= job.fate.polls => "pending",
                None => "running",
                Some(word) => word,
            };
            let mut json = json!({
                "href": format!("/orgs/{org}/jobs/{uuid}"), "job_type": "collection",
                "description": "GET /workloads", "status": status,
                "created_by": {"href": "/users/1"}
            });
            if ["done", "completed"].contains(&status) {
                let href = format!("/orgs/{org}/datafiles/{}", job.file);
                json["result"] = match job.fate.result == json!({}) {
                    true => json!({"href": href}),
                    false => job.fate.result.clone(),
                };
            }
            Response::json(200, &json)
        }
        "DELETE" => {
            jobs.remove(place);
            Response::empty(204)
        }
        _ => method_not_allowed(),
    }
}

/// `GET …/datafiles/UUID`.
pub fn file(state: &State, uuid: &str) -> Response {
    let job = state.workloads.jobs.iter().find(|job| job.file == uuid);
    match job.and_then(|job| job.list.clone()) {
        Some(list) => Response::new(200, "application/json", list),
        None => error(404, "not_found", "The data file was not found"),
    }
}

/// A workload with a VEN, as a PCE 25.2.40 has it: well, unless said otherwise.
#[derive(Clone, Debug)]
pub struct HostRecord {
    name: String,
    json: Value,
}

/// A workload of this name that is well.
pub fn host(name: &str) -> HostRecord {
    let id = uuid(hash(name));
    let at = "2026-08-03T05:48:41.052763Z";
    let json = json!({
        "href": format!("/workloads/{id}"), "deleted": false, "name": null, "hostname": name,
        "description": null, "managed": true, "online": true, "enforcement_mode": "selective",
        "visibility_level": "flow_summary", "public_ip": "172.16.15.122",
        "os_id": "ubuntu-x86_64-jammy",
        "os_detail": "5.15.0-186-generic #196-Ubuntu SMP (Ubuntu 22.04.5 LTS)",
        "interfaces": [{
            "address": "172.16.15.122", "cidr_block": 24, "name": "ens33", "loopback": false,
            "default_gateway_address": "172.16.15.254", "link_state": null,
            "network": {"href": "/orgs/1/networks/27058b12-718b-4538-8cb9-e59169fa75ed",
                        "name": "Corporate"},
            "network_detection_mode": "single_private_brn", "public_ip": null
        }],
        "labels": [
            {"href": "/orgs/1/labels/56", "key": "role", "value": "Web"},
            {"href": "/orgs/1/labels/15", "key": "env", "value": "Prod"}
        ],
        "services": {}, "caps": ["write"], "created_at": at, "updated_at": at,
        "agent": {
            "href": "/orgs/1/agents/1307", "type": "Host", "active_pce_fqdn": null,
            "config": {"mode": "selective", "log_traffic": false},
            "status": {
                "agent_health": [], "agent_health_errors": {"errors": [], "warnings": []},
                "agent_version": "25.2.40-4047", "firewall_rule_count": 0,
                "fw_config_current": true, "instance_id": null,
                "last_heartbeat_on": "2026-08-03T06:23:07.549455Z",
                "managed_since": "2026-04-05T05:09:32.548620Z",
                "security_policy_applied_at": at, "security_policy_received_at": at,
                "security_policy_sync_state": "applied", "status": "active", "uid": null,
                "uptime_seconds": 399_852
            }
        },
        "ven": {"href": format!("/vens/{id}"), "hostname": name, "name": null,
                "status": "active", "ven_type": "server", "version": "25.2.40-4047"}
    });
    HostRecord { name: name.into(), json }
}

/// So many workloads that are well, `name-1` and so on.
pub fn hosts(name: &str, count: usize) -> Vec<HostRecord> {
    (1..=count).map(|nth| host(&format!("{name}-{nth}"))).collect()
}

impl HostRecord {
    /// Its VEN has not been heard of since.
    pub fn offline(self, since: impl When) -> Self {
        self.set("online", json!(false)).heartbeat(since.instant())
    }

    /// When its VEN was last heard of.
    pub fn heartbeat(self, at: Timestamp) -> Self {
        self.set("agent.status.last_heartbeat_on", json!(millis(at)))
    }

    /// A label of its own beside the usual ones, or in place of one.
    pub fn label(mut self, key: &str, value: &str) -> Self {
        let labels = self.json["labels"].as_array_mut().unwrap();
        labels.retain(|label| label["key"] != key);
        labels.push(json!({"href": "/orgs/1/labels/7", "key": key, "value": value}));
        self
    }

    /// A member by its path, `agent.status.status`, be it as odd as it may.
    pub fn set(mut self, path: &str, value: Value) -> Self {
        let place = path.split('.').fold(&mut self.json, |place, key| &mut place[key]);
        *place = value;
        self
    }

    /// Without a member.
    pub fn without(mut self, path: &str) -> Self {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = parent.split('.').filter(|key| !key.is_empty());
        let parent = parent.fold(&mut self.json, |place, key| &mut place[key]);
        parent.as_object_mut().unwrap().remove(key);
        self
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As it is sent.
    pub fn json(&self, org: &str) -> Value {
        let mut json = self.json.clone();
        for place in ["/href", "/ven/href"] {
            if let Some(href) = json.pointer_mut(place)
                && let Some(text) = href.as_str().filter(|text| !text.starts_with("/orgs"))
            {
                *href = format!("/orgs/{org}{text}").into();
            }
        }
        json
    }
}
