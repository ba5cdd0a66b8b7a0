//! What the archive has for a try: each record as a run saw it, in the order of the runs.

use jiff::Timestamp;

use super::replay::{Records, Time};
use super::runs::Runs;
use super::{Read, Source, failed, usage};
use crate::archive::{self, Kind};
use crate::commands::said::Said;
use crate::cycle::site::{Site, back};
use crate::lang::{rules as words, tried as say};
use crate::pce::ip_lists::Table;
use crate::pce::record::{Event, Flow};
use crate::rules::matching::FlowFacts;
use crate::rules::{Filter, Rule, TrafficFilter};
use crate::store::state::State;

/// A VEN tells of traffic so many minutes after it began [Administration 25.2].
const SUMMARY_MINUTES: i64 = 10;

/// So many records are looked at for the archive's begin: those of the first runs.
const LOOKED_AT: usize = 50_000;

/// Finds where the archive begins; it is read as the rule lives through it. IP lists are
/// those that the last run knew.
pub(super) fn read(
    site: &Site<'_>,
    state: &State,
    rule: &Rule,
    runs: &Runs,
    now: Timestamp,
) -> Result<Read, Said> {
    let lang = site.lang();
    let folder = site.config.settings.archive_dir.clone();
    let folder = folder.ok_or_else(|| usage(words::no_archive(lang)))?;
    let kind = match rule.filter {
        Filter::Traffic(_) => Kind::Flows,
        Filter::Event(_) | Filter::Workload(_) => Kind::Events,
    };
    let known = state.ip_lists.table();
    let begin = begin(&folder, kind, rule, &known).map_err(|error| usage(error.text(lang)))?;
    let mut unknown = vec![say::archive_order(lang)];
    unknown.extend((kind == Kind::Flows).then(|| say::archive_of_other_rules(lang)));
    if crate::rules::ip_lists(std::slice::from_ref(rule)).keys().next().is_some() {
        unknown.push(say::lists_of_the_last_run(lang));
    }
    let from = begin
        .first
        .ok_or_else(|| failed(false, vec![say::archive_is_empty(lang, folder.display())]))?;
    let from = from.min(now);
    // What the first run found may have begun since the one before it.
    let since = back(runs.before(runs.seeing(from)), SUMMARY_MINUTES);
    let began_before = begin.oldest.is_some_and(|oldest| oldest < since);
    unknown.extend(began_before.then(|| say::archive_began_before(lang)));
    Ok(Read {
        of: Source::Archive(folder.clone()),
        records: Records::Archive { folder, kind },
        lists: known,
        time: Time { since, from, until: now, ends_now: false },
        read: 0,
        unknown,
    })
}

/// Where an archive begins.
#[derive(Default)]
struct Begin {
    /// When the first record was.
    first: Option<Timestamp>,
    /// When the oldest row began that the rule matches.
    oldest: Option<Timestamp>,
}

/// By the records of the first runs: they stand in the order in which the PCE handed them
/// out, not in that of their times.
fn begin(
    folder: &std::path::Path,
    kind: Kind,
    rule: &Rule,
    lists: &Table,
) -> Result<Begin, archive::Error> {
    let mut lines = archive::lines(folder, kind)?;
    let mut begin = Begin::default();
    let mut read = 0;
    while let Some(line) = lines.next()?.filter(|_| read < LOOKED_AT) {
        read += 1;
        match kind {
            Kind::Events => {
                let event = serde_json::from_slice::<Event<'_>>(line).unwrap_or_default();
                earlier(&mut begin.first, event.timestamp.timestamp().or(event.time.timestamp()));
            }
            Kind::Flows => {
                let flow = serde_json::from_slice::<Flow<'_>>(line).unwrap_or_default();
                let range = &flow.timestamp_range;
                earlier(&mut begin.first, range.last_detected.timestamp());
                let is_its = |filter: &TrafficFilter| {
                    filter.matches(&FlowFacts::of(&flow).with_lists(lists))
                };
                if matches!(&rule.filter, Filter::Traffic(filter) if is_its(filter)) {
                    earlier(&mut begin.oldest, range.first_detected.timestamp());
                }
            }
        }
    }
    Ok(begin)
}

fn earlier(known: &mut Option<Timestamp>, time: Option<Timestamp>) {
    *known = known.iter().copied().chain(time).min();
}
