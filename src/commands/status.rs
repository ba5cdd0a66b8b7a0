//! `status`: is the monitor at work? One line for Nagios or Zabbix. Reads the file
//! and `.last`, and nothing else: no lock, no network. Knows the store.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::named;
use crate::commands::said::Said;
use crate::exit::Code;
use crate::lang::{Both, Lang, listed, status as say};
use crate::report::pause::{Pause, Pauses};
use crate::store::state::{LastRun, State};
use crate::store::{self, Opened, StateUse};

/// So many conditions are named on the line.
const NAMED: usize = 4;

/// How the monitor is doing.
#[derive(Clone, Debug)]
pub struct Status {
    /// 0, 75 or 78.
    pub code: Code,
    /// Why it is not 0.
    pub reason: Option<Reason>,
    /// The last run that came to its end.
    pub last_run: Option<LastRun>,
    /// Minutes since the last run that saw everything, on the PCE's clock.
    pub complete_minutes: Option<i64>,
    /// Minutes since the last run of all.
    pub last_minutes: Option<i64>,
    /// Mails that wait.
    pub waiting: usize,
    /// Records that wait to be handed on.
    pub records: usize,
    /// What is wrong just now, as it was told by mail: the first line of each
    /// condition that holds.
    pub holding: Vec<Both>,
    /// The same by their names alone.
    pub names: Vec<Both>,
    /// The pauses that hold now, and how much each holds back.
    pub pauses: Vec<(Pause, u64)>,
    /// The begins of runs that did not come to their end, until a mail has told of
    /// them; oldest first.
    pub died: Vec<Timestamp>,
}

/// Why the monitor can't be said to be well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The config can't be read or is wrong; the first line of what is.
    Config(String),
    /// There was no run on this file yet.
    NeverRan,
    /// The last run is too old itself: nothing starts it.
    NotStarted,
    /// Runs come to their end, and do not see everything.
    Incomplete,
}

/// What the command says: the line, or the same as JSON.
pub fn said(call: &Call<'_>, options: &cli::Status) -> Said {
    let (status, lang) = status(call, options.max_age);
    let line = match options.json {
        true => status.json(options.max_age, lang).to_string(),
        false => status.line(lang),
    };
    Said { lines: vec![line], exit: status.code.exit(), ..Said::default() }
}

/// How the monitor is doing. `max_age` in minutes. The language to tell it in comes with
/// it.
pub fn status(call: &Call<'_>, max_age: u32) -> (Status, Lang) {
    let now = call.now;
    match store::open(call.config, call.env, StateUse::Keep) {
        Ok(opened) => {
            let lang = call.language(Some(opened.config.settings.language));
            (of(&opened, max_age, now), lang)
        }
        Err(unopened) => {
            let lang = call.language(None);
            let last = unopened.last.map(|last| of(&last, max_age, now));
            let line = unopened.error.lines(lang).into_iter().next();
            let status = Status {
                code: Code::Config,
                reason: Some(Reason::Config(line.unwrap_or_default())),
                ..last.unwrap_or_else(|| of_state(&State::default(), max_age, now))
            };
            (status, lang)
        }
    }
}

/// The same of a file that is open.
pub fn of(opened: &Opened, max_age: u32, now: Timestamp) -> Status {
    let mut status = of_state(&opened.state, max_age, now);
    let pauses = Pauses::of(&opened.config.pauses, &opened.config.settings.timezone);
    status.pauses = pauses.that_hold(&opened.state.held, opened.state.pce_time(now));
    let mut died = store::died_runs(opened.store.path());
    died.retain(|begun| !opened.state.died.knows(*begun));
    status.died.extend(died);
    status.names = named::held(&opened.state, &opened.config);
    status
}

