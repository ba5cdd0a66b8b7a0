//! One answer's rows, held against the series that are known.
//!
//! A row that continues a series for certain is settled at once, and so is one that
//! nothing known has to do with. What could be either waits for the answer's end, when
//! it is known which series came back and which did not ([`super::settle`]).

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::keep_newest;
use super::row::{bounded, second};
use super::when::{SPREAD_SECONDS, SUMMARY_SECONDS};
use super::{Growth, Heard, KEPT_SECONDS, Known, Legacy, MAX_SERIES, Name, Of, Row, Series, When};
use crate::packed::ByHash;

/// Beginnings that differ by so many seconds at most are the same.
pub(super) const SAME_BEGINNING: u32 = 120;

/// The two ends' reports of one flow are stamped so many seconds apart at most: each
/// VEN has its own ten minutes.
const ENDS_APART: u32 = 2 * SUMMARY_SECONDS;

/// Of so many series of one name, or of the same talkers, at most is a row held against
/// those that begin nearest to it: a hostile answer may have any number.
pub(super) const NEAREST: usize = 64;

/// What an answer is an answer to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Rows last seen from here on were asked for.
    pub from: Timestamp,
    /// The end of the last complete fetch; none before the first.
    pub complete: Option<Timestamp>,
    /// How far each fetch reaches back behind that: rows that began before it had to be
    /// seen there.
    pub overlap: SignedDuration,
    /// Whether the query was for all rows of its time. A part of them says nothing of
    /// series that are not in it.
    pub whole: bool,
}

/// The rows of one answer, counted on a copy of what is known.
pub struct Answer<'k> {
    pub(super) known: &'k Known,
    /// What an earlier version knew.
    legacy: &'k Legacy,
    pub(super) series: Vec<Series>,
    /// The name that was looked for last, and the place of the first series from it on:
    /// one row asks for its name several times.
    asked: Cell<(Name, usize)>,
    /// Rows that continue none.
    pub(super) new: Vec<Series>,
    /// The last of them of each name and end, and for each of several the one before.
    new_places: HashMap<u64, usize, ByHash>,
    one_before: HashMap<usize, usize, ByHash>,
    /// The newest stamp of each VEN in this answer.
    heard: HashMap<u64, u32, ByHash>,
    /// The VENs of which a summary came after a later one, with its stamp.
    astray: HashMap<u64, u32, ByHash>,
    pub(super) limits: Limits,
    /// Where only rows come that have grown: the names and ends of those that came.
    pub(super) grown: Option<HashSet<u64, ByHash>>,
    /// All growth so far.
    pub(super) total: u64,
    /// Whether rows turned out to be regrouped, and were counted as 1 each.
    pub regrouped: bool,
    /// Whether there were so many rows that some had to be forgotten meanwhile.
    pub overflowed: bool,
}

/// [`Bounds`] in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub from: u32,
    /// What began before it had to be seen by the last complete fetch.
    pub seen_before: u32,
    /// From here on every series is remembered.
    pub kept_since: u32,
    pub whole: bool,
}

/// What a row is, as far as is known before the answer's end.
enum Fit {
    /// It continues the series at this place.
    Continues(usize),
    /// It continues what an earlier version knew.
    Legacy(Series),
    /// Nothing known has to do with it.
    New,
    /// One or the other.
    Open,
}

impl Known {
    /// Begins an answer. What an earlier version knew serves where no series does.
    pub fn answer<'k>(&'k self, legacy: &'k Legacy, bounds: &Bounds) -> Answer<'k> {
        let mut series = self.series.clone();
        for one in &mut series {
            (one.met, one.gone) = (false, false);
        }
        Answer {
            known: self,
            legacy,
            series,
            asked: Cell::default(),
            new: Vec::new(),
            new_places: HashMap::default(),
            one_before: HashMap::default(),
            heard: HashMap::default(),
            astray: HashMap::default(),
            limits: Limits::of(bounds),
            grown: None,
            total: 0,
            regrouped: false,
            overflowed: false,
        }
    }
}

impl Limits {
    fn of(bounds: &Bounds) -> Self {
        let before = |seconds: i64| {
            let time = bounds.complete?.checked_sub(SignedDuration::from_secs(seconds));
            time.ok().map(second)
        };
        Self {
            from: second(bounds.from),
            seen_before: before(bounds.overlap.as_secs()).unwrap_or_default(),
            kept_since: before(KEPT_SECONDS).unwrap_or_default(),
            whole: bounds.whole,
        }
    }
}

