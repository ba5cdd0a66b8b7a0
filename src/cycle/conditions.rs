//! Watched conditions: each is told when it begins, again while it lasts or when
//! it gets worse, and when it is over.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::expiry;
use super::poll::Poll;
use crate::lang::Both;
use crate::report::{Condition, ConditionNews, Phase, RuleNews};
use crate::rules::Level;
use crate::rules::minutes::minute_of;
use crate::store::state::Held;

/// The conditions that hold, as the last mail that told them knew them.
pub(super) type Conditions = BTreeMap<Condition, Held>;

/// How something is now. Of what a run could not see nothing is found.
pub(super) enum Standing {
    /// It is well.
    Well,
    /// Nobody wants to know any more.
    Unwatched,
    /// It is not, and why.
    Ill(Level, Both),
    /// It expires, and is told so many days before.
    Expires(Timestamp, Vec<i64>),
    /// What a rule asks for is so, or not.
    OfRule(Box<RuleStanding>),
}

/// How it is with what a rule asks for.
pub(super) struct RuleStanding {
    pub level: Level,
    pub detail: Both,
    pub holds: bool,
    /// Whether there is more of it than was told.
    pub is_more: bool,
    /// Minutes after which it is told again; 0: as other conditions are.
    pub reminder_minutes: u32,
    pub news: RuleNews,
}

/// The moment at which it is told.
pub(super) struct Moment<'a> {
    pub now: Timestamp,
    /// Whose calendar days are.
    pub zone: &'a TimeZone,
    /// Hours after which what lasts is told again.
    pub reminder_hours: u32,
    /// Whether a pause holds a condition now.
    pub is_paused: &'a dyn Fn(Condition) -> bool,
}

/// Holds how things are now against what was told of them. What is worth telling is given
/// back; what is held from now on is in `held`. What a pause holds, and the end of what it
/// held and nobody was told, is given back, too, and marked.
pub(super) fn watch(
    held: &mut Conditions,
    found: Vec<(Condition, Standing)>,
    moment: &Moment<'_>,
) -> Vec<ConditionNews> {
    let news = found.into_iter().filter_map(|(condition, standing)| match standing {
        Standing::Unwatched => held.remove(&condition).and(None),
        Standing::Well => held.remove(&condition).map(|was| ended(condition, was, moment.now)),
        Standing::Ill(level, detail) => {
            ill(held, condition, Illness { level, detail, ..Illness::default() }, moment)
        }
        Standing::OfRule(standing) => of_rule(held, condition, *standing, moment),
        Standing::Expires(at, days) => expiry::watch(held, condition, at, &days, moment),
    });
    news.filter(|news| is_told(news.condition)).collect()
}

/// Mail is no news of a mail: that condition is for `status` and the daily report, and a
/// mail that was late says so itself.
fn is_told(condition: Condition) -> bool {
    condition != Condition::Delivery
}

/// A condition that begins now, and is not told yet.
pub(super) fn new(level: Level, detail: Both, moment: &Moment<'_>) -> Held {
    Held {
        since: moment.now,
        told_at: None,
        level,
        detail,
        message_id: None,
        begin_mail: None,
        told_in: Vec::new(),
        expiry: None,
    }
}

/// What one rule names and the PCE does not have is told again once a day at most.
fn reminder_hours(condition: Condition, moment: &Moment<'_>) -> u32 {
    match condition {
        Condition::IpLists => moment.reminder_hours.max(24),
        _ => moment.reminder_hours,
    }
}

pub(super) fn news(phase: Phase, condition: Condition, held: &Held) -> ConditionNews {
    ConditionNews {
        detail: held.detail.clone(),
        told_by: held.told_by(),
        told_in: held.told_in.clone(),
        ..ConditionNews::new(condition, phase, held.since, held.level)
    }
}

