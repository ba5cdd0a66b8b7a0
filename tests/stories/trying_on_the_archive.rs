//! `rules try --archive`: a rule tried on what the archive has of a week would have told
//! what the mails of that week told of it, rule by rule, to the count.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::pce::*;
use crate::world::World;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mixed(self.0) % sides
    }

    fn among<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len() as u64) as usize].clone()
    }
}

fn seeds() -> u64 {
    std::env::var("ILLUMIO_MONITOR_SEEDS").map_or(1, |seeds| seeds.parse().unwrap())
}

/// Minutes between two runs: a week of them is 336.
const EVERY: i64 = 30;

/// Of each kind one that alerts now and then.
fn rules() -> Vec<Value> {
    let count = |mut rule: Value, count: u64, window: u64, cooldown: u64| {
        rule["threshold_type"] = json!("count");
        rule["threshold_count"] = json!(count);
        rule["threshold_window"] = json!(window);
        rule["cooldown_minutes"] = json!(cooldown);
        rule
    };
    let blocked = |per: Value| {
        let mut rule = json!({"type": "traffic", "pd": 2});
        for (key, value) in per.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    let failed = |mut rule: Value| {
        rule["type"] = json!("event");
        rule["filter_value"] = json!("user.sign_in");
        rule
    };
    vec![
        json!({"type": "event", "filter_value": "agent.tampering"}),
        count(failed(json!({})), 4, 60, 120),
        count(failed(json!({"per": "user"})), 3, 60, 240),
        count(failed(json!({"count_by": "sources"})), 3, 120, 60),
        count(blocked(json!({})), 30, 30, 90),
        blocked(json!({"port": 445})),
        count(blocked(json!({"per": "source"})), 20, 30, 240),
        count(blocked(json!({"per": "source", "count_by": "ports"})), 4, 60, 60),
        count(blocked(json!({"count_by": "flows"})), 6, 20, 0),
    ]
}

/// One alert: when the run told it, how much, and of which groups.
type OneAlert = (Timestamp, u64, Vec<(String, u64)>);

#[test]
fn what_a_rule_would_have_told_of_an_archived_week_is_what_its_mails_told() {
    let lives: Vec<_> =
        (0..seeds()).map(|seed| std::thread::spawn(move || live_through(seed))).collect();
    let told: usize = lives.into_iter().map(|life| life.join().unwrap()).sum();
    assert!(told > 100, "only {told} alerts: a quiet week shows nothing");
}

/// How the PCE makes rows of what it was told. Where it regroups rows that did not grow,
/// the archive does not have all that the runs saw.
fn kind(seed: u64) -> Counting {
    let day = Counting { seed, ..Counting::default() };
    match seed % 3 {
        0 => day,
        1 => Counting { cut: Cut::Hour, jitter: 60, ..day },
        _ => Counting { cut: Cut::Upload, ..day },
    }
}

/// How many alerts there were.
fn live_through(seed: u64) -> usize {
    let mut dice = Dice(mixed(seed));
    let mut world = World::new();
    world.pce.every_query(Fate::completes().after_polls(0));
    world.pce.counting(kind(seed));
    world.set("settings.archive_dir", json!("archive"));
    let rules = rules();
    for rule in &rules {
        world.rule(rule.clone());
    }
    let begin = at("09:00");
    let mut mailed: Vec<Vec<OneAlert>> = vec![Vec::new(); rules.len()];
    let mut now = begin;
    let end = begin + SignedDuration::from_hours(7 * 24);
    while now <= end {
        if now > begin {
            happen(&world, &mut dice, now);
        }
        let run = world.run_at(now);
        assert_eq!(run.code, 0, "seed {seed}: {run:?}");
        for told in run.mails.iter().flat_map(|mail| mail.told()) {
            let rule: usize = told.rule.strip_prefix("rule ").unwrap().parse().unwrap();
            let groups = told.groups.iter().map(|group| (group.name.clone(), group.count));
            let groups: Vec<_> = groups.collect();
            let count = if groups.is_empty() { told.count } else { 0 };
            mailed[rule - 1].push((now, count, groups));
        }
        now += SignedDuration::from_mins(EVERY);
    }
    let before = std::fs::read(world.config_path()).unwrap();
    world.pce.forget_requests();
    for (id, mailed) in (1..).zip(&mailed) {
        let tried = world.run(&["rules", "try", &id.to_string(), "--json", "--archive"]);
        assert_eq!(tried.code, 0, "{tried:?}");
        let value: Value = serde_json::from_str(&tried.stdout).unwrap();
        assert_eq!(alerts(&value), *mailed, "seed {seed}, rule {id}: {}", rules[id - 1]);
        assert_eq!(tried.mails.len(), 0);
    }
    assert_eq!(std::fs::read(world.config_path()).unwrap(), before);
    assert_eq!(world.pce.requests().len(), 0, "the archive needs no PCE");
    mailed.iter().map(Vec::len).sum()
}

/// Half an hour until `now`: mostly a little, now and then a burst.
fn happen(world: &World, dice: &mut Dice, now: Timestamp) {
    let some_time = |dice: &mut Dice| now - SignedDuration::from_secs(1 + dice.roll(1_700) as i64);
    for _ in 0..dice.among(&[0, 0, 0, 1, 1, 5]) {
        let user = dice.among(&["ann@example.com", "bob@example.com", "eve@example.com"]);
        let from = dice.among(&["10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.4"]);
        world.pce.event(login_failed(user, from).at(some_time(dice)));
    }
    if dice.roll(40) == 0 {
        world.pce.event(agent_tampering("db-01").at(some_time(dice)));
    }
    for _ in 0..dice.among(&[0, 0, 1, 2, 2, 12]) {
        let from = dice.among(&["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]);
        let port = dice.among(&[22, 80, 3389, 5432, 8080, 8443, 9200, 445]);
        let connection = blocked(address(from), address("10.9.0.1"), port);
        world.pce.connection(connection.at(some_time(dice)).times(1 + dice.roll(6)));
    }
}

fn alerts(tried: &Value) -> Vec<OneAlert> {
    let alerts = tried["alerts"].as_array().unwrap().iter();
    let one = |alert: &Value| {
        let groups = alert["groups"].as_array().unwrap().iter().map(|group| {
            (group["values"][0].as_str().unwrap().to_owned(), group["count"].as_u64().unwrap())
        });
        let groups: Vec<_> = groups.collect();
        let count = if groups.is_empty() { alert["count"].as_u64().unwrap() } else { 0 };
        (alert["at"].as_str().unwrap().parse().unwrap(), count, groups)
    };
    alerts.map(one).collect()
}