impl Answer<'_> {
    /// Takes a row: its growth, or `None` where only the answer's end can tell
    /// ([`Answer::settle`]).
    pub fn take(&mut self, row: &Row) -> Option<Growth> {
        self.hear(row);
        if let Some(grown) = &mut self.grown {
            grown.insert(row.end());
        }
        let growth = match self.fit(row) {
            Fit::Continues(place) => self.continues(place, row),
            Fit::Legacy(seed) => self.continues_legacy(seed, row),
            Fit::New => self.begins(row),
            Fit::Open => return None,
        };
        self.total = self.total.saturating_add(growth.count);
        Some(growth)
    }

    /// Says that only rows come that have grown, as in the archive: a series of which none
    /// has the name is not gone.
    pub fn brings_what_grew(&mut self) {
        self.grown = Some(HashSet::default());
    }

    /// Those that no row that grew has the name of came back as they were.
    pub(super) fn meet_what_stayed(&mut self) {
        let Some(grown) = &self.grown else { return };
        for one in self.series.iter_mut().filter(|one| !grown.contains(&one.end())) {
            one.met = true;
        }
    }

    /// What is known from now on.
    pub fn finish(self) -> Known {
        let Self { mut series, mut new, .. } = self;
        series.retain(|one| !one.gone);
        // The longer one takes the other in: at first sight nothing is copied.
        if series.len() < new.len() {
            std::mem::swap(&mut series, &mut new);
        }
        series.append(&mut new);
        series.sort_unstable_by_key(Series::place);
        let mut vens = self.known.vens.clone();
        for (ven, stamp) in self.heard {
            let heard: &mut Heard = vens.entry(ven).or_default();
            heard.now = heard.now.max(stamp);
            heard.astray = heard.astray.max(self.astray.get(&ven).copied().unwrap_or(0));
        }
        Known { series, vens, ..self.known.bare() }
    }

    fn hear(&mut self, row: &Row) {
        let stamp = self.heard.entry(row.ven).or_default();
        *stamp = (*stamp).max(row.last);
    }

    fn fit(&self, row: &Row) -> Fit {
        let named = self.named(row.name, row.outbound);
        if let Some(place) = self.same_beginning(&named, row) {
            let ends = self.series[place].last;
            let mut others = self.near(&named, row.first).filter(|other| *other != place);
            let rival = others.any(|other| {
                let other = &self.series[other];
                let asked_for = other.last >= self.limits.from;
                !other.met && asked_for && other.last > ends && other.overlaps(row)
            });
            return if rival { Fit::Open } else { Fit::Continues(place) };
        }
        let mut unmet = self.near(&named, row.first).map(|place| &self.series[place]);
        if unmet.any(|one| !one.met && (one.begins_with(row) || one.overlaps(row))) {
            return Fit::Open;
        }
        if let Some(seed) = self.legacy.series(row) {
            return Fit::Legacy(seed);
        }
        if self.is_of_known_talkers(row) { Fit::Open } else { Fit::New }
    }

    /// Whether a series of the same talkers may be this row under another name, or have
    /// held its connections.
    fn is_of_known_talkers(&self, row: &Row) -> bool {
        let talkers = self.talking(row.name.talkers());
        let began_unseen = row.first < self.limits.seen_before;
        self.series[talkers].iter().take(NEAREST).any(|one| {
            let renamed = !one.met && one.begins_with(row) && one.count <= row.count;
            one.outbound == row.outbound && (began_unseen || renamed)
        })
    }

    /// The series with exactly this beginning that the row can continue; of several the
    /// one with the most connections.
    fn same_beginning(&self, named: &Range<usize>, row: &Row) -> Option<usize> {
        let same = &self.series[named.clone()];
        let from = same.partition_point(|one| one.first < row.first);
        let same = same[from..].iter().take_while(|one| one.first == row.first);
        same.take(NEAREST)
            .enumerate()
            .filter(|(_, one)| !one.met && one.count <= row.count)
            .max_by_key(|(_, one)| one.count)
            .map(|(nth, _)| named.start + from + nth)
    }

    /// The places of the series of one name and end, in the order of their beginnings.
    pub(super) fn named(&self, name: Name, outbound: bool) -> Range<usize> {
        let of_name = self.first_from(name);
        let is_before = |one: &Series| (one.name, one.outbound) < (name, outbound);
        let from = of_name + how_many(&self.series[of_name..], is_before);
        let is_named = |one: &Series| one.name == name && one.outbound == outbound;
        from..from + how_many(&self.series[from..], is_named)
    }

    /// The place of the first series whose name is not less. Names are hashes, so that it
    /// is nearly known where one stands: halving the rest costs a third of halving all.
    fn first_from(&self, name: Name) -> usize {
        let (asked, place) = self.asked.get();
        if asked == name {
            return place;
        }
        let mut range = 0..self.series.len();
        for reach in [1_024, 96] {
            range = narrowed(&self.series, range, name, reach);
        }
        let place = range.start + self.series[range].partition_point(|one| one.name < name);
        self.asked.set((name, place));
        place
    }

    /// Those of them that begin nearest to a time.
    pub(super) fn near(&self, named: &Range<usize>, first: u32) -> Range<usize> {
        if named.len() <= NEAREST {
            return named.clone();
        }
        let later = self.series[named.clone()].partition_point(|one| one.first < first);
        let from = (named.start + later).saturating_sub(NEAREST / 2).max(named.start);
        from..(from + NEAREST).min(named.end)
    }

    /// The places of the series of the same talkers.
    pub(super) fn talking(&self, talkers: u64) -> Range<usize> {
        let from = self.first_from(Name::first_of(talkers));
        let rest = self.series[from..].iter();
        from..from + rest.take(NEAREST).take_while(|one| one.name.talkers() == talkers).count()
    }

    /// The row is this series, grown.
    pub(super) fn continues(&mut self, place: usize, row: &Row) -> Growth {
        let before = self.series[place];
        let more = row.count.saturating_sub(before.count);
        self.carry(place, row, more);
        let growth = self.grown(row, more.into(), before.last);
        let series = &mut self.series[place];
        series.met = true;
        series.count = row.count;
        series.last = before.last.max(row.last);
        series.ahead = before.ahead.saturating_add(bounded(growth.count));
        growth
    }

    /// Where rows are cut anew by each query, what is told of one is told of the whole
    /// that they are part of, and the other way round.
    fn carry(&mut self, place: usize, row: &Row, more: u32) {
        let grown = self.series[place];
        for other in self.near(&self.named(row.name, row.outbound), row.first) {
            let series = &mut self.series[other];
            let in_step = other != place && !series.met && series.last == grown.last;
            if in_step && (series.whole || grown.whole) {
                series.count = series.count.saturating_add(more);
                series.last = series.last.max(row.last);
            }
        }
    }

    fn continues_legacy(&mut self, seed: Series, row: &Row) -> Growth {
        let growth = self.grown(row, row.count.saturating_sub(seed.count).into(), seed.last);
        self.remember(row, growth.count);
        growth
    }

    /// So much growth since the traffic was last seen.
    pub(super) fn grown(&mut self, row: &Row, count: u64, seen: u32) -> Growth {
        if row.last <= seen && count > 0 {
            self.came_astray(row);
        }
        let since = if row.last > seen { seen } else { row.first };
        Growth {
            count: self.less_what_the_other_end_told(row, since, count),
            when: self.when(row, seen),
            of: Of::Known(seen),
        }
    }

    /// A summary of the row's VEN came after a later one.
    pub(super) fn came_astray(&mut self, row: &Row) {
        self.astray.insert(row.ven, (row.last - row.early).max(1));
    }

    /// When a known series grew: after it was last seen, or after its VEN was. Where that
    /// VEN's summaries overtake each other, nobody knows.
    fn when(&self, row: &Row, seen: u32) -> When {
        let upto = row.last - row.early;
        if row.last <= seen {
            let after = row.first.saturating_sub(SUMMARY_SECONDS);
            return When::some_time(after.min(upto), upto);
        }
        let ven = self.known.vens.get(&row.ven).copied().unwrap_or_default();
        if ven.astray > 0 || self.astray.contains_key(&row.ven) {
            let early = row.early.saturating_add(SPREAD_SECONDS);
            return When::some_time(seen.saturating_sub(early), upto);
        }
        let after = if ven.before < row.last { ven.before.max(seen) } else { seen };
        When::between(after.saturating_sub(row.early), upto)
    }

    /// The row is none that is known.
    pub(super) fn begins(&mut self, row: &Row) -> Growth {
        let counted = row.first < self.known.counted_before;
        let count = if counted { 0 } else { row.count.max(1).into() };
        let left = self.less_what_the_other_end_told(row, row.first, count);
        self.remember(row, left);
        Growth {
            count: left,
            when: When::of_new(row.first.saturating_sub(row.early), row.last - row.early),
            of: Of::New { within: row.first >= self.limits.kept_since, again: left < count },
        }
    }

    pub(super) fn remember(&mut self, row: &Row, told: u64) {
        let place = self.new.len();
        if let Some(before) = self.new_places.insert(row.end(), place) {
            self.one_before.insert(place, before);
        }
        self.new.push(Series {
            name: row.name,
            count: row.count,
            first: row.first,
            last: row.last,
            ahead: bounded(told),
            over: 0,
            outbound: row.outbound,
            whole: false,
            met: true,
            gone: false,
        });
        // The longest unseen go, which a later row hardly brings again.
        if self.new.len() >= 2 * MAX_SERIES {
            self.overflowed |= keep_newest(&mut self.new, MAX_SERIES);
            self.new_places.clear();
            self.one_before.clear();
        }
    }

    /// What of the growth, which came after `since`, the flow's other end has not told;
    /// of several series the nearest give first. A series that goes on may have been
    /// ahead since it began: its VEN's counterpart may be a day late, and nothing tells
    /// that from one that never told the flow before.
    fn less_what_the_other_end_told(&mut self, row: &Row, since: u32, mut count: u64) -> u64 {
        let outbound = !row.outbound;
        let other = Row { outbound, ..*row };
        let named = self.named(other.name, other.outbound);
        let mut nearest: Vec<usize> = self.near(&named, row.first).collect();
        nearest.sort_by_key(|place| self.series[*place].first.abs_diff(row.first));
        for place in nearest {
            take_from(&mut self.series[place], since, row.last, &mut count);
        }
        let mut nearest = self.new_of(&other);
        nearest.sort_by_key(|place| self.new[*place].first.abs_diff(row.first));
        for place in nearest {
            take_from(&mut self.new[place], since, row.last, &mut count);
        }
        count
    }

    /// The places of new rows of that name and end, the latest first; a hostile answer
    /// may have any number.
    fn new_of(&self, row: &Row) -> Vec<usize> {
        let mut places = Vec::new();
        let mut next = self.new_places.get(&row.end()).copied();
        while let Some(place) = next.filter(|_| places.len() < 4 * NEAREST) {
            places.push(place);
            next = self.one_before.get(&place).copied();
        }
        places
    }
}

