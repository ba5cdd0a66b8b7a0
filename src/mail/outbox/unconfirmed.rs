//! Mails that the server took twice and never confirmed.
//!
//! A server that drops the line behind each mail's last dot may have every one of
//! them, or none. Sent in every cycle, they would come for ever; forgotten, they
//! might be lost. So after two copies such a mail waits for a sign: once the server
//! confirms any mail, or after some hours, it comes as lines under a sentence that
//! says why.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{MERGED_BYTES, Reader, Waiting};
use crate::lang::outbox as say;

/// How long is waited for a sign; as long as for a reminder by default.
const EVERY: SignedDuration = SignedDuration::from_hours(4);

/// Mails reduced to their lines, oldest first, each as large as a merged mail may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unconfirmed {
    /// Those that are still to be told of.
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

    /// Takes mails in, each with others of the same recipients where there is room.
    pub(super) fn take_in(&mut self, mails: Vec<Waiting>, reader: &Reader, now: Timestamp) {
        if self.is_empty() {
            self.tried_at = Some(now);
        }
        for mail in mails {
            let mut mail = match self.mails.pop_if(|last| last.takes(&mail)) {
                Some(mut last) => {
                    last.message_id.clone_from(&mail.message_id);
                    last.absorb(mail, reader);
                    last
                }
                None => mail,
            };
            // Another content is another mail.
            mail.message_id = format!("unconfirmed.{}", mail.message_id);
            let intro = say::unconfirmed(reader.lang, reader.time(mail.made_at));
            mail.reduce_under(&intro, reader.lang);
            self.mails.push(mail);
        }
    }
}

impl Waiting {
    /// Whether a later mail's lines have room in this one, which goes to the same people.
    fn takes(&self, later: &Self) -> bool {
        self.served == later.served && self.lines_size() + later.lines_size() <= MERGED_BYTES
    }
}
