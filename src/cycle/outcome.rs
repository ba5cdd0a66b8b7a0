//! How a run ended: its exit code and its line.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::site::Site;
use crate::commands::named;
use crate::exit::Code;
use crate::lang::{Lang, counts, listed, menu_rules as levels, ran as say, reports};
use crate::mail::compose::condition_name;
use crate::report::{Alert, Report};
use crate::rules::Level;
use crate::screen::visible::visible;
use crate::store::state::State;

/// So many names stand in one sentence.
const NAMED: usize = 8;

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

/// Something that a run told, by its name; the worst first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// A rule's name, or a condition's or notice's title in the run's language.
    pub name: String,
    /// How bad it is, for an alert; `None` for all else.
    pub level: Option<Level>,
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
    /// What it told, for a person at a terminal.
    pub told: Vec<Named>,
    /// What holds now, by name.
    pub holds: Vec<String>,
    /// The reader's zone.
    pub zone: TimeZone,
}

impl Outcome {
    /// The run in sentences, for a person at a terminal. What failed is not among them:
    /// [`Self::problems`] goes before.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        let time = self.at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let mut lines = Vec::new();
        if let Some(figures) = &self.figures {
            let (events, rows) = (figures.events, figures.flows);
            lines.push(say::read(
                lang,
                time,
                counts::events(lang, events),
                counts::rows(lang, rows),
            ));
            lines.extend(self.told_in_words(lang));
            if figures.mails > 0 {
                lines.push(say::mails(lang, figures.mails));
            }
            if figures.pending > 0 {
                lines.push(say::waiting(lang, figures.pending));
            }
        } else {
            lines.push(say::nothing_read(lang, time));
        }
        match self.code {
            Code::Done => {}
            Code::Config => lines.push(say::person(lang)),
            _ => lines.push(say::retry(lang)),
        }
        lines
    }

    fn told_in_words(&self, lang: Lang) -> Vec<String> {
        let word = |level| match level {
            Level::Critical => levels::critical(lang),
            Level::Warning => levels::warning(lang),
            Level::Info => levels::info(lang),
        };
        let alert = |named: &Named| Some(say::alert(lang, word(named.level?), &named.name));
        let alerts: Vec<String> = self.told.iter().filter_map(alert).collect();
        let others = self.told.iter().filter(|named| named.level.is_none());
        let others: Vec<String> = others.map(|named| named.name.clone()).collect();
        let mut lines = Vec::new();
        if self.told.is_empty() {
            lines.push(say::nothing_new(lang));
        }
        let holds: Vec<String> =
            self.holds.iter().filter(|name| !others.contains(name)).cloned().collect();
        type Sentence = fn(Lang, String) -> String;
        let told: [(Sentence, &[String]); 3] =
            [(say::alerts, &alerts), (say::beside, &others), (say::holds, &holds)];
        for (sentence, names) in told.into_iter().filter(|(_, names)| !names.is_empty()) {
            let shown = names.get(..names.len().min(NAMED)).unwrap_or_default();
            let list = listed(lang, shown);
            lines.push(sentence(
                lang,
                match names.len() - shown.len() {
                    0 => list,
                    more => say::and_more(lang, list, more),
                },
            ));
        }
        lines
    }

    pub(super) fn refused(
        code: Code,
        problems: Vec<String>,
        at: Timestamp,
        took: Duration,
    ) -> Self {
        let (told, holds, zone) = (Vec::new(), Vec::new(), TimeZone::system());
        Self { code, at, figures: None, problems, took, told, holds, zone }
    }
}

/// What a report tells, by name: alerts, then conditions and notices.
pub(super) fn told(report: &Report, site: &Site<'_>) -> Vec<Named> {
    let hide = |name: &str| visible(&site.config.secrets.hide(name.trim()));
    let mut alerts: Vec<&Alert> = report.alerts.iter().collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.level));
    let alerts = alerts
        .into_iter()
        .map(|alert| Named { name: hide(&alert.rule_name), level: Some(alert.level) });
    let conditions = report.conditions.iter().map(|news| condition_name(site.lang(), news));
    let notices = report.notices.iter().map(|notice| notice.title.clone());
    let others = conditions.chain(notices).map(|name| Named { name: hide(&name), level: None });
    alerts.chain(others).collect()
}

/// The daily report, which tells what it tells beside the rest.
pub(super) fn of_daily_report(lang: Lang) -> Named {
    Named { name: reports::daily(lang), level: None }
}

/// What holds by the state, by name.
pub(super) fn holding(state: &State, site: &Site<'_>) -> Vec<String> {
    let held = named::held(state, &site.config);
    held.iter().map(|name| site.config.secrets.hide(name.text(site.lang()))).collect()
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
