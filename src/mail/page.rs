//! HTML as it grows: markup is taken only as `&'static str`, so that what is not written in
//! this program can enter a page in no way but escaped.

use super::links;

/// A growing piece of a page.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// Markup of ours.
    pub(super) fn lit(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Anyone's text, as it is: in the title and in attributes.
    pub(super) fn bare(&mut self, text: &str) -> &mut Self {
        text.chars().for_each(|c| self.character(c));
        self
    }

    /// Anyone's text between two tags, where a quote ends nothing: a record is full of them.
    pub(super) fn data(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '"' => self.0.push(c),
                c => self.character(c),
            }
        }
        self
    }

    /// Anyone's text; what would become a link is broken, see [`links`].
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for (at, piece) in links::pieces(text).enumerate() {
            if at > 0 {
                self.lit("<wbr>");
            }
            self.bare(piece);
        }
        self
    }

    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.0)
    }

    fn character(&mut self, c: char) {
        match c {
            '&' => self.0.push_str("&amp;"),
            '<' => self.0.push_str("&lt;"),
            '>' => self.0.push_str("&gt;"),
            '"' => self.0.push_str("&quot;"),
            '\'' => self.0.push_str("&#39;"),
            c => self.0.push(c),
        }
    }
}
