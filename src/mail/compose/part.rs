//! What the two parts of a mail have in common: the pieces that they are made of.

use super::detail::Detail;
use super::view::{Card, SummaryRow, View};
use crate::lang::Lang;

/// One of the two parts: each piece laid out in its own way.
pub(super) trait Layout {
    /// How bad, where, what happened, what to do.
    fn head(&self, view: &View) -> String;
    /// What stands before the summary's rows.
    fn summary_open(&self, lang: Lang) -> String;
    /// A condition or an alert in columns.
    fn summary_row(&self, row: &SummaryRow) -> String;
    /// What stands between the rows and the lines.
    fn summary_lines(&self) -> String;
    /// The same without columns: room for hundreds.
    fn summary_line(&self, row: &SummaryRow) -> String;
    /// What stands behind the last one, with a sentence on what is not listed.
    fn summary_close(&self, has_lines: bool, left_out: &str) -> String;
    /// A condition, an alert or a notice.
    fn card(&self, card: &Card, detail: Detail, lang: Lang) -> String;
    /// What stands before the records of all cards.
    fn records_open(&self, lang: Lang) -> String;
    /// The records of a card, under its name; nothing where they stand in the card.
    fn records(&self, card: &Card, detail: Detail, lang: Lang) -> String;
    /// What stands behind the last of them.
    fn records_close(&self) -> String;
    /// A sentence on a line of its own, if there is one.
    fn remark(&self, text: &str) -> String;
    /// What the run saw, and who says so.
    fn foot(&self, view: &View) -> String;
}
