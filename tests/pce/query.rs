//! The body of a traffic query: what the PCE accepts, and which rows it asks for.

use jiff::Timestamp;
use serde_json::Value;

use super::connection::Endpoint;
use super::rows::Row;
use super::time::strict;

/// The most rows that one query can ask for [REST 25.2, "async_queries"].
const MOST_RESULTS: u64 = 200_000;

const KEYS: [&str; 12] = [
    "query_name",
    "sources",
    "destinations",
    "services",
    "sources_destinations_query_op",
    "start_date",
    "end_date",
    "policy_decisions",
    "boundary_decisions",
    "max_results",
    "exclude_workloads_from_ip_list_query",
    "data_sources",
];

const DECISIONS: [&str; 4] = ["allowed", "potentially_blocked", "blocked", "unknown"];

/// A valid query.
#[derive(Clone, Debug)]
pub struct Query {
    /// `start_date`.
    pub from: Timestamp,
    /// `end_date`.
    pub to: Timestamp,
    /// `max_results`.
    pub asked: usize,
    /// The most rows that are found.
    pub most: usize,
    decisions: Vec<String>,
    services: (Vec<Value>, Vec<Value>),
    sources: (Vec<Value>, Vec<Value>),
    destinations: (Vec<Value>, Vec<Value>),
    either_end: bool,
}

impl Query {
    /// Reads a body; the error says what the PCE does not accept.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "body is not JSON")?;
        let members = body.as_object().ok_or("body is not an object")?;
        if let Some(key) = members.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("unknown key {key:?}"));
        }
        let either_end = match body.get("sources_destinations_query_op") {
            None => false,
            Some(op) if op == "and" => false,
            Some(op) if op == "or" => true,
            Some(_) => return Err("sources_destinations_query_op is and, or".into()),
        };
        let (from, to) = (date(&body, "start_date")?, date(&body, "end_date")?);
        if from > to {
            return Err("start_date lies after end_date".into());
        }
        let most = most(&body)?;
        Ok(Self {
            from,
            to,
            asked: most,
            most,
            decisions: decisions(&body)?,
            services: services(&body)?,
            sources: actors(&body, "sources")?,
            destinations: actors(&body, "destinations")?,
            either_end,
        })
    }

    /// `flows_count` where so many rows match: a PCE that finds fewer than that has
    /// found as many as were asked for.
    pub fn found(&self, rows: usize) -> usize {
        if rows > self.most { self.asked } else { rows }
    }

    /// Whether the row is among those asked for, its times apart.
    pub fn asks_for(&self, row: &Row) -> bool {
        let flow = &row.newest;
        let source = chosen(&self.sources, &flow.source, &Value::Null);
        let destination =
            chosen(&self.destinations, &flow.destination, &flow.others["transmission"]);
        let ends = if self.either_end { source || destination } else { source && destination };
        ends && self.asks_for_service(&flow.decision, &flow.service)
    }

    /// Whether rows with this decision are among those asked for.
    pub fn asks_for_decision(&self, decision: &str) -> bool {
        self.decisions.is_empty() || self.decisions.iter().any(|asked| asked == decision)
    }

    /// Whether all services are.
    pub fn asks_for_all_services(&self) -> bool {
        self.services.0.is_empty() && self.services.1.is_empty()
    }

    /// Whether a row with this decision and this `service` is among those asked for.
    pub fn asks_for_service(&self, decision: &str, service: &Value) -> bool {
        let (include, exclude) = &self.services;
        self.asks_for_decision(decision)
            && (include.is_empty() || include.iter().any(|filter| is_service(filter, service)))
            && !exclude.iter().any(|filter| is_service(filter, service))
    }
}

fn date(body: &Value, key: &str) -> Result<Timestamp, String> {
    let text = body[key].as_str().ok_or(format!("{key} is missing"))?;
    strict(text).ok_or(format!("{key} {text:?} is no timestamp with a time zone"))
}

fn most(body: &Value) -> Result<usize, String> {
    let most = body.get("max_results").map_or(Some(100_000), Value::as_u64);
    match most {
        Some(most) if (1..=MOST_RESULTS).contains(&most) => Ok(most as usize),
        _ => Err(format!("max_results is 1 to {MOST_RESULTS}")),
    }
}

fn decisions(body: &Value) -> Result<Vec<String>, String> {
    let list = list(body, "policy_decisions")?;
    let known = |value: &Value| {
        let word = value.as_str().filter(|word| DECISIONS.contains(word));
        word.map(str::to_owned).ok_or(format!("unknown policy decision {value}"))
    };
    list.iter().map(known).collect()
}

