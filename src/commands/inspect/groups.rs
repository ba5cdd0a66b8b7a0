//! What a record that matches is to a rule that counts apart, or different things: which
//! group it belongs to, what it adds there, and whether that group is new.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::lang::{Lang, inspect as say};
use crate::pce::record::Event;
use crate::report::tally::Tally;
use crate::rules::groups::{self, Named, Value};
use crate::rules::known::Known;
use crate::rules::matching::{FlowFacts, objects};
use crate::rules::minutes::minute_of;
use crate::rules::{EventCount, EventFilter, FlowCount, Newness, Rule, TrafficFilter};

/// A rule, and what the runs keep of it.
pub struct Counted<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Absent before its first run.
    pub tally: Option<&'a Tally>,
    /// In which language.
    pub lang: Lang,
}

impl Counted<'_> {
    /// What an event is to the rule that it matches, a part for each group.
    pub fn event(&self, filter: &EventFilter, event: &Event<'_>, at: Timestamp) -> Vec<String> {
        let adds = match filter.count_by {
            EventCount::Events | EventCount::Objects => None,
            EventCount::Users => Some(vec![Value::who(event)]),
            EventCount::Sources => Some(vec![Value::source_ip(event)]),
            EventCount::Workloads => Some(objects(event).into_iter().map(Value::object).collect()),
        };
        let groups = match filter.per.is_empty() {
            true => Vec::new(),
            false => Named::all_of_event(&filter.per, event),
        };
        self.parts(&groups, adds, at)
    }

    /// What a row is to the rule that it matches.
    pub fn row(&self, filter: &TrafficFilter, facts: &FlowFacts<'_>, at: Timestamp) -> Vec<String> {
        let flow = facts.flow;
        let adds = match filter.count_by {
            FlowCount::Connections | FlowCount::Flows => None,
            FlowCount::Sources => Some(vec![Value::end(&flow.src)]),
            FlowCount::Destinations => Some(vec![Value::end(&flow.dst)]),
            FlowCount::Ports => Some(vec![Value::port(facts)]),
            FlowCount::Users => Some(vec![Value::user(facts)]),
        };
        let group = (!filter.per.is_empty()).then(|| Named::of_row(&filter.per, facts));
        self.parts(group.as_slice(), adds, at)
    }

    fn parts(&self, groups: &[Named], adds: Option<Vec<Value>>, at: Timestamp) -> Vec<String> {
        let lang = self.lang;
        let adds = adds.map(|values| {
            let shown = values.iter().filter(|value| **value != Value::None).map(Value::shown);
            let shown: Vec<String> = shown.collect();
            match shown.is_empty() {
                true => say::adds_nothing(lang),
                false => say::adds(lang, shown.join(&say::comma(lang))),
            }
        });
        if groups.is_empty() {
            return adds.into_iter().collect();
        }
        let part = |group: &Named| {
            let mut parts = vec![say::of_group(lang, groups::shown(&group.values))];
            parts.extend(self.rule.newness.map(|newness| self.newness(group, newness, at)));
            parts.extend(adds.clone());
            parts.join(lang.semicolon())
        };
        groups.iter().map(part).collect()
    }

    /// Whether the group is new, or since when it is known.
    fn newness(&self, group: &Named, newness: Newness, at: Timestamp) -> String {
        let lang = self.lang;
        let Some(known) = self.tally.and_then(|tally| tally.known.as_deref()) else {
            return say::not_learnt(lang);
        };
        let day = minute_of(at).div_euclid(24 * 60);
        let last = known.last_seen(group);
        let is_known =
            |last: &u16| day.saturating_sub((*last).into()) <= i64::from(newness.within_days);
        match last.filter(is_known) {
            Some(last) => say::group_known(lang, date(last)),
            None if learns(known, newness, at) => {
                let until = known.learns_until(newness).to_zoned(TimeZone::UTC);
                say::group_new_but_learns(lang, until.date())
            }
            None => say::group_new(lang),
        }
    }
}

fn learns(known: &Known, newness: Newness, at: Timestamp) -> bool {
    known.learns_until(newness) > at
}

/// The day of that number since 1970, by UTC.
fn date(day: u16) -> String {
    let seconds = i64::from(day) * 24 * 60 * 60;
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    let date: Date = at.to_zoned(TimeZone::UTC).date();
    date.to_string()
}
