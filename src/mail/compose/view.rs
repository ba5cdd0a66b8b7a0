//! The mail in words: what both parts say, before either lays it out.
//!
//! Every text here is bounded and harmless (`show`), so that a bound on the
//! number of texts is a bound on the mail.

use super::console::Console;
use super::item::{Item, items, tag};
use super::palette::Tone;
use super::{CARDS, Look, condition, rule_news, show, subject, view_alert};
use crate::lang::{Lang, mail as words};
use crate::report::{Alert, ConditionNews, Kind, Notice, Phase, Report};
use crate::rules::Level;

/// So many lines of what the run saw are shown.
const FOOTER_LINES: usize = 16;

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
    /// What happened, in a line.
    pub headline: String,
    /// What to do first; may be empty.
    pub act: String,
    /// Said before all else; for a test mail.
    pub body: Option<String>,
    /// All conditions and alerts; shown where there is more than one.
    pub summary: Vec<SummaryRow>,
    /// The worst of them in detail.
    pub cards: Vec<Card>,
    /// Each a small card below the others.
    pub notices: Vec<Card>,
    pub footer: Vec<String>,
}

impl View {
    /// What a list of mails shows below the subject: how bad, what, where, what to do.
    pub(super) fn preview(&self) -> String {
        let next = self.body.as_ref().unwrap_or(&self.act);
        let parts = [&self.tag, &self.headline, &self.site, next];
        let told: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        told.join(" · ").trim_end_matches(" · ").to_owned()
    }
}

/// A condition or an alert in one line.
pub(super) struct SummaryRow {
    pub tone: Tone,
    pub tag: String,
    pub title: String,
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
    /// When it can be told again, and what can be done with the rule; each on a line where
    /// lines can't be copied across their end.
    pub handle: Vec<String>,
    pub raw: Vec<RawRecord>,
}

/// Things and how often, the most frequent first.
pub(super) struct List {
    pub title: String,
    /// True where the entries are data, false where they are words.
    pub data: bool,
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
    let what = subject::what(report, lang);
    let headline = show::cut(&what, 240);
    let notices = report.notices.iter();
    let mut notices: Vec<Card> = notices.map(|told| notice_card(told, lang)).collect();
    let first = match cards.is_empty() {
        true => &mut notices,
        false => &mut cards,
    };
    let act = act(first, lang);
    if let [alone] = first.as_mut_slice()
        && headline.starts_with(&alone.title)
    {
        alone.title.clear();
    }
    View {
        lang,
        tone,
        tag: tag(lang, tone),
        site: show::clip(lang, report.site.trim(), 80),
        subject: subject::subject(report, &what, lang),
        lines: subject::lines(report, look),
        headline,
        act,
        body: body(report, lang),
        summary: items.iter().map(|item| row(*item, look)).collect(),
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

/// What to do about the first and worst. Where it is the only one, its card need not repeat it.
fn act(cards: &mut [Card], lang: Lang) -> String {
    let alone = cards.len() == 1;
    let Some(worst) = cards.first_mut() else {
        return String::new();
    };
    let lines: Vec<&str> = worst.advice.lines().collect();
    let advice = lines.join(lang.gap());
    let act = show::clip(lang, &advice, 280);
    if alone && act == advice {
        worst.advice.clear();
    }
    act
}

fn body(report: &Report, lang: Lang) -> Option<String> {
    let site = show::clip(lang, report.site.trim(), 80);
    (report.kind == Kind::Test).then(|| words::test_body(lang, site))
}

fn row(item: Item, look: &Look) -> SummaryRow {
    let lang = look.lang;
    let tone = item.tone();
    let (title, count, when, matches) = match item {
        Item::Condition(news) => (
            condition::title(lang, news),
            String::new(),
            show::clock(news.since, look.zone, true),
            0,
        ),
        Item::Alert(alert) => (
            show::cut(alert.rule_name.trim(), 60),
            subject::count(alert, lang),
            short_span(alert, look),
            alert.count,
        ),
    };
    SummaryRow { tone, tag: tag(lang, tone), title, count, when, matches }
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
    Card {
        tone,
        tag: tag(lang, tone),
        title: condition::title(lang, news),
        lead,
        rule: rule.and_then(|rule| view_alert::sentence(rule.rule.as_deref(), lang)),
        times,
        meaning,
        said: show::clip_lines(lang, news.detail.text(lang), PROSE_MAX),
        advice: condition::advice(lang, news),
        lists: rule_news::lists(news, &Console::of(&report.pce_url), look),
        timeline: None,
        handle: rule.map(|rule| view_alert::commands(rule.id, lang)).unwrap_or_default(),
        raw: rule_news::raw(news, look),
    }
}

fn notice_card(notice: &Notice, lang: Lang) -> Card {
    let tone = Tone::from(Level::Warning);
    let text = notice.text.trim();
    let (lead, said) = match text.contains('\n') {
        true => (String::new(), show::clip_lines(lang, text, NOTICE_LINES_MAX)),
        false => (show::clip(lang, text, NOTICE_MAX), String::new()),
    };
    Card {
        tone,
        tag: tag(lang, tone),
        title: show::clip(lang, notice.title.trim(), NAME_MAX),
        lead,
        rule: None,
        times: Vec::new(),
        meaning: String::new(),
        said,
        advice: show::clip(lang, notice.advice.trim(), NOTICE_MAX),
        lists: Vec::new(),
        timeline: None,
        handle: Vec::new(),
        raw: Vec::new(),
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
