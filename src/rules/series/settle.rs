//! The rows that only the answer's end can tell of, held as a set against the series
//! that did not come back.
//!
//! In this order, each kind the nearest first: the same series with a beginning that
//! jitters; a counter that began anew; a series that goes on under another name; the
//! same traffic cut otherwise. What is left is new.

use super::answer::{Answer, SAME_BEGINNING};
use super::row::bounded;
use super::when::SUMMARY_SECONDS;
use super::{Growth, Of, Row, Series, When};

/// A row that is clipped to the query begins so many seconds after it at most: with the
/// first summary in it.
const CLIPPED_WITHIN: u32 = SUMMARY_SECONDS + SAME_BEGINNING;

/// More connections than this are not added where most of an answer would come from
/// rows that only look new.
const REGROUPED: u64 = 1_000;

/// A row that waits, and what became of it.
struct Unsettled {
    row: Row,
    growth: Option<Growth>,
    /// Whether it may be known traffic that the PCE files otherwise.
    suspect: bool,
}

/// A series that the row may be, by its place; the nearest is the least.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// By how many seconds the beginnings differ, and by how much the counts.
    distance: (u32, u32),
    row: u32,
    place: u32,
}

/// Of so many series at most, the nearest, one may be the row.
const CANDIDATES: usize = 8;

