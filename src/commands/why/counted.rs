//! What the runs keep of a rule: how far it has counted, and until when it is silent.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use crate::lang::{Lang, counts, grouped, mail, why as say};
use crate::report::Condition;
use crate::report::group::Group;
use crate::report::pause::{Pause, Pauses};
use crate::report::tally::Tally;
use crate::rules::groups::{Value, shown};
use crate::rules::minutes::{Minute, minute_of, time_of};
use crate::rules::{Rule, RuleKey, Threshold, describe, keyed};
use crate::store::Opened;

/// So many groups are told.
const TOLD: usize = 5;

/// What is kept of one rule.
pub(super) struct Counted<'o> {
    rule: &'o Rule,
    tally: Option<&'o Tally>,
    zone: &'o TimeZone,
    /// When the last run ended.
    as_of: Option<Timestamp>,
    /// The groups that count or rest, those that count most first.
    groups: Vec<OfGroup>,
    /// Since when its condition holds, if it is one.
    holds: Option<Timestamp>,
    /// For a rule that looks at workloads: how many it remembers.
    workloads: Option<usize>,
    /// The pauses that hold what it matches now, or some of it, each with its end.
    pauses: Vec<(&'o Pause, Timestamp)>,
    now: Minute,
}

/// How far one group has come.
struct OfGroup {
    values: Vec<Value>,
    /// What its last window holds.
    count: u64,
    at_least: bool,
    since: Option<Minute>,
    alerted: Option<Minute>,
    silent_until: Option<Minute>,
}

