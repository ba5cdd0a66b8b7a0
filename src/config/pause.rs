//! `pauses`: times in which some rules and conditions are not told.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::conditions::conditions;
use super::key::Kind;
use super::node::Node;
use super::problem::{Problems, shown};
use super::rule;
use super::sections::Reading;
use super::settings::clock_time;
use super::strict::Section;
use crate::lang::config as words;
use crate::lang::listed;
use crate::report::pause::{LONGEST_DAYS, MOST, Only, Pause, Paused, When};

use crate::rules::Rule;

/// Keys that a pause's `match` can't have: the lists' addresses are read for rules alone.
const LISTS: [&str; 4] = ["src_list", "dst_list", "not_src_list", "not_dst_list"];

/// Days as one may write them, Monday first.
const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Reads `pauses`. Times without an offset are those of `zone`.
pub(super) fn read_all(reading: &Reading<'_>, zone: &TimeZone, rules: &[Rule]) -> Vec<Pause> {
    let problems = &reading.problems;
    let list = match reading.document.section("pauses") {
        None => {
            // What keys there are is known by being asked for.
            let nothing = Problems::default();
            read(&Section::open(None, "pauses", "pauses", &nothing, Some(&reading.keys)), zone);
            return Vec::new();
        }
        Some(Node::Null) => return Vec::new(),
        Some(Node::List(list)) => list,
        Some(other) => {
            problems.add("pauses", |lang| words::want_pauses(lang, other.kind(lang)));
            return Vec::new();
        }
    };
    if list.len() > MOST {
        problems.add("pauses", |lang| words::many_pauses(lang, list.len(), MOST));
    }
    let mut pauses: Vec<Pause> = Vec::new();
    for (at, node) in list.iter().enumerate().take(MOST) {
        let path = format!("pauses[{at}]");
        let section = Section::open(Some(node), "pauses", path, problems, Some(&reading.keys));
        let pause = read(&section, zone);
        if pauses.iter().any(|other| other.id == pause.id) {
            section.wrong("id", |lang| words::double_pause(lang, pause.id));
        }
        let unknown = |id: &&i64| !rules.iter().any(|rule| rule.id == **id);
        if let Paused::These(ids) = &pause.rules {
            let unknown: Vec<&i64> = ids.iter().filter(unknown).collect();
            if !unknown.is_empty() {
                let at = section.path_of("rules");
                reading
                    .obsolete
                    .add(&at, |lang| words::paused_unknown(lang, listed(lang, &unknown)));
            }
        }
        pauses.push(pause);
    }
    problems.know_by_id("pauses", list);
    reading.obsolete.know_by_id("pauses", list);
    pauses
}

fn read(section: &Section<'_>, zone: &TimeZone) -> Pause {
    let id = section.uint("id", 1..=u32::MAX);
    if section.get("id").is_none() {
        section.missing("id", "1");
    }
    let rules = rules(section);
    let only = only(section);
    let conditions = conditions(section, "conditions");
    let given = |key| section.get(key).is_some();
    if !given("rules") && !given("conditions") {
        section.missing("rules", "[7], \"all\"");
    }
    for key in ["rules", "conditions"] {
        if matches!(section.get(key), Some(Node::List(list)) if list.is_empty()) {
            section.wrong(key, words::empty_paused);
        }
    }
    if given("match") && !given("rules") {
        section.wrong("match", words::match_without_rules);
    }
    Pause {
        id: id.unwrap_or_default().into(),
        rules,
        only,
        conditions,
        when: when(section, zone),
        why: section.needed("why", "\"CHG-123\"").unwrap_or_default().to_owned(),
        by: section.text("by").unwrap_or_default().trim().to_owned(),
    }
}

fn rules(section: &Section<'_>) -> Paused {
    const KEY: &str = "rules";
    if let Some(Node::Text(text)) = section.get(KEY)
        && text.trim() == "all"
    {
        section.note(KEY, || Kind::List);
        return Paused::All;
    }
    if let Some(node @ Node::Text(_)) = section.get(KEY) {
        section.note(KEY, || Kind::List);
        section.wrong(KEY, |lang| words::want_paused(lang, node.kind(lang)));
        return Paused::These(Vec::new());
    }
    Paused::These(section.ints(KEY, i64::MIN..=i64::MAX, words::want_paused))
}

