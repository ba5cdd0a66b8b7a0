//! `history`: what was told, and what became of it. Reads the file and `.last`, and nothing
//! else: no lock, no network. Knows the store.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::moment::since;
use crate::commands::said::Said;
use crate::exit::{Code, USAGE};
use crate::lang::{
    Lang, grouped, history as say, inspect, menu_rules as levels, rules as rule_words,
};
use crate::mail::compose::condition_name;
use crate::report::history::{About, Became, Entry, Told};
use crate::report::tally::Tally;
use crate::report::{Condition, ConditionNews, Phase, ReceiverKey};
use crate::rules::{Level, keyed};
use crate::screen::columns::{fit, width as columns};
use crate::screen::table::table_that_gives;
use crate::screen::visible::visible;
use crate::store::{self, Opened, StateUse};

/// The only column that may be cut: what it is.
const CUT: usize = 2;

/// So many columns stand in the first of two lines.
const FIRST_LINE: usize = 5;

/// The time of an entry, in the settings' zone; with the year where that is another one.
const DAY: &str = "%m-%d %H:%M";
const YEAR: &str = "%Y-%m-%d %H:%M";

/// A mail that left later than so many seconds says when.
const LATE: i64 = 5 * 60;

/// The table, the newest last; or the same as JSON.
pub fn history(call: &Call<'_>, options: &cli::History) -> Said {
    let (opened, problems) = match store::open(call.config, call.env, StateUse::Keep) {
        Ok(opened) => (Some(opened), Vec::new()),
        Err(unopened) => {
            let lines = unopened.error.lines(call.language(None));
            (unopened.last.map(|last| *last), lines)
        }
    };
    let exit = if problems.is_empty() { Code::Done.exit() } else { Code::Config.exit() };
    let Some(opened) = opened else {
        return Said { problems, exit, ..Said::default() };
    };
    let lang = call.language(Some(opened.config.settings.language));
    let zone = &opened.config.settings.timezone;
    let from = match &options.since {
        None => Timestamp::MIN,
        Some(text) => match since(text, opened.state.pce_time(call.now), zone) {
            Some(from) => from,
            None => {
                let problems = vec![say::bad_since(lang, text)];
                return Said { problems, exit: USAGE, ..Said::default() };
            }
        },
    };
    let all = opened.state.history.entries();
    let is_meant = |entry: &&Entry| {
        let of_rule = options.rule.is_none() || entry.rule() == options.rule;
        entry.at >= from && of_rule
    };
    let entries: Vec<&Entry> = all.iter().filter(is_meant).collect();
    if let Some(id) = options.rule
        && !opened.config.rules.iter().any(|rule| rule.id == id)
        && !all.iter().any(|entry| entry.rule() == Some(id))
    {
        let problems = vec![rule_words::no_such_rule(lang, id)];
        return Said { problems, exit: USAGE, ..Said::default() };
    }
    let year = opened.state.pce_time(call.now).to_zoned(zone.clone()).year();
    let receivers = opened.config.forward.iter().map(|receiver| receiver.name.clone());
    let receivers = receivers.collect();
    let look = Look { names: names(&opened), receivers, zone: zone.clone(), year, lang };
    let lines = match (options.json, entries.is_empty(), all.is_empty()) {
        (true, _, _) => {
            let list: Vec<Value> = entries.iter().map(|entry| look.json(entry)).collect();
            vec![json!({"version": 1, "entries": list}).to_string()]
        }
        (false, _, true) => vec![say::none_at_all(lang)],
        (false, true, false) => vec![say::none(lang)],
        (false, false, false) => look.table(&entries, call.screen.width),
    };
    Said { lines, problems, exit, ..Said::default() }
}

/// When each rule last told something, for lists of rules.
#[derive(Default)]
pub struct LastAlerted {
    at: BTreeMap<i64, Timestamp>,
    zone: Option<TimeZone>,
    /// The year that goes without saying.
    year: Option<i16>,
}

impl LastAlerted {
    /// As the file has it; nothing where it can't be read.
    pub fn read(call: &Call<'_>) -> Self {
        let opened = store::open(call.config, call.env, StateUse::Keep);
        opened.map(|opened| Self::of(&opened, call.now)).unwrap_or_default()
    }

