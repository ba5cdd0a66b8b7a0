//! What a server answers, read by the grammar of `smtp-proto`.

use serde::{Deserialize, Serialize};
use smtp_proto::EhloResponse;
use smtp_proto::response::parser::ResponseReceiver;

use super::envelope::shown;
use crate::net::secret::Secrets;

/// A server's answer: the code and what it says, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 220, 250, 550 …
    pub code: u16,
    /// The enhanced code, if any, and the text; its lines joined; at most 200 characters.
    pub text: String,
    /// The text in full, until secrets are taken out of it.
    #[serde(skip)]
    whole: String,
    /// The lines as received, for EHLO; at most [`LIMIT`] bytes.
    #[serde(skip)]
    raw: Vec<u8>,
}

/// The longest answer that is read, in bytes. RFC 5321 asks for 512 in a line.
pub const LIMIT: usize = 4000;

impl Reply {
    /// Reads one whole answer; `None` where it is none.
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let response = ResponseReceiver::default().parse(&mut raw.iter()).ok()?;
        let code = last_code(raw)?;
        if !(200..600).contains(&code) {
            return None;
        }
        let [class, subject, detail] = response.esc;
        let text = if class == 0 {
            response.message
        } else {
            format!("{class}.{subject}.{detail} {}", response.message)
        };
        Some(Self { code, text: shown(&text), whole: text, raw: raw.to_owned() })
    }

    /// An answer that we give in the server's place, for what it is not asked.
    pub fn ours(code: u16, text: &str) -> Self {
        Self { code, text: text.to_owned(), whole: text.to_owned(), raw: Vec::new() }
    }

    /// True for 5xx: the same again will get the same answer.
    pub fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }

    /// The same with nothing secret in the text, which was not cut before.
    pub fn without(mut self, secrets: &Secrets) -> Self {
        self.text = shown(&secrets.hide(&self.whole));
        self.whole = String::new();
        self
    }
}

/// Whether these bytes hold an answer's last line: a code and no hyphen.
/// `None` where the last line is no answer's line at all.
pub fn is_complete(raw: &[u8]) -> Option<bool> {
    let last = raw.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?;
    match last {
        [a, b, c, rest @ ..] if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) => {
            match rest.first() {
                Some(b'-') => Some(false),
                Some(b' ' | b'\r') | None => Some(true),
                Some(_) => None,
            }
        }
        _ => None,
    }
}

/// The code of the answer's last line. A server whose lines differ has decided by then.
fn last_code(raw: &[u8]) -> Option<u16> {
    let line = raw.trim_ascii_end().rsplit(|byte| *byte == b'\n').next()?;
    std::str::from_utf8(line.get(..3)?).ok()?.parse().ok()
}

/// What a server said it can do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capabilities {
    extensions: u32,
    mechanisms: u64,
}

impl Capabilities {
    /// Reads the answer to EHLO line by line, so that one odd line costs only itself.
    pub fn from_reply(reply: &Reply) -> Self {
        let mut all = Self::default();
        let lines = reply.raw.split(|byte| *byte == b'\n').skip(1);
        for line in lines.filter_map(|line| line.get(4..)) {
            let alone = [b"250-host\r\n250 ", line.trim_ascii(), b"\r\n"].concat();
            if let Ok(found) = EhloResponse::parse(&mut alone.iter()) {
                all.extensions |= found.capabilities;
                all.mechanisms |= found.auth_mechanisms;
            }
        }
        all
    }

    /// Whether an extension (`smtp_proto::EXT_…`) is offered.
    pub fn has(self, extension: u32) -> bool {
        self.extensions & extension != 0
    }

    /// Whether an AUTH mechanism (`smtp_proto::AUTH_…`) is offered.
    pub fn knows(self, mechanism: u64) -> bool {
        self.mechanisms & mechanism != 0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN, EXT_SIZE, EXT_SMTP_UTF8, EXT_START_TLS};

