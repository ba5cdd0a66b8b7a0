//! Rows of traffic, made of uploads. Unless told otherwise, the way a live PCE 25.2
//! was seen to make them: one row for each flow, state, reporting end and UTC day, its
//! counter cumulative for the day and not clipped to the query.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::connection::Connection;
use super::counting::{Counting, Cut, LaterName, Midnight, Name};
use super::state::mixed;
use super::time::seconds;
use super::uploads::{Series, Upload, Uploads};

/// The latest that a day's row was seen to end in the next day: 00:04:03 [capture
/// of a PCE 25.2.40]; whole minutes here.
const LATEST_CLOSE: u64 = 240;

/// How far apart the rows of one name begin [the same capture: 00:04:35, 00:04:44].
const BETWEEN_LANES: SignedDuration = SignedDuration::from_secs(9);

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// `timestamp_range.first_detected`.
    pub first: Timestamp,
    /// `timestamp_range.last_detected`.
    pub last: Timestamp,
    /// `num_connections`.
    pub count: u64,
    /// The newest connection in it; where others differ (labels), it tells.
    pub newest: Arc<Connection>,
    /// True: the source's VEN reported it.
    pub outbound: bool,
    order: u64,
}

/// All rows that the PCE has at `now` and that overlap the window, shuffled.
pub fn rows(
    uploads: &Uploads,
    counting: &Counting,
    now: Timestamp,
    window: (Timestamp, Timestamp),
) -> Vec<Row> {
    let mut rows = Vec::new();
    for series in uploads.series() {
        for lane in 0..counting.lanes.max(1) {
            let number = series.number ^ lane;
            let mut buckets = buckets(number, &pieces(series, counting, lane), counting, now);
            if counting.merged {
                buckets = merged(buckets, counting.cut, window);
            }
            let begun_anew = buckets.into_iter().map(|it| it.restarted(counting, now));
            let clipped = begun_anew.map(|it| it.clipped(counting, window));
            let summed = clipped.filter_map(|it| it.summed(mixed(number ^ counting.seed)));
            let within = |row: &Row| row.last >= window.0 && row.first <= window.1;
            rows.extend(summed.filter(within));
        }
    }
    let shuffle = |row: &Row| mixed(row.order ^ now.as_second() as u64 ^ day(row.first));
    rows.sort_by_key(shuffle);
    for row in &mut rows {
        row.jitters(counting.jitter, now);
        row.is_called(&counting.names, now);
    }
    rows
}

fn day(instant: Timestamp) -> u64 {
    Cut::Day(0).of(instant) as u64
}

/// An upload, or the part of it that one of several rows of its name gets.
#[derive(Clone, Copy)]
struct Piece<'a> {
    upload: &'a Upload,
    stamp: Timestamp,
    recorded: Timestamp,
    times: u64,
}

fn pieces<'a>(series: &'a Series, counting: &Counting, lane: u64) -> Vec<Piece<'a>> {
    let lanes = counting.lanes.max(1);
    let apart = BETWEEN_LANES * lane as i32;
    let piece = |upload: &'a Upload| Piece {
        upload,
        stamp: upload.stamp + apart,
        recorded: upload.recorded + apart,
        times: share(upload.times, lane, lanes),
    };
    let pieces = series.uploads.iter().map(piece);
    pieces.filter(|piece| piece.times > 0).collect()
}

/// What one of several rows gets of a count: the first one the most.
fn share(times: u64, lane: u64, lanes: u64) -> u64 {
    let others = times / (lanes + 2);
    if lane == 0 { times - others * (lanes - 1) } else { others }
}

/// What will be one row.
struct Bucket<'a> {
    /// The day or hour that it is of.
    of: i64,
    known: Vec<Piece<'a>>,
    first: Option<Timestamp>,
    /// Where it says that it ended later than its newest upload.
    until: Option<Timestamp>,
}

