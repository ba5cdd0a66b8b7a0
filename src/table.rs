//! A table for a terminal or a pipe: columns in line, East Asian letters counted as
//! the two columns that they take. Knows no terminal; the width comes in as a number.

use std::io::IsTerminal;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::visible::visible;

/// Between two columns.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// The rows under their headings, one line each. Where they take more than `width`
/// columns, the widest ones are cut (`…`) until they fit; `None` cuts nothing. What
/// stands in a cell acts on no terminal.
pub fn table(headings: &[String], rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let all: Vec<Vec<String>> = std::iter::once(headings)
        .chain(rows.iter().map(Vec::as_slice))
        .map(|row| row.iter().map(|cell| visible(cell)).collect())
        .collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |at: usize| {
        let cells = all.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.width()).max().unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    if let Some(width) = width {
        narrow(&mut widths, width);
    }
    all.iter().map(|row| line(row, &widths)).collect()
}

/// The columns of the terminal on standard output; `None` where there is none.
pub fn terminal_width() -> Option<usize> {
    let out = std::io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(out).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// Takes from the widest column, one by one, until all fit or none can give.
fn narrow(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        match widths
            .iter_mut()
            .max()
            .filter(|widest| **widest > NARROWEST)
        {
            Some(widest) => *widest -= 1,
            None => return,
        }
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (cell, width) in row.iter().zip(widths) {
        let cell = cut(cell, *width);
        let blanks = (width + GAP).saturating_sub(cell.width());
        out.push_str(&cell);
        out.extend(std::iter::repeat_n(' ', blanks));
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text in at most so many columns; what was cut shows as `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut taken = 1;
    for letter in text.chars() {
        taken += letter.width().unwrap_or_default();
        if taken > width {
            break;
        }
        out.push(letter);
    }
    out.push('…');
    out
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
        let lines = table(
            &headings,
            &rows(&[&["1", "阻擋", "now"], &["12", "x", "then"]]),
            None,
        );
        assert_eq!(lines, ["id  名稱  when", "1   阻擋  now", "12  x     then"]);
    }

    #[test]
    fn the_widest_column_gives_until_the_table_fits() {
        let headings = ["id", "name"].map(str::to_owned);
        let body = rows(&[
            &["1", "a rule with a long name"],
            &["2", "規則名稱很長很長很長"],
        ]);
        for width in 10..40 {
            let lines = table(&headings, &body, Some(width));
            assert!(lines.iter().all(|line| line.width() <= width), "{lines:?}");
        }
        assert_eq!(
            table(&headings, &body, Some(12)),
            ["id  name", "1   a rule …", "2   規則名…"]
        );
    }

    #[test]
    fn nothing_in_a_cell_acts_on_a_terminal() {
        let lines = table(&["a".into()], &rows(&[&["\u{1b}[2J\n\u{202e}x"]]), None);
        assert_eq!(lines[1], "\\u001b[2J\\u000a\\u202ex");
    }
}
