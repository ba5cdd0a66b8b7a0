//! A world with the oracle beside it: each cycle's alerts are read out of the mail
//! and have to be the oracle's.

use serde_json::{Value, json};

use crate::oracle::Oracle;
use crate::pce::*;
use crate::world::{Told, World};

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
        Self {
            world,
            oracle: Oracle::new(),
        }
    }

    /// One undisturbed cycle; what it tells, as `rule 1: 25, 10:01-10:05`.
    pub fn tells(&mut self, when: &str) -> Vec<String> {
        let rules = self.world.config()["rules"].as_array().unwrap().clone();
        let run = self.world.run_at(when);
        assert_eq!(run.code, 0, "{when}: {run:?}");
        let judged = self.oracle.cycle_at(&self.world.pce, &rules, at(when));
        let judged = judged.into_iter().map(|told| Told {
            rule: format!("rule {}", told.rule),
            count: told.count,
            first: told.first,
            last: told.last,
        });
        assert_eq!(run.told(), judged.collect::<Vec<_>>(), "{when}");
        words(&run.told())
    }

    /// The same for several cycles.
    pub fn tells_at(&mut self, times: &[&str]) -> Vec<String> {
        times.iter().flat_map(|when| self.tells(when)).collect()
    }
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
