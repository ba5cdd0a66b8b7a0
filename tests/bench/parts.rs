//! The parts of a poll by themselves, by Criterion: where in the whole its time goes.
//!
//! They are compiled as what ships is. Criterion keeps its own figures of the last run
//! in `target/criterion`, and says what changed since.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Bencher, Criterion};
use illumio_monitor::config::check_rule;
use illumio_monitor::lang::Lang;
use illumio_monitor::mail::compose::{Look, compose};
use illumio_monitor::pce::glance::{Depth, glance};
use illumio_monitor::pce::record::{Event, Flow};
use illumio_monitor::pce::stream::{RecordType, Records};
use illumio_monitor::rules::candidates::Candidates;
use illumio_monitor::rules::matching::FlowFacts;
use illumio_monitor::rules::minutes::Minutes;
use illumio_monitor::rules::series::{Bounds, HashKey, Known, Legacy, Row};
use illumio_monitor::rules::{EventFilter, Filter, TrafficFilter};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::pce::{Bulk, agent_tampering, session_ended};
use crate::samples;
use crate::site::{traffic_rules, twelve_rules};
use crate::table::{Figure, figure};

/// Rows that are read.
const ROWS: u64 = 20_000;

/// Rows of a busy site that are known.
const KNOWN: u64 = 50_000;

const EVENTS: usize = 10_000;

/// When the rows were made. They began in the ten hours before.
const NOON: Timestamp = Timestamp::constant(1_795_953_600, 0);

struct Events;

impl RecordType for Events {
    type Record<'a> = Event<'a>;
}

/// What measures a part, and what it found.
struct Parts {
    criterion: Criterion,
    folder: PathBuf,
    figures: Vec<Figure>,
}

/// Measures them all; Criterion's own files go to `folder`.
pub fn all(folder: &Path) -> Vec<Figure> {
    let criterion = Criterion::default()
        .output_directory(folder)
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    let mut parts = Parts { criterion, folder: folder.to_owned(), figures: Vec::new() };
    reading(&mut parts);
    filing(&mut parts);
    growing(&mut parts);
    events(&mut parts);
    telling(&mut parts);
    parts.figures
}