fn ended(condition: Condition, was: Held, now: Timestamp) -> ConditionNews {
    let never_told = was.told_at.is_none() && was.told_by().is_none();
    // Of what was held it is told how bad it was.
    let level = if never_told { was.level } else { Level::Info };
    let was = Held { since: was.since.min(now), level, ..was };
    ConditionNews { held: never_told, ..news(Phase::Ended, condition, &was) }
}

/// What is wrong.
#[derive(Default)]
struct Illness {
    level: Level,
    detail: Both,
    /// Worth telling before it is due.
    is_more: bool,
    /// Minutes after which it is told again; 0: as the settings say.
    reminder_minutes: u32,
}

fn of_rule(
    held: &mut Conditions,
    condition: Condition,
    standing: RuleStanding,
    moment: &Moment<'_>,
) -> Option<ConditionNews> {
    let RuleStanding { level, detail, holds, is_more, reminder_minutes, news } = standing;
    let told = if holds {
        ill(held, condition, Illness { level, detail, is_more, reminder_minutes }, moment)
    } else {
        let was = held.remove(&condition)?;
        Some(ended(condition, Held { detail, ..was }, moment.now))
    };
    told.map(|told| ConditionNews { rule: Some(Box::new(news)), ..told })
}

fn ill(
    held: &mut Conditions,
    condition: Condition,
    illness: Illness,
    moment: &Moment<'_>,
) -> Option<ConditionNews> {
    let Illness { level, detail, is_more, reminder_minutes } = illness;
    let now = moment.now;
    let is_paused = (moment.is_paused)(condition);
    let told_at = (is_told(condition) && !is_paused).then_some(now);
    let Some(known) = held.get_mut(&condition) else {
        let begun = Held { told_at, ..new(level, detail, moment) };
        let news = news(Phase::Begins, condition, &begun);
        held.insert(condition, begun);
        return Some(ConditionNews { held: is_paused, ..news });
    };
    // A time in the future (a clock set back) reads as now.
    known.since = known.since.min(now);
    known.told_at = known.told_at.map(|told| told.min(now));
    known.detail = detail;
    if is_paused {
        return Some(ConditionNews { level, held: true, ..news(Phase::Lasts, condition, known) });
    }
    let worse = level > known.level;
    known.level = level;
    // By the clock's minute hand: a cron job's seconds of jitter cost no cycle.
    let reminder = match reminder_minutes {
        0 => i64::from(reminder_hours(condition, moment)) * 60,
        minutes => minutes.into(),
    };
    let due = |told| minute_of(now) - minute_of(told) >= reminder;
    if !worse && !is_more && !known.told_at.is_none_or(due) {
        return None;
    }
    let phase = if known.told_at.is_none() { Phase::Begins } else { Phase::Lasts };
    known.told_at = told_at;
    Some(news(phase, condition, known))
}

