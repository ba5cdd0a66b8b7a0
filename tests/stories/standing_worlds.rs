//! Random worlds of workloads that come and go, and of events that do not come: whatever
//! happens, each cycle tells of them just what the oracle says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::oracle::standing::{Mailed, OfBelow, OfWorkloads, Tells};
use crate::pce::*;
use crate::world::{Run, World};

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mixed(self.0) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn among<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len() as u64) as usize].clone()
    }
}

fn seeds() -> u64 {
    std::env::var("ILLUMIO_MONITOR_SEEDS").map_or(12, |seeds| seeds.parse().unwrap())
}

/// How many mails all worlds sent, half of them at a time.
fn all_of(live_through: fn(u64) -> usize) -> usize {
    let half = move |odd: u64| {
        let seeds = (0..seeds()).filter(move |seed| seed % 2 == odd);
        std::thread::spawn(move || seeds.map(live_through).sum::<usize>())
    };
    [half(0), half(1)].map(|half| half.join().unwrap()).into_iter().sum()
}

/// A workload as it is; `None`: the PCE does not say.
#[derive(Clone)]
struct Truth {
    name: String,
    is_listed: bool,
    online: Option<bool>,
    suspended: Option<bool>,
    /// Whether it has the rule's label.
    labelled: Option<bool>,
}

impl Truth {
    fn changes(&mut self, dice: &mut Dice) {
        let said = |dice: &mut Dice| dice.among(&[Some(true), Some(false), Some(false), None]);
        match dice.roll(9) {
            0..4 => self.online = said(dice),
            4..6 => self.suspended = said(dice).map(|well| !well),
            6 => self.is_listed = !dice.one_in(3),
            7 => self.labelled = dice.among(&[Some(true), Some(true), Some(false), None]),
            _ => {}
        }
    }

    /// As the PCE tells it, in one of the ways in which one may.
    fn record(&self, dice: &mut Dice) -> HostRecord {
        let mut record =
            host(&self.name).label("role", if self.labelled == Some(false) { "DB" } else { "Web" });
        if self.labelled.is_none() {
            record =
                dice.among(&[record.clone().without("labels"), record.set("labels", json!(null))]);
        }
        record = match self.online {
            Some(online) => record.set("online", json!(online)),
            None => dice.among(&[
                record.clone().without("online"),
                record.clone().set("online", json!(null)),
                record.set("online", json!("true")),
            ]),
        };
        let word = |suspended: bool| json!(if suspended { "suspended" } else { "active" });
        match self.suspended {
            Some(is) if dice.one_in(2) => {
                record.set("ven", json!({"href": "/vens/x"})).set("agent.status.status", word(is))
            }
            Some(is) if dice.one_in(2) => record.without("agent").set("ven.status", word(is)),
            Some(is) => record.set("ven.status", word(is)).set("agent.status.status", word(is)),
            None if dice.one_in(2) => record.without("agent").without("ven"),
            None => {
                record.set("ven.status", json!(null)).set("agent.status.status", json!("dreaming"))
            }
        }
    }

    /// How it is by a rule; `None` where the rule does not ask about it.
    fn by(&self, rule: &Rule, listen_only: bool) -> Option<Option<bool>> {
        if !self.is_listed || (rule.has_label && self.labelled == Some(false)) {
            return None;
        }
        if rule.has_label && self.labelled.is_none() {
            return Some(None);
        }
        let said = rule.states.iter().map(|state| match *state {
            "offline" if listen_only => None,
            "offline" => self.online.map(|online| !online),
            _ => self.suspended,
        });
        let said: Vec<Option<bool>> = said.collect();
        Some(match said {
            said if said.contains(&Some(true)) => Some(true),
            said if said.contains(&None) => None,
            _ => Some(false),
        })
    }
}

/// A rule, and its oracle.
struct Rule {
    name: String,
    states: Vec<&'static str>,
    has_label: bool,
    oracle: OfWorkloads,
}

fn a_rule(dice: &mut Dice, world: &World, name: &str) -> Rule {
    let states = dice.among(&[vec!["offline"], vec!["suspended"], vec!["offline", "suspended"]]);
    let (wanted, window) = (dice.among(&[1, 1, 2, 3]), dice.among(&[0, 0, 5, 12, 30]));
    let (cooldown, has_label) = (dice.among(&[0, 15, 60]), dice.one_in(3));
    let mut rule = json!({
        "type": "workload", "name": name, "state": states, "threshold_count": wanted,
        "threshold_window": window, "cooldown_minutes": cooldown
    });
    if has_label {
        rule["label"] = json!("role=Web|App");
    }
    world.rule(rule);
    let reminder = if cooldown == 0 { 60 } else { cooldown };
    Rule {
        name: name.into(),
        states,
        has_label,
        oracle: OfWorkloads::new(wanted, window, reminder),
    }
}

