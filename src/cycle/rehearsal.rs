//! `rules try`: what a rule would have told, had it been on.
//!
//! The engine of the cycle on a state of its own, in memory: at each moment at which a run
//! would have been, what that run would have read is counted and judged. Takes no lock,
//! saves nothing, sends nothing; of the PCE it asks what a run asks, and deletes its query.

mod archived;
mod live;
mod replay;
mod runs;
mod suggest;
mod told;

use std::path::PathBuf;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use self::replay::{Life, Records, Time, replay};
use self::runs::Runs;
use self::suggest::Suggested;
use super::site::Site;
use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::rules::{given, numbered};
use crate::commands::said::Said;
use crate::config::check_rule;
use crate::exit::{Code, USAGE};
use crate::lang::{Lang, rules as words, tried as say};
use crate::pce::ip_lists::Table;
use crate::report::standing::Workloads;
use crate::rules::{Filter, Rule, Threshold};
use crate::store::state::State;
use crate::store::{self, Opened, StateUse};

/// So many hours are looked back, unless said otherwise.
pub const USUAL_HOURS: u32 = 24;

/// The most: what a PCE keeps of traffic.
const MOST_HOURS: u32 = 90 * 24;

/// What a try came to.
struct Tried {
    rule: Rule,
    of: Source,
    /// From here …
    from: Timestamp,
    /// … to here, both on the PCE's clock.
    until: Timestamp,
    /// Minutes between two runs.
    every: i64,
    /// Records that were read, and those of them that match.
    records: u64,
    matching: u64,
    life: Life,
    /// The threshold that tells at most once in 24 hours.
    once_a_day: Option<u64>,
    /// How workloads are now, for a rule that asks for that.
    workloads: Option<Workloads>,
    /// What can't be known, or was not read: finished sentences.
    unknown: Vec<String>,
}

/// Where the records came from.
enum Source {
    Pce,
    Archive(PathBuf),
}

/// What was read for a try.
struct Read {
    of: Source,
    records: Records,
    lists: Table,
    time: Time,
    /// How many were read, where that is known before they are counted.
    read: u64,
    unknown: Vec<String>,
}

/// Tries a rule, and says what it would have told.
pub fn rehearse(call: &Call<'_>, command: &cli::RulesTry) -> Said {
    let lang = call.screen_language();
    let tried = prepare(call, command, lang).and_then(|(site, state, rule)| {
        let tried = match &rule.filter {
            Filter::Workload(_) => look_once(&site, &state, rule, command),
            _ => act(&site, &state, rule, command),
        };
        Ok(tried?.said(&site, command))
    });
    tried.unwrap_or_else(|failed| failed)
}

/// The site, whose only rule is the one to be tried, and what the runs keep.
fn prepare<'a>(
    call: &Call<'a>,
    command: &cli::RulesTry,
    lang: Lang,
) -> Result<(Site<'a>, State, Rule), Said> {
    if command.hours.is_some() && command.archive.is_some() {
        return Err(usage(say::hours_or_archive(lang)));
    }
    if command.hours.is_some_and(|hours| !(1..=MOST_HOURS).contains(&hours)) {
        return Err(usage(say::hours_range(lang, MOST_HOURS)));
    }
    let opened = store::open(call.config, call.env, StateUse::Keep)
        .map_err(|unopened| failed(unopened.error.needs_a_person(), unopened.error.lines(lang)))?;
    let Opened { store, mut config, state, .. } = opened;
    let rule = rule(call, command, &config.rules, lang)?;
    config.rules = vec![rule.clone()];
    config.settings.language = lang;
    // What is tried goes nowhere.
    config.mail.attach_records = false;
    config.settings.archive_dir = match &command.archive {
        Some(folder) if !folder.is_empty() => Some(PathBuf::from(folder)),
        _ => config.settings.archive_dir,
    };
    let site = Site { path: store.path().to_owned(), config, call: *call, began: Instant::now() };
    Ok((site, state, rule))
}

