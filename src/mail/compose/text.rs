//! The text part: what the HTML part says, for a terminal and a ticket system.
//! At most 78 columns, but for raw records, links and commands, which stay whole to be
//! copied.

use super::detail::Detail;
use super::part::Layout;
use super::view::{Card, Entry, Handle, List, ListKind, RawRecord, SummaryRow, Timeline, View};
use crate::lang::{Lang, mail as words};
use crate::screen::columns::{self, width};

/// The widest line.
const COLUMNS: usize = 78;

/// The columns of a count, to the right of which its thing stands.
const COUNT_COLUMNS: usize = 9;

/// The text part.
pub(super) struct PlainText;

impl Layout for PlainText {
    /// How bad, where, what happened; then what to do.
    fn head(&self, view: &View) -> String {
        let mut out = String::new();
        let first = format!("[{}] {} · {}", view.tag, view.site, view.headline);
        wrap(&mut out, &first, 0, 0);
        if !view.act.is_empty() {
            labelled(&mut out, view.lang, &words::advice(view.lang), &view.act);
        }
        if let Some(body) = &view.body {
            out.push('\n');
            wrap(&mut out, body, 0, 0);
        }
        out
    }

    fn summary_open(&self, lang: Lang) -> String {
        format!("\n{}\n", words::summary(lang))
    }

    /// Level, count, times and rule, in columns.
    fn summary_row(&self, row: &SummaryRow) -> String {
        let mut line = format!(" {}", row.tag);
        pad(&mut line, 11);
        let indent = COUNT_COLUMNS.saturating_sub(width(&row.count));
        line.extend(std::iter::repeat_n(' ', indent));
        line.push_str(&row.count);
        line.push_str("  ");
        line.push_str(&row.when);
        pad(&mut line, 42);
        line.push_str("  ");
        let mut out = String::new();
        let start = width(&line);
        wrap_after(&mut out, &line, &title(row), start);
        out
    }

    /// The same without columns: room for hundreds.
    fn summary_line(&self, row: &SummaryRow) -> String {
        let parts = [&row.tag, &title(row), &row.count, &row.when];
        let told = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty());
        let mut out = String::new();
        wrap(&mut out, &told.collect::<Vec<_>>().join(" · "), 1, 3);
        out
    }

    fn summary_lines(&self) -> String {
        String::new()
    }

    fn summary_close(&self, _has_lines: bool, left_out: &str) -> String {
        sentence(left_out)
    }

    /// Below what it is about.
    fn remark(&self, text: &str) -> String {
        format!("\n{}", sentence(text))
    }

    /// A condition or an alert.
    fn card(&self, card: &Card, detail: Detail, lang: Lang) -> String {
        let mut out = format!("\n{}\n", "=".repeat(COLUMNS));
        if !card.title.is_empty() {
            wrap(&mut out, &format!("[{}] {}", card.tag, card.title), 0, 0);
        }
        if !card.lead.is_empty() {
            wrap(&mut out, &card.lead, 0, 0);
        }
        for (label, time) in detail.times(card, lang) {
            labelled(&mut out, lang, &label, time);
        }
        let paragraphs = [
            (words::meaning(lang), &card.meaning),
            (words::said(lang), &card.said),
            (words::advice(lang), &card.advice),
        ];
        for (label, text) in paragraphs {
            if !text.is_empty() {
                labelled(&mut out, lang, &label, text);
            }
        }
        for list in card.lists.iter().take(detail.lists) {
            self::list(&mut out, list);
        }
        if detail.has_timeline()
            && let Some(timeline) = &card.timeline
        {
            self::timeline(&mut out, timeline, lang);
        }
        if let Some(handle) = detail.handle(card) {
            self::handle(&mut out, handle, lang);
        }
        if detail.records_at(card).is_some() {
            out.push('\n');
            wrap(&mut out, &words::records_below(lang), 0, 2);
        }
        let within = detail.records_within(card);
        if !within.is_empty() {
            out.push_str(&format!("\n{}\n", words::snapshot(lang)));
            raw(&mut out, within);
        }
        let left_out = detail.left_out(card, lang);
        if !left_out.is_empty() {
            out.push('\n');
            out.push_str(&sentence(&left_out));
        }
        out
    }

    fn records_open(&self, lang: Lang) -> String {
        format!("\n{}\n{}\n", "=".repeat(COLUMNS), words::snapshot(lang))
    }

    /// The records under the card's name.
    fn records(&self, card: &Card, detail: Detail, _lang: Lang) -> String {
        let mut out = String::new();
        if detail.records_at(card).is_some() {
            out.push_str(&format!("\n{}\n", "-".repeat(COLUMNS)));
            wrap(&mut out, &format!("[{}] {}", card.tag, card.title), 0, 0);
            raw(&mut out, detail.records(card));
        }
        out
    }

    fn records_close(&self) -> String {
        String::new()
    }

    /// After a line as mail signatures have it, so that readers can fold it.
    fn foot(&self, view: &View) -> String {
        let mut out = String::from("\n-- \n");
        wrap(&mut out, &view.site, 0, 0);
        for line in &view.footer {
            wrap(&mut out, line, 0, 0);
        }
        out
    }
}

