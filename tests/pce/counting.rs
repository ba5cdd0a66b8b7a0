//! How a PCE makes rows of what it was told. No PCE promises any of it; each of these
//! was seen, or could be on the next build. They go together as one likes.

use jiff::Timestamp;

use super::time::DAY_SECONDS;

/// How rows are counted.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    /// Where a row ends and the next one begins.
    pub cut: Cut,
    /// When a day's rows end.
    pub midnight: Midnight,
    /// Snapshot rows of a day end with the second in which the next day's begin [seen].
    pub snapshots_meet: bool,
    /// The days that the query touches are one row: over midnight yesterday's and
    /// today's together, after it today's alone.
    pub merged: bool,
    /// Rows are clipped to the query: count and times are of what lies within.
    pub clipped: bool,
    /// Every row is so many of one name side by side; 0 and 1: one.
    pub lanes: u64,
    /// By how many seconds a row's beginning varies from answer to answer, at most.
    pub jitter: u64,
    /// When all counters began anew.
    pub restarts: Vec<Restart>,
    /// What rows are called only from some time on.
    pub names: Vec<LaterName>,
    /// The order of rows follows from it.
    pub seed: u64,
}

/// Where a row ends and the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// With the day of a zone that is so many hours ahead of UTC.
    Day(i64),
    /// With the hour.
    Hour,
    /// One row for each upload.
    Upload,
    /// Nowhere: one row for ever.
    Never,
}

impl Default for Cut {
    fn default() -> Self {
        Self::Day(0)
    }
}

impl Cut {
    /// The day or hour that an instant lies in, or the instant of an upload.
    pub fn of(self, instant: Timestamp) -> i64 {
        (instant.as_second() + self.ahead()).div_euclid(self.seconds())
    }

    /// Seconds since that began.
    pub fn into(self, instant: Timestamp) -> i64 {
        (instant.as_second() + self.ahead()).rem_euclid(self.seconds())
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Day(_) => DAY_SECONDS,
            Self::Hour => 3_600,
            Self::Upload => 1,
            Self::Never => i64::MAX,
        }
    }

    fn ahead(self) -> i64 {
        match self {
            Self::Day(hours) => hours * 3_600,
            _ => 0,
        }
    }
}

/// When a day's rows end. What comes before that goes into yesterday's row, if there
/// is one.
#[derive(Clone, Copy, Debug, Default)]
pub enum Midnight {
    /// At 00:00:00.
    OnTime,
    /// So many seconds after, for every row.
    After(i64),
    /// Up to four minutes after, differing from row to row.
    #[default]
    Varied,
}

/// A restore or a failover: what was told before it is in no counter any more.
#[derive(Clone, Copy, Debug)]
pub struct Restart {
    /// When.
    pub at: Timestamp,
    /// Whether a row still says when it began before.
    pub keeps_beginning: bool,
}

/// What a row is called only from some time on, while it goes on growing.
#[derive(Clone, Debug)]
pub struct LaterName {
    /// From when on.
    pub from: Timestamp,
    /// Rows with this address at either end.
    pub address: String,
    /// What they get.
    pub name: Name,
}

/// What a row can come to be called.
#[derive(Clone, Debug)]
pub enum Name {
    /// A name in DNS, for the destination.
    Fqdn(String),
    /// A workload behind what was only an address.
    Workload(String),
    /// A process.
    Process(String),
}
