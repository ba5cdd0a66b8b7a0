//! What a change changed, in short: `online: true → false; name: web → web-01`.

use crate::pce::record::{Delta, Members};

/// So many fields are told, and how many more there are.
const FIELDS: usize = 4;

/// A field's name or value is told in so many characters at most.
const VALUE: usize = 48;

/// The changed fields, in the PCE's order. One that is after as it was before is left out;
/// `None` where that is so of all that there are.
pub fn in_short(changes: &Members<'_, Delta<'_>>) -> Option<String> {
    let mut told = Vec::new();
    let mut more = 0_usize;
    for (field, delta) in &changes.0 {
        let (before, after) = (delta.before.plain(), delta.after.plain());
        if before == after {
            continue;
        }
        match told.len() {
            FIELDS.. => more += 1,
            _ => told.push(format!("{}: {} → {}", cut(field), cut(&before), cut(&after))),
        }
    }
    if more > 0 {
        told.push(format!("… (+{more})"));
    }
    (changes.0.is_empty() || !told.is_empty()).then(|| told.join("; "))
}

fn cut(text: &str) -> String {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(VALUE) {
        None => line(text),
        Some((end, _)) => line(&text[..end]) + "…",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn told(json: &str) -> String {
        in_short(&serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn what_is_after_as_it_was_before_is_left_out() {
        assert_eq!(
            told(r#"{"online":{"before":false,"after":false},"mode":{"before":"a","after":"b"}}"#),
            "mode: a → b"
        );
        let same = r#"{"online":{"before":false,"after":false},"a":{"before":null},"b":7}"#;
        assert_eq!(in_short(&serde_json::from_str(same).unwrap()), None);
    }

    #[test]
    fn a_field_is_told_before_and_after() {
        assert_eq!(
            told(
                r#"{"online":{"before":true,"after":false},"name":{"before":null,"after":"a\nb"}}"#
            ),
            "online: true → false; name: null → a b"
        );
    }

    #[test]
    fn what_is_odd_or_long_is_told_as_far_as_it_goes() {
        assert_eq!(told(r#"{"a":7,"b":{"after":{"x":[1,  2]}}}"#), "b: null → {\"x\":[1, 2]}");
        assert_eq!(told("[1]"), "");
        let long = format!(r#"{{"a":{{"before":"{}","after":1}}}}"#, "漢".repeat(500));
        assert_eq!(told(&long), format!("a: {}… → 1", "漢".repeat(VALUE)));
        let many: Vec<String> = (0..9).map(|n| format!(r#""f{n}":{{"after":{n}}}"#)).collect();
        assert!(told(&format!("{{{}}}", many.join(","))).ends_with("f3: null → 3; … (+5)"));
    }
}
