#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

const ROW: &str = r#" {"src":{"ip":"10.0.0.9","workload":{"href":"/orgs/1/workloads/a","name":"C:\\web \"1\"",
    "labels":[{"key":"app","value":"臺北"},null,{"href":"/l/2","value":"prod","key":"env"}]},"fqdn":null},
    "dst":{"ip_lists":[{"size":65536,"name":"}{]["}],"ip":"2001:db8::1"}, "caps":[[],{},-0, true,false],
    "service":{"port":445,"proto":6,"process_name":"svc\/a\n"},"num_connections":7,
    "policy_decision":"blocked","pd":null,"network":{}} , {"next":1}"#;

/// What the parser reads of it; absent where the glance is not sure.
fn seen(row: &str) -> Option<Flow<'_>> {
    glance(row.as_bytes(), Depth::Labels).map(|(flow, _)| flow)
}

#[test]
fn a_glance_tells_what_rules_compare_and_where_the_row_ends() {
    let row = ROW.trim_start();
    let (flow, end) = glance(row.as_bytes(), Depth::Labels).unwrap();

    assert_eq!(&row[end..], r#" , {"next":1}"#);
    let whole: Flow<'_> = serde_json::from_str(&row[..end]).unwrap();
    assert_eq!(flow.src.ip, whole.src.ip);
    assert_eq!(flow.src.workload.labels, whole.src.workload.labels);
    assert_eq!(flow.dst.ip, whole.dst.ip);
    assert_eq!(flow.service.port, Number(Some(445)));
    assert_eq!(flow.service.proto, Number(Some(6)));
    assert_eq!(flow.policy_decision, whole.policy_decision);
    assert_eq!(flow.num_connections, Number(None), "no rule compares it");
}

#[test]
fn a_row_that_a_rule_wants_is_read_as_the_parser_reads_it() {
    let row = ROW.trim_start();
    let (flow, end) = glance(row.as_bytes(), Depth::Whole).unwrap();
    assert_eq!(flow, serde_json::from_str(&row[..end]).unwrap());
    assert_eq!(flow.src.workload.name.as_str(), "C:\\web \"1\"");
}

#[test]
fn labels_are_read_where_a_rule_compares_them() {
    let (flow, _) = glance(ROW.trim_start().as_bytes(), Depth::Rules).unwrap();
    assert!(flow.src.workload.labels.0.is_empty());
    assert_eq!(flow.src.ip.as_str(), "10.0.0.9");
}

#[test]
fn what_is_not_plain_is_left_to_the_parser() {
    for row in [
        r#"{"src":{"ip":"10.0.0.\u0039"}}"#,
        r#"{"s\u0072c":{"ip":"10.0.0.9"}}"#,
        r#"{"service":{"port":"445"}}"#,
        r#"{"service":{"port":445.0}}"#,
        r#"{"service":{"port":4e2}}"#,
        r#"{"service":{"port":-1}}"#,
        r#"{"service":{"port":18446744073709551616}}"#,
        r#"{"num_connections":1e400}"#,
        r#"{"src":{"fqdn":"\ud800"}}"#,
        "{\"src\":{\"fqdn\":\"a\tb\"}}",
        r#"{"src":{"fqdn":"\x"}}"#,
        r#"{"pd":007}"#,
        r#"{"pd":nul}"#,
        r#"{"pd":1,}"#,
        r#"{"pd" 1}"#,
        r#"{"pd":1 "src":{}}"#,
        r#"{pd:1}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":[1}"#,
        r#"[]"#,
        r#"7"#,
        "",
    ] {
        assert_eq!(seen(row), None, "{row}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(seen(&deep), None);
}

#[test]
fn a_row_that_goes_on_behind_the_buffer_is_left_to_the_parser() {
    let row = ROW.trim_start();
    for look in [Depth::Rules, Depth::Labels, Depth::Whole] {
        let (_, end) = glance(row.as_bytes(), look).unwrap();
        for cut in 0..end {
            assert_eq!(glance(&row.as_bytes()[..cut], look), None, "cut at {cut}");
        }
    }
}

#[test]
fn what_is_odd_reads_as_the_parser_reads_it() {
    for row in [
        "{}",
        r#"{"src":null,"dst":[],"service":"x","policy_decision":7,"pd":{}}"#,
        r#"{"src":{"ip":"1.1.1.1"},"src":{"fqdn":"last one"}}"#,
        r#"{"src":{"workload":{"labels":{}}},"dst":{"workload":{"labels":[7,[],"x",{}]}}}"#,
        r#"{"service":{"port":0,"proto":true},"pd":18446744}"#,
        r#"{"src":{"workload":7},"dst":{"ip":{"a":[{}]}}}"#,
    ] {
        assert_eq!(seen(row), serde_json::from_str(row).ok().map(compared), "{row}");
    }
}

/// A row with nothing but what a glance tells.
fn compared(row: Flow<'_>) -> Flow<'_> {
    fn only(whole: End<'_>) -> End<'_> {
        End {
            ip: whole.ip,
            workload: Workload { labels: whole.workload.labels, ..Workload::default() },
            ..End::default()
        }
    }
    Flow {
        src: only(row.src),
        dst: only(row.dst),
        service: Service { port: row.service.port, proto: row.service.proto, ..Service::default() },
        policy_decision: row.policy_decision,
        pd: row.pd,
        ..Flow::default()
    }
}

/// A quote, a backslash and a control character are found wherever they stand, and
/// nothing else is.
#[test]
fn eight_bytes_are_looked_at_as_one_by_one() {
    let others = [b'a', 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff];
    for special in (0..0x20).chain([b'"', b'\\']) {
        for place in 0..8 {
            for other in others {
                let mut word = [other; 8];
                assert_eq!(specials(u64::from_le_bytes(word)), 0, "{word:?}");
                word[place] = special;
                word[place + 1..].fill(special);
                let found = specials(u64::from_le_bytes(word)).trailing_zeros() / 8;
                assert_eq!(found as usize, place, "{word:?}");
            }
        }
    }
}
