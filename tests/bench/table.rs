//! The figures, as a table for people and as JSON for the next time.

use std::path::Path;

use serde_json::{Value, json};

/// One row of the table.
pub struct Figure {
    /// What was measured.
    pub work: String,
    /// What of it, and in which unit: `CPU, ms`.
    pub what: &'static str,
    /// How much of it there may be at most; `None`: told, not judged.
    pub target: Option<f64>,
    /// What it was.
    pub found: f64,
    /// Whether the table has it, and not the file alone.
    pub tabled: bool,
}

/// A figure of the table.
pub fn figure(
    work: &str,
    what: &'static str,
    target: impl Into<Option<f64>>,
    found: f64,
) -> Figure {
    Figure { work: work.to_owned(), what, target: target.into(), found, tabled: true }
}

/// Prints the table and writes it to `file`; true where every target is met.
pub fn publish(figures: &[Figure], file: &Path) -> bool {
    let tabled = || figures.iter().filter(|figure| figure.tabled);
    let width = tabled().map(|figure| figure.work.len()).max().unwrap_or(0);
    println!("\n{:width$}  {:16} {:>9} {:>9}", "work", "", "target", "found");
    for figure in tabled() {
        let target = figure.target.map_or("–".to_owned(), shown);
        let verdict = if figure.met() { "" } else { "  missed" };
        println!(
            "{:width$}  {:16} {target:>9} {:>9}{verdict}",
            figure.work,
            figure.what,
            shown(figure.found)
        );
    }
    let rows: Vec<Value> = figures.iter().map(Figure::json).collect();
    std::fs::write(file, serde_json::to_string_pretty(&rows).unwrap()).unwrap();
    println!("\nin {}", file.display());
    figures.iter().all(Figure::met)
}

impl Figure {
    /// Kept in the file alone.
    pub fn only_kept(self) -> Self {
        Self { tabled: false, ..self }
    }

    fn met(&self) -> bool {
        self.target.is_none_or(|target| self.found <= target)
    }

    fn json(&self) -> Value {
        json!({"work": self.work, "what": self.what, "target": self.target,
            "found": self.found, "met": self.met()})
    }
}

/// Three digits that matter.
pub fn shown(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 0.1 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}
