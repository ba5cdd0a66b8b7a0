//! The line that is being typed: its text, where the cursor stands, and as much of it as
//! there is room for. Knows no terminal.

use super::keys::Key;
use crate::screen::columns::{fit, fit_end, stands_alone, width};

/// A line has at most so many bytes; more is let go.
pub const LONGEST: usize = 64 * 1024;

/// A line and its cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// The byte before which the cursor stands; always a letter's begin, or the end.
    at: usize,
}

/// What is seen of a line.
#[derive(Debug, PartialEq, Eq)]
pub struct View {
    /// In at most as many columns as there are; what was cut shows as `…`.
    pub text: String,
    /// The byte of it before which the cursor stands.
    pub cursor: usize,
}

impl Line {
    /// With this text, the cursor at its end.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), at: text.len() }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Does what the key says, if it is one that edits.
    pub fn edit(&mut self, key: &Key) {
        match key {
            Key::Text(text) => self.insert(text),
            Key::Left => self.at = self.before(),
            Key::Right => self.at = self.after(),
            Key::WordLeft => self.at = self.word_before(),
            Key::WordRight => self.at = self.word_after(),
            Key::Home => self.at = 0,
            Key::End => self.at = self.text.len(),
            Key::Backspace => self.cut(self.before(), self.at),
            Key::Delete | Key::DeleteOrEnd => self.cut(self.at, self.after()),
            Key::KillBefore => self.cut(0, self.at),
            Key::KillAfter => self.cut(self.at, self.text.len()),
            Key::KillWord => self.cut(self.word_before(), self.at),
            Key::Enter | Key::Interrupt | Key::Gone | Key::Older | Key::Newer | Key::Other => {}
        }
    }

    /// What is seen of it in so many columns: the whole line, else what is around the
    /// cursor.
    pub fn view(&self, columns: usize) -> View {
        let (before, after) = self.text.split_at_checked(self.at).unwrap_or((&self.text, ""));
        // Behind the cursor a third of the room, where there is as much.
        let behind = match width(&self.text) <= columns {
            true => width(after),
            false => width(after).min(columns / 3),
        };
        let before = fit_end(before, columns.saturating_sub(behind));
        let after = fit(after, columns.saturating_sub(width(&before)));
        let cursor = before.len();
        View { text: before + &after, cursor }
    }

    fn insert(&mut self, text: &str) {
        if self.text.len() + text.len() <= LONGEST {
            self.text.insert_str(self.at, text);
            self.at += text.len();
        }
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.at = from;
    }

    /// Where the letter before the cursor begins. What takes no column of its own, as an
    /// accent, belongs to the letter before it.
    fn before(&self) -> usize {
        let letters = self.text.get(..self.at).unwrap_or_default().char_indices().rev();
        let mut begins = letters.filter(|(_, letter)| stands_alone(*letter));
        begins.next().map_or(0, |(at, _)| at)
    }

    /// Where the letter after the one at the cursor begins.
    fn after(&self) -> usize {
        let letters = self.text.get(self.at..).unwrap_or_default().char_indices().skip(1);
        let mut begins = letters.filter(|(_, letter)| stands_alone(*letter));
        begins.next().map_or(self.text.len(), |(at, _)| self.at + at)
    }

    fn word_before(&self) -> usize {
        let before = self.text.get(..self.at).unwrap_or_default().trim_end();
        before
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_whitespace())
            .map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn word_after(&self) -> usize {
        let after = self.text.get(self.at..).unwrap_or_default();
        let word = after.len() - after.trim_start().len();
        let rest = after.get(word..).unwrap_or_default();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.at + word + end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[Key]) -> Line {
        let mut line = Line::new("one 二三 four");
        keys.iter().for_each(|key| line.edit(key));
        line
    }

    #[test]
    fn a_line_is_edited_where_the_cursor_stands() {
        let text = |text: &str| Key::Text(text.to_owned());
        for (keys, is) in [
            (vec![text("!")], "one 二三 four!"),
            (vec![Key::Home, text("> ")], "> one 二三 four"),
            (vec![Key::Left, Key::Left, text("規")], "one 二三 fo規ur"),
            (vec![Key::Home, Key::Right, Key::Backspace], "ne 二三 four"),
            (vec![Key::Home, Key::Delete, Key::DeleteOrEnd], "e 二三 four"),
            (vec![Key::WordLeft, Key::WordLeft, Key::Right, Key::Delete], "one 二 four"),
            (vec![Key::WordLeft, Key::Backspace, Key::Backspace], "one 二four"),
            (vec![Key::Home, Key::WordRight, Key::WordRight, Key::KillAfter], "one 二三"),
            (vec![Key::WordLeft, Key::KillBefore], "four"),
            (vec![Key::WordLeft, Key::KillWord], "one four"),
            (vec![Key::KillWord, Key::KillWord], "one "),
            (vec![Key::Home, Key::Left, Key::Backspace, Key::KillBefore], "one 二三 four"),
            (vec![Key::End, Key::Right, Key::Delete, Key::KillAfter], "one 二三 four"),
            (vec![Key::Home, Key::End, text("x")], "one 二三 fourx"),
            (vec![Key::KillBefore, Key::Backspace, Key::Left, text("x")], "x"),
        ] {
            assert_eq!(typed(&keys).text(), is, "{keys:?}");
        }
    }

    #[test]
    fn an_accent_goes_with_its_letter() {
        let mut line = Line::new("e\u{301}a");
        [Key::Left, Key::Left, Key::Right].iter().for_each(|key| line.edit(key));
        line.edit(&Key::Text("x".into()));
        assert_eq!(line.text(), "e\u{301}xa");
        [Key::Left, Key::Backspace].iter().for_each(|key| line.edit(key));
        assert_eq!(line.text(), "xa");
    }

    #[test]
    fn the_cursor_is_always_seen_and_nothing_is_wider_than_the_room() {
        let mut line = Line::new("0123456789 規則名稱很長很長 abcdefghij");
        let all = width(line.text());
        for columns in 4..all + 2 {
            line.edit(&Key::Home);
            for _ in 0..line.text().chars().count() + 1 {
                let view = line.view(columns);
                assert!(width(&view.text) <= columns, "{columns}: {view:?}");
                assert!(view.text.is_char_boundary(view.cursor), "{columns}: {view:?}");
                assert!(columns < all || view.text == line.text(), "{columns}: {view:?}");
                line.edit(&Key::Right);
            }
        }
        let seen = |line: &Line| (line.view(10).text, line.view(10).cursor);
        line.edit(&Key::Home);
        assert_eq!(seen(&line), ("012345678…".to_owned(), 0));
        line.edit(&Key::End);
        assert_eq!(seen(&line), ("…bcdefghij".to_owned(), "…bcdefghij".len()));
    }

    #[test]
    fn what_is_too_long_is_let_go() {
        let mut line = Line::new(&"x".repeat(LONGEST - 1));
        line.edit(&Key::Text("規".into()));
        line.edit(&Key::Text("yz".into()));
        line.edit(&Key::Text("y".into()));
        line.edit(&Key::Text("y".into()));
        assert_eq!(line.text().len(), LONGEST);
        assert!(line.text().ends_with("xy"));
    }
}
