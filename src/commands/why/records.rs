//! The PCE's records, held against the rule: those that it matches, and those that it
//! nearly does, with what they miss.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::commands::call::Call;
use crate::commands::inspect::look::{Around, Look, Read, Seen, TIME, Unread as NotRead};
use crate::commands::inspect::show::Show;
use crate::commands::inspect::{USUAL, View};
use crate::exit::Code;
use crate::lang::{Lang, cycle as cycle_says, grouped, inspect as inspect_says, why as say};
use crate::net::AddressBook;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::error::Error;
use crate::pce::events::one;
use crate::pce::health::noop;
use crate::pce::ip_lists::{Table, fetch};
use crate::pce::record::{Event, Flow};
use crate::rules::matching::FlowFacts;
use crate::rules::{Filter, Rule, ip_lists};
use crate::store::Opened;

/// So many rows are asked for: of all that the rule's decisions bring.
const MOST_ROWS: u64 = 20_000;

/// Twice as many are shown as in the debug view: half of them may match.
const SHOWN: usize = 2 * USUAL;

/// The columns for a script, which has none.
const SCRIPT_COLUMNS: usize = 120;

/// Which records.
pub(super) enum Asked {
    /// Those of the last hour.
    LastHour,
    /// Those around a time.
    At(Timestamp),
    /// This one.
    Event(String),
}

/// What was read.
pub(super) struct Looked {
    read: Read,
    lists: Table,
    /// Why the addresses of IP lists are not known.
    lists_unread: Option<String>,
    /// Whether it is one event that was asked for.
    alone: bool,
}

/// Why nothing was.
pub(super) struct Unread {
    pub exit: u8,
    pub sentence: String,
}

impl Unread {
    fn of(error: &Error, lang: Lang) -> Self {
        let needs_a_person = matches!(error, Error::Credentials { .. });
        let sentence = say::not_read(lang, error.text(lang));
        Self { exit: Code::of_failure(needs_a_person).exit(), sentence }
    }
}

/// Asks the PCE, by the rule alone and as if it were on.
pub(super) fn look(
    call: &Call<'_>,
    opened: &Opened,
    rule: &Rule,
    asked: &Asked,
    lang: Lang,
) -> Result<Looked, Unread> {
    let failed = |error: Error| Unread::of(&error, lang);
    let book = AddressBook::new(opened.state.addresses.clone(), call.now);
    let clock = Clock::of_host(call.now, opened.state.clock_offset());
    let client = Client::new(&opened.config.pce, clock, Instant::now() + TIME, &book);
    let mut client = client.map_err(failed)?;
    noop(&mut client).map_err(failed)?;
    let now = client.clock().now();
    let rules = [Rule { enabled: true, ..rule.clone() }];
    let named = ip_lists(&rules);
    let (lists, lists_unread) = match named.is_empty() {
        true => (Table::default(), None),
        false => match fetch(&mut client, &named.into_keys().collect()) {
            Ok(fetched) => (fetched.table(), None),
            Err(error @ Error::Credentials { .. }) => return Err(failed(error)),
            Err(error) => {
                let said = cycle_says::ip_lists_unread(lang, error.text(lang));
                (opened.state.ip_lists.table(), Some(said))
            }
        },
    };
    let around = match asked {
        Asked::At(at) => Around::of(*at, now),
        Asked::LastHour | Asked::Event(_) => Around::last_hour(now),
    };
    let look = Look {
        rules: &rules,
        how_many: SHOWN,
        around: Some(around),
        of: rules.first(),
        most_rows: MOST_ROWS,
        lists: &lists,
        progress: call.screen.progress,
        lang,
    };
    let read = match (asked, &rule.filter) {
        (Asked::Event(href), _) => {
            let raw = one(&mut client, href).map_err(failed)?;
            let raw = raw.ok_or_else(|| Unread {
                exit: crate::exit::USAGE,
                sentence: say::no_such_event(lang, crate::screen::visible::visible(href)),
            })?;
            Ok(look.alone(alone(&raw, now)))
        }
        (_, Filter::Traffic(_)) => look.flows(&mut client),
        _ => look.events(&mut client),
    };
    let read = read.map_err(|error| match error {
        NotRead::Pce(error @ Error::Credentials { .. }) => failed(error),
        error => {
            Unread { exit: Code::Retry.exit(), sentence: say::not_read(lang, error.text(lang)) }
        }
    })?;
    Ok(Looked { read, lists, lists_unread, alone: matches!(asked, Asked::Event(_)) })
}

