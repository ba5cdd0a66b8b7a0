//! What became of mail: what sending it came to, and what came to nothing for good.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::mail::smtp::{Delivery, Note, Refused, SmtpError};

/// What trying the whole outbox came to.
#[derive(Debug, Default)]
pub struct Sent {
    /// Mails that the server accepted for at least one recipient.
    pub delivered: usize,
    /// What did not go and why, in the order of the attempts; each once.
    pub failures: Vec<Failure>,
    /// What went otherwise than the settings wish, and yet went; each once.
    pub notes: Vec<Note>,
}

/// Why a mail did not go, or not to everyone, or nobody knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The session or the mail came to nothing.
    Failed(SmtpError),
    /// A recipient was refused.
    Refused(Refused),
    /// So many mails the server took twice and never confirmed.
    Unconfirmed(usize),
}

impl Failure {
    /// True where the next run can do no better without a person: exit code 78.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Failed(error) => error.permanent(),
            Self::Refused(refused) => refused.permanent,
            Self::Unconfirmed(_) => false,
        }
    }
}

impl Sent {
    /// The failure that all of it comes down to: the first that needs a person, else
    /// the first.
    pub fn worst(&self) -> Option<&Failure> {
        let grave = self.failures.iter().find(|failure| failure.needs_a_person());
        grave.or(self.failures.first())
    }

    /// Takes in what came later.
    pub fn add(&mut self, later: Self) {
        self.delivered += later.delivered;
        later.failures.into_iter().for_each(|failure| self.fails(failure));
        later.notes.into_iter().for_each(|note| once(&mut self.notes, note));
    }

    pub(super) fn fails(&mut self, failure: Failure) {
        once(&mut self.failures, failure);
    }
}

impl From<Delivery> for Sent {
    fn from(delivery: Delivery) -> Self {
        Self {
            delivered: usize::from(!delivery.accepted.is_empty()),
            failures: delivery.refused.into_iter().map(Failure::Refused).collect(),
            notes: delivery.notes,
        }
    }
}

/// Mail that came to nothing for good: kept until a mail has told it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// It went out without one recipient.
    Recipient {
        /// The mail's.
        subject: String,
        /// Who, and what the server said.
        refused: Refused,
    },
    /// It was refused for everyone it was made for, and goes to the recipients instead.
    HandedOver {
        /// The mail's.
        subject: String,
        /// Who, and what the server said.
        refused: Refused,
    },
    /// It was tried for too long.
    GivenUp {
        /// The mail's.
        subject: String,
        /// When it was made.
        made_at: Timestamp,
    },
    /// The finished sentence that a state of before kept.
    #[serde(untagged)]
    Said(String),
}

/// Several mails mostly fail for one reason, and so does the next attempt.
fn once<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}
