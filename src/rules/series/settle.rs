//! The rows that only the answer's end can tell of, held as a set against the series
//! that did not come back.
//!
//! In this order, each kind the nearest first: the same series with a beginning that
//! jitters; a counter that began anew; a series that goes on under another name; the
//! same traffic cut otherwise. What is left is new.

use super::answer::{Answer, SAME_BEGINNING};
use super::when::SUMMARY_SECONDS;
use super::{Growth, Of, Row, Series, When};

/// A row that is clipped to the query begins so many seconds after it at most: with the
/// first summary in it.
const CLIPPED_WITHIN: u32 = SUMMARY_SECONDS + SAME_BEGINNING;

/// More connections than this are not added where most of an answer would come from
/// rows that only look new.
const REGROUPED: u64 = 1_000;

/// A row that waits, and what became of it.
struct Waiting {
    row: Row,
    growth: Option<Growth>,
    /// Whether it may be known traffic that the PCE files otherwise.
    suspect: bool,
}

/// A series that the row may be, by its place.
struct Candidate {
    /// By how many seconds the beginnings differ, and by how much the counts.
    distance: (u32, u64),
    row: usize,
    place: usize,
}

impl Answer<'_> {
    /// Settles rows for which [`Answer::take`] had no answer: the growth of each, in
    /// their order. To be called at the answer's end; where there are too many to wait,
    /// earlier, for what came until then.
    pub fn settle(&mut self, rows: &[Row]) -> Vec<Growth> {
        let waiting = |row: &Row| Waiting {
            row: *row,
            growth: None,
            suspect: false,
        };
        let mut waiting: Vec<Waiting> = rows.iter().map(waiting).collect();
        self.settle_grown(&mut waiting);
        self.settle_begun_anew(&mut waiting);
        self.settle_renamed(&mut waiting);
        self.settle_cut_otherwise(&mut waiting);
        self.settle_new(&mut waiting);
        self.mind_a_storm(&mut waiting);
        let growths = waiting.into_iter().filter_map(|one| one.growth);
        growths.collect()
    }

    /// The same beginning, and at least the count.
    fn settle_grown(&mut self, waiting: &mut [Waiting]) {
        let pairs = self.pairs(waiting, |answer, row| {
            let named = answer.named(row.name, row.outbound);
            let near = answer.near(&named, row.first);
            near.filter(|place| answer.series[*place].count <= row.count)
                .collect()
        });
        for (_, place) in &pairs {
            self.series[*place].met = true;
        }
        for (nth, place) in pairs {
            let row = waiting[nth].row;
            // Where another series of this name ended later and is gone, its share was
            // told: the row is both of them.
            let told = self
                .latest_gone(&row)
                .filter(|end| *end > self.series[place].last);
            let growth = match told {
                None => self.continues(place, &row),
                Some(end) => self.continues_after(place, &row, end),
            };
            waiting[nth].growth = Some(growth);
        }
    }

    fn continues_after(&mut self, place: usize, row: &Row, end: u32) -> Growth {
        let before = self.series[place];
        let most = row.count.saturating_sub(before.count);
        self.series[place].count = row.count - share_after(row, end).min(most);
        self.series[place].last = end;
        self.replace_gone(row);
        self.continues(place, row)
    }

    /// The same beginning, and a lower count. Much lower: a failover, and all of it is
    /// new. A little lower: a restored backup, or a correction, and none of it.
    fn settle_begun_anew(&mut self, waiting: &mut [Waiting]) {
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
    fn settle_renamed(&mut self, waiting: &mut [Waiting]) {
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
            let growth = self.grown(&row, row.count - before.count, before.last);
            self.remember(&row, growth.count.saturating_add(before.ahead.into()));
            waiting[nth].growth = Some(growth);
        }
    }

    /// The time of series of this name that did not come back. Where the row holds all
    /// of them, what it has more; else the share of it that lies behind them.
    fn settle_cut_otherwise(&mut self, waiting: &mut [Waiting]) {
        let mut cut = Vec::new();
        for one in waiting.iter_mut().filter(|one| one.growth.is_none()) {
            let Some(end) = self.latest_gone(&one.row) else {
                continue;
            };
            let growth = match self.held_whole(&one.row) {
                Some(held) => self.reaches_back(&one.row, held, end),
                None => self.grown(&one.row, share_after(&one.row, end), end),
            };
            self.remember(&one.row, growth.count);
            one.growth = Some(growth);
            cut.push(one.row);
        }
        // Afterwards, since several rows may share one of them.
        for row in cut {
            self.replace_gone(&row);
        }
    }

    /// How many connections the series that did not come back have, and when the first
    /// of them began, where the row holds all of them: a summary of before came late.
    /// Not where it begins as the query does: it may be clipped to it, and then holds
    /// what was counted before them, too.
    fn held_whole(&self, row: &Row) -> Option<(u64, u32)> {
        let from = self.limits.from;
        let clipped = from.saturating_sub(SAME_BEGINNING)..=from.saturating_add(CLIPPED_WITHIN);
        let mut gone = self.gone(row).map(|place| self.series[place]);
        let sum = gone.try_fold((0, u32::MAX), |(count, first): (u64, u32), one| {
            let inside = row.first <= one.first && one.last <= row.last;
            inside.then_some((count.saturating_add(one.count), first.min(one.first)))
        });
        sum.filter(|(count, _)| *count <= row.count && !clipped.contains(&row.first))
    }

    /// A row that begins earlier than it was known to, and has so many more.
    fn reaches_back(&mut self, row: &Row, (held, first): (u64, u32), end: u32) -> Growth {
        let growth = self.grown(row, row.count - held, row.first);
        let after = row.first.saturating_sub(SUMMARY_SECONDS);
        let upto = if row.last > end {
            row.last
        } else {
            row.first.max(first.saturating_sub(SUMMARY_SECONDS))
        };
        let early = |second: u32| second.saturating_sub(row.early);
        Growth {
            when: When::between(early(after), early(upto)),
            of: Of::Known(end),
            ..growth
        }
    }

    fn settle_new(&mut self, waiting: &mut [Waiting]) {
        for one in waiting.iter_mut().filter(|one| one.growth.is_none()) {
            one.growth = Some(self.begins(&one.row));
            one.suspect = one.row.first < self.limits.seen_before;
        }
    }

    /// Never a storm from bookkeeping: where most of what the answer would add comes
    /// from rows that only look new, each of them counts as 1.
    fn mind_a_storm(&mut self, waiting: &mut [Waiting]) {
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
        waiting: &[Waiting],
        of: impl Fn(&Self, &Row) -> Vec<usize>,
    ) -> Vec<(usize, usize)> {
        let mut candidates = Vec::new();
        for (nth, one) in waiting.iter().enumerate() {
            if one.growth.is_some() {
                continue;
            }
            for place in of(self, &one.row) {
                let series = &self.series[place];
                if !series.met && series.begins_with(&one.row) {
                    let distance = (
                        series.first.abs_diff(one.row.first),
                        series.count.abs_diff(one.row.count),
                    );
                    candidates.push(Candidate {
                        distance,
                        row: nth,
                        place,
                    });
                }
            }
        }
        candidates.sort_by_key(|one| one.distance);
        let (mut rows, mut places) = (vec![false; waiting.len()], std::collections::HashSet::new());
        candidates.retain(|one| {
            let free = !rows[one.row] && places.insert(one.place);
            rows[one.row] |= free;
            free
        });
        candidates
            .into_iter()
            .map(|one| (one.row, one.place))
            .collect()
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

    /// The row stands for them from now on. One that this answer did not ask for may
    /// come back, and so may the earliest of the name, with a query that reaches further
    /// back.
    fn replace_gone(&mut self, row: &Row) {
        let earliest = self.named(row.name, row.outbound).start;
        let replaced: Vec<usize> = self.gone(row).filter(|place| *place != earliest).collect();
        for place in replaced {
            let series = &mut self.series[place];
            series.gone = self.limits.whole && series.last >= self.limits.from;
        }
    }
}

/// What of the row's connections lies behind that second, if they came evenly: the first
/// of them in the summary before its first stamp.
fn share_after(row: &Row, end: u32) -> u64 {
    let whole = u128::from(row.last - row.first + SUMMARY_SECONDS);
    let share = u128::from(row.last.saturating_sub(end)) * u128::from(row.count);
    u64::try_from((share + whole / 2) / whole).unwrap_or(u64::MAX)
}

fn sum_of(waiting: &[Waiting]) -> u64 {
    let counts = waiting.iter().filter_map(|one| Some(one.growth?.count));
    counts.fold(0, u64::saturating_add)
}

impl Growth {
    /// Whether the traffic was known before.
    pub fn is_known(&self) -> bool {
        matches!(self.of, Of::Known(_))
    }
}
