//! What a server objects to when it refuses a recipient. Postfix says all of it at RCPT
//! (`smtpd_delay_reject`), and many servers do as it does.

use serde::{Deserialize, Serialize};

use super::reply::Reply;

/// What a server objects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// This recipient.
    Recipient,
    /// The name that this host gave itself in EHLO.
    Helo,
    /// This host: its address, its name in DNS, a block list.
    Client,
    /// The envelope's sender.
    Sender,
}

/// What real servers write, in small letters. Postfix (smtpd_check.c, postconf(5)):
/// "<x>: Helo command rejected: need fully-qualified hostname" with 504 5.5.2,
/// "Client host rejected: cannot find your hostname" with 450 4.7.25, "Sender address
/// rejected: Domain not found" with 450 4.1.8. Exim's manual and Exchange: the others.
const WORDS: [(&str, Objection); 11] = [
    ("helo command rejected", Objection::Helo),
    ("ehlo command rejected", Objection::Helo),
    ("invalid helo", Objection::Helo),
    ("helo/ehlo", Objection::Helo),
    ("helo name", Objection::Helo),
    ("client host rejected", Objection::Client),
    ("client host [", Objection::Client),
    ("client was not authenticated", Objection::Client),
    ("sender address rejected", Objection::Sender),
    ("sender verify failed", Objection::Sender),
    ("sender rejected", Objection::Sender),
];

/// Enhanced codes that speak of one thing alone: the sender's address [RFC 3463, 3.2],
/// SPF and the like, this host's name in DNS [RFC 7372, 3].
const CODES: [(&str, Objection); 6] = [
    ("1.7", Objection::Sender),
    ("1.8", Objection::Sender),
    ("7.23", Objection::Sender),
    ("7.24", Objection::Sender),
    ("7.26", Objection::Sender),
    ("7.25", Objection::Client),
];

impl Objection {
    /// By the words; where they are unknown, by the enhanced code; else the recipient.
    pub(super) fn of(reply: &Reply) -> Self {
        let text = reply.text.to_ascii_lowercase();
        let by_words = WORDS.iter().find(|(words, _)| text.contains(words));
        let code = text.split(' ').next().unwrap_or_default();
        let code = code.strip_prefix("5.").or_else(|| code.strip_prefix("4."));
        let by_code = || CODES.iter().find(|(known, _)| code == Some(known));
        by_words.or_else(by_code).map_or(Self::Recipient, |(_, objection)| *objection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_objects_to_is_read_from_its_words() {
        use Objection::{Client, Helo, Recipient, Sender};
        for (code, text, objection) in [
            (504, "5.5.2 <monitor>: Helo command rejected: need fully-qualified hostname", Helo),
            (501, "5.5.2 <_x>: Helo command rejected: Invalid name", Helo),
            (450, "4.7.1 <monitor.example>: Helo command rejected: Host not found", Helo),
            (554, "5.7.1 <monitor.example>: Helo command rejected: Access denied", Helo),
            (550, "Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", Helo),
            (450, "4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", Client),
            (554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", Client),
            (554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using x", Client),
            (550, "5.7.25 no reverse DNS", Client),
            (504, "5.5.2 <monitor>: Sender address rejected: need fully-qualified address", Sender),
            (550, "5.1.8 <a@b.invalid>: Sender address rejected: Domain not found", Sender),
            (553, "5.7.1 <a@b.example>: Sender address rejected: not owned by user x", Sender),
            (550, "5.7.23 SPF validation failed", Sender),
            (
                504,
                "5.5.2 <soc>: Recipient address rejected: need fully-qualified address",
                Recipient,
            ),
            (550, "5.1.1 <soc@x.example>: Recipient address rejected: User unknown", Recipient),
            (554, "5.7.1 <soc@x.example>: Relay access denied", Recipient),
            (550, "5.1.1 helo@x.example: no such user", Recipient),
            (550, "no", Recipient),
            (550, "", Recipient),
        ] {
            assert_eq!(Objection::of(&Reply::ours(code, text)), objection, "{text}");
        }
    }
}
