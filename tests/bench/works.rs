//! The works, and what each may cost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use illumio_monitor::config::Env;
use illumio_monitor::store::{StateUse, open};
use serde_json::json;

use crate::growth::{self, floor};
use crate::parts;
use crate::site::{Site, every_row, rules_of_networks, traffic_rules, twelve_rules};
use crate::stopwatch::{Taken, median, taken_by};
use crate::table::{Figure, figure, publish};

/// How often a work is done; the median is told.
const RUNS: usize = 5;

/// The largest download that is not at the PCE's cap of 200,000 rows.
pub const FULL: u64 = 199_999;

/// A name, and what measures it.
type Work = (&'static str, fn(&Bench) -> Vec<Figure>);

const WORKS: [Work; 13] = [
    ("start", start),
    ("quiet", quiet),
    ("workloads", workloads),
    ("full", full),
    ("memory", memory),
    ("rules", rules),
    ("events", events),
    ("matching", matching),
    ("budget", budget),
    ("apart", apart),
    ("state", state),
    ("parts", |bench| parts::all(&bench.folder.join("criterion"))),
    ("growth", growth::tables),
];

/// What is measured, and where the figures go.
pub struct Bench {
    binary: String,
    /// Cargo's target folder.
    folder: PathBuf,
}

/// Measures what is named, or everything, and leaves with 1 where a target is missed.
pub fn all(only: &[&str]) {
    let bench = Bench {
        binary: named("ILLUMIO_MONITOR_BIN"),
        folder: PathBuf::from(named("CARGO_TARGET_DIR")),
    };
    let mut figures = vec![size(&bench), crates()];
    for (name, work) in WORKS {
        if only.is_empty() || only.contains(&name) {
            eprintln!("{name} …");
            figures.extend(work(&bench));
        }
    }
    let met = publish(&figures, &bench.folder.join("bench.json"));
    std::process::exit(i32::from(!met));
}

/// What `make` passes on.
fn named(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"))
}

impl Bench {
    /// One run on a config; it must have read what there is.
    pub fn run(&self, config: &Path, read: &str) -> Taken {
        let config = config.to_str().unwrap();
        let (taken, said) = taken_by(&self.binary, &["run", "--config", config]);
        assert!(said.contains(read), "{read} is not in: {said}");
        taken
    }

    /// So many first runs on a site.
    fn first_runs(&self, site: &Site, runs: usize, read: &str) -> Taken {
        let runs: Vec<Taken> = (0..runs).map(|_| self.run(&site.fresh(), read)).collect();
        median(&runs)
    }

    /// So many first runs on a site, each with a later one on what it left.
    pub fn first_and_later(&self, site: &Site, runs: usize, read: &str) -> (Taken, Taken) {
        let both = (0..runs).map(|_| (self.run(&site.fresh(), read), self.run(&site.file(), read)));
        let (first, later): (Vec<Taken>, Vec<Taken>) = both.unzip();
        (median(&first), median(&later))
    }
}

fn size(bench: &Bench) -> Figure {
    let bytes = std::fs::metadata(&bench.binary).unwrap().len();
    figure("the binary", "MB", 5.5, bytes as f64 / 1e6)
}

/// What is linked into it, this crate included.
fn crates() -> Figure {
    let output = Command::new(named("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--target", &named("MUSL_TARGET")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // Name and version; what follows differs from one mention to the next.
    let crates: BTreeSet<Vec<&str>> =
        text.lines().map(|line| line.split(' ').take(2).collect()).collect();
    assert!(!crates.is_empty(), "cargo tree lists nothing");
    figure("crates", "", 60.0, crates.len() as f64)
}

fn start(bench: &Bench) -> Vec<Figure> {
    let runs: Vec<Taken> = (0..101).map(|_| taken_by(&bench.binary, &["--version"]).0).collect();
    vec![figure("start to --version", "wall, ms", 2.0, median(&runs).wall * 1e3)]
}

/// 20 events and 20 flows, none of which a rule matches.
fn quiet(bench: &Bench) -> Vec<Figure> {
    let mut site = Site::with(20, 20, 0);
    site.rules(twelve_rules());
    let taken = bench.first_runs(&site, 15, "events=20 flows=20 ");
    let name = "quiet cycle, 20 events, 20 flows, TLS";
    // The PCE is given 100 ms for the query before it is asked for the first time.
    let beyond = taken.wall * 1e3 - 100.0;
    vec![
        figure(name, "CPU, ms", 10.0, taken.cpu * 1e3),
        figure(name, "peak, MiB", 8.0, taken.peak),
        figure(name, "wall - 100, ms", 30.0, beyond),
    ]
}

/// The same with 10,000 workloads, 304 of them offline, that a rule asks about.
fn workloads(bench: &Bench) -> Vec<Figure> {
    let mut site = Site::with_workloads(20, 20, 0, 10_000);
    let mut rules = twelve_rules();
    rules.push(json!({
        "id": 100, "type": "workload", "name": "Offline", "state": "offline",
        "label": "role=Web"
    }));
    site.rules(rules);
    let read = "events=20 flows=20 ";
    let first: Vec<(Taken, u64)> =
        (0..RUNS).map(|_| (bench.run(&site.fresh(), read), site.file_size())).collect();
    let state = std::fs::read_to_string(site.file()).unwrap();
    assert!(state.contains(r#""is_long":true"#), "the list was not read");
    let bytes = first.iter().map(|(_, bytes)| *bytes).max().unwrap_or_default();
    let taken = median(&first.into_iter().map(|(taken, _)| taken).collect::<Vec<_>>());
    let name = "quiet cycle with a list of 10,000 workloads";
    vec![
        figure(name, "CPU, ms", None, taken.cpu * 1e3),
        figure(name, "peak, MiB", 10.0, taken.peak),
        figure(name, "wall, ms", None, taken.wall * 1e3),
        figure(name, "file, KB", None, bytes as f64 / 1e3),
    ]
}

/// Held against the floor in turns.
fn full(bench: &Bench) -> Vec<Figure> {
    let mut site = Site::with(0, 0, FULL);
    site.rules(twelve_rules());
    let (mut ours, mut least) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        least.push(floor(&site, FULL));
        ours.push(bench.run(&site.fresh(), &format!("flows={FULL} ")));
    }
    let (ours, least) = (median(&ours), median(&least));
    let name = "200,000 rows, 12 rules, TLS, gzip";
    vec![
        figure(name, "CPU ÷ floor", 1.3, ours.cpu / least.cpu),
        figure(name, "CPU, s", None, ours.cpu),
        figure(name, "floor, CPU, s", None, least.cpu),
        figure(name, "peak, MiB", 24.0, ours.peak),
    ]
}

/// Memory does not grow with what no rule matches.
fn memory(bench: &Bench) -> Vec<Figure> {
    let peak_at = |rows: u64, runs: usize| {
        let mut site = Site::with(0, 0, rows);
        site.rules(twelve_rules());
        let read = format!("flows={rows} ");
        bench.first_runs(&site, runs, &read).peak
    };
    vec![
        figure("2,000 rows, 12 rules", "peak, MiB", 24.0, peak_at(2_000, RUNS)),
        figure("1,000,000 rows, 12 rules", "peak, MiB", 24.0, peak_at(1_000_000, 1)),
    ]
}

fn rules(bench: &Bench) -> Vec<Figure> {
    let site = |count: usize| {
        let mut site = Site::with(0, 0, FULL);
        site.rules(traffic_rules(count).collect());
        site
    };
    let (few, many) = (site(12), site(1_000));
    let read = format!("flows={FULL} ");
    let (mut with_few, mut with_many) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        with_few.push(bench.run(&few.fresh(), &read));
        with_many.push(bench.run(&many.fresh(), &read));
    }
    let ratio = median(&with_many).cpu / median(&with_few).cpu;
    vec![figure("200,000 rows, 1,000 rules ÷ 12 rules", "CPU, ratio", 2.0, ratio)]
}

fn events(bench: &Bench) -> Vec<Figure> {
    // One less than the page's cap, at which a page is read again in parts.
    let mut site = Site::with(9_999, 0, 0);
    site.rules(twelve_rules());
    let taken = bench.first_runs(&site, RUNS, "events=9999 ");
    vec![
        figure("10,000 events, 12 rules", "CPU, ms", 100.0, taken.cpu * 1e3),
        figure("10,000 events, 12 rules", "peak, MiB", None, taken.peak),
    ]
}

/// Held against the floor in turns. While each row that matched was read twice and all
/// its talkers were named it was 7.0 and 3.6.
fn matching(bench: &Bench) -> Vec<Figure> {
    let mut site = Site::with(0, 0, FULL);
    site.rules(vec![every_row()]);
    let read = format!("flows={FULL} ");
    let (mut first, mut later, mut least) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        least.push(floor(&site, FULL));
        first.push(bench.run(&site.fresh(), &read));
        later.push(bench.run(&site.file(), &read));
    }
    let (first, later, least) = (median(&first), median(&later), median(&least));
    let [at_first, later_on] =
        ["first sight", "all known"].map(|when| format!("200,000 rows that all match, {when}"));
    vec![
        figure(&at_first, "CPU ÷ floor", 4.5, first.cpu / least.cpu),
        figure(&at_first, "CPU, s", None, first.cpu),
        figure(&at_first, "peak, MiB", 28.0, first.peak),
        figure(&later_on, "CPU ÷ floor", 2.5, later.cpu / least.cpu),
        figure(&later_on, "CPU, s", None, later.cpu),
        figure(&later_on, "peak, MiB", 28.0, later.peak),
        figure(&later_on, "file, MB", 4.0, site.file_size() as f64 / 1e6),
    ]
}

/// Memory and the file are bounded for a run, however many rules match how much.
fn budget(bench: &Bench) -> Vec<Figure> {
    let mut site = Site::with(0, 0, FULL);
    // The number of rules, and of which network each matches the rows.
    let cases = [(1, 8), (100, 19), (1_000, 19), (10_000, 28)];
    let figures = cases.into_iter().flat_map(|(rules, prefix)| {
        site.rules(rules_of_networks(rules, prefix));
        let (first, later) = bench.first_and_later(&site, 1, &format!("flows={FULL} "));
        let rows = 1_u64 << (32 - prefix);
        let name = format!("200,000 rows, {rules} rules of {} each", rows.min(FULL + 1));
        [
            figure(&name, "peak, MiB", 72.0, first.peak),
            figure(&name, "later, peak, MiB", 72.0, later.peak),
            figure(&name, "file, MB", 12.6, site.file_size() as f64 / 1e6),
            figure(&name, "CPU, s", None, first.cpu),
        ]
    });
    figures.collect()
}

/// Rules that count each source by itself, where every row is of another source: the
/// worst that there is. Twelve and a hundred, which match as many rows, in turns.
fn apart(bench: &Bench) -> Vec<Figure> {
    let site_with = |count: u32, prefix: u32| {
        let mut site = Site::with(0, 0, FULL);
        let mut rules = rules_of_networks(count, prefix);
        for (at, rule) in rules.iter_mut().enumerate() {
            rule["per"] = "source".into();
            rule["count_by"] = ["connections", "destinations", "ports"][at % 3].into();
        }
        site.rules(rules);
        site
    };
    let (few, many) = (site_with(12, 18), site_with(100, 21));
    let mut one = Site::with(0, 0, FULL);
    let mut every = every_row();
    (every["per"], every["count_by"]) = ("source".into(), "destinations".into());
    one.rules(vec![every]);
    let read = format!("flows={FULL} ");
    let (mut with_few, mut with_many) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        with_few.push(bench.run(&few.fresh(), &read));
        with_many.push(bench.run(&many.fresh(), &read));
    }
    let (with_few, with_many) = (median(&with_few), median(&with_many));
    let (first, later) = bench.first_and_later(&one, 3, &read);
    let name = "200,000 sources, each by itself";
    vec![
        figure("100 such rules ÷ 12", "CPU, ratio", 2.0, with_many.cpu / with_few.cpu),
        figure("100 such rules", "peak, MiB", 72.0, with_many.peak),
        figure(name, "CPU, s", None, first.cpu),
        figure(name, "peak, MiB", 40.0, first.peak),
        figure(name, "later, peak, MiB", 40.0, later.peak),
        figure(name, "file, MB", 12.6, one.file_size() as f64 / 1e6),
    ]
}

/// What a busy site's state costs by itself: in memory's own file system, where
/// fsync costs nothing, and beside it on the disk.
fn state(bench: &Bench) -> Vec<Figure> {
    let mut site = Site::with(0, 0, 50_000);
    site.rules(vec![every_row()]);
    bench.run(&site.fresh(), "flows=50000 ");
    let size = site.file_size() as f64 / 1e6;
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    let copy = memory.path().join("config.json");
    std::fs::copy(site.file(), &copy).unwrap();
    let (free, disk) = (load_and_save(&copy), load_and_save(&site.file()));
    let name = "state of 50,000 blocked flows";
    vec![
        figure(name, "load+save, ms", 30.0, free * 1e3),
        figure(name, "fsync, ms", None, (disk - free).max(0.0) * 1e3),
        figure(name, "file, MB", 2.0, size),
    ]
}

fn load_and_save(path: &Path) -> f64 {
    let mut seconds: Vec<f64> = (0..11)
        .map(|_| {
            let begun = Instant::now();
            let mut opened = open(path, &Env::default(), StateUse::Keep).unwrap();
            opened.store.save(&mut opened.state).unwrap();
            begun.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
