//! The HTML part: tables and inline styles, nothing from outside.
//!
//! [`Page`] keeps anyone's text from becoming markup. The style sheet holds
//! the dark colours, and keeps iOS from colouring what it links by itself: where
//! a client drops it, the light page stays.

use super::detail::Detail;
use super::palette::{DARK, LIGHT, Tone};
use super::part::Layout;
use super::view::{Card, Entry, Handle, List, ListKind, RawRecord, SummaryRow, Timeline, View};
use crate::lang::{Lang, mail as words};
use crate::mail::page::Page;

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'PingFang TC','Microsoft JhengHei','Noto Sans TC','Noto Sans CJK TC',sans-serif";
/// The type of data. Short: it stands at every entry of a list.
const CODE: &str = "<code style=\"font:13px Consolas,Menlo,monospace\">";

/// The same on one line: a command is no longer one when it breaks at a hyphen.
const COMMAND: &str = "<code style=\"font:13px Consolas,Menlo,monospace;white-space:nowrap\">";

/// The HTML part.
pub(super) struct Html;

impl Layout for Html {
    /// From the beginning of the document to the end of the mail's head.
    fn head(&self, view: &View) -> String {
        let mut page = Page::default();
        page.lit("<!DOCTYPE html>\n<html lang=\"")
            .lit(view.lang.tag())
            .lit("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\"><meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\"><meta name=\"x-apple-disable-message-reformatting\"><title>")
            .bare(&view.headline)
            .lit("</title>\n<style>:root{color-scheme:light dark}a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}");
        dark(&mut page);
        page.lit("</style></head>\n<body class=\"pg\" style=\"margin:0;padding:0;background:")
            .lit(LIGHT.page)
            .lit("\"><div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">")
            .text(&view.preview())
            .lit("</div>\n<table role=\"presentation\" class=\"pg\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:")
            .lit(LIGHT.page)
            .lit("\"><tr><td align=\"center\" style=\"padding:12px 8px\"><!--[if mso]><table width=\"640\"><tr><td><![endif]--><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:640px\"><tr><td class=\"tx\" align=\"left\" style=\"")
            .lit(FONT)
            .lit(";font-size:15px;line-height:1.5;color:")
            .lit(LIGHT.text)
            .lit("\">\n");
        open_box(&mut page, Some(view.tone));
        page.label(view.tone, &view.tag);
        quiet(&mut page, "span", "font-size:14px");
        page.lit("&nbsp; ")
            .text(&view.site)
            .lit("</span><div style=\"font-size:19px;line-height:1.35;padding-top:6px;overflow-wrap:anywhere\"><b>")
            .title(&view.headline)
            .lit("</b></div>");
        if !view.act.is_empty() {
            page.lit("<div style=\"padding-top:6px;overflow-wrap:anywhere\"><b>")
                .text(&words::label(view.lang, words::advice(view.lang)))
                .lit("</b>")
                .commands(&view.act)
                .lit("</div>");
        }
        if let Some(body) = &view.body {
            page.lit("<div style=\"padding-top:6px;overflow-wrap:anywhere\">")
                .text(body)
                .lit("</div>");
        }
        close_box(&mut page);
        page.finish()
    }

    /// Before and after the rows of the summary.
    fn summary_open(&self, lang: Lang) -> String {
        let mut page = Page::default();
        open_box(&mut page, None);
        heading(&mut page, &words::summary(lang));
        page.lit(
            "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:14px\"><tr>",
        );
        let columns = [
            (words::col_level(lang), "left\" width=\"1%", "8px"),
            (words::col_rule(lang), "left", "8px"),
            (words::col_count(lang), "right\" width=\"1%", "0"),
        ];
        for (name, side, gap) in columns {
            page.lit("<th class=\"qt\" align=\"")
                .lit(side)
                .lit("\" style=\"font-size:13px;font-weight:normal;white-space:nowrap;padding:0 ")
                .lit(gap)
                .lit(" 2px 0;color:")
                .lit(LIGHT.quiet)
                .lit("\">")
                .text(&name)
                .lit("</th>");
        }
        page.lit("</tr>\n");
        page.finish()
    }

    /// One line of the summary. Many of them make up a mail, so it is lean.
    fn summary_row(&self, row: &SummaryRow) -> String {
        let mut page = Page::default();
        page.lit("<tr><td valign=\"top\" style=\"padding:3px 8px 3px 0\">")
            .label(row.tone, &row.tag)
            .lit("</td><td style=\"padding:3px 8px 3px 0;overflow-wrap:anywhere\">")
            .text(&row.title);
        if !row.who.is_empty() {
            page.text(" · ").title(&row.who);
        }
        page.lit("<br>");
        quiet(&mut page, "span", "font-size:13px");
        page.text(&row.when)
            .lit("</span></td><td align=\"right\" valign=\"top\" style=\"padding:3px 0;white-space:nowrap\">")
            .text(&row.count)
            .lit("</td></tr>\n");
        page.finish()
    }

    /// From here on the summary has a line for each, without columns: room for hundreds.
    fn summary_lines(&self) -> String {
        let mut page = Page::default();
        page.lit("</table><div style=\"font-size:13px;padding-top:6px;overflow-wrap:anywhere\">");
        page.finish()
    }

    /// Such a line.
    fn summary_line(&self, row: &SummaryRow) -> String {
        let mut page = Page::default();
        let parts = [&row.tag, &row.title, &row.who, &row.count, &row.when];
        let told = parts.into_iter().filter(|part| !part.is_empty());
        for (at, part) in told.enumerate() {
            page.text(if at > 0 { " · " } else { "" }).text(part);
        }
        page.lit("<br>\n");
        page.finish()
    }

    /// Closes the summary, with what is not in it.
    fn summary_close(&self, has_lines: bool, left_out: &str) -> String {
        let mut page = Page::default();
        page.lit(if has_lines { "</div>" } else { "</table>" });
        aside(&mut page, left_out);
        close_box(&mut page);
        page.finish()
    }

    /// A condition or an alert.
    fn card(&self, card: &Card, detail: Detail, lang: Lang) -> String {
        let mut page = Page::default();
        open_box(&mut page, Some(card.tone));
        let records_at = detail.records_at(card);
        if let Some(at) = records_at {
            anchor(&mut page, "a", at);
        }
        if !card.title.is_empty() {
            page.label(card.tone, &card.tag)
                .lit("&nbsp; <b style=\"font-size:17px;overflow-wrap:anywhere\">")
                .text(&card.title)
                .lit("</b>");
        }
        if !card.lead.is_empty() {
            page.lit("<div style=\"padding-top:4px;overflow-wrap:anywhere\">")
                .text(&card.lead)
                .lit("</div>");
        }
        times(&mut page, lang, &detail.times(card, lang));
        paragraph(&mut page, lang, &words::meaning(lang), &card.meaning);
        said(&mut page, lang, &words::said(lang), &card.said);
        paragraph(&mut page, lang, &words::advice(lang), &card.advice);
        for list in card.lists.iter().take(detail.lists) {
            self::list(&mut page, list, card.tone);
        }
        if detail.has_timeline()
            && let Some(timeline) = &card.timeline
        {
            self::timeline(&mut page, timeline, card.tone, lang);
        }
        if let Some(handle) = detail.handle(card) {
            self::handle(&mut page, handle, lang);
        }
        if let Some(at) = records_at {
            quiet(&mut page, "div", "font-size:13px;padding-top:6px");
            link(&mut page, "r", at, &words::records_below(lang));
            page.lit("</div>");
        }
        let within = detail.records_within(card);
        if !within.is_empty() {
            section(&mut page, &words::snapshot(lang));
            raw(&mut page, within);
            page.lit("</div>");
        }
        aside(&mut page, &detail.left_out(card, lang));
        close_box(&mut page);
        page.finish()
    }

    fn records_open(&self, lang: Lang) -> String {
        let mut page = Page::default();
        open_box(&mut page, None);
        page.lit("<b style=\"font-size:17px\">").text(&words::snapshot(lang)).lit("</b>");
        page.finish()
    }

    /// The records under the card's name, with a way back.
    fn records(&self, card: &Card, detail: Detail, lang: Lang) -> String {
        let mut page = Page::default();
        let Some(at) = detail.records_at(card) else {
            return page.finish();
        };
        rule(&mut page);
        anchor(&mut page, "r", at);
        page.lit("<b>").text(&card.title).lit("</b> ");
        link(&mut page, "a", at, &words::back_up(lang));
        raw(&mut page, detail.records(card));
        page.lit("</div>");
        page.finish()
    }

    fn records_close(&self) -> String {
        let mut page = Page::default();
        close_box(&mut page);
        page.finish()
    }

    /// A sentence between the cards.
    fn remark(&self, text: &str) -> String {
        let mut page = Page::default();
        quiet(&mut page, "div", "font-size:13px;padding:0 0 12px 6px");
        page.text(text).lit("</div>\n");
        page.finish()
    }

    /// The footer and the end of the document.
    fn foot(&self, view: &View) -> String {
        let mut page = Page::default();
        quiet(
            &mut page,
            "div",
            "font-size:13px;line-height:1.5;padding:0 6px;overflow-wrap:anywhere",
        );
        page.text(&view.site);
        for line in &view.footer {
            page.lit("<br>").text(line);
        }
        page.lit("</div>\n</td></tr></table><!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>\n");
        page.finish()
    }
}

impl Page {
    /// Anyone's text in parts, each kept on one line where it fits into one.
    fn parts(&mut self, parts: &[String]) -> &mut Self {
        if let [alone] = parts {
            return self.text(alone);
        }
        for (at, part) in parts.iter().enumerate() {
            self.lit(if at > 0 { " " } else { "" })
                .lit("<span style=\"display:inline-block\">")
                .text(part)
                .lit("</span>");
        }
        self
    }