/// Says of what ended how much was caught up since.
pub(super) fn note_what_was_caught_up(news: &mut [ConditionNews], poll: &Poll) {
    let events = poll.events.is_complete().then_some(poll.new_events);
    let traffic = poll.traffic.is_complete().then_some(poll.rows);
    for news in news.iter_mut().filter(|news| news.phase == Phase::Ended) {
        news.caught_up = match news.condition {
            Condition::Traffic => traffic,
            Condition::Unreachable
            | Condition::Credentials
            | Condition::Events
            | Condition::Configuration => events,
            _ => None,
        };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What is told of the condition where it is found like this at `time`.
    fn at(held: &mut Conditions, time: &str, condition: Condition, now: Standing) -> Vec<Phase> {
        let now_at = format!("2026-11-22T{time}Z").parse().unwrap();
        let is_paused = &|_| false;
        let moment = Moment { now: now_at, zone: &TimeZone::UTC, reminder_hours: 4, is_paused };
        let news = watch(held, vec![(condition, now)], &moment);
        assert!(news.iter().all(|news| news.since <= now_at), "{news:?}");
        news.iter().map(|news| news.phase).collect()
    }

    fn ill(level: Level) -> Standing {
        Standing::Ill(level, "down".into())
    }

    #[test]
    fn what_lasts_is_told_again_when_it_is_due_or_worse_and_once_when_it_is_over() {
        let (held, health) = (&mut Conditions::new(), Condition::Health);
        assert_eq!(at(held, "10:00:30", health, Standing::Well), []);
        assert_eq!(at(held, "10:10:30", health, ill(Level::Warning)), [Phase::Begins]);
        assert_eq!(at(held, "10:20:30", health, ill(Level::Warning)), []);
        assert_eq!(at(held, "10:30:30", health, ill(Level::Critical)), [Phase::Lasts]);
        assert_eq!(at(held, "10:40:30", health, ill(Level::Warning)), []);
        assert_eq!(at(held, "14:29:59", health, ill(Level::Warning)), []);
        // cron is early by half a minute.
        assert_eq!(at(held, "14:30:01", health, ill(Level::Warning)), [Phase::Lasts]);
        assert_eq!(at(held, "14:40:00", health, Standing::Well), [Phase::Ended]);
        assert_eq!(at(held, "14:50:00", health, Standing::Well), []);
    }

    #[test]
    fn after_a_clock_that_was_set_back_it_did_not_begin_in_the_future() {
        let (held, health) = (&mut Conditions::new(), Condition::Health);
        assert_eq!(at(held, "14:00:00", health, ill(Level::Warning)), [Phase::Begins]);
        assert_eq!(at(held, "10:00:00", health, ill(Level::Warning)), []);
        assert_eq!(at(held, "14:00:00", health, ill(Level::Warning)), [Phase::Lasts]);
        assert_eq!(at(held, "09:00:00", health, Standing::Well), [Phase::Ended]);
    }

    #[test]
    fn what_nobody_wants_to_know_ends_without_a_word() {
        let (held, archive) = (&mut Conditions::new(), Condition::Archive);
        assert_eq!(at(held, "10:00:00", archive, ill(Level::Warning)), [Phase::Begins]);
        assert_eq!(at(held, "10:10:00", archive, Standing::Unwatched), []);
        assert!(held.is_empty());
    }

    #[test]
    fn that_mail_does_not_go_is_held_and_never_told_by_mail() {
        let (held, delivery) = (&mut Conditions::new(), Condition::Delivery);
        assert_eq!(at(held, "10:00:00", delivery, ill(Level::Warning)), []);
        let known = held.get(&delivery).unwrap();
        assert_eq!((known.detail.text(crate::lang::Lang::En), known.told_at), ("down", None));
        assert_eq!(at(held, "20:00:00", delivery, ill(Level::Warning)), []);
        assert_eq!(at(held, "20:10:00", delivery, Standing::Well), []);
        assert!(held.is_empty());
    }

    #[test]
    fn what_expires_is_told_on_its_days_and_a_new_end_is_over_at_once() {
        let (held, key) = (&mut Conditions::new(), Condition::KeyExpires);
        let ends = |date: &str| Standing::Expires(date.parse().unwrap(), vec![30, 7, 1]);
        assert_eq!(at(held, "10:00:00", key, ends("2026-12-31T00:00:00Z")), []);
        assert_eq!(at(held, "10:00:00", key, ends("2026-12-20T00:00:00Z")), [Phase::Begins]);
        assert_eq!(at(held, "10:10:00", key, ends("2026-12-20T00:00:00Z")), []);
        assert_eq!(at(held, "10:20:00", key, ends("2026-11-23T00:00:00Z")), [Phase::Begins]);
        assert_eq!(at(held, "23:59:00", key, ends("2026-11-22T23:00:00Z")), [Phase::Lasts]);
        assert_eq!(at(held, "23:59:10", key, ends("2027-11-22T23:00:00Z")), [Phase::Ended]);
        assert!(held.is_empty());
    }
}
