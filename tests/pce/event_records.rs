//! Events as a PCE writes them, for tests to put into the log.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::events::Stored;
use super::state::mixed;
use super::time::{When, at, millis};

/// An event on its way into the log.
#[derive(Clone, Debug)]
pub struct EventRecord {
    json: Value,
    at: Timestamp,
    recorded: Option<Timestamp>,
    without_href: bool,
}

impl EventRecord {
    /// An event of this type, as the PCE itself would write it; `fields` replaces
    /// or adds members.
    pub fn new(event_type: &str, fields: Value) -> Self {
        let mut record = Self {
            json: json!({
                "pce_fqdn": "pce.example.net",
                "created_by": {"system": {}},
                "event_type": event_type,
                "status": "success",
                "severity": "info",
                "action": null,
                "resource_changes": [],
                "notifications": []
            }),
            at: at("10:00"),
            recorded: None,
            without_href: false,
        };
        for (name, value) in fields.as_object().into_iter().flatten() {
            record.json[name] = value.clone();
        }
        record
    }

    /// When it happened; 10:00 without this.
    pub fn at(mut self, when: impl When) -> Self {
        self.at = when.instant();
        self
    }

    /// When the PCE wrote it down; at once without this.
    pub fn recorded(mut self, when: impl When) -> Self {
        self.recorded = Some(when.instant());
        self
    }

    /// One member replaced or added, be it as odd as it may.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.without_href |= name == "href";
        self.json[name] = value;
        self
    }

    /// One member left out.
    pub fn without(mut self, name: &str) -> Self {
        self.without_href |= name == "href";
        if let Some(members) = self.json.as_object_mut() {
            members.remove(name);
        }
        self
    }

    /// As the log keeps it, with this href unless the test gave or took its own.
    pub fn stored(mut self, href: String) -> Stored {
        if !self.without_href {
            self.json["href"] = href.into();
        }
        self.json["timestamp"] = millis(self.at).into();
        Stored { at: self.at, recorded: self.recorded.unwrap_or(self.at), json: self.json }
    }
}

/// Someone changed a workload's firewall; the VEN put it back.
pub fn agent_tampering(hostname: &str) -> EventRecord {
    let fields = json!({
        "severity": "err",
        "created_by": by_agent(hostname),
        "notifications": [notification("workload.oob_policy_changes", json!({
            "tampering_revert_succeeded": true, "num_reverts": 1
        }))]
    });
    EventRecord::new("agent.tampering", fields)
}

/// A VEN was suspended: its workload is unprotected.
pub fn agent_suspend(hostname: &str) -> EventRecord {
    let fields = json!({"severity": "warning", "created_by": by_agent(hostname)});
    EventRecord::new("agent.suspend", fields)
}

/// A VEN with another's identity; status null, as the guide's sample has it.
pub fn clone_detected(hostname: &str) -> EventRecord {
    let agent = by_agent(hostname)["agent"].clone();
    let fields = json!({
        "status": null,
        "created_by": {"agent": agent},
        "notifications": [notification("agent.clone_detected", json!({"agent": agent}))]
    });
    EventRecord::new("agent.clone_detected", fields)
}

/// Workloads that went offline: one event names them all.
pub fn offline_check(hostnames: &[&str]) -> EventRecord {
    let changes: Vec<Value> = hostnames.iter().map(|name| went_offline(name)).collect();
    let fields = json!({"resource_changes": changes});
    EventRecord::new("system_task.agent_offline_check", fields)
}

/// VENs that missed three heartbeats: one event names them all.
pub fn missed_heartbeats(hostnames: &[&str]) -> EventRecord {
    let missed = |hostname: &&str| {
        let agent = by_agent(hostname)["agent"].clone();
        notification("agent.missed_heartbeats", json!({"agent": agent}))
    };
    let told: Vec<Value> = hostnames.iter().map(missed).collect();
    let fields = json!({"severity": "warning", "notifications": told});
    EventRecord::new("system_task.agent_missed_heartbeats_check", fields)
}

