//! The mail in words: what both parts say, before either lays it out.
//!
//! Every text here is bounded and harmless (`show`), so that a bound on the
//! number of texts is a bound on the mail.

use super::console::Console;
use super::item::{Item, items, tag, tally};
use super::palette::Tone;
use super::{CARDS, Look, condition, rule_news, show, subject, view_alert};
use crate::lang::{Lang, mail as words};
use crate::report::{self, Alert, ConditionNews, Notice, Phase, Report};
use crate::rules::Level;

/// So many lines of what the run saw are shown.
const FOOTER_LINES: usize = 16;

/// In so many rows of the summary it is said who; of more there is room for what.
const NAMED: usize = 50;

/// Bounds of single texts, in characters.
pub(super) const NAME_MAX: usize = 120;
pub(super) const PROSE_MAX: usize = 800;
const NOTICE_MAX: usize = 400;
/// The same of one that lists.
const NOTICE_LINES_MAX: usize = 4_000;

/// A whole mail.
pub(super) struct View {
    pub lang: Lang,
    pub tone: Tone,
    pub tag: String,
    pub site: String,
    /// The mail's.
    pub subject: String,
    /// What is never dropped: a line for each condition, alert and notice.
    pub lines: Vec<String>,
    /// What it is about; of several things how many of each kind, since the subject names
    /// them.
    pub headline: String,
    /// What to do, where there is but one thing; may be empty.
    pub act: String,
    /// Said before all else; for a test mail.
    pub body: Option<String>,
    /// All that is told; shown where there is more than one thing.
    pub summary: Vec<SummaryRow>,
    /// The worst conditions and alerts in detail.
    pub cards: Vec<Card>,
    /// So many more have no card.
    pub beyond: usize,
    /// Each a small card below the others.
    pub notices: Vec<Card>,
    pub footer: Vec<String>,
}

impl View {
    /// What a list of mails shows below the subject: how much, what to do, else who.
    pub(super) fn preview(&self) -> String {
        /// As many as fit there.
        const ROWS: usize = 4;
        let several = self.summary.iter().take(ROWS).filter(|_| self.summary.len() > 1);
        let rows = several.flat_map(|row| [&row.title, &row.who]);
        let next = self.body.as_ref().unwrap_or(&self.act);
        let parts = [&self.headline, next].into_iter().chain(rows);
        let told: Vec<&str> = parts.map(String::as_str).filter(|part| !part.is_empty()).collect();
        told.join(" · ")
    }
}

/// A condition, an alert or a notice in one line.
#[derive(Clone)]
pub(super) struct SummaryRow {
    pub tone: Tone,
    pub tag: String,
    pub title: String,
    /// The first one that it is about, and how many others; may be empty.
    pub who: String,
    /// Empty for a condition.
    pub count: String,
    pub when: String,
    pub matches: u64,
}

/// A condition or an alert in detail.
pub(super) struct Card {
    pub tone: Tone,
    pub tag: String,
    /// Empty where the mail's head says it.
    pub title: String,
    /// The count against the threshold, or how long it was; may be empty.
    pub lead: String,
    /// What was asked for, in a sentence.
    pub rule: Option<String>,
    /// Times, each with its label.
    pub times: Vec<(String, String)>,
    pub meaning: String,
    /// What the PCE, the network or the file said; may be empty.
    pub said: String,
    /// What to do; empty where the mail's head says it.
    pub advice: String,
    pub lists: Vec<List>,
    pub timeline: Option<Timeline>,
    /// What can be done with the rule.
    pub handle: Option<Handle>,
    pub raw: Vec<RawRecord>,
    /// The number under which the records stand behind all cards; `None`: in the card.
    pub records_at: Option<usize>,
}

impl Card {
    /// With no more than how bad and what.
    pub(super) fn new(tone: Tone, tag: String, title: String) -> Self {
        Self {
            tone,
            tag,
            title,
            lead: String::new(),
            rule: None,
            times: Vec::new(),
            meaning: String::new(),
            said: String::new(),
            advice: String::new(),
            lists: Vec::new(),
            timeline: None,
            handle: None,
            raw: Vec::new(),
            records_at: None,
        }
    }
}

