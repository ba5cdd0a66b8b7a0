//! `learn`: what the archive has seen, for rules that tell only of what is new.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::{Call, Refusal, Said, ids};
use crate::archive::{self, Kind};
use crate::commands::cli;
use crate::commands::learning::line;
use crate::exit::Code;
use crate::lang::{Lang, grouped, inspect, rules as words};
use crate::pce::ip_lists::Table;
use crate::pce::record::{Event, Flow};
use crate::report::daily::Learning;
use crate::report::tally::Tally;
use crate::rules::groups::Named;
use crate::rules::known::Known;
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::minute_of;
use crate::rules::{Filter, Rule, keyed};
use crate::screen::visible::visible;
use crate::store::{self, Note, Opened, StateUse};

/// What was read for one rule.
#[derive(Default)]
struct Learnt {
    records: u64,
    /// When the first of them was; `None` without any.
    since: Option<Timestamp>,
}

/// Reads the archive, under the run's lock: no cycle may hold the state that is changed here.
pub fn learn(call: &Call<'_>, lang: Lang, command: &cli::RulesLearn) -> Result<Said, Refusal> {
    let path = store::resolve(call.config).map_err(Refusal::File)?;
    let _lock = store::lock_run(&path, call.now).map_err(Refusal::File)?;
    let opened = store::open(&path, call.env, StateUse::Keep);
    let opened = opened.map_err(|unopened| Refusal::File(unopened.error))?;
    let folder = folder(&opened, command, lang)?;
    let now = opened.state.pce_time(call.now);
    let Opened { mut store, config, mut state, notes, .. } = opened;
    let rules = meant(&config.rules, &command.ids, lang)?;
    let (lost, notes): (Vec<Note>, Vec<Note>) = notes.into_iter().partition(Note::is_loss);
    if !lost.is_empty() {
        return Ok(not_over(&lost, lang));
    }
    let mut problems: Vec<String> = notes.iter().map(|note| note.text(lang)).collect();
    let lists = state.ip_lists.table();
    let mut lines = Vec::new();
    let mut has_learnt = false;
    for (key, rule) in rules {
        let had = state.rules.get(&key).and_then(|tally| tally.known.clone());
        let mut known = had.unwrap_or_else(|| Known::new(call.random, now).into());
        let learnt = read(&folder, rule, &lists, &mut known, now);
        let learnt = learnt.map_err(|error| Refusal::usage(error.text(lang)))?;
        let Some(since) = learnt.since else {
            let name = inspect::rule(lang, rule.id, visible(&rule.name));
            lines.push(inspect::missed(lang, name, words::nothing_learnt(lang)));
            continue;
        };
        known.learnt_since(since);
        lines.push(told(rule, &known, &learnt, now, lang));
        let unknown_before = state.traffic.let_go;
        let tally = state.rules.entry(key).or_insert_with(|| fresh(rule, unknown_before, now));
        tally.known = Some(known);
        has_learnt = true;
    }
    if has_learnt {
        match store.save(&mut state).map_err(Refusal::File)? {
            store::Saved::Both => {}
            store::Saved::But(remark) => problems.push(remark.text(lang)),
            store::Saved::LastOnly(error) => return Err(Refusal::File(error)),
        }
    }
    Ok(Said { lines, problems, ..Said::default() })
}

/// What was lost is told by a run's mail; a state saved here would have nobody tell it.
fn not_over(lost: &[Note], lang: Lang) -> Said {
    let lost = lost.iter().map(|note| note.text(lang));
    let problems = lost.chain([words::learn_after_run(lang)]).collect();
    Said { problems, exit: Code::Config.exit(), ..Said::default() }
}

/// For a rule that no run has looked by.
fn fresh(rule: &Rule, unknown_before: Option<Timestamp>, now: Timestamp) -> Tally {
    Tally {
        since: Some(now),
        unknown_before,
        of_traffic: matches!(rule.filter, Filter::Traffic(_)),
        ..Tally::default()
    }
}

/// The folder that is named, or the config's own.
fn folder(opened: &Opened, command: &cli::RulesLearn, lang: Lang) -> Result<PathBuf, Refusal> {
    let own = opened.config.settings.archive_dir.clone();
    let named = command.archive.as_ref().map(PathBuf::from);
    named.or(own).ok_or_else(|| Refusal::usage(words::no_archive(lang)))
}

/// The rules with these ids, under their keys; each has to tell only of what is new.
fn meant<'r>(
    rules: &'r [Rule],
    arguments: &[String],
    lang: Lang,
) -> Result<Vec<(String, &'r Rule)>, Refusal> {
    let on = keyed(rules);
    let ids_of: Vec<Value> =
        on.iter().map(|(_, rule)| serde_json::json!({"id": rule.id})).collect();
    let places = ids::places(&ids_of, arguments, lang)?;
    let meant: Vec<(String, &Rule)> = places.iter().filter_map(|at| on.get(*at).cloned()).collect();
    match meant.iter().find(|(_, rule)| rule.newness.is_none()) {
        Some((_, rule)) => Err(Refusal::usage(words::learns_nothing(lang, rule.id))),
        None => Ok(meant),
    }
}

/// Has the rule take note of every group that the archive has of it. The archive has what
/// some rule matched, and of another's records nobody can tell since when this one would
/// have seen its own. IP lists are those that the last run knew.
fn read(
    folder: &Path,
    rule: &Rule,
    lists: &Table,
    known: &mut Known,
    now: Timestamp,
) -> Result<Learnt, archive::Error> {
    let mut learnt = Learnt::default();
    let mut note = |at: Timestamp, groups: Vec<Named>| {
        if groups.is_empty() {
            return;
        }
        // A clock that was ahead must not make it known for longer.
        let at = at.min(now);
        learnt.records += 1;
        learnt.since = Some(learnt.since.map_or(at, |since| since.min(at)));
        groups.iter().for_each(|group| known.learn(group, minute_of(at)));
    };
    match &rule.filter {
        Filter::Event(filter) => archive::read(folder, Kind::Events, |line| {
            let Ok(event) = serde_json::from_slice::<Event<'_>>(line) else { return };
            let Some(at) = event.timestamp.timestamp().or(event.time.timestamp()) else { return };
            let matches = filter.matches(&event);
            let groups = matches.then(|| Named::all_of_event(&filter.per, &event));
            note(at, groups.unwrap_or_default());
        })?,
        Filter::Traffic(filter) => archive::read(folder, Kind::Flows, |line| {
            let Ok(flow) = serde_json::from_slice::<Flow<'_>>(line) else { return };
            let Some(at) = flow.timestamp_range.last_detected.timestamp() else { return };
            let facts = FlowFacts::of(&flow).with_lists(lists);
            let groups = filter.matches(&facts).then(|| Named::of_row(&filter.per, &facts));
            note(at, groups.into_iter().collect());
        })?,
        // None of these learns.
        Filter::Workload(_) => {}
    }
    Ok(learnt)
}

/// `7 New source: 4,211 known from 120,345 records, …`
fn told(rule: &Rule, known: &Known, learnt: &Learnt, now: Timestamp, lang: Lang) -> String {
    let learning = Learning::at(rule, known, now).map(|learning| line(&learning, lang));
    words::learnt_from(lang, learning.unwrap_or_default(), grouped(learnt.records))
}
