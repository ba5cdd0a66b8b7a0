//! Rules that may never alert: said where a rule is made or changed, and by the doctor.
//! Never a refusal. What the guide says is asked at once; the PCE where there is a
//! connection, and within bounds.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::config::{Config, check_rule};
use crate::lang::{Lang, doubts as words};
use crate::net::AddressBook;
use crate::pce::Settings;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::health::noop;
use crate::pce::vocabulary::{self, HOURS, Heard};
use crate::rules::doubts::{Doubt, Unlike, asks_for_types, doubts, labels_wanted};
use crate::rules::{Rule, protocol};
use crate::screen::visible::visible;

/// What is doubtful about a rule, each with its id and name.
pub fn of_rule(rule: &Rule, heard: &Heard, lang: Lang) -> Vec<String> {
    let name = visible(&rule.name);
    let doubts = doubts(rule, heard);
    doubts.iter().map(|doubt| words::of_rule(lang, rule.id, &name, clause(doubt, lang))).collect()
}

/// What is doubtful about rules as they stand in the file, by the guide alone; those that
/// are off or not valid are passed over.
pub fn offline(rules: &[Value], lang: Lang) -> Vec<String> {
    let read = rules.iter().filter_map(|rule| check_rule(&rule.to_string(), "rule").ok());
    let on = read.filter(|rule| rule.enabled);
    on.flat_map(|rule| of_rule(&rule, &Heard::default(), lang)).collect()
}

/// What is doubtful about a rule as it was just saved; `ask`: whose PCE may be asked, the
/// time, and for how long.
pub fn of_saved(
    rule: &Value,
    ask: Option<(&Config, Timestamp, Duration)>,
    lang: Lang,
) -> Vec<String> {
    let Ok(rule) = check_rule(&rule.to_string(), "rule") else { return Vec::new() };
    let heard = ask.map(|(config, now, patience)| {
        hear(&[&rule], &config.pce, &AddressBook::empty(), (now, patience))
    });
    let doubts = doubts(&rule, &heard.unwrap_or_default());
    doubts.iter().map(|doubt| words::this_rule(lang, clause(doubt, lang))).collect()
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

/// A clause that says what may never be.
fn clause(doubt: &Doubt, lang: Lang) -> String {
    let near = |clause: String, near: &Option<String>| match near {
        Some(near) => words::near(lang, clause, visible(near)),
        None => clause,
    };
    match doubt {
        Doubt::Type { wanted, near: meant, heard } => {
            let wanted = visible(wanted);
            let clause = match heard {
                true => words::type_unheard(lang, wanted, HOURS),
                false => words::type_unknown(lang, wanted),
            };
            near(clause, meant)
        }
        Doubt::Severity(unlike) => of_unlike(unlike, words::severity, lang),
        Doubt::Status(unlike) => of_unlike(unlike, words::status, lang),
        Doubt::Label { wanted, near: meant } => near(words::label(lang, visible(wanted)), meant),
        Doubt::Ports(proto) => {
            let name = protocol::name(*proto).map(str::to_owned);
            words::ports(lang, name.unwrap_or_else(|| words::protocol(lang, proto)))
        }
    }
}

fn of_unlike(
    unlike: &Unlike,
    words: fn(Lang, u64, i64, String, String) -> String,
    lang: Lang,
) -> String {
    let list = |list: &[String]| visible(&list.join(", "));
    words(lang, unlike.count, HOURS, list(&unlike.wanted), list(&unlike.found))
}
