//! Watched conditions: each is told when it begins, again while it lasts or when
//! it gets worse, and when it is over.

use jiff::Timestamp;

use super::Cycle;
use crate::report::{Condition, ConditionNews, Phase};
use crate::rules::Level;
use crate::rules::minutes::minute_of;
use crate::store::state::Held;

impl Cycle<'_> {
    /// Takes note of whether a condition holds now, and why; what is worth telling
    /// becomes news of this cycle's mail.
    pub(super) fn watch(&mut self, condition: Condition, problem: Option<(Level, String)>) {
        let now = self.now();
        let reminder = i64::from(self.config.settings.reminder_hours) * 60;
        let news = |phase, since, detail, level, told_by| ConditionNews {
            condition,
            phase,
            since,
            detail,
            level,
            told_by,
            caught_up: None,
            expires: None,
        };
        let Some((level, detail)) = problem else {
            if let Some(held) = self.state.conditions.remove(&condition) {
                let told_by = held.told_by();
                self.news.push(news(
                    Phase::Ended,
                    held.since.min(now),
                    held.detail,
                    Level::Info,
                    told_by,
                ));
            }
            return;
        };
        match self.state.conditions.get_mut(&condition) {
            None => {
                let held = Held {
                    since: now,
                    told_at: Some(now),
                    level,
                    detail: detail.clone(),
                    message_id: None,
                    begin_mail: None,
                    expiry: None,
                };
                self.state.conditions.insert(condition, held);
                self.news.push(news(Phase::Begins, now, detail, level, None));
            }
            Some(held) => {
                // A time in the future (a clock set back) reads as now.
                held.since = held.since.min(now);
                held.told_at = held.told_at.map(|told| told.min(now));
                held.detail.clone_from(&detail);
                let worse = level > held.level;
                held.level = level;
                // By the clock's minute hand: a cron job's seconds of jitter cost no cycle.
                let due = |told| minute_of(now) - minute_of(told) >= reminder;
                if worse || held.told_at.is_none_or(due) {
                    held.told_at = Some(now);
                    let told_by = held.told_by();
                    self.news.push(news(Phase::Lasts, held.since, detail, level, told_by));
                }
            }
        }
    }

    /// Says of what ended how much was caught up: known once all is fetched.
    pub(super) fn tell_what_was_caught_up(&mut self) {
        let fetched = |at: Option<Timestamp>| at == Some(self.start.now);
        let events = self.state.events.failures == 0 && fetched(self.state.events.fetched_at);
        let traffic = self.state.traffic.failures == 0 && fetched(self.state.traffic.fetched_at);
        let ended = self.news.iter_mut().filter(|news| news.phase == Phase::Ended);
        for news in ended {
            news.caught_up = match news.condition {
                Condition::Traffic => traffic.then_some(self.figures.flows),
                Condition::Unreachable
                | Condition::Credentials
                | Condition::Events
                | Condition::Configuration => events.then_some(self.figures.events),
                _ => None,
            };
        }
    }

    /// A fetch that was incomplete twice in a row is a condition; once is an accident.
    pub(super) fn watch_fetch(
        &mut self,
        condition: Condition,
        failures: u32,
        problem: Option<String>,
    ) {
        match problem {
            None => self.watch(condition, None),
            Some(_) if failures < 2 => {}
            Some(detail) => self.watch(condition, Some((Level::Warning, detail))),
        }
    }
}
