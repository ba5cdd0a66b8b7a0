//! A secret, which never shows itself, and how to take one out of a text. Knows no
//! room.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::screen::visible::hidden;

/// An API secret or a mail password. `Debug` prints `***`; there is no
/// `Display` and no `Serialize`, so that it reaches no output by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the secret as it is; surrounding white space is the caller's to trim.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// True where nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Secrets that nothing may show, in each form that they are thrown back in.
///
/// What comes from a server is cleared of them before it is cut: half a secret is
/// none that is known. What goes out is cleared once more, since a secret may have
/// been typed into another key. `Debug` prints nothing of them.
#[derive(Clone, Default)]
pub struct Secrets(Vec<Vec<char>>);

/// Shorter ones are not looked for: they would tear any text to pieces.
const SHORTEST: usize = 3;

/// Among our own sentences shorter ones may be a word that stands there anyway.
const SHORTEST_WORD: usize = 6;

/// What stands for a secret.
const MASK: &str = "***";

impl Secrets {
    /// Adds a secret: as it is, and as part of any base64.
    pub fn add(&mut self, secret: &str) {
        self.form(secret);
        for skipped in 0..3 {
            // Of so many bytes of the secret three letters or four begin anew.
            let whole = secret.as_bytes().get(skipped..).unwrap_or_default();
            let whole = whole.get(..whole.len() / 3 * 3).unwrap_or_default();
            if whole.len() >= SHORTEST_WORD {
                self.base64(whole);
            }
        }
        self.base64(secret.as_bytes());
        self.longest_first();
    }

    /// Adds what goes over the line for a user and a secret: HTTP Basic, AUTH PLAIN
    /// and AUTH LOGIN.
    pub fn add_login(&mut self, user: &str, secret: &Secret) {
        if secret.is_empty() {
            return;
        }
        let secret = secret.reveal();
        self.add(secret);
        self.base64(user.as_bytes());
        self.base64(format!("{user}:{secret}").as_bytes());
        self.base64(format!("\0{user}\0{secret}").as_bytes());
        self.longest_first();
    }

    /// Adds the password of a URL `scheme://user:password@host`, if it has one.
    pub fn add_url(&mut self, url: &str) {
        let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
        let login = authority.rsplit_once('@').map(|(login, _)| login);
        let Some((user, password)) = login.and_then(|login| login.split_once(':')) else {
            return;
        };
        self.add_login(user, &Secret::new(password));
        // A password that is no letters of a URL stands there in escapes.
        let letters: String =
            Letter::unescaped(password).iter().map(|letter| letter.letter).collect();
        self.add_login(user, &Secret::new(letters));
    }

    /// All of another's, too.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
        self.longest_first();
    }

    /// Those long enough to be looked for among our own sentences.
    pub fn among_our_words(mut self) -> Self {
        self.0.retain(|form| form.len() >= SHORTEST_WORD);
        self
    }

    /// The text with `***` for each secret, however it is written: with escapes of
    /// JSON, of a URL or of HTML, and with white space in between.
    pub fn hide(&self, text: &str) -> String {
        let shortest = self.0.iter().map(Vec::len).min();
        if shortest.is_none_or(|shortest| text.len() < shortest) {
            return text.to_owned();
        }
        let mut found = self.find(&Letter::plain(text));
        if text.contains(['\\', '%', '&']) {
            found.extend(self.find(&Letter::unescaped(text)));
        }
        found.sort_unstable();
        let mut out = String::with_capacity(text.len());
        let mut shown_to = 0;
        for (from, to) in found {
            if from >= shown_to {
                out.push_str(text.get(shown_to..from).unwrap_or_default());
                out.push_str(MASK);
            }
            shown_to = shown_to.max(to);
        }
        out.push_str(text.get(shown_to..).unwrap_or_default());
        out
    }

    /// Where secrets stand, as the bytes that they take.
    fn find(&self, letters: &[Letter]) -> Vec<(usize, usize)> {
        // Most letters begin none of them.
        let mut begins = [false; 256];
        let place = |letter: char| letter as usize % 256;
        for first in self.0.iter().filter_map(|form| form.first()) {
            begins[place(*first)] = true;
        }
        let mut found = Vec::new();
        for (at, letter) in letters.iter().enumerate() {
            if !begins[place(letter.letter)] {
                continue;
            }
            let rest = letters.get(at..).unwrap_or_default();
            let longest = self.0.iter().filter_map(|form| begun(form, rest)).max();
            let end = longest.and_then(|length| rest.get(length - 1));
            found.extend(end.map(|last| (letter.from, last.to)));
        }
        found
    }

    fn base64(&mut self, bytes: &[u8]) {
        let text = STANDARD_NO_PAD.encode(bytes);
        self.form(&text.replace('+', "-").replace('/', "_"));
        self.form(&text);
    }

    fn form(&mut self, text: &str) {
        let form: Vec<char> = text.chars().filter(|c| !is_blank(*c)).collect();
        if form.len() >= SHORTEST {
            self.0.push(form);
        }
    }

    fn longest_first(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
        self.0.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }
}

