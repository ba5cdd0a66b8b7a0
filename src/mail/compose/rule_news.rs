//! A rule's condition in words: which workloads, since when; what does not come.

use super::console::Console;
use super::view::{Entry, List, ListKind, NAME_MAX, PROSE_MAX, RawRecord};
use super::view_alert::{RAW_COLUMNS, RAW_MAX};
use super::{Look, show};
use crate::lang::{Lang, mail as mail_words, standing as words};
use crate::report::standing::{Below, Rows, WorkloadRow};
use crate::report::{ConditionNews, Phase, RuleNews, Stands, snapshot};
use crate::rules::describe;

/// Characters of labels.
const LABELS_MAX: usize = 340;

/// `VENs offline (3)`, `VENs offline (+2, 5 in all)`, `VENs offline: over`.
pub(super) fn title(lang: Lang, phase: Phase, news: &RuleNews) -> String {
    let name = show::cut(news.name.trim(), 60);
    let grouped = show::grouped;
    match (phase, &news.stands) {
        (Phase::Begins, Stands::Workloads(told)) => {
            words::with_count(lang, name, grouped(told.count))
        }
        (Phase::Lasts, Stands::Workloads(told)) if told.joined.count > 0 => {
            words::with_more(lang, name, grouped(told.joined.count), grouped(told.count))
        }
        (Phase::Lasts, Stands::Workloads(told)) => words::still(lang, name, grouped(told.count)),
        (Phase::Ended, Stands::Workloads(_)) => words::over(lang, name),
        (Phase::Begins, Stands::Below(below)) => {
            words::too_few(lang, name, grouped(below.came), grouped(below.wanted))
        }
        (Phase::Lasts, Stands::Below(_)) => words::still_too_few(lang, name),
        (Phase::Ended, Stands::Below(_)) => words::enough_again(lang, name),
    }
}

/// What it means: the user's words, else ours.
pub(super) fn meaning(lang: Lang, phase: Phase, news: &RuleNews) -> String {
    if phase == Phase::Ended {
        return String::new();
    }
    let own = show::clip_lines(lang, news.desc.trim(), PROSE_MAX);
    match &news.stands {
        Stands::Workloads(told) if told.look_at_pce => words::look_at_pce(lang),
        _ if !own.is_empty() => own,
        Stands::Workloads(_) => words::workloads_mean(lang),
        Stands::Below(_) => words::below_means(lang),
    }
}

/// What to do.
pub(super) fn advice(lang: Lang, phase: Phase, news: &RuleNews) -> String {
    if phase == Phase::Ended {
        return words::is_over_do(lang);
    }
    let own = show::clip_lines(lang, news.rec.trim(), PROSE_MAX);
    match &news.stands {
        Stands::Workloads(told) if told.look_at_pce => words::look_at_pce_do(lang),
        _ if !own.is_empty() => own,
        Stands::Workloads(_) => words::workloads_do(lang),
        Stands::Below(_) => words::below_do(lang),
    }
}

/// When the last one was of what does not come.
pub(super) fn times(news: &RuleNews, look: &Look) -> Option<(String, String)> {
    let Stands::Below(below) = &news.stands else { return None };
    let lang = look.lang;
    let at = |time| show::moment(time, look.zone);
    let last = below.last.map(at);
    let last = last.unwrap_or_else(|| words::none_since(lang, at(below.since)));
    Some((words::last_one(lang), last))
}

/// The workloads, in a list for each way of being told.
pub(super) fn lists(news: &ConditionNews, console: &Console, look: &Look) -> Vec<List> {
    let Some(Stands::Workloads(told)) = news.rule.as_ref().map(|rule| &rule.stands) else {
        return Vec::new();
    };
    let lang = look.lang;
    let list = |title, rows| list(title, rows, console, look);
    let mut lists = match news.phase {
        // All of them are new to the reader.
        Phase::Begins => vec![
            list(words::workloads(lang), &told.joined),
            list(words::still_so(lang), &told.still),
        ],
        Phase::Lasts => vec![
            list(words::new_ones(lang), &told.joined),
            list(words::back(lang), &told.back),
            list(words::told_before(lang), &told.still),
        ],
        Phase::Ended => {
            vec![list(words::back(lang), &told.back), list(words::still_so(lang), &told.still)]
        }
    };
    lists.retain(|list| !list.entries.is_empty());
    lists
}

fn list(title: String, rows: &Rows, console: &Console, look: &Look) -> List {
    let more = rows.count.saturating_sub(rows.top.len() as u64);
    List {
        title,
        kind: ListKind::Data,
        entries: rows.top.iter().map(|row| workload(row, console, look)).collect(),
        more: (more > 0).then(|| mail_words::and_more(look.lang, show::grouped(more))),
    }
}

fn workload(row: &WorkloadRow, console: &Console, look: &Look) -> Entry {
    let lang = look.lang;
    let clock = |at| show::clock(at, look.zone, true);
    let state = match (row.lasted, row.states.is_empty()) {
        (Some(_), _) => None,
        (None, true) => Some(words::not_said(lang)),
        (None, false) => Some(describe::states(&row.states, lang)),
    };
    let heartbeat = match row.heartbeat {
        Some(at) => words::heartbeat(lang, clock(at)),
        None => words::no_heartbeat(lang),
    };
    let lasted = row.lasted.map(|minutes| words::lasted(lang, words::time(lang, minutes)));
    let facts = state.into_iter().chain([words::since(lang, clock(row.since))]);
    let facts: Vec<String> = facts.chain(lasted).chain([heartbeat]).collect();
    let labels = show::clip(lang, &row.labels, LABELS_MAX);
    let notes = vec![labels, facts.join(" · ")];
    let name = show::clip(lang, &row.name, NAME_MAX);
    entry(vec![name], notes, console.workload(&row.href))
}

fn entry(what: Vec<String>, notes: Vec<String>, link: Option<String>) -> Entry {
    let notes = notes.into_iter().filter(|note| !note.is_empty()).collect();
    Entry { what, notes, link, count: String::new(), percent: 100 }
}

/// The last record of what does not come.
pub(super) fn raw(news: &ConditionNews, look: &Look) -> Vec<RawRecord> {
    match news.rule.as_ref().map(|rule| &rule.stands) {
        Some(Stands::Below(Below { record: Some(record), .. })) if look.raw_snapshot => {
            let json = snapshot::indent(&record.raw, RAW_COLUMNS);
            vec![RawRecord {
                heading: words::record_of(look.lang, show::moment(record.at, look.zone)),
                note: if record.cut { mail_words::record_cut(look.lang) } else { String::new() },
                json: show::clip_lines(look.lang, &json, RAW_MAX),
            }]
        }
        _ => Vec::new(),
    }
}
