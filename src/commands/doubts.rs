//! Rules that may never alert: said where a rule is made or changed, and by the doctor.
//! Never a refusal. What the guide says is asked at once; the PCE where there is a
//! connection, and within bounds.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::call::Call;
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
use crate::store;

/// A person, or a script, that saves a rule waits no longer for what the PCE could tell.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is doubtful about a rule, each with its id and name.
pub fn of_rule(rule: &Rule, heard: &Heard, lang: Lang) -> Vec<String> {
    let name = visible(&rule.name);
    let of = |doubt: &Doubt| {
        let words = match weight(doubt) {
            Weight::Never => words::of_rule,
            Weight::Part => words::part_of_rule,
            Weight::Seldom => words::seldom_of_rule,
        };
        words(lang, rule.id, &name, clause(doubt, lang))
    };
    doubts(rule, heard).iter().map(of).collect()
}

/// What is doubtful about rules that were just saved, as they stand in the file, by what the
/// guide says and the PCE of the file; those that are off or not valid are passed over.
pub fn of_changed(call: &Call<'_>, rules: &[Value], lang: Lang) -> Vec<String> {
    let read = rules.iter().filter_map(|rule| check_rule(&rule.to_string(), "rule").ok());
    let on: Vec<Rule> = read.filter(|rule| rule.enabled).collect();
    let config = store::what_holds(call.config, call.env);
    let asked: Vec<&Rule> = on.iter().collect();
    let heard = hear(&asked, &config.pce, &AddressBook::empty(), (call.now, PATIENCE));
    on.iter().flat_map(|rule| of_rule(rule, &heard, lang)).collect()
}

/// What is doubtful about a rule as it was just saved in the menu; `ask`: whose PCE may be
/// asked, and the time.
pub fn of_saved(rule: &Value, ask: Option<(&Config, Timestamp)>, lang: Lang) -> Vec<String> {
    let Ok(rule) = check_rule(&rule.to_string(), "rule") else { return Vec::new() };
    let heard = ask
        .map(|(config, now)| hear(&[&rule], &config.pce, &AddressBook::empty(), (now, PATIENCE)));
    let this = |doubt: &Doubt| {
        let words = match weight(doubt) {
            Weight::Never => words::this_rule,
            Weight::Part => words::part_of_this_rule,
            Weight::Seldom => words::seldom_of_this_rule,
        };
        words(lang, clause(doubt, lang))
    };
    doubts(&rule, &heard.unwrap_or_default()).iter().map(this).collect()
}

/// How much a doubt says of its rule.
enum Weight {
    /// It may never alert.
    Never,
    /// A part of what it asks for may never be; it alerts on the rest.
    Part,
    /// There was none of it lately.
    Seldom,
}

fn weight(doubt: &Doubt) -> Weight {
    match doubt {
        Doubt::Type { part: true, .. } | Doubt::Label { part: true, .. } => Weight::Part,
        Doubt::Type { .. } | Doubt::Label { .. } | Doubt::Ports(_) => Weight::Never,
        Doubt::Severity(_) => Weight::Seldom,
    }
}

/// Asks the PCE for what it could tell of these rules: nothing, where that is nothing. Takes
/// no longer than `patience`; what can't be read is not known, and why is told.
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
    if let Err(error) = noop(&mut client) {
        return Heard { unheard: Some(error), ..heard };
    }
    (heard.labels, heard.unheard) = vocabulary::labels(&mut client, &wanted);
    match types.then(|| vocabulary::types(&mut client)) {
        Some(Ok(types)) => heard.types = Some(types),
        Some(Err(error)) => heard.unheard = heard.unheard.or(Some(error)),
        None => {}
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
        Doubt::Type { wanted, near: meant, heard, .. } => {
            let wanted = visible(wanted);
            let clause = match heard {
                true => words::type_unheard(lang, wanted, HOURS),
                false => words::type_unknown(lang, wanted),
            };
            near(clause, meant)
        }
        Doubt::Severity(Unlike { wanted, found, count }) => {
            let list = |list: &[String]| visible(&list.join(", "));
            words::severity(lang, count, HOURS, list(wanted), list(found))
        }
        Doubt::Label { wanted, near: meant, .. } => {
            near(words::label(lang, visible(wanted)), meant)
        }
        Doubt::Ports(proto) => {
            let name = protocol::name(*proto).map(str::to_owned);
            words::ports(lang, name.unwrap_or_else(|| words::protocol(lang, proto)))
        }
    }
}
