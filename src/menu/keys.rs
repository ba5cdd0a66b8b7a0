//! Keys out of the bytes that a terminal sends for them.
//!
//! Terminals differ: Home alone comes in eight ways. Whatever is no key of a line is taken
//! whole and does nothing, so that no piece of it becomes text [ECMA-48 5.4; terminfo(5);
//! console_codes(4); xterm's ctlseqs].

use std::io;

use crate::screen::visible::hidden;

/// A paste has at most so many bytes; more is let go.
const LONGEST_PASTE: usize = 64 * 1024;

/// No sequence of a key is longer.
const LONGEST_SEQUENCE: usize = 32;

/// What ends a paste, without its escape.
const PASTE_ENDS: &[u8] = b"[201~";

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// What is typed, or pasted, on one line.
    Text(String),
    /// The line is done.
    Enter,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D: deletes, or ends where there is nothing to delete.
    DeleteOrEnd,
    /// The terminal is gone.
    Gone,
    /// One letter back.
    Left,
    /// One letter on.
    Right,
    /// One word back.
    WordLeft,
    /// One word on.
    WordRight,
    /// To the begin.
    Home,
    /// To the end.
    End,
    /// Takes away the letter before.
    Backspace,
    /// Takes away the letter under the cursor.
    Delete,
    /// Takes away all before the cursor.
    KillBefore,
    /// Takes away all from the cursor on.
    KillAfter,
    /// Takes away the word before.
    KillWord,
    /// The answer before this one.
    Older,
    /// The answer after that.
    Newer,
    /// None that a line knows.
    Other,
}

/// Where the bytes come from.
pub trait Bytes {
    /// The next one, whenever it comes; `None`: no further one will.
    fn next(&mut self) -> io::Result<Option<u8>>;
    /// The same, which stays there to be read.
    fn peek(&mut self) -> io::Result<Option<u8>>;
    /// Whether another is there, or comes as soon as the rest of a key does.
    fn more(&mut self) -> bool;
}

/// The next key.
pub fn key(input: &mut impl Bytes) -> io::Result<Key> {
    match input.next()? {
        None => Ok(Key::Gone),
        Some(0x1b) => escape(input),
        Some(byte) if byte < 0x20 || byte == 0x7f => Ok(control(byte)),
        Some(byte) => Ok(letter(input, byte)?.map_or(Key::Other, Key::Text)),
    }
}

/// Those that a shell's line has, too.
fn control(byte: u8) -> Key {
    match byte {
        b'\n' | b'\r' => Key::Enter,
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x03 => Key::Interrupt,
        0x04 => Key::DeleteOrEnd,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x08 | 0x7f => Key::Backspace,
        0x0b => Key::KillAfter,
        0x0e => Key::Newer,
        0x10 => Key::Older,
        0x15 => Key::KillBefore,
        0x17 => Key::KillWord,
        _ => Key::Other,
    }
}

/// A key of several bytes, one with Alt, or the Escape key by itself, which does nothing.
fn escape(input: &mut impl Bytes) -> io::Result<Key> {
    // Alt with a key that has a sequence of its own has one before it [rxvt].
    let mut first = Some(0x1b);
    while first == Some(0x1b) {
        if !input.more() {
            return Ok(Key::Other);
        }
        first = input.next()?;
    }
    Ok(match first {
        None => Key::Gone,
        Some(b'[') => return sequence(input),
        Some(b'O') => return shifted(input),
        Some(b'b') => Key::WordLeft,
        Some(b'f') => Key::WordRight,
        Some(0x08 | 0x7f) => Key::KillWord,
        // Who pressed Escape and goes on typing.
        Some(byte) if byte < 0x20 => control(byte),
        Some(byte) if byte >= 0x80 => letter(input, byte)?.map_or(Key::Other, Key::Text),
        Some(_) => Key::Other,
    })
}