impl Answer<'_> {
    /// Settles rows for which [`Answer::take`] had no answer: the growth of each, in
    /// their order. To be called at the answer's end; where there are too many to wait,
    /// earlier, for what came until then: a series that is not met by then may still come.
    pub fn settle(&mut self, rows: &[Row], at_its_end: bool) -> Vec<Growth> {
        let whole = self.limits.whole;
        self.limits.whole &= at_its_end;
        if at_its_end {
            self.meet_what_stayed();
        }
        let waiting = |row: &Row| Unsettled { row: *row, growth: None, suspect: false };
        let mut waiting: Vec<Unsettled> = rows.iter().map(waiting).collect();
        self.settle_grown(&mut waiting);
        self.settle_begun_anew(&mut waiting);
        self.settle_renamed(&mut waiting);
        self.settle_cut_otherwise(&mut waiting);
        self.settle_new(&mut waiting);
        self.mind_a_storm(&mut waiting);
        self.limits.whole |= whole;
        let growths = waiting.into_iter().filter_map(|one| one.growth);
        growths.collect()
    }

    /// The same beginning, and at least the count.
    fn settle_grown(&mut self, waiting: &mut [Unsettled]) {
        let pairs = self.pairs(waiting, |answer, row| {
            let named = answer.named(row.name, row.outbound);
            let near = answer.near(&named, row.first);
            near.filter(|place| answer.series[*place].count <= row.count).collect()
        });
        for (_, place) in &pairs {
            self.series[*place].met = true;
        }
        for (nth, place) in pairs {
            let row = waiting[nth].row;
            // Where another series of this name ended later and is gone, though it was
            // asked for, its share was told: the row is both of them.
            let (ends, from) = (self.series[place].last, self.limits.from);
            let told = self.latest_gone(&row);
            let told = told.filter(|end| *end > ends && *end >= from);
            let growth = match told {
                None => self.continues(place, &row),
                Some(end) => self.continues_after(place, &row, end),
            };
            waiting[nth].growth = Some(growth);
        }
    }

    /// The row is this series, and others that ended at `end`, after it.
    fn continues_after(&mut self, place: usize, row: &Row, end: u32) -> Growth {
        let before = self.series[place];
        let most = u64::from(row.count.saturating_sub(before.count));
        let more = match self.held(row, Some(before)) {
            Some((held, _)) => u64::from(row.count) - held,
            None => share_after(row, end).min(most),
        };
        // They may come back as they were, with what the row told.
        let others: Vec<usize> = self.gone(row).collect();
        for other in others {
            let other = &mut self.series[other];
            if other.last == end {
                other.count = other.count.saturating_add(bounded(more));
                other.last = other.last.max(row.last);
            }
        }
        self.series[place].count = row.count - bounded(more);
        self.series[place].last = end;
        self.continues(place, row)
    }

    /// The same beginning, and a lower count. Much lower: a failover, and all of it is
    /// new. A little lower: a restored backup, or a correction, and none of it.
    fn settle_begun_anew(&mut self, waiting: &mut [Unsettled]) {
        let pairs = self.pairs(waiting, |answer, row| {
            let named = answer.named(row.name, row.outbound);
            answer.near(&named, row.first).collect()
        });
        for (nth, place) in pairs {
            let row = waiting[nth].row;
            let before = &mut self.series[place];
            let anew = row.count < before.count / 2;
            before.count = if anew { 0 } else { row.count };
            waiting[nth].growth = Some(self.continues(place, &row));
            waiting[nth].suspect = anew;
        }
    }

    /// Another name, but the same talkers and beginning as a series that vanished.
    fn settle_renamed(&mut self, waiting: &mut [Unsettled]) {
        if !self.limits.whole {
            return;
        }
        let pairs = self.pairs(waiting, |answer, row| {
            let talking = answer.talking(row.name.talkers());
            let fits = |place: &usize| {
                let one = &answer.series[*place];
                one.outbound == row.outbound && one.count <= row.count
            };
            talking.filter(fits).collect()
        });
        for (nth, place) in pairs {
            let row = waiting[nth].row;
            let before = self.series[place];
            (self.series[place].met, self.series[place].gone) = (true, true);
            let more = u64::from(row.count - before.count);
            let growth = self.grown(&row, more, before.last);
            self.remember(&row, growth.count.saturating_add(before.ahead.into()));
            waiting[nth].growth = Some(growth);
        }
    }

    /// The time of series of this name that did not come back. Where the row holds all
    /// of them, what it has more; else the share of it that lies behind them.
    fn settle_cut_otherwise(&mut self, waiting: &mut [Unsettled]) {
        let mut cut = Vec::new();
        for one in waiting.iter_mut().filter(|one| one.growth.is_none()) {
            let Some(end) = self.latest_gone(&one.row) else {
                continue;
            };
            let (growth, more, over) = match self.held_whole(&one.row) {
                Some((held, first)) => {
                    let earlier = one.row.first.saturating_add(SAME_BEGINNING) < first;
                    one.suspect = earlier && self.only_looks_new(&one.row);
                    let more = u64::from(one.row.count) - held;
                    (self.reaches_back(&one.row, more, first, end), more, 0)
                }
                None => {
                    let (more, over) = self.behind(&one.row, end);
                    (self.grown(&one.row, more, end), more, over)
                }
            };
            let ahead = self.gone(&one.row).map(|place| u64::from(self.series[place].ahead));
            let ahead = ahead.fold(growth.count, u64::saturating_add);
            self.remember(&one.row, ahead);
            if let Some(series) = self.new.last_mut() {
                series.over = bounded(over);
            }
            one.growth = Some(growth);
            cut.push((one.row, more));
        }
        // Afterwards, since several rows may share one of them.
        for (row, more) in cut {
            self.replace_gone(&row, more);
        }
    }

    /// What of the row's connections lies behind the series that did not come back: its
    /// share of the time, or what is more than they had, where it begins after them and
    /// that is certain. With that, how much more it is in all than the shares were: the
    /// next ones still hold it, and are told less it.
    fn behind(&self, row: &Row, end: u32) -> (u64, u64) {
        let (mut count, mut over, mut first) = (0, 0, u32::MAX);
        for one in self.parts_gone(row) {
            count += u64::from(one.count);
            over += u64::from(one.over);
            first = first.min(one.first);
        }
        let share = share_after(row, end);
        let certain =
            if first <= row.first { u64::from(row.count).saturating_sub(count) } else { 0 };
        let told = share.saturating_sub(over).max(certain);
        (told, (over + told).saturating_sub(share))
    }

    /// [`Self::held`], but not where the row begins as the query does: it may be clipped
    /// to it, and then holds what was counted before them, too.
    fn held_whole(&self, row: &Row) -> Option<(u64, u32)> {
        let from = self.limits.from;
        let clipped = from.saturating_sub(SAME_BEGINNING)..=from.saturating_add(CLIPPED_WITHIN);
        let held = self.held(row, None);
        // What was counted before, by a state that is lost, is in it, too.
        let known = row.first >= self.known.counted_before;
        held.filter(|_| known && !clipped.contains(&row.first))
    }

    /// How many connections the series that did not come back have, and `one` that did,
    /// and when the first of them began, where the row holds all of them and each of
    /// their connections once.
    fn held(&self, row: &Row, one: Option<Series>) -> Option<(u64, u32)> {
        let mut parts: Vec<Series> = self.gone(row).map(|place| self.series[place]).collect();
        let wholes: Vec<Series> = parts.iter().copied().filter(|one| one.whole).collect();
        let is_part = |one: &Series| {
            let of = |whole: &Series| whole.first <= one.last && one.first <= whole.last;
            !one.whole && wholes.iter().any(of)
        };
        parts.retain(|one| !is_part(one));
        parts.extend(one);
        parts.sort_by_key(|part| part.first);
        let inside = |part: &Series| row.first <= part.first && part.last <= row.last;
        let apart = parts.windows(2).all(|two| two[0].last < two[1].first);
        let sum = parts.iter().map(|part| u64::from(part.count)).sum();
        let fits = apart && parts.iter().all(inside) && sum <= u64::from(row.count);
        fits.then_some((sum, parts.first()?.first))
    }

    /// The series that did not come back; of a whole and its parts the parts.
    fn parts_gone(&self, row: &Row) -> Vec<Series> {
        let gone: Vec<Series> = self.gone(row).map(|place| self.series[place]).collect();
        let parts: Vec<Series> = gone.iter().copied().filter(|one| !one.whole).collect();
        if parts.is_empty() { gone } else { parts }
    }

    /// A row that begins earlier than it was known to, at `first`, and has so many more.
    fn reaches_back(&mut self, row: &Row, more: u64, first: u32, end: u32) -> Growth {
        self.came_astray(row);
        let growth = self.grown(row, more, row.first);
        let after = row.first.saturating_sub(SUMMARY_SECONDS);
        let upto = if row.last > end {
            row.last
        } else {
            row.first.max(first.saturating_sub(SUMMARY_SECONDS))
        };
        let early = |second: u32| second.saturating_sub(row.early);
        Growth {
            when: When::between(early(after), early(upto)),
            of: Of::New { within: row.first >= self.limits.kept_since, again: false },
            ..growth
        }
    }

    fn settle_new(&mut self, waiting: &mut [Unsettled]) {
        for one in waiting.iter_mut().filter(|one| one.growth.is_none()) {
            one.growth = Some(self.begins(&one.row));
            one.suspect = self.only_looks_new(&one.row);
        }
    }

    /// Whether the row began so long ago that it had to be seen before, under whatever
    /// name. Not where its VEN had not reported that time by then: nobody regroups what
    /// was never told.
    fn only_looks_new(&self, row: &Row) -> bool {
        let ven = self.known.vens.get(&row.ven).copied().unwrap_or_default();
        let reported = ven.before == 0 || row.first <= ven.before;
        row.first < self.limits.seen_before && reported
    }

    /// Never a storm from bookkeeping: where most of what the answer would add comes
    /// from rows that only look new, each of them counts as 1.
    fn mind_a_storm(&mut self, waiting: &mut [Unsettled]) {
        let sum = |suspects: bool| {
            let growths = waiting.iter().filter(|one| one.suspect || !suspects);
            let counts = growths.filter_map(|one| Some(one.growth?.count));
            counts.fold(0, u64::saturating_add)
        };
        let (suspect, all) = (sum(true), self.total.saturating_add(sum(false)));
        self.regrouped |= suspect > REGROUPED && suspect > all / 2;
        if self.regrouped {
            let suspects = waiting.iter_mut().filter(|one| one.suspect);
            for growth in suspects.filter_map(|one| one.growth.as_mut()) {
                growth.count = growth.count.min(1);
                growth.when = growth.when.at_its_end();
            }
        }
        self.total = self.total.saturating_add(sum_of(waiting));
    }

    /// Rows and series of one beginning, each at most once, the nearest first.
    fn pairs(
        &self,
        waiting: &[Unsettled],
        of: impl Fn(&Self, &Row) -> Vec<usize>,
    ) -> Vec<(usize, usize)> {
        let mut candidates = Vec::new();
        for (nth, one) in waiting.iter().enumerate() {
            if one.growth.is_some() {
                continue;
            }
            let mut near = self.nearest(&one.row, of(self, &one.row), nth);
            near.truncate(CANDIDATES);
            candidates.append(&mut near);
        }
        candidates.sort_unstable();
        let (mut rows, mut places) = (vec![false; waiting.len()], std::collections::HashSet::new());
        candidates.retain(|one| {
            let row = &mut rows[one.row as usize];
            let free = !*row && places.insert(one.place);
            *row |= free;
            free
        });
        let pairs = candidates.into_iter();
        pairs.map(|one| (one.row as usize, one.place as usize)).collect()
    }

    /// Those of the places that the row may be, the nearest first.
    fn nearest(&self, row: &Row, places: Vec<usize>, nth: usize) -> Vec<Candidate> {
        let candidate = |place: usize| {
            let series = &self.series[place];
            let fits = !series.met && series.begins_with(row);
            fits.then_some(Candidate {
                distance: (series.first.abs_diff(row.first), series.count.abs_diff(row.count)),
                row: nth as u32,
                place: place as u32,
            })
        };
        let mut near: Vec<Candidate> = places.into_iter().filter_map(candidate).collect();
        near.sort_unstable();
        near
    }

    /// When the last of the series ended that have the row's name and some of its time,
    /// and did not come back.
    fn latest_gone(&self, row: &Row) -> Option<u32> {
        let ends = self.gone(row).map(|place| self.series[place].last);
        ends.max()
    }

    fn gone(&self, row: &Row) -> impl Iterator<Item = usize> {
        let named = self.named(row.name, row.outbound);
        let near = self.near(&named, row.first);
        near.filter(|place| {
            let one: &Series = &self.series[*place];
            !one.met && !one.gone && one.overlaps(row)
        })
    }

    /// The row stands for them from now on, having so many more than they. The earliest
    /// of them becomes the whole that a query reaching further back may bring. One
    /// that this answer did not ask for may come back as it is.
    fn replace_gone(&mut self, row: &Row, more: u64) {
        let replaced: Vec<usize> = self.gone(row).collect();
        let has_whole = replaced.iter().any(|place| self.series[*place].whole);
        let earliest = replaced.first().copied().filter(|_| !has_whole);
        for place in replaced {
            let series = &mut self.series[place];
            let asked_for = self.limits.whole && series.last >= self.limits.from;
            if series.whole || (Some(place) == earliest && asked_for) {
                series.whole = true;
                series.count = series.count.saturating_add(bounded(more));
                series.last = series.last.max(row.last);
                series.ahead = 0;
            } else {
                series.gone = asked_for;
            }
        }
    }
}

/// What of the row's connections lies behind that second, if they came evenly: the first
/// of them in the summary before its first stamp.
fn share_after(row: &Row, end: u32) -> u64 {
    let whole = u128::from(row.last - row.first) + u128::from(SUMMARY_SECONDS);
    let share = u128::from(row.last.saturating_sub(end)) * u128::from(row.count);
    u64::try_from((share + whole / 2) / whole).unwrap_or(u64::MAX)
}

fn sum_of(waiting: &[Unsettled]) -> u64 {
    let counts = waiting.iter().filter_map(|one| Some(one.growth?.count));
    counts.fold(0, u64::saturating_add)
}

impl Growth {
    /// Whether the traffic was known before.
    pub fn is_known(&self) -> bool {
        matches!(self.of, Of::Known(_))
    }
}