    /// Anyone's text of several lines.
    fn prose(&mut self, text: &str) -> &mut Self {
        for (at, line) in text.lines().enumerate() {
            if at > 0 {
                self.lit("<br>");
            }
            self.commands(line);
        }
        self
    }

    /// Anyone's text; what stands between two backticks is a command.
    fn commands(&mut self, text: &str) -> &mut Self {
        /// More are no sentence.
        const MOST: usize = 4;
        /// Bytes that fit into a phone's line.
        const SHORT: usize = 32;
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len() > 2 * MOST + 1 || parts.len().is_multiple_of(2) {
            return self.text(text);
        }
        for (at, part) in parts.into_iter().enumerate() {
            if at % 2 == 0 {
                self.text(part);
            } else {
                let whole = part.len() <= SHORT;
                self.lit(if whole { COMMAND } else { CODE }).text(part).lit("</code>");
            }
        }
        self
    }

    /// Anyone's text in which a short name keeps its hyphens on one line: `db-01`.
    fn title(&mut self, text: &str) -> &mut Self {
        /// Bytes that fit into a phone's line.
        const SHORT: usize = 24;
        let apart = |c: char| !c.is_ascii_graphic();
        for piece in text.split_inclusive(apart) {
            let word = piece.trim_end_matches(apart);
            if !word.contains('-') || word.len() > SHORT {
                self.text(piece);
                continue;
            }
            self.lit("<span style=\"white-space:nowrap\">")
                .text(word)
                .lit("</span>")
                .text(piece.strip_prefix(word).unwrap_or_default());
        }
        self
    }

