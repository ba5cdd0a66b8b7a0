//! One PCE, polled every ten minutes by the real binary.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::kinds::{Kind, Site, Trouble};
use super::lab;
use super::outcome::{Bursts, Outcome};
use super::site::{self, BURST_RULE, Burst, EVERY, STEADY_RULE};
use crate::pce::*;
use crate::world::{Run, World};

/// From poll to poll.
const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);

/// The member whose region is silent.
const MEMBER: &str = "pce-taipei.example.net";

/// When the trouble is, in minutes after the first poll.
const TROUBLE: std::ops::Range<i64> = 65..125;

/// Lives through so many hours.
pub fn live(kind: &Kind, hours: i64) -> Outcome {
    let end = kind.after(hours * 60);
    let mut world = World::new();
    world.set("email.raw_snapshot", json!(false));
    world.set("settings.late_reach_hours", json!(26));
    for rule in site::rules(kind) {
        world.rule(rule);
    }
    let pce = &world.pce;
    pce.gzip(false);
    pce.vens(kind.vens.clone());
    pce.counting(kind.counting.clone());
    let bursts = match kind.site {
        Site::Lab => {
            lab::fill(pce, kind, end);
            Vec::new()
        }
        _ => site::fill(pce, kind, end),
    };
    let mut outcome = Outcome::of(kind.name, kind.tolerance);
    outcome.learns = kind.learns;
    let mut told_bursts = Vec::new();
    // By the first poll that counts, everything has been seen.
    let mut now = kind.after(-30);
    while now <= end {
        befall(&world, kind, now);
        world.pce.forget_requests();
        let run = world.run_at(now);
        outcome.queries = outcome.queries.max(world.pce.requests_to("POST", "async_queries").len());
        if now > kind.begin {
            outcome.polls += 1;
            outcome.told += told(&run, EVERY);
            told_bursts.extend((told(&run, BURST_RULE) > 0).then_some(now));
            judge_steady(&mut outcome, &run);
            outcome.notice |= tells_of_trouble(kind, &run);
        }
        now += TEN_MINUTES;
    }
    outcome.notice |= matches!(kind.trouble, Trouble::Nothing | Trouble::Matches);
    outcome.truth = shown(&world.pce, end) - shown(&world.pce, kind.begin);
    outcome.bursts = judge_bursts(kind, &bursts, &told_bursts, end);
    outcome
}

/// What the trouble does to the PCE at this poll.
fn befall(world: &World, kind: &Kind, now: Timestamp) {
    let minutes = now.duration_since(kind.begin).as_secs() / 60;
    let in_trouble = TROUBLE.contains(&minutes);
    let pce = &world.pce;
    pce.every_query(Fate::completes().after_polls(0));
    match kind.trouble {
        Trouble::Nothing | Trouble::UnknownWord => {}
        // The ratio that a live PCE was seen to have.
        Trouble::Matches => pce.claim_matches_a_row(9_021.0 / 5_525.0),
        Trouble::SilentRegion => {
            let member = Region::of(MEMBER);
            let member = if in_trouble { member.silent() } else { member };
            pce.regions([Region::of("pce.example.net"), member]);
        }
        Trouble::Unfinished if (65..95).contains(&minutes) => {
            world.set("settings.cycle_deadline_seconds", json!(1));
            pce.every_query(Fate::never_ends());
        }
        Trouble::Unfinished => world.set("settings.cycle_deadline_seconds", json!(60)),
    }
}

/// How many connections the rule's alerts of this run tell.
fn told(run: &Run, rule: &str) -> u64 {
    let alerts = run.told().into_iter().filter(|told| told.rule == rule);
    alerts.map(|told| told.count).sum()
}

/// The steady flow never has what its rule asks for; an alert has to say at least that
/// it does not know when.
fn judge_steady(outcome: &mut Outcome, run: &Run) {
    for mail in &run.mails {
        let in_one_go = mail.told_in_one_go();
        for alert in mail.told().iter().filter(|told| told.rule == STEADY_RULE) {
            match in_one_go.contains(&alert.rule) {
                true => outcome.time_unknown += 1,
                false => outcome.false_alerts += 1,
            }
        }
    }
}

fn tells_of_trouble(kind: &Kind, run: &Run) -> bool {
    let mut texts = run.mails.iter().map(|mail| mail.text());
    match kind.trouble {
        Trouble::SilentRegion => texts.any(|text| text.contains(MEMBER)),
        // It is counted as what was asked for.
        Trouble::UnknownWord => told(run, EVERY) > 0,
        Trouble::Unfinished => texts.any(|text| text.contains("not read completely")),
        Trouble::Nothing | Trouble::Matches => true,
    }
}

/// How many connections the PCE has come to show by then; of two ends that report a
/// flow, the one that tells more.
fn shown(pce: &Pce, now: Timestamp) -> u64 {
    let mut flows: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for upload in pce.uploads() {
        if upload.recorded <= now {
            let flow = upload.name();
            flows.entry(flow).or_default()[usize::from(upload.outbound)] += upload.times;
        }
    }
    flows.into_values().map(|ends| ends[0].max(ends[1])).sum()
}

/// A burst has to be told where its row is new, or where the poll that sees its
/// summary sees no other one of that row; when it is seen, or soon after.
fn judge_bursts(kind: &Kind, bursts: &[Burst], told: &[Timestamp], end: Timestamp) -> Bursts {
    let mut judged = Bursts::default();
    for burst in bursts {
        let seen = poll_at_or_after(kind, burst.shown);
        if seen > end {
            continue;
        }
        judged.made += 1;
        let is_told = told.iter().any(|at| *at >= seen && *at <= seen + kind.patience());
        judged.told += u64::from(is_told);
        // Where both ends report, the other's summaries may have told a part of it.
        let of_one_end = kind.site != Site::BothEnds;
        if of_one_end && (burst.on_its_own || seen_alone(kind, burst, seen)) {
            judged.must += 1;
            if !is_told {
                judged.missed.push(seen);
            }
        }
    }
    judged
}

fn poll_at_or_after(kind: &Kind, instant: Timestamp) -> Timestamp {
    let mut poll = kind.begin;
    while poll < instant {
        poll += TEN_MINUTES;
    }
    poll
}

/// Whether no summary beside it of the same VEN comes into sight with that poll.
fn seen_alone(kind: &Kind, burst: &Burst, seen: Timestamp) -> bool {
    let ven = &burst.ven;
    let period = SignedDuration::from_secs(kind.vens.period);
    let within = |shown: Timestamp| shown > seen - TEN_MINUTES && shown <= seen;
    let others = (1..30).flat_map(|nth| [burst.stamp - period * nth, burst.stamp + period * nth]);
    !others.map(|stamp| kind.vens.shown(ven, stamp)).any(within) && in_order(kind, burst)
}

/// Whether the summary before it was shown before it, and the one after it after.
fn in_order(kind: &Kind, burst: &Burst) -> bool {
    let period = SignedDuration::from_secs(kind.vens.period);
    let shown = |stamp| kind.vens.shown(&burst.ven, stamp);
    shown(burst.stamp - period) <= burst.shown && shown(burst.stamp + period) >= burst.shown
}