    /// As the history has it; what is gone from there, as the rule's own count remembers it.
    fn of(opened: &Opened, now: Timestamp) -> Self {
        let told = opened.state.history.last_told();
        let mut at = BTreeMap::new();
        for (key, rule) in keyed(&opened.config.rules) {
            let counted = || opened.state.rules.get(&key).and_then(Tally::last_alerted);
            if let Some(time) = told.get(&rule.id).copied().or_else(counted) {
                at.insert(rule.id, time);
            }
        }
        let zone = opened.config.settings.timezone.clone();
        let year = opened.state.pce_time(now).to_zoned(zone.clone()).year();
        Self { at, zone: Some(zone), year: Some(year) }
    }

    /// True where no rule did.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// In UTC, for scripts.
    pub fn utc(&self, id: i64) -> Option<String> {
        self.at.get(&id).copied().map(utc)
    }

    /// In local time; empty where it did not.
    pub fn local(&self, id: i64) -> String {
        self.written(id, |_| YEAR)
    }

    /// The same in few columns: the time of this year, the day of an earlier one.
    pub fn short(&self, id: i64) -> String {
        self.written(id, |year| if self.year == Some(year) { DAY } else { "%Y-%m-%d" })
    }

    fn written(&self, id: i64, form: impl Fn(i16) -> &'static str) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let at = self.at.get(&id).map(|at| at.to_zoned(zone));
        at.map(|at| at.strftime(form(at.year())).to_string()).unwrap_or_default()
    }
}

/// The rules' names by their ids.
fn names(opened: &Opened) -> BTreeMap<i64, String> {
    let rules = opened.config.rules.iter();
    rules.map(|rule| (rule.id, rule.name.clone())).collect()
}

/// How entries are shown.
struct Look {
    names: BTreeMap<i64, String>,
    /// The names of the receivers of `forward`.
    receivers: Vec<String>,
    zone: TimeZone,
    /// The year that goes without saying.
    year: i16,
    lang: Lang,
}

