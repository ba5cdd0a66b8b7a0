//! What a report knows of an alert or a condition, as the fields of a record.

use jiff::Timestamp;

use super::record::{Change, Group, Object, Record, Source, Talker, bounded, to_the_millisecond};
use crate::report::pause::held::{HeldCondition, HeldRule};
use crate::report::{
    Alert, AlertGroups, Condition, ConditionNews, Counted, Phase, RuleNews, Stands, Subject, things,
};
use crate::rules::groups::Value;
use crate::rules::minutes::time_of;
use crate::rules::{Measure, Threshold, protocol};

/// So many things of a kind are named: talkers, sources, objects, changes.
const NAMED: usize = 5;

/// So many groups.
const GROUPS: usize = 20;

impl Record {
    /// With what an alert counted.
    pub fn of_alert(mut self, alert: &Alert) -> Self {
        self.of_rule(alert.rule_id, &alert.rule_name, &alert.technique);
        self.count = Some(alert.count);
        self.at_least = alert.at_least;
        self.counted = word_of(alert.measure).to_owned();
        (self.threshold, self.window_minutes) = asked(alert.threshold);
        (self.first, self.last) = (Some(alert.first), Some(alert.last));
        if let Some(groups) = &alert.groups {
            self.with_groups(groups);
        }
        match &alert.subject {
            Subject::Events { sources, objects, changes } => {
                self.sources = named(&sources.top, source);
                self.objects = named(&objects.top, object);
                self.more_objects = objects.more + objects.top.len().saturating_sub(NAMED) as u64;
                self.changes = named(&changes.top, change);
            }
            Subject::Traffic { talkers, .. } => self.talkers = named(&talkers.top, talker),
        }
        self
    }

    fn with_groups(&mut self, groups: &AlertGroups) {
        let rows = groups.rows.iter().take(GROUPS);
        let left = groups.rows.len().saturating_sub(GROUPS) as u64;
        self.groups = rows
            .map(|row| Group {
                values: row.values.iter().map(Value::shown).collect(),
                count: row.count,
                at_least: row.at_least,
                first: row.first,
                last: row.last,
            })
            .collect();
        self.more_groups = groups.more.groups + left;
    }

    /// With what is known of a condition. `now` is when it is told.
    pub fn of_condition(mut self, news: &ConditionNews, now: Timestamp) -> Self {
        self.phase = Some(news.phase);
        self.condition = condition_word(news.condition);
        self.first = Some(to_the_millisecond(news.since));
        self.last = (news.phase == Phase::Ended).then_some(to_the_millisecond(now));
        self.count = news.caught_up;
        if let Some(rule) = &news.rule {
            self.of_rule_news(rule);
        }
        self
    }

    /// With what a pause held of a rule.
    pub fn of_held_rule(mut self, id: i64, held: &HeldRule) -> Self {
        self.of_rule(id, &held.name, "");
        self.level = held.level;
        (self.count, self.at_least) = (Some(held.count), held.at_least);
        self.counted = word_of(held.measure).to_owned();
        (self.first, self.last) = (Some(time_of(held.first)), Some(time_of(held.last)));
        self
    }

    /// With what a pause held of a condition.
    pub fn of_held_condition(mut self, held: &HeldCondition) -> Self {
        self.level = held.level;
        self.condition = condition_word(held.condition);
        self.first = Some(to_the_millisecond(held.since));
        self.last = Some(to_the_millisecond(held.until));
        if let Condition::Rule(key) = held.condition {
            self.of_rule(key.id(), held.rule.as_deref().unwrap_or_default(), "");
        }
        if held.count > 0 {
            self.count = Some(held.count);
            self.counted = word_of(Measure::Workloads).to_owned();
        }
        self
    }

    fn of_rule_news(&mut self, news: &RuleNews) {
        self.of_rule(news.id, &news.name, &news.technique);
        if let Some(rule) = &news.rule {
            (self.threshold, self.window_minutes) = asked(rule.threshold);
        }
        match &news.stands {
            Stands::Workloads(workloads) => {
                self.count = Some(workloads.count);
                self.counted = word_of(Measure::Workloads).to_owned();
                let told = [&workloads.joined, &workloads.still, &workloads.back];
                let all = told.iter().map(|rows| rows.count).sum::<u64>();
                let rows = told.iter().flat_map(|rows| &rows.top).take(NAMED);
                self.objects = rows
                    .map(|row| Object { name: row.name.clone(), href: row.href.clone(), count: 1 })
                    .collect();
                self.more_objects = all.saturating_sub(self.objects.len() as u64);
            }
            Stands::Below(below) => {
                self.count = Some(below.came);
                self.counted = word_of(Measure::Matches).to_owned();
            }
        }
    }

    fn of_rule(&mut self, id: i64, name: &str, technique: &str) {
        self.rule_id = Some(id);
        self.rule_name = bounded(name);
        self.technique = bounded(technique);
    }
}

fn asked(threshold: Threshold) -> (Option<u64>, Option<u32>) {
    match threshold {
        Threshold::Immediate => (None, None),
        Threshold::Count { count, window } | Threshold::Below { count, window } => {
            (Some(count), Some(window))
        }
        Threshold::Standing { count, minutes } => (Some(count), Some(minutes)),
    }
}

/// As the state has it; of a rule and of a receiver without which one.
fn condition_word(condition: Condition) -> String {
    match condition {
        Condition::Rule(_) => "rule".to_owned(),
        other => other.word().to_owned(),
    }
}

fn word_of(measure: Measure) -> &'static str {
    match measure {
        Measure::Matches => "matches",
        Measure::Connections => "connections",
        Measure::Flows => "flows",
        Measure::Sources => "sources",
        Measure::Destinations => "destinations",
        Measure::Ports => "ports",
        Measure::Users => "users",
        Measure::Workloads => "workloads",
    }
}

fn named<T, R>(top: &[Counted<T>], told: fn(&T, u64) -> R) -> Vec<R> {
    top.iter().take(NAMED).map(|one| told(&one.what, one.count)).collect()
}

fn talker(talker: &things::Talker, count: u64) -> Talker {
    let name = |number| protocol::name(number).map_or_else(|| number.to_string(), str::to_owned);
    Talker {
        src_name: talker.src_name.clone(),
        src_ip: talker.src_ip.clone(),
        dst_name: talker.dst_name.clone(),
        dst_ip: talker.dst_ip.clone(),
        port: talker.port,
        proto: talker.proto.map(name).unwrap_or_default(),
        decision: talker.decision.clone(),
        count,
    }
}

fn source(source: &things::Source, count: u64) -> Source {
    Source {
        event_type: source.event_type.clone(),
        kind: source.kind.clone(),
        name: source.name.clone(),
        ip: source.ip.clone(),
        status: source.status.clone(),
        count,
    }
}

fn object(object: &things::Object, count: u64) -> Object {
    Object { name: object.name.clone(), href: object.href.0.clone(), count }
}

fn change(change: &things::Change, count: u64) -> Change {
    Change {
        kind: change.kind.clone(),
        name: change.name.clone(),
        action: change.action.clone(),
        fields: change.fields.clone(),
        count,
    }
}