/// The rule of this id, or the one that is given; as if it were on.
fn rule(
    call: &Call<'_>,
    command: &cli::RulesTry,
    rules: &[Rule],
    lang: Lang,
) -> Result<Rule, Said> {
    let source = command.rule.as_deref();
    if let Some(id) = source.and_then(numbered) {
        let rule = rules.iter().find(|rule| rule.id == id);
        let rule = rule.ok_or_else(|| usage(words::no_such_rule(lang, id)))?;
        return Ok(Rule { enabled: true, ..rule.clone() });
    }
    let given = given(call, source, lang)?;
    let [given] = given.as_slice() else { return Err(usage(say::one_rule(lang))) };
    let rule = check_rule(&given.to_string(), "rule").map_err(|problems| Said {
        problems: problems.iter().map(|problem| problem.text(lang)).collect(),
        exit: USAGE,
        ..Said::default()
    })?;
    Ok(Rule { enabled: true, ..rule })
}

/// Reads what there is, and lives through it.
fn act(site: &Site<'_>, state: &State, rule: Rule, command: &cli::RulesTry) -> Result<Tried, Said> {
    let lang = site.lang();
    let now = state.pce_time(site.call.now);
    let runs = Runs::of(&state.rhythm, now);
    let mut read = match &command.archive {
        Some(_) => archived::read(site, state, &rule, &runs, now)?,
        None => live::read(site, state, &rule, &runs, command.hours.unwrap_or(USUAL_HOURS))?,
    };
    let mut life = replay(site, &read.lists, &mut read.records, &runs, read.time)
        .map_err(|error| failed(false, vec![error.text(lang)]))?;
    let suggested = suggest::once_a_day(site, &mut read, &runs, &life)
        .map_err(|error| failed(false, vec![error.text(lang)]))?;
    let mut unknown = std::mem::take(&mut read.unknown);
    unknown.extend(says_of(&rule, lang));
    unknown.extend(life.is_paused.then(|| say::paused(lang)));
    let once_a_day = match suggested {
        Suggested::Threshold(count) => Some(count),
        Suggested::Nothing => None,
        Suggested::NoTime => {
            unknown.push(say::no_time_for_a_threshold(lang));
            None
        }
    };
    life.alerts.shrink_to_fit();
    Ok(Tried {
        of: read.of,
        from: read.time.from,
        until: read.time.until,
        every: runs.every(),
        records: read.read.max(life.records),
        matching: life.matching,
        once_a_day,
        workloads: None,
        unknown,
        rule,
        life,
    })
}

/// What of a rule no try can know, wherever the records are from.
fn says_of(rule: &Rule, lang: Lang) -> Vec<String> {
    let newness = rule.newness.map(|newness| say::learns_from_the_start(lang, newness.within_days));
    let below = matches!(rule.threshold, Threshold::Below { .. }).then(|| say::below_runs(lang));
    newness.into_iter().chain(below).collect()
}

/// How workloads are now; the archive has none.
fn look_once(
    site: &Site<'_>,
    state: &State,
    rule: Rule,
    command: &cli::RulesTry,
) -> Result<Tried, Said> {
    let lang = site.lang();
    if command.archive.is_some() {
        return Err(usage(say::no_workloads_in_archive(lang)));
    }
    let (workloads, now) = live::workloads(site, state, &rule)?;
    Ok(Tried {
        of: Source::Pce,
        from: now,
        until: now,
        every: 0,
        records: workloads.managed,
        matching: workloads.count,
        life: Life::default(),
        once_a_day: None,
        workloads: Some(workloads),
        unknown: vec![say::workloads_now(lang)],
        rule,
    })
}

fn usage(sentence: String) -> Said {
    Said { problems: vec![sentence], exit: USAGE, ..Said::default() }
}

fn failed(needs_a_person: bool, problems: Vec<String>) -> Said {
    Said { problems, exit: Code::of_failure(needs_a_person).exit(), ..Said::default() }
}

/// So many hours earlier.
fn hours_before(time: Timestamp, hours: u32) -> Timestamp {
    time.checked_sub(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MIN)
}
