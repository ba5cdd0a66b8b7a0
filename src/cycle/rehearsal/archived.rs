//! What the archive has for a try: each record as a run saw it, in the order of the runs.

use jiff::Timestamp;

use super::replay::{Records, Time};
use super::runs::Runs;
use super::{Read, Source, failed, usage};
use crate::archive::{self, Kind};
use crate::commands::said::Said;
use crate::cycle::site::{Site, back};
use crate::lang::{rules as words, tried as say};
use crate::pce::record::{Event, Flow};
use crate::rules::{Filter, Rule};
use crate::store::state::State;

/// A VEN tells of traffic so many minutes after it began [Administration 25.2].
const SUMMARY_MINUTES: i64 = 10;

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
    let first = first(&folder, kind).map_err(|error| usage(error.text(lang)))?;
    let mut unknown = vec![say::archive_order(lang)];
    unknown.extend((kind == Kind::Flows).then(|| say::archive_of_other_rules(lang)));
    let known = state.ip_lists.table();
    if crate::rules::ip_lists(std::slice::from_ref(rule)).keys().next().is_some() {
        unknown.push(say::lists_of_the_last_run(lang));
    }
    let from =
        first.ok_or_else(|| failed(false, vec![say::archive_is_empty(lang, folder.display())]))?;
    let from = from.min(now);
    // What the first run found may have begun since the one before it.
    let since = back(runs.before(runs.seeing(from)), SUMMARY_MINUTES);
    Ok(Read {
        of: Source::Archive(folder.clone()),
        records: Records::Archive { folder, kind },
        lists: known,
        time: Time { since, from, until: now, ends_now: false },
        read: 0,
        unknown,
    })
}

/// When the first record was that says so.
fn first(folder: &std::path::Path, kind: Kind) -> Result<Option<Timestamp>, archive::Error> {
    let mut lines = archive::lines(folder, kind)?;
    while let Some(line) = lines.next()? {
        let at = match kind {
            Kind::Events => serde_json::from_slice::<Event<'_>>(line)
                .ok()
                .and_then(|event| event.timestamp.timestamp().or(event.time.timestamp())),
            Kind::Flows => serde_json::from_slice::<Flow<'_>>(line)
                .ok()
                .and_then(|flow| flow.timestamp_range.last_detected.timestamp()),
        };
        if at.is_some() {
            return Ok(at);
        }
    }
    Ok(None)
}
