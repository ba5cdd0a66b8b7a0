//! Between which bounds a traffic rule's alerts have to lie, whatever a PCE's rows are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::uploads::{History, Shown};
use super::{Told, apart, matching, minute};

/// How far from its true minute a connection may be counted: growth lies in the
/// minutes since its row was seen last, and beyond these the alert says so.
const OFF: i64 = 25;

/// So long after a rule began to look, every row that goes on had been seen.
const SETTLED: SignedDuration = SignedDuration::from_hours(1);

/// What a rule has looked at and told.
#[derive(Clone)]
pub struct Watch {
    /// How far its first complete fetch reached back.
    since: Timestamp,
    /// When that was.
    begun: Timestamp,
    /// Whether nothing was known then at all.
    at_first: bool,
    told: u64,
    last_alert: Option<i64>,
    /// All that there ever was to count.
    ever: BTreeSet<String>,
    /// Flows that can have grown, and those that must have, since its last alert.
    may_flows: BTreeSet<String>,
    sure_flows: BTreeSet<String>,
    /// Those that must have grown with the last fetch, and the newest minute of each.
    grown: BTreeMap<String, i64>,
    bounds: BTreeMap<String, Bounds>,
}

/// Of what was shown, what must be told at least, and what at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub least: u64,
    pub most: u64,
}

/// What is allowed for.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// By how much of it a sum may be off.
    pub share: f64,
    /// And by how many for each flow and fetch.
    pub each: u64,
    /// Whether a burst in one upload shows in the rows.
    pub bursts_show: bool,
}

impl Allowance {
    /// The PCE's rows say all: nothing may be off.
    pub const NONE: Self = Self { share: 0.0, each: 0, bursts_show: true };
}

impl Watch {
    pub fn new(history: &History, since: Timestamp, now: Timestamp) -> Self {
        Self {
            since,
            begun: now,
            at_first: history.fetches.len() == 1,
            told: 0,
            last_alert: None,
            ever: BTreeSet::new(),
            may_flows: BTreeSet::new(),
            sure_flows: BTreeSet::new(),
            grown: BTreeMap::new(),
            bounds: BTreeMap::new(),
        }
    }

    /// One that began when this did, and has seen nothing.
    pub fn begun_alike(&self) -> Self {
        let Self { since, begun, at_first, .. } = *self;
        Self {
            since,
            begun,
            at_first,
            told: 0,
            last_alert: None,
            ever: BTreeSet::new(),
            may_flows: BTreeSet::new(),
            sure_flows: BTreeSet::new(),
            grown: BTreeMap::new(),
            bounds: BTreeMap::new(),
        }
    }

    /// The sum that every PCE has to make it tell, and the sum that it may tell.
    pub fn bounds(&self) -> Bounds {
        let all = self.bounds.values();
        all.fold(Bounds::default(), |sum, one| Bounds {
            least: sum.least + one.least,
            most: sum.most + one.most,
        })
    }

    /// After a complete fetch: what can be and must be known by now.
    pub fn looks(&mut self, rule: &Value, history: &History) {
        let mut names: BTreeMap<&str, Vec<&Shown>> = BTreeMap::new();
        for shown in history.all() {
            if matching::traffic(rule, &shown.row) {
                names.entry(&shown.name).or_default().push(shown);
            }
        }
        self.grown.clear();
        for (name, shown) in names {
            let bounds = self.of(&shown);
            let before = self.bounds.insert(name.to_owned(), bounds);
            let before = before.unwrap_or_default();
            let Some(flow) = &apart::one_of_row(rule, &shown[0].row, &shown[0].talkers) else {
                continue;
            };
            self.ever.insert(flow.clone());
            if bounds.most > before.least {
                self.may_flows.insert(flow.clone());
            }
            if bounds.least > before.most {
                self.sure_flows.insert(flow.clone());
                let newest = shown.iter().map(|it| minute(it.stamp)).max();
                let known = self.grown.entry(flow.clone()).or_default();
                *known = newest.max(Some(*known)).unwrap_or_default();
            }
        }
    }

