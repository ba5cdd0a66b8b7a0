//! What came of a PCE, and the table of all.

use jiff::Timestamp;

/// What was told of a PCE's traffic, and what should have been.
#[derive(Default)]
pub struct Outcome {
    pub name: &'static str,
    pub tolerance: f64,
    pub polls: u64,
    /// Connections that the PCE came to show after the first poll.
    pub truth: u64,
    /// Connections that were told then.
    pub told: u64,
    /// False alerts that it takes to learn what is odd.
    pub learns: u64,
    /// Alerts of what never was.
    pub false_alerts: u64,
    /// The same, but saying that the time is not known.
    pub time_unknown: u64,
    pub bursts: Bursts,
    /// The most queries that one poll posted.
    pub queries: usize,
    /// Whether what else was the matter was told, if anything was.
    pub notice: bool,
}

/// Bursts within one summary.
#[derive(Default)]
pub struct Bursts {
    pub made: u64,
    /// Those that can be told from the rows.
    pub must: u64,
    pub told: u64,
    /// The polls that should have told one and did not.
    pub missed: Vec<Timestamp>,
}

impl Outcome {
    pub fn of(name: &'static str, tolerance: f64) -> Self {
        Self { name, tolerance, ..Self::default() }
    }

    /// By how much of the truth the sum is off.
    fn off(&self) -> f64 {
        (self.told as f64 - self.truth as f64) / self.truth.max(1) as f64
    }

    /// Its line in the table.
    pub fn line(&self) -> String {
        let bursts = &self.bursts;
        let bursts = match bursts.made {
            0 => "-".to_owned(),
            made => format!("{}/{} ({})", bursts.told, made, bursts.must),
        };
        let notice = if self.notice { "" } else { "  not told what is the matter" };
        format!(
            "{:<52}{:>6}{:>8}{:>9}{:>8.1}%  {:>6}{:>9}  {:<15}{:>7}{notice}",
            self.name,
            self.polls,
            self.truth,
            self.told,
            self.off() * 100.0,
            self.false_alerts,
            self.time_unknown,
            bursts,
            self.queries,
        )
    }

    /// What is not as it has to be, in words.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut is_wrong = |wrong: bool, what: String| {
            if wrong {
                faults.push(format!("{}: {what}", self.name));
            }
        };
        is_wrong(
            self.off().abs() > self.tolerance,
            format!("{} told, {} shown", self.told, self.truth),
        );
        is_wrong(self.false_alerts > self.learns, format!("{} false alerts", self.false_alerts));
        let missed = &self.bursts.missed;
        is_wrong(!missed.is_empty(), format!("bursts not told at {missed:?}"));
        is_wrong(self.queries > 40, format!("{} queries in a poll", self.queries));
        is_wrong(!self.notice, "nobody was told what is the matter".into());
        faults
    }
}

/// What the columns are.
pub fn head() -> String {
    format!(
        "{:<52}{:>6}{:>8}{:>9}{:>9}  {:>6}{:>9}  {:<15}{:>7}",
        "the PCE", "polls", "shown", "told", "off", "false", "unknown", "bursts", "queries"
    )
}

/// All outcomes, a line each.
pub fn table(outcomes: &[Outcome]) -> String {
    let lines: Vec<String> = outcomes.iter().map(Outcome::line).collect();
    format!(
        "\n{}\n{}\n\
        false: alerts of a steady flow that never has what they say; unknown: those that say\n\
        that the time is not known. Bursts: told/made (those that the rows show).\n",
        head(),
        lines.join("\n")
    )
}
