//! JSON as nobody should write it: right in its shape, odd in all else.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;

/// Texts as a stranger may choose them; nothing of them is written as JSON yet.
pub const ODD: &[&str] = &[
    "",
    " ",
    "web-01.corp.example",
    "資料庫 01",
    "😀",
    "e\u{301}",
    "<b onzqx='1'>",
    "\" onzqx=\"1",
    "' onzqx='1",
    "</td><script>zqx()</script>",
    "-->",
    "<!--",
    "]]>",
    "&amp;&lt;&#60;&zqx;",
    "\r\nBcc: zqx@example.com\r\n\r\n",
    "\n.\r\n",
    "\u{0}",
    "\u{1b}]0;zqx\u{7}",
    "\u{202e}\u{2066}\u{200b}\u{feff}\u{ad}",
    "\u{e0041}",
    "\u{85}\u{2028}\u{2029}",
    "\u{fffd}\u{ffff}",
    "{\"a\":[1,2,{\"b\":null}]}",
    "\\",
    "\\u202e\\",
    "=?utf-8?q?zqx?=",
];

/// Any text: odd pieces, any letters, now and then very many of them.
pub fn any_text() -> impl Strategy<Value = String> {
    let odd = || select(ODD).prop_map(str::to_owned);
    prop_oneof![
        4 => odd(),
        3 => vec(prop_oneof![odd(), any::<char>().prop_map(String::from)], 0..12)
            .prop_map(|parts| parts.concat()),
        1 => "[a-z0-9.-]{0,300}",
        1 => (odd(), 1..4_000usize).prop_map(|(text, times)| text.repeat(times)),
    ]
}

/// A JSON string, quotes and all, with escapes that a strict parser refuses.
pub fn odd_string() -> impl Strategy<Value = String> {
    let escapes = [
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\\ud83d\\u0041",
        "\\u0000",
        "\\u001b[2J",
        "\\/",
        "\\\"",
        "\\\\",
        "\\x",
        "\\u12",
        "\u{1}",
        "\n",
        "\u{7f}",
        "x",
    ];
    prop_oneof![
        3 => any_text().prop_map(|text| serde_json::to_string(&text).unwrap()),
        1 => vec(select(escapes.to_vec()), 0..6).prop_map(|parts| format!("\"{}\"", parts.concat())),
    ]
}

/// A scalar, right for no key in particular.
pub fn scalar() -> impl Strategy<Value = String> {
    let odd = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "1.5",
        "1e3",
        "-1e300",
        "1e-400",
        "1e400",
        "-1e400",
        "65535",
        "65536",
        "4294967296",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999999999",
        "9223372036854775807",
        "-9223372036854775808",
    ];
    prop_oneof![
        select(odd.to_vec()).prop_map(str::to_owned),
        any::<u64>().prop_map(|number| number.to_string()),
        (0..2_000u32).prop_map(|number| number.to_string()),
        odd_string(),
    ]
}

/// Any JSON value, with these keys among its own.
pub fn any_value(keys: &'static [&'static str]) -> BoxedStrategy<String> {
    let nested = scalar().prop_recursive(4, 24, 5, move |inner| {
        let entry =
            (select(keys), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            vec(inner, 0..5).prop_map(|all| format!("[{}]", all.join(","))),
            vec(entry, 0..5).prop_map(|all| format!("{{{}}}", all.join(", "))),
        ]
    });
    prop_oneof![
        30 => nested,
        1 => (1..1_500usize).prop_map(|deep| "[".repeat(deep) + &"]".repeat(deep)),
        1 => (1..500usize).prop_map(|deep| "{\"x\":".repeat(deep) + "1" + &"}".repeat(deep)),
    ]
    .boxed()
}

/// One key with its right value, mostly; `keys` are those that an odd one may hold.
pub fn entry(
    key: &'static str,
    right: impl Strategy<Value = String> + 'static,
    keys: &'static [&'static str],
) -> BoxedStrategy<String> {
    prop_oneof![8 => right.boxed(), 1 => any_value(keys)]
        .prop_map(move |value| format!("\"{key}\": {value}"))
        .boxed()
}

/// An object of such entries: some missing, some twice, in any order.
pub fn object(entries: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
    let most = entries.len() * 2;
    prop_oneof![
        3 => vec(Union::new(entries.clone()), 0..most),
        // All of them, once each.
        2 => entries,
    ]
    .prop_map(|all| format!("{{{}}}", all.join(",")))
    .boxed()
}

/// A value, as its JSON text.
pub fn of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    select(texts).prop_map(str::to_owned).boxed()
}

/// What happens to bytes on a bad line or under a bad editor.
#[derive(Clone, Debug)]
pub enum Damage {
    Flip(Index, u8),
    Cut(Index, usize),
    End(Index),
    Twice(Index, usize),
    Put(Index, &'static str),
}

pub fn damage() -> impl Strategy<Value = Damage> {
    let bits = [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "\u{0}", "\n", "\u{feff}", "null", "1e400",
        "\\ud800", "'", "/*", "NaN", "\u{2028}",
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        (any::<Index>(), 1..40usize).prop_map(|(at, length)| Damage::Cut(at, length)),
        any::<Index>().prop_map(Damage::End),
        (any::<Index>(), 1..200usize).prop_map(|(at, length)| Damage::Twice(at, length)),
        (any::<Index>(), select(bits.to_vec())).prop_map(|(at, bit)| Damage::Put(at, bit)),
    ]
}

pub fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    for one in all {
        if bytes.is_empty() {
            return bytes;
        }
        let size = bytes.len();
        match one {
            Damage::Flip(at, byte) => bytes[at.index(size)] ^= byte,
            Damage::Cut(at, length) => {
                let from = at.index(size);
                bytes.drain(from..(from + length).min(size));
            }
            Damage::End(at) => bytes.truncate(at.index(size)),
            Damage::Twice(at, length) => {
                let from = at.index(size);
                let piece = bytes[from..(from + length).min(size)].to_vec();
                bytes.splice(from..from, piece);
            }
            Damage::Put(at, bit) => {
                let from = at.index(size);
                bytes.splice(from..from, bit.bytes());
            }
        }
    }
    bytes
}
