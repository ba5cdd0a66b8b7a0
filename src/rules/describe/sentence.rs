//! A rule as one sentence: of which records, of what each by itself, from how many on,
//! and how long it rests then.
//!
//! Lists in it name a few; `rules show` has them all.

use super::{
    Join, event, event_per, flow_per, measured, ports, proto_name, states, traffic, workload,
};
use crate::lang::{Lang, counts, rules as words};
use crate::rules::{
    Decision, EventCount, EventFilter, EventPer, Filter, FlowPer, Measure, Rule, Threshold,
    TrafficFilter, WorkloadFilter, catalogue,
};

/// So many of a list are named.
const NAMED: usize = 8;

/// Characters of one name.
const NAME: usize = 60;

/// Decisions in the order in which they are told.
const BY_WEIGHT: [Decision; 4] =
    [Decision::Blocked, Decision::PotentiallyBlocked, Decision::Allowed, Decision::Unknown];

/// What the rule does, in the reader's language.
pub fn sentence(rule: &Rule, lang: Lang) -> String {
    let (subject, alerts) = match &rule.filter {
        Filter::Event(filter) => (events(filter, lang), events_alert(rule, filter, lang)),
        Filter::Traffic(filter) => (flows(filter, lang), flows_alert(rule, filter, lang)),
        Filter::Workload(filter) => (workloads(filter, lang), standing_alert(rule, lang)),
    };
    let rest = [rests(rule, lang), learns(rule, lang)].concat();
    words::sentence(lang, capital(&subject), alerts, rest)
}

/// `events of type agent.tampering by user ann or bob`
fn events(filter: &EventFilter, lang: Lang) -> String {
    let types: Vec<String> = filter.filter_value.split('|').map(str::to_owned).collect();
    let listed = any(&types, lang);
    let subject = match types.iter().all(|one| is_one_type(one)) {
        _ if types.iter().any(|one| one == "*") => words::all_events(lang),
        true => words::events_of_type(lang, listed),
        false => words::events_with_type(lang, listed),
    };
    with(subject, &event(filter, JOIN, lang), lang)
}

/// Whether the text is of one type alone, or a pattern of whole names.
fn is_one_type(text: &str) -> bool {
    let mut alike = catalogue::all().iter().filter(|one| one.name.contains(text));
    text.contains(['*', '?'])
        || matches!((alike.next(), alike.next()), (Some(one), None) if one.name == text)
}

/// `blocked TCP traffic to port 22 or 3389, from env=Prod`
fn flows(filter: &TrafficFilter, lang: Lang) -> String {
    let traffic_itself = match filter.proto {
        None => words::traffic(lang),
        Some(proto) => words::traffic_of(lang, proto_name(proto, lang)),
    };
    let asked = BY_WEIGHT.iter().filter(|decision| filter.decisions.contains(decision));
    let decided: Vec<String> = asked.map(|decision| decided(*decision, lang)).collect();
    let decided = joined(&decided, words::either, lang);
    let subject = match filter.decisions.is_empty() {
        true => words::all_traffic(lang, traffic_itself),
        false => words::decided_traffic(lang, decided, traffic_itself),
    };
    let ports = any(&ports(&filter.ports), lang);
    let port = (!filter.ports.is_empty()).then(|| words::to_port(lang, ports));
    let parts: Vec<String> = port.into_iter().chain(traffic(filter, JOIN, lang)).collect();
    with(subject, &parts, lang)
}

fn decided(decision: Decision, lang: Lang) -> String {
    match decision {
        Decision::Unknown => words::undecided(lang),
        other => super::decided(other, lang),
    }
}

fn with(subject: String, parts: &[String], lang: Lang) -> String {
    match parts.is_empty() {
        true => subject,
        false => words::with_parts(lang, subject, parts.join(&words::beside(lang))),
    }
}