impl Parts {
    /// Measures one part, by a name that is a folder's, too.
    fn part(&mut self, name: &str, measure: impl FnMut(&mut Bencher<'_>)) -> f64 {
        self.criterion.bench_function(name, measure);
        let file = self.folder.join(name).join("new/estimates.json");
        let text = std::fs::read_to_string(file).unwrap();
        let estimates: Value = serde_json::from_str(&text).unwrap();
        let seconds = estimates["median"]["point_estimate"].as_f64().unwrap() / 1e9;
        self.figures.push(figure(name, "ms", None, seconds * 1e3));
        seconds
    }

    /// The same for one that goes over so many bytes.
    fn part_over(&mut self, bytes: usize, name: &str, measure: impl FnMut(&mut Bencher<'_>)) {
        let speed = bytes as f64 / 1e6 / self.part(name, measure);
        self.figures.push(figure(name, "MB/s", None, speed));
    }
}

/// A row at a glance, and what the parser takes for it.
fn reading(parts: &mut Parts) {
    let array = Bulk::new(ROWS, NOON).json(NOON);
    let rows: Vec<&RawValue> = serde_json::from_slice(&array).unwrap();
    let rows: Vec<&[u8]> = rows.iter().map(|row| row.get().as_bytes()).collect();
    for (name, look) in [
        ("20,000 rows at a glance", Depth::Rules),
        ("20,000 rows at a glance, with labels", Depth::Labels),
        ("20,000 rows at a glance, whole", Depth::Whole),
    ] {
        parts.part_over(array.len(), name, |bencher| {
            bencher.iter(|| rows.iter().filter_map(|row| glance(row, look)).count());
        });
    }
    parts.part_over(array.len(), "20,000 rows parsed", |bencher| {
        bencher.iter(|| parse_all::<Flow<'_>>(&rows));
    });
    parts.part_over(array.len(), "20,000 rows skipped by serde_json", |bencher| {
        bencher.iter(|| parse_all::<IgnoredAny>(&rows));
    });
    let filters = traffic_filters(twelve_rules());
    parts.part_over(array.len(), "20,000 rows of a download, 12 rules", |bencher| {
        bencher.iter(|| pass_all(&array, &filters));
    });
}

fn parse_all<'a, T: Deserialize<'a>>(rows: &[&'a [u8]]) {
    for row in rows {
        black_box(serde_json::from_slice::<T>(row).unwrap());
    }
}

/// As a download is read of which nobody wants a row.
fn pass_all(array: &[u8], filters: &[TrafficFilter]) {
    let candidates = Candidates::of(filters.iter());
    let look = filters.iter().map(TrafficFilter::depth).max().unwrap_or(Depth::Rules);
    let mut found = Vec::new();
    let mut records = Records::new(array);
    let mut unwanted = |window: &[u8]| {
        let (row, end) = glance(window, look)?;
        let facts = FlowFacts::of(&row);
        candidates.find(&facts, &mut found);
        let wanted = found.iter().any(|place| filters[*place].matches(&facts));
        (!wanted).then_some(end)
    };
    while records.pass(&mut unwanted).unwrap() {}
}

/// Which rules are worth asking.
fn filing(parts: &mut Parts) {
    let array = Bulk::new(ROWS, NOON).json(NOON);
    let flows: Vec<Flow<'_>> = serde_json::from_slice(&array).unwrap();
    let facts: Vec<FlowFacts<'_>> = flows.iter().map(FlowFacts::of).collect();
    for (name, count) in [
        ("candidates of 12 rules for 20,000 rows", 12),
        ("candidates of 1,000 rules for 20,000 rows", 1_000),
    ] {
        let filters = traffic_filters(traffic_rules(count).collect());
        let candidates = Candidates::of(filters.iter());
        let mut found = Vec::new();
        parts.part(name, |bencher| {
            bencher.iter(|| {
                for facts in &facts {
                    candidates.find(facts, &mut found);
                    black_box(&found);
                }
            });
        });
    }
}

/// What rows have grown by, and what is remembered of them.
fn growing(parts: &mut Parts) {
    let later = NOON + SignedDuration::from_mins(10);
    let rows_at = |now: Timestamp| -> Vec<Row> {
        let array = Bulk::new(KNOWN, NOON).json(now);
        let flows: Vec<Flow<'_>> = serde_json::from_slice(&array).unwrap();
        let key = HashKey::default();
        flows.iter().map(|flow| Row::of(flow, key, now)).collect()
    };
    let legacy = Legacy::default();
    let fetch = |known: &Known, rows: &[Row]| {
        let bounds = Bounds {
            from: NOON - SignedDuration::from_mins(30),
            complete: (!known.is_empty()).then_some(NOON),
            overlap: SignedDuration::from_mins(30),
            whole: true,
        };
        let mut answer = known.answer(&legacy, &bounds);
        for row in rows {
            black_box(answer.take(row));
        }
        answer.finish()
    };
    let known = fetch(&Known::default(), &rows_at(NOON));
    let grown = rows_at(later);
    parts.part("growth of 50,000 known rows", |bencher| {
        bencher.iter(|| fetch(&known, &grown));
    });
    parts.part("50,000 known rows saved and loaded", |bencher| {
        bencher.iter(|| {
            let text = serde_json::to_string(&known).unwrap();
            serde_json::from_str::<Known>(&text).unwrap()
        });
    });
    parts.part("5,000 counts spread over 600 minutes", |bencher| {
        bencher.iter(|| {
            let mut all = Minutes::default();
            for nth in 0..5_000 {
                let mut counts = Minutes::default();
                counts.spread(nth, nth + 600, 300 + nth as u64);
                all.merge(&counts);
            }
            all
        });
    });
}

fn events(parts: &mut Parts) {
    let record = |nth: usize| {
        let event = match nth % 2 {
            0 => session_ended("operator"),
            _ => agent_tampering(&format!("host-{nth}")),
        };
        event.at(NOON).stored(format!("/orgs/1/events/{nth}")).json
    };
    let array = json!((0..EVENTS).map(record).collect::<Vec<_>>()).to_string();
    let filters = event_filters(twelve_rules());
    parts.part_over(array.len(), "10,000 events read and matched", |bencher| {
        bencher.iter(|| {
            let mut records = Records::new(array.as_bytes());
            let mut matched = 0;
            let mut look = |event: Option<&Event<'_>>, _: &[u8]| {
                let event = event.unwrap();
                matched += filters.iter().filter(|filter| filter.matches(event)).count();
            };
            while records.next_record::<Events>(&mut look).unwrap() {}
            matched
        });
    });
}

fn telling(parts: &mut Parts) {
    let look = Look {
        lang: Lang::En,
        zone: &TimeZone::UTC,
        raw_snapshot: true,
        command: "illumio-monitor",
    };
    let reports = samples::gallery(Lang::En);
    let (_, report) = reports.iter().find(|(name, _)| *name == "mixed").unwrap();
    parts.part("a mail of eight alerts", |bencher| {
        bencher.iter(|| compose(report, &look));
    });
}

/// The filters of the rules, as the config's reader makes them.
fn filters(rules: Vec<Value>) -> impl Iterator<Item = Filter> {
    let rules = rules.into_iter().map(|rule| rule.to_string());
    rules.map(|rule| check_rule(&rule, "rule").unwrap().filter)
}

fn traffic_filters(rules: Vec<Value>) -> Vec<TrafficFilter> {
    let traffic = filters(rules).filter_map(|filter| match filter {
        Filter::Traffic(filter) => Some(filter),
        Filter::Event(_) | Filter::Workload(_) => None,
    });
    traffic.collect()
}

fn event_filters(rules: Vec<Value>) -> Vec<EventFilter> {
    let event = filters(rules).filter_map(|filter| match filter {
        Filter::Event(filter) => Some(filter),
        Filter::Traffic(_) | Filter::Workload(_) => None,
    });
    event.collect()
}