/// What a rule is to be taken by: its id, what it waits for, when it can be told again,
/// and what is typed to pause or change it.
pub(super) struct Handle {
    pub facts: Vec<String>,
    /// Each with its label; whole, to be copied.
    pub commands: Vec<(String, String)>,
}

/// How a list's entries are set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKind {
    /// In the type of data.
    Data,
    /// In words.
    Words,
    /// In large words.
    Large,
}

/// Things and how often, the most frequent first.
pub(super) struct List {
    pub title: String,
    pub kind: ListKind,
    pub entries: Vec<Entry>,
    /// `and 195 more`.
    pub more: Option<String>,
}

/// One thing of a list.
pub(super) struct Entry {
    /// A line breaks between its parts first.
    pub what: Vec<String>,
    /// Words on it, each on a line of its own.
    pub notes: Vec<String>,
    /// The thing's page in the PCE's console.
    pub link: Option<String>,
    pub count: String,
    /// Of the busiest one, 1–100.
    pub percent: u8,
}

/// How the count spreads over time.
pub(super) struct Timeline {
    pub bars: Vec<u64>,
    pub most: u64,
    pub from: String,
    pub to: String,
    pub note: String,
}

/// A record as received.
pub(super) struct RawRecord {
    pub heading: String,
    /// How much of it was counted; may be empty.
    pub note: String,
    pub json: String,
}

/// The report in words.
pub(super) fn view(report: &Report, look: &Look) -> View {
    let lang = look.lang;
    let items = items(report);
    let tone = tone(report, &items);
    let mut cards: Vec<Card> =
        items.iter().take(CARDS).map(|item| card(*item, report, look)).collect();
    let mut notices: Vec<Card> =
        report.notices.iter().map(|told| notice_card(told, look)).collect();
    let several = items.len() + notices.len() > 1;
    if several {
        (1..).zip(&mut cards).for_each(|(at, card)| card.records_at = Some(at));
    }
    let what = subject::what(report, lang);
    let alone = cards.iter_mut().chain(&mut notices).next().filter(|_| !several);
    let (headline, act) = match alone {
        Some(alone) => (std::mem::take(&mut alone.title), act(alone, lang)),
        None if several => (tally(report, lang), String::new()),
        None => (show::cut(&what, NAME_MAX), String::new()),
    };
    View {
        lang,
        tone,
        tag: tag(lang, tone),
        site: show::clip(lang, report.site.trim(), 80),
        subject: subject::subject(&report.site, report.level(), &what, lang),
        lines: subject::lines(report, look),
        headline,
        act,
        body: body(report, lang),
        summary: summary(&items, &notices, look),
        beyond: items.len() - cards.len(),
        cards,
        notices,
        footer: footer(report, look),
    }
}

/// The mail's own tone: good where all it tells is over.
fn tone(report: &Report, items: &[Item]) -> Tone {
    let over = !items.is_empty() && items.iter().all(|item| item.tone() == Tone::Good);
    match report.level() {
        Level::Info if over => Tone::Good,
        level => level.into(),
    }
}

/// What to do about the only thing that is told; its card need not repeat it.
fn act(alone: &mut Card, lang: Lang) -> String {
    let advice = std::mem::take(&mut alone.advice);
    let lines: Vec<&str> = advice.lines().collect();
    lines.join(lang.gap())
}

fn body(report: &Report, lang: Lang) -> Option<String> {
    let site = show::clip(lang, report.site.trim(), 80);
    (report.kind == report::Kind::Test).then(|| words::test_body(lang, site))
}

/// A row for each: what holds, what was noticed, what is over.
fn summary(items: &[Item], notices: &[Card], look: &Look) -> Vec<SummaryRow> {
    let over = items.iter().position(|item| item.tone() == Tone::Good).unwrap_or(items.len());
    let (holding, ended) = items.split_at(over);
    let rows = |items: &[Item]| items.iter().map(|item| row(*item, look)).collect::<Vec<_>>();
    let mut all = [rows(holding), notices.iter().map(notice_row).collect(), rows(ended)].concat();
    all.iter_mut().skip(NAMED).for_each(|row| row.who.clear());
    all
}

