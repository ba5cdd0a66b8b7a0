//! Policy decisions that rows name and nobody here knows: each is told once.

use std::collections::BTreeSet;

use crate::rules::matching::FlowFacts;
use crate::screen::visible::one_line;

/// So many different ones are told; a PCE has a handful.
const MOST: usize = 20;

/// So much of a word is shown.
const LONGEST: usize = 60;

/// Those of one download.
#[derive(Debug, Default)]
pub(super) struct UnknownDecisions(BTreeSet<String>);

impl UnknownDecisions {
    /// Takes note of a row without a known decision.
    pub(super) fn note(&mut self, facts: &FlowFacts<'_>) {
        if facts.decision.is_some() || self.0.len() >= MOST {
            return;
        }
        let flow = facts.flow;
        let word = one_line(flow.policy_decision.as_str(), LONGEST);
        self.0.insert(match (word.is_empty(), flow.pd.0) {
            (false, _) => format!("\"{word}\""),
            (true, Some(number)) => format!("pd {number}"),
            (true, None) => "null".to_owned(),
        });
    }

    /// Those that were not told before, which from now on they are; `None` without one.
    pub(super) fn not_told(self, told: &mut Vec<String>) -> Option<Vec<String>> {
        let mut new = self.0;
        new.retain(|word| !told.contains(word));
        let new: Vec<String> = new.into_iter().take(MOST.saturating_sub(told.len())).collect();
        told.extend_from_slice(&new);
        (!new.is_empty()).then_some(new)
    }
}
