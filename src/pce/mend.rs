//! Text that is almost JSON.
//!
//! A host name with half a surrogate pair, a raw control character or a number
//! that no computer holds makes a strict parser refuse the whole record; one odd
//! field must not hide an event.

/// The record with every string made readable: raw control characters and unknown
/// escapes as what they are, halves of surrogate pairs as U+FFFD. A number beyond
/// all range (`1e400`) becomes `null`. What else is wrong outside strings stays.
pub fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut in_string = false;
    while let Some(letter) = rest.chars().next() {
        let (taken, written) = if in_string {
            in_a_string(rest, letter)
        } else if letter == '-' || letter.is_ascii_digit() {
            a_number(rest)
        } else {
            (letter.len_utf8(), None)
        };
        if letter == '"' {
            in_string = !in_string;
        }
        let (head, tail) = rest.split_at(taken);
        out.push_str(written.as_deref().unwrap_or(head));
        rest = tail;
    }
    out
}

/// How much to take, and what to write for it where that is something else.
fn in_a_string(rest: &str, letter: char) -> (usize, Option<String>) {
    if letter != '\\' {
        let written = letter.is_ascii_control().then(|| format!("\\u{:04x}", u32::from(letter)));
        return (letter.len_utf8(), written);
    }
    match rest[1..].chars().next() {
        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => (2, None),
        Some('u') => match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, None),
            (Some(0xD800..=0xDFFF), _) => (6, Some("\\ufffd".to_owned())),
            (Some(_), _) => (6, None),
            (None, _) => (1, Some("\\\\".to_owned())),
        },
        _ => (1, Some("\\\\".to_owned())),
    }
}

/// The same for what looks like a number.
fn a_number(rest: &str) -> (usize, Option<String>) {
    let of_a_number =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+' | '.' | 'e' | 'E');
    let end = rest.find(|letter| !of_a_number(letter));
    let end = end.unwrap_or(rest.len());
    let number = rest.get(..end).and_then(|number| number.parse::<f64>().ok());
    let beyond = number.is_some_and(f64::is_infinite);
    (end, beyond.then(|| "null".to_owned()))
}

/// The UTF-16 unit of a `\uXXXX` at the start.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    plain.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_json_stays_byte_for_byte() {
        for text in [r#"{"a":"\ud83d\ude00 \"\\ \u00e9","b":[1,null]}"#, "\"\"", "{\"名\":\"稱\"}"]
        {
            assert_eq!(mended(text), text);
        }
    }

    #[test]
    fn one_odd_character_does_not_hide_a_record() {
        let odd = [
            "\\ud83d",
            "\\ude00x",
            "\\ud83d\\ud83d",
            "\u{1}",
            "a\nb",
            "\\x",
            "\\u12",
            "\\uZZZZ",
            "\\u+123",
            "\\",
        ];
        for text in odd {
            let record = format!("{{\"hostname\":\"{text} \",\"href\":\"/a/1\"}}");
            let mended = mended(&record);
            let thing: crate::pce::record::Thing<'_> = serde_json::from_str(&mended).unwrap();
            assert_eq!(thing.href.as_str(), "/a/1", "{text:?}");
        }
    }

    #[test]
    fn a_number_beyond_all_range_reads_as_absent_and_hides_nothing() {
        for number in ["1e400", "-1e400", "1E+99999999999", "-9.9e999"] {
            let row = format!(
                "{{\"num_connections\":{number},\"src\":{{\"ip\":{number}}},\"state\":\"1e400\",\"pd\":2}}"
            );
            let mended = mended(&row);
            let flow: crate::pce::record::Flow<'_> = serde_json::from_str(&mended).unwrap();
            assert_eq!(flow.num_connections.0, None, "{number}");
            assert_eq!((flow.state.as_str(), flow.pd.0), ("1e400", Some(2)), "{number}");
        }
        for fine in ["[1e300,-0,0.1e-400,18446744073709551616]", "[1-2]", "-"] {
            assert_eq!(mended(fine), fine);
        }
    }

    #[test]
    fn what_is_cut_anywhere_makes_no_trouble() {
        let text = "{\"a\":\"\\ud83d\\ude00 \\u00e9\\";
        for end in 0..=text.len() {
            assert!(mended(&text[..end]).len() <= text.len() + 2);
        }
    }
}