fn notice_row(card: &Card) -> SummaryRow {
    SummaryRow {
        tone: card.tone,
        tag: card.tag.clone(),
        title: card.title.clone(),
        who: String::new(),
        count: String::new(),
        when: String::new(),
        matches: 0,
    }
}

fn row(item: Item, look: &Look) -> SummaryRow {
    let lang = look.lang;
    let tone = item.tone();
    let (title, who, count, when, matches) = match item {
        Item::Condition(news) => (
            condition::title(lang, news),
            condition::place(news).unwrap_or_default(),
            String::new(),
            show::clock(news.since, look.zone, true),
            0,
        ),
        Item::Alert(alert) => (
            show::cut(alert.rule_name.trim(), 60),
            subject::place(alert, lang).unwrap_or_default(),
            subject::count(alert, lang),
            short_span(alert, look),
            alert.count,
        ),
    };
    SummaryRow { tone, tag: tag(lang, tone), title, who, count, when, matches }
}

/// `11-22 18:05 – 18:20`.
fn short_span(alert: &Alert, look: &Look) -> String {
    let first = show::clock(alert.first, look.zone, true);
    let last = show::clock(alert.last, look.zone, true);
    match (first.split_once(' '), last.split_once(' ')) {
        _ if first == last => first,
        (Some((day, _)), Some((same, time))) if day == same => format!("{first} – {time}"),
        _ => format!("{first} – {last}"),
    }
}

fn card(item: Item, report: &Report, look: &Look) -> Card {
    match item {
        Item::Condition(news) => condition_card(news, report, look),
        Item::Alert(alert) => view_alert::card(alert, report, look),
    }
}

fn condition_card(news: &ConditionNews, report: &Report, look: &Look) -> Card {
    let lang = look.lang;
    let tone = Item::Condition(news).tone();
    let over = news.phase == Phase::Ended;
    let said = condition::meaning(lang, news, report.made_at);
    let (lead, meaning) = if over { (said, String::new()) } else { (String::new(), said) };
    let rule = news.rule.as_deref();
    let mut times = condition::times(news, look, report.made_at);
    times.extend(rule.and_then(|rule| view_alert::technique(&rule.technique, lang)));
    // What was said of it at its begin, with what was to be done, is over with it.
    let said = if over && rule.is_none() { "" } else { news.detail.text(lang) };
    Card {
        lead,
        rule: rule.and_then(|rule| view_alert::sentence(rule.rule.as_deref(), lang)),
        times,
        meaning,
        said: show::clip_lines(lang, said, PROSE_MAX),
        advice: show::typed(&condition::advice(lang, news), look),
        lists: rule_news::lists(news, &Console::of(&report.pce_url), look),
        handle: rule.map(|rule| view_alert::handle_of(rule, look)),
        raw: rule_news::raw(news, look),
        ..Card::new(tone, tag(lang, tone), condition::title(lang, news))
    }
}

fn notice_card(notice: &Notice, look: &Look) -> Card {
    let lang = look.lang;
    let text = notice.text.trim();
    let (lead, said) = match text.contains('\n') {
        true => (String::new(), show::clip_lines(lang, text, NOTICE_LINES_MAX)),
        false => (show::clip(lang, text, NOTICE_MAX), String::new()),
    };
    let title = show::clip(lang, notice.title.trim(), NAME_MAX);
    let advice = show::clip(lang, notice.advice.trim(), NOTICE_MAX);
    Card {
        lead,
        said,
        advice: show::typed(&advice, look),
        ..Card::new(Level::Warning.into(), words::notice(lang), title)
    }
}

pub(super) fn footer(report: &Report, look: &Look) -> Vec<String> {
    let lang = look.lang;
    let url = show::clip(lang, &report.pce_url, 200);
    let org = show::clip(lang, &report.org_id, 40);
    let mut lines: Vec<String> =
        report.footer.iter().take(FOOTER_LINES).map(|line| show::clip(lang, line, 200)).collect();
    if report.footer.len() > FOOTER_LINES {
        lines.push(words::and_more(lang, report.footer.len() - FOOTER_LINES));
    }
    lines.push(words::pce(lang, url, org));
    lines.push(words::made(lang, show::moment(report.made_at, look.zone)));
    lines.push(words::made_by(lang, env!("CARGO_PKG_VERSION")));
    lines
}
