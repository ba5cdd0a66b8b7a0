//! What a change changed, in short: `online: true → false; name: web → web-01`.

use crate::pce::record::{Delta, Members};

/// So many fields are told, and how many more there are.
const FIELDS: usize = 4;

/// A field's name or value is told in so many characters at most.
const VALUE: usize = 48;

/// The changed fields, in the PCE's order.
pub fn in_short(changes: &Members<'_, Delta<'_>>) -> String {
    let mut told: Vec<String> = changes
        .0
        .iter()
        .take(FIELDS)
        .map(|(field, delta)| {
            let (before, after) = (cut(&delta.before.plain()), cut(&delta.after.plain()));
            format!("{}: {before} → {after}", cut(field))
        })
        .collect();
    if changes.0.len() > FIELDS {
        told.push(format!("… (+{})", changes.0.len() - FIELDS));
    }
    told.join("; ")
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
        in_short(&serde_json::from_str(json).unwrap())
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
        assert_eq!(
            told(r#"{"a":7,"b":{"after":{"x":[1,  2]}}}"#),
            "a: null → null; b: null → {\"x\":[1, 2]}"
        );
        assert_eq!(told("[1]"), "");
        let long = format!(r#"{{"a":{{"before":"{}","after":1}}}}"#, "漢".repeat(500));
        assert_eq!(told(&long), format!("a: {}… → 1", "漢".repeat(VALUE)));
        let many: Vec<String> = (0..9).map(|n| format!(r#""f{n}":{{}}"#)).collect();
        assert!(told(&format!("{{{}}}", many.join(","))).ends_with("f3: null → null; … (+5)"));
    }
}
