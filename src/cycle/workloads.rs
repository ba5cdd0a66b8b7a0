//! How workloads are now, for the rules that ask: the list is read now and then, and
//! judged as a whole or not at all.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::conditions::{Conditions, RuleStanding, Standing};
use super::poll::{Desk, Incomplete, Reading};
use super::site::{Site, is_over};
use crate::lang::{Both, Lang, grouped, standing as say};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::record::Host;
use crate::pce::workloads::{Sink, list};
use crate::report::standing::Workloads;
use crate::report::standing::workloads::{
    Judge, Judged, Moment, Watched, WorkloadMemory, key_of, room,
};
use crate::report::{Condition, ConditionNews, Phase, RuleNews, Stands};
use crate::rules::minutes::minute_of;
use crate::rules::{Filter, Level, Rule, RuleKey, Threshold, WorkloadFilter, describe, keyed};

pub(super) use crate::pce::workloads::Failure;

/// What a rule's workloads come to.
pub(super) struct OfRule {
    key: RuleKey,
    level: Level,
    reminder_minutes: u32,
    news: RuleNews,
    holds: bool,
    joined: Vec<u64>,
}

impl OfRule {
    fn told(&self) -> Option<&Workloads> {
        match &self.news.stands {
            Stands::Workloads(told) => Some(told),
            Stands::Below(_) => None,
        }
    }

    /// How the workloads are.
    pub fn into_told(self) -> Option<Workloads> {
        match self.news.stands {
            Stands::Workloads(told) => Some(told),
            Stands::Below(_) => None,
        }
    }

    /// How many workloads the PCE manages.
    pub fn managed(&self) -> u64 {
        self.told().map_or(0, |told| told.managed)
    }

    /// Whether more are so than are remembered.
    pub fn is_full(&self) -> bool {
        self.told().is_some_and(|told| told.beyond > 0)
    }
}

/// What reading the list came to.
pub(super) struct Read {
    pub reading: Reading<Failure>,
    pub judged: Vec<OfRule>,
}

/// A rule that looks at the list.
struct Asking<'r> {
    key: String,
    rule: &'r Rule,
    filter: &'r WorkloadFilter,
}

impl Asking<'_> {
    /// What is remembered; without the condition nothing of it is told.
    fn known(&self, memory: &WorkloadMemory, held: &Conditions) -> Watched {
        let mut known = memory.rules.get(&self.key).cloned().unwrap_or_default();
        let condition = self.key.parse().map(Condition::Rule);
        if !condition.is_ok_and(|condition| held.contains_key(&condition)) {
            known.ended();
        }
        known
    }
}

/// Those who look at one list, and how many workloads it has so far.
struct Judges<'r> {
    judges: Vec<Judge<'r>>,
    managed: u64,
}

impl Sink for Judges<'_> {
    fn take(&mut self, host: &Host<'_>) -> bool {
        // One that nothing tells from others can't be found again.
        let Some(key) = key_of(host) else { return false };
        // Some PCEs may give what was not asked for.
        if host.managed.0 != Some(false) {
            self.managed += 1;
            self.judges.iter_mut().for_each(|judge| judge.see(host, key));
        }
        true
    }
}

/// Reads the list if a rule asks for it and it is due; after one that was not whole, each
/// run tries anew.
pub(super) fn read(desk: &mut Desk<'_, '_>, client: &mut Client, listen_only: bool) -> Read {
    let none = |reading| Read { reading, judged: Vec::new() };
    let asking = asking(&desk.site.config.rules);
    if asking.is_empty() {
        desk.state.workloads = WorkloadMemory::default();
        return none(Reading::NotWanted);
    }
    let (now, settings) = (desk.now(), &desk.site.config.settings);
    let memory = &desk.state.workloads;
    let every = SignedDuration::from_mins(settings.workload_minutes.into());
    let is_new = asking.iter().any(|one| !memory.rules.contains_key(&one.key));
    let is_due = memory.read_at.is_none_or(|at| is_over(at, every, now));
    if !(is_due || is_new || memory.failures > 0) {
        return none(Reading::NotTried);
    }
    let moment = Moment { now: minute_of(now), listen_only, room: room(asking.len()) };
    let known: Vec<Watched> =
        asking.iter().map(|one| one.known(memory, &desk.state.conditions)).collect();
    let fresh = || {
        let judges = asking.iter().zip(&known);
        let judges =
            judges.map(|(one, known)| Judge::new(one.filter, threshold(one.rule), known, moment));
        Judges { judges: judges.collect(), managed: 0 }
    };
    let patience = desk.site.config.pce.query_timeout;
    match list(client, memory.is_long, patience, fresh) {
        Ok(list) => {
            let Judges { judges, managed } = list.sink;
            let judged: Vec<Judged> = judges.into_iter().map(|judge| judge.end(managed)).collect();
            let memory = &mut desk.state.workloads;
            memory.is_long = list.is_long;
            (memory.read_at, memory.failures) = (Some(now), 0);
            memory.rules = BTreeMap::new();
            let judged = asking.into_iter().zip(judged);
            let judged = judged.filter_map(|(one, judged)| keep(memory, &one, judged)).collect();
            Read { reading: Reading::Complete(now), judged }
        }
        Err(error) => {
            let memory = &mut desk.state.workloads;
            // A refused key is a condition of its own.
            if !matches!(error, Failure::Pce(Error::Credentials { .. })) {
                memory.failures = memory.failures.saturating_add(1);
            }
            let (position, failures) = (memory.read_at, memory.failures);
            none(Reading::Incomplete(Incomplete { error, position, failures }))
        }
    }
}

