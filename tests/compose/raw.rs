//! The raw records, laid out for reading.

use illumio_monitor::lang::Lang;
use illumio_monitor::report::{Record, snapshot};

use crate::samples::{event_alert, record};
use crate::{mail, with};

/// The text without the white space between its tokens.
fn bare(json: &str) -> String {
    let mut out = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if quoted || !c.is_ascii_whitespace() {
            out.push(c);
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    out
}

#[test]
fn a_record_keeps_every_byte_but_white_space() {
    let records = [
        r#"{"b":1.20e4,"a":-0.0,"b":12345678901234567890123,"e":1E+400}"#,
        r#"{"s":"a \" b \\","u":"\u00e9\ud800\/","漢":"字 , : { } [ ]"}"#,
        r#"  [ ] "#,
        r#"{"deep":[[[{"x":[1,2,[],{}]}]]],"long":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]}"#,
        "null",
    ];
    for record in records {
        for columns in [0, 10, 40, 76] {
            let laid_out = snapshot::indent(record, columns);
            assert_eq!(bare(&laid_out), bare(record), "{laid_out}");
        }
    }
}

#[test]
fn what_fits_into_a_line_stays_on_it() {
    let laid_out = snapshot::indent(r#"{"a":[1,2],"b":{"c":"dddddddddd","e":null},"f":[]}"#, 32);
    assert_eq!(
        laid_out,
        "{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": \"dddddddddd\",\n    \"e\": null\n  },\n  \"f\": []\n}"
    );
}

#[test]
fn several_objects_of_one_kind_have_a_line_each_however_long() {
    let host = |nth: u32| {
        format!(r#"{{"id":"{}","name":{{"host":"app-{nth:02}.corp.example"}}}}"#, "x".repeat(60))
    };
    let hosts: Vec<String> = (1..=12).map(host).collect();
    let record = format!(r#"{{"n":[{}],"v":2}}"#, hosts.join(","));

    let laid_out = snapshot::indent(&record, 76);

    assert_eq!(laid_out.lines().count(), 12 + 5, "{laid_out}");
    for (nth, line) in (1..=12).zip(laid_out.lines().skip(2)) {
        assert!(line.starts_with("    {\"id\": \"xxx"), "{line}");
        assert!(line.contains(&format!("app-{nth:02}.corp.example\"}}}}")), "{line}");
    }
    assert_eq!(bare(&laid_out), record);
}

#[test]
fn objects_of_several_kinds_and_ones_that_are_longer_than_a_person_reads_are_indented() {
    let long = "x".repeat(60);
    for (one, other) in [
        (format!(r#"{{"a":"{long}","b":1}}"#), format!(r#"{{"d":"{long}","c":1}}"#)),
        (format!(r#"{{"a":"{long}","b":1}}"#), "7".to_owned()),
        (format!(r#"{{"a":"{}"}}"#, long.repeat(9)), format!(r#"{{"a":"{}"}}"#, long.repeat(9))),
    ] {
        let record = format!(r#"{{"n":[{one},{other}]}}"#);
        let laid_out = snapshot::indent(&record, 60);
        assert!(laid_out.contains("    {\n      \"a\": \"xxx"), "{laid_out}");
        assert_eq!(bare(&laid_out), record);
    }
}

#[test]
fn one_of_them_with_a_key_more_is_of_the_same_kind() {
    let host = |nth: u32| format!(r#"{{"id":"{}","nth":{nth}}}"#, "x".repeat(60));
    let odd = format!(r#"{{"id":"{}","nth":3,"extra":null}}"#, "x".repeat(60));
    let record = format!(r#"{{"n":[{},{odd},{}]}}"#, host(1), host(2));
    let laid_out = snapshot::indent(&record, 76);
    assert_eq!(laid_out.lines().count(), 3 + 4, "{laid_out}");
}

#[test]
fn what_is_cut_is_laid_out_as_far_as_it_goes() {
    let host = |nth: u32| format!(r#"{{"id":"{}","nth":{nth}}}"#, "x".repeat(60));
    let hosts: Vec<String> = (0..200).map(host).collect();
    let record = format!(r#"{{"n":[{}],"v":2}}"#, hosts.join(","));
    for end in (1..record.len()).step_by(97) {
        let cut = &record[..end];
        let laid_out = snapshot::indent(cut, 76);
        assert_eq!(bare(&laid_out), bare(cut), "{laid_out}");
    }
    let laid_out = snapshot::indent(&record[..6_000], 76);
    let whole = laid_out.lines().filter(|line| line.starts_with("    {\"id\": \"xxx")).count();
    assert_eq!(whole, record[..6_000].matches("},").count(), "{laid_out}");
}

#[test]
fn what_is_not_json_is_shown_as_it_is() {
    for text in ["{\"a\": [1,  2}", "<html>  502", "{}  {}", ""] {
        assert_eq!(snapshot::indent(text, 76), text);
    }
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    assert_eq!(snapshot::indent(&deep, 76), deep);
}

#[test]
fn a_cut_record_says_so() {
    let mut alert = event_alert(Lang::En);
    alert.snapshot = vec![Record {
        raw: "{\"href\": \"/orgs/1/ev".to_owned(),
        cut: true,
        ..record(alert.first, 1, "")
    }];
    let told = mail(&with(vec![alert]), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(part.contains("The record was longer and was cut when it was read."));
        assert!(part.contains("/orgs/1/ev"));
    }
}
