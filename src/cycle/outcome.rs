//! How a run ended: its exit code and its line.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::exit::Code;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// New events.
    pub events: u64,
    /// Rows of traffic that were read.
    pub flows: u64,
    /// Alerts that were told.
    pub alerts: usize,
    /// Mails that were delivered.
    pub mails: usize,
    /// Mails that wait.
    pub pending: usize,
    /// Records that were handed on, counted for each receiver; `None` without one.
    pub forwarded: Option<usize>,
}

/// Something that failed, or that is worth a line on standard error all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What the run comes to by it; `Done` where nothing failed.
    pub code: Code,
    /// A finished sentence.
    pub text: String,
}

impl Trouble {
    pub fn new(code: Code, text: String) -> Self {
        Self { code, text }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The exit code.
    pub code: Code,
    /// The end, on the cycle's clock.
    pub at: Timestamp,
    /// What it did; `None` where there was no cycle at all.
    pub figures: Option<Figures>,
    /// What failed: finished sentences.
    pub problems: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    pub(super) fn refused(
        code: Code,
        problems: Vec<String>,
        at: Timestamp,
        took: Duration,
    ) -> Self {
        Self { code, at, figures: None, problems, took }
    }
}

/// The run's line; the manual shows it.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures.unwrap_or_default();
        let Figures { events, flows, alerts, mails, pending, forwarded } = figures;
        let forwarded = forwarded.map(|records| format!(" forwarded={records}"));
        let forwarded = forwarded.unwrap_or_default();
        let (at, word, took) =
            (self.at.strftime("%Y-%m-%dT%H:%M:%SZ"), self.code.word(), self.took.as_secs_f64());
        write!(
            f,
            "{at} {word} events={events} flows={flows} alerts={alerts} mails={mails} pending={pending}{forwarded} took={took:.1}s"
        )
    }
}
