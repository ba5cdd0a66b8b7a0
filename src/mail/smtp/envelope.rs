//! Addresses and message bytes as SMTP wants them.

use crate::screen::visible::one_line;

/// Whether an address can stand in `MAIL FROM` and `RCPT TO`: no white space,
/// control character, `<` or `>`, and at most 320 bytes. Whether anyone lives
/// there is the server's to say; a name without a domain is a local user.
pub fn is_address(text: &str) -> bool {
    let fits = |c: char| !c.is_control() && !c.is_whitespace() && c != '<' && c != '>';
    !text.is_empty() && text.len() <= 320 && text.chars().all(fits)
}

/// The name, if any, and the address of `Name <address>` or `address`.
pub fn mailbox(text: &str) -> (Option<&str>, &str) {
    let text = text.trim();
    let split = text.strip_suffix('>').and_then(|inner| inner.rsplit_once('<'));
    let Some((name, address)) = split else {
        return (None, text);
    };
    let name = name.trim();
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    (Some(name).filter(|name| !name.is_empty()), address.trim())
}

/// Text from outside for a person's eyes: no control characters, 200 characters.
pub fn shown(text: &str) -> String {
    one_line(text, 200)
}

/// The message with CRLF line ends (a CR or LF alone becomes one), a dot before
/// each line that starts with one, and a line end at its end [RFC 5321, 4.5.2].
pub fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 32 + 2);
    let mut at_start = true;
    let mut bytes = message.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                out.extend_from_slice(b"\r\n");
                at_start = true;
            }
            _ => {
                if at_start && byte == b'.' {
                    out.push(b'.');
                }
                out.push(byte);
                at_start = false;
            }
        }
    }
    if !at_start {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_crlf_and_leading_dots_are_doubled() {
        for (message, sent) in [
            ("a\nb", "a\r\nb\r\n"),
            ("a\r\nb\r\n", "a\r\nb\r\n"),
            ("a\rb\r\r\n", "a\r\nb\r\n\r\n"),
            (".\n..\nx.", "..\r\n...\r\nx.\r\n"),
            ("\n.\r.", "\r\n..\r\n..\r\n"),
            ("", ""),
        ] {
            assert_eq!(stuffed(message.as_bytes()), sent.as_bytes(), "{message:?}");
        }
    }

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        for (text, name, address) in [
            ("a@b", None, "a@b"),
            (" <a@b> ", None, "a@b"),
            ("Monitor <a@b>", Some("Monitor"), "a@b"),
            ("\"Mon, itor\" <a@b>", Some("Mon, itor"), "a@b"),
            ("監控 <a@b>", Some("監控"), "a@b"),
        ] {
            assert_eq!(mailbox(text), (name, address), "{text:?}");
        }
    }

    #[test]
    fn what_would_end_the_command_is_no_address() {
        assert!(is_address("root"));
        assert!(is_address("a+b@[IPv6:::1]"));
        assert!(is_address("使用者@例子.tw"));
        for text in ["", "a b@c", "a@b\r\nDATA", "a@b> SIZE=1", "<a@b", "a\u{0}@b", "a\u{85}b"] {
            assert!(!is_address(text), "{text:?}");
        }
    }
}
