//! Random days of events and cycles: the binary tells what the oracle tells.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::oracle::{Cycle, Oracle, Told, minute};
use crate::pce::*;
use crate::world::{Run, World};

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 += 1;
        mixed(self.0) % sides
    }

    fn minutes(&mut self, from: i64, to: i64) -> SignedDuration {
        let span = (to - from).unsigned_abs();
        SignedDuration::from_mins(from + self.below(span) as i64)
    }

    /// Some second in the middle of a minute. Cycles begin on the minute and take
    /// their time, so that close to it nobody can say what they reach.
    fn seconds(&mut self) -> SignedDuration {
        SignedDuration::from_secs(20 + self.below(35) as i64)
    }
}

/// Rules of every kind; none of them holds another's name.
fn rules() -> Vec<Value> {
    let rule = |id: i64, filter: &str, more: Value| {
        let mut rule = json!({
            "id": id, "type": "event", "name": format!("rule-{id}."), "filter_value": filter,
            "threshold_type": "immediate"
        });
        for (key, value) in more.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    let count = |count: u64, window: u64| json!({"threshold_type": "count", "threshold_count": count, "threshold_window": window});
    let with = |mut rule: Value, key: &str, value: Value| {
        rule[key] = value;
        rule
    };
    vec![
        rule(1, "agent.tampering", json!({})),
        rule(2, "agent.*", count(3, 15)),
        with(rule(3, "user.*|request.*", count(2, 30)), "cooldown_minutes", json!(0)),
        with(rule(4, "offline", count(6, 60)), "count_by", json!("objects")),
        with(rule(5, "*", json!({"cooldown_minutes": 45})), "severity", json!(["err"])),
        with(rule(6, "*", count(4, 120)), "status", json!(["failure", "none"])),
        with(rule(7, "*", json!({})), "enabled", json!(false)),
    ]
}

fn some_event(dice: &mut Dice) -> EventRecord {
    let hosts = ["db-01", "db-02", "web-01", "web-02", "web-03", "web-04", "web-05"];
    let host = hosts[dice.below(7) as usize];
    match dice.below(8) {
        0 => agent_tampering(host),
        1 => agent_suspend(host),
        2 => clone_detected(host),
        3 => offline_check(&hosts[..1 + dice.below(6) as usize]),
        4 => login_failed("eve", "203.0.113.9"),
        5 => authentication_failed("203.0.113.8"),
        6 => session_ended("admin"),
        _ => rule_set_update("admin", "Shop"),
    }
}

/// What a mail tells of each rule: id, count, first and last minute.
fn told_by(run: &Run) -> Vec<Told> {
    let Some(mail) = run.mails.last() else {
        return Vec::new();
    };
    let (text, mut told) = (mail.text(), Vec::new());
    let is_records = |section: &&str| section.lines().nth(1).unwrap().starts_with("Raw snapshot");
    for section in text.split("\n=====").skip(1).filter(|section| !is_records(section)) {
        let Some((_, rest)) =
            section.split_once("rule-").filter(|(before, _)| before.contains('['))
        else {
            continue;
        };
        told.push(told_in(rest.split_once('.').unwrap().0, section));
    }
    if told.is_empty() {
        // One alert alone has its title in the heading.
        let (_, rest) = text.split_once("rule-").unwrap();
        told.push(told_in(rest.split_once('.').unwrap().0, &text));
    }
    told.sort_by_key(|told| told.rule);
    told
}

fn told_in(rule: &str, section: &str) -> Told {
    let lines = || section.lines();
    let count = lines().find(|line| line.contains(" match")).unwrap();
    let time = |key: &str| {
        let line = lines().find_map(|line| line.strip_prefix(key))?;
        let (time, _) = line.trim().split_once(" +00:00")?;
        let instant: Timestamp = format!("{}:00Z", time.replace(' ', "T")).parse().unwrap();
        Some(minute(instant))
    };
    let first = time("Seen:").or(time("First seen:")).unwrap();
    Told {
        group: String::new(),
        rule: rule.parse().unwrap(),
        count: count.split(' ').next().unwrap().replace(',', "").parse().unwrap(),
        first,
        last: time("Last seen:").unwrap_or(first),
        in_one_go: false,
    }
}

/// Lives through it and returns how many alerts were told.
fn a_day(seed: u64) -> usize {
    let mut dice = Dice(seed << 32);
    let mut world = World::new();
    let rules = rules();
    world.set("rules", json!(rules));
    for _ in 0..150 {
        let at = at("00:00") + dice.minutes(0, 720) + dice.seconds();
        // Most at once, some late, a few too late for the overlap.
        let late = match dice.below(10) {
            0..6 => SignedDuration::ZERO,
            6..9 => dice.minutes(0, 9),
            _ => dice.minutes(15, 40),
        };
        world.pce.event(some_event(&mut dice).at(at).recorded(at + late));
    }
    let mut oracle = Oracle::new();
    let (mut now, mut alerts) = (at("01:00"), 0);
    while now < at("13:00") {
        let run;
        let cycle = oracle.undisturbed(now, &rules);
        if dice.below(12) == 0 {
            // The event log fails this time.
            world.pce.fault(Fault::status(404).on("/events"));
            run = world.run_at(now);
            world.pce.heal();
            let blind = Cycle { events_from: None, traffic_from: None, ..cycle };
            let mut expected = oracle.cycle(&world.pce, &rules, blind);
            expected.sort_by_key(|told| told.rule);
            assert_eq!(run.code, 75, "seed {seed}, {now}: {run:?}");
            assert_eq!(run.number("alerts"), expected.len() as u64, "seed {seed}, {now}");
        } else {
            run = world.run_at(now);
            let mut expected =
                oracle.cycle(&world.pce, &rules, Cycle { traffic_from: None, ..cycle });
            expected.sort_by_key(|told| told.rule);
            assert_eq!(run.code, 0, "seed {seed}, {now}: {run:?}");
            alerts += expected.len();
            let told = if run.number("alerts") == 0 { Vec::new() } else { told_by(&run) };
            assert_eq!(
                told,
                expected,
                "seed {seed}, {now}: {run:?}\n{}",
                run.mails.last().map(|m| m.text()).unwrap_or_default()
            );
        }
        now += dice.minutes(1, 40);
    }
    alerts
}

#[test]
fn whatever_a_day_brings_each_cycle_tells_what_the_oracle_tells() {
    for seed in 1..=6 {
        let alerts = a_day(seed);
        assert!(alerts >= 20, "seed {seed} tells {alerts} only");
    }
}
