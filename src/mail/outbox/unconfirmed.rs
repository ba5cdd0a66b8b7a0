//! Mails that the server took twice and never confirmed.
//!
//! A server that drops the line behind each mail's last dot may have every one of
//! them, or none. Sent in every cycle, they would come for ever; forgotten, they
//! might be lost. So after two copies such a mail waits for a sign: it goes out again
//! once the server confirms another mail, or after some hours, under a sentence that
//! says why and with the same Message-ID.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{MAILS, MERGED_BYTES, Reader, Waiting};

/// How long is waited for a sign; as long as for a reminder by default.
const EVERY: SignedDuration = SignedDuration::from_hours(4);

/// Such mails, oldest first; where there are too many, the newest merge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unconfirmed {
    /// Those that still wait for a sign.
    pub mails: Vec<Waiting>,
    /// When they were last tried, or the first of them came in.
    pub tried_at: Option<Timestamp>,
}

impl Unconfirmed {
    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }

    /// True where they have waited long enough for a sign.
    pub fn is_due(&self, now: Timestamp) -> bool {
        // A time in the future (a clock set back) reads as due.
        let waited = |tried: Timestamp| now.duration_since(tried);
        let over = |waited: SignedDuration| waited.is_negative() || waited >= EVERY;
        !self.is_empty() && self.tried_at.map(waited).is_none_or(over)
    }

    /// Takes mails in. Beyond the bound they merge with others of the same recipients,
    /// which leaves a line of each alert.
    pub(super) fn take_in(&mut self, mails: Vec<Waiting>, reader: &Reader, now: Timestamp) {
        if self.is_empty() {
            self.tried_at = Some(now);
        }
        for mail in mails {
            let full = self.mails.len() >= MAILS;
            match self.mails.pop_if(|last| full && last.takes(&mail)) {
                Some(mut last) => {
                    // Another content is another mail.
                    last.message_id = format!("with.{}", mail.message_id);
                    last.absorb(mail, reader);
                    last.reduce_to_lines(reader);
                    self.mails.push(last);
                }
                None => self.mails.push(mail),
            }
        }
    }
}

impl Waiting {
    /// Whether a later mail's lines have room in this one, which goes to the same people.
    fn takes(&self, later: &Self) -> bool {
        self.served == later.served && self.lines_size() + later.lines_size() <= MERGED_BYTES
    }
}
