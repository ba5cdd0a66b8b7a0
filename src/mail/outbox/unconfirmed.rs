//! Mails that the server took twice and never confirmed.
//!
//! A server that drops the line behind each mail's last dot may have every one of
//! them, or none. Sent in every cycle, they would come for ever; forgotten, they
//! might be lost. So after two copies such a mail waits for a sign: it goes out again
//! once the server confirms another mail; else in the next run in which the server
//! answers as it should, then after an hour, then every few hours. It goes under a
//! sentence that says why, and with the same Message-ID.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Fate, MAILS, MERGED_BYTES, Reader, Waiting};

/// How long is waited for a sign after the second copy, the third, and all later ones:
/// the last as long as for a reminder by default.
const WAITS: [SignedDuration; 3] =
    [SignedDuration::ZERO, SignedDuration::from_hours(1), SignedDuration::from_hours(4)];

/// Such mails, oldest first; where there are too many, the newest merge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unconfirmed {
    /// Those that still wait for a sign.
    pub mails: Vec<Waiting>,
}

/// How often one of them was sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// So many times.
    pub times: u32,
    /// When it was last tried, or came in.
    pub at: Option<Timestamp>,
    /// True in the run in which it came in: its turn is the next run's.
    #[serde(skip)]
    pub fresh: bool,
}

impl Asked {
    /// True before anything happened.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// True where it has waited long enough for a sign.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let wait = WAITS.get(self.times as usize).or(WAITS.last());
        // A time in the future (a clock set back) reads as due.
        let waited = |at: Timestamp| now.duration_since(at);
        let over = |waited: SignedDuration| {
            waited.is_negative() || wait.is_none_or(|wait| waited >= *wait)
        };
        !self.fresh && self.at.map(waited).is_none_or(over)
    }

    /// Takes note of another try.
    pub(super) fn note(&mut self, now: Timestamp) {
        (self.times, self.at) = (self.times.saturating_add(1), Some(now));
    }
}

impl Unconfirmed {
    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }

    /// True where one of them has waited long enough for a sign.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.mails.iter().any(|mail| mail.asked.is_due(now))
    }

    /// Takes mails in. Beyond the bound they merge with others of the same recipients,
    /// which leaves a line of each alert.
    /// Gives back which.
    pub(super) fn take_in(
        &mut self,
        mails: Vec<Waiting>,
        reader: &Reader,
        now: Timestamp,
    ) -> Vec<Fate> {
        let mut fates = Vec::new();
        for mut mail in mails {
            mail.asked = Asked { times: 0, at: Some(now), fresh: true };
            let full = self.mails.len() >= MAILS;
            let last = self.mails.iter().rposition(|last| last.to == mail.to);
            let fits =
                |at: &usize| full && self.mails.get(*at).is_some_and(|last| last.takes(&mail));
            match last.filter(fits) {
                Some(at) => {
                    let mut last = self.mails.remove(at);
                    // Another content is another mail.
                    let into = format!("with.{}", mail.message_id);
                    for mail in [last.message_id, mail.message_id.clone()] {
                        fates.push(Fate::Merged { mail, into: into.clone() });
                    }
                    last.message_id = into;
                    last.asked = mail.asked;
                    last.absorb(mail, reader);
                    last.reduce_to_lines(reader);
                    self.mails.push(last);
                }
                None => self.mails.push(mail),
            }
        }
        fates
    }
}

impl Waiting {
    /// Whether a later mail's lines have room in this one, which goes to the same people.
    fn takes(&self, later: &Self) -> bool {
        self.to == later.to
            && self.served == later.served
            && self.lines_size() + later.lines_size() <= MERGED_BYTES
    }
}
