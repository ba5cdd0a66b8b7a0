//! A world with the oracle beside it: each cycle's alerts are read out of the mail and
//! judged by it. Those of events have to be its own, to the minute; those of traffic
//! have to lie within its bounds.

use serde_json::{Value, json};

use crate::oracle::{self, Oracle};
use crate::pce::*;
use crate::world::{Run, Told, World};

pub struct Beside {
    pub world: World,
    pub oracle: Oracle,
}

impl Beside {
    /// A quiet world with these rules, whose PCE computes at once.
    pub fn with(rules: &[Value]) -> Self {
        let world = World::new();
        world.set("email.raw_snapshot", json!(false));
        for rule in rules {
            world.rule(rule.clone());
        }
        world.pce.every_query(Fate::completes().after_polls(0));
        Self { world, oracle: Oracle::new() }
    }

    /// One undisturbed cycle; what it tells, as `rule 1: 25, 10:01-10:05`.
    pub fn tells(&mut self, when: &str) -> Vec<String> {
        let rules = self.world.config()["rules"].as_array().unwrap().clone();
        let run = self.world.run_at(when);
        assert_eq!(run.code, 0, "{when}: {run:?}");
        let cycle = self.oracle.undisturbed(at(when), &rules);
        let heard = heard(&run);
        let events = self.oracle.cycle(&self.world.pce, &rules, cycle);
        assert_eq!(of_events(&heard, &rules), events, "{when}");
        let faults = self.oracle.judge(&rules, at(when), &heard);
        assert_eq!(faults, NONE, "{when}: {heard:?}");
        words(&run.told())
    }

    /// The same for several cycles.
    pub fn tells_at(&mut self, times: &[&str]) -> Vec<String> {
        times.iter().flat_map(|when| self.tells(when)).collect()
    }
}

/// No words.
pub const NONE: [&str; 0] = [];

/// The alerts of a run, as the oracle speaks of them; of rules that are called `rule 1`.
pub fn heard(run: &Run) -> Vec<oracle::Told> {
    let of_mail = |mail: &crate::world::Mail| -> Vec<oracle::Told> {
        let in_one_go = mail.told_in_one_go();
        let alert = |told: Told| -> Vec<oracle::Told> {
            let alone = oracle::Told {
                rule: told.rule["rule ".len()..].parse().unwrap(),
                group: String::new(),
                count: told.count,
                first: told.first,
                last: told.last,
                in_one_go: in_one_go.contains(&told.rule),
            };
            assert_eq!(told.more_groups, 0, "the oracle knows those by name");
            // Of the others than the worst no mail says whether their time is known.
            let group = |group: &crate::world::Group| oracle::Told {
                group: group.name.clone(),
                count: group.count,
                first: group.first,
                last: group.last,
                in_one_go: alone.in_one_go || told.groups.len() > 1,
                ..alone.clone()
            };
            match told.groups.as_slice() {
                [] => vec![alone],
                groups => groups.iter().map(group).collect(),
            }
        };
        mail.told().into_iter().flat_map(alert).collect()
    };
    run.mails.iter().flat_map(of_mail).collect()
}

/// Those of event rules; of a rule that counts some apart by their names, and each as one
/// whose time is known, as an event's always is.
pub fn of_events(heard: &[oracle::Told], rules: &[Value]) -> Vec<oracle::Told> {
    let place = |told: &oracle::Told| {
        let mut rules = rules.iter();
        rules.position(|rule| rule["type"] == "event" && rule["id"] == told.rule)
    };
    let mut of_events: Vec<oracle::Told> =
        heard.iter().filter(|told| place(told).is_some()).cloned().collect();
    for told in of_events.iter_mut().filter(|told| !told.group.is_empty()) {
        told.in_one_go = false;
    }
    of_events.sort_by_key(|told| (place(told), told.group.clone()));
    of_events
}

/// `rule 1: 25, 10:01-10:05`
pub fn words(told: &[Told]) -> Vec<String> {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    let line = |told: &Told| {
        let (first, last) = (clock(told.first), clock(told.last));
        format!("{}: {}, {first}-{last}", told.rule, told.count)
    };
    told.iter().map(line).collect()
}
