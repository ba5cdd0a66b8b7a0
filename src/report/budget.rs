//! One budget for what all rules keep: however many there are and whatever they match,
//! it stays within bounds.
//!
//! What rows and events take is added up as they come. Beyond the bound something has to
//! give way, in steps from what nobody misses to what everybody does, and in each step
//! first with the rules that matched least. What gave way is told as "at least". How many
//! matched, and when, is not given up for what they looked like: it has its own share.

use std::collections::BTreeMap;

use super::group::{Group, GroupRank};
use super::tally::Tally;

/// What every enabled rule keeps, by [`crate::rules::keyed`]'s keys.
pub type Tallies = BTreeMap<String, Tally>;

/// What the copies of one fetch may weigh, in bytes as estimated.
const OF_A_FETCH: usize = 20 * 1024 * 1024;

/// What is kept from fetch to fetch, and in the file, may weigh.
const KEPT: usize = 4 * 1024 * 1024;

/// How much of what a rule's matches looked like stays, in one step.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// So many different things of each kind …
    pub things: usize,
    /// … each with one count for so many minutes.
    pub minutes: i64,
    /// So many records …
    pub records: usize,
    /// … each with so many bytes.
    pub bytes: usize,
}

/// More than 20 things are only counted in a mail, and five are shown.
const SHARES: [Share; 10] = [
    share(1_024, 1, 2, 32_768),
    share(256, 2, 2, 32_768),
    share(64, 4, 2, 32_768),
    share(20, 8, 2, 8_192),
    share(20, 16, 2, 2_048),
    share(10, 30, 2, 1_024),
    share(5, 60, 1, 1_024),
    share(2, 240, 1, 1_024),
    share(1, 1_440, 0, 0),
    share(0, 44_640, 0, 0),
];

const fn share(things: usize, minutes: i64, records: usize, bytes: usize) -> Share {
    Share { things, minutes, records, bytes }
}

/// How many different flows of a rule stay, and of how many minutes the counts become one:
/// each a multiple of the one before.
const COUNTS: [(usize, i64); 10] = [
    (50_000, 1),
    (12_000, 2),
    (3_000, 4),
    (1_000, 8),
    (300, 16),
    (100, 32),
    (30, 64),
    (10, 256),
    (3, 2_048),
    (1, 65_536),
];

/// The tallies that a fetch counts on: copies, each made when its rule first counts, and
/// kept only where the fetch is complete.
pub struct Copies<'k> {
    known: &'k Tallies,
    copies: Tallies,
    /// What they weigh at most.
    weight: usize,
    /// What they may weigh: thousands of rules take room by themselves, twice.
    bound: usize,
    /// How far they had to give way so far.
    steps: Steps,
}

/// The steps that counts and evidence have come to. What was made lighter once is so
/// again soon, and most of the time would go into steps that it has behind it.
#[derive(Clone, Copy, Default)]
struct Steps {
    counts: usize,
    evidence: usize,
}

impl<'k> Copies<'k> {
    /// None yet. `elsewhere` is what of the room is taken already, in bytes.
    pub fn of(known: &'k Tallies, elsewhere: usize) -> Self {
        let rules = 2 * known.len() * size_of::<Tally>();
        let elsewhere = elsewhere + known.values().map(Tally::known_weight).sum::<usize>();
        Self {
            known,
            copies: Tallies::new(),
            weight: 0,
            bound: OF_A_FETCH.saturating_sub(rules + elsewhere).max(OF_A_FETCH / 8),
            steps: Steps::default(),
        }
    }

    /// Has a rule's tally count; `count` gives back how many bytes more that may take, or
    /// `None` where nothing counted. True where something did.
    pub fn count(&mut self, key: &str, count: impl FnOnce(&mut Tally) -> Option<usize>) -> bool {
        if !self.copies.contains_key(key) {
            let Some(known) = self.known.get(key) else {
                return false;
            };
            self.weight += known.weight();
            self.copies.insert(key.to_owned(), known.clone());
        }
        let Some(more) = self.copies.get_mut(key).and_then(count) else {
            return false;
        };
        self.weight += more;
        if self.weight > self.bound {
            // Far enough below it that this is not done over and over.
            let (bound, goal) = (self.bound / 4 * 3, self.bound / 2);
            self.weight = lighten(&mut self.copies, bound, goal, &mut self.steps);
        }
        true
    }

    /// Those that counted.
    pub fn counted(self) -> Tallies {
        self.copies
    }
}