/// The rows of a series, as far as they are written down at `now`. What fell into a
/// day's row after midnight waits for the day's own part, so that a row never begins
/// on the wrong day.
fn buckets<'a>(
    number: u64,
    pieces: &[Piece<'a>],
    counting: &Counting,
    now: Timestamp,
) -> Vec<Bucket<'a>> {
    let cut = counting.cut;
    let close = match (cut, counting.midnight) {
        (Cut::Day(_), Midnight::After(seconds)) => seconds,
        (Cut::Day(_), Midnight::Varied) if !counting.merged => {
            (mixed(number) % (LATEST_CLOSE + 1)) as i64
        }
        _ => -1,
    };
    let mut parts: BTreeMap<i64, Vec<Piece>> = BTreeMap::new();
    for piece in pieces {
        let own = cut.of(piece.stamp);
        let late = cut.into(piece.stamp) <= close && parts.contains_key(&(own - 1));
        let of = if late { own - 1 } else { own };
        parts.entry(of).or_default().push(*piece);
    }
    let mut buckets: Vec<Bucket> = Vec::new();
    for (of, mut known) in parts {
        known.retain(|piece| piece.recorded <= now);
        if !known.iter().any(|piece| cut.of(piece.stamp) == of) {
            continue;
        }
        let first = known.first().map(|piece| piece.stamp);
        let snapshot = known[0].upload.flow.state == "snapshot";
        if let Some(before) = buckets.last_mut()
            && counting.snapshots_meet
            && snapshot
            && before.of == of - 1
        {
            before.until = first;
        }
        buckets.push(Bucket { of, known, first, until: None });
    }
    buckets
}

/// One row of all days that the window touches; the other days have none.
fn merged(buckets: Vec<Bucket<'_>>, cut: Cut, window: (Timestamp, Timestamp)) -> Vec<Bucket<'_>> {
    let touched = cut.of(window.0)..=cut.of(window.1);
    let mut whole: Option<Bucket> = None;
    for bucket in buckets {
        match &mut whole {
            _ if !touched.contains(&bucket.of) => {}
            Some(whole) => whole.known.extend(bucket.known),
            None => whole = Some(bucket),
        }
    }
    whole.into_iter().collect()
}

impl Bucket<'_> {
    /// Without what was told before the counters last began anew.
    fn restarted(mut self, counting: &Counting, now: Timestamp) -> Self {
        for restart in &counting.restarts {
            if restart.at > now {
                continue;
            }
            self.known.retain(|piece| piece.recorded > restart.at);
            if !restart.keeps_beginning {
                self.first = self.known.first().map(|piece| piece.stamp);
            }
        }
        self
    }

    fn clipped(mut self, counting: &Counting, window: (Timestamp, Timestamp)) -> Self {
        if counting.clipped {
            let within = |piece: &Piece| piece.stamp >= window.0 && piece.stamp <= window.1;
            self.known.retain(within);
            self.first = self.known.first().map(|piece| piece.stamp);
            self.until = None;
        }
        self
    }

    fn summed(&self, order: u64) -> Option<Row> {
        let newest = self.known.last()?;
        Some(Row {
            first: self.first?,
            last: self.until.unwrap_or(newest.stamp).max(newest.stamp),
            count: self.known.iter().map(|piece| piece.times).sum(),
            newest: Arc::clone(&newest.upload.flow),
            outbound: newest.upload.outbound,
            order,
        })
    }
}

impl Row {
    /// Begins some seconds earlier or later in this answer than in others.
    fn jitters(&mut self, most: u64, now: Timestamp) {
        let dice = mixed(self.order ^ mixed(now.as_second() as u64)) % (2 * most + 1);
        let by = SignedDuration::from_secs(dice as i64 - most as i64);
        self.first = (self.first + by).min(self.last);
    }

    /// Bears the names that it has come to be called by.
    fn is_called(&mut self, names: &[LaterName], now: Timestamp) {
        for later in names.iter().filter(|later| later.from <= now) {
            let flow = &self.newest;
            let [source, destination] =
                [&flow.source, &flow.destination].map(|end| end.address() == later.address);
            if !source && !destination {
                continue;
            }
            let mut flow = Connection::clone(flow);
            match &later.name {
                Name::Fqdn(fqdn) if destination => {
                    flow.destination = flow.destination.fqdn(fqdn);
                }
                Name::Fqdn(_) => {}
                Name::Workload(host) if source => flow.source = flow.source.belongs_to(host),
                Name::Workload(host) => flow.destination = flow.destination.belongs_to(host),
                Name::Process(process) => flow = flow.process(process),
            }
            self.newest = Arc::new(flow);
        }
    }

    /// As it is sent; `place` is its place in the answer.
    pub fn json(&self, place: usize) -> Value {
        let mut row = self.newest.row(self.outbound);
        row["num_connections"] = self.count.into();
        row["seq_id"] = place.into();
        row["timestamp_range"] = json!({
            "first_detected": seconds(self.first), "last_detected": seconds(self.last)
        });
        row
    }
}
