//! What a try came to, in lines for a person or as one JSON value.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Source, Tried};
use crate::commands::cli;
use crate::commands::said::Said;
use crate::cycle::site::Site;
use crate::lang::{Lang, counts, grouped, inspect, tried as say};
use crate::report::{Alert, GroupRow};
use crate::rules::groups::shown;
use crate::rules::{Filter, Threshold, describe};
use crate::screen::columns::wrap;
use crate::screen::visible::visible;

/// So many alerts are listed, unless all are wanted.
const LISTED: usize = 20;

/// So many groups of one alert are named.
const NAMED: usize = 3;

impl Tried {
    /// What there is to say.
    pub fn said(&self, site: &Site<'_>, command: &cli::RulesTry) -> Said {
        let lang = site.lang();
        if command.json {
            return Said { lines: vec![self.json(lang).to_string()], ..Said::default() };
        }
        let lines = self.lines(lang, &site.zone(), command.all).into_iter();
        let lines = lines.map(|line| visible(&line));
        let lines = match site.call.screen.width {
            Some(width) => lines.flat_map(|line| wrap(&line, width, 4)).collect(),
            None => lines.collect(),
        };
        Said { lines, ..Said::default() }
    }

    fn lines(&self, lang: Lang, zone: &TimeZone, all: bool) -> Vec<String> {
        let mut lines = self.head(lang, zone);
        match (&self.workloads, self.rule.threshold) {
            (Some(workloads), _) => lines.extend(self.of_workloads(workloads, lang)),
            (None, Threshold::Below { .. }) => lines.extend(self.spells(lang, zone)),
            (None, _) => lines.extend(self.alerts(lang, zone, all)),
        }
        lines.extend(self.unknown.iter().map(|sentence| say::note(lang, sentence)));
        lines
    }

    fn head(&self, lang: Lang, zone: &TimeZone) -> Vec<String> {
        // One that is given has no id yet.
        let name = match self.rule.id {
            0 => self.rule.name.clone(),
            id => inspect::rule(lang, id, &self.rule.name),
        };
        let (from, until) = (minute(self.from, zone), with_offset(self.until, zone));
        let head = match &self.of {
            _ if self.workloads.is_some() => return vec![say::head_now(lang, name, until)],
            Source::Pce => say::head_pce(lang, name, from, until),
            Source::Archive(folder) => say::head_archive(lang, name, folder.display(), from, until),
        };
        let (matching, records) = (grouped(self.matching), grouped(self.records));
        let read = match self.rule.filter {
            Filter::Traffic(_) => say::read_flows(lang, matching, records, self.every),
            _ => say::read_events(lang, matching, records, self.every),
        };
        vec![head, read]
    }

    fn alerts(&self, lang: Lang, zone: &TimeZone, all: bool) -> Vec<String> {
        let alerts = &self.life.alerts;
        let shown = if all { alerts.len() } else { alerts.len().min(LISTED) };
        let mut lines = vec![match alerts.len() {
            0 => say::no_alert(lang),
            1 => say::one_alert(lang),
            many => say::alerts(lang, grouped(many as u64)),
        }];
        let listed = alerts.iter().take(shown);
        lines.extend(listed.map(|(at, alert)| indented(line(*at, alert, lang, zone))));
        let more = (alerts.len() - shown) as u64;
        lines.extend((more > 0).then(|| indented(say::more_alerts(lang, grouped(more)))));
        if self.rule.threshold == Threshold::Immediate && !alerts.is_empty() {
            let (days, total) = (self.days(), self.total());
            let a_day = format!("{:.1}", total as f64 / days.max(1.0));
            lines.push(say::a_day(lang, a_day, counts::days(lang, days.ceil() as u64)));
        }
        lines.extend(self.once_a_day.map(|count| say::once_a_day(lang, grouped(count))));
        lines
    }

    fn spells(&self, lang: Lang, zone: &TimeZone) -> Vec<String> {
        let spells = &self.life.spells;
        let head = match spells.len() {
            0 => say::never_began(lang),
            1 => say::began_once(lang),
            many => say::began(lang, many),
        };
        let lines = spells.iter().map(|spell| {
            let from = minute(spell.from, zone);
            indented(match spell.until {
                Some(until) => say::spell(lang, from, minute(until, zone), &spell.came),
                None => say::lasting(lang, from, &spell.came),
            })
        });
        [head].into_iter().chain(lines).collect()
    }

