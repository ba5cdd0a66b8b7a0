//! Who gets what: the routes beside the recipients.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::report::Condition;
use crate::rules::Level;

/// One entry of `email.routes`: what it takes goes to its people, too.
///
/// `rules` names rules and `conditions` names what is watched beside them: with one of the
/// two alone, nothing of the other kind is taken; with neither, both kinds are. `levels`
/// holds for both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Of these levels only; empty: of any.
    pub levels: Vec<Level>,
    /// What these rules have to tell, by their ids.
    pub rules: Vec<i64>,
    /// What there is to tell of these.
    pub conditions: Vec<Condition>,
    /// At least one address; each once.
    pub to: Vec<String>,
    /// True where `email.recipients` need not have it, too.
    pub only: bool,
}

impl Route {
    /// Whether it takes what this rule tells.
    pub fn takes_rule(&self, rule: i64, level: Level) -> bool {
        let is_any = self.rules.is_empty() && self.conditions.is_empty();
        self.takes_level(level) && (is_any || self.rules.contains(&rule))
    }

    /// Whether it takes what is told of this condition. What is about the monitor's own
    /// config, mail and receivers never goes by a route.
    pub fn takes_condition(&self, condition: Condition, level: Level) -> bool {
        let is_any = self.rules.is_empty() && self.conditions.is_empty();
        match condition {
            Condition::Rule(key) => self.takes_rule(key.id(), level),
            Condition::Configuration | Condition::Delivery | Condition::Forward(_) => false,
            other => self.takes_level(level) && (is_any || self.conditions.contains(&other)),
        }
    }

    fn takes_level(&self, level: Level) -> bool {
        self.levels.is_empty() || self.levels.contains(&level)
    }
}

impl Settings {
    /// Everyone who may get a mail, each once: the recipients first, then those of the
    /// routes.
    pub fn everyone(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let routed = self.routes.iter().flat_map(|route| &route.to);
        for to in self.recipients.iter().chain(routed) {
            if !all.contains(to) {
                all.push(to.clone());
            }
        }
        all
    }

    /// The routes that take something, as bits by their place.
    pub fn taking(&self, takes: impl Fn(&Route) -> bool) -> u64 {
        let routes = self.routes.iter().take(64).enumerate();
        routes.filter(|(_, route)| takes(route)).fold(0, |bits, (at, _)| bits | 1 << at)
    }

    /// Who gets what these routes take: their people, and the recipients where there are none
    /// or none of them says `only`. Each once, in the order of [`Self::everyone`].
    pub fn audience(&self, taking: u64) -> Vec<String> {
        let routes = self.routes.iter().take(64).enumerate();
        let taking = || routes.clone().filter(|(at, _)| taking >> at & 1 == 1).map(|(_, one)| one);
        let is_only = taking().any(|route| route.only);
        let recipients = if is_only { &[][..] } else { self.recipients.as_slice() };
        let hear: BTreeSet<&String> =
            taking().flat_map(|route| &route.to).chain(recipients).collect();
        self.everyone().into_iter().filter(|who| hear.contains(who)).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of_rule(id: i64) -> Condition {
        let key = format!("rule:{id}-00000000000000ff");
        serde_json::from_value(key.into()).unwrap()
    }

    #[test]
    fn a_route_without_filters_takes_all_but_what_is_about_the_monitor_itself() {
        let route = Route::default();
        assert!(route.takes_rule(7, Level::Info));
        assert!(route.takes_condition(Condition::Unreachable, Level::Info));
        assert!(route.takes_condition(of_rule(7), Level::Info));
        assert!(!route.takes_condition(Condition::Configuration, Level::Critical));
        assert!(!route.takes_condition(Condition::Delivery, Level::Critical));
    }

    #[test]
    fn levels_hold_for_rules_and_conditions_alike() {
        let route = Route { levels: vec![Level::Critical], ..Route::default() };
        assert!(route.takes_rule(7, Level::Critical) && !route.takes_rule(7, Level::Warning));
        assert!(route.takes_condition(Condition::Health, Level::Critical));
        assert!(!route.takes_condition(Condition::Health, Level::Warning));
    }

    #[test]
    fn who_names_rules_gets_no_conditions_and_who_names_conditions_no_rules() {
        let of_rules = Route { rules: vec![7], ..Route::default() };
        assert!(of_rules.takes_rule(7, Level::Info) && !of_rules.takes_rule(8, Level::Info));
        assert!(of_rules.takes_condition(of_rule(7), Level::Info));
        assert!(!of_rules.takes_condition(of_rule(8), Level::Info));
        assert!(!of_rules.takes_condition(Condition::Health, Level::Info));
        let conditions = vec![Condition::Health];
        let of_conditions = Route { conditions, ..Route::default() };
        assert!(!of_conditions.takes_rule(7, Level::Info));
        assert!(!of_conditions.takes_condition(of_rule(7), Level::Info));
        assert!(of_conditions.takes_condition(Condition::Health, Level::Info));
        assert!(!of_conditions.takes_condition(Condition::Events, Level::Info));
        let of_both = Route { rules: vec![7], ..of_conditions };
        assert!(of_both.takes_rule(7, Level::Info));
        assert!(of_both.takes_condition(Condition::Health, Level::Info));
        assert!(!of_both.takes_condition(Condition::Events, Level::Info));
    }
}