/// What follows `ESC [`: parameters, and a letter that ends it.
fn sequence(input: &mut impl Bytes) -> io::Result<Key> {
    let mut parameters = Vec::new();
    while parameters.len() < LONGEST_SEQUENCE && input.more() {
        let Some(byte) = input.next()? else {
            return Ok(Key::Gone);
        };
        match byte {
            // The Linux console's function keys: ESC [ [ A.
            b'[' if parameters.is_empty() => {
                if input.more() {
                    input.next()?;
                }
                return Ok(Key::Other);
            }
            0x20..=0x3f => parameters.push(byte),
            0x40..=0x7e if parameters == b"200" => return paste(input),
            0x40..=0x7e => return Ok(named(&parameters, byte)),
            // A key that came between cuts it short.
            byte if byte < 0x20 => return Ok(control(byte)),
            _ => return Ok(Key::Other),
        }
    }
    Ok(Key::Other)
}

/// What follows `ESC O`: a letter, some say with which key held down before it.
fn shifted(input: &mut impl Bytes) -> io::Result<Key> {
    let mut parameters = Vec::new();
    while parameters.len() < 4 && input.more() {
        match input.next()? {
            None => return Ok(Key::Gone),
            Some(byte @ (b'0'..=b'9' | b';')) => parameters.push(byte),
            // Enter of a keypad that sends keys instead of digits.
            Some(b'M') => return Ok(Key::Enter),
            Some(b'c') => return Ok(Key::WordRight),
            Some(b'd') => return Ok(Key::WordLeft),
            Some(byte @ (b'A'..=b'D' | b'F' | b'H')) => return Ok(named(&parameters, byte)),
            Some(byte) if byte < 0x20 => return Ok(control(byte)),
            Some(_) => return Ok(Key::Other),
        }
    }
    Ok(Key::Other)
}

/// A key by the letter that ends its sequence, or by its number before `~`.
fn named(parameters: &[u8], last: u8) -> Key {
    let mut numbers = parameters.split(|byte| *byte == b';');
    let first = numbers.next().unwrap_or_default();
    // Ctrl or Alt held down: 3 and 5 in xterm's numbers, 5 alone where there is one.
    let held = matches!(numbers.next(), Some(b"3" | b"5")) || first == b"5";
    match (last, first) {
        (b'A', _) => Key::Older,
        (b'B', _) => Key::Newer,
        (b'C', _) if held => Key::WordRight,
        (b'D', _) if held => Key::WordLeft,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) | (b'~' | b'^' | b'@', b"1" | b"7") => Key::Home,
        (b'F', _) | (b'~' | b'^' | b'@', b"4" | b"8") => Key::End,
        (b'~' | b'^' | b'@', b"3") | (b'P', b"") => Key::Delete,
        _ => Key::Other,
    }
}

