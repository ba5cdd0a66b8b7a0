//! Random worlds: a PCE of whatever kind, hosts that talk, VENs that are late, cycles at
//! odd times, fetches that fail. Whatever happens, each cycle tells of events just what
//! the oracle says, and of traffic what lies within its bounds.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::beside::{heard, of_events};
use crate::oracle::{Allowance, Cycle, Oracle, Told};
use crate::pce::*;
use crate::world::World;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    /// 0 to one less than `sides`.
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

#[test]
fn every_cycle_of_a_random_world_tells_what_the_oracle_allows() {
    let seeds = std::env::var("ILLUMIO_MONITOR_SEEDS");
    let seeds: u64 = seeds.map_or(16, |seeds| seeds.parse().unwrap());
    let half = |odd: u64| {
        let seeds = (0..seeds).filter(move |seed| seed % 2 == odd);
        std::thread::spawn(move || seeds.map(live_through).sum::<usize>())
    };
    let alerts: usize = [half(0), half(1)].map(|half| half.join().unwrap()).into_iter().sum();
    assert!(alerts > 50, "only {alerts} alerts: a quiet world shows nothing");
}

/// One world, twenty cycles; how many alerts it told.
fn live_through(seed: u64) -> usize {
    let mut dice = Dice(mixed(seed));
    let mut world = World::new();
    world.set("settings.late_reach_hours", json!(26));
    world.set("email.raw_snapshot", json!(false));
    world.pce.ip_lists(some_lists().as_array().unwrap().clone());
    for rule in some_rules(&mut dice) {
        world.rule(rule);
    }
    let rules = world.config()["rules"].as_array().unwrap().clone();
    let kind = some_kind(&mut dice);
    kind.shape(&world.pce, seed);
    for _ in 0..60 {
        let connections = some_connections(&mut dice, kind.vens.is_none());
        world.pce.connections(connections);
    }
    for _ in 0..40 {
        world.pce.event(some_event(&mut dice));
    }
    let mut oracle = Oracle::new();
    oracle.allowance = kind.allowance;
    let mut now = at("09:00") + SignedDuration::from_secs(dice.roll(60) as i64);
    let mut alerts = 0;
    for nth in 0..20 {
        let spoils = if nth == 0 { Spoils::Nothing } else { some_fault(&mut dice) };
        let told = cycle(&mut world, &mut oracle, &rules, now, spoils);
        alerts += told.heard.len();
        assert!(
            told.faults.is_empty(),
            "seed {seed}, {}, cycle {nth} at {now}, {spoils:?}: {:#?}\n{:#?}\n{rules:?}",
            kind.name,
            told.faults,
            told.heard
        );
        let minutes = dice.among(&[1, 5, 9, 10, 10, 10, 10, 11, 20, 60, 95]);
        now += SignedDuration::from_secs(minutes * 60 + dice.roll(50) as i64);
    }
    alerts
}

/// What a cycle told, and what is wrong with it.
struct Judged {
    heard: Vec<Told>,
    faults: Vec<String>,
}

/// What the binary tells, as the oracle judges it.
fn cycle(
    world: &mut World,
    oracle: &mut Oracle,
    rules: &[Value],
    now: Timestamp,
    spoils: Spoils,
) -> Judged {
    world.pce.every_query(Fate::completes().after_polls(0));
    spoils.spoil(&world.pce);
    world.pce.forget_requests();
    let run = world.run_at(now);
    world.pce.heal();
    let plain = oracle.undisturbed(now, rules);
    let complete = |spoilt: bool, from: Option<Timestamp>| from.filter(|_| !spoilt);
    let (events, traffic) = (spoils == Spoils::Events, spoils.spoils_traffic());
    assert_eq!(run.code != 0, events || traffic, "{spoils:?} {run:?}");
    let asked = Cycle {
        now,
        events_from: complete(events, asked_from(world, plain.events_from, "events")),
        traffic_from: complete(traffic, asked_from(world, plain.traffic_from, "traffic")),
    };
    let expected = oracle.cycle(&world.pce, rules, asked);
    let heard = heard(&run);
    let mut faults = oracle.judge(rules, now, &heard);
    let of_events = of_events(&heard, rules);
    if of_events != expected {
        faults.push(format!("of events {of_events:?}, not {expected:?}"));
    }
    Judged { heard, faults }
}

/// A kind of PCE, and what has to be allowed for on it.
struct Kind {
    name: &'static str,
    cut: Cut,
    vens: Option<Vens>,
    change: fn(&mut Counting),
    matches: f64,
    allowance: Allowance,
}

impl Kind {
    fn shape(&self, pce: &Pce, seed: u64) {
        let mut counting = Counting { cut: self.cut, seed, ..Counting::default() };
        (self.change)(&mut counting);
        pce.counting(counting);
        pce.claim_matches_a_row(self.matches);
        if let Some(vens) = &self.vens {
            pce.vens(vens.clone());
        }
    }
}