impl<'o> Counted<'o> {
    /// By the file; `now` is the PCE's time.
    pub fn of(opened: &'o Opened, rule: &'o Rule, now: Timestamp) -> Self {
        let state = &opened.state;
        let on = keyed(&opened.config.rules).into_iter();
        let key = on.filter(|(_, one)| std::ptr::eq(*one, rule)).map(|(key, _)| key).next();
        let tally = key.as_ref().and_then(|key| state.rules.get(key));
        let condition = key.as_ref().and_then(|key| key.parse::<RuleKey>().ok());
        let held = condition.and_then(|key| state.conditions.get(&Condition::Rule(key)));
        let minute = minute_of(now);
        let all = tally
            .into_iter()
            .flat_map(|tally| std::iter::once(&tally.all).chain(tally.groups.iter()));
        let groups = all.filter(|group| !rule.filter.is_apart() || !group.values.is_empty());
        let mut groups: Vec<OfGroup> =
            groups.map(|group| OfGroup::of(group, rule, minute)).collect();
        groups.retain(|group| {
            !rule.filter.is_apart() || group.count > 0 || group.silent_until.is_some()
        });
        groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.values.cmp(&b.values)));
        let zone = &opened.config.settings.timezone;
        let is_its = |pause: &&Pause| {
            let alone = Pauses::of(std::slice::from_ref(*pause), zone);
            !alone.of_rule(rule).is_nothing()
        };
        let pauses = opened.config.pauses.iter().filter(is_its);
        let pauses = pauses.filter_map(|pause| Some((pause, pause.holds_until(now, zone)?)));
        Self {
            rule,
            tally,
            zone,
            pauses: pauses.collect(),
            as_of: state.last_run.as_ref().map(|run| run.at),
            groups,
            holds: held.map(|held| held.since),
            workloads: key.and_then(|key| state.workloads.rules.get(&key)).map(|one| one.len()),
            now: minute,
        }
    }

    /// For a person.
    pub fn lines(&self, opened: &Opened, lang: Lang) -> Vec<String> {
        if !self.rule.enabled {
            return vec![say::is_off(lang)];
        }
        let Some(as_of) = self.as_of.filter(|_| self.tally.is_some() || self.workloads.is_some())
        else {
            return vec![say::never_ran(lang)];
        };
        let mut lines = vec![say::as_of(lang, self.local(as_of))];
        let paused = self.pauses.iter().map(|(pause, until)| {
            let (until, id, why) = (self.local(*until), pause.id, &pause.why);
            indented(match &pause.only {
                None => say::paused(lang, until, id, why),
                Some(only) => say::paused_in_part(lang, until, id, why, &only.text),
            })
        });
        lines.extend(paused);
        let holds = || match self.holds {
            Some(since) => say::holds_since(lang, self.local(since)),
            None => say::holds_not(lang),
        };
        match (self.rule.threshold, self.workloads) {
            (_, Some(workloads)) => {
                lines.push(indented(say::workloads(lang, workloads)));
                lines.push(indented(holds()));
            }
            (Threshold::Below { count, window }, None) => {
                lines.push(indented(self.below(count, window, lang)));
                lines.push(indented(holds()));
            }
            _ => lines.extend(self.groups_lines(lang)),
        }
        let learning = crate::commands::learning::learning(opened, time_of(self.now));
        let learning = learning.iter().find(|one| one.rule_id == self.rule.id);
        lines.extend(learning.map(|one| indented(one.text(lang))));
        let since = self.tally.and_then(|tally| tally.since);
        lines.extend(since.map(|since| indented(say::looks_since(lang, self.local(since)))));
        lines
    }

    fn groups_lines(&self, lang: Lang) -> Vec<String> {
        if self.groups.is_empty() {
            return vec![indented(say::no_groups(lang))];
        }
        let told = self.groups.iter().take(TOLD);
        let mut lines: Vec<String> =
            told.map(|group| indented(self.group_line(group, lang))).collect();
        let more = self.groups.len().saturating_sub(TOLD) as u64;
        lines.extend(
            (more > 0).then(|| indented(say::more_groups(lang, counts::groups(lang, more)))),
        );
        lines
    }

    fn group_line(&self, group: &OfGroup, lang: Lang) -> String {
        let count = if group.at_least {
            format!("≥ {}", grouped(group.count))
        } else {
            grouped(group.count)
        };
        let since = group.since.map(|since| self.local(time_of(since)));
        let measured = |wanted| describe::measured(self.rule.filter.measure(), wanted, lang);
        let counted = match (self.rule.threshold, since) {
            (Threshold::Count { count: wanted, .. }, Some(since)) => {
                say::counted(lang, count, measured(wanted), since)
            }
            (Threshold::Count { count: wanted, .. }, None) => say::nothing(lang, measured(wanted)),
            (_, Some(since)) => say::counted_at_once(lang, count, since),
            (_, None) => say::nothing_untold(lang),
        };
        let silent = group.silent_until.map(|until| say::silent(lang, self.local(time_of(until))));
        let alerted = match group.alerted {
            Some(at) => say::alerted(lang, self.local(time_of(at))),
            None => say::no_alert(lang),
        };
        let parts: Vec<String> = [counted].into_iter().chain(silent).chain([alerted]).collect();
        let parts = parts.join(lang.semicolon());
        match group.values.is_empty() {
            true => parts,
            false => say::in_group(lang, shown(&group.values), parts),
        }
    }

    fn below(&self, wanted: u64, window: u32, lang: Lang) -> String {
        let covered = self.tally.and_then(|tally| tally.expected.as_ref()?.covered);
        match covered.filter(|covered| minute_of(*covered) > self.now - i64::from(window)) {
            Some(covered) => say::below_unknown(lang, self.local(covered)),
            None => say::below(
                lang,
                grouped(self.came(window)),
                grouped(wanted),
                mail::minutes(lang, window),
            ),
        }
    }

    fn came(&self, window: u32) -> u64 {
        let begin = self.now - i64::from(window);
        self.tally.map_or(0, |tally| tally.all.counter.most_between(begin, self.now, window))
    }

    /// For scripts.
    pub fn json(&self) -> Json {
        let written = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let minute = |minute: Option<Minute>| minute.map(|minute| written(time_of(minute)));
        let groups = self.groups.iter().take(TOLD).map(|group| {
            json!({
                "values": group.values.iter().map(|value| value.shown()).collect::<Vec<_>>(),
                "count": group.count,
                "at_least": group.at_least,
                "since": minute(group.since),
                "last_alerted": minute(group.alerted),
                "silent_until": minute(group.silent_until),
            })
        });
        let (wanted, window) = match self.rule.threshold {
            Threshold::Immediate => (None, None),
            Threshold::Count { count, window } | Threshold::Below { count, window } => {
                (Some(count), Some(window))
            }
            Threshold::Standing { count, minutes } => (Some(count), Some(minutes)),
        };
        let came = match self.rule.threshold {
            Threshold::Below { window, .. } => Some(self.came(window)),
            _ => None,
        };
        json!({
            "as_of": self.as_of.map(written),
            "looks_since": self.tally.and_then(|tally| tally.since).map(written),
            "threshold": wanted,
            "window_minutes": window,
            "groups": groups.collect::<Vec<_>>(),
            "more_groups": self.groups.len().saturating_sub(TOLD),
            "came": came,
            "workloads": self.workloads,
            "holds_since": self.holds.map(written),
            "paused_until": self.paused_until().map(written),
        })
    }

    /// Up to when all that it matches is held.
    fn paused_until(&self) -> Option<Timestamp> {
        let whole = self.pauses.iter().filter(|(pause, _)| pause.only.is_none());
        whole.map(|(_, until)| *until).max()
    }

    fn local(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

impl OfGroup {
    fn of(group: &Group, rule: &Rule, now: Minute) -> Self {
        let counter = &group.counter;
        let (count, begin) = match rule.threshold {
            Threshold::Count { window, .. } | Threshold::Below { window, .. } => {
                let begin = now - i64::from(window);
                (counter.most_between(begin, now, window), begin)
            }
            Threshold::Immediate | Threshold::Standing { .. } => {
                (counter.untold.total(), Minute::MIN)
            }
        };
        let cooldown = i64::from(rule.cooldown_minutes);
        let until = counter.alerted.map(|alerted| alerted.min(now).saturating_add(cooldown));
        Self {
            values: group.values.clone(),
            count,
            at_least: group.at_least,
            since: counter.untold.only(|minute| minute > begin).first(),
            alerted: counter.alerted,
            silent_until: until.filter(|until| *until > now),
        }
    }
}

fn indented(line: String) -> String {
    format!("  {line}")
}