    /// The bounds of one name. What began before the rule looked counts as 1 when it is
    /// seen first, and by its growth from then on. Of two ends the larger counts.
    fn of(&self, shown: &[&Shown]) -> Bounds {
        let inside = |it: &Shown| it.stamp >= self.since;
        let late = |it: &Shown| it.may > self.begun || (it.may == self.begun && !self.at_first);
        let most = larger(shown, |it| inside(it) || late(it));
        let sure = |it: &Shown| it.sure.is_some();
        let one = shown.iter().any(|it| inside(it) && it.sure >= Some(self.begun));
        // By this fetch at the latest something of it was seen.
        let seen = shown.iter().filter_map(|it| it.sure).min();
        let begun_inside = self.at_first && shown.iter().all(|it| inside(it));
        let least = match seen.map(|seen| seen.max(self.begun)) {
            None => 0,
            Some(_) if begun_inside => larger(shown, sure),
            Some(seen) => {
                let settled = |it: &Shown| it.stamp >= self.since + SETTLED;
                let now = larger(shown, |it| it.may <= seen || (sure(it) && settled(it)));
                now.saturating_sub(larger(shown, |it| it.may <= seen))
            }
        };
        Bounds { least: least.max(u64::from(one)), most }
    }

    /// What is wrong with what the rule told in the cycle at `now`, in words.
    pub fn judge(
        &mut self,
        rule: &Value,
        told: Option<&Told>,
        history: &History,
        now: Timestamp,
        allowance: Allowance,
    ) -> Vec<String> {
        let may_tell = self.may_tell(rule, now);
        let mut faults = Vec::new();
        if told.is_some() && !may_tell {
            faults.push("told during its cooldown".to_owned());
        }
        if let Some(told) = told {
            faults.extend(self.of_what_was_told(rule, told, history, now, allowance));
        } else if may_tell {
            faults.extend(self.of_silence(rule, history, now, allowance));
        }
        faults
    }

    fn may_tell(&self, rule: &Value, now: Timestamp) -> bool {
        let own = if counts(rule) { window(rule) } else { 0 };
        let cooldown = rule["cooldown_minutes"].as_i64().unwrap_or(own);
        self.last_alert.is_none_or(|last| minute(now) >= last + cooldown)
    }

    fn of_what_was_told(
        &mut self,
        rule: &Value,
        told: &Told,
        history: &History,
        now: Timestamp,
        allowance: Allowance,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        self.last_alert = Some(minute(now));
        self.told += told.count;
        if told.first > told.last || told.last > minute(now) {
            faults.push("its times are in no order".to_owned());
        }
        if counts(rule) && told.count < threshold(rule) {
            faults.push("fewer than its threshold".to_owned());
        }
        let sure_flows = std::mem::take(&mut self.sure_flows);
        let may_flows = self.may_flows.clone();
        if !counts(rule) {
            // What lies in no full window stays for later.
            self.may_flows.clear();
        }
        if apart::counts_different(rule) {
            let least = if counts(rule) { 0 } else { sure_flows.len() };
            // Where rows are clipped or merged, one that did not grow may look as if it had.
            let most = if allowance.share > 0.0 { self.ever.len() } else { may_flows.len() };
            let right = least as u64..=most as u64;
            if !right.contains(&told.count) {
                faults.push(format!("{} flows, not {right:?}", told.count));
            }
            return faults;
        }
        let bounds = self.bounds();
        let (least, most) = allowance.of(bounds, self.bounds.len() * history.fetches.len());
        if self.told > most || (!counts(rule) && self.told < least) {
            let sum = self.told;
            faults.push(format!("{sum} told in all, not {least} to {most}"));
        }
        let (most, _) = self.fullest(rule, history, window(rule) + 2 * OFF);
        let most = (most as f64 * (1.0 + allowance.share)) as u64;
        if counts(rule) && !told.in_one_go && most < threshold(rule) {
            faults.push(format!("there never were more than {most} at a time"));
        }
        faults
    }

    fn of_silence(
        &self,
        rule: &Value,
        history: &History,
        now: Timestamp,
        allowance: Allowance,
    ) -> Option<String> {
        let fresh = history.fetches.last() == Some(&now);
        match (counts(rule), apart::counts_different(rule)) {
            (false, true) => {
                let flows = &self.sure_flows;
                (!flows.is_empty()).then(|| format!("silent about {flows:?}"))
            }
            (false, false) => {
                let looks = self.bounds.len() * history.fetches.len();
                let (least, _) = allowance.of(self.bounds(), looks);
                let owed = least.saturating_sub(self.told);
                (owed > 0).then(|| format!("silent about {owed}"))
            }
            (true, true) => {
                let flows = self.grown_at_once(window(rule));
                let enough = fresh && flows >= threshold(rule);
                enough.then(|| format!("silent about {flows} flows"))
            }
            (true, false) if fresh && allowance.bursts_show => {
                let burst = self.burst(rule, history, now);
                burst.map(|burst| format!("silent about {burst} in one upload"))
            }
            (true, false) => None,
        }
    }

