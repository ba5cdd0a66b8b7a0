//! What pauses hold back in a run, and what of it is told.

use jiff::{SignedDuration, Timestamp};

use super::conditions::was_never_told;
use super::notice::Happened;
use super::site::{Site, is_over};
use crate::report::ConditionNews;
use crate::report::history::Entry;
use crate::report::pause::held::HeldBack;
use crate::report::pause::{LONG_HOURS, Pause, Pauses, When};
use crate::report::tally::Tally;
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
    for count in tally.take_held(rule, |minute| pauses.hold_all(of, minute)) {
        entries.push(Entry::held(now, rule, &count));
        held.hold(pauses.which(of, count.first), rule, count, minute_of(now));
    }
    entries
}

/// Holds back the ends of conditions of which nobody was told that they began; what is left
/// is to be told.
pub(super) fn hold_ends(
    pauses: &Pauses<'_>,
    state: &mut State,
    news: Vec<ConditionNews>,
    now: Timestamp,
) -> Vec<ConditionNews> {
    let (untold, told): (Vec<_>, Vec<_>) = news.into_iter().partition(was_never_told);
    let mut entries = Vec::new();
    for news in untold {
        let at = |time| pauses.of_condition(news.condition, minute_of(time));
        entries.push(Entry::held_condition(now, &news));
        state.held.hold_condition(at(now).or_else(|| at(news.since)), &news, now);
    }
    if !entries.is_empty() {
        state.history.change(|open| open.tell(entries));
    }
    told
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
    let all = pauses.iter().find(|pause| is_long(pause) && pauses.holds_now(pause.id, now));
    if let Some(pause) = all {
        if held.all_told.is_none_or(|told| is_over(told, TOLD_EVERY, now)) {
            held.all_told = Some(now);
            found.push(Happened::AllPaused(Box::new(pause.clone())));
        }
    } else {
        held.all_told = None;
    }
    let with_mail = with_mail || !found.is_empty();
    for (id, held) in held.take_due(&pauses, now, with_mail) {
        let pause = pauses.iter().find(|pause| pause.id == id).cloned();
        found.push(Happened::HeldBack(pause.map(Box::new), Box::new(held)));
    }
    found
}

/// Whether it holds everything for more than a day.
fn is_long(pause: &Pause) -> bool {
    match pause.when {
        When::Once { from, until } => {
            pause.is_of_all() && until.duration_since(from).as_hours() > LONG_HOURS
        }
        When::Weekly { .. } => false,
    }
}
