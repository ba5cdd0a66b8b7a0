//! A posted query until its rows are there: waited for, and downloaded as a whole.

use std::time::Duration;

use jiff::SignedDuration;

use super::{DOWNLOADS, Downloaded, Part, Progress, Rows, download, progress};
use crate::pce::client::Client;
use crate::pce::error::Error;

/// The first poll; each wait is half as long again as the one before.
const FIRST_POLL: Duration = Duration::from_millis(100);

/// The longest wait between polls.
const SLOWEST_POLL: Duration = Duration::from_secs(5);

/// From waits of this length on it is said that the PCE computes.
const WORTH_SAYING: Duration = Duration::from_secs(1);

/// How long a query is waited for.
pub struct Patience<'p> {
    /// It may compute for so long.
    pub time: Duration,
    /// Whether one more request may be made.
    pub may_ask: &'p dyn Fn(&Client) -> bool,
    /// Called while it computes, with the seconds that it has until now.
    pub computes: &'p dyn Fn(i64),
}

/// What a query has, once it is done.
#[derive(Debug)]
pub struct Done {
    /// So many rows.
    pub rows: u64,
    /// Whether the PCE has more than that.
    pub cut: bool,
    /// The members of a supercluster that did not answer.
    pub silent: Vec<String>,
}

/// Why a query is not done.
#[derive(Debug)]
pub enum NotDone {
    /// The PCE or the network.
    Pce(Error),
    /// The PCE gave it up, by this word.
    GivenUp(String),
    /// It took longer than it may.
    TooSlow,
    /// The time or the requests of this run ended first; it is so old.
    Unfinished(SignedDuration),
}

/// Polls the part's query until it is done: quickly at first, then slower.
///
/// # Errors
/// Whatever keeps it from being done.
pub fn wait_for(
    client: &mut Client,
    part: &Part,
    patience: &Patience<'_>,
) -> Result<Done, NotDone> {
    let href = part.href.as_deref().unwrap_or_default();
    let longest = SignedDuration::try_from(patience.time).unwrap_or(SignedDuration::MAX);
    let mut wait = FIRST_POLL;
    loop {
        match progress(client, href).map_err(NotDone::Pce)? {
            Progress::Completed { rows, cut, silent } => return Ok(Done { rows, cut, silent }),
            Progress::Failed(word) => return Err(NotDone::GivenUp(word)),
            Progress::Gone => return Err(NotDone::GivenUp("404".to_owned())),
            Progress::Running => {}
        }
        let now = client.clock().now();
        let age = part.posted_at.map(|posted| now.duration_since(posted)).unwrap_or_default();
        if age > longest {
            return Err(NotDone::TooSlow);
        }
        if !(patience.may_ask)(client) {
            return Err(NotDone::Unfinished(age));
        }
        if wait > WORTH_SAYING {
            (patience.computes)(age.as_secs());
        }
        client.wait(wait).map_err(|_| NotDone::Unfinished(age))?;
        wait = (wait + wait / 2).min(SLOWEST_POLL);
    }
}

/// Downloads the rows of the query at `href`, each time into what `fresh` gives, until the
/// `promised` number came, at most [`DOWNLOADS`] times: the last one stands, be it short.
///
/// # Errors
/// As [`download`], where trying again is of no use.
pub fn download_all<R: Rows>(
    client: &mut Client,
    href: &str,
    promised: u64,
    mut fresh: impl FnMut() -> R,
) -> Result<(R, Downloaded), Error> {
    let mut tries = 1;
    loop {
        let mut rows = fresh();
        let downloaded = match download(client, href, &mut rows) {
            Err(Error::Broken { .. }) if client.may_try_again(&mut tries) => continue,
            downloaded => downloaded?,
        };
        if downloaded.rows >= promised || tries >= DOWNLOADS {
            return Ok((rows, downloaded));
        }
        client.wait(Duration::from_secs(1 << tries))?;
        tries += 1;
    }
}