    /// The word for how bad it is, on its colour.
    fn label(&mut self, tone: Tone, word: &str) -> &mut Self {
        let (ground, text) = tone.label();
        self.lit("<span style=\"display:inline-block;padding:1px 8px;border-radius:4px;font-size:12px;line-height:18px;font-weight:bold;white-space:nowrap;background:")
            .lit(ground)
            .lit(";color:")
            .lit(text)
            .lit("\">")
            .text(word)
            .lit("</span>")
    }
}

/// The dark colours, by class, over the inline light ones.
fn dark(page: &mut Page) {
    page.lit("@media (prefers-color-scheme:dark){.pg{background:")
        .lit(DARK.page)
        .lit("!important}.cd{background:")
        .lit(DARK.card)
        .lit("!important;border-color:")
        .lit(DARK.line)
        .lit("!important}.tx{color:")
        .lit(DARK.text)
        .lit("!important}.qt{color:")
        .lit(DARK.quiet)
        .lit("!important}.in{background:")
        .lit(DARK.inset)
        .lit("!important;border-color:")
        .lit(DARK.line)
        .lit("!important}.ln{border-color:")
        .lit(DARK.line)
        .lit("!important}}");
}

/// A white box; with a tone, its colour on the left edge.
fn open_box(page: &mut Page, tone: Option<Tone>) {
    page.lit("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 12px\"><tr>");
    if let Some(tone) = tone {
        page.lit("<td width=\"5\" style=\"width:5px;font-size:1px;background:")
            .lit(tone.bar())
            .lit("\">&nbsp;</td>");
    }
    page.lit("<td class=\"cd tx\" style=\"padding:12px 14px;border:1px solid ")
        .lit(LIGHT.line)
        .lit(";background:")
        .lit(LIGHT.card)
        .lit("\">");
}

fn close_box(page: &mut Page) {
    page.lit("</td></tr></table>\n");
}

/// Opens an element of quiet text; the caller closes it.
fn quiet(page: &mut Page, element: &'static str, style: &'static str) {
    page.lit("<")
        .lit(element)
        .lit(" class=\"qt\" style=\"")
        .lit(style)
        .lit(";color:")
        .lit(LIGHT.quiet)
        .lit("\">");
}

fn heading(page: &mut Page, text: &str) {
    page.lit("<div style=\"padding:0 0 4px\"><b>").text(text).lit("</b></div>");
}

/// A place in the mail that a link leads to; by both names, since readers know one or
/// the other.
fn anchor(page: &mut Page, kind: &'static str, at: usize) {
    page.lit("<a id=\"").lit(kind).number(at as u64);
    page.lit("\" name=\"").lit(kind).number(at as u64).lit("\"></a>");
}

/// A link to such a place. Its words have to make sense where a reader drops the link.
fn link(page: &mut Page, kind: &'static str, at: usize, words: &str) {
    page.lit("<a class=\"qt\" href=\"#").lit(kind).number(at as u64);
    page.lit("\" style=\"color:").lit(LIGHT.quiet).lit("\">").text(words).lit("</a>");
}

/// One quiet line: which rule, when again, and what can be typed.
fn handle(page: &mut Page, handle: &Handle, lang: Lang) {
    quiet(page, "div", "font-size:13px;padding-top:8px;overflow-wrap:anywhere");
    page.text(&handle.facts.join(" · "));
    for (label, command) in &handle.commands {
        page.lit("<br>").text(&words::label(lang, label)).lit(CODE).text(command).lit("</code>");
    }
    page.lit("</div>");
}

/// A quiet sentence, if there is one.
fn aside(page: &mut Page, text: &str) {
    if !text.is_empty() {
        quiet(page, "div", "font-size:13px;padding-top:6px");
        page.text(text).lit("</div>");
    }
}

fn times(page: &mut Page, lang: Lang, times: &[(String, &str)]) {
    if times.is_empty() {
        return;
    }
    quiet(page, "div", "font-size:14px;padding-top:2px");
    for (at, (label, time)) in times.iter().enumerate() {
        if at > 0 {
            page.lit("<br>");
        }
        page.text(&words::label(lang, label)).text(time);
    }
    page.lit("</div>");
}

fn paragraph(page: &mut Page, lang: Lang, label: &str, text: &str) {
    if !text.is_empty() {
        page.lit("<div style=\"padding-top:8px;overflow-wrap:anywhere\"><b>")
            .text(&words::label(lang, label))
            .lit("</b>")
            .prose(text)
            .lit("</div>");
    }
}

/// What a machine said: in the type of data.
fn said(page: &mut Page, lang: Lang, label: &str, text: &str) {
    if !text.is_empty() {
        page.lit("<div style=\"padding-top:8px\"><b>")
            .text(&words::label(lang, label))
            .lit("</b></div>");
        inset(page);
        page.text(text).lit("</pre>");
    }
}

/// Opens a block of preformatted data; the caller closes it.
fn inset(page: &mut Page) {
    page.lit("<pre class=\"in tx\" style=\"margin:4px 0 0;padding:8px 10px;border:1px solid ")
        .lit(LIGHT.line)
        .lit(";background:")
        .lit(LIGHT.inset)
        .lit(";color:")
        .lit(LIGHT.text)
        .lit(
            ";font:12px/1.4 Consolas,Menlo,monospace;white-space:pre-wrap;word-break:break-word\">",
        );
}

/// Opens a section inside a card, below a thin line; the caller closes it.
fn section<'p>(page: &'p mut Page, title: &str) -> &'p mut Page {
    rule(page);
    heading(page, title);
    page
}

