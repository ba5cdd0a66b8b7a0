//! A site whose traffic is known: a steady flow, a small one, and bursts.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::kinds::{Kind, Site, Trouble};
use crate::pce::*;

/// Connections of the steady flow in ten minutes.
const STEADY: i64 = 70;

/// Connections of a burst: more than the rule asks for, in less than ten minutes.
const BURST: i64 = 105;

/// Minutes from burst to burst.
const BETWEEN_BURSTS: i64 = 25;

/// Where bursts go to, each with a VEN of its own phase.
const TARGETS: [&str; 4] = ["db-02", "db-03", "db-04", "db-05"];

/// All connections; their sum is what has to be told.
pub const EVERY: &str = "every";

/// 100 in ten minutes of the steady flow, which never has them.
pub const STEADY_RULE: &str = "steady";

/// 100 in ten minutes where the bursts are.
pub const BURST_RULE: &str = "burst";

/// A burst that one summary of its VEN holds.
#[derive(Clone, Debug)]
pub struct Burst {
    /// Whose summary.
    pub ven: String,
    /// When the PCE shows it.
    pub shown: Timestamp,
    /// Whether it has a row of its own; else it is in one that has been there.
    pub on_its_own: bool,
    /// The summary's stamp.
    pub stamp: Timestamp,
}

/// The three rules.
pub fn rules(kind: &Kind) -> Vec<Value> {
    let decision = match kind.trouble {
        Trouble::UnknownWord => 2,
        _ => -1,
    };
    let hundred = |name: &str, port: u16| {
        json!({
            "type": "traffic", "name": name, "pd": decision, "port": port,
            "threshold_type": "count", "threshold_count": 100, "threshold_window": 10
        })
    };
    let every = json!({"type": "traffic", "name": EVERY, "pd": decision});
    if kind.site == Site::Lab {
        return vec![every];
    }
    vec![every, hundred(STEADY_RULE, 445), hundred(BURST_RULE, 8443)]
}

/// What VENs see from two hours before the first poll to the end; the bursts of it.
pub fn fill(pce: &Pce, kind: &Kind, end: Timestamp) -> Vec<Burst> {
    let before = kind.begin - SignedDuration::from_hours(2);
    let seconds = end.duration_since(before).as_secs();
    let steady = reported(blocked("192.168.7.7", "db-01", 445), kind);
    let steady = |nth: i64| {
        let when = before + SignedDuration::from_millis(nth * 600_000 / STEADY);
        steady.clone().at(when)
    };
    pce.connections((0..seconds * STEADY / 600).map(steady));
    for target in TARGETS {
        let small = blocked("192.168.7.8", target, 8443);
        let small = reported(small, kind).in_region(0);
        pce.connections(small.at(before).every(600, seconds / 600));
    }
    (0..)
        .map(|nth| (nth, kind.after(40 + nth * BETWEEN_BURSTS)))
        .take_while(|(_, when)| *when + SignedDuration::from_mins(30) < end)
        .map(|(nth, when)| burst(pce, kind, nth, when))
        .collect()
}

/// As this kind's VENs report it.
fn reported(flow: Connection, kind: &Kind) -> Connection {
    match (kind.site, kind.trouble) {
        (Site::BothEnds, _) => {
            let host = format!("host-{}", flow.source.address());
            let source = flow.source.clone().belongs_to(&host);
            Connection { source, ..flow }.seen_by_both()
        }
        (_, Trouble::SilentRegion) => flow.in_region(1),
        (_, Trouble::UnknownWord) => flow.said_to_be("quarantined"),
        _ => flow,
    }
}

/// A burst within one summary: of a host that is new, or in the small flow's row.
fn burst(pce: &Pce, kind: &Kind, nth: i64, when: Timestamp) -> Burst {
    let target = TARGETS[nth as usize % TARGETS.len()];
    let ven = Endpoint::from(target).name();
    let stamp = kind.vens.stamp(&ven, when);
    let shown = kind.vens.shown(&ven, stamp);
    // A row that was never seen and is shown hours late is out of a plain fetch's reach.
    let in_time = shown.duration_since(stamp) < SignedDuration::from_mins(20);
    let on_its_own = nth / 4 % 2 == 1 && in_time;
    let source = match on_its_own {
        true => format!("192.168.9.{}", nth % 250 + 1),
        false => "192.168.7.8".to_owned(),
    };
    let flow = reported(blocked(source.as_str(), target, 8443), kind).in_region(0);
    let first = stamp - SignedDuration::from_secs(500);
    pce.connections(flow.at(first).every(4, BURST));
    Burst { ven, shown, on_its_own, stamp }
}
