//! Text measured in the columns of a terminal: an East Asian letter takes two.
//! Knows no room and no terminal; the width comes in as a number.

use unicode_width::UnicodeWidthChar;

/// Shows the sign before it as a picture, which takes a column more.
const AS_PICTURE: char = '\u{fe0f}';

/// The columns that a text takes at most. Terminals differ where signs are joined to one
/// picture or one letter, so each is counted as if it stood alone: a text may be narrower,
/// and never runs over the end of its line.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The columns that a letter takes: 0, 1 or 2.
pub fn char_width(letter: char) -> usize {
    match letter {
        AS_PICTURE => 1,
        letter => letter.width().unwrap_or(0),
    }
}

/// False for what belongs to the letter before it, as an accent does.
pub fn stands_alone(letter: char) -> bool {
    letter.width().unwrap_or(0) > 0
}

/// The text in at most so many columns; what was cut shows as `…`.
pub fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = head(text, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        out.push('…');
    }
    out
}

/// The text in exactly so many columns, cut or filled with blanks.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = fit(text, columns);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&out))));
    out
}

/// The end of the text in at most so many columns; what was cut shows as `…`.
pub fn fit_end(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let mut start = text.len();
    for (at, letter) in text.char_indices().rev() {
        let takes = char_width(letter);
        if takes > left {
            break;
        }
        left -= takes;
        start = at;
    }
    format!("…{}", text.get(start..).unwrap_or_default())
}

/// The text in lines of at most so many columns; each but the first begins with
/// `indent` blanks. Breaks at blanks, and beside East Asian letters, but never
/// before a closing mark.
pub fn wrap(text: &str, columns: usize, indent: usize) -> Vec<String> {
    wrap_after("", text, columns, indent)
}

/// The same behind the `start` of the first line, after which it does not break.
pub fn wrap_after(start: &str, text: &str, columns: usize, indent: usize) -> Vec<String> {
    let columns = columns.max(indent + 10);
    let mut lines = Vec::new();
    let mut line = start.to_owned();
    for (nth, piece) in pieces(text).into_iter().enumerate() {
        let empty = nth == 0 || line.trim().is_empty();
        if !empty && width(&line) + width(piece.trim_end()) > columns {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            push_long(&mut lines, &mut line, piece.trim_start(), columns, indent);
        } else {
            push_long(&mut lines, &mut line, piece, columns, indent);
        }
    }
    lines.push(line);
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Appends a piece; one that is longer than a line is broken where the line ends.
fn push_long(
    lines: &mut Vec<String>,
    line: &mut String,
    piece: &str,
    columns: usize,
    indent: usize,
) {
    let mut rest = piece;
    while width(line) + width(rest.trim_end()) > columns {
        let part = head(rest, columns.saturating_sub(width(line)));
        line.push_str(part);
        rest = rest.get(part.len()..).unwrap_or_default();
        lines.push(std::mem::replace(line, " ".repeat(indent)));
    }
    line.push_str(rest);
}

/// As much of the text's begin as has room.
fn head(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for (at, letter) in text.char_indices() {
        taken += char_width(letter);
        if taken > columns {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The text in pieces between which a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, letter) in text.char_indices() {
        let may_break = match before {
            None => false,
            Some(' ') => letter != ' ',
            Some(before) => (wide(before) || wide(letter)) && !closes(letter) && !opens(before),
        };
        if may_break && at > start {
            pieces.push(text.get(start..at).unwrap_or_default());
            start = at;
        }
        before = Some(letter);
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

fn wide(letter: char) -> bool {
    char_width(letter) == 2
}

fn closes(letter: char) -> bool {
    "、。，；：！？）」』】》… ,.;:!?)]".contains(letter)
}

fn opens(letter: char) -> bool {
    "（「『【《([".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn east_asian_letters_take_two_columns() {
        assert_eq!(
            (fit("阻擋的流量", 7), fit("阻擋的流量", 6)),
            ("阻擋的…".into(), "阻擋…".into())
        );
        assert_eq!((width(&pad("規則", 7)), pad("規則", 3)), (7, "規…".into()));
        assert_eq!(fit_end("阻擋的流量", 6), "…流量");
        assert_eq!((fit("abc", 3), fit_end("abcd", 3)), ("abc".into(), "…cd".into()));
    }

    #[test]
    fn a_text_is_as_wide_as_its_letters_together() {
        for text in ["⚠\u{fe0f} a", "👍🏽", "\u{644}\u{627}", "e\u{301}x", "規則 🚀"] {
            let sum: usize = text.chars().map(char_width).sum();
            assert_eq!(width(text), sum, "{text}");
            let cut = fit(text, sum - 1);
            assert!(width(&cut) < sum && cut.ends_with('…'), "{cut}");
        }
        assert_eq!((width("⚠\u{fe0f}"), stands_alone('\u{fe0f}')), (2, false));
    }

    #[test]
    fn lines_break_at_blanks_and_between_east_asian_letters() {
        assert_eq!(
            wrap("nothing was fetched today", 14, 2),
            ["nothing was", "  fetched", "  today"]
        );
        assert_eq!(wrap("請檢查網路。", 10, 0), ["請檢查網", "路。"]);
        assert_eq!(wrap("", 10, 0), [""]);
        for text in ["https://a-very-long-name.example.com:8443/x", "一二三四五六七八九十，一二三"]
        {
            for columns in 12..40 {
                let lines = wrap(text, columns, 2);
                assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
                let back: String = lines.iter().map(|line| line.trim()).collect();
                assert_eq!(back, text);
            }
        }
    }
}