    /// The most flows that must have grown with the last fetch within so many minutes,
    /// less one, since of two rows of one name one is stamped a little later.
    fn grown_at_once(&self, minutes: i64) -> u64 {
        let within = |begin: &i64| {
            let window = *begin..begin + minutes - 1;
            self.grown.values().filter(|at| window.contains(at)).count() as u64
        };
        let windows = self.grown.values().map(within);
        windows.max().unwrap_or(0)
    }

    /// A burst that a plain look at its row shows: one upload that came alone with this
    /// fetch and holds what the rule asks for, at most the rule's window after the one
    /// before it, or so long after it that its time counts as not known, or as the first.
    fn burst(&self, rule: &Value, history: &History, now: Timestamp) -> Option<u64> {
        if window(rule) < 10 {
            return None;
        }
        let matching: Vec<&Shown> =
            history.all().filter(|it| matching::traffic(rule, &it.row)).collect();
        let enough = matching.iter().filter(|it| it.times >= threshold(rule));
        let mut bursts = enough.filter(|burst| {
            let of_name: Vec<_> = matching.iter().filter(|it| it.name == burst.name).collect();
            let alone = of_name.iter().filter(|it| it.may == now).count() == 1;
            let one_end = of_name.iter().all(|it| it.outbound == burst.outbound);
            let older = of_name.iter().filter(|it| it.may < now);
            let newest = older.map(|it| it.stamp).max();
            let gap = newest.map(|newest| burst.stamp.duration_since(newest).as_secs());
            let gap_shows =
                gap.is_none_or(|gap| gap > 0 && (gap <= window(rule) * 60 || gap > (OFF + 5) * 60));
            let settled = burst.stamp >= self.since + SETTLED;
            alone && one_end && gap_shows && settled && burst.sure == Some(now)
        });
        bursts.next().map(|burst| burst.times)
    }

    /// The most connections that were made in some so many minutes, and when.
    fn fullest(&self, rule: &Value, history: &History, minutes: i64) -> (u64, i64) {
        let mut names: BTreeMap<&str, [Vec<(i64, u64)>; 2]> = BTreeMap::new();
        for it in history.all() {
            if matching::traffic(rule, &it.row) {
                let ends = names.entry(&it.name).or_default();
                let made = it.connections.iter().map(|(at, times)| (minute(*at), *times));
                ends[usize::from(it.outbound)].extend(made);
            }
        }
        let sum = |end: &Vec<(i64, u64)>| end.iter().map(|(_, times)| times).sum::<u64>();
        let larger = names.into_values().map(|[a, b]| if sum(&a) > sum(&b) { a } else { b });
        let mut made: BTreeMap<i64, u64> = BTreeMap::new();
        for (at, times) in larger.flatten() {
            *made.entry(at).or_default() += times;
        }
        let within = |begin: &i64| made.range(begin..&(begin + minutes)).map(|(_, n)| n).sum();
        let windows = made.keys().map(|begin| (within(begin), *begin));
        windows.max().unwrap_or_default()
    }
}

impl Allowance {
    fn of(self, bounds: Bounds, looks: usize) -> (u64, u64) {
        let each = self.each * looks as u64;
        let least = bounds.least as f64 * (1.0 - self.share);
        let most = bounds.most as f64 * (1.0 + self.share);
        ((least as u64).saturating_sub(each), most as u64 + each)
    }
}

/// What the end that tells more has told, of what fits.
fn larger(shown: &[&Shown], fits: impl Fn(&Shown) -> bool) -> u64 {
    let of = |outbound: bool| {
        let told = shown.iter().filter(|it| it.outbound == outbound && fits(it));
        told.map(|it| it.times).sum::<u64>()
    };
    of(true).max(of(false))
}

fn counts(rule: &Value) -> bool {
    rule["threshold_type"] == "count"
}

fn threshold(rule: &Value) -> u64 {
    rule["threshold_count"].as_u64().unwrap_or(1)
}

fn window(rule: &Value) -> i64 {
    rule["threshold_window"].as_i64().unwrap_or(10)
}
