//! How the debug view looks.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::View;
use super::groups::Counted;
use super::look::{Count, MOST_ROWS, Read, Seen, Unread};
use crate::lang::{Lang, counts, inspect as say, mail};
use crate::pce::ip_lists::Table;
use crate::pce::record::{Event, Flow, Workload};
use crate::report::tally::Tally;
use crate::report::{Source, Talker};
use crate::rules::explain::EventMiss;
use crate::rules::explain::words as explain;
use crate::rules::groups::shown;
use crate::rules::matching::{FlowFacts, objects};
use crate::rules::{
    Decision, EventCount, Filter, FlowCount, Measure, Rule, Threshold, describe, keyed,
};
use crate::screen::columns::wrap;
use crate::screen::visible::{in_ascii, visible};

/// So many objects, labels or notifications of a record are named.
const NAMED: usize = 5;

/// A rule's name, or the type it asks for, is cut at so many characters.
const NAME: usize = 40;

/// Where it is printed, and with what.
pub struct Show<'a> {
    /// Where to.
    pub out: &'a mut dyn Write,
    /// On what.
    pub view: View,
    /// In which language.
    pub lang: Lang,
    /// Times are shown in this zone.
    pub zone: &'a TimeZone,
    /// All rules of the config.
    pub rules: &'a [Rule],
    /// Which of the IP lists that they name an address is in.
    pub lists: &'a Table,
    /// What the runs keep of each, by its key.
    pub counted: &'a BTreeMap<String, Tally>,
}