#[test]
fn every_cycle_tells_of_workloads_what_the_oracle_says() {
    let mails = all_of(live_through_workloads);
    assert!(mails > 80, "only {mails} mails: a quiet world shows nothing");
}

fn live_through_workloads(seed: u64) -> usize {
    let mut dice = Dice(mixed(seed));
    let mut world = World::new();
    world.set("settings.workload_minutes", json!(5));
    world.set("settings.reminder_hours", json!(1));
    let mut rules = vec![a_rule(&mut dice, &world, "First"), a_rule(&mut dice, &world, "Second")];
    let mut hosts: Vec<Truth> = (1..=7)
        .map(|nth| Truth {
            name: format!("w-{nth}"),
            is_listed: true,
            online: Some(true),
            suspended: Some(false),
            labelled: Some(true),
        })
        .collect();
    let mut flaps: Option<Vec<Truth>> = None;
    let mut now = at("09:00");
    let mut mails = 0;
    for nth in 0..24 {
        // Some go back at once to what they were.
        if let Some(before) = flaps.take() {
            hosts = before;
        } else if dice.one_in(2) {
            flaps = Some(hosts.clone());
        }
        for host in &mut hosts {
            if dice.one_in(if flaps.is_some() { 2 } else { 3 }) {
                host.changes(&mut dice);
            }
        }
        let listen_only = dice.one_in(8);
        world.pce.listen_only(listen_only);
        let listed = hosts.iter().filter(|host| host.is_listed);
        let records: Vec<HostRecord> = listed.map(|host| host.record(&mut dice)).collect();
        world.pce.workloads(records);
        let spoilt = dice.one_in(6);
        if spoilt {
            let faults = [
                Fault::status(500).retry_after(0).on("/orgs/1/workloads"),
                Fault::cut_mid_body().on("/orgs/1/workloads"),
                Fault::status(403).on("/orgs/1/workloads"),
            ];
            world.pce.fault(dice.among(&faults));
        }
        let run = world.run_at(now);
        world.pce.heal();
        assert_eq!(run.code != 0, spoilt, "{run:?}");
        for rule in &mut rules {
            let list: BTreeMap<String, Option<bool>> = hosts
                .iter()
                .filter_map(|host| Some((host.name.clone(), host.by(rule, listen_only)?)))
                .collect();
            let heard = heard(&run, &rule.name);
            if spoilt {
                assert_eq!(heard.tells, Tells::Nothing, "seed {seed}, {nth}: {run:?}");
                continue;
            }
            let expected = rule.oracle.cycle(now, list.clone());
            mails += usize::from(expected.tells != Tells::Nothing);
            assert_alike(
                &heard,
                &expected,
                &format!("seed {seed}, cycle {nth} at {now}, {}, {list:?}: {run:?}", rule.name),
            );
        }
        now += SignedDuration::from_mins(dice.among(&[5, 5, 6, 10, 10, 11, 20, 35]));
    }
    mails
}

fn assert_alike(heard: &Mailed, expected: &Mailed, place: &str) {
    assert_eq!(heard.tells, expected.tells, "{place}");
    match expected.tells {
        Tells::Nothing => {}
        // An end lists those that are so all the same.
        Tells::Ends => assert_eq!(heard.over, expected.over, "{place}"),
        Tells::Begins => assert_eq!(heard.joined, expected.joined, "{place}"),
        Tells::More | Tells::Reminds => {
            assert_eq!(heard.joined, expected.joined, "{place}");
            assert_eq!(heard.still, expected.still, "{place}");
            // Of those that the list has no more only their number is told.
            assert!(heard.back.is_subset(&expected.back), "{place}");
        }
    }
}