/// Opens what stands below a thin line; the caller closes it.
fn rule(page: &mut Page) {
    page.lit("<div class=\"ln\" style=\"margin-top:12px;padding-top:8px;border-top:1px solid ")
        .lit(LIGHT.line)
        .lit("\">");
}

fn list(page: &mut Page, list: &List, tone: Tone) {
    match list.title.is_empty() {
        true => page.lit("<div>"),
        false => section(page, &list.title),
    };
    page.lit("<table width=\"100%\" cellpadding=\"3\" cellspacing=\"0\" style=\"margin:0 -3px;width:calc(100% + 6px);font-size:13px;line-height:1.4;overflow-wrap:anywhere;word-break:break-word\">");
    // Bars of one length tell nothing.
    let bars = list.entries.iter().any(|entry| entry.percent < 100);
    for entry in &list.entries {
        self::entry(page, entry, list.kind, bars.then_some(tone));
    }
    page.lit("</table>");
    aside(page, list.more.as_deref().unwrap_or_default());
    page.lit("</div>");
}

/// What it is, its count, and below both a bar of its share of the busiest.
fn entry(page: &mut Page, entry: &Entry, kind: ListKind, bar: Option<Tone>) {
    let (open, close) = match kind {
        ListKind::Data => (CODE, "</code>"),
        ListKind::Words => ("", ""),
        ListKind::Large => ("<b style=\"font-size:17px\">", "</b>"),
    };
    page.lit("<tr><td>").lit(open);
    match &entry.link {
        Some(link) => page
            .lit("<a class=\"tx\" href=\"")
            .bare(link)
            .lit("\" style=\"text-decoration:underline;color:")
            .lit(LIGHT.text)
            .lit("\">")
            .parts(&entry.what)
            .lit("</a>"),
        None => page.parts(&entry.what),
    };
    page.lit(close);
    for note in &entry.notes {
        page.lit("<br><span class=\"qt\" style=\"color:")
            .lit(LIGHT.quiet)
            .lit("\">")
            .text(note)
            .lit("</span>");
    }
    if let Some(tone) = bar {
        page.lit("<table role=\"presentation\" width=\"")
            .number(entry.percent.into())
            .lit("%\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:1px;line-height:5px;background:")
            .lit(tone.bar())
            .lit("\"><tr><td>&nbsp;</td></tr></table>");
    }
    page.lit("</td><td width=\"1%\" align=\"right\" valign=\"top\" style=\"font-size:14px;white-space:nowrap\"><b>")
    .text(&entry.count)
    .lit("</b></td></tr>");
}

