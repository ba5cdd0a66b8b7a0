//! `email.routes`: who gets what.

use super::conditions::conditions;
use super::email::recipients;
use super::key::Kind;
use super::node::Node;
use super::problem::Problems;
use super::strict::Section;
use crate::lang::config as words;
use crate::mail::Route;
use crate::rules::{Level, Rule};

/// More are a mistake, or a job for the mail server.
const MOST: usize = 50;

/// Reads the list. One address is spelt as it is where it stands first, among the recipients
/// or in a route: two spellings would be two people.
pub(super) fn read(email: &Section<'_>, recipients: &[String]) -> Vec<Route> {
    let mut routes: Vec<Route> = email.sections("routes", MOST).iter().map(route).collect();
    let mut spelt = recipients.to_vec();
    for to in routes.iter_mut().flat_map(|route| &mut route.to) {
        match spelt.iter().find(|known| known.eq_ignore_ascii_case(to)) {
            Some(known) => to.clone_from(known),
            None => spelt.push(to.clone()),
        }
    }
    routes
}

fn route(route: &Section<'_>) -> Route {
    let levels = levels(route);
    let rules = route.ints("rules", i64::MIN..=i64::MAX, words::want_rule_ids);
    let conditions = conditions(route, "conditions");
    // Who names nothing means something else than everything.
    for key in ["levels", "rules", "conditions"] {
        let is_empty = |node: &Node| match node {
            Node::List(list) => list.is_empty(),
            Node::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        if route.get(key).is_some_and(is_empty) {
            route.wrong(key, words::empty_choice);
        }
    }
    let to = recipients(route, "to");
    Route { levels, rules, conditions, to, only: route.bool("only", false) }
}

fn levels(route: &Section<'_>) -> Vec<Level> {
    const ALL: [Level; 3] = [Level::Critical, Level::Warning, Level::Info];
    let mut levels = Vec::new();
    for text in route.items("levels", Kind::List) {
        match ALL.iter().find(|level| level.word() == text) {
            Some(level) => levels.push(*level),
            None => route.not_one_of("levels", &text, ALL.map(Level::word)),
        }
    }
    levels
}

/// Tells of rules that a route names and that are not there: rules come and go.
pub(super) fn remark_unknown(routes: &[Route], rules: &[Rule], remarks: &Problems) {
    for (at, route) in routes.iter().enumerate() {
        for id in &route.rules {
            if !rules.iter().any(|rule| rule.id == *id) {
                let path = format!("email.routes[{at}].rules");
                remarks.add(&path, |lang| words::no_such_rule(lang, id));
            }
        }
    }
}