/// What a run's mail says of the rule.
fn heard(run: &Run, rule: &str) -> Mailed {
    let nothing = BTreeSet::new;
    let mut mailed = Mailed {
        tells: Tells::Nothing,
        joined: nothing(),
        back: nothing(),
        still: nothing(),
        over: None,
    };
    let [mail] = run.mails.as_slice() else { return mailed };
    let text = mail.text();
    // Each rule's own card begins with its title, or the mail is about it alone.
    let titled = |line: &str| {
        let line = line.trim_start_matches(|letter: char| !letter.is_alphabetic());
        ["First", "Second"].into_iter().find(|name| {
            line.starts_with(&format!("{name} (")) || line.starts_with(&format!("{name}:"))
        })
    };
    let subject = mail.subject();
    let both = subject.contains("First") && subject.contains("Second");
    if !subject.contains(rule) {
        return mailed;
    }
    let title = subject.split(" · ").find(|part| part.contains(rule)).unwrap().to_owned();
    let title = title.trim_start_matches("[Illumio Monitor] [test] ");
    mailed.tells = match title {
        title if title.contains("(+") => Tells::More,
        title if title.contains(": still") => Tells::Reminds,
        title if title.contains(": over") => Tells::Ends,
        _ => Tells::Begins,
    };
    let (mut mine, mut heading) = (!both, String::new());
    for line in text.lines() {
        if line == "-- " {
            break;
        }
        if both && line.starts_with("[") {
            mine = titled(line.split_once(']').map_or("", |(_, title)| title))
                .is_some_and(|name| name == rule);
        }
        let word = line.trim();
        if ["Workloads", "New", "Back", "Reported before", "Still so"].contains(&word) {
            heading = word.to_owned();
        }
        if mine && word.starts_with("w-") && !word.contains(' ') {
            let names = match heading.as_str() {
                "Workloads" | "New" => &mut mailed.joined,
                "Back" => &mut mailed.back,
                _ => &mut mailed.still,
            };
            names.insert(word.to_owned());
        }
        if mine && let Some((over, rest)) = word.split_once(" back, the longest") {
            let _ = rest;
            let over = over.rsplit(": ").next().unwrap();
            let (left, all) = over.split_once(" of ").unwrap();
            mailed.over = Some((left.parse().unwrap(), all.parse().unwrap()));
        }
    }
    mailed
}

#[test]
fn every_cycle_tells_of_what_does_not_come_what_the_oracle_says() {
    let mails = all_of(live_through_silence);
    assert!(mails > 20, "only {mails} mails: a quiet world shows nothing");
}

fn live_through_silence(seed: u64) -> usize {
    let mut dice = Dice(mixed(seed ^ 0xbe10));
    let mut world = World::new();
    let (wanted, window) = (dice.among(&[1, 1, 3, 5]), dice.among(&[20, 45, 60]));
    let cooldown = dice.among(&[0, 30]);
    let rule: Value = json!({
        "type": "event", "name": "Calls", "filter_value": "user.pce_session_terminated",
        "threshold_type": "below", "threshold_count": wanted, "threshold_window": window,
        "cooldown_minutes": cooldown
    });
    world.rule(rule);
    world.set("settings.reminder_hours", json!(1));
    let reminder = if cooldown == 0 { 60 } else { cooldown };
    let mut oracle = OfBelow::new(wanted, window, 10, reminder);
    let mut records: Vec<(Timestamp, Timestamp, usize)> = Vec::new();
    let mut when = at("07:30");
    while when < at("16:00") {
        // Calls come in crowds, with hours without any; some are written down late.
        let pause = if dice.one_in(12) { 90 } else { dice.roll(14) };
        when += SignedDuration::from_secs(pause as i64 * 60 + dice.roll(60) as i64);
        let late = if dice.one_in(3) { dice.roll(1_500) as i64 } else { 0 };
        let recorded = when + SignedDuration::from_secs(late);
        records.push((when, recorded, records.len()));
        world.pce.event(session_ended("ann").at(when).recorded(recorded));
    }
    let mut now = at("09:00");
    let mut mails = 0;
    for nth in 0..28 {
        let spoilt = dice.one_in(6);
        if spoilt {
            world.pce.fault(Fault::status(500).retry_after(0).on("/events"));
        }
        let run = world.run_at(now);
        world.pce.heal();
        let expected = oracle.cycle(now, &records, window, !spoilt);
        let subjects: Vec<String> = run.mails.iter().map(|mail| mail.subject()).collect();
        let tells = match subjects.iter().find(|subject| subject.contains("Calls")) {
            None => Tells::Nothing,
            Some(subject) if subject.contains("still too few") => Tells::Reminds,
            Some(subject) if subject.contains("enough again") => Tells::Ends,
            Some(_) => Tells::Begins,
        };
        assert_eq!(
            tells,
            expected,
            "seed {seed}, cycle {nth} at {now}: {run:?} {oracle:?}",
            oracle = (wanted, window)
        );
        mails += usize::from(expected != Tells::Nothing);
        now += SignedDuration::from_secs(
            60 * dice.among(&[5, 10, 10, 10, 20, 30]) + dice.roll(50) as i64,
        );
    }
    mails
}
