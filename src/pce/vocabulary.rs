//! Which words the PCE itself uses: the event types of its last hours, with the severities
//! that they had, and its labels. For whoever wonders whether a rule asks for
//! something that there is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::client::Client;
use super::error::Error;
use super::events::fetch;
use super::ip_lists::encoded;
use super::record::{Event, Text};

/// So far back are events read.
pub const HOURS: i64 = 24;

/// So many labels are asked for at most.
const MOST_LABELS: usize = 40;

/// So many labels an answer may have: what is more than a few is cut.
const PAGE: usize = 500;

/// What was heard of the PCE; what could not be read is not known, and nothing follows
/// from that.
#[derive(Debug, Default)]
pub struct Heard {
    /// The types of the last [`HOURS`], of events and of notifications in them.
    pub types: Option<BTreeMap<String, Traits>>,
    /// The labels that were asked for, by key and value.
    pub labels: BTreeMap<(String, String), LabelHeard>,
    /// Why some of it could not be asked; the first that went wrong.
    pub unheard: Option<Error>,
}

/// What events of a type were like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// How many there were.
    pub count: u64,
    /// Their severities; `none` for null.
    pub severities: BTreeSet<String>,
}

/// What the PCE said of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelHeard {
    /// There is one.
    There,
    /// There is none; these are values that its key has.
    Absent(Vec<String>),
    /// It may not be asked, or the answer was cut.
    Unknown,
}

/// Reads the event types of the last hours.
///
/// # Errors
/// Whatever keeps them from being read completely.
pub fn types(client: &mut Client) -> Result<BTreeMap<String, Traits>, Error> {
    let now = client.clock().now();
    let from = now.checked_sub(SignedDuration::from_hours(HOURS)).unwrap_or(Timestamp::MIN);
    let mut types: BTreeMap<String, Traits> = BTreeMap::new();
    let word = |text: &Text<'_>| text.filled().unwrap_or("none").to_owned();
    let mut take = |event: Option<&Event<'_>>, _: &[u8]| {
        let Some(event) = event else { return };
        let notifications = event.notifications.0.iter().map(|one| &one.notification_type);
        let names = std::iter::once(&event.event_type).chain(notifications);
        for name in names.filter_map(Text::filled) {
            let traits = types.entry(name.to_owned()).or_default();
            traits.count += 1;
            traits.severities.insert(word(&event.severity));
        }
    };
    // The clock is the `Date` of an answer, in whole seconds.
    let to = now.checked_add(SignedDuration::from_mins(1)).unwrap_or(now);
    fetch(client, from, to, &mut take)?;
    Ok(types)
}

/// Asks for each label by itself: an org may have more than one answer holds. Where the
/// key may not read labels it is not asked again, since each request that the PCE refuses is
/// an event there.
///
/// # Errors
/// Beside what was heard, what kept the rest from being asked.
pub fn labels(
    client: &mut Client,
    wanted: &BTreeSet<(String, String)>,
) -> (BTreeMap<(String, String), LabelHeard>, Option<Error>) {
    let mut heard = BTreeMap::new();
    for (key, value) in wanted.iter().take(MOST_LABELS) {
        match label(client, key, value) {
            Ok(found) => drop(heard.insert((key.clone(), value.clone()), found)),
            Err(error) => return (heard, Some(error)),
        }
    }
    (heard, None)
}

#[derive(Deserialize)]
struct Label {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

fn label(client: &mut Client, key: &str, value: &str) -> Result<LabelHeard, Error> {
    let by_key = format!("/labels?key={}&max_results={PAGE}", encoded(key));
    // A part of the value is enough for the PCE [REST 25.2, "Labels": partial matches].
    let named = ask(client, &format!("{by_key}&value={}", encoded(value)))?;
    if named.iter().any(|label| label.key == key && label.value == value) {
        return Ok(LabelHeard::There);
    }
    if named.len() >= PAGE {
        return Ok(LabelHeard::Unknown);
    }
    let others = ask(client, &by_key)?.into_iter().filter(|label| label.key == key);
    let values: Vec<String> = others.map(|label| label.value).collect();
    // A PCE that knows nothing of the filter by value may have it all the same.
    Ok(match values.iter().any(|known| known == value) {
        true => LabelHeard::There,
        false => LabelHeard::Absent(values),
    })
}

fn ask(client: &mut Client, path: &str) -> Result<Vec<Label>, Error> {
    let path = client.in_org(path);
    client.get_json(&path)
}