/// What else rows can be, by name, and what it takes to count them.
type Change = (&'static str, fn(&mut Counting), Allowance);

/// Every way to cut rows, every way to be late, and what else rows may be.
fn some_kind(dice: &mut Dice) -> Kind {
    let cuts = [Cut::Day(0), Cut::Day(0), Cut::Day(8), Cut::Hour, Cut::Upload, Cut::Never];
    let lags = [Lag::Fixed(60), Lag::InOrder(60, 540), Lag::OutOfOrder(60, 1_500)];
    let vens = Vens {
        period: dice.among(&[600, 589]),
        lag: dice.among(&lags),
        cut_off: None,
        seed: dice.roll(1_000),
    };
    let shares = |share: f64| Allowance { share, each: 1, bursts_show: false };
    // Where rows are clipped or merged, a share of a row is all that can be known.
    let changes: [Change; 6] = [
        ("plain", |_| {}, Allowance::NONE),
        ("plain", |_| {}, Allowance::NONE),
        ("jitter", |counting| counting.jitter = 2, Allowance::NONE),
        (
            "two rows of one name",
            |counting| counting.lanes = 2,
            Allowance { bursts_show: false, ..Allowance::NONE },
        ),
        ("merged", |counting| counting.merged = true, shares(0.25)),
        ("clipped", |counting| counting.clipped = true, shares(0.25)),
    ];
    let (name, change, allowance) = dice.among(&changes);
    Kind {
        name,
        cut: if name == "merged" { Cut::Day(0) } else { dice.among(&cuts) },
        vens: dice.one_in(2).then_some(vens),
        change,
        matches: dice.among(&[1.0, 1.6]),
        allowance,
    }
}

/// From when on the run asked: now and then further back than the overlap, never less.
fn asked_from(world: &World, plain: Option<Timestamp>, what: &str) -> Option<Timestamp> {
    let asked: Vec<Timestamp> = match what {
        "events" => {
            let seen = world.pce.requests_to("GET", "/events");
            let from = seen.iter().filter_map(|seen| seen.query.split('&').next());
            let from = from.filter_map(|pair| Some(pair.split_once('=')?.1.replace("%3A", ":")));
            from.map(|text| text.parse().unwrap()).collect()
        }
        _ => {
            let seen = world.pce.requests_to("POST", "async_queries");
            let from = seen.iter().map(|seen| seen.json()["start_date"].clone());
            from.map(|text| text.as_str().unwrap().parse().unwrap()).collect()
        }
    };
    let earliest = asked.into_iter().min();
    // The program's clock runs on from the PCE's first answer.
    let plain = plain.map(|plain| plain + SignedDuration::from_secs(1));
    assert!(earliest <= plain, "{what}: asked from {earliest:?}, not {plain:?}");
    earliest
}

/// What goes wrong in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoils {
    Nothing,
    Events,
    Post,
    QueryFails,
    QueryVanishes,
    OddWord,
}

impl Spoils {
    fn spoils_traffic(self) -> bool {
        !matches!(self, Self::Nothing | Self::Events)
    }

    fn spoil(self, pce: &Pce) {
        let query = |fate: Fate| pce.every_query(fate.after_polls(0));
        match self {
            Self::Nothing => {}
            Self::Events => pce.fault(Fault::status(400).on("/events")),
            Self::Post => pce.fault(Fault::status(500).method("POST")),
            Self::QueryFails => query(Fate::fails()),
            Self::QueryVanishes => query(Fate::vanishes()),
            Self::OddWord => query(Fate::status("cancelled")),
        }
    }
}

fn some_fault(dice: &mut Dice) -> Spoils {
    use Spoils::*;
    match dice.roll(4) {
        0 => dice.among(&[Events, Post, QueryFails, QueryVanishes, OddWord]),
        _ => Nothing,
    }
}

/// The PCE's IP lists, which do not change.
fn some_lists() -> Value {
    json!([
        ip_list(
            1,
            "Any, all",
            json!([{"from_ip": "0.0.0.0/0"}, {"from_ip": "::/0", "to_ip": null}])
        ),
        ip_list(
            2,
            "Lab",
            json!([
                {"from_ip": "192.168.7.1", "to_ip": "192.168.7.9", "exclusion": false},
                {"from_ip": "2001:db8::/32"}
            ])
        ),
        ip_list(
            3,
            "Servers",
            json!([
                {"from_ip": "10.0.0.0/8"}, {"from_ip": "10.128.0.0/9", "exclusion": true}
            ])
        ),
    ])
}