/// Keeps to what may be kept from fetch to fetch.
pub fn keep_to_bound(tallies: &mut Tallies) {
    lighten(tallies, KEPT, KEPT, &mut Steps::default());
}

/// Where they weigh more than `bound`, they are made to weigh no more than `goal`; what
/// they weigh then. Of the groups that rules count apart, those that count least go before
/// the counts of any are cut.
fn lighten(tallies: &mut Tallies, bound: usize, goal: usize, steps: &mut Steps) -> usize {
    let weight: usize = tallies.values().map(Tally::weight).sum();
    if weight <= bound {
        return weight;
    }
    let for_counts = goal / 4 * 3;
    let mut apart: Vec<&mut Tally> = tallies.values_mut().collect();
    evict(&mut apart, for_counts);
    let overhead: usize = apart.iter().map(|tally| tally.groups.overhead()).sum();
    let mut all: Vec<&mut Group> = apart.into_iter().flat_map(Tally::counted_as_one).collect();
    all.sort_by_key(|group| group.counter.untold.total());
    let counts = in_steps(
        &mut all,
        for_counts.saturating_sub(overhead),
        Group::counts_weight,
        (&COUNTS, &mut steps.counts),
        |group, (different, minutes)| group.keep_counts(different, minutes),
    );
    let evidence = in_steps(
        &mut all,
        goal.saturating_sub(counts + overhead),
        Group::evidence_weight,
        (&SHARES, &mut steps.evidence),
        |group, share| group.keep_evidence(&share),
    );
    counts + overhead + evidence
}

/// Lets go of groups, those that count least first, until what all of them take beside
/// what they looked like is no more than `goal` less what rules take that count nothing
/// apart, and at least half of it. Those that rest take at most half of that: else they
/// would leave no room for any that count. Of each rule a few stay.
fn evict(tallies: &mut [&mut Tally], goal: usize) {
    let plain: usize = tallies.iter().map(|tally| tally.all.counts_weight()).sum();
    let goal = goal.saturating_sub(plain).max(goal / 2);
    let mut ranks: Vec<(GroupRank, usize, u64, usize)> = Vec::new();
    let mut weight = 0;
    for (place, tally) in tallies.iter().enumerate() {
        let mut own: Vec<_> = tally.ranks().collect();
        weight += own.iter().map(|one| one.2).sum::<usize>();
        own.sort_unstable_by(|a, b| b.cmp(a));
        let others = own.into_iter().skip(FEW);
        ranks.extend(others.map(|(rank, hash, weight)| (rank, place, hash, weight)));
    }
    let weigh = |one: &(GroupRank, usize, u64, usize)| one.3;
    if weight <= goal {
        return;
    }
    ranks.sort_unstable();
    let rests = |one: &&(GroupRank, usize, u64, usize)| matches!(one.0, GroupRank::Rests(_));
    let mut resting: usize = ranks.iter().filter(rests).map(weigh).sum();
    let mut gone: Vec<Vec<(GroupRank, u64)>> = vec![Vec::new(); tallies.len()];
    ranks.retain(|one| {
        let goes = rests(&one) && resting > goal / 2 && weight > goal;
        if goes {
            (resting, weight) = (resting - one.3, weight - one.3);
            gone[one.1].push((one.0, one.2));
        }
        !goes
    });
    for (rank, place, hash, own) in ranks {
        if weight <= goal {
            break;
        }
        weight -= own;
        gone[place].push((rank, hash));
    }
    for (tally, gone) in tallies.iter_mut().zip(&gone).filter(|(_, gone)| !gone.is_empty()) {
        tally.let_go(gone);
    }
}

/// So many groups of each rule stay in any case: as many as are told by name.
const FEW: usize = 5;

/// Goes from step to step, and from one to the next, until they weigh no more than `goal`;
/// what they weigh then. Begins with the last step that all of them came to before.
fn in_steps<S: Copy>(
    groups: &mut [&mut Group],
    goal: usize,
    weigh: impl Fn(&Group) -> usize,
    (steps, reached): (&[S], &mut usize),
    take: impl Fn(&mut Group, S),
) -> usize {
    let mut weight: usize = groups.iter().map(|group| weigh(group)).sum();
    for (nth, step) in steps.iter().enumerate().skip(reached.saturating_sub(1)) {
        for group in groups.iter_mut() {
            if weight <= goal {
                return weight;
            }
            *reached = nth;
            weight -= weigh(group);
            take(group, *step);
            weight += weigh(group);
        }
    }
    weight
}

#[cfg(test)]
mod tests;
