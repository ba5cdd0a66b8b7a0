//! Rows that were read before, counted once more as a run would that reads them now.

use jiff::Timestamp;

use super::download::{Download, Downloading};
use super::plan;
use crate::cycle::poll::Desk;
use crate::cycle::site::{back, just_after};
use crate::pce::traffic::{Fetch, Part, Rows};
use crate::report::budget;
use crate::rules::decisions;
use crate::rules::series::{Growth, KEPT_SECONDS, MAX_SERIES, Row};

/// Counts rows that had grown when an earlier run read them: `each` hands over those of one
/// run.
pub(in crate::cycle) fn grown(desk: &mut Desk<'_, '_>, each: impl FnOnce(&mut dyn FnMut(&[u8]))) {
    let (now, complete) = (desk.now(), desk.state.traffic.position);
    let part = Part::whole(plan::plain_from(desk.site, desk.state, now), just_after(now), &[]);
    desk.state.series.draw_key(desk.site.call.random);
    desk.state.traffic.fetch = Some(fetch(now, complete));
    budget::keep_to_bound(&mut desk.state.rules);
    let mut downloading = Downloading::of(desk, &part);
    downloading.brings_what_grew();
    each(&mut |raw| {
        if let Ok(flow) = serde_json::from_slice(raw) {
            downloading.take(&flow, raw, false);
        }
    });
    let download = downloading.end();
    end(desk, download);
}

/// Counts rows whose growth is known.
pub(in crate::cycle) fn known<'r>(
    desk: &mut Desk<'_, '_>,
    rows: impl Iterator<Item = (&'r Row, Growth, &'r [u8])>,
) {
    let now = desk.now();
    let asked = decisions(&desk.site.config.rules).unwrap_or_default();
    let asked: Vec<String> = asked.iter().map(|one| one.wire().to_owned()).collect();
    let part = Part::whole(now, just_after(now), &asked);
    budget::keep_to_bound(&mut desk.state.rules);
    let mut downloading = Downloading::of(desk, &part);
    rows.for_each(|(row, growth, raw)| downloading.count_kept(row, growth, raw));
    let download = downloading.end();
    end(desk, download);
}

fn end(desk: &mut Desk<'_, '_>, download: Download) {
    let now = desk.now();
    desk.take(download.counted);
    let state = &mut *desk.state;
    state.series = download.known;
    state.series.end_fetch();
    state.series.forget_before(back(now, KEPT_SECONDS / 60));
    state.series.keep_to(MAX_SERIES);
    state.traffic.fetch = None;
    state.traffic.position = Some(now);
}

fn fetch(until: Timestamp, complete: Option<Timestamp>) -> Fetch {
    Fetch {
        until,
        complete,
        skipped_to: None,
        decisions: Vec::new(),
        parts: Vec::new(),
        silent: Vec::new(),
        flaws: Vec::new(),
    }
}
