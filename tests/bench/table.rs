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
}

/// Prints the table and writes it to `file`; true where every target is met.
pub fn publish(figures: &[Figure], file: &Path) -> bool {
    let width = figures
        .iter()
        .map(|figure| figure.work.len())
        .max()
        .unwrap_or(0);
    println!(
        "\n{:width$}  {:16} {:>9} {:>9}",
        "work", "", "target", "found"
    );
    for figure in figures {
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
    fn met(&self) -> bool {
        self.target.is_none_or(|target| self.found <= target)
    }

    fn json(&self) -> Value {
        json!({"work": self.work, "what": self.what, "target": self.target,
            "found": self.found, "met": self.met()})
    }
}

/// Three digits that matter.
fn shown(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