/// `Agent tampered · db-01 +1`
fn title(row: &SummaryRow) -> String {
    match row.who.is_empty() {
        true => row.title.clone(),
        false => format!("{} · {}", row.title, row.who),
    }
}

/// The facts in one line, each command on a line of its own, whole, to be copied.
fn handle(out: &mut String, handle: &Handle, lang: Lang) {
    out.push('\n');
    wrap(out, &handle.facts.join(" · "), 0, 2);
    for (label, command) in &handle.commands {
        out.push_str(&format!("{}{command}\n", words::label(lang, label)));
    }
}

fn raw(out: &mut String, records: &[RawRecord]) {
    for record in records {
        out.push('\n');
        wrap(out, &record.heading, 1, 1);
        if !record.note.is_empty() {
            wrap(out, &record.note, 1, 1);
        }
        out.push_str(&record.json);
        out.push('\n');
    }
}

fn list(out: &mut String, list: &List) {
    if !list.title.is_empty() {
        out.push_str(&format!("\n{}\n", list.title));
    }
    for entry in &list.entries {
        match list.kind {
            ListKind::Large => large(out, entry),
            ListKind::Data | ListKind::Words => self::entry(out, entry),
        }
    }
    if let Some(more) = &list.more {
        wrap(out, more, COUNT_COLUMNS + 2, COUNT_COLUMNS + 2);
    }
}

/// What it is, and below it what there is to say of it.
fn large(out: &mut String, entry: &Entry) {
    wrap(out, &entry.what.join(" "), 0, 2);
    entry.notes.iter().for_each(|note| wrap(out, note, 2, 2));
}

fn entry(out: &mut String, entry: &Entry) {
    let indent = COUNT_COLUMNS.saturating_sub(width(&entry.count));
    let count = format!("{}{}  ", " ".repeat(indent), entry.count);
    let start = width(&count);
    wrap_after(out, &count, &entry.what.join(" "), start);
    for note in &entry.notes {
        wrap(out, note, COUNT_COLUMNS + 2, COUNT_COLUMNS + 2);
    }
    if let Some(link) = &entry.link {
        out.push_str(&format!("{}{link}\n", " ".repeat(COUNT_COLUMNS + 2)));
    }
}

/// A line of bars; `_` is a time without any.
fn timeline(out: &mut String, timeline: &Timeline, lang: Lang) {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let bar = |count: &u64| {
        let share = u128::from(*count) * 8 / u128::from(timeline.most.max(1));
        let at = usize::try_from(share).unwrap_or(8).saturating_sub(1);
        match count {
            0 => '_',
            _ => HEIGHTS.get(at).copied().unwrap_or('█'),
        }
    };
    let bars: String = timeline.bars.iter().map(bar).collect();
    out.push_str(&format!("\n{}\n", words::timeline(lang)));
    let line = format!("{} {bars} {}", timeline.from, timeline.to);
    if width(&line) < COLUMNS {
        out.push_str(&format!(" {line}\n"));
    } else {
        out.push_str(&format!(" {} – {}\n {bars}\n", timeline.from, timeline.to));
    }
    wrap(out, &timeline.note, 1, 1);
}

/// A sentence on a line of its own, if there is one.
fn sentence(text: &str) -> String {
    let mut out = String::new();
    if !text.is_empty() {
        wrap(&mut out, text, 1, 1);
    }
    out
}

/// `Label: text`, further lines indented.
fn labelled(out: &mut String, lang: Lang, label: &str, text: &str) {
    let label = words::label(lang, label);
    for (at, line) in text.lines().enumerate() {
        if at == 0 {
            wrap(out, &format!("{label}{line}"), 0, 2);
        } else {
            wrap(out, line, 2, 2);
        }
    }
}

/// Fills `line` with blanks up to a column.
fn pad(line: &mut String, column: usize) {
    let blanks = column.saturating_sub(width(line));
    line.extend(std::iter::repeat_n(' ', blanks));
}

/// Writes `text` in lines, the first and the further ones indented as said.
fn wrap(out: &mut String, text: &str, first: usize, further: usize) {
    wrap_after(out, &" ".repeat(first), text, further);
}

/// Writes `start` and `text` after it, further lines indented.
fn wrap_after(out: &mut String, start: &str, text: &str, indent: usize) {
    let words: Vec<&str> = text.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    for line in columns::wrap_after(start, &glued(&words.join(" ")), COLUMNS, indent) {
        out.push_str(&line.replace(GLUE, " "));
        out.push('\n');
    }
}

/// Stands for a blank at which no line ends: in private use, so that no text has it.
const GLUE: char = '\u{e000}';

/// What stands between backticks is typed as it is, and a line's end in it would run half of it.
fn glued(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // Of an odd number of backticks nobody knows what they enclose.
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let command = |(at, part): (usize, &&str)| match at % 2 {
        0 => (*part).to_owned(),
        _ => part.replace(' ', &GLUE.to_string()),
    };
    parts.iter().enumerate().map(command).collect::<Vec<_>>().join("`")
}