/// How many of the first are so, where only the first are. Mostly one or none: quicker
/// found one by one.
fn how_many(series: &[Series], are_so: impl Fn(&Series) -> bool) -> usize {
    let few = series.iter().take(NEAREST).take_while(|one| are_so(one)).count();
    if few < NEAREST { few } else { series.partition_point(are_so) }
}

/// The part of the range, so many to either side of where names that are spread evenly
/// would have this one, or all of the range, if that is not where it stands.
fn narrowed(series: &[Series], range: Range<usize>, name: Name, reach: usize) -> Range<usize> {
    let (Some(first), Some(last)) = (series.get(range.start), series[range.clone()].last()) else {
        return range;
    };
    // Without the lowest bits, so that a product with a place is still a number.
    let behind_first = |name: Name| name.0.saturating_sub(first.name.0) >> 24;
    let into = behind_first(name) * range.len() as u64 / behind_first(last.name).max(1);
    let guess = range.start + (into as usize).min(range.len());
    let from = guess.saturating_sub(reach).max(range.start);
    let upto = (guess + reach).min(range.end);
    let begins_before = from == range.start || series[from - 1].name < name;
    let ends_behind = upto == range.end || series[upto].name >= name;
    if begins_before && ends_behind { from..upto } else { range }
}

/// Takes what that end is ahead out of the count, where it may be of the same time.
fn take_from(other: &mut Series, since: u32, upto: u32, count: &mut u64) {
    let reaches = |early: u32, late: u32| early <= late.saturating_add(ENDS_APART);
    if !other.gone && reaches(other.first, upto) && reaches(since, other.last) {
        let taken = (*count).min(other.ahead.into());
        *count -= taken;
        other.ahead -= bounded(taken);
    }
}

impl Series {
    /// As [`Row::end`].
    fn end(&self) -> u64 {
        self.name.0 ^ (u64::from(self.outbound) << 63)
    }

    /// Whether the two begin at the same time.
    pub(super) fn begins_with(&self, row: &Row) -> bool {
        self.first.abs_diff(row.first) <= SAME_BEGINNING
    }

    /// Whether some of their time is the same.
    pub(super) fn overlaps(&self, row: &Row) -> bool {
        row.first <= self.last && self.first <= row.last
    }
}

impl Row {
    /// Its name and its end, for a table of new ones.
    fn end(&self) -> u64 {
        self.name.0 ^ (u64::from(self.outbound) << 63)
    }
}

impl Known {
    /// The same without what an answer makes anew.
    fn bare(&self) -> Self {
        Self { key: self.key, counted_before: self.counted_before, ..Self::default() }
    }
}
