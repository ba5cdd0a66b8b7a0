//! The PCEs.

use jiff::{SignedDuration, Timestamp};

use crate::pce::*;

/// A PCE, and how well it has to be counted on.
pub struct Kind {
    pub name: &'static str,
    pub vens: Vens,
    pub counting: Counting,
    /// When the first poll is.
    pub begin: Timestamp,
    /// For how long it is polled, unless somebody says otherwise.
    pub hours: i64,
    /// By how much of it the sum may be off.
    pub tolerance: f64,
    pub site: Site,
    pub trouble: Trouble,
    /// So many false alerts are allowed until what is odd is known.
    pub learns: u64,
}

/// Whose traffic it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// A steady flow that never meets its rule, and bursts that do.
    Bursts,
    /// The same, reported by both ends' VENs.
    BothEnds,
    /// Hundreds of rows of the shape that a live PCE's have.
    Lab,
}

/// What else is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Nothing,
    /// It claims more matches than rows.
    Matches,
    /// The region of the steady flow is silent for an hour.
    SilentRegion,
    /// Rows say a decision that nobody knows.
    UnknownWord,
    /// Queries are not done by the deadline, three polls long.
    Unfinished,
}

/// An hour and a half before the day changes, UTC.
const EVENING: &str = "22:30";

impl Kind {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            vens: Vens::default(),
            counting: Counting::default(),
            begin: at(EVENING),
            hours: 3,
            tolerance: 0.02,
            site: Site::Bursts,
            trouble: Trouble::Nothing,
            learns: 0,
        }
    }

    fn cut(mut self, cut: Cut) -> Self {
        self.counting.cut = cut;
        self
    }

    fn counting(mut self, change: impl FnOnce(&mut Counting)) -> Self {
        change(&mut self.counting);
        self
    }

    fn period(mut self, seconds: i64) -> Self {
        self.vens.period = seconds;
        self
    }

    fn lag(mut self, lag: Lag) -> Self {
        self.vens.lag = lag;
        self
    }

    fn begin(mut self, when: &str) -> Self {
        self.begin = at(when);
        self
    }

    fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    fn trouble(mut self, trouble: Trouble) -> Self {
        self.trouble = trouble;
        self
    }

    fn site(mut self, site: Site) -> Self {
        self.site = site;
        self
    }

    /// No VEN reaches the PCE for three hours.
    fn backlog(mut self) -> Self {
        self.vens.cut_off = Some((self.after(15), self.after(195)));
        self.hours = 4;
        self
    }

    fn restart(mut self, keeps_beginning: bool) -> Self {
        let at = self.after(97);
        self.counting.restarts = vec![Restart { at, keeps_beginning }];
        self.tolerance(0.05)
    }

    /// How long after it is seen a burst may be told: the next poll, or once a query that
    /// never ends is given up.
    pub fn patience(&self) -> SignedDuration {
        SignedDuration::from_mins(match self.trouble {
            Trouble::Unfinished => 60,
            _ => 20,
        })
    }

    /// So many minutes after the first poll.
    pub fn after(&self, minutes: i64) -> Timestamp {
        self.begin + SignedDuration::from_mins(minutes)
    }
}

/// All of them, in the table's order.
pub fn all() -> Vec<Kind> {
    let of = Kind::of;
    vec![
        of("rows of a live PCE's shape")
            .site(Site::Lab)
            .counting(|counting| counting.snapshots_meet = true),
        of("UTC days"),
        of("UTC days that end on time").counting(|counting| counting.midnight = Midnight::OnTime),
        // At midnight the two ends' uploads may fall on different days.
        of("UTC days, both ends report").site(Site::BothEnds).tolerance(0.04),
        of("days of a zone 8 hours ahead").cut(Cut::Day(8)).begin("14:30"),
        of("a row an hour").cut(Cut::Hour),
        of("a row for each upload").cut(Cut::Upload),
        of("rows that are never cut").cut(Cut::Never),
        of("rows clipped to the query")
            .counting(|counting| counting.clipped = true)
            .tolerance(0.05),
        of("days merged over the query")
            .counting(|counting| counting.merged = true)
            .tolerance(0.05),
        of("two rows of one name").counting(|counting| counting.lanes = 2),
        of("a beginning that jitters by 2 s").counting(|counting| counting.jitter = 2),
        of("counters that begin anew").restart(false),
        of("the same, beginnings kept").restart(true),
        named_later(of("names that come later")),
        of("VENs that report every 589 s").period(589),
        of("a lag of 1-9 min, in order").lag(Lag::InOrder(60, 540)),
        // That a VEN's summaries overtake each other is known by the first that does.
        Kind { learns: 1, ..of("a lag of 1-25 min, out of order").lag(Lag::OutOfOrder(60, 1_500)) },
        of("a backlog of 3 h").begin("14:30").backlog(),
        of("all at once: zone, two rows, jitter, 589 s, lag")
            .cut(Cut::Day(8))
            .begin("14:30")
            .period(589)
            .lag(Lag::InOrder(60, 540))
            .counting(|counting| {
                counting.lanes = 2;
                counting.jitter = 2;
            }),
        of("more matches than rows").trouble(Trouble::Matches),
        of("a region that is silent for an hour").trouble(Trouble::SilentRegion),
        of("a decision that nobody knows").trouble(Trouble::UnknownWord),
        of("queries not done by the deadline").trouble(Trouble::Unfinished),
    ]
}

/// The steady flow's source becomes a workload, its destination gets a name in DNS,
/// and its process comes to be known, one after the other.
fn named_later(mut kind: Kind) -> Kind {
    let later = |minutes, end: &str, name| LaterName {
        from: kind.after(minutes),
        address: Endpoint::from(end).address().to_owned(),
        name,
    };
    kind.counting.names = vec![
        later(43, "db-01", Name::Fqdn("db-01.example.net".into())),
        later(74, "192.168.7.7", Name::Workload("web-07".into())),
        later(125, "db-01", Name::Process("postgres".into())),
    ];
    kind
}
