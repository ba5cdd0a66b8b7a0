//! What is about to expire: the API key, the PCE's certificate. Each is told 30, 7
//! and 1 days before, and at its end; by the first run after, where one was missed.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Cycle;
use crate::certificate::Certificate;
use crate::report::{Condition, ConditionNews, Expiry, Phase};
use crate::rules::Level;
use crate::store::state::{Held, ToldExpiry};

/// So many days before it is told. The end itself is told as 0 days.
const DAYS: [i64; 3] = [30, 7, 1];

/// Two ends that lie closer together are one: the zone that a date is read in may
/// change.
const SAME: SignedDuration = SignedDuration::from_hours(26);

impl Cycle<'_> {
    /// Tells of both, as far as they are known.
    pub(super) fn watch_expiries(&mut self) {
        let zone = self.config.settings.timezone.clone();
        match self.config.pce.key_expires {
            None => drop(self.state.conditions.remove(&Condition::KeyExpires)),
            Some(date) => {
                // From its date on the key may be gone.
                if let Ok(midnight) = date.to_zoned(zone) {
                    self.watch_expiry(Condition::KeyExpires, midnight.timestamp(), &DAYS);
                }
            }
        }
        if let Some(certificate) = self.certificate.clone() {
            let days = days_for(&certificate);
            self.watch_expiry(Condition::CertificateExpires, certificate.not_after, &days);
        }
    }

    fn watch_expiry(&mut self, condition: Condition, at: Timestamp, days: &[i64]) {
        let expires = self.expiry(at);
        let held = self.state.conditions.get(&condition).cloned();
        let told = held.as_ref().and_then(|held| held.expiry);
        let told = told.filter(|told| is_same(told.at, at));
        match (due(expires, days), held, told) {
            (Some(due), Some(held), Some(told)) => {
                // After a clock that stood ahead, what was told too early is told again.
                self.note_expiry(condition, held.since, at, due);
                if due < told.days {
                    self.tell_expiry(Phase::Lasts, condition, &held, expires, level(due));
                }
            }
            (Some(due), ..) => {
                self.state.conditions.remove(&condition);
                let held = self.note_expiry(condition, self.now(), at, due);
                self.tell_expiry(Phase::Begins, condition, &held, expires, level(due));
            }
            (None, Some(held), told) => {
                self.state.conditions.remove(&condition);
                if told.is_none() {
                    self.tell_expiry(Phase::Ended, condition, &held, expires, Level::Info);
                }
            }
            (None, None, _) => {}
        }
    }

    /// What is held of it from now on.
    fn note_expiry(
        &mut self,
        condition: Condition,
        since: Timestamp,
        at: Timestamp,
        days: i64,
    ) -> Held {
        let now = self.now();
        let held = self.state.conditions.entry(condition).or_insert(Held {
            since,
            told_at: None,
            level: level(days),
            detail: String::new(),
            message_id: None,
            begin_mail: None,
            expiry: None,
        });
        held.told_at = Some(now);
        held.level = level(days);
        held.expiry = Some(ToldExpiry { at, days });
        held.clone()
    }

    fn tell_expiry(
        &mut self,
        phase: Phase,
        condition: Condition,
        held: &Held,
        expires: Expiry,
        level: Level,
    ) {
        self.news.push(ConditionNews {
            condition,
            phase,
            since: held.since,
            detail: String::new(),
            level,
            told_by: held.told_by(),
            caught_up: None,
            expires: Some(expires),
        });
    }

    /// As the reader's calendar has it.
    fn expiry(&self, at: Timestamp) -> Expiry {
        let now = self.now();
        let date = |time: Timestamp| time.to_zoned(self.config.settings.timezone.clone()).date();
        Expiry { at, days: days_between(date(now), date(at)), over: now >= at }
    }
}

fn days_between(from: Date, until: Date) -> i64 {
    let span = from.until(until);
    span.map_or(0, |span| i64::from(span.get_days()))
}

/// Which warning is due: the last one whose day has come.
fn due(expires: Expiry, days: &[i64]) -> Option<i64> {
    if expires.over {
        return Some(0);
    }
    let come = |warning: &i64| expires.days <= *warning;
    days.iter().copied().filter(come).min()
}

/// A certificate that lives for weeks is renewed by a machine, and often: what would
/// come at each renewal, before half its time is over, says nothing.
fn days_for(certificate: &Certificate) -> Vec<i64> {
    let life = certificate.not_after.duration_since(certificate.not_before).as_hours() / 24;
    DAYS.into_iter().filter(|days| life > 2 * days).collect()
}

fn is_same(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() <= SAME
}

fn level(days: i64) -> Level {
    match days {
        ..=1 => Level::Critical,
        2..=7 => Level::Warning,
        _ => Level::Info,
    }
}
