//! Rules that may never alert: said where a rule is made or changed, and by the doctor.
//! Never a refusal. What the guide says is asked at once; the PCE where there is a
//! connection, and within bounds.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::config::check_rule;
use crate::lang::{Lang, doubts as words};
use crate::net::AddressBook;
use crate::pce::Settings;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::health::noop;
use crate::pce::vocabulary::{self, Heard};
use crate::rules::Rule;
use crate::rules::doubts::{asks_for_types, doubts, labels_wanted};
use crate::screen::visible::visible;

/// What is doubtful about a rule, each with its id and name.
pub fn of_rule(rule: &Rule, heard: &Heard, lang: Lang) -> Vec<String> {
    let name = visible(&rule.name);
    let doubts = doubts(rule, heard);
    doubts.iter().map(|doubt| words::of_rule(lang, rule.id, &name, doubt.text(lang))).collect()
}

/// What is doubtful about rules as they stand in the file, by the guide alone; those that
/// are off or not valid are passed over.
pub fn offline(rules: &[Value], lang: Lang) -> Vec<String> {
    let read = rules.iter().filter_map(|rule| check_rule(&rule.to_string(), "rule").ok());
    let on = read.filter(|rule| rule.enabled);
    on.flat_map(|rule| of_rule(&rule, &Heard::default(), lang)).collect()
}

/// Asks the PCE for what it could tell of these rules: nothing, where that is nothing. Takes
/// no longer than `patience`; what can't be read is not known.
pub fn hear(
    rules: &[&Rule],
    settings: &Settings,
    book: &AddressBook,
    (now, patience): (Timestamp, Duration),
) -> Heard {
    let wanted: BTreeSet<(String, String)> =
        rules.iter().flat_map(|rule| labels_wanted(rule)).collect();
    let types = rules.iter().any(|rule| asks_for_types(rule));
    let mut heard = Heard::default();
    if wanted.is_empty() && !types {
        return heard;
    }
    let clock = Clock::of_host(now, SignedDuration::ZERO);
    let deadline = Instant::now() + patience;
    let Ok(mut client) = Client::looking(settings, clock, deadline, &Default::default(), book)
    else {
        return heard;
    };
    // Tells the PCE's time; a refused key is asked with no more.
    if noop(&mut client).is_err() {
        return heard;
    }
    heard.labels = vocabulary::labels(&mut client, &wanted);
    if types {
        heard.types = vocabulary::types(&mut client).ok();
    }
    heard
}