/// `alerts at 5 events by one user within 10 minutes`
fn events_alert(rule: &Rule, filter: &EventFilter, lang: Lang) -> String {
    let is_new = rule.newness.is_some();
    let nouns: Vec<String> = filter.per.iter().map(|per| event_per(*per, lang)).collect();
    let each = |per: &EventPer| {
        let noun = one(&[event_per(*per, lang)], is_new, lang);
        match per {
            EventPer::User => words::by_it(lang, noun),
            EventPer::SourceIp => words::from_it(lang, noun),
            EventPer::Workload => words::about_it(lang, noun),
            EventPer::EventType => words::of_it(lang, noun),
        }
    };
    let of: Vec<String> = filter.per.iter().map(each).collect();
    let of = words::event_group(lang, of.join(" "), one(&nouns, is_new, lang));
    let (count, window) = match rule.threshold {
        Threshold::Immediate if is_new => return words::alerts_on_new_event(lang, of),
        Threshold::Immediate => return words::alerts_on_each_event(lang),
        Threshold::Below { .. } | Threshold::Standing { .. } => return standing_alert(rule, lang),
        Threshold::Count { count, window } => (count, window),
    };
    let what = match (rule.filter.measure(), filter.count_by) {
        (Measure::Matches, EventCount::Objects) => counts::objects(lang, count),
        (Measure::Matches, _) => counts::events(lang, count),
        (measure, _) => measured(measure, count, lang),
    };
    let what = apart(what, lang);
    match nouns.is_empty() {
        true => words::alerts_at(lang, what, time(window, lang)),
        false => words::alerts_at_of(lang, what, of, time(window, lang)),
    }
}

/// `alerts when one source reaches 5 destinations within 10 minutes`
fn flows_alert(rule: &Rule, filter: &TrafficFilter, lang: Lang) -> String {
    let is_new = rule.newness.is_some();
    let nouns: Vec<String> = filter.per.iter().map(|per| flow_per(per, lang)).collect();
    let who = one(&nouns, is_new, lang);
    let (count, window) = match rule.threshold {
        Threshold::Immediate if is_new => return words::alerts_on_new(lang, who),
        Threshold::Immediate => return words::alerts_on_each_connection(lang),
        Threshold::Below { .. } | Threshold::Standing { .. } => return standing_alert(rule, lang),
        Threshold::Count { count, window } => (count, window),
    };
    let (measure, time) = (rule.filter.measure(), time(window, lang));
    let what = measured(measure, count, lang);
    let words = match (filter.per.as_slice(), measure) {
        ([], _) => return words::alerts_at(lang, what, time),
        ([FlowPer::Source | FlowPer::User | FlowPer::SourceLabel(_)], Measure::Connections) => {
            words::alerts_when_makes
        }
        ([FlowPer::Source | FlowPer::User | FlowPer::SourceLabel(_)], Measure::Destinations) => {
            words::alerts_when_reaches
        }
        ([FlowPer::Destination | FlowPer::DestinationLabel(_)], Measure::Connections) => {
            words::alerts_when_receives
        }
        ([FlowPer::Destination | FlowPer::DestinationLabel(_)], Measure::Sources) => {
            words::alerts_when_reached_by
        }
        ([FlowPer::Destination | FlowPer::DestinationLabel(_)], Measure::Ports) => {
            words::alerts_when_reached_on
        }
        (_, Measure::Ports) => words::alerts_when_uses,
        _ => words::alerts_when_has,
    };
    words(lang, who, what, time)
}

/// `alerts when there are fewer than 5 events within 1 day`: a condition.
fn standing_alert(rule: &Rule, lang: Lang) -> String {
    match rule.threshold {
        Threshold::Standing { count, minutes } => {
            let what = apart(counts::workloads(lang, count), lang);
            match minutes {
                0 => words::alerts_from(lang, what),
                minutes => words::alerts_from_so(lang, what, time(minutes, lang)),
            }
        }
        Threshold::Below { count, window } | Threshold::Count { count, window } => {
            let what = match (rule.filter.measure(), &rule.filter) {
                (Measure::Matches, Filter::Event(_)) => counts::events(lang, count),
                (measure, _) => measured(measure, count, lang),
            };
            words::alerts_below(lang, apart(what, lang), time(window, lang))
        }
        Threshold::Immediate => words::alerts_on_each_event(lang),
    }
}