/// How much of a secret stands at the beginning of the letters: all of it, or what is left
/// of it where a text was cut for its length.
fn begun(form: &[char], letters: &[Letter]) -> Option<usize> {
    let same = form.iter().zip(letters).take_while(|(one, other)| **one == other.letter).count();
    let is_cut = letters.get(same).is_some_and(|next| next.letter == '…');
    (same == form.len() || (same >= SHORTEST_WORD && is_cut)).then_some(same)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// A letter of a text, and the bytes that it is written with.
struct Letter {
    letter: char,
    from: usize,
    to: usize,
}

impl Letter {
    /// All but white space and what is not seen: a server may break a line anywhere.
    fn plain(text: &str) -> Vec<Self> {
        Self::all(text, |_| None)
    }

    /// The same with escapes read for what they stand for.
    fn unescaped(text: &str) -> Vec<Self> {
        Self::all(text, unescape)
    }

    fn all(text: &str, escape: impl Fn(&str) -> Option<(char, usize)>) -> Vec<Self> {
        let mut letters = Vec::with_capacity(text.len());
        let mut from = 0;
        while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
            let own = rest.chars().next().map(|c| (c, c.len_utf8()));
            let Some((letter, length)) = escape(rest).or(own) else {
                break;
            };
            if !is_blank(letter) {
                let to = from + length;
                letters.push(Self { letter, from, to });
            }
            from += length;
        }
        letters
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || hidden(c)
}

/// The letter that an escape at the text's begin stands for, and its length in bytes.
fn unescape(text: &str) -> Option<(char, usize)> {
    match text.as_bytes().first()? {
        b'\\' => backslash(text),
        b'%' => percent(text),
        b'&' => entity(text),
        _ => None,
    }
}

/// JSON's [RFC 8259 7].
fn backslash(text: &str) -> Option<(char, usize)> {
    let kind = text.chars().nth(1)?;
    match kind {
        'u' => {
            let unit = u32::from_str_radix(text.get(2..6)?, 16).ok()?;
            Some((char::from_u32(unit)?, 6))
        }
        'n' | 'r' | 't' | 'b' | 'f' => Some((' ', 2)),
        '"' | '\\' | '/' => Some((kind, 2)),
        _ => None,
    }
}

/// A URL's: as many `%41` as make a letter of UTF-8 [RFC 3986 2.1].
fn percent(text: &str) -> Option<(char, usize)> {
    let mut bytes = Vec::new();
    while bytes.len() < 4 {
        let at = bytes.len() * 3;
        let digits = text.get(at..at + 3)?.strip_prefix('%')?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        if let Ok(letter) = std::str::from_utf8(&bytes) {
            return Some((letter.chars().next()?, bytes.len() * 3));
        }
    }
    None
}

/// HTML's.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((letter, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "pa/55\"w+rd & 貓 <7>";

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add_login("monitor", &Secret::new(SECRET));
        secrets
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let encode = |text: &str| STANDARD_NO_PAD.encode(text);
        let percent = |text: &str| {
            let bytes = text.bytes().map(|byte| format!("%{byte:02x}"));
            bytes.collect::<String>()
        };
        let units = SECRET.encode_utf16();
        let escaped: String = units.map(|unit| format!("\\u{unit:04X}")).collect();
        for form in [
            SECRET.to_owned(),
            serde_json::json!(SECRET).to_string(),
            SECRET.replace('/', "\\/"),
            escaped,
            percent(SECRET),
            percent(SECRET).to_uppercase(),
            "pa/55&quot;w+rd &amp; &#35987; &lt;7&#x3e;".to_owned(),
            encode(SECRET),
            encode(&format!("monitor:{SECRET}")),
            encode(&format!("\0monitor\0{SECRET}")),
            encode(SECRET).replace('+', "-").replace('/', "_"),
            percent(&encode(SECRET)),
            "pa/55\"w\r\n+rd & 貓\u{200b} <7>".to_owned(),
            encode(&format!("monitor:{SECRET}")).replace('b', "b\r\n "),
        ] {
            let hidden = secrets().hide(&format!("said <{form}> to us"));
            assert!(hidden.starts_with("said <") && hidden.ends_with("> to us"), "{hidden}");
            assert!(hidden.len() < 30, "{form}: {hidden}");
        }
    }

    #[test]
    fn within_a_longer_base64_hardly_a_letter_of_it_is_left() {
        for before in ["", "a", "ab", "abc"] {
            let told = STANDARD_NO_PAD.encode(format!("{before}x:{SECRET}:rest"));
            let hidden = secrets().hide(&told);
            assert!(hidden.contains(MASK), "{told}");
            assert!(hidden.len() < told.len() - SECRET.len(), "{told}: {hidden}");
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        let text = "50% of \\u12 &amp; %zz &#; 貓\\";
        assert_eq!(secrets().hide(text), text);
        let mut short = Secrets::default();
        short.add("ab");
        assert_eq!(short.hide("ab cab"), "ab cab");
        short.add("word");
        assert_eq!(short.hide("a word"), "a ***");
        assert_eq!(short.among_our_words().hide("a word"), "a word");
    }

    #[test]
    fn what_is_left_of_one_where_a_text_was_cut_is_found_too() {
        let secrets = secrets();
        for length in SHORTEST_WORD..SECRET.chars().filter(|c| !c.is_whitespace()).count() {
            let part: String = SECRET.chars().filter(|c| !c.is_whitespace()).take(length).collect();
            assert_eq!(secrets.hide(&format!("<{part}…</td>")), "<***…</td>");
            assert_eq!(secrets.hide(&format!("{part} is not cut")), format!("{part} is not cut"));
        }
    }

    #[test]
    fn nothing_of_them_is_printed() {
        assert_eq!(format!("{:?}", secrets()), MASK);
    }
}