fn of_state(state: &State, max_age: u32, now: Timestamp) -> Status {
    let now = state.pce_time(now);
    // A time in the future reads as now.
    let minutes = |time: Timestamp| now.duration_since(time).as_mins().max(0);
    let last_run = state.last_run.clone();
    let last_minutes = last_run.as_ref().map(|run| minutes(run.at));
    let complete = last_run.as_ref().and_then(|run| run.complete_at);
    let complete_minutes = complete.map(minutes);
    let recent = |age: Option<i64>| age.is_some_and(|age| age <= i64::from(max_age));
    let (code, reason) = match &last_run {
        _ if recent(complete_minutes) => (Code::Done, None),
        None => (Code::Retry, Some(Reason::NeverRan)),
        Some(run) => {
            let reason = if recent(last_minutes) { Reason::Incomplete } else { Reason::NotStarted };
            let person = run.outcome == Code::Config.word();
            let code = if person { Code::Config } else { Code::Retry };
            (code, Some(reason))
        }
    };
    let held = state.conditions.values();
    Status {
        code,
        reason,
        complete_minutes,
        last_minutes,
        last_run,
        waiting: state.outbox.mails.len(),
        records: state.forward.waiting(),
        died: state.died.untold.clone(),
        pauses: Vec::new(),
        names: Vec::new(),
        holding: held.map(named::first_line).filter(|said| *said != Both::default()).collect(),
    }
}

impl Status {
    /// The word, as a run's line has it, then what there is to say; one line without a bar.
    pub fn line(&self, lang: Lang) -> String {
        let mut line = format!("{} {}", self.code.word(), self.text(lang));
        if self.waiting > 0 {
            line += &say::waiting(lang, self.waiting);
        }
        if !self.pauses.is_empty() {
            line += &say::paused(lang, self.pauses.len());
        }
        if !self.names.is_empty() {
            let names: Vec<&str> =
                self.names.iter().take(NAMED).map(|name| name.text(lang)).collect();
            let more = self.names.len() - names.len();
            line += &say::holds(lang, listed(lang, &names));
            if more > 0 {
                line += &say::more_hold(lang, more);
            }
        }
        if self.reason == Some(Reason::Incomplete)
            && let Some(held) = self.holding.first()
        {
            line += &say::because(lang, held.text(lang));
        }
        if let Some(begun) = self.died.last() {
            line += &say::died(lang, written(*begun));
        }
        // Where Nagios reads one, figures begin.
        line.replace('|', "/")
    }

    /// What there is to say of the last runs.
    pub fn text(&self, lang: Lang) -> String {
        let age = |minutes: Option<i64>| match minutes {
            Some(minutes) => say::ago(lang, minutes),
            None => say::never(lang),
        };
        let (complete, last) = (age(self.complete_minutes), age(self.last_minutes));
        match &self.reason {
            None => say::complete(lang, complete),
            Some(Reason::Config(line)) => line.clone(),
            Some(Reason::NeverRan) => say::never_ran(lang),
            Some(Reason::NotStarted) => say::not_started(lang, last, complete),
            Some(Reason::Incomplete) => {
                let outcome = self.last_run.as_ref().map(|run| run.outcome.as_str());
                say::incomplete(lang, complete, last, outcome.unwrap_or_default())
            }
        }
    }

    /// For scripts; the manual names the keys.
    pub fn json(&self, max_age: u32, lang: Lang) -> Value {
        let run = self.last_run.as_ref();
        json!({
            "version": 1,
            "status": self.code.word(),
            "exit_code": self.code.exit(),
            "line": self.line(lang),
            "last_run": run.map(|run| written(run.at)),
            "last_outcome": run.map(|run| run.outcome.as_str()),
            "last_complete_run": run.and_then(|run| run.complete_at).map(written),
            "last_complete_minutes": self.complete_minutes,
            "max_age_minutes": max_age,
            "mails_waiting": self.waiting,
            "records_waiting": self.records,
            "conditions": self.holding.iter().map(|held| held.text(lang)).collect::<Vec<_>>(),
            "pauses": self.pauses.iter().map(|(pause, held)| json!({
                "id": pause.id, "why": pause.why, "by": pause.by, "held": held,
            })).collect::<Vec<_>>(),
            "died_runs": self.died.iter().map(|begun| written(*begun)).collect::<Vec<_>>(),
        })
    }
}

fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
