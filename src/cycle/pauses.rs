//! What pauses hold back in a run, and what of it is told.

use jiff::{SignedDuration, Timestamp};

use super::notice::Happened;
use super::site::{Site, is_over};
use crate::report::history::Entry;
use crate::report::pause::held::HeldBack;
use crate::report::pause::{Pauses, RulePauses};
use crate::report::tally::Tally;
use crate::report::{ConditionNews, Phase};
use crate::rules::Rule;
use crate::rules::minutes::minute_of;
use crate::store::state::State;

/// How often a long pause of everything is told.
const TOLD_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Holds back what a rule has to tell of times in which it is paused; what the history
/// keeps of that.
pub(super) fn hold(
    pauses: &Pauses<'_>,
    held: &mut HeldBack,
    rule: &Rule,
    tally: &mut Tally,
    now: Timestamp,
) -> Vec<Entry> {
    let of = pauses.of_rule(rule);
    if of.is_nothing() && !tally.has_aside() {
        return Vec::new();
    }
    let mut entries = Vec::new();
    for (id, count) in tally.take_held(rule, &RulePauses { pauses, of }) {
        if let Some(pause) = pauses.get(id) {
            entries.push(Entry::held(now, rule, &count));
            held.hold(pause, rule, count, minute_of(now));
        }
    }
    entries
}

/// Holds back how paused conditions are, and the ends of those of which nobody was told that
/// they began; what is left is to be told.
pub(super) fn hold_conditions(
    pauses: &Pauses<'_>,
    state: &mut State,
    news: Vec<ConditionNews>,
    now: Timestamp,
) -> Vec<ConditionNews> {
    let (kept, told): (Vec<_>, Vec<_>) = news.into_iter().partition(|news| news.held);
    let (mut untold, mut entries) = (Vec::new(), Vec::new());
    for news in kept {
        let at = |time| pauses.of_condition(news.condition, minute_of(time));
        match at(now).or_else(|| at(news.since)) {
            Some(pause) => {
                if news.phase != Phase::Lasts {
                    entries.push(Entry::held_condition(now, &news));
                }
                state.held.hold_condition(pause, &news, now);
            }
            // The pause is gone, and that it was so is told as it would have been.
            None => untold.push(ConditionNews { held: false, ..news }),
        }
    }
    if !entries.is_empty() {
        state.history.change(|open| open.tell(entries));
    }
    told.into_iter().chain(untold).collect()
}

/// What is to be told of pauses: what those held that are over, and that one holds
/// everything for long. `with_mail`: whether a mail goes out anyway.
pub(super) fn found(
    site: &Site<'_>,
    held: &mut HeldBack,
    now: Timestamp,
    with_mail: bool,
) -> Vec<Happened> {
    let pauses = site.pauses();
    let mut found = Vec::new();
    let all = pauses.iter().find(|pause| pause.is_long() && pauses.holds_now(pause, now));
    match all {
        None => held.all_told = None,
        Some(_) if held.all_told.is_some_and(|told| !is_over(told, TOLD_EVERY, now)) => {}
        Some(pause) => {
            held.all_told = Some(now);
            found.push(Happened::AllPaused(Box::new(pause.clone())));
        }
    }
    let with_mail = with_mail || !found.is_empty();
    for (id, held) in held.take_due(&pauses, now, with_mail) {
        let pause = id.and_then(|id| pauses.get(id)).cloned().map(Box::new);
        found.push(Happened::HeldBack(pause, Box::new(held)));
    }
    found
}