fn alone(raw: &RawValue, now: Timestamp) -> Seen {
    let event = serde_json::from_str::<Event<'_>>(raw.get()).unwrap_or_default();
    let at = event.timestamp.timestamp().or(event.time.timestamp());
    Seen::alone(at.unwrap_or(now), raw.get().as_bytes().to_vec())
}

impl Looked {
    /// For a person.
    pub fn lines(&self, call: &Call<'_>, opened: &Opened, rule: &Rule, lang: Lang) -> Vec<String> {
        let columns = call.screen.width.unwrap_or(SCRIPT_COLUMNS);
        let view = View { columns, ascii: !call.env.shows_unicode() };
        let rules = [Rule { enabled: true, ..rule.clone() }];
        let (mut out, nothing) = (Vec::new(), BTreeMap::new());
        let mut show = Show {
            out: &mut out,
            view,
            lang,
            zone: &opened.config.settings.timezone,
            rules: &rules,
            lists: &self.lists,
            counted: if rule.enabled { &opened.state.rules } else { &nothing },
        };
        // A Vec takes everything.
        let _ = self.show(&mut show, &rules, lang);
        String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()
    }

    fn show(&self, show: &mut Show<'_>, rules: &[Rule], lang: Lang) -> std::io::Result<()> {
        let (from, to) = show.span(&self.read);
        let of_traffic = rules.iter().any(|rule| matches!(rule.filter, Filter::Traffic(_)));
        let matching = self.read.counts.first().map_or(0, |count| count.records);
        let (matching, read) = (grouped(matching), grouped(self.read.count));
        if let Some(sentence) = &self.lists_unread {
            show.line(0, sentence)?;
        }
        match (self.alone, self.read.latest.is_empty()) {
            (true, _) => {}
            (_, true) if self.read.count > 0 => {
                return show.line(0, &say::no_such_events(lang, read, from, to));
            }
            (_, true) => return show.line(0, &say::no_records(lang, from, to)),
            _ if of_traffic => show.line(0, &say::flows_head(lang, matching, read, from, to))?,
            _ => show.line(0, &say::events_head(lang, matching, read, from, to))?,
        }
        if self.read.more {
            show.line(0, &inspect_says::more_rows(lang, MOST_ROWS))?;
        }
        for (number, record) in (1..).zip(&self.read.latest) {
            match of_traffic {
                true => show.flow(number, record, self.read.decision())?,
                false => show.event(number, record)?,
            }
        }
        Ok(())
    }

    /// For scripts.
    pub fn json(&self, rule: &Rule, lang: Lang) -> Value {
        let written = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let shown = self.read.latest.iter().map(|record| {
            let missed = self.missed(&record.raw, rule, lang);
            let raw = serde_json::from_slice::<Value>(&record.raw).unwrap_or_default();
            json!({
                "at": written(record.at),
                "matches": missed.is_none(),
                "misses": missed,
                "record": raw,
            })
        });
        json!({
            "from": written(self.read.from),
            "to": written(self.read.to),
            "read": self.read.count,
            "more": self.read.more,
            "matching": self.read.counts.first().map_or(0, |count| count.records),
            "shown": shown.collect::<Vec<_>>(),
        })
    }

    /// The first of the rule's conditions that the record does not meet.
    fn missed(&self, raw: &[u8], rule: &Rule, lang: Lang) -> Option<String> {
        match &rule.filter {
            Filter::Event(filter) => {
                let event = serde_json::from_slice::<Event<'_>>(raw).unwrap_or_default();
                filter.miss(&event).map(|miss| miss.text(lang))
            }
            Filter::Traffic(filter) => {
                let flow = serde_json::from_slice::<Flow<'_>>(raw).unwrap_or_default();
                let facts = FlowFacts::of_answer_to(&flow, self.read.decision());
                filter.miss(&facts.with_lists(&self.lists)).map(|miss| miss.text(lang))
            }
            Filter::Workload(_) => None,
        }
    }
}