/// The enabled rules that ask how workloads are.
fn asking(rules: &[Rule]) -> Vec<Asking<'_>> {
    let asking = keyed(rules).into_iter().filter_map(|(key, rule)| match &rule.filter {
        Filter::Workload(filter) => Some(Asking { key, rule, filter }),
        _ => None,
    });
    asking.collect()
}

/// From how many on, each for how many minutes.
fn threshold(rule: &Rule) -> (u64, u32) {
    match rule.threshold {
        Threshold::Standing { count, minutes } => (count, minutes),
        _ => (1, 0),
    }
}

fn keep(memory: &mut WorkloadMemory, one: &Asking<'_>, judged: Judged) -> Option<OfRule> {
    let Judged { told, next, joined } = judged;
    memory.rules.insert(one.key.clone(), next);
    Some(OfRule {
        key: one.key.parse().ok()?,
        level: one.rule.level,
        reminder_minutes: one.rule.cooldown_minutes,
        holds: told.holds(),
        news: RuleNews::of(one.rule, Stands::Workloads(told)),
        joined,
    })
}

/// How the rules' conditions are now.
pub(super) fn found(judged: &[OfRule]) -> Vec<(Condition, Standing)> {
    let found = judged.iter().map(|of| {
        let standing = RuleStanding {
            level: of.level,
            detail: detail(&of.news, of.holds),
            holds: of.holds,
            is_more: !of.joined.is_empty(),
            reminder_minutes: of.reminder_minutes,
            news: of.news.clone(),
        };
        (Condition::Rule(of.key), Standing::OfRule(Box::new(standing)))
    });
    found.collect()
}

/// What is said of it in a line or two.
fn detail(news: &RuleNews, holds: bool) -> Both {
    let Stands::Workloads(told) = &news.stands else { return Both::default() };
    Both::of(|lang| {
        let gone = (told.gone > 0).then(|| say::gone(lang, grouped(told.gone)));
        let beyond = (told.beyond > 0).then(|| say::beyond(lang, grouped(told.beyond)));
        let said = if holds { are(told, lang) } else { were(told, lang) };
        let said: Vec<String> = said.into_iter().chain(gone).chain(beyond).collect();
        said.join(lang.gap())
    })
}

/// `3 of 340 managed workloads are offline.`
fn are(told: &Workloads, lang: Lang) -> Vec<String> {
    let (managed, states) = (grouped(told.managed), describe::states(&told.states, lang));
    vec![match told.count {
        1 => say::one_is(lang, managed, states),
        count => say::some_are(lang, grouped(count), managed, states),
    }]
}

/// `3 of 3 back, the longest after 47 min.`
fn were(told: &Workloads, lang: Lang) -> Vec<String> {
    let longest = say::time(lang, told.longest);
    let back = say::all_are_back(lang, grouped(told.over), grouped(told.total), longest);
    let states = describe::states(&told.states, lang);
    let left = (told.count > 0)
        .then(|| say::fewer_are(lang, grouped(told.count), states, grouped(told.wanted)));
    [back].into_iter().chain(left).collect()
}

/// Takes note of what the news tell of workloads.
pub(super) fn note_what_is_told(
    memory: &mut WorkloadMemory,
    judged: &[OfRule],
    news: &[ConditionNews],
) {
    for of in judged {
        let Some(watched) = memory.rules.get_mut(&of.key.to_string()) else { continue };
        let told = news.iter().find(|news| news.condition == Condition::Rule(of.key));
        match told.map(|news| news.phase) {
            Some(Phase::Ended) => watched.ended(),
            // A pause holds it.
            Some(_) if told.is_some_and(|news| news.held) => {}
            Some(Phase::Begins | Phase::Lasts) => watched.told(&of.joined),
            None => {}
        }
    }
}

/// The conditions of rules that nobody wants to know any more.
pub(super) fn unwatched<'c>(
    site: &Site<'_>,
    held: impl Iterator<Item = &'c Condition>,
) -> Vec<(Condition, Standing)> {
    let stands = |rule: &Rule| {
        matches!(rule.threshold, Threshold::Standing { .. } | Threshold::Below { .. })
    };
    let keys = keyed(&site.config.rules).into_iter().filter(|(_, rule)| stands(rule));
    let keys: Vec<RuleKey> = keys.filter_map(|(key, _)| key.parse().ok()).collect();
    let gone = held.filter(|held| matches!(held, Condition::Rule(key) if !keys.contains(key)));
    gone.map(|held| (*held, Standing::Unwatched)).collect()
}