    fn of_workloads(
        &self,
        workloads: &crate::report::standing::Workloads,
        lang: Lang,
    ) -> Vec<String> {
        let (count, managed) = (grouped(workloads.count), grouped(workloads.managed));
        let head = match workloads.count >= workloads.wanted.max(1) {
            true => say::holds_now(lang, count, managed),
            false => say::holds_not(lang, count, managed, grouped(workloads.wanted)),
        };
        let named = workloads.joined.top.iter().map(|row| {
            let states = describe::states(&row.states, lang);
            indented(say::group(lang, &row.name, states))
        });
        [head].into_iter().chain(named).collect()
    }

    /// Matches of all alerts.
    fn total(&self) -> u64 {
        self.life.alerts.iter().fold(0, |sum, (_, alert)| sum.saturating_add(alert.total()))
    }

    /// Of the time tried.
    fn days(&self) -> f64 {
        self.until.duration_since(self.from).as_secs_f64() / 86_400.0
    }

    /// For scripts; the manual names the keys.
    fn json(&self, lang: Lang) -> Value {
        let source = match &self.of {
            Source::Pce => json!({"of": "pce"}),
            Source::Archive(folder) => json!({"of": "archive", "folder": folder}),
        };
        let threshold = match self.rule.threshold {
            Threshold::Immediate => Value::Null,
            Threshold::Count { count, .. }
            | Threshold::Below { count, .. }
            | Threshold::Standing { count, .. } => count.into(),
        };
        let alerts = self.life.alerts.iter().map(|(at, alert)| alert_json(*at, alert));
        let spells =
            self.life.spells.iter().map(
                |spell| json!({"from": written(spell.from), "until": spell.until.map(written)}),
            );
        json!({
            "version": 1,
            "rule": {"id": self.rule.id, "name": self.rule.name},
            "source": source,
            "from": written(self.from),
            "until": written(self.until),
            "days": self.days(),
            "run_minutes": self.every,
            "records": self.records,
            "matching": self.matching,
            "alert_count": self.life.alerts.len(),
            "alerts": alerts.collect::<Vec<_>>(),
            "conditions": spells.collect::<Vec<_>>(),
            "workloads": self.workloads.as_ref().map(|workloads| json!({
                "so": workloads.count, "managed": workloads.managed, "wanted": workloads.wanted,
            })),
            "threshold": threshold,
            "threshold_for_one_a_day": self.once_a_day,
            "notes": self.unknown.iter().map(|sentence| say::note(lang, sentence)).collect::<Vec<_>>(),
        })
    }
}

/// `2026-08-03 02:10  10.0.1.4 (23 ports), 02:01 to 02:09`
fn line(at: Timestamp, alert: &Alert, lang: Lang, zone: &TimeZone) -> String {
    let counted = |count: u64, at_least: bool| {
        let counted = describe::measured(alert.measure, count, lang);
        if at_least { say::at_least(lang, counted) } else { counted }
    };
    let what = match &alert.groups {
        None => counted(alert.count, alert.at_least),
        Some(groups) => {
            let named = groups.rows.iter().take(NAMED);
            let named = named
                .map(|row| say::group(lang, shown(&row.values), counted(row.count, row.at_least)));
            let named = named.collect::<Vec<_>>().join(&inspect::comma(lang));
            let more = groups.rows.len().saturating_sub(NAMED) as u64 + groups.more.groups;
            if more > 0 { say::more_groups(lang, named, grouped(more)) } else { named }
        }
    };
    let (first, last) = span(alert);
    let span = say::span(lang, minute(first, zone), minute(last, zone));
    format!("{}  {what}  [{span}]", minute(at, zone))
}

/// The first match of all that it tells, and the last.
fn span(alert: &Alert) -> (Timestamp, Timestamp) {
    let rows = alert.groups.iter().flat_map(|groups| &groups.rows);
    let (firsts, lasts) = (rows.clone().map(|row| row.first), rows.map(|row| row.last));
    (firsts.fold(alert.first, Timestamp::min), lasts.fold(alert.last, Timestamp::max))
}

fn alert_json(at: Timestamp, alert: &Alert) -> Value {
    let (first, last) = span(alert);
    let rows = alert.groups.as_ref().map(|groups| groups.rows.as_slice()).unwrap_or_default();
    let group = |row: &GroupRow| {
        json!({
            "values": row.values.iter().map(|value| value.shown()).collect::<Vec<_>>(),
            "count": row.count,
            "at_least": row.at_least,
            "first": written(row.first),
            "last": written(row.last),
        })
    };
    json!({
        "at": written(at),
        "count": alert.total(),
        "at_least": alert.at_least,
        "first": written(first),
        "last": written(last),
        "groups": rows.iter().map(group).collect::<Vec<_>>(),
        "more_groups": alert.groups.as_ref().map_or(0, |groups| groups.more.groups),
    })
}

fn indented(line: String) -> String {
    format!("  {line}")
}

fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn with_offset(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