/// What a terminal brackets as pasted: text, whatever stands in it. A line's end in it is
/// a blank, since it was nobody's answer.
fn paste(input: &mut impl Bytes) -> io::Result<Key> {
    let mut bytes = Vec::new();
    while input.more() {
        match input.next()? {
            None => break,
            Some(byte) => bytes.push(byte),
        }
        if bytes.len() > 2 * LONGEST_PASTE {
            // Its end is looked for all the same.
            bytes.drain(LONGEST_PASTE / 2..LONGEST_PASTE);
        }
        if bytes.ends_with(PASTE_ENDS) && bytes.iter().rev().nth(PASTE_ENDS.len()) == Some(&0x1b) {
            bytes.truncate(bytes.len() - PASTE_ENDS.len() - 1);
            break;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines: Vec<&str> = text.split(['\r', '\n']).filter(|line| !line.is_empty()).collect();
    let text = lines.join(" ").replace('\t', " ");
    let shown: String = text.trim_end().chars().filter(|c| !hidden(*c)).collect();
    Ok(if shown.is_empty() { Key::Other } else { Key::Text(shown) })
}

/// The letter that begins with this byte; `None` where it is none, or not seen.
fn letter(input: &mut impl Bytes, first: u8) -> io::Result<Option<String>> {
    let more = match first {
        0xc0..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf7 => 3,
        _ => 0,
    };
    let mut bytes = vec![first];
    // What is cut short takes no key along that comes after it.
    while bytes.len() <= more && input.more() && matches!(input.peek()?, Some(0x80..=0xbf)) {
        bytes.extend(input.next()?);
    }
    let letter = String::from_utf8(bytes).ok();
    Ok(letter.filter(|letter| !letter.chars().any(hidden)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Bytes as they come: the parts with a pause between.
    struct Typed(Vec<VecDeque<u8>>);

    impl Bytes for Typed {
        fn next(&mut self) -> io::Result<Option<u8>> {
            self.0.retain(|part| !part.is_empty());
            Ok(self.0.first_mut().and_then(VecDeque::pop_front))
        }

        fn peek(&mut self) -> io::Result<Option<u8>> {
            self.0.retain(|part| !part.is_empty());
            Ok(self.0.first().and_then(|part| part.front().copied()))
        }

        fn more(&mut self) -> bool {
            self.0.first().is_some_and(|part| !part.is_empty())
        }
    }

    /// The keys that come of these, up to the end.
    fn keys(parts: &[&str]) -> Vec<Key> {
        let mut typed = Typed(parts.iter().map(|part| part.bytes().collect()).collect());
        let mut keys = Vec::new();
        loop {
            match key(&mut typed).unwrap() {
                Key::Gone => return keys,
                key => keys.push(key),
            }
        }
    }

    #[test]
    fn each_terminals_way_to_send_a_key_is_known() {
        for (key, ways) in [
            // xterm, xterm in application mode, VT220 and the Linux console, rxvt; with Ctrl.
            (
                Key::Home,
                &["\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[1;5H", "\x1b[7^", "\x01"][..],
            ),
            (Key::End, &["\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x1b[1;5F", "\x1b[8^", "\x05"]),
            (Key::Delete, &["\x1b[3~", "\x1b[3;5~", "\x1b[3^", "\x1b[P"]),
            (Key::Left, &["\x1b[D", "\x1bOD", "\x1b[1;2D", "\x02"]),
            (Key::Right, &["\x1b[C", "\x1bOC", "\x1b[1;2C", "\x06"]),
            (Key::Older, &["\x1b[A", "\x1bOA", "\x10"]),
            (Key::Newer, &["\x1b[B", "\x1bOB", "\x0e"]),
            (Key::WordLeft, &["\x1b[1;5D", "\x1b[1;3D", "\x1b[5D", "\x1bOd", "\x1bb"]),
            (Key::WordRight, &["\x1b[1;5C", "\x1b[1;3C", "\x1bO5C", "\x1bOc", "\x1bf"]),
            (Key::Backspace, &["\x7f", "\x08"]),
            (Key::KillWord, &["\x17", "\x1b\x7f", "\x1b\x08"]),
            (Key::KillBefore, &["\x15"]),
            (Key::KillAfter, &["\x0b"]),
            (Key::Enter, &["\r", "\n", "\x1bOM", "\x1b\r"]),
            (Key::Interrupt, &["\x03", "\x1b\x03", "\x1b[\x03", "\x1bO\x03"]),
            (Key::DeleteOrEnd, &["\x04"]),
        ] {
            for way in ways {
                assert_eq!(keys(&[way, "x"]), [key.clone(), Key::Text("x".into())], "{way:?}");
            }
        }
    }

    #[test]
    fn what_is_no_key_of_a_line_does_nothing_and_leaves_no_letter_behind() {
        for way in [
            // F1 of xterm, the Linux console and rxvt; F5, Insert, pages, Shift-Tab, Alt-x.
            "\x1bOP",
            "\x1b[[A",
            "\x1b[11~",
            "\x1b[15;2~",
            "\x1b[2~",
            "\x1b[5~",
            "\x1b[6~",
            "\x1b[Z",
            "\x1bx",
            // Focus, an answer to a question about the terminal, a mouse.
            "\x1b[I",
            "\x1b[?62;c",
            "\x1b[<0;10;20M",
            "\x1b[200;1H\x1b[I",
            "\x09",
            "\x0c",
            "\u{200b}",
        ] {
            let found = keys(&[way, "x"]);
            assert_eq!(found.last(), Some(&Key::Text("x".into())), "{way:?}");
            let rest = &found[..found.len() - 1];
            assert!(
                rest.iter().all(|key| matches!(key, Key::Other | Key::Home)),
                "{way:?} {rest:?}"
            );
        }
    }

    #[test]
    fn escape_by_itself_does_nothing_to_what_is_typed_after_it() {
        assert_eq!(keys(&["\x1b", "b"]), [Key::Other, Key::Text("b".into())]);
        assert_eq!(keys(&["\x1b", "[", "D"]).len(), 3);
        assert_eq!(keys(&["\x1b[", "x"]), [Key::Other, Key::Text("x".into())]);
        assert_eq!(keys(&["\x1b"]), [Key::Other]);
        assert_eq!(keys(&["\x1b規"]), [Key::Text("規".into())]);
    }

    #[test]
    fn a_paste_is_text_whatever_stands_in_it() {
        for (pasted, text) in [
            ("https://pce.example.com", "https://pce.example.com"),
            ("one\r\ntwo\n\nthree\n", "one two three"),
            ("規則\t\u{200b}x\x03\x1b[A", "規則 x[A"),
        ] {
            let way = format!("\x1b[200~{pasted}\x1b[201~");
            assert_eq!(keys(&[&way, "\r"]), [Key::Text(text.into()), Key::Enter], "{pasted:?}");
        }
        // Nothing, and one that never ends.
        assert_eq!(keys(&["\x1b[200~\n\x1b[201~\r"]), [Key::Other, Key::Enter]);
        assert_eq!(keys(&["\x1b[200~abc", "\r"]), [Key::Text("abc".into()), Key::Enter]);
        let huge = format!("\x1b[200~{}\x1b[201~", "x".repeat(LONGEST_PASTE + 9));
        assert!(matches!(keys(&[&huge])[..], [Key::Text(_)]));
    }

    #[test]
    fn letters_of_any_length_come_whole() {
        for letter in ["a", "é", "規", "🚀"] {
            assert_eq!(keys(&[letter]), [Key::Text(letter.into())]);
        }
        let mut broken = Typed(vec![VecDeque::from([0xff, b'a'])]);
        assert_eq!(key(&mut broken).unwrap(), Key::Other);
        assert_eq!(key(&mut broken).unwrap(), Key::Text("a".into()));
    }

    #[test]
    fn a_letter_that_is_cut_short_swallows_no_key() {
        for cut in [&[0xe9][..], &[0xc3], &[0xe8, 0xa6], &[0xf0, 0x9f]] {
            for mut typed in [
                Typed(vec![cut.iter().chain(b"\r\x03").copied().collect()]),
                Typed(vec![cut.iter().copied().collect(), VecDeque::from([b'\r', 3])]),
            ] {
                let keys: Vec<Key> = (0..3).map(|_| key(&mut typed).unwrap()).collect();
                assert_eq!(keys, [Key::Other, Key::Enter, Key::Interrupt], "{cut:x?}");
            }
        }
    }

    #[test]
    fn escapes_without_end_are_no_key() {
        let many = format!("{}[Ax", "\x1b".repeat(200_000));
        assert_eq!(keys(&[&many]), [Key::Older, Key::Text("x".into())]);
        assert_eq!(keys(&[&"\x1b".repeat(200_000)]), [Key::Other]);
    }
}