fn some_rules(dice: &mut Dice) -> Vec<Value> {
    let filters = [
        json!({"pd": 2}),
        json!({"pd": 2, "port": "22,440-450"}),
        json!({"pd": -1, "src_ip_in": "10.0.0.0/9"}),
        json!({"pd": 1, "proto": "tcp"}),
        json!({"pd": [2, 1], "port": "1-1024"}),
        json!({"pd": 2, "src_managed": true, "not_dst_host": "*1"}),
        json!({"pd": 2, "src_list": "Servers|Lab", "_ip_lists": some_lists()}),
        json!({"pd": -1, "dst_list": ["Any, all"], "not_src_list": "Lab", "_ip_lists": some_lists()}),
        json!({"pd": -1, "count_by": "flows"}),
        json!({"pd": 2, "ex_port": 445, "count_by": "flows"}),
        json!({"pd": 2, "proto": "icmp"}),
        json!({"pd": 0, "dst_ip_in": ["172.16.1.1", "2001:db8::/32"]}),
        json!({"pd": -1, "per": "source"}),
        json!({"pd": -1, "per": "destination", "count_by": "sources"}),
        json!({"pd": 2, "per": "source", "count_by": "ports"}),
        json!({"pd": [2, 1], "per": "destination", "count_by": "flows"}),
        json!({"type": "event", "filter_value": "agent.*", "count_by": "objects"}),
        json!({"type": "event", "filter_value": "agent.*|sign_in", "per": "workload"}),
        json!({"type": "event", "filter_value": "*", "per": "event_type", "count_by": "workloads"}),
        json!({"type": "event", "filter_value": "tampering|sign_in"}),
    ];
    let of_traffic: Vec<Value> =
        filters.iter().filter(|rule| rule.get("type").is_none()).cloned().collect();
    (0..5)
        .map(|nth| {
            // The first is one for traffic, so that there is a query to be spoilt.
            let mut rule = dice.among(if nth == 0 { &of_traffic } else { &filters });
            if rule.get("type").is_none() {
                rule["type"] = json!("traffic");
            }
            if !dice.one_in(4) {
                rule["threshold_type"] = json!("count");
                rule["threshold_count"] = json!(dice.among(&[2, 5, 10, 40, 200]));
                rule["threshold_window"] = json!(dice.among(&[5, 10, 30, 120, 1_500]));
            }
            rule["cooldown_minutes"] = json!(dice.among(&[0, 0, 10, 30, 240]));
            rule
        })
        .collect()
}

/// Some connections of one flow, spread over the day and past its end.
/// Where VENs sum up, the two ends' summaries are cut at different moments, and what
/// the larger one is differs from row to row: there but one end reports.
fn some_connections(dice: &mut Dice, both_ends: bool) -> Vec<Connection> {
    let sources = ["web-01", "web-02", "db-01", "192.168.7.7", "2001:db8::7"];
    let targets = ["app-01", "db-02", "172.16.1.1", "2001:db8::1"];
    let (from, to) = (dice.among(&sources), dice.among(&targets));
    let kinds = [blocked, potentially_blocked, allowed, undecided];
    let kind = kinds[dice.roll(4).min(dice.roll(4)) as usize];
    let mut one = kind(from, to, dice.among(&[22, 53, 80, 443, 445]));
    one = match dice.roll(8) {
        0 => one.udp(),
        1 => one.icmp(8, 0),
        _ => one,
    };
    one = one.state(dice.among(&["active", "closed", "timed out", "closed"]));
    let begin = at("07:00") + SignedDuration::from_secs(dice.roll(20 * 3_600) as i64);
    let gap = dice.among(&[1, 10, 45, 300, 1_700]) + dice.roll(30) as i64;
    let late = |dice: &mut Dice| match dice.roll(6) {
        0 => SignedDuration::from_hours(3 + dice.roll(12) as i64),
        1 | 2 => SignedDuration::from_mins(dice.roll(20) as i64),
        _ => SignedDuration::ZERO,
    };
    // Of one pair it is always the same end: of two that report, the larger counts.
    let pair = (from.len() * 7 + to.len()) as u64;
    let ends = pair % if both_ends { 3 } else { 2 };
    let mine = late(dice);
    let behind = SignedDuration::from_hours(dice.among(&[0, 0, 3, 9]));
    let other = mine + behind;
    let times = 1 + dice.roll(3) * dice.roll(20);
    let several = one.at(begin).times(times).every(gap, 1 + dice.roll(60) as i64);
    let reported = several.into_iter().enumerate().map(|(nth, one)| {
        let at = begin + SignedDuration::from_secs(gap * nth as i64);
        match ends {
            0 => one.seen_by_source().recorded(at + mine),
            1 => one.seen_by_destination().recorded(at + mine),
            _ => one.seen_by_source().recorded(at + mine).other_end_recorded(at + other),
        }
    });
    reported.collect()
}

fn some_event(dice: &mut Dice) -> EventRecord {
    let when = at("08:00") + SignedDuration::from_secs(dice.roll(16 * 3_600) as i64);
    let late = SignedDuration::from_mins(dice.among(&[0, 0, 0, 3, 9]));
    let host = dice.among(&["db-01", "web-02"]);
    agent_tampering(host).at(when).recorded(when + late)
}
