//! What a rule's JSON matches, read plainly.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

/// How much an event counts for a rule; 0: it does not match.
pub fn event(rule: &Value, event: &Value) -> u64 {
    if rule["type"] != "event" {
        return 0;
    }
    let mut names = vec![event["event_type"].as_str().unwrap_or("")];
    let notifications = event["notifications"].as_array();
    for notification in notifications.into_iter().flatten() {
        names.extend(notification["notification_type"].as_str());
    }
    let wanted = rule["filter_value"].as_str().unwrap_or("");
    let fits = wanted.split('|').any(|one| names.iter().any(|name| is_name(one.trim(), name)));
    let among = |field: &str| {
        let list = words(&rule[field]);
        list.is_empty() || list.iter().any(|word| *word == event[field].as_str().unwrap_or("none"))
    };
    if !fits || !among("severity") || !among("status") {
        0
    } else if rule["count_by"] == "objects" {
        objects(event)
    } else {
        1
    }
}

/// A part of the name; with `*` or `?` a glob over the whole name.
fn is_name(wanted: &str, name: &str) -> bool {
    if wanted.contains(['*', '?']) {
        let (wanted, name): (Vec<char>, Vec<char>) =
            (wanted.chars().collect(), name.chars().collect());
        glob(&wanted, &name)
    } else {
        name.contains(wanted)
    }
}

fn glob(wanted: &[char], name: &[char]) -> bool {
    match (wanted.first(), name.first()) {
        (None, None) => true,
        (Some('*'), _) => {
            glob(&wanted[1..], name) || (!name.is_empty() && glob(wanted, &name[1..]))
        }
        (Some('?'), Some(_)) => glob(&wanted[1..], &name[1..]),
        (Some(a), Some(b)) if a == b => glob(&wanted[1..], &name[1..]),
        _ => false,
    }
}

/// The distinct workloads and agents that an event is about, at least one.
fn objects(event: &Value) -> u64 {
    let mut hrefs = BTreeSet::new();
    for part in ["resource_changes", "notifications"] {
        for entry in event[part].as_array().into_iter().flatten() {
            for about in [&entry["resource"], &entry["info"]] {
                hrefs.extend(about["workload"]["href"].as_str());
                hrefs.extend(about["agent"]["href"].as_str());
            }
        }
    }
    hrefs.len().max(1) as u64
}

/// Whether a rule of type `traffic` matches a row.
pub fn traffic(rule: &Value, row: &Value) -> bool {
    if rule["type"] != "traffic" {
        return false;
    }
    if rule["_group"].as_str().is_some_and(|group| group != super::apart::of_row(rule, row)) {
        return false;
    }
    let decisions: Vec<String> = words(&rule["pd"]);
    let is_decision = |number: &String| match number.as_str() {
        "2" => row["policy_decision"] == "blocked",
        "1" => row["policy_decision"] == "potentially_blocked",
        "0" => row["policy_decision"] == "allowed",
        "3" => row["policy_decision"] == "unknown",
        _ => true,
    };
    let (port, proto) = (row["service"]["port"].as_i64(), row["service"]["proto"].as_i64());
    let (source, destination) = (&row["src"], &row["dst"]);
    let asked = |key: &str| !words(&rule[key]).is_empty();
    decisions.iter().any(is_decision)
        && (!asked("port") || has_port(&rule["port"], port))
        && (!asked("proto") || proto == protocol(&rule["proto"]))
        && has_labels(&rule["src_label"], source)
        && has_labels(&rule["dst_label"], destination)
        && (!asked("src_ip_in") || is_in(&rule["src_ip_in"], source))
        && (!asked("dst_ip_in") || is_in(&rule["dst_ip_in"], destination))
        && (!asked("process") || is_called(&rule["process"], &processes(row)))
        && (!asked("user") || is_called(&rule["user"], &user(row)))
        && (!asked("src_host") || is_called(&rule["src_host"], &hosts(source)))
        && (!asked("dst_host") || is_called(&rule["dst_host"], &hosts(destination)))
        && !is_called(&rule["not_process"], &processes(row))
        && !is_called(&rule["not_user"], &user(row))
        && !is_called(&rule["not_src_host"], &hosts(source))
        && !is_called(&rule["not_dst_host"], &hosts(destination))
        && (!asked("src_list") || is_listed(rule, "src_list", source))
        && (!asked("dst_list") || is_listed(rule, "dst_list", destination))
        && !is_listed(rule, "not_src_list", source)
        && !is_listed(rule, "not_dst_list", destination)
        && rule["src_managed"].as_bool().is_none_or(|wanted| wanted == is_managed(source))
        && rule["dst_managed"].as_bool().is_none_or(|wanted| wanted == is_managed(destination))
        && !has_port(&rule["ex_port"], port)
        && !(asked("ex_src_label") && has_labels(&rule["ex_src_label"], source))
        && !(asked("ex_dst_label") && has_labels(&rule["ex_dst_label"], destination))
        && !is_in(&rule["ex_src_ip"], source)
        && !is_in(&rule["ex_dst_ip"], destination)
}

