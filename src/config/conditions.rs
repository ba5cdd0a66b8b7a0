//! The words for watched conditions, where a config names some.

use super::key::Kind;
use super::strict::Section;
use crate::lang::config as words;
use crate::report::Condition;

/// Each that can be named.
const NAMED: [Condition; 10] = [
    Condition::Unreachable,
    Condition::Credentials,
    Condition::Health,
    Condition::Events,
    Condition::Traffic,
    Condition::Workloads,
    Condition::IpLists,
    Condition::Archive,
    Condition::KeyExpires,
    Condition::CertificateExpires,
];

/// About the monitor itself: whoever runs it has to know.
const OWN: [Condition; 2] = [Condition::Delivery, Condition::Configuration];

/// So is what is not handed on, whichever receiver it is.
const FORWARD: &str = "forward";

/// The conditions that a list names, each once.
pub(super) fn conditions(section: &Section<'_>, key: &'static str) -> Vec<Condition> {
    let mut found = Vec::new();
    for text in section.items(key, Kind::List) {
        let is_it = |one: &&Condition| one.word() == text;
        match NAMED.iter().find(is_it) {
            _ if text == Condition::PCE => found.extend(Condition::OF_PCE),
            Some(one) => found.push(*one),
            None if OWN.iter().any(|one| is_it(&one)) || text == FORWARD => {
                section.wrong(key, |lang| words::own_condition(lang, &text));
            }
            None => {
                let known =
                    std::iter::once(Condition::PCE).chain(NAMED.iter().map(|one| one.word()));
                section.not_one_of(key, &text, known);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
