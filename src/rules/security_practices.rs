//! The second set of best practices: who attacks, how wide, and who opens the door.
//!
//! On the one real day that is known [capture of a PCE 25.2.40] the busiest source reached
//! 59 destinations a day and 1 on administration ports, the widest pair used 10 ports, and
//! the most sources of one destination were 26: the thresholds have room. Traffic that a
//! rule allows is left out: what nobody allowed is what an intruder has to try, and to read
//! all that is allowed would cost every run.

use serde_json::{Value, json};

use crate::lang::{Lang, security_practices as words};

/// SSH, RPC, SMB, RDP and WinRM [IANA]: what a host is administered by.
const ADMINISTRATION: &str = "22,135,445,3389,5985-5986";

/// SQL Server, Oracle, MySQL, PostgreSQL, Redis, Elasticsearch and MongoDB [IANA, and the
/// projects' own papers].
const DATABASES: &str = "1433,1521,3306,5432,6379,9200,27017";

/// No rule allows it: blocked, or potentially.
const NOT_ALLOWED: [u8; 2] = [2, 1];

/// Who came in: by the older type, by what 25.2.40 writes beside it, and by the notification.
const LOGGED_IN: &str = "user.sign_in|user.create_session|user.login_session_created";

/// Beside the guide's types those seen on a real PCE: deny rules, service accounts, RADIUS.
const WHO_GETS_IN: &str = "authentication_settings.update|password_policy.|saml_config.|\
    ldap_config.create|ldap_config.update|ldap_config.delete|radius_config.|access_restriction.";

/// What of an agent says that a policy is not in force.
const NOT_APPLIED: &str = "agent.policy_deploy_failed|agent.process_failed|\
    agent.service_not_available|workload.partial_policy_delivered";

/// The rules, their texts in this language, without ids.
pub fn rules(lang: Lang) -> Vec<Value> {
    traffic(lang).into_iter().chain(events(lang)).chain([offline(lang)]).collect()
}

/// How it is, and not what happened: so it says when they are back.
fn offline(lang: Lang) -> Value {
    json!({
        "type": "workload", "name": words::offline_name(lang), "level": "warning",
        "desc": words::offline_desc(lang), "rec": words::offline_rec(lang),
        "technique": "T1562.001 Disable or Modify Tools",
        "state": ["offline"], "threshold_window": 60, "cooldown_minutes": 1440
    })
}

fn traffic(lang: Lang) -> [Value; 4] {
    [
        json!({
            "type": "traffic", "name": words::lateral_name(lang), "level": "critical",
            "desc": words::lateral_desc(lang), "rec": words::lateral_rec(lang),
            "technique": "T1021 Remote Services",
            "pd": NOT_ALLOWED, "port": ADMINISTRATION, "proto": "tcp",
            "per": "source", "count_by": "destinations",
            "threshold_type": "count", "threshold_count": 5, "threshold_window": 60,
            "cooldown_minutes": 240
        }),
        json!({
            "type": "traffic", "name": words::scan_name(lang), "level": "warning",
            "desc": words::scan_desc(lang), "rec": words::scan_rec(lang),
            "technique": "T1046 Network Service Discovery",
            "pd": NOT_ALLOWED, "per": ["source", "destination"], "count_by": "ports",
            "threshold_type": "count", "threshold_count": 20, "threshold_window": 60,
            "cooldown_minutes": 1440
        }),
        json!({
            "type": "traffic", "name": words::target_name(lang), "level": "warning",
            "desc": words::target_desc(lang), "rec": words::target_rec(lang),
            "technique": "T1499 Endpoint Denial of Service",
            "pd": NOT_ALLOWED, "ex_port": super::best_practices::CHATTER,
            "ex_dst_ip": super::best_practices::TO_MANY,
            "per": "destination", "count_by": "sources",
            "threshold_type": "count", "threshold_count": 50, "threshold_window": 60,
            "cooldown_minutes": 1440
        }),
        json!({
            "type": "traffic", "name": words::database_name(lang), "level": "warning",
            "desc": words::database_desc(lang), "rec": words::database_rec(lang),
            "technique": "T1213 Data from Information Repositories",
            "pd": NOT_ALLOWED, "port": DATABASES, "proto": "tcp",
            "per": "source", "new_within_days": 30, "threshold_type": "immediate"
        }),
    ]
}

fn events(lang: Lang) -> [Value; 9] {
    [
        json!({
            "type": "event", "name": words::address_name(lang), "level": "warning",
            "desc": words::address_desc(lang), "rec": words::address_rec(lang),
            "technique": "T1078 Valid Accounts",
            "filter_value": LOGGED_IN, "status": ["success"],
            "per": ["user", "source_ip"], "new_within_days": 30, "threshold_type": "immediate"
        }),
        json!({
            "type": "event", "name": words::guessing_name(lang), "level": "warning",
            "desc": words::guessing_desc(lang), "rec": words::guessing_rec(lang),
            "technique": "T1110 Brute Force",
            "filter_value": "user.login_failed", "per": "user",
            "threshold_type": "count", "threshold_count": 5, "threshold_window": 10,
            "cooldown_minutes": 60
        }),
        json!({
            "type": "event", "name": words::enforcement_name(lang), "level": "critical",
            "desc": words::enforcement_desc(lang), "rec": words::enforcement_rec(lang),
            "technique": "T1562.004 Disable or Modify System Firewall",
            "filter_value": "workload",
            "change": {
                "field": "enforcement_mode",
                "from": "full|selective", "to": "visibility_only|idle"
            },
            "threshold_type": "immediate"
        }),
        json!({
            "type": "event", "name": words::unpaired_name(lang), "level": "warning",
            "desc": words::unpaired_desc(lang), "rec": words::unpaired_rec(lang),
            "technique": "T1562.001 Disable or Modify Tools",
            "filter_value": "agent.deactivate|agents.unpair|workloads.unpair",
            "threshold_type": "immediate"
        }),
        json!({
            "type": "event", "name": words::applied_name(lang), "level": "warning",
            "desc": words::applied_desc(lang), "rec": words::applied_rec(lang),
            "technique": "T1562.004 Disable or Modify System Firewall",
            "filter_value": NOT_APPLIED, "per": "workload",
            "threshold_type": "immediate", "cooldown_minutes": 240
        }),
        json!({
            "type": "event", "name": words::keys_name(lang), "level": "info",
            "desc": words::keys_desc(lang), "rec": words::keys_rec(lang),
            "technique": "T1098 Account Manipulation",
            "filter_value": "api_key.create|service_account.create", "threshold_type": "immediate"
        }),
        json!({
            "type": "event", "name": words::access_name(lang), "level": "warning",
            "desc": words::access_desc(lang), "rec": words::access_rec(lang),
            "technique": "T1556 Modify Authentication Process",
            "filter_value": WHO_GETS_IN, "threshold_type": "immediate"
        }),
        json!({
            "type": "event", "name": words::deny_name(lang), "level": "warning",
            "desc": words::deny_desc(lang), "rec": words::deny_rec(lang),
            "technique": "T1562.004 Disable or Modify System Firewall",
            "filter_value": "deny_rule.|enforcement_boundary.", "threshold_type": "immediate"
        }),
        json!({
            "type": "event", "name": words::provisioned_name(lang), "level": "info",
            "desc": words::provisioned_desc(lang), "rec": words::provisioned_rec(lang),
            "technique": "T1484 Domain or Tenant Policy Modification",
            "filter_value": "sec_policy.create",
            "change": {"field": "workloads_affected", "to": ">100"},
            "threshold_type": "immediate"
        }),
    ]
}
