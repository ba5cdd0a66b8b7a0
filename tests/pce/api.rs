//! Who may ask for what: credentials, org, and the paths of the REST API.
//!
//! The answers and errors follow the REST guide 25.2 and what clients report of
//! live PCEs; where both are silent, the stricter reading is taken.

use serde_json::{Value, json};

use super::event_records::authentication_failed;
use super::fault::{LOGIN_PAGE, LOGIN_PATH};
use super::http::{Request, Response};
use super::state::State;
use super::{events, ip_lists, jobs, labels, workloads};

/// What the PCE answers to a request.
pub fn answer(state: &mut State, request: &Request) -> Response {
    if request.path == LOGIN_PATH {
        return Response::new(200, "text/html; charset=utf-8", LOGIN_PAGE.into());
    }
    let Some(path) = request.path.strip_prefix("/api/v2/") else {
        return not_found();
    };
    // For load balancers; the only path that asks for no credentials.
    if path == "node_available" {
        return only_get(request, Response::empty(200));
    }
    if state.is_too_busy() {
        return error(429, "too_many_requests_error", "Too many requests");
    }
    if !authenticated(state, request) {
        if state.logs_refusals {
            let now = state.now();
            state.log(authentication_failed("127.0.0.1").at(now));
        }
        return error(401, "authentication_error", "Authentication failed")
            .with("WWW-Authenticate", "Basic realm=\"Illumio PCE\"");
    }
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["noop"] => only_get(request, Response::empty(204)),
        ["health"] => only_get(request, Response::json(200, &state.health)),
        ["product_version"] => only_get(request, Response::json(200, &version())),
        ["orgs", org, rest @ ..] if *org == state.org => in_org(state, request, rest),
        ["orgs", org, ..] if org.parse::<u32>().is_ok() => {
            error(403, "forbidden", "Not authorized for this org")
        }
        _ => not_found(),
    }
}

fn in_org(state: &mut State, request: &Request, path: &[&str]) -> Response {
    match path {
        ["events"] if request.method == "GET" => events::list(state, request),
        ["events", uuid] if request.method == "GET" => events::one(state, uuid),
        ["events", ..] => method_not_allowed(),
        ["traffic_flows", "async_queries", rest @ ..] => jobs::answer(state, request, rest),
        ["sec_policy", version, "ip_lists"] if request.method == "GET" => {
            ip_lists::list(state, version, request)
        }
        ["labels"] if request.method == "GET" => labels::list(state, request),
        ["workloads"] if request.method == "GET" => workloads::list(state, request),
        ["jobs", job] => workloads::job(state, request, job),
        ["datafiles", file] if request.method == "GET" => workloads::file(state, file),
        ["settings", "workloads"] => only_get(request, Response::json(200, &workload_settings())),
        _ => not_found(),
    }
}

fn authenticated(state: &State, request: &Request) -> bool {
    use base64::Engine;
    let pair = format!("{}:{}", state.key, state.secret);
    let expected = base64::engine::general_purpose::STANDARD.encode(pair);
    let given = request.header("authorization").unwrap_or("");
    given.strip_prefix("Basic ") == Some(expected.as_str())
}

/// The PCE's error body: an array of token and message [REST 25.2, "Errors"].
pub fn error(status: u16, token: &str, message: &str) -> Response {
    Response::json(status, &json!([{"token": token, "message": message}]))
}

/// 406, for a body or a parameter that the PCE does not understand.
pub fn invalid(details: &str) -> Response {
    let message = format!("Input validation failed. Details: {{{details}}}");
    error(406, "input_validation_error", &message)
}

/// 404.
pub fn not_found() -> Response {
    error(404, "not_found", "The requested resource was not found")
}

/// 405.
pub fn method_not_allowed() -> Response {
    error(405, "method_not_allowed", "Method not allowed")
}

fn only_get(request: &Request, response: Response) -> Response {
    if request.method == "GET" { response } else { method_not_allowed() }
}

fn version() -> Value {
    json!({
        "version": "25.2.40", "build": "4047",
        "long_display": "25.2.40-4047", "short_display": "25.2.40"
    })
}

fn workload_settings() -> Value {
    json!({
        "href": "/orgs/1/settings/workloads",
        "workload_disconnected_timeout_seconds": [{"scope": [], "value": 3600}],
        "workload_goodbye_timeout_seconds": [{"scope": [], "value": 900}]
    })
}
