//! A table for a terminal or a pipe, its columns in line. Knows no room and no
//! terminal; the width comes in as a number.

use crate::screen::columns::{pad, width};
use crate::screen::visible::visible;

/// Between two columns.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// The rows under their headings, one line each. Where they take more than `room`
/// columns, the widest ones are cut (`…`) until they fit; `None` cuts nothing. What
/// stands in a cell acts on no terminal.
pub fn table(headings: &[String], rows: &[Vec<String>], room: Option<usize>) -> Vec<String> {
    table_that_gives(headings, rows, room, |_| true)
}

/// The same, where only some columns may be cut, by their places; lines are longer than
/// `room` where these can't give enough.
pub fn table_that_gives(
    headings: &[String],
    rows: &[Vec<String>],
    room: Option<usize>,
    gives: impl Fn(usize) -> bool,
) -> Vec<String> {
    let all: Vec<Vec<String>> = std::iter::once(headings)
        .chain(rows.iter().map(Vec::as_slice))
        .map(|row| row.iter().map(|cell| visible(cell)).collect())
        .collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |at: usize| {
        let cells = all.iter().filter_map(|row| row.get(at));
        cells.map(|cell| width(cell)).max().unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    if let Some(room) = room {
        narrow(&mut widths, room, gives);
    }
    all.iter().map(|row| line(row, &widths)).collect()
}

/// Takes from the widest column of those that give, one by one, until all fit or none can
/// give.
fn narrow(widths: &mut [usize], room: usize, gives: impl Fn(usize) -> bool) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        let giving = widths.iter_mut().enumerate().filter(|(at, _)| gives(*at));
        match giving.map(|(_, width)| width).max().filter(|widest| **widest > NARROWEST) {
            Some(widest) => *widest -= 1,
            None => return,
        }
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> =
        row.iter().zip(widths).map(|(cell, columns)| pad(cell, *columns)).collect();
    cells.join(&" ".repeat(GAP)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        let owned = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        rows.iter().map(owned).collect()
    }

    #[test]
    fn columns_stand_in_line_whatever_letters_they_hold() {
        let headings = ["id", "名稱", "when"].map(str::to_owned);
        let lines = table(&headings, &rows(&[&["1", "阻擋", "now"], &["12", "x", "then"]]), None);
        assert_eq!(lines, ["id  名稱  when", "1   阻擋  now", "12  x     then"]);
    }

    #[test]
    fn the_widest_column_gives_until_the_table_fits() {
        let headings = ["id", "name"].map(str::to_owned);
        let body = rows(&[&["1", "a rule with a long name"], &["2", "規則名稱很長很長很長"]]);
        for room in 10..40 {
            let lines = table(&headings, &body, Some(room));
            assert!(lines.iter().all(|line| width(line) <= room), "{lines:?}");
        }
        assert_eq!(table(&headings, &body, Some(12)), ["id  name", "1   a rule …", "2   規則名…"]);
    }

    #[test]
    fn a_column_that_does_not_give_stays_whole() {
        let headings = ["id", "name", "when"].map(str::to_owned);
        let body = rows(&[&["1", "a rule with a name", "2026-08-03 10:10"]]);
        for room in [10, 30] {
            let lines = table_that_gives(&headings, &body, Some(room), |at| at == 1);
            assert!(lines[1].ends_with("2026-08-03 10:10"), "{lines:?}");
            assert!(lines[1].starts_with("1   a rul"), "{lines:?}");
        }
    }

    #[test]
    fn nothing_in_a_cell_acts_on_a_terminal() {
        let lines = table(&["a".into()], &rows(&[&["\u{1b}[2J\n\u{202e}x"]]), None);
        assert_eq!(lines[1], "\\u001b[2J\\u000a\\u202ex");
    }
}
