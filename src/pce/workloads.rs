//! The workloads with a VEN, as they are now.
//!
//! One request brings them all, unless there are more than a PCE hands out at once: then
//! the list is put together by a job of the PCE's own, polled, downloaded and deleted.

use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::Body;
use ureq::http::Response;

use super::client::Client;
use super::error::Error;
use super::own_path;
use super::record::Host;
use super::stream::{RecordType, Records};
use crate::lang::{Lang, grouped, standing as say};
use crate::screen::visible::one_line;

/// So many are asked for. What a PCE gives at most is in doubt: 500 of any list
/// [REST 25.2, "Asynchronous GET"; illumio-ops holds it to be silent], and clients ask
/// for 10,000 and 100,000 [illumio-mcp-server; Illumio's Sentinel connector].
const ASKED: u64 = 10_000;

/// So many in an answer may be all that the PCE hands out at once.
const FULL: [u64; 3] = [500, 1_000, ASKED];

/// Where jobs and what they made are, below the org.
const JOBS: &str = "/jobs";
const FILES: &str = "/datafiles";

/// The first poll of a job; each wait is half as long again as the one before.
const FIRST_POLL: Duration = Duration::from_millis(200);

/// The longest wait between polls.
const SLOWEST_POLL: Duration = Duration::from_secs(5);

/// So much of a word of the PCE's is shown.
const MOST_SHOWN: usize = 60;

/// The records of the list.
struct Hosts;

impl RecordType for Hosts {
    type Record<'a> = Host<'a>;
}

/// Who a list is for.
pub trait Sink {
    /// Takes one workload; false where it is none.
    fn take(&mut self, host: &Host<'_>) -> bool;
}

/// A list that came to its end.
#[derive(Debug)]
pub struct List<S> {
    /// Who it was for.
    pub sink: S,
    /// Whether it was too long for one answer: the next is best asked for as a job.
    pub is_long: bool,
}

/// Why there is no whole list.
#[derive(Debug)]
pub enum Failure {
    /// The PCE or the network.
    Pce(Error),
    /// The PCE gave the job up, by this word.
    Job(String),
    /// The job took longer than so long.
    TooSlow(Duration),
    /// So many came, as many as the PCE hands out at once, and no job was to be had.
    Cut(u64),
    /// So many records were no workloads.
    Unreadable(u64),
}

impl Failure {
    /// The reason, as it stands in a sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Pce(error) => error.text(lang),
            Self::Job(word) => say::job_failed(lang, word),
            Self::TooSlow(patience) => say::job_too_slow(lang, patience.as_secs()),
            Self::Cut(rows) => say::list_cut(lang, grouped(*rows)),
            Self::Unreadable(rows) => say::list_unreadable(lang, grouped(*rows)),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Pce(error)
    }
}

/// How a job is [REST 25.2, "Asynchronous GET"].
#[derive(Deserialize, Default)]
#[serde(default)]
struct Job {
    status: Option<String>,
    result: Option<serde_json::Value>,
}

/// Reads all workloads with a VEN, each time into what `fresh` gives. `was_long` says that
/// the last list was too long for one answer; `patience` is how long a job may take.
///
/// # Errors
/// Whatever keeps the list from being whole; what a sink was handed until then is not to
/// be judged.
pub fn list<S: Sink>(
    client: &mut Client,
    was_long: bool,
    patience: Duration,
    mut fresh: impl FnMut() -> S,
) -> Result<List<S>, Failure> {
    let path = client.in_org(&format!("/workloads?managed=true&max_results={ASKED}"));
    if !was_long {
        let (sink, rows) = read(client, &path, &mut fresh, Client::get)?;
        if !FULL.contains(&rows) && rows < ASKED {
            return Ok(List { sink, is_long: false });
        }
    }
    by_job(client, &path, patience, &mut fresh)
}

