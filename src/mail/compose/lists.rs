//! An alert's lists in words: who, to what, by what; the most frequent first.

use super::console::Console;
use super::view::{Entry, List, ListKind, NAME_MAX};
use super::{Look, services, show};
use crate::lang::{Lang, mail as words};
use crate::report::{
    AlertGroups, Change, End, Examples, GroupRow, Object, Ranking, Service, Source, Subject, Talker,
};
use crate::rules::groups::Value;
use crate::rules::protocol;

/// So many entries of a list are shown.
const ENTRIES: usize = 5;

/// So many of a list that sums up what the top talkers say, where many alerts share a mail.
const FEW: usize = 3;

/// Characters of a word of the PCE's.
const WORD_MAX: usize = 40;

/// Characters of labels, and of what changed.
const LINE_MAX: usize = 340;

/// A thing before it is counted.
struct Told {
    what: Vec<String>,
    notes: Vec<String>,
    link: Option<String>,
}

/// All lists that have an entry; shorter ones where many alerts share a mail.
pub(super) fn lists(subject: &Subject, console: &Console, crowded: bool, lang: Lang) -> Vec<List> {
    let few = if crowded { FEW } else { ENTRIES };
    let mut lists = match subject {
        Subject::Events { sources, objects, changes } => vec![
            list(words::sources(lang), sources, ENTRIES, lang, |it| source(it, lang)),
            list(words::objects(lang), objects, ENTRIES, lang, |it| object(it, console, lang)),
            list(words::changes(lang), changes, ENTRIES, lang, |it| change(it, lang)),
        ],
        Subject::Traffic { talkers, sources, destinations, services, .. } => {
            let end = |it: &End| end(it, console, lang);
            let mut lists = vec![
                list(words::talkers(lang), talkers, ENTRIES, lang, |it| talker(it, lang)),
                list(words::busiest_sources(lang), sources, few, lang, end),
                list(words::busiest_destinations(lang), destinations, few, lang, end),
                list(words::busiest_ports(lang), services, few, lang, |it| service(it, lang)),
            ];
            // One talker says it all, but for a link.
            if talkers.top.len() == 1 && talkers.more == 0 {
                let linked = |list: &List| list.entries.iter().any(|entry| entry.link.is_some());
                let mut first = true;
                lists.retain(|list| std::mem::take(&mut first) || linked(list));
            }
            lists
        }
    };
    lists.retain(|list| !list.entries.is_empty());
    lists
}

/// The groups that are due, each with what its matches looked like.
pub(super) fn groups(groups: &AlertGroups, look: &Look) -> List {
    let (lang, rows) = (look.lang, &groups.rows);
    let most = rows.iter().map(|row| row.count).max().unwrap_or(0);
    let entry = |row: &GroupRow| {
        let count = show::grouped(row.count);
        let notes = [show::span(row.first, row.last, look.zone), examples(row, lang)];
        Entry {
            what: apart(row.values.iter().map(|value| named(value, lang)).collect()),
            notes: notes.into_iter().filter(|note| !note.is_empty()).collect(),
            link: None,
            count: if row.at_least { words::at_least_short(lang, count) } else { count },
            percent: percent(row.count, most),
        }
    };
    let more = groups.more.groups;
    let mut rest = Vec::new();
    if more > 0 {
        rest.push(words::and_more(lang, show::grouped(more)));
    }
    if groups.gone > 0 {
        rest.push(words::groups_gone(lang, show::grouped(groups.gone)));
    }
    List {
        title: words::groups(lang),
        kind: ListKind::Data,
        entries: rows.iter().map(entry).collect(),
        more: (!rest.is_empty()).then(|| rest.join(lang.semicolon())),
    }
}

/// Each but the last with a dot behind it: a line may break there.
fn apart(mut names: Vec<String>) -> Vec<String> {
    let last = names.len().saturating_sub(1);
    names.iter_mut().take(last).for_each(|name| name.push_str(" ·"));
    names
}

/// What a value of a group is called.
pub(super) fn named(value: &Value, lang: Lang) -> String {
    match value {
        Value::Port { port: number, proto } => port(Some(*number), *proto, lang),
        other => show::clip(lang, &other.shown(), NAME_MAX),
    }
}

