//! The threshold with which a rule would tell no more than once in 24 hours.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::Read;
use super::replay::{Life, replay};
use super::runs::Runs;
use crate::archive;
use crate::cycle::site::Site;
use crate::rules::Threshold;

/// The highest threshold that a rule can have.
const HIGHEST: u64 = 1_000_000_000;

/// How long is looked for it: the rule lives once for each that is tried.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was found.
pub(super) enum Suggested {
    /// It tells no more than that already, or counts nothing.
    Nothing,
    /// This one.
    Threshold(u64),
    /// It would have taken too long.
    NoTime,
}

/// The least count with which no 24 hours from the begin on have more than one alert.
///
/// # Errors
/// Where the archive can't be read.
pub(super) fn once_a_day(
    site: &Site<'_>,
    read: &mut Read,
    runs: &Runs,
    life: &Life,
) -> Result<Suggested, archive::Error> {
    let rule = site.config.rules.first();
    let Some(Threshold::Count { count: own, window }) = rule.map(|rule| rule.threshold) else {
        return Ok(Suggested::Nothing);
    };
    if is_once_a_day(life, read.time.from) {
        return Ok(Suggested::Nothing);
    }
    let mut config = site.config.clone();
    let mut is_enough = |count: u64| {
        for rule in &mut config.rules {
            rule.threshold = Threshold::Count { count, window };
        }
        let site = Site {
            config: config.clone(),
            path: site.path.clone(),
            call: site.call,
            began: site.began,
        };
        let life = replay(&site, &read.lists, &mut read.records, runs, read.time)?;
        Ok::<_, archive::Error>(is_once_a_day(&life, read.time.from))
    };
    let began = Instant::now();
    let is_late = || began.elapsed() > PATIENCE;
    let (mut too_low, mut enough) = (own, own.saturating_mul(2));
    while !is_enough(enough.min(HIGHEST))? {
        if is_late() {
            return Ok(Suggested::NoTime);
        }
        if enough >= HIGHEST {
            return Ok(Suggested::Nothing);
        }
        (too_low, enough) = (enough, enough.saturating_mul(2));
    }
    enough = enough.min(HIGHEST);
    while enough - too_low > 1 {
        if is_late() {
            return Ok(Suggested::NoTime);
        }
        let middle = too_low + (enough - too_low) / 2;
        match is_enough(middle)? {
            true => enough = middle,
            false => too_low = middle,
        }
    }
    Ok(Suggested::Threshold(enough))
}

fn is_once_a_day(life: &Life, from: Timestamp) -> bool {
    let day = |at: &Timestamp| at.duration_since(from).as_hours().div_euclid(24);
    life.alerts.windows(2).all(|two| match two {
        [(one, _), (next, _)] => day(one) != day(next),
        _ => true,
    })
}
