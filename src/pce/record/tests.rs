#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_row_is_read_as_the_pce_sends_it() {
    let flow: Flow = serde_json::from_str(
        r#"{"src":{"ip":"10.0.0.1","workload":{"href":"/orgs/1/workloads/a","name":null,"hostname":"web-01",
            "labels":[{"href":"/orgs/1/labels/1","key":"app","value":"shop"}]}},
            "dst":{"ip":"10.0.0.2","fqdn":"db.example.com"},"service":{"port":3306,"proto":6},
            "num_connections":12,"policy_decision":"blocked","flow_direction":"inbound","state":"closed",
            "timestamp_range":{"first_detected":"2026-08-03T00:01:32Z","last_detected":"2026-08-03T06:21:38Z"}}"#,
    )
    .unwrap();
    assert_eq!((flow.src.name(), flow.dst.name()), ("web-01", "db.example.com"));
    assert_eq!((flow.service.port, flow.num_connections), (Number(Some(3306)), Number(Some(12))));
    assert_eq!(flow.src.workload.labels.0[0].value.as_str(), "shop");
    assert_eq!(flow.timestamp_range.last_detected.timestamp().unwrap().as_second(), 1_785_738_098);
}

#[test]
fn an_odd_field_is_absent_and_the_rest_is_read() {
    let odd = [
        r#"{"src":null,"dst":7,"service":[],"num_connections":"12","timestamp_range":"today","href":{}}"#,
        r#"{"src":{"workload":null,"ip":5},"dst":{"workload":[1,{"a":[]}]},"num_connections":1.2e1}"#,
        r#"{"num_connections":3,"num_connections":12,"unknown":{"deep":[[[{}]]]},"src":{"workload":{"labels":{"key":1}}}}"#,
    ];
    for text in odd {
        let flow: Flow = serde_json::from_str(text).unwrap();
        assert_eq!(flow.num_connections, Number(Some(12)), "{text}");
        assert_eq!((flow.src.name(), flow.dst.ip.as_str()), ("", ""), "{text}");
    }
    for text in ["null", "[]", "3", "\"text\"", "[{\"href\":1}]", "true", "-1", "1e400"] {
        match serde_json::from_str::<Event>(text) {
            Ok(event) => assert_eq!(event, Event::default(), "{text}"),
            Err(_) => assert_eq!(text, "1e400"),
        }
    }
}

#[test]
fn a_number_that_no_count_can_be_reads_as_absent() {
    let cases = [
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("99999999999999999999999999999999", None),
        ("1e300", None),
        ("-1", None),
        ("-0.5", None),
        ("-0", Some(0)),
        ("-0.0", Some(0)),
        ("1e-400", Some(0)),
        ("12.9", Some(12)),
        ("\"18446744073709551616\"", None),
    ];
    for (text, number) in cases {
        let read: Number = serde_json::from_str(text).unwrap();
        assert_eq!(read, Number(number), "{text}");
    }
}

#[test]
fn nesting_of_any_depth_under_an_unknown_key_is_no_matter() {
    let text =
        format!("{{\"x\":{}{},\"num_connections\":4}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(serde_json::from_str::<Flow>(&text).unwrap().num_connections, Number(Some(4)));
    let text =
        format!("{{\"href\":{}{},\"severity\":\"err\"}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap().severity.as_str(), "err");
}

#[test]
fn an_event_tells_who_and_what_by_name() {
    let event: Event = serde_json::from_str(
        r#"{"created_by":{"agent":{"href":"/orgs/1/agents/7","hostname":"db-01"}},
            "resource_changes":[{"resource":{"workload":{"href":"/orgs/1/workloads/u","name":null,"hostname":"H"}},"changes":{}}],
            "notifications":[{"notification_type":"user.login_failed","info":{"associated_user":{"supplied_username":"eve"}}},null]}"#,
    )
    .unwrap();
    assert_eq!(event.created_by.0[0].1.label(), "db-01");
    assert_eq!(event.resource_changes.0[0].resource.0[0].0, "workload");
    assert_eq!(event.notifications.0[0].info.0[0].1.label(), "eve");
    assert_eq!(event.notifications.0.len(), 2);
}
