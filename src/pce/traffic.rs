//! Traffic: asynchronous queries and their rows.
//!
//! A query is posted, computed by the PCE, polled, downloaded and deleted. What
//! one query can't bring (more rows than the PCE's limit) is split into parts
//! that together cover the same rows; a row may come with several of them.

mod query;

use std::io::Read;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::Decision;
use super::client::Client;
use super::error::Error;
use super::glance::{Depth, glance};
use super::own_path;
use super::record::{Flow, List, Number};
use super::stream::{RecordType, Records, StreamError};
use crate::screen::visible::one_line;

pub use query::{Done, NotDone, Patience, download_all, wait_for};

/// What is asked for at most: the PCE's own maximum [REST 25.2, "Explorer"].
pub const MAX_ROWS: u64 = 200_000;

/// How often a download that has fewer rows than promised is tried: `completed`
/// may come before its rows do [seen on 25.2.40].
const DOWNLOADS: u32 = 3;

/// Where queries are, below the org.
const QUERIES: &str = "/traffic_flows/async_queries";

/// So much of a word or a path of the PCE's is shown.
const MOST_SHOWN: usize = 60;

/// So many silent members of a supercluster are named.
const MOST_NAMED: usize = 20;

/// The name under which the PCE lists our queries.
const QUERY_NAME: &str = "illumio-monitor";

/// What the next fetch of traffic has to know of this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrafficMemory {
    /// The end of the last complete fetch.
    pub position: Option<Timestamp>,
    /// The host's clock at that fetch.
    pub fetched_at: Option<Timestamp>,
    /// When what was reported late was last looked for.
    pub late_at: Option<Timestamp>,
    /// How many cycles still look for it in any case.
    pub look_late: u32,
    /// A fetch that is under way, if the last cycle did not finish it.
    pub fetch: Option<Fetch>,
    /// How many fetches in a row were incomplete.
    pub failures: u32,
    /// When a rule was last let go: rows last seen before may have grown unseen.
    pub let_go: Option<Timestamp>,
    /// Members of a supercluster that have been silent since the last complete fetch:
    /// the position waits for them. A bounded few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// Policy decisions that are not known and were told; a bounded few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told_decisions: Vec<String>,
}

/// One fetch: the parts that are still to be read, and where the position goes then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fetch {
    /// The position once every part is read.
    pub until: Timestamp,
    /// The end of the last complete fetch before it.
    #[serde(default)]
    pub complete: Option<Timestamp>,
    /// Where it began, if the backlog was too long and what lies before is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped_to: Option<Timestamp>,
    /// What the rules asked for when it was begun.
    pub decisions: Vec<String>,
    /// The first is read next.
    pub parts: Vec<Part>,
    /// Members of a supercluster that did not answer for a part that is read: the
    /// position waits for them. A bounded few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<String>,
    /// What is wrong with the parts that are read; a bounded few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flaws: Vec<Flaw>,
}

/// What is wrong with traffic that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Of this time there are more than these rows, and no query brings the others.
    Cut {
        /// Those that came.
        rows: u64,
        /// Last seen from here …
        from: Timestamp,
        /// … and first seen up to here.
        to: Timestamp,
    },
    /// So many rows were no rows.
    Unreadable {
        /// How many.
        rows: u64,
    },
    /// More different rows than this match the rules: the oldest were forgotten.
    Forgotten {
        /// The bound.
        bound: u64,
    },
    /// The finished sentence that a state of before kept.
    #[serde(untagged)]
    Said(String),
}

/// One query, or what will become one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Rows last seen from here …
    pub from: Timestamp,
    /// … and first seen up to here.
    pub to: Timestamp,
    /// Any of these, by the PCE's word; empty: all.
    pub decisions: Vec<String>,
    /// Which ports; none: all, and rows without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ports: Option<Ports>,
    /// The query's place in the API, once it is posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// When it was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<Timestamp>,
    /// True for one of the ten-minute slots in which an earlier version could ask: it
    /// is let go, not read.
    #[serde(
        default,
        rename = "slot",
        deserialize_with = "is_there",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub is_slot: bool,
}

/// A restriction to ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ports {
    /// From the first to the last.
    Within(u16, u16),
    /// Rows without any port.
    Without,
}

/// How far a query has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Progress {
    /// The PCE still computes.
    Running,
    /// It is done.
    Completed {
        /// How many rows the download has.
        rows: u64,
        /// True where they are as many as a query can ask for: more may exist.
        cut: bool,
        /// Members of a supercluster that did not answer.
        silent: Vec<String>,
    },
    /// It came to nothing; the PCE's word for it.
    Failed(String),
    /// The PCE does not know it any more.
    Gone,
}

/// What a download brought beside its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Downloaded {
    /// How many rows were read.
    pub rows: u64,
    /// How many of them were too large to be read, or no JSON.
    pub unreadable: u64,
}

/// Who a download is for.
pub trait Rows {
    /// How much of a row [`Rows::wants`] looks at.
    fn depth(&self) -> Depth {
        Depth::Rules
    }

