//! What a rule's JSON counts apart, and what it takes for different ones, read plainly.

use std::collections::BTreeMap;

use serde_json::Value;

/// Whether the rule counts some apart.
pub fn is_apart(rule: &Value) -> bool {
    !words(&rule["per"]).is_empty()
}

/// What the groups of an event are called; one without a name where nothing is apart.
pub fn of_event(rule: &Value, event: &Value) -> Vec<String> {
    let mut groups = vec![Vec::new()];
    for per in words(&rule["per"]) {
        let values = match per.as_str() {
            "user" => vec![user(event)],
            "source_ip" => vec![text(&event["action"]["src_ip"])],
            "event_type" => vec![text(&event["event_type"])],
            "workload" => match objects(event) {
                none if none.is_empty() => vec![String::new()],
                objects => objects,
            },
            other => panic!("no event has a {other}"),
        };
        let longer = |group: &Vec<String>| {
            let group = group.clone();
            values.iter().map(move |value| [group.clone(), vec![or_dash(value)]].concat())
        };
        groups = groups.iter().flat_map(longer).collect();
    }
    groups.into_iter().map(|group| group.join(" · ")).collect()
}

/// The different ones that an event adds; `None` where the rule counts matches.
pub fn different(rule: &Value, event: &Value) -> Option<Vec<String>> {
    let ones = match rule["count_by"].as_str() {
        Some("users") => vec![user(event)],
        Some("sources") => vec![text(&event["action"]["src_ip"])],
        Some("workloads") => objects(event),
        _ => return None,
    };
    Some(ones.into_iter().filter(|one| !one.is_empty()).collect())
}

/// What the group of a row is called.
pub fn of_row(rule: &Value, row: &Value) -> String {
    let values = words(&rule["per"]).into_iter().map(|per| match per.as_str() {
        "source" => host(&row["src"]),
        "destination" => host(&row["dst"]),
        "port" => port(row).unwrap_or_default(),
        "user" => text(&row["service"]["user_name"]),
        other => {
            let (end, key) = other.split_once("_label:").expect("a label");
            label(&row[if end == "source" { "src" } else { "dst" }], key)
        }
    });
    values.map(|value| or_dash(&value)).collect::<Vec<_>>().join(" · ")
}

/// Whether the rule counts different ones.
pub fn counts_different(rule: &Value) -> bool {
    matches!(
        rule["count_by"].as_str(),
        Some("flows" | "sources" | "destinations" | "ports" | "users")
    )
}

/// The one that a row adds, for the flow that it is of; of a rule that counts no different
/// ones the flow.
pub fn one_of_row(rule: &Value, row: &Value, flow: &str) -> Option<String> {
    match rule["count_by"].as_str() {
        Some("sources") => Some(host(&row["src"])),
        Some("destinations") => Some(host(&row["dst"])),
        Some("ports") => port(row),
        Some("users") => Some(text(&row["service"]["user_name"])).filter(|user| !user.is_empty()),
        _ => Some(flow.to_owned()),
    }
}

fn words(per: &Value) -> Vec<String> {
    match per {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(text).collect(),
        other => text(other).split(',').map(|word| word.trim().to_owned()).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn or_dash(value: &str) -> String {
    if value.is_empty() { "–".to_owned() } else { value.to_owned() }
}

/// `web-01 (10.0.0.4)`
fn host(end: &Value) -> String {
    let workload = &end["workload"];
    let names = [&workload["name"], &workload["hostname"], &end["fqdn"]];
    let name = names.into_iter().map(text).find(|name| !name.is_empty()).unwrap_or_default();
    match (name.as_str(), text(&end["ip"])) {
        ("", ip) => ip,
        (name, ip) => format!("{name} ({ip})"),
    }
}

/// `445/TCP (SMB)`, as the mail has it.
fn port(row: &Value) -> Option<String> {
    let port = row["service"]["port"].as_u64().filter(|port| *port > 0)?;
    let protocol = match row["service"]["proto"].as_u64() {
        Some(6) => "/TCP",
        Some(17) => "/UDP",
        _ => "",
    };
    let known = BTreeMap::from([
        ("22/TCP", "SSH"),
        ("53/TCP", "DNS"),
        ("53/UDP", "DNS"),
        ("80/TCP", "HTTP"),
        ("443/TCP", "HTTPS"),
        ("445/TCP", "SMB"),
    ]);
    let plain = format!("{port}{protocol}");
    Some(match known.get(plain.as_str()) {
        Some(name) => format!("{plain} ({name})"),
        None => plain,
    })
}

fn label(end: &Value, key: &str) -> String {
    let labels = end["workload"]["labels"].as_array();
    let mut labels = labels.into_iter().flatten();
    labels.find(|label| label["key"] == key).map(|label| text(&label["value"])).unwrap_or_default()
}

/// Who did it; of a log-in that failed, whoever was typed.
fn user(event: &Value) -> String {
    let by = &event["created_by"]["user"]["username"];
    let infos = event["notifications"].as_array().into_iter().flatten().map(|it| &it["info"]);
    let typed = infos.flat_map(|info| {
        [&info["user"]["username"], &info["associated_user"]["supplied_username"]]
    });
    let all = std::iter::once(by).chain(typed).map(text);
    all.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

/// The workloads that an event names, else the agents.
fn objects(event: &Value) -> Vec<String> {
    let of = |kind: &str| {
        let mut named = Vec::new();
        for part in ["resource_changes", "notifications"] {
            for entry in event[part].as_array().into_iter().flatten() {
                for about in [&entry["resource"], &entry["info"]] {
                    named.push(text(&about[kind]["hostname"]));
                }
            }
        }
        named.retain(|name| !name.is_empty());
        named.sort();
        named.dedup();
        named
    };
    match of("workload") {
        none if none.is_empty() => match of("agent") {
            none if none.is_empty() => {
                let own = text(&event["created_by"]["agent"]["hostname"]);
                Some(own).filter(|own| !own.is_empty()).into_iter().collect()
            }
            agents => agents,
        },
        workloads => workloads,
    }
}
