//! How the cost grows: rows by rules, with the floor beside it, as tables for the manual.

use crate::site::{Site, every_row, traffic_rules};
use crate::stopwatch::{Taken, median, taken_by};
use crate::table::{Figure, figure, shown};
use crate::works::{Bench, FULL};

const ROWS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const RULES: [usize; 4] = [1, 10, 100, 1_000];

/// Of those that all match, as many as a query can bring.
const MATCHING: [u64; 4] = [1_000, 10_000, 100_000, FULL];

/// Measures both tables and prints them in Markdown.
pub fn tables(bench: &Bench) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut peaks = Vec::new();
    println!("\nCPU seconds of a poll of rows that no rule matches:\n");
    let columns = RULES.map(|rules| match rules {
        1 => "1 rule".to_owned(),
        rules => format!("{} rules", grouped(rules as u64)),
    });
    println!("| Rows | {} | Floor |", columns.join(" | "));
    println!("|--:|{}--:|", "--:|".repeat(RULES.len()));
    for rows in ROWS {
        let mut cells = Vec::new();
        for (rules, taken) in by_rules(bench, rows) {
            cells.push(shown(taken.cpu));
            if rules.is_some() {
                peaks.push(taken.peak);
            }
            let by = rules
                .map_or("the floor".to_owned(), |rules| format!("{} rules", grouped(rules as u64)));
            figures.extend(untabled(&format!("{} rows, {by}", grouped(rows)), taken));
        }
        println!("| {} | {} |", grouped(rows), cells.join(" | "));
    }
    peaks.sort_by(f64::total_cmp);
    let (least, most) = (peaks[0], peaks[peaks.len() - 1]);
    println!("\nPeak memory: {} to {} MiB.", shown(least), shown(most));
    figures.extend(matching(bench));
    figures
}

/// What a poll takes with each number of rules, and last what the floor does (`None`),
/// in turns.
fn by_rules(bench: &Bench, rows: u64) -> Vec<(Option<usize>, Taken)> {
    let mut site = Site::with(0, 0, rows);
    let numbers = RULES.iter().copied().map(Some).chain([None]);
    let mut all: Vec<(Option<usize>, Vec<Taken>)> =
        numbers.map(|rules| (rules, Vec::new())).collect();
    for _ in 0..runs(rows) {
        for (rules, taken) in &mut all {
            taken.push(match *rules {
                Some(count) => {
                    site.rules(on_all_decisions(count));
                    bench.run(&site.fresh(), &format!("flows={rows} "))
                }
                None => floor(&site, rows),
            });
        }
    }
    let middle = all.into_iter().map(|(rules, runs)| (rules, median(&runs)));
    middle.collect()
}

/// A million rows are much the same each time.
fn runs(rows: u64) -> usize {
    if rows < 1_000_000 { 3 } else { 1 }
}

/// So that all rows are asked for, be there one rule or a thousand.
fn on_all_decisions(count: usize) -> Vec<serde_json::Value> {
    let rules = traffic_rules(count).map(|mut rule| {
        rule["pd"] = (-1).into();
        rule
    });
    rules.collect()
}

/// The floor on this site; it must have read all rows.
pub fn floor(site: &Site, rows: u64) -> Taken {
    let this = std::env::current_exe().unwrap();
    let config = site.fresh();
    let arguments = ["floor", config.to_str().unwrap()];
    let (taken, said) = taken_by(this.to_str().unwrap(), &arguments);
    assert_eq!(said, format!("rows={rows}"));
    taken
}

/// Rows that all match: at first sight, and when all are known.
fn matching(bench: &Bench) -> Vec<Figure> {
    let mut figures = Vec::new();
    println!("\nA poll of rows that all match:\n");
    println!("| Rows | First, CPU s | Later, CPU s | Peak, MiB | File, MB |");
    println!("|--:|--:|--:|--:|--:|");
    for rows in MATCHING {
        let mut site = Site::with(0, 0, rows);
        site.rules(vec![every_row()]);
        let (first, later) = bench.first_and_later(&site, 3, &format!("flows={rows} "));
        let file = site.file_size() as f64 / 1e6;
        let peak = first.peak.max(later.peak);
        let cells = [first.cpu, later.cpu, peak, file].map(shown).join(" | ");
        println!("| {} | {cells} |", grouped(rows));
        let name = format!("{} rows that all match", grouped(rows));
        figures.extend(untabled(&format!("{name}, first"), first));
        figures.extend(untabled(&format!("{name}, later"), later));
        figures.push(figure(&name, "file, MB", None, file).only_kept());
    }
    figures
}

/// For the file alone: the tables say it better.
fn untabled(work: &str, taken: Taken) -> [Figure; 3] {
    [
        figure(work, "CPU, s", None, taken.cpu).only_kept(),
        figure(work, "peak, MiB", None, taken.peak).only_kept(),
        figure(work, "wall, s", None, taken.wall).only_kept(),
    ]
}

/// `1,000,000`; the largest download is one row short of a round number.
fn grouped(number: u64) -> String {
    let number = if number == FULL { FULL + 1 } else { number };
    illumio_monitor::lang::grouped(number)
}