    /// Whether the row is to be read, by what a [`glance`] tells of it. Not every
    /// row is asked about.
    fn wants(&mut self, _row: &Flow<'_>) -> bool {
        true
    }

    /// Takes a row, with its bytes; `asked` says that [`Self::wants`] was just asked about
    /// this very row, and wants it.
    fn take(&mut self, row: &Flow<'_>, raw: &[u8], asked: bool);
}

/// The rows of a download.
struct Flows;

impl RecordType for Flows {
    type Record<'a> = Flow<'a>;
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Query {
    href: Option<String>,
    status: Option<String>,
    flows_count: Number,
    regions: List<Option<Region>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Region {
    pce_fqdn: Option<String>,
    responded: Option<bool>,
}

impl Part {
    /// All rows of a span.
    pub fn whole(from: Timestamp, to: Timestamp, decisions: &[String]) -> Self {
        let decisions = decisions.to_vec();
        Self { from, to, decisions, ports: None, href: None, posted_at: None, is_slot: false }
    }

    /// The decision that every row of the answer has, whatever the row calls it; none
    /// where the query asks for several.
    pub fn decision(&self) -> Option<Decision> {
        match self.decisions.as_slice() {
            [word] => Decision::from_wire(word),
            _ => None,
        }
    }

    /// Whether it asks for all rows of its time, of a fetch for these decisions.
    pub fn is_whole(&self, decisions: &[String]) -> bool {
        self.ports.is_none() && self.decisions == decisions
    }

    /// Parts that together bring the same rows: by decision, then by ports, then
    /// by time. None where it can't be split further.
    pub fn split(&self) -> Option<Vec<Self>> {
        let fresh = Self { href: None, posted_at: None, ..self.clone() };
        self.by_decision(&fresh).or_else(|| self.by_ports(&fresh)).or_else(|| self.by_time(&fresh))
    }

    /// None for a query for all of them, which brings those that have no name here, too.
    fn by_decision(&self, fresh: &Self) -> Option<Vec<Self>> {
        let of = |decision: &String| Self { decisions: vec![decision.clone()], ..fresh.clone() };
        (self.decisions.len() > 1).then(|| self.decisions.iter().map(of).collect())
    }

    /// Ports are halved where most traffic is told apart: first at 1,024.
    fn by_ports(&self, fresh: &Self) -> Option<Vec<Self>> {
        let with = |ports| Self { ports: Some(ports), ..fresh.clone() };
        match self.ports {
            None => Some(vec![
                with(Ports::Without),
                with(Ports::Within(0, 1_023)),
                with(Ports::Within(1_024, u16::MAX)),
            ]),
            Some(Ports::Within(first, last)) if first < last => {
                let middle = first + (last - first) / 2;
                Some(vec![
                    with(Ports::Within(first, middle)),
                    with(Ports::Within(middle + 1, last)),
                ])
            }
            Some(_) => None,
        }
    }

    fn by_time(&self, fresh: &Self) -> Option<Vec<Self>> {
        let length = self.to.duration_since(self.from);
        if length < SignedDuration::from_mins(2) {
            return None;
        }
        let middle = self.from.checked_add(length / 2).ok()?;
        Some(vec![Self { to: middle, ..fresh.clone() }, Self { from: middle, ..fresh.clone() }])
    }

    /// The query's body [REST 25.2, "Explorer"].
    fn body(&self, most: u64) -> Vec<u8> {
        let any = json!({"include": [[]], "exclude": []});
        let services = match self.ports {
            None => json!({"include": [], "exclude": []}),
            Some(Ports::Within(first, last)) => {
                json!({"include": [{"port": first, "to_port": last}], "exclude": []})
            }
            Some(Ports::Without) => {
                json!({"include": [], "exclude": [{"port": 0, "to_port": u16::MAX}]})
            }
        };
        json!({
            "query_name": QUERY_NAME,
            "sources": any,
            "destinations": any,
            "services": services,
            "sources_destinations_query_op": "and",
            "start_date": super::wire_time(self.from),
            "end_date": super::wire_time(self.to),
            "policy_decisions": self.decisions,
            "max_results": most,
            "exclude_workloads_from_ip_list_query": false,
        })
        .to_string()
        .into_bytes()
    }
}

/// Posts the part's query; afterwards the part knows its `href`.
///
/// # Errors
/// See [`post_for`].
pub fn post(client: &mut Client, part: &mut Part) -> Result<(), Error> {
    post_for(client, part, MAX_ROWS)
}

/// As [`post`], for so many rows at most (1 to [`MAX_ROWS`]).
///
/// # Errors
/// See [`Client::post_json`]; [`Error::NotTheLeader`] from a PCE that takes no queries,
/// [`Error::NoHref`] and [`Error::ForeignHref`] where it names no query of ours.
pub fn post_for(client: &mut Client, part: &mut Part, most: u64) -> Result<(), Error> {
    let path = client.in_org(QUERIES);
    let answer = client.post_json(&path, &part.body(most));
    let query: Query = answer.map_err(of_a_member)?;
    // It is kept in the state.
    let href = query.href.filter(|href| client.clean(href) == *href);
    let Some(href) = href else {
        return Err(Error::NoHref { path });
    };
    let Some(href) = own_path(&path, &href) else {
        let href = one_line(&href, MOST_SHOWN);
        return Err(Error::ForeignHref { path, href });
    };
    part.href = Some(href);
    part.posted_at = Some(client.clock().now());
    Ok(())
}

/// A member of a supercluster answers GET alone, and says so in one way or another
/// [REST 25.2, "Supercluster"].
fn of_a_member(error: Error) -> Error {
    let speaks_of_it = |said: &str| {
        let said = said.to_lowercase();
        ["leader", "supercluster"].iter().any(|word| said.contains(word))
    };
    match error {
        Error::Status { path, status, said }
            if status == 405 || (matches!(status, 403 | 404) && speaks_of_it(&said)) =>
        {
            Error::NotTheLeader { path, status, said }
        }
        error => error,
    }
}

/// Deletes the query at `href`, if that is one of our org's; that it failed is of no
/// consequence.
pub fn delete(client: &mut Client, href: &str) {
    if let Some(path) = own_path(&client.in_org(QUERIES), href) {
        client.delete(&path);
    }
}

/// Asks how far the query at `href` has come. Only `completed` is success; states
/// that are not known are failures: the guide names none.
///
/// # Errors
/// See [`Client::get_json`].
fn progress(client: &mut Client, href: &str) -> Result<Progress, Error> {
    let query: Query = match client.get_json(href) {
        Err(Error::Status { status: 404 | 410, .. }) => return Ok(Progress::Gone),
        answer => answer?,
    };
    Ok(query.progress(|text| one_line(&client.clean(text), MOST_SHOWN)))
}

impl Query {
    /// `shown` makes what the PCE says fit for a message.
    fn progress(self, shown: impl Fn(&str) -> String) -> Progress {
        let status = self.status.unwrap_or_default();
        match status.as_str() {
            "queued" | "working" | "pending" | "running" => Progress::Running,
            "completed" => {
                let rows = self.flows_count.0.unwrap_or_default();
                let regions = self.regions.0.into_iter().flatten();
                let silent = regions.filter(|region| region.responded == Some(false));
                Progress::Completed {
                    rows,
                    cut: rows >= MAX_ROWS,
                    silent: silent.take(MOST_NAMED).map(|one| one.name(&shown)).collect(),
                }
            }
            _ => Progress::Failed(shown(&status)),
        }
    }
}

impl Region {
    fn name(self, shown: impl Fn(&str) -> String) -> String {
        let name = self.pce_fqdn.map(|name| shown(&name));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| "?".to_owned())
    }
}

/// Downloads the rows of the query at `href` for `rows`, which gets those it wants.
///
/// # Errors
/// Whatever keeps the body from being read to its end; what `rows` was handed
/// until then is not to be counted.
fn download(client: &mut Client, href: &str, rows: &mut dyn Rows) -> Result<Downloaded, Error> {
    let path = format!("{href}/download");
    let mut response = client.get(&path)?;
    let mut downloaded = Downloaded::default();
    if response.status().as_u16() == 204 {
        return Ok(downloaded);
    }
    let mut records = Records::new(client.long_body(&path, &mut response)?);
    let mut wanted = false;
    while next_row(&mut records, rows, &mut downloaded, &mut wanted)
        .map_err(|error| client.broken(&path, error))?
    {
        downloaded.rows += 1;
        if downloaded.rows % 1_024 == 0 {
            client.in_time()?;
        }
    }
    Ok(downloaded)
}

/// Goes over the next row, or hands it to `to`; false at the end. Only what is not plain
/// takes the parser. `wanted` says whether the row before was: where most are, each is
/// looked at once, and else most are not looked at whole.
fn next_row<R: Read>(
    records: &mut Records<R>,
    to: &mut dyn Rows,
    downloaded: &mut Downloaded,
    wanted: &mut bool,
) -> Result<bool, StreamError> {
    let depth = if *wanted { Depth::Whole } else { to.depth() };
    let at_a_glance = |window: &[u8]| {
        let (row, end) = glance(window, depth)?;
        *wanted = to.wants(&row);
        match (*wanted, depth) {
            (false, _) => {}
            (true, Depth::Whole) => to.take(&row, &window[..end], true),
            (true, _) => to.take(&glance(window, Depth::Whole)?.0, &window[..end], true),
        }
        Some(end)
    };
    if records.pass(at_a_glance)? {
        return Ok(true);
    }
    records.next_record::<Flows>(&mut |row, raw| match row {
        Some(row) => to.take(row, raw, false),
        None => downloaded.unreadable += 1,
    })
}

/// True for whatever value but null and false.
fn is_there<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(value)?;
    Ok(!matches!(value, serde_json::Value::Null | serde_json::Value::Bool(false)))
}

#[cfg(test)]
mod tests;