fn by_job<S: Sink>(
    client: &mut Client,
    path: &str,
    patience: Duration,
    fresh: &mut dyn FnMut() -> S,
) -> Result<List<S>, Failure> {
    let mut response = client.get_as_job(path)?;
    if response.status().as_u16() != 202 {
        // It has no job for that, and answers at once.
        let (sink, rows) = read_answer(client, path, &mut response, fresh())?;
        return match FULL.contains(&rows) || rows >= ASKED {
            true => Err(Failure::Cut(rows)),
            false => Ok(List { sink, is_long: false }),
        };
    }
    let job = place_of(client, path, &response)?;
    drop(response);
    let listed = wait_for(client, &job, patience).and_then(|file| {
        let (sink, rows) = read(client, &file, fresh, Client::get)?;
        Ok(List { sink, is_long: rows >= FULL[0] })
    });
    client.delete(&job);
    listed
}

/// The job's place, as a path or a URL [REST 25.2 has a URL, clients read a path].
fn place_of(client: &Client, path: &str, response: &Response<Body>) -> Result<String, Failure> {
    let place = response.headers().get("location").and_then(|place| place.to_str().ok());
    let path = path.split('?').next().unwrap_or_default().to_owned();
    match place {
        None => Err(Failure::Pce(Error::NoHref { path })),
        Some(place) => own(client, JOBS, place).map_err(Failure::Pce),
    }
}

/// What lies elsewhere than where it should is not to be asked for.
fn own(client: &Client, home: &str, href: &str) -> Result<String, Error> {
    let home = client.in_org(home);
    own_path(&home, href).ok_or_else(|| Error::ForeignHref {
        path: home,
        href: one_line(&client.clean(href), MOST_SHOWN),
    })
}

/// Polls the job until its list is there; the path of that.
fn wait_for(client: &mut Client, job: &str, patience: Duration) -> Result<String, Failure> {
    let (begun, mut wait) = (Instant::now(), FIRST_POLL);
    loop {
        let answer: Job = match client.get_json(job) {
            Err(Error::Status { status: 404 | 410, .. }) => {
                return Err(Failure::Job("404".to_owned()));
            }
            answer => answer?,
        };
        let status = answer.status.unwrap_or_default();
        match status.as_str() {
            // Queries end as `completed`, jobs as `done` [seen on 25.2.40].
            "done" | "completed" => {
                let result = answer.result.unwrap_or_default();
                let href = result.get("href").unwrap_or(&result).as_str().unwrap_or_default();
                return Ok(own(client, FILES, href)?);
            }
            "pending" | "running" | "queued" | "working" => {}
            word => return Err(Failure::Job(one_line(&client.clean(word), MOST_SHOWN))),
        }
        if begun.elapsed() >= patience {
            return Err(Failure::TooSlow(patience));
        }
        client.wait(wait)?;
        wait = (wait + wait / 2).min(SLOWEST_POLL);
    }
}

/// An answer that breaks off is asked for again.
fn read<S: Sink>(
    client: &mut Client,
    path: &str,
    fresh: &mut dyn FnMut() -> S,
    get: impl Fn(&mut Client, &str) -> Result<Response<Body>, Error>,
) -> Result<(S, u64), Failure> {
    let mut tries = 1;
    loop {
        let mut response = get(client, path)?;
        match read_answer(client, path, &mut response, fresh()) {
            Err(Failure::Pce(Error::Broken { .. })) if client.may_try_again(&mut tries) => {}
            answer => return answer,
        }
    }
}

/// How many came, with who they were for.
fn read_answer<S: Sink>(
    client: &Client,
    path: &str,
    response: &mut Response<Body>,
    mut sink: S,
) -> Result<(S, u64), Failure> {
    let mut records = Records::new(client.long_body(path, response)?);
    let (mut rows, mut unreadable) = (0, 0);
    let mut take = |host: Option<&Host<'_>>, _: &[u8]| match host {
        Some(host) => unreadable += u64::from(!sink.take(host)),
        None => unreadable += 1,
    };
    while records.next_record::<Hosts>(&mut take).map_err(|error| client.broken(path, error))? {
        rows += 1;
    }
    client.in_time()?;
    if unreadable > 0 { Err(Failure::Unreadable(unreadable)) } else { Ok((sink, rows)) }
}