impl Show<'_> {
    /// One line, wrapped where it is too wide: what follows is indented by two more.
    pub fn line(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let mut line = format!("{:indent$}{}", "", visible(text.trim_start()));
        if self.view.ascii {
            line = in_ascii(&line);
        }
        for part in wrap(&line, self.view.columns, indent + 2) {
            writeln!(self.out, "{part}")?;
        }
        Ok(())
    }

    /// The last events, numbered from 1.
    pub fn events(&mut self, events: &Result<Read, Unread>) -> io::Result<()> {
        let lang = self.lang;
        let read = match events {
            Ok(read) => read,
            Err(failure) => {
                return self.line(0, &say::events_failed(lang, failure.text(lang)));
            }
        };
        let (from, to) = self.span(read);
        if read.latest.is_empty() {
            return self.line(0, &say::no_events(lang, from, to));
        }
        let shown = read.latest.len();
        let head = if read.near { say::events_near } else { say::events };
        self.line(0, &head(lang, shown, read.count, from, to))?;
        for (number, record) in (1..).zip(&read.latest) {
            self.event(number, record)?;
        }
        Ok(())
    }

    /// The last flows, numbered from `first`.
    pub fn flows(&mut self, flows: &Result<Read, Unread>, first: usize) -> io::Result<()> {
        let lang = self.lang;
        let read = match flows {
            Ok(read) => read,
            Err(failure) => {
                return self.line(0, &say::flows_failed(lang, failure.text(lang)));
            }
        };
        let (from, to) = self.span(read);
        let shown = read.latest.len();
        let head = match shown {
            0 => say::no_flows(lang, from, to),
            _ if read.near => say::flows_near(lang, shown, read.count, from, to),
            _ => say::flows(lang, shown, read.count, from, to),
        };
        self.line(0, &head)?;
        let decisions = read.decisions.iter();
        let named: Vec<String> = decisions.map(|one| explain::decision(lang, *one)).collect();
        let asked = match named.is_empty() {
            true => say::all_decisions(lang),
            false => say::decisions(lang, named.join(&say::comma(lang))),
        };
        self.line(0, &asked)?;
        if read.more {
            self.line(0, &say::more_rows(lang, MOST_ROWS))?;
        }
        for (number, record) in (first..).zip(&read.latest) {
            self.flow(number, record, read.decision())?;
        }
        Ok(())
    }

    /// An event with the rules' verdicts.
    pub fn event(&mut self, number: usize, record: &Seen) -> io::Result<()> {
        let lang = self.lang;
        self.line(0, "")?;
        let parsed = serde_json::from_slice::<Event<'_>>(&record.raw).ok();
        let event = parsed.unwrap_or_default();
        let by = Source::of(&event);
        let kind = match by.event_type.is_empty() {
            true => mail::no_event_type(lang),
            false => by.event_type,
        };
        let word = |word: String| {
            if word.is_empty() { "none".to_owned() } else { word }
        };
        let facts = [
            format!("{number}. {}", self.moment(record.at)),
            kind,
            format!("severity {}", word(by.severity)),
            format!("status {}", word(by.status)),
        ];
        self.line(0, &facts.join(" · "))?;
        if serde_json::from_slice::<serde::de::IgnoredAny>(&record.raw).is_err() {
            self.line(3, &say::unreadable(lang))?;
        }
        let notifications = event.notifications.0.iter();
        let types: Vec<&str> = notifications
            .filter_map(|notification| notification.notification_type.filled())
            .collect();
        if !types.is_empty() {
            self.line(3, &say::notifications(lang, self.some(&types)))?;
        }
        let who = say::by(lang, by.kind, by.name);
        let who = match by.ip.is_empty() {
            true => who,
            false => say::by_from(lang, who.trim_end(), by.ip),
        };
        self.line(3, who.trim_end())?;
        let objects = objects(&event).into_iter();
        let objects: Vec<&str> = objects.map(|thing| thing.label()).collect();
        if !objects.is_empty() {
            self.line(3, &say::objects(lang, self.some(&objects)))?;
        }
        self.event_verdicts(&event, record.at)
    }

    fn event_verdicts(&mut self, event: &Event<'_>, at: Timestamp) -> io::Result<()> {
        let lang = self.lang;
        let (mut tried, mut others) = (0, Vec::new());
        let alone = self.rules.len() == 1;
        for (key, rule) in keyed(self.rules) {
            let Filter::Event(filter) = &rule.filter else {
                continue;
            };
            tried += 1;
            match filter.miss(event) {
                None => {
                    let parts = self.counted(&key, rule).event(filter, event, at);
                    self.matches(rule, &parts)?;
                }
                Some(EventMiss::Name { wanted }) if !alone => {
                    others.push(say::wants(lang, rule.id, short(wanted)));
                }
                Some(miss) => {
                    let missed = say::missed(lang, self.name(rule), miss.text(lang));
                    self.verdict(false, &missed)?;
                }
            }
        }
        if !others.is_empty() {
            let list = others.join(&say::comma(lang));
            self.verdict(false, &say::other_types(lang, list))?;
        }
        match tried {
            0 => self.line(3, &say::no_event_rule(lang)),
            _ => Ok(()),
        }
    }

    /// A row of traffic with the rules' verdicts; `asked` is the one decision that was asked
    /// for.
    pub fn flow(
        &mut self,
        number: usize,
        record: &Seen,
        asked: Option<Decision>,
    ) -> io::Result<()> {
        let lang = self.lang;
        self.line(0, "")?;
        let flow = serde_json::from_slice::<Flow<'_>>(&record.raw).unwrap_or_default();
        let facts = FlowFacts::of_answer_to(&flow, asked).with_lists(self.lists);
        let talker = Talker::of(&facts);
        let decision = match facts.decision {
            Some(decision) => explain::decision(lang, decision),
            None => talker.decision,
        };
        let service: Vec<String> = facts
            .port
            .map(|port| port.to_string())
            .into_iter()
            .chain(facts.proto.map(|proto| explain::proto(lang, proto)))
            .collect();
        let line = format!(
            "{number}. {} · {} → {} {} · {decision}",
            self.moment(record.at),
            end(&talker.src_name, &talker.src_ip, lang),
            end(&talker.dst_name, &talker.dst_ip, lang),
            service.join("/"),
        );
        self.line(0, &line)?;
        let count = flow.num_connections.0.unwrap_or(1);
        let counted = match flow.timestamp_range.first_detected.timestamp() {
            Some(first) => say::connections(lang, count, self.moment(first)),
            None => say::connections_only(lang, count),
        };
        self.line(3, &counted)?;
        for (side, workload) in [
            (explain::source(lang), &flow.src.workload),
            (explain::destination(lang), &flow.dst.workload),
        ] {
            let labels = labels(workload);
            if !labels.is_empty() {
                self.line(3, &say::labels(lang, side, self.some(&labels)))?;
            }
        }
        self.flow_verdicts(&facts, record.at)
    }

    fn flow_verdicts(&mut self, facts: &FlowFacts<'_>, at: Timestamp) -> io::Result<()> {
        let lang = self.lang;
        let mut tried = 0;
        for (key, rule) in keyed(self.rules) {
            let Filter::Traffic(filter) = &rule.filter else {
                continue;
            };
            tried += 1;
            let name = self.name(rule);
            match filter.miss(facts) {
                None => {
                    let parts = self.counted(&key, rule).row(filter, facts, at);
                    self.matches(rule, &parts)?;
                }
                Some(miss) => self.verdict(false, &say::missed(lang, name, miss.text(lang)))?,
            }
        }
        match tried {
            0 => self.line(3, &say::no_flow_rule(lang)),
            _ => Ok(()),
        }
    }

    /// What every rule matched of all that was read, against its threshold.
    pub fn all_rules(
        &mut self,
        events: &Result<Read, Unread>,
        flows: &Result<Read, Unread>,
    ) -> io::Result<()> {
        let lang = self.lang;
        let off = self.rules.iter().filter(|rule| !rule.enabled).count();
        if off < self.rules.len() {
            self.line(0, &say::rules(lang))?;
        }
        for (place, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.enabled) {
            let read = match rule.filter {
                Filter::Event(_) => events,
                Filter::Traffic(_) => flows,
                Filter::Workload(_) => {
                    let told = say::not_looked_at(lang);
                    self.line(2, &say::missed(lang, self.name(rule), told))?;
                    continue;
                }
            };
            let told = match read.as_ref().ok().and_then(|read| read.counts.get(place)) {
                None => say::not_read(lang),
                Some(count) if count.records == 0 => say::no_match(lang),
                Some(count) => self.outcome(rule, count),
            };
            self.line(2, &say::missed(lang, self.name(rule), told))?;
        }
        match off {
            0 => Ok(()),
            off => self.line(0, &say::off(lang, off)),
        }
    }

    /// What a rule matched of all that was read, against its threshold.
    pub fn outcome(&self, rule: &Rule, count: &Count) -> String {
        let lang = self.lang;
        match (&rule.filter, rule.threshold) {
            (Filter::Event(filter), Threshold::Immediate) => {
                say::at_once(lang, matches(filter.count_by, count, lang))
            }
            (Filter::Event(filter), Threshold::Count { count: wanted, window }) => {
                let all = matches(filter.count_by, count, lang);
                if rule.filter.is_apart() || rule.filter.measure() != Measure::Matches {
                    let what = describe::measured(rule.filter.measure(), wanted, lang);
                    return apart(rule, count, all, what, lang);
                }
                let most = count.minutes.most_within(window);
                if most >= wanted {
                    say::reached(lang, all, most, window, wanted)
                } else {
                    say::not_reached(lang, all, most, window, wanted)
                }
            }
            (Filter::Event(filter), Threshold::Below { count: wanted, window }) => {
                let all = matches(filter.count_by, count, lang);
                say::at_most(lang, all, count.minutes.most_within(window), window, wanted)
            }
            (Filter::Event(_), Threshold::Standing { .. }) | (Filter::Workload(_), _) => {
                say::not_looked_at(lang)
            }
            (Filter::Traffic(filter), threshold) => {
                let rows = say::rows(lang, count.records, count.connections);
                match (threshold, filter.count_by) {
                    (Threshold::Immediate, _) => say::rows_at_once(lang, rows),
                    (Threshold::Below { .. } | Threshold::Standing { .. }, _) => {
                        say::rows_below(lang, rows, describe::alerts(rule, lang))
                    }
                    (Threshold::Count { count, window }, _) if rule.filter.is_apart() => {
                        let what = describe::measured(rule.filter.measure(), count, lang);
                        say::rows_apart(lang, rows, what, window)
                    }
                    (Threshold::Count { count, window }, FlowCount::Connections) => {
                        say::rows_growth(lang, rows, count, window)
                    }
                    (Threshold::Count { count, window }, FlowCount::Flows) => {
                        say::rows_flows(lang, rows, count, window)
                    }
                    (Threshold::Count { count, window }, _) => {
                        let what = describe::measured(rule.filter.measure(), count, lang);
                        say::rows_different(lang, rows, what, window)
                    }
                }
            }
        }
    }

    fn verdict(&mut self, matches: bool, text: &str) -> io::Result<()> {
        let mark = if matches { '✓' } else { '✗' };
        self.line(3, &format!("{mark} {text}"))
    }

    /// A rule that matches, and what the record is to it: a line for each group.
    fn matches(&mut self, rule: &Rule, parts: &[String]) -> io::Result<()> {
        let name = self.name(rule);
        match parts {
            [] => self.verdict(true, &name),
            [part] => self.verdict(true, &say::missed(self.lang, name, part)),
            parts => {
                self.verdict(true, &name)?;
                let more = parts.len().saturating_sub(NAMED);
                for part in parts.iter().take(NAMED) {
                    self.line(5, part)?;
                }
                match more {
                    0 => Ok(()),
                    more => self.line(5, &mail::and_more(self.lang, more)),
                }
            }
        }
    }

    fn counted<'r>(&self, key: &str, rule: &'r Rule) -> Counted<'r>
    where
        Self: 'r,
    {
        Counted { rule, tally: self.counted.get(key), lang: self.lang }
    }

    fn name(&self, rule: &Rule) -> String {
        say::rule(self.lang, rule.id, short(&rule.name))
    }

    /// The first of them, and how many more.
    fn some(&self, list: &[impl AsRef<str>]) -> String {
        let named: Vec<&str> = list.iter().take(NAMED).map(AsRef::as_ref).collect();
        let named = named.join(&say::comma(self.lang));
        match list.len().saturating_sub(NAMED) {
            0 => named,
            more => say::and_more(self.lang, named, more),
        }
    }

    /// `2026-11-22 10:03:12`, in the zone that [`Self::span`] names.
    fn moment(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        local.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `2026-11-22 10:03` and `2026-11-22 11:03 +08:00`
    pub fn span(&self, read: &Read) -> (String, String) {
        let local = |at: Timestamp| at.to_zoned(self.zone.clone());
        (
            local(read.from).strftime("%Y-%m-%d %H:%M").to_string(),
            local(read.to).strftime("%Y-%m-%d %H:%M %:z").to_string(),
        )
    }
}

