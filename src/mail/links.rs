//! What a mail client would make a link of by itself.
//!
//! A host name, an address or a URL in an alert is data about an incident: nobody
//! should open it by a tap. Web mail looks for them in each piece of text, so a
//! `<wbr>` in the middle, which is neither seen nor copied, leaves it plain. A blank
//! without width would do the same and spoil the name for whoever searches for it;
//! and for iOS the page says `format-detection` and how what it finds looks.

/// The last parts of names that web mail takes for host names: the common ones. An
/// event type (`agent.tampering`) or a file's name is none.
const DOMAINS: &[&str] = &[
    "ai", "app", "au", "biz", "br", "ca", "ch", "cloud", "cn", "co", "com", "de", "dev", "edu",
    "es", "eu", "fr", "gov", "hk", "in", "info", "int", "io", "it", "jp", "kr", "me", "mil", "my",
    "net", "nl", "online", "org", "ph", "ru", "se", "sg", "site", "th", "top", "tv", "tw", "uk",
    "us", "vn", "xyz",
];

/// The next piece of `text`: all up to where a break has to stand, or all of it.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut word_end = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after, end) = next_piece(rest, word_end);
        (rest, word_end) = (after, end);
        Some(piece)
    })
}

/// A piece, what is after it, and how much of that belongs to the same link.
fn next_piece(text: &str, link: usize) -> (&str, &str, usize) {
    let mut at = 0;
    let mut link_end = link;
    while at < text.len() {
        if at >= link_end {
            let begin = text.get(at..).and_then(|rest| rest.find(in_a_word));
            let Some(begin) = begin.map(|begin| at + begin) else {
                break;
            };
            let word = text.get(begin..).unwrap_or_default();
            let length = word.find(|c| !in_a_word(c)).unwrap_or(word.len());
            at = begin;
            let word = word.get(..length).unwrap_or_default();
            if !is_link(word) {
                at += length;
                continue;
            }
            link_end = begin + length;
        }
        // From the second letter on: a break before the first would part nothing.
        let inside = text.get(at + 1..link_end).unwrap_or_default();
        let mark = inside.find(['.', '@', ':']).map(|mark| at + 1 + mark);
        match mark.and_then(|mark| text.split_at_checked(mark)) {
            Some((piece, after)) => return (piece, after, link_end - piece.len()),
            None => at = link_end,
        }
    }
    (text, "", 0)
}

fn in_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.@:/".contains(c)
}

fn is_link(word: &str) -> bool {
    let host = word.split_once("://").map_or(word, |(_, host)| host).trim_end_matches(['.', ':']);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let named = host.rsplit_once('.').is_some_and(|(name, last)| {
        !name.is_empty() && DOMAINS.contains(&last.to_ascii_lowercase().as_str())
    });
    let mail =
        word.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
    named || mail || word.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> String {
        pieces(text).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn names_addresses_and_urls_are_broken() {
        assert_eq!(broken("db-01.corp.com down"), "db-01|.corp|.com down");
        assert_eq!(broken("臺北 eve@a.example, x"), "臺北 eve|@a|.example, x");
        assert_eq!(broken("https://pce:8443/#/"), "https|://pce|:8443/#/");
        assert_eq!(broken("see WWW.X.COM."), "see WWW|.X|.COM|.");
        assert_eq!(broken("a.com b.net"), "a|.com b|.net");
    }

    #[test]
    fn anything_else_stays_in_one_piece() {
        for text in [
            "",
            "agent.tampering",
            "illumio_api_config.json.last",
            "10.9.0.4:445",
            "2001:db8:0:42::1c",
            "2026-11-22 18:05 +08:00",
            "role=web, app=shop",
            ".com",
            "漢字。",
        ] {
            assert_eq!(broken(text), text);
        }
    }

    #[test]
    fn no_character_is_lost() {
        for text in ["a.com.", "..com", "@.@.com", "://", "x://", ":.@:.@com.tw", "é.com漢.tw"] {
            assert_eq!(pieces(text).collect::<String>(), text);
        }
    }
}
