#![allow(clippy::unwrap_used)]

use super::*;

fn part() -> Part {
    let at = |text: &str| text.parse().unwrap();
    Part::whole(
        at("2026-11-22T10:00:00Z"),
        at("2026-11-22T11:00:00Z"),
        &["blocked".to_owned(), "unknown".to_owned()],
    )
}

#[test]
fn a_querys_odd_answer_is_read_as_far_as_it_can_be() {
    let answer = |text: &str| {
        serde_json::from_str::<Query>(text).unwrap().progress(|text| one_line(text, MOST_SHOWN))
    };
    let odd = r#"{"status":"completed","flows_count":"7","matches_count":"9","result":null,
        "regions":[null,{"pce_fqdn":null,"responded":null},{"pce_fqdn":"b","responded":false}]}"#;
    assert_eq!(
        answer(odd),
        Progress::Completed { rows: 7, cut: false, silent: vec!["b".to_owned()] }
    );
    let nothing = r#"{"status":"working","flows_count":null,"regions":null}"#;
    assert_eq!(answer(nothing), Progress::Running);
}

#[test]
fn a_query_is_cut_where_it_has_as_many_rows_as_can_be_asked_for_and_by_nothing_else() {
    let cut = |rows: u64, matches: u64| {
        let text = json!({"status": "completed", "flows_count": rows, "matches_count": matches});
        let query = serde_json::from_value::<Query>(text).unwrap();
        matches!(
            query.progress(|text| one_line(text, MOST_SHOWN)),
            Progress::Completed { cut: true, .. }
        )
    };
    assert!(!cut(5_525, 9_021) && !cut(199_999, u64::MAX) && !cut(0, 1));
    assert!(cut(200_000, 200_000) && cut(200_000, 0));
}

#[test]
fn words_of_the_pce_are_short_and_on_one_line() {
    let long = format!("a\nb\u{1b}{}", "x".repeat(1_000));
    let regions = vec![json!({"pce_fqdn": long, "responded": false}); 100];
    let text = json!({"status": "completed", "flows_count": 1, "regions": regions});
    let query = serde_json::from_value::<Query>(text).unwrap();
    let Progress::Completed { silent, .. } = query.progress(|text| one_line(text, MOST_SHOWN))
    else {
        unreachable!()
    };
    assert_eq!((silent.len(), silent[0].len()), (MOST_NAMED, MOST_SHOWN));
    let query = serde_json::from_value::<Query>(json!({"status": long})).unwrap();
    let Progress::Failed(word) = query.progress(|text| one_line(text, MOST_SHOWN)) else {
        unreachable!()
    };
    assert!(word.starts_with("a b x") && word.len() == MOST_SHOWN, "{word}");
}

#[test]
fn only_a_query_of_our_org_is_one() {
    const HOME: &str = "/orgs/1/traffic_flows/async_queries";
    let ours = format!("{HOME}/88675fbd-a88b-44b1-8358-ce0c0ceda76f");
    for prefix in ["", "/api/v2", "https://pce:8443", "https://pce:8443/api/v2", "http://[::1]"] {
        assert_eq!(own_path(HOME, &format!("{prefix}{ours}")), Some(ours.clone()));
    }
    for end in ["", "/", "/a/download", "/..", "/a?b", "/a#b", "/%2e%2e", "/a b", "x/a", "/ä"] {
        assert_eq!(own_path(HOME, &format!("{HOME}{end}")), None, "{end}");
    }
    for other in [
        "/orgs/1/users/5",
        "/orgs/12/traffic_flows/async_queries/a",
        "ftp://pce/orgs/1/traffic_flows/async_queries/a",
        "https://pce",
        "//pce/orgs/1/traffic_flows/async_queries/a",
        "/api/v2/api/v2/orgs/1/traffic_flows/async_queries/a",
        "",
    ] {
        assert_eq!(own_path(HOME, other), None, "{other}");
    }
    assert_eq!(own_path(HOME, &format!("{HOME}/{}", "a".repeat(MOST_SHOWN + 1))), None);
}

#[test]
fn a_state_of_before_loads_and_its_slots_are_known_as_such_until_they_are_let_go() {
    let old = json!({
        "position": "2026-11-22T10:00:00Z", "clipped": "2026-11-22T08:00:00Z",
        "fetch": {
            "until": "2026-11-22T10:10:00Z", "decisions": ["blocked"],
            "parts": [
                {"from": "2026-11-22T09:50:00Z", "to": "2026-11-22T09:59:59.999Z",
                 "decisions": ["blocked"], "slot": "2026-11-22T09:50:00Z", "href": "/x"},
                {"from": "2026-11-22T10:00:00Z", "to": "2026-11-22T10:10:00Z",
                 "decisions": ["blocked"], "slot": null},
            ],
        },
    });
    let memory: TrafficMemory = serde_json::from_value(old).unwrap();
    let again = serde_json::to_value(&memory).unwrap();
    let again: TrafficMemory = serde_json::from_value(again).unwrap();
    assert_eq!(again, memory);
    let parts = again.fetch.unwrap().parts;
    let slots: Vec<bool> = parts.iter().map(|part| part.is_slot).collect();
    assert_eq!(slots, [true, false]);
}

#[test]
fn the_answer_has_one_decision_only_where_one_was_asked_for() {
    let mut part = part();
    assert_eq!(part.decision(), None);
    part.decisions.truncate(1);
    assert_eq!(part.decision(), Some(Decision::Blocked));
    part.decisions.clear();
    assert_eq!(part.decision(), None);
}

#[test]
fn a_part_is_split_by_decision_then_ports_then_time() {
    let by_decision = part().split().unwrap();
    assert_eq!(
        by_decision.iter().map(|part| part.decisions.join("+")).collect::<Vec<_>>(),
        ["blocked", "unknown"]
    );
    let by_ports = by_decision[0].split().unwrap();
    let ports: Vec<_> = by_ports.iter().map(|part| part.ports.unwrap()).collect();
    assert_eq!(ports, [Ports::Without, Ports::Within(0, 1_023), Ports::Within(1_024, 65_535)]);
    let halves = by_ports[0].split().unwrap();
    assert_eq!((halves[0].to, halves[1].from), (halves[1].from, halves[0].to));
    assert_eq!((halves[0].from, halves[1].to), (part().from, part().to));
}

#[test]
fn a_query_for_every_decision_is_not_split_by_those_that_are_known() {
    let mut part = part();
    part.decisions.clear();
    let parts = part.split().unwrap();
    assert!(parts.iter().all(|part| part.decisions.is_empty() && part.ports.is_some()));
}

#[test]
fn splitting_comes_to_an_end_and_leaves_no_port_out() {
    let mut parts = part().split().unwrap().remove(0).split().unwrap();
    let mut ports = vec![false; 65_536];
    while let Some(part) = parts.pop() {
        match part.ports.unwrap() {
            Ports::Within(first, last) if first == last => {
                ports[usize::from(first)] = true;
            }
            Ports::Within(..) => parts.extend(part.split().unwrap()),
            Ports::Without => {}
        }
    }
    assert!(ports.into_iter().all(|seen| seen));
    let mut last = part();
    last.ports = Some(Ports::Within(443, 443));
    last.decisions.truncate(1);
    last.to = last.from.checked_add(SignedDuration::from_secs(90)).unwrap();
    assert_eq!(last.split(), None);
}