/// `workloads that are offline on host web-*`
fn workloads(filter: &WorkloadFilter, lang: Lang) -> String {
    let states = states(&filter.state, lang);
    with(words::workloads_that_are(lang, states), &workload(filter, JOIN, lang), lang)
}

/// `one source`, `a new pair of source and port`; empty for none.
fn one(nouns: &[String], is_new: bool, lang: Lang) -> String {
    match (nouns, is_new) {
        ([], _) => String::new(),
        ([noun], false) => words::one(lang, noun),
        ([noun], true) => words::one_new(lang, noun),
        (nouns, false) => words::one_pair(lang, nouns.join(&words::and(lang))),
        (nouns, true) => words::one_new_pair(lang, nouns.join(&words::and(lang))),
    }
}

/// `; then rests for 240 minutes (each source by itself)`
fn rests(rule: &Rule, lang: Lang) -> String {
    match (rule.threshold, rule.cooldown_minutes) {
        (Threshold::Below { .. } | Threshold::Standing { .. }, 0) => return words::tells_end(lang),
        (Threshold::Below { .. } | Threshold::Standing { .. }, minutes) => {
            return words::reminds(lang, time(minutes, lang));
        }
        (_, 0) => return String::new(),
        _ => {}
    }
    let nouns: Vec<String> = match &rule.filter {
        Filter::Event(filter) => filter.per.iter().map(|per| event_per(*per, lang)).collect(),
        Filter::Traffic(filter) => filter.per.iter().map(|per| flow_per(per, lang)).collect(),
        Filter::Workload(_) => Vec::new(),
    };
    let time = time(rule.cooldown_minutes, lang);
    match nouns.as_slice() {
        [] => words::rests(lang, time),
        [noun] => words::each_rests(lang, time, noun),
        _ => words::each_pair_rests(lang, time),
    }
}

/// `; new is what was not seen for 30 days, and for the first 7 days it only learns`
fn learns(rule: &Rule, lang: Lang) -> String {
    let Some(newness) = rule.newness else { return String::new() };
    let days = |days: u32| counts::days(lang, days.into());
    match newness.learn_days {
        0 => words::new_is(lang, days(newness.within_days)),
        learns => words::new_is_and_learns(lang, days(newness.within_days), days(learns)),
    }
}

/// Between letters of the two scripts there is a blank.
fn apart(what: String, lang: Lang) -> String {
    match lang == Lang::ZhTw && what.ends_with(|end: char| end.is_ascii_alphabetic()) {
        true => what + " ",
        false => what,
    }
}

/// Whole days as such, all else in minutes.
fn time(minutes: u32, lang: Lang) -> String {
    match minutes % 1_440 {
        0 => counts::days(lang, (minutes / 1_440).into()),
        _ => counts::minutes(lang, minutes.into()),
    }
}

const JOIN: Join = Join { any, all };

/// `22, 445 or 3389`
fn any(list: &[String], lang: Lang) -> String {
    joined(list, words::or, lang)
}

/// `role=Web and env=Prod`
fn all(list: &[String], lang: Lang) -> String {
    joined(list, words::as_well_as, lang)
}

fn joined(list: &[String], last: fn(Lang, String, String) -> String, lang: Lang) -> String {
    let mut named: Vec<String> = list.iter().take(NAMED).map(|one| short(one)).collect();
    let more = list.len() - named.len();
    match (more, named.pop()) {
        (_, None) => String::new(),
        (0, Some(only)) if named.is_empty() => only,
        (0, Some(end)) => last(lang, named.join(&words::comma_in_list(lang)), end),
        (more, Some(end)) => {
            named.push(end);
            words::or_more(lang, named.join(&words::comma_in_list(lang)), more, list.len())
        }
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(NAME) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
