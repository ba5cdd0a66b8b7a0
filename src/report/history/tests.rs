use super::packing::{PHASES, packed};
use super::*;
use crate::packed::Packer;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_785_715_200 + second).unwrap()
}

fn alert(rule: i64, second: i64, worst: &str) -> Entry {
    Entry {
        at: at(second),
        level: Level::Critical,
        told: Told::Alert {
            rule,
            count: 123_456,
            at_least: rule % 2 == 0,
            first: at(second - 86_400),
            last: at(second - 60),
            worst: cut(worst),
            groups: 4_321,
        },
        mails: vec![InMail::of(&format!("{second}@example.com"))],
    }
}

/// The conditions by their words, in the order in which they got their numbers; a receiver
/// got the last one.
fn watched() -> Vec<Condition> {
    let words = [
        "unreachable",
        "credentials",
        "health",
        "events",
        "traffic",
        "workloads",
        "configuration",
        "delivery",
        "key_expires",
        "certificate_expires",
        "archive",
        "ip_lists",
        "forward:00000000000000ff",
    ];
    words.map(|word| serde_json::from_value(word.into()).unwrap()).to_vec()
}

fn condition(about: About, phase: Phase, second: i64) -> Entry {
    let told = Told::Condition { about, phase };
    Entry { at: at(second), level: Level::Warning, told, mails: Vec::new() }
}

fn of_entries(entries: Vec<Entry>) -> History {
    History(packed(entries))
}

#[test]
fn what_is_unpacked_is_what_was_packed_whatever_the_clock_did() {
    let merged = InMail { hash: (1 << 40) - 1, merged: true, became: Became::GivenUp(at(900)) };
    let delivered = InMail { hash: 0, merged: false, became: Became::Delivered(at(10)) };
    let notice = |title: &str, second| Entry {
        told: Told::Notice(title.to_owned()),
        mails: vec![merged, delivered],
        ..condition(About::Rule(1), Phase::Begins, second)
    };
    let mut all = vec![
        alert(i64::MIN, 0, "10.0.0.4 → db-01 445"),
        alert(i64::MAX, -3_600, "防火牆"),
        notice("", 30),
        condition(About::Rule(-7), Phase::Ended, 31),
    ];
    let phases = PHASES.iter().cycle();
    all.extend(
        watched()
            .into_iter()
            .zip(phases)
            .map(|(watched, phase)| condition(About::Watched(watched), *phase, 40)),
    );
    assert_eq!(of_entries(all.clone()).entries(), all);
    assert!(of_entries(Vec::new()).is_empty());
}

#[test]
fn what_an_older_file_says_of_a_condition_still_reads_as_that() {
    for (number, watched) in (1..).zip(watched()) {
        let mut packer = Packer::default();
        packer.number(1);
        // A second after 1970, critical, a condition that begins …
        for part in [2, 2, 2, number] {
            packer.number(part);
        }
        if let Condition::Forward(receiver) = watched {
            packer.bytes(&receiver.number().to_be_bytes());
        }
        // … in no mail.
        packer.number(0);
        let told = Told::Condition { about: About::Watched(watched), phase: Phase::Begins };
        assert_eq!(History(packer.finish()).entries().first().unwrap().told, told);
    }
}

#[test]
fn two_thousand_entries_with_long_texts_have_room_and_the_oldest_go() {
    let long = "10.20.30.40 (very-long-host-name.prod.example.com) · 445/TCP · 防火牆";
    let entries: Vec<Entry> = (0..2_500)
        .map(|number| {
            let mut entry = alert(1_000 + number, number * 601, long);
            entry.mails[0].became = Became::Delivered(at(number * 601 + 2_592_000));
            entry
        })
        .collect();
    let history = of_entries(entries.clone());
    assert!(history.0.len() <= BYTES, "{}", history.0.len());
    assert!(history.entries() == entries[500..], "{}", history.entries().len());
}

#[test]
fn where_each_went_into_many_mails_the_bound_holds_all_the_same() {
    let mail = |number: i64| InMail::of(&format!("{number}@example.com"));
    let entries = (0..2_000).map(|number| Entry {
        mails: (0..50).map(mail).collect(),
        ..alert(1, number * 600, "10.0.0.4")
    });
    let history = of_entries(entries.collect());
    assert!(history.0.len() <= BYTES && history.0.len() > BYTES / 10 * 8);
    assert_eq!(history.entries().last().unwrap().at, at(1_999 * 600));
}

#[test]
fn what_became_of_a_mail_is_known_by_its_message_id_also_where_it_was_merged() {
    let mut history = of_entries(vec![alert(1, 1, ""), alert(2, 2, ""), alert(3, 3, "")]);
    history.change(|open| {
        open.merged("2@example.com", "1@example.com");
        open.delivered("1@example.com", at(60));
        open.given_up("3@example.com", at(90));
        open.delivered("3@example.com", at(100));
        open.delivered("unknown@example.com", at(100));
    });
    let mails = history.entries().into_iter().map(|entry| entry.mails[0]);
    let became: Vec<_> = mails.map(|mail| (mail.merged, mail.became)).collect();
    let delivered = Became::Delivered(at(60));
    let expected = [(false, delivered), (true, delivered), (false, Became::GivenUp(at(90)))];
    assert_eq!(became, expected);
}

#[test]
fn the_last_time_is_that_of_what_was_told_and_not_of_what_was_held() {
    let held = Entry { mails: Vec::new(), ..alert(7, 500, "") };
    let history = of_entries(vec![alert(7, 100, ""), alert(7, 200, ""), held]);
    assert_eq!(history.last_told(), BTreeMap::from([(7, at(200))]));
}

#[test]
fn a_text_that_is_no_packed_history_is_an_empty_one() {
    let whole = of_entries(vec![alert(1, 1, "db-01")]).0;
    for text in ["?", "AA", &whole[..whole.len() - 4]] {
        let history: History = serde_json::from_value(text.into()).unwrap();
        assert_eq!(history.entries(), []);
    }
}
