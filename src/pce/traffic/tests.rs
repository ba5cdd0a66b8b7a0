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
    let answer = |text: &str| serde_json::from_str::<Query>(text).unwrap().progress();
    let odd = r#"{"status":"completed","flows_count":"7","matches_count":"9","result":null,
        "regions":[null,{"pce_fqdn":null,"responded":null},{"pce_fqdn":"b","responded":false}]}"#;
    assert_eq!(
        answer(odd),
        Progress::Completed {
            rows: 7,
            cut: true,
            silent: vec!["b".to_owned()]
        }
    );
    let nothing = r#"{"status":"working","flows_count":null,"regions":null}"#;
    assert_eq!(answer(nothing), Progress::Running);
}

#[test]
fn a_part_is_split_by_decision_then_ports_then_time() {
    let by_decision = part().split().unwrap();
    assert_eq!(
        by_decision
            .iter()
            .map(|part| part.decisions.join("+"))
            .collect::<Vec<_>>(),
        ["blocked", "unknown"]
    );
    let by_ports = by_decision[0].split().unwrap();
    let ports: Vec<_> = by_ports.iter().map(|part| part.ports.unwrap()).collect();
    assert_eq!(
        ports,
        [
            Ports::Without,
            Ports::Within(0, 1_023),
            Ports::Within(1_024, 65_535)
        ]
    );
    let halves = by_ports[0].split().unwrap();
    assert_eq!(
        (halves[0].to, halves[1].from),
        (halves[1].from, halves[0].to)
    );
    assert_eq!((halves[0].from, halves[1].to), (part().from, part().to));
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
    last.to = last
        .from
        .checked_add(SignedDuration::from_secs(90))
        .unwrap();
    assert_eq!(last.split(), None);
}
