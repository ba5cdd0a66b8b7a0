//! What the PCE's policy says of a flow.

use serde::Serialize;

/// The PCE's policy decision, with the number that a rule's `pd` has for it.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// 0
    Allowed,
    /// 1
    PotentiallyBlocked,
    /// 2
    Blocked,
    /// 3
    Unknown,
}

impl Decision {
    /// All four, in the order of their numbers.
    pub const ALL: [Self; 4] =
        [Self::Allowed, Self::PotentiallyBlocked, Self::Blocked, Self::Unknown];

    /// The PCE's word, in queries and in rows [REST 25.2, "policy_decision"].
    pub fn wire(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::PotentiallyBlocked => "potentially_blocked",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }

    /// The decision that the PCE's word names.
    pub fn from_wire(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.wire() == word)
    }
}
