#![allow(clippy::unwrap_used)]

use super::*;
use crate::pce::record::Flow;

fn once(minute: Minute, count: u64) -> Minutes {
    let mut counts = Minutes::default();
    counts.add(minute, count);
    counts
}

/// Whoever talks from there, so often in one minute.
fn add(table: &mut Table<Object>, name: &str, minute: Minute, count: u64) {
    table.add(&Object::from(name), &once(minute, count));
}

#[test]
fn a_row_has_the_identities_of_what_is_made_of_it() {
    let long = "臺".repeat(300);
    for row in [
        r#"{}"#.to_owned(),
        r#"{"src":{"ip":"10.0.0.1","workload":{"name":"web-01"}},"dst":{"ip":"10.0.0.2","fqdn":"a.b"},
            "service":{"port":445,"proto":6},"policy_decision":"blocked"}"#.to_owned(),
        format!(r#"{{"src":{{"ip":"{long}"}},"dst":{{"fqdn":"{long}x"}},"policy_decision":"{long}"}}"#),
    ] {
        let flow: Flow = serde_json::from_str(&row).unwrap();
        let facts = FlowFacts::of(&flow);
        assert_eq!(Talker::identity_of(&facts), Talker::of(&facts).identity(), "{row}");
        assert_eq!(End::identity_of(&flow.src), End::of(&flow.src).identity(), "{row}");
        assert_eq!(End::identity_of(&flow.dst), End::of(&flow.dst).identity(), "{row}");
        assert_eq!(Service::identity_of(&facts), Service::of(&facts).identity(), "{row}");
    }
}

#[test]
fn what_moved_from_one_text_into_the_next_is_another_thing() {
    let end = |name: &str, ip: &str| End { name: name.into(), ip: ip.into(), ..End::default() };
    assert_ne!(end("ab", "c").identity(), end("a", "bc").identity());
    let service = |port, proto| Service { port, proto, ..Service::default() };
    assert_ne!(service(Some(0), None).identity(), service(None, None).identity());
    assert_ne!(service(Some(6), None).identity(), service(None, Some(6)).identity());
}

#[test]
fn among_thousands_the_most_frequent_are_named_and_the_rest_are_counted() {
    let mut table = Table::default();
    for nth in 0..30_000_u64 {
        add(&mut table, &format!("host {nth}"), 5, 1 + nth % 1_000);
    }
    let Ranking { top, more, at_least } = table.ranking();
    assert!(top.iter().all(|one| one.count >= 999), "{top:?}");
    assert_eq!((top.len(), top.len() as u64 + more, at_least), (KEPT, 30_000, true));
}

#[test]
fn who_comes_late_and_in_small_pieces_is_named_once_it_ranks() {
    let mut table = Table::default();
    for nth in 0..5_000 {
        add(&mut table, &format!("host {nth}"), 5, 100);
    }
    for _ in 0..150 {
        add(&mut table, "piecemeal", 6, 1);
    }
    let first = &table.ranking().top[0];
    assert_eq!((first.what.name.as_str(), first.count), ("piecemeal", 150));
}

#[test]
fn who_was_never_named_is_one_of_the_further_ones_in_mail_and_file() {
    let mut table = Table::default();
    for nth in 0..5_000 {
        add(&mut table, &format!("host {nth}"), 5, 100);
    }
    let (_, before) = table.most_frequent(KEPT);
    add(&mut table, "small", 6, 1);
    assert_eq!(table.most_frequent(KEPT).1, before + 1);
    let of_minute_6 = table.clone().take(&once(6, 1));
    assert_eq!(of_minute_6.most_frequent(KEPT), (Vec::new(), 1));
    table.settle(0, KEPT);
    let file = serde_json::to_string(&table).unwrap();
    let again: Table<Object> = serde_json::from_str(&file).unwrap();
    assert_eq!((again.most_frequent(KEPT).1, again == table), (before + 1, true));
}
