//! A sum for each part of the state, so that a bit that flipped is noticed though the
//! JSON is still some.
//!
//! The sum is of what the JSON says and not of its letters: an editor that saves the
//! file with other white space, other escapes or its keys in another order breaks no
//! seal.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::layout;

/// The state's key that holds the sums.
pub(super) const KEY: &str = "sums";

/// Each part's sum, by its key.
pub(super) type Sums = BTreeMap<String, String>;

/// The state's JSON with the sums of its parts as its last key.
pub(super) fn sealed(state: &str) -> serde_json::Result<String> {
    let mut parts: BTreeMap<String, &RawValue> = serde_json::from_str(state)?;
    parts.remove(KEY);
    let sums = serde_json::to_string(&sums(&parts))?;
    Ok(layout::with_key(state, KEY, &sums, "", 1))
}

/// Seals the state's JSON that `text` holds from byte `begin` to its end, and that has
/// parts and no sums yet. It is not copied for it: a busy site's takes megabytes.
pub(super) fn seal(text: &mut String, begin: usize) -> serde_json::Result<()> {
    let parts = serde_json::from_str(text.get(begin..).unwrap_or_default())?;
    let sums = serde_json::to_string(&sums(&parts))?;
    text.pop();
    text.extend([",\"", KEY, "\":", &sums, "}"]);
    Ok(())
}

fn sums(parts: &BTreeMap<String, &RawValue>) -> Sums {
    parts.iter().filter_map(|(key, part)| Some((key.clone(), sum(part.get())?))).collect()
}

/// The sum of a JSON text; `None` for what is none.
pub(super) fn sum(json: &str) -> Option<String> {
    let mut sum = Sum(0);
    let mut from = serde_json::Deserializer::from_str(json);
    Feed(&mut sum).deserialize(&mut from).ok()?;
    from.end().ok()?;
    Some(format!("{:016x}", sum.0))
}

/// Eight bytes at a time, each step reversible: one that differs is never lost again.
struct Sum(u64);

impl Sum {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn bytes(&mut self, kind: u64, bytes: &[u8]) {
        self.word(kind);
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.word(u64::from_le_bytes(last));
    }
}

/// Feeds a JSON value as it is read; nothing of it is kept.
struct Feed<'s>(&'s mut Sum);

impl<'de> DeserializeSeed<'de> for Feed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Feed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.word(1);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.word(2 + u64::from(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.bytes(4, &value.to_le_bytes());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.bytes(5, &value.to_le_bytes());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.bytes(6, &value.to_bits().to_le_bytes());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.bytes(7, value.as_bytes());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.word(8);
        while list.next_element_seed(Feed(self.0))?.is_some() {}
        self.0.word(9);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        // Whatever the order of the keys.
        let mut all: u64 = 0;
        loop {
            let mut entry = Sum(0);
            if object.next_key_seed(Feed(&mut entry))?.is_none() {
                break;
            }
            object.next_value_seed(Feed(&mut entry))?;
            all = all.wrapping_add(entry.0);
        }
        self.0.word(10);
        self.0.word(all);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PART: &str =
        r#"{"position":"2026-08-03T10:10:00Z","text":"貓 / \"x\"","n":[1,-2,3.5,null,true]}"#;

    #[test]
    fn other_white_space_and_other_escapes_are_the_same() {
        let spaced = PART.replace("\":", "\" :\n").replace(",", " ,\t");
        let escaped = PART.replace('貓', "\\u8c93").replace(" / ", " \\/ ");
        let sorted: serde_json::Value = serde_json::from_str(PART).unwrap();
        for other in [spaced, escaped, sorted.to_string()] {
            assert_eq!(sum(&other), sum(PART), "{other}");
        }
    }

    #[test]
    fn every_bit_counts() {
        let right = sum(PART);
        for at in 0..PART.len() * 8 {
            let mut bytes = PART.as_bytes().to_vec();
            bytes[at / 8] ^= 1 << (at % 8);
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            assert_ne!(sum(&text), right, "{text}");
        }
    }

    #[test]
    fn what_is_nothing_is_something_else_than_no_thing() {
        let texts = ["null", "true", "false", "0", "[]", "[null]", "[null,null]", "{}", "\"\""];
        let mut sums: Vec<_> = texts.iter().map(|text| sum(text).unwrap()).collect();
        sums.sort();
        sums.dedup();
        assert_eq!(sums.len(), texts.len());
    }

    #[test]
    fn a_state_that_is_sealed_anew_has_one_seal() {
        let state = r#"{"a":1,"b":[2]}"#;
        let once = sealed(state).unwrap();
        assert_eq!(once.matches(KEY).count(), 1, "{once}");
        assert_eq!(sealed(&once).unwrap().matches(KEY).count(), 1);
        let changed = once.replace("[2]", "[3]");
        let anew = sealed(&changed).unwrap();
        assert_eq!(anew.matches(KEY).count(), 1, "{anew}");
        assert!(anew.contains(&sum("[3]").unwrap()), "{anew}");
    }
}
