//! IP lists: what is drafted, what is provisioned, and how it answers.

use serde_json::{Value, json};

use super::api::{error, invalid, not_found};
use super::http::{Request, Response};
use super::state::State;

/// What a query without `max_results` gets [REST 25.2].
const DEFAULT_RESULTS: usize = 500;

/// `GET …/sec_policy/VERSION/ip_lists`.
pub fn list(state: &State, version: &str, request: &Request) -> Response {
    let lists = match version {
        "active" => &state.ip_lists,
        "draft" => return Response::json(200, &json!([])),
        _ => return not_found(),
    };
    if state.hides_ip_lists {
        return error(403, "method_forbidden_error", "Not authorized for IP lists");
    }
    let (mut most, mut name) = (DEFAULT_RESULTS, None);
    for (key, value) in request.parameters() {
        match key.as_str() {
            "max_results" => match value.parse() {
                Ok(number) if state.ip_lists_page.is_none_or(|page| number <= page) => {
                    most = number;
                }
                _ => return invalid("max_results"),
            },
            "name" => name = Some(value),
            _ => return invalid(&key),
        }
    }
    most = most.min(state.ip_lists_cap.unwrap_or(usize::MAX));
    // A part of the name is enough, as the Terraform provider says of its data source.
    let asked = |list: &&Value| {
        let own = list["name"].as_str().unwrap_or_default();
        name.as_ref().is_none_or(|name| own.contains(name.as_str()))
    };
    let found: Vec<&Value> = lists.iter().filter(asked).collect();
    let sent: Vec<String> = found.iter().take(most).map(|list| list.to_string()).collect();
    let body = format!("[{}]", sent.join(","));
    Response::new(200, "application/json", body.into_bytes())
        .with("X-Total-Count", lists.len())
        .with("X-Matched-Count", found.len())
}

/// A list as the PCE sends it.
pub fn ip_list(number: u64, name: &str, ip_ranges: Value) -> Value {
    json!({
        "href": format!("/orgs/1/sec_policy/active/ip_lists/{number}"),
        "created_at": "2026-07-01T08:00:00.000Z", "updated_at": "2026-07-01T08:00:00.000Z",
        "deleted_at": null, "created_by": {"href": "/users/1"}, "updated_by": {"href": "/users/1"},
        "deleted_by": null, "name": name, "description": "",
        "external_data_set": null, "external_data_reference": null,
        "ip_ranges": ip_ranges, "fqdns": []
    })
}