impl Look {
    /// One line each; where there is no room for that, what is worst and when it was stand
    /// in a second one.
    fn table(&self, entries: &[&Entry], width: Option<usize>) -> Vec<String> {
        let lang = self.lang;
        let headings = [
            say::col_at(lang),
            say::col_level(lang),
            say::col_what(lang),
            say::col_count(lang),
            say::col_became(lang),
            say::col_period(lang),
            say::col_worst(lang),
        ];
        let rows: Vec<[String; 7]> = entries.iter().map(|entry| self.row(entry)).collect();
        let cut = |columns: usize, room: Option<usize>| {
            let rows: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().take(columns).cloned().collect()).collect();
            let headings = headings.get(..columns).unwrap_or(&headings);
            table_that_gives(headings, &rows, room, |at| at == CUT)
        };
        let whole = cut(headings.len(), None);
        let Some(room) = width.filter(|room| whole.iter().any(|line| columns(line) > *room)) else {
            return whole;
        };
        let lines = cut(FIRST_LINE, Some(room)).into_iter();
        let second = rows.iter().map(|[at, .., period, worst]| {
            let both = format!("{period}  {worst}");
            let indent = " ".repeat(columns(at) + 2);
            let line = format!("{indent}{}", visible(both.trim()));
            (!both.trim().is_empty()).then(|| fit(&line, room))
        });
        let second = std::iter::once(None).chain(second);
        lines.zip(second).flat_map(|(first, second)| [Some(first), second]).flatten().collect()
    }

    fn row(&self, entry: &Entry) -> [String; 7] {
        let lang = self.lang;
        let (count, period, worst) = match &entry.told {
            Told::Alert { count, at_least, first, last, worst, groups, .. } => {
                let count = grouped(*count);
                let (first, last) = (self.clock(*first, entry.at), self.clock(*last, entry.at));
                (
                    if *at_least { say::at_least(lang, count) } else { count },
                    if first == last { first } else { format!("{first} – {last}") },
                    match groups.saturating_sub(1) {
                        0 => worst.clone(),
                        more => say::worst_of(lang, worst, grouped(more)),
                    },
                )
            }
            Told::Condition { .. } | Told::Notice(_) => Default::default(),
        };
        let level = match entry.level {
            Level::Critical => levels::critical(lang),
            Level::Warning => levels::warning(lang),
            Level::Info => levels::info(lang),
        };
        let same_year = entry.at.to_zoned(self.zone.clone()).year() == self.year;
        let at = self.written(entry.at, if same_year { DAY } else { YEAR });
        [at, level, self.what(entry), count, self.became(entry), period, worst]
    }

    /// `7 VEN offline`, `PCE unreachable`.
    fn what(&self, entry: &Entry) -> String {
        let lang = self.lang;
        let rule = |id: &i64| match self.names.get(id) {
            Some(name) => inspect::rule(lang, id, name),
            None => say::rule_gone(lang, id),
        };
        match &entry.told {
            Told::Alert { rule: id, .. } => rule(id),
            Told::Notice(title) => title.clone(),
            Told::Condition { about: About::Rule(id), phase } => match phase {
                Phase::Begins => say::begins(lang, rule(id)),
                Phase::Lasts => say::lasts(lang, rule(id)),
                Phase::Ended => say::ended(lang, rule(id)),
            },
            Told::Condition { about: About::Watched(condition), phase } => {
                let mut news = ConditionNews::new(*condition, *phase, entry.at, entry.level);
                if let Condition::Forward(key) = condition {
                    let its = self.receivers.iter().find(|name| ReceiverKey::of(name) == *key);
                    news.receiver = its.cloned();
                }
                condition_name(lang, &news)
            }
        }
    }

    fn became(&self, entry: &Entry) -> String {
        let lang = self.lang;
        let one = |(became, merged): (Became, bool)| {
            let said = match became {
                Became::Waits => say::waits(lang),
                Became::Delivered(at) if at.as_second() - entry.at.as_second() <= LATE => {
                    say::delivered(lang)
                }
                Became::Delivered(at) => say::delivered_late(lang, self.clock(at, entry.at)),
                Became::GivenUp(at) => say::given_up(lang, self.clock(at, entry.at)),
            };
            if merged { say::merged(lang, said) } else { said }
        };
        let mut each: Vec<String> =
            entry.mails.iter().map(|mail| one((mail.became, mail.merged))).collect();
        let mails = each.len();
        each.dedup();
        let delivered = |mail: &&_| matches!(mail, Became::Delivered(_));
        match (each.as_slice(), mails) {
            ([], _) => say::held(lang),
            ([said], 1) => said.clone(),
            ([said], mails) => say::in_mails(lang, said, mails),
            (_, mails) => {
                let became: Vec<Became> = entry.mails.iter().map(|mail| mail.became).collect();
                say::in_part(lang, became.iter().filter(delivered).count(), mails)
            }
        }
    }

    /// The time of day; with its date, where that is another than that of `beside`.
    fn clock(&self, time: Timestamp, beside: Timestamp) -> String {
        let date = |time: Timestamp| time.to_zoned(self.zone.clone()).date();
        let format = if date(time) == date(beside) { "%H:%M" } else { "%m-%d %H:%M" };
        self.written(time, format)
    }

    fn written(&self, time: Timestamp, format: &str) -> String {
        time.to_zoned(self.zone.clone()).strftime(format).to_string()
    }

    /// For scripts; the manual names the keys.
    fn json(&self, entry: &Entry) -> Value {
        let mails = entry.mails.iter().map(|mail| {
            let (became, at) = match mail.became {
                Became::Waits => ("waits", None),
                Became::Delivered(at) => ("delivered", Some(at)),
                Became::GivenUp(at) => ("given_up", Some(at)),
            };
            json!({"became": became, "at": at.map(utc), "merged": mail.merged})
        });
        let mut one = json!({
            "at": utc(entry.at),
            "level": entry.level.word(),
            "what": self.what(entry),
            "held": entry.mails.is_empty(),
            "mails": mails.collect::<Vec<_>>(),
        });
        let mut add = |key: &str, value: Value| one[key] = value;
        if let Some(name) = entry.rule().and_then(|id| self.names.get(&id)) {
            add("name", name.as_str().into());
        }
        match &entry.told {
            Told::Alert { rule, count, at_least, first, last, worst, groups } => {
                add("kind", "alert".into());
                add("rule", (*rule).into());
                add("count", (*count).into());
                add("at_least", (*at_least).into());
                add("first", utc(*first).into());
                add("last", utc(*last).into());
                add("worst", worst.as_str().into());
                add("groups", (*groups).into());
            }
            Told::Condition { about, phase } => {
                add("kind", "condition".into());
                add("phase", phase.word().into());
                match about {
                    About::Rule(rule) => add("rule", (*rule).into()),
                    About::Watched(condition) => add("condition", condition.word().into()),
                }
            }
            Told::Notice(_) => add("kind", "notice".into()),
        }
        one
    }
}

fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
