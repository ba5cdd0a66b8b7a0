//! What is about to expire: the API key, the PCE's certificate. Each is told 30, 7
//! and 1 days before, and at its end; by the first run after, where one was missed.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::conditions::{Conditions, Moment, Standing, new, news};
use super::site::Site;
use crate::lang::Both;
use crate::net::certificate::Certificate;
use crate::report::{Condition, ConditionNews, Expiry, Phase};
use crate::rules::Level;
use crate::store::state::ToldExpiry;

/// So many days before it is told. The end itself is told as 0 days.
const DAYS: [i64; 3] = [30, 7, 1];

/// Two ends that lie closer together are one: the zone that a date is read in may
/// change.
const SAME: SignedDuration = SignedDuration::from_hours(26);

/// What is known of both.
pub(super) fn found(
    site: &Site<'_>,
    certificate: Option<&Certificate>,
) -> Vec<(Condition, Standing)> {
    // From its date on the key may be gone.
    let key = site.config.pce.key_expires.map(|date| date.to_zoned(site.zone()));
    let key = match key {
        None => Some(Standing::Unwatched),
        Some(midnight) => {
            midnight.ok().map(|midnight| Standing::Expires(midnight.timestamp(), DAYS.to_vec()))
        }
    };
    let certificate = certificate.map(|known| Standing::Expires(known.not_after, days_for(known)));
    let key = key.map(|now| (Condition::KeyExpires, now));
    let certificate = certificate.map(|now| (Condition::CertificateExpires, now));
    key.into_iter().chain(certificate).collect()
}

/// What there is to tell of it now.
pub(super) fn watch(
    held: &mut Conditions,
    condition: Condition,
    at: Timestamp,
    days: &[i64],
    moment: &Moment<'_>,
) -> Option<ConditionNews> {
    let expires = expiry(at, moment);
    let tell = |news| ConditionNews { expires: Some(expires), ..news };
    let known = held.remove(&condition);
    let told = known.as_ref().and_then(|known| known.expiry);
    let told = told.filter(|told| is_same(told.at, at));
    let Some(due) = due(expires, days) else {
        // A new end lies far ahead, or what was told too early by a clock that stood ahead.
        let over = known.filter(|_| told.is_none())?;
        return Some(tell(ConditionNews {
            level: Level::Info,
            ..news(Phase::Ended, condition, &over)
        }));
    };
    if (moment.is_paused)(condition) {
        // As if it had not been looked at.
        held.extend(known.map(|known| (condition, known)));
        return None;
    }
    // After a clock that stood ahead, what was told too early is told again.
    let (phase, mut now_held) = match (known, told) {
        (Some(known), Some(_)) => (Phase::Lasts, known),
        _ => (Phase::Begins, new(level(due), Both::default(), moment)),
    };
    now_held.told_at = Some(moment.now);
    now_held.level = level(due);
    now_held.expiry = Some(ToldExpiry { at, days: due });
    let news = news(phase, condition, &now_held);
    held.insert(condition, now_held);
    let is_news = told.is_none_or(|told| due < told.days);
    is_news.then(|| tell(news))
}

/// As the reader's calendar has it.
fn expiry(at: Timestamp, moment: &Moment<'_>) -> Expiry {
    let date = |time: Timestamp| time.to_zoned(moment.zone.clone()).date();
    Expiry { at, days: days_between(date(moment.now), date(at)), over: moment.now >= at }
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