/// Someone failed to log in; severity `info`, HTTP status 200.
pub fn login_failed(username: &str, source: &str) -> EventRecord {
    let fields = json!({
        "status": "failure",
        "action": action("POST", "/login/users/sign_in", 200, source),
        "notifications": [notification("user.login_failed", json!({
            "associated_user": {"supplied_username": username}
        }))]
    });
    EventRecord::new("user.sign_in", fields)
}

/// An API call with wrong credentials.
pub fn authentication_failed(source: &str) -> EventRecord {
    let fields = json!({
        "status": "failure", "severity": "err",
        "notifications": [notification("request.authentication_failed", json!({
            "api_endpoint": "/api/v2/orgs/1/jobs", "api_method": "GET", "src_ip": source
        }))]
    });
    EventRecord::new("request.authentication_failed", fields)
}

/// A user provisioned policy to so many workloads.
pub fn policy_provisioned(username: &str, workloads: u32) -> EventRecord {
    let fields = json!({
        "created_by": by_user(username),
        "action": action("POST", "/api/v2/orgs/1/sec_policy", 201, "203.0.113.40"),
        "resource_changes": [{
            "uuid": "0f4f4a2e-50c1-4a0b-9d0a-3a2b8a0d0001",
            "resource": {"sec_policy": {
                "href": "/orgs/1/sec_policy/412", "commit_message": "放行備份網段 <b>&",
                "version": 412, "modified_objects": {}
            }},
            "changes": {"workloads_affected": {"before": null, "after": workloads}},
            "change_type": "create"
        }]
    });
    EventRecord::new("sec_policy.create", fields)
}

/// A user changed a rule set.
pub fn rule_set_update(username: &str, rule_set: &str) -> EventRecord {
    let fields = json!({
        "created_by": by_user(username),
        "action": action("PUT", "/api/v2/orgs/1/sec_policy/draft/rule_sets/7", 204, "203.0.113.40"),
        "resource_changes": [{
            "uuid": "0f4f4a2e-50c1-4a0b-9d0a-3a2b8a0d0002",
            "resource": {"rule_set": {"href": "/orgs/1/sec_policy/draft/rule_sets/7", "name": rule_set}},
            "changes": {"enabled": {"before": true, "after": false}},
            "change_type": "update"
        }]
    });
    EventRecord::new("rule_set.update", fields)
}

/// The noise of every log: a session that ended; status and action are null.
pub fn session_ended(username: &str) -> EventRecord {
    let fields = json!({
        "status": null,
        "notifications": [notification("user.pce_session_terminated", json!({
            "reason": "timeout", "user": {"href": "/users/11", "username": username}
        }))]
    });
    EventRecord::new("user.pce_session_terminated", fields)
}

fn by_agent(hostname: &str) -> Value {
    json!({"agent": {"href": format!("/orgs/1/agents/{}", number(hostname)), "hostname": hostname}})
}

fn by_user(username: &str) -> Value {
    json!({"user": {"href": format!("/users/{}", number(username)), "username": username}})
}

fn action(method: &str, endpoint: &str, status: u16, source: &str) -> Value {
    json!({
        "uuid": "7d0c6c0e-6f7b-4b64-8a65-1f7f4d9c0003", "api_endpoint": endpoint,
        "api_method": method, "http_status_code": status, "src_ip": source
    })
}

fn notification(kind: &str, info: Value) -> Value {
    json!({
        "uuid": "2c7f6a54-9b9c-4f0e-8f43-6f7b4d9c0004",
        "notification_type": kind, "info": info
    })
}

fn went_offline(hostname: &str) -> Value {
    let workload = super::connection::workload(hostname).href().unwrap_or_default();
    json!({
        "uuid": "2c7f6a54-9b9c-4f0e-8f43-6f7b4d9c0005",
        "resource": {"workload": {
            "href": workload, "name": null, "hostname": hostname,
            "labels": [{"href": "/orgs/1/labels/14", "key": "app", "value": "Shop"}]
        }},
        "changes": {"online": {"before": true, "after": false}},
        "change_type": "update"
    })
}

/// A small number that belongs to a name.
fn number(name: &str) -> u64 {
    let sum = name.bytes().fold(7, |sum, byte| mixed(sum ^ u64::from(byte)));
    sum % 9_000_000 + 100
}
