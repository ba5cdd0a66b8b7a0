//! What a condition knows a receiver of `forward` by, small enough to be passed around.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::packed::hash;

/// How the key begins where conditions are listed.
const PREFIX: &str = "forward:";

/// A receiver's name, as a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiverKey(u64);

impl ReceiverKey {
    /// That of the receiver of this name.
    pub fn of(name: &str) -> Self {
        Self(hash(name.as_bytes()))
    }

    /// The hash, for where it is packed.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The key that was packed as this number.
    pub fn numbered(number: u64) -> Self {
        Self(number)
    }
}

impl Serialize for ReceiverKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{PREFIX}{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for ReceiverKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let key = text.strip_prefix(PREFIX).filter(|key| key.len() == 16);
        let key = key.and_then(|key| u64::from_str_radix(key, 16).ok());
        key.map(Self).ok_or_else(|| D::Error::custom("no key of a receiver"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::Condition;

    #[test]
    fn a_condition_of_a_receiver_reads_as_it_was_written_and_is_none_of_a_rule() {
        let condition = Condition::Forward(ReceiverKey::of("siem"));
        let written = serde_json::to_string(&condition).unwrap();
        assert!(written.starts_with("\"forward:"), "{written}");
        assert_eq!(serde_json::from_str::<Condition>(&written).unwrap(), condition);
        for other in ["\"forward:ff\"", "\"forward:zz00000000000000\"", "\"forward\""] {
            assert!(serde_json::from_str::<Condition>(other).is_err(), "{other}");
        }
    }
}