/// A list, or a text with commas, or a number.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().flat_map(words).collect(),
        Value::String(text) => {
            let parts = text.split(',').map(|part| part.trim().to_owned());
            parts.filter(|part| !part.is_empty()).collect()
        }
        other => vec![other.to_string()],
    }
}

fn is_called(wanted: &Value, names: &[&str]) -> bool {
    let globs = words(wanted).into_iter().map(|glob| glob.chars().collect::<Vec<_>>());
    let names = names.iter().map(|name| name.chars().collect::<Vec<_>>());
    let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    globs.into_iter().any(|wanted| names.iter().any(|name| glob(&wanted, name)))
}

fn processes(row: &Value) -> Vec<&str> {
    let service = &row["service"];
    let names = [&service["process_name"], &service["windows_service_name"]];
    names.into_iter().filter_map(Value::as_str).collect()
}

fn user(row: &Value) -> Vec<&str> {
    row["service"]["user_name"].as_str().into_iter().collect()
}

fn hosts(end: &Value) -> Vec<&str> {
    let names = [&end["workload"]["name"], &end["workload"]["hostname"], &end["fqdn"]];
    names.into_iter().filter_map(Value::as_str).collect()
}

fn is_managed(end: &Value) -> bool {
    let workload = &end["workload"];
    workload["managed"].as_bool().unwrap_or(workload["href"].is_string())
}

fn has_port(ports: &Value, port: Option<i64>) -> bool {
    let Some(port) = port else { return false };
    words(ports).iter().any(|range| {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let bounds = from.trim().parse().unwrap()..=to.trim().parse().unwrap();
        bounds.contains(&port)
    })
}

fn protocol(proto: &Value) -> Option<i64> {
    match words(proto).first().map(String::as_str) {
        Some("tcp") => Some(6),
        Some("udp") => Some(17),
        Some("icmp") => Some(1),
        Some(number) => number.parse().ok(),
        None => None,
    }
}

fn has_labels(labels: &Value, end: &Value) -> bool {
    words(labels).iter().all(|label| {
        let (key, value) = label.split_once('=').unwrap();
        let all = end["workload"]["labels"].as_array();
        let is_value = |one: &Value| value.split('|').any(|value| one["value"] == value.trim());
        all.into_iter().flatten().any(|one| one["key"] == key && is_value(one))
    })
}

/// Whether the end's address is in one of the IP lists that the rule names. What the PCE
/// says of them stands in the rule's own `_ip_lists`.
fn is_listed(rule: &Value, key: &str, end: &Value) -> bool {
    let Ok(ip) = end["ip"].as_str().unwrap_or("").parse::<IpAddr>() else {
        return false;
    };
    let names = match &rule[key] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        text => words(text).iter().flat_map(|one| one.split('|')).map(str::to_owned).collect(),
    };
    let names: Vec<String> = names;
    let lists = rule["_ip_lists"].as_array().into_iter().flatten();
    let lists = lists.filter(|list| names.iter().any(|name| list["name"] == name.as_str()));
    let mut lists = lists.map(|list| list["ip_ranges"].as_array().cloned().unwrap_or_default());
    lists.any(|ranges| {
        let is_in = |range: &&Value| {
            let from = range["from_ip"].as_str().unwrap_or("");
            match range["to_ip"].as_str() {
                None => is_in_net(from, ip),
                Some(to) => {
                    let (from, to): (IpAddr, IpAddr) = (from.parse().unwrap(), to.parse().unwrap());
                    from.is_ipv4() == ip.is_ipv4() && from <= ip && ip <= to
                }
            }
        };
        let (out, taken): (Vec<_>, Vec<_>) =
            ranges.iter().partition(|range| range["exclusion"] == true);
        taken.iter().any(is_in) && !out.iter().any(is_in)
    })
}

fn is_in_net(net: &str, ip: IpAddr) -> bool {
    match net.parse::<IpNet>() {
        Ok(net) => net.contains(&ip),
        Err(_) => net.parse::<IpAddr>().unwrap() == ip,
    }
}

fn is_in(nets: &Value, end: &Value) -> bool {
    let Ok(ip) = end["ip"].as_str().unwrap_or("").parse::<IpAddr>() else {
        return false;
    };
    words(nets).iter().any(|net| is_in_net(net, ip))
}
