//! The PCE's event log.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::client::Client;
use super::error::Error;
use super::own_path;
use super::record::Event;
use super::stream::{RecordType, Records};

/// What is asked for at most: the PCE's own maximum [REST 25.2, "Events"].
const PAGE: u64 = 10_000;

/// Sizes at which a page looks cut: ours, and the defaults that the guides name
/// and PCEs were seen to use without a word [REST 25.2: 100 and 500].
const FULL: [u64; 4] = [100, 500, 1_000, PAGE];

/// What the next fetch of events has to know of this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventMemory {
    /// The end of the last complete fetch.
    pub position: Option<Timestamp>,
    /// The host's clock at that fetch.
    pub fetched_at: Option<Timestamp>,
    /// What happened before is nobody's news: the start of the very first fetch.
    pub since: Option<Timestamp>,
    /// When what was recorded late was last looked for.
    pub late_at: Option<Timestamp>,
    /// How many cycles still look for it in any case.
    pub look_late: u32,
    /// How many fetches in a row were incomplete.
    pub failures: u32,
    /// When it was last told that more events came than are remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forgot_at: Option<Timestamp>,
}

/// What a complete fetch has to say beside its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Seconds of which more events exist than the PCE hands out.
    pub cut: Vec<Timestamp>,
}

/// The records of a page.
struct Events;

impl RecordType for Events {
    type Record<'a> = Event<'a>;
}

/// Where events are, below the org.
const EVENTS: &str = "/events";

/// One event, as received, by its `href`; `None` where the PCE has none, or the `href` is
/// that of no event of our org.
///
/// # Errors
/// See [`Client::get_json`].
pub fn one(client: &mut Client, href: &str) -> Result<Option<Box<RawValue>>, Error> {
    let Some(path) = own_path(&client.in_org(EVENTS), href.trim()) else {
        return Ok(None);
    };
    match client.get_json(&path) {
        Err(Error::Status { status: 404 | 410, .. }) => Ok(None),
        answer => answer.map(Some),
    }
}

/// Fetches all events from `from` to `to`, both included, and hands each to `sink`
/// with its bytes; `None` for one that is no JSON or too large to be read. An event
/// may come more than once; the order is the PCE's.
///
/// The PCE has no paging. So where a page looks full, its time is halved, down to
/// one second; the older half comes first.
///
/// # Errors
/// Whatever keeps the fetch from being complete; what `sink` was handed until then
/// is not to be counted.
pub fn fetch(
    client: &mut Client,
    from: Timestamp,
    to: Timestamp,
    sink: &mut dyn FnMut(Option<&Event<'_>>, &[u8]),
) -> Result<Fetched, Error> {
    let mut fetched = Fetched::default();
    // Oldest last, as a stack.
    let mut spans = vec![(from, to)];
    while let Some((from, to)) = spans.pop() {
        let count = page(client, from, to, sink)?;
        if !FULL.contains(&count) && count < PAGE {
            continue;
        }
        match middle(from, to) {
            Some(middle) => spans.extend([(middle, to), (from, middle)]),
            // At 100 and 500 a second may simply be that busy; at more it is cut.
            None if count >= FULL[2] => fetched.cut.push(from),
            None => {}
        }
    }
    Ok(fetched)
}

/// The whole second that halves the span; none where it is a second or less.
fn middle(from: Timestamp, to: Timestamp) -> Option<Timestamp> {
    let length = to.duration_since(from);
    if length <= SignedDuration::from_secs(1) {
        return None;
    }
    let half = from.as_second() + (length.as_secs() + 1) / 2;
    Timestamp::from_second(half).ok().filter(|middle| from < *middle && *middle < to)
}

fn page(
    client: &mut Client,
    from: Timestamp,
    to: Timestamp,
    sink: &mut dyn FnMut(Option<&Event<'_>>, &[u8]),
) -> Result<u64, Error> {
    let path = client.in_org(&format!(
        "/events?timestamp%5Bgte%5D={}&timestamp%5Blte%5D={}&max_results={PAGE}",
        in_url(from),
        in_url(to)
    ));
    let mut response = client.get(&path)?;
    let mut records = Records::new(client.long_body(&path, &mut response)?);
    let mut count = 0;
    while records.next_record::<Events>(sink).map_err(|error| client.broken(&path, error))? {
        count += 1;
    }
    client.in_time()?;
    Ok(count)
}

/// With milliseconds and `Z`: a time without its zone is refused with 406 [seen on 25.2.40].
fn in_url(time: Timestamp) -> String {
    super::wire_time(time).replace(':', "%3A")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_halved_at_a_whole_second_down_to_one() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            middle(at("2026-11-22T10:00:00Z"), at("2026-11-22T10:10:00Z")),
            Some(at("2026-11-22T10:05:00Z"))
        );
        assert_eq!(
            middle(at("2026-11-22T10:00:00.5Z"), at("2026-11-22T10:00:02Z")),
            Some(at("2026-11-22T10:00:01Z"))
        );
        assert_eq!(middle(at("2026-11-22T10:00:00Z"), at("2026-11-22T10:00:01Z")), None);
        assert_eq!(middle(at("2026-11-22T10:00:00Z"), at("2026-11-22T10:00:00Z")), None);
    }

    #[test]
    fn any_span_is_cut_to_seconds_in_the_end() {
        let from: Timestamp = "2026-11-22T10:00:00.25Z".parse().unwrap();
        let mut spans =
            vec![(from, from.checked_add(SignedDuration::from_millis(95_400)).unwrap())];
        let mut leaves = 0;
        while let Some((from, to)) = spans.pop() {
            match middle(from, to) {
                Some(middle) => spans.extend([(middle, to), (from, middle)]),
                None => leaves += 1,
            }
        }
        assert!((95..=190).contains(&leaves), "{leaves}");
    }
}