    #[test]
    fn answers_of_one_and_of_several_lines_are_read() {
        for (raw, code, text) in [
            ("250 ok\r\n", 250, "ok"),
            ("250\r\n", 250, ""),
            ("250 \n", 250, ""),
            ("550 5.1.1 No such user\r\n", 550, "5.1.1 No such user"),
            ("550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three\r\n", 550, "5.7.1 one two three"),
            ("250-\r\n250-\r\n250 ok\r\n", 250, "ok"),
            ("554 \u{1b}[31mred\u{7}\r\n", 554, "[31mred"),
        ] {
            assert_eq!(is_complete(raw.as_bytes()), Some(true), "{raw:?}");
            let reply = Reply::parse(raw.as_bytes()).expect(raw);
            assert_eq!(reply.code, code, "{raw:?}");
            let words: Vec<&str> = reply.text.split_whitespace().collect();
            assert_eq!(words.join(" "), text, "{raw:?}");
        }
    }

    #[test]
    fn where_the_lines_differ_the_last_one_decides() {
        let reply = Reply::parse(b"250-queued\r\n550 not after all\r\n").expect("a reply");
        assert_eq!((reply.code, reply.is_permanent()), (550, true));
    }

    #[test]
    fn an_answer_goes_on_while_there_is_a_hyphen() {
        assert_eq!(is_complete(b"250-a\r\n"), Some(false));
        assert_eq!(is_complete(b"250-a\r\n250 b\r\n"), Some(true));
        assert_eq!(is_complete(b"HTTP/1.1 400 Bad Request\r\n"), None);
        assert_eq!(is_complete(b"\r\n"), None);
        assert_eq!(is_complete(b"2500 ok\r\n"), None);
    }

    #[test]
    fn codes_that_smtp_does_not_know_are_no_answers() {
        for raw in ["000 x\r\n", "199 x\r\n", "600 x\r\n", "999 x\r\n"] {
            assert_eq!(Reply::parse(raw.as_bytes()), None, "{raw:?}");
        }
    }

    #[test]
    fn odd_lines_hide_no_capability() {
        let raw = b"250-mail.example.com Hello\r\n250-SIZE lots\r\n250-\r\n250-X-ODD=\xff\xfe\r\n\
                    250-starttls\r\n250-AUTH XYZ LOGIN PLAIN\r\n250-SIZE 1000\r\n250 SMTPUTF8\r\n";
        let offers = Capabilities::from_reply(&Reply::parse(raw).expect("a reply"));
        for extension in [EXT_START_TLS, EXT_SIZE, EXT_SMTP_UTF8] {
            assert!(offers.has(extension), "{extension}");
        }
        assert!(offers.knows(AUTH_PLAIN) && offers.knows(AUTH_LOGIN));
    }

    #[test]
    fn no_answer_however_odd_stops_the_run() {
        const BITS: [&[u8]; 16] = [
            b"250",
            b"-",
            b" ",
            b"\r\n",
            b"\n",
            b"\r",
            b"AUTH ",
            b"SIZE ",
            b"5.1.1",
            b".",
            b"99999999999999999999",
            b"\xff",
            b"DELIVERBY ",
            b"FUTURERELEASE ",
            b"MT-PRIORITY ",
            b"STARTTLS",
        ];
        let mut state: u64 = 42;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as usize
        };
        let mut read = 0;
        for _ in 0..100_000 {
            let bits = (0..next() % 12).map(|_| BITS[next() % BITS.len()]);
            let raw = [b"250-x\r\n250 ".as_slice(), &bits.collect::<Vec<_>>().concat(), b"\r\n"];
            let raw = raw.concat();
            let from = next() % 8;
            if let Some(reply) = Reply::parse(&raw[from..]) {
                Capabilities::from_reply(&reply);
                read += 1;
            }
        }
        assert!(read > 1000, "{read}");
    }
}
