use super::*;
use crate::report::history::InMail;
use crate::screen::columns::width;

fn at(time: &str) -> Timestamp {
    format!("2026-11-{time}Z").parse().unwrap()
}

fn mail(became: Became) -> InMail {
    InMail { hash: 0, merged: false, became }
}

fn alert(rule: i64, time: &str, worst: &str, groups: u64, mails: Vec<InMail>) -> Entry {
    let (first, last) = (at("22T10:05:00"), at("22T10:07:00"));
    let worst = worst.to_owned();
    let told = Told::Alert { rule, count: 1_234, at_least: false, first, last, worst, groups };
    Entry { at: at(time), level: Level::Critical, told, mails }
}

fn entries() -> Vec<Entry> {
    let late = Became::Delivered(at("22T10:50:00"));
    let told = Told::Condition {
        about: About::Watched(crate::report::Condition::Unreachable),
        phase: Phase::Begins,
    };
    vec![
        alert(1, "22T10:10:00", "db-01", 0, vec![mail(late)]),
        alert(
            11,
            "22T10:20:00",
            "10.0.1.4 (web-01) → 10.0.0.9 445",
            3,
            vec![mail(late), mail(Became::Waits)],
        ),
        Entry { told, ..alert(0, "22T10:30:00", "", 0, vec![mail(late)]) },
        alert(1, "22T10:40:00", "db-02", 0, Vec::new()),
    ]
}

fn look(lang: Lang) -> Look {
    let names = match lang {
        Lang::En => [(1, "Agent tampering"), (11, "Port scan within the data centre")],
        Lang::ZhTw => [(1, "Agent 遭竄改"), (11, "資料中心內的連接埠掃描")],
    };
    let names = names.into_iter().map(|(id, name)| (id, name.to_owned())).collect();
    Look { names, receivers: Vec::new(), zone: TimeZone::UTC, year: 2026, lang }
}

#[test]
fn in_every_width_the_time_and_what_became_of_it_stay_whole() {
    for lang in [Lang::En, Lang::ZhTw] {
        let (look, entries) = (look(lang), entries());
        let entries: Vec<&Entry> = entries.iter().collect();
        for room in [None, Some(120), Some(80)] {
            let lines = look.table(&entries, room);
            let text = lines.join("\n");
            assert!(lines.iter().all(|line| width(line) <= room.unwrap_or(1_000)), "{text}");
            for entry in &entries {
                let [time, _, _, count, became, period, worst] = look.row(entry);
                let nth = lines.iter().position(|line| line.starts_with(&time)).unwrap();
                let line = &lines[nth];
                assert!(line.contains(&became) && line.contains(&count), "{text}");
                let both = format!("{line}{}", lines.get(nth + 1).map_or("", String::as_str));
                assert!(both.contains(&period) && both.contains(&worst), "{text}");
            }
        }
    }
}

#[test]
fn the_year_is_said_where_it_is_not_this_one() {
    let look = Look { year: 2027, ..look(Lang::En) };
    assert_eq!(look.row(&entries()[0])[0], "2026-11-22 10:10");
}

#[test]
fn a_receiver_that_fails_is_no_pce_that_does() {
    let condition = serde_json::from_str("\"forward:00000000000000ff\"").unwrap();
    let told = Told::Condition { about: About::Watched(condition), phase: Phase::Begins };
    let entry = Entry { told, ..entries()[0].clone() };
    assert_eq!(look(Lang::En).json(&entry)["condition"], "forward");
}