/// A rule's filter keys: of events or of traffic, as they fit.
fn only(section: &Section<'_>) -> Option<Only> {
    const KEY: &str = "match";
    section.note(KEY, || Kind::Object);
    let node = section.get(KEY)?;
    let path = section.path_of(KEY);
    let Node::Object(entries) = node else {
        section.wrong(KEY, |lang| words::want_object(lang, node.kind(lang)));
        return None;
    };
    if entries.iter().all(|(key, _)| key.starts_with('_')) {
        section.wrong(KEY, words::empty_match);
    }
    for list in LISTS.iter().filter(|list| entries.iter().any(|(key, _)| key == *list)) {
        section.wrong(&format!("{KEY}.{list}"), words::list_in_match);
    }
    let (of_events, of_traffic) = (Problems::default(), Problems::default());
    // What is worth a remark in a rule that was always there is a mistake here.
    let open = |problems| Section::open(Some(node), KEY, &path, problems, None);
    let as_events = open(&of_events).remarking(Some(&of_events));
    let events = rule::event_match(&as_events);
    let event_keys = as_events.all_asked();
    drop(as_events);
    let as_traffic = open(&of_traffic).remarking(Some(&of_traffic));
    let traffic = rule::traffic_match(&as_traffic);
    let traffic_keys = as_traffic.all_asked();
    drop(as_traffic);
    let (wrong_events, wrong_traffic) = (of_events.count(), of_traffic.count());
    if wrong_events > 0 && wrong_traffic > 0 {
        let is_known = |(key, _): &(String, Node)| {
            event_keys.contains(&key.as_str()) || traffic_keys.contains(&key.as_str())
        };
        let some_of = |keys: &[&str]| entries.iter().any(|(key, _)| !keys.contains(&key.as_str()));
        if entries.iter().all(is_known) && some_of(&event_keys) && some_of(&traffic_keys) {
            section.wrong(KEY, words::mixed_match);
        } else {
            // What it is more like is what was meant.
            section.adopt(if wrong_events < wrong_traffic { of_events } else { of_traffic });
        }
    }
    let text = entries.iter().map(|(key, node)| format!("{key}={}", shown(&node.plain())));
    Some(Only {
        text: text.collect::<Vec<_>>().join(", "),
        events: (wrong_events == 0).then_some(events),
        traffic: (wrong_traffic == 0).then_some(traffic),
    })
}

fn when(section: &Section<'_>, zone: &TimeZone) -> When {
    let time = |key: &'static str| {
        let text = section.trimmed(key)?;
        let time = moment(text, zone);
        if time.is_none() {
            section.wrong(key, |lang| words::bad_moment(lang, shown(text)));
        }
        time
    };
    let (from, until) = (time("from"), time("until"));
    if let (Some(from), Some(until)) = (from, until)
        && from >= until
    {
        section.wrong("until", words::pause_ends_first);
    }
    let every = section.trimmed("every");
    if let Some(text) = every {
        let Some((days, first, last)) = weekly(text) else {
            section.wrong("every", |lang| words::bad_every(lang, shown(text)));
            return When::Once { from: None, until: Timestamp::MIN };
        };
        let minutes = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let free = (minutes(first) - minutes(last)).rem_euclid(24 * 60);
        if days.len() == 7 && free < 60 {
            section.wrong("every", words::no_free_hour);
        }
        return When::Weekly { days, from: first, until: last, begins: from, ends: until };
    }
    let given = |key| section.get(key).is_some();
    if !given("until") && !given("every") {
        section.missing("until", "\"2026-11-30 06:00\"");
    }
    let longest = SignedDuration::from_hours(LONGEST_DAYS * 24);
    let until = until.unwrap_or(Timestamp::MIN);
    let earliest = until.checked_sub(longest).unwrap_or(Timestamp::MIN);
    if from.is_some_and(|from| from < earliest) {
        section.wrong("until", |lang| words::pause_too_long(lang, LONGEST_DAYS));
    }
    When::Once { from, until }
}

/// `2026-11-30T02:00:00+08:00`; without an offset the zone's time; a date is its begin.
pub fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    // Else jiff takes a zone's name behind it, or a time alone.
    let is_plain = text.starts_with(|first: char| first.is_ascii_digit())
        && text.get(4..5) == Some("-")
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-: T".contains(&byte));
    let local: Option<DateTime> = match text.len() {
        10 => text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)),
        _ => text.parse().ok(),
    };
    let local = local.filter(|_| is_plain)?;
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// `Sun 02:00-04:00`, `Mon-Fri 22:00-06:00`, `Sat,Sun 02:00-04:00`, `daily 02:00-04:00`.
fn weekly(text: &str) -> Option<(Vec<Weekday>, Time, Time)> {
    let (days, times) = text.rsplit_once(' ')?;
    let (from, until) = times.split_once(['-', '–'])?;
    let (from, whole_day) = (clock_time(from.trim())?, until.trim() == "24:00");
    let until = if whole_day { Time::midnight() } else { clock_time(until.trim())? };
    if from == until && !whole_day {
        return None;
    }
    let mut all = Vec::new();
    for part in days.split(',').map(str::trim) {
        match part.split_once(['-', '–']) {
            _ if part.eq_ignore_ascii_case("daily") => all.extend(DAYS.map(|(_, day)| day)),
            None => all.push(weekday(part)?),
            Some((first, last)) => {
                let (first, last) = (weekday(first.trim())?, weekday(last.trim())?);
                let mut day = first;
                all.push(day);
                while day != last {
                    day = day.next();
                    all.push(day);
                }
            }
        }
    }
    all.sort_by_key(|day| day.to_monday_zero_offset());
    all.dedup();
    Some((all, from, until))
}

/// `Sun`, `sunday`.
fn weekday(text: &str) -> Option<Weekday> {
    let text = text.to_ascii_lowercase();
    let is_it = |name: &str| text == name || text.len() == 3 && name.starts_with(&text);
    DAYS.iter().find(|(name, _)| is_it(name)).map(|(_, day)| *day)
}
