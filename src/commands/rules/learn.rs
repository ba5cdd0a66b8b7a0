//! `learn`: what the archive has seen, for rules that tell only of what is new.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::{Call, Refusal, Said, ids};
use crate::archive::{self, Kind};
use crate::commands::cli;
use crate::lang::{Lang, grouped, inspect, rules as words};
use crate::pce::record::{Event, Flow};
use crate::report::daily::Learning;
use crate::report::tally::Tally;
use crate::rules::groups::Named;
use crate::rules::known::Known;
use crate::rules::matching::FlowFacts;
use crate::rules::minutes::minute_of;
use crate::rules::{Filter, Rule, keyed};
use crate::screen::visible::visible;
use crate::store::{self, Opened, StateUse};

/// What was read for one rule.
#[derive(Default)]
struct Learnt {
    records: u64,
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
    let Opened { mut store, config, mut state, .. } = opened;
    let rules = meant(&config.rules, &command.ids, lang)?;
    let mut lines = Vec::new();
    for (key, rule) in rules {
        let fresh = || Tally {
            since: Some(now),
            of_traffic: matches!(rule.filter, Filter::Traffic(_)),
            ..Tally::default()
        };
        let tally = state.rules.entry(key).or_insert_with(fresh);
        let known = tally.known.get_or_insert_with(|| Known::new(call.random, now).into());
        let learnt = read(&folder, rule, known);
        let learnt = learnt.map_err(|error| Refusal::usage(error.text(lang)))?;
        known.learnt_since(learnt.since.unwrap_or(now));
        lines.push(told(rule, known, &learnt, now, lang));
    }
    let problems = match store.save(&mut state).map_err(Refusal::File)? {
        store::Saved::Both => Vec::new(),
        store::Saved::But(remark) => vec![remark.text(lang)],
        store::Saved::LastOnly(error) => return Err(Refusal::File(error)),
    };
    Ok(Said { lines, problems, ..Said::default() })
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

/// Has the rule take note of every group that the archive has of it.
fn read(folder: &Path, rule: &Rule, known: &mut Known) -> Result<Learnt, archive::Error> {
    let mut learnt = Learnt::default();
    let mut note = |at: Timestamp, groups: Vec<Named>| {
        learnt.records += u64::from(!groups.is_empty());
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
            let facts = FlowFacts::of(&flow);
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
    let name = inspect::rule(lang, rule.id, visible(&rule.name));
    let what = match Learning::of(rule, known, now) {
        Some(learning) => learning.text(lang),
        None => {
            crate::lang::reports::learnt(lang, crate::lang::counts::known(lang, known.len() as u64))
        }
    };
    let from = words::learnt_from(lang, what, grouped(learnt.records));
    inspect::missed(lang, name, from)
}