/// Bars as high as a line of that height: Word's engine knows no other way.
fn timeline(page: &mut Page, timeline: &Timeline, tone: Tone, lang: Lang) {
    const HEIGHT: u64 = 36;
    section(page, &words::timeline(lang));
    page.lit("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"1\" style=\"table-layout:fixed;font-size:1px\"><tr valign=\"bottom\">");
    for bar in &timeline.bars {
        let share = u128::from(*bar) * u128::from(HEIGHT) / u128::from(timeline.most.max(1));
        let height = u64::try_from(share).unwrap_or(HEIGHT).max(2);
        match bar {
            0 => page.lit("<td>&nbsp;</td>"),
            _ => page
                .lit("<td><div style=\"background:")
                .lit(tone.bar())
                .lit(";line-height:")
                .number(height)
                .lit("px\">&nbsp;</div></td>"),
        };
    }
    page.lit("</tr></table><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr>");
    for (side, text) in [("left", &timeline.from), ("right", &timeline.to)] {
        page.lit("<td class=\"qt ln\" align=\"")
            .lit(side)
            .lit("\" style=\"font-size:13px;border-top:1px solid ")
            .lit(LIGHT.line)
            .lit(";color:")
            .lit(LIGHT.quiet)
            .lit("\">")
            .text(text)
            .lit("</td>");
    }
    page.lit("</tr></table>");
    quiet(page, "div", "font-size:13px");
    page.text(&timeline.note).lit("</div></div>");
}

fn raw(page: &mut Page, records: &[RawRecord]) {
    for record in records {
        quiet(page, "div", "font-size:13px;padding-top:4px");
        page.text(&record.heading);
        if !record.note.is_empty() {
            page.lit("<br>").text(&record.note);
        }
        page.lit("</div>");
        inset(page);
        page.data(&record.json).lit("</pre>");
    }
}
