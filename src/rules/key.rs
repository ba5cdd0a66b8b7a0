//! What the state knows a rule by, small enough to be passed around.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How the key begins where conditions are listed.
const PREFIX: &str = "rule:";

/// A rule's id and what it matches, as [`super::keyed`] puts them together; of several
/// alike, the how manyth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleKey {
    id: i64,
    filter: u64,
    nth: u32,
}

impl RuleKey {
    /// The rule's id.
    pub fn id(&self) -> i64 {
        self.id
    }
}

impl fmt::Display for RuleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:016x}", self.id, self.filter)?;
        if self.nth > 1 { write!(f, "-{}", self.nth) } else { Ok(()) }
    }
}

impl FromStr for RuleKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (head, tail) = text.rsplit_once('-').ok_or(())?;
        let (head, filter, nth) = match tail.len() {
            16 => (head, tail, 1),
            _ => {
                let (head, filter) = head.rsplit_once('-').ok_or(())?;
                (head, filter, tail.parse().map_err(|_| ())?)
            }
        };
        let filter = u64::from_str_radix(filter, 16).map_err(|_| ())?;
        let key = Self { id: head.parse().map_err(|_| ())?, filter, nth };
        // What is written otherwise is no key of ours.
        if key.to_string() == text { Ok(key) } else { Err(()) }
    }
}

impl Serialize for RuleKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{PREFIX}{self}"))
    }
}

impl<'de> Deserialize<'de> for RuleKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let key = text.strip_prefix(PREFIX).and_then(|key| key.parse().ok());
        key.ok_or_else(|| D::Error::custom("no key of a rule"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_was_written_and_nothing_else_does() {
        for text in ["3-00000000000000ff", "-7-8f00000000000001", "3-00000000000000ff-2"] {
            assert_eq!(text.parse::<RuleKey>().unwrap().to_string(), text);
        }
        for text in ["", "3", "3-ff", "3-00000000000000FF", "a-00000000000000ff", "3--2"] {
            assert!(text.parse::<RuleKey>().is_err(), "{text}");
        }
    }
}
