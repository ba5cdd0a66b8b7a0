//! Labels: how many an org has, who may read them, and how they are asked for.

use serde_json::{Value, json};

use super::api::{error, invalid};
use super::http::{Request, Response};
use super::state::State;

/// What a query without `max_results` gets [REST 25.2].
const DEFAULT_RESULTS: usize = 500;

/// Who may read the labels, and what the PCE makes of being asked for one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelAccess {
    /// The key may, and a part of the value is enough.
    #[default]
    Full,
    /// The key may not.
    Hidden,
    /// The value that is asked for is passed over.
    NotByValue,
}

/// `GET …/labels`.
pub fn list(state: &State, request: &Request) -> Response {
    if state.label_access == LabelAccess::Hidden {
        return error(403, "method_forbidden_error", "Not authorized for labels");
    }
    let (mut most, mut key, mut value) = (DEFAULT_RESULTS, None, None);
    for (name, given) in request.parameters() {
        match name.as_str() {
            "max_results" => match given.parse() {
                Ok(number) => most = number,
                Err(_) => return invalid("max_results"),
            },
            "key" => key = Some(given),
            "value" if state.label_access == LabelAccess::NotByValue => {}
            "value" => value = Some(given),
            _ => return invalid(&name),
        }
    }
    let asked = |(own, text): &&(String, String)| {
        key.as_ref().is_none_or(|key| own == key)
            && value.as_ref().is_none_or(|value| text.contains(value.as_str()))
    };
    let found: Vec<Value> = state
        .labels
        .iter()
        .filter(asked)
        .take(most)
        .enumerate()
        .map(|(at, (key, value))| json!({"href": format!("/orgs/1/labels/{at}"), "key": key, "value": value}))
        .collect();
    Response::json(200, &json!(found))
}