/// `db-01 445/TCP · db-02 445/TCP`: of a few matches what they have not in common.
fn examples(row: &GroupRow, lang: Lang) -> String {
    let hosts: Vec<&str> = row.values.iter().filter_map(Value::host_ip).collect();
    let told: Vec<String> = match &row.examples {
        Examples::Talkers(talkers) => {
            let one = |talker: &Talker| {
                let from = (&talker.src_name, &talker.src_ip);
                let to = (&talker.dst_name, &talker.dst_ip);
                let others = [from, to].into_iter().filter(|(_, ip)| !hosts.contains(&ip.as_str()));
                let by = port(talker.port, talker.proto, lang);
                let parts: Vec<String> =
                    others.map(|(name, ip)| with_some_address(name, ip, lang)).collect();
                format!("{} {by}", parts.join(" → ")).trim().to_owned()
            };
            talkers.iter().map(|talker| one(&talker.what)).collect()
        }
        Examples::Sources(sources) => {
            let one = |told: Told| [told.what, told.notes].concat().join(" ");
            sources.iter().map(|it| one(source(&it.what, lang))).collect()
        }
    };
    show::clip(lang, &joined(told), LINE_MAX)
}

fn list<T>(
    title: String,
    Ranking { top, more, at_least }: &Ranking<T>,
    entries: usize,
    lang: Lang,
    told: impl Fn(&T) -> Told,
) -> List {
    let shown = top.get(..entries).unwrap_or(top);
    let most = shown.iter().map(|one| one.count).max().unwrap_or(0);
    let entries = shown
        .iter()
        .map(|one| {
            let Told { what, notes, link } = told(&one.what);
            Entry {
                what: what.into_iter().filter(|part| !part.is_empty()).collect(),
                notes: notes.into_iter().filter(|note| !note.is_empty()).collect(),
                link,
                count: show::grouped(one.count),
                percent: percent(one.count, most),
            }
        })
        .collect();
    let more = more.saturating_add((top.len() - shown.len()) as u64);
    List {
        title,
        kind: ListKind::Data,
        entries,
        more: (more > 0).then(|| {
            let more = show::grouped(more);
            if *at_least {
                words::and_more_at_least(lang, more)
            } else {
                words::and_more(lang, more)
            }
        }),
    }
}

/// At least 1, so that a bar is always seen.
fn percent(count: u64, most: u64) -> u8 {
    let share = u128::from(count) * 100 / u128::from(most.max(1));
    u8::try_from(share.clamp(1, 100)).unwrap_or(100)
}

/// `agent.tampering`, and who did it, from where, with what outcome.
fn source(source: &Source, lang: Lang) -> Told {
    let what = match source.event_type.as_str() {
        "" => words::no_event_type(lang),
        name => show::clip(lang, name, NAME_MAX),
    };
    let who = [kind(&source.kind, lang), with_address(&source.name, &source.ip, lang)];
    let word = |text: &str| show::clip(lang, text, WORD_MAX);
    let mut notes = vec![who.join(" ").trim().to_owned()];
    if !source.status.is_empty() {
        notes.push(words::status(lang, word(&source.status)));
    }
    if !source.severity.is_empty() {
        notes.push(words::severity(lang, word(&source.severity)));
    }
    Told { what: vec![what], notes: vec![joined(notes)], link: None }
}

fn object(object: &Object, console: &Console, lang: Lang) -> Told {
    Told {
        what: vec![show::clip(lang, &object.name, NAME_MAX)],
        notes: Vec::new(),
        link: console.workload(&object.href.0),
    }
}

/// `rule_set Prod`, and what became of it.
fn change(change: &Change, lang: Lang) -> Told {
    let kind = show::clip(lang, &change.kind, WORD_MAX);
    let name = show::clip(lang, &change.name, NAME_MAX);
    let action = match change.action.as_str() {
        "create" => words::created(lang),
        "update" => words::updated(lang),
        "delete" => words::deleted(lang),
        other => show::clip(lang, other, WORD_MAX),
    };
    let fields = show::clip(lang, &change.fields, LINE_MAX);
    Told {
        what: vec![format!("{kind} {name}").trim().to_owned()],
        notes: vec![joined(vec![action, fields])],
        link: None,
    }
}

