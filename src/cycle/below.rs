//! Rules that say how many there should be at least: told where what was read completely
//! covers the window, and nowhere else.

use jiff::Timestamp;

use super::clock::FAR;
use super::conditions::{RuleStanding, Standing};
use super::notice::Happened;
use super::poll::Poll;
use super::site::Site;
use crate::lang::{Both, Lang, grouped, mail, standing as say};
use crate::report::standing::Below;
use crate::report::tally::{LATEST, Tally};
use crate::report::{Condition, RuleNews, Stands};
use crate::rules::minutes::{minute_of, time_of};
use crate::rules::{Filter, Rule, Threshold, describe, keyed};
use crate::store::state::State;

/// How far what a rule counts was read in this run.
struct Sight {
    /// Completely up to here; `None` where not to its end.
    until: Option<Timestamp>,
    /// What lies before was not read, or not all of it.
    lost: Option<Timestamp>,
    /// Minutes in which more of it may still come.
    allowance: i64,
}

/// How the rules' conditions are now. Before what is counted is trimmed, or after: it
/// keeps the window.
pub(super) fn found(site: &Site<'_>, state: &mut State, poll: &Poll) -> Vec<(Condition, Standing)> {
    let sights = [of_events(site, poll), of_traffic(site, poll)];
    let mut found = Vec::new();
    for (key, rule) in keyed(&site.config.rules) {
        let Threshold::Below { count, window } = rule.threshold else { continue };
        let [events, traffic] = &sights;
        let sight = match rule.filter {
            Filter::Event(_) => events,
            Filter::Traffic(_) => traffic,
            Filter::Workload(_) => continue,
        };
        let (Some(tally), Ok(condition)) = (state.rules.get_mut(&key), key.parse()) else {
            continue;
        };
        if let (Some(lost), Some(expected)) = (sight.lost, &mut tally.expected) {
            expected.uncover(lost);
        }
        let below = judge(tally, rule, (count, window), sight, poll.clock.now());
        let standing = below.map(|below| standing(site, rule, below));
        found.extend(standing.map(|one| (Condition::Rule(condition), Standing::OfRule(one))));
    }
    found
}

/// How many came in the fullest window that ends where more can hardly come, or later;
/// `None` where that is not known.
fn judge(
    tally: &mut Tally,
    rule: &Rule,
    (wanted, window): (u64, u32),
    sight: &Sight,
    now: Timestamp,
) -> Option<Below> {
    let expected = tally.expected.as_mut()?;
    let until = sight.until?.min(now);
    // By a clock that stood ahead.
    expected.covered = expected.covered.map(|covered| covered.min(now));
    let end = minute_of(until) - sight.allowance;
    let begin = end - i64::from(window);
    let is_covered = expected.covered.is_some_and(|covered| minute_of(covered) <= begin);
    let came = tally.all.counter.most_between(begin, minute_of(now), window);
    let some_were_forgotten = std::mem::take(&mut tally.all.at_least);
    if some_were_forgotten {
        expected.uncover(now);
    }
    // What was not read may have been it; that there are enough is sure all the same.
    if came < wanted && (some_were_forgotten || !is_covered) {
        return None;
    }
    Some(Below {
        wanted,
        window,
        until: time_of(end),
        came,
        last: expected.last.as_ref().map(|last| last.at),
        since: expected.covered.unwrap_or(now),
        record: expected.last.clone(),
        amount: Both::of(|lang| describe::measured(rule.filter.measure(), came, lang)),
    })
}

fn standing(site: &Site<'_>, rule: &Rule, below: Below) -> Box<RuleStanding> {
    let holds = below.came < below.wanted;
    let detail = Both::of(|lang| detail(site, &below, holds, lang));
    Box::new(RuleStanding {
        level: rule.level,
        detail,
        holds,
        is_more: false,
        reminder_minutes: rule.cooldown_minutes,
        news: RuleNews::of(rule, Stands::Below(below)),
    })
}

/// `2 matches in the 60 min up to 12:00; the rule wants 5 at least.`
fn detail(site: &Site<'_>, below: &Below, holds: bool, lang: Lang) -> String {
    let (came, wanted) = (below.amount.text(lang), grouped(below.wanted));
    let window = mail::minutes(lang, below.window);
    match holds {
        true => say::fewer_came(lang, came, window, site.local(below.until), wanted),
        false => say::enough_came(lang, came, window, wanted),
    }
}

/// By a clock that jumped far, a time may have passed in which nothing could come.
fn jumped(poll: &Poll) -> Option<Timestamp> {
    let (before, after) = poll.verdict.jump?;
    (after.abs_diff(before) > FAR.as_secs().unsigned_abs()).then(|| poll.clock.now())
}

fn of_events(site: &Site<'_>, poll: &Poll) -> Sight {
    let now = poll.clock.now();
    let lost = poll.happened.iter().filter_map(|happened| match happened {
        Happened::EventsSkipped { until, .. } => Some(*until),
        // One of these may have been what was wanted.
        Happened::EventsCut(_) | Happened::EventsUnreadable(_) => Some(now),
        _ => None,
    });
    Sight {
        until: poll.events.until(),
        lost: lost.chain(jumped(poll)).max(),
        allowance: site.config.settings.event_overlap_minutes.into(),
    }
}

fn of_traffic(site: &Site<'_>, poll: &Poll) -> Sight {
    let now = poll.clock.now();
    let lost = poll.happened.iter().filter_map(|happened| match happened {
        Happened::TrafficSkipped { until, .. } => Some(*until),
        _ => None,
    });
    let flawed = (!poll.flaws.is_empty()).then_some(now);
    Sight {
        until: poll.traffic.until(),
        lost: lost.chain(flawed).chain(jumped(poll)).max(),
        allowance: LATEST.max(site.config.settings.traffic_overlap_minutes.into()),
    }
}
