#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

/// A reader that hands out `step` bytes at a time.
struct Slowly<'a>(&'a [u8], usize);

impl Read for Slowly<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// Any JSON; what is told of it is its bytes.
struct Anything;

impl RecordType for Anything {
    type Record<'a> = serde::de::IgnoredAny;
}

/// The records' bytes; `unreadable` in the place of one that is.
fn all(text: &[u8], step: usize) -> Result<Vec<String>, StreamError> {
    let mut records = Records::new(Slowly(text, step));
    let mut found = Vec::new();
    while records.next_record::<Anything>(&mut |record, bytes| {
        let bytes = String::from_utf8_lossy(bytes).into_owned();
        found.push(record.map_or("unreadable".to_owned(), |_| bytes));
    })? {}
    Ok(found)
}

#[test]
fn every_record_comes_out_byte_for_byte_however_it_is_cut() {
    let text = "\u{feff} [ {\"a\":\"},]\\\"\"} ,\n{\"b\":[{},[1]]},7 , \"x]\",null,[] ] \n";
    let expected = ["{\"a\":\"},]\\\"\"}", "{\"b\":[{},[1]]}", "7", "\"x]\"", "null", "[]"];
    for step in 1..=text.len() {
        assert_eq!(all(text.as_bytes(), step).unwrap(), expected, "in steps of {step}");
    }
}

#[test]
fn an_array_without_records_is_read_to_its_end() {
    assert!(all(b"[]", 1).unwrap().is_empty());
    assert!(all(b" [ ] ", 1).unwrap().is_empty());
}

#[test]
fn a_body_that_ends_early_is_truncated_not_empty() {
    for text in ["", "[", "[{\"a\":1}", "[{\"a\":1},", "[{\"a\":\"", "[1"] {
        assert!(matches!(all(text.as_bytes(), 3), Err(StreamError::Truncated)), "{text:?}");
    }
}

#[test]
fn what_is_no_array_is_shown_by_its_first_bytes() {
    for step in [1, 2, 100] {
        let Err(StreamError::NotAnArray(opening)) = all(b"<html>\nproxy</html>", step) else {
            panic!("read as an array")
        };
        assert_eq!(opening, "<html>\nproxy</html>");
    }
    for step in [1, 4, 100] {
        let Err(StreamError::NotAnArray(opening)) = all(b"[1] and more", step) else {
            panic!("read as an array")
        };
        assert_eq!(opening, "and more");
    }
}

#[test]
fn a_record_beyond_the_bound_is_passed_over_and_the_next_one_read() {
    let text = format!("[{{\"a\":\"{}\"}},2]", "x".repeat(MAX_RECORD + 5 * CHUNK));
    for step in [usize::MAX, CHUNK] {
        let found = all(text.as_bytes(), step).unwrap();
        assert!(found == ["unreadable", "2"], "{} found", found.len());
    }
}

#[test]
fn a_record_may_fill_many_buffers() {
    let record = format!("{{\"a\":\"{}\"}}", "x".repeat(3 * CHUNK + 17));
    assert_eq!(
        all(format!("[{record},{record}]").as_bytes(), 1000).unwrap(),
        [record.clone(), record]
    );
}

#[test]
fn a_record_that_is_no_json_does_not_hide_the_next_one() {
    let text = r#"[{"a":1},{"a":},{'b':[]},{"a":tru},oops,{"c":2}]"#;
    let expected =
        [r#"{"a":1}"#, "unreadable", "unreadable", "unreadable", "unreadable", r#"{"c":2}"#];
    for step in [1, 7, 100] {
        assert_eq!(all(text.as_bytes(), step).unwrap(), expected);
    }
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_where_a_text_is_read() {
    struct Texts;
    impl RecordType for Texts {
        type Record<'a> = std::collections::BTreeMap<String, String>;
    }
    let mut records = Records::new(&b"[{\"a\":\"\xff!\"}]"[..]);
    let mut read = Vec::new();
    let more = records.next_record::<Texts>(&mut |record, bytes| {
        read.push((record.unwrap()["a"].clone(), bytes.to_vec()));
    });
    assert!(more.unwrap());
    assert_eq!(read, [("\u{fffd}!".to_owned(), b"{\"a\":\"\xff!\"}".to_vec())]);
}