fn list(parent: &Value, key: &str) -> Result<Vec<Value>, String> {
    let list = parent[key].as_array();
    list.cloned().ok_or(format!("{key} is missing or no list"))
}

/// `include` and `exclude` of one of the three blocks, both always there.
fn block(body: &Value, key: &str) -> Result<(Vec<Value>, Vec<Value>), String> {
    let block = body[key].as_object().ok_or(format!("{key} is missing"))?;
    let known = |name: &String| name == "include" || name == "exclude";
    if let Some(name) = block.keys().find(|name| !known(name)) {
        return Err(format!("unknown key {key}.{name}"));
    }
    Ok((list(&body[key], "include")?, list(&body[key], "exclude")?))
}

fn services(body: &Value) -> Result<(Vec<Value>, Vec<Value>), String> {
    let (include, exclude) = block(body, "services")?;
    for filter in include.iter().chain(&exclude) {
        let members = filter.as_object().ok_or("a service is no object")?;
        for (name, value) in members {
            let fits = match name.as_str() {
                "port" | "to_port" => value.as_u64().is_some_and(|port| port <= 65_535),
                "proto" => value.as_u64().is_some_and(|proto| proto <= 255),
                "process_name" | "windows_service_name" => value.is_string(),
                _ => false,
            };
            if !fits {
                return Err(format!("services: {name:?} is not {value}"));
            }
        }
        let (from, to) = (filter["port"].as_u64(), filter["to_port"].as_u64());
        if to.is_some() && (from.is_none() || from > to) {
            return Err("services: to_port needs a lower port".into());
        }
    }
    Ok((include, exclude))
}

fn is_service(filter: &Value, service: &Value) -> bool {
    let same = |name: &str| filter.get(name).is_none_or(|asked| *asked == service[name]);
    let port = match filter["port"].as_u64() {
        None => true,
        Some(from) => {
            let to = filter["to_port"].as_u64().unwrap_or(from);
            let port = service["port"].as_u64();
            port.is_some_and(|port| (from..=to).contains(&port))
        }
    };
    port && same("proto") && same("process_name") && same("windows_service_name")
}

/// `include` is a list of lists (any of them, all within), `exclude` a flat list.
fn actors(body: &Value, key: &str) -> Result<(Vec<Value>, Vec<Value>), String> {
    let (include, exclude) = block(body, key)?;
    for group in &include {
        let group = group.as_array().ok_or(format!("{key}.include holds lists"))?;
        group.iter().try_for_each(|one| actor(one, key, false))?;
    }
    exclude.iter().try_for_each(|one| actor(one, key, true))?;
    Ok((include, exclude))
}

fn actor(actor: &Value, key: &str, excluding: bool) -> Result<(), String> {
    let fault = || Err(format!("{key}: {actor} is no actor"));
    let Some((name, value)) = actor.as_object().and_then(|members| members.iter().next()) else {
        return fault();
    };
    let fits = match name.as_str() {
        "label" | "label_group" | "workload" | "ip_list" => value["href"].is_string(),
        // An object with `value` inside is what a live PCE 25.2.40 refused.
        "ip_address" => value.is_string(),
        "actors" => value == "ams",
        "transmission" => excluding && key == "destinations" && value.is_string(),
        _ => false,
    };
    if fits { Ok(()) } else { fault() }
}

fn chosen(
    (include, exclude): &(Vec<Value>, Vec<Value>),
    end: &Endpoint,
    transmission: &Value,
) -> bool {
    let is = |actor: &Value| is_actor(actor, end, transmission);
    let group = |group: &Value| group.as_array().is_none_or(|all| all.iter().all(is));
    (include.is_empty() || include.iter().any(group)) && !exclude.iter().any(is)
}

fn is_actor(actor: &Value, end: &Endpoint, transmission: &Value) -> bool {
    let named =
        |list: &[Value], name: &str| list.iter().any(|one| one["href"] == actor[name]["href"]);
    if actor.get("label").is_some() {
        named(&end.labels(), "label")
    } else if actor.get("ip_list").is_some() {
        named(end.ip_lists(), "ip_list")
    } else if actor.get("workload").is_some() {
        actor["workload"]["href"].as_str() == end.href().as_deref()
    } else if let Some(net) = actor["ip_address"].as_str() {
        let ip = end.address().parse::<std::net::IpAddr>();
        match (net.parse::<ipnet::IpNet>(), ip) {
            (Ok(net), Ok(ip)) => net.contains(&ip),
            _ => net == end.address(),
        }
    } else if actor.get("actors").is_some() {
        end.href().is_some()
    } else {
        actor.get("transmission") == Some(transmission)
    }
}