fn short(text: &str) -> String {
    let mut head: String = text.chars().take(NAME).collect();
    if head.len() < text.len() {
        head.push('…');
    }
    head
}

/// Which groups of an event rule's matches reach the threshold, or how many different ones.
fn apart(rule: &Rule, count: &Count, all: String, wanted: String, lang: Lang) -> String {
    let window = match rule.threshold {
        Threshold::Immediate => return say::at_once(lang, all),
        Threshold::Count { window, .. } => window,
        Threshold::Below { .. } | Threshold::Standing { .. } => {
            return say::rows_below(lang, all, describe::alerts(rule, lang));
        }
    };
    let last = count.minutes.last().unwrap_or_default();
    let alert = count.tally.clone().alert(rule, last);
    let Some(alert) = alert else {
        return say::apart_not_reached(lang, all, wanted, window);
    };
    let most = describe::measured(alert.measure, alert.count, lang);
    let groups = alert.groups.map(|groups| (groups.rows.len() as u64 + groups.more.groups, groups));
    match groups {
        None => say::different_reached(lang, all, most, wanted, window),
        Some((many, groups)) => {
            let worst = groups.rows.first().map(|row| shown(&row.values)).unwrap_or_default();
            let many = counts::groups(lang, many);
            say::apart_reached(lang, all, many, wanted, window, worst, most)
        }
    }
}

/// How much an event rule's matches count.
fn matches(count_by: EventCount, count: &Count, lang: Lang) -> String {
    match (count_by, count.minutes.total()) {
        (EventCount::Objects, many) => say::objects_many(lang, many),
        (_, many) => counts::matches(lang, many),
    }
}

/// `web-01 (10.1.2.3)`
fn end(name: &str, ip: &str, lang: Lang) -> String {
    match (name.is_empty(), ip.is_empty()) {
        (true, true) => mail::no_address(lang),
        (true, false) => ip.to_owned(),
        (false, true) => name.to_owned(),
        (false, false) => format!("{name} ({ip})"),
    }
}

fn labels(workload: &Workload<'_>) -> Vec<String> {
    let labels = workload.labels.0.iter();
    labels.map(|label| format!("{}={}", label.key.as_str(), label.value.as_str())).collect()
}
