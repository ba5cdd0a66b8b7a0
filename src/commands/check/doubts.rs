//! Rules that may never alert.

use std::time::Duration;

use jiff::Timestamp;

use super::finding::Finding;
use crate::commands::doubts::{hear, of_rule};
use crate::config::Config;
use crate::lang::{Lang, doubts as words};
use crate::net::AddressBook;
use crate::pce::vocabulary::Heard;
use crate::rules::Rule;

/// The PCE's last hours and its labels are read no longer than this.
const LONGEST: Duration = Duration::from_secs(60);

/// A remark for each doubt about a rule that is on, and one where the PCE could not tell. `reached`: the PCE answers, and is
/// asked too.
pub fn check_doubts(
    config: &Config,
    reached: bool,
    book: &AddressBook,
    now: Timestamp,
    lang: Lang,
) -> Vec<Finding> {
    const PROBE: &str = "rules.doubts";
    let on: Vec<&Rule> = config.rules.iter().filter(|rule| rule.enabled).collect();
    let heard = match reached {
        true => hear(&on, &config.pce, book, (now, LONGEST)),
        false => Heard::default(),
    };
    let doubts: Vec<String> = on.iter().flat_map(|rule| of_rule(rule, &heard, lang)).collect();
    let doubts = doubts.into_iter().map(|doubt| Finding::remark(PROBE, doubt, words::fix(lang)));
    let unheard = heard.unheard.iter().map(|error| {
        Finding::remark(PROBE, words::unheard(lang, error.text(lang)), words::unheard_fix(lang))
    });
    doubts.chain(unheard).collect()
}
