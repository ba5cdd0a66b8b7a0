//! The PCE's IP lists: the addresses of those that rules name.
//!
//! An entry of `ip_ranges` is an address, a network in CIDR notation, or a range from
//! `from_ip` to `to_ip`; one with `exclusion` is taken out of the list, and has to lie
//! within the others [REST 25.2, "IP Lists"; the Terraform provider's and the Python
//! library's fields, where `to_ip` may be null and is a network in an example]. Whether
//! an exclusion lies within is not relied on, nor that a name stands once.

mod ranges;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::error::Error;
use super::record::IpList;
use super::stream::{RecordType, Records};

pub use ranges::Ranges;
pub use table::Table;

/// The active ones: those that hold, and not a draft of what may come.
const LISTS: &str = "/sec_policy/active/ip_lists";

/// So many are asked for. That a PCE hands out fewer without a word is not known, and
/// not ruled out.
const PAGE: usize = 10_000;

/// Sizes at which an answer looks cut: ours, and the default [REST 25.2: 500].
const FULL: [usize; 3] = [500, 1_000, PAGE];

/// Of an answer that looks cut so many lists are asked for by their name.
const MOST_BY_NAME: usize = 50;

/// So many ranges of all lists together are kept.
pub const MOST_RANGES: usize = 20_000;

/// An answer is used for a day.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What did not work, or is not there, is looked for again after an hour: each request
/// that the PCE refuses is an event of its own there.
const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What is known of the lists that rules name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpLists {
    /// When they were last read.
    pub read_at: Option<Timestamp>,
    /// When that was last tried.
    pub tried_at: Option<Timestamp>,
    /// How often in a row it failed.
    pub failures: u32,
    /// Whether the last failure is one that a person has to mend.
    pub refused: bool,
    /// Their addresses, by their names.
    pub known: BTreeMap<String, Ranges>,
    /// Those that could not be had, though the lists were read.
    pub lacking: BTreeMap<String, Lack>,
}

/// Why a list could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// The PCE has none of that name.
    Absent,
    /// The PCE did not hand out all of its lists, and this one was not among them.
    Cut,
    /// It has too many ranges.
    TooLarge,
}

/// A list as the PCE has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Its addresses.
    pub ranges: Ranges,
    /// How many of its entries were no range.
    pub odd: usize,
    /// How many host names it has.
    pub fqdns: usize,
}

/// What asking for lists came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fetched {
    /// Those that are there, by name.
    pub found: BTreeMap<String, Found>,
    /// The others.
    pub lacking: BTreeMap<String, Lack>,
}

struct Lists;

impl RecordType for Lists {
    type Record<'a> = IpList<'a>;
}

/// One answer: how many lists came, and whether one of them could not be read.
#[derive(Default)]
struct Answer {
    lists: usize,
    unreadable: bool,
}

impl Answer {
    fn looks_cut(&self) -> bool {
        self.lists >= PAGE || FULL.contains(&self.lists)
    }
}

/// Reads the lists of these names: all at once, and where the answer looks cut, those
/// that were not in it by their name.
///
/// # Errors
/// Whatever keeps an answer from being read to its end.
pub fn fetch(client: &mut Client, wanted: &BTreeSet<String>) -> Result<Fetched, Error> {
    let mut found = BTreeMap::new();
    let answer = match page(client, &format!("?max_results={PAGE}"), wanted, &mut found) {
        // It may not take so many for a number.
        Err(Error::Status { status: 400 | 406 | 422, .. }) => page(client, "", wanted, &mut found)?,
        answer => answer?,
    };
    let mut unsure = BTreeSet::new();
    if answer.looks_cut() {
        let missing: Vec<&String> =
            wanted.iter().filter(|name| !found.contains_key(*name)).collect();
        for (nth, name) in missing.into_iter().enumerate() {
            let is_sure = nth < MOST_BY_NAME && {
                let query = format!("?name={}&max_results={PAGE}", encoded(name));
                let only = BTreeSet::from([name.clone()]);
                !page(client, &query, &only, &mut found)?.looks_cut()
            };
            if !is_sure {
                unsure.insert(name.clone());
            }
        }
    }
    let lacking = wanted.iter().filter(|name| !found.contains_key(*name)).map(|name| {
        let cut = answer.unreadable || unsure.contains(name);
        (name.clone(), if cut { Lack::Cut } else { Lack::Absent })
    });
    let mut fetched = Fetched { lacking: lacking.collect(), found };
    fetched.keep_to(MOST_RANGES);
    Ok(fetched)
}