/// `web-01 (10.1.2.3) → db-01 (10.9.0.4) 445/TCP (SMB)`; decision, direction and
/// process; the labels of both.
fn talker(talker: &Talker, lang: Lang) -> Told {
    let from = with_some_address(&talker.src_name, &talker.src_ip, lang);
    let to = with_some_address(&talker.dst_name, &talker.dst_ip, lang);
    let by = port(talker.port, talker.proto, lang);
    let about = &talker.about.0;
    let notes = vec![
        decision(&talker.decision, lang),
        direction(&about.direction, lang),
        process(&about.process, lang),
    ];
    let labels = |text: &str| match text {
        "" => "–".to_owned(),
        text => show::clip(lang, text, LINE_MAX),
    };
    let both = format!("{} → {}", labels(&about.src_labels), labels(&about.dst_labels));
    let labelled = !about.src_labels.is_empty() || !about.dst_labels.is_empty();
    Told {
        what: vec![format!("{from} →"), to, by],
        notes: vec![joined(notes), if labelled { both } else { String::new() }],
        link: None,
    }
}

fn end(end: &End, console: &Console, lang: Lang) -> Told {
    Told {
        what: vec![with_some_address(&end.name, &end.ip, lang)],
        notes: vec![show::clip(lang, &end.labels.0, LINE_MAX)],
        link: console.workload(&end.href.0),
    }
}

fn service(service: &Service, lang: Lang) -> Told {
    let what = match port(service.port, service.proto, lang) {
        none if none.is_empty() => words::no_port(lang),
        some => some,
    };
    Told { what: vec![what], notes: vec![process(&service.process.0, lang)], link: None }
}

/// What there is of it, with dots between.
fn joined(mut notes: Vec<String>) -> String {
    notes.retain(|note| !note.is_empty());
    notes.join(" · ")
}

/// The word for who does something.
pub(super) fn kind(kind: &str, lang: Lang) -> String {
    match kind {
        "user" => words::kind_user(lang),
        "agent" => words::kind_agent(lang),
        "ven" => words::kind_ven(lang),
        "system" => words::kind_system(lang),
        "container_cluster" => words::kind_cluster(lang),
        other => show::clip(lang, other, WORD_MAX),
    }
}

/// `web-01 (10.1.2.3)`, or what there is of it.
fn with_address(name: &str, ip: &str, lang: Lang) -> String {
    let (name, ip) = (show::clip(lang, name, NAME_MAX), show::clip(lang, ip, 60));
    match (name.is_empty(), ip.is_empty()) {
        (true, _) => ip,
        (false, true) => name,
        (false, false) if name == ip => ip,
        (false, false) => format!("{name} ({ip})"),
    }
}

fn with_some_address(name: &str, ip: &str, lang: Lang) -> String {
    match with_address(name, ip, lang) {
        none if none.is_empty() => words::no_address(lang),
        some => some,
    }
}

/// `445/TCP (SMB)`, or what there is of it.
fn port(port: Option<u16>, proto: Option<u8>, lang: Lang) -> String {
    let name = proto.map(|number| {
        protocol::name(number).map_or_else(|| words::proto(lang, number), str::to_owned)
    });
    let service = port.zip(proto).and_then(|(port, proto)| services::name(port, proto));
    match (port, name, service) {
        (Some(port), Some(proto), Some(service)) => format!("{port}/{proto} ({service})"),
        (Some(port), Some(proto), None) => format!("{port}/{proto}"),
        (Some(port), None, _) => port.to_string(),
        (None, Some(proto), _) => proto,
        (None, None, _) => String::new(),
    }
}

fn decision(word: &str, lang: Lang) -> String {
    match word {
        "blocked" => words::blocked(lang),
        "potentially_blocked" => words::potentially_blocked(lang),
        "allowed" => words::allowed(lang),
        "unknown" => words::unknown_decision(lang),
        other => show::clip(lang, other, WORD_MAX),
    }
}

fn direction(word: &str, lang: Lang) -> String {
    match word {
        "inbound" => words::inbound(lang),
        "outbound" => words::outbound(lang),
        other => show::clip(lang, other, WORD_MAX),
    }
}

fn process(name: &str, lang: Lang) -> String {
    match name {
        "" => String::new(),
        name => words::process(lang, show::clip(lang, name, 60)),
    }
}
