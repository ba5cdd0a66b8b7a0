#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_row_tells_names_labels_process_and_direction() {
    let row = r#"{"src":{"ip":"10.0.0.1","workload":{"href":"/orgs/1/workloads/a","name":"web-01",
            "labels":[{"key":"role","value":"web"},{"key":"env","value":"臺北"}]}},
        "dst":{"ip":"10.0.0.2"},"service":{"port":445,"proto":6,"process_name":"C:\\Windows\\svchost.exe"},
        "policy_decision":"blocked","flow_direction":"inbound"}"#;
    let flow = serde_json::from_str(row).unwrap();
    let facts = FlowFacts::of(&flow);
    let About { src_labels, dst_labels, process, direction } = Talker::of(&facts).about.0;
    assert_eq!((src_labels.as_str(), dst_labels.as_str()), ("role=web, env=臺北", ""));
    assert_eq!((process.as_str(), direction.as_str()), ("svchost.exe", "inbound"));
    assert_eq!(End::of(&flow.src).href.0, "/orgs/1/workloads/a");
}

#[test]
fn what_an_event_changed_is_told_in_short_and_workloads_alike_are_one() {
    let workload = |n: u32| {
        format!(
            r#"{{"resource":{{"workload":{{"href":"/w/{n}","hostname":"h{n}"}}}},"change_type":"update","changes":{{"online":{{"before":true,"after":false}}}}}}"#
        )
    };
    let rule_set = r#"{"resource":{"rule_set":{"href":"/r/1","name":"Prod"}},"change_type":"delete","changes":{"name":{"before":"Prod","after":null}}}"#;
    let event = format!(r#"{{"resource_changes":[{},{},{rule_set}]}}"#, workload(1), workload(2));
    let event: Event = serde_json::from_str(&event).unwrap();
    let all: Vec<Change> = Change::all_of(&event).collect();
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0].fields, "online: true → false");
    assert_eq!((all[2].name.as_str(), all[2].fields.as_str()), ("Prod", "name: Prod → null"));
}

#[test]
fn an_object_of_the_first_versions_state_is_its_name() {
    let old: Object = serde_json::from_str("\"db-01\"").unwrap();
    assert_eq!(old, Object::from("db-01"));
    let new: Object =
        serde_json::from_str(r#"{"name":"db-01","href":"/orgs/1/workloads/a"}"#).unwrap();
    assert_eq!(new.href.0, "/orgs/1/workloads/a");
    assert_eq!(new, old);
}

#[test]
fn many_labels_are_cut_between_two() {
    let label = |n: u32| format!(r#"{{"key":"key{n}","value":"{}"}}"#, "v".repeat(40));
    let all: Vec<String> = (0..9).map(label).collect();
    let end = format!(r#"{{"workload":{{"labels":[{}]}}}}"#, all.join(","));
    let told = labels(&serde_json::from_str(&end).unwrap());
    assert!(told.len() <= LABELS + 5, "{told}");
    assert!(told.ends_with("v, …"), "{told}");
}