/// One answer's lists, those that are wanted into `found`. Of two that have one name,
/// both.
fn page(
    client: &mut Client,
    query: &str,
    wanted: &BTreeSet<String>,
    found: &mut BTreeMap<String, Found>,
) -> Result<Answer, Error> {
    let path = client.in_org(&format!("{LISTS}{query}"));
    let mut response = client.get(&path)?;
    let mut records = Records::new(client.long_body(&path, &mut response)?);
    let (mut answer, mut these) = (Answer::default(), BTreeMap::<String, Found>::new());
    let mut sink = |list: Option<&IpList<'_>>, _: &[u8]| {
        answer.lists += 1;
        let Some(list) = list else {
            answer.unreadable = true;
            return;
        };
        if let Some(name) = wanted.get(list.name.as_str().trim()) {
            these.entry(name.clone()).or_default().add(list);
        }
    };
    while records.next_record::<Lists>(&mut sink).map_err(|error| client.broken(&path, error))? {}
    client.in_time()?;
    found.extend(these);
    Ok(answer)
}

/// Everything but letters and digits by its bytes.
pub(super) fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}

impl Found {
    fn add(&mut self, list: &IpList<'_>) {
        let (ranges, odd) = Ranges::of(&list.ip_ranges.0);
        self.ranges.add(&ranges);
        self.odd += odd;
        self.fqdns += list.fqdns.0.iter().filter(|one| one.fqdn.filled().is_some()).count();
    }
}

impl Fetched {
    /// Leaves out the largest lists until all of them together have no more ranges.
    fn keep_to(&mut self, most: usize) {
        while self.found.values().map(|found| found.ranges.len()).sum::<usize>() > most {
            let largest = self.found.iter().max_by_key(|(_, found)| found.ranges.len());
            let Some(name) = largest.map(|(name, _)| name.clone()) else { return };
            self.found.remove(&name);
            self.lacking.insert(name, Lack::TooLarge);
        }
    }
}

impl IpLists {
    /// Whether the lists of these names are to be asked for now.
    pub fn is_due(&self, wanted: &BTreeSet<String>, now: Timestamp) -> bool {
        // By the clock's minute hand: a cron job's seconds of jitter cost no cycle. A time
        // in the future is a clock's that was set back.
        let minute = |time: Timestamp| time.as_second().div_euclid(60);
        let passed = |time: Option<Timestamp>, span: SignedDuration| {
            let since = |time| time <= now && minute(now) - minute(time) < span.as_mins();
            !time.is_some_and(since)
        };
        if self.failures > 0 && self.refused {
            return passed(self.tried_at, AN_HOUR);
        }
        let is_new =
            |name: &String| !self.known.contains_key(name) && !self.lacking.contains_key(name);
        let lacks = || wanted.iter().any(|name| self.lacking.contains_key(name));
        self.failures > 0
            || wanted.iter().any(is_new)
            || passed(self.read_at, A_DAY)
            || (lacks() && passed(self.tried_at, AN_HOUR))
    }

    /// Takes in what was read. A list that was known and can't be had for the PCE's
    /// reasons alone goes on with the addresses that it had.
    pub fn learn(&mut self, fetched: Fetched, now: Timestamp) {
        let mut old = std::mem::take(&mut self.known);
        self.known = fetched.found.into_iter().map(|(name, found)| (name, found.ranges)).collect();
        for (name, lack) in &fetched.lacking {
            if *lack == Lack::Cut
                && let Some(ranges) = old.remove(name)
            {
                self.known.insert(name.clone(), ranges);
            }
        }
        self.lacking = fetched.lacking;
        (self.read_at, self.tried_at) = (Some(now), Some(now));
        (self.failures, self.refused) = (0, false);
    }

    /// Takes note that they could not be read; what is known stays.
    pub fn fail(&mut self, refused: bool, now: Timestamp) {
        self.tried_at = Some(now);
        self.failures = self.failures.saturating_add(1);
        self.refused = refused;
    }

    /// Those of which there are no addresses, each with the reason; none where they
    /// were not read.
    pub fn without_addresses<'l>(
        &'l self,
        wanted: &'l BTreeSet<String>,
    ) -> impl Iterator<Item = (&'l str, Option<Lack>)> {
        let unknown = wanted.iter().filter(|name| !self.known.contains_key(*name));
        unknown.map(|name| (name.as_str(), self.lacking.get(name).copied()))
    }

    /// Which lists an address is in.
    pub fn table(&self) -> Table {
        Table::of(self.known.iter().map(|(name, ranges)| (name.as_str(), ranges)))
    }

    /// True where nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Fetched {
    /// Which of them an address is in.
    pub fn table(&self) -> Table {
        Table::of(self.found.iter().map(|(name, found)| (name.as_str(), &found.ranges)))
    }
}

#[cfg(test)]
mod tests;
