//! Why the cycle's traffic was not read to its end.

use std::time::Duration;

use crate::lang::{Lang, counts, cycle as say, grouped};
use crate::pce::error::Error;

/// Why a part could not be read.
pub(in crate::cycle) enum Failure {
    /// The PCE or the network.
    Pce(Error),
    /// The PCE gave the query up, by this word.
    Query(String),
    /// It took longer than `api.query_timeout_seconds`.
    TooSlow(Duration),
    /// Still computing, so many minutes after it was posted, when the cycle's time was
    /// over; the next cycle polls on.
    Unfinished(i64),
    /// The cycle's time was over in the midst of it; the next cycle goes on.
    OutOfTime,
    /// So many queries were posted, and so many parts are left for the next cycle, which
    /// has a budget of its own.
    Left { posted: u32, left: usize },
    /// Fewer rows came than were promised.
    Short { promised: u64, came: u64 },
    /// Members of a supercluster that did not answer.
    Silent(Vec<String>),
}

impl Failure {
    /// The cycle's time being over leaves the query as it is.
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::Deadline => Self::OutOfTime,
            error => Self::Pce(error),
        }
    }

    /// Whether the PCE refused the key.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Pce(Error::Credentials { .. }))
    }

    /// The reason, as it stands in a sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Pce(error) => error.text(lang),
            Self::Query(word) => say::query_failed(lang, word),
            Self::TooSlow(patience) => say::query_too_slow(lang, patience.as_secs()),
            Self::Unfinished(minutes) => say::query_unfinished(lang, minutes),
            Self::OutOfTime => Error::Deadline.text(lang),
            Self::Left { posted, left } => say::queries_left(lang, posted, left),
            Self::Short { promised, came } => {
                say::query_short(lang, counts::rows(lang, *promised), grouped(*came))
            }
            Self::Silent(members) => say::query_silent(lang, members.join(", ")),
        }
    }
}

/// Whether the same request may be answered later.
pub(in crate::cycle) fn may_pass(error: &Error) -> bool {
    match error {
        Error::Unreachable { .. }
        | Error::Broken { .. }
        | Error::Odd { .. }
        | Error::Redirect { .. }
        | Error::LogInPage { .. } => true,
        Error::Status { status, .. } => *status == 429 || *status >= 500,
        _ => false,
    }
}
