//! The threshold with which a rule would tell no more than once in 24 hours.

use jiff::Timestamp;

use super::Read;
use super::replay::{Life, replay};
use super::runs::Runs;
use crate::archive;
use crate::cycle::site::Site;
use crate::rules::Threshold;

/// The highest threshold that a rule can have.
const HIGHEST: u64 = 1_000_000_000;

/// The least count with which no 24 hours from the begin on have more than one alert;
/// `None` where it has none more with the rule's own, or that is no count.
///
/// # Errors
/// Where the archive can't be read.
pub(super) fn once_a_day(
    site: &Site<'_>,
    read: &mut Read,
    runs: &Runs,
    life: &Life,
) -> Result<Option<u64>, archive::Error> {
    let rule = site.config.rules.first();
    let Some(Threshold::Count { count: own, window }) = rule.map(|rule| rule.threshold) else {
        return Ok(None);
    };
    if is_once_a_day(life, read.time.from) {
        return Ok(None);
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
    let (mut too_low, mut enough) = (own, own.saturating_mul(2));
    while !is_enough(enough.min(HIGHEST))? {
        if enough >= HIGHEST {
            return Ok(None);
        }
        (too_low, enough) = (enough, enough.saturating_mul(2));
    }
    enough = enough.min(HIGHEST);
    while enough - too_low > 1 {
        let middle = too_low + (enough - too_low) / 2;
        match is_enough(middle)? {
            true => enough = middle,
            false => too_low = middle,
        }
    }
    Ok(Some(enough))
}

fn is_once_a_day(life: &Life, from: Timestamp) -> bool {
    let day = |at: &Timestamp| at.duration_since(from).as_hours().div_euclid(24);
    life.alerts.windows(2).all(|two| match two {
        [(one, _), (next, _)] => day(one) != day(next),
        _ => true,
    })
}
